"""Thirty-odd malformed files: each ends with a clear report in French, none crashes, none fills the memory."""

from __future__ import annotations

import io
import json
import random
import resource
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from data.chemins import RACINE
from etl.chargement.analyse import Contexte
from etl.chargement.examen import examine
from etl.chargement.lecture.texte import LIGNE_MAX
from tests.etl.chargement.conftest import INDICATEUR

LIGNE = f"011;{INDICATEUR};2023-01;85\n"
ENTETE = "Caisse;Indicateur;Période;Résultat\n"


def build_xlsx(remplir: Callable[[openpyxl.Workbook], None] | None = None) -> bytes:
    classeur = openpyxl.Workbook()
    onglet = classeur.active
    assert onglet is not None
    onglet.append(["Caisse", "Indicateur", "Période", "Résultat"])
    onglet.append(["011", INDICATEUR, "2023-01", 85])
    if remplir is not None:
        remplir(classeur)
    sortie = io.BytesIO()
    classeur.save(sortie)
    return sortie.getvalue()


def add_entree(octets: bytes, nom: str, contenu: bytes) -> bytes:
    sortie = io.BytesIO(octets)
    with zipfile.ZipFile(sortie, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(nom, contenu)
    return sortie.getvalue()


def remove_entree(octets: bytes, nom: str) -> bytes:
    sortie = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(octets)) as avant, zipfile.ZipFile(sortie, "w") as apres:
        for entree in avant.namelist():
            if entree != nom:
                apres.writestr(entree, avant.read(entree))
    return sortie.getvalue()


def replace_entree(octets: bytes, nom: str, contenu: bytes) -> bytes:
    return add_entree(remove_entree(octets, nom), nom, contenu)


def build_parquet() -> bytes:
    sortie = io.BytesIO()
    pl.DataFrame({"Caisse": ["011"], "liste": [[1, 2]]}).write_parquet(sortie)
    return sortie.getvalue()


def write_cellule(classeur: openpyxl.Workbook, adresse: str, valeur: object) -> None:
    onglet = classeur.active
    assert onglet is not None
    onglet[adresse] = valeur


