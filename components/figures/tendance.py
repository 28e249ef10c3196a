"""Figures of quality, publication after publication: one panel per measure, returns to an older one visible. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import plotly.graph_objects as go

from components.figures.formats import INSECABLE
from components.figures.gabarit import Dessin
from components.theme import COULEURS

_PANNEAU: Final = 122  # pixels, title included
_TITRE: Final = 28
_BAS: Final = 44  # pixels under the last panel, for the dates
_HAUT: Final = 26  # pixels above the first one, for the legend
_GRADUATIONS: Final = 5  # dates written under the panels
_MARGE: Final = 0.18  # above and under the values, as a share of their range
_ETENDUE: Final = 0.02  # least range, as a share of the values: a hair must not look like a mountain
_SUITE, _ECARTEE, _MUETTE = "menant à celle affichée", "laissée par un retour", "sans chiffre"


@dataclass(frozen=True)
class Etape:
    """One publication: its date in words, whether the served one was made after it, the place of the one before it."""

    nom: str
    suivie: bool
    affichee: bool
    precedente: int | None


@dataclass(frozen=True)
class Mesure:
    """One panel: its title and unit, then a value (None: without figures) and the words on hover per publication."""

    titre: str
    unite: str | None
    valeurs: tuple[float | None, ...]
    infobulles: tuple[str, ...]


def build_tendance_figure(etapes: Sequence[Etape], mesures: Sequence[Mesure]) -> go.Figure:
    """Panels one under the other, publications from left to right in the order they were made.

    A line joins each publication to the one it was made after: full along those that lead to the served one, dotted
    towards those a return left aside (hollow marks). A publication without figures is a cross at the foot of the panel.

    Raises:
        ValueError: nothing to draw.
    """
    if not etapes or not mesures:
        raise ValueError("aucune publication ou aucune mesure : il n'y a rien à dessiner")
    corps = _PANNEAU * len(mesures)
    dessin = Dessin(hauteur=corps + _BAS + _HAUT)
    mise: dict[str, Any] = {}
    legende: set[str] = set()
    for rang, mesure in enumerate(mesures):
        suffixe = "" if rang == 0 else str(rang + 1)
        axes = {"xaxis": f"x{suffixe}", "yaxis": f"y{suffixe}"}
        bornes = _compute_bornes(mesure.valeurs)
        _add_mesure(dessin, etapes, mesure, bornes[0], axes, legende)
        haut = 1 - rang / len(mesures)
        sous_titre = haut - _TITRE / corps
        mise[f"xaxis{suffixe}"] = {
            "domain": [0, 1],
            "anchor": axes["yaxis"],
            "range": [-0.5, len(etapes) - 0.5],
            "fixedrange": True,
            "showgrid": False,
            "zeroline": False,
            "showticklabels": rang == len(mesures) - 1,
            "tickangle": 0,
            **_build_graduations(etapes),
        }
        mise[f"yaxis{suffixe}"] = {
            "domain": [max(0.0, haut - (_PANNEAU - 10) / corps), sous_titre],
            "anchor": axes["xaxis"],
            "range": bornes,
            "fixedrange": True,
            "nticks": 3,
            "tickformat": ",",
            "zeroline": False,
            "ticksuffix": f"{INSECABLE}{mesure.unite}" if mesure.unite else "",
            "tickfont": {"size": 11, "color": COULEURS["texte-doux"]},
        }
        dessin.add_annotation(
            text=f"<b>{mesure.titre}</b>",
            x=0,
            xref="paper",
            xanchor="left",
            y=sous_titre,
            yref="paper",
            yanchor="bottom",
            showarrow=False,
            font={"size": 12, "color": COULEURS["texte"]},
        )
    dessin.update_layout(
        margin={"t": _HAUT, "b": _BAS, "l": 8, "r": 16},
        showlegend=True,
        legend={"itemclick": False, "itemdoubleclick": False, "font": {"size": 12}},
        **mise,
    )
    return dessin.build()


def _compute_bornes(valeurs: Sequence[float | None]) -> list[float]:
    presentes = [v for v in valeurs if v is not None]
    bas, haut = (min(presentes), max(presentes)) if presentes else (0.0, 1.0)
    etendue = max(haut - bas, _ETENDUE * abs(haut)) or 1.0
    milieu, demi = (bas + haut) / 2, (0.5 + _MARGE) * etendue
    return [milieu - demi, milieu + demi]


def _build_graduations(etapes: Sequence[Etape]) -> dict[str, Any]:
    """A few dates, evenly spread from the last one back."""
    pas = -(-len(etapes) // _GRADUATIONS)
    places = list(range(len(etapes) - 1, -1, -pas))[::-1]
    return {"tickvals": places, "ticktext": [etapes[place].nom for place in places], "tickfont": {"size": 11}}


def _add_mesure(
    dessin: Dessin, etapes: Sequence[Etape], mesure: Mesure, pied: float, axes: dict[str, str], legende: set[str]
) -> None:
    """Links then marks. ``legende``: names already in the legend, completed."""
    liens: dict[bool, tuple[list[float | None], list[float | None]]] = {True: ([], []), False: ([], [])}
    for place, etape in enumerate(etapes):
        avant = etape.precedente
        if avant is None or mesure.valeurs[avant] is None or mesure.valeurs[place] is None:
            continue
        x, y = liens[etape.suivie]
        x += [avant, place, None]
        y += [mesure.valeurs[avant], mesure.valeurs[place], None]
    for suivie, (x, y) in liens.items():
        if x:
            dessin.add_scatter(
                x=x,
                y=y,
                mode="lines",
                hoverinfo="skip",
                showlegend=False,
                connectgaps=False,
                line={
                    "color": COULEURS["mien" if suivie else "pairs"],
                    "width": 2 if suivie else 1.2,
                    "dash": "solid" if suivie else "dot",
                },
                **axes,
            )
    pleines, creuses, muettes = (
        [p for p, e in enumerate(etapes) if mesure.valeurs[p] is not None and e.suivie],
        [p for p, e in enumerate(etapes) if mesure.valeurs[p] is not None and not e.suivie],
        [p for p in range(len(etapes)) if mesure.valeurs[p] is None],
    )
    for nom, places, symbole, couleur in (
        (_SUITE, pleines, "circle", "mien"),
        (_ECARTEE, creuses, "diamond-open", "pairs"),
        (_MUETTE, muettes, "x-thin", "texte-doux"),
    ):
        if not places:
            continue
        dessin.add_scatter(
            x=places,
            y=[pied if mesure.valeurs[p] is None else mesure.valeurs[p] for p in places],
            mode="markers+text",
            name=nom,
            showlegend=nom not in legende,
            text=["affichée" if etapes[p].affichee else "" for p in places],
            textposition="top center" if len(etapes) == 1 else "top left",
            textfont={"size": 11, "color": COULEURS["mien"]},
            cliponaxis=False,
            customdata=[mesure.infobulles[p] for p in places],
            hovertemplate="%{customdata}<extra></extra>",
            marker={
                "symbol": symbole,
                "opacity": 1,
                "color": COULEURS[couleur],
                "size": [12 if etapes[p].affichee else 8 for p in places],
                "line": {"color": COULEURS[couleur], "width": 1.6},
            },
            **axes,
        )
        legende.add(nom)
