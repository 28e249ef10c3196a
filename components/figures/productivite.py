"""Numerator and denominator of the productivity apart: the change of ETPR across, that of BCP up. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import plotly.graph_objects as go

from components.figures.dispersion import format_pourcentage
from components.figures.gabarit import Dessin
from components.figures.reperes import compute_bornes
from components.theme import COULEURS

_PALIERS: Final = (0.0, 0.1, 0.2, 0.3, 0.4)  # changes of productivity drawn as lines
_MARGE: Final = 0.08  # of the spread, left free at both ends of an axis


@dataclass(frozen=True)
class Point:
    """Change of one caisse, in %: ETPR, BCP; named beside its mark when asked; the words on hover."""

    nom: str
    etpr: float
    bcp: float
    infobulle: str
    nomme: bool = False
    mien: bool = False


def build_decomposition_figure(points: Sequence[Point], reseau: Point) -> go.Figure:
    """Caisses by change of ETPR and of BCP, the network, and the lines of equal change of productivity.

    A caisse to the left has lost staff, a caisse up has gained activity: both raise the ratio.

    Args:
        points: every caisse.
        reseau: sum of the caisses.

    Raises:
        ValueError: no caisse.
    """
    if not points:
        raise ValueError("aucune caisse : il n'y a rien à dessiner")
    tous = [*points, reseau]
    x = compute_bornes([p.etpr for p in tous], marge=_MARGE)
    y = compute_bornes([p.bcp for p in tous], marge=_MARGE)
    dessin = Dessin(hauteur=440)
    for palier in _PALIERS:
        _add_palier(dessin, palier, x, y)
    for zero in ({"x0": 0, "x1": 0, "y0": y[0], "y1": y[1]}, {"y0": 0, "y1": 0, "x0": x[0], "x1": x[1]}):
        if x[0] < 0 < x[1] if zero["x0"] == zero["x1"] else y[0] < 0 < y[1]:
            dessin.add_shape(type="line", layer="below", line={"color": COULEURS["trait-fort"], "width": 1}, **zero)
    groupes: tuple[tuple[list[Point], dict[str, Any]], ...] = (
        ([p for p in points if not p.mien], {"size": 9, "color": COULEURS["autres"], "symbol": "circle"}),
        ([reseau], {"size": 13, "color": COULEURS["texte"], "symbol": "square"}),
        ([p for p in points if p.mien], {"size": 15, "color": COULEURS["mien"], "symbol": "circle"}),
    )
    for membres, marque in groupes:
        if not membres:
            continue
        contour = COULEURS["trait-fort"] if marque["color"] == COULEURS["autres"] else COULEURS["carte"]
        dessin.add_scatter(
            x=[p.etpr for p in membres],
            y=[p.bcp for p in membres],
            mode="markers+text",
            name=membres[0].nom if len(membres) == 1 else "caisses",
            text=[p.nom if p.nomme or p.mien else "" for p in membres],
            textposition=["middle left" if p.etpr > (x[0] + x[1]) / 2 else "middle right" for p in membres],
            textfont={"size": 12, "color": COULEURS["mien" if membres[0].mien else "texte"]},
            cliponaxis=False,
            marker=marque | {"line": {"width": 1, "color": contour}},
            customdata=[p.infobulle for p in membres],
            hovertemplate="%{customdata}<extra></extra>",
        )
    axe = {
        "ticksuffix": "\u00a0%",
        "nticks": 6,
        "showgrid": False,
        "zeroline": False,
        "fixedrange": True,
        "tickangle": 0,
    }
    dessin.update_layout(
        margin={"t": 14, "r": 64},
        xaxis=axe | {"range": x, "title": {"text": "évolution des ETPR (dénominateur)"}},
        yaxis=axe | {"range": y, "title": {"text": "évolution des BCP (numérateur)"}},
    )
    return dessin.build()


def _add_palier(dessin: Dessin, palier: float, x: list[float], y: list[float]) -> None:
    """The straight line (1 + BCP) = (1 + palier)·(1 + ETPR), cut to the plot, labelled where it leaves it."""

    def compute_bcp(etpr: float) -> float:
        return 100 * ((1 + palier) * (1 + etpr / 100) - 1)

    def compute_etpr(bcp: float) -> float:
        return 100 * ((1 + bcp / 100) / (1 + palier) - 1)

    debut = x[0] if compute_bcp(x[0]) >= y[0] else compute_etpr(y[0])
    fin = x[1] if compute_bcp(x[1]) <= y[1] else compute_etpr(y[1])
    if debut >= fin:
        return
    dessin.add_shape(
        type="line",
        x0=debut,
        x1=fin,
        y0=compute_bcp(debut),
        y1=compute_bcp(fin),
        layer="below",
        line={"color": COULEURS["autres"], "width": 1, "dash": "dot"},
    )
    a_droite = fin == x[1]
    dessin.add_annotation(
        text=f"{format_pourcentage(100 * palier)}",
        x=fin,
        y=min(compute_bcp(fin), y[1]),
        xanchor="left" if a_droite else "center",
        yanchor="middle" if a_droite else "bottom",
        showarrow=False,
        font={"size": 11, "color": COULEURS["texte-doux"]},
    )
