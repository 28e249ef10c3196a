"""A control chart of one service: its values, its limits, its signals, its target, on its own axis. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

import plotly.graph_objects as go

from components.figures.formats import format_nombre
from components.figures.gabarit import Dessin
from components.figures.series import build_axe_temps
from components.theme import COULEURS
from data.calculs.services import CarteService
from data.modele import Sens

HAUTEUR: Final = 244
POINTS_MARQUES: Final = 36  # beyond, markers are smaller


def build_carte_controle_figure(
    debuts: Sequence[dt.date],
    fins: Sequence[dt.date],
    carte: CarteService,
    infobulles: Sequence[str],
    *,
    sens: Sens,
    unite: str | None,
    decimales: int,
    objectif: float | None = None,
    libelle_objectif: str = "objectif",
) -> go.Figure:
    """Draw from back to front: references, band between the limits, centre, target, line, signals, last value.

    Args:
        debuts: first day of each period, in order.
        fins: last day of each period.
        carte: its limits and signals, one place per period.
        infobulles: words on hover, one per period.
        sens: which way is better; a signal has no verdict colour when it is neutral.
        unite: unit of the values.
        decimales: decimals of the last value written.
        objectif: target, in the unit of the values.
        libelle_objectif: what the target is called.
    """
    dessin = Dessin(hauteur=HAUTEUR)
    milieux = [debut + (fin - debut) / 2 for debut, fin in zip(debuts, fins, strict=True)]
    for premier, suivant in carte.references:
        _add_reference(dessin, debuts[premier], fins[suivant - 1])
    for bornes, remplissage in ((carte.bas, None), (carte.haut, "tonexty")):
        dessin.add_scatter(
            x=milieux,
            y=list(bornes),
            mode="lines",
            hoverinfo="skip",
            name="limites",
            line={"color": COULEURS["autres"], "width": 1, "shape": "hvh"},
            fill=remplissage,
            fillcolor=COULEURS["bande"],
        )
    dessin.add_scatter(
        x=milieux,
        y=list(carte.centre),
        mode="lines",
        hoverinfo="skip",
        name="moyenne",
        line={"color": COULEURS["trait-fort"], "width": 1},
    )
    if objectif is not None:
        dessin.add_scatter(
            x=[milieux[0], milieux[-1]],
            y=[objectif, objectif],
            mode="lines",
            name="objectif",
            hoverinfo="skip",
            line={"color": COULEURS["objectif"], "width": 1.8},
        )
        dessin.add_annotation(
            text=f"{libelle_objectif} {format_nombre(objectif, 0 if objectif == int(objectif) else decimales)}",
            x=0,
            xref="paper",
            xanchor="left",
            y=objectif,
            yanchor="bottom",
            showarrow=False,
            font={"size": 11, "color": COULEURS["objectif"]},
            bgcolor="rgba(255,255,255,0.75)",  # the line of the values may run under it
            borderpad=1,
        )
    dessin.add_scatter(
        x=milieux,
        y=list(carte.valeurs),
        mode="lines+markers",
        name="résultat",
        connectgaps=False,
        line={"color": COULEURS["mien"], "width": 2},
        marker={"size": 4 if len(debuts) <= POINTS_MARQUES else 3, "color": COULEURS["mien"]},
        customdata=list(infobulles),
        hovertemplate="%{customdata}<extra></extra>",
    )
    for cote in (1, -1):
        rangs = [s.rang for s in carte.signaux if s.cote == cote]
        if rangs:
            dessin.add_scatter(
                x=[milieux[rang] for rang in rangs],
                y=[carte.valeurs[rang] for rang in rangs],
                mode="markers",
                name="signal",
                cliponaxis=False,
                marker={
                    "size": 9 if len(debuts) <= POINTS_MARQUES else 6,
                    "symbol": "triangle-up" if cote > 0 else "triangle-down",
                    "color": _get_couleur(cote, sens),
                    "line": {"width": 1 if len(debuts) <= POINTS_MARQUES else 0, "color": COULEURS["carte"]},
                },
                customdata=[infobulles[rang] for rang in rangs],
                hovertemplate="%{customdata}<extra></extra>",
            )
    dernier = carte.valeurs[carte.dernier]
    dessin.add_annotation(
        text=f"<b>{format_nombre(dernier, decimales)}</b>",
        x=milieux[carte.dernier],
        xanchor="left",
        xshift=8,
        y=dernier,
        showarrow=False,
        font={"size": 13, "color": COULEURS["mien"]},
    )
    connues = [v for serie in (carte.valeurs, carte.bas, carte.haut, (objectif,)) for v in serie if v is not None]
    marge = 0.1 * ((max(connues) - min(connues)) or abs(max(connues)) or 1.0)
    dessin.update_layout(
        margin={"t": 24, "r": 46},
        xaxis=build_axe_temps(debuts[0], fins[-1]),
        yaxis={
            "range": [min(connues) - marge, max(connues) + marge],
            "nticks": 4,
            "zeroline": False,
            "fixedrange": True,
            "title": {"text": unite or ""},
        },
    )
    return dessin.build()


def _add_reference(dessin: Dessin, debut: dt.date, fin: dt.date) -> None:
    """Shade the period the limits are those of, and name it above the plot."""
    dessin.add_shape(
        type="rect",
        xref="x",
        yref="paper",
        x0=debut,
        x1=fin + dt.timedelta(days=1),
        y0=0,
        y1=1,
        layer="below",
        fillcolor=COULEURS["marque-pale"],
        line={"width": 0},
    )
    dessin.add_annotation(
        text="référence",
        x=debut,
        xanchor="left",
        y=1,
        yref="paper",
        yanchor="bottom",
        showarrow=False,
        font={"size": 11, "color": COULEURS["texte-doux"]},
    )


def _get_couleur(cote: int, sens: Sens) -> str:
    if sens is Sens.NEUTRE:
        return COULEURS["comparable"]
    return COULEURS["mieux" if (cote > 0) == (sens is Sens.HAUT) else "moins"]
