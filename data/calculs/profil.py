"""One organisme against its peers over many indicateurs: a common scale for values that share no unit. Pure functions.

A place is signed and has no unit: 0 is the median of the reference, to the right is better, and the farther of the 5th
and 95th centiles stands at 1. It is the scale of the « spine charts » of the public health profiles of England, with
the 5th and 95th centiles instead of the worst and best areas, so that one outlier does not crush every row.
Quantiles: see :func:`data.calculs.position.compute_quantile`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from data.calculs.position import compute_quantile
from data.modele import Sens


@dataclass(frozen=True)
class Reperes:
    """Where the values of a reference lie, in their own unit.

    ``echelle`` is the distance from the median that stands at 1 on the common scale; 0 when all the values are equal.
    ``effectif`` counts the values.
    """

    effectif: int
    p5: float
    q1: float
    mediane: float
    q3: float
    p95: float
    echelle: float
    sens: Sens

    def compute_place(self, valeur: float) -> float:
        """Place of a value: 0 at the median, positive when better (higher, when the sens is neutral).

        A value that differs from a reference where all are equal is infinitely far.
        """
        ecart = (self.mediane - valeur) if self.sens is Sens.BAS else (valeur - self.mediane)
        if ecart == 0:
            return 0.0
        return ecart / self.echelle if self.echelle > 0 else math.copysign(math.inf, ecart)


def compute_reperes(valeurs: Sequence[float], sens: Sens) -> Reperes:
    """Centiles of a reference and the scale they give.

    The scale is the farther of the 5th and 95th centiles from the median; where both fall on the median (most values
    are equal), the farthest value.

    Args:
        valeurs: at least one, any order, without holes.
        sens: which way is better.

    Raises:
        ValueError: no value.
    """
    triees = sorted(valeurs)
    p5, q1, mediane, q3, p95 = (compute_quantile(triees, part) for part in (0.05, 0.25, 0.5, 0.75, 0.95))
    echelle = max(p95 - mediane, mediane - p5) or max(max(valeurs) - mediane, mediane - min(valeurs))
    return Reperes(len(valeurs), p5, q1, mediane, q3, p95, echelle, sens)
