"""Context of the organismes, wide, for one year: what the choice of peers and the scatters read."""

from __future__ import annotations

from typing import Final

import polars as pl

from data.magasin import Lecture, par_version

PRODUCTIVITE: Final = {"ctx_bcp": "bcp", "ctx_etpr": "etpr", "ctx_productivite": "productivite"}

# One value per organisme and variable: the latest year that is not after the one asked for, else the earliest. The real
# population is known for one year only and serves every year.
_CHOISIES = """
    SELECT code_indicateur, code_entite, valeur, year(periode_debut) AS annee, nature
    FROM mart_valeur
    WHERE referentiel = 'contexte' AND maille = 'organisme' AND granularite = 'annee' AND mesure = 'resultat'
    QUALIFY row_number() OVER (
        PARTITION BY code_indicateur, code_entite
        ORDER BY year(periode_debut) > $annee,
                 CASE WHEN year(periode_debut) > $annee THEN year(periode_debut) ELSE -year(periode_debut) END
    ) = 1
"""


@par_version
def list_variables(lecture: Lecture) -> pl.DataFrame:
    """Context variables that have a value for some organisme.

    Columns: code_indicateur, titre, titre_court, processus (family), unite, premiere_annee, derniere_annee, effectif
    (organismes with a value), simulee (at least one value is), in definition order.
    """
    return lecture.query(
        """
        SELECT i.code_indicateur, i.titre, i.titre_court, i.processus, i.unite,
               min(year(v.periode_debut)) AS premiere_annee, max(year(v.periode_debut)) AS derniere_annee,
               count(DISTINCT v.code_entite) AS effectif, bool_or(v.nature = 'simulee') AS simulee
        FROM mart_valeur v JOIN mart_indicateur i USING (code_indicateur)
        WHERE i.referentiel = 'contexte' AND v.maille = 'organisme' AND v.valeur IS NOT NULL
        GROUP BY i.code_indicateur, i.titre, i.titre_court, i.processus, i.unite, i.ordre
        ORDER BY i.ordre
        """
    )


@par_version
def list_annees(lecture: Lecture, variable: str = "ctx_etp") -> tuple[int, ...]:
    """Years for which a context variable is known, oldest first: those a page may offer, for that of the staff."""
    frame = lecture.query(
        """
        SELECT DISTINCT year(periode_debut) AS annee FROM mart_valeur
        WHERE code_indicateur = $variable AND valeur IS NOT NULL ORDER BY annee
        """,
        {"variable": variable},
    )
    return tuple(frame["annee"].to_list())


@par_version
def load_contexte(lecture: Lecture, annee: int) -> pl.DataFrame:
    """Context of every organisme for a year.

    A variable without value that year gives its latest earlier one, else its earliest (see :func:`list_millesimes`).

    Returns:
        One row per organisme, in definition order: code_organisme, type_organisme, type_note (CCSS with CPAM),
        nom_court, codes_region, then a column per context variable, named by its code (``ctx_population``…), in its
        unit, null where unknown. Shared: never change it.
    """
    organismes = lecture.query(
        """
        SELECT code_organisme, type_organisme,
               CASE type_organisme WHEN 'CCSS' THEN 'CPAM' ELSE type_organisme END AS type_note, nom_court, codes_region
        FROM mart_organisme ORDER BY ordre
        """
    )
    codes = list_variables()["code_indicateur"].to_list()
    valeurs = lecture.query(f"SELECT * FROM ({_CHOISIES})", {"annee": annee})  # noqa: S608 - constant text
    large = valeurs.pivot(on="code_indicateur", on_columns=codes, index="code_entite", values="valeur")
    return organismes.join(
        large.rename({"code_entite": "code_organisme"}), on="code_organisme", how="left", maintain_order="left"
    )


@par_version
def list_millesimes(lecture: Lecture, annee: int) -> pl.DataFrame:
    """Which year each variable of :func:`load_contexte` really is.

    Columns: code_indicateur, titre_court, annee_min, annee_max (years used, over the organismes), simulee.
    """
    return lecture.query(
        f"""
        SELECT i.code_indicateur, i.titre_court, min(c.annee) AS annee_min, max(c.annee) AS annee_max,
               bool_or(c.nature = 'simulee') AS simulee
        FROM ({_CHOISIES}) c JOIN mart_indicateur i USING (code_indicateur)
        WHERE c.valeur IS NOT NULL
        GROUP BY i.code_indicateur, i.titre_court, i.ordre
        ORDER BY i.ordre
        """,  # noqa: S608 - constant text
        {"annee": annee},
    )


@par_version
def load_productivite(lecture: Lecture, annee: int) -> pl.DataFrame:
    """BCP, ETPR and their ratio by caisse for one year.

    Columns: code_organisme, nom_court, type_organisme, bcp, etpr, productivite (BCP per ETPR), nature, in definition
    order. Empty when the year has none.
    """
    valeurs = lecture.query(
        """
        SELECT o.code_organisme, o.nom_court, o.type_organisme, o.ordre, v.code_indicateur, v.valeur, v.nature
        FROM mart_valeur v JOIN mart_organisme o ON o.code_organisme = v.code_entite
        WHERE v.code_indicateur IN ('ctx_bcp', 'ctx_etpr', 'ctx_productivite') AND v.maille = 'organisme'
          AND v.granularite = 'annee' AND year(v.periode_debut) = $annee
        """,
        {"annee": annee},
    )
    index = ["ordre", "code_organisme", "nom_court", "type_organisme", "nature"]
    large = valeurs.pivot(on="code_indicateur", on_columns=list(PRODUCTIVITE), index=index, values="valeur")
    return large.sort("ordre").rename(PRODUCTIVITE).select(*index[1:-1], *PRODUCTIVITE.values(), "nature")
