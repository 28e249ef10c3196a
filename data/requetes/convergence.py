"""Yearly results of the organismes, all indicateurs at once: what the dispersion of the network is read from."""

from __future__ import annotations

from typing import Final

import polars as pl

from data.calculs.evolution_ecarts import GROUPE_MINIMUM
from data.magasin import Lecture, par_version

PRODUCTIVITE: Final = "ctx_productivite"
SCORE: Final = "taux_reussite_local"


@par_version
def list_annuels(lecture: Lecture) -> pl.DataFrame:
    """Yearly results of every organisme: the part locale of the note, the score, the productivity.

    Where a document and the simulator both give one, the published value is kept. Rows without a value (neutralised,
    not applicable, not provided) are left out: they are neither 0 nor a gap.

    Columns: code_indicateur, annee, type_note (CCSS with CPAM), code_organisme, valeur (unit of the indicateur),
    nature, source. Sorted by indicateur (productivity, score, then definition order), year and organisme.
    """
    return lecture.query(
        """
        WITH retenu AS (
            SELECT code_indicateur, code_entite, year(periode_debut)::BIGINT AS annee, valeur, nature, source
            FROM mart_valeur
            WHERE maille = 'organisme' AND granularite = 'annee' AND segment = 'ensemble' AND mesure = 'resultat'
              AND statistique NOT IN ('minimum', 'maximum')
            QUALIFY row_number() OVER (PARTITION BY code_indicateur, code_entite, periode_debut ORDER BY nature) = 1
        )
        SELECT r.code_indicateur, r.annee,
               CASE o.type_organisme WHEN 'CCSS' THEN 'CPAM' ELSE o.type_organisme END AS type_note,
               o.code_organisme, r.valeur, r.nature, r.source
        FROM retenu r JOIN mart_organisme o ON o.code_organisme = r.code_entite
             JOIN mart_indicateur i USING (code_indicateur)
        WHERE r.valeur IS NOT NULL AND (
            i.code_indicateur IN ($productivite, $score)
            OR (i.referentiel = 'interessement' AND i.portee = 'locale')
        )
        ORDER BY i.code_indicateur <> $productivite, i.code_indicateur <> $score, i.ordre, r.annee, o.ordre
        """,
        {"productivite": PRODUCTIVITE, "score": SCORE},
    )


@par_version
def list_suivis(lecture: Lecture) -> pl.DataFrame:
    """Which indicateurs can be followed, type by type: :data:`GROUPE_MINIMUM` organismes at two dates or more.

    Columns: type_note, code_indicateur, titre_court, unite, sens, statistique, premiere, derniere (years), effectif
    (organismes with a value, last year). Types with most organismes first, then the order of :func:`list_annuels`.
    """
    definitions = lecture.query("SELECT code_indicateur, titre_court, unite, sens, statistique FROM mart_indicateur")
    par_annee = (
        list_annuels()
        .group_by("type_note", "code_indicateur", "annee", maintain_order=True)
        .len("effectif")
        .filter(pl.col("effectif") >= GROUPE_MINIMUM)
    )
    etendues = (
        par_annee.group_by("type_note", "code_indicateur", maintain_order=True)
        .agg(
            premiere=pl.col("annee").min(),
            derniere=pl.col("annee").max(),
            effectif=pl.col("effectif").sort_by("annee").last(),
        )
        .filter(pl.col("premiere") < pl.col("derniere"))
        .join(definitions, on="code_indicateur", how="left", maintain_order="left")
    )
    tailles = etendues.group_by("type_note").agg(taille=pl.col("effectif").max())
    return (
        etendues.join(tailles, on="type_note", maintain_order="left")
        .sort("taille", "type_note", descending=[True, False], maintain_order=True)
        .select(
            "type_note", "code_indicateur", "titre_court", "unite", "sens", "statistique", "premiere", "derniere",
            "effectif",
        )
    )  # fmt: skip


@par_version
def list_constats(lecture: Lecture) -> pl.DataFrame:
    """What the Igas prints about the productivity of the caisses, in its words.

    Columns: fait, valeur (as printed: a number, « 10 (max 47) »), unite, periode, document, ligne.
    """
    return lecture.query(
        "SELECT fait, valeur, unite, periode, document, ligne FROM brut.igas_productivite_caisses ORDER BY rowid"
    )
