from __future__ import annotations

import json

import polars as pl
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from components.figures.jauge import build_jauge_figure
from components.figures.points import build_points_figure
from components.figures.reperes import Cadre
from components.theme import COULEURS
from data.calculs.position import compute_classement, compute_quartiles
from data.modele import Sens


def build_frame(nombre: int) -> pl.DataFrame:
    lignes = [
        {"code_organisme": f"{r:03}", "nom": f"CPAM de Ville{r}", "nom_court": f"Ville{r}", "valeur": 50 + r * 0.7}
        for r in range(nombre)
    ]
    return compute_classement(pl.DataFrame(lignes), Sens.HAUT)


def test_tous_les_points_et_le_mien(snapshot: SnapshotAssertion) -> None:
    frame = build_frame(8)
    quartiles = compute_quartiles(frame["valeur"].to_list())
    figure = build_points_figure(frame, quartiles, Cadre("%", 1, 48.0, 54.0, "003"))
    autres, mien = figure.data
    assert len(autres.x) == 7
    assert list(mien.x) == [52.1]
    assert mien.marker.color == COULEURS["mien"]
    textes = [note.text for note in figure.layout.annotations]
    assert textes == [
        "objectif 54,0\u00a0%", "socle 48,0\u00a0%", "médiane 52,5\u00a0%", "<b>Ville3\u00a0: 52,1\u00a0%</b>",
    ]  # fmt: skip
    assert json.loads(figure.to_json()) == snapshot(extension_class=JSONSnapshotExtension)


def test_points_egaux_ne_se_cachent_pas() -> None:
    frame = build_frame(4).with_columns(valeur=pl.Series([1.0, 1.0, 1.0, 2.0]))
    figure = build_points_figure(frame, compute_quartiles(frame["valeur"].to_list()), Cadre(None, 0))
    places = list(zip(figure.data[0].x, figure.data[0].y, strict=True))
    assert len(set(places)) == 4


def test_jauge_d_une_valeur_seule() -> None:
    figure = build_jauge_figure("France entière, 2023", 50.1, socle=21.9, objectif=35.0, unite="%", decimales=2)
    bornes = figure.layout.xaxis.range
    assert bornes[0] < 21.9 < 50.1 < bornes[1]
    assert [note.text for note in figure.layout.annotations][-1] == "<b>France entière, 2023\u00a0: 50,10\u00a0%</b>"
    assert len(figure.layout.shapes) == 3
    assert len(build_jauge_figure("x", 1.0, socle=None, objectif=None, unite=None, decimales=0).layout.shapes) == 0
