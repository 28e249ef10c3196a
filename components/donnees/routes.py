"""The routes of the page of data: a file comes in, an original or an annotated twin goes out.

A file is sent with its name in the header ``X-Parangon-Fichier``: a page of another site cannot set it, so it cannot
make a reader's browser send one.
"""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from typing import Literal
from urllib.parse import unquote

from flask import Blueprint, Response, abort, jsonify, request, send_file

from components.donnees.depot import DepotRefuseError, find_annote, store_depot
from data.chemins import get_var
from data.journal import find_fichier

ENTETE_NOM = "X-Parangon-Fichier"

routes_donnees = Blueprint("donnees", __name__, url_prefix="/donnees")


@routes_donnees.post("/depot")
def post_depot() -> tuple[Response, int]:
    """Take the bytes of a file; answer its random name, or why it is refused."""
    nom = request.headers.get(ENTETE_NOM)
    if nom is None:
        return jsonify(erreur="Envoyez le fichier depuis la page des données."), HTTPStatus.FORBIDDEN
    try:
        depot = store_depot(get_var(), unquote(nom), request.stream, request.content_length)
    except DepotRefuseError as erreur:
        return jsonify(erreur=str(erreur)), erreur.code
    return jsonify(jeton=depot.jeton, fichier=depot.chemin.name, octets=depot.octets), HTTPStatus.CREATED


@routes_donnees.get("/depot/<jeton>/annote")
def get_annote(jeton: str) -> Response:
    """The file being controlled, plus a column of reasons."""
    chemin = find_annote(get_var(), jeton)
    return _send(chemin, chemin.name if chemin else "")


@routes_donnees.get("/chargements/<identifiant>/<any(original, rejets):piece>")
def get_piece(identifiant: str, piece: Literal["original", "rejets"]) -> Response:
    """A file of a load: as received, or with a column of reasons."""
    trouve = find_fichier(get_var(), identifiant, piece)
    return _send(*trouve) if trouve else _send(None, "")


def _send(chemin: Path | None, nom: str) -> Response:
    """A file to save, never to show: nothing in it may run in the page."""
    if chemin is None or not chemin.is_file():
        abort(404)
    reponse = send_file(chemin, as_attachment=True, download_name=nom, mimetype="application/octet-stream")
    reponse.headers["X-Content-Type-Options"] = "nosniff"
    return reponse
