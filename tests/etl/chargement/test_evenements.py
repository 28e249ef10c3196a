"""Files of IJ events as loads: real caisse × months replace simulated ones, reversibly; nothing is lost silently."""

from __future__ import annotations

import datetime as dt
import inspect
import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import duckdb
import polars as pl
import pytest

from data.chemins import NOM_BASE, RACINE, get_chargements, get_ij, get_lien_courant
from data.magasin import Lecture
from data.requetes.delais_cube import FiltreIJ, list_origines, list_serie_caisse
from data.schemas import DELAI_IJ
from etl.__main__ import main
from etl.chargement import journal
from etl.commandes import construction, evenements
from etl.commandes.chargement import check, load
from etl.commandes.publication import list_actifs
from etl.commandes.reconstruction import run
from etl.etapes import Base
from etl.mart.delais_cube import build_totaux

MAI, JUIN = dt.date(2022, 5, 1), dt.date(2022, 6, 1)
LIGNE = {
    "code_organisme": "381",
    "date_paiement": dt.date(2022, 6, 14),
    "regime": "TS",
    "risque": "maladie",
    "subrogation": "non",
    "canal": "dsn",
    "delai": 30,
}
INDEPENDANT = {"regime": "TI", "canal": "sans_objet"}
SUBROGEE = {"subrogation": "oui"}


def build_cube_simule() -> pl.DataFrame:
    """Two caisses, two months, one hundred files after ten days in each of two populations."""
    lignes = [
        {
            "code_organisme": code,
            "mois": mois,
            "regime": regime,
            "risque": "maladie",
            "subrogation": "non",
            "canal": canal,
            "nombre": 100,
            "somme_jours": 1000,
            "comptes": [0] * 10 + [100],
            "nature": "simulee",
        }
        for code in ("011", "381")
        for mois in (MAI, JUIN)
        for regime, canal in (("TI", "sans_objet"), ("TS", "dsn"))
    ]
    return pl.DataFrame(lignes, schema=dict(DELAI_IJ.colonnes))


@pytest.fixture(scope="module")
def base_ij(petite_base: Base) -> Base:
    return replace(petite_base, tables=dict(petite_base.tables) | build_totaux(build_cube_simule()))


