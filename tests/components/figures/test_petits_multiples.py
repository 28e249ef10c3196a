from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from components.figures.petits_multiples import Bande, Panneau, build_petits_multiples_figure
from components.theme import COULEURS

DATES = [dt.date(annee, 1, 1) for annee in range(2019, 2024)]
BANDE = Bande((1.0,) * 5, (2.0,) * 5, (3.0,) * 5)


def build(nombre: int, **options: Any) -> Any:
    panneaux = [
        Panneau(f"Ville {rang}", (0.0, 1.0, None, 3.0, 4.0), ("a", "b", "", "d", "e"), mien=rang == 0)
        for rang in range(nombre)
    ]
    return build_petits_multiples_figure(panneaux, DATES, BANDE, unite="%", **options)


def get_series(figure: Any) -> list[Any]:
    return [trace for trace in figure.data if str(trace.name).startswith("Ville")]


def test_memes_axes_partout_le_mien_en_tete() -> None:
    figure = build(5)
    bornes = {tuple(figure.layout[f"yaxis{'' if n == 0 else n + 1}"].range) for n in range(5)}
    assert len(bornes) == 1
    series = get_series(figure)
    assert [s.line.color == COULEURS["mien"] for s in series] == [True, False, False, False, False]
    assert figure.layout.annotations[0].text == "<b>Ville 0</b>"
    assert series[0].y[0] == 0.0  # 0 is drawn
    assert not series[0].connectgaps


def test_panneaux_sans_recouvrement() -> None:
    figure = build(7)
    cases = [
        (
            tuple(figure.layout[f"xaxis{'' if n == 0 else n + 1}"].domain),
            tuple(figure.layout[f"yaxis{'' if n == 0 else n + 1}"].domain),
        )
        for n in range(7)
    ]
    for rang, (x, y) in enumerate(cases):
        for autre_x, autre_y in cases[rang + 1 :]:
            assert x[1] <= autre_x[0] or autre_x[1] <= x[0] or y[1] <= autre_y[0] or autre_y[1] <= y[0]


def test_rien_ne_traverse_une_rupture() -> None:
    figure = build(1, coupures=[4], colonnes=1)
    (serie,) = get_series(figure)
    assert list(serie.y) == [0.0, 1.0, None, 3.0, None, 4.0]
    bandes = [trace for trace in figure.data if trace.name == "bande du groupe"]
    assert [len(trace.x) for trace in bandes] == [8, 2]  # there and back
    (mediane,) = [trace for trace in figure.data if trace.name == "médiane du groupe"]
    assert None in mediane.y


def test_annees_graduees() -> None:
    assert list(build(1, colonnes=1).layout.xaxis.ticktext) == ["2019", "2020", "2021", "2022", "2023"]
    assert list(build(3).layout.xaxis.ticktext) == ["2020", "2022"]


def test_sans_panneau() -> None:
    with pytest.raises(ValueError, match="aucun panneau"):
        build(0)
