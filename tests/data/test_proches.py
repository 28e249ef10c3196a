"""Suggestions: the organisme meant is among the three, first when a single word is misspelt."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.catalogue import load_catalogue
from data.proches import SUGGESTIONS, find_proches

ORGANISMES = {o.code: o.nom for o in load_catalogue().organismes}


@pytest.mark.parametrize(
    ("recu", "code"),
    [
        ("Lile", "595"),
        ("CPAM de l'Isere", "381"),
        ("cpam isèr", "381"),
        ("38l", "381"),
        ("Carsat Alsace Mozelle", "carsat-alsace-moselle"),
    ],
)
def test_la_plus_proche_d_abord(recu: str, code: str) -> None:
    assert find_proches(recu, ORGANISMES)[0] == code


@settings(max_examples=50)
@given(st.text(max_size=30))
def test_toujours_trois_choix_connus(recu: str) -> None:
    proches = find_proches(recu, ORGANISMES)
    assert len(set(proches)) == SUGGESTIONS
    assert set(proches) <= set(ORGANISMES)


@settings(max_examples=50)
@given(st.sampled_from(sorted(ORGANISMES)), st.data())
def test_une_lettre_de_trop(code: str, donnees: st.DataObject) -> None:
    nom = ORGANISMES[code]
    rang = donnees.draw(st.integers(0, len(nom)))
    assert code in find_proches(nom[:rang] + "x" + nom[rang:], ORGANISMES)


def test_moins_de_trois_choix() -> None:
    assert find_proches("anee", {"annee": "annee"}) == ["annee"]
