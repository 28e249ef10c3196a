"""Requests of the context of the organismes."""

from __future__ import annotations

import polars as pl
import pytest

from data.calculs.pairs import LENTILLES, VARIABLES, compute_voisinage
from data.magasin import Lecture
from data.requetes import pairs


def test_contexte_large(publication: Lecture) -> None:
    contexte = pairs.load_contexte(2023)
    assert contexte.height == 165
    assert set(contexte.columns) >= {v.code for v in VARIABLES} | {"code_organisme", "type_note", "ctx_productivite"}
    assert contexte["code_organisme"].n_unique() == 165
    assert contexte["ctx_etp"].null_count() == 0
    assert contexte.filter(type_note="CPAM").height == 102
    assert contexte.filter(type_note="CPAM").select(v.code for v in VARIABLES).null_count().sum_horizontal().item() == 0
    mayotte = contexte.row(by_predicate=pl.col("code_organisme") == "976", named=True)
    assert mayotte["ctx_population"] is None
    assert mayotte["ctx_superficie"] == pytest.approx(376, rel=0.03)


def test_annee_la_plus_proche(publication: Lecture) -> None:
    """The latest year not after the one asked for, else the earliest."""
    par_annee = {
        a: dict(pairs.list_millesimes(a).select("code_indicateur", "annee_max").iter_rows()) for a in (2016, 2020, 2030)
    }
    assert [par_annee[a]["ctx_part_65"] for a in (2016, 2020, 2030)] == [2019, 2020, 2023]
    assert [par_annee[a]["ctx_productivite"] for a in (2016, 2020, 2030)] == [2017, 2020, 2021]
    assert {par_annee[a]["ctx_population"] for a in par_annee} == {2017}
    une, autre = (pairs.load_contexte(a).filter(code_organisme="571")["ctx_part_65"].item() for a in (2019, 2023))
    assert une < autre


def test_variables_et_annees(publication: Lecture) -> None:
    variables = pairs.list_variables()
    assert variables.height == 13
    simulees = dict(variables.select("code_indicateur", "simulee").iter_rows())
    assert not simulees["ctx_population"]
    assert not simulees["ctx_densite"]
    assert simulees["ctx_productivite"]
    assert pairs.list_annees() == (2019, 2020, 2021, 2022, 2023)
    assert pairs.list_annees("ctx_productivite") == (2017, 2018, 2019, 2020, 2021)


def test_productivite(publication: Lecture) -> None:
    frame = pairs.load_productivite(2021)
    assert frame.height == 102
    assert frame.columns == ["code_organisme", "nom_court", "type_organisme", "bcp", "etpr", "productivite", "nature"]
    assert (frame["productivite"] - frame["bcp"] / frame["etpr"]).abs().max() < 1e-9
    assert set(frame["nature"]) == {"simulee"}
    assert pairs.load_productivite(2023).is_empty()


@pytest.mark.parametrize("lentille", LENTILLES)
def test_chaque_caisse_a_ses_voisins(publication: Lecture, lentille: str) -> None:
    contexte = pairs.load_contexte(2023)
    for code in ("751", "231", "571", "481"):
        voisinage = compute_voisinage(contexte, code, lentille, annee=2023)
        assert len(voisinage.voisins) == 12
        assert voisinage.sans_distance == ()


def test_le_territoire_de_paris(publication: Lecture) -> None:
    """Real densities: the nearest of Paris are its three neighbours of the petite couronne."""
    voisinage = compute_voisinage(pairs.load_contexte(2023), "751", "territoire", annee=2023)
    assert {v.code for v in voisinage.voisins[:3]} == {"921", "931", "941"}
