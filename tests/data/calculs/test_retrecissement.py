"""Shrinkage: published rates, and what it may never do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.calculs import retrecissement_eb

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
