"""The figure of each territory of a map: its own fact, or what its caisses make together; smoothing. Pure functions."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import polars as pl

from data.calculs.comparaison import AVEC_INTERVALLE
from data.calculs.ensemble import Regle, compute_ensemble
from data.calculs.retrecissement import compute_retrecissement
from data.modele import Comparateur, Statistique, Statut

# Under it, the prior would rest on too few territories.
TERRITOIRES_MINIMUM: Final = 10
_PETITS: Final = frozenset({"caisse", "departement"})
_RESERVES: Final = (Statut.PROVISOIRE.value, Statut.AJUSTE.value)


class Obstacle(StrEnum):
    """Why the values of a map cannot be smoothed."""

    NIVEAU = "niveau"  # régions are large: chance plays no visible part
    NATURE = "nature"  # neither a proportion of cases nor a rate of events
    EFFECTIFS = "effectifs"  # a value without numerator and denominator
    NOMBRE = "nombre"  # fewer than TERRITOIRES_MINIMUM values


@dataclass(frozen=True)
class Lissage:
    """What smoothing did: prior mean and standard deviation, lowest and highest own weight, largest move.

    ``moyenne``, ``ecart_type`` and ``ecart_max`` (absolute) are in the unit of the indicateur, weights from 0 to 1.
    ``proportion`` tells a proportion of cases from a rate of events.
    """

    moyenne: float
    ecart_type: float
    poids_bas: float
    poids_haut: float
    ecart_max: float
    proportion: bool


def build_valeurs(territoires: pl.DataFrame, membres: pl.DataFrame, regle: Regle | None) -> pl.DataFrame:
    """The value of each territory.

    Args:
        territoires: code, and anything else, kept as it is.
        membres: what makes each territory: code (of the territory), valeur (null when absent), numerateur,
            denominateur, statut, source, nature (null without fact). One row per territory when it has its own fact.
        regle: how the members make the figure; None for facts of the territories themselves.

    Returns:
        The rows of ``territoires`` in their order, with nb_membres and nb_valeurs (members, and those with a value; 0
        without any), regle (text, null for facts), valeur, numerateur and denominateur (sums over the members with a
        value; null unless all of them have one), statut (« non_fourni » without member; a provisional or adjusted
        member says so), source, nature, rang_haut and rang_bas (see :func:`add_rangs`). A sum needs every member.
    """
    valeur, statut = pl.col("valeur"), pl.col("statut")
    agreges = membres.group_by("code").agg(
        pl.len().cast(pl.Int64).alias("nb_membres"),
        valeur.count().cast(pl.Int64).alias("nb_valeurs"),
        *(
            pl.when((valeur.count() > 0) & (pl.col(champ).is_not_null() | valeur.is_null()).all())
            .then(pl.col(champ).filter(valeur.is_not_null()).sum())
            .alias(champ)
            for champ in ("numerateur", "denominateur")
        ),
        *(statut.filter(valeur.is_not_null()).eq(s).any().alias(s) for s in _RESERVES),
        statut.filter(valeur.is_null()).min().alias("absence"),
        pl.col("source").min(),
        pl.col("nature").max(),
    )
    figures = compute_ensemble(membres, ["code"], regle or Regle.MOYENNE).select("code", "valeur")
    frame = territoires.join(agreges, on="code", how="left", maintain_order="left").join(
        figures, on="code", how="left", maintain_order="left"
    )
    if regle is Regle.SOMME:
        frame = frame.with_columns(
            pl.when(pl.col("nb_valeurs") == pl.col("nb_membres")).then(pl.col(c)).alias(c)
            for c in ("valeur", "numerateur", "denominateur")
        )
    presente = pl.coalesce(*(pl.when(pl.col(s)).then(pl.lit(s)) for s in _RESERVES), pl.lit(Statut.PUBLIE.value))
    return add_rangs(
        frame.with_columns(
            pl.col("nb_membres", "nb_valeurs").fill_null(0),
            pl.lit(None if regle is None else regle.value, pl.String).alias("regle"),
            pl.when(valeur.is_not_null())
            .then(presente)
            .otherwise(pl.col("absence").fill_null(Statut.NON_FOURNI.value))
            .alias("statut"),
        ).drop("absence", *_RESERVES)
    )


def add_rangs(frame: pl.DataFrame) -> pl.DataFrame:
    """Add ``rang_haut`` and ``rang_bas`` (1 = highest, 1 = lowest; equal values share a rank, null without value)."""
    valeur = pl.col("valeur")
    return frame.with_columns(
        valeur.rank("min", descending=True).cast(pl.Int64).alias("rang_haut"),
        valeur.rank("min").cast(pl.Int64).alias("rang_bas"),
    )


def find_obstacle(
    valeurs: pl.DataFrame, statistique: Statistique, comparateur: Comparateur, niveau: str
) -> Obstacle | None:
    """Why values cannot be smoothed, None when they can.

    Args:
        valeurs: valeur, numerateur, denominateur.
        statistique, comparateur: of the indicateur; one that declares no comparator is no proportion of cases.
        niveau: « caisse », « departement » or « region ».
    """
    if statistique not in {Statistique.TAUX, Statistique.RATIO} or comparateur not in AVEC_INTERVALLE:
        return Obstacle.NATURE
    presentes = valeurs.filter(pl.col("valeur").is_not_null())
    plafond = pl.col("denominateur") if statistique is Statistique.TAUX else math.inf
    comptees = (pl.col("denominateur") > 0) & pl.col("numerateur").is_between(0, plafond)
    if not presentes.select(comptees.fill_null(value=False).all()).item():
        return Obstacle.EFFECTIFS
    if niveau not in _PETITS:
        return Obstacle.NIVEAU
    return Obstacle.NOMBRE if presentes.height < TERRITOIRES_MINIMUM else None


def smooth_valeurs(valeurs: pl.DataFrame, statistique: Statistique) -> tuple[pl.DataFrame, Lissage]:
    """Draw each value to the mean of all, the more so as its denominator is small.

    Method and sources: ``data.calculs.retrecissement.compute_retrecissement``, binomial for a « taux », Poisson for a
    « ratio » (events per base).

    Args:
        valeurs: rows of :func:`build_valeurs` without :class:`Obstacle`.
        statistique: of the indicateur.

    Returns:
        The same rows with ``valeur`` smoothed (null stays null), ``valeur_brute`` as it was, ``poids`` (share of its
        own data, 0 to 1) and ranks of the smoothed values; and what smoothing did.
    """
    presente = pl.col("valeur").is_not_null()
    paires = valeurs.select(
        pl.when(presente).then(pl.col(champ)).alias(champ) for champ in ("numerateur", "denominateur")
    )
    proportion = statistique is Statistique.TAUX
    lisse = compute_retrecissement(
        paires["numerateur"].to_list(), paires["denominateur"].to_list(), proportion=proportion
    )
    # The scale of the unit is read off the values: 100 for a percentage, 1 000 « pour 1 000 habitants »…
    echelle = valeurs.filter(presente, pl.col("numerateur") > 0).select(
        (pl.col("valeur") * pl.col("denominateur") / pl.col("numerateur")).median()
    )
    facteur = float(echelle.item() or 1.0)
    moyenne = lisse.moyenne * facteur
    # Drawn from the value as it is shown: one that keeps all its weight does not move by a rounding.
    frame = valeurs.with_columns(valeur_brute="valeur", poids=pl.Series(lisse.poids, dtype=pl.Float64)).with_columns(
        valeur=pl.col("poids") * pl.col("valeur") + (1 - pl.col("poids")) * moyenne
    )
    poids = [p for p in lisse.poids if p is not None]
    ecarts = (frame["valeur"] - frame["valeur_brute"]).abs().drop_nulls()
    bilan = Lissage(
        moyenne=moyenne,
        ecart_type=math.sqrt(lisse.variance) * facteur,
        poids_bas=min(poids),
        poids_haut=max(poids),
        ecart_max=max(ecarts.to_list()),
        proportion=proportion,
    )
    return add_rangs(frame), bilan


def find_periode_reelle(presences: pl.DataFrame) -> tuple[dt.date, dt.date] | None:
    """The latest period without any simulated value, that a map can open on.

    It covers half at least as many territories as the best covered period: a file about a handful of caisses is no map
    of France.

    Args:
        presences: maille, periode_debut, periode_fin, effectif (territories with a value), reels (those whose value is
            not simulated), oldest first.

    Returns:
        First and last day; None when every period has simulated values.
    """
    couvertes = presences.filter(2 * pl.col("effectif") >= pl.col("effectif").max().over("maille"))
    reelles = couvertes.filter((pl.col("reels") == pl.col("effectif")).all().over("periode_debut", "periode_fin"))
    if reelles.is_empty():
        return None
    derniere = reelles.row(-1, named=True)
    return derniere["periode_debut"], derniere["periode_fin"]
