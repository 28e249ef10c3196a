"""Read the attributes of a file of territories (GeoJSON, GeoPackage, zipped Shapefile): one sheet per layer.

Outlines are read to be checked, never stored: the product draws its own. A feature gives facts by its attributes.
"""

from __future__ import annotations

import warnings
import zipfile
from pathlib import Path

import polars as pl
import pyogrio
import shapely

from etl.chargement.lecture.classeur import check_archive
from etl.chargement.lecture.feuille import Feuille
from etl.chargement.lecture.parquet import build_feuille_typee
from etl.sources.publie import FichierIllisibleError

ENTITES_MAX = 200_000
_COMPAGNONS = (".shp", ".shx", ".dbf", ".prj", ".cpg")


def archive_shapefile(chemin: Path, dossier: Path) -> Path:
    """A bare ``.shp`` as one archive, with the files of its name beside it; any other path as it is.

    The archive is the original that is kept: its values are in the ``.dbf``. The same files give the same bytes.
    """
    if chemin.suffix.lower() != ".shp" or not chemin.is_file():
        return chemin
    archive = dossier / f"{chemin.stem}.zip"
    voisins = {f.suffix.lower(): f for f in chemin.parent.iterdir() if f.stem == chemin.stem and f.is_file()}
    with zipfile.ZipFile(archive, "w") as sortie:
        for extension in _COMPAGNONS:
            if extension in voisins:
                sortie.writestr(zipfile.ZipInfo(chemin.stem + extension), voisins[extension].read_bytes())
    return archive


def read_geo(chemin: Path, forme: str) -> list[Feuille]:
    """Read every layer that has attributes.

    Raises:
        FichierIllisibleError: damaged file, a Shapefile without its companions, too many features, no attribute.
    """
    nom = chemin.name
    cible = str(chemin)
    if forme == "shp":
        cible = f"/vsizip/{chemin}/{_find_shp(chemin)}"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # GDAL warns where it then fails, or about what is not read (styles)
            couches = [str(c[0]) for c in pyogrio.list_layers(cible)]
            feuilles = [f for couche in couches if (f := _read_couche(nom, cible, couche, forme)) is not None]
    except FichierIllisibleError:
        raise
    except Exception as erreur:  # GDAL reports damage through several unrelated exceptions
        raise FichierIllisibleError(
            f"{nom} : fichier géographique illisible ({type(erreur).__name__}). Réexportez-le en GeoJSON ou GeoPackage."
        ) from erreur
    if not feuilles:
        raise FichierIllisibleError(f"{nom} : aucune couche n'a d'attribut à charger.")
    return feuilles


def _read_couche(nom: str, cible: str, couche: str, forme: str) -> Feuille | None:
    info = pyogrio.read_info(cible, layer=couche, force_feature_count=True)
    if not len(info["fields"]):
        return None
    if info["features"] > ENTITES_MAX:
        raise FichierIllisibleError(f"{nom} : {info['features']} entités, plus que les {ENTITES_MAX} admises.")
    _, table = pyogrio.read_arrow(cible, layer=couche)
    colonnes = [c for c in table.column_names if c in set(info["fields"])]
    frame = pl.from_arrow(table.select(colonnes))
    assert isinstance(frame, pl.DataFrame)  # noqa: S101 - a table gives a frame
    feuille = build_feuille_typee(nom, frame, feuille=None if forme in {"geojson", "shp"} else couche)
    avertissements: list[tuple[str, str]] = []
    geometrie = next((c for c in table.column_names if c not in colonnes and c != "fid"), None)
    if geometrie is not None:
        contours = shapely.from_wkb(table.column(geometrie).to_pylist(), on_invalid="ignore")
        invalides = int((~shapely.is_valid(contours) & ~shapely.is_missing(contours)).sum())
        if invalides:
            avertissements.append(("geometrie_invalide", f"{invalides} contour(s) invalide(s) sur {len(contours)}"))
    return Feuille(
        nom=feuille.nom, frame=feuille.frame, rang_entete=feuille.rang_entete, avertissements=tuple(avertissements)
    )


def _find_shp(chemin: Path) -> str:
    try:
        with zipfile.ZipFile(chemin) as archive:
            check_archive(chemin.name, archive.infolist())
            noms = archive.namelist()
    except zipfile.BadZipFile as erreur:
        raise FichierIllisibleError(f"{chemin.name} : archive tronquée ou abîmée.") from erreur
    shp = [n for n in noms if n.lower().endswith(".shp")]
    if len(shp) != 1:
        raise FichierIllisibleError(f"{chemin.name} : l'archive doit contenir un fichier .shp et un seul.")
    base = shp[0][:-4]
    if manquants := [e for e in (".dbf", ".shx") if not any(n.lower() == (base + e).lower() for n in noms)]:
        raise FichierIllisibleError(f"{chemin.name} : il manque {', '.join(manquants)} à côté du .shp.")
    return shp[0]
