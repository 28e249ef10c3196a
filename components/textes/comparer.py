"""Sentences of the page « Comparer », written from the data. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from components.figures.formats import (
    INSECABLE,
    format_ecart,
    format_liste,
    format_pluriel,
    format_rang,
    format_valeur,
)
from data.calculs.position import Position, Quartiles
from data.modele import Organisme, Sens

CHOIX_GROUPE: dict[str, str] = {
    "type": "Même type",
    "type_region": "Type et région",
    "region": "Même région",
    "tous": "Tous",
}
NOTE_QUARTILES = (
    "Médiane et quartiles\u00a0: interpolation linéaire entre les deux valeurs voisines (définition 7 de Hyndman et "
    "Fan, celle de CENTILE.INCLURE). Une valeur égale à une borne compte dans le meilleur des deux quarts."
)
NOTE_RANGS = (
    "À valeur égale, même rang. Rang établi sur les valeurs imprimées\u00a0: la source ne donne aucun effectif qui "
    "permette d'en calculer l'incertitude, un petit écart de rang ne prouve rien."
)
NOTE_CCSS = "Les deux CCSS sont classées avec les CPAM, comme la note les imprime."
NOTE_RANGS_SIMULES = "À valeur égale, même rang. Valeurs simulées\u00a0: ce classement ne décrit aucun organisme réel."
DOMAINE_BAREMES = "Intéressement"
AVERTISSEMENT_TYPES = (
    "Ce groupe mêle plusieurs types d'organismes\u00a0: leurs barèmes sont différents (indicateurs, poids, cibles), "
    "leurs scores ne sont pas comparables. Le rang n'a qu'une valeur indicative."
)


def format_type_note(type_note: str) -> str:
    """« CPAM et CCSS » for the type the note prints as CPAM; every other type is itself."""
    return "CPAM et CCSS" if type_note == "CPAM" else type_note


def format_option(organisme: dict[str, Any]) -> str:
    """Option of the search: name, département (number, and name unless the organisme's says it), caisse number.

    Bodies that cover several départements have their name only: it says the territory.
    """
    morceaux = [organisme["nom"]]
    if len(organisme["codes_departement"]) == 1:
        nom = organisme["noms_departement"][0]
        numero = organisme["codes_departement"][0]
        morceaux.append(numero if nom in organisme["nom"] else f"{numero} {nom}")
    if organisme["code_organisme"].isdigit() and organisme["code_organisme"] not in morceaux:
        morceaux.append(organisme["code_organisme"])
    return " · ".join(morceaux)


def format_recherche(organisme: Organisme) -> str:
    """Other words the search finds an organisme by: its seat and its other names, numbers left out.

    A number typed is a département or a caisse, as shown: « 31 » must not find the caisse 031 first.
    """
    return " ".join(nom for nom in (organisme.siege, *organisme.alias) if nom and not nom.isdigit())


def format_position(position: Position) -> str:
    """« 43e sur 102 », « 43e ex æquo sur 102 »."""
    return f"{_format_rang(position)} sur {position.effectif}"


def _format_rang(position: Position) -> str:
    return format_rang(position.rang) + (f"{INSECABLE}ex æquo" if position.ex_aequo else "")


def format_quart(quart: int, sens: Sens) -> str:
    """The quarter of the group in words, from the best one."""
    if sens is Sens.NEUTRE:
        return ("quart le plus élevé", "deuxième quart", "troisième quart", "quart le plus bas")[quart - 1]
    return ("meilleur quart", "deuxième quart", "troisième quart", "dernier quart")[quart - 1]


def format_groupe(frame: pl.DataFrame, groupe: str, organisme: dict[str, Any] | None) -> str:
    """The group in words with its size: « 102 CPAM et CCSS », « 18 organismes de la région Bretagne ».

    Args:
        frame: rows of the group (type_note).
        groupe: key of ``CHOIX_GROUPE``.
        organisme: the chosen one, whose régions name the regional groups.
    """
    types = frame["type_note"].unique().to_list()
    if len(types) == 1:
        texte = f"{frame.height}{INSECABLE}{format_type_note(types[0])}"
    else:
        texte = format_pluriel(frame.height, "organisme")
    if groupe in {"region", "type_region"} and organisme:
        regions = organisme["noms_region"]
        texte += f" de la région {regions[0]}" if len(regions) == 1 else f" des régions {format_liste(regions)}"
    return texte


@dataclass(frozen=True)
class Comparaison:
    """A group of organismes on one indicateur, and where the chosen one stands in it.

    ``indicateur`` is a row of ``list_indicateurs_compares`` and ``organisme`` one of ``list_organismes``.
    ``membres`` is the ranked group (see ``compute_classement``), ``valeurs`` its rows with a value.
    ``quartiles`` is None without any value, ``position`` when the chosen organisme has none.
    ``vide`` says why there is no ranking (see :func:`build_vide`).
    """

    groupe: str
    indicateur: dict[str, Any]
    decimales: int
    sens: Sens
    organisme: dict[str, Any] | None
    membres: pl.DataFrame
    valeurs: pl.DataFrame
    quartiles: Quartiles | None
    position: Position | None
    vide: str | None

    @property
    def unite(self) -> str | None:
        """Unit of the indicateur."""
        unite: str | None = self.indicateur["unite"]
        return unite

    @property
    def code(self) -> str | None:
        """Code of the chosen organisme."""
        return self.organisme["code_organisme"] if self.organisme else None

    @property
    def nom_groupe(self) -> str:
        """The group in words, organismes with a value only."""
        return format_groupe(self.valeurs, self.groupe, self.organisme)

    @property
    def identique(self) -> bool:
        """Whether every organisme of the group has the same value."""
        return self.valeurs.height > 1 and self.valeurs["valeur"].n_unique() == 1

    @property
    def incomparable(self) -> bool:
        """Whether the group mixes types whose scores, or the primes that follow, rest on different barèmes."""
        return self.indicateur["domaine"] == DOMAINE_BAREMES and self.valeurs["type_note"].n_unique() > 1

    @property
    def simulee(self) -> bool:
        """Whether any value is simulated."""
        return "simulee" in self.valeurs["nature"]

    def list_notes(self) -> list[str]:
        """What must be said under any chart of this group."""
        notes = [AVERTISSEMENT_TYPES] if self.incomparable else []
        if "CCSS" in self.valeurs["type_organisme"] and not self.simulee:
            notes.append(NOTE_CCSS)
        return notes

    def format_valeur(self, valeur: float | None) -> str:
        """A value in the indicateur's unit, with the printed decimals."""
        return format_valeur(valeur, self.unite, self.decimales)

    def format_etendue(self, ecart: float) -> str:
        """A distance between two values, without sign: « 4,80 points »."""
        return format_ecart(abs(ecart), self.unite, self.decimales).removeprefix("+")


def build_phrase_classement(vue: Comparaison, quartiles: Quartiles) -> str:
    """What to see in the ranking; without a chosen organisme, describes the group and invites to choose."""
    extremes = f"{_format_extreme(vue, 0)}{INSECABLE}; {_format_extreme(vue, -1)}."
    mediane = vue.format_valeur(quartiles.mediane)
    if vue.organisme is None:
        return f"{vue.nom_groupe}, médiane {mediane}. {extremes} Choisissez un organisme pour le situer dans ce groupe."
    if vue.position is None:
        return f"{vue.organisme['nom']} n'a pas de valeur ici. {vue.nom_groupe}, médiane {mediane}. {extremes}"
    valeur = vue.valeurs.filter(code_organisme=vue.code)["valeur"][0]
    return (
        f"{vue.organisme['nom']}{INSECABLE}: {vue.format_valeur(valeur)}, {_format_rang(vue.position)} sur "
        f"{vue.nom_groupe}, {format_ecart_mediane(vue)} ({mediane}){INSECABLE}; "
        f"{format_quart(vue.position.quart, vue.sens)}. {extremes}"
    )


def _format_extreme(vue: Comparaison, rang: int) -> str:
    """« Premier : Ain (99,65 %) »; several organismes sharing the value are counted, not named."""
    ligne = vue.valeurs.row(rang, named=True)
    ex_aequo = vue.valeurs.filter(pl.col("valeur") == ligne["valeur"]).height
    mot = "Premier" if rang == 0 else "dernier"
    valeur = vue.format_valeur(ligne["valeur"])
    if ex_aequo > 1:
        return f"{mot}s ex æquo{INSECABLE}: {format_pluriel(ex_aequo, 'organisme')} ({valeur})"
    return f"{mot}{INSECABLE}: {ligne['nom']} ({valeur})"


def format_ecart_mediane(vue: Comparaison) -> str:
    """« 4,80 points au-dessous de la médiane », « à la médiane »; empty without position."""
    if vue.position is None:
        return ""
    ecart = vue.position.ecart_mediane
    if round(ecart, vue.decimales) == 0:
        return "à la médiane"
    return f"{vue.format_etendue(ecart)} {'au-dessus' if ecart > 0 else 'au-dessous'} de la médiane"


def build_phrase_identique(vue: Comparaison) -> str:
    """The sentence that replaces a ranking when every organisme of the group has the same value."""
    return (
        f"Identique pour tous{INSECABLE}: {vue.format_valeur(vue.valeurs['valeur'][0])} pour chacun des "
        f"{format_pluriel(vue.valeurs.height, 'organisme')} du groupe. Il n'y a pas de rang à donner."
    )


def build_vide(
    groupe: str, organisme: dict[str, Any] | None, indicateur: str, types_portes: Sequence[str], nombre: int
) -> str | None:
    """Why there is no ranking, and what to do; None when there is one.

    Args:
        groupe: key of ``CHOIX_GROUPE``.
        organisme: the chosen one.
        indicateur: short title.
        types_portes: types of the note that hold the indicateur.
        nombre: organismes of the group with a value.
    """
    regional = groupe in {"region", "type_region"}
    if regional and organisme is None:
        return "Choisissez d'abord un organisme\u00a0: le groupe est fait de ses voisins de région."
    if organisme is not None and regional and not organisme["noms_region"]:
        return (
            f"Les documents ne rattachent {organisme['nom']} à aucune région. Choisissez le groupe "
            "«\u00a0Même type\u00a0» ou «\u00a0Tous\u00a0»."
        )
    if organisme is not None and organisme["type_note"] not in types_portes and nombre == 0:
        porteurs = format_liste([format_type_note(t) for t in types_portes])
        return (
            f"«\u00a0{indicateur}\u00a0» n'est publié que pour les types {porteurs}. Choisissez un autre "
            "indicateur, ou le groupe «\u00a0Tous\u00a0»."
        )
    if organisme is not None and nombre <= 1:
        autres = (
            "«\u00a0Même région\u00a0» ou «\u00a0Tous\u00a0»"
            if groupe == "type" and organisme["noms_region"]
            else "«\u00a0Tous\u00a0»"
        )
        if groupe == "type_region":
            autres = "«\u00a0Même type\u00a0» ou «\u00a0Même région\u00a0»"
        return (
            f"Aucun autre organisme à comparer à {organisme['nom']} dans ce groupe\u00a0: pas de rang à donner. "
            f"Choisissez le groupe {autres}."
        )
    return None


def build_phrase_classes(vue: Comparaison, quartiles: Quartiles) -> str:
    """What to see in the histogram: where the middle half stands, how far the extremes are."""
    return (
        f"La moitié centrale des organismes tient en {vue.format_etendue(quartiles.q3 - quartiles.q1)}, de "
        f"{vue.format_valeur(quartiles.q1)} à {vue.format_valeur(quartiles.q3)}{INSECABLE}; "
        f"{vue.format_etendue(vue.valeurs['valeur'][0] - vue.valeurs['valeur'][-1])} séparent le premier du dernier."
    )
