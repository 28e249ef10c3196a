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

:func:`compute_score` reads one organisme, step by step; :func:`compute_scores` computes a whole network in one
vectorised pass. A property test holds them equal.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple

import polars as pl

from data.bareme import TOTAL, Bareme, Cible, DomaineBareme
from data.calculs.taux import (
    COLONNES_TAUX,
    LIMITE,
    LINEAIRES,
    check_nombre,
    compute_seuils,
    compute_taux_brut,
    compute_taux_frame,
    compute_taux_reussite,
    list_parametres,
)
from data.modele import Forme, Sens, Statut

NEUTRALISANTS = frozenset({Statut.NEUTRALISE, Statut.SANS_OBJET, Statut.ABANDONNE})
MANQUANTS = frozenset({Statut.NON_FOURNI, Statut.NON_SIGNIFICATIF, Statut.MASQUE})
COLONNES_RESULTATS: dict[str, pl.DataType] = {
    "code_indicateur": pl.String(),
    "valeur": pl.Float64(),
    "valeur_date": pl.Date(),
    "valeur_ajustee": pl.Float64(),
    "taux_reussite": pl.Float64(),
    "statut": pl.String(),
    "socle": pl.Float64(),
    "objectif": pl.Float64(),
    "date_socle": pl.Date(),
    "date_objectif": pl.Date(),
    "reference": pl.Float64(),
}
_POIDS_NUL = 1e-9  # points; below, a weight is the rounding of a float
_SEUILS = ("socle", "objectif", "date_socle", "date_objectif", "reference")


class Etat(StrEnum):
    """What a result is worth in the score."""

    MESURE = "mesure"
    MANQUANT = "manquant"
    NEUTRALISE = "neutralise"


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


class ScoresReseau(NamedTuple):
    """Scores of many organismes: one frame per level (columns named as the fields of the three classes above)."""

    organismes: pl.DataFrame
    domaines: pl.DataFrame
    indicateurs: pl.DataFrame


@dataclass(frozen=True)
class _Feuille:
    """A measured thing of a barème, flattened."""

    code: str
    domaine: str
    composite: str | None
    indicateur: str
    poids: float
    part: float
    cible: Cible
    notes: tuple[str, ...]


def _list_feuilles(bareme: Bareme) -> tuple[_Feuille, ...]:
    feuilles = []
    for domaine in bareme.domaines:
        for i in domaine.indicateurs:
            if not i.composantes:
                feuilles.append(_Feuille(i.code, domaine.nom, None, i.code, i.poids, 1.0, i, i.notes))
            feuilles += [
                _Feuille(c.code, domaine.nom, i.code, i.code, i.poids, c.part, c, i.notes) for c in i.composantes
            ]
    return tuple(feuilles)


