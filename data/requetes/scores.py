"""Local scores by organisme type: rows, printed means, classes, domaines, breakdown of the indicateurs.

Types are those of the 2023 note, in its order; « CPAM » there means CPAM and CCSS together.
"""

from __future__ import annotations

import polars as pl

from data.magasin import Lecture, par_version

SCORE = "taux_reussite_local"


@par_version
def list_scores(lecture: Lecture) -> pl.DataFrame:
    """Local score of every organisme, 2023.

    Columns: type_note, code_organisme, nom, nom_court, type_organisme, valeur (%), source, source_ligne, annee.
    Sorted by definition order.
    """
    return lecture.query(
        """
        SELECT CASE o.type_organisme WHEN 'CCSS' THEN 'CPAM' ELSE o.type_organisme END AS type_note,
               o.code_organisme, o.nom, o.nom_court, o.type_organisme, v.valeur, v.source, v.source_ligne,
               year(v.periode_debut)::BIGINT AS annee
        FROM mart_valeur v JOIN mart_organisme o ON o.code_organisme = v.code_entite
        WHERE v.code_indicateur = $score AND v.maille = 'organisme' AND v.mesure = 'resultat'
          AND v.granularite = 'annee' AND v.segment = 'ensemble' AND v.valeur IS NOT NULL
        QUALIFY v.periode_fin = max(v.periode_fin) OVER ()
        ORDER BY o.ordre
        """,
        {"score": SCORE},
    )


@par_version
def list_syntheses(lecture: Lecture) -> pl.DataFrame:
    """Printed mean, minimum and maximum of the local score, one row per type and year.

    Columns: type_note, annee, moyenne, minimum, maximum (%, null when not printed: a body alone in its
    type has neither minimum nor maximum), moyenne_liste (%, the mean printed under the list of organismes,
    to two decimals), source, ordre (that of the printed table). « france » is the whole network.
    """
    return lecture.query(
        """
        SELECT code_entite AS type_note, year(periode_debut)::BIGINT AS annee,
               max(valeur) FILTER (statistique = 'moyenne' AND segment = 'ensemble') AS moyenne,
               max(valeur) FILTER (statistique = 'minimum') AS minimum,
               max(valeur) FILTER (statistique = 'maximum') AS maximum,
               max(valeur) FILTER (segment = 'liste') AS moyenne_liste,
               min(source) AS source, min(source_rang) FILTER (segment = 'ensemble') AS ordre
        FROM mart_valeur
        WHERE code_indicateur = $score AND maille IN ('type_organisme', 'reseau') AND mesure = 'resultat'
        GROUP BY ALL
        ORDER BY ordre, annee
        """,
        {"score": SCORE},
    )


@par_version
def list_tranches(lecture: Lecture) -> pl.DataFrame:
    """Organismes per class of local score, as printed (CCSS apart, plus « TOTAL »).

    Columns: tranche (« [90,100[ »), ordre, type_organisme, nombre, source, source_ligne.
    """
    return lecture.query(
        """
        SELECT tranche, ordre, type_organisme, nombre, source, source_ligne
        FROM mart_tranche ORDER BY ordre, source_rang
        """
    )


@par_version
def list_domaines(lecture: Lecture, type_note: str) -> pl.DataFrame:
    """Printed weight and mean rate of each domaine of a type, then its score; one row per domaine.

    Columns: domaine, ordre, poids (points of 100), taux_2023, taux_2022 (%, null when not printed),
    contribution (points won in 2023, printed for the CNAM instead of a rate),
    bonification (the printed rate includes it), source, source_ligne, note.
    """
    return lecture.query(
        """
        SELECT domaine, ordre, max(poids) AS poids,
               max(taux_moyen) FILTER (annee = 2023) AS taux_2023,
               max(taux_moyen) FILTER (annee = 2022) AS taux_2022,
               max(contribution) FILTER (annee = 2023) AS contribution,
               bool_or(bonification) AS bonification, min(source) AS source, min(source_ligne) AS source_ligne,
               min(note) AS note
        FROM mart_domaine WHERE type_organisme = $type_note
        GROUP BY domaine, ordre ORDER BY ordre
        """,
        {"type_note": type_note},
    )


@par_version
def list_repartition(lecture: Lecture, type_note: str) -> pl.DataFrame:
    """How many organismes of a type reach 100 %, less, nothing or are neutralised, per indicateur, as printed.

    Columns: code_indicateur, titre_court, libelle, domaine, est_composante, ordre, nb_100, nb_inferieur_100,
    nb_nul, nb_neutralise (null = not printed), poids (points), taux_moyen, taux_moyen_precedent (%), source,
    source_ligne, note.
    """
    return lecture.query(
        """
        SELECT r.code_indicateur, i.titre_court, r.libelle, r.domaine, i.est_composante, r.ordre,
               r.nb_100, r.nb_inferieur_100, r.nb_nul, r.nb_neutralise,
               r.poids, r.taux_moyen, r.taux_moyen_precedent, r.source, r.source_ligne, r.note
        FROM mart_repartition r JOIN mart_indicateur i USING (code_indicateur)
        WHERE r.type_organisme = $type_note ORDER BY r.ordre
        """,
        {"type_note": type_note},
    )
