"""A group of organismes on one indicateur: intervals, ranks with uncertainty, verdict. Pure functions on a frame.

What a value is decides its interval: Wilson for a proportion, Byar or exact for a rate of events. A mean, a ninth
decile or an amount has none here: its denominator alone does not say how far its files differ.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from data.calculs.entonnoir import Entonnoir, build_entonnoir
from data.calculs.entrees import Serie
from data.calculs.intervalles import compute_z, intervalle_effectif, wilson
from data.calculs.rangs import list_rangs_incertains
from data.calculs.series import build_carte_xmr
from data.calculs.verdict import (
    Jugement,
    Verdict,
    compare_entonnoir,
    compare_intervalle,
    compare_spc,
    compute_reference,
    compute_taux_reference,
)
from data.modele import Comparateur, Sens, Statistique

NIVEAU: Final = 0.95
_AVEC_INTERVALLE: Final = frozenset({Comparateur.ENTONNOIR, Comparateur.INTERVALLE})


def check_proportions(frame: pl.DataFrame, statistique: Statistique, comparateur: Comparateur) -> bool:
    """Whether the values are shares of a known denominator: what a funnel is drawn from.

    Args:
        frame: numerateur, denominateur, valeur.
        statistique, comparateur: of the indicateur; one that declares no comparator is no proportion of cases.
    """
    if statistique is not Statistique.TAUX or comparateur not in _AVEC_INTERVALLE:
        return False
    return select_parts(frame).height > 0


def select_parts(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows whose value is a share with a denominator: 0 ≤ numerateur ≤ denominateur, denominateur > 0."""
    return frame.filter(
        pl.col("valeur").is_not_null()
        & (pl.col("denominateur") > 0)
        & pl.col("numerateur").is_between(0, pl.col("denominateur"))
    )


def add_intervalles(
    frame: pl.DataFrame, statistique: Statistique, comparateur: Comparateur, niveau: float = NIVEAU
) -> pl.DataFrame:
    """Add the interval of each value and its standard error.

    Args:
        frame: valeur (unit of the indicateur), numerateur, denominateur.
        statistique, comparateur: of the indicateur.
        niveau: level of confidence.

    Returns:
        The same rows with ``bas``, ``haut`` and ``erreur`` = (haut − bas) / 2z, in the unit of the values; null where
        the nature of the value or the lack of a denominator gives no interval.
    """
    bornes: list[tuple[float, float] | None] = [None] * frame.height
    valeurs = frame.select("valeur", "numerateur", "denominateur").rows()
    if comparateur in _AVEC_INTERVALLE and statistique is Statistique.TAUX:
        bornes = [
            None if v is None or not d or n is None or not 0 <= n <= d else _scale(wilson(n, d, niveau), 100)
            for v, n, d in valeurs
        ]
    elif comparateur in _AVEC_INTERVALLE and statistique is Statistique.RATIO:
        # « pour 1 000 habitants »: the scale of the unit is read off any row that has events.
        echelle = next((v * d / n for v, n, d in valeurs if v and n and d), None)
        bornes = [
            None
            if v is None or not d or n is None or n < 0 or echelle is None
            else _scale(intervalle_effectif(n, niveau), echelle / d)
            for v, n, d in valeurs
        ]
    z = compute_z(niveau)
    return frame.with_columns(
        pl.Series("bas", [None if b is None else b[0] for b in bornes], dtype=pl.Float64),
        pl.Series("haut", [None if b is None else b[1] for b in bornes], dtype=pl.Float64),
        pl.Series("erreur", [None if b is None else (b[1] - b[0]) / (2 * z) for b in bornes], dtype=pl.Float64),
    )


def _scale(bornes: tuple[float, float], facteur: float) -> tuple[float, float]:
    return bornes[0] * facteur, bornes[1] * facteur


def add_rangs_incertains(frame: pl.DataFrame, sens: Sens, niveau: float = NIVEAU) -> pl.DataFrame:
    """Add the rank interval of each value: see ``data.calculs.rangs``.

    Args:
        frame: valeur and erreur (standard error).
        sens: which way is better.
        niveau: level of the interval.

    Returns:
        The same rows with ``rang_bas``, ``rang_haut`` (1 = best) and ``indistincts``; null unless every value has an
        error: a rank is uncertain against all the others, or it is not known how much.
    """
    presentes = frame.filter(pl.col("valeur").is_not_null())
    vides: list[int | None] = [None] * frame.height
    colonnes = {"rang_bas": vides, "rang_haut": vides, "indistincts": vides}
    if presentes.height > 1 and presentes["erreur"].null_count() == 0:
        rangs = list_rangs_incertains(frame["valeur"].to_list(), frame["erreur"].to_list(), sens=sens, niveau=niveau)
        colonnes = {
            "rang_bas": [None if r is None else r.bas for r in rangs],
            "rang_haut": [None if r is None else r.haut for r in rangs],
            "indistincts": [None if r is None else r.indistincts for r in rangs],
        }
    return frame.with_columns(pl.Series(nom, valeurs, dtype=pl.Int64) for nom, valeurs in colonnes.items())


