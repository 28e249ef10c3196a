"""Ranks, quartiles and classes: exact values, and what holds for any group."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.calculs.position import (
    compute_classement,
    compute_classes,
    compute_ecart,
    compute_position,
    compute_quantile,
    compute_quartiles,
    compute_rangs,
)
from data.modele import Sens

VALEURS = st.lists(st.integers(0, 10000).map(lambda n: n / 100), min_size=1, max_size=60)


def test_quantile_definition_7() -> None:
    assert compute_quantile([4, 1, 3, 2], 0.25) == 1.75
    assert compute_quantile([4, 1, 3, 2], 0.5) == 2.5
    assert compute_quantile([7.0], 0.75) == 7.0


@pytest.mark.parametrize("part", [-0.1, 1.1])
def test_quantile_hors_bornes(part: float) -> None:
    with pytest.raises(ValueError, match="comprise entre 0 et 1"):
        compute_quantile([1.0], part)


def test_quantile_sans_valeur() -> None:
    with pytest.raises(ValueError, match="aucune valeur"):
        compute_quantile([], 0.5)


@given(VALEURS, st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0]))
def test_quantile_comme_numpy_et_borne(valeurs: list[float], part: float) -> None:
    obtenu = compute_quantile(valeurs, part)
    assert obtenu == pytest.approx(float(np.quantile(valeurs, part)))
    assert min(valeurs) <= obtenu <= max(valeurs)


@given(VALEURS)
def test_quartiles_ordonnes(valeurs: list[float]) -> None:
    quartiles = compute_quartiles(valeurs)
    assert quartiles.q1 <= quartiles.mediane <= quartiles.q3


def test_rangs_de_competition() -> None:
    assert compute_rangs([90, 95, 95, 80], Sens.HAUT) == [3, 1, 1, 4]
    assert compute_rangs([90, 95, 95, 80], Sens.BAS) == [2, 3, 3, 1]
    assert compute_rangs([90, 95, 95, 80], Sens.NEUTRE) == [3, 1, 1, 4]


@given(VALEURS, st.sampled_from(Sens))
def test_rangs_sans_effet_de_l_ordre(valeurs: list[float], sens: Sens) -> None:
    rangs = dict(zip(valeurs, compute_rangs(valeurs, sens), strict=True))
    melange = sorted(valeurs, key=lambda v: (v * 7919) % 101)
    assert compute_rangs(melange, sens) == [rangs[v] for v in melange]
    assert min(rangs.values()) == 1
    assert max(rangs.values()) <= len(valeurs)


@given(VALEURS, st.sampled_from(Sens))
def test_position_coherente(valeurs: list[float], sens: Sens) -> None:
    rangs = compute_rangs(valeurs, sens)
    for valeur, rang in zip(valeurs, rangs, strict=True):
        position = compute_position(valeurs, valeur, sens)
        assert position.rang == rang
        assert position.ex_aequo == rangs.count(rang) - 1
        assert position.effectif == len(valeurs)
        assert 1 <= position.quart <= 4
        assert position.ecart_mediane == pytest.approx(valeur - float(np.median(valeurs)), abs=0.0051)


def test_ecart_avec_la_mediane_montree() -> None:
    assert compute_quantile([94.55, 94.66], 0.5) == 94.605
    assert compute_ecart(89.51, 94.605, 2) == -5.1  # 89,51 - 94,61, as a reader would do
    assert compute_ecart(1053.35, 1048.345, 2) == 5.0


def test_quarts() -> None:
    valeurs = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]
    assert [compute_position(valeurs, v, Sens.HAUT).quart for v in valeurs] == [4, 4, 3, 3, 2, 2, 1, 1]
    assert [compute_position(valeurs, v, Sens.BAS).quart for v in valeurs] == [1, 1, 2, 2, 3, 3, 4, 4]


def test_position_hors_groupe() -> None:
    with pytest.raises(ValueError, match="n'est pas une valeur du groupe"):
        compute_position([1.0], 2.0, Sens.HAUT)


def test_classement_absents_a_la_fin() -> None:
    frame = pl.DataFrame({"nom": ["a", "b", "c", "d"], "valeur": [80.0, None, 95.0, 80.0]})
    classement = compute_classement(frame, Sens.HAUT)
    assert classement["nom"].to_list() == ["c", "a", "d", "b"]
    assert classement["rang"].to_list() == [1, 2, 2, None]
    assert classement["ecart_mediane"].to_list() == [15.0, 0.0, 0.0, None]
    assert compute_classement(frame, Sens.BAS)["nom"].to_list() == ["a", "d", "c", "b"]


def test_classement_sans_valeur() -> None:
    frame = pl.DataFrame({"nom": ["a"], "valeur": [None]}, schema={"nom": pl.String, "valeur": pl.Float64})
    assert compute_classement(frame, Sens.HAUT)["rang"].to_list() == [None]


@given(VALEURS)
def test_classes_comptent_chacun_une_fois(valeurs: list[float]) -> None:
    classes = compute_classes(valeurs)
    assert sum(c.effectif for c in classes) == len(valeurs)
    assert classes[0].borne_basse <= min(valeurs)
    assert max(valeurs) <= classes[-1].borne_haute
    assert [c.borne_haute for c in classes[:-1]] == [c.borne_basse for c in classes[1:]]
    assert len(classes) <= 14
    for classe in classes:
        dedans = [v for v in valeurs if classe.borne_basse <= v < classe.borne_haute]
        exact = len(dedans) + (valeurs.count(classe.borne_haute) if classe.fermee else 0)
        assert classe.effectif == exact


def test_classes_ferment_sur_cent() -> None:
    classes = compute_classes([78.46, 90.0, 98.0, 100.0])
    assert classes[-1].borne_haute == 100
    assert classes[-1].fermee
    assert classes[-1].effectif == 2
    assert not classes[0].fermee


def test_classes_valeur_unique() -> None:
    (classe,) = compute_classes([95.4, 95.4])
    assert (classe.borne_basse, classe.borne_haute, classe.effectif) == (95, 96, 2)


def test_classes_sans_valeur() -> None:
    with pytest.raises(ValueError, match="pas de classe"):
        compute_classes([])
