"""The Plotly template of Parangon: fonts, grid, margins, French separators. Built from ``components.theme``."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import plotly.graph_objects as go

from components.figures.figure_legere import FigureLegere
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
        # « 1 000 » and « 20 000 », as in the texts: Plotly writes « 1000 » and « 20k ».
        "separatethousands": True,
        "exponentformat": "none",
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


class Dessin:
    """Collects traces, shapes and annotations as plain dicts, and makes the figure once.

    ``go.Figure.add_annotation`` and ``add_shape`` validate all the previous ones again: twenty annotations cost
    50 ms one by one, 5 ms at once. Same method names as ``go.Figure``.
    """

    def __init__(self, *, hauteur: int) -> None:
        self._traces: list[dict[str, Any]] = []
        self._annotations: list[dict[str, Any]] = []
        self._formes: list[dict[str, Any]] = []
        self._mise: dict[str, Any] = {"template": build_gabarit(), "height": hauteur}

    def add_scatter(self, **trace: Any) -> None:
        """A scatter trace, with the arguments of ``go.Scatter``."""
        self._traces.append({"type": "scatter"} | trace)

    def add_bar(self, **trace: Any) -> None:
        """A bar trace, with the arguments of ``go.Bar``."""
        self._traces.append({"type": "bar"} | trace)

    def add_heatmap(self, **trace: Any) -> None:
        """A trace of coloured cells, with the arguments of ``go.Heatmap``."""
        self._traces.append({"type": "heatmap"} | trace)

    def add_annotation(self, **annotation: Any) -> None:
        """A text or an arrow, with the arguments of ``go.layout.Annotation``."""
        self._annotations.append(annotation)

    def add_shape(self, **forme: Any) -> None:
        """A line or a rectangle, with the arguments of ``go.layout.Shape``."""
        self._formes.append(forme)

    def update_layout(self, **mise: Any) -> None:
        """Layout properties; the last value given wins."""
        self._mise |= mise

    def build(self) -> FigureLegere:
        """The figure, validated if someone reads its parts; the sketch is not used afterwards."""
        ajouts = {"annotations": self._annotations, "shapes": self._formes}
        return FigureLegere(self._traces, self._mise | {nom: liste for nom, liste in ajouts.items() if liste})


def build_figure(*, hauteur: int) -> FigureLegere:
    """An empty figure with the template and a height in pixels; traces are added by the caller."""
    return FigureLegere([], {"template": build_gabarit(), "height": hauteur})


@lru_cache(maxsize=1)
def build_figure_vide() -> FigureLegere:
    """The figure of a bloc that shows a message instead: hidden, as low as Plotly accepts. Shared: never change it."""
    return build_figure(hauteur=10)
