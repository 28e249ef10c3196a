"""Marks shared by figures: dots with their words on hover, the box of the quartiles, labels beside a dot. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from components.figures.gabarit import Dessin
from components.figures.reperes import get_ancre
from components.theme import COULEURS
from data.calculs.position import Quartiles

FOND_ETIQUETTE: Final = "rgba(255,255,255,0.8)"  # a line may pass behind a label, never through it


def add_points(
    dessin: Dessin,
    x: Sequence[Any],
    y: Sequence[Any],
    infobulles: Sequence[str],
    *,
    nom: str,
    taille: int,
    couleur: str,
    contour: str = "carte",
    trait: float = 1,
    symbole: str = "",
    ids: Sequence[str] = (),
    **suite: Any,
) -> None:
    """Draw dots that are never cut at the edge, with their words on hover.

    Args:
        dessin: the figure being drawn.
        x, y: places, in the units of the axes.
        infobulles: HTML on hover, one per dot.
        nom: what the dots are.
        taille: diameter in pixels.
        couleur: key of ``components.theme.COULEURS`` for the fill.
        contour: same, for the outline.
        trait: width of the outline, in pixels.
        symbole: shape of Plotly, a disc by default.
        ids: places in the walk by keyboard; none when the dots are not walked.
        suite: anything else ``go.Scatter`` takes.
    """
    dessin.add_scatter(
        x=list(x),
        y=list(y),
        mode="markers",
        cliponaxis=False,
        name=nom,
        marker={"size": taille, "color": COULEURS[couleur], "line": {"width": trait, "color": COULEURS[contour]}}
        | ({"symbol": symbole} if symbole else {}),
        customdata=list(infobulles),
        hovertemplate="%{customdata}<extra></extra>",
        **({"ids": list(ids)} if ids else {}),
        **suite,
    )


def add_organismes(
    dessin: Dessin,
    x: Sequence[float],
    y: Sequence[float],
    infobulles: Sequence[str],
    miens: Sequence[bool],
    *,
    tailles: tuple[int, int],
    trait: float,
    parcours: bool = False,
) -> None:
    """Draw one dot per organisme, the chosen one last and larger.

    Args:
        dessin: the figure being drawn.
        x, y: places, in the units of the axes.
        infobulles: words on hover.
        miens: whether a dot is that of the chosen organisme.
        tailles: diameters of the other dots and of the chosen one, in pixels.
        trait: width of the outline, in pixels.
        parcours: the dots can be walked by keyboard, in the order given.
    """
    for choisi, nom, taille, couleur, contour in (
        (False, "autres organismes", tailles[0], "autres", "trait-fort"),
        (True, "organisme choisi", tailles[1], "mien", "carte"),
    ):
        garder = [rang for rang, mien in enumerate(miens) if mien is choisi]
        if not garder:
            continue
        add_points(
            dessin,
            [x[rang] for rang in garder],
            [y[rang] for rang in garder],
            [infobulles[rang] for rang in garder],
            nom=nom,
            taille=taille,
            couleur=couleur,
            contour=contour,
            trait=trait,
            ids=[str(rang) for rang in garder] if parcours else (),
        )


def list_boite(quartiles: Quartiles, bas: float, haut: float, **reperage: str) -> list[dict[str, Any]]:
    """First to third quartile as a band, the median as a thick line, both behind the dots.

    Args:
        quartiles: in the units of the horizontal axis.
        bas, haut: edges of the box, in the units of the vertical axis.
        reperage: « yref » when those are shares of the plot.
    """
    commun = {"layer": "below", "y0": bas, "y1": haut} | reperage
    return [
        commun
        | {
            "type": "rect",
            "x0": quartiles.q1,
            "x1": quartiles.q3,
            "fillcolor": COULEURS["bande"],
            "line": {"color": COULEURS["trait-fort"], "width": 1},
        },
        commun
        | {
            "type": "line",
            "x0": quartiles.mediane,
            "x1": quartiles.mediane,
            "line": {"color": COULEURS["pairs"], "width": 2.5},
        },
    ]


def build_etiquette(
    texte: str, x: float, bornes: list[float], y: float, ancre: str, couleur: str, *, decalage: int = 0
) -> dict[str, Any]:
    """A label above or under a place of the horizontal axis, that stays inside it.

    Args:
        texte: HTML.
        x: place.
        bornes: range of the axis.
        y: height of the label.
        ancre: « top » when it hangs under that height, « bottom » when it stands on it.
        couleur: key of ``components.theme.COULEURS``.
        decalage: pixels upwards.
    """
    return {
        "text": texte,
        "x": x,
        "xanchor": get_ancre(x, bornes),
        "y": y,
        "yanchor": ancre,
        "showarrow": False,
        "bgcolor": FOND_ETIQUETTE,
        "font": {"size": 12, "color": COULEURS[couleur]},
    } | ({"yshift": decalage} if decalage else {})


def add_noms(dessin: Dessin, noms: Sequence[tuple[str, str]]) -> int:
    """Names inside the plot, top right, one under the other, each in the colour of what it names.

    Args:
        dessin: the figure being drawn.
        noms: words (a sign of the trait, then the name), colour.

    Returns:
        Pixels they take at the top of the plot: no line should go there.
    """
    for rang, (nom, couleur) in enumerate(noms):
        dessin.add_annotation(
            x=1,
            y=1,
            xref="paper",
            yref="paper",
            xanchor="right",
            yanchor="top",
            yshift=-4 - 16 * rang,
            text=nom,
            showarrow=False,
            bgcolor=COULEURS["carte"],
            font={"size": 12, "color": couleur},
        )
    return 8 + 16 * len(noms)
