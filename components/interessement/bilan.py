"""What the simulator says: the band of the active scenario, the scenarios side by side, the list of changes."""

from __future__ import annotations

from typing import Any

from components.contenu import Colonne, Contenu, Tableau, round_calcul
from components.figures.formats import INSECABLE, format_ecart, format_valeur
from components.interessement.contenus import build_mention
from components.interessement.scenarios import format_titre
from components.interessement.simulateur import Resultat, Simulation
from components.textes import interessement as textes
from data.calculs.simulation import Modification
from data.requetes.resultats import ANNEE


def _list_mesures(simulation: Simulation) -> list[tuple[str, str, list[float | None]]]:
    """(words, unit, values of the start and of each scenario); None for a scenario that changes nothing."""
    colonnes = [simulation.depart, *simulation.resultats]

    def lire(mesure: Any) -> list[float | None]:
        return [None if x is None else round_calcul(mesure(x)) for x in colonnes]

    def get_paye(champ: str) -> Any:
        return lambda x: None if x.paye is None else getattr(x.paye, champ)

    mesures = [
        ("Score local", "%", lire(lambda x: x.score.taux)),
        ("Rang dans le type", "", lire(lambda x: x.rang)),
        ("Prime locale par ETP", "€", lire(get_paye("prime_locale"))),
        ("Prime totale par ETP", "€", lire(get_paye("prime_totale"))),
        ("Enveloppe de l'organisme", "€", lire(get_paye("montant"))),
    ]
    mesures += [
        (f"Points{INSECABLE}: {d.domaine}", "points", lire(lambda x, nom=d.domaine: _get_points(x, nom)))
        for d in simulation.depart.score.domaines
    ]
    return mesures


def _get_points(resultat: Resultat, nom: str) -> float | None:
    return next((d.points for d in resultat.score.domaines if d.domaine == nom), None)


def _list_changements(simulation: Simulation) -> list[dict[str, Any]]:
    """One row per changed field: its value at the start and in each scenario (blank where it is unchanged)."""
    dossier = simulation.dossier
    champs = {"valeur": "résultat", "taux": "taux", "socle": "socle", "objectif": "objectif", "poids": "poids"}
    lignes: list[dict[str, Any]] = []
    for code in dossier.fiche.bareme.list_codes():
        modifications = [s.get(code, Modification()) for s in simulation.scenarios]
        ligne = next((x for x in dossier.fiche.lignes if x.code == code), None)
        unite = (ligne.indicateur.unite or "sur 100") if ligne else ""
        for champ, mot in champs.items():
            valeurs = [getattr(m, champ) for m in modifications]
            if all(v is None for v in valeurs):
                continue
            depart: float | None
            if champ == "poids":
                depart = next(i.poids for i in dossier.fiche.bareme.list_indicateurs() if i.code == code)
            else:
                depart = getattr(ligne.score, champ) if ligne else None
            lignes.append(
                {
                    "grandeur": f"{format_titre(dossier, code)}, {mot}",
                    "unite": {"poids": "points", "taux": "%"}.get(champ, unite),
                    "depart": round_calcul(depart),
                    **{f"s{rang}": valeur for rang, valeur in enumerate(valeurs, start=1)},
                }
            )
        neutres = [m.neutralise for m in modifications]
        if any(n is not None for n in neutres):
            avant = ligne is not None and ligne.score.etat.value == "neutralise"
            lignes.append(
                {
                    "grandeur": f"{format_titre(dossier, code)}, neutralisé",
                    "unite": "",
                    "depart": "oui" if avant else "non",
                    **{
                        f"s{rang}": None if n is None else ("oui" if n else "non")
                        for rang, n in enumerate(neutres, start=1)
                    },
                }
            )
    return lignes


