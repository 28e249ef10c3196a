from __future__ import annotations

import json

import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from components.figures.distribution import (
    build_deux_ans_figure,
    build_distribution_figure,
    build_histogramme_figure,
    compute_decalages,
    format_classe,
)
from components.theme import COULEURS
from data.calculs.position import Classe, compute_classes, compute_quartiles

SCORES = pl.DataFrame(
    [
        {"libelle_type": "CPAM et CCSS", "nom": "CPAM de l'Ain", "nom_court": "Ain (Bourg-en-Bresse)", "valeur": 89.51},
        {"libelle_type": "CPAM et CCSS", "nom": "CPAM de l'Aisne", "nom_court": "Aisne", "valeur": 90.12},
        {"libelle_type": "CPAM et CCSS", "nom": "CPAM de l'Isère", "nom_court": "Isère", "valeur": 98.14},
        {"libelle_type": "CNAM", "nom": "Cnam", "nom_court": "Cnam", "valeur": 85.84},
    ]
)
QUARTILES = {"CPAM et CCSS": compute_quartiles([89.51, 90.12, 98.14])}


def build_deux_ans(**colonnes: list[object]) -> pl.DataFrame:
    bornes = {f"{b}_{q}": [None] for b in ("minimum", "maximum") for q in ("avant", "apres")}
    valeurs = {"libelle": ["DRSM"], "detail": ["n = 16"], "avant": [86.8], "apres": [96.2]} | bornes | colonnes
    return pl.DataFrame(valeurs, schema_overrides=dict.fromkeys((*bornes, "avant", "apres"), pl.Float64))


@given(st.lists(st.floats(0, 100), max_size=80))
def test_decalages_bornes_et_sans_hasard(valeurs: list[float]) -> None:
    decalages = compute_decalages(valeurs, 0.3, 0.2)
    assert decalages == compute_decalages(valeurs, 0.3, 0.2)
    assert len(decalages) == len(valeurs)
    assert all(abs(d) <= 0.2 + 1e-9 for d in decalages)


def test_decalages_separent_les_egaux() -> None:
    assert len(set(compute_decalages([100.0] * 9, 0.3, 0.2))) == 9
    assert compute_decalages([1.0, 2.0, 3.0], 0.3, 0.2) == [0, 0, 0]


def test_distribution_tous_les_points(snapshot: SnapshotAssertion) -> None:
    figure = build_distribution_figure(SCORES, QUARTILES)
    assert [len(trace.x) for trace in figure.data] == [3, 1]
    textes = [a.text for a in figure.layout.annotations]
    assert "<b>CPAM et CCSS</b> · 3\u00a0organismes" in textes
    assert "<b>CNAM</b> · 1\u00a0organisme" in textes
    assert "90,12\u00a0%" in textes
    assert "Ain 89,51" in textes
    boites = [s for s in figure.layout.shapes if s.type == "rect"]
    assert len(boites) == 1  # a lone organisme has no quartiles
    assert json.loads(figure.to_json()) == snapshot(extension_class=JSONSnapshotExtension)


def test_histogramme_marque_ma_classe() -> None:
    classes = compute_classes([90.5, 92.2, 92.9, 97.5, 98.4, 100.0])
    figure = build_histogramme_figure(classes, unite="%", mienne=100.0)
    couleurs = list(figure.data[0].marker.color)
    assert couleurs[-1] == COULEURS["mien"]
    assert couleurs.count(COULEURS["mien"]) == 1
    assert sum(figure.data[0].y) == 6
    assert figure.layout.yaxis.range[0] == 0
    assert COULEURS["mien"] not in build_histogramme_figure(classes, unite="%", mienne=None).data[0].marker.color


def test_format_classe() -> None:
    assert format_classe(Classe(92, 94, False, 3), "%") == "de 92 à moins de 94\u00a0%"
    assert format_classe(Classe(98, 100, True, 3), "%") == "de 98 à 100\u00a0%"
    assert format_classe(Classe(0.5, 1, False, 3), None) == "de 0,50 à moins de 1,00"


def test_deux_ans_point_et_bornes(snapshot: SnapshotAssertion) -> None:
    frame = build_deux_ans(minimum_apres=[84.5], maximum_apres=[99.5], minimum_avant=[70.7], maximum_avant=[95.7])
    figure = build_deux_ans_figure(frame, annees=(2022, 2023))
    assert [(t.name, list(t.x)) for t in figure.data] == [("2023", [96.2]), ("2022", [86.8])]
    assert [(s.x0, s.x1) for s in figure.layout.shapes] == [(84.5, 99.5), (70.7, 95.7)]
    assert json.loads(figure.to_json()) == snapshot(extension_class=JSONSnapshotExtension)


def test_deux_ans_absent_n_est_pas_zero() -> None:
    figure = build_deux_ans_figure(build_deux_ans(avant=[None]), annees=(2022, 2023))
    assert list(figure.data[1].x) == []
    assert "2022\u00a0: –" in [a.text for a in figure.layout.annotations]
    assert not figure.layout.shapes


def test_deux_ans_noms_longs_sur_deux_lignes() -> None:
    nom = "Validation sans restriction des comptes"
    court, long = (
        build_deux_ans_figure(build_deux_ans(libelle=[libelle], detail=["poids 15\u00a0%"]), annees=(2022, 2023))
        for libelle in ("DRSM", nom)
    )
    assert f"<b>{nom}</b><br>poids 15\u00a0%" in [a.text for a in long.layout.annotations]
    assert "<b>DRSM</b> · poids 15\u00a0%" in [a.text for a in court.layout.annotations]
    assert long.layout.height > court.layout.height
