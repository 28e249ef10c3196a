"""Run one command and say what it did: exit code, answer for programs, answer for people."""

from __future__ import annotations

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from data.catalogue import DefinitionInvalideError, load_catalogue, load_source
from data.chemins import get_var
from etl.chargement import journal
from etl.chargement.compte_rendu import build_liste, format_chargement, format_examen, format_liste
from etl.chargement.evenements import ExamenIJ, render_fautives
from etl.chargement.examen import BLOQUE, PUBLIABLES, REFERENTIEL, Examen
from etl.chargement.export import export_faits
from etl.chargement.lecture.geo import archive_shapefile
from etl.chargement.rejets import render_annote
from etl.commandes import reconstruction
from etl.commandes.chargement import ATTENTE, check, load
from etl.progression import show_progression
from etl.publish import lock_publication, read_manifeste, rollback
from etl.rapport import format_rapport


def execute(options: argparse.Namespace) -> tuple[int, dict[str, Any], str]:
    """Run one command: exit code, answer as JSON-ready values, answer as text."""
    var = get_var()
    if options.commande == "definitions":
        catalogue = load_catalogue()
        comptes = {"organismes": len(catalogue.organismes), "indicateurs": len(catalogue.indicateurs)}
        return 0, comptes, f"{comptes['organismes']} organismes, {comptes['indicateurs']} indicateurs : valides."
    if options.commande == "run":
        with show_progression("Publication") as etape:
            rapport = reconstruction.run(var, attente=options.attendre, forcer=options.forcer, etape=etape)
        return 0, dict(rapport), format_rapport(rapport)
    if options.commande == "list":
        liste = build_liste(var)
        return 0, liste, format_liste(liste)
    if options.commande == "show":
        charge = journal.read_chargement(var, options.chargement)
        contenu = journal.describe(var, charge)
        return 0, contenu, format_chargement(contenu)
    if options.commande == "rollback":
        with lock_publication(var, ATTENTE):
            dossier = rollback(var, options.publication)
        manifeste = read_manifeste(dossier)
        reponse = {"version": dossier.name, "chargements": manifeste.chargements if manifeste else []}
        return 0, reponse, f"Publication servie : {dossier.name} ({len(reponse['chargements'])} chargement(s))."
    if options.commande == "export":
        lignes = export_faits(
            var, options.sortie, forme=options.format, chargement=options.chargement, nature=options.nature
        )
        return 0, {"fichier": str(options.sortie), "lignes": lignes}, f"{lignes} faits écrits dans {options.sortie}."
    return _execute_fichiers(var, options)


def _execute_fichiers(var: Path, options: argparse.Namespace) -> tuple[int, dict[str, Any], str]:
    """``check`` and ``load``: 0 when every file can be published, 1 when a control forbids it, 2 when one is wrong."""
    source = None
    if options.source is not None:
        source = load_catalogue().source_par_code.get(options.source)
        if source is None:
            connues = ", ".join(load_catalogue().source_par_code) or "aucune"
            raise DefinitionInvalideError(f"Source « {options.source} » inconnue. Sources définies : {connues}.")
    if options.correspondance is not None:
        source = load_source(options.correspondance)
    precisions = {"periode": options.periode} if options.periode is not None else {}
    publication: dict[str, object] | None = None
    progression = show_progression("Chargement" if options.commande == "load" else "Contrôle")
    with TemporaryDirectory() as atelier, progression as etape:
        fichiers = [archive_shapefile(chemin, Path(atelier)) for chemin in options.fichiers]
        if options.commande == "check":
            examens = check(
                var,
                fichiers,
                source=source,
                accepter=options.accepter_proposition,
                precisions=precisions,
                etape=etape,
            )
            if options.annote is not None:
                _write_annotes(options.annote, examens)
        else:
            examens, publication = load(
                var,
                fichiers,
                source=source,
                accepter=options.accepter_proposition,
                precisions=precisions,
                auteur=options.auteur,
                attente=options.attendre,
                etape=etape,
            )
    verdicts = {e.verdict for e in examens}
    faits = PUBLIABLES | ({REFERENTIEL} if options.commande == "check" else set())  # compared is all there is to do
    code = 0 if verdicts <= faits else (1 if verdicts <= {*PUBLIABLES, BLOQUE, REFERENTIEL} else 2)
    reponse: dict[str, Any] = {
        "commande": options.commande,
        "version_rapport": 1,
        "code_retour": code,
        "fichiers": [e.rapport for e in examens],
        "publication": {"version": publication["version"], "inchangee": publication["inchangee"]}
        if publication
        else None,
    }
    texte = "\n\n".join(format_examen(e.rapport) for e in examens)
    if publication is not None:
        etat = "inchangée" if publication["inchangee"] else "publiée"
        texte += f"\n\nPublication {publication['version']} {etat}."
    elif options.commande == "load":
        texte += "\n\nRien n'est publié."
    return code, reponse, texte


def _write_annotes(dossier: Path, examens: list[Examen | ExamenIJ]) -> None:
    """Write the annotated twin of each examined file, and say where in its report."""
    dossier.mkdir(parents=True, exist_ok=True)
    for examen in examens:
        if isinstance(examen, ExamenIJ):
            if examen.fautives is not None:
                sortie = dossier / f"{Path(examen.rapport['fichier']).stem}_rejets.csv"
                sortie.write_bytes(render_fautives(examen.fautives))
                examen.rapport["annote"] = str(sortie)
            continue
        if examen.lecture is None or examen.analyse is None or examen.analyse.anomalies.is_empty():
            continue
        octets, extension = render_annote(examen.chemin, examen.lecture, examen.analyse.anomalies)
        sortie = dossier / f"{Path(examen.lecture.fichier).stem}_annote.{extension}"
        sortie.write_bytes(octets)
        examen.rapport["annote"] = str(sortie)
