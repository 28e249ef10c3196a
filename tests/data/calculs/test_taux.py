"""Taux de réussite: published values, every shape, every refusal."""

from __future__ import annotations

import csv
import datetime as dt
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from data.calculs import compute_taux_reussite
from data.calculs.taux import count_mois_de_retard
from data.chemins import PUBLIE

NOMBRES = st.integers(-100_000, 100_000).map(lambda n: n / 100)


# Document 000, l. 191-243 (part nationale 2023): rates printed, to 0,1 point, truncated or rounded (46,16 prints 46,1).
@pytest.mark.parametrize(
    ("valeur", "socle", "objectif", "imprime"),
    [
        (85.21, 75, 83, 100.0),
        (49.08, 15, 35, 100.0),
        (7_347_372, 6_182_009, 7_272_952, 100.0),
        (66.72, 50, 75, 66.9),
        (75.77, 70, 82.5, 46.1),
        (50.10, 21.9, 35, 100.0),
        (84.07, 40, 90, 88.1),
        (95.82, 95, 96, 82.0),
        (5996, 3934, 6021, 98.8),
        (16.58, 8.46, 15.25, 100.0),
        (-20.8, 0, -5, 100.0),
    ],
)
def test_taux_nationaux_imprimes(valeur: float, socle: float, objectif: float, imprime: float) -> None:
    taux = compute_taux_reussite(valeur, socle, objectif)
    assert taux is not None
    assert 100 * taux == pytest.approx(imprime, abs=0.1)


def test_bas_est_mieux() -> None:
    # Annexe maladie of the protocole of 21 June 2017: IJ of the CPAM 32 → 29 days, of the CGSS 50 → 42 days.
    assert compute_taux_reussite(30, 32, 29, sens="bas") == pytest.approx(2 / 3)
    assert compute_taux_reussite(45, 32, 29, sens="bas") == 0
    assert compute_taux_reussite(45, 50, 42, sens="bas") == pytest.approx(0.625)


def test_appels_composite_2017() -> None:
    # 60 % of 87 points of calls answered on 85 → 90, 40 % of 80 on 75 → 82: components, then stated shares.
    un, deux = compute_taux_reussite(87, 85, 90), compute_taux_reussite(80, 75, 82)
    assert un is not None
    assert deux is not None
    assert 0.6 * un + 0.4 * deux == pytest.approx(0.5257143, abs=1e-7)


def _lire(nom: str) -> list[dict[str, str]]:
    with (PUBLIE / nom).open(encoding="utf-8") as fichier:
        return list(csv.DictReader(fichier))


def test_cpts_2020_2022() -> None:
    # Document 003, l. 1293, 1306 and 1324.
    lignes = _lire("igas_cpts_socle_objectif.csv")
    assert [(r["annee"], r["socle"], r["objectif"]) for r in lignes[:3]] == [
        ("2020", "5", "150"),
        ("2021", "86", "300"),
        ("2022", "202", "412"),
    ]
    taux = [
        compute_taux_reussite(
            None if r["resultat"] == "NA" else float(r["resultat"]), float(r["socle"]), float(r["objectif"])
        )
        for r in lignes
    ]
    assert taux == [None, None, pytest.approx(44 / 210), pytest.approx(83 / 210)]


def test_assistants_medicaux_2020_2022() -> None:
    # Document 003, l. 1332-1335: 1 474 and 2 844 beyond the objectif, 3 112 of 3 124 at the end of May 2022.
    taux = [
        compute_taux_reussite(float(r["resultat"]), float(r["socle_cpg"]), float(r["objectif_cpg"]))
        for r in _lire("igas_assistants_medicaux.csv")
        if r["socle_cpg"] != "NA"
    ]
    assert taux == [1.0, 1.0, pytest.approx(479 / 491)]


