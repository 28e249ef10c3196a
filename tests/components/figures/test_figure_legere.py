"""A figure sent as it was described says what the validated one says, and becomes it when someone looks inside."""

from __future__ import annotations

import base64
import copy
import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import dash
import numpy as np
import orjson
import plotly.graph_objects as go
import polars as pl
import pytest
from dash.development.base_component import Component

from components.comparer.vues import CHOIX_VUES
from components.figures.figure_legere import FigureLegere, clean_proprietes
from components.figures.gabarit import Dessin, build_figure, build_gabarit


def build_dessin() -> Dessin:
    dessin = Dessin(hauteur=300)
    dessin.add_scatter(
        x=[dt.date(2023, 1, 1), dt.date(2023, 2, 1)], y=[1, None], line_width=2, line={"color": "red"}, name=None
    )
    dessin.add_bar(x=(1, 2), y=pl.Series([3, 4]), customdata=[{"a_b": 1}], marker={"line": {"width": 1}})
    dessin.add_heatmap(z=np.array([[1.0, 2.0]]))
    dessin.add_annotation(text="é", showarrow=False, font_size=11)
    dessin.update_layout(xaxis={"title": "jours"}, yaxis_title_text="%", paper_bgcolor="white")
    return dessin


def validate(donnees: list[dict[str, Any]], mise: dict[str, Any]) -> Any:
    """The same figure as plotly validates and writes it."""
    return json.loads(go.Figure({"data": copy.deepcopy(donnees), "layout": copy.deepcopy(mise)}).to_json())


def unpack(brut: Any) -> Any:
    """Numbers plotly packs in base64 as lists again."""
    if isinstance(brut, dict):
        if brut.keys() >= {"dtype", "bdata"}:
            nombres = np.frombuffer(base64.b64decode(brut["bdata"]), dtype=brut["dtype"])
            return nombres.reshape([int(n) for n in brut["shape"].split(",")] if "shape" in brut else -1).tolist()
        return {cle: unpack(v) for cle, v in brut.items()}
    return [unpack(v) for v in brut] if isinstance(brut, list) else brut


def list_figures(noeud: Any) -> Iterator[FigureLegere]:
    """Every figure that nobody has looked into, under a component."""
    if isinstance(noeud, FigureLegere):
        if noeud._brut is not None:
            yield noeud
    elif isinstance(noeud, Component):
        for valeur in noeud.to_plotly_json()["props"].values():
            yield from list_figures(valeur)
    elif isinstance(noeud, list | tuple):
        for element in noeud:
            yield from list_figures(element)


def test_ecrite_comme_validee() -> None:
    figure = build_dessin().build()
    assert figure._brut is not None
    attendu = unpack(validate(*figure._brut))
    assert orjson.loads(orjson.dumps(figure.write())) == attendu
    assert figure.to_plotly_json() == attendu


def test_chaque_page_dessine_ce_que_plotly_validerait(application: Any) -> None:
    assert application is not None
    # Organismes and indicateurs of several kinds; figures another test has looked into are left out.
    etats: dict[str, list[dict[str, str]]] = {
        "/comparer": [{"organisme": "381", "vue": vue, "indicateur": "loc_rdv_telephone"} for vue in CHOIX_VUES],
        "/comparer/profil": [{"organisme": "381"}],
        "/organismes/none": [{"code": "381"}],
        "/indicateurs/none": [{"code": "loc_rdv_telephone", "organisme": "381", "pas": "mois"}],
    }
    vues = 0
    for page in dash.page_registry.values():
        for etat in etats.get(page["path"], [{}]):
            for figure in list_figures(page["layout"](**etat)):
                brut = figure._brut
                assert brut is not None
                assert figure.to_plotly_json() == unpack(validate(*brut)), page["path"]
                vues += 1
    assert vues > 20


def test_rien_n_est_valide_tant_que_personne_ne_regarde() -> None:
    dessin = Dessin(hauteur=300)
    dessin.add_scatter(x=[1], y=[2], couleur="red")  # no such property
    figure = dessin.build()
    assert figure.hauteur == 300
    assert not hasattr(figure, "tolist")
    figure.write()
    with pytest.raises(ValueError, match="couleur"):
        _ = figure.data


def test_changee_elle_est_celle_de_plotly() -> None:
    figure = build_dessin().build()
    figure.update_layout(height=420)
    assert figure.hauteur == 420
    assert figure.write()["layout"]["height"] == 420
    assert isinstance(figure, go.Figure)
    assert [trace.type for trace in figure.data] == ["scatter", "bar", "heatmap"]
    assert figure.data[0].line.width == 2
    vide = build_figure(hauteur=10)
    vide.add_trace(go.Scatter(x=[1], y=[1]))
    assert len(vide.data) == 1


def test_ecrite_une_seule_fois() -> None:
    figure = build_dessin().build()
    assert figure._write() is figure._write()


def test_proprietes_de_plotly_py_en_proprietes_de_plotly_js() -> None:
    assert clean_proprietes({"line_width": 1, "line": {"color": "red"}, "name": None, "title": "a"}) == {
        "line": {"width": 1, "color": "red"},
        "title": {"text": "a"},
    }
    assert clean_proprietes({"title_font_size": 1, "error_x": {"type": "data"}}) == {
        "title": {"font": {"size": 1}},
        "error_x": {"type": "data"},
    }
    assert clean_proprietes({"meta": {"a_b": None}, "x": [None, 1]}) == {"meta": {"a_b": None}, "x": [None, 1]}


def test_gabarit_ecrit_en_entier() -> None:
    ecrit = build_figure(hauteur=10).to_plotly_json()["layout"]["template"]
    assert ecrit == json.loads(json.dumps(build_gabarit().to_plotly_json()))
