"""The page « Cartes » without a browser: layout for a URL, callbacks called directly."""

from __future__ import annotations

import json
import sys
from types import ModuleType
from typing import Any

import pytest
from plotly.utils import PlotlyJSONEncoder

CPTS = "couverture_population_cpts"
SEGUR, SEIN, C2S_D9 = "loc_campagne_segur", "loc_depistage_sein", "loc_delai_instruction_c2s_d9"


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
    assert "Lissage non proposé : il manque un numérateur ou un dénominateur" in texte


def test_layout_d_un_indicateur_local(page: ModuleType) -> None:
    texte = _lire(page.layout(indicateur=SEIN, niveau="region", periode="2023-11", territoire="84"))
    assert "Dépistage du cancer du sein, par région, novembre 2023" in texte
    assert "ses caisses réunies (rapport des sommes des numérateurs et des dénominateurs)" in texte
    assert "12 caisses réunies" in texte
    assert "5 régions sans valeur (sans objet)" in texte
    assert '"/organismes/011"' in texte
    assert f"/comparer?organisme=011&indicateur={SEIN}" in texte
    assert f'"/indicateurs/{SEIN}"' in texte


def test_layout_lisse(page: ModuleType) -> None:
    texte = _lire(page.layout(indicateur=SEGUR, periode="2023-11", lissage="oui", territoire="481"))
    assert texte.count("valeurs lissées (bayésien empirique)") >= 4  # title, legend, mention, sheet
    assert "Valeur brute" in texte
    assert "Poids de ses propres données" in texte
    assert "avant lissage" in texte  # tooltips
    assert "Martuzzi et Elliott, 1996" in texte
    brut = _lire(page.layout(indicateur=SEGUR, periode="2023-11", territoire="481"))
    assert "lissées" not in brut


def test_lissage_sans_effet_visible_le_dit(page: ModuleType) -> None:
    texte = _lire(page.layout(indicateur=CPTS, niveau="departement", lissage="oui"))
    assert "l'effet est inférieur à 0,1 point" in texte


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
        ({"indicateur": "taux_reussite_locale"}, "les plus proches sont taux_reussite_local"),
        ({"indicateur": "cog_30_depistage_sein"}, "n'a pas de valeur par caisse, par département ni par région"),
        ({"lissage": "oui"}, "Lissage non proposé"),
        ({"lissage": "peut-être"}, "refusée pour « lissage »"),
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


def test_niveau_que_l_indicateur_n_a_pas(page: ModuleType) -> None:
    texte = _lire(page.layout(indicateur=C2S_D9, niveau="region"))
    assert "n'est pas connu par région : la carte est par caisse" in texte
    assert "Instruction C2S, 9e décile, par caisse, 2023" in texte
    assert "le décile d'un territoire n'est pas la moyenne de ceux de ses caisses" in texte
    assert "n'est pas connu" not in _lire(page.layout(indicateur=C2S_D9))


SORTIES = (
    "message",
    "legende",
    "niveaux",
    "niveau",
    "periodes",
    "periode",
    "territoires",
    "territoire",
    "coche",
    "cache",
    "aide",
    "jeton",
)


def _calculer(page: ModuleType, *entrees: Any) -> dict[str, Any]:
    return dict(zip(SORTIES, page.compute_carte(*entrees), strict=True))


def test_changer_de_niveau(page: ModuleType) -> None:
    sorties = _calculer(page, "taux_reussite_local", "region", "2023", False, "taux_reussite_local|caisse|2023")
    message = sorties["message"]
    assert message["niveau"] == "region"
    assert len(message["rangs"]) == 18
    assert any("moyenne simple de" in note for note in message["notes"].values())
    assert sorties["niveaux"] is sorties["niveau"] is sorties["periode"] is sorties["coche"] is page.no_update
    assert len(sorties["territoires"]) == 18
    assert sorties["territoire"] is None
    assert sorties["cache"] is True
    assert sorties["jeton"] == "taux_reussite_local|region|2023"


def test_changer_d_indicateur_garde_le_territoire_et_change_les_periodes(page: ModuleType) -> None:
    avant = f"{CPTS}|departement|2022-03"
    sorties = _calculer(page, "part_population_zip", "departement", "2022-03", False, avant)
    assert sorties["periodes"] == [
        {"group": "Années", "items": [{"value": "2023", "label": "2023"}, {"value": "2022", "label": "2022"}]}
    ]
    assert sorties["periode"] == "2023"
    assert sorties["territoires"] is sorties["territoire"] is page.no_update
    assert sorties["jeton"] == sorties["message"]["jeton"] == "part_population_zip|departement|2023"
    assert "moins bien" in _lire(sorties["legende"])


def test_les_mois_sont_groupes_par_annee_le_dernier_en_tete(page: ModuleType) -> None:
    avant = "taux_reussite_local|caisse|2023"
    groupes = _calculer(page, SEIN, "caisse", "2023", False, avant)["periodes"]
    assert [g["group"] for g in groupes] == ["Années", "En 2023", "En 2022", "En 2021", "En 2020", "En 2019"]
    assert [len(g["items"]) for g in groupes] == [5, 12, 12, 12, 12, 12]
    assert groupes[1]["items"][0] == {"value": "2023-12", "label": "décembre 2023"}


