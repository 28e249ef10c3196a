"""Peers: symmetry, units, copies, noise, exclusions, and the words that explain."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.calculs.pairs import (
    CLASSES_TAILLE,
    LENTILLES,
    VARIABLES,
    Variable,
    Voisin,
    compute_classe_taille,
    compute_distances,
    compute_voisinage,
    explain_pair,
    list_meilleurs_pairs,
)
from data.catalogue import load_catalogue
from data.modele import Referentiel, Sens

A, B, C = Variable("a", "a"), Variable("b", "b"), Variable("c", "c", logarithme=True)


def _build_contexte(nombre: int = 60, graine: int = 0) -> pl.DataFrame:
    """Organismes with independent context variables."""
    rng = np.random.default_rng(graine)
    colonnes = {v.code: np.exp(rng.normal(5, 0.8, nombre)) for v in VARIABLES}
    colonnes["ctx_caisses_departement"] = np.where(np.arange(nombre) % 10 == 0, 2.0, 1.0)
    return pl.DataFrame(
        {"code_organisme": [f"{i:03d}" for i in range(nombre)], "type_note": ["CPAM"] * nombre} | colonnes
    )


def _build_table(graine: int, lignes: int = 20) -> pl.DataFrame:
    rng = np.random.default_rng(graine)
    return pl.DataFrame(
        {"a": rng.normal(0, 1, lignes), "b": rng.normal(50, 9, lignes), "c": np.exp(rng.normal(8, 1, lignes))}
    )


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_distance_symetrique_sans_unite(graine: int) -> None:
    table = _build_table(graine)
    distances, familles = compute_distances(table, [A, B, C])
    assert np.allclose(distances, distances.T)
    assert (np.diag(distances) == 0).all()
    assert sum(len(f) for f in familles) == 3
    autre = table.with_columns(a=pl.col("a") * 1000 + 3, b=pl.col("b") / 7, c=pl.col("c") * 0.01)
    assert np.allclose(compute_distances(autre, [A, B, C])[0], distances)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_une_copie_ne_change_rien(graine: int) -> None:
    """The same column twice, in another unit or upside down, weighs once."""
    table = _build_table(graine)
    attendu, familles = compute_distances(table, [A, B, C])
    copie = table.with_columns(d=-5 * pl.col("a") + 2, e=pl.col("a"))
    obtenu, familles_copie = compute_distances(copie, [A, B, C, Variable("d", "d"), Variable("e", "e")])
    assert np.allclose(obtenu, attendu)
    assert len(familles_copie) == len(familles)
    assert {"a", "d", "e"} <= set(familles_copie[0])


def test_une_copie_bruitee_pese_a_peine() -> None:
    table = _build_table(1, 100)
    attendu, _ = compute_distances(table, [A, B, C])
    bruit = np.random.default_rng(2).normal(0, 0.05, 100)
    obtenu, familles = compute_distances(
        table.with_columns(d=pl.col("a") + pl.Series(bruit)), [A, B, C, Variable("d", "d")]
    )
    assert ("a", "d") in familles
    assert np.abs(obtenu - attendu).max() < 0.15


def test_trou_et_constante() -> None:
    table = pl.DataFrame({"a": [0.0, 1.0, None, 3.0], "b": [5.0, None, 2.0, 1.0], "d": [1.0] * 4})
    distances, familles = compute_distances(table, [A, B, Variable("d", "d")])
    assert familles == (("a",), ("b",))
    assert np.isnan(distances[1, 2])
    assert distances[0, 1] > 0
    vide, sans_famille = compute_distances(table, [Variable("d", "d")])
    assert np.isnan(vide).all()
    assert sans_famille == ()


def test_refus_de_la_table() -> None:
    with pytest.raises(ValueError, match="absentes : z"):
        compute_distances(pl.DataFrame({"a": [1.0]}), [Variable("z", "z")])
    with pytest.raises(ValueError, match="logarithme"):
        compute_distances(pl.DataFrame({"c": [0.0, 1.0]}), [C])


@pytest.mark.parametrize("lentille", LENTILLES)
def test_voisins_ordonnes_sans_soi(lentille: str) -> None:
    contexte = _build_contexte()
    voisinage = compute_voisinage(contexte, "007", lentille, annee=2023)
    codes = [v.code for v in voisinage.voisins]
    assert "007" not in codes
    assert len(codes) == len(set(codes)) == 12
    assert [v.rang for v in voisinage.voisins] == list(range(1, 13))
    assert [v.distance for v in voisinage.voisins] == sorted(v.distance for v in voisinage.voisins)
    assert (voisinage.annee, voisinage.lentille) == (2023, lentille)
    assert compute_voisinage(contexte.reverse(), "007", lentille, annee=2023) == voisinage


@pytest.mark.parametrize("lentille", LENTILLES)
def test_voisins_stables_au_bruit(lentille: str) -> None:
    """±1 % on every variable keeps 80 % of each list of neighbours."""
    contexte = _build_contexte(100, 4)
    rng = np.random.default_rng(5)
    bruite = contexte.with_columns(
        (pl.col(v.code) * pl.Series(1 + rng.uniform(-0.01, 0.01, 100))).alias(v.code) for v in VARIABLES
    )
    parts = []
    for code in contexte["code_organisme"]:
        avant, apres = (
            {v.code for v in compute_voisinage(c, code, lentille, annee=2023).voisins} for c in (contexte, bruite)
        )
        parts.append(len(avant & apres) / len(avant))
    assert np.mean([p >= 0.8 for p in parts]) >= 0.95


def test_autre_type_seulement_si_demande() -> None:
    contexte = _build_contexte(30).with_columns(
        type_note=pl.when(pl.col("code_organisme") < "010").then(pl.lit("CGSS")).otherwise(pl.lit("CPAM"))
    )
    memes = compute_voisinage(contexte, "003", "taille", annee=2023, nombre=40)
    assert {v.code for v in memes.voisins} == {f"{i:03d}" for i in range(10)} - {"003"}
    assert len(compute_voisinage(contexte, "003", "taille", annee=2023, nombre=40, tous_types=True).voisins) == 29


def test_sans_distance_dit_qui() -> None:
    contexte = _build_contexte(12).with_columns(
        pl.when(pl.col("code_organisme") == "004").then(None).otherwise(pl.col(v.code)).alias(v.code)
        for v in LENTILLES["population"]
    )
    voisinage = compute_voisinage(contexte, "000", "population", annee=2023)
    assert voisinage.sans_distance == ("004",)
    assert len(voisinage.voisins) == 10


@pytest.mark.parametrize(
    ("code", "lentille", "nombre", "message"),
    [
        ("000", "couleur", 5, "lentille inconnue"),
        ("zzz", "taille", 5, "sans contexte : zzz"),
        ("000", "taille", 0, "positif"),
    ],
)
def test_refus(code: str, lentille: str, nombre: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        compute_voisinage(_build_contexte(12), code, lentille, annee=2023, nombre=nombre)


def test_jamais_un_resultat() -> None:
    """Variables are context, without direction, and productivity, a result, is none of them."""
    catalogue = load_catalogue()
    for variable in VARIABLES:
        indicateur = catalogue.get_indicateur(variable.code)
        assert (indicateur.referentiel, indicateur.sens) == (Referentiel.CONTEXTE, Sens.NEUTRE)
    assert not {"ctx_productivite", "ctx_bcp", "ctx_etpr"} & {v.code for v in VARIABLES}


def test_explication() -> None:
    contexte = _build_contexte(20)
    a, b = contexte.row(0, named=True), contexte.row(1, named=True)
    jumeau = {v.code: a[v.code] for v in VARIABLES} | {"ctx_densite": a["ctx_densite"] * 50}
    contexte = pl.concat([contexte, pl.DataFrame([b | jumeau | {"code_organisme": "999"}], schema=contexte.schema)])
    explication = explain_pair(contexte, "000", "999")
    assert len(explication.traits) == len(VARIABLES)
    assert [t.ecart for t in explication.proches] == [0, 0, 0]
    assert explication.difference is not None
    assert explication.difference.variable.code == "ctx_densite"
    assert explication.difference.ecart > 0
    assert "Plus grande différence : densité (valeur plus élevée chez le pair" in explication.phrase
    inverse = explain_pair(contexte, "999", "000")
    assert inverse.difference is not None
    assert inverse.difference.ecart == pytest.approx(-explication.difference.ecart)
    with pytest.raises(ValueError, match="lui-même"):
        explain_pair(contexte, "000", "000")


def test_qui_me_ressemble_et_fait_mieux() -> None:
    voisins = [Voisin(1, "b", 0.1), Voisin(2, "c", 0.2), Voisin(3, "d", 0.3), Voisin(4, "e", 0.4), Voisin(5, "f", 0.5)]
    valeurs = {"a": 80.0, "b": 85.0, "c": 90.0, "d": 90.0, "e": None, "f": 0.0}
    meilleurs = list_meilleurs_pairs(voisins, valeurs, "a", Sens.HAUT)
    assert [(m.code, m.ecart) for m in meilleurs] == [("c", 10), ("d", 10), ("b", 5)]
    assert [(m.code, m.ecart) for m in list_meilleurs_pairs(voisins, valeurs, "a", Sens.BAS)] == [("f", 80)]
    assert list_meilleurs_pairs(voisins, valeurs, "a", Sens.NEUTRE) == []
    assert list_meilleurs_pairs(voisins, valeurs, "z", Sens.HAUT) == []


def test_classes_de_taille() -> None:
    assert [compute_classe_taille(v) for v in (0, 229.9, 230, 549, 900, 2000, None)] == [
        "très petite",
        "très petite",
        "petite",
        "moyenne",
        "très grande",
        "très grande",
        None,
    ]
    assert [borne for _, borne in CLASSES_TAILLE] == sorted(borne for _, borne in CLASSES_TAILLE)
    with pytest.raises(ValueError, match="positif"):
        compute_classe_taille(-1)
