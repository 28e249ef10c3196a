"""The taux de réussite of one indicateur: every shape of target, for one value or for a frame. Pure functions.

The linear rule is written in the annex « recouvrement » of the protocole d'accord du 21 juin 2017 relatif à
l'intéressement dans les organismes du régime général (§ 3.1 and 3.2): « en dessous du seuil : 0 % ; entre la cible
et le seuil : (valeur de l'indicateur - seuil) / (cible - seuil) ; au-dessus de la cible : 100 % ». The note on the
intéressement 2023 does not print it, but its national rates come out of it at 0.1 point (document 000, l. 191-243).

:func:`compute_taux_reussite` works on one value and says what is wrong with a target. Its twin on a frame, in
expressions, is ``data.calculs.taux_vectorise.compute_taux_frame``; a property test holds them equal.
"""

from __future__ import annotations

import calendar
import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

import numpy as np

from data.bareme import Cible
from data.modele import Forme, Sens

LIMITE = 1e15  # far above any figure of the network in euros; beyond, the value is a typing error
LINEAIRES = frozenset({Forme.LINEAIRE, Forme.EVOLUTION, Forme.RELATIF_PASSE, Forme.RELATIF_CIBLE})
SANS_REGLE = frozenset({Forme.AUCUNE, Forme.TEXTE})
PARAMETRES = frozenset(
    {
        "indicateur",
        "reference",
        "ecart",
        "paliers",
        "borne_basse",
        "borne_haute",
        "tolerance",
        "decote_mensuelle",
        "regle_egalite",
    }
)
ECARTS = ("socle", "points", "pourcent")
EGALITES = ("erreur", "seuil")
# Other usual names of the same shapes.
ALIAS = {"palier": Forme.NIVEAU, "step": Forme.NIVEAU, "seuil": Forme.NIVEAU}

Valeur = float | int | bool | dt.date | str | None


@dataclass(frozen=True)
class Seuils:
    """Two numeric thresholds once relative ones are resolved, in the unit of the value.

    ``signe`` is 1 when higher is better, -1 when lower is. ``en_marche`` marks thresholds between which nothing
    interpolates: 100 % at ``objectif`` or beyond, 0 % otherwise.
    """

    socle: float
    objectif: float
    signe: int
    en_marche: bool = False


def check_forme(forme: str | Forme) -> Forme:
    """Read the name of a shape.

    Raises:
        ValueError: no shape has this name.
    """
    try:
        return ALIAS.get(str(forme)) or Forme(forme)
    except ValueError:
        raise ValueError(f"forme inconnue : « {forme} » ; formes possibles : {', '.join(Forme)}") from None


def check_sens(sens: str | Sens | None) -> Sens | None:
    """Read a direction; ``neutre`` declares none, so it reads as no direction.

    Raises:
        ValueError: neither « haut », « bas » nor « neutre ».
    """
    if sens is None:
        return None
    try:
        lu = Sens(sens)
    except ValueError:
        raise ValueError(f"sens inconnu : « {sens} » ; sens possibles : {', '.join(Sens)}") from None
    return None if lu is Sens.NEUTRE else lu


def _read_scalaire(valeur: object) -> object:
    """A scalar of numpy as the Python value it holds; anything else as it is."""
    return valeur.item() if isinstance(valeur, np.generic) else valeur


def check_nombre(valeur: object, nom: str) -> float:
    """Read a finite number of a plausible size: int, float, Decimal or a scalar of numpy.

    Raises:
        ValueError: a text, a date, a yes/no, NaN, an infinite or an absurdly large number.
    """
    lu = _read_scalaire(valeur)
    if isinstance(lu, bool) or not isinstance(lu, (int, float, Decimal)):
        raise ValueError(f"{nom} : un nombre est attendu, pas « {lu} »")
    try:
        nombre = float(lu)
    except OverflowError:  # an int of hundreds of digits
        nombre = math.inf
    if not abs(nombre) <= LIMITE:
        raise ValueError(f"{nom} : {nombre!r} n'est pas un nombre plausible (au plus {LIMITE:.0e} en valeur absolue)")
    return nombre


