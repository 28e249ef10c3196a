"""Shrinkage of rates of small territories: for maps only, never for scores, the raw value one click away."""

from __future__ import annotations

import math

import numpy as np

from data.calculs.entrees import Serie, check_paires


def retrecissement_eb(evenements: Serie, bases: Serie) -> list[float | None]:
    """Global empirical Bayes rates: each raw rate drawn to the overall one, the more so as its base is small.

    m = Σe / Σb; A = max(0, Σb(r − m)²/Σb − m / b̄); weight w = A / (A + m/b); rate = w·r + (1 − w)·m.
    Source: Marshall, "Mapping disease and mortality rates using empirical Bayes estimators", Applied Statistics 40,
    1991, p. 283. Caveat: shrinkage hides the small outlier one may be looking for (Efron and Morris, 1977).

    Args:
        evenements: events, at least 0 (0 is a value).
        bases: populations, above 0.

    Returns:
        A rate per territory, in events per unit of base, in the order given; None where a figure is missing.

    Raises:
        ValueError: impossible pairs, or no complete pair.
    """
    cas, tailles = check_paires(evenements, bases, plafond=False)
    presents = ~np.isnan(tailles)
    e, b = cas[presents], tailles[presents]
    moyenne = math.fsum(e) / math.fsum(b)
    bruts = e / b
    variance = math.fsum(b * np.square(bruts - moyenne)) / math.fsum(b) - moyenne * len(b) / math.fsum(b)
    variance = max(0.0, variance)
    resultats: list[float | None] = [None] * len(cas)
    for indice, brut, base in zip(np.flatnonzero(presents), bruts, b, strict=True):
        diviseur = variance + moyenne / base
        poids = variance / diviseur if diviseur > 0 else 0.0
        resultats[int(indice)] = float(poids * brut + (1 - poids) * moyenne)
    return resultats
