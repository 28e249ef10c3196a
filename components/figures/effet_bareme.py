"""What each organisme of a group gains or loses with another barème, by its score under the present one. Pure."""

from __future__ import annotations

import plotly.graph_objects as go
import polars as pl

from components.figures.formats import INSECABLE, format_ecart, format_rang, format_valeur
from components.figures.gabarit import Dessin
from components.figures.rangees import build_ligne
from components.figures.reperes import compute_bornes
from components.theme import COULEURS

NOMMES = 3  # organismes named on each side
_HAUTEUR = 460
_FOND = "rgba(255,255,255,0.75)"  # behind a name, so that dots do not run through it
# (words, which rows, symbol, colour): the words and the symbol say the same as the colour.
_GROUPES = (
    ("gagnent", pl.col("ecart") > 0, "triangle-up", "mieux"),
    ("perdent", pl.col("ecart") < 0, "triangle-down", "moins"),
    ("inchangés", pl.col("ecart") == 0, "circle", "pairs"),
)


def build_effet_figure(frame: pl.DataFrame) -> go.Figure:
    """Score with the published barème across, points gained or lost up; above the line an organisme gains.

    Args:
        frame: rows with both scores: nom, nom_court, avant, apres (%), ecart (points), rang_avant, rang_apres.
    """
    bornes = compute_bornes(frame["avant"].to_list(), marge=0.06)
    ecarts = compute_bornes(frame["ecart"].to_list(), 0.0, marge=0.12)
    milieu = (bornes[0] + bornes[1]) / 2
    dessin = Dessin(hauteur=_HAUTEUR)
    dessin.add_shape(**build_ligne(0, "texte", 1.5), layer="below")
    for mots, choix, symbole, teinte in _GROUPES:
        lignes = frame.filter(choix)
        if lignes.is_empty():
            continue
        dessin.add_scatter(
            x=lignes["avant"].to_list(),
            y=lignes["ecart"].to_list(),
            mode="markers",
            cliponaxis=False,
            name=f"{mots} ({lignes.height})",
            marker={
                "size": 10,
                "symbol": symbole,
                "color": COULEURS[teinte],
                "opacity": 0.75,
                "line": {"width": 0.8, "color": COULEURS["carte"]},
            },
            customdata=[_format_survol(ligne) for ligne in lignes.iter_rows(named=True)],
            hovertemplate="%{customdata}<extra></extra>",
        )
    for ligne in _list_nommes(frame, ecarts[1] - ecarts[0]).iter_rows(named=True):
        haut, gauche = ligne["ecart"] > 0, ligne["avant"] < milieu
        dessin.add_annotation(
            text=ligne["nom_court"].split(" (")[0],
            x=ligne["avant"],
            y=ligne["ecart"],
            xanchor="left" if gauche else "right",
            xshift=9 if gauche else -9,
            showarrow=False,
            bgcolor=_FOND,
            borderpad=0,
            font={"size": 11, "color": COULEURS["mieux" if haut else "moins"]},
        )
    dessin.update_layout(
        showlegend=True,
        margin={"t": 36, "r": 16, "l": 8, "b": 8},
        xaxis={
            "range": bornes,
            "ticksuffix": f"{INSECABLE}%",
            "nticks": 6,
            "zeroline": False,
            "title": {"text": "Score avec le barème publié"},
        },
        yaxis={
            "range": ecarts,
            "nticks": 7,
            "zeroline": False,
            "tickformat": "+,.1~f",
            "title": {"text": "Gain ou perte (points)"},
        },
    )
    return dessin.build()


def _list_nommes(frame: pl.DataFrame, etendue: float) -> pl.DataFrame:
    """The widest gains and losses, far enough apart for their names not to overlap."""
    retenus: list[dict[str, float]] = []
    for decroissant in (True, False):
        cote = frame.filter(pl.col("ecart") > 0 if decroissant else pl.col("ecart") < 0)
        nombre = 0
        for ligne in cote.sort("ecart", "nom", descending=[decroissant, False]).head(3 * NOMMES).iter_rows(named=True):
            if nombre < NOMMES and all(abs(r["ecart"] - ligne["ecart"]) >= etendue / 22 for r in retenus):
                retenus.append(ligne)
                nombre += 1
    return pl.DataFrame(retenus, schema=frame.schema)


def _format_survol(ligne: dict[str, object]) -> str:
    avant, apres, ecart = (float(str(ligne[c])) for c in ("avant", "apres", "ecart"))
    rangs = (int(str(ligne["rang_avant"])), int(str(ligne["rang_apres"])))
    return (
        f"<b>{ligne['nom']}</b><br>{format_valeur(avant, '%', 2)} → {format_valeur(apres, '%', 2)}"
        f" ({format_ecart(ecart, 'points', 2)})<br>{format_rang(rangs[0])} → {format_rang(rangs[1])}"
    )
