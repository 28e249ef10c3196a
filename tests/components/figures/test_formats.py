"""French formats: exact strings, and properties that hold for any number."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.figures.formats import (
    FINE,
    INSECABLE,
    MOINS,
    format_date,
    format_ecart,
    format_horodatage,
    format_liste,
    format_nombre,
    format_periode,
    format_pluriel,
    format_rang,
    format_valeur,
)


@pytest.mark.parametrize(
    ("valeur", "decimales", "attendu"),
    [
        (1234.5, 1, f"1{FINE}234,5"),
        (7272952, 0, f"7{FINE}272{FINE}952"),
        (0, 1, "0,0"),
        (-20.8, 1, f"{MOINS}20,8"),
        (-0.04, 1, "0,0"),
        (473.945, 2, "473,95"),
        (2.5, 0, "3"),
        (None, 1, "–"),
    ],
)
def test_nombre(valeur: float | None, decimales: int, attendu: str) -> None:
    assert format_nombre(valeur, decimales) == attendu


@given(st.floats(-1e9, 1e9), st.integers(0, 3))
def test_nombre_se_relit(valeur: float, decimales: int) -> None:
    texte = format_nombre(valeur, decimales)
    relu = float(texte.replace(FINE, "").replace(MOINS, "-").replace(",", "."))
    assert abs(relu - valeur) <= 0.5 * 10**-decimales + 1e-6
    assert "." not in texte
    assert " " not in texte


@pytest.mark.parametrize(
    ("valeur", "unite", "decimales", "attendu"),
    [
        (95.4, "%", 1, f"95,4{INSECABLE}%"),
        (43.71, "jours", 2, f"43,71{INSECABLE}jours"),
        (1, "jours", 0, f"1{INSECABLE}jour"),
        (5996, "nombre", 0, f"5{FINE}996"),
        (5996, None, 0, f"5{FINE}996"),
        (None, "%", 1, "–"),
    ],
)
def test_valeur(valeur: float | None, unite: str | None, decimales: int, attendu: str) -> None:
    assert format_valeur(valeur, unite, decimales) == attendu


def test_ecart() -> None:
    assert format_ecart(2.84, "%") == f"+2,8{INSECABLE}points"
    assert format_ecart(-2.6, "%") == f"{MOINS}2,6{INSECABLE}points"
    assert format_ecart(0.0, "%") == f"0,0{INSECABLE}point"
    assert format_ecart(None, "%") == "–"


@pytest.mark.parametrize(("ecart", "texte"), [(0.09, "+0,09"), (-6.412, "−6,41"), (0.001, "0,00"), (0.0, "0,00")])
def test_ecart_sans_unite(ecart: float, texte: str) -> None:
    assert format_ecart(ecart, None, 2) == texte


@pytest.mark.parametrize(
    ("debut", "fin", "attendu"),
    [
        ("2023-01-01", "2023-12-31", "2023"),
        ("2018-01-01", "2021-12-31", "2018-2021"),
        ("2022-03-01", "2022-03-31", "mars 2022"),
        ("2022-01-01", "2022-06-30", "1er semestre 2022"),
        ("2021-03-01", "2022-05-31", "mars 2021 à mai 2022"),
        ("2021-09-22", "2021-12-21", "du 22/09/2021 au 21/12/2021"),
        ("2022-06-03", "2022-06-03", "03/06/2022"),
    ],
)
def test_periode(debut: str, fin: str, attendu: str) -> None:
    assert format_periode(dt.date.fromisoformat(debut), dt.date.fromisoformat(fin)) == attendu


def test_autres() -> None:
    assert format_date(dt.date(2023, 9, 28)) == "28/09/2023"
    assert format_date(None) == "–"
    assert format_horodatage(dt.datetime(2026, 11, 22, 4, 5, tzinfo=dt.UTC)) == (
        f"22/11/2026 à 04{INSECABLE}h{INSECABLE}05 UTC"
    )
    assert [format_rang(r) for r in (1, 2, 43)] == ["1er", "2e", "43e"]
    assert format_liste(["a"]) == "a"
    assert format_liste(["a", "b", "c"]) == "a, b et c"
    assert format_liste([]) == ""
    assert format_pluriel(0, "organisme") == f"0{INSECABLE}organisme"
    assert format_pluriel(165, "organisme") == f"165{INSECABLE}organismes"
    assert format_pluriel(2, "cellule publiée", "cellules publiées") == f"2{INSECABLE}cellules publiées"
