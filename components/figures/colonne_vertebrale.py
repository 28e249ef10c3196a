"""The spine chart: one organisme over many indicateurs, on the common scale of ``data.calculs.profil``. Pure functions.

Names stand above the rows and values in units at both sides, so that the chart reads on a phone as on a desk. The
vertical axis is in pixels, from the top of the plot.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

import plotly.graph_objects as go

from components.figures.gabarit import Dessin
from components.theme import COULEURS
from data.calculs.pairs import GROUPE_MINIMUM
from data.calculs.profil import Reperes

BORD: Final = 1.45  # places beyond are drawn here, as a triangle
_ETENDUE: Final = 1.56
_ENTETE, _DOMAINE, _LIGNE = 6, 32, 54
_GAUCHE, _DROITE, _HAUT, _BAS = 96, 104, 30, 70
_DEMI_BOITE, _DEMI_SEUIL = 7, 11
_FOND_NOM = "rgba(255,255,255,0.85)"  # the line of the medians passes behind a name, never through it


@dataclass(frozen=True)
class Rangee:
    """One indicateur as drawn.

    Values are in its unit; ``texte_valeur`` says why there is no ``valeur``; without ``reperes`` the row says there are
    too few peers.

    ``ton`` is a key of the theme's colours. ``neutre``: no direction, to the right is only higher.
    """

    domaine: str
    nom: str
    neutre: bool
    valeur: float | None
    socle: float | None
    objectif: float | None
    reperes: Reperes | None
    texte_valeur: str
    texte_mediane: str
    verdict: str
    ton: str
    rang: str
    survol: str


def build_colonne_vertebrale_figure(rangees: Sequence[Rangee], *, nom: str, hors: bool = False) -> go.Figure:
    """One row per indicateur, grouped by domaine, in the order given.

    Args:
        rangees: the rows.
        nom: short name of the organisme, for the legend.
        hors: whether it is out of its own reference, for the words of the legend.
    """
    milieux, titres, hauteur = _compute_ordonnees(rangees)
    dessin = Dessin(hauteur=round(hauteur) + _HAUT + _BAS)
    dessinees = [(rangee, y) for rangee, y in zip(rangees, milieux, strict=True) if rangee.reperes is not None]
    _add_etendues(dessin, dessinees)
    _add_seuils(dessin, dessinees)
    _add_miens(dessin, dessinees, nom)
    for titre, y in titres:
        dessin.add_shape(
            type="line", xref="paper", x0=0, x1=1, y0=y + 12, y1=y + 12, line={"color": COULEURS["trait"], "width": 1},
        )  # fmt: skip
        dessin.add_annotation(**_build_texte(f"<b>{titre}</b>", y, "left", -_GAUCHE, couleur="marque", taille=13))
    for rangee, y in zip(rangees, milieux, strict=True):
        _add_mots(dessin, rangee, y)
    if dessinees:
        dessin.add_shape(
            type="line", x0=0, x1=0, y0=0, y1=hauteur, layer="below",
            line={"color": COULEURS["trait-fort"], "width": 1},
        )  # fmt: skip
    for x, ancre, decalage, texte in (
        (0, "left", -_GAUCHE, "◀ moins bien"),
        (0.5, "center", 0, "médiane"),
        (1, "right", _DROITE, "mieux ▶"),
    ):
        dessin.add_annotation(
            text=texte, x=x, xref="paper", xanchor=ancre, xshift=decalage, y=0, yanchor="bottom", yshift=4,
            showarrow=False, font={"size": 12, "color": COULEURS["texte-doux"]},
        )  # fmt: skip
    dessin.add_annotation(
        text=_build_legende(nom, "des autres" if hors else "du groupe"),
        x=0, xref="paper", xanchor="left", xshift=-_GAUCHE, y=0, yref="paper", yanchor="top", yshift=-8,
        align="left", showarrow=False, font={"size": 12, "color": COULEURS["texte-doux"]},
    )  # fmt: skip
    dessin.update_layout(
        margin={"l": _GAUCHE, "r": _DROITE, "t": _HAUT, "b": _BAS, "autoexpand": False},
        xaxis={"range": [-_ETENDUE, _ETENDUE], "visible": False, "fixedrange": True},
        yaxis={"range": [hauteur, 0], "visible": False, "fixedrange": True},
    )
    return dessin.build()


def _build_legende(nom: str, groupe: str) -> str:
    """The legend in three short lines: it fits a phone, which Plotly's own does not."""
    trait = "<span style='color:{}'><b>{}</b></span>\u00a0{}"
    return "<br>".join(
        (
            "   ".join(
                (
                    trait.format(COULEURS["mien"], "●", nom),
                    trait.format(COULEURS["objectif"], "┃", "objectif"),
                    trait.format(COULEURS["socle"], "┇", "socle"),
                )
            ),
            "   ".join(
                (
                    trait.format(COULEURS["sans-valeur"], "█", f"moitié centrale {groupe}"),
                    trait.format(COULEURS["pairs"], "─", "5e à 95e centiles"),
                )
            ),
            trait.format(COULEURS["texte-doux"], "◀ ▶", "hors de l'échelle (bleu\u00a0: résultat, vide\u00a0: socle)"),
        )
    )


