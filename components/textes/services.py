"""Sentences of the page « Six services de base », written from the data. Pure functions."""

from __future__ import annotations

from typing import Final

from components.figures.formats import INSECABLE, format_liste, format_nombre, format_valeur
from data.calculs.series import LIBELLES_REGLES, Assurance
from data.calculs.services import Carte, CarteService
from data.calculs.verdict import Verdict

LIBELLES_EVOLUTION: Final[dict[Verdict, str]] = {
    Verdict.MIEUX: "✔ s'améliore",
    Verdict.COMPARABLE: "● stable",
    Verdict.MOINS_BIEN: "✖ se dégrade",
    Verdict.PLUS_HAUT: "△ plus haut que d'ordinaire",
    Verdict.PLUS_BAS: "▽ plus bas que d'ordinaire",
    Verdict.SANS_VERDICT: "– sans verdict",
}
LIBELLES_ASSURANCE: Final[dict[Assurance, str]] = {
    Assurance.ATTEINTE: "L'objectif est hors de portée du hasard\u00a0: tenu chaque mois.",
    Assurance.MANQUEE: "Sans changement, l'objectif ne sera pas atteint.",
    Assurance.INCERTAINE: "L'objectif est entre les limites\u00a0: tenu ou manqué au hasard des mois.",
}
LIBELLES_CARTE: Final[dict[Carte, str]] = {
    Carte.XMR: "carte XmR (valeurs individuelles et étendues mobiles)",
    Carte.LANEY: "carte p′ de Laney (très grands dénominateurs)",
}
NOTE_SIGNAUX: Final = (
    "Bande\u00a0: variation ordinaire du service. Triangle\u00a0: signal ("
    + format_liste(list(LIBELLES_REGLES.values())[:-1]).replace(" et ", ", ")
    + f" ou {list(LIBELLES_REGLES.values())[-1]}). Des mois qui se ressemblent de proche en proche donnent plus de "
    "signaux."
)
NOTE_HEBDOMADAIRE: Final = (
    "Le rapport décrit un suivi hebdomadaire\u00a0; les séries publiées ici sont mensuelles, 24 mois au plus."
)


def build_phrase_service(
    carte: CarteService, periode: str, mois: int, *, unite: str, decimales: int, objectif: float | None
) -> str:
    """The verdict first, then the last value against the usual one, then the target."""
    dernier, centre = carte.valeurs[carte.dernier], carte.centre[carte.dernier]
    phrase = (
        f"{LIBELLES_EVOLUTION[carte.jugement.verdict].capitalize()}\u00a0: "
        f"{format_valeur(dernier, unite, decimales)} en "
        f"{periode}, pour {format_nombre(centre, decimales)} en moyenne sur {mois} mois ({carte.jugement.motif})."
    )
    if objectif is not None and dernier is not None:
        phrase += f" Objectif\u00a0: {format_nombre(objectif, 0 if objectif == int(objectif) else decimales)}."
        if carte.assurance is not None and carte.jugement.verdict is Verdict.COMPARABLE:
            phrase += f" {LIBELLES_ASSURANCE[carte.assurance]}"
    if carte.provisoire:
        phrase += " Limites provisoires\u00a0: moins de douze mois."
    return phrase


def build_vide_service(types: tuple[str, ...], qui: str) -> str:
    """Why a service has no chart, and what to do.

    Args:
        types: types of organisme the documents follow, none when they only follow the network.
        qui: « le réseau » or the name of the organisme.
    """
    if not types:
        return (
            f"Aucune série mensuelle pour {qui}\u00a0: les documents ne donnent que l'année. Chargez un fichier "
            "mensuel pour "
            "suivre ce service."
        )
    return (
        f"Aucune série mensuelle pour {qui}\u00a0: la note ne mesure ce service que pour "
        f"{format_liste(list(types))}. Choisissez un "
        "de ces organismes, ou chargez un fichier mensuel."
    )


def build_phrase_annuelle(
    titre: str, annee: int, valeur: float, socle: float | None, objectif: float | None, unite: str
) -> str:
    """The published yearly figure, when there is nothing else."""
    phrase = f"– Pas de verdict. Chiffre publié du réseau\u00a0: {format_valeur(valeur, unite, 2)} en {annee}"
    if socle is not None and objectif is not None:
        phrase += f" (socle {format_nombre(socle, 0)}, objectif {format_nombre(objectif, 0)}{INSECABLE}{unite})"
    return f"{phrase}."
