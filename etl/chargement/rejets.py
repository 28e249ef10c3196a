"""Give a file back to its sender: the original, plus a column saying what is wrong with each row."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import polars as pl

from etl.chargement.lecture.feuille import MOTIF, RANG
from etl.chargement.lecture.fichier import Lecture


def build_motifs(anomalies: pl.DataFrame) -> dict[tuple[str | None, int], str]:
    """Findings of each row, as one text: « [règle] raison → remède »."""
    textes = pl.concat_str(
        pl.when(pl.col("colonne").is_not_null()).then(pl.format("{} : ", "colonne")),
        pl.format("[{}] {} → {}", "regle", "motif", "remede"),
        ignore_nulls=True,
    )
    par_ligne = (
        anomalies.filter(pl.col("rang").is_not_null())
        .with_columns(texte=textes)
        .group_by("feuille", "rang")
        .agg(pl.col("texte").unique(maintain_order=True).str.join(" | "))
    )
    return {(feuille, rang): texte for feuille, rang, texte in par_ligne.iter_rows()}


def render_annote(chemin: Path, lecture: Lecture, anomalies: pl.DataFrame) -> tuple[bytes, str]:
    """The original file with a column of reasons, and its extension (``csv`` or ``xlsx``).

    A text keeps its encoding and delimiter; a workbook keeps its sheets (formulas become their values); the other
    formats come back as CSV.
    """
    motifs = build_motifs(anomalies)
    if lecture.format == "xlsx":
        return _render_classeur(chemin, lecture, motifs), "xlsx"
    if lecture.format == "csv":
        return _render_texte(chemin, lecture, motifs), "csv"
    return _render_table(lecture, motifs), "csv"


def _render_texte(chemin: Path, lecture: Lecture, motifs: Mapping[tuple[str | None, int], str]) -> bytes:
    feuille = lecture.feuilles[0]
    encodage = "utf-8-sig" if lecture.encodage == "utf-8" else "cp1252"
    separateur = lecture.separateur or ";"
    sortie = io.StringIO(newline="")
    ecrivain = csv.writer(sortie, delimiter=separateur, lineterminator="\r\n")
    with chemin.open(encoding=encodage, newline="") as flux:
        for rang, cellules in enumerate(csv.reader(flux, delimiter=separateur), start=1):
            ajout = MOTIF if rang == feuille.rang_entete else motifs.get((feuille.nom, rang), "")
            ecrivain.writerow([*cellules, ajout] if rang >= feuille.rang_entete else cellules)
    return sortie.getvalue().encode(encodage, errors="replace")


def _render_classeur(chemin: Path, lecture: Lecture, motifs: Mapping[tuple[str | None, int], str]) -> bytes:
    classeur = openpyxl.load_workbook(chemin, data_only=True, keep_links=False)
    for feuille in lecture.feuilles:
        onglet = classeur[feuille.nom or classeur.sheetnames[0]]
        colonne = onglet.max_column + 1
        onglet.cell(feuille.rang_entete, colonne, MOTIF)
        for (nom, rang), texte in motifs.items():
            if nom == feuille.nom:
                onglet.cell(rang, colonne, texte)
    sortie = io.BytesIO()
    classeur.save(sortie)
    return sortie.getvalue()


def _render_table(lecture: Lecture, motifs: Mapping[tuple[str | None, int], str]) -> bytes:
    morceaux = []
    for feuille in lecture.feuilles:
        textes = [motifs.get((feuille.nom, rang), "") for rang in feuille.frame[RANG]]
        frame = feuille.frame.drop(RANG).with_columns(pl.Series(MOTIF, textes, dtype=pl.String))
        morceaux.append(frame.write_csv(separator=";"))
    return ("\ufeff" + "\n".join(morceaux)).encode()
