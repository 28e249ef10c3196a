"""Waterfalls, drawn with bars and their base: from a total to another, step by step. Pure functions.

Rows go from top to bottom. The name of a row stands above its bar, so that the chart reads on a phone as on a desk.
Bars show differences: their axis need not start at zero, and both totals are dots, which need no baseline.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Literal

import plotly.graph_objects as go

from components.figures.formats import format_ecart, format_nombre
from components.figures.gabarit import Dessin
from components.figures.rangees import add_ligne_ecrite, build_axe_muet, compute_places
from components.theme import COULEURS

Genre = Literal["perdu", "gagne", "inconnu"]

HAUTEUR_RANG = 48
_LARGEUR_NOM = 46  # characters a phone shows on one line
_DEMI_BARRE = 0.17
_CENTRE = 0.2  # of a bar, under its name
# Fill, outline and hatching: colour never speaks alone, the sign of the value is written at the right.
_STYLES: dict[Genre, tuple[str, str, str]] = {
    "perdu": (COULEURS["moins-pale"], COULEURS["moins"], ""),
    "gagne": (COULEURS["mieux-pale"], COULEURS["mieux"], ""),
    "inconnu": (COULEURS["carte"], COULEURS["trait-fort"], "/"),
}


@dataclass(frozen=True)
class Etape:
    """One step: its name, what comes after it in quiet letters, what it takes away or gives back, running totals."""

    nom: str
    detail: str
    genre: Genre
    ecart: float
    avant: float
    apres: float


def format_nom(nom: str, detail: str) -> list[str]:
    """The name in bold on as many lines as it needs, then the detail, beside it when there is room."""
    lignes = [f"<b>{ligne}</b>" for ligne in wrap(nom, _LARGEUR_NOM)]
    if detail and len(lignes) == 1 and len(nom) + len(detail) + 3 <= _LARGEUR_NOM:
        return [f"{lignes[0]} · {detail}"]
    return lignes + ([detail] if detail else [])


def build_cascade_figure(
    etapes: Sequence[Etape],
    depart: tuple[str, float],
    arrivee: tuple[str, float],
    *,
    unite: str,
    decimales: int = 2,
) -> go.Figure:
    """Horizontal waterfall from one total to another.

    Args:
        etapes: steps in order; each ``avant`` is the ``apres`` of the one above.
        depart: name and value of the first total.
        arrivee: name and value of the last total, in brand blue.
        unite: what the axis counts (« points »), written under it.
        decimales: decimals of the values written.
    """
    valeurs = [depart[1], arrivee[1], *(e.avant for e in etapes), *(e.apres for e in etapes)]
    etendue = (max(valeurs) - min(valeurs)) or 1.0
    bornes = [min(valeurs) - 0.06 * etendue, max(valeurs) + 0.03 * etendue]
    noms = [format_nom(depart[0], ""), *(format_nom(e.nom, e.detail) for e in etapes), format_nom(arrivee[0], "")]
    places, haut = compute_places(noms, HAUTEUR_RANG)
    dessin = Dessin(hauteur=round(HAUTEUR_RANG * haut + 62))
    for genre, (fond, contour, motif) in _STYLES.items():
        gardees = [(place, e) for place, e in zip(places[1:-1], etapes, strict=True) if e.genre == genre]
        if not gardees:
            continue
        dessin.add_bar(
            orientation="h",
            y=[place + _CENTRE for place, _ in gardees],
            base=[min(e.avant, e.apres) for _, e in gardees],
            x=[abs(e.apres - e.avant) for _, e in gardees],
            width=2 * _DEMI_BARRE,
            marker={
                "color": fond,
                "line": {"color": contour, "width": 1.5},
                "pattern": {"shape": motif, "fgcolor": COULEURS["trait-fort"], "size": 6},
            },
            customdata=[
                f"<b>{e.nom}</b><br>{format_ecart(e.ecart, None, decimales)} {unite}<br>"
                f"de {format_nombre(e.avant, decimales)} à {format_nombre(e.apres, decimales)}"
                for _, e in gardees
            ],
            hovertemplate="%{customdata}<extra></extra>",
        )
    for place, (nom, valeur), couleur in ((places[0], depart, "texte"), (places[-1], arrivee, "mien")):
        dessin.add_scatter(
            x=[valeur],
            y=[place + _CENTRE],
            mode="markers",
            cliponaxis=False,
            marker={"size": 13, "color": COULEURS[couleur], "line": {"width": 1, "color": COULEURS["carte"]}},
            customdata=[f"<b>{nom}</b><br>{format_nombre(valeur, decimales)} {unite}"],
            hovertemplate="%{customdata}<extra></extra>",
        )
    totaux = [depart[1], *(e.apres for e in etapes)]
    for rang, valeur in enumerate(totaux):
        dessin.add_shape(
            type="line",
            x0=valeur,
            x1=valeur,
            y0=places[rang] + _CENTRE,
            y1=places[rang + 1] + _CENTRE - (_DEMI_BARRE if rang + 1 < len(totaux) else 0),
            layer="below",
            line={"color": COULEURS["trait-fort"], "width": 1, "dash": "dot"},
        )
    fins = [
        format_nombre(depart[1], 0 if depart[1] == int(depart[1]) else decimales),
        *(format_ecart(e.ecart, None, decimales) for e in etapes),
        format_nombre(arrivee[1], decimales),
    ]
    couleurs = ["texte", *("moins" if e.genre == "perdu" else "texte" for e in etapes), "mien"]
    for place, lignes, fin, couleur in zip(places, noms, fins, couleurs, strict=True):
        add_ligne_ecrite(dessin, place, place + _CENTRE, "<br>".join(lignes), f"<b>{fin}</b>", couleur)
    dessin.update_layout(
        barmode="overlay",
        margin={"t": 8, "r": 74, "l": 8},
        xaxis={"range": bornes, "nticks": 6, "showgrid": True, "zeroline": False, "title": {"text": unite}},
        yaxis=build_axe_muet(haut - 0.4),
    )
    return dessin.build()
