"""Controls of the rows of a file of communes: names and départements that disagree with codes, communes given twice."""

from __future__ import annotations

import polars as pl

from data.modele import Maille
from data.source import SourceFichier
from etl.chargement.anomalies import Anomalies
from etl.chargement.entites import Annuaire, EntiteInconnueError, format_nom_commune

_CLE = ["code_entite", "indicateur", "periode", "periode_debut", "periode_fin", "segment"]


def check_communes(
    resolues: pl.DataFrame, source: SourceFichier, annuaire: Annuaire, anomalies: Anomalies
) -> pl.DataFrame:
    """The rows that may be kept, once each disagreement is said; a file without communes is returned as it is."""
    communes = resolues.filter(pl.col("maille") == Maille.COMMUNE.value)
    if communes.is_empty():
        return resolues
    if "departement" in resolues.columns:
        resolues = _check_departements(resolues, source, annuaire, anomalies)
    if "nom" in resolues.columns:
        _check_noms(resolues, source, annuaire, anomalies)
    if source.disposition == "comptage":  # several things may lie in one commune
        return resolues
    _check_arrondissements(resolues, source, annuaire, anomalies)
    return _drop_fusionnees(resolues, source, annuaire, anomalies)


def _check_departements(
    resolues: pl.DataFrame, source: SourceFichier, annuaire: Annuaire, anomalies: Anomalies
) -> pl.DataFrame:
    """Refuse the rows whose département is not that of their commune; a blank one contradicts nothing."""
    paires = resolues.select("code_entite", "departement").unique(maintain_order=True)
    lignes = []
    for code, texte in paires.iter_rows():
        commune = annuaire.commune_par_code.get(code)
        if commune is None or not (texte or "").strip():
            continue
        try:
            declare = annuaire.find_departement(texte)
        except EntiteInconnueError as erreur:
            lignes.append((code, texte, erreur.motif))
            continue
        if declare != commune.departement:
            motif = f"la commune {commune.nom} ({code}) est dans le département {commune.departement}, pas « {texte} »"
            lignes.append((code, texte, motif))
    refuses = pl.DataFrame(
        lignes, schema={"code_entite": pl.String, "departement": pl.String, "motif": pl.String}, orient="row"
    )
    anomalies.add_frame(
        "departement_contradictoire",
        resolues.join(refuses, on=["code_entite", "departement"], maintain_order="left").select(
            "feuille",
            "rang",
            pl.lit(source.colonnes["departement"]).alias("colonne"),
            pl.col("departement").alias("valeur"),
            "motif",
        ),
    )
    return resolues.join(refuses, on=["code_entite", "departement"], how="anti", maintain_order="left")


def _check_noms(resolues: pl.DataFrame, source: SourceFichier, annuaire: Annuaire, anomalies: Anomalies) -> None:
    """Say the rows whose name is not that of their code, nor that of the commune it belongs to today."""
    lignes = []
    for organisme, code, nom in resolues.select("organisme", "code_entite", "nom").unique(maintain_order=True).rows():
        ecrite, actuelle = (annuaire.commune_par_code.get(c or "") for c in ((organisme or "").strip().upper(), code))
        connus = [c.nom for c in (ecrite, actuelle) if c is not None]
        if (nom or "").strip() and connus and format_nom_commune(nom) not in map(format_nom_commune, connus):
            lignes.append((organisme, nom, f"le fichier dit « {nom} », le code {organisme} est celui de {connus[0]}"))
    differents = pl.DataFrame(
        lignes, schema={"organisme": pl.String, "nom": pl.String, "motif": pl.String}, orient="row"
    )
    anomalies.add_frame(
        "nom_different",
        resolues.join(differents, on=["organisme", "nom"], maintain_order="left").select(
            "feuille", "rang", pl.lit(source.colonnes["nom"]).alias("colonne"), pl.col("nom").alias("valeur"), "motif"
        ),
    )


def _check_arrondissements(
    resolues: pl.DataFrame, source: SourceFichier, annuaire: Annuaire, anomalies: Anomalies
) -> None:
    """A commune and its arrondissements in one file: the same inhabitants would be counted twice."""
    codes = set(resolues["code_entite"])
    for commune in annuaire.commune_par_code.values():
        if commune.type != "ARM" or commune.actuel not in codes or commune.code not in codes:
            continue
        premiere = resolues.filter(code_entite=commune.actuel).row(0, named=True)
        anomalies.add(
            "niveau_melange",
            f"le fichier donne {annuaire.commune_par_code[commune.actuel].nom} ({commune.actuel}) et ses "
            "arrondissements : une somme compterait les mêmes personnes deux fois",
            feuille=premiere["feuille"],
            rang=premiere["rang"],
            colonne=source.colonnes.get("organisme"),
            valeur=premiere["organisme"],
        )
        codes.discard(commune.actuel)  # said once


def _drop_fusionnees(
    resolues: pl.DataFrame, source: SourceFichier, annuaire: Annuaire, anomalies: Anomalies
) -> pl.DataFrame:
    """Refuse the former communes that their commune nouvelle, or another value of one of them, contradicts."""
    ancienne = pl.col("organisme").str.strip_chars().str.to_uppercase() != pl.col("code_entite")
    codes = set(annuaire.commune_par_code)
    marquees = resolues.with_columns(
        __ancienne__=ancienne & pl.col("organisme").str.strip_chars().str.to_uppercase().is_in(codes)
    )
    groupes = (
        marquees.group_by(_CLE)
        .agg(
            presente=(~pl.col("__ancienne__")).any(),
            ecritures=pl.col("valeur_imprimee").n_unique(),
            anciennes=pl.col("__ancienne__").sum(),
        )
        .filter((pl.col("anciennes") > 0) & (pl.col("presente") | (pl.col("ecritures") > 1)))
    )
    if groupes.is_empty():
        return resolues
    refusees = marquees.filter("__ancienne__").join(groupes, on=_CLE, nulls_equal=True, maintain_order="left")
    nom = pl.col("code_entite").replace_strict({c.code: c.nom for c in annuaire.commune_par_code.values()})
    anomalies.add_frame(
        "commune_fusionnee",
        refusees.select(
            "feuille",
            "rang",
            pl.lit(source.colonnes.get("organisme"), pl.String).alias("colonne"),
            pl.col("organisme").alias("valeur"),
            pl.when("presente")
            .then(pl.format("ancienne commune de {} ({}), que le fichier donne aussi", nom, "code_entite"))
            .otherwise(
                pl.format("{} anciennes communes de {} ({}), de valeurs différentes", "anciennes", nom, "code_entite")
            )
            .alias("motif"),
        ),
    )
    ou = ["feuille", "rang", "colonne"]
    return marquees.join(refusees.select(ou), on=ou, how="anti", nulls_equal=True, maintain_order="left").drop(
        "__ancienne__"
    )
