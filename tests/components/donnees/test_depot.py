"""Files sent from the web: cleaned names, bounded sizes, nothing outside their folder."""

from __future__ import annotations

import io
import os
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.donnees import depot
from data.chemins import get_depots


@pytest.mark.parametrize(
    ("nom", "propre"),
    [
        ("resultats_mensuels.csv", "resultats_mensuels.csv"),
        ("../../etc/passwd.csv", "passwd.csv"),
        ("C:\\Users\\moi\\Résultats 2023 (v2).XLSX", "Résultats 2023 (v2).XLSX"),
        ("a\x00b\n<script>.csv", "a_b__script_.csv"),
    ],
)
def test_le_nom_est_nettoye(nom: str, propre: str) -> None:
    assert depot.clean_nom(nom) == propre


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300), st.sampled_from(depot.EXTENSIONS))
def test_un_nom_ne_sort_jamais_du_dossier(racine: str, extension: str) -> None:
    try:
        nom = depot.clean_nom(racine + extension)
    except depot.DepotRefuseError:
        return
    assert Path(nom).name == nom
    assert nom.lower().endswith(extension)
    assert len(nom) <= 120
    assert nom[0] not in ". "
    assert nom.isprintable()


@pytest.mark.parametrize(
    "nom", ["macro.xlsm", "..csv", "sans_extension", "page.html", "x.csv.exe", "", "résultats.xls"]
)
def test_un_type_non_admis_est_refuse(nom: str) -> None:
    with pytest.raises(depot.DepotRefuseError, match="n'est pas admis") as refus:
        depot.clean_nom(nom)
    assert refus.value.code == 415


def test_garder_retrouver_oublier(tmp_path: Path) -> None:
    garde = depot.store_depot(tmp_path, "r.csv", io.BytesIO(b"a;b\n"), 4)
    assert depot.find_depot(tmp_path, garde.jeton) == garde
    assert garde.chemin.read_bytes() == b"a;b\n"
    assert garde.chemin.parent.stat().st_mode & 0o077 == 0
    assert depot.find_annote(tmp_path, garde.jeton) is None
    garde.annotes.mkdir()
    (garde.annotes / "r_annote.csv").touch()
    assert depot.find_annote(tmp_path, garde.jeton) == garde.annotes / "r_annote.csv"
    depot.remove_depot(tmp_path, garde.jeton)
    assert depot.find_depot(tmp_path, garde.jeton) is None


@pytest.mark.parametrize(("octets", "code"), [(None, 411), (0, 400), (depot.TAILLE_MAX + 1, 413), (9, 400)], ids=str)
def test_une_taille_fausse_est_refusee(tmp_path: Path, octets: int | None, code: int) -> None:
    with pytest.raises(depot.DepotRefuseError) as refus:
        depot.store_depot(tmp_path, "r.csv", io.BytesIO(b"a;b\n"), octets)
    assert refus.value.code == code
    assert list(get_depots(tmp_path).glob("*")) == []


def test_les_vieux_fichiers_s_en_vont_les_autres_sont_comptes(tmp_path: Path) -> None:
    vieux = depot.store_depot(tmp_path, "vieux.csv", io.BytesIO(b"x"), 1)
    hier = time.time() - depot.DUREE - 10
    os.utime(vieux.chemin.parent, (hier, hier))
    for _ in range(depot.NOMBRE_MAX):
        depot.store_depot(tmp_path, "r.csv", io.BytesIO(b"x"), 1)
    assert depot.find_depot(tmp_path, vieux.jeton) is None
    with pytest.raises(depot.DepotRefuseError, match="Trop de fichiers"):
        depot.store_depot(tmp_path, "r.csv", io.BytesIO(b"x"), 1)


@pytest.mark.parametrize("jeton", ["", "..", "../depots", "g" * 32, "a" * 31])
def test_un_jeton_faux_ne_mene_nulle_part(tmp_path: Path, jeton: str) -> None:
    (tmp_path / "temoin").touch()
    assert depot.find_depot(tmp_path, jeton) is None
    depot.remove_depot(tmp_path, jeton)
    assert (tmp_path / "temoin").exists()
