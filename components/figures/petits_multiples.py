"""Series of a group over time: one small panel per organisme, all on the same axes, the band of the group behind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from textwrap import wrap
from typing import Any

import plotly.graph_objects as go

from components.figures.formats import INSECABLE
from components.figures.gabarit import Dessin
from components.figures.series import format_couleur
from components.theme import COULEURS

_ESPACE = 0.045  # between two columns, as a share of the width
_TITRE = 36  # pixels above each panel
_LARGEUR_TITRE = 16  # characters of a line of title: three panels on a phone
_SOUS = 8  # pixels under each panel
_BAS = 26  # pixels under the last row, for the years
# Above the title of a panel alone.
_LEGENDE = f"<span style='color:{COULEURS['autres']}'>▆</span> du 10e au 90e centile du groupe   ┄ médiane"
_MARQUEURS_MAX = 12  # points of a series under which each one is marked


@dataclass(frozen=True)
class Panneau:
    """One series: its title, a value per date (None where there is none), the words shown on hover, mine or not."""

    titre: str
    valeurs: tuple[float | None, ...]
    infobulles: tuple[str, ...]
    mien: bool = False


@dataclass(frozen=True)
class Bande:
    """The group date by date: tenth percentile, median, ninetieth percentile."""

    bas: tuple[float | None, ...]
    milieu: tuple[float | None, ...]
    haut: tuple[float | None, ...]


def build_petits_multiples_figure(
    panneaux: Sequence[Panneau],
    dates: Sequence[dt.date],
    bande: Bande,
    *,
    unite: str | None,
    coupures: Sequence[int] = (),
    colonnes: int = 3,
    hauteur_panneau: int = 150,
) -> go.Figure:
    """Panels in reading order, same axes everywhere.

    Args:
        panneaux: one at least; mine first.
        dates: of the values, in order.
        bande: of the group, drawn behind every series; its median only when there is one column.
        unite: of the values.
        coupures: places in ``dates`` of the first point after each break: no line crosses it.
        colonnes: panels side by side.
        hauteur_panneau: height of one panel in pixels, title included.

    Raises:
        ValueError: no panel.
    """
    if not panneaux:
        raise ValueError("aucun panneau : il n'y a rien à dessiner")
    colonnes = min(colonnes, len(panneaux))
    lignes = -(-len(panneaux) // colonnes)
    hauteur = lignes * hauteur_panneau + _BAS
    dessin = Dessin(hauteur=hauteur)
    bornes = _compute_bornes([*(v for p in panneaux for v in p.valeurs), *bande.bas, *bande.haut])
    annees = [dt.date(annee, 1, 1) for annee in range(dates[0].year, dates[-1].year + 1)]
    # Side by side, every other year from the second: the labels of two panels never touch, even on a phone.
    graduees = annees if colonnes == 1 or len(annees) < 3 else annees[1::2]
    mise: dict[str, Any] = {}
    for rang, panneau in enumerate(panneaux):
        ligne, colonne = divmod(rang, colonnes)
        suffixe = "" if rang == 0 else str(rang + 1)
        axes = {"xaxis": f"x{suffixe}", "yaxis": f"y{suffixe}"}
        _add_panneau(dessin, panneau, dates, bande, coupures, axes, mediane=colonnes == 1)
        haut = 1 - ligne / lignes
        bas = haut - (hauteur_panneau - _SOUS) / (lignes * hauteur_panneau)
        largeur = (1 - _ESPACE * (colonnes - 1)) / colonnes
        gauche = colonne * (largeur + _ESPACE)
        # The plot area hangs under the title of its panel.
        decale = _TITRE / (lignes * hauteur_panneau)
        derniere = rang + colonnes >= len(panneaux)
        mise[f"xaxis{suffixe}"] = {
            "domain": [gauche, gauche + largeur],
            "anchor": axes["yaxis"],
            "type": "date",
            "range": _compute_etendue(dates),
            "showgrid": False,
            "fixedrange": True,
            "tickangle": 0,
            "showticklabels": derniere,
            "tickvals": graduees,
            "ticktext": [str(annee.year) for annee in graduees],
            "tickfont": {"size": 11, "color": COULEURS["texte-doux"]},
        }
        mise[f"yaxis{suffixe}"] = {
            "domain": [max(0.0, bas), haut - decale],
            "anchor": axes["xaxis"],
            "range": bornes,
            "fixedrange": True,
            "nticks": 4 if colonnes > 1 else 6,
            "zeroline": False,
            "showticklabels": colonne == 0,
            "ticksuffix": f"{INSECABLE}{unite}" if unite in {"%", "€"} else "",
            "tickfont": {"size": 11, "color": COULEURS["texte-doux"]},
        }
        titre = "<br>".join(wrap(panneau.titre, _LARGEUR_TITRE if colonnes > 1 else 60))
        dessin.add_annotation(
            text=f"<b>{titre}</b>" if panneau.mien else titre,
            align="left",
            x=gauche,
            xref="paper",
            xanchor="left",
            y=haut - decale,
            yref="paper",
            yanchor="bottom",
            showarrow=False,
            font={"size": 12, "color": COULEURS["mien" if panneau.mien else "texte"]},
        )
    if colonnes == 1:
        dessin.add_annotation(
            text=_LEGENDE,
            x=0,
            xref="paper",
            xanchor="left",
            y=1,
            yref="paper",
            yanchor="top",
            showarrow=False,
            font={"size": 11, "color": COULEURS["texte-doux"]},
        )
    dessin.update_layout(margin={"t": 4, "b": _BAS, "l": 8, "r": 12}, **mise)
    return dessin.build()


def _compute_bornes(valeurs: list[float | None]) -> list[float]:
    presentes = [v for v in valeurs if v is not None]
    bas, haut = (min(presentes), max(presentes)) if presentes else (0.0, 1.0)
    marge = 0.08 * ((haut - bas) or abs(haut) or 1.0)
    return [bas - marge, haut + marge]


def _compute_etendue(dates: Sequence[dt.date]) -> list[dt.date]:
    jours = max(((dates[-1] - dates[0]) / 40).days, 15)
    return [dates[0] - dt.timedelta(days=jours), dates[-1] + dt.timedelta(days=jours)]


def _cut(dates: Sequence[dt.date], valeurs: Sequence[Any], coupures: Sequence[int]) -> tuple[list[Any], list[Any]]:
    """Dates and values with a hole before each break."""
    x: list[Any] = []
    y: list[Any] = []
    for rang, (date, valeur) in enumerate(zip(dates, valeurs, strict=True)):
        if rang in coupures:
            x.append(date)
            y.append(None)
        x.append(date)
        y.append(valeur)
    return x, y


def _add_panneau(
    dessin: Dessin,
    panneau: Panneau,
    dates: Sequence[dt.date],
    bande: Bande,
    coupures: Sequence[int],
    axes: dict[str, str],
    *,
    mediane: bool,
) -> None:
    """Band, stretch by stretch, median where asked, then the series."""
    for debut, fin in pairwise([0, *sorted(coupures), len(dates)]):
        connues = [
            (date, bas, haut)
            for date, bas, haut in zip(dates[debut:fin], bande.bas[debut:fin], bande.haut[debut:fin], strict=True)
            if bas is not None and haut is not None
        ]
        if not connues:
            continue
        # A stretch of one date has no area: the band is then a thick stroke.
        seule = len(connues) == 1
        dessin.add_scatter(
            x=[c[0] for c in connues] + [c[0] for c in reversed(connues)],
            y=[c[1] for c in connues] + [c[2] for c in reversed(connues)],
            mode="lines",
            hoverinfo="skip",
            name="bande du groupe",
            line={"color": format_couleur(COULEURS["autres"], 0.55), "width": 10 if seule else 0.5},
            fill="none" if seule else "toself",
            fillcolor=format_couleur(COULEURS["autres"], 0.35),
            **axes,
        )
    if mediane:
        x, y = _cut(dates, bande.milieu, coupures)
        dessin.add_scatter(
            x=x,
            y=y,
            mode="lines",
            hoverinfo="skip",
            name="médiane du groupe",
            connectgaps=False,
            line={"color": COULEURS["pairs"], "width": 1.2, "dash": "dot"},
            **axes,
        )
    x, y = _cut(dates, panneau.valeurs, coupures)
    _, textes = _cut(dates, panneau.infobulles, coupures)
    couleur = COULEURS["mien" if panneau.mien else "texte"]
    dessin.add_scatter(
        x=x,
        y=y,
        customdata=[t or "" for t in textes],
        hovertemplate="%{customdata}<extra></extra>",
        mode="lines+markers" if len(dates) <= _MARQUEURS_MAX else "lines",
        name=panneau.titre,
        connectgaps=False,
        line={"color": couleur, "width": 2.4 if panneau.mien else 1.6},
        marker={"size": 7, "color": couleur},
        **axes,
    )
