from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from components.bloc import render_bloc_jumeau
from components.comparer.etat import EtatComparer
from components.comparer.vues import CHOIX_VUES, render_vue

SORTIES = ("contenu", "chiffres", "avis", "entonnoir", "pair", "nuage", "types", "requete")
Sorties = Callable[..., dict[str, Any]]
SIX = ("021", "031", "051", "061", "131", "141")


@pytest.fixture
def page(application: object) -> ModuleType:
    assert application is not None
    return sys.modules["pages.comparer"]


@pytest.fixture
def build(page: ModuleType) -> Sorties:
    """The callback, without Dash's context; values by name."""

    def appeler(organisme: str | None, choix: str, indicateur: str, **suite: Any) -> dict[str, Any]:
        defauts = {
            "membres": [],
            "nom": "",
            "hors": False,
            "vue": "classement",
            "types": False,
            "pair": None,
            "limites": True,
            "abscisse": "ctx_etp",
            "logarithme": True,
            "ouvertures": [],
            "blocs": [],
        }
        valeurs = inspect.unwrap(page.build_sorties)(
            organisme=organisme, choix=choix, indicateur=indicateur, **(defauts | suite)
        )
        return dict(zip(SORTIES, valeurs, strict=True))

    return appeler


def get_contexte(sorties: dict[str, Any], rang: int = 0) -> dict[str, Any]:
    """What the browser keeps of a bloc of the view."""
    magasins = [c for c in sorties["contenu"][rang].children if getattr(c, "id", {}) and "role" in str(c.id)]
    contexte = next(c for c in magasins if isinstance(c.id, dict) and c.id["role"] == "bloc-contexte")
    data: dict[str, Any] = contexte.data
    return data


def test_page_sans_choix_invite(page: ModuleType, lire_texte: Callable[[object], str]) -> None:
    texte = lire_texte(page.layout())
    assert "102 CPAM et CCSS, médiane 94,61 %" in texte
    assert "Choisissez un organisme pour le situer" in texte
    assert "CPAM de l'Ain · 01 · 011" in texte
    assert "Grenoble" in texte  # found by the search, not shown


def test_position_exacte(page: ModuleType, lire_texte: Callable[[object], str]) -> None:
    texte = lire_texte(page.layout(organisme="682", indicateur="prime_totale"))
    assert "CPAM du Haut-Rhin : 1 053,35 €, 43e sur 102 CPAM et CCSS, 5,00 € au-dessus de la médiane" in texte
    assert "43e sur 102" in texte
    assert "Pas d'intervalle : aucun dénominateur" in texte


def test_parametres_refuses_sans_casser(page: ModuleType, lire_texte: Callable[[object], str]) -> None:
    texte = lire_texte(
        page.layout(organisme="999", indicateur="inconnu", groupe="x", foo="1", vue="tableau", abscisse="x", pair="888")
    )
    assert "aucun organisme ne porte le code « 999 »" in texte
    assert "l'indicateur « inconnu » n'a pas de valeur par organisme" in texte
    assert "« type », « classe », « region », « type_region », « voisins », « liste » ou « tous »" in texte
    assert "Le paramètre « foo » n'existe pas" in texte
    assert "« x » n'est ni un indicateur ni une variable de contexte connus" in texte


def test_callback_remplit_toutes_les_sorties(build: Sorties, lire_texte: Callable[[object], str]) -> None:
    sorties = build("011", "type", "taux_reussite_local")
    assert sorties["requete"] == "?organisme=011"
    assert "88e sur 102" in lire_texte(sorties["chiffres"])
    assert sorties["avis"] is None
    assert [sorties[nom] for nom in ("entonnoir", "pair", "nuage", "types")] == [True] * 4


@pytest.mark.parametrize("groupe", ["type", "type_region", "region", "tous"])
def test_anciennes_adresses(page: ModuleType, lire_texte: Callable[[object], str], groupe: str) -> None:
    texte = lire_texte(page.layout(organisme="011", groupe=groupe, indicateur="taux_reussite_local"))
    assert "refusée" not in texte
    assert f"sur {12 if 'region' in groupe else 102} CPAM et CCSS" in texte


