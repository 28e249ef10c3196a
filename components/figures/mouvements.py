"""Who gained and who lost since the last period: one row per organisme, from the earlier value to the later. Pure."""

from __future__ import annotations

import plotly.graph_objects as go
import polars as pl

from components.figures.formats import INSECABLE, format_ecart, format_valeur
from components.figures.gabarit import Dessin
from components.figures.rangees import build_axe_noms, build_fin, build_ligne, wrap_noms
from components.figures.reperes import build_axe_valeurs, compute_bornes, compute_marge
from components.theme import COULEURS
from data.modele import Sens

NOMBRE = 5  # bodies shown on each side
_LARGEUR_NOM = 20


def compute_mouvements(frame: pl.DataFrame, sens: Sens) -> pl.DataFrame:
    """The change of each organisme, largest gain first.

    Args:
        frame: one row per organisme with both values: code_organisme, avant, apres, and any other column.
        sens: which way is better; « neutre » reads a rise as a gain, without judgement.

    Returns:
        The same rows sorted, with ``ecart`` (apres - avant) and ``gain`` (positive when favourable).
    """
    signe = -1 if sens is Sens.BAS else 1
    ecarts = frame.with_columns(ecart=pl.col("apres") - pl.col("avant")).with_columns(gain=signe * pl.col("ecart"))
    return ecarts.sort("gain", "code_organisme", descending=[True, False])


def select_mouvements(frame: pl.DataFrame, mien: str | None, nombre: int = NOMBRE) -> pl.DataFrame:
    """The widest gains, the widest losses, and mine.

    Args:
        frame: rows of :func:`compute_mouvements`.
        mien: code of the organisme to keep anyway.
        nombre: rows kept on each side; a body that did not move is on neither.
    """
    gains = frame.filter(pl.col("gain") > 0)["code_organisme"].head(nombre).to_list()
    pertes = frame.filter(pl.col("gain") < 0)["code_organisme"].tail(nombre).to_list()
    return frame.filter(pl.col("code_organisme").is_in([*gains, *pertes, mien or ""]))


def build_mouvements_figure(
    frame: pl.DataFrame,
    *,
    annees: tuple[int | str, int | str],
    unite: str | None,
    decimales: int,
    mien: str | None = None,
) -> go.Figure:
    """Rows from the largest gain to the largest loss: a hollow diamond, a line, a disc; the change at the right.

    Args:
        frame: rows of :func:`select_mouvements`.
        annees: (earlier, later), years or names of what is compared.
        unite: unit of the values.
        decimales: decimals of the labels.
        mien: code of the organisme to mark.
    """
    bornes = compute_bornes([*frame["avant"], *frame["apres"]], marge=0.06)
    noms, pas = wrap_noms(frame["nom_court"], _LARGEUR_NOM)
    dessin = Dessin(hauteur=round(74 + pas * frame.height))
    lignes = list(enumerate(frame.iter_rows(named=True)))
    ecarts = [format_ecart(ecart, unite, decimales) for ecart in frame["ecart"]]
    miens = [ligne["code_organisme"] == mien for _, ligne in lignes]
    # A gap between the gains and the losses.
    passage = next((rang for rang, ligne in lignes if rang and ligne["gain"] <= 0 < lignes[rang - 1][1]["gain"]), None)
    if passage is not None:
        dessin.add_shape(**build_ligne(passage - 0.5, trait="dot"))
    for (rang, ligne), m in zip(lignes, miens, strict=True):
        couleur = _get_couleur(mien=m)
        dessin.add_shape(
            type="line",
            x0=ligne["avant"],
            x1=ligne["apres"],
            y0=rang,
            y1=rang,
            layer="below",
            line={"color": couleur, "width": 3 if m else 2},
        )
        texte = ecarts[rang]
        dessin.add_annotation(**(build_fin(f"<b>{texte}</b>", rang, "mien") if m else build_fin(texte, rang)))
    for colonne, annee, symbole, taille in (
        ("avant", annees[0], "diamond-open", 9),
        ("apres", annees[1], "circle", 11),
    ):
        dessin.add_scatter(
            x=frame[colonne].to_list(),
            y=[rang for rang, _ in lignes],
            mode="markers",
            cliponaxis=False,
            name=str(annee),
            marker={
                "size": taille,
                "symbol": symbole,
                "color": [_get_couleur(mien=m) for m in miens],
                "line": {"width": 1.5, "color": [_get_couleur(mien=m) for m in miens]},
            },
            customdata=[
                f"<b>{ligne['nom']}</b><br>{annees[0]}{INSECABLE}: {format_valeur(ligne['avant'], unite, decimales)}"
                f"<br>{annees[1]}{INSECABLE}: {format_valeur(ligne['apres'], unite, decimales)}"
                for _, ligne in lignes
            ],
            hovertemplate="%{customdata}<extra></extra>",
        )
    dessin.update_layout(
        showlegend=True,
        legend={"y": 1, "yanchor": "bottom"},
        margin={"t": 32, "r": compute_marge(ecarts)},
        xaxis=build_axe_valeurs(bornes, unite) | {"nticks": 4},
        yaxis=build_axe_noms(noms, [rang for rang, _ in lignes], miens),
    )
    return dessin.build()


def _get_couleur(*, mien: bool) -> str:
    return COULEURS["mien" if mien else "pairs"]
