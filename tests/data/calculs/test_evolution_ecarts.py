from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.calculs.evolution_ecarts import (
    Tendance,
    compare_ecarts,
    compute_evolution_productivite,
    compute_stabilite,
    intervalle_cv,
)
from data.modele import Sens

VALEURS = st.lists(st.floats(1, 1000).map(lambda v: round(v, 2)), min_size=5, max_size=30)


def build_groupe(valeurs: list[float]) -> dict[str, float | None]:
    return {f"{rang:03}": v for rang, v in enumerate(valeurs)}


def test_un_ecart_divise_par_deux_se_resserre() -> None:
    avant = build_groupe([100.0 + v for v in range(101)])
    apres = {code: 150 + ((v or 0) - 150) / 2 for code, v in avant.items()}
    evolution = compare_ecarts(avant, apres)
    assert (evolution.ecart_avant, evolution.ecart_apres) == (80, 40)
    # The same draws at both dates: half a gap is half in every draw, and the interval is a point.
    assert evolution.variation == evolution.bas == evolution.haut == -0.5
    assert evolution.tendance is Tendance.RESSERRE


def test_un_ecart_qui_double_s_ecarte() -> None:
    avant = build_groupe([float(v) for v in range(1, 60)])
    assert compare_ecarts(avant, {c: 2 * (v or 0) for c, v in avant.items()}).tendance is Tendance.ECARTE


def test_le_hasard_ne_fait_pas_une_tendance() -> None:
    tirage = np.random.default_rng(7)
    avant, apres = (build_groupe(tirage.normal(80, 5, 102).tolist()) for _ in range(2))
    evolution = compare_ecarts(avant, apres)
    assert evolution.bas is not None
    assert evolution.haut is not None
    assert evolution.bas < 0 < evolution.haut
    assert evolution.tendance is Tendance.STABLE


def test_seuls_les_organismes_des_deux_dates_comptent() -> None:
    avant = build_groupe([10.0, 20.0, 30.0, 40.0, 50.0, 999.0])
    apres: dict[str, float | None] = dict(build_groupe([10.0, 20.0, 30.0, 40.0, 50.0])) | {"006": 0.0, "005": None}
    evolution = compare_ecarts(avant, apres)
    assert evolution.effectif == 5
    assert evolution.variation == 0


def test_zero_est_une_valeur() -> None:
    avant = build_groupe([0.0, 0.0, 0.0, 0.0, 10.0])
    assert compare_ecarts(avant, build_groupe([0.0] * 5)).ecart_apres == 0


def test_sans_ecart_au_depart() -> None:
    evolution = compare_ecarts(build_groupe([5.0] * 6), build_groupe([5.0, 6.0, 7.0, 8.0, 9.0, 10.0]))
    assert evolution.tendance is Tendance.SANS_ECART
    assert evolution.variation is None


def test_trop_peu_d_organismes_est_refuse() -> None:
    with pytest.raises(ValueError, match="4 organismes ont une valeur aux deux dates"):
        compare_ecarts(build_groupe([1.0, 2.0, 3.0, 4.0]), build_groupe([1.0, 2.0, 3.0, 4.0]))
    with pytest.raises(ValueError, match="tirages"):
        compare_ecarts(build_groupe([1.0] * 5), build_groupe([1.0] * 5), tirages=0)


@settings(max_examples=25, deadline=None)
@given(VALEURS, st.floats(0.5, 20))
def test_ni_l_unite_ni_l_ordre_ne_changent_la_lecture(valeurs: list[float], facteur: float) -> None:
    avant = build_groupe(valeurs)
    apres = {code: (v or 0) * 1.1 + rang for rang, (code, v) in enumerate(avant.items())}
    base = compare_ecarts(avant, apres, tirages=100)
    autre = compare_ecarts(
        {c: (v or 0) * facteur for c, v in reversed(avant.items())},
        {c: v * facteur for c, v in reversed(apres.items())},
        tirages=100,
    )
    assert autre.effectif == base.effectif
    if base.variation is not None and base.ecart_avant > 1e-3:
        assert autre.variation == pytest.approx(base.variation, abs=1e-6)
        assert base.bas is not None
        assert base.bas >= -1


def test_cv_et_son_intervalle() -> None:
    cv = intervalle_cv([90.0, 100.0, 110.0, None])
    assert cv is not None
    assert cv[0] == pytest.approx((200 / 3) ** 0.5 / 100)
    assert cv[1] <= cv[0] <= cv[2]
    assert intervalle_cv([-1.0, 1.0]) is None
    assert intervalle_cv([5.0, 5.0, 5.0]) == (0, 0, 0)


def test_stabilite_des_deux_bouts() -> None:
    avant = build_groupe([float(v) for v in range(40)])
    assert compute_stabilite(avant, avant, Sens.HAUT) is not None
    inverse = {code: -(v or 0) for code, v in avant.items()}
    stabilite = compute_stabilite(avant, inverse, Sens.HAUT)
    assert stabilite is not None
    assert (stabilite.haut, stabilite.bas) == (0, 0)
    meme = compute_stabilite(avant, avant, Sens.BAS)
    assert meme is not None
    assert (meme.haut, meme.bas) == (10, 10)
    assert compute_stabilite(build_groupe([1.0] * 19), build_groupe([1.0] * 19), Sens.HAUT) is None


def test_numerateur_et_denominateur_se_recomposent() -> None:
    avant = pl.DataFrame({"code_organisme": ["a", "b", "c"], "bcp": [1000.0, 2000.0, None], "etpr": [10.0, 10.0, 5.0]})
    apres = pl.DataFrame({"code_organisme": ["b", "a", "c"], "bcp": [2200.0, 1000.0, 9.0], "etpr": [10.0, 8.0, 5.0]})
    frame = compute_evolution_productivite(avant, apres)
    assert frame["code_organisme"].to_list() == ["b", "a"]  # « c » has no BCP before
    assert frame["evolution_productivite"].to_list() == pytest.approx([0.1, 0.25])
    assert frame["evolution_etpr"].to_list() == pytest.approx([0, -0.2])
    with pytest.raises(ValueError, match="nul ou négatif : a"):
        compute_evolution_productivite(avant.with_columns(etpr=pl.lit(0.0)).head(1), apres)
