from __future__ import annotations

from components.figures.traits import build_traits_figure
from components.theme import COULEURS
from data.calculs.pairs import LENTILLES, Trait

TRAITS = [Trait(v, 10.0, 12.0, ecart) for v, ecart in zip(LENTILLES["taille"], (0.0, -0.4, 2.5), strict=True)]


def test_barres_depuis_zero_sans_couleur_de_jugement() -> None:
    figure = build_traits_figure(TRAITS, ["10 → 12"] * 3)
    (barres,) = figure.data
    assert list(barres.x) == [0.0, -0.4, 2.5]
    assert barres.marker.color == COULEURS["autres"]
    bas, haut = figure.layout.xaxis.range
    assert bas == -haut
    assert haut > 2.5
    textes = [note.text for note in figure.layout.annotations]
    assert "<b>population</b><br>10 → 12" in textes
    assert {"0,0", "−0,4", "+2,5"} < set(textes)


def test_un_petit_ecart_reste_petit() -> None:
    figure = build_traits_figure(TRAITS[:2], ["", ""])
    assert figure.layout.xaxis.range[1] >= 1.5
