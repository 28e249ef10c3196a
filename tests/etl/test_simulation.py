"""The simulated theme: deterministic, on the published margins, coherent between levels, honest about what it lacks."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from data.catalogue import load_catalogue
from data.chemins import get_geo
from data.magasin import Lecture
from etl.mart.geometries import read_territoires
from etl.simulation.territoires import build_simulation, simulate_taux, simulate_zonage

FAITS = "SELECT * FROM mart_valeur WHERE referentiel = 'territoire'"
VECTEURS = st.lists(st.tuples(st.floats(-3, 3), st.floats(1e3, 1e6)), min_size=2, max_size=20)


@pytest.fixture
def faits(publication: Lecture) -> pl.DataFrame:
    """Every simulated fact."""
    return publication.query(FAITS)


def test_deterministe(publication: Lecture, faits: pl.DataFrame) -> None:
    empreinte = publication.query("SELECT empreinte_geo FROM mart_publication").item()
    territoires = read_territoires(get_geo(publication.dossier.parent.parent) / empreinte)
    refaits = pl.DataFrame(build_simulation(load_catalogue(), territoires), infer_schema_length=None)
    cle = ["code_indicateur", "maille", "code_entite", "periode_debut"]
    assert refaits.select(*cle, "valeur").sort(cle).equals(faits.select(*cle, "valeur").sort(cle))


@pytest.mark.parametrize(
    ("code", "entite", "annee", "attendu"),
    [
        ("couverture_population_cpts", "france", 2022, 30.0),
        ("couverture_population_cpts", "france", 2023, 84.07),
        ("couverture_population_cpts", "75", 2022, 15.0),
        ("part_population_zip", "france", 2022, 18.0),
        ("part_population_zac", "france", 2022, 45.0),
        ("part_population_zip", "france", 2023, 30.0),
        ("part_population_zac", "france", 2023, 42.0),
    ],
)
def test_marges_publiees(faits: pl.DataFrame, code: str, entite: str, annee: int, attendu: float) -> None:
    maille = "reseau" if entite == "france" else "region"
    ligne = faits.filter(
        pl.col("code_indicateur") == code,
        pl.col("maille") == maille,
        pl.col("code_entite") == entite,
        pl.col("periode_debut").dt.year() == annee,
    )
    assert ligne["valeur"].item() == pytest.approx(attendu, abs=0.005)


def test_centre_val_de_loire_depasse_84(faits: pl.DataFrame) -> None:
    ligne = faits.filter(
        pl.col("code_indicateur") == "couverture_population_cpts",
        pl.col("maille") == "region",
        pl.col("code_entite") == "24",
        pl.col("periode_debut").dt.year() == 2022,
    )
    assert 84 < ligne["valeur"].item() < 86


def test_les_niveaux_s_accordent(faits: pl.DataFrame) -> None:
    sommes = faits.group_by("code_indicateur", "periode_debut", "maille").agg(
        pl.col("numerateur", "denominateur").sum()
    )
    assert set(sommes["maille"]) == {"organisme", "departement", "region", "reseau"}
    par_serie = sommes.group_by("code_indicateur", "periode_debut").agg(
        pl.col("numerateur").n_unique(), pl.col("denominateur").n_unique()
    )
    assert par_serie["numerateur"].to_list() == [1] * 6
    assert par_serie["denominateur"].to_list() == [1] * 6


def test_toujours_dit_simule_et_possible(faits: pl.DataFrame) -> None:
    assert set(faits["nature"]) == {"simulee"}
    assert set(faits["source"]) == {"simulation"}
    presentes = faits.filter(pl.col("valeur").is_not_null())
    assert presentes["valeur"].is_between(0, 100).all()
    assert (presentes["numerateur"] == presentes["numerateur"].round()).all()


def test_la_couverture_ne_baisse_pas(faits: pl.DataFrame) -> None:
    cpts = faits.filter(pl.col("code_indicateur") == "couverture_population_cpts", pl.col("valeur").is_not_null())
    large = cpts.with_columns(annee=pl.col("periode_debut").dt.year().cast(pl.String)).pivot(
        on="annee", index=["maille", "code_entite"], values="valeur"
    )
    assert large.height > 200
    assert (large["2023"] >= large["2022"]).all()


def test_mayotte_sans_population_n_a_pas_de_valeur(faits: pl.DataFrame) -> None:
    mayotte = faits.filter(pl.col("code_entite") == "976")
    assert mayotte.height == 12
    assert mayotte["valeur"].null_count() == 12
    assert set(mayotte["statut"]) == {"non_fourni"}
    assert mayotte["note"].str.contains("population absente").all()


@given(VECTEURS, st.floats(0.01, 0.99))
def test_moyenne_ponderee_visee(couples: list[tuple[float, float]], cible: float) -> None:
    logits, population = (np.array(v) for v in zip(*couples, strict=True))
    taux = simulate_taux(logits, population, cible)
    assert np.average(taux, weights=population) == pytest.approx(cible, abs=1e-9)
    ordre: NDArray[np.int_] = np.argsort(logits, kind="stable")
    assert (np.diff(taux[ordre]) >= -1e-12).all()


@given(VECTEURS)
def test_parts_du_zonage(couples: list[tuple[float, float]]) -> None:
    base, population = (np.array(v) for v in zip(*couples, strict=True))
    parts = simulate_zonage(np.column_stack([base, -base, base / 2]), population, 0.18, 0.45)
    assert parts.sum(axis=1) == pytest.approx(1)
    assert (parts >= 0).all()
    assert np.average(parts[:, 0], weights=population) == pytest.approx(0.18, abs=1e-6)
    assert np.average(parts[:, 1], weights=population) == pytest.approx(0.45, abs=1e-6)
