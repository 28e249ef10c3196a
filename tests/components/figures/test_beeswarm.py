from __future__ import annotations

from typing import Any

import polars as pl

from components.figures.beeswarm import Rangee, build_beeswarm_figure
from components.figures.reperes import Cadre
from components.theme import COULEURS
from data.calculs.position import compute_quartiles


def build_rangee(valeurs: list[float], membres: set[int], prefixe: str = "") -> Rangee:
    frame = pl.DataFrame(
        {
            "code_organisme": [f"{prefixe}{rang:03}" for rang in range(len(valeurs))],
            "nom": [f"CPAM {prefixe}{rang}" for rang in range(len(valeurs))],
            "nom_court": [f"Ville{rang}" for rang in range(len(valeurs))],
            "valeur": valeurs,
            "rang": [rang + 1 if rang in membres else None for rang in range(len(valeurs))],
            "membre": [rang in membres for rang in range(len(valeurs))],
        }
    )
    return Rangee("groupe", frame, compute_quartiles([valeurs[rang] for rang in sorted(membres)]))


def build(*rangees: Rangee, **options: Any) -> Any:
    return build_beeswarm_figure(rangees, Cadre("%", 1, **options))


def test_trois_couches_le_mien_devant() -> None:
    figure = build(build_rangee([10.0, 20.0, 30.0, 0.0], {0, 1, 2}), mien="001")
    assert [trace.name for trace in figure.data] == ["hors du groupe", "groupe", "organisme choisi"]
    assert list(figure.data[0].x) == [0.0]  # 0 is drawn
    assert figure.data[2].marker.color == COULEURS["mien"]
    assert figure.data[0].customdata[0].endswith("hors du groupe")
    assert figure.data[2].customdata[0].endswith("2e sur 3")


def test_parcours_dans_l_ordre_des_valeurs() -> None:
    figure = build(build_rangee([30.0, 10.0, 20.0], {0, 1, 2}), mien="000")
    points = sorted((int(i), x) for trace in figure.data for i, x in zip(trace.ids, trace.x, strict=True))
    assert [x for _, x in points] == [10.0, 20.0, 30.0]


def test_une_rangee_par_type_et_cibles_du_premier_seulement() -> None:
    figure = build(
        build_rangee([10.0, 20.0], {0, 1}), build_rangee([15.0, 25.0], {0, 1}, "x"), socle=5.0, objectif=30.0
    )
    traits = [forme for forme in figure.layout.shapes if forme.x0 in {5.0, 30.0}]
    assert len(traits) == 2
    assert all(trait.yref == "y" and trait.y1 < 1 for trait in traits)  # not over the row of the other type
    bas, haut = figure.layout.xaxis.range
    assert bas < 5.0
    assert haut > 30.0
    assert {round(y) for trace in figure.data for y in trace.y} == {0, 1}
