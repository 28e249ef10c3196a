"""The figure of a group from those of its members: a network is not the mean of its bodies. Pure functions.

Four rules, chosen by what is known, never mixed inside one series:

* « rapport »: every figure rests on a denominator. The group has the mean weighted by the denominators, which is
  exactly the ratio of the sums for a rate (100 × n / d), a mean (n / d) or a change (100 × (n / d - 1));
* « somme »: a count or an amount adds up;
* « mediane »: nothing to weigh with (a scale from 0 to 100, a ninth decile, whose group value is not the mean of the
  members'): the median of the members, which says what a typical body does, not what the network does;
* « moyenne »: on maps, where a territory has too few bodies for a median, their simple mean, and it is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import polars as pl

from data.modele import Statistique

_CUMULABLES = frozenset({Statistique.NOMBRE, Statistique.MONTANT})
# That of a group is not made of those of its members.
QUANTILES = frozenset({Statistique.D9, Statistique.QUANTILE})


class Regle(StrEnum):
    """How the figure of a group is made."""

    RAPPORT = "rapport"
    SOMME = "somme"
    MEDIANE = "mediane"
    MOYENNE = "moyenne"


def choose_regle(
    frame: pl.DataFrame, statistique: Statistique, *, cumulable: bool = True, typique: bool = False
) -> Regle:
    """The rule of a whole series.

    Args:
        frame: every row of the series: valeur (null when absent), denominateur (null when unknown).
        statistique: of the indicateur.
        cumulable: of the indicateur: whether a count or an amount adds up over bodies.
        typique: for a count, what one body does (comparable with a target per body) rather than the total.
    """
    if statistique in _CUMULABLES:
        return Regle.SOMME if cumulable and not typique else Regle.MEDIANE
    presentes = frame.filter(pl.col("valeur").is_not_null())
    ponderable = presentes.height > 0 and bool((presentes["denominateur"].fill_null(0) > 0).all())
    return Regle.RAPPORT if ponderable and statistique not in QUANTILES else Regle.MEDIANE


def choose_regle_territoire(frame: pl.DataFrame, statistique: Statistique, *, cumulable: bool = True) -> Regle | None:
    """How the caisses of a territory make its figure on a map.

    Args:
        frame, statistique, cumulable: as for :func:`choose_regle`.

    Returns:
        The rule; None for a quantile: that of a territory is no mean of its caisses', and nothing else is known.
    """
    if statistique in QUANTILES:
        return None
    regle = choose_regle(frame, statistique, cumulable=cumulable)
    return Regle.MOYENNE if regle is Regle.MEDIANE else regle


def compute_ensemble(frame: pl.DataFrame, cles: Sequence[str], regle: Regle) -> pl.DataFrame:
    """One figure per group.

    Args:
        frame: one row per member: valeur (null when absent), denominateur, and the keys.
        cles: columns to group by.
        regle: see :func:`choose_regle`.

    Returns:
        The keys, ``valeur`` (Float64, null when no member has one) and ``effectif`` (members with a value), sorted by
        the keys.
    """
    valeur, poids = pl.col("valeur"), pl.col("denominateur")
    calcul = {
        Regle.RAPPORT: (valeur * poids).sum() / poids.filter(valeur.is_not_null()).sum(),
        Regle.SOMME: valeur.sum(),
        Regle.MEDIANE: valeur.median(),
        Regle.MOYENNE: valeur.mean(),
    }[regle]
    return (
        frame.group_by(*cles)
        .agg(pl.when(valeur.count() > 0).then(calcul).alias("valeur"), valeur.count().cast(pl.Int64).alias("effectif"))
        .sort(*cles)
    )
