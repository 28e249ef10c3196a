"""One organisme over all its indicateurs, against the peers it chose: what the spine chart and the heat table read.

The indicateurs are those of the barème of its type, then the other results it has beyond the intéressement (access to
care). Values, rates and targets of the barème come from the score engine: a state here is the one of the sheet of the
organisme. Everything is built once per publication and choice.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import polars as pl

from components.chiffres import Chiffre
from components.contenu import Colonne, Contenu, Mention, Tableau
from components.figures.colonne_vertebrale import Rangee, build_colonne_vertebrale_figure
from components.figures.formats import INSECABLE, format_periode
from components.figures.gabarit import build_figure
from components.organisme.fiche import get_bareme, get_type_note, list_feuilles
from components.pairs import EtatPairs, GroupePairs, build_groupe
from components.provenance import format_donnees_du, format_source
from components.textes import profil as textes
from components.textes.comparer import NOTE_CCSS, RAISON_TYPES
from components.textes.reseau import format_seuil
from data.calculs.atteinte import Atteinte, build_atteinte
from data.calculs.comparaison import GroupeJuge, list_intervalles
from data.calculs.pairs import GROUPE_MINIMUM
from data.calculs.position import Position, compute_position
from data.calculs.profil import Reperes, compute_reperes
from data.calculs.score_vectorise import compute_scores
from data.calculs.verdict import Jugement, Verdict
from data.catalogue import load_catalogue
from data.magasin import memorise
from data.modele import Comparateur, Indicateur, Referentiel, Sens
from data.requetes.comparaison import TYPE_PAR_DEFAUT, list_indicateurs_compares, list_organismes, list_valeurs
from data.requetes.resultats import ANNEE, list_series

SCORE: Final = "taux_reussite_local"
# The primes are the score in euros, the national rate is the same for all: neither says more about an organisme.
_REDITES: Final = frozenset({"prime_locale", "prime_nationale", "prime_totale", "taux_reussite_national"})
_HAUTEUR_VIDE = 10  # the least Plotly accepts; the graph of an empty bloc is hidden
_COLONNES = (
    "code_organisme", "code_indicateur", "domaine", "periode", "valeur", "valeur_date", "numerateur", "denominateur",
    "statut", "taux", "socle", "objectif", "date_socle", "date_objectif", "simulee", "source",
)  # fmt: skip


@dataclass(frozen=True)
class LigneProfil:
    """One indicateur of the organisme.

    ``fait`` is its row of :func:`load_resultats`, ``atteinte`` its state against the target, None without target.
    ``reperes`` are those of the peers, None under five of them; ``position`` is None without value or direction.
    """

    indicateur: Indicateur
    fait: dict[str, Any]
    atteinte: Atteinte | None
    reperes: Reperes | None
    position: Position | None
    jugement: Jugement
    effectif: int

    @property
    def a_valeur(self) -> bool:
        """Whether there is a number to place."""
        return self.fait["valeur"] is not None

    @property
    def aux_pairs(self) -> bool:
        """Whether the verdict compares with the peers, rather than with the organisme's own past."""
        return self.jugement.comparateur in {Comparateur.ENTONNOIR, Comparateur.INTERVALLE}

    def format_valeur(self, valeur: float | None, date: dt.date | None = None) -> str:
        """A value, a threshold or a date, in the unit of the indicateur."""
        return format_seuil(valeur, date, self.indicateur.unite, self.indicateur.decimales)


@dataclass(frozen=True)
class Profil:
    """An organisme, its group and its lines, in the order of the barème. ``vide`` says why there is nothing to draw."""

    organisme: dict[str, Any] | None
    groupe: GroupePairs
    type_note: str
    lignes: tuple[LigneProfil, ...]
    hors: bool
    vide: str | None

    @property
    def simulee(self) -> bool:
        """Whether any value is simulated."""
        return any(ligne.fait["simulee"] for ligne in self.lignes)

    def list_verdicts(self, verdict: Verdict, *, pairs: bool = True) -> list[LigneProfil]:
        """Lines of a verdict, against the peers or against one's own past; the score is no indicateur."""
        return [
            ligne
            for ligne in self.lignes
            if ligne.jugement.verdict is verdict and ligne.aux_pairs is pairs and ligne.indicateur.code != SCORE
        ]

    def count_atteintes(self) -> dict[Atteinte, int]:
        """Indicateurs per state, those without target left out."""
        etats = [ligne.atteinte for ligne in self.lignes if ligne.atteinte is not None]
        return {etat: etats.count(etat) for etat in Atteinte}


