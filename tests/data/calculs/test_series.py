"""Control charts: published limits and rule vectors, breaks, constant series."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.calculs import laney_p, xmr
from data.calculs.series import (
    LIBELLES_REGLES,
    Assurance,
    Regle,
    build_carte_xmr,
    compute_assurance,
    cut_series,
    list_signaux,
)
from data.modele import Sens

# NIST/SEMATECH e-Handbook of statistical methods, 6.3.2.2, "Individuals control charts": batch flow rates.
NIST = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]
SERIES = st.lists(st.integers(-50, 50).map(float), min_size=2, max_size=60)


def _marque(valeurs: list[float], regle: Regle, bas: float = -1e6, centre: float = 0.0, haut: float = 1e6) -> list[int]:
    """±1 on the points that a rule marks."""
    marques = [0] * len(valeurs)
    for signal in list_signaux(valeurs, bas, centre, haut):
        if signal.regle is regle:
            marques[signal.rang] = signal.cote
    return marques


def test_xmr_publie() -> None:
    """Mean 50.81, mean moving range 1.8778, limits 45.8159 and 55.8041 (with 3/1.128 for 2,66)."""
    bas, centre, haut = xmr(NIST)
    assert centre == pytest.approx(50.81)
    assert (haut - centre) / 2.66 == pytest.approx(1.8778, abs=1e-4)
    assert (bas, haut) == (pytest.approx(45.8159, abs=1.5e-3), pytest.approx(55.8041, abs=1.5e-3))


def test_xmr_ecarte_une_fois_les_grandes_etendues() -> None:
    """Ranges 1 ×18 and 49, 49: mean 5,8, limit 18,95: the two large ones leave, mR̄ = 1."""
    valeurs = [float(v % 2) for v in range(20)]
    valeurs[10] = 50.0
    bas, centre, haut = xmr(valeurs)
    assert haut - centre == pytest.approx(2.66)
    assert xmr(valeurs, filtrer=False)[2] - centre > 10
    assert bas == pytest.approx(2 * centre - haut)


def test_xmr_ne_franchit_pas_un_trou() -> None:
    assert xmr([1.0, 2.0, None, 9.0, 10.0]) == pytest.approx((5.5 - 2.66, 5.5, 5.5 + 2.66))
    with pytest.raises(ValueError, match="points consécutifs"):
        xmr([1.0, None, 2.0])
    with pytest.raises(ValueError, match="2 valeur"):
        xmr([1.0])


@given(st.floats(-1e6, 1e6), st.integers(2, 80))
def test_serie_constante_sans_signal(valeur: float, longueur: int) -> None:
    valeurs = [valeur] * longueur
    bas, centre, haut = xmr(valeurs)
    assert bas == centre == haut == valeur
    assert list_signaux(valeurs, bas, centre, haut) == []
    assert build_carte_xmr(valeurs).signaux == ()


def test_zero_est_un_point() -> None:
    assert xmr([0.0, 0.0, 0.0]) == (0, 0, 0)
    assert xmr([0.0, 2.0]) == pytest.approx((1 - 5.32, 1, 1 + 5.32))


@given(SERIES, st.sampled_from([0.5, 8.0]))
def test_xmr_unite(valeurs: list[float], facteur: float) -> None:
    carte = build_carte_xmr(valeurs)
    autre = build_carte_xmr([facteur * v for v in valeurs])
    assert [(s.rang, s.regle, s.cote) for s in autre.signaux] == [(s.rang, s.regle, s.cote) for s in carte.signaux]
    oppose = build_carte_xmr([-v for v in valeurs])
    assert [(s.rang, s.regle, -s.cote) for s in oppose.signaux] == [(s.rang, s.regle, s.cote) for s in carte.signaux]


# Vectors of the public tests of NHSRplotthedots (nhs-r-community), test-ptd_calculate_point_type.R. A run is marked
# whole here, where these tests mark its seventh point and the next ones.
@pytest.mark.parametrize(
    ("cotes", "attendu"),
    [
        ([1, 1, 1, 1, 1, 1], [0] * 6),
        ([1, 1, 1, 1, 1, 1, -1], [0] * 7),
        ([1] * 8 + [-1], [1] * 8 + [0]),
        ([-1] * 8 + [1], [-1] * 8 + [0]),
        ([1, 1, 1, 0, 1, 1, 1, 1], [0] * 8),
    ],
)
def test_decalage(cotes: list[float], attendu: list[int]) -> None:
    assert _marque([float(c) * (1 + i % 2) for i, c in enumerate(cotes)], Regle.DECALAGE) == attendu


@pytest.mark.parametrize(
    ("valeurs", "attendu"),
    [
        ([1, 2, 3, 4, 5, 6], [0] * 6),
        ([1, 2, 3, 3, 4, 5, 6], [0] * 7),
        ([1, 2, 3, 4, 5, 6, 7], [1] * 7),
        ([2, 1, 2, 3, 4, 5, 6, 7, 3], [0] + [1] * 7 + [0]),
        ([7, 6, 5, 4, 3, 2, 1], [-1] * 7),
        ([2, 7, 6, 5, 4, 3, 2, 1, 3], [0] + [-1] * 7 + [0]),
    ],
)
def test_tendance(valeurs: list[float], attendu: list[int]) -> None:
    assert _marque([float(v) for v in valeurs], Regle.TENDANCE, centre=4.0) == attendu


@pytest.mark.parametrize(
    ("proches", "cotes", "attendu"),
    [
        ([1, 0, 1], [1, 1, 1], [1, 0, 1]),
        ([0, 1, 1], [1, 1, 1], [0, 1, 1]),
        ([1, 1, 0], [1, 1, 1], [1, 1, 0]),
        ([0, 0, 1, 0, 1, 0, 0], [1] * 7, [0, 0, 1, 0, 1, 0, 0]),
        ([0, 0, 1, 1, 0, 0, 0], [1] * 7, [0, 0, 1, 1, 0, 0, 0]),
        ([1, 0, 1], [1, -1, 1], [0, 0, 0]),
        ([0, 0, 1, 0, 1, 0, 0], [1, -1, 1, -1, 1, -1, 1], [0] * 7),
        ([1, 0, 0, 1], [1, 1, 1, 1], [0] * 4),
        ([1, 0, 0, 1, 1], [1] * 5, [0, 0, 0, 1, 1]),
    ],
)
def test_deux_sur_trois(proches: list[int], cotes: list[int], attendu: list[int]) -> None:
    """Limits ±3, two thirds at ±2: a point « near » is at ±2,5, another at ±0,5."""
    valeurs = [c * (2.5 if p else 0.5) for p, c in zip(proches, cotes, strict=True)]
    assert _marque(valeurs, Regle.DEUX_SUR_TROIS, -3.0, 0.0, 3.0) == attendu


def test_hors_limites_prime_sur_tout() -> None:
    signaux = list_signaux([0.5] * 6 + [9.0], -3.0, 0.0, 3.0)
    assert {s.rang: s.regle for s in signaux} == dict.fromkeys(range(6), Regle.DECALAGE) | {6: Regle.HORS_LIMITES}
    assert list_signaux([3.0, -3.0], -3.0, 0.0, 3.0) == []
    assert set(LIBELLES_REGLES) == set(Regle)


def test_un_trou_coupe_la_suite() -> None:
    assert list_signaux([1.0] * 4 + [None] + [1.0] * 4, -3.0, 0.0, 3.0) == []


def test_rupture_coupe_les_limites() -> None:
    bruit = [0.0, 1.0, 0.0, 1.0, 0.0, 1.0]
    carte = build_carte_xmr(bruit + [100 + v for v in bruit], ruptures=[6])
    assert [(limite.debut, limite.fin, limite.centre) for limite in carte.limites] == [(0, 6, 0.5), (6, 12, 100.5)]
    assert carte.signaux == ()
    assert all(limite.provisoire for limite in carte.limites)
    assert build_carte_xmr(bruit + [100 + v for v in bruit]).signaux
    assert not build_carte_xmr(bruit * 2).limites[0].provisoire


def test_morceau_trop_court_sans_limites() -> None:
    assert build_carte_xmr([1.0, 2.0, 9.0], ruptures=[2]).limites[0].fin == 2
    assert build_carte_xmr([]).limites == ()
    with pytest.raises(ValueError, match="hors de la série"):
        build_carte_xmr([1.0, 2.0], ruptures=[2])
    assert list(cut_series(3, [0, 1])) == [(0, 1), (1, 3)]


def test_limites_dans_le_desordre() -> None:
    with pytest.raises(ValueError, match="encadrer"):
        list_signaux([1.0], 2.0, 1.0, 3.0)


def test_laney_sur_les_urgences_anglaises() -> None:
    """First six weeks of Mohammed et al. 2013, as printed by the vignette of qicharts2; formula step by step."""
    r = [266501, 264225, 276532, 281461, 269071, 261215]
    n = [280443, 276823, 291681, 296155, 282343, 275888]
    moyen, sigma_z, bas, haut = laney_p(r, n)
    p = sum(r) / sum(n)
    z = [(a / b - p) / math.sqrt(p * (1 - p) / b) for a, b in zip(r, n, strict=True)]
    attendu = sum(abs(y - x) for x, y in pairwise(z)) / 5 / 1.128
    assert moyen == pytest.approx(p)
    assert sigma_z == pytest.approx(attendu)
    assert sigma_z > 3  # « the 3-sigma limits appear too narrow »
    demi = 3 * math.sqrt(p * (1 - p) / n[0]) * attendu
    assert (bas[0], haut[0]) == (pytest.approx(p - demi), pytest.approx(p + demi))
    assert all(b is not None and h is not None and b < a / c < h for a, b, c, h in zip(r, bas, n, haut, strict=True))


def test_laney_sans_surdispersion_est_une_carte_p() -> None:
    rng = np.random.default_rng(6)
    n = rng.integers(2000, 4000, 300)
    _, sigma_z, _, _ = laney_p(rng.binomial(n, 0.9).tolist(), n.tolist())
    assert sigma_z == pytest.approx(1, abs=0.1)


def test_laney_bords_et_trous() -> None:
    moyen, sigma_z, bas, haut = laney_p([0, 0, 0], [10, 20, 30])
    assert (moyen, sigma_z) == (0, 0)
    assert bas == haut == [0, 0, 0]
    _, _, bas, _ = laney_p([1, None, 2, 3], [10, 10, 10, 10])
    assert bas[1] is None
    assert bas[0] == 0
    with pytest.raises(ValueError, match="consécutives"):
        laney_p([1, None, 2], [10, 10, 10])
    with pytest.raises(ValueError, match="dépasse"):
        laney_p([11, 1], [10, 10])


@pytest.mark.parametrize(
    ("bas", "haut", "attendu"),
    # NHSRplotthedots: limits (1, 3), (5, 7) and (1, 5), target 4, improvement is an increase: fail, pass, inconsistent.
    [(1, 3, Assurance.MANQUEE), (5, 7, Assurance.ATTEINTE), (1, 5, Assurance.INCERTAINE)],
)
def test_assurance(bas: float, haut: float, attendu: Assurance) -> None:
    assert compute_assurance(bas, haut, 4, Sens.HAUT) is attendu
    assert compute_assurance(-haut, -bas, -4, Sens.BAS) is attendu
    assert compute_assurance(bas, haut, 4, Sens.NEUTRE) is None
