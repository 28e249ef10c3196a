"""A monthly series against its group: the band of eight members out of ten, the network, then mine on top."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import plotly.graph_objects as go

from components.figures.gabarit import Dessin
from components.figures.marques import add_noms
from components.figures.series import HAUTEUR_RANG, add_evenements, build_axe_temps, format_couleur
from components.theme import COULEURS
from data.modele import Evenement

MOIS_REELS: Final = "mois réels"
_HAUTEUR_AXE: Final = 40  # pixels under the plot


@dataclass(frozen=True)
class Courbe:
    """One value per month (None where there is none), with its name and the text on hover of each month.

    ``reels``: months whose value is real, among simulated ones; none to mark when empty.
    """

    nom: str
    valeurs: tuple[float | None, ...]
    infobulles: tuple[str, ...]
    reels: tuple[bool, ...] = ()


@dataclass(frozen=True)
class Bande:
    """Lower and upper edge of the group, month by month."""

    nom: str
    bas: tuple[float | None, ...]
    haut: tuple[float | None, ...]


def build_bande_figure(
    mois: Sequence[dt.date],
    *,
    bande: Bande,
    reseau: Courbe,
    mienne: Courbe | None,
    unite: str,
    groupe: Courbe | None = None,
    evenements: Sequence[Evenement] = (),
    ruptures: Sequence[Evenement] = (),
    hauteur: int = 380,
) -> go.Figure:
    """Draw monthly series from back to front: events, band, network, group, mine. The value axis starts at zero.

    Args:
        mois: first day of each month, in order, without gaps.
        bande: the group, pale grey.
        reseau: the whole network, dark dashes, labelled at its end.
        mienne: the chosen caisse, brand blue, labelled at its end, a dot on its real months when they are told from
            the simulated ones; None when none is chosen.
        unite: title of the value axis (« jours »).
        groupe: caisses chosen beside the network, mid grey.
        evenements: dated facts to draw.
        ruptures: events that cut every line where ``rupture`` is true, drawn or not.
        hauteur: height in pixels, without the rows of event labels.

    Raises:
        ValueError: no month.
    """
    if not mois:
        raise ValueError("aucun mois : il n'y a rien à dessiner")
    debut, fin = mois[0], (mois[-1] + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
    coupes = [e.du for e in ruptures if e.rupture and mois[0] < e.du <= mois[-1]]
    dessin = Dessin(hauteur=hauteur)
    rangs = add_evenements(dessin, evenements, debut, fin)
    for bord, remplissage in ((bande.bas, None), (bande.haut, "tonexty")):
        x, y, _ = _cut(mois, bord, ("",) * len(mois), coupes)
        dessin.add_scatter(
            x=x,
            y=y,
            mode="lines",
            name=bande.nom,
            hoverinfo="skip",
            line={"color": COULEURS["autres"], "width": 0.5},
            fill=remplissage,
            fillcolor=format_couleur(COULEURS["autres"], 0.4),  # told apart from the shade of events
        )
    _add_courbe(dessin, mois, reseau, coupes, {"color": COULEURS["texte"], "width": 1.5, "dash": "dash"})
    if groupe is not None:
        _add_courbe(dessin, mois, groupe, coupes, {"color": COULEURS["pairs"], "width": 2})
    if mienne is not None:
        _add_courbe(dessin, mois, mienne, coupes, {"color": COULEURS["mien"], "width": 2.5})
        _add_reels(dessin, mois, mienne)
    noms = _add_noms(dessin, bande, reseau, groupe, mienne)
    tracees = [bande.haut, *(courbe.valeurs for courbe in (reseau, groupe, mienne) if courbe is not None)]
    sommet = max((v for valeurs in tracees for v in valeurs if v is not None), default=1.0)
    plafond = sommet / (1 - noms / (hauteur - _HAUTEUR_AXE))
    haut = 12 + HAUTEUR_RANG * rangs + (6 if rangs else 0)
    dessin.update_layout(
        height=hauteur + haut - 12,
        margin={"l": 8, "r": 16, "t": haut, "b": 8},
        xaxis=build_axe_temps(debut, fin),
        yaxis={"range": [0, plafond], "fixedrange": True, "title": {"text": unite}, "zeroline": True},
        hovermode="x",
    )
    return dessin.build()


def _cut(
    mois: Sequence[dt.date], valeurs: Sequence[float | None], textes: Sequence[str], coupes: Sequence[dt.date]
) -> tuple[list[dt.date], list[float | None], list[str]]:
    """Put a missing value at each break, so that no line crosses it; months are drawn at their middle."""
    x: list[dt.date] = []
    y: list[float | None] = []
    t: list[str] = []
    for rang, premier in enumerate(mois):
        if rang and any(mois[rang - 1] < coupe <= premier for coupe in coupes):
            x.append(premier)
            y.append(None)
            t.append("")
        x.append(premier.replace(day=15))
        y.append(valeurs[rang])
        t.append(textes[rang])
    return x, y, t


def _add_courbe(
    dessin: Dessin, mois: Sequence[dt.date], courbe: Courbe, coupes: Sequence[dt.date], trait: dict[str, object]
) -> None:
    x, y, textes = _cut(mois, courbe.valeurs, courbe.infobulles, coupes)
    dessin.add_scatter(
        x=x,
        y=y,
        mode="lines",
        name=courbe.nom,
        customdata=textes,
        hovertemplate="%{customdata}<extra></extra>",
        connectgaps=False,
        line=trait,
    )


def _add_reels(dessin: Dessin, mois: Sequence[dt.date], courbe: Courbe) -> None:
    """A dot on each real month of a line that has simulated ones too."""
    points = [
        (premier.replace(day=15), valeur)
        for premier, valeur, reel in zip(mois, courbe.valeurs, courbe.reels, strict=False)
        if reel and valeur is not None
    ]
    if points:
        dessin.add_scatter(
            x=[jour for jour, _ in points],
            y=[valeur for _, valeur in points],
            mode="markers",
            name=MOIS_REELS,
            hoverinfo="skip",
            marker={"color": COULEURS["mien"], "size": 7, "line": {"color": COULEURS["carte"], "width": 1}},
        )


def _add_noms(dessin: Dessin, bande: Bande, reseau: Courbe, groupe: Courbe | None, mienne: Courbe | None) -> int:
    """Names inside the plot, top right, in the order and the colours of the layers: no legend to look up.

    Returns:
        Pixels they take at the top of the plot: no line goes there.
    """
    noms = [(mienne.nom, COULEURS["mien"])] if mienne is not None else []
    if mienne is not None and any(mienne.reels):
        noms.append((f"● {MOIS_REELS}", COULEURS["mien"]))
    noms += [(f"— {groupe.nom}", COULEURS["pairs"])] if groupe is not None else []
    noms += [(f"- - {reseau.nom}", COULEURS["texte"]), (f"▆ {bande.nom}", COULEURS["texte-doux"])]
    return add_noms(dessin, noms)
