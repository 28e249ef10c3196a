from __future__ import annotations

import json

import polars as pl
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from components.figures.extremes import NOMBRE, build_extremes_figure, select_extremes
from components.figures.reperes import Cadre
from data.calculs.position import compute_classement
from data.modele import Sens


def build_frame(nombre: int) -> pl.DataFrame:
    lignes = [
        {"code_organisme": f"{r:03}", "nom": f"CPAM de Ville{r}", "nom_court": f"Ville{r}", "valeur": 90.0 - r}
        for r in range(nombre)
    ]
    return compute_classement(pl.DataFrame(lignes), Sens.HAUT)


def test_deux_bouts_et_le_mien(snapshot: SnapshotAssertion) -> None:
    choisis = select_extremes(build_frame(40), "020")
    assert choisis["place"].to_list() == [*range(NOMBRE), 20, *range(40 - NOMBRE, 40)]
    figure = build_extremes_figure(choisis, Cadre("%", 1, 60.0, 85.0, "020"))
    assert figure.layout.yaxis.ticktext[NOMBRE] == "<b>21e · Ville20</b>"
    pointilles = [forme for forme in figure.layout.shapes if forme.line.dash == "dot"]
    assert len(pointilles) == 2  # others were left out above and below mine
    assert json.loads(figure.to_json()) == snapshot(extension_class=JSONSnapshotExtension)


def test_petit_groupe_entier_sans_coupure() -> None:
    choisis = select_extremes(build_frame(2 * NOMBRE + 1), None)
    assert choisis.height == 2 * NOMBRE + 1
    figure = build_extremes_figure(choisis, Cadre(None, 0))
    assert not figure.layout.shapes
    assert list(figure.data[0].y) == list(range(2 * NOMBRE + 1))


def test_le_mien_deja_au_bout_n_est_pas_double() -> None:
    assert select_extremes(build_frame(40), "000").height == 2 * NOMBRE
