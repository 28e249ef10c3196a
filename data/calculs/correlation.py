"""How two variables go together over organismes: Pearson's correlation and its interval."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from data.calculs.entrees import Serie, check_niveau, check_serie
from data.calculs.intervalles import compute_z

EFFECTIF_MIN = 4  # Fisher's z has no variance below


@dataclass(frozen=True)
class Correlation:
    """Pearson's r over complete pairs, its interval, and the least-squares line y = ordonnee + pente × x."""

    effectif: int
    r: float
    bas: float
    haut: float
    pente: float
    ordonnee: float

    @property
    def demontree(self) -> bool:
        """Whether the interval leaves 0 out."""
        return self.bas > 0 or self.haut < 0


def compute_correlation(x: Serie, y: Serie, niveau: float = 0.95) -> Correlation | None:
    """Pearson's correlation with Fisher's interval: tanh(atanh r ± z / √(n − 3)).

    Source: R. A. Fisher, "On the probable error of a coefficient of correlation deduced from a small sample", Metron 1,
    1921; same interval as ``scipy.stats.pearsonr(...).confidence_interval()``.

    Args:
        x, y: values of the same bodies in the same order; a pair with a hole (None, NaN) is left out, 0 is a value.
        niveau: level of confidence, in ]0, 1[.

    Returns:
        None with fewer than :data:`EFFECTIF_MIN` complete pairs, or when one side does not vary.

    Raises:
        ValueError: lengths that differ, a value that is not a number, or a level outside ]0, 1[.
    """
    check_niveau(niveau)
    abscisses, ordonnees = check_serie(x, "x", minimum=0), check_serie(y, "y", minimum=0)
    if len(abscisses) != len(ordonnees):
        raise ValueError(f"{len(abscisses)} abscisses pour {len(ordonnees)} ordonnées : il en faut autant")
    complets = ~(np.isnan(abscisses) | np.isnan(ordonnees))
    # Sorted pairs: sums of floats must not depend on the order of the rows.
    couples = np.array(sorted(zip(abscisses[complets].tolist(), ordonnees[complets].tolist(), strict=True)))
    effectif = len(couples)
    if effectif < EFFECTIF_MIN or np.ptp(couples[:, 0]) == 0 or np.ptp(couples[:, 1]) == 0:
        return None
    ecarts = couples - couples.mean(axis=0)
    carres = np.square(ecarts).sum(axis=0)
    produit = float((ecarts[:, 0] * ecarts[:, 1]).sum())
    r = max(-1.0, min(1.0, produit / math.sqrt(float(carres[0]) * float(carres[1]))))
    pente = produit / float(carres[0])
    if abs(r) == 1:
        bas = haut = r
    else:
        demi = compute_z(niveau) / math.sqrt(effectif - 3)
        bas, haut = math.tanh(math.atanh(r) - demi), math.tanh(math.atanh(r) + demi)
    ordonnee = float(couples[:, 1].mean()) - pente * float(couples[:, 0].mean())
    return Correlation(effectif, r, bas, haut, pente, ordonnee)
