"""Funnel plot: each organisme at its size, the limits inside which chance alone explains a gap. Pure functions."""

from __future__ import annotations

import math
from typing import Any

import plotly.graph_objects as go
import polars as pl

from components.figures.formats import INSECABLE, format_nombre, format_rang, format_valeur
from components.figures.gabarit import Dessin
from components.theme import COULEURS
from data.calculs.entonnoir import NIVEAUX, Entonnoir, compute_limites

_HAUTEUR = 470
_POINTS_COURBE = 80
_NOMS_MAX = 6
_ECART_NOMS = 0.06  # of the height: labels closer than this to one already placed are left out
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
        couples = [compute_limites(entonnoir.reference, n, niveau, tau2=tau2) for n in grille]
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
    dessin.add_shape(
        type="line",
        xref="paper",
        x0=0,
        x1=1,
        y0=100 * entonnoir.reference,
        y1=100 * entonnoir.reference,
        layer="below",
        line={"color": COULEURS["pairs"], "width": 1.5},
    )
    _add_points(dessin, entonnoir, frame, unite, decimales, mien, ajuste=ajuste)
    _add_noms(dessin, entonnoir, frame, unite, decimales, mien, bornes, ajuste=ajuste)
    bords.append((f"groupe {format_valeur(100 * entonnoir.reference, unite, decimales)}", 100 * entonnoir.reference))
    _add_bords(dessin, bords, bornes)
    dessin.update_layout(
        margin={"r": 104, "t": 16},
        xaxis={
            "type": "log",
            "range": [math.log10(gauche), math.log10(droite)],
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
    """The powers of ten when there are two or more (a phone has no room for others), else 1, 2 and 5 times them."""
    decades = range(math.floor(math.log10(gauche)), math.ceil(math.log10(droite)) + 1)
    puissances = [10.0**d for d in decades if gauche <= 10.0**d <= droite]
    if len(puissances) > 1:
        return puissances
    return [m * 10.0**d for d in decades for m in (1, 2, 5) if gauche <= m * 10.0**d <= droite]


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

    for role, symbole, taille, couleur, contour in (
        ("dedans", "circle", 8, "autres", "trait-fort"),
        ("alerte", "circle-open", 9, "texte", "texte"),
        ("dehors", "diamond", 10, "texte", "carte"),
        ("mien", "circle", 15, "mien", "carte"),
    ):
        gardees = [i for i in range(len(lignes)) if get_role(i) == role]
        if not gardees:
            continue
        dessin.add_scatter(
            x=[entonnoir.points[i].taille for i in gardees],
            y=[lignes[i]["valeur"] for i in gardees],
            ids=[str(rang_parcours[i]) for i in gardees],
            mode="markers",
            cliponaxis=False,
            name={"dedans": "dans les limites", "alerte": "hors de 95 %", "dehors": "hors de 99,8 %"}.get(
                role, "organisme choisi"
            ),
            marker={
                "symbol": symbole,
                "size": taille,
                "color": COULEURS[couleur],
                "line": {"width": 1.5 if role == "alerte" else 0.8, "color": COULEURS[contour]},
            },
            customdata=[
                f"<b>{lignes[i]['nom']}</b><br>{format_valeur(lignes[i]['valeur'], unite, decimales)}, "
                f"{format_rang(lignes[i]['rang'])} sur {len(lignes)}<br>taille "
                f"{format_nombre(entonnoir.points[i].taille, 0)}, {_format_depassement(depassements[i])}"
                for i in gardees
            ],
            hovertemplate="%{customdata}<extra></extra>",
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
    bornes: list[float],
    *,
    ajuste: bool,
) -> None:
    """Mine, then the farthest outliers whose names do not collide."""
    lignes = list(frame.iter_rows(named=True))
    choisis = [i for i, ligne in enumerate(lignes) if ligne["code_organisme"] == mien]
    choisis += [p.rang for p in entonnoir.list_hors_limites(ajuste=ajuste) if p.rang not in choisis]
    places: list[tuple[float, float]] = []
    tailles = [math.log10(p.taille) for p in entonnoir.points]
    etendue = (max(tailles) - min(tailles)) or 1.0
    for i in choisis:
        x, y = (tailles[i] - min(tailles)) / etendue, (lignes[i]["valeur"] - bornes[0]) / (bornes[1] - bornes[0])
        if len(places) > _NOMS_MAX or any(abs(y - py) < _ECART_NOMS and abs(x - px) < 0.3 for px, py in places):
            continue
        places.append((x, y))
        le_mien = lignes[i]["code_organisme"] == mien
        nom = lignes[i]["nom_court"].split(" (")[0]
        texte = f"<b>{nom} {format_valeur(lignes[i]['valeur'], unite, decimales)}</b>" if le_mien else nom
        dessin.add_annotation(
            x=tailles[i],
            y=lignes[i]["valeur"],
            text=texte,
            showarrow=False,
            xanchor="left" if x < 0.6 else "right",
            xshift=10 if x < 0.6 else -10,
            bgcolor="rgba(255,255,255,0.8)",
            font={"size": 12, "color": COULEURS["mien" if le_mien else "texte"]},
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
        dessin.add_annotation(**_build_bord(texte, place))


def _build_bord(texte: str, y: float) -> dict[str, Any]:
    return {
        "text": texte,
        "x": 1,
        "xref": "paper",
        "xanchor": "left",
        "xshift": 6,
        "y": y,
        "showarrow": False,
        "font": {"size": 12, "color": COULEURS["texte-doux"]},
    }
