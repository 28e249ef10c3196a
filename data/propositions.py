"""Proposed barèmes: an append-only store beside the publications.

One YAML file per version under ``var/baremes``, never overwritten: a proposal stands beside the published barème, it
changes neither the definitions nor any published score. Its name is its identifier, ``2023-cpam-v2``.

A version is written whole in a temporary file, flushed to the disk, then linked under its final name: a crash leaves
nothing half-written, and two authors at once get two versions. Read back, it goes through every check again; a file
edited by hand into something wrong is named, never used.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, StringConstraints, ValidationError

from data.bareme import Bareme
from data.catalogue import BaremeInconnuError, load_catalogue
from data.chemins import get_baremes, get_var
from data.commentaires import LIBELLES_ROLE, Role, clean_texte
from data.controle_bareme import check_bareme
from data.fichier_bareme import FichierIllisibleError, build_donnees, format_yaml, read_yaml
from data.modele import Referentiel, TypeOrganisme

MOTIF_MAX: Final = 500  # characters
VERSIONS_MAX: Final = 200  # of one type and year
_IDENTIFIANT: Final = re.compile(r"(?P<annee>20\d{2})-(?P<type>[a-z]{3,6})-v(?P<version>[1-9]\d{0,3})")


class PropositionRefuseeError(ValueError):
    """A proposal that cannot be kept; the message (French) says why and how to mend it."""


class PropositionInconnueError(ValueError):
    """No readable proposal bears this identifier; the message (French) says why."""


class PropositionsIndisponiblesError(RuntimeError):
    """The store cannot be read or written; the message (French) says where."""


class _Fiche(BaseModel):
    """What a file says besides the barème."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    auteur: Role
    depose_le: AwareDatetime
    motif: Annotated[str, BeforeValidator(clean_texte), StringConstraints(min_length=1, max_length=MOTIF_MAX)]


@dataclass(frozen=True)
class Proposition:
    """A kept version: of which type, which number, by which role, when (UTC), why, and the barème itself."""

    identifiant: str
    type_organisme: TypeOrganisme
    version: int
    auteur: Role
    depose_le: dt.datetime
    motif: str
    bareme: Bareme


@dataclass(frozen=True)
class Registre:
    """The proposals of a type, latest first, and the names of the files that cannot be read."""

    propositions: tuple[Proposition, ...] = ()
    illisibles: tuple[str, ...] = ()


def get_publie(type_organisme: TypeOrganisme, annee: int) -> Bareme:
    """The published barème of the part locale of a type.

    Raises:
        BaremeInconnuError: none is defined.
    """
    return load_catalogue().get_bareme(Referentiel.INTERESSEMENT, annee, type_organisme)


def format_identifiant(type_organisme: TypeOrganisme, annee: int, version: int) -> str:
    """``2023-cpam-v2``."""
    return f"{annee}-{type_organisme.value.lower()}-v{version}"


def read_identifiant(identifiant: str) -> tuple[TypeOrganisme, int, int]:
    """Type, year and version.

    Raises:
        PropositionInconnueError: not an identifier, or of a type without barème.
    """
    lu = _IDENTIFIANT.fullmatch(identifiant)
    try:
        if lu is None:
            raise ValueError(identifiant)
        type_organisme, annee = TypeOrganisme(lu["type"].upper()), int(lu["annee"])
        get_publie(type_organisme, annee)
    except (ValueError, BaremeInconnuError):
        raise PropositionInconnueError(
            f"«\u00a0{identifiant[:40]}\u00a0» n'est pas une proposition de barème (exemple\u00a0: 2023-cpam-v1)"
        ) from None
    return type_organisme, annee, int(lu["version"])


def load_proposition(identifiant: str, var: Path | None = None) -> Proposition:
    """A kept version, checked again.

    Args:
        identifiant: its name.
        var: folder of what is built; that of the environment by default.

    Raises:
        PropositionInconnueError: no such version, or its file is no longer a valid proposal.
        PropositionsIndisponiblesError: the file exists and cannot be read.
    """
    read_identifiant(identifiant)
    chemin = get_baremes(var or get_var()) / f"{identifiant}.yaml"
    try:
        marque = chemin.stat().st_mtime_ns
        return _load_fichier(chemin, marque)
    except FileNotFoundError:
        raise PropositionInconnueError(f"la proposition «\u00a0{identifiant}\u00a0» n'existe pas") from None
    except OSError as erreur:
        raise _build_indisponible("lues", erreur) from erreur


@lru_cache(maxsize=64)
def _load_fichier(chemin: Path, _marque: int) -> Proposition:
    """Read and check one file; kept until it changes on the disk."""
    identifiant = chemin.stem
    type_organisme, annee, version = read_identifiant(identifiant)
    try:
        brut = read_yaml(chemin.read_bytes()).brut
        if not isinstance(brut, dict) or set(brut) != {"proposition", "bareme"}:
            raise PropositionInconnueError("les clés «\u00a0proposition\u00a0» et «\u00a0bareme\u00a0» sont attendues")
        fiche = _Fiche.model_validate(brut["proposition"])
    except (FichierIllisibleError, ValidationError, PropositionInconnueError) as erreur:
        raison = "auteur, date ou motif illisible" if isinstance(erreur, ValidationError) else str(erreur)
        raise PropositionInconnueError(
            f"le fichier de «\u00a0{identifiant}\u00a0» est illisible ({raison})"
        ) from erreur
    controle = check_bareme(brut["bareme"], load_catalogue(), get_publie(type_organisme, annee))
    if controle.bareme is None:
        raise PropositionInconnueError(
            f"la proposition «\u00a0{identifiant}\u00a0» n'est plus valable\u00a0: {controle.problemes[0].message}"
        )
    return Proposition(
        identifiant=identifiant,
        type_organisme=type_organisme,
        version=version,
        auteur=fiche.auteur,
        depose_le=fiche.depose_le,
        motif=fiche.motif,
        bareme=controle.bareme,
    )


