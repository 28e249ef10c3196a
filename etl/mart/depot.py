"""Tables that cost to compute, kept in a folder per content: written once, whole, read again while nothing changes."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import polars as pl

MANIFESTE = "manifeste.json"
CONSERVES = 4  # folders of a depot kept, the last used first
REPIT = 3600.0  # seconds a folder that was used is kept, whatever their number: another process may be reading it


def compute_sha256(chemin: Path) -> str:
    """SHA-256 of a file, whatever its size."""
    with chemin.open("rb") as flux:
        return hashlib.file_digest(flux, "sha256").hexdigest()


def load_tables(
    dossier: Path, empreinte: str, noms: Iterable[str], construire: Callable[[], Mapping[str, pl.DataFrame]]
) -> dict[str, pl.DataFrame]:
    """The tables of ``dossier/<empreinte>``, built and written first unless they are there, whole.

    Args:
        dossier: parent of the folders, one per content.
        empreinte: name of the content; whoever calls makes it depend on all that decides of the tables.
        noms: of the tables expected.
        construire: makes the tables, by name.
    """
    cible = dossier / empreinte
    tables = read_tables(cible, noms)
    if tables is not None:
        os.utime(cible)  # used now: see prune_tables
        return tables
    tables = dict(construire())
    with write_dossier(cible) as provisoire:
        empreintes = {}
        for nom, table in tables.items():
            chemin = provisoire / f"{nom}.parquet"
            table.write_parquet(chemin, compression="zstd")
            empreintes[nom] = compute_sha256(chemin)
        (provisoire / MANIFESTE).write_text(json.dumps(empreintes, indent=2), encoding="utf-8")
    return tables


@contextmanager
def write_dossier(cible: Path) -> Iterator[Path]:
    """A folder to write in, which takes the place of ``cible`` at the end; on an error nothing is changed."""
    cible.parent.mkdir(parents=True, exist_ok=True)
    provisoire = Path(tempfile.mkdtemp(prefix=f".{cible.name}-", dir=cible.parent))
    try:
        yield provisoire
        provisoire.chmod(0o755)
        if cible.exists():
            shutil.rmtree(cible)
        provisoire.replace(cible)
    finally:
        shutil.rmtree(provisoire, ignore_errors=True)


def read_tables(dossier: Path, noms: Iterable[str]) -> dict[str, pl.DataFrame] | None:
    """The tables of a folder, or None if it is absent, incomplete or damaged."""
    chemins = {nom: dossier / f"{nom}.parquet" for nom in noms}
    try:
        empreintes: Mapping[str, str] = json.loads((dossier / MANIFESTE).read_text(encoding="utf-8"))
        if any(compute_sha256(chemin) != empreintes[nom] for nom, chemin in chemins.items()):
            return None
    except (OSError, ValueError, KeyError):
        return None
    return {nom: pl.read_parquet(chemin) for nom, chemin in chemins.items()}


def prune_tables(dossier: Path) -> None:
    """Drop the folders of contents no longer used, and what crashes left; the last used stay.

    Args:
        dossier: parent of the folders, one per content.
    """
    if not dossier.is_dir():
        return
    limite = time.time() - REPIT
    usages = sorted(((d.stat().st_mtime, d) for d in dossier.iterdir() if d.is_dir()), reverse=True)
    finis = [(usage, d) for usage, d in usages if not d.name.startswith(".")]
    restes = [(usage, d) for usage, d in usages if d.name.startswith(".")]
    for usage, ancien in [*finis[CONSERVES:], *restes]:
        if usage < limite:
            shutil.rmtree(ancien, ignore_errors=True)  # two processes may drop the same one
