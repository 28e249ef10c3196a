"""Time series as the documents print them: values, ranges, targets in steps, events, breaks.

Three rules hold whatever the data:

* a line only joins two values of the same series whose periods touch and have comparable lengths:
  a missing year is a gap;
* no line crosses an event that breaks the series (``Evenement.rupture``);
* a range is a band over its span, never a point; an open range has one edge and an arrow.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import plotly.graph_objects as go

from components.figures.gabarit import Dessin
from components.theme import COULEURS
from data.modele import Evenement

Place = Literal["haut", "bas", "gauche", "droite", "haut-gauche", "haut-droite", "bas-gauche", "bas-droite"]
Motif = Literal["", "/", "\\", "x", "-", "|", "+", "."]

POSITIONS: Final[dict[Place, str]] = {
    "haut": "top center",
    "bas": "bottom center",
    "gauche": "middle left",
    "droite": "middle right",
    "haut-gauche": "top left",
    "haut-droite": "top right",
    "bas-gauche": "bottom left",
    "bas-droite": "bottom right",
}
HAUTEUR_RANG: Final = 17  # pixels per row of event labels
LARGEUR_CARACTERE: Final = 6.2  # pixels, label font
LARGEUR_ETROITE: Final = 270  # pixels of a plot on a phone: event labels must not collide there
PART_OUVERTE: Final = 0.08  # height of an open range, as a share of the axis
RAPPORT_DUREES: Final = 1.25  # two periods are comparable below this ratio of lengths (28 and 31 days are)
MOIS_COURTS: Final = (
    "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.",
)  # fmt: skip


@dataclass(frozen=True)
class Point:
    """One printed figure over a period (both ends included), in the unit of the axis.

    Either ``valeur``, or a range: two bounds, or one when the document prints « > 95 » or « < 15 ».
    ``etiquette`` is written beside it (Plotly's HTML subset), ``infobulle`` shown on hover.

    Raises:
        ValueError: reversed dates or bounds, both a value and a range, or neither.
    """

    debut: dt.date
    fin: dt.date
    valeur: float | None = None
    borne_basse: float | None = None
    borne_haute: float | None = None
    etiquette: str = ""
    infobulle: str = ""
    place: Place = "haut"

    def __post_init__(self) -> None:
        if self.debut > self.fin:
            raise ValueError(f"période à l'envers : {self.debut} après {self.fin}")
        bornes = [b for b in (self.borne_basse, self.borne_haute) if b is not None]
        if (self.valeur is None) == (not bornes):
            raise ValueError("un point porte une valeur ou une fourchette, pas les deux")
        if bornes != sorted(bornes):
            raise ValueError(f"fourchette à l'envers : {self.borne_basse} après {self.borne_haute}")

    @property
    def milieu(self) -> dt.date:
        """Where a value is drawn: the middle of its period."""
        return self.debut + (self.fin - self.debut) / 2

    @property
    def duree(self) -> int:
        """Length of the period in days."""
        return (self.fin - self.debut).days + 1


@dataclass(frozen=True)
class Serie:
    """Figures of one indicateur and one population, one definition: only they may be joined by a line."""

    code: str
    nom: str
    points: tuple[Point, ...]
    couleur: str = COULEURS["mien"]
    symbole: str = "circle"
    trait: Literal["solid", "dot", "dash"] = "solid"
    motif: Motif = ""  # hatching of its ranges
    taille: int = 9  # pixels of its markers; fewer when points are many


@dataclass(frozen=True)
class Palier:
    """The target of a period, in the unit of the axis."""

    debut: dt.date
    fin: dt.date
    valeur: float
    etiquette: str = ""
    infobulle: str = ""


@dataclass(frozen=True)
class Cible:
    """A target drawn as steps; ``nom`` is above its start (« haut »), below its end (« bas ») or above it (« fin »)."""

    code: str
    nom: str
    paliers: tuple[Palier, ...]
    place: Literal["haut", "bas", "fin"] = "haut"
    couleur: str = COULEURS["objectif"]
    trait: Literal["solid", "dash"] = "solid"  # a socle is dashed


def _est_coupee(serie: Serie, avant: Point, apres: Point, evenements: Sequence[Evenement]) -> bool:
    """Whether a line from one value to the next would bridge a gap or a break."""
    if apres.debut != avant.fin + dt.timedelta(days=1):
        return True
    if max(avant.duree, apres.duree) > RAPPORT_DUREES * min(avant.duree, apres.duree):
        return True
    return any(
        evenement.rupture
        and (not evenement.indicateurs or serie.code in evenement.indicateurs)
        and avant.milieu < (evenement.au or evenement.du)
        and evenement.du <= apres.milieu
        for evenement in evenements
    )


def list_troncons(serie: Serie, evenements: Sequence[Evenement]) -> list[list[Point]]:
    """Cut the values of a series into the runs a line may join, in order of time. Ranges are left out."""
    troncons: list[list[Point]] = []
    precedent: Point | None = None
    for point in sorted(serie.points, key=lambda p: (p.debut, p.fin)):
        if point.valeur is not None:
            if precedent is None or _est_coupee(serie, precedent, point, evenements):
                troncons.append([])
            troncons[-1].append(point)
        precedent = point if point.valeur is not None else None
    return troncons


def format_couleur(couleur: str, opacite: float) -> str:
    """``#0c419a`` and 0.2 -> ``rgba(12,65,154,0.2)``."""
    rouge, vert, bleu = (int(couleur[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({rouge},{vert},{bleu},{opacite})"


def _add_valeurs(dessin: Dessin, serie: Serie, evenements: Sequence[Evenement]) -> None:
    """Markers and lines of one series; a None between two runs keeps them apart."""
    points: list[Point | None] = []
    for troncon in list_troncons(serie, evenements):
        points += [*([None] if points else []), *troncon]
    if not points:
        return
    dessin.add_scatter(
        x=[p and p.milieu for p in points],
        y=[p and p.valeur for p in points],
        text=[p.etiquette if p else "" for p in points],
        customdata=[p.infobulle if p else "" for p in points],
        textposition=[POSITIONS[p.place] if p else "top center" for p in points],
        hovertemplate="%{customdata}<extra></extra>",
        name=serie.nom,
        mode="lines+markers+text",
        connectgaps=False,
        cliponaxis=False,
        line={"color": serie.couleur, "width": 2, "dash": serie.trait},
        marker={
            "color": serie.couleur,
            "size": serie.taille,
            "symbol": serie.symbole,
            "line": {"color": serie.couleur, "width": 1.5},
        },
        textfont={"color": serie.couleur, "size": 12},
    )


def _add_fourchette(dessin: Dessin, serie: Serie, point: Point, axe: tuple[float, float]) -> None:
    """The band of one range over its period; an open one has a single edge, a pale extent and an arrow."""
    extension = PART_OUVERTE * (axe[1] - axe[0])
    bord = point.borne_basse if point.borne_basse is not None else point.borne_haute
    if bord is None:
        return
    bas = point.borne_basse if point.borne_basse is not None else max(axe[0], bord - extension)
    haut = point.borne_haute if point.borne_haute is not None else min(axe[1], bord + extension)
    apres = point.fin + dt.timedelta(days=1)
    ouverte = point.borne_basse is None or point.borne_haute is None
    dessin.add_scatter(
        x=[point.debut, apres, apres, point.debut, point.debut],
        y=[bas, bas, haut, haut, bas],
        mode="lines",
        fill="toself",
        hoveron="fills",
        hoverinfo="text",
        text=point.infobulle,
        name=serie.nom,
        line={"color": serie.couleur, "width": 0 if ouverte else 1},
        fillcolor=format_couleur(serie.couleur, 0.1 if ouverte else 0.2),
        fillpattern={"shape": serie.motif, "fgcolor": format_couleur(serie.couleur, 0.5), "size": 6, "solidity": 0.15},
    )
    if ouverte:
        dessin.add_scatter(
            x=[point.debut, apres],
            y=[bord, bord],
            mode="lines",
            hoverinfo="skip",
            name=serie.nom,
            line={"color": serie.couleur, "width": 2.5},
        )
        dessin.add_annotation(
            x=point.milieu,
            y=haut if point.borne_haute is None else bas,
            ax=0,
            ay=22 if point.borne_haute is None else -22,
            text="",
            showarrow=True,
            arrowhead=2,
            arrowwidth=1.5,
            arrowcolor=serie.couleur,
        )
    if point.etiquette:
        _add_etiquette_fourchette(dessin, serie, point, bas, haut)


def _add_etiquette_fourchette(dessin: Dessin, serie: Serie, point: Point, bas: float, haut: float) -> None:
    """The words of a range, on the side its ``place`` asks for."""
    vertical, _, lateral = point.place.partition("-")
    if vertical in {"gauche", "droite"}:
        vertical, lateral = "milieu", vertical
    if vertical == "milieu":
        x, ancre = (point.debut, "right") if lateral == "gauche" else (point.fin, "left")
    else:
        x = {"gauche": point.fin, "droite": point.debut}.get(lateral, point.milieu)
        ancre = {"gauche": "right", "droite": "left"}.get(lateral, "center")
    dessin.add_annotation(
        x=x,
        y={"haut": haut, "bas": bas}.get(vertical, (bas + haut) / 2),
        text=point.etiquette,
        showarrow=False,
        xanchor=ancre,
        yanchor={"haut": "bottom", "bas": "top"}.get(vertical, "middle"),
        xshift={"left": 4, "right": -4}[ancre] if vertical == "milieu" else 0,
        align={"left": "left", "right": "right"}.get(ancre, "center"),
        font={"color": serie.couleur, "size": 12},
    )


def _add_cible(dessin: Dessin, cible: Cible) -> None:
    """Steps, the figure of each step above it, the name at the free end."""
    x: list[dt.date | None] = []
    y: list[float | None] = []
    for rang, palier in enumerate(cible.paliers):
        if rang and palier.debut != cible.paliers[rang - 1].fin + dt.timedelta(days=1):
            x.append(None)
            y.append(None)
        x += [palier.debut, palier.fin]
        y += [palier.valeur, palier.valeur]
    dessin.add_scatter(
        x=x,
        y=y,
        mode="lines",
        name=cible.nom,
        hoverinfo="skip",
        connectgaps=False,
        line={"color": cible.couleur, "width": 2.5, "shape": "hv"}
        | ({"dash": cible.trait} if cible.trait != "solid" else {}),
    )
    dessin.add_scatter(
        x=[p.debut + (p.fin - p.debut) / 2 for p in cible.paliers],
        y=[p.valeur for p in cible.paliers],
        mode="markers+text",
        marker={"size": 8, "opacity": 0},
        name=cible.nom,
        text=[p.etiquette for p in cible.paliers],
        customdata=[p.infobulle for p in cible.paliers],
        hovertemplate="%{customdata}<extra></extra>",
        textposition="bottom center" if cible.place == "bas" else "top center",
        cliponaxis=False,
        textfont={"color": cible.couleur, "size": 12},
    )
    au_debut, en_bas = cible.place == "haut", cible.place == "bas"
    bout = cible.paliers[0] if au_debut else cible.paliers[-1]
    decalage = 18 if bout.etiquette else 2
    dessin.add_annotation(
        x=bout.debut if au_debut else bout.fin,
        y=bout.valeur,
        text=cible.nom,
        showarrow=False,
        xanchor="left" if au_debut else "right",
        yanchor="top" if en_bas else "bottom",
        yshift=-decalage if en_bas else decalage,
        align="left" if au_debut else "right",
        font={"color": cible.couleur, "size": 12},
    )


def _est_ancre_a_droite(evenement: Evenement, debut: dt.date, fin: dt.date) -> bool:
    """Whether a label hangs to the left of its line: events late on the axis, so that it stays inside."""
    return (evenement.du - debut) / (fin - debut) > 0.6


def compute_rangs(evenements: Sequence[Evenement], debut: dt.date, fin: dt.date) -> list[int]:
    """Row of each event's label above the plot, so that no two overlap on a phone. Row 0 touches the plot.

    Widths are estimated on a plot of ``LARGEUR_ETROITE`` pixels: what fits there fits on any screen.
    """
    places: list[tuple[int, float, float]] = []
    for evenement in evenements:
        largeur = LARGEUR_CARACTERE * len(evenement.libelle_court) + 8
        x = max(0.0, (evenement.du - debut) / (fin - debut)) * LARGEUR_ETROITE
        gauche = x - largeur if _est_ancre_a_droite(evenement, debut, fin) else x
        occupes = {rang for rang, g, d in places if g < gauche + largeur and gauche < d}
        rang = next(r for r in range(len(evenements)) if r not in occupes)
        places.append((rang, gauche, gauche + largeur))
    return [rang for rang, _, _ in places]


def add_evenements(dessin: Dessin, evenements: Sequence[Evenement], debut: dt.date, fin: dt.date) -> int:
    """Vertical lines and shaded spans, labelled above the plot. Returns the number of label rows."""
    visibles = sorted(
        (e for e in evenements if e.du <= fin and (e.au or e.du) >= debut), key=lambda e: (e.du, e.au or e.du)
    )
    rangs = compute_rangs(visibles, debut, fin)
    # The highest labels first: the opaque labels of the lower rows then cover the lines that cross them.
    for evenement, rang in sorted(zip(visibles, rangs, strict=True), key=lambda paire: -paire[1]):
        depart = max(evenement.du, debut)
        if evenement.au is not None:
            dessin.add_shape(
                type="rect",
                x0=depart,
                x1=min(evenement.au, fin),
                y0=0,
                y1=1,
                yref="paper",
                layer="below",
                fillcolor=COULEURS["bande"],
                opacity=0.7,
                line_width=0,
            )
        dessin.add_shape(
            type="line",
            x0=depart,
            x1=depart,
            y0=0,
            y1=1,
            yref="paper",
            layer="below",
            line={
                "color": COULEURS["texte-doux"] if evenement.rupture else COULEURS["trait-fort"],
                "width": 1.5 if evenement.rupture else 1,
                "dash": "dash" if evenement.rupture else "dot",
            },
        )
        dessin.add_annotation(
            x=depart,
            y=1,
            yref="paper",
            ax=0,
            ay=-(6 + HAUTEUR_RANG * rang),
            text=evenement.libelle_court,
            hovertext=f"<b>{evenement.libelle}</b>",
            showarrow=True,
            arrowhead=0,
            arrowwidth=1,
            arrowcolor=COULEURS["trait-fort"],
            xanchor="right" if _est_ancre_a_droite(evenement, debut, fin) else "left",
            yanchor="bottom",
            borderpad=1,
            bgcolor=COULEURS["carte"],
            font={"size": 11, "color": COULEURS["texte-doux"]},
        )
    return max(rangs, default=-1) + 1


def build_axe_temps(debut: dt.date, fin: dt.date) -> dict[str, Any]:
    """Years under the middle of each year; below three years, some months, in French, under the middle of theirs."""
    axe: dict[str, Any] = {"type": "date", "range": [debut, fin], "showgrid": False, "fixedrange": True}
    mois = [
        dt.date(debut.year + rang // 12, rang % 12 + 1, 1)
        for rang in range(debut.month - 1, (fin.year - debut.year) * 12 + fin.month)
    ]
    if len(mois) >= 36:
        return axe | {"tickformat": "%Y", "ticklabelmode": "period", "tickangle": 0}
    pas = 1 if len(mois) <= 8 else 3 if len(mois) <= 24 else 6
    choisis = [m for m in mois if (m.month - 1) % pas == 0]
    return axe | {
        "tickvals": [m.replace(day=15) for m in choisis],
        "ticktext": [
            f"{MOIS_COURTS[m.month - 1]}<br>{m.year}" if m.month == 1 or m == choisis[0] else MOIS_COURTS[m.month - 1]
            for m in choisis
        ],
        "tickangle": 0,
    }


def build_serie_figure(
    series: Sequence[Serie],
    *,
    debut: dt.date,
    fin: dt.date,
    unite: str,
    axe: tuple[float, float],
    cibles: Sequence[Cible] = (),
    evenements: Sequence[Evenement] = (),
    ruptures: Sequence[Evenement] | None = None,
    hauteur: int = 420,
) -> go.Figure:
    """Draw series over time, from back to front: events, ranges, lines, targets, then the first series.

    Args:
        series: the first one is the message and comes on top.
        debut: left edge of the time axis.
        fin: right edge of the time axis.
        unite: title of the value axis (« jours »).
        axe: bounds of the value axis.
        cibles: targets, drawn as steps.
        evenements: dated facts to draw; those outside the axis are left out.
        ruptures: events that cut the lines where ``rupture`` is true; by default ``evenements``. Hiding the
            events must never bridge a break: pass them here all the same.
        hauteur: height in pixels, without the rows of event labels.
    """
    coupures = evenements if ruptures is None else ruptures
    dessin = Dessin(hauteur=hauteur)
    rangs = add_evenements(dessin, evenements, debut, fin)
    for serie in reversed(series):
        for point in serie.points:
            if point.valeur is None:
                _add_fourchette(dessin, serie, point, axe)
    for serie in reversed(series[1:]):
        _add_valeurs(dessin, serie, coupures)
    for cible in cibles:
        _add_cible(dessin, cible)
    for serie in series[:1]:
        _add_valeurs(dessin, serie, coupures)
    haut = 12 + HAUTEUR_RANG * rangs + (6 if rangs else 0)
    dessin.update_layout(
        height=hauteur + haut - 12,
        margin={"l": 8, "r": 16, "t": haut, "b": 8},
        xaxis=build_axe_temps(debut, fin),
        yaxis={"range": list(axe), "fixedrange": True, "title": {"text": unite}, "zeroline": axe[0] == 0},
    )
    return dessin.build()