def check_positif(valeur: object, nom: str) -> float:
    """Read a number above 0.

    Raises:
        ValueError: as :func:`check_nombre`; 0 or below.
    """
    nombre = check_nombre(valeur, nom)
    if nombre <= 0:
        raise ValueError(f"{nom} : un nombre positif est attendu, pas {nombre:g}")
    return nombre


def check_date(valeur: object, nom: str) -> dt.date:
    """Read a date, or a text AAAA-MM-JJ.

    Raises:
        ValueError: anything else.
    """
    lue = _read_scalaire(valeur)
    if isinstance(lue, dt.datetime):
        return lue.date()
    if isinstance(lue, dt.date):
        return lue
    if isinstance(lue, str):
        try:
            return dt.date.fromisoformat(lue.strip())
        except ValueError:
            pass
    raise ValueError(f"{nom} : une date (AAAA-MM-JJ) est attendue, pas « {lue} »")


def format_prefixe(indicateur: str | None) -> str:
    """Start of an error: the indicateur at fault, when known."""
    return f"indicateur {indicateur} : " if indicateur else ""


def check_ecart(ecart: str, prefixe: str = "") -> None:
    """Prove that this names a way to build thresholds on the past result.

    Raises:
        ValueError: none of ``ECARTS``.
    """
    if ecart not in ECARTS:
        raise ValueError(f"{prefixe}écart inconnu : « {ecart} » ; possibles : {', '.join(ECARTS)}")


def check_egalite(regle: str, prefixe: str = "") -> None:
    """Prove that this names a rule for socle = objectif.

    Raises:
        ValueError: none of ``EGALITES``.
    """
    if regle not in EGALITES:
        raise ValueError(f"{prefixe}règle d'égalité inconnue : « {regle} » ; possibles : {', '.join(EGALITES)}")


def find_signe(socle: float, objectif: float, sens: Sens | None, indicateur: str | None = None) -> int:
    """Direction of two distinct thresholds, checked against the declared one: 1 up, -1 down.

    Raises:
        ValueError: the declared direction contradicts the thresholds, or socle = objectif without a direction.
    """
    if socle == objectif:
        if sens is None:
            raise ValueError(
                f"{format_prefixe(indicateur)}socle et objectif égaux ({socle:g}) : le sens doit être déclaré"
            )
        return 1 if sens is Sens.HAUT else -1
    signe = 1 if objectif > socle else -1
    if sens is not None and (sens is Sens.HAUT) != (signe == 1):
        raise ValueError(
            f"{format_prefixe(indicateur)}sens déclaré « {sens.value} » en contradiction avec les seuils"
            f" (socle {socle:g}, objectif {objectif:g}) : corrigez le sens, ou échangez socle et objectif"
        )
    return signe


def compute_seuils(
    socle: float | None,
    objectif: float | None,
    *,
    sens: Sens | None,
    forme: Forme,
    indicateur: str | None = None,
    reference: float | None = None,
    ecart: str = "socle",
    regle_egalite: str = "erreur",
) -> Seuils | None:
    """Thresholds of a linear shape, relative ones resolved; None when a threshold is not known.

    - ``lineaire`` and ``evolution``: as given.
    - ``relatif_cible``: ``socle`` and ``objectif`` are percentages of ``reference`` (« 80 % de la cible »).
    - ``relatif_passe``: ``reference`` is the organisme's own past result. ``ecart`` says how: ``socle`` (it replaces
      the socle, the objectif being absolute), ``points`` (socle and objectif are gaps to add to it, in its unit) or
      ``pourcent`` (gaps in % of it). When the past already reaches an absolute objectif there is no way left to
      interpolate: holding the objectif is worth 100 %, losing it 0 % (``en_marche``). This needs a declared direction.

    ``regle_egalite='seuil'`` declares that socle = objectif is a step; otherwise it is an error.

    Raises:
        ValueError: contradictory or degenerate thresholds.
    """
    prefixe = format_prefixe(indicateur)
    check_ecart(ecart, prefixe)
    check_egalite(regle_egalite, prefixe)
    if forme in {Forme.RELATIF_CIBLE, Forme.RELATIF_PASSE} and reference is None:
        return None
    relatif_socle = forme is Forme.RELATIF_PASSE and ecart == "socle"
    if objectif is None or (socle is None and not relatif_socle):
        return None
    objectif = check_nombre(objectif, f"{prefixe}objectif")
    if relatif_socle:
        depart = check_nombre(reference, f"{prefixe}référence")
        if sens is None:
            raise ValueError(f"{prefixe}socle pris sur le résultat passé : le sens doit être déclaré")
        signe = 1 if sens is Sens.HAUT else -1
        return Seuils(depart, objectif, signe, en_marche=signe * (objectif - depart) <= 0)
    debut = check_nombre(socle, f"{prefixe}socle")
    if reference is not None and forme in {Forme.RELATIF_CIBLE, Forme.RELATIF_PASSE}:
        base = check_nombre(reference, f"{prefixe}référence")
        if forme is Forme.RELATIF_CIBLE:
            debut, objectif = base * debut / 100, base * objectif / 100
        elif ecart == "points":
            debut, objectif = base + debut, base + objectif
        else:
            debut, objectif = base + abs(base) * debut / 100, base + abs(base) * objectif / 100
    if debut == objectif and regle_egalite == "erreur":
        raise ValueError(
            f"{prefixe}socle et objectif égaux ({debut:g}) : aucune interpolation possible ;"
            " déclarez regle_egalite = « seuil » (100 % dès l'objectif atteint) ou corrigez la cible"
        )
    signe = find_signe(debut, objectif, sens, indicateur)
    return Seuils(debut, objectif, signe, en_marche=debut == objectif)


