"""Requests of the maps against the published database."""

from __future__ import annotations

import pytest

from data.magasin import Lecture
from data.requetes import territoires
from data.requetes.territoires import INDICATEURS, Periode

EFFECTIFS = {"region": 18, "departement": 101, "caisse": 107}
SCORE = INDICATEURS[0]


def _derniere(indicateur: str) -> Periode:
    return territoires.list_periodes(indicateur)[-1]


@pytest.mark.parametrize("niveau", EFFECTIFS)
def test_alignement_avec_la_couche_web(publication: Lecture, niveau: str) -> None:
    couche = territoires.read_couche(territoires.COUCHES[niveau])
    par_id = {f["id"]: f["properties"]["code"] for f in couche["features"]}
    valeurs = territoires.list_valeurs(SCORE, niveau, _derniere(SCORE))
    assert valeurs["code"].to_list() == [par_id[i] for i in range(EFFECTIFS[niveau])]


@pytest.mark.parametrize("indicateur", INDICATEURS)
def test_chaque_periode_a_ses_valeurs(publication: Lecture, indicateur: str) -> None:
    periodes = territoires.list_periodes(indicateur)
    assert len(periodes) == (5 if indicateur == SCORE else 2)  # scores of 2019-2022 are simulated by organisme
    assert list(periodes) == sorted(periodes, key=lambda p: p.fin)
    for periode in periodes:
        for niveau, effectif in EFFECTIFS.items():
            valeurs = territoires.list_valeurs(indicateur, niveau, periode)
            assert valeurs.height == effectif
            assert valeurs["valeur"].drop_nulls().is_between(0, 100).all()
            nature = "publiee" if indicateur == SCORE and periode == periodes[-1] else "simulee"
            assert set(valeurs["nature"].drop_nulls()) == {nature}


def test_scores_des_caisses_comme_imprimes(publication: Lecture) -> None:
    caisses = territoires.list_valeurs(SCORE, "caisse", _derniere(SCORE))
    valeur = dict(caisses.select("code", "valeur").iter_rows())
    assert valeur["011"] == 89.51
    assert valeur["021"] == 90.12
    assert not caisses.filter(code="594")["nom_parent"].is_empty()
    assert caisses["nb_caisses"].unique().to_list() == [1]
    assert caisses["approche"].sum() == 10


def test_un_departement_est_la_moyenne_simple_de_ses_caisses(publication: Lecture) -> None:
    periode = _derniere(SCORE)
    nord = territoires.list_valeurs(SCORE, "departement", periode).filter(code="59").row(0, named=True)
    caisses = territoires.list_caisses(SCORE, "departement", "59", periode)
    assert caisses["code"].to_list() == ["594", "595", "597", "599"]
    assert nord["nb_caisses"] == nord["nb_valeurs"] == 4
    assert nord["est_moyenne"]
    assert nord["valeur"] == pytest.approx(caisses["valeur"].mean(), abs=1e-9)


def test_la_reference_est_la_moyenne_des_caisses_pas_celle_de_tous_les_organismes(publication: Lecture) -> None:
    periode = _derniere(SCORE)
    france = territoires.get_france(SCORE, periode)
    caisses = territoires.list_valeurs(SCORE, "caisse", periode)
    assert france.est_moyenne
    assert france.valeur == pytest.approx(caisses["valeur"].mean(), abs=1e-9)
    imprimees = dict(territoires.list_moyennes_imprimees(SCORE, periode).iter_rows())
    assert imprimees == {"CPAM": 93.6, "CGSS": 78.9, "CSS": 75.9, "reseau": 93.9}


def test_la_part_de_population_vient_des_faits_du_niveau(publication: Lecture) -> None:
    cpts = "couverture_population_cpts"
    periode = _derniere(cpts)
    france = territoires.get_france(cpts, periode)
    assert not france.est_moyenne
    assert france.valeur == pytest.approx(84.07, abs=0.01)
    assert territoires.list_moyennes_imprimees(cpts, periode).is_empty()
    for niveau in EFFECTIFS:
        presentes = territoires.list_valeurs(cpts, niveau, periode).drop_nulls("valeur")
        assert not presentes["est_moyenne"].any()
        total = 100 * presentes["numerateur"].sum() / presentes["denominateur"].sum()
        assert total == pytest.approx(france.valeur, abs=1e-6)


def test_rangs_avec_ex_aequo(publication: Lecture) -> None:
    caisses = territoires.list_valeurs(SCORE, "caisse", _derniere(SCORE))
    for ligne in caisses.sample(12, seed=1).to_dicts():
        assert ligne["rang_haut"] == 1 + (caisses["valeur"] > ligne["valeur"]).sum()
        assert ligne["rang_bas"] == 1 + (caisses["valeur"] < ligne["valeur"]).sum()


def test_emprise_et_cadres(publication: Lecture) -> None:
    ouest, sud, est, nord = territoires.get_emprise()
    assert ouest < -5 < 9 < est
    assert sud < 42 < 51 < nord
    libelles = {f["properties"]["libelle"] for f in territoires.read_couche("cadres")["features"]}
    assert {"Guadeloupe", "Martinique", "Guyane", "La Réunion", "Mayotte"} <= libelles
