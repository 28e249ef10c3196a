"""Simulated productivity of the 102 caisses, 2017 and 2021, with every gap that document 003 prints.

The Igas prints no table by caisse: only gaps, ranks and totals (l. 3200-3224) and the result of its simulation
« resserrement des écarts » (l. 3320-3326). The draw reproduces them together:

* 2021: ETPR of 46 539 in all, 110 in Creuse and 2 000 in Paris (l. 2034); 60 caisses under the mean productivity, 12 by
  less than 2 %, 25 by more than 10 %; 1 213 posts at a cap of 10 %, ten caisses over 30, five over 50 (Essonne 101,
  Moselle 78, Lille-Douai 73); the ten least productive 26 % under the ten most, the nine last under 230 ETP;
* 2017: ETPR of 48 545; a gap of 25,2 %; growth of 22,83 % on average, from 7,35 % (Ille-et-Vilaine) to 35 %
  (Seine-Saint-Denis); six of the ten first and five of the ten last already there; ten caisses gain 25 places or more
  (47 at most), twelve lose as many (42 at most);
* staff up in 24 caisses (13,01 % at most; eight of them among the 20 first, seven among the 20 last), down in 78 (12 by
  more than 10 %, 18,89 % at most).

The level of the ratio is printed nowhere: it is set by :data:`PART_CONSOMMANTE`. Ranks and gaps are the only thing
calibrated; no figure here is that of a real caisse.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from etl.simulation.tableaux import Vecteur

ETPR_2017, ETPR_2021 = 48_545.0, 46_539.0
CREUSE, PARIS = "231", "751"
ETP_MIN, ETP_MAX = 110.0, 2000.0
ESSONNE, MOSELLE, LILLE_DOUAI = "911", "571", "595"
# Posts released at the cap of 10 %, hence ETPR of ten times as many.
ETPR_FIXES: Mapping[str, float] = {ESSONNE: 1010.0, MOSELLE: 780.0, LILLE_DOUAI: 730.0, CREUSE: ETP_MIN, PARIS: ETP_MAX}
PREMIERES = ("921", "831", "441")  # Hauts-de-Seine, Var, Loire-Atlantique (l. 3223)
POSTES = 1213.0
PLAFOND = 0.10
NB_CONTRIBUTRICES, NB_PLAFONNEES, NB_FAIBLES = 60, 25, 12
NB_MOYENNES = NB_CONTRIBUTRICES - NB_PLAFONNEES - NB_FAIBLES
ECART_2017, ECART_2021 = -0.252, -0.26
GAIN_MOYEN, GAIN_MIN, GAIN_MAX = 0.2283, 0.0735, 0.35
ILLE_ET_VILAINE, SEINE_SAINT_DENIS = "351", "931"
HAUTE_GARONNE, LOT, HAUTE_MARNE = "311", "461", "521"
HAUSSES, BAISSES_FORTES = 24, 12
HAUSSE_MAX, BAISSE_MAX = 0.1301, -0.1889
PART_CONSOMMANTE = 0.9  # weighted consumers over inhabitants: a plausible order of magnitude, not a published figure

_TOURS = 60_000


@dataclass(frozen=True)
class Productivite:
    """By caisse, in the order of the codes given: paid staff and productivity (BCP per ETPR) in 2017 and 2021."""

    etpr_2017: Vecteur
    etpr_2021: Vecteur
    productivite_2017: Vecteur
    productivite_2021: Vecteur


def simulate_productivite(rng: np.random.Generator, codes: list[str], population: Vecteur) -> Productivite:
    """Draw the productivity of caisses with every printed gap.

    Args:
        rng: seeded generator.
        codes: the 102 CPAM and CCSS.
        population: their inhabitants.

    Raises:
        ValueError: the search does not reach the printed figures (another seed, or another list of caisses).
    """
    rang = {code: i for i, code in enumerate(codes)}
    etpr = simulate_etpr(rng, codes, population)
    relative = _simulate_relative(rng, rang, etpr)
    gains = _simulate_gains(rng, rang, relative)
    etpr_2017 = etpr / (1 + _simulate_evolutions(rng, rang, etpr, relative))
    niveau = PART_CONSOMMANTE * float(population.sum()) / ETPR_2021
    return Productivite(etpr_2017, etpr, niveau * relative / (1 + gains), niveau * relative)


def solve_croissante(valeur: Callable[[float], float], cible: float, bas: float, haut: float) -> float:
    """Argument for which an increasing function reaches its target (bisection).

    Raises:
        ValueError: the target is out of reach on [bas, haut].
    """
    if not valeur(bas) <= cible <= valeur(haut):
        raise ValueError(f"cible {cible:g} hors d'atteinte : [{valeur(bas):g}, {valeur(haut):g}]")
    for _ in range(100):
        milieu = (bas + haut) / 2
        bas, haut = (milieu, haut) if valeur(milieu) < cible else (bas, milieu)
    return (bas + haut) / 2


def calibrate_total(poids: Vecteur, total: float, fixes: Mapping[int, float], bas: float, haut: float) -> Vecteur:
    """Numbers proportional to ``poids``, within [bas, haut], some fixed, whose sum is ``total``."""
    libres = np.array([i not in fixes for i in range(len(poids))])
    reste = total - sum(fixes.values())

    def compute(echelle: float) -> Vecteur:
        return np.asarray(np.clip(poids[libres] * echelle, bas, haut))

    echelle = solve_croissante(lambda e: float(compute(e).sum()), reste, 0.0, haut / float(poids.min()))
    resultat = np.empty_like(poids)
    resultat[libres] = compute(echelle)
    for i, valeur in fixes.items():
        resultat[i] = valeur
    return resultat


def simulate_etpr(rng: np.random.Generator, codes: list[str], population: Vecteur) -> Vecteur:
    """Paid staff of 2021: grows with the population, 110 to 2 000, 46 539 in all."""
    # A fixed staff besides what grows with the population; the constant makes Creuse the smallest.
    poids = (50_000 + population) * np.exp(rng.normal(0, 0.06, len(codes)))
    fixes = {i: ETPR_FIXES[code] for i, code in enumerate(codes) if code in ETPR_FIXES}
    return calibrate_total(poids, ETPR_2021, fixes, ETP_MIN + 4, ETP_MAX - 100)


def _simulate_relative(rng: np.random.Generator, rang: Mapping[str, int], etpr: Vecteur) -> Vecteur:
    """Productivity of 2021 over that of the network (weighted mean 1)."""
    libres = [i for i in rng.permutation(len(etpr)).tolist() if i not in {rang[c] for c in (*ETPR_FIXES, *PREMIERES)}]
    reserves = {rang[ILLE_ET_VILAINE], rang[SEINE_SAINT_DENIS]}

    def take(nombre: int, garde: Callable[[int], bool]) -> list[int]:
        choisis = [i for i in libres if i not in reserves and garde(i)][:nombre]
        libres[:] = [i for i in libres if i not in choisis]
        if len(choisis) < nombre:
            raise ValueError(f"{nombre} caisses attendues, {len(choisis)} trouvées")
        return choisis

    dernieres = take(10, lambda i: etpr[i] < 228)
    autres_plafonnees = [
        *(rang[c] for c in (ESSONNE, MOSELLE, LILLE_DOUAI)),
        *take(2, lambda i: 520 < etpr[i] < 700),
        *take(5, lambda i: 315 < etpr[i] < 480),
        *take(5, lambda i: etpr[i] < 295),
    ]
    moyennes = take(NB_MOYENNES, lambda i: etpr[i] < 900)
    premieres = [*(rang[c] for c in PREMIERES), *take(7, lambda i: 330 < etpr[i] < 900)]
    faibles = [rang[ILLE_ET_VILAINE], *take(NB_FAIBLES - 1, lambda i: etpr[i] < 900)]
    au_dessus = [*libres, rang[SEINE_SAINT_DENIS], rang[CREUSE], rang[PARIS]]
    au_dessus = [i for i in dict.fromkeys(au_dessus) if i not in faibles]

    relative = np.empty_like(etpr)
    relative[premieres] = 1.105 + 0.045 * rng.random(10)
    # Spread the last ten around the mean that gives the printed gap.
    visee = float(relative[premieres].mean()) * (1 + ECART_2021)
    dispersion = rng.uniform(-0.03, 0.03, 10)
    relative[dernieres] = visee + dispersion - dispersion.mean()
    relative[autres_plafonnees] = 1 - rng.uniform(0.102, 0.118, 15)
    relative[faibles] = 1 - rng.uniform(0.002, 0.018, NB_FAIBLES)
    # The middle ones bring what is left of the 1 213 posts, 30 at most each.
    acquis = PLAFOND * float(etpr[dernieres + autres_plafonnees].sum())
    acquis += float((etpr[faibles] * (1 - relative[faibles])).sum())
    basses, hautes = 0.023, np.minimum(0.096, 29 / etpr[moyennes])
    tirage = rng.random(NB_MOYENNES)

    def compute_efforts(puissance: float) -> Vecteur:
        return np.asarray(basses + (hautes - basses) * tirage ** (1 / puissance))

    puissance = solve_croissante(
        lambda p: float((etpr[moyennes] * compute_efforts(p)).sum()), POSTES - acquis, 0.02, 200.0
    )
    relative[moyennes] = 1 - compute_efforts(puissance)
    # What the caisses above gain balances what the others lack, so that the weighted mean is 1.
    autres = [*dernieres, *autres_plafonnees, *faibles, *moyennes, *premieres]
    manque = float((etpr[autres] * (1 - relative[autres])).sum())
    forme = rng.uniform(0.05, 1, len(au_dessus))
    relative[au_dessus] = 1 + forme * manque / float((etpr[au_dessus] * forme).sum())
    if relative[au_dessus].max() >= relative[premieres].min() or relative[dernieres].max() >= 0.88:
        raise ValueError("les dix premières ou les dix dernières ne se détachent pas : changer la graine")
    return relative


def _compute_rangs(valeurs: Vecteur) -> NDArray[np.int_]:
    """Ranks from 1 (most productive)."""
    rangs = np.empty(len(valeurs), dtype=np.int_)
    rangs[np.argsort(-valeurs)] = np.arange(1, len(valeurs) + 1)
    return rangs


def _compute_cout(relative: Vecteur, gains: Vecteur, rangs_2021: NDArray[np.int_]) -> float:
    """How far the moves between 2017 and 2021 are from the printed ones; 0 when they are all reached."""
    avant = relative / (1 + gains)
    rangs = _compute_rangs(avant)
    places = rangs - rangs_2021
    tries = np.sort(avant)
    ecart = float(tries[:10].mean() / tries[-10:].mean()) - 1
    stables = int(np.count_nonzero((rangs <= 10) & (rangs_2021 <= 10)))
    fin = len(relative) - 10
    stables_fin = int(np.count_nonzero((rangs > fin) & (rangs_2021 > fin)))
    return (
        abs(int(np.count_nonzero(places >= 25)) - 10)
        + abs(int(np.count_nonzero(places <= -25)) - 12)
        + 0.5 * abs(int(places.max()) - 47)
        + 0.5 * abs(int(places.min()) + 42)
        + 1.5 * abs(stables - 6)
        + 1.5 * abs(stables_fin - 5)
        + 300 * max(0.0, abs(ecart - ECART_2017) - 0.0003)
    )


def _simulate_gains(rng: np.random.Generator, rang: Mapping[str, int], relative: Vecteur) -> Vecteur:
    """Growth of productivity 2017-2021: printed mean and ends, and printed moves of rank (annealing)."""
    fixes = {rang[ILLE_ET_VILAINE]: GAIN_MIN, rang[SEINE_SAINT_DENIS]: GAIN_MAX}
    libres = np.array([i for i in range(len(relative)) if i not in fixes])
    gains = np.clip(rng.normal(GAIN_MOYEN, 0.05, len(relative)), 0.10, 0.34)
    for i, valeur in fixes.items():
        gains[i] = valeur
    bas, haut = GAIN_MIN + 0.005, GAIN_MAX - 0.005
    cible = GAIN_MOYEN * len(relative) - sum(fixes.values())
    decalage = solve_croissante(lambda d: float(np.clip(gains[libres] + d, bas, haut).sum()), cible, -0.3, 0.3)
    gains[libres] = np.clip(gains[libres] + decalage, bas, haut)
    rangs_2021 = _compute_rangs(relative)
    cout = _compute_cout(relative, gains, rangs_2021)
    for tour in range(_TOURS):
        if cout == 0:
            return gains
        i, j = rng.choice(libres, 2, replace=False)
        # Moved in opposite ways: the mean stays.
        pas = rng.normal(0, 0.02)
        if not (bas <= gains[i] + pas <= haut and bas <= gains[j] - pas <= haut):
            continue
        gains[i] += pas
        gains[j] -= pas
        nouveau = _compute_cout(relative, gains, rangs_2021)
        if nouveau <= cout or rng.random() < np.exp((cout - nouveau) * (1 + tour / 300)):
            cout = nouveau
        else:
            gains[i] -= pas
            gains[j] += pas
    raise ValueError(f"mouvements de rang publiés non atteints (écart {cout:g}) : changer la graine")


def _simulate_evolutions(
    rng: np.random.Generator, rang: Mapping[str, int], etpr: Vecteur, relative: Vecteur
) -> Vecteur:
    """Change of staff 2017-2021 of each caisse, with the printed counts, ends and total."""
    rangs = _compute_rangs(relative)
    nommees = {rang[c] for c in (HAUTE_GARONNE, LOT, HAUTE_MARNE, SEINE_SAINT_DENIS)}
    melange = [i for i in rng.permutation(len(etpr)).tolist() if i not in nommees]
    hausses = [rang[HAUTE_GARONNE], rang[LOT]]
    debut, fin = 20, len(etpr) - 20

    def complete(nombre: int, garde: Callable[[int], bool]) -> None:
        manque = nombre - sum(garde(i) for i in hausses)
        hausses.extend([i for i in melange if i not in hausses and garde(i)][:manque])

    complete(8, lambda i: rangs[i] <= debut)
    complete(7, lambda i: rangs[i] > fin)
    complete(HAUSSES - 15, lambda i: debut < rangs[i] <= fin)
    baisses = [i for i in melange if i not in hausses]
    fortes, autres = baisses[: BAISSES_FORTES - 2], baisses[BAISSES_FORTES - 2 :]
    evolutions = np.empty_like(etpr)
    evolutions[hausses] = rng.uniform(0.003, 0.09, len(hausses))
    evolutions[rang[LOT]], evolutions[rang[HAUTE_GARONNE]] = HAUSSE_MAX, 0.115
    evolutions[fortes] = rng.uniform(-0.15, -0.105, len(fortes))
    evolutions[rang[HAUTE_MARNE]], evolutions[rang[SEINE_SAINT_DENIS]] = BAISSE_MAX, -0.175
    connus = [*hausses, *fortes, rang[HAUTE_MARNE], rang[SEINE_SAINT_DENIS]]
    reste = ETPR_2017 - float((etpr[connus] / (1 + evolutions[connus])).sum())
    tirage = rng.random(len(autres))

    def compute(puissance: float) -> Vecteur:
        return np.asarray(-0.002 - 0.096 * tirage ** (1 / puissance))

    puissance = solve_croissante(lambda p: float((etpr[autres] / (1 + compute(p))).sum()), reste, 0.02, 200.0)
    evolutions[autres] = compute(puissance)
    return evolutions
