"""Read an XLSX workbook, after checking that opening it is safe.

A workbook is a ZIP of XML: its declared and real sizes are bounded before anything is parsed; macros are refused. Cells
come out as text in French form: a number stored as 0.852 with a percent format reads « 85,2 % », as it is printed.
"""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
from openpyxl.cell.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from data.source import SourceFichier
from etl.chargement.lecture.feuille import (
    FUSION,
    LIGNES_EXAMINEES,
    RANG,
    Feuille,
    check_doublons,
    find_entete,
    name_colonnes,
)
from etl.sources.publie import FichierIllisibleError

OCTETS_DECOMPRESSES_MAX = 128 << 20
TAUX_COMPRESSION_MAX = 150
CELLULES_MAX = 2_000_000
COLONNES_MAX = 2_000
_ANCIEN_FORMAT = b"\xd0\xcf\x11\xe0"


def check_classeur(chemin: Path) -> bool:
    """Check a workbook without opening it; True when it holds formulas.

    Raises:
        FichierIllisibleError: not a workbook, old or encrypted format, macros, too big once decompressed, cut short.
    """
    nom = chemin.name
    with chemin.open("rb") as flux:
        if flux.read(4) == _ANCIEN_FORMAT:
            raise FichierIllisibleError(
                f"{nom} : classeur ancien (.xls) ou protégé par un mot de passe. "
                "Enregistrez-le en .xlsx, sans protection."
            )
    formules = False
    try:
        with zipfile.ZipFile(chemin) as archive:
            entrees = archive.infolist()
            noms = {e.filename for e in entrees}
            if "xl/workbook.xml" not in noms:
                raise FichierIllisibleError(f"{nom} : cette archive n'est pas un classeur XLSX.")
            if any(n.lower().endswith(("vbaproject.bin", ".xlm")) or "macrosheets/" in n.lower() for n in noms):
                raise FichierIllisibleError(
                    f"{nom} : le classeur contient des macros. Enregistrez-le en .xlsx sans macro."
                )
            check_archive(nom, entrees)
            for entree in entrees:
                with archive.open(entree) as flux_entree:
                    feuille = entree.filename.startswith("xl/worksheets/")
                    for morceau in iter(lambda f=flux_entree: f.read(1 << 20), b""):  # type: ignore[misc]
                        formules = formules or (feuille and (b"<f>" in morceau or b"<f " in morceau))
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError) as erreur:
        raise FichierIllisibleError(
            f"{nom} : classeur tronqué ou abîmé ({erreur}). Renvoyez le fichier complet."
        ) from erreur
    return formules


def check_archive(nom: str, entrees: list[zipfile.ZipInfo]) -> None:
    """Refuse an archive that would fill the memory.

    Raises:
        FichierIllisibleError: too many entries, too big, or compressed beyond belief.
    """
    if len(entrees) > 5_000:
        raise FichierIllisibleError(f"{nom} : {len(entrees)} fichiers dans l'archive, plus que les 5 000 admis.")
    total = sum(e.file_size for e in entrees)
    if total > OCTETS_DECOMPRESSES_MAX:
        raise FichierIllisibleError(
            f"{nom} : {total >> 20} Mo une fois décompressé, plus que les {OCTETS_DECOMPRESSES_MAX >> 20} Mo admis. "
            "Enregistrez la feuille en CSV."
        )
    for entree in entrees:
        if entree.file_size > 1 << 20 and entree.file_size > TAUX_COMPRESSION_MAX * max(1, entree.compress_size):
            raise FichierIllisibleError(
                f"{nom} : « {entree.filename} » est compressé {entree.file_size // max(1, entree.compress_size)} fois, "
                "ce qu'aucun tableau n'atteint. Le fichier est refusé."
            )


