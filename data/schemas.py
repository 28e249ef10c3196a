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
    "source_feuille": pl.String,  # sheet of a loaded workbook or layer; null for a file that has none
    "source_colonne": pl.String,  # column of a loaded file the figure was printed in
    "chargement": pl.String,  # id of the load (see mart_chargement); null for data/publie and the simulators
    "alertes": pl.String,  # names of the warnings the fact was published with, comma separated
    "nature": pl.String,  # Nature
    "note": pl.String,
}

# Columns of provenance every fact may leave empty.
_PROVENANCE_FACULTATIVE = frozenset(
    {"source_ligne", "note", "source_feuille", "source_colonne", "chargement", "alertes"}
)

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
            *_PROVENANCE_FACULTATIVE,
        }
    ),
    aggregation_hazard=(
        "Mixes levels (organisme, type, réseau), statistics and segments: filter them all before any sum; "
        "a D9 of a group is not the mean of D9s."
    ),
)

CIBLE = Table(
    "mart_cible",
    "Targets and weights: a row per indicateur × type × year, one more where simulated thresholds complete a weight.",
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
    # A printed weight without thresholds (published) and simulated thresholds are two rows.
    ("referentiel", "code_indicateur", "type_organisme", "annee", "nature"),
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
            *_PROVENANCE_FACULTATIVE,
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
            *_PROVENANCE_FACULTATIVE,
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
    facultatives=frozenset({"poids", "taux_moyen", "contribution", "bonification"}) | _PROVENANCE_FACULTATIVE,
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
    facultatives=_PROVENANCE_FACULTATIVE,
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
    facultatives=_PROVENANCE_FACULTATIVE,
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

COMMUNE = Table(
    "mart_commune",
    "Every code a file may give for a commune: its own, those of arrondissements and of former communes.",
    {
        "code_commune": pl.String,  # INSEE
        "type": pl.String,  # « COM », « ARM » (arrondissement), « COMD » and « COMA » (déléguée, associée)
        "nom": pl.String,
        "code_actuel": pl.String,  # of the commune it belongs to; its own for a commune
        "code_departement": pl.String,
        "code_region": pl.String,
        "code_caisse": pl.String,
        "approche": pl.Boolean,  # the caisse is the one of an approximated contour, see ressorts.yaml
        "population": pl.Int64,  # inhabitants
        "ouest": pl.Float64,  # bounding box of the outline, degrees
        "sud": pl.Float64,
        "est": pl.Float64,
        "nord": pl.Float64,
    },
    ("code_commune",),
    facultatives=frozenset({"population", "ouest", "sud", "est", "nord"}),
    aggregation_hazard="The population of an arrondissement or of a former commune is part of that of its commune.",
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
    "Cells and rows of a file that did not become facts (or did with a warning), with the reason.",
    {
        "chargement": pl.String,  # id of the load; null for data/publie
        "gravite": pl.String,  # « rejet » (no fact), « avertissement » (published with a flag); null for data/publie
        "fichier": pl.String,
        "feuille": pl.String,
        "rang": pl.Int64,
        "colonne": pl.String,
        "valeur": pl.String,
        "regle": pl.String,
        "motif": pl.String,
        "remede": pl.String,
    },
    ("chargement", "fichier", "feuille", "rang", "colonne", "regle"),
    facultatives=frozenset({"chargement", "gravite", "feuille", "colonne", "valeur"}),
)

CHARGEMENT = Table(
    "mart_chargement",
    "Files loaded by a data steward and part of this publication: who sent what when, and what became of it.",
    {
        "chargement": pl.String,  # id, also the folder under var/chargements
        "rang": pl.Int64,  # order of loading: on one key, the last load wins
        "fichier": pl.String,
        "sha256": pl.String,
        "octets": pl.Int64,
        "format": pl.String,  # « csv », « xlsx », « parquet », « geojson », « gpkg », « shp »
        "source": pl.String,  # code of the mapping, see definitions/sources
        "auteur": pl.String,  # who loaded it, as declared
        "charge_le": pl.Datetime("us", "UTC"),
        "lignes_lues": pl.Int64,
        "lignes_gardees": pl.Int64,
        "lignes_rejetees": pl.Int64,
        "faits": pl.Int64,
        "rejets": pl.Int64,
        "avertissements": pl.Int64,
        "corrections": pl.Int64,
        "remplaces": pl.Int64,  # facts of this load replaced since by a later load, or giving way to a document
        "periode_min": pl.Date,
        "periode_max": pl.Date,
    },
    ("chargement",),
    facultatives=frozenset({"periode_min", "periode_max"}),
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

_DIMENSIONS_IJ: dict[str, type[pl.DataType]] = {
    "mois": pl.Date,  # first day of the month of payment
    "regime": pl.String,  # « TS », « TI »
    "risque": pl.String,  # « maladie », « atmp », « maternite », « derogatoire »
    "subrogation": pl.String,  # « non » (paid to the insured, TI always), « oui »
    "canal": pl.String,  # of the attestation de salaire: « dsn », « net_entreprises », « papier », « sans_objet » (TI)
}
_MESURES_IJ: dict[str, pl.DataType | type[pl.DataType]] = {
    "nombre": pl.Int64,  # files
    "somme_jours": pl.Int64,  # sum of their délais, days
    "comptes": pl.List(pl.UInt32),  # files paid after 0, 1, 2… days; stops at the last day with a file
    "nature": pl.String,  # Nature
}
_HASARD_IJ = (
    "Sum the counts day by day, then take the mean or the decile of the sum: a D9 of a group is not the mean of D9s."
)

DELAI_IJ = Table(
    "mart_delai_ij",
    "Files of first indemnités journalières per day of délai: one row per caisse, month, régime, risque, subrogation "
    "and canal that has files.",
    {"code_organisme": pl.String, **_DIMENSIONS_IJ, **_MESURES_IJ},
    ("code_organisme", *_DIMENSIONS_IJ),
    aggregation_hazard=_HASARD_IJ,
)

DELAI_IJ_RESEAU = Table(
    "mart_delai_ij_reseau",
    "The same counts for all the caisses together.",
    {**_DIMENSIONS_IJ, **_MESURES_IJ},
    tuple(_DIMENSIONS_IJ),
    aggregation_hazard=_HASARD_IJ,
)

DELAI_IJ_CAISSE = Table(
    "mart_delai_ij_caisse",
    "Mean and deciles of the délai by caisse and month, all canaux together, for every régime, risque and subrogation "
    "and for their totals.",
    {
        "code_organisme": pl.String,
        "mois": pl.Date,
        "regime": pl.String,  # as in mart_delai_ij, or « tous »
        "risque": pl.String,  # as in mart_delai_ij, or « tous »
        "subrogation": pl.String,  # as in mart_delai_ij, or « tous »
        "nombre": pl.Int64,
        "moyenne": pl.Float64,  # days
        **{f"d{decile}": pl.Float64 for decile in range(1, 10)},  # days
        "nature": pl.String,
    },
    ("code_organisme", "mois", "regime", "risque", "subrogation"),
    aggregation_hazard="« tous » is the total of the other rows; deciles neither add nor average.",
)

DELAI_IJ_ORIGINE = Table(
    "mart_delai_ij_origine",
    "Where the real months of mart_delai_ij come from: one row per caisse, month of payment and load.",
    {
        "code_organisme": pl.String,
        "mois": pl.Date,  # first day of the month of payment
        "chargement": pl.String,  # id, see mart_chargement
        "nombre": pl.Int64,  # files of this load counted in the cube
    },
    ("code_organisme", "mois", "chargement"),
    aggregation_hazard="A month absent from here is simulated, or has no file.",
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
    COMMUNE,
    FICHIER,
    REJET,
    CHARGEMENT,
    CONTROLE,
    PUBLICATION,
    DELAI_IJ,
    DELAI_IJ_RESEAU,
    DELAI_IJ_CAISSE,
    DELAI_IJ_ORIGINE,
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
