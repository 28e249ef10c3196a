"""Whole files behind a figure: the year's numerator and denominator, and the twelve months that add up to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from etl.simulation.parametres import MOIS, Genre
from etl.simulation.raccord import fit_annees, fit_annees_proportionnel
from etl.simulation.tableaux import Matrice, Vecteur

PRECISION = 3  # decimals of a figure without numerator
PLANCHER = 0.2  # lowest activity of a month, as a share of that of its year
_ESSAIS = 40  # denominators tried on each side of the expected one
_ETENDUE = 0.08  # of the expected denominator
_INADMISSIBLE = 1e6


@dataclass(frozen=True)
class Cible:
    """Thresholds of a year; ``bas`` and ``haut`` bound the figures (infinite when nothing does)."""

    socle: float
    objectif: float
    bas: float
    haut: float

    def compute_valeur(self, chemin: Matrice) -> Matrice:
        """Figure at a share of the way from socle (0) to objectif (1), kept within the bounds."""
        return np.clip(self.socle + chemin * (self.objectif - self.socle), self.bas, self.haut)

    def compute_chemin(self, valeur: Matrice) -> Matrice:
        """Share of the way from socle to objectif, not capped."""
        return np.asarray((valeur - self.socle) / (self.objectif - self.socle))


@dataclass(frozen=True)
class Annuel:
    """One year of every body: the figure, and what it is made of (NaN when the genre has none)."""

    valeur: Vecteur
    numerateur: Vecteur
    denominateur: Vecteur


@dataclass(frozen=True)
class Mensuel:
    """Twelve months of every body (n × 12); a month without any file has no figure."""

    valeur: Matrice
    numerateur: Matrice
    denominateur: Matrice


def compute_figure(genre: Genre, numerateur: Matrice, denominateur: Matrice) -> Matrice:
    """The figure a numerator and a denominator give; NaN for an empty denominator."""
    with np.errstate(divide="ignore", invalid="ignore"):
        rapport = np.where(denominateur > 0, numerateur / denominateur, np.nan)
    if genre is Genre.MOYENNE:
        return np.asarray(rapport)
    return np.asarray(100 * rapport - (100 if genre is Genre.EVOLUTION else 0))


def _compute_numerateur(genre: Genre, valeur: Matrice, denominateur: Matrice) -> Matrice:
    if genre is Genre.MOYENNE:
        return valeur * denominateur
    return np.asarray((valeur + (100 if genre is Genre.EVOLUTION else 0)) / 100 * denominateur)


def build_annuel(genre: Genre, cible: Cible, chemin: Vecteur, attendus: Vecteur, bas: Vecteur, haut: Vecteur) -> Annuel:
    """Figures made of whole files, as near as possible to a share of the way from socle to objectif.

    Args:
        genre: how the figure is made.
        cible: thresholds and bounds.
        chemin: share of the way aimed at (n).
        attendus: expected denominators (n); the nearest figure is looked for within 8 % of them.
        bas: lowest admissible share of the way (n), -inf when free.
        haut: highest admissible share of the way (n), +inf when free.
    """
    vise = cible.compute_valeur(chemin)[:, None]
    if genre in {Genre.NOMBRE, Genre.D9, Genre.AVANCEMENT}:
        pas = 1.0 if genre is Genre.NOMBRE else 10.0**-PRECISION
        candidats = np.clip((np.round(vise / pas) + np.arange(-2, 3)) * pas, cible.bas, cible.haut)
        candidats = np.round(candidats, PRECISION)
        valeur = _choose(cible, chemin, candidats, candidats, bas, haut)
        absent = np.full_like(valeur, np.nan)
        effectif = np.rint(attendus) if genre is Genre.D9 else absent
        return Annuel(valeur, valeur if genre is Genre.NOMBRE else absent, effectif)
    ecarts = np.linspace(-1, 1, 2 * _ESSAIS + 1) * _ETENDUE
    denominateurs = np.maximum(1.0, np.rint(attendus[:, None] * (1 + ecarts)))
    exacts = _compute_numerateur(genre, vise, denominateurs)
    numerateurs = np.concatenate([np.floor(exacts), np.ceil(exacts)], axis=1)
    denominateurs = np.concatenate([denominateurs, denominateurs], axis=1)
    if genre is Genre.TAUX:
        numerateurs = np.clip(numerateurs, 0, denominateurs)
    figures = compute_figure(genre, numerateurs, denominateurs)
    rangs = _choose(cible, chemin, figures, np.broadcast_to(np.arange(figures.shape[1]), figures.shape), bas, haut)
    choix = rangs.astype(np.int64)[:, None]
    numerateur = np.take_along_axis(numerateurs, choix, axis=1)[:, 0]
    denominateur = np.take_along_axis(denominateurs, choix, axis=1)[:, 0]
    return Annuel(compute_figure(genre, numerateur, denominateur), numerateur, denominateur)


def _choose(cible: Cible, chemin: Vecteur, figures: Matrice, retour: Matrice, bas: Vecteur, haut: Vecteur) -> Vecteur:
    """Of each row, the element of ``retour`` whose figure is admissible and nearest to the way aimed at."""
    chemins = cible.compute_chemin(figures)
    marge = 1e-9
    admissibles = (chemins >= bas[:, None] - marge) & (chemins <= haut[:, None] + marge)
    ecarts = np.abs(chemins - chemin[:, None]) + np.where(admissibles, 0, _INADMISSIBLE)
    return np.asarray(np.take_along_axis(retour, ecarts.argmin(axis=1)[:, None], axis=1)[:, 0], dtype=np.float64)


def round_somme(parts: Matrice, totaux: Vecteur) -> Matrice:
    """Whole numbers nearest below or above each part, whose rows add up to whole totals (largest remainders).

    The rows of ``parts`` already add up to ``totaux``.
    """
    entiers = np.floor(parts + 1e-9)
    restes = parts - entiers
    manque = np.rint(totaux - entiers.sum(axis=1)).astype(np.int64)
    rangs = np.argsort(np.argsort(-restes, axis=1, kind="stable"), axis=1, kind="stable")
    return np.asarray(entiers + (rangs < manque[:, None]))


def build_mensuels(
    genre: Genre,
    cible: Cible,
    annuels: Sequence[Annuel],
    activite: Matrice,
    profil: Matrice,
    rng: np.random.Generator,
) -> list[Mensuel]:
    """Split successive years in months, without a step from one year to the next (:mod:`etl.simulation.raccord`).

    Numerators and denominators of the months add up exactly to those of their year. A ninth decile has none: its months
    lie around the year's, which is not their mean. An « avancement » is cumulated from January and ends on the year's:
    it starts again from nothing each year.

    Args:
        genre: how the figure is made.
        cible: bounds of the figures.
        annuels: the years, oldest first (n bodies each); a year without figure has no month.
        activite: relative number of files of each month, season and shocks included, positive (n × 12 years).
        profil: what the shocks add to each month, in the figure's unit (n × 12 years).
        rng: draws the noise, which shrinks with the number of files as that of a sample does.
    """
    if genre is Genre.AVANCEMENT:
        return [_build_avancement(annuel, rng) for annuel in annuels]
    n = len(annuels[0].valeur)
    absent = np.full((n, len(annuels) * MOIS), np.nan)
    # A year without figure takes the previous one's: its months are left out at the end.
    valeurs = _fill_annees(np.stack([a.valeur for a in annuels], axis=1))
    if genre is Genre.NOMBRE:
        totaux = np.rint(valeurs)
        attendus = fit_annees_proportionnel(activite, totaux, PLANCHER).reshape(n, -1, MOIS)
        sommes = attendus.sum(axis=2, keepdims=True)
        parts = np.divide(attendus, sommes, out=np.full_like(attendus, 1 / MOIS), where=sommes > 0)
        comptes = rng.multinomial(totaux.astype(np.int64), parts).astype(np.float64).reshape(n, -1)
        return _split_annees(annuels, comptes, comptes, absent)
    totaux = np.rint(_fill_annees(np.stack([a.denominateur for a in annuels], axis=1)))
    attendus = fit_annees_proportionnel(activite, totaux, PLANCHER)
    dossiers = round_somme(attendus.reshape(-1, MOIS), totaux.ravel()).reshape(n, -1)
    annee = np.repeat(valeurs, MOIS, axis=1)
    if genre is Genre.TAUX:
        part = np.clip(annee / 100, 0, 1)
        dispersion = 100 * np.sqrt(part * (1 - part))
    elif genre in {Genre.EVOLUTION, Genre.SOLDE}:
        dispersion = np.full_like(annee, 100.0 if genre is Genre.EVOLUTION else 120.0)
    else:
        dispersion = 0.7 * np.abs(annee)
    bruit = rng.normal(0, 1, profil.shape) * dispersion / np.sqrt(np.maximum(dossiers, 1))
    figures = fit_annees(profil + bruit, dossiers, valeurs, cible.bas, cible.haut)
    if genre is Genre.D9:
        return _split_annees(annuels, np.where(dossiers > 0, np.round(figures, PRECISION), np.nan), absent, dossiers)
    sommes = np.rint(_compute_numerateur(genre, valeurs, totaux)).ravel()
    parts = _compute_numerateur(genre, figures, dossiers).reshape(-1, MOIS)
    numerateurs = round_somme(parts, sommes).reshape(n, -1)
    return _split_annees(annuels, compute_figure(genre, numerateurs, dossiers), numerateurs, dossiers)


def _build_avancement(annuel: Annuel, rng: np.random.Generator) -> Mensuel:
    """Twelve months cumulated from January, up to the figure of the year."""
    n = len(annuel.valeur)
    pas = np.cumsum(rng.gamma(2.0, 1.0, (n, MOIS)), axis=1)
    absent = np.full((n, MOIS), np.nan)
    return Mensuel(np.round(annuel.valeur[:, None] * pas / pas[:, -1:], PRECISION), absent, absent)


def _fill_annees(annees: Matrice) -> Matrice:
    """Years of each body (n × A), those without figure replaced by the previous one that has one; 0 before it."""
    remplies = np.nan_to_num(annees)
    for rang in range(1, annees.shape[1]):
        remplies[:, rang] = np.where(np.isnan(annees[:, rang]), remplies[:, rang - 1], remplies[:, rang])
    return remplies


def _split_annees(
    annuels: Sequence[Annuel], valeurs: Matrice, numerateurs: Matrice, denominateurs: Matrice
) -> list[Mensuel]:
    """Months of each year, NaN for the bodies whose year has no figure."""
    mensuels = []
    for rang, annuel in enumerate(annuels):
        mois = slice(rang * MOIS, (rang + 1) * MOIS)
        manque = np.where(np.isnan(annuel.valeur), np.nan, 0.0)[:, None]
        mensuels.append(Mensuel(*(m[:, mois] + manque for m in (valeurs, numerateurs, denominateurs))))
    return mensuels
