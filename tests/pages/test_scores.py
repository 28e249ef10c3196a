from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from plotly.utils import PlotlyJSONEncoder

Sorties = Callable[[str, str], dict[str, Any]]


@pytest.fixture
def page(application: object) -> ModuleType:
    assert application is not None
    return sys.modules["pages.scores"]


def format_json(objet: Any) -> str:
    brut = json.dumps(objet, cls=PlotlyJSONEncoder, ensure_ascii=False)
    return brut.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.fixture
def build(page: ModuleType, nommer_sorties: Callable[..., dict[str, Any]]) -> Sorties:
    """The callback; values by name (« domaines-phrase.children »)."""

    def appeler(type_note: str, vue: str) -> dict[str, Any]:
        valeurs = inspect.unwrap(page.build_sorties)(type_note, vue)
        nommees = nommer_sorties(valeurs, (page.DOMAINES, page.INDICATEURS), ["scores-requete.data"])
        return {nom.removeprefix("scores-"): valeur for nom, valeur in nommees.items()}

    return appeler


def test_phrases_de_la_note(page: ModuleType) -> None:
    texte = format_json(page.layout())
    assert "De 68,28 % (CGSS de la Guadeloupe) à 100,00 % (6 organismes)" in texte
    assert "129 organismes sur 165 ont une performance locale comprise entre 90 % et 100 %" in texte
    assert "sur 9 types, le score moyen monte pour 6, le plus pour les DRSM (+9,4 points)" in texte
    assert "2022 : la note n'imprime pas de score par organisme" in texte


def test_contradictions_imprimees_sous_le_graphique(page: ModuleType) -> None:
    texte = format_json(page.layout(type="CGSS"))
    assert "78,9 % dans la synthèse" in texte
    assert "79,04 % dans le tableau des primes" in texte
    assert "71,3 % de taux de réussite moyen" in texte


def test_bonification_dite(build: Sorties) -> None:
    assert "bonification comprise" in format_json(build("CPAM", "repartition")["domaines-mention.children"])
    assert "bonification comprise" not in format_json(build("CARSAT", "repartition")["domaines-mention.children"])


def test_callback_remplit_toutes_les_sorties(build: Sorties) -> None:
    assert build("DRSM", "taux")["requete.data"] == "?type=DRSM&vue=taux"


@pytest.mark.parametrize(
    ("type_note", "vue", "attendu"),
    [
        ("CSS", "repartition", "Choisissez « Taux moyens »"),
        ("CTI", "taux", "Choisissez « Répartition »"),
        ("CNAM", "repartition", "ne détaille pas la Cnam"),
        ("CNAM", "taux", "ne détaille pas la Cnam"),
    ],
)
def test_vides_disent_quoi_faire(build: Sorties, type_note: str, vue: str, attendu: str) -> None:
    sorties = build(type_note, vue)
    assert attendu in format_json(sorties["indicateurs-vide.children"])
    assert sorties["indicateurs-figure.style"] == sorties["indicateurs-cadre.style"] == {"display": "none"}


def test_cnam_points_gagnes_au_tableau(build: Sorties) -> None:
    sorties = build("CNAM", "taux")
    assert "mais des points gagnés" in format_json(sorties["domaines-vide.children"])
    lignes = sorties["domaines-contexte.data"]["lignes"]
    assert [ligne["contribution"] for ligne in lignes] == [35.0, 36.2, 14.6, 85.84]


def test_css_a_ses_taux(build: Sorties) -> None:
    assert build("CSS", "taux")["indicateurs-figure.style"]["height"] > 400


def test_type_inconnu(page: ModuleType) -> None:
    assert "la note de 2023 ne connaît que les types CPAM, CGSS" in format_json(page.layout(type="CCSS"))