def check_resultats(resultats: pl.DataFrame, *cles: str) -> pl.DataFrame:
    """Keep the columns of a result the engine reads, with their types; absent ones are null.

    Args:
        resultats: ``code_indicateur`` and any of ``COLONNES_RESULTATS``; other columns are ignored.
        cles: further key columns (``code_organisme``, ``type_organisme``).

    Raises:
        ValueError: a key column is missing, text where numbers are due, an absurd number, a rate outside 0..1, an
            unknown statut, two rows for the same indicateur.
    """
    for cle in (*cles, "code_indicateur"):
        if cle not in resultats.columns:
            raise ValueError(f"résultats : colonne « {cle} » absente")
    colonnes = []
    for nom, attendu in COLONNES_RESULTATS.items():
        if nom not in resultats.columns:
            colonnes.append(pl.lit(None, dtype=attendu).alias(nom))
            continue
        recu = resultats.schema[nom]
        nombre, date = attendu == pl.Float64(), attendu == pl.Date()
        if recu != pl.Null and ((nombre and not recu.is_numeric()) or (date and recu not in {pl.Date, pl.Datetime})):
            genre = "des nombres" if nombre else "des dates"
            raise ValueError(f"résultats : la colonne « {nom} » doit contenir {genre}, pas {recu}")
        colonnes.append(pl.col(nom).cast(attendu))
    lus = resultats.select(*(pl.col(c).cast(pl.String) for c in cles), *colonnes)
    nombres = [n for n, t in COLONNES_RESULTATS.items() if t == pl.Float64()]
    impossible = pl.any_horizontal((~(pl.col(n).abs() <= LIMITE)).fill_null(False) for n in nombres)
    hors = (~pl.col("taux_reussite").is_between(0, 1)).fill_null(False)
    inconnu = (~pl.col("statut").is_in(sorted(Statut))).fill_null(False)
    # Distinct hashes prove distinct keys; equal ones (a double, or very rarely a collision) are looked at closely.
    distinctes = lus.select(*cles, "code_indicateur").hash_rows().n_unique() == lus.height
    double = pl.lit(False) if distinctes else pl.struct(*cles, "code_indicateur").is_duplicated()
    fautes = {
        "nombre impossible (NaN, infini ou au-delà de 1e15) dans les résultats": impossible,
        "taux de réussite hors de [0 ; 1]": hors,
        f"statut inconnu ; possibles : {', '.join(Statut)}": inconnu,
        "plusieurs résultats pour la même clé": double,
    }
    # One pass to know whether anything is wrong; the culprit is only looked for when there is one.
    presentes = lus.select(expression.any().alias(message) for message, expression in fautes.items()).row(0, named=True)
    for message, expression in fautes.items():
        if presentes[message]:
            ligne = lus.filter(expression).row(0, named=True)
            cle = ", ".join(str(ligne[c]) for c in cles)
            raise ValueError(f"indicateur {ligne['code_indicateur']}{f' ({cle})' if cle else ''} : {message}")
    return lus


def _check_codes(codes: set[str], baremes: Sequence[Bareme]) -> None:
    inconnus = codes - {code for b in baremes for code in b.list_codes()}
    if inconnus:
        noms = ", ".join(b.code for b in baremes)
        raise ValueError(f"indicateur inconnu du barème {noms} : {', '.join(sorted(map(str, inconnus)))}")


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


# --------------------------------------------------------------------------------------------------- one organisme


def _compute_taux_feuille(feuille: _Feuille, ligne: Mapping[str, Any], valeur: float | dt.date | None) -> float | None:
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


def _compute_non_plafonne(feuille: _Feuille, ligne: Mapping[str, Any], valeur: float | None) -> float | None:
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

    feuille: _Feuille
    ligne: Mapping[str, Any]
    etat: Etat
    brut: float | None
    ajuste: float | None
    libre: float | None
    notes: tuple[str, ...]

    @property
    def taux(self) -> float | None:
        return self.brut if self.ajuste is None else self.ajuste


