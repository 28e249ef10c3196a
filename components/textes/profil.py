"""Words of the page « Profil »: spine chart and heat table. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import polars as pl

from components.figures.formats import INSECABLE, format_liste, format_nombre, format_pluriel, format_rang
from components.textes.comparer import STYLES_VERDICT, format_position
from data.calculs.atteinte import ATTEINTES_MESUREES, LIBELLES_ATTEINTE, Atteinte
from data.calculs.pairs import GROUPE_MINIMUM
from data.calculs.position import Position
from data.calculs.verdict import LIBELLES_VERDICTS, Verdict
from data.modele import Comparateur, Indicateur, Sens, Statut

if TYPE_CHECKING:
    from components.pairs import GroupePairs
    from components.vue_profil import LigneProfil, Profil

SANS_ORGANISME: Final = (
    "Choisissez un organisme, en haut\u00a0: son profil se dessine face à ses pairs, indicateur par indicateur."
)
STATISTIQUE: Final = (
    "résultat de l'organisme, médiane, moitié centrale (boîte) et 5e à 95e centiles (trait) du groupe, par indicateur"
)
NOTE_AXE: Final = (
    "Axe commun\u00a0: à droite = mieux, quel que soit le sens de l'indicateur. Sur chaque ligne, la médiane est au "
    "centre et le plus éloigné des 5e et 95e centiles toujours à la même distance. Un triangle au bord\u00a0: hors de "
    "l'échelle. Quantiles\u00a0: définition 7 de Hyndman et Fan."
)
NOTE_VERDICTS: Final = (
    "Verdict à 95\u00a0%, par le comparateur de chaque indicateur\u00a0: face aux pairs (mieux, comparable, moins "
    "bien) quand un dénominateur dit la part du hasard, par l'entonnoir corrigé de la surdispersion ou par "
    "l'intervalle\u00a0; sinon face à son propre passé (en progrès, stable, en recul), par la carte de contrôle "
    "mensuelle\u00a0; sinon sans verdict."
)
NOTE_HORS: Final = "L'organisme choisi est laissé hors de la référence (médiane, quartiles, centiles, taux du groupe)."
NOTE_SIMULE: Final = (
    "Score\u00a0: publié. Résultats, socles et objectifs par indicateur\u00a0: simulés\u00a0; ils ne décrivent aucun "
    "organisme réel."
)
NOTE_PROCESSUS: Final = (
    "La note n'imprime pas de processus\u00a0: celui d'un indicateur local est l'engagement de la COG 2023-2027 de "
    "l'indicateur qui lui est lié."
)
NOTE_TARTAN: Final = (
    "Un clic sur un titre de colonne trie. Sans couleur\u00a0: l'indicateur n'a pas d'objectif par organisme. "
    "«\u00a0Excel\u00a0» garde les couleurs, les symboles et la légende."
)
VIDE_INDICATEURS: Final = (
    "Aucun indicateur n'est à la fois de ce domaine et de ce processus. Élargissez l'un des deux filtres."
)
SANS_PROCESSUS: Final = "Sans processus connu"
# A verdict against one's own past has words of its own: it says nothing of the peers.
_VERDICTS_PASSE: Final = {
    Verdict.MIEUX: "en progrès",
    Verdict.COMPARABLE: "stable",
    Verdict.MOINS_BIEN: "en recul",
    Verdict.PLUS_HAUT: "en hausse",
    Verdict.PLUS_BAS: "en baisse",
    Verdict.SANS_VERDICT: "sans verdict",
}
_COMPARATEURS: Final = {
    Comparateur.ENTONNOIR: "face aux pairs (entonnoir)",
    Comparateur.INTERVALLE: "face aux pairs (intervalle)",
    Comparateur.SPC: "face à son passé (carte de contrôle)",
    Comparateur.AUCUN: "aucun comparateur",
}
_NOMS_CITES = 3


def format_verdict(ligne: LigneProfil) -> tuple[str, str]:
    """Symbol and word, then the key of the colour."""
    verdict = ligne.jugement.verdict
    symbole, ton = STYLES_VERDICT[verdict]
    mots = _VERDICTS_PASSE if ligne.jugement.comparateur is Comparateur.SPC else LIBELLES_VERDICTS
    return f"{symbole}{INSECABLE}{mots[verdict]}", ton


def format_atteinte(atteinte: Atteinte | None) -> str:
    """The state in words; without target, it says so."""
    return "sans objectif" if atteinte is None else LIBELLES_ATTEINTE[atteinte]


def format_rang_ligne(ligne: LigneProfil) -> str:
    """« 12e sur 102 », « 1er ex æquo »; empty without position."""
    if ligne.position is None:
        return ""
    if ligne.position.ex_aequo:
        return f"{format_rang(ligne.position.rang)}{INSECABLE}ex æquo"
    return format_position(ligne.position)


def format_place(position: Position | None, groupe: GroupePairs) -> str:
    """« 88e sur 102 CPAM et CCSS », or that there is no rank."""
    if position is None:
        return "pas de rang dans ce groupe"
    ex_aequo = " ex æquo" if position.ex_aequo else ""
    return f"{format_rang(position.rang)}{ex_aequo} sur {groupe.format_effectif(position.effectif)}"


def build_absence(ligne: LigneProfil) -> str:
    """Why there is no value, in words: neutralised is neither missing nor without object."""
    if ligne.fait["statut"] == Statut.NEUTRALISE:
        return "neutralisé"
    if ligne.atteinte is Atteinte.SANS_OBJET:
        return "sans objet"
    if ligne.fait["taux"] is not None:
        return "taux seul publié"
    return "non fourni"


def format_resultat(ligne: LigneProfil) -> str:
    """The value in its unit, or why there is none."""
    valeur, date = ligne.fait["valeur"], ligne.fait["valeur_date"]
    return build_absence(ligne) if valeur is None and date is None else ligne.format_valeur(valeur, date)


def format_parmi(lignes: Sequence[LigneProfil], juges: int) -> str:
    """« sur 12 indicateurs jugés face aux pairs : AAT dématérialisés »."""
    if not juges:
        return "aucun indicateur jugé face aux pairs"
    noms = [ligne.indicateur.titre_court for ligne in lignes[:2]]
    suite = f"{INSECABLE}: {', '.join(noms)}{'…' if len(lignes) > len(noms) else ''}" if noms else ""
    return f"sur {format_pluriel(juges, 'indicateur jugé', 'indicateurs jugés')}{suite}"


def format_etats(etats: Mapping[Atteinte, int]) -> str:
    """« 3 entre socle et objectif, 2 sous le socle, 1 neutralisé »."""
    suite = [f"{n} {LIBELLES_ATTEINTE[etat]}" for etat, n in etats.items() if n and etat is not Atteinte.ATTEINT]
    return ", ".join(suite) or "tous les objectifs sont atteints"


def _format_noms(lignes: Sequence[LigneProfil]) -> str:
    noms = [ligne.indicateur.titre_court for ligne in lignes[:_NOMS_CITES]]
    reste = len(lignes) - len(noms)
    return format_liste([*noms, format_pluriel(reste, "autre")] if reste else noms)


def build_phrase(profil: Profil) -> str:
    """What to see: better, worse, comparable, then one's own past."""
    if profil.organisme is None or profil.vide is not None:
        return "Pas de profil pour ce choix."
    mieux, moins = profil.list_verdicts(Verdict.MIEUX), profil.list_verdicts(Verdict.MOINS_BIEN)
    comparables = profil.list_verdicts(Verdict.COMPARABLE)
    juges = len(mieux) + len(moins) + len(comparables)
    if not juges:
        corps = "aucun indicateur n'a de quoi être jugé face aux pairs (pas de dénominateur)."
    else:
        morceaux = [
            f"mieux que ses pairs sur {len(mieux)} ({_format_noms(mieux)})" if mieux else "",
            f"moins bien sur {len(moins)} ({_format_noms(moins)})" if moins else "",
            f"comparable sur {len(comparables)}" if comparables else "",
        ]
        corps = (
            f"{format_liste([m for m in morceaux if m])}, pour "
            f"{format_pluriel(juges, 'indicateur jugé', 'indicateurs jugés')} face aux pairs."
        )
    progres, recul = (
        profil.list_verdicts(Verdict.MIEUX, pairs=False),
        profil.list_verdicts(Verdict.MOINS_BIEN, pairs=False),
    )
    passe = [f"en progrès{INSECABLE}: {_format_noms(progres)}"] if progres else []
    passe += [f"en recul{INSECABLE}: {_format_noms(recul)}"] if recul else []
    suite = f" Face à son passé, {format_liste(passe)}." if passe else ""
    return f"{profil.organisme['nom']}{INSECABLE}: {corps}{suite}"