def _load_bareme(type_note: str) -> pl.DataFrame:
    """Results of a type on its barème, one row per organisme × indicateur, missing ones included."""
    feuilles = list_feuilles(type_note)
    scores = compute_scores(feuilles, get_bareme(type_note)).indicateurs
    faits = feuilles.select(
        "code_organisme", "code_indicateur", "numerateur", "denominateur", pl.col("statut").alias("statut_fait"),
        "simulee", "source",
    )  # fmt: skip
    return scores.join(faits, on=["code_organisme", "code_indicateur"], how="left", maintain_order="left").with_columns(
        pl.lit(str(ANNEE)).alias("periode"),
        pl.coalesce("statut", "statut_fait", pl.lit("non_fourni")).cast(pl.String).alias("statut"),
        pl.col("simulee").fill_null(value=False),
    )


def _load_autre(indicateur: dict[str, Any], type_note: str) -> pl.DataFrame:
    """Results of a type on an indicateur outside its barème; it has no target by organisme."""
    return (
        list_valeurs(indicateur["code_indicateur"])
        .filter(type_note=type_note)
        .with_columns(
            pl.lit(indicateur["code_indicateur"]).alias("code_indicateur"),
            pl.lit(indicateur["domaine"]).alias("domaine"),
            pl.lit(format_periode(indicateur["periode_debut"], indicateur["periode_fin"])).alias("periode"),
            *(pl.lit(None, dtype=pl.Float64).alias(nom) for nom in ("taux", "socle", "objectif")),
            *(pl.lit(None, dtype=pl.Date).alias(nom) for nom in ("valeur_date", "date_socle", "date_objectif")),
            (pl.col("nature") == "simulee").fill_null(value=False).alias("simulee"),
        )
    )


@memorise
def load_resultats(type_note: str) -> pl.DataFrame:
    """Every organisme of a type on every indicateur, in the order: score, barème by domaine, the rest.

    Columns: code_organisme, code_indicateur, domaine, periode, valeur (unit of the indicateur), valeur_date,
    numerateur, denominateur, statut, taux (taux de réussite, %), socle, objectif, date_socle, date_objectif, simulee,
    source, atteinte (``Atteinte``; null when the indicateur has a value and no target).
    """
    catalogue = load_catalogue()
    autres = [
        ligne
        for ligne in list_indicateurs_compares().to_dicts()
        if ligne["code_indicateur"] not in _REDITES
        and catalogue.get_indicateur(ligne["code_indicateur"]).referentiel is not Referentiel.INTERESSEMENT
    ]
    score = [_load_autre(ligne, type_note) for ligne in autres if ligne["code_indicateur"] == SCORE]
    reste = [_load_autre(ligne, type_note) for ligne in autres if ligne["code_indicateur"] != SCORE]
    frames = [frame.select(_COLONNES) for frame in (*score, _load_bareme(type_note), *reste)]
    sans_cible = pl.col("taux").is_null() & (pl.col("valeur").is_not_null() | pl.col("valeur_date").is_not_null())
    return pl.concat(frames, how="vertical_relaxed").with_columns(
        pl.when(~sans_cible).then(build_atteinte(pl.col("taux"), pl.col("statut"))).alias("atteinte")
    )


@memorise
def list_codes(type_note: str) -> list[str]:
    """Codes of the indicateurs of a type, in order."""
    codes: list[str] = load_resultats(type_note)["code_indicateur"].unique(maintain_order=True).to_list()
    return codes


def load_profil(etat: EtatPairs) -> Profil:
    """The profile a state asks for."""
    return _load_profil(etat.organisme, etat.groupe, etat.lentille, etat.membres, etat.nom, etat.hors == "oui")


