"""Comments on the indicateurs of an organisme: an append-only store beside the publications.

One file of JSON lines per organisme under ``var/commentaires``: it is no part of a publication, so comments survive
every new one and every return to an older one. A comment is never changed nor removed; a correction is a new comment.

Writers take an exclusive lock and write one whole line, flushed to the disk. A line cut by a crash or edited by hand is
never dropped silently: it is counted (:attr:`Journal.illisibles`) and left where it is.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import os
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO, Annotated

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, StringConstraints, ValidationError

from data.catalogue import load_catalogue
from data.chemins import get_commentaires, get_var
from data.modele import CodeIndicateur, CodeOrganisme

LONGUEUR_MAX = 1000  # characters
NOMBRE_MAX = 100  # comments on one indicateur of one organisme
_LIGNE_MAX = 8 * LONGUEUR_MAX  # bytes of a line: every character escaped, and the keys


class Role(StrEnum):
    """In which role a comment is written. No name is ever asked for."""

    DIRECTION = "direction"
    CONTROLE_DE_GESTION = "controle_de_gestion"
    RESPONSABLE = "responsable"
    REFERENT_REGIONAL = "referent_regional"
    SIEGE = "siege"


LIBELLES_ROLE: dict[Role, str] = {
    Role.DIRECTION: "Direction",
    Role.CONTROLE_DE_GESTION: "Contrôle de gestion",
    Role.RESPONSABLE: "Responsable du processus",
    Role.REFERENT_REGIONAL: "Référent régional",
    Role.SIEGE: "Siège",
}


class CommentaireRefuseError(ValueError):
    """A comment that cannot be kept; the message (French) says why and how to mend it."""


class CommentairesIndisponiblesError(RuntimeError):
    """The store cannot be read or written; the message (French) says where."""


def clean_texte(texte: object) -> object:
    """A text without control characters, lines trimmed, at most one empty line in a row."""
    if not isinstance(texte, str):
        return texte
    sans_controle = "".join(
        c for c in unicodedata.normalize("NFC", texte.replace("\r\n", "\n").replace("\r", "\n"))
        if c == "\n" or unicodedata.category(c) not in {"Cc", "Cf", "Cs"}
    )  # fmt: skip
    lignes = [ligne.rstrip() for ligne in sans_controle.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lignes)).strip()


class Commentaire(BaseModel):
    """One comment: on which indicateur of which organisme, in which role, when (UTC), and what it says."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    organisme: CodeOrganisme
    indicateur: CodeIndicateur
    role: Role
    texte: Annotated[str, BeforeValidator(clean_texte), StringConstraints(min_length=1, max_length=LONGUEUR_MAX)]
    depose_le: AwareDatetime


@dataclass(frozen=True)
class Journal:
    """The comments on an organisme, oldest first, and the number of lines that cannot be read."""

    commentaires: tuple[Commentaire, ...] = ()
    illisibles: int = 0

    def list_sur(self, indicateur: str) -> tuple[Commentaire, ...]:
        """Those on one indicateur."""
        return tuple(c for c in self.commentaires if c.indicateur == indicateur)


def _get_fichier(organisme: str, var: Path | None) -> Path:
    if organisme not in load_catalogue().organisme_par_code:
        raise CommentaireRefuseError(f"Aucun organisme ne porte le code «\u00a0{organisme}\u00a0».")
    return get_commentaires(var or get_var()) / f"{organisme}.jsonl"


def _read_lignes(fichier: IO[bytes]) -> Iterator[Commentaire | None]:
    """Each line as a comment, None for one that cannot be read."""
    for ligne in fichier:
        if not ligne.strip():
            continue
        try:
            yield Commentaire.model_validate_json(ligne) if len(ligne) <= _LIGNE_MAX else None
        except ValidationError:
            yield None


