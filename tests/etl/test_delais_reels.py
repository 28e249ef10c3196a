"""Real files of IJ in the simulated cube: what is merged is what a naive count of the rows that win gives."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.schemas import DELAI_IJ, DELAI_IJ_CAISSE, DELAI_IJ_ORIGINE, DELAI_IJ_RESEAU, check_frame
from etl.mart.delais_cube import build_totaux
from etl.mart.delais_reels import EnvoiIJ, build_fusion, merge_evenements
from etl.mart.depot import CONSERVES, load_tables, prune_tables

MOIS = [dt.date(2022, m, 1) for m in (5, 6, 7)]
CODES = ["011", "381", "751"]
CLE = ["code_organisme", "mois", "canal"]


def build_cube(lignes: list[tuple[str, dt.date, str, int]], nature: str) -> pl.DataFrame:
    """A cube from files (caisse, month, canal, délai), counted the slow way."""
    par_cle: dict[tuple[str, dt.date, str], list[int]] = {}
    for code, mois, canal, delai in lignes:
        par_cle.setdefault((code, mois, canal), []).append(delai)
    return pl.DataFrame(
        [
            {
                "code_organisme": code,
                "mois": mois,
                "regime": "TS",
                "risque": "maladie",
                "subrogation": "non",
                "canal": canal,
                "nombre": len(delais),
                "somme_jours": sum(delais),
                "comptes": [delais.count(jour) for jour in range(max(delais) + 1)],
                "nature": nature,
            }
            for (code, mois, canal), delais in sorted(par_cle.items())
        ],
        schema=dict(DELAI_IJ.colonnes),
    )


SIMULE = build_cube([(code, mois, "dsn", jour) for code in CODES for mois in MOIS[:2] for jour in (3, 9)], "simulee")
FICHIER = st.lists(
    st.tuples(st.sampled_from(CODES), st.sampled_from(MOIS), st.sampled_from(["dsn", "papier"]), st.integers(0, 12)),
    min_size=1,
    max_size=25,
)


@settings(max_examples=25)
@given(lots=st.lists(st.lists(FICHIER, min_size=1, max_size=3), min_size=1, max_size=3))
def test_la_fusion_est_celle_d_un_comptage_naif(
    tmp_path_factory: pytest.TempPathFactory, lots: list[list[list[tuple[str, dt.date, str, int]]]]
) -> None:
    dossier = tmp_path_factory.mktemp("envois")
    envois, gagnantes = [], {(c, m): [("simulee", x) for x in (3, 9)] for c in CODES for m in MOIS[:2]}
    attendues: dict[tuple[str, dt.date, str], list[int]] = {(c, m, "dsn"): [3, 9] for c, m in gagnantes}
    for rang_lot, fichiers in enumerate(lots):
        cases = {(c, m) for fichier in fichiers for c, m, _, _ in fichier}
        attendues = {cle: v for cle, v in attendues.items() if cle[:2] not in cases}
        for rang, fichier in enumerate(fichiers):
            chemin = dossier / f"{rang_lot}-{rang}.parquet"
            build_cube(fichier, "publiee").write_parquet(chemin)
            envois.append(EnvoiIJ(f"charge-{rang_lot}-{rang}", f"lot-{rang_lot}", chemin))
            for code, mois, canal, delai in fichier:
                attendues.setdefault((code, mois, canal), []).append(delai)
    tables = build_fusion(build_totaux(SIMULE), envois)
    for table in (DELAI_IJ, DELAI_IJ_RESEAU, DELAI_IJ_CAISSE, DELAI_IJ_ORIGINE):
        check_frame(table, tables[table.nom])
    cube = tables[DELAI_IJ.nom]
    obtenues = {
        tuple(ligne[c] for c in CLE): [j for j, n in enumerate(ligne["comptes"]) for _ in range(n)]
        for ligne in cube.to_dicts()
    }
    assert obtenues == {cle: sorted(delais) for cle, delais in attendues.items()}
    # The totals are those of the whole cube, rebuilt from nothing; the network leaves incomplete months out.
    refait = build_totaux(cube)
    assert tables[DELAI_IJ_CAISSE.nom].equals(refait[DELAI_IJ_CAISSE.nom])
    complets = [m for m in MOIS if {c for c, mois, _ in obtenues if mois == m} == set(CODES)]
    assert tables[DELAI_IJ_RESEAU.nom].equals(refait[DELAI_IJ_RESEAU.nom].filter(pl.col("mois").is_in(complets)))
    # Every real file has its load, and nothing else.
    reels = cube.filter(nature="publiee").group_by("code_organisme", "mois").agg(pl.col("nombre").sum())
    origine = tables[DELAI_IJ_ORIGINE.nom].group_by("code_organisme", "mois").agg(pl.col("nombre").sum())
    assert reels.sort("code_organisme", "mois").equals(origine.sort("code_organisme", "mois"))


def test_sans_envoi_rien_ne_change(tmp_path: Path) -> None:
    base = build_totaux(SIMULE) | {DELAI_IJ_ORIGINE.nom: pl.DataFrame(schema=dict(DELAI_IJ_ORIGINE.colonnes))}
    assert merge_evenements(tmp_path, base, "base", []) == base
    assert not list(tmp_path.iterdir())


def test_un_depot_garde_les_derniers_utilises(tmp_path: Path) -> None:
    for rang in range(CONSERVES + 3):
        load_tables(tmp_path, f"c{rang}", ["t"], lambda: {"t": pl.DataFrame({"a": [1]})})
        os.utime(tmp_path / f"c{rang}", (rang, rang))
    (tmp_path / ".c9-abandonne").mkdir()
    os.utime(tmp_path / ".c9-abandonne", (1, 1))
    load_tables(tmp_path, "c0", ["t"], dict)  # the oldest one, read again: it is in use
    prune_tables(tmp_path)
    assert sorted(d.name for d in tmp_path.iterdir()) == ["c0", "c4", "c5", "c6"]
    prune_tables(tmp_path / "absent")
