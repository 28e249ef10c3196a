"""The journal of loads: every file received is kept, with its report, its facts and its rejects.

Layout of ``var/chargements/<id>`` (written aside, then renamed: a crash leaves at most a ``.en-cours-*`` folder,
removed by the next load)::

    original.<ext>      the file as received
    chargement.json     who, when, what: the :class:`Chargement`
    rapport.json        the full report of the controls
    faits.parquet       the facts, columns of mart_valeur
    rejets.parquet      findings that refuse a cell or flag a fact
    rejets.csv|xlsx     the original plus a column of reasons, when there is something to say

The id names the content: SHA-256 of the file, of its mapping, of the corrections and of the definitions. Which loads
are published is written in the publication itself (``manifeste.json``): rolling back rolls the loads back too.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl

from data.chemins import get_chargements
from data.schemas import CHARGEMENT, REJET, VALEUR, build_frame
from data.source import Correction, SourceFichier
from etl.chargement.analyse import Analyse, list_rejets
from etl.chargement.anomalies import count_par_gravite
from etl.chargement.lecture.fichier import Lecture
from etl.chargement.rejets import render_annote

_PREFIXE = ".en-cours-"
ACCEPTE, REFUSE = "accepte", "refuse"


class ChargementInconnuError(KeyError):
    """No load has this id."""


@dataclass(frozen=True)
class Chargement:
    """One load of the journal. ``definition`` is the mapping it was read with, as JSON-ready values."""

    id: str
    etat: str
    fichier: str
    sha256: str
    octets: int
    format: str
    source: str
    auteur: str
    charge_le: str  # ISO, UTC
    lignes_lues: int
    lignes_gardees: int
    lignes_rejetees: int
    faits: int
    erreurs: int
    rejets: int
    avertissements: int
    corrections: list[dict[str, Any]]
    periode_min: str | None
    periode_max: str | None
    original: str
    annote: str | None
    definition: dict[str, Any]


def get_dossier(var: Path) -> Path:
    """Folder of the journal."""
    return get_chargements(var)


def compute_id(sha: str, source: SourceFichier, corrections: Iterable[Correction], regles: str) -> str:
    """Id of a load: the same bytes read by the same rules have the same one, whatever the file is called."""
    condensat = sha256(f"{sha}\n{regles}\n{source.model_dump_json()}\n".encode())
    for correction in corrections:
        condensat.update(correction.model_dump_json().encode())
    return f"{sha[:12]}-{condensat.hexdigest()[:8]}"


def store(
    var: Path,
    identifiant: str,
    chemin: Path,
    lecture: Lecture,
    source: SourceFichier,
    analyse: Analyse,
    rapport: dict[str, Any],
    *,
    auteur: str,
    charge_le: str | None = None,
) -> Chargement:
    """Keep a load; doing it twice is harmless (the first one stays)."""
    dossier = get_dossier(var)
    dossier.mkdir(parents=True, exist_ok=True)
    definitif = dossier / identifiant
    if definitif.is_dir():
        return read_chargement(var, identifiant)
    provisoire = dossier / f"{_PREFIXE}{identifiant}"
    shutil.rmtree(provisoire, ignore_errors=True)
    provisoire.mkdir()
    original = f"original{chemin.suffix.lower()}"
    shutil.copyfile(chemin, provisoire / original)
    annote = None
    if not analyse.anomalies.is_empty():
        octets, extension = render_annote(chemin, lecture, analyse.anomalies)
        annote = f"rejets.{extension}"
        (provisoire / annote).write_bytes(octets)
    comptes = count_par_gravite(analyse.anomalies)
    debut, fin = analyse.faits["periode_debut"].min(), analyse.faits["periode_fin"].max()
    chargement = Chargement(
        id=identifiant,
        etat=REFUSE if analyse.bloquee else ACCEPTE,
        fichier=lecture.fichier,
        sha256=lecture.sha256,
        octets=lecture.octets,
        format=lecture.format,
        source=source.code,
        auteur=auteur,
        charge_le=charge_le or dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        lignes_lues=analyse.lignes_lues,
        lignes_gardees=analyse.lignes_gardees,
        lignes_rejetees=analyse.lignes_rejetees,
        faits=analyse.faits.height,
        erreurs=comptes["erreur"],
        rejets=comptes["rejet"],
        avertissements=comptes["avertissement"],
        corrections=[asdict(c) for c in analyse.corrections],
        periode_min=debut.isoformat() if isinstance(debut, dt.date) else None,
        periode_max=fin.isoformat() if isinstance(fin, dt.date) else None,
        original=original,
        annote=annote,
        definition=source.model_dump(mode="json"),
    )
    analyse.faits.with_columns(chargement=pl.lit(identifiant)).write_parquet(provisoire / "faits.parquet")
    rejets = list_rejets(analyse).with_columns(chargement=pl.lit(identifiant), fichier=pl.lit(lecture.fichier))
    rejets.write_parquet(provisoire / "rejets.parquet")
    _write_json(provisoire / "rapport.json", rapport)
    _write_json(provisoire / "chargement.json", asdict(chargement))
    provisoire.replace(definitif)
    return chargement


def clean(var: Path) -> None:
    """Remove what a crash left behind. Call it under the lock of publishing."""
    for reste in get_dossier(var).glob(f"{_PREFIXE}*"):
        shutil.rmtree(reste)


def read_chargement(var: Path, identifiant: str) -> Chargement:
    """One load, by its id or an unambiguous beginning of it.

    Raises:
        ChargementInconnuError: no load, or several, answer.
    """
    dossiers = sorted(
        d for d in get_dossier(var).glob(f"{identifiant}*") if d.is_dir() and not d.name.startswith(_PREFIXE)
    )
    exact = [d for d in dossiers if d.name == identifiant]
    if len(exact or dossiers) != 1 or not identifiant:
        raise ChargementInconnuError(identifiant)
    return Chargement(**json.loads(((exact or dossiers)[0] / "chargement.json").read_text(encoding="utf-8")))


def read_rapport(var: Path, chargement: Chargement) -> dict[str, Any]:
    """The full report kept with a load."""
    rapport: dict[str, Any] = json.loads(
        (get_dossier(var) / chargement.id / "rapport.json").read_text(encoding="utf-8")
    )
    return rapport


def describe(var: Path, chargement: Chargement) -> dict[str, Any]:
    """A load, its report, and where its original and its annotated twin are (paths relative to ``var``)."""
    dossier = get_dossier(var) / chargement.id
    return asdict(chargement) | {
        "chemin_original": str((dossier / chargement.original).relative_to(var)),
        "chemin_annote": str((dossier / chargement.annote).relative_to(var)) if chargement.annote else None,
        "rapport": read_rapport(var, chargement),
    }


def list_chargements(var: Path) -> list[Chargement]:
    """All loads, oldest first."""
    dossiers = [d for d in get_dossier(var).glob("*") if d.is_dir() and not d.name.startswith(".")]
    return sorted((read_chargement(var, d.name) for d in dossiers), key=lambda c: (c.charge_le, c.id))


def get_original(var: Path, chargement: Chargement) -> Path:
    """Where the original of a load is kept."""
    return get_dossier(var) / chargement.id / chargement.original


def read_faits(var: Path, identifiants: Iterable[str]) -> pl.DataFrame:
    """Facts of loads, in the order given."""
    frames = [pl.read_parquet(get_dossier(var) / i / "faits.parquet") for i in identifiants]
    return pl.concat([pl.DataFrame(schema=dict(VALEUR.colonnes)), *frames])


def read_rejets(var: Path, identifiants: Iterable[str]) -> pl.DataFrame:
    """Rejects and warnings of loads, columns of ``mart_rejet``; a finding on a whole file has rank 0."""
    frames = [pl.read_parquet(get_dossier(var) / i / "rejets.parquet") for i in identifiants]
    if not frames:
        return pl.DataFrame(schema=dict(REJET.colonnes))
    return (
        pl.concat(frames)
        .with_columns(pl.col("rang").fill_null(0))
        .unique(list(REJET.cle), keep="first", maintain_order=True)
        .select(pl.col(c).cast(t) for c, t in REJET.colonnes.items())
    )


def build_table(chargements: Iterable[Chargement], restants: dict[str, int]) -> pl.DataFrame:
    """``mart_chargement``. ``restants``: facts of each load that are really published."""
    return build_frame(
        CHARGEMENT,
        [
            {
                "chargement": c.id,
                "rang": rang,
                "fichier": c.fichier,
                "sha256": c.sha256,
                "octets": c.octets,
                "format": c.format,
                "source": c.source,
                "auteur": c.auteur,
                "charge_le": dt.datetime.fromisoformat(c.charge_le),
                "lignes_lues": c.lignes_lues,
                "lignes_gardees": c.lignes_gardees,
                "lignes_rejetees": c.lignes_rejetees,
                "faits": c.faits,
                "rejets": c.rejets,
                "avertissements": c.avertissements,
                "corrections": len(c.corrections),
                "remplaces": c.faits - restants.get(c.id, 0),
                "periode_min": dt.date.fromisoformat(c.periode_min) if c.periode_min else None,
                "periode_max": dt.date.fromisoformat(c.periode_max) if c.periode_max else None,
            }
            for rang, c in enumerate(chargements, start=1)
        ],
    )


def _write_json(chemin: Path, contenu: object) -> None:
    chemin.write_text(json.dumps(contenu, ensure_ascii=False, indent=1, default=str), encoding="utf-8")


def get_auteur() -> str:
    """Who loads, when nobody says: the account running the command."""
    return os.environ.get("PARANGON_AUTEUR") or os.environ.get("USER") or "inconnu"
