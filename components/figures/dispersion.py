"""How spread a group is and how it changes: change by indicateur, year by year, and both ends. Pure functions.

None of these axes needs a zero baseline: nothing is drawn as a bar.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import plotly.graph_objects as go

from components.figures.formats import format_nombre, format_valeur
from components.figures.gabarit import Dessin
from components.figures.marques import add_points
from components.figures.rangees import build_axe_noms, build_fin, wrap_noms
from components.theme import COULEURS
from data.calculs.evolution_ecarts import Tendance

_LARGEUR_NOM: Final = 24
_BORD: Final = 125  # % beyond which an interval is cut, so that one of them does not flatten the others
_GRADUATIONS: Final = (-100, -50, 0, 50, 100)  # one label in two: a phone leaves room for two of them
_SYMBOLES: Final[dict[Tendance, tuple[str, str]]] = {
    Tendance.RESSERRE: ("diamond", "mieux"),
    Tendance.ECARTE: ("triangle-up", "moins"),
    Tendance.STABLE: ("circle", "pairs"),
}


@dataclass(frozen=True)
class Evolution:
    """Change of a gap, in %: negative when it shrinks; its interval, and the words on hover."""

    nom: str
    variation: float
    bas: float
    haut: float
    tendance: Tendance
    infobulle: str


@dataclass(frozen=True)
class Mesure:
    """One statistic of one year with its interval and the words on hover."""

    annee: int
    valeur: float
    bas: float
    haut: float
    infobulle: str


@dataclass(frozen=True)
class Bouts:
    """Mean of the highest and of the lowest members, one year; ``ecart`` is written between them (« −26,0 % »)."""

    annee: int
    haut: float
    bas: float
    ecart: str


def build_evolutions_figure(evolutions: Sequence[Evolution], *, choisi: int | None = None) -> go.Figure:
    """One row per indicateur: the change of P90 − P10 and its interval, 0 across; the change written at the right.

    Args:
        evolutions: in the order of the rows, top first.
        choisi: place of the row to mark.

    Raises:
        ValueError: no row.
    """
    if not evolutions:
        raise ValueError("aucun indicateur : il n'y a rien à dessiner")
    noms, pas = wrap_noms((e.nom for e in evolutions), _LARGEUR_NOM)
    dessin = Dessin(hauteur=round(84 + pas * len(evolutions)))
    dessin.add_shape(
        type="line",
        x0=0,
        x1=0,
        y0=0,
        y1=1,
        yref="paper",
        layer="below",
        line={"color": COULEURS["texte"], "width": 1.5},
    )
    for x, ancre, texte in ((0, "right", "◂ se resserre"), (0, "left", "s'écarte ▸")):
        dessin.add_annotation(
            text=texte,
            x=x,
            xanchor=ancre,
            xshift=-6 if ancre == "right" else 6,
            y=1,
            yref="paper",
            yanchor="bottom",
            yshift=4,
            showarrow=False,
            font={"size": 12, "color": COULEURS["mieux" if ancre == "right" else "moins"]},
        )
    for tendance, (symbole, couleur) in _SYMBOLES.items():
        gardees = [(rang, e) for rang, e in enumerate(evolutions) if e.tendance is tendance]
        if not gardees:
            continue
        for rang, evolution in gardees:
            dessin.add_shape(
                type="line",
                x0=max(evolution.bas, -_BORD),
                x1=min(evolution.haut, _BORD),
                y0=rang,
                y1=rang,
                layer="between",
                line={"color": COULEURS[couleur], "width": 2.5},
            )
            texte = format_pourcentage(evolution.variation)
            dessin.add_annotation(**build_fin(f"<b>{texte}</b>" if rang == choisi else texte, rang, "texte"))
        add_points(
            dessin,
            [min(max(e.variation, -_BORD), _BORD) for _, e in gardees],
            [rang for rang, _ in gardees],
            [e.infobulle for _, e in gardees],
            nom=tendance.value,
            taille=11,
            couleur=couleur,
            symbole=symbole,
        )
    bornes = [min(max(v, -_BORD), _BORD) for e in evolutions for v in (e.bas, e.haut, 0.0)]
    marge = 0.06 * ((max(bornes) - min(bornes)) or 1.0)
    dessin.update_layout(
        margin={"t": 26, "r": 66},
        xaxis={
            "range": [min(bornes) - marge, max(bornes) + marge],
            "tickvals": _GRADUATIONS,
            "ticktext": [f"{format_nombre(v, 0)}\u00a0%" if v % 100 == 0 else "" for v in _GRADUATIONS],
            "showgrid": True,
            "zeroline": False,
            "tickangle": 0,
        },
        yaxis=build_axe_noms(noms, rangs := list(range(len(evolutions))), [rang == choisi for rang in rangs]),
    )
    return dessin.build()


def format_pourcentage(valeur: float, decimales: int = 0) -> str:
    """A signed share already in %: « −33 % », « +7 % », « 0 % »."""
    texte = f"{format_nombre(valeur, decimales)}\u00a0%"
    return f"+{texte}" if round(valeur, decimales) > 0 else texte


def build_annees_figure(
    ecarts: Sequence[Mesure], cvs: Sequence[Mesure], *, unite: str | None, decimales: int
) -> go.Figure:
    """Two panels over the same years: P90 − P10 in the unit of the values, then the coefficient of variation in %.

    Each has its own axis, from zero: a gap of zero means something, and half a gap must look like half.

    Args:
        ecarts: P90 − P10, one per year.
        cvs: coefficients of variation in %, possibly none (mean of 0).
        unite: unit of the gaps.
        decimales: decimals of the gaps written.

    Raises:
        ValueError: no year.
    """
    if not ecarts:
        raise ValueError("aucune année : il n'y a rien à dessiner")
    dessin = Dessin(hauteur=430 if cvs else 250)
    domaines = ([0.57, 0.94], [0.0, 0.37]) if cvs else ([0.0, 0.88],)
    titres = (f"P90 − P10 ({unite})" if unite else "P90 − P10", "Coefficient de variation (%)")
    for panneau, (mesures, domaine) in enumerate(zip((ecarts, cvs), domaines, strict=False)):
        axe = "y" if panneau == 0 else "y2"
        dessin.add_scatter(
            x=[m.annee for m in mesures],
            y=[m.valeur for m in mesures],
            yaxis=axe,
            mode="lines+markers",
            name=titres[panneau],
            cliponaxis=False,
            line={"color": COULEURS["mien"], "width": 2},
            marker={"size": 9, "color": COULEURS["mien"]},
            error_y={
                "type": "data",
                "symmetric": False,
                "array": [max(m.haut - m.valeur, 0.0) for m in mesures],
                "arrayminus": [max(m.valeur - m.bas, 0.0) for m in mesures],
                "color": COULEURS["pairs"],
                "thickness": 1.5,
                "width": 5,
            },
            customdata=[m.infobulle for m in mesures],
            hovertemplate="%{customdata}<extra></extra>",
        )
        dessin.add_scatter(
            x=[m.annee for m in mesures],
            y=[max(m.haut, m.valeur) for m in mesures],
            yaxis=axe,
            mode="text",
            name=titres[panneau],
            hoverinfo="skip",
            cliponaxis=False,
            text=[format_nombre(m.valeur, decimales if panneau == 0 else 1) for m in mesures],
            textposition="top center",
            textfont={"size": 12, "color": COULEURS["mien"]},
        )
        dessin.add_annotation(
            text=f"<b>{titres[panneau]}</b>",
            x=0,
            xref="paper",
            xanchor="left",
            y=domaine[1],
            yref="paper",
            yanchor="bottom",
            yshift=6,
            showarrow=False,
            font={"size": 12, "color": COULEURS["texte"]},
        )
    mise = {
        nom: {
            "domain": domaine,
            "range": [0, 1.22 * (max(m.haut for m in mesures) or 1.0)],
            "nticks": 4,
            "tickformat": ",~f",
            "showgrid": True,
            "zeroline": True,
            "fixedrange": True,
        }
        for nom, mesures, domaine in zip(("yaxis", "yaxis2"), (ecarts, cvs), domaines, strict=False)
    }
    annees = [m.annee for m in ecarts]
    dessin.update_layout(
        margin={"t": 8},
        xaxis={
            "tickvals": annees,
            "range": [annees[0] - 0.4, annees[-1] + 0.4],
            "tickformat": "d",
            "anchor": "y2" if cvs else "y",
            "fixedrange": True,
        },
        **mise,
    )
    return dessin.build()


def build_bouts_figure(
    bouts: Sequence[Bouts], noms: tuple[str, str], *, unite: str | None, decimales: int
) -> go.Figure:
    """Two lines, the mean of each end of the group; every year the gap is written between them.

    Args:
        bouts: one per year.
        noms: names of the highest and of the lowest members, in the legend.
        unite: unit of the means.
        decimales: decimals of the values written.

    Raises:
        ValueError: no year.
    """
    if not bouts:
        raise ValueError("aucune année : il n'y a rien à dessiner")
    annees = [b.annee for b in bouts]
    tous = [v for b in bouts for v in (b.haut, b.bas)]
    etendue = (max(tous) - min(tous)) or abs(max(tous)) or 1.0
    dessin = Dessin(hauteur=380)
    for b in bouts:
        dessin.add_shape(
            type="line",
            x0=b.annee,
            x1=b.annee,
            y0=b.bas,
            y1=b.haut,
            layer="below",
            line={"color": COULEURS["autres"], "width": 6},
        )
        dessin.add_annotation(
            text=f"<b>{b.ecart}</b>",
            x=b.annee,
            y=(b.haut + b.bas) / 2,
            showarrow=False,
            bgcolor=COULEURS["carte"],
            borderpad=2,
            font={"size": 12, "color": COULEURS["texte"]},
        )
    for nom, place, couleur, symbole in (
        (noms[0], "haut", "mien", "circle"),
        (noms[1], "bas", "moins", "diamond"),
    ):
        valeurs = [getattr(b, place) for b in bouts]
        dessin.add_scatter(
            x=annees,
            y=valeurs,
            mode="lines+markers+text",
            name=nom,
            cliponaxis=False,
            text=[format_nombre(v, decimales) for v in valeurs],
            textposition="top center" if place == "haut" else "bottom center",
            textfont={"size": 12, "color": COULEURS[couleur]},
            line={"color": COULEURS[couleur], "width": 2},
            marker={"size": 9, "symbol": symbole, "color": COULEURS[couleur]},
            customdata=[
                f"<b>{nom}, {b.annee}</b><br>{format_valeur(getattr(b, place), unite, decimales)}" for b in bouts
            ],
            hovertemplate="%{customdata}<extra></extra>",
        )
    dessin.update_layout(
        showlegend=True,
        legend={"y": 1, "yanchor": "bottom"},
        margin={"t": 32, "r": 24},
        xaxis={
            "tickvals": annees,
            "tickformat": "d",
            "range": [annees[0] - 0.35, annees[-1] + 0.35],
            "fixedrange": True,
        },
        yaxis={
            "range": [min(tous) - 0.2 * etendue, max(tous) + 0.2 * etendue],
            "title": {"text": unite or ""},
            "nticks": 5,
            "tickformat": ",~f",
            "zeroline": False,
            "fixedrange": True,
        },
    )
    return dessin.build()
