"""Requests of the maps against the published database."""

from __future__ import annotations

import pytest

from data.calculs.ensemble import Regle
from data.catalogue import load_catalogue
from data.magasin import Lecture
from data.modele import Sens, Statistique
from data.requetes import territoires
from data.requetes.territoires import INDICATEUR_PAR_DEFAUT as SCORE
from data.requetes.territoires import Periode

EFFECTIFS = {"region": 18, "departement": 101, "caisse": 107}
CPTS, SEIN, C2S_D9 = "couverture_population_cpts", "loc_depistage_sein", "loc_delai_instruction_c2s_d9"


def _derniere(indicateur: str, niveau: str = "caisse") -> Periode:
    return territoires.list_periodes(indicateur, niveau)[-1]


@pytest.mark.parametrize("niveau", EFFECTIFS)
def test_alignement_avec_la_couche_web(publication: Lecture, niveau: str) -> None:
    couche = territoires.read_couche(territoires.COUCHES[niveau])
    par_id = {f["id"]: f["properties"]["code"] for f in couche["features"]}
    valeurs = territoires.list_valeurs(SCORE, niveau, _derniere(SCORE))
    assert valeurs["code"].to_list() == [par_id[i] for i in range(EFFECTIFS[niveau])]


def test_tout_indicateur_par_territoire_est_propose(publication: Lecture) -> None:
    proposes = territoires.list_indicateurs()
    assert {SCORE, CPTS, SEIN, C2S_D9, "part_population_zip", "part_population_zac", "ctx_population"} <= set(proposes)
    tenus = publication.query(
        """
        SELECT code_indicateur FROM mart_valeur v JOIN mart_organisme o ON o.code_organisme = v.code_entite
        WHERE v.maille = 'organisme' AND v.mesure = 'resultat' AND v.segment = 'ensemble' AND v.valeur IS NOT NULL
          AND o.type_organisme IN ('CPAM', 'CCSS', 'CGSS') AND v.granularite <> 'semaine'
        GROUP BY code_indicateur, periode_debut, periode_fin HAVING count(DISTINCT code_entite) > 1
        """
    )
    assert set(tenus["code_indicateur"]) <= set(proposes)
    assert "loc_adherents_compte_ameli" not in proposes  # known for the CSS alone: one territory is no map
    assert not any(load_catalogue().get_indicateur(code).statistique is Statistique.CATEGORIE for code in proposes)


def test_chaque_indicateur_a_ses_valeurs_a_chaque_niveau(publication: Lecture) -> None:
    for indicateur in territoires.list_indicateurs():
        niveaux = territoires.list_niveaux(indicateur)
        assert niveaux
        definition = load_catalogue().get_indicateur(indicateur)
        if definition.statistique is Statistique.D9:
            assert niveaux == ("caisse",)
            assert territoires.list_periodes(indicateur, "region") == ()
        for niveau in niveaux:
            periode = _derniere(indicateur, niveau)
            valeurs = territoires.list_valeurs(indicateur, niveau, periode)
            assert valeurs.height == EFFECTIFS[niveau]
            assert valeurs["valeur"].count() > 1 or valeurs["nb_valeurs"].sum() > 1
            reference = territoires.get_reference(indicateur, niveau, periode)
            assert reference.valeur is not None
            bornes = definition.bornes
            assert (
                valeurs["valeur"]
                .drop_nulls()
                .is_between(
                    -float("inf") if bornes.min is None else bornes.min,
                    float("inf") if bornes.max is None else bornes.max,
                )
                .all()
            )


def test_periodes_de_la_plus_ancienne_a_l_annee_la_plus_recente(publication: Lecture) -> None:
    assert len(territoires.list_periodes(SCORE, "caisse")) == 5  # scores of 2019-2022 are simulated by organisme
    periodes = territoires.list_periodes(SEIN, "departement")
    assert len(periodes) == 65  # five years and their months
    assert list(periodes) == sorted(periodes, key=lambda p: (p.fin, -p.debut.toordinal()))
    assert (periodes[-1].debut.month, periodes[-1].fin.month) == (1, 12)  # the year, not its last month
    natures = {
        nature
        for periode in territoires.list_periodes(SCORE, "caisse")
        for nature in territoires.list_valeurs(SCORE, "caisse", periode)["nature"].drop_nulls()
    }
    assert natures == {"publiee", "simulee"}
    assert set(territoires.list_valeurs(SCORE, "caisse", _derniere(SCORE))["nature"]) == {"publiee"}


