from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import pearsonr

from data.calculs.correlation import compute_correlation

NOMBRES = st.lists(st.tuples(st.integers(-50, 50), st.integers(-50, 50)), min_size=5, max_size=25)


def test_exemple_de_la_documentation_de_scipy() -> None:
    """scipy.stats.pearsonr, examples: r = -0.828503883588428 for these two series."""
    correlation = compute_correlation([1, 2, 3, 4, 5, 6, 7], [10, 9, 2.5, 6, 4, 3, 2])
    assert correlation is not None
    assert correlation.r == pytest.approx(-0.828503883588428)
    assert correlation.demontree


def test_intervalle_de_fisher_connu() -> None:
    """r = 0.5 with n = 103: atanh 0.5 ± 1.959964 / 10, that is 0.339 to 0.632 (tables of Fisher's z)."""
    x = np.repeat([-1.0, 1.0], [51, 52])
    y = 0.5 * (x - x.mean())
    reste = np.tile([1.0, -1.0], 52)[:103]
    reste = reste - reste.mean() - (x - x.mean()) * ((x - x.mean()) @ reste) / ((x - x.mean()) @ (x - x.mean()))
    y = y + reste * math.sqrt(0.75 * ((x - x.mean()) @ (x - x.mean())) / (reste @ reste))
    correlation = compute_correlation(x.tolist(), y.tolist())
    assert correlation is not None
    assert correlation.r == pytest.approx(0.5)
    assert (correlation.bas, correlation.haut) == pytest.approx((0.339, 0.632), abs=6e-4)


@settings(max_examples=40, deadline=None)
@given(NOMBRES)
def test_meme_intervalle_que_scipy_et_sans_ordre(couples: list[tuple[int, int]]) -> None:
    x, y = ([float(c[i]) for c in couples] for i in (0, 1))
    correlation = compute_correlation(x, y)
    if len(set(x)) < 2 or len(set(y)) < 2:
        assert correlation is None
        return
    assert correlation is not None
    assert compute_correlation(x[::-1], y[::-1]) == correlation
    echange = compute_correlation(y, x)
    assert echange is not None
    assert echange.r == pytest.approx(correlation.r)
    if abs(correlation.r) < 0.999:
        attendu = pearsonr(x, y)
        assert correlation.r == pytest.approx(attendu.statistic)
        assert (correlation.bas, correlation.haut) == pytest.approx(tuple(attendu.confidence_interval()), abs=1e-9)


def test_zero_compte_et_trou_ne_compte_pas() -> None:
    avec = compute_correlation([0.0, 1.0, 2.0, 3.0, None], [0.0, 2.0, 1.0, 4.0, 9.0])
    assert avec is not None
    assert avec.effectif == 4
    assert avec == compute_correlation([0.0, 1.0, 2.0, 3.0], [0.0, 2.0, 1.0, 4.0])


def test_droite_exacte() -> None:
    correlation = compute_correlation([1, 2, 3, 4], [3, 5, 7, 9])
    assert correlation is not None
    assert (correlation.pente, correlation.ordonnee, correlation.r) == pytest.approx((2, 1, 1))


def test_refus() -> None:
    assert compute_correlation([1, 2, 3], [1, 2, 3]) is None
    with pytest.raises(ValueError, match="3 abscisses pour 2 ordonnées"):
        compute_correlation([1, 2, 3], [1, 2])
