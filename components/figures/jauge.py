"""One value against its socle and its objectif, on one line. Pure functions."""

from __future__ import annotations

import plotly.graph_objects as go

from components.figures.formats import INSECABLE, format_valeur
from components.figures.gabarit import Dessin
from components.figures.marques import add_points
from components.figures.rangees import build_axe_muet
from components.figures.reperes import HAUTEUR_REPERES, build_axe_valeurs, compute_bornes, get_ancre, list_reperes
from components.theme import COULEURS

_HAUTEUR = 112


def build_jauge_figure(
    nom: str, valeur: float, *, socle: float | None, objectif: float | None, unite: str | None, decimales: int
) -> go.Figure:
    """A disc on an axis that holds the targets, the way from socle to objectif shaded.

    Args:
        nom: what the value is (« France entière, 2023 »).
        valeur: in ``unite``.
        socle: same, None without any.
        objectif: same, None without any.
        unite: unit of the axis.
        decimales: decimals of the labels.
    """
    bornes = compute_bornes([valeur], socle, objectif, marge=0.12)
    dessin = Dessin(hauteur=_HAUTEUR + HAUTEUR_REPERES)
    formes, notes = list_reperes(socle, objectif, bornes, unite, decimales)
    if socle is not None and objectif is not None:
        dessin.add_shape(
            type="rect",
            x0=socle,
            x1=objectif,
            yref="paper",
            y0=0.38,
            y1=0.86,
            layer="below",
            fillcolor=COULEURS["bande"],
            line={"width": 0},
        )
    for forme in formes:
        dessin.add_shape(**forme)
    texte = format_valeur(valeur, unite, decimales)
    add_points(dessin, [valeur], [0], [f"<b>{nom}</b><br>{texte}"], nom=nom, taille=18, couleur="mien", trait=1.5)
    notes.append(
        {
            "text": f"<b>{nom}{INSECABLE}: {texte}</b>",
            "x": valeur,
            "xanchor": get_ancre(valeur, bornes),
            "y": 0.55,
            "yanchor": "top",
            "showarrow": False,
            "font": {"size": 13, "color": COULEURS["mien"]},
        }
    )
    for note in notes:
        dessin.add_annotation(**note)
    dessin.update_layout(
        margin={"t": HAUTEUR_REPERES},
        xaxis=build_axe_valeurs(bornes, unite),
        yaxis=build_axe_muet(1.3, -0.8),
    )
    return dessin.build()
