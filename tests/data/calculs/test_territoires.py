"""Values of the territories of a map: what caisses make together, what smoothing may and may not do."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.calculs.ensemble import Regle
from data.calculs.territoires import (
    TERRITOIRES_MINIMUM,
    Obstacle,
    build_valeurs,
    find_obstacle,
    find_periode_reelle,
    smooth_valeurs,
)
from data.modele import Comparateur, Statistique

TERRITOIRES = pl.DataFrame({"code": ["59", "48", "976"], "nom": ["Nord", "Lozère", "Mayotte"]})
MEMBRES = {
    "code": pl.String,
    "valeur": pl.Float64,
    "numerateur": pl.Float64,
    "denominateur": pl.Float64,
    "statut": pl.String,
    "source": pl.String,
    "nature": pl.String,
}


def build_membres(*lignes: tuple[Any, ...]) -> pl.DataFrame:
    """(code, valeur, numerateur, denominateur, statut), all simulated."""
    return pl.DataFrame(
        [(*ligne, *(("s", "simulee") if ligne[1] is not None else (None, None))) for ligne in lignes],
        schema=MEMBRES,
        orient="row",
    )


NORD = (("59", 90.0, 900.0, 1000.0, "publie"), ("59", 10.0, 1.0, 10.0, "publie"))


def _get(frame: pl.DataFrame, code: str) -> dict[str, Any]:
    return frame.filter(code=code).row(0, named=True)


def test_rapport_des_sommes_et_non_moyenne() -> None:
    valeurs = build_valeurs(TERRITOIRES, build_membres(*NORD, ("48", 50.0, 5.0, 10.0, "publie")), Regle.RAPPORT)
    assert valeurs["code"].to_list() == ["59", "48", "976"]  # the order of the web layer
    nord = _get(valeurs, "59")
    assert nord["valeur"] == pytest.approx(100 * 901 / 1010)
    assert (nord["numerateur"], nord["denominateur"], nord["nb_membres"], nord["nb_valeurs"]) == (901, 1010, 2, 2)
    assert nord["regle"] == "rapport"
    assert (nord["rang_haut"], nord["rang_bas"]) == (1, 2)
    moyenne = build_valeurs(TERRITOIRES, build_membres(*NORD), Regle.MOYENNE)
    assert _get(moyenne, "59")["valeur"] == 50


def test_sans_membre_ni_valeur_l_etat_est_dit() -> None:
    membres = build_membres(("59", None, None, None, "neutralise"), ("48", 0.0, 0.0, 10.0, "provisoire"))
    valeurs = build_valeurs(TERRITOIRES, membres, Regle.RAPPORT)
    assert _get(valeurs, "59")["statut"] == "neutralise"
    assert _get(valeurs, "59")["rang_haut"] is None
    lozere = _get(valeurs, "48")
    assert (lozere["valeur"], lozere["statut"], lozere["rang_haut"]) == (0, "provisoire", 1)  # 0 is a value
    assert (_get(valeurs, "976")["statut"], _get(valeurs, "976")["nb_membres"]) == ("non_fourni", 0)


def test_une_somme_veut_tous_ses_membres() -> None:
    manque = build_membres(("59", 10.0, None, None, "publie"), ("59", None, None, None, "non_fourni"))
    nord = _get(build_valeurs(TERRITOIRES, manque, Regle.SOMME), "59")
    assert nord["valeur"] is None
    assert nord["statut"] == "non_fourni"
    assert _get(build_valeurs(TERRITOIRES, manque, Regle.MOYENNE), "59")["valeur"] == 10
    complet = build_membres(("59", 10.0, None, None, "publie"), ("59", 0.0, None, None, "publie"))
    assert _get(build_valeurs(TERRITOIRES, complet, Regle.SOMME), "59")["valeur"] == 10


def test_un_neutralise_ne_pese_pas() -> None:
    membres = build_membres(*NORD, ("59", None, 5.0, 5.0, "neutralise"))
    nord = _get(build_valeurs(TERRITOIRES, membres, Regle.RAPPORT), "59")
    assert (nord["numerateur"], nord["denominateur"]) == (901, 1010)
    assert (nord["nb_membres"], nord["nb_valeurs"], nord["statut"]) == (3, 2, "publie")


def test_un_numerateur_manquant_n_est_pas_zero() -> None:
    membres = build_membres(NORD[0], ("59", 10.0, None, 10.0, "publie"))
    nord = _get(build_valeurs(TERRITOIRES, membres, Regle.RAPPORT), "59")
    assert nord["numerateur"] is None
    assert nord["denominateur"] == 1010


def build_taux(*couples: tuple[int, int]) -> pl.DataFrame:
    """Proportions of cases, one per territory."""
    return pl.DataFrame(
        {
            "code": [str(rang) for rang in range(len(couples))],
            "valeur": [100 * n / d for n, d in couples],
            "numerateur": [float(n) for n, _ in couples],
            "denominateur": [float(d) for _, d in couples],
        }
    )


DIX = build_taux(*((n, 40) for n in range(10, 20)))
ENTONNOIR, AUCUN = Comparateur.ENTONNOIR, Comparateur.AUCUN


def test_obstacles() -> None:
    assert find_obstacle(DIX, Statistique.TAUX, ENTONNOIR, "caisse") is None
    assert find_obstacle(DIX, Statistique.RATIO, Comparateur.INTERVALLE, "departement") is None
    assert find_obstacle(DIX, Statistique.TAUX, ENTONNOIR, "region") is Obstacle.NIVEAU
    assert find_obstacle(DIX, Statistique.MOYENNE, Comparateur.SPC, "caisse") is Obstacle.NATURE
    assert find_obstacle(DIX, Statistique.TAUX, AUCUN, "caisse") is Obstacle.NATURE
    assert find_obstacle(DIX.head(TERRITOIRES_MINIMUM - 1), Statistique.TAUX, ENTONNOIR, "caisse") is Obstacle.NOMBRE
    sans = DIX.with_columns(numerateur=pl.when(pl.col("code") != "3").then("numerateur"))
    assert find_obstacle(sans, Statistique.TAUX, ENTONNOIR, "caisse") is Obstacle.EFFECTIFS
    absent = sans.with_columns(valeur=pl.when(pl.col("code") != "3").then("valeur"))
    assert find_obstacle(absent.vstack(DIX), Statistique.TAUX, ENTONNOIR, "caisse") is None  # no value, nothing to ask
    trop = DIX.with_columns(numerateur=pl.col("denominateur") + 1)
    assert find_obstacle(trop, Statistique.TAUX, ENTONNOIR, "caisse") is Obstacle.EFFECTIFS
    assert find_obstacle(trop, Statistique.RATIO, ENTONNOIR, "caisse") is None


def test_lissage_dans_l_unite_et_sans_inventer() -> None:
    valeurs = DIX.vstack(build_taux((0, 3), (4000, 4000))).with_columns(
        valeur=pl.when(pl.col("numerateur") != 15).then("valeur")
    )
    lissees, bilan = smooth_valeurs(valeurs, Statistique.TAUX)
    assert lissees["valeur_brute"].equals(valeurs["valeur"])
    trou = lissees.filter(numerateur=15)
    assert trou["valeur"].null_count() == trou["poids"].null_count() == trou["rang_haut"].null_count() == 1
    presentes = valeurs.drop_nulls("valeur")
    assert bilan.moyenne == pytest.approx(100 * presentes["numerateur"].sum() / presentes["denominateur"].sum())
    petit, grand = (
        lissees.filter(denominateur=3).row(0, named=True),
        lissees.filter(denominateur=4000).row(0, named=True),
    )
    assert 0 < petit["valeur"] < bilan.moyenne  # drawn to the mean, and not at 0 any more
    assert petit["poids"] == bilan.poids_bas < grand["poids"] == bilan.poids_haut
    assert bilan.ecart_max == pytest.approx((lissees["valeur"] - lissees["valeur_brute"]).abs().max())
    assert bilan.proportion


def test_lissage_d_un_taux_pour_mille() -> None:
    """« Pour 1 000 habitants »: the scale is read off the values."""
    pour_mille = DIX.with_columns(valeur=pl.col("valeur") * 10)
    lissees, bilan = smooth_valeurs(pour_mille, Statistique.RATIO)
    assert bilan.moyenne == pytest.approx(1000 * 145 / 400)
    assert not bilan.proportion
    assert lissees["valeur"].is_between(250, 475).all()


@given(
    st.lists(st.integers(1, 60).flatmap(lambda d: st.tuples(st.integers(0, d), st.just(d))), min_size=10, max_size=20)
)
def test_lisser_ne_depend_pas_de_l_ordre_et_reste_entre_brut_et_moyenne(couples: list[tuple[int, int]]) -> None:
    valeurs = build_taux(*couples)
    lissees, bilan = smooth_valeurs(valeurs, Statistique.TAUX)
    envers, _ = smooth_valeurs(valeurs.reverse(), Statistique.TAUX)
    assert envers.reverse()["valeur"].to_list() == pytest.approx(lissees["valeur"].to_list())
    for brute, lissee in lissees.select("valeur_brute", "valeur").iter_rows():
        assert min(brute, bilan.moyenne) - 1e-9 <= lissee <= max(brute, bilan.moyenne) + 1e-9


@pytest.mark.parametrize(
    ("presences", "attendue"),
    [
        ([("organisme", 2022, 106, 106), ("organisme", 2023, 106, 0)], 2022),
        ([("organisme", 2021, 106, 106), ("organisme", 2022, 100, 100), ("organisme", 2023, 106, 105)], 2022),
        ([("organisme", 2022, 3, 3), ("organisme", 2023, 106, 0)], None),
        ([("departement", 2022, 101, 101), ("organisme", 2022, 106, 0)], None),
        ([("organisme", 2023, 106, 0)], None),
        ([], None),
    ],
    ids=["avant le simulé", "la dernière entière", "trop peu de territoires", "un niveau simulé", "simulé", "rien"],
)
def test_une_carte_s_ouvre_sur_la_derniere_periode_reelle(
    presences: list[tuple[str, int, int, int]], attendue: int | None
) -> None:
    frame = pl.DataFrame(
        [(maille, dt.date(an, 1, 1), dt.date(an, 12, 31), n, reels) for maille, an, n, reels in presences],
        schema={
            "maille": pl.String, "periode_debut": pl.Date, "periode_fin": pl.Date, "effectif": pl.Int64,
            "reels": pl.Int64,
        },
        orient="row",
    )  # fmt: skip
    periode = find_periode_reelle(frame)
    assert (periode[1].year if periode else None) == attendue
