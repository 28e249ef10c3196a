"""Run a command of the ETL for the interface: a process apart, one at a time, bounded in time and in memory.

The interface never imports the ETL: it runs ``python -m etl … --json`` and reads the answer. A command is killed after
its time, and refused memory beyond its bound: a malicious or enormous file cannot take the application down.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from data.chemins import RACINE, get_var

journal = logging.getLogger("parangon")

DUREE_MAX: Final = 300.0  # seconds of one command
MEMOIRE_MAX: Final = 4 * 1024**3  # bytes of data of the process
ALLOCATEUR: Final = {"ARROW_DEFAULT_MEMORY_POOL": "system"}  # the other one reserves 1 GB, counted in that bound
_VERROU: Final = "travaux.verrou"


class TravailImpossibleError(RuntimeError):
    """The command could not be run to its end; the message (French) says why and what to do."""


@dataclass(frozen=True)
class Reponse:
    """What a command answered: its exit code (0, 1, 2 as in ``docs/chargement.md``) and its JSON."""

    code: int
    contenu: dict[str, Any]

    @property
    def erreur(self) -> str | None:
        """The French message of a general error, None when the command did its work."""
        erreur = self.contenu.get("erreur")
        return None if erreur is None else str(erreur)


def run_etl(arguments: Sequence[str], *, duree: float = DUREE_MAX, memoire: int = MEMOIRE_MAX) -> Reponse:
    """Run ``python -m etl`` with arguments and ``--json``, and wait for its answer.

    Args:
        arguments: of the command, given to the process as they are: no shell reads them.
        duree: seconds before it is stopped.
        memoire: bytes of data it may hold.

    Raises:
        TravailImpossibleError: another command runs, it took too long, too much memory, or died without answering.
    """
    with _reserve(get_var()):
        commande = [sys.executable, "-m", "etl", *arguments, "--json"]
        # Its own session: stopping it stops what it has started.
        processus = subprocess.Popen(
            commande,
            cwd=RACINE,
            env=os.environ | ALLOCATEUR,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        _limit_memoire(processus.pid, memoire)
        try:
            sortie, messages = processus.communicate(timeout=duree)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(processus.pid, signal.SIGKILL)
            processus.communicate()
            raise TravailImpossibleError(
                f"Le traitement a dépassé {duree / 60:.0f}\u00a0minutes\u00a0: il est arrêté, rien n'a changé. "
                "Découpez le fichier, ou chargez-le en ligne de commande."
            ) from None
    try:
        contenu = json.loads(sortie)
    except ValueError:
        texte = messages.decode(errors="replace")
        journal.error("etl %s, code %s : %s", arguments[0], processus.returncode, texte[-4000:])
        raise TravailImpossibleError(_explain(processus.returncode, texte)) from None
    return Reponse(processus.returncode, contenu)


@contextmanager
def _reserve(var: Path) -> Iterator[None]:
    """One command of the interface at a time, whatever the number of workers."""
    var.mkdir(parents=True, exist_ok=True)
    with (var / _VERROU).open("w") as verrou:
        try:
            fcntl.flock(verrou, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise TravailImpossibleError(
                "Un autre contrôle ou une autre publication est en cours\u00a0: attendez qu'il finisse, puis "
                "recommencez."
            ) from None
        yield


def _limit_memoire(pid: int, memoire: int) -> None:
    """Bound the memory of a process that has just started, where the system knows how (Linux)."""
    with suppress(ImportError, AttributeError, OSError):
        import resource

        resource.prlimit(pid, resource.RLIMIT_DATA, (memoire, memoire))


def _explain(code: int, messages: str) -> str:
    """Why a command ended without an answer, in words."""
    if "MemoryError" in messages or "Cannot allocate memory" in messages or code in {-signal.SIGABRT, -signal.SIGKILL}:
        return (
            "Le traitement demande plus de mémoire que permis\u00a0: il est arrêté, rien n'a changé. Découpez le "
            "fichier, ou chargez-le en ligne de commande."
        )
    return (
        "Le traitement s'est arrêté sans répondre, rien n'a changé. Recommencez\u00a0; "
        "le journal du serveur dit pourquoi."
    )
