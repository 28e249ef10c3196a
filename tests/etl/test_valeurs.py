"""Typing of printed cells: each way of having no value keeps its own status, nothing is guessed."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.modele import Statut
from etl.socle.valeurs import ValeurIndecidableError, ValeurTypee, load_entier, load_nombre, load_valeur


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        ("85.21", ValeurTypee(Statut.PUBLIE, valeur=85.21)),
        ("1 638", ValeurTypee(Statut.PUBLIE, valeur=1638.0)),
        ("0", ValeurTypee(Statut.PUBLIE, valeur=0.0)),
        ("-20.8", ValeurTypee(Statut.PUBLIE, valeur=-20.8)),
        ("90 %", ValeurTypee(Statut.PUBLIE, valeur=90.0, unite="%")),
        ("30.04-31.2", ValeurTypee(Statut.PUBLIE, borne_basse=30.04, borne_haute=31.2)),
        ("48.80-47", ValeurTypee(Statut.PUBLIE, borne_basse=47.0, borne_haute=48.8)),
        (">95", ValeurTypee(Statut.PUBLIE, borne_basse=95.0)),
        ("<15", ValeurTypee(Statut.PUBLIE, borne_haute=15.0)),
        ("~10", ValeurTypee(Statut.PUBLIE, valeur=10.0, approchee=True)),
        ("2023-09-28", ValeurTypee(Statut.PUBLIE, date=dt.date(2023, 9, 28))),
        ("", ValeurTypee(Statut.NON_FOURNI)),
        ("ND", ValeurTypee(Statut.NON_DISPONIBLE)),
        ("Neutralisé", ValeurTypee(Statut.NEUTRALISE)),
        ("abandon", ValeurTypee(Statut.ABANDONNE)),
    ],
)
def test_valeur(texte: str, attendu: ValeurTypee) -> None:
    assert load_valeur(texte) == attendu


@pytest.mark.parametrize("texte", ["à peine > moyenne", "93 au 15/02/2024", "3,5", "12 jours", "90 %(8)"])
def test_indecidable(texte: str) -> None:
    with pytest.raises(ValeurIndecidableError):
        load_valeur(texte)


@given(st.floats(-1e9, 1e9).map(lambda x: round(x, 4)))
def test_un_nombre_se_relit(valeur: float) -> None:
    assert load_nombre(f"{valeur:.4f}") == pytest.approx(valeur, abs=1e-4)


def test_absent_n_est_pas_zero() -> None:
    assert load_nombre(None) is None
    assert load_nombre("NA") is None
    assert load_nombre("0") == 0.0
    assert load_entier("0") == 0
    with pytest.raises(ValeurIndecidableError):
        load_entier("1.5")
    with pytest.raises(ValeurIndecidableError):
        load_nombre("~10")
