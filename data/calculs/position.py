"""Where a value stands in its group: ranks, quartiles, classes. Pure functions.

Quantiles follow one written definition everywhere: linear interpolation between the two
nearest values, h = (n - 1) × p (Hyndman and Fan, "Sample Quantiles in Statistical
Packages", The American Statistician, 1996, definition 7). It is the default of
spreadsheets (CENTILE.INCLURE), NumPy and DuckDB's ``quantile_cont``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import polars as pl

from data.modele import Sens

CLASSES_VISEES = 12
_DECIMALES = 6  # results are rounded there, far beyond what is printed: 100 - 99.96 is 0.04, not 0.0400000000000063


@dataclass(frozen=True)
class Quartiles:
    """The three quartiles of a group, in the unit of its values."""

    q1: float
    mediane: float
    q3: float


@dataclass(frozen=True)
class Position:
    """Where one member stands in its group.

    ``rang`` is a competition rank (1 = best, ties share it, the next ranks are skipped);
    ``ex_aequo`` counts the *other* members with the same value; ``ecart_mediane`` is value
    minus median (see :func:`compute_ecart`); ``quart`` goes from 1 (best quarter) to 4.
    """

    rang: int
    ex_aequo: int
    effectif: int
    ecart_mediane: float
    quart: int


@dataclass(frozen=True)
class Classe:
    """One class of a histogram: [``borne_basse``, ``borne_haute``[, or closed above when ``fermee``."""

    borne_basse: float
    borne_haute: float
    fermee: bool
    effectif: int


def compute_quantile(valeurs: Sequence[float], part: float) -> float:
    """Quantile by linear interpolation: x[h] with h = (n - 1) × part on the sorted values.

    Args:
        valeurs: at least one value, any order.
        part: 0.25 for the first quartile, 0.5 for the median; between 0 and 1.

    Raises:
        ValueError: no value, or a part outside [0, 1].
    """
    if not valeurs:
        raise ValueError("aucune valeur : le quantile n'existe pas")
    if not 0 <= part <= 1:
        raise ValueError(f"la part doit être comprise entre 0 et 1, pas {part}")
    tri = sorted(valeurs)
    h = (len(tri) - 1) * part
    bas, haut = tri[math.floor(h)], tri[math.ceil(h)]
    return min(max(round(bas + (h - math.floor(h)) * (haut - bas), _DECIMALES), bas), haut)


def compute_quartiles(valeurs: Sequence[float]) -> Quartiles:
    """First quartile, median and third quartile (see :func:`compute_quantile`).

    Raises:
        ValueError: no value.
    """
    return Quartiles(
        q1=compute_quantile(valeurs, 0.25),
        mediane=compute_quantile(valeurs, 0.5),
        q3=compute_quantile(valeurs, 0.75),
    )


def compute_rangs(valeurs: Sequence[float], sens: Sens) -> list[int]:
    """Competition ranks (1, 2, 2, 4): one plus the number of strictly better values, in the order given.

    Better is lower when ``sens`` is ``BAS``, higher otherwise (``NEUTRE`` ranks from high to low, without judgement).
    """
    tri = sorted(valeurs, reverse=sens is not Sens.BAS)
    premier: dict[float, int] = {}
    for rang, valeur in enumerate(tri, start=1):
        premier.setdefault(valeur, rang)
    return [premier[valeur] for valeur in valeurs]


def compute_ecart(valeur: float, mediane: float, decimales: int) -> float:
    """Value minus the median as it is shown, rounded half up to ``decimales``.

    So the three figures on screen always add up: 89.51 - 94.61 = -5.10, the median being 94.605.
    """
    pas = Decimal(1).scaleb(-decimales)
    montree = Decimal(repr(mediane)).quantize(pas, rounding=ROUND_HALF_UP)
    return float(Decimal(repr(valeur)) - montree)


def compute_position(valeurs: Sequence[float], valeur: float, sens: Sens, decimales: int = 2) -> Position:
    """Position of ``valeur`` among ``valeurs`` (itself included).

    The quarter compares the value with the quartiles: 1 when it reaches the best quartile, 2 when
    it reaches the median, 3 when it reaches the worst quartile, else 4.

    Raises:
        ValueError: ``valeur`` is not one of ``valeurs``.
    """
    if valeur not in valeurs:
        raise ValueError(f"{valeur} n'est pas une valeur du groupe")
    quartiles = compute_quartiles(valeurs)
    signe = -1 if sens is Sens.BAS else 1
    seuils = sorted((signe * q for q in (quartiles.q1, quartiles.mediane, quartiles.q3)), reverse=True)
    meilleures = sum(signe * v > signe * valeur for v in valeurs)
    return Position(
        rang=1 + meilleures,
        ex_aequo=sum(v == valeur for v in valeurs) - 1,
        effectif=len(valeurs),
        ecart_mediane=compute_ecart(valeur, quartiles.mediane, decimales),
        quart=1 + sum(signe * valeur < seuil for seuil in seuils),
    )


def compute_classement(frame: pl.DataFrame, sens: Sens, decimales: int = 2) -> pl.DataFrame:
    """Rank the rows of a group on their column ``valeur``, best first, rows without value last.

    Args:
        frame: any columns, plus ``valeur`` (Float64, null = no value).
        sens: which way is better.
        decimales: decimals of the values, for the median (see :func:`compute_ecart`).

    Returns:
        The same rows sorted (ties keep the order given), with ``rang`` (Int64, null without value) and
        ``ecart_mediane`` (Float64, in the unit of the values).
    """
    presentes = frame.filter(pl.col("valeur").is_not_null())
    absentes = frame.filter(pl.col("valeur").is_null())
    valeurs = presentes["valeur"].to_list()
    mediane = compute_quantile(valeurs, 0.5) if valeurs else 0.0
    classes = presentes.with_columns(
        pl.Series("rang", compute_rangs(valeurs, sens), dtype=pl.Int64),
        pl.Series("ecart_mediane", [compute_ecart(v, mediane, decimales) for v in valeurs], dtype=pl.Float64),
    ).sort("rang", maintain_order=True)
    vides = absentes.with_columns(
        pl.lit(None, dtype=pl.Int64).alias("rang"), pl.lit(None, dtype=pl.Float64).alias("ecart_mediane")
    )
    return pl.concat([classes, vides])


def compute_classes(valeurs: Sequence[float]) -> list[Classe]:
    """Contiguous classes of a round width (1, 2 or 5 × 10^k), about a dozen, empty ones included.

    A maximum falling exactly on the last edge closes the last class instead of opening one:
    a score of 100 % belongs to [98, 100], not to [100, 102[.

    Raises:
        ValueError: no value.
    """
    if not valeurs:
        raise ValueError("aucune valeur : pas de classe")
    exactes = [Decimal(repr(float(v))) for v in valeurs]
    pas = _compute_pas(max(exactes) - min(exactes))
    rangs = [math.floor(v / pas) for v in exactes]
    premier, dernier = min(rangs), max(rangs)
    fermee = dernier > premier and max(exactes) == dernier * pas
    if fermee:
        dernier -= 1
    return [
        Classe(
            borne_basse=float(rang * pas),
            borne_haute=float((rang + 1) * pas),
            fermee=fermee and rang == dernier,
            effectif=sum(min(r, dernier) == rang for r in rangs),
        )
        for rang in range(premier, dernier + 1)
    ]


def _compute_pas(etendue: Decimal) -> Decimal:
    if etendue == 0:
        return Decimal(1)
    vise = etendue / CLASSES_VISEES
    decade = Decimal(1).scaleb(math.floor(vise.log10()))
    return next(m * decade for m in (1, 2, 5, 10) if m * decade >= vise)
