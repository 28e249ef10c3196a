"""Everything held about one indicateur: yearly and monthly results by organisme, national figures, targets, counts.

``type_note`` is the type as the 2023 note groups it: CCSS are printed with the CPAM and carry « CPAM ». A body has one
fact per year: where a document and the simulator both give one, the published one is kept.
"""

from __future__ import annotations

import polars as pl

from data.calculs.ensemble import Regle
from data.calculs.territoires import build_valeurs
from data.magasin import Lecture, par_version
from data.modele import Statut
from data.requetes.territoires import list_territoires

_ORGANISMES = """
    organisme AS (
        SELECT code_organisme, type_organisme,
               CASE type_organisme WHEN 'CCSS' THEN 'CPAM' ELSE type_organisme END AS type_note,
               nom, nom_court, codes_region, noms_region, ordre
        FROM mart_organisme
    )
"""

_FAITS = """
    fait AS (
        SELECT code_entite, mesure, periode_debut, valeur, numerateur, denominateur, statut, nature, source
        FROM mart_valeur
        WHERE code_indicateur = $indicateur AND maille = 'organisme' AND segment = 'ensemble'
          AND granularite = $granularite AND mesure IN ('resultat', 'taux_reussite')
          AND statistique NOT IN ('minimum', 'maximum')
        QUALIFY row_number() OVER (PARTITION BY code_entite, mesure, periode_debut ORDER BY nature) = 1
    )
"""


@par_version
def list_annuels(lecture: Lecture, indicateur: str) -> pl.DataFrame:
    """Yearly results of every organisme of the types that have some, one row per organisme and year.

    Columns: annee, code_organisme, type_organisme, type_note, nom, nom_court, codes_region, noms_region (lists), ordre,
    valeur (unit of the indicateur, null when absent), numerateur, denominateur, taux (taux de réussite, %, null when
    there is none), statut (« non_fourni » without fact), nature and source (null without fact). A type has rows for the
    years it has facts for. Sorted by year, then in definition order.
    """
    return lecture.query(
        f"""
        WITH {_ORGANISMES}, {_FAITS},
        porte AS (
            SELECT DISTINCT o.type_note, f.periode_debut
            FROM fait f JOIN organisme o ON o.code_organisme = f.code_entite
        )
        SELECT year(p.periode_debut)::BIGINT AS annee, o.*, r.valeur, r.numerateur, r.denominateur, t.valeur AS taux,
               coalesce(r.statut, t.statut, 'non_fourni') AS statut, coalesce(r.nature, t.nature) AS nature,
               coalesce(r.source, t.source) AS source
        FROM porte p JOIN organisme o USING (type_note)
        LEFT JOIN fait r
            ON r.code_entite = o.code_organisme AND r.periode_debut = p.periode_debut AND r.mesure = 'resultat'
        LEFT JOIN fait t
            ON t.code_entite = o.code_organisme AND t.periode_debut = p.periode_debut AND t.mesure = 'taux_reussite'
        ORDER BY annee, o.ordre
        """,  # noqa: S608 - constants of this module
        {"indicateur": indicateur, "granularite": "annee"},
    )


@par_version
def list_mensuels(lecture: Lecture, indicateur: str) -> pl.DataFrame:
    """Monthly results of every organisme.

    Columns: mois (first day), code_organisme, type_note, nature, source (Categorical: sixty months of every organisme
    stay in memory), valeur (unit of the indicateur, null when absent), denominateur. Sorted by month, then in
    definition order.
    """
    frame = lecture.query(
        f"""
        WITH {_ORGANISMES}, {_FAITS}
        SELECT f.periode_debut AS mois, o.code_organisme, o.type_note, f.valeur, f.denominateur, f.nature, f.source
        FROM fait f JOIN organisme o ON o.code_organisme = f.code_entite
        WHERE f.mesure = 'resultat'
        ORDER BY mois, o.ordre
        """,  # noqa: S608 - constants of this module
        {"indicateur": indicateur, "granularite": "mois"},
    )
    return frame.with_columns(pl.col("code_organisme", "type_note", "nature", "source").cast(pl.Categorical))


