"""Individual files of first indemnités journalières (Parquet, one row per payment), aggregated to the cube of délais.

One streaming pass of DuckDB counts the rows by caisse, month, régime, risque, subrogation, canal and day of délai; the
rules are then applied to the groups, which are far fewer than the rows. Every row is either kept or counted under the
first rule it breaks, so that what is read is always what is kept plus what is refused.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from data.calculs.delais import JOURS_MAX
from data.modele import Nature

# In alphabetical order: the ranks then follow the order of the rows of the cube.
REGIMES: Final = ("TI", "TS")
RISQUES: Final = ("atmp", "derogatoire", "maladie", "maternite")
SUBROGATIONS: Final = ("non", "oui")
CANAUX: Final = ("dsn", "net_entreprises", "papier", "sans_objet")
MEMOIRE: Final = "3GB"  # of DuckDB; beyond, it spills to disk

# Columns of a file: name -> prefixes of the DuckDB types accepted, and how to say it.
COLONNES: Final = {
    "code_organisme": (("VARCHAR", "ENUM"), "du texte (code de la caisse sur trois chiffres)"),
    "date_paiement": (("DATE", "TIMESTAMP"), "une date"),
    "regime": (("VARCHAR", "ENUM"), f"du texte ({', '.join(REGIMES)})"),
    "risque": (("VARCHAR", "ENUM"), f"du texte ({', '.join(RISQUES)})"),
    "subrogation": (("VARCHAR", "ENUM"), f"du texte ({', '.join(SUBROGATIONS)})"),
    "canal": (("VARCHAR", "ENUM"), f"du texte ({', '.join(CANAUX)})"),
    "delai": (("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "U"), "un nombre entier de jours"),
}

# Rules, in the order they are tried: the first one broken names the reject.
REGLES: Final = {
    "caisse_inconnue": "Le code ne désigne aucune caisse suivie : corrigez-le (trois chiffres, zéro de tête compris).",
    "date_manquante": "La date de paiement manque : complétez-la.",
    "mois_hors_periode": "Le paiement est hors de la période suivie : vérifiez la date.",
    "regime_inconnu": f"Le régime n'est pas l'un de : {', '.join(REGIMES)}.",
    "risque_inconnu": f"Le risque n'est pas l'un de : {', '.join(RISQUES)}.",
    "subrogation_inconnue": f"La subrogation n'est pas l'une de : {', '.join(SUBROGATIONS)}.",
    "canal_inconnu": f"Le canal n'est pas l'un de : {', '.join(CANAUX)}.",
    "combinaison_impossible": "Un indépendant n'a ni AT-MP, ni subrogation, ni attestation ; un salarié a un canal.",
    "delai_manquant": "Le délai manque : complétez-le.",
    "delai_negatif": "Le délai est négatif : la date de paiement précède-t-elle l'arrêt ?",
    "delai_excessif": f"Le délai dépasse {JOURS_MAX} jours : vérifiez-le.",
}

Entiers = NDArray[np.int64]
Combinaison = tuple[str, str, str, str]


class EvenementsIllisiblesError(ValueError):
    """A file of events cannot be read; the message (French) says which, where and how to mend it."""


@dataclass(frozen=True)
class Evenements:
    """What was read: rows of ``mart_delai_ij``, number of rows read and kept, rejects by rule (rules with some)."""

    cube: pl.DataFrame
    lues: int
    gardees: int
    rejets: dict[str, int]


def list_combinaisons() -> list[Combinaison]:
    """Every régime, risque, subrogation and canal a payment may have, in the order of ``_COMBINAISON``."""
    salaries = itertools.product(("TS",), RISQUES, SUBROGATIONS, CANAUX[:-1])
    return [*(("TI", risque, "non", "sans_objet") for risque in RISQUES[1:]), *salaries]


def load_evenements(chemins: Sequence[Path], organismes: Sequence[str], du: dt.date, au: dt.date) -> Evenements:
    """Aggregate files of payments to the cube, in one pass.

    Args:
        chemins: Parquet files with the columns of ``COLONNES``; others are ignored.
        organismes: codes of the caisses accepted.
        du: first month accepted. au: last month accepted, included.

    Raises:
        EvenementsIllisiblesError: no file, an absent or damaged file, a column missing or of another type.
    """
    mois, codes = _list_mois(du, au), sorted(organismes)
    places: list[Entiers] = []
    nombres: list[Entiers] = []
    rejets = np.zeros(len(REGLES), dtype=np.int64)
    with duckdb.connect(config={"threads": 2, "memory_limit": MEMOIRE, "preserve_insertion_order": False}) as base:
        _check_fichiers(base, chemins)
        for regle, place, nombre in _stream_groupes(base, chemins, codes, mois):
            bons = regle == 0
            places.append(place[bons])
            nombres.append(nombre[bons])
            rejets += np.bincount(regle[~bons] - 1, nombre[~bons], len(REGLES)).astype(np.int64)
    cube = _build_cube(np.concatenate(places), np.concatenate(nombres), codes, mois)
    gardees = sum(int(nombre.sum()) for nombre in nombres)
    return Evenements(
        cube, gardees + int(rejets.sum()), gardees, {r: int(n) for r, n in zip(REGLES, rejets, strict=True) if n}
    )


def _list_mois(du: dt.date, au: dt.date) -> list[dt.date]:
    nombre = (au.year - du.year) * 12 + au.month - du.month + 1
    if nombre < 1:
        raise ValueError(f"la période va de {du:%m/%Y} à {au:%m/%Y} : elle est à l'envers")
    return [dt.date(du.year + (du.month - 1 + n) // 12, (du.month - 1 + n) % 12 + 1, 1) for n in range(nombre)]


def _check_fichiers(base: duckdb.DuckDBPyConnection, chemins: Sequence[Path]) -> None:
    if not chemins:
        raise EvenementsIllisiblesError("Aucun fichier d'IJ à lire : donnez au moins un fichier Parquet.")
    for chemin in chemins:
        if not chemin.is_file():
            raise EvenementsIllisiblesError(f"{chemin.name} : le fichier n'existe pas, vérifiez son nom.")
        try:
            decrites = base.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(chemin)]).fetchall()
        except duckdb.Error as erreur:
            raise EvenementsIllisiblesError(
                f"{chemin.name} : ce n'est pas un fichier Parquet lisible (vide, tronqué ou d'un autre format). "
                "Exportez-le de nouveau."
            ) from erreur
        types = {ligne[0]: ligne[1] for ligne in decrites}
        for colonne, (admis, attendu) in COLONNES.items():
            if colonne not in types:
                raise EvenementsIllisiblesError(
                    f"{chemin.name} : la colonne « {colonne} » manque ; attendues : {', '.join(COLONNES)}."
                )
            if not types[colonne].startswith(admis):
                raise EvenementsIllisiblesError(
                    f"{chemin.name}, colonne « {colonne} » : {attendu} est attendu, pas {types[colonne]}. "
                    "Changez son type à l'export."
                )


# Ranks are those of the enumerations, null for a value outside them; the order is that of ``list_combinaisons``.
_COMBINAISON: Final = f"""
    CASE WHEN regime = 0 AND risque > 0 AND subrogation = 0 AND canal = {len(CANAUX) - 1} THEN risque - 1
         WHEN regime = 1 AND canal < {len(CANAUX) - 1}
         THEN {len(RISQUES) - 1} + (risque * {len(SUBROGATIONS)} + subrogation) * {len(CANAUX) - 1} + canal END
