from __future__ import annotations

from typing import Any

import polars as pl

from components.figures.face_a_face import build_face_a_face_figure
from components.theme import COULEURS


def build() -> Any:
    frame = pl.DataFrame(
        {
            "nom": ["Dépistage", "e-DAT", "Plan"],
            "taux": [0.0, 50.0, 100.0],
            "taux_autre": [80.0, 50.0, 90.0],
            "ecart": [-2.5, 0.0, 0.4],
        }
    )
    return build_face_a_face_figure(frame, mien="Ain", autre="Isère")


def test_les_deux_sur_le_meme_axe_dans_l_ordre() -> None:
    figure = build()
    autre, mien = figure.data
    assert (autre.name, mien.name) == ("Isère", "Ain")
    assert mien.marker.color == COULEURS["mien"]
    assert autre.marker.symbol != mien.marker.symbol  # colour is not alone
    assert list(mien.x) == [0.0, 50.0, 100.0]
    assert list(mien.y) == list(autre.y) == sorted(mien.y)
    assert list(figure.layout.xaxis.range) == [-2, 102]


def test_ecarts_signes_et_colores() -> None:
    ecarts = {n.text: n.font.color for n in build().layout.annotations if n.text.startswith("<b>")}
    assert ecarts == {
        "<b>−2,50</b>": COULEURS["moins"],
        "<b>0,00</b>": COULEURS["texte-doux"],
        "<b>+0,40</b>": COULEURS["mieux"],
    }
