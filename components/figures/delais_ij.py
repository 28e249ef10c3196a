"""Délais by category: horizontal bars from zero, in the order given, each with its figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from components.figures.gabarit import Dessin
from components.theme import COULEURS

HAUTEUR_BARRE = 30


@dataclass(frozen=True)
class Barre:
    """One category: its name, its délai in days, the figure as written, the text on hover."""

    nom: str
    valeur: float
    etiquette: str
    infobulle: str


def build_barres_figure(
    barres: Sequence[Barre], *, unite: str, reference: float | None = None, nom_reference: str = ""
) -> go.Figure:
    """Bars from top to bottom in the order given, with an optional vertical reference line.

    Args:
        barres: at least one.
        unite: title of the value axis (« jours »).
        reference: value of the line (the whole the categories are parts of).
        nom_reference: its label, above the plot.
    """
    haut = 34 if reference is not None else 12
    dessin = Dessin(hauteur=HAUTEUR_BARRE * len(barres) + haut + 48)
    dessin.add_bar(
        orientation="h",
        y=[b.nom for b in barres],
        x=[b.valeur for b in barres],
        text=[b.etiquette for b in barres],
        textposition="inside",
        insidetextanchor="end",
        insidetextfont={"color": COULEURS["carte"]},
        customdata=[b.infobulle for b in barres],
        hovertemplate="%{customdata}<extra></extra>",
        marker={"color": COULEURS["marque"]},
    )
    if reference is not None:
        dessin.add_shape(
            type="line", x0=reference, x1=reference, xref="x", y0=0, y1=1, yref="y domain",
            line={"color": COULEURS["texte"], "width": 1.5, "dash": "dash"},
        )  # fmt: skip
        dessin.add_annotation(
            x=reference,
            y=1,
            yref="paper",
            yanchor="bottom",
            text=nom_reference,
            showarrow=False,
            font={"size": 12, "color": COULEURS["texte"]},
        )
    dessin.update_layout(bargap=0.35, margin={"l": 8, "r": 16, "t": haut, "b": 8})
    dessin.update_layout(xaxis={"title": unite, "rangemode": "tozero", "fixedrange": True, "showgrid": True})
    dessin.update_layout(yaxis={"autorange": "reversed", "showgrid": False, "fixedrange": True})
    return dessin.build()
