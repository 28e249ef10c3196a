"""A network ten times as large, for the benches: the current publication with every organisme copied under new codes.

Copies keep the type, the régions and the denominators of their model; their values are up to 2 % lower, each by a
share drawn from its place, so that no two organismes are alike and no rate passes 100 %. The copies are in no
definition: a page can compare with them, not be opened on them.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from data.chemins import NOM_BASE, get_lien_courant, get_publications
from data.schemas import TABLES

_DELAIS = ("mart_delai_ij", "mart_delai_ij_caisse")  # no page of comparison reads them

_ORGANISMES = """
    INSERT INTO mart_organisme
    SELECT o.* REPLACE (
        code_organisme || '-' || k AS code_organisme, nom || ' ' || k AS nom, nom_court || ' ' || k AS nom_court,
        ordre + 1000 * k AS ordre
    )
    FROM source.mart_organisme o, range(1, $facteur) t(k)
"""
_VALEURS = """
    INSERT INTO mart_valeur
    SELECT * EXCLUDE (k, part) REPLACE (
        code_entite || '-' || k AS code_entite, valeur * part AS valeur,
        CASE WHEN denominateur > 0 THEN numerateur * part ELSE numerateur END AS numerateur
    )
    FROM (
        SELECT v.*, k, 1 - 0.02 * (hash(code_entite, code_indicateur, periode_debut, k) % 1000) / 1000 AS part
        FROM source.mart_valeur v, range(1, $facteur) t(k)
        WHERE v.maille = 'organisme'
    )
"""


def write_reseau_elargi(source: Path, var: Path, facteur: int = 10) -> None:
    """Publish in ``var`` a network ``facteur`` times that of a database file.

    Args:
        source: database of a publication.
        var: empty folder; what ``PARANGON_VAR`` names.
        facteur: organismes for each one of the source, itself included.
    """
    dossier = get_publications(var) / f"elargi-{facteur}"
    dossier.mkdir(parents=True)
    get_lien_courant(var).symlink_to(dossier.relative_to(var))
    with duckdb.connect(str(dossier / NOM_BASE)) as connexion:
        connexion.execute(f"ATTACH '{str(source).replace(chr(39), chr(39) * 2)}' AS source (READ_ONLY)")
        for table in TABLES:
            limite = "LIMIT 0" if table.nom in _DELAIS else ""
            connexion.execute(f"CREATE TABLE {table.nom} AS SELECT * FROM source.{table.nom} {limite}")  # noqa: S608
        connexion.execute("CREATE SCHEMA brut")
        brutes = connexion.execute(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = 'source' AND schema_name = 'brut'"
        ).fetchall()
        for (nom,) in brutes:
            connexion.execute(f"CREATE TABLE brut.{nom} AS SELECT * FROM source.brut.{nom}")  # noqa: S608
        for requete in (_ORGANISMES, _VALEURS):
            connexion.execute(requete, {"facteur": facteur})
