"""Where a result stands between its socle and its objectif. Pure functions.

The taux de réussite of a result is 0 % at the socle or short of it, 100 % at the objectif or beyond, and in between
otherwise (see :mod:`data.calculs.taux`): three states. A result that is not there has a state of its own, never one of
these three.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import polars as pl

from data.modele import Statut

_TOLERANCE: Final = 1e-9  # points of rate: a computed 100 may be 99.99999999999999


class Atteinte(StrEnum):
    """State of one result against its target, from the best to the least known."""

    ATTEINT = "atteint"
    ENTRE = "entre"
    SOUS = "sous"
    NEUTRALISE = "neutralise"
    SANS_OBJET = "sans_objet"
    NON_FOURNI = "non_fourni"


LIBELLES_ATTEINTE: Final[dict[Atteinte, str]] = {
    Atteinte.ATTEINT: "objectif atteint",
    Atteinte.ENTRE: "entre socle et objectif",
    Atteinte.SOUS: "sous le socle",
    Atteinte.NEUTRALISE: "neutralisé",
    Atteinte.SANS_OBJET: "sans objet",
    Atteinte.NON_FOURNI: "non fourni",
}

# The states of a result that exists.
ATTEINTES_MESUREES: Final = (Atteinte.ATTEINT, Atteinte.ENTRE, Atteinte.SOUS)


def build_atteinte(taux: pl.Expr, statut: pl.Expr) -> pl.Expr:
    """State of each result of a frame (a value of :class:`Atteinte`).

    Args:
        taux: taux de réussite in %, null when there is none. 0 is a rate, not an absence.
        statut: status of the fact (``data.modele.Statut``), null when there is no fact.
    """
    return (
        pl.when(taux >= 100 - _TOLERANCE)
        .then(pl.lit(Atteinte.ATTEINT.value))
        .when(taux > _TOLERANCE)
        .then(pl.lit(Atteinte.ENTRE.value))
        .when(taux.is_not_null())
        .then(pl.lit(Atteinte.SOUS.value))
        .when(statut == Statut.NEUTRALISE.value)
        .then(pl.lit(Atteinte.NEUTRALISE.value))
        .when(statut.is_in([Statut.SANS_OBJET.value, Statut.ABANDONNE.value]))
        .then(pl.lit(Atteinte.SANS_OBJET.value))
        .otherwise(pl.lit(Atteinte.NON_FOURNI.value))
    )


def count_atteintes(frame: pl.DataFrame, *cles: str) -> pl.DataFrame:
    """Number of organismes in each state.

    Args:
        frame: one row per organisme, with ``atteinte`` (:func:`build_atteinte`) and the keys.
        cles: columns to group by; none gives one row.

    Returns:
        The keys, one Int64 column per :class:`Atteinte`, and ``effectif`` (their sum), in the order of the keys in the
        frame.
    """
    comptes = [(pl.col("atteinte") == etat.value).sum().cast(pl.Int64).alias(etat.value) for etat in Atteinte]
    groupes = frame.group_by(*cles, maintain_order=True).agg(*comptes) if cles else frame.select(*comptes)
    return groupes.with_columns(pl.sum_horizontal([etat.value for etat in Atteinte]).alias("effectif"))
