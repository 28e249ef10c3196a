"""Every published table: columns, types, key and what must not be done with it.

The ETL checks its frames against these schemas before publishing; the
requests of ``data.requetes`` may rely on them. Types are Polars types; DuckDB
receives the frames as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl


class SchemaInvalideError(ValueError):
    """A frame does not have the declared columns, types or key."""


@dataclass(frozen=True)
class Table:
    """One table of a publication.

    ``cle`` is its primary key. ``aggregation_hazard`` says, when summing or
    averaging rows blindly would be wrong, why.
    """

    nom: str
    description: str
    colonnes: Mapping[str, pl.DataType | type[pl.DataType]]
    cle: tuple[str, ...]
    facultatives: frozenset[str] = field(default=frozenset())
    aggregation_hazard: str | None = None


_PROVENANCE: dict[str, type[pl.DataType]] = {
    "source": pl.String,  # code of a document, see definitions/documents.yaml
    "source_ligne": pl.String,  # line(s) of that document, as « 2180 » or « 2361+2414 »
    "source_fichier": pl.String,  # file of data/publie, or name of the simulator
    "source_rang": pl.Int64,  # row of that file, header = 1
    "nature": pl.String,  # Nature
    "note": pl.String,
}

ORGANISME = Table(
    "mart_organisme",
    "One row per organisme of the network.",
    {
        "code_organisme": pl.String,
        "type_organisme": pl.String,
        "nom": pl.String,
        "nom_court": pl.String,
        "codes_region": pl.List(pl.String),
        "codes_departement": pl.List(pl.String),
        "noms_region": pl.List(pl.String),
        "noms_departement": pl.List(pl.String),
        "est_infra_departementale": pl.Boolean,
        "ordre": pl.Int64,
    },
    ("code_organisme",),
)

INDICATEUR = Table(
    "mart_indicateur",
    "One row per indicateur definition.",
    {
        "code_indicateur": pl.String,
        "referentiel": pl.String,
        "numero": pl.Int64,
        "portee": pl.String,
        "titre": pl.String,
        "titre_court": pl.String,
        "domaine": pl.String,
        "processus": pl.String,
        "unite": pl.String,
        "statistique": pl.String,
        "sens": pl.String,
        "maille": pl.String,
        "est_composante": pl.Boolean,
        "ordre": pl.Int64,
    },
    ("code_indicateur",),
    facultatives=frozenset({"numero", "portee", "processus", "unite"}),
)

VALEUR = Table(
    "mart_valeur",
    "The facts. One row = one figure about one entity over one period.",
    {
        "referentiel": pl.String,
        "code_indicateur": pl.String,
        "mesure": pl.String,  # « resultat » (in the indicateur's unit) or « taux_reussite » (%)
        "maille": pl.String,  # Maille
        "code_entite": pl.String,
        "periode_debut": pl.Date,
        "periode_fin": pl.Date,  # inclusive
        "granularite": pl.String,  # Granularite
        "segment": pl.String,  # « ensemble », or the channel, the amount class, the population
        "statistique": pl.String,  # Statistique, or « minimum » / « maximum » of the rows of a type
        "valeur": pl.Float64,
        "borne_basse": pl.Float64,  # a printed range, or an open « > 95 »
        "borne_haute": pl.Float64,
        "valeur_date": pl.Date,
        "numerateur": pl.Float64,
        "denominateur": pl.Float64,
        "statut": pl.String,  # Statut
        "valeur_imprimee": pl.String,
        **_PROVENANCE,
    },
    (
        "referentiel",
        "code_indicateur",
        "mesure",
        "maille",
        "code_entite",
        "periode_debut",
        "periode_fin",
        "granularite",
        "segment",
        "statistique",
    ),
    facultatives=frozenset(
        {
            "valeur",
            "borne_basse",
            "borne_haute",
            "valeur_date",
            "numerateur",
            "denominateur",
            "valeur_imprimee",
            "source_ligne",
            "note",
        }
    ),
    aggregation_hazard=(
        "Mixes levels (organisme, type, réseau), statistics and segments: filter them all before any sum; "
        "a D9 of a group is not the mean of D9s."
    ),
)

CIBLE = Table(
    "mart_cible",
    "Targets and weights, one row per indicateur × type × year.",
    {
        "referentiel": pl.String,
        "code_indicateur": pl.String,
        "type_organisme": pl.String,  # « reseau » for a national target
        "annee": pl.Int64,
        "forme": pl.String,  # Forme
        "operateur": pl.String,  # « >= », « <= », « = », « in »
        "socle": pl.Float64,
        "objectif": pl.Float64,
        "borne_basse": pl.Float64,
        "borne_haute": pl.Float64,
        "date_socle": pl.Date,
        "date_objectif": pl.Date,
        "poids": pl.Float64,  # points of 100
        "texte": pl.String,  # as printed
        **_PROVENANCE,
    },
    ("referentiel", "code_indicateur", "type_organisme", "annee"),
    facultatives=frozenset(
        {
            "operateur",
            "socle",
            "objectif",
            "borne_basse",
            "borne_haute",
            "date_socle",
            "date_objectif",
            "poids",
            "texte",
            "source_ligne",
            "note",
        }
    ),
)

REPARTITION = Table(
    "mart_repartition",
    "How many organismes of a type reach 100 %, less, nothing, or are neutralised, per indicateur.",
    {
        "type_organisme": pl.String,
        "code_indicateur": pl.String,
        "annee": pl.Int64,
        "domaine": pl.String,
        "libelle": pl.String,
        "ordre": pl.Int64,
        "nb_100": pl.Int64,
        "nb_inferieur_100": pl.Int64,
        "nb_nul": pl.Int64,
        "nb_neutralise": pl.Int64,
        "poids": pl.Float64,
        "taux_moyen": pl.Float64,
        "taux_moyen_precedent": pl.Float64,
        **_PROVENANCE,
    },
    ("type_organisme", "code_indicateur", "annee"),
    facultatives=frozenset(
        {
            "nb_100",
            "nb_inferieur_100",
            "nb_nul",
            "nb_neutralise",
            "poids",
            "taux_moyen",
            "taux_moyen_precedent",
            "source_ligne",
            "note",
        }
    ),
)

DOMAINE = Table(
    "mart_domaine",
    "Printed rate and weight of each domaine, per type (« reseau » = part nationale).",
    {
        "type_organisme": pl.String,
        "domaine": pl.String,
        "annee": pl.Int64,
        "ordre": pl.Int64,
        "poids": pl.Float64,
        "taux_moyen": pl.Float64,
        "contribution": pl.Float64,
        "bonification": pl.Boolean,
        **_PROVENANCE,
    },
    ("type_organisme", "domaine", "annee"),
    facultatives=frozenset({"poids", "taux_moyen", "contribution", "bonification", "source_ligne", "note"}),
)

TRANCHE = Table(
    "mart_tranche",
    "Number of organismes per class of local score, as printed.",
    {
        "type_organisme": pl.String,
        "annee": pl.Int64,
        "tranche": pl.String,
        "ordre": pl.Int64,
        "nombre": pl.Int64,
        **_PROVENANCE,
    },
    ("type_organisme", "annee", "tranche"),
    facultatives=frozenset({"source_ligne", "note"}),
    aggregation_hazard="The type « TOTAL » is the sum of the others.",
)

GRANDEUR = Table(
    "mart_grandeur",
    "Network-wide quantities of the intéressement (masse salariale, ETP, amounts per ETP).",
    {
        "code": pl.String,
        "annee": pl.Int64,
        "segment": pl.String,
        "unite": pl.String,
        "valeur": pl.Float64,
        **_PROVENANCE,
    },
    ("code", "annee", "segment"),
    facultatives=frozenset({"source_ligne", "note"}),
)

TERRITOIRE = Table(
    "mart_territoire",
    "Régions, départements and caisses as territories, with their population.",
    {
        "niveau": pl.String,  # « region », « departement », « caisse »
        "code": pl.String,
        "nom": pl.String,
        "code_parent": pl.String,
        "population": pl.Int64,
        "approche": pl.Boolean,  # contour built by approximation, see ressorts.yaml
    },
    ("niveau", "code"),
    facultatives=frozenset({"code_parent", "population"}),
)

FICHIER = Table(
    "mart_fichier",
    "Files read to build the publication.",
    {
        "fichier": pl.String,
        "sha256": pl.String,
        "octets": pl.Int64,
        "source": pl.String,
        "lignes_lues": pl.Int64,
        "lignes_gardees": pl.Int64,
        "lignes_rejetees": pl.Int64,
        "usage": pl.String,  # « faits », « référence » (kept as printed in the schema brut), « géographie »
    },
    ("fichier",),
)

REJET = Table(
    "mart_rejet",
    "Rows of a file that did not become facts, with the reason.",
    {
        "fichier": pl.String,
        "rang": pl.Int64,
        "colonne": pl.String,
        "valeur": pl.String,
        "regle": pl.String,
        "motif": pl.String,
        "remede": pl.String,
    },
    ("fichier", "rang", "regle"),
    facultatives=frozenset({"colonne", "valeur"}),
)

CONTROLE = Table(
    "mart_controle",
    "Named controls and their verdict.",
    {
        "controle": pl.String,
        "objet": pl.String,
        "gravite": pl.String,  # « erreur » blocks, « avertissement » publishes and says so
        "reussi": pl.Boolean,
        "attendu": pl.String,
        "obtenu": pl.String,
        "message": pl.String,
    },
    ("controle", "objet"),
)

PUBLICATION = Table(
    "mart_publication",
    "One row: what this publication is.",
    {
        "version": pl.String,
        "publie_le": pl.Datetime("us", "UTC"),
        "version_application": pl.String,
        "empreinte_entrees": pl.String,
        "empreinte_geo": pl.String,
        "organismes": pl.Int64,
        "valeurs_publiees": pl.Int64,
        "valeurs_simulees": pl.Int64,
        "periode_min": pl.Date,
        "periode_max": pl.Date,
    },
    ("version",),
)

TABLES: tuple[Table, ...] = (
    ORGANISME,
    INDICATEUR,
    VALEUR,
    CIBLE,
    REPARTITION,
    DOMAINE,
    TRANCHE,
    GRANDEUR,
    TERRITOIRE,
    FICHIER,
    REJET,
    CONTROLE,
    PUBLICATION,
)


def build_frame(table: Table, lignes: list[dict[str, object]]) -> pl.DataFrame:
    """Make a frame of a table from dicts; a missing optional column is filled with null.

    Raises:
        SchemaInvalideError: a row has a column the table does not declare.
    """
    inconnues = {c for ligne in lignes for c in ligne} - set(table.colonnes)
    if inconnues:
        raise SchemaInvalideError(f"{table.nom} : colonnes inconnues {sorted(inconnues)}")
    return pl.DataFrame({c: [ligne.get(c) for ligne in lignes] for c in table.colonnes}, schema=dict(table.colonnes))


def check_frame(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with its columns in order, or raise.

    Raises:
        SchemaInvalideError: wrong columns or types, a null in a required column, a duplicate key.
    """
    if set(frame.columns) != set(table.colonnes):
        manque = sorted(set(table.colonnes) - set(frame.columns))
        trop = sorted(set(frame.columns) - set(table.colonnes))
        raise SchemaInvalideError(f"{table.nom} : colonnes manquantes {manque}, en trop {trop}")
    frame = frame.select(list(table.colonnes))
    for colonne, attendu in table.colonnes.items():
        if frame.schema[colonne] != attendu:
            raise SchemaInvalideError(f"{table.nom}.{colonne} : type {frame.schema[colonne]}, attendu {attendu}")
        if colonne not in table.facultatives and frame[colonne].null_count():
            rang = int(frame.with_row_index().filter(pl.col(colonne).is_null())["index"][0])
            raise SchemaInvalideError(f"{table.nom}.{colonne} : valeur absente à la ligne {rang}")
    doublons = frame.filter(frame.select(table.cle).is_duplicated())
    if not doublons.is_empty():
        exemple = doublons.select(table.cle).row(0)
        raise SchemaInvalideError(f"{table.nom} : clé en double {exemple} ({doublons.height} lignes)")
    return frame
