"""Apply the corrections recorded as data: on the rows they name, while the source prints what they expect."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fnmatch import fnmatch

import polars as pl

from data.catalogue import format_cle
from data.source import Correction
from etl.chargement.anomalies import Anomalies
from etl.chargement.cellules import format_net

_CHAMPS = {
    "valeur": "valeur_imprimee",
    "organisme": "organisme",
    "indicateur": "indicateur",
    "periode": "periode",
    "segment": "segment",
}


@dataclass(frozen=True)
class CorrectionAppliquee:
    """What a correction did to a file."""

    code: str
    lignes: int
    avant: str
    apres: str | None
    raison: str
    auteur: str


def apply_corrections(
    long: pl.DataFrame, corrections: Iterable[Correction], source: str, fichier: str, anomalies: Anomalies
) -> tuple[pl.DataFrame, list[CorrectionAppliquee]]:
    """The long frame with its corrections; each corrected fact says so in its note.

    A correction whose rows print something else than its ``expect`` is a blocking finding: the source was mended, the
    correction must go.
    """
    appliquees: list[CorrectionAppliquee] = []
    for correction in corrections:
        if not _concerns(correction, source, fichier):
            continue
        colonne = _CHAMPS[correction.champ]
        vises = _build_condition(long, correction)
        lignes = long.filter(vises)
        if lignes.is_empty():
            continue
        changees = lignes.filter(~_match(lignes, colonne, correction.expect, format_net))
        if not changees.is_empty():
            anomalies.add_frame(
                "correction_perimee",
                changees.select(
                    "feuille",
                    "rang",
                    "colonne",
                    pl.col(colonne).alias("valeur"),
                    pl.lit(
                        f"la correction « {correction.code} » attendait « {correction.expect} », "
                        "que la source n'imprime plus"
                    ).alias("motif"),
                ),
            )
            continue
        appliquees.append(
            CorrectionAppliquee(
                correction.code, lignes.height, correction.expect, correction.par, correction.raison, correction.auteur
            )
        )
        if correction.action == "ignorer":
            motif = f"écartée par la correction « {correction.code} » : {correction.raison} ({correction.auteur})"
            anomalies.add_frame(
                "correction_ignoree",
                lignes.select("feuille", "rang", "colonne", valeur="valeur_imprimee", motif=pl.lit(motif)),
            )
            long = long.filter(~vises)
            continue
        mention = (
            f"corrigé : « {correction.expect} » remplacé par « {correction.par} » "
            f"({correction.raison} ; {correction.auteur})"
        )
        long = long.with_columns(
            pl.when(vises).then(pl.lit(correction.par)).otherwise(pl.col(colonne)).alias(colonne),
            pl.when(vises)
            .then(pl.concat_str("note", pl.lit(mention), separator=" ; ", ignore_nulls=True))
            .otherwise(pl.col("note"))
            .alias("note"),
        )
    return long, appliquees


def _concerns(correction: Correction, source: str, fichier: str) -> bool:
    cible = correction.cible
    return (cible.source is None or cible.source == source) and (
        cible.fichier is None or fnmatch(fichier.casefold(), cible.fichier.casefold())
    )


def _build_condition(long: pl.DataFrame, correction: Correction) -> pl.Expr:
    """Rows a correction names; labels are compared folded (case, accents, punctuation)."""
    cible = correction.cible
    condition = pl.lit(value=True)
    for colonne, texte in (
        ("organisme", cible.organisme),
        ("indicateur", cible.indicateur),
        ("periode", cible.periode),
        ("segment", cible.segment),
    ):
        if texte is not None:
            condition = condition & _match(long, colonne, texte, format_cle)
    if cible.colonne is not None:
        condition = condition & (pl.col("colonne") == cible.colonne)
    return condition


def _match(frame: pl.DataFrame, colonne: str, texte: str, plier: Callable[[str], str]) -> pl.Expr:
    """Whether a column reads as a text once both are folded; each distinct text is folded once."""
    attendu = plier(texte)
    semblables = [t for t in frame[colonne].fill_null("").unique().to_list() if plier(t) == attendu]
    return pl.col(colonne).fill_null("").is_in(semblables)
