"""Files sent from the web, kept apart until they are loaded or forgotten.

Each one lies in ``var/depots/<jeton>`` (a random name, readable by the account of the server alone), under its own
cleaned name, for the ETL recognises a source by it. Nothing there is ever executed or served as a page. A file left
behind is removed after an hour.
"""

from __future__ import annotations

import re
import secrets
import shutil
import time
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from components.figures.formats import INSECABLE, format_nombre
from data.chemins import get_depots

TAILLE_MAX: Final = 100 * 1000 * 1000  # bytes
TAILLE_MAX_MO: Final = TAILLE_MAX // 1_000_000
EXTENSIONS: Final = (".csv", ".tsv", ".txt", ".xlsx", ".parquet", ".geojson", ".json", ".gpkg", ".zip")
DUREE: Final = 3600  # seconds a file waits
NOMBRE_MAX: Final = 10  # files waiting at once
JETON: Final = re.compile(r"[0-9a-f]{32}")
_MORCEAU: Final = 1 << 20
_NOM_MAX: Final = 120


class DepotRefuseError(ValueError):
    """A file that is not taken; the message (French) says why and how to mend it. ``code``: HTTP status."""

    def __init__(self, message: str, code: int = 400) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Depot:
    """A file waiting: its random name, where it is, its size in bytes."""

    jeton: str
    chemin: Path
    octets: int

    @property
    def annotes(self) -> Path:
        """Folder of its annotated twin."""
        return self.chemin.parent / "annote"


def clean_nom(nom: str) -> str:
    """A file name without folder, control character nor leading dot; its extension kept.

    Raises:
        DepotRefuseError: the extension is not one that is read.
    """
    dernier = unicodedata.normalize("NFC", nom).replace("\\", "/").rsplit("/", 1)[-1]
    propre = re.sub(r"[^\w .,()'’&+=-]", "_", dernier).strip(" .")
    racine, point, extension = propre.rpartition(".")
    if not point or f".{extension.lower()}" not in EXTENSIONS:
        raise DepotRefuseError(
            f"«{INSECABLE}{propre or 'sans nom'}{INSECABLE}»{INSECABLE}: ce type de fichier n'est pas admis. "
            f"Envoyez un fichier {', '.join(EXTENSIONS)}.",
            415,
        )
    # Never empty: the name starts with neither space nor dot.
    return f"{racine[: _NOM_MAX - len(extension) - 1].strip()}.{extension}"


def store_depot(var: Path, nom: str, flux: IO[bytes], octets: int | None) -> Depot:
    """Keep what a request sends.

    Args:
        var: folder of everything that is built.
        nom: name of the file at the sender's.
        flux: its bytes.
        octets: announced by the request; None when it does not say.

    Raises:
        DepotRefuseError: no announced size, an empty or too large file, a type that is not read, too many waiting.
    """
    propre = clean_nom(nom)
    if octets is None:
        raise DepotRefuseError("La taille du fichier n'est pas annoncée\u00a0: renvoyez-le depuis la page.", 411)
    if octets == 0:
        raise DepotRefuseError(f"«{INSECABLE}{propre}{INSECABLE}» est vide. Vérifiez l'export, puis renvoyez-le.")
    if octets > TAILLE_MAX:
        raise DepotRefuseError(build_refus_taille(propre, octets), 413)
    prune_depots(var)
    if sum(1 for _ in get_depots(var).glob("*")) >= NOMBRE_MAX:
        raise DepotRefuseError(
            "Trop de fichiers attendent déjà\u00a0: publiez-les ou annulez-les, puis recommencez.", 429
        )
    jeton = secrets.token_hex(16)
    dossier = get_depots(var) / jeton
    dossier.mkdir(parents=True, mode=0o700)
    try:
        recus = _copy(flux, dossier / propre)
        if recus != octets:
            raise DepotRefuseError("L'envoi s'est interrompu\u00a0: renvoyez le fichier.")
    except BaseException:
        shutil.rmtree(dossier, ignore_errors=True)
        raise
    return Depot(jeton, dossier / propre, recus)


def build_refus_taille(nom: str, octets: int) -> str:
    """Why a file is too large, and what to do."""
    return (
        f"«{INSECABLE}{nom}{INSECABLE}» pèse {format_nombre(octets / 1e6, 0)}{INSECABLE}Mo\u00a0: la limite de l'envoi "
        f"est de {TAILLE_MAX_MO}{INSECABLE}Mo. Découpez-le, ou chargez-le en ligne de commande (python -m etl load)."
    )


def find_depot(var: Path, jeton: str) -> Depot | None:
    """The file waiting under a random name; None when there is none (any more)."""
    dossier = get_depots(var) / jeton
    if not JETON.fullmatch(jeton) or not dossier.is_dir():
        return None
    fichiers = [f for f in dossier.iterdir() if f.is_file()]
    return Depot(jeton, fichiers[0], fichiers[0].stat().st_size) if len(fichiers) == 1 else None


def find_annote(var: Path, jeton: str) -> Path | None:
    """The annotated twin of a file waiting, when its control found something to say."""
    depot = find_depot(var, jeton)
    return next(depot.annotes.glob("*"), None) if depot is not None else None


def remove_depot(var: Path, jeton: str) -> None:
    """Forget a file; harmless when it is gone."""
    if JETON.fullmatch(jeton):
        shutil.rmtree(get_depots(var) / jeton, ignore_errors=True)


def prune_depots(var: Path) -> None:
    """Forget the files that have waited too long."""
    limite = time.time() - DUREE
    for dossier in get_depots(var).glob("*"):
        if dossier.stat().st_mtime < limite:
            shutil.rmtree(dossier, ignore_errors=True)


def _copy(flux: IO[bytes], chemin: Path) -> int:
    """Copy a stream to a new file, no further than the limit; bytes written."""
    recus = 0
    with chemin.open("xb") as sortie:
        while morceau := flux.read(_MORCEAU):
            recus += len(morceau)
            if recus > TAILLE_MAX:
                raise DepotRefuseError(build_refus_taille(chemin.name, recus), 413)
            sortie.write(morceau)
    return recus
