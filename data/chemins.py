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


def get_lien_courant(var: Path) -> Path:
    """Symbolic link to the publication being served; replaced atomically."""
    return var / "courante"


def get_geo(var: Path) -> Path:
    """Content-addressed folder of geometries, shared by publications."""
    return var / "geo"
