"""Shrinkage: published rates, and what it may never do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.calculs import retrecissement_eb
from data.calculs.retrecissement import compute_retrecissement

TERRITOIRES = st.lists(st.tuples(st.integers(0, 50), st.integers(50, 5000)), min_size=1, max_size=20)


def test_publie() -> None:
    """Documentation of PySAL (spatial analysis library), « Empirical Bayes smoothers »."""
    assert retrecissement_eb([18, 5, 8, 7, 3, 8], [190, 45, 45, 50, 160, 150]) == pytest.approx(
        [0.09080775, 0.09252352, 0.12332267, 0.10753624, 0.03301368, 0.05934766], abs=5e-9
    )


@given(TERRITOIRES)
def test_entre_le_brut_et_la_moyenne(territoires: list[tuple[int, int]]) -> None:
    evenements, bases = [e for e, _ in territoires], [b for _, b in territoires]
    moyenne = sum(evenements) / sum(bases)
    lisses = retrecissement_eb(evenements, bases)
    for (e, b), lisse in zip(territoires, lisses, strict=True):
        assert lisse is not None
        assert min(e / b, moyenne) - 1e-12 <= lisse <= max(e / b, moyenne) + 1e-12
    assert retrecissement_eb(evenements[::-1], bases[::-1])[::-1] == pytest.approx(lisses)


def test_petit_territoire_plus_retreci() -> None:
    lisses = retrecissement_eb([2, 200, 40, 400], [10, 1000, 1000, 10_000])
    assert lisses[0] is not None
    assert lisses[1] is not None
    assert lisses[0] < lisses[1] < 0.2


def test_trou_et_zero() -> None:
    lisses = retrecissement_eb([0, None, 5], [100, 100, 100])
    assert lisses[1] is None
    assert lisses[0] is not None
    assert lisses[0] >= 0
    assert retrecissement_eb([0, 0], [10, 20]) == [0, 0]
    with pytest.raises(ValueError, match="nul ou négatif"):
        retrecissement_eb([1], [0])


def _compute_rho_spdep(cas: list[int], bases: list[int], rang: int) -> float:
    """Weight of the raw rate as ``EBest(family="binomial")`` of the R package spdep writes it."""
    total, milieu = sum(bases), sum(bases) / len(bases)
    m = sum(cas) / total
    s2 = sum(b * (c / b - m) ** 2 for c, b in zip(cas, bases, strict=True)) / total
    x, v = bases[rang], m * (1 - m)
    return (x * s2 - x / milieu * v) / ((x - 1) * s2 + (milieu - x) / milieu * v)


def test_proportion_comme_martuzzi_et_elliott() -> None:
    """Same weights as the formula that spdep publishes after Martuzzi and Elliott (1996)."""
    cas, bases = [18, 5, 8, 7, 3, 8], [19, 45, 45, 50, 160, 15]
    lisse = compute_retrecissement(cas, bases, proportion=True)
    assert lisse.moyenne == pytest.approx(49 / 334)
    assert lisse.poids == pytest.approx([_compute_rho_spdep(cas, bases, rang) for rang in range(6)])
    for poids, valeur, c, b in zip(lisse.poids, lisse.valeurs, cas, bases, strict=True):
        assert poids is not None
        assert valeur == pytest.approx(poids * c / b + (1 - poids) * lisse.moyenne)


@given(
    st.lists(st.integers(1, 400).flatmap(lambda b: st.tuples(st.integers(0, b), st.just(b))), min_size=1, max_size=20)
)
def test_faits_et_non_faits_se_lissent_pareil(territoires: list[tuple[int, int]]) -> None:
    """A proportion and its complement say the same thing: the Poisson variance would not see it."""
    cas, bases = [e for e, _ in territoires], [b for _, b in territoires]
    faits = compute_retrecissement(cas, bases, proportion=True)
    reste = compute_retrecissement([b - e for e, b in territoires], bases, proportion=True)
    assert faits.variance == pytest.approx(reste.variance, abs=1e-12)
    for fait, non, poids in zip(faits.valeurs, reste.valeurs, faits.poids, strict=True):
        assert fait is not None
        assert non is not None
        assert poids is not None
        assert fait + non == pytest.approx(1, abs=1e-9)
        assert 0 <= poids <= 1
        assert 0 <= fait <= 1


def test_poids_croit_avec_l_effectif_et_s_annule_sans_ecart() -> None:
    lisse = compute_retrecissement([2, 30, 95, 700], [10, 100, 100, 1000], proportion=True)
    petit, moyen, _, grand = lisse.poids
    assert petit is not None
    assert moyen is not None
    assert grand is not None
    assert petit < moyen < grand < 1
    plat = compute_retrecissement([5, 50], [10, 100], proportion=True)
    assert plat.poids == (0, 0)
    assert plat.valeurs == (0.5, 0.5)
    trou = compute_retrecissement([9, None, 1], [10, 20, 10], proportion=True)
    assert trou.poids[1] is trou.valeurs[1] is None


def test_proportion_impossible() -> None:
    with pytest.raises(ValueError, match="dépasse son dénominateur"):
        compute_retrecissement([11], [10], proportion=True)
