"""A group of organismes on one indicateur: intervals, ranks with uncertainty, verdict. Pure functions on a frame.

What a value is decides its interval: Wilson for a proportion, Byar or exact for a rate of events. A mean, a ninth
decile or an amount has none here: its denominator alone does not say how far its files differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import polars as pl

from data.calculs.entonnoir import Cadre, Entonnoir, build_entonnoir, compute_cadre, compute_limites
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
Bornes = tuple[float, float]
_PARTS: Final = ("valeur", "numerateur", "denominateur")
AVEC_INTERVALLE: Final = frozenset({Comparateur.ENTONNOIR, Comparateur.INTERVALLE})


def check_proportions(frame: pl.DataFrame, statistique: Statistique, comparateur: Comparateur) -> bool:
    """Whether the values are shares of a known denominator: what a funnel is drawn from.

    Args:
        frame: numerateur, denominateur, valeur.
        statistique, comparateur: of the indicateur; one that declares no comparator is no proportion of cases.
    """
    if statistique is not Statistique.TAUX or comparateur not in AVEC_INTERVALLE:
        return False
    return select_parts(frame).height > 0


def select_parts(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows whose value is a share with a denominator: 0 ≤ numerateur ≤ denominateur, denominateur > 0."""
    return frame.filter(
        pl.col("valeur").is_not_null()
        & (pl.col("denominateur") > 0)
        & pl.col("numerateur").is_between(0, pl.col("denominateur"))
    )


def list_intervalles(
    valeurs: Serie,
    numerateurs: Serie,
    denominateurs: Serie,
    statistique: Statistique,
    comparateur: Comparateur,
    niveau: float = NIVEAU,
) -> list[Bornes | None]:
    """Interval of each value, in its unit; None where its nature or the lack of a denominator gives none.

    Args:
        valeurs, numerateurs, denominateurs: of the same rows, holes are None; values in the unit of the indicateur.
        statistique, comparateur: of the indicateur.
        niveau: level of confidence.
    """
    lignes = list(zip(valeurs, numerateurs, denominateurs, strict=True))
    if comparateur in AVEC_INTERVALLE and statistique is Statistique.TAUX:
        return [
            None if v is None or not d or n is None or not 0 <= n <= d else _scale(wilson(n, d, niveau), 100)
            for v, n, d in lignes
        ]
    if comparateur in AVEC_INTERVALLE and statistique is Statistique.RATIO:
        # « pour 1 000 habitants »: the scale of the unit is read off any row that has events.
        echelle = next((v * d / n for v, n, d in lignes if v and n and d), None)
        return [
            None
            if v is None or not d or n is None or n < 0 or echelle is None
            else _scale(intervalle_effectif(n, niveau), echelle / d)
            for v, n, d in lignes
        ]
    return [None] * len(lignes)


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
    valeurs, numerateurs, denominateurs = (frame[nom].to_list() for nom in _PARTS)
    bornes = list_intervalles(valeurs, numerateurs, denominateurs, statistique, comparateur, niveau)
    z = compute_z(niveau)
    return frame.with_columns(
        pl.Series("bas", [None if b is None else b[0] for b in bornes], dtype=pl.Float64),
        pl.Series("haut", [None if b is None else b[1] for b in bornes], dtype=pl.Float64),
        pl.Series("erreur", [None if b is None else (b[1] - b[0]) / (2 * z) for b in bornes], dtype=pl.Float64),
    )


def _scale(bornes: Bornes, facteur: float) -> Bornes:
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


