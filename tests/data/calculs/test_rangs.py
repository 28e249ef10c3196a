"""Ranks with uncertainty: degenerate cases, order, units, an exact oracle, and the time they take."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.calculs import distribution_rangs
from data.calculs.rangs import list_rangs_incertains
from data.modele import Sens

GROUPES = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 8)), min_size=1, max_size=25)


@pytest.mark.parametrize("n", [2, 5, 41, 165])
def test_unites_egales_intervalle_entier(n: int) -> None:
    assert distribution_rangs([12.5] * n, [0.3] * n) == [(1, n)] * n


def test_sans_erreur_le_rang_lui_meme() -> None:
    assert distribution_rangs([3.0, 1.0, 2.0], [0.0] * 3) == [(1, 1), (3, 3), (2, 2)]
    assert distribution_rangs([3.0, 1.0, 2.0], [0.0] * 3, sens=Sens.BAS) == [(3, 3), (1, 1), (2, 2)]
    assert distribution_rangs([2.0, 1.0, 2.0], [0.0] * 3) == [(1, 2), (3, 3), (1, 2)]


def test_plus_d_erreur_plus_large() -> None:
    valeurs = [float(v) for v in range(20)]
    largeurs = []
    for erreur in (0.01, 0.5, 2.0, 8.0):
        rangs = distribution_rangs(valeurs, [erreur] * 20)
        largeurs.append(sum(r[1] - r[0] for r in rangs if r))
    assert largeurs == sorted(largeurs)
    assert largeurs[0] == 0


def test_deux_unites_comme_la_loi_normale() -> None:
    """P(the lower one is first) = Φ(−d / √(s1² + s2²)), an exact figure: here Φ(−1/√2)."""
    premier, second = list_rangs_incertains([1.0, 0.0], [1.0, 1.0], tirages=40_000, graine=3)
    assert premier is not None
    assert second is not None
    # With two bodies, the best quarter is empty: the medians tell who is ahead.
    assert (premier.mediane, second.mediane) == (1.0, 2.0)
    quatre = list_rangs_incertains([1.0, 0.0, -50.0, -60.0], [1.0, 1.0, 0.0, 0.0], tirages=40_000, graine=3)
    attendu = 0.5 * (1 + math.erf(1 / 2))
    assert quatre[0] is not None
    assert quatre[0].chance_premier_quart == pytest.approx(attendu, abs=0.01)
    assert (quatre[0].bas, quatre[0].haut, quatre[0].indistincts) == (1, 2, 1)


@settings(max_examples=40, deadline=None)
@given(GROUPES)
def test_ordre_unite_et_bornes(couples: list[tuple[int, int]]) -> None:
    valeurs, erreurs = [float(v) for v, _ in couples], [float(e) for _, e in couples]
    rangs = list_rangs_incertains(valeurs, erreurs, tirages=200)
    for r in rangs:
        assert r is not None
        assert 1 <= r.bas <= r.rang <= r.haut <= len(couples)
        assert r.haut - r.bas >= r.indistincts
    inverse = list_rangs_incertains(valeurs[::-1], erreurs[::-1], tirages=200)
    assert inverse[::-1] == rangs
    double = list_rangs_incertains([4 * v for v in valeurs], [4 * e for e in erreurs], tirages=200)
    assert double == rangs


def test_trous() -> None:
    assert distribution_rangs([3.0, None, 0.0, math.nan], [0.0, None, 0.0, 1.0]) == [(1, 1), None, (2, 2), None]
    assert distribution_rangs([], []) == []
    assert distribution_rangs([None], [None]) == [None]


@pytest.mark.parametrize(
    ("valeurs", "erreurs", "tirages", "message"),
    [
        ([1.0], [1.0, 2.0], 10, "il en faut autant"),
        ([1.0], [-1.0], 10, "négative"),
        ([1.0], [None], 10, "pas d'erreur type"),
        ([1.0], [1.0], 0, "tirages"),
    ],
)
def test_refus(valeurs: list[float], erreurs: list[float], tirages: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        distribution_rangs(valeurs, erreurs, tirages)


def test_meme_graine_memes_rangs() -> None:
    valeurs, erreurs = [float(v % 7) for v in range(30)], [0.8] * 30
    assert distribution_rangs(valeurs, erreurs, graine=5) == distribution_rangs(valeurs, erreurs, graine=5)


def test_rangs_simules_comptes_comme_tries_un_par_un() -> None:
    """Same draws, ranked one by one and sorted: the plain reading of the definition."""
    valeurs, erreurs, tirages = [3.0, 1.0, 2.5, 2.4, 0.2, 1.9], [0.5, 0.4, 0.3, 0.9, 0.1, 0.7], 301
    rangs = list_rangs_incertains(valeurs, erreurs, tirages=tirages)
    ordre = np.lexsort((erreurs, valeurs))
    bruits = np.random.default_rng(0).standard_normal((tirages, len(valeurs)))
    for place, indice in enumerate(ordre):
        simules = sorted(
            1 + sum(-valeurs[j] + erreurs[j] * b[p] < -valeurs[indice] + erreurs[indice] * b[place]
                    for p, j in enumerate(ordre))
            for b in bruits
        )  # fmt: skip
        rang = rangs[int(indice)]
        assert rang is not None
        assert rang.mediane == (simules[(tirages - 1) // 2] + simules[tirages // 2]) / 2
        assert rang.chance_premier_quart == sum(4 * s <= len(valeurs) for s in simules) / tirages
        assert rang.bas <= simules[7]
        assert rang.haut >= simules[-8]


@pytest.mark.parametrize("graine", [-1, 1.5, "a"])
def test_graine_refusee_en_francais(graine: int) -> None:
    with pytest.raises(ValueError, match="graine : un entier d'au moins 0"):
        distribution_rangs([1.0, 2.0], [1.0, 1.0], graine=graine)


def test_entiers_de_numpy_acceptes() -> None:
    attendus = distribution_rangs([1.0, 2.0], [1.0, 1.0], 100, 3)
    assert distribution_rangs([1.0, 2.0], [1.0, 1.0], np.int64(100), np.int64(3)) == attendus  # type: ignore[arg-type]
