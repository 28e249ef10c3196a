from __future__ import annotations

import math
from typing import Any

import polars as pl
import pytest

from components.figures.nuage import build_nuage_figure
from components.theme import COULEURS
from data.calculs.correlation import compute_correlation


def build(x: list[float], *, logarithme: bool, mien: str | None = "001") -> Any:
    y = [0.0, 2.0, 3.0, 5.0][: len(x)]
    frame = pl.DataFrame(
        {
            "code_organisme": [f"{rang:03}" for rang in range(len(x))],
            "nom": [f"CPAM {rang}" for rang in range(len(x))],
            "nom_court": [f"Ville{rang}" for rang in range(len(x))],
            "x": x,
            "y": y,
        }
    )
    abscisses = [math.log10(v) for v in x] if logarithme else x
    return build_nuage_figure(
        frame,
        titres=("Effectif (ETP)", "Taux"),
        unites=("ETP", "%"),
        decimales=(0, 1),
        correlation=compute_correlation(abscisses, y),
        logarithme=logarithme,
        mien=mien,
    )


def test_echelle_logarithmique_et_droite_dans_cette_echelle() -> None:
    figure = build([100.0, 1000.0, 300.0, 20000.0], logarithme=True)
    assert figure.layout.xaxis.type == "log"
    (droite,) = figure.layout.shapes
    bas, haut = figure.layout.xaxis.range
    assert (math.log10(droite.x0), math.log10(droite.x1)) == pytest.approx((bas, haut))
    assert list(figure.layout.xaxis.ticktext) == ["100", "1\u202f000", "10\u202f000"]
    assert figure.layout.xaxis.title.text == "Effectif (ETP)"  # the unit is not said twice
    assert figure.layout.yaxis.title.text == "Taux (%)"


def test_le_mien_en_bleu_et_le_parcours_par_abscisse() -> None:
    figure = build([4.0, 3.0, 2.0, 1.0], logarithme=False)
    autres, mien = figure.data
    assert mien.marker.color == COULEURS["mien"]
    assert list(mien.x) == [3.0]
    assert 0.0 in list(autres.y)
    points = sorted((int(i), x) for trace in figure.data for i, x in zip(trace.ids, trace.x, strict=True))
    assert [x for _, x in points] == [1.0, 2.0, 3.0, 4.0]
    assert len(build([1.0, 2.0, 3.0, 4.0], logarithme=False, mien=None).data) == 1


def test_sans_correlation_pas_de_droite() -> None:
    assert not build([1.0, 2.0], logarithme=False).layout.shapes
