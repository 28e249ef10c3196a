"""The served application without a browser: routes, index, caching, compression, version."""

import gzip
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import plotly
import pytest
from flask.testing import FlaskClient

from components.application import URL_PLOTLY
from components.compression import CacheStatique
from components.coquille import NAVIGATION, check_graphiques
from components.routes import build_url_bibliotheque
from data.chemins import RACINE
from data.requetes.publication import get_publication
from data.version import VERSION


@pytest.fixture
def client(application: Any) -> FlaskClient:
    """A WSGI client; the index is rendered once, as each worker does."""
    client: FlaskClient = application.server.test_client()
    assert client.get("/").status_code == 200
    return client


def test_version_unique() -> None:
    with (RACINE / "pyproject.toml").open("rb") as fichier:
        assert tomllib.load(fichier)["project"]["version"] == VERSION


def test_pandas_est_importe_avant_les_fils() -> None:
    """Imported by a thread at the first query, it made the first answers of a busy server fail."""
    programme = "import sys, data.magasin; sys.exit('pandas' not in sys.modules)"
    assert subprocess.run([sys.executable, "-c", programme], cwd=RACINE, check=False).returncode == 0


def test_index_en_francais(client: FlaskClient) -> None:
    for chemin, _ in NAVIGATION:
        page = client.get(chemin).text
        assert '<html lang="fr">' in page
        assert "Chargement" in page
        assert "Loading..." not in page
        assert ("plotly.min.js" in page) == check_graphiques(chemin)
        assert "http://" not in page
        assert "https://" not in page


def test_sante(client: FlaskClient) -> None:
    corps = client.get("/sante").get_json()
    assert corps["statut"] == "ok"
    assert corps["version"] == VERSION
    assert corps["version_donnees"] == get_publication().version


@pytest.mark.parametrize(
    "chemin",
    [
        "/geo/../../etc/passwd",
        "/geo/zzzz/regions.json",
        "/geo/00000000/regions.json",
        "/geo/00000000/regions.parquet",
        "/bibliotheque/maplibre/0.0.0/maplibre-gl.js",
        "/bibliotheque/maplibre/0.3.6/ipywidget.js",
    ],
)
def test_fichiers_refuses(client: FlaskClient, chemin: str) -> None:
    reponse = client.get(chemin)
    assert reponse.status_code == 404 or "react-entry-point" in reponse.text


def test_couches_en_cache_pour_toujours(client: FlaskClient) -> None:
    for url in (f"/geo/{get_publication().empreinte_geo}/departements.json", build_url_bibliotheque("maplibre-gl.js")):
        reponse = client.get(url, headers={"Accept-Encoding": "gzip"})
        assert reponse.status_code == 200
        assert "immutable" in reponse.headers["Cache-Control"]
        assert reponse.headers["Content-Encoding"] == "gzip"
        assert len(gzip.decompress(reponse.data)) > 10_000


def _read_version_plotly(debut: str) -> str:
    trouvee = re.search(r"plotly\.js .*?v([0-9.]+)", debut)
    assert trouvee is not None
    return trouvee[1]


def test_plotly_servi_est_le_cartesien_de_la_bonne_version(client: FlaskClient) -> None:
    complet = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
    reponse = client.get(URL_PLOTLY)
    assert "cartesian" in reponse.text[:200]
    assert _read_version_plotly(reponse.text[:200]) == _read_version_plotly(complet.read_text(encoding="utf-8")[:200])
    assert client.get(URL_PLOTLY, headers={"If-None-Match": reponse.headers["ETag"]}).status_code == 304


def test_cache_de_compression() -> None:
    cache = CacheStatique()
    cache.set("gzip;/assets/a.css?", b"a")
    cache.set("gzip;", b"une reponse de rappel")
    assert cache.get("gzip;/assets/a.css?") == b"a"
    assert cache.get("gzip;") is None


def test_aucune_adresse_exterieure_dans_les_assets() -> None:
    for chemin in Path(RACINE / "assets").rglob("*"):
        if chemin.suffix in {".js", ".css"} and "vendor" not in chemin.parts:
            texte = chemin.read_text(encoding="utf-8").replace("http://www.w3.org/", "")
            assert "http://" not in texte, chemin
            assert "https://" not in texte, chemin
