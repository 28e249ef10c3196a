"""Individual files of IJ: the streaming pass gives what a slow and naive count gives, and refuses nothing silently."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from data.schemas import DELAI_IJ, check_frame
from etl.sources.evenements_ij import REGLES, EvenementsIllisiblesError, list_combinaisons, load_evenements
from tools.evenements_ij import write_evenements

DU, AU = dt.date(2018, 1, 1), dt.date(2023, 12, 1)
LIGNE = {
    "code_organisme": "381",
    "date_paiement": dt.date(2022, 6, 14),
    "regime": "TS",
    "risque": "maladie",
    "subrogation": "non",
    "canal": "dsn",
    "delai": 30,
}
CLE = ["code_organisme", "mois", "regime", "risque", "subrogation", "canal"]


def write(dossier: Path, *lignes: dict[str, object], nom: str = "lot.parquet") -> Path:
    chemin = dossier / nom
    schema = dict.fromkeys(LIGNE, pl.String) | {"date_paiement": pl.Date, "delai": pl.Int32}
    pl.DataFrame([LIGNE | ligne for ligne in lignes], schema=schema).write_parquet(chemin)
    return chemin


def count_lentement(evenements: pl.DataFrame, codes: list[str]) -> tuple[pl.DataFrame, int]:
    """Oracle: filter, group, count, in Polars."""
    combinaisons = pl.DataFrame(list_combinaisons(), schema=CLE[2:], orient="row")
    bonnes = evenements.filter(
        pl.col("code_organisme").is_in(codes),
        pl.col("date_paiement").is_between(DU, dt.date(2023, 12, 31)),
        pl.col("delai").is_between(0, 365),
    ).join(combinaisons, on=CLE[2:], how="semi")
    comptes = (
        bonnes.with_columns(mois=pl.col("date_paiement").dt.truncate("1mo"))
        .group_by(CLE)
        .agg(
            nombre=pl.len().cast(pl.Int64),
            somme_jours=pl.col("delai").sum().cast(pl.Int64),
            jours=pl.col("delai").sort(),
        )
        .sort(CLE)
    )
    return comptes, bonnes.height


def test_deux_cent_mille_lignes_contre_un_comptage_naif(tmp_path: Path) -> None:
    chemins = write_evenements(tmp_path, 200_000, par_fichier=80_000)
    assert len(chemins) == 3
    evenements = pl.concat(pl.read_parquet(c) for c in chemins).with_columns(pl.col(pl.Categorical).cast(pl.String))
    codes = sorted(set(evenements["code_organisme"]) - {"999"})
    attendus, gardees = count_lentement(evenements, codes)
    lu = load_evenements(chemins, codes, DU, AU)
    check_frame(DELAI_IJ, lu.cube)
    assert lu.lues == evenements.height == 200_000
    assert lu.gardees == gardees == lu.cube["nombre"].sum()
    assert lu.lues == lu.gardees + sum(lu.rejets.values())
    assert set(lu.rejets) == {
        "caisse_inconnue",
        "mois_anterieur",
        "regime_inconnu",
        "risque_inconnu",
        "delai_negatif",
        "delai_excessif",
    }
    cube = lu.cube.sort(CLE)
    assert cube.select(*CLE, "nombre", "somme_jours").equals(attendus.select(*CLE, "nombre", "somme_jours"))
    jours = [np.repeat(np.arange(len(c)), c).tolist() for c in cube["comptes"].to_list()]
    assert jours == attendus["jours"].to_list()
    assert set(lu.cube["nature"]) == {"publiee"}


@pytest.mark.parametrize(
    ("faute", "regle"),
    [
        ({"code_organisme": "81"}, "caisse_inconnue"),
        ({"code_organisme": None}, "caisse_inconnue"),
        ({"date_paiement": None}, "date_manquante"),
        ({"date_paiement": dt.date(2017, 12, 31)}, "mois_anterieur"),
        ({"date_paiement": dt.date(2024, 1, 1)}, "mois_futur"),
        ({"regime": "ts"}, "regime_inconnu"),
        ({"risque": "paternite"}, "risque_inconnu"),
        ({"subrogation": "O"}, "subrogation_inconnue"),
        ({"canal": "fax"}, "canal_inconnu"),
        ({"canal": "sans_objet"}, "combinaison_impossible"),
        ({"regime": "TI", "canal": "sans_objet", "risque": "atmp"}, "combinaison_impossible"),
        ({"regime": "TI", "canal": "sans_objet", "subrogation": "oui"}, "combinaison_impossible"),
        ({"delai": None}, "delai_manquant"),
        ({"delai": -1}, "delai_negatif"),
        ({"delai": 366}, "delai_excessif"),
    ],
)
def test_chaque_faute_est_comptee_sous_sa_regle(tmp_path: Path, faute: dict[str, object], regle: str) -> None:
    lu = load_evenements([write(tmp_path, faute, {}, faute)], ["381", "011"], DU, AU)
    assert lu.rejets == {regle: 2}
    assert (lu.lues, lu.gardees) == (3, 1)
    assert regle in REGLES


def test_bornes_admises(tmp_path: Path) -> None:
    lignes = [
        {"delai": 0, "date_paiement": DU},
        {"delai": 365, "date_paiement": dt.date(2023, 12, 31)},
        {"regime": "TI", "canal": "sans_objet", "risque": "derogatoire"},
    ]
    lu = load_evenements([write(tmp_path, *lignes)], ["381"], DU, AU)
    assert lu.rejets == {}
    assert lu.cube["comptes"].list.len().to_list() == [1, 31, 366]


def test_chaque_combinaison_admise_revient_telle_quelle(tmp_path: Path) -> None:
    combinaisons = list_combinaisons()
    assert combinaisons == sorted(combinaisons)
    assert len(combinaisons) == 27
    lignes = [
        dict(zip(CLE[2:], c, strict=True)) | {"delai": rang, "code_organisme": code}
        for rang, c in enumerate(combinaisons)
        for code in ("381", "011")
    ]
    lu = load_evenements([write(tmp_path, *lignes)], ["381", "011"], DU, AU)
    assert lu.rejets == {}
    assert lu.cube.select(CLE).rows() == [
        (code, dt.date(2022, 6, 1), *c) for code in ("011", "381") for c in combinaisons
    ]
    assert lu.cube["somme_jours"].to_list() == [*range(27), *range(27)]


def test_fautes_seules(tmp_path: Path) -> None:
    lu = load_evenements([write(tmp_path, {"delai": -1})], ["381"], DU, AU)
    assert lu.cube.is_empty()
    check_frame(DELAI_IJ, lu.cube)
    assert (lu.lues, lu.gardees, lu.rejets) == (1, 0, {"delai_negatif": 1})


def test_fichiers_illisibles(tmp_path: Path) -> None:
    with pytest.raises(EvenementsIllisiblesError, match="au moins un fichier"):
        load_evenements([], ["381"], DU, AU)
    with pytest.raises(EvenementsIllisiblesError, match=r"absent\.parquet : le fichier n'existe pas"):
        load_evenements([tmp_path / "absent.parquet"], ["381"], DU, AU)
    tronque = write(tmp_path, {})
    tronque.write_bytes(tronque.read_bytes()[:100])
    with pytest.raises(EvenementsIllisiblesError, match=r"lot\.parquet : ce n'est pas un fichier Parquet"):
        load_evenements([tronque], ["381"], DU, AU)
    sans = tmp_path / "sans.parquet"
    pl.DataFrame([LIGNE]).drop("canal").write_parquet(sans)
    with pytest.raises(EvenementsIllisiblesError, match="la colonne « canal » manque"):
        load_evenements([sans], ["381"], DU, AU)
    texte = tmp_path / "texte.parquet"
    pl.DataFrame([LIGNE | {"delai": "30"}]).write_parquet(texte)
    with pytest.raises(EvenementsIllisiblesError, match="un nombre entier de jours est attendu, pas VARCHAR"):
        load_evenements([texte], ["381"], DU, AU)
    with pytest.raises(ValueError, match="à l'envers"):
        load_evenements([write(tmp_path, {})], ["381"], AU, DU)


def test_le_generateur_est_deterministe(tmp_path: Path) -> None:
    premier, second = (write_evenements(tmp_path / nom, 3000, par_fichier=2000) for nom in ("a", "b"))
    assert [p.read_bytes() for p in premier] == [p.read_bytes() for p in second]
    assert sum(pl.read_parquet(p).height for p in premier) == 3000


@pytest.mark.parametrize(
    ("genre", "delais"), [(pl.Int8, [-5, 100]), (pl.Int64, [-(2**62), 2**62]), (pl.UInt64, [2**63])]
)
def test_tout_type_d_entier_est_lu(tmp_path: Path, genre: type[pl.DataType], delais: list[int]) -> None:
    chemin = tmp_path / "types.parquet"
    lignes = pl.DataFrame([LIGNE | {"delai": 0}] * (len(delais) + 1))
    lignes.with_columns(delai=pl.Series([*delais, 7], dtype=genre)).write_parquet(chemin)
    lu = load_evenements([chemin], ["381"], DU, AU)
    attendus = {r for d in delais for r in (["delai_negatif"] if d < 0 else ["delai_excessif"] if d > 365 else [])}
    assert set(lu.rejets) == attendus
    assert lu.gardees == 1 + sum(0 <= d <= 365 for d in delais)


@pytest.mark.parametrize("genre", [pl.Decimal(10, 0), pl.Float64])
def test_un_delai_qui_n_est_pas_entier_est_refuse(tmp_path: Path, genre: pl.DataType) -> None:
    chemin = tmp_path / "types.parquet"
    pl.DataFrame([LIGNE]).with_columns(pl.col("delai").cast(genre)).write_parquet(chemin)
    with pytest.raises(EvenementsIllisiblesError, match="un nombre entier de jours est attendu"):
        load_evenements([chemin], ["381"], DU, AU)


def test_un_horodatage_avec_fuseau_est_refuse(tmp_path: Path) -> None:
    """The month would depend on the zone of the reader."""
    chemin = tmp_path / "fuseau.parquet"
    instant = dt.datetime(2022, 6, 30, 23, tzinfo=dt.UTC)
    pl.DataFrame([LIGNE]).with_columns(date_paiement=pl.lit(instant)).write_parquet(chemin)
    with pytest.raises(EvenementsIllisiblesError, match="sans fuseau"):
        load_evenements([chemin], ["381"], DU, AU)
