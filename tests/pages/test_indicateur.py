from __future__ import annotations

import inspect
import json
import sys
from types import ModuleType
from typing import Any

import pytest
from plotly.utils import PlotlyJSONEncoder

from data.catalogue import load_catalogue

SEIN = "loc_depistage_sein"


@pytest.fixture(scope="module")
def page(application: object) -> ModuleType:
    assert application is not None
    return sys.modules["pages.indicateur"]


@pytest.fixture(scope="module")
def index(application: object) -> ModuleType:
    assert application is not None
    return sys.modules["pages.indicateurs"]


def lire(objet: Any) -> str:
    brut = json.dumps(objet, cls=PlotlyJSONEncoder, ensure_ascii=False)
    return brut.replace("\u00a0", " ").replace("\u202f", " ").replace('\\"', '"')


def appeler(page: ModuleType, nom: str, *arguments: Any) -> Any:
    """A callback without Dash's context."""
    return inspect.unwrap(getattr(page, nom))(*arguments)


def test_chaque_indicateur_a_une_page(page: ModuleType) -> None:
    """Every definition draws: with results by organisme, alone of its type, national, or only words."""
    profils = set()
    for indicateur in load_catalogue().indicateurs:
        rendue = page.layout(code=indicateur.code)
        assert rendue.children[1].children[0].children == indicateur.titre_court, indicateur.code
        assert len(rendue.children) >= 5, indicateur.code
        profils.add(page.get_profil(indicateur.code).value)
    assert profils == {"organismes", "seul", "national"}


def test_page_d_un_indicateur_local(page: ModuleType) -> None:
    texte = lire(page.layout(code=SEIN))
    assert "sur 102, 22 atteignent l'objectif, 74 sont entre socle et objectif et 6 sont sous le socle" in texte
    assert "Comptes par type de 2023 tels que la note les imprime" in texte
    assert "Données simulées" in texte
    assert "Définition et formule" in texte
    assert "/indicateurs/cog_30_depistage_sein" in texte  # linked
    assert "30 sur 35" in texte  # its place in the domaine


def test_organisme_repere(page: ModuleType) -> None:
    texte = lire(page.layout(code=SEIN, organisme="011"))
    assert "CPAM de l'Ain" in texte
    assert "Ain (Bourg-en-Bresse)" in texte
    assert "?organisme=011" in texte  # kept by the links to the neighbours
    assert "parmi les organismes de même taille" in texte


def test_indicateur_national(page: ModuleType) -> None:
    texte = lire(page.layout(code="nat_dmp_alimentes"))
    assert "aucune valeur par organisme" in texte
    assert "France entière : 50,10 % en 2023 ; objectif atteint (35,00 %)" in texte
    cog = lire(page.layout(code="cog_30_depistage_sein"))
    assert "Cible : de 58,8 % en 2023 à 70,0 % en 2027. Aucun résultat publié." in cog
    assert "n° 30" in cog


def test_indicateur_de_date_se_lit_dans_le_tableau(page: ModuleType) -> None:
    texte = lire(page.layout(code="nat_sdrh"))
    assert "28/09/2023" in texte
    assert "sont des dates : lisez le tableau" in texte


def test_indicateur_d_un_seul_organisme(page: ModuleType) -> None:
    texte = lire(page.layout(code="loc_cnam_mes"))
    assert "Porté par un seul organisme, Caisse nationale de l'Assurance Maladie" in texte
    assert "indicateur-type" not in texte  # nothing to choose


def test_code_inconnu_propose(page: ModuleType) -> None:
    texte = lire(page.layout(code="depistage_sin"))
    assert "Aucun indicateur ne porte le code « depistage_sin »" in texte
    assert texte.count('"href": "/indicateurs/') == 3
    assert "Tous les indicateurs" in texte


def test_parametres_refuses_sans_casser(page: ModuleType) -> None:
    texte = lire(page.layout(code=SEIN, organisme="999", type="DRSM", annee="1999", par="x", foo="1"))
    assert "aucun organisme ne porte le code « 999 »" in texte
    assert "Aucun résultat pour le type « DRSM »" in texte
    assert "Aucun résultat pour 1999 : 2023 est affichée" in texte
    assert "Le paramètre « foo » n'existe pas" in texte
    assert "« type » ou « region »" in texte


def test_organisme_d_un_autre_type(page: ModuleType) -> None:
    assert "n'a pas cet indicateur : il ne concerne que CPAM et CCSS" in lire(page.layout(code=SEIN, organisme="cnam"))
    texte = lire(page.layout(code="loc_aat_dematerialises", organisme="011", type="DRSM"))
    assert "CPAM de l'Ain n'est pas du type DRSM : il n'est pas repéré" in texte


