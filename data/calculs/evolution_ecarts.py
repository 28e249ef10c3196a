"""How the gaps inside a group change between two years: P90 − P10, coefficient of variation, both ends, productivity.

Intervals are percentile bootstraps (Efron, Annals of Statistics 7, 1979) drawn over organismes, seeded. The same draw
serves both years: an organisme brings its two values together, so that what the two years share cancels out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import polars as pl

from data.calculs.dispersion import EXTREMES, TIRAGES, compute_cv
from data.calculs.entrees import Serie, check_niveau, list_presentes
from data.calculs.position import compute_quantile, compute_rangs
from data.modele import Sens

GROUPE_MINIMUM = 5  # members for any statistic of a group


class Tendance(StrEnum):
    """What the interval of a change says."""

    RESSERRE = "resserre"  # wholly under 0: the gap shrinks
    STABLE = "stable"  # holds 0
    ECARTE = "ecarte"  # wholly above 0: the gap widens
    SANS_ECART = "sans_ecart"  # no gap to start from


@dataclass(frozen=True)
class EvolutionEcart:
    """Change of P90 − P10 between two years, over the organismes that have both values.

    ecart_avant, ecart_apres: in the unit of the values. variation, bas, haut: the change and its interval as shares of
    ``ecart_avant`` (−0.10 = « 10 % plus serré »), None when there was no gap.
    """

    effectif: int
    ecart_avant: float
    ecart_apres: float
    variation: float | None
    bas: float | None
    haut: float | None
    tendance: Tendance


@dataclass(frozen=True)
class Stabilite:
    """Members of each end of the later year that were there already: the best and the worst ``nombre``."""

    nombre: int
    haut: int
    bas: int


def compare_ecarts(
    avant: Mapping[str, float | None],
    apres: Mapping[str, float | None],
    *,
    niveau: float = 0.95,
    tirages: int = TIRAGES,
    graine: int = 0,
) -> EvolutionEcart:
    """Whether P90 − P10 has changed between two years, beyond what the choice of members explains.

    Args:
        avant, apres: value by organisme; None: no value, never 0. Only organismes with both are kept.
        niveau: level of the bootstrap interval.
        tirages: bootstrap draws.
        graine: seed.

    Raises:
        ValueError: fewer than :data:`GROUPE_MINIMUM` organismes with both values, no draw, or a wrong level.
    """
    check_niveau(niveau)
    if tirages < 1:
        raise ValueError(f"le nombre de tirages doit être positif, pas {tirages}")
    deux = sorted((v, w) for c, v in avant.items() if v is not None and (w := apres.get(c)) is not None)
    if len(deux) < GROUPE_MINIMUM:
        raise ValueError(
            f"{len(deux)} organismes ont une valeur aux deux dates : il en faut {GROUPE_MINIMUM} pour un écart"
        )
    valeurs = np.array(deux, dtype=float)
    e_avant, e_apres = (_compute_ecart(valeurs[:, annee].tolist()) for annee in (0, 1))
    if e_avant == 0:
        return EvolutionEcart(len(deux), e_avant, e_apres, None, None, None, Tendance.SANS_ECART)
    tires = np.random.default_rng(graine).integers(0, len(deux), (tirages, len(deux)))
    ecarts = [np.subtract(*np.quantile(valeurs[:, annee][tires], [0.9, 0.1], axis=1)) for annee in (0, 1)]
    mesures = ecarts[0] > 0  # a draw without a gap to start from has no change to measure
    if not mesures.any():
        return EvolutionEcart(len(deux), e_avant, e_apres, None, None, None, Tendance.SANS_ECART)
    variations = ecarts[1][mesures] / ecarts[0][mesures] - 1
    bas, haut = (float(b) for b in np.quantile(variations, [(1 - niveau) / 2, (1 + niveau) / 2]))
    tendance = Tendance.RESSERRE if haut < 0 else Tendance.ECARTE if bas > 0 else Tendance.STABLE
    return EvolutionEcart(len(deux), e_avant, e_apres, (e_apres - e_avant) / e_avant, bas, haut, tendance)


def _compute_ecart(valeurs: list[float]) -> float:
    return compute_quantile(valeurs, 0.9) - compute_quantile(valeurs, 0.1)


def intervalle_cv(
    valeurs: Serie, niveau: float = 0.95, *, tirages: int = TIRAGES, graine: int = 0
) -> tuple[float, float, float] | None:
    """Coefficient of variation of a population with its bootstrap interval.

    Returns:
        (cv, bas, haut), 0.13 for 13 %; None when the mean is 0.

    Raises:
        ValueError: fewer than two values, no draw, or a wrong level.
    """
    check_niveau(niveau)
    if tirages < 1:
        raise ValueError(f"le nombre de tirages doit être positif, pas {tirages}")
    presentes = list_presentes(valeurs, minimum=2)
    cv = compute_cv(presentes.tolist())
    if cv is None:
        return None
    tires = presentes[np.random.default_rng(graine).integers(0, len(presentes), (tirages, len(presentes)))]
    moyennes = np.abs(tires.mean(axis=1))
    gardes = moyennes > 0
    bas, haut = np.quantile(tires.std(axis=1)[gardes] / moyennes[gardes], [(1 - niveau) / 2, (1 + niveau) / 2])
    return cv, float(bas), float(haut)


def compute_stabilite(
    avant: Mapping[str, float | None], apres: Mapping[str, float | None], sens: Sens, nombre: int = EXTREMES
) -> Stabilite | None:
    """How many of the best and of the worst organismes were already there (document 003, l. 3222).

    Organismes with both values are ranked; ties are settled by code, so that each end has ``nombre`` members.

    Returns:
        None under twice ``nombre`` organismes.
    """
    codes = sorted(c for c, v in avant.items() if v is not None and apres.get(c) is not None)
    if len(codes) < 2 * nombre:
        return None
    listes = []
    for valeurs in (avant, apres):
        rangs = compute_rangs([v for c in codes if (v := valeurs[c]) is not None], sens)
        listes.append([code for _, code in sorted(zip(rangs, codes, strict=True))])
    return Stabilite(
        nombre,
        len({*listes[0][:nombre]} & {*listes[1][:nombre]}),
        len({*listes[0][-nombre:]} & {*listes[1][-nombre:]}),
    )


def compute_evolution_productivite(avant: pl.DataFrame, apres: pl.DataFrame) -> pl.DataFrame:
    """Change of BCP, ETPR and their ratio by caisse between two years.

    (1 + productivité) = (1 + BCP) / (1 + ETPR): the ratio rises when its numerator rises or its denominator falls.

    Args:
        avant, apres: code_organisme, bcp, etpr (null when unknown).

    Returns:
        Caisses known at both dates, in the order of ``apres``: its columns, bcp_avant, etpr_avant, evolution_bcp,
        evolution_etpr, evolution_productivite (shares: 0.22 for +22 %).

    Raises:
        ValueError: a BCP or an ETPR that is not above 0.
    """
    connues = apres.join(
        avant.select("code_organisme", bcp_avant="bcp", etpr_avant="etpr"),
        on="code_organisme",
        maintain_order="left",
    ).drop_nulls(["bcp", "etpr", "bcp_avant", "etpr_avant"])
    fautives = connues.filter(pl.min_horizontal("bcp", "etpr", "bcp_avant", "etpr_avant") <= 0)
    if not fautives.is_empty():
        raise ValueError(f"BCP ou ETPR nul ou négatif : {', '.join(fautives['code_organisme'].to_list())}")
    return connues.with_columns(
        evolution_bcp=pl.col("bcp") / pl.col("bcp_avant") - 1,
        evolution_etpr=pl.col("etpr") / pl.col("etpr_avant") - 1,
    ).with_columns(evolution_productivite=(1 + pl.col("evolution_bcp")) / (1 + pl.col("evolution_etpr")) - 1)
