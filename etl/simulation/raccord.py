"""Months that meet the figure of each year without a step between December and January.

Sharing each year out apart (« pro rata ») leaves a step every January. The months of all the years are found together
instead: their difference to a preliminary series (season, shocks, noise) moves as little as possible from one month to
the next, and each year keeps its figure exactly. With x the months, p the preliminary ones and w the weights:

    minimise Σ ((x_t − p_t) − (x_{t−1} − p_{t−1}))²  subject to  Σ_{t in year a} w_t x_t = y_a for each year a

This is the additive first-difference method of Denton (1971), without his starting condition (Cholette 1984); see also
Dagum and Cholette (2006) and the chapter on benchmarking of the Quarterly National Accounts Manual of the IMF (2001,
2017). With p nil, w an indicator series and x the ratio to it, it is the proportional one:
:func:`fit_annees_proportionnel`.

Bounds are met by alternating projections (von Neumann; Boyle and Dykstra 1986): months are brought back within the
bounds, what the year lost by it is handed over smoothly, and so on; the little that is left at the end is shared out
inside the year, in proportion to the room each month has.

Denton, F. T. (1971), « Adjustment of monthly or quarterly series to annual totals », Journal of the American
Statistical Association 66(333), 99-102. Cholette, P. A. (1984), « Adjusting sub-annual series to yearly benchmarks »,
Survey Methodology 10(1), 35-49. Dagum, E. B. and Cholette, P. A. (2006), Benchmarking, Temporal Distribution, and
Reconciliation Methods for Time Series, Springer.
"""

from __future__ import annotations

import numpy as np

from etl.simulation.tableaux import Matrice

_NIVEAU = 1e-6  # weight of the level beside that of the movements: only makes the problem regular
_TOURS = 30  # projections on the bounds


def fit_annees(
    provisoire: Matrice, poids: Matrice, annees: Matrice, bas: float = -np.inf, haut: float = np.inf
) -> Matrice:
    """Periods as parallel as possible to ``provisoire`` whose weighted means are those of the years.

    Args:
        provisoire: preliminary figures (n series × T periods).
        poids: weight of each period in its year (n × T), not negative; a year without any weighs its periods alike.
        annees: mean of each year (n × A), A dividing T: the years follow one another, of T / A periods each.
        bas: lower bound of the periods. haut: upper bound. Years lie within them.

    Returns:
        Figures (n × T), within the bounds, whose weighted means are those of the years.
    """
    n, longueur = provisoire.shape
    nombre = annees.shape[1]
    blocs = poids.reshape(n, nombre, -1)
    totaux = blocs.sum(axis=2, keepdims=True)
    parts = np.where(totaux > 0, blocs / np.where(totaux > 0, totaux, 1), nombre / longueur)
    inverse = _compute_inverse(longueur).reshape(nombre, -1, longueur)
    # Rows of the constraints seen through the inverse, then the gain of each of them on every period.
    vues = np.einsum("nap,apt->nat", parts, inverse)
    systeme = np.einsum("nabp,nbp->nab", vues.reshape(n, nombre, nombre, -1), parts)
    gains = np.linalg.solve(systeme, vues)

    def correct(periodes: Matrice) -> Matrice:
        manque = annees - (periodes.reshape(n, nombre, -1) * parts).sum(axis=2)
        return np.asarray(periodes + np.einsum("na,nat->nt", manque, gains))

    periodes = correct(provisoire)
    if np.isinf(bas) and np.isinf(haut):
        return periodes
    for _ in range(_TOURS):
        dedans = np.clip(periodes, bas, haut)
        if np.array_equal(dedans, periodes):
            return periodes
        periodes = correct(dedans)
    return _share_reste(np.clip(periodes, bas, haut), parts, annees, bas, haut)


def _share_reste(periodes: Matrice, parts: Matrice, annees: Matrice, bas: float, haut: float) -> Matrice:
    """Move the periods of each year towards a bound, in proportion to their distance to it, until its mean is met.

    Without a bound on that side, they all move alike.
    """
    blocs = periodes.reshape(parts.shape)
    manque = (annees - (blocs * parts).sum(axis=2))[:, :, None]
    for sens, borne in ((1, haut), (-1, bas)):
        place = np.ones_like(blocs) if np.isinf(borne) else np.abs(borne - blocs)
        moyenne = (place * parts).sum(axis=2, keepdims=True)
        pas = np.divide(np.maximum(sens * manque, 0), moyenne, out=np.zeros_like(moyenne), where=moyenne > 0)
        blocs = blocs + sens * pas * place
    return np.asarray(np.clip(blocs.reshape(periodes.shape), bas, haut))


def fit_annees_proportionnel(indicateur: Matrice, totaux: Matrice, plancher: float = 0.0) -> Matrice:
    """Periods that add up to the total of each year, whose ratio to an indicator moves as little as possible.

    Args:
        indicateur: positive shape of the periods, season and shocks included (n × T).
        totaux: total of each year, not negative (n × A), see :func:`fit_annees`.
        plancher: lowest ratio of a period, as a share of that of its year; what the floor adds is taken back pro rata.
    """
    n, nombre = totaux.shape
    fois = indicateur.shape[1] // nombre
    rapports = totaux / indicateur.reshape(n, nombre, fois).sum(axis=2)
    ratios = fit_annees(np.zeros_like(indicateur), indicateur, rapports)
    periodes = np.maximum(ratios, plancher * np.repeat(rapports, fois, axis=1)) * indicateur
    obtenus = periodes.reshape(n, nombre, fois).sum(axis=2)
    facteurs = np.divide(totaux, obtenus, out=np.zeros_like(totaux), where=obtenus > 0)
    return np.asarray(periodes * np.repeat(facteurs, fois, axis=1))


def _compute_inverse(longueur: int) -> Matrice:
    """Inverse of the matrix of the squared first differences, made regular."""
    differences = np.diff(np.eye(longueur), axis=0)
    return np.asarray(np.linalg.inv(differences.T @ differences + _NIVEAU * np.eye(longueur)), dtype=np.float64)
