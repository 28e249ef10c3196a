from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from contextvars import copy_context
from types import ModuleType
from typing import Any

import dash
import pytest
from dash._callback_context import context_value
from dash._utils import AttributeDict

Lire = Callable[[object], str]


@pytest.fixture
def page(application: object) -> ModuleType:
    assert application is not None
    return sys.modules["pages.convergence"]


def call_sorties(page: ModuleType, declencheur: str, *valeurs: Any) -> tuple[Any, ...]:
    """The callback, as fired by one control, no table being open."""

    def appeler() -> tuple[Any, ...]:
        context_value.set(AttributeDict(triggered_inputs=[{"prop_id": f"convergence-{declencheur}.value"}]))
        sorties: tuple[Any, ...] = inspect.unwrap(page.build_sorties)(*valeurs, [], [])
        return sorties

    return copy_context().run(appeler)


def test_la_premiere_lecture(page: ModuleType, lire_texte: Lire) -> None:
    texte = lire_texte(page.layout())
    assert "Les écarts entre CPAM et CCSS se resserrent-ils ?" in texte
    assert "−26,0 %" in texte and "−25,2 % en 2017" in texte  # noqa: PT018 - one reading
    assert "Données simulées" in texte
    # The published wording stands beside the simulated figures.
    assert "gagnent 25 places ou plus, 10 (max 47) CPAM ; perdent 25 places ou plus, 12 (max 42) CPAM" in texte
    assert "inférieure de 25,2 % en 2017 et 26 % en 2021" in texte
    assert "1 213 postes au plus seraient dégagés par 60 caisses sur 102, dont 25 au plafond" in texte


def test_l_organisme_choisi_est_marque(page: ModuleType, lire_texte: Lire) -> None:
    texte = lire_texte(page.layout(organisme="911"))
    assert "Essonne (Évry), du 74e au 82e rang (−8)" in texte
    assert "Essonne (Évry) : 101 postes (10,0 % de ses ETPR)" in texte


def test_un_autre_type_n_a_pas_de_dix_derniers(page: ModuleType, lire_texte: Lire) -> None:
    texte = lire_texte(page.layout(type="DRSM", organisme="911"))
    assert "Il faut au moins 20 organismes" in texte
    assert "CPAM de l'Essonne n'est pas du type DRSM" in texte
    assert "un quart du groupe, soit 4" in texte


def test_parametres_refuses_sans_casser(page: ModuleType, lire_texte: Lire) -> None:
    texte = lire_texte(page.layout(type="X", indicateur="y", organisme="999", plafond="80", autre="1"))
    assert "seuls les types CPAM" in texte
    assert "n'est pas suivi plusieurs années" in texte
    assert "aucun organisme ne porte le code" in texte
    assert "Valeur « 80 » refusée pour « plafond »" in texte
    assert "Le paramètre « autre » n'existe pas" in texte
    texte = lire_texte(page.layout(type="CTI", indicateur="ctx_productivite"))
    assert "n'est pas suivi pour le type CTI" in texte


def test_le_plafond_ne_renvoie_que_la_simulation(page: ModuleType, lire_texte: Lire) -> None:
    contenu, productivite, simulation, chiffres, avis, options, valeur, requete = call_sorties(
        page, "plafond", "CPAM", "ctx_productivite", None, 5
    )
    assert [contenu, productivite, chiffres, avis, options, valeur] == [dash.no_update] * 6
    assert requete == "?plafond=5"
    texte = lire_texte(simulation)
    assert "plafonné à 5 %" in texte
    assert "à 5 %, la simulation ne se compare plus ligne à ligne" in texte
    assert "1 213" not in texte.split("ne se compare plus")[0]


def test_changer_de_type_change_d_indicateur(page: ModuleType, lire_texte: Lire) -> None:
    contenu, _, simulation, _, _, options, valeur, requete = call_sorties(
        page, "type", "CARSAT", "ctx_productivite", None, 10
    )
    assert valeur == "taux_reussite_local"
    assert requete == "?type=CARSAT"
    assert simulation is dash.no_update
    assert "ctx_productivite" not in [option["value"] for option in options]
    assert "CARSAT" in lire_texte(contenu)


def test_chaque_indicateur_de_chaque_type_se_dessine(page: ModuleType, lire_texte: Lire) -> None:
    for option in page.list_indicateurs("UGECAM"):
        assert "année par année" in lire_texte(page.layout(type="UGECAM", indicateur=option["value"]))
