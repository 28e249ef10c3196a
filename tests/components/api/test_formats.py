"""Rows as bytes: what is read back is what was written, whatever the values."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import math

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.api.formats import export_csv_flux, export_json, export_parquet

BOM = "\ufeff"
SCHEMA = {"nom": pl.String, "valeur": pl.Float64, "rang": pl.Int64}
# A carriage return alone is not kept by every reader; documents have none.
TEXTES = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r\n"), max_size=12)
LIGNES = st.lists(
    st.tuples(
        st.one_of(st.none(), TEXTES.filter(bool)),
        st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False)),
        st.one_of(st.none(), st.integers(-(2**60), 2**60)),
    ),
    max_size=8,
)


def lire(lignes: pl.DataFrame, *, francais: bool) -> list[list[str]]:
    texte = b"".join(export_csv_flux(lignes, francais=francais)).decode("utf-8")
    assert texte.startswith(BOM) == francais
    return list(csv.reader(io.StringIO(texte.removeprefix(BOM), newline=""), delimiter=";" if francais else ","))


@settings(max_examples=60)
@given(LIGNES, st.booleans())
def test_csv_aller_retour(valeurs: list[tuple[str | None, float | None, int | None]], francais: bool) -> None:
    entete, *lues = lire(pl.DataFrame(valeurs, schema=SCHEMA, orient="row"), francais=francais)
    assert entete == list(SCHEMA)
    assert len(lues) == len(valeurs)
    for (nom, valeur, rang), (nom_lu, valeur_lue, rang_lu) in zip(valeurs, lues, strict=True):
        formule = francais and nom is not None and nom[0] in "=+-@"
        assert nom_lu == ("" if nom is None else f"'{nom}" if formule else nom)
        assert valeur_lue == "" if valeur is None else float(valeur_lue.replace(",", ".")) == valeur
        assert rang_lu == ("" if rang is None else str(rang))


@settings(max_examples=40)
@given(LIGNES)
def test_json_et_parquet_aller_retour(valeurs: list[tuple[str | None, float | None, int | None]]) -> None:
    lignes = pl.DataFrame(valeurs, schema=SCHEMA, orient="row")
    relu = json.loads(export_json({"total": len(valeurs)}, lignes))
    assert relu == {"total": len(valeurs), "donnees": lignes.to_dicts()}
    assert pl.read_parquet(io.BytesIO(export_parquet(lignes, {"total": "1"}))).equals(lignes)


def test_zero_vide_liste_date_booleen() -> None:
    lignes = pl.DataFrame(
        {
            "valeur": [0.0, None],
            "codes": [["01", "2A"], []],
            "jour": [dt.date(2023, 12, 31), None],
            "instant": [dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC), None],
            "vrai": [True, False],
        }
    )
    assert lire(lignes, francais=False)[1:] == [
        ["0", "01|2A", "2023-12-31", "2026-01-02T03:04:05Z", "true"],
        ["", "", "", "", "false"],
    ]
    assert [ligne[0] for ligne in lire(lignes, francais=True)[1:]] == ["0", ""]
    assert [ligne[4] for ligne in lire(lignes, francais=True)[1:]] == ["oui", "non"]


def test_grand_fichier_par_tranches() -> None:
    lignes = pl.DataFrame({"rang": range(12_345)})
    morceaux = list(export_csv_flux(lignes, francais=True))
    assert len(morceaux) == math.ceil(12_345 / 5_000)
    assert all(len(morceau) < 60_000 for morceau in morceaux)
    assert [int(rang) for (rang,) in lire(lignes, francais=True)[1:]] == list(range(12_345))


def test_aucune_ligne_garde_l_en_tete() -> None:
    assert lire(pl.DataFrame(schema=SCHEMA), francais=False) == [list(SCHEMA)]


@pytest.mark.parametrize("valeur", [89.51, 1e-7, 123456789.125, 1e22])
def test_nombre_sans_notation_scientifique(valeur: float) -> None:
    ((lue,),) = lire(pl.DataFrame({"valeur": [valeur]}), francais=True)[1:]
    assert "e" not in lue.lower()
    assert float(lue.replace(",", ".")) == valeur
