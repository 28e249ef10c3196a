"""Control charts of a series: XmR limits, the four rules, Laney p′, assurance against a target.

A hole (None, NaN) or a break is never bridged: no moving range crosses it and no run continues after it.
Monthly series are often autocorrelated, which makes signals more frequent than the theory says.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import numpy as np

from data.calculs.entrees import Nombres, Serie, check_nombre, check_paires, check_serie
from data.modele import Sens

FACTEUR_XMR = 2.66  # 3 / d2, d2 = 1.128 for ranges of two points
FACTEUR_ETENDUE = 3.267  # upper limit of moving ranges over their mean
D2 = 1.128
POINTS_SUITE = 7
POINTS_PROVISOIRES = 12  # under it, the limits are provisional


class Regle(StrEnum):
    """Why a point is a signal, strongest first."""

    HORS_LIMITES = "hors_limites"  # beyond a limit
    TENDANCE = "tendance"  # seven points, six moves the same way
    DEUX_SUR_TROIS = "deux_sur_trois"  # two of three beyond two sigma, same side
    DECALAGE = "decalage"  # seven points on one side of the centre


LIBELLES_REGLES = {
    Regle.HORS_LIMITES: "point hors des limites",
    Regle.TENDANCE: f"{POINTS_SUITE} points en hausse ou en baisse continue",
    Regle.DEUX_SUR_TROIS: "deux points sur trois près de la même limite",
    Regle.DECALAGE: f"{POINTS_SUITE} points du même côté de la moyenne",
}


@dataclass(frozen=True)
class Signal:
    """A point that chance alone hardly explains: its place in the series, the rule, and +1 (high, rising) or −1."""

    rang: int
    regle: Regle
    cote: int


@dataclass(frozen=True)
class Limites:
    """Limits of one unbroken stretch of a series: points ``debut`` (included) to ``fin`` (excluded).

    ``provisoire`` says that fewer than twelve points carry them.
    """

    debut: int
    fin: int
    bas: float
    centre: float
    haut: float
    provisoire: bool


@dataclass(frozen=True)
class CarteControle:
    """Limits of each stretch and the signals of the whole series, strongest rule only, in order."""

    limites: tuple[Limites, ...]
    signaux: tuple[Signal, ...]


class Assurance(StrEnum):
    """What a stable series promises about its target."""

    ATTEINTE = "atteinte"  # the target is always met
    MANQUEE = "manquee"  # never met without a change
    INCERTAINE = "incertaine"  # met or missed by chance


def xmr(valeurs: Serie, filtrer: bool = True) -> tuple[float, float, float]:
    """Natural limits of a series: mean ± 2,66 · mR̄.

    mR̄ is the mean of the moving ranges |x(i) − x(i−1)|. With ``filtrer``, the ranges of 3,267 · mR̄ or more are left
    out once (Nelson, Journal of Quality Technology 14, 1982, p. 172), so that one shock does not hide the next.
    Source: Wheeler, "Understanding variation", 2000; NHS England, "Making Data Count".

    Args:
        valeurs: points in order of time; no range crosses a hole (None, NaN). 0 is a value.
        filtrer: screen the moving ranges.

    Returns:
        Lower limit, centre, upper limit, in the unit of the values. A constant series has three equal figures.

    Raises:
        ValueError: no two consecutive values.
    """
    nombres = check_serie(valeurs, minimum=2)
    etendues = np.abs(np.diff(nombres))
    etendues = etendues[~np.isnan(etendues)]
    if not len(etendues):
        raise ValueError("aucun couple de points consécutifs : les limites d'une carte XmR n'existent pas")
    moyenne = float(etendues.mean())
    if filtrer and moyenne > 0:
        # Some range is always at or under the mean, so something is left.
        moyenne = float(etendues[etendues < FACTEUR_ETENDUE * moyenne].mean())
    presentes = nombres[~np.isnan(nombres)]
    centre = float(presentes[0]) if moyenne == 0 and np.ptp(presentes) == 0 else math.fsum(presentes) / len(presentes)
    return centre - FACTEUR_XMR * moyenne, centre, centre + FACTEUR_XMR * moyenne


def list_signaux(valeurs: Serie, bas: float, centre: float, haut: float) -> list[Signal]:
    """Every point of a series that breaks a rule; a point that breaks several carries the strongest.

    Rules of NHS England's "Making Data Count", strongest first: beyond a limit; trend of seven points (six moves the
    same way, an equal value breaks it, the seven are marked); two of three points beyond two thirds of the way to a
    limit, the three on its side; seven points on one side of the centre (a point on the centre breaks it). A constant
    series, or a point on the limit, raises no signal.

    Args:
        valeurs: points in order of time; a hole (None, NaN) ends every run.
        bas, centre, haut: see :func:`xmr`.

    Raises:
        ValueError: limits out of order, or a value that is not a number.
    """
    inferieure, milieu, superieure = (check_nombre(v, "limite") for v in (bas, centre, haut))
    if not inferieure <= milieu <= superieure:
        raise ValueError(
            f"les limites doivent encadrer la moyenne : {inferieure:g}, {milieu:g}, {superieure:g} ne le font pas"
        )
    nombres = check_serie(valeurs, minimum=0)
    # Absorbs the rounding of the mean: a point equal to the centre is neither above nor under it.
    jeu = 1e-9 * max(abs(inferieure), abs(superieure))
    cote = np.where(np.abs(nombres - milieu) <= jeu, 0, np.sign(nombres - milieu))
    dehors = np.select([nombres > superieure + jeu, nombres < inferieure - jeu], [1, -1], 0)
    pres = np.select(
        [
            nombres - milieu > 2 / 3 * (superieure - milieu) + jeu,
            milieu - nombres > 2 / 3 * (milieu - inferieure) + jeu,
        ],
        [1, -1],
        0,
    )
    trouves: dict[int, Signal] = {}
    for regle, marques in (
        (Regle.HORS_LIMITES, dehors.tolist()),
        (Regle.TENDANCE, _mark_tendances(nombres, jeu)),
        (Regle.DEUX_SUR_TROIS, _mark_deux_sur_trois(pres, cote)),
        (Regle.DECALAGE, _mark_suites(np.nan_to_num(cote).tolist())),
    ):
        for rang, marque in enumerate(marques):
            if marque:
                trouves.setdefault(rang, Signal(rang, regle, int(marque)))
    return [trouves[rang] for rang in sorted(trouves)]


def build_carte_xmr(valeurs: Serie, *, ruptures: Iterable[int] = (), filtrer: bool = True) -> CarteControle:
    """XmR limits and signals of a series, cut at its breaks.

    Args:
        valeurs: points in order of time, holes allowed.
        ruptures: places of the first point *after* each break (change of application, of definition).
        filtrer: see :func:`xmr`.

    Returns:
        A stretch without two consecutive values has no limits, hence no signal.

    Raises:
        ValueError: a break outside the series, or a value that is not a number.
    """
    nombres = check_serie(valeurs, minimum=0)
    limites, signaux = [], []
    for debut, fin in cut_series(len(nombres), ruptures):
        morceau = nombres[debut:fin]
        if np.isnan(np.diff(morceau)).all():
            continue
        bas, centre, haut = xmr(morceau.tolist(), filtrer)
        points = int(np.count_nonzero(~np.isnan(morceau)))
        limites.append(Limites(debut, fin, bas, centre, haut, points < POINTS_PROVISOIRES))
        signaux += [Signal(debut + s.rang, s.regle, s.cote) for s in list_signaux(morceau.tolist(), bas, centre, haut)]
    return CarteControle(tuple(limites), tuple(signaux))


def cut_series(longueur: int, ruptures: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Unbroken stretches (start included, end excluded) of a series of ``longueur`` points.

    Raises:
        ValueError: a break that is not a place of the series.
    """
    bornes = sorted(set(ruptures))
    if bornes and not 0 <= bornes[0] <= bornes[-1] < longueur:
        raise ValueError(f"une rupture est hors de la série de {longueur} points : {bornes}")
    coupes = [0, *(b for b in bornes if b > 0), longueur]
    return ((debut, fin) for debut, fin in pairwise(coupes) if fin > debut)