@memorise
def _load_profil(
    organisme: str | None, choix: str, lentille: str, membres: tuple[str, ...], nom: str, hors: bool
) -> Profil:
    groupe = build_groupe(organisme, choix, lentille, membres, nom)
    if organisme is None:
        type_note = groupe.type_note or TYPE_PAR_DEFAUT
        return Profil(None, groupe, type_note, (), hors, groupe.vide or textes.SANS_ORGANISME)
    moi = list_organismes().filter(code_organisme=organisme).row(0, named=True)
    type_note = get_type_note(load_catalogue().get_organisme(organisme))
    codes = groupe.codes if groupe.vide is None else ()
    compares = _list_membres(type_note, codes if organisme in codes else (*codes, organisme))
    mois: dict[str, list[float | None]] = dict(
        list_series(type_note).filter(code_organisme=organisme).select("code_indicateur", "valeurs").iter_rows()
    )
    lignes = tuple(
        _build_ligne(ensemble, organisme, hors, mois.get(ensemble.indicateur.code, []))
        for ensemble in compares
        if organisme in ensemble.faits
    )
    vide = groupe.vide
    if vide is None and all(ligne.reperes is None for ligne in lignes):
        vide = textes.build_vide_effectif(moi["nom"], len(groupe.pairs))
    return Profil(moi, groupe, type_note, lignes, hors, vide)


@dataclass(frozen=True)
class _Membres:
    """A group on one indicateur: rows of :func:`load_resultats` by organisme, and what its members share."""

    indicateur: Indicateur
    faits: dict[str, dict[str, Any]]

    @cached_property
    def valeurs(self) -> dict[str, float]:
        """Values of the members that have one."""
        return {code: fait["valeur"] for code, fait in self.faits.items() if fait["valeur"] is not None}

    @cached_property
    def reperes(self) -> Reperes:
        """Centiles of the whole group."""
        return compute_reperes(list(self.valeurs.values()), self.indicateur.sens)

    @cached_property
    def juge(self) -> GroupeJuge:
        """What judges each member that has a value."""
        indicateur, codes = self.indicateur, list(self.valeurs)
        numerateurs, denominateurs = ([self.faits[c][nom] for c in codes] for nom in ("numerateur", "denominateur"))
        valeurs = list(self.valeurs.values())
        return GroupeJuge(
            codes, valeurs, numerateurs, denominateurs, indicateur.statistique, indicateur.comparateur, indicateur.sens,
            list_intervalles(valeurs, numerateurs, denominateurs, indicateur.statistique, indicateur.comparateur)
            if indicateur.comparateur is Comparateur.INTERVALLE
            else (),
        )  # fmt: skip


@memorise
def _list_faits(type_note: str) -> dict[str, dict[str, dict[str, Any]]]:
    """Rows of :func:`load_resultats`: code of the indicateur -> code of the organisme -> row, in order."""
    faits: dict[str, dict[str, dict[str, Any]]] = {}
    for fait in load_resultats(type_note).iter_rows(named=True):
        faits.setdefault(fait["code_indicateur"], {})[fait["code_organisme"]] = fait
    return faits


@memorise
def _list_membres(type_note: str, codes: tuple[str, ...]) -> tuple[_Membres, ...]:
    """A group on every indicateur of a type, the same for each of its members."""
    retenus = frozenset(codes)
    return tuple(
        _Membres(load_catalogue().get_indicateur(indicateur), {code: f for code, f in faits.items() if code in retenus})
        for indicateur, faits in _list_faits(type_note).items()
    )


