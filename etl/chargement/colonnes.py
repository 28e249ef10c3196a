"""Type a whole column of printed cells: the plain numbers at once, the other cells one distinct text at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

import polars as pl

from data.modele import Statut
from etl.chargement.cellules import Decimale, ValeurIndecidableError, parse_cellule

_BLANCS = "[\u00a0\u202f\u2009 ]"
# Exactly the writings parse_cellule reads as one number, per decimal mark; anything else goes to it.
# [0-9], not \d: the digits of other scripts are read one text at a time, a cast knows none of them.
_ENTIER = rf"(?:[0-9]{{1,15}}|[0-9]{{1,3}}(?:{_BLANCS}[0-9]{{3}}){{1,2}})"
_SIMPLES = {
    Decimale.VIRGULE: rf"^[+-]?{_ENTIER}(?:,[0-9]{{1,15}})?(?: ?%)?$",
    Decimale.AUTO: rf"^[+-]?(?:{_ENTIER}(?:,[0-9]{{1,15}})?|[0-9]{{1,15}}\.(?:[0-9]{{1,2}}|[0-9]{{4,15}}))(?: ?%)?$",
    Decimale.POINT: rf"^[+-]?(?:[0-9]{{1,15}}|{_ENTIER}\.[0-9]{{1,15}})(?: ?%)?$",
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

    Row order is kept; where a cell gives several rows, those of the cells that are not plain numbers come after the
    others. A null cell reads as blank.
    """
    texte = pl.col(colonne).fill_null("")
    simple = frame.select(texte.str.contains(_SIMPLES[decimale])).to_series()
    faciles = {
        "statut": pl.when(simple).then(pl.lit(Statut.PUBLIE.value)),
        "valeur": _cast_nombre(pl.when(simple).then(texte)),
        "unite": pl.when(simple & texte.str.ends_with("%")).then(pl.lit("%")),
        "approchee": pl.when(simple).then(pl.lit(value=False)),
    }
    base = frame.with_columns(faciles.get(c, pl.lit(None, sorte)).alias(c) for c, sorte in TYPEES.items())
    if simple.all():
        return base
    textes = frame.filter(~simple).select(texte.alias("texte"))
    typees = build_typees(textes.to_series().unique(), decimale, sans_valeur)
    if typees["texte"].is_duplicated().any():
        reste = base.drop(*TYPEES).filter(~simple).with_columns(texte.alias("__texte__"))
        lus = reste.join(typees, left_on="__texte__", right_on="texte", how="left", maintain_order="left")
        return pl.concat([base.filter(simple), lus.select(base.columns)])
    lus, rangs = textes.join(typees, on="texte", how="left", maintain_order="left"), (~simple).arg_true()
    return base.with_columns(base[c].scatter(rangs, lus[c]) for c in TYPEES if lus[c].null_count() < lus.height)


def type_effectifs(textes: pl.Series, decimale: Decimale) -> tuple[pl.Series, pl.Series]:
    """A column of counts, row by row: the numbers (null where there is none), and why a cell is refused (or null).

    A count is a plain number without unit, or nothing.
    """
    texte = pl.col(textes.name)
    frame = textes.fill_null("").to_frame()
    entier = frame.select(texte.str.contains("^[0-9]{1,15}$")).to_series()
    nombres = frame.select(pl.when(entier).then(texte.cast(pl.Float64, strict=False))).to_series()
    motifs = pl.repeat(None, frame.height, dtype=pl.String, eager=True)
    rangs = (~entier).arg_true()
    if rangs.is_empty():
        return nombres, motifs
    autres = type_colonne(frame[rangs].with_row_index("__rang__"), textes.name, decimale)
    avec_unite = (pl.col("statut") == Statut.PUBLIE.value) & (
        pl.col("valeur").is_null() | pl.col("unite").is_not_null()
    )
    lus = (
        autres.with_columns(
            motif=pl.when(pl.col("etiquette").is_not_null())
            .then(pl.lit("plusieurs valeurs dans la cellule"))
            .when(avec_unite)
            .then(pl.lit("un effectif est un nombre sans unité"))
            .otherwise("motif")
        )
        .unique("__rang__")
        .sort("__rang__")
    )
    return nombres.scatter(rangs, lus["valeur"]), motifs.scatter(rangs, lus["motif"])


def _cast_nombre(texte: pl.Expr) -> pl.Expr:
    """The number of a text that ``_SIMPLES`` matches."""
    nu = texte.str.strip_chars("+%\u00a0\u202f\u2009 ").str.replace_all(_BLANCS, "")
    return nu.str.replace(",", ".", literal=True).cast(pl.Float64)


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
