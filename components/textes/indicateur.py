"""Sentences and words of the pages « Indicateurs », written from the data. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import polars as pl

from components.figures.formats import (
    INSECABLE,
    format_debut,
    format_ecart,
    format_liste,
    format_nombre,
    format_pluriel,
    format_rang,
    format_valeur,
)
from data.calculs.atteinte import ATTEINTES_MESUREES, Atteinte
from data.calculs.ensemble import Regle
from data.calculs.tendances import SEUIL_KHI2, MannKendall, TendanceRecente
from data.modele import Maille, Sens

REGLES: Final[dict[Regle, str]] = {
    Regle.RAPPORT: "numérateurs et dénominateurs des organismes additionnés",
    Regle.SOMME: "somme des organismes",
    Regle.MEDIANE: "médiane des organismes",
}
NOTE_REGLE: Final[dict[Regle, str]] = {
    Regle.RAPPORT: "Valeur d'un groupe\u00a0: rapport des sommes, et non moyenne des organismes.",
    Regle.SOMME: "Valeur d'un groupe\u00a0: somme des organismes qui ont une valeur.",
    Regle.MEDIANE: (
        "Valeur d'un groupe\u00a0: médiane des organismes (rien ne permet de les pondérer, ou la cible est fixée par "
        "organisme). Elle dit ce que fait un organisme ordinaire, pas le réseau."
    ),
}
NOTE_ATTEINTE: Final = (
    "Objectif atteint\u00a0: taux de réussite de 100\u00a0%\u00a0; sous le socle\u00a0: 0\u00a0%. Un neutralisé n'est "
    "ni l'un ni l'autre."
)
NOTE_COMPTES_PUBLIES: Final = "Comptes par type de 2023 tels que la note les imprime."
NOTE_REGIONS: Final = "Un organisme de plusieurs régions compte dans chacune."
NOTE_CIBLES_SIMULEES: Final = (
    "Socles et objectifs simulés\u00a0: la note n'imprime que les poids des indicateurs locaux."
)
NOTE_POIDS: Final = "Poids\u00a0: points sur 100 du score local, tels que la note les imprime."
NOTE_MOUVEMENT: Final = (
    "Un petit mouvement ne prouve rien\u00a0: d'une année à l'autre, le hasard fait bouger tout le monde."
)
NOTE_TAILLE: Final = (
    "Organismes du même type les plus proches par la population, l'effectif et le nombre d'arrêts indemnisés\u00a0; "
    "jamais par un résultat."
)
NOTE_LIES: Final = "Un indicateur lié porte sur le même sujet\u00a0: sa définition ou sa source peuvent différer."
_TERRITOIRES: Final = {Maille.COMMUNE: "commune", Maille.DEPARTEMENT: "département", Maille.REGION: "région"}
_SEUIL_P: Final = 0.05
SANS_VALEUR: Final = "Seul le taux de réussite est publié\u00a0: la valeur de l'indicateur n'est pas connue."
SANS_MOIS: Final = "Aucune valeur mensuelle. Choisissez «\u00a0Par an\u00a0»."
SANS_CIBLE: Final = "Cet indicateur n'a ni socle ni objectif par organisme\u00a0: rien à atteindre, rien à juger."


def format_sans_organisme(maille: Maille) -> str:
    """Why an indicateur has no value by organisme."""
    niveau = _TERRITOIRES.get(maille)
    sujet = f"Indicateur par {niveau}" if niveau else "Indicateur national"
    return f"{sujet}\u00a0: aucune valeur par organisme."


def format_plus(valeur: float, unite: str | None, decimales: int) -> str:
    """A distance without sign: « 3,6 points »."""
    return format_ecart(abs(valeur), unite, decimales).removeprefix("+")


def format_distance(valeur: float, cible: float, sens: Sens, unite: str | None, decimales: int) -> str:
    """Where a value stands against a target: « 3,6 points sous l'objectif », « l'objectif est atteint »."""
    ecart = valeur - cible
    if round(ecart, decimales) == 0 or ecart * (-1 if sens is Sens.BAS else 1) > 0:
        return "objectif atteint"
    return f"à {format_plus(ecart, unite, decimales)} de l'objectif"


def build_phrase_evolution(
    nom: str,
    points: Sequence[tuple[int, float]],
    *,
    sens: Sens,
    unite: str | None,
    decimales: int,
    objectif: float | None,
    mien: tuple[str, float] | None,
    tendance: str = "",
) -> str:
    """What to see in the trend: the last value, the change over a year and over the whole span, the target, mine.

    Args:
        nom: name of the group.
        points: (year, value), oldest first, at least one.
        sens: which way is better.
        unite: unit of the values.
        decimales: decimals of the values.
        objectif: of the last year, None when there is none.
        mien: name and last value of the chosen organisme.
        tendance: a sentence on the trend, if any.
    """
    annee, valeur = points[-1]
    phrase = f"{nom}{INSECABLE}: {format_valeur(valeur, unite, decimales)} en {annee}"
    precedents = dict(points[:-1])
    if annee - 1 in precedents:
        phrase += f", {_format_evolution(valeur - precedents[annee - 1], sens, unite, decimales)} sur un an"
    premiere, depart = points[0]
    if premiere < annee - 1:
        stable = round(valeur - depart, decimales) == 0
        phrase += f" et {'inchangé' if stable else format_ecart(valeur - depart, unite, decimales)} depuis {premiere}"
    if objectif is not None:
        phrase += (
            f"{INSECABLE}; {format_distance(valeur, objectif, sens, unite, decimales)} "
            f"({format_valeur(objectif, unite, decimales)})"
        )
    phrase += f". {tendance}" if tendance else "."
    if mien is not None:
        phrase += f" {mien[0]}{INSECABLE}: {format_valeur(mien[1], unite, decimales)}."
    return phrase


def format_tendance_recente(tendance: TendanceRecente, premiere: int) -> tuple[str, str]:
    """The recent trend in a few words, then how it was found."""
    methode = (
        f"Tendance récente{INSECABLE}: moindres carrés pondérés sur cinq ans, χ² = {format_nombre(tendance.khi2, 0)} "
        f"(au-delà de {format_nombre(SEUIL_KHI2, 1)}, plus que le hasard à 99,8{INSECABLE}%)"
    )
    if not tendance.demontree:
        instable = "" if tendance.stable else f"{INSECABLE}; le signe change quand on retire une année"
        return f"Ni hausse ni baisse nette depuis {premiere}.", f"{methode}{instable}."
    mot = "Hausse" if tendance.pente > 0 else "Baisse"
    return f"{mot} nette depuis {premiere}.", f"{methode}{INSECABLE}; le signe reste le même sans chacune des années."


def format_tendance_longue(test: MannKendall, depuis: str, unite: str | None, decimales: int) -> tuple[str, str]:
    """The trend of a monthly series in a few words, then how it was found; ``depuis``: its first month."""
    p = "p < 0,001" if test.p < 0.001 else f"p = {format_nombre(test.p, 3)}"
    methode = (
        f"Tendance mensuelle{INSECABLE}: test de Mann-Kendall ({p}) et pente de Sen. Des mois qui se ressemblent de "
        "proche en proche rendent le test trop affirmatif."
    )
    if test.p >= _SEUIL_P:
        return f"Pas de tendance démontrée depuis {depuis}.", methode
    par_an = format_ecart(12 * test.pente, unite, max(decimales, 1))
    return f"Tendance{INSECABLE}: {par_an} par an depuis {depuis}.", methode


def _format_evolution(ecart: float, sens: Sens, unite: str | None, decimales: int) -> str:
    """A change with its meaning: « +1,2 point (mieux) », « stable »."""
    if round(ecart, decimales) == 0:
        return "stable"
    texte = format_ecart(ecart, unite, decimales)
    if sens is Sens.NEUTRE:
        return texte
    return f"{texte} ({'mieux' if (ecart > 0) is (sens is Sens.HAUT) else 'moins bien'})"


def format_comptes(ligne: Mapping[str, int]) -> str:
    """« 22 atteignent l'objectif, 74 sont entre socle et objectif, 6 sous le socle »: counts that are not zero."""
    morceaux = []
    atteint, entre, sous = (ligne[etat.value] for etat in ATTEINTES_MESUREES)
    if atteint:
        morceaux.append(f"{atteint} {'atteint' if atteint == 1 else 'atteignent'} l'objectif")
    if entre:
        morceaux.append(f"{entre} {'est' if entre == 1 else 'sont'} entre socle et objectif")
    if sous:
        morceaux.append(f"{sous} {'est' if sous == 1 else 'sont'} sous le socle")
    for etat, mot in (
        (Atteinte.NEUTRALISE, "neutralisé"),
        (Atteinte.SANS_OBJET, "sans objet"),
        (Atteinte.NON_FOURNI, "sans valeur"),
    ):
        nombre = ligne[etat.value]
        if nombre:
            accord = "s" if nombre > 1 and etat is Atteinte.NEUTRALISE else ""
            morceaux.append(f"{nombre} {'est' if nombre == 1 else 'sont'} {mot}{accord}")
    return format_liste(morceaux)


