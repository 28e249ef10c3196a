"""Keep what a run built before the loads, named by its inputs: an unchanged input is never computed twice.

``var/etapes/<empreinte>``: one Parquet per table and ``etape.json``; written aside, then renamed.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

CONSERVEES = 2
_BRUT = "brut."


@dataclass(frozen=True)
class Base:
    """The tables before the loads, judged by the controls. ``empreinte`` names every input of theirs."""

    empreinte: str
    empreinte_geo: str
    tables: Mapping[str, pl.DataFrame]
    brut: Mapping[str, pl.DataFrame]


def get_etapes(var: Path) -> Path:
    """Folder of the kept steps."""
    return var / "etapes"


def read_etape(var: Path, empreinte: str) -> Base | None:
    """What was kept for these inputs, or None."""
    dossier = get_etapes(var) / empreinte[:16]
    if not (dossier / "etape.json").is_file():
        return None
    description = json.loads((dossier / "etape.json").read_text(encoding="utf-8"))
    if description["empreinte"] != empreinte:
        return None
    frames = {nom: pl.read_parquet(dossier / f"{nom}.parquet") for nom in description["tables"]}
    return Base(
        empreinte,
        description["empreinte_geo"],
        {n: f for n, f in frames.items() if not n.startswith(_BRUT)},
        {n.removeprefix(_BRUT): f for n, f in frames.items() if n.startswith(_BRUT)},
    )


def write_etape(var: Path, base: Base) -> None:
    """Keep a step; two processes may do it at once, the first rename wins."""
    etapes = get_etapes(var)
    definitif = etapes / base.empreinte[:16]
    if definitif.is_dir():
        return
    provisoire = etapes / f".en-cours-{os.getpid()}-{base.empreinte[:16]}"
    provisoire.mkdir(parents=True, exist_ok=True)
    frames = dict(base.tables) | {f"{_BRUT}{nom}": frame for nom, frame in base.brut.items()}
    for nom, frame in frames.items():
        frame.write_parquet(provisoire / f"{nom}.parquet", compression="lz4")
    description = {"empreinte": base.empreinte, "empreinte_geo": base.empreinte_geo, "tables": sorted(frames)}
    (provisoire / "etape.json").write_text(json.dumps(description), encoding="utf-8")
    try:
        provisoire.replace(definitif)
    except OSError:
        shutil.rmtree(provisoire)


def prune_etapes(var: Path) -> None:
    """Keep the last steps, drop the others and what crashes left. Call it under the lock of publishing."""
    etapes = get_etapes(var)
    if not etapes.is_dir():
        return
    dossiers = sorted((d for d in etapes.iterdir() if d.is_dir()), key=lambda d: d.stat().st_mtime)
    finis = [d for d in dossiers if not d.name.startswith(".")]
    for dossier in finis[:-CONSERVEES]:
        shutil.rmtree(dossier)
