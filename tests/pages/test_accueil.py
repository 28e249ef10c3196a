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


def test_scores_par_type(texte: str) -> None:
    """The largest rise, the largest fall, and a warning: the same chart as on the page « Scores »."""
    for attendu in (
        "le plus pour les DRSM (+9,4 points)",
        "le plus pour les UGECAM (−2,6 points)",
        "Les barèmes diffèrent",
    ):
        assert attendu in texte
    scores = importlib.import_module("components.vue_scores").build_contenu_evolution()
    assert scores.phrase.replace("\xa0", " ") in texte


def test_indicateurs_nationaux(texte: str) -> None:
    for attendu in ("7 347 372", "28/09/2023", "Neutralisé", "18 indicateurs", "296 864 421 €"):
        assert attendu in texte


def test_parametre_inconnu_dit(application: Any) -> None:
    accueil = importlib.import_module("pages.accueil")
    assert "n'existe pas" in str(accueil.layout(couleur="rouge"))
