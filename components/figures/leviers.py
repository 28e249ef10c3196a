"""Points within reach of each indicateur: one horizontal bar each, from zero, largest first. Pure functions.

A tick on the bar says what the level of the best quarter of the peers would bring. The name of a row stands above its
bar, so that the chart reads on a phone as on a desk.
"""

from __future__ import annotations

from textwrap import wrap

import plotly.graph_objects as go
import polars as pl

from components.figures.formats import INSECABLE, format_nombre, format_valeur
from components.figures.gabarit import Dessin
from components.figures.rangees import build_axe_muet, build_fin, build_nom, compute_places
from components.theme import COULEURS

SEPARATEUR = " · "  # where the words of a gap may be cut
_HAUTEUR_RANG = 52
_LARGEUR_NOM, _LARGEUR_DETAIL = 40, 38  # characters a phone shows on one line
_DEMI_BARRE = 0.15
_CENTRE = 0.2


def build_leviers_figure(frame: pl.DataFrame) -> go.Figure:
    """Bars of the points within reach, with the level of the best quarter as a tick.

    Args:
        frame: rows in order, all with points: titre, detail (the gap in words), points, euros (€ per ETP, null when no
            amount is known), points_pairs (won at the level of the best quarter of the
            peers; null when unknown, no tick for 0).
    """
    noms: list[list[str]] = []
    for titre, detail in frame.select("titre", "detail").iter_rows():
        suite = detail.split(SEPARATEUR) if len(detail) > _LARGEUR_DETAIL else [detail]
        noms.append([f"<b>{x}</b>" for x in wrap(titre, _LARGEUR_NOM)] + suite)
    places, haut = compute_places(noms, _HAUTEUR_RANG)
    maximum = max([*frame["points"].to_list(), 0.01])
    dessin = Dessin(hauteur=round(_HAUTEUR_RANG * haut + 66))
    dessin.add_bar(
        orientation="h",
        y=[place + _CENTRE for place in places],
        x=frame["points"].to_list(),
        width=2 * _DEMI_BARRE,
        name="points jusqu'à 100\u00a0%",
        marker={
            "color": COULEURS["moins-pale"],
            "line": {"color": COULEURS["moins"], "width": 1.5},
            "pattern": {"shape": "/", "fgcolor": COULEURS["moins"], "size": 7, "solidity": 0.12},
        },
        customdata=[
            f"<b>{ligne['titre']}</b><br>{format_valeur(ligne['points'], 'points', 2)} à regagner"
            + (f"<br>{format_valeur(ligne['euros'], '€', 2)} par ETP" if ligne["euros"] is not None else "")
            for ligne in frame.iter_rows(named=True)
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )
    pairs = [(p, gain) for p, gain in zip(places, frame["points_pairs"], strict=True) if round(gain or 0.0, 2) > 0]
    if pairs:
        dessin.add_scatter(
            x=[points for _, points in pairs],
            y=[place + _CENTRE for place, _ in pairs],
            mode="markers",
            name="au niveau du meilleur quart du type",
            cliponaxis=False,
            marker={
                "symbol": "line-ns",
                "size": 22,
                "line": {"width": 3, "color": COULEURS["marque"]},
            },
            customdata=[f"Au niveau du meilleur quart{INSECABLE}: {format_nombre(points, 2)}" for _, points in pairs],
            hovertemplate="%{customdata}<extra></extra>",
            showlegend=True,
        )
    for place, lignes, ligne in zip(places, noms, frame.iter_rows(named=True), strict=True):
        dessin.add_annotation(**build_nom("<br>".join(lignes), place))
        fin = f"<b>+{format_nombre(ligne['points'], 2)}</b>"
        if ligne["euros"] is not None:
            fin += f"<br>{format_valeur(ligne['euros'], '€', 2)}"
        dessin.add_annotation(**build_fin(fin, place + _CENTRE, "texte"), align="left")
    dessin.update_layout(
        margin={"t": 30 if pairs else 8, "r": 78, "l": 8},
        xaxis={
            "range": [0, 1.02 * maximum],
            "nticks": 6,
            "showgrid": True,
            "zeroline": True,
            "title": {"text": "points de score"},
        },
        yaxis=build_axe_muet(haut - 0.35, -0.75),
        showlegend=bool(pairs),
        legend={"orientation": "h", "y": 1, "yanchor": "bottom", "x": 0, "xanchor": "left"},
    )
    return dessin.build()
