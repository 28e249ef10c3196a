"""What is held: freshness by indicateur and organisme, nature of the facts, rejects."""

from __future__ import annotations

import polars as pl

from data.magasin import Lecture, par_version

# A fact that says something: a figure, a range or a date. A « non fourni » does not.
_CHIFFRE = "coalesce(valeur, borne_basse, borne_haute) IS NOT NULL OR valeur_date IS NOT NULL"


@par_version
def list_types_note(lecture: Lecture) -> list[str]:
    """Types of the note (the CCSS with the CPAM), those of most organismes first."""
    frame = lecture.query(
        """
        SELECT CASE o.type_organisme WHEN 'CCSS' THEN 'CPAM' ELSE o.type_organisme END AS type_note, count(*) AS nombre
        FROM mart_organisme o GROUP BY ALL ORDER BY nombre DESC, type_note
        """
    )
    return frame["type_note"].to_list()


@par_version
def list_fraicheur(lecture: Lecture, type_note: str) -> pl.DataFrame:
    """Last periods held for every indicateur × organisme of a type; a pair may be without fact.

    In definition order, the context variables last.

    Indicateurs without a single fact by organisme of the type are left out.

    Columns: code_indicateur, titre, titre_court, referentiel, code_organisme, nom, reelle, simulee, sans_chiffre (last
    day of the last period that has a real figure, a simulated one, a real statement without figure; null = none),
    transmise (the real figure of that period comes from a file that was sent).
    """
    return lecture.query(
        f"""
        WITH organisme AS (
            SELECT code_organisme, nom_court AS nom, ordre FROM mart_organisme
            WHERE CASE type_organisme WHEN 'CCSS' THEN 'CPAM' ELSE type_organisme END = $type_note
        ),
        fait AS (
            SELECT code_indicateur, code_entite AS code_organisme,
                   max(periode_fin) FILTER (nature = 'publiee' AND ({_CHIFFRE})) AS reelle,
                   max(periode_fin) FILTER (nature = 'simulee' AND ({_CHIFFRE})) AS simulee,
                   max(periode_fin) FILTER (nature = 'publiee' AND NOT ({_CHIFFRE})) AS sans_chiffre,
                   arg_max(chargement IS NOT NULL, periode_fin)
                       FILTER (nature = 'publiee' AND ({_CHIFFRE})) AS transmise
            FROM mart_valeur
            WHERE maille = 'organisme' AND code_entite IN (SELECT code_organisme FROM organisme)
            GROUP BY ALL
        ),
        indicateur AS (
            SELECT * FROM mart_indicateur WHERE code_indicateur IN (SELECT code_indicateur FROM fait)
        )
        SELECT i.code_indicateur, i.titre, i.titre_court, i.referentiel, o.code_organisme, o.nom, f.reelle, f.simulee,
               f.sans_chiffre, coalesce(f.transmise, false) AS transmise
        FROM indicateur i CROSS JOIN organisme o LEFT JOIN fait f USING (code_indicateur, code_organisme)
        ORDER BY i.referentiel = 'contexte', i.ordre, o.ordre
        """,  # noqa: S608 - constants of this module
        {"type_note": type_note},
    )


@par_version
def list_natures(lecture: Lecture) -> pl.DataFrame:
    """Facts by referentiel and origin: referentiel, documents, transmis, simules (counts of rows of mart_valeur)."""
    return lecture.query(
        """
        SELECT referentiel,
               count(*) FILTER (nature = 'publiee' AND chargement IS NULL) AS documents,
               count(*) FILTER (nature = 'publiee' AND chargement IS NOT NULL) AS transmis,
               count(*) FILTER (nature = 'simulee') AS simules
        FROM mart_valeur GROUP BY referentiel ORDER BY count(*) DESC, referentiel
        """
    )


@par_version
def list_rejets_publies(lecture: Lecture) -> pl.DataFrame:
    """Cells refused or flagged in the files behind this publication, the loads first: columns of ``mart_rejet``."""
    return lecture.query("SELECT * FROM mart_rejet ORDER BY chargement NULLS LAST, fichier, feuille, rang, colonne")
