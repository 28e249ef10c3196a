from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.calculs.comparaison import (
    add_intervalles,
    add_rangs_incertains,
    build_entonnoir_groupe,
    build_groupe_juge,
    check_proportions,
    compute_bandes,
    select_parts,
)
from data.calculs.verdict import Verdict
from data.modele import Comparateur, Sens, Statistique

TAUX: dict[str, Any] = {"statistique": Statistique.TAUX, "comparateur": Comparateur.ENTONNOIR}


def build_frame(couples: list[tuple[float | None, float | None]], echelle: float = 100.0) -> pl.DataFrame:
    valeurs = [None if n is None or d is None else echelle * n / d for n, d in couples]
    return pl.DataFrame(
        {
            "code_organisme": [f"{rang:03}" for rang in range(len(couples))],
            "valeur": pl.Series(valeurs, dtype=pl.Float64),
            "numerateur": pl.Series([n for n, _ in couples], dtype=pl.Float64),
            "denominateur": pl.Series([d for _, d in couples], dtype=pl.Float64),
        }
    )


def test_wilson_en_pourcentage_exemple_publie() -> None:
    """Newcombe 1998, Statistics in Medicine 17, p. 857, table I: 81/263, Wilson 0.2553 to 0.3662."""
    ligne = add_intervalles(build_frame([(81, 263)]), **TAUX).row(0, named=True)
    assert (ligne["bas"], ligne["haut"]) == pytest.approx((25.53, 36.62), abs=0.005)
    assert ligne["erreur"] == pytest.approx((36.62 - 25.53) / 3.92, abs=0.005)


def test_taux_d_evenements_par_byar_a_l_echelle_de_l_unite() -> None:
    """A rate for 1 000 inhabitants; the scale is read off the other row, and 0 event has an upper bound."""
    frame = build_frame([(0, 2000), (50, 10000)], echelle=1000)
    bornes = add_intervalles(frame, Statistique.RATIO, Comparateur.INTERVALLE).select("bas", "haut").rows()
    assert bornes[0] == pytest.approx((0.0, 3.6889 / 2000 * 1000), abs=1e-3)  # exact Poisson: 0 to 3.6889 events
    assert bornes[1][0] < 5 < bornes[1][1]


@pytest.mark.parametrize("statistique", [Statistique.MOYENNE, Statistique.D9, Statistique.MONTANT])
def test_pas_d_intervalle_hors_des_parts(statistique: Statistique) -> None:
    frame = add_intervalles(build_frame([(10, 20), (5, 20)]), statistique, Comparateur.SPC)
    assert frame["bas"].null_count() == frame.height
    assert add_rangs_incertains(frame, Sens.HAUT)["rang_bas"].null_count() == frame.height


def test_sans_denominateur_pas_d_intervalle_ni_de_rang_incertain() -> None:
    frame = build_frame([(10, 20), (5, 20), (8, 20)]).with_columns(
        denominateur=pl.Series([20.0, None, 20.0], dtype=pl.Float64)
    )
    frame = add_rangs_incertains(add_intervalles(frame, **TAUX), Sens.HAUT)
    assert frame["bas"].null_count() == 1
    assert frame["rang_bas"].null_count() == 3  # uncertain against all the others, or unknown


def test_valeurs_egales_rang_de_1_a_n() -> None:
    frame = add_rangs_incertains(add_intervalles(build_frame([(50, 100)] * 6), **TAUX), Sens.HAUT)
    assert frame.select("rang_bas", "rang_haut", "indistincts").rows() == [(1, 6, 5)] * 6


def test_reference_taux_du_groupe_ou_mediane_sans_moi() -> None:
    frame = build_frame([(10, 100), (90, 100), (300, 400)])
    taux = build_groupe_juge(frame, **TAUX, sens=Sens.HAUT)
    assert taux.compute_reference() == pytest.approx(100 * 400 / 600)
    assert taux.compute_reference("000") == pytest.approx(100 * 390 / 500)
    moyenne = build_groupe_juge(frame, Statistique.MOYENNE, Comparateur.SPC, Sens.HAUT)
    assert moyenne.compute_reference() == 75.0
    assert moyenne.compute_reference("001") == pytest.approx(42.5)


def test_part_declaree_sans_comparateur_n_est_pas_une_proportion() -> None:
    frame = build_frame([(10, 100), (90, 100)])
    assert check_proportions(frame, Statistique.TAUX, Comparateur.ENTONNOIR)
    assert not check_proportions(frame, Statistique.TAUX, Comparateur.AUCUN)
    assert not check_proportions(frame.with_columns(denominateur=None), Statistique.TAUX, Comparateur.ENTONNOIR)


