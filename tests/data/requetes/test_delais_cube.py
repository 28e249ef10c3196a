"""Requests on the counts of délais: exact for any group, and the same answer by every road."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest

from data.calculs.delais import compute_quantiles
from data.requetes.delais_cube import (
    FiltreIJ,
    fetch_histogramme,
    list_caisses,
    list_mois,
    list_serie_caisse,
    list_serie_groupe,
    list_serie_reseau,
)

pytestmark = pytest.mark.usefixtures("publication")
JUIN = dt.date(2022, 6, 1)
TOUTES_TS = FiltreIJ("TS", "tous", "non")


def compute_d9(histogramme: pl.DataFrame) -> float:
    return float(compute_quantiles(histogramme["nombre"].to_numpy()[None, :].astype(np.int64), (0.9,))[0, 0])


def test_caisses_de_metropole_et_cgss() -> None:
    assert list_caisses()["type_organisme"].value_counts().sort("type_organisme").rows() == [
        ("CCSS", 2),
        ("CGSS", 4),
        ("CPAM", 100),
    ]


def test_serie_du_reseau_au_pic() -> None:
    serie = list_serie_reseau(TOUTES_TS)
    assert (
        serie["mois"].to_list() == pl.date_range(dt.date(2018, 1, 1), dt.date(2023, 12, 1), "1mo", eager=True).to_list()
    )
    # Document 003, l. 2414.
    assert serie.filter(mois=JUIN)["moyenne"].item() == pytest.approx(43.71, abs=0.005)
    assert serie.sort("moyenne")["mois"][-1] == JUIN
    assert (serie["d1"] < serie["d5"]).all()
    assert set(serie["nature"]) == {"simulee"}


def test_la_serie_du_reseau_est_celle_du_groupe_de_toutes_les_caisses() -> None:
    filtre = FiltreIJ("TS", "atmp", "oui", "papier")
    groupe = list_serie_groupe(tuple(list_caisses()["code_organisme"]), filtre)
    assert groupe.drop("reelle").equals(list_serie_reseau(filtre))
    assert not groupe["reelle"].any()


def test_les_mois_ont_tous_un_reseau() -> None:
    mois = list_mois()
    assert mois["mois"].to_list() == list_serie_reseau(TOUTES_TS)["mois"].to_list()
    assert mois["reseau"].all()


def test_serie_d_une_caisse_par_deux_routes() -> None:
    caisse = list_serie_caisse("381", FiltreIJ(), "d9")
    groupe = list_serie_groupe(("381",), FiltreIJ())
    assert caisse["valeur"].to_list() == groupe["d9"].to_list()
    assert caisse["nombre"].to_list() == groupe["nombre"].to_list()
    assert (caisse["effectif"] == 102).all()
    assert (caisse["p10"] < caisse["mediane"]).all()
    assert (caisse["mediane"] < caisse["p90"]).all()


def test_bande_sans_caisse_choisie() -> None:
    serie = list_serie_caisse("", FiltreIJ(), "moyenne")
    assert serie.height == 72
    assert serie["valeur"].null_count() == 72


def test_derogatoires_seulement_pendant_la_crise() -> None:
    serie = list_serie_reseau(FiltreIJ("TS", "derogatoire", "non"))
    assert serie["mois"].min() == dt.date(2020, 3, 1)
    assert list_serie_caisse("381", FiltreIJ("TI", "atmp", "non")).is_empty()


def test_histogramme_du_reseau_et_d_une_caisse() -> None:
    reseau = fetch_histogramme(TOUTES_TS, JUIN, JUIN)
    serie = list_serie_reseau(TOUTES_TS).filter(mois=JUIN).row(0, named=True)
    assert reseau["nombre"].sum() == serie["nombre"]
    assert compute_d9(reseau) == serie["d9"]
    une = fetch_histogramme(TOUTES_TS, JUIN, JUIN, ("381",))
    autre = fetch_histogramme(TOUTES_TS, JUIN, JUIN, ("011",))
    deux = fetch_histogramme(TOUTES_TS, JUIN, JUIN, ("381", "011"))
    assert deux["nombre"].sum() == une["nombre"].sum() + autre["nombre"].sum()
    assert une["jour"].to_list() == list(range(une.height))
    assert une["nombre"][-1] > 0


def test_le_d9_de_deux_caisses_n_est_pas_la_moyenne_des_leurs() -> None:
    d9 = [compute_d9(fetch_histogramme(TOUTES_TS, JUIN, JUIN, codes)) for codes in (("751",), ("481",), ("751", "481"))]
    assert min(d9[:2]) <= d9[2] <= max(d9[:2])
    assert d9[2] != (d9[0] + d9[1]) / 2


def test_histogramme_vide() -> None:
    vide = fetch_histogramme(FiltreIJ("TI", "atmp", "oui"), JUIN, JUIN)
    assert vide.is_empty()
    assert vide.columns == ["jour", "nombre"]


def test_canal_refuse_face_aux_autres_caisses() -> None:
    with pytest.raises(ValueError, match="tous canaux ensemble"):
        list_serie_caisse("381", FiltreIJ(canal="dsn"))
