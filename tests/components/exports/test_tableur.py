"""CSV files a French spreadsheet opens: separator, comma, BOM, no formula, nothing lost."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from components.exports.tableur import BOM, export_csv

COLONNES = [("nom", "Organisme"), ("taux", "Taux (%)")]


def _read(octets: bytes) -> list[list[str]]:
    texte = octets.decode("utf-8")
    assert texte.startswith(BOM)
    return list(csv.reader(io.StringIO(texte.removeprefix(BOM)), delimiter=";"))


def test_fichier() -> None:
    lignes = [
        {"nom": "CPAM de l'Ain", "taux": 89.51},
        {"nom": "Mayotte", "taux": None},
        {"nom": "=SOMME(1)", "taux": 3.0},
    ]
    relu = _read(export_csv(COLONNES, lignes, "Titre", ["Source : note"]))
    assert relu == [
        ["# Titre"],
        ["Organisme", "Taux (%)"],
        ["CPAM de l'Ain", "89,51"],
        ["Mayotte", ""],
        ["'=SOMME(1)", "3"],
        ["# Source : note"],
    ]


TEXTES = st.text(st.characters(codec="utf-8", exclude_characters="\x00"))


@given(st.lists(st.tuples(TEXTES, st.floats(-1e6, 1e6)), max_size=5))
def test_aller_retour(valeurs: list[tuple[str, float]]) -> None:
    lignes = [{"nom": nom, "taux": taux} for nom, taux in valeurs]
    relu = _read(export_csv(COLONNES, lignes, "T", []))[2:]
    assert len(relu) == len(valeurs)
    for (nom, taux), (nom_relu, taux_relu) in zip(valeurs, relu, strict=True):
        assert nom_relu.removeprefix("'").splitlines() == nom.removeprefix("'").splitlines()
        assert float(taux_relu.replace(",", ".")) == taux
