"""Shrinkage of rates of small territories: for maps only, never for scores, the raw value one click away."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from data.calculs.entrees import Serie, check_paires


@dataclass(frozen=True)
class Retrecissement:
    """Rates drawn to the overall one, and how much.

    ``moyenne``: prior mean, overall rate Σe / Σb; ``variance``: prior variance A of the true rates between
    territories; ``poids``: share of each territory's own rate in ``valeurs``, from 0 to 1. In events per unit of base,
    in the order given; None where a figure is missing.
    """

    moyenne: float
    variance: float
    poids: tuple[float | None, ...]
    valeurs: tuple[float | None, ...]


def compute_retrecissement(evenements: Serie, bases: Serie, *, proportion: bool = False) -> Retrecissement:
    """Global empirical Bayes rates: each raw rate drawn to the overall one, the more so as its base is small.

    m = Σe / Σb; s² = Σb(r − m)² / Σb; rate = w·r + (1 − w)·m; b̄ = mean base.

    * Events per base (Poisson): A = max(0, s² − m / b̄), w = A / (A + m/b).
      Source: Marshall, "Mapping disease and mortality rates using empirical Bayes estimators", Applied Statistics 40,
      1991, p. 283.
    * Proportion of cases (binomial): A = max(0, s² − m(1 − m) / b̄), w = A / (A + (m(1 − m) − s²)/b).
      Source: Martuzzi and Elliott, "Empirical Bayes estimation of small area prevalence of non-rare conditions",
      Statistics in Medicine 15, 1996, p. 1867, as computed by ``EBest`` of the R package spdep. A proportion near 1
      has little noise of its own where the Poisson variance would see as much as near 0: « 90 % faits » and « 10 % non
      faits » are then drawn alike.

    Caveat: shrinkage hides the small outlier one may be looking for (Efron and Morris, 1977).

    Args:
        evenements: events, at least 0 (0 is a value).
        bases: sizes, above 0.
        proportion: events are cases among the base, never more than it.

    Raises:
        ValueError: impossible pairs, or no complete pair.
    """
    cas, tailles = check_paires(evenements, bases, plafond=proportion)
    presents = ~np.isnan(tailles)
    e, b = cas[presents], tailles[presents]
    total = math.fsum(b)
    moyenne = math.fsum(e) / total
    bruts = e / b
    dispersion = math.fsum(b * np.square(bruts - moyenne)) / total
    bruit = moyenne * (1 - moyenne) if proportion else moyenne
    variance = max(0.0, dispersion - bruit * len(b) / total)
    propre = max(0.0, bruit - dispersion) if proportion else bruit
    poids: list[float | None] = [None] * len(cas)
    valeurs: list[float | None] = [None] * len(cas)
    for indice, brut, base in zip(np.flatnonzero(presents), bruts, b, strict=True):
        diviseur = variance + propre / base
        part = variance / diviseur if diviseur > 0 else 0.0
        poids[int(indice)] = float(part)
        valeurs[int(indice)] = float(part * brut + (1 - part) * moyenne)
    return Retrecissement(moyenne, variance, tuple(poids), tuple(valeurs))


def retrecissement_eb(evenements: Serie, bases: Serie) -> list[float | None]:
    """Smoothed rates of events per base: see :func:`compute_retrecissement`.

    Returns:
        A rate per territory, in events per unit of base, in the order given; None where a figure is missing.
    """
    return list(compute_retrecissement(evenements, bases).valeurs)
