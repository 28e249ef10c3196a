from __future__ import annotations

from components.figures.reperes import build_axe_valeurs, compute_bornes, compute_marge, get_ancre, list_reperes


def test_objectif_plein_socle_tirete_sur_deux_lignes() -> None:
    formes, notes = list_reperes(48.0, 58.8, [40.0, 62.0], "%", 1)
    assert [forme["line"]["dash"] for forme in formes] == ["solid", "dash"]
    assert [note["text"] for note in notes] == ["objectif 58,8\u00a0%", "socle 48,0\u00a0%"]
    assert len({note["yshift"] for note in notes}) == 2


def test_sans_cible_rien() -> None:
    assert list_reperes(None, None, [0, 1], None, 0) == ([], [])
    assert len(list_reperes(0.0, None, [0, 1], None, 0)[0]) == 1  # zero is a socle


def test_bornes_contiennent_les_cibles() -> None:
    bornes = compute_bornes([50.0, 55.0], 48.0, 60.0)
    assert bornes[0] < 48
    assert bornes[1] > 60
    assert compute_bornes([3.0], None)[0] < 3 < compute_bornes([3.0], None)[1]  # one value still makes an axis
    assert compute_bornes([0.0, 0.0])[0] < compute_bornes([0.0, 0.0])[1]


def test_etiquettes_vers_l_interieur() -> None:
    assert [get_ancre(x, [0, 100]) for x in (2, 50, 98)] == ["left", "center", "right"]


def test_marge_suit_le_plus_long() -> None:
    assert compute_marge(["1"]) == 60
    assert compute_marge(["−12,34 points"]) > compute_marge(["−1,2 points"])


def test_unite_sur_les_graduations_ou_en_titre() -> None:
    assert build_axe_valeurs([0, 1], "%")["ticksuffix"] == "\u00a0%"
    assert build_axe_valeurs([0, 1], "jours")["title"] == {"text": "jours"}
    assert "title" not in build_axe_valeurs([0, 1], None)
