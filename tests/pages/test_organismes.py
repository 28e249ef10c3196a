from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from types import ModuleType

import pytest


@pytest.fixture
def page(application: object) -> ModuleType:
    assert application is not None
    return sys.modules["pages.organismes"]


def test_la_liste(page: ModuleType, lire_texte: Callable[[object], str]) -> None:
    texte = lire_texte(page.layout())
    assert "Les 165 organismes du réseau, de 68,28 % (CGSS de la Guadeloupe) à 100,00 %" in texte
    assert '"adresse": "/organismes/011"' in texte


def test_etat_dans_l_adresse(page: ModuleType, lire_texte: Callable[[object], str]) -> None:
    assert "4 organismes sur 165" in lire_texte(page.layout(type="CPAM", region="Bretagne"))
    texte = lire_texte(page.layout(type="MAIRIE", region="Gaule", couleur="rouge"))
    for extrait in ("les types sont CPAM", "les régions sont Auvergne", "« couleur » n'existe pas", "Les 165"):
        assert extrait in texte


def test_filtrer(page: ModuleType) -> None:
    sorties = inspect.unwrap(page.build_sorties)("grenoble", "", "")
    *_, lignes, requete = sorties
    assert [ligne["nom"] for ligne in lignes] == ["CPAM de l'Isère"]
    assert requete == "?recherche=grenoble"
    assert len(sorties) == 8
    *_, toutes, vide = inspect.unwrap(page.build_sorties)(None, None, None)
    assert (len(toutes), vide) == (165, "")
