"""Scores of the bodies: those of 2023 as published, those of the years before."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from data.catalogue import Catalogue
from data.modele import Maille, Organisme
from etl.simulation.faits import NOTE_LIBRE, NOTE_SCORE_2022, Faits
from etl.simulation.latents import simulate_scores
from etl.simulation.parametres import ANNEES
from etl.simulation.tableaux import Vecteur
from etl.socle.interessement import ANNEE, MAXIMUM, MINIMUM, MOYENNE
from etl.socle.socle import ENSEMBLE, MESURE_RESULTAT

SCORE = "taux_reussite_local"
# 2019-2021: points of mean against 2022, printed, and how much wider the spread of the type is.
_SCORES_ANTERIEURS = {2021: (-1.2, 1.1), 2020: (-2.8, 1.25), 2019: (-1.8, 1.15)}


def read_scores(valeurs: pl.DataFrame, organismes: tuple[Organisme, ...]) -> Vecteur:
    """Published scores of 2023, in %."""
    publies = dict(
        valeurs.filter(
            pl.col("code_indicateur") == SCORE,
            pl.col("maille") == Maille.ORGANISME.value,
            pl.col("periode_debut").dt.year() == ANNEE,
        )
        .select("code_entite", "valeur")
        .iter_rows()
    )
    return np.array([publies[o.code] for o in organismes], dtype=np.float64)


def add_scores(
    faits: Faits,
    catalogue: Catalogue,
    valeurs: pl.DataFrame,
    type_note: str,
    organismes: tuple[Organisme, ...],
    latents: Mapping[int, Vecteur],
    rng: np.random.Generator,
) -> None:
    """Scores of 2019-2022; 2022 has the printed mean, minimum and maximum of the type."""
    imprimes = dict(
        valeurs.filter(
            pl.col("code_indicateur") == SCORE,
            pl.col("code_entite") == type_note,
            pl.col("segment") == ENSEMBLE,
            pl.col("periode_debut").dt.year() == ANNEE - 1,
        )
        .select("statistique", "valeur")
        .iter_rows()
    )
    moyenne = imprimes[MOYENNE]
    minimum, maximum = imprimes.get(MINIMUM, moyenne), imprimes.get(MAXIMUM, moyenne)
    indicateur = catalogue.get_indicateur(SCORE)
    for annee in ANNEES[:-1]:
        ecart, ampleur = _SCORES_ANTERIEURS.get(annee, (0.0, 1.0))
        cible = moyenne + ecart
        scores = simulate_scores(
            latents[annee] + rng.normal(0, 1e-6, len(organismes)),
            cible,
            max(0.0, cible - ampleur * (moyenne - minimum)),
            min(100.0, cible + ampleur * (maximum - moyenne)),
        )
        note = NOTE_LIBRE if annee in _SCORES_ANTERIEURS else NOTE_SCORE_2022
        faits.add(indicateur, MESURE_RESULTAT, annee, organismes, scores, note)
