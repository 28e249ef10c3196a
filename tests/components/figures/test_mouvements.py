from __future__ import annotations

import json

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from components.figures.mouvements import NOMBRE, build_mouvements_figure, compute_mouvements, select_mouvements
from data.modele import Sens


def build_frame(*couples: tuple[float, float]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {"code_organisme": f"{r:03}", "nom": f"CPAM {r}", "nom_court": f"V{r}", "avant": avant, "apres": apres}
            for r, (avant, apres) in enumerate(couples)
        ],
        schema={"code_organisme": pl.String, "nom": pl.String, "nom_court": pl.String}
        | dict.fromkeys(("avant", "apres"), pl.Float64),
    )


def test_plus_bas_est_un_gain_quand_plus_bas_est_mieux() -> None:
    frame = build_frame((30.0, 25.0), (30.0, 33.0))
    assert compute_mouvements(frame, Sens.BAS)["code_organisme"].to_list() == ["000", "001"]
    assert compute_mouvements(frame, Sens.HAUT)["code_organisme"].to_list() == ["001", "000"]
    assert compute_mouvements(frame, Sens.BAS)["ecart"].to_list() == [
        -5.0,
        3.0,
    ]  # the sign printed is that of the value


@settings(max_examples=50)
@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100)), max_size=40), st.sampled_from(Sens))
def test_choix_des_plus_grands(couples: list[tuple[float, float]], sens: Sens) -> None:
    tous = compute_mouvements(build_frame(*couples), sens)
    choisis = select_mouvements(tous, None)
    assert tous.height == len(couples)
    assert choisis["gain"].to_list() == sorted(choisis["gain"], reverse=True)
    assert (choisis["gain"] > 0).sum() <= NOMBRE
    assert (choisis["gain"] != 0).all()
    if (tous["gain"] > 0).any():
        assert choisis["gain"][0] == tous["gain"].max()


def test_le_mien_garde_meme_immobile() -> None:
    tous = compute_mouvements(build_frame((1.0, 2.0), (5.0, 5.0), (3.0, 1.0)), Sens.HAUT)
    assert select_mouvements(tous, "001")["code_organisme"].to_list() == ["000", "001", "002"]
    assert select_mouvements(tous, None)["code_organisme"].to_list() == ["000", "002"]


def test_figure(snapshot: SnapshotAssertion) -> None:
    tous = compute_mouvements(build_frame((50.0, 53.0), (50.0, 44.5)), Sens.HAUT)
    figure = build_mouvements_figure(tous, annees=(2022, 2023), unite="%", decimales=1, mien="001")
    assert [trace.name for trace in figure.data] == ["2022", "2023"]
    assert figure.layout.annotations[1].text == "<b>−5,5\u00a0points</b>"
    assert json.loads(figure.to_json()) == snapshot(extension_class=JSONSnapshotExtension)
