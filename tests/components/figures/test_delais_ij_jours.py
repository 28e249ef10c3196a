from __future__ import annotations

import pytest

from components.figures.delais_ij_jours import Jours, build_jours_figure, list_bornes
from components.theme import COULEURS, SEQUENTIELLE

BORNES = [5, 10, 15]
MIENNE = Jours("CPAM de l'Ain", "caisse", (40.0, 30.0, 0.0, 30.0), ("a", "b", "c", "d"), 6.0, 20.5)
RESEAU = Jours("réseau", "réseau", (10.0, 20.0, 30.0, 40.0), ("e", "f", "g", "h"), 12.0, 18.0)


def test_les_classes_vont_aussi_loin_que_les_deciles() -> None:
    assert list_bornes(64.0)[-1] == 120
    assert list_bornes(164.6, 153.0)[-1] == 170
    assert list_bornes(165.0)[-1] == 175
    assert {apres - avant for avant, apres in zip(list_bornes(9.0), list_bornes(9.0)[1:], strict=False)} == {5}


def test_barres_de_la_caisse_et_contour_du_reseau() -> None:
    figure = build_jours_figure(BORNES, mienne=MIENNE, reference=RESEAU, seuil=10, note_seuil="plus de 10 jours")
    barres, contour = figure.data
    assert list(barres.y) == [40.0, 30.0, 0.0, 30.0]
    # « 0 à 5 » is six days wide, drawn true to size; « plus de 15 », open, stands apart and is hatched.
    assert list(barres.width) == [6.0, 5.0, 5.0, 5.0]
    assert barres.x[3] - barres.width[3] / 2 > barres.x[2] + barres.width[2] / 2
    assert list(barres.marker.pattern.shape) == ["", "", "", "/"]
    assert list(barres.marker.color) == [SEQUENTIELLE[2]] * 2 + [COULEURS["mien"]] * 2
    assert contour.name == "réseau"
    assert contour.line.dash == "dash"
    assert None in contour.x  # nothing links the last class to the open one
    assert [y for y in contour.y if y][::2] == [10.0, 20.0, 30.0, 40.0]
    assert figure.layout.yaxis.range[0] == 0


def test_mediane_et_decile_sont_marques_et_nommes() -> None:
    figure = build_jours_figure(BORNES, mienne=MIENNE, reference=RESEAU, seuil=10, note_seuil="plus de 10 jours")
    lignes = {forme.x0: forme.line.dash for forme in figure.layout.shapes}
    assert lignes == {6.0: "solid", 12.0: "dash", 18.0: "dash", 20.5: "solid", 10.5: "dot"}
    notes = [(a.text.replace("\u00a0", " "), a.ay) for a in figure.layout.annotations if a.showarrow]
    assert [texte for texte, _ in notes] == [
        "médiane 6 j",
        "réseau : médiane 12 j",
        "réseau : 9e décile 18 j",
        "9e décile 20,5 j",
    ]
    assert len({ay for _, ay in notes}) == 4  # a row each: no label over another


def test_le_reseau_seul_a_les_barres_sans_bleu() -> None:
    figure = build_jours_figure(BORNES, mienne=None, reference=RESEAU, seuil=5, note_seuil="plus de 5 jours")
    (barres,) = figure.data
    assert list(barres.marker.color) == [COULEURS["autres"]] + [COULEURS["pairs"]] * 3
    assert "médiane 12\u00a0j" in [a.text for a in figure.layout.annotations]


def test_refus() -> None:
    with pytest.raises(ValueError, match="aucune IJ"):
        build_jours_figure(BORNES, mienne=None, reference=None, seuil=5, note_seuil="")
    with pytest.raises(ValueError, match="le seuil 7 coupe une classe"):
        build_jours_figure(BORNES, mienne=None, reference=RESEAU, seuil=7, note_seuil="")
