"""From the score to euros: eligible ETP, and the one multi-branch body the note details (CCSS de Mende)."""

from __future__ import annotations

import polars as pl

from data.magasin import Lecture, par_version


@par_version
def list_etp_organismes(lecture: Lecture, annee: int) -> dict[str, tuple[float, bool]]:
    """ETP of each organisme for a year: code -> (ETP, simulated). Published ones win."""
    frame = lecture.query(
        """
        SELECT code_entite, valeur, nature = 'simulee' AS simulee FROM mart_valeur
        WHERE code_indicateur = 'ctx_etp' AND maille = 'organisme' AND granularite = 'annee' AND segment = 'ensemble'
          AND mesure = 'resultat' AND year(periode_debut) = $annee AND valeur IS NOT NULL
        QUALIFY row_number() OVER (PARTITION BY code_entite ORDER BY nature) = 1
        """,
        {"annee": annee},
    )
    return {code: (valeur, simulee) for code, valeur, simulee in frame.iter_rows()}


@par_version
def list_lignes_grandeurs(lecture: Lecture) -> dict[str, str]:
    """Lines of the note behind each quantity of the network in its last year: code -> « 9-11 »."""
    frame = lecture.query(
        """
        SELECT code, source_ligne FROM mart_grandeur WHERE segment = 'ensemble'
        QUALIFY row_number() OVER (PARTITION BY code ORDER BY annee DESC) = 1
        """
    )
    return dict(frame.iter_rows())


@par_version
def list_branches_mende(lecture: Lecture) -> pl.DataFrame:
    """The computation of the CCSS de Mende as printed, one row per branch, then « TOTAL ».

    Columns: branche, etp, part (%), prime_nationale, prime_locale, prime_totale (€ per ETP, of the branch),
    prime_nationale_ponderee, prime_locale_ponderee, prime_totale_ponderee, notification (€), lignes (of the note).
    """
    return lecture.query(
        """
        WITH fait AS (
            SELECT CASE WHEN branche LIKE 'TOTAL%' THEN 'TOTAL' ELSE branche END AS branche, grandeur,
                   valeur::DOUBLE AS valeur, ligne, rang
            FROM brut.interessement_2023_ccss_mende
        )
        SELECT branche,
               max(valeur) FILTER (grandeur = 'effectif') AS etp,
               max(valeur) FILTER (grandeur = 'part_effectif') AS part,
               max(valeur) FILTER (grandeur = 'prime_nationale') AS prime_nationale,
               max(valeur) FILTER (grandeur = 'prime_locale') AS prime_locale,
               max(valeur) FILTER (grandeur = 'prime_totale') AS prime_totale,
               max(valeur) FILTER (grandeur = 'prime_nationale_ponderee') AS prime_nationale_ponderee,
               max(valeur) FILTER (grandeur = 'prime_locale_ponderee') AS prime_locale_ponderee,
               max(valeur) FILTER (grandeur = 'prime_totale_ponderee') AS prime_totale_ponderee,
               max(valeur) FILTER (grandeur = 'notification') AS notification,
               string_agg(DISTINCT ligne, ', ' ORDER BY ligne) AS lignes
        FROM fait GROUP BY branche ORDER BY min(rang)
        """
    )
