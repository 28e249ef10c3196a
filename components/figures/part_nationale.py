"""The national indicators: points won and points lost, one bar per indicateur."""

from __future__ import annotations

import plotly.graph_objects as go
import polars as pl

from components.figures.formats import INSECABLE, format_nombre
from components.figures.gabarit import Dessin
from components.theme import COULEURS

HAUTEUR_LIGNE = 42


def compute_points(frame: pl.DataFrame) -> pl.DataFrame:
    """Add ``gagnes``, ``perdus`` and ``neutralises`` (points of 100) to the national indicators.

    Needs ``poids`` (points), ``taux`` (%) and ``statut``. A neutralised indicateur neither wins nor loses:
    its weight is shared out inside its domaine by the note.
    """
    neutralise = pl.col("statut") == "neutralise"
    return frame.with_columns(
        gagnes=pl.when(neutralise).then(0.0).otherwise(pl.col("poids") * pl.col("taux") / 100),
        perdus=pl.when(neutralise).then(0.0).otherwise(pl.col("poids") * (100 - pl.col("taux")) / 100),
        neutralises=pl.when(neutralise).then(pl.col("poids")).otherwise(0.0),
    )


def build_part_nationale_figure(frame: pl.DataFrame) -> go.Figure:
    """Stacked horizontal bars: points won, lost, neutralised.

    Args:
        frame: columns titre_court, domaine, poids, taux, statut, in the order to show.
    """
    points = compute_points(frame)
    dessin = Dessin(hauteur=HAUTEUR_LIGNE * points.height + 70)
    noms = points["titre_court"].to_list()
    series = [
        ("gagnes", "Points gagnés", COULEURS["marque"], ""),
        ("perdus", "Points perdus", COULEURS["moins-pale"], "/"),
        ("neutralises", "Neutralisé", COULEURS["carte"], "x"),
    ]
    for colonne, nom, couleur, motif in series:
        dessin.add_bar(
            orientation="h",
            y=noms,
            x=points[colonne].to_list(),
            name=nom,
            showlegend=True,
            marker={
                "color": couleur,
                "line": {"color": COULEURS["moins"] if colonne == "perdus" else COULEURS["trait-fort"], "width": 1},
                "pattern": {"shape": motif, "fgcolor": COULEURS["trait-fort"], "size": 6},
            },
            customdata=[
                [format_nombre(p, 2), "neutralisé" if t is None else f"{format_nombre(t)}{INSECABLE}%"]
                for p, t in zip(points[colonne], points["taux"], strict=True)
            ],
            hovertemplate=f"<b>%{{y}}</b><br>{nom} : %{{customdata[0]}}<br>Taux : %{{customdata[1]}}<extra></extra>",
        )
    for nom, taux in points.select("titre_court", "taux").iter_rows():
        texte = "neutralisé" if taux is None else f"{format_nombre(taux)}{INSECABLE}%"
        dessin.add_annotation(
            x=0,
            y=nom,
            text=f"{nom} · <b>{texte}</b>",
            showarrow=False,
            xanchor="left",
            yanchor="bottom",
            yshift=8,
            font={"size": 12},
        )
    # Labels stand above the bars, so that the chart reads on a phone as on a desk.
    maximum = float(points["poids"].max())  # type: ignore[arg-type]
    dessin.update_layout(
        barmode="stack",
        bargap=0.62,
        showlegend=True,
        legend={"traceorder": "normal"},
        xaxis={"title": {"text": "Points (poids sur 100)"}, "range": [0, maximum + 1.2], "showgrid": True},
        yaxis={"range": [points.height - 0.5, -0.9], "showticklabels": False, "showgrid": False},
    )
    return dessin.build()
