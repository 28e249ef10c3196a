"""What a page shows when it cannot show its charts: a clear French message and a way on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, ParamSpec

from dash import dcc, html

from data.magasin import BaseIndisponibleError
from data.proches import find_proches

P = ParamSpec("P")


def render_message(titre: str, texte: str, *suites: Any) -> html.Div:
    """A full-page message: what happened, how to mend it, where to go."""
    liens = suites or (dcc.Link("Revenir à l'état du réseau", href="/"),)
    return html.Div(
        [html.H1(titre), html.P(texte), html.P(list(liens), className="px-suites")],
        className="px-message",
        role="alert",
    )


def render_inconnu(nom: str, racine: str, code: str, mots: Mapping[str, str], textes: Mapping[str, str]) -> html.Div:
    """The page of a code nothing bears: the three nearest, and the list.

    Args:
        nom: what is looked for (« organisme »), masculine.
        racine: address of the list; the page of a code is under it.
        code: as asked for.
        mots: words of a link, by code.
        textes: what the code asked for is compared to, by code.
    """
    proches = find_proches(code.replace("_", " "), textes)
    return render_message(
        f"{nom.capitalize()} inconnu",
        f"Aucun {nom} ne porte le code «\u00a0{code}\u00a0». Cherchiez-vous l'un de ceux-ci\u00a0?",
        *(dcc.Link(mots[proche], href=f"{racine}/{proche}") for proche in proches),
        dcc.Link(f"Tous les {nom}s", href=racine),
    )


def render_problemes(problemes: list[str]) -> html.Div:
    """A quiet banner for URL parameters that were ignored; empty when there is none."""
    if not problemes:
        return html.Div()
    return html.Div(
        [html.P(problemes[0])] if len(problemes) == 1 else html.Ul([html.Li(p) for p in problemes]),
        className="px-avis",
        role="status",
    )


def render_base_indisponible(erreur: BaseIndisponibleError) -> html.Div:
    """The page shown when no published database can be read."""
    return render_message("Les données ne sont pas disponibles", str(erreur), dcc.Link("Réessayer", href="/"))


def page_sure(layout: Callable[P, Any]) -> Callable[P, Any]:
    """Wrap a page's ``layout``: an unavailable database becomes a page, not a stack trace."""

    @wraps(layout)
    def rendu(*args: P.args, **kwargs: P.kwargs) -> Any:
        try:
            return layout(*args, **kwargs)
        except BaseIndisponibleError as erreur:
            return render_base_indisponible(erreur)

    return rendu