def test_un_taux_de_territoire_est_le_rapport_des_sommes(publication: Lecture) -> None:
    periode = _derniere(SEIN)
    caisses = territoires.list_valeurs(SEIN, "caisse", periode)
    nord = territoires.list_valeurs(SEIN, "departement", periode).filter(code="59").row(0, named=True)
    codes = territoires.list_caisses(SEIN, "departement", "59", periode)["code"].to_list()
    siennes = caisses.filter(caisses["code"].is_in(codes))
    assert nord["regle"] == "rapport"
    assert nord["nb_valeurs"] == nord["nb_membres"] == 4
    attendu = 100 * siennes["numerateur"].sum() / siennes["denominateur"].sum()
    assert nord["valeur"] == pytest.approx(attendu)
    assert nord["valeur"] != pytest.approx(siennes["valeur"].mean(), abs=1e-4)
    france = territoires.get_reference(SEIN, "departement", periode)
    assert (france.regle, france.effectif, france.niveau) == (Regle.RAPPORT, 102, "caisse")
    assert france.valeur == pytest.approx(100 * caisses["numerateur"].sum() / caisses["denominateur"].sum())


def test_une_caisse_d_un_type_sans_l_indicateur_est_sans_objet(publication: Lecture) -> None:
    caisses = territoires.list_valeurs(SEIN, "caisse", _derniere(SEIN))
    assert caisses.filter(statut="sans_objet").height == 5  # CGSS and CSS
    regions = territoires.list_valeurs(SEIN, "region", _derniere(SEIN))
    assert regions.filter(statut="sans_objet").height == 5


def test_un_effectif_s_additionne_une_prime_non(publication: Lecture) -> None:
    periode = _derniere("ctx_population")
    caisses = territoires.list_valeurs("ctx_population", "caisse", periode)
    regions = territoires.list_valeurs("ctx_population", "region", periode)
    assert regions["valeur"].sum() == caisses["valeur"].sum()
    repere = territoires.get_reference("ctx_population", "region", periode)
    assert (repere.regle, repere.effectif, repere.niveau) == (Regle.SOMME, 17, "region")  # Mayotte has no population
    primes = territoires.list_valeurs("prime_totale", "region", _derniere("prime_totale"))
    assert set(primes["regle"]) == {"moyenne"}
    assert primes["valeur"].max() < 1104


def test_un_decile_n_a_pour_repere_que_la_mediane(publication: Lecture) -> None:
    reference = territoires.get_reference(C2S_D9, "caisse", _derniere(C2S_D9))
    caisses = territoires.list_valeurs(C2S_D9, "caisse", _derniere(C2S_D9))
    assert reference.regle is Regle.MEDIANE
    assert reference.valeur == caisses["valeur"].median()
    assert load_catalogue().get_indicateur(C2S_D9).sens is Sens.BAS


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
    assert nord["nb_caisses"] == nord["nb_membres"] == nord["nb_valeurs"] == 4
    assert nord["regle"] == "moyenne"
    assert nord["valeur"] == pytest.approx(caisses["valeur"].mean(), abs=1e-9)


def test_la_reference_est_la_moyenne_des_caisses_pas_celle_de_tous_les_organismes(publication: Lecture) -> None:
    periode = _derniere(SCORE)
    france = territoires.get_reference(SCORE, "region", periode)
    caisses = territoires.list_valeurs(SCORE, "caisse", periode)
    assert (france.regle, france.effectif) == (Regle.MOYENNE, 107)
    assert france.valeur == pytest.approx(caisses["valeur"].mean(), abs=1e-9)
    imprimees = dict(territoires.list_moyennes_imprimees(SCORE, periode).iter_rows())
    assert imprimees == {"CPAM": 93.6, "CGSS": 78.9, "CSS": 75.9, "reseau": 93.9}


def test_la_part_de_population_vient_des_faits_du_niveau(publication: Lecture) -> None:
    cpts = CPTS
    periode = _derniere(cpts)
    france = territoires.get_reference(cpts, "departement", periode)
    assert france.regle is None
    assert france.valeur == pytest.approx(84.07, abs=0.01)
    assert territoires.list_moyennes_imprimees(cpts, periode).is_empty()
    for niveau in EFFECTIFS:
        presentes = territoires.list_valeurs(cpts, niveau, periode).drop_nulls("valeur")
        assert presentes["regle"].null_count() == presentes.height
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
