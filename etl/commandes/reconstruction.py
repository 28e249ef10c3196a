"""The command ``run``: documents, published loads and simulation, from what they are today."""

from __future__ import annotations

import time
from pathlib import Path

from etl.chargement.analyse import Etape
from etl.commandes import construction
from etl.commandes.chargement import refresh_chargements
from etl.commandes.publication import publish_base
from etl.publish import lock_publication


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
        base = construction.build_base(var)
        identifiants = refresh_chargements(var, base, etape)
        return publish_base(var, base, identifiants, debut, forcer=forcer, etape=etape)