def test_types_non_classes_entre_eux_et_pourquoi(build: Sorties, lire_texte: Callable[[object], str]) -> None:
    france = build("011", "tous", "taux_reussite_local")
    assert "63 organismes d'un autre type ne sont pas classés" in lire_texte(france["avis"])
    assert "missions, indicateurs, poids et cibles" in lire_texte(france["avis"])
    assert france["types"] is False  # the option that ranks them together is offered
    ensemble = build("011", "tous", "taux_reussite_local", types=True)
    assert ensemble["requete"] == "?organisme=011&groupe=tous&types=ensemble"
    assert "barèmes sont différents" in lire_texte(ensemble["avis"])
    assert "barèmes sont différents" in lire_texte(get_contexte(ensemble)["mentions"])  # on the exports too
    assert "sur 165" in lire_texte(ensemble["chiffres"])


def test_seul_de_son_type(build: Sorties, lire_texte: Callable[[object], str]) -> None:
    sorties = build("cnam", "type", "taux_reussite_local")
    assert "« Classer tous les types ensemble »" in lire_texte(sorties["contenu"])
    assert sorties["chiffres"] == []
    assert sorties["types"] is False


def test_identique_pour_tous(build: Sorties, lire_texte: Callable[[object], str]) -> None:
    sorties = build("011", "type", "taux_reussite_national")
    assert "Identique pour tous : 95,40 %" in lire_texte(sorties["contenu"])
    assert sorties["chiffres"] == []


def test_valeurs_simulees_dites(build: Sorties, lire_texte: Callable[[object], str]) -> None:
    contexte = get_contexte(build("011", "type", "couverture_population_cpts"))
    assert contexte["simulee"] is True
    assert "Valeurs simulées" in lire_texte(contexte["mentions"])


def test_intervalles_et_verdict(build: Sorties, lire_texte: Callable[[object], str]) -> None:
    sorties = build("011", "type", "loc_rdv_telephone")
    ligne = next(li for li in get_contexte(sorties)["lignes"] if li["organisme"] == "CPAM de l'Ain")
    assert ligne["bas"] < ligne["valeur"] < ligne["haut"]
    assert ligne["rangs"].startswith("de ")
    chiffres = lire_texte(sorties["chiffres"])
    assert "Comparé au groupe" in chiffres
    assert any(mots in chiffres for mots in ("▲ mieux", "● comparable", "▼ moins bien"))
    passe = lire_texte(build("011", "type", "loc_delai_premiere_ij_maladie")["chiffres"])
    assert "Comparé à son propre passé" in passe


def test_hors_de_sa_reference(build: Sorties, lire_texte: Callable[[object], str]) -> None:
    membres = list(SIX)
    avec, sans = (build("011", "liste", "taux_reussite_local", membres=membres, hors=hors) for hors in (False, True))
    assert "(sans l'organisme)" in lire_texte(sans["chiffres"])
    assert lire_texte(avec["chiffres"]) != lire_texte(sans["chiffres"])
    assert sans["requete"].endswith("&hors=oui")
    assert "laissé hors de la référence" in lire_texte(get_contexte(sans)["mentions"])


def test_liste_nommee_dans_l_adresse(build: Sorties, lire_texte: Callable[[object], str]) -> None:
    sorties = build("011", "liste", "taux_reussite_local", membres=list(SIX), nom="Mes six")
    assert sorties["requete"] == ("?organisme=011&groupe=liste&membres=021,031,051,061,131,141&nom=Mes+six")
    assert "7 CPAM et CCSS de la liste « Mes six »" in lire_texte(sorties["contenu"])
    trop_peu = build("011", "liste", "taux_reussite_local", membres=list(SIX[:4]))
    assert "Ajoutez-en 1" in lire_texte(trop_peu["contenu"])
    assert trop_peu["chiffres"] == []


