from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.calculs.atteinte import ATTEINTES_MESUREES, LIBELLES_ATTEINTE, Atteinte, build_atteinte, count_atteintes
from data.modele import Statut


def classer(lignes: list[tuple[float | None, str | None]]) -> pl.DataFrame:
    """The state of each (taux, statut), in a column ``atteinte``."""
    frame = pl.DataFrame(lignes, schema={"taux": pl.Float64, "statut": pl.String}, orient="row")
    return frame.with_columns(build_atteinte(pl.col("taux"), pl.col("statut")).alias("atteinte"))


@pytest.mark.parametrize(
    ("taux", "statut", "attendu"),
    [
        (100.0, "publie", Atteinte.ATTEINT),
        (99.99999999999999, "publie", Atteinte.ATTEINT),  # 100 once computed
        (99.94, "publie", Atteinte.ENTRE),
        (0.1, "publie", Atteinte.ENTRE),
        (0.0, "publie", Atteinte.SOUS),  # zero is a result
        (0.0, "neutralise", Atteinte.SOUS),  # a rate that is there is read first
        (None, "neutralise", Atteinte.NEUTRALISE),
        (None, "sans_objet", Atteinte.SANS_OBJET),
        (None, "abandonne", Atteinte.SANS_OBJET),
        (None, "non_fourni", Atteinte.NON_FOURNI),
        (None, "masque", Atteinte.NON_FOURNI),
        (None, None, Atteinte.NON_FOURNI),
    ],
)
def test_etats(taux: float | None, statut: str | None, attendu: Atteinte) -> None:
    assert classer([(taux, statut)])["atteinte"].item() == attendu.value


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.one_of(st.none(), st.sampled_from([0.0, 100.0]), st.floats(0, 100)),
            st.one_of(st.none(), st.sampled_from([s.value for s in Statut])),
        ),
        min_size=1,
        max_size=30,
    )
)
def test_un_etat_et_un_seul(lignes: list[tuple[float | None, str | None]]) -> None:
    """A rate is measured whatever its status, an absence never is, and the counts lose nobody."""
    etats = classer(lignes)
    mesurees = {etat.value for etat in ATTEINTES_MESUREES}
    assert [etat in mesurees for etat in etats["atteinte"]] == [taux is not None for taux, _ in lignes]
    comptes = count_atteintes(etats).row(0, named=True)
    assert comptes["effectif"] == len(lignes) == sum(comptes[etat.value] for etat in Atteinte)


def test_comptes_par_groupe_dans_l_ordre() -> None:
    frame = pl.DataFrame({"type": ["DRSM", "CPAM", "DRSM"], "atteinte": ["sous", "atteint", "neutralise"]})
    comptes = count_atteintes(frame, "type")
    assert comptes["type"].to_list() == ["DRSM", "CPAM"]
    assert comptes.select("atteint", "sous", "neutralise", "non_fourni", "effectif").rows() == [
        (0, 1, 1, 0, 2),
        (1, 0, 0, 0, 1),
    ]


def test_chaque_etat_a_son_mot() -> None:
    assert set(LIBELLES_ATTEINTE) == set(Atteinte)
    assert len(set(LIBELLES_ATTEINTE.values())) == len(Atteinte)
