"""Fixtures shared by all tests: one real publication per session, one application."""

from __future__ import annotations

import contextlib
import fcntl
import importlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import plotly.utils
import pytest
from hypothesis import HealthCheck, settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from data.chemins import RACINE, get_geo, get_ij, get_lien_courant, get_publications, get_reseau
from data.magasin import Lecture, get_magasin
from etl.etapes import get_etapes

# A busy machine must not fail a property: examples are counted, not timed. On a server the same examples are drawn each
# time, so that a red run says something of the change; elsewhere they are drawn anew.
settings.register_profile("local", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("serveur", settings.get_profile("local"), derandomize=True)
settings.load_profile("serveur" if os.environ.get("CI") else "local")


class Repartition(LoadScopeScheduling):  # type: ignore[misc]
    """Which tests stay in one process when there are several.

    A module of unit tests goes whole, with its fixtures. Browser tests are long: they go one function at a time, and
    page by page for those of ``test_pages``, which share the page they have opened.
    """

    def _split_scope(self, nodeid: str) -> str:
        fichier, _, essai = nodeid.partition("::")
        fonction, _, parametres = essai.partition("[")
        if not fichier.startswith("tests/e2e/"):
            return fichier
        if fichier.endswith("/test_pages.py") and parametres:
            return f"{fichier}[{parametres}"
        return f"{fichier}::{fonction}"


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Repartition:
    """Spread the tests our way (``pytest -n``)."""
    return Repartition(config, log)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Why a browser test that passed the second time had failed the first."""
    for essai in terminalreporter.stats.get("rerun", []):
        terminalreporter.section(f"premier essai de {essai.nodeid}")
        terminalreporter.write_line(essai.longreprtext[-4000:])


def _get_commun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder that the processes of one session share."""
    dossier = tmp_path_factory.getbasetemp()
    return dossier.parent if "PYTEST_XDIST_WORKER" in os.environ else dossier


@pytest.fixture(scope="session")
def seul(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], contextlib.AbstractContextManager[None]]:
    """To be alone among the processes of the session: what they share is built once, by the first that needs it."""

    @contextlib.contextmanager
    def reserver() -> Iterator[None]:
        with (_get_commun(tmp_path_factory) / "essais.verrou").open("w") as verrou:
            fcntl.flock(verrou, fcntl.LOCK_EX)
            yield

    return reserver


def _link_partages(dossier: Path) -> None:
    """Make ``dossier`` a ``var`` whose content-addressed folders (geometries, IJ, simulated network) are the tree's."""
    dossier.mkdir()
    for get_dossier in (get_geo, get_ij, get_reseau):
        deja_construites = get_dossier(RACINE / "var")
        deja_construites.mkdir(parents=True, exist_ok=True)
        get_dossier(dossier).symlink_to(deja_construites)


@pytest.fixture(scope="session")
def var(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A private ``var`` for the session (for the process, when there are several)."""
    dossier = tmp_path_factory.mktemp("essais") / "var"
    _link_partages(dossier)
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
def rapport(
    var: Path,
    tmp_path_factory: pytest.TempPathFactory,
    seul: Callable[[], contextlib.AbstractContextManager[None]],
) -> dict[str, object]:
    """The report of the ETL run on the real definitions and published figures, made once for all processes.

    Each ``var`` gets hard links of what was published: nothing writes in a publication once it is there.
    """
    origine = _get_commun(tmp_path_factory) / "publie"
    resume = origine / "rapport.json"
    with seul():
        if not resume.exists():
            shutil.rmtree(origine, ignore_errors=True)
            _link_partages(origine)
            reconstruction = importlib.import_module("etl.commandes.reconstruction")
            resume.write_text(json.dumps(reconstruction.run(origine), default=str), encoding="utf-8")
    for dossier in (get_publications(origine), get_etapes(origine)):
        shutil.copytree(dossier, var / dossier.name, copy_function=os.link)
    get_lien_courant(var).symlink_to(get_lien_courant(origine).readlink())
    return dict(json.loads(resume.read_text(encoding="utf-8")))


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
