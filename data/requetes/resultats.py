"""Results of the part locale, ready for the score engine: value, rate, target and statut of each organisme."""

from __future__ import annotations

import polars as pl

from data.magasin import Lecture, par_version

ANNEE = 2023  # the year whose barème is published


@par_version
def list_resultats(lecture: Lecture, type_note: str, annee: int) -> pl.DataFrame:
    """Annual facts of every organisme of a type, with the target that applies to them.

    Published facts and targets win over simulated ones.

    Args:
        lecture: given by the cache.
        type_note: type as the note groups it (« CPAM » for CPAM and CCSS).
        annee: calendar year.

    Returns:
        One row per organisme × indicateur of the part locale (composites and components alike), in definition order:
        code_organisme, code_indicateur, valeur (unit of the indicateur), valeur_date, taux (0..1, as given by the
        facts), taux_reussite (0..1, only where valeur or objectif is lacking: what the engine must take as it is),
        numerateur, denominateur, statut, simulee (the result or its target is), source, note, socle, objectif,
        date_socle, date_objectif. These are the columns ``compute_score`` reads, and more.
    """
    return lecture.query(
        """
        WITH organisme AS (
            SELECT code_organisme, ordre FROM mart_organisme
            WHERE CASE type_organisme WHEN 'CCSS' THEN 'CPAM' ELSE type_organisme END = $type_note
        ),
        indicateur AS (
            SELECT code_indicateur, ordre FROM mart_indicateur
            WHERE referentiel = 'interessement' AND portee = 'locale' AND code_indicateur <> 'taux_reussite_local'
        ),
        cible AS (
            SELECT code_indicateur, socle, objectif, date_socle, date_objectif, nature FROM mart_cible
            WHERE referentiel = 'interessement' AND type_organisme = $type_note AND annee = $annee
              AND (objectif IS NOT NULL OR date_objectif IS NOT NULL)
            QUALIFY row_number() OVER (PARTITION BY code_indicateur ORDER BY nature) = 1
        ),
        retenu AS (
            SELECT * FROM mart_valeur
            WHERE referentiel = 'interessement' AND maille = 'organisme' AND granularite = 'annee'
              AND segment = 'ensemble' AND year(periode_debut) = $annee AND statistique NOT IN ('minimum', 'maximum')
            QUALIFY row_number() OVER (PARTITION BY code_entite, code_indicateur, mesure ORDER BY nature) = 1
        ),
        fait AS (
            SELECT v.code_entite AS code_organisme, v.code_indicateur,
                   max(v.valeur) FILTER (v.mesure = 'resultat') AS valeur,
                   max(v.valeur_date) FILTER (v.mesure = 'resultat') AS valeur_date,
                   max(v.valeur) FILTER (v.mesure = 'taux_reussite') / 100 AS taux,
                   max(v.numerateur) FILTER (v.mesure = 'resultat') AS numerateur,
                   max(v.denominateur) FILTER (v.mesure = 'resultat') AS denominateur,
                   coalesce(max(v.statut) FILTER (v.mesure = 'resultat'), max(v.statut)) AS statut,
                   bool_or(v.nature = 'simulee') AS simulee,
                   min(v.source) AS source, coalesce(max(v.note) FILTER (v.mesure = 'resultat'), max(v.note)) AS note
            FROM retenu v GROUP BY ALL
        )
        SELECT f.code_organisme, f.code_indicateur, f.valeur, f.valeur_date, f.taux,
               CASE WHEN (f.valeur IS NULL OR c.objectif IS NULL)
                     AND (f.valeur_date IS NULL OR c.date_objectif IS NULL) THEN f.taux END AS taux_reussite,
               f.numerateur, f.denominateur, f.statut,
               f.simulee OR (f.valeur IS NOT NULL AND coalesce(c.nature, '') = 'simulee') AS simulee,
               f.source, f.note, c.socle, c.objectif, c.date_socle, c.date_objectif
        FROM fait f JOIN organisme o USING (code_organisme) JOIN indicateur i USING (code_indicateur)
             LEFT JOIN cible c USING (code_indicateur)
        ORDER BY o.ordre, i.ordre
        """,
        {"type_note": type_note, "annee": annee},
    )


