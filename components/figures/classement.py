"""The ranking of a group: one dot per organisme, best first, mine in brand blue. Pure functions.

Up to 25 organismes each one has its named row; beyond, dots form a curve and names come on hover,
only the first, the last and mine being labelled.
"""

from __future__ import annotations

import math
from textwrap import wrap
from typing import Any

import plotly.graph_objects as go
import polars as pl

from components.figures.classes import count_decimales
from components.figures.formats import INSECABLE, format_nombre, format_rang, format_valeur
from components.figures.gabarit import Dessin
from components.figures.marques import FOND_ETIQUETTE, add_points
from components.figures.rangees import build_axe_noms, build_fin
from components.theme import COULEURS
from data.calculs.position import Quartiles
from data.modele import Sens

LIGNES_MAX = 25
_GRADUATIONS = 7  # of the value axis, about
HAUTEUR_COURBE = 430
_HAUTEUR_LIGNE = 34
_MARGE_LIGNES = 92
_TRACE_COURBE = 375  # pixels left to the plot area of a curve, axis apart
_LARGEUR_NOM = 20


def build_classement_figure(
    frame: pl.DataFrame,
    quartiles: Quartiles,
    *,
    unite: str | None,
    decimales: int,
    sens: Sens,
    mien: str | None = None,
) -> go.Figure:
    """Sorted dot plot of a group.

    Args:
        frame: ranked rows, best first, all with a value: code_organisme, nom, nom_court, type_note, valeur, rang; and,
            where they are known, bas and haut (interval of the value), rang_bas and rang_haut (of the rank).
        quartiles: of the values, drawn as a band (Q1 to Q3) and a median line.
        unite: unit of the values, for the labels.
        decimales: decimals of the labels.
        sens: which way is better; « bas » mirrors the labels, the curve going up.
        mien: code of the organisme to mark, if it is in the frame.
    """
    if frame.height <= LIGNES_MAX:
        return _build_lignes(frame, quartiles, unite=unite, decimales=decimales, mien=mien)
    return _build_courbe(frame, quartiles, unite=unite, decimales=decimales, sens=sens, mien=mien)


def _get_colonne_nom(frame: pl.DataFrame) -> str:
    """The full name when types are mixed (several bodies share a territory's name), else the short one."""
    return "nom" if frame["type_note"].n_unique() > 1 else "nom_court"


def _list_survols(frame: pl.DataFrame, unite: str | None, decimales: int) -> list[str]:
    ex_aequo = frame["rang"].is_duplicated().to_list()
    return [
        f"<b>{ligne['nom']}</b><br>{format_valeur(ligne['valeur'], unite, decimales)}"
        f"{_format_intervalle(ligne, unite, decimales)}<br>"
        f"{format_rang(ligne['rang'])}{' ex æquo' if partage else ''} sur {frame.height}{_format_rangs(ligne)}"
        for ligne, partage in zip(frame.iter_rows(named=True), ex_aequo, strict=True)
    ]


def _format_intervalle(ligne: dict[str, Any], unite: str | None, decimales: int) -> str:
    if ligne.get("bas") is None:
        return ""
    return f" (de {format_valeur(ligne['bas'], None, decimales)} à {format_valeur(ligne['haut'], unite, decimales)})"


def _format_rangs(ligne: dict[str, Any]) -> str:
    if ligne.get("rang_bas") is None or ligne["rang_bas"] == ligne["rang_haut"]:
        return ""
    return f" (entre {format_rang(ligne['rang_bas'])} et {format_rang(ligne['rang_haut'])})"


def _build_erreurs(frame: pl.DataFrame, bas: str, haut: str, centre: str, garder: list[int]) -> dict[str, Any]:
    """Error bars between two columns, from the dot at ``centre``; none where a bound is unknown."""
    choisies = frame[garder]
    return {
        "type": "data",
        "symmetric": False,
        "array": (choisies[haut] - choisies[centre]).fill_null(0).to_list(),
        "arrayminus": (choisies[centre] - choisies[bas]).fill_null(0).to_list(),
        "width": 0,
    }


