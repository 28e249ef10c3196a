"""Délais IJ: every published figure, every target, and the figures the documents do not date."""

from __future__ import annotations

from typing import Final

import polars as pl

from data.magasin import Lecture, par_version

INDICATEURS: Final = (
    "delai_premiere_ij_non_subrogee_cog_2014_2017",
    "delai_premiere_ij_maladie",
    "delai_premiere_ij_non_subrogee_cog_2018_2022",
    "delai_reglement_ij",
    "delai_traitement_ij_derogatoires",
    "delai_ij_ti_maladie",
    "delai_ij_ti_maternite",
    "delai_ij_ti_caisse",
    "delai_paiement_ij_d9",
    "delai_paiement_ij_d1_d3",
    "delai_ij_canal",
    "delai_ij_montant",
)
NUMEROS_COG: Final = (2, 3)  # COG 2023-2027: first IJ maladie, first IJ AT-MP
CODE_2014_2017: Final = INDICATEURS[0]

_DELAIS = """
    SELECT v.code_indicateur, i.titre, i.titre_court, i.unite, i.sens, v.maille, v.code_entite,
           coalesce(o.nom_court, 'France') AS entite, v.periode_debut, v.periode_fin, v.granularite, v.segment,
           i.statistique, v.valeur, v.borne_basse, v.borne_haute, v.valeur_imprimee, v.source, v.source_ligne, v.note
    FROM mart_valeur v
    JOIN mart_indicateur i USING (code_indicateur)
    LEFT JOIN mart_organisme o ON o.code_organisme = CASE v.maille WHEN 'organisme' THEN v.code_entite END
    WHERE v.nature = 'publiee' AND v.mesure = 'resultat' AND v.code_indicateur IN (SELECT unnest($codes))
    ORDER BY list_position($codes, v.code_indicateur), v.periode_debut, v.periode_fin, v.source_rang
"""

_CIBLES = """
    SELECT c.code_indicateur, i.numero, i.titre, c.annee, c.objectif, c.operateur, c.texte, c.source, c.source_ligne
    FROM mart_cible c
    JOIN mart_indicateur i USING (code_indicateur)
    WHERE c.nature = 'publiee' AND c.referentiel = 'cog_2023_2027' AND i.numero IN (SELECT unnest($numeros))
    UNION ALL BY NAME
    SELECT i.code_indicateur, i.numero, i.titre, CAST(f.cible_echeance AS BIGINT) AS annee,
           CAST(f.cible AS DOUBLE) AS objectif, NULL AS operateur, f.cible AS texte, f.document AS source,
           f.ligne AS source_ligne
    FROM (SELECT DISTINCT source_fichier, source_rang FROM mart_valeur WHERE code_indicateur = $code) v
    JOIN brut.cog_2014_2017_indicateurs f ON f.rang = v.source_rang
    JOIN mart_indicateur i ON i.code_indicateur = $code
    WHERE f.cible <> ''
    ORDER BY numero NULLS FIRST, annee
"""

_SANS_DATE = """
    WITH imprimes AS (
        SELECT 'igas_2018_2022_valeurs_indicateurs.csv' AS fichier, rang, indicateur, population, territoire, periode,
               valeur, unite, note, document AS source, ligne AS source_ligne
        FROM brut.igas_2018_2022_valeurs_indicateurs
        WHERE regexp_matches(indicateur, '^(objectif_)?delai_.*IJ')
        UNION ALL
        SELECT 'delais_ij_maladie_2013_2016.csv', rang, 'delai_moyen_reglement_1ere_IJ_maladie', '1re IJ maladie',
               'France', annee, delai_moyen, unite, note, document, ligne
        FROM brut.delais_ij_maladie_2013_2016
    )
    SELECT i.* EXCLUDE (fichier, rang)
    FROM imprimes i
    ANTI JOIN mart_valeur v ON v.source_fichier = i.fichier AND v.source_rang = i.rang
    ORDER BY i.source, i.rang
"""


@par_version
def list_delais(lecture: Lecture) -> pl.DataFrame:
    """Every dated délai IJ as printed, one row per figure, in the order of ``INDICATEURS`` then of time.

    Columns: code_indicateur, titre, titre_court, unite, sens, maille, code_entite, entite (« France » or the
    organisme's short name; groups keep « France »), periode_debut, periode_fin (inclusive), granularite, segment,
    statistique, valeur | borne_basse, borne_haute (days; a range has no valeur, an open one a single bound),
    valeur_imprimee, source (document), source_ligne, note.
    """
    return lecture.query(_DELAIS, {"codes": list(INDICATEURS)})


@par_version
def list_cibles(lecture: Lecture) -> pl.DataFrame:
    """Yearly targets: COG 2023-2027 n° 2 and n° 3, and the 2016 target of the COG 2014-2017.

    Columns: code_indicateur, numero (null before 2023), titre, annee, objectif (days), operateur, texte (as
    printed), source, source_ligne; ordered by number, then by year.
    """
    return lecture.query(_CIBLES, {"numeros": list(NUMEROS_COG), "code": CODE_2014_2017})


@par_version
def list_delais_sans_date(lecture: Lecture) -> pl.DataFrame:
    """Délais IJ printed without a usable date or number: they are listed, never drawn.

    Columns, all as printed: indicateur, population, territoire, periode, valeur, unite, note, source, source_ligne.
    """
    return lecture.query(_SANS_DATE)
