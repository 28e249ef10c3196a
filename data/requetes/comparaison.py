"""Values held per organisme, and the groups an organisme is compared to.

Everywhere ``type_note`` is the type as the 2023 note groups it: CCSS are printed with the CPAM
and carry « CPAM »; every other type is itself.
"""

from __future__ import annotations

import polars as pl

from data.magasin import Lecture, par_version

# Without a chosen organisme, the group « same type » is the largest one.
TYPE_PAR_DEFAUT = "CPAM"

_ORGANISMES = """
    SELECT code_organisme, type_organisme,
           CASE type_organisme WHEN 'CCSS' THEN 'CPAM' ELSE type_organisme END AS type_note,
           nom, nom_court, codes_region, noms_region, codes_departement, noms_departement, ordre
    FROM mart_organisme
"""

# The period an indicateur is compared at: its latest year, else (nothing yearly) its latest period, weeks apart.
_DERNIERES = """
    derniere AS (
        SELECT DISTINCT ON (code_indicateur) code_indicateur, granularite, periode_debut, periode_fin
        FROM (
            SELECT DISTINCT code_indicateur, granularite, periode_debut, periode_fin FROM mart_valeur
            WHERE maille = 'organisme' AND mesure = 'resultat' AND segment = 'ensemble' AND valeur IS NOT NULL
              AND granularite <> 'semaine'
        )
        ORDER BY code_indicateur, granularite <> 'annee', periode_fin DESC, periode_debut
    )
"""


@par_version
def list_organismes(lecture: Lecture) -> pl.DataFrame:
    """Every organisme, in definition order.

    Columns: code_organisme, type_organisme, type_note, nom, nom_court, codes_region, noms_region,
    codes_departement, noms_departement (lists of text), ordre.
    """
    return lecture.query(f"{_ORGANISMES} ORDER BY ordre")


@par_version
def list_indicateurs_compares(lecture: Lecture) -> pl.DataFrame:
    """Indicateurs with a result for more than one organisme, at their latest year (else their latest period).

    Context variables are no results: see ``data.requetes.pairs``.

    Columns: code_indicateur, titre, titre_court, domaine, unite, statistique, sens, periode_debut, periode_fin (dates),
    effectif (organismes with a value), identique (all have the same value), simulee.
    """
    return lecture.query(
        f"""
        WITH {_DERNIERES},
        fait AS (
            SELECT v.* FROM mart_valeur v JOIN derniere USING (code_indicateur, granularite, periode_debut, periode_fin)
            WHERE maille = 'organisme' AND mesure = 'resultat' AND segment = 'ensemble' AND valeur IS NOT NULL
        )
        SELECT i.code_indicateur, i.titre, i.titre_court, i.domaine, i.unite,
               any_value(f.statistique) AS statistique, i.sens,
               min(f.periode_debut) AS periode_debut, max(f.periode_fin) AS periode_fin,
               count(*) AS effectif, min(f.valeur) = max(f.valeur) AS identique,
               bool_or(f.nature = 'simulee') AS simulee
        FROM fait f JOIN mart_indicateur i USING (code_indicateur)
        WHERE i.referentiel <> 'contexte'
        GROUP BY i.code_indicateur, i.titre, i.titre_court, i.domaine, i.unite, i.sens, i.ordre
        HAVING count(DISTINCT f.code_entite) > 1
        ORDER BY simulee, identique, i.code_indicateur <> 'taux_reussite_local', i.ordre
        """  # noqa: S608 - constant text
    )


@par_version
def list_valeurs(lecture: Lecture, indicateur: str) -> pl.DataFrame:
    """Values of every organisme, at the period of :func:`list_indicateurs_compares`.

    Where a document and the simulator both give one, the published value is kept.

    Args:
        lecture: given by the cache.
        indicateur: code of an indicateur of :func:`list_indicateurs_compares`.

    Returns:
        One row per organisme whose type has facts for the indicateur, in definition order: code_organisme,
        type_organisme, type_note, nom, nom_court, codes_region, noms_region, codes_departement, noms_departement,
        ordre, valeur (in the indicateur's unit, null when absent), numerateur, denominateur (null when unknown), statut
        (« non_fourni » without fact), valeur_imprimee, nature, source, source_ligne, note.
    """
    return lecture.query(
        f"""
        WITH organisme AS ({_ORGANISMES}),
        {_DERNIERES},
        fait AS (
            SELECT v.* FROM mart_valeur v JOIN derniere USING (code_indicateur, granularite, periode_debut, periode_fin)
            WHERE maille = 'organisme' AND mesure = 'resultat' AND segment = 'ensemble'
              AND code_indicateur = $indicateur
            QUALIFY row_number() OVER (PARTITION BY code_entite ORDER BY nature) = 1
        ),
        ensemble AS (
            SELECT o.*, f.code_entite IS NOT NULL AS porte, f.valeur, f.numerateur, f.denominateur,
                   coalesce(f.statut, 'non_fourni') AS statut, f.valeur_imprimee, f.nature, f.source, f.source_ligne,
                   f.note
            FROM organisme o LEFT JOIN fait f ON f.code_entite = o.code_organisme
        )
        SELECT * EXCLUDE (porte) FROM ensemble
        WHERE type_note IN (SELECT type_note FROM ensemble WHERE porte)
        ORDER BY ordre
        """,  # noqa: S608 - constant text
        {"indicateur": indicateur},
    )
