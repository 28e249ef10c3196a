"""Reading: any delimiter, encoding, workbook or layer gives the same cells, with the row a spreadsheet would show."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path

import geopandas as gpd
import openpyxl
import polars as pl
import pyogrio
import pytest
import shapely
from openpyxl.styles import numbers

from etl.chargement.analyse import Contexte
from etl.chargement.examen import examine
from etl.chargement.lecture.feuille import RANG
from etl.chargement.lecture.fichier import read_fichier_charge
from etl.chargement.lecture.geo import archive_shapefile
from etl.sources.publie import FichierIllisibleError
from tests.etl.chargement.conftest import INDICATEUR, build_source, list_regles

LIGNES = [["Caisse", "Période", "Résultat"], ["Ardèche", "2023-01", "85,2"], ["Hérault", "2023-02", "84"]]


@pytest.mark.parametrize("separateur", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encodage", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("fin", ["\n", "\r\n"])
def test_tout_texte_donne_les_memes_cellules(tmp_path: Path, separateur: str, encodage: str, fin: str) -> None:
    chemin = tmp_path / "essai.csv"
    texte = fin.join(separateur.join(f'"{c}"' if "," in c else c for c in ligne) for ligne in LIGNES) + fin
    chemin.write_bytes(texte.encode(encodage))
    lecture = read_fichier_charge(chemin)
    (feuille,) = lecture.feuilles
    assert (lecture.separateur, feuille.rang_entete) == (separateur, 1)
    assert lecture.encodage == ("windows-1252" if encodage == "cp1252" else "utf-8")
    assert feuille.frame.rows() == [(*LIGNES[1], 2), (*LIGNES[2], 3)]
    assert feuille.frame.columns == [*LIGNES[0], RANG]


def test_entete_plus_bas_unites_lignes_vides_et_mal_coupees(tmp_path: Path) -> None:
    chemin = tmp_path / "essai.csv"
    chemin.write_text(
        'Résultats du réseau\n\nCaisse;Délai;Taux\n;(en jours);%\n011;"12\nou 13";85\n595;14\n\n131;15;87\n',
        encoding="utf-8",
    )
    (feuille,) = read_fichier_charge(chemin).feuilles
    assert feuille.rang_entete == 3
    assert feuille.unites == {"Délai": "jours", "Taux": "%"}
    assert feuille.frame[RANG].to_list() == [5, 8]
    assert feuille.frame["Délai"].to_list() == ["12\nou 13", "15"]
    assert feuille.invalides == ((6, "2 cellules, 3 attendues", "595;14"),)


def write_classeur(chemin: Path) -> None:
    """A workbook with everything a real one has: titles, two header levels, units, hidden rows, dates, percents."""
    classeur = openpyxl.Workbook()
    onglet = classeur.active
    assert onglet is not None
    onglet.title = "Résultats"
    onglet["A1"] = "Tableau de bord du réseau"
    onglet.merge_cells("A1:E1")
    onglet["B3"], onglet["D3"] = "2022", "2023"
    onglet.merge_cells("B3:C3")
    onglet.merge_cells("D3:E3")
    for colonne, texte in enumerate(["Organisme", "Résultat", "Dénominateur", "Résultat", "Dénominateur"], start=1):
        onglet.cell(4, colonne, texte)
    for colonne, texte in enumerate(["%", "nombre", "%", "nombre"], start=2):
        onglet.cell(5, colonne, texte)
    for rang, (code, *valeurs) in enumerate(
        [("011", 0.852, 1000, 0.861, 1100), ("595", 0.07, 900, "NS", None), ("131", 0.9, 10, 0.91, 12)], start=6
    ):
        onglet.cell(rang, 1, code)
        for colonne, valeur in enumerate(valeurs, start=2):
            cellule = onglet.cell(rang, colonne, valeur)
            if colonne in {2, 4}:
                cellule.number_format = numbers.FORMAT_PERCENTAGE_00
    onglet.row_dimensions[8].hidden = True
    cachee = classeur.create_sheet("Brouillon")
    cachee["A1"] = "rien"
    cachee.sheet_state = "hidden"
    classeur.save(chemin)


def test_classeur_de_la_vraie_vie(tmp_path: Path, contexte: Contexte) -> None:
    chemin = tmp_path / "resultats.xlsx"
    write_classeur(chemin)
    source = build_source(
        disposition="periodes", colonnes={"organisme": "Organisme"}, constantes={"indicateur": INDICATEUR}
    )
    examen = examine(chemin, contexte, source=source)
    assert sorted(list_regles(examen)) == ["feuille_ignoree", "lignes_masquees"]
    assert examen.analyse is not None
    faits = examen.analyse.faits
    assert faits.select("code_entite", pl.col("periode_debut").dt.year(), "valeur", "denominateur", "source_rang").sort(
        "source_rang", "periode_debut"
    ).rows() == [
        ("011", 2022, 85.2, 1000.0, 6),
        ("011", 2023, 86.1, 1100.0, 6),
        ("595", 2022, 7.0, 900.0, 7),
        ("595", 2023, None, None, 7),
        ("131", 2022, 90.0, 10.0, 8),
        ("131", 2023, 91.0, 12.0, 8),
    ]
    assert set(faits["source_feuille"]) == {"Résultats"}
    assert set(faits["source_colonne"]) == {"2022 / Résultat", "2023 / Résultat"}
    assert faits.filter(source_rang=8)["alertes"].unique().to_list() == ["lignes_masquees"]


def test_plusieurs_feuilles_dates_et_formules(tmp_path: Path, contexte: Contexte) -> None:
    classeur = openpyxl.Workbook()
    for nom, mois in (("Janvier", dt.date(2023, 1, 1)), ("Février", dt.date(2023, 2, 1))):
        onglet = classeur.create_sheet(nom)
        onglet.append(["Caisse", "Indicateur", "Période", "Résultat"])
        onglet.append(["011", INDICATEUR, mois, 85])
        onglet.append(["595", INDICATEUR, mois, "=40+2"])
        for rang in (2, 3):
            onglet.cell(rang, 3).number_format = "mmm-yy"
    del classeur["Sheet"]
    chemin = tmp_path / "mois.xlsx"
    classeur.save(chemin)
    examen = examine(chemin, contexte, source=build_source())
    assert examen.analyse is not None
    assert examen.analyse.faits.select("source_feuille", "granularite", "periode_fin", "valeur").rows() == [
        ("Janvier", "mois", dt.date(2023, 1, 31), 85.0),
        ("Février", "mois", dt.date(2023, 2, 28), 85.0),
    ]
    assert list_regles(examen, "rejet") == ["formule_sans_valeur"]


def test_cellules_fusionnees_dans_les_donnees(tmp_path: Path, contexte: Contexte) -> None:
    """A name merged over two rows is the name of both; a merged number belongs to neither."""
    classeur = openpyxl.Workbook()
    onglet = classeur.active
    assert onglet is not None
    onglet.append(["Caisse", "Indicateur", "Période", "Résultat"])
    onglet.append(["011", INDICATEUR, "2023-01", 85])
    onglet.append([None, INDICATEUR, "2023-02", 86])
    onglet.append(["CPAM de l'Ain", INDICATEUR, "2023-03", 87])
    onglet.append([None, INDICATEUR, "2023-04", None])
    onglet.merge_cells("A4:A5")
    onglet.merge_cells("D4:D5")
    chemin = tmp_path / "fusion.xlsx"
    classeur.save(chemin)
    examen = examine(chemin, contexte, source=build_source())
    details = [(d["regle"], d["rang"]) for d in examen.rapport["details"]]
    assert details == [("organisme_inconnu", 3), ("valeur_indecidable", 4), ("valeur_indecidable", 5)]


def test_parquet(tmp_path: Path, contexte: Contexte) -> None:
    chemin = tmp_path / "essai.parquet"
    pl.DataFrame(
        {
            "Caisse": ["011", "595", "131"],
            "Indicateur": [INDICATEUR] * 3,
            "Période": [dt.date(2023, 1, 1), dt.date(2023, 1, 1), dt.date(2023, 1, 1)],
            "Résultat": [61.879, 0.0, None],
        }
    ).write_parquet(chemin)
    examen = examine(chemin, contexte, source=build_source())
    assert examen.analyse is not None
    assert examen.analyse.faits.select("valeur", "statut").rows() == [
        (61.879, "publie"),
        (0.0, "publie"),
        (None, "non_fourni"),
    ]


SOURCE_GEO = {
    "referentiel": "territoire",
    "colonnes": {"organisme": "code", "periode": "annee", "valeur": "couverture"},
    "constantes": {"indicateur": "couverture_population_cpts"},
    "mailles": ["departement", "region"],
}


def test_un_shp_part_avec_ses_voisins(tmp_path: Path) -> None:
    """The archive of a bare .shp holds the files of its name, the same bytes each time."""
    for nom in ("zones.shp", "zones.dbf", "zones.SHX", "autre.dbf"):
        (tmp_path / nom).write_bytes(nom.encode())
    for dossier in ("a", "b"):
        (tmp_path / dossier).mkdir()
    archives = [archive_shapefile(tmp_path / "zones.shp", dossier) for dossier in (tmp_path / "a", tmp_path / "b")]
    with zipfile.ZipFile(archives[0]) as archive:
        assert archive.namelist() == ["zones.shp", "zones.shx", "zones.dbf"]
    assert archives[0].read_bytes() == archives[1].read_bytes()
    assert archive_shapefile(tmp_path / "autre.dbf", tmp_path) == tmp_path / "autre.dbf"


@pytest.mark.parametrize("forme", ["geojson", "gpkg", "shp"])
def test_territoires(tmp_path: Path, contexte: Contexte, forme: str) -> None:
    carre = shapely.box(0, 0, 1, 1)
    noeud = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])  # a bow tie: invalid
    noms = {"couverture": [45.5, 101.0, 12.0], "code": ["01", "2A", "XX"], "annee": ["2022", "2022", "2022"]}
    table = gpd.GeoDataFrame({c[:10]: v for c, v in noms.items()}, geometry=[carre, noeud, carre], crs="EPSG:4326")
    chemin = tmp_path / f"couverture.{forme}"
    if forme == "shp":
        pyogrio.write_dataframe(table, chemin)
        archive = tmp_path / "couverture.zip"

        with zipfile.ZipFile(archive, "w") as sortie:
            for fichier in tmp_path.glob("couverture.*"):
                if fichier.suffix != ".zip":
                    sortie.write(fichier, fichier.name)
        chemin = archive
    else:
        pyogrio.write_dataframe(table, chemin)
    examen = examine(chemin, contexte, source=build_source(**SOURCE_GEO))
    assert examen.rapport["format"] == forme
    assert sorted(list_regles(examen)) == ["bornes", "geometrie_invalide", "territoire_inconnu"]
    assert examen.analyse is not None
    assert examen.analyse.faits.select("maille", "code_entite", "valeur").rows() == [
        ("departement", "01", 45.5),
        ("departement", "2A", 101.0),
    ]


def test_un_tableau_large_par_indicateur(tmp_path: Path, contexte: Contexte) -> None:
    chemin = tmp_path / "essai.csv"
    chemin.write_text(
        "Caisse;Année;Taux d’avis d’arrêt de travail (AAT) dématérialisés;loc_accompagnements_mas;Autre\n"
        "011;2023;85,2 %;1 638;x\n",
        encoding="utf-8",
    )
    source = build_source(disposition="indicateurs", colonnes={"organisme": "Caisse", "periode": "Année"})
    examen = examine(chemin, contexte, source=source)
    assert list_regles(examen) == ["colonne_inconnue"]
    assert examen.analyse is not None
    assert examen.analyse.faits.select("code_indicateur", "valeur").rows() == [
        (INDICATEUR, 85.2),
        ("loc_accompagnements_mas", 1638.0),
    ]


def test_le_nom_et_le_contenu_doivent_s_accorder(tmp_path: Path) -> None:
    chemin = tmp_path / "essai.parquet"
    write_classeur(tmp_path / "a.xlsx")
    chemin.write_bytes((tmp_path / "a.xlsx").read_bytes())
    with pytest.raises(FichierIllisibleError, match="l'extension dit parquet"):
        read_fichier_charge(chemin)