def _add_points(
    dessin: Dessin,
    frame: pl.DataFrame,
    mien: str | None,
    x: list[Any],
    y: list[Any],
    survols: list[str],
    axe: str,
) -> None:
    """The dots in pale grey, then mine in brand blue on top, with their intervals along ``axe``, that of the values.

    Mine also carries the interval of its rank, across, where the other axis counts ranks.
    """
    miens = [code == mien for code in frame["code_organisme"]]
    for choisi, taille, couleur, contour in (
        (False, 9, "autres", "trait-fort"),
        (True, 15, "mien", "carte"),
    ):
        garder = [rang for rang, m in enumerate(miens) if m is choisi]
        trait = {"color": COULEURS["mien" if choisi else "trait-fort"], "thickness": 2 if choisi else 1}
        erreurs: dict[str, Any] = {}
        if "bas" in frame.columns and frame["bas"].count():
            erreurs[f"error_{axe}"] = _build_erreurs(frame, "bas", "haut", "valeur", garder) | trait
        if choisi and axe == "y" and "rang_bas" in frame.columns and frame["rang_bas"].count():
            erreurs["error_x"] = _build_erreurs(frame, "rang_bas", "rang_haut", "rang", garder) | trait
        add_points(
            dessin,
            [x[rang] for rang in garder],
            [y[rang] for rang in garder],
            [survols[rang] for rang in garder],
            nom="organisme choisi" if choisi else "autres organismes",
            taille=taille,
            couleur=couleur,
            contour=contour,
            ids=[str(rang) for rang in garder],  # the order of the walk by keyboard
            **erreurs,
        )


def _add_tout(dessin: Dessin, formes: list[dict[str, Any]], notes: list[dict[str, Any]]) -> None:
    for forme in formes:
        dessin.add_shape(**forme)
    for note in notes:
        dessin.add_annotation(**note)


def _build_bornes(valeurs: list[float], bas: float, haut: float) -> list[float]:
    """Axis range with a share of the spread left free below and above."""
    etendue = max(valeurs) - min(valeurs) or 1.0
    return [min(valeurs) - bas * etendue, max(valeurs) + haut * etendue]


def list_graduations(bornes: list[float], valeurs: list[float], unite: str | None) -> list[float]:
    """Round ticks of an axis that leaves room for labels: none below 0 nor above 100 % unless a value is there."""
    vise = (bornes[1] - bornes[0]) / _GRADUATIONS
    decade = 10.0 ** math.floor(math.log10(vise))
    pas = next(m * decade for m in (1, 2, 5, 10) if m * decade >= vise)
    bas = max(bornes[0], 0.0) if min(valeurs) >= 0 else bornes[0]
    haut = min(bornes[1], 100.0) if unite == "%" and max(valeurs) <= 100 else bornes[1]
    return [round(rang * pas, 9) for rang in range(math.ceil(bas / pas - 1e-9), math.floor(haut / pas + 1e-9) + 1)]


def _list_etendues(frame: pl.DataFrame) -> list[float]:
    """Values and bounds of their intervals: what the axis must hold."""
    colonnes = [nom for nom in ("valeur", "bas", "haut") if nom in frame.columns]
    return [v for nom in colonnes for v in frame[nom].drop_nulls()]


def _get_suffixe(unite: str | None) -> str:
    return f"{INSECABLE}{unite}" if unite in {"%", "€"} else ""


def _build_note(texte: str, **place: Any) -> dict[str, Any]:
    """An annotation without arrow, in the quiet text colour unless told otherwise."""
    return {"text": texte, "showarrow": False, "font": {"size": 12, "color": COULEURS["texte-doux"]}} | place


def _list_bande(quartiles: Quartiles, axe: str) -> list[dict[str, Any]]:
    """The middle half as a band and the median as a line, across the ``axe`` (« x » or « y ») of the values."""
    travers = "y" if axe == "x" else "x"
    commun = {f"{travers}ref": "paper", f"{travers}0": 0, f"{travers}1": 1, "layer": "below"}
    return [
        commun
        | {
            "type": "rect",
            f"{axe}0": quartiles.q1,
            f"{axe}1": quartiles.q3,
            "fillcolor": COULEURS["bande"],
            "line": {"width": 0},
        },
        commun
        | {
            "type": "line",
            f"{axe}0": quartiles.mediane,
            f"{axe}1": quartiles.mediane,
            "line": {"color": COULEURS["pairs"], "width": 1.5},
        },
    ]


