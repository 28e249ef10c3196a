"""The OpenAPI document is valid, says what is really served, and requests drawn from it never break the server."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from openapi_spec_validator import validate
from schemathesis.checks import CHECKS

from components.api.reponses import (
    LigneChargement,
    LigneIndicateur,
    LigneOrganisme,
    LigneResultat,
    LigneScore,
    LigneSource,
)

LISTES = {
    "organismes": LigneOrganisme,
    "indicateurs": LigneIndicateur,
    "resultats": LigneResultat,
    "scores": LigneScore,
    "sources": LigneSource,
    "chargements": LigneChargement,
}


@pytest.fixture
def client(application: Any) -> FlaskClient:
    client: FlaskClient = application.server.test_client()
    return client


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    document: dict[str, Any] = client.get("/api/v1/openapi.json").get_json()
    return document


def test_document_valide(document: dict[str, Any]) -> None:
    validate(document)
    assert set(document["paths"]) == {f"/api/v1/{liste}" for liste in LISTES}
    for chemin in document["paths"].values():
        operation = chemin["get"]
        assert set(chemin) == {"get"}
        assert set(operation["responses"]) == {"200", "304", "400", "405", "503"}
        assert set(operation["responses"]["200"]["content"]) == {
            "application/json",
            "text/csv",
            "application/vnd.apache.parquet",
        }
        assert all(parametre["description"] for parametre in operation["parameters"])


def test_rien_d_exterieur(document: dict[str, Any]) -> None:
    assert "http" not in str(document).replace("http_", "")


@pytest.mark.parametrize(("liste", "modele"), LISTES.items())
def test_lignes_conformes(client: FlaskClient, liste: str, modele: Any) -> None:
    ligne = client.get(f"/api/v1/{liste}").get_json()["donnees"][0]
    assert set(ligne) == set(modele.model_fields)
    for page in (1, 2):
        for ligne in client.get(f"/api/v1/{liste}?par_page=400&page={page}").get_json()["donnees"]:
            modele.model_validate(ligne)


def test_tous_les_niveaux_de_score(client: FlaskClient) -> None:
    for niveau in ("organisme", "type", "domaine", "indicateur"):
        lignes = client.get(f"/api/v1/scores?niveau={niveau}").get_json()["donnees"]
        assert lignes
        for ligne in lignes:
            assert LigneScore.model_validate(ligne).niveau == niveau


@pytest.mark.parametrize("liste", LISTES)
def test_demandes_tirees_du_document(application: Any, liste: str) -> None:
    """Requests generated from the document: never a server error, always a declared answer of the declared shape."""
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application.server)
    controles = CHECKS.get_by_names(
        [
            "not_a_server_error",
            "status_code_conformance",
            "content_type_conformance",
            "response_schema_conformance",
            "negative_data_rejection",
            "unsupported_method",
        ]
    )
    operation = schema[f"/api/v1/{liste}"]["GET"]

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(operation.as_strategy())
    def demander(case: Any) -> None:
        case.call_and_validate(checks=controles, headers={"Accept-Encoding": "identity"})

    demander()
