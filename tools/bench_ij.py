"""Files of IJ at scale: ``python -m tools.bench_ij [MILLIONS…]`` (1 and 10 by default; 50 takes some two minutes).

For each size the generator writes the Parquet files, then one process alternates, on the same files: a bare
``count(*)``, a bare ``GROUP BY`` on the columns of the cube, and the counting (validation, counts and lists included),
one pass per file. A second process does what ``load`` does with them, for its time and its peak memory: each file
hashed, counted, its refused rows listed, then the lot added up and its totals computed. Times are medians; the ratio of
processor times is printed beside that of the clock, for it suffers less from what else the machine does.
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
import polars as pl

from data.catalogue import load_catalogue
from data.chemins import RACINE
from data.schemas import DELAI_IJ, DELAI_IJ_CAISSE, DELAI_IJ_ORIGINE, DELAI_IJ_RESEAU
from etl.chargement.evenements import compute_lot, examine_evenements, list_caisses
from etl.mart.delais_reels import EnvoiIJ, build_fusion
from etl.mart.depot import compute_sha256
from etl.simulation.ij import MOIS
from etl.sources.evenements_ij import Evenements, load_evenements
from tools.evenements_ij import write_evenements

MILLIONS_PAR_DEFAUT = (1.0, 10.0)
MEMOIRE_NUE = "3GB"  # enough for the bare requests never to spill
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
        complet = _run("complet", dossier, "1")
    nom = f"IJ, {millions:g} million{'s' if millions >= 2 else ''} de lignes"
    return {
        f"{nom}, écriture ({octets / 1e6:.0f} Mo)": ecriture,
        f"{nom}, count(*) nu": temps["compte"],
        f"{nom}, GROUP BY nu": temps["groupe"],
        f"{nom}, GROUP BY nu (processeur)": temps["groupe_cpu"],
        f"{nom}, comptage": temps["comptage"],
        f"{nom}, comptage (processeur)": temps["comptage_cpu"],
        f"{nom}, comptage, milliers de lignes/s": 1000 * millions / (temps["comptage"] / 1000),
        f"{nom}, comptage rapporté au count(*)": temps["comptage"] / temps["compte"],
        f"{nom}, comptage rapporté au GROUP BY (horloge)": temps["comptage"] / temps["groupe"],
        f"{nom}, comptage rapporté au GROUP BY (processeur)": temps["comptage_cpu"] / temps["groupe_cpu"],
        f"{nom}, chargement complet": complet["complet"],
        f"{nom}, chargement complet (processeur)": complet["complet_cpu"],
        f"{nom}, chargement complet rapporté au GROUP BY (processeur)": complet["complet_cpu"] / temps["groupe_cpu"],
        f"{nom}, chargement complet, mémoire au plus haut, Mo": complet["memoire"],
    }


def _run(mode: str, dossier: str, tours: str) -> dict[str, float]:
    commande = [sys.executable, "-m", "tools.bench_ij", f"--{mode}", dossier, tours]
    sortie = subprocess.run(commande, cwd=RACINE, check=True, capture_output=True, text=True).stdout
    mesures: dict[str, float] = json.loads(sortie)
    return mesures


def _count(chemins: list[Path]) -> list[Evenements]:
    caisses = list_caisses(load_catalogue())
    return [load_evenements([chemin], caisses, MOIS[0], MOIS[-1]) for chemin in chemins]


def _load(chemins: list[Path]) -> None:
    """What ``load`` does with the files of one command, the copy of the originals and the publication apart."""
    caisses = list_caisses(load_catalogue())
    aucun = pl.DataFrame(schema=pl.Schema(DELAI_IJ_ORIGINE.colonnes))
    empreintes = {chemin: compute_sha256(chemin) for chemin in chemins}
    lot, envois = compute_lot(empreintes.values()), []
    with tempfile.TemporaryDirectory() as dossier:
        for chemin, sha in empreintes.items():
            examen = examine_evenements(
                chemin, caisses=caisses, lot=lot, sha=sha, precedents=aucun, aujourdhui=MOIS[-1]
            )
            assert examen.evenements is not None
            cube = Path(dossier) / f"{sha}.parquet"
            examen.evenements.cube.write_parquet(cube, row_group_size=16_384)
            envois.append(EnvoiIJ(sha, lot, cube))
            del examen
        vides = {t.nom: pl.DataFrame(schema=pl.Schema(t.colonnes)) for t in (DELAI_IJ_RESEAU, DELAI_IJ_CAISSE)}
        # One simulated month, so that the totals of the network are computed too.
        simule = pl.read_parquet(envois[0].cube).filter(pl.col("mois") == MOIS[0])
        build_fusion(vides | {DELAI_IJ.nom: simule}, envois)


def _query(sql: str, chemins: list[Path]) -> None:
    with duckdb.connect(config={"threads": 2, "memory_limit": MEMOIRE_NUE, "preserve_insertion_order": False}) as base:
        base.execute(sql, {"fichiers": [str(chemin) for chemin in chemins]}).fetchall()


def _measure(mode: str, chemins: list[Path], tours: int) -> dict[str, float]:
    """In the process being measured: medians (ms), processor times (ms), peak memory (MB)."""
    actions: dict[str, Callable[[], Any]] = {"complet": lambda: _load(chemins)}
    if mode == "alterner":
        actions = {
            "compte": lambda: _query(COMPTE, chemins),
            "groupe": lambda: _query(GROUPE, chemins),
            "comptage": lambda: _count(chemins),
        }
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
