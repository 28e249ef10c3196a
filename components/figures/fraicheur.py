"""Freshness: what is held on each indicateur (rows) for each organisme (columns). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from textwrap import shorten
from typing import Final

import plotly.graph_objects as go

from components.figures.gabarit import Dessin
from components.theme import COULEURS, SEQUENTIELLE

_LIGNE: Final = 19  # pixels
_MARGE: Final = 62
_TITRE_MAX: Final = 34  # characters of an indicateur on the axis
_ECART_MAX: Final = 40  # organismes under which columns are set apart
_NOMS_ECRITS: Final = 20  # organismes under which their names are written


class Etat(IntEnum):
    """What is held for one indicateur and one organisme."""

    ABSENT = 0
    SIMULE = 1
    SANS_CHIFFRE = 2
    ANCIEN = 3
    A_JOUR = 4


# Words, fill; each has its own lightness, so that the grid reads in greyscale.
STYLES: Final[dict[Etat, tuple[str, str]]] = {
    Etat.A_JOUR: ("réel, dernière période connue", COULEURS["marque"]),
    Etat.ANCIEN: ("réel, période plus ancienne", SEQUENTIELLE[4]),
    Etat.SANS_CHIFFRE: ("réel, sans chiffre (non fourni, non significatif…)", COULEURS["trait-fort"]),
    Etat.SIMULE: ("simulé seulement", COULEURS["simulee-pale"]),
    Etat.ABSENT: ("rien", COULEURS["sans-valeur"]),
}


@dataclass(frozen=True)
class Ligne:
    """One indicateur: its short title, then for each organisme the state and the words shown on hover."""

    titre: str
    etats: tuple[Etat, ...]
    infobulles: tuple[str, ...]


def build_fraicheur_figure(lignes: Sequence[Ligne], organismes: Sequence[str], mien: int | None = None) -> go.Figure:
    """A heat grid, first row on top; a frame around the column of an organisme.

    Args:
        lignes: indicateurs in order.
        organismes: names, in the order of the states.
        mien: place of the organisme to frame.

    Raises:
        ValueError: nothing to draw.
    """
    if not lignes or not organismes:
        raise ValueError("aucun indicateur ou aucun organisme : il n'y a rien à dessiner")
    ecrits = len(organismes) <= _NOMS_ECRITS
    dessin = Dessin(hauteur=_MARGE + _LIGNE * len(lignes) + (120 if ecrits else 40))
    dernier = max(STYLES)
    dessin.add_heatmap(
        x=list(range(len(organismes))),
        y=list(range(len(lignes))),
        z=[list(map(int, ligne.etats)) for ligne in lignes],
        zmin=0,
        zmax=int(dernier),
        colorscale=_build_echelle(),
        showscale=False,
        xgap=1 if len(organismes) <= _ECART_MAX else 0,  # on a phone, a gap would be as wide as a cell
        ygap=1,
        customdata=[list(ligne.infobulles) for ligne in lignes],
        hovertemplate="%{customdata}<extra></extra>",
    )
    for mots, couleur in STYLES.values():
        dessin.add_scatter(
            x=[None],
            y=[None],
            mode="markers",
            name=mots,
            marker={
                "symbol": "square",
                "size": 12,
                "color": couleur,
                "line": {"color": COULEURS["trait-fort"], "width": 1},
            },
            hoverinfo="skip",
        )
    if mien is not None:
        dessin.add_shape(
            type="rect",
            x0=mien - 0.5,
            x1=mien + 0.5,
            y0=-0.5,
            y1=len(lignes) - 0.5,
            line={"color": COULEURS["texte"], "width": 2},
        )
    dessin.update_layout(
        xaxis={
            "tickvals": list(range(len(organismes))) if ecrits else [(len(organismes) - 1) / 2],
            "ticktext": [shorten(nom, 26, placeholder="…") for nom in organismes]
            if ecrits
            else [f"{len(organismes)} organismes, dans l'ordre des départements"],
            "range": [-0.5, len(organismes) - 0.5],
            "tickangle": -60 if ecrits and len(organismes) > 4 else 0,
            "showline": False,
            "zeroline": False,
            "ticks": "",
        }
    )
    dessin.update_layout(
        yaxis={
            "tickvals": list(range(len(lignes))),
            "ticktext": [shorten(ligne.titre, _TITRE_MAX, placeholder="…") for ligne in lignes],
            "tickfont": {"size": 11},
            "range": [len(lignes) - 0.5, -0.5],
            "showgrid": False,
            "showline": False,
            "zeroline": False,
            "ticks": "",
        }
    )
    dessin.update_layout(showlegend=True, legend={"itemclick": False, "itemdoubleclick": False, "font": {"size": 12}})
    return dessin.build()


def format_infobulle(indicateur: str, organisme: str, details: Sequence[str]) -> str:
    """Words of one cell."""
    return "<br>".join([f"<b>{organisme}</b>", indicateur, *details])


def _build_echelle() -> list[list[object]]:
    """A colour scale of flat steps, one per state."""
    nombre = len(STYLES)
    etapes: list[list[object]] = []
    for etat in sorted(STYLES):
        # z runs from 0 to n - 1: the step of a state is centred on it.
        bas = max(0.0, (etat - 0.5) / (nombre - 1))
        haut = min(1.0, (etat + 0.5) / (nombre - 1))
        etapes += [[bas, STYLES[etat][1]], [haut, STYLES[etat][1]]]
    return etapes