def compute_taux_brut(valeur: float, seuils: Seuils) -> float:
    """Rate before it is bounded: 0 at the socle, 1 at the objectif, above 1 beyond it (used by the bonification)."""
    if seuils.en_marche:
        return 1.0 if seuils.signe * (valeur - seuils.objectif) >= 0 else 0.0
    return (valeur - seuils.socle) / (seuils.objectif - seuils.socle)


def _borne(taux: float) -> float:
    return min(max(taux, 0.0), 1.0)


def count_mois_de_retard(valeur: dt.date, objectif: dt.date) -> int:
    """Months of delay begun: 0 up to the day of the objectif, 1 the day after, 2 one month and a day after…"""
    mois = (valeur.year - objectif.year) * 12 + valeur.month - objectif.month
    dernier_jour = calendar.monthrange(valeur.year, valeur.month)[1]
    return max(0, mois + (valeur.day > min(objectif.day, dernier_jour)))


def _compute_date(
    valeur: Valeur, socle: Valeur, objectif: Valeur, sens: Sens | None, decote: float | None, prefixe: str
) -> float | None:
    if objectif is None or (socle is None and decote is None):
        return None
    le = check_date(valeur, f"{prefixe}résultat")
    fin = check_date(objectif, f"{prefixe}objectif")
    debut = None if socle is None else check_date(socle, f"{prefixe}socle")
    if sens is Sens.HAUT:
        raise ValueError(f"{prefixe}une date se lit « plus tôt = mieux » : le sens « haut » est contradictoire")
    if debut is not None and debut <= fin:
        raise ValueError(f"{prefixe}la date du socle ({debut}) doit suivre celle de l'objectif ({fin})")
    if le <= fin:
        return 1.0
    if debut is not None and le >= debut:
        return 0.0
    if decote is not None:
        part = check_nombre(decote, f"{prefixe}décote mensuelle")
        if not 0 < part <= 1:
            raise ValueError(f"{prefixe}la décote mensuelle doit être comprise entre 0 et 1, pas {part:g}")
        return _borne(1 - part * count_mois_de_retard(le, fin))
    assert debut is not None  # noqa: S101 - held by the first line
    return (debut - le).days / (debut - fin).days


def _compute_oui_non(valeur: Valeur, prefixe: str) -> float:
    lu = _read_scalaire(valeur)
    if isinstance(lu, str) and lu.strip().lower() in {"oui", "non"}:
        return 1.0 if lu.strip().lower() == "oui" else 0.0
    if isinstance(lu, (bool, int, float)) and lu in {0, 1}:
        return float(lu)
    raise ValueError(f"{prefixe}oui ou non (1 ou 0) est attendu, pas « {lu} »")


