"""The cube of délais IJ and its two totals (network, and statistics by caisse), kept in a folder per content.

As for geometries, what is simulated is written once under ``var/ij/<empreinte>`` and read again as long as neither the
code nor the caisses nor their order change.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.calculs import delais
from data.calculs.delais import JOURS_MAX, build_listes, compute_moyennes, compute_quantiles, sum_comptes
from data.catalogue import Catalogue
from data.schemas import DELAI_IJ, DELAI_IJ_CAISSE, DELAI_IJ_RESEAU
from etl.mart.depot import compute_sha256, load_tables
from etl.simulation import ij, raccord
from etl.simulation.ij import compute_rangs, list_caisses_classees, list_caisses_simulees, simulate_cube

TABLES_IJ: Final = (DELAI_IJ, DELAI_IJ_RESEAU, DELAI_IJ_CAISSE)
# What decides of every count written.
CODE: Final = tuple(Path(str(nom)) for nom in (__file__, ij.__file__, raccord.__file__, delais.__file__))
TOUS: Final = "tous"
DECILES: Final = tuple(rang / 10 for rang in range(1, 10))
_DIMENSIONS: Final = ("regime", "risque", "subrogation")
_LARGEUR: Final = JOURS_MAX + 1


def build_delais_cube(
    dossier: Path, catalogue: Catalogue, territoires: pl.DataFrame, valeurs: pl.DataFrame
) -> dict[str, pl.DataFrame]:
    """The three tables of délais, simulated unless ``dossier`` already holds them, whole.

    Args:
        dossier: parent of the folders, one per content (``var/ij``).
        catalogue: the caisses.
        territoires: their population (see ``mart_territoire``).
        valeurs: rows of ``mart_valeur``: the caisses are in the order of their monthly délais.

    Returns:
        ``mart_delai_ij``, ``mart_delai_ij_reseau`` and ``mart_delai_ij_caisse``, by name.
    """
    return load_tables(
        dossier,
        compute_empreinte(catalogue, territoires, valeurs),
        [table.nom for table in TABLES_IJ],
        lambda: build_totaux(simulate_cube(catalogue, territoires, valeurs)),
    )


def compute_empreinte(catalogue: Catalogue, territoires: pl.DataFrame, valeurs: pl.DataFrame) -> str:
    """Sixteen hexadecimal digits naming the content that :func:`build_delais_cube` would write."""
    parametres = {
        "code": [compute_sha256(chemin) for chemin in CODE],
        "numpy": np.__version__,
        "caisses": list_caisses_simulees(catalogue, territoires),
        "rangs": {
            risque: rangs.tolist()
            for risque, rangs in compute_rangs(valeurs, list_caisses_classees(catalogue, territoires)).items()
        },
        "colonnes": {table.nom: [f"{c} {t}" for c, t in table.colonnes.items()] for table in TABLES_IJ},
    }
    return hashlib.sha256(json.dumps(parametres, sort_keys=True).encode()).hexdigest()[:16]


def build_totaux(cube: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The cube, its sum over the caisses, and the statistics of each caisse, by name of table.

    Args:
        cube: rows of ``mart_delai_ij``.
    """
    return {DELAI_IJ.nom: cube, DELAI_IJ_RESEAU.nom: build_reseau(cube), DELAI_IJ_CAISSE.nom: build_caisses(cube)}


