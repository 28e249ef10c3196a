"""The results the score engine reads: their columns, what each statut is worth, what is refused. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache

import polars as pl

from data.bareme import Bareme
from data.calculs.taux import LIMITE
from data.modele import Statut

NEUTRALISANTS = frozenset({Statut.NEUTRALISE, Statut.SANS_OBJET, Statut.ABANDONNE})
MANQUANTS = frozenset({Statut.NON_FOURNI, Statut.NON_SIGNIFICATIF, Statut.MASQUE})
COLONNES_RESULTATS: dict[str, pl.DataType] = {
    "code_indicateur": pl.String(),
    "valeur": pl.Float64(),
    "valeur_date": pl.Date(),
    "valeur_ajustee": pl.Float64(),
    "taux_reussite": pl.Float64(),
    "statut": pl.String(),
    "socle": pl.Float64(),
    "objectif": pl.Float64(),
    "date_socle": pl.Date(),
    "date_objectif": pl.Date(),
    "reference": pl.Float64(),
}
SEUILS = ("socle", "objectif", "date_socle", "date_objectif", "reference")


class Etat(StrEnum):
    """What a result is worth in the score."""

    MESURE = "mesure"
    MANQUANT = "manquant"
    NEUTRALISE = "neutralise"


def check_resultats(resultats: pl.DataFrame, *cles: str) -> pl.DataFrame:
    """Keep the columns of a result the engine reads, with their types; absent ones are null.

    Args:
        resultats: ``code_indicateur`` and any of ``COLONNES_RESULTATS``; other columns are ignored.
        cles: further key columns (``code_organisme``, ``type_organisme``).

    Raises:
        ValueError: not a DataFrame, a key column is missing or holds nulls, text where numbers are due, an absurd
            number, a rate outside 0..1, an unknown statut, two rows for the same indicateur.
    """
    if not isinstance(resultats, pl.DataFrame):
        raise ValueError(f"résultats : un tableau Polars (DataFrame) est attendu, pas {type(resultats).__name__}")
    for cle in (*cles, "code_indicateur"):
        if cle not in resultats.columns:
            raise ValueError(f"résultats : colonne « {cle} » absente")
    colonnes = []
    for nom, attendu in COLONNES_RESULTATS.items():
        if nom not in resultats.columns:
            colonnes.append(pl.lit(None, dtype=attendu).alias(nom))
            continue
        recu = resultats.schema[nom]
        nombre, date = attendu == pl.Float64(), attendu == pl.Date()
        if recu != pl.Null and ((nombre and not recu.is_numeric()) or (date and recu not in (pl.Date, pl.Datetime))):
            genre = "des nombres" if nombre else "des dates"
            raise ValueError(f"résultats : la colonne « {nom} » doit contenir {genre}, pas {recu}")
        colonnes.append(pl.col(nom).cast(attendu))
    lus = resultats.select(*(pl.col(c).cast(pl.String) for c in cles), *colonnes)
    fautes, comptes = _build_fautes(cles)
    # One pass to know whether anything is wrong; the culprit is only looked for when there is one.
    *presentes, distinctes = lus.select(comptes).row(0)
    # Distinct hashes prove distinct keys; equal ones (a double, or very rarely a collision) are looked at closely.
    if distinctes < lus.height:
        double = pl.struct(*cles, "code_indicateur").is_duplicated()
        fautes = fautes | {"plusieurs résultats pour la même clé": double}
        presentes.append(lus.select(double.any()).item())
    for (message, expression), presente in zip(fautes.items(), presentes, strict=True):
        if presente:
            ligne = lus.filter(expression).row(0, named=True)
            cle = ", ".join(str(ligne[c]) for c in cles)
            raise ValueError(f"indicateur {ligne['code_indicateur']}{f' ({cle})' if cle else ''} : {message}")
    return lus


@lru_cache
def _build_fautes(cles: tuple[str, ...]) -> tuple[dict[str, pl.Expr], list[pl.Expr]]:
    """What is refused, by message; then whether each is met, and the number of distinct keys."""
    nombres = [n for n, t in COLONNES_RESULTATS.items() if t == pl.Float64()]
    fautes = {
        "clé absente (code d'indicateur ou d'organisme vide)": pl.any_horizontal(
            pl.col(n).is_null() for n in (*cles, "code_indicateur")
        ),
        "nombre impossible (NaN, infini ou au-delà de 1e15) dans les résultats": pl.any_horizontal(
            (~(pl.col(n).abs() <= LIMITE)).fill_null(False) for n in nombres
        ),
        "taux de réussite hors de [0 ; 1] (85 % s'écrit 0,85)": (~pl.col("taux_reussite").is_between(0, 1)).fill_null(
            False
        ),
        f"statut inconnu ; possibles : {', '.join(Statut)}": (~pl.col("statut").is_in(sorted(Statut))).fill_null(False),
    }
    comptes = [faute.any().alias(message) for message, faute in fautes.items()]
    return fautes, [*comptes, pl.struct(*cles, "code_indicateur").hash().n_unique().alias("_distinctes")]


def check_codes(codes: set[str], baremes: Sequence[Bareme]) -> None:
    """Every code belongs to one of the barèmes.

    Raises:
        ValueError: naming the unknown ones; something else than a barème.
    """
    for bareme in baremes:
        if not isinstance(bareme, Bareme):
            raise ValueError(f"un barème (data.bareme.Bareme) est attendu, pas {type(bareme).__name__}")
    inconnus = codes - {code for b in baremes for code in b.list_codes()}
    if inconnus:
        noms = ", ".join(b.code for b in baremes)
        raise ValueError(f"indicateur inconnu du barème {noms} : {', '.join(sorted(map(str, inconnus)))}")
