"""Files of IJ at scale: ``python -m tools.bench_ij [MILLIONS…]`` (1 and 10 by default; 50 takes some two minutes).

For each size the generator writes the Parquet files, then one process alternates, on the same files: a bare
``count(*)``, a bare ``GROUP BY`` on the columns of the cube, and the loader (validation, counts and lists included). A
second process only loads, for its peak memory. Times are medians; the ratio of processor times is printed beside that
of the clock, for it suffers less from what else the machine does.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

from data.catalogue import load_catalogue
from data.chemins import RACINE
from data.modele import TypeOrganisme
from etl.simulation.ij import MOIS
from etl.sources.evenements_ij import MEMOIRE, Evenements, load_evenements
from tools.evenements_ij import write_evenements

MILLIONS_PAR_DEFAUT = (1.0, 10.0)
COMPTE = "SELECT count(*) FROM read_parquet($fichiers)"
GROUPE = """
    SELECT count(*) FROM (
        SELECT code_organisme, date_trunc('month', date_paiement) AS mois, regime, risque, subrogation, canal, delai,
               count(*) AS nombre
        FROM read_parquet($fichiers) GROUP BY ALL
    )
"""


def measure_ij(millions: float) -> dict[str, float]:
    """Times (ms), ratios and peak memory (MB) for that many millions of rows."""
    with tempfile.TemporaryDirectory() as dossier:
        debut = time.perf_counter()
        chemins = write_evenements(Path(dossier), int(millions * 1_000_000))
        ecriture = 1000 * (time.perf_counter() - debut)
        octets = sum(chemin.stat().st_size for chemin in chemins)
        tours = 3 if millions <= 10 else 2
        temps = _run("alterner", dossier, str(tours))
        seul = _run("charger", dossier, "1")
    nom = f"IJ, {millions:g} million{'s' if millions >= 2 else ''} de lignes"
    return {
        f"{nom}, écriture ({octets / 1e6:.0f} Mo)": ecriture,
        f"{nom}, count(*) nu": temps["compte"],
        f"{nom}, GROUP BY nu": temps["groupe"],
        f"{nom}, GROUP BY nu (processeur)": temps["groupe_cpu"],
        f"{nom}, chargement": temps["chargement"],
        f"{nom}, chargement (processeur)": temps["chargement_cpu"],
        f"{nom}, chargement, milliers de lignes/s": 1000 * millions / (temps["chargement"] / 1000),
        f"{nom}, rapport au count(*)": temps["chargement"] / temps["compte"],
        f"{nom}, rapport au GROUP BY (horloge)": temps["chargement"] / temps["groupe"],
        f"{nom}, rapport au GROUP BY (processeur)": temps["chargement_cpu"] / temps["groupe_cpu"],
        f"{nom}, mémoire au plus haut, Mo": seul["memoire"],
    }


def _run(mode: str, dossier: str, tours: str) -> dict[str, float]:
    commande = [sys.executable, "-m", "tools.bench_ij", f"--{mode}", dossier, tours]
    sortie = subprocess.run(commande, cwd=RACINE, check=True, capture_output=True, text=True).stdout
    mesures: dict[str, float] = json.loads(sortie)
    return mesures


def _load(chemins: list[Path]) -> Evenements:
    types = (TypeOrganisme.CPAM, TypeOrganisme.CCSS, TypeOrganisme.CGSS)
    codes = [o.code for o in load_catalogue().list_organismes(*types)]
    return load_evenements(chemins, codes, MOIS[0], MOIS[-1])


def _query(sql: str, chemins: list[Path]) -> None:
    with duckdb.connect(config={"threads": 2, "memory_limit": MEMOIRE, "preserve_insertion_order": False}) as base:
        base.execute(sql, {"fichiers": [str(chemin) for chemin in chemins]}).fetchall()


def _measure(mode: str, chemins: list[Path], tours: int) -> dict[str, float]:
    """In the process being measured: medians (ms), processor times (ms), peak memory (MB)."""
    actions: dict[str, Callable[[], Any]] = {"chargement": lambda: _load(chemins)}
    if mode == "alterner":
        actions = {"compte": lambda: _query(COMPTE, chemins), "groupe": lambda: _query(GROUPE, chemins)} | actions
        _query(COMPTE, chemins)  # the first reading of the files is nobody's
    durees: dict[str, list[float]] = {}
    for _ in range(tours):
        for nom, action in actions.items():
            horloge, processeur = time.perf_counter(), time.process_time()
            action()
            durees.setdefault(nom, []).append(1000 * (time.perf_counter() - horloge))
            durees.setdefault(f"{nom}_cpu", []).append(1000 * (time.process_time() - processeur))
    memoire = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    return {nom: statistics.median(valeurs) for nom, valeurs in durees.items()} | {"memoire": memoire}


def main(arguments: list[str]) -> None:
    """Measure the sizes asked, or be one of the processes measured."""
    if arguments and arguments[0].startswith("--"):
        chemins = sorted(Path(arguments[1]).glob("*.parquet"))
        print(json.dumps(_measure(arguments[0].removeprefix("--"), chemins, int(arguments[2]))))
        return
    for millions in map(float, arguments) if arguments else MILLIONS_PAR_DEFAUT:
        for nom, valeur in measure_ij(millions).items():
            print(f"{nom:<70} {valeur:>10.1f}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
