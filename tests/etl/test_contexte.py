"""Context of the organismes: real where it is known, simulated on every printed figure elsewhere."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.calculs.convergence import compute_mobilites, simulate_resserrement
from data.calculs.dispersion import compute_extremes
from data.catalogue import load_catalogue
from data.chemins import get_geo
from data.magasin import Lecture
from data.modele import Sens
from etl.simulation.contexte import build_simulation_contexte, round_total
from etl.simulation.productivite import calibrate_total, simulate_productivite, solve_croissante
from etl.socle.contexte import build_contexte, read_geographie


@pytest.fixture
def faits(publication: Lecture) -> pl.DataFrame:
    """Every context fact, with its year."""
    return publication.query(
        "SELECT *, year(periode_debut) AS annee, o.type_organisme FROM mart_valeur v "
        "JOIN mart_organisme o ON o.code_organisme = v.code_entite WHERE referentiel = 'contexte'"
    )


def _get(faits: pl.DataFrame, code: str, annee: int) -> dict[str, float]:
    choix = faits.filter(pl.col("code_indicateur") == code, pl.col("annee") == annee, pl.col("valeur").is_not_null())
    return dict(choix.select("code_entite", "valeur").iter_rows())


def test_population_et_surface_reelles(faits: pl.DataFrame) -> None:
    """INSEE, populations légales 2017: Paris 2 187 526, Creuse 118 638; areas of the départements to 1 %."""
    population, surface = _get(faits, "ctx_population", 2017), _get(faits, "ctx_superficie", 2017)
    assert (population["751"], population["231"]) == (2_187_526, 118_638)
    assert len(population) == 106
    for code, km2 in {"751": 105.4, "231": 5565, "481": 5167, "911": 1804, "571": 6216}.items():
        assert surface[code] == pytest.approx(km2, rel=0.012)
    densite = _get(faits, "ctx_densite", 2017)
    assert densite["751"] == pytest.approx(2_187_526 / surface["751"])
    petites = _get(faits, "ctx_part_petites_communes", 2017)
    assert petites["751"] == 0
    assert petites["231"] > 60
    assert all(0 <= v <= 100 for v in petites.values())
    caisses = _get(faits, "ctx_caisses_departement", 2023)
    assert (caisses["595"], caisses["624"], caisses["641"], caisses["751"]) == (4, 2, 2, 1)
    reelles = faits.filter(pl.col("source") == "insee_ign")
    assert set(reelles["nature"]) == {"publiee"}
    assert reelles.height == 5 * 107


def test_mayotte_sans_population_le_dit(faits: pl.DataFrame) -> None:
    mayotte = faits.filter(pl.col("code_entite") == "976", pl.col("valeur").is_null())
    assert set(mayotte["statut"]) == {"non_fourni"}
    assert mayotte["note"].str.contains("population absente").all()
    assert set(mayotte["code_indicateur"]) == {
        "ctx_population",
        "ctx_densite",
        "ctx_part_petites_communes",
        "ctx_part_65",
        "ctx_part_c2s",
        "ctx_dossiers_ij",
        "ctx_dossiers_ij_1000",
    }


@pytest.mark.parametrize(
    ("types", "etp"),
    # Document 000, l. 58-74.
    [
        (["CPAM"], 45_271),
        (["CCSS"], 268),
        (["UGECAM"], 12_520),
        (["DRSM"], 6_137),
        (["CARSAT"], 5_464),
        (["CNAM"], 2_358),
        (["CGSS"], 1_959),
        (["CTI", "CEIR"], 549),
        (["CSS"], 140),
    ],
)
def test_etp_2023_par_type(faits: pl.DataFrame, types: list[str], etp: float) -> None:
    choix = faits.filter(
        pl.col("code_indicateur") == "ctx_etp", pl.col("annee") == 2023, pl.col("type_organisme").is_in(types)
    )
    assert choix["valeur"].sum() == pytest.approx(etp)
    assert (choix["valeur"] > 0).all()


def test_etp_des_caisses(faits: pl.DataFrame) -> None:
    """110 in Creuse and 2 000 in Paris (document 003, l. 2034); 46 539, 47 866 and 47 949 in all (l. 3104)."""
    for annee, total in {2019: 46_539, 2020: 47_866, 2021: 47_949, 2022: 46_744}.items():
        etp = _get(faits, "ctx_etp", annee)
        assert len(etp) == 102
        assert sum(etp.values()) == pytest.approx(total)
        assert (min(etp, key=etp.__getitem__), max(etp, key=etp.__getitem__)) == ("231", "751")
        assert (etp["231"], etp["751"]) == (110, 2000)
    cpam = faits.filter(
        pl.col("code_indicateur") == "ctx_etp", pl.col("annee") == 2023, pl.col("type_organisme") == "CPAM"
    )
    assert (cpam["valeur"].min(), cpam["valeur"].max()) == (110, 2000)


def test_etp_imprimes_restent_publies(faits: pl.DataFrame) -> None:
    """Mende 150,08 (document 000, l. 2605), Cnam 2 358, Mayotte 140: one body, one printed figure."""
    publies = faits.filter(pl.col("code_indicateur") == "ctx_etp", pl.col("nature") == "publiee")
    assert {c: (v, s) for c, v, s in publies.select("code_entite", "valeur", "source_ligne").iter_rows()} == {
        "481": (150.08, "2605"),
        "cnam": (2358, "68"),
        "976": (140, "74"),
    }
    assert set(publies["source"]) == {"000"}


def test_c2s_et_arrets_sur_les_totaux(faits: pl.DataFrame) -> None:
    """7 347 372 bénéficiaires in 2023 (document 000, l. 195); 8,9 million arrêts in 2019 (document 003, l. 2340)."""
    c2s = faits.filter(pl.col("code_indicateur") == "ctx_part_c2s", pl.col("annee") == 2023)
    assert c2s["numerateur"].sum() == 7_347_372
    assert sum(_get(faits, "ctx_dossiers_ij", 2019).values()) == 8_900_000
    taux = faits.filter(pl.col("code_indicateur") == "ctx_dossiers_ij_1000", pl.col("valeur").is_not_null())
    assert (taux["valeur"] - 1000 * taux["numerateur"] / taux["denominateur"]).abs().max() < 1e-9
    parts = faits.filter(
        pl.col("code_indicateur").is_in(["ctx_part_65", "ctx_part_c2s"]), pl.col("valeur").is_not_null()
    )
    assert parts["valeur"].is_between(0, 100).all()
    assert (parts["numerateur"] == parts["numerateur"].round()).all()


def test_tout_le_reste_est_dit_simule(faits: pl.DataFrame) -> None:
    simulees = faits.filter(pl.col("source") == "simulation")
    assert set(simulees["nature"]) == {"simulee"}
    assert simulees["note"].null_count() == 0
    assert set(faits["nature"]) == {"simulee", "publiee"}
    assert set(faits.filter(pl.col("nature") == "publiee")["source"]) == {"insee_ign", "000"}


def test_productivite_ecarts_publies(faits: pl.DataFrame) -> None:
    """Document 003, l. 3202-3224: gaps of −25,2 % and −26 %, growth, ETPR, the nine last under 230."""
    avant, apres = (_get(faits, "ctx_productivite", a) for a in (2017, 2021))
    assert len(avant) == len(apres) == 102
    ecarts = [compute_extremes(list(v.values())).ecart_relatif for v in (avant, apres)]
    assert ecarts == pytest.approx([-0.252, -0.26], abs=5e-4)
    gains = {c: apres[c] / avant[c] - 1 for c in avant}
    assert np.mean(list(gains.values())) == pytest.approx(0.2283, abs=5e-5)
    assert (min(gains, key=gains.__getitem__), max(gains, key=gains.__getitem__)) == ("351", "931")
    assert (gains["351"], gains["931"]) == (pytest.approx(0.0735, abs=5e-5), pytest.approx(0.35, abs=5e-5))
    etpr = {a: _get(faits, "ctx_etpr", a) for a in (2017, 2021)}
    assert [sum(e.values()) for e in etpr.values()] == pytest.approx([48_545, 46_539], abs=0.5)
    dernieres = sorted(apres, key=apres.__getitem__)[:9]
    assert all(etpr[2021][c] < 230 for c in dernieres)
    assert {"921", "831", "441"} <= set(sorted(apres, key=apres.__getitem__)[-10:])
    bcp = _get(faits, "ctx_bcp", 2021)
    assert all(apres[c] == pytest.approx(bcp[c] / etpr[2021][c]) for c in apres)


def test_productivite_evolution_des_effectifs(faits: pl.DataFrame) -> None:
    """l. 3203-3206: 24 up (13,01 % at most), 78 down (12 by over 10 %, 18,89 % at most), eight first, seven last."""
    avant, apres = (_get(faits, "ctx_etpr", a) for a in (2017, 2021))
    evolutions = {c: apres[c] / avant[c] - 1 for c in avant}
    hausses = [c for c, e in evolutions.items() if e > 0]
    assert (len(hausses), sum(e < 0 for e in evolutions.values())) == (24, 78)
    assert sum(e < -0.10 for e in evolutions.values()) == 12
    assert max(evolutions.values()) == pytest.approx(0.1301, abs=1e-4)
    assert min(evolutions.values()) == pytest.approx(-0.1889, abs=1e-4)
    productivite = _get(faits, "ctx_productivite", 2021)
    classement = sorted(productivite, key=productivite.__getitem__, reverse=True)
    assert (len(set(classement[:20]) & set(hausses)), len(set(classement[-20:]) & set(hausses))) == (8, 7)


def test_productivite_mouvements_de_rang(faits: pl.DataFrame) -> None:
    """l. 3222-3224: ten gain 25 places or more (47 at most), twelve lose as many (42 at most); six and five stay."""
    avant, apres = (_get(faits, "ctx_productivite", a) for a in (2017, 2021))
    mobilites = compute_mobilites(avant, apres, Sens.HAUT)
    assert sum(m.places >= 25 for m in mobilites) == 10
    assert sum(m.places <= -25 for m in mobilites) == 12
    assert (mobilites[0].places, mobilites[-1].places) == (47, -42)
    assert sum(m.rang_avant <= 10 and m.rang_apres <= 10 for m in mobilites) == 6
    assert sum(m.rang_avant > 92 and m.rang_apres > 92 for m in mobilites) == 5


def test_resserrement_des_ecarts_de_l_igas(faits: pl.DataFrame) -> None:
    """l. 3324-3326: 1 213 posts, 60 caisses, 12 under 2 %, 25 capped, 10 over 30 posts, 5 over 50."""
    bcp, etpr = _get(faits, "ctx_bcp", 2021), _get(faits, "ctx_etpr", 2021)
    caisses = pl.DataFrame({"code_organisme": list(bcp), "bcp": list(bcp.values()), "etpr": [etpr[c] for c in bcp]})
    simulation = simulate_resserrement(caisses)
    assert simulation.postes == pytest.approx(1213, abs=0.5)
    assert (simulation.contributrices, simulation.faibles, simulation.plafonnees) == (60, 12, 25)
    assert simulation.notables == (10, 5)
    postes = dict(simulation.caisses.select("code_organisme", "postes").iter_rows())
    assert [postes[c] for c in ("911", "571", "595")] == pytest.approx([101, 78, 73])


def test_deterministe(publication: Lecture, faits: pl.DataFrame) -> None:
    empreinte = publication.query("SELECT empreinte_geo FROM mart_publication").item()
    catalogue = load_catalogue()
    geographie = read_geographie(get_geo(publication.dossier.parent.parent) / empreinte, catalogue)
    lignes = build_contexte(catalogue, geographie) + build_simulation_contexte(catalogue, geographie)
    refaits = pl.DataFrame(lignes, infer_schema_length=None)
    cle = ["code_indicateur", "code_entite", "periode_debut"]
    assert refaits.select(*cle, "valeur").sort(cle).equals(faits.select(*cle, "valeur").sort(cle))


def test_productivite_autre_graine(publication: Lecture, faits: pl.DataFrame) -> None:
    """The calibration does not hang on one lucky seed."""
    population = _get(faits, "ctx_population", 2017)
    codes = sorted(_get(faits, "ctx_bcp", 2021))
    habitants = np.array([population[c] for c in codes])
    tirage = simulate_productivite(np.random.default_rng(7), codes, habitants)
    gains = tirage.productivite_2021 / tirage.productivite_2017 - 1
    assert gains.mean() == pytest.approx(0.2283)
    assert tirage.etpr_2021.sum() == pytest.approx(46_539)


def test_cible_hors_d_atteinte() -> None:
    with pytest.raises(ValueError, match="hors d'atteinte"):
        solve_croissante(lambda x: x, 5, 0, 1)


@given(st.lists(st.floats(1, 100), min_size=1, max_size=20), st.floats(0.15, 0.9))
def test_total_cale_entre_les_bornes(poids: list[float], part: float) -> None:
    valeurs = calibrate_total(np.array(poids), part * 500 * len(poids), {}, 50, 500)
    assert valeurs.sum() == pytest.approx(part * 500 * len(poids), rel=1e-9)
    assert ((valeurs >= 50) & (valeurs <= 500)).all()


@given(st.lists(st.floats(0, 1000), min_size=1, max_size=20))
def test_arrondi_au_total(valeurs: list[float]) -> None:
    total = round(sum(valeurs))
    arrondis = round_total(np.array(valeurs), total)
    assert arrondis.sum() in {total, float(np.floor(valeurs).sum())} or abs(arrondis.sum() - total) < 1
    assert np.abs(arrondis - np.array(valeurs)).max() <= 1
