"""Checks of what the statistics receive: a number, a level, a series with holes.

A hole is ``None`` or ``NaN`` and stays a hole: it is never read as 0, and 0 is never read as a hole. Anything else
that is not a finite number is refused with a message (in French) that says which value.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence, Set
from numbers import Integral, Real

import numpy as np
from numpy.typing import NDArray

Nombres = NDArray[np.float64]
Serie = Sequence[float | None]

_ORDINAIRES = frozenset({float, int, type(None)})  # numpy reads them all as numbers, or holes; bool is none of them


def check_nombre(
    valeur: float | None, nom: str, *, minimum: float | None = None, maximum: float | None = None
) -> float:
    """Return a finite number, or raise.

    Raises:
        ValueError: absent, not a number, infinite, or outside [minimum, maximum].
    """
    if isinstance(valeur, bool) or not isinstance(valeur, Real) or not math.isfinite(valeur):
        raise ValueError(f"{nom} : un nombre fini est attendu, pas {valeur!r}")
    nombre = float(valeur)
    if minimum is not None and nombre < minimum:
        raise ValueError(f"{nom} : {nombre:g} est inférieur à {minimum:g}")
    if maximum is not None and nombre > maximum:
        raise ValueError(f"{nom} : {nombre:g} est supérieur à {maximum:g}")
    return nombre


def check_entier(valeur: int, nom: str, *, minimum: int) -> int:
    """Return a whole number of ``minimum`` or more, or raise.

    Raises:
        ValueError: not a whole number, or one under ``minimum``.
    """
    if isinstance(valeur, bool) or not isinstance(valeur, Integral) or valeur < minimum:
        raise ValueError(f"{nom} : un entier d'au moins {minimum} est attendu, pas {valeur!r}")
    return int(valeur)


def check_niveau(niveau: float) -> float:
    """Return a level of confidence strictly between 0 and 1, or raise.

    Raises:
        ValueError: outside ]0, 1[ (95 is a likely mistake for 0.95, and the message says so).
    """
    nombre = check_nombre(niveau, "niveau de confiance")
    if not 0 < nombre < 1:
        raise ValueError(
            f"le niveau de confiance est une part strictement comprise entre 0 et 1 (0.95), pas {nombre:g}"
        )
    return nombre


def check_serie(valeurs: Serie, nom: str = "valeurs", *, minimum: int = 1) -> Nombres:
    """Return a series as floats, holes as NaN, in the order given.

    Args:
        valeurs: numbers and holes (None or NaN): a list, a tuple, an array, a column, or what is read only once.
        nom: what the series is, for the message.
        minimum: least number of values that are not holes.

    Raises:
        ValueError: not a series, or one without order; an infinite value, or too few values.
    """
    if isinstance(valeurs, str | bytes):
        raise ValueError(f"{nom} : une suite de nombres est attendue, pas un texte")
    if not isinstance(valeurs, Iterable) or isinstance(valeurs, Set | Mapping):
        raise ValueError(f"{nom} : une suite ordonnée de nombres est attendue, pas {type(valeurs).__name__}")
    if not hasattr(valeurs, "__getitem__"):
        valeurs = list(valeurs)
    suspects: Sequence[int] = range(len(valeurs))
    nombres = np.full(len(valeurs), np.nan)
    if all(type(valeur) in _ORDINAIRES for valeur in valeurs):
        nombres = np.array(valeurs, dtype=np.float64)
        suspects = np.flatnonzero(np.isinf(nombres)).tolist()
    for rang in suspects:
        valeur = valeurs[rang]
        if valeur is None:
            continue
        if isinstance(valeur, bool) or not isinstance(valeur, Real) or math.isinf(valeur):
            raise ValueError(f"{nom} : la valeur de rang {rang + 1} doit être un nombre fini, pas {valeur!r}")
        nombres[rang] = float(valeur)
    presentes = int(np.count_nonzero(~np.isnan(nombres)))
    if presentes < minimum:
        raise ValueError(f"{nom} : {minimum} valeur(s) au moins sont nécessaires, {presentes} présente(s)")
    return nombres


def list_presentes(valeurs: Serie, nom: str = "valeurs", *, minimum: int = 1) -> Nombres:
    """Return the values of a series without its holes, sorted: the result never depends on the order of the rows.

    Raises:
        ValueError: as :func:`check_serie`.
    """
    nombres = check_serie(valeurs, nom, minimum=minimum)
    return np.sort(nombres[~np.isnan(nombres)])


def check_paires(
    numerateurs: Serie, denominateurs: Serie, *, plafond: bool, minimum: int = 1
) -> tuple[Nombres, Nombres]:
    """Return numerators and denominators of the same length; both are NaN where one of them is a hole.

    Args:
        numerateurs: counts, at least 0.
        denominateurs: sizes, above 0.
        plafond: the numerator cannot exceed its denominator (a proportion).
        minimum: least number of complete pairs.

    Raises:
        ValueError: lengths that differ, a negative count, a size that is not above 0, a numerator above its
            denominator.
    """
    hauts = check_serie(numerateurs, "numérateurs", minimum=0)
    bas = check_serie(denominateurs, "dénominateurs", minimum=0)
    if len(hauts) != len(bas):
        raise ValueError(f"{len(hauts)} numérateurs pour {len(bas)} dénominateurs : il en faut autant")
    absents = np.isnan(hauts) | np.isnan(bas)
    with np.errstate(invalid="ignore"):
        fautifs = (hauts < 0) | (bas <= 0) | (plafond & (hauts > bas))
    for rang in np.flatnonzero(fautifs & ~absents):
        if hauts[rang] < 0:
            raise ValueError(f"numérateur de rang {rang + 1} négatif : {hauts[rang]:g}")
        if bas[rang] <= 0:
            raise ValueError(
                f"dénominateur de rang {rang + 1} nul ou négatif : {bas[rang]:g}, pas d'intervalle possible"
            )
        if plafond and hauts[rang] > bas[rang]:
            raise ValueError(f"rang {rang + 1} : le numérateur {hauts[rang]:g} dépasse son dénominateur {bas[rang]:g}")
    if int(np.count_nonzero(~absents)) < minimum:
        raise ValueError(f"{minimum} couple(s) numérateur-dénominateur au moins sont nécessaires")
    hauts[absents] = np.nan
    bas[absents] = np.nan
    return hauts, bas
