"""Read the published figures shipped in ``data/publie``: every cell as text, every row with its rank.

Nothing is interpreted here. A file is a :class:`Fichier`: its bytes' SHA-256 and its rows.
"""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path


class FichierIllisibleError(ValueError):
    """A file cannot be read as a table; the message says which, where and how to mend it."""


@dataclass(frozen=True)
class Ligne:
    """One row of a file: ``rang`` counts from 1 with the header, as a spreadsheet shows it."""

    fichier: str
    rang: int
    cellules: dict[str, str]

    def __getitem__(self, colonne: str) -> str:
        return self.cellules[colonne]

    def get(self, colonne: str) -> str | None:
        """The cell, or None when it is blank."""
        return self.cellules.get(colonne) or None


@dataclass(frozen=True)
class Fichier:
    """One file of ``data/publie``."""

    nom: str
    sha256: str
    octets: int
    colonnes: tuple[str, ...]
    lignes: tuple[Ligne, ...]


def read_fichier(chemin: Path) -> Fichier:
    """Read one CSV (UTF-8, comma, header).

    Raises:
        FichierIllisibleError: wrong encoding, a row with another number of cells, no provenance columns.
    """
    octets = chemin.read_bytes()
    try:
        texte = octets.decode("utf-8")
    except UnicodeDecodeError as erreur:
        raise FichierIllisibleError(
            f"{chemin.name} : octet {erreur.start} non lisible en UTF-8. Enregistrez le fichier en UTF-8."
        ) from erreur
    lecteur = csv.reader(texte.splitlines())
    entete = next(lecteur, None)
    if not entete or not {"document", "ligne"} <= set(entete):
        raise FichierIllisibleError(
            f"{chemin.name} : l'en-tête doit comporter les colonnes « document » et « ligne » (provenance)."
        )
    lignes = []
    for rang, cellules in enumerate(lecteur, start=2):
        if len(cellules) != len(entete):
            raise FichierIllisibleError(
                f"{chemin.name}, ligne {rang} : {len(cellules)} cellules, {len(entete)} attendues. "
                "Vérifiez les guillemets et les virgules."
            )
        lignes.append(
            Ligne(chemin.name, rang, dict(zip(entete, (cellule.strip() for cellule in cellules), strict=True)))
        )
    return Fichier(chemin.name, hashlib.sha256(octets).hexdigest(), len(octets), tuple(entete), tuple(lignes))


def read_publie(dossier: Path) -> dict[str, Fichier]:
    """Read every CSV of the folder, by stem.

    Raises:
        FichierIllisibleError: see :func:`read_fichier`, or the folder has no CSV.
    """
    fichiers = {chemin.stem: read_fichier(chemin) for chemin in sorted(dossier.glob("*.csv"))}
    if not fichiers:
        raise FichierIllisibleError(f"{dossier} : aucun fichier CSV publié.")
    return fichiers
