"""Weeks of the six « services de base », made of the days of their simulated months.

Each month of each organisme is split in days: files follow the day of the week (none on a public holiday, nor on a
Sunday) and a noise; the level runs from the middle of a month to the middle of the next. What is split adds up:

- a rate or a mean: the numerators and the denominators of the days are whole and add up exactly to those of the month;
- a ninth decile: so do the files; days carry a décile whose mean, weighted by the files, is the month's. A décile of a
  month is not the mean of the déciles of its days: this bridge is a convention, it keeps both paces at one level.

A week is the sum of its seven days, whatever the months they belong to: the weeks of a month add up to it but for the
two that stand astride. Only whole ISO weeks are given. A week that touches a month without figure has none, and takes
its statut.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import expit, logit

from data.catalogue import Catalogue
from data.modele import Granularite, Maille, Nature, Statut
from etl.simulation.fractions import compute_figure, round_somme
from etl.simulation.parametres import Genre
from etl.simulation.services import JOURS, ParametresServices, build_bloc, get_hasard, mix_bruits, number_rangs
from etl.simulation.tableaux import Matrice, Vecteur
from etl.socle.socle import ENSEMBLE, MESURE_RESULTAT, build_mois, build_semaine

FICHIER: Final = "etl/simulation/hebdomadaire.py"
CODE_IJ: Final = "suivi_premiere_ij_non_subrogee"
RISQUES_IJ: Final = ("maladie", "atmp")  # « 1re IJ AS et ATMP » (003, note 77)
NOTE: Final = "simulé : jours du mois additionnés par semaine ISO, numérateurs et dénominateurs du mois conservés"
NOTE_D9: Final = "simulé : 9e décile autour de celui du mois, dont les dossiers des jours s'additionnent à ceux du mois"
_DIMANCHE: Final = 6
_FERIES: Final = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
_APRES_PAQUES: Final = (1, 39, 50)  # Monday of Easter, Ascension, Monday of Pentecost
_PRECISION: Final = 3
_PART_MIN: Final = 1e-4


@dataclass(frozen=True)
class Calendrier:
    """Days of some whole years: their month, their week (-1 outside the whole weeks) and their day of the week (0-6).

    ``mois``: first day of each month; ``lundis``: first day of each whole week; ``milieux``: place of the middle of
    each month in the days.
    """

    jours: tuple[dt.date, ...]
    mois: tuple[dt.date, ...]
    lundis: tuple[dt.date, ...]
    rang_mois: NDArray[np.int64]
    rang_semaine: NDArray[np.int64]
    jour_semaine: NDArray[np.int64]
    milieux: Vecteur


@dataclass(frozen=True)
class Mensuels:
    """Months of one indicateur, n organismes × months (NaN: none); ``statuts`` says why a value is not there."""

    codes: tuple[str, ...]
    valeur: Matrice
    numerateur: Matrice
    denominateur: Matrice
    statuts: NDArray[np.str_]


def list_feries(annee: int) -> frozenset[dt.date]:
    """Public holidays of metropolitan France (Code du travail, art. L3133-1)."""
    paques = compute_paques(annee)
    return frozenset(
        [dt.date(annee, m, j) for m, j in _FERIES] + [paques + dt.timedelta(days=ecart) for ecart in _APRES_PAQUES]
    )


def compute_paques(annee: int) -> dt.date:
    """Easter Sunday. Source: Meeus, "Astronomical Algorithms", 2nd ed., 1998, chapter 8 (Gregorian calendar)."""
    a, (b, c) = annee % 19, divmod(annee, 100)
    (d, e), f = divmod(b, 4), (b + 8) // 25
    h = (19 * a + b - d - (b - f + 1) // 3 + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    mois, jour = divmod(h + m - 7 * n + 114, 31)
    return dt.date(annee, mois, jour + 1)


def build_calendrier(annees: tuple[int, ...]) -> Calendrier:
    """Days, months and whole ISO weeks of consecutive years."""
    debut, fin = dt.date(annees[0], 1, 1), dt.date(annees[-1], 12, 31)
    jours = tuple(debut + dt.timedelta(days=rang) for rang in range((fin - debut).days + 1))
    mois = tuple(dt.date(annee, m, 1) for annee in annees for m in range(1, 13))
    premier = (JOURS - debut.weekday()) % JOURS  # place of the first Monday
    semaines = (len(jours) - premier) // JOURS
    rang_semaine = (np.arange(len(jours)) - premier) // JOURS
    rang_semaine[(rang_semaine < 0) | (rang_semaine >= semaines)] = -1
    longueurs = np.array([build_mois(m.year, m.month).fin.day for m in mois])
    return Calendrier(
        jours=jours,
        mois=mois,
        lundis=tuple(jours[premier + JOURS * rang] for rang in range(semaines)),
        rang_mois=np.repeat(np.arange(len(mois)), longueurs),
        rang_semaine=rang_semaine,
        jour_semaine=np.array([jour.weekday() for jour in jours]),
        milieux=np.cumsum(longueurs) - longueurs / 2 - 0.5,
    )


def split_jours(
    genre: Genre,
    mensuels: Mensuels,
    calendrier: Calendrier,
    semaine: tuple[float, ...],
    bruit: float,
    rng: np.random.Generator,
) -> tuple[Matrice, Matrice]:
    """Numerators and denominators of each day (n × days); for a décile, the numerator is the décile times the files.

    Args:
        genre: rate, mean or ninth decile.
        mensuels: the months to split; one without value gives days of 0.
        calendrier: the days, of the same months.
        semaine: weight of each day of the week, Monday first.
        bruit: week-to-week noise: share of the value, of a logit for a rate.
        rng: draws the noise.
    """
    n = len(mensuels.codes)
    feries = {ferie for annee in {j.year for j in calendrier.jours} for ferie in list_feries(annee)}
    rangs = np.where([jour in feries for jour in calendrier.jours], _DIMANCHE, calendrier.jour_semaine)
    poids = np.array(semaine)[rangs] * rng.lognormal(0, 0.08, (n, len(calendrier.jours)))
    semaines = len(calendrier.lundis) + 1  # the last one for the days outside the whole weeks
    tirages = bruit * mix_bruits(rng.normal(0, 1, (1, semaines)), rng.normal(0, 1, (n, semaines)))
    tirages = tirages[:, calendrier.rang_semaine]
    niveaux = _interpolate(mensuels.valeur, calendrier)
    if genre is Genre.TAUX:
        attendus = expit(logit(np.clip(niveaux / 100, _PART_MIN, 1 - _PART_MIN)) + tirages)
    else:
        attendus = niveaux * np.exp(tirages)
    numerateurs, denominateurs = np.zeros_like(poids), np.zeros_like(poids)
    for rang in range(len(calendrier.mois)):
        jours = calendrier.rang_mois == rang
        absent = np.isnan(mensuels.valeur[:, rang])
        total = np.where(absent, 0.0, np.nan_to_num(mensuels.denominateur[:, rang]))
        parts = poids[:, jours] / poids[:, jours].sum(axis=1, keepdims=True)
        dossiers = round_somme(parts * total[:, None], total)
        vises = attendus[:, jours] * dossiers
        if genre is Genre.D9:
            somme = np.nan_to_num(mensuels.valeur[:, rang]) * total
            numerateurs[:, jours] = _fit_somme(Genre.D9, vises, dossiers, somme)
        else:
            somme = np.where(absent, 0.0, np.nan_to_num(mensuels.numerateur[:, rang]))
            numerateurs[:, jours] = round_somme(_fit_somme(genre, vises, dossiers, somme), somme)
        denominateurs[:, jours] = dossiers
    return numerateurs, denominateurs


def _fit_somme(genre: Genre, parts: Matrice, dossiers: Matrice, somme: Vecteur) -> Matrice:
    """Move the numerators of the days (n × days) so that their rows add up to ``somme``, within the files for a rate.

    A rate that must rise takes from what is left of the files, so that no day exceeds its own.
    """
    actuelle, effectif = parts.sum(axis=1), dossiers.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        baisse = parts * np.nan_to_num(somme / actuelle)[:, None]
        if genre is not Genre.TAUX:
            return np.asarray(baisse)
        hausse = parts + (dossiers - parts) * np.nan_to_num((somme - actuelle) / (effectif - actuelle))[:, None]
    return np.asarray(np.where((somme < actuelle)[:, None], baisse, hausse))


def _interpolate(valeur: Matrice, calendrier: Calendrier) -> Matrice:
    """Level of each day, straight between the middles of the months that have a value; 0 when none has."""
    places = np.arange(len(calendrier.jours))
    niveaux = np.zeros((len(valeur), len(places)))
    for rang, ligne in enumerate(valeur):
        presents = ~np.isnan(ligne)
        if presents.any():
            niveaux[rang] = np.interp(places, calendrier.milieux[presents], ligne[presents])
    return niveaux


def sum_semaines(jours: Matrice, calendrier: Calendrier) -> Matrice:
    """Days (n × days) summed by whole ISO week (n × weeks)."""
    entiers = jours[:, calendrier.rang_semaine >= 0]
    return np.asarray(entiers.reshape(len(jours), len(calendrier.lundis), JOURS).sum(axis=2))


def build_semaines(
    catalogue: Catalogue, services: ParametresServices, mois: Mapping[str, pl.DataFrame]
) -> pl.DataFrame:
    """Weekly rows of the services, in the columns of ``mart_valeur``.

    Args:
        catalogue: definitions.
        services: hypotheses.
        mois: by indicateur, its months (see :func:`select_mois` and :func:`select_mois_ij`).
    """
    calendrier = build_calendrier(services.semaines)
    periodes = [build_semaine(lundi) for lundi in calendrier.lundis]
    blocs = []
    for code, service in services.services.items():
        mensuels = read_mensuels(mois[code], calendrier)
        jours = split_jours(
            service.genre, mensuels, calendrier, services.jours[service.jours], service.bruit, get_hasard(code, JOURS)
        )
        numerateur, denominateur = (sum_semaines(cote, calendrier) for cote in jours)
        statuts = _spread_statuts(mensuels.statuts, calendrier)
        absent = np.where(statuts == Statut.PUBLIE.value, 0.0, np.nan)
        valeur = compute_figure(Genre.MOYENNE if service.genre is Genre.D9 else service.genre, numerateur, denominateur)
        decile = service.genre is Genre.D9
        blocs.append(
            build_bloc(
                catalogue.get_indicateur(code),
                [catalogue.get_organisme(c) for c in mensuels.codes],
                periodes,
                (np.round(valeur, _PRECISION) if decile else valeur) + absent,
                numerateur=None if decile else numerateur + absent,
                denominateur=denominateur + absent,
                statuts=statuts,
                note=NOTE_D9 if decile else NOTE,
                fichier=FICHIER,
            )
        )
    return number_rangs(pl.concat(blocs))


def _spread_statuts(statuts: NDArray[np.str_], calendrier: Calendrier) -> NDArray[np.str_]:
    """Statut of each week: that of the first of its months that has no value, else « publie »."""
    entiers = statuts[:, calendrier.rang_mois[calendrier.rang_semaine >= 0]]
    par_jour = entiers.reshape(len(statuts), len(calendrier.lundis), JOURS)
    premier, dernier = par_jour[:, :, 0], par_jour[:, :, -1]
    return np.where(premier == Statut.PUBLIE.value, dernier, premier)


def read_mensuels(mois: pl.DataFrame, calendrier: Calendrier) -> Mensuels:
    """Months of a frame (code_entite, mois, valeur, numerateur, denominateur, statut) laid out by organisme.

    A month without row has no figure: its statut is « non_fourni ». A month without any file is one of 0 file.
    """
    codes = tuple(mois["code_entite"].unique(maintain_order=True))
    place_organisme = {code: rang for rang, code in enumerate(codes)}
    place_mois = {debut: rang for rang, debut in enumerate(calendrier.mois)}
    forme = (len(codes), len(calendrier.mois))
    valeur, numerateur, denominateur = (np.full(forme, np.nan) for _ in range(3))
    statuts = np.full(forme, Statut.NON_FOURNI.value, dtype="<U32")
    colonnes = ("code_entite", "mois", "valeur", "numerateur", "denominateur", "statut")
    for code, debut, v, n, d, statut in mois.select(colonnes).iter_rows():
        if debut not in place_mois:
            continue
        place = place_organisme[code], place_mois[debut]
        valeur[place], numerateur[place], denominateur[place] = (np.nan if x is None else x for x in (v, n, d))
        statuts[place] = Statut.PUBLIE.value if v is not None or d == 0 else statut
    return Mensuels(codes, valeur, numerateur, denominateur, statuts)


def select_mois(valeurs: pl.DataFrame, code: str) -> pl.DataFrame:
    """Simulated months of an indicateur by organisme, from rows of ``mart_valeur``."""
    return valeurs.filter(
        pl.col("code_indicateur") == code,
        pl.col("granularite") == Granularite.MOIS.value,
        pl.col("maille") == Maille.ORGANISME.value,
        pl.col("mesure") == MESURE_RESULTAT,
        pl.col("segment") == ENSEMBLE,
        pl.col("nature") == Nature.SIMULEE.value,
    ).select("code_entite", pl.col("periode_debut").alias("mois"), "valeur", "numerateur", "denominateur", "statut")


def filter_ij(caisses: pl.DataFrame) -> pl.DataFrame:
    """Rows of ``mart_delai_ij_caisse`` the service is made of: employees, not subrogated, AS and AT-MP."""
    return caisses.filter(
        pl.col("regime") == "TS", pl.col("subrogation") == "non", pl.col("risque").is_in(list(RISQUES_IJ))
    )


def select_mois_ij(caisses: pl.DataFrame) -> pl.DataFrame:
    """Simulated months of the first IJ of employees, not subrogated, AS and AT-MP together: days over files.

    Args:
        caisses: rows of ``mart_delai_ij_caisse``.
    """
    return (
        filter_ij(caisses)
        .filter(pl.col("nature") == Nature.SIMULEE.value)
        .group_by(pl.col("code_organisme").alias("code_entite"), "mois", maintain_order=True)
        .agg(
            numerateur=(pl.col("moyenne") * pl.col("nombre")).round().sum(),
            denominateur=pl.col("nombre").sum().cast(pl.Float64),
        )
        .with_columns(valeur=pl.col("numerateur") / pl.col("denominateur"), statut=pl.lit(Statut.PUBLIE.value))
        .sort("code_entite", "mois")
    )
