"""Publish: build aside, check, switch a symbolic link. Readers never see a half-written database.

Layout of ``var``::

    publications/<version>/parangon.duckdb
    publications/<version>/manifeste.json   (inputs, loads and report of this publication)
    courante -> publications/<version>      (replaced with os.replace)
    historique/<version>.json               (what a publication no longer kept said of its quality)

A version is ``AAAAMMJJ-HHMMSS-<empreinte of the inputs>``. A crash leaves the previous link
untouched and at most a ``.en-cours-*`` folder, removed by the next run.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from data.chemins import NOM_BASE, get_historique, get_lien_courant, get_publications
from data.schemas import TABLES, check_frame

_PREFIXE = ".en-cours-"
_MANIFESTE = "manifeste.json"
_DATE = len("AAAAMMJJ-HHMMSS")
_PAUSE = 0.1  # seconds between two tries of the lock
CONSERVEES = 5
HISTORIQUE = 200  # publications no longer kept whose figures of quality are


class PublicationEnCoursError(RuntimeError):
    """Another run is publishing."""


class PublicationInconnueError(ValueError):
    """No publication answers to this name; the message (French) lists those kept."""


@dataclass(frozen=True)
class Manifeste:
    """What a publication was made of. ``chargements``: ids of its loads, in order.

    ``precedente``: version served when it was made, set by :func:`publish`. When it is not the one made just before, a
    return to an older publication came between: the chain of ``precedente`` shows every return, in no other journal.
    """

    version: str
    empreinte: str
    chargements: list[str] = field(default_factory=list)
    rapport: dict[str, Any] = field(default_factory=dict)
    precedente: str | None = None


@contextmanager
def lock_publication(var: Path, attente: float = 0.0) -> Iterator[None]:
    """Hold the lock of publishing; the kernel drops it if the process dies.

    ``attente``: seconds to wait for another process to finish.

    Raises:
        PublicationEnCoursError: another process still holds it.
    """
    var.mkdir(parents=True, exist_ok=True)
    with (var / "publication.verrou").open("w") as verrou:
        limite = time.monotonic() + attente
        while True:
            try:
                fcntl.flock(verrou, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= limite:
                    raise PublicationEnCoursError(
                        "Une autre publication est en cours : attendez qu'elle finisse, puis relancez."
                    ) from None
            time.sleep(_PAUSE)
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


def publish(
    var: Path,
    version: str,
    tables: Mapping[str, pl.DataFrame],
    brut: Mapping[str, pl.DataFrame],
    manifeste: Manifeste | None = None,
) -> Path:
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
    if manifeste is not None:
        servie = get_courante(var)
        suite = replace(manifeste, precedente=servie.name if servie is not None else None)
        (provisoire / _MANIFESTE).write_text(
            json.dumps(asdict(suite), ensure_ascii=False, default=str), encoding="utf-8"
        )
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
    """Keep the last publications (and always the current one) for rollback; of the others, only what they counted."""
    courante = get_lien_courant(var).resolve()
    for dossier in list_publications(var)[:-CONSERVEES]:
        if dossier.resolve() != courante:
            _archive(var, dossier)
            shutil.rmtree(dossier)
    for ancien in sorted(get_historique(var).glob("[0-9]*.json"))[:-HISTORIQUE]:
        ancien.unlink()


def _archive(var: Path, dossier: Path) -> None:
    """Keep what a publication about to go said of itself; a reader finds it in one place or in both, never in none."""
    chemin = dossier / _MANIFESTE
    if not chemin.is_file():
        return
    brut: dict[str, Any] = json.loads(chemin.read_text(encoding="utf-8"))
    garde: dict[str, Any] = {nom: brut[nom] for nom in ("version", "precedente", "chargements") if nom in brut}
    rapport = brut.get("rapport", {})
    garde["rapport"] = {nom: rapport[nom] for nom in ("valeurs", "qualite") if nom in rapport}
    historique = get_historique(var)
    historique.mkdir(exist_ok=True)
    provisoire = historique / f".{dossier.name}.json"
    provisoire.write_text(json.dumps(garde, ensure_ascii=False), encoding="utf-8")
    provisoire.replace(historique / f"{dossier.name}.json")


def read_manifeste(dossier: Path) -> Manifeste | None:
    """The manifest of a publication folder; None when it has none."""
    chemin = dossier / _MANIFESTE
    return Manifeste(**json.loads(chemin.read_text(encoding="utf-8"))) if chemin.is_file() else None


def get_courante(var: Path) -> Path | None:
    """Folder of the publication being served, or None."""
    lien = get_lien_courant(var)
    return lien.resolve() if lien.exists() else None


def list_publications(var: Path) -> list[Path]:
    """Folders of the publications kept, oldest first (by time of writing within one second)."""
    if not get_publications(var).is_dir():
        return []
    dossiers = [d for d in get_publications(var).iterdir() if (d / NOM_BASE).is_file() and d.name[0] != "."]
    return sorted(dossiers, key=lambda d: (d.name[:_DATE], (d / NOM_BASE).stat().st_mtime_ns))


def rollback(var: Path, version: str | None = None) -> Path:
    """Serve a publication that was kept: the named one, or the one before the current. Call it under the lock.

    Raises:
        PublicationInconnueError: there is none before, or none of this name.
    """
    publications, courante = list_publications(var), get_courante(var)
    noms = ", ".join(d.name for d in publications) or "aucune"
    if version is None:
        noms_gardes = [d.name for d in publications]
        rang = noms_gardes.index(courante.name) if courante is not None and courante.name in noms_gardes else 0
        avant = publications[:rang]
        if not avant:
            raise PublicationInconnueError(f"Aucune publication avant la courante. Publications gardées : {noms}.")
        choix = avant[-1]
    else:
        trouvees = [d for d in publications if d.name == version]
        if not trouvees:
            raise PublicationInconnueError(f"Publication « {version} » inconnue. Publications gardées : {noms}.")
        choix = trouvees[0]
    switch_publication(var, choix)
    return choix