def _read_feuille(feuille: _Feuille, ligne: dict[str, Any] | None, parent: dict[str, Any] | None) -> _Lecture:
    """Rates of one leaf. A component without a row takes the rate or the statut given for its composite."""
    notes = list(feuille.notes)
    if feuille.cible.hypothese:
        notes.append(feuille.cible.hypothese)
    lue = ligne or dict.fromkeys(COLONNES_RESULTATS)
    if ligne is None and parent is not None:
        lue = lue | {"taux_reussite": parent["taux_reussite"], "statut": parent["statut"]}
        notes.append("Résultat donné pour le composite entier.")
    lue = lue | {nom: getattr(feuille.cible, nom) if lue[nom] is None else lue[nom] for nom in _SEUILS}
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
    return min(100 * points / poids, 100.0) if poids > _POIDS_NUL else None


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
    _check_codes(set(par_code), [bareme])
    explicites = _check_bonifications(bonifications, bareme)
    lectures = [
        _read_feuille(f, par_code.get(f.code), par_code.get(f.composite) if f.composite else None)
        for f in _list_feuilles(bareme)
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


# ------------------------------------------------------------------------------------------------- many organismes


@lru_cache(maxsize=64)
def build_feuilles(bareme: Bareme) -> pl.DataFrame:
    """The measured things of a barème as a frame: one row per indicateur or component, with its target and weights.

    Columns: ``code_indicateur``, ``domaine``, ``code_composite``, ``rang`` (order), ``rang_domaine``,
    ``rang_indicateur``, ``poids``, ``part``, ``poids_domaine``, ``excedent_max`` (null: no bonification), ``plafond``
    (0..1), and those of ``data.calculs.taux.COLONNES_TAUX`` that a target declares.
    """
    lignes = []
    domaines = {d.nom: (rang, d) for rang, d in enumerate(bareme.domaines)}
    rangs = {i.code: rang for rang, i in enumerate(bareme.list_indicateurs())}
    for rang, f in enumerate(_list_feuilles(bareme)):
        rang_domaine, domaine = domaines[f.domaine]
        regle = domaine.bonification
        eligible = regle is not None and (not regle.indicateurs or f.code in regle.indicateurs)
        lignes.append(
            {
                "code_indicateur": f.code,
                "domaine": f.domaine,
                "code_composite": f.composite,
                "rang": rang,
                "rang_domaine": rang_domaine,
                "rang_indicateur": rangs[f.indicateur],
                "poids": f.poids,
                "part": f.part,
                "poids_domaine": domaine.poids,
                "excedent_max": regle.excedent_max if regle is not None and eligible else None,
                "plafond": 1.0 if regle is None else regle.plafond / 100,
                "forme": f.cible.forme.value,
                "sens": None if f.cible.sens is None else f.cible.sens.value,
                **{nom: getattr(f.cible, nom) for nom in _SEUILS},
                **(list_parametres(f.cible) | {"reference": f.cible.reference}),
                "paliers": [p.model_dump() for p in f.cible.paliers] or None,
            }
        )
    entiers = dict.fromkeys(("rang", "rang_domaine", "rang_indicateur"), pl.Int32())
    nombres = dict.fromkeys(("poids", "part", "poids_domaine", "excedent_max", "plafond"), pl.Float64())
    textes = dict.fromkeys(("code_indicateur", "domaine", "code_composite"), pl.String())
    cibles = {n: t for n, t in COLONNES_TAUX.items() if n in lignes[0]}
    return pl.DataFrame(lignes, schema={**textes, **entiers, **nombres, **cibles})


def _check_types(valeurs: pl.DataFrame, base: pl.DataFrame) -> None:
    """Every result belongs to the barème of its own organisme, not only to one of the barèmes given."""
    etrangers = valeurs.select("code_organisme", "code_indicateur")
    for code in ("code_indicateur", "code_composite"):
        connus = base.select("code_organisme", pl.col(code).alias("code_indicateur")).drop_nulls()
        etrangers = etrangers.join(connus, on=["code_organisme", "code_indicateur"], how="anti")
    if etrangers.height:
        organisme, code = etrangers.row(0)
        raise ValueError(f"organisme {organisme} : indicateur {code} inconnu du barème de son type")


def _join_resultats(resultats: pl.DataFrame, baremes: Sequence[Bareme]) -> pl.DataFrame:
    """Every organisme × leaf of its barème, in order, with its result or that of its composite."""
    organismes = resultats.select("code_organisme", *(["type_organisme"] if len(baremes) > 1 else [])).unique(
        maintain_order=True
    )
    doubles = organismes.filter(pl.col("code_organisme").is_duplicated())
    if doubles.height:
        raise ValueError(f"organisme {doubles['code_organisme'][0]} : plusieurs types d'organisme dans les résultats")
    organismes = organismes.with_row_index("_o")
    if len(baremes) == 1:
        base = organismes.join(build_feuilles(baremes[0]), how="cross")
    else:
        feuilles = pl.concat(
            build_feuilles(b).with_columns(pl.lit(t.value).alias("type_organisme"))
            for b in baremes
            for t in b.types_organisme
        )
        base = organismes.join(feuilles, on="type_organisme", how="left", maintain_order="left_right")
        orphelins = base.filter(pl.col("code_indicateur").is_null())
        if orphelins.height:
            code, genre = orphelins.select("code_organisme", "type_organisme").row(0)
            raise ValueError(f"organisme {code} : aucun barème pour le type {genre}")
    valeurs = resultats.drop("type_organisme", strict=False).rename({n: f"_{n}" for n in _SEUILS})
    if len(baremes) > 1:
        _check_types(valeurs, base)
    joint = base.join(valeurs, on=["code_organisme", "code_indicateur"], how="left", maintain_order="left")
    composites = {i.code for b in baremes for i in b.list_indicateurs() if i.composantes}
    parents = valeurs.filter(pl.col("code_indicateur").is_in(sorted(composites)))
    if parents.height:
        presents = valeurs.select("code_organisme", "code_indicateur", pl.lit(True).alias("_present"))
        joint = (
            joint.join(presents, on=["code_organisme", "code_indicateur"], how="left", maintain_order="left")
            .join(
                parents.select(
                    "code_organisme",
                    pl.col("code_indicateur").alias("code_composite"),
                    pl.col("taux_reussite").alias("_taux_parent"),
                    pl.col("statut").alias("_statut_parent"),
                ),
                on=["code_organisme", "code_composite"],
                how="left",
                maintain_order="left",
            )
            .with_columns(
                pl.when(pl.col("_present").is_null())
                .then(pl.col("_taux_parent"))
                .otherwise(pl.col("taux_reussite"))
                .alias("taux_reussite"),
                pl.when(pl.col("_present").is_null())
                .then(pl.col("_statut_parent"))
                .otherwise(pl.col("statut"))
                .alias("statut"),
            )
            .drop("_present", "_taux_parent", "_statut_parent")
        )
    return joint.with_columns(pl.coalesce(f"_{n}", n).alias(n) for n in _SEUILS).drop(f"_{n}" for n in _SEUILS)


def _compute_taux_feuilles(base: pl.DataFrame) -> pl.DataFrame:
    """Add ``taux_brut``, ``taux_ajuste``, ``taux_non_plafonne`` (0..1) to the joined frame."""
    imprime = base["taux_reussite"]
    # A printed rate is used as is; its value only serves the bonification, which reads linear shapes.
    inutile = pl.col("taux_reussite").is_not_null() & ~pl.col("forme").is_in(sorted(LINEAIRES))
    brut = compute_taux_frame(
        base.with_columns(pl.when(~inutile).then(pl.col(c)).alias(c) for c in ("valeur", "valeur_date"))
    )
    libre = brut["taux_non_plafonne"]
    ajuste = pl.repeat(None, base.height, dtype=pl.Float64, eager=True).alias("taux_ajuste")
    if base["valeur_ajustee"].null_count() < base.height:
        ajustes = compute_taux_frame(
            base.with_columns(
                pl.col("valeur_ajustee").alias("valeur"), pl.lit(None, dtype=pl.Date).alias("valeur_date")
            )
        )
        ajuste = ajustes["taux_reussite"].alias("taux_ajuste")
        libre = pl.select(
            pl.when(base["valeur_ajustee"].is_not_null()).then(ajustes["taux_non_plafonne"]).otherwise(libre)
        ).to_series()
    return base.drop("taux_reussite").with_columns(
        pl.select(pl.coalesce(imprime, brut["taux_reussite"])).to_series().alias("taux_brut"),
        ajuste,
        libre.alias("taux_non_plafonne"),
    )


def _compute_poids_frame(base: pl.DataFrame) -> pl.DataFrame:
    """Add ``etat``, ``taux`` (0..1) and ``poids_effectif``; same sharing as ``_compute_poids``."""
    statut, taux = pl.col("statut"), pl.coalesce("taux_ajuste", "taux_brut")
    etats = base.with_columns(
        pl.when(statut.is_in(sorted(NEUTRALISANTS)).fill_null(False))
        .then(pl.lit(Etat.NEUTRALISE.value))
        .when(statut.is_in(sorted(MANQUANTS)).fill_null(False) | taux.is_null())
        .then(pl.lit(Etat.MANQUANT.value))
        .otherwise(pl.lit(Etat.MESURE.value))
        .alias("etat"),
        taux.alias("taux"),
    ).with_columns(pl.when(pl.col("etat") == Etat.MESURE.value).then(pl.col("taux")).alias("taux"))
    actif = pl.col("etat") != Etat.NEUTRALISE.value
    poids = pl.col("poids_effectif")
    etapes = etats.with_columns(
        pl.when(actif).then(pl.col("poids") * pl.col("part")).otherwise(0.0).alias("poids_effectif")
    )
    neutres = etapes["etat"] == Etat.NEUTRALISE.value
    if not neutres.any():
        return etapes
    if (neutres & etapes["code_composite"].is_not_null()).any():
        somme = pl.when(actif).then(pl.col("part")).otherwise(0.0).sum().over("_o", "rang_indicateur")
        etapes = etapes.with_columns(pl.when(actif).then(poids / somme).otherwise(0.0).alias("poids_effectif"))
    somme = poids.sum().over("_o", "rang_domaine")
    etapes = etapes.with_columns(
        pl.when(actif).then(poids * pl.col("poids_domaine") / somme).otherwise(0.0).alias("poids_effectif")
    )
    total = poids.sum().over("_o")
    return etapes.with_columns(pl.when(actif).then(poids * TOTAL / total).otherwise(0.0).alias("poids_effectif"))


def _build_part(points: pl.Expr, poids: pl.Expr) -> pl.Expr:
    """Twin of ``_compute_part``."""
    return pl.when(poids > _POIDS_NUL).then((100 * points / poids).clip(upper_bound=100.0))


def _build_domaines(indicateurs: pl.DataFrame, bonifications: pl.DataFrame | None) -> pl.DataFrame:
    cles = ["_o", "rang_domaine"]
    excedent = (pl.col("taux_non_plafonne") / 100 - 1).clip(0, pl.col("excedent_max")) * pl.col("poids_effectif")
    domaines = indicateurs.group_by(cles, maintain_order=True).agg(
        pl.col("code_organisme", "domaine", "plafond").first(),
        pl.col("poids_domaine").first().alias("poids_initial"),
        pl.col("poids_effectif").sum(),
        pl.col("points").sum().alias("points_avant_bonification"),
        pl.col("points_inconnus").sum(),
        excedent.filter(pl.col("excedent_max").is_not_null() & (pl.col("etat") == Etat.MESURE.value))
        .sum()
        .alias("_apport"),
    )
    mesure = pl.col("poids_effectif") - pl.col("points_inconnus")
    avant, points = pl.col("points_avant_bonification"), pl.col("points")
    if bonifications is not None:
        domaines = domaines.join(bonifications, on=["code_organisme", "domaine"], how="left", maintain_order="left")
        domaines = domaines.with_columns(
            pl.coalesce(pl.col("bonification") / 100 * mesure, "_apport").alias("_apport")
        ).drop("bonification")
    return (
        domaines.with_columns(
            pl.min_horizontal("_apport", (pl.col("plafond") * mesure - avant).clip(0)).alias("points_bonification")
        )
        .with_columns((avant + pl.col("points_bonification")).alias("points"))
        .with_columns(
            (mesure - points).alias("points_perdus"),
            _build_part(avant, mesure).alias("taux_avant_bonification"),
            _build_part(points, mesure).alias("taux"),
            _build_part(points, pl.col("poids_effectif")).alias("taux_min"),
            _build_part(points + pl.col("points_inconnus"), pl.col("poids_effectif")).alias("taux_max"),
            (pl.col("points_inconnus") > 0).alias("partiel"),
            (pl.col("poids_effectif") == 0).alias("neutralise"),
        )
    )


def compute_scores(
    resultats: pl.DataFrame,
    bareme: Bareme | Sequence[Bareme],
    *,
    bonifications: pl.DataFrame | None = None,
) -> ScoresReseau:
    """Scores of many organismes in one vectorised pass: same rules and figures as :func:`compute_score`.

    Args:
        resultats: long frame, ``code_organisme`` plus the columns of :func:`compute_score`. With several barèmes, also
            ``type_organisme``, which picks the one of each organisme.
        bareme: one barème for all, or those of all the types present.
        bonifications: optional ``code_organisme``, ``domaine``, ``bonification`` (points of rate of the domaine),
            replacing the declared rule there.

    Returns:
        ``organismes`` (``code_organisme``, ``taux``, ``taux_min``, ``taux_max``, ``points``, ``points_perdus``,
        ``points_inconnus``, ``partiel``, ``nb_manquants``, ``nb_neutralises``), ``domaines`` and ``indicateurs`` (one
        row per organisme × domaine, × indicateur or component; columns named as in ``ScoreDomaine`` and
        ``ScoreIndicateur``). Rates in %, points on 100; organismes in order of appearance, the rest
        in the order of the barème.

    Raises:
        ValueError: as :func:`compute_score`; also an organisme of a type without barème.
    """
    baremes = [bareme] if isinstance(bareme, Bareme) else list(bareme)
    if not baremes:
        raise ValueError("aucun barème : le score ne peut pas être calculé")
    cles = ("code_organisme", "type_organisme") if len(baremes) > 1 else ("code_organisme",)
    lus = check_resultats(resultats, *cles)
    _check_codes(set(lus["code_indicateur"].unique().to_list()), baremes)
    if bonifications is not None:
        bonifications = bonifications.select("code_organisme", "domaine", pl.col("bonification").cast(pl.Float64))
        if (~bonifications["bonification"].is_between(0, 1e15).fill_null(True)).any():
            raise ValueError("bonification négative ou impossible")
    poids = pl.col("poids_effectif")
    indicateurs = _compute_poids_frame(_compute_taux_feuilles(_join_resultats(lus, baremes))).with_columns(
        (poids * pl.col("taux").fill_null(0.0)).alias("points"),
        pl.when(pl.col("etat") == Etat.MANQUANT.value).then(poids).otherwise(0.0).alias("points_inconnus"),
        (pl.col("poids") * pl.col("part")).alias("poids_initial"),
        pl.col("taux", "taux_brut", "taux_ajuste", "taux_non_plafonne") * 100,
    )
    indicateurs = indicateurs.with_columns(
        (poids - pl.col("points") - pl.col("points_inconnus")).alias("points_perdus")
    )
    domaines = _build_domaines(indicateurs, bonifications)
    mesure = pl.col("_poids") - pl.col("points_inconnus")
    comptes = indicateurs.group_by("_o").agg(
        (pl.col("etat") == Etat.MANQUANT.value).sum().alias("nb_manquants"),
        (pl.col("etat") == Etat.NEUTRALISE.value).sum().alias("nb_neutralises"),
    )
    organismes = (
        domaines.group_by("_o", maintain_order=True)
        .agg(
            pl.col("code_organisme").first(),
            pl.col("poids_effectif").sum().alias("_poids"),
            pl.col("points", "points_perdus", "points_inconnus").sum(),
        )
        .join(comptes, on="_o", maintain_order="left")
        .select(
            "code_organisme",
            _build_part(pl.col("points"), mesure).alias("taux"),
            _build_part(pl.col("points"), pl.col("_poids")).alias("taux_min"),
            _build_part(pl.col("points") + pl.col("points_inconnus"), pl.col("_poids")).alias("taux_max"),
            "points",
            "points_perdus",
            "points_inconnus",
            (pl.col("nb_manquants") > 0).alias("partiel"),
            "nb_manquants",
            "nb_neutralises",
        )
    )
    return ScoresReseau(
        organismes,
        domaines.select(
            "code_organisme",
            *(c for c in ScoreDomaine.__dataclass_fields__ if c != "notes"),
        ),
        indicateurs.select(
            "code_organisme",
            *(c for c in ScoreIndicateur.__dataclass_fields__ if c not in {"notes", "cible"}),
        ),
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
