"""État du réseau: headline figures, national indicators, what is missing, freshness by source."""

from __future__ import annotations

import polars as pl

from data.magasin import Lecture, par_version


@par_version
def list_grandeurs(lecture: Lecture) -> dict[tuple[str, int], float]:
    """Network-wide quantities of the intéressement: (code, year) -> value, units as in ``mart_grandeur``."""
    frame = lecture.query("SELECT code, annee, valeur FROM mart_grandeur WHERE segment = 'ensemble'")
    return {(code, annee): valeur for code, annee, valeur in frame.iter_rows()}


@par_version
def get_moyennes_reseau(lecture: Lecture) -> dict[str, float]:
    """Network means as printed: code of the indicateur and year (« taux_reussite_local 2023 ») -> value."""
    frame = lecture.query(
        """
        SELECT code_indicateur || ' ' || year(periode_debut) AS cle, valeur
        FROM mart_valeur
        WHERE maille = 'reseau' AND statistique = 'moyenne' AND mesure = 'resultat' AND segment = 'ensemble'
          AND code_indicateur IN ('taux_reussite_local', 'prime_locale', 'taux_reussite_global')
        """
    )
    return dict(frame.iter_rows())


@par_version
def list_taux_nationaux(lecture: Lecture) -> dict[int, float]:
    """Rate of the part nationale as printed, by year (%)."""
    frame = lecture.query(
        """
        SELECT annee, taux_moyen FROM mart_domaine
        WHERE type_organisme = 'reseau' AND domaine ILIKE 'taux de réussite global%'
        """
    )
    return dict(frame.iter_rows())


@par_version
def list_part_nationale(lecture: Lecture) -> pl.DataFrame:
    """The national indicators in the order of the note.

    Columns: code_indicateur, titre, titre_court, domaine, unite, sens, statistique, statut, socle, objectif,
    date_socle, date_objectif, texte (thresholds as printed), resultat, date_resultat, taux (%), poids
    (points of 100), source_ligne, note.
    """
    return lecture.query(
        """
        SELECT c.code_indicateur, i.titre, i.titre_court, i.domaine, i.unite, i.sens, i.statistique, r.statut,
               c.socle, c.objectif, c.date_socle, c.date_objectif, c.texte,
               r.valeur AS resultat, r.valeur_date AS date_resultat, t.valeur AS taux, c.poids,
               c.source_ligne, c.note
        FROM mart_cible c
        JOIN mart_indicateur i USING (code_indicateur)
        LEFT JOIN mart_valeur r ON r.code_indicateur = c.code_indicateur AND r.mesure = 'resultat'
            AND r.maille = 'reseau' AND r.granularite = 'annee'
        LEFT JOIN mart_valeur t ON t.code_indicateur = c.code_indicateur AND t.mesure = 'taux_reussite'
            AND t.maille = 'reseau' AND t.granularite = 'annee'
        WHERE c.referentiel = 'interessement' AND c.type_organisme = 'reseau'
        ORDER BY c.source_rang
        """
    )


@par_version
def list_neutralises(lecture: Lecture) -> pl.DataFrame:
    """Local indicators with neutralised or nil organismes: type_organisme, titre_court, nb_neutralise, nb_nul."""
    return lecture.query(
        """
        SELECT r.type_organisme, i.titre_court, coalesce(r.nb_neutralise, 0) AS nb_neutralise,
               coalesce(r.nb_nul, 0) AS nb_nul
        FROM mart_repartition r JOIN mart_indicateur i USING (code_indicateur)
        WHERE coalesce(r.nb_neutralise, 0) > 0
        ORDER BY r.ordre
        """
    )


@par_version
def list_rejets(lecture: Lecture) -> pl.DataFrame:
    """Rows refused at loading: fichier, rang, colonne, valeur, regle, motif, remede."""
    return lecture.query("SELECT * FROM mart_rejet ORDER BY fichier, rang")


@par_version
def list_sources(lecture: Lecture) -> pl.DataFrame:
    """Facts per document: source, nature, valeurs, premiere (date), derniere (date)."""
    return lecture.query(
        """
        SELECT source, nature, count(*) AS valeurs, min(periode_debut) AS premiere, max(periode_fin) AS derniere
        FROM mart_valeur GROUP BY source, nature ORDER BY nature, source
        """
    )
