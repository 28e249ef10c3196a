"""Sentences of the page « Intéressement », written from the data. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from components.figures.formats import (
    INSECABLE,
    format_date,
    format_ecart,
    format_liste,
    format_nombre,
    format_pluriel,
    format_rang,
    format_valeur,
)
from components.figures.leviers import SEPARATEUR
from components.interessement.dossier import Dossier
from components.interessement.simulateur import Resultat, Simulation
from components.textes.comparer import format_type_note
from data.calculs.interessement import Enveloppe
from data.calculs.leviers import HYPOTHESE
from data.calculs.score import ScoreIndicateur

CHAPEAU = "De la masse salariale à la prime d'un agent, pas à pas, puis ce que d'autres résultats changeraient."
NOTE_LEVIERS = HYPOTHESE
NOTE_ETP_SIMULES = "Effectifs (ETP) de l'organisme simulés\u00a0: la note ne les imprime que par type."
NOTE_RANG = (
    "Rang parmi les organismes du type, les autres gardant leur score publié\u00a0; en réalité, ils bougent aussi."
)
NOTE_POIDS = (
    "Un poids changé ramène l'ensemble à 100 points\u00a0; un indicateur neutralisé rend son poids à son domaine."
)
NOTE_ARRONDI = (
    "Primes recalculées sur le score arrondi à 0,01 point, comme la note l'imprime\u00a0; elle-même a calculé sur le "
    "score non arrondi, d'où jusqu'à 0,03 € d'écart avec la prime imprimée."
)
NOTE_BRUT = "Montants bruts, avant CSG et CRDS."
NOTE_MEILLEUR_QUART = (
    "Trait bleu\u00a0: points gagnés en rejoignant le seuil du meilleur quart des organismes du type (au moins cinq, "
    "soi compris)\u00a0; sans trait, ce niveau n'apporterait rien ou n'est pas connu."
)
NOTE_DOSSIERS = (
    "«\u00a0Soit 27 de plus\u00a0»\u00a0: ce que l'indicateur compte (dossiers, personnes, rendez-vous…), son "
    "dénominateur restant le même."
)
_MULTI = (
    "Organisme pluri-branches\u00a0: la note n'imprime que la branche maladie et accidents du travail. Sa prime réelle "
    "est la moyenne, pondérée par les effectifs, des parts de ses branches (l. 120-134)\u00a0; seul l'exemple de la "
    "CCSS de Mende est imprimé."
)
NOTES_BRANCHES = {"CCSS": _MULTI, "CGSS": _MULTI, "CARSAT": _MULTI}


def format_rang_simule(resultat: Resultat, dossier: Dossier) -> str:
    """« 60e sur 102 », or why there is none."""
    if resultat.rang is None:
        return "seul de son type" if not dossier.autres else "non calculable"
    return f"{format_rang(resultat.rang)} sur {len(dossier.autres) + 1}"


def format_places(resultat: Resultat, depart: Resultat) -> str:
    """« +11 places », « −3 places », « même rang »."""
    if resultat.rang is None or depart.rang is None:
        return ""
    places = depart.rang - resultat.rang
    if not places:
        return "même rang"
    return f"{'+' if places > 0 else '−'}{format_pluriel(abs(places), 'place')}"


def format_score(resultat: Resultat) -> str:
    """The rate to 0,01 point; when something is missing, that of the measured part and its bounds."""
    score = resultat.score
    if score.taux is None:
        return "non calculable"
    texte = format_valeur(score.taux, "%", 2)
    if score.partiel and score.taux_min is not None and score.taux_max is not None:
        return f"{texte} (de {format_nombre(score.taux_min, 2)} à {format_nombre(score.taux_max, 2)})"
    return texte


def build_phrase_formule(dossier: Dossier) -> str:
    """The prime and what it is made of, in one sentence."""
    paye, primes = dossier.depart, dossier.fiche.primes
    if paye is None:
        return "Score non calculable\u00a0: aucun résultat."
    maximum = dossier.national.enveloppe.montant_max
    imprimee = primes["prime_totale"]
    texte = (
        f"{dossier.fiche.organisme.nom}{INSECABLE}: {format_valeur(paye.prime_nationale, '€', 2)} de part nationale + "
        f"{format_valeur(paye.prime_locale, '€', 2)} de part locale = {format_valeur(paye.prime_totale, '€', 2)} par "
        f"ETP, {format_valeur(paye.taux_utilisation, '%', 1)} du maximum ({format_valeur(maximum, '€', 2)})."
    )
    if imprimee is not None and round(paye.prime_totale - imprimee, 2):
        texte += f" La note imprime {format_valeur(imprimee, '€', 2)}."
    return texte


def build_phrase_reseau(enveloppe: Enveloppe, utilisation: float) -> str:
    """The maximum per ETP and what the network used of it."""
    return (
        f"{format_valeur(enveloppe.masse / 1e6, 'M€', 2)} pour {format_nombre(enveloppe.etp, 0)} ETP, soit "
        f"{format_valeur(enveloppe.montant_max, '€', 2)} au plus par ETP{INSECABLE}; "
        f"{format_valeur(utilisation, '%', 2)} distribués. Choisissez un organisme pour y lire ses propres chiffres."
    )


def build_note_reste(reste: int) -> str:
    """How many levers are left to the table."""
    sujet = format_pluriel(reste, "autre levier, plus petit, est", "autres leviers, plus petits, sont")
    return f"{sujet} dans le tableau."


def format_ecart_seuil(levier: Mapping[str, Any], unite: str | None, mesure: ScoreIndicateur) -> str:
    """From the result to the next threshold, and how many more (or fewer) that is when the denominator is known.

    Files, people, appointments: each indicateur counts its own, which no document names in a word.

    Args:
        levier: a row of ``compute_leviers``.
        unite: of the indicateur.
        mesure: its score, whose rate is said when the result is not published.
    """
    genre, dates = levier["genre_seuil"], (levier["valeur_date"], levier["prochaine_date"])
    if genre is None or levier["ecart"] is None:
        seuils = mesure.objectif is not None or mesure.date_objectif is not None
        manque = "résultat non publié" if seuils else "résultat et seuils non publiés"
        return f"taux de {format_valeur(mesure.taux, '%', 1)}{INSECABLE}; {manque}"
    if dates[1] is not None:
        jours = format_pluriel(int(levier["ecart"]), "jour")
        return f"{format_date(dates[0])} → {format_date(dates[1])} ({genre}), {jours}"
    seuil = f"{format_valeur(levier['prochain_seuil'], unite, _count_decimales(levier['prochain_seuil']))}"
    texte = f"{format_nombre(levier['valeur'], _count_decimales(levier['valeur']))} → {seuil} ({genre})"
    if levier["dossiers"]:
        sens = "de plus" if levier["prochain_seuil"] > levier["valeur"] else "de moins"
        texte += f"{SEPARATEUR}soit {format_nombre(levier['dossiers'], 0)}{INSECABLE}{sens}"
    return texte


def _count_decimales(valeur: float) -> int:
    """Decimals a value needs, two at most."""
    return next(n for n in (0, 1, 2) if n == 2 or round(valeur, n) == round(valeur, 2))


def build_phrase_leviers(frame: pl.DataFrame, perdus: float, montant_max: float) -> str:
    """The largest levers, what all together could bring, what is far.

    Args:
        frame: levers in order: titre, points, genre.
        perdus: points lost by the score, bonification deducted.
        montant_max: € per ETP for 100 points.
    """
    if frame.is_empty():
        return "Plus rien à gagner\u00a0: chaque indicateur mesuré est à 100\u00a0%."
    premiers = [
        f"{titre} ({format_nombre(points, 2)})" for titre, points in frame.select("titre", "points").head(3).iter_rows()
    ]
    texte = (
        f"Au plus {format_valeur(perdus, 'points', 2)} à regagner, soit "
        f"{format_valeur(perdus / 100 * montant_max, '€', 2)} par ETP{INSECABLE}: {format_liste(premiers)}"
    )
    loin = frame.filter(pl.col("genre") == "socle").height
    suite = (
        f" {format_pluriel(loin, 'indicateur')} sous le socle{INSECABLE}: rien avant de l'atteindre." if loin else ""
    )
    return f"{texte}.{suite}"


def build_phrase_simulation(simulation: Simulation) -> str:
    """What the active scenario changes, in one sentence."""
    resultat = simulation.resultats[simulation.actif - 1]
    if resultat is None:
        return (
            f"Scénario {simulation.actif} identique à la situation de départ{INSECABLE}: déplacez un curseur, changez "
            "un poids ou un seuil, ou neutralisez un indicateur."
        )
    depart = simulation.depart
    morceaux = [f"Scénario {simulation.actif}{INSECABLE}: {format_score(resultat)}"]
    if resultat.score.taux is not None and depart.score.taux is not None:
        morceaux[0] += f" ({format_ecart(resultat.score.taux - depart.score.taux, 'points', 2)})"
    if resultat.rang is not None:
        morceaux.append(f"{format_rang_simule(resultat, simulation.dossier)} ({format_places(resultat, depart)})")
    if resultat.paye and depart.paye:
        prime = resultat.paye.prime_totale
        morceaux.append(
            f"prime de {format_valeur(prime, '€', 2)} par ETP "
            f"({format_ecart(prime - depart.paye.prime_totale, '€', 2)})"
        )
        if not resultat.paye.declenche_local:
            seuil = format_nombre(simulation.dossier.national.regle.seuil, 0)
            morceaux.append(f"la part locale ne paie rien à {seuil}{INSECABLE}% ou moins")
    if resultat.score.partiel:
        morceaux.append("score partiel, un résultat manque")
    nombre = len(simulation.scenarios[simulation.actif - 1])
    return f"{', '.join(morceaux)}. {format_pluriel(nombre, 'indicateur changé', 'indicateurs changés')}."


def format_groupe(dossier: Dossier) -> str:
    """« 102 CPAM et CCSS »."""
    return f"{len(dossier.autres) + 1}{INSECABLE}{format_type_note(dossier.fiche.type_note)}"
