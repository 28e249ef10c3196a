"""A file where each row is a thing in a commune: rows are counted by territory, once each.

A territory without a row is zero only where the source says that the file holds everything (``couverture``); elsewhere
nothing is said of it.
"""

from __future__ import annotations

import polars as pl

from data.modele import Maille, Statut
from data.source import SourceFichier
from etl.chargement.agregats import build_lignes, format_codes, get_territoire, name_niveau
from etl.chargement.anomalies import Anomalies
from etl.chargement.lecture.feuille import Feuille

MARGE = 0.05  # degrees around the box of a département, about 5 km: a point on its border is not outside
_PERIODE = ["periode_debut", "periode_fin", "granularite"]
_INDICATEUR = ["code_indicateur", "referentiel", "unite_indicateur", "statistique", "borne_min", "borne_max"]


def drop_doubles(points: pl.DataFrame, source: SourceFichier, anomalies: Anomalies) -> pl.DataFrame:
    """Keep the first row of each identifier and period; a blank identifier cannot be told from another."""
    if "identifiant" not in points.columns:
        return points
    cles = ["identifiant", *_PERIODE, "code_indicateur"]
    rempli = pl.col("identifiant").str.strip_chars() != ""
    suivantes = points.filter(rempli & ~pl.struct(cles).is_first_distinct())
    if suivantes.is_empty():
        return points
    premieres = points.filter(rempli).group_by(cles).agg(pl.col("rang").first().alias("premier"))
    anomalies.add_frame(
        "identifiant_double",
        suivantes.join(premieres, on=cles, how="left", maintain_order="left").select(
            "feuille",
            "rang",
            pl.lit(source.colonnes["identifiant"]).alias("colonne"),
            pl.col("identifiant").alias("valeur"),
            pl.format("même identifiant que la ligne {} : comptée une fois", "premier").alias("motif"),
        ),
    )
    return points.filter(~rempli | pl.struct(cles).is_first_distinct())


def check_coordonnees(
    points: pl.DataFrame, source: SourceFichier, communes: pl.DataFrame, anomalies: Anomalies
) -> None:
    """Coordinates that cannot be read, or lie outside the box of the département of their commune."""
    if not {"latitude", "longitude"} <= set(points.columns):
        return
    boites = communes.group_by("code_departement").agg(
        pl.col("ouest").min(), pl.col("sud").min(), pl.col("est").max(), pl.col("nord").max()
    )
    nombre = {
        nom: pl.col(nom).str.strip_chars().str.replace(",", ".", literal=True).cast(pl.Float64, strict=False)
        for nom in ("latitude", "longitude")
    }
    situes = (
        points.filter((pl.col("latitude").str.strip_chars() != "") | (pl.col("longitude").str.strip_chars() != ""))
        .join(
            communes.select(pl.col("code_commune").alias("code_entite"), "code_departement"),
            on="code_entite",
            how="left",
            maintain_order="left",
        )
        .join(boites, on="code_departement", how="left", maintain_order="left")
        .with_columns(y=nombre["latitude"], x=nombre["longitude"])
    )
    dedans = _is_dedans("x", "y")
    anomalies.add_frame(
        "coordonnees_hors_departement",
        situes.filter(~dedans.fill_null(value=False)).select(
            "feuille",
            "rang",
            pl.lit(source.colonnes["latitude"]).alias("colonne"),
            pl.format("{} ; {}", "latitude", "longitude").alias("valeur"),
            pl.when(pl.col("x").is_null() | pl.col("y").is_null())
            .then(pl.lit("coordonnées illisibles"))
            .when(_is_dedans("y", "x"))
            .then(pl.format("latitude et longitude inversées ? Le point n'est pas dans {}", "code_departement"))
            .otherwise(pl.format("le point n'est pas dans le département {} de sa commune", "code_departement"))
            .alias("motif"),
        ),
    )


def _is_dedans(x: str, y: str) -> pl.Expr:
    return pl.col(x).is_between(pl.col("ouest") - MARGE, pl.col("est") + MARGE) & pl.col(y).is_between(
        pl.col("sud") - MARGE, pl.col("nord") + MARGE
    )


