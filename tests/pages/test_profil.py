from __future__ import annotations

import base64
import inspect
import io
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import polars as pl
import pytest
from openpyxl import load_workbook

from components.bloc import export_bloc_csv, export_bloc_xlsx, list_sorties
from components.comparer.etat import EtatComparer
from components.comparer.vue import load_comparaison
from components.pairs import EtatPairs
from components.vue_profil import SCORE, Profil, build_contenu_profil, load_profil, load_resultats
from components.vue_tartan import EtatProfil, build_contenu_tartan, get_processus, list_processus
from data.calculs.atteinte import Atteinte
from data.calculs.comparaison import build_groupe_juge
from data.calculs.verdict import Verdict
from data.catalogue import load_catalogue
from data.requetes.scores import list_repartition

SIX = ("021", "031", "051", "061", "131", "141")


@pytest.fixture
def page(application: object) -> ModuleType:
    assert application is not None
    return sys.modules["pages.profil"]


@pytest.fixture
def build(page: ModuleType) -> Callable[..., dict[str, Any]]:
    """The callback, without Dash's context; values by name."""

    def appeler(organisme: str | None, choix: str = "type", **suite: Any) -> dict[str, Any]:
        defauts = {"membres": [], "nom": "", "hors": False, "domaine": "", "processus": "", "region": ""}
        valeurs = inspect.unwrap(page.build_sorties)(organisme=organisme, choix=choix, **(defauts | suite))
        sorties = [*list_sorties(page.PROFIL), *list_sorties(page.TARTAN, figure=False)]
        noms = [f"{s.component_id['bloc'] if isinstance(s.component_id, dict) else s.component_id}-"
                f"{s.component_id['role'] if isinstance(s.component_id, dict) else 'titre'}.{s.component_property}"
                for s in sorties]  # fmt: skip
        noms += ["colonnes", "lignes", "options", "taille", "cachee", "domaines", "processus", "regions"]
        return dict(zip([*noms, "chiffres", "requete"], valeurs, strict=True))

    return appeler


def get_ligne(profil: Profil, code: str) -> Any:
    return next(ligne for ligne in profil.lignes if ligne.indicateur.code == code)


def test_sans_organisme_la_page_invite_et_montre_le_tartan(
    page: ModuleType, lire_texte: Callable[[object], str]
) -> None:
    texte = lire_texte(page.layout())
    assert "Choisissez un organisme" in texte
    assert "102 organismes, 25 indicateurs" in texte
    assert "CPAM de l'Ain · 01 · 011" in texte


def test_la_phrase_nomme_ce_qui_distingue(page: ModuleType, lire_texte: Callable[[object], str]) -> None:
    profil = load_profil(EtatPairs(organisme="011"))
    texte = lire_texte(page.layout(organisme="011"))
    assert "CPAM de l'Ain : profil face à ses pairs, 2023" in texte
    assert "89,51 %" in texte
    assert "88e sur 102 CPAM et CCSS" in texte  # the published score and its rank
    for verdict in (Verdict.MIEUX, Verdict.MOINS_BIEN):
        for ligne in profil.list_verdicts(verdict)[:3]:
            assert ligne.indicateur.titre_court in build_contenu_profil(EtatPairs(organisme="011")).phrase


@pytest.mark.parametrize("hors", ["non", "oui"])
@pytest.mark.parametrize("groupe", ["type", "region"])
def test_memes_chiffres_que_la_page_comparer(page: ModuleType, groupe: Any, hors: Any) -> None:
    assert page is not None
    profil = load_profil(EtatPairs(organisme="381", groupe=groupe, hors=hors))
    for code in ("loc_aat_dematerialises", "loc_delai_premiere_ij_maladie", "part_population_zip", SCORE):
        ligne = get_ligne(profil, code)
        vue = load_comparaison(EtatComparer(organisme="381", groupe=groupe, hors=hors, indicateur=code))
        assert vue.quartiles is not None
        assert ligne.reperes is not None
        assert (ligne.reperes.q1, ligne.reperes.mediane, ligne.reperes.q3) == (
            vue.quartiles.q1, vue.quartiles.mediane, vue.quartiles.q3,
        )  # fmt: skip
        assert vue.position is not None
        assert (ligne.position.rang, ligne.position.effectif) == (vue.position.rang, vue.position.effectif)
        assert ligne.jugement == vue.jugement


