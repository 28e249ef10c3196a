"""Scenarios: typed by hand, in the address, back."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.interessement.dossier import Dossier, load_dossier
from components.interessement.scenarios import (
    build_saisie,
    decode_scenario,
    encode_scenario,
    est_en_taux,
    find_bornes,
    read_adresse,
    read_nombre,
    read_scenario,
)
from components.interessement.simulateur import compute_curseur, compute_simulation, read_essai, read_etp
from data.calculs.simulation import Modification
from data.magasin import Lecture

NOM = "loc_depistage_sein"


@pytest.fixture
def dossier(publication: Lecture) -> Dossier:
    assert publication
    return load_dossier("011")


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [("28,5", 28.5), ("1 234,5", 1234.5), ("1\u202f234", 1234), ("−3", -3), ("58,8 %", 58.8), ("+2", 2), ("0", 0)],
)
def test_nombres_en_francais(texte: str, attendu: float) -> None:
    assert read_nombre(texte) == attendu


def test_moins_zero_est_zero(dossier: Dossier) -> None:
    scenario, _ = read_scenario(dossier, {NOM: {"v": "-0"}})
    assert encode_scenario(scenario) == "depistage_sein~v0"


def test_tous_les_poids_nuls(dossier: Dossier) -> None:
    nuls = {i.code: {"p": "0"} for i in dossier.fiche.bareme.list_indicateurs()}
    scenario, problemes = read_scenario(dossier, nuls)
    assert scenario == {}
    assert problemes == ["Tous les poids sont nuls\u00a0: il faut au moins un indicateur qui compte."]


@pytest.mark.parametrize("texte", ["abc", "", "1e308", "nan", "inf", "1,2,3", "12 jours", "0x10", "9" * 20, "--1"])
def test_pas_un_nombre(texte: str) -> None:
    with pytest.raises(ValueError, match="n'est pas un nombre"):
        read_nombre(texte)


def test_le_depart_n_est_pas_un_changement(dossier: Dossier) -> None:
    ligne = dossier.get_ligne(NOM)
    assert ligne.score.valeur is not None
    montre = f"{ligne.score.valeur:.2f}"
    scenario, problemes = read_scenario(
        dossier, {NOM: {"v": montre, "n": "0", "p": "2", "o": str(ligne.score.objectif)}}
    )
    assert (scenario, problemes) == ({}, [])
    assert encode_scenario(scenario) == ""


@pytest.mark.parametrize(
    ("saisie", "extrait"),
    [
        ({NOM: {"v": "abc"}}, "n'est pas un nombre"),
        ({NOM: {"v": "1e308"}}, "n'est pas un nombre"),
        ({NOM: {"v": "-5"}}, "hors des bornes"),
        ({NOM: {"v": "150"}}, "au plus 100"),
        ({NOM: {"p": "-1"}}, "entre 0 et 100"),
        ({NOM: {"n": "peut-être"}}, "0 ou 1"),
        ({NOM: {"t": "50"}}, "ne se change pas ici"),
        ({NOM: {"z": "1"}}, "ne se change pas ici"),
        ({"loc_rien_de_tel": {"v": "1"}}, "n'est pas dans le barème de cet organisme (CPAM de l'Ain)."),
    ],
)
def test_saisie_refusee(dossier: Dossier, saisie: dict[str, dict[str, str]], extrait: str) -> None:
    scenario, problemes = read_scenario(dossier, saisie)
    assert scenario == {}
    assert extrait in problemes[0].replace("\u00a0", " ")


def test_toutes_les_fautes_a_la_fois(dossier: Dossier) -> None:
    _, problemes = read_scenario(dossier, {NOM: {"v": "abc", "p": "-1"}, "loc_e_dat": {"o": "x"}})
    assert len(problemes) == 3


def test_le_zero_est_une_valeur(dossier: Dossier) -> None:
    scenario, problemes = read_scenario(dossier, {NOM: {"v": "0", "p": "0"}})
    assert problemes == []
    assert scenario[NOM] == Modification(valeur=0.0, poids=0.0)


nombres = st.decimals(0, 100, places=2).map(float)


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["loc_e_dat", NOM, "loc_validation_comptes"]),
        st.builds(
            Modification,
            valeur=st.none() | nombres,
            neutralise=st.none() | st.booleans(),
            socle=st.none() | nombres,
            poids=st.none() | nombres,
        ).filter(lambda m: m != Modification()),
    )
)
def test_aller_et_retour_par_l_adresse(scenario: dict[str, Modification]) -> None:
    texte = encode_scenario(scenario)
    assert decode_scenario(texte) == build_saisie(scenario)
    assert set(texte) <= set("abcdefghijklmnopqrstuvwxyz_0123456789.,~")  # nothing to escape in an address


@pytest.mark.parametrize(
    ("texte", "extrait"),
    [
        ("depistage_sein", "illisible"),
        ("depistage_sein~v", "illisible"),
        ("~v1", "illisible"),
        ("depistage_sein~v1~v2", "deux fois"),
        ("depistage_sein~v1,depistage_sein~p2", "deux fois"),
        ("x" * 7000, "trop long"),
        ("rien_de_tel~v1", "n'est pas dans le barème"),
        ("depistage_sein~v<script>", "n'est pas un nombre"),
    ],
)
def test_lien_modifie_a_la_main(dossier: Dossier, texte: str, extrait: str) -> None:
    scenarios, messages = read_adresse(dossier, ("e_dat~n1", texte, ""))
    assert scenarios == [{"loc_e_dat": Modification(neutralise=True)}, {}, {}]
    assert len(messages) == 1
    assert "scénario 2" in messages[0]
    assert extrait in messages[0].replace("\u00a0", " ")


def test_un_seul_organisme_de_chaque_type_a_des_curseurs_sains(publication: Lecture) -> None:
    assert publication
    for code in ("011", "481", "973", "976", "cnam"):
        dossier = load_dossier(code)
        for ligne in dossier.fiche.lignes:
            bas, haut, pas = compute_curseur(ligne)
            assert bas < haut
            assert 50 <= (haut - bas) / pas <= 2000
            plancher, plafond = find_bornes(ligne)
            if not est_en_taux(ligne):
                assert plancher is None or bas >= plancher - 1e-9
                assert plafond is None or haut <= plafond + pas
            if ligne.score.valeur is not None and not est_en_taux(ligne):
                assert bas - pas <= ligne.score.valeur <= haut + pas


def test_etp_tapes() -> None:
    assert read_etp("") is None
    assert read_etp("1 250,5") == 1250.5
    for faux in ("0", "-3", "100001"):
        with pytest.raises(ValueError, match="au-dessus de 0, au plus"):
            read_etp(faux)


def test_essai_refuse_ou_accepte(dossier: Dossier) -> None:
    simulation, problemes = read_essai(dossier, {"scenarios": [{NOM: {"v": "58,8"}}, {}, {}], "actif": 1, "etp": "500"})
    assert problemes == []
    assert simulation is not None
    assert simulation.etp == 500
    for essai, extrait in (
        ({"scenarios": [{NOM: {"s": "58,8", "o": "58,8"}}], "actif": 1}, "Dépistage du cancer du sein"),
        ({"scenarios": [], "actif": 4}, "n'existe pas"),
        ({"scenarios": [], "actif": "x"}, "n'existe pas"),
        ({"scenarios": [], "actif": 1, "etp": "beaucoup"}, "ETP de l'organisme"),
    ):
        refusee, problemes = read_essai(dossier, essai)
        assert refusee is None
        assert extrait in problemes[0].replace("\u00a0", " ")


def test_cote_a_cote(dossier: Dossier) -> None:
    scenarios = [{NOM: Modification(valeur=58.8)}, {}, {"loc_validation_comptes": Modification(valeur=0.0)}]
    simulation = compute_simulation(dossier, scenarios, 3)
    premier, deuxieme, troisieme = simulation.resultats
    assert premier is not None
    assert deuxieme is None
    assert troisieme is not None
    assert premier.score.points > simulation.depart.score.points > troisieme.score.points
    assert premier.rang is not None
    assert simulation.depart.rang is not None
    assert premier.rang < simulation.depart.rang
    assert premier.paye is not None
    assert simulation.depart.paye is not None
    gain = premier.score.points - simulation.depart.score.points
    # 607,17 € per ETP for 100 points; rates are rounded to 0,01 point.
    assert premier.paye.prime_totale - simulation.depart.paye.prime_totale == pytest.approx(6.0717 * gain, abs=0.1)