@pytest.fixture
def atelier(atelier: Path, base_ij: Base, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(construction, "build_base", lambda _var: base_ij)
    return atelier


def write(chemin: Path, *lignes: dict[str, object], **colonnes: object) -> Path:
    """Events; ``colonnes``: columns more, or of another type."""
    schema = dict.fromkeys(LIGNE, pl.String) | {"date_paiement": pl.Date, "delai": pl.Int32}
    frame = pl.DataFrame([LIGNE | ligne for ligne in lignes], schema=schema)
    chemin.parent.mkdir(parents=True, exist_ok=True)
    frame.with_columns(**{nom: pl.lit(v) for nom, v in colonnes.items()}).write_parquet(chemin)
    return chemin


def query(var: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(get_lien_courant(var).resolve() / NOM_BASE), read_only=True) as base:
        return base.sql(sql).fetchall()


CASES = "SELECT code_organisme, mois, nature, sum(nombre)::INT FROM mart_delai_ij GROUP BY ALL ORDER BY ALL"
RESEAU = (
    "SELECT mois, nature, sum(nombre)::INT, sum(somme_jours)::INT FROM mart_delai_ij_reseau GROUP BY ALL ORDER BY ALL"
)
CAISSES = (
    "SELECT code_organisme, mois, nature, nombre, moyenne, d9 FROM mart_delai_ij_caisse "
    "WHERE regime = 'tous' AND risque = 'tous' AND subrogation = 'tous' ORDER BY ALL"
)
SIMULEES = [(code, mois, "simulee", 200) for code in ("011", "381") for mois in (MAI, JUIN)]


def list_regles(rapport: dict[str, object]) -> dict[str, int]:
    return {r["regle"]: r["nombre"] for r in rapport["par_regle"]}  # type: ignore[attr-defined]


def test_le_reel_remplace_le_mois_entier_de_la_caisse_et_revient(
    atelier: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "--json"]) == 0
    premiere = json.loads(capsys.readouterr().out)["version"]
    assert query(atelier, CASES) == SIMULEES
    chemin = write(tmp_path / "isere.parquet", {}, {"delai": 40}, SUBROGEE, INDEPENDANT)
    assert main(["load", str(chemin), "--json", "--auteur", "essai"]) == 0
    reponse = json.loads(capsys.readouterr().out)
    rapport = reponse["fichiers"][0]
    assert (rapport["verdict"], rapport["lignes_lues"], rapport["lignes_gardees"], rapport["faits"]) == (
        "publiable",
        4,
        4,
        1,
    )
    assert rapport["source"]["code"] == "evenements_ij"
    assert rapport["periodes"] == {"premiere": "2022-06-01", "derniere": "2022-06-30"}
    # The hundred simulated TI and TS of that caisse × month are gone, those of the other month and caisse stay.
    assert query(atelier, CASES) == [*SIMULEES[:3], ("381", JUIN, "publiee", 4)]
    assert query(atelier, RESEAU) == [
        (MAI, "simulee", 400, 4000),
        (JUIN, "publiee", 1, 30),
        (JUIN, "simulee", 203, 2100),
    ]
    assert query(atelier, CAISSES)[-1] == ("381", JUIN, "publiee", 4, 32.5, 37.0)
    assert query(atelier, CAISSES)[:3] == [(*case, 10.0, 10.0) for case in SIMULEES[:3]]
    identifiant = rapport["chargement"]
    assert query(atelier, "SELECT code_organisme, mois, chargement, nombre FROM mart_delai_ij_origine") == [
        ("381", JUIN, identifiant, 4)
    ]
    assert query(atelier, "SELECT source, auteur, lignes_lues, faits, remplaces FROM mart_chargement") == [
        ("evenements_ij", "essai", 4, 1, 0)
    ]
    assert main(["rollback", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"version": premiere, "chargements": []}
    assert query(atelier, CASES) == SIMULEES
    assert query(atelier, "SELECT count(*) FROM mart_delai_ij_origine") == [(0,)]
    run(atelier, forcer=True)  # what was rolled back stays out of the next publication
    assert query(atelier, CASES) == SIMULEES


def test_deux_fois_le_meme_fichier_ne_change_rien(atelier: Path, tmp_path: Path) -> None:
    chemin = write(tmp_path / "a.parquet", {}, {"delai": -1})
    _, premiere = load(atelier, [chemin])
    avant = {p: p.stat().st_mtime_ns for p in atelier.rglob("*") if p.is_file() and p.suffix != ".verrou"}
    copie = tmp_path / "copie.parquet"
    copie.write_bytes(chemin.read_bytes())
    examens, seconde = load(atelier, [copie])
    assert premiere is not None
    assert seconde is not None
    assert (seconde["version"], seconde["inchangee"]) == (premiere["version"], True)
    assert (examens[0].rapport["fichier"], examens[0].rapport["deja_charge"]) == ("copie.parquet", True)
    assert list_regles(examens[0].rapport)["delai_negatif"] == 1
    assert avant == {p: p.stat().st_mtime_ns for p in atelier.rglob("*") if p.is_file() and p.suffix != ".verrou"}


def test_les_fichiers_d_une_commande_s_ajoutent(atelier: Path, tmp_path: Path) -> None:
    """One caisse × month in two files: loaded together they add up; loaded alone, one of them changes nothing more."""
    a = write(tmp_path / "a.parquet", {}, {"delai": 30}, {"date_paiement": dt.date(2022, 5, 2)})
    b = write(tmp_path / "b.parquet", {"delai": 50}, INDEPENDANT)
    copie = tmp_path / "copie.parquet"
    copie.write_bytes(a.read_bytes())
    examens, publication = load(atelier, [a, b, copie])
    assert "identique à a.parquet" in examens[2].rapport["motif"]
    assert len(list_actifs(atelier)) == 2
    assert query(atelier, CASES)[2:] == [("381", MAI, "publiee", 1), ("381", JUIN, "publiee", 4)]
    assert query(atelier, "SELECT comptes[31], comptes[51] FROM mart_delai_ij WHERE nombre = 3") == [(2, 1)]
    assert query(atelier, "SELECT sum(nombre)::INT, count(*) FROM mart_delai_ij_origine") == [(5, 3)]
    for seul in ([a], [b, a]):
        _, encore = load(atelier, seul)
        assert publication is not None
        assert encore is not None
        assert encore["version"] == publication["version"]


def test_un_envoi_suivant_remplace_le_mois_de_la_caisse_et_le_dit(atelier: Path, tmp_path: Path) -> None:
    mai = {"date_paiement": dt.date(2022, 5, 2)}
    load(atelier, [write(tmp_path / "a.parquet", {}, {}, mai)])
    suivant = write(tmp_path / "b.parquet", {"delai": 1}, {"code_organisme": "011"})
    examens, _ = load(atelier, [suivant])
    premier, second = list_actifs(atelier)
    constats = [d for d in examens[0].rapport["details"] if d["regle"] == "revision"]
    assert [c["motif"] for c in constats] == [f"1 caisse × mois du chargement {premier} remplacés : 1 IJ au lieu de 2"]
    assert query(atelier, CASES) == [
        SIMULEES[0],
        ("011", JUIN, "publiee", 1),
        ("381", MAI, "publiee", 1),
        ("381", JUIN, "publiee", 1),
    ]
    assert query(atelier, "SELECT chargement, faits, remplaces FROM mart_chargement ORDER BY rang") == [
        (premier, 2, 1),
        (second, 2, 0),
    ]
    # A month of the network is real when all of it is; one simulated caisse is enough to say it simulated.
    assert query(atelier, RESEAU) == [(MAI, "simulee", 201, 2030), (JUIN, "publiee", 2, 31)]


def test_un_mois_sans_simulation_n_est_du_reseau_que_complet(atelier: Path, tmp_path: Path) -> None:
    mars = {"date_paiement": dt.date(2024, 3, 8)}
    load(atelier, [write(tmp_path / "a.parquet", mars)])
    assert query(atelier, CASES)[-1] == ("381", dt.date(2024, 3, 1), "publiee", 1)
    assert query(atelier, CAISSES)[-1][:3] == ("381", dt.date(2024, 3, 1), "publiee")
    assert query(atelier, "SELECT max(mois) FROM mart_delai_ij_reseau") == [(JUIN,)]
    load(atelier, [write(tmp_path / "b.parquet", mars | {"code_organisme": "011"})])
    assert query(atelier, RESEAU)[-1] == (dt.date(2024, 3, 1), "publiee", 2, 60)


def test_la_page_sait_ce_qui_est_reel_et_d_ou_il_vient(atelier: Path, tmp_path: Path) -> None:
    mars = {"date_paiement": dt.date(2024, 3, 8)}
    load(atelier, [write(tmp_path / "isere.parquet", {}, {"delai": 40}, mars)])
    lecture = Lecture(get_lien_courant(atelier).resolve())
    origines = inspect.unwrap(list_origines)(lecture, "381")
    assert origines.select("nom", "fichier", "du", "au", "mois", "nombre").rows() == [
        ("CPAM de l'Isère", "isere.parquet", JUIN, dt.date(2024, 3, 1), 2, 3)
    ]
    assert inspect.unwrap(list_origines)(lecture, "011").is_empty()
    serie = inspect.unwrap(list_serie_caisse)(lecture, "381", FiltreIJ("TS", "maladie", "non"), "moyenne")
    assert serie.select("mois", "valeur", "effectif", "reelles", "nature").rows() == [
        (MAI, 10.0, 2, 0, "simulee"),
        (JUIN, 35.0, 2, 1, "publiee"),
        (dt.date(2024, 3, 1), 30.0, None, None, "publiee"),  # one caisse is no network
    ]


def test_les_lignes_refusees_sont_comptees_et_listees(
    atelier: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    demain = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=40)
    fautes = [
        {"code_organisme": "999"},
        {"delai": -2},
        {"delai": 4000},
        {"date_paiement": demain},
        {"date_paiement": dt.date(2017, 12, 31)},
        {"canal": "sans_objet"},
        {"delai": None},
    ]
    chemin = write(tmp_path / "fautes.parquet", {}, *fautes)
    assert main(["check", str(chemin), "--annote", str(tmp_path / "sortie"), "--json"]) == 0
    rapport = json.loads(capsys.readouterr().out)["fichiers"][0]
    assert (rapport["lignes_lues"], rapport["lignes_gardees"], rapport["lignes_rejetees"]) == (8, 1, 7)
    assert (rapport["verdict"], rapport["anomalies"]["rejet"]) == ("publiable_avec_alertes", 7)
    rejets = [d for d in rapport["details"] if d["gravite"] == "rejet"]
    assert [(d["rang"], d["regle"], d["colonne"], d["valeur"]) for d in rejets] == [
        (3, "caisse_inconnue", "code_organisme", "999"),
        (4, "delai_negatif", "delai", "-2"),
        (5, "delai_excessif", "delai", "4000"),
        (6, "mois_futur", "date_paiement", demain.isoformat()),
        (7, "mois_anterieur", "date_paiement", "2017-12-31"),
        (8, "combinaison_impossible", "regime", "TS, maladie, non, sans_objet"),
        (9, "delai_manquant", "delai", None),
    ]
    assert all(d["motif"] and d["remede"] for d in rapport["details"])
    annote = Path(rapport["annote"]).read_text(encoding="utf-8-sig").splitlines()
    assert annote[0] == "ligne;code_organisme;date_paiement;regime;risque;subrogation;canal;delai;Motif (Parangon)"
    assert len(annote) == 8
    assert annote[1].startswith("3;999;2022-06-14;TS;maladie;non;dsn;30;[caisse_inconnue]")
    assert list_regles(rapport)["population_absente"] == 2  # neither TI nor subrogated
    assert main(["load", str(chemin)]) == 0
    texte = capsys.readouterr().out
    assert "8 lignes lues, 1 gardées, 7 rejetées" in texte
    identifiant = list_actifs(atelier)[0]
    assert main(["show", identifiant]) == 0
    assert "delai_excessif" in capsys.readouterr().out
    assert main(["list"]) == 0
    assert "fautes.parquet" in capsys.readouterr().out
    assert query(atelier, "SELECT rang, regle FROM mart_rejet WHERE regle = 'caisse_inconnue'") == [
        (0, "caisse_inconnue")
    ]
    original = atelier / journal.describe(atelier, journal.read_chargement(atelier, identifiant))["chemin_original"]
    assert original.read_bytes() == chemin.read_bytes()


def test_colonnes_manquantes_ou_d_un_autre_type(
    atelier: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(atelier)
    frame = pl.DataFrame([LIGNE | {"delai": "30"}]).rename({"canal": "Canal"}).drop("risque")
    chemin = tmp_path / "faux.parquet"
    frame.write_parquet(chemin)
    assert main(["load", str(chemin), "--json"]) == 1
    reponse = json.loads(capsys.readouterr().out)
    rapport = reponse["fichiers"][0]
    assert (rapport["verdict"], reponse["publication"]) == ("bloque", None)
    assert [(d["regle"], d["colonne"]) for d in rapport["details"]] == [
        ("colonne_absente", "risque"),
        ("colonne_absente", "canal"),
        ("colonne_mal_typee", "delai"),
    ]
    assert "renommez « Canal »" in rapport["details"][1]["motif"]
    assert "un nombre entier de jours est attendu, pas VARCHAR" in rapport["details"][2]["motif"]
    assert [c.etat for c in journal.list_chargements(atelier)] == ["refuse"]
    assert query(atelier, CASES) == SIMULEES
    capsys.readouterr()


@pytest.mark.parametrize(
    ("nom", "code", "motif"),
    [
        ("vide", 1, "aucune IJ gardée sur 0 ligne"),
        ("fautif", 1, "aucune IJ gardée sur 1 ligne"),
        ("tronque", 2, "Parquet"),
    ],
)
def test_fichiers_sans_rien_a_garder(
    atelier: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], nom: str, code: int, motif: str
) -> None:
    chemin = tmp_path / f"{nom}.parquet"
    write(chemin, *([] if nom == "vide" else [{"delai": -1}]))
    if nom == "tronque":
        chemin.write_bytes(chemin.read_bytes()[:200])
    assert main(["check", str(chemin), "--json"]) == code
    rapport = json.loads(capsys.readouterr().out)["fichiers"][0]
    textes = [str(rapport.get("motif")), *(d["motif"] for d in rapport.get("details", []))]
    assert any(motif in texte for texte in textes)


def test_un_fichier_abime_au_milieu_est_dit(atelier: Path, tmp_path: Path) -> None:
    """The foot is whole, the pages are not: nothing is known before they are read."""
    chemin = write(tmp_path / "abime.parquet", *({"delai": n % 300, "code_organisme": "011"} for n in range(3000)))
    octets = bytearray(chemin.read_bytes())
    octets[10:60] = bytes(50)
    chemin.write_bytes(bytes(octets))
    examen = check(atelier, [chemin])[0]
    assert examen.verdict == "illisible"
    assert "abîmé" in examen.rapport["motif"]


def test_une_colonne_de_trop_est_signalee(atelier: Path, tmp_path: Path) -> None:
    chemin = write(tmp_path / "nir.parquet", {}, SUBROGEE, INDEPENDANT, nir="1")
    rapport = check(atelier, [chemin])[0].rapport
    assert list_regles(rapport) == {"colonne_inconnue": 1}
    assert rapport["details"][0]["colonne"] == "nir"


def test_populations_absentes_dites(atelier: Path, tmp_path: Path) -> None:
    chemin = write(tmp_path / "a.parquet", {}, {"code_organisme": "011"} | INDEPENDANT, {"code_organisme": "011"})
    rapport = check(atelier, [chemin])[0].rapport
    motifs = [d["motif"] for d in rapport["details"] if d["regle"] == "population_absente"]
    assert motifs == [
        "1 caisse × mois sur 2 sans aucune IJ de régime « TI »",
        "2 caisse × mois sur 2 sans aucune IJ de subrogation « oui »",
    ]


def test_un_parquet_de_resultats_reste_un_fichier_de_resultats(atelier: Path, tmp_path: Path) -> None:
    chemin = tmp_path / "resultats.parquet"
    pl.DataFrame({"code_organisme": ["011"], "delai": [3], "Période": ["2023-01"]}).write_parquet(chemin)
    examen = check(atelier, [chemin])[0]
    assert examen.rapport.get("source") is None or examen.rapport["source"]["code"] != "evenements_ij"


def test_une_regle_changee_relit_l_original(atelier: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load(atelier, [write(tmp_path / "a.parquet", {}), write(tmp_path / "b.parquet", {"delai": 31})])
    anciens = list_actifs(atelier)
    monkeypatch.setattr(evenements, "compute_regles", lambda: "autres règles")
    assert run(atelier)["inchangee"] is False
    assert len(list_actifs(atelier)) == 2
    assert not set(anciens) & set(list_actifs(atelier))
    assert query(atelier, CASES)[-1] == ("381", JUIN, "publiee", 2)  # still one lot: the two files add up
    assert {c.fichier for c in journal.list_chargements(atelier)} == {"a.parquet", "b.parquet"}


def test_les_totaux_se_gardent_d_une_publication_a_l_autre(atelier: Path, tmp_path: Path) -> None:
    load(atelier, [write(tmp_path / "a.parquet", {})])
    gardes = {d: d.stat().st_ino for d in get_ij(atelier).iterdir()}
    assert len(gardes) == 1
    run(atelier, forcer=True)
    assert {d: d.stat().st_ino for d in get_ij(atelier).iterdir()} == gardes


PROGRAMME = """
import os, signal, sys
from dataclasses import replace
from pathlib import Path
import etl.publish as publish
from etl.chargement import journal
from etl.commandes import chargement, construction, publication
from etl.mart.delais_cube import build_totaux
from tests.etl.chargement.conftest import build_petite_base
from tests.etl.chargement.test_evenements import build_cube_simule
petite = build_petite_base()
base = replace(petite, tables=dict(petite.tables) | build_totaux(build_cube_simule()))
construction.build_base = lambda _var: base
def kill(*_args, **_options):
    os.kill(os.getpid(), signal.SIGKILL)
{cible} = kill
chargement.load(Path(sys.argv[1]), [Path(sys.argv[2])])
"""
MORTS = {
    "l'original et le cube gardés, pas le journal": "journal._write_json",
    "le journal tenu, rien de publié": "publication.merge_evenements",
    "la base écrite, pas encore servie": "publish.switch_publication",
}


def test_tue_entre_le_cube_et_le_journal(base_ij: Base, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(construction, "build_base", lambda _var: base_ij)
    chemin = write(tmp_path / "a.parquet", {}, {})
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
        assert mort.wait(timeout=240) == -signal.SIGKILL, moment
        assert query(var, CASES) == SIMULEES, moment
        _, publication = load(var, [chemin])
        assert publication is not None, moment
        assert query(var, CASES)[-1] == ("381", JUIN, "publiee", 2), moment
        assert not [*get_chargements(var).glob(".en-cours-*")], moment
        assert len(journal.list_chargements(var)) == 1, moment
