"""The journal of loads, the publications, their quality and the returns to an older one, as the interface reads them.

The ETL writes ``var/chargements``, ``var/publications`` and ``var/historique``; nothing here changes them. What the
interface adds is ``var/retours.jsonl``: who came back to which publication, when and why, one JSON object a line, never
rewritten.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import polars as pl
from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints, ValidationError

from data.chemins import (
    NOM_BASE,
    get_chargements,
    get_historique,
    get_lien_courant,
    get_publications,
    get_retours,
)
from data.qualite import Qualite

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


# What became of a publication: served, one the served one was made after, or left aside by a return.
EtatPublication = Literal["affichee", "suivie", "ecartee"]


@dataclass(frozen=True)
class Passee:
    """One publication of the past, or the one being served.

    ``precedente``: version it was made after, as far as is known (publications of before say nothing: the one made just
    before them is taken). ``gardee``: one can still come back to it. ``qualite``: None when it was made without.
    """

    version: str
    publie_le: dt.datetime
    etat: EtatPublication
    gardee: bool
    precedente: str | None
    chargements: int
    qualite: Qualite | None


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
                "publie_le": _read_horodatage(dossier.name),
                "courante": dossier == courante,
                "chargements": len(manifeste.get("chargements", [])),
                "valeurs_publiees": valeurs.get("publiees"),
                "valeurs_simulees": valeurs.get("simulees"),
            }
        )
    return pl.DataFrame(lignes, schema=PUBLICATIONS).sort("version", descending=True)


def list_historique(var: Path) -> list[Passee]:
    """Every publication whose trace is kept, oldest first, with its figures of quality and what became of it."""
    lien = get_lien_courant(var)
    courante = lien.resolve().name if lien.exists() else None
    # Kept ones first: one that goes away meanwhile has left its file in the history before.
    dossiers = [d for d in get_publications(var).glob("[0-9]*") if VERSION_PUBLICATION.fullmatch(d.name)]
    manifestes = {d.name: _read_manifeste(d) for d in dossiers if (d / NOM_BASE).is_file()}
    gardees = frozenset(manifestes)
    for fichier in get_historique(var).glob("[0-9]*.json"):
        if VERSION_PUBLICATION.fullmatch(fichier.stem) and not manifestes.get(fichier.stem):
            manifestes[fichier.stem] = _read_json(fichier)
    versions = sorted(manifestes)
    precedentes = {
        version: manifestes[version].get("precedente", versions[rang - 1] if rang else None)
        for rang, version in enumerate(versions)
    }
    suivies = _list_suivies(courante, precedentes)
    return [
        Passee(
            version=version,
            publie_le=_read_horodatage(version),
            etat="affichee" if version == courante else "suivie" if version in suivies else "ecartee",
            gardee=version in gardees,
            precedente=precedentes[version],
            chargements=len(manifestes[version].get("chargements", [])),
            qualite=_read_qualite(manifestes[version]),
        )
        for version in versions
    ]


def _list_suivies(courante: str | None, precedentes: Mapping[str, str | None]) -> frozenset[str]:
    """The publications the served one was made after, one by one back to the oldest."""
    suivies: set[str] = set()
    version = courante
    while version is not None and version not in suivies:
        suivies.add(version)
        version = precedentes.get(version)
    return frozenset(suivies)


def _read_qualite(manifeste: Mapping[str, Any]) -> Qualite | None:
    """Figures of quality of a manifest; None when it has none, or when they cannot be read."""
    brut = (manifeste.get("rapport") or {}).get("qualite")
    try:
        return Qualite.model_validate(brut) if brut is not None else None
    except ValidationError:
        return None


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
    return _read_json(dossier / "manifeste.json")


def _read_json(chemin: Path) -> dict[str, Any]:
    """A JSON object; empty when the file is not there, or has just gone."""
    try:
        contenu: dict[str, Any] = json.loads(chemin.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return contenu


def _read_horodatage(version: str) -> dt.datetime:
    """When a publication was made, from its name."""
    return dt.datetime.strptime(version[:15], "%Y%m%d-%H%M%S").replace(tzinfo=dt.UTC)


def _read_date(texte: str | None) -> dt.date | None:
    return dt.date.fromisoformat(texte) if texte else None
