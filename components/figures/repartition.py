"""Counts of organismes: the classes of score by type, and the outcome of each indicateur. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import Any

import plotly.graph_objects as go
import polars as pl

from components.figures.formats import INSECABLE, format_nombre, format_pluriel
from components.figures.gabarit import Dessin
from components.figures.rangees import build_axe_muet
from components.theme import COULEURS, SEQUENTIELLE

# (column, words, fill, pattern, colour of the text written inside)
ISSUES: tuple[tuple[str, str, str, str, str], ...] = (
    ("nb_100", "à 100\u00a0%", COULEURS["marque"], "", COULEURS["carte"]),
    ("nb_inferieur_100", "en dessous de 100\u00a0%", SEQUENTIELLE[1], "", COULEURS["texte"]),
    ("nb_nul", "nul", COULEURS["moins-pale"], "/", COULEURS["texte"]),
    ("nb_neutralise", "neutralisé", COULEURS["carte"], "x", COULEURS["texte"]),
)
_HAUTEUR_INDICATEUR = 62
_LARGEUR_TITRE = 52
_PART_SOMBRE = 0.62
_PART_MIN_ECRITE = 8.0  # a narrower segment (%) has its count in the line under the title only


def build_tranches_figure(frame: pl.DataFrame, types: Sequence[str], tranches: Sequence[tuple[str, str]]) -> go.Figure:
    """Counts per class of score (rows, high to low) and type (columns): the printed table, shaded.

    Args:
        frame: tranche, type_organisme, nombre. A count of zero is written « 0 », not hidden.
        types: columns, in order; « TOTAL » is written apart, without shade.
        tranches: (code, words) rows, low to high.
    """
    nombres = {(ligne["type_organisme"], ligne["tranche"]): ligne["nombre"] for ligne in frame.iter_rows(named=True)}
    effectifs = {t: sum(nombres[t, code] for code, _ in tranches) for t in types}
    dessin = Dessin(hauteur=74 + 40 * len(tranches))
    dessin.add_heatmap(
        x=list(range(len(types))),
        y=list(range(len(tranches))),
        z=[
            [None if t == "TOTAL" or not nombres[t, code] else 100 * nombres[t, code] / effectifs[t] for t in types]
            for code, _ in tranches
        ],
        zmin=0,
        zmax=100,
        colorscale=[[i / 4, couleur] for i, couleur in enumerate(SEQUENTIELLE[:5])],
        showscale=False,
        xgap=2,
        ygap=2,
        customdata=[
            [
                f"<b>{t}</b>, score {mots}<br>{format_pluriel(nombres[t, code], 'organisme')} sur {effectifs[t]}"
                for t in types
            ]
            for code, mots in tranches
        ],
        hovertemplate="%{customdata}<extra></extra>",
        hoverongaps=False,
    )
    dessin.update_layout(
        annotations=[
            _build_nombre(colonne, rang, nombres[t, code], 0 if t == "TOTAL" else effectifs[t])
            for colonne, t in enumerate(types)
            for rang, (code, _) in enumerate(tranches)
        ]
    )
    dessin.update_layout(
        xaxis={
            "side": "top",
            "tickvals": list(range(len(types))),
            "ticktext": [f"<b>{t}</b>" if t == "TOTAL" else t for t in types],
            "range": [-0.5, len(types) - 0.5],
            "tickfont": {"size": 11},
            "showline": False,
            "zeroline": False,
            "ticks": "",
        }
    )
    dessin.update_layout(
        yaxis={
            "tickvals": list(range(len(tranches))),
            "ticktext": ["<br>".join(wrap(mots, 15)) for _, mots in tranches],
            "showgrid": False,
            "showline": False,
            "zeroline": False,
            "ticks": "",
        }
    )
    return dessin.build()


def _build_nombre(colonne: int, rang: int, nombre: int, effectif: int) -> dict[str, Any]:
    """One count of the table, white where its share of ``effectif`` makes the cell dark."""
    sombre = effectif > 0 and nombre / effectif > _PART_SOMBRE
    encre = "carte" if sombre else "texte" if nombre else "texte-doux"
    return {
        "text": f"<b>{nombre}</b>" if nombre else "0",
        "x": colonne,
        "y": rang,
        "showarrow": False,
        "font": {"size": 13, "color": COULEURS[encre]},
    }


def build_repartition_figure(frame: pl.DataFrame) -> go.Figure:
    """One stacked bar per indicateur: share of the organismes at 100 %, below, nul, neutralisé, counts written in.

    Args:
        frame: rows in order: titre, detail, nb_100, nb_inferieur_100, nb_nul, nb_neutralise (null = not printed).
            A row without any count has no bar and says so.
    """
    frame = frame.with_row_index("rang").with_columns(
        pl.sum_horizontal([colonne for colonne, *_ in ISSUES]).alias("effectif")
    )
    dessin = Dessin(hauteur=78 + _HAUTEUR_INDICATEUR * frame.height)
    imprimees = frame.filter(pl.col("effectif") > 0)
    for colonne, mots, couleur, motif, encre in ISSUES:
        nombres = imprimees[colonne].fill_null(0).to_list()
        if not any(nombres):
            continue
        parts = [100 * n / effectif for n, effectif in zip(nombres, imprimees["effectif"], strict=True)]
        dessin.add_bar(
            x=parts,
            y=[rang + 0.2 for rang in imprimees["rang"]],
            orientation="h",
            width=0.34,
            name=mots,
            marker={
                "color": couleur,
                "line": {"width": 1, "color": COULEURS["texte-doux"]},
                "pattern": {
                    "shape": motif,
                    "fgcolor": COULEURS["moins" if motif == "/" else "trait-fort"],
                    "size": 10,
                    "solidity": 0.14,
                },
            },
            text=[str(n) if part >= _PART_MIN_ECRITE else "" for n, part in zip(nombres, parts, strict=True)],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            textfont={"color": encre, "size": 12},
            customdata=[
                f"<b>{titre}</b><br>{mots}\u00a0: {n} sur {effectif} ({format_nombre(part, 0)}{INSECABLE}%)"
                for titre, n, effectif, part in zip(
                    imprimees["titre"], nombres, imprimees["effectif"], parts, strict=True
                )
            ],
            hovertemplate="%{customdata}<extra></extra>",
        )
    notes = []
    for ligne in frame.iter_rows(named=True):
        comptes = "répartition non imprimée" if not ligne["effectif"] else _format_comptes(ligne)
        suite = " · ".join(texte for texte in (ligne["detail"], comptes) if texte)
        titre = "<br>".join(wrap(ligne["titre"], _LARGEUR_TITRE))
        notes.append(
            {
                "text": f"<b>{titre}</b><br><span style='color:{COULEURS['texte-doux']};font-size:11px'>{suite}</span>",
                "x": 0,
                "xref": "paper",
                "xanchor": "left",
                "y": ligne["rang"] + 0.02,
                "yanchor": "bottom",
                "align": "left",
                "showarrow": False,
                "font": {"size": 12},
            }
        )
    dessin.update_layout(
        annotations=notes,
        barmode="stack",
        showlegend=True,
        legend={"y": 1, "yanchor": "bottom", "traceorder": "normal"},
        margin={"t": 40},
    )
    dessin.update_layout(
        xaxis={
            "range": [0, 100.3],
            "tickvals": [0, 25, 50, 75, 100],
            "ticktext": [f"{part}{INSECABLE}%" for part in (0, 25, 50, 75, 100)],
        }
    )
    dessin.update_layout(yaxis=build_axe_muet(frame.height - 0.5, -0.62))
    return dessin.build()


def _format_comptes(ligne: dict[str, int | None]) -> str:
    """« 94 à 100 %, 8 en dessous »: the counts that are not zero, in words."""
    courts = {
        "nb_100": "à 100\u00a0%",
        "nb_inferieur_100": "en dessous",
        "nb_nul": "nul",
        "nb_neutralise": "neutralisé",
    }
    textes = []
    for colonne, mot in courts.items():
        nombre = ligne[colonne]
        if nombre:
            accord = "s" if nombre > 1 and colonne in {"nb_nul", "nb_neutralise"} else ""
            textes.append(f"{nombre} {mot}{accord}")
    return ", ".join(textes)
