from __future__ import annotations

import json

import polars as pl
import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from components.figures.repartition import build_repartition_figure, build_tranches_figure

TRANCHES = pl.DataFrame(
    [
        {"tranche": tranche, "type_organisme": type_organisme, "nombre": nombre}
        for tranche, nombres in (("[80,90[", (12, 1, 13)), ("100", (0, 0, 0)))
        for type_organisme, nombre in zip(("CPAM", "CCSS", "TOTAL"), nombres, strict=True)
    ]
)
COLONNES = ("nb_100", "nb_inferieur_100", "nb_nul", "nb_neutralise")


def build_lignes(*comptes: tuple[int | None, ...]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {"titre": f"Indicateur {rang}", "detail": "poids 9 %"} | dict(zip(COLONNES, compte, strict=True))
            for rang, compte in enumerate(comptes)
        ],
        schema={"titre": pl.String, "detail": pl.String} | dict.fromkeys(COLONNES, pl.Int64),
    )


def test_tranches_tous_les_nombres_ecrits(snapshot: SnapshotAssertion) -> None:
    figure = build_tranches_figure(
        TRANCHES, ["CPAM", "CCSS", "TOTAL"], [("[80,90[", "comprise entre 80 % et 90 %"), ("100", "égale à 100 %")]
    )
    assert [a.text for a in figure.layout.annotations] == ["<b>12</b>", "0", "<b>1</b>", "0", "<b>13</b>", "0"]
    assert figure.data[0].z[0][2] is None  # the total is not shaded
    assert json.loads(figure.to_json()) == snapshot(extension_class=JSONSnapshotExtension)


def test_repartition_somme_a_cent(snapshot: SnapshotAssertion) -> None:
    figure = build_repartition_figure(build_lignes((94, 8, 0, 0), (14, 0, 0, 2)))
    assert [trace.name for trace in figure.data] == ["à 100\u00a0%", "en dessous de 100\u00a0%", "neutralisé"]
    assert [sum(trace.x[rang] for trace in figure.data) for rang in (0, 1)] == pytest.approx([100, 100])
    assert json.loads(figure.to_json()) == snapshot(extension_class=JSONSnapshotExtension)


def test_repartition_comptes_en_mots() -> None:
    figure = build_repartition_figure(build_lignes((22, 74, 6, 0), (0, 3, 1, 0)))
    premier, second = (a.text for a in figure.layout.annotations)
    assert "22 à 100\u00a0%, 74 en dessous, 6 nuls" in premier
    assert "3 en dessous, 1 nul" in second
    assert list(figure.data[0].text) == ["22", ""]


def test_non_imprime_sans_barre() -> None:
    figure = build_repartition_figure(build_lignes((9, None, None, None), (None, None, None, None)))
    assert len(figure.data[0].x) == 1
    assert "répartition non imprimée" in figure.layout.annotations[1].text
