"""« Où gagner des points »: for each indicateur, what separates it from the next threshold, and what that is worth.

Everything here is arithmetic on the barème, all else equal, and no promise: the points are those of the score as it
stands (same weights, same neutralised indicateurs, a domaine already lifted by its bonification gains less).
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from data.bareme import Cible
from data.calculs.resultats import Etat
from data.calculs.score import ScoreDomaine, ScoreIndicateur, ScoreOrganisme
from data.calculs.taux import LINEAIRES, Seuils, check_paliers, check_positif, compute_seuils
from data.modele import Forme

HYPOTHESE = "Toutes choses égales par ailleurs\u00a0: mêmes poids, mêmes autres résultats. Un calcul, pas une promesse."


@dataclass(frozen=True)
class ProchainSeuil:
    """The next threshold: what it is, how far (in the unit, or days), the points it brings, the points per unit."""

    genre: str
    seuil: float | None
    date: dt.date | None
    ecart: float
    points: float
    par_unite: float | None


def _get_seuils(indicateur: ScoreIndicateur, cible: Cible) -> Seuils | None:
    return compute_seuils(
        indicateur.socle,
        indicateur.objectif,
        sens=indicateur.sens,
        forme=indicateur.forme,
        indicateur=indicateur.code_indicateur,
        reference=indicateur.reference,
        ecart=cible.ecart or "socle",
        regle_egalite=cible.regle_egalite,
    )


def _find_lineaire(indicateur: ScoreIndicateur, valeur: float) -> ProchainSeuil | None:
    seuils = _get_seuils(indicateur, indicateur.cible)
    if seuils is None or seuils.signe * (valeur - seuils.objectif) >= 0:
        return None
    vers_objectif = seuils.signe * (seuils.objectif - valeur)
    poids = indicateur.poids_effectif
    if seuils.en_marche:
        return ProchainSeuil("objectif", seuils.objectif, None, vers_objectif, poids, None)
    par_unite = poids / abs(seuils.objectif - seuils.socle)
    if seuils.signe * (valeur - seuils.socle) < 0:
        return ProchainSeuil("socle", seuils.socle, None, seuils.signe * (seuils.socle - valeur), 0.0, par_unite)
    return ProchainSeuil("objectif", seuils.objectif, None, vers_objectif, indicateur.points_perdus, par_unite)


def _list_paliers(indicateur: ScoreIndicateur) -> tuple[list[tuple[float, float]], int]:
    return check_paliers([(p.seuil, p.taux) for p in indicateur.cible.paliers], indicateur.sens)


def _find_palier(indicateur: ScoreIndicateur, valeur: float) -> ProchainSeuil | None:
    paliers, signe = _list_paliers(indicateur)
    for seuil, taux in paliers:
        if signe * (seuil - valeur) > 0:
            gain = indicateur.poids_effectif * taux - indicateur.points
            return ProchainSeuil("palier", seuil, None, signe * (seuil - valeur), gain, None)
    return None


def _find_intervalle(indicateur: ScoreIndicateur, valeur: float) -> ProchainSeuil | None:
    bas, haut = indicateur.cible.borne_basse, indicateur.cible.borne_haute
    seuil = bas if bas is not None and valeur < bas else haut
    if seuil is None or indicateur.points_perdus <= 0:
        return None
    tolerance = indicateur.cible.tolerance
    par_unite = indicateur.poids_effectif / tolerance if tolerance else None
    return ProchainSeuil("borne", seuil, None, abs(seuil - valeur), indicateur.points_perdus, par_unite)


def _find_date(indicateur: ScoreIndicateur) -> ProchainSeuil | None:
    le, fin, debut = indicateur.valeur_date, indicateur.date_objectif, indicateur.date_socle
    if le is None or fin is None or le <= fin:
        return None
    par_unite = None
    if indicateur.cible.decote_mensuelle is None and debut is not None:
        par_unite = indicateur.poids_effectif / (debut - fin).days
        if le > debut:
            return ProchainSeuil("socle", None, debut, float((le - debut).days), 0.0, par_unite)
    return ProchainSeuil("objectif", None, fin, float((le - fin).days), indicateur.points_perdus, par_unite)


def _find_niveau(indicateur: ScoreIndicateur, valeur: float) -> ProchainSeuil | None:
    if indicateur.objectif is None or indicateur.points_perdus <= 0:
        return None
    ecart = abs(indicateur.objectif - valeur)
    return ProchainSeuil("objectif", indicateur.objectif, None, ecart, indicateur.points_perdus, None)


def find_prochain_seuil(indicateur: ScoreIndicateur) -> ProchainSeuil | None:
    """The next threshold of a measured indicateur; None at 100 %, when neutralised or missing, or without a rule."""
    if indicateur.etat is not Etat.MESURE or indicateur.points_perdus <= 0:
        return None
    valeur = indicateur.valeur if indicateur.valeur_ajustee is None else indicateur.valeur_ajustee
    if indicateur.forme is Forme.DATE:
        return _find_date(indicateur)
    if valeur is None:
        return None
    if indicateur.forme in LINEAIRES:
        return _find_lineaire(indicateur, valeur)
    if indicateur.forme is Forme.PALIERS:
        return _find_palier(indicateur, valeur)
    if indicateur.forme is Forme.INTERVALLE:
        return _find_intervalle(indicateur, valeur)
    if indicateur.forme is Forme.NIVEAU:
        return _find_niveau(indicateur, valeur)
    return None


def compute_points_a_portee(indicateur: ScoreIndicateur, domaine: ScoreDomaine) -> float:
    """Points won if the indicateur reached 100 %: those it loses, within what its domaine still loses.

    A bonification already gives part of them back: the domaine cannot go above its ceiling.
    """
    return max(0.0, min(indicateur.points_perdus, domaine.points_perdus))


def compute_leviers(
    score: ScoreOrganisme,
    *,
    montant_max_par_etp: float | None = None,
    denominateurs: Mapping[str, float] | None = None,
    unites: Mapping[str, str | None] | None = None,
) -> pl.DataFrame:
    """What each indicateur could still bring, largest first.

    Args:
        score: of the organisme.
        montant_max_par_etp: maximum local amount, € per ETP (607,17 in 2023): points become euros.
        denominateurs: files or people behind each rate, by code_indicateur.
        unites: unit of each indicateur; a gap in « % » times its denominator is a number of files.

    Returns:
        One row per measured indicateur that loses points: ``code_indicateur``, ``code_composite``, ``domaine``,
        ``forme``, ``valeur``, ``valeur_date``, ``genre_seuil`` (« objectif », « socle », « palier », « borne »; null
        when no rule says what is next), ``prochain_seuil``, ``prochaine_date``, ``ecart`` (always positive, in the
        unit, or in days), ``ecart_objectif`` (same, up to the objectif), ``dossiers`` (whole number, null without a
        denominator), ``points_prochain_seuil``, ``points_par_unite`` = poids·part / |objectif - socle| (linear shapes;
        per day for dates), ``points_a_portee`` (up to 100 %), ``euros_par_etp`` (of points_a_portee), ``hypothese``.
        Sorted by points within reach, ties in the order of the barème.

    Raises:
        ValueError: an amount or a denominator that is not a positive number.
    """
    montant = None if montant_max_par_etp is None else check_positif(montant_max_par_etp, "montant maximal par ETP")
    domaines = {d.domaine: d for d in score.domaines}
    lignes = []
    for indicateur in score.indicateurs:
        if indicateur.etat is not Etat.MESURE or indicateur.points_perdus <= 0:
            continue
        code = indicateur.code_indicateur
        prochain = find_prochain_seuil(indicateur)
        portee = compute_points_a_portee(indicateur, domaines[indicateur.domaine])
        base = (denominateurs or {}).get(code)
        dossiers = None
        if base is not None and prochain is not None and (unites or {}).get(code) == "%":
            dossiers = math.ceil(round(prochain.ecart * check_positif(base, f"dénominateur de {code}") / 100, 9))
        lignes.append(
            {
                "code_indicateur": code,
                "code_composite": indicateur.code_composite,
                "domaine": indicateur.domaine,
                "forme": indicateur.forme.value,
                "valeur": indicateur.valeur if indicateur.valeur_ajustee is None else indicateur.valeur_ajustee,
                "valeur_date": indicateur.valeur_date,
                "genre_seuil": None if prochain is None else prochain.genre,
                "prochain_seuil": None if prochain is None else prochain.seuil,
                "prochaine_date": None if prochain is None else prochain.date,
                "ecart": None if prochain is None else prochain.ecart,
                "ecart_objectif": _compute_ecart_objectif(indicateur),
                "dossiers": dossiers,
                "points_prochain_seuil": None if prochain is None else min(prochain.points, portee),
                "points_par_unite": None if prochain is None else prochain.par_unite,
                "points_a_portee": portee,
                "euros_par_etp": None if montant is None else portee / 100 * montant,
                "hypothese": f"{HYPOTHESE} {indicateur.cible.hypothese or ''}".strip(),
            }
        )
    schema = {
        **dict.fromkeys(("code_indicateur", "code_composite", "domaine", "forme"), pl.String),
        "valeur": pl.Float64,
        "valeur_date": pl.Date,
        "genre_seuil": pl.String,
        "prochain_seuil": pl.Float64,
        "prochaine_date": pl.Date,
        **dict.fromkeys(("ecart", "ecart_objectif"), pl.Float64),
        "dossiers": pl.Int64,
        **dict.fromkeys(("points_prochain_seuil", "points_par_unite", "points_a_portee", "euros_par_etp"), pl.Float64),
        "hypothese": pl.String,
    }
    return pl.DataFrame(lignes, schema=schema).sort("points_a_portee", descending=True, maintain_order=True)


def _compute_ecart_objectif(indicateur: ScoreIndicateur) -> float | None:
    """Distance to the objectif, always positive: in the unit, or in days for a date; None if not known."""
    if indicateur.forme is Forme.DATE:
        if indicateur.valeur_date is None or indicateur.date_objectif is None:
            return None
        return float(max((indicateur.valeur_date - indicateur.date_objectif).days, 0))
    valeur = indicateur.valeur if indicateur.valeur_ajustee is None else indicateur.valeur_ajustee
    if indicateur.forme in LINEAIRES:
        seuils = _get_seuils(indicateur, indicateur.cible)
        objectif, signe = (None, 1) if seuils is None else (seuils.objectif, seuils.signe)
        return None if valeur is None or objectif is None else max(signe * (objectif - valeur), 0.0)
    if indicateur.forme is Forme.PALIERS and valeur is not None:
        paliers, signe = _list_paliers(indicateur)
        return max(signe * (paliers[-1][0] - valeur), 0.0)
    prochain = find_prochain_seuil(indicateur)
    return None if prochain is None else prochain.ecart
