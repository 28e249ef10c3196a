from __future__ import annotations

import pytest

from data.magasin import Lecture
from data.requetes.comparaison import Groupe, list_groupe, list_indicateurs_compares, list_organismes

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


@pytest.mark.parametrize(
    ("groupe", "organisme", "effectif"),
    [
        ("type", None, 102),
        ("type", "011", 102),
        ("type", "481", 102),  # a CCSS is compared with the CPAM
        ("type", "976", 1),
        ("type", "cnam", 1),
        ("type_region", "011", 12),
        ("tous", "011", 165),
        ("tous", None, 165),
        ("region", None, 0),
        ("region", "cnam", 0),
    ],
)
def test_effectif_des_groupes(publication: Lecture, groupe: Groupe, organisme: str | None, effectif: int) -> None:
    frame = list_groupe(LOCAL, groupe, organisme)
    assert frame.height == effectif
    assert frame["valeur"].null_count() == 0
    assert organisme is None or effectif == 0 or organisme in frame["code_organisme"]


def test_region_partagee(publication: Lecture) -> None:
    frame = list_groupe(LOCAL, "region", "011")
    assert frame["type_note"].n_unique() > 1
    assert all("Auvergne-Rhône-Alpes" in regions for regions in frame["noms_region"])


def test_valeur_telle_qu_imprimee(publication: Lecture) -> None:
    ain = list_groupe(LOCAL, "type", None).filter(code_organisme="011").row(0, named=True)
    assert (ain["valeur"], ain["valeur_imprimee"], ain["source"], ain["source_ligne"]) == (
        89.51,
        "89.51",
        "000",
        "2180",
    )


def test_types_qui_portent_l_indicateur(publication: Lecture) -> None:
    frame = list_groupe("couverture_population_cpts", "tous", None)
    assert set(frame["type_note"].unique()) == {"CPAM", "CGSS", "CSS"}
    sans_valeur = frame.filter(frame["valeur"].is_null())
    assert sans_valeur.select("code_organisme", "statut").rows() == [("976", "non_fourni")]  # listed, not dropped
    assert list_groupe("couverture_population_cpts", "type", "cti-sud").is_empty()
