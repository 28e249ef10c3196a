"""Simulated CPTS coverage and zonage, deterministic and calibrated on the published figures.

Nothing of it is published by caisse or département; everything it makes carries
``nature = simulee``. Calibration (document 003 unless said):

* coverage by a CPTS: 30 % of the population in March 2022 (l. 1293), 84,5 % in Centre-Val de
  Loire (printed « plus de 84 % », l. 1312), 15 % in Nouvelle-Aquitaine (l. 1312);
  84,07 % in 2023 (document 000, l. 209). Coverage never falls between the two dates.
* zonage: ZIP 18 % and ZAC 45 % of the population in 2022, then 30 % and 42 % after the announced
  revision (l. 1351), dated 2023 here.

The base territory is the caisse; départements and régions are sums of their caisses, so
that every level agrees. Numerators are whole persons. A territory whose population the source
lacks (Mayotte) gets no figure and is left out of the totals.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.catalogue import Catalogue
from data.modele import Maille, Nature, Statistique, Statut
from etl.simulation.tableaux import Vecteur
from etl.socle.socle import FRANCE, Periode, build_annee, build_mois, build_valeur

GRAINE = 20231231
SOURCE = "simulation"
FICHIER = "etl/simulation/territoires.py"

CPTS_MARS_2022, CPTS_2023 = 0.30, 0.8407
CPTS_REGIONS_2022 = {"24": 0.845, "75": 0.15}
ZONAGE = {2022: (0.18, 0.45), 2023: (0.30, 0.42)}
NOTE = "simulé : calibré sur les chiffres nationaux et régionaux publiés, sans valeur pour un territoire réel"


def _solve_decalage(moyenne: Callable[[float], float], cible: float) -> float:
    """Shift for which an increasing mean reaches its target (bisection on [-30, 30])."""
    bas, haut = -30.0, 30.0
    for _ in range(200):
        milieu = (bas + haut) / 2
        bas, haut = (milieu, haut) if moyenne(milieu) < cible else (bas, milieu)
    return (bas + haut) / 2


def _expit(x: Vecteur) -> Vecteur:
    return np.asarray(1 / (1 + np.exp(-x)))


def simulate_taux(logits: Vecteur, population: Vecteur, cible: float) -> Vecteur:
    """Rates with the shape of ``logits`` whose population-weighted mean is ``cible`` (0..1)."""
    decalage = _solve_decalage(lambda d: float(np.average(_expit(logits + d), weights=population)), cible)
    return _expit(logits + decalage)


def simulate_cpts(rng: np.random.Generator, population: Vecteur, regions: NDArray[np.str_]) -> tuple[Vecteur, Vecteur]:
    """Coverage rates of each caisse in March 2022 and in 2023, both calibrated."""
    effet_region = dict(zip(np.unique(regions), rng.normal(0, 0.8, len(np.unique(regions))), strict=True))
    logits = np.array([effet_region[r] for r in regions]) + rng.normal(0, 0.7, len(population))
    mars_2022 = np.zeros_like(population)
    for region, cible in CPTS_REGIONS_2022.items():
        choix = regions == region
        mars_2022[choix] = simulate_taux(logits[choix], population[choix], cible)
    autres = ~np.isin(regions, list(CPTS_REGIONS_2022))
    deja = float(np.sum(mars_2022 * population))
    reste = (CPTS_MARS_2022 * population.sum() - deja) / population[autres].sum()
    mars_2022[autres] = simulate_taux(logits[autres], population[autres], reste)
    # What was not covered in 2022 is covered in 2023 at a rate that varies between caisses.
    decouvert = population * (1 - mars_2022)
    cible_gain = (CPTS_2023 * population.sum() - np.sum(mars_2022 * population)) / decouvert.sum()
    gain = simulate_taux(rng.normal(0, 0.9, len(population)) + 0.3 * logits, decouvert, float(cible_gain))
    return mars_2022, mars_2022 + (1 - mars_2022) * gain


def simulate_zonage(
    logits: NDArray[np.float64], population: Vecteur, zip_national: float, zac_national: float
) -> NDArray[np.float64]:
    """Shares (caisse × [ZIP, ZAC, autres]) whose rows sum to 1 and whose weighted columns are the national shares.

    Iterative proportional fitting from the positive start ``exp(logits)``.
    """
    marges = np.array([zip_national, zac_national, 1 - zip_national - zac_national]) * population.sum()
    table = np.exp(logits)
    for _ in range(500):
        table *= (population / table.sum(axis=1))[:, None]
        table *= marges / table.sum(axis=0)
    return np.asarray(table / table.sum(axis=1, keepdims=True))


def build_simulation(catalogue: Catalogue, territoires: pl.DataFrame) -> list[dict[str, Any]]:
    """Facts of CPTS coverage, ZIP and ZAC shares for caisses, départements, régions and France.

    Args:
        catalogue: definitions (the three indicateurs of the referentiel « territoire »).
        territoires: columns niveau, code, code_parent, population (see ``mart_territoire``).

    Returns:
        Rows of ``mart_valeur`` with their provenance, in %, numerator and denominator in inhabitants.
    """
    sans_population = territoires.filter(pl.col("population").is_null())
    caisses = territoires.filter(pl.col("niveau") == "caisse", pl.col("population").is_not_null()).sort("code")
    codes = caisses["code"].to_list()
    population = caisses["population"].to_numpy().astype(np.float64)
    departement = {c: catalogue.get_organisme(c).departements[0] for c in codes}
    region_de = {d["code"]: d["code_parent"] for d in territoires.filter(pl.col("niveau") == "departement").to_dicts()}
    regions = np.array([region_de[departement[c]] for c in codes])
    rng = np.random.default_rng(GRAINE)
    mars_2022, annee_2023 = simulate_cpts(rng, population, regions)
    # Rural, sparsely populated caisses lean to ZIP; the draw keeps the link loose.
    base = rng.normal(0, 0.6, (len(codes), 3)) + np.outer(-np.log(population / population.mean()), [0.35, 0.1, -0.2])
    series: list[tuple[str, Periode, Vecteur]] = [
        ("couverture_population_cpts", build_mois(2022, 3), mars_2022),
        ("couverture_population_cpts", build_annee(2023), annee_2023),
    ]
    for annee, (part_zip, part_zac) in ZONAGE.items():
        parts = simulate_zonage(base, population, part_zip, part_zac)
        series.append(("part_population_zip", build_annee(annee), parts[:, 0]))
        series.append(("part_population_zac", build_annee(annee), parts[:, 1]))
    faits: list[dict[str, Any]] = []
    for code_indicateur, periode, taux in series:
        personnes = pl.DataFrame(
            {
                "caisse": codes,
                "departement": [departement[c] for c in codes],
                "region": regions.tolist(),
                "reseau": [FRANCE] * len(codes),
                "numerateur": np.rint(taux * population),
                "denominateur": population,
            }
        )
        faits += _build_faits(catalogue, code_indicateur, periode, personnes)
        faits += _build_manquants(catalogue, code_indicateur, periode, sans_population)
    return faits


_MAILLES = {"caisse": Maille.ORGANISME, "departement": Maille.DEPARTEMENT, "region": Maille.REGION}


def _build_provenance(rang: int, note: str) -> dict[str, Any]:
    return {
        "source": SOURCE,
        "source_ligne": None,
        "source_fichier": FICHIER,
        "source_rang": rang,
        "nature": Nature.SIMULEE.value,
        "note": note,
    }


def _build_faits(
    catalogue: Catalogue, code_indicateur: str, periode: Periode, personnes: pl.DataFrame
) -> list[dict[str, Any]]:
    indicateur = catalogue.get_indicateur(code_indicateur)
    faits = []
    for niveau, maille in (*_MAILLES.items(), ("reseau", Maille.RESEAU)):
        sommes = personnes.group_by(code=niveau).agg(pl.col("numerateur", "denominateur").sum()).sort("code")
        faits += [
            build_valeur(
                indicateur=indicateur,
                maille=maille,
                code_entite=somme["code"],
                periode=periode,
                statistique=Statistique.TAUX.value,
                valeur=100 * somme["numerateur"] / somme["denominateur"],
                numerateur=somme["numerateur"],
                denominateur=somme["denominateur"],
            )
            | _build_provenance(rang, NOTE)
            for rang, somme in enumerate(sommes.to_dicts())
        ]
    return faits


def _build_manquants(
    catalogue: Catalogue, code_indicateur: str, periode: Periode, sans_population: pl.DataFrame
) -> list[dict[str, Any]]:
    """A territory without population gets no simulated figure, and a fact that says so."""
    return [
        build_valeur(
            indicateur=catalogue.get_indicateur(code_indicateur),
            maille=_MAILLES[territoire["niveau"]],
            code_entite=territoire["code"],
            periode=periode,
            statistique=Statistique.TAUX.value,
            statut=Statut.NON_FOURNI,
        )
        | _build_provenance(rang, "population absente de la source : rien n'est simulé, hors des totaux")
        for rang, territoire in enumerate(sans_population.to_dicts())
    ]
