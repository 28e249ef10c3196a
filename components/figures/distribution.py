"""Distributions: strips by type, histogram of a group, two years side by side. Pure functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import floor
from typing import Any

import plotly.graph_objects as go
import polars as pl

from components.figures.formats import INSECABLE, format_nombre, format_pluriel, format_valeur
from components.figures.gabarit import Dessin
from components.figures.rangees import build_axe_muet, build_fin, build_ligne
from components.theme import COULEURS
from data.calculs.position import Classe, Quartiles

_HAUTEUR_TYPE = 74
_HAUTEUR_DEUX_ANS = 66
_HAUTEUR_DEUX_LIGNES = 88  # of a row whose name and detail are on two lines
_LARGEUR_TITRE = 45  # characters a phone shows on one line
_MARGES = 64
_CASES = 140  # width of a swarm's bin: the axis divided by this


def compute_decalages(valeurs: Sequence[float], pas: float, amplitude: float) -> list[float]:
    """Vertical shifts of a swarm, without randomness: values of one bin of width ``pas`` alternate around zero.

    Returns:
        One shift per value, in the order given, between -``amplitude`` and +``amplitude``.
    """
    cases = [floor(v / pas) for v in valeurs]
    plus_remplie = max(Counter(cases).values(), default=1)
    unite = amplitude / max(plus_remplie // 2, 4)
    vus: Counter[int] = Counter()
    decalages = []
    for case in cases:
        rang = vus[case]
        vus[case] += 1
        decalages.append(unite * ((rang + 1) // 2) * (1 if rang % 2 else -1))
    return decalages


def build_distribution_figure(frame: pl.DataFrame, quartiles: dict[str, Quartiles]) -> go.Figure:
    """One row per type: every organisme as a dot, the quartile box of its type behind, the median at the right.

    Args:
        frame: rows in the order of the types: libelle_type, nom, nom_court, valeur (%).
        quartiles: by libelle_type; a type of one organisme needs none.
    """
    types = frame["libelle_type"].unique(maintain_order=True).to_list()
    basse = 5 * floor((frame["valeur"].min() - 4) / 5) if frame.height else 0  # type: ignore[operator]
    bornes = [basse, 101.0]
    dessin = Dessin(hauteur=_MARGES + _HAUTEUR_TYPE * len(types))
    notes = [build_fin("médiane", -0.62)]
    formes: list[dict[str, Any]] = []
    for rang, libelle in enumerate(types):
        lignes = frame.filter(pl.col("libelle_type") == libelle).sort("valeur")
        valeurs = lignes["valeur"].to_list()
        if len(valeurs) > 1:
            formes += _list_boite(rang, quartiles[libelle], min(valeurs), max(valeurs))
        decalages = compute_decalages(valeurs, (bornes[1] - bornes[0]) / _CASES, 0.2)
        dessin.add_scatter(
            x=valeurs,
            y=[rang + 0.14 + d for d in decalages],
            mode="markers",
            cliponaxis=False,
            marker={
                "size": 7,
                "color": COULEURS["mien"],
                "opacity": 0.62,
                "line": {"width": 0.7, "color": COULEURS["carte"]},
            },
            name=libelle,
            customdata=[
                f"<b>{nom}</b><br>{format_valeur(v, '%', 2)}" for nom, v in zip(lignes["nom"], valeurs, strict=True)
            ],
            hovertemplate="%{customdata}<extra></extra>",
        )
        notes.append(_build_titre(rang, f"<b>{libelle}</b> · {format_pluriel(len(valeurs), 'organisme')}"))
        milieu = quartiles[libelle].mediane if len(valeurs) > 1 else valeurs[0]
        notes.append(build_fin(format_valeur(milieu, "%", 2), rang + 0.14))
        if len(valeurs) > 1:
            a_gauche = valeurs[0] > bornes[0] + 0.3 * (bornes[1] - bornes[0])  # room for the name before the dot
            notes.append(
                {
                    "text": f"{lignes['nom_court'][0].split(' (')[0]} {format_nombre(valeurs[0], 2)}",
                    "x": valeurs[0],
                    "y": rang + 0.14,
                    "yshift": 0 if a_gauche else -14,
                    "xanchor": "right" if a_gauche else "left",
                    "xshift": -6 if a_gauche else -4,
                    "showarrow": False,
                    "font": {"size": 11, "color": COULEURS["texte-doux"]},
                }
            )
    formes += _list_separations(len(types))
    dessin.update_layout(**_build_lignes(len(types), bornes, haut=-0.75, marge=76), annotations=notes, shapes=formes)
    return dessin.build()


def _list_boite(rang: int, quartiles: Quartiles, mini: float, maxi: float) -> list[dict[str, Any]]:
    """Quartile box behind the dots, thin line from lowest to highest, thick median."""
    centre = rang + 0.14
    haut_bas = {"y0": centre - 0.26, "y1": centre + 0.26}
    etendue = {"color": COULEURS["trait"], "width": 1}
    return [
        {"type": "line", "x0": mini, "x1": maxi, "y0": centre, "y1": centre, "layer": "below", "line": etendue},
        haut_bas
        | {
            "type": "rect",
            "x0": quartiles.q1,
            "x1": quartiles.q3,
            "layer": "below",
            "fillcolor": COULEURS["bande"],
            "line": {"color": COULEURS["trait-fort"], "width": 1},
        },
        haut_bas
        | {
            "type": "line",
            "x0": quartiles.mediane,
            "x1": quartiles.mediane,
            "line": {"color": COULEURS["texte"], "width": 2.5},
        },
    ]


def _build_titre(rang: int, texte: str, *, deux_lignes: bool = False) -> dict[str, Any]:
    """The name of a row, above its marks."""
    return {
        "text": texte,
        "x": 0,
        "xref": "paper",
        "xanchor": "left",
        "y": rang - (0.28 if deux_lignes else 0.32),
        "align": "left",
        "showarrow": False,
        "bgcolor": COULEURS["carte"],  # no gridline through the words
        "font": {"size": 11 if deux_lignes else 12, "color": COULEURS["texte"]},
    }


def _list_separations(nombre: int) -> list[dict[str, Any]]:
    """Thin lines between rows."""
    return [build_ligne(rang - 0.5, "trait") | {"layer": "below"} for rang in range(1, nombre)]


def _build_lignes(nombre: int, bornes: list[float], *, haut: float, marge: int) -> dict[str, Any]:
    """Layout of rows from top (``haut``, in rows) to bottom, without tick labels (titles are above the rows).

    Percentages below, ``marge`` pixels at the right for the values.
    """
    return {
        "yaxis": build_axe_muet(nombre - 0.45, haut),
        "xaxis": {
            "range": bornes,
            "ticksuffix": f"{INSECABLE}%",
            "nticks": 6,
            "showgrid": True,
            "zeroline": False,
        },
        "margin": {"r": marge},
    }


def build_histogramme_figure(classes: Sequence[Classe], *, unite: str | None, mienne: float | None) -> go.Figure:
    """Number of organismes per class of value; the class holding ``mienne`` in brand blue, counts on the bars.

    Args:
        classes: contiguous classes (see ``compute_classes``), low to high.
        unite: unit of the bounds.
        mienne: value of the chosen organisme, if any.
    """
    textes = [format_classe(c, unite) for c in classes]
    miennes = [_check_dedans(c, mienne) for c in classes]
    dessin = Dessin(hauteur=260)
    dessin.add_bar(
        x=[(c.borne_basse + c.borne_haute) / 2 for c in classes],
        y=[c.effectif for c in classes],
        width=[(c.borne_haute - c.borne_basse) * 0.94 for c in classes],
        marker={
            "color": [COULEURS["mien"] if m else COULEURS["autres"] for m in miennes],
            "line": {"width": 1, "color": [COULEURS["mien"] if m else COULEURS["trait-fort"] for m in miennes]},
        },
        text=[f"<b>{c.effectif}</b>" if m else str(c.effectif) for c, m in zip(classes, miennes, strict=True)],
        textposition="outside",
        cliponaxis=False,
        customdata=[
            f"{texte}<br>{format_pluriel(c.effectif, 'organisme')}" for c, texte in zip(classes, textes, strict=True)
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )
    dessin.update_layout(
        xaxis={
            "tickvals": [c.borne_basse for c in classes] + [classes[-1].borne_haute],
            "ticksuffix": f"{INSECABLE}{unite}" if unite in {"%", "€"} else "",
            "zeroline": False,
        }
    )
    haut = max(c.effectif for c in classes)
    dessin.update_layout(yaxis={"range": [0, haut * 1.15], "title": "organismes", "nticks": 5})
    return dessin.build()


def _check_dedans(classe: Classe, valeur: float | None) -> bool:
    if valeur is None or valeur < classe.borne_basse:
        return False
    return valeur < classe.borne_haute or (classe.fermee and valeur == classe.borne_haute)


def format_classe(classe: Classe, unite: str | None) -> str:
    """« de 92 à moins de 94 % », or « de 98 à 100 % » when the class is closed."""
    decimales = 0 if classe.borne_basse % 1 == 0 and classe.borne_haute % 1 == 0 else 2
    lien = "à" if classe.fermee else "à moins de"
    haute = format_valeur(classe.borne_haute, unite, decimales)
    return f"de {format_nombre(classe.borne_basse, decimales)} {lien} {haute}"


def build_deux_ans_figure(frame: pl.DataFrame, *, annees: tuple[int, int]) -> go.Figure:
    """Two years side by side, one row per entity: a dot for the printed mean, a line from minimum to maximum.

    Args:
        frame: rows in order: libelle, detail (after the name, may be empty), avant, apres (%, null = not printed),
            and minimum_avant, maximum_avant, minimum_apres, maximum_apres (%, null = none).
        annees: (earlier, later).
    """
    presentes = [
        valeur
        for colonne in ("avant", "apres", "minimum_avant", "minimum_apres")
        for valeur in frame[colonne].drop_nulls().to_list()
    ]
    bornes = [max(5 * floor((min(presentes) - 3) / 5), 0), 101.0]
    longueurs = frame["libelle"].str.len_chars() + frame["detail"].str.len_chars()
    deux_lignes = bool((longueurs > _LARGEUR_TITRE).any())
    dessin = Dessin(hauteur=_MARGES + (_HAUTEUR_DEUX_LIGNES if deux_lignes else _HAUTEUR_DEUX_ANS) * frame.height)
    notes: list[dict[str, Any]] = []
    formes: list[dict[str, Any]] = []
    series = (
        ("apres", annees[1], 0.02, "circle", "mien"),
        ("avant", annees[0], 0.3, "diamond-open", "pairs"),
    )
    for cle, annee, decalage, symbole, couleur in series:
        lignes = frame.with_row_index("rang").filter(pl.col(cle).is_not_null())
        formes += [
            {
                "type": "line",
                "x0": ligne[f"minimum_{cle}"],
                "x1": ligne[f"maximum_{cle}"],
                "y0": ligne["rang"] + decalage,
                "y1": ligne["rang"] + decalage,
                "layer": "between",
                "line": {"color": COULEURS[couleur], "width": 2},
                "opacity": 0.45,
            }
            for ligne in lignes.iter_rows(named=True)
            if ligne[f"minimum_{cle}"] is not None
        ]
        dessin.add_scatter(
            x=lignes[cle].to_list(),
            y=[rang + decalage for rang in lignes["rang"]],
            mode="markers",
            cliponaxis=False,
            marker={
                "size": 11,
                "symbol": symbole,
                "color": COULEURS[couleur],
                "line": {"width": 2, "color": COULEURS[couleur]},
            },
            name=str(annee),
            customdata=[_format_survol(ligne, cle, annee) for ligne in lignes.iter_rows(named=True)],
            hovertemplate="%{customdata}<extra></extra>",
        )
        notes += [
            build_fin(f"{annee}\u00a0: {format_nombre(valeur, 1)}", rang + decalage, couleur)
            for rang, valeur in enumerate(frame[cle])
        ]
    for rang, ligne in enumerate(frame.iter_rows(named=True)):
        suite = f"{'<br>' if deux_lignes else ' · '}{ligne['detail']}" if ligne["detail"] else ""
        notes.append(_build_titre(rang, f"<b>{ligne['libelle']}</b>{suite}", deux_lignes=deux_lignes))
    formes += _list_separations(frame.height)
    dessin.update_layout(**_build_lignes(frame.height, bornes, haut=-0.55, marge=92), annotations=notes, shapes=formes)
    return dessin.build()


def _format_survol(ligne: dict[str, object], cle: str, annee: int) -> str:
    texte = f"<b>{ligne['libelle']}</b><br>{annee}\u00a0: {_format_taux(ligne[cle])}"
    if ligne[f"minimum_{cle}"] is None:
        return texte
    return f"{texte}<br>de {_format_taux(ligne[f'minimum_{cle}'])} à {_format_taux(ligne[f'maximum_{cle}'])}"


def _format_taux(valeur: object) -> str:
    return format_valeur(valeur if isinstance(valeur, float) else None, "%", 1)
