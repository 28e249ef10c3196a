"""Why two organismes are peers: one bar of standardised gap per context variable. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from components.figures.formats import format_ecart
from components.figures.gabarit import Dessin
from components.figures.rangees import add_ligne_ecrite, build_axe_muet
from components.theme import COULEURS
from data.calculs.pairs import Trait

_HAUTEUR_RANG = 58
_CENTRE = 0.24
_MINIMUM = 1.5  # the axis never shrinks under ± this many standard deviations: a small gap must look small


def build_traits_figure(traits: Sequence[Trait], textes: Sequence[str]) -> go.Figure:
    """Bars from zero, nearest trait first; grey, for a gap of context is no verdict.

    Args:
        traits: one at least, in order.
        textes: both values of each trait, in words.
    """
    ecarts = [trait.ecart for trait in traits]
    borne = 1.15 * max(_MINIMUM, *(abs(e) for e in ecarts))
    dessin = Dessin(hauteur=_HAUTEUR_RANG * len(traits) + 64)
    dessin.add_bar(
        orientation="h",
        y=[rang + _CENTRE for rang in range(len(traits))],
        x=ecarts,
        width=0.34,
        marker={"color": COULEURS["autres"], "line": {"color": COULEURS["pairs"], "width": 1}},
        customdata=[f"<b>{t.variable.libelle}</b><br>{texte}" for t, texte in zip(traits, textes, strict=True)],
        hovertemplate="%{customdata}<extra></extra>",
    )
    for rang, (trait, texte) in enumerate(zip(traits, textes, strict=True)):
        nom = f"<b>{trait.variable.libelle}</b><br>{texte}"
        add_ligne_ecrite(dessin, rang, rang + _CENTRE, nom, format_ecart(trait.ecart, None, 1), "texte")
    dessin.update_layout(
        margin={"t": 8, "r": 56, "l": 8},
        xaxis={
            "range": [-borne, borne],
            "nticks": 5,
            "showgrid": True,
            "zeroline": True,
            "zerolinewidth": 1.5,
            "title": {"text": "écart du pair, en écarts types"},
        },
        yaxis=build_axe_muet(len(traits) - 0.4),
    )
    return dessin.build()
