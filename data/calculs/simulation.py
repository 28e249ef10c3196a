"""What if: the score of one organisme with other results, targets or weights. Pure functions.

A scenario changes the results of one organisme against its barème; all the others keep theirs. It is recomputed with
the very engine of the score (:mod:`data.calculs.score`), so that every rule applies: neutralised weights shared out,
bonification within its ceiling, weights rescaled to 100 points.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from data.bareme import Bareme, update_poids
from data.calculs.resultats import COLONNES_RESULTATS, NEUTRALISANTS, Etat
from data.calculs.score import (
    ScoreDomaine,
    ScoreIndicateur,
    ScoreOrganisme,
    compute_score,
)
from data.calculs.taux import compute_taux_reussite, list_parametres
from data.modele import Forme, Statut


@dataclass(frozen=True)
class Modification:
    """What a scenario changes on one indicateur; None leaves it as it is.

    ``valeur``, ``socle`` and ``objectif`` in the unit of the indicateur; ``taux`` in % (0..100), for indicateurs of
    which only the rate is published; ``poids`` on the scale of the barème (0..100).
    """

    valeur: float | None = None
    taux: float | None = None
    neutralise: bool | None = None
    socle: float | None = None
    objectif: float | None = None
    poids: float | None = None


Scenario = Mapping[str, Modification]


def _update_ligne(ligne: Mapping[str, Any], modification: Modification) -> dict[str, Any]:
    """One result, changed. A new value takes the place of an adjusted one and of a rate given as it is."""
    nouvelle = dict(ligne)
    if modification.valeur is not None:
        nouvelle |= {"valeur": modification.valeur, "valeur_ajustee": None, "taux_reussite": None, "statut": None}
    if modification.taux is not None:
        nouvelle |= {"taux_reussite": modification.taux / 100, "valeur_ajustee": None, "statut": None}
    for champ, seuil in (("socle", modification.socle), ("objectif", modification.objectif)):
        if seuil is not None:
            nouvelle |= {champ: seuil, "taux_reussite": None}
    neutralise = modification.neutralise
    if neutralise is None:  # a value typed on a neutralised indicateur does not bring it back by itself
        neutralise = ligne.get("statut") in NEUTRALISANTS
    if neutralise:
        nouvelle["statut"] = Statut.NEUTRALISE.value
    elif nouvelle.get("statut") in NEUTRALISANTS:
        nouvelle["statut"] = None
    return nouvelle


def simulate_score(resultats: Sequence[Mapping[str, Any]], bareme: Bareme, scenario: Scenario) -> ScoreOrganisme:
    """Score of one organisme under a scenario.

    Args:
        resultats: one row per indicateur or component, with the columns of ``compute_score`` (others are ignored).
        bareme: of its type; new weights are rescaled so that the whole is still worth 100 points.
        scenario: {code_indicateur: what changes}; ``poids`` bears on indicateurs, the rest on what is measured.

    Raises:
        ValueError: an indicateur unknown to the barème, a target without meaning, no weight left (see
            ``compute_score`` and ``update_poids``).
    """
    connus = set(bareme.list_codes())
    inconnus = sorted(set(scenario) - connus)
    if inconnus:
        raise ValueError(f"indicateur inconnu du barème {bareme.code} : {', '.join(inconnus)}")
    poids = {code: m.poids for code, m in scenario.items() if m.poids is not None}
    if poids:
        bareme = update_poids(bareme, poids)
        connus = set(bareme.list_codes())  # a weight of 0 takes the indicateur out
    par_code = {str(r["code_indicateur"]): r for r in resultats}
    lignes = []
    for code in dict.fromkeys([*par_code, *scenario]):
        if code in connus and (code in par_code or scenario[code] != Modification(poids=scenario[code].poids)):
            ligne = par_code.get(code, {"code_indicateur": code})
            lignes.append(_update_ligne(ligne, scenario[code]) if code in scenario else ligne)
    frame = pl.DataFrame(
        [{c: ligne.get(c) for c in COLONNES_RESULTATS} for ligne in lignes], schema=pl.Schema(COLONNES_RESULTATS)
    )
    return compute_score(frame, bareme)


def compute_rang_simule(taux: float, autres: Iterable[float], decimales: int = 2) -> int:
    """Rank of a score among the scores of the others, left as they are: one plus those strictly better.

    Scores are compared as they are printed, rounded to ``decimales``.
    """
    return 1 + sum(round(autre, decimales) > round(taux, decimales) for autre in autres)


def compute_gain(indicateur: ScoreIndicateur, domaine: ScoreDomaine, valeur: float) -> float | None:
    """Points won if the indicateur had another value, all else equal and within what its domaine still loses.

    0 when that value is no better; None when it is not measured or its target gives no rate.

    Raises:
        ValueError: a value that is not a plausible number.
    """
    if indicateur.etat is not Etat.MESURE or indicateur.taux is None or indicateur.forme is Forme.DATE:
        return None
    taux = compute_taux_reussite(
        valeur,
        indicateur.socle,
        indicateur.objectif,
        sens=indicateur.sens,
        forme=indicateur.forme,
        indicateur=indicateur.code_indicateur,
        **(list_parametres(indicateur.cible) | {"reference": indicateur.reference}),
    )
    if taux is None:
        return None
    gain = indicateur.poids_effectif * (taux - indicateur.taux / 100)
    return max(0.0, min(gain, domaine.points_perdus))