def build_reseau(cube: pl.DataFrame) -> pl.DataFrame:
    """Rows of ``mart_delai_ij_reseau``: combinations with files, in the order of time.

    A row is simulated as soon as one of the rows of the cube it adds up is.
    """
    mois, dimensions, indexe = _index(cube)
    comptes = np.zeros((len(mois) * dimensions.height, _LARGEUR), dtype=np.int64)
    simulees = np.zeros(len(comptes), dtype=np.bool_)
    for lignes in indexe.partition_by("code_organisme"):  # caisse by caisse: what is unpacked at once stays small
        groupes = lignes["groupe"].to_numpy()
        comptes += sum_comptes(lignes["comptes"], groupes, len(comptes))
        simulees[groupes[(lignes["nature"] == "simulee").to_numpy()]] = True
    rangs = np.flatnonzero(comptes.sum(axis=1))
    choisies = dimensions.select(*_DIMENSIONS, "canal")[rangs % max(dimensions.height, 1)]
    return (
        pl.DataFrame({"mois": mois.gather(rangs // max(dimensions.height, 1))})
        .hstack(choisies)
        .with_columns(
            nombre=pl.Series(comptes[rangs].sum(axis=1)),
            somme_jours=pl.Series(comptes[rangs] @ np.arange(_LARGEUR)),
            comptes=build_listes(comptes[rangs]),
            nature=pl.Series(np.where(simulees[rangs], "simulee", "publiee"), dtype=pl.String),
        )
        .select(list(DELAI_IJ_RESEAU.colonnes))
        .cast(pl.Schema(DELAI_IJ_RESEAU.colonnes))
    )


def build_caisses(cube: pl.DataFrame) -> pl.DataFrame:
    """Rows of ``mart_delai_ij_caisse``: statistics of each caisse and month, and of the totals of its files."""
    mois, dimensions, indexe = _index(cube)
    selections = _list_selections(dimensions)
    statistiques = [pl.DataFrame(schema=pl.Schema(DELAI_IJ_CAISSE.colonnes))]
    for (organisme,), lignes in indexe.partition_by("code_organisme", as_dict=True, maintain_order=True).items():
        comptes = sum_comptes(lignes["comptes"], lignes["groupe"].to_numpy(), len(mois) * dimensions.height)
        calculees = _compute_statistiques(str(organisme), comptes, mois, selections, _build_natures(lignes))
        statistiques.append(calculees.cast(pl.Schema(DELAI_IJ_CAISSE.colonnes)))
    return sort_caisses(pl.concat(statistiques))


def sort_caisses(caisses: pl.DataFrame) -> pl.DataFrame:
    """Rows of ``mart_delai_ij_caisse`` in the order of the table: what a request selects lies together."""
    return caisses.sort(*_DIMENSIONS, "mois", "code_organisme")


def _index(cube: pl.DataFrame) -> tuple[pl.Series, pl.DataFrame, pl.DataFrame]:
    """Months and combinations of a cube, in order, and its rows with the rank of their month × combination."""
    mois = cube["mois"].unique().sort()
    dimensions = cube.select(*_DIMENSIONS, "canal").unique().sort(*_DIMENSIONS, "canal").with_row_index("combinaison")
    code = (
        cube.select("mois", *_DIMENSIONS, "canal")
        .join(pl.DataFrame({"mois": mois}).with_row_index("rang"), on="mois", how="left", maintain_order="left")
        .join(dimensions, on=[*_DIMENSIONS, "canal"], how="left", maintain_order="left")
        .select(groupe=pl.col("rang").cast(pl.Int64) * dimensions.height + pl.col("combinaison").cast(pl.Int64))
    )
    return mois, dimensions, cube.with_columns(code["groupe"])


def _list_selections(dimensions: pl.DataFrame) -> list[tuple[dict[str, str], NDArray[np.int64]]]:
    """Every régime, risque and subrogation or their total that has rows, with the ranks of its combinations."""
    selections = []
    valeurs = [[*dimensions[colonne].unique().sort(), TOUS] for colonne in _DIMENSIONS]
    for choix in itertools.product(*valeurs):
        retenues = dimensions.filter(*(pl.col(c) == v for c, v in zip(_DIMENSIONS, choix, strict=True) if v != TOUS))
        if not retenues.is_empty():
            rangs = retenues["combinaison"].to_numpy().astype(np.int64)
            selections.append((dict(zip(_DIMENSIONS, choix, strict=True)), rangs))
    return selections


def _build_natures(lignes: pl.DataFrame) -> pl.DataFrame:
    """Nature of each month of a caisse: simulated as soon as one row is."""
    return lignes.group_by("mois").agg(pl.col("nature").max())  # « simulee » sorts after « publiee »


def _compute_statistiques(
    organisme: str,
    comptes: NDArray[np.int64],
    mois: pl.Series,
    selections: list[tuple[dict[str, str], NDArray[np.int64]]],
    natures: pl.DataFrame,
) -> pl.DataFrame:
    """Rows of ``mart_delai_ij_caisse`` of one organisme; months without files left out."""
    par_mois = comptes.reshape(len(mois), -1, _LARGEUR)
    sommes = np.concatenate([par_mois[:, rangs].sum(axis=1) for _, rangs in selections])
    remplies = np.flatnonzero(sommes.sum(axis=1))
    sommes = sommes[remplies]
    quantiles = compute_quantiles(sommes, DECILES)
    rang_selection, rang_mois = remplies // len(mois), remplies % len(mois)
    return pl.DataFrame(
        {
            "code_organisme": [organisme] * len(remplies),
            "mois": mois.gather(rang_mois),
            **{c: np.array([choix[c] for choix, _ in selections])[rang_selection] for c in _DIMENSIONS},
            "nombre": sommes.sum(axis=1),
            "moyenne": compute_moyennes(sommes),
            **{f"d{rang}": quantiles[:, rang - 1] for rang in range(1, 10)},
        }
    ).join(natures, on="mois", how="left", maintain_order="left")
