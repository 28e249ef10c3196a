"""A barème as YAML text: written so that a person can edit it, read back safely with the line of everything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

import yaml

from data.bareme import Bareme

TAILLE_MAX: Final = 256 * 1024  # bytes; ten times the largest barème
_DENOMINATEUR_MAX: Final = 60  # of the shares written as fractions
_PROFONDEUR_MAX: Final = 20
Chemin = tuple[str | int, ...]


class FichierIllisibleError(ValueError):
    """A file cannot be read as a barème at all; the message (French) says why and how to mend it."""


@dataclass(frozen=True)
class Yaml:
    """Plain data, and the line (from 1) each of its places starts at."""

    brut: object
    lignes: Mapping[Chemin, int]

    def find_ligne(self, chemin: Chemin) -> int:
        """Line of a place, or that of the nearest thing that holds it."""
        for fin in range(len(chemin), -1, -1):
            if chemin[:fin] in self.lignes:
                return self.lignes[chemin[:fin]]
        return 1


def format_part(valeur: float) -> float | int | str:
    """A weight or a share as it is best written: ``10``, ``7.5``, or ``10/3`` where decimals would not be exact."""
    if valeur == int(valeur):
        return int(valeur)
    if round(valeur, 6) == valeur:
        return valeur
    fraction = Fraction(valeur).limit_denominator(_DENOMINATEUR_MAX)
    return f"{fraction.numerator}/{fraction.denominator}" if float(fraction) == valeur else valeur


def build_donnees(bareme: Bareme) -> dict[str, Any]:
    """A barème as plain data, defaults left out, fractions as text; ``check_bareme`` reads it back equal."""
    donnees: dict[str, Any] = bareme.model_dump(mode="json", exclude_defaults=True)
    for domaine in donnees["domaines"]:
        domaine["poids"] = format_part(domaine["poids"])
        domaine["indicateurs"] = [_order(i, "poids") for i in domaine["indicateurs"]]
        for indicateur in domaine["indicateurs"]:
            if "composantes" in indicateur:
                indicateur["composantes"] = [_order(c, "part") for c in indicateur["composantes"]]
    return donnees


def _order(porteur: dict[str, Any], mesure: str) -> dict[str, Any]:
    """Code and weight (or share) first, as they are read."""
    return {"code": porteur["code"], mesure: format_part(porteur[mesure])} | {
        cle: valeur for cle, valeur in porteur.items() if cle not in {"code", mesure}
    }


def format_yaml(donnees: Mapping[str, Any], entete: str = "") -> str:
    """YAML of plain data, keys in order, accents as they are; ``entete`` becomes comments at the top."""
    commentaires = "".join(f"# {ligne}\n" for ligne in entete.splitlines())
    texte: str = yaml.safe_dump(dict(donnees), allow_unicode=True, sort_keys=False, width=110)
    return commentaires + texte


def read_yaml(contenu: bytes) -> Yaml:
    """Read YAML of unknown origin.

    Raises:
        FichierIllisibleError: too big, not UTF-8, not YAML, anchors (which may swell without end), too deep, a key
            written twice.
    """
    if len(contenu) > TAILLE_MAX:
        raise FichierIllisibleError(
            f"le fichier fait {len(contenu) // 1024} ko, et {TAILLE_MAX // 1024} au plus sont acceptés"
        )
    try:
        texte = contenu.decode("utf-8-sig")
    except UnicodeDecodeError as erreur:
        raise FichierIllisibleError(f"le fichier n'est pas en UTF-8 (octet {erreur.start + 1})") from erreur
    try:
        _check_evenements(texte)
        noeud = yaml.compose(texte, Loader=yaml.SafeLoader)
        if noeud is None:
            raise FichierIllisibleError("le fichier est vide")
        lignes: dict[Chemin, int] = {}
        _walk_noeud(noeud, (), lignes)
        return Yaml(yaml.load(texte, Loader=yaml.SafeLoader), lignes)
    except yaml.MarkedYAMLError as erreur:
        ligne = erreur.problem_mark.line + 1 if erreur.problem_mark else 1
        raise FichierIllisibleError(f"ligne {ligne}\u00a0: ce n'est pas du YAML (vérifiez l'alignement)") from erreur
    except (yaml.YAMLError, ValueError, OverflowError) as erreur:
        if isinstance(erreur, FichierIllisibleError):
            raise
        raise FichierIllisibleError("ce n'est pas du YAML\u00a0: un caractère ou une valeur est illisible") from erreur


def _check_evenements(texte: str) -> None:
    """Refuse what a barème never needs and a malicious file could use, before anything is built."""
    profondeur = 0
    for evenement in yaml.parse(texte, Loader=yaml.SafeLoader):
        if isinstance(evenement, yaml.AliasEvent) or getattr(evenement, "anchor", None):
            ligne = evenement.start_mark.line + 1 if evenement.start_mark else 1
            raise FichierIllisibleError(f"ligne {ligne}\u00a0: les renvois YAML («\u00a0&\u00a0», «\u00a0*\u00a0») "
                                        "ne sont pas acceptés, recopiez la valeur")  # fmt: skip
        if isinstance(evenement, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            profondeur += 1
            if profondeur > _PROFONDEUR_MAX:
                raise FichierIllisibleError(f"plus de {_PROFONDEUR_MAX} niveaux emboîtés\u00a0: ce n'est pas un barème")
        elif isinstance(evenement, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            profondeur -= 1


def _walk_noeud(noeud: yaml.Node, chemin: Chemin, lignes: dict[Chemin, int]) -> None:
    """Line of every place under a node; a key written twice is refused (YAML would keep the last, silently)."""
    lignes[chemin] = noeud.start_mark.line + 1
    if isinstance(noeud, yaml.MappingNode):
        vues: set[str] = set()
        for cle, valeur in noeud.value:
            nom = str(cle.value)
            if nom in vues:
                ligne = cle.start_mark.line + 1
                raise FichierIllisibleError(
                    f"ligne {ligne}\u00a0: la clé «\u00a0{nom[:60]}\u00a0» est écrite deux fois"
                )
            vues.add(nom)
            _walk_noeud(valeur, (*chemin, nom), lignes)
    elif isinstance(noeud, yaml.SequenceNode):
        for rang, valeur in enumerate(noeud.value):
            _walk_noeud(valeur, (*chemin, rang), lignes)
