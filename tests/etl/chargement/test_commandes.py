"""Loading for good: idempotent, all or nothing, reversible, and safe against a kill at any moment."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import duckdb
import openpyxl
import polars as pl
import pytest

from data.chemins import NOM_BASE, RACINE, get_lien_courant, get_publications
from data.magasin import Magasin
from etl.__main__ import main
from etl.chargement import journal
from etl.commandes import chargement, construction
from etl.commandes.chargement import load
from etl.commandes.publication import list_actifs
from etl.commandes.reconstruction import run
from etl.etapes import Base
from etl.publish import PublicationEnCoursError, lock_publication
from tests.etl.chargement.conftest import INDICATEUR, write_long

ENTETE = "Organisme;Indicateur;Période;Résultat;Numérateur;Dénominateur\n"


def write_resultats(
    dossier: Path, nom: str = "resultats_mensuels.csv", valeur: str = "85,2 %", suite: str = ""
) -> Path:
    dossier.mkdir(parents=True, exist_ok=True)
    chemin = dossier / nom
    chemin.write_text(f"{ENTETE}CPAM de l'Ain;{INDICATEUR};2023-01;{valeur};;\n{suite}", encoding="utf-8")
    return chemin


def query(var: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(get_lien_courant(var).resolve() / NOM_BASE), read_only=True) as base:
        return base.sql(sql).fetchall()


VALEURS = "SELECT valeur, nature, chargement IS NOT NULL FROM mart_valeur"


def read_json(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    reponse: dict[str, object] = json.loads(capsys.readouterr().out)
    return reponse


def test_le_reel_remplace_le_simule_et_revient(
    atelier: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "--json"]) == 0
    premiere = read_json(capsys)["version"]
    assert query(atelier, VALEURS) == [(50.0, "simulee", False)]
    chemin = write_resultats(tmp_path)
    assert main(["load", str(chemin), "--json", "--auteur", "essai"]) == 0
    reponse = read_json(capsys)
    assert reponse["fichiers"][0]["verdict"] == "publiable"  # type: ignore[index]
    assert query(atelier, VALEURS) == [(85.2, "publiee", True)]
    assert query(atelier, "SELECT fichier, auteur, source, faits, rang FROM mart_chargement") == [
        ("resultats_mensuels.csv", "essai", "resultats_mensuels", 1, 1)
    ]
    assert main(["rollback", "--json"]) == 0
    assert read_json(capsys) == {"version": premiere, "chargements": []}
    assert query(atelier, VALEURS) == [(50.0, "simulee", False)]
    assert main(["run", "--json"]) == 0  # what was rolled back stays out
    assert read_json(capsys)["inchangee"] is True
    assert main(["rollback", "--json"]) == 2
    assert "Aucune publication avant" in str(read_json(capsys)["erreur"])


def test_deux_fois_le_meme_fichier_ne_change_rien(atelier: Path, tmp_path: Path) -> None:
    chemin = write_resultats(tmp_path)
    _, premiere = load(atelier, [chemin])
    avant = {p: p.stat().st_mtime_ns for p in atelier.rglob("*") if p.is_file() and p.suffix != ".verrou"}
    copie = chemin.with_name("resultats_mensuels_copie.csv")
    copie.write_bytes(chemin.read_bytes())
    examens, seconde = load(atelier, [chemin, copie])
    assert [e.rapport["deja_charge"] for e in examens] == [True, True]
    assert premiere is not None
    assert seconde is not None
    assert (seconde["version"], seconde["inchangee"]) == (premiere["version"], True)
    assert avant == {p: p.stat().st_mtime_ns for p in atelier.rglob("*") if p.is_file() and p.suffix != ".verrou"}


def test_le_dernier_chargement_l_emporte(atelier: Path, tmp_path: Path) -> None:
    load(atelier, [write_resultats(tmp_path / "a")])
    examens, _ = load(atelier, [write_resultats(tmp_path / "b", valeur="86 %")])
    assert [r["regle"] for r in examens[0].rapport["par_regle"]] == ["revision"]
    assert query(atelier, "SELECT valeur, alertes FROM mart_valeur") == [(86.0, "revision")]
    assert query(atelier, "SELECT rang, remplaces FROM mart_chargement ORDER BY rang") == [(1, 1), (2, 0)]


def test_une_erreur_ne_publie_rien_mais_se_retrouve(
    atelier: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(atelier)
    bon, faux = write_resultats(tmp_path / "bon"), write_resultats(tmp_path / "faux", valeur="120 %")
    assert main(["load", str(bon), str(faux)]) == 1
    assert "Rien n'est publié" in capsys.readouterr().out
    assert query(atelier, VALEURS) == [(50.0, "simulee", False)]
    assert main(["list", "--json"]) == 0
    etats = {c["etat"]: c["publie"] for c in read_json(capsys)["chargements"]}  # type: ignore[attr-defined]
    assert etats == {"accepte": False, "refuse": False}


def test_montrer_et_telecharger_les_rejets(atelier: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chemin = write_resultats(tmp_path, suite=f"xyzzy;{INDICATEUR};2023-01;85;;\n")
    assert main(["load", str(chemin)]) == 0
    identifiant = journal.list_chargements(atelier)[0].id
    capsys.readouterr()
    assert main(["show", identifiant[:8], "--json"]) == 0
    contenu = read_json(capsys)
    assert (contenu["lignes_lues"], contenu["lignes_rejetees"], contenu["rejets"]) == (2, 1, 1)
    annote = (atelier / str(contenu["chemin_annote"])).read_text(encoding="utf-8-sig")
    lignes = list(csv.reader(io.StringIO(annote), delimiter=";"))
    assert lignes[0][-1] == "Motif (Parangon)"
    assert lignes[1][-1] == ""
    assert "organisme_inconnu" in lignes[2][-1]
    assert (atelier / str(contenu["chemin_original"])).read_bytes() == chemin.read_bytes()
    assert query(atelier, "SELECT gravite, rang, colonne, valeur, regle FROM mart_rejet") == [
        ("rejet", 3, "Organisme", "xyzzy", "organisme_inconnu")
    ]
    revenu = tmp_path / "resultats_mensuels_corriges.csv"
    revenu.write_text(annote.replace("xyzzy", "595"), encoding="utf-8")
    assert main(["check", str(revenu), "--json"]) == 0
    assert read_json(capsys)["fichiers"][0]["verdict"] == "publiable"  # type: ignore[index]
    assert main(["show", "inconnu"]) == 2


def test_le_classeur_annote(atelier: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    classeur = openpyxl.Workbook()
    onglet = classeur.active
    assert onglet is not None
    onglet.append(["Organisme", "Indicateur", "Période", "Résultat", "Numérateur", "Dénominateur"])
    onglet.append(["xyzzy", INDICATEUR, "2023-01", 85, None, None])
    onglet.append(["011", INDICATEUR, "2023-01", 85, None, None])
    chemin = tmp_path / "resultats_mensuels.xlsx"
    classeur.save(chemin)
    assert main(["check", str(chemin), "--annote", str(tmp_path / "sortie"), "--json"]) == 0
    annote = read_json(capsys)["fichiers"][0]["annote"]  # type: ignore[index]
    relu = openpyxl.load_workbook(annote).active
    assert relu is not None
    assert relu["G1"].value == "Motif (Parangon)"
    assert "xyzzy" in str(relu["G2"].value)
    assert relu["G3"].value is None


def test_exporter(atelier: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", str(tmp_path / "rien.csv")]) == 2
    load(atelier, [write_resultats(tmp_path)])
    for nom, forme in (("a.csv", "csv"), ("b.csv", "csv-fr"), ("c.parquet", "parquet")):
        assert main(["export", str(tmp_path / nom), "--format", forme, "--nature", "publiee"]) == 0
    assert pl.read_parquet(tmp_path / "c.parquet")["valeur"].to_list() == [85.2]
    assert (tmp_path / "b.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert ";85,2;" in (tmp_path / "b.csv").read_text(encoding="utf-8-sig")
    assert ",85.2," in (tmp_path / "a.csv").read_text(encoding="utf-8")
    capsys.readouterr()


def test_une_proposition_s_accepte(atelier: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chemin = tmp_path / "tableau.csv"
    chemin.write_text(write_long("011;2023-01;85,2 %", "595;2023-02;84"), encoding="utf-8")
    assert main(["load", str(chemin), "--json"]) == 2
    rapport = read_json(capsys)["fichiers"][0]  # type: ignore[index]
    assert (rapport["verdict"], rapport["source"]["origine"]) == ("sans_source", "proposition")
    assert rapport["source"]["confiance"] == 1.0
    propose = tmp_path / "tableau.yaml"
    propose.write_text(rapport["source"]["yaml"], encoding="utf-8")
    assert main(["check", str(chemin), "--correspondance", str(propose)]) == 0
    assert main(["load", str(chemin), "--accepter-proposition"]) == 0
    assert main(["check", str(chemin), "--source", "inconnue"]) == 2
    capsys.readouterr()


def test_une_regle_changee_relit_les_originaux(atelier: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load(atelier, [write_resultats(tmp_path)])
    ancien = list_actifs(atelier)
    monkeypatch.setattr(chargement, "compute_regles", lambda _base: "autres règles")
    rapport = run(atelier)
    assert rapport["inchangee"] is False
    assert list_actifs(atelier) != ancien
    assert query(atelier, VALEURS) == [(85.2, "publiee", True)]
    assert len({c.charge_le for c in journal.list_chargements(atelier)}) == 1


def test_un_second_chargement_attend_ou_est_refuse(atelier: Path, tmp_path: Path) -> None:
    chemin = write_resultats(tmp_path)
    with lock_publication(atelier), pytest.raises(PublicationEnCoursError, match="en cours"):
        load(atelier, [chemin], attente=0)
    pris = threading.Event()

    def hold() -> None:
        with lock_publication(atelier):
            pris.set()
            time.sleep(0.3)

    autre = threading.Thread(target=hold)
    autre.start()
    pris.wait()
    _, publication = load(atelier, [chemin], attente=10)
    autre.join()
    assert publication is not None


# Where a process is killed with SIGKILL: (module, function that never returns, done before or after it).
MORTS = {
    "pendant que l'original est gardé": "journal.copy_original",
    "le chargement gardé, rien de publié": "publication.publish_base",
    "la base en cours d'écriture": "publish.write_base",
    "la base écrite, pas encore servie": "publish.switch_publication",
}
PROGRAMME = """
import os, signal, sys
from pathlib import Path
import etl.publish as publish
from etl.chargement import journal
from etl.commandes import chargement, construction, publication
from tests.etl.chargement.conftest import build_petite_base
base = build_petite_base()
construction.build_base = lambda _var: base
def kill(*_args, **_options):
    os.kill(os.getpid(), signal.SIGKILL)
{cible} = kill
chargement.load(Path(sys.argv[1]), [Path(sys.argv[2])])
"""


def test_tue_a_tout_moment(petite_base: Base, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """kill -9: the previous publication stays served, and the same load, done again, ends as if nothing happened."""
    monkeypatch.setattr(construction, "build_base", lambda _var: petite_base)
    chemin = write_resultats(tmp_path)
    processus = {}
    for numero, (moment, cible) in enumerate(MORTS.items()):
        var = tmp_path / f"var{numero}"
        run(var)
        processus[moment, var] = subprocess.Popen(
            [sys.executable, "-c", PROGRAMME.format(cible=cible), str(var), str(chemin)],
            cwd=RACINE,
            env=os.environ | {"PYTHONPATH": str(RACINE)},
        )
    for (moment, var), mort in processus.items():
        assert mort.wait(timeout=120) == -signal.SIGKILL, moment
        assert query(var, VALEURS) == [(50.0, "simulee", False)], moment
        assert Magasin(var).get_lecture().query("SELECT count(*) AS n FROM mart_chargement").item() == 0
        _, publication = load(var, [chemin])
        assert publication is not None, moment
        assert query(var, VALEURS) == [(85.2, "publiee", True)], moment
        assert not [*get_publications(var).glob(".en-cours-*"), *journal.get_dossier(var).glob(".en-cours-*")], moment
        assert len(journal.list_chargements(var)) == 1, moment


def test_des_lecteurs_pendant_dix_publications(atelier: Path, tmp_path: Path) -> None:
    """Concurrent readers see the old value or the new one, never an error nor a mix."""
    run(atelier)
    magasin, vues, erreurs, fin = Magasin(atelier), list[tuple[object, ...]](), list[Exception](), threading.Event()

    def read() -> None:
        while not fin.wait(0.005):  # leave the processor to the publications
            try:
                lecture = magasin.get_lecture()
                version = lecture.query("SELECT version FROM mart_publication").item()
                valeur = lecture.query("SELECT valeur FROM mart_valeur").item()
                vues.append((version, valeur))
            except Exception as erreur:
                erreurs.append(erreur)

    lecteurs = [threading.Thread(target=read) for _ in range(3)]
    for lecteur in lecteurs:
        lecteur.start()
    attendues = {(magasin.get_lecture().version, 50.0)}
    for numero in range(10):
        _, publication = load(atelier, [write_resultats(tmp_path / str(numero), valeur=f"8{numero},5")])
        assert publication is not None
        attendues.add((str(publication["version"]), 80 + numero + 0.5))
    fin.set()
    for lecteur in lecteurs:
        lecteur.join()
    assert erreurs == []
    assert vues
    assert set(vues) <= attendues
    assert len(attendues) == 11