def test_l_entonnoir_partage_donne_le_meme_verdict(page: ModuleType) -> None:
    assert page is not None
    frame = load_resultats("CPAM").filter(code_indicateur="loc_rdv_telephone")
    indicateur = load_catalogue().get_indicateur("loc_rdv_telephone")
    groupe = build_groupe_juge(frame, indicateur.statistique, indicateur.comparateur, indicateur.sens)
    for code in SIX:
        seul = groupe.judge(code)
        assert get_ligne(load_profil(EtatPairs(organisme=code)), "loc_rdv_telephone").jugement == seul


def test_s_ajouter_a_sa_reference_ne_renverse_pas_le_verdict(page: ModuleType) -> None:
    assert page is not None
    renverses = {(Verdict.MIEUX, Verdict.MOINS_BIEN), (Verdict.MOINS_BIEN, Verdict.MIEUX)}
    for code in SIX:
        avec = load_profil(EtatPairs(organisme=code, groupe="region"))
        sans = load_profil(EtatPairs(organisme=code, groupe="region", hors="oui"))
        for a, b in zip(avec.lignes, sans.lignes, strict=True):
            assert (a.jugement.verdict, b.jugement.verdict) not in renverses


@pytest.mark.parametrize("type_note", ["CPAM", "UGECAM", "DRSM", "CGSS"])
def test_comptes_du_tartan_ceux_que_la_note_imprime(page: ModuleType, type_note: str) -> None:
    """The counts « à 100 % » and « neutralisé » printed by the note, indicateur by indicateur."""
    assert page is not None
    imprimes = list_repartition(type_note).filter(pl.col("nb_100").is_not_null())
    comptes = load_resultats(type_note).group_by("code_indicateur", "atteinte").len()
    verifies = 0
    for ligne in imprimes.to_dicts():
        miens = dict(comptes.filter(code_indicateur=ligne["code_indicateur"]).select("atteinte", "len").iter_rows())
        if not miens:
            continue
        verifies += 1
        assert miens.get(Atteinte.ATTEINT, 0) == ligne["nb_100"], ligne["code_indicateur"]
        assert miens.get(Atteinte.NEUTRALISE, 0) == (ligne["nb_neutralise"] or 0), ligne["code_indicateur"]
    assert verifies >= 4


def test_neutralise_sans_objet_et_non_fourni_restent_distincts(page: ModuleType) -> None:
    assert page is not None
    alsace = load_profil(EtatPairs(organisme="ugecam-alsace"))
    assert get_ligne(alsace, "loc_certification_sanitaire").atteinte is Atteinte.NEUTRALISE
    guyane = load_profil(EtatPairs(organisme="973"))
    assert get_ligne(guyane, "loc_campagne_segur").atteinte is Atteinte.SANS_OBJET
    mayotte = load_profil(EtatPairs(organisme="976"))
    assert get_ligne(mayotte, "part_population_zip").atteinte is Atteinte.NON_FOURNI
    lignes = build_contenu_tartan(EtatProfil(organisme="973")).tableau.lignes
    assert "sans objet" in lignes[0].values()


def test_valeur_sans_objectif_n_a_pas_d_etat(page: ModuleType) -> None:
    assert page is not None
    ligne = get_ligne(load_profil(EtatPairs(organisme="011")), "part_population_zip")
    assert ligne.fait["valeur"] is not None
    assert ligne.atteinte is None


@pytest.mark.parametrize("organisme", ["cnam", "ceir-npp", "976"])
def test_trop_peu_de_pairs_dit_pourquoi(build: Callable[..., dict[str, Any]], organisme: str) -> None:
    sorties = build(organisme)
    assert load_profil(EtatPairs(organisme=organisme)).vide is not None
    assert sorties["lignes"] is not None
    assert sorties["options"]["pinnedTopRowData"][0]["adresse"] == f"/organismes/{organisme}"


def test_mon_organisme_en_tete_du_tartan(build: Callable[..., dict[str, Any]]) -> None:
    sorties = build("011")
    assert [ligne["organisme"] for ligne in sorties["options"]["pinnedTopRowData"]] == ["CPAM de l'Ain"]
    assert len(sorties["lignes"]) == 101
    comptes = [ligne["atteints"] for ligne in sorties["lignes"]]
    assert comptes == sorted(comptes, reverse=True)
    assert sorties["requete"] == "?organisme=011"


