from __future__ import annotations

from components.figures.rangees import build_axe_noms, build_fin, compute_places, wrap_noms


def test_un_nom_long_eleve_toutes_les_lignes() -> None:
    courts, pas = wrap_noms(["Ain", "Aisne"], 12)
    assert (courts, pas) == ([["Ain"], ["Aisne"]], 30)
    longs, pas = wrap_noms(["Ain", "Lille-Douai et sa région"], 12)
    assert (len(longs[1]), pas) == (2, 36)


def test_les_noms_sur_l_axe_le_mien_en_gras() -> None:
    axe = build_axe_noms([["Ain"], ["Lille", "Douai"]], [0, 1.5], [False, True])
    assert axe["ticktext"] == ["Ain", "<b>Lille<br>Douai</b>"]
    assert axe["tickvals"] == [0, 1.5]
    assert axe["range"][0] > 1.5 > axe["range"][1]  # the first row on top


def test_un_nom_de_deux_lignes_pousse_les_suivants() -> None:
    places, total = compute_places([["a"], ["b", "c"], ["d"]], 30)
    assert places == [0, 1.5, 2.5]
    assert total == 3.5


def test_une_valeur_tient_dans_la_marge() -> None:
    fin = build_fin("+2,1", 3, "mien", taille=13)
    assert (fin["x"], fin["xref"], fin["xanchor"]) == (1, "paper", "left")
    assert fin["xshift"] > 0
