"""The targets of an indicateur as vertical lines across a chart of values: objectif solid, socle dashed. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from components.figures.formats import format_valeur
from components.theme import COULEURS

HAUTEUR_REPERES: Final = 38  # pixels above the plot taken by the two labels
_LARGEUR_CARACTERE: Final = 7.2  # pixels of a bold character of the labels
_BORD: Final = 0.35  # share of the axis, at each end, where a label grows inwards


@dataclass(frozen=True)
class Cadre:
    """What every figure of the values of a group takes.

    unite: of the values. decimales: of the labels. socle, objectif: targets in that unit, None when there is none.
    mien: code of the organisme to mark, if it is in the group.
    """

    unite: str | None
    decimales: int
    socle: float | None = None
    objectif: float | None = None
    mien: str | None = None

    def format_valeur(self, valeur: float) -> str:
        """A value with its unit."""
        return format_valeur(valeur, self.unite, self.decimales)


def compute_bornes(valeurs: list[float], *reperes: float | None, marge: float = 0.04) -> list[float]:
    """Axis range that holds the values and the targets, with a share of the spread left free at both ends."""
    tous = [*valeurs, *(r for r in reperes if r is not None)]
    etendue = max(tous) - min(tous) or abs(max(tous)) or 1.0
    return [min(tous) - marge * etendue, max(tous) + marge * etendue]


def get_ancre(x: float, bornes: list[float]) -> str:
    """Side a label is anchored on, so that it stays inside the axis."""
    part = (x - bornes[0]) / (bornes[1] - bornes[0])
    return "left" if part < _BORD else "right" if part > 1 - _BORD else "center"


def list_reperes(
    socle: float | None, objectif: float | None, bornes: list[float], unite: str | None, decimales: int
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Lines and labels of the targets.

    Args:
        socle: in the unit of the axis, None when there is none.
        objectif: same.
        bornes: range of the axis.
        unite: unit of the labels.
        decimales: decimals of the labels.

    Returns:
        Shapes and annotations. The objectif is labelled on the upper row, the socle on the lower: they never collide.
    """
    formes: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    for nom, valeur, couleur, trait, decalage in (
        ("objectif", objectif, COULEURS["objectif"], "solid", 20),
        ("socle", socle, COULEURS["socle"], "dash", 4),
    ):
        if valeur is None:
            continue
        formes.append(
            {
                "type": "line",
                "x0": valeur,
                "x1": valeur,
                "yref": "paper",
                "y0": 0,
                "y1": 1,
                "layer": "below",
                "line": {"color": couleur, "width": 1.8, "dash": trait},
            }
        )
        notes.append(
            {
                "text": f"{nom} {format_valeur(valeur, unite, decimales)}",
                "x": valeur,
                "xanchor": get_ancre(valeur, bornes),
                "y": 1,
                "yref": "paper",
                "yanchor": "bottom",
                "yshift": decalage - 2,
                "showarrow": False,
                "font": {"size": 12, "color": couleur},
            }
        )
    return formes, notes


def compute_marge(textes: Sequence[str], *, minimum: int = 60) -> int:
    """Pixels at the right of a plot for values written there, in bold at the widest."""
    return max(minimum, round(_LARGEUR_CARACTERE * max(map(len, textes), default=0)) + 14)


def build_axe_valeurs(bornes: list[float], unite: str | None) -> dict[str, Any]:
    """The horizontal axis of values: percentages and euros carry their unit on the ticks, others in the title."""
    sur_graduations = unite in {"%", "€"}
    axe: dict[str, Any] = {
        "range": bornes,
        "nticks": 6,
        "showgrid": True,
        "zeroline": False,
        "tickangle": 0,
        "ticksuffix": f"\u00a0{unite}" if sur_graduations else "",
    }
    if unite and not sur_graduations:
        axe["title"] = {"text": unite}
    return axe
