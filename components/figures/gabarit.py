"""The Plotly template of Parangon: fonts, grid, margins, French separators. Built from ``components.theme``."""

from __future__ import annotations

from functools import lru_cache

import plotly.graph_objects as go

from components.figures.formats import SEPARATEURS_PLOTLY
from components.theme import CATEGORIES, COULEURS, POLICE


@lru_cache(maxsize=1)
def build_gabarit() -> go.layout.Template:
    """Template applied by every figure function; figures carry no font or colour of their own otherwise."""
    axe = {
        "gridcolor": COULEURS["trait"],
        "linecolor": COULEURS["trait-fort"],
        "zerolinecolor": COULEURS["trait-fort"],
        "tickfont": {"color": COULEURS["texte-doux"], "size": 12},
        "title": {"font": {"color": COULEURS["texte-doux"], "size": 12}},
        "automargin": True,
    }
    return go.layout.Template(
        layout={
            "font": {"family": POLICE, "color": COULEURS["texte"], "size": 13},
            "paper_bgcolor": COULEURS["carte"],
            "plot_bgcolor": COULEURS["carte"],
            "colorway": list(CATEGORIES),
            "separators": SEPARATEURS_PLOTLY,
            "margin": {"l": 8, "r": 16, "t": 12, "b": 8},
            "xaxis": axe | {"showgrid": False},
            "yaxis": axe | {"showgrid": True},
            "hoverlabel": {
                "bgcolor": COULEURS["carte"],
                "bordercolor": COULEURS["trait-fort"],
                "font": {"family": POLICE, "color": COULEURS["texte"], "size": 13},
                "align": "left",
            },
            "hovermode": "closest",
            "dragmode": False,
            "showlegend": False,
            "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "xanchor": "left"},
        }
    )


def build_figure(*, hauteur: int) -> go.Figure:
    """An empty figure with the template and a height in pixels; traces are added by the caller."""
    return go.Figure(layout={"template": build_gabarit(), "height": hauteur})
