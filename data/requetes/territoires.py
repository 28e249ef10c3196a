"""Territories: their values for one indicateur, their caisses, and the web layers they are drawn with."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from data.chemins import get_geo, get_var
from data.magasin import Lecture, par_version

# Indicateurs that can be mapped, in the order of the page.
INDICATEURS: Final = ("taux_reussite_local", "couverture_population_cpts", "part_population_zip", "part_population_zac")
COUCHES: Final = {"region": "regions", "departement": "departements", "caisse": "caisses"}

# Facts of one indicateur over one period, all mailles; bounds by type are not values of a body.
_FAITS = """
    faits AS (
        SELECT maille, code_entite, valeur, numerateur, denominateur, statut, source, nature
        FROM mart_valeur
        WHERE code_indicateur = $indicateur AND periode_debut = $debut AND periode_fin = $fin
          AND mesure = 'resultat' AND segment = 'ensemble'
          AND statistique NOT IN ('minimum', 'maximum')
    )
"""

_CAISSES = """
    caisses AS (
        SELECT o.code_organisme AS code, o.nom, o.ordre, o.type_organisme, o.codes_region[1] AS region,
               o.codes_departement[1] AS departement
        FROM mart_organisme o
        WHERE o.type_organisme IN ('CPAM', 'CCSS', 'CGSS', 'CSS')
    )
