"""Funnel plot: each organisme at its size, the limits inside which chance alone explains a gap. Pure functions."""

from __future__ import annotations

import math
from itertools import pairwise

import plotly.graph_objects as go
import polars as pl

from components.figures.etiquettes import Nom, place_noms
from components.figures.formats import INSECABLE, format_nombre, format_rang, format_valeur
from components.figures.gabarit import Dessin
from components.figures.marques import FOND_ETIQUETTE, add_points
from components.figures.rangees import build_fin, build_ligne
from components.theme import COULEURS
from data.calculs.entonnoir import NIVEAUX, Entonnoir, list_limites

_HAUTEUR = 470
_POINTS_COURBE = 80
_NOMS_MAX = 6
# Multiples of the powers of ten, and the narrowest gap between two of them, in decades.
_GRADUATIONS = tuple(
    (multiples, min(math.log10(b / a) for a, b in pairwise((*multiples, 10))))
    for multiples in (tuple(range(1, 10)), (1, 2, 5), (1, 3))
)
_ECART_GRADUATIONS = 0.2  # of the axis, between two of its labels
_TRACE = 395  # pixels left to the plot area, axis apart
_TRAITS = {0.95: "dash", 0.998: "solid"}


def build_entonnoir_figure(
    entonnoir: Entonnoir,
    frame: pl.DataFrame,
    *,
    unite: str | None,
    decimales: int,
    ajuste: bool,
    titre_taille: str,
    mien: str | None = None,
) -> go.Figure:
    """Dots over two pairs of limits, sizes on a logarithmic axis.

    Args:
        entonnoir: funnel of a proportion, a point per row of ``frame``, in order.
        frame: code_organisme, nom, nom_court, valeur (%), rang.
        unite: unit of the values.
        decimales: decimals of the labels.
        ajuste: draw limits adjusted for over-dispersion, else the raw ones.
        titre_taille: title of the horizontal axis.
        mien: code of the organisme to mark.
    """
    tailles = [point.taille for point in entonnoir.points]
    gauche, droite = min(tailles) / 1.25, max(tailles) * 1.25
    grille = [gauche * (droite / gauche) ** (i / (_POINTS_COURBE - 1)) for i in range(_POINTS_COURBE)]
    tau2 = entonnoir.tau2 if ajuste else 0.0
    dessin = Dessin(hauteur=_HAUTEUR)
    bords: list[tuple[str, float]] = []
    for niveau in NIVEAUX:
        couples = list_limites(entonnoir.reference, grille, niveau, tau2=tau2)
        for cote in (0, 1):
            dessin.add_scatter(
                x=grille,
                y=[100 * couple[cote] for couple in couples],
                mode="lines",
                hoverinfo="skip",
                name=f"limite à {_format_niveau(niveau)}",
                line={"color": COULEURS["trait-fort"], "width": 1.2, "dash": _TRAITS[niveau]},
            )
        bords.append((_format_niveau(niveau), 100 * couples[-1][1]))
    valeurs = frame["valeur"].to_list()
    bornes = _compute_bornes(valeurs, entonnoir, ajuste=ajuste)
    dessin.add_shape(**build_ligne(100 * entonnoir.reference, "pairs", 1.5), layer="below")
    _add_points(dessin, entonnoir, frame, unite, decimales, mien, ajuste=ajuste)
    abscisses = [math.log10(gauche), math.log10(droite)]
    _add_noms(dessin, entonnoir, frame, unite, decimales, mien, (abscisses, bornes), ajuste=ajuste)
    bords.append((f"groupe {format_valeur(100 * entonnoir.reference, unite, decimales)}", 100 * entonnoir.reference))
    _add_bords(dessin, bords, bornes)
    dessin.update_layout(
        margin={"r": 104, "t": 16},
        xaxis={
            "type": "log",
            "range": abscisses,
            "title": {"text": titre_taille},
            "tickvals": (graduations := list_graduations(gauche, droite)),
            "ticktext": [format_nombre(v, 0) for v in graduations],
            "tickangle": 0,
        },
        yaxis={"range": bornes, "ticksuffix": f"{INSECABLE}{unite}" if unite == "%" else "", "zeroline": False},
    )
    return dessin.build()


def _format_niveau(niveau: float) -> str:
    return f"{format_nombre(100 * niveau, 0 if niveau == 0.95 else 1)}{INSECABLE}%"


def _compute_bornes(valeurs: list[float], entonnoir: Entonnoir, *, ajuste: bool) -> list[float]:
    """The dots and the limits at the sizes that exist, within 0 and 100."""
    limites = [p.limites_ajustees[0] if ajuste else p.limites[0] for p in entonnoir.points]
    tous = [*valeurs, *(100 * bord for couple in limites for bord in couple)]
    marge = 0.06 * ((max(tous) - min(tous)) or 1.0)
    return [max(-1.0, min(tous) - marge), min(101.0, max(tous) + marge)]


