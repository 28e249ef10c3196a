"""Both ends of a ranking, and mine between them: one named row each, the targets across. Pure functions."""

from __future__ import annotations

import plotly.graph_objects as go
import polars as pl

from components.figures.formats import format_rang
from components.figures.gabarit import Dessin
from components.figures.marques import add_organismes
from components.figures.rangees import build_axe_noms, build_fin, build_ligne, wrap_noms
from components.figures.reperes import (
    HAUTEUR_REPERES,
    Cadre,
    build_axe_valeurs,
    compute_bornes,
    compute_marge,
    list_reperes,
)

NOMBRE = 6  # bodies shown at each end
_LARGEUR_NOM = 22


def select_extremes(frame: pl.DataFrame, mien: str | None, nombre: int = NOMBRE) -> pl.DataFrame:
    """The first and the last rows of a ranking, and mine; all of them when few.

    Args:
        frame: ranked rows, best first, all with a value, with ``code_organisme``.
        mien: code of the organisme to keep anyway.
        nombre: rows kept at each end.

    Returns:
        The rows kept, in the same order, with ``place`` (position in the ranking, from 0): a jump between two rows is
        where others were left out.
    """
    places = frame.with_row_index("place")
    if frame.height <= 2 * nombre + 1:
        return places
    extreme = (pl.col("place") < nombre) | (pl.col("place") >= frame.height - nombre)
    return places.filter(extreme | (pl.col("code_organisme") == (mien or "")))


def build_extremes_figure(frame: pl.DataFrame, cadre: Cadre) -> go.Figure:
    """Named rows from the best to the worst, a dotted line where others were left out.

    Args:
        frame: rows of :func:`select_extremes`: place, code_organisme, nom, nom_court, valeur, rang.
        cadre: unit, decimals, targets, mine.
    """
    valeurs = frame["valeur"].to_list()
    bornes = compute_bornes(valeurs, cadre.socle, cadre.objectif, marge=0.06)
    noms, pas = wrap_noms(
        (f"{format_rang(rang)} · {nom}" for rang, nom in frame.select("rang", "nom_court").iter_rows()), _LARGEUR_NOM
    )
    ordonnees, coupures = _compute_ordonnees(frame["place"].to_list())
    dessin = Dessin(hauteur=round(HAUTEUR_REPERES + 46 + pas * (ordonnees[-1] + 1)))
    traits, notes = list_reperes(cadre.socle, cadre.objectif, bornes, cadre.unite, cadre.decimales)
    for forme in (*traits, *(build_ligne(y, trait="dot") for y in coupures)):
        dessin.add_shape(**forme)
    miens = [code == cadre.mien for code in frame["code_organisme"]]
    infobulles = [
        f"<b>{nom}</b><br>{cadre.format_valeur(valeur)}" for nom, valeur in zip(frame["nom"], valeurs, strict=True)
    ]
    add_organismes(dessin, valeurs, ordonnees, infobulles, miens, tailles=(9, 14), trait=1)
    ecrites = [cadre.format_valeur(valeur) for valeur in valeurs]
    for y, texte, m in zip(ordonnees, ecrites, miens, strict=True):
        notes.append(build_fin(f"<b>{texte}</b>", y, "mien") if m else build_fin(texte, y))
    for note in notes:
        dessin.add_annotation(**note)
    dessin.update_layout(
        margin={"t": HAUTEUR_REPERES, "r": compute_marge(ecrites)},
        xaxis=build_axe_valeurs(bornes, cadre.unite) | {"nticks": 4},
        yaxis=build_axe_noms(noms, ordonnees, miens),
    )
    return dessin.build()


def _compute_ordonnees(places: list[int]) -> tuple[list[float], list[float]]:
    """Where each row is drawn, and where the dotted lines go: half a row is left wherever places jump."""
    ordonnees: list[float] = []
    coupures: list[float] = []
    for rang, place in enumerate(places):
        y = ordonnees[-1] + 1 if ordonnees else 0.0
        if rang and place != places[rang - 1] + 1:
            coupures.append(y - 0.25)
            y += 0.5
        ordonnees.append(y)
    return ordonnees, coupures