def build_phrase_atteinte(nom: str, ligne: Mapping[str, int]) -> str:
    """The counts of one group in a sentence."""
    return f"{nom}{INSECABLE}: sur {ligne['effectif']}, {format_comptes(ligne)}."


def build_phrase_regions(frame: pl.DataFrame, nom: str) -> str:
    """Which régions do best and worst.

    Args:
        frame: rows of ``count_atteintes`` with libelle, best first.
        nom: name of the group.
    """
    juges = [ligne for ligne in frame.to_dicts() if any(ligne[etat.value] for etat in ATTEINTES_MESUREES)]
    pleines = [ligne["libelle"] for ligne in juges if ligne["atteint"] == ligne["effectif"]]
    vides = [ligne["libelle"] for ligne in juges if not ligne["atteint"]]
    if not juges:
        return f"{nom}{INSECABLE}: aucun résultat à juger."
    phrases = []
    if pleines:
        phrases.append(f"tous les organismes à l'objectif dans {_format_regions(pleines)}")
    if vides:
        phrases.append(f"aucun dans {_format_regions(vides)}")
    if not phrases:
        tete = juges[0]
        phrases.append(f"en tête, {tete['libelle']}, {tete['atteint']} sur {tete['effectif']}")
    return f"{nom}{INSECABLE}: {f'{INSECABLE}; '.join(phrases)}."


