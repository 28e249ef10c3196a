"""French sentences of the page of data. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final, NamedTuple

from components.figures.formats import (
    INSECABLE,
    MOIS,
    format_horodatage,
    format_liste,
    format_nombre,
    format_pluriel,
)

CHAPEAU: Final = (
    "Ce que Parangon sait, d'où il le tient, et ce qui manque. Un fichier de résultats s'envoie ici\u00a0: il est "
    "contrôlé, puis publié si vous le confirmez."
)
# Symbol, word.
GRAVITES: Final = {
    "erreur": ("✕", "Erreur"),
    "rejet": ("▲", "Rejet"),
    "avertissement": ("●", "Avertissement"),
}
# Symbol, words, colour role.
VERDICTS: Final = {
    "publiable": ("✓", "Publiable", "mieux"),
    "publiable_avec_alertes": ("✓", "Publiable, avec des lignes à revoir", "mieux"),
    "bloque": ("✕", "Bloqué\u00a0: une erreur interdit de le publier", "moins"),
    "illisible": ("✕", "Illisible", "moins"),
    "sans_source": ("?", "Aucune source ne décrit ce fichier", "moins"),
    "referentiel": ("✓", "Liste d'organismes, sans résultat à publier", "mieux"),
}
_REGLES: Final = {
    "entete_en_double": "en-tête en double",
    "aucun_fait": "aucun fait",
    "lignes_masquees": "lignes masquées",
    "colonnes_masquees": "colonnes masquées",
    "feuille_ignoree": "feuille ignorée",
    "geometrie_invalide": "contour invalide",
    "zero_initial_perdu": "zéro initial perdu",
    "hors_validite": "hors validité",
    "periode_indecidable": "période indécidable",
    "valeur_indecidable": "valeur indécidable",
    "unite_contradictoire": "unité contradictoire",
    "denominateur_nul": "dénominateur nul",
    "correction_ignoree": "ignoré par une correction",
    "deja_publie": "déjà publié par un document",
    "contrat": "contrat de données",
    "periode_inversee": "période inversée",
    "periode_recule": "période qui recule",
    "periode_future": "période future",
    "doublon_different": "doublon de valeur différente",
    "total_parties": "total différent de ses parties",
    "niveau_melange": "niveaux mélangés",
    "poids_somme": "somme des poids",
    "taux_incoherent": "taux incohérent",
    "renvoi_colle": "renvoi de note collé",
    "numerateur_superieur": "numérateur supérieur",
    "revision": "révision d'une valeur",
    "correction_perimee": "correction périmée",
    "maille_inattendue": "niveau inattendu",
    "periode_non_precisee": "période non précisée",
    "total_de_domaine": "total de domaine",
    "colonne_mal_typee": "colonne d'un autre type",
    "date_manquante": "date manquante",
    "mois_anterieur": "mois d'avant la période suivie",
    "mois_futur": "mois à venir",
    "regime_inconnu": "régime inconnu",
    "delai_manquant": "délai manquant",
    "delai_negatif": "délai négatif",
    "delai_excessif": "délai excessif",
    "population_absente": "population absente du fichier",
    "periode_absente": "période absente du fichier",
    "categorie_inconnue": "catégorie inconnue",
    "departement_contradictoire": "département contradictoire",
    "commune_fusionnee": "commune fusionnée",
    "nom_different": "nom différent",
    "identifiant_double": "identifiant en double",
    "coordonnees_hors_departement": "coordonnées hors du département",
    "referentiel_different": "différence avec notre référentiel",
    "referentiel_inconnu": "organisme hors de notre référentiel",
    "referentiel_absent": "organismes absents de la liste",
}


class Releve(NamedTuple):
    """Measures of the quality of a publication."""

    reelles: float  # real facts
    rejetees: float | None  # rows of the files sent, %
    echecs: float  # controls not met
    a_jour: float | None  # pairs indicateur × organisme, %


def format_regle(regle: str) -> str:
    """Name of a control, in words."""
    return _REGLES.get(regle, regle.replace("_", " "))


def format_gravite(gravite: str | None) -> str:
    """« ▲ Rejet »; the files shipped with the application have none."""
    if gravite is None:
        return "Écarté"
    symbole, mot = GRAVITES[gravite]
    return f"{symbole} {mot}"


def format_octets(octets: int) -> str:
    """``415 octets``, ``12 ko``, ``3,4 Mo``."""
    if octets < 1000:
        return format_pluriel(octets, "octet")
    if octets < 1_000_000:
        return f"{format_nombre(octets / 1e3, 0)}{INSECABLE}ko"
    return f"{format_nombre(octets / 1e6)}{INSECABLE}Mo"


def format_fin(jour: dt.date | None) -> str:
    """« décembre 2023 » for a period that ends that month."""
    return "–" if jour is None else f"{MOIS[jour.month - 1]} {jour.year}"


def format_etendue(premiere: str | None, derniere: str | None) -> str:
    """« janvier 2024 à février 2024 » from two ISO dates; an en dash without period."""
    if not premiere or not derniere:
        return "–"
    debut, fin = format_fin(dt.date.fromisoformat(premiere)), format_fin(dt.date.fromisoformat(derniere))
    return debut if debut == fin else f"{debut} à {fin}"


def build_phrase_fraicheur(comptes: dict[str, int], type_note: str) -> str:
    """What the grid shows. ``comptes``: reels, anciens, sans_chiffre, simules, absents."""
    total = sum(comptes.values())
    reels = comptes["reels"] + comptes["anciens"]
    phrase = (
        f"{format_pluriel(total, 'case')}, une par indicateur et par {type_note}{INSECABLE}: "
        f"{format_nombre(reels, 0)} avec un chiffre réel ({format_nombre(100 * reels / total)}{INSECABLE}%), "
        f"{format_nombre(comptes['simules'], 0)} seulement simulées, {format_nombre(comptes['absents'], 0)} sans rien."
    )
    if comptes["sans_chiffre"]:
        phrase += (
            f" {format_pluriel(comptes['sans_chiffre'], 'réponse réelle', 'réponses réelles')} sans chiffre (non "
            "fourni, non significatif…)."
        )
    if comptes["anciens"]:
        phrase += (
            f" {format_pluriel(comptes['anciens'], 'chiffre réel', 'chiffres réels')} en retard sur la dernière "
            "période connue de leur indicateur."
        )
    return phrase


def build_phrase_organisme(nom: str, reels: int, simules: int, retards: Sequence[str]) -> str:
    """What is held on one organisme."""
    phrase = (
        f"{nom}{INSECABLE}: {format_pluriel(reels, 'indicateur a un chiffre réel', 'indicateurs ont un chiffre réel')}"
        f", {format_nombre(simules, 0)} seulement {'simulé' if simules < 2 else 'simulés'}."
    )
    if retards:
        phrase += f" En retard sur ses pairs{INSECABLE}: {format_liste(list(retards))}."
    return phrase


def build_phrase_chargements(nombre: int, publies: int, refuses: int, dernier: str) -> str:
    """The journal in one sentence. ``dernier``: « le 22/11/2026 à … par … »."""
    if not nombre:
        return (
            "Aucun fichier n'a encore été transmis\u00a0: tout ce qui est affiché vient des documents et de la "
            "simulation."
        )
    return (
        f"{format_pluriel(nombre, 'fichier transmis', 'fichiers transmis')}{INSECABLE}: "
        f"{format_pluriel(publies, 'publié')} aujourd'hui, {format_pluriel(refuses, 'refusé')}. Le dernier {dernier}."
    )


def build_phrase_qualite(lues: int, rejetees: int, premier: float, dernier: float, nombre: int) -> str:
    """Trend of quality over the loads; rates in %."""
    taux = 100 * rejetees / lues if lues else 0.0
    phrase = (
        f"{format_pluriel(rejetees, 'ligne rejetée', 'lignes rejetées')} sur {format_nombre(lues, 0)} lues "
        f"({format_nombre(taux)}{INSECABLE}%)."
    )
    if nombre > 1 and round(premier, 1) == round(dernier, 1):
        phrase += f" La part rejetée est la même au premier et au dernier envoi, {format_nombre(dernier)}{INSECABLE}%."
    elif nombre > 1:
        phrase += (
            f" Du premier au dernier envoi, la part rejetée passe de {format_nombre(premier)} à "
            f"{format_nombre(dernier)}{INSECABLE}%."
        )
    return phrase


def build_phrase_tendance(
    nombre: int, muettes: int, ecartees: int, depart: Releve | None, affichee: Releve | None
) -> str:
    """Quality over the publications: how many, then from the first that has figures to the one being served."""
    reserves = []
    if muettes:
        reserves.append(f"{format_nombre(muettes, 0)} sans chiffres de qualité (d'avant qu'ils ne soient gardés)")
    if ecartees:
        reserves.append(format_pluriel(ecartees, "laissée par un retour", "laissées par un retour"))
    phrase = format_pluriel(nombre, "publication")
    if reserves:
        phrase += f", dont {format_liste(reserves)}"
    if affichee is None:
        return f"{phrase}. Celle affichée n'a pas de chiffres de qualité."
    if depart is None:
        return f"{phrase}. Celle affichée est la première de sa suite à en avoir\u00a0: la tendance viendra."
    evolutions = [
        _format_evolution(nom, avant, apres, decimales, unite)
        for nom, avant, apres, decimales, unite in (
            ("valeurs réelles", depart.reelles, affichee.reelles, 0, ""),
            ("lignes rejetées", depart.rejetees, affichee.rejetees, 1, f"{INSECABLE}%"),
            ("contrôles en échec", depart.echecs, affichee.echecs, 0, ""),
            ("couples à jour", depart.a_jour, affichee.a_jour, 1, f"{INSECABLE}%"),
        )
        if apres is not None
    ]
    return f"{phrase}. De la première à celle affichée{INSECABLE}: {format_liste(evolutions)}."


def _format_evolution(nom: str, avant: float | None, apres: float, decimales: int, unite: str) -> str:
    """« valeurs réelles de 2 800 à 2 850 », « contrôles en échec toujours 4 »."""
    fin = f"{format_nombre(apres, decimales)}{unite}"
    if avant is None:
        return f"{nom} {fin} (aucun fichier avant)"
    debut = format_nombre(avant, decimales)
    return f"{nom} toujours {fin}" if debut == format_nombre(apres, decimales) else f"{nom} de {debut} à {fin}"


def build_phrase_origines(documents: int, transmis: int, simules: int) -> str:
    """Share of real and simulated facts."""
    total = documents + transmis + simules
    reels = documents + transmis
    part = 100 * reels / total if total else 0.0
    return (
        f"{format_nombre(reels, 0)} valeurs réelles sur {format_nombre(total, 0)} ({format_nombre(part)}{INSECABLE}%)"
        f"{INSECABLE}: {format_nombre(documents, 0)} imprimées dans les documents, {format_nombre(transmis, 0)} "
        "transmises. Les autres sont simulées, mois par mois, et marquées comme telles."
    )


def build_phrase_ij(caisses: int, fichiers: int, nombre: int) -> str:
    """The real files of IJ in one sentence."""
    return (
        f"{format_pluriel(nombre, 'IJ réelle comptée', 'IJ réelles comptées')}, de "
        f"{format_pluriel(caisses, 'caisse')}, par {format_pluriel(fichiers, 'fichier transmis', 'fichiers transmis')}."
    )


def build_phrase_publications(nombre: int, precedente: bool) -> str:
    """The publications kept."""
    if not precedente:
        return "Une seule publication est gardée\u00a0: il n'y a pas encore de retour possible."
    return f"{format_nombre(nombre, 0)} publications gardées. Revenir à l'une d'elles ramène aussi ses chargements."


def build_succes(version: str, publie_le: dt.datetime, inchangee: bool) -> str:
    """What a publication did."""
    if inchangee:
        return f"Ce fichier était déjà publié à l'identique\u00a0: rien ne change (version {version})."
    return (
        f"Données publiées le {format_horodatage(publie_le)} (version {version}). Toutes les pages les montrent déjà."
    )