def laney_p(
    numerateurs: Serie, denominateurs: Serie, reference: tuple[int, int] | None = None
) -> tuple[float, float, list[float | None], list[float | None]]:
    """Laney p′ chart: limits of proportions whose denominators are so large that everything looks significant.

    p̄ = Σx / Σn; σi = √(p̄(1 − p̄)/ni); zi = (pi − p̄)/σi; σz = mean |zi − z(i−1)| / 1,128; limits p̄ ± 3·σi·σz, within
    [0, 1]. Source: Laney, "Improved control charts for attributes", Quality Engineering 14, 2002, p. 531; example of
    Mohammed et al., BMJ Quality & Safety 22, 2013, p. 362.

    Args:
        numerateurs: cases per period, in order of time.
        denominateurs: sizes per period, above 0.
        reference: places (start included, end excluded) of the periods p̄ and σz are computed on; all of them if None.

    Returns:
        p̄, σz (1 = binomial variation only), lower limits, upper limits, one per period (None for a hole).

    Raises:
        ValueError: fewer than two consecutive periods, or impossible pairs.
    """
    hauts, bas = check_paires(numerateurs, denominateurs, plafond=True, minimum=2)
    periode = slice(*(reference or (0, len(bas))))
    presents = ~np.isnan(hauts[periode])
    if not presents.any():
        raise ValueError("aucune période dans la référence : la carte p′ n'existe pas")
    moyen = math.fsum(hauts[periode][presents]) / math.fsum(bas[periode][presents])
    sigmas = np.sqrt(moyen * (1 - moyen) / bas)
    if moyen in (0, 1):
        ecart = 0.0
    else:
        etendues = np.abs(np.diff(((hauts / bas - moyen) / sigmas)[periode]))
        etendues = etendues[~np.isnan(etendues)]
        if not len(etendues):
            raise ValueError("aucun couple de périodes consécutives : la carte p′ n'existe pas")
        ecart = float(etendues.mean()) / D2
    demis = 3 * sigmas * ecart
    limites_basses = [None if math.isnan(d) else max(0.0, moyen - d) for d in demis.tolist()]
    limites_hautes = [None if math.isnan(d) else min(1.0, moyen + d) for d in demis.tolist()]
    return moyen, ecart, limites_basses, limites_hautes