@par_version
def list_nationaux(lecture: Lecture, indicateur: str) -> pl.DataFrame:
    """Figures of the whole network, all segments and statistics, weeks apart, oldest first.

    Columns: mesure (« resultat », « taux_reussite »), periode_debut, periode_fin, granularite, segment, statistique,
    valeur, borne_basse, borne_haute, valeur_date, statut, valeur_imprimee, nature, source, source_ligne, note.
    """
    return lecture.query(
        """
        SELECT mesure, periode_debut, periode_fin, granularite, segment, statistique, valeur, borne_basse, borne_haute,
               valeur_date, statut, valeur_imprimee, nature, source, source_ligne, note
        FROM mart_valeur
        WHERE code_indicateur = $indicateur AND maille = 'reseau' AND granularite <> 'semaine'
        ORDER BY periode_debut, periode_fin, mesure, segment, statistique
        """,
        {"indicateur": indicateur},
    )


@par_version
def list_publiees(lecture: Lecture, indicateur: str) -> pl.DataFrame:
    """Every figure that a document prints about the indicateur, organismes apart when they are many; no loaded file.

    Columns: entite (« France entière », a type, the name of an organisme or of a group), mesure, periode_debut,
    periode_fin, segment, statistique, valeur, borne_basse, borne_haute, valeur_date, statut, valeur_imprimee, source,
    source_ligne, note. Facts by organisme are listed only if there are 40 at most: beyond, charts show them.
    """
    return lecture.query(
        """
        WITH fait AS (
            SELECT *, count(*) FILTER (maille = 'organisme') OVER () AS nombre
            FROM mart_valeur WHERE code_indicateur = $indicateur AND nature = 'publiee' AND chargement IS NULL
        )
        SELECT CASE WHEN f.maille = 'reseau' THEN 'France entière' ELSE coalesce(o.nom, f.code_entite) END AS entite,
               f.mesure, f.periode_debut, f.periode_fin, f.segment, f.statistique, f.valeur, f.borne_basse,
               f.borne_haute, f.valeur_date, f.statut, f.valeur_imprimee, f.source, f.source_ligne, f.note
        FROM fait f
        LEFT JOIN mart_organisme o ON o.code_organisme = CASE f.maille WHEN 'organisme' THEN f.code_entite END
        WHERE f.maille <> 'organisme' OR f.nombre <= 40
        ORDER BY f.maille = 'organisme', f.maille <> 'reseau', f.periode_debut, f.periode_fin, entite, f.mesure,
                 f.segment, f.statistique
        """,
        {"indicateur": indicateur},
    )


@par_version
def list_cibles(lecture: Lecture, indicateur: str) -> pl.DataFrame:
    """Targets and weights, one row per type and year, oldest first.

    Where a document prints only the weight and the simulator gives the thresholds, both are on the row and ``nature``
    is that of the thresholds.

    Columns: type_organisme (« CPAM » holds for the CCSS, « reseau » for a national target), annee, forme, operateur,
    socle, objectif, borne_basse, borne_haute (unit of the indicateur), date_socle, date_objectif, poids (points of
    100), texte (as printed), nature, source.
    """
    return lecture.query(
        """
        WITH cible AS (
            SELECT *, coalesce(objectif, borne_basse, borne_haute) IS NOT NULL OR date_objectif IS NOT NULL AS chiffree
            FROM mart_cible WHERE code_indicateur = $indicateur
        )
        SELECT type_organisme, annee, forme, operateur, socle, objectif, borne_basse, borne_haute, date_socle,
               date_objectif, max(poids) OVER meme AS poids, max(texte) OVER meme AS texte, nature, source
        FROM cible
        WINDOW meme AS (PARTITION BY type_organisme, annee)
        QUALIFY row_number() OVER (PARTITION BY type_organisme, annee ORDER BY NOT chiffree, nature) = 1
        ORDER BY annee, type_organisme
        """,
        {"indicateur": indicateur},
    )