def _compute_ordonnees(rangees: Sequence[Rangee]) -> tuple[list[float], list[tuple[str, float]], float]:
    """Middle of the drawing of each row, middle of the heading of each domaine, height of the plot; pixels."""
    y = float(_ENTETE)
    milieux, titres = [], []
    for domaine, membres in groupby(rangees, key=lambda rangee: rangee.domaine):
        titres.append((domaine, y + _DOMAINE / 2))
        y += _DOMAINE
        for _ in membres:
            milieux.append(y + 32)
            y += _LIGNE
    return milieux, titres, y


def _compute_place(reperes: Reperes, valeur: float) -> float:
    """Place on the common scale, brought back to the edge when beyond."""
    return min(max(reperes.compute_place(valeur), -BORD), BORD)


def _check_dehors(reperes: Reperes, valeur: float) -> bool:
    return abs(reperes.compute_place(valeur)) > BORD


def _add_segments(
    dessin: Dessin, segments: Sequence[tuple[tuple[float, float], tuple[float, float]]], **trace: Any
) -> None:
    """Separate segments as one trace: ((x0, y0), (x1, y1))."""
    x: list[float | None] = []
    y: list[float | None] = []
    for debut, fin in segments:
        x += [debut[0], fin[0], None]
        y += [debut[1], fin[1], None]
    if segments:
        dessin.add_scatter(x=x, y=y, mode="lines", hoverinfo="skip", **trace)


def _add_etendues(dessin: Dessin, dessinees: Sequence[tuple[Rangee, float]]) -> None:
    """5th to 95th centiles as a line, the middle half as a box, the median as a tick."""
    etendues, boites, medianes = [], [], []
    for rangee, y in dessinees:
        if rangee.reperes is None:
            continue
        p5, q1, q3, p95 = (
            _compute_place(rangee.reperes, v)
            for v in (rangee.reperes.p5, rangee.reperes.q1, rangee.reperes.q3, rangee.reperes.p95)
        )
        etendues.append(((p5, y), (p95, y)))
        boites.append(((q1, y), (q3, y)))
        medianes.append(((0.0, y - _DEMI_BOITE), (0.0, y + _DEMI_BOITE)))
    pairs = COULEURS["pairs"]
    _add_segments(dessin, etendues, name="5e à 95e centiles", line={"color": pairs, "width": 1.5})
    _add_segments(
        dessin,
        boites,
        name="moitié centrale",
        line={"color": COULEURS["sans-valeur"], "width": 2 * _DEMI_BOITE},
    )
    _add_segments(dessin, medianes, name="médiane", line={"color": pairs, "width": 2.5})


