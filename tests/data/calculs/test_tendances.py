"""Trends: refusals of the recent trend, an oracle for its χ², published Mann-Kendall and Sen figures."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import theilslopes

from data.calculs import mann_kendall, tendance_recente
from data.calculs.tendances import SEUIL_KHI2, compute_tendance_recente

# Monthly rainfall at Bogra, 1981-2010, public test data of pyMannKendall ("Monthly Rainfall.csv", column Bogra).
BOGRA = """
32 20 25 189 240 193 379 278 301 0 0 82 0 4 - - 121 234 360 262 120 30 11 1 7 3 31 31 355 102 248 274 308 - 5 26
11 16 6 48 388 539 431 272 404 186 0 2 0 4 1 54 272 459 235 164 365 135 2 - - 4 0 128 210 163 446 225 462 467 19 13
0 3 17 132 178 338 525 623 145 31 19 3 0 29 25 87 259 756 486 180 292 43 92 1 0 16 2 0 130 253 594 111 273 30 0 4
0 27 24 41 292 378 499 265 320 227 4 0 4 14 8 48 416 240 404 207 733 105 0 112 0 14 0 30 140 202 289 159 424 106 3 0
65 3 14 58 268 466 432 266 240 95 1 0 10 26 4 114 94 289 173 208 263 156 5 0 16 16 14 0 111 475 534 432 471 117 70 1
3 28 7 401 184 283 338 171 335 176 0 0 10 11 9 140 102 208 298 245 220 29 2 27 10 13 26 84 143 367 749 563 283 353 10 0
0 0 0 9 246 265 343 429 168 133 17 0 18 35 76 158 272 250 190 289 466 84 0 0 0 0 0 22 217 299 185 115 344 203 8 -
- 0 5 284 123 254 476 496 326 27 20 0 4 53 72 113 214 364 219 220 156 264 0 13 0 0 45 90 137 638 529 261 206 251 0 0
5 9 58 72 138 130 471 328 356 523 0 1 0 0 12 143 193 184 192 138 174 69 1 0 0 18 25 28 92 732 320 256 302 131 15 0
27 0 22 20 213 393 474 374 109 159 0 0 0 3 3 49 205 128 194 570 169 89 0 0 0 0 0 26 185 286 92 225 244 190 3 20"""


def test_mann_kendall_publie() -> None:
    """pyMannKendall: S, Var(S), z and p of ``original_test``; slope and intercept with the holes kept in time."""
    pluie = [None if v == "-" else float(v) for v in BOGRA.split()]
    assert len(pluie) == 360
    test = mann_kendall(pluie)
    assert test.s == -1959
    assert test.variance == pytest.approx(4889800.333333333)
    assert test.z == pytest.approx(-0.8854562842589916)
    assert test.p == pytest.approx(0.37591058740506833)
    assert test.pente == pytest.approx(-0.006369426751592357)
    assert test.ordonnee == pytest.approx(96.15286624203821)


def test_mann_kendall_a_la_main() -> None:
    """Holy Cross, "Mann-Kendall by hand": 72 rises, 18 falls, one tie; S = 54, z = 2.9058, p = 2 × .0018."""
    test = mann_kendall([12.9, 14.8, 13.2, 15.7, 13.8, 15.6, 12.9, 11.0, 17.3, 15.9, 19.0, 18.3, 20.1, 21.7])
    assert test.s == 54
    assert test.variance == pytest.approx(14 * 13 * 33 / 18 - 1)
    assert test.z == pytest.approx(2.9058, abs=5e-5)
    assert test.p == pytest.approx(2 * 0.0018, abs=1e-4)


def test_mann_kendall_constante_et_courte() -> None:
    constante = mann_kendall([3.0] * 10)
    assert (constante.s, constante.z, constante.p, constante.pente) == (0, 0, 1, 0)
    with pytest.raises(ValueError, match="8 valeur"):
        mann_kendall([1.0, None] * 5)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(-100, 100).map(float), min_size=8, max_size=25))
def test_mann_kendall_unite_et_sens(valeurs: list[float]) -> None:
    test = mann_kendall(valeurs)
    assert mann_kendall([2 * v + 7 for v in valeurs]).p == pytest.approx(test.p)
    assert mann_kendall(valeurs[::-1]).s == -test.s
    assert mann_kendall([2 * v for v in valeurs]).pente == pytest.approx(2 * test.pente)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.one_of(st.none(), st.integers(-50, 50)), min_size=16, max_size=40))
def test_pente_de_sen_de_scipy(valeurs: list[float | None]) -> None:
    temps = [rang for rang, v in enumerate(valeurs) if v is not None]
    if len(temps) < 8:
        return
    sen = theilslopes([v for v in valeurs if v is not None], temps)
    test = mann_kendall(valeurs)
    assert (test.pente, test.ordonnee) == (pytest.approx(sen.slope), pytest.approx(sen.intercept))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(1, 50)), min_size=5, max_size=9))
def test_khi2_des_moindres_carres_ponderes(points: list[tuple[int, int]]) -> None:
    """Oracle: (XᵀWX)⁻¹ on the last five points, with the known errors of the points."""
    valeurs = [float(v) for v, _ in points]
    bas, haut = [v - d for v, d in points], [v + d for v, d in points]
    khi2, stable = tendance_recente(valeurs, bas, haut)
    y = np.array(valeurs[-5:])
    poids = np.diag([(3.92 / (2 * d)) ** 2 for _, d in points[-5:]])
    x = np.column_stack([np.ones(5), np.arange(5)])
    covariance = np.linalg.inv(x.T @ poids @ x)
    pente = float((covariance @ x.T @ poids @ y)[1])
    assert khi2 == pytest.approx(pente**2 / covariance[1, 1], rel=1e-6, abs=1e-9)
    echelle = tendance_recente([7 * v for v in valeurs], [7 * v for v in bas], [7 * v for v in haut])
    assert echelle == (pytest.approx(khi2, rel=1e-6, abs=1e-9), stable)


def test_hausse_franche() -> None:
    valeurs = [10.0, 12.0, 14.0, 16.0, 18.0]
    khi2, stable = tendance_recente(valeurs, [v - 0.5 for v in valeurs], [v + 0.5 for v in valeurs])
    assert khi2 == pytest.approx((2 / (1 / 3.92 / math.sqrt(10))) ** 2)
    assert khi2 > SEUIL_KHI2
    assert stable
    for signe in (1, -1):
        serie = [signe * v for v in valeurs]
        tendance = compute_tendance_recente(serie, [v - 0.5 for v in serie], [v + 0.5 for v in serie])
        assert tendance.pente == pytest.approx(2 * signe)
        assert tendance.demontree


def test_pente_nulle_n_est_pas_une_hausse() -> None:
    assert tendance_recente([5.0] * 5, [4.0] * 5, [6.0] * 5) == (0, False)


def test_un_seul_point_fait_la_pente() -> None:
    """A slope that one point alone makes changes its sign when that point leaves."""
    valeurs = [10.0, 9.9, 9.8, 9.7, 30.0]
    bornes = ([v - 0.5 for v in valeurs], [v + 0.5 for v in valeurs])
    khi2, stable = tendance_recente(valeurs, *bornes)
    assert khi2 > SEUIL_KHI2
    assert not stable
    assert not compute_tendance_recente(valeurs, *bornes).demontree


@pytest.mark.parametrize(
    ("valeurs", "bas", "haut", "message"),
    [
        ([1.0] * 4, [0.0] * 4, [2.0] * 4, "demande 5 points"),
        ([1.0, 2.0, None, 3.0, 4.0], [0.0] * 5, [9.0] * 5, "série rompue"),
        ([14.8] * 5, [14.8] * 5, [14.8] * 5, "arrondis"),
        ([1.0] * 5, [0.0] * 4, [2.0] * 5, "autant de bornes"),
        ([1.0, 2.0, 3.0, 4.0, 50.0], [0.0] * 5, [9.0] * 5, "hors de ses bornes"),
    ],
)
def test_refus(valeurs: list[float], bas: list[float], haut: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        tendance_recente(valeurs, bas, haut)


def test_rupture_dans_les_cinq_derniers() -> None:
    valeurs = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    bornes = ([v - 1 for v in valeurs], [v + 1 for v in valeurs])
    with pytest.raises(ValueError, match="rupture de série"):
        tendance_recente(valeurs, *bornes, ruptures=[2])
    assert tendance_recente(valeurs, *bornes, ruptures=[1]) == tendance_recente(valeurs, *bornes)
