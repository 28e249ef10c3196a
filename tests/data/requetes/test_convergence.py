from __future__ import annotations

import pytest

from data.calculs.convergence import compute_mobilites, simulate_resserrement
from data.calculs.dispersion import compute_dispersion
from data.magasin import Lecture
from data.modele import Sens
from data.requetes.convergence import PRODUCTIVITE, list_annuels, list_constats, list_suivis
from data.requetes.pairs import load_productivite
from data.requetes.services import list_annuels_reseau, list_ij_caisse, list_ij_reseau, list_objectifs, list_resultats


def test_un_organisme_a_une_valeur_par_annee(publication: Lecture) -> None:
    faits = list_annuels()
    assert faits.select("code_indicateur", "annee", "code_organisme").is_duplicated().sum() == 0
    assert faits["valeur"].null_count() == 0
    assert faits["code_indicateur"][0] == PRODUCTIVITE
    # 2023 is printed, the years before are simulated: the printed value is the one kept.
    score = faits.filter(code_indicateur="taux_reussite_local", annee=2023)
    assert score["nature"].unique().to_list() == ["publiee"]


def test_les_groupes_de_moins_de_cinq_ne_sont_pas_suivis(publication: Lecture) -> None:
    suivis = list_suivis()
    assert min(suivis["effectif"]) >= 5
    assert (suivis["premiere"] < suivis["derniere"]).all()
    assert set(suivis["type_note"]) == {"CPAM", "CARSAT", "DRSM", "UGECAM", "CTI"}
    assert suivis.row(0, named=True)["type_note"] == "CPAM"


def test_les_constats_publies_se_retrouvent(publication: Lecture) -> None:
    """Report Igas 2022-027R, l. 3216, 3224 and 3324-3326: every printed figure, and the simulated data give them."""
    constats = dict(list_constats().select("fait", "valeur").iter_rows())
    avant, apres = load_productivite(2017), load_productivite(2021)
    rangs = [dict(f.select("code_organisme", "productivite").iter_rows()) for f in (avant, apres)]
    mobilites = compute_mobilites(rangs[0], rangs[1], Sens.HAUT)
    gagnent = [m.places for m in mobilites if m.places >= 25]
    perdent = [m.places for m in mobilites if m.places <= -25]
    assert constats["gagnent 25 places ou plus"] == f"{len(gagnent)} (max {max(gagnent)})"
    assert constats["perdent 25 places ou plus"] == f"{len(perdent)} (max {-min(perdent)})"
    ecarts = [
        e.ecart_relatif for f in (avant, apres) if (e := compute_dispersion(f["productivite"].to_list()).extremes)
    ]
    assert ecarts == pytest.approx([-0.252, -0.26], abs=5e-4)
    resserrement = simulate_resserrement(apres.select("code_organisme", "bcp", "etpr"))
    assert round(resserrement.postes) == int(constats["resserrement : potentiel maximal"]) == 1213
    assert resserrement.contributrices == int(constats["resserrement : caisses mises à contribution"]) == 60
    assert resserrement.plafonnees == int(constats["resserrement : dont plafonnées à 10 %"]) == 25


def test_la_premiere_ij_additionne_les_dossiers(publication: Lecture) -> None:
    reseau = list_ij_reseau()
    assert reseau.height >= 60
    dernier = reseau.row(-1, named=True)
    assert dernier["valeur"] == pytest.approx(dernier["numerateur"] / dernier["denominateur"])
    caisse = list_ij_caisse("011").row(-1, named=True)
    assert caisse["debut"] == dernier["debut"]
    assert 0 < caisse["denominateur"] < dernier["denominateur"]
    assert list_ij_caisse("inconnu").is_empty()


def test_les_services_publies_ont_leur_annee(publication: Lecture) -> None:
    codes = ("nat_decroche_assures", "nat_courriels_48h")
    assert list_resultats(codes, "mois").is_empty()
    annuels = {ligne["code_indicateur"]: ligne for ligne in list_annuels_reseau(codes).to_dicts()}
    assert (annuels["nat_decroche_assures"]["valeur"], annuels["nat_decroche_assures"]["objectif"]) == (66.72, 75)
    assert (annuels["nat_courriels_48h"]["valeur"], annuels["nat_courriels_48h"]["socle"]) == (92.68, 70)
    assert "reseau" in list_objectifs(codes)["type_organisme"].to_list()


def test_mois_et_semaines_ne_se_melangent_pas(publication: Lecture) -> None:
    code = ("loc_delai_instruction_c2s_d9",)
    mois, semaines = (list_resultats(code, pas) for pas in ("mois", "semaine"))
    assert {debut.day for debut in mois["debut"]} == {1}
    assert {debut.weekday() for debut in semaines["debut"]} == {0}
    ain = semaines.filter(code_entite="011")
    assert ain.height == 104
    assert ain["nature"].unique().to_list() == ["simulee"]
    assert ain["debut"].is_sorted()