def list_propositions(type_organisme: TypeOrganisme, annee: int, var: Path | None = None) -> Registre:
    """Every kept version of a type, latest first.

    Raises:
        PropositionsIndisponiblesError: the folder exists and cannot be read.
    """
    lues, illisibles = [], []
    for identifiant in reversed(_list_identifiants(type_organisme, annee, get_baremes(var or get_var()))):
        try:
            lues.append(load_proposition(identifiant, var))
        except PropositionInconnueError:
            illisibles.append(identifiant)
    return Registre(tuple(lues), tuple(illisibles))


def _list_identifiants(type_organisme: TypeOrganisme, annee: int, dossier: Path) -> list[str]:
    """Names of the files of a type and year, in order of version."""
    prefixe = f"{annee}-{type_organisme.value.lower()}-v"
    try:
        noms = [c.stem for c in dossier.iterdir() if c.suffix == ".yaml" and c.stem.startswith(prefixe)]
    except FileNotFoundError:
        return []
    except OSError as erreur:
        raise _build_indisponible("lues", erreur) from erreur
    return sorted((n for n in noms if _IDENTIFIANT.fullmatch(n)), key=lambda n: int(n.removeprefix(prefixe)))


def _build_indisponible(verbe: str, erreur: OSError) -> PropositionsIndisponiblesError:
    return PropositionsIndisponiblesError(
        f"Les propositions de barème ne peuvent pas être {verbe} ({erreur.strerror})\u00a0: vérifiez la place et les "
        "droits du dossier «\u00a0baremes\u00a0»."
    )


@contextmanager
def _lock(dossier: Path) -> Iterator[None]:
    """One writer at a time; the kernel drops the lock if the process dies."""
    dossier.mkdir(parents=True, exist_ok=True)
    with (dossier / ".verrou").open("a") as verrou:
        fcntl.flock(verrou, fcntl.LOCK_EX)
        yield


def add_proposition(
    bareme: Bareme,
    auteur: str | None,
    motif: str | None,
    *,
    var: Path | None = None,
    maintenant: dt.datetime | None = None,
) -> Proposition:
    """Keep a barème as the next version of its type.

    Args:
        bareme: a proposal that passed :func:`data.controle_bareme.check_bareme`; it is checked again.
        auteur: value of :class:`~data.commentaires.Role`.
        motif: why, 1 to ``MOTIF_MAX`` characters once cleaned.
        var: folder of what is built; that of the environment by default.
        maintenant: time of the deposit; now by default.

    Raises:
        PropositionRefuseeError: unknown role, empty or too long a reason, nothing changed, too many versions.
        PropositionsIndisponiblesError: the store cannot be written.
    """
    if bareme.types_organisme == ():
        raise PropositionRefuseeError("La part nationale n'a pas de proposition\u00a0: elle vaut pour tout le réseau.")
    type_organisme = bareme.types_organisme[0]
    publie = get_publie(type_organisme, bareme.annee)
    donnees = build_donnees(bareme)
    controle = check_bareme(donnees, load_catalogue(), publie)
    if controle.bareme is None:
        raise PropositionRefuseeError(f"Le barème n'est pas valable\u00a0: {controle.problemes[0].message}.")
    if controle.bareme == publie:
        raise PropositionRefuseeError("Ce barème est celui qui est publié\u00a0: rien à proposer.")
    if auteur not in LIBELLES_ROLE:
        raise PropositionRefuseeError("Choisissez à quel titre vous proposez ce barème.")
    propre = str(clean_texte(motif or ""))
    if not 1 <= len(propre) <= MOTIF_MAX:
        raise PropositionRefuseeError(
            f"Le motif est vide\u00a0: dites pourquoi en {MOTIF_MAX} caractères au plus."
            if not propre
            else f"Le motif fait {len(propre)} caractères\u00a0: {MOTIF_MAX} au plus. Raccourcissez-le."
        )
    quand = maintenant or dt.datetime.now(dt.UTC).replace(microsecond=0)
    dossier = get_baremes(var or get_var())
    try:
        with _lock(dossier):
            presents = _list_identifiants(type_organisme, bareme.annee, dossier)
            version = 1 + max((read_identifiant(i)[2] for i in presents), default=0)
            if version > VERSIONS_MAX:
                raise PropositionRefuseeError(f"Ce type porte déjà {VERSIONS_MAX} propositions, le nombre maximal.")
            identifiant = format_identifiant(type_organisme, bareme.annee, version)
            fiche = {"auteur": Role(auteur).value, "depose_le": quand.isoformat(), "motif": propre}
            _write(dossier / f"{identifiant}.yaml", {"proposition": fiche, "bareme": donnees})
    except OSError as erreur:
        raise _build_indisponible("enregistrées", erreur) from erreur
    return load_proposition(identifiant, var)


def _write(chemin: Path, donnees: dict[str, Any]) -> None:
    """The whole file or nothing, under a name that must be free."""
    descripteur, provisoire = tempfile.mkstemp(dir=chemin.parent, prefix=".", suffix=".tmp")
    try:
        with os.fdopen(descripteur, "wb") as fichier:
            fichier.write(format_yaml(donnees).encode())
            fichier.flush()
            os.fsync(fichier.fileno())
        Path(provisoire).chmod(0o644)
        os.link(provisoire, chemin)
    finally:
        Path(provisoire).unlink(missing_ok=True)
    dossier = os.open(chemin.parent, os.O_RDONLY)
    try:
        os.fsync(dossier)
    finally:
        os.close(dossier)