def compute_reference_groupe(
    frame: pl.DataFrame, statistique: Statistique, comparateur: Comparateur, *, sans: str | None = None
) -> float | None:
    """What a group is compared to: Σ numerators / Σ denominators of a rate that has them, else the median.

    Args:
        frame: code_organisme, valeur, numerateur, denominateur.
        statistique, comparateur: of the indicateur.
        sans: code of the organisme to leave out of its own reference, if any.

    Returns:
        In the unit of the values; None when nothing is left.
    """
    parts = select_parts(frame)
    if check_proportions(frame, statistique, comparateur) and parts.height == frame["valeur"].count():
        taux = compute_taux_reference(
            parts["numerateur"].to_list(), parts["denominateur"].to_list(), sans=_find_place(parts, sans)
        )
        return None if taux is None else 100 * taux
    return compute_reference(frame["valeur"].to_list(), sans=_find_place(frame, sans))


def _find_place(frame: pl.DataFrame, code: str | None) -> int | None:
    codes = frame["code_organisme"].to_list()
    return codes.index(code) if code in codes else None


def build_entonnoir_groupe(frame: pl.DataFrame, *, sans: str | None = None) -> Entonnoir:
    """Funnel of the rows of :func:`select_parts` around the rate of the group.

    Args:
        frame: rows of :func:`select_parts`, code_organisme included; one at least.
        sans: code of the organisme to leave out of its own reference, if any.
    """
    numerateurs, denominateurs = frame["numerateur"].to_list(), frame["denominateur"].to_list()
    reference = compute_taux_reference(numerateurs, denominateurs, sans=_find_place(frame, sans))
    return build_entonnoir(numerateurs, denominateurs, reference=reference)


def judge(
    frame: pl.DataFrame,
    code: str,
    *,
    statistique: Statistique,
    comparateur: Comparateur,
    sens: Sens,
    sans_moi: bool = False,
    mois: Serie = (),
    entonnoir: Entonnoir | None = None,
) -> Jugement:
    """Verdict on one organisme of a group, by the comparator its indicateur declares.

    The funnel's limits are those at 95 %, adjusted for over-dispersion, at the organisme's own size.

    Args:
        frame: rows of the group: code_organisme, valeur, numerateur, denominateur, bas, haut.
        code: the organisme, in the frame or not.
        statistique, comparateur, sens: of the indicateur.
        sans_moi: leave the organisme out of its own reference.
        mois: its monthly series in order of time, for « spc »; holes are None.
        entonnoir: the funnel of these very rows (:func:`build_entonnoir_groupe`), when it is already built.
    """
    sans = code if sans_moi else None
    if comparateur is Comparateur.ENTONNOIR:
        parts = select_parts(frame)
        place = _find_place(parts, code)
        if place is None or parts.height < 2:
            return compare_entonnoir(None, None, sens)
        point = (entonnoir or build_entonnoir_groupe(parts, sans=sans)).points[place]
        return compare_entonnoir(point.valeur, point.limites_ajustees[0], sens)
    if comparateur is Comparateur.INTERVALLE:
        mienne = frame.filter(code_organisme=code).select("bas", "haut").rows()
        bas, haut = mienne[0] if mienne else (None, None)
        reference = compute_reference_groupe(frame, statistique, comparateur, sans=sans)
        return compare_intervalle(bas, haut, reference, sens)
    if comparateur is Comparateur.SPC:
        if not mois or mois[-1] is None:
            return Jugement(Verdict.SANS_VERDICT, comparateur, "pas de série mensuelle jusqu'à la dernière période")
        return compare_spc(build_carte_xmr(mois).signaux, len(mois) - 1, sens)
    return Jugement(
        Verdict.SANS_VERDICT, comparateur, "rien n'est publié qui permette de distinguer un écart du hasard"
    )


def compute_bandes(frame: pl.DataFrame, *, sans: str | None = None) -> pl.DataFrame:
    """Tenth percentile, median and ninetieth percentile of a group, date by date.

    Quantiles by linear interpolation, as everywhere (``data.calculs.position``).

    Args:
        frame: code_organisme, date, valeur (null when absent: it does not count).
        sans: code of the organisme to leave out of its own reference, if any.

    Returns:
        date, bas, milieu, haut (null without any value that date), effectif; sorted by date.
    """
    valeur = pl.col("valeur") if sans is None else pl.col("valeur").filter(pl.col("code_organisme") != sans)
    return (
        frame.group_by("date")
        .agg(
            valeur.quantile(0.1, "linear").alias("bas"),
            valeur.median().alias("milieu"),
            valeur.quantile(0.9, "linear").alias("haut"),
            valeur.count().cast(pl.Int64).alias("effectif"),
        )
        .sort("date")
    )
