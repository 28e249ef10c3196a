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

HAUTEUR: Final = 230


def build_carte_controle_figure(
    periodes: Sequence[dt.date],
    carte: CarteService,
    infobulles: Sequence[str],
    *,
    sens: Sens,
    unite: str | None,
    decimales: int,
    objectif: float | None = None,
) -> go.Figure:
    """Draw from back to front: the band between the limits, the centre, the target, the line, the signals, the last.

    Args:
        periodes: first day of each month, in order.
        carte: its limits and signals, one place per period.
        infobulles: words on hover, one per period.
        sens: which way is better; a signal has no verdict colour when it is neutral.
        unite: unit of the values.
        decimales: decimals of the last value written.
        objectif: target, in the unit of the values.
    """
    dessin = Dessin(hauteur=HAUTEUR)
    milieux = [p.replace(day=15) for p in periodes]
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
            text=f"objectif {format_nombre(objectif, 0 if objectif == int(objectif) else decimales)}",
            x=0,
            xref="paper",
            xanchor="left",
            y=objectif,
            yanchor="bottom",
            showarrow=False,
            font={"size": 11, "color": COULEURS["objectif"]},
        )
    dessin.add_scatter(
        x=milieux,
        y=list(carte.valeurs),
        mode="lines+markers",
        name="résultat",
        connectgaps=False,
        line={"color": COULEURS["mien"], "width": 2},
        marker={"size": 4, "color": COULEURS["mien"]},
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
                    "size": 9,
                    "symbol": "triangle-up" if cote > 0 else "triangle-down",
                    "color": _get_couleur(cote, sens),
                    "line": {"width": 1, "color": COULEURS["carte"]},
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
    fin = (periodes[-1] + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
    dessin.update_layout(
        margin={"t": 10, "r": 46},
        xaxis=build_axe_temps(periodes[0], fin),
        yaxis={
            "range": [min(connues) - marge, max(connues) + marge],
            "nticks": 4,
            "zeroline": False,
            "fixedrange": True,
            "title": {"text": unite or ""},
        },
    )
    return dessin.build()


def _get_couleur(cote: int, sens: Sens) -> str:
    if sens is Sens.NEUTRE:
        return COULEURS["comparable"]
    return COULEURS["mieux" if (cote > 0) == (sens is Sens.HAUT) else "moins"]