ALEA = random.Random(7).randbytes(5_000)
FICHIERS: list[tuple[str, str, Callable[[], bytes], str]] = [
    # (case, name of the file, content, what the report says)
    ("vide", "a.csv", lambda: b"", "fichier vide"),
    ("vide_xlsx", "a.xlsx", lambda: b"", "fichier vide"),
    ("extension", "a.docx", lambda: b"PK\x03\x04", "non reconnue"),
    ("sans_extension", "resultats", lambda: LIGNE.encode(), "non reconnue"),
    ("blancs", "a.csv", lambda: b"\n\n   \n", "aucun séparateur"),
    ("une_colonne", "a.csv", lambda: b"Caisse\n011\n595\n", "aucun séparateur"),
    ("sans_entete", "a.csv", lambda: b"1;2;3\n4;5;6\n", "en-tête"),
    ("octets_nuls", "a.csv", lambda: b"a;b\n\x00\x01;2\n", "octets nuls"),
    ("utf16", "a.csv", lambda: (ENTETE + LIGNE).encode("utf-16"), "UTF-16"),
    ("encodage_inconnu", "a.csv", lambda: b"Caisse;R\xe9sultat\x81\n011;1\n", "ni UTF-8 ni Windows-1252"),
    ("accents_doubles", "a.csv", lambda: "PÃ©riode;RÃ©sultat\n2023;1\n".encode(), "convertis deux fois"),
    ("binaire", "a.csv", lambda: ALEA, ""),
    ("entetes_en_double", "a.csv", lambda: b"Caisse;Valeur;Valeur\n011;1;2\n", "en double"),
    ("ligne_geante", "a.csv", lambda: b"a;" * (LIGNE_MAX // 2 + 600_000), "sans retour à la ligne"),
    ("guillemet_ouvert", "a.csv", lambda: (ENTETE + '"011;x;2023;1\n' + LIGNE * 3).encode(), ""),
    ("trop_de_colonnes", "a.csv", lambda: (";".join(f"c{i}" for i in range(2_500)) + "\n").encode(), "colonnes"),
    ("entete_seul", "a.csv", lambda: ENTETE.encode(), "aucun"),
    ("xlsx_tronque", "a.xlsx", lambda: build_xlsx()[:1_500], "tronqué"),
    ("xlsx_texte", "a.xlsx", lambda: (ENTETE + LIGNE).encode(), "un autre format"),
    ("xlsx_sans_classeur", "a.xlsx", lambda: remove_entree(build_xlsx(), "xl/workbook.xml"), "n'est pas un classeur"),
    ("xlsx_abime", "a.xlsx", lambda: replace_entree(build_xlsx(), "xl/worksheets/sheet1.xml", b"<wor"), "illisible"),
    ("xlsx_macro", "a.xlsx", lambda: add_entree(build_xlsx(), "xl/vbaProject.bin", b"x"), "macros"),
    ("xlsm", "a.xlsm", build_xlsx, "macros"),
    ("xls_ancien", "a.xls", lambda: b"\xd0\xcf\x11\xe0" + ALEA, ".xls"),
    ("mot_de_passe", "a.xlsx", lambda: b"\xd0\xcf\x11\xe0" + ALEA, "mot de passe"),
    ("bombe", "a.xlsx", lambda: add_entree(build_xlsx(), "xl/media/b.bin", b"0" * (20 << 20)), "compressé"),
    ("bombe_grosse", "a.xlsx", lambda: add_entree(build_xlsx(), "xl/b.bin", b"0" * (130 << 20)), "décompressé"),
    ("entites_xml", "a.xlsx", lambda: replace_entree(build_xlsx(), "xl/workbook.xml", RIRES), "illisible"),
    ("cellule_lointaine", "a.xlsx", lambda: build_xlsx(lambda c: write_cellule(c, "XFD900000", 1)), "colonnes admises"),
    ("formule", "a.xlsx", lambda: build_xlsx(lambda c: write_cellule(c, "D2", "=1/0")), ""),
    ("erreur_de_formule", "a.xlsx", lambda: build_xlsx(lambda c: write_cellule(c, "D2", "#DIV/0!")), "formule"),
    ("xlsx_vide", "a.xlsx", lambda: build_xlsx(lambda c: c.active.delete_rows(1, 9)), "aucune feuille"),  # type: ignore[union-attr]
    ("parquet_tronque", "a.parquet", lambda: build_parquet()[:60], "illisible"),
    ("parquet_imbrique", "a.parquet", build_parquet, "composées"),
    ("geojson_casse", "a.geojson", lambda: b'{"type": "FeatureCollection", "features": [', "illisible"),
    ("geojson_vide", "a.geojson", lambda: b'{"type": "FeatureCollection", "features": []}', ""),
    ("gpkg_faux", "a.gpkg", lambda: b"SQLite format 3\x00" + ALEA, "illisible"),
    ("shp_nu", "a.shp", lambda: b"\x00\x00\x27\x0a", ".zip"),
    ("encodages_meles", "a.csv", lambda: ENTETE.encode() + "011;été;2023;1\n".encode("cp1252"), "mélangés"),
    ("zip_sans_shp", "a.zip", lambda: add_entree(build_zip(), "lisez.txt", b"x"), ".shp"),
    ("shp_seul", "a.zip", lambda: add_entree(build_zip(), "a.shp", b"x"), ".dbf"),
]
RIRES = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ah"><!ENTITY b "' + b"&a;" * 20 + b'">'
    + b"".join(b'<!ENTITY %c "%s">' % (99 + i, b"&%c;" % (98 + i) * 20) for i in range(8))
    + b"]><workbook>&j;</workbook>"
)  # fmt: skip


def build_zip() -> bytes:
    sortie = io.BytesIO()
    with zipfile.ZipFile(sortie, "w"):
        pass
    return sortie.getvalue()


def test_il_y_en_a_plus_de_trente() -> None:
    assert len(FICHIERS) >= 30


@pytest.mark.parametrize(("nom", "contenu", "extrait"), [f[1:] for f in FICHIERS], ids=[f[0] for f in FICHIERS])
def test_un_fichier_malforme_a_un_rapport_clair(
    tmp_path: Path, contexte: Contexte, nom: str, contenu: Callable[[], bytes], extrait: str
) -> None:
    chemin = tmp_path / nom
    chemin.write_bytes(contenu())
    examen = examine(chemin, contexte)
    assert not examen.publiable
    rapport = json.dumps(examen.rapport, ensure_ascii=False, default=str)
    assert extrait in rapport
    if examen.verdict == "illisible":
        assert examen.rapport["motif"].startswith(nom)
        assert examen.rapport["motif"].endswith((".", "]"))
    assert "Traceback" not in rapport


def test_un_en_tete_de_100_mo_tient_dans_une_memoire_bornee(tmp_path: Path) -> None:
    """The limit is met while reading the first megabytes: size does not matter."""
    chemin = tmp_path / "geant.csv"
    with chemin.open("wb") as flux:
        flux.write(b"Caisse;" * 1_000_000)
        for _ in range(93):
            flux.write(b"c;" * (1 << 19))
    programme = (
        "import resource; from pathlib import Path\n"
        "from etl.chargement.lecture.fichier import read_fichier_charge\n"
        "from etl.sources.publie import FichierIllisibleError\n"
        "avant = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        f"try:\n    read_fichier_charge(Path({str(chemin)!r}))\n"
        "except FichierIllisibleError as e:\n    print(e)\n"
        "print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - avant) // 1024)\n"
    )
    sortie = subprocess.run(
        [sys.executable, "-c", programme], cwd=RACINE, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert "sans retour à la ligne" in sortie[0]
    assert int(sortie[1]) < 64  # megabytes more than before reading


def test_aucun_fichier_malforme_ne_remplit_la_memoire() -> None:
    """All of them were read in this process: its peak stays within what a small server has."""
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 3 << 20  # kilobytes: 3 GB


def test_un_dossier_n_est_pas_un_fichier(tmp_path: Path, contexte: Contexte) -> None:
    (tmp_path / "a.csv").mkdir()
    assert "c'est un dossier" in examine(tmp_path / "a.csv", contexte).rapport["motif"]


def test_un_fichier_interdit_le_dit(tmp_path: Path, contexte: Contexte, monkeypatch: pytest.MonkeyPatch) -> None:
    chemin = tmp_path / "a.csv"
    chemin.write_text(ENTETE + LIGNE, encoding="utf-8")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("etl.chargement.examen.read_fichier_charge", refuse)
    motif = examine(chemin, contexte).rapport["motif"]
    assert "lecture interdite" in motif
    assert "denied" not in motif


def test_un_export_aux_fins_de_ligne_anciennes_se_lit(tmp_path: Path, contexte: Contexte) -> None:
    chemin = tmp_path / "a.csv"
    chemin.write_bytes((ENTETE + LIGNE + LIGNE.replace("011", "595")).replace("\n", "\r").encode())
    examen = examine(chemin, contexte, accepter_proposition=True)
    assert examen.rapport["lignes_lues"] == examen.rapport["faits"] == 2
