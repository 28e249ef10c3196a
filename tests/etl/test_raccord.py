"""Months that meet their years without a step: the published example, and the properties of the method."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.simulation.raccord import fit_annees, fit_annees_proportionnel

# Quarterly National Accounts Manual of the IMF (Bloem, Dippelsman and Mæhle 2001), chapter VI, example 6.2.
INDICATEUR = np.array([[98.2, 100.8, 102.2, 100.8, 99.0, 101.6, 102.7, 101.5]])
ANNUELS = np.array([[4000.0, 4161.4]])
RAPPORTS_PUBLIES = [9.876, 9.905, 9.964, 10.054, 10.174, 10.264, 10.325, 10.355]
TRIMESTRES_PUBLIES = [969.8, 998.4, 1018.3, 1013.4, 1007.2, 1042.9, 1060.3, 1051.0]


def compute_moyennes(periodes: np.ndarray, poids: np.ndarray, annees: int) -> np.ndarray:
    blocs, charges = (m.reshape(len(m), annees, -1) for m in (periodes, poids))
    return np.asarray((blocs * charges).sum(axis=2) / charges.sum(axis=2))


def test_l_exemple_publie() -> None:
    trimestres = fit_annees_proportionnel(INDICATEUR, ANNUELS)
    assert trimestres[0] == pytest.approx(TRIMESTRES_PUBLIES, abs=0.06)
    assert (trimestres / INDICATEUR)[0] == pytest.approx(RAPPORTS_PUBLIES, abs=0.0006)
    assert trimestres.reshape(2, 4).sum(axis=1) == pytest.approx(ANNUELS[0])


def test_mouvement_minimal() -> None:
    """No other path on the same years moves less: any change that keeps them moves more."""
    rng = np.random.default_rng(1)
    annees, poids, plat = rng.normal(50, 10, (1, 5)), rng.uniform(1, 3, (1, 60)), np.zeros((1, 60))
    chemin = fit_annees(plat, poids, annees)
    assert compute_moyennes(chemin, poids, 5) == pytest.approx(annees)
    mouvement = float(np.square(np.diff(chemin)).sum())
    for _ in range(20):
        autre = fit_annees(chemin + rng.normal(0, 0.5, (1, 60)), poids, annees)
        assert compute_moyennes(autre, poids, 5) == pytest.approx(annees)
        assert float(np.square(np.diff(autre)).sum()) >= mouvement - 1e-6


def test_la_marche_disparait() -> None:
    """Two flat years ten points apart: the largest step falls from ten points to less than two."""
    chemin = fit_annees(np.zeros((1, 24)), np.ones((1, 24)), np.array([[50.0, 60.0]]))
    assert np.abs(np.diff(chemin)).max() < 2
    assert (np.diff(chemin) > 0).all()


@settings(max_examples=50)
@given(st.lists(st.floats(0, 100), min_size=1, max_size=5), st.integers(0, 1000), st.floats(0, 20))
def test_chaque_annee_tient_dans_ses_bornes(annuelles: list[float], graine: int, bruit: float) -> None:
    rng = np.random.default_rng(graine)
    annees = np.array([annuelles])
    poids = rng.uniform(0.2, 5, (1, 12 * len(annuelles)))
    provisoire = rng.normal(0, bruit, poids.shape)
    libres = fit_annees(provisoire, poids, annees)
    assert compute_moyennes(libres, poids, len(annuelles)) == pytest.approx(annees, abs=1e-6)
    bornes = fit_annees(provisoire, poids, annees, 0.0, 100.0)
    assert bornes.min() >= 0
    assert bornes.max() <= 100
    assert compute_moyennes(bornes, poids, len(annuelles)) == pytest.approx(annees, abs=1e-6)


@settings(max_examples=50)
@given(st.lists(st.integers(0, 100_000), min_size=1, max_size=5), st.integers(0, 1000))
def test_les_totaux_sont_tenus_et_rien_n_est_negatif(annuels: list[int], graine: int) -> None:
    rng = np.random.default_rng(graine)
    totaux = np.array([annuels], dtype=np.float64)
    periodes = fit_annees_proportionnel(rng.uniform(0.3, 2, (1, 12 * len(annuels))), totaux, plancher=0.2)
    assert periodes.min() >= 0
    assert periodes.reshape(len(annuels), 12).sum(axis=1) == pytest.approx(totaux[0], rel=1e-9, abs=1e-9)


def test_un_indicateur_deja_juste_ne_bouge_pas() -> None:
    mois = np.random.default_rng(2).uniform(10, 20, (3, 36))
    totaux = mois.reshape(3, 3, 12).sum(axis=2)
    assert fit_annees_proportionnel(mois, totaux) == pytest.approx(mois, rel=1e-5)


def test_une_annee_sans_poids_compte_ses_mois_a_egalite() -> None:
    poids = np.ones((1, 24))
    poids[0, 12:] = 0
    chemin = fit_annees(np.zeros((1, 24)), poids, np.array([[10.0, 20.0]]))
    assert chemin.reshape(2, 12).mean(axis=1) == pytest.approx([10, 20])