@par_version
def list_comptes_imprimes(lecture: Lecture, indicateur: str) -> pl.DataFrame:
    """What the note prints about a local indicateur, one row per type.

    Columns: type_organisme, annee, nb_100, nb_inferieur_100, nb_nul, nb_neutralise (null = not printed), poids
    (points of 100), taux_moyen, taux_moyen_precedent (%), source, note.
    """
    return lecture.query(
        """
        SELECT type_organisme, annee, nb_100, nb_inferieur_100, nb_nul, nb_neutralise, poids, taux_moyen,
               taux_moyen_precedent, source, note
        FROM mart_repartition WHERE code_indicateur = $indicateur ORDER BY annee, source_rang
        """,
        {"indicateur": indicateur},
    )


@par_version
def list_valeurs_region(lecture: Lecture, indicateur: str, type_note: str, annee: int) -> pl.DataFrame:
    """Value of each région, for a type whose bodies cover whole régions, in the order of the web layer.

    A région has the simple mean of the bodies of the type that cover it.

    Columns: those of ``data.requetes.territoires.list_valeurs``; nb_membres and nb_valeurs count the bodies of the
    type. A région without any is « sans_objet ».
    """
    membres = lecture.query(
        f"""
        WITH {_ORGANISMES}, {_FAITS}
        SELECT unnest(o.codes_region) AS code, f.valeur, NULL::DOUBLE AS numerateur, NULL::DOUBLE AS denominateur,
               coalesce(f.statut, 'non_fourni') AS statut, f.source, f.nature
        FROM organisme o
        LEFT JOIN fait f ON f.code_entite = o.code_organisme AND f.mesure = 'resultat'
            AND year(f.periode_debut) = $annee
        WHERE o.type_note = $type_note
        ORDER BY code, o.ordre
        """,  # noqa: S608 - constants of this module
        {"indicateur": indicateur, "granularite": "annee", "type_note": type_note, "annee": annee},
    )
    return build_valeurs(list_territoires("region"), membres, Regle.MOYENNE).with_columns(
        statut=pl.when(pl.col("nb_membres") > 0).then("statut").otherwise(pl.lit(Statut.SANS_OBJET.value))
    )


@par_version
def list_presences(lecture: Lecture) -> pl.DataFrame:
    """What is held about every indicateur, in definition order.

    Columns: code_indicateur, organismes (bodies with a yearly value or rate), nationales (figures of the network,
    of types or of groups), cibles (targets with a figure), simulee (the results by organisme are simulated).
    """
    return lecture.query(
        """
        WITH fait AS (
            SELECT code_indicateur,
                   count(DISTINCT code_entite)
                       FILTER (maille = 'organisme' AND granularite = 'annee' AND segment = 'ensemble') AS organismes,
                   count(*) FILTER (maille IN ('reseau', 'type_organisme', 'groupe')) AS nationales,
                   bool_or(nature = 'simulee' AND maille = 'organisme' AND mesure = 'resultat') AS simulee
            FROM mart_valeur
            WHERE coalesce(valeur, borne_basse, borne_haute) IS NOT NULL OR valeur_date IS NOT NULL
            GROUP BY code_indicateur
        ),
        cible AS (
            SELECT code_indicateur, count(coalesce(objectif, borne_basse)) AS cibles
            FROM mart_cible GROUP BY code_indicateur
        )
        SELECT i.code_indicateur, coalesce(f.organismes, 0) AS organismes, coalesce(f.nationales, 0) AS nationales,
               coalesce(c.cibles, 0) AS cibles, coalesce(f.simulee, false) AS simulee
        FROM mart_indicateur i LEFT JOIN fait f USING (code_indicateur) LEFT JOIN cible c USING (code_indicateur)
        ORDER BY i.ordre
        """
    )