def load_journal(organisme: str, var: Path | None = None) -> Journal:
    """Comments on an organisme.

    Args:
        organisme: its code.
        var: folder of what is built; that of the environment by default.

    Raises:
        CommentaireRefuseError: no organisme has this code.
        CommentairesIndisponiblesError: the file exists and cannot be read.
    """
    chemin = _get_fichier(organisme, var)
    try:
        with chemin.open("rb") as fichier:
            lus = list(_read_lignes(fichier))
    except FileNotFoundError:
        return Journal()
    except OSError as erreur:
        raise CommentairesIndisponiblesError(
            f"Les commentaires ne peuvent pas être lus ({erreur.strerror})\u00a0: vérifiez les droits du dossier "
            "«\u00a0commentaires\u00a0»."
        ) from erreur
    lisibles = [c for c in lus if c is not None]
    return Journal(tuple(sorted(lisibles, key=lambda c: c.depose_le)), len(lus) - len(lisibles))


@contextmanager
def _open_verrouille(chemin: Path) -> Iterator[IO[bytes]]:
    """The file opened to append and read, under an exclusive lock the kernel drops if the process dies."""
    try:
        chemin.parent.mkdir(parents=True, exist_ok=True)
        with chemin.open("a+b") as fichier:
            fcntl.flock(fichier, fcntl.LOCK_EX)
            yield fichier
    except OSError as erreur:
        raise CommentairesIndisponiblesError(
            f"Le commentaire n'a pas pu être enregistré ({erreur.strerror})\u00a0: vérifiez la place et les droits du "
            "dossier «\u00a0commentaires\u00a0», puis recommencez."
        ) from erreur


def add_commentaire(
    organisme: str,
    indicateur: str,
    role: str | None,
    texte: str | None,
    *,
    var: Path | None = None,
    maintenant: dt.datetime | None = None,
) -> Commentaire:
    """Keep a comment.

    Args:
        organisme, indicateur: their codes.
        role: value of :class:`Role`.
        texte: 1 to ``LONGUEUR_MAX`` characters once cleaned; control characters are taken out.
        var: folder of what is built; that of the environment by default.
        maintenant: time of the comment; now by default.

    Raises:
        CommentaireRefuseError: unknown organisme, indicateur or role, empty or too long a text, too many comments.
        CommentairesIndisponiblesError: the store cannot be written.
    """
    chemin = _get_fichier(organisme, var)
    if indicateur not in load_catalogue().indicateur_par_code:
        raise CommentaireRefuseError(f"Aucun indicateur ne porte le code «\u00a0{indicateur}\u00a0».")
    if role not in set(Role):
        raise CommentaireRefuseError("Choisissez à quel titre vous commentez.")
    propre = clean_texte(texte or "")
    if not propre:
        raise CommentaireRefuseError("Le commentaire est vide\u00a0: écrivez-le, puis enregistrez.")
    longueur = len(str(propre))
    if longueur > LONGUEUR_MAX:
        raise CommentaireRefuseError(
            f"Le commentaire fait {longueur} caractères\u00a0: {LONGUEUR_MAX} au plus. Raccourcissez-le."
        )
    commentaire = Commentaire.model_validate(
        {
            "organisme": organisme,
            "indicateur": indicateur,
            "role": role,
            "texte": propre,
            "depose_le": maintenant or dt.datetime.now(dt.UTC).replace(microsecond=0),
        }
    )
    with _open_verrouille(chemin) as fichier:
        fichier.seek(0)
        deja = [c for c in _read_lignes(fichier) if c is not None and c.indicateur == indicateur]
        if len(deja) >= NOMBRE_MAX:
            raise CommentaireRefuseError(
                f"Cet indicateur porte déjà {NOMBRE_MAX} commentaires, le nombre maximal pour un organisme."
            )
        fichier.write(_end_ligne(fichier) + commentaire.model_dump_json().encode() + b"\n")
        fichier.flush()
        os.fsync(fichier.fileno())
    return commentaire


def _end_ligne(fichier: IO[bytes]) -> bytes:
    """What closes a last line cut by a crash, so that the next comment does not join it."""
    if fichier.seek(0, os.SEEK_END) == 0:
        return b""
    fichier.seek(-1, os.SEEK_END)
    return b"" if fichier.read(1) == b"\n" else b"\n"
