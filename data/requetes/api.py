"""What the read API serves: filters, totals and pages of the published tables.

Each list has named filters, each one constant SQL text bound to one parameter (the list of values asked for): a value
given by a caller never becomes SQL. Pages are never kept (``sans_memoire``): they are many and large.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from data.catalogue import load_catalogue
from data.magasin import Lecture, sans_memoire

Filtres = Mapping[str, Sequence[str] | Sequence[int]]


@dataclass(frozen=True)
class Extrait:
    """One page of a list: the version it was read from, how many rows match in all, the rows of the page.

    ``simulees`` counts the simulated rows among all that match.
    """

    version: str
    total: int
    simulees: int
    lignes: pl.DataFrame


@dataclass(frozen=True)
class _Liste:
    """A list: its rows, its total order (pages never overlap) and its filters."""

    lignes: str
    ordre: str
    filtres: Mapping[str, str]
    simulees: str = "0"


def _egal(colonne: str, filtre: str) -> str:
    return f"list_contains($f_{filtre}, {colonne})"


_ORGANISMES: Final = _Liste(
    """
    SELECT code_organisme AS organisme, type_organisme AS type, nom, nom_court, codes_region, noms_region,
           codes_departement, noms_departement, est_infra_departementale, ordre
    FROM mart_organisme
    """,
    "ordre",
    {
        "organisme": _egal("organisme", "organisme"),
        "type": _egal("type", "type"),
        "region": "list_has_any(codes_region, $f_region)",
        "departement": "list_has_any(codes_departement, $f_departement)",
    },
)

# The rates and bonuses of the intéressement are filed under « suivi » in the catalogue, because no contract lists them
# as an indicateur: whoever asks for the intéressement means them first of all.
_REFERENTIEL: Final = (
    "CASE WHEN i.referentiel = 'suivi' AND i.domaine = 'Intéressement' THEN 'interessement' ELSE i.referentiel END"
)

_INDICATEURS: Final = _Liste(
    f"""
    SELECT i.code_indicateur AS indicateur, {_REFERENTIEL} AS referentiel, i.numero, i.portee, i.titre, i.titre_court,
           i.domaine, i.processus, i.unite, i.statistique, i.sens, i.maille, i.est_composante,
           coalesce(f.resultats, 0) AS resultats, coalesce(f.simules, 0) AS resultats_simules, f.periode_min,
           f.periode_max, i.ordre
    FROM mart_indicateur i
    LEFT JOIN (
        SELECT code_indicateur, count(*) AS resultats, count(*) FILTER (nature = 'simulee') AS simules,
               min(periode_debut) AS periode_min, max(periode_fin) AS periode_max
        FROM mart_valeur GROUP BY code_indicateur
    ) f USING (code_indicateur)
    """,  # noqa: S608 - constant text
    "ordre, indicateur",
    {
        "indicateur": _egal("indicateur", "indicateur"),
        "referentiel": _egal("referentiel", "referentiel"),
        "portee": _egal("portee", "portee"),
        "maille": _egal("maille", "maille"),
        "sens": _egal("sens", "sens"),
    },
)

_RESULTATS: Final = _Liste(
    f"""
    SELECT {_REFERENTIEL} AS referentiel, v.code_indicateur AS indicateur, i.titre_court AS libelle, v.mesure, v.maille,
           v.code_entite AS entite,
           CASE v.maille WHEN 'organisme' THEN v.code_entite END AS organisme,
           CASE v.maille WHEN 'organisme' THEN o.type_organisme WHEN 'type_organisme' THEN v.code_entite END AS type,
           CASE v.maille WHEN 'organisme' THEN o.nom WHEN 'reseau' THEN 'France entière' WHEN 'commune' THEN c.nom
                         ELSE t.nom END AS nom,
           CASE v.maille WHEN 'organisme' THEN o.codes_region WHEN 'region' THEN [v.code_entite]
                         WHEN 'commune' THEN list_filter([c.code_region], lambda r: r IS NOT NULL)
                         WHEN 'departement' THEN list_filter([t.code_parent], lambda c: c IS NOT NULL)
                         ELSE [] END AS codes_region,
           v.periode_debut, v.periode_fin,
           CASE WHEN year(v.periode_debut) = year(v.periode_fin) THEN year(v.periode_fin) END AS annee,
           v.granularite, v.segment, v.statistique,
           CASE v.mesure WHEN 'taux_reussite' THEN '%' ELSE i.unite END AS unite,
           v.valeur, v.borne_basse, v.borne_haute, v.valeur_date, v.numerateur, v.denominateur, v.statut,
           v.valeur_imprimee, v.nature, v.source, v.source_ligne, v.source_fichier, v.source_rang,
           v.source_feuille, v.source_colonne, v.chargement, v.alertes, v.note
    FROM mart_valeur v
    JOIN mart_indicateur i USING (code_indicateur)
    LEFT JOIN mart_organisme o ON o.code_organisme = CASE v.maille WHEN 'organisme' THEN v.code_entite END
    LEFT JOIN mart_territoire t ON t.niveau = v.maille AND t.code = v.code_entite
    LEFT JOIN mart_commune c ON c.code_commune = CASE v.maille WHEN 'commune' THEN v.code_entite END
    """,  # noqa: S608 - constant text
    "indicateur, mesure, maille, entite, periode_debut, periode_fin, granularite, segment, statistique",
    {
        "referentiel": _egal("referentiel", "referentiel"),
        "indicateur": _egal("indicateur", "indicateur"),
        "organisme": _egal("organisme", "organisme"),
        "type": _egal("type", "type"),
        "region": "list_has_any(codes_region, $f_region)",
        # A fact over several years answers to each of them.
        "annee": "list_has_any(range(year(periode_debut), year(periode_fin) + 1), $f_annee)",
        "granularite": _egal("granularite", "granularite"),
        "maille": _egal("maille", "maille"),
        "mesure": _egal("mesure", "mesure"),
        "statistique": _egal("statistique", "statistique"),
        "segment": _egal("segment", "segment"),
        "nature": _egal("nature", "nature"),
        "statut": _egal("statut", "statut"),
        "chargement": _egal("chargement", "chargement"),
    },
    "count(*) FILTER (nature = 'simulee')",
)

# Four levels of one table: each organisme, then its type's printed mean, minimum and maximum, domaines and indicateurs.
_SCORES: Final = _Liste(
    """
    SELECT CASE v.maille WHEN 'organisme' THEN 'organisme' ELSE 'type' END AS niveau, year(v.periode_fin) AS annee,
           CASE v.maille WHEN 'organisme' THEN o.type_organisme WHEN 'reseau' THEN 'reseau' ELSE v.code_entite END
               AS type,
           CASE v.maille WHEN 'organisme' THEN v.code_entite END AS organisme, o.nom, o.codes_region,
           CASE v.code_indicateur WHEN 'taux_reussite_local' THEN 'locale'
                WHEN 'taux_reussite_national' THEN 'nationale' ELSE 'totale' END AS part,
           NULL AS domaine, NULL AS indicateur, NULL AS libelle, v.statistique, NULL::DOUBLE AS poids,
           v.valeur AS taux_reussite, NULL::DOUBLE AS taux_reussite_precedent, NULL::DOUBLE AS contribution,
           NULL::BIGINT AS nb_100, NULL::BIGINT AS nb_inferieur_100, NULL::BIGINT AS nb_nul,
           NULL::BIGINT AS nb_neutralise, v.statut, v.nature, v.source, v.source_ligne, v.source_fichier,
           v.source_rang, v.note, coalesce(o.ordre, 0) AS ordre
    FROM mart_valeur v
    LEFT JOIN mart_organisme o ON o.code_organisme = CASE v.maille WHEN 'organisme' THEN v.code_entite END
    WHERE v.code_indicateur IN ('taux_reussite_local', 'taux_reussite_national', 'taux_reussite_global')
      AND v.mesure = 'resultat' AND v.segment = 'ensemble' AND v.granularite = 'annee'
      AND v.maille IN ('organisme', 'type_organisme', 'reseau')
    UNION ALL
    SELECT 'domaine', annee, type_organisme, NULL, NULL, NULL,
           CASE type_organisme WHEN 'reseau' THEN 'nationale' ELSE 'locale' END, domaine, NULL, NULL, 'taux', poids,
           taux_moyen, NULL, contribution, NULL, NULL, NULL, NULL,
           CASE WHEN taux_moyen IS NULL THEN 'non_fourni' ELSE 'publie' END, nature, source, source_ligne,
           source_fichier, source_rang, note, ordre
    FROM mart_domaine
    UNION ALL
    SELECT 'indicateur', annee, type_organisme, NULL, NULL, NULL, 'locale', domaine, code_indicateur, libelle, 'taux',
           poids, taux_moyen, taux_moyen_precedent, NULL, nb_100, nb_inferieur_100, nb_nul, nb_neutralise,
           CASE WHEN taux_moyen IS NOT NULL THEN 'publie'
                WHEN nb_neutralise > 0 AND coalesce(nb_100, 0) + coalesce(nb_inferieur_100, 0) + coalesce(nb_nul, 0) = 0
                THEN 'neutralise' ELSE 'non_fourni' END,
           nature, source, source_ligne, source_fichier, source_rang, note, ordre
    FROM mart_repartition
    """,
    "niveau, annee, type, ordre, organisme, part, domaine, indicateur, statistique",
    {
        "niveau": _egal("niveau", "niveau"),
        "annee": _egal("annee", "annee"),
        "type": _egal("type", "type"),
        "organisme": _egal("organisme", "organisme"),
        "region": "list_has_any(codes_region, $f_region)",
        "part": _egal("part", "part"),
        "nature": _egal("nature", "nature"),
        "statut": _egal("statut", "statut"),
    },
    "count(*) FILTER (nature = 'simulee')",
)

# Files loaded by a data steward, then the files the application ships with.
_CHARGEMENTS: Final = _Liste(
    """
    WITH rejet AS (
        SELECT chargement, fichier, count(*) FILTER (gravite IS DISTINCT FROM 'avertissement') AS rejets,
               count(*) FILTER (gravite = 'avertissement') AS avertissements,
               list_sort(list(DISTINCT regle)) AS regles
        FROM mart_rejet GROUP BY chargement, fichier
    )
    SELECT 'charge' AS origine, c.chargement, c.fichier, c.format, c.source, NULL AS usage, c.auteur, c.charge_le,
           c.sha256, c.octets, c.lignes_lues, c.lignes_gardees, c.lignes_rejetees, c.faits, c.rejets, c.avertissements,
           c.corrections, c.remplaces, c.periode_min, c.periode_max, coalesce(r.regles, []) AS regles,
           p.version AS publication, p.publie_le, c.rang AS ordre
    FROM mart_chargement c
    CROSS JOIN mart_publication p
    LEFT JOIN rejet r ON r.chargement = c.chargement AND r.fichier = c.fichier
    UNION ALL
    SELECT 'livre', NULL, f.fichier, NULL, f.source, f.usage, NULL, NULL, f.sha256, f.octets, f.lignes_lues,
           f.lignes_gardees, f.lignes_rejetees, NULL, coalesce(r.rejets, 0), coalesce(r.avertissements, 0), NULL, NULL,
           NULL, NULL, coalesce(r.regles, []), p.version, p.publie_le, 0
    FROM mart_fichier f
    CROSS JOIN mart_publication p
    LEFT JOIN rejet r ON r.chargement IS NULL AND r.fichier = f.fichier
    """,
    "origine, ordre DESC, usage, fichier",
    {
        "origine": _egal("origine", "origine"),
        "chargement": _egal("chargement", "chargement"),
        "fichier": _egal("fichier", "fichier"),
        "source": _egal("source", "source"),
        "usage": _egal("usage", "usage"),
    },
)


def _build_condition(liste: _Liste, filtres: Filtres) -> tuple[str, dict[str, object]]:
    """Text and parameters of the WHERE clause; a filter without value does not filter.

    Raises:
        KeyError: the list has no such filter.
    """
    actifs = {nom: list(valeurs) for nom, valeurs in filtres.items() if valeurs}
    texte = " AND ".join(f"coalesce({liste.filtres[nom]}, false)" for nom in actifs)
    return texte or "true", {f"f_{nom}": valeurs for nom, valeurs in actifs.items()}


def _read_extrait(lecture: Lecture, liste: _Liste, filtres: Filtres, limite: int, decalage: int) -> Extrait:
    condition, parametres = _build_condition(liste, filtres)
    source = f"FROM ({liste.lignes}) WHERE {condition}"
    total, simulees = lecture.query(
        f"SELECT count(*), {liste.simulees} {source}",
        parametres,
    ).row(0)
    lignes = lecture.query(
        f"SELECT * {source} ORDER BY {liste.ordre} LIMIT $limite OFFSET $decalage",
        {**parametres, "limite": limite, "decalage": decalage},
    )
    return Extrait(lecture.version, total, simulees, lignes)


@sans_memoire
def list_organismes_api(lecture: Lecture, filtres: Filtres, limite: int, decalage: int) -> Extrait:
    """Organismes. Filters: organisme, type, region, departement."""
    return _read_extrait(lecture, _ORGANISMES, filtres, limite, decalage)


@sans_memoire
def list_indicateurs_api(lecture: Lecture, filtres: Filtres, limite: int, decalage: int) -> Extrait:
    """Indicateurs with how many facts each has. Filters: indicateur, referentiel, portee, maille, sens."""
    return _read_extrait(lecture, _INDICATEURS, filtres, limite, decalage)


@sans_memoire
def list_resultats_api(lecture: Lecture, filtres: Filtres, limite: int, decalage: int) -> Extrait:
    """Facts, one row each, value in the unit of the row.

    Filters: referentiel, indicateur, organisme, type, region, annee (every year the period touches), granularite,
    maille, mesure, statistique, segment, nature, statut, chargement.
    """
    return _read_extrait(lecture, _RESULTATS, filtres, limite, decalage)


@sans_memoire
def list_mailles_resultats(lecture: Lecture, filtres: Filtres) -> pl.DataFrame:
    """Where the facts of a selection are: maille, granularite, resultats (count), most numerous first."""
    condition, parametres = _build_condition(_RESULTATS, filtres)
    return lecture.query(
        f"""
        SELECT maille, granularite, count(*) AS resultats FROM ({_RESULTATS.lignes}) WHERE {condition}
        GROUP BY maille, granularite ORDER BY resultats DESC, maille, granularite
        """,  # noqa: S608 - constant text
        parametres,
    )


@sans_memoire
def list_scores_api(lecture: Lecture, filtres: Filtres, limite: int, decalage: int) -> Extrait:
    """Rates of success of the intéressement (%).

    Filters: niveau (organisme, type, domaine, indicateur), annee, type, organisme, region, part, nature, statut.
    """
    return _read_extrait(lecture, _SCORES, filtres, limite, decalage)


@sans_memoire
def list_chargements_api(lecture: Lecture, filtres: Filtres, limite: int, decalage: int) -> Extrait:
    """Files loaded, then files shipped, with their rejects. Filters: origine, chargement, fichier, source, usage."""
    return _read_extrait(lecture, _CHARGEMENTS, filtres, limite, decalage)


@sans_memoire
def list_sources_api(lecture: Lecture, filtres: Filtres, limite: int, decalage: int) -> Extrait:
    """Documents of the catalogue, with how many facts come from each. Filters: source, nature."""
    comptes = lecture.query(
        """
        SELECT source, count(*) AS resultats, count(DISTINCT code_indicateur) AS indicateurs,
               min(periode_debut) AS periode_min, max(periode_fin) AS periode_max
        FROM mart_valeur GROUP BY source
        """
    )
    documents = pl.DataFrame(
        [
            {
                "source": d.code,
                "titre": d.titre,
                "titre_court": d.titre_court,
                "producteur": d.producteur,
                "date": d.date,
                "nature": d.nature.value,
                "description": d.description,
            }
            for d in load_catalogue().documents
        ]
    )
    lignes = documents.join(comptes, on="source", how="left", maintain_order="left").with_columns(
        pl.col("resultats", "indicateurs").fill_null(0)
    )
    for nom, valeurs in filtres.items():
        if valeurs:
            lignes = lignes.filter(pl.col(nom).is_in(list(valeurs)))
    simulees = lignes.filter(pl.col("nature") == "simulee").height
    return Extrait(lecture.version, lignes.height, simulees, lignes.slice(decalage, limite))
