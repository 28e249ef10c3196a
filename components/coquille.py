"""The shell around every page: skip link, header, navigation, alert line, footer."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import Input, Output, clientside_callback, dcc, html, page_container

from components.theme import build_theme_mantine

# (path, label). A page appears here once it exists.
NAVIGATION: tuple[tuple[str, str], ...] = (
    ("/", "État du réseau"),
    ("/organismes", "Organismes"),
    ("/indicateurs", "Indicateurs"),
    ("/comparer", "Comparer"),
    ("/convergence", "Convergence"),
    ("/scores", "Scores"),
    ("/interessement", "Intéressement"),
    ("/delais-ij", "Délais IJ"),
    ("/cartes", "Cartes"),
    ("/donnees", "Données"),
    ("/methode", "Méthode"),
)

# Pages whose first paint needs plotly.js.
PAGES_AVEC_GRAPHIQUES = frozenset(
    {
        "/",
        "/comparer",
        "/donnees",
        "/comparer/profil",
        "/interessement",
        "/interessement/bareme",
        "/scores",
        "/delais-ij",
        "/convergence",
        "/convergence/services",
    }
)
PREFIXES_AVEC_GRAPHIQUES = ("/organismes/", "/indicateurs/")


def check_graphiques(chemin: str) -> bool:
    """Whether the page at a path draws Plotly charts at once."""
    return chemin in PAGES_AVEC_GRAPHIQUES or chemin.startswith(PREFIXES_AVEC_GRAPHIQUES)


# Pages of one family, reached by tabs under the title: family -> (path, label).
FAMILLES: dict[str, tuple[tuple[str, str], ...]] = {
    "comparer": (("/comparer", "Un indicateur"), ("/comparer/profil", "Profil")),
    "interessement": (("/interessement", "Calcul et simulateur"), ("/interessement/bareme", "Barème")),
    "convergence": (("/convergence", "Convergence"), ("/convergence/services", "Six services de base")),
}


def render_onglets(famille: str, chemin: str) -> html.Nav:
    """Tabs between the pages of a family; ``chemin`` is the page being shown."""
    # A ``dcc.Link`` takes no ARIA property: the tab of the page itself is a plain link.
    liens = [
        html.A(libelle, href=cible, className="px-onglet", **{"aria-current": "page"})
        if cible == chemin
        else dcc.Link(libelle, href=cible, className="px-onglet")
        for cible, libelle in FAMILLES[famille]
    ]
    return html.Nav(liens, className="px-onglets", **{"aria-label": "Pages voisines"})


def render_entete_page(titre: str, chapeau: Any) -> html.Header:
    """Title of a page and the sentence that says what it answers."""
    return html.Header([html.H1(titre), html.P(chapeau, className="px-chapeau")], className="px-entete-page")


def render_barre(*controles: Any) -> html.Div:
    """The one quiet bar of controls."""
    return html.Div(list(controles), className="px-barre", role="group", **{"aria-label": "Réglages de la page"})


def render_coquille(publication: str, version: str) -> dmc.MantineProvider:
    """Layout of the application. ``publication`` is the sentence of the footer, ``version`` that of the data served."""
    liens = [
        dcc.Link(libelle, href=chemin, className="px-nav-lien", id={"role": "nav", "chemin": chemin})
        for chemin, libelle in NAVIGATION
    ]
    return dmc.MantineProvider(
        theme=build_theme_mantine(),
        forceColorScheme="light",
        children=[
            html.A("Aller au contenu", href="#contenu", className="px-evitement"),
            html.Div(
                html.Header(
                    [
                        dcc.Link(
                            [
                                html.Span("Parangon", className="px-marque-nom"),
                                html.Span("Performance du réseau de l'Assurance Maladie", className="px-marque-sous"),
                            ],
                            href="/",
                            className="px-marque",
                        ),
                        html.Nav(liens, className="px-nav", **{"aria-label": "Pages"}),
                    ],
                    className="px-entete",
                ),
                className="px-entete-fond",
            ),
            html.Div(id="alerte-globale", role="alert", className="px-alerte-globale"),
            html.Div(id="avis-publication", role="status", className="px-avis-publication"),
            html.Main(page_container, id="contenu", tabIndex="-1"),
            html.Footer([html.P(publication, id="pied-publication", **{"data-version": version})], className="px-pied"),
            dcc.Location(id="adresse", refresh=False),
            dcc.Store(id="navigation-vue"),
        ],
    )


clientside_callback(
    "function(chemin) { return window.parangon.marquer_navigation(chemin); }",
    Output("navigation-vue", "data"),
    Input("adresse", "pathname"),
)
