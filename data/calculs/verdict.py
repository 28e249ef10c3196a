"""Verdict of a comparison, « mieux », « comparable » or « moins bien », by the comparator an indicateur declares.

A reference can leave the organisme out (``sans``): including it only draws the reference to its own value, so it can
weaken a verdict to « comparable » but never turn « mieux » into « moins bien ».
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import numpy as np

from data.calculs.entrees import Nombres, Serie, check_nombre, check_paires, check_serie
from data.calculs.position import compute_quantile
from data.calculs.series import LIBELLES_REGLES, Signal
from data.modele import Comparateur, Sens


class Verdict(StrEnum):
    """How a value compares. The two of a neutral indicateur carry no judgement."""

    MIEUX = "mieux"
    COMPARABLE = "comparable"
    MOINS_BIEN = "moins_bien"
    PLUS_HAUT = "plus_haut"
    PLUS_BAS = "plus_bas"
    SANS_VERDICT = "sans_verdict"


LIBELLES_VERDICTS = {
    Verdict.MIEUX: "mieux",
    Verdict.COMPARABLE: "comparable",
    Verdict.MOINS_BIEN: "moins bien",
    Verdict.PLUS_HAUT: "plus haut",
    Verdict.PLUS_BAS: "plus bas",
    Verdict.SANS_VERDICT: "sans verdict",
}


@dataclass(frozen=True)
class Jugement:
    """A verdict, the comparator that gave it, and why, in French."""

    verdict: Verdict
    comparateur: Comparateur
    motif: str


def build_verdict(ecart: int, sens: Sens) -> Verdict:
    """Verdict of a significant difference: ``ecart`` is +1 (higher than the reference), −1 (lower) or 0 (neither)."""
    if ecart == 0:
        return Verdict.COMPARABLE
    if sens is Sens.NEUTRE:
        return Verdict.PLUS_HAUT if ecart > 0 else Verdict.PLUS_BAS
    return Verdict.MIEUX if (ecart > 0) == (sens is Sens.HAUT) else Verdict.MOINS_BIEN


def compare_intervalle(bas: float | None, haut: float | None, reference: float | None, sens: Sens) -> Jugement:
    """Interval of the organisme against a reference (Fingertips: higher when the whole interval is above it).

    Args:
        bas, haut: bounds of the interval; None when the value has no denominator, hence no interval.
        reference: value compared to, same unit; None when it has none.
        sens: which way is better.

    Raises:
        ValueError: bounds in the wrong order, or not numbers.
    """
    if bas is None or haut is None:
        return Jugement(Verdict.SANS_VERDICT, Comparateur.INTERVALLE, "sans dénominateur, pas d'intervalle")
    if reference is None:
        return Jugement(Verdict.SANS_VERDICT, Comparateur.INTERVALLE, "la référence n'a pas de valeur")
    if math.isnan(bas) or math.isnan(haut) or bas > haut:
        raise ValueError(f"l'intervalle [{bas}, {haut}] n'en est pas un")
    cible = check_nombre(reference, "référence")
    ecart = int(bas > cible) - int(haut < cible)
    motifs = {
        0: "l'intervalle contient la référence",
        1: "l'intervalle est au-dessus de la référence",
        -1: "l'intervalle est au-dessous de la référence",
    }
    return Jugement(build_verdict(ecart, sens), Comparateur.INTERVALLE, motifs[ecart])


def compare_entonnoir(valeur: float | None, limites: tuple[float, float] | None, sens: Sens) -> Jugement:
    """Value against the limits of the funnel at its own size.

    Args:
        valeur: proportion or ratio, on the scale of the limits; None without value.
        limites: lower and upper limits, see ``data.calculs.entonnoir``; None without denominator.
        sens: which way is better.

    Raises:
        ValueError: limits in the wrong order, or not numbers.
    """
    if valeur is None or limites is None:
        return Jugement(
            Verdict.SANS_VERDICT,
            Comparateur.ENTONNOIR,
            "sans valeur ou sans dénominateur, pas de place dans l'entonnoir",
        )
    bas, haut = (check_nombre(v, "limite") for v in limites)
    if bas > haut:
        raise ValueError(f"la limite basse {bas:g} dépasse la limite haute {haut:g}")
    point = check_nombre(valeur, "valeur")
    ecart = int(point > haut) - int(point < bas)
    motifs = {
        0: "dans les limites de l'entonnoir pour sa taille",
        1: "au-dessus des limites de l'entonnoir pour sa taille",
        -1: "au-dessous des limites de l'entonnoir pour sa taille",
    }
    return Jugement(build_verdict(ecart, sens), Comparateur.ENTONNOIR, motifs[ecart])


def compare_spc(signaux: Sequence[Signal], rang: int, sens: Sens) -> Jugement:
    """Point of a series against its own past: the signal it raises, if any.

    Args:
        signaux: signals of the series, see ``data.calculs.series``.
        rang: place of the point judged.
        sens: which way is better.
    """
    signal = next((s for s in signaux if s.rang == rang), None)
    if signal is None:
        return Jugement(Verdict.COMPARABLE, Comparateur.SPC, "variation ordinaire : aucun signal")
    return Jugement(build_verdict(signal.cote, sens), Comparateur.SPC, LIBELLES_REGLES[signal.regle])


def compute_reference(
    valeurs: Serie, *, statistique: Literal["moyenne", "mediane"] = "mediane", sans: int | None = None
) -> float | None:
    """Mean or median of a group, one member left out if asked (its place in ``valeurs``).

    Returns:
        None when nothing is left; holes (None, NaN) never count.

    Raises:
        ValueError: a place outside the group, or a value that is not a number.
    """
    nombres = check_serie(valeurs, minimum=0)
    presentes = nombres[~np.isnan(_drop(nombres, sans))]
    if not len(presentes):
        return None
    if statistique == "moyenne":
        return math.fsum(presentes) / len(presentes)
    return compute_quantile(presentes.tolist(), 0.5)


def compute_taux_reference(numerateurs: Serie, denominateurs: Serie, *, sans: int | None = None) -> float | None:
    """Σ numerators / Σ denominators of a group, one member left out if asked: the reference of a rate or a mean.

    Returns:
        None when nothing is left; a pair with a hole never counts.

    Raises:
        ValueError: a place outside the group, or impossible pairs.
    """
    hauts, bas = check_paires(numerateurs, denominateurs, plafond=False, minimum=0)
    gardes = ~np.isnan(_drop(bas, sans))
    return math.fsum(hauts[gardes]) / math.fsum(bas[gardes]) if gardes.any() else None


def _drop(nombres: Nombres, sans: int | None) -> Nombres:
    if sans is None:
        return nombres
    if not 0 <= sans < len(nombres):
        raise ValueError(f"le membre à laisser de côté ({sans}) n'est pas dans le groupe de {len(nombres)}")
    copie = nombres.copy()
    copie[sans] = np.nan
    return copie
