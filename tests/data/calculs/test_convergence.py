"""Convergence: the Igas simulation as written, its limits, and moves of rank."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.calculs.convergence import compute_mobilites, simulate_resserrement
from data.modele import Sens

CAISSES = st.lists(st.tuples(st.integers(1, 5000), st.integers(1, 50)), min_size=1, max_size=30)


def _build(couples: list[tuple[float | None, float | None]]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "code_organisme": [f"{i:03d}" for i in range(len(couples))],
            "bcp": [b for b, _ in couples],
            "etpr": [e for _, e in couples],
        },
        schema={"code_organisme": pl.String, "bcp": pl.Float64, "etpr": pl.Float64},
    )


def test_effort_a_la_main() -> None:
    """Reference 1 000: 950 asks for 5 % of 100 ETPR; 800 is capped at 10 % of 200; 990 asks for 1 % of 100."""
    caisses = _build([(95_000, 100), (160_000, 200), (99_000, 100), (120_000, 100)])
    simulation = simulate_resserrement(caisses, reference=1000)
    postes = dict(simulation.caisses.select("code_organisme", "postes").iter_rows())
    assert postes == {"000": pytest.approx(5), "001": pytest.approx(20), "002": pytest.approx(1), "003": 0}
    assert simulation.postes == pytest.approx(26)
    assert (simulation.contributrices, simulation.faibles, simulation.plafonnees) == (3, 1, 1)
    assert simulation.caisses["code_organisme"][0] == "001"


def test_caisses_nommees_par_l_igas() -> None:
    """Document 003, l. 3326: 101, 78 and 73 posts at the cap of 10 % are 1 010, 780 and 730 ETPR."""
    caisses = _build([(1010 * 80.0, 1010), (780 * 80.0, 780), (730 * 80.0, 730), (1e6, 1e4)])
    simulation = simulate_resserrement(caisses)
    assert simulation.caisses["postes"].to_list()[:3] == pytest.approx([101, 78, 73])
    assert simulation.notables == (3, 3)


def test_reference_par_defaut_est_celle_du_reseau() -> None:
    assert simulate_resserrement(_build([(100, 1), (600, 9)])).reference == 70


@given(CAISSES)
def test_proprietes(couples: list[tuple[int, int]]) -> None:
    caisses = _build([(float(b), float(e)) for b, e in couples])
    simulation = simulate_resserrement(caisses)
    assert simulation.caisses["effort"].is_between(0, 0.10).all()
    assert simulation.postes <= 0.10 * sum(e for _, e in couples) + 1e-9
    libre = simulate_resserrement(caisses, plafond=1.0)
    assert libre.postes >= simulation.postes - 1e-9
    # Once the posts are released, no caisse is under the reference.
    apres = libre.caisses.filter(pl.col("etpr") > pl.col("postes"))
    assert (apres["bcp"] / (apres["etpr"] - apres["postes"]) >= libre.reference - 1e-6).all()
    assert simulate_resserrement(caisses, plafond=0.0).postes == 0
    double = simulate_resserrement(caisses.with_columns(bcp=pl.col("bcp") * 8))
    assert double.postes == pytest.approx(simulation.postes)


def test_sans_donnee_hors_de_la_moyenne() -> None:
    simulation = simulate_resserrement(_build([(100, 1), (None, 500), (90, 1), (0, 1)]))
    assert simulation.sans_donnee == ("001",)
    assert simulation.reference == pytest.approx(190 / 3)
    assert simulation.caisses.filter(code_organisme="003")["effort"].item() == 0.10


@pytest.mark.parametrize(
    ("couples", "plafond", "message"),
    [
        ([(None, 1)], 0.1, "aucune caisse"),
        ([(1, 0)], 0.1, "ETPR nul"),
        ([(-1, 1)], 0.1, "BCP négatif"),
        ([(1, 1)], 10, "plafond"),
        ([(0, 1)], 0.1, "référence doit être positive"),
    ],
)
def test_refus(couples: list[tuple[float | None, float | None]], plafond: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        simulate_resserrement(_build(couples), plafond=plafond)


def test_mobilites() -> None:
    avant = {"a": 1.0, "b": 2.0, "c": 3.0, "d": None, "e": 0.0}
    apres = {"a": 9.0, "b": 2.0, "c": 3.0, "d": 8.0, "e": None}
    mobilites = compute_mobilites(avant, apres, Sens.HAUT, seuil=2)
    assert [(m.code, m.rang_avant, m.rang_apres, m.places, m.marquee) for m in mobilites] == [
        ("a", 3, 1, 2, True),
        ("c", 1, 2, -1, False),
        ("b", 2, 3, -1, False),
    ]
    assert [m.code for m in compute_mobilites(avant, apres, Sens.BAS)][-1] == "a"
    assert compute_mobilites({}, {}, Sens.HAUT) == []


@given(st.dictionaries(st.text("abcdef", min_size=1, max_size=4), st.integers(0, 9).map(float), max_size=20))
def test_rien_ne_bouge_sans_changement(valeurs: dict[str, float]) -> None:
    assert all(m.places == 0 and not m.marquee for m in compute_mobilites(valeurs, valeurs, Sens.HAUT))