def compute_assurance(bas: float, haut: float, objectif: float, sens: Sens) -> Assurance | None:
    """What the natural limits promise about a target; None when the indicateur has no direction.

    Source: NHS England, "Making Data Count": target beyond the limits, always met or never; between them, by chance.

    Raises:
        ValueError: limits out of order, or a figure that is not a number.
    """
    inferieure, superieure, cible = (check_nombre(v, "limite ou objectif") for v in (bas, haut, objectif))
    if inferieure > superieure:
        raise ValueError(f"la limite basse {inferieure:g} dépasse la limite haute {superieure:g}")
    if sens is Sens.NEUTRE:
        return None
    if inferieure <= cible <= superieure:
        return Assurance.INCERTAINE
    au_dessus = inferieure > cible
    return Assurance.ATTEINTE if au_dessus == (sens is Sens.HAUT) else Assurance.MANQUEE


def _mark_runs(longueur: int, garde: Callable[[int], int], minimum: int) -> list[int]:
    """+1 or −1 on the points of each run of ``minimum`` or more equal, non-zero ``garde(i)``."""
    marques = [0] * longueur
    debut = 0
    for fin in range(1, longueur + 1):
        if fin == longueur or garde(fin) != garde(debut):
            if garde(debut) and fin - debut >= minimum:
                marques[debut:fin] = [garde(debut)] * (fin - debut)
            debut = fin
    return marques


def _mark_suites(cotes: Sequence[float]) -> list[int]:
    """Seven points or more on one side of the centre."""
    return _mark_runs(len(cotes), lambda i: int(cotes[i]), POINTS_SUITE) if cotes else []


def _mark_tendances(nombres: Nombres, jeu: float) -> list[int]:
    """Six moves or more the same way; the moves and the point they start from are marked."""
    pas = np.diff(nombres)
    sens = np.nan_to_num(np.where(np.abs(pas) <= jeu, 0, np.sign(pas))).astype(int).tolist()
    mouvements = _mark_runs(len(sens), sens.__getitem__, POINTS_SUITE - 1) if sens else []
    marques = [0] * len(nombres)
    for rang, marque in enumerate(mouvements):
        if marque:
            marques[rang + 1] = marque
            marques[rang] = marques[rang] or marque
    return marques


def _mark_deux_sur_trois(pres: Nombres, cotes: Nombres) -> list[int]:
    """The points near a limit, where two of three consecutive points are, the three on one side of the centre."""
    marques = [0] * len(pres)
    for debut in range(len(pres) - 2):
        fenetre = range(debut, debut + 3)
        for cote in (1, -1):
            proches = [i for i in fenetre if pres[i] == cote]
            if len(proches) >= 2 and all(cotes[i] == cote for i in fenetre):
                for i in proches:
                    marques[i] = cote
    return marques
