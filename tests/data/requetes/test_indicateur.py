from __future__ import annotations

import polars as pl
import pytest

from data.magasin import Lecture
from data.requetes.indicateur import (
    list_annuels,
    list_cibles,
    list_comptes_imprimes,
    list_mensuels,
    list_nationaux,
    list_presences,
    list_publiees,
    list_valeurs_region,
)

SEIN = "loc_depistage_sein"
ECHANGES = "loc_echanges_confraternels_ij"


def test_annuels_un_organisme_une_annee(publication: Lecture) -> None:
    annuels = list_annuels(SEIN)
    assert not annuels.select("annee", "code_organisme").is_duplicated().any()
    assert annuels["type_note"].unique().to_list() == ["CPAM"]
    assert annuels.filter(annee=2023).height == 102
    assert set(annuels["type_organisme"]) == {"CPAM", "CCSS"}
    assert annuels["taux"].is_between(0, 100).all()


def test_annuels_publie_prime_sur_simule(publication: Lecture) -> None:
    """The published score of 2023 (100 is the note's figure for six bodies) is never a simulated one."""
    scores = list_annuels("taux_reussite_local").filter(annee=2023)
    assert scores["nature"].unique().to_list() == ["publiee"]
    assert (scores["valeur"] == 100).sum() == 6


def test_annuels_absent_n_est_pas_zero(publication: Lecture) -> None:
    lignes = list_annuels(ECHANGES).filter(annee=2023)
    neutralises = lignes.filter(statut="neutralise")
    assert neutralises.height == 2  # as printed: « neutralisé pour 2 DRSM »
    assert neutralises["valeur"].is_null().all()
    assert lignes.height == 16


def test_mensuels_s_agregent_a_l_annee(publication: Lecture) -> None:
    """The twelve months of a rate, weighted, are the year."""
    mois = list_mensuels(SEIN).filter(pl.col("mois").dt.year() == 2023, pl.col("code_organisme") == "011")
    assert mois.height == 12
    annee = list_annuels(SEIN).filter(annee=2023, code_organisme="011").row(0, named=True)
    pondere = (mois["valeur"] * mois["denominateur"]).sum() / mois["denominateur"].sum()
    assert pondere == pytest.approx(annee["valeur"], abs=1e-6)
    assert mois["denominateur"].sum() == pytest.approx(annee["denominateur"])


def test_cibles_poids_publie_et_seuils_simules_sur_une_ligne(publication: Lecture) -> None:
    cible = list_cibles(SEIN).filter(type_organisme="CPAM", annee=2023)
    assert cible.height == 1
    ligne = cible.row(0, named=True)
    assert ligne["poids"] == 2.0
    assert ligne["nature"] == "simulee"
    assert ligne["socle"] < ligne["objectif"]


def test_cibles_nationales_de_la_cog(publication: Lecture) -> None:
    """COG 2023-2027, indicateur 30: 58.8 % in 2023, 70 % in 2027."""
    cibles = list_cibles("cog_30_depistage_sein")
    assert dict(cibles.select("annee", "objectif").iter_rows()) == {
        2023: 58.8, 2024: 61.6, 2025: 64.4, 2026: 67.2, 2027: 70.0,
    }  # fmt: skip
    assert set(cibles["nature"]) == {"publiee"}


def test_comptes_imprimes(publication: Lecture) -> None:
    """Note 2023: 22 CPAM at 100 %, 74 below, 6 at zero; mean 64.2 %, 66.8 % the year before."""
    ligne = list_comptes_imprimes(SEIN).row(0, named=True)
    assert (ligne["nb_100"], ligne["nb_inferieur_100"], ligne["nb_nul"]) == (22, 74, 6)
    assert (ligne["taux_moyen"], ligne["taux_moyen_precedent"]) == (64.2, 66.8)


def test_nationaux(publication: Lecture) -> None:
    """DMP alimentés: 50.10 % in 2023, taux de réussite 100 %."""
    faits = {ligne["mesure"]: ligne["valeur"] for ligne in list_nationaux("nat_dmp_alimentes").to_dicts()}
    assert faits == {"resultat": 50.1, "taux_reussite": 100.0}


def test_valeurs_region_d_un_type_regional(publication: Lecture) -> None:
    regions = list_valeurs_region(ECHANGES, "DRSM", 2023)
    assert regions.height == 18
    assert regions["code"].is_sorted()  # the order of the web layer
    assert (
        regions["valeur"].count()
        + (regions["statut"] == "neutralise").sum()
        + (regions["statut"] == "sans_objet").sum()
        == 18
    )  # Mayotte has no DRSM
    paca, corse = (regions.filter(code=code)["valeur"][0] for code in ("93", "94"))
    assert paca == corse  # one DRSM for both


def test_publiees_sans_les_longues_listes(publication: Lecture) -> None:
    assert "CPAM de l'Ain" not in list_publiees("taux_reussite_local")["entite"]
    assert list_publiees("delai_ij_montant")["entite"].unique().to_list() == ["CPAM de l'Isère"]


def test_presences_de_chaque_indicateur(publication: Lecture) -> None:
    presences = {ligne["code_indicateur"]: ligne for ligne in list_presences().to_dicts()}
    assert presences[SEIN]["organismes"] == 102
    assert presences[SEIN]["simulee"] is True
    assert presences["cog_30_depistage_sein"]["cibles"] == 5
    assert presences["nat_dmp_alimentes"]["nationales"] == 2
