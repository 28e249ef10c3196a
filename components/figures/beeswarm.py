"""Every organisme as a dot, one row per type, over the box of its group; targets as vertical lines. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
import polars as pl

from components.figures.distribution import compute_decalages
from components.figures.formats import INSECABLE, format_rang, format_valeur
from components.figures.gabarit import Dessin
from components.figures.reperes import HAUTEUR_REPERES, build_axe_valeurs, compute_bornes, get_ancre, list_reperes
from components.theme import COULEURS
from data.calculs.position import Quartiles

_HAUTEUR_RANG = 190
_MARGES = 44
_CASES = 90  # bins of the swarm across the axis
_BOITE = 0.34
_AMPLITUDE = 0.27
_FOND = "rgba(255,255,255,0.8)"
# (role, size, colour of the fill, of the outline), from back to front
_COUCHES = (
    ("autres", 7, "autres", "carte"),
    ("pairs", 9, "pairs", "carte"),
    ("mien", 15, "mien", "carte"),
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


def build_beeswarm_figure(
    rangees: Sequence[Rangee],
    *,
    unite: str | None,
    decimales: int,
    socle: float | None = None,
    objectif: float | None = None,
    mien: str | None = None,
) -> go.Figure:
    """Swarms of dots over boxes: context in pale grey, members in mid grey, mine in brand blue.

    Args:
        rangees: from top to bottom, at least one dot in all.
        unite: unit of the values.
        decimales: decimals of the labels.
        socle: target in the unit of the values, dashed; None when there is none.
        objectif: same, solid.
        mien: code of the organisme to mark.
    """
    valeurs = [v for rangee in rangees for v in rangee.frame["valeur"]]
    bornes = compute_bornes(valeurs, socle, objectif)
    reperes = HAUTEUR_REPERES if socle is not None or objectif is not None else 8
    dessin = Dessin(hauteur=_MARGES + reperes + _HAUTEUR_RANG * len(rangees))
    traits, notes = list_reperes(socle, objectif, bornes, unite, decimales)
    for forme in traits:  # the targets of the first row's type do not hold for the others
        dessin.add_shape(**(forme | {"yref": "y", "y0": -0.6, "y1": 0.5}))
    for place, rangee in enumerate(rangees):
        _add_rangee(dessin, rangee, place, bornes, unite, decimales, mien)
    for note in notes:
        dessin.add_annotation(**note)
    dessin.update_layout(
        margin={"t": reperes},
        xaxis=build_axe_valeurs(bornes, unite),
        yaxis={
            "range": [len(rangees) - 0.45, -0.6],
            "showticklabels": False,
            "showgrid": False,
            "zeroline": False,
            "ticks": "",
        },
    )
    return dessin.build()


def _add_rangee(
    dessin: Dessin,
    rangee: Rangee,
    place: int,
    bornes: list[float],
    unite: str | None,
    decimales: int,
    mien: str | None,
) -> None:
    tri = rangee.frame.sort("valeur")
    valeurs = tri["valeur"].to_list()
    decalages = compute_decalages(valeurs, (bornes[1] - bornes[0]) / _CASES, _AMPLITUDE)
    if rangee.quartiles is not None:
        _add_boite(dessin, rangee.quartiles, place)
    effectif = tri["rang"].count()
    lignes = list(tri.iter_rows(named=True))
    for role, taille, couleur, contour in _COUCHES:
        gardees = [i for i, ligne in enumerate(lignes) if _get_role(ligne, mien) == role]
        if not gardees:
            continue
        dessin.add_scatter(
            x=[valeurs[i] for i in gardees],
            y=[place + decalages[i] for i in gardees],
            ids=[str(1000 * place + i) for i in gardees],
            mode="markers",
            cliponaxis=False,
            name={"autres": "hors du groupe", "pairs": "groupe", "mien": "organisme choisi"}[role],
            marker={
                "size": taille,
                "color": COULEURS[couleur],
                "line": {"width": 0.8, "color": COULEURS[contour]},
            },
            customdata=[_format_survol(lignes[i], effectif, unite, decimales) for i in gardees],
            hovertemplate="%{customdata}<extra></extra>",
        )
    dessin.add_annotation(
        text=f"<b>{rangee.titre}</b>",
        x=0,
        xref="paper",
        xanchor="left",
        y=place - 0.44,
        yanchor="middle",
        showarrow=False,
        bgcolor=_FOND,
        font={"size": 12, "color": COULEURS["texte"]},
    )
    if rangee.quartiles is not None:
        mediane = rangee.quartiles.mediane
        texte = f"médiane {format_valeur(mediane, unite, decimales)}"
        dessin.add_annotation(**_build_note(texte, mediane, bornes, "texte-doux", place + _BOITE + 0.02))
    for ligne in (ligne for ligne in lignes if ligne["code_organisme"] == mien):
        nom = f"<b>{ligne['nom_court']}{INSECABLE}: {format_valeur(ligne['valeur'], unite, decimales)}</b>"
        dessin.add_annotation(**_build_note(nom, ligne["valeur"], bornes, "mien", place - _BOITE - 0.02, "bottom"))


def _get_role(ligne: dict[str, Any], mien: str | None) -> str:
    if ligne["code_organisme"] == mien:
        return "mien"
    return "pairs" if ligne["membre"] else "autres"


def _format_survol(ligne: dict[str, Any], effectif: int, unite: str | None, decimales: int) -> str:
    rang = f"{format_rang(ligne['rang'])} sur {effectif}" if ligne["rang"] is not None else "hors du groupe"
    return f"<b>{ligne['nom']}</b><br>{format_valeur(ligne['valeur'], unite, decimales)}<br>{rang}"


def _build_note(
    texte: str, x: float, bornes: list[float], couleur: str, y: float, ancre: str = "top"
) -> dict[str, Any]:
    return {
        "text": texte,
        "x": x,
        "xanchor": get_ancre(x, bornes),
        "y": y,
        "yanchor": ancre,
        "showarrow": False,
        "bgcolor": _FOND,
        "font": {"size": 12, "color": COULEURS[couleur]},
    }


def _add_boite(dessin: Dessin, quartiles: Quartiles, place: int) -> None:
    """First to third quartile as a band, the median as a thick line, both behind the dots."""
    commun = {"layer": "below", "y0": place - _BOITE, "y1": place + _BOITE}
    dessin.add_shape(
        **commun,
        type="rect",
        x0=quartiles.q1,
        x1=quartiles.q3,
        fillcolor=COULEURS["bande"],
        line={"color": COULEURS["trait-fort"], "width": 1},
    )
    dessin.add_shape(
        **commun,
        type="line",
        x0=quartiles.mediane,
        x1=quartiles.mediane,
        line={"color": COULEURS["pairs"], "width": 2.5},
    )
