"""Sentences of the page « Six services de base », written from the data. Pure functions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from components.figures.formats import (
    INSECABLE,
    format_date,
    format_debut,
    format_liste,
    format_nombre,
    format_periode,
    format_pluriel,
    format_valeur,
)
from data.calculs.series import LIBELLES_REGLES, POINTS_PROVISOIRES, Assurance
from data.calculs.services import Carte, CarteService
from data.calculs.verdict import Verdict
from data.modele import Granularite

LIBELLES_PAS: Final = {"mois": "Mois", "semaine": "Semaine"}
LIBELLES_SANS_SERIE: Final = {"mois": "aucune série mensuelle", "semaine": "aucune série hebdomadaire"}
LIBELLES_EVOLUTION: Final[dict[Verdict, str]] = {
    Verdict.MIEUX: "✔ s'améliore",
    Verdict.COMPARABLE: "● stable",
    Verdict.MOINS_BIEN: "✖ se dégrade",
    Verdict.PLUS_HAUT: "△ plus haut que d'ordinaire",
    Verdict.PLUS_BAS: "▽ plus bas que d'ordinaire",
    Verdict.SANS_VERDICT: "– sans verdict",
}
LIBELLES_CARTE: Final[dict[Carte, str]] = {
    Carte.XMR: "carte XmR (valeurs individuelles et étendues mobiles)",
    Carte.LANEY: "carte p′ de Laney (très grands dénominateurs)",
}
NOTE_SIGNAUX: Final = (
    "Fond teinté\u00a0: période de référence. Bande\u00a0: sa variation ordinaire, prolongée. Triangle\u00a0: signal ("
    + format_liste(list(LIBELLES_REGLES.values())[:-1]).replace(" et ", ", ")
    + f" ou {list(LIBELLES_REGLES.values())[-1]}). Des périodes qui se ressemblent de proche en proche donnent plus de "
    "signaux."
)
NOTE_SEMAINES: Final = (
    "Semaine du lundi au dimanche (ISO)\u00a0; celle qui chevauche deux mois compte entière. Taux et moyennes\u00a0: "
    "les jours d'un mois s'additionnent au mois. 9e décile\u00a0: celui d'une semaine tourne autour de celui du mois, "
    "qui n'en est pas la moyenne."
)
_PAS_DE_TEMPS: Final = {Granularite.MOIS: ("mois", "chaque mois"), Granularite.SEMAINE: ("semaines", "chaque semaine")}


def format_moment(debut: dt.date, fin: dt.date, granularite: Granularite) -> str:
    """A month or a week as a row of a table: « décembre 2023 », « S52 2023, du 25/12/2023 »."""
    if granularite is not Granularite.SEMAINE:
        return format_periode(debut, fin)
    iso = debut.isocalendar()
    return f"S{iso.week:02d} {iso.year}, du {format_date(debut)}"


def format_date_moment(debut: dt.date, fin: dt.date, granularite: Granularite) -> str:
    """When, in a sentence: « en décembre 2023 », « la semaine du 25/12/2023 »."""
    if granularite is Granularite.SEMAINE:
        return f"la semaine du {format_date(debut)}"
    return f"en {format_periode(debut, fin)}"


def format_reference(annee: int | None, debut: dt.date, fin: dt.date, granularite: Granularite) -> str:
    """The period of reference: « 2022 », « janvier 2022 à décembre 2022 », « du 03/07/2023 au 31/12/2023 »."""
    if annee is not None and granularite is Granularite.SEMAINE:
        return f"semaines de {annee}"
    return format_periode(debut, fin)


def build_infobulle(
    periode: str,
    valeur: float | None,
    bas: float | None,
    haut: float | None,
    unite: str,
    decimales: int,
    *,
    en_reference: bool,
) -> str:
    """What a point says on hover."""
    lignes = [f"<b>{periode}</b>", format_valeur(valeur, unite, decimales)]
    if bas is not None and haut is not None:
        lignes.append(f"ordinaire{INSECABLE}: {format_nombre(bas, decimales)} à {format_nombre(haut, decimales)}")
    if en_reference:
        lignes.append("dans la période de référence")
    return "<br>".join(lignes)


def build_phrase_service(
    carte: CarteService,
    moment: str,
    reference: str | None,
    *,
    granularite: Granularite,
    unite: str,
    decimales: int,
    objectif: float | None,
    national: bool = False,
) -> str:
    """The verdict first, then the last value against that of the reference, then the target.

    Args:
        carte: series and limits.
        moment: when the last value is, see :func:`format_date_moment`.
        reference: words of the reference, None without limits.
        granularite: month or week.
        unite: unit of the values.
        decimales: decimals written.
        objectif: target, in the unit of the values.
        national: the target is the network's while one organisme is shown.
    """
    dernier, centre = carte.valeurs[carte.dernier], carte.centre[carte.dernier]
    phrase = (
        f"{LIBELLES_EVOLUTION[carte.jugement.verdict].capitalize()}\u00a0: "
        f"{format_valeur(dernier, unite, decimales)} {moment}"
    )
    if reference is None:
        phrase += f". Pas de limites\u00a0: {carte.jugement.motif}."
    else:
        phrase += f", pour {format_nombre(centre, decimales)} en moyenne sur la référence ({reference})."
        phrase += f" {_build_motif(carte)}."
    if objectif is not None and dernier is not None:
        nom = "Objectif du réseau" if national else "Objectif"
        phrase += f" {nom}\u00a0: {format_nombre(objectif, 0 if objectif == int(objectif) else decimales)}."
        if carte.assurance is not None and carte.jugement.verdict is Verdict.COMPARABLE:
            phrase += f" {_build_assurance(carte.assurance, granularite)}"
    if carte.provisoire:
        phrase += f" Limites provisoires\u00a0: moins de {POINTS_PROVISOIRES}{INSECABLE}valeurs de référence."
    return phrase


def _build_motif(carte: CarteService) -> str:
    motif = carte.jugement.motif
    ordinaire = carte.jugement.verdict is Verdict.COMPARABLE
    return format_debut(motif) if ordinaire else f"Signal\u00a0: {motif}"


def _build_assurance(assurance: Assurance, granularite: Granularite) -> str:
    pluriel, chaque = _PAS_DE_TEMPS[granularite]
    return {
        Assurance.ATTEINTE: f"L'objectif sera tenu {chaque}, sauf changement.",
        Assurance.MANQUEE: "Sans changement, l'objectif ne sera pas atteint.",
        Assurance.INCERTAINE: f"L'objectif est entre les limites\u00a0: tenu ou manqué au hasard des {pluriel}.",
    }[assurance]


def build_note_reference(carte: CarteService, reference: str | None, granularite: Granularite) -> str:
    """Which period the limits are those of, or why there are none."""
    if reference is None:
        return f"Pas de limites\u00a0: {carte.jugement.motif}."
    mot = "semaine" if granularite is Granularite.SEMAINE else "mois"
    pluriel = "semaines" if granularite is Granularite.SEMAINE else "mois"
    return (
        f"Période de référence\u00a0: {reference} ({format_pluriel(carte.points_reference, mot, pluriel)}). Moyenne et "
        "limites sont les siennes, prolongées ensuite\u00a0: un signal dit ce qui a changé depuis."
    )


def build_note_rupture(libelle: str, du: dt.date, *, recalcule: bool) -> str:
    """What a declared break does to the limits."""
    suite = (
        "la période de référence repart de cette date."
        if recalcule
        else "les limites d'avant sont prolongées au-delà, à votre demande."
    )
    return f"Rupture de série déclarée le {format_date(du)} ({libelle})\u00a0: {suite}"


def build_note_publiee(annee: int, valeur: float, unite: str, source: str) -> str:
    """The yearly figure a document publishes, which the simulated series meet."""
    return f"Chiffre publié du réseau\u00a0: {format_valeur(valeur, unite, 2)} en {annee} ({source})."


def build_vide_service(pas: str, organisme: Mapping[str, Any] | None) -> str:
    """Why a service has no chart, and what to do."""
    qui = "le réseau" if organisme is None else organisme["nom"]
    fichier = "hebdomadaire" if pas == "semaine" else "mensuel"
    debut = f"{LIBELLES_SANS_SERIE[pas].capitalize()} pour {qui}"
    if organisme is not None and organisme["type_organisme"] not in {"CPAM", "CCSS", "CGSS", "CSS"}:
        return (
            f"{debut}\u00a0: ce service est celui des CPAM, CCSS, CGSS et CSS. Choisissez un de ces organismes, ou "
            f"chargez un fichier {fichier}."
        )
    return f"{debut}. Chargez un fichier {fichier} pour suivre ce service."