@dataclass(frozen=True)
class GroupeJuge:
    """A group on one indicateur, ready to judge any of its members: what they share is computed once.

    ``codes``, ``valeurs`` (unit of the indicateur), ``numerateurs`` and ``denominateurs`` are those of its members, in
    one order, holes are None. ``bornes`` are the intervals of the values, needed for « intervalle » only.
    """

    codes: Sequence[str]
    valeurs: Serie
    numerateurs: Serie
    denominateurs: Serie
    statistique: Statistique
    comparateur: Comparateur
    sens: Sens
    bornes: Sequence[Bornes | None] = ()

    @cached_property
    def _parts(self) -> dict[str, tuple[float, float]]:
        """Members whose value is a share with a denominator, see :func:`select_parts`: code -> cases, files."""
        return {
            code: (n, d)
            for code, v, n, d in zip(self.codes, self.valeurs, self.numerateurs, self.denominateurs, strict=True)
            if v is not None and n is not None and d is not None and d > 0 and 0 <= n <= d
        }

    @cached_property
    def _cadre(self) -> Cadre:
        return compute_cadre(*zip(*self._parts.values(), strict=True))

    def _compute_cadre(self, sans: str | None) -> Cadre:
        """Funnel of the group, one member left out of its centre line if asked."""
        if sans is None:
            return self._cadre
        hauts, bas = zip(*self._parts.values(), strict=True)
        return compute_cadre(
            hauts, bas, reference=compute_taux_reference(hauts, bas, sans=list(self._parts).index(sans))
        )

    def compute_reference(self, sans: str | None = None) -> float | None:
        """What the group is compared to: Σ numerators / Σ denominators of a rate that has them, else the median.

        Args:
            sans: code of the member to leave out of its own reference, if any.

        Returns:
            In the unit of the values; None when nothing is left.
        """
        parts = self._parts
        effectif = sum(v is not None for v in self.valeurs)
        if (
            parts
            and len(parts) == effectif
            and self.statistique is Statistique.TAUX
            and self.comparateur in AVEC_INTERVALLE
        ):
            hauts, bas = zip(*parts.values(), strict=True)
            place = list(parts).index(sans) if sans in parts else None
            taux = compute_taux_reference(hauts, bas, sans=place)
            return None if taux is None else 100 * taux
        return compute_reference(self.valeurs, sans=self.codes.index(sans) if sans in self.codes else None)

    def judge(self, code: str, *, sans_moi: bool = False, mois: Serie = ()) -> Jugement:
        """Verdict on one organisme, by the comparator its indicateur declares.

        The funnel's limits are those at 95 %, adjusted for over-dispersion, at the organisme's own size.

        Args:
            code: the organisme, of the group or not.
            sans_moi: leave the organisme out of its own reference.
            mois: its monthly series in order of time, for « spc »; holes are None.
        """
        if self.comparateur is Comparateur.ENTONNOIR:
            if code not in self._parts or len(self._parts) < 2:
                return compare_entonnoir(None, None, self.sens)
            cas, taille = self._parts[code]
            cadre = self._compute_cadre(code if sans_moi else None)
            limites = compute_limites(cadre.reference, taille, NIVEAU, tau2=cadre.tau2)
            return compare_entonnoir(cas / taille, limites, self.sens)
        if self.comparateur is Comparateur.INTERVALLE:
            bas, haut = (self.bornes[self.codes.index(code)] if code in self.codes else None) or (None, None)
            return compare_intervalle(bas, haut, self.compute_reference(code if sans_moi else None), self.sens)
        if self.comparateur is Comparateur.SPC:
            if not mois or mois[-1] is None:
                return Jugement(
                    Verdict.SANS_VERDICT, self.comparateur, "pas de série mensuelle jusqu'à la dernière période"
                )
            return compare_spc(build_carte_xmr(mois).signaux, len(mois) - 1, self.sens)
        return Jugement(
            Verdict.SANS_VERDICT, self.comparateur, "rien n'est publié qui permette de distinguer un écart du hasard"
        )


def build_groupe_juge(
    frame: pl.DataFrame, statistique: Statistique, comparateur: Comparateur, sens: Sens
) -> GroupeJuge:
    """A group ready to judge its members, from its rows.

    Args:
        frame: code_organisme, valeur, numerateur, denominateur; bas and haut too for « intervalle ».
        statistique, comparateur, sens: of the indicateur.
    """
    bornes: list[Bornes | None] = []
    if "bas" in frame.columns:
        bornes = [
            None if bas is None or haut is None else (bas, haut)
            for bas, haut in zip(frame["bas"].to_list(), frame["haut"].to_list(), strict=True)
        ]
    codes, valeurs, numerateurs, denominateurs = (frame[nom].to_list() for nom in ("code_organisme", *_PARTS))
    return GroupeJuge(codes, valeurs, numerateurs, denominateurs, statistique, comparateur, sens, bornes)


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
