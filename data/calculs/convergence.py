"""Is the network converging: mobility of ranks, and the Igas simulation « resserrement des écarts ».

Source: document 003 (Igas 2022-027R), l. 3208-3224 for the ranks, l. 3306-3339 for the simulation. Its limits are
printed there: the effort bears on staff alone, the measure of productivity changes in 2023, and local contexts are not
modelled; the total is a maximum.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from data.calculs.entrees import check_nombre
from data.calculs.position import compute_rangs
from data.modele import Sens

PLAFOND = 0.10  # « un plafonnement de l'effort d'efficience a été fixé à 10 % »
PLACES_MARQUEES = 25  # « gagnent / perdent 25 places ou plus »
EFFORT_FAIBLE = 0.02  # « un effort inférieur à 2 % »
POSTES_NOTABLES = (30, 50)  # « plus de 30 ETP à rendre […] dont 5 plus de 50 »


@dataclass(frozen=True)
class Resserrement:
    """Result of the simulation.

    reference: productivity to reach, in BCP per ETPR. plafond: cap of the effort (0.10 = 10 %).
    caisses: code_organisme, bcp, etpr, productivite, effort_brut (share of ETPR before the cap), effort, postes (ETPR),
    plafonnee; largest number of posts first. postes: their sum. contributrices, faibles, plafonnees: caisses with an
    effort, with one under 2 %, with one brought back to the cap. notables: caisses over 30 posts, then over 50.
    sans_donnee: organismes whose BCP or ETPR is unknown, left out of the mean as well.
    """

    reference: float
    plafond: float
    caisses: pl.DataFrame
    postes: float
    contributrices: int
    faibles: int
    plafonnees: int
    notables: tuple[int, ...]
    sans_donnee: tuple[str, ...]


@dataclass(frozen=True)
class Mobilite:
    """Move of one organisme between two years: ranks (1 = best) and places won (negative when lost)."""

    code: str
    rang_avant: int
    rang_apres: int
    places: int
    marquee: bool


def simulate_resserrement(
    caisses: pl.DataFrame, *, plafond: float = PLAFOND, reference: float | None = None
) -> Resserrement:
    """Posts released if the caisses below the mean productivity reached it, the effort being capped.

    productivité = BCP / ETPR; effort = min(plafond, max(0, 1 − productivité / référence)): the share of its ETPR that a
    caisse would release to reach the reference with the same BCP; postes = effort × ETPR.

    Args:
        caisses: code_organisme, bcp, etpr (null when unknown).
        plafond: cap of the effort, in [0, 1].
        reference: productivity to reach; None for Σ BCP / Σ ETPR, the productivity of the network.

    Raises:
        ValueError: a cap outside [0, 1], a negative BCP, an ETPR that is not above 0, no caisse with both.
    """
    part = check_nombre(plafond, "plafond de l'effort", minimum=0, maximum=1)
    connues = caisses.select("code_organisme", "bcp", "etpr").drop_nulls()
    if connues.is_empty():
        raise ValueError("aucune caisse n'a à la fois un BCP et un ETPR : la simulation n'a rien à resserrer")
    fautives = connues.filter(
        ~((pl.col("etpr") > 0) & (pl.col("bcp") >= 0) & pl.all_horizontal(pl.col("etpr", "bcp").is_finite()))
    )
    if not fautives.is_empty():
        raise ValueError(f"BCP négatif ou ETPR nul : {', '.join(fautives['code_organisme'].to_list())}")
    cible = float(connues["bcp"].sum()) / float(connues["etpr"].sum()) if reference is None else reference
    if check_nombre(cible, "productivité de référence") <= 0:
        raise ValueError(f"la productivité de référence doit être positive, pas {cible:g}")
    efforts = (
        connues.with_columns(productivite=pl.col("bcp") / pl.col("etpr"))
        .with_columns(effort_brut=pl.max_horizontal(pl.lit(0.0), 1 - pl.col("productivite") / cible))
        .with_columns(effort=pl.min_horizontal(pl.lit(part), "effort_brut"))
        .with_columns(postes=pl.col("effort") * pl.col("etpr"), plafonnee=pl.col("effort_brut") > part)
        .sort(["postes", "code_organisme"], descending=[True, False])
    )
    mises = efforts.filter(pl.col("effort") > 0)
    return Resserrement(
        reference=cible,
        plafond=part,
        caisses=efforts,
        postes=float(efforts["postes"].sum()),
        contributrices=mises.height,
        faibles=mises.filter(pl.col("effort") < EFFORT_FAIBLE).height,
        plafonnees=efforts.filter("plafonnee").height,
        notables=tuple(efforts.filter(pl.col("postes") > seuil).height for seuil in POSTES_NOTABLES),
        sans_donnee=tuple(sorted(set(caisses["code_organisme"]) - set(connues["code_organisme"]))),
    )


def compute_mobilites(
    avant: Mapping[str, float | None],
    apres: Mapping[str, float | None],
    sens: Sens,
    *,
    seuil: int = PLACES_MARQUEES,
) -> list[Mobilite]:
    """Moves of rank between two years, the largest gain first.

    Only organismes with a value at both dates are ranked, so that nobody gains a place because another has no value.

    Args:
        avant, apres: value by organisme; None: no value, never 0.
        sens: which way is better.
        seuil: places won or lost from which a move is marked.
    """
    deux = [(c, v, w) for c, v in sorted(avant.items()) if v is not None and (w := apres.get(c)) is not None]
    if not deux:
        return []
    rangs_avant = compute_rangs([v for _, v, _ in deux], sens)
    rangs_apres = compute_rangs([w for _, _, w in deux], sens)
    moves = [
        Mobilite(code, a, b, a - b, abs(a - b) >= seuil)
        for (code, _, _), a, b in zip(deux, rangs_avant, rangs_apres, strict=True)
    ]
    return sorted(moves, key=lambda m: (-m.places, m.rang_apres, m.code))
