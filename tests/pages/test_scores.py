from __future__ import annotations

import inspect
import json
import sys
from types import ModuleType
from typing import Any

import pytest
from plotly.utils import PlotlyJSONEncoder

from components.bloc import list_sorties


@pytest.fixture
def page(application: object) -> ModuleType:
    assert application is not None
    return sys.modules["pages.scores"]


def format_json(objet: Any) -> str:
    brut = json.dumps(objet, cls=PlotlyJSONEncoder, ensure_ascii=False)
    return brut.replace("\u00a0", " ").replace("\u202f", " ")


def build(page: ModuleType, type_note: str, vue: str) -> tuple[Any, ...]:
    sorties: tuple[Any, ...] = inspect.unwrap(page.build_sorties)(type_note, vue)
    return sorties


def test_phrases_de_la_note(page: ModuleType) -> None:
    texte = format_json(page.layout())
    assert "De 68,28 % (CGSS de la Guadeloupe) à 100,00 % (6 organismes)" in texte
    assert "129 organismes sur 165 ont une performance locale comprise entre 90 % et 100 %" in texte
    assert "monte pour 6 types sur 9, le plus pour DRSM (+9,4 points)" in texte
    assert "2022 : la note n'imprime pas de score par organisme" in texte


def test_contradictions_imprimees_sous_le_graphique(page: ModuleType) -> None:
    texte = format_json(page.layout(type="CGSS"))
    assert "78,9 % dans la synthèse" in texte
    assert "79,04 % dans le tableau des primes" in texte
    assert "71,3 % de taux de réussite moyen" in texte


def test_bonification_dite(page: ModuleType) -> None:
    assert "bonification comprise" in format_json(build(page, "CPAM", "repartition")[4])
    assert "bonification comprise" not in format_json(build(page, "CARSAT", "repartition")[4])


def test_callback_remplit_toutes_les_sorties(page: ModuleType) -> None:
    sorties = build(page, "DRSM", "taux")
    assert len(sorties) == len(list_sorties(page.DOMAINES)) + 1 + len(list_sorties(page.INDICATEURS)) + 1 + 1
    assert sorties[-1] == "?type=DRSM&vue=taux"


@pytest.mark.parametrize(
    ("type_note", "vue", "attendu"),
    [
        ("CSS", "repartition", "Choisissez « Taux moyens »"),
        ("CTI", "taux", "Choisissez « Répartition »"),
        ("CNAM", "repartition", "ne détaille pas la Cnam"),
        ("CNAM", "taux", "ne détaille pas la Cnam"),
    ],
)
def test_vides_disent_quoi_faire(page: ModuleType, type_note: str, vue: str, attendu: str) -> None:
    sorties = build(page, type_note, vue)
    debut = len(list_sorties(page.DOMAINES)) + 1
    assert attendu in format_json(sorties[debut + 2])
    assert sorties[-2] == {"display": "none"}


def test_cnam_points_gagnes_au_tableau(page: ModuleType) -> None:
    sorties = build(page, "CNAM", "taux")
    assert "mais des points gagnés" in format_json(sorties[2])
    assert [ligne["contribution"] for ligne in sorties[5]["lignes"]] == [35.0, 36.2, 14.6, 85.84]


def test_css_a_ses_taux(page: ModuleType) -> None:
    sorties = build(page, "CSS", "taux")
    assert sorties[-2]["height"] > 400


def test_type_inconnu(page: ModuleType) -> None:
    assert "la note de 2023 ne connaît que les types CPAM, CGSS" in format_json(page.layout(type="CCSS"))