def build_vide_effectif(nom: str, pairs: int) -> str:
    """Why no spine is drawn: too few peers for quartiles."""
    return (
        f"{nom} n'a que {format_pluriel(pairs, 'pair')} sur ces indicateurs\u00a0: il en faut au moins "
        f"{GROUPE_MINIMUM} pour des quartiles. Le tartan, plus bas, montre chaque organisme\u00a0; choisissez un "
        "groupe plus large s'il en existe un."
    )


def build_survol(ligne: LigneProfil) -> str:
    """Everything about a line, on hover."""
    reperes, fait = ligne.reperes, ligne.fait
    lignes = [f"<b>{ligne.indicateur.titre_court}</b>", f"résultat{INSECABLE}: {format_resultat(ligne)}"]
    if ligne.position is not None:
        lignes.append(f"rang{INSECABLE}: {format_position(ligne.position)}")
    if reperes is not None:
        lignes += [
            f"médiane du groupe{INSECABLE}: {ligne.format_valeur(reperes.mediane)} (n = {reperes.effectif})",
            f"moitié centrale{INSECABLE}: {ligne.format_valeur(reperes.q1)} à {ligne.format_valeur(reperes.q3)}",
            f"5e à 95e centiles{INSECABLE}: {ligne.format_valeur(reperes.p5)} à {ligne.format_valeur(reperes.p95)}",
        ]
    if fait["socle"] is not None or fait["objectif"] is not None:
        lignes.append(
            f"socle {ligne.format_valeur(fait['socle'])}, objectif {ligne.format_valeur(fait['objectif'])}{INSECABLE}: "
            f"{format_atteinte(ligne.atteinte)}"
        )
    verdict, _ = format_verdict(ligne)
    lignes.append(f"{verdict}, {_COMPARATEURS[ligne.jugement.comparateur]}{INSECABLE}: {ligne.jugement.motif}")
    if ligne.indicateur.sens is Sens.NEUTRE:
        lignes.append("sans jugement de sens\u00a0: à droite = plus haut")
    if fait["simulee"]:
        lignes.append("données simulées")
    return "<br>".join(lignes)


