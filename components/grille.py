"""AG Grid fetched by the first grid drawn, not by every page (see ``assets/grille.js`` and ADR 0010)."""

from __future__ import annotations

from pathlib import Path

import dash_ag_grid
from dash.fingerprint import build_fingerprint

_BUNDLE = "dash_ag_grid.min.js"


def delay_grille() -> None:
    """Take the main bundle of AG Grid out of the scripts of the index; it remains served.

    Raises:
        RuntimeError: the package no longer ships this bundle under this name.
    """
    _get_bundle()["async"] = "lazy"


def get_url_grille() -> str:
    """Path of the main bundle, with the mark that lets a browser keep it."""
    fichier = Path(dash_ag_grid.__file__).with_name(_BUNDLE)
    marque = build_fingerprint(_BUNDLE, dash_ag_grid.__version__, int(fichier.stat().st_mtime))
    return f"/_dash-component-suites/dash_ag_grid/{marque}"


def _get_bundle() -> dict[str, object]:
    ressources: list[dict[str, object]] = dash_ag_grid._js_dist
    for ressource in ressources:
        if ressource["relative_package_path"] == _BUNDLE:
            return ressource
    raise RuntimeError(f"dash_ag_grid ne livre plus {_BUNDLE} : revoir components/grille.py")
