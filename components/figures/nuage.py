"""Two variables over organismes, each one a dot, with the least-squares line. Pure functions."""

from __future__ import annotations

import math
from typing import Any

import plotly.graph_objects as go
import polars as pl

from components.figures.entonnoir import list_graduations
from components.figures.etiquettes import Nom, place_noms
from components.figures.formats import INSECABLE, format_nombre, format_valeur
from components.figures.gabarit import Dessin
from components.figures.marques import FOND_ETIQUETTE, add_organismes
from components.figures.reperes import compute_bornes
from components.theme import COULEURS
from data.calculs.correlation import Correlation

_HAUTEUR = 480
_MARGE = 0.06
_TRACE = 405  # pixels left to the plot area, axis apart


def build_nuage_figure(
    frame: pl.DataFrame,
    *,
    titres: tuple[str, str],
    unites: tuple[str | None, str | None],
    decimales: tuple[int, int],
    correlation: Correlation | None,
    logarithme: bool,
    mien: str | None = None,
) -> go.Figure:
    """A scatter, pale grey dots, mine in brand blue and labelled.

    Args:
        frame: code_organisme, nom, nom_court, x, y (never null).
        titres: of the horizontal and the vertical variable.
        unites: of both.
        decimales: of both.
        correlation: its line is drawn when there is one; computed on log10(x) when ``logarithme``.
        logarithme: horizontal axis on a logarithm.
        mien: code of the organisme to mark.
    """
    dessin = Dessin(hauteur=_HAUTEUR)
    tri = frame.sort("x")
    abscisses = [math.log10(v) if logarithme else v for v in tri["x"]]
    bornes_x, bornes_y = (compute_bornes(valeurs, marge=_MARGE) for valeurs in (abscisses, tri["y"].to_list()))
    if correlation is not None:
        dessin.add_shape(
            type="line",
            x0=10 ** bornes_x[0] if logarithme else bornes_x[0],
            x1=10 ** bornes_x[1] if logarithme else bornes_x[1],
            y0=correlation.ordonnee + correlation.pente * bornes_x[0],
            y1=correlation.ordonnee + correlation.pente * bornes_x[1],
            layer="below",
            line={"color": COULEURS["pairs"], "width": 1.5, "dash": "dash"},
        )
    miens = [code == mien for code in tri["code_organisme"]]
    infobulles = [
        f"<b>{ligne['nom']}</b><br>"
        f"{titres[0]}{INSECABLE}: {format_valeur(ligne['x'], unites[0], decimales[0])}<br>"
        f"{titres[1]}{INSECABLE}: {format_valeur(ligne['y'], unites[1], decimales[1])}"
        for ligne in tri.iter_rows(named=True)
    ]
    add_organismes(
        dessin, tri["x"].to_list(), tri["y"].to_list(), infobulles, miens, tailles=(9, 15), trait=0.8, parcours=True
    )
    points = [
        ((x - bornes_x[0]) / (bornes_x[1] - bornes_x[0]), (y - bornes_y[0]) / (bornes_y[1] - bornes_y[0]))
        for x, y in zip(abscisses, tri["y"], strict=True)
    ]
    noms = [Nom(i, tri["nom_court"][i], oblige=True) for i, m in enumerate(miens) if m]
    for ecrit in place_noms(points, noms, hauteur=_TRACE, maximum=1):
        i = ecrit.pop("rang")
        dessin.add_annotation(
            x=abscisses[i],
            y=tri["y"][i],
            text=f"<b>{tri['nom_court'][i]}</b>",
            bgcolor=FOND_ETIQUETTE,
            arrowcolor=COULEURS["mien"],
            font={"size": 12, "color": COULEURS["mien"]},
            **ecrit,
        )
    dessin.update_layout(
        margin={"t": 12},
        xaxis=_build_axe(titres[0], unites[0], bornes_x, logarithme=logarithme) | {"showgrid": True},
        yaxis=_build_axe(titres[1], unites[1], bornes_y, logarithme=False),
    )
    return dessin.build()


def _build_axe(titre: str, unite: str | None, bornes: list[float], *, logarithme: bool) -> dict[str, Any]:
    nommee = unite is None or unite == "nombre" or unite in titre
    texte = titre if nommee else f"{titre} ({unite})"
    axe: dict[str, Any] = {"range": bornes, "title": {"text": texte}, "zeroline": False, "tickangle": 0}
    if not logarithme:
        return axe | {"nticks": 7}
    toutes = list_graduations(10 ** bornes[0], 10 ** bornes[1])
    petit = min(toutes, default=1.0)
    decimales = 0 if petit >= 1 else math.ceil(-math.log10(petit))
    return axe | {"type": "log", "tickvals": toutes, "ticktext": [format_nombre(v, decimales) for v in toutes]}
