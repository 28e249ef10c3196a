from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from plotly.utils import PlotlyJSONEncoder

from components.bloc import render_bloc_grille

SUITE = ("classes-cadre.hidden", "chiffres.children", "avis.children", "requete.data")
Sorties = Callable[[str | None, str, str], dict[str, Any]]


@pytest.fixture
def page(application: object) -> ModuleType:
    assert application is not None
    return sys.modules["pages.comparer"]


def format_json(objet: Any) -> str:
    brut = json.dumps(objet, cls=PlotlyJSONEncoder, ensure_ascii=False)
    return brut.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.fixture
def build(page: ModuleType, nommer_sorties: Callable[..., dict[str, Any]]) -> Sorties:
    """The callback, without Dash's context; values by name (« classement-phrase.children »)."""

    def appeler(organisme: str | None, groupe: str, indicateur: str) -> dict[str, Any]:
        valeurs = inspect.unwrap(page.build_sorties)(organisme, groupe, indicateur)
        nommees = nommer_sorties(valeurs, (page.CLASSEMENT, page.CLASSES), [f"comparer-{nom}" for nom in SUITE])
        return {nom.removeprefix("comparer-"): valeur for nom, valeur in nommees.items()}

    return appeler


def test_page_sans_choix_invite(page: ModuleType) -> None:
    texte = format_json(page.layout())
    assert "102 CPAM et CCSS, médiane 94,61 %" in texte
    assert "Choisissez un organisme pour le situer" in texte
    assert "CPAM de l'Ain · 01 · 011" in texte
    assert "Grenoble" in texte  # found by the search, not shown


def test_position_exacte(page: ModuleType) -> None:
    texte = format_json(page.layout(organisme="682", indicateur="prime_totale"))
    assert "CPAM du Haut-Rhin : 1 053,35 €, 43e sur 102 CPAM et CCSS, 5,00 € au-dessus de la médiane" in texte
    assert "43e sur 102" in texte


def test_parametres_refuses_sans_casser(page: ModuleType) -> None:
    texte = format_json(page.layout(organisme="999", indicateur="inconnu", groupe="x", foo="1"))
    assert "aucun organisme ne porte le code « 999 »" in texte
    assert "l'indicateur « inconnu » n'a pas de valeur par organisme" in texte
    assert "valeurs possibles : « type », « type_region », « region » ou « tous »" in texte
    assert "Le paramètre « foo » n'existe pas" in texte


def test_callback_remplit_toutes_les_sorties(build: Sorties) -> None:
    sorties = build("011", "type", "taux_reussite_local")
    assert sorties["requete.data"] == "?organisme=011"
    assert "88e sur 102" in format_json(sorties["chiffres.children"])
    assert sorties["avis.children"] is None
    assert sorties["classement-cadre.style"] == {"minHeight": sorties["classement-figure.style"]["height"]}


def test_types_meles_avertissent(build: Sorties) -> None:
    sorties = build("011", "tous", "taux_reussite_local")
    assert "barèmes sont différents" in sorties["avis.children"].children
    assert "barèmes sont différents" in format_json(sorties["classement-mention.children"])  # on the exports too
    assert build("011", "tous", "couverture_population_cpts")["avis.children"] is None  # a territory has no barème


def test_seul_de_son_type(build: Sorties) -> None:
    sorties = build("cnam", "type", "taux_reussite_local")
    assert "Choisissez le groupe « Tous »" in format_json(sorties["classement-vide.children"])
    assert sorties["classement-figure.style"] == sorties["classement-cadre.style"] == {"display": "none"}
    assert sorties["chiffres.children"] == []


def test_identique_pour_tous(build: Sorties) -> None:
    sorties = build("011", "type", "taux_reussite_national")
    assert "Identique pour tous : 95,40 %" in format_json(sorties["classement-phrase.children"])
    assert "rang" not in format_json(sorties["chiffres.children"])


def test_valeurs_simulees_dites(build: Sorties) -> None:
    contexte = build("011", "type", "couverture_population_cpts")["classement-contexte.data"]
    assert contexte["simulee"] is True
    assert "Valeurs simulées" in format_json(contexte["mentions"])


def test_table_dans_l_ordre_du_graphique(build: Sorties) -> None:
    sorties = build("011", "type", "taux_reussite_local")
    lignes = sorties["classement-contexte.data"]["lignes"]
    assert len(lignes) == 102
    assert [ligne["rang"] for ligne in lignes] == sorted(ligne["rang"] for ligne in lignes)
    assert [ligne["rang"] for ligne in lignes if ligne["organisme"] == "CPAM de l'Ain"] == [88]  # plain, for the CSV


def test_ligne_de_l_organisme_surlignee(build: Sorties) -> None:
    def ouvrir(organisme: str | None) -> str:
        contexte = build(organisme, "type", "taux_reussite_local")["classement-contexte.data"]
        return format_json(render_bloc_grille(1, contexte, {"bloc": "comparer-classement"}))

    assert build("011", "type", "taux_reussite_local")["classement-table.children"] is None  # until it is opened
    assert "Sur fond bleu, en gras : CPAM de l'Ain." in ouvrir("011")
    assert "px-mienne" in ouvrir("011")
    assert "px-mienne" not in ouvrir(None)
    petite = build("011", "type_region", "taux_reussite_local")["classement-table.children"]
    assert format_json(petite).count('"px-mienne"') == 1


@pytest.mark.parametrize(("organisme", "cache"), [("ceir-npp", True), ("011", False)])
def test_petit_groupe_sans_histogramme(build: Sorties, organisme: str, cache: bool) -> None:
    assert build(organisme, "type", "taux_reussite_local")["classes-cadre.hidden"] is cache
