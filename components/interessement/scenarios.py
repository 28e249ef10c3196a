"""A scenario as it travels: typed by hand, in the address of the page, back as something the engine reads.

In the address one parameter holds a scenario, made of characters that are never escaped::

    depistage_sein~v58.8,validation_comptes~p10,e_dat~n1

An indicateur (its code without « loc_ »), then what changes: ``v`` result, ``t`` rate in % (only when the result is not
published), ``n`` neutralised (1) or not (0), ``s`` socle, ``o`` objectif, ``p`` weight. What equals the start is left
out. A wrong entry refuses the whole scenario, with a message in French for each fault.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from components.contenu import LIBELLES_SENS
from components.figures.formats import INSECABLE, format_nombre, format_valeur
from components.interessement.dossier import Dossier
from components.organisme.fiche import Ligne
from data.bareme import TOTAL, RegleEgalite
from data.calculs.resultats import NEUTRALISANTS
from data.calculs.simulation import Modification, Scenario
from data.modele import Forme, Sens

NOMBRE: Final = 3  # scenarios side by side
DECIMALES: Final = 2  # of the values shown, typed and sent
CHAMPS: Final = {"v": "valeur", "t": "taux", "n": "neutralise", "s": "socle", "o": "objectif", "p": "poids"}
_MOTS: Final = {"v": "résultat", "t": "taux", "s": "socle", "o": "objectif", "p": "poids"}
_PREFIXE: Final = "loc_"
_LONGUEUR_MAX: Final = 6000
_NOMBRE: Final = re.compile(r"[+-]?\d{1,13}(\.\d{1,9})?")
_PLAFOND: Final = 1e12  # far above any result of an organisme

# What is typed or read: {code: {champ: text}}.
Saisie = Mapping[str, Mapping[str, str]]


def read_nombre(texte: str) -> float:
    """A number as typed in French: « 1 234,5 », « −3 », « 58,8 % ».

    Raises:
        ValueError: anything else, exponents included.
    """
    propre = re.sub(r"[\s\u00a0\u202f]", "", texte).replace("−", "-").replace(",", ".").removesuffix("%")
    if not _NOMBRE.fullmatch(propre):
        montre = texte if len(texte) <= 30 else f"{texte[:30]}…"
        raise ValueError(f"«{INSECABLE}{montre}{INSECABLE}» n'est pas un nombre (chiffres et virgule attendus)")
    return float(propre) + 0.0  # « -0 » is 0


def est_en_taux(ligne: Ligne) -> bool:
    """Whether only the rate of an indicateur can be moved: its result or its thresholds are not published."""
    score = ligne.score
    return score.objectif is None or score.socle is None or (score.valeur is None and score.taux_brut is not None)


def find_bornes(ligne: Ligne) -> tuple[float | None, float | None]:
    """Least and greatest value an indicateur can take, in its unit: declared, else what its unit implies."""
    bornes, unite = ligne.indicateur.bornes, ligne.indicateur.unite
    bas = bornes.min if bornes.min is not None else (0.0 if unite != "%" or _est_part(ligne) else None)
    haut = bornes.max if bornes.max is not None else (100.0 if unite is None or _est_part(ligne) else None)
    return bas, haut


def _est_part(ligne: Ligne) -> bool:
    """A percentage whose thresholds lie between 0 and 100 is a share."""
    seuils = [x for x in (ligne.score.socle, ligne.score.objectif, ligne.score.valeur) if x is not None]
    return ligne.indicateur.unite == "%" and all(0 <= x <= 100 for x in seuils)


def _check_borne(ligne: Ligne, champ: str, valeur: float) -> None:
    bas, haut = (0.0, 100.0) if champ in "tp" else find_bornes(ligne)
    unite = {"t": "%", "p": "points"}.get(champ, ligne.indicateur.unite)
    if (bas is not None and valeur < bas) or (haut is not None and valeur > haut) or abs(valeur) > _PLAFOND:
        limites = [
            f"au moins {format_valeur(bas, unite, 0)}" if bas is not None else "",
            f"au plus {format_valeur(_PLAFOND if haut is None else haut, unite, 0)}",
        ]
        attendu = " et ".join(x for x in limites if x)
        raise ValueError(f"{format_nombre(valeur, DECIMALES)} est hors des bornes ({attendu})")


def _get_depart(dossier: Dossier, code: str, champ: str) -> Any:
    """What a field is worth before any change."""
    if champ == "p":
        return next(i.poids for i in dossier.fiche.bareme.list_indicateurs() if i.code == code)
    score = dossier.get_ligne(code).score
    if champ == "n":
        return score.statut in NEUTRALISANTS
    return {"v": score.valeur, "t": score.taux, "s": score.socle, "o": score.objectif}[champ]


def _read_champ(dossier: Dossier, code: str, champ: str, texte: str) -> Any:
    """One change, checked; None when it equals the start."""
    depart = _get_depart(dossier, code, champ)
    if champ == "n":
        if texte not in {"0", "1"}:
            raise ValueError(f"neutralisation «{INSECABLE}{texte}{INSECABLE}» illisible (0 ou 1 attendu)")
        return None if (texte == "1") == depart else texte == "1"
    valeur = round(read_nombre(texte), DECIMALES)
    if champ == "p":
        if not 0 <= valeur <= TOTAL:
            raise ValueError(f"le poids {format_nombre(valeur, DECIMALES)} n'est pas entre 0 et 100 points")
    else:
        _check_borne(dossier.get_ligne(code), champ, valeur)
    return None if depart is not None and round(depart, DECIMALES) == valeur else valeur


def _list_champs(dossier: Dossier, code: str) -> str:
    """Letters of what may change on an indicateur, on a component, on a composite."""
    poids = any(i.code == code for i in dossier.fiche.bareme.list_indicateurs())
    ligne = next((x for x in dossier.fiche.lignes if x.code == code), None)
    if ligne is None:
        return "p"
    return ("tn" if est_en_taux(ligne) else "vnso") + ("p" if poids else "")


def _list_poids(dossier: Dossier, scenario: Scenario) -> list[float]:
    """Weights of the indicateurs under a scenario."""
    poids = {code: m.poids for code, m in scenario.items() if m.poids is not None}
    return [poids.get(i.code, i.poids) for i in dossier.fiche.bareme.list_indicateurs()]


def _list_fautes_cible(dossier: Dossier, modification: Modification, code: str) -> list[str]:
    """Why new thresholds make no target: equal without a rule, or the wrong way round; nothing when they do."""
    if modification.socle is None and modification.objectif is None:
        return []
    ligne = dossier.get_ligne(code)
    cible, unite = ligne.score.cible, ligne.indicateur.unite
    socle, objectif = (
        getattr(ligne.score if getattr(modification, champ) is None else modification, champ)
        for champ in ("socle", "objectif")
    )
    if cible.forme not in {Forme.LINEAIRE, Forme.EVOLUTION} or cible.regle_egalite is RegleEgalite.SEUIL:
        return []
    debut = f"{ligne.indicateur.titre_court}{INSECABLE}: "
    textes = [format_valeur(seuil, unite, DECIMALES) for seuil in (socle, objectif)]
    if socle == objectif:
        return [f"{debut}socle et objectif sont égaux ({textes[0]}), il n'y a rien entre les deux."]
    if cible.sens in {Sens.HAUT, Sens.BAS} and (objectif > socle) is not (cible.sens is Sens.HAUT):
        comparaison = "au-dessus" if cible.sens is Sens.HAUT else "au-dessous"
        return [
            f"{debut}socle {textes[0]} et objectif {textes[1]}, alors que {LIBELLES_SENS[cible.sens]}"
            f"{INSECABLE}; l'objectif doit être {comparaison} du socle. Si les deux changent, commencez par l'autre."
        ]
    return []


def read_scenario(dossier: Dossier, saisie: Saisie) -> tuple[dict[str, Modification], list[str]]:
    """Check what was typed or read against an organisme.

    Returns:
        The scenario in the order of the barème, and a French message per fault; with any fault it is empty.
    """
    titres = {code: format_titre(dossier, code) for code in dossier.fiche.bareme.list_codes()}
    problemes, lues = [], {}
    for code, champs in saisie.items():
        if code not in titres:
            problemes.append(
                f"L'indicateur «{INSECABLE}{code[:60]}{INSECABLE}» n'est pas dans le barème de cet organisme "
                f"({dossier.fiche.organisme.nom})."
            )
            continue
        valeurs: dict[str, Any] = {}
        for champ, texte in champs.items():
            if champ not in _list_champs(dossier, code):
                problemes.append(
                    f"{titres[code]}{INSECABLE}: «{INSECABLE}{champ[:20]}{INSECABLE}» ne se change pas ici."
                )
                continue
            try:
                valeur = _read_champ(dossier, code, champ, str(texte).strip())
            except ValueError as erreur:
                mot = f"{_MOTS[champ]}, " if champ in _MOTS else ""
                problemes.append(f"{titres[code]}{INSECABLE}: {mot}{erreur}.")
                continue
            if valeur is not None:
                valeurs[CHAMPS[champ]] = valeur
        if valeurs:
            lues[code] = Modification(**valeurs)
            problemes += _list_fautes_cible(dossier, lues[code], code)
    if lues and not any(_list_poids(dossier, lues)):
        problemes.append("Tous les poids sont nuls\u00a0: il faut au moins un indicateur qui compte.")
    if problemes:
        return {}, problemes
    return {code: lues[code] for code in titres if code in lues}, []


def format_titre(dossier: Dossier, code: str) -> str:
    """Short title of an indicateur, a component or a composite."""
    for ligne in dossier.fiche.lignes:
        if ligne.code == code:
            return ligne.indicateur.titre_court
        if ligne.score.code_composite == code:
            return ligne.composite or code
    return code


def build_saisie(scenario: Scenario) -> dict[str, dict[str, str]]:
    """A scenario as the fields of the editor: {code: {champ: text}}, decimal points."""
    return {
        code: {
            lettre: _format(getattr(modification, nom))
            for lettre, nom in CHAMPS.items()
            if getattr(modification, nom) is not None
        }
        for code, modification in scenario.items()
    }


def _format(valeur: float | bool) -> str:
    if isinstance(valeur, bool):
        return str(int(valeur))
    return f"{valeur:.{DECIMALES}f}".rstrip("0").rstrip(".")


def encode_scenario(scenario: Scenario) -> str:
    """The scenario as it stands in the address; empty without change."""
    return ",".join(
        "~".join([code.removeprefix(_PREFIXE), *(lettre + texte for lettre, texte in champs.items())])
        for code, champs in build_saisie(scenario).items()
    )


def decode_scenario(texte: str) -> dict[str, dict[str, str]]:
    """What an address says, before any check against an organisme.

    Raises:
        ValueError: too long, an entry without change, the same indicateur or the same change twice.
    """
    if len(texte) > _LONGUEUR_MAX:
        raise ValueError(f"texte trop long ({len(texte)} caractères, {_LONGUEUR_MAX} au plus)")
    saisie: dict[str, dict[str, str]] = {}
    for entree in filter(None, texte.split(",")):
        nom, *changements = entree.split("~")
        code = nom if nom.startswith(_PREFIXE) else _PREFIXE + nom
        if not nom or not changements or any(len(c) < 2 for c in changements):
            raise ValueError(f"«{INSECABLE}{entree[:60]}{INSECABLE}» est illisible")
        champs = {c[0]: c[1:] for c in changements}
        if code in saisie or len(champs) != len(changements):
            raise ValueError(f"«{INSECABLE}{nom[:60]}{INSECABLE}» y est deux fois")
        saisie[code] = champs
    return saisie


def read_adresse(dossier: Dossier, textes: tuple[str, ...]) -> tuple[list[dict[str, Modification]], list[str]]:
    """The scenarios of an address, and a French message for each one refused (it is then as at the start)."""
    scenarios, messages = [], []
    for rang, texte in enumerate(textes, start=1):
        scenario: dict[str, Modification] = {}
        try:
            scenario, problemes = read_scenario(dossier, decode_scenario(texte))
        except ValueError as erreur:
            problemes = [f"{erreur}."]
        if problemes:
            messages.append(
                f"Le scénario {rang} du lien est refusé, il repart de la situation de départ{INSECABLE}: "
                + " ".join(problemes)
            )
        scenarios.append(scenario)
    return scenarios, messages
