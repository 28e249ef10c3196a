"""Sentences of the page « Convergence », written from the data. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from components.figures.dispersion import format_pourcentage
from components.figures.formats import (
    INSECABLE,
    format_liste,
    format_nombre,
    format_pluriel,
    format_rang,
    format_valeur,
)
from components.figures.mobilite import format_places
from data.calculs.convergence import Mobilite, Resserrement
from data.calculs.dispersion import Dispersion
from data.calculs.evolution_ecarts import EvolutionEcart, Stabilite, Tendance

LIBELLES_TENDANCE: Final[dict[Tendance, str]] = {
    Tendance.RESSERRE: "se resserre",
    Tendance.STABLE: "sans changement net",
    Tendance.ECARTE: "s'écarte",
    Tendance.SANS_ECART: "sans écart au départ",
}
SYMBOLES_TENDANCE: Final[dict[Tendance, str]] = {
    Tendance.RESSERRE: "◆",
    Tendance.STABLE: "●",
    Tendance.ECARTE: "▲",
    Tendance.SANS_ECART: "–",
}
NOTE_INTERVALLE: Final = (
    "Intervalle à 95\u00a0%\u00a0: 1\u202f000 tirages avec remise parmi les organismes, les mêmes aux deux dates. "
    "S'il contient "
    "0, rien ne prouve que l'écart a changé."
)
NOTE_PLAFOND_MESURE: Final = (
    "Un écart peut aussi se resserrer parce que la mesure bute sur sa limite (100\u00a0% atteint par presque tous)."
)
NOTE_BOOTSTRAP: Final = "Barres\u00a0: intervalle à 95\u00a0% (1\u202f000 tirages avec remise parmi les organismes)."
NOTE_CV: Final = (
    "Coefficient de variation\u00a0: écart-type (population) sur moyenne\u00a0; il se lit mal quand la moyenne "
    "approche de zéro."
)
NOTE_RANGS: Final = (
    "Classés aux deux dates seulement\u00a0: nul ne gagne une place parce qu'un autre n'a pas de valeur. À valeur "
    "égale, même rang."
)
NOTE_PRODUCTIVITE: Final = (
    "Productivité = BCP par ETPR. La mesure change en 2023 (effectifs-cibles par caisse)\u00a0: la série s'arrête en "
    "2021."
)
NOTE_MAXIMUM: Final = (
    "C'est un maximum\u00a0: l'effort porte sur les seuls effectifs, la mesure de la productivité change en 2023 et "
    "les contextes "
    "locaux ne sont pas modélisés (rapport, l.\u00a03330-3339)."
)


def build_phrase_evolutions(evolutions: Sequence[tuple[str, EvolutionEcart]], groupe: str) -> str:
    """How many indicateurs converge, which one most; how many diverge.

    Args:
        evolutions: (title, change) of every indicateur.
        groupe: « CPAM et CCSS ».
    """
    comptes = {t: [(nom, e) for nom, e in evolutions if e.tendance is t] for t in Tendance}
    resserres, ecartes = comptes[Tendance.RESSERRE], comptes[Tendance.ECARTE]
    total = len(evolutions)
    stables = total - len(resserres) - len(ecartes)
    phrase = (
        f"Entre {groupe}, les écarts se resserrent nettement sur {len(resserres)} indicateurs sur {total}, "
        "s'élargissent "
        f"sur {len(ecartes)}\u00a0; sur les {stables} autres, le changement ne dépasse pas le hasard."
    )
    mesures = [(nom, e.variation) for nom, e in resserres if e.variation is not None]
    if mesures:
        nom, variation = min(mesures, key=lambda m: m[1])
        phrase += f" Le plus net\u00a0: {nom} ({format_pourcentage(100 * variation)})."
    return phrase


def build_phrase_annees(
    titre: str,
    annees: tuple[int, int],
    evolution: EvolutionEcart,
    cvs: tuple[float, float] | None,
    *,
    unite: str | None,
    decimales: int,
) -> str:
    """P90 − P10 and CV, first and last year, and what the interval of the change says."""
    phrase = (
        f"{titre}\u00a0: entre le 10e et le 90e centile, "
        f"{format_valeur(evolution.ecart_apres, _format_points(unite), decimales)} "
        f"en {annees[1]} contre {format_nombre(evolution.ecart_avant, decimales)} en {annees[0]}"
    )
    if evolution.variation is None or evolution.bas is None or evolution.haut is None:
        return f"{phrase}."
    phrase += (
        f", soit {format_pourcentage(100 * evolution.variation)} (intervalle de "
        f"{format_pourcentage(100 * evolution.bas)} à "
        f"{format_pourcentage(100 * evolution.haut)})\u00a0: {SYMBOLES_TENDANCE[evolution.tendance]} "
        f"{LIBELLES_TENDANCE[evolution.tendance]}."
    )
    if cvs is not None:
        avant, apres = (format_nombre(100 * cv) for cv in cvs)
        phrase += f" Rapporté à la moyenne (CV)\u00a0: {avant} puis {apres}{INSECABLE}%."
    return phrase


def _format_points(unite: str | None) -> str | None:
    return "points" if unite == "%" else unite


def format_mobilite(mobilite: Mobilite, nom: str) -> str:
    """« Seine-Saint-Denis, du 79e au 32e rang (+47) »."""
    return (
        f"{nom}, du {format_rang(mobilite.rang_avant)} au {format_rang(mobilite.rang_apres)} rang "
        f"({format_places(mobilite.places)})"
    )


def build_phrase_mobilites(
    mobilites: Sequence[Mobilite], noms: Mapping[str, str], seuil: int, annees: tuple[int, int], mien: str | None
) -> str:
    """How many moved a long way, who most, and where mine went."""
    gagnent = [m for m in mobilites if m.marquee and m.places > 0]
    perdent = [m for m in mobilites if m.marquee and m.places < 0]
    phrase = (
        f"Entre {annees[0]} et {annees[1]}, {format_pluriel(len(gagnent), 'organisme')} sur {len(mobilites)} "
        f"{'gagne' if len(gagnent) < 2 else 'gagnent'} {seuil} places ou plus, {len(perdent)} en "
        f"{'perd' if len(perdent) < 2 else 'perdent'} autant."
    )
    extremes = [format_mobilite(m[0], noms[m[0].code]) for m in (gagnent[:1], perdent[-1:]) if m]
    if extremes:
        phrase += f" Les plus grands mouvements\u00a0: {format_liste(extremes)}."
    moi = next((m for m in mobilites if m.code == mien), None)
    if moi is not None:
        phrase += f" {format_mobilite(moi, noms[moi.code])}."
    return phrase


def build_reference_mobilites(constats: Mapping[str, tuple[str, str]]) -> str:
    """What the Igas prints about ranks. ``constats``: fait -> (value as printed, line)."""
    gagnent, ligne = constats["gagnent 25 places ou plus"]
    perdent = constats["perdent 25 places ou plus"][0]
    return (
        f"Référence publiée, 2017-2021\u00a0: gagnent 25 places ou plus, {gagnent} CPAM\u00a0; perdent 25 places ou "
        f"plus, {perdent} CPAM (rapport Igas 2022-027R, l.\u00a0{ligne})."
    )


def build_phrase_bouts(
    titre: str, avant: Dispersion, apres: Dispersion, annees: tuple[int, int], stabilite: Stabilite | None
) -> str:
    """Relative gap of both ends at both dates, and who stayed at each end."""
    phrases = []
    for annee, dispersion in zip(annees, (avant, apres), strict=True):
        extremes = dispersion.extremes
        if extremes is None or extremes.ecart_relatif is None:
            return f"{titre}\u00a0: l'écart entre les deux bouts ne se calcule pas."
        phrases.append(f"{format_nombre(-100 * extremes.ecart_relatif)}{INSECABLE}% en {annee}")
    phrase = (
        f"{titre}\u00a0: la moyenne des dix plus basses valeurs est inférieure à celle des "
        f"dix plus hautes de {phrases[0]}, {phrases[1]}."
    )
    if stabilite is not None:
        phrase += (
            f" {_format_stables(stabilite.haut, stabilite.nombre)} du haut de tableau y étaient déjà, "
            f"{_format_stables(stabilite.bas, stabilite.nombre)} du bas."
        )
    return phrase


def _format_stables(nombre: int, total: int) -> str:
    return f"{nombre} des {total}"


def build_reference_bouts(constats: Mapping[str, tuple[str, str]], annees: Mapping[str, str]) -> str:
    """What the Igas prints about both ends. ``annees``: year -> printed gap."""
    ecarts = [f"{valeur.lstrip('-').replace('.', ',')}{INSECABLE}% en {annee}" for annee, valeur in annees.items()]
    haut, ligne = constats["stabilité haut de tableau"]
    bas = constats["stabilité bas de tableau"][0]
    return (
        f"Référence publiée\u00a0: productivité moyenne des dix caisses les moins productives inférieure de "
        f"{format_liste(ecarts)} à "
        f"celle des dix plus productives\u00a0; {haut} du haut de tableau et {bas} du bas y étaient déjà en 2017 "
        "(rapport Igas "
        f"2022-027R, l.\u00a03216 et {ligne})."
    )


def build_phrase_decomposition(
    annees: tuple[int, int], bcp: float, etpr: float, productivite: float, moins_etpr: int, nombre: int, moi: str
) -> str:
    """Where the gain of productivity of the network comes from. Shares: 0.22 for +22 %."""
    return (
        f"De {annees[0]} à {annees[1]}, la productivité du réseau évolue de "
        f"{format_pourcentage(100 * productivite, 1)}\u00a0: "
        f"BCP {format_pourcentage(100 * bcp, 1)}, ETPR {format_pourcentage(100 * etpr, 1)}. {moins_etpr} caisses sur "
        f"{nombre} "
        f"ont moins d'ETPR{moi}."
    )


def build_phrase_resserrement(resserrement: Resserrement, annee: int) -> str:
    """What the simulation gives."""
    fortes = resserrement.caisses.head(3)
    postes = float(fortes["postes"].sum())
    part = f" Les trois premières en portent {format_nombre(postes, 0)}." if resserrement.contributrices > 3 else ""
    return (
        f"Si les caisses sous la productivité moyenne de {annee} l'atteignaient, avec un effort plafonné à "
        f"{format_nombre(100 * resserrement.plafond, 0)}{INSECABLE}%, "
        f"{format_pluriel(round(resserrement.postes), 'poste')} au plus "
        f"seraient dégagés par {resserrement.contributrices} caisses sur {resserrement.caisses.height}, dont "
        f"{resserrement.plafonnees} au plafond.{part}"
    )


def build_phrase_comparaison(plafond: int) -> str:
    """How to read the published result beside the simulation."""
    if plafond == 10:
        return (
            "Au plafond de l'Igas, la simulation redonne le résultat publié\u00a0: les données simulées y sont calées."
        )
    return (
        f"L'Igas ne publie que le plafond de 10\u00a0%\u00a0; à {plafond}\u00a0%, la simulation ne se compare plus "
        "ligne à ligne."
    )


def build_avis_organisme(nom: str, groupe: str) -> str:
    """Why the organisme chosen is not marked on the charts."""
    return (
        f"{nom} n'est pas du type {groupe}\u00a0: il n'est marqué sur aucun graphique. Changez le type ou l'organisme."
    )
