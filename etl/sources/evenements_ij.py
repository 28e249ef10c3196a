"""Individual files of first indemnités journalières (Parquet, one row per payment), aggregated to the cube of délais.

One streaming pass of DuckDB counts the rows by caisse, month, régime, risque, subrogation, canal and day of délai; the
rules are then applied to the groups, which are far fewer than the rows. Every row is either kept or counted under the
first rule it breaks, so that what is read is always what is kept plus what is refused.
"""

from __future__ import annotations

import datetime as dt
import itertools
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Final

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from data.calculs.delais import JOURS_MAX
from data.modele import Nature

# In alphabetical order: the ranks then follow the order of the rows of the cube.
REGIMES: Final = ("TI", "TS")
RISQUES: Final = ("atmp", "derogatoire", "maladie", "maternite")
SUBROGATIONS: Final = ("non", "oui")
CANAUX: Final = ("dsn", "net_entreprises", "papier", "sans_objet")
# Of DuckDB; beyond, it spills to disk. The page gives 4 GB to the whole command, what is reserved and unused included.
MEMOIRE: Final = "1GB"
LIGNES_MAX: Final = 1_000_000_000  # of a file: the counts of a day then hold in 32 bits
_PAUSE: Final = 0.5  # seconds between two reports of progress

_TEXTE: Final = ("VARCHAR",)
_DATE: Final = ("DATE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS")
_ENTIER: Final = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")

# Columns of a file: name -> DuckDB types accepted, and how to say it.
COLONNES: Final = {
    "code_organisme": (_TEXTE, "du texte (code de la caisse sur trois chiffres)"),
    "date_paiement": (_DATE, "une date (sans fuseau)"),
    "regime": (_TEXTE, f"du texte ({', '.join(REGIMES)})"),
    "risque": (_TEXTE, f"du texte ({', '.join(RISQUES)})"),
    "subrogation": (_TEXTE, f"du texte ({', '.join(SUBROGATIONS)})"),
    "canal": (_TEXTE, f"du texte ({', '.join(CANAUX)})"),
    "delai": (_ENTIER, "un nombre entier de jours"),
}
COLONNES_RECONNUES: Final = 4  # a Parquet file with that many of them is one of events


# Rules, in the order they are tried: the first one broken names the reject.
@dataclass(frozen=True)
class RegleIJ:
    """Why a row is refused: the column at fault, the reason, how to mend."""

    colonne: str
    motif: str
    remede: str


