"""Read a file whatever its format: the format is told by the content, and must agree with the extension."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

from data.source import SourceFichier
from etl.chargement.lecture.classeur import read_classeur
from etl.chargement.lecture.feuille import Feuille
from etl.chargement.lecture.geo import read_geo
from etl.chargement.lecture.parquet import read_parquet
from etl.chargement.lecture.texte import read_octets, read_texte
from etl.sources.publie import FichierIllisibleError

EXTENSIONS = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".xlsx": "xlsx",
    ".parquet": "parquet",
    ".geojson": "geojson",
    ".json": "geojson",
    ".gpkg": "gpkg",
    ".zip": "shp",
}
_MACROS = {".xlsm", ".xltm", ".xlsb", ".xlam"}
_SIGNATURES = {b"PK\x03\x04": {"xlsx", "shp"}, b"PAR1": {"parquet"}, b"SQLi": {"gpkg"}}


@dataclass(frozen=True)
class Lecture:
    """A file read: its identity, its format and its sheets."""

    fichier: str
    sha256: str
    octets: int
    format: str
    encodage: str | None
    separateur: str | None
    feuilles: tuple[Feuille, ...]
    feuilles_ignorees: tuple[str, ...] = ()


def find_format(chemin: Path) -> str:
    """The format of a file, from its extension, confirmed by its first bytes.

    Raises:
        FichierIllisibleError: unknown or disagreeing format, macros, not a plain file.
    """
    nom, extension = chemin.name, chemin.suffix.lower()
    if chemin.is_dir():
        raise FichierIllisibleError(f"{nom} : c'est un dossier. Donnez le fichier lui-même.")
    if not chemin.is_file():
        raise FichierIllisibleError(f"{nom} : fichier introuvable. Vérifiez son nom et son dossier.")
    if extension in _MACROS:
        raise FichierIllisibleError(f"{nom} : classeur avec macros. Enregistrez-le en .xlsx sans macro.")
    if extension == ".xls":
        raise FichierIllisibleError(f"{nom} : ancien format .xls. Enregistrez le classeur en .xlsx.")
    forme = EXTENSIONS.get(extension)
    if extension in {".shp", ".dbf", ".shx"}:
        raise FichierIllisibleError(f"{nom} : un Shapefile se donne entier, dans une archive .zip (.shp, .shx, .dbf).")
    if forme is None:
        raise FichierIllisibleError(
            f"{nom} : extension « {extension or '(aucune)'} » non reconnue. Formats admis : {', '.join(EXTENSIONS)}."
        )
    with chemin.open("rb") as flux:
        debut = flux.read(4)
    if not debut:
        raise FichierIllisibleError(f"{nom} : fichier vide. Vérifiez l'export, puis renvoyez-le.")
    attendus = next((formes for signature, formes in _SIGNATURES.items() if debut == signature), None)
    binaire = forme in {"xlsx", "parquet", "gpkg", "shp"}
    if (attendus is not None and forme not in attendus) or (
        binaire and attendus is None and debut[:4] != b"\xd0\xcf\x11\xe0"
    ):
        reel = " ou ".join(sorted(attendus)) if attendus else "un autre format, ou un fichier abîmé"
        raise FichierIllisibleError(f"{nom} : l'extension dit {forme}, le contenu dit {reel}. Renommez ou réexportez.")
    if forme == "shp" and _contains_classeur(chemin):
        raise FichierIllisibleError(f"{nom} : l'archive contient un classeur. Renvoyez-le tel quel, en .xlsx.")
    return forme


def _contains_classeur(chemin: Path) -> bool:
    if not zipfile.is_zipfile(chemin):
        return False
    with zipfile.ZipFile(chemin) as archive:
        return "xl/workbook.xml" in archive.namelist()


def read_fichier_charge(chemin: Path, source: SourceFichier | None = None, *, nom: str | None = None) -> Lecture:
    """Read one file with its mapping, or without when it is to be guessed.

    Args:
        chemin: where the file is.
        source: its mapping.
        nom: the name it was sent under, when it is not that of ``chemin``.

    Raises:
        FichierIllisibleError: see the readers; the message says what, where and how to mend.
    """
    forme = find_format(chemin)
    octets = read_octets(chemin, texte=forme == "csv")
    encodage = separateur = None
    ignorees: list[str] = []
    if forme == "csv":
        feuille, separateur = read_texte(chemin, octets, source)
        feuilles, encodage = [feuille], octets.encodage
    elif forme == "xlsx":
        feuilles, ignorees = read_classeur(chemin, source)
    elif forme == "parquet":
        feuilles = [read_parquet(chemin)]
    else:
        feuilles = read_geo(chemin, forme)
    return Lecture(
        nom or chemin.name, octets.sha256, octets.taille, forme, encodage, separateur, tuple(feuilles), tuple(ignorees)
    )
