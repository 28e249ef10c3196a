"""Simulated context of the organismes: staff, age, precarity, activity, productivity. Calibrated and labelled.

Published margins: staff by type (document 000, l. 58-74) and for CPAM and CCSS in 2019-2021 (document 003, l. 3104),
from 110 to 2 000 in the CPAM (l. 2034); 7 347 372 bénéficiaires of the C2S in 2023 (document 000, l. 195); 8,9 million
arrêts in 2019 (document 003, l. 2340); every gap of productivity (see ``etl.simulation.productivite``). Staff that the
note prints for one body stays published.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from data.catalogue import Catalogue
from data.modele import Maille, Nature, Statut, TypeOrganisme
from etl.simulation.parametres import ANNEES
from etl.simulation.productivite import (
    CREUSE,
    ETP_MAX,
    ETP_MIN,
    PARIS,
    calibrate_total,
    simulate_etpr,
    simulate_productivite,
)
from etl.simulation.tableaux import Vecteur
from etl.simulation.territoires import SOURCE, simulate_taux
from etl.socle.socle import build_annee, build_valeur

GRAINE = 20231231
FICHIER = "etl/simulation/contexte.py"
ANNEES_PRODUCTIVITE = (2017, 2018, 2019, 2020, 2021)

# ETP eligible in 2023, document 000 l. 58-74. CTI and CEIR are printed together.
ETP_2023: Mapping[tuple[TypeOrganisme, ...], float] = {
    (TypeOrganisme.CPAM,): 45_271,
    (TypeOrganisme.CCSS,): 268,
    (TypeOrganisme.UGECAM,): 12_520,
    (TypeOrganisme.DRSM,): 6_137,
    (TypeOrganisme.CARSAT,): 5_464,
    (TypeOrganisme.CNAM,): 2_358,
    (TypeOrganisme.CGSS,): 1_959,
    (TypeOrganisme.CTI, TypeOrganisme.CEIR): 549,
    (TypeOrganisme.CSS,): 140,
}
# Staff of one body printed by the note: code, value, line.
ETP_IMPRIMES: tuple[tuple[str, float, str], ...] = (
    ("481", 150.08, "2605"),
    ("cnam", 2358.0, "68"),
    ("976", 140.0, "74"),
)
DOCUMENT_ETP = "000"
# CPAM and CCSS, document 003 l. 3104; 2022 is printed nowhere: the mean of 2021 and 2023.
ETP_CAISSES = {2019: 46_539.0, 2020: 47_866.0, 2021: 47_949.0}

BENEFICIAIRES_C2S_2023 = 7_347_372
HAUSSE_C2S = 40_000  # per year, the step of the yearly targets (document 002, l. 9473)
ARRETS_2019 = 8_900_000
HAUSSE_ARRETS = 0.0185  # per year, document 003 l. 3282
PART_65_2023, HAUSSE_65 = 0.21, 0.0035  # no printed figure: one inhabitant in five

NOTE = "simulé : calé sur les totaux et les écarts publiés, sans valeur pour un organisme réel"


def build_simulation_contexte(catalogue: Catalogue, geographie: pl.DataFrame) -> list[dict[str, Any]]:
    """Facts of the simulated context variables, by organisme and year.

    Args:
        catalogue: definitions (referentiel « contexte »).
        geographie: code, population, surface_km2 by caisse (see ``etl.socle.contexte.read_geographie``).

    Returns:
        Rows of ``mart_valeur`` with their provenance; every one but the printed staff is « simulee ».
    """
    rng = np.random.default_rng(GRAINE)
    connues = geographie.drop_nulls("population").sort("code")
    caisses = catalogue.list_organismes(TypeOrganisme.CPAM, TypeOrganisme.CCSS)
    codes = sorted(o.code for o in caisses)
    par_code = dict(connues.select("code", "population").iter_rows())
    population = np.array([par_code[c] for c in codes], dtype=np.float64)
    faits = _build_productivite(catalogue, rng, codes, population)
    faits += _build_etp(catalogue, rng, codes, population, par_code)
    faits += _build_population(catalogue, rng, connues)
    sans_population = geographie.filter(pl.col("population").is_null())["code"].to_list()
    faits += [
        _build_fait(catalogue, code, caisse, annee, None, note="population absente de la source : rien n'est simulé")
        for caisse in sans_population
        for code in ("ctx_part_65", "ctx_part_c2s", "ctx_dossiers_ij", "ctx_dossiers_ij_1000")
        for annee in ANNEES
    ]
    return [fait | {"source_rang": rang} for rang, fait in enumerate(faits, start=1)]


def simulate_etp(
    rng: np.random.Generator, codes: list[str], types: Mapping[str, TypeOrganisme], forme: Vecteur
) -> Vecteur:
    """Staff of 2023 of the CPAM and CCSS: their two printed totals, 110 in Creuse, 2 000 in Paris, Mende as printed.

    Args:
        rng: seeded generator.
        codes: the 102 caisses.
        types: type by code.
        forme: figures to stay close to, in the order of ``codes``.
    """
    imprimes = {code: valeur for code, valeur, _ in ETP_IMPRIMES}
    resultat = np.empty_like(forme)
    for type_organisme, bornes in (
        (TypeOrganisme.CPAM, {CREUSE: ETP_MIN, PARIS: ETP_MAX}),
        (TypeOrganisme.CCSS, imprimes),
    ):
        rangs = [i for i, c in enumerate(codes) if types[c] is type_organisme]
        fixes = {n: bornes[codes[i]] for n, i in enumerate(rangs) if codes[i] in bornes}
        poids = forme[rangs] * np.exp(rng.normal(0, 0.03, len(rangs)))
        resultat[rangs] = calibrate_total(poids, ETP_2023[(type_organisme,)], fixes, ETP_MIN + 1, ETP_MAX - 50)
    return resultat


def _build_productivite(
    catalogue: Catalogue, rng: np.random.Generator, codes: list[str], population: Vecteur
) -> list[dict[str, Any]]:
    """BCP, ETPR and their ratio, 2017-2021: both ends are calibrated, the years between are interpolated."""
    bouts = simulate_productivite(rng, codes, population)
    premiere, derniere = ANNEES_PRODUCTIVITE[0], ANNEES_PRODUCTIVITE[-1]
    faits = []
    for annee in ANNEES_PRODUCTIVITE:
        part = (annee - premiere) / (derniere - premiere)
        # Staff on a straight line, productivity at a constant rate: « régulière au cours des quatre années ».
        etpr = np.round(bouts.etpr_2017 + part * (bouts.etpr_2021 - bouts.etpr_2017), 2)
        productivite = bouts.productivite_2017 * (bouts.productivite_2021 / bouts.productivite_2017) ** part
        bcp = np.rint(productivite * etpr)
        for caisse, b, e in zip(codes, bcp.tolist(), etpr.tolist(), strict=True):
            faits.append(_build_fait(catalogue, "ctx_bcp", caisse, annee, b))
            faits.append(_build_fait(catalogue, "ctx_etpr", caisse, annee, e))
            faits.append(_build_fait(catalogue, "ctx_productivite", caisse, annee, b / e, numerateur=b, denominateur=e))
    return faits


def _build_etp(
    catalogue: Catalogue,
    rng: np.random.Generator,
    codes: list[str],
    population: Vecteur,
    par_code: Mapping[str, int],
) -> list[dict[str, Any]]:
    """Staff of every organisme in 2023, and of the CPAM and CCSS from 2019."""
    types = {o.code: o.type for o in catalogue.organismes}
    forme = simulate_etpr(rng, codes, population)
    etp_2023 = simulate_etp(rng, codes, types, forme)
    faits = []
    totaux = ETP_CAISSES | {2022: (ETP_CAISSES[2021] + float(etp_2023.sum())) / 2}
    for annee, total in sorted(totaux.items()):
        fixes = {codes.index(CREUSE): ETP_MIN, codes.index(PARIS): ETP_MAX}
        etp = calibrate_total(etp_2023, total, fixes, ETP_MIN + 1, ETP_MAX - 20)
        faits += [_build_fait(catalogue, "ctx_etp", c, annee, v) for c, v in zip(codes, etp.tolist(), strict=True)]
    imprimes = {code: (valeur, ligne) for code, valeur, ligne in ETP_IMPRIMES}
    annee = ANNEES[-1]
    valeurs = dict(zip(codes, etp_2023.tolist(), strict=True))
    for groupe, total in ETP_2023.items():
        membres = [o.code for o in catalogue.list_organismes(*groupe) if o.code not in valeurs]
        if membres:
            # Staff follows the population where it is known, and varies by a factor of about two elsewhere.
            tailles = np.array([par_code.get(c, 0) for c in membres], dtype=np.float64)
            poids = tailles if (tailles > 0).all() else np.exp(rng.normal(0, 0.35, len(membres)))
            valeurs |= dict(zip(membres, (total * poids / poids.sum()).tolist(), strict=True))
    for code, valeur in sorted(valeurs.items()):
        if code in imprimes:
            imprime, ligne = imprimes[code]
            provenance = {"source": DOCUMENT_ETP, "source_ligne": ligne, "nature": Nature.PUBLIEE.value, "note": None}
            faits.append(_build_fait(catalogue, "ctx_etp", code, annee, imprime) | provenance)
        else:
            faits.append(_build_fait(catalogue, "ctx_etp", code, annee, valeur))
    return faits


def _build_population(catalogue: Catalogue, rng: np.random.Generator, connues: pl.DataFrame) -> list[dict[str, Any]]:
    """Age, precarity and arrêts by caisse and year, whole persons and files, on the national totals."""
    codes = connues["code"].to_list()
    population = connues["population"].to_numpy().astype(np.float64)
    densite = np.log(population / connues["surface_km2"].to_numpy())
    urbain = (densite - densite.mean()) / densite.std()
    total = float(population.sum())
    # Dense territories are younger; precarity and activity vary on their own.
    age = -0.13 * urbain + rng.normal(0, 0.12, len(codes))
    precarite = 0.12 * urbain + rng.normal(0, 0.30, len(codes))
    activite = np.exp(0.05 * urbain + rng.normal(0, 0.10, len(codes)))
    faits = []
    for annee in ANNEES:
        recul = ANNEES[-1] - annee
        ages = np.rint(population * simulate_taux(age, population, PART_65_2023 - recul * HAUSSE_65))
        beneficiaires = BENEFICIAIRES_C2S_2023 - recul * HAUSSE_C2S
        c2s = round_total(population * simulate_taux(precarite, population, beneficiaires / total), beneficiaires)
        arrets_total = round(ARRETS_2019 * (1 + HAUSSE_ARRETS) ** (annee - ANNEES[0]))
        bruits = population * activite * np.exp(np.random.default_rng(GRAINE + annee).normal(0, 0.02, len(codes)))
        arrets = round_total(arrets_total * bruits / bruits.sum(), arrets_total)
        for i, caisse in enumerate(codes):
            habitants = float(population[i])
            for code, numerateur, facteur in (
                ("ctx_part_65", float(ages[i]), 100),
                ("ctx_part_c2s", float(c2s[i]), 100),
                ("ctx_dossiers_ij_1000", float(arrets[i]), 1000),
            ):
                faits.append(
                    _build_fait(
                        catalogue,
                        code,
                        caisse,
                        annee,
                        facteur * numerateur / habitants,
                        numerateur=numerateur,
                        denominateur=habitants,
                    )
                )
            faits.append(_build_fait(catalogue, "ctx_dossiers_ij", caisse, annee, float(arrets[i])))
    return faits


def round_total(valeurs: Vecteur, total: int) -> Vecteur:
    """Whole numbers close to ``valeurs`` whose sum is exactly ``total`` (largest remainders)."""
    entiers = np.floor(valeurs)
    manque = int(total - entiers.sum())
    entiers[np.argsort(entiers - valeurs, kind="stable")[:manque]] += 1
    return np.asarray(entiers)


def _build_fait(
    catalogue: Catalogue,
    code: str,
    organisme: str,
    annee: int,
    valeur: float | None,
    *,
    numerateur: float | None = None,
    denominateur: float | None = None,
    note: str = NOTE,
) -> dict[str, Any]:
    indicateur = catalogue.get_indicateur(code)
    return build_valeur(
        indicateur=indicateur,
        maille=Maille.ORGANISME,
        code_entite=organisme,
        periode=build_annee(annee),
        statistique=indicateur.statistique.value,
        valeur=valeur,
        numerateur=numerateur,
        denominateur=denominateur,
        statut=Statut.NON_FOURNI if valeur is None else Statut.PUBLIE,
    ) | {
        "source": SOURCE,
        "source_ligne": None,
        "source_fichier": FICHIER,
        "source_rang": 0,
        "nature": Nature.SIMULEE.value,
        "note": note,
    }
