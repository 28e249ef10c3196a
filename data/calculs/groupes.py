"""Quantile groups where equal values always share a group."""

from __future__ import annotations

import numpy as np

from data.calculs.entrees import Serie, check_entier, check_serie


def groupes_quantiles(valeurs: Serie, q: int) -> list[int | None]:
    """Group of each value among ``q`` groups of about the same size, 1 = lowest values.

    ⌊(q + 1) − ⌈(N + 1 − r) / (N / q)⌉⌋, 1 at least, r the lowest rank of equal values (1, 2, 2, 4) and N the number of
    values. Source: Public Health England, technical guide "Assigning deprivation categories", as computed by
    ``phe_quantile``. Equal values have one rank, hence one group: the result never depends on the order of the rows.

    Args:
        valeurs: numbers and holes (None, NaN), any order. 0 is a value.
        q: number of groups, 2 at least.

    Returns:
        A group per value, in the order given: None for a hole, and for all when there are fewer values than groups.

    Raises:
        ValueError: fewer than two groups, or a value that is not a number.
    """
    q = check_entier(q, "nombre de groupes", minimum=2)
    nombres = check_serie(valeurs, minimum=0)
    presentes = ~np.isnan(nombres)
    effectif = int(np.count_nonzero(presentes))
    if effectif < q:
        return [None] * len(nombres)
    groupes: list[int | None] = [None] * len(nombres)
    rangs = 1 + np.searchsorted(np.sort(nombres[presentes]), nombres[presentes])
    for indice, rang in zip(np.flatnonzero(presentes), rangs, strict=True):
        # Whole numbers all along: N / q is not exact in floating point.
        groupes[int(indice)] = max(1, q + 1 - -(-(effectif + 1 - int(rang)) * q // effectif))
    return groupes
