from __future__ import annotations

import json

from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from components.figures.delais_ij import HAUTEUR_BARRE, Barre, build_barres_figure

BARRES = [Barre("DSN", 19.7, "19,7", "DSN : 19,7 jours"), Barre("Papier", 41.7, "41,7", "papier : 41,7 jours")]


def test_barres_depuis_zero_dans_l_ordre() -> None:
    figure = build_barres_figure(BARRES, unite="jours")
    assert list(figure.data[0].y) == ["DSN", "Papier"]
    assert figure.layout.xaxis.rangemode == "tozero"
    assert figure.layout.yaxis.autorange == "reversed"
    assert not figure.layout.shapes


def test_une_barre_de_plus_est_plus_haute() -> None:
    une, deux = build_barres_figure(BARRES[:1], unite="jours"), build_barres_figure(BARRES, unite="jours")
    assert deux.layout.height - une.layout.height == HAUTEUR_BARRE


def test_reference_tracee_et_nommee(snapshot: SnapshotAssertion) -> None:
    figure = build_barres_figure(BARRES, unite="jours", reference=27.3, nom_reference="tous canaux : 27,3")
    assert [s.x0 for s in figure.layout.shapes] == [27.3]
    assert [a.text for a in figure.layout.annotations] == ["tous canaux : 27,3"]
    assert json.loads(figure.to_json()) == snapshot(extension_class=JSONSnapshotExtension)