"""


@dataclass(frozen=True)
class Periode:
    """A span of days, both included."""

    debut: dt.date
    fin: dt.date


@dataclass(frozen=True)
class France:
    """The value for the whole network.

    valeur: in the indicateur's unit, None when unknown. est_moyenne: simple mean of the caisses, else the fact
    itself.
    """

    valeur: float | None
    est_moyenne: bool


@par_version
def list_periodes(lecture: Lecture, indicateur: str) -> tuple[Periode, ...]:
    """Periods over which an indicateur is known by caisse, oldest first."""
    frame = lecture.query(
        """
        SELECT DISTINCT periode_debut, periode_fin FROM mart_valeur
        WHERE code_indicateur = $indicateur AND maille = 'organisme'
        ORDER BY periode_fin
        """,
        {"indicateur": indicateur},
    )
    return tuple(Periode(debut, fin) for debut, fin in frame.iter_rows())


@par_version
def list_territoires(lecture: Lecture, niveau: str) -> pl.DataFrame:
    """Territories of a level in the order of the web layer: the row number is the ``id`` of the feature.

    Columns: code, nom.
    """
    return lecture.query(
        "SELECT code, nom FROM mart_territoire WHERE niveau = $niveau ORDER BY code", {"niveau": niveau}
    )


@par_version
def list_valeurs(lecture: Lecture, indicateur: str, niveau: str, periode: Periode) -> pl.DataFrame:
    """Value of each territory of a level, in the order of the web layer (:func:`list_territoires`).

    Where the indicateur has facts at that level they are given as they are; otherwise the value of a territory
    is the simple mean of its caisses (``est_moyenne``).

    Columns: code, nom, nom_parent (null for a région), population (inhabitants, may be null), approche (Boolean),
    nb_caisses, nb_valeurs (caisses with a value), est_moyenne, valeur (unit of the indicateur, null without value),
    numerateur, denominateur (inhabitants, null when the fact has none), statut, source, nature, rang_haut and
    rang_bas (1 = highest, 1 = lowest, equal values share a rank, null without value).
    """
    return lecture.query(
        f"""
        WITH {_FAITS}, {_CAISSES},
        appartenances AS (
            SELECT code AS caisse,
                   CASE $niveau WHEN 'caisse' THEN code WHEN 'departement' THEN departement ELSE region END AS code
            FROM caisses
        ),
        moyennes AS (
            SELECT a.code, count(*) AS nb_caisses, count(f.valeur) AS nb_valeurs, avg(f.valeur) AS valeur,
                   CASE WHEN count(f.valeur) > 0 THEN 'publie' ELSE coalesce(min(f.statut), 'non_fourni') END AS statut,
                   min(f.source) AS source, max(f.nature) AS nature
            FROM appartenances a LEFT JOIN faits f ON f.maille = 'organisme' AND f.code_entite = a.caisse
            GROUP BY a.code
        ),
        directs AS (
            SELECT * FROM faits WHERE maille = CASE $niveau WHEN 'caisse' THEN 'organisme' ELSE $niveau END
        ),
        choix AS (SELECT NOT exists(FROM directs) AS est_moyenne),
        resultats AS (
            SELECT t.code, t.nom, p.nom AS nom_parent, t.population, t.approche,
                   coalesce(m.nb_caisses, 0) AS nb_caisses, coalesce(m.nb_valeurs, 0) AS nb_valeurs, c.est_moyenne,
                   CASE WHEN c.est_moyenne THEN m.valeur ELSE d.valeur END AS valeur,
                   d.numerateur, d.denominateur,
                   coalesce(CASE WHEN c.est_moyenne THEN m.statut ELSE d.statut END, 'non_fourni') AS statut,
                   CASE WHEN c.est_moyenne THEN m.source ELSE d.source END AS source,
                   CASE WHEN c.est_moyenne THEN m.nature ELSE d.nature END AS nature
            FROM mart_territoire t
            CROSS JOIN choix c
            LEFT JOIN mart_territoire p
                ON p.code = t.code_parent
                AND p.niveau = CASE t.niveau WHEN 'caisse' THEN 'departement' ELSE 'region' END
            LEFT JOIN moyennes m ON m.code = t.code
            LEFT JOIN directs d ON d.code_entite = t.code
            WHERE t.niveau = $niveau
        )
        SELECT *,
               CASE WHEN valeur IS NOT NULL THEN rank() OVER (ORDER BY valeur DESC NULLS LAST) END AS rang_haut,
               CASE WHEN valeur IS NOT NULL THEN rank() OVER (ORDER BY valeur ASC NULLS LAST) END AS rang_bas
        FROM resultats
        ORDER BY code
        """,  # noqa: S608 - constants of this module
        {"indicateur": indicateur, "debut": periode.debut, "fin": periode.fin, "niveau": niveau},
    )


@par_version
def get_france(lecture: Lecture, indicateur: str, periode: Periode) -> France:
    """Value of the whole network, built as the values of the territories are, so that they compare.

    An indicateur known by département has its own fact for the network (the published one before the simulated
    one). One known by organisme only has the simple mean of the caisses: the mean that a document prints for the
    network counts bodies that are no caisse (see :func:`list_moyennes_imprimees`).
    """
    valeur, est_moyenne = lecture.query(
        f"""
        WITH {_FAITS}, {_CAISSES}
        SELECT valeur, false AS est_moyenne, nature FROM faits
        WHERE maille = 'reseau' AND exists(FROM faits WHERE maille = 'departement')
        UNION ALL
        SELECT avg(f.valeur), true, NULL
        FROM faits f JOIN caisses c ON f.maille = 'organisme' AND f.code_entite = c.code
        ORDER BY est_moyenne, nature
        LIMIT 1
        """,  # noqa: S608 - constants of this module
        {"indicateur": indicateur, "debut": periode.debut, "fin": periode.fin},
    ).row(0)[:2]
    return France(valeur, est_moyenne)


@par_version
def list_moyennes_imprimees(lecture: Lecture, indicateur: str, periode: Periode) -> pl.DataFrame:
    """Means printed by type of caisse and for the whole network.

    Columns: type_organisme (« CPAM » for CPAM and CCSS, « reseau » for all bodies, types that are no caisse
    included), valeur (unit of the indicateur). Empty when the indicateur has facts by département.
    """
    return lecture.query(
        f"""
        WITH {_FAITS}
        SELECT CASE maille WHEN 'reseau' THEN maille ELSE code_entite END AS type_organisme, valeur FROM faits
        WHERE (maille = 'reseau' OR (maille = 'type_organisme' AND code_entite IN ('CPAM', 'CGSS', 'CSS')))
          AND valeur IS NOT NULL AND NOT exists(FROM faits WHERE maille = 'departement')
        ORDER BY list_position(['CPAM', 'CGSS', 'CSS', 'reseau'], type_organisme)
        """,  # noqa: S608 - constants of this module
        {"indicateur": indicateur, "debut": periode.debut, "fin": periode.fin},
    )


@par_version
def list_caisses(lecture: Lecture, indicateur: str, niveau: str, code: str, periode: Periode) -> pl.DataFrame:
    """Caisses of a territory with their value.

    Columns: code, nom, valeur (unit of the indicateur, null without value), in the order of the network.
    """
    return lecture.query(
        f"""
        WITH {_FAITS}, {_CAISSES}
        SELECT c.code, c.nom, f.valeur
        FROM caisses c LEFT JOIN faits f ON f.maille = 'organisme' AND f.code_entite = c.code
        WHERE CASE $niveau WHEN 'caisse' THEN c.code WHEN 'departement' THEN c.departement ELSE c.region END = $code
        ORDER BY c.ordre
        """,  # noqa: S608 - constants of this module
        {
            "indicateur": indicateur,
            "debut": periode.debut,
            "fin": periode.fin,
            "niveau": niveau,
            "code": code,
        },
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
