"""The simulated files of IJ give the published délais. The figures asserted were read in the documents."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from data.calculs.delais import compute_moyennes, compute_quantiles, sum_comptes
from data.catalogue import load_catalogue
from data.chemins import get_geo
from data.magasin import Lecture
from data.schemas import DELAI_IJ, DELAI_IJ_CAISSE, DELAI_IJ_RESEAU, check_frame
from etl.mart.delais_cube import build_delais_cube, build_totaux, compute_empreinte
from etl.mart.geometries import read_territoires
from etl.simulation.ij import (
    DELAIS_RESULTATS,
    MOIS,
    compute_rangs,
    list_caisses_classees,
    list_caisses_simulees,
    simulate_cube,
)
from etl.simulation.marges_ij import list_ecarts

TABLES = (DELAI_IJ, DELAI_IJ_RESEAU, DELAI_IJ_CAISSE)
JUIN_2022 = dt.date(2022, 6, 1)
NON_SUBROGEES = (pl.col("regime") == "TS") & (pl.col("subrogation") == "non")


@pytest.fixture(scope="module")
def tables(var: Path, rapport: dict[str, object]) -> dict[str, pl.DataFrame]:
    """The three tables as published."""
    assert rapport["version"]
    lecture = Lecture((var / "courante").resolve())
    return {t.nom: lecture.query(f"SELECT * FROM {t.nom}").cast(dict(t.colonnes)) for t in TABLES}  # noqa: S608


@pytest.fixture(scope="module")
def resultats(var: Path, rapport: dict[str, object]) -> pl.DataFrame:
    """The facts of the indicateurs whose order the caisses follow."""
    assert rapport["version"]
    codes = ", ".join(f"'{code}'" for code in DELAIS_RESULTATS.values())
    lecture = Lecture((var / "courante").resolve())
    return lecture.query(f"SELECT * FROM mart_valeur WHERE code_indicateur IN ({codes})")  # noqa: S608


def sum_lignes(lignes: pl.DataFrame) -> np.ndarray:
    return sum_comptes(lignes["comptes"], np.zeros(lignes.height, dtype=np.int64), 1)


def compute_moyenne(lignes: pl.DataFrame) -> float:
    return float(compute_moyennes(sum_lignes(lignes))[0])


def compute_d9(lignes: pl.DataFrame) -> float:
    return float(compute_quantiles(sum_lignes(lignes), (0.9,))[0, 0])


def test_toutes_les_marges_sauf_celle_que_le_document_contredit(tables: dict[str, pl.DataFrame]) -> None:
    ecarts = list(list_ecarts(tables))
    assert len(ecarts) > 60
    assert [e.objet for e in ecarts if not e.respecte] == ["délai tous canaux, mars 2017"]
    assert [e.objet for e in ecarts if e.connu] == ["délai tous canaux, mars 2017"]


def test_une_marge_manquee_se_voit(tables: dict[str, pl.DataFrame]) -> None:
    reseau = tables[DELAI_IJ_RESEAU.nom]
    decale = reseau.with_columns(
        comptes=pl.when(pl.col("mois") == JUIN_2022)
        .then(pl.concat_list(pl.lit([0], dtype=pl.List(pl.UInt32)), pl.col("comptes")).list.head(366))
        .otherwise(pl.col("comptes"))
    )
    rates = {e.objet for e in list_ecarts(tables | {DELAI_IJ_RESEAU.nom: decale}) if not e.respecte}
    assert {"règlement, juin 2022", "dérogatoires, 06/2022"} <= rates


def test_pic_de_juin_2022(tables: dict[str, pl.DataFrame]) -> None:
    # Document 003, l. 2414: 43,71 days, 37,8 without dérogatoires, 64,5 for them.
    juin = tables[DELAI_IJ_RESEAU.nom].filter(NON_SUBROGEES, pl.col("mois") == JUIN_2022)
    assert compute_moyenne(juin) == pytest.approx(43.71, abs=0.005)
    assert compute_moyenne(juin.filter(pl.col("risque") != "derogatoire")) == pytest.approx(37.8, abs=0.05)
    assert compute_moyenne(juin.filter(pl.col("risque") == "derogatoire")) == pytest.approx(64.5, abs=0.05)


def test_les_annees_se_suivent_sans_marche(tables: dict[str, pl.DataFrame]) -> None:
    """The yearly means of 2018-2021 differ by 1,2 days: no January carries the whole of it."""
    maladie = tables[DELAI_IJ_RESEAU.nom].filter(NON_SUBROGEES, pl.col("risque") == "maladie")
    mois = maladie.group_by("mois").agg(m=pl.col("somme_jours").sum() / pl.col("nombre").sum()).sort("mois")
    pas = dict(zip(mois["mois"], mois["m"].diff().abs(), strict=True))
    assert max(pas[dt.date(annee, 1, 1)] for annee in (2019, 2020, 2021)) < 0.6


def test_queue_de_distribution(tables: dict[str, pl.DataFrame]) -> None:
    # Document 003, l. 2422: D9 between 65 and 75 in 2021, above 95 in May 2022.
    reseau = tables[DELAI_IJ_RESEAU.nom].filter(NON_SUBROGEES)
    annee = [compute_d9(reseau.filter(pl.col("mois") == dt.date(2021, m, 1))) for m in range(1, 13)]
    assert all(65 <= d9 <= 75 for d9 in annee)
    assert compute_d9(reseau.filter(pl.col("mois") == dt.date(2022, 5, 1))) > 95


def test_caisses_a_l_automne_2021(tables: dict[str, pl.DataFrame]) -> None:
    # Document 003, l. 2418: 18 caisses just above 56,58 days, 75 above 68,15.
    automne = tables[DELAI_IJ.nom].filter(
        NON_SUBROGEES, pl.col("mois").is_between(dt.date(2021, 10, 1), dt.date(2021, 12, 1))
    )
    d9 = [
        compute_d9(lignes) for (code,), lignes in automne.group_by("code_organisme") if not str(code).startswith("97")
    ]
    assert len(d9) == 102
    assert sum(v > 68.15 for v in d9) == 75
    assert sorted(d9)[0] > 56.58
    assert sorted(d9)[17] < 60


def test_tables_conformes_et_dites_simulees(tables: dict[str, pl.DataFrame]) -> None:
    for table in TABLES:
        frame = check_frame(table, tables[table.nom])
        assert set(frame["nature"]) == {"simulee"}
    cube = tables[DELAI_IJ.nom]
    assert (cube["comptes"].list.sum() == cube["nombre"]).all()
    assert (cube["comptes"].list.last() > 0).all()
    assert cube["comptes"].list.len().max() <= 366  # type: ignore[operator]
    assert set(cube.filter(regime="TI")["subrogation"]) == {"non"}
    assert "976" not in cube["code_organisme"]


def test_les_totaux_sont_ceux_du_cube(tables: dict[str, pl.DataFrame]) -> None:
    cube, reseau, caisses = (tables[t.nom] for t in TABLES)
    cle = ["mois", "regime", "risque", "subrogation", "canal"]
    sommes = cube.group_by(cle).agg(pl.col("nombre", "somme_jours").sum()).sort(cle)
    assert sommes.equals(reseau.sort(cle).select(sommes.columns))
    choix = (pl.col("code_organisme") == "381") & (pl.col("mois") == JUIN_2022) & (pl.col("risque") == "maladie")
    ligne = caisses.filter(choix, regime="tous", subrogation="non").row(0, named=True)
    fichiers = cube.filter(choix, subrogation="non")
    assert set(fichiers["regime"]) == {"TI", "TS"}
    assert ligne["nombre"] == fichiers["nombre"].sum()
    assert ligne["moyenne"] == pytest.approx(compute_moyenne(fichiers))
    assert ligne["d9"] == compute_d9(fichiers)


def test_ensemble_plus_long_que_dsn_moins_que_papier(tables: dict[str, pl.DataFrame]) -> None:
    annee = tables[DELAI_IJ_RESEAU.nom].filter(pl.col("regime") == "TS", pl.col("mois").dt.year() == 2018)
    dsn, papier = (compute_moyenne(annee.filter(canal=c)) for c in ("dsn", "papier"))
    assert dsn < compute_moyenne(annee) < papier
    # Document 001, l. 6804-6864: 41,7 days on paper against 19,7 by DSN.
    assert papier / dsn == pytest.approx(41.7 / 19.7, abs=0.01)


@pytest.mark.parametrize("risque", ["maladie", "atmp"])
def test_une_caisse_lente_l_est_partout(tables: dict[str, pl.DataFrame], resultats: pl.DataFrame, risque: str) -> None:
    """The mean délai of 2023 in the results and in the cube rank the caisses alike."""
    annuels = resultats.filter(
        pl.col("periode_debut").dt.year() == 2023,
        code_indicateur=DELAIS_RESULTATS[risque],
        maille="organisme",
        mesure="resultat",
        granularite="annee",
    ).select(pl.col("code_entite").alias("code_organisme"), "valeur")
    cube = tables[DELAI_IJ.nom].filter(NON_SUBROGEES, pl.col("mois").dt.year() == 2023, risque=risque)
    moyens = cube.group_by("code_organisme").agg(moyenne=pl.col("somme_jours").sum() / pl.col("nombre").sum())
    joints = annuels.join(moyens, on="code_organisme")
    assert joints.height == 106
    assert joints.select(pl.corr("valeur", "moyenne", method="spearman")).item() > 0.9


def test_rangs_des_caisses() -> None:
    """Two caisses that swap during 2022, one without any result: it stands in the middle."""
    lignes = [
        {"code_entite": caisse, "periode_debut": mois, "valeur": valeur}
        for mois in MOIS
        if mois.year >= 2019
        for caisse, valeur in (("a", 20.0 if mois.year < 2022 else 40.0), ("b", 30.0))
    ]
    constantes = {"maille": "organisme", "mesure": "resultat", "segment": "ensemble", "granularite": "mois"}
    valeurs = pl.DataFrame(lignes).with_columns(
        code_indicateur=pl.lit(DELAIS_RESULTATS["maladie"]), **{c: pl.lit(v) for c, v in constantes.items()}
    )
    rangs = compute_rangs(valeurs, ["a", "b", "c"])["maladie"]
    assert rangs[:, MOIS.index(dt.date(2018, 3, 1))].tolist() == [0, 2, 1]
    assert rangs[:, MOIS.index(dt.date(2021, 11, 1))].tolist() == [0, 2, 1]
    assert rangs[:, MOIS.index(dt.date(2023, 3, 1))].tolist() == [2, 0, 1]
    assert compute_rangs(valeurs, ["a", "b", "c"])["atmp"][:, 0].tolist() == [0, 1, 2]  # no result at all


def test_deterministe(
    var: Path, publication: Lecture, tables: dict[str, pl.DataFrame], resultats: pl.DataFrame
) -> None:
    geo = str(publication.query("SELECT empreinte_geo FROM mart_publication").item())
    refait = simulate_cube(load_catalogue(), read_territoires(get_geo(var) / geo), resultats)
    assert refait.equals(tables[DELAI_IJ.nom])


def test_cache_relu_et_refait_s_il_est_abime(
    tmp_path: Path,
    var: Path,
    publication: Lecture,
    monkeypatch: pytest.MonkeyPatch,
    tables: dict[str, pl.DataFrame],
    resultats: pl.DataFrame,
) -> None:
    catalogue = load_catalogue()
    geo = str(publication.query("SELECT empreinte_geo FROM mart_publication").item())
    territoires = read_territoires(get_geo(var) / geo)
    appels: list[int] = []

    def simuler(*_: object) -> pl.DataFrame:
        appels.append(1)
        return tables[DELAI_IJ.nom].filter(pl.col("code_organisme") == "381")

    monkeypatch.setattr("etl.mart.delais_cube.simulate_cube", simuler)
    premieres = build_delais_cube(tmp_path, catalogue, territoires, resultats)
    relues = build_delais_cube(tmp_path, catalogue, territoires, resultats)
    assert len(appels) == 1
    assert all(premieres[nom].equals(relues[nom]) for nom in premieres)
    fichier = tmp_path / compute_empreinte(catalogue, territoires, resultats) / f"{DELAI_IJ.nom}.parquet"
    fichier.write_bytes(fichier.read_bytes()[:-10])
    build_delais_cube(tmp_path, catalogue, territoires, resultats)
    assert len(appels) == 2
    assert not list(tmp_path.glob(".*"))
    assert len(list_caisses_simulees(catalogue, territoires)) == 106


def test_empreinte_suit_la_population_et_l_ordre_des_caisses(resultats: pl.DataFrame) -> None:
    territoires = pl.DataFrame({"niveau": ["caisse"] * 2, "code": ["381", "751"], "population": [1000, 2000]})
    catalogue = load_catalogue()
    assert list_caisses_classees(catalogue, territoires) == ["381", "751"]
    reference = compute_empreinte(catalogue, territoires, resultats)
    assert compute_empreinte(catalogue, territoires, resultats) == reference
    assert compute_empreinte(catalogue, territoires.with_columns(population=3000), resultats) != reference
    inverses = resultats.with_columns(valeur=-pl.col("valeur"))
    assert compute_empreinte(catalogue, territoires, inverses) != reference


def test_totaux_d_un_seul_fichier() -> None:
    cube = pl.DataFrame(
        {
            "code_organisme": ["381"],
            "mois": [JUIN_2022],
            "regime": ["TS"],
            "risque": ["atmp"],
            "subrogation": ["oui"],
            "canal": ["papier"],
            "nombre": [1],
            "somme_jours": [7],
            "comptes": [[0] * 7 + [1]],
            "nature": ["publiee"],
        }
    ).cast(dict(DELAI_IJ.colonnes))
    totaux = build_totaux(cube)
    assert (
        totaux[DELAI_IJ_RESEAU.nom]
        .drop("comptes")
        .equals(cube.drop("code_organisme", "comptes").select(c for c in DELAI_IJ_RESEAU.colonnes if c != "comptes"))
    )
    caisses = totaux[DELAI_IJ_CAISSE.nom]
    assert set(caisses["d9"]) == {7.0}
    assert caisses.select("regime", "risque", "subrogation").unique().height == 8
    assert set(caisses["nature"]) == {"publiee"}
