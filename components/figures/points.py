"""All the organismes of one type on one indicateur: a dot each, the quartile box, the targets. Pure functions."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import polars as pl

from components.figures.distribution import compute_decalages
from components.figures.formats import INSECABLE, format_rang, format_valeur
from components.figures.gabarit import Dessin
from components.figures.marques import add_organismes
from components.figures.reperes import HAUTEUR_REPERES, build_axe_valeurs, compute_bornes, get_ancre, list_reperes
from components.theme import COULEURS
from data.calculs.position import Quartiles

_HAUTEUR = 216
_CASES = 70  # bins of the swarm across the axis
_BOITE = (0.23, 0.77)  # bottom and top of the box, shares of the plot: lines of the targets then pass over it


def build_points_figure(
    frame: pl.DataFrame,
    quartiles: Quartiles,
    *,
    unite: str | None,
    decimales: int,
    socle: float | None = None,
    objectif: float | None = None,
    mien: str | None = None,
) -> go.Figure:
    """A swarm over the box of its quartiles.

    Args:
        frame: ranked rows, all with a value: code_organisme, nom, nom_court, valeur, rang.
        quartiles: of the values.
        unite: unit of the values.
        decimales: decimals of the labels.
        socle: in the unit of the values.
        objectif: same.
        mien: code of the organisme to mark, if it is in the frame.
    """
    tri = frame.sort("valeur")
    valeurs = tri["valeur"].to_list()
    bornes = compute_bornes(valeurs, socle, objectif)
    decalages = compute_decalages(valeurs, (bornes[1] - bornes[0]) / _CASES, 0.36)
    dessin = Dessin(hauteur=_HAUTEUR + HAUTEUR_REPERES)
    traits, notes = list_reperes(socle, objectif, bornes, unite, decimales)
    for forme in (*_list_boite(quartiles), *traits):
        dessin.add_shape(**forme)
    survols = [
        f"<b>{ligne['nom']}</b><br>{format_valeur(ligne['valeur'], unite, decimales)}<br>"
        f"{format_rang(ligne['rang'])} sur {frame.height}"
        for ligne in tri.iter_rows(named=True)
    ]
    miens = [code == mien for code in tri["code_organisme"]]
    add_organismes(dessin, valeurs, decalages, survols, miens, taille=8, contour=0.8)
    mediane = f"médiane {format_valeur(quartiles.mediane, unite, decimales)}"
    notes.append(_build_note(mediane, quartiles.mediane, bornes, COULEURS["texte-doux"], -2, "bottom", -0.6))
    for rang in (rang for rang, m in enumerate(miens) if m):
        nom = f"<b>{tri['nom_court'][rang]}{INSECABLE}: {format_valeur(valeurs[rang], unite, decimales)}</b>"
        notes.append(_build_note(nom, valeurs[rang], bornes, COULEURS["mien"], 2, "top", 0.6))
    for note in notes:
        dessin.add_annotation(**note)
    dessin.update_layout(
        margin={"t": HAUTEUR_REPERES},
        xaxis=build_axe_valeurs(bornes, unite),
        yaxis={"range": [0.85, -0.85], "showticklabels": False, "showgrid": False, "zeroline": False, "ticks": ""},
    )
    return dessin.build()


def _build_note(
    texte: str, x: float, bornes: list[float], couleur: str, decalage: int, ancre: str, y: float
) -> dict[str, Any]:
    return {
        "text": texte,
        "x": x,
        "xanchor": get_ancre(x, bornes),
        "y": y,
        "yanchor": ancre,
        "yshift": -decalage,
        "showarrow": False,
        "bgcolor": "rgba(255,255,255,0.8)",
        "font": {"size": 12, "color": couleur},
    }


def _list_boite(quartiles: Quartiles) -> list[dict[str, Any]]:
    """First to third quartile as a band, the median as a thick line, both behind the dots."""
    commun = {"layer": "below", "yref": "paper", "y0": _BOITE[0], "y1": _BOITE[1]}
    return [
        commun
        | {
            "type": "rect",
            "x0": quartiles.q1,
            "x1": quartiles.q3,
            "fillcolor": COULEURS["bande"],
            "line": {"color": COULEURS["trait-fort"], "width": 1},
        },
        commun
        | {
            "type": "line",
            "x0": quartiles.mediane,
            "x1": quartiles.mediane,
            "line": {"color": COULEURS["pairs"], "width": 2.5},
        },
    ]
