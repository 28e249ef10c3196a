"""Reading published files: wrong files are refused in French, saying what, where and how to mend."""

from pathlib import Path

import pytest

from etl.sources.publie import FichierIllisibleError, read_fichier, read_publie


def test_lecture(tmp_path: Path) -> None:
    chemin = tmp_path / "essai.csv"
    chemin.write_text('nom,valeur,document,ligne\n"Ain, le",1,000,12\n', encoding="utf-8")
    fichier = read_fichier(chemin)
    assert fichier.colonnes == ("nom", "valeur", "document", "ligne")
    assert fichier.lignes[0].rang == 2
    assert fichier.lignes[0]["nom"] == "Ain, le"
    assert fichier.octets == chemin.stat().st_size


@pytest.mark.parametrize(
    ("octets", "extrait"),
    [
        (b"nom,valeur\nAin,1\n", "« document » et « ligne »"),
        (b"nom,document,ligne\nAin,000\n", "ligne 2 : 2 cellules, 3 attendues"),
        ("nom,document,ligne\nArdèche,000,1\n".encode("cp1252"), "UTF-8"),
        (b"", "en-tête"),
    ],
)
def test_fichier_refuse(tmp_path: Path, octets: bytes, extrait: str) -> None:
    chemin = tmp_path / "essai.csv"
    chemin.write_bytes(octets)
    with pytest.raises(FichierIllisibleError, match=r"essai\.csv") as erreur:
        read_fichier(chemin)
    assert extrait in str(erreur.value)


def test_dossier_vide(tmp_path: Path) -> None:
    with pytest.raises(FichierIllisibleError, match="aucun fichier"):
        read_publie(tmp_path)
