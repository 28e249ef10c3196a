"""The simulated network: on every published margin, deterministic, additive by month, never over a published fact."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.catalogue import DefinitionInvalideError, load_catalogue
from data.chemins import get_geo
from data.magasin import Lecture
from data.schemas import CIBLE, DOMAINE, REPARTITION, VALEUR, check_frame
from etl.mart.depot import load_tables, read_tables
from etl.mart.geometries import read_territoires
from etl.mart.reseau import add_reseau
from etl.simulation.calage import (
    CalageImpossibleError,
    Comptes,
    Marges,
    compute_poids_effectifs,
    solve_calage,
)
from etl.simulation.fractions import Annuel, Cible, build_annuel, build_mensuels, round_somme
from etl.simulation.groupes import list_feuilles
from etl.simulation.latents import simulate_chemins, simulate_scores
from etl.simulation.marges_reseau import CONNUS, Ecart, list_ecarts
from etl.simulation.parametres import ANNEES, Genre, load_parametres
from etl.simulation.reseau import Reseau, build_reseau

LIBRE = np.array([np.inf])


@pytest.fixture(scope="module")
def marges_publiees(var: Path, rapport: dict[str, object]) -> dict[str, pl.DataFrame]:
    """The published tables the simulation is fitted to, with the schema of the mart."""
    assert rapport["version"]
    lecture = Lecture((var / "courante").resolve())
    return {
        t.nom: lecture.query(f"SELECT * FROM {t.nom} WHERE nature = 'publiee'").cast(dict(t.colonnes))  # noqa: S608
        for t in (VALEUR, REPARTITION, DOMAINE)
    }


@pytest.fixture(scope="module")
def simule(var: Path, rapport: dict[str, object], marges_publiees: dict[str, pl.DataFrame]) -> Reseau:
    """The network simulated again, from nothing."""
    empreinte = Lecture((var / "courante").resolve()).query("SELECT empreinte_geo FROM mart_publication").item()
    territoires = read_territoires(get_geo(var) / empreinte)
    return build_reseau(load_catalogue(), load_parametres(), marges_publiees, territoires)


@pytest.fixture(scope="module")
def tables(var: Path, rapport: dict[str, object]) -> dict[str, pl.DataFrame]:
    """The published tables the margins are read and recomputed from."""
    assert rapport["version"]
    lecture = Lecture((var / "courante").resolve())
    noms = ("mart_valeur", "mart_cible", "mart_repartition", "mart_domaine", "mart_organisme")
    return {nom: lecture.query(f"SELECT * FROM {nom}") for nom in noms}  # noqa: S608


@pytest.fixture
def annuels(simule: Reseau) -> pl.DataFrame:
    return simule.valeurs.filter(granularite="annee")


@pytest.fixture
def mois(simule: Reseau) -> pl.DataFrame:
    return simule.valeurs.filter(granularite="mois")


# --- published margins


def test_chaque_marge_publiee_est_tenue_sauf_les_contradictions_de_la_note(tables: dict[str, pl.DataFrame]) -> None:
    ecarts = list(list_ecarts(tables, load_catalogue()))
    assert len(ecarts) > 240
    assert {(e.marge, e.type_note, e.objet) for e in ecarts if not e.respecte} <= set(CONNUS)
    assert {(e.marge, e.type_note, e.objet) for e in ecarts if e.connu} <= set(CONNUS)
    par_marge = {marge: [e for e in ecarts if e.marge == marge] for marge in {e.marge for e in ecarts}}
    assert len(par_marge["score"]) == 8  # CPAM, CGSS, CSS, DRSM, CARSAT, UGECAM, CTI, CEIR
    assert all(e.respecte for e in par_marge["score"])
    assert all(e.respecte for e in par_marge["moyenne"] + par_marge["moyenne_2022"] + par_marge["synthese_2022"])
    assert [e.type_note for e in par_marge["effectifs"] if not e.respecte] == ["CGSS"]


@pytest.mark.parametrize(
    ("type_note", "code", "imprime"),
    [
        ("CPAM", "loc_depistage_sein", "22 / 74 / 6 / 0"),  # document 000 l. 608-611
        ("CPAM", "loc_validation_comptes", "0 / 102 / 0 / 0"),  # l. 619
        ("DRSM", "loc_echanges_confraternels_ij", "14 / 0 / 0 / 2"),  # l. 733-736
        ("UGECAM", "loc_marge_brute_ugecam", "3 / 5 / 5 / 0"),  # l. 1914
        ("CTI", "loc_cti_mep_delais", "7 / 2 / 0 / 0"),  # l. 1500
    ],
)
def test_effectifs_imprimes(tables: dict[str, pl.DataFrame], type_note: str, code: str, imprime: str) -> None:
    [ecart] = [
        e
        for e in list_ecarts(tables, load_catalogue())
        if (e.marge, e.type_note, e.objet) == ("effectifs", type_note, code)
    ]
    assert ecart == Ecart("effectifs", type_note, code, imprime, imprime, respecte=True, connu=None)


def test_un_score_faux_se_voit(tables: dict[str, pl.DataFrame]) -> None:
    faux = tables["mart_cible"].with_columns(
        objectif=pl.when(pl.col("code_indicateur") == "loc_validation_comptes")
        .then(pl.col("objectif") * 1.01)
        .otherwise("objectif")
    )
    ecarts = list(list_ecarts(tables | {"mart_cible": faux}, load_catalogue()))
    assert not next(e for e in ecarts if e.marge == "score" and e.type_note == "CPAM").respecte


# --- what is simulated


def test_deterministe_et_conforme_au_schema(simule: Reseau, tables: dict[str, pl.DataFrame]) -> None:
    check_frame(VALEUR, simule.valeurs)
    check_frame(CIBLE, simule.cibles)
    publies = tables["mart_valeur"].filter(source_fichier="etl/simulation/reseau.py")
    colonnes = [*VALEUR.cle, "valeur", "numerateur", "denominateur", "statut", "note"]
    assert publies.select(colonnes).sort(VALEUR.cle).equals(simule.valeurs.select(colonnes).sort(VALEUR.cle))


def test_toujours_dit_simule(simule: Reseau) -> None:
    for frame in (simule.valeurs, simule.cibles):
        assert set(frame["nature"]) == {"simulee"}
        assert set(frame["source"]) == {"simulation"}
        assert frame["note"].null_count() == 0


def test_chaque_organisme_et_chaque_indicateur_de_janvier_2019_a_decembre_2023(mois: pl.DataFrame) -> None:
    catalogue = load_catalogue()
    resultats = mois.filter(mesure="resultat")
    series = resultats.group_by("code_entite", "code_indicateur").agg(
        pl.len(), pl.col("periode_debut").min().alias("debut"), pl.col("periode_fin").max().alias("fin")
    )
    assert set(series["len"]) == {60}
    assert {str(d) for d in series["debut"]} == {"2019-01-01"}
    assert {str(d) for d in series["fin"]} == {"2023-12-31"}
    couples = set(series.select("code_entite", "code_indicateur").iter_rows())
    for bareme in catalogue.baremes:
        for feuille in list_feuilles(bareme) if bareme.types_organisme and "CNAM" not in bareme.types_organisme else ():
            for organisme in catalogue.list_organismes(*bareme.types_organisme):
                assert (organisme.code, feuille.code) in couples
    assert len({o for o, _ in couples}) == 164  # all but the Cnam, whose months of 2023 are rates of advancement
    cnam = mois.filter(code_entite="cnam")
    assert set(cnam["mesure"]) == {"taux_reussite"}
    assert set(cnam.group_by("code_indicateur").len()["len"]) == {12}


def test_les_mois_s_additionnent_a_l_annee(annuels: pl.DataFrame, mois: pl.DataFrame) -> None:
    annee = pl.col("periode_debut").dt.year().alias("annee")
    cle = ["code_indicateur", "code_entite", "annee"]
    sommes = mois.group_by("code_indicateur", "code_entite", annee).agg(pl.col("numerateur", "denominateur").sum())
    attendus = annuels.filter(mesure="resultat").with_columns(annee)
    joints = attendus.join(sommes, on=cle, suffix="_mois")
    assert joints.filter(pl.col("numerateur").is_not_null()).height > 9000
    for colonne in ("numerateur", "denominateur"):
        presents = joints.filter(pl.col(colonne).is_not_null())
        assert (presents[colonne] == presents[f"{colonne}_mois"]).all()
        assert (presents[colonne] == presents[colonne].round()).all()


def test_la_valeur_vient_de_ses_dossiers(simule: Reseau) -> None:
    parametres = load_parametres().indicateurs
    genres = {code: p.genre for code, p in parametres.items()}
    lignes = simule.valeurs.filter(pl.col("denominateur") > 0, pl.col("numerateur").is_not_null()).with_columns(
        genre=pl.col("code_indicateur").replace_strict(genres), rapport=pl.col("numerateur") / pl.col("denominateur")
    )
    attendues = (
        pl.when(genre="moyenne").then("rapport").when(genre="evolution").then(100 * pl.col("rapport") - 100)
    ).otherwise(100 * pl.col("rapport"))
    assert (lignes.select(ecart=(pl.col("valeur") - attendues).abs())["ecart"] < 1e-9).all()
    taux = lignes.filter(genre="taux")
    assert taux.height > 80_000
    assert taux.filter((pl.col("numerateur") < 0) | (pl.col("numerateur") > pl.col("denominateur"))).is_empty()


def test_les_valeurs_restent_dans_les_bornes_declarees(simule: Reseau) -> None:
    catalogue = load_catalogue()
    etendues = (
        simule.valeurs.filter(mesure="resultat")
        .group_by("code_indicateur")
        .agg(pl.col("valeur").min().alias("bas"), pl.col("valeur").max().alias("haut"))
    )
    for code, bas, haut in etendues.iter_rows():
        bornes = catalogue.get_indicateur(code).bornes
        assert bornes.min is None or bas >= bornes.min, code
        assert bornes.max is None or haut <= bornes.max, code


def test_zero_neutralise_et_sans_objet_sont_trois_choses(annuels: pl.DataFrame) -> None:
    taux = annuels.filter(mesure="taux_reussite")
    nuls = taux.filter(pl.col("valeur") == 0)
    assert set(nuls["statut"]) == {"publie"}
    neutralises = taux.filter(statut="neutralise")
    assert neutralises.height == 2 + 1 + 9 + 5  # DRSM, CGSS and UGECAM, document 000 l. 733, 1378, 1895, 1900
    assert neutralises["valeur"].null_count() == neutralises.height
    sans_objet = taux.filter(statut="sans_objet")
    assert set(sans_objet["code_entite"]) == {"973"}  # « hors Guyane »
    assert set(sans_objet["code_indicateur"]) == {"loc_accompagnements_mas", "loc_campagne_segur"}
    assert sans_objet["valeur"].null_count() == sans_objet.height


def test_un_neuvieme_decile_n_a_pas_de_numerateur(mois: pl.DataFrame) -> None:
    d9 = mois.filter(statistique="d9")
    assert d9["numerateur"].null_count() == d9.height > 0
    assert d9["denominateur"].null_count() == 0
    assert d9["note"].str.contains("n'est pas la moyenne de ceux des mois").all()


def compute_sauts(mois: pl.DataFrame, valeur: str) -> pl.DataFrame:
    """Of each series: median move of an ordinary January and of the other ordinary months (no dated event)."""
    parametres = load_parametres()
    evenements = {
        (code, m)
        for code, p in parametres.indicateurs.items()
        for choc in p.chocs
        for m in (*parametres.chocs[choc].effet, *parametres.chocs[choc].activite)
    }
    cle = ["code_entite", "code_indicateur"]
    touches = pl.DataFrame(sorted(evenements), schema=["code_indicateur", "m"], orient="row").with_columns(choc=True)
    avancements = [c for c, p in parametres.indicateurs.items() if p.genre is Genre.AVANCEMENT]
    return (
        mois.filter(
            pl.col("code_indicateur").is_in(list(parametres.indicateurs)),
            ~pl.col("code_indicateur").is_in(avancements),  # cumulated from January: they start again from nothing
            mesure="resultat",
        )
        .with_columns(m=pl.col("periode_debut").dt.strftime("%Y-%m"), janvier=pl.col("periode_debut").dt.month() == 1)
        .join(touches, on=["code_indicateur", "m"], how="left")
        .sort(*cle, "periode_debut")
        .with_columns(
            pas=pl.col(valeur).diff().abs().over(cle),
            ordinaire=pl.col("choc").is_null() & pl.col("choc").shift(1).over(cle).is_null(),
        )
        .filter("ordinaire", pl.col("pas").is_not_null())
        .group_by(cle)
        .agg(
            janvier=pl.col("pas").filter("janvier").median(),
            autres=pl.col("pas").filter(~pl.col("janvier")).median(),
        )
        .filter(pl.col("autres") > 0, pl.col("janvier").is_not_null())
        .with_columns(rapport=pl.col("janvier") / pl.col("autres"))
    )


def test_pas_de_marche_en_janvier(mois: pl.DataFrame) -> None:
    """A January moves as any other month does: each year shared out apart, it moved twice as much (6 times for IJ)."""
    sauts = compute_sauts(mois, "valeur")
    assert sauts.height > 1_500
    assert sauts["rapport"].median() == pytest.approx(1.0, abs=0.25)
    assert float(sauts["rapport"].quantile(0.9) or 0) < 2.5
    ij = sauts.filter(code_indicateur="loc_delai_premiere_ij_maladie")
    assert float(ij["rapport"].median()) < 1.6  # type: ignore[arg-type]


def test_la_saison_reste_celle_des_hypotheses(mois: pl.DataFrame) -> None:
    """National files of 2019, a year without event: the shape declared, to a twentieth."""
    parametres = load_parametres()
    for code, nom in (("loc_aat_dematerialises", "hiver"), ("loc_depistage_sein", "octobre_rose")):
        assert parametres.indicateurs[code].saison == nom
        lignes = mois.filter(pl.col("periode_debut").dt.year() == 2019, code_indicateur=code)
        dossiers = lignes.group_by("periode_debut").agg(pl.col("denominateur").sum()).sort("periode_debut")
        obtenue = (dossiers["denominateur"] / dossiers["denominateur"].sum()).to_numpy()
        saison = np.array(parametres.saisons[nom])
        assert obtenue == pytest.approx(saison / saison.sum(), rel=0.05)


def test_les_chocs_se_voient(mois: pl.DataFrame) -> None:
    """Omicron lengthens the délais in spring 2022 (003, l. 2414); spring 2020 empties the screening (l. 1461)."""

    def compute_france(code: str, debut: str) -> tuple[float, float]:
        lignes = mois.filter(pl.col("code_indicateur") == code, pl.col("periode_debut").cast(pl.String) == debut)
        return float(lignes["numerateur"].sum()), float(lignes["denominateur"].sum())

    def compute_delai(debut: str) -> float:
        jours, dossiers = compute_france("loc_delai_premiere_ij_maladie", debut)
        return jours / dossiers

    assert compute_delai("2022-05-01") > 1.25 * compute_delai("2021-12-01")
    assert compute_delai("2020-04-01") > 1.2 * compute_delai("2019-04-01")
    avril_2019, avril_2020 = (compute_france("loc_depistage_sein", f"{a}-04-01")[1] for a in (2019, 2020))
    assert avril_2020 < 0.5 * avril_2019


def test_la_qualite_persiste_d_une_annee_a_l_autre(annuels: pl.DataFrame, tables: dict[str, pl.DataFrame]) -> None:
    scores = tables["mart_valeur"].filter(
        code_indicateur="taux_reussite_local", maille="organisme", granularite="annee", mesure="resultat"
    )
    large = (
        scores.with_columns(annee=pl.col("periode_debut").dt.year().cast(pl.String))
        .pivot(on="annee", index="code_entite", values="valeur")
        .filter(pl.col("code_entite").str.contains(r"^\d{3}$"))
    )
    assert set(large.columns) == {"code_entite", *(str(a) for a in ANNEES)}
    for avant, apres in pairwise(ANNEES):
        rho = large.select(pl.corr(str(avant), str(apres), method="spearman")).item()
        assert 0.45 < rho < 0.85


def test_une_cible_par_type_et_par_annee_dans_le_sens_declare(simule: Reseau) -> None:
    catalogue = load_catalogue()
    cles = set(simule.cibles.select("code_indicateur", "type_organisme", "annee").iter_rows())
    for bareme in catalogue.baremes:
        if bareme.types_organisme and "CNAM" not in bareme.types_organisme:
            for feuille in list_feuilles(bareme):
                assert {(feuille.code, bareme.types_organisme[0].value, a) for a in ANNEES} <= cles
    for cible in simule.cibles.iter_rows(named=True):
        sens = catalogue.get_indicateur(cible["code_indicateur"]).sens.value
        assert cible["socle"] != cible["objectif"]
        assert sens != "haut" or cible["objectif"] > cible["socle"], cible["code_indicateur"]
        assert sens != "bas" or cible["objectif"] < cible["socle"], cible["code_indicateur"]


# --- published first


def test_le_publie_l_emporte(simule: Reseau) -> None:
    fait = simule.valeurs.filter(granularite="annee", code_entite="011", code_indicateur="loc_e_dat").head(1)
    publie = fait.with_columns(valeur=pl.lit(12.5), nature=pl.lit("publiee"), source=pl.lit("000"))
    cible = simule.cibles.filter(code_indicateur="loc_e_dat", type_organisme="CPAM", annee=2023)
    seuils = cible.with_columns(objectif=pl.lit(99.0), nature=pl.lit("publiee"))
    poids = simule.cibles.filter(code_indicateur="loc_depistage_sein", annee=2023).with_columns(
        socle=pl.lit(None, pl.Float64), objectif=pl.lit(None, pl.Float64), poids=2.0, nature=pl.lit("publiee")
    )
    tables = {VALEUR.nom: publie, CIBLE.nom: pl.concat([seuils, poids])}
    completes = add_reseau(tables, {VALEUR.nom: simule.valeurs, CIBLE.nom: simule.cibles})
    assert completes[VALEUR.nom].height == simule.valeurs.height
    assert completes[VALEUR.nom].join(publie, on=VALEUR.cle)["valeur"].to_list() == [12.5]
    cibles = completes[CIBLE.nom].filter(annee=2023, type_organisme="CPAM")
    assert cibles.filter(code_indicateur="loc_e_dat")["objectif"].to_list() == [99.0]
    assert sorted(cibles.filter(code_indicateur="loc_depistage_sein")["nature"]) == ["publiee", "simulee"]
    check_frame(CIBLE, completes[CIBLE.nom])


# --- calibration, alone


def build_marges(etats: np.ndarray, poids: np.ndarray, rng: np.random.Generator) -> tuple[Marges, np.ndarray]:
    """Margins of a network that exists: rates drawn from states (1, 0 below, -1 nil), then summed up."""
    n, k = etats.shape
    taux = np.where(etats == 1, 1.0, np.where(etats == 0, rng.uniform(0.1, 0.95, (n, k)), 0.0))
    marges = Marges(
        type_note="ESSAI",
        codes=tuple(f"i{j}" for j in range(k)),
        domaines=("A",) * k,
        poids=poids,
        scores=taux @ poids,
        moyennes=100 * taux.mean(axis=0),
        moyennes_domaine={},
        comptes=[Comptes(*(int((etats[:, j] == e).sum()) for e in (1, 0, -1)), 0) for j in range(k)],
        sans_objet=np.zeros((n, k), dtype=bool),
        exces_max=np.zeros(k),
        preferences=np.zeros((n, k)),
    )
    return marges, taux


@settings(max_examples=15, deadline=None)
@given(st.integers(2, 8), st.integers(2, 5), st.integers(0, 10_000))
def test_un_reseau_qui_existe_est_retrouve(n: int, k: int, graine: int) -> None:
    rng = np.random.default_rng(graine)
    poids = rng.integers(1, 10, k).astype(float)
    marges, _ = build_marges(rng.choice([1, 0, -1], (n, k), p=[0.5, 0.4, 0.1]), 100 * poids / poids.sum(), rng)
    calage = solve_calage(marges, rng)
    assert (calage.taux * calage.poids).sum(axis=1) == pytest.approx(marges.scores, abs=0.005)
    assert 100 * calage.taux.mean(axis=0) == pytest.approx(marges.moyennes, abs=0.031)
    for j, comptes in enumerate(marges.comptes):
        assert comptes is not None
        assert int((calage.taux[:, j] == 1).sum()) == comptes.nb_100
        assert int((calage.taux[:, j] == 0).sum()) == comptes.nb_nul


def test_une_contradiction_donne_le_plus_proche() -> None:
    """As the note on the CGSS, four nil bodies and a mean of 71,3 %: scores and mean hold, the count gives way."""
    rng = np.random.default_rng(1)
    marges, _ = build_marges(np.array([[1, 0], [1, 0], [1, 0], [1, 0]]), np.array([50.0, 50.0]), rng)
    contredites = [marges.comptes[0], Comptes(0, 0, 4, 0)]
    calage = solve_calage(Marges(**{**marges.__dict__, "comptes": contredites}), rng)
    assert (calage.taux * calage.poids).sum(axis=1) == pytest.approx(marges.scores, abs=0.005)
    assert (calage.taux[:, 1] > 0).any()


def test_le_poids_neutralise_reste_dans_son_domaine() -> None:
    hors = np.array([[True, False, False], [False, False, False]])
    poids = compute_poids_effectifs(np.array([20.0, 30.0, 50.0]), ("A", "A", "B"), hors)
    assert poids.tolist() == [[0.0, 50.0, 50.0], [20.0, 30.0, 50.0]]
    with pytest.raises(CalageImpossibleError, match="domaine « B »"):
        compute_poids_effectifs(np.array([50.0, 50.0]), ("A", "B"), np.array([[False, True]]))


# --- whole files, alone


@given(
    st.lists(st.lists(st.floats(0, 1000), min_size=12, max_size=12), min_size=1, max_size=5),
)
def test_l_arrondi_garde_la_somme(parts: list[list[float]]) -> None:
    bruts = np.array(parts)
    totaux = np.rint(bruts.sum(axis=1))
    cales = bruts + ((totaux - bruts.sum(axis=1)) / 12)[:, None]
    entiers = round_somme(cales, totaux)
    assert (entiers.sum(axis=1) == totaux).all()
    assert (np.abs(entiers - cales) <= 1 + 1e-6).all()


@settings(max_examples=60)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=5), st.integers(1, 50_000), st.integers(0, 1000))
def test_les_mois_d_un_taux(parts: list[float], dossiers: int, graine: int) -> None:
    rng = np.random.default_rng(graine)
    cible = Cible(0.0, 100.0, 0.0, 100.0)
    annuels = [
        build_annuel(Genre.TAUX, cible, np.array([part]), np.array([float(dossiers)]), -LIBRE, LIBRE) for part in parts
    ]
    mois = 12 * len(parts)
    activite = rng.lognormal(0, 0.5, (1, mois))
    for annuel, mensuel in zip(
        annuels,
        build_mensuels(Genre.TAUX, cible, annuels, activite, rng.normal(0, 8, (1, mois)), rng),
        strict=True,
    ):
        assert mensuel.numerateur.sum() == annuel.numerateur[0]
        assert mensuel.denominateur.sum() == annuel.denominateur[0]
        assert (mensuel.numerateur >= 0).all()
        assert (mensuel.numerateur <= mensuel.denominateur).all()
        assert (np.isnan(mensuel.valeur) == (mensuel.denominateur == 0)).all()


@pytest.mark.parametrize("genre", [Genre.TAUX, Genre.MOYENNE, Genre.NOMBRE, Genre.D9, Genre.SOLDE])
def test_une_annee_sans_chiffre_n_a_pas_de_mois(genre: Genre) -> None:
    """A body neutralised in the last year: no month then, and nothing of it shows in the years before."""
    rng = np.random.default_rng(3)
    haut = 10_000.0 if genre is Genre.NOMBRE else 100.0
    cible = Cible(0.0, haut, 0.0, haut)
    pleine = build_annuel(genre, cible, np.array([0.6, 0.6]), np.array([1200.0, 1200.0]), -LIBRE, LIBRE)
    trou = np.array([0.0, np.nan])
    vide = Annuel(pleine.valeur + trou, pleine.numerateur + trou, pleine.denominateur + trou)
    plats = np.ones((2, 24))
    avant, apres = build_mensuels(genre, cible, [pleine, vide], plats, 0 * plats, rng)
    assert not np.isnan(avant.valeur).any()
    assert not np.isnan(apres.valeur[0]).any()
    assert np.isnan(apres.valeur[1]).all()
    assert np.isnan(apres.denominateur[1]).all()
    assert avant.valeur[1].min() > 0.5 * avant.valeur[1].mean()


@given(st.floats(0.01, 0.99), st.integers(60, 5000))
def test_un_taux_de_dossiers_entiers_reste_sous_l_objectif(chemin: float, dossiers: int) -> None:
    cible = Cible(40.0, 60.0, 0.0, 100.0)
    annuel = build_annuel(
        Genre.TAUX, cible, np.array([chemin]), np.array([float(dossiers)]), np.array([0.004]), np.array([0.9994])
    )
    obtenu = cible.compute_chemin(annuel.valeur)[0]
    assert 0 < obtenu < 0.9995
    assert annuel.valeur[0] == pytest.approx(100 * annuel.numerateur[0] / annuel.denominateur[0])
    assert obtenu == pytest.approx(chemin, abs=0.05)


@given(st.integers(3, 60), st.floats(0.15, 0.85), st.integers(0, 1000))
def test_scores_de_moyenne_minimum_et_maximum_donnes(n: int, place: float, graine: int) -> None:
    latents = np.random.default_rng(graine).normal(size=n)
    bas, haut = 70.0, 98.0
    # A mean the extremes allow: one body at each of them.
    moyenne = (bas + haut + (n - 2) * (bas + place * (haut - bas))) / n
    scores = simulate_scores(latents, moyenne, bas, haut)
    assert (scores.min(), scores.max()) == (bas, haut)
    assert scores.mean() == pytest.approx(moyenne, abs=0.05)
    assert (np.diff(scores[np.argsort(latents)]) >= 0).all()


@given(st.floats(0.05, 0.98), st.integers(0, 1000))
def test_taux_moyen_vise(moyenne: float, graine: int) -> None:
    latents = np.random.default_rng(graine).normal(size=40)
    presents = np.arange(40) % 7 != 0
    chemins = simulate_chemins(latents, presents, moyenne)
    assert np.clip(chemins[presents], 0, 1).mean() == pytest.approx(moyenne, abs=1e-6)


# --- inputs and cache


def test_hypotheses_invalides_dites_en_francais(tmp_path: Path) -> None:
    texte = Path(__file__).parents[2].joinpath("data/definitions/simulation/reseau.yaml").read_text(encoding="utf-8")
    chemin = tmp_path / "reseau.yaml"
    for avant, apres, attendu in (
        ("saison: octobre_rose", "saison: printemps", "saison inconnue « printemps »"),
        ("chocs: [tests_antigeniques]", "chocs: [gel]", "choc inconnu « gel »"),
        ("cibles: {CSS: [60, 80]}", "cibles: {CSS: [60, 60]}", "socle et objectif sont égaux"),
    ):
        chemin.write_text(texte.replace(avant, apres, 1), encoding="utf-8")
        with pytest.raises(DefinitionInvalideError, match=attendu):
            load_parametres(chemin)


def test_le_depot_ne_reconstruit_que_si_besoin(tmp_path: Path) -> None:
    table = pl.DataFrame({"a": [1, 2]})
    appels: list[int] = []

    def construire() -> dict[str, pl.DataFrame]:
        appels.append(1)
        return {"t": table}

    for _ in range(2):
        assert load_tables(tmp_path, "abc", ["t"], construire)["t"].equals(table)
    assert len(appels) == 1
    (tmp_path / "abc" / "t.parquet").write_bytes(b"abime")
    assert read_tables(tmp_path / "abc", ["t"]) is None
    assert load_tables(tmp_path, "abc", ["t"], construire)["t"].equals(table)
    assert len(appels) == 2
