"""``make bench``: medians of repeated measures on this machine, printed as a table and written to ``var/bench.json``.

What is measured:

* the ETL from scratch (geometries included), again from the kept steps, and with nothing to do;
* the score engine on the whole network and on 10 000 × 60, and its ratio to a bare group-by of the same frame;
* the loading of a result file, all controls included, and its ratio to a bare reading of the same file;
* server time of each page's layout and callbacks, warm, in process;
* answers of the read API, as a caller gets them from the server;
* callbacks of the comparison pages on what was never asked for, and ranks, at 165 and 1 650 organismes;
* in headless Chromium, on the application as served: each page until its charts are drawn, cold (empty cache) and
  warm; the map of départements and its recolouring; a move of the simulator; the bytes of the first page.
"""

from __future__ import annotations

import importlib
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any

import polars as pl
from playwright.sync_api import Browser, Page, sync_playwright

from data.chemins import RACINE, get_lien_courant, get_var
from etl.commandes.chargement import check
from etl.commandes.construction import build_base
from tests.e2e.conftest import serve_application
from tools.bench_comparer import measure_comparer
from tools.bench_ij import MILLIONS_PAR_DEFAUT, measure_ij
from tools.bench_score import measure_score
from tools.bench_simulateur import measure_simulateur
from tools.chronometre import REPETITIONS, measure
from tools.navigateur import ARGUMENTS, find_navigateur
from tools.resultats import write_resultats

DESSINE = "document.querySelectorAll('.js-plotly-plot .main-svg').length >= {n}"
# path -> number of Plotly charts drawn when the page is complete; 0 for the map, None without chart
PAGES: dict[str, int | None] = {
    "/": 2,
    "/comparer?organisme=011": 1,
    "/scores": 2,
    "/interessement?organisme=011": 1,
    "/delais-ij": 2,
    "/cartes?niveau=departement": 0,
    "/methode": None,
}
# (page, callback, arguments of two states: each call really recomputes what it shows)
RAPPELS: list[tuple[str, str, tuple[Any, ...], tuple[Any, ...]]] = [
    ("scores", "build_sorties", ("CPAM", "repartition"), ("UGECAM", "taux")),
    ("interessement", "update_organisme", ("381",), ("011",)),
    ("delais_ij", "update_delais", ("tout", True, True), ("tout", False, True)),
    (
        "cartes",
        "compute_carte",
        ("couverture_population_cpts", "departement", "2023", False, "couverture_population_cpts|departement|2022-03"),
        ("couverture_population_cpts", "departement", "2022-03", False, "couverture_population_cpts|departement|2023"),
    ),
    ("methode", "update_methode", ("cog_2023_2027", "taux_reussite_local"), ("interessement", None)),
]

API = (
    "resultats?referentiel=interessement&indicateur=taux_reussite_local&annee=2023",
    "resultats",
    "resultats?maille=toutes&granularite=toutes",
    "resultats?maille=toutes&granularite=toutes&format=csv",
    "resultats?maille=toutes&granularite=toutes&format=parquet",
    "scores",
    "indicateurs",
)


def measure_etl() -> dict[str, float]:
    """ETL in a private ``var``: from scratch; published again from the kept steps; with nothing to do."""
    with tempfile.TemporaryDirectory() as dossier:
        environnement = os.environ | {"PARANGON_VAR": dossier}

        def run(*options: str) -> None:
            commande = [sys.executable, "-m", "etl", "run", *options]
            subprocess.run(commande, cwd=RACINE, env=environnement, check=True, capture_output=True)

        return {
            "ETL, première fois": measure(run, 1),
            "ETL, étapes en place": measure(lambda: run("--forcer"), 3),
            "ETL, rien n'a changé": measure(run, 3),
        }


def measure_chargement() -> dict[str, float]:
    """Every control on result files of 100 000 and 1 million rows, against a bare ``polars.read_csv`` of the same."""
    resultats: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as dossier:
        var, chemin = get_var(), Path(dossier) / "resultats_mensuels.csv"
        build_base(var)
        for lignes in (100_000, 1_000_000):
            write_resultats(chemin, lignes)
            seul = measure(lambda: pl.read_csv(chemin, separator=";"), 3)
            complet = measure(lambda: check(var, [chemin]), 3)
            nom = f"chargement, {lignes} lignes"
            resultats |= {
                f"{nom}, contrôles compris": complet,
                f"{nom}, milliers de lignes par seconde": lignes / complet,
                f"{nom}, rapport à polars.read_csv": complet / seul,
            }
    return resultats


def measure_serveur() -> dict[str, float]:
    """Layouts and callbacks in process, warm."""
    importlib.import_module("app")
    resultats = {}
    for module in ("accueil", "comparer", "scores", "interessement", "delais_ij", "cartes", "methode"):
        page = importlib.import_module(f"pages.{module}")
        page.layout()
        resultats[f"serveur, page {module}"] = measure(page.layout, 9)
    for module, nom, un_etat, autre_etat in RAPPELS:
        rappel = getattr(importlib.import_module(f"pages.{module}"), nom)

        def alterner(rappel: Any = rappel, etats: Any = (un_etat, autre_etat)) -> None:
            for etat in etats:
                rappel(*etat)

        alterner()
        resultats[f"serveur, rappel {module}"] = measure(alterner, 9) / 2
    return resultats


