"""« La formule, avec vos chiffres »: every step from the payroll to the prime, with words, numbers and source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from components.figures.formats import INSECABLE, format_nombre, format_valeur
from components.interessement.dossier import MILLION, Dossier, National
from data.calculs.interessement import (
    compute_distribution,
    compute_interessement,
    compute_prime_ponderee,
    compute_utilisation,
)
from data.calculs.score import ScoreOrganisme
from data.requetes.interessement import list_lignes_grandeurs
from data.requetes.resultats import ANNEE

_FOIS = f"{INSECABLE}× "
_NOTE = "Note intéressement 2023"


@dataclass(frozen=True)
class Etape:
    """One step: what it is in words, the numbers, the result as printed, where it comes from, what to know."""

    mots: str
    calcul: str
    resultat: str
    source: str
    remarque: str = ""


@dataclass(frozen=True)
class Groupe:
    """Steps that belong together; ``large`` when they take the whole width."""

    titre: str
    etapes: tuple[Etape, ...]
    large: bool = False


def _meuros(euros: float) -> str:
    return format_valeur(euros / MILLION, "M€", 2)


def _euros(valeur: float) -> str:
    return format_valeur(valeur, "€", 2)


def _pourcent(valeur: float, decimales: int = 2) -> str:
    return format_valeur(valeur, "%", decimales)


def _source(code: str) -> str:
    return f"{_NOTE}, l. {list_lignes_grandeurs()[code]}"


def _build_enveloppe(national: National) -> Groupe:
    e, regle = national.enveloppe, national.regle
    return Groupe(
        "L'enveloppe de la branche",
        (
            Etape(
                "Masse salariale hors charges",
                f"branche maladie, {ANNEE}",
                _meuros(e.masse_salariale),
                _source("masse_salariale_hors_charges"),
            ),
            Etape(
                f"{_pourcent(regle.masse_pct, 1)} de la masse salariale",
                f"{_pourcent(regle.masse_pct, 1)}{_FOIS}{_meuros(e.masse_salariale)}",
                _meuros(e.masse),
                _source("masse_interessement_max"),
            ),
            Etape(
                f"{_pourcent(regle.part_nationale_pct, 0)} pour la part nationale",
                f"{_pourcent(regle.part_nationale_pct, 0)}{_FOIS}{_meuros(e.masse)}",
                _meuros(e.part_nationale),
                _source("part_nationale_45pct"),
            ),
            Etape(
                f"{_pourcent(regle.part_locale_pct, 0)} pour la part locale",
                f"{_pourcent(regle.part_locale_pct, 0)}{_FOIS}{_meuros(e.masse)}",
                _meuros(e.part_locale),
                _source("part_locale_55pct"),
            ),
        ),
    )


def _format_domaines(score: ScoreOrganisme) -> str:
    """« 50,11 + 22,50 + 22,80 », the points of each domaine."""
    return " + ".join(format_nombre(d.points, 2) for d in score.domaines if d.poids_effectif)


def _build_nationale(national: National) -> Groupe:
    e, regle = national.enveloppe, national.regle
    paye = compute_interessement(national.taux, 0.0, e, regle)
    neutres = [d for d in national.score.domaines if d.notes]
    return Groupe(
        "Part nationale, la même pour tous",
        (
            Etape(
                "Maximum par ETP éligible",
                f"{_meuros(e.part_nationale)} ÷ {format_nombre(e.etp, 0)} ETP",
                _euros(e.montant_max_national),
                _source("part_nationale_max_par_etp"),
            ),
            Etape(
                "Taux national",
                f"points des domaines{INSECABLE}: {_format_domaines(national.score)}",
                _pourcent(national.taux, 3),
                f"{_NOTE}, l. 166-168, imprimé 95,4{INSECABLE}%",
                "Un indicateur neutralisé, son poids va à son domaine." if neutres else "",
            ),
            Etape(
                "Déclenchement",
                f"{_pourcent(national.taux, 1)} {'>' if paye.declenche_national else '≤'} {_pourcent(regle.seuil, 0)}",
                "payé" if paye.declenche_national else "rien",
                "Protocole d'accord du 21 juin 2017",
            ),
            Etape(
                "Prime nationale par ETP",
                f"{_euros(e.montant_max_national)}{_FOIS}{_pourcent(national.taux, 3)}",
                _euros(paye.prime_nationale),
                f"{_NOTE}, l. 2115",
            ),
        ),
    )


def _build_locale(dossier: Dossier) -> Groupe:
    e, regle, score = dossier.national.enveloppe, dossier.national.regle, dossier.fiche.score
    etapes = [
        Etape(
            "Maximum par ETP éligible",
            f"{_meuros(e.part_locale)} ÷ {format_nombre(e.etp, 0)} ETP",
            _euros(e.montant_max_local),
            _source("part_locale_max_par_etp"),
        )
    ]
    paye, imprime = dossier.depart, dossier.fiche.primes["score"]
    lignes = dossier.fiche.primes["source_ligne"]
    if paye is not None and score.taux is not None:
        etapes += [
            Etape(
                "Score local",
                f"points des domaines{INSECABLE}: {_format_domaines(score)}",
                _pourcent(score.taux),
                f"{_NOTE}, l. {lignes}, imprimé {_pourcent(imprime)}" if imprime is not None else "non imprimé",
                "Résultats par indicateur simulés, calés sur le score imprimé." if dossier.fiche.simulee else "",
            ),
            Etape(
                "Déclenchement",
                f"{_pourcent(score.taux)} {'>' if paye.declenche_local else '≤'} {_pourcent(regle.seuil, 0)}",
                "payé" if paye.declenche_local else "rien",
                "Protocole d'accord du 21 juin 2017",
            ),
            Etape(
                "Prime locale par ETP",
                f"{_euros(e.montant_max_local)}{_FOIS}{_pourcent(score.taux)}",
                _euros(paye.prime_locale),
                f"{_NOTE}, l. {lignes}, imprimée {_euros(dossier.fiche.primes['prime_locale'])}",
            ),
        ]
    return Groupe("Part locale, la vôtre", tuple(etapes))


def _format_source_etp(dossier: Dossier) -> str:
    """Where the ETP of an organisme come from."""
    if dossier.etp_simules:
        return "ETP simulés"
    lignes = "2605, branche maladie" if dossier.branches is not None else "58-76"
    return f"ETP{INSECABLE}: {_NOTE}, l. {lignes}"


def _build_total(dossier: Dossier) -> Groupe:
    paye, e = dossier.depart, dossier.national.enveloppe
    if paye is None:
        return Groupe("Au total", ())
    primes = dossier.fiche.primes
    etapes = [
        Etape(
            "Prime par ETP",
            f"{_euros(paye.prime_nationale)} + {_euros(paye.prime_locale)}",
            _euros(paye.prime_totale),
            f"{_NOTE}, l. {primes['source_ligne']}, imprimée {_euros(primes['prime_totale'])}",
            "Montant brut, avant CSG et CRDS.",
        ),
        Etape(
            "Part du maximum",
            f"{_euros(paye.prime_totale)} ÷ {_euros(e.montant_max)}",
            _pourcent(paye.taux_utilisation),
            _source("montant_max_par_etp"),
        ),
    ]
    if dossier.etp is not None and paye.montant is not None:
        etapes.append(
            Etape(
                "Pour l'organisme entier",
                f"{_euros(paye.prime_totale)}{_FOIS}{format_nombre(dossier.etp, 1)} ETP",
                format_valeur(paye.montant, "€", 0),
                _format_source_etp(dossier),
                "Calcul, non imprimé par la note.",
            )
        )
    return Groupe("Au total", tuple(etapes))


def _build_branches(dossier: Dossier, branches: pl.DataFrame) -> Groupe:
    """The CCSS de Mende, branch by branch: computed from the printed primes and ETP, next to what is printed."""
    total = branches.filter(branche="TOTAL").row(0, named=True)
    detail = branches.filter(pl.col("branche") != "TOTAL")
    calcule = compute_prime_ponderee(detail, dossier.national.regle)
    etapes = [
        Etape(
            ligne["branche"],
            f"{_euros(ligne['prime_totale'])}{_FOIS}{_pourcent(ligne['part'])} des ETP "
            f"({format_nombre(ligne['etp'], 2)} sur {format_nombre(calcule.etp, 2)})",
            _euros(ligne["prime_totale_ponderee"]),
            f"{_NOTE}, l. {lignes}",
        )
        for ligne, lignes in zip(calcule.branches.iter_rows(named=True), detail["lignes"], strict=True)
    ]
    parts = " + ".join(_euros(x) for x in (calcule.prime_nationale, calcule.prime_locale))
    notifications = " + ".join(format_nombre(x, 0) for x in calcule.branches["notification"])
    etapes += [
        Etape(
            "Prime pondérée par ETP",
            f"nationale + locale{INSECABLE}: {parts}",
            _euros(calcule.prime_totale),
            f"{_NOTE}, l. {total['lignes']}, imprimée {_euros(total['prime_totale_ponderee'])}",
            "Un centime d'arrondi sépare la somme des deux parts imprimées du total imprimé.",
        ),
        Etape(
            "Montant notifié",
            notifications,
            format_valeur(calcule.notification, "€", 0),
            f"{_NOTE}, l. {total['lignes']}, imprimé {format_valeur(total['notification'], '€', 0)}",
            "Chaque branche arrondie à la centaine supérieure\u00a0: règle déduite de ce seul exemple.",
        ),
    ]
    titre = "Organisme pluri-branches\u00a0: moyenne pondérée par les effectifs"
    return Groupe(titre, tuple(etapes), large=True)


def _build_reseau(national: National) -> Groupe:
    """What the whole network is paid: the printed amounts, and what the printed mean would give."""
    g, e = national.grandeurs, national.enveloppe
    nationale, locale = g["part_nationale_distribuee", ANNEE], g["part_locale_distribuee", ANNEE]
    calcule = compute_distribution(e, national.taux, 0.0, national.regle)
    utilisation = compute_utilisation(nationale * MILLION, locale * MILLION, e.masse)
    return Groupe(
        "Ce que le réseau distribue",
        (
            Etape(
                "Part nationale distribuée",
                f"{_meuros(e.part_nationale)}{_FOIS}{_pourcent(national.taux, 3)}",
                _meuros(calcule.part_nationale),
                f"{_source('part_nationale_distribuee')}, imprimée {format_valeur(nationale, 'M€', 2)}",
            ),
            Etape(
                "Part locale distribuée",
                "imprimée, non recalculable",
                format_valeur(locale, "M€", 2),
                _source("part_locale_distribuee"),
                "La note n'imprime pas le taux local pondéré par les effectifs.",
            ),
            Etape(
                "Taux d'utilisation",
                f"({format_nombre(nationale, 2)} + {format_nombre(locale, 2)}) ÷ {_meuros(e.masse)}",
                _pourcent(utilisation),
                f"{_source('taux_utilisation')}, imprimé {_pourcent(g['taux_utilisation', ANNEE])}",
            ),
        ),
    )


def list_groupes(national: National, dossier: Dossier | None) -> Sequence[Groupe]:
    """The steps, in order; without organisme, those of the whole network."""
    groupes = [_build_enveloppe(national), _build_nationale(national)]
    if dossier is None:
        return [*groupes, _build_reseau(national)]
    groupes += [_build_locale(dossier), _build_total(dossier)]
    if dossier.branches is not None:
        groupes.append(_build_branches(dossier, dossier.branches))
    return groupes
