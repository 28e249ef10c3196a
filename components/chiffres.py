"""Headline figures: a value, what it is, how it compares."""

from __future__ import annotations

from dataclasses import dataclass

from dash import html


@dataclass(frozen=True)
class Chiffre:
    """One card: title, value already formatted in French, one line of context.

    ``teinte`` is a colour role of the theme for the value (« mieux », « moins »); the words say the same without it.
    """

    titre: str
    valeur: str
    detail: str = ""
    teinte: str = ""


def list_cartes(chiffres: list[Chiffre]) -> list[html.Div]:
    """The cards, to fill or refresh a row of headline figures."""
    return [
        html.Div(
            [
                html.Div(chiffre.titre, className="px-chiffre-titre"),
                html.Div(
                    chiffre.valeur,
                    className="px-chiffre-valeur",
                    style={"color": f"var(--px-{chiffre.teinte})"} if chiffre.teinte else None,
                ),
                html.Div(chiffre.detail, className="px-chiffre-detail"),
            ],
            className="px-chiffre",
        )
        for chiffre in chiffres
    ]


def render_chiffres(chiffres: list[Chiffre], identifiant: str) -> html.Div:
    """A row of cards, wrapped on narrow screens."""
    return html.Div(
        list_cartes(chiffres),
        id=identifiant,
        className="px-chiffres",
        role="group",
        **{"aria-label": "Chiffres clés"},
    )
