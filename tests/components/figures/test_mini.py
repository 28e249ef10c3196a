"""Word-sized pictures: valid SVG, small, holes never bridged, the better side at the right."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.figures.mini import (
    LARGEUR_POSITION,
    build_courbe_mini,
    build_position_mini,
    format_adresse,
)
from data.modele import Sens

NOMBRES = st.floats(min_value=-1e9, max_value=1e9, allow_nan=False)
SVG = "{http://www.w3.org/2000/svg}"


def read(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - ours


def get_point(svg: str) -> float:
    cercle = read(svg).find(f"{SVG}circle")
    assert cercle is not None
    return float(cercle.attrib["cx"])


def test_un_trou_coupe_la_courbe() -> None:
    courbe = read(build_courbe_mini([1.0, 2.0, None, 4.0, 3.0]))
    lignes = courbe.findall(f"{SVG}polyline")
    assert [len(ligne.attrib["points"].split()) for ligne in lignes] == [2, 2]


def test_un_objectif_lointain_n_ecrase_pas_la_courbe() -> None:
    proche, loin = build_courbe_mini([1.0, 2.0], 2.3), build_courbe_mini([1.0, 2.0], 90.0)
    assert len(read(proche).findall(f"{SVG}path")) == 1
    assert read(loin).findall(f"{SVG}path") == []


def test_sans_valeur() -> None:
    with pytest.raises(ValueError, match="aucune valeur"):
        build_courbe_mini([None, None])


@pytest.mark.parametrize("sens", [Sens.HAUT, Sens.BAS])
def test_mieux_a_droite(sens: Sens) -> None:
    groupe = [1.0, 2.0, 3.0, 4.0]
    meilleur, pire = (4.0, 1.0) if sens is Sens.HAUT else (1.0, 4.0)
    milieu = LARGEUR_POSITION / 2
    assert get_point(build_position_mini(groupe, meilleur, sens)) > milieu
    assert get_point(build_position_mini(groupe, pire, sens)) < milieu


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.none(), NOMBRES), min_size=1, max_size=60), st.one_of(st.none(), NOMBRES))
def test_toujours_un_petit_svg(valeurs: list[float | None], objectif: float | None) -> None:
    presentes = [v for v in valeurs if v is not None]
    if not presentes:
        return
    for svg in (build_courbe_mini(valeurs, objectif), build_position_mini(presentes, presentes[0], Sens.BAS)):
        image = read(svg)
        assert "nan" not in svg
        assert len(svg) < 2_500
        assert 0 <= get_point(svg) <= float(image.attrib["width"])
        assert unquote(format_adresse(svg)).endswith(svg)
