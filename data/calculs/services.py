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
    build_carte_xmr,
    compute_assurance,
    cut_series,
    laney_p,
    list_signaux,
)
from data.calculs.verdict import Jugement, compare_spc
from data.modele import Sens


class Carte(StrEnum):
    """Kind of control chart."""

    XMR = "xmr"
    LANEY = "laney"


@dataclass(frozen=True)
class CarteService:
    """A series with its limits, one of each per point (None where there is none).

    ``provisoire``: fewer than twelve points carry the last limits. ``dernier``: place of the last value. ``jugement``:
    what that value says against the past of the series; ``assurance``: what the limits promise about the target.
    """

    carte: Carte
    valeurs: tuple[float | None, ...]
    bas: tuple[float | None, ...]
    centre: tuple[float | None, ...]
    haut: tuple[float | None, ...]
    signaux: tuple[Signal, ...]
    provisoire: bool
    dernier: int
    jugement: Jugement
    assurance: Assurance | None


def build_carte_service(
    valeurs: Serie,
    sens: Sens,
    *,
    numerateurs: Serie | None = None,
    denominateurs: Serie | None = None,
    ruptures: Iterable[int] = (),
    objectif: float | None = None,
) -> CarteService | None:
    """Control chart of a monthly or weekly series.

    Args:
        valeurs: in order of time, in the unit of the indicateur (a rate in %), holes allowed.
        sens: which way is better.
        numerateurs, denominateurs: of a rate; a Laney p′ chart needs both, for every value.
        ruptures: places of the first point after each break.
        objectif: target, in the unit of the values.

    Returns:
        None when no stretch has two consecutive values: there are no limits to speak of.

    Raises:
        ValueError: a break outside the series, or impossible pairs.
    """
    presentes = _list_trous(valeurs)
    longueur = len(presentes)
    bornes: list[list[float | None]] = [[None] * longueur for _ in range(3)]
    signaux: list[Signal] = []
    provisoire = False
    laney = _check_taux(presentes, numerateurs, denominateurs)
    for debut, fin in cut_series(longueur, ruptures) if longueur else ():
        morceau = presentes[debut:fin]
        if not any(a is not None and b is not None for a, b in pairwise(morceau)):
            continue
        if laney is not None:
            bas, centre, haut, trouves = _build_laney(laney[0][debut:fin], laney[1][debut:fin])
        else:
            carte = build_carte_xmr(morceau)
            limites = carte.limites[0]
            bas, centre, haut = (
                list[float | None]([borne] * len(morceau)) for borne in (limites.bas, limites.centre, limites.haut)
            )
            trouves = list(carte.signaux)
        for cible, morceaux in zip(bornes, (bas, centre, haut), strict=True):
            cible[debut:fin] = morceaux
        signaux += [Signal(debut + s.rang, s.regle, s.cote) for s in trouves]
        provisoire = sum(v is not None for v in morceau) < POINTS_PROVISOIRES
    connus = [rang for rang, v in enumerate(presentes) if v is not None and bornes[1][rang] is not None]
    if not connus:
        return None
    dernier = connus[-1]
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
        provisoire=provisoire,
        dernier=dernier,
        jugement=compare_spc(signaux, dernier, sens),
        assurance=assurance,
    )


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
    numerateurs: list[float | None], denominateurs: list[float | None]
) -> tuple[list[float | None], list[float | None], list[float | None], list[Signal]]:
    """Limits in % and signals of a Laney p′ chart.

    Limits move with the denominators: the rules read the values as shares of the way from the centre to their own
    limit, so that the third sigma is at ±3 for every point.
    """
    moyen, _, bas, haut = laney_p(numerateurs, denominateurs)
    ecarts: list[float | None] = []
    for n, d, creux, limite in zip(numerateurs, denominateurs, bas, haut, strict=True):
        if n is None or d is None or limite is None or creux is None:
            ecarts.append(None)
            continue
        demi = max(limite - moyen, moyen - creux)  # one of the two may stop at 0 or at 1
        ecarts.append(0.0 if demi == 0 else 3 * (n / d - moyen) / demi)
    signaux = list_signaux(ecarts, -3.0, 0.0, 3.0)
    centre: list[float | None] = [None if b is None else 100 * moyen for b in bas]
    return _to_pourcents(bas), centre, _to_pourcents(haut), signaux


def _to_pourcents(parts: list[float | None]) -> list[float | None]:
    return [None if part is None else 100 * part for part in parts]