def test_choisir_un_organisme_amene_son_type(page: ModuleType) -> None:
    jeton = "loc_aat_dematerialises|CPAM|2023|"
    assert appeler(page, "choose_vue", "CPAM", "2023", "drsm-bretagne", jeton)[0] == "DRSM"
    avec = "loc_aat_dematerialises|CPAM|2023|011"
    type_note, _, annee, organisme, nouveau = appeler(page, "choose_vue", "DRSM", "2022", "011", avec)
    assert (type_note, annee, organisme) == ("DRSM", "2022", None)  # a new type drops an organisme of another one
    assert nouveau == "loc_aat_dematerialises|DRSM|2022|"


@pytest.mark.parametrize(
    ("jeton", "par", "pas", "attendu"),
    [
        (f"{SEIN}|CPAM|2023|", "type", "annee", ""),
        (f"{SEIN}|CPAM|2022|011", "region", "mois", "?organisme=011&annee=2022&par=region&pas=mois"),
        ("loc_aat_dematerialises|DRSM|2023|", "type", "annee", "?type=DRSM"),
        ("loc_aat_dematerialises|DRSM|2023|drsm-bretagne", "type", "annee", "?organisme=drsm-bretagne"),
    ],
)
def test_adresse_ne_dit_que_ce_qui_differe(page: ModuleType, jeton: str, par: str, pas: str, attendu: str) -> None:
    assert appeler(page, "format_requete", jeton, par, pas) == attendu


def test_sorties_des_callbacks(page: ModuleType) -> None:
    """Each callback gives as many values as it has outputs, for a mapped type and for one without territory."""
    attendus = {"build_reponse": 27, "build_evolution": 9, "build_atteinte": 9, "build_suite": 20, "build_carte": 10}
    for jeton in (f"{SEIN}|CPAM|2023|011", "taux_reussite_local|CTI|2023|", "loc_echanges_confraternels_ij|DRSM|2022|"):
        for nom, nombre in attendus.items():
            arguments = {"build_evolution": ("mois",), "build_atteinte": ("region",)}.get(nom, ())
            assert len(appeler(page, nom, jeton, *arguments)) == nombre, (nom, jeton)
    carte = appeler(page, "build_carte", "taux_reussite_local|CTI|2023|")
    assert carte[3] is True  # hidden: a CTI has no territory
    assert appeler(page, "build_carte", f"{SEIN}|CPAM|2023|")[3] is False


def test_clic_sur_la_carte(page: ModuleType) -> None:
    assert appeler(page, "choose_territoire", "021", f"{SEIN}|CPAM|2023|") == "021"
    assert appeler(page, "choose_territoire", "", f"{SEIN}|CPAM|2023|") is page.no_update
    assert appeler(page, "choose_territoire", "53", "loc_echanges_confraternels_ij|DRSM|2023|") is page.no_update


def test_image_de_la_carte(page: ModuleType) -> None:
    envoi = appeler(page, "export_svg", 1, f"{SEIN}|CPAM|2023|011")
    assert envoi["filename"] == "parangon-carte-loc-depistage-sein-caisse-2023.svg"
    assert "DONNÉES SIMULÉES" in envoi["content"]


def test_index_liste_tout_et_cherche_sans_accent(index: ModuleType) -> None:
    texte = lire(index.layout())
    nombre = len(load_catalogue().indicateurs)
    assert f"{nombre} indicateurs" in texte
    assert texte.count('"href": "/indicateurs/') == nombre
    liste = appeler(index, "build_liste", "depistage SEIN", None, None, None)
    assert liste[1] == "2\u00a0indicateurs."
    assert liste[6] == "?recherche=depistage+SEIN"
    vide = appeler(index, "build_liste", "zzz", None, None, None)
    assert "Aucun indicateur ne répond" in lire(vide[0])


def test_index_filtre_par_domaine_et_processus(index: ModuleType) -> None:
    cog = appeler(index, "build_liste", None, "cog_2023_2027", None, None)
    assert cog[1] == "61\u00a0indicateurs."
    processus = next(p for p in cog[4] if p.startswith("3.1"))
    assert appeler(index, "build_liste", None, "cog_2023_2027", None, processus)[1] == "5\u00a0indicateurs."
    # A processus the référentiel does not have is dropped, not kept with an empty list.
    assert appeler(index, "build_liste", None, "interessement", None, processus)[5] is None
    assert "aucun domaine ne porte ce nom" in lire(index.layout(domaine="Inventé"))
