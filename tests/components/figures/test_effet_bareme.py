from __future__ import annotations

import polars as pl

from components.figures.effet_bareme import build_effet_figure

FRAME = pl.DataFrame(
    {
        "nom": ["CPAM A", "CPAM B", "CPAM C"],
        "nom_court": ["A (Ville)", "B", "C"],
        "avant": [80.0, 90.0, 95.0],
        "apres": [82.0, 90.0, 94.5],
        "ecart": [2.0, 0.0, -0.5],
        "rang_avant": [3, 2, 1],
        "rang_apres": [3, 2, 1],
    }
)


def test_gains_pertes_et_inchanges_ont_leur_symbole_et_leur_mot() -> None:
    figure = build_effet_figure(FRAME)
    traces = {t.name: (t.marker.symbol, list(t.x), list(t.y)) for t in figure.data}
    assert traces == {
        "gagnent (1)": ("triangle-up", [80.0], [2.0]),
        "perdent (1)": ("triangle-down", [95.0], [-0.5]),
        "inchangés (1)": ("circle", [90.0], [0.0]),
    }
    assert {a.text for a in figure.layout.annotations} == {"A", "C"}
    survol = figure.data[0].customdata[0].replace("\xa0", " ")
    assert survol == "<b>CPAM A</b><br>80,00 % → 82,00 % (+2,00 points)<br>3e → 3e"


def test_zero_est_toujours_dans_le_cadre() -> None:
    bas, haut = build_effet_figure(FRAME.filter(pl.col("ecart") > 0)).layout.yaxis.range
    assert bas < 0 < haut
