"""Type a whole column of printed cells: the plain numbers at once, the other cells one distinct text at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

import polars as pl

from data.modele import Statut
from etl.chargement.cellules import Decimale, ValeurIndecidableError, parse_cellule

_BLANCS = "[\u00a0\u202f\u2009 ]"
# Exactly the writings parse_cellule reads as one number, per decimal mark; anything else goes to it.
_ENTIER = rf"(?:\d{{1,15}}|\d{{1,3}}(?:{_BLANCS}\d{{3}}){{1,2}})"
_SIMPLES = {
    Decimale.VIRGULE: rf"^[+-]?{_ENTIER}(?:,\d{{1,15}})?(?: ?%)?$",
    Decimale.AUTO: rf"^[+-]?(?:{_ENTIER}(?:,\d{{1,15}})?|\d{{1,15}}\.(?:\d{{1,2}}|\d{{4,15}}))(?: ?%)?$",
    Decimale.POINT: rf"^[+-]?(?:\d{{1,15}}|{_ENTIER}\.\d{{1,15}})(?: ?%)?$",
}

TYPEES: dict[str, type[pl.DataType]] = {
    "statut": pl.String,
    "valeur": pl.Float64,
    "borne_basse": pl.Float64,
    "borne_haute": pl.Float64,
    "valeur_date": pl.Date,
    "approchee": pl.Boolean,
    "unite": pl.String,
    "etiquette": pl.String,
    "renvoi": pl.String,
    "motif": pl.String,  # why the cell is undecidable; null when it is typed
}


def type_colonne(
    frame: pl.DataFrame,
    colonne: str,
    decimale: Decimale = Decimale.AUTO,
    sans_valeur: Mapping[str, Statut] | None = None,
) -> pl.DataFrame:
    """Add the columns of ``TYPEES`` for one column of text; a cell of several labelled values gives several rows.

    Row order is kept for plain cells; the rows of the others come after. A null cell reads as blank.
    """
    texte = pl.col(colonne).fill_null("")
    simple = frame.select(texte.str.contains(_SIMPLES[decimale])).to_series()
    nombre = texte.str.replace_all(rf"{_BLANCS}|%|\+", "").str.replace(",", ".", literal=True)
    faciles = frame.filter(simple).with_columns(
        pl.lit(Statut.PUBLIE.value).alias("statut"),
        nombre.cast(pl.Float64).alias("valeur"),
        pl.when(texte.str.ends_with("%")).then(pl.lit("%")).alias("unite"),
        pl.lit(value=False).alias("approchee"),
        *(pl.lit(None, TYPEES[c]).alias(c) for c in TYPEES if c not in {"statut", "valeur", "unite", "approchee"}),
    )
    reste = frame.filter(~simple)
    if reste.is_empty():
        return faciles.select(*frame.columns, *TYPEES)
    typees = build_typees(reste[colonne].fill_null("").unique(), decimale, sans_valeur)
    difficiles = reste.with_columns(texte.alias("__texte__")).join(
        typees, left_on="__texte__", right_on="texte", how="left", maintain_order="left"
    )
    return pl.concat([faciles.select(*frame.columns, *TYPEES), difficiles.select(*frame.columns, *TYPEES)])


def build_typees(textes: pl.Series, decimale: Decimale, sans_valeur: Mapping[str, Statut] | None) -> pl.DataFrame:
    """Columns texte and those of ``TYPEES``: one row per value of each distinct text."""
    lignes: list[dict[str, object]] = []
    for texte in textes.to_list():
        try:
            for typee in parse_cellule(texte, decimale, sans_valeur):
                ligne = asdict(typee)
                lignes.append(ligne | {"texte": texte, "valeur_date": ligne.pop("date"), "motif": None})
        except ValeurIndecidableError as erreur:
            lignes.append({"texte": texte, "motif": erreur.motif})
    schema = {"texte": pl.String} | TYPEES
    return pl.DataFrame({c: [ligne.get(c) for ligne in lignes] for c in schema}, schema=schema)