def _format_regions(noms: list[str]) -> str:
    if len(noms) > 3:
        return f"{len(noms)} régions"
    return f"{'la région' if len(noms) == 1 else 'les régions'} {format_liste(noms)}"


def build_phrase_points(
    valeurs: Sequence[float],
    q1: float,
    q3: float,
    *,
    sens: Sens,
    unite: str | None,
    decimales: int,
    objectif: float | None,
) -> str:
    """What to see in the swarm: the middle half, the extremes, how many reach the objectif."""
    phrase = (
        f"La moitié centrale va de {format_valeur(q1, None, decimales)} à {format_valeur(q3, unite, decimales)}, "
        f"l'ensemble de {format_valeur(min(valeurs), None, decimales)} à "
        f"{format_valeur(max(valeurs), unite, decimales)}"
    )
    if objectif is None:
        return f"{phrase}."
    signe = -1 if sens is Sens.BAS else 1
    atteints = sum(signe * v >= signe * objectif for v in valeurs)
    verbe = "est" if atteints < 2 else "sont"
    return f"{phrase}{INSECABLE}; {format_pluriel(atteints, 'organisme')} sur {len(valeurs)} {verbe} à l'objectif."


def build_phrase_extremes(
    frame: pl.DataFrame, mien: Mapping[str, Any] | None, unite: str | None, decimales: int
) -> str:
    """First, last and mine.

    Args:
        frame: ranked rows, best first: nom, valeur, rang.
        mien: row of the chosen organisme, None when it has no value or none is chosen.
        unite: unit of the values.
        decimales: decimals of the values.
    """
    phrase = f"{_format_bout(frame, 0, unite, decimales)}{INSECABLE}; {_format_bout(frame, -1, unite, decimales)}."
    if mien is None:
        return phrase
    return (
        f"{mien['nom']}{INSECABLE}: {format_valeur(mien['valeur'], unite, decimales)}, {format_rang(mien['rang'])} sur "
        f"{frame.height}. {phrase}"
    )


def _format_bout(frame: pl.DataFrame, rang: int, unite: str | None, decimales: int) -> str:
    ligne = frame.row(rang, named=True)
    ex_aequo = frame.filter(pl.col("rang") == ligne["rang"]).height
    mot = "Premier" if rang == 0 else "dernier"
    valeur = format_valeur(ligne["valeur"], unite, decimales)
    if ex_aequo > 1:
        return f"{mot}s ex æquo{INSECABLE}: {format_pluriel(ex_aequo, 'organisme')} ({valeur})"
    return f"{mot}{INSECABLE}: {ligne['nom']} ({valeur})"


