"""Signed gaps, sorted: one bar each from a common zero, gains to the right, losses to the left. Pure functions."""

from __future__ import annotations

import plotly.graph_objects as go
import polars as pl

from components.figures.cascade import format_nom
from components.figures.formats import format_ecart
from components.figures.gabarit import Dessin
from components.figures.rangees import add_ligne_ecrite, build_axe_muet, compute_places
from components.theme import COULEURS

_HAUTEUR_RANG = 42
_CENTRE = 0.2  # of a bar, under its name
_PART_VIDE = 0.12  # of the axis kept on a side without any bar


def build_ecarts_figure(frame: pl.DataFrame, *, unite: str, decimales: int = 2) -> go.Figure:
    """Diverging horizontal bars, the name of a row above its bar, its value at the right.

    Args:
        frame: rows in order: nom, detail (written after the name), ecart (positive when favourable).
        unite: what the axis counts.
        decimales: decimals of the values written.
    """
    valeurs = frame["ecart"].to_list()
    haut, bas = max(*valeurs, 0.0), min(*valeurs, 0.0)
    etendue = (haut - bas) or 1.0
    noms = [format_nom(nom, detail) for nom, detail in frame.select("nom", "detail").iter_rows()]
    places, total = compute_places(noms, _HAUTEUR_RANG)
    dessin = Dessin(hauteur=round(_HAUTEUR_RANG * total + 58))
    for favorable, fond, contour in (
        (True, COULEURS["mieux-pale"], COULEURS["mieux"]),
        (False, COULEURS["moins-pale"], COULEURS["moins"]),
    ):
        gardees = [(rang, v) for rang, v in enumerate(valeurs) if round(v, decimales) and (v > 0) is favorable]
        dessin.add_bar(
            orientation="h",
            y=[places[rang] + _CENTRE for rang, _ in gardees],
            x=[v for _, v in gardees],
            width=0.34,
            marker={"color": fond, "line": {"color": contour, "width": 1.5}},
            customdata=[
                f"<b>{frame['nom'][rang]}</b><br>{frame['detail'][rang]}<br>{format_ecart(v, None, decimales)} {unite}"
                for rang, v in gardees
            ],
            hovertemplate="%{customdata}<extra></extra>",
        )
    dessin.add_shape(
        type="line",
        x0=0,
        x1=0,
        yref="paper",
        y0=0,
        y1=1,
        layer="below",
        line={"color": COULEURS["trait-fort"], "width": 1.5},
    )
    for rang, ligne in enumerate(frame.iter_rows(named=True)):
        nul = not round(ligne["ecart"], decimales)
        couleur = "texte-doux" if nul else "mieux" if ligne["ecart"] > 0 else "moins"
        fin = f"<b>{format_ecart(ligne['ecart'], None, decimales)}</b>"
        add_ligne_ecrite(dessin, places[rang], places[rang] + _CENTRE, "<br>".join(noms[rang]), fin, couleur)
    dessin.update_layout(
        barmode="overlay",
        margin={"t": 8, "r": 74, "l": 8},
        xaxis={
            "range": [bas - _PART_VIDE * etendue, haut + _PART_VIDE * etendue],
            "nticks": 6,
            "showgrid": True,
            "zeroline": False,
            "title": {"text": unite},
        },
        yaxis=build_axe_muet(total - 0.4),
    )
    return dessin.build()
