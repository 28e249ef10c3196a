"""The latent quality of the bodies, from one year to the next, and what is drawn from it."""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy.special import ndtri

from etl.simulation.parametres import ANNEES
from etl.simulation.tableaux import Masque, Vecteur
from etl.socle.interessement import ANNEE


def compute_scores_normaux(valeurs: Vecteur) -> Vecteur:
    """Normal scores of the ranks (ties share theirs); 0 for a body alone."""
    rangs = pl.Series(valeurs).rank("average").to_numpy()
    return np.asarray(ndtri((rangs - 0.5) / len(valeurs)), dtype=np.float64)


def draw_suite(depart: Vecteur, persistance: float, rng: np.random.Generator) -> dict[int, Vecteur]:
    """Latent quality of each year, backwards from 2023: a first-order autoregression."""
    latents = {ANNEE: depart}
    for annee in reversed(ANNEES[:-1]):
        bruit = rng.normal(0, 1, len(depart))
        latents[annee] = persistance * latents[annee + 1] + np.sqrt(1 - persistance**2) * bruit
    return latents


def simulate_chemins(latents: Vecteur, presents: Masque, moyenne: float, pente: float = 0.3) -> Vecteur:
    """Shares of the way, increasing with ``latents``; once capped to 0..1, ``presents`` have the mean ``moyenne``."""
    if moyenne >= 1:
        return np.asarray(1.02 + pente * (latents - latents.min()))
    if moyenne <= 0:
        return np.asarray(pente * (latents - latents.max()) - 0.02)
    bas, haut = -8.0, 9.0
    for _ in range(80):
        milieu = (bas + haut) / 2
        bas, haut = (
            (milieu, haut)
            if float(np.clip(milieu + pente * latents[presents], 0, 1).mean()) < moyenne
            else (bas, milieu)
        )
    return np.asarray(haut + pente * latents)


def simulate_scores(latents: Vecteur, moyenne: float, minimum: float, maximum: float) -> Vecteur:
    """Scores in the order of ``latents`` whose mean, minimum and maximum are given, to two decimals.

    The body alone in its type has the mean. Between the extremes a power of the rank is solved for the mean, within
    what the extremes allow.
    """
    n = len(latents)
    if n == 1:
        return np.array([moyenne])
    rangs = (pl.Series(latents).rank("ordinal").to_numpy() - 1) / (n - 1)
    cible = (moyenne - minimum) / (maximum - minimum)
    bas, haut = -6.0, 6.0
    for _ in range(80):
        milieu = (bas + haut) / 2
        bas, haut = (bas, milieu) if float(np.mean(rangs ** np.exp(milieu))) < cible else (milieu, haut)
    scores: Vecteur = np.round(minimum + (maximum - minimum) * rangs ** np.exp(bas), 2)
    return scores
