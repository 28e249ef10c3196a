"""Answers of callbacks are written as Dash writes them, faster."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import dash._callback
import numpy as np
import pytest
from dash import dcc, html, no_update
from plotly.io.json import to_json_plotly

from components.ecriture import write_reponse
from components.figures.gabarit import Dessin


def build_reponse() -> dict[str, Any]:
    dessin = Dessin(hauteur=300)
    dessin.add_scatter(x=[dt.date(2023, 1, 1)], y=[1.5], line_width=2)
    return {
        "multi": True,
        "response": {
            "cadre": {"children": html.Div([html.P("é </script>", id={"a": 1}), None, 3], **{"aria-label": "x"})},
            "figure": {"figure": dcc.Graph(figure=dessin.build())},
            "donnees": {"data": [{"nom": "Ain", "valeur": None, "jour": dt.date(2023, 1, 1)}, float("nan"), (1, 2)]},
            "rien": {"data": no_update},
            "tableau": {"data": np.array([1.0, 2.0])},
            3: "clé numérique",
        },
    }


def test_meme_contenu_que_dash() -> None:
    assert json.loads(write_reponse(build_reponse())) == json.loads(to_json_plotly(build_reponse()))


def test_ce_que_dash_seul_sait_ecrire_lui_revient() -> None:
    texte = np.array(["a", "b"])
    assert json.loads(write_reponse({"noms": texte})) == {"noms": ["a", "b"]}
    with pytest.raises(TypeError):
        write_reponse({"objet": object()})


def test_les_rappels_l_utilisent(application: object) -> None:
    assert application is not None
    assert dash._callback.to_json is write_reponse


def test_chaque_page_s_ecrit_pareil(application: object) -> None:
    assert application is not None
    for page in dash.page_registry.values():
        contenu = page["layout"]()
        assert json.loads(write_reponse(contenu)) == json.loads(to_json_plotly(contenu)), page["path"]
