from __future__ import annotations

import json

import polars as pl
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from components.figures.atteinte import STYLES, build_atteinte_figure
from data.calculs.atteinte import Atteinte


def build_frame(**comptes: list[int]) -> pl.DataFrame:
    nombre = len(next(iter(comptes.values())))
    colonnes = {etat.value: comptes.get(etat.value, [0] * nombre) for etat in Atteinte}
    frame = pl.DataFrame({"libelle": [f"Type {rang}" for rang in range(nombre)]} | colonnes)
    return frame.with_columns(effectif=pl.sum_horizontal([etat.value for etat in Atteinte]))


def test_barres_a_cent_pour_cent_et_comptes_ecrits(snapshot: SnapshotAssertion) -> None:
    frame = build_frame(atteint=[22, 0], entre=[74, 3], sous=[6, 0], neutralise=[0, 1])
    figure = build_atteinte_figure(frame)
    assert [trace.name for trace in figure.data] == [
        "objectif atteint", "entre socle et objectif", "sous le socle", "neutralisé",
    ]  # fmt: skip
    assert [round(sum(parts), 9) for parts in zip(*(trace.x for trace in figure.data), strict=True)] == [100, 100]
    assert figure.data[0].text == ("<b>22</b>", "")  # zero is in the table, not written in a bar of no width
    assert figure.data[2].text == ("", "")  # too narrow: on hover
    assert "6 sur 102" in figure.data[2].customdata[0]
    assert [note.text for note in figure.layout.annotations] == [
        "<b>Type 0</b> · n\u00a0=\u00a0102", "<b>Type 1</b> · n\u00a0=\u00a04",
    ]  # fmt: skip
    assert json.loads(figure.to_json()) == snapshot(extension_class=JSONSnapshotExtension)


def test_etats_distincts_sans_la_couleur() -> None:
    """Same fill or not, two states never share both fill and pattern; symbols are all different."""
    assert set(STYLES) == set(Atteinte)
    assert len({(s.couleur, s.motif) for s in STYLES.values()}) == len(STYLES)
    assert len({s.symbole for s in STYLES.values()}) == len(STYLES)
