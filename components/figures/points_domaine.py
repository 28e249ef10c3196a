"""Points won and lost by domaine: one stacked bar each, as long as its weight. Pure functions."""

from __future__ import annotations

import plotly.graph_objects as go
import polars as pl

from components.figures.formats import format_nombre
from components.figures.gabarit import Dessin
from components.figures.rangees import add_ligne_ecrite, build_axe_muet
from components.theme import COULEURS

_HAUTEUR_DOMAINE = 62
# (column, words, fill, outline, hatching)
PARTS: tuple[tuple[str, str, str, str, str], ...] = (
    ("gagnes", "gagnés par les résultats", COULEURS["marque"], COULEURS["marque"], ""),
    ("bonification", "bonification", COULEURS["mieux-pale"], COULEURS["mieux"], "+"),
    ("perdus", "perdus", COULEURS["moins-pale"], COULEURS["moins"], "/"),
    ("inconnus", "non fournis", COULEURS["carte"], COULEURS["trait-fort"], "x"),
)


def build_points_domaine_figure(frame: pl.DataFrame) -> go.Figure:
    """Horizontal stacked bars from zero, one per domaine, its points out of its weight written at the right.

    Args:
        frame: rows in order: domaine, poids (effective weight), points (won, bonification included), and the points of
            each part: gagnes, bonification, perdus, inconnus. A neutralised domaine has a weight of 0.
    """
    dessin = Dessin(hauteur=_HAUTEUR_DOMAINE * frame.height + 86)
    rangs = [rang + 0.18 for rang in range(frame.height)]
    for colonne, mots, fond, contour, motif in PARTS:
        valeurs = [v if round(v, 2) else None for v in frame[colonne]]  # a bar without length would show its outline
        if not any(valeurs):
            continue
        dessin.add_bar(
            orientation="h",
            y=rangs,
            x=valeurs,
            width=0.36,
            name=mots,
            showlegend=True,
            marker={
                "color": fond,
                "line": {"color": contour, "width": 1},
                "pattern": {"shape": motif, "fgcolor": contour, "size": 6},
            },
            customdata=[
                f"<b>{d}</b><br>{format_nombre(v, 2)} points {mots}"
                for d, v in zip(frame["domaine"], valeurs, strict=True)
            ],
            hovertemplate="%{customdata}<extra></extra>",
        )
    for rang, ligne in enumerate(frame.iter_rows(named=True)):
        fin = (
            "neutralisé"
            if not ligne["poids"]
            else f"<b>{format_nombre(ligne['points'], 1)}</b> / {format_nombre(ligne['poids'], 0)}"
        )
        add_ligne_ecrite(dessin, rang - 0.03, rangs[rang], f"<b>{ligne['domaine']}</b>", fin, "texte")
    dessin.update_layout(
        barmode="stack",
        showlegend=True,
        legend={"traceorder": "normal", "font": {"size": 12}},
        margin={"r": 82, "l": 8},
        xaxis={
            "range": [0, max([*frame["poids"].to_list(), 1.0]) * 1.01],
            "nticks": 6,
            "showgrid": True,
            "title": {"text": "points sur 100"},
        },
        yaxis=build_axe_muet(frame.height - 0.45),
    )
    return dessin.build()
