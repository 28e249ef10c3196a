"""Fixtures shared by all tests: one real publication per session, one application."""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import plotly.utils
import pytest
from hypothesis import HealthCheck, settings

from data.chemins import RACINE, get_geo, get_ij, get_reseau
from data.magasin import Lecture, get_magasin

# A busy machine must not fail a property: examples are counted, not timed. On a server the same examples are drawn each
# time, so that a red run says something of the change; elsewhere they are drawn anew.
settings.register_profile("local", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("serveur", settings.get_profile("local"), derandomize=True)
settings.load_profile("serveur" if os.environ.get("CI") else "local")


@pytest.fixture(scope="session")
def var(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A private ``var`` for the session. What is content-addressed (geometries, IJ, simulated network) is shared."""
    dossier = tmp_path_factory.mktemp("var")
    for get_dossier in (get_geo, get_ij, get_reseau):
        deja_construites = get_dossier(RACINE / "var")
        deja_construites.mkdir(parents=True, exist_ok=True)
        get_dossier(dossier).symlink_to(deja_construites)
    avant = os.environ.get("PARANGON_VAR")
    os.environ["PARANGON_VAR"] = str(dossier)
    get_magasin.cache_clear()
    yield dossier
    get_magasin.cache_clear()
    if avant is None:
        del os.environ["PARANGON_VAR"]
    else:
        os.environ["PARANGON_VAR"] = avant


@pytest.fixture(scope="session")
def rapport(var: Path) -> dict[str, object]:
    """The report of the ETL run on the real definitions and published figures."""
    etl = importlib.import_module("etl.__main__")
    return dict(etl.run(var))


@pytest.fixture
def publication(var: Path, rapport: dict[str, object]) -> Lecture:
    """The published database of the session, open for reading."""
    assert rapport["version"]
    return get_magasin().get_lecture()


@pytest.fixture(scope="session")
def application(var: Path, rapport: dict[str, object]) -> object:
    """The Dash application on the session's publication; pages can be imported once it exists."""
    assert rapport["version"]
    return importlib.import_module("app").app


@pytest.fixture(scope="session")
def lire_texte() -> Callable[[object], str]:
    """Everything a Dash component holds, as JSON text, with ordinary spaces."""

    def lire(composant: object) -> str:
        brut = json.dumps(composant, cls=plotly.utils.PlotlyJSONEncoder, ensure_ascii=False)
        return brut.replace("\u202f", " ").replace("\xa0", " ").replace('\\"', '"')

    return lire
