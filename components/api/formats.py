"""Rows as bytes: JSON, CSV (RFC 4180), French CSV, Parquet. Pure."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Any, Final

import orjson
import polars as pl

_TRANCHE: Final = 5_000
SEPARATEUR_LISTE: Final = "|"


def export_json(entete: Mapping[str, Any], lignes: pl.DataFrame) -> bytes:
    """One JSON object: the heading, then ``donnees``, one object per row; null stays null, dates are ISO."""
    return orjson.dumps({**entete, "donnees": lignes.to_dicts()})


def export_csv_flux(lignes: pl.DataFrame, *, francais: bool) -> Iterator[bytes]:
    """CSV by slices, so that a large file is never whole in memory as text.

    Args:
        lignes: the rows. A list becomes its elements joined by « | ».
        francais: « ; », decimal comma, BOM, « oui » and « non », and an apostrophe before a text that a spreadsheet
            would run as a formula; otherwise RFC 4180: comma, decimal point, UTF-8 without BOM.

    Yields:
        Bytes; lines end with CR LF, a null is an empty field, dates are ISO (AAAA-MM-JJ).
    """
    for debut in range(0, max(lignes.height, 1), _TRANCHE):
        tranche = _flatten(lignes.slice(debut, _TRANCHE), francais=francais)
        tampon = io.BytesIO()
        tranche.write_csv(
            tampon,
            include_bom=francais and debut == 0,
            include_header=debut == 0,
            separator=";" if francais else ",",
            decimal_comma=francais,
            line_terminator="\r\n",
            float_scientific=False,
            datetime_format="%Y-%m-%dT%H:%M:%SZ",
        )
        yield tampon.getvalue()


def _flatten(lignes: pl.DataFrame, *, francais: bool) -> pl.DataFrame:
    """Lists as text, and for a French spreadsheet booleans in words and formulas made harmless."""
    expressions = []
    for nom, type_colonne in lignes.schema.items():
        colonne = pl.col(nom)
        if isinstance(type_colonne, pl.List):
            expressions.append(colonne.cast(pl.List(pl.String)).list.join(SEPARATEUR_LISTE))
        elif francais and type_colonne == pl.Boolean:
            expressions.append(pl.when(colonne).then(pl.lit("oui")).when(~colonne).then(pl.lit("non")).alias(nom))
        elif francais and type_colonne == pl.String:
            formule = colonne.str.contains(r"^[=+\-@]")
            expressions.append(pl.when(formule).then("'" + colonne).otherwise(colonne).alias(nom))
    return lignes.with_columns(expressions)


def export_parquet(lignes: pl.DataFrame, metadonnees: Mapping[str, str]) -> bytes:
    """A Parquet file (zstd) with the types of the rows and ``metadonnees`` as its key-value metadata."""
    tampon = io.BytesIO()
    lignes.write_parquet(tampon, metadata=dict(metadonnees))
    return tampon.getvalue()
