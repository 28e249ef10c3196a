"""Names beside the dots of a scatter, that cover neither a dot nor one another, on a phone as on a desk. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

_LARGEURS: Final = (180, 900)  # pixels of a plot on a phone and on a desk: a name must fit on both
_CARACTERE: Final = 6.8  # pixels of a character, in bold
_DEMI_HAUTEUR: Final = 8  # of a line of text
_ECART: Final = 10  # pixels between the centre of a dot and its name
_RAYON: Final = 5  # of a dot
_PAS: Final = 16  # pixels between two places tried further away

Boite = tuple[float, float, float, float]  # left, right, bottom, top


@dataclass(frozen=True)
class Nom:
    """A name to write: rank of its dot, its words, whether it is written whatever happens, with a line to its dot."""

    rang: int
    texte: str
    oblige: bool = False


@dataclass(frozen=True)
class _Place:
    """Where a name stands from its dot, in pixels: which side is anchored, how far across and up."""

    ancre: str
    x: float
    y: float

    def compute_boite(self, point: tuple[float, float], longueur: float) -> Boite:
        """Edges of the text beside a dot."""
        gauche = point[0] + self.x - {"left": 0.0, "center": 0.5, "right": 1.0}[self.ancre] * longueur
        return gauche, gauche + longueur, point[1] + self.y - _DEMI_HAUTEUR, point[1] + self.y + _DEMI_HAUTEUR


# Beside the dot, then above and under it, then in a corner.
_PROCHES: Final = (
    _Place("left", _ECART, 0),
    _Place("right", -_ECART, 0),
    _Place("center", 0, 1.6 * _ECART),
    _Place("center", 0, -1.6 * _ECART),
    *(_Place("left" if cote > 0 else "right", 0.5 * cote * _ECART, 1.4 * sens * _ECART)
      for sens, cote in product((1, -1), (1, -1))),
)  # fmt: skip


def place_noms(
    points: Sequence[tuple[float, float]], noms: Sequence[Nom], *, hauteur: int, maximum: int
) -> list[dict[str, Any]]:
    """Annotations that name dots, in the order of ``noms``; a name without free room is left out.

    Args:
        points: every dot of the plot, as shares of its width and of its height (0 at the left and at the bottom).
        noms: the most important first.
        hauteur: of the plot, in pixels.
        maximum: names written at the most.

    Returns:
        For each name written: ``rang``, and the properties of ``go.layout.Annotation`` that place it (anchors and
        shifts; an arrow when it had to go further away).
    """
    ecrans = [[(x * largeur, y * hauteur) for x, y in points] for largeur in _LARGEURS]
    prises: list[list[Boite]] = [[] for _ in _LARGEURS]
    ecrits: list[dict[str, Any]] = []
    for nom in noms:
        if len(ecrits) >= maximum:
            break
        longueur = _CARACTERE * len(nom.texte)

        def count_heurts(place: _Place, nom: Nom = nom, longueur: float = longueur) -> int:
            return sum(
                _count_heurts(
                    place.compute_boite(ecran[nom.rang], longueur), ecran, nom.rang, prise, (largeur, hauteur)
                )
                for ecran, prise, largeur in zip(ecrans, prises, _LARGEURS, strict=True)
            )

        places = [*_PROCHES, *(_list_lointaines(hauteur) if nom.oblige else ())]
        place = next((p for p in places if not count_heurts(p)), None)
        if place is None:
            if not nom.oblige:
                continue
            place = min(places, key=count_heurts)
        for ecran, prise in zip(ecrans, prises, strict=True):
            prise.append(place.compute_boite(ecran[nom.rang], longueur))
        ecrits.append({"rang": nom.rang} | _build_position(place))
    return ecrits


def _list_lointaines(hauteur: int) -> list[_Place]:
    """Further and further up and down, on each side."""
    distances = range(3 * _PAS, hauteur, _PAS)
    return [
        _Place(ancre, 0, sens * distance)
        for distance, sens, ancre in product(distances, (1, -1), ("center", "left", "right"))
    ]


def _count_heurts(
    boite: Boite, points: Sequence[tuple[float, float]], rang: int, prises: Sequence[Boite], cadre: tuple[float, float]
) -> int:
    """Dots a text would cover, and texts it would touch or edges it would cross, which weigh as all the dots."""
    gauche, droite, bas, haut = boite
    sortie = gauche < 0 or droite > cadre[0] or bas < 0 or haut > cadre[1]
    touches = sum(gauche < d and droite > g and bas < h and haut > b for g, d, b, h in prises)
    couverts = sum(
        gauche - _RAYON < x < droite + _RAYON and bas - _RAYON < y < haut + _RAYON
        for autre, (x, y) in enumerate(points)
        if autre != rang
    )
    return couverts + (sortie + touches) * len(points)


def _build_position(place: _Place) -> dict[str, Any]:
    if place in _PROCHES:
        return {"showarrow": False, "xanchor": place.ancre, "yanchor": "middle", "xshift": place.x, "yshift": place.y}
    return {
        "showarrow": True,
        "arrowhead": 0,
        "arrowwidth": 1,
        "standoff": 7,
        "xanchor": place.ancre,
        "yanchor": "middle",
        "ax": place.x,
        "ay": -place.y,
    }
