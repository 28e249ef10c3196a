"""Turn a printed value into a typed one, without guessing.

The files of ``data/publie`` already use a decimal point; what remains is the meaning of
the cell: a number, a range, an open bound, a date, or one of the ways of having no value.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from data.modele import Statut


class ValeurIndecidableError(ValueError):
    """A cell that cannot be typed without guessing."""


@dataclass(frozen=True)
class ValeurTypee:
    """A typed value: at most one of ``valeur``, a range (``borne_basse``/``borne_haute``) or ``date``."""

    statut: Statut
    valeur: float | None = None
    borne_basse: float | None = None
    borne_haute: float | None = None
    date: dt.date | None = None
    approchee: bool = False


_SANS_VALEUR: dict[str, Statut] = {
    "": Statut.NON_FOURNI,
    "NA": Statut.NON_FOURNI,
    "NR": Statut.NON_FOURNI,
    "ND": Statut.NON_FOURNI,
    "non fourni": Statut.NON_FOURNI,
    "neutralisé": Statut.NEUTRALISE,
    "abandon": Statut.ABANDONNE,
    "sans objet": Statut.SANS_OBJET,
}

_NOMBRE = r"[+-]?\d+(?:\.\d+)?"


def load_valeur(texte: str) -> ValeurTypee:
    """Type one cell.

    ``30.04-31.2`` is a range, ``>95`` and ``<15`` open ranges, ``~10`` an approximate number,
    ``2023-09-28`` a date, ``NA``/``NR``/``ND``/blank no value.

    Raises:
        ValeurIndecidableError: anything else.
    """
    texte = texte.strip().removesuffix("%").strip()
    for ecriture, statut in _SANS_VALEUR.items():
        if texte.lower() == ecriture.lower():
            return ValeurTypee(statut)
    if re.fullmatch(_NOMBRE, texte):
        return ValeurTypee(Statut.PUBLIE, valeur=float(texte))
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", texte):
        return ValeurTypee(Statut.PUBLIE, date=dt.date.fromisoformat(texte))
    if intervalle := re.fullmatch(r"(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)", texte):
        bas, haut = float(intervalle[1]), float(intervalle[2])
        return ValeurTypee(Statut.PUBLIE, borne_basse=min(bas, haut), borne_haute=max(bas, haut))
    if ouverte := re.fullmatch(rf"([<>~])\s*({_NOMBRE})", texte):
        nombre = float(ouverte[2])
        if ouverte[1] == ">":
            return ValeurTypee(Statut.PUBLIE, borne_basse=nombre)
        if ouverte[1] == "<":
            return ValeurTypee(Statut.PUBLIE, borne_haute=nombre)
        return ValeurTypee(Statut.PUBLIE, valeur=nombre, approchee=True)
    raise ValeurIndecidableError(texte)


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
