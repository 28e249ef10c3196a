"""Funnel: published limits, over-dispersion by hand, outliers, and what size must do."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.calculs import (
    build_entonnoir,
    limites_entonnoir_poisson,
    limites_entonnoir_proportion,
    surdispersion,
    wilson,
)
from data.calculs.entonnoir import compute_cadre, compute_fausses_alertes, compute_limites, list_limites

Z95, Z998 = 1.959963984540054, 3.090232306167813


@pytest.mark.parametrize(
    ("attendu", "niveau", "bas", "haut"),
    [
        # Public tests of FunnelPlotR (nhs-r-community), test-poisson_limits.R.
        (15, 0.95, 0.5596924, 1.649348),
        (20, 0.95, 0.6108260, 1.544419),
        (30, 0.95, 0.6746958, 1.427562),
        (15, 0.998, 0.3862650, 2.082907),
        (20, 0.998, 0.4479107, 1.902094),
        (30, 0.998, 0.5289724, 1.702771),
    ],
)
def test_limites_poisson_publiees(attendu: float, niveau: float, bas: float, haut: float) -> None:
    assert limites_entonnoir_poisson(attendu, niveau) == (pytest.approx(bas, abs=5e-8), pytest.approx(haut, abs=5e-7))


@pytest.mark.parametrize(
    ("n", "bas95", "haut95", "bas998", "haut998"),
    [
        # Public tests of PHEindicatormethods, testdata_funnel_prop_outputs.csv (baseline 80.642448 %). Its limits are
        # the normal ones: the score limits used here agree to 0,01 point once thousands of cases are counted.
        (20742, 80.10476, 81.180135, 79.794688, 81.490208),
        (53016, 80.306129, 80.978767, 80.112181, 81.172715),
        (110000, 80.408963, 80.875933, 80.274317, 81.010578),
    ],
)
def test_limites_proportion_publiees(n: float, bas95: float, haut95: float, bas998: float, haut998: float) -> None:
    assert [100 * v for v in limites_entonnoir_proportion(0.80642448, n, Z95)] == pytest.approx(
        [bas95, haut95], abs=0.012
    )
    assert [100 * v for v in limites_entonnoir_proportion(0.80642448, n, Z998)] == pytest.approx(
        [bas998, haut998], abs=0.03
    )


@given(st.integers(1, 5000), st.data())
def test_limites_proportion_comme_wilson(n: int, data: st.DataObject) -> None:
    """With E = n·p0 whole, the limits are the Wilson interval of E cases among n."""
    x = data.draw(st.integers(0, n))
    bas, haut = limites_entonnoir_proportion(x / n, n, Z95)
    attendu = wilson(x, n)
    assert (bas, haut) == (pytest.approx(attendu[0], abs=1e-12), pytest.approx(attendu[1], abs=1e-12))


@pytest.mark.parametrize(("p0", "n", "z"), [(1.2, 10, 2), (-0.1, 10, 2), (0.5, 0, 2), (0.5, 10, 0), (0.5, None, 2)])
def test_limites_proportion_refusees(p0: float, n: float, z: float) -> None:
    with pytest.raises(ValueError, match=r"proportion|effectif"):
        limites_entonnoir_proportion(p0, n, z)


def test_surdispersion_a_la_main() -> None:
    """φ = (1 + 4 + 9 + 16) / 4; w = 1, 1, 4, 4: τ² = (30 − 3) / (10 − 34/10)."""
    phi, tau2 = surdispersion([1.0, -2.0, 3.0, -4.0], [1.0, 1.0, 0.5, 0.5])
    assert phi == 7.5
    assert tau2 == pytest.approx(27 / 6.6)


def test_surdispersion_winsorisee_a_la_main() -> None:
    """Quantiles 25 % and 75 % of 0, 1, 2, 3, 100 (type 7) are 1 and 3: 1, 1, 2, 3, 3."""
    assert surdispersion([100.0, 0.0, 1.0, 2.0, 3.0], [1.0] * 5, 0.25)[0] == (1 + 1 + 4 + 9 + 9) / 5


def test_surdispersion_nulle_quand_le_hasard_suffit() -> None:
    assert surdispersion([0.1, -0.2, 0.3], [1.0, 1.0, 1.0]) == (pytest.approx(0.14 / 3), 0.0)


@given(st.lists(st.floats(-10, 10), min_size=3, max_size=30), st.sampled_from([2.0, 0.25]))
def test_surdispersion_unite_et_ordre(z: list[float], facteur: float) -> None:
    s = [1.0 + (i % 3) for i in range(len(z))]
    phi, tau2 = surdispersion(z, s)
    phi_autre, tau2_autre = surdispersion(z[::-1], [facteur * v for v in s[::-1]])
    assert phi_autre == pytest.approx(phi)
    assert tau2_autre == pytest.approx(facteur**2 * tau2, abs=1e-9)


@pytest.mark.parametrize(("z", "s", "winsor"), [([1.0], [0.0], None), ([1.0], [1.0, 2.0], None), ([1.0], [1.0], 0.5)])
def test_surdispersion_refuse(z: list[float], s: list[float], winsor: float | None) -> None:
    with pytest.raises(ValueError, match=r"erreur type|erreurs types|winsorisée"):
        surdispersion(z, s, winsor)


def test_tau2_retrouve_la_variance_simulee() -> None:
    """A between-group deviation of 0.03 on the arcsine scale is found again to 15 %."""
    rng = np.random.default_rng(1)
    n = rng.integers(20_000, 60_000, 400)
    p = np.sin(np.arcsin(np.sqrt(0.8)) + rng.normal(0, 0.03, 400)) ** 2
    entonnoir = build_entonnoir(rng.binomial(n, p).tolist(), n.tolist(), winsor=None)
    assert math.sqrt(entonnoir.tau2) == pytest.approx(0.03, rel=0.15)
    brutes = sum(point.depassement is not None for point in entonnoir.points)
    ajustees = sum(point.depassement_ajuste is not None for point in entonnoir.points)
    assert brutes > 300
    assert ajustees == pytest.approx(0.05 * 400, abs=12)


def test_sans_surdispersion_les_alertes_sont_celles_du_hasard() -> None:
    rng = np.random.default_rng(2)
    n = rng.integers(500, 5000, 2000)
    entonnoir = build_entonnoir(rng.binomial(n, 0.7).tolist(), n.tolist())
    assert sum(point.depassement is not None for point in entonnoir.points) == pytest.approx(100, abs=30)
    assert len(entonnoir.list_hors_limites(ajuste=False)) == pytest.approx(4, abs=6)


def test_hors_limites_le_plus_loin_d_abord() -> None:
    entonnoir = build_entonnoir([50, 51, 49, 50, 90, 5, None], [100, 100, 100, 100, 100, 100, 100], winsor=None)
    assert [point.rang for point in entonnoir.points] == [0, 1, 2, 3, 4, 5]
    assert [point.rang for point in entonnoir.list_hors_limites(ajuste=False)] == [5, 4]
    assert entonnoir.reference == pytest.approx(295 / 600)


def test_zero_cas_est_un_point() -> None:
    entonnoir = build_entonnoir([0, 10, 12], [100, 100, 100])
    assert entonnoir.points[0].valeur == 0
    assert entonnoir.points[0].depassement == 0.998


def test_ratio_autour_de_un() -> None:
    entonnoir = build_entonnoir([30, 20, 15], [30, 20, 15], proportion=False)
    assert entonnoir.reference == 1
    assert entonnoir.points[2].limites[0] == (pytest.approx(0.5596924, abs=1e-6), pytest.approx(1.649348, abs=1e-5))


@settings(max_examples=50)
@given(st.floats(0.01, 0.99), st.integers(10, 100_000), st.floats(0, 0.05), st.booleans())
def test_limites_ajustees_jamais_a_l_interieur(p0: float, n: int, tau2: float, proportion: bool) -> None:
    bas, haut = compute_limites(p0, n, 0.95, proportion=proportion)
    bas_large, haut_large = compute_limites(p0, n, 0.95, proportion=proportion, tau2=tau2)
    assert bas_large <= bas <= p0 <= haut <= haut_large
    assert compute_limites(p0, 4 * n, 0.95, proportion=proportion)[1] <= haut


@pytest.mark.parametrize(
    ("numerateurs", "denominateurs", "message"),
    [
        ([5], [4], "dépasse son dénominateur"),
        ([1], [0], "nul ou négatif"),
        ([-1], [3], "négatif"),
        ([1, 2], [3], "il en faut autant"),
        ([None], [3], "au moins"),
    ],
)
def test_entonnoir_refuse(numerateurs: list[float], denominateurs: list[float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build_entonnoir(numerateurs, denominateurs)


def test_fausses_alertes() -> None:
    assert compute_fausses_alertes(48, 102) == pytest.approx(244.8)
    assert compute_fausses_alertes(48, 102, 0.998) == pytest.approx(9.792)
    with pytest.raises(ValueError, match="négatifs"):
        compute_fausses_alertes(-1, 3)


@settings(max_examples=40, deadline=None)
@given(st.floats(0, 1), st.lists(st.integers(1, 10**6), min_size=1, max_size=8), st.floats(0, 0.1))
def test_limites_d_une_courbe_celles_de_chaque_taille(reference: float, tailles: list[int], tau2: float) -> None:
    courbe = list_limites(reference, [float(n) for n in tailles], 0.95, tau2=tau2)
    assert courbe == [compute_limites(reference, float(n), 0.95, tau2=tau2) for n in tailles]
    if tau2 == 0:
        assert courbe == [limites_entonnoir_proportion(reference, float(n), Z95) for n in tailles]


def test_cadre_d_un_entonnoir_sans_ses_points() -> None:
    cas, tailles = [30.0, None, 50.0, 90.0], [100.0, 100.0, 100.0, 400.0]
    entonnoir, cadre = build_entonnoir(cas, tailles), compute_cadre(cas, tailles)
    assert (entonnoir.reference, entonnoir.phi, entonnoir.tau2) == (cadre.reference, cadre.phi, cadre.tau2)
    assert [point.rang for point in entonnoir.points] == [0, 2, 3]


def test_taille_nulle_refusee_dans_une_courbe() -> None:
    with pytest.raises(ValueError, match="positif"):
        list_limites(0.5, [10.0, 0.0], 0.95)