# Document 000, l. 789-985: the Cnam's dates. The note does not print its rule; months begun give back its rates.
@pytest.mark.parametrize(
    ("objectif", "socle", "resultat", "decote", "imprime"),
    [
        ("2023-12-31", "2024-03-31", "2024-01-15", 0.2, 0.8),
        ("2023-10-01", "2024-02-01", "2023-12-31", 0.2, 0.4),
        ("2023-06-30", "2023-10-30", "2023-07-01", 0.1, 0.9),
        ("2023-03-31", "2023-07-31", "2023-06-26", 0.2, 0.4),
        ("2023-06-30", "2023-10-30", "2023-09-30", 0.1, 0.7),
    ],
)
def test_dates_de_la_cnam(objectif: str, socle: str, resultat: str, decote: float, imprime: float) -> None:
    taux = compute_taux_reussite(resultat, socle, objectif, forme="date", decote_mensuelle=decote)
    assert taux == pytest.approx(imprime)
    lineaire = compute_taux_reussite(resultat, socle, objectif, forme="date")
    assert lineaire is not None
    assert abs(lineaire - imprime) > 0.03  # days in between do not


def test_date_lineaire() -> None:
    socle, objectif = dt.date(2023, 12, 31), dt.date(2023, 9, 30)
    assert compute_taux_reussite(dt.date(2023, 7, 3), socle, objectif, forme="date") == 1
    assert compute_taux_reussite(dt.datetime(2023, 11, 15), socle, objectif, forme="date") == 0.5  # noqa: DTZ001
    assert compute_taux_reussite(socle, socle, objectif, forme="date") == 0
    assert compute_taux_reussite(dt.date(2024, 5, 1), None, objectif, forme="date", decote_mensuelle=0.1) == (
        pytest.approx(0.2)
    )
    assert compute_taux_reussite(dt.date(2023, 1, 1), None, objectif, forme="date") is None


@pytest.mark.parametrize(
    ("le", "mois"),
    [("2023-01-30", 0), ("2023-01-31", 0), ("2023-02-01", 1), ("2023-02-28", 1), ("2023-03-01", 2), ("2024-01-31", 12)],
)
def test_mois_de_retard(le: str, mois: int) -> None:
    assert count_mois_de_retard(dt.date.fromisoformat(le), dt.date(2023, 1, 31)) == mois


def test_niveau_et_oui_non() -> None:
    for nom in ("niveau", "palier", "step"):
        assert compute_taux_reussite(10, None, 10, sens="haut", forme=nom) == 1
        assert compute_taux_reussite(9.99, None, 10, sens="haut", forme=nom) == 0
        assert compute_taux_reussite(11, 12, 10, forme=nom) == 0
    assert [compute_taux_reussite(v, None, None, forme="oui_non") for v in (True, 0, "oui", "Non")] == [1, 0, 1, 0]


def test_paliers() -> None:
    paliers = [(95, 1), (90, 0.75), (80, 0.5)]
    obtenus = [compute_taux_reussite(v, None, None, forme="paliers", paliers=paliers) for v in (96, 95, 94, 80, 79)]
    assert obtenus == [1, 1, 0.75, 0.5, 0]
    assert compute_taux_reussite(12, None, None, forme="paliers", paliers=[(10, 1), (15, 0.5)]) == 0.5


def test_relatif_au_passe() -> None:
    # Socle = own past result; « - 5 points / année passée »; « + 10 % ».
    assert compute_taux_reussite(91, None, 94, forme="relatif_passe", reference=90, sens="haut") == 0.25
    points = {"forme": "relatif_passe", "ecart": "points", "reference": 30.0}
    assert compute_taux_reussite(27, 0, -5, **points) == pytest.approx(0.6)
    pourcent = {"forme": "relatif_passe", "ecart": "pourcent", "reference": 200.0}
    assert compute_taux_reussite(210, 0, 10, **pourcent) == pytest.approx(0.5)
    assert compute_taux_reussite(210, 0, 10, forme="relatif_passe") is None


