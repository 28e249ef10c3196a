"""A served application and a real Chromium. Every page test fails on a console error or a request off localhost.

Nothing here waits for a time: what is awaited comes when it comes, and only a machine stuck for the delays below fails.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request, expect, sync_playwright

from data.chemins import RACINE
from tools.navigateur import ARGUMENTS, find_navigateur

BUREAU = {"width": 1440, "height": 900}
LOCAUX = {"127.0.0.1", "localhost"}
DELAI = 60_000  # milliseconds
DEMARRAGE = 120.0  # seconds for a server to answer
expect.set_options(timeout=DELAI)
# Chromium's software WebGL comments on its own speed; it is not the page speaking.
BRUITS = ("GL Driver Message",)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A browser test that fails is played once more, and the summary names it: a machine may hiccup once."""
    for item in items:
        if item.get_closest_marker("e2e"):
            item.add_marker(pytest.mark.flaky(reruns=1))


def get_port_libre() -> int:
    """A free port on the loopback."""
    with contextlib.closing(socket.socket()) as prise:
        prise.bind(("127.0.0.1", 0))
        return int(prise.getsockname()[1])


@contextlib.contextmanager
def serve_application(var: Path, workers: int = 1) -> Iterator[str]:
    """Serve the application as ``make run`` does, on a free port, until the block ends."""
    port = get_port_libre()
    environnement = os.environ | {
        "PARANGON_VAR": str(var),
        "PORT": str(port),
        "HOST": "127.0.0.1",
        "PARANGON_WORKERS": str(workers),
    }
    commande = [sys.executable, "-m", "gunicorn", "--config", "gunicorn.conf.py", "app:server"]
    processus = subprocess.Popen(commande, cwd=RACINE, env=environnement)
    adresse = f"http://127.0.0.1:{port}"
    limite = time.monotonic() + DEMARRAGE
    try:
        while True:
            if processus.poll() is not None:
                raise RuntimeError("le serveur s'est arrêté au démarrage")
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{adresse}/", timeout=DEMARRAGE):
                break
            if time.monotonic() > limite:
                raise RuntimeError("le serveur ne répond pas")
            time.sleep(0.1)
        yield adresse
    finally:
        processus.terminate()
        processus.wait(timeout=60)


@pytest.fixture(scope="session")
def adresse(var: Path, rapport: dict[str, object]) -> Iterator[str]:
    """Address of the application served on the session's publication."""
    assert rapport["version"]
    with serve_application(var) as url:
        yield url


@pytest.fixture(scope="session")
def navigateur() -> Iterator[Browser]:
    """One Chromium for the session."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_navigateur(), args=ARGUMENTS)
        yield chromium
        chromium.close()


@dataclass
class Veille:
    """What a page should not have done: messages in the console, requests off the machine."""

    console: list[str] = field(default_factory=list)
    dehors: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """Note everything from now on."""
        page.on("console", self._note_console)
        page.on("pageerror", lambda e: self.console.append(str(e)))
        page.on("request", self._note_requete)

    def check(self) -> None:
        """Fail if anything was noted."""
        for faute, notes in (("requêtes hors de la machine", self.dehors), ("console", self.console)):
            assert not notes, f"{faute} ({len(notes)}) : " + "\n".join(
                note[:500] for note in [*dict.fromkeys(notes)][:5]
            )

    def _note_requete(self, requete: Request) -> None:
        url = urlsplit(requete.url)
        if url.scheme in {"http", "https", "ws", "wss"} and url.hostname not in LOCAUX:
            self.dehors.append(requete.url)

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not any(bruit in message.text for bruit in BRUITS):
            self.console.append(message.text)


def choose(page: Page, liste: str, option: str) -> None:
    """Pick an option of a select by its label."""
    page.get_by_role("textbox", name=liste, exact=True).or_(
        page.get_by_role("combobox", name=liste, exact=True)
    ).first.click()
    page.get_by_role("option", name=option, exact=True).click()


def search(page: Page, champ: Locator, texte: str, option: str) -> None:
    """Type in a select and pick, among what it then offers, the option that says this."""
    champ.click()
    champ.fill(texte)
    page.get_by_role("option", name=option).first.click()


@pytest.fixture(scope="session")
def contexte(navigateur: Browser) -> Iterator[BrowserContext]:
    """One browser context, French, at desktop size: its cache keeps the scripts from one test to the next.

    The application leaves nothing else in a browser; a test that wants another visitor opens a context of its own.
    """
    contexte = navigateur.new_context(viewport=BUREAU, locale="fr-FR", accept_downloads=True)
    contexte.set_default_timeout(DELAI)
    yield contexte
    contexte.close()


@contextlib.contextmanager
def open_page_veillee(contexte: BrowserContext) -> Iterator[tuple[Page, Veille]]:
    """A page of its own, watched from the start, closed at the end."""
    page, veille = contexte.new_page(), Veille()
    veille.watch(page)
    try:
        yield page, veille
    finally:
        page.close()


@pytest.fixture
def page_navigateur(contexte: BrowserContext) -> Iterator[Page]:
    """A page that fails its test on any console message of level error or warning, or any non-local request."""
    with open_page_veillee(contexte) as (page, veille):
        yield page
        veille.check()
