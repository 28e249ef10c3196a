from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.figures.dispersion import (
    Bouts,
    Evolution,
    Mesure,
    build_annees_figure,
    build_bouts_figure,
    build_evolutions_figure,
    format_pourcentage,
)
from components.figures.mobilite import Trajet, build_mobilite_figure, format_places, spread_places
from components.figures.productivite import Point, build_decomposition_figure
from data.calculs.evolution_ecarts import Tendance


def test_pourcentages_signes() -> None:
    assert format_pourcentage(-33.4) == "−33\u00a0%"
    assert format_pourcentage(7) == "+7\u00a0%"
    assert format_pourcentage(0.2) == "0\u00a0%"
    assert [format_places(p) for p in (47, -42, 0)] == ["+47", "−42", "0"]


def test_une_evolution_par_ligne_et_la_mienne_en_gras() -> None:
    figure = build_evolutions_figure(
        [
            Evolution("Instruction C2S", -50, -70, -24, Tendance.RESSERRE, "a"),
            Evolution("e-DAT", -3, -35, 400, Tendance.STABLE, "b"),
        ],
        choisi=1,
    )
    assert [trace.name for trace in figure.data] == ["resserre", "stable"]
    assert {trace.marker.symbol for trace in figure.data} == {"diamond", "circle"}  # never colour alone
    assert figure.layout.yaxis.ticktext[1] == "<b>e-DAT</b>"
    # An interval of 400 % is cut at the edge rather than flatten the others.
    assert max(forme.x1 for forme in figure.layout.shapes) == 125
    assert "−50\u00a0%" in [note.text for note in figure.layout.annotations]
    with pytest.raises(ValueError, match="aucun indicateur"):
        build_evolutions_figure([])


def test_deux_panneaux_et_deux_axes_partant_de_zero() -> None:
    ecarts = [Mesure(2019, 15.2, 12, 18, "x"), Mesure(2020, 10.2, 8, 13, "y")]
    cvs = [Mesure(2019, 8.1, 7, 9, "x"), Mesure(2020, 7.2, 6, 8, "y")]
    figure = build_annees_figure(ecarts, cvs, unite="points", decimales=1)
    assert figure.layout.yaxis.range[0] == figure.layout.yaxis2.range[0] == 0
    assert figure.layout.yaxis.domain[0] > figure.layout.yaxis2.domain[1]
    assert list(figure.data[0].error_y.array) == pytest.approx([2.8, 2.8])
    assert list(figure.data[0].error_y.arrayminus) == pytest.approx([3.2, 2.2])
    seul = build_annees_figure(ecarts, [], unite="points", decimales=1)
    assert {trace.yaxis for trace in seul.data} == {"y"}


def test_les_deux_bouts_et_leur_ecart() -> None:
    figure = build_bouts_figure(
        [Bouts(2017, 1159.0, 867.0, "−25,2 %"), Bouts(2021, 1416.0, 1048.0, "−26,0 %")],
        ("les dix meilleurs résultats", "les dix moins bons"),
        unite="BCP par ETPR",
        decimales=0,
    )
    assert [note.text for note in figure.layout.annotations] == ["<b>−25,2 %</b>", "<b>−26,0 %</b>"]
    assert figure.data[0].text[1] == "1\u202f416"


def test_les_mouvements_marques_sont_nommes() -> None:
    trajets = [
        Trajet("Stable", 1, 2, marque=False),
        Trajet("Seine-Saint-Denis", 79, 32, marque=True),
        Trajet("Ille-et-Vilaine", 12, 54, marque=True),
        Trajet("Moi", 40, 41, marque=False, mien=True),
    ]
    figure = build_mobilite_figure(trajets, annees=(2017, 2021))
    notes = [note.text for note in figure.layout.annotations]
    assert notes == ["Seine-Saint-Denis +47", "<b>Moi −1</b>", "Ille-et-Vilaine −42"]
    traits = {trace.name: trace.line.dash for trace in figure.data}
    assert traits["recul"] == "dash"
    assert traits["progression"] == "solid"
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]  # the best on top
    with pytest.raises(ValueError, match="aucun organisme"):
        build_mobilite_figure([], annees=(2017, 2021))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(1, 102), max_size=40).map(sorted), st.floats(0.5, 6))
def test_les_etiquettes_ne_se_touchent_pas(places: list[float], pas: float) -> None:
    ecartees = spread_places(places, pas, 1, 102)
    assert len(ecartees) == len(places)
    assert all(1 - 1e-9 <= p <= 102 + 1e-9 for p in ecartees)
    serre = min(pas, 101 / (len(places) - 1)) if len(places) > 1 else pas
    assert all(b - a >= serre - 1e-6 for a, b in itertools.pairwise(ecartees))


def test_les_etiquettes_assez_espacees_restent_a_leur_place() -> None:
    assert spread_places([10.0, 20.0, 50.0], 5, 1, 102) == pytest.approx([10, 20, 50])
    assert spread_places([10.0, 10.0], 4, 1, 102) == pytest.approx([8, 12])


def test_numerateur_et_denominateur_sur_deux_axes() -> None:
    reseau = Point("Réseau", -4.1, 18.3, "réseau")
    figure = build_decomposition_figure(
        [Point("Essonne", -11.7, 3.9, "e", mien=True), Point("Var", 5, 30, "v")], reseau
    )
    assert [trace.name for trace in figure.data] == ["Var", "Réseau", "Essonne"]  # mine on top
    assert "dénominateur" in figure.layout.xaxis.title.text
    assert "numérateur" in figure.layout.yaxis.title.text
    # On the line « 0 % », BCP and ETPR change alike.
    assert any(abs(forme.y0 - forme.x0) < 1e-9 for forme in figure.layout.shapes if forme.line.dash == "dot")
