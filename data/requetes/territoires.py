"""Territories: their values for one indicateur, their caisses, and the web layers they are drawn with."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from data.calculs.ensemble import QUANTILES, Regle, choose_regle_territoire, compute_ensemble
from data.calculs.territoires import build_valeurs, find_periode_reelle
from data.catalogue import load_catalogue
from data.chemins import get_geo, get_var
from data.magasin import Lecture, par_version
from data.modele import Statut

# The map shown first.
INDICATEUR_PAR_DEFAUT: Final = "taux_reussite_local"
# Levels from the finest: the web layer each is drawn with.
COUCHES: Final = {"region": "regions", "departement": "departements", "caisse": "caisses"}
_MAILLES: Final = {"region": "region", "departement": "departement", "caisse": "organisme"}
# What can make the figure of a coarser level, in the order it is looked for.
_SOURCES: Final = {"region": ("organisme", "departement"), "departement": ("organisme",), "caisse": ()}
# Types whose mean a document may print, in the order they are written.
_TYPES_IMPRIMES: Final = ["CPAM", "CGSS", "CSS", "reseau"]

# Caisses have a territory; CCSS are printed with the CPAM and carry « CPAM ».
_CAISSES = """
    SELECT o.code_organisme AS code, o.nom, o.ordre, o.codes_region[1] AS region,
           o.codes_departement[1] AS departement,
           CASE o.type_organisme WHEN 'CCSS' THEN 'CPAM' ELSE o.type_organisme END AS type_note
    FROM mart_organisme o
    WHERE o.type_organisme IN ('CPAM', 'CCSS', 'CGSS', 'CSS')
