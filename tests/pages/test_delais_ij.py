from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import polars as pl
import pytest
from plotly.utils import PlotlyJSONEncoder

from components.delais_ij.etat import THEMES, EtatDelais
from components.delais_ij.publies import PUBLIES, build_publie
from components.figures.formats import format_nombre
from data.requetes.delais_cube import FiltreIJ, fetch_histogramme
from data.requetes.delais_ij import list_delais

JUIN = dt.date(2022, 6, 1)
Sorties = Callable[[str, bool, bool], dict[str, Any]]


@pytest.fixture
def page(application: object) -> ModuleType:
    assert application is not None
    return sys.modules["pages.delais_ij"]


def render(page: ModuleType, **parametres: str) -> str:
    """The page as the browser receives it."""
    return json.dumps(page.layout(**parametres), cls=PlotlyJSONEncoder, ensure_ascii=False)


@pytest.fixture
def update(page: ModuleType, nommer_sorties: Callable[..., dict[str, Any]]) -> Sorties:
    """The callback; values by name (« premiere-figure.figure », « cadre-premiere.style »)."""

    def appeler(theme: str, evenements: bool, cibles: bool) -> dict[str, Any]:
        suite = [*(f"{page.PAGE}-cadre-{cadre}.style" for cadre in page.CADRES), f"{page.PAGE}-requete.data"]
        blocs = [f"{page.PAGE}-{nom}" for nom in page.DYNAMIQUES]
        nommees = nommer_sorties(page.update_delais(theme, evenements, cibles), blocs, suite)
        return {nom.removeprefix(f"{page.PAGE}-"): valeur for nom, valeur in nommees.items()}

    return appeler


def list_affiches(page: ModuleType, sorties: dict[str, Any]) -> set[str]:
    """Frames shown."""
    return {cadre for cadre in page.CADRES if sorties[f"cadre-{cadre}.style"]["display"] == "grid"}


def test_page_complete(page: ModuleType) -> None:
    texte = render(page)
    for nom in PUBLIES:
        assert f'"bloc-delais-ij-{nom}"' in texte
    assert "Chiffres qui ne s'accordent pas" in texte
    assert "34,45 / 31,23 / 28,86" in texte
    assert "moins de 20 jours partout sur le territoire" in texte


def test_phrases_tirees_des_donnees(page: ModuleType) -> None:
    texte = render(page).replace("\u00a0", " ").replace("\u202f", " ")
    assert "33 puis 28,9 jours de 2014 à 2016, de 30,04 à 31,2 jours sur 2018-2021" in texte
    assert "seules les cibles sont publiées : 20 (maladie, n° 2) et 25 (AT-MP, n° 3) en 2027" in texte
    assert "passe de 20 à 38 jours entre février 2022 et mars 2022" in texte
    assert "soit 26,7 de plus que celui des autres IJ (37,8)" in texte
    assert "De 23,31 à 21,86 jours de 2017 à 2019 ; 25,5 en 2020" in texte
    assert "de 65 à 75 jours en 2021 à plus de 95 jours en mai 2022" in texte
    assert "2,1 fois plus que par le canal « DSN » (19,7)" in texte
    assert "49 jours en moyenne dans le premier décile" in texte


@pytest.mark.parametrize("theme", ["premiere", "crise", "independants", "tardives", "canal", "liste", "caisse"])
def test_theme_montre_ses_cadres_et_cache_les_autres(page: ModuleType, update: Sorties, theme: str) -> None:
    sorties = update(theme, True, True)
    affiches = list_affiches(page, sorties)
    assert affiches == set(THEMES[theme][1])
    assert affiches < set(page.CADRES)
    assert sorties["requete.data"] == f"?theme={theme}"


def test_tout_montre_tout(page: ModuleType, update: Sorties) -> None:
    sorties = update("tout", True, True)
    assert list_affiches(page, sorties) == set(page.CADRES)
    assert sorties["requete.data"] == ""


def test_evenements_et_cibles_se_cachent(update: Sorties) -> None:
    avec, sans = update("tout", True, True), update("tout", False, False)
    figure_avec, figure_sans = avec["premiere-figure.figure"], sans["premiere-figure.figure"]
    assert len(figure_avec.layout.shapes) > 0
    assert len(figure_sans.layout.shapes) == 0
    assert {t.name for t in figure_avec.data} - {t.name for t in figure_sans.data} == {
        "Cible maladie, n° 2",
        "Cible AT-MP, n° 3",
    }
    assert sans["requete.data"] == "?evenements=non&cibles=non"