def build_phrase_mouvements(
    frame: pl.DataFrame, annees: tuple[int, int], *, sens: Sens, unite: str | None, decimales: int
) -> str:
    """How many moved which way, and the widest moves.

    Args:
        frame: one row per organisme with both values: nom, ecart, gain (positive when favourable).
        annees: (earlier, later).
        sens: which way is better.
        unite: unit of the values.
        decimales: decimals of the values.
    """
    neutre = sens is Sens.NEUTRE
    gains, pertes = frame.filter(pl.col("gain") > 0).sort("gain"), frame.filter(pl.col("gain") < 0).sort("gain")
    hausse = ("est en hausse", "sont en hausse") if neutre else ("progresse", "progressent")
    baisse = ("est en baisse", "sont en baisse") if neutre else ("recule", "reculent")
    phrase = (
        f"De {annees[0]} à {annees[1]}, sur {format_pluriel(frame.height, 'organisme')}, "
        f"{_format_verbe(gains.height, *hausse)}, {_format_verbe(pertes.height, *baisse)}."
    )
    extremes = []
    if gains.height:
        titre = "la plus forte hausse" if neutre else "la plus forte progression"
        extremes.append(_format_mouvement(titre, gains.row(-1, named=True), unite, decimales))
    if pertes.height:
        titre = "la plus forte baisse" if neutre else "le plus fort recul"
        extremes.append(_format_mouvement(titre, pertes.row(0, named=True), unite, decimales))
    if not extremes:
        return phrase
    suite = f"{INSECABLE}; ".join(extremes)
    return f"{phrase} {format_debut(suite)}."


def _format_verbe(nombre: int, singulier: str, pluriel: str) -> str:
    """« 3 progressent »; zero is singular in French."""
    return f"{nombre} {singulier if nombre < 2 else pluriel}"


def _format_mouvement(titre: str, ligne: Mapping[str, Any], unite: str | None, decimales: int) -> str:
    return f"{titre}{INSECABLE}: {ligne['nom']} ({format_ecart(ligne['ecart'], unite, decimales)})"


def build_phrase_trajectoire(
    resultats: Sequence[tuple[int, float]],
    cibles: Sequence[tuple[int, float]],
    *,
    sens: Sens,
    unite: str | None,
    decimales: int,
    lies: Sequence[tuple[str, int, float]] = (),
) -> str:
    """A national indicateur: the last result, the target of that year, the last target, what linked ones say.

    Args:
        resultats: (year, value), oldest first; may be empty.
        cibles: (year, objectif), oldest first; may be empty.
        sens: which way is better.
        unite: unit of the values.
        decimales: decimals of the values.
        lies: (name, year, value) of the last result of each linked indicateur.
    """
    phrases = []
    par_annee = dict(cibles)
    if resultats:
        annee, valeur = resultats[-1]
        phrase = f"France entière{INSECABLE}: {format_valeur(valeur, unite, decimales)} en {annee}"
        if annee in par_annee:
            cible = par_annee[annee]
            phrase += (
                f"{INSECABLE}; {format_distance(valeur, cible, sens, unite, decimales)} "
                f"({format_valeur(cible, unite, decimales)})"
            )
        phrases.append(f"{phrase}.")
    if len(cibles) > 1:
        (premiere, depart), (derniere, arrivee) = cibles[0], cibles[-1]
        phrases.append(
            f"Cible{INSECABLE}: de {format_valeur(depart, unite, decimales)} en {premiere} à "
            f"{format_valeur(arrivee, unite, decimales)} en {derniere}."
            if depart != arrivee
            else f"Cible constante de {premiere} à {derniere}{INSECABLE}: {format_valeur(arrivee, unite, decimales)}."
        )
    elif cibles and not resultats:
        phrases.append(f"Objectif {cibles[0][0]}{INSECABLE}: {format_valeur(cibles[0][1], unite, decimales)}.")
    if not resultats:
        phrases.append("Aucun résultat publié.")
    for nom, annee, valeur in lies:
        phrases.append(f"{nom}{INSECABLE}: {format_valeur(valeur, unite, decimales)} en {annee}.")
    return " ".join(phrases)
