"""The trend of quality: what is joined to what, what is hollow, what has no figure."""

from __future__ import annotations

import pytest

from components.figures.tendance import Etape, Mesure, build_tendance_figure

ETAPES = (
    Etape("1", suivie=True, affichee=False, precedente=None),
    Etape("2", suivie=True, affichee=False, precedente=0),
    Etape("3", suivie=False, affichee=False, precedente=1),
    Etape("4", suivie=True, affichee=True, precedente=1),
)
MESURE = Mesure("Valeurs réelles", None, (None, 100.0, 120.0, 101.0), ("a", "b", "c", "d"))


def test_un_retour_se_voit() -> None:
    figure = build_tendance_figure(ETAPES, [MESURE])
    suite, ecartee = (t for t in figure.data if t.mode == "lines")
    assert list(suite.x) == [1, 3, None]
    assert list(ecartee.x) == [1, 2, None]
    assert (suite.line.dash, ecartee.line.dash) == ("solid", "dot")
    marques = {t.name: t for t in figure.data if t.mode != "lines"}
    assert list(marques["menant à celle affichée"].x) == [1, 3]
    assert list(marques["menant à celle affichée"].text) == ["", "affichée"]
    assert list(marques["laissée par un retour"].x) == [2]
    assert marques["laissée par un retour"].marker.symbol == "diamond-open"
    assert list(marques["sans chiffre"].customdata) == ["a"]
    assert marques["sans chiffre"].y[0] == figure.layout.yaxis.range[0]  # at the foot, never at zero


def test_un_panneau_par_mesure_une_legende() -> None:
    seconde = Mesure("Part rejetée", "%", (None, None, 40.0, None), ("a", "b", "c", "d"))
    figure = build_tendance_figure(ETAPES, [MESURE, seconde])
    noms = [t.name for t in figure.data if t.showlegend]
    assert sorted(noms) == sorted(set(noms))
    assert figure.layout.yaxis2.ticksuffix == "\u00a0%"
    assert figure.layout.yaxis2.domain[1] < figure.layout.yaxis.domain[0]
    assert [a.text for a in figure.layout.annotations] == ["<b>Valeurs réelles</b>", "<b>Part rejetée</b>"]


def test_une_variation_infime_reste_plate() -> None:
    figure = build_tendance_figure(ETAPES[:2], [Mesure("V", None, (1667.0, 1668.0), ("", ""))])
    bas, haut = figure.layout.yaxis.range
    assert haut - bas > 0.02 * 1667
    assert bas < 1667 < 1668 < haut


def test_rien_a_dessiner() -> None:
    with pytest.raises(ValueError, match="rien à dessiner"):
        build_tendance_figure([], [MESURE])
    with pytest.raises(ValueError, match="rien à dessiner"):
        build_tendance_figure(ETAPES, [])