@pytest.mark.parametrize("evenements", [True, False])
def test_la_serie_des_independants_est_coupee_en_2020(update: Sorties, evenements: bool) -> None:
    figure = update("tout", evenements, True)["independants-figure.figure"]
    maladie = next(t for t in figure.data if t.name == "1re IJ maladie")
    assert list(maladie.y) == [23.31, 22.48, 21.86, None, 25.5, 18.0, None, 15.0]


def test_tous_les_faits_sont_dans_la_liste(application: object) -> None:
    contenu = build_publie("inventaire", EtatDelais())
    assert len(contenu.tableau.lignes) == list_delais().height + 4
    mots = {ligne["mesure"].split(",")[0] for ligne in contenu.tableau.lignes[: list_delais().height]}
    assert mots == {"règlement", "paiement", "traitement"}


def test_mentions_completes(application: object) -> None:
    for nom in PUBLIES:
        mention = build_publie(nom, EtatDelais()).mention
        assert mention.unite == "jours"
        assert mention.sens.value == "bas"
        assert mention.periode
        assert mention.effectif
        assert "Igas" in mention.source
        assert not mention.simulee


def test_parametre_refuse_est_dit_en_francais(page: ModuleType) -> None:
    texte = render(page, theme="inconnu", couleur="rouge").replace("\u00a0", " ")
    assert "Valeur « inconnu » refusée pour « theme »" in texte
    assert "Le paramètre « couleur » n'existe pas sur cette page" in texte


def test_etat_de_l_adresse_est_repris(page: ModuleType) -> None:
    texte = render(page, theme="independants", evenements="non")
    assert '"value": "independants"' in texte
    assert '"data": "?theme=independants&evenements=non"' in texte


CONTROLES = {
    "theme": "caisse",
    "evenements": True,
    "cibles": True,
    "organisme": None,
    "population": "ts-maladie",
    "statistique": "moyenne",
    "groupe": "reseau",
    "mois": "derniers",
    "seuil": "60",
}


