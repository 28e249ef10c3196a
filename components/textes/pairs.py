"""Words of the peers selector: what a group is, how it was made, why it may be empty. Pure functions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from components.figures.formats import INSECABLE, format_liste, format_nombre, format_pluriel
from components.textes.comparer import LIBELLES_LENTILLE, RAISON_TYPES, format_type_note
from data.calculs.pairs import CLASSES_TAILLE, GROUPE_MINIMUM, LENTILLES

# Choice of the selector -> label. A lens is part of the choice: one control instead of two.
CHOIX: Final[dict[str, str]] = {
    "type": "Mon type d'organisme",
    "classe": "Ma classe de taille",
    "region": "Ma région",
    "voisins-taille": "Mes voisins par la taille",
    "voisins-population": "Mes voisins par la population",
    "voisins-territoire": "Mes voisins par le territoire",
    "liste": "Ma liste",
    "tous": "France entière",
}


def format_classe(classe: str) -> str:
    """« moyenne (350 à 550 ETP) » for a size class."""
    bas = 0.0
    for nom, haut in CLASSES_TAILLE:
        if nom == classe:
            if haut == float("inf"):
                return f"{nom} ({format_nombre(bas, 0)}{INSECABLE}ETP et plus)"
            if bas == 0:
                return f"{nom} (moins de {format_nombre(haut, 0)}{INSECABLE}ETP)"
            return f"{nom} ({format_nombre(bas, 0)} à {format_nombre(haut, 0)}{INSECABLE}ETP)"
        bas = haut
    raise ValueError(f"classe de taille inconnue : {classe!r}")


def format_regions(regions: Sequence[str]) -> str:
    """« de la région Bretagne », « des régions Provence-Alpes-Côte d'Azur et Corse »."""
    return f"de la région {regions[0]}" if len(regions) == 1 else f"des régions {format_liste(list(regions))}"


def format_effectif(nombre: int, type_note: str | None, suite: str) -> str:
    """The group in words with its size: « 102 CPAM et CCSS », « 18 organismes de la région Bretagne ».

    Args:
        nombre: members counted.
        type_note: the one type of the group, None when it mixes several.
        suite: what narrows the group (« de la région Bretagne »), may be empty.
    """
    tete = (
        format_pluriel(nombre, "organisme")
        if type_note is None
        else (f"{nombre}{INSECABLE}{format_type_note(type_note)}")
    )
    return f"{tete} {suite}".rstrip()


def build_precision_voisins(
    nom: str, lentille: str, variables: Collection[str], millesimes: Mapping[str, Mapping[str, Any]]
) -> str:
    """How the neighbours were chosen, each variable with its year, never by results.

    Args:
        nom: of the organisme.
        lentille: the lens.
        variables: codes really used (those known for the type).
        millesimes: rows of ``list_millesimes`` by code_indicateur.
    """
    traits = [
        f"{variable.libelle} {annee['annee_max']}{' (simulé)' if annee['simulee'] else ''}"
        for variable in LENTILLES[lentille]
        if variable.code in variables and (annee := millesimes.get(variable.code))
    ]
    return (
        f"{nom}\u00a0: pairs choisis par {LIBELLES_LENTILLE[lentille]} ({format_liste(traits)}), jamais par les "
        "résultats."
    )


def build_precision_classe(annee: int) -> str:
    """How size classes are made."""
    return (
        f"Classe de taille par l'effectif en ETP de {annee} (variable en partie simulée)\u00a0; bornes de Parangon, "
        "sauf la première, publiée."
    )


def format_suite_voisins(lentille: str) -> str:
    """What narrows a group of neighbours."""
    return f"proches par {LIBELLES_LENTILLE[lentille]}"


def format_suite_liste(nom: str) -> str:
    """What narrows a list of one's own."""
    return f"de la liste «\u00a0{nom}\u00a0»" if nom else "de ma liste"


def build_vide_region(nom: str) -> str:
    """Why an organisme has no group of région."""
    return (
        f"Les documents ne rattachent {nom} à aucune région. Choisissez «\u00a0Mon type d'organisme\u00a0» ou "
        "«\u00a0France entière\u00a0»."
    )


def build_vide_sans_organisme(choix: str) -> str:
    """Why a group that starts from an organisme is empty without one."""
    motif = {
        "region": "le groupe est fait de ses voisins de région",
        "classe": "le groupe est fait des organismes de sa taille",
    }.get(choix, "le groupe est fait des organismes qui lui ressemblent")
    return f"Choisissez d'abord un organisme\u00a0: {motif}."


def build_vide_liste(nombre: int) -> str:
    """Why a list of one's own gives no statistic yet."""
    manque = GROUPE_MINIMUM - nombre
    choisis = "aucun n'est choisi" if nombre == 0 else f"{format_pluriel(nombre, 'choisi', 'choisis')}"
    return (
        f"Une liste personnelle compte au moins {GROUPE_MINIMUM} pairs pour toute statistique\u00a0: {choisis}. "
        f"Ajoutez-en {manque} dans «\u00a0Membres de ma liste\u00a0»."
    )


def build_vide_types(mis_de_cote: int, type_note: str) -> str:
    """Why a list of several types leaves too few members to compare."""
    return (
        f"Trop peu de pairs de type {format_type_note(type_note)}\u00a0: {format_pluriel(mis_de_cote, 'membre')} d'un "
        f"autre type mis de côté. {RAISON_TYPES} Complétez la liste, ou demandez «\u00a0Classer tous les types "
        "ensemble\u00a0»."
    )


def build_vide_voisins(nom: str, lentille: str) -> str:
    """Why an organisme has no neighbour under a lens."""
    return (
        f"{nom}\u00a0: aucun voisin par {LIBELLES_LENTILLE[lentille]}\u00a0; ces variables ne sont pas connues pour "
        "son type, ou il est seul de son type. Choisissez «\u00a0Mon type d'organisme\u00a0» ou «\u00a0Ma liste\u00a0»."
    )