def check_paliers(paliers: object, sens: Sens | None, prefixe: str = "") -> tuple[list[tuple[float, float]], int]:
    """Steps (threshold, rate 0..1) sorted from the easiest to the best, and the direction they show.

    Raises:
        ValueError: no step, a rate outside 0..1, or rates that do not rise towards the better thresholds.
    """
    if not isinstance(paliers, Sequence) or isinstance(paliers, str) or not paliers:
        raise ValueError(f"{prefixe}des paliers [(seuil, taux), …] sont attendus")
    lus = []
    for palier in paliers:
        try:
            seuil, taux = palier
        except (TypeError, ValueError):
            raise ValueError(f"{prefixe}palier illisible : {palier!r} ; (seuil, taux) est attendu") from None
        lus.append((check_nombre(seuil, f"{prefixe}seuil de palier"), check_nombre(taux, f"{prefixe}taux de palier")))
    if any(not 0 <= taux <= 1 for _, taux in lus):
        raise ValueError(f"{prefixe}le taux d'un palier est compris entre 0 et 1")
    lus.sort(key=lambda p: p[1])
    signe = (-1 if sens is Sens.BAS else 1) if len(lus) == 1 or sens else (1 if lus[-1][0] > lus[0][0] else -1)
    if len(lus) == 1 and sens is None:
        raise ValueError(f"{prefixe}un seul palier : le sens doit être déclaré")
    for (bas, petit), (haut, grand) in pairwise(lus):
        if signe * (haut - bas) <= 0 or grand <= petit:
            raise ValueError(
                f"{prefixe}paliers contradictoires : {bas:g} vaut {100 * petit:g} % et {haut:g} vaut"
                f" {100 * grand:g} %, alors que {'plus haut' if signe == 1 else 'plus bas'} = mieux"
            )
    return lus, signe


def _compute_paliers(valeur: float, paliers: object, sens: Sens | None, prefixe: str) -> float:
    lus, signe = check_paliers(paliers, sens, prefixe)
    return max((taux for seuil, taux in lus if signe * (valeur - seuil) >= 0), default=0.0)


def _compute_intervalle(valeur: float, basse: object, haute: object, tolerance: object, prefixe: str) -> float | None:
    if basse is None and haute is None:
        return None
    bas = -math.inf if basse is None else check_nombre(basse, f"{prefixe}borne basse")
    haut = math.inf if haute is None else check_nombre(haute, f"{prefixe}borne haute")
    marge = check_nombre(tolerance, f"{prefixe}tolérance")
    if bas > haut or marge < 0:
        raise ValueError(f"{prefixe}intervalle impossible : [{bas:g} ; {haut:g}], tolérance {marge:g}")
    dehors = max(bas - valeur, valeur - haut, 0.0)
    if dehors == 0:
        return 1.0
    return _borne(1 - dehors / marge) if marge else 0.0


