from __future__ import annotations

import json
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from components.figures.cascade import Etape, build_cascade_figure

ETAPES = (
    Etape("Validation des comptes", "", "perdu", -6.41, 100.0, 93.59),
    Etape("3 autres indicateurs", "détail dans le tableau", "perdu", -4.16, 93.59, 89.43),
    Etape("Bonification", "Gestion du risque", "gagne", 0.09, 89.43, 89.52),
    Etape("Non fourni", "", "inconnu", -2.0, 89.52, 87.52),
)


def build(etapes: tuple[Etape, ...] = ETAPES) -> Any:
    return build_cascade_figure(etapes, ("Maximum", 100.0), ("Score", etapes[-1].apres), unite="points")


def test_barres_entre_avant_et_apres(snapshot: SnapshotAssertion) -> None:
    figure = build()
    barres = [t for t in figure.data if t.type == "bar"]
    etendues = sorted((b, b + x) for t in barres for b, x in zip(t.base, t.x, strict=True))
    attendues = sorted((min(e.avant, e.apres), max(e.avant, e.apres)) for e in ETAPES)
    assert etendues == [pytest.approx(e) for e in attendues]
    assert [list(t.x) for t in figure.data if t.type == "scatter"] == [[100.0], [87.52]]
    assert json.loads(figure.to_json()) == snapshot(extension_class=JSONSnapshotExtension)


def test_valeurs_signees_a_droite() -> None:
    textes = [a.text for a in build().layout.annotations]
    for attendu in ("<b>100</b>", "<b>−6,41</b>", "<b>+0,09</b>", "<b>87,52</b>"):
        assert attendu in textes


def test_un_nom_long_tient_sur_deux_lignes_et_pousse_les_suivants() -> None:
    court, long = build(), build((Etape("Un nom d'indicateur " * 4, "", "perdu", -1.0, 100.0, 99.0), *ETAPES[1:]))
    assert long.layout.height > court.layout.height
    assert any(a.text.count("<br>") == 1 for a in long.layout.annotations)
