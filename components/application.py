"""Assemble the Dash application: pages, theme, routes, error handling."""

from __future__ import annotations

import logging

import dash
from dash import Dash, set_props

from components.coquille import render_coquille
from components.figures.formats import format_horodatage
from components.routes import routes
from components.theme import build_css
from data.magasin import BaseIndisponibleError
from data.requetes.publication import get_publication
from data.version import VERSION

journal = logging.getLogger("parangon")

_INDEX = """<!DOCTYPE html>
<html lang="fr">
<head>
{%metas%}
<title>{%title%}</title>
{%favicon%}
<style>__CSS__</style>
{%css%}
</head>
<body>
{%app_entry%}
{%config%}
{%scripts%}
{%renderer%}
</body>
</html>
"""


def format_publication() -> str:
    """Sentence of the footer: what is served and since when."""
    try:
        publication = get_publication()
    except BaseIndisponibleError as erreur:
        return str(erreur)
    return (
        f"Parangon {VERSION} · données publiées le {format_horodatage(publication.publie_le)} "
        f"(version {publication.version})"
    )


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
    app = Dash(
        nom,
        use_pages=True,
        title="Parangon",
        update_title=None,
        compress=True,
        index_string=_INDEX.replace("__CSS__", build_css()),
        meta_tags=[
            {"name": "viewport", "content": "width=device-width, initial-scale=1"},
            {"name": "description", "content": "Pilotage et parangonnage du réseau de l'Assurance Maladie"},
        ],
        on_error=report_erreur,
        suppress_callback_exceptions=True,
        include_pages_meta=False,
    )
    app.layout = lambda: render_coquille(format_publication())
    app.server.register_blueprint(routes)
    app.server.config["COMPRESS_ALGORITHM"] = ["gzip"]
    return app


def warm_up(app: Dash) -> None:
    """Render the index once: a worker that has not done so answers 500 on component scripts."""
    with app.server.test_request_context("/"):
        app.index()
    dash.get_app()
