from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from types import ModuleType

import pytest

Lire = Callable[[object], str]


@pytest.fixture
def page(application: object) -> ModuleType:
    assert application is not None
    return sys.modules["pages.services"]


def test_les_six_services_dans_l_ordre_du_rapport(page: ModuleType, lire_texte: Lire) -> None:
    """Report Igas 2022-027R, note 77: the six services, each with its own statistic."""
    texte = lire_texte(page.layout())
    places = [texte.index(f"services-{cle}-titre") for cle in ("decroche", "courriels", "fse", "ij", "c2s", "lad")]
    assert places == sorted(places)
    assert "délais moyens de règlement de la 1ere IJ AS et ATMP non subrogée" in texte
    assert "plus haut = mieux" in texte
    assert "plus bas = mieux" in texte


def test_ce_qui_manque_est_dit(page: ModuleType, lire_texte: Lire) -> None:
    texte = lire_texte(page.layout())
    assert "Chiffre publié du réseau : 66,72 % en 2023 (socle 50, objectif 75 %)" in texte
    assert "Aucune série mensuelle pour le réseau : les documents ne donnent que l'année" in texte
    ain = lire_texte(page.layout(organisme="011"))
    assert "la note ne mesure ce service que pour CGSS et CSS" in ain


def test_une_cgss_a_quatre_services(page: ModuleType, lire_texte: Lire) -> None:
    contenus = {cle: carte for cle, _, carte in page.build_contenus("971")}
    assert [cle for cle, carte in contenus.items() if carte is None] == ["decroche", "courriels"]
    assert "statistique non précisée par la note" in lire_texte(page.layout(organisme="976"))


def test_choisir_un_organisme(page: ModuleType, lire_texte: Lire) -> None:
    contenu, chiffres, requete = inspect.unwrap(page.build_sorties)("011", [], [])
    assert requete == "?organisme=011"
    assert "1 organisme" in lire_texte(contenu)
    assert len(chiffres) == 6
    _, _, vide = inspect.unwrap(page.build_sorties)(None, [], [])
    assert vide == ""


def test_un_code_inconnu_est_dit(page: ModuleType, lire_texte: Lire) -> None:
    assert "aucun organisme ne porte le code" in lire_texte(page.layout(organisme="999"))
