"""A proposed barème as a scenario of the simulator: what it would change for one organisme."""

from __future__ import annotations

from components.figures.formats import format_liste
from components.interessement.dossier import Dossier
from components.interessement.scenarios import encode_scenario, format_titre, read_scenario
from data.bareme import Bareme, Cible
from data.calculs.effet import list_cibles_changees
from data.catalogue import load_catalogue
from data.propositions import Proposition

_REPRIS = ("socle", "objectif")  # fields of a target the simulator can change


def build_scenario(dossier: Dossier, proposition: Proposition) -> tuple[str, list[str]]:
    """A proposal as the address of a scenario.

    Returns:
        The scenario, empty when nothing of it applies, and French messages: the proposal is for another type, or
        changes what the simulator cannot (shape, direction, dates, added indicateurs).
    """
    publie, propose = dossier.fiche.bareme, proposition.bareme
    nom = f"La proposition «\u00a0{proposition.identifiant}\u00a0»"
    if propose.code != publie.code:
        return "", [f"{nom} ne concerne pas cet organisme ({dossier.fiche.organisme.nom})\u00a0: elle est ignorée."]
    saisie, laisses = _list_changements(publie, propose)
    titres = [_get_titre(dossier, code) for code in laisses]
    messages = []
    if titres:
        messages.append(
            f"{nom} change aussi ce que le simulateur ne reprend pas ({format_liste(titres)})\u00a0: pour l'effet "
            "complet, voyez la page «\u00a0Barème\u00a0»."
        )
    scenario, problemes = read_scenario(dossier, saisie)
    if problemes:
        messages.append(f"{nom} n'a pas pu être reprise\u00a0: {' '.join(problemes)}")
    return encode_scenario(scenario), messages


def _list_changements(publie: Bareme, propose: Bareme) -> tuple[dict[str, dict[str, str]], list[str]]:
    """Changes the simulator reads, by indicateur, and codes of those it cannot."""
    poids = {i.code: i.poids for i in propose.list_indicateurs()}
    saisie: dict[str, dict[str, str]] = {}
    for indicateur in publie.list_indicateurs():
        nouveau = poids.get(indicateur.code, 0.0)
        if nouveau != indicateur.poids:
            saisie.setdefault(indicateur.code, {})["p"] = f"{nouveau:.9f}"
    anciennes, laisses = dict(publie.list_cibles()), []
    for code, cible in list_cibles_changees(publie, propose).items():
        ancienne = anciennes.get(code)
        if ancienne is None or _has_autre_changement(ancienne, cible):
            laisses.append(code)
        for champ in _REPRIS if ancienne is not None else ():
            valeur = getattr(cible, champ)
            if valeur is not None and valeur != getattr(ancienne, champ):
                saisie.setdefault(code, {})[champ[0]] = f"{valeur:.9f}"
    parts = {c.code: c.part for i in publie.list_indicateurs() for c in i.composantes}
    for indicateur in propose.list_indicateurs():
        laisses += [c.code for c in indicateur.composantes if parts.get(c.code) != c.part and c.code not in laisses]
    return saisie, laisses


def _has_autre_changement(ancienne: Cible, nouvelle: Cible) -> bool:
    """Whether anything but the thresholds the simulator reads differs; a threshold taken away does too."""
    champs = [c for c in Cible.model_fields if c not in {*_REPRIS, "hypothese"}]
    enleves = any(getattr(nouvelle, c) is None and getattr(ancienne, c) is not None for c in _REPRIS)
    return enleves or any(getattr(ancienne, c) != getattr(nouvelle, c) for c in champs)


def _get_titre(dossier: Dossier, code: str) -> str:
    titre = format_titre(dossier, code)
    return titre if titre != code else load_catalogue().get_indicateur(code).titre_court
