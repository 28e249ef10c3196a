"""Sentences of the page of data."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from components.textes import donnees
from data.chemins import RACINE


@pytest.mark.parametrize(
    ("octets", "texte"), [(1, "1 octet"), (415, "415 octets"), (12_400, "12 ko"), (3_440_000, "3,4 Mo")]
)
def test_taille(octets: int, texte: str) -> None:
    assert donnees.format_octets(octets).replace("\xa0", " ") == texte


def test_etendue() -> None:
    assert donnees.format_etendue("2024-01-01", "2024-02-29") == "janvier 2024 à février 2024"
    assert donnees.format_etendue("2024-01-01", "2024-01-31") == "janvier 2024"
    assert donnees.format_etendue(None, None) == "–"


def test_la_fraicheur_se_resume() -> None:
    comptes = {"reels": 8, "anciens": 2, "sans_chiffre": 1, "simules": 80, "absents": 9}
    phrase = donnees.build_phrase_fraicheur(comptes, "organisme").replace("\xa0", " ")
    assert "100 cases" in phrase
    assert "10 avec un chiffre réel (10,0 %)" in phrase
    assert "1 réponse réelle sans chiffre" in phrase
    assert "2 chiffres réels en retard" in phrase


def test_la_qualite_se_resume() -> None:
    assert "passe de 10,0 à 2,0" in donnees.build_phrase_qualite(200, 6, 10.0, 2.0, 3)
    assert "la même" in donnees.build_phrase_qualite(200, 6, 3.0, 3.01, 3)
    assert "envoi" not in donnees.build_phrase_qualite(100, 6, 6.0, 6.0, 1)


def test_sans_envoi() -> None:
    assert "Aucun fichier" in donnees.build_phrase_chargements(0, 0, 0, "")


def test_rien_ne_change() -> None:
    assert "rien ne change" in donnees.build_succes("v", dt.datetime(2026, 1, 1, tzinfo=dt.UTC), inchangee=True)


def test_les_regles_du_chargement_se_lisent() -> None:
    """A rule whose code needs accents has its words: none is shown as « periode recule »."""
    source = Path(RACINE / "etl" / "chargement" / "anomalies.py").read_text(encoding="utf-8")
    regles = re.findall(r'Regle\("([a-z_]+)"', source)
    assert len(regles) > 30
    mots = [donnees.format_regle(regle) for regle in regles]
    assert len(set(mots)) == len(regles)
    assert not [m for m in mots if "_" in m or re.search(r"\b(periode|zero|unite|deja|revision|perimee)\b", m)]