def count_points(
    points: pl.DataFrame,
    source: SourceFichier,
    communes: pl.DataFrame,
    feuilles: tuple[Feuille, ...],
    anomalies: Anomalies,
) -> pl.DataFrame:
    """Rows of typed facts: the number of rows of each territory.

    A département has a count when it has a row, or lies in a région of ``couverture``. A territory above has one when
    all its départements do.

    Args:
        points: rows with their commune, indicateur and period.
        source: its ``agregats`` and ``couverture``.
        communes: columns of ``mart_commune``.
        feuilles: sheets of the file.
        anomalies: territories left without a total are said there.
    """
    if points.is_empty():
        return points.clear()
    situes = points.join(
        communes.select(
            pl.col("code_commune").alias("code_entite"), "code_departement", "code_region", "code_caisse", "code_actuel"
        ),
        on="code_entite",
        how="left",
    )
    toutes = communes.filter(type="COM")
    morceaux: list[pl.DataFrame] = []
    for (code, *_autres), lot in situes.group_by(_INDICATEUR, maintain_order=True):
        indicateur = lot.select(_INDICATEUR).row(0, named=True)
        for maille in source.agregats:
            comptes = _count_territoires(lot, toutes, maille, source)
            partiels = comptes.filter(~pl.col("complet"))["territoire"].unique(maintain_order=True).to_list()
            if partiels:
                detail = "" if maille is Maille.RESEAU else f" : {format_codes(partiels)}"
                anomalies.add(
                    "couverture_partielle",
                    f"aucun total pour {name_niveau(maille, len(partiels))} ({code}) : des départements n'ont aucune "
                    f"ligne, et rien ne dit qu'ils n'en ont pas à compter{detail}",
                )
            gardes = comptes.filter("complet").drop("complet")
            morceaux.append(build_lignes(gardes, maille, source.colonnes.get("identifiant"), feuilles, indicateur))
    return pl.concat(morceaux, how="diagonal")


def _count_territoires(lot: pl.DataFrame, toutes: pl.DataFrame, maille: Maille, source: SourceFichier) -> pl.DataFrame:
    """Counts by territory and period, and whether every département of the territory is spoken of (``complet``)."""
    periodes = lot.select(*_PERIODE).unique(maintain_order=True)
    appartenance = toutes.select(get_territoire(maille), "code_departement", "code_region").unique(maintain_order=True)
    vus = lot.group_by(*_PERIODE, get_territoire(maille), "code_departement").agg(
        nombre=pl.len(), feuille=pl.col("feuille").first()
    )
    feuille = lot["feuille"][0]
    declare = pl.col("code_region").is_in(source.couverture)
    # A caisse smaller than its département is spoken of as soon as its département is: its zero is then a true one.
    departements_vus = lot.select(*_PERIODE, "code_departement").unique().with_columns(vu=pl.lit(value=True))
    return (
        periodes.join(appartenance, how="cross")
        .join(departements_vus, on=[*_PERIODE, "code_departement"], how="left")
        .join(vus, on=[*_PERIODE, "territoire", "code_departement"], how="left")
        .group_by("territoire", *_PERIODE)
        .agg(
            valeur=pl.col("nombre").fill_null(0).sum().cast(pl.Float64),
            complet=(pl.col("vu").fill_null(value=False) | declare).all(),
            touche=(pl.col("vu").fill_null(value=False) | declare).any(),
        )
        .filter("touche")
        .sort("territoire", *_PERIODE)
        .select(
            "territoire",
            *_PERIODE,
            "valeur",
            "complet",
            feuille=pl.lit(feuille, pl.String),
            numerateur=pl.lit(None, pl.Float64),
            denominateur=pl.lit(None, pl.Float64),
            statut=pl.lit(Statut.PUBLIE.value),
            note=pl.format("{} ligne(s) comptée(s)", pl.col("valeur").cast(pl.Int64)),
            approchee=pl.lit(value=False),
        )
    )