REGLES: Final = {
    "caisse_inconnue": RegleIJ(
        "code_organisme",
        "le code ne désigne aucune caisse suivie",
        "Corrigez le code de la caisse (trois chiffres, zéro de tête compris).",
    ),
    "date_manquante": RegleIJ("date_paiement", "la date de paiement manque", "Complétez la date de paiement."),
    "mois_anterieur": RegleIJ(
        "date_paiement", "le paiement est d'avant la période suivie", "Vérifiez l'année ; sinon retirez la ligne."
    ),
    "mois_futur": RegleIJ(
        "date_paiement", "le paiement est d'un mois à venir", "Vérifiez la date : un paiement à venir ne compte pas."
    ),
    "regime_inconnu": RegleIJ("regime", "le régime n'est pas connu", f"Écrivez l'un de : {', '.join(REGIMES)}."),
    "risque_inconnu": RegleIJ("risque", "le risque n'est pas connu", f"Écrivez l'un de : {', '.join(RISQUES)}."),
    "subrogation_inconnue": RegleIJ(
        "subrogation", "la subrogation n'est pas connue", f"Écrivez l'un de : {', '.join(SUBROGATIONS)}."
    ),
    "canal_inconnu": RegleIJ("canal", "le canal n'est pas connu", f"Écrivez l'un de : {', '.join(CANAUX)}."),
    "combinaison_impossible": RegleIJ(
        "regime",
        "régime, risque, subrogation et canal ne vont pas ensemble",
        "Un indépendant n'a ni AT-MP, ni subrogation, ni attestation (canal « sans_objet ») ; un salarié a un canal.",
    ),
    "delai_manquant": RegleIJ("delai", "le délai manque", "Complétez le délai."),
    "delai_negatif": RegleIJ(
        "delai", "le délai est négatif", "Vérifiez les dates : le paiement précède-t-il l'arrêt ?"
    ),
    "delai_excessif": RegleIJ(
        "delai", f"le délai dépasse {JOURS_MAX} jours", "Vérifiez le délai et son unité (jours)."
    ),
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


def has_colonnes_evenements(chemin: Path) -> bool:
    """Whether a file is one of events: a Parquet that has most of the columns of ``COLONNES``, whatever their case."""
    if chemin.suffix.lower() != ".parquet" or not chemin.is_file():
        return False
    try:
        noms = {nom.strip().casefold() for nom in pq.read_schema(chemin).names}
    except (pa.ArrowException, OSError):
        return False  # said by the reader of Parquet files
    return len(noms & set(COLONNES)) >= COLONNES_RECONNUES


def load_evenements(
    chemins: Sequence[Path],
    organismes: Sequence[str],
    du: dt.date,
    au: dt.date,
    avancement: Callable[[float], None] | None = None,
) -> Evenements:
    """Aggregate files of payments to the cube, in one pass.

    Args:
        chemins: Parquet files with the columns of ``COLONNES``; others are ignored.
        organismes: codes of the caisses accepted.
        du: first month accepted. au: last month accepted, included.
        avancement: told now and then how much of the files has been read, in percent.

    Raises:
        EvenementsIllisiblesError: no file, an absent or damaged file, a column missing or of another type.
    """
    mois, codes = _list_mois(du, au), sorted(organismes)
    places: list[Entiers] = [np.zeros(0, dtype=np.int64)]
    nombres: list[Entiers] = [np.zeros(0, dtype=np.int64)]
    rejets = np.zeros(len(REGLES), dtype=np.int64)
    _check_fichiers(chemins)
    with _open_base() as base, _watch(base, avancement), _name_erreurs(chemins):
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


def list_fautives(chemin: Path, organismes: Sequence[str], du: dt.date, au: dt.date, limite: int) -> pl.DataFrame:
    """The first refused rows of a file, in its order.

    Args:
        chemin, organismes, du, au: as in :func:`load_evenements`.
        limite: rows listed at most.

    Returns:
        rang (from 0), regle (name), then the columns of ``COLONNES`` as texts.

    Raises:
        EvenementsIllisiblesError: see :func:`load_evenements`.
    """
    mois = _list_mois(du, au)
    noms = list(REGLES)
    with _open_base() as base, _name_erreurs([chemin]):
        _create_listes(base, organismes)
        lignes = base.execute(
            f"""
            WITH code AS (
                SELECT file_row_number AS rang, {", ".join(f"{c}::VARCHAR AS {c}_lu" for c in COLONNES)}, {_RANGS},
                       delai, datediff('month', $debut, date_paiement) AS mois
                FROM read_parquet($chemin, file_row_number = true)
            ),
            juge AS (SELECT *, {_REGLE} AS regle FROM (SELECT *, {_COMBINAISON} AS combinaison FROM code))
            SELECT rang, regle::BIGINT AS regle, {", ".join(f"{c}_lu AS {c}" for c in COLONNES)}
            FROM juge WHERE regle > 0 ORDER BY rang LIMIT $limite
            """,  # noqa: S608 - constant names
            {"debut": mois[0], "mois": len(mois), "chemin": str(chemin), "limite": limite},
        ).pl()
    return lignes.with_columns(regle=pl.Series([noms[rang - 1] for rang in lignes["regle"]], dtype=pl.String))


@contextmanager
def _open_base() -> Iterator[duckdb.DuckDBPyConnection]:
    """A base in memory, which spills to a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="parangon-ij-") as dossier:
        config: dict[str, str | bool | int | float | list[str]] = {
            "threads": 2,
            "memory_limit": MEMOIRE,
            "preserve_insertion_order": False,
            "temp_directory": dossier,
        }
        with duckdb.connect(config=config) as base:
            yield base


@contextmanager
def _watch(base: duckdb.DuckDBPyConnection, avancement: Callable[[float], None] | None) -> Iterator[None]:
    """Tell from another thread how far the query of a base is."""
    if avancement is None:
        yield
        return
    fin = Event()
    base.execute("SET enable_progress_bar = true")  # without it, a query does not say how far it is
    base.execute("SET enable_progress_bar_print = false")

    def tell() -> None:
        while not fin.wait(_PAUSE):
            avancement(max(0.0, base.query_progress()))

    fil = Thread(target=tell, daemon=True)
    fil.start()
    try:
        yield
    finally:
        fin.set()
        fil.join()


@contextmanager
def _name_erreurs(chemins: Sequence[Path]) -> Iterator[None]:
    """A file whose foot is whole and whose pages are not is found out while it is read."""
    try:
        yield
    except (duckdb.IOException, duckdb.InvalidInputException, duckdb.SerializationException) as erreur:
        noms = ", ".join(chemin.name for chemin in chemins)
        raise EvenementsIllisiblesError(
            f"{noms} : le fichier est abîmé, sa lecture s'arrête avant la fin. Exportez-le de nouveau."
        ) from erreur


def _check_fichiers(chemins: Sequence[Path]) -> None:
    if not chemins:
        raise EvenementsIllisiblesError("Aucun fichier d'IJ à lire : donnez au moins un fichier Parquet.")
    for chemin in chemins:
        for _, message in list_defauts(chemin):
            raise EvenementsIllisiblesError(message)


def list_defauts(chemin: Path) -> list[tuple[str, str]]:
    """Every column of a file that is missing or of another type: its name, and the message (French) that says it.

    Raises:
        EvenementsIllisiblesError: an absent, damaged or endless file.
    """
    if not chemin.is_file():
        raise EvenementsIllisiblesError(f"{chemin.name} : le fichier n'existe pas, vérifiez son nom.")
    try:
        with duckdb.connect() as base:
            decrites = base.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(chemin)]).fetchall()
        lignes = pq.read_metadata(chemin).num_rows
    except (duckdb.Error, pa.ArrowException) as erreur:
        raise EvenementsIllisiblesError(
            f"{chemin.name} : ce n'est pas un fichier Parquet lisible (vide, tronqué ou d'un autre format). "
            "Exportez-le de nouveau."
        ) from erreur
    if lignes > LIGNES_MAX:
        raise EvenementsIllisiblesError(
            f"{chemin.name} : {lignes} lignes, plus que les {LIGNES_MAX} admises. Découpez le fichier par caisse."
        )
    types = {ligne[0]: ligne[1] for ligne in decrites}
    defauts = []
    for colonne, (admis, attendu) in COLONNES.items():
        if colonne not in types:
            proche = next((nom for nom in types if nom.strip().casefold() == colonne), None)
            suite = f"renommez « {proche} »" if proche else f"attendues : {', '.join(COLONNES)}"
            defauts.append((colonne, f"{chemin.name} : la colonne « {colonne} » manque ; {suite}."))
        elif types[colonne] not in admis:
            defauts.append(
                (
                    colonne,
                    f"{chemin.name}, colonne « {colonne} » : {attendu} est attendu, pas {types[colonne]}. "
                    "Changez son type à l'export.",
                )
            )
    return defauts


# Ranks are those of the enumerations, null for a value outside them; the order is that of ``list_combinaisons``.
_COMBINAISON: Final = f"""
    CASE WHEN regime = 0 AND risque > 0 AND subrogation = 0 AND canal = {len(CANAUX) - 1} THEN risque - 1
         WHEN regime = 1 AND canal < {len(CANAUX) - 1}
         THEN {len(RISQUES) - 1} + (risque * {len(SUBROGATIONS)} + subrogation) * {len(CANAUX) - 1} + canal END
"""

# The first rule broken, in the order of ``REGLES``; 0 when none is.
_REGLE: Final = f"""
    CASE WHEN caisse IS NULL THEN 1 WHEN mois IS NULL THEN 2 WHEN mois < 0 THEN 3 WHEN mois >= $mois THEN 4
         WHEN regime IS NULL THEN 5 WHEN risque IS NULL THEN 6 WHEN subrogation IS NULL THEN 7 WHEN canal IS NULL THEN 8
         WHEN combinaison IS NULL THEN 9 WHEN delai IS NULL THEN 10 WHEN delai < 0 THEN 11
         WHEN delai > {JOURS_MAX} THEN 12 ELSE 0 END
"""

_ENUMEREES: Final = ("code_organisme", "regime", "risque", "subrogation", "canal")
# A cast to an enumeration gives nothing for a value outside it.
_RANGS: Final = ", ".join(
    f"enum_code(TRY_CAST({c} AS liste_{c}))::SMALLINT AS {'caisse' if c == 'code_organisme' else c}" for c in _ENUMEREES
)


def _create_listes(base: duckdb.DuckDBPyConnection, organismes: Sequence[str]) -> None:
    """One enumeration per column of texts, in the order of the ranks of the cube."""
    valeurs = (tuple(sorted(organismes)), REGIMES, RISQUES, SUBROGATIONS, CANAUX)
    for colonne, admises in zip(_ENUMEREES, valeurs, strict=True):
        membres = ", ".join("'" + valeur.replace("'", "''") + "'" for valeur in admises)
        base.execute(f"CREATE TYPE liste_{colonne} AS ENUM ({membres})")


def _stream_groupes(
    base: duckdb.DuckDBPyConnection, chemins: Sequence[Path], organismes: Sequence[str], mois: Sequence[dt.date]
) -> Iterator[tuple[Entiers, Entiers, Entiers]]:
    """Count the rows by group and send the groups by batches. Small ranks group faster than the texts they stand for.

    Yields:
        Rank of the rule broken (from 1, 0 when none is), place in the counts (caisse × month × combination × day, 0
        when a rule is broken), number of rows.
    """
    _create_listes(base, organismes)
    resultat = base.execute(
        f"""
        WITH groupe AS (
            SELECT {_RANGS}, datediff('month', $debut, date_paiement)::INTEGER AS mois,
                   CASE WHEN delai < 0 THEN -1 WHEN delai > {JOURS_MAX} THEN {JOURS_MAX + 1} ELSE delai END::SMALLINT
                   AS delai, count(*) AS nombre
            FROM read_parquet($chemins) GROUP BY ALL
        ),
        juge AS (SELECT *, {_REGLE} AS regle FROM (SELECT *, {_COMBINAISON} AS combinaison FROM groupe))
        SELECT regle::BIGINT AS regle,
               CASE WHEN regle = 0
                    THEN ((caisse::BIGINT * $mois + mois) * $combinaisons + combinaison) * {JOURS_MAX + 1} + delai
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
    # A place and its number of files fit in one integer: sorting it needs no rank, and moves both at once.
    bits = int(nombres.max(initial=0)).bit_length()
    triees = np.sort(places << bits | nombres)
    places, nombres = triees >> bits, triees & ((1 << bits) - 1)
    lignes = places // (JOURS_MAX + 1)
    jours = places - lignes * (JOURS_MAX + 1)
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
