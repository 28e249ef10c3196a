"""Shares of a whole, one bar of 100 % per line, counts written in the bars. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Final

import plotly.graph_objects as go

from components.figures.formats import INSECABLE, format_nombre, format_pluriel
from components.figures.gabarit import Dessin

_LIGNE: Final = 40  # pixels
_MARGE: Final = 70
_PART_ECRITE: Final = 7.0  # a narrower segment (%) is read on hover and in the table


@dataclass(frozen=True)
class Part:
    """One kind of the whole: its words, fill, pattern, and the colour of the count written inside."""

    mots: str
    couleur: str
    motif: str
    encre: str


@dataclass(frozen=True)
class Barre:
    """One line: its name and a count per part."""

    nom: str
    nombres: tuple[int, ...]


def build_parts_figure(barres: Sequence[Barre], parts: Sequence[Part], unite: str) -> go.Figure:
    """Horizontal bars from 0 to 100 %, first line on top; an empty line has no bar.

    Args:
        barres: lines in order.
        parts: kinds, in the order of the counts.
        unite: what is counted, in the singular (« valeur »).

    Raises:
        ValueError: nothing to draw.
    """
    if not barres:
        raise ValueError("aucune ligne : il n'y a rien à dessiner")
    totaux = [sum(barre.nombres) for barre in barres]
    dessin = Dessin(hauteur=_MARGE + _LIGNE * len(barres))
    for rang, part in enumerate(parts):
        nombres = [barre.nombres[rang] for barre in barres]
        taux = [100 * n / total if total else 0.0 for n, total in zip(nombres, totaux, strict=True)]
        dessin.add_bar(
            orientation="h",
            name=part.mots,
            x=taux,
            y=list(range(len(barres))),
            marker={
                "color": part.couleur,
                "pattern": {"shape": part.motif, "fgcolor": part.encre, "fgopacity": 0.35, "size": 6},
                "line": {"color": part.encre if part.motif else part.couleur, "width": 1},
            },
            text=[format_nombre(n, 0) if t >= _PART_ECRITE else "" for n, t in zip(nombres, taux, strict=True)],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            textfont={"color": part.encre, "size": 12},
            customdata=[
                f"<b>{barre.nom}</b><br>{part.mots}{INSECABLE}: {format_pluriel(n, unite)}, "
                f"{format_nombre(t)}{INSECABLE}% de {format_nombre(total, 0)}"
                for barre, n, t, total in zip(barres, nombres, taux, totaux, strict=True)
            ],
            hovertemplate="%{customdata}<extra></extra>",
        )
    dessin.update_layout(
        barmode="stack",
        margin={"l": 8, "r": 36, "t": 12, "b": 8},
        bargap=0.35,
        showlegend=True,
        legend={"itemclick": False, "itemdoubleclick": False, "font": {"size": 12}, "traceorder": "normal"},
    )
    dessin.update_layout(xaxis={"range": [0, 100], "dtick": 20, "ticksuffix": f"{INSECABLE}%", "zeroline": False})
    dessin.update_layout(
        yaxis={
            "tickvals": list(range(len(barres))),
            "ticktext": ["<br>".join(wrap(barre.nom, 26)[:2]) for barre in barres],
            "range": [len(barres) - 0.5, -0.5],
            "showgrid": False,
            "ticks": "",
        }
    )
    return dessin.build()