def test_numerateur_au_dela_du_denominateur_mis_de_cote() -> None:
    assert select_parts(build_frame([(10, 20), (30, 20), (0, 20), (None, 20), (1, None)])).height == 2  # 0 is a value


def test_verdict_par_entonnoir() -> None:
    couples = [(50.0 + (rang % 3), 100.0) for rang in range(20)]
    frame = add_intervalles(build_frame([*couples, (95.0, 100.0), (5.0, 100.0)]), **TAUX)

    def get_verdict(code: str, sens: Sens = Sens.HAUT) -> Verdict:
        return build_groupe_juge(frame, **TAUX, sens=sens).judge(code).verdict

    assert get_verdict("020") is Verdict.MIEUX
    assert get_verdict("021") is Verdict.MOINS_BIEN
    assert get_verdict("021", Sens.BAS) is Verdict.MIEUX
    assert get_verdict("021", Sens.NEUTRE) is Verdict.PLUS_BAS
    assert get_verdict("000") is Verdict.COMPARABLE
    assert get_verdict("inconnu") is Verdict.SANS_VERDICT


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(50, 500)), min_size=3, max_size=12))
def test_le_verdict_est_celui_de_l_entonnoir_dessine(couples: list[tuple[int, int]]) -> None:
    frame = build_frame([(float(cas), float(taille)) for cas, taille in couples])
    groupe = build_groupe_juge(frame, **TAUX, sens=Sens.HAUT)
    for sans_moi in (False, True):
        for rang, code in enumerate(frame["code_organisme"]):
            point = build_entonnoir_groupe(frame, sans=code if sans_moi else None).points[rang]
            comparable = groupe.judge(code, sans_moi=sans_moi).verdict is Verdict.COMPARABLE
            assert comparable == (point.depassement_ajuste is None)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 200), min_size=6, max_size=15))
def test_se_mettre_dans_la_reference_ne_retourne_jamais_le_verdict(cas: list[int]) -> None:
    frame = build_frame([(float(c), 200.0) for c in cas])
    extremes = {Verdict.MIEUX, Verdict.MOINS_BIEN}
    for comparateur in (Comparateur.ENTONNOIR, Comparateur.INTERVALLE):
        bornee = add_intervalles(frame, Statistique.TAUX, comparateur)
        groupe = build_groupe_juge(bornee, Statistique.TAUX, comparateur, Sens.HAUT)
        avec, sans = (groupe.judge("000", sans_moi=sans_moi).verdict for sans_moi in (False, True))
        assert {avec, sans} != extremes


def test_verdict_contre_son_propre_passe() -> None:
    groupe = build_groupe_juge(build_frame([(1, 1), (2, 1)]), Statistique.MOYENNE, Comparateur.SPC, Sens.BAS)
    calme = [20.0, 21.0] * 10
    assert groupe.judge("000", mois=calme).verdict is Verdict.COMPARABLE
    assert groupe.judge("000", mois=[*calme, 60.0]).verdict is Verdict.MOINS_BIEN
    assert groupe.judge("000", mois=[20.0] * 20).verdict is Verdict.COMPARABLE  # constant: no signal
    assert groupe.judge("000", mois=[*calme, None]).verdict is Verdict.SANS_VERDICT
    assert groupe.judge("000").verdict is Verdict.SANS_VERDICT


def test_sans_comparateur_pas_de_verdict() -> None:
    frame = build_frame([(1, 2), (1, 3)])
    jugement = build_groupe_juge(frame, Statistique.MONTANT, Comparateur.AUCUN, Sens.HAUT).judge("000")
    assert jugement.verdict is Verdict.SANS_VERDICT
    assert "hasard" in jugement.motif


def test_entonnoir_du_groupe_en_parts() -> None:
    entonnoir = build_entonnoir_groupe(build_frame([(30, 100), (50, 100), (40, 200)]), sans="002")
    assert entonnoir.reference == pytest.approx(0.4)
    assert [point.valeur for point in entonnoir.points] == pytest.approx([0.3, 0.5, 0.2])


def test_bande_du_groupe() -> None:
    date = dt.date(2023, 1, 1)
    frame = pl.DataFrame(
        {
            "code_organisme": [f"{rang:03}" for rang in range(11)],
            "date": [date] * 11,
            "valeur": [float(rang) for rang in range(10)] + [None],
        }
    )
    assert compute_bandes(frame).row(0)[1:] == pytest.approx(
        (0.9, 4.5, 8.1, 10)
    )  # h = (n - 1) × p; the hole does not count
    assert compute_bandes(frame, sans="000")["milieu"][0] == 5.0
