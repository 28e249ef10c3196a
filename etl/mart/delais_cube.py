"""The cube of délais IJ and its two totals (network, and statistics by caisse), kept in a folder per content.

As for geometries, what is simulated is written once under ``var/ij/<empreinte>`` and read again as long as neither the
code nor the caisses change.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.calculs import delais
from data.calculs.delais import JOURS_MAX, build_listes, compute_moyennes, compute_quantiles, sum_comptes
from data.catalogue import Catalogue
from data.schemas import DELAI_IJ, DELAI_IJ_CAISSE, DELAI_IJ_RESEAU
from etl.simulation import ij
from etl.simulation.ij import list_caisses_simulees, simulate_cube

TABLES_IJ: Final = (DELAI_IJ, DELAI_IJ_RESEAU, DELAI_IJ_CAISSE)
CODE: Final = (Path(__file__), Path(ij.__file__), Path(delais.__file__))  # what decides of every count written
TOUS: Final = "tous"
DECILES: Final = tuple(rang / 10 for rang in range(1, 10))
MANIFESTE: Final = "manifeste.json"
_DIMENSIONS: Final = ("regime", "risque", "subrogation")
_LARGEUR: Final = JOURS_MAX + 1


def build_delais_cube(dossier: Path, catalogue: Catalogue, territoires: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The three tables of délais, simulated unless ``dossier`` already holds them, whole.

    Args:
        dossier: parent of the folders, one per content (``var/ij``).
        catalogue: the caisses.
        territoires: their population (see ``mart_territoire``).

    Returns:
        ``mart_delai_ij``, ``mart_delai_ij_reseau`` and ``mart_delai_ij_caisse``, by name.
    """
    cible = dossier / compute_empreinte(catalogue, territoires)
    tables = _read_tables(cible)
    if tables is not None:
        return tables
    tables = build_totaux(simulate_cube(catalogue, territoires))
    dossier.mkdir(parents=True, exist_ok=True)
    provisoire = Path(tempfile.mkdtemp(prefix=f".{cible.name}-", dir=dossier))
    try:
        empreintes = {}
        for nom, table in tables.items():
            chemin = provisoire / f"{nom}.parquet"
            table.write_parquet(chemin, compression="zstd")
            empreintes[chemin.name] = _compute_sha256(chemin)
        (provisoire / MANIFESTE).write_text(json.dumps(empreintes, indent=2), encoding="utf-8")
        provisoire.chmod(0o755)
        if cible.exists():
            shutil.rmtree(cible)
        provisoire.replace(cible)
    finally:
        shutil.rmtree(provisoire, ignore_errors=True)
    return tables


def compute_empreinte(catalogue: Catalogue, territoires: pl.DataFrame) -> str:
    """Sixteen hexadecimal digits naming the content that :func:`build_delais_cube` would write."""
    parametres = {
        "code": [_compute_sha256(chemin) for chemin in CODE],
        "numpy": np.__version__,
        "caisses": list_caisses_simulees(catalogue, territoires),
        "colonnes": {table.nom: [f"{c} {t}" for c, t in table.colonnes.items()] for table in TABLES_IJ},
    }
    return hashlib.sha256(json.dumps(parametres, sort_keys=True).encode()).hexdigest()[:16]


def _compute_sha256(chemin: Path) -> str:
    return hashlib.sha256(chemin.read_bytes()).hexdigest()


def _read_tables(dossier: Path) -> dict[str, pl.DataFrame] | None:
    """The tables of a folder, or None if it is absent, incomplete or damaged."""
    try:
        empreintes: Mapping[str, str] = json.loads((dossier / MANIFESTE).read_text(encoding="utf-8"))
        chemins = {table.nom: dossier / f"{table.nom}.parquet" for table in TABLES_IJ}
        if any(_compute_sha256(chemin) != empreintes[chemin.name] for chemin in chemins.values()):
            return None
    except (OSError, ValueError, KeyError):
        return None
    return {nom: pl.read_parquet(chemin) for nom, chemin in chemins.items()}


def build_totaux(cube: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The cube, its sum over the caisses, and the statistics of each caisse, by name of table.

    Args:
        cube: rows of ``mart_delai_ij``.
    """
    mois = cube["mois"].unique().sort()
    dimensions = cube.select(*_DIMENSIONS, "canal").unique().sort(*_DIMENSIONS, "canal").with_row_index("combinaison")
    selections = _list_selections(dimensions)
    code = (
        cube.select("mois", *_DIMENSIONS, "canal")
        .join(pl.DataFrame({"mois": mois}).with_row_index("rang"), on="mois", how="left", maintain_order="left")
        .join(dimensions, on=[*_DIMENSIONS, "canal"], how="left", maintain_order="left")
        .select(groupe=pl.col("rang").cast(pl.Int64) * dimensions.height + pl.col("combinaison").cast(pl.Int64))
    )
    reseau = np.zeros((len(mois) * dimensions.height, _LARGEUR), dtype=np.int64)
    simulees = np.zeros(len(reseau), dtype=np.bool_)
    statistiques = []
    indexe = cube.with_columns(code["groupe"])
    for (organisme,), lignes in indexe.partition_by("code_organisme", as_dict=True, maintain_order=True).items():
        groupes = lignes["groupe"].to_numpy()
        comptes = sum_comptes(lignes["comptes"], groupes, len(reseau))
        reseau += comptes
        simulees[groupes[(lignes["nature"] == "simulee").to_numpy()]] = True
        nature = _build_natures(lignes)
        statistiques.append(_compute_statistiques(str(organisme), comptes, mois, selections, nature))
    return {
        DELAI_IJ.nom: cube,
        DELAI_IJ_RESEAU.nom: _build_reseau(reseau, simulees, mois, dimensions),
        DELAI_IJ_CAISSE.nom: pl.concat(statistiques)
        .cast(pl.Schema(DELAI_IJ_CAISSE.colonnes))
        .sort(*_DIMENSIONS, "mois", "code_organisme"),  # what a request selects lies together
    }


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


def _build_reseau(
    comptes: NDArray[np.int64], simulees: NDArray[np.bool_], mois: pl.Series, dimensions: pl.DataFrame
) -> pl.DataFrame:
    """Rows of ``mart_delai_ij_reseau``: combinations with files, in the order of time."""
    rangs = np.flatnonzero(comptes.sum(axis=1))
    choisies = dimensions.select(*_DIMENSIONS, "canal")[rangs % dimensions.height]
    return (
        pl.DataFrame({"mois": mois.gather(rangs // dimensions.height)})
        .hstack(choisies)
        .with_columns(
            nombre=pl.Series(comptes[rangs].sum(axis=1)),
            somme_jours=pl.Series(comptes[rangs] @ np.arange(_LARGEUR)),
            comptes=build_listes(comptes[rangs]),
            nature=pl.Series(np.where(simulees[rangs], "simulee", "publiee")),
        )
        .select(list(DELAI_IJ_RESEAU.colonnes))
        .cast(pl.Schema(DELAI_IJ_RESEAU.colonnes))
    )
