"""Whole files behind a figure: the year's numerator and denominator, and the twelve months that add up to them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from etl.simulation.parametres import MOIS, Genre

Vecteur = NDArray[np.float64]
Matrice = NDArray[np.float64]

PRECISION = 3  # decimals of a figure without numerator
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


def build_mensuel(
    genre: Genre,
    cible: Cible,
    annuel: Annuel,
    poids: Matrice,
    profil: Matrice,
    rng: np.random.Generator,
) -> Mensuel:
    """Split a year in months.

    Numerators and denominators of the months add up exactly to those of the year. A ninth decile has none: its months
    lie around the year's, which is not their mean. An « avancement » is cumulated from January and ends on the year's.

    Args:
        genre: how the figure is made.
        cible: thresholds and bounds of the year.
        annuel: the year (n bodies).
        poids: share of each month in the files (n × 12, rows add up to 1).
        profil: expected distance of the month to the year, in the figure's unit (n × 12).
        rng: draws the noise, which shrinks with the number of files as that of a sample does.
    """
    n = len(annuel.valeur)
    valeur = annuel.valeur[:, None]
    absent = np.full((n, MOIS), np.nan)
    if genre is Genre.AVANCEMENT:
        pas = np.cumsum(rng.gamma(2.0, 1.0, (n, MOIS)), axis=1)
        mois = np.round(valeur * pas / pas[:, -1:], PRECISION)
        return Mensuel(mois, absent, absent)
    if genre is Genre.NOMBRE:
        comptes = rng.multinomial(np.rint(np.nan_to_num(annuel.valeur)).astype(np.int64), poids).astype(np.float64)
        comptes = np.where(np.isnan(valeur), np.nan, comptes)
        return Mensuel(comptes, comptes, absent)
    totaux = np.nan_to_num(annuel.denominateur)
    dossiers = round_somme(poids * totaux[:, None], totaux)
    racine = np.sqrt(np.maximum(dossiers, 1))
    if genre is Genre.TAUX:
        part = np.clip(valeur / 100, 0, 1)
        dispersion = 100 * np.sqrt(part * (1 - part))
    elif genre in {Genre.EVOLUTION, Genre.SOLDE}:
        dispersion = np.full_like(valeur, 100.0 if genre is Genre.EVOLUTION else 120.0)
    else:
        dispersion = 0.7 * np.abs(valeur)
    attendu = np.clip(valeur + profil + rng.normal(0, 1, (n, MOIS)) * dispersion / racine, cible.bas, cible.haut)
    if genre is Genre.D9:
        return Mensuel(np.where(dossiers > 0, np.round(attendu, PRECISION), np.nan), absent, dossiers)
    somme = np.nan_to_num(annuel.numerateur)
    parts = np.nan_to_num(_compute_numerateur(genre, attendu, dossiers))
    numerateur = round_somme(_fit_somme(genre, parts, dossiers, somme), somme)
    return Mensuel(compute_figure(genre, numerateur, dossiers), numerateur, dossiers)


def _fit_somme(genre: Genre, parts: Matrice, dossiers: Matrice, somme: Vecteur) -> Matrice:
    """Move the numerators of the months so that they add up to the year's, within their files for a rate."""
    actuelle, effectif = parts.sum(axis=1), dossiers.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        if genre in {Genre.EVOLUTION, Genre.SOLDE}:
            return np.asarray(parts + dossiers * np.nan_to_num((somme - actuelle) / effectif)[:, None])
        baisse = parts * np.nan_to_num(somme / actuelle)[:, None]
        if genre is Genre.MOYENNE:
            return np.asarray(baisse)
        hausse = parts + (dossiers - parts) * np.nan_to_num((somme - actuelle) / (effectif - actuelle))[:, None]
    return np.asarray(np.where((somme < actuelle)[:, None], baisse, hausse))
