"""Is a series rising or falling: recent trend of five points, Mann-Kendall and Sen for long series."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy import special

from data.calculs.entrees import Nombres, Serie, check_serie

POINTS_RECENTS = 5
SEUIL_KHI2 = 9.549536  # χ² with one degree of freedom at 99,8 %
POINTS_MANN_KENDALL = 8  # under it the normal approximation is poor
_LARGEUR_IC = 3.92  # an interval at 95 % is 3.92 standard errors wide


@dataclass(frozen=True)
class MannKendall:
    """Mann-Kendall test and Sen's slope.

    s, variance: statistic and its variance, ties included. z, p: normal approximation, two-sided. pente: Sen's slope,
    unit of the values per step of time. ordonnee: median(x) − pente × median(t), t counted from 0.
    """

    s: int
    variance: float
    z: float
    p: float
    pente: float
    ordonnee: float


@dataclass(frozen=True)
class TendanceRecente:
    """Slope over the last five points (unit of the values per point), its χ², and is its sign stable."""

    pente: float
    khi2: float
    stable: bool

    @property
    def demontree(self) -> bool:
        """Whether the series rises or falls more than chance explains."""
        return self.khi2 > SEUIL_KHI2 and self.stable


def tendance_recente(valeurs: Serie, bas: Serie, haut: Serie, *, ruptures: Iterable[int] = ()) -> tuple[float, bool]:
    """Recent trend of an indicateur: χ² of the slope over the last five points, and is its sign stable.

    See :func:`compute_tendance_recente`, whose two answers these are.
    """
    tendance = compute_tendance_recente(valeurs, bas, haut, ruptures=ruptures)
    return tendance.khi2, tendance.stable


def compute_tendance_recente(
    valeurs: Serie, bas: Serie, haut: Serie, *, ruptures: Iterable[int] = ()
) -> TendanceRecente:
    """Recent trend of an indicateur over its last five points.

    Weighted least squares, weights 1/se², se = (haut − bas) / 3,92 from the 95 % bounds; χ² = (slope / its standard
    error)², one degree of freedom: significant above 9,5495 (99,8 %). The sign is stable when the five fits that leave
    one point out all rise, or all fall. A trend asks for both. Source: OHID Fingertips, guidance "Recent trends".

    Args:
        valeurs: points in order of time, five at least; only the last five are read.
        bas, haut: their 95 % bounds, unrounded.
        ruptures: places of the first point after each break; one inside the last five refuses the test.

    Returns:
        Slope, χ² and whether the sign is stable (a flat slope is neither rising nor falling: False).

    Raises:
        ValueError: fewer than five points, a hole or a break among the last five, or bounds that are rounded so much
            that they are equal (no standard error) or no longer hold their value.
    """
    series = [check_serie(v, nom, minimum=0) for v, nom in ((valeurs, "valeurs"), (bas, "bornes basses"))]
    series.append(check_serie(haut, "bornes hautes", minimum=0))
    points = len(series[0])
    if any(len(s) != points for s in series):
        raise ValueError("il faut autant de bornes basses et hautes que de valeurs")
    if points < POINTS_RECENTS:
        raise ValueError(f"la tendance récente demande {POINTS_RECENTS} points, la série en a {points}")
    y, inferieures, superieures = (s[-POINTS_RECENTS:] for s in series)
    if np.isnan(y).any() or np.isnan(inferieures).any() or np.isnan(superieures).any():
        raise ValueError(
            f"un des {POINTS_RECENTS} derniers points manque : série rompue, pas de tendance récente à travers un trou"
        )
    if any(points - POINTS_RECENTS < rupture < points for rupture in ruptures):
        raise ValueError(f"rupture de série dans les {POINTS_RECENTS} derniers points : pas de tendance à travers elle")
    if (superieures <= inferieures).any():
        raise ValueError(
            "bornes égales ou inversées : des intervalles arrondis ne donnent pas d'erreur type, "
            "fournissez des bornes non arrondies"
        )
    if ((y < inferieures) | (y > superieures)).any():
        raise ValueError("une valeur est hors de ses bornes : l'intervalle n'est pas celui de la valeur")
    poids = np.square(_LARGEUR_IC / (superieures - inferieures))
    temps = np.arange(POINTS_RECENTS, dtype=float)
    pente, erreur = _fit(temps, y, poids)
    signes = set()
    for exclu in range(POINTS_RECENTS):
        garde = temps != exclu
        signes.add(_sign(_fit(temps[garde], y[garde], poids[garde])[0], y))
    return TendanceRecente(pente, (pente / erreur) ** 2, len(signes) == 1 and 0 not in signes)


def mann_kendall(valeurs: Serie) -> MannKendall:
    """Mann-Kendall test of a monotonic trend, with Sen's slope.

    S = Σ sign(xj − xi), i < j; Var(S) = (n(n−1)(2n+5) − Σ t(t−1)(2t+5)) / 18 over the ties; z = (S ∓ 1) / √Var(S).
    Sources: Mann, Econometrica 13, 1945; Kendall, "Rank correlation methods", 1975; Sen, JASA 63, 1968; Gilbert,
    "Statistical methods for environmental pollution monitoring", 1987, chapter 16.

    Args:
        valeurs: points in order of time, regularly spaced; a hole (None, NaN) keeps its place in time.

    Raises:
        ValueError: fewer than eight values: the normal approximation does not hold.
    """
    nombres = check_serie(valeurs, minimum=POINTS_MANN_KENDALL)
    temps = np.flatnonzero(~np.isnan(nombres))
    x = nombres[temps]
    i, j = np.triu_indices(len(x), 1)
    s = int(np.sign(x[j] - x[i]).sum())
    ties = np.unique(x, return_counts=True)[1].astype(float)
    n = float(len(x))
    variance = (n * (n - 1) * (2 * n + 5) - float((ties * (ties - 1) * (2 * ties + 5)).sum())) / 18
    z = 0.0 if s == 0 else (s - math.copysign(1, s)) / math.sqrt(variance)
    # As scipy.stats.theilslopes, whose import takes seconds.
    pente = float(np.median((x[j] - x[i]) / (temps[j] - temps[i])))
    ordonnee = float(np.median(x)) - pente * float(np.median(temps))
    return MannKendall(s, variance, z, float(2 * special.ndtr(-abs(z))), pente, ordonnee)


def _fit(temps: Nombres, y: Nombres, poids: Nombres) -> tuple[float, float]:
    """Slope of weighted least squares and its standard error, from the known errors of the points."""
    centre = float(np.average(temps, weights=poids))
    ecarts = temps - centre
    somme = float((poids * np.square(ecarts)).sum())
    return float((poids * ecarts * y).sum()) / somme, 1 / math.sqrt(somme)


def _sign(pente: float, y: Nombres) -> int:
    """Sign of a slope, 0 when it is flat but for rounding."""
    return 0 if abs(pente) <= 1e-12 * float(np.abs(y).max()) else int(math.copysign(1, pente))