def test_un_decile_ramene_au_niveau_des_caisses(page: ModuleType) -> None:
    sorties = _calculer(page, C2S_D9, "region", "2023", False, "taux_reussite_local|region|2023")
    assert sorties["niveaux"] == [{"value": "caisse", "label": "Caisse"}]
    assert sorties["niveau"] == "caisse"
    assert sorties["message"]["niveau"] == "caisse"
    assert sorties["cache"] is True


def test_lisser_puis_changer_pour_ce_qui_ne_se_lisse_pas(page: ModuleType) -> None:
    sorties = _calculer(page, SEGUR, "caisse", "2023-11", True, f"{SEGUR}|caisse|2023-11")
    assert sorties["jeton"] == f"{SEGUR}|caisse|2023-11|lissage"
    assert sorties["coche"] is page.no_update
    assert sorties["cache"] is False
    brut = _calculer(page, SEGUR, "caisse", "2023-11", False, sorties["jeton"])
    assert brut["message"]["valeurs"] != sorties["message"]["valeurs"]
    # What has no value is not smoothed into one.
    trous = [valeur is None for valeur in brut["message"]["valeurs"]]
    assert trous == [valeur is None for valeur in sorties["message"]["valeurs"]]
    assert any(trous)
    assert brut["message"]["rangs"].count(None) == 0
    region = _calculer(page, SEGUR, "region", "2023-11", True, sorties["jeton"])
    assert region["coche"] is False
    assert region["cache"] is True
    assert region["jeton"] == f"{SEGUR}|region|2023-11"


def test_table_lissee(page: ModuleType) -> None:
    titre, phrase, _vide, _table, mention, contexte = page.compute_bloc(f"{SEGUR}|caisse|2023-11|lissage")
    assert titre.endswith("novembre 2023, valeurs lissées (bayésien empirique)")
    assert "Valeurs lissées, la plus déplacée" in phrase.replace("\u00a0", " ")
    assert "moyenne a priori" in _lire(mention)
    champs = [colonne["champ"] for colonne in contexte["colonnes"]]
    assert champs[2:7] == ["valeur", "valeur_brute", "poids", "numerateur", "denominateur"]
    for ligne in contexte["lignes"]:
        if isinstance(ligne["valeur"], float):
            assert ligne["valeur_brute"] == pytest.approx(100 * ligne["numerateur"] / ligne["denominateur"])
            assert 0 < ligne["poids"] <= 100
        else:
            assert ligne["valeur_brute"] is ligne["poids"] is None
    assert contexte["fichier"] == "parangon-carte-loc-campagne-segur-caisse-2023-11-lissage"


def test_l_adresse_de_la_vue_lissee_redonne_la_vue(page: ModuleType) -> None:
    jeton = f"{SEGUR}|departement|2022-03|lissage"
    _, selection, requete = page.compute_fiche("48", jeton)
    assert requete == f"?indicateur={SEGUR}&niveau=departement&periode=2022-03&territoire=48&lissage=oui"
    rouvert = page.layout(**dict(p.split("=") for p in requete[1:].split("&")))
    texte = _lire(rouvert)
    assert f'"{jeton}"' in texte
    assert selection == {"niveau": "departement", "id": 48}


def test_indicateurs_par_referentiel_et_domaine_cherchables(page: ModuleType) -> None:
    options = page.layout().children[2].children[0].data
    groupes = [groupe["group"] for groupe in options]
    assert len(groupes) == len(set(groupes))
    assert groupes[0].startswith("Suivi")
    assert groupes[-1] == "Contexte des organismes"
    assert "Intéressement 2023, part locale · Gestion du risque" in groupes
    articles = {item["value"]: item for groupe in options for item in groupe["items"]}
    assert len(articles) >= 42
    assert articles[SEIN]["recherche"]


def test_bloc_et_table_dans_l_ordre_des_rangs(page: ModuleType) -> None:
    titre, phrase, vide, table, mention, contexte = page.compute_bloc("taux_reussite_local|region|2023")
    assert titre == "Taux de réussite local, par région, 2023"
    assert "Moyenne simple des 107 caisses" in phrase
    assert vide is None
    assert "Moyenne simple des caisses de chaque région" in _lire(mention)
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
    assert texte.count('"/organismes/59') == 4
    assert selection == {"niveau": "departement", "id": 59}
    assert requete == f"?indicateur={CPTS}&niveau=departement&periode=2022-03&territoire=59"
    fiche, selection, requete = page.compute_fiche(None, "taux_reussite_local|caisse|2023")
    assert "Les plus hauts" in _lire(fiche)
    assert "/indicateurs/taux_reussite_local" in _lire(fiche)
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
    lisse = page.export_svg(1, f"{SEGUR}|caisse|2023-11|lissage")["content"].replace("\u00a0", " ")
    assert lisse.count("bayésien empirique") >= 3  # title, mention, note (the legend is cut in lines)
    assert "avant lissage" in lisse
    assert "Martuzzi et Elliott, 1996" in lisse
