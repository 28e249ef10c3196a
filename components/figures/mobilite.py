"""Ranks at two dates, one line per organisme: who kept its place, who moved a long way. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import plotly.graph_objects as go

from components.figures.formats import MOINS, format_rang
from components.figures.gabarit import Dessin
from components.theme import COULEURS

_HAUTEUR_RANG: Final = 6.4  # pixels per place
_HAUTEUR_MIN: Final = 300
_PAS_ETIQUETTE: Final = 15.5  # pixels between two names
_LARGEUR_NOMS: Final = 168  # pixels at the right, the same on a phone: the lines shrink, not the names
_MARGES: Final = (30, 10)  # pixels above and below the ranks


@dataclass(frozen=True)
class Trajet:
    """The move of one organisme: name, ranks (1 = best), and whether the move is to be named or is mine."""

    nom: str
    rang_avant: int
    rang_apres: int
    marque: bool
    mien: bool = False

    @property
    def places(self) -> int:
        """Places won, negative when lost."""
        return self.rang_avant - self.rang_apres


def format_places(places: int) -> str:
    """Signed places: « +47 », « −42 », « 0 »."""
    return f"+{places}" if places > 0 else f"{MOINS}{-places}" if places < 0 else "0"


def spread_places(places: Sequence[float], pas: float, bas: float, haut: float) -> list[float]:
    """Move positions apart until two neighbours are ``pas`` away, within [bas, haut], in the same order.

    Pools of labels that touch are centred on the mean of the positions they ask for (isotonic regression), so that
    each stays as near its own as the others allow. Labels too many for the room are spread evenly over it.

    Args:
        places: positions asked for, in increasing order.
        pas: least distance between two neighbours.
        bas: lowest position.
        haut: highest position.
    """
    if len(places) < 2:
        return [min(max(p, bas), haut) for p in places]
    serre = min(pas, (haut - bas) / (len(places) - 1))
    blocs: list[list[float]] = []  # [sum of asked positions less their offset, size]
    for rang, place in enumerate(places):
        blocs.append([min(max(place, bas), haut) - rang * serre, 1.0])
        while len(blocs) > 1 and blocs[-2][0] / blocs[-2][1] > blocs[-1][0] / blocs[-1][1]:
            somme, taille = blocs.pop()
            blocs[-1][0] += somme
            blocs[-1][1] += taille
    plafond = haut - (len(places) - 1) * serre
    bases = [min(max(somme / taille, bas), plafond) for somme, taille in blocs for _ in range(int(taille))]
    return [base + rang * serre for rang, base in enumerate(bases)]


def build_mobilite_figure(trajets: Sequence[Trajet], *, annees: tuple[int, int]) -> go.Figure:
    """Slope chart of ranks, the best on top; marked moves in colour with their name and places at the right.

    Args:
        trajets: every organisme ranked at both dates.
        annees: (earlier, later).

    Raises:
        ValueError: no organisme.
    """
    if not trajets:
        raise ValueError("aucun organisme classé aux deux dates : il n'y a rien à dessiner")
    dernier = max(max(t.rang_avant, t.rang_apres) for t in trajets)
    nommes = sorted((t for t in trajets if t.marque or t.mien), key=lambda t: (t.rang_apres, t.rang_avant))
    hauteur = max(_HAUTEUR_MIN, _HAUTEUR_RANG * dernier, _PAS_ETIQUETTE * (len(nommes) + 1))
    pas = _PAS_ETIQUETTE * max(dernier - 1, 1) / hauteur
    dessin = Dessin(hauteur=round(hauteur + sum(_MARGES)))
    groupes = (
        ([t for t in trajets if not (t.marque or t.mien)], "autres", 1.0, "solid", "places proches"),
        ([t for t in nommes if t.places < 0 and not t.mien], "moins", 2.0, "dash", "recul"),
        ([t for t in nommes if t.places >= 0 and not t.mien], "mieux", 2.0, "solid", "progression"),
        ([t for t in nommes if t.mien], "mien", 4.0, "solid", "organisme choisi"),
    )
    for membres, couleur, largeur, trait, nom in groupes:
        if not membres:
            continue
        x: list[float | None] = []
        y: list[float | None] = []
        textes: list[str] = []
        for t in membres:
            texte = (
                f"<b>{t.nom}</b><br>{annees[0]}\u00a0: {format_rang(t.rang_avant)}<br>"
                f"{annees[1]}\u00a0: {format_rang(t.rang_apres)} ({format_places(t.places)})"
            )
            x += [0, 1, None]
            y += [t.rang_avant, t.rang_apres, None]
            textes += [texte, texte, ""]
        dessin.add_scatter(
            x=x,
            y=y,
            mode="lines+markers",
            name=nom,
            connectgaps=False,
            cliponaxis=False,
            line={"color": COULEURS[couleur], "width": largeur, "dash": trait},
            marker={"size": 4 if couleur == "autres" else 7, "color": COULEURS[couleur]},
            customdata=textes,
            hovertemplate="%{customdata}<extra></extra>",
        )
    places = spread_places([float(t.rang_apres) for t in nommes], pas, 1.0, float(max(dernier, 2)))
    for t, place in zip(nommes, places, strict=True):
        couleur = "mien" if t.mien else "moins" if t.places < 0 else "mieux"
        texte = f"{t.nom} {format_places(t.places)}"
        dessin.add_annotation(
            text=f"<b>{texte}</b>" if t.mien else texte,
            x=1,
            y=place,
            xanchor="left",
            xshift=10,
            showarrow=False,
            font={"size": 11, "color": COULEURS[couleur]},
        )
    graduations = sorted({1, dernier, *range(20, dernier - 5, 20)}) if dernier > 25 else list(range(1, dernier + 1, 3))
    dessin.update_layout(
        margin={"t": _MARGES[0], "b": _MARGES[1], "r": _LARGEUR_NOMS if nommes else 16, "l": 8},
        xaxis={
            "range": [-0.02, 1.02],
            "tickvals": [0, 1],
            "ticktext": [f"<b>{annees[0]}</b>", f"<b>{annees[1]}</b>"],
            "side": "top",
            "showgrid": False,
            "zeroline": False,
            "fixedrange": True,
            "tickangle": 0,
        },
        yaxis={
            "range": [dernier + 0.8, 0.2],
            "tickvals": graduations,
            "ticktext": [format_rang(rang) for rang in graduations],
            "showgrid": False,
            "zeroline": False,
            "fixedrange": True,
        },
    )
    return dessin.build()
