"""Bars of 100 %: shares, counts written where they fit."""

from __future__ import annotations

import pytest

from components.figures.parts import Barre, Part, build_parts_figure

PARTS = (Part("gardées", "#0c419a", "", "#ffffff"), Part("rejetées", "#fbe6d6", "/", "#a84300"))


def test_les_parts_et_les_nombres() -> None:
    figure = build_parts_figure([Barre("mars", (97, 3)), Barre("vide", (0, 0))], PARTS, "ligne")
    gardees, rejetees = figure.data
    assert list(gardees.x) == [97.0, 0.0]
    assert list(rejetees.x) == [3.0, 0.0]
    assert list(gardees.text) == ["97", ""]
    assert list(rejetees.text) == ["", ""]  # too narrow: read on hover
    assert "3\u00a0lignes, 3,0\u00a0% de 100" in rejetees.customdata[0]
    assert list(figure.layout.xaxis.range) == [0, 100]


def test_sans_ligne() -> None:
    with pytest.raises(ValueError, match="rien à dessiner"):
        build_parts_figure([], PARTS, "ligne")
