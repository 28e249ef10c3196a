"""The rows of a chart: their names, on the axis or above their marks, and a figure at the right end. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import wrap
from typing import Any, Final

from components.figures.gabarit import Dessin
from components.theme import COULEURS

_HAUTEUR_LIGNE: Final = 30  # pixels of a row named on the axis
_HAUTEUR_DEUX_LIGNES: Final = 36  # the same when a name takes two lines
_HAUTEUR_SUITE: Final = 15  # pixels of each further line of a name above its marks


def wrap_noms(noms: Iterable[str], largeur: int) -> tuple[list[list[str]], int]:
    """Names written on the axis, cut into lines, and the pixels a row needs.

    Args:
        noms: from top to bottom.
        largeur: characters of a line.
    """
    lignes = [wrap(nom, largeur) for nom in noms]
    return lignes, _HAUTEUR_LIGNE if all(len(nom) == 1 for nom in lignes) else _HAUTEUR_DEUX_LIGNES


def build_axe_noms(noms: Sequence[Sequence[str]], places: Sequence[float], gras: Sequence[bool]) -> dict[str, Any]:
    """The vertical axis of rows named at the left, from top to bottom.

    Args:
        noms: lines of each name.
        places: where each row stands.
        gras: rows whose name is in bold.
    """
    textes = ["<br>".join(lignes) for lignes in noms]
    return {
        "range": [places[-1] + 0.6, -0.6],
        "tickvals": list(places),
        "ticktext": [f"<b>{texte}</b>" if fort else texte for texte, fort in zip(textes, gras, strict=True)],
        "tickfont": {"color": COULEURS["texte"], "size": 12},
        "zeroline": False,
    }


def build_axe_muet(bas: float, haut: float = -0.5) -> dict[str, Any]:
    """The vertical axis of rows that are named above their marks: nothing written, the first row on top.

    Args:
        bas: bottom of the plot, in rows.
        haut: its top.
    """
    return {"range": [bas, haut], "showticklabels": False, "showgrid": False, "zeroline": False, "ticks": ""}


def compute_places(noms: Sequence[Sequence[str]], hauteur_rang: int) -> tuple[list[float], float]:
    """Where each row stands, in rows from the top, and the total: a name of several lines pushes its bar down.

    Args:
        noms: lines of the name of each row.
        hauteur_rang: pixels of a row whose name is on one line.
    """
    places: list[float] = []
    haut = 0.0
    for lignes in noms:
        haut += (len(lignes) - 1) * _HAUTEUR_SUITE / hauteur_rang
        places.append(haut)
        haut += 1
    return places, haut


def build_nom(texte: str, y: float) -> dict[str, Any]:
    """The name of a row above its marks, at the left; no gridline runs through it."""
    return {
        "text": texte,
        "x": 0,
        "xref": "paper",
        "xanchor": "left",
        "y": y,
        "yanchor": "bottom",
        "align": "left",
        "showarrow": False,
        "bgcolor": COULEURS["carte"],
        "borderpad": 0,
        "font": {"size": 12, "color": COULEURS["texte"]},
    }


def build_fin(texte: str, y: float, couleur: str = "texte-doux", *, taille: int = 12) -> dict[str, Any]:
    """A figure written in the right margin.

    Args:
        texte: HTML.
        y: height, in the units of the vertical axis.
        couleur: key of ``components.theme.COULEURS``.
        taille: of the letters, in pixels.
    """
    return {
        "text": texte,
        "x": 1,
        "xref": "paper",
        "xanchor": "left",
        "xshift": 8,
        "y": y,
        "showarrow": False,
        "font": {"size": taille, "color": COULEURS[couleur]},
    }


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
    dessin.add_annotation(**build_nom(nom, place - 0.02))
    dessin.add_annotation(**build_fin(valeur, centre, couleur, taille=13))


def build_ligne(y: float, couleur: str = "trait-fort", largeur: float = 1, trait: str = "solid") -> dict[str, Any]:
    """A line across the plot at a height of the vertical axis.

    Args:
        y: height.
        couleur: key of ``components.theme.COULEURS``.
        largeur: in pixels.
        trait: « solid », « dot » or « dash ».
    """
    ligne = {"color": COULEURS[couleur], "width": largeur} | ({} if trait == "solid" else {"dash": trait})
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": y, "y1": y, "line": ligne}