def list_notes_sens(indicateurs: Sequence[Indicateur]) -> list[str]:
    """Says where lower is better; everywhere else higher is, unless no direction is declared."""
    bas = [i.titre_court for i in indicateurs if i.sens is Sens.BAS]
    neutres = [i.titre_court for i in indicateurs if i.sens is Sens.NEUTRE]
    notes = [f"Plus bas = mieux{INSECABLE}: {', '.join(bas)}. Ailleurs, plus haut = mieux."] if bas else []
    return notes + ([f"Sans jugement de sens{INSECABLE}: {', '.join(neutres)}."] if neutres else [])


def build_phrase_tartan(
    frame: pl.DataFrame, organismes: int, indicateurs: Sequence[Indicateur], organisme: str | None
) -> str:
    """How many objectifs are reached, which indicateur misses most, where the organisme stands.

    Args:
        frame: one row per organisme × indicateur: code_organisme, code_indicateur, atteinte (null without target).
        organismes: number of rows of the table.
        indicateurs: its columns.
        organisme: code of the chosen one, if any.
    """
    etats = frame.filter(pl.col("atteinte").is_in([etat.value for etat in ATTEINTES_MESUREES]))
    taille = f"{format_pluriel(organismes, 'organisme')}, {format_pluriel(len(indicateurs), 'indicateur')}"
    if etats.is_empty():
        return f"{taille}{INSECABLE}: aucun n'a d'objectif, les valeurs sont sans couleur."
    atteints = etats.filter(atteinte=Atteinte.ATTEINT.value).height
    part = format_nombre(100 * atteints / etats.height, 0)
    texte = (
        f"{taille}{INSECABLE}: objectif atteint {format_nombre(atteints, 0)} fois sur "
        f"{format_nombre(etats.height, 0)} ({part}{INSECABLE}%)."
    )
    sous = (
        etats.filter(atteinte=Atteinte.SOUS.value)
        .group_by("code_indicateur", maintain_order=True)
        .len()
        .sort("len", descending=True, maintain_order=True)
    )
    if sous.height:
        code, nombre = sous.row(0)
        titre = next(i.titre_court for i in indicateurs if i.code == code)
        texte += f" Le plus souvent sous le socle{INSECABLE}: {titre} ({format_pluriel(nombre, 'organisme')})."
    miens = etats.filter(pl.col("code_organisme") == (organisme or ""))
    if miens.height:
        atteints = miens.filter(atteinte=Atteinte.ATTEINT.value).height
        texte += f" L'organisme choisi, en tête{INSECABLE}: {atteints} sur {miens.height}."
    return texte