def _build_ligne(membres: _Membres, code: str, hors: bool, mois: list[float | None]) -> LigneProfil:
    """The line of one member of a group."""
    indicateur, fait, valeurs = membres.indicateur, membres.faits[code], membres.valeurs
    pairs = len(valeurs) - (code in valeurs)
    place = None
    if fait["valeur"] is not None and pairs and indicateur.sens is not Sens.NEUTRE:
        place = compute_position(list(valeurs.values()), fait["valeur"], indicateur.sens, indicateur.decimales)
    sans_moi = hors and code in valeurs
    reperes = None
    if pairs >= GROUPE_MINIMUM:
        reperes = membres.reperes
        if sans_moi:
            reperes = compute_reperes([v for c, v in valeurs.items() if c != code], indicateur.sens)
    return LigneProfil(
        indicateur=indicateur,
        fait=fait,
        atteinte=None if fait["atteinte"] is None else Atteinte(fait["atteinte"]),
        reperes=reperes,
        position=place,
        jugement=_judge(membres, code, hors, mois, pairs),
        effectif=len(valeurs) - sans_moi,
    )


def _judge(membres: _Membres, code: str, hors: bool, mois: list[float | None], pairs: int) -> Jugement:
    """The verdict by the comparator of the indicateur, among the members that have a value."""
    comparateur = membres.indicateur.comparateur
    if code not in membres.valeurs:
        return Jugement(Verdict.SANS_VERDICT, comparateur, "pas de résultat à juger")
    if pairs < GROUPE_MINIMUM and comparateur is not Comparateur.SPC:
        return Jugement(Verdict.SANS_VERDICT, comparateur, f"moins de {GROUPE_MINIMUM} pairs ont un résultat")
    return membres.juge.judge(code, sans_moi=hors, mois=mois)


def build_chiffres(profil: Profil) -> list[Chiffre]:
    """The answer in four figures; none without organisme."""
    if profil.organisme is None:
        return []
    mieux, moins = profil.list_verdicts(Verdict.MIEUX), profil.list_verdicts(Verdict.MOINS_BIEN)
    juges = len(mieux) + len(moins) + len(profil.list_verdicts(Verdict.COMPARABLE))
    etats = profil.count_atteintes()
    mesures = etats[Atteinte.ATTEINT] + etats[Atteinte.ENTRE] + etats[Atteinte.SOUS]
    score = next((ligne for ligne in profil.lignes if ligne.indicateur.code == SCORE), None)
    chiffres = []
    if score is not None and score.a_valeur:
        chiffres.append(
            Chiffre(
                f"Score local {ANNEE}",
                score.format_valeur(score.fait["valeur"]),
                textes.format_place(score.position, profil.groupe),
            )
        )
    if profil.vide is None:
        chiffres += [
            Chiffre("Mieux que ses pairs", str(len(mieux)), textes.format_parmi(mieux, juges)),
            Chiffre("Moins bien que ses pairs", str(len(moins)), textes.format_parmi(moins, juges)),
        ]
    chiffres.append(
        Chiffre("Objectifs atteints", f"{etats[Atteinte.ATTEINT]} sur {mesures}", textes.format_etats(etats))
    )
    return chiffres


@memorise
def build_contenu_profil(etat: EtatPairs) -> Contenu:
    """The spine chart and its table twin."""
    profil = load_profil(etat)
    nom = profil.organisme["nom"] if profil.organisme else ""
    titre = f"{nom}\u00a0: profil face à ses pairs, {ANNEE}" if nom else f"Profil d'un organisme, {ANNEE}"
    figure = build_figure(hauteur=_HAUTEUR_VIDE)
    if profil.vide is None and profil.organisme is not None:
        figure = build_colonne_vertebrale_figure(
            [_build_rangee(ligne) for ligne in profil.lignes], nom=profil.organisme["nom_court"], hors=profil.hors
        )
    return Contenu(
        titre=titre,
        phrase=textes.build_phrase(profil),
        figure=figure,
        vide=profil.vide,
        mention=_build_mention(profil),
        tableau=_build_tableau(profil),
        fichier=f"parangon-profil-{etat.organisme or 'organisme'}",
    )


def _build_rangee(ligne: LigneProfil) -> Rangee:
    fait = ligne.fait
    libelle, ton = textes.format_verdict(ligne)
    return Rangee(
        domaine=fait["domaine"],
        nom=ligne.indicateur.titre_court + ("" if fait["periode"] == str(ANNEE) else f" ({fait['periode']})"),
        neutre=ligne.indicateur.sens is Sens.NEUTRE,
        valeur=fait["valeur"],
        socle=fait["socle"],
        objectif=fait["objectif"],
        reperes=ligne.reperes,
        texte_valeur=textes.format_resultat(ligne),
        texte_mediane=f"méd. {ligne.format_valeur(ligne.reperes.mediane)}" if ligne.reperes else "",
        verdict=libelle,
        ton=ton,
        rang=textes.format_rang_ligne(ligne),
        survol=textes.build_survol(ligne),
    )


