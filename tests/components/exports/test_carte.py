"""The exported map: well-formed, standalone, complete, true to the values."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from components.contenu import Simulation
from components.exports.carte import build_projection, export_carte_svg, format_chemin
from components.figures.classes import Classement, build_classement

SVG = "{http://www.w3.org/2000/svg}"


def _carre(ouest: float, sud: float, cote: float = 1.0) -> dict[str, Any]:
    est, nord = ouest + cote, sud + cote
    anneau = [[ouest, sud], [est, sud], [est, nord], [ouest, nord], [ouest, sud]]
    return {"type": "Polygon", "coordinates": [anneau]}


def _entite(rang: int, nom: str, geometrie: dict[str, Any], **autres: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": rang,
        "properties": {"code": str(rang), "nom": nom} | autres,
        "geometry": geometrie,
    }


VALEURS: list[float | None] = [10.0, 20.0, None]
STATUTS = ["publie", "publie", "neutralise"]


@pytest.fixture
def couche() -> dict[str, Any]:
    return {
        "features": [
            _entite(0, "Là-haut & < ici", _carre(0, 45)),
            _entite(1, "Milieu", _carre(1, 45)),
            _entite(2, "Bas", {"type": "MultiPolygon", "coordinates": [_carre(0, 44)["coordinates"]]}),
        ]
    }


@pytest.fixture
def cadres() -> dict[str, Any]:
    cadre = {"libelle": "Guyane", "ancre": [-1.5, 44.9], "loupe": False}
    loupe = {"libelle": "Paris", "ancre": [-1.5, 47.9], "loupe": True}
    return {
        "features": [
            {"id": 0, "properties": cadre, "geometry": _carre(-2, 44)},
            {"id": 1, "properties": loupe, "geometry": _carre(-2, 47)},
        ]
    }


@pytest.fixture
def classement() -> Classement:
    return build_classement(VALEURS, STATUTS, unite="%", decimales=1, territoires="départements")


def _exporter(
    couche: dict[str, Any],
    cadres: dict[str, Any],
    classement: Classement,
    *,
    simulee: Simulation,
    titre: str = "Titre & suite",
) -> str:
    return export_carte_svg(
        couche,
        cadres,
        classement,
        statuts=STATUTS,
        textes=["10,0 %", "20,0 %", "neutralisé"],
        titre=titre,
        phrase="Ce qu'il faut voir.",
        titre_legende="Part (%)",
        lecture="plus foncé = plus haut",
        mentions=["taux · unité : %", "Source : note. Données publiées le 01/02/2026."],
        simulee=simulee,
    )


def test_svg_complet(couche: dict[str, Any], cadres: dict[str, Any], classement: Classement) -> None:
    racine = ET.fromstring(_exporter(couche, cadres, classement, simulee=True))  # noqa: S314 - our own output
    textes = [t.text for t in racine.iter(f"{SVG}text")]
    assert "Titre & suite" in textes
    assert "Ce qu'il faut voir." in textes
    assert "Source : note. Données publiées le 01/02/2026." in textes
    assert textes.count("DONNÉES SIMULÉES") == 2
    assert "10,0 à moins de 20\u00a0% · n = 1" in textes
    assert "neutralisé · n = 1" in textes
    assert "Guyane" in textes
    assert "plus foncé = plus haut" in textes
    bulles = {t.text: chemin.get("fill") for chemin in racine.iter(f"{SVG}path") for t in chemin.iter(f"{SVG}title")}
    assert bulles == {
        "Là-haut & < ici : 10,0 %": classement.classes[0].couleur,
        "Milieu : 20,0 %": classement.classes[1].couleur,
        "Bas : neutralisé": "url(#points)",
    }


def test_svg_sans_mention_simulee(couche: dict[str, Any], cadres: dict[str, Any], classement: Classement) -> None:
    assert "SIMULÉES" not in _exporter(couche, cadres, classement, simulee=False)


def test_svg_ne_demande_rien_dehors(couche: dict[str, Any], cadres: dict[str, Any], classement: Classement) -> None:
    svg = _exporter(couche, cadres, classement, simulee=False)
    assert "href" not in svg
    assert svg.count("http") == 1  # the namespace


def test_cadre_de_la_loupe_seulement_avec_une_loupe(
    couche: dict[str, Any], cadres: dict[str, Any], classement: Classement
) -> None:
    assert ">Paris<" not in _exporter(couche, cadres, classement, simulee=False)
    couche["features"].append(_entite(0, "Là-haut", _carre(-2, 47), loupe=True))
    assert ">Paris<" in _exporter(couche, cadres, classement, simulee=False)


def test_projection_garde_les_formes_et_le_nord_en_haut() -> None:
    projection = build_projection([(0.0, 44.0), (2.0, 46.0)], 10, 20, 400, 300)
    x0, y0 = projection.compute_point(0.0, 44.0)
    x1, y1 = projection.compute_point(2.0, 46.0)
    assert x0 < x1
    assert y0 > y1
    assert x0 >= 10 - 1e-9
    assert y1 >= 20 - 1e-9
    assert x1 <= 410 + 1e-9
    assert y0 <= 320 + 1e-9
    # Mercator: one degree of latitude is drawn 1 / cos(latitude) times one degree of longitude.
    assert (y0 - y1) / (x1 - x0) == pytest.approx(1 / math.cos(math.radians(45)), rel=1e-3)


def test_projection_sans_point() -> None:
    with pytest.raises(ValueError, match="aucun point"):
        build_projection([], 0, 0, 1, 1)


def test_chemin_sans_points_repetes() -> None:
    projection = build_projection([(0.0, 44.0), (1.0, 45.0)], 0, 0, 100, 100)
    geometrie = {"type": "Polygon", "coordinates": [[[0, 44], [0.00001, 44], [1, 44], [1, 45], [0, 44]]]}
    chemin = format_chemin(geometrie, projection)
    assert chemin.count(",") == 3
    assert chemin.startswith("M")
    assert chemin.endswith("Z")


def test_svg_instantane(
    couche: dict[str, Any], cadres: dict[str, Any], classement: Classement, snapshot: SnapshotAssertion
) -> None:
    assert _exporter(couche, cadres, classement, simulee=True) == snapshot


def test_svg_en_partie_simule(couche: dict[str, Any], cadres: dict[str, Any], classement: Classement) -> None:
    assert _exporter(couche, cadres, classement, simulee="partie").count("DONNÉES EN PARTIE SIMULÉES") == 2


def test_un_long_titre_passe_a_la_ligne_et_pousse_la_carte(
    couche: dict[str, Any], cadres: dict[str, Any], classement: Classement
) -> None:
    court = ET.fromstring(_exporter(couche, cadres, classement, simulee=False))  # noqa: S314 - our own output
    titre = "Couverture de la campagne Ségur, par caisse, novembre 2023, valeurs lissées (bayésien empirique)"
    racine = ET.fromstring(  # noqa: S314 - our own output
        _exporter(couche, cadres, classement, simulee=False, titre=titre)
    )
    gras = [t.text or "" for t in racine.iter(f"{SVG}text") if t.get("font-size") == "22"]
    assert len(gras) == 2
    assert " ".join(gras) == titre
    assert int(racine.get("height", "0")) == int(court.get("height", "0")) + 28
