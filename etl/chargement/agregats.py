"""From the communes of a file to the territories above: what is added up, over which communes, and what is not said.

A territory of which the file gives too few communes gets no figure at all: it is neither zero nor a part of the truth.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from data.modele import Maille
from etl.chargement.entites import FRANCE, NIVEAUX
from etl.chargement.lecture.feuille import Feuille

# Column of mart_commune that names the territory of each level; the whole network has none.
COLONNES: Final[Mapping[Maille, str | None]] = {
    Maille.DEPARTEMENT: "code_departement",
    Maille.REGION: "code_region",
    Maille.ORGANISME: "code_caisse",
    Maille.RESEAU: None,
}
_NOMS: Final = {**NIVEAUX, Maille.ORGANISME: "caisse"}
_EXEMPLES = 8


def get_territoire(maille: Maille) -> pl.Expr:
    """Code of the territory of a commune at a level, as the column « territoire »."""
    colonne = COLONNES[maille]
    return (pl.lit(FRANCE) if colonne is None else pl.col(colonne)).alias("territoire")


def build_lignes(
    sommes: pl.DataFrame, maille: Maille, colonne: str | None, feuilles: tuple[Feuille, ...], indicateur: dict[str, Any]
) -> pl.DataFrame:
    """Rows of typed facts from sums.

    Args:
        sommes: territoire, feuille, periode_debut, periode_fin, granularite, valeur, numerateur, denominateur, statut,
            note.
        maille: level of the territories.
        colonne: header the sums come from; the row is that of the header, since a sum has no row of its own.
        feuilles: sheets of the file.
        indicateur: see ``etl.chargement.resolution.describe_indicateur``.
    """
    rangs = {f.nom: f.rang_entete for f in feuilles}
    return sommes.with_columns(
        **{nom: pl.lit(valeur) for nom, valeur in indicateur.items() if not nom.startswith("borne_")},
        **{nom: pl.lit(indicateur[nom], pl.Float64) for nom in ("borne_min", "borne_max")},
        maille=pl.lit(maille.value),
        code_entite="territoire",
        segment=pl.lit("ensemble"),
        rang=pl.col("feuille").replace_strict(rangs, return_dtype=pl.Int64),
        colonne=pl.lit(f"{colonne} : France")
        if maille is Maille.RESEAU
        else pl.format("{} : {} {}", pl.lit(colonne), pl.lit(_NOMS[maille]), "territoire"),
    ).drop("territoire")


def format_codes(codes: list[str]) -> str:
    """« 01, 02, 03… »."""
    return ", ".join(codes[:_EXEMPLES]) + ("…" if len(codes) > _EXEMPLES else "")


def format_entier(nombre: int) -> str:
    """« 25 941 », thousands apart by a narrow no-break space."""
    return f"{nombre:,}".replace(",", "\u202f")


def name_niveau(maille: Maille, nombre: int) -> str:
    """« 3 départements », « 1 région », « la France »."""
    return "la France" if maille is Maille.RESEAU else f"{nombre} {_NOMS[maille]}{'s' if nombre > 1 else ''}"
