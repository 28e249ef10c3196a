"""Every organisme as a dot, one row per type, over the box of its group; targets as vertical lines. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
import polars as pl

from components.figures.distribution import compute_decalages
from components.figures.formats import INSECABLE, format_rang
from components.figures.gabarit import Dessin
from components.figures.marques import FOND_ETIQUETTE, add_points, build_etiquette, list_boite
from components.figures.rangees import build_axe_muet
from components.figures.reperes import HAUTEUR_REPERES, Cadre, build_axe_valeurs, compute_bornes, list_reperes
from components.theme import COULEURS
from data.calculs.position import Quartiles

_HAUTEUR_RANG = 200
_MARGES = 44
_CASES = 90  # bins of the swarm across the axis
_BOITE = 0.3
_AMPLITUDE = 0.24
_TITRE = 0.49  # above the box and above the name of mine, which a phone would write over it
# (role, words, size, colour), from back to front
_COUCHES = (
    ("autres", "hors du groupe", 7, "autres"),
    ("pairs", "groupe", 9, "pairs"),
    ("mien", "organisme choisi", 15, "mien"),
)


@dataclass(frozen=True)
class Rangee:
    """One row of dots.

    titre: written above it. frame: code_organisme, nom, nom_court, valeur (not null), rang (null for those that are not
    ranked), membre (whether it belongs to the group). quartiles: of the members, None when they are too few.
    """

    titre: str
    frame: pl.DataFrame
    quartiles: Quartiles | None


def build_beeswarm_figure(rangees: Sequence[Rangee], cadre: Cadre) -> go.Figure:
    """Swarms of dots over boxes: context in pale grey, members in mid grey, mine in brand blue.

    Args:
        rangees: from top to bottom, at least one dot in all.
        cadre: unit, decimals, targets, mine.
    """
    valeurs = [v for rangee in rangees for v in rangee.frame["valeur"]]
    bornes = compute_bornes(valeurs, cadre.socle, cadre.objectif)
    reperes = HAUTEUR_REPERES if cadre.socle is not None or cadre.objectif is not None else 8
    dessin = Dessin(hauteur=_MARGES + reperes + _HAUTEUR_RANG * len(rangees))
    traits, notes = list_reperes(cadre.socle, cadre.objectif, bornes, cadre.unite, cadre.decimales)
    for forme in traits:  # the targets of the first row's type do not hold for the others
        dessin.add_shape(**(forme | {"yref": "y", "y0": -0.6, "y1": 0.5}))
    for place, rangee in enumerate(rangees):
        _add_rangee(dessin, rangee, place, bornes, cadre)
    for note in notes:
        dessin.add_annotation(**note)
    dessin.update_layout(
        margin={"t": reperes},
        xaxis=build_axe_valeurs(bornes, cadre.unite),
        yaxis=build_axe_muet(len(rangees) - 0.45, -0.6),
    )
    return dessin.build()


def _add_rangee(dessin: Dessin, rangee: Rangee, place: int, bornes: list[float], cadre: Cadre) -> None:
    tri = rangee.frame.sort("valeur")
    valeurs = tri["valeur"].to_list()
    decalages = compute_decalages(valeurs, (bornes[1] - bornes[0]) / _CASES, _AMPLITUDE)
    if rangee.quartiles is not None:
        for forme in list_boite(rangee.quartiles, place - _BOITE, place + _BOITE):
            dessin.add_shape(**forme)
    effectif = tri["rang"].count()
    lignes = list(tri.iter_rows(named=True))
    for role, nom, taille, couleur in _COUCHES:
        gardees = [i for i, ligne in enumerate(lignes) if _get_role(ligne, cadre.mien) == role]
        if gardees:
            add_points(
                dessin,
                [valeurs[i] for i in gardees],
                [place + decalages[i] for i in gardees],
                [_format_survol(lignes[i], effectif, cadre) for i in gardees],
                nom=nom,
                taille=taille,
                couleur=couleur,
                trait=0.8,
                ids=[str(1000 * place + i) for i in gardees],
            )
    dessin.add_annotation(
        text=f"<b>{rangee.titre}</b>",
        x=0,
        xref="paper",
        xanchor="left",
        y=place - _TITRE,
        yanchor="middle",
        showarrow=False,
        bgcolor=FOND_ETIQUETTE,
        font={"size": 12, "color": COULEURS["texte"]},
    )
    if rangee.quartiles is not None:
        mediane = rangee.quartiles.mediane
        texte = f"médiane {cadre.format_valeur(mediane)}"
        bas = place + _BOITE + 0.02
        dessin.add_annotation(**build_etiquette(texte, mediane, bornes, bas, "top", "texte-doux"))
    for ligne in (ligne for ligne in lignes if ligne["code_organisme"] == cadre.mien):
        nom = f"<b>{ligne['nom_court']}{INSECABLE}: {cadre.format_valeur(ligne['valeur'])}</b>"
        haut = place - _BOITE - 0.02
        dessin.add_annotation(**build_etiquette(nom, ligne["valeur"], bornes, haut, "bottom", "mien"))


def _get_role(ligne: dict[str, Any], mien: str | None) -> str:
    if ligne["code_organisme"] == mien:
        return "mien"
    return "pairs" if ligne["membre"] else "autres"


def _format_survol(ligne: dict[str, Any], effectif: int, cadre: Cadre) -> str:
    rang = f"{format_rang(ligne['rang'])} sur {effectif}" if ligne["rang"] is not None else "hors du groupe"
    return f"<b>{ligne['nom']}</b><br>{cadre.format_valeur(ligne['valeur'])}<br>{rang}"