def measure_api() -> dict[str, float]:
    """Answers of the read API, through the whole server."""
    client = importlib.import_module("app").server.test_client()

    def demander(adresse: str) -> None:
        reponse = client.get(f"/api/v1/{adresse}")
        if reponse.status_code != HTTPStatus.OK:
            raise RuntimeError(f"/api/v1/{adresse} : {reponse.status_code}")
        reponse.get_data()

    return {f"API, {adresse}": measure(partial(demander, adresse), REPETITIONS) for adresse in API}


def wait_drawn(page: Page, graphiques: int | None) -> None:
    """Wait until a page shows what it has to show."""
    if graphiques:
        page.wait_for_function(DESSINE.format(n=graphiques))
    elif graphiques == 0:
        page.wait_for_selector("[data-carte-prete]", state="attached")
    else:
        page.wait_for_selector("main h1")


def measure_pages(navigateur: Browser, adresse: str) -> dict[str, float]:
    """Cold and warm times of each page, and the weight of the first one."""
    resultats: dict[str, float] = {}
    for chemin, graphiques in PAGES.items():
        froids, chauds = [], []
        for _ in range(REPETITIONS):
            contexte = navigateur.new_context(viewport={"width": 1440, "height": 900}, locale="fr-FR")
            page = contexte.new_page()
            for durees in (froids, chauds):
                debut = time.perf_counter()
                page.goto(adresse + chemin, wait_until="commit")
                wait_drawn(page, graphiques)
                durees.append(1000 * (time.perf_counter() - debut))
            contexte.close()
        resultats[f"{chemin}, à froid"] = statistics.median(froids)
        resultats[f"{chemin}, à chaud"] = statistics.median(chauds)
    contexte = navigateur.new_context()
    page = contexte.new_page()
    page.goto(adresse, wait_until="networkidle")
    poids = page.evaluate(
        "performance.getEntries().filter(r => r.transferSize && !/plotly.*min/.test(r.name))"
        ".reduce((s, r) => s + r.transferSize, 0)"
    )
    resultats["première page, ko compressés hors plotly.js"] = poids / 1000
    contexte.close()
    return resultats


_CHRONOMETRE = """() => {
    window.durees = [];
    let debut = 0;
    const carte = document.querySelector('[data-carte-prete]');
    document.addEventListener('click', () => { debut = performance.now(); }, true);
    new MutationObserver(() => {
        if (carte.dataset.cartePrete && debut) { window.durees.push(performance.now() - debut); debut = 0; }
    }).observe(carte, { attributes: true, attributeFilter: ['data-carte-prete'] });
}"""


def measure_recoloration(navigateur: Browser, adresse: str) -> dict[str, float]:
    """From the click on another period to the repainted map, timed by the page (Playwright's own waits left out)."""
    contexte = navigateur.new_context(viewport={"width": 1440, "height": 900}, locale="fr-FR")
    page = contexte.new_page()
    page.goto(f"{adresse}/cartes?indicateur=couverture_population_cpts&niveau=departement")
    page.wait_for_selector("[data-carte-prete]", state="attached")
    page.wait_for_load_state("networkidle")
    page.evaluate(_CHRONOMETRE)
    for tour in range(2 * REPETITIONS):
        page.get_by_role("textbox", name="Période").click()
        page.get_by_role("option", name="mars 2022" if tour % 2 == 0 else "2023", exact=True).click()
        page.wait_for_function("n => window.durees.length === n", arg=tour + 1)
    durees: list[float] = page.evaluate("window.durees")
    contexte.close()
    return {"carte des départements, recoloration": statistics.median(durees)}


def main() -> None:
    """Measure everything and print it."""
    resultats = measure_etl()
    if not get_lien_courant(get_var()).exists():
        subprocess.run([sys.executable, "-m", "etl", "run"], cwd=RACINE, check=True, capture_output=True)
    resultats |= measure_serveur()
    resultats |= measure_api()
    resultats |= measure_comparer()
    resultats |= measure_score()
    resultats |= measure_chargement()
    for millions in MILLIONS_PAR_DEFAUT:
        # A process of its own: its memory is then that of this load alone.
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as a_part:
            resultats |= a_part.submit(measure_ij, millions).result()
    with serve_application(get_var(), workers=2) as adresse, sync_playwright() as playwright:
        navigateur = playwright.chromium.launch(executable_path=find_navigateur(), args=ARGUMENTS)
        resultats |= measure_pages(navigateur, adresse)
        resultats |= measure_recoloration(navigateur, adresse)
        resultats |= measure_simulateur(navigateur, adresse)
        navigateur.close()
    for nom, valeur in resultats.items():
        unite = "ko" if "ko " in nom else ("" if "rapport" in nom or "milliers" in nom or nom.endswith("Mo") else "ms")
        print(f"{nom:<55} {valeur:>9.1f} {unite}")
    Path(get_var() / "bench.json").write_text(json.dumps(resultats, ensure_ascii=False, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
