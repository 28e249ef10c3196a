"""A sheet of text cells, and where its header is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from etl.chargement.cellules import UNITES, format_net, format_repli
from etl.sources.publie import FichierIllisibleError

RANG = "__rang__"
LIGNES_EXAMINEES = 60
SANS_NOM = "(colonne {})"
FUSION = "#FUSION"
MOTIF = "Motif (Parangon)"  # column of an annotated file that comes back: never read
_NOMBRE = re.compile(r"[+-]?[\d\s\u00a0\u202f\u2009]+(?:[.,]\d+)?\s*%?")


@dataclass(frozen=True)
class Entete:
    """Where the header is, and what it says. ``debut`` is the rank of the first row of data."""

    rang: int
    noms: tuple[str, ...]
    unites: tuple[str | None, ...]
    debut: int


@dataclass(frozen=True)
class Feuille:
    """One table of a file.

    ``frame`` has the column ``RANG`` (Int64, row number as the spreadsheet shows it) and one String column per header;
    a blank cell is an empty string. ``invalides`` are the rows that could not be cut into cells: (rank, reason, text).
    """

    nom: str | None
    frame: pl.DataFrame
    rang_entete: int
    unites: dict[str, str] = field(default_factory=dict)
    invalides: tuple[tuple[int, str, str], ...] = ()
    lignes_masquees: tuple[int, ...] = ()
    colonnes_masquees: tuple[str, ...] = ()
    sans_nom: tuple[str, ...] = ()
    formules: tuple[tuple[int, str], ...] = ()  # cells whose formula has no stored value
    avertissements: tuple[tuple[str, str], ...] = ()  # (rule, reason) seen while reading

    @property
    def colonnes(self) -> list[str]:
        """Headers, in order."""
        return [c for c in self.frame.columns if c != RANG]

    @property
    def lignes_lues(self) -> int:
        """Rows of data read, the refused ones included."""
        return self.frame.height + len(self.invalides)


def format_entete(texte: str) -> str:
    """A header on one line, with ordinary spaces."""
    return format_net(texte.replace("\n", " "))


def find_entete(
    lignes: Sequence[tuple[int, Sequence[str]]],
    *,
    ligne_entete: int | None = None,
    ligne_unites: bool | None = None,
    dessus: Sequence[str] | None = None,
) -> Entete:
    """Find the header among the first rows of a sheet.

    The header is the first of the widest rows made of distinct texts or periods; a row of units right below it is
    recognised (« (en jours) », « % ») and skipped. ``dessus`` (texts of merged cells above, one per column, blank
    where none) is put before the header as « above / header ».

    Raises:
        FichierIllisibleError: no row looks like a header.
    """
    if ligne_entete is not None:
        choix = next(((rang, cellules) for rang, cellules in lignes if rang == ligne_entete), None)
        if choix is None:
            raise FichierIllisibleError(f"La ligne d'en-tête déclarée ({ligne_entete}) n'existe pas dans le fichier.")
    else:
        candidats = [(rang, cellules) for rang, cellules in lignes if _is_entete(cellules)]
        if not candidats:
            raise FichierIllisibleError(
                f"Aucune ligne d'en-tête trouvée dans les {LIGNES_EXAMINEES} premières lignes : "
                "il faut une ligne de titres de colonnes, ou « ligne_entete » dans la source."
            )
        largeur = max(_count_remplies(cellules) for _, cellules in candidats)
        choix = next(c for c in candidats if _count_remplies(c[1]) >= max(2, 0.7 * largeur))
    rang, cellules = choix
    noms = [format_entete(c) for c in cellules]
    if dessus:
        noms = [
            f"{format_entete(haut)} / {bas}" if haut and format_entete(haut) != bas else bas
            for haut, bas in zip(dessus, noms, strict=True)
        ]
    suivante = next(((r, c) for r, c in lignes if r > rang), None)
    unites: tuple[str | None, ...] = (None,) * len(noms)
    debut = rang + 1
    if suivante is not None and (ligne_unites or (ligne_unites is None and _is_unites(suivante[1]))):
        unites = tuple(parse_unite(c) for c in suivante[1])
        debut = suivante[0] + 1
    return Entete(rang, tuple(noms), unites, debut)


def parse_unite(texte: str) -> str | None:
    """The unit a cell is about (« (en jours) » → « jours »), or None."""
    repli = format_repli(texte).strip("()[] ").removeprefix("en ").removeprefix("unite : ").strip()
    return repli if repli in UNITES or repli in {"nb", "nombre", "date"} else None


def check_doublons(noms: Sequence[str]) -> list[str]:
    """Headers that appear more than once."""
    return sorted({n for n in noms if n and noms.count(n) > 1})


def name_colonnes(noms: Sequence[str]) -> list[str]:
    """Headers with a name for those that have none."""
    return [nom or SANS_NOM.format(i) for i, nom in enumerate(noms, start=1)]


def _count_remplies(cellules: Sequence[str]) -> int:
    return sum(1 for c in cellules if c.strip())


def _is_entete(cellules: Sequence[str]) -> bool:
    textes = [c.strip() for c in cellules if c.strip()]
    if len(textes) < 2:
        return False
    nombres = sum(1 for t in textes if _NOMBRE.fullmatch(t) and not re.fullmatch(r"(?:19|20)\d\d", t))
    return nombres <= 0.1 * len(textes)


def _is_unites(cellules: Sequence[str]) -> bool:
    textes = [c for c in cellules if c.strip()]
    return bool(textes) and all(parse_unite(c) is not None for c in textes)