"""


@dataclass(frozen=True)
class Periode:
    """A span of days, both included."""

    debut: dt.date
    fin: dt.date


@dataclass(frozen=True)
class Reference:
    """The value all territories are read against.

    ``valeur``: in the indicateur's unit, None when unknown. ``regle``: how it is made of ``effectif`` territories of
    ``niveau``; None for the fact of the whole network.
    """

    valeur: float | None
    regle: Regle | None = None
    effectif: int = 0
    niveau: str = "caisse"


@par_version
def _list_presences(lecture: Lecture) -> pl.DataFrame:
    """Periods over which two territories of a maille at least have a value.

    Weeks are followed elsewhere: too many to choose from, and too noisy for a map. A category is no quantity.

    Columns: code_indicateur, maille (« organisme » for the caisses only), periode_debut, periode_fin, effectif
    (territories with a value), reels (those whose value is not simulated); in definition order, then the oldest first,
    a year after its last month.
    """
    return lecture.query(
        f"""
        WITH caisses AS ({_CAISSES})
        SELECT i.code_indicateur, v.maille, v.periode_debut, v.periode_fin, count(DISTINCT v.code_entite) AS effectif,
               count(DISTINCT v.code_entite) FILTER (WHERE v.nature <> 'simulee') AS reels
        FROM mart_valeur v JOIN mart_indicateur i USING (code_indicateur)
        WHERE v.mesure = 'resultat' AND v.segment = 'ensemble' AND v.valeur IS NOT NULL
          AND v.granularite <> 'semaine' AND i.statistique <> 'categorie'
          AND v.statistique NOT IN ('minimum', 'maximum')
          AND (v.maille IN ('departement', 'region')
               OR (v.maille = 'organisme' AND v.code_entite IN (SELECT code FROM caisses)))
        GROUP BY i.code_indicateur, i.ordre, v.maille, v.periode_debut, v.periode_fin
        HAVING count(DISTINCT v.code_entite) > 1
        ORDER BY i.ordre, v.periode_fin, v.periode_debut DESC
        """  # noqa: S608 - constants of this module
    )


def list_indicateurs() -> tuple[str, ...]:
    """Codes of the indicateurs that can be mapped, in definition order."""
    return tuple(_list_presences()["code_indicateur"].unique(maintain_order=True))


@par_version
def list_niveaux(_lecture: Lecture, indicateur: str) -> tuple[str, ...]:
    """Levels at which an indicateur can be mapped, from the coarsest.

    A level has its own facts, or its figure can be made of its caisses (else of its départements). A quantile cannot.
    """
    mailles = set(_list_presences().filter(code_indicateur=indicateur)["maille"])
    agregeable = load_catalogue().get_indicateur(indicateur).statistique not in QUANTILES
    return tuple(
        niveau
        for niveau in COUCHES
        if _MAILLES[niveau] in mailles or (agregeable and not mailles.isdisjoint(_SOURCES[niveau]))
    )


@par_version
def list_periodes(_lecture: Lecture, indicateur: str, niveau: str) -> tuple[Periode, ...]:
    """Periods over which an indicateur is known at a level or can be made, oldest first; a year after its last month.

    Empty at a level it cannot be mapped at (see :func:`list_niveaux`).
    """
    if niveau not in list_niveaux(indicateur):
        return ()
    periodes = _select_presences(indicateur, niveau).select("periode_debut", "periode_fin").unique(maintain_order=True)
    return tuple(Periode(debut, fin) for debut, fin in periodes.iter_rows())


def _select_presences(indicateur: str, niveau: str) -> pl.DataFrame:
    """Rows of :func:`_list_presences` that a level is drawn from."""
    mailles = (_MAILLES[niveau], *_SOURCES[niveau])
    return _list_presences().filter(pl.col("maille").is_in(mailles), code_indicateur=indicateur)


@par_version
def get_periode_par_defaut(_lecture: Lecture, indicateur: str, niveau: str) -> Periode | None:
    """The period a map opens on: real facts come before simulated ones, then the latest first.

    See :func:`data.calculs.territoires.find_periode_reelle`; None at a level the indicateur cannot be mapped at.
    """
    reelle = find_periode_reelle(_select_presences(indicateur, niveau))
    return Periode(*reelle) if reelle else next(reversed(list_periodes(indicateur, niveau)), None)


@par_version
def _list_caisses(lecture: Lecture) -> pl.DataFrame:
    """Caisses in the order of the network. Columns: code, nom, ordre, region, departement (codes), type_note."""
    return lecture.query(f"{_CAISSES} ORDER BY o.ordre")


@par_version
def _list_types(lecture: Lecture, indicateur: str) -> tuple[str, ...]:
    """Types of caisses that have the indicateur, over any period."""
    frame = lecture.query(
        f"""
        SELECT DISTINCT c.type_note FROM mart_valeur v
        JOIN ({_CAISSES}) c ON v.maille = 'organisme' AND v.code_entite = c.code
        WHERE v.code_indicateur = $indicateur AND v.mesure IN ('resultat', 'taux_reussite')
        """,  # noqa: S608 - constants of this module
        {"indicateur": indicateur},
    )
    return tuple(frame["type_note"])


@par_version
def _list_faits(lecture: Lecture, indicateur: str, periode: Periode) -> pl.DataFrame:
    """Facts of an indicateur over a period, all mailles; bounds by type are not values of a body.

    Where a document and the simulator both give one, the published value is kept.

    Columns: maille, code, valeur, numerateur, denominateur, statut, source, nature.
    """
    return lecture.query(
        """
        SELECT maille, code_entite AS code, valeur, numerateur, denominateur, statut, source, nature
        FROM mart_valeur
        WHERE code_indicateur = $indicateur AND periode_debut = $debut AND periode_fin = $fin
          AND mesure = 'resultat' AND segment = 'ensemble' AND statistique NOT IN ('minimum', 'maximum')
        QUALIFY row_number() OVER (PARTITION BY maille, code_entite ORDER BY nature, granularite) = 1
        ORDER BY maille, code_entite
        """,
        {"indicateur": indicateur, "debut": periode.debut, "fin": periode.fin},
    )


@par_version
def list_territoires(lecture: Lecture, niveau: str) -> pl.DataFrame:
    """Territories of a level in the order of the web layer: the row number is the ``id`` of the feature.

    Columns: code, nom, code_parent, nom_parent (null for a région), population (inhabitants, may be null), approche
    (Boolean), nb_caisses.
    """
    return lecture.query(
        f"""
        WITH caisses AS ({_CAISSES})
        SELECT t.code, t.nom, t.code_parent, p.nom AS nom_parent, t.population, t.approche,
               (SELECT count(*) FROM caisses c
                WHERE CASE t.niveau WHEN 'caisse' THEN c.code WHEN 'departement' THEN c.departement ELSE c.region END
                      = t.code) AS nb_caisses
        FROM mart_territoire t
        LEFT JOIN mart_territoire p
            ON p.code = t.code_parent AND p.niveau = CASE t.niveau WHEN 'caisse' THEN 'departement' ELSE 'region' END
        WHERE t.niveau = $niveau
        ORDER BY t.code
        """,  # noqa: S608 - constants of this module
        {"niveau": niveau},
    )


@par_version
def list_valeurs(_lecture: Lecture, indicateur: str, niveau: str, periode: Periode) -> pl.DataFrame:
    """Value of each territory of a level, in the order of the web layer (:func:`list_territoires`).

    Where the indicateur has facts at that level they are given as they are; otherwise the value of a territory is made
    of its caisses, else of its départements (``data.calculs.ensemble.choose_regle_territoire``). A caisse whose type
    does not have the indicateur is « sans_objet ».

    Columns: those of :func:`list_territoires`, then nb_membres (bodies or territories a value is made of), nb_valeurs
    (those with a value), regle (how, null for facts), valeur (unit of the indicateur, null without value), numerateur,
    denominateur (null unless all have one), statut, source, nature, rang_haut and rang_bas (1 = highest, 1 = lowest,
    equal values share a rank, null without value).
    """
    membres, regle, _ = _list_membres(indicateur, niveau, periode)
    return build_valeurs(list_territoires(niveau), membres, regle)


@par_version
def _list_membres(
    _lecture: Lecture, indicateur: str, niveau: str, periode: Periode
) -> tuple[pl.DataFrame, Regle | None, str]:
    """What makes each territory of a level (see ``build_valeurs``), how, and the level of these members."""
    faits = _list_faits(indicateur, periode)
    presentes = set(faits["maille"])
    propre = _MAILLES[niveau]
    if propre in presentes or not _SOURCES[niveau]:
        return _select_membres(indicateur, faits, niveau, propre), None, niveau
    maille = next((m for m in _SOURCES[niveau] if m in presentes), _SOURCES[niveau][0])
    membres = _select_membres(indicateur, faits, niveau, maille)
    definition = load_catalogue().get_indicateur(indicateur)
    regle = choose_regle_territoire(membres, definition.statistique, cumulable=definition.cumulable)
    return membres, regle, "caisse" if maille == "organisme" else maille


def _select_membres(indicateur: str, faits: pl.DataFrame, niveau: str, maille: str) -> pl.DataFrame:
    """Facts of a maille by the territory of a level they belong to; every caisse has a row, with or without fact."""
    du_niveau = faits.filter(maille=maille).drop("maille")
    if maille == _MAILLES[niveau] and maille != "organisme":
        return du_niveau
    if maille == "departement":
        parents = list_territoires("departement").select("code", "code_parent")
        return du_niveau.join(parents, on="code").drop("code").rename({"code_parent": "code"})
    sans_fait = pl.when(pl.col("type_note").is_in(_list_types(indicateur))).then(pl.lit(Statut.NON_FOURNI.value))
    return (
        _list_caisses()
        .join(du_niveau, on="code", how="left", maintain_order="left")
        .select(
            pl.col("code" if niveau == "caisse" else niveau).alias("code"),
            "valeur",
            "numerateur",
            "denominateur",
            pl.coalesce("statut", sans_fait.otherwise(pl.lit(Statut.SANS_OBJET.value))),
            "source",
            "nature",
        )
    )


@par_version
def get_reference(_lecture: Lecture, indicateur: str, niveau: str, periode: Periode) -> Reference:
    """Value of the whole network, built as the values of the territories are, so that they compare.

    An indicateur known by département or région has its own fact for the network (the published one before the
    simulated one). Otherwise the figure is made of the caisses (or départements) as that of a territory is; the median
    for a quantile, the mean of the territories shown for what adds up. The mean that a document prints for the network
    counts bodies that are no caisse (see :func:`list_moyennes_imprimees`).
    """
    membres, _, source = _list_membres(indicateur, niveau, periode)
    definition = load_catalogue().get_indicateur(indicateur)
    regle = choose_regle_territoire(membres, definition.statistique, cumulable=definition.cumulable) or Regle.MEDIANE
    if regle is Regle.SOMME:
        presentes = list_valeurs(indicateur, niveau, periode).select("valeur").drop_nulls()
        return Reference(presentes.mean().item(), Regle.SOMME, presentes.height, niveau)
    faits = _list_faits(indicateur, periode)
    if not {"departement", "region"}.isdisjoint(faits["maille"]):
        reseau = faits.filter(pl.col("valeur").is_not_null(), maille="reseau")
        if reseau.height:
            return Reference(reseau["valeur"][0])
    tout = compute_ensemble(membres.with_columns(reseau=pl.lit("")), ["reseau"], regle).row(0, named=True)
    return Reference(tout["valeur"], regle, tout["effectif"], source)


def list_moyennes_imprimees(indicateur: str, periode: Periode) -> pl.DataFrame:
    """Means printed by type of caisse and for the whole network.

    Columns: type_organisme (« CPAM » for CPAM and CCSS, « reseau » for all bodies, types that are no caisse
    included), valeur (unit of the indicateur). Empty when the indicateur has facts by département.
    """
    faits = _list_faits(indicateur, periode)
    if "departement" in faits["maille"]:
        faits = faits.clear()
    types = faits.filter(maille="type_organisme").select(pl.col("code").alias("type_organisme"), "valeur")
    reseau = faits.filter(maille="reseau").select(pl.lit("reseau").alias("type_organisme"), "valeur")
    ordre = pl.Enum(_TYPES_IMPRIMES)
    return (
        pl.concat([types, reseau])
        .filter(pl.col("type_organisme").is_in(_TYPES_IMPRIMES), pl.col("valeur").is_not_null())
        .sort(pl.col("type_organisme").cast(ordre, strict=False))
    )


def list_caisses(indicateur: str, niveau: str, code: str, periode: Periode) -> pl.DataFrame:
    """Caisses of a territory with their value.

    Columns: code, nom, valeur (unit of the indicateur, null without value), in the order of the network.
    """
    faits = _list_faits(indicateur, periode).filter(maille="organisme").select("code", "valeur")
    return (
        _list_caisses()
        .filter(pl.col("code" if niveau == "caisse" else niveau) == code)
        .select("code", "nom")
        .join(faits, on="code", how="left", maintain_order="left")
    )


@par_version
def get_emprise(lecture: Lecture) -> tuple[float, float, float, float]:
    """West, south, east and north bounds of the web layers, insets included, in degrees."""
    ouest, sud, est, nord = _read_geo(lecture, "manifeste.json")["emprise"]
    return ouest, sud, est, nord


@par_version
def read_couche(lecture: Lecture, couche: str) -> dict[str, Any]:
    """A web layer as GeoJSON: ``regions``, ``departements``, ``caisses`` or ``cadres``. Shared: never change it."""
    return _read_geo(lecture, f"{couche}.json")


def _read_geo(lecture: Lecture, fichier: str) -> dict[str, Any]:
    empreinte = lecture.query("SELECT empreinte_geo FROM mart_publication").item()
    contenu: dict[str, Any] = json.loads((get_geo(get_var()) / empreinte / fichier).read_bytes())
    return contenu
