"""Put the real files of IJ in the cube: a caisse × month that was sent replaces the simulated one, on every axis.

The files of one command form one « lot »: their counts add up. A later lot replaces whole caisse × months of an earlier
one. What is simulated never covers what is real; what no lot holds stays simulated.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from data.calculs.delais import build_listes, sum_comptes
from data.schemas import DELAI_IJ, DELAI_IJ_CAISSE, DELAI_IJ_ORIGINE, DELAI_IJ_RESEAU, Table
from etl.mart.delais_cube import TABLES_IJ, build_caisses, build_reseau, sort_caisses
from etl.mart.depot import load_tables

Tables = Mapping[str, pl.DataFrame]
TABLES: Final = (*TABLES_IJ, DELAI_IJ_ORIGINE)
CASE: Final = ("code_organisme", "mois")  # what a lot replaces as a whole
_BLOC: Final = 16  # caisses whose counts are added up at once


@dataclass(frozen=True)
class EnvoiIJ:
    """The real counts of one load: its id, the lot it came with, where its cube is (rows of ``mart_delai_ij``)."""

    chargement: str
    lot: str
    cube: Path


def merge_evenements(dossier: Path, base: Tables, empreinte: str, envois: Sequence[EnvoiIJ]) -> dict[str, pl.DataFrame]:
    """The tables of délais with the real files in them, kept in ``dossier`` as long as neither base nor loads change.

    Args:
        dossier: parent of the folders, one per content (``var/ij``).
        base: the simulated tables, by name.
        empreinte: name of the content of ``base``.
        envois: loads of IJ, in order.

    Returns:
        Tables of :data:`TABLES`, by name; those of ``base`` when there is no load.
    """
    if not envois:
        return {table.nom: base[table.nom] for table in TABLES}
    contenu = "\n".join([empreinte, *(f"{e.chargement} {e.lot}" for e in envois)])
    return load_tables(
        dossier,
        hashlib.sha256(contenu.encode()).hexdigest()[:16],
        [table.nom for table in TABLES],
        lambda: build_fusion(base, envois),
    )


def build_fusion(base: Tables, envois: Sequence[EnvoiIJ]) -> dict[str, pl.DataFrame]:
    """The same, built: only the caisses and the months that were sent are computed again.

    A month that not every caisse of the simulated network has sent, and that is not simulated, is in the cube and in
    the statistics of its caisses, but not in ``mart_delai_ij_reseau``: some caisses are not the network.
    """
    origine = list_origines(envois)
    reels = _select_reels(envois, origine)
    cases = origine.select(CASE).unique()
    simule = base[DELAI_IJ.nom]
    cube = pl.concat([simule.join(cases, on=CASE, how="anti", maintain_order="left"), reels]).sort(
        *CASE, maintain_order=True
    )
    caisses, mois = cases["code_organisme"].unique(), cases["mois"].unique()
    complets = _list_mois_complets(cube.filter(pl.col("mois").is_in(mois.implode())), simule["code_organisme"].unique())
    ancien = base[DELAI_IJ_RESEAU.nom].filter(~pl.col("mois").is_in(mois.implode()))
    nouveau = build_reseau(cube.filter(pl.col("mois").is_in(complets.implode())))
    statistiques = build_caisses(cube.filter(pl.col("code_organisme").is_in(caisses.implode())))
    autres = base[DELAI_IJ_CAISSE.nom].filter(~pl.col("code_organisme").is_in(caisses.implode()))
    return {
        DELAI_IJ.nom: cube,
        DELAI_IJ_RESEAU.nom: pl.concat([ancien, nouveau]).sort("mois", maintain_order=True),
        DELAI_IJ_CAISSE.nom: sort_caisses(pl.concat([autres, statistiques])),
        DELAI_IJ_ORIGINE.nom: origine,
    }


def _list_mois_complets(cube: pl.DataFrame, attendues: pl.Series) -> pl.Series:
    """Months where every caisse expected has files."""
    presentes = cube.filter(pl.col("code_organisme").is_in(attendues.implode())).group_by("mois")
    comptes = presentes.agg(pl.col("code_organisme").n_unique().alias("caisses"))
    return comptes.filter(pl.col("caisses") == len(attendues))["mois"]


def list_origines(envois: Sequence[EnvoiIJ]) -> pl.DataFrame:
    """The caisse × months that count, with the loads they come from: rows of ``mart_delai_ij_origine``."""
    rangs: dict[str, int] = {}
    morceaux = [pl.DataFrame(schema=pl.Schema(DELAI_IJ_ORIGINE.colonnes)).with_columns(lot=pl.lit(0, pl.Int64))]
    for envoi in envois:
        rang = rangs.setdefault(envoi.lot, len(rangs))
        par_case = pl.scan_parquet(envoi.cube).group_by(CASE).agg(pl.col("nombre").sum()).collect()
        decrite = par_case.with_columns(chargement=pl.lit(envoi.chargement))
        morceaux.append(_cast(decrite, DELAI_IJ_ORIGINE).with_columns(lot=pl.lit(rang, pl.Int64)))
    tous = pl.concat(morceaux)
    gagnants = tous.group_by(CASE).agg(pl.col("lot").max())
    return tous.join(gagnants, on=[*CASE, "lot"], how="semi").drop("lot").sort(*CASE, "chargement")


def _select_reels(envois: Sequence[EnvoiIJ], origine: pl.DataFrame) -> pl.DataFrame:
    """Rows of the cube that count, the files of a lot added up."""
    reels = [pl.DataFrame(schema=pl.Schema(DELAI_IJ.colonnes))]
    caisses = origine["code_organisme"].unique().sort()
    # A few caisses at a time: a lot may have many files, each with every caisse and month.
    for debut in range(0, len(caisses), _BLOC):
        bloc = origine.filter(pl.col("code_organisme").is_in(caisses[debut : debut + _BLOC].implode()))
        codes = bloc["code_organisme"].unique().to_list()
        lignes = [
            pl.scan_parquet(envoi.cube)
            .filter(pl.col("code_organisme").is_in(codes))
            .collect()
            .join(bloc.filter(chargement=envoi.chargement), on=CASE, how="semi")
            for envoi in envois
        ]
        reels.append(_add_doublons(_cast(pl.concat(lignes), DELAI_IJ)))
    return pl.concat(reels).sort(DELAI_IJ.cle)


def _add_doublons(lignes: pl.DataFrame) -> pl.DataFrame:
    """One row per key of ``mart_delai_ij``: rows with the same one, from files of one lot, are added up."""
    cle = list(DELAI_IJ.cle)
    repetees = lignes.select(cle).is_duplicated()
    uniques = lignes.filter(~repetees)
    sommes = [_cast(uniques, DELAI_IJ)]
    for morceau in lignes.filter(repetees).partition_by("code_organisme"):
        cles = morceau.select(cle).unique(maintain_order=True).with_row_index("groupe")
        groupes = morceau.join(cles, on=cle, how="left", maintain_order="left")["groupe"].to_numpy().astype(np.int64)
        comptes = sum_comptes(morceau["comptes"], groupes, cles.height)
        sommes.append(
            _cast(
                cles.drop("groupe").with_columns(
                    nombre=pl.Series(comptes.sum(axis=1)),
                    somme_jours=pl.Series(comptes @ np.arange(comptes.shape[1])),
                    comptes=build_listes(comptes),
                    nature=pl.lit(str(morceau["nature"][0])),
                ),
                DELAI_IJ,
            )
        )
    return pl.concat(sommes).sort(cle)


def _cast(frame: pl.DataFrame, table: Table) -> pl.DataFrame:
    return frame.select(pl.col(colonne).cast(genre) for colonne, genre in table.colonnes.items())
