from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from components.figures.etiquettes import Nom, place_noms

PARTS = st.tuples(st.floats(0.02, 0.98), st.floats(0.05, 0.95))


def test_a_droite_quand_la_place_est_libre() -> None:
    (ecrit,) = place_noms([(0.2, 0.5)], [Nom(0, "Ain")], hauteur=400, maximum=6)
    assert (ecrit["rang"], ecrit["xanchor"], ecrit["showarrow"]) == (0, "left", False)
    assert ecrit["xshift"] > 0


def test_a_gauche_au_bord_droit() -> None:
    (ecrit,) = place_noms([(0.98, 0.5)], [Nom(0, "Val-d'Oise")], hauteur=400, maximum=6)
    assert ecrit["xanchor"] == "right"


def test_jamais_sur_un_autre_point() -> None:
    # A dot at the right and one at the left: the name goes above.
    (ecrit,) = place_noms([(0.5, 0.5), (0.62, 0.5), (0.38, 0.5)], [Nom(0, "Isère")], hauteur=400, maximum=6)
    assert (ecrit["xanchor"], ecrit["yshift"] > 0) == ("center", True)


def test_un_nom_sans_place_se_tait_sauf_le_mien() -> None:
    nuage = [(x / 30, y / 30) for x in range(31) for y in range(10, 21)]
    milieu = nuage.index((15 / 30, 15 / 30))
    assert place_noms(nuage, [Nom(milieu, "Isère")], hauteur=400, maximum=6) == []
    (mien,) = place_noms(nuage, [Nom(milieu, "Isère", oblige=True)], hauteur=400, maximum=6)
    assert mien["showarrow"]
    assert abs(mien["ay"]) > 5 / 30 * 400  # out of the cloud, tied to its dot


def test_au_plus_tant_de_noms() -> None:
    points = [(0.1, y / 10) for y in range(1, 10)]
    noms = [Nom(rang, "Ain") for rang in range(9)]
    assert [e["rang"] for e in place_noms(points, noms, hauteur=400, maximum=4)] == [0, 1, 2, 3]


@settings(max_examples=60, deadline=None)
@given(st.lists(PARTS, min_size=1, max_size=25))
def test_deux_noms_ne_se_touchent_pas(points: list[tuple[float, float]]) -> None:
    """On a phone: a plot 180 pixels wide."""
    noms = [Nom(rang, "Ville") for rang in range(len(points))]
    boites = []
    for e in place_noms(points, noms, hauteur=400, maximum=25):
        x, y = points[e["rang"]][0] * 180 + e["xshift"], points[e["rang"]][1] * 400 + e["yshift"]
        gauche = x - {"left": 0, "center": 0.5, "right": 1}[e["xanchor"]] * 5 * 6.8
        boites.append((gauche, gauche + 5 * 6.8, y))
        assert 0 <= gauche <= gauche + 5 * 6.8 <= 180
    for rang, (g, d, y) in enumerate(boites):
        assert all(g >= d2 or d <= g2 or abs(y - y2) >= 16 for g2, d2, y2 in boites[:rang])
