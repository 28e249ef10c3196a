from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.calculs.ensemble import Regle, choose_regle, choose_regle_territoire, compute_ensemble
from data.modele import Statistique


def build_frame(*lignes: tuple[int, float | None, float | None]) -> pl.DataFrame:
    return pl.DataFrame(
        lignes, schema={"annee": pl.Int64, "valeur": pl.Float64, "denominateur": pl.Float64}, orient="row"
    )


def test_le_rapport_n_est_pas_la_moyenne() -> None:
    """100 of 1,000 files and 9 of 10: the group is at 10.8 %, the mean of its members at 50 %."""
    frame = build_frame((2023, 10.0, 1000.0), (2023, 90.0, 10.0))
    regle = choose_regle(frame, Statistique.TAUX)
    assert regle is Regle.RAPPORT
    assert compute_ensemble(frame, ["annee"], regle)["valeur"].to_list() == [pytest.approx(100 * 109 / 1010)]


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 500), st.integers(1, 500)), min_size=1, max_size=20))
def test_rapport_des_sommes_taux_moyenne_et_evolution(fractions: list[tuple[int, int]]) -> None:
    numerateurs, denominateurs = (sum(f[i] for f in fractions) for i in (0, 1))
    for forme in (lambda n, d: 100 * n / d, lambda n, d: n / d, lambda n, d: 100 * (n / d - 1)):
        frame = build_frame(*((2023, forme(n, d), float(d)) for n, d in fractions))
        ensemble = compute_ensemble(frame, ["annee"], Regle.RAPPORT)
        assert ensemble["valeur"][0] == pytest.approx(forme(numerateurs, denominateurs), abs=1e-9)


def test_un_decile_ne_se_pondere_pas() -> None:
    frame = build_frame((2023, 20.0, 100.0), (2023, 30.0, 900.0), (2023, 25.0, 10.0))
    assert choose_regle(frame, Statistique.D9) is Regle.MEDIANE
    assert compute_ensemble(frame, ["annee"], Regle.MEDIANE)["valeur"].to_list() == [25.0]


def test_un_nombre_s_additionne_mais_se_compare_a_une_cible_par_sa_mediane() -> None:
    frame = build_frame((2023, 5.0, None), (2023, 7.0, None), (2023, 0.0, None))
    assert choose_regle(frame, Statistique.NOMBRE) is Regle.SOMME
    assert choose_regle(frame, Statistique.NOMBRE, typique=True) is Regle.MEDIANE
    assert compute_ensemble(frame, ["annee"], Regle.SOMME)["valeur"].to_list() == [12.0]
    assert compute_ensemble(frame, ["annee"], Regle.MEDIANE)["valeur"].to_list() == [5.0]  # zero counts


def test_un_denominateur_manquant_interdit_la_ponderation() -> None:
    assert choose_regle(build_frame((2023, 5.0, 10.0), (2023, 7.0, None)), Statistique.TAUX) is Regle.MEDIANE
    assert choose_regle(build_frame((2023, 5.0, 10.0), (2023, None, None)), Statistique.TAUX) is Regle.RAPPORT


def test_les_absents_ne_pesent_pas() -> None:
    frame = build_frame((2022, None, 50.0), (2023, 10.0, 100.0), (2023, None, 900.0))
    ensemble = compute_ensemble(frame, ["annee"], Regle.RAPPORT)
    assert ensemble.rows() == [(2022, None, 0), (2023, 10.0, 1)]
    assert compute_ensemble(frame, ["annee"], Regle.SOMME)["valeur"].to_list() == [None, 10.0]  # no value is not zero


def test_ce_qui_ne_se_cumule_pas_ne_se_somme_pas() -> None:
    """Bonuses per person of two caisses: 1 000 € and 900 € do not make 1 900 €."""
    frame = build_frame((2023, 1000.0, None), (2023, 900.0, None))
    assert choose_regle(frame, Statistique.MONTANT, cumulable=False) is Regle.MEDIANE
    assert choose_regle(frame, Statistique.MONTANT) is Regle.SOMME


@pytest.mark.parametrize(
    ("statistique", "cumulable", "denominateur", "attendue"),
    [
        (Statistique.TAUX, True, 10.0, Regle.RAPPORT),
        (Statistique.TAUX, True, None, Regle.MOYENNE),
        (Statistique.MOYENNE, True, 10.0, Regle.RAPPORT),
        (Statistique.NOMBRE, True, None, Regle.SOMME),
        (Statistique.NOMBRE, False, None, Regle.MOYENNE),
        (Statistique.MONTANT, False, None, Regle.MOYENNE),
        (Statistique.COMPOSITE, True, None, Regle.MOYENNE),
        (Statistique.D9, True, 10.0, None),
        (Statistique.QUANTILE, True, None, None),
    ],
)
def test_regle_d_un_territoire(
    statistique: Statistique, cumulable: bool, denominateur: float | None, attendue: Regle | None
) -> None:
    frame = build_frame((2023, 5.0, denominateur), (2023, 7.0, denominateur))
    assert choose_regle_territoire(frame, statistique, cumulable=cumulable) is attendue


def test_moyenne_simple() -> None:
    frame = build_frame((2023, 90.0, 1000.0), (2023, 10.0, 10.0), (2023, None, None))
    assert compute_ensemble(frame, ["annee"], Regle.MOYENNE).row(0) == (2023, 50.0, 2)
