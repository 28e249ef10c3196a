"""What another barème would change: scores and ranks of a group before and after. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from data.bareme import Bareme, Cible
from data.calculs.resultats import SEUILS
from data.calculs.score_vectorise import ScoresReseau, compute_scores

DECIMALES = 2  # of the scores, as printed: ranks and gains are read on rounded scores


@dataclass(frozen=True)
class Effet:
    """``organismes``: see :func:`compute_effet`. ``non_recalcules``: indicateurs whose new target cannot be applied
    because only their rate is published; their rate is kept. ``sans_resultat``: added ones the group has no result for.
    """

    organismes: pl.DataFrame
    non_recalcules: tuple[str, ...]
    sans_resultat: tuple[str, ...]


def list_cibles_changees(avant: Bareme, apres: Bareme) -> dict[str, Cible]:
    """Targets of the second barème that differ from those of the first, or are new: code -> target."""
    anciennes = {code: _get_cible(cible) for code, cible in avant.list_cibles()}
    return {code: cible for code, cible in apres.list_cibles() if anciennes.get(code) != _get_cible(cible)}


def _get_cible(cible: Cible) -> tuple[object, ...]:
    """What of a target bears on the computation."""
    return tuple(getattr(cible, nom) for nom in Cible.model_fields if nom != "hypothese")


def apply_cibles(resultats: pl.DataFrame, cibles: Mapping[str, Cible]) -> pl.DataFrame:
    """Results under changed targets: a threshold of the barème takes the place of the one that came with the results.

    Args:
        resultats: columns of ``compute_scores``: code_organisme, code_indicateur, valeur…
        cibles: changed targets by code.

    Returns:
        The same rows. Where a value is known, the thresholds the target declares and the rate given with the result
        are null: the engine takes those of the barème and computes the rate. A result known by its rate alone keeps it.
    """
    if not cibles:
        return resultats
    connu = pl.any_horizontal(pl.col(c).is_not_null() for c in ("valeur", "valeur_date") if c in resultats.columns)
    changees = pl.col("code_indicateur").is_in(list(cibles)) & connu
    colonnes = []
    for nom in SEUILS:
        if nom in resultats.columns:
            declares = [code for code, cible in cibles.items() if getattr(cible, nom) is not None]
            colonnes.append(pl.when(~pl.col("code_indicateur").is_in(declares)).then(pl.col(nom)).alias(nom))
    if "taux_reussite" in resultats.columns:
        colonnes.append(pl.when(~changees).then(pl.col("taux_reussite")).alias("taux_reussite"))
    return resultats.with_columns(colonnes)


def compute_effet(resultats: pl.DataFrame, avant: Bareme, apres: Bareme, *, deja: ScoresReseau | None = None) -> Effet:
    """Scores and ranks of every organisme of a group under two barèmes.

    Args:
        resultats: results of the group on the indicateurs of both barèmes, columns of ``compute_scores``.
        avant: the one in force.
        apres: the other one.
        deja: scores of the group under ``avant``, when they are already computed.

    Returns:
        ``organismes``, one row each, order kept: code_organisme, avant, apres (scores in %, rounded to 0,01 point; null
        when nothing is measured), ecart (points), rang_avant, rang_apres (1 = best, ties share it), places (positive:
        places won), apres_min, apres_max (bounds when results are missing), manquants (after).

    Raises:
        ValueError: a target without meaning once combined with the thresholds that come with the results.
    """
    cibles = list_cibles_changees(avant, apres)
    codes = {"avant": list(avant.list_codes()), "apres": list(apres.list_codes())}
    base = resultats.select("code_organisme").unique(maintain_order=True)
    scores = {
        "avant": deja or compute_scores(resultats.filter(pl.col("code_indicateur").is_in(codes["avant"])), avant),
        "apres": compute_scores(
            apply_cibles(resultats.filter(pl.col("code_indicateur").is_in(codes["apres"])), cibles), apres
        ),
    }
    for nom, calcul in scores.items():
        suite = [pl.col("taux").round(DECIMALES).alias(nom)]
        if nom == "apres":
            suite += [
                pl.col("taux_min").round(DECIMALES).alias("apres_min"),
                pl.col("taux_max").round(DECIMALES).alias("apres_max"),
                pl.col("nb_manquants").alias("manquants"),
            ]
        base = base.join(
            calcul.organismes.select("code_organisme", *suite), on="code_organisme", how="left", maintain_order="left"
        )
    base = base.with_columns(
        (pl.col("apres") - pl.col("avant")).round(DECIMALES).alias("ecart"),
        pl.col("avant").rank("min", descending=True).cast(pl.Int64).alias("rang_avant"),
        pl.col("apres").rank("min", descending=True).cast(pl.Int64).alias("rang_apres"),
    ).with_columns((pl.col("rang_avant") - pl.col("rang_apres")).alias("places"))
    mesures = resultats.filter(pl.any_horizontal(pl.col(c).is_not_null() for c in _list_mesures(resultats)))
    en_valeur = mesures.filter(
        pl.any_horizontal(pl.col(c).is_not_null() for c in _list_mesures(resultats) if c != "taux_reussite")
    )
    presents, calculables = set(mesures["code_indicateur"]), set(en_valeur["code_indicateur"])
    anciens, parents = set(codes["avant"]), {c.code: i.code for i in apres.list_indicateurs() for c in i.composantes}
    return Effet(
        organismes=base,
        non_recalcules=tuple(code for code in cibles if code in presents and code not in calculables),
        sans_resultat=tuple(
            code
            for code, _ in apres.list_cibles()
            if code not in anciens and code not in presents and parents.get(code) not in presents
        ),
    )


def _list_mesures(resultats: pl.DataFrame) -> list[str]:
    return [c for c in ("valeur", "valeur_date", "valeur_ajustee", "taux_reussite") if c in resultats.columns]