def _build_lignes(
    frame: pl.DataFrame, quartiles: Quartiles, *, unite: str | None, decimales: int, mien: str | None
) -> go.Figure:
    """One named row per organisme, its value written at the right."""
    rangs = list(range(frame.height))
    valeurs = frame["valeur"].to_list()
    dessin = Dessin(hauteur=_MARGE_LIGNES + _HAUTEUR_LIGNE * frame.height)
    _add_points(dessin, frame, mien, valeurs, rangs, _list_survols(frame, unite, decimales), "x")
    noms, miens = [], []
    notes = [
        _build_note(
            f"trait\u00a0: médiane {format_valeur(quartiles.mediane, unite, decimales)}<br>"
            f"bande\u00a0: moitié centrale, {_format_bande(quartiles, unite, decimales)}",
            x=1,
            xref="paper",
            xanchor="right",
            y=1,
            yref="paper",
            yanchor="bottom",
            align="right",
        )
    ]
    for place, ligne in enumerate(frame.iter_rows(named=True)):
        choisi = ligne["code_organisme"] == mien
        nom = _wrap_deux_lignes(f"{format_rang(ligne['rang'])} · {ligne[_get_colonne_nom(frame)]}")
        valeur = format_valeur(ligne["valeur"], unite, decimales)
        noms.append(nom)
        miens.append(choisi)
        notes.append(build_fin(f"<b>{valeur}</b>", place, "mien") if choisi else build_fin(valeur, place))
    _add_tout(dessin, _list_bande(quartiles, "x"), notes)
    dessin.update_layout(
        margin={"t": 44, "r": 78},
        xaxis={
            "range": _build_bornes(_list_etendues(frame), 0.08, 0.08),
            "ticksuffix": _get_suffixe(unite),
            "nticks": 3,
            "tickangle": 0,
            "zeroline": False,
        },
        yaxis=build_axe_noms(noms, rangs, miens),
    )
    return dessin.build()


def _wrap_deux_lignes(nom: str) -> list[str]:
    """A name on two lines at most, never cut: the lines widen only as far as this one needs."""
    largeur = _LARGEUR_NOM
    while len(lignes := wrap(nom, largeur)) > 2:
        largeur += 1
    return lignes


def _format_bande(quartiles: Quartiles, unite: str | None, decimales: int) -> str:
    bas = format_valeur(quartiles.q1, None, decimales)
    return f"{bas} à {format_valeur(quartiles.q3, unite, decimales)}"


def _build_courbe(
    frame: pl.DataFrame, quartiles: Quartiles, *, unite: str | None, decimales: int, sens: Sens, mien: str | None
) -> go.Figure:
    """All dots along the ranks; labels sit on the side the curve leaves free."""
    cote = 1 if sens is Sens.BAS else -1  # the free side at the left: above when the curve goes up, below otherwise
    places = list(range(1, frame.height + 1))
    valeurs = frame["valeur"].to_list()
    etendues = _list_etendues(frame)
    bornes = _build_bornes(etendues, 0.1, 0.3) if cote > 0 else _build_bornes(etendues, 0.3, 0.1)
    pixels = _TRACE_COURBE / (bornes[1] - bornes[0])
    dessin = Dessin(hauteur=HAUTEUR_COURBE)
    _add_points(dessin, frame, mien, places, valeurs, _list_survols(frame, unite, decimales), "y")
    reperes = sorted({1, *(round(frame.height * part) for part in (0.25, 0.5, 0.75)), frame.height})
    notes = [
        *_list_reperes(quartiles, unite, decimales, cote, pixels),
        *_list_extremes(frame, unite, decimales, cote, mien),
        *_list_miennes(frame, unite, decimales, cote, pixels, mien),
    ]
    _add_tout(dessin, _list_bande(quartiles, "y"), notes)
    graduations = list_graduations(bornes, etendues, unite)
    fines = max([0, *(count_decimales(v) for v in graduations)])  # negative for tens
    dessin.update_layout(
        xaxis={
            "range": [0, frame.height + 1],
            "tickvals": reperes,
            "ticktext": [format_rang(frame["rang"][place - 1]) for place in reperes],
        },
        yaxis={
            "range": bornes,
            "tickvals": graduations,
            "ticktext": [f"{format_nombre(v, fines)}{_get_suffixe(unite)}" for v in graduations],
            "zeroline": False,
        },
    )
    return dessin.build()


