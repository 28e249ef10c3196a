"""From a file to facts, rejects and findings: read, map, correct, resolve, type, control, hold to the contract."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from data.catalogue import Catalogue
from data.modele import Nature, Statut
from data.schemas import VALEUR
from data.source import Correction, SourceFichier
from etl.chargement import controles
from etl.chargement.anomalies import Anomalies, Gravite, list_cellules_refusees
from etl.chargement.categories import aggregate_categories, type_categories
from etl.chargement.communes import check_communes
from etl.chargement.contrat import check_contrat
from etl.chargement.corrections import CorrectionAppliquee, apply_corrections
from etl.chargement.entites import Annuaire
from etl.chargement.lecture.fichier import Lecture
from etl.chargement.mise_en_long import TERRITORIALES, build_long
from etl.chargement.points import check_coordonnees, count_points, drop_doubles
from etl.chargement.referentiel import Comparaison, compare_organismes
from etl.chargement.resolution import resolve_entites, resolve_indicateurs, resolve_periodes
from etl.chargement.typage import type_faits

Etape = Callable[[str], None]


@dataclass(frozen=True)
class Contexte:
    """What a file is compared with: the definitions, the names, and what is already known.

    ``publies``: facts of the shipped documents; ``precedents``: facts of the published loads (columns of
    ``controles.CLE``, valeur, statut); either may be unknown (None). ``derniere``: last period loaded per source.
    """

    catalogue: Catalogue
    annuaire: Annuaire
    corrections: tuple[Correction, ...]
    aujourdhui: dt.date
    publies: pl.DataFrame | None = None
    precedents: pl.DataFrame | None = None
    derniere: dict[str, dt.date] | None = None


@dataclass(frozen=True)
class Analyse:
    """What became of a file. ``faits`` has the columns of ``mart_valeur`` (chargement is filled when it is stored)."""

    faits: pl.DataFrame
    anomalies: pl.DataFrame
    lignes_lues: int
    lignes_gardees: int
    corrections: tuple[CorrectionAppliquee, ...]
    referentiel: Comparaison | None = None  # of a file that describes organismes and holds no result

    @property
    def lignes_rejetees(self) -> int:
        """Rows of the file that gave no fact at all."""
        return self.lignes_lues - self.lignes_gardees

    @property
    def bloquee(self) -> bool:
        """Whether an error forbids loading."""
        return bool((self.anomalies["gravite"] == Gravite.ERREUR.value).any())


def analyse_fichier(
    lecture: Lecture, source: SourceFichier, contexte: Contexte, etape: Etape = lambda _: None
) -> Analyse:
    """Run every step on a file that could be read; nothing is written.

    ``etape`` is told the name (French) of each step, for a progress bar.
    """
    anomalies = Anomalies(source.controles.gravites)
    for feuille in lecture.feuilles_ignorees:
        anomalies.add("feuille_ignoree", "feuille masquée ou sans tableau, non lue", feuille=feuille)
    etape("mise en forme")
    mise = build_long(lecture.feuilles, source, contexte.catalogue, anomalies)
    long, appliquees = apply_corrections(mise.frame, contexte.corrections, source.code, lecture.fichier, anomalies)
    controles.check_ordre_periodes(
        list(long.select("feuille", "colonne").unique(maintain_order=True).iter_rows()), anomalies
    )
    if source.disposition == "referentiel":
        etape("comparaison des organismes")
        comparaison = compare_organismes(long, source, contexte.annuaire, anomalies)
        vides = pl.DataFrame(schema=dict(VALEUR.colonnes))
        toutes = anomalies.build_frame()
        return Analyse(vides, toutes, mise.lignes_lues, mise.lignes_lues, tuple(appliquees), comparaison)
    etape("organismes, indicateurs et périodes")
    resolues = resolve_entites(long, source, contexte.annuaire, anomalies)
    resolues = check_communes(resolues, source, contexte.annuaire, anomalies)
    resolues = resolve_indicateurs(resolues, source, contexte.catalogue, anomalies)
    colonne = source.colonnes.get("periode") or source.colonnes.get("annee") or source.colonnes.get("periode_debut")
    resolues = resolve_periodes(resolues, anomalies, aujourdhui=contexte.aujourdhui, colonne=colonne)
    etape("valeurs")
    typees, comptees = _type_lignes(resolues, source, lecture, contexte, anomalies)
    typees = _set_statut(typees.with_columns(mesure=pl.lit(source.mesure)), source)
    etape("contrôles")
    typees = controles.drop_doublons(typees, anomalies)
    controles.check_bornes(typees, anomalies)
    controles.check_effectifs(typees, anomalies)
    controles.check_renvois_colles(typees, anomalies)
    controles.check_totaux(typees, source, contexte.catalogue, contexte.annuaire, anomalies)
    controles.check_niveaux(typees, contexte.catalogue, anomalies)
    controles.check_poids(typees, source, anomalies)
    controles.check_recul(typees, (contexte.derniere or {}).get(source.code), anomalies)
    controles.check_revisions(typees, contexte.precedents, anomalies)
    typees = controles.drop_deja_publies(typees, contexte.publies, anomalies)
    etape("contrat")
    faits = check_contrat(_build_faits(typees, source, lecture), anomalies)
    if faits.is_empty():
        anomalies.add("aucun_fait", f"aucun fait sur {mise.lignes_lues} ligne(s) lue(s)")
    toutes = anomalies.build_frame()
    gardees = 0 if faits.is_empty() else _count_gardees(faits, lecture) + comptees
    return Analyse(_flag(faits, toutes), toutes, mise.lignes_lues, gardees, tuple(appliquees))


def _type_lignes(
    resolues: pl.DataFrame, source: SourceFichier, lecture: Lecture, contexte: Contexte, anomalies: Anomalies
) -> tuple[pl.DataFrame, int]:
    """Rows of typed facts, sums over communes included, and the number of rows that were counted into sums only."""
    communes, feuilles = contexte.annuaire.communes, lecture.feuilles
    if source.disposition == "comptage":
        points = drop_doubles(resolues, source, anomalies)
        check_coordonnees(points, source, communes, anomalies)
        comptes = count_points(points, source, communes, feuilles, anomalies)
        return _complete(comptes), points.height
    resolues = resolues.drop(TERRITORIALES, strict=False)
    if source.categories is not None:
        categories = controles.drop_doublons(
            type_categories(resolues, source, anomalies).with_columns(mesure=pl.lit(source.mesure)), anomalies
        )
        toutes = aggregate_categories(categories, source, contexte.catalogue, communes, feuilles, anomalies)
        return _complete(toutes), 0
    formules = pl.DataFrame(
        [(f.nom, rang, c) for f in feuilles for rang, c in f.formules],
        schema={"feuille": pl.String, "rang": pl.Int64, "colonne": pl.String},
        orient="row",
    )
    resolues = resolues.join(formules, on=["feuille", "rang", "colonne"], how="anti", nulls_equal=True)
    return type_faits(resolues, source, anomalies), 0


def _complete(lignes: pl.DataFrame) -> pl.DataFrame:
    """Rows of sums with every column a typed row has."""
    absentes = {
        "valeur_imprimee": pl.String,
        "borne_basse": pl.Float64,
        "borne_haute": pl.Float64,
        "valeur_date": pl.Date,
        "renvoi": pl.String,
        "precision": pl.String,
    }
    return lignes.with_columns(pl.lit(None, sorte).alias(c) for c, sorte in absentes.items() if c not in lignes.columns)


def _count_gardees(faits: pl.DataFrame, lecture: Lecture) -> int:
    """Rows of the file that gave a fact of their own: a sum is not a row."""
    entetes = pl.DataFrame(
        [(f.nom, f.rang_entete) for f in lecture.feuilles],
        schema={"source_feuille": pl.String, "source_rang": pl.Int64},
        orient="row",
    )
    cles = ["source_feuille", "source_rang"]
    lignes = faits.group_by("source_feuille").agg(pl.col("source_rang").unique()).explode("source_rang")
    return lignes.join(entetes, on=cles, how="anti", nulls_equal=True).height


def _set_statut(typees: pl.DataFrame, source: SourceFichier) -> pl.DataFrame:
    """A fact with a value takes the statut its source declares (published, provisional, adjusted)."""
    return typees.with_columns(
        statut=pl.when(pl.col("statut") == Statut.PUBLIE.value)
        .then(pl.lit(source.statut.value))
        .otherwise(pl.col("statut"))
    )


def _build_faits(typees: pl.DataFrame, source: SourceFichier, lecture: Lecture) -> pl.DataFrame:
    """Typed rows as rows of ``mart_valeur``; the imprecision and the footnote of a cell go to its note."""
    notes = pl.concat_str(
        pl.col("note").str.strip_chars().replace("", None),
        pl.when(pl.col("approchee")).then(pl.lit("valeur approchée")),
        pl.when(pl.col("renvoi").is_not_null()).then(pl.format("renvoi {}", "renvoi")),
        "precision",
        separator=" ; ",
        ignore_nulls=True,
    ).replace("", None)
    return typees.with_columns(
        source=pl.lit(source.code),
        source_ligne=pl.lit(None, pl.String),
        source_fichier=pl.lit(lecture.fichier),
        source_rang=pl.col("rang"),
        source_feuille=pl.col("feuille"),
        source_colonne=pl.col("colonne"),
        nature=pl.lit(Nature.PUBLIEE.value),
        note=notes,
        chargement=pl.lit(None, pl.String),
        alertes=pl.lit(None, pl.String),
    ).select(pl.col(c).cast(t) for c, t in VALEUR.colonnes.items())


def _flag(faits: pl.DataFrame, anomalies: pl.DataFrame) -> pl.DataFrame:
    """Put the names of the warnings on the facts they are about (a warning on a whole row marks all its facts)."""
    avertissements = anomalies.filter(pl.col("gravite") == Gravite.AVERTISSEMENT.value, pl.col("rang").is_not_null())
    if avertissements.is_empty() or faits.is_empty():
        return faits
    for cle, condition in (
        (["source_feuille", "source_rang", "source_colonne"], pl.col("colonne").is_not_null()),
        (["source_feuille", "source_rang"], pl.col("colonne").is_null()),
    ):
        noms = (
            avertissements.filter(condition)
            .rename({"feuille": "source_feuille", "rang": "source_rang", "colonne": "source_colonne"})
            .group_by(cle)
            .agg(pl.col("regle").unique().sort().str.join(", ").alias("noms"))
        )
        faits = (
            faits.join(noms, on=cle, how="left", nulls_equal=True, maintain_order="left")
            .with_columns(alertes=pl.concat_str("alertes", "noms", separator=", ", ignore_nulls=True).replace("", None))
            .drop("noms")
        )
    return faits


def list_rejets(analyse: Analyse) -> pl.DataFrame:
    """Findings that refuse a cell or a row, or flag a fact: what ``mart_rejet`` keeps."""
    return analyse.anomalies.filter(pl.col("gravite") != Gravite.ERREUR.value)


def count_cellules_refusees(analyse: Analyse) -> int:
    """Number of distinct cells (or whole rows) refused."""
    return list_cellules_refusees(analyse.anomalies).height
