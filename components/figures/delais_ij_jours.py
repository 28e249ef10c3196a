"""How files spread over days of délai: one bar per class of days, the reference as an outline, medians and deciles.

Pure: shares in, figure out. A class is drawn as wide as its days; the last one, open, stands apart, hatched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import plotly.graph_objects as go

from components.figures.formats import INSECABLE, format_nombre
from components.figures.gabarit import Dessin
from components.figures.marques import add_noms
from components.theme import COULEURS, SEQUENTIELLE

PAS: Final = 5  # days of a class
FIN_MINIMUM: Final = 120  # last day drawn one class at a time, at least
_RANG: Final = 17  # pixels of a row of labels above the plot
_ECART: Final = 2  # days left free before the open class
_MARGE_HAUTE: Final = 1.3  # of the highest share: room for the names
_BORD: Final = 0.55  # share of the axis beyond which a label grows to the left


@dataclass(frozen=True)
class Jours:
    """Files of one caisse or group: share of each class (%), text on hover of each, median and ninth decile (days).

    ``court`` is the one word its median and decile are labelled with (« réseau »).
    """

    nom: str
    court: str
    parts: tuple[float, ...]
    infobulles: tuple[str, ...]
    mediane: float
    d9: float


def list_bornes(*d9: float) -> list[int]:
    """Last day of each class but the open one: every five days, as far as the deciles to be marked."""
    fin = max(FIN_MINIMUM, *(PAS * (int(decile // PAS) + 2) for decile in d9))
    return list(range(PAS, fin + 1, PAS))


def build_jours_figure(
    bornes: Sequence[int],
    *,
    mienne: Jours | None,
    reference: Jours | None,
    seuil: int,
    note_seuil: str,
    hauteur: int = 330,
) -> go.Figure:
    """Bars of the caisse, full colour beyond the threshold, over the outline of the reference; the latter alone has
    the bars. Shares start at zero.

    Args:
        bornes: last day of each class, growing (:func:`list_bornes`); one more class, open, follows.
        mienne: the caisse, brand blue.
        reference: what it is compared to (the network, a group).
        seuil: one of ``bornes``; days beyond it are those the reader asks about.
        note_seuil: words beside the threshold (« plus de 60 j : 7,9 % »).
        hauteur: of the plot, in pixels, without the rows of labels.

    Raises:
        ValueError: nothing to draw, or a threshold that splits a class.
    """
    barres = mienne or reference
    if barres is None:
        raise ValueError("aucune IJ : il n'y a rien à dessiner")
    if seuil not in bornes:
        raise ValueError(f"le seuil {seuil} coupe une classe de jours : choisir parmi {list(bornes)}")
    bords = [-0.5, *(borne + 0.5 for borne in bornes)]
    ouverte = [bords[-1] + _ECART, bords[-1] + _ECART + PAS]
    etendue = [bords[0] - 1, ouverte[1] + 1]
    contour = reference if mienne is not None else None
    reperes = _list_reperes(mienne, reference)
    dessin = Dessin(hauteur=hauteur)
    _add_barres(dessin, barres, [*pairwise(bords), (ouverte[0], ouverte[1])], bornes, seuil, mienne is not None)
    if contour is not None:
        _add_contour(dessin, contour, bords, ouverte)
    _add_seuil(dessin, seuil, note_seuil, etendue)
    # The further the day, the lower its label: a line going up crosses none that starts on its right.
    for rang, (jour, texte, couleur, trait) in enumerate(reperes, 1):
        _add_repere(dessin, jour, texte, couleur, trait, len(reperes) - rang, etendue)
    _add_noms(dessin, mienne, reference)
    haut = 12 + _RANG * len(reperes)
    plafond = max(*barres.parts, *(contour.parts if contour is not None else ()))
    dessin.update_layout(
        height=hauteur + haut,
        margin={"l": 8, "r": 16, "t": haut, "b": 8},
        bargap=0,
        xaxis=_build_axe_jours(bornes, ouverte, etendue),
        yaxis={
            "range": [0, _MARGE_HAUTE * plafond],
            "fixedrange": True,
            "zeroline": True,
            "ticksuffix": f"{INSECABLE}%",
            "title": {"text": "part des IJ"},
            "nticks": 6,
        },
    )
    return dessin.build()


def _build_axe_jours(bornes: Sequence[int], ouverte: Sequence[float], etendue: Sequence[float]) -> dict[str, Any]:
    pas = 30 if bornes[-1] <= 180 else 60
    reperes = [0, *range(pas, bornes[-1] - PAS, pas)]
    return {
        "range": list(etendue),
        "fixedrange": True,
        "tickvals": [*reperes, sum(ouverte) / 2],
        "ticktext": [*map(str, reperes), f"plus<br>de {bornes[-1]}"],
        "tickangle": 0,
        "title": {"text": "jours"},
    }


def _add_barres(
    dessin: Dessin,
    jours: Jours,
    classes: Sequence[tuple[float, float]],
    bornes: Sequence[int],
    seuil: int,
    mienne: bool,
) -> None:
    pale, pleine = (SEQUENTIELLE[2], COULEURS["mien"]) if mienne else (COULEURS["autres"], COULEURS["pairs"])
    debuts = [-1, *bornes]  # last day before each class
    dessin.add_bar(
        x=[(bas + haut) / 2 for bas, haut in classes],
        width=[haut - bas for bas, haut in classes],
        y=list(jours.parts),
        name=jours.nom,
        customdata=list(jours.infobulles),
        hovertemplate="%{customdata}<extra></extra>",
        marker={
            "color": [pleine if debut >= seuil else pale for debut in debuts],
            "line": {"color": COULEURS["carte"], "width": 1},
            "pattern": {
                "shape": ["" for _ in bornes] + ["/"],
                "fgcolor": COULEURS["carte"],
                "size": 6,
                "solidity": 0.25,
            },
        },
    )


def _add_contour(dessin: Dessin, jours: Jours, bords: Sequence[float], ouverte: Sequence[float]) -> None:
    """Steps over the classes, then over the open one: nothing links them."""
    x: list[float | None] = [bords[0]]
    y: list[float | None] = [0.0]
    for (bas, haut), part in zip(pairwise(bords), jours.parts[:-1], strict=True):
        x += [bas, haut]
        y += [part, part]
    dessin.add_scatter(
        x=[*x, bords[-1], None, ouverte[0], ouverte[0], ouverte[1], ouverte[1]],
        y=[*y, 0.0, None, 0.0, jours.parts[-1], jours.parts[-1], 0.0],
        mode="lines",
        name=jours.nom,
        hoverinfo="skip",
        line={"color": COULEURS["texte"], "width": 1.5, "dash": "dash"},
    )


def _list_reperes(mienne: Jours | None, reference: Jours | None) -> list[tuple[float, str, str, str]]:
    """Median and ninth decile of both, in the order of days: day, words, colour, dash."""
    reperes = []
    for jours, couleur, trait in (
        (mienne, COULEURS["mien"], "solid"),
        (reference, COULEURS["texte"], "solid" if mienne is None else "dash"),
    ):
        if jours is not None:
            nom = f"{jours.court}{INSECABLE}: " if jours is reference and mienne is not None else ""
            reperes += [
                (jour, f"{nom}{mot} {format_jours(jour)}", couleur, trait)
                for mot, jour in (("médiane", jours.mediane), ("9e décile", jours.d9))
            ]
    return sorted(reperes)


def format_jours(jours: float) -> str:
    """``15`` -> ``15 j``, ``15.5`` -> ``15,5 j``."""
    return f"{format_nombre(jours, 0 if jours == int(jours) else 1)}{INSECABLE}j"


def _get_ancre(jour: float, etendue: Sequence[float]) -> str:
    return "left" if (jour - etendue[0]) / (etendue[1] - etendue[0]) < _BORD else "right"


def _add_repere(
    dessin: Dessin, jour: float, texte: str, couleur: str, trait: str, rang: int, etendue: Sequence[float]
) -> None:
    """A line from the axis to its row of labels, above the plot; ``rang`` 0 is the lowest."""
    dessin.add_shape(
        type="line", x0=jour, x1=jour, yref="paper", y0=0, y1=1, line={"color": couleur, "width": 1.5, "dash": trait}
    )
    dessin.add_annotation(
        x=jour,
        y=1,
        yref="paper",
        ax=0,
        ay=-(4 + _RANG * rang),
        text=texte,
        showarrow=True,
        arrowhead=0,
        arrowwidth=1.5,
        arrowcolor=couleur,
        xanchor=_get_ancre(jour, etendue),
        yanchor="bottom",
        borderpad=1,
        bgcolor=COULEURS["carte"],
        font={"size": 12, "color": couleur},
    )


def _add_seuil(dessin: Dessin, seuil: int, note: str, etendue: Sequence[float]) -> None:
    """The threshold, between two days, and what lies beyond it."""
    jour = seuil + 0.5
    dessin.add_shape(
        type="line", x0=jour, x1=jour, yref="paper", y0=0, y1=0.62,
        line={"color": COULEURS["texte-doux"], "width": 1, "dash": "dot"},
    )  # fmt: skip
    dessin.add_annotation(
        x=jour,
        y=0.62,
        yref="paper",
        xanchor=_get_ancre(jour, etendue),
        yanchor="bottom",
        text=f"<b>{note}</b>",
        showarrow=False,
        bgcolor=COULEURS["carte"],
        font={"size": 12, "color": COULEURS["texte"]},
    )


def _add_noms(dessin: Dessin, mienne: Jours | None, reference: Jours | None) -> None:
    """Names inside the plot, top right, in the colours and the traits of what they name."""
    noms = [(f"▆ {mienne.nom}", COULEURS["mien"])] if mienne is not None else []
    if reference is not None:
        signe, encre = ("▆", "pairs") if mienne is None else ("- -", "texte")
        noms.append((f"{signe} {reference.nom}", COULEURS[encre]))
    add_noms(dessin, noms)
