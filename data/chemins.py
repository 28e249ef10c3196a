"""Where the published databases live, and how a publication folder is laid out."""

from __future__ import annotations

import os
from pathlib import Path

RACINE = Path(__file__).resolve().parent.parent
PUBLIE = RACINE / "data" / "publie"
NOM_BASE = "parangon.duckdb"


def get_var() -> Path:
    """Folder of everything that is built (``PARANGON_VAR``, or ``var/`` of the checkout)."""
    return Path(os.environ.get("PARANGON_VAR") or RACINE / "var")


def get_publications(var: Path) -> Path:
    """Folder holding one sub-folder per publication."""
    return var / "publications"


def get_historique(var: Path) -> Path:
    """Folder of what is left of the publications no longer kept, one small file each; the ETL alone writes there."""
    return var / "historique"


def get_lien_courant(var: Path) -> Path:
    """Symbolic link to the publication being served; replaced atomically."""
    return var / "courante"


def get_geo(var: Path) -> Path:
    """Content-addressed folder of geometries, shared by publications."""
    return var / "geo"


def get_ij(var: Path) -> Path:
    """Content-addressed folder of the simulated files of IJ, shared by publications."""
    return var / "ij"


def get_reseau(var: Path) -> Path:
    """Content-addressed folder of the simulated network, shared by publications."""
    return var / "reseau"


def get_commentaires(var: Path) -> Path:
    """Folder of the comments, one file per organisme; no part of any publication."""
    return var / "commentaires"


def get_chargements(var: Path) -> Path:
    """Folder of the loads, one sub-folder each; the ETL alone writes there."""
    return var / "chargements"


def get_depots(var: Path) -> Path:
    """Folder of the files sent from the web and not loaded yet, one sub-folder each, removed after an hour."""
    return var / "depots"


def get_retours(var: Path) -> Path:
    """Journal of the returns to an older publication made from the web."""
    return var / "retours.jsonl"


def get_baremes(var: Path) -> Path:
    """Folder of the proposed barèmes, one file per version; no part of any publication."""
    return var / "baremes"