def read_classeur(chemin: Path, source: SourceFichier | None) -> tuple[list[Feuille], list[str]]:
    """Read the sheets of a workbook: those the source names, or every visible one that has a table.

    Returns:
        The sheets, and the names of those left out (hidden, or without table).

    Raises:
        FichierIllisibleError: see :func:`check_classeur`; a named sheet is missing; no sheet has a table.
    """
    avec_formules = check_classeur(chemin)
    classeur = _open(chemin, data_only=True)
    brut = _open(chemin, data_only=False) if avec_formules else None
    voulues = source.feuilles if source else None
    feuilles: list[Feuille] = []
    ignorees: list[str] = []
    erreurs: list[str] = []
    for onglet in classeur.worksheets:
        if voulues is None and onglet.sheet_state != "visible":
            if onglet._cells:
                ignorees.append(onglet.title)
            continue
        if voulues is not None and onglet.title not in voulues:
            ignorees.append(onglet.title)
            continue
        if not onglet._cells:
            continue
        try:
            feuilles.append(_read_onglet(chemin.name, onglet, brut[onglet.title] if brut else None, source))
        except FichierIllisibleError as erreur:
            if voulues is not None:
                raise
            erreurs.append(str(erreur))
            ignorees.append(onglet.title)
    manquantes = sorted(set(voulues or []) - {o.title for o in classeur.worksheets})
    if manquantes:
        raise FichierIllisibleError(f"{chemin.name} : feuille(s) absente(s) : {', '.join(manquantes)}.")
    if not feuilles:
        raise FichierIllisibleError(f"{chemin.name} : aucune feuille lisible. {' '.join(erreurs)}".strip())
    return feuilles, ignorees


def _open(chemin: Path, *, data_only: bool) -> Any:
    try:
        return openpyxl.load_workbook(chemin, data_only=data_only, keep_links=False)
    except Exception as erreur:  # openpyxl raises whatever its parsers raise on a damaged file
        raise FichierIllisibleError(
            f"{chemin.name} : classeur illisible ({type(erreur).__name__}). "
            "Ouvrez-le, puis enregistrez-le de nouveau en .xlsx."
        ) from erreur


def _read_onglet(nom: str, onglet: Worksheet, brut: Worksheet | None, source: SourceFichier | None) -> Feuille:
    lignes: dict[int, dict[int, Cell]] = {}
    for (rang, colonne), cellule in onglet._cells.items():
        if cellule.value is not None or (brut is not None and brut._cells.get((rang, colonne)) is not None):
            lignes.setdefault(rang, {})[colonne] = cellule
    formules = set(_list_formules(onglet, brut)) if brut is not None else set()
    largeur = max((max(c) for c in lignes.values() if c), default=0)
    if largeur > COLONNES_MAX:
        raise FichierIllisibleError(
            f"{nom}, feuille « {onglet.title} » : colonne {get_column_letter(largeur)} remplie, "
            f"plus que les {COLONNES_MAX} colonnes admises."
        )
    if largeur * len(lignes) > CELLULES_MAX:
        raise FichierIllisibleError(
            f"{nom}, feuille « {onglet.title} » : {largeur * len(lignes)} cellules, "
            f"plus que les {CELLULES_MAX} admises. Enregistrez la feuille en CSV."
        )
    textes = {
        rang: [format_cellule(cellules.get(c)) for c in range(1, largeur + 1)] for rang, cellules in lignes.items()
    }
    rangs = sorted(textes)
    _fill_fusions(onglet, textes)
    premieres = [(rang, textes[rang]) for rang in rangs[:LIGNES_EXAMINEES]]
    try:
        entete = find_entete(
            premieres,
            ligne_entete=source.ligne_entete if source else None,
            ligne_unites=source.ligne_unites if source else None,
        )
        dessus = _find_dessus(onglet, textes, entete.rang, largeur)
        if dessus is not None:
            entete = find_entete(premieres, ligne_entete=entete.rang, dessus=dessus)
    except FichierIllisibleError as erreur:
        raise FichierIllisibleError(f"{nom}, feuille « {onglet.title} » : {erreur}") from erreur
    if doublons := check_doublons(entete.noms):
        raise FichierIllisibleError(
            f"{nom}, feuille « {onglet.title} », ligne {entete.rang} : en-têtes en double ({', '.join(doublons)}). "
            "Donnez un nom différent à chaque colonne."
        )
    donnees = [r for r in rangs if r >= entete.debut]
    noms = name_colonnes(entete.noms)
    colonnes = {noms[i]: [textes[r][i] for r in donnees] for i in range(largeur)}
    vides = [n for i, n in enumerate(noms) if not entete.noms[i] and not any(v.strip() for v in colonnes[n])]
    frame = pl.DataFrame({RANG: donnees} | colonnes, schema={RANG: pl.Int64} | dict.fromkeys(noms, pl.String)).drop(
        vides
    )
    lisibles = [c for c in frame.columns if c != RANG]
    frame = frame.filter(~pl.all_horizontal(pl.col(lisibles).str.strip_chars() == ""))
    gardees = set(frame[RANG])
    return Feuille(
        nom=onglet.title,
        frame=frame,
        rang_entete=entete.rang,
        unites={n: u for n, u in zip(noms, entete.unites, strict=True) if u},
        lignes_masquees=tuple(r for r in donnees if r in gardees and onglet.row_dimensions[r].hidden),
        colonnes_masquees=tuple(n for i, n in enumerate(noms, 1) if n in lisibles and _is_masquee(onglet, i)),
        sans_nom=tuple(n for i, n in enumerate(noms) if not entete.noms[i] and n not in vides),
        formules=tuple(sorted((r, noms[c - 1]) for r, c in formules if r in gardees and c <= largeur)),
    )


