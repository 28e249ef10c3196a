"""How many organismes reach their objectif: one stacked bar per type or région, counts printed. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import plotly.graph_objects as go
import polars as pl

from components.figures.formats import INSECABLE, format_nombre
from components.figures.gabarit import Dessin
from components.figures.rangees import build_axe_muet
from components.theme import COULEURS, SEQUENTIELLE
from data.calculs.atteinte import LIBELLES_ATTEINTE, Atteinte


@dataclass(frozen=True)
class Style:
    """How a state is drawn: fill, pattern with its colour, ink of what is written inside, symbol for a table."""

    couleur: str
    motif: str
    trait: str
    encre: str
    symbole: str


# Blue when reached, orange when missed, white or grey with a pattern when there is nothing to judge.
STYLES: Final[dict[Atteinte, Style]] = {
    Atteinte.ATTEINT: Style(COULEURS["marque"], "", COULEURS["marque"], COULEURS["carte"], "●"),
    Atteinte.ENTRE: Style(SEQUENTIELLE[1], "", COULEURS["trait-fort"], COULEURS["texte"], "◐"),
    Atteinte.SOUS: Style(COULEURS["moins-pale"], "/", COULEURS["moins"], COULEURS["texte"], "○"),
    Atteinte.NEUTRALISE: Style(COULEURS["carte"], "x", COULEURS["trait-fort"], COULEURS["texte"], "∅"),
    Atteinte.SANS_OBJET: Style(COULEURS["carte"], "-", COULEURS["trait"], COULEURS["texte"], "s.o."),
    Atteinte.NON_FOURNI: Style(COULEURS["bande"], ".", COULEURS["trait-fort"], COULEURS["texte"], "–"),
}
_HAUTEUR_LIGNE = 42
_PART_MIN_ECRITE = 7.0  # a narrower segment (%) has its count on hover and in the table only


def build_atteinte_figure(frame: pl.DataFrame) -> go.Figure:
    """100 % stacked bars, one per row, its name and n above it, the counts written in the segments.

    Names stand above the bars, so that the chart reads on a phone as on a desk.

    Args:
        frame: rows from top to bottom: libelle, effectif, one Int64 column per ``Atteinte``.
    """
    dessin = Dessin(hauteur=76 + _HAUTEUR_LIGNE * frame.height)
    rangs = list(range(frame.height))
    for etat, style in STYLES.items():
        nombres = frame[etat.value].to_list()
        if not any(nombres):
            continue
        parts = [100 * n / effectif for n, effectif in zip(nombres, frame["effectif"], strict=True)]
        mots = LIBELLES_ATTEINTE[etat]
        dessin.add_bar(
            x=parts,
            y=rangs,
            orientation="h",
            width=0.5,
            name=mots,
            marker={
                "color": style.couleur,
                "line": {"width": 1, "color": COULEURS["texte-doux"]},
                "pattern": {"shape": style.motif, "fgcolor": style.trait, "size": 9, "solidity": 0.14},
            },
            text=[f"<b>{n}</b>" if part >= _PART_MIN_ECRITE else "" for n, part in zip(nombres, parts, strict=True)],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            textfont={"color": style.encre, "size": 12},
            customdata=[
                f"<b>{nom}</b><br>{mots}{INSECABLE}: {n} sur {effectif} ({format_nombre(part, 0)}{INSECABLE}%)"
                for nom, n, effectif, part in zip(frame["libelle"], nombres, frame["effectif"], parts, strict=True)
            ],
            hovertemplate="%{customdata}<extra></extra>",
        )
    for rang, (nom, effectif) in enumerate(frame.select("libelle", "effectif").iter_rows()):
        dessin.add_annotation(
            text=f"<b>{nom}</b> · n{INSECABLE}={INSECABLE}{effectif}",
            x=0,
            xref="paper",
            xanchor="left",
            y=rang - 0.26,
            yanchor="bottom",
            showarrow=False,
            font={"size": 12, "color": COULEURS["texte"]},
        )
    dessin.update_layout(
        barmode="stack",
        showlegend=True,
        legend={"y": 1, "yanchor": "bottom", "traceorder": "normal"},
        margin={"t": 40, "l": 14, "r": 26},  # room for « 0 % » and « 100 % » under the ends of the bars
        xaxis={
            "range": [0, 100.3],
            "tickvals": [0, 25, 50, 75, 100],
            "ticktext": [f"{part}{INSECABLE}%" for part in (0, 25, 50, 75, 100)],
            "zeroline": False,
        },
        yaxis=build_axe_muet(frame.height - 0.6, -0.72),
    )
    return dessin.build()
