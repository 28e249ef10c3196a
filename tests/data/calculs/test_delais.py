"""Histograms of délais: what is computed from counts is what would be computed from the files one by one."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.calculs.delais import (
    JOURS_MAX,
    build_listes,
    build_repartition,
    compute_moyennes,
    compute_quantiles,
    sum_comptes,
)
from data.calculs.position import compute_quantile

FICHIERS = st.lists(st.integers(0, JOURS_MAX), min_size=1, max_size=40)
PARTS = st.sampled_from([0.0, 0.1, 0.25, 0.3, 0.5, 0.7, 0.9, 0.99, 1.0])


def count(*fichiers: list[int]) -> np.ndarray:
    return np.array([np.bincount(f, minlength=JOURS_MAX + 1) for f in fichiers])


@given(st.lists(FICHIERS, min_size=1, max_size=5), PARTS)
@settings(max_examples=60, deadline=None)
def test_quantiles_et_moyennes_sont_ceux_des_fichiers(groupes: list[list[int]], part: float) -> None:
    comptes = count(*groupes)
    quantiles = compute_quantiles(comptes, (part,))[:, 0]
    assert quantiles.tolist() == pytest.approx([compute_quantile([float(j) for j in g], part) for g in groupes])
    assert compute_moyennes(comptes).tolist() == pytest.approx([np.mean(g) for g in groupes])


@given(st.lists(st.tuples(FICHIERS, st.integers(0, 2)), min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_sommer_des_groupes_puis_compter_revient_a_compter_tout(lignes: list[tuple[list[int], int]]) -> None:
    listes = build_listes(count(*(f for f, _ in lignes)))
    sommes = sum_comptes(listes, np.array([g for _, g in lignes]), 3)
    for groupe in range(3):
        tous = [jour for fichiers, g in lignes for jour in fichiers if g == groupe]
        assert sommes[groupe].tolist() == np.bincount(tous, minlength=JOURS_MAX + 1).tolist()


def test_le_d9_d_un_groupe_n_est_pas_la_moyenne_des_d9() -> None:
    rapide, lente = [5] * 90 + [20] * 10, [30] * 50 + [200] * 50
    comptes = count(rapide, lente)
    d9 = compute_quantiles(comptes, (0.9,))[:, 0]
    ensemble = compute_quantiles(comptes.sum(axis=0, keepdims=True), (0.9,))[0, 0]
    assert d9.tolist() == [pytest.approx(6.5), 200.0]
    assert ensemble == 200.0
    assert ensemble != d9.mean()


def test_histogramme_vide() -> None:
    vide = np.zeros((1, JOURS_MAX + 1), dtype=np.int64)
    assert np.isnan(compute_moyennes(vide)).all()
    assert np.isnan(compute_quantiles(vide, (0.5,))).all()
    assert build_listes(vide).to_list() == [[]]
    assert sum_comptes(pl.Series("comptes", [[]], dtype=pl.List(pl.UInt32)), np.array([0]), 1).sum() == 0


def test_listes_s_arretent_au_dernier_jour() -> None:
    assert build_listes(count([0, 2, 2], [1])).to_list() == [[1, 0, 2], [0, 1]]


def test_refus() -> None:
    with pytest.raises(ValueError, match="entre 0 et 1"):
        compute_quantiles(count([1]), (1.2,))
    with pytest.raises(ValueError, match="366 au plus"):
        sum_comptes(pl.Series("comptes", [[1] * 400]), np.array([0]), 1)


@given(st.lists(st.integers(0, 200), min_size=1, max_size=60), st.integers(0, 200))
@settings(max_examples=60, deadline=None)
def test_la_repartition_compte_les_fichiers_un_par_un(delais: list[int], seuil: int) -> None:
    repartition = build_repartition(count(delais)[0].tolist())
    assert repartition is not None
    assert repartition.nombre == len(delais)
    assert repartition.count_au_dela(seuil) == sum(jour > seuil for jour in delais)
    assert repartition.mediane == pytest.approx(compute_quantile(delais, 0.5))
    assert repartition.d9 == pytest.approx(compute_quantile(delais, 0.9))
    bornes = [5, 10, 60]
    attendus = [
        sum(bas < jour <= haut for jour in delais) for bas, haut in zip([-1, *bornes], [*bornes, 999], strict=True)
    ]
    assert repartition.list_classes(bornes) == attendus


def test_sans_fichier_pas_de_repartition() -> None:
    assert build_repartition([]) is None
    assert build_repartition([0, 0]) is None
