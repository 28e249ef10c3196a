"""Assemble the Dash application: pages, theme, routes, error handling."""

from __future__ import annotations

import gc
import logging
from contextlib import suppress

import dash
from dash import Dash, set_props
from flask import Response, request

from components.api.serveur import build_serveur
from components.compression import configure_compression
from components.coquille import check_graphiques, render_coquille
from components.donnees.routes import routes_donnees
from components.ecriture import install_ecriture
from components.grille import delay_grille, get_url_grille
from components.publication import build_pied
from components.routes import routes
from components.theme import build_css
from data.chemins import RACINE
from data.magasin import BaseIndisponibleError

journal = logging.getLogger("parangon")

# Where the graph component looks for plotly.js. We answer with the cartesian build: a third of the bytes (ADR 0010).
URL_PLOTLY = "/_dash-component-suites/plotly/package_data/plotly.min.js"
FICHIER_PLOTLY = RACINE / "assets" / "vendor" / "plotly-cartesian.min.js"

_INDEX = """<!DOCTYPE html>
<html lang="fr">
<head>
{metas}
<title>{title}</title>
<meta name="parangon-grille" content="{grille}">
<link rel="icon" type="image/svg+xml" href="/assets/favicon.svg">
<style>{variables}</style>
{css}
{plotly}
</head>
<body>
<div id="react-entry-point"><p class="px-chargement">Chargement…</p></div>
{config}
{scripts}
{renderer}
</body>
</html>
"""


class ApplicationParangon(Dash):
    """Dash with a French index page that fetches plotly.js at once where the page asked for draws charts.

    Loaded late by the graph component, plotly.js would only start after the layout; the pages without
    charts never load it.
    """

    def interpolate_index(self, **morceaux: str) -> str:
        """The HTML of the index, for the path being requested."""
        return _INDEX.format(
            metas=morceaux["metas"],
            title=morceaux["title"],
            css=morceaux["css"],
            config=morceaux["config"],
            scripts=morceaux["scripts"],
            renderer=morceaux["renderer"],
            variables=build_css(),
            grille=get_url_grille(),
            plotly=f'<script async src="{URL_PLOTLY}"></script>' if check_graphiques(request.path) else "",
        )


def send_plotly() -> Response | None:
    """Answer requests for plotly.js with the vendored build, revalidated by its ETag; ignore all others."""
    if request.path != URL_PLOTLY:
        return None
    reponse = Response(FICHIER_PLOTLY.read_bytes(), mimetype="text/javascript")
    reponse.cache_control.no_cache = True
    reponse.add_etag()
    reponse.make_conditional(request)
    return reponse


def report_erreur(erreur: Exception) -> None:
    """A callback failed: say it in French at the top of the page, keep the trace in the log."""
    if isinstance(erreur, BaseIndisponibleError):
        message = str(erreur)
    else:
        journal.exception("callback", exc_info=erreur)
        message = "Cette action n'a pas abouti. Rechargez la page ; si cela se répète, signalez-le avec l'heure."
    set_props("alerte-globale", {"children": message})


def build_application(nom: str) -> Dash:
    """Build the application with its pages and routes.

    Args:
        nom: import name of the module that owns ``assets`` and ``pages``.
    """
    delay_grille()
    serveur = build_serveur(nom)
    configure_compression(serveur)
    serveur.before_request(send_plotly)
    app = ApplicationParangon(
        nom,
        server=serveur,
        use_pages=True,
        title="Parangon",
        update_title=None,
        assets_path_ignore=["vendor"],
        compress=True,
        meta_tags=[
            {"name": "viewport", "content": "width=device-width, initial-scale=1"},
            {"name": "description", "content": "Pilotage et parangonnage du réseau de l'Assurance Maladie"},
        ],
        on_error=report_erreur,
        suppress_callback_exceptions=True,
        include_pages_meta=False,
    )
    install_ecriture()
    app.layout = lambda: render_coquille(*build_pied())
    app.server.register_blueprint(routes)
    app.server.register_blueprint(routes_donnees)
    return app


def warm_up(app: Dash) -> None:
    """Render the index once: a worker that has not done so answers 500 on component scripts."""
    with app.server.test_request_context("/"):
        app.index()


def warm_pages() -> None:
    """Render every page once, so that no reader pays for first imports and first queries (up to 1.3 s for a page).

    An unavailable database is not an error here: the page itself will say it. What is loaded then stays: taken out of
    the full collections of the garbage collector, which now and then held a request for 150 ms to go through it.
    """
    for page in dash.page_registry.values():
        with suppress(BaseIndisponibleError):
            page["layout"]()
    gc.collect()
    gc.freeze()
