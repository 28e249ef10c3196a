"""Publishing is atomic: a crash leaves the previous version, two runs exclude each other, readers follow the link."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import duckdb
import polars as pl
import pytest

from data import magasin
from data.chemins import NOM_BASE, RACINE, get_lien_courant, get_publications
from data.magasin import BaseIndisponibleError, Magasin
from data.schemas import TABLES, SchemaInvalideError
from etl.publish import CONSERVEES, PublicationEnCoursError, lock_publication, publish


def build_tables(**remplacees: pl.DataFrame) -> dict[str, pl.DataFrame]:
    vides = {t.nom: pl.DataFrame(schema=dict(t.colonnes)) for t in TABLES}
    return vides | remplacees


def publish_essai(var: Path, version: str) -> Path:
    brut = {"essai": pl.DataFrame({"version": [version]})}
    with lock_publication(var):
        return publish(var, version, build_tables(), brut)


def read_version(magasin: Magasin) -> str:
    return str(magasin.get_lecture().query("SELECT version FROM brut.essai").item())


def test_publier_puis_relire_sans_redemarrer(tmp_path: Path) -> None:
    magasin = Magasin(tmp_path)
    with pytest.raises(BaseIndisponibleError, match="make etl"):
        magasin.get_lecture()
    publish_essai(tmp_path, "v1")
    ancienne = magasin.get_lecture()
    assert read_version(magasin) == "v1"
    publish_essai(tmp_path, "v2")
    assert read_version(magasin) == "v2"
    assert ancienne.query("SELECT version FROM brut.essai").item() == "v1"
    assert get_lien_courant(tmp_path).resolve().name == "v2"


def test_lecteurs_pendant_les_publications(tmp_path: Path) -> None:
    publish_essai(tmp_path, "v00")
    magasin, vues, fin = Magasin(tmp_path), list[str](), threading.Event()

    def lire() -> None:
        while not fin.wait(0.002):  # leave the processor to the publications
            vues.append(read_version(magasin))

    lecteurs = [threading.Thread(target=lire) for _ in range(3)]
    for lecteur in lecteurs:
        lecteur.start()
    for numero in range(1, 6):
        publish_essai(tmp_path, f"v{numero:02d}")
        time.sleep(0.05)
    fin.set()
    for lecteur in lecteurs:
        lecteur.join()
    assert vues
    assert set(vues) <= {f"v{n:02d}" for n in range(6)}
    assert read_version(magasin) == "v05"


def test_on_garde_les_dernieres(tmp_path: Path) -> None:
    for numero in range(CONSERVEES + 3):
        publish_essai(tmp_path, f"v{numero}")
    assert sorted(d.name for d in get_publications(tmp_path).iterdir()) == [f"v{n}" for n in range(3, CONSERVEES + 3)]


def test_table_invalide_ne_publie_rien(tmp_path: Path) -> None:
    publish_essai(tmp_path, "v1")
    fausse = pl.DataFrame({"version": ["a"]})
    with pytest.raises(SchemaInvalideError, match="mart_publication"), lock_publication(tmp_path):
        publish(tmp_path, "v2", build_tables(mart_publication=fausse), {})
    assert get_lien_courant(tmp_path).resolve().name == "v1"
    publish_essai(tmp_path, "v3")
    assert not list(get_publications(tmp_path).glob(".en-cours-*"))


def test_deux_publications_s_excluent(tmp_path: Path) -> None:
    with (
        lock_publication(tmp_path),
        pytest.raises(PublicationEnCoursError, match="en cours"),
        lock_publication(tmp_path),
    ):
        pytest.fail("le second verrou ne doit pas être accordé")


def test_tuee_au_milieu(tmp_path: Path) -> None:
    """kill -9 while the database is being written: the previous version is served, the next run is clean."""
    publish_essai(tmp_path, "v1")
    programme = f"""
import time, etl.publish as p
from pathlib import Path
ecrire = p.write_base
def ecrire_puis_attendre(chemin, tables, brut):
    ecrire(chemin, tables, brut)
    print("ecrite", flush=True)
    time.sleep(60)
p.write_base = ecrire_puis_attendre
from tests.etl.test_publish import publish_essai
publish_essai(Path({str(tmp_path)!r}), "v2")
"""
    processus = subprocess.Popen(
        [sys.executable, "-c", programme],
        cwd=RACINE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(RACINE)},
    )
    assert processus.stdout is not None
    assert processus.stdout.readline() == b"ecrite\n"
    processus.send_signal(signal.SIGKILL)
    processus.wait()
    processus.stdout.close()
    assert get_lien_courant(tmp_path).resolve().name == "v1"
    assert read_version(Magasin(tmp_path)) == "v1"
    publish_essai(tmp_path, "v3")
    assert read_version(Magasin(tmp_path)) == "v3"
    assert not list(get_publications(tmp_path).glob(".en-cours-*"))


def test_base_corrompue(tmp_path: Path) -> None:
    dossier = publish_essai(tmp_path, "v1")
    (dossier / NOM_BASE).write_bytes(b"ceci n'est pas une base")
    with pytest.raises(BaseIndisponibleError, match="illisible"):
        Magasin(tmp_path).get_lecture()
    (dossier / NOM_BASE).unlink()
    with pytest.raises(BaseIndisponibleError, match="absente"):
        Magasin(tmp_path).get_lecture()


def test_base_d_une_autre_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    base = publish_essai(tmp_path, "v1") / NOM_BASE
    monkeypatch.setattr(magasin, "get_magasin", lambda: Magasin(tmp_path))
    assert magasin.main() == 0
    with duckdb.connect(str(base)) as connexion:
        connexion.execute("ALTER TABLE mart_organisme DROP COLUMN nom_court")
    with pytest.raises(BaseIndisponibleError, match=r"autre version.*mart_organisme\.nom_court"):
        Magasin(tmp_path).get_lecture()
    assert magasin.main() == 1
    assert "make etl" in capsys.readouterr().err


def test_lecture_seule(tmp_path: Path) -> None:
    publish_essai(tmp_path, "v1")
    lecture = Magasin(tmp_path).get_lecture()
    with pytest.raises(duckdb.Error):
        lecture.query("CREATE TABLE publication.intruse AS SELECT 1")
    assert get_lien_courant(tmp_path).is_symlink()