@pytest.fixture
def update_bloc(page: ModuleType, nommer_sorties: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """The callback of a chart by caisse; values by name (« figure.figure »)."""

    def appeler(bloc: str, **controles: object) -> dict[str, Any]:
        valeurs = getattr(page, f"update_{bloc}")(**CONTROLES | controles)
        nommees = nommer_sorties(valeurs, [f"{page.PAGE}-{bloc}"], [f"{page.PAGE}-requete.data"])
        return {nom.removeprefix(f"{page.PAGE}-").removeprefix(f"{bloc}-"): v for nom, v in nommees.items()}

    return appeler


def format_texte(sorties: dict[str, Any]) -> str:
    """Everything a bloc says."""
    texte = json.dumps(sorties, cls=PlotlyJSONEncoder, ensure_ascii=False)
    return texte.replace("\u00a0", " ").replace("\u202f", " ")


def test_la_caisse_choisie_face_aux_autres(update_bloc: Callable[..., dict[str, Any]]) -> None:
    sorties = update_bloc("caisse", theme="tout", organisme="381", statistique="d9")
    noms = [trace.name for trace in sorties["figure.figure"].data]
    assert noms == ["huit caisses sur dix", "huit caisses sur dix", "réseau", "CPAM de l'Isère"]
    assert len(sorties["figure.figure"].data[-1].y) == 72
    assert sorties["requete.data"] == "?organisme=381&statistique=d9"
    texte = format_texte(sorties)
    assert "CPAM de l'Isère, salariés, maladie, non subrogées : 9e décile du délai de" in texte
    assert "Données simulées" in texte
    assert "102 CPAM et CCSS" in texte


def test_sans_caisse_le_reseau_et_une_invitation(update_bloc: Callable[..., dict[str, Any]]) -> None:
    sorties = update_bloc("caisse", population="ti-maladie")
    assert [trace.name for trace in sorties["figure.figure"].data][2:] == ["réseau"]
    assert None in sorties["figure.figure"].data[2].y  # cut at ARPEGE TI
    assert "Choisissez une caisse" in sorties["phrase.children"]
    assert sorties["requete.data"] == "?theme=caisse&population=ti-maladie"


def test_le_graphique_simule_attend_les_publies(page: ModuleType) -> None:
    texte = render(page, organisme="381", population="ts", statistique="d9")
    assert "CPAM de l'Isère, salariés" not in texte
    assert texte.index('"bloc-delais-ij-inventaire"') < texte.index('"bloc-delais-ij-caisse"')
    assert '"data": "?organisme=381&population=ts&statistique=d9"' in texte


def test_caisse_sans_ij_refusee(page: ModuleType) -> None:
    texte = render(page, organisme="cnam").replace("\u00a0", " ")
    assert "aucune caisse suivie ici ne porte le code « cnam »" in texte


def test_le_theme_garde_la_caisse_dans_l_adresse(page: ModuleType) -> None:
    choix = {"theme": "crise", "organisme": "011", "population": "ts", "mois": "2022-06", "seuil": "90"}
    sorties = page.update_delais(**CONTROLES | choix)
    assert sorties[-1] == "?theme=crise&organisme=011&population=ts&mois=2022-06&seuil=90"


def test_la_region_se_joint_aux_deux_graphiques(update_bloc: Callable[..., dict[str, Any]]) -> None:
    choix = {"organisme": "381", "groupe": "region", "mois": "2022-06"}
    mensuel, repartition = update_bloc("caisse", **choix), update_bloc("repartition", **choix)
    assert "sa région (12\u00a0caisses)" in [trace.name for trace in mensuel["figure.figure"].data]
    assert [trace.name for trace in repartition["figure.figure"].data] == [
        "CPAM de l'Isère",
        "sa région (12\u00a0caisses)",
    ]
    for sorties in (mensuel, repartition):
        assert "Sa région : 12 CPAM et CCSS de la région Auvergne-Rhône-Alpes" in format_texte(sorties)
        assert sorties["requete.data"] == "?theme=caisse&organisme=381&groupe=region&mois=2022-06"


@pytest.mark.parametrize(
    ("organisme", "raison"),
    [(None, "« Sa région » demande de choisir une caisse"), ("974", "seule caisse de son type dans sa région")],
)
def test_sans_groupe_la_raison_est_dite(
    update_bloc: Callable[..., dict[str, Any]], organisme: str | None, raison: str
) -> None:
    for bloc in ("caisse", "repartition"):
        sorties = update_bloc(bloc, organisme=organisme, groupe="region")
        assert raison in format_texte(sorties)
        assert "réseau" in [trace.name for trace in sorties["figure.figure"].data]


def test_combien_attendent_plus_de_soixante_jours(update_bloc: Callable[..., dict[str, Any]]) -> None:
    sorties = update_bloc("repartition", organisme="381", population="ts", mois="2022-06")
    histogramme = fetch_histogramme(FiltreIJ("TS", "tous", "non"), JUIN, JUIN, ("381",))
    tard, total = histogramme.filter(pl.col("jour") > 60)["nombre"].sum(), histogramme["nombre"].sum()
    phrase = format_texte({"phrase": sorties["phrase.children"]})
    attendu = f"{format_nombre(tard, 0)} des {format_nombre(total, 0)} premières IJ ont attendu plus de 60 jours "
    assert attendu.replace("\u202f", " ") + f"({format_nombre(100 * tard / total)} %)" in phrase
    assert "Données simulées" in format_texte(sorties)
    barres = sorties["figure.figure"].data[0]
    assert sum(barres.y) == pytest.approx(100)
    assert sum(ligne["mienne_nombre"] for ligne in sorties["contexte.data"]["lignes"]) == total


def test_une_periode_sans_ij_dit_quoi_faire(update_bloc: Callable[..., dict[str, Any]]) -> None:
    sorties = update_bloc("repartition", organisme="381", population="ts-derogatoires", mois="2018-01")
    assert sorties["figure.style"] == {"display": "none"}
    assert "Choisissez une autre période" in format_texte(sorties)


def test_les_douze_derniers_mois_par_defaut(page: ModuleType, update_bloc: Callable[..., dict[str, Any]]) -> None:
    assert "salariés, maladie, 2023" in update_bloc("repartition")["titre.children"]
    assert '"label": "12 derniers mois (2023)"' in render(page)


@pytest.mark.parametrize("mois", ["2031-01", "janvier", "2022-13"])
def test_mois_refuse_en_francais(page: ModuleType, mois: str) -> None:
    texte = render(page, mois=mois, seuil="7").replace("\u00a0", " ")
    assert f"Valeur « {mois} » refusée pour « mois » : un mois de 2018-01 à 2023-12 est attendu" in texte
    assert "Valeur « 7 » refusée pour « seuil » : valeurs possibles : « 15 »" in texte
    assert '"data": ""' in texte