def list_graduations(gauche: float, droite: float) -> list[float]:
    """Round sizes, as many as a phone can write apart: every whole multiple of a power of ten, or some, or it alone."""
    bas, haut = math.log10(gauche), math.log10(droite)
    multiples = next((m for m, serre in _GRADUATIONS if serre >= _ECART_GRADUATIONS * (haut - bas)), (1,))
    decades = range(math.floor(bas), math.ceil(haut) + 1)
    return [m * 10.0**d for d in decades for m in multiples if gauche <= m * 10.0**d <= droite]


def _add_points(
    dessin: Dessin,
    entonnoir: Entonnoir,
    frame: pl.DataFrame,
    unite: str | None,
    decimales: int,
    mien: str | None,
    *,
    ajuste: bool,
) -> None:
    """Inside in pale grey, beyond 95 % hollow, beyond 99,8 % dark diamonds, mine in brand blue."""
    lignes = list(frame.iter_rows(named=True))
    depassements = [p.depassement_ajuste if ajuste else p.depassement for p in entonnoir.points]
    ordre = sorted(range(len(lignes)), key=lambda i: entonnoir.points[i].taille)
    rang_parcours = {place: rang for rang, place in enumerate(ordre)}

    def get_role(i: int) -> str:
        if lignes[i]["code_organisme"] == mien:
            return "mien"
        return {None: "dedans", 0.95: "alerte", 0.998: "dehors"}[depassements[i]]

    for role, nom, symbole, taille, couleur, contour in (
        ("dedans", "dans les limites", "circle", 8, "autres", "trait-fort"),
        ("alerte", "hors de 95 %", "circle-open", 9, "texte", "texte"),
        ("dehors", "hors de 99,8 %", "diamond", 10, "texte", "carte"),
        ("mien", "organisme choisi", "circle", 15, "mien", "carte"),
    ):
        gardees = [i for i in range(len(lignes)) if get_role(i) == role]
        if not gardees:
            continue
        add_points(
            dessin,
            [entonnoir.points[i].taille for i in gardees],
            [lignes[i]["valeur"] for i in gardees],
            [
                f"<b>{lignes[i]['nom']}</b><br>{format_valeur(lignes[i]['valeur'], unite, decimales)}, "
                f"{format_rang(lignes[i]['rang'])} sur {len(lignes)}<br>taille "
                f"{format_nombre(entonnoir.points[i].taille, 0)}, {_format_depassement(depassements[i])}"
                for i in gardees
            ],
            nom=nom,
            taille=taille,
            couleur=couleur,
            contour=contour,
            trait=1.5 if role == "alerte" else 0.8,
            symbole=symbole,
            ids=[str(rang_parcours[i]) for i in gardees],
        )


def _format_depassement(niveau: float | None) -> str:
    return "dans les limites" if niveau is None else f"hors des limites à {_format_niveau(niveau)}"


def _add_noms(
    dessin: Dessin,
    entonnoir: Entonnoir,
    frame: pl.DataFrame,
    unite: str | None,
    decimales: int,
    mien: str | None,
    cadre: tuple[list[float], list[float]],
    *,
    ajuste: bool,
) -> None:
    """Mine, then the farthest outliers whose names find room. ``cadre``: ranges of both axes, log10 of the sizes."""
    lignes = list(frame.iter_rows(named=True))
    choisis = [i for i, ligne in enumerate(lignes) if ligne["code_organisme"] == mien]
    hors = [p.rang for p in entonnoir.list_hors_limites(ajuste=ajuste) if p.rang not in choisis]
    tailles = [math.log10(p.taille) for p in entonnoir.points]
    (gauche, droite), (bas, haut) = cadre
    points = [
        ((taille - gauche) / (droite - gauche), (ligne["valeur"] - bas) / (haut - bas))
        for taille, ligne in zip(tailles, lignes, strict=True)
    ]
    textes = [ligne["nom_court"].split(" (")[0] for ligne in lignes]
    for i in choisis:
        textes[i] = f"{textes[i]} {format_valeur(lignes[i]['valeur'], unite, decimales)}"
    noms = [Nom(i, textes[i], oblige=i in choisis) for i in [*choisis, *hors]]
    for ecrit in place_noms(points, noms, hauteur=_TRACE, maximum=_NOMS_MAX + 1):
        i = ecrit.pop("rang")
        dessin.add_annotation(
            x=tailles[i],
            y=lignes[i]["valeur"],
            text=f"<b>{textes[i]}</b>" if i in choisis else textes[i],
            bgcolor=FOND_ETIQUETTE,
            arrowcolor=COULEURS["mien"],
            font={"size": 12, "color": COULEURS["mien" if i in choisis else "texte"]},
            **ecrit,
        )


def _add_bords(dessin: Dessin, bords: list[tuple[str, float]], bornes: list[float]) -> None:
    """Names of the limits and of the centre in the right margin, kept apart."""
    ecart = 0.045 * (bornes[1] - bornes[0])
    precedent: float | None = None
    for texte, y in sorted(bords, key=lambda bord: bord[1]):
        place = min(max(y, bornes[0]), bornes[1])
        if precedent is not None and place - precedent < ecart:
            place = precedent + ecart
        precedent = place
        dessin.add_annotation(**build_fin(texte, place))
