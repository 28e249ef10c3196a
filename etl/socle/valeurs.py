"""Type the cells of ``data/publie``: the parser of loaded files, held to the normal form of these files.

The files of ``data/publie`` use a decimal point and no unit but %; the meaning of a cell (a number, a range, an open
bound, a date, or one of the ways of having no value) is decided by :mod:`etl.chargement.cellules`.
"""

from __future__ import annotations

from data.modele import Statut
from etl.chargement.cellules import Decimale, ValeurIndecidableError, ValeurTypee, parse_cellule

__all__ = ["ValeurIndecidableError", "ValeurTypee", "load_entier", "load_nombre", "load_valeur"]


def load_valeur(texte: str) -> ValeurTypee:
    """Type one cell: ``30.04-31.2`` is a range, ``>95`` an open one, ``~10`` approximate, ``NA`` no value.

    Raises:
        ValeurIndecidableError: no reading, several, or a unit, a footnote mark or several values in the cell.
    """
    typees = parse_cellule(texte, Decimale.POINT)
    if len(typees) > 1 or typees[0].renvoi or typees[0].unite not in {None, "%"}:
        raise ValeurIndecidableError(texte, "plusieurs valeurs, une unité ou un renvoi dans un fichier normalisé")
    return typees[0]


def load_nombre(texte: str | None) -> float | None:
    """A plain number, or None when the cell says there is none.

    Raises:
        ValeurIndecidableError: the cell holds something else than a number.
    """
    if texte is None:
        return None
    typee = load_valeur(texte)
    if typee.statut is not Statut.PUBLIE:
        return None
    if typee.valeur is None or typee.approchee:
        raise ValeurIndecidableError(texte)
    return typee.valeur


def load_entier(texte: str | None) -> int | None:
    """A whole number, or None.

    Raises:
        ValeurIndecidableError: not a number, or not whole.
    """
    nombre = load_nombre(texte)
    if nombre is None:
        return None
    if nombre != int(nombre):
        raise ValeurIndecidableError(str(texte))
    return int(nombre)
