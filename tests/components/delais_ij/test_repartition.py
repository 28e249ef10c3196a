"""What is said of the part that is real, whoever the caisse is compared to."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from components.delais_ij import repartition
from components.delais_ij.groupe import GroupeIJ
from data.requetes.delais_cube import FiltreIJ

MOIS = [dt.date(2022, 5, 1), dt.date(2022, 6, 1)]


def build_serie(nature: str | None, reelles: int) -> pl.DataFrame:
    """Two months of a caisse and of the network, as ``delais_caisse.build_serie`` gives them."""
    return pl.DataFrame(
        {
            "mois": MOIS,
            "valeur": [20.0 if nature else None] * 2,
            "nature": [nature] * 2,
            "effectif": [102] * 2,
            "reelles": [reelles] * 2,
            "nature_reseau": ["simulee" if reelles < 102 else "publiee"] * 2,
        },
        schema_overrides={"nature": pl.String, "valeur": pl.Float64},
    )


@pytest.mark.parametrize(
    ("nature", "nature_groupe", "reelle", "attendue"),
    [
        ("simulee", "simulee", False, True),
        ("publiee", "simulee", True, "partie"),
        ("simulee", "simulee", True, "partie"),
        ("publiee", "publiee", True, False),
        (None, "simulee", False, True),
    ],
)
def test_face_a_un_groupe_seuls_ses_membres_comptent(
    monkeypatch: pytest.MonkeyPatch, nature: str | None, nature_groupe: str, reelle: bool, attendue: object
) -> None:
    ailleurs = dt.date(2023, 1, 1)  # a month that is not drawn says nothing
    membres = pl.DataFrame(
        {
            "mois": [*MOIS, ailleurs],
            "nature": [nature_groupe, nature_groupe, "publiee"],
            "reelle": [reelle, reelle, True],
        }
    )
    monkeypatch.setattr(repartition, "list_serie_groupe", lambda _codes, _filtre: membres)
    groupe = GroupeIJ(("011", "381"), "sa région (2 caisses)", "région")
    # One real caisse somewhere else in the network is not among those drawn.
    assert repartition._compute_simulation(build_serie(nature, 1), groupe, FiltreIJ()) == attendue


def test_face_au_reseau_une_caisse_reelle_suffit() -> None:
    assert repartition._compute_simulation(build_serie("simulee", 1), GroupeIJ(), FiltreIJ()) == "partie"
    assert repartition._compute_simulation(build_serie("simulee", 0), GroupeIJ(), FiltreIJ()) is True
