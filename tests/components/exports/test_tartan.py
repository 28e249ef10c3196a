"""The heat table in a workbook: numbers stay numbers, states keep colour, symbol and words, the legend is there."""

from __future__ import annotations

import io
from typing import Any

from openpyxl import Workbook, load_workbook

from components.contenu import Colonne, Tableau
from components.exports.tartan import export_tartan
from components.figures.atteinte import STYLES
from data.calculs.atteinte import LIBELLES_ATTEINTE, Atteinte

COLONNES = (
    Colonne("organisme", "Organisme", epinglee=True, lien="adresse"),
    Colonne("v0", "AAT", "nombre", 1, "%", etat="e0", groupe="Qualité de service"),
    Colonne("v1", "1re IJ", "nombre", 2, "jours", etat="e1", groupe="Qualité de service"),
    Colonne("v2", "MAS", "nombre", 0, etat="e2", groupe="Gestion du risque"),
    Colonne("region", "Région"),
)
LIGNES: list[dict[str, Any]] = [
    {"organisme": "CPAM de l'Ain", "v0": 55.61, "e0": "entre", "v1": 0.0, "e1": "sous", "v2": "neutralisé",
     "e2": "neutralise", "region": "Auvergne-Rhône-Alpes"},
    {"organisme": "=SOMME(1)", "v0": 70.0, "e0": "atteint", "v1": 12.0, "v2": "non fourni", "e2": "non_fourni",
     "region": ""},
]  # fmt: skip


def _open(*, simulee: bool = True) -> Workbook:
    tableau = Tableau(COLONNES, LIGNES, cle_surlignee="CPAM de l'Ain")
    return load_workbook(io.BytesIO(export_tartan(tableau, "Tartan", "Phrase", ["Source : note"], simulee=simulee)))


def test_nombres_symboles_et_couleurs() -> None:
    feuille = _open().worksheets[0]
    assert [c.value for c in feuille[2]] == ["Organisme", "AAT (%)", "1re IJ (jours)", "MAS", "Région"]
    entre, sous, neutralise = (feuille.cell(3, colonne) for colonne in (2, 3, 4))
    assert (entre.value, sous.value, neutralise.value) == (55.61, 0, "∅ neutralisé")
    assert entre.number_format == '"◐ "#,##0.0'
    for cellule, etat in ((entre, Atteinte.ENTRE), (sous, Atteinte.SOUS), (feuille.cell(4, 2), Atteinte.ATTEINT)):
        assert cellule.fill.fgColor.rgb == "FF" + STYLES[etat].couleur.lstrip("#").upper()
        assert cellule.font.color.rgb == "FF" + STYLES[etat].encre.lstrip("#").upper()
    sans_cible = feuille.cell(4, 3)
    assert (sans_cible.value, sans_cible.fill.fill_type) == (12, None)
    assert feuille.cell(4, 1).value == "=SOMME(1)"
    assert feuille.cell(4, 1).data_type == "s"


def test_groupes_fusionnes_et_volets() -> None:
    feuille = _open().worksheets[0]
    assert [str(plage) for plage in feuille.merged_cells.ranges] == ["B1:C1"]
    assert (feuille["B1"].value, feuille["D1"].value) == ("Qualité de service", "Gestion du risque")
    assert feuille.freeze_panes == "B3"
    assert feuille.auto_filter.ref == "A2:E4"
    assert [feuille.cell(rang, 2).font.bold for rang in (3, 4)] == [True, False]


def test_legende_dans_a_propos() -> None:
    classeur = _open()
    assert classeur.sheetnames == ["Données simulées", "À propos"]
    feuille = classeur["À propos"]
    textes = [cellule.value for cellule in feuille["A"]]
    assert textes[:4] == ["Tartan", "Données simulées", "Phrase", "Source : note"]
    assert textes[-6:] == [f"{STYLES[e].symbole} {LIBELLES_ATTEINTE[e]}" for e in Atteinte]
    assert feuille.cell(len(textes) - 5, 1).fill.fgColor.rgb == "FF" + STYLES[Atteinte.ATTEINT].couleur[1:].upper()


def test_donnees_publiees_sans_marque() -> None:
    classeur = _open(simulee=False)
    assert classeur.sheetnames == ["Données", "À propos"]
    assert "Données simulées" not in [cellule.value for cellule in classeur["À propos"]["A"]]
