"""Publish: build aside, check, switch a symbolic link. Readers never see a half-written database.

Layout of ``var``::

    publications/<version>/parangon.duckdb
    courante -> publications/<version>      (replaced with os.replace)

A version is ``AAAAMMJJ-HHMMSS-<empreinte of the inputs>``. A crash leaves the previous link
untouched and at most a ``.en-cours-*`` folder, removed by the next run.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb
import polars as pl

from data.chemins import NOM_BASE, get_lien_courant, get_publications
from data.schemas import TABLES, check_frame

_PREFIXE = ".en-cours-"
CONSERVEES = 5


class PublicationEnCoursError(RuntimeError):
    """Another run is publishing."""


@contextmanager
def lock_publication(var: Path) -> Iterator[None]:
    """Hold the lock of publishing; the kernel drops it if the process dies.

    Raises:
        PublicationEnCoursError: another process holds it.
    """
    var.mkdir(parents=True, exist_ok=True)
    with (var / "publication.verrou").open("w") as verrou:
        try:
            fcntl.flock(verrou, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PublicationEnCoursError(
                "Une autre publication est en cours : attendez qu'elle finisse, puis relancez."
            ) from None
        yield


def write_base(chemin: Path, tables: Mapping[str, pl.DataFrame], brut: Mapping[str, pl.DataFrame]) -> None:
    """Write a database file: the mart tables (checked against their schemas) and the ``brut`` tables as printed.

    Raises:
        data.schemas.SchemaInvalideError: a table does not match its schema.
    """
    with duckdb.connect(str(chemin)) as connexion:
        for table in TABLES:
            connexion.from_arrow(check_frame(table, tables[table.nom]).to_arrow()).create(table.nom)
        connexion.execute("CREATE SCHEMA brut")
        for nom, frame in brut.items():
            connexion.from_arrow(frame.to_arrow()).create(f"brut.{nom}")
        connexion.execute("CHECKPOINT")


def publish(var: Path, version: str, tables: Mapping[str, pl.DataFrame], brut: Mapping[str, pl.DataFrame]) -> Path:
    """Write the database aside, then make it the current publication. Call it under :func:`lock_publication`.

    Returns:
        The folder of the publication.
    """
    publications = get_publications(var)
    publications.mkdir(parents=True, exist_ok=True)
    for reste in publications.glob(f"{_PREFIXE}*"):
        shutil.rmtree(reste)
    provisoire = publications / f"{_PREFIXE}{version}"
    provisoire.mkdir()
    write_base(provisoire / NOM_BASE, tables, brut)
    definitif = publications / version
    provisoire.replace(definitif)
    switch_publication(var, definitif)
    prune_publications(var)
    return definitif


def switch_publication(var: Path, dossier: Path) -> None:
    """Point the current link at a publication folder, atomically."""
    lien = get_lien_courant(var)
    nouveau = lien.with_name(f"{lien.name}.{os.getpid()}")
    nouveau.unlink(missing_ok=True)
    nouveau.symlink_to(dossier.relative_to(var))
    nouveau.replace(lien)


def prune_publications(var: Path) -> None:
    """Keep the last publications (and always the current one) for rollback."""
    courante = get_lien_courant(var).resolve()
    dossiers = sorted(d for d in get_publications(var).iterdir() if d.is_dir() and not d.name.startswith("."))
    for dossier in dossiers[:-CONSERVEES]:
        if dossier != courante:
            shutil.rmtree(dossier)
