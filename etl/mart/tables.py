"""From definitions, published files and simulation to the tables of a publication."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from data.catalogue import DEFINITIONS, Catalogue
from data.modele import Indicateur
from data.schemas import (
    CHARGEMENT,
    CIBLE,
    DOMAINE,
    FICHIER,
    GRANDEUR,
    INDICATEUR,
    ORGANISME,
    REJET,
    REPARTITION,
    TERRITOIRE,
    TRANCHE,
    VALEUR,
    build_frame,
)
from etl.socle import cog, delais_ij, interessement
from etl.socle.socle import Socle
from etl.sources.publie import Fichier


def build_organismes(catalogue: Catalogue, territoires: pl.DataFrame) -> pl.DataFrame:
    """``mart_organisme``, with the names of régions and départements resolved."""
    departements = {t["code"]: t["nom"] for t in territoires.filter(pl.col("niveau") == "departement").to_dicts()}
    return build_frame(
        ORGANISME,
        [
            {
                "code_organisme": o.code,
                "type_organisme": o.type.value,
                "nom": o.nom,
                "nom_court": o.nom_court,
                "codes_region": list(o.regions or []),
                "codes_departement": list(o.departements),
                "noms_region": [catalogue.region_par_code[r].nom for r in o.regions or []],
                "noms_departement": [departements[d] for d in o.departements],
                "est_infra_departementale": o.infra_departementale,
                "ordre": ordre,
            }
            for ordre, o in enumerate(catalogue.organismes)
        ],
    )


def build_indicateurs(catalogue: Catalogue) -> pl.DataFrame:
    """``mart_indicateur``."""
    composantes = {c for i in catalogue.indicateurs for c in i.composantes}
    return build_frame(
        INDICATEUR,
        [_build_indicateur(i, ordre, i.code in composantes) for ordre, i in enumerate(catalogue.indicateurs)],
    )


def _build_indicateur(indicateur: Indicateur, ordre: int, est_composante: bool) -> dict[str, Any]:
    return {
        "code_indicateur": indicateur.code,
        "referentiel": indicateur.referentiel.value,
        "numero": indicateur.numero,
        "portee": indicateur.portee.value if indicateur.portee else None,
        "titre": indicateur.titre,
        "titre_court": indicateur.titre_court,
        "domaine": indicateur.domaine,
        "processus": indicateur.processus,
        "unite": indicateur.unite,
        "statistique": indicateur.statistique.value,
        "sens": indicateur.sens.value,
        "maille": indicateur.maille.value,
        "est_composante": est_composante,
        "ordre": ordre,
    }


def build_socle(catalogue: Catalogue, fichiers: Mapping[str, Fichier]) -> Socle:
    """Run every loader of published files; files no loader knows are kept as printed only."""
    socle = Socle()
    note = {nom.removeprefix("interessement_2023_"): f for nom, f in fichiers.items()}
    interessement.load_organismes(socle, catalogue, note["organismes"])
    interessement.load_syntheses(socle, catalogue, note["syntheses"])
    interessement.load_moyennes(socle, catalogue, note["moyennes"])
    interessement.load_part_nationale(socle, catalogue, note["part_nationale"])
    interessement.load_part_locale(socle, catalogue, note["part_locale_indicateurs"])
    interessement.load_repartition_composantes(socle, catalogue, note["repartition_composantes"])
    interessement.load_cnam(socle, catalogue, note["cnam_indicateurs"])
    interessement.load_domaines(socle, note["domaines"])
    interessement.load_domaines_cnam(socle, note["cnam_domaines"])
    interessement.load_tranches(socle, note["tranches"])
    interessement.load_masse(socle, note["masse"])
    interessement.load_etp(socle, note["etp"])
    cog.load_cibles(socle, catalogue, fichiers["cog_2023_2027_cibles_typees"], fichiers["cog_2023_2027_indicateurs"])
    correspondances = delais_ij.load_correspondances(DEFINITIONS / "sources" / "igas_delais_ij.yaml")
    delais_ij.load_valeurs_igas(socle, catalogue, fichiers["igas_2018_2022_valeurs_indicateurs"], correspondances)
    delais_ij.load_premiere_ij_2014_2016(socle, catalogue, fichiers["cog_2014_2017_indicateurs"])
    delais_ij.load_premiere_ij_maladie(socle, catalogue, fichiers["delais_ij_maladie_2013_2016"])
    delais_ij.load_canal(socle, catalogue, fichiers["delais_ij_canal_2017"])
    delais_ij.load_montant(socle, catalogue, fichiers["igas_delais_ij_par_montant"])
    return socle


def build_brut(fichiers: Mapping[str, Fichier]) -> dict[str, pl.DataFrame]:
    """Every published file as printed: text columns, plus ``rang``."""
    return {
        nom: pl.DataFrame(
            {"rang": [ligne.rang for ligne in f.lignes]} | {c: [ligne[c] for ligne in f.lignes] for c in f.colonnes},
            schema={"rang": pl.Int64} | dict.fromkeys(f.colonnes, pl.String),
        )
        for nom, f in fichiers.items()
    }


def build_fichiers(fichiers: Iterable[Fichier], socle: Socle, autres: Iterable[dict[str, Any]]) -> pl.DataFrame:
    """``mart_fichier``: rows read, kept and rejected per file. A row is rejected when it gave no fact at all."""
    lignes: list[dict[str, Any]] = []
    for fichier in fichiers:
        rejetees = {r["rang"] for r in socle.rejets if r["fichier"] == fichier.nom} - socle.gardees[fichier.nom]
        lignes.append(
            {
                "fichier": fichier.nom,
                "sha256": fichier.sha256,
                "octets": fichier.octets,
                "source": ", ".join(sorted({ligne["document"] for ligne in fichier.lignes})),
                "lignes_lues": len(fichier.lignes),
                "lignes_gardees": len(fichier.lignes) - len(rejetees),
                "lignes_rejetees": len(rejetees),
                "usage": "faits" if socle.gardees[fichier.nom] else "référence",
            }
        )
    return build_frame(FICHIER, [*lignes, *autres])


def build_tables(
    catalogue: Catalogue,
    socle: Socle,
    simulation: list[dict[str, Any]],
    territoires: pl.DataFrame,
    fichiers: pl.DataFrame,
) -> dict[str, pl.DataFrame]:
    """All mart tables but ``mart_controle`` and ``mart_publication``; ``mart_chargement`` is empty until loads join."""
    valeurs = pl.concat([socle.build_frame(VALEUR), build_frame(VALEUR, simulation)])
    tables = {
        table.nom: socle.build_frame(table)
        for table in (CIBLE, REPARTITION, DOMAINE, TRANCHE, GRANDEUR, REJET, CHARGEMENT)
    }
    return tables | {
        VALEUR.nom: valeurs,
        ORGANISME.nom: build_organismes(catalogue, territoires),
        INDICATEUR.nom: build_indicateurs(catalogue),
        TERRITOIRE.nom: territoires.select(list(TERRITOIRE.colonnes)),
        FICHIER.nom: fichiers,
    }
