"""Find a Chromium for the browser tests; as a script, install one if there is none.

Order: an installed one, Debian's ``chromium`` when root with apt, Playwright's own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NOMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")

# No background traffic, works as root and without a GPU.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
]


class NavigateurAbsentError(RuntimeError):
    """No Chromium here."""


def _find_playwright() -> str | None:
    """Path of the browser Playwright downloaded, if it did."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chemin = playwright.chromium.executable_path
    return chemin if Path(chemin).exists() else None


def find_navigateur() -> str:
    """Path of a Chromium: ``CHROMIUM`` of the environment, an installed one, or Playwright's.

    Raises:
        NavigateurAbsentError: none was found; the message says what to do.
    """
    candidats = [os.environ.get("CHROMIUM"), *(shutil.which(nom) for nom in NOMS)]
    for candidat in candidats:
        if candidat:
            return candidat
    chemin = _find_playwright()
    if chemin is None:
        raise NavigateurAbsentError("Aucun Chromium : lancez « make navigateur », ou donnez son chemin dans CHROMIUM.")
    return chemin


def install_navigateur() -> None:
    """Install a Chromium: Debian's as root, else Playwright's own."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"], check=True)
    else:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


if __name__ == "__main__":
    try:
        print(find_navigateur())
    except NavigateurAbsentError:
        install_navigateur()
        print(find_navigateur())
