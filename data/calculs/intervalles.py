"""Confidence intervals by nature of the value: proportion, count, mean, quantile.

Without a denominator a rate has no interval: the functions refuse it instead of inventing one.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from scipy import special

from data.calculs.entrees import Serie, check_niveau, check_nombre, list_presentes
from data.calculs.position import compute_quantile

SEUIL_EXACT = 10  # events; under it Byar's approximation gives way to the exact interval


@lru_cache(maxsize=32)
def compute_z(niveau: float) -> float:
    """Two-sided normal quantile of a level: 1.96 for 0.95, 3.09 for 0.998.

    Raises:
        ValueError: level outside ]0, 1[.
    """
    return float(special.ndtri(0.5 + check_niveau(niveau) / 2))


def wilson(x: float, n: float, niveau: float = 0.95) -> tuple[float, float]:
    """Interval of a proportion x / n: (2x + z² ± z√(z² + 4x(1 − x/n))) / (2(n + z²)).

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA, 1927;
    recommended by Newcombe, Statistics in Medicine 17, 1998, p. 857, and by the Public Health England technical guide
    "Confidence intervals", 2018 (appendix 3).

    Args:
        x: cases, between 0 and n (0 is a value like another).
        n: size of the group, above 0.
        niveau: level of confidence, in ]0, 1[.

    Returns:
        Lower and upper bounds, in [0, 1]; exactly 0 when x = 0 and exactly 1 when x = n.

    Raises:
        ValueError: no denominator, x outside [0, n], or a level outside ]0, 1[.
    """
    taille = check_nombre(n, "dénominateur")
    if taille <= 0:
        raise ValueError(
            f"dénominateur nul ou négatif ({taille:g}) : une proportion sans dénominateur n'a pas d'intervalle"
        )
    cas = check_nombre(x, "numérateur", minimum=0, maximum=taille)
    z = compute_z(niveau)
    centre = 2 * cas + z**2
    demi = z * math.sqrt(z**2 + 4 * cas * (1 - cas / taille))
    diviseur = 2 * (taille + z**2)
    bas = 0.0 if cas == 0 else max(0.0, (centre - demi) / diviseur)
    haut = 1.0 if cas == taille else min(1.0, (centre + demi) / diviseur)
    return bas, haut


def byar(x: float, niveau: float = 0.95) -> tuple[float, float]:
    """Interval of a count, Byar's approximation.

    x(1 − 1/(9x) − z/(3√x))³ and (x+1)(1 − 1/(9(x+1)) + z/(3√(x+1)))³.
    Source: Breslow and Day, "Statistical methods in cancer research", volume II, IARC, 1987, p. 69.
    Within 0,2 % of the exact bounds from 10 events on (PHE technical guide); see :func:`intervalle_effectif`.

    Args:
        x: number of events, at least 0.
        niveau: level of confidence, in ]0, 1[.

    Returns:
        Lower and upper bounds, in events.

    Raises:
        ValueError: negative count, or a level outside ]0, 1[.
    """
    cas = check_nombre(x, "nombre d'événements", minimum=0)
    z = compute_z(niveau)
    bas = 0.0 if cas == 0 else max(0.0, cas * (1 - 1 / (9 * cas) - z / (3 * math.sqrt(cas))) ** 3)
    suivant = cas + 1
    return bas, suivant * (1 - 1 / (9 * suivant) + z / (3 * math.sqrt(suivant))) ** 3


def poisson_exact(x: float, niveau: float = 0.95) -> tuple[float, float]:
    """Exact interval of a count: χ²(α/2 ; 2x) / 2 and χ²(1 − α/2 ; 2x + 2) / 2.

    A χ² quantile with 2k degrees of freedom is twice that of a gamma law of shape k, which is what is computed.
    Source: Garwood, "Fiducial limits for the Poisson distribution", Biometrika 28, 1936, p. 437.

    Args:
        x: number of events, at least 0.
        niveau: level of confidence, in ]0, 1[.

    Returns:
        Lower and upper bounds, in events; the lower one is 0 when x = 0.

    Raises:
        ValueError: negative count, or a level outside ]0, 1[.
    """
    cas = check_nombre(x, "nombre d'événements", minimum=0)
    alpha = 1 - check_niveau(niveau)
    bas = 0.0 if cas == 0 else float(special.gammaincinv(cas, alpha / 2))
    return bas, float(special.gammainccinv(cas + 1, alpha / 2))


def intervalle_effectif(x: float, niveau: float = 0.95) -> tuple[float, float]:
    """Interval of a count as published: exact under 10 events, Byar from 10 on.

    Source: PHE technical guide "Confidence intervals", 2018.

    Raises:
        ValueError: as :func:`byar`.
    """
    return (poisson_exact if check_nombre(x, "nombre d'événements", minimum=0) < SEUIL_EXACT else byar)(x, niveau)


def intervalle_moyenne(valeurs: Serie, niveau: float = 0.95) -> tuple[float, float, float]:
    """Mean of a sample and its t interval: x̄ ± t(n − 1) · s / √n, s with n − 1.

    Source: Student, Biometrika 6, 1908. Holes (None, NaN) are left out; 0 is a value.

    Args:
        valeurs: two values at least, any order.
        niveau: level of confidence, in ]0, 1[.

    Returns:
        Mean, lower bound, upper bound, in the unit of the values.

    Raises:
        ValueError: fewer than two values, or a level outside ]0, 1[.
    """
    niveau = check_niveau(niveau)
    presentes = list_presentes(valeurs, minimum=2)
    moyenne = math.fsum(presentes) / len(presentes)
    if presentes[0] == presentes[-1]:
        return float(presentes[0]), float(presentes[0]), float(presentes[0])
    erreur = float(np.std(presentes, ddof=1)) / math.sqrt(len(presentes))
    demi = float(special.stdtrit(len(presentes) - 1, 0.5 + niveau / 2)) * erreur
    return moyenne, moyenne - demi, moyenne + demi


def intervalle_quantile(valeurs: Serie, q: float, niveau: float = 0.95) -> tuple[float, float, float]:
    """Quantile of a sample and its distribution-free interval, from order statistics.

    The number of values under the true quantile is binomial B(n, q): the interval goes from the order statistic of
    rank b to that of rank h, with b = binomial quantile of α/2 and h = binomial quantile of 1 − α/2, plus one; each
    tail then holds α/2 at most. Source: Conover, "Practical nonparametric statistics", section 3.2; Hahn and Meeker,
    "Statistical intervals", 1991, section 5.2. Use: 0.5 for a median, 0.9 for a D9.

    Args:
        valeurs: one value at least, any order; holes (None, NaN) are left out.
        q: share, strictly between 0 and 1.
        niveau: level of confidence, in ]0, 1[.

    Returns:
        Quantile (linear interpolation, as everywhere), lower bound, upper bound. A bound that so few values cannot
        give at this level is infinite (−inf or +inf): the interval is open on that side.

    Raises:
        ValueError: no value, share or level outside ]0, 1[.
    """
    part = check_nombre(q, "part du quantile")
    if not 0 < part < 1:
        raise ValueError(f"la part du quantile doit être strictement comprise entre 0 et 1, pas {part:g}")
    alpha = 1 - check_niveau(niveau)
    presentes = list_presentes(valeurs)
    effectif = len(presentes)
    cumul = special.bdtr(np.arange(effectif + 1), effectif, part)
    rang_bas = int(np.searchsorted(cumul, alpha / 2))
    rang_haut = int(np.searchsorted(cumul, 1 - alpha / 2)) + 1
    bas = float(presentes[rang_bas - 1]) if rang_bas >= 1 else -math.inf
    haut = float(presentes[rang_haut - 1]) if rang_haut <= effectif else math.inf
    return compute_quantile(presentes.tolist(), part), bas, haut
