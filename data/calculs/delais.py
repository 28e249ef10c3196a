"""Means and quantiles of délais kept as counts per day. Pure functions.

A histogram is an array of counts: entry ``j`` is the number of files paid after ``j`` whole days. Groups are summed day
by day first (:func:`sum_comptes`), so that the mean and the deciles of any group are those of its files.

Quantiles follow the one definition of the product (see ``data.calculs.position``): linear interpolation between the
two nearest files, h = (n - 1) × p, definition 7 of Hyndman and Fan, "Sample Quantiles in Statistical Packages", The
American Statistician, 1996. Délais being whole days, the result is a whole day, or lies between two days when the two
nearest files differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

JOURS_MAX: Final = 365  # longest délai kept, days: the upper bound declared by the définitions of délais
_DECIMALES: Final = 6

Comptes = NDArray[np.int64]


@dataclass(frozen=True)
class Repartition:
    """One histogram, read: ``comptes`` has the files of each day from 0, ``mediane`` and ``d9`` are in days."""

    comptes: tuple[int, ...]
    mediane: float
    d9: float

    @property
    def nombre(self) -> int:
        """Files in all."""
        return sum(self.comptes)

    def count_au_dela(self, jours: int) -> int:
        """Files paid after more than ``jours`` days."""
        return sum(self.comptes[jours + 1 :])

    def list_classes(self, bornes: Sequence[int]) -> list[int]:
        """Files of each class of days: up to the first of ``bornes``, up to each of the others, then beyond the last.

        Args:
            bornes: last day of each class, growing; at least one.
        """
        au_dela = [self.nombre, *(self.count_au_dela(borne) for borne in bornes), 0]
        return [avant - apres for avant, apres in pairwise(au_dela)]


def sum_comptes(comptes: pl.Series, groupes: NDArray[np.int64], nombre_groupes: int) -> Comptes:
    """Add histograms group by group.

    Args:
        comptes: one list of counts per row, of any length up to ``JOURS_MAX`` + 1 (what is missing is zero).
        groupes: group of each row, from 0 to ``nombre_groupes`` - 1.
        nombre_groupes: rows of the result.

    Returns:
        Counts, ``nombre_groupes`` × (``JOURS_MAX`` + 1).

    Raises:
        ValueError: a histogram is longer than ``JOURS_MAX`` + 1 days.
    """
    largeur = JOURS_MAX + 1
    longueurs = comptes.list.len().to_numpy().astype(np.int64)
    if len(longueurs) and longueurs.max() > largeur:
        raise ValueError(f"un histogramme compte {longueurs.max()} jours : {largeur} au plus")
    pleins = longueurs > 0
    valeurs = comptes.filter(pl.Series(pleins)).explode(empty_as_null=False).to_numpy()
    debuts = groupes * largeur - (np.cumsum(longueurs) - longueurs)
    cases = np.repeat(debuts, longueurs) + np.arange(len(valeurs))
    # Floats hold every whole number up to 2^53: far beyond any number of files.
    sommes = np.bincount(cases, weights=valeurs, minlength=nombre_groupes * largeur)
    return sommes.astype(np.int64).reshape(nombre_groupes, largeur)


def build_listes(comptes: NDArray[np.integer[Any]]) -> pl.Series:
    """Histograms (rows of counts) as lists that stop at their last day with a file, what :func:`sum_comptes` reads."""
    pleins = comptes > 0
    longueurs = np.where(pleins.any(axis=1), comptes.shape[1] - np.argmax(pleins[:, ::-1], axis=1), 0)
    gardes = np.arange(comptes.shape[1])[None, :] < longueurs[:, None]
    bornes = np.concatenate([[0], np.cumsum(longueurs)]).astype(np.int64)
    listes = pa.LargeListArray.from_arrays(pa.array(bornes), pa.array(comptes[gardes].astype(np.uint32, copy=False)))
    return pl.Series("comptes", listes)


def compute_moyennes(comptes: Comptes) -> NDArray[np.float64]:
    """Mean délai of each histogram (row), in days; not a number when it has no file."""
    nombre = comptes.sum(axis=-1)
    with np.errstate(invalid="ignore"):
        return np.asarray(comptes @ np.arange(comptes.shape[-1]) / nombre)


def compute_quantiles(comptes: Comptes, parts: Sequence[float]) -> NDArray[np.float64]:
    """Quantiles of each histogram (row), in days; not a number when it has no file.

    Args:
        comptes: histograms × days.
        parts: 0.9 for the ninth decile; each between 0 and 1.

    Returns:
        Histograms × parts.

    Raises:
        ValueError: a part outside [0, 1].
    """
    for part in parts:
        if not 0 <= part <= 1:
            raise ValueError(f"la part doit être comprise entre 0 et 1, pas {part}")
    cumul = np.cumsum(comptes, axis=-1)
    dernier = np.maximum(cumul[:, -1:] - 1, 0)
    h = dernier * np.array(parts)
    # Millionths of a file are noise of the multiplication: 0.7 × 10 is 7, not 6.999999999999999.
    h = np.round(h, _DECIMALES)
    rangs = np.floor(h).astype(np.int64)
    bas = _find_jours(cumul, rangs)
    haut = _find_jours(cumul, np.minimum(rangs + 1, dernier))
    return np.where(cumul[:, -1:] > 0, np.round(bas + (h - rangs) * (haut - bas), _DECIMALES), np.nan)


def build_repartition(comptes: Sequence[int]) -> Repartition | None:
    """What a histogram says: its counts, its median and its ninth decile; None when it has no file.

    Args:
        comptes: files of each day from 0.
    """
    if not any(comptes):
        return None
    mediane, d9 = compute_quantiles(np.array([comptes], dtype=np.int64), (0.5, 0.9))[0]
    return Repartition(tuple(map(int, comptes)), float(mediane), float(d9))


def _find_jours(cumul: Comptes, rangs: Comptes) -> Comptes:
    """Day of the files of these ranks (from 0; histograms × ranks): how many days have a total not above it."""
    lignes, largeur = cumul.shape
    # One sorted line for all the histograms: each starts above the end of the previous one.
    pas = np.arange(lignes)[:, None] * (int(cumul[:, -1].max(initial=0)) + 1)
    trouves = np.searchsorted((cumul + pas).ravel(), rangs + pas, side="right")
    return np.asarray(trouves - np.arange(lignes)[:, None] * largeur)
