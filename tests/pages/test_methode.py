"""The method page: sheets, list, silences, callback."""

import importlib
from collections.abc import Callable
from typing import Any

import pytest

from components.fiche_indicateur import render_fiche
from data.catalogue import load_catalogue


@pytest.fixture
def methode(application: Any) -> Any:
    """The page module, imported once the application exists."""
    return importlib.import_module("pages.methode")


def test_sections(methode: Any) -> None:
    page = str(methode.layout())
    for section, titre in methode.SECTIONS:
        assert f"id='{section}'" in page
        assert titre in page


def test_callback(methode: Any) -> None:
    fiche, lignes, requete = methode.update_methode("cog_2023_2027", "taux_reussite_local")
    assert len(lignes) == 61
    assert "plus haut = mieux" in str(fiche)
    assert requete == "?referentiel=cog_2023_2027&indicateur=taux_reussite_local"


def test_sans_choix(methode: Any) -> None:
    fiche, lignes, requete = methode.update_methode("tous", None)
    assert len(lignes) == len(load_catalogue().indicateurs)
    assert "Choisissez un indicateur" in str(fiche)
    assert requete == ""


@pytest.mark.parametrize("indicateur", load_catalogue().indicateurs, ids=lambda i: i.code)
def test_chaque_fiche_se_rend_et_dit_les_silences(indicateur: Any, lire_texte: Callable[[object], str]) -> None:
    fiche = lire_texte(render_fiche(load_catalogue(), indicateur))
    for texte in (indicateur.titre, *indicateur.silences):
        assert texte.replace("\u202f", " ").replace("\xa0", " ") in fiche
