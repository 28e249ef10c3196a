"""All the organismes of one type on one indicateur: a dot each, the quartile box, the targets. Pure functions."""

from __future__ import annotations

import plotly.graph_objects as go
import polars as pl

from components.figures.distribution import compute_decalages
from components.figures.formats import INSECABLE, format_rang
from components.figures.gabarit import Dessin
from components.figures.marques import add_organismes, build_etiquette, list_boite
from components.figures.rangees import build_axe_muet
from components.figures.reperes import HAUTEUR_REPERES, Cadre, build_axe_valeurs, compute_bornes, list_reperes
from data.calculs.position import Quartiles

_HAUTEUR = 216
_CASES = 70  # bins of the swarm across the axis
_BOITE = (0.23, 0.77)  # bottom and top of the box, shares of the plot: lines of the targets then pass over it


def build_points_figure(frame: pl.DataFrame, quartiles: Quartiles, cadre: Cadre) -> go.Figure:
    """A swarm over the box of its quartiles.

    Args:
        frame: ranked rows, all with a value: code_organisme, nom, nom_court, valeur, rang.
        quartiles: of the values.
        cadre: unit, decimals, targets, mine.
    """
    tri = frame.sort("valeur")
    valeurs = tri["valeur"].to_list()
    bornes = compute_bornes(valeurs, cadre.socle, cadre.objectif)
    decalages = compute_decalages(valeurs, (bornes[1] - bornes[0]) / _CASES, 0.36)
    dessin = Dessin(hauteur=_HAUTEUR + HAUTEUR_REPERES)
    traits, notes = list_reperes(cadre.socle, cadre.objectif, bornes, cadre.unite, cadre.decimales)
    for forme in (*list_boite(quartiles, *_BOITE, yref="paper"), *traits):
        dessin.add_shape(**forme)
    survols = [
        f"<b>{ligne['nom']}</b><br>{cadre.format_valeur(ligne['valeur'])}<br>"
        f"{format_rang(ligne['rang'])} sur {frame.height}"
        for ligne in tri.iter_rows(named=True)
    ]
    miens = [code == cadre.mien for code in tri["code_organisme"]]
    add_organismes(dessin, valeurs, decalages, survols, miens, tailles=(8, 14), trait=0.8)
    mediane = f"médiane {cadre.format_valeur(quartiles.mediane)}"
    notes.append(build_etiquette(mediane, quartiles.mediane, bornes, -0.6, "bottom", "texte-doux", decalage=2))
    for rang in (rang for rang, m in enumerate(miens) if m):
        nom = f"<b>{tri['nom_court'][rang]}{INSECABLE}: {cadre.format_valeur(valeurs[rang])}</b>"
        notes.append(build_etiquette(nom, valeurs[rang], bornes, 0.6, "top", "mien", decalage=-2))
    for note in notes:
        dessin.add_annotation(**note)
    dessin.update_layout(
        margin={"t": HAUTEUR_REPERES},
        xaxis=build_axe_valeurs(bornes, cadre.unite),
        yaxis=build_axe_muet(0.85, -0.85),
    )
    return dessin.build()
