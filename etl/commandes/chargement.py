"""Check files, load them, and read again those whose rules changed."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from data.catalogue import load_catalogue
from data.chemins import RACINE
from data.source import SourceFichier
from etl.chargement import journal
from etl.chargement.analyse import Etape
from etl.chargement.compte_rendu import format_examen
from etl.chargement.evenements import SOURCE as SOURCE_EVENEMENTS
from etl.chargement.evenements import ExamenIJ
from etl.chargement.examen import BLOQUE, Examen, build_contexte_examen, examine
from etl.commandes import construction, publication
from etl.commandes.construction import compute_empreinte
from etl.commandes.evenements import Lot, build_lot, examine_fichier, refresh_evenements
from etl.commandes.publication import list_actifs
from etl.controles import ControleEchoueError
from etl.etapes import Base
from etl.publish import lock_publication

ATTENTE = 60.0  # seconds a command waits for another one to finish publishing


def compute_regles(base: Base) -> str:
    """SHA-256 of what reading a file depends on, its mapping and corrections apart; ``base`` tells the geography."""
    definitions = RACINE / "data" / "definitions"
    empreinte = compute_empreinte(
        definitions / "organismes",
        definitions / "indicateurs",
        definitions / "regions.yaml",
        RACINE / "data" / "modele.py",
        RACINE / "data" / "schemas.py",
        RACINE / "etl" / "chargement",
    )
    return sha256(f"{empreinte}\n{base.empreinte_geo}".encode()).hexdigest()


def compute_id(sha: str, source: SourceFichier, regles: str) -> str:
    """Id of the load of a file by a source, with the corrections of today."""
    corrections = [c for c in load_catalogue().corrections if c.cible.source in {None, source.code}]
    return journal.compute_id(sha, source, corrections, regles)


def refresh_chargements(var: Path, base: Base, etape: Etape) -> list[str]:
    """Ids of the published loads; those whose definitions, mapping or corrections changed are analysed again.

    Raises:
        ControleEchoueError: a load that passed no longer does.
    """
    journal.clean(var)
    catalogue, regles = load_catalogue(), compute_regles(base)
    identifiants: list[str] = []
    for ancien in list_actifs(var):
        charge = journal.read_chargement(var, ancien)
        if charge.source == SOURCE_EVENEMENTS:
            relu = refresh_evenements(var, charge, identifiants, etape)
            if isinstance(relu, ExamenIJ):
                _check_encore_publiable(charge, relu)
                identifiant = str(relu.rapport["chargement"])
                journal.store_evenements(var, identifiant, relu, auteur=charge.auteur, charge_le=charge.charge_le)
            identifiants.append(relu if isinstance(relu, str) else str(relu.rapport["chargement"]))
            continue
        source = catalogue.source_par_code.get(charge.source) or SourceFichier.model_validate(charge.definition)
        source = source.precise_comme(charge.definition)
        identifiant = compute_id(charge.sha256, source, regles)
        if identifiant != ancien:
            contexte = build_contexte_examen(catalogue, dict(base.tables), journal.read_faits(var, identifiants))
            original = journal.get_original(var, charge)
            examen = examine(original, contexte, source=source, nom=charge.fichier, etape=etape)
            _check_encore_publiable(charge, examen)
            _store(var, identifiant, examen, auteur=charge.auteur, charge_le=charge.charge_le)
        identifiants.append(identifiant)
    return list(dict.fromkeys(identifiants))


def _check_encore_publiable(charge: journal.Chargement, examen: Examen | ExamenIJ) -> None:
    if not examen.publiable:
        raise ControleEchoueError(
            f"Le chargement {charge.id} ({charge.fichier}) ne passe plus les contrôles, rien n'est publié :\n"
            + format_examen(examen.rapport)
        )


def _store(
    var: Path, identifiant: str, examen: Examen, *, auteur: str, charge_le: str | None = None
) -> journal.Chargement:
    if examen.lecture is None or examen.source is None or examen.analyse is None:
        raise ValueError("un fichier illisible ne se garde pas")
    return journal.store(
        var,
        identifiant,
        examen.chemin,
        examen.lecture,
        examen.source,
        examen.analyse,
        examen.rapport,
        auteur=auteur,
        charge_le=charge_le,
    )


def check(
    var: Path, fichiers: list[Path], *, source: SourceFichier | None = None, accepter: bool = False,
    precisions: Mapping[str, str] | None = None, etape: Etape = lambda _: None,
) -> list[Examen | ExamenIJ]:  # fmt: skip
    """Examine files without loading anything; each is compared with what is published, not with one another.

    ``precisions``: what the files do not say and their source asks for (``periode``).
    """
    actifs = list_actifs(var)
    lot = build_lot(var, _list_reconnaissables(fichiers, source), actifs)
    # Events first, while the tables of the base are not in memory; none are needed when there is nothing else.
    examens: dict[Path, Examen | ExamenIJ] = {
        chemin: replace(examine_fichier(var, chemin, lot, actifs, etape=etape), evenements=None)
        for chemin in lot.empreintes
    }
    autres = [chemin for chemin in fichiers if chemin not in examens]
    if autres:
        base = construction.build_base(var)
        contexte = build_contexte_examen(load_catalogue(), dict(base.tables), journal.read_faits(var, actifs))
        regles = compute_regles(base)
        for chemin in autres:
            examen = examine(
                chemin, contexte, source=source, accepter_proposition=accepter, precisions=precisions, etape=etape
            )
            examens[chemin] = _mark(examen, var, regles)
    return [examens[chemin] for chemin in fichiers]


def _list_reconnaissables(fichiers: Sequence[Path], source: SourceFichier | None) -> list[Path]:
    """The files whose kind is told by their columns: none when a mapping is imposed."""
    return [] if source is not None else list(fichiers)


def _mark(examen: Examen, var: Path, regles: str) -> Examen:
    """Say in the report what the id of the load is, and whether it is already published."""
    if examen.lecture is None or examen.source is None:
        return examen
    identifiant = compute_id(examen.lecture.sha256, examen.source, regles)
    examen.rapport.update(chargement=identifiant, deja_charge=identifiant in list_actifs(var))
    return examen


def load(
    var: Path,
    fichiers: list[Path],
    *,
    source: SourceFichier | None = None,
    accepter: bool = False,
    precisions: Mapping[str, str] | None = None,
    auteur: str | None = None,
    attente: float = ATTENTE,
    etape: Etape = lambda _: None,
) -> tuple[list[Examen | ExamenIJ], dict[str, object] | None]:
    """Check files, keep them, publish: all of them, or none. A file already loaded changes nothing.

    Returns:
        What was found, and the report of the publication (None when a file forbids it).

    Raises:
        PublicationEnCoursError: another load or run still holds the lock after ``attente`` seconds.
        ControleEchoueError: see :func:`run`.
    """
    debut = time.monotonic()
    with lock_publication(var, attente):
        actifs = list_actifs(var)
        lot = build_lot(var, _list_reconnaissables(fichiers, source), actifs)
        # Events first, while the tables of the base are not in memory.
        reels = {chemin: _load_evenements(var, chemin, lot, actifs, auteur, etape) for chemin in lot.empreintes}
        etape("documents et simulation")
        base = construction.build_base(var)
        identifiants = refresh_chargements(var, base, etape)
        catalogue, regles = load_catalogue(), compute_regles(base)
        examens: list[Examen | ExamenIJ] = []
        for chemin in fichiers:
            if chemin in reels:
                examens.append(reels[chemin])
                nouveau = str(reels[chemin].rapport.get("chargement"))
                if reels[chemin].publiable and not lot.deja and nouveau not in identifiants:
                    identifiants.append(nouveau)
                continue
            contexte = build_contexte_examen(catalogue, dict(base.tables), journal.read_faits(var, identifiants))
            examen = examine(
                chemin, contexte, source=source, accepter_proposition=accepter, precisions=precisions, etape=etape
            )
            examen = _mark(examen, var, regles)
            examens.append(examen)
            if examen.analyse is None or not (examen.publiable or examen.verdict == BLOQUE):
                continue
            charge = _store(var, str(examen.rapport["chargement"]), examen, auteur=auteur or journal.get_auteur())
            if examen.publiable and charge.id not in identifiants:
                identifiants.append(charge.id)
        if not all(examen.publiable for examen in examens):
            return examens, None
        return examens, publication.publish_base(var, base, identifiants, debut, etape=etape)


def _load_evenements(
    var: Path, chemin: Path, lot: Lot, actifs: Sequence[str], auteur: str | None, etape: Etape
) -> ExamenIJ:
    """Examine one file of events and keep it; its counts are then on disk, no longer in memory."""
    examen = examine_fichier(var, chemin, lot, actifs, etape=etape)
    if not lot.deja and (examen.publiable or examen.verdict == BLOQUE):
        identifiant = str(examen.rapport["chargement"])
        journal.store_evenements(var, identifiant, examen, auteur=auteur or journal.get_auteur())
    return replace(examen, evenements=None, fautives=None)
