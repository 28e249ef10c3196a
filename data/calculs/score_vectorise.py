"""The scores of a whole network in one vectorised pass. Pure functions.

Same rules and figures as ``data.calculs.score``, where they are written with their sources; a property test holds them
equal.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from data.bareme import TOTAL, Bareme
from data.calculs.feuilles import build_feuilles
from data.calculs.resultats import MANQUANTS, NEUTRALISANTS, SEUILS, Etat, check_codes, check_resultats
from data.calculs.score import POIDS_NUL, ScoreDomaine, ScoreIndicateur
from data.calculs.taux import LIMITE, LINEAIRES
from data.calculs.taux_vectorise import compute_taux_complet


class ScoresReseau(NamedTuple):
    """Scores of many organismes: one frame per level (columns named as the fields of the three classes above)."""

    organismes: pl.DataFrame
    domaines: pl.DataFrame
    indicateurs: pl.DataFrame


def _check_types(valeurs: pl.DataFrame, base: pl.DataFrame) -> None:
    """Every result belongs to the barème of its own organisme, not only to one of the barèmes given."""
    etrangers = valeurs.select("code_organisme", "code_indicateur")
    for code in ("code_indicateur", "code_composite"):
        connus = base.select("code_organisme", pl.col(code).alias("code_indicateur")).drop_nulls()
        etrangers = etrangers.join(connus, on=["code_organisme", "code_indicateur"], how="anti")
    if etrangers.height:
        organisme, code = etrangers.row(0)
        raise ValueError(f"organisme {organisme} : indicateur {code} inconnu du barème de son type")


def _list_base(resultats: pl.DataFrame, baremes: Sequence[Bareme]) -> pl.DataFrame:
    """Every organisme × leaf of its barème, in order of appearance then of the barème."""
    if len(baremes) == 1:
        organismes = resultats.select(pl.col("code_organisme").unique(maintain_order=True)).with_row_index("_o")
        return organismes.join(build_feuilles(baremes[0]), how="cross")
    organismes = resultats.select("code_organisme", "type_organisme").unique(maintain_order=True).with_row_index("_o")
    doubles = organismes.filter(pl.col("code_organisme").is_duplicated())
    if doubles.height:
        raise ValueError(f"organisme {doubles['code_organisme'][0]} : plusieurs types d'organisme dans les résultats")
    feuilles = pl.concat(
        build_feuilles(b).with_columns(pl.lit(t.value).alias("type_organisme"))
        for b in baremes
        for t in b.types_organisme
    )
    base = organismes.join(feuilles, on="type_organisme", how="left", maintain_order="left_right")
    orphelins = base.filter(pl.col("code_indicateur").is_null())
    if orphelins.height:
        code, genre = orphelins.select("code_organisme", "type_organisme").row(0)
        raise ValueError(f"organisme {code} : aucun barème pour le type {genre}")
    return base


def _join_resultats(resultats: pl.DataFrame, baremes: Sequence[Bareme]) -> pl.DataFrame:
    """Every organisme × leaf of its barème, in order, with its result or that of its composite."""
    base, valeurs = _list_base(resultats, baremes), resultats.drop("type_organisme", strict=False)
    if len(baremes) > 1:
        _check_types(valeurs, base)
    cle = ["code_organisme", "code_indicateur"]
    composites = {i.code for b in baremes for i in b.list_indicateurs() if i.composantes}
    parents = valeurs.filter(pl.col("code_indicateur").is_in(sorted(composites))) if composites else valeurs.clear()
    lues = valeurs.with_columns(pl.lit(True).alias("_present")) if parents.height else valeurs
    joint = base.join(lues, on=cle, how="left", maintain_order="left", suffix="_lu")
    if parents.height:
        absente = pl.col("_present").is_null()
        joint = joint.join(
            parents.select(
                "code_organisme",
                pl.col("code_indicateur").alias("code_composite"),
                pl.col("taux_reussite", "statut").name.suffix("_parent"),
            ),
            on=["code_organisme", "code_composite"],
            how="left",
            maintain_order="left",
        ).with_columns(
            pl.when(absente).then(pl.col(f"{nom}_parent")).otherwise(pl.col(nom)).alias(nom)
            for nom in ("taux_reussite", "statut")
        )
    # A threshold given with the result overrides that of the barème.
    return joint.select(pl.col(base.columns).exclude(SEUILS), *_LUES, *_SEUILS_RETENUS)


def _compute_taux_feuilles(base: pl.DataFrame, formes: frozenset[str]) -> pl.DataFrame:
    """Add ``taux_brut``, ``taux_ajuste``, ``taux_non_plafonne`` (0..1) to the joined frame."""
    calculable = base
    if base["taux_reussite"].null_count() < base.height and not formes <= LINEAIRES:
        # A printed rate is used as is; its value only serves the bonification, which reads linear shapes.
        inutile = pl.col("taux_reussite").is_not_null() & ~pl.col("forme").is_in(sorted(LINEAIRES))
        calculable = base.with_columns(pl.when(~inutile).then(pl.col(c)).alias(c) for c in ("valeur", "valeur_date"))
    brut = compute_taux_complet(calculable, formes)
    taux_brut = brut["taux_reussite"].alias("taux_brut")
    ajuste = pl.lit(None, dtype=pl.Float64).alias("taux_ajuste")
    libre = pl.lit(brut["taux_non_plafonne"])
    if base["valeur_ajustee"].null_count() < base.height:
        ajustes = compute_taux_complet(
            base.with_columns(
                pl.col("valeur_ajustee").alias("valeur"), pl.lit(None, dtype=pl.Date).alias("valeur_date")
            ),
            formes,
        )
        ajuste = pl.lit(ajustes["taux_reussite"]).alias("taux_ajuste")
        libre = pl.when(pl.col("valeur_ajustee").is_not_null()).then(ajustes["taux_non_plafonne"]).otherwise(libre)
    return base.with_columns(
        pl.coalesce("taux_reussite", taux_brut).alias("taux_brut"), ajuste, libre.alias("taux_non_plafonne")
    ).drop("taux_reussite")


def _compute_poids_frame(base: pl.DataFrame, *, neutralises: bool, composantes: bool) -> pl.DataFrame:
    """Add ``etat``, ``taux`` (0..1) and ``poids_effectif``; same sharing as ``data.calculs.score``.

    Args:
        neutralises: whether something is neutralised; without it no weight moves.
        composantes: whether a component is.
    """
    etapes = base.with_columns(_ETAT).with_columns(_TAUX_RETENU, _POIDS_ACTIF)
    if not neutralises:
        return etapes
    return (
        etapes.with_columns(_PARTAGES[0] if composantes else []).with_columns(_PARTAGES[1]).with_columns(_PARTAGES[2])
    )


def _build_partage(part: pl.Expr) -> pl.Expr:
    return pl.when(_ACTIF).then(part).otherwise(0.0).alias("poids_effectif")


def _build_part(points: pl.Expr, poids: pl.Expr) -> pl.Expr:
    """Rate in %, never above 100 by the last bit of a float; null without weight."""
    return pl.when(poids > POIDS_NUL).then((100 * points / poids).clip(upper_bound=100.0))


# The expressions below are built once: on the 165 organismes, building them costs as much as evaluating them.
_LUES = ("valeur", "valeur_date", "valeur_ajustee", "taux_reussite", "statut")
_SEUILS_RETENUS = [pl.coalesce(f"{nom}_lu", nom).alias(nom) for nom in SEUILS]
_POIDS = pl.col("poids_effectif")
_ETAT = (
    pl.when(pl.col("statut").is_in(sorted(NEUTRALISANTS)).fill_null(False))
    .then(pl.lit(Etat.NEUTRALISE.value))
    .when(
        pl.col("statut").is_in(sorted(MANQUANTS)).fill_null(False) | pl.coalesce("taux_ajuste", "taux_brut").is_null()
    )
    .then(pl.lit(Etat.MANQUANT.value))
    .otherwise(pl.lit(Etat.MESURE.value))
    .alias("etat")
)
_MESURE, _MANQUANT = pl.col("etat") == Etat.MESURE.value, pl.col("etat") == Etat.MANQUANT.value
_ACTIF = pl.col("etat") != Etat.NEUTRALISE.value
_TAUX_RETENU = pl.when(_MESURE).then(pl.coalesce("taux_ajuste", "taux_brut")).alias("taux")
_POIDS_ACTIF = _build_partage(pl.col("poids") * pl.col("part"))
# Inside the composite, then the domaine, then the whole.
_PARTAGES = (
    _build_partage(_POIDS / pl.when(_ACTIF).then(pl.col("part")).otherwise(0.0).sum().over("_o", "rang_indicateur")),
    _build_partage(_POIDS * pl.col("poids_domaine") / _POIDS.sum().over("_o", "rang_domaine")),
    _build_partage(_POIDS * TOTAL / _POIDS.sum().over("_o")),
)
_POINTS = (
    (_POIDS * pl.col("taux").fill_null(0.0)).alias("points"),
    pl.when(_MANQUANT).then(_POIDS).otherwise(0.0).alias("points_inconnus"),
    (pl.col("poids") * pl.col("part")).alias("poids_initial"),
    pl.col("taux", "taux_brut", "taux_ajuste", "taux_non_plafonne") * 100,
)
_PERDUS = (_POIDS - pl.col("points") - pl.col("points_inconnus")).alias("points_perdus")
_SOMMES_DOMAINE = (
    pl.col("code_organisme", "domaine", "plafond").first(),
    pl.col("poids_domaine").first().alias("poids_initial"),
    _POIDS.sum(),
    pl.col("points").sum().alias("points_avant_bonification"),
    pl.col("points_inconnus").sum(),
    ((pl.col("taux_non_plafonne") / 100 - 1).clip(0, pl.col("excedent_max")) * _POIDS)
    .filter(pl.col("excedent_max").is_not_null() & _MESURE)
    .sum()
    .alias("_apport"),
    _MANQUANT.sum().alias("nb_manquants"),
    (~_ACTIF).sum().alias("nb_neutralises"),
)
_MESURE_DOMAINE = _POIDS - pl.col("points_inconnus")
_AVANT = pl.col("points_avant_bonification")
_BONIFICATION_DONNEE = pl.coalesce(pl.col("bonification") / 100 * _MESURE_DOMAINE, "_apport").alias("_apport")
_BONIFICATION = pl.min_horizontal("_apport", (pl.col("plafond") * _MESURE_DOMAINE - _AVANT).clip(0)).alias(
    "points_bonification"
)
_POINTS_DOMAINE = (_AVANT + pl.col("points_bonification")).alias("points")
_TAUX_DOMAINE = (
    (_MESURE_DOMAINE - pl.col("points")).alias("points_perdus"),
    _build_part(_AVANT, _MESURE_DOMAINE).alias("taux_avant_bonification"),
    _build_part(pl.col("points"), _MESURE_DOMAINE).alias("taux"),
    _build_part(pl.col("points"), _POIDS).alias("taux_min"),
    _build_part(pl.col("points") + pl.col("points_inconnus"), _POIDS).alias("taux_max"),
    (pl.col("points_inconnus") > 0).alias("partiel"),
    (_POIDS == 0).alias("neutralise"),
)
_SOMMES_ORGANISME = (
    pl.col("code_organisme").first(),
    _POIDS.sum(),
    pl.col("points", "points_perdus", "points_inconnus", "nb_manquants", "nb_neutralises").sum(),
)
_TAUX_ORGANISME = (
    pl.col("code_organisme"),
    _build_part(pl.col("points"), _MESURE_DOMAINE).alias("taux"),
    _build_part(pl.col("points"), _POIDS).alias("taux_min"),
    _build_part(pl.col("points") + pl.col("points_inconnus"), _POIDS).alias("taux_max"),
    pl.col("points", "points_perdus", "points_inconnus"),
    (pl.col("nb_manquants") > 0).alias("partiel"),
    pl.col("nb_manquants", "nb_neutralises"),
)
_COLONNES_DOMAINES = ("code_organisme", *(c for c in ScoreDomaine.__dataclass_fields__ if c != "notes"))
_COLONNES_INDICATEURS = (
    "code_organisme",
    *(c for c in ScoreIndicateur.__dataclass_fields__ if c not in {"notes", "cible"}),
)


def _check_bonifications(bonifications: pl.DataFrame, baremes: Sequence[Bareme]) -> pl.DataFrame:
    """Bonifications given as a frame: same refusals as those of one organisme."""
    for colonne in ("code_organisme", "domaine", "bonification"):
        if colonne not in bonifications.columns:
            raise ValueError(f"bonifications : colonne « {colonne} » absente")
    recu = bonifications.schema["bonification"]
    if recu != pl.Null and not recu.is_numeric():
        raise ValueError(f"bonifications : la colonne « bonification » doit contenir des nombres, pas {recu}")
    lues = bonifications.select("code_organisme", "domaine", pl.col("bonification").cast(pl.Float64))
    noms = sorted({d.nom for b in baremes for d in b.domaines})
    fautes = {
        "bonification d'un domaine inconnu du barème": ~pl.col("domaine").is_in(noms),
        "bonification négative ou impossible": ~pl.col("bonification").is_between(0, LIMITE),
        "deux bonifications du même domaine": pl.struct("code_organisme", "domaine").is_duplicated(),
    }
    for message, faute in fautes.items():
        fautives = lues.filter(faute)
        if fautives.height:
            raise ValueError(f"organisme {fautives['code_organisme'][0]} : {message} (« {fautives['domaine'][0]} »)")
    return lues


def _build_domaines(indicateurs: pl.DataFrame, bonifications: pl.DataFrame | None) -> pl.DataFrame:
    domaines = indicateurs.group_by("_o", "rang_domaine", maintain_order=True).agg(_SOMMES_DOMAINE)
    if bonifications is not None:
        domaines = domaines.join(
            bonifications, on=["code_organisme", "domaine"], how="left", maintain_order="left"
        ).with_columns(_BONIFICATION_DONNEE)
    return domaines.with_columns(_BONIFICATION).with_columns(_POINTS_DOMAINE).with_columns(_TAUX_DOMAINE)


def compute_scores(
    resultats: pl.DataFrame,
    bareme: Bareme | Sequence[Bareme],
    *,
    bonifications: pl.DataFrame | None = None,
) -> ScoresReseau:
    """Scores of many organismes in one vectorised pass: same rules and figures as :func:`compute_score`.

    Args:
        resultats: long frame, ``code_organisme`` plus the columns of :func:`compute_score`. With several barèmes, also
            ``type_organisme``, which picks the one of each organisme.
        bareme: one barème for all, or those of all the types present.
        bonifications: optional ``code_organisme``, ``domaine``, ``bonification`` (points of rate of the domaine),
            replacing the declared rule there.

    Returns:
        ``organismes`` (``code_organisme``, ``taux``, ``taux_min``, ``taux_max``, ``points``, ``points_perdus``,
        ``points_inconnus``, ``partiel``, ``nb_manquants``, ``nb_neutralises``), ``domaines`` and ``indicateurs`` (one
        row per organisme × domaine, × indicateur or component; columns named as in ``ScoreDomaine`` and
        ``ScoreIndicateur``). Rates in %, points on 100; organismes in order of appearance, the rest
        in the order of the barème.

    Raises:
        ValueError: as :func:`compute_score`; also an organisme of a type without barème.
    """
    baremes = [bareme] if isinstance(bareme, Bareme) else list(bareme)
    if not baremes:
        raise ValueError("aucun barème : le score ne peut pas être calculé")
    cles = ("code_organisme", "type_organisme") if len(baremes) > 1 else ("code_organisme",)
    lus = check_resultats(resultats, *cles)
    check_codes(set(lus["code_indicateur"].unique().to_list()), baremes)
    if bonifications is not None:
        bonifications = _check_bonifications(bonifications, baremes)
    base = _join_resultats(lus, baremes)
    neutres = base["statut"].is_in(sorted(NEUTRALISANTS))
    indicateurs = (
        _compute_poids_frame(
            _compute_taux_feuilles(base, _list_formes(baremes)),
            neutralises=bool(neutres.any()),
            composantes=bool((neutres & base["code_composite"].is_not_null()).any()),
        )
        .with_columns(_POINTS)
        .with_columns(_PERDUS)
    )
    domaines = _build_domaines(indicateurs, bonifications)
    organismes = domaines.group_by("_o", maintain_order=True).agg(_SOMMES_ORGANISME).select(_TAUX_ORGANISME)
    return ScoresReseau(organismes, domaines.select(_COLONNES_DOMAINES), indicateurs.select(_COLONNES_INDICATEURS))


def _list_formes(baremes: Sequence[Bareme]) -> frozenset[str]:
    return frozenset(forme for b in baremes for forme in build_feuilles(b)["forme"].unique())
