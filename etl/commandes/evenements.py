"""Files of IJ events among the files of a command: they form a lot, and are read again when their rules change."""

from __future__ import annotations

import datetime as dt
import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from data.calculs.delais import JOURS_MAX
from data.catalogue import load_catalogue
from etl.chargement import evenements, journal
from etl.chargement.analyse import Etape
from etl.chargement.evenements import SOURCE, ExamenIJ, examine_evenements
from etl.chargement.journal import Chargement
from etl.mart.delais_reels import EnvoiIJ, list_origines
from etl.mart.depot import compute_sha256
from etl.sources import evenements_ij
from etl.sources.evenements_ij import has_colonnes_evenements


@dataclass(frozen=True)
class Lot:
    """The files of events of one command.

    ``empreintes``: SHA-256 by file. ``deja``: ids of the published loads by SHA-256, when a published lot already holds
    every file of this one; empty otherwise.
    """

    nom: str
    empreintes: dict[Path, str]
    deja: dict[str, str]


def compute_regles() -> str:
    """SHA-256 of what decides of the counts of a file of events."""
    modules = (evenements_ij, evenements)
    parametres = [*map(inspect.getsource, modules), str(JOURS_MAX), *evenements.list_caisses(load_catalogue())]
    return sha256("\n".join(parametres).encode()).hexdigest()


def build_lot(var: Path, fichiers: Sequence[Path], identifiants: Sequence[str]) -> Lot:
    """The lot of the files of events among those of a command.

    Args:
        var: folder of everything that is built.
        fichiers: files of the command.
        identifiants: loads published, in order.
    """
    empreintes = {f: compute_sha256(f) for f in fichiers if has_colonnes_evenements(f)}
    par_lot: dict[str, dict[str, str]] = {}
    for charge in _list_charges(var, identifiants):
        par_lot.setdefault(str(charge.lot), {})[charge.sha256] = charge.id
    deja = next((lot for lot in par_lot.values() if empreintes and set(empreintes.values()) <= set(lot)), {})
    return Lot(evenements.compute_lot(empreintes.values()), empreintes, deja)


def examine_fichier(
    var: Path,
    chemin: Path,
    lot: Lot,
    identifiants: Sequence[str],
    *,
    aujourdhui: dt.date | None = None,
    etape: Etape = lambda _: None,
) -> ExamenIJ:
    """Examine one file of a lot; what is already published with it is read in the journal, not counted again."""
    sha = lot.empreintes[chemin]
    if sha in lot.deja:
        charge = journal.read_chargement(var, lot.deja[sha])
        rapport = journal.read_rapport(var, charge) | {"fichier": chemin.name, "deja_charge": True}
        return ExamenIJ(chemin, rapport, str(charge.lot), evenements.SANS_CONSTAT)
    autres = [e for e in list_envois(var, identifiants) if e.lot != lot.nom]
    examen = examine_evenements(
        chemin,
        caisses=evenements.list_caisses(load_catalogue()),
        lot=lot.nom,
        sha=sha,
        precedents=list_origines(autres),
        aujourdhui=aujourdhui or dt.datetime.now(dt.UTC).date(),
        etape=etape,
    )
    identifiant = evenements.compute_id(sha, lot.nom, compute_regles())
    examen.rapport.update(chargement=identifiant, deja_charge=False)
    jumeau = next((f for f, autre in lot.empreintes.items() if autre == sha), chemin)
    if jumeau != chemin:
        examen.rapport["motif"] = f"contenu identique à {jumeau.name} : il n'est compté qu'une fois"
    return examen


def refresh_evenements(var: Path, charge: Chargement, identifiants: Sequence[str], etape: Etape) -> ExamenIJ | str:
    """The id of a published load of events when its rules have not changed, else its original examined again."""
    lot = str(charge.lot)
    identifiant = evenements.compute_id(charge.sha256, lot, compute_regles())
    if identifiant == charge.id:
        return charge.id
    examen = examine_evenements(
        journal.get_original(var, charge),
        caisses=evenements.list_caisses(load_catalogue()),
        lot=lot,
        sha=charge.sha256,
        precedents=list_origines([e for e in list_envois(var, identifiants) if e.lot != lot]),
        aujourdhui=dt.datetime.fromisoformat(charge.charge_le).date(),
        nom=charge.fichier,
        etape=etape,
    )
    examen.rapport.update(chargement=identifiant, deja_charge=False)
    return examen


def list_envois(var: Path, identifiants: Sequence[str]) -> list[EnvoiIJ]:
    """The loads of events among loads, in order."""
    return [EnvoiIJ(c.id, str(c.lot), journal.get_cube(var, c)) for c in _list_charges(var, identifiants)]


def _list_charges(var: Path, identifiants: Sequence[str]) -> list[Chargement]:
    charges = (journal.read_chargement(var, identifiant) for identifiant in identifiants)
    return [charge for charge in charges if charge.source == SOURCE]