"""

# The first rule broken, in the order of ``REGLES``; 0 when none is.
_REGLE: Final = f"""
    CASE WHEN caisse IS NULL THEN 1 WHEN mois IS NULL THEN 2 WHEN mois < 0 OR mois >= $mois THEN 3
         WHEN regime IS NULL THEN 4 WHEN risque IS NULL THEN 5 WHEN subrogation IS NULL THEN 6 WHEN canal IS NULL THEN 7
         WHEN combinaison IS NULL THEN 8 WHEN delai IS NULL THEN 9 WHEN delai < 0 THEN 10
         WHEN delai > {JOURS_MAX} THEN 11 ELSE 0 END
"""


def _stream_groupes(
    base: duckdb.DuckDBPyConnection, chemins: Sequence[Path], organismes: Sequence[str], mois: Sequence[dt.date]
) -> Iterator[tuple[Entiers, Entiers, Entiers]]:
    """Count the rows by group and send the groups by batches.

    Yields:
        Rank of the rule broken (from 1, 0 when none is), place in the counts (caisse × month × combination × day, 0
        when a rule is broken), number of rows.
    """
    enumerations = {
        "code_organisme": tuple(organismes),
        "regime": REGIMES,
        "risque": RISQUES,
        "subrogation": SUBROGATIONS,
        "canal": CANAUX,
    }
    for colonne, valeurs in enumerations.items():
        membres = ", ".join("'" + valeur.replace("'", "''") + "'" for valeur in valeurs)
        base.execute(f"CREATE TYPE liste_{colonne} AS ENUM ({membres})")
    # A cast to an enumeration gives nothing for a value outside it.
    rangs = {c: f"enum_code(TRY_CAST({c}::VARCHAR AS liste_{c}))::BIGINT" for c in enumerations}
    resultat = base.execute(
        f"""
        WITH groupe AS (
            SELECT code_organisme, date_trunc('month', date_paiement)::DATE AS mois, regime, risque, subrogation, canal,
                   delai, count(*) AS nombre
            FROM read_parquet($chemins) GROUP BY ALL
        ),
        code AS (
            SELECT {rangs["code_organisme"]} AS caisse, datediff('month', $debut, mois) AS mois,
                   {rangs["regime"]} AS regime, {rangs["risque"]} AS risque, {rangs["subrogation"]} AS subrogation,
                   {rangs["canal"]} AS canal, delai, nombre
            FROM groupe
        ),
        juge AS (SELECT *, {_REGLE} AS regle FROM (SELECT *, {_COMBINAISON} AS combinaison FROM code))
        SELECT regle::BIGINT AS regle,
               CASE WHEN regle = 0
                    THEN ((caisse * $mois + mois) * $combinaisons + combinaison) * {JOURS_MAX + 1} + delai
                    ELSE 0 END::BIGINT AS place,
               nombre
        FROM juge
        """,  # noqa: S608 - constant names
        {
            "debut": mois[0],
            "mois": len(mois),
            "combinaisons": len(list_combinaisons()),
            "chemins": [str(chemin) for chemin in chemins],
        },
    )
    for lot in resultat.to_arrow_reader(1_000_000):
        regle, case, nombre = (colonne.to_numpy(zero_copy_only=False) for colonne in lot.columns)
        yield regle, case, nombre


def _build_cube(places: Entiers, nombres: Entiers, codes: Sequence[str], mois: Sequence[dt.date]) -> pl.DataFrame:
    """Rows of ``mart_delai_ij`` from places in the counts (each once) and the files found there."""
    ordre = np.argsort(places)
    lignes, jours = np.divmod(places[ordre], JOURS_MAX + 1)
    nombres = nombres[ordre]
    # Each row of the cube is a run of places: where it starts, and its last day with a file.
    debuts = np.flatnonzero(np.diff(lignes, prepend=-1))
    derniers = np.append(debuts[1:], len(lignes)) - 1
    longueurs = jours[derniers] + 1 if len(debuts) else np.zeros(0, dtype=np.int64)
    bornes = np.concatenate([[0], np.cumsum(longueurs)]).astype(np.int64)
    valeurs = np.zeros(int(bornes[-1]), dtype=np.uint32)
    valeurs[np.repeat(bornes[:-1], derniers - debuts + 1) + jours] = nombres
    combinaisons = list_combinaisons()
    rang_caisse, reste = np.divmod(lignes[debuts], len(mois) * len(combinaisons))
    rang_mois, rang_combinaison = np.divmod(reste, len(combinaisons))
    dimensions = {
        champ: pl.Series(champ, [combinaison[rang] for combinaison in combinaisons])
        for rang, champ in enumerate(("regime", "risque", "subrogation", "canal"))
    }
    return pl.DataFrame(
        {
            "code_organisme": pl.Series(codes, dtype=pl.String).gather(rang_caisse),
            "mois": pl.Series(mois, dtype=pl.Date).gather(rang_mois),
            **{champ: serie.gather(rang_combinaison) for champ, serie in dimensions.items()},
            "nombre": np.add.reduceat(nombres, debuts) if len(debuts) else np.zeros(0, dtype=np.int64),
            "somme_jours": np.add.reduceat(nombres * jours, debuts) if len(debuts) else np.zeros(0, dtype=np.int64),
            "comptes": pl.Series(pa.LargeListArray.from_arrays(pa.array(bornes), pa.array(valeurs))),
        }
    ).with_columns(nature=pl.lit(Nature.PUBLIEE.value))
