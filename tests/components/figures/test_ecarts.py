from __future__ import annotations

import polars as pl

from components.figures.ecarts import build_ecarts_figure
from components.theme import COULEURS

FRAME = pl.DataFrame({"nom": ["A", "B", "C"], "detail": ["1 → 2 %", "2 → 2 %", "3 → 1 %"], "ecart": [5.06, 0.0, -2.16]})


def test_gains_a_droite_pertes_a_gauche_rien_pour_zero() -> None:
    figure = build_ecarts_figure(FRAME, unite="points")
    gains, pertes = figure.data
    assert (list(gains.x), list(pertes.x)) == ([5.06], [-2.16])
    assert gains.marker.line.color == COULEURS["mieux"]
    assert pertes.marker.line.color == COULEURS["moins"]
    textes = [a.text for a in figure.layout.annotations]
    assert textes == ["<b>A</b> · 1 → 2 %", "<b>+5,06</b>", "<b>B</b> · 2 → 2 %", "<b>0,00</b>", "<b>C</b> · 3 → 1 %",
                      "<b>−2,16</b>"]  # fmt: skip
    bas, haut = figure.layout.xaxis.range
    assert bas < -2.16 < 5.06 < haut


def test_tout_a_zero() -> None:
    figure = build_ecarts_figure(FRAME.with_columns(ecart=pl.lit(0.0)), unite="points")
    assert all(not trace.x for trace in figure.data)
