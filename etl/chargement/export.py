"""Export the facts being served, provenance included."""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl

from data.chemins import NOM_BASE
from data.schemas import VALEUR
from etl.publish import get_courante
from etl.sources.publie import FichierIllisibleError

FORMATS = ("csv", "csv-fr", "parquet")


def export_faits(
    var: Path, sortie: Path, *, forme: str | None = None, chargement: str | None = None, nature: str | None = None
) -> int:
    """Write the facts of the current publication; returns how many.

    ``csv`` follows RFC 4180, ``csv-fr`` is what a French spreadsheet opens (semicolon, decimal comma, BOM).

    Raises:
        FichierIllisibleError: nothing is published, or the format cannot be told from the name.
    """
    forme = forme or {".csv": "csv", ".parquet": "parquet"}.get(sortie.suffix.lower())
    if forme not in FORMATS:
        raise FichierIllisibleError(f"{sortie.name} : format inconnu. Donnez --format ({', '.join(FORMATS)}).")
    courante = get_courante(var)
    if courante is None:
        raise FichierIllisibleError("Aucune donnée n'est publiée : lancez d'abord « python -m etl run ».")
    with duckdb.connect(str(courante / NOM_BASE), read_only=True) as base:
        faits = base.sql(f"SELECT * FROM {VALEUR.nom}").pl()  # noqa: S608 - the name of our own table
    if chargement is not None:
        faits = faits.filter(pl.col("chargement").str.starts_with(chargement))
    if nature is not None:
        faits = faits.filter(nature=nature)
    if forme == "parquet":
        faits.write_parquet(sortie)
    elif forme == "csv":
        faits.write_csv(sortie, line_terminator="\r\n")
    else:
        faits.write_csv(sortie, separator=";", decimal_comma=True, include_bom=True, line_terminator="\r\n")
    return faits.height
