"""The taux de réussite of one indicateur: every shape of target, for one value or for a frame. Pure functions.

The linear rule is written in the annex « recouvrement » of the protocole d'accord du 21 juin 2017 relatif à
l'intéressement dans les organismes du régime général (§ 3.1 and 3.2): « en dessous du seuil : 0 % ; entre la cible
et le seuil : (valeur de l'indicateur - seuil) / (cible - seuil) ; au-dessus de la cible : 100 % ». The note on the
intéressement 2023 does not print it, but its national rates come out of it at 0.1 point (document 000, l. 191-243).

:func:`compute_taux_reussite` works on one value and says what is wrong with a target. :func:`compute_taux_frame` is
its twin on a frame, in expressions; a property test holds them equal.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import polars as pl

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
_ALIAS = {"palier": Forme.NIVEAU, "step": Forme.NIVEAU, "seuil": Forme.NIVEAU}

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
    if forme in _ALIAS:
        return _ALIAS[forme]
    try:
        return Forme(forme)
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


def check_nombre(valeur: object, nom: str) -> float:
    """Read a finite number of a plausible size.

    Raises:
        ValueError: a text, a date, a yes/no, NaN, an infinite or an absurdly large number.
    """
    if isinstance(valeur, bool) or not isinstance(valeur, (int, float)):
        raise ValueError(f"{nom} : un nombre est attendu, pas {valeur!r}")
    nombre = float(valeur) if abs(valeur) <= LIMITE else math.inf
    if not math.isfinite(nombre):
        raise ValueError(f"{nom} : {valeur!r} n'est pas un nombre plausible (au plus {LIMITE:.0e} en valeur absolue)")
    return nombre


def check_date(valeur: object, nom: str) -> dt.date:
    """Read a date, or a text AAAA-MM-JJ.

    Raises:
        ValueError: anything else.
    """
    if isinstance(valeur, dt.datetime):
        return valeur.date()
    if isinstance(valeur, dt.date):
        return valeur
    if isinstance(valeur, str):
        try:
            return dt.date.fromisoformat(valeur.strip())
        except ValueError:
            pass
    raise ValueError(f"{nom} : une date (AAAA-MM-JJ) est attendue, pas {valeur!r}")


def _prefixe(indicateur: str | None) -> str:
    return f"indicateur {indicateur} : " if indicateur else ""


def find_signe(socle: float, objectif: float, sens: Sens | None, indicateur: str | None = None) -> int:
    """Direction of two distinct thresholds, checked against the declared one: 1 up, -1 down.

    Raises:
        ValueError: the declared direction contradicts the thresholds, or socle = objectif without a direction.
    """
    if socle == objectif:
        if sens is None:
            raise ValueError(f"{_prefixe(indicateur)}socle et objectif égaux ({socle:g}) : le sens doit être déclaré")
        return 1 if sens is Sens.HAUT else -1
    signe = 1 if objectif > socle else -1
    if sens is not None and (sens is Sens.HAUT) != (signe == 1):
        raise ValueError(
            f"{_prefixe(indicateur)}sens déclaré « {sens.value} » en contradiction avec les seuils"
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
    prefixe = _prefixe(indicateur)
    if ecart not in ECARTS:
        raise ValueError(f"{prefixe}écart inconnu : « {ecart} » ; possibles : {', '.join(ECARTS)}")
    if regle_egalite not in EGALITES:
        raise ValueError(f"{prefixe}règle d'égalité inconnue : « {regle_egalite} » ; possibles : {', '.join(EGALITES)}")
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
    fin = (valeur.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
    return max(0, mois + (valeur.day > min(objectif.day, fin.day)))


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
    if isinstance(valeur, str) and valeur.strip().lower() in {"oui", "non"}:
        return 1.0 if valeur.strip().lower() == "oui" else 0.0
    if isinstance(valeur, (bool, int, float)) and valeur in {0, 1}:
        return float(valeur)
    raise ValueError(f"{prefixe}oui ou non (1 ou 0) est attendu, pas {valeur!r}")


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
                f"{prefixe}paliers contradictoires : {bas:g} vaut {petit:.0%} et {haut:g} vaut {grand:.0%}, "
                f"alors que {'plus haut' if signe == 1 else 'plus bas'} = mieux"
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
    prefixe = _prefixe(params.get("indicateur"))
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


# ---------------------------------------------------------------------------------------------- the same, on a frame

COLONNES_TAUX: dict[str, pl.DataType] = {
    "code_indicateur": pl.String(),
    "forme": pl.String(),
    "sens": pl.String(),
    "valeur": pl.Float64(),
    "valeur_date": pl.Date(),
    "socle": pl.Float64(),
    "objectif": pl.Float64(),
    "date_socle": pl.Date(),
    "date_objectif": pl.Date(),
    "reference": pl.Float64(),
    "ecart": pl.String(),
    "regle_egalite": pl.String(),
    "borne_basse": pl.Float64(),
    "borne_haute": pl.Float64(),
    "tolerance": pl.Float64(),
    "decote_mensuelle": pl.Float64(),
    "paliers": pl.List(pl.Struct({"seuil": pl.Float64(), "taux": pl.Float64()})),
}

_ERREURS = {
    1: "socle et objectif égaux : pas d'interpolation ; déclarez regle_egalite = « seuil » ou corrigez la cible",
    2: "sens déclaré en contradiction avec les seuils : corrigez le sens, ou échangez socle et objectif",
    3: "le sens doit être déclaré (seuil unique, socle égal à l'objectif ou pris sur le résultat passé)",
    4: "la date du socle doit suivre celle de l'objectif",
    5: "une date se lit « plus tôt = mieux » : le sens « haut » est contradictoire",
    6: "oui ou non (1 ou 0) est attendu",
    7: "intervalle impossible (borne basse au-dessus de la borne haute, ou tolérance négative)",
    8: "la décote mensuelle doit être comprise entre 0 et 1",
    9: "un composite n'a pas de taux propre : ce sont ses composantes qui en ont un",
    10: f"nombre absent du plausible (au plus {LIMITE:.0e} en valeur absolue) ou NaN",
}
_NOMBRES = ("valeur", "socle", "objectif", "reference", "borne_basse", "borne_haute", "tolerance", "decote_mensuelle")


def _complete(frame: pl.DataFrame) -> pl.DataFrame:
    if "forme" not in frame.columns:
        frame = frame.with_columns(pl.lit(Forme.LINEAIRE.value).alias("forme"))
    for nom, attendu in COLONNES_TAUX.items():
        if nom in frame.columns and attendu == pl.Float64() and not frame.schema[nom].is_numeric():
            if frame.schema[nom] != pl.Null:
                raise ValueError(f"colonne {nom} : des nombres sont attendus, pas {frame.schema[nom]}")
        elif nom in frame.columns and attendu == pl.Date() and frame.schema[nom] not in {pl.Date, pl.Null}:
            raise ValueError(f"colonne {nom} : des dates sont attendues, pas {frame.schema[nom]}")
    return frame.with_columns(
        (pl.col(nom).cast(attendu) if nom in frame.columns else pl.lit(None, dtype=attendu).alias(nom))
        for nom, attendu in COLONNES_TAUX.items()
    )


def _build_signe() -> pl.Expr:
    """1 up, -1 down, null when no direction is declared."""
    return pl.when(pl.col("sens") == "haut").then(1.0).when(pl.col("sens") == "bas").then(-1.0)


def _build_lineaire(formes: set[str]) -> tuple[pl.Expr, pl.Expr]:
    """Unbounded rate and error code of the linear shapes, on the resolved columns ``_s`` and ``_o``."""
    s, o, v, signe = pl.col("_s"), pl.col("_o"), pl.col("valeur"), _build_signe()
    connu = v.is_not_null() & s.is_not_null() & o.is_not_null()
    ecart = o - s
    normal = (v - s) / ecart
    erreur: pl.Expr = (
        pl.when(connu & (ecart == 0) & pl.col("sens").is_null())
        .then(3)
        .when(connu & (ecart != 0) & (signe * ecart < 0))
        .then(2)
    )
    marche = ecart == 0
    egalite = pl.when(connu & (ecart == 0) & (pl.col("regle_egalite").fill_null("erreur") != "seuil")).then(1)
    if Forme.RELATIF_PASSE.value in formes:
        passe = (pl.col("forme") == Forme.RELATIF_PASSE.value) & (pl.col("ecart").fill_null("socle") == "socle")
        marche = marche | (passe & (signe * ecart <= 0))
        erreur = (
            pl.when(passe)
            .then(pl.when(connu & pl.col("sens").is_null()).then(3))
            .otherwise(pl.coalesce(egalite, erreur))
        )
    else:
        erreur = pl.coalesce(egalite, erreur)
    palier = (signe * (v - o) >= 0).cast(pl.Float64)
    return pl.when(connu).then(pl.when(marche).then(palier).otherwise(normal)), erreur


def _build_date() -> tuple[pl.Expr, pl.Expr]:
    le, fin, debut, decote = (pl.col(c) for c in ("valeur_date", "date_objectif", "date_socle", "decote_mensuelle"))
    connu = le.is_not_null() & fin.is_not_null() & (debut.is_not_null() | decote.is_not_null())
    mois = (le.dt.year() - fin.dt.year()) * 12 + le.dt.month().cast(pl.Int32) - fin.dt.month().cast(pl.Int32)
    jour = pl.min_horizontal(fin.dt.day(), le.dt.month_end().dt.day())
    retard = mois + (le.dt.day() > jour).cast(pl.Int32)
    lineaire = (debut - le).dt.total_days() / (debut - fin).dt.total_days()
    taux = (
        pl.when(~connu)
        .then(None)
        .when(le <= fin)
        .then(1.0)
        .when((le >= debut).fill_null(False))
        .then(0.0)
        .when(decote.is_not_null())
        .then(1 - decote * retard)
        .otherwise(lineaire)
    )
    erreur = (
        pl.when(connu & (pl.col("sens") == "haut"))
        .then(5)
        .when(connu & (debut <= fin))
        .then(4)
        .when(connu & ((decote <= 0) | (decote > 1)))
        .then(8)
    )
    return taux, erreur


def _build_intervalle() -> tuple[pl.Expr, pl.Expr]:
    v, bas, haut, marge = (pl.col(c) for c in ("valeur", "borne_basse", "borne_haute", "tolerance"))
    marge = marge.fill_null(0.0)
    dehors = pl.max_horizontal(bas - v, v - haut, pl.lit(0.0))
    taux = (
        pl.when(v.is_null() | (bas.is_null() & haut.is_null()))
        .then(None)
        .when(dehors == 0)
        .then(1.0)
        .when(marge == 0)
        .then(0.0)
        .otherwise(1 - dehors / marge)
    )
    return taux, pl.when(v.is_not_null() & ((bas > haut) | (marge < 0))).then(7)


def _compute_taux_paliers(frame: pl.DataFrame) -> pl.Series:
    """Rate of the best step reached; the distinct lists of steps are checked once each, not once per row."""
    lus = frame.select("code_indicateur", "sens", "paliers").unique(maintain_order=True)
    lignes = []
    for code, sens, paliers in lus.iter_rows():
        valides, signe = check_paliers(
            [(p["seuil"], p["taux"]) for p in paliers or ()], check_sens(sens), _prefixe(code)
        )
        lignes += [(code, sens, paliers, float(signe), seuil, taux) for seuil, taux in valides]
    schema = {c: frame.schema[c] for c in ("code_indicateur", "sens", "paliers")}
    marches = pl.DataFrame(
        lignes,
        schema=schema | {"_signe": pl.Float64, "_seuil": pl.Float64, "_taux": pl.Float64},
        orient="row",
    )
    atteints = (
        frame.select("_ligne", "code_indicateur", "sens", "paliers", "valeur")
        .join(marches, on=["code_indicateur", "sens", "paliers"], nulls_equal=True)
        .group_by("_ligne")
        .agg(pl.col("_taux").filter(pl.col("_signe") * (pl.col("valeur") - pl.col("_seuil")) >= 0).max().fill_null(0.0))
    )
    return frame.select("_ligne").join(atteints, on="_ligne", how="left", maintain_order="left")["_taux"]


def compute_taux_frame(frame: pl.DataFrame) -> pl.DataFrame:
    """Twin of :func:`compute_taux_reussite` on a frame: one expression per shape present, no loop on rows.

    Args:
        frame: any of the columns of ``COLONNES_TAUX`` (a missing one reads as null, ``forme`` as ``lineaire``); numbers
            in the unit of each indicateur, dates as ``pl.Date``. ``paliers``: list of structs {seuil, taux}.

    Returns:
        The same rows and columns, in the same order, plus ``taux_reussite`` (0..1, null = not computable) and
        ``taux_non_plafonne`` (linear shapes: above 1 beyond the objectif; null elsewhere).

    Raises:
        ValueError: as the scalar function, naming the first row at fault.
    """
    travail = _complete(frame)
    lues = travail.select(pl.col("forme", "sens").unique().implode()).row(0)
    formes = {check_forme(forme).value for forme in lues[0]}
    for sens in lues[1]:
        check_sens(sens)
    if formes != set(lues[0]) or Sens.NEUTRE.value in lues[1]:
        travail = travail.with_columns(
            pl.col("forme").replace({a: f.value for a, f in _ALIAS.items()}),
            pl.when(pl.col("sens") != Sens.NEUTRE.value).then(pl.col("sens")).alias("sens"),
        )
    taux, erreur = pl.lit(None, dtype=pl.Float64), pl.lit(None, dtype=pl.Int32)
    libre = pl.lit(None, dtype=pl.Float64)
    forme = pl.col("forme")
    lineaires = formes & {f.value for f in LINEAIRES}
    if lineaires:
        travail = _resolve_seuils(travail, lineaires)
        calcul, faute = _build_lineaire(lineaires)
        concerne = forme.is_in(sorted(lineaires))
        libre = pl.when(concerne).then(calcul)
        taux = pl.when(concerne).then(calcul).otherwise(taux)
        erreur = pl.when(concerne).then(faute).otherwise(erreur)
    v, o, s = pl.col("valeur"), pl.col("objectif"), pl.col("socle")
    signe = pl.coalesce(_build_signe(), pl.when(o != s).then((o - s).sign()))
    plan = {
        Forme.NIVEAU: (
            pl.when(v.is_not_null() & o.is_not_null()).then((signe * (v - o) >= 0).cast(pl.Float64)),
            pl.when(v.is_not_null() & o.is_not_null() & signe.is_null())
            .then(3)
            .when(v.is_not_null() & (_build_signe() * (o - s) < 0))
            .then(2),
        ),
        Forme.OUI_NON: (v, pl.when(v.is_not_null() & ~v.is_in([0.0, 1.0])).then(6)),
        Forme.DATE: _build_date(),
        Forme.INTERVALLE: _build_intervalle(),
        Forme.COMPOSITE: (pl.lit(None, dtype=pl.Float64), pl.lit(9)),
    }
    for la_forme, (calcul, faute) in plan.items():
        if la_forme.value in formes:
            taux = pl.when(forme == la_forme.value).then(calcul).otherwise(taux)
            erreur = pl.when(forme == la_forme.value).then(faute).otherwise(erreur)
    aberrant = pl.any_horizontal((~(pl.col(c).abs() <= LIMITE)).fill_null(False) for c in _NOMBRES)
    resultat = travail.select(
        taux.clip(0, 1).alias("taux_reussite"),
        libre.alias("taux_non_plafonne"),
        pl.when(aberrant).then(10).otherwise(erreur).alias("_erreur"),
    )
    _check_erreurs(travail, resultat["_erreur"])
    calcule = resultat["taux_reussite"]
    if Forme.PALIERS.value in formes:
        lignes = travail.with_row_index("_ligne").filter((forme == Forme.PALIERS.value) & v.is_not_null())
        calcule = calcule.scatter(lignes["_ligne"], _compute_taux_paliers(lignes))
    return frame.with_columns(calcule.alias("taux_reussite"), resultat["taux_non_plafonne"])


def _resolve_seuils(frame: pl.DataFrame, formes: set[str]) -> pl.DataFrame:
    s, o, ref = pl.col("socle"), pl.col("objectif"), pl.col("reference")
    debut, fin = s, o
    if Forme.RELATIF_CIBLE.value in formes:
        cible = pl.col("forme") == Forme.RELATIF_CIBLE.value
        debut, fin = (
            pl.when(cible).then(ref * s / 100).otherwise(debut),
            pl.when(cible).then(ref * o / 100).otherwise(fin),
        )
    if Forme.RELATIF_PASSE.value in formes:
        passe, ecart = pl.col("forme") == Forme.RELATIF_PASSE.value, pl.col("ecart").fill_null("socle")
        for mode, un, deux in (
            ("socle", ref, o),
            ("points", ref + s, ref + o),
            ("pourcent", ref + ref.abs() * s / 100, ref + ref.abs() * o / 100),
        ):
            concerne = passe & (ecart == mode)
            debut, fin = pl.when(concerne).then(un).otherwise(debut), pl.when(concerne).then(deux).otherwise(fin)
    return frame.with_columns(debut.alias("_s"), fin.alias("_o"))


def _check_erreurs(frame: pl.DataFrame, erreurs: pl.Series) -> None:
    if erreurs.null_count() == len(erreurs):
        return
    ligne = erreurs.is_not_null().arg_true()[0]
    cas = frame.row(ligne, named=True)
    details = ", ".join(
        f"{nom} {cas[nom]}"
        for nom in ("valeur", "socle", "objectif", "date_socle", "date_objectif")
        if cas[nom] is not None
    )
    raise ValueError(f"{_prefixe(cas['code_indicateur'])}{_ERREURS[erreurs[ligne]]} ({details or 'aucun seuil'})")
