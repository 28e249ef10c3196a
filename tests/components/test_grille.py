"""AG Grid left out of the index, and still served to the first grid."""

from __future__ import annotations

import re
from typing import Any

import pytest

from components import grille


def test_hors_des_scripts_mais_annoncee_et_servie(application: Any) -> None:
    client = application.server.test_client()
    page = client.get("/comparer").text
    assert not [src for src in re.findall(r'<script[^>]* src="([^"]*)"', page) if "ag_grid" in src]
    (adresse,) = re.findall(r'<meta name="parangon-grille" content="([^"]*)"', page)
    assert adresse == grille.get_url_grille()
    reponse = client.get(adresse)
    assert reponse.status_code == 200
    assert "dash_ag_grid" in reponse.text[-2000:]
    assert "max-age=31536000" in reponse.headers["Cache-Control"]


def test_un_paquet_d_une_autre_forme_est_signale(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grille, "_BUNDLE", "autre.js")
    with pytest.raises(RuntimeError, match=r"ne livre plus autre\.js"):
        grille.delay_grille()