def test_passe_deja_au_dela_de_l_objectif() -> None:
    # Occupancy 92 % last year for an objectif of 90 %: holding it is 100 %, losing it is 0, the formula would flip.
    for valeur, attendu in ((92, 1), (90, 1), (89.9, 0)):
        assert compute_taux_reussite(valeur, None, 90, forme="relatif_passe", reference=92, sens="haut") == attendu


def test_relatif_a_la_cible() -> None:
    assert compute_taux_reussite(90, 80, 100, forme="relatif_cible", reference=100) == pytest.approx(0.5)
    assert compute_taux_reussite(45, 80, 100, forme="relatif_cible", reference=50) == pytest.approx(0.5)


def test_intervalle() -> None:
    bornes = {"forme": "intervalle", "borne_basse": 10, "borne_haute": 20}
    assert [compute_taux_reussite(v, None, None, **bornes) for v in (9, 10, 15, 20, 21)] == [0, 1, 1, 1, 0]
    assert compute_taux_reussite(22, None, None, tolerance=4, **bornes) == 0.5
    assert compute_taux_reussite(22, None, None, forme="intervalle") is None


def test_non_calculable() -> None:
    assert compute_taux_reussite(None, 0, 1) is None
    assert compute_taux_reussite(5, None, 1) is None
    assert compute_taux_reussite(5, 0, None) is None
    assert compute_taux_reussite(5, 0, 1, forme="aucune") is None


