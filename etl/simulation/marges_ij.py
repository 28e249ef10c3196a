"""What the simulated files of IJ must reproduce: each published figure as a margin, and what they cannot.

A margin is a population of the cube, a span of months, a statistic and the interval the document prints (half a unit of
its last decimal on each side of a plain figure). :func:`list_ecarts` computes every one of them on the tables as they
are about to be published.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import polars as pl

from data.calculs.delais import Comptes, compute_moyennes, compute_quantiles, sum_comptes
from data.schemas import DELAI_IJ, DELAI_IJ_RESEAU
from etl.simulation.ij import (
    AUTOMNE_2021,
    DELAIS_CANAL,
    LENTES,
    MALADIE_ANNUELLE,
    MEILLEURES,
    PARIS,
)

Statistique = Literal["moyenne", "d3", "d9", "d7_moins_moyenne", "nombre"]
INFINI: Final = float("inf")


@dataclass(frozen=True)
class Marge:
    """One published figure. ``risques`` and ``canal`` None stand for all; ``organisme`` None for the whole network."""

    objet: str
    du: dt.date
    au: dt.date
    statistique: Statistique
    bas: float
    haut: float
    source: str
    regime: str = "TS"
    risques: tuple[str, ...] | None = None
    subrogation: str | None = "non"
    organisme: str | None = None


@dataclass(frozen=True)
class Ecart:
    """What a margin asks and what the cube gives. ``connu``: the documents disagree, the nearest was kept."""

    objet: str
    attendu: str
    obtenu: float
    respecte: bool
    source: str
    connu: str = ""


def _build_mois(annee: int, mois: int = 1) -> dt.date:
    return dt.date(annee, mois, 1)


def _build_autour(valeur: float, decimales: int) -> tuple[float, float]:
    """The interval a printed figure stands for."""
    demi = 0.5 * 10.0**-decimales + 1e-9
    return valeur - demi, valeur + demi


HORS_DEROGATOIRES: Final = ("maladie", "atmp", "maternite")
_MAI_2022, _JUIN_2022 = _build_mois(2022, 5), _build_mois(2022, 6)
_PLAGE = _build_autour(30.04, 2)[0], _build_autour(31.2, 2)[1]

MARGES: Final = (
    *(
        Marge(
            f"{nom} {annee}", _build_mois(annee), _build_mois(annee, 12), "moyenne", *_PLAGE, "003 l. 2414", risques=r
        )
        for annee in MALADIE_ANNUELLE
        for nom, r in (("1re IJ maladie non subrogée", ("maladie",)), ("1re IJ non subrogée", None))
    ),
    Marge("règlement, juin 2022", _JUIN_2022, _JUIN_2022, "moyenne", *_build_autour(43.71, 2), "003 l. 2414"),
    Marge(
        "règlement hors dérogatoires, juin 2022",
        _JUIN_2022,
        _JUIN_2022,
        "moyenne",
        *_build_autour(37.8, 1),
        "003 l. 2414",
        risques=HORS_DEROGATOIRES,
    ),
    *(
        Marge(
            f"dérogatoires, {mois:%m/%Y}",
            mois,
            mois,
            "moyenne",
            *_build_autour(valeur, decimales),
            source,
            risques=("derogatoire",),
        )
        for mois, valeur, decimales, source in (
            (_build_mois(2022, 2), 20, 0, "003 l. 2361"),
            (_build_mois(2022, 3), 38, 0, "003 l. 2361"),
            (_JUIN_2022, 64.5, 1, "003 l. 2414"),
        )
    ),
    *(
        Marge(f"9e décile, {m:%m/%Y}", m, m, "d9", 65, 75, "003 l. 2422")
        for m in (_build_mois(2021, mois) for mois in range(1, 13))
    ),
    Marge("9e décile, mai 2022", _MAI_2022, _MAI_2022, "d9", 95 + 1e-9, INFINI, "003 l. 2422"),
    *(
        Marge(f"3e décile, {m:%m/%Y}", m, m, "d3", 0, 15 - 1e-9, "003 l. 2422")
        for m in (_build_mois(2021 + (rang - 1) // 12, (rang - 1) % 12 + 1) for rang in range(3, 18))
    ),
    Marge(
        "7e décile moins moyenne, mars 2021 à mai 2022",
        _build_mois(2021, 3),
        _MAI_2022,
        "d7_moins_moyenne",
        1e-9,
        2,
        "003 l. 2422",
    ),
    *(
        Marge(
            f"TI {risque} {annee}",
            _build_mois(annee),
            _build_mois(annee, 12),
            "moyenne",
            *_build_autour(valeur, decimales),
            "003 l. 1851-1853",
            regime="TI",
            risques=(risque,),
        )
        for risque, annee, valeur, decimales in (
            ("maladie", 2018, 22.48, 2),
            ("maladie", 2019, 21.86, 2),
            ("maladie", 2020, 25.5, 1),
            ("maladie", 2021, 18, 0),
            ("maternite", 2020, 60, 0),
            ("maternite", 2021, 40, 0),
        )
    ),
    Marge(
        "TI maladie, mai 2022",
        _MAI_2022,
        _MAI_2022,
        "moyenne",
        *_build_autour(15, 0),
        "003 l. 2543",
        regime="TI",
        risques=("maladie",),
    ),
    Marge(
        "TI, CPAM de Paris, mars 2022",
        _build_mois(2022, 3),
        _build_mois(2022, 3),
        "moyenne",
        *_build_autour(11.3, 1),
        "003 l. 2499",
        regime="TI",
        organisme=PARIS,
    ),
    *(
        Marge(
            f"arrêts {risque} 2019",
            _build_mois(2019),
            _build_mois(2019, 12),
            "nombre",
            *_build_autour(nombre, -4),
            "003 l. 2342-2344",
            risques=(risque,),
            subrogation=None,
        )
        for risque, nombre in (("maladie", 7_180_000), ("atmp", 1_090_000), ("maternite", 630_000))
    ),
    Marge(
        "IJ non subrogées 2019",
        _build_mois(2019),
        _build_mois(2019, 12),
        "nombre",
        *_build_autour(4_870_000, -4),
        "003 l. 493",
    ),
    Marge(
        "IJ non subrogées, janvier à mai 2022", _build_mois(2022), _MAI_2022, "nombre", 4_000_001, INFINI, "003 l. 493"
    ),
    Marge(
        "dérogatoires, janvier à mai 2021",
        _build_mois(2021),
        _build_mois(2021, 5),
        "nombre",
        *_build_autour(450_000, -4),
        "003 l. 2361",
        risques=("derogatoire",),
    ),
    Marge(
        "dérogatoires, janvier à mai 2022",
        _build_mois(2022),
        _MAI_2022,
        "nombre",
        1_800_001,
        1_900_000,
        "003 l. 2361",
        risques=("derogatoire",),
    ),
)


def _compute_statistique(comptes: Comptes, statistique: Statistique) -> float:
    """One statistic of one histogram (a row of counts)."""
    if statistique == "nombre":
        return float(comptes.sum())
    moyenne = float(compute_moyennes(comptes)[0])
    if statistique == "moyenne":
        return moyenne
    part = {"d3": 0.3, "d9": 0.9, "d7_moins_moyenne": 0.7}[statistique]
    quantile = float(compute_quantiles(comptes, (part,))[0, 0])
    return quantile - moyenne if statistique == "d7_moins_moyenne" else quantile


def _sum_tout(lignes: pl.DataFrame) -> Comptes:
    return sum_comptes(lignes["comptes"], np.zeros(lignes.height, dtype=np.int64), 1)


def _format_intervalle(bas: float, haut: float) -> str:
    if haut == INFINI:
        return f"plus de {bas:.0f}"
    milieu = f"{bas:.3f} à {haut:.3f}" if haut < 1000 else f"{bas:.0f} à {haut:.0f}"
    return f"de {milieu}"


def list_ecarts(tables: Mapping[str, pl.DataFrame]) -> Iterator[Ecart]:
    """Every margin with what the tables give.

    Args:
        tables: ``mart_delai_ij`` and ``mart_delai_ij_reseau``, by name.
    """
    for marge in MARGES:
        table = tables[DELAI_IJ_RESEAU.nom if marge.organisme is None else DELAI_IJ.nom]
        lignes = table.filter(pl.col("mois").is_between(marge.du, marge.au), pl.col("regime") == marge.regime)
        if marge.organisme is not None:
            lignes = lignes.filter(pl.col("code_organisme") == marge.organisme)
        if marge.risques is not None:
            lignes = lignes.filter(pl.col("risque").is_in(marge.risques))
        if marge.subrogation is not None:
            lignes = lignes.filter(pl.col("subrogation") == marge.subrogation)
        obtenu = _compute_statistique(_sum_tout(lignes), marge.statistique)
        attendu = _format_intervalle(marge.bas, marge.haut)
        yield Ecart(marge.objet, attendu, obtenu, marge.bas <= obtenu <= marge.haut, marge.source)
    yield from _list_bornes_atteintes(tables[DELAI_IJ_RESEAU.nom])
    yield from _list_ecarts_caisses(tables[DELAI_IJ.nom])
    yield from _list_ecarts_canal(tables[DELAI_IJ_RESEAU.nom])
    covid = tables[DELAI_IJ_RESEAU.nom].filter(
        pl.col("risque") == "derogatoire", pl.col("mois").is_between(_build_mois(2020, 3), _build_mois(2022, 2))
    )
    arrets = float(covid["nombre"].sum())
    yield Ecart("arrêts Covid", "12 millions", arrets, round(arrets, -6) == 12_000_000, "003 l. 2361")


def _list_bornes_atteintes(reseau: pl.DataFrame) -> Iterator[Ecart]:
    """The yearly means of 2018-2021 reach both ends of the printed range (première IJ maladie)."""
    lignes = reseau.filter(
        pl.col("regime") == "TS",
        pl.col("risque") == "maladie",
        pl.col("subrogation") == "non",
        pl.col("mois").dt.year().is_in(list(MALADIE_ANNUELLE)),
    )
    moyennes = lignes.group_by(pl.col("mois").dt.year()).agg(m=pl.col("somme_jours").sum() / pl.col("nombre").sum())
    for nom, borne, obtenu in (
        ("la plus basse", 30.04, float(moyennes["m"].min())),  # type: ignore[arg-type]
        ("la plus haute", 31.2, float(moyennes["m"].max())),  # type: ignore[arg-type]
    ):
        bas, haut = _build_autour(borne, 2)
        yield Ecart(
            f"moyenne annuelle {nom}, 2018-2021",
            _format_intervalle(bas, haut),
            obtenu,
            bas <= obtenu <= haut,
            "003 l. 2414",
        )


def _list_ecarts_caisses(cube: pl.DataFrame) -> Iterator[Ecart]:
    """Ninth deciles of the CPAM and CCSS in autumn 2021 (read as October to December): 18 best, 75 slowest."""
    lignes = cube.filter(
        pl.col("mois").is_in(AUTOMNE_2021),
        pl.col("regime") == "TS",
        pl.col("subrogation") == "non",
        ~pl.col("code_organisme").str.starts_with("97"),  # the CGSS are not among the 102
    )
    codes = lignes["code_organisme"].unique().sort()
    rangs = dict(zip(codes, range(len(codes)), strict=True))
    groupes = lignes["code_organisme"].replace_strict(rangs, return_dtype=pl.Int64).to_numpy()
    d9 = np.sort(compute_quantiles(sum_comptes(lignes["comptes"], groupes, len(codes)), (0.9,))[:, 0])
    lentes, meilleures = int((d9 > 68.15).sum()), float(d9[0])
    yield Ecart("caisses au-dessus de 68,15 jours", str(LENTES), lentes, lentes == LENTES, "003 l. 2418")
    yield Ecart("9e décile de la meilleure caisse", "plus de 56,58", meilleures, meilleures > 56.58, "003 l. 2418")
    derniere = float(d9[MEILLEURES - 1])
    yield Ecart(
        f"9e décile de la {MEILLEURES}e caisse",
        "juste au-dessus de 56,58",
        derniere,
        56.58 < derniere < 60,
        "003 l. 2418",
    )


def _list_ecarts_canal(reseau: pl.DataFrame) -> Iterator[Ecart]:
    """Ratios between canaux as in March 2017, in the first year of the cube; the printed total does not fit them."""
    lignes = reseau.filter(pl.col("regime") == "TS", pl.col("mois").dt.year() == 2018)
    moyennes = dict(lignes.group_by("canal").agg(m=pl.col("somme_jours").sum() / pl.col("nombre").sum()).iter_rows())
    for canal in ("net_entreprises", "papier"):
        attendu, obtenu = DELAIS_CANAL[canal] / DELAIS_CANAL["dsn"], moyennes[canal] / moyennes["dsn"]
        yield Ecart(
            f"délai {canal} rapporté à la DSN",
            f"{attendu:.3f}",
            obtenu,
            abs(obtenu - attendu) < 0.01,
            "001 l. 6804-6864",
        )
    # 20 % on paper, 43 % of the others by DSN in March 2017 (001 l. 6793-6797): the mix is below the printed 27,3.
    dsn, net, papier = DELAIS_CANAL.values()
    melange = 0.2 * papier + 0.8 * (0.43 * dsn + 0.57 * net)
    yield Ecart(
        "délai tous canaux, mars 2017",
        "27,3",
        melange,
        abs(melange - 27.3) < 0.05,
        "001 l. 6793-6864",
        connu="le mélange des trois délais imprimés, pondéré par les parts imprimées, ne fait pas le total imprimé ; "
        "les rapports entre canaux sont gardés, pas le total",
    )
