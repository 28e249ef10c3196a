"""Join the loaded facts to those of the documents and of the simulators: real first, and the last load wins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from data.modele import Nature
from data.schemas import CHARGEMENT, REJET, VALEUR
from etl.chargement.controles import CLE
from etl.chargement.journal import Chargement, build_table


def merge_chargements(
    tables: Mapping[str, pl.DataFrame],
    chargements: Sequence[Chargement],
    faits: pl.DataFrame,
    rejets: pl.DataFrame,
    restants_ij: Mapping[str, int],
) -> dict[str, pl.DataFrame]:
    """The tables of a publication with its loads.

    A shipped document wins over a load, a later load over an earlier one, anything real over the simulation.

    Args:
        tables: mart tables without loads.
        chargements: loads in order.
        faits: their facts, in the same order (columns of ``mart_valeur``).
        rejets: their rejects (columns of ``mart_rejet``).
        restants_ij: caisse × months that count in the publication, by load of events of IJ.
    """
    valeurs = tables[VALEUR.nom]
    simulee = pl.col("nature") == Nature.SIMULEE.value
    documents, simulees = valeurs.filter(~simulee), valeurs.filter(simulee)
    derniers = faits.unique(CLE, keep="last", maintain_order=True).join(
        documents.select(CLE), on=CLE, how="anti", nulls_equal=True, maintain_order="left"
    )
    simulees = simulees.join(derniers.select(CLE), on=CLE, how="anti", nulls_equal=True, maintain_order="left")
    restants = dict(restants_ij)
    if derniers.height:
        restants |= dict(derniers.group_by("chargement").len().iter_rows())
    return dict(tables) | {
        VALEUR.nom: pl.concat([documents, derniers.select(documents.columns), simulees]),
        REJET.nom: pl.concat([tables[REJET.nom], rejets.select(tables[REJET.nom].columns)]),
        CHARGEMENT.nom: build_table(chargements, restants),
    }
