"""Verdicts: direction, neutrality, missing figures, and an organisme left out of its own reference."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.calculs.series import Regle, Signal
from data.calculs.verdict import (
    LIBELLES_VERDICTS,
    Verdict,
    compare_entonnoir,
    compare_intervalle,
    compare_spc,
    compute_reference,
    compute_taux_reference,
)
from data.modele import Comparateur, Sens

OPPOSES = {(Verdict.MIEUX, Verdict.MOINS_BIEN), (Verdict.MOINS_BIEN, Verdict.MIEUX)}


@pytest.mark.parametrize(
    ("bas", "haut", "sens", "attendu"),
    [
        (52, 60, Sens.HAUT, Verdict.MIEUX),
        (52, 60, Sens.BAS, Verdict.MOINS_BIEN),
        (52, 60, Sens.NEUTRE, Verdict.PLUS_HAUT),
        (40, 48, Sens.HAUT, Verdict.MOINS_BIEN),
        (40, 48, Sens.BAS, Verdict.MIEUX),
        (40, 48, Sens.NEUTRE, Verdict.PLUS_BAS),
        (40, 60, Sens.HAUT, Verdict.COMPARABLE),
        (50, 60, Sens.HAUT, Verdict.COMPARABLE),
        (40, 60, Sens.NEUTRE, Verdict.COMPARABLE),
    ],
)
def test_intervalle(bas: float, haut: float, sens: Sens, attendu: Verdict) -> None:
    jugement = compare_intervalle(bas, haut, 50, sens)
    assert jugement.verdict is attendu
    assert jugement.comparateur is Comparateur.INTERVALLE


def test_sans_denominateur_pas_de_verdict() -> None:
    jugement = compare_intervalle(None, None, 50, Sens.HAUT)
    assert (jugement.verdict, jugement.motif) == (Verdict.SANS_VERDICT, "sans dénominateur, pas d'intervalle")
    assert compare_intervalle(0, 1, None, Sens.HAUT).verdict is Verdict.SANS_VERDICT
    assert compare_entonnoir(0.5, None, Sens.HAUT).verdict is Verdict.SANS_VERDICT
    assert compare_entonnoir(None, (0.1, 0.2), Sens.HAUT).verdict is Verdict.SANS_VERDICT
    assert set(LIBELLES_VERDICTS) == set(Verdict)


def test_zero_est_une_reference_et_une_valeur() -> None:
    assert compare_intervalle(0.1, 0.2, 0.0, Sens.HAUT).verdict is Verdict.MIEUX
    assert compare_entonnoir(0.0, (0.1, 0.2), Sens.HAUT).verdict is Verdict.MOINS_BIEN


def test_borne_ouverte_acceptee() -> None:
    assert compare_intervalle(60, math.inf, 50, Sens.BAS).verdict is Verdict.MOINS_BIEN
    with pytest.raises(ValueError, match="n'en est pas un"):
        compare_intervalle(3, 2, 1, Sens.HAUT)


def test_entonnoir() -> None:
    assert compare_entonnoir(0.25, (0.1, 0.2), Sens.BAS).verdict is Verdict.MOINS_BIEN
    assert compare_entonnoir(0.2, (0.1, 0.2), Sens.BAS).verdict is Verdict.COMPARABLE
    with pytest.raises(ValueError, match="dépasse"):
        compare_entonnoir(0.2, (0.3, 0.2), Sens.BAS)


def test_spc() -> None:
    signaux = [Signal(4, Regle.TENDANCE, -1)]
    assert compare_spc(signaux, 4, Sens.BAS).verdict is Verdict.MIEUX
    assert compare_spc(signaux, 4, Sens.HAUT).motif == "7 points en hausse ou en baisse continue"
    assert compare_spc(signaux, 3, Sens.HAUT).verdict is Verdict.COMPARABLE


def test_reference_sans_soi() -> None:
    assert compute_reference([1.0, None, 2.0, 9.0]) == 2
    assert compute_reference([1.0, None, 2.0, 9.0], sans=3) == 1.5
    assert compute_reference([1.0, None, 2.0, 9.0], statistique="moyenne", sans=0) == 5.5
    assert compute_reference([0.0, 0.0]) == 0
    assert compute_reference([7.0], sans=0) is None
    with pytest.raises(ValueError, match="pas dans le groupe"):
        compute_reference([1.0], sans=1)


def test_taux_de_reference() -> None:
    assert compute_taux_reference([1, 9, None], [10, 90, 5]) == 0.1
    assert compute_taux_reference([1, 9, None], [10, 30, 5], sans=1) == 0.1
    assert compute_taux_reference([5], [10], sans=0) is None


@given(
    st.lists(st.integers(0, 100).map(float), min_size=2, max_size=30),
    st.integers(0, 20),
    st.sampled_from(["moyenne", "mediane"]),
    st.sampled_from([Sens.HAUT, Sens.BAS]),
)
def test_s_inclure_ne_retourne_jamais_le_verdict(valeurs: list[float], demi: int, statistique: str, sens: Sens) -> None:
    mienne = valeurs[0]
    sans = compute_reference(valeurs, statistique=statistique, sans=0)  # type: ignore[arg-type]
    avec = compute_reference(valeurs, statistique=statistique)  # type: ignore[arg-type]
    verdicts = tuple(compare_intervalle(mienne - demi, mienne + demi, r, sens).verdict for r in (sans, avec))
    assert verdicts not in OPPOSES


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(50, 100)), min_size=2, max_size=20))
def test_s_inclure_ne_retourne_jamais_le_taux(couples: list[tuple[int, int]]) -> None:
    x, n = [a for a, _ in couples], [b for _, b in couples]
    mien = x[0] / n[0]
    sans, avec = compute_taux_reference(x, n, sans=0), compute_taux_reference(x, n)
    assert sans is not None
    assert avec is not None
    assert min(sans, mien) - 1e-12 <= avec <= max(sans, mien) + 1e-12