def test_table_dans_l_ordre_du_graphique(build: Sorties) -> None:
    lignes = get_contexte(build("011", "type", "taux_reussite_local"))["lignes"]
    assert len(lignes) == 102
    assert [ligne["rang"] for ligne in lignes] == sorted(ligne["rang"] for ligne in lignes)
    assert [ligne["rang"] for ligne in lignes if ligne["organisme"] == "CPAM de l'Ain"] == [88]  # plain, for the CSV


def test_ligne_de_l_organisme_surlignee(build: Sorties, lire_texte: Callable[[object], str]) -> None:
    def ouvrir(organisme: str | None, groupe: str = "type") -> str:
        contexte = get_contexte(build(organisme, groupe, "taux_reussite_local"))
        return lire_texte(render_bloc_jumeau(1, contexte, {"bloc": "comparer-classement"}))

    assert "Sur fond bleu, en gras : CPAM de l'Ain." in ouvrir("011")
    assert "px-mienne" in ouvrir("011")
    assert "px-mienne" not in ouvrir(None)
    assert ouvrir("011", "region").count('"px-mienne"') == 1


def test_table_ouverte_le_reste(build: Sorties, lire_texte: Callable[[object], str]) -> None:
    blocs = [{"role": "bloc-ouvrir", "bloc": "comparer-classement"}]
    fermee = build("011", "type", "taux_reussite_local", blocs=blocs, ouvertures=[2])
    ouverte = build("011", "type", "taux_reussite_local", blocs=blocs, ouvertures=[1])
    assert "AgGrid" not in lire_texte(fermee["contenu"])
    assert "AgGrid" in lire_texte(ouverte["contenu"])


def test_seule_la_vue_demandee_est_envoyee(build: Sorties) -> None:
    blocs = {
        vue: [bloc.id for bloc in build("011", "voisins-taille", "loc_rdv_telephone", vue=vue)["contenu"]]
        for vue in CHOIX_VUES
    }
    assert blocs == {
        "classement": ["bloc-comparer-classement"],
        "distribution": ["bloc-comparer-points", "bloc-comparer-classes"],
        "entonnoir": ["bloc-comparer-entonnoir"],
        "temps": ["bloc-comparer-temps", "bloc-comparer-multiples"],
        "face-a-face": ["bloc-comparer-face-a-face"],
        "nuage": ["bloc-comparer-nuage"],
        "pairs": ["bloc-comparer-mieux", "bloc-comparer-pourquoi"],
    }


@pytest.mark.parametrize("vue", CHOIX_VUES)
@pytest.mark.parametrize(
    ("organisme", "groupe", "indicateur"),
    [
        (None, "type", "taux_reussite_local"),
        ("cnam", "type", "taux_reussite_local"),
        ("ceir-npp", "tous", "loc_ceir_plis_fautes"),
        ("011", "voisins", "taux_reussite_national"),
        ("drsm-bretagne", "classe", "loc_echanges_confraternels_ij"),
        ("976", "region", "couverture_population_cpts"),
        ("481", "tous", "prime_locale"),
        ("011", "liste", "loc_marge_brute_ugecam"),
    ],
)
def test_chaque_vue_dessine_ou_dit_pourquoi(
    page: ModuleType, vue: str, organisme: str | None, groupe: str, indicateur: str
) -> None:
    etat = EtatComparer.model_validate({"organisme": organisme, "groupe": groupe, "indicateur": indicateur, "vue": vue})
    for bloc in render_vue(etat):
        roles = {c.id["role"]: c for c in bloc.children if isinstance(getattr(c, "id", None), dict)}
        vide, contexte = roles["bloc-vide"].children, roles["bloc-contexte"].data
        assert (vide is None) == ("bloc-cadre" in roles)
        assert vide is None or len(vide.children) > 20
        assert contexte["titre"]
        assert vide is not None or contexte["lignes"]


