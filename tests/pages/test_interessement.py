"""The page « Intéressement » without a browser: layout, address, moves of the simulator."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from dash import no_update

from components.bloc import list_sorties

Lire = Callable[[object], str]
SUITE = ("bande.children", "bilan.children", "refus.children", "reponse.data", "requete.data")
VIDE: dict[str, Any] = {"scenarios": [{}, {}, {}], "actif": 1, "etp": ""}


@pytest.fixture
def page(application: object) -> ModuleType:
    assert application is not None
    return sys.modules["pages.interessement"]


@pytest.fixture
def simuler(page: ModuleType) -> Callable[..., dict[str, Any]]:
    """The callback, its values by name."""

    def appeler(essai: dict[str, Any], organisme: str = "011", **suite: Any) -> dict[str, Any]:
        complet = {"numero": 7, "organisme": "011", "accepte": VIDE} | VIDE | essai | suite
        valeurs = inspect.unwrap(page.update_simulation)(complet, organisme)
        noms = [s.component_property for s in list_sorties(page.SIMULATEUR, figure=False)]
        return dict(zip([f"bloc{rang}.{n}" for rang, n in enumerate(noms)] + list(SUITE), valeurs, strict=True))

    return appeler


def test_sans_organisme_le_reseau(page: ModuleType, lire_texte: Lire) -> None:
    texte = lire_texte(page.layout())
    assert "La formule, avec les chiffres du réseau" in texte
    assert "Choisissez un organisme pour y lire ses propres chiffres" in texte
    assert "part nationale" in texte
    assert "Données simulées" not in texte  # only published figures here
    assert "interessement-editeur" not in texte
    assert texte.count("Pages voisines") == 1


def test_avec_un_organisme(page: ModuleType, lire_texte: Lire) -> None:
    texte = lire_texte(page.layout(organisme="011"))
    assert "La formule, avec vos chiffres" in texte
    assert "89,51 %" in texte
    assert "1 017,43 €" in texte
    assert "Données simulées" in texte
    assert "interessement-editeur" in texte


@pytest.mark.parametrize("code", ["481", "971", "973", "976", "cnam"])
def test_chaque_type_a_sa_page(page: ModuleType, lire_texte: Lire, code: str) -> None:
    texte = lire_texte(page.layout(organisme=code))
    assert "Simulateur" in texte
    assert "None" not in texte.replace("NoneType", "")


def test_parametres_refuses_sans_casser(page: ModuleType, lire_texte: Lire) -> None:
    texte = lire_texte(page.layout(organisme="999", actif="9", etp="-4", foo="1"))
    assert "aucun organisme ne porte le code « 999 »" in texte
    assert "refusée pour « actif »" in texte
    assert "refusée pour « etp »" in texte
    assert "Le paramètre « foo » n'existe pas" in texte


def test_lien_d_un_scenario(page: ModuleType, lire_texte: Lire) -> None:
    texte = lire_texte(page.layout(organisme="011", s2="validation_comptes~v0", actif="2", etp="1000"))
    assert "Scénario 2 : " in texte
    assert "?organisme=011&s2=validation_comptes~v0&actif=2&etp=1000" in texte


@pytest.mark.parametrize(
    ("scenario", "extrait"),
    [
        ("validation_comptes~vabc", "« abc » n'est pas un nombre"),
        ("inconnu~v1", "n'est pas dans le barème"),
        (
            "aat_dematerialises~s80",
            "AAT dématérialisés : socle 80,00 % et objectif 65,00 %, alors que plus haut = mieux",
        ),
        ("delai_premiere_ij_maladie~s28", "socle et objectif sont égaux (28,00 jours)"),
        ("delai_premiere_ij_maladie~s20", "l'objectif doit être au-dessous du socle"),
        ("n'importe quoi", "illisible"),
    ],
)
def test_lien_modifie_a_la_main(page: ModuleType, lire_texte: Lire, scenario: str, extrait: str) -> None:
    texte = lire_texte(page.layout(organisme="011", s1=scenario, s2="e_dat~n1"))
    assert "Le scénario 1 du lien est refusé" in texte
    assert extrait in texte
    assert '"data": "?organisme=011&s2=e_dat~n1"' in texte  # the good one stays


def test_un_mouvement_change_tout(simuler: Callable[..., dict[str, Any]], lire_texte: Lire) -> None:
    sorties = simuler({"scenarios": [{"loc_validation_comptes": {"v": "0"}}, {}, {}]})
    reponse = sorties["reponse.data"]
    assert reponse["numero"] == 7
    assert reponse["problemes"] == []
    assert reponse["accepte"]["scenarios"][0] == {"loc_validation_comptes": {"v": "0"}}
    assert reponse["lignes"]["loc_validation_comptes"]["sens"] == -1
    assert reponse["lignes"]["loc_e_dat"]["ecart"] == ""
    assert sorties["requete.data"] == "?organisme=011&s1=validation_comptes~v0"
    bande = lire_texte(sorties["bande.children"])
    for titre in ("Score local", "Rang dans le type", "Prime par ETP", "Enveloppe"):
        assert titre in bande
    assert bande.count("−") == 4  # all four fall, and say by how much
    assert sorties["refus.children"] is None


@pytest.mark.parametrize(
    ("scenario", "extrait"),
    [
        ({"loc_validation_comptes": {"v": "beaucoup"}}, "n'est pas un nombre"),
        ({"loc_validation_comptes": {"v": "1e308"}}, "n'est pas un nombre"),
        ({"loc_validation_comptes": {"p": "-3"}}, "n'est pas entre 0 et 100"),
        ({"loc_inconnu": {"v": "3"}}, "n'est pas dans le barème"),
        ({"loc_e_dat": {"s": "85"}}, "e-DAT : socle et objectif sont égaux (85,00 %), il n'y a rien entre les deux."),
    ],
)
def test_saisie_refusee_etat_precedent_garde(
    simuler: Callable[..., dict[str, Any]], lire_texte: Lire, scenario: dict[str, Any], extrait: str
) -> None:
    avant = VIDE | {"scenarios": [{"loc_e_dat": {"n": "1"}}, {}, {}]}
    sorties = simuler({"scenarios": [scenario, {}, {}]}, accepte=avant)
    assert sorties["reponse.data"]["accepte"]["scenarios"] == avant["scenarios"]
    assert extrait in lire_texte(sorties["reponse.data"]["problemes"])
    assert "l'état précédent est conservé" in lire_texte(sorties["refus.children"])
    assert sorties["requete.data"] == "?organisme=011&s1=e_dat~n1"


def test_trois_scenarios_dans_l_export(simuler: Callable[..., dict[str, Any]]) -> None:
    scenarios = [{"loc_validation_comptes": {"v": "0"}}, {"loc_e_dat": {"n": "1", "p": "5"}}, {}]
    contexte = next(
        v
        for nom, v in simuler({"scenarios": scenarios, "actif": 2, "etp": "100"}).items()
        if nom.startswith("bloc") and nom.endswith(".data")
    )
    lignes = {ligne["grandeur"]: ligne for ligne in contexte["lignes"]}
    assert contexte["simulee"]
    assert lignes["Score local"]["s1"] < lignes["Score local"]["depart"]
    assert lignes["Score local"]["s3"] is None
    assert lignes["Enveloppe de l'organisme"]["depart"] == pytest.approx(100 * lignes["Prime totale par ETP"]["depart"])
    assert lignes["e-DAT, neutralisé"] == {
        "grandeur": "e-DAT, neutralisé", "unite": "", "depart": "non", "s1": None, "s2": "oui", "s3": None,
    }  # fmt: skip
    assert lignes["e-DAT, poids"]["s2"] == 5


def test_un_autre_organisme_entre_temps(simuler: Callable[..., dict[str, Any]]) -> None:
    assert set(map(id, simuler({}, organisme="381").values())) == {id(no_update)}


def test_changer_d_organisme(page: ModuleType, lire_texte: Lire) -> None:
    elements, avis, requete = inspect.unwrap(page.update_organisme)("381")
    assert avis is None
    assert requete == "?organisme=381"
    assert "CPAM de l'Isère" in lire_texte(elements)
    assert inspect.unwrap(page.update_organisme)(None)[2] == ""