def test_zero_n_est_pas_absent() -> None:
    assert compute_taux_reussite(0, 0, 10) == 0
    assert compute_taux_reussite(0, 10, 0, sens="bas") == 1


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (("douze", 0, 1), {}, "résultat : un nombre est attendu"),
        ((1e308, 0, 1), {}, "pas un nombre plausible"),
        ((float("nan"), 0, 1), {}, "pas un nombre plausible"),
        ((1, float("inf"), 1), {}, "socle"),
        ((True, 0, 1), {}, "un nombre est attendu"),
        ((np.True_, 0, 1), {}, "un nombre est attendu"),
        ((np.float64("inf"), 0, 1), {}, "pas un nombre plausible"),
        ((Decimal("NaN"), 0, 1), {}, "pas un nombre plausible"),
        ((10**5000, 0, 1), {}, "pas un nombre plausible"),
        ((1, 0, 1), {"forme": ["lineaire"]}, "forme inconnue"),
        ((1, 0, 0), {"regle_egalite": "marche"}, "règle d'égalité inconnue"),
        ((1, 0, 0), {}, "socle et objectif égaux"),
        ((1, 0, 0), {"regle_egalite": "seuil"}, "le sens doit être déclaré"),
        ((1, 0, 1), {"sens": "bas", "indicateur": "nat_x"}, "nat_x .* en contradiction avec les seuils"),
        ((1, 0, 1), {"sens": "dessus"}, "sens inconnu"),
        ((1, 0, 1), {"forme": "exponentielle"}, "forme inconnue"),
        ((1, 0, 1), {"forme": "composite"}, "composantes"),
        ((1, 0, 1), {"seuil": 3}, "paramètre inconnu"),
        ((1, None, 1), {"forme": "niveau"}, "demande un sens"),
        ((2, None, None), {"forme": "oui_non"}, "oui ou non"),
        (("2023-02-30", None, "2023-01-01"), {"forme": "date", "decote_mensuelle": 0.1}, "une date"),
        (("2023-02-03", "2022-01-01", "2023-01-01"), {"forme": "date"}, "doit suivre"),
        (("2023-02-03", "2024-01-01", "2023-01-01"), {"forme": "date", "sens": "haut"}, "plus tôt = mieux"),
        (("2023-02-03", None, "2023-01-01"), {"forme": "date", "decote_mensuelle": 2}, "décote"),
        ((1, None, None), {"forme": "paliers"}, "paliers"),
        ((1, None, None), {"forme": "paliers", "paliers": [(1, 0.5), (2, 1)], "sens": "bas"}, "contradictoires"),
        ((1, None, None), {"forme": "paliers", "paliers": [(1, 0.5), (2, 1.5)]}, "entre 0 et 1"),
        ((1, None, None), {"forme": "paliers", "paliers": [1, 2]}, "illisible"),
        ((1, None, None), {"forme": "intervalle", "borne_basse": 2, "borne_haute": 1}, "intervalle impossible"),
        ((1, None, 2), {"forme": "relatif_passe", "reference": 1}, "le sens doit être déclaré"),
        ((1, 0, 2), {"forme": "relatif_passe", "reference": 1, "ecart": "fois"}, "écart inconnu"),
    ],
)
def test_refus_en_francais(arguments: tuple[Any, Any, Any], options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        compute_taux_reussite(*arguments, **options)


@pytest.mark.parametrize("genre", [np.int64, np.int8, np.float32, Decimal])
def test_nombres_de_numpy_et_decimaux(genre: Any) -> None:
    assert compute_taux_reussite(genre(5), genre(0), genre(10)) == 0.5
    assert compute_taux_reussite(genre(5), None, None, forme="paliers", paliers=[(genre(4), 1)], sens="haut") == 1


def test_dates_de_numpy_et_fin_du_calendrier() -> None:
    options = {"forme": "date", "decote_mensuelle": 0.1}
    assert compute_taux_reussite(np.datetime64("2023-02-01"), None, "2023-01-31", **options) == pytest.approx(0.9)
    assert compute_taux_reussite(dt.date(9999, 12, 31), None, "2023-01-31", **options) == 0
    assert compute_taux_reussite(np.True_, None, None, forme="oui_non") == 1


def test_egalite_declaree() -> None:
    regle = {"regle_egalite": "seuil"}
    assert compute_taux_reussite(0, 0, 0, sens="bas", **regle) == 1
    assert compute_taux_reussite(1, 0, 0, sens="bas", **regle) == 0


@given(NOMBRES, NOMBRES, NOMBRES)
def test_borne(valeur: float, socle: float, objectif: float) -> None:
    assume(socle != objectif)
    taux = compute_taux_reussite(valeur, socle, objectif)
    assert taux is not None
    assert 0 <= taux <= 1
    assert compute_taux_reussite(objectif, socle, objectif) == 1
    assert compute_taux_reussite(socle, socle, objectif) == 0


@given(NOMBRES, NOMBRES, NOMBRES, NOMBRES)
def test_monotone(une: float, autre: float, socle: float, objectif: float) -> None:
    assume(socle != objectif)
    bas, haut = sorted((une, autre), reverse=objectif < socle)
    moins, plus = (compute_taux_reussite(v, socle, objectif) for v in (bas, haut))
    assert moins is not None
    assert plus is not None
    assert moins <= plus


@given(NOMBRES, NOMBRES, NOMBRES, st.sampled_from([0.01, 7.0, 86_400.0]), NOMBRES)
def test_invariant_aux_unites(valeur: float, socle: float, objectif: float, facteur: float, decalage: float) -> None:
    assume(abs(socle - objectif) > 0.05)
    converti = [x * facteur + decalage for x in (valeur, socle, objectif)]
    assert compute_taux_reussite(*converti) == pytest.approx(compute_taux_reussite(valeur, socle, objectif), abs=1e-6)


@given(st.dates(dt.date(2023, 1, 1), dt.date(2024, 12, 31)), st.dates(dt.date(2023, 1, 1), dt.date(2024, 12, 31)))
def test_dates_monotones(une: dt.date, autre: dt.date) -> None:
    for options in ({}, {"decote_mensuelle": 0.15}):
        tot, tard = (
            compute_taux_reussite(d, dt.date(2024, 6, 30), dt.date(2023, 6, 30), forme="date", **options)
            for d in sorted((une, autre))
        )
        assert tot is not None
        assert tard is not None
        assert 0 <= tard <= tot <= 1
