"""The taux de réussite of a frame, in expressions: twin of ``data.calculs.taux.compute_taux_reussite``. Pure functions.

The rules and their sources are written there; a property test holds the two equal.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

import polars as pl

from data.calculs.taux import (
    ALIAS,
    LIMITE,
    LINEAIRES,
    check_ecart,
    check_egalite,
    check_forme,
    check_paliers,
    check_sens,
    format_prefixe,
)
from data.modele import Forme

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
        elif nom in frame.columns and attendu == pl.Date() and frame.schema[nom] not in (pl.Date, pl.Datetime, pl.Null):
            raise ValueError(f"colonne {nom} : des dates sont attendues, pas {frame.schema[nom]}")
    return frame.with_columns(
        (pl.col(nom).cast(attendu) if nom in frame.columns else pl.lit(None, dtype=attendu).alias(nom))
        for nom, attendu in COLONNES_TAUX.items()
    )


def _build_signe() -> pl.Expr:
    """1 up, -1 down, null when no direction is declared (``neutre`` declares none)."""
    return pl.when(pl.col("sens") == "haut").then(1.0).when(pl.col("sens") == "bas").then(-1.0)


def _build_lineaire(formes: Collection[str]) -> tuple[pl.Expr, pl.Expr]:
    """Unbounded rate and error code of the linear shapes, on the resolved columns ``_socle`` and ``_objectif``."""
    s, o, v, signe = pl.col("_socle"), pl.col("_objectif"), pl.col("valeur"), _build_signe()
    connu = v.is_not_null() & s.is_not_null() & o.is_not_null()
    ecart = o - s
    normal = (v - s) / ecart
    erreur: pl.Expr = (
        pl.when(connu & (ecart == 0) & signe.is_null()).then(3).when(connu & (ecart != 0) & (signe * ecart < 0)).then(2)
    )
    marche = ecart == 0
    egalite = pl.when(connu & (ecart == 0) & (pl.col("regle_egalite").fill_null("erreur") != "seuil")).then(1)
    if Forme.RELATIF_PASSE.value in formes:
        passe = (pl.col("forme") == Forme.RELATIF_PASSE.value) & (pl.col("ecart").fill_null("socle") == "socle")
        marche = marche | (passe & (signe * ecart <= 0))
        erreur = pl.when(passe).then(pl.when(connu & signe.is_null()).then(3)).otherwise(pl.coalesce(egalite, erreur))
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
            [(p["seuil"], p["taux"]) for p in paliers or ()], check_sens(sens), format_prefixe(code)
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


@lru_cache(maxsize=64)
def _build_plan(formes: frozenset[str]) -> tuple[list[pl.Expr], list[pl.Expr]]:
    """Expressions for the shapes present: resolved thresholds, then rate, unbounded rate and error code.

    Kept: on a frame of a few thousand rows, building them costs as much as evaluating them.
    """
    taux, erreur = pl.lit(None, dtype=pl.Float64), pl.lit(None, dtype=pl.Int32)
    libre = pl.lit(None, dtype=pl.Float64)
    forme = pl.col("forme")
    lineaires = formes & {f.value for f in LINEAIRES}
    seuils: list[pl.Expr] = []
    if lineaires:
        seuils = _build_seuils(lineaires)
        calcul, faute = _build_lineaire(lineaires)
        if lineaires == formes:
            libre, taux, erreur = calcul, calcul, faute
        else:
            concerne = forme.is_in(sorted(lineaires))
            libre = pl.when(concerne).then(calcul)
            taux = pl.when(concerne).then(calcul).otherwise(taux)
            erreur = pl.when(concerne).then(faute).otherwise(erreur)
    v, o, s = pl.col("valeur"), pl.col("objectif"), pl.col("socle")
    signe = pl.coalesce(_build_signe(), pl.when(o != s).then((o - s).sign()))
    connu = v.is_not_null() & o.is_not_null()
    niveau = (
        pl.when(connu).then((signe * (v - o) >= 0).cast(pl.Float64)),
        pl.when(connu & signe.is_null()).then(3).when(v.is_not_null() & (_build_signe() * (o - s) < 0)).then(2),
    )
    plan = {
        Forme.NIVEAU: niveau,
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
    return seuils, [
        taux.clip(0, 1).alias("taux_reussite"),
        libre.alias("taux_non_plafonne"),
        pl.when(aberrant).then(10).otherwise(erreur).alias("_erreur"),
    ]


def compute_taux_complet(frame: pl.DataFrame, formes: frozenset[str]) -> pl.DataFrame:
    """Rates of a frame known to be complete: what :func:`compute_taux_frame` does once columns and names are checked.

    Args:
        frame: every column of ``COLONNES_TAUX`` with its type; proper names of shapes.
        formes: at least those present in the frame.

    Returns:
        ``taux_reussite`` (0..1) and ``taux_non_plafonne``, one row per row of the frame.

    Raises:
        ValueError: as :func:`compute_taux_frame`.
    """
    seuils, sorties = _build_plan(formes)
    resultat = frame.with_columns(seuils).select(sorties)
    _check_erreurs(frame, resultat["_erreur"])
    if Forme.PALIERS.value in formes:
        lignes = frame.with_row_index("_ligne").filter(
            (pl.col("forme") == Forme.PALIERS.value) & pl.col("valeur").is_not_null()
        )
        resultat = resultat.with_columns(
            resultat["taux_reussite"].scatter(lignes["_ligne"], _compute_taux_paliers(lignes))
        )
    return resultat.drop("_erreur")


def compute_taux_frame(frame: pl.DataFrame) -> pl.DataFrame:
    """Twin of ``compute_taux_reussite`` on a frame: one expression per shape present, no loop on rows.

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
    distincts = travail.select(pl.col("forme", "sens", "ecart", "regle_egalite").unique().implode()).row(0)
    ecrites, sens, ecarts, egalites = distincts
    formes = frozenset(check_forme(forme).value for forme in ecrites)
    for un_sens in sens:
        check_sens(un_sens)
    for ecart in ecarts:
        check_ecart(ecart or "socle")
    for egalite in egalites:
        check_egalite(egalite or "erreur")
    if formes != set(ecrites):
        travail = travail.with_columns(pl.col("forme").replace({a: f.value for a, f in ALIAS.items()}))
    resultat = compute_taux_complet(travail, formes)
    return frame.with_columns(resultat["taux_reussite"], resultat["taux_non_plafonne"])


def _build_seuils(formes: Collection[str]) -> list[pl.Expr]:
    """Thresholds of the linear shapes, relative ones resolved: ``_socle`` and ``_objectif``."""
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
    return [debut.alias("_socle"), fin.alias("_objectif")]


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
    raise ValueError(f"{format_prefixe(cas['code_indicateur'])}{_ERREURS[erreurs[ligne]]} ({details or 'aucun seuil'})")