def _is_masquee(onglet: Worksheet, colonne: int) -> bool:
    return any(
        d.hidden and d.min is not None and d.max is not None and d.min <= colonne <= d.max
        for d in onglet.column_dimensions.values()
    )


def _list_formules(onglet: Worksheet, brut: Worksheet) -> Iterator[tuple[int, int]]:
    """Cells holding a formula whose result was never stored."""
    for (rang, colonne), cellule in brut._cells.items():
        if cellule.data_type == "f":
            calculee = onglet._cells.get((rang, colonne))
            if calculee is None or calculee.value is None:
                yield rang, colonne


def _fill_fusions(onglet: Worksheet, textes: dict[int, list[str]]) -> None:
    """A text merged over several rows belongs to each of them; a merged number belongs to none: it is marked."""
    for plage in onglet.merged_cells.ranges:
        if plage.min_row == plage.max_row or plage.min_row not in textes:
            continue
        haut = textes[plage.min_row][plage.min_col - 1]
        nombre = re.fullmatch(r"[\d\s.,%-]+", haut) is not None
        for rang in range(plage.min_row, plage.max_row + 1):
            if rang in textes and haut:
                textes[rang][plage.min_col - 1] = FUSION if nombre else haut


def _find_dessus(onglet: Worksheet, textes: dict[int, list[str]], rang_entete: int, largeur: int) -> list[str] | None:
    """Texts of the cells merged across columns in the row above the header, one per column; None when there is none."""
    dessus = [""] * largeur
    for plage in onglet.merged_cells.ranges:
        if plage.max_row == rang_entete - 1 and plage.max_col > plage.min_col and plage.min_row in textes:
            # A title merged over the whole width is not a level of header.
            if plage.min_col == 1 and plage.max_col >= largeur:
                continue
            for colonne in range(plage.min_col, min(plage.max_col, largeur) + 1):
                dessus[colonne - 1] = textes[plage.min_row][plage.min_col - 1]
    return dessus if any(dessus) else None


def format_cellule(cellule: Cell | None) -> str:
    """A stored value as a French reader sees it: decimal comma, percent applied, ISO date cut to what is shown."""
    valeur = None if cellule is None else cellule.value
    if valeur is None:
        return ""
    if isinstance(valeur, bool):
        return "oui" if valeur else "non"
    if isinstance(valeur, int | float):
        pourcent = "%" in str(cellule.number_format if cellule is not None else "")
        return format_nombre_stocke(valeur, pourcent=pourcent)
    if isinstance(valeur, dt.timedelta):
        minutes, secondes = divmod(int(valeur.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02d}:{secondes:02d}"
    if isinstance(valeur, dt.datetime | dt.date):
        return _format_date(valeur, str(cellule.number_format if cellule is not None else ""))
    return str(valeur)


def format_nombre_stocke(valeur: float, *, pourcent: bool = False) -> str:
    """A stored number with a decimal comma, exact, never in scientific notation; ``nan`` and ``inf`` stay words."""
    exact = Decimal(repr(valeur))
    if not exact.is_finite():
        return str(valeur)
    if pourcent:
        exact *= 100
        if isinstance(valeur, float):  # 0.07 × 100 is 7, whatever the binary digits say
            exact = Decimal(repr(round(float(exact), 10)))
    texte = format(exact, "f")
    if "." in texte:
        texte = texte.rstrip("0").rstrip(".")
    return texte.replace(".", ",") + (" %" if pourcent else "")


def _format_date(valeur: dt.datetime | dt.date, forme: str) -> str:
    repere = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", forme.lower())
    if isinstance(valeur, dt.datetime) and (valeur.hour or valeur.minute or valeur.second):
        return valeur.isoformat(sep=" ", timespec="seconds")
    if "y" in repere and "d" not in repere and "j" not in repere:
        return f"{valeur:%Y-%m}" if "m" in repere else f"{valeur:%Y}"
    return f"{valeur:%Y-%m-%d}"
