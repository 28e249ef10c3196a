"""The page « Comparer » in process: each view for organismes never asked before, and the statistics behind it.

Facts and contexts are warm (any reader has loaded them), the comparison is not: every call builds its view. The rank
simulation and the funnel are measured on the real number of organismes and on ten times as many.
"""

from __future__ import annotations

import importlib
import statistics
import time
from collections.abc import Callable

import numpy as np

from data.calculs.entonnoir import build_entonnoir
from data.calculs.rangs import distribution_rangs
from data.requetes.comparaison import list_organismes

ORGANISMES = 165
INDICATEURS = ("taux_reussite_local", "loc_rdv_telephone")


def _measure(actions: list[Callable[[], object]]) -> float:
    durees = []
    for action in actions:
        debut = time.perf_counter()
        action()
        durees.append(1000 * (time.perf_counter() - debut))
    return statistics.median(durees)


def measure_comparer() -> dict[str, float]:
    """Median time of the callback by view, then of the statistics, in milliseconds."""
    importlib.import_module("app")
    page = importlib.import_module("pages.comparer")
    vues = importlib.import_module("components.comparer.vues")
    codes = list_organismes().filter(type_note="CPAM")["code_organisme"].to_list()[:9]

    def call(code: str, indicateur: str, vue: str) -> object:
        return page.build_sorties(
            code, "type", [], "", False, indicateur, vue, False, None, True, "ctx_etp", True, [], []
        )

    resultats: dict[str, float] = {}
    for vue, libelle in vues.CHOIX_VUES.items():
        for indicateur in INDICATEURS:
            call("691", indicateur, vue)
        durees = _measure(
            [lambda c=code, i=indicateur, v=vue: call(c, i, v) for code in codes for indicateur in INDICATEURS]
        )
        resultats[f"comparer, rappel, {libelle.lower()}"] = durees
    rng = np.random.default_rng(0)
    for effectif in (ORGANISMES, 10 * ORGANISMES):
        valeurs, erreurs = rng.normal(90, 4, effectif).tolist(), rng.uniform(0.2, 2, effectif).tolist()
        tirees = rng.integers(100, 10_000, effectif)
        cas, tailles = rng.binomial(tirees, 0.6).tolist(), tirees.tolist()
        resultats[f"rangs, 2 000 tirages, {effectif} organismes"] = _measure(
            [lambda v=valeurs, e=erreurs: distribution_rangs(v, e)] * 5
        )
        resultats[f"entonnoir, {effectif} organismes"] = _measure([lambda c=cas, t=tailles: build_entonnoir(c, t)] * 5)
    return resultats


if __name__ == "__main__":
    for nom, valeur in measure_comparer().items():
        print(f"{nom:<55} {valeur:>9.1f} ms")