def build_contenu_simulation(simulation: Simulation) -> Contenu:
    """The scenarios side by side; the export also lists every change."""
    dossier = simulation.dossier
    notes = [textes.NOTE_RANG, textes.NOTE_POIDS, textes.NOTE_LEVIERS]
    if not simulation.etp_saisis and dossier.etp_simules:
        notes.append(textes.NOTE_ETP_SIMULES)
    lignes: list[dict[str, Any]] = [
        {"grandeur": mots, "unite": unite, "depart": valeurs[0], "s1": valeurs[1], "s2": valeurs[2], "s3": valeurs[3]}
        for mots, unite, valeurs in _list_mesures(simulation)
    ]
    return Contenu(
        titre=f"Simulateur\u00a0: {dossier.fiche.organisme.nom}, {ANNEE}",
        phrase=textes.build_phrase_simulation(simulation),
        mention=build_mention(
            dossier,
            "score, rang et primes recalculés avec les résultats, poids et seuils choisis",
            *notes,
            unite="%, € par ETP, €",
            effectif=textes.format_groupe(dossier),
        ),
        tableau=Tableau(
            (
                Colonne("grandeur", "Grandeur"),
                Colonne("unite", "Unité"),
                Colonne("depart", "Départ", "nombre", 2),
                *(Colonne(f"s{rang}", f"Scénario {rang}", "nombre", 2) for rang in (1, 2, 3)),
            ),
            lignes + _list_changements(simulation),
            legende="Un scénario sans valeur ne change rien à la situation de départ.",
        ),
        fichier=f"parangon-simulation-{dossier.code}",
    )


def list_bande(simulation: Simulation) -> list[tuple[str, str, str]]:
    """(title, value, change against the start) of the active scenario: score, rank, prime, envelope."""
    depart, courant = simulation.depart, simulation.courant
    change = simulation.resultats[simulation.actif - 1] is not None
    bande = [("Score local", textes.format_score(courant), "")]
    if change and courant.score.taux is not None and depart.score.taux is not None:
        bande[0] = (*bande[0][:2], format_ecart(courant.score.taux - depart.score.taux, "points", 2))
    bande.append(
        (
            "Rang dans le type",
            textes.format_rang_simule(courant, simulation.dossier),
            textes.format_places(courant, depart) if change else "",
        )
    )
    if courant.paye is None or depart.paye is None:
        return [*bande, ("Prime par ETP", "non calculable", "")]
    ecart = courant.paye.prime_totale - depart.paye.prime_totale
    bande.append(
        (
            "Prime par ETP",
            format_valeur(courant.paye.prime_totale, "€", 2),
            format_ecart(ecart, "€", 2) if change else "",
        )
    )
    if courant.paye.montant is not None and depart.paye.montant is not None:
        total = courant.paye.montant - depart.paye.montant
        bande.append(
            (
                "Enveloppe",
                format_valeur(courant.paye.montant, "€", 0),
                format_ecart(total, "€", 0) if change else "",
            )
        )
    else:
        bande.append(("Enveloppe", "indiquez vos ETP", ""))
    return bande


def list_bilan(simulation: Simulation) -> list[tuple[str, list[tuple[str, str]]]]:
    """(quantity, one (value, change) per column): the start then each scenario."""
    lignes = []
    for (mots, unite, valeurs), decimales in zip(_list_mesures(simulation)[:5], (2, 0, 2, 2, 0), strict=True):
        cellules = []
        for rang, valeur in enumerate(valeurs):
            if valeur is None:
                cellules.append(("–", ""))
            elif not unite:
                resultat = (simulation.resultats[rang - 1] if rang else None) or simulation.depart
                places = textes.format_places(resultat, simulation.depart) if rang else ""
                cellules.append((textes.format_rang_simule(resultat, simulation.dossier), places))
            else:
                depart = valeurs[0]
                ecart = format_ecart(valeur - depart, unite, decimales) if rang and depart is not None else ""
                cellules.append((format_valeur(valeur, unite, decimales), ecart))
        lignes.append((mots, cellules))
    return lignes
