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
    return sys.modules["pages.comparer"]


def format_json(objet: Any) -> str:
    brut = json.dumps(objet, cls=PlotlyJSONEncoder, ensure_ascii=False)
    return brut.replace("\u00a0", " ").replace("\u202f", " ")


def build(page: ModuleType, organisme: str | None, groupe: str, indicateur: str) -> tuple[Any, ...]:
    """The callback, called as Dash calls it but without its context."""
    sorties: tuple[Any, ...] = inspect.unwrap(page.build_sorties)(organisme, groupe, indicateur)
    return sorties


def test_page_sans_choix_invite(page: ModuleType) -> None:
    texte = format_json(page.layout())
    assert "102 CPAM et CCSS, médiane 94,61 %" in texte
    assert "Choisissez un organisme pour le situer" in texte
    assert "CPAM de l'Ain · 01 · 011" in texte


def test_position_exacte(page: ModuleType) -> None:
    texte = format_json(page.layout(organisme="682", indicateur="prime_totale"))
    assert "CPAM du Haut-Rhin : 1 053,35 €, 43e sur 102 CPAM et CCSS, 5,00 € au-dessus de la médiane" in texte
    assert "43e sur 102" in texte


def test_parametres_refuses_sans_casser(page: ModuleType) -> None:
    texte = format_json(page.layout(organisme="999", indicateur="inconnu", foo="1"))
    assert "aucun organisme ne porte le code « 999 »" in texte
    assert "l'indicateur « inconnu » n'a pas de valeur par organisme" in texte
    assert "Le paramètre « foo » n'existe pas" in texte


def test_callback_remplit_toutes_les_sorties(page: ModuleType) -> None:
    sorties = build(page, "011", "type", "taux_reussite_local")
    assert len(sorties) == len(list_sorties(page.CLASSEMENT)) + 1 + len(list_sorties(page.CLASSES)) + 1 + 3
    assert sorties[-1] == "?organisme=011"
    assert "88e sur 102" in format_json(sorties[-3])
    assert sorties[-2] == ""


def test_types_meles_avertissent(page: ModuleType) -> None:
    sorties = build(page, "011", "tous", "taux_reussite_local")
    assert "barèmes sont différents" in sorties[-2]
    assert "barèmes sont différents" in format_json(sorties[4])  # printed on the exports too
    assert build(page, "011", "tous", "couverture_population_cpts")[-2] == ""  # a territory has no barème


def test_seul_de_son_type(page: ModuleType) -> None:
    sorties = build(page, "cnam", "type", "taux_reussite_local")
    rang_style = len(list_sorties(page.CLASSEMENT))
    assert "Choisissez le groupe « Tous »" in format_json(sorties[2])
    assert sorties[rang_style] == {"display": "none"}
    assert sorties[-3] == []


def test_identique_pour_tous(page: ModuleType) -> None:
    sorties = build(page, "011", "type", "taux_reussite_national")
    assert "Identique pour tous : 95,40 %" in format_json(sorties[1])
    assert "rang" not in format_json(sorties[-3])


def test_valeurs_simulees_dites(page: ModuleType) -> None:
    sorties = build(page, "011", "type", "couverture_population_cpts")
    contexte = sorties[5]
    assert contexte["simulee"] is True
    assert "Valeurs simulées" in format_json(contexte["mentions"])


def test_table_dans_l_ordre_du_graphique(page: ModuleType) -> None:
    sorties = build(page, "011", "type", "taux_reussite_local")
    lignes = sorties[5]["lignes"]
    assert len(lignes) == 102
    assert [ligne["rang"] for ligne in lignes] == sorted(ligne["rang"] for ligne in lignes)
    assert [ligne["rang"] for ligne in lignes if ligne["organisme"].startswith("▶")] == [88]


def test_petit_groupe_sans_histogramme(page: ModuleType) -> None:
    rang = len(list_sorties(page.CLASSEMENT)) + 1 + len(list_sorties(page.CLASSES))
    assert build(page, "ceir-npp", "type", "taux_reussite_local")[rang] is True
    assert build(page, "011", "type", "taux_reussite_local")[rang] is False
