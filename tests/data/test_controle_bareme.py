"""A proposed barème: every fault named with its place; YAML read back equal, and safely."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from data.bareme import Bareme
from data.catalogue import load_catalogue
from data.controle_bareme import check_bareme
from data.fichier_bareme import FichierIllisibleError, build_donnees, format_part, format_yaml, read_yaml
from data.modele import Referentiel, TypeOrganisme

CATALOGUE = load_catalogue()
CPAM = CATALOGUE.get_bareme(Referentiel.INTERESSEMENT, 2023, TypeOrganisme.CPAM)


@pytest.fixture
def brut() -> dict[str, Any]:
    return copy.deepcopy(build_donnees(CPAM))


def _list(brut: object) -> dict[tuple[str | int, ...], str]:
    controle = check_bareme(brut, CATALOGUE, CPAM)
    assert (controle.bareme is None) == bool(controle.problemes)
    return {p.chemin: p.message.replace("\xa0", " ") for p in controle.problemes}


@pytest.mark.parametrize("bareme", CATALOGUE.baremes, ids=lambda b: b.code)
def test_chaque_bareme_publie_revient_identique(bareme: Bareme) -> None:
    lu = read_yaml(format_yaml(build_donnees(bareme), "entête\nsur deux lignes").encode())
    assert check_bareme(lu.brut, CATALOGUE, bareme).bareme == bareme


def test_toutes_les_fautes_d_un_coup(brut: dict[str, Any]) -> None:
    service, risque, comptes = (d["indicateurs"] for d in brut["domaines"])
    service[0]["poids"] = "beaucoup"
    service[1]["poids"] = -1
    risque[0]["code"] = "loc_campagne_segurr"
    risque[2] |= {"socle": 80, "objectif": 40}
    risque[3] |= {"socle": 1e308, "objectif": 40}
    risque[4] |= {"forme": "courbe", "cible": 3}
    risque[5] |= {"socle": 50, "objectif": 50}
    comptes[0]["code"] = "loc_e_dat"
    fautes = _list(brut)
    assert "nombre ou une fraction" in fautes["domaines", 0, "indicateurs", 0, "poids"]
    assert "plus grand que 0" in fautes["domaines", 0, "indicateurs", 1, "poids"]
    assert "proches : loc_campagne_segur," in fautes["domaines", 1, "indicateurs", 0, "code"]
    assert "échangez socle et objectif" in fautes["domaines", 1, "indicateurs", 2]
    assert "plausible" in fautes["domaines", 1, "indicateurs", 3]
    assert "valeurs possibles" in fautes["domaines", 1, "indicateurs", 4, "forme"]
    assert "clé inconnue" in fautes["domaines", 1, "indicateurs", 4, "cible"]
    assert "égaux" in fautes["domaines", 1, "indicateurs", 5]
    assert "déclaré deux fois" in fautes["domaines", 2, "indicateurs", 0, "code"]
    assert len(fautes) == 9


@pytest.mark.parametrize(
    ("poids", "message"),
    [(16, "les poids font 101 points, et non 100 : retirez 1 point"), (12.5, "ajoutez 2,5 points")],
)
def test_les_poids_font_cent(brut: dict[str, Any], poids: float, message: str) -> None:
    brut["domaines"][2]["poids"] = brut["domaines"][2]["indicateurs"][0]["poids"] = poids
    fautes = _list(brut)
    assert list(fautes) == [("domaines",)]
    assert message in fautes["domaines",]


def test_le_domaine_est_la_somme_de_ses_indicateurs(brut: dict[str, Any]) -> None:
    brut["domaines"][0]["indicateurs"][0]["poids"] = 8
    assert _list(brut) == {("domaines", 0): "les poids de ses indicateurs font 52, et non 53 (poids du domaine)"}


def test_l_identite_ne_change_pas(brut: dict[str, Any]) -> None:
    brut |= {"code": "autre_code", "annee": 2024, "types_organisme": ["CPAM"]}
    assert set(_list(brut)) == {("code",), ("annee",), ("types_organisme",)}


@pytest.mark.parametrize("poids", ["1e400", "1e999999999", "1/0", "nan", "inf", "9" * 400, True, None, [1]])
def test_un_poids_absurde_est_refuse_sans_calcul(brut: dict[str, Any], poids: object) -> None:
    brut["domaines"][0]["indicateurs"][0]["poids"] = poids
    if poids is True:  # YAML « yes » reads as 1 for pydantic: the sum then says it
        assert ("domaines", 0) in _list(brut)
    else:
        assert ("domaines", 0, "indicateurs", 0, "poids") in _list(brut)


@pytest.mark.parametrize("brut", [None, [], "texte", 3, {}, {"domaines": 3}, {"domaines": [3]}, {"domaines": [{}]}])
def test_n_importe_quoi_est_nomme(brut: object) -> None:
    assert _list(brut)


def test_les_parts_d_un_composite() -> None:
    cti = CATALOGUE.get_bareme(Referentiel.INTERESSEMENT, 2023, TypeOrganisme.CTI)
    brut = copy.deepcopy(build_donnees(cti))
    composite = next(i for i in brut["domaines"][0]["indicateurs"] if "composantes" in i)
    composite["composantes"][0]["part"] = "1/2"
    (faute,) = check_bareme(brut, CATALOGUE, cti).problemes
    assert "parts de ses composantes font 1,2, et non 1" in faute.message


@pytest.mark.parametrize(("valeur", "ecrit"), [(10.0, 10), (7.5, 7.5), (10 / 3, "10/3"), (76 / 6, "38/3")])
def test_une_part_s_ecrit_exactement(valeur: float, ecrit: object) -> None:
    assert format_part(valeur) == ecrit


@pytest.mark.parametrize(
    ("contenu", "raison"),
    [
        (b"", "vide"),
        (b"\xff\xfe", "UTF-8"),
        (b"a: &x [1]\nb: *x", "renvois YAML"),
        (b"a: 1\na: 2", "ligne 2 : la clé « a » est écrite deux fois"),
        (b"[" * 40, "20 niveaux"),
        (b"a: b: c", "ligne 1"),
        (b"a: !!python/object/apply:os.system [ls]", "ligne 1"),
        (b"a: 2023-99-99", "illisible"),
        (b"a: " + b"x" * 300_000, "au plus"),
    ],
)
def test_un_yaml_douteux_est_refuse(contenu: bytes, raison: str) -> None:
    with pytest.raises(FichierIllisibleError) as erreur:
        read_yaml(contenu)
    assert raison in str(erreur.value).replace("\xa0", " ")


def test_chaque_place_a_sa_ligne() -> None:
    lu = read_yaml(b"code: x\ndomaines:\n  - nom: a\n    poids: z\n")
    assert lu.find_ligne(("domaines", 0, "poids")) == 4
    assert lu.find_ligne(("domaines", 0, "inconnu", 3)) == 3
