"""Délais IJ from the counts per day: any mean, decile or histogram of any group of caisses.

A filter left at « tous » keeps every régime, risque, subrogation or canal. Series over time of the network and
histograms add the counts; series by caisse read the statistics published with them, computed from the same counts.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import polars as pl

from data.calculs.delais import compute_moyennes, compute_quantiles, sum_comptes
from data.magasin import Lecture, par_version

Regime = Literal["tous", "TS", "TI"]
Risque = Literal["tous", "maladie", "atmp", "maternite", "derogatoire"]
Subrogation = Literal["tous", "non", "oui"]
Canal = Literal["tous", "dsn", "net_entreprises", "papier"]
StatistiqueIJ = Literal["moyenne", "d9"]

DECILES: Final = tuple(rang / 10 for rang in range(1, 10))


@dataclass(frozen=True)
class FiltreIJ:
    """The files a request is about."""

    regime: Regime = "TS"
    risque: Risque = "maladie"
    subrogation: Subrogation = "non"
    canal: Canal = "tous"


def _build_condition(filtre: FiltreIJ, *conditions: str) -> tuple[str, dict[str, object]]:
    """The WHERE clause of a filter, plain equalities only (DuckDB skips blocks on them), and its parameters."""
    parametres = {
        champ: valeur
        for champ in ("regime", "risque", "subrogation", "canal")
        if (valeur := getattr(filtre, champ)) != "tous"
    }
    return " AND ".join([*(f"{champ} = ${champ}" for champ in parametres), *conditions]) or "true", parametres


def _build_organismes(organismes: tuple[str, ...]) -> tuple[str, dict[str, object]]:
    """The condition that keeps some caisses, as a list of values (a sub-query would read every histogram)."""
    parametres: dict[str, object] = {f"organisme_{rang}": code for rang, code in enumerate(organismes)}
    return f"code_organisme IN ({', '.join(f'${nom}' for nom in parametres)})", parametres


@par_version
def list_caisses(lecture: Lecture) -> pl.DataFrame:
    """The caisses that have files, in definition order: code_organisme, nom, nom_court, type_organisme, nature."""
    return lecture.query(
        """
        SELECT o.code_organisme, o.nom, o.nom_court, o.type_organisme, d.nature
        FROM (SELECT code_organisme, max(nature) AS nature FROM mart_delai_ij_caisse GROUP BY code_organisme) d
        JOIN mart_organisme o USING (code_organisme)
        ORDER BY o.ordre
        """
    )


@par_version
def list_mois(lecture: Lecture) -> pl.DataFrame:
    """Months that have files, in the order of time: mois (first day), reseau (whether all the caisses have sent)."""
    return lecture.query(
        """
        SELECT mois, bool_or(reseau) AS reseau
        FROM (SELECT DISTINCT mois, false AS reseau FROM mart_delai_ij_caisse
              UNION ALL SELECT DISTINCT mois, true FROM mart_delai_ij_reseau)
        GROUP BY mois ORDER BY mois
        """
    )


@par_version
def list_serie_reseau(lecture: Lecture, filtre: FiltreIJ) -> pl.DataFrame:
    """Monthly statistics of all the caisses together, exact: the counts are added before anything else.

    Columns: mois (first day), nombre (files), moyenne, d1 … d9 (days), nature; in the order of time, months without
    files left out.
    """
    condition, parametres = _build_condition(filtre)
    return _compute_serie(
        lecture.query(f"SELECT mois, comptes, nature FROM mart_delai_ij_reseau WHERE {condition}", parametres)  # noqa: S608
    )


@par_version
def list_serie_groupe(lecture: Lecture, organismes: tuple[str, ...], filtre: FiltreIJ) -> pl.DataFrame:
    """The same for a group of caisses (région, peers, one caisse with a canal), as exact: same columns, and reelle
    (whether some of its files are real).
    """
    caisses, codes = _build_organismes(organismes)
    condition, parametres = _build_condition(filtre, caisses)
    lignes = lecture.query(f"SELECT mois, comptes, nature FROM mart_delai_ij WHERE {condition}", parametres | codes)  # noqa: S608
    reelles = lignes.group_by("mois").agg(reelle=(pl.col("nature") == "publiee").any())
    return _compute_serie(lignes).join(reelles, on="mois", how="left", maintain_order="left")


def _compute_serie(lignes: pl.DataFrame) -> pl.DataFrame:
    """Statistics by month from rows (mois, comptes, nature) in any order."""
    mois = lignes["mois"].unique().sort()
    groupes = lignes["mois"].rank("dense").to_numpy().astype(np.int64) - 1
    comptes = sum_comptes(lignes["comptes"], groupes, len(mois))
    quantiles = compute_quantiles(comptes, DECILES)
    return pl.DataFrame(
        {
            "mois": mois,
            "nombre": comptes.sum(axis=1),
            "moyenne": compute_moyennes(comptes),
            **{f"d{rang}": quantiles[:, rang - 1] for rang in range(1, 10)},
            "nature": lignes.group_by("mois").agg(pl.col("nature").max()).sort("mois")["nature"],
        }
    )


@par_version
def list_serie_caisse(
    lecture: Lecture, organisme: str, filtre: FiltreIJ, statistique: StatistiqueIJ = "moyenne"
) -> pl.DataFrame:
    """One caisse month by month against the CPAM and CCSS, all canaux together.

    Args:
        lecture: given by the cache.
        organisme: code of a caisse of :func:`list_caisses`.
        filtre: its ``canal`` must be « tous » (statistics by caisse are kept for all canaux together).
        statistique: « moyenne » or « d9 ».

    Returns:
        mois, valeur (days, null when the caisse has no file that month), nombre (its files, null likewise), p10,
        mediane, p90 (of the values of the caisses, days, linear interpolation), effectif (CPAM and CCSS with a value),
        reelles (those whose value is real), nature (of the caisse, null likewise); in the order of time. The band is
        that of the whole network: null in the months that some caisses alone have sent.

    Raises:
        ValueError: a canal is asked.
    """
    if filtre.canal != "tous":
        raise ValueError("la série d'une caisse face aux autres n'existe que tous canaux ensemble")
    parametres = {
        "regime": filtre.regime,
        "risque": filtre.risque,
        "subrogation": filtre.subrogation,
        "organisme": organisme,
    }
    return lecture.query(
        f"""
        WITH fait AS (
            SELECT mois, code_organisme, nombre, {statistique} AS valeur, nature FROM mart_delai_ij_caisse
            WHERE regime = $regime AND risque = $risque AND subrogation = $subrogation
        ),
        mienne AS (FROM fait WHERE code_organisme = $organisme),
        bande AS (
            SELECT mois, quantile_cont(valeur, [0.1, 0.5, 0.9]) AS q, count(*) AS effectif,
                   count(*) FILTER (nature = 'publiee') AS reelles
            FROM fait JOIN mart_organisme USING (code_organisme)
            WHERE type_organisme IN ('CPAM', 'CCSS') AND mois IN (SELECT DISTINCT mois FROM mart_delai_ij_reseau)
            GROUP BY mois
        )
        SELECT mois, f.valeur, f.nombre, q[1] AS p10, q[2] AS mediane, q[3] AS p90, effectif, reelles, f.nature
        FROM bande FULL JOIN mienne f USING (mois)
        ORDER BY mois
        """,  # noqa: S608 - one of two constant column names
        parametres,
    )


@par_version
def list_origines(lecture: Lecture, organisme: str | None = None) -> pl.DataFrame:
    """Where the real months come from, by caisse and load; those of one caisse, or all.

    Columns: code_organisme, nom, chargement, fichier, charge_le, du, au (first and last month), mois (how many of them
    come from this load), nombre (files counted); caisses in definition order, loads in the order of time.
    """
    condition = "true" if organisme is None else "code_organisme = $organisme"
    return lecture.query(
        f"""
        SELECT code_organisme, o.nom, chargement, c.fichier, c.charge_le, min(mois) AS du, max(mois) AS au,
               count(*) AS mois, sum(nombre)::BIGINT AS nombre
        FROM mart_delai_ij_origine
        JOIN mart_organisme o USING (code_organisme) JOIN mart_chargement c USING (chargement)
        WHERE {condition}
        GROUP BY ALL ORDER BY any_value(o.ordre), any_value(c.rang)
        """,  # noqa: S608 - one of two constant texts
        {} if organisme is None else {"organisme": organisme},
    )


@par_version
def fetch_histogramme(
    lecture: Lecture, filtre: FiltreIJ, du: dt.date, au: dt.date, organismes: tuple[str, ...] | None = None
) -> pl.DataFrame:
    """How many files were paid after each number of days.

    Args:
        lecture: given by the cache.
        filtre: which files.
        du: first month. au: last month, included.
        organismes: codes of the caisses to add up; None for all of them.

    Returns:
        jour (0, 1, 2… up to the last day with a file), nombre; no row when there is no file.
    """
    caisses, codes = ("true", {}) if organismes is None else _build_organismes(organismes)
    table = "mart_delai_ij_reseau" if organismes is None else "mart_delai_ij"
    condition, parametres = _build_condition(filtre, "mois BETWEEN $du AND $au", caisses)
    lignes = lecture.query(
        f"SELECT comptes FROM {table} WHERE {condition}",  # noqa: S608 - constant texts
        parametres | codes | {"du": du, "au": au},
    )
    comptes = sum_comptes(lignes["comptes"], np.zeros(lignes.height, dtype=np.int64), 1)[0]
    dernier = int(np.flatnonzero(comptes)[-1]) + 1 if comptes.any() else 0
    return pl.DataFrame({"jour": np.arange(dernier), "nombre": comptes[:dernier]})
