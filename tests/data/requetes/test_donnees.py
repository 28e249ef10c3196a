"""Freshness, origins and rejects of the publication."""

from __future__ import annotations

import datetime as dt

import polars as pl

from data.magasin import Lecture
from data.requetes import donnees

FIN_2023 = dt.date(2023, 12, 31)


def test_les_types(publication: Lecture) -> None:
    types = donnees.list_types_note()
    assert types[0] == "CPAM"
    assert "CCSS" not in types
    assert len(types) == len(set(types)) == 9


def test_une_ligne_par_indicateur_et_par_organisme(publication: Lecture) -> None:
    frame = donnees.list_fraicheur("CPAM")
    assert frame["code_organisme"].n_unique() == 102
    assert frame.height == 102 * frame["code_indicateur"].n_unique()
    score = frame.filter(code_indicateur="taux_reussite_local")
    assert score["reelle"].unique().to_list() == [FIN_2023]
    simule = frame.filter(code_indicateur="loc_aat_dematerialises")
    assert simule["reelle"].null_count() == simule.height
    assert simule["simulee"].max() == FIN_2023
    # Context variables come last.
    contexte = (frame["referentiel"] == "contexte").to_list()
    assert contexte == sorted(contexte)


def test_les_origines_font_le_total(publication: Lecture) -> None:
    frame = donnees.list_natures()
    total = publication.query("SELECT count(*) FROM mart_valeur").item()
    assert frame.select(pl.sum_horizontal("documents", "transmis", "simules").sum()).item() == total
    assert frame["transmis"].sum() == 0  # nothing was sent in the shipped publication


def test_les_rejets(publication: Lecture) -> None:
    assert donnees.list_rejets_publies().height == publication.query("SELECT count(*) FROM mart_rejet").item()
