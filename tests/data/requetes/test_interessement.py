from __future__ import annotations

import pytest

from data.magasin import Lecture
from data.requetes.interessement import (
    list_branches_mende,
    list_etp_organismes,
    list_lignes_grandeurs,
)


def test_etp_de_chaque_organisme(publication: Lecture) -> None:
    assert publication
    organismes = list_etp_organismes(2023)
    assert len(organismes) == 165
    assert all(etp > 0 for etp, _ in organismes.values())
    assert organismes["cnam"] == (2358.0, False)  # alone in its type: published
    assert organismes["011"][1]  # simulated
    assert list_etp_organismes(1990) == {}


def test_lignes_de_la_note(publication: Lecture) -> None:
    assert publication
    lignes = list_lignes_grandeurs()
    assert lignes["masse_salariale_hors_charges"] == "9-11"
    assert lignes["taux_utilisation"] == "2075"


def test_mende_comme_imprime(publication: Lecture) -> None:
    assert publication
    frame = list_branches_mende()  # l. 2605-2658
    total = frame.filter(branche="TOTAL").row(0, named=True)
    assert total["prime_totale_ponderee"] == 1007.68
    assert total["notification"] == 210_300
    assert total["etp"] == pytest.approx(frame.filter(frame["branche"] != "TOTAL")["etp"].sum())
    assert frame["part"].to_list() == [72.0, 20.0, 8.0, 100.0]