def _build_mention(profil: Profil) -> Mention:
    sources = sorted({ligne.fait["source"] for ligne in profil.lignes if ligne.fait["source"]})
    notes = [textes.NOTE_AXE, textes.NOTE_VERDICTS]
    if profil.hors:
        notes.append(textes.NOTE_HORS)
    if profil.simulee:
        notes.append(textes.NOTE_SIMULE)
    if profil.groupe.precision:
        notes.append(profil.groupe.precision)
    if profil.groupe.autres:
        notes.append(RAISON_TYPES)
    if profil.type_note == "CPAM":
        notes.append(NOTE_CCSS)
    return Mention(
        statistique=textes.STATISTIQUE,
        unite="celle de chaque indicateur",
        sens=None,
        periode=str(ANNEE),
        source=format_source(*sources) if sources else "aucune valeur",
        donnees_du=format_donnees_du(),
        effectif=profil.groupe.format_effectif() if profil.groupe.codes else "",
        simulee=profil.simulee,
        notes=tuple(notes),
    )


def _build_tableau(profil: Profil) -> Tableau:
    return Tableau(
        (
            Colonne("indicateur", "Indicateur"),
            Colonne("domaine", "Domaine"),
            Colonne("unite", "Unité"),
            Colonne("valeur", "Résultat", "nombre", 2),
            Colonne("mediane", "Médiane du groupe", "nombre", 2),
            Colonne("p5", "5e centile", "nombre", 2),
            Colonne("q1", "1er quartile", "nombre", 2),
            Colonne("q3", "3e quartile", "nombre", 2),
            Colonne("p95", "95e centile", "nombre", 2),
            Colonne("effectif", "Organismes", "nombre", 0),
            Colonne("rang", "Rang"),
            Colonne("verdict", "Verdict"),
            Colonne("motif", "Pourquoi"),
            Colonne("socle", "Socle", "nombre", 2),
            Colonne("objectif", "Objectif", "nombre", 2),
            Colonne("etat", "Face à l'objectif"),
            Colonne("nature", "Nature"),
        ),
        [_build_ligne_tableau(ligne) for ligne in profil.lignes],
        legende=f"Un tiret{INSECABLE}: non publié, ou moins de {GROUPE_MINIMUM} pairs avec un résultat."
        if profil.lignes
        else "",
    )


def _build_ligne_tableau(ligne: LigneProfil) -> dict[str, Any]:
    fait, reperes = ligne.fait, ligne.reperes

    def choose(nombre: float | None, date: dt.date | None) -> float | str | None:
        return nombre if date is None else ligne.format_valeur(None, date)

    return {
        "indicateur": ligne.indicateur.titre_court,
        "domaine": fait["domaine"],
        "unite": ligne.indicateur.unite or "non précisée",
        "valeur": textes.build_absence(ligne)
        if fait["valeur"] is None and fait["valeur_date"] is None
        else choose(fait["valeur"], fait["valeur_date"]),
        "mediane": reperes.mediane if reperes else None,
        "p5": reperes.p5 if reperes else None,
        "q1": reperes.q1 if reperes else None,
        "q3": reperes.q3 if reperes else None,
        "p95": reperes.p95 if reperes else None,
        "effectif": ligne.effectif,
        "rang": textes.format_rang_ligne(ligne),
        "verdict": textes.format_verdict(ligne)[0],
        "motif": ligne.jugement.motif,
        "socle": choose(fait["socle"], fait["date_socle"]),
        "objectif": choose(fait["objectif"], fait["date_objectif"]),
        "etat": textes.format_atteinte(ligne.atteinte),
        "nature": "simulé" if fait["simulee"] else "publié",
    }
