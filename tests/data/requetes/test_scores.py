from __future__ import annotations

import polars as pl
import pytest

from data.magasin import Lecture
from data.requetes.scores import list_domaines, list_repartition, list_scores, list_syntheses, list_tranches

EFFECTIFS = {
    "CPAM": 102,
    "CGSS": 4,
    "CSS": 1,
    "DRSM": 16,
    "CARSAT": 16,
    "UGECAM": 13,
    "CTI": 9,
    "CEIR": 3,
    "CNAM": 1,
}


def test_scores_par_type_dans_l_ordre_de_la_note(publication: Lecture) -> None:
    scores = list_scores()
    assert dict(scores.group_by("type_note", maintain_order=True).len().iter_rows()) == EFFECTIFS
    assert scores["type_note"].unique(maintain_order=True).to_list() == list(EFFECTIFS)
    assert scores["valeur"].min() == 68.28
    assert (scores["valeur"] == 100).sum() == 6


def test_syntheses_imprimees(publication: Lecture) -> None:
    syntheses = {(ligne["type_note"], ligne["annee"]): ligne for ligne in list_syntheses().to_dicts()}
    drsm = syntheses["DRSM", 2022]
    assert (drsm["moyenne"], drsm["minimum"], drsm["maximum"]) == (86.8, 70.7, 95.7)
    cgss = syntheses["CGSS", 2023]
    assert (cgss["moyenne"], cgss["moyenne_liste"]) == (78.9, 79.04)  # both printed, both kept
    assert syntheses["CSS", 2023]["minimum"] is None
    assert syntheses["france", 2022]["moyenne"] == 91.36


@pytest.mark.parametrize("type_note", [t for t, n in EFFECTIFS.items() if n > 1])
def test_moyenne_imprimee_des_lignes(publication: Lecture, type_note: str) -> None:
    valeurs = list_scores().filter(type_note=type_note)["valeur"]
    liste = list_syntheses().filter(type_note=type_note, annee=2023)["moyenne_liste"][0]
    assert valeurs.mean() == pytest.approx(liste, abs=0.01)


def test_tranches_comptent_les_organismes(publication: Lecture) -> None:
    tranches = list_tranches()
    assert tranches["tranche"].unique(maintain_order=True).to_list()[-1] == "100"
    par_type = dict(tranches.group_by("type_organisme").agg(pl.col("nombre").sum()).iter_rows())
    assert par_type == EFFECTIFS | {"CPAM": 100, "CCSS": 2, "TOTAL": 165}


def test_domaines_poids_et_taux(publication: Lecture) -> None:
    cgss = list_domaines("CGSS")
    assert cgss["poids"].to_list() == [65, 20, 15, 100]
    assert cgss["taux_2023"].to_list() == [74.6, 89.2, 83.5, 78.9]
    assert cgss["taux_2022"].to_list() == [78.8, 79.7, 78.3, 78.9]
    assert cgss["bonification"].to_list() == [False, True, False, True]
    cnam = list_domaines("CNAM")
    assert cnam["taux_2023"].is_null().all()
    assert cnam["contribution"].to_list() == [35.0, 36.2, 14.6, 85.84]


def test_repartition_somme_a_l_effectif(publication: Lecture) -> None:
    comptes = list_repartition("CPAM").select(
        pl.sum_horizontal("nb_100", "nb_inferieur_100", "nb_nul", "nb_neutralise").alias("n")
    )
    assert comptes["n"].to_list() == [102] * 16
    assert list_repartition("CPAM")["poids"].sum() == pytest.approx(100, abs=0.15)


def test_repartition_non_imprimee_reste_vide(publication: Lecture) -> None:
    assert list_repartition("CSS")["nb_100"].null_count() == 10
    assert list_repartition("CTI").filter(code_indicateur="loc_cti_securite")["nb_100"].to_list() == [None]
    assert list_repartition("CNAM").is_empty()
