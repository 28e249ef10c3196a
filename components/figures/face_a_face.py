"""Two organismes side by side: one row per indicateur on a common axis, sorted by gap in points. Pure functions."""

from __future__ import annotations

import plotly.graph_objects as go
import polars as pl

from components.figures.formats import format_ecart, format_nombre
from components.figures.gabarit import Dessin
from components.figures.marques import add_points
from components.figures.rangees import add_ligne_ecrite, build_axe_muet, build_fin
from components.theme import COULEURS

_HAUTEUR_RANG = 44
_CENTRE = 0.2  # of the marks, under the name of the row


def build_face_a_face_figure(frame: pl.DataFrame, *, mien: str, autre: str) -> go.Figure:
    """Rates of both on 0 to 100 %, joined by a line; the gap in points at the right.

    Args:
        frame: rows in order: nom, taux (mine, %), taux_autre (%), ecart (points, mine minus the other's).
        mien: name of the first, in brand blue.
        autre: name of the second, in grey.
    """
    dessin = Dessin(hauteur=_HAUTEUR_RANG * frame.height + 86)
    lignes = list(frame.iter_rows(named=True))
    rangs = [rang + _CENTRE for rang in range(len(lignes))]
    for ligne, y in zip(lignes, rangs, strict=True):
        dessin.add_shape(
            type="line",
            x0=ligne["taux"],
            x1=ligne["taux_autre"],
            y0=y,
            y1=y,
            layer="below",
            line={"color": COULEURS["trait-fort"], "width": 2},
        )
    for nom, colonne, symbole, couleur, taille in (
        (autre, "taux_autre", "diamond", "pairs", 11),
        (mien, "taux", "circle", "mien", 13),
    ):
        add_points(
            dessin,
            frame[colonne].to_list(),
            rangs,
            [f"<b>{ligne['nom']}</b><br>{nom}\u00a0: {format_nombre(ligne[colonne], 1)}\u00a0%" for ligne in lignes],
            nom=nom,
            taille=taille,
            couleur=couleur,
            symbole=symbole,
            showlegend=True,
        )
    for rang, ligne in enumerate(lignes):
        nul = not round(ligne["ecart"], 2)
        couleur = "texte-doux" if nul else "mieux" if ligne["ecart"] > 0 else "moins"
        add_ligne_ecrite(
            dessin, rang, rangs[rang], ligne["nom"], f"<b>{format_ecart(ligne['ecart'], None, 2)}</b>", couleur
        )
    dessin.add_annotation(**build_fin("points", 1), yref="paper", yanchor="bottom", yshift=4)
    dessin.update_layout(
        margin={"t": 36, "r": 70, "l": 14},
        showlegend=True,
        xaxis={"range": [-2, 102], "nticks": 6, "showgrid": True, "ticksuffix": "\u00a0%", "zeroline": False},
        yaxis=build_axe_muet(len(lignes) - 0.4),
    )
    return dessin.build()
