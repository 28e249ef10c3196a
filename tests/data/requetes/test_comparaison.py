from __future__ import annotations

from data.magasin import Lecture
from data.requetes.comparaison import list_indicateurs_compares, list_organismes, list_valeurs

LOCAL = "taux_reussite_local"


def test_organismes_et_types_de_la_note(publication: Lecture) -> None:
    organismes = list_organismes()
    assert organismes.height == 165
    assert organismes.filter(type_note="CPAM").height == 102
    assert organismes.filter(type_organisme="CCSS")["type_note"].to_list() == ["CPAM", "CPAM"]


def test_indicateurs_compares(publication: Lecture) -> None:
    indicateurs = {ligne["code_indicateur"]: ligne for ligne in list_indicateurs_compares().to_dicts()}
    assert next(iter(indicateurs)) == LOCAL
    assert indicateurs[LOCAL]["effectif"] == 165
    assert not indicateurs[LOCAL]["identique"]
    assert indicateurs["taux_reussite_national"]["identique"]
    assert indicateurs["couverture_population_cpts"]["simulee"]
    assert indicateurs["couverture_population_cpts"]["periode_fin"].isoformat() == "2023-12-31"  # the latest only
    assert "delai_ij_ti_caisse" not in indicateurs  # held by one caisse
    assert not indicateurs[LOCAL]["simulee"]  # 2023 is published, the years before are simulated
    locaux = [ligne for code, ligne in indicateurs.items() if code.startswith("loc_")]
    assert len(locaux) > 75
    assert all(ligne["simulee"] for ligne in locaux)
    # Their year, although the months of December end on the same day.
    assert {(str(ligne["periode_debut"]), str(ligne["periode_fin"])) for ligne in locaux} == {
        ("2023-01-01", "2023-12-31")
    }


def test_une_ligne_par_organisme_malgre_les_mois(publication: Lecture) -> None:
    groupe = list_valeurs("loc_aat_dematerialises")
    assert groupe.height == groupe["code_organisme"].n_unique() == 102 + 16 + 4
    assert set(groupe["nature"]) == {"simulee"}
    neutralises = list_valeurs("loc_echanges_confraternels_ij").filter(statut="neutralise")
    assert neutralises.height == 2
    assert neutralises["valeur"].null_count() == 2


def test_valeurs_de_tous_les_organismes(publication: Lecture) -> None:
    frame = list_valeurs(LOCAL)
    assert frame.height == 165
    assert frame["code_organisme"].n_unique() == 165
    assert frame["valeur"].null_count() == 0


def test_valeur_telle_qu_imprimee(publication: Lecture) -> None:
    ain = list_valeurs(LOCAL).filter(code_organisme="011").row(0, named=True)
    assert (ain["valeur"], ain["valeur_imprimee"], ain["source"], ain["source_ligne"]) == (
        89.51,
        "89.51",
        "000",
        "2180",
    )
    assert ain["denominateur"] is None  # a score has none


def test_types_qui_portent_l_indicateur(publication: Lecture) -> None:
    frame = list_valeurs("couverture_population_cpts")
    assert set(frame["type_note"].unique()) == {"CPAM", "CGSS", "CSS"}
    sans_valeur = frame.filter(frame["valeur"].is_null())
    assert sans_valeur.select("code_organisme", "statut").rows() == [("976", "non_fourni")]  # listed, not dropped
    presentes = frame.filter(frame["valeur"].is_not_null())
    ecarts = presentes["valeur"] - 100 * presentes["numerateur"] / presentes["denominateur"]
    assert (ecarts.abs() < 1e-9).all()
