"""Mean, minimum and maximum of a score per type of organisme, two years side by side."""

from __future__ import annotations

import plotly.graph_objects as go
import polars as pl

from components.figures.formats import INSECABLE, format_nombre
from components.figures.gabarit import build_figure
from components.theme import COULEURS

HAUTEUR_TYPE = 52


def build_synthese_figure(syntheses: pl.DataFrame) -> go.Figure:
    """Horizontal ranges: the last year in brand blue, the year before in grey above it.

    Args:
        syntheses: columns type_organisme, annee, moyenne, minimum, maximum (%, null when not printed), effectif;
            one row per type and year, types in the order to show.
    """
    types = syntheses["type_organisme"].unique(maintain_order=True).to_list()
    annees = sorted(syntheses["annee"].unique().to_list())
    rang = {t: i for i, t in enumerate(types)}
    figure = build_figure(hauteur=HAUTEUR_TYPE * len(types) + 80)
    styles = [(annees[0], COULEURS["pairs"], -0.17, "circle-open"), (annees[-1], COULEURS["mien"], 0.17, "circle")]
    for annee, couleur, decalage, symbole in styles:
        lignes = syntheses.filter(pl.col("annee") == annee)
        ordonnees = [rang[t] + decalage for t in lignes["type_organisme"]]
        x: list[float | None] = []
        y: list[float | None] = []
        for bas, haut, ordonnee in zip(lignes["minimum"], lignes["maximum"], ordonnees, strict=True):
            if bas is not None and haut is not None:
                x += [bas, haut, None]
                y += [ordonnee, ordonnee, None]
        figure.add_scatter(
            x=x,
            y=y,
            mode="lines",
            line={"color": couleur, "width": 5},
            opacity=0.35,
            hoverinfo="skip",
            showlegend=False,
        )
        figure.add_scatter(
            x=lignes["moyenne"].to_list(),
            y=ordonnees,
            mode="markers+text",
            name=str(annee),
            marker={"color": couleur, "size": 11, "symbol": symbole, "line": {"width": 2, "color": couleur}},
            text=[format_nombre(m) for m in lignes["moyenne"]],
            textposition="bottom center" if annee == annees[-1] else "top center",
            textfont={"color": couleur, "size": 12},
            cliponaxis=False,
            customdata=[
                [t, format_nombre(m), _format_bornes(b, h), n]
                for t, m, b, h, n in lignes.select(
                    "type_organisme", "moyenne", "minimum", "maximum", "effectif"
                ).iter_rows()
            ],
            hovertemplate=f"<b>%{{customdata[0]}}</b> ({annee})<br>moyenne %{{customdata[1]}}{INSECABLE}%<br>"
            "%{customdata[2]}<br>%{customdata[3]} organisme(s)<extra></extra>",
            showlegend=True,
        )
    effectifs = dict(syntheses.select("type_organisme", "effectif").iter_rows())
    figure.update_xaxes(range=_compute_etendue(syntheses), ticksuffix=f"{INSECABLE}%", showgrid=True)
    figure.update_yaxes(
        tickvals=list(rang.values()),
        ticktext=[f"<b>{'CPAM et CCSS' if t == 'CPAM' else t}</b><br>n = {effectifs[t]}" for t in types],
        range=[len(types) - 0.4, -0.6],
        showgrid=False,
        zeroline=False,
    )
    figure.update_layout(showlegend=True)
    return figure


def _format_bornes(bas: float | None, haut: float | None) -> str:
    if bas is None or haut is None:
        return "minimum et maximum non imprimés"
    return f"de {format_nombre(bas)} à {format_nombre(haut)}{INSECABLE}%"


def _compute_etendue(syntheses: pl.DataFrame) -> list[float]:
    """Axis from the ten below the lowest value to just above 100."""
    plus_bas = syntheses.select(pl.min_horizontal("minimum", "moyenne").min()).item()
    return [float(plus_bas // 10 * 10) - 1, 102.5]
