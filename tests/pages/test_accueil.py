"""The home page, without a browser: the published figures are on it."""

import importlib
from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def texte(application: Any, lire_texte: Callable[[object], str]) -> str:
    """Everything the page holds."""
    return lire_texte(importlib.import_module("pages.accueil").layout())


@pytest.mark.parametrize(
    "figure",
    ["93,9 %", "+2,5 points par rapport à 2022", "95,4 %", "+4,2 points", "570,19 €", "77,27 M€", "93,74 %"],
)
def test_chiffres_cles(texte: str, figure: str) -> None:
    assert figure in texte


def test_indicateurs_nationaux(texte: str) -> None:
    for attendu in ("7 347 372", "28/09/2023", "Neutralisé", "18 indicateurs", "296 864 421 €"):
        assert attendu in texte


def test_parametre_inconnu_dit(application: Any) -> None:
    accueil = importlib.import_module("pages.accueil")
    assert "n'existe pas" in str(accueil.layout(couleur="rouge"))
