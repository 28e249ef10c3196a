"""The simulator: scenarios recomputed, what the editor of the page needs, what it is answered.

The editor (``assets/interessement.js``) draws one row per indicateur from :func:`build_modele` and sends what is typed
as it is. The server checks, recomputes and answers (:func:`build_reponse`) with the accepted state: a refused entry
comes back to its previous value.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from components.figures.classes import ETATS_SANS_VALEUR
from components.figures.formats import format_date, format_ecart, format_nombre, format_valeur
from components.interessement.dossier import Dossier, compute_paye, load_dossier
from components.interessement.scenarios import (
    DECIMALES,
    NOMBRE,
    build_saisie,
    encode_scenario,
    est_en_taux,
    find_bornes,
    format_titre,
    read_nombre,
    read_scenario,
)
from components.organisme.fiche import Ligne
from data.calculs.interessement import Interessement
from data.calculs.resultats import Etat
from data.calculs.score import ScoreIndicateur, ScoreOrganisme
from data.calculs.simulation import Modification, Scenario, compute_rang_simule, simulate_score
from data.magasin import memorise

ETP_MAX = 100_000.0
_MARGE = 0.35  # of the span between socle and objectif, beyond each
_PAS_MIN = 100  # steps of a slider, at least


@dataclass(frozen=True)
class Resultat:
    """What a scenario gives. ``rang``: among its type, None when alone; ``paye``: None when nothing is measured."""

    score: ScoreOrganisme
    rang: int | None
    paye: Interessement | None


@dataclass(frozen=True)
class Simulation:
    """The start and up to three scenarios. ``resultats`` has None for a scenario that changes nothing.

    ``actif``: the one being edited, from 1. ``etp``: of the organisme; ``etp_saisis``: typed by the reader.
    """

    dossier: Dossier
    scenarios: tuple[Scenario, ...]
    actif: int
    etp: float | None
    etp_saisis: bool
    depart: Resultat
    resultats: tuple[Resultat | None, ...]

    @property
    def courant(self) -> Resultat:
        """The result of the active scenario; the start when it changes nothing."""
        return self.resultats[self.actif - 1] or self.depart

    def list_adresse(self) -> list[str]:
        """Each scenario as it stands in the address."""
        return [encode_scenario(s) for s in self.scenarios]


def _compute_resultat(dossier: Dossier, score: ScoreOrganisme, etp: float | None) -> Resultat:
    rang = compute_rang_simule(score.taux, dossier.autres) if dossier.autres and score.taux is not None else None
    return Resultat(score, rang, compute_paye(score, dossier.national, etp))


@memorise
def _compute_score(code: str, changements: tuple[tuple[str, Modification], ...]) -> ScoreOrganisme:
    """Score of a scenario; kept, for a move changes one scenario and shows the three."""
    dossier = load_dossier(code)
    return simulate_score(dossier.resultats, dossier.fiche.bareme, dict(changements))


def compute_simulation(
    dossier: Dossier, scenarios: Sequence[Scenario], actif: int, etp: float | None = None
) -> Simulation:
    """Recompute every scenario.

    Args:
        dossier: of the organisme.
        scenarios: at most three; missing ones change nothing.
        actif: the one being edited, from 1.
        etp: typed by the reader; None takes those of the dossier.

    Raises:
        ValueError: a target without meaning (socle = objectif, against the declared sens), no weight left. The message
            (French) names the indicateur by its title.
    """
    complets = (*scenarios, *({} for _ in range(NOMBRE - len(scenarios))))
    retenus = dossier.etp if etp is None else etp
    resultats: list[Resultat | None] = []
    for scenario in complets:
        if not scenario:
            resultats.append(None)
            continue
        try:
            score = _compute_score(dossier.code, tuple(scenario.items()))
        except ValueError as erreur:
            raise ValueError(_name_indicateur(dossier, str(erreur))) from erreur
        resultats.append(_compute_resultat(dossier, score, retenus))
    return Simulation(
        dossier=dossier,
        scenarios=tuple(complets),
        actif=actif,
        etp=retenus,
        etp_saisis=etp is not None,
        depart=_compute_resultat(dossier, dossier.fiche.score, retenus),
        resultats=tuple(resultats),
    )


def _name_indicateur(dossier: Dossier, message: str) -> str:
    """The message of the engine with titles in place of codes."""
    for code in sorted(dossier.fiche.bareme.list_codes(), key=len, reverse=True):
        message = message.replace(f"indicateur {code}", format_titre(dossier, code))
    return message


def read_etp(texte: str) -> float | None:
    """ETP as typed; empty means those of the dossier.

    Raises:
        ValueError: not a number above 0 and at most 100 000.
    """
    if not texte.strip():
        return None
    etp = read_nombre(texte)
    if not 0 < etp <= ETP_MAX:
        raise ValueError(f"{format_nombre(etp, DECIMALES)} ETP\u00a0: au-dessus de 0, au plus 100\u202f000")
    return etp


def read_essai(
    dossier: Dossier, essai: Mapping[str, Any]
) -> tuple[Simulation | None, list[str]]:  # None: refused, the messages say why
    """What the editor sends: ``scenarios`` (each {code: {champ: text}}), ``actif``, ``etp`` (text).

    Returns:
        The simulation, or None with a French message per fault: the page then keeps its previous state.
    """
    problemes: list[str] = []
    scenarios: list[dict[str, Modification]] = []
    saisies = essai.get("scenarios") or []
    for saisie in saisies[:NOMBRE]:
        scenario, fautes = read_scenario(dossier, saisie)
        scenarios.append(scenario)
        problemes += fautes
    etp = None
    try:
        etp = read_etp(str(essai.get("etp") or ""))
    except ValueError as erreur:
        problemes.append(f"ETP de l'organisme\u00a0: {erreur}.")
    actif = essai.get("actif")
    if actif not in range(1, NOMBRE + 1):
        problemes.append(f"Le scénario «\u00a0{actif}\u00a0» n'existe pas\u00a0: ils vont de 1 à {NOMBRE}.")
    if problemes:
        return None, problemes
    try:
        return compute_simulation(dossier, scenarios, int(str(actif)), etp), []
    except ValueError as erreur:
        return None, [f"{str(erreur).rstrip('.')}."]


# ------------------------------------------------------------------------------------------------------ the editor


def _compute_pas(etendue: float) -> float:
    """A round step giving at least a hundred of them over a span."""
    brut = etendue / _PAS_MIN
    dizaine = 10.0 ** math.floor(math.log10(brut))
    pas = next(m for m in (5, 2, 1) if m * dizaine <= brut * (1 + 1e-9)) * dizaine
    return max(round(pas, 6), 10.0**-DECIMALES)


def compute_curseur(ligne: Ligne) -> tuple[float, float, float]:
    """Bounds and step of the slider of an indicateur: around socle, objectif and result, within what it can be."""
    score = ligne.score
    if est_en_taux(ligne):
        return 0.0, 100.0, 1.0
    points = [x for x in (score.socle, score.objectif, score.valeur) if x is not None]
    bas, haut = min(points), max(points)
    marge = _MARGE * abs((score.objectif or 0.0) - (score.socle or 0.0))
    plancher, plafond = find_bornes(ligne)
    bas = bas - marge if plancher is None else max(bas - marge, plancher)
    haut = haut + marge if plafond is None else min(haut + marge, plafond)
    if bas >= haut:
        haut = bas + 1.0
    pas = _compute_pas(haut - bas)
    return math.floor(bas / pas + 1e-9) * pas, math.ceil(haut / pas - 1e-9) * pas, pas


def _build_ligne(dossier: Dossier, ligne: Ligne) -> dict[str, Any]:
    score, en_taux = ligne.score, est_en_taux(ligne)
    bas, haut, pas = compute_curseur(ligne)
    return {
        "code": ligne.code,
        "titre": ligne.indicateur.titre_court,
        "titre_long": ligne.indicateur.titre,
        "composite": ligne.composite,
        "lien": f"/indicateurs/{ligne.code}?organisme={dossier.code}",
        "champ": "t" if en_taux else "v",
        "unite": _format_unite(ligne, en_taux),
        "min": round(bas, 6),
        "max": round(haut, 6),
        "pas": pas,
        "valeur": _arrondir(score.taux if en_taux else score.valeur),
        "socle": _arrondir(score.socle),
        "objectif": _arrondir(score.objectif),
        "dates": {"s": _format_date(score.date_socle), "o": _format_date(score.date_objectif)},
        "poids": None if score.code_composite else _arrondir(score.poids_initial),
        "neutralise": score.etat is Etat.NEUTRALISE,
    }


def _format_unite(ligne: Ligne, en_taux: bool) -> str:
    if en_taux:
        return "%"
    unite = ligne.indicateur.unite
    return "sur 100" if unite is None else "" if unite == "nombre" else unite


def _format_date(seuil: dt.date | None) -> str:
    """A threshold that is a date, shown and not changed."""
    return "" if seuil is None else format_date(seuil)


def _arrondir(valeur: float | None) -> float | None:
    return None if valeur is None else round(valeur, DECIMALES)


def build_modele(simulation: Simulation) -> dict[str, Any]:
    """What the editor draws: domaines, rows (a composite heads its components), the state it starts from."""
    dossier = simulation.dossier
    domaines = []
    for domaine in dossier.fiche.bareme.domaines:
        lignes: list[dict[str, Any]] = []
        for indicateur in domaine.indicateurs:
            if indicateur.composantes:
                lignes.append(
                    {
                        "code": indicateur.code,
                        "titre": format_titre(dossier, indicateur.code),
                        "champ": "",
                        "poids": _arrondir(indicateur.poids),
                    }
                )
            lignes += [
                _build_ligne(dossier, ligne)
                for ligne in dossier.fiche.lignes
                if indicateur.code in {ligne.code, ligne.score.code_composite}
            ]
        domaines.append({"nom": domaine.nom, "poids": format_nombre(domaine.poids, 0), "lignes": lignes})
    return {
        "organisme": dossier.code,
        "domaines": domaines,
        "etp": None if dossier.etp is None else round(dossier.etp, 1),
        "reponse": build_reponse(simulation),
    }


def _format_etat(indicateur: ScoreIndicateur) -> str:
    """Why an indicateur has no rate that counts: neutralised, not applicable, not supplied…; empty when measured."""
    if indicateur.etat is Etat.MESURE:
        return ""
    defaut = "neutralisé" if indicateur.etat is Etat.NEUTRALISE else "manquant"
    return ETATS_SANS_VALEUR.get(indicateur.statut or "", ("", defaut))[1]


def _sum_points(score: ScoreOrganisme) -> dict[str, tuple[float, float, float | None, str]]:
    """code -> (points, effective weight, rate, words when it does not count) of indicateurs, components, composites."""
    sommes: dict[str, tuple[float, float, float | None, str]] = {}
    for i in score.indicateurs:
        sommes[i.code_indicateur] = (i.points, i.poids_effectif, i.taux, _format_etat(i))
        if i.code_composite:
            points, poids, _, _ = sommes.get(i.code_composite, (0.0, 0.0, None, ""))
            points, poids = points + i.points, poids + i.poids_effectif
            sommes[i.code_composite] = (points, poids, 100 * points / poids if poids > 0 else None, "")
    return sommes


def build_reponse(simulation: Simulation, problemes: Sequence[str] = (), numero: int = 0) -> dict[str, Any]:
    """The answer to the editor.

    ``accepte`` is the state kept (``scenarios``, ``actif``, ``etp``), ``lignes`` the rate and points of each row under
    the active scenario, with what they gain or lose against the start; ``numero`` repeats that of the request.
    """
    avant, apres = _sum_points(simulation.depart.score), _sum_points(simulation.courant.score)
    lignes = {}
    for code in simulation.dossier.fiche.bareme.list_codes():
        points_avant = avant[code][0]
        points, poids, taux, mots = apres.get(code, (0.0, 0.0, None, "poids nul"))
        ecart = round(points - points_avant, DECIMALES)
        lignes[code] = {
            "taux": mots or format_valeur(taux, "%", 1),
            "points": f"{format_nombre(points, 2)} / {format_nombre(poids, 2)}",
            "ecart": format_ecart(ecart, None, DECIMALES) if ecart else "",
            "sens": (ecart > 0) - (ecart < 0),
        }
    return {
        "numero": numero,
        "problemes": list(problemes),
        "accepte": {
            "scenarios": [build_saisie(s) for s in simulation.scenarios],
            "actif": simulation.actif,
            "etp": f"{simulation.etp:g}" if simulation.etp_saisis and simulation.etp is not None else "",
        },
        "lignes": lignes,
    }