@par_version
def list_mois(lecture: Lecture, code_organisme: str) -> pl.DataFrame:
    """Monthly results of one organisme on the indicateurs of the part locale, in order of time.

    Columns: code_indicateur, mois (first day), valeur (unit of the indicateur, null when there is none), denominateur,
    statut, simulee.
    """
    return lecture.query(
        """
        SELECT v.code_indicateur, v.periode_debut AS mois, v.valeur, v.denominateur, v.statut,
               v.nature = 'simulee' AS simulee
        FROM mart_valeur v JOIN mart_indicateur i USING (code_indicateur)
        WHERE v.referentiel = 'interessement' AND i.portee = 'locale' AND v.maille = 'organisme'
          AND v.code_entite = $code AND v.granularite = 'mois' AND v.mesure = 'resultat' AND v.segment = 'ensemble'
        QUALIFY row_number() OVER (PARTITION BY v.code_indicateur, v.periode_debut ORDER BY v.nature) = 1
        ORDER BY i.ordre, v.periode_debut
        """,
        {"code": code_organisme},
    )


@par_version
def list_series(lecture: Lecture, type_note: str) -> pl.DataFrame:
    """Monthly results of every organisme of a type on the indicateurs of the part locale: those of :func:`list_mois`.

    Columns: code_organisme, code_indicateur, valeurs (list in order of time, null where there is none).
    """
    return lecture.query(
        """
        WITH organisme AS (
            SELECT code_organisme FROM mart_organisme
            WHERE CASE type_organisme WHEN 'CCSS' THEN 'CPAM' ELSE type_organisme END = $type_note
        ),
        mois AS (
            SELECT v.code_entite AS code_organisme, v.code_indicateur, v.periode_debut, v.valeur
            FROM mart_valeur v JOIN mart_indicateur i USING (code_indicateur)
                 JOIN organisme o ON o.code_organisme = v.code_entite
            WHERE v.referentiel = 'interessement' AND i.portee = 'locale' AND v.maille = 'organisme'
              AND v.granularite = 'mois' AND v.mesure = 'resultat' AND v.segment = 'ensemble'
            QUALIFY row_number() OVER (
                PARTITION BY v.code_entite, v.code_indicateur, v.periode_debut ORDER BY v.nature
            ) = 1
        )
        SELECT code_organisme, code_indicateur, list(valeur ORDER BY periode_debut) AS valeurs
        FROM mois GROUP BY ALL
        """,
        {"type_note": type_note},
    )


@par_version
def list_primes(lecture: Lecture) -> pl.DataFrame:
    """Score and primes of every organisme, as published for 2023, in definition order.

    Columns: code_organisme, type_organisme, type_note, nom, nom_court, codes_region, noms_region, codes_departement,
    noms_departement, score, taux_national (%), prime_locale, prime_nationale, prime_totale (€ per ETP), source,
    source_ligne.
    """
    return lecture.query(
        """
        WITH fait AS (
            SELECT code_entite AS code_organisme,
                   max(valeur) FILTER (code_indicateur = 'taux_reussite_local') AS score,
                   max(valeur) FILTER (code_indicateur = 'taux_reussite_national') AS taux_national,
                   max(valeur) FILTER (code_indicateur = 'prime_locale') AS prime_locale,
                   max(valeur) FILTER (code_indicateur = 'prime_nationale') AS prime_nationale,
                   max(valeur) FILTER (code_indicateur = 'prime_totale') AS prime_totale,
                   min(source) AS source, min(source_ligne) AS source_ligne
            FROM mart_valeur
            WHERE maille = 'organisme' AND mesure = 'resultat' AND granularite = 'annee' AND segment = 'ensemble'
              AND nature = 'publiee' AND year(periode_debut) = $annee
            GROUP BY ALL
        )
        SELECT o.code_organisme, o.type_organisme,
               CASE o.type_organisme WHEN 'CCSS' THEN 'CPAM' ELSE o.type_organisme END AS type_note,
               o.nom, o.nom_court, o.codes_region, o.noms_region, o.codes_departement, o.noms_departement,
               f.score, f.taux_national, f.prime_locale, f.prime_nationale, f.prime_totale, f.source, f.source_ligne
        FROM mart_organisme o LEFT JOIN fait f USING (code_organisme)
        ORDER BY o.ordre
        """,
        {"annee": ANNEE},
    )
