"""The Flask server that carries the API and its OpenAPI document. No documentation page: they load from outside."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, jsonify, request
from flask_openapi3 import Info, OpenAPI
from pydantic import ValidationError
from werkzeug.exceptions import MethodNotAllowed
from werkzeug.wrappers import Response as ReponseWerkzeug

from components.api.parametres import list_erreurs
from components.api.problemes import Probleme, build_parametres_invalides, build_probleme
from components.api.routes import PREFIXE, api
from data.version import VERSION


def answer_validation(erreur: ValidationError) -> Response:
    """400: what the library asks for when parameters do not pass their model."""
    return build_parametres_invalides(list_erreurs(erreur))


def answer_methode(erreur: MethodNotAllowed) -> Response | MethodNotAllowed | ReponseWerkzeug:
    """405 under the API: it only reads. Elsewhere, the usual answer."""
    if not request.path.startswith("/api/"):
        return erreur
    detail = f"L'API ne fait que lire\u00a0: {request.method} n'est pas possible, seulement GET et HEAD."
    return build_probleme(HTTPStatus.METHOD_NOT_ALLOWED, "Méthode refusée", detail, Allow="GET, HEAD, OPTIONS")


def answer_inconnu(reste: str = "") -> Response:
    """404 under the API, rather than a page: the lists there are."""
    listes = ", ".join(sorted(chemin for chemin in api.paths))
    detail = f"«\u00a0/api/{reste}\u00a0» n'existe pas. Il y a {listes} et {PREFIXE}/openapi.json."
    return build_probleme(HTTPStatus.NOT_FOUND, "Adresse inconnue", detail)


def build_serveur(nom: str) -> OpenAPI:
    """A Flask server with the API on it.

    Args:
        nom: import name of the module that owns the application.
    """
    serveur = OpenAPI(
        nom,
        info=Info(
            title="Parangon, API de lecture",
            version=VERSION,
            description="Les données publiées du tableau de bord, en lecture seule. Les lignes simulées portent "
            "« nature = simulee ».",
        ),
        doc_ui=False,
        security_schemes={},
        validation_error_status=HTTPStatus.BAD_REQUEST.value,
        validation_error_model=Probleme,
        validation_error_callback=answer_validation,
    )
    serveur.add_url_rule(f"{PREFIXE}/openapi.json", "openapi", lambda: jsonify(serveur.api_doc))
    serveur.register_api(api)
    for chemin in ("/api", "/api/", "/api/<path:reste>"):
        serveur.add_url_rule(chemin, "api_inconnue", answer_inconnu)
    serveur.register_error_handler(MethodNotAllowed, answer_methode)
    return serveur
