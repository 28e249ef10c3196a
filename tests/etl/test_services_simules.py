"""Months and weeks of the six services: on the published figures, additive, deterministic, never over a real fact."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.catalogue import DefinitionInvalideError, load_catalogue
from data.magasin import Lecture
from data.modele import Granularite, Statut
from data.schemas import DELAI_IJ_CAISSE, VALEUR, check_frame
from etl.mart.services import add_services, drop_semaines
from etl.simulation.hebdomadaire import (
    CODE_IJ,
    Mensuels,
    build_calendrier,
    compute_paques,
    filter_ij,
    list_feries,
    read_mensuels,
    split_jours,
    sum_semaines,
)
from etl.simulation.parametres import Genre
from etl.simulation.services import load_services

CALENDRIER = build_calendrier((2022, 2023))
SEMAINE = (1.2, 1.0, 1.0, 1.0, 0.9, 0.1, 0.0)


@pytest.fixture(scope="module")
def tables(var: Path, rapport: dict[str, object]) -> dict[str, pl.DataFrame]:
    """The published facts, with the schema of the mart."""
    assert rapport["version"]
    lecture = Lecture((var / "courante").resolve())
    return {t.nom: lecture.query(f"SELECT * FROM {t.nom}").cast(dict(t.colonnes)) for t in (VALEUR, DELAI_IJ_CAISSE)}  # noqa: S608


@pytest.fixture(scope="module")
def semaines(tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    return tables[VALEUR.nom].filter(granularite=Granularite.SEMAINE.value)


def build_mensuels(n: int, dossiers: int, part: float) -> Mensuels:
    """``n`` organismes with as many files each month, ``part`` of them in the numerator."""
    forme = (n, 24)
    numerateur = np.full(forme, np.rint(part * dossiers))
    denominateur = np.full(forme, float(dossiers))
    valeur = 100 * numerateur / denominateur
    return Mensuels(
        tuple(f"{rang:03d}" for rang in range(n)),
        valeur,
        numerateur,
        denominateur,
        np.full(forme, Statut.PUBLIE.value, dtype="<U32"),
    )


@pytest.mark.parametrize(
    ("annee", "jour"), [(1818, "1818-03-22"), (1943, "1943-04-25"), (2000, "2000-04-23"), (2023, "2023-04-09")]
)
def test_paques(annee: int, jour: str) -> None:
    """Meeus, "Astronomical Algorithms", chapter 8: extremes of 1818 and 1943, and 2000."""
    assert compute_paques(annee).isoformat() == jour


def test_les_jours_feries_de_2023() -> None:
    """The eleven of service-public.fr for 2023."""
    assert sorted(f"{jour:%d/%m}" for jour in list_feries(2023)) == sorted(
        ["01/01", "10/04", "01/05", "08/05", "18/05", "29/05", "14/07", "15/08", "01/11", "11/11", "25/12"]
    )


def test_le_calendrier_n_a_que_des_semaines_entieres() -> None:
    assert len(CALENDRIER.lundis) == 104
    assert {lundi.weekday() for lundi in CALENDRIER.lundis} == {0}
    assert CALENDRIER.lundis[0] == dt.date(2022, 1, 3)
    assert CALENDRIER.lundis[-1] == dt.date(2023, 12, 25)
    hors = [j for j, rang in zip(CALENDRIER.jours, CALENDRIER.rang_semaine, strict=True) if rang < 0]
    assert hors == [dt.date(2022, 1, 1), dt.date(2022, 1, 2)]
    assert [CALENDRIER.jours[int(m)].day for m in CALENDRIER.milieux[:2]] == [16, 14]


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 5000), st.floats(0, 1), st.sampled_from([Genre.TAUX, Genre.MOYENNE]))
def test_les_jours_s_additionnent_au_mois(dossiers: int, part: float, genre: Genre) -> None:
    mensuels = build_mensuels(2, max(dossiers, 1), part)
    numerateurs, denominateurs = split_jours(genre, mensuels, CALENDRIER, SEMAINE, 0.1, np.random.default_rng(1))
    for rang in range(24):
        jours = CALENDRIER.rang_mois == rang
        assert (numerateurs[:, jours].sum(axis=1) == mensuels.numerateur[:, rang]).all()
        assert (denominateurs[:, jours].sum(axis=1) == mensuels.denominateur[:, rang]).all()
    assert (numerateurs >= 0).all()
    assert (numerateurs == np.rint(numerateurs)).all()
    assert (denominateurs[:, CALENDRIER.jour_semaine == 6] == 0).all()  # nothing on a Sunday
    if genre is Genre.TAUX:
        assert (numerateurs <= denominateurs).all()


def test_le_decile_des_jours_reste_autour_de_celui_du_mois() -> None:
    mensuels = build_mensuels(3, 900, 0.2)
    numerateurs, denominateurs = split_jours(Genre.D9, mensuels, CALENDRIER, SEMAINE, 0.1, np.random.default_rng(2))
    for rang in range(24):
        jours = CALENDRIER.rang_mois == rang
        moyen = numerateurs[:, jours].sum(axis=1) / denominateurs[:, jours].sum(axis=1)
        assert moyen == pytest.approx(mensuels.valeur[:, rang])
    semaine = sum_semaines(numerateurs, CALENDRIER) / sum_semaines(denominateurs, CALENDRIER)
    assert 0 < float(np.abs(semaine / 20 - 1).max()) < 0.6


def test_un_mois_sans_chiffre_laisse_ses_semaines_vides() -> None:
    mois = pl.DataFrame(
        {
            "code_entite": ["011"] * 24,
            "mois": list(CALENDRIER.mois),
            "valeur": [None if rang == 5 else 50.0 for rang in range(24)],
            "numerateur": [None if rang == 5 else 50.0 for rang in range(24)],
            "denominateur": [None if rang == 5 else 100.0 for rang in range(24)],
            "statut": ["neutralise" if rang == 5 else "publie" for rang in range(24)],
        }
    )
    mensuels = read_mensuels(mois, CALENDRIER)
    assert mensuels.statuts[0, 5] == "neutralise"
    _, denominateurs = split_jours(Genre.TAUX, mensuels, CALENDRIER, SEMAINE, 0.1, np.random.default_rng(3))
    assert denominateurs[0, CALENDRIER.rang_mois == 5].sum() == 0
    assert denominateurs.sum() == 23 * 100


def test_les_semaines_publiees_font_les_mois(tables: dict[str, pl.DataFrame], semaines: pl.DataFrame) -> None:
    """The 104 weeks hold the 24 months but for the files of the first two days of 2022, a holiday and a Sunday."""
    for code in ("suivi_decroche_assures", "suivi_courriels_48h", "loc_delai_reglement_fsp_lad"):
        mois = tables[VALEUR.nom].filter(
            pl.col("code_indicateur") == code,
            pl.col("granularite") == "mois",
            pl.col("maille") == "organisme",
            pl.col("periode_debut").dt.year() >= 2022,
        )
        hebdo = semaines.filter(code_indicateur=code)
        for colonne in ("numerateur", "denominateur"):
            assert hebdo[colonne].sum() == mois[colonne].sum(), (code, colonne)
    ij = filter_ij(tables[DELAI_IJ_CAISSE.nom]).filter(pl.col("mois").dt.year() >= 2022)
    hebdo = semaines.filter(code_indicateur=CODE_IJ)
    assert hebdo["denominateur"].sum() == ij["nombre"].sum()
    assert hebdo["numerateur"].sum() == pytest.approx((ij["moyenne"] * ij["nombre"]).sum(), abs=1e-3)


def test_l_annee_du_reseau_est_la_publiee(tables: dict[str, pl.DataFrame]) -> None:
    """Note on the 2023 intéressement, l. 197 and 199: 66,72 % and 92,68 %."""
    for code, attendu in (("suivi_decroche_assures", 66.72), ("suivi_courriels_48h", 92.68)):
        mois = tables[VALEUR.nom].filter(
            pl.col("code_indicateur") == code,
            pl.col("granularite") == "mois",
            pl.col("periode_debut").dt.year() == 2023,
        )
        assert 100 * mois["numerateur"].sum() / mois["denominateur"].sum() == pytest.approx(attendu, abs=1e-4)


def test_aucun_janvier_ne_saute(tables: dict[str, pl.DataFrame]) -> None:
    """The level of the network moves in January as it does in the other months."""
    mois = (
        tables[VALEUR.nom]
        .filter(
            pl.col("code_indicateur") == "suivi_decroche_assures",
            pl.col("granularite") == "mois",
            pl.col("maille") == "organisme",
        )
        .group_by("periode_debut")
        .agg(part=100 * pl.col("numerateur").sum() / pl.col("denominateur").sum())
        .sort("periode_debut")
        .with_columns(saut=pl.col("part").diff().abs())
        .filter(pl.col("periode_debut").dt.year() > 2019, pl.col("periode_debut").dt.year() != 2022)
    )
    janvier = mois.filter(pl.col("periode_debut").dt.month() == 1)["saut"].to_list()
    autres = mois.filter(pl.col("periode_debut").dt.month() != 1)["saut"].to_list()
    assert max(janvier) <= 2 * max(autres)


def test_les_semaines_sont_simulees_et_entieres(semaines: pl.DataFrame) -> None:
    check_frame(VALEUR, semaines)
    assert semaines["nature"].unique().to_list() == ["simulee"]
    assert (semaines["periode_debut"].dt.weekday() == 1).all()
    assert ((semaines["periode_fin"] - semaines["periode_debut"]) == dt.timedelta(days=6)).all()
    assert set(semaines["code_indicateur"]) == set(load_services().services)
    d9 = semaines.filter(statistique="d9")
    assert d9["numerateur"].null_count() == d9.height


def test_la_simulation_est_deterministe(tables: dict[str, pl.DataFrame], var: Path) -> None:
    territoires = Lecture((var / "courante").resolve()).query("SELECT * FROM mart_territoire")
    fichiers = ["etl/simulation/services.py", "etl/simulation/hebdomadaire.py"]
    sans = tables[VALEUR.nom].filter(~pl.col("source_fichier").is_in(fichiers))
    refaites = add_services(tables | {VALEUR.nom: sans}, load_catalogue(), territoires)[VALEUR.nom]
    cle = [*VALEUR.cle, "valeur", "numerateur", "denominateur", "statut"]
    assert refaites.select(cle).sort(VALEUR.cle).equals(tables[VALEUR.nom].select(cle).sort(VALEUR.cle))


def test_un_mois_reel_chasse_les_semaines_simulees(tables: dict[str, pl.DataFrame], semaines: pl.DataFrame) -> None:
    reel = (
        tables[VALEUR.nom]
        .filter(
            pl.col("code_indicateur") == "loc_delai_instruction_c2s_d9",
            pl.col("code_entite") == "011",
            pl.col("granularite") == "mois",
            pl.col("periode_debut") == dt.date(2023, 3, 1),
        )
        .with_columns(nature=pl.lit("publiee"))
    )
    assert drop_semaines(tables).height == tables[VALEUR.nom].height
    ij = tables[DELAI_IJ_CAISSE.nom].with_columns(
        nature=pl.when(pl.col("code_organisme") == "021", pl.col("mois") == dt.date(2023, 12, 1))
        .then(pl.lit("publiee"))
        .otherwise("nature")
    )
    restent = drop_semaines({VALEUR.nom: pl.concat([tables[VALEUR.nom], reel]), DELAI_IJ_CAISSE.nom: ij})
    parties = semaines.join(restent, on=VALEUR.cle, how="anti").sort("code_entite", "periode_debut")
    ain = parties.filter(code_entite="011")["periode_debut"].to_list()
    assert (ain[0], ain[-1], len(ain)) == (dt.date(2023, 2, 27), dt.date(2023, 3, 27), 5)
    autre = parties.filter(code_entite="021")
    assert autre["code_indicateur"].unique().to_list() == [CODE_IJ]
    assert autre["periode_debut"].to_list()[0] == dt.date(2023, 11, 27)
    assert parties.height == 10


@pytest.mark.parametrize(
    ("texte", "raison"),
    [
        ("semaines: [2022]\njours: {}\nservices: {abc: {genre: taux, jours: x, bruit: 0.1}}", "profil de semaine"),
        ("semaines: [2021, 2023]\njours: {}\nservices: {}", "sans trou"),
        (
            "semaines: [2022]\njours: {x: [1, 1, 1, 1, 1, 1, 1]}\nservices: {abc: {genre: solde, jours: x, bruit: 0}}",
            "genre",
        ),
    ],
)
def test_des_hypotheses_fausses_sont_refusees(tmp_path: Path, texte: str, raison: str) -> None:
    chemin = tmp_path / "services.yaml"
    chemin.write_text(texte, encoding="utf-8")
    with pytest.raises(DefinitionInvalideError, match=raison):
        load_services(chemin)
