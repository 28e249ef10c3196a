"""Control chart of one service: the kind of chart its figures allow, its limits, and what the last month says.

A rate whose numerators and denominators are known gets a Laney p′ chart: with tens of thousands of cases a month, the
limits of a plain p chart would call everything a signal. Anything else (mean, 9th decile) gets an XmR chart.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from data.calculs.entrees import Serie, check_serie
from data.calculs.series import (
    POINTS_PROVISOIRES,
    Assurance,
    Signal,
    compute_assurance,
    cut_series,
    laney_p,
    list_signaux,
    xmr,
)
from data.calculs.verdict import Jugement, Verdict, compare_spc
from data.modele import Comparateur, Sens

# « Useful limits can be constructed with as few as five or six consecutive values »: Kulpa and Johnson, "Interpreting
# the CMMI", 2nd edition, 2008, on XmR charts. Few values make limits that will move: see ``provisoire``.
POINTS_MINIMUM = 6
_DEHORS = 4.0  # sigmas: beyond the limits, whatever they are


class Carte(StrEnum):
    """Kind of control chart."""

    XMR = "xmr"
    LANEY = "laney"


@dataclass(frozen=True)
class CarteService:
    """A series with its limits, one of each per point (None where there is none).

    ``references``: places (start included, end excluded) the limits of each unbroken stretch are computed on.
    ``reference``: those behind the last limits, None when there are none; ``points_reference``: values they hold (or
    would). ``provisoire``: fewer than twelve values carry the last limits. ``dernier``: place of the last value.
    ``jugement``: what that value says against the reference; ``assurance``: what the limits promise about the target.
    """

    carte: Carte
    valeurs: tuple[float | None, ...]
    bas: tuple[float | None, ...]
    centre: tuple[float | None, ...]
    haut: tuple[float | None, ...]
    signaux: tuple[Signal, ...]
    references: tuple[tuple[int, int], ...]
    reference: tuple[int, int] | None
    points_reference: int
    provisoire: bool
    dernier: int
    jugement: Jugement
    assurance: Assurance | None


def build_carte_service(
    valeurs: Serie,
    sens: Sens,
    *,
    points: int | None = None,
    reference: tuple[int, int] | None = None,
    numerateurs: Serie | None = None,
    denominateurs: Serie | None = None,
    ruptures: Iterable[int] = (),
    objectif: float | None = None,
) -> CarteService | None:
    """Control chart of a monthly or weekly series, judged by the limits of a reference period.

    The limits are those of the reference and hold for the points after it: what has changed since then shows, instead
    of widening the limits (Wheeler, "Understanding variation", 2000; NHS England, "Making Data Count": a baseline is
    kept until the process has changed). After a break, the reference is the first ``points`` of the new stretch.

    Args:
        valeurs: in order of time, in the unit of the indicateur (a rate in %), holes allowed.
        sens: which way is better.
        points: length of the reference, from the first place of each stretch; the whole stretch if None.
        reference: places of a chosen reference (start included, end excluded), which takes the place of the first
            points in the stretches it touches; an empty one (the series has nothing there) gives no limits at all.
        numerateurs, denominateurs: of a rate; a Laney p′ chart needs both, for every value.
        ruptures: places of the first point after each break.
        objectif: target, in the unit of the values.

    Returns:
        None without any value. A reference of fewer than :data:`POINTS_MINIMUM` values, or without two consecutive
        ones, gives no limits, and a judgement that says so.

    Raises:
        ValueError: a break outside the series, or impossible pairs.
    """
    presentes = _list_trous(valeurs)
    connus = [rang for rang, v in enumerate(presentes) if v is not None]
    if not connus:
        return None
    dernier = connus[-1]
    bornes: list[list[float | None]] = [[None] * len(presentes) for _ in range(3)]
    signaux: list[Signal] = []
    references: list[tuple[int, int]] = []
    derniere, effectif = None, 0
    laney = _check_taux(presentes, numerateurs, denominateurs)
    for debut, fin in cut_series(len(presentes), ruptures):
        periode = _get_reference(debut, fin, points, reference)
        retenus = presentes[slice(*periode)]
        if debut <= dernier < fin:
            effectif = sum(v is not None for v in retenus)
        if not _has_limites(retenus):
            continue
        references.append(periode)
        derniere = periode if debut <= dernier < fin else derniere
        relative = (periode[0] - debut, periode[1] - debut)
        if laney is not None:
            bas, centre, haut, trouves = _build_laney(laney[0][debut:fin], laney[1][debut:fin], relative)
        else:
            limites = xmr(retenus)
            bas, centre, haut = (list[float | None]([borne] * (fin - debut)) for borne in limites)
            trouves = list_signaux(presentes[debut:fin], *limites)
        for cible, morceaux in zip(bornes, (bas, centre, haut), strict=True):
            cible[debut:fin] = morceaux
        signaux += [Signal(debut + s.rang, s.regle, s.cote) for s in trouves]
    basse, haute = bornes[0][dernier], bornes[2][dernier]
    assurance = None
    if objectif is not None and basse is not None and haute is not None:
        assurance = compute_assurance(basse, haute, objectif, sens)
    return CarteService(
        carte=Carte.XMR if laney is None else Carte.LANEY,
        valeurs=tuple(presentes),
        bas=tuple(bornes[0]),
        centre=tuple(bornes[1]),
        haut=tuple(bornes[2]),
        signaux=tuple(signaux),
        references=tuple(references),
        reference=derniere,
        points_reference=effectif,
        provisoire=derniere is not None and effectif < POINTS_PROVISOIRES,
        dernier=dernier,
        jugement=_judge(signaux, dernier, sens, derniere, effectif),
        assurance=assurance,
    )


def _get_reference(debut: int, fin: int, points: int | None, reference: tuple[int, int] | None) -> tuple[int, int]:
    """Places of the reference of a stretch: what it shares with the chosen one, else its first points."""
    if reference is not None:
        if reference[0] >= reference[1]:
            return debut, debut
        commune = max(debut, reference[0]), min(fin, reference[1])
        if commune[0] < commune[1]:
            return commune
    return debut, fin if points is None else min(fin, debut + points)


def _has_limites(valeurs: list[float | None]) -> bool:
    """Whether values are enough, and close enough in time, to compute limits."""
    assez = sum(v is not None for v in valeurs) >= POINTS_MINIMUM
    return assez and any(a is not None and b is not None for a, b in pairwise(valeurs))


def _judge(
    signaux: list[Signal], dernier: int, sens: Sens, reference: tuple[int, int] | None, effectif: int
) -> Jugement:
    if reference is not None:
        return compare_spc(signaux, dernier, sens)
    if effectif == 0:
        motif = "aucune valeur dans la période de référence"
    elif effectif < POINTS_MINIMUM:
        pluriel = "s" if effectif > 1 else ""
        motif = f"{effectif} valeur{pluriel} dans la période de référence, il en faut au moins {POINTS_MINIMUM}"
    else:
        motif = "aucune valeur de la période de référence n'en suit une autre"
    return Jugement(Verdict.SANS_VERDICT, Comparateur.SPC, motif)


def _check_taux(
    valeurs: list[float | None], numerateurs: Serie | None, denominateurs: Serie | None
) -> tuple[list[float | None], list[float | None]] | None:
    """Numerators and denominators when every value has both, else None; holes of the values are holes of both."""
    if numerateurs is None or denominateurs is None:
        return None
    hauts, bas = _list_trous(numerateurs), _list_trous(denominateurs)
    triplets = list(zip(valeurs, hauts, bas, strict=True))
    complets = all(v is None or (n is not None and d is not None and d > 0) for v, n, d in triplets)
    if not complets or all(v is None for v in valeurs):
        return None
    return [None if v is None else n for v, n, _ in triplets], [None if v is None else d for v, _, d in triplets]


def _list_trous(serie: Serie) -> list[float | None]:
    """A series whose holes are all None."""
    return [None if math.isnan(v) else v for v in check_serie(serie, minimum=0).tolist()]


def _build_laney(
    numerateurs: list[float | None], denominateurs: list[float | None], reference: tuple[int, int]
) -> tuple[list[float | None], list[float | None], list[float | None], list[Signal]]:
    """Limits in % and signals of a Laney p′ chart whose centre and width are those of a reference.

    Limits move with the denominators: the rules read the values as shares of the way from the centre to their own
    limit, so that the third sigma is at ±3 for every point.
    """
    moyen, _, bas, haut = laney_p(numerateurs, denominateurs, reference)
    ecarts: list[float | None] = []
    for n, d, creux, limite in zip(numerateurs, denominateurs, bas, haut, strict=True):
        if n is None or d is None or limite is None or creux is None:
            ecarts.append(None)
            continue
        demi = max(limite - moyen, moyen - creux)  # one of the two may stop at 0 or at 1
        ecart = n / d - moyen
        if demi == 0:  # a reference that never varied: whatever leaves it is out of its limits
            ecarts.append(0.0 if math.isclose(n / d, moyen, rel_tol=1e-9) else math.copysign(_DEHORS, ecart))
        else:
            ecarts.append(3 * ecart / demi)
    signaux = list_signaux(ecarts, -3.0, 0.0, 3.0)
    centre: list[float | None] = [None if b is None else 100 * moyen for b in bas]
    return _to_pourcents(bas), centre, _to_pourcents(haut), signaux


def _to_pourcents(parts: list[float | None]) -> list[float | None]:
    return [None if part is None else 100 * part for part in parts]
