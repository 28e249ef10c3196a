"""The score of an organisme: from results and a barème to points, each step kept. Pure functions.

Rules, with what the note on the intéressement 2023 (document 000) prints:

- score = Σ poids × taux, on 100 points (l. 162-164, 282-284);
- **neutralised** (also « sans objet », « abandonné »): leaves numerator and denominator, its weight going to the others
  *inside* its composite, else inside its domaine, pro rata; a whole domaine neutralised goes to the other domaines (a
  note says so). Not printed, but it gives back the printed 50,1 points, 95,402 % and 473,94 € (l. 205-211, 247, 2115);
- **missing** (not supplied, masked, not significant, or no computable rate) is not zero: the score is *partial*, its
  rate is that of the measured part, and two bounds say what it would be if all that is missing were worth 0 % or 100 %;
- **adjusted**: ``valeur_ajustee`` counts, the raw rate is kept beside;
- **bonification** of a domaine: see ``data.bareme.Bonification``; never above the ceiling of what is measured there.

Nothing is rounded here. The note prints rates rounded or truncated: compare at 0,1 point.

:func:`compute_score` reads one organisme, step by step. Its twin ``data.calculs.score_vectorise.compute_scores``
computes a whole network in one vectorised pass; a property test holds them equal.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from data.bareme import TOTAL, Bareme, Cible, DomaineBareme
from data.calculs.feuilles import Feuille, list_feuilles
from data.calculs.resultats import (
    COLONNES_RESULTATS,
    MANQUANTS,
    NEUTRALISANTS,
    SEUILS,
    Etat,
    check_codes,
    check_resultats,
)
from data.calculs.taux import (
    LINEAIRES,
    check_nombre,
    compute_seuils,
    compute_taux_brut,
    compute_taux_reussite,
    list_parametres,
)
from data.modele import Forme, Sens, Statut

POIDS_NUL = 1e-9  # points; below, a weight is the rounding of a float


@dataclass(frozen=True)
class ScoreIndicateur:
    """One measured thing: an indicateur, or a component of ``code_composite``.

    Rates in %; weights and points on 100. ``taux`` is the one that counts: the adjusted one when there is one, else the
    raw one. ``taux_non_plafonne`` goes beyond 100 past the objectif (linear shapes only). ``poids_effectif`` is the
    weight once neutralised ones are shared out. Each point of it is won, lost or unknown:
    poids_effectif = points + points_perdus + points_inconnus.
    """

    code_indicateur: str
    domaine: str
    code_composite: str | None
    forme: Forme
    sens: Sens | None
    statut: str | None
    etat: Etat
    valeur: float | None
    valeur_date: dt.date | None
    valeur_ajustee: float | None
    socle: float | None
    objectif: float | None
    date_socle: dt.date | None
    date_objectif: dt.date | None
    reference: float | None
    poids_initial: float
    poids_effectif: float
    taux_brut: float | None
    taux_ajuste: float | None
    taux: float | None
    taux_non_plafonne: float | None
    points: float
    points_perdus: float
    points_inconnus: float
    notes: tuple[str, ...]
    cible: Cible


@dataclass(frozen=True)
class ScoreDomaine:
    """One domaine. Rates in %; weights and points on 100.

    ``points`` = points of its indicateurs + ``points_bonification``; ``taux`` is that of the measured part.
    """

    domaine: str
    poids_initial: float
    poids_effectif: float
    points_avant_bonification: float
    points_bonification: float
    points: float
    points_perdus: float
    points_inconnus: float
    taux_avant_bonification: float | None
    taux: float | None
    taux_min: float | None
    taux_max: float | None
    partiel: bool
    neutralise: bool
    notes: tuple[str, ...]


@dataclass(frozen=True)
class ScoreOrganisme:
    """The score of one organisme with every intermediate figure.

    ``taux`` (%, 0..100) is that of the measured part, None when nothing is measured; when nothing is missing it equals
    ``points``, ``taux_min`` and ``taux_max``. points + points_perdus + points_inconnus = 100.
    """

    code_bareme: str
    taux: float | None
    taux_min: float | None
    taux_max: float | None
    points: float
    points_perdus: float
    points_inconnus: float
    partiel: bool
    domaines: tuple[ScoreDomaine, ...]
    indicateurs: tuple[ScoreIndicateur, ...]
    notes: tuple[str, ...]


def _check_bonifications(bonifications: Mapping[str, float] | None, bareme: Bareme) -> dict[str, float]:
    noms = {d.nom for d in bareme.domaines}
    lues = {}
    for domaine, points in (bonifications or {}).items():
        if domaine not in noms:
            raise ValueError(f"bonification d'un domaine inconnu du barème : « {domaine} »")
        lues[domaine] = check_nombre(points, f"bonification de « {domaine} »")
        if lues[domaine] < 0:
            raise ValueError(f"bonification de « {domaine} » négative : {points:g}")
    return lues


def _compute_taux_feuille(feuille: Feuille, ligne: Mapping[str, Any], valeur: float | dt.date | None) -> float | None:
    en_dates = feuille.cible.forme is Forme.DATE
    return compute_taux_reussite(
        valeur,
        ligne["date_socle"] if en_dates else ligne["socle"],
        ligne["date_objectif"] if en_dates else ligne["objectif"],
        sens=feuille.cible.sens,
        forme=feuille.cible.forme,
        indicateur=feuille.code,
        **(list_parametres(feuille.cible) | {"reference": ligne["reference"]}),
    )


def _compute_non_plafonne(feuille: Feuille, ligne: Mapping[str, Any], valeur: float | None) -> float | None:
    if feuille.cible.forme not in LINEAIRES or valeur is None:
        return None
    seuils = compute_seuils(
        ligne["socle"],
        ligne["objectif"],
        sens=feuille.cible.sens,
        forme=feuille.cible.forme,
        indicateur=feuille.code,
        reference=ligne["reference"],
        ecart=feuille.cible.ecart or "socle",
        regle_egalite=feuille.cible.regle_egalite,
    )
    return None if seuils is None else compute_taux_brut(valeur, seuils)


@dataclass(frozen=True)
class _Lecture:
    """A leaf with its result read: state and rates (0..1), before weights."""

    feuille: Feuille
    ligne: Mapping[str, Any]
    etat: Etat
    brut: float | None
    ajuste: float | None
    libre: float | None
    notes: tuple[str, ...]

    @property
    def taux(self) -> float | None:
        return self.brut if self.ajuste is None else self.ajuste


def _read_feuille(feuille: Feuille, ligne: dict[str, Any] | None, parent: dict[str, Any] | None) -> _Lecture:
    """Rates of one leaf. A component without a row takes the rate or the statut given for its composite."""
    notes = list(feuille.notes)
    if feuille.cible.hypothese:
        notes.append(feuille.cible.hypothese)
    lue = ligne or dict.fromkeys(COLONNES_RESULTATS)
    if ligne is None and parent is not None:
        lue = lue | {"taux_reussite": parent["taux_reussite"], "statut": parent["statut"]}
        notes.append("Résultat donné pour le composite entier.")
    lue = lue | {nom: getattr(feuille.cible, nom) if lue[nom] is None else lue[nom] for nom in SEUILS}
    statut = None if lue["statut"] is None else Statut(lue["statut"])
    numerique = feuille.cible.forme is not Forme.DATE
    brut = lue["taux_reussite"]
    if brut is None:
        brut = _compute_taux_feuille(feuille, lue, lue["valeur"] if numerique else lue["valeur_date"])
    ajuste = None
    if numerique and lue["valeur_ajustee"] is not None:
        ajuste = _compute_taux_feuille(feuille, lue, lue["valeur_ajustee"])
    retenue = lue["valeur"] if lue["valeur_ajustee"] is None else lue["valeur_ajustee"]
    libre = _compute_non_plafonne(feuille, lue, retenue)
    if statut in NEUTRALISANTS:
        notes.append(f"{statut.value.replace('_', ' ').capitalize()}\u00a0: sort du calcul, son poids va aux autres.")
        return _Lecture(feuille, lue, Etat.NEUTRALISE, brut, ajuste, libre, tuple(notes))
    if statut in MANQUANTS or (brut is None and ajuste is None):
        notes.append("Manquant, et non nul\u00a0: le score est borné.")
        return _Lecture(feuille, lue, Etat.MANQUANT, brut, ajuste, libre, tuple(notes))
    if ajuste is not None:
        notes.append("Résultat ajusté\u00a0: le taux brut est conservé.")
    elif statut is Statut.AJUSTE:
        notes.append("Résultat ajusté\u00a0; la valeur brute n'est pas fournie.")
    elif statut is Statut.PROVISOIRE:
        notes.append("Résultat provisoire.")
    return _Lecture(feuille, lue, Etat.MESURE, brut, ajuste, libre, tuple(notes))


def _compute_poids(lectures: Sequence[_Lecture], bareme: Bareme) -> list[float]:
    """Effective weights: neutralised ones are shared inside the composite, then the domaine, then the barème."""
    actives = [0.0 if x.etat is Etat.NEUTRALISE else x.feuille.part for x in lectures]
    parts: dict[str, float] = {}
    for lecture, part in zip(lectures, actives, strict=True):
        parts[lecture.feuille.indicateur] = parts.get(lecture.feuille.indicateur, 0.0) + part
    poids = [
        x.feuille.poids * p / parts[x.feuille.indicateur] if p else 0.0 for x, p in zip(lectures, actives, strict=True)
    ]
    sommes = {
        d.nom: math.fsum(p for x, p in zip(lectures, poids, strict=True) if x.feuille.domaine == d.nom)
        for d in bareme.domaines
    }
    total = math.fsum(d.poids for d in bareme.domaines if sommes[d.nom])
    cibles = {d.nom: d.poids * TOTAL / total if total else 0.0 for d in bareme.domaines}
    return [
        p * cibles[x.feuille.domaine] / sommes[x.feuille.domaine] if p else 0.0
        for x, p in zip(lectures, poids, strict=True)
    ]


def _compute_excedent(indicateurs: Sequence[ScoreIndicateur], domaine: DomaineBareme) -> float:
    """Points brought by the results beyond their objectif, before the ceiling."""
    regle = domaine.bonification
    if regle is None:
        return 0.0
    return math.fsum(
        i.poids_effectif * min(max(i.taux_non_plafonne / 100 - 1, 0.0), regle.excedent_max)
        for i in indicateurs
        if i.etat is Etat.MESURE
        and i.taux_non_plafonne is not None
        and (not regle.indicateurs or i.code_indicateur in regle.indicateurs)
    )


def _build_domaine(
    domaine: DomaineBareme, indicateurs: Sequence[ScoreIndicateur], explicite: float | None
) -> ScoreDomaine:
    poids = math.fsum(i.poids_effectif for i in indicateurs)
    inconnus = math.fsum(i.points_inconnus for i in indicateurs)
    avant = math.fsum(i.points for i in indicateurs)
    mesure = poids - inconnus
    plafond = 1.0 if domaine.bonification is None else domaine.bonification.plafond / 100
    apport = _compute_excedent(indicateurs, domaine) if explicite is None else explicite / 100 * mesure
    bonification = min(apport, max(plafond * mesure - avant, 0.0))
    points = avant + bonification
    notes = list(domaine.notes)
    if any(i.etat is Etat.NEUTRALISE for i in indicateurs):
        notes.append("Un indicateur neutralisé\u00a0: son poids est réparti dans le domaine.")
    if not poids:
        notes.append("Domaine entièrement neutralisé\u00a0: son poids est réparti sur les autres domaines.")
    if bonification > 0:
        notes.append("Bonification donnée en entrée." if explicite is not None else "Bonification appliquée.")
        if explicite is None and domaine.bonification is not None:
            notes.append(domaine.bonification.hypothese)
    if bonification < apport:
        notes.append(f"Bonification plafonnée à {100 * plafond:g}\u00a0% du domaine.")
    return ScoreDomaine(
        domaine=domaine.nom,
        poids_initial=domaine.poids,
        poids_effectif=poids,
        points_avant_bonification=avant,
        points_bonification=bonification,
        points=points,
        points_perdus=mesure - points,
        points_inconnus=inconnus,
        taux_avant_bonification=_compute_part(avant, mesure),
        taux=_compute_part(points, mesure),
        taux_min=_compute_part(points, poids),
        taux_max=_compute_part(points + inconnus, poids),
        partiel=inconnus > 0,
        neutralise=not poids,
        notes=tuple(notes),
    )


def _compute_part(points: float, poids: float) -> float | None:
    """Rate in %, never above 100 by the last bit of a float; None without weight."""
    return min(100 * points / poids, 100.0) if poids > POIDS_NUL else None


def _pourcent(taux: float | None) -> float | None:
    return None if taux is None else 100 * taux


def compute_score(
    resultats: pl.DataFrame, bareme: Bareme, *, bonifications: Mapping[str, float] | None = None
) -> ScoreOrganisme:
    """Score of one organisme against its barème, every intermediate figure kept.

    Args:
        resultats: one row per indicateur (or component) of the barème, in any order; absent ones are missing. Columns:
            ``code_indicateur``; ``valeur`` (unit of the indicateur), ``valeur_date``, ``valeur_ajustee``;
            ``taux_reussite`` (0..1, used as is when the document prints only the rate); ``statut``; ``socle``,
            ``objectif``, ``date_socle``, ``date_objectif``, ``reference`` (each overrides the barème's). A row bearing
            the code of a composite gives its rate or its statut to the components that have no row.
        bareme: of the type of the organisme.
        bonifications: {domaine: points of rate} published, replacing the declared rule of that domaine.

    Raises:
        ValueError: an indicateur unknown to the barème, text, NaN or 1e308 where a number is due, a degenerate target
            (see ``compute_taux_reussite``).
    """
    lus = check_resultats(resultats)
    par_code = {ligne["code_indicateur"]: ligne for ligne in lus.iter_rows(named=True)}
    check_codes(set(par_code), [bareme])
    explicites = _check_bonifications(bonifications, bareme)
    lectures = [
        _read_feuille(f, par_code.get(f.code), par_code.get(f.composite) if f.composite else None)
        for f in list_feuilles(bareme)
    ]
    indicateurs = []
    for lecture, poids in zip(lectures, _compute_poids(lectures, bareme), strict=True):
        mesure = lecture.etat is Etat.MESURE
        taux = lecture.taux if mesure else None
        gagnes = poids * taux if taux is not None else 0.0
        feuille, ligne = lecture.feuille, lecture.ligne
        indicateurs.append(
            ScoreIndicateur(
                code_indicateur=feuille.code,
                domaine=feuille.domaine,
                code_composite=feuille.composite,
                forme=feuille.cible.forme,
                sens=feuille.cible.sens,
                statut=ligne["statut"],
                etat=lecture.etat,
                valeur=ligne["valeur"],
                valeur_date=ligne["valeur_date"],
                valeur_ajustee=ligne["valeur_ajustee"],
                socle=ligne["socle"],
                objectif=ligne["objectif"],
                date_socle=ligne["date_socle"],
                date_objectif=ligne["date_objectif"],
                reference=ligne["reference"],
                poids_initial=feuille.poids * feuille.part,
                poids_effectif=poids,
                taux_brut=_pourcent(lecture.brut),
                taux_ajuste=_pourcent(lecture.ajuste),
                taux=_pourcent(taux),
                taux_non_plafonne=_pourcent(lecture.libre),
                points=gagnes,
                points_perdus=poids - gagnes if mesure else 0.0,
                points_inconnus=poids if lecture.etat is Etat.MANQUANT else 0.0,
                notes=lecture.notes,
                cible=feuille.cible,
            )
        )
    domaines = tuple(
        _build_domaine(d, [i for i in indicateurs if i.domaine == d.nom], explicites.get(d.nom))
        for d in bareme.domaines
    )
    return _build_score(bareme, domaines, tuple(indicateurs))


def _build_score(
    bareme: Bareme, domaines: tuple[ScoreDomaine, ...], indicateurs: tuple[ScoreIndicateur, ...]
) -> ScoreOrganisme:
    points = math.fsum(d.points for d in domaines)
    inconnus = math.fsum(d.points_inconnus for d in domaines)
    poids = math.fsum(d.poids_effectif for d in domaines)
    notes = list(bareme.notes)
    manquants = [i.code_indicateur for i in indicateurs if i.etat is Etat.MANQUANT]
    neutralises = [i.code_indicateur for i in indicateurs if i.etat is Etat.NEUTRALISE]
    if manquants:
        notes.append(f"Score partiel\u00a0: il manque {', '.join(manquants)}.")
    if neutralises:
        notes.append(f"Neutralisés\u00a0: {', '.join(neutralises)}.")
    notes += [
        f"{d.domaine}\u00a0: entièrement neutralisé, poids réparti sur les autres." for d in domaines if d.neutralise
    ]
    if not poids:
        notes.append("Tous les indicateurs sont neutralisés\u00a0: pas de score.")
    return ScoreOrganisme(
        code_bareme=bareme.code,
        taux=_compute_part(points, poids - inconnus),
        taux_min=_compute_part(points, poids),
        taux_max=_compute_part(points + inconnus, poids),
        points=points,
        points_perdus=math.fsum(d.points_perdus for d in domaines),
        points_inconnus=inconnus,
        partiel=bool(manquants),
        domaines=domaines,
        indicateurs=indicateurs,
        notes=tuple(notes),
    )


def compute_decomposition(score: ScoreOrganisme) -> pl.DataFrame:
    """From 100 to the score: what each step takes away or gives back, for a waterfall.

    Returns:
        One row per step: ``nature`` (« perdu », largest first; « inconnu », missing results; « bonification »),
        ``code`` (code_indicateur, or domaine for a bonification), ``domaine``, ``points`` (signed: lost ones are
        negative), ``avant`` and ``apres`` (running total). The first ``avant`` is 100, the last ``apres`` is exactly
        ``score.points``. Indicateurs that lose nothing are left out.
    """
    perdus = sorted((i for i in score.indicateurs if i.points_perdus > 0), key=lambda i: -i.points_perdus)
    etapes = [("perdu", i.code_indicateur, i.domaine, -i.points_perdus) for i in perdus]
    etapes += [
        ("inconnu", i.code_indicateur, i.domaine, -i.points_inconnus)
        for i in score.indicateurs
        if i.points_inconnus > 0
    ]
    etapes += [
        ("bonification", d.domaine, d.domaine, d.points_bonification)
        for d in score.domaines
        if d.points_bonification > 0
    ]
    lignes, avant = [], TOTAL
    for rang, (nature, code, domaine, points) in enumerate(etapes, start=1):
        apres = score.points if rang == len(etapes) else avant + points
        lignes.append((nature, code, domaine, points, avant, apres))
        avant = apres
    schema = {"nature": pl.String, "code": pl.String, "domaine": pl.String}
    return pl.DataFrame(lignes, schema=schema | dict.fromkeys(("points", "avant", "apres"), pl.Float64), orient="row")
