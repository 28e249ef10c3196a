"""Values held per organisme, and the groups an organisme is compared to.

Everywhere ``type_note`` is the type as the 2023 note groups it: CCSS are printed with the CPAM
and carry « CPAM »; every other type is itself.
"""

from __future__ import annotations

from typing import Literal

import polars as pl

from data.magasin import Lecture, par_version

Groupe = Literal["type", "type_region", "region", "tous"]

# Without a chosen organisme, the group « same type » is the largest one.
TYPE_PAR_DEFAUT = "CPAM"

_ORGANISMES = """
    SELECT code_organisme, type_organisme,
           CASE type_organisme WHEN 'CCSS' THEN 'CPAM' ELSE type_organisme END AS type_note,
           nom, nom_court, codes_region, noms_region, codes_departement, noms_departement, ordre
    FROM mart_organisme
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
    """Indicateurs with a result for more than one organisme, at their latest period.

    Columns: code_indicateur, titre, titre_court, domaine, unite, statistique, sens, periode_debut, periode_fin (dates),
    effectif (organismes with a value), identique (all have the same value), simulee.
    """
    return lecture.query(
        """
        WITH fait AS (
            SELECT * FROM mart_valeur
            WHERE maille = 'organisme' AND mesure = 'resultat' AND segment = 'ensemble' AND valeur IS NOT NULL
            QUALIFY periode_fin = max(periode_fin) OVER (PARTITION BY code_indicateur)
        )
        SELECT i.code_indicateur, i.titre, i.titre_court, i.domaine, i.unite,
               any_value(f.statistique) AS statistique, i.sens,
               min(f.periode_debut) AS periode_debut, max(f.periode_fin) AS periode_fin,
               count(*) AS effectif, min(f.valeur) = max(f.valeur) AS identique,
               bool_or(f.nature = 'simulee') AS simulee
        FROM fait f JOIN mart_indicateur i USING (code_indicateur)
        GROUP BY i.code_indicateur, i.titre, i.titre_court, i.domaine, i.unite, i.sens, i.ordre
        HAVING count(DISTINCT f.code_entite) > 1
        ORDER BY simulee, identique, i.code_indicateur <> 'taux_reussite_local', i.ordre
        """
    )


@par_version
def list_groupe(lecture: Lecture, indicateur: str, groupe: Groupe, organisme: str | None) -> pl.DataFrame:
    """Values of an indicateur, at its latest period, for the group an organisme is compared to.

    Args:
        lecture: given by the cache.
        indicateur: code of an indicateur of :func:`list_indicateurs_compares`.
        groupe: « type » (CPAM and CCSS together), « type_region », « region » (any région shared) or « tous ».
        organisme: code, or None: « type » is then the CPAM and CCSS, and the two regional groups are empty.

    Returns:
        One row per organisme of the group whose type has facts for the indicateur, in definition order:
        code_organisme, type_organisme, type_note, nom, nom_court, codes_region, noms_region, codes_departement,
        noms_departement, ordre, valeur (in the indicateur's unit, null when absent), statut, valeur_imprimee,
        nature, source, source_ligne, note.
    """
    return lecture.query(
        f"""
        WITH organisme AS ({_ORGANISMES}),
        moi AS (SELECT type_note, codes_region FROM organisme WHERE code_organisme = $organisme),
        fait AS (
            SELECT * FROM mart_valeur
            WHERE maille = 'organisme' AND mesure = 'resultat' AND segment = 'ensemble'
              AND code_indicateur = $indicateur
            QUALIFY periode_fin = max(periode_fin) OVER ()
        ),
        ensemble AS (
            SELECT o.*, f.code_entite IS NOT NULL AS porte, f.valeur, coalesce(f.statut, 'non_fourni') AS statut,
                   f.valeur_imprimee, f.nature, f.source, f.source_ligne, f.note
            FROM organisme o LEFT JOIN fait f ON f.code_entite = o.code_organisme
        )
        SELECT e.* EXCLUDE (porte) FROM ensemble e
        WHERE e.type_note IN (SELECT type_note FROM ensemble WHERE porte)
          AND ($groupe NOT IN ('type', 'type_region')
               OR e.type_note = coalesce((SELECT type_note FROM moi), $type_defaut))
          AND ($groupe NOT IN ('region', 'type_region')
               OR list_has_any(e.codes_region, (SELECT codes_region FROM moi)))
        ORDER BY e.ordre
        """,  # noqa: S608 - constant text
        {"indicateur": indicateur, "groupe": groupe, "organisme": organisme, "type_defaut": TYPE_PAR_DEFAUT},
    )
