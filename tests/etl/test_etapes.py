"""Kept steps: what was built comes back as it was, only for the same inputs, and old ones leave."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import polars as pl

from etl.etapes import CONSERVEES, Base, get_etapes, prune_etapes, read_etape, write_etape


def build_base(empreinte: str) -> Base:
    tables = {
        "mart_essai": pl.DataFrame({"jour": [dt.date(2023, 1, 1)], "nombres": [[1, 2]], "vide": [None]}).with_columns(
            pl.col("vide").cast(pl.Float64)
        )
    }
    return Base(empreinte, "geo", tables, {"fichier": pl.DataFrame({"rang": [1], "a": ["é"]})})


def test_une_etape_se_relit_a_l_identique(tmp_path: Path) -> None:
    base = build_base("a" * 64)
    assert read_etape(tmp_path, base.empreinte) is None
    write_etape(tmp_path, base)
    write_etape(tmp_path, base)  # a second process: the first rename wins
    relue = read_etape(tmp_path, base.empreinte)
    assert relue is not None
    assert relue.empreinte_geo == "geo"
    assert relue.tables["mart_essai"].equals(base.tables["mart_essai"])
    assert relue.tables["mart_essai"].schema == base.tables["mart_essai"].schema
    assert relue.brut["fichier"].equals(base.brut["fichier"])
    assert read_etape(tmp_path, "a" * 16 + "b" * 48) is None
    assert not list(get_etapes(tmp_path).glob(".en-cours-*"))


def test_on_garde_les_dernieres_etapes(tmp_path: Path) -> None:
    prune_etapes(tmp_path)
    for rang, lettre in enumerate("abcd"):
        write_etape(tmp_path, build_base(lettre * 64))
        os.utime(get_etapes(tmp_path) / (lettre * 16), (rang, rang))
    prune_etapes(tmp_path)
    assert sorted(d.name[0] for d in get_etapes(tmp_path).iterdir()) == list("abcd")[-CONSERVEES:]
