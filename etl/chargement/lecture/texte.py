"""Read a delimited text file: any delimiter, UTF-8 (with or without BOM) or Windows-1252, decoded strictly."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.csv as pacsv

from data.source import SourceFichier
from etl.chargement.lecture.feuille import (
    LIGNES_EXAMINEES,
    RANG,
    Entete,
    Feuille,
    check_doublons,
    find_entete,
    name_colonnes,
)
from etl.sources.publie import FichierIllisibleError

MORCEAU = 1 << 20
LIGNE_MAX = 4 << 20  # bytes of one line, header included
OCTETS_MAX = 512 << 20
COLONNES_MAX = 2_000
SEPARATEURS = (";", ",", "\t", "|", "^", "~")
_INDEFINIS_1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_DOUBLE_ENCODAGE = re.compile("Ã[©¨ªªàâ«®´¹§ ‰€ˆ]|â€[™œ\x9d“”]|Â[ °«»²]")
_SUSPECTES_1252 = re.compile(r"[a-z][\u017d\u201a\u201e\u2020\u2021\u02c6\u2030\u0160\u2039][a-z]")


@dataclass(frozen=True)
class Octets:
    """What one pass over the bytes says: nothing is kept in memory."""

    sha256: str
    taille: int
    encodage: str | None  # « utf-8 », « windows-1252 »; None for a binary file


def read_octets(chemin: Path, *, texte: bool) -> Octets:
    """Hash a file and, for a text, find its encoding; memory stays at one chunk.

    Raises:
        FichierIllisibleError: empty or too big; for a text: a line without end, NUL bytes, no known encoding.
    """
    nom, taille = chemin.name, chemin.stat().st_size
    if taille == 0:
        raise FichierIllisibleError(f"{nom} : fichier vide. Vérifiez l'export, puis renvoyez-le.")
    if taille > OCTETS_MAX:
        raise FichierIllisibleError(
            f"{nom} : {taille >> 20} Mo, plus que les {OCTETS_MAX >> 20} Mo admis. "
            "Découpez le fichier par période, ou envoyez-le en Parquet."
        )
    condensat = hashlib.sha256()
    decodeur = codecs.getincrementaldecoder("utf-8")("strict")
    utf8, windows, ligne = texte, texte, 0
    with chemin.open("rb") as flux:
        while morceau := flux.read(MORCEAU):
            condensat.update(morceau)
            if not texte:
                continue
            if b"\x00" in morceau:
                if morceau[:2] in {b"\xff\xfe", b"\xfe\xff"}:
                    raise FichierIllisibleError(f"{nom} : texte en UTF-16. Enregistrez le fichier en UTF-8.")
                raise FichierIllisibleError(f"{nom} : ce n'est pas un fichier texte (octets nuls).")
            ligne = _check_lignes(nom, morceau, ligne)
            if morceau.isascii() and not decodeur.getstate()[0]:
                continue  # both encodings read it alike
            if utf8:
                try:
                    decodeur.decode(morceau)
                except UnicodeDecodeError:
                    utf8 = False
            windows = windows and _INDEFINIS_1252.search(morceau) is None
    if utf8:
        try:
            decodeur.decode(b"", final=True)
        except UnicodeDecodeError:
            utf8 = False
    if texte and not utf8 and not windows:
        raise FichierIllisibleError(
            f"{nom} : ni UTF-8 ni Windows-1252, l'encodage ne peut pas être deviné. Enregistrez le fichier en UTF-8."
        )
    encodage = ("utf-8" if utf8 else "windows-1252") if texte else None
    return Octets(condensat.hexdigest(), taille, encodage)


def _check_lignes(nom: str, morceau: bytes, avant: int) -> int:
    """Length of the unfinished line at the end of a chunk."""
    fin = max(morceau.rfind(b"\n"), morceau.rfind(b"\r"))
    if fin >= 0:
        return len(morceau) - fin - 1
    if avant + len(morceau) > LIGNE_MAX:
        raise FichierIllisibleError(
            f"{nom} : une ligne dépasse {LIGNE_MAX >> 20} Mo sans retour à la ligne. "
            "Ce n'est pas un tableau, ou ses fins de ligne ont été perdues : exportez-le de nouveau."
        )
    return avant + len(morceau)


def read_texte(chemin: Path, octets: Octets, source: SourceFichier | None) -> tuple[Feuille, str]:
    """Read a delimited file as one sheet; also returns its delimiter.

    Raises:
        FichierIllisibleError: no delimiter, no header, quotes left open, a text converted twice.
    """
    nom, encodage = chemin.name, octets.encodage or "utf-8"
    if source is not None and source.encodage == "utf-8" and encodage != "utf-8":
        raise FichierIllisibleError(f"{nom} : la source déclare UTF-8, le fichier ne l'est pas.")
    if source is not None and source.encodage == "windows-1252":
        encodage = "windows-1252"
    with chemin.open("rb") as flux:
        debut = flux.read(MORCEAU)
    entier = len(debut) == octets.taille
    texte = debut.decode("utf-8-sig" if encodage == "utf-8" else "cp1252", errors="ignore")
    avertissements = _check_texte(nom, texte, encodage)
    separateur = (source.separateur if source else None) or find_separateur(nom, texte, entier=entier)
    lignes = _read_echantillon(texte, separateur, entier=entier)
    if not lignes:
        raise FichierIllisibleError(f"{nom} : aucune ligne lisible.")
    try:
        entete = find_entete(
            lignes,
            ligne_entete=source.ligne_entete if source else None,
            ligne_unites=source.ligne_unites if source else None,
        )
    except FichierIllisibleError as erreur:
        raise FichierIllisibleError(f"{nom} : {erreur}") from erreur
    noms = list(entete.noms)
    while noms and not noms[-1]:  # delimiters left at the end of the header line
        noms.pop()
    largeur = len(entete.noms)
    if largeur > COLONNES_MAX:
        raise FichierIllisibleError(
            f"{nom} : {largeur} colonnes, plus que les {COLONNES_MAX} admises. "
            "Mettez les périodes ou les indicateurs en lignes, ou découpez le tableau."
        )
    if doublons := check_doublons(noms):
        raise FichierIllisibleError(
            f"{nom}, ligne {entete.rang} : en-têtes en double ({', '.join(doublons)}). "
            "Donnez un nom différent à chaque colonne."
        )
    table, invalides = _read_arrow(chemin, encodage, separateur, largeur)
    frame = _number_lignes(table, {rang for rang, _, _ in invalides})
    frame = frame.slice(frame[RANG].search_sorted(entete.debut))
    frame = frame.rename(dict(zip([f"c{i}" for i in range(largeur)], name_colonnes(entete.noms), strict=True)))
    # Titles above the header have another width: they are a preamble, not refused rows.
    refusees = tuple(i for i in invalides if i[0] >= entete.debut)
    return _build_feuille(frame, entete, refusees, tuple(avertissements)), separateur


def _build_feuille(
    frame: pl.DataFrame,
    entete: Entete,
    invalides: tuple[tuple[int, str, str], ...],
    avertissements: tuple[tuple[str, str], ...],
) -> Feuille:
    colonnes = [c for c in frame.columns if c != RANG]
    blanches = frame.select(pl.all_horizontal(pl.col(colonnes).str.strip_chars() == "")).to_series()
    if blanches.any():
        frame = frame.filter(~blanches)
    sans_nom = tuple(
        c
        for c, n in zip(colonnes, entete.noms, strict=True)
        if not n and bool((frame[c].str.strip_chars() != "").any())
    )
    vides = [c for c, n in zip(colonnes, entete.noms, strict=True) if not n and c not in sans_nom]
    return Feuille(
        nom=None,
        frame=frame.drop(vides),
        rang_entete=entete.rang,
        unites={c: u for c, u in zip(colonnes, entete.unites, strict=True) if u},
        invalides=invalides,
        sans_nom=sans_nom,
        avertissements=avertissements,
    )


def _check_texte(nom: str, texte: str, encodage: str) -> list[tuple[str, str]]:
    if encodage == "windows-1252" and (double := _DOUBLE_ENCODAGE.search(texte)):
        rang = texte.count("\n", 0, double.start()) + 1
        raise FichierIllisibleError(
            f"{nom} : UTF-8 et Windows-1252 sont mélangés (ligne {rang} en UTF-8, une autre en Windows-1252). "
            "Enregistrez le fichier entier en UTF-8."
        )
    if _DOUBLE_ENCODAGE.search(texte):
        raise FichierIllisibleError(
            f"{nom} : les accents ont été convertis deux fois (« Ã© » pour « é »). Refaites l'export en UTF-8."
        )
    if encodage == "windows-1252" and _SUSPECTES_1252.search(texte):
        return [("encodage_douteux", "lu en Windows-1252, mais certains accents n'y ressemblent pas au français")]
    return []


def find_separateur(nom: str, texte: str, *, entier: bool) -> str:
    """The delimiter that cuts most rows into the same number (> 1) of cells.

    Raises:
        FichierIllisibleError: none does.
    """
    notes: list[tuple[float, int, int]] = []
    for ordre, separateur in enumerate(SEPARATEURS):
        largeurs = Counter(len(c) for _, c in _read_echantillon(texte, separateur, entier=entier) if any(c))
        if not largeurs:
            continue
        largeur, nombre = max(largeurs.items(), key=lambda paire: (paire[1] * (paire[0] > 1), paire[0]))
        if largeur > 1:
            notes.append((nombre / sum(largeurs.values()), largeur, -ordre))
    if not notes:
        raise FichierIllisibleError(
            f"{nom} : aucun séparateur de colonnes trouvé (point-virgule, virgule, tabulation ou barre)."
        )
    meilleure = max(part for part, _, _ in notes)
    return SEPARATEURS[-max((n for n in notes if n[0] >= meilleure - 0.02), key=lambda n: (n[1], n[2]))[2]]


def _read_echantillon(texte: str, separateur: str, *, entier: bool) -> list[tuple[int, list[str]]]:
    """First records as (rank, cells); the last one of a cut sample is dropped."""
    lignes: list[tuple[int, list[str]]] = []
    ancienne = csv.field_size_limit(LIGNE_MAX)
    try:
        for rang, cellules in enumerate(csv.reader(io.StringIO(texte, newline=""), delimiter=separateur), start=1):
            lignes.append((rang, cellules))
            if rang > LIGNES_EXAMINEES:
                break
        else:
            if not entier and lignes:
                lignes.pop()
    except csv.Error:
        return lignes
    finally:
        csv.field_size_limit(ancienne)
    return lignes


def _read_arrow(
    chemin: Path, encodage: str, separateur: str, largeur: int
) -> tuple[pa.Table, list[tuple[int, str, str]]]:
    """Every record of ``largeur`` cells, and those of another width: (rank, reason, text)."""
    invalides: list[tuple[int, str, str]] = []

    def keep(ligne: pacsv.InvalidRow) -> str:
        pluriel = "s" if ligne.actual_columns > 1 else ""
        motif = f"{ligne.actual_columns} cellule{pluriel}, {ligne.expected_columns} attendues"
        invalides.append((ligne.number, motif, str(ligne.text)[:200]))
        return "skip"

    try:
        table = pacsv.read_csv(
            chemin,
            read_options=pacsv.ReadOptions(
                use_threads=False,  # the rank of a refused row is known only in one thread
                block_size=2 * LIGNE_MAX,
                column_names=[f"c{i}" for i in range(largeur)],
                encoding="utf8" if encodage == "utf-8" else "windows-1252",
            ),
            parse_options=pacsv.ParseOptions(
                delimiter=separateur, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=keep
            ),
            convert_options=pacsv.ConvertOptions(
                column_types={f"c{i}": pa.string() for i in range(largeur)}, strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid as erreur:
        raise FichierIllisibleError(
            f"{chemin.name} : le fichier ne se découpe pas en lignes (guillemet jamais refermé ?). "
            f"Vérifiez les guillemets. [{str(erreur).splitlines()[0][:120]}]"
        ) from erreur
    return table, invalides


def _number_lignes(table: pa.Table, sautes: set[int]) -> pl.DataFrame:
    """The rows with their rank: the ranks of the refused records are skipped."""
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)  # noqa: S101 - a table gives a frame
    rangs = pl.int_range(1, frame.height + len(sautes) + 1, dtype=pl.Int64, eager=True)
    if sautes:
        rangs = rangs.filter(~rangs.is_in(sorted(sautes)))
    return frame.with_columns(rangs.alias(RANG))
