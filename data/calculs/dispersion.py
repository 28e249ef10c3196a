"""How spread a group is: coefficient of variation, P90 − P10 with its interval, ends against each other."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from data.calculs.entrees import Serie, check_niveau, list_presentes
from data.calculs.position import compute_quantile

EXTREMES = 10  # members at each end, as the Igas compares the ten most and the ten least productive caisses
TIRAGES = 1000


@dataclass(frozen=True)
class Extremes:
    """Mean of the members at each end, in the unit of the values.

    ``ecart``: lowest mean minus highest mean. ``ecart_relatif``: the same over the highest mean (−0.26 for « les dix
    moins productives sont à −26 % des dix plus productives »), None when that mean is 0.
    """

    nombre: int
    moyenne_haute: float
    moyenne_basse: float
    ecart: float
    ecart_relatif: float | None


@dataclass(frozen=True)
class Dispersion:
    """Spread of a group.

    ``ecart_type`` and ``cv`` (écart-type / moyenne, None when the mean is 0) are those of a population unless
    ``echantillon``. ``ecart_p90_p10`` with its bootstrap interval; ``rapport_max_min`` is None unless all are above 0;
    ``extremes`` is None under twice :data:`EXTREMES` members.
    """

    effectif: int
    echantillon: bool
    moyenne: float
    ecart_type: float
    cv: float | None
    p10: float
    p90: float
    ecart_p90_p10: float
    ecart_bas: float
    ecart_haut: float
    rapport_max_min: float | None
    extremes: Extremes | None


def compute_cv(valeurs: Serie, *, echantillon: bool = False) -> float | None:
    """Coefficient of variation, écart-type / moyenne (0.13 for 13 %).

    The caisses are all there: by default the standard deviation is that of a population (divided by n), as the
    « dispersion autour de la moyenne » of document 004 (l. 584-610) reads; ``echantillon`` divides by n − 1.

    Returns:
        The coefficient, or None when the mean is 0.

    Raises:
        ValueError: no value (two for a sample), or a value that is not a number.
    """
    presentes = list_presentes(valeurs, minimum=2 if echantillon else 1)
    moyenne = math.fsum(presentes) / len(presentes)
    return None if moyenne == 0 else float(np.std(presentes, ddof=int(echantillon))) / abs(moyenne)


def compute_extremes(valeurs: Serie, nombre: int = EXTREMES) -> Extremes:
    """Mean of the ``nombre`` lowest against that of the ``nombre`` highest (document 003, l. 3216).

    Raises:
        ValueError: fewer than twice ``nombre`` values: the two ends would share members.
    """
    if nombre < 1:
        raise ValueError(f"le nombre de membres à chaque bout doit être positif, pas {nombre}")
    presentes = list_presentes(valeurs, minimum=2 * nombre)
    basse = math.fsum(presentes[:nombre]) / nombre
    haute = math.fsum(presentes[-nombre:]) / nombre
    return Extremes(nombre, haute, basse, basse - haute, None if haute == 0 else (basse - haute) / abs(haute))


def compute_dispersion(
    valeurs: Serie, *, echantillon: bool = False, niveau: float = 0.95, tirages: int = TIRAGES, graine: int = 0
) -> Dispersion:
    """Every measure of spread of a group.

    The interval of P90 − P10 is a percentile bootstrap (Efron, Annals of Statistics 7, 1979), seeded and drawn from the
    sorted values: it does not depend on the order of the rows.

    Args:
        valeurs: two values at least; holes (None, NaN) are left out, 0 is a value.
        echantillon: standard deviation of a sample (n − 1) instead of a population (n).
        niveau: level of the bootstrap interval.
        tirages: bootstrap draws.
        graine: seed.

    Raises:
        ValueError: fewer than two values, no draw, or a level outside ]0, 1[.
    """
    check_niveau(niveau)
    if tirages < 1:
        raise ValueError(f"le nombre de tirages doit être positif, pas {tirages}")
    presentes = list_presentes(valeurs, minimum=2)
    liste = presentes.tolist()
    p10, p90 = compute_quantile(liste, 0.1), compute_quantile(liste, 0.9)
    tires = np.random.default_rng(graine).integers(0, len(liste), (tirages, len(liste)))
    bas_tires, haut_tires = np.quantile(presentes[tires], [0.1, 0.9], axis=1)
    ecart_bas, ecart_haut = np.quantile(haut_tires - bas_tires, [(1 - niveau) / 2, (1 + niveau) / 2])
    return Dispersion(
        effectif=len(liste),
        echantillon=echantillon,
        moyenne=math.fsum(liste) / len(liste),
        ecart_type=float(np.std(presentes, ddof=int(echantillon))),
        cv=compute_cv(liste, echantillon=echantillon),
        p10=p10,
        p90=p90,
        ecart_p90_p10=p90 - p10,
        ecart_bas=float(ecart_bas),
        ecart_haut=float(ecart_haut),
        rapport_max_min=liste[-1] / liste[0] if liste[0] > 0 else None,
        extremes=compute_extremes(liste) if len(liste) >= 2 * EXTREMES else None,
    )
