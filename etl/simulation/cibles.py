"""Simulated targets: socle and objectif of each local indicateur, year by year."""

from __future__ import annotations

import numpy as np
import polars as pl

from data.catalogue import Catalogue
from data.modele import Forme, Indicateur, Nature
from data.schemas import CIBLE
from etl.simulation.faits import FICHIER, NOTE_CIBLE, SOURCE
from etl.simulation.fractions import Cible
from etl.simulation.parametres import ANNEES, Genre, Parametres, ParametresIndicateur
from etl.socle.interessement import ANNEE


def build_cible(indicateur: Indicateur, hypotheses: ParametresIndicateur, type_note: str, annee: int) -> Cible:
    """Thresholds of a year, and the bounds of the figures."""
    socle, objectif = (seuil - hypotheses.recul * (ANNEE - annee) for seuil in hypotheses.cibles[type_note])
    bas = -np.inf if indicateur.bornes.min is None else indicateur.bornes.min
    haut = np.inf if indicateur.bornes.max is None else indicateur.bornes.max
    if hypotheses.genre in {Genre.TAUX, Genre.AVANCEMENT}:
        bas, haut = max(bas, 0.0), min(haut, 100.0)
    if hypotheses.maximum is not None:
        haut = hypotheses.maximum
    return Cible(round(socle, 4), round(objectif, 4), float(bas), float(haut))


def build_cibles(catalogue: Catalogue, parametres: Parametres) -> pl.DataFrame:
    """Simulated socle and objectif, one row per indicateur × type × year, in the columns of ``mart_cible``."""
    lignes = []
    for code, hypotheses in parametres.indicateurs.items():
        indicateur = catalogue.get_indicateur(code)
        for type_note in hypotheses.cibles:
            for annee in ANNEES:
                cible = build_cible(indicateur, hypotheses, type_note, annee)
                lignes.append(
                    {
                        "referentiel": indicateur.referentiel.value,
                        "code_indicateur": code,
                        "type_organisme": type_note,
                        "annee": annee,
                        "forme": Forme.LINEAIRE.value,
                        "operateur": ">=" if cible.objectif > cible.socle else "<=",
                        "socle": cible.socle,
                        "objectif": cible.objectif,
                    }
                )
    absentes = set(CIBLE.colonnes) - set(lignes[0])
    return (
        pl.DataFrame(lignes)
        .with_columns(pl.lit(None, CIBLE.colonnes[c]).alias(c) for c in absentes)
        .with_columns(
            source=pl.lit(SOURCE),
            source_fichier=pl.lit(FICHIER),
            nature=pl.lit(Nature.SIMULEE.value),
            note=pl.lit(NOTE_CIBLE),
            source_rang=pl.int_range(1, pl.len() + 1),
        )
        .select(pl.col(c).cast(t) for c, t in CIBLE.colonnes.items())
    )
