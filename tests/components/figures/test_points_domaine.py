from __future__ import annotations

import polars as pl

from components.figures.points_domaine import build_points_domaine_figure

FRAME = pl.DataFrame(
    {
        "domaine": ["Qualité", "Risque", "Gestion"],
        "poids": [60.0, 40.0, 0.0],
        "points": [50.0, 40.0, 0.0],
        "gagnes": [50.0, 39.0, 0.0],
        "bonification": [0.0, 1.0, 0.0],
        "perdus": [10.0, 0.0, 0.0],
        "inconnus": [0.0, 0.0, 0.0],
    }
)


def test_barres_depuis_zero_et_neutralise() -> None:
    figure = build_points_domaine_figure(FRAME)
    assert [t.name for t in figure.data] == ["gagnés par les résultats", "bonification", "perdus"]  # nothing unknown
    assert figure.layout.xaxis.range[0] == 0
    assert list(figure.data[1].x) == [None, 1.0, None]  # no outline for an empty bar
    textes = [a.text for a in figure.layout.annotations]
    assert textes[1] == "<b>50,0</b> / 60"
    assert textes[5] == "neutralisé"