def test_entonnoir_et_ses_limites(build: Sorties, lire_texte: Callable[[object], str]) -> None:
    ajustees, brutes = (
        build("011", "type", "loc_rdv_telephone", vue="entonnoir", limites=limites) for limites in (True, False)
    )
    assert ajustees["entonnoir"] is False
    assert brutes["requete"].endswith("vue=entonnoir&limites=brutes")
    textes = [lire_texte(get_contexte(s)["mentions"]) for s in (ajustees, brutes)]
    assert "Fausses alertes" in textes[0]
    assert "φ" in textes[0]
    assert "ignorent cette surdispersion" in textes[1]
    dehors = [sum("99,8" in ligne["position"] for ligne in get_contexte(s)["lignes"]) for s in (ajustees, brutes)]
    assert 0 < dehors[0] < dehors[1]
    assert "n'en a pas" in lire_texte(build("011", "type", "taux_reussite_local", vue="entonnoir")["contenu"])


def test_face_a_face_trie_par_ecart(build: Sorties, lire_texte: Callable[[object], str]) -> None:
    lignes = get_contexte(build("011", "type", "taux_reussite_local", vue="face-a-face", pair="381"))["lignes"]
    ecarts = [ligne["ecart"] for ligne in lignes if ligne["ecart"] is not None]
    assert ecarts == sorted(ecarts)
    for ligne in lignes:
        if ligne["ecart"] is not None:
            assert ligne["ecart"] == pytest.approx(ligne["points"] - ligne["points_autre"])
    autre_type = build("011", "type", "taux_reussite_local", vue="face-a-face", pair="drsm-bretagne")
    assert "n'ont pas le même barème" in lire_texte(autre_type["contenu"])


def test_nuage_effet_taille(build: Sorties, lire_texte: Callable[[object], str]) -> None:
    sorties = build("011", "type", "taux_reussite_local", vue="nuage")
    phrase = lire_texte(get_contexte(sorties)["phrase"])
    assert "r = " in phrase
    assert "intervalle de" in phrase
    assert get_contexte(sorties)["simulee"] is True  # the staff is
    densite = build("011", "type", "taux_reussite_local", vue="nuage", abscisse="ctx_densite")
    assert densite["requete"] == "?organisme=011&vue=nuage&abscisse=ctx_densite"
    meme = build("011", "type", "taux_reussite_local", vue="nuage", abscisse="taux_reussite_local")
    assert "même variable" in lire_texte(meme["contenu"])


def test_mes_pairs(build: Sorties, lire_texte: Callable[[object], str]) -> None:
    sorties = build("011", "voisins-taille", "taux_reussite_local", vue="pairs")
    lignes = get_contexte(sorties)["lignes"]
    assert len(lignes) == 12
    meilleurs = [ligne["ecart"] for ligne in lignes if ligne["ecart"] is not None]
    assert meilleurs == sorted(meilleurs, reverse=True)
    assert all(ecart > 0 for ecart in meilleurs)
    pourquoi = get_contexte(sorties, 1)
    assert "1er plus proche sur 12" in lire_texte(pourquoi["phrase"])
    ecarts = [abs(ligne["ecart"]) for ligne in pourquoi["lignes"]]
    assert ecarts == sorted(ecarts)
    choisi = build("011", "voisins-taille", "taux_reussite_local", vue="pairs", pair="141")
    assert get_contexte(choisi, 1)["titre"] == "Pourquoi la CPAM du Calvados est mon pair"


def test_serie_coupee_entre_simule_et_publie(build: Sorties, lire_texte: Callable[[object], str]) -> None:
    sorties = build("011", "type", "taux_reussite_local", vue="temps")
    contexte = get_contexte(sorties)
    assert contexte["simulee"] is True  # the years before 2023 are
    assert [ligne["periode"] for ligne in contexte["lignes"]] == ["2019", "2020", "2021", "2022", "2023"]
    assert contexte["lignes"][-1]["mienne"] == 89.51
    assert "Ligne coupée" in lire_texte(contexte["mentions"])
    multiples = get_contexte(sorties, 1)
    assert [colonne["titre"] for colonne in multiples["colonnes"]][1] == "Ain"
    assert len(multiples["colonnes"]) == 13
