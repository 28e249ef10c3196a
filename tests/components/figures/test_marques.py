from __future__ import annotations

from components.figures.gabarit import Dessin
from components.figures.marques import add_organismes, build_etiquette, list_boite
from components.theme import COULEURS
from data.calculs.position import compute_quartiles


def test_le_mien_devant_et_le_parcours_dans_l_ordre() -> None:
    dessin = Dessin(hauteur=100)
    add_organismes(dessin, [1, 2, 3], [0, 0, 0], ["a", "b", "c"], [False, True, False], tailles=(8, 14), trait=1,
                   parcours=True)  # fmt: skip
    autres, mien = dessin.build().data
    assert (list(autres.ids), list(mien.ids)) == (["0", "2"], ["1"])
    assert (mien.marker.size, mien.marker.color) == (14, COULEURS["mien"])


def test_sans_mien_une_seule_trace() -> None:
    dessin = Dessin(hauteur=100)
    add_organismes(dessin, [1, 2], [0, 0], ["a", "b"], [False, False], tailles=(8, 14), trait=1)
    (autres,) = dessin.build().data
    assert autres.ids is None


def test_boite_des_quartiles() -> None:
    quartiles = compute_quartiles([1.0, 2.0, 3.0, 4.0, 5.0])
    boite, mediane = list_boite(quartiles, 0.2, 0.8, yref="paper")
    assert (boite["x0"], boite["x1"], mediane["x0"]) == (quartiles.q1, quartiles.q3, quartiles.mediane)
    assert boite["yref"] == mediane["yref"] == "paper"


def test_une_etiquette_reste_dans_l_axe() -> None:
    ancres = [build_etiquette("x", x, [0, 10], 0, "top", "mien")["xanchor"] for x in (0.5, 5, 9.5)]
    assert ancres == ["left", "center", "right"]
