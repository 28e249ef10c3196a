"""The figures asserted here were read in the documents, not in the database."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from data.magasin import Lecture
from data.requetes.delais_ij import INDICATEURS, list_cibles, list_delais, list_delais_sans_date

pytestmark = pytest.mark.usefixtures("publication")


def list_valeurs(code: str, segment: str = "ensemble", entite: str = "france") -> list[float | None]:
    frame = list_delais().filter(code_indicateur=code, segment=segment, code_entite=entite)
    return list(frame["valeur"])


def test_chaque_indicateur_a_des_faits() -> None:
    assert set(list_delais()["code_indicateur"]) == set(INDICATEURS)
    assert list_delais()["code_indicateur"].unique(maintain_order=True).to_list() == list(INDICATEURS)


@pytest.mark.parametrize(
    ("code", "segment", "entite", "attendu"),
    [
        ("delai_premiere_ij_non_subrogee_cog_2014_2017", "ensemble", "france", [33, 30.4, 28.9]),
        ("delai_premiere_ij_maladie", "ensemble", "france", [31.23, 28.86]),
        ("delai_reglement_ij", "ensemble", "france", [43.71]),
        ("delai_reglement_ij", "non_derogatoires", "france", [37.8]),
        ("delai_reglement_ij", "derogatoires", "france", [64.5]),
        ("delai_traitement_ij_derogatoires", "derogatoires", "france", [20, 38]),
        ("delai_ij_ti_maladie", "ensemble", "france", [23.31, 22.48, 21.86, 25.5, 18, 15]),
        ("delai_ij_ti_maternite", "ensemble", "france", [60, 40]),
        ("delai_ij_ti_caisse", "ensemble", "751", [11.3]),
        ("delai_ij_canal", "papier", "france", [41.7]),
        ("delai_ij_montant", "décile 09", "381", [26]),
    ],
)
def test_valeurs_imprimees(code: str, segment: str, entite: str, attendu: list[float]) -> None:
    assert list_valeurs(code, segment, entite) == attendu


def test_fourchettes_sans_valeur() -> None:
    fourchettes = list_delais().filter(pl.col("valeur").is_null())
    bornes = fourchettes.select("code_indicateur", "code_entite", "borne_basse", "borne_haute").rows()
    assert bornes == [
        ("delai_premiere_ij_non_subrogee_cog_2018_2022", "france", 30.04, 31.2),
        ("delai_paiement_ij_d9", "france", 65.0, 75.0),
        ("delai_paiement_ij_d9", "18_caisses_plus_performantes", 56.58, None),
        ("delai_paiement_ij_d9", "75_caisses", 68.15, None),
        ("delai_paiement_ij_d9", "france", 95.0, None),
        ("delai_paiement_ij_d1_d3", "france", None, 15.0),
    ]
    assert fourchettes["periode_debut"][0] == dt.date(2018, 1, 1)
    assert fourchettes["periode_fin"][0] == dt.date(2021, 12, 31)


def test_statistique_est_celle_de_la_definition() -> None:
    statistiques = dict(list_delais().select("code_indicateur", "statistique").iter_rows())
    assert statistiques["delai_ij_ti_maternite"] == "non_precisee"
    assert statistiques["delai_paiement_ij_d9"] == "d9"


def test_cibles_par_annee() -> None:
    cibles = list_cibles()
    assert cibles.filter(numero=2)["objectif"].to_list() == [28, 26, 24, 22, 20]
    assert cibles.filter(numero=3)["objectif"].to_list() == [38, 35, 32, 29, 25]
    ancienne = cibles.filter(pl.col("numero").is_null())
    assert ancienne.select("annee", "objectif", "source").rows() == [(2016, 30.0, "001")]


def test_sans_date_listes_tels_qu_imprimes(publication: Lecture) -> None:
    sans_date = list_delais_sans_date()
    assert sans_date["valeur"].to_list() == ["34.45", "à peine > moyenne", "28.63", "<20"]
    valeurs = publication.query(
        "SELECT count(*) FROM mart_valeur WHERE nature = 'publiee' AND valeur IN (34.45, 28.63)"
    ).item()
    assert valeurs == 0
