"""Marks shared by figures: one dot per organisme, a row named above its bar with its figure at the end. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from components.figures.gabarit import Dessin
from components.theme import COULEURS


def add_organismes(
    dessin: Dessin,
    x: Sequence[float],
    y: Sequence[float],
    infobulles: Sequence[str],
    miens: Sequence[bool],
    *,
    taille: int,
    contour: float,
) -> None:
    """Draw one dot per organisme, the chosen one last and larger.

    Args:
        dessin: the figure being drawn.
        x, y: places, in the units of the axes.
        infobulles: words on hover.
        miens: whether a dot is that of the chosen organisme.
        taille: diameter of the other dots, in pixels.
        contour: width of the outline, in pixels.
    """
    for choisi, diametre, couleur, bord in (
        (False, taille, COULEURS["autres"], COULEURS["trait-fort"]),
        (True, 14, COULEURS["mien"], COULEURS["carte"]),
    ):
        garder = [rang for rang, mien in enumerate(miens) if mien is choisi]
        dessin.add_scatter(
            x=[x[rang] for rang in garder],
            y=[y[rang] for rang in garder],
            mode="markers",
            cliponaxis=False,
            name="organisme choisi" if choisi else "autres organismes",
            marker={"size": diametre, "color": couleur, "line": {"width": contour, "color": bord}},
            customdata=[infobulles[rang] for rang in garder],
            hovertemplate="%{customdata}<extra></extra>",
        )


def add_ligne_ecrite(dessin: Dessin, place: float, centre: float, nom: str, valeur: str, couleur: str) -> None:
    """Write the name of a row above its bar, at the left, and its figure at the right end.

    Args:
        dessin: the figure being drawn.
        place: top of the row, in the units of the vertical axis.
        centre: middle of its bar, in the same units.
        nom: HTML of the name.
        valeur: HTML of the figure.
        couleur: key of ``components.theme.COULEURS`` for the figure.
    """
    dessin.add_annotation(
        text=nom,
        x=0,
        xref="paper",
        xanchor="left",
        y=place - 0.02,
        yanchor="bottom",
        align="left",
        showarrow=False,
        bgcolor=COULEURS["carte"],
        borderpad=0,
        font={"size": 12, "color": COULEURS["texte"]},
    )
    dessin.add_annotation(
        text=valeur,
        x=1,
        xref="paper",
        xanchor="left",
        xshift=8,
        y=centre,
        showarrow=False,
        font={"size": 13, "color": COULEURS[couleur]},
    )
