"""Intervals: published values, brute-force oracles, and what holds for any figure."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.calculs import (
    byar,
    intervalle_effectif,
    intervalle_moyenne,
    intervalle_quantile,
    poisson_exact,
    wilson,
)

NIVEAUX = st.sampled_from([0.9, 0.95, 0.998])


@pytest.mark.parametrize(
    ("x", "n", "bas", "haut"),
    [
        # Newcombe, Statistics in Medicine 17, 1998, table I, method 3 (score without continuity correction).
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_publie(x: float, n: float, bas: float, haut: float) -> None:
    assert wilson(x, n) == (pytest.approx(bas, abs=5e-5), pytest.approx(haut, abs=5e-5))


@given(st.integers(1, 500), st.data(), NIVEAUX)
def test_wilson_inverse_le_test_du_score(n: int, data: st.DataObject, niveau: float) -> None:
    """Each bound p0 is where |x/n − p0| is exactly z standard errors of p0."""
    x = data.draw(st.integers(0, n))
    z = {0.9: 1.6448536269514722, 0.95: 1.959963984540054, 0.998: 3.090232306167813}[niveau]
    bas, haut = wilson(x, n, niveau)
    assert 0 <= bas <= x / n <= haut <= 1
    for borne in (bas, haut):
        if 0 < borne < 1:
            assert abs(x / n - borne) == pytest.approx(z * math.sqrt(borne * (1 - borne) / n), rel=1e-6, abs=1e-9)
    autre_bas, autre_haut = wilson(n - x, n, niveau)
    assert (1 - autre_haut, 1 - autre_bas) == (pytest.approx(bas, abs=1e-12), pytest.approx(haut, abs=1e-12))


def test_wilson_zero_est_une_valeur() -> None:
    assert wilson(0, 50)[0] == 0
    assert wilson(50, 50)[1] == 1
    assert wilson(0, 50)[1] < wilson(1, 50)[1]


@pytest.mark.parametrize(
    ("x", "n", "message"),
    [
        (1, 0, "sans dénominateur"),
        (1, None, "dénominateur : un nombre fini"),
        (None, 10, "numérateur : un nombre fini"),
        (math.nan, 10, "numérateur"),
        (11, 10, "supérieur à 10"),
        (-1, 10, "inférieur à 0"),
        ("1", 10, "un nombre fini est attendu"),
    ],
)
def test_wilson_refuse(x: float, n: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        wilson(x, n)


@pytest.mark.parametrize("niveau", [0, 1, 95, -0.5, math.nan])
def test_niveau_refuse(niveau: float) -> None:
    with pytest.raises(ValueError, match="niveau de confiance"):
        wilson(1, 10, niveau)


@pytest.mark.parametrize(
    ("x", "bas", "haut"),
    [
        # Garwood, Biometrika 28, 1936, as tabulated by Breslow and Day, 1987, table 2.10 (limits of a Poisson count).
        (0, 0.0, 3.689),
        (1, 0.025, 5.572),
        (2, 0.242, 7.225),
        (5, 1.623, 11.668),
        (10, 4.795, 18.390),
    ],
)
def test_poisson_exact_publie(x: float, bas: float, haut: float) -> None:
    assert poisson_exact(x) == (pytest.approx(bas, abs=1e-3), pytest.approx(haut, abs=1e-3))


def test_poisson_exact_des_ruades() -> None:
    """Bortkiewicz's horse kicks, 196 deaths over 280 corps-years: documentation of DescTools::PoissonCI, exact."""
    bas, haut = poisson_exact(196)
    assert (bas / 280, haut / 280) == (pytest.approx(0.6054271, abs=5e-8), pytest.approx(0.8051570, abs=5e-8))


@settings(max_examples=40)
@given(st.integers(0, 60), NIVEAUX)
def test_poisson_exact_somme_de_probabilites(x: int, niveau: float) -> None:
    """Slow oracle: at the lower bound P(X ≥ x) is α/2, at the upper one P(X ≤ x) is α/2, summed term by term."""

    def cumul(moyenne: float, jusqu_a: int) -> float:
        return math.fsum(math.exp(k * math.log(moyenne) - moyenne - math.lgamma(k + 1)) for k in range(jusqu_a + 1))

    bas, haut = poisson_exact(x, niveau)
    assert cumul(haut, x) == pytest.approx((1 - niveau) / 2, rel=1e-6)
    if x:
        assert 1 - cumul(bas, x - 1) == pytest.approx((1 - niveau) / 2, rel=1e-5)


@given(st.integers(10, 100_000))
def test_byar_a_moins_de_deux_pour_mille_de_l_exact(x: int) -> None:
    """PHE technical guide « Confidence intervals », 2018: within 0,2 % of the exact bounds from 10 events on."""
    for approche, exact in zip(byar(x), poisson_exact(x), strict=True):
        assert approche == pytest.approx(exact, rel=2e-3)


