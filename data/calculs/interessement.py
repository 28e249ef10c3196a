"""From scores to euros: envelope, primes per ETP, trigger, multi-branch bodies. Pure functions.

Note on the intéressement 2023 (document 000): 2,5 % of the payroll before charges, 45 % nationale and 55 % locale
(l. 9-36); maximum amounts per eligible ETP (l. 84-94); individual amount = maximum × rate, nationale plus locale
(l. 2105-2123). The trigger is that of the protocole d'accord du 21 juin 2017: « si un organisme local ne dépasse pas 50
% des points totalisables », nothing is paid, so exactly 50 % pays nothing.

Amounts per ETP are rounded to the cent, halves up, as printed; a payroll in euros gives back the printed 496,78 €,
607,17 € and 1 103,95 €. Gross amounts, before CSG and CRDS (l. 99).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import polars as pl

from data.bareme import RegleInteressement
from data.calculs.taux import check_nombre, check_positif


@dataclass(frozen=True)
class Enveloppe:
    """What can be paid at most. ``masse``, ``part_*`` in €; ``montant_max*`` in € per ETP, rounded to the cent."""

    masse_salariale: float
    etp: float
    masse: float
    part_nationale: float
    part_locale: float
    montant_max: float
    montant_max_national: float
    montant_max_local: float


@dataclass(frozen=True)
class Interessement:
    """What one organisme pays per ETP, step by step.

    Rates in % as given; ``taux_*_retenu`` is 0 when the trigger is not passed. Primes in € per ETP, to the cent;
    ``taux_utilisation`` in % of the maximum; ``montant`` in € for the whole body, None without its ETP.
    """

    taux_national: float
    taux_local: float
    taux_national_retenu: float
    taux_local_retenu: float
    declenche_national: bool
    declenche_local: bool
    prime_nationale: float
    prime_locale: float
    prime_totale: float
    taux_global: float
    taux_utilisation: float
    etp: float | None
    montant: float | None
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Distribution:
    """What the network pays, in €: each part is its maximum times a rate; ``taux_utilisation`` in % of the envelope."""

    part_nationale: float
    part_locale: float
    masse: float
    taux_utilisation: float


@dataclass(frozen=True)
class PrimePonderee:
    """The prime of a body of several branches.

    ``branches``: ``branche``, ``etp``, ``part`` (%), ``prime_nationale``, ``prime_locale``, ``prime_totale`` (of the
    branch) and the same three ``_ponderee`` (times the share, to the cent), ``notification`` (€). The totals are sums
    of exact figures, rounded once: 464,83 + 542,86 prints 1 007,68.
    """

    branches: pl.DataFrame
    etp: float
    prime_nationale: float
    prime_locale: float
    prime_totale: float
    notification: float


def compute_cents(montant: float) -> float:
    """Round an amount to the cent, halves up, on its decimal writing (2.675 gives 2.68).

    Raises:
        ValueError: an absurd amount (a payroll over next to no ETP).
    """
    lu = check_nombre(montant, "montant")
    return float(Decimal(repr(round(lu, 8))).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))


def _check_taux(valeur: object, nom: str) -> float:
    taux = check_nombre(valeur, nom)
    if not 0 <= taux <= 100:
        raise ValueError(f"{nom} : un pourcentage entre 0 et 100 est attendu, pas {taux!r}")
    return taux


def compute_enveloppe(masse_salariale: float, etp: float, regle: RegleInteressement) -> Enveloppe:
    """Maximum envelope and amounts per ETP.

    Args:
        masse_salariale: payroll before charges, in € (3 297 097 094 in 2023).
        etp: eligible full-time equivalents (74 666 in 2023).
        regle: shares of the year.

    Raises:
        ValueError: a payroll or a number of ETP that is not a positive number.
    """
    paie, effectif = check_positif(masse_salariale, "masse salariale"), check_positif(etp, "ETP")
    masse = paie * regle.masse_pct / 100
    nationale, locale = masse * regle.part_nationale_pct / 100, masse * regle.part_locale_pct / 100
    return Enveloppe(
        masse_salariale=paie,
        etp=effectif,
        masse=masse,
        part_nationale=nationale,
        part_locale=locale,
        montant_max=compute_cents(masse / effectif),
        montant_max_national=compute_cents(nationale / effectif),
        montant_max_local=compute_cents(locale / effectif),
    )


def compute_taux_declenche(taux: float, regle: RegleInteressement, nom: str = "taux") -> float:
    """The rate that pays: itself above the trigger, 0 at or below it (50 % pays nothing, 50,1 % pays 50,1 %).

    A sum of points that is 50 but for the last bits of its floats (50.00000000000001) is 50.

    Raises:
        ValueError: not a percentage.
    """
    lu = _check_taux(taux, nom)
    return lu if round(lu - regle.seuil, 9) > 0 else 0.0


def compute_interessement(
    taux_national: float,
    taux_local: float,
    enveloppe: Enveloppe,
    regle: RegleInteressement,
    *,
    etp: float | None = None,
) -> Interessement:
    """Prime per ETP of an organisme, and its amount when its ETP are known.

    Args:
        taux_national: success rate of the part nationale, in %.
        taux_local: score of the organisme, in %.
        enveloppe: of the year (:func:`compute_enveloppe`).
        regle: trigger and shares of the year.
        etp: eligible ETP of the organisme.

    Raises:
        ValueError: a rate outside 0..100, ETP that are not a positive number.
    """
    national = compute_taux_declenche(taux_national, regle, "taux national")
    local = compute_taux_declenche(taux_local, regle, "taux local")
    prime_nationale = compute_cents(enveloppe.montant_max_national * national / 100)
    prime_locale = compute_cents(enveloppe.montant_max_local * local / 100)
    totale = compute_cents(prime_nationale + prime_locale)
    effectif = None if etp is None else check_positif(etp, "ETP")
    notes = [
        f"Part {nom}\u00a0: un taux qui ne dépasse pas {regle.seuil:g}\u00a0% ne donne rien."
        for nom, retenu in (("nationale", national), ("locale", local))
        if not retenu
    ]
    return Interessement(
        taux_national=taux_national,
        taux_local=taux_local,
        taux_national_retenu=national,
        taux_local_retenu=local,
        declenche_national=national > 0,
        declenche_local=local > 0,
        prime_nationale=prime_nationale,
        prime_locale=prime_locale,
        prime_totale=totale,
        taux_global=(regle.part_nationale_pct * national + regle.part_locale_pct * local) / 100,
        taux_utilisation=100 * totale / enveloppe.montant_max,
        etp=effectif,
        montant=None if effectif is None else compute_cents(totale * effectif),
        notes=tuple(notes),
    )


def compute_distribution(
    enveloppe: Enveloppe, taux_national: float, taux_local: float, regle: RegleInteressement
) -> Distribution:
    """What the network pays when each part is its maximum times a rate (document 000, l. 2086-2100).

    With the 95,402 % national rate of 2023 the part nationale is the printed 35,39 M€. The printed part locale, 41,88
    M€, is not that of the printed mean rate (93,91 % gives 42,58 M€): see the contradiction
    ``part_locale_distribuee_2023``. :func:`compute_taux_pondere` gives the rate weighted by ETP.

    Raises:
        ValueError: a rate outside 0..100.
    """
    nationale = enveloppe.part_nationale * compute_taux_declenche(taux_national, regle, "taux national") / 100
    locale = enveloppe.part_locale * compute_taux_declenche(taux_local, regle, "taux local") / 100
    return Distribution(
        part_nationale=nationale,
        part_locale=locale,
        masse=nationale + locale,
        taux_utilisation=compute_utilisation(nationale, locale, enveloppe.masse),
    )


def compute_utilisation(part_nationale: float, part_locale: float, masse: float) -> float:
    """Share of the maximum envelope that is paid, in %: (35,39 + 41,88) / 82,43 = 93,74 % in 2023 (l. 2064-2075).

    The three amounts in the same unit.

    Raises:
        ValueError: a negative amount, an envelope that is not positive.
    """
    parts = [check_nombre(part_nationale, "part nationale"), check_nombre(part_locale, "part locale")]
    if min(parts) < 0:
        raise ValueError(f"part distribuée négative : {min(parts):g}")
    return 100 * math.fsum(parts) / check_positif(masse, "masse d'intéressement")


def compute_taux_pondere(taux: Mapping[str, float], etp: Mapping[str, float]) -> float:
    """Mean of rates (in %) weighted by ETP, key by key (organisme or type).

    Raises:
        ValueError: no rate, a rate outside 0..100, a key without a positive ETP.
    """
    if not taux:
        raise ValueError("aucun taux : la moyenne n'existe pas")
    absents = sorted(set(taux) - set(etp))
    if absents:
        raise ValueError(f"ETP absents pour : {', '.join(absents)}")
    poids = {cle: check_positif(etp[cle], f"ETP de {cle}") for cle in taux}
    somme = math.fsum(poids[cle] * _check_taux(t, f"taux de {cle}") for cle, t in taux.items())
    return somme / math.fsum(poids.values())


def compute_prime_ponderee(branches: pl.DataFrame, regle: RegleInteressement) -> PrimePonderee:
    """Prime of a body of several branches: staff-weighted mean of the primes of its branches (l. 120-134).

    « Prime de la Branche × Poids des ETP Eligible de la Branche » (l. 2644); shares are rounded to 0,01 % as printed
    (72,00, 20,00 and 8,00 for the CCSS of Mende). The notification is not explained: for that body, the only printed
    example, weighted prime × ETP of the branch, rounded up to the next hundred euros, gives the three printed amounts.

    Args:
        branches: ``branche``, ``etp``, ``prime_nationale``, ``prime_locale`` (€ per ETP), one row per branch.
        regle: of the year (``arrondi_notification``).

    Raises:
        ValueError: no branch, a missing column, an ETP that is not positive, a negative prime.
    """
    for colonne in ("branche", "etp", "prime_nationale", "prime_locale"):
        if colonne not in branches.columns:
            raise ValueError(f"branches : colonne « {colonne} » absente")
    if not branches.height:
        raise ValueError("aucune branche : la prime pondérée n'existe pas")
    lignes = branches.select("branche", "etp", "prime_nationale", "prime_locale").to_dicts()
    etp = math.fsum(check_positif(x["etp"], f"ETP de la branche {x['branche']}") for x in lignes)
    for ligne in lignes:
        for nom in ("prime_nationale", "prime_locale"):
            if check_nombre(ligne[nom], f"{nom} de la branche {ligne['branche']}") < 0:
                raise ValueError(f"{nom} de la branche {ligne['branche']} négative : {ligne[nom]:g}")
        ligne["part"] = compute_cents(100 * ligne["etp"] / etp)
        ligne["prime_totale"] = compute_cents(ligne["prime_nationale"] + ligne["prime_locale"])
    exactes = {
        nom: [ligne[nom] * ligne["part"] / 100 for ligne in lignes]
        for nom in ("prime_nationale", "prime_locale", "prime_totale")
    }
    totaux = {nom: compute_cents(math.fsum(valeurs)) for nom, valeurs in exactes.items()}
    pas = regle.arrondi_notification
    for rang, ligne in enumerate(lignes):
        for nom, valeurs in exactes.items():
            ligne[f"{nom}_ponderee"] = compute_cents(valeurs[rang])
        ligne["notification"] = pas * math.ceil(round(totaux["prime_totale"] * ligne["etp"] / pas, 9))
    return PrimePonderee(
        branches=pl.DataFrame(lignes),
        etp=etp,
        prime_nationale=totaux["prime_nationale"],
        prime_locale=totaux["prime_locale"],
        prime_totale=totaux["prime_totale"],
        notification=math.fsum(ligne["notification"] for ligne in lignes),
    )
