"""Read a Parquet file as one sheet of text cells, after checking its declared size."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from etl.chargement.lecture.classeur import format_nombre_stocke
from etl.chargement.lecture.feuille import RANG, Feuille, check_doublons, format_entete
from etl.sources.publie import FichierIllisibleError

OCTETS_MAX = 1 << 30
LIGNES_MAX = 20_000_000
COLONNES_MAX = 2_000


def read_parquet(chemin: Path) -> Feuille:
    """Read a Parquet file; row 2 is its first row, as if a header stood above.

    Raises:
        FichierIllisibleError: damaged, too big, nested columns, duplicate headers.
    """
    nom = chemin.name
    try:
        fichier = pq.ParquetFile(chemin)
        meta = fichier.metadata
        octets = sum(meta.row_group(i).total_byte_size for i in range(meta.num_row_groups))
        if octets > OCTETS_MAX or meta.num_rows > LIGNES_MAX or meta.num_columns > COLONNES_MAX:
            raise FichierIllisibleError(
                f"{nom} : {meta.num_rows} lignes, {meta.num_columns} colonnes, {octets >> 20} Mo décompressés : "
                "trop pour un fichier de résultats. Découpez-le par période."
            )
        frame = pl.from_arrow(fichier.read())
    except (pa.ArrowException, OSError) as erreur:
        raise FichierIllisibleError(f"{nom} : fichier Parquet illisible ou tronqué. Renvoyez-le complet.") from erreur
    assert isinstance(frame, pl.DataFrame)  # noqa: S101 - a table gives a frame
    return build_feuille_typee(nom, frame)


def build_feuille_typee(nom: str, frame: pl.DataFrame, *, feuille: str | None = None) -> Feuille:
    """A sheet from typed columns: numbers with a decimal comma, dates in ISO form, null as blank.

    Raises:
        FichierIllisibleError: a nested column, or duplicate headers.
    """
    imbriquees = [c for c, t in frame.schema.items() if t.is_nested() or t in {pl.Binary, pl.Object}]
    if imbriquees:
        raise FichierIllisibleError(f"{nom} : colonnes composées ({', '.join(imbriquees)}). Une valeur par cellule.")
    entetes = [format_entete(c) for c in frame.columns]
    if doublons := check_doublons(entetes):
        raise FichierIllisibleError(f"{nom} : en-têtes en double ({', '.join(doublons)}).")
    textes = [_format_colonne(frame[c]).fill_null("").alias(e) for c, e in zip(frame.columns, entetes, strict=True)]
    rangs = pl.int_range(2, frame.height + 2, dtype=pl.Int64, eager=True).alias(RANG)
    return Feuille(nom=feuille, frame=pl.DataFrame([rangs, *textes]), rang_entete=1)


def _format_colonne(colonne: pl.Series) -> pl.Series:
    if colonne.dtype == pl.Boolean:
        return colonne.replace_strict({True: "oui", False: "non"}, return_dtype=pl.String)
    if colonne.dtype.is_integer():
        return colonne.cast(pl.String)
    if colonne.dtype.is_numeric():
        uniques = colonne.unique().drop_nulls()
        table = {v: format_nombre_stocke(float(v)) for v in uniques.to_list()}
        return colonne.replace_strict(table, return_dtype=pl.String) if table else colonne.cast(pl.String)
    if isinstance(colonne.dtype, pl.Datetime):
        return colonne.dt.strftime("%Y-%m-%d %H:%M:%S").str.replace(" 00:00:00", "", literal=True)
    return colonne.cast(pl.String)
