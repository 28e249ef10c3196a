"""Series of the six « services de base », by month or by week, for the network or one organisme."""

from __future__ import annotations

from typing import Final

import polars as pl

from data.magasin import Lecture, par_version

RISQUES_IJ: Final = ("maladie", "atmp")  # « 1re IJ AS et AT-MP »


@par_version
def list_resultats(lecture: Lecture, codes: tuple[str, ...], granularite: str) -> pl.DataFrame:
    """Results of some indicateurs over months or weeks, of the network and of every organisme.

    Where a file and the simulator both give one, the published or loaded value is kept.

    Args:
        lecture: given by the cache.
        codes: indicateurs.
        granularite: « mois » or « semaine » (ISO weeks).

    Returns:
        Columns code_indicateur, maille (« reseau », « organisme »), code_entite, debut (first day), valeur (unit of the
        indicateur, null when absent), numerateur, denominateur (null when unknown), nature, source; in the order of
        time.
    """
    return lecture.query(
        """
        SELECT code_indicateur, maille, code_entite, periode_debut AS debut, valeur, numerateur, denominateur, nature,
               source
        FROM mart_valeur
        WHERE list_contains($codes, code_indicateur) AND granularite = $granularite AND segment = 'ensemble'
          AND mesure = 'resultat' AND maille IN ('reseau', 'organisme')
          AND statistique NOT IN ('minimum', 'maximum')
        QUALIFY row_number() OVER (PARTITION BY code_indicateur, maille, code_entite, periode_debut ORDER BY nature) = 1
        ORDER BY debut, code_entite
        """,
        {"codes": list(codes), "granularite": granularite},
    )


@par_version
def list_annuels_reseau(lecture: Lecture, codes: tuple[str, ...]) -> pl.DataFrame:
    """Yearly figures of the network on some indicateurs, oldest first.

    Columns: code_indicateur, annee, valeur, socle, objectif (unit of the indicateur), nature, source.
    """
    return lecture.query(
        """
        SELECT v.code_indicateur, year(v.periode_debut)::BIGINT AS annee, v.valeur, c.socle, c.objectif, v.nature,
               v.source
        FROM mart_valeur v
        LEFT JOIN mart_cible c ON c.code_indicateur = v.code_indicateur AND c.annee = year(v.periode_debut)
            AND c.type_organisme = 'reseau'
        WHERE list_contains($codes, v.code_indicateur) AND v.granularite = 'annee' AND v.segment = 'ensemble'
          AND v.mesure = 'resultat' AND v.maille = 'reseau' AND v.valeur IS NOT NULL
        ORDER BY annee
        """,
        {"codes": list(codes)},
    )


@par_version
def list_objectifs(lecture: Lecture, codes: tuple[str, ...]) -> pl.DataFrame:
    """Targets of some indicateurs: code_indicateur, type_organisme (« CPAM » holds for the CCSS), annee, objectif."""
    return lecture.query(
        """
        SELECT code_indicateur, type_organisme, annee, objectif FROM mart_cible
        WHERE list_contains($codes, code_indicateur) AND objectif IS NOT NULL
        QUALIFY row_number() OVER (PARTITION BY code_indicateur, type_organisme, annee ORDER BY nature) = 1
        ORDER BY code_indicateur, type_organisme, annee
        """,
        {"codes": list(codes)},
    )


@par_version
def list_ij_reseau(lecture: Lecture) -> pl.DataFrame:
    """Mean délai of the first IJ of employees, not subrogated, AS and AT-MP together: exact, days over files.

    Columns: debut (first day of the month), valeur (days), numerateur (days), denominateur (files), nature; in the
    order of time.
    """
    return lecture.query(
        """
        SELECT mois AS debut, sum(somme_jours)::DOUBLE / sum(nombre) AS valeur, sum(somme_jours)::DOUBLE AS numerateur,
               sum(nombre)::DOUBLE AS denominateur, max(nature) AS nature
        FROM mart_delai_ij_reseau
        WHERE regime = 'TS' AND subrogation = 'non' AND list_contains($risques, risque)
        GROUP BY mois HAVING sum(nombre) > 0 ORDER BY mois
        """,
        {"risques": list(RISQUES_IJ)},
    )


@par_version
def list_ij_caisse(lecture: Lecture, organisme: str) -> pl.DataFrame:
    """The same for one caisse: same columns."""
    return lecture.query(
        """
        SELECT mois AS debut, sum(moyenne * nombre) / sum(nombre) AS valeur, sum(moyenne * nombre) AS numerateur,
               sum(nombre)::DOUBLE AS denominateur, max(nature) AS nature
        FROM mart_delai_ij_caisse
        WHERE code_organisme = $organisme AND regime = 'TS' AND subrogation = 'non'
          AND list_contains($risques, risque)
        GROUP BY mois HAVING sum(nombre) > 0 ORDER BY mois
        """,
        {"organisme": organisme, "risques": list(RISQUES_IJ)},
    )
