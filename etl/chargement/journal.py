"""The journal of loads: every file received is kept, with its report, its facts and its rejects.

Layout of ``var/chargements/<id>`` (written aside, then renamed: a crash leaves at most a ``.en-cours-*`` folder,
removed by the next load)::

    original.<ext>      the file as received
    chargement.json     who, when, what: the :class:`Chargement`
    rapport.json        the full report of the controls
    faits.parquet       the facts, columns of mart_valeur
    cube.parquet        events of IJ only: the counts, columns of mart_delai_ij
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
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl

from data.chemins import get_chargements
from data.schemas import CHARGEMENT, DELAI_IJ, REJET, VALEUR, build_frame
from data.source import Correction, SourceFichier
from etl.chargement.analyse import Analyse, list_rejets
from etl.chargement.anomalies import Gravite, count_par_gravite
from etl.chargement.evenements import SOURCE as SOURCE_EVENEMENTS
from etl.chargement.evenements import ExamenIJ, render_fautives
from etl.chargement.lecture.fichier import Lecture
from etl.chargement.rejets import render_annote

_PREFIXE = ".en-cours-"
_CUBE = "cube.parquet"
_MORCEAU = 1 << 20
_LIGNES_GROUPE = 16_384  # rows a reader of some caisses skips at once
ACCEPTE, REFUSE = "accepte", "refuse"


class ChargementInconnuError(KeyError):
    """No load has this id."""


class FichierChangeError(ValueError):
    """A file changed between its control and its copy; the message (French) says which."""


@dataclass(frozen=True)
class Chargement:
    """One load of the journal.

    ``definition`` is the mapping it was read with, as JSON-ready values. ``lot`` is the lot a file of events of IJ came
    with; its ``faits`` are caisse × months.
    """

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
    lot: str | None = None


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
    if (get_dossier(var) / identifiant).is_dir():
        return read_chargement(var, identifiant)
    pieces: dict[str, pl.DataFrame | bytes] = {}
    annote = None
    if not analyse.anomalies.is_empty():
        octets, extension = render_annote(chemin, lecture, analyse.anomalies)
        annote = f"rejets.{extension}"
        pieces[annote] = octets
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
        original=f"original{chemin.suffix.lower()}",
        annote=annote,
        definition=source.model_dump(mode="json"),
    )
    pieces["faits.parquet"] = analyse.faits.with_columns(chargement=pl.lit(identifiant))
    pieces["rejets.parquet"] = _name_rejets(list_rejets(analyse), chargement)
    return _keep(var, chargement, chemin, pieces, rapport)


def store_evenements(
    var: Path, identifiant: str, examen: ExamenIJ, *, auteur: str, charge_le: str | None = None
) -> Chargement:
    """Keep a load of events of IJ; doing it twice is harmless (the first one stays).

    Raises:
        FichierChangeError: the file is no longer the one that was examined.
    """
    if (get_dossier(var) / identifiant).is_dir():
        return read_chargement(var, identifiant)
    rapport, evenements = examen.rapport, examen.evenements
    pieces: dict[str, pl.DataFrame | bytes] = {"faits.parquet": pl.DataFrame(schema=dict(VALEUR.colonnes))}
    if evenements is not None:
        pieces[_CUBE] = evenements.cube.select(list(DELAI_IJ.colonnes))
    annote = None
    if examen.fautives is not None:
        annote = "rejets.csv"
        pieces[annote] = render_fautives(examen.fautives)
    chargement = Chargement(
        id=identifiant,
        etat=ACCEPTE if examen.publiable else REFUSE,
        fichier=rapport["fichier"],
        sha256=rapport["sha256"],
        octets=rapport["octets"],
        format=rapport["format"],
        source=SOURCE_EVENEMENTS,
        auteur=auteur,
        charge_le=charge_le or dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        lignes_lues=rapport["lignes_lues"],
        lignes_gardees=rapport["lignes_gardees"],
        lignes_rejetees=rapport["lignes_rejetees"],
        faits=rapport["faits"],
        erreurs=rapport["anomalies"]["erreur"],
        rejets=rapport["anomalies"]["rejet"],
        avertissements=rapport["anomalies"]["avertissement"],
        corrections=[],
        periode_min=rapport["periodes"]["premiere"],
        periode_max=rapport["periodes"]["derniere"],
        original=f"original{examen.chemin.suffix.lower()}",
        annote=annote,
        definition={},
        lot=examen.lot,
    )
    constats = examen.constats.filter(pl.col("gravite") != Gravite.ERREUR.value)
    pieces["rejets.parquet"] = _name_rejets(constats, chargement)
    return _keep(var, chargement, examen.chemin, pieces, rapport)


def _name_rejets(constats: pl.DataFrame, chargement: Chargement) -> pl.DataFrame:
    return constats.with_columns(chargement=pl.lit(chargement.id), fichier=pl.lit(chargement.fichier))


def _keep(
    var: Path,
    chargement: Chargement,
    chemin: Path,
    pieces: Mapping[str, pl.DataFrame | bytes],
    rapport: Mapping[str, Any],
) -> Chargement:
    """Write the folder of a load aside, then give it its name."""
    dossier = get_dossier(var)
    provisoire = dossier / f"{_PREFIXE}{chargement.id}"
    shutil.rmtree(provisoire, ignore_errors=True)
    provisoire.mkdir(parents=True)
    if copy_original(chemin, provisoire / chargement.original) != chargement.sha256:
        shutil.rmtree(provisoire)
        raise FichierChangeError(f"{chargement.fichier} : le fichier a changé pendant le chargement. Relancez-le.")
    for nom, piece in pieces.items():
        if isinstance(piece, bytes):
            (provisoire / nom).write_bytes(piece)
        else:
            piece.write_parquet(provisoire / nom, row_group_size=_LIGNES_GROUPE)
    _write_json(provisoire / "rapport.json", rapport)
    _write_json(provisoire / "chargement.json", asdict(chargement))
    provisoire.replace(dossier / chargement.id)
    return chargement


def copy_original(chemin: Path, cible: Path) -> str:
    """Copy a file and return the SHA-256 of what was written."""
    condensat = sha256()
    with chemin.open("rb") as flux, cible.open("wb") as sortie:
        while morceau := flux.read(_MORCEAU):
            condensat.update(morceau)
            sortie.write(morceau)
    return condensat.hexdigest()


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


def get_cube(var: Path, chargement: Chargement) -> Path:
    """Where the counts of a load of events of IJ are kept."""
    return get_dossier(var) / chargement.id / _CUBE


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
