"""Join the simulated figures of the six « services de base » to ``mart_valeur``; what is published wins."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from data.catalogue import Catalogue
from data.modele import Granularite, Maille, Nature
from data.schemas import DELAI_IJ_CAISSE, VALEUR
from etl.simulation.groupes import compute_tailles
from etl.simulation.hebdomadaire import CODE_IJ, FICHIER, build_semaines, filter_ij, select_mois, select_mois_ij
from etl.simulation.parametres import load_parametres
from etl.simulation.services import build_annees, build_mois_services, load_services
from etl.socle.socle import MESURE_RESULTAT


def add_services(
    tables: Mapping[str, pl.DataFrame], catalogue: Catalogue, territoires: pl.DataFrame
) -> dict[str, pl.DataFrame]:
    """``mart_valeur`` with the simulated years, months and weeks.

    A simulated fact whose key is already there is dropped.

    Args:
        tables: ``mart_valeur`` with the simulated network, and ``mart_delai_ij_caisse``.
        catalogue: definitions.
        territoires: population of the caisses (see ``mart_territoire``).

    Raises:
        DefinitionInvalideError: the hypotheses are malformed.
    """
    services, reseau = load_services(), load_parametres()
    tailles = compute_tailles(catalogue, territoires, reseau.taille_absente)
    mensuels = build_mois_services(catalogue, services, reseau, tables[VALEUR.nom], tailles)
    valeurs = _add(tables[VALEUR.nom], mensuels)
    mois = {code: select_mois(valeurs, code) for code in services.services if code != CODE_IJ}
    mois[CODE_IJ] = select_mois_ij(tables[DELAI_IJ_CAISSE.nom])
    valeurs = _add(valeurs, build_annees(catalogue, services, mois))
    return {VALEUR.nom: _add(valeurs, build_semaines(catalogue, services, mois))}


def _add(valeurs: pl.DataFrame, simules: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([valeurs, simules.join(valeurs, on=VALEUR.cle, how="anti")])


def drop_semaines(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """``mart_valeur`` without the simulated weeks that touch a month for which the organisme has a real figure.

    Call it once the loads have joined: weeks made of simulated months no longer agree with the real ones.

    Args:
        tables: ``mart_valeur`` and ``mart_delai_ij_caisse`` of a publication.
    """
    valeurs = tables[VALEUR.nom]
    cle = ["code_indicateur", "code_entite", "mois"]
    reels = pl.concat(
        [
            valeurs.filter(
                pl.col("granularite") == Granularite.MOIS.value,
                pl.col("maille") == Maille.ORGANISME.value,
                pl.col("mesure") == MESURE_RESULTAT,
                pl.col("nature") != Nature.SIMULEE.value,
            ).select("code_indicateur", "code_entite", pl.col("periode_debut").alias("mois")),
            filter_ij(tables[DELAI_IJ_CAISSE.nom])
            .filter(pl.col("nature") != Nature.SIMULEE.value)
            .select(pl.lit(CODE_IJ).alias("code_indicateur"), pl.col("code_organisme").alias("code_entite"), "mois"),
        ]
    ).unique()
    simulee = (pl.col("granularite") == Granularite.SEMAINE.value) & (pl.col("source_fichier") == FICHIER)
    perimees = (
        valeurs.lazy()
        .with_row_index("rang")
        .filter(simulee)
        .select("rang", *cle[:2], pl.concat_list("periode_debut", "periode_fin").alias("mois"))
        .explode("mois")
        .with_columns(pl.col("mois").dt.month_start())
        .join(reels.lazy(), on=cle, how="semi")
        .select(pl.col("rang").unique())
        .collect()["rang"]
    )
    if perimees.is_empty():
        return valeurs
    return valeurs.filter(~pl.int_range(pl.len(), dtype=pl.UInt32).is_in(perimees.implode()))
