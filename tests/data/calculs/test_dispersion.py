"""Dispersion: figures by hand, population or sample, order and units, a bootstrap that covers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.calculs import compute_dispersion
from data.calculs.dispersion import compute_cv, compute_extremes

VALEURS = st.lists(st.integers(1, 500).map(float), min_size=2, max_size=40)


def test_cv_a_la_main() -> None:
    """2, 4, 4, 4, 5, 5, 7, 9: mean 5, standard deviation of the population 2, of a sample 2.138."""
    valeurs = [2.0, 4, 4, 4, 5, 5, 7, 9]
    assert compute_cv(valeurs) == pytest.approx(0.4)
    assert compute_cv(valeurs, echantillon=True) == pytest.approx(math.sqrt(32 / 7) / 5)
    dispersion = compute_dispersion(valeurs)
    assert (dispersion.moyenne, dispersion.ecart_type, dispersion.rapport_max_min) == (5, 2, 4.5)
    assert not dispersion.echantillon


def test_cv_moyenne_nulle() -> None:
    assert compute_cv([-1.0, 1.0]) is None
    assert compute_cv([0.0, 0.0]) is None


def test_zero_compte_et_trou_non() -> None:
    assert compute_cv([0.0, 2.0]) == 1
    assert compute_cv([None, 2.0, 2.0, math.nan]) == 0
    assert compute_dispersion([0.0, 2.0]).rapport_max_min is None


def test_extremes_comme_l_igas() -> None:
    """Document 003, l. 3216: the ten least productive are 26 % under the ten most productive."""
    extremes = compute_extremes([74.0] * 10 + [90.0] * 20 + [100.0] * 10)
    assert extremes.ecart_relatif == pytest.approx(-0.26)
    assert (extremes.moyenne_basse, extremes.moyenne_haute, extremes.ecart) == (74, 100, -26)


def test_extremes_sans_membre_commun() -> None:
    with pytest.raises(ValueError, match="20 valeur"):
        compute_extremes([1.0] * 19)
    assert compute_dispersion([1.0] * 19 + [2.0] * 0).extremes is None


@settings(max_examples=40, deadline=None)
@given(VALEURS)
def test_ordre_unite_et_intervalle(valeurs: list[float]) -> None:
    d = compute_dispersion(valeurs, tirages=200)
    assert compute_dispersion(valeurs[::-1], tirages=200) == d
    assert d.ecart_p90_p10 == pytest.approx(np.quantile(valeurs, 0.9) - np.quantile(valeurs, 0.1), abs=1e-6)
    assert 0 <= d.ecart_bas <= d.ecart_haut <= max(valeurs) - min(valeurs) + 1e-9
    double = compute_dispersion([2 * v for v in valeurs], tirages=200)
    assert double.cv == pytest.approx(d.cv)
    assert double.ecart_haut == pytest.approx(2 * d.ecart_haut)
    assert double.rapport_max_min == d.rapport_max_min


def test_intervalle_couvre_le_vrai_ecart() -> None:
    """P90 − P10 of a normal law is 2 × 1.2816 σ: the 95 % interval of 165 draws holds it about 95 times of 100."""
    vrai = 2 * 1.2815515655446004
    rng = np.random.default_rng(4)
    dedans = 0
    for _ in range(100):
        d = compute_dispersion(rng.normal(0, 1, 165).tolist(), tirages=300)
        dedans += d.ecart_bas <= vrai <= d.ecart_haut
    assert dedans >= 88


def test_refus() -> None:
    with pytest.raises(ValueError, match="2 valeur"):
        compute_dispersion([1.0])
    with pytest.raises(ValueError, match="niveau de confiance"):
        compute_dispersion([1.0, 2.0], niveau=95)
    with pytest.raises(ValueError, match="tirages"):
        compute_dispersion([1.0, 2.0], tirages=0)