def test_filtres(build: Callable[..., dict[str, Any]]) -> None:
    def count_colonnes(sorties: dict[str, Any]) -> int:
        return sum("etat" in c.get("cellRendererParams", {}) for g in sorties["colonnes"] for c in g["children"])

    tout = build("011")
    assert count_colonnes(tout) == 25
    assert [g["headerName"] for g in tout["colonnes"]] == [
        "CPAM et CCSS", "Ensemble", "Intéressement", "Qualité de service", "Gestion du risque",
        "Performance économique et sociale", "Services de base", "Accès aux soins", "Territoire",
    ]  # fmt: skip
    domaine = build("011", domaine="Gestion du risque")
    assert count_colonnes(domaine) == 7
    prevention = next(p for p in list_processus("CPAM") if p.startswith("3.1"))
    assert count_colonnes(build("011", processus=prevention)) == 3  # the three screenings
    region = build("011", region="Bretagne")
    assert len(region["lignes"]) == 4  # the four caisses of Bretagne; the chosen one stays on top
    assert region["options"]["pinnedTopRowData"][0]["organisme"] == "CPAM de l'Ain"
    assert region["requete"] == "?organisme=011&region=Bretagne"
    rien = build("011", domaine="Performance économique et sociale", processus=prevention)
    assert rien["cachee"]
    assert "Élargissez" in rien["profil-tartan-bloc-vide.children"].children


def test_processus_par_l_indicateur_lie() -> None:
    catalogue = load_catalogue()
    assert get_processus(catalogue.get_indicateur("loc_aat_dematerialises")).startswith("1.2 ")
    assert get_processus(catalogue.get_indicateur("couverture_population_cpts")) == "CPTS"
    assert get_processus(catalogue.get_indicateur("loc_rdv_telephone")) == "Sans processus connu"


def test_ma_liste(build: Callable[..., dict[str, Any]]) -> None:
    sorties = build("011", "liste", membres=list(SIX), nom="Mes six")
    assert len(sorties["lignes"]) == 6
    assert "Mes" in sorties["requete"]
    assert "membres=021,031,051,061,131,141" in sorties["requete"]
    peu = build("011", "liste", membres=list(SIX[:3]))
    assert peu["cachee"]
    assert "au moins 5 pairs" in peu["profil-colonne-bloc-vide.children"].children


def test_parametres_refuses_sans_casser(page: ModuleType, lire_texte: Callable[[object], str]) -> None:
    texte = lire_texte(page.layout(organisme="999", domaine="Rien", processus="Rien", region="Rien", foo="1"))
    for message in (
        "aucun organisme ne porte le code « 999 »",
        "aucun domaine ne s'appelle « Rien »",
        "aucun processus ne s'appelle « Rien »",
        "aucune région ne s'appelle « Rien »",
        "« foo » n'existe pas",
    ):
        assert message in texte


def test_filtre_d_un_autre_type_reste_choisi(page: ModuleType, lire_texte: Callable[[object], str]) -> None:
    texte = lire_texte(page.layout(organisme="ugecam-alsace", processus="CPTS"))
    assert "CPTS (sans effet ici)" in texte
    assert "13 organismes, 10 indicateurs" in texte


def test_exports_du_tartan(build: Callable[..., dict[str, Any]]) -> None:
    contexte = build("011")["profil-tartan-bloc-contexte.data"]
    csv = export_bloc_csv(contexte)
    assert csv["filename"] == "parangon-tartan-cpam.csv"
    octets = base64.b64decode(export_bloc_xlsx(contexte)["content"])
    feuille = load_workbook(io.BytesIO(octets)).worksheets[0]
    assert feuille.title == "Données simulées"
    assert feuille.max_row == 104
    assert feuille["A3"].value == "CPAM de l'Ain"
    assert feuille["C3"].value == 89.51
    assert feuille["A3"].font.bold
    assert feuille["D3"].fill.fill_type == "solid"  # coloured by its state


def test_tableau_jumeau_dans_l_ordre_du_dessin(page: ModuleType) -> None:
    assert page is not None
    contenu = build_contenu_profil(EtatPairs(organisme="011"))
    noms = [ligne["indicateur"] for ligne in contenu.tableau.lignes]
    assert contenu.figure is not None
    dessines = [n.text for n in contenu.figure.layout.annotations if n.text in set(noms)]
    assert dessines == noms
    assert len(noms) == 25