def _add_seuils(dessin: Dessin, dessinees: Sequence[tuple[Rangee, float]]) -> None:
    """Socle dashed, objectif solid; a small triangle at the edge when beyond the scale."""
    for champ, tiret, largeur in (("socle", "3px,2px", 1.8), ("objectif", "solid", 2.4)):
        segments, bords = [], []
        for rangee, y in dessinees:
            seuil = getattr(rangee, champ)
            if seuil is None or rangee.reperes is None:
                continue
            x = _compute_place(rangee.reperes, seuil)
            if _check_dehors(rangee.reperes, seuil):
                bords.append((x, y))
            else:
                segments.append(((x, y - _DEMI_SEUIL), (x, y + _DEMI_SEUIL)))
        couleur = COULEURS[champ]
        _add_segments(dessin, segments, name=champ, line={"color": couleur, "width": largeur, "dash": tiret})
        for cote, symbole in ((1, "triangle-right"), (-1, "triangle-left")):
            choisis = [(x, y) for x, y in bords if x * cote > 0]
            if choisis:
                dessin.add_scatter(
                    x=[x for x, _ in choisis],
                    y=[y for _, y in choisis],
                    mode="markers",
                    hoverinfo="skip",
                    cliponaxis=False,
                    marker={
                        "symbol": symbole if champ == "objectif" else f"{symbole}-open",
                        "size": 7,
                        "color": couleur,
                        "line": {"width": 1, "color": couleur},
                    },
                )


def _add_miens(dessin: Dessin, dessinees: Sequence[tuple[Rangee, float]], nom: str) -> None:
    """The organisme's own dots, in brand blue on top; a triangle at the edge when beyond the scale."""
    x, y, symboles, survols = [], [], [], []
    for rangee, ordonnee in dessinees:
        if rangee.valeur is None or rangee.reperes is None:
            continue
        place = _compute_place(rangee.reperes, rangee.valeur)
        dehors = _check_dehors(rangee.reperes, rangee.valeur)
        x.append(place)
        y.append(ordonnee)
        symboles.append(("triangle-right" if place > 0 else "triangle-left") if dehors else "circle")
        survols.append(rangee.survol)
    dessin.add_scatter(
        x=x,
        y=y,
        mode="markers",
        name=nom,
        cliponaxis=False,
        marker={
            "symbol": symboles,
            "size": 14,
            "color": COULEURS["mien"],
            "line": {"width": 1.5, "color": COULEURS["carte"]},
        },
        customdata=survols,
        hovertemplate="%{customdata}<extra></extra>",
    )


def _build_texte(
    texte: str, y: float, ancre: str, decalage: float, *, couleur: str = "texte", taille: int = 12
) -> dict[str, Any]:
    """An annotation beside the plot: « left » from its left edge, « right » from its right edge, shifted in pixels."""
    return {
        "text": texte,
        "x": 0 if ancre == "left" else 1,
        "xref": "paper",
        "xanchor": "left",
        "xshift": decalage,
        "y": y,
        "yanchor": "middle",
        "align": "left",
        "showarrow": False,
        "font": {"size": taille, "color": COULEURS[couleur]},
    }


def _add_mots(dessin: Dessin, rangee: Rangee, y: float) -> None:
    """Name above; at the left the value and the median, at the right the verdict and the rank."""
    doux = COULEURS["texte-doux"]
    nom = rangee.nom + (f" <span style='color:{doux}'>(à droite = plus haut)</span>" if rangee.neutre else "")
    dessin.add_annotation(**_build_texte(nom, y - 22, "left", -_GAUCHE), bgcolor=_FOND_NOM, borderpad=0)
    manque = rangee.valeur is None
    texte = rangee.texte_valeur if manque else f"<b>{rangee.texte_valeur}</b>"
    mediane = (
        f"<br><span style='color:{doux};font-size:11px'>{rangee.texte_mediane}</span>" if rangee.texte_mediane else ""
    )
    dessin.add_annotation(
        **_build_texte(texte + mediane, y, "left", -_GAUCHE, couleur="texte-doux" if manque else "mien")
    )
    rang = f"<br><span style='color:{doux};font-size:11px'>{rangee.rang}</span>" if rangee.rang else ""
    dessin.add_annotation(**_build_texte(rangee.verdict + rang, y, "right", 8, couleur=rangee.ton))
    if rangee.reperes is None:
        dessin.add_annotation(
            text=f"moins de {GROUPE_MINIMUM} pairs", x=0.5, xref="paper", y=y, showarrow=False, bgcolor=_FOND_NOM,
            font={"size": 11, "color": doux},
        )  # fmt: skip