def _list_reperes(
    quartiles: Quartiles, unite: str | None, decimales: int, cote: int, pixels: float
) -> list[dict[str, Any]]:
    """Labels of the median line and of the band at the right end, on the side free of dots there."""
    bord = quartiles.q1 if cote > 0 else quartiles.q3
    mediane = f"médiane {format_valeur(quartiles.mediane, unite, decimales)}"
    bande = f"moitié centrale {_format_bande(quartiles, unite, decimales)}"
    textes = [(quartiles.mediane, mediane), (bord, bande)]
    if abs(bord - quartiles.mediane) * pixels < 18:
        textes = [(bord, f"{mediane}<br>{bande}")]
    ancres = {"x": 1, "xref": "paper", "xanchor": "right", "yanchor": "top" if cote > 0 else "bottom", "align": "right"}
    return [_build_note(texte, y=hauteur, **ancres) for hauteur, texte in textes]


def _list_extremes(
    frame: pl.DataFrame, unite: str | None, decimales: int, cote: int, mien: str | None
) -> list[dict[str, Any]]:
    """Labels of the first and the last dots, unless they are mine; those who share the value are counted."""
    nom = _get_colonne_nom(frame)
    notes = []
    for rang, place, ancre, decalage in ((0, 1, "left", -cote * 15), (-1, frame.height, "right", cote * 17)):
        ligne = frame.row(rang, named=True)
        if ligne["code_organisme"] == mien:
            continue
        autres = frame.filter(pl.col("rang") == ligne["rang"]).height - 1
        suite = f" et {autres} ex æquo" if autres else ""
        texte = f"{ligne[nom]}{suite} {format_valeur(ligne['valeur'], unite, decimales)}"
        couleur = {"size": 12, "color": COULEURS["texte"]}
        notes.append(_build_note(texte, x=place, xanchor=ancre, y=ligne["valeur"], yshift=decalage, font=couleur))
    return notes


def _list_miennes(
    frame: pl.DataFrame, unite: str | None, decimales: int, cote: int, pixels: float, mien: str | None
) -> list[dict[str, Any]]:
    """The label of mine, tied to its dot; it moves away when it would cover the last's."""
    dernier = frame["valeur"][-1]
    miennes = frame.with_row_index("place", offset=1).filter(pl.col("code_organisme") == (mien or ""))
    notes = []
    for ligne in miennes.iter_rows(named=True):
        part = ligne["place"] / frame.height
        cadrage = "left" if part < 0.3 else "right" if part > 0.55 else "center"
        ecart = abs(dernier - ligne["valeur"]) * pixels + 17
        libre = abs(ecart - 42) >= 30 or ligne["place"] == frame.height
        distance = 42 if libre else round(ecart) + 32  # else beyond the last's label
        notes.append(
            {
                "text": f"<b>{ligne['nom']}</b><br>{format_valeur(ligne['valeur'], unite, decimales)}, "
                f"{format_rang(ligne['rang'])}",
                "x": ligne["place"],
                "y": ligne["valeur"],
                "xanchor": cadrage,
                "align": cadrage,
                "ax": 0,
                "ay": -cote * distance,
                "showarrow": True,
                "arrowhead": 0,
                "arrowwidth": 1.5,
                "arrowcolor": COULEURS["mien"],
                "bgcolor": FOND_ETIQUETTE,
                "standoff": 8,
                "font": {"size": 13, "color": COULEURS["mien"]},
            }
        )
    return notes
