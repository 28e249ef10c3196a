"""Ranks with their uncertainty: what a position in a list is worth.

Sources: Marshall and Spiegelhalter, BMJ 316, 1998, p. 1701 (ranks of simulated values); Goldstein and Spiegelhalter,
JRSS-A 159, 1996, p. 385 (pairwise comparison); Al Mohamad, Goeman and van Zwet, Statistica Neerlandica 2022 (simulated
intervals alone are too short when many bodies are alike).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.calculs.entrees import Nombres, Serie, check_entier, check_niveau, check_serie
from data.calculs.intervalles import compute_z
from data.modele import Sens


@dataclass(frozen=True)
class RangIncertain:
    """The rank of one body among those that have a value, 1 = best.

    rang: competition rank of the value. bas, haut: rank interval. mediane: median of the simulated ranks.
    indistincts: how many others it cannot be told from. chance_premier_quart: share of the draws in the best quarter.
    """

    rang: int
    bas: int
    haut: int
    mediane: float
    indistincts: int
    chance_premier_quart: float


def distribution_rangs(
    valeurs: Serie,
    erreurs: Serie,
    tirages: int = 2000,
    graine: int = 0,
    *,
    sens: Sens = Sens.HAUT,
    niveau: float = 0.95,
) -> list[tuple[int, int] | None]:
    """Rank interval of each body, 1 = best (the highest value, unless ``sens`` is « bas »).

    See :func:`list_rangs_incertains`, whose bounds these are. Equal bodies with an error get [1, n]; without error,
    the interval is the rank itself (equal values get the places they hold together).

    Args:
        valeurs: values, holes allowed (None, NaN).
        erreurs: their standard errors, at least 0, a hole where the value is one.
        tirages: number of draws.
        graine: seed; the same gives the same intervals.
        sens: which way is better; « neutre » ranks like « haut ».
        niveau: level of the interval.

    Returns:
        (best rank, worst rank) per value, in the order given, None for a hole.

    Raises:
        ValueError: lengths that differ, a negative error, a value without error, no draw.
    """
    rangs = list_rangs_incertains(valeurs, erreurs, sens=sens, niveau=niveau, tirages=tirages, graine=graine)
    return [None if r is None else (r.bas, r.haut) for r in rangs]


def list_rangs_incertains(
    valeurs: Serie,
    erreurs: Serie,
    *,
    sens: Sens = Sens.HAUT,
    niveau: float = 0.95,
    tirages: int = 2000,
    graine: int = 0,
) -> list[RangIncertain | None]:
    """Rank, interval and number of bodies one cannot be told from.

    Each draw adds a normal error to every value and ranks the bodies. The interval goes from the (1 − niveau)/2 to the
    (1 + niveau)/2 quantile of the ranks, widened to hold every body one cannot be told from: j is told from i when
    |yi − yj| > z√(si² + sj²). Values are drawn in sorted order, so that the result does not depend on that of the rows.

    Args and errors: see :func:`distribution_rangs`.
    """
    check_niveau(niveau)
    tirages, graine = check_entier(tirages, "nombre de tirages", minimum=1), check_entier(graine, "graine", minimum=0)
    y, s = check_serie(valeurs, minimum=0), check_serie(erreurs, "erreurs types", minimum=0)
    if len(y) != len(s):
        raise ValueError(f"{len(y)} valeurs pour {len(s)} erreurs types : il en faut autant")
    presentes = ~np.isnan(y)
    if np.isnan(s[presentes]).any():
        raise ValueError("une valeur n'a pas d'erreur type : son rang incertain ne se calcule pas")
    if (s[presentes] < 0).any():
        raise ValueError("une erreur type est négative")
    ordre = np.lexsort((s, y))[: int(presentes.sum())]
    resultats: list[RangIncertain | None] = [None] * len(y)
    if not len(ordre):
        return resultats
    # 1 = best: the best body has the lowest signed value.
    signees = y[ordre] if sens is Sens.BAS else -y[ordre]
    bas, haut, mediane, chance = _simulate_rangs(signees, s[ordre], niveau, tirages, graine)
    meilleurs, moins_bons = _count_distincts(signees, s[ordre], niveau)
    effectif = len(ordre)
    bas = np.minimum(bas, 1 + meilleurs)
    haut = np.maximum(haut, effectif - moins_bons)
    # Same value, same error: same answer, whatever the draws gave to each.
    couples = np.column_stack([signees, s[ordre]])
    _, groupe = np.unique(couples, axis=0, return_inverse=True)
    for identiques in (np.flatnonzero(groupe == g) for g in np.flatnonzero(np.bincount(groupe) > 1)):
        bas[identiques], haut[identiques] = bas[identiques].min(), haut[identiques].max()
        mediane[identiques] = np.median(mediane[identiques])
        chance[identiques] = chance[identiques].mean()
    for rang, indice in enumerate(ordre):
        resultats[int(indice)] = RangIncertain(
            rang=1 + int(np.count_nonzero(signees < signees[rang])),
            bas=int(bas[rang]),
            haut=int(haut[rang]),
            mediane=float(mediane[rang]),
            indistincts=effectif - 1 - int(meilleurs[rang]) - int(moins_bons[rang]),
            chance_premier_quart=float(chance[rang]),
        )
    return resultats


def _simulate_rangs(
    signees: Nombres, erreurs: Nombres, niveau: float, tirages: int, graine: int
) -> tuple[Nombres, Nombres, Nombres, Nombres]:
    """Lower, upper and median simulated rank, and share of the draws in the best quarter, 1 = lowest signed value."""
    effectif = len(signees)
    rng = np.random.default_rng(graine)
    tires = signees + erreurs * rng.standard_normal((tirages, effectif))
    # Draws are sorted once; how often each body held each rank gives whole quantiles, without sorting its ranks too.
    ordre = np.argsort(tires, axis=1)
    ordre *= effectif
    ordre += np.arange(effectif)
    cumul = np.bincount(ordre.ravel(), minlength=effectif**2).reshape(effectif, effectif).cumsum(axis=1)

    def find_rang(place: int) -> Nombres:
        """Rank at a place of the sorted draws of each body, from 0: no interpolation between ranks."""
        return np.asarray(1.0 + np.argmax(cumul > place, axis=1))

    premier = int(np.floor((1 - niveau) / 2 * (tirages - 1)))
    mediane = (find_rang((tirages - 1) // 2) + find_rang(tirages // 2)) / 2
    quart = effectif // 4
    chance = cumul[:, quart - 1] / tirages if quart else np.zeros(effectif)
    return find_rang(premier), find_rang(tirages - 1 - premier), mediane, chance


def _count_distincts(signees: Nombres, erreurs: Nombres, niveau: float) -> tuple[Nombres, Nombres]:
    """How many bodies are told from each one, better then worse."""
    ecarts = signees[:, None] - signees[None, :]
    seuils = compute_z(niveau) * np.sqrt(np.square(erreurs)[:, None] + np.square(erreurs)[None, :])
    return np.count_nonzero(ecarts > seuils, axis=1).astype(float), np.count_nonzero(-ecarts > seuils, axis=1).astype(
        float
    )
