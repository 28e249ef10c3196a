"""Sentences and words of the sheet of an organisme and of the list of organismes, written from the data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import polars as pl

from components.figures.formats import (
    INSECABLE,
    MOIS,
    format_ecart,
    format_liste,
    format_nombre,
    format_pluriel,
    format_rang,
    format_valeur,
)
from components.organisme.fiche import NIVEAU, PRECEDENTE, Fiche, Ligne
from components.textes.comparer import format_position, format_quart, format_type_note
from data.calculs.resultats import Etat
from data.modele import Organisme, Sens, Statut, TypeOrganisme
from data.requetes.resultats import ANNEE

Ton = Literal["mieux", "moins", "neutre"]

LIBELLES_TYPE: dict[TypeOrganisme, str] = {
    TypeOrganisme.CPAM: "Caisse primaire d'assurance maladie",
    TypeOrganisme.CCSS: "Caisse commune de sécurité sociale",
    TypeOrganisme.CGSS: "Caisse générale de sécurité sociale",
    TypeOrganisme.CSS: "Caisse de sécurité sociale",
    TypeOrganisme.DRSM: "Direction régionale du service médical",
    TypeOrganisme.CARSAT: "Caisse d'assurance retraite et de la santé au travail",
    TypeOrganisme.UGECAM: "Union pour la gestion des établissements des caisses d'assurance maladie",
    TypeOrganisme.CTI: "Centre de traitement informatique",
    TypeOrganisme.CEIR: "Centre d'édition et d'impression du réseau",
    TypeOrganisme.CNAM: "Caisse nationale",
}
_STATUTS: dict[Statut, str] = {
    Statut.NEUTRALISE: "neutralisé",
    Statut.SANS_OBJET: "sans objet",
    Statut.ABANDONNE: "abandonné",
    Statut.NON_FOURNI: "non fourni",
    Statut.NON_SIGNIFICATIF: "non significatif",
    Statut.MASQUE: "masqué",
    Statut.PROVISOIRE: "provisoire",
    Statut.AJUSTE: "ajusté",
}
NOTE_SIMULE = (
    "Score et primes\u00a0: publiés. Résultats, socles et objectifs par indicateur\u00a0: simulés, calés sur le score "
    "publié."
)
NOTE_PUBLIE = "Score, primes et taux de réussite par indicateur\u00a0: publiés."
NOTE_CONSTANT = (
    f"Effet sur le score\u00a0: écart de taux × poids de {ANNEE}\u00a0; les poids de {PRECEDENTE} ne sont pas publiés."
)
_PERTES_CITEES = 3


def format_groupe_type(fiche: Fiche) -> str:
    """« 102 CPAM et CCSS »."""
    effectif = fiche.position.effectif if fiche.position else 1
    return f"{effectif}{INSECABLE}{format_type_note(fiche.type_note)}"


def list_identite(organisme: Organisme, regions: Sequence[str], departements: Sequence[str]) -> list[tuple[str, str]]:
    """What the organisme is, as (term, words); nothing is said about what the documents leave out."""
    lignes = [("Type", f"{LIBELLES_TYPE[organisme.type]} ({organisme.type.value})")]
    if regions:
        lignes.append(("Région" if len(regions) == 1 else "Régions", format_liste(list(regions))))
    else:
        lignes.append(("Région", "aucune dans les documents"))
    if departements:
        codes = [f"{nom} ({code})" for nom, code in zip(departements, organisme.departements, strict=True)]
        titre = "Département" if len(codes) == 1 else "Départements"
        suite = ", en partie" if organisme.infra_departementale else ""
        lignes.append((titre, format_liste(codes) + suite))
    if organisme.siege:
        lignes.append(("Siège", organisme.siege))
    if organisme.code.isdigit():
        lignes.append(("Numéro de caisse", organisme.code))
    if organisme.predecesseurs:
        depuis = f" (depuis le {organisme.valide_du:%d/%m/%Y})" if organisme.valide_du else ""
        lignes.append(("Succède à", format_liste(organisme.predecesseurs) + depuis))
    alias = [nom for nom in organisme.alias if not nom.isdigit() and nom not in {organisme.siege, organisme.nom_court}]
    if alias:
        lignes.append(("Aussi écrit", ", ".join(alias)))
    return lignes


def format_intervalle_rang(fiche: Fiche) -> str:
    """« entre le 79e et le 89e au moins, à 95 % », or why there is no interval."""
    if fiche.position is None:
        return "seul de son type\u00a0: pas de rang"
    if fiche.rang is None:
        return "sans intervalle\u00a0: aucun dénominateur connu"
    if fiche.rang.bas == fiche.rang.haut:
        return f"inchangé à {100 * NIVEAU:.0f}{INSECABLE}%, erreur des taux seule"
    bornes = f"entre le {format_rang(fiche.rang.bas)} et le {format_rang(fiche.rang.haut)}"
    return f"{bornes} au moins, à {100 * NIVEAU:.0f}{INSECABLE}%"


def build_note_rang(fiche: Fiche) -> str:
    """How the interval of the rank is obtained, or why there is none."""
    if fiche.position is None:
        return "Seul organisme de son type\u00a0: aucun rang à donner."
    if fiche.rang is None:
        return "Rang sans intervalle\u00a0: aucun indicateur du type n'est une part au dénominateur connu."
    mesures = format_pluriel(fiche.mesures, "indicateur")
    return (
        f"Intervalle du rang\u00a0: chaque taux a une erreur, celle de l'intervalle de Wilson sur son dénominateur, "
        f"portée en points par le barème ({mesures} sur {len(fiche.lignes)} ici, dénominateurs simulés)\u00a0; les "
        f"scores sont retirés 2{INSECABLE}000 fois. Délais, nombres et plans sont comptés sans erreur\u00a0: "
        "l'intervalle est un minimum."
    )


def build_phrase_cascade(fiche: Fiche) -> str:
    """Where the points went: the largest losses, their share, the bonification, the score they lead to."""
    perdants = sorted((x for x in fiche.lignes if x.score.points_perdus > 0), key=lambda x: -x.score.points_perdus)
    total = sum(x.score.points_perdus for x in perdants)
    if not perdants:
        return f"Aucun point perdu\u00a0: chacun des {len(fiche.lignes)} indicateurs atteint son objectif."
    cites = perdants[:_PERTES_CITEES]
    noms = [f"{x.indicateur.titre_court} ({format_nombre(x.score.points_perdus, 2)})" for x in cites]
    part = 100 * sum(x.score.points_perdus for x in cites) / total
    suite = f", {format_nombre(part, 0)}{INSECABLE}% des pertes à {_format_eux(len(cites))}" if perdants[3:] else ""
    points = format_valeur(total, "points", 2)
    verbe = "perdu" if total < 2 else "perdus"
    bonification = sum(d.points_bonification for d in fiche.score.domaines)
    rendus = f" Bonification{INSECABLE}: {format_ecart(bonification, 'points', 2)}." if bonification > 0 else ""
    return f"{points} {verbe}{INSECABLE}: {format_liste(noms)}{suite}.{rendus} {_build_recalcul(fiche)}"


def _format_eux(nombre: int) -> str:
    return {1: "lui seul", 2: "eux deux"}.get(nombre, "eux trois")


def _build_recalcul(fiche: Fiche) -> str:
    """The recomputed score beside the published one, in words."""
    publie, calcule = fiche.primes["score"], fiche.score.taux
    if calcule is None:
        return "Score non calculable."
    texte = f"Score recalculé{INSECABLE}: {format_valeur(calcule, '%', 2)}"
    if fiche.score.partiel and fiche.score.taux_min is not None and fiche.score.taux_max is not None:
        bas, haut = format_nombre(fiche.score.taux_min, 2), format_valeur(fiche.score.taux_max, "%", 2)
        return f"{texte} sur la part mesurée (de {bas} à {haut} selon ce qui manque)."
    if publie is None:
        return f"{texte}."
    return f"{texte}{INSECABLE}; publié{INSECABLE}: {format_valeur(publie, '%', 2)}."


def build_phrase_domaines(fiche: Fiche) -> str:
    """Which domaine loses most, and which lose nothing."""
    mesures = [d for d in fiche.score.domaines if d.taux is not None]
    if not mesures:
        return "Aucun domaine mesuré."
    pire = max(mesures, key=lambda d: d.points_perdus)
    pleins = [d.domaine for d in mesures if round(d.points_perdus, 2) == 0]
    if pire.domaine in pleins:
        return "Tous les domaines sont à leur maximum."
    suite = f" Au maximum{INSECABLE}: {format_liste(pleins)}." if pleins else ""
    return (
        f"{pire.domaine}{INSECABLE}: {format_valeur(pire.points_perdus, 'points', 2)} en moins sur "
        f"{format_nombre(pire.poids_effectif, 0)}.{suite}"
    )


def format_effectif(fiche: Fiche) -> str:
    """« 16 indicateurs »; « 15 indicateurs, 24 mesures » when composites are measured by their components."""
    indicateurs, mesures = len(fiche.bareme.list_indicateurs()), len(fiche.lignes)
    texte = format_pluriel(indicateurs, "indicateur")
    return texte if indicateurs == mesures else f"{texte}, {format_pluriel(mesures, 'mesure')}"


def build_phrase_lignes(fiche: Fiche) -> str:
    """How many indicateurs (or measures, when some are composites) are full, partial, nil, out of the computation."""
    mesures = [x for x in fiche.lignes if x.score.etat is Etat.MESURE]
    pleins = sum(x.score.points_perdus <= 0 for x in mesures)
    nuls = sum(x.score.taux == 0 for x in mesures)
    mot = "" if len(fiche.lignes) == len(fiche.bareme.list_indicateurs()) else f"mesure{'s' * (pleins > 1)} "
    morceaux = [f"{pleins} {mot}sur {len(fiche.lignes)} à 100{INSECABLE}%"]
    if partiels := len(mesures) - pleins - nuls:
        morceaux.append(f"{partiels} en partie")
    if nuls:
        morceaux.append(format_pluriel(nuls, "nul"))
    hors = sum(x.score.etat is Etat.NEUTRALISE for x in fiche.lignes)
    manquants = sum(x.score.etat is Etat.MANQUANT for x in fiche.lignes)
    if hors:
        morceaux.append(f"{format_nombre(hors, 0)} hors du calcul")
    if manquants:
        morceaux.append(f"{format_pluriel(manquants, 'manquant')}")
    return f"{format_liste(morceaux)}."


def build_phrase_evolution(lignes: Sequence[Ligne]) -> str:
    """How many common indicateurs rise and fall, what that weighs, the largest of each.

    Args:
        lignes: those with an evolution.
    """
    evolutions = [(x, x.evolution) for x in lignes if x.evolution is not None]
    effet = sum(e.points for _, e in evolutions)
    hausses = [(x, e) for x, e in evolutions if round(e.apres - e.avant, 1) > 0]
    baisses = [(x, e) for x, e in evolutions if round(e.apres - e.avant, 1) < 0]
    stables = len(evolutions) - len(hausses) - len(baisses)
    sens = [f"{len(cotes)} en {mot}" for mot, cotes in (("hausse", hausses), ("baisse", baisses)) if cotes]
    comptes = format_liste([*sens, *([format_pluriel(stables, "stable")] if stables else [])])
    texte = (
        f"{format_pluriel(len(evolutions), 'indicateur commun', 'indicateurs communs')}{INSECABLE}: {comptes}"
        f"{INSECABLE}; ensemble {format_ecart(effet, 'points', 2)} de score."
    )
    for mot, cotes, choix in (("Plus forte hausse", hausses, max), ("plus forte baisse", baisses, min)):
        if cotes:
            ligne, e = choix(cotes, key=lambda c: c[1].points)
            texte += f" {mot.capitalize()}{INSECABLE}: {ligne.indicateur.titre_court} "
            texte += f"({format_ecart(e.points, 'points', 2)})."
    return texte


def list_notes_non_communs(lignes: Sequence[Ligne]) -> list[str]:
    """The indicateurs left out of the comparison, by reason."""
    raisons: dict[str, list[str]] = {}
    for ligne in lignes:
        if ligne.sans_evolution:
            raisons.setdefault(ligne.sans_evolution, []).append(ligne.indicateur.titre_court)
    return [f"Laissés de côté ({raison})\u00a0: {', '.join(noms)}." for raison, noms in raisons.items()]


def build_vide_evolution(fiche: Fiche) -> str | None:
    """Why there is nothing to compare with last year; None when there is."""
    if any(ligne.evolution for ligne in fiche.lignes):
        return None
    return (
        f"La note n'imprime aucun taux {PRECEDENTE} par indicateur pour le type {format_type_note(fiche.type_note)}"
        "\u00a0: rien ne dit quels indicateurs sont communs aux deux années. La page «\u00a0Scores\u00a0» compare les "
        "moyennes du type."
    )


def format_statut(ligne: Ligne) -> tuple[str, str, Ton]:
    """Symbol, words and tone of the statut of a line; no verdict tone when the indicateur declares no direction."""
    score = ligne.score
    statut = None if score.statut is None else Statut(score.statut)
    if score.etat is Etat.NEUTRALISE:
        return "⊘", _STATUTS.get(statut, "neutralisé") if statut else "neutralisé", "neutre"
    if score.etat is Etat.MANQUANT or score.taux is None:
        return "?", _STATUTS.get(statut, "non fourni") if statut else "non fourni", "neutre"
    suite = f", {_STATUTS[statut]}" if statut in {Statut.PROVISOIRE, Statut.AJUSTE} else ""
    juge = ligne.indicateur.sens is not Sens.NEUTRE
    if score.points_perdus <= 0:
        return "●", f"objectif atteint{suite}", "mieux" if juge else "neutre"
    if score.taux == 0:
        return "○", f"taux nul{suite}", "moins" if juge else "neutre"
    return "◐", f"atteint en partie{suite}", "neutre"


def list_legendes(fiche: Fiche) -> list[str]:
    """How to read the small pictures of the lines; what no line has is said instead."""
    if not fiche.a_positions and not fiche.a_tendances:
        return ["Ni pairs, ni suivi mensuel\u00a0: la note imprime le seul taux de l'année."]
    notes = []
    if fiche.a_positions:
        notes.append(
            f"Position parmi {format_groupe_type(fiche)}\u00a0: trait du plus bas au plus haut, bande\u00a0: moitié "
            "centrale, point bleu\u00a0: l'organisme\u00a0; à droite = mieux."
        )
    if fiche.a_tendances:
        notes.append(
            "Tendance\u00a0: mois de janvier 2019 à décembre 2023\u00a0; trait gris\u00a0: objectif 2023 quand il est "
            "dans le champ. Un mois sans valeur coupe la courbe."
        )
    return notes


def list_notes_unites(lignes: Sequence[Ligne]) -> list[str]:
    """What the results without a published unit rest on."""
    sans = [x for x in lignes if x.indicateur.unite is None and x.simulee and x.score.valeur is not None]
    if not sans:
        return []
    noms = ", ".join(x.indicateur.titre_court for x in sans)
    return [f"Sans unité publiée, échelle de 0 à 100 supposée\u00a0: {noms}."]


def format_place(ligne: Ligne) -> str:
    """« 12e sur 102, meilleur quart », or why there is no place."""
    if ligne.position is None:
        if ligne.score.valeur is None:
            return "sans valeur"
        return "sans sens déclaré" if ligne.indicateur.sens is Sens.NEUTRE else "sans pair"
    if ligne.position.ex_aequo == ligne.position.effectif - 1:
        return f"tous égaux ({ligne.position.effectif})"
    return f"{format_position(ligne.position)}, {format_quart(ligne.position.quart, ligne.indicateur.sens)}"


def format_tendance(ligne: Ligne) -> str:
    """The words of a trend: first and last month with a value, lowest and highest."""
    presents = [(mois, valeur) for mois, valeur in ligne.mois if valeur is not None]
    (premier, debut), (dernier, fin) = presents[0], presents[-1]
    valeurs = [v for _, v in presents]
    bornes = f"au plus bas {ligne.format_valeur(min(valeurs))}, au plus haut {ligne.format_valeur(max(valeurs))}"
    return (
        f"De {ligne.format_valeur(debut)} en {MOIS[premier.month - 1]} {premier.year} à {ligne.format_valeur(fin)} en "
        f"{MOIS[dernier.month - 1]} {dernier.year}{INSECABLE}; {bornes}"
    )


def build_phrase_annuaire(frame: pl.DataFrame, total: int) -> str:
    """How many organismes are listed, and between which scores.

    Args:
        frame: rows listed: nom, score.
        total: organismes of the network.
    """
    if frame.is_empty():
        return "Aucun organisme ne répond à ces critères."
    tri = frame.sort("score", nulls_last=True)
    bas, haut = tri.row(0, named=True), tri.filter(pl.col("score") == tri["score"].max()).row(0, named=True)
    nombre = f"{frame.height} organismes sur {total}" if frame.height < total else f"Les {total} organismes du réseau"
    if frame.height == 1:
        return f"1 organisme sur {total}{INSECABLE}: {bas['nom']}, {format_valeur(bas['score'], '%', 2)}."
    egaux = tri.filter(pl.col("score") == haut["score"]).height
    noms = f"{haut['nom']} et {egaux - 1} autres" if egaux > 2 else haut["nom"]
    return (
        f"{nombre}, de {format_valeur(bas['score'], '%', 2)} ({bas['nom']}) à "
        f"{format_valeur(haut['score'], '%', 2)} ({noms})."
    )
