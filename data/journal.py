"""The journal of loads, the publications kept and the returns to an older one, as the interface reads them.

The ETL writes ``var/chargements`` and ``var/publications``; nothing here changes them. What the interface adds is
``var/retours.jsonl``: who came back to which publication, when and why, one JSON object a line, never rewritten.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import os
import re
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import polars as pl
from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints, ValidationError

from data.chemins import NOM_BASE, get_chargements, get_lien_courant, get_publications, get_retours

IDENTIFIANT: Final = re.compile(r"[0-9a-f]{12}-[0-9a-f]{8}")
VERSION_PUBLICATION: Final = re.compile(r"\d{8}-\d{6}-[0-9a-f]{8}")
RAISON_MAX: Final = 300  # characters

CHARGEMENTS: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "id": pl.String,
    "etat": pl.String,  # « accepte » or « refuse »
    "publie": pl.Boolean,  # part of the publication being served
    "fichier": pl.String,
    "sha256": pl.String,
    "octets": pl.Int64,
    "format": pl.String,
    "source": pl.String,
    "auteur": pl.String,
    "charge_le": pl.Datetime("us", "UTC"),
    "lignes_lues": pl.Int64,
    "lignes_gardees": pl.Int64,
    "lignes_rejetees": pl.Int64,
    "faits": pl.Int64,
    "erreurs": pl.Int64,
    "rejets": pl.Int64,
    "avertissements": pl.Int64,
    "periode_min": pl.Date,
    "periode_max": pl.Date,
    "annote": pl.Boolean,  # an annotated twin can be downloaded
}
PUBLICATIONS: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "version": pl.String,
    "publie_le": pl.Datetime("us", "UTC"),
    "courante": pl.Boolean,
    "chargements": pl.Int64,  # loads it holds
    "valeurs_publiees": pl.Int64,
    "valeurs_simulees": pl.Int64,
}


class RetourRefuseError(ValueError):
    """A return that cannot be noted; the message (French) says what is missing."""


class Retour(BaseModel):
    """One return to a publication kept: when (UTC), from which, to which, in which role, why."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    fait_le: AwareDatetime
    depuis: str
    vers: str
    auteur: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    raison: Annotated[str, StringConstraints(min_length=3, max_length=RAISON_MAX)]


def list_chargements(var: Path) -> pl.DataFrame:
    """Every load of the journal, accepted or refused, last first. Columns: :data:`CHARGEMENTS`."""
    actifs = _list_actifs(get_lien_courant(var))
    lignes = []
    for fichier in get_chargements(var).glob("[0-9a-f]*/chargement.json"):
        charge = json.loads(fichier.read_text(encoding="utf-8"))
        lignes.append(
            {nom: charge.get(nom) for nom in CHARGEMENTS}
            | {
                "publie": charge["id"] in actifs,
                "charge_le": dt.datetime.fromisoformat(charge["charge_le"]),
                "periode_min": _read_date(charge["periode_min"]),
                "periode_max": _read_date(charge["periode_max"]),
                "annote": charge["annote"] is not None,
            }
        )
    return pl.DataFrame(lignes, schema=CHARGEMENTS).sort("charge_le", "id", descending=True)


def read_rapport(var: Path, identifiant: str) -> dict[str, Any] | None:
    """The report kept with a load (as ``check`` gives it), or None when there is no such load."""
    dossier = _find_dossier(var, identifiant)
    if dossier is None:
        return None
    rapport: dict[str, Any] = json.loads((dossier / "rapport.json").read_text(encoding="utf-8"))
    return rapport


def find_fichier(var: Path, identifiant: str, piece: Literal["original", "rejets"]) -> tuple[Path, str] | None:
    """Where a file of a load is, and the name to give it; None when there is none.

    ``piece``: « original », as received; « rejets », the same with a column of reasons.
    """
    dossier = _find_dossier(var, identifiant)
    if dossier is None:
        return None
    charge = json.loads((dossier / "chargement.json").read_text(encoding="utf-8"))
    nom = charge["original"] if piece == "original" else charge["annote"]
    if nom is None or not (dossier / nom).is_file():
        return None
    recu = Path(charge["fichier"])
    return dossier / nom, recu.name if piece == "original" else f"{recu.stem}_rejets{Path(nom).suffix}"


def list_publications(var: Path) -> pl.DataFrame:
    """The publications kept, last first. Columns: :data:`PUBLICATIONS`."""
    lien = get_lien_courant(var)
    courante = lien.resolve() if lien.exists() else None
    lignes = []
    for base in get_publications(var).glob(f"[0-9]*/{NOM_BASE}"):
        dossier = base.parent.resolve()
        if not VERSION_PUBLICATION.fullmatch(dossier.name):
            continue
        manifeste = _read_manifeste(dossier)
        valeurs = manifeste.get("rapport", {}).get("valeurs", {})
        lignes.append(
            {
                "version": dossier.name,
                "publie_le": dt.datetime.strptime(dossier.name[:15], "%Y%m%d-%H%M%S").replace(tzinfo=dt.UTC),
                "courante": dossier == courante,
                "chargements": len(manifeste.get("chargements", [])),
                "valeurs_publiees": valeurs.get("publiees"),
                "valeurs_simulees": valeurs.get("simulees"),
            }
        )
    return pl.DataFrame(lignes, schema=PUBLICATIONS).sort("version", descending=True)


def build_retour(depuis: str, vers: str, auteur: str | None, raison: str | None) -> Retour:
    """A return about to be made, validated before anything moves.

    Raises:
        RetourRefuseError: no role, no reason, or a reason too long.
    """
    if not auteur:
        raise RetourRefuseError("Dites à quel titre vous revenez en arrière.")
    texte = " ".join((raison or "").split())
    if not 3 <= len(texte) <= RAISON_MAX:
        raise RetourRefuseError(f"Dites pourquoi, en {RAISON_MAX} caractères au plus\u00a0: la raison est gardée.")
    return Retour(fait_le=dt.datetime.now(dt.UTC), depuis=depuis, vers=vers, auteur=auteur, raison=texte)


def add_retour(var: Path, retour: Retour) -> None:
    """Keep a return that has been made, on disk before this returns."""
    with get_retours(var).open("a", encoding="utf-8") as flux:
        fcntl.flock(flux, fcntl.LOCK_EX)
        flux.write(retour.model_dump_json() + "\n")
        flux.flush()
        os.fsync(flux.fileno())


def list_retours(var: Path) -> list[Retour]:
    """The returns made, last first; a line cut by a crash is left where it is and not shown."""
    chemin = get_retours(var)
    if not chemin.is_file():
        return []
    retours = []
    for ligne in chemin.read_text(encoding="utf-8").splitlines():
        try:
            retours.append(Retour.model_validate_json(ligne))
        except ValidationError:
            continue
    return retours[::-1]


def _find_dossier(var: Path, identifiant: str) -> Path | None:
    dossier = get_chargements(var) / identifiant
    return dossier if IDENTIFIANT.fullmatch(identifiant) and dossier.is_dir() else None


def _list_actifs(lien: Path) -> frozenset[str]:
    return frozenset(_read_manifeste(lien).get("chargements", []))


def _read_manifeste(dossier: Path) -> dict[str, Any]:
    chemin = dossier / "manifeste.json"
    manifeste: dict[str, Any] = json.loads(chemin.read_text(encoding="utf-8")) if chemin.is_file() else {}
    return manifeste


def _read_date(texte: str | None) -> dt.date | None:
    return dt.date.fromisoformat(texte) if texte else None
