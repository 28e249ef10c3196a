"""What the bench of the comparison pages sends is what a browser sends, to the network it says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from data.magasin import Lecture
from data.requetes.comparaison import list_organismes, list_valeurs
from tools.bench_comparer import build_demande
from tools.reseau_elargi import write_reseau_elargi


def test_demande_d_un_rappel() -> None:
    identifiant = '..a.children...{"bloc":"b.c","role":"d"}.data..'
    rappel = {
        "inputs": [{"id": "x", "property": "value"}, {"id": '{"role":["ALL"]}', "property": "n_clicks"}],
        "state": [{"id": "y", "property": "data"}],
    }
    demande = build_demande(identifiant, rappel, {"x.value": 3}, "x.value")
    assert demande["outputs"] == [
        {"id": "a", "property": "children"},
        {"id": {"bloc": "b.c", "role": "d"}, "property": "data"},
    ]
    assert demande["inputs"] == [{"id": "x", "property": "value", "value": 3}, []]
    assert demande["state"] == [{"id": "y", "property": "data", "value": None}]
    assert demande["changedPropIds"] == ["x.value"]


def test_demande_d_un_rappel_a_une_sortie() -> None:
    demande = build_demande("a.data", {"inputs": [], "state": []}, {}, "x.value")
    assert demande["outputs"] == {"id": "a", "property": "data"}


def test_l_application_repond_a_une_demande(application: Any) -> None:
    client = application.server.test_client()
    client.get("/_dash-layout")
    cle = next(c for c in application.callback_map if "indicateur-atteinte-titre" in c)
    valeurs = {"indicateur-jeton.data": "loc_rdv_telephone|CPAM|2023|", "indicateur-par.value": "type"}
    demande = build_demande(cle, application.callback_map[cle], valeurs, "indicateur-par.value")
    reponse = client.post("/_dash-update-component", json=demande)
    assert reponse.status_code == 200
    assert "alerte-globale" not in reponse.text


def test_un_reseau_deux_fois_plus_grand(publication: Lecture, tmp_path: Path) -> None:
    write_reseau_elargi(publication.dossier / "parangon.duckdb", tmp_path, 2)
    grand = Lecture((tmp_path / "courante").resolve())
    assert grand.query("SELECT count(*) FROM mart_organisme").item() == 2 * list_organismes().height
    assert grand.query("SELECT count(DISTINCT code_organisme) FROM mart_organisme").item() == 2 * 165
    petit = list_valeurs("loc_rdv_telephone")
    valeurs: pl.DataFrame = list_valeurs.__wrapped__(grand, "loc_rdv_telephone")  # type: ignore[attr-defined]
    assert valeurs.height == 2 * petit.height
    originaux = valeurs.filter(pl.col("code_organisme").is_in(petit["code_organisme"].implode()))
    assert originaux.equals(petit)
    copies = valeurs.filter(pl.col("code_organisme").str.contains("-1"))
    rapports = (copies["valeur"] / petit["valeur"]).drop_nulls()
    assert rapports.is_between(0.98, 1.0).all()
    assert rapports.n_unique() > 50
    taux = 100 * copies["numerateur"] / copies["denominateur"] - copies["valeur"]
    ecarts = 100 * petit["numerateur"] / petit["denominateur"] - petit["valeur"]
    assert taux.abs().max() <= ecarts.abs().max() + 1e-9  # type: ignore[operator]  # still the same ratio
