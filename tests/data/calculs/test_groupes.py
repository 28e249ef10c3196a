"""Quantile groups: the PHE formula, ties together, order of the rows without effect."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.calculs import groupes_quantiles

VALEURS = st.lists(st.integers(-5, 5).map(float) | st.none(), max_size=40)


def test_dix_valeurs_en_cinq() -> None:
    assert groupes_quantiles([float(v) for v in range(10)], 5) == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert groupes_quantiles([float(-v) for v in range(10)], 5) == [5, 5, 4, 4, 3, 3, 2, 2, 1, 1]


@given(VALEURS, st.integers(2, 10))
def test_formule_de_phe(valeurs: list[float | None], q: int) -> None:
    """floor((q + 1) − ceil((N + 1 − r) / (N / q))), 0 brought to 1: ``phe_quantile``, in exact fractions."""
    presentes = [v for v in valeurs if v is not None]
    attendu: list[int | None] = []
    for v in valeurs:
        if v is None or len(presentes) < q:
            attendu.append(None)
            continue
        rang = 1 + sum(autre < v for autre in presentes)
        brut = math.floor(q + 1 - math.ceil((len(presentes) + 1 - rang) / Fraction(len(presentes), q)))
        attendu.append(brut or 1)
    assert groupes_quantiles(valeurs, q) == attendu


@given(VALEURS, st.integers(2, 6))
def test_ex_aequo_ensemble_quel_que_soit_l_ordre(valeurs: list[float | None], q: int) -> None:
    par_valeur = dict(zip(valeurs, groupes_quantiles(valeurs, q), strict=True))
    melange = sorted(valeurs, key=lambda v: (v is None, (v or 0) * 7919 % 11))
    assert groupes_quantiles(melange, q) == [par_valeur[v] for v in melange]


def test_zero_n_est_pas_un_trou() -> None:
    assert groupes_quantiles([0.0, 1.0, None, math.nan], 2) == [1, 2, None, None]
    assert groupes_quantiles([0.0, None], 2) == [None, None]


@pytest.mark.parametrize("q", [1, 0, 2.5, True])
def test_nombre_de_groupes_refuse(q: int) -> None:
    with pytest.raises(ValueError, match="nombre de groupes"):
        groupes_quantiles([1.0, 2.0], q)


def test_infini_refuse() -> None:
    with pytest.raises(ValueError, match="rang 2"):
        groupes_quantiles([1.0, math.inf], 2)
