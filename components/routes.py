"""The few HTTP routes beside the pages: health, geometries, files of installed packages."""

from __future__ import annotations

import importlib.util
import mimetypes
import re
from importlib.metadata import version
from pathlib import Path

from flask import Blueprint, Response, abort, jsonify

from data.chemins import get_geo, get_var
from data.magasin import BaseIndisponibleError
from data.requetes.publication import get_publication
from data.version import VERSION

UN_AN = 365 * 24 * 3600

routes = Blueprint("routes", __name__)


def build_url_bibliotheque(fichier: str) -> str:
    """URL of a MapLibre file, with its version so that it can be cached for ever."""
    return f"/bibliotheque/maplibre/{version('maplibre')}/{fichier}"


def _get_dossier_maplibre() -> Path:
    """Folder of the JavaScript shipped by the installed ``maplibre`` package (never imported)."""
    spec = importlib.util.find_spec("maplibre")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("Le paquet maplibre n'est pas installé : lancez « make install ».")
    return Path(spec.origin).parent / "srcjs"


def _build_reponse(chemin: Path) -> Response:
    """A file that never changes under this URL. Its bytes are given whole, so that they are compressed once."""
    if not chemin.is_file():
        abort(404)
    type_mime = mimetypes.guess_type(chemin.name)[0] or "application/octet-stream"
    reponse = Response(chemin.read_bytes(), mimetype=type_mime)
    reponse.cache_control.public = True
    reponse.cache_control.max_age = UN_AN
    reponse.cache_control.immutable = True
    return reponse


@routes.get("/sante")
def get_sante() -> tuple[Response, int]:
    """Health: what runs and what is published; 503 when no database can be read."""
    try:
        publication = get_publication()
    except BaseIndisponibleError as erreur:
        return jsonify(statut="indisponible", version=VERSION, message=str(erreur)), 503
    return (
        jsonify(
            statut="ok",
            version=VERSION,
            version_donnees=publication.version,
            publie_le=publication.publie_le.isoformat(),
            organismes=publication.organismes,
        ),
        200,
    )


@routes.get("/bibliotheque/maplibre/<numero>/<fichier>")
def get_maplibre(numero: str, fichier: str) -> Response:
    """MapLibre's script and style, from the installed package."""
    if numero != version("maplibre") or fichier not in {"maplibre-gl.js", "maplibre-gl.css"}:
        abort(404)
    return _build_reponse(_get_dossier_maplibre() / fichier)


@routes.get("/geo/<empreinte>/<fichier>")
def get_couche(empreinte: str, fichier: str) -> Response:
    """A web layer (GeoJSON) of a content-addressed folder: cached for ever."""
    if not re.fullmatch(r"[0-9a-f]{8,64}", empreinte) or not re.fullmatch(r"[a-z_]+\.json", fichier):
        abort(404)
    return _build_reponse(get_geo(get_var()) / empreinte / fichier)
