"""Sentences of the page « État du réseau », written from the data."""

from __future__ import annotations

import datetime as dt

import polars as pl

from components.figures.formats import (
    INSECABLE,
    format_date,
    format_liste,
    format_nombre,
    format_pluriel,
    format_valeur,
)


def format_seuil(valeur: float | None, date: dt.date | None, unite: str | None, decimales: int = 2) -> str:
    """A threshold or a result: a number with its unit, or a date."""
    if date is not None:
        return format_date(date)
    if valeur is not None and valeur == int(valeur):
        decimales = 0
    return format_valeur(valeur, unite, decimales)


def build_phrase_part_nationale(points: pl.DataFrame, taux: float) -> str:
    """What to see: the rate, how many indicators are full, where the points went."""
    mesures = points.filter(pl.col("taux").is_not_null())
    pleins = mesures.filter(pl.col("taux") >= 100).height
    perdants = mesures.filter(pl.col("perdus") > 0).sort("perdus", descending=True)
    noms = [
        f"«{INSECABLE}{nom}{INSECABLE}» ({format_nombre(perdus, 2)})"
        for nom, perdus in perdants.select("titre_court", "perdus").head(3).iter_rows()
    ]
    neutralises = points.filter(pl.col("taux").is_null()).height
    suite = f" {format_pluriel(neutralises, 'ligne neutralisée', 'lignes neutralisées')}." if neutralises else ""
    return (
        f"Taux de réussite national{INSECABLE}: {format_nombre(taux)}{INSECABLE}%. "
        f"{pleins} lignes sur {mesures.height} sont à 100{INSECABLE}% ; les points se perdent surtout sur "
        f"{format_liste(noms)}.{suite}"
    )
