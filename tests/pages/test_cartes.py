"""The page « Cartes » without a browser: layout for a URL, callbacks called directly."""

from __future__ import annotations

import json
import sys
from types import ModuleType
from typing import Any

import pytest
from plotly.utils import PlotlyJSONEncoder

CPTS = "couverture_population_cpts"


@pytest.fixture
def page(application: object) -> ModuleType:
    assert application is not None
    return sys.modules["pages.cartes"]


def _lire(composant: Any) -> str:
    return json.dumps(composant, cls=PlotlyJSONEncoder, ensure_ascii=False).replace("\u00a0", " ")


def test_layout_par_defaut(page: ModuleType) -> None:
    texte = _lire(page.layout())
    assert "Taux de réussite local, par caisse, 2023" in texte
    assert "Note intéressement 2023" in texte
    assert "plus foncé = plus haut = mieux" in texte
    assert "Fiche du territoire" in texte
    assert "Contours approchés" in texte
    assert '"px-simulee"' not in texte


def test_layout_simule_avec_fiche(page: ModuleType) -> None:
    texte = _lire(page.layout(indicateur=CPTS, niveau="departement", periode="2022-03", territoire="45"))
    assert "Population couverte par une CPTS, par département, mars 2022" in texte
    assert texte.count("Données simulées") >= 3  # legend, sheet, mention
    assert "Centre-Val de Loire" in texte
    assert "/comparer?organisme=451" in texte
    assert "Simulation Parangon" in texte


@pytest.mark.parametrize(
    ("parametres", "message"),
    [
        ({"indicateur": "inconnu"}, "aucun indicateur cartographié ne porte le code « inconnu »"),
        ({"niveau": "canton"}, "valeurs possibles : « region », « departement » ou « caisse »"),
        ({"periode": "1999"}, "Aucune valeur pour la période « 1999 »"),
        ({"territoire": "999"}, "Aucun territoire de ce niveau (caisse) ne porte le code « 999 »"),
        ({"zoom": "3"}, "Le paramètre « zoom » n'existe pas"),
    ],
)
def test_parametre_refuse_en_francais(page: ModuleType, parametres: dict[str, str], message: str) -> None:
    texte = _lire(page.layout(**parametres))
    assert message in texte
    assert "Taux de réussite local, par caisse, 2023" in texte


def test_changer_de_niveau(page: ModuleType) -> None:
    sorties = page.compute_carte("taux_reussite_local", "region", "2023", "taux_reussite_local|caisse|2023")
    message, _legende, periodes, periode, territoires, territoire, jeton = sorties
    assert message["niveau"] == "region"
    assert len(message["rangs"]) == 18
    assert any("moyenne simple de" in note for note in message["notes"].values())
    assert periodes is periode is page.no_update
    assert len(territoires) == 18
    assert territoire is None
    assert jeton == "taux_reussite_local|region|2023"


def test_changer_d_indicateur_garde_le_territoire_et_change_les_periodes(page: ModuleType) -> None:
    avant = f"{CPTS}|departement|2022-03"
    sorties = page.compute_carte("part_population_zip", "departement", "2022-03", avant)
    message, legende, periodes, periode, territoires, territoire, jeton = sorties
    assert [p["value"] for p in periodes] == ["2022", "2023"]
    assert periode == "2023"
    assert territoires is territoire is page.no_update
    assert jeton == message["jeton"] == "part_population_zip|departement|2023"
    assert "moins bien" in _lire(legende)


def test_bloc_et_table_dans_l_ordre_des_rangs(page: ModuleType) -> None:
    titre, phrase, vide, table, mention, contexte = page.compute_bloc("taux_reussite_local|region|2023")
    assert titre == "Taux de réussite local, par région, 2023"
    assert "Moyenne simple des 107 caisses" in phrase
    assert vide is None
    assert "moyenne simple des caisses de chaque région" in _lire(mention)
    valeurs = [ligne["valeur"] for ligne in contexte["lignes"]]
    assert valeurs == sorted(valeurs, reverse=True)
    assert "Grand Est" in _lire(table)
    assert contexte["simulee"] is False


def test_territoire_sans_valeur_dit_pourquoi(page: ModuleType) -> None:
    *_, contexte = page.compute_bloc(f"{CPTS}|departement|2023")
    manquants = [ligne for ligne in contexte["lignes"] if isinstance(ligne["valeur"], str)]
    assert all(ligne["valeur"] == "sans valeur" for ligne in manquants)
    assert contexte["lignes"][-len(manquants) :] == manquants if manquants else True


def test_fiche_selection_et_requete(page: ModuleType) -> None:
    fiche, selection, requete = page.compute_fiche("59", f"{CPTS}|departement|2022-03")
    texte = _lire(fiche)
    assert "Hauts-de-France" in texte
    assert texte.count("/comparer?organisme=59") == 4
    assert selection == {"niveau": "departement", "id": 59}
    assert requete == f"?indicateur={CPTS}&niveau=departement&periode=2022-03&territoire=59"
    fiche, selection, requete = page.compute_fiche(None, "taux_reussite_local|caisse|2023")
    assert "Les plus hauts" in _lire(fiche)
    assert selection is None
    assert requete == ""


def test_exports(page: ModuleType) -> None:
    envoi = page.export_svg(1, f"{CPTS}|departement|2023")
    assert envoi["filename"] == "parangon-carte-couverture-population-cpts-departement-2023.svg"
    assert "DONNÉES SIMULÉES" in envoi["content"]
    assert "Simulation Parangon" in envoi["content"]
    image = page.export_png(2, "taux_reussite_local|region|2023")
    assert "SIMULÉES" not in image["svg"]
    assert image["clic"] == 2