def test_byar_formule() -> None:
    bas, haut = byar(65)
    assert bas == pytest.approx(65 * (1 - 1 / 585 - 1.959963984540054 / (3 * math.sqrt(65))) ** 3)
    assert haut == pytest.approx(66 * (1 - 1 / 594 + 1.959963984540054 / (3 * math.sqrt(66))) ** 3)
    assert byar(0)[0] == 0
    with pytest.raises(ValueError, match="inférieur à 0"):
        byar(-1)


def test_effectif_exact_sous_dix() -> None:
    assert intervalle_effectif(9) == poisson_exact(9)
    assert intervalle_effectif(10) == byar(10)


def test_moyenne_publiee() -> None:
    """NIST/SEMATECH e-Handbook, 1.3.5.2: n = 195, mean 9.261460, s = 0.022789, 95 % limits 9.258242 and 9.264679.

    The data are not reprinted here: two symmetric values per pair give a sample with the same n, mean and s.
    """
    ecart = 0.022789 * math.sqrt(194 / 194)
    valeurs = [9.261460 + ecart] * 97 + [9.261460 - ecart] * 97 + [9.261460]
    moyenne, bas, haut = intervalle_moyenne(valeurs)
    assert moyenne == pytest.approx(9.261460, abs=1e-6)
    assert (bas, haut) == (pytest.approx(9.258242, abs=2e-6), pytest.approx(9.264679, abs=2e-6))


def test_moyenne_trous_et_zeros() -> None:
    assert intervalle_moyenne([1.0, None, 3.0, math.nan]) == intervalle_moyenne([3.0, 1.0])
    assert intervalle_moyenne([0.0, 1.0, 3.0]) != intervalle_moyenne([1.0, 3.0])
    assert intervalle_moyenne([4.2, 4.2, 4.2]) == (4.2, 4.2, 4.2)
    with pytest.raises(ValueError, match="2 valeur"):
        intervalle_moyenne([1.0, None])


@given(st.lists(st.integers(0, 1000), min_size=2, max_size=30), st.sampled_from([0.5, 4.0, 100.0]))
def test_moyenne_sans_effet_de_l_unite_ni_de_l_ordre(valeurs: list[int], facteur: float) -> None:
    attendu = intervalle_moyenne(valeurs)
    assert intervalle_moyenne(valeurs[::-1]) == attendu
    assert intervalle_moyenne([v * facteur for v in valeurs]) == tuple(
        pytest.approx(facteur * borne, rel=1e-9, abs=1e-9) for borne in attendu
    )


@pytest.mark.parametrize(
    ("n", "bas", "haut"),
    # Devore, "Probability and statistics", table of intervals for the median: ranks at 95 % or just above.
    [(6, 1, 6), (9, 2, 8), (10, 2, 9), (12, 3, 10), (15, 4, 12), (17, 5, 13), (20, 6, 15)],
)
def test_rangs_publies_de_la_mediane(n: int, bas: int, haut: int) -> None:
    assert intervalle_quantile([float(v) for v in range(1, n + 1)], 0.5)[1:] == (bas, haut)


def test_mediane_publiee() -> None:
    """Snedecor and Cochran, 1989, as computed in the documentation of statpsych::ci.median: 20.7 (10.8 ; 30.9)."""
    y = [30.2, 20.4, 15.1, 10.2, 10.5, 60.8, 20.8, 25.0, 20.7, 30.9, 10.8, 5.1, 50.9, 40.0, 20.9, 10.8, 0, 20.5, 50.8]
    assert intervalle_quantile(y, 0.5) == (20.7, 10.8, 30.9)


@settings(max_examples=60)
@given(st.integers(1, 80), st.sampled_from([0.1, 0.25, 0.5, 0.9]), NIVEAUX)
def test_quantile_couvre_au_niveau(n: int, q: float, niveau: float) -> None:
    """Slow oracle: the ranks found hold the level, from binomial probabilities summed term by term."""
    _, bas, haut = intervalle_quantile([float(v) for v in range(1, n + 1)], q, niveau)
    rang_bas, rang_haut = (0 if math.isinf(bas) else int(bas)), (n + 1 if math.isinf(haut) else int(haut))
    probas = [math.comb(n, k) * q**k * (1 - q) ** (n - k) for k in range(n + 1)]
    assert math.fsum(probas[:rang_bas]) <= (1 - niveau) / 2 + 1e-12
    assert math.fsum(probas[rang_haut:]) <= (1 - niveau) / 2 + 1e-12


def test_quantile_bord_ouvert() -> None:
    _, bas, haut = intervalle_quantile([1.0, 2.0, 3.0, 4.0, 5.0], 0.9)
    assert haut == math.inf
    assert bas == 3.0


@pytest.mark.parametrize("q", [0, 1, 90])
def test_quantile_part_refusee(q: float) -> None:
    with pytest.raises(ValueError, match="part du quantile"):
        intervalle_quantile([1.0, 2.0], q)
