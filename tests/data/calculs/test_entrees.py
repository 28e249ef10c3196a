"""What the statistics receive: any series of numbers, read once, and a French refusal of anything else."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
import pytest

from data.calculs import (
    distribution_rangs,
    groupes_quantiles,
    intervalle_moyenne,
    intervalle_quantile,
    laney_p,
    retrecissement_eb,
    surdispersion,
    xmr,
)
from data.calculs.entrees import check_serie

VALEURS = [3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0]
UN_ARGUMENT: list[Callable[[Any], object]] = [
    intervalle_moyenne,
    xmr,
    lambda v: intervalle_quantile(v, 0.5),
    lambda v: groupes_quantiles(v, 3),
]
FORMES: list[Callable[[list[float]], Any]] = [
    tuple,
    np.array,
    lambda v: np.array(v, dtype=object),
    lambda v: [np.float64(x) for x in v],
    pl.Series,
    iter,
    lambda v: (x for x in v),
    lambda v: dict(enumerate(v)).values(),
]


@pytest.mark.parametrize("forme", FORMES)
def test_toute_suite_est_lue(forme: Callable[[list[float]], Any]) -> None:
    for fonction in UN_ARGUMENT:
        assert fonction(forme(VALEURS)) == fonction(VALEURS)
    tailles = [v + 10 for v in VALEURS]
    for paire in (surdispersion, laney_p, retrecissement_eb, distribution_rangs):
        assert paire(forme(VALEURS), forme(tailles)) == paire(VALEURS, tailles)


@pytest.mark.parametrize("valeurs", [None, 5, {1.0, 2.0}, {"a": 1.0}, "12", b"12", [[1.0, 2.0]], [1.0, "2"], [True]])
def test_ce_qui_n_est_pas_une_suite_de_nombres_est_refuse(valeurs: Any) -> None:
    for fonction in UN_ARGUMENT:
        with pytest.raises(ValueError, match=r"attendue|doit être un nombre|sont nécessaires"):
            fonction(valeurs)


def test_un_trou_reste_un_trou() -> None:
    lus = check_serie((v for v in (1, None, math.nan, 0)), minimum=2)
    assert lus[[0, 3]].tolist() == [1.0, 0.0]
    assert np.isnan(lus[[1, 2]]).all()
