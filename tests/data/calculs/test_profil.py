from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.calculs.position import compute_quantile
from data.calculs.profil import compute_reperes
from data.modele import Sens

VALEURS = st.lists(st.integers(-1000, 1000).map(float), min_size=2, max_size=30)


def test_la_mediane_est_au_centre_et_la_borne_la_plus_loin_a_un() -> None:
    reperes = compute_reperes([float(v) for v in range(101)], Sens.HAUT)
    assert (reperes.p5, reperes.q1, reperes.mediane, reperes.q3, reperes.p95) == (5, 25, 50, 75, 95)
    assert reperes.echelle == 45
    assert reperes.effectif == 101
    assert reperes.compute_place(50) == 0
    assert reperes.compute_place(95) == 1
    assert reperes.compute_place(5) == -1
    assert reperes.compute_place(100) == pytest.approx(50 / 45)


def test_a_droite_est_mieux_meme_quand_plus_bas_est_mieux() -> None:
    delais = compute_reperes([20.0, 25.0, 30.0, 35.0, 60.0], Sens.BAS)
    assert delais.compute_place(20) > 0 > delais.compute_place(60)
    assert compute_reperes([1.0, 2.0, 3.0], Sens.NEUTRE).compute_place(3) > 0  # higher, without judgement


def test_zero_est_une_valeur() -> None:
    assert compute_reperes([0.0, 0.0, 0.0, 10.0, 20.0], Sens.HAUT).mediane == 0


def test_valeurs_presque_toutes_egales() -> None:
    reperes = compute_reperes([100.0] * 99 + [40.0], Sens.HAUT)
    assert reperes.echelle == 60  # the centiles say nothing: the farthest value gives the scale
    assert reperes.compute_place(40) == -1


def test_toutes_egales() -> None:
    reperes = compute_reperes([100.0] * 5, Sens.HAUT)
    assert reperes.echelle == 0
    assert reperes.compute_place(100) == 0
    assert reperes.compute_place(97) == -math.inf
    assert compute_reperes([8.0] * 5, Sens.BAS).compute_place(0) == math.inf


def test_sans_valeur() -> None:
    with pytest.raises(ValueError, match="aucune valeur"):
        compute_reperes([], Sens.HAUT)


@settings(max_examples=60)
@given(VALEURS, st.integers(-1000, 1000))
def test_ni_l_ordre_ni_l_unite_ne_changent_la_place(valeurs: list[float], valeur: int) -> None:
    place = compute_reperes(valeurs, Sens.HAUT).compute_place(valeur)
    assert compute_reperes(valeurs[::-1], Sens.HAUT).compute_place(valeur) == place
    milliers = compute_reperes([1000 * v for v in valeurs], Sens.HAUT).compute_place(1000 * valeur)
    assert milliers == pytest.approx(place)
    # The other direction is the mirror.
    assert compute_reperes(valeurs, Sens.BAS).compute_place(valeur) == pytest.approx(-place)


@settings(max_examples=60)
@given(VALEURS)
def test_les_centiles_tiennent_dans_l_echelle(valeurs: list[float]) -> None:
    reperes = compute_reperes(valeurs, Sens.HAUT)
    for part in (0.05, 0.25, 0.5, 0.75, 0.95):
        assert abs(reperes.compute_place(compute_quantile(valeurs, part))) <= 1 + 1e-9
