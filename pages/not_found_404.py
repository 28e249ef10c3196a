"""The page of an unknown address."""

from __future__ import annotations

from typing import Any

import dash
from dash import dcc

from components.coquille import NAVIGATION
from components.garde import render_message

dash.register_page(__name__, title="Page introuvable | Parangon")


def layout(**_parametres: str) -> Any:
    """Say that the address is unknown, and offer every page."""
    return render_message(
        "Cette page n'existe pas",
        "L'adresse est inconnue. Voici les pages de Parangon :",
        *(dcc.Link(libelle, href=chemin) for chemin, libelle in NAVIGATION),
    )