def compute_taux_reussite(
    valeur: Valeur,
    socle: Valeur,
    objectif: Valeur,
    *,
    sens: str | Sens | None = None,
    forme: str | Forme = Forme.LINEAIRE,
    **params: Any,
) -> float | None:
    """Taux de réussite of a value against its target, between 0 and 1.

    Args:
        valeur: the result, in the unit of the indicateur (a date for the shape ``date``); None = no result.
        socle: threshold below which nothing is earned (a date for the shape ``date``).
        objectif: threshold at which everything is earned.
        sens: ``haut`` or ``bas``, checked against sign(objectif - socle); None or ``neutre``: read off the thresholds.
        forme: a :class:`~data.modele.Forme`:

            - ``lineaire``, ``evolution``: (valeur - socle) / (objectif - socle), bounded;
            - ``niveau`` (also « palier », « step »): 1 at the objectif or beyond, else 0; needs a direction or a socle;
            - ``oui_non``: 1 for yes (True, 1, « oui »), 0 for no;
            - ``date``: 1 up to the objectif, 0 from the socle on, linear in days between; with ``decote_mensuelle``
              (share lost per month of delay begun: 0.1 for « - 10 % par mois »), by months instead;
            - ``paliers``: the rate of the best step reached, ``paliers=[(seuil, taux), …]``;
            - ``relatif_passe``, ``relatif_cible``: linear, thresholds built on ``reference`` (:func:`compute_seuils`);
            - ``intervalle``: 1 in [``borne_basse``, ``borne_haute``], falling to 0 over ``tolerance`` (0 by default);
            - ``aucune``, ``texte``: no computable rule, always None.
        **params: ``indicateur`` (named in the errors), ``reference``, ``ecart``, ``paliers``, ``borne_basse``,
            ``borne_haute``, ``tolerance``, ``decote_mensuelle``, ``regle_egalite`` (« seuil »: equality is a step).

    Returns:
        The rate, 0..1; None when it cannot be computed (no result, threshold not published, no rule).

    Raises:
        ValueError: text, NaN or 1e308 where a number is due; socle = objectif without a rule; a declared direction that
            contradicts the thresholds; a composite (its components are scored, see ``compute_score``).
    """
    inconnus = set(params) - PARAMETRES
    if inconnus:
        raise ValueError(f"paramètre inconnu : {', '.join(sorted(inconnus))}")
    prefixe = format_prefixe(params.get("indicateur"))
    la_forme, le_sens = check_forme(forme), check_sens(sens)
    if la_forme is Forme.COMPOSITE:
        raise ValueError(f"{prefixe}un composite n'a pas de taux propre : ce sont ses composantes qui en ont un")
    if valeur is None or la_forme in SANS_REGLE:
        return None
    if la_forme is Forme.DATE:
        return _compute_date(valeur, socle, objectif, le_sens, params.get("decote_mensuelle"), prefixe)
    if la_forme is Forme.OUI_NON:
        return _compute_oui_non(valeur, prefixe)
    nombre = check_nombre(valeur, f"{prefixe}résultat")
    if la_forme is Forme.PALIERS:
        return _compute_paliers(nombre, params.get("paliers"), le_sens, prefixe)
    if la_forme is Forme.INTERVALLE:
        bornes = (params.get("borne_basse"), params.get("borne_haute"))
        return _compute_intervalle(nombre, *bornes, params.get("tolerance") or 0.0, prefixe)
    bas = None if socle is None else check_nombre(socle, f"{prefixe}socle")
    haut = None if objectif is None else check_nombre(objectif, f"{prefixe}objectif")
    if la_forme is Forme.NIVEAU:
        if haut is None:
            return None
        if bas is None and le_sens is None:
            raise ValueError(f"{prefixe}un seuil unique demande un sens déclaré")
        signe = find_signe(haut if bas is None else bas, haut, le_sens, params.get("indicateur"))
        return 1.0 if signe * (nombre - haut) >= 0 else 0.0
    seuils = compute_seuils(
        bas,
        haut,
        sens=le_sens,
        forme=la_forme,
        indicateur=params.get("indicateur"),
        reference=params.get("reference"),
        ecart=params.get("ecart") or "socle",
        regle_egalite=params.get("regle_egalite") or "erreur",
    )
    return None if seuils is None else _borne(compute_taux_brut(nombre, seuils))


def list_parametres(cible: Cible) -> dict[str, Any]:
    """Parameters of :func:`compute_taux_reussite` that a declared target holds (thresholds excepted)."""
    return {
        "reference": cible.reference,
        "ecart": cible.ecart,
        "paliers": [(p.seuil, p.taux) for p in cible.paliers],
        "borne_basse": cible.borne_basse,
        "borne_haute": cible.borne_haute,
        "tolerance": cible.tolerance,
        "decote_mensuelle": cible.decote_mensuelle,
        "regle_egalite": cible.regle_egalite,
    }


def check_cible(code: str, cible: Cible) -> None:
    """Prove that a declared target can be computed, by computing it at its own objectif.

    Raises:
        ValueError: naming the indicateur: contradictory direction, socle = objectif without a rule, impossible steps.
    """
    if cible.forme in SANS_REGLE | {Forme.COMPOSITE, Forme.OUI_NON}:
        return
    if cible.forme is Forme.DATE:
        essai: tuple[Valeur, Valeur, Valeur] = (cible.date_objectif, cible.date_socle, cible.date_objectif)
    else:
        essai = (0.0 if cible.objectif is None else cible.objectif, cible.socle, cible.objectif)
    compute_taux_reussite(*essai, sens=cible.sens, forme=cible.forme, indicateur=code, **list_parametres(cible))
