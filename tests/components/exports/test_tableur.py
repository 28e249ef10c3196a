"""CSV and XLSX files a French spreadsheet opens: separator, comma, BOM, types, no formula, nothing lost."""

import csv
import datetime as dt
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from components.contenu import Colonne, Tableau
from components.exports.tableur import BOM, export_csv, export_xlsx

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


TABLEAU = Tableau(
    (
        Colonne("nom", "Organisme", epinglee=True),
        Colonne("taux", "Taux de réussite", "nombre", decimales=2, unite="%"),
        Colonne("effectif", "Effectif", "nombre", decimales=0),
        Colonne("jour", "Arrêté au", "date"),
        Colonne("ecart", "Écart", "nombre"),
    ),
    [
        {"nom": "CPAM de l'Ain", "taux": 89.514, "effectif": 1638, "jour": "2023-12-31", "ecart": 0.0},
        {"nom": "=SOMME(1)", "taux": None, "effectif": 0, "jour": dt.date(2022, 3, 1), "ecart": "neutralisé"},
        {"nom": "38", "taux": None, "effectif": None, "jour": None, "ecart": None},
    ],
    legende="Légende du tableau",
    cle_surlignee="CPAM de l'Ain",
)


def _open(*, simulee: bool, tableau: Tableau = TABLEAU) -> Workbook:
    octets = export_xlsx(tableau, "Un titre", "Une phrase.", ["Lecture", "Source : note"], simulee=simulee)
    return load_workbook(io.BytesIO(octets))


def test_classeur() -> None:
    classeur = _open(simulee=False)
    assert classeur.sheetnames == ["Données", "À propos"]
    feuille = classeur["Données"]
    assert [cellule.value for cellule in feuille[1]] == [
        "Organisme",
        "Taux de réussite (%)",
        "Effectif",
        "Arrêté au",
        "Écart",
    ]
    lignes = [[cellule.value for cellule in ligne] for ligne in feuille.iter_rows(min_row=2)]
    for ligne in lignes:
        ligne[3] = ligne[3] and ligne[3].date()
    assert lignes == [
        ["CPAM de l'Ain", 89.514, 1638, dt.date(2023, 12, 31), 0],
        ["=SOMME(1)", None, 0, dt.date(2022, 3, 1), "neutralisé"],
        ["38", None, None, None, None],
    ]
    assert feuille["A3"].data_type == "s"
    assert feuille["A4"].data_type == "s"
    assert (feuille["B2"].number_format, feuille["C2"].number_format) == ("#,##0.00", "#,##0")
    assert feuille["D2"].number_format == "dd/mm/yyyy"
    assert feuille.freeze_panes == "B2"
    assert feuille.auto_filter.ref == "A1:E4"
    assert feuille["B2"].font.bold
    assert not feuille["B3"].font.bold
    assert not feuille.oddFooter.left.text
    assert [ligne[0].value for ligne in classeur["À propos"].iter_rows()] == [
        "Un titre",
        "Légende du tableau",
        "Une phrase.",
        "Lecture",
        "Source : note",
    ]


def test_classeur_simule_le_dit_partout() -> None:
    classeur = _open(simulee=True)
    assert classeur.sheetnames == ["Données simulées", "À propos"]
    assert classeur["À propos"]["A2"].value == "Données simulées"
    assert classeur["À propos"]["A2"].font.bold
    assert classeur["Données simulées"].oddFooter.left.text == "Données simulées"


def test_classeur_d_un_tableau_vide() -> None:
    feuille = _open(simulee=False, tableau=Tableau(TABLEAU.colonnes, []))["Données"]
    assert feuille.max_row == 1
    assert feuille.auto_filter.ref is None


# Characters XML cannot hold are written as _xHHHH_ by every spreadsheet; documents have none.
IMPRIMABLES = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs"), exclude_characters="_"))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(IMPRIMABLES, st.one_of(st.none(), st.floats(-1e12, 1e12))), max_size=4))
def test_classeur_aller_retour(valeurs: list[tuple[str, float | None]]) -> None:
    lignes = [{"nom": nom, "taux": taux} for nom, taux in valeurs]
    feuille = _open(simulee=False, tableau=Tableau(TABLEAU.colonnes[:2], lignes))["Données"]
    relues = [(a.value or "", b.value) for a, b in feuille.iter_rows(min_row=2)]
    assert len(relues) == len(valeurs)
    for (nom, taux), (nom_relu, taux_relu) in zip(valeurs, relues, strict=True):
        assert nom_relu == nom
        # XLSX keeps 16 significant digits.
        assert taux_relu == (None if taux is None else pytest.approx(taux, rel=1e-15, abs=1e-300))
