"""Examine one file from end to end: find its mapping, read it, analyse it, and report everything at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import polars as pl

from data.catalogue import Catalogue
from data.source import SourceFichier
from etl.chargement.analyse import Analyse, Contexte, Etape, analyse_fichier, count_cellules_refusees
from etl.chargement.anomalies import REGLES, Anomalies, build_resume, count_par_gravite
from etl.chargement.controles import CLE
from etl.chargement.entites import Annuaire
from etl.chargement.lecture.feuille import Feuille
from etl.chargement.lecture.fichier import Lecture, read_fichier_charge
from etl.chargement.mise_en_long import LARGES, describe_larges, match_entete
from etl.chargement.periodes import PeriodeIndecidableError, parse_periode
from etl.chargement.proposition import Proposition, propose_source
from etl.sources.publie import FichierIllisibleError

DETAILS_MAX = 500
PUBLIABLE, AVEC_ALERTES, BLOQUE, ILLISIBLE, SANS_SOURCE, REFERENTIEL = (
    "publiable",
    "publiable_avec_alertes",
    "bloque",
    "illisible",
    "sans_source",
    "referentiel",
)
PUBLIABLES = frozenset({PUBLIABLE, AVEC_ALERTES})


class AvecVerdict:
    """What has a report with a verdict: a file examined, whatever it holds."""

    rapport: dict[str, Any]

    @property
    def verdict(self) -> str:
        """``publiable``, ``publiable_avec_alertes``, ``bloque``, ``illisible``, ``sans_source`` or ``referentiel``."""
        return str(self.rapport["verdict"])

    @property
    def publiable(self) -> bool:
        """Whether the file may be published."""
        return self.verdict in PUBLIABLES


@dataclass(frozen=True)
class Examen(AvecVerdict):
    """One file examined. ``lecture`` is None when it cannot be read, ``source`` when nothing tells how."""

    chemin: Path
    rapport: dict[str, Any]
    lecture: Lecture | None = None
    source: SourceFichier | None = None
    analyse: Analyse | None = None


def build_contexte_examen(
    catalogue: Catalogue, tables: dict[str, pl.DataFrame], precedents: pl.DataFrame, aujourdhui: dt.date | None = None
) -> Contexte:
    """What a file is compared with. ``tables``: mart tables without loads; ``precedents``: facts of the loads."""
    valeurs = tables["mart_valeur"]
    derniere = precedents.group_by("source").agg(pl.col("periode_fin").max()) if precedents.height else None
    return Contexte(
        catalogue=catalogue,
        annuaire=Annuaire(catalogue, tables["mart_territoire"], tables["mart_commune"]),
        corrections=catalogue.corrections,
        aujourdhui=aujourdhui or dt.datetime.now(dt.UTC).date(),
        publies=valeurs.filter(pl.col("nature") == "publiee").select(*CLE, "valeur", "statut"),
        precedents=precedents.select(*CLE, "valeur", "statut").unique(CLE, keep="last", maintain_order=True),
        derniere=dict(derniere.iter_rows()) if derniere is not None else {},
    )


def find_source(nom: str, feuilles: tuple[Feuille, ...], catalogue: Catalogue) -> SourceFichier | None:
    """The only source that describes a file: by its headers, among those that claim its name when some do."""
    nommees = [s for s in catalogue.sources if any(fnmatch(nom.casefold(), m.casefold()) for m in s.fichiers)]
    candidates = nommees or list(catalogue.sources)
    conformes = [
        s for s in candidates if len(s.colonnes) >= 2 and any(_has_colonnes(f, s, catalogue) for f in feuilles)
    ]
    if len(conformes) == 1:
        return conformes[0]
    # A file that bears the name of one source but lacks its columns is judged by that source, and refused with reasons.
    return nommees[0] if len(nommees) == 1 else None


def _has_colonnes(feuille: Feuille, source: SourceFichier, catalogue: Catalogue) -> bool:
    """Whether a sheet has the columns a source declares and, for a wide one, at least one of those its layout reads."""
    prises = {match_entete(c, feuille.colonnes) for c in source.colonnes.values()}
    if None in prises:
        return False
    autres = [c for c in feuille.colonnes if c not in prises]
    return source.disposition not in LARGES or bool(describe_larges(autres, source, catalogue)[0])


def examine(
    chemin: Path,
    contexte: Contexte,
    *,
    source: SourceFichier | None = None,
    accepter_proposition: bool = False,
    nom: str | None = None,
    precisions: Mapping[str, str] | None = None,
    etape: Etape = lambda _: None,
) -> Examen:
    """Examine one file; nothing is written, every problem ends in the report.

    Args:
        chemin: the file.
        contexte: see :func:`build_contexte_examen`.
        source: its mapping, when it is imposed.
        accepter_proposition: use the guessed mapping when no source describes the file and the guess is complete.
        nom: the name the file was sent under.
        precisions: what the file does not say and its source asks for (``periode``).
        etape: told the name of each step.
    """
    precisions = precisions or {}
    nom = nom or chemin.name
    rapport: dict[str, Any] = {"fichier": nom, "verdict": ILLISIBLE, "source": None}
    proposition: Proposition | None = None
    origine = "imposée" if source is not None else "définition"
    try:
        etape("lecture")
        lecture = read_fichier_charge(chemin, source, nom=nom)
        if source is None:
            source = find_source(nom, lecture.feuilles, contexte.catalogue)
            if source is not None and _changes_lecture(source):
                lecture = read_fichier_charge(chemin, source, nom=nom)
        rapport |= _describe_lecture(lecture)
        if source is None:
            etape("recherche d'une correspondance")
            proposition = propose_source(nom, lecture.feuilles, contexte.catalogue, contexte.annuaire)
            source, origine = proposition.source, "proposition"
        if source is not None:
            source = _precise(source, precisions)
    except (FichierIllisibleError, OSError) as erreur:
        motif = str(erreur) if isinstance(erreur, FichierIllisibleError) else _explain_systeme(nom, erreur)
        rapport |= {"motif": motif, "anomalies": {"erreur": 1, "rejet": 0, "avertissement": 0}}
        return Examen(chemin, rapport)
    rapport["source"] = _describe_source(source, origine, proposition)
    if source is None:
        rapport |= {
            "verdict": SANS_SOURCE,
            "motif": "aucune source ne décrit ce fichier, et la proposition est incomplète",
            "anomalies": {"erreur": 1, "rejet": 0, "avertissement": 0},
        }
        return Examen(chemin, rapport, lecture)
    analyse = _analyse(lecture, source, contexte, etape)
    rapport |= _describe_analyse(analyse)
    if source.list_a_preciser():
        rapport["periodes"] = {"premiere": None, "derniere": None}
    if analyse.referentiel is not None and not analyse.bloquee:
        rapport |= {
            "verdict": REFERENTIEL,
            "motif": "ce fichier décrit des organismes, il ne porte aucun résultat : il est comparé, rien n'est chargé",
        }
        return Examen(chemin, rapport, lecture, source, analyse)
    if origine == "proposition" and not accepter_proposition and not analyse.bloquee:
        rapport |= {
            "verdict": SANS_SOURCE,
            "motif": "aucune source ne décrit ce fichier : la correspondance proposée est à accepter ou à compléter",
        }
    return Examen(chemin, rapport, lecture, source, analyse)


def _explain_systeme(nom: str, erreur: OSError) -> str:
    """Why the system does not let a file be read."""
    if isinstance(erreur, PermissionError):
        return f"{nom} : lecture interdite. Donnez le droit de lire ce fichier, ou copiez-le ailleurs."
    return f"{nom} : lecture impossible ({erreur.strerror or erreur}). Copiez le fichier ailleurs, puis recommencez."


def _precise(source: SourceFichier, precisions: Mapping[str, str]) -> SourceFichier:
    """The mapping with what the load gives.

    Raises:
        FichierIllisibleError: a precision that the source does not ask for, or a period that cannot be dated.
    """
    if inutiles := [role for role in precisions if role not in source.a_preciser]:
        raise FichierIllisibleError(
            f"La source « {source.code} » dit déjà {', '.join(inutiles)} : rien n'est à préciser pour ce fichier."
        )
    if "periode" in precisions:
        try:
            parse_periode(precisions["periode"])
        except PeriodeIndecidableError:
            raise FichierIllisibleError(
                f"La période donnée « {precisions['periode']} » ne se date pas. {REGLES['periode_indecidable'].remede}"
            ) from None
    return source.precise(precisions)


def _analyse(lecture: Lecture, source: SourceFichier, contexte: Contexte, etape: Etape) -> Analyse:
    """The analysis of a file; without the period its source asks for, it blocks, and all the rest is controlled."""
    if not source.list_a_preciser():
        return analyse_fichier(lecture, source, contexte, etape)
    essai = source.precise({"periode": str(contexte.aujourdhui.year - 1)})
    analyse = analyse_fichier(lecture, essai, replace(contexte, precedents=None, publies=None, derniere=None), etape)
    anomalies = Anomalies()
    anomalies.add("periode_absente", "le fichier ne dit pas sa période, et rien ne permet de la deviner")
    toutes = pl.concat([anomalies.build_frame(), analyse.anomalies])
    return replace(analyse, anomalies=toutes)


def _changes_lecture(source: SourceFichier) -> bool:
    """Whether a mapping says something about reading itself, so that the file must be read again with it."""
    return any(
        (source.feuilles, source.ligne_entete, source.ligne_unites is not None, source.separateur, source.encodage)
    )


def _describe_lecture(lecture: Lecture) -> dict[str, Any]:
    return {
        "sha256": lecture.sha256,
        "octets": lecture.octets,
        "format": lecture.format,
        "encodage": lecture.encodage,
        "separateur": lecture.separateur,
        "feuilles": [
            {
                "nom": f.nom,
                "ligne_entete": f.rang_entete,
                "colonnes": f.colonnes,
                "lignes": f.lignes_lues,
                "lignes_masquees": len(f.lignes_masquees),
            }
            for f in lecture.feuilles
        ],
        "feuilles_ignorees": list(lecture.feuilles_ignorees),
    }


def _describe_source(source: SourceFichier | None, origine: str, proposition: Proposition | None) -> dict[str, Any]:
    return {
        "code": source.code if source else None,
        "titre": source.titre if source else None,
        "origine": origine,
        "confiance": proposition.confiance if proposition else 1.0,
        "a_completer": list(proposition.a_completer) if proposition else [],
        "raisons": list(proposition.raisons) if proposition else [],
        "yaml": proposition.yaml if proposition else None,
        "a_preciser": source.list_a_preciser() if source else [],
        "precisions": {role: source.constantes[role] for role in source.a_preciser if role in source.constantes}
        if source
        else {},
    }


def _describe_analyse(analyse: Analyse) -> dict[str, Any]:
    comptes = count_par_gravite(analyse.anomalies)
    faits = analyse.faits
    verdict = BLOQUE if analyse.bloquee else (AVEC_ALERTES if sum(comptes.values()) else PUBLIABLE)
    debut, fin = faits["periode_debut"].min(), faits["periode_fin"].max()
    return {
        "verdict": verdict,
        "lignes_lues": analyse.lignes_lues,
        "lignes_gardees": analyse.lignes_gardees,
        "lignes_rejetees": analyse.lignes_rejetees,
        "cellules_rejetees": count_cellules_refusees(analyse),
        "faits": faits.height,
        "statuts": dict(sorted(faits.group_by("statut").len().iter_rows())) if faits.height else {},
        "organismes": faits["code_entite"].n_unique() if faits.height else 0,
        "indicateurs": sorted(faits["code_indicateur"].unique()) if faits.height else [],
        "periodes": {
            "premiere": debut.isoformat() if isinstance(debut, dt.date) else None,
            "derniere": fin.isoformat() if isinstance(fin, dt.date) else None,
        },
        "anomalies": comptes,
        "par_regle": build_resume(analyse.anomalies),
        "details": analyse.anomalies.head(DETAILS_MAX).to_dicts(),
        "details_total": analyse.anomalies.height,
        "corrections": [asdict(c) for c in analyse.corrections],
        "referentiel": analyse.referentiel.describe() if analyse.referentiel is not None else None,
    }
