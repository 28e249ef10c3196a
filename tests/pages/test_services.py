from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from types import ModuleType

import pytest

from components.services import vue
from components.services.etat import EtatServices
from components.services.serie import list_annees_reference, load_serie
from data.calculs.verdict import Verdict
from data.modele import Evenement, SourceDocument

Lire = Callable[[object], str]
CLES = ["decroche", "courriels", "fse", "ij", "c2s", "lad"]


@pytest.fixture
def page(application: object) -> ModuleType:
    assert application is not None
    return sys.modules["pages.services"]


def _sortir(page: ModuleType, *entrees: object) -> tuple[object, ...]:
    return tuple(inspect.unwrap(page.build_sorties)(*entrees, [], []))


def test_les_six_services_dans_l_ordre_du_rapport(page: ModuleType, lire_texte: Lire) -> None:
    """Report Igas 2022-027R, note 77: the six services, each with its own statistic."""
    texte = lire_texte(page.layout())
    places = [texte.index(f"services-{cle}-titre") for cle in CLES]
    assert places == sorted(places)
    assert "délais moyens de règlement de la 1ere IJ AS et ATMP non subrogée" in texte
    assert "plus haut = mieux" in texte
    assert "plus bas = mieux" in texte
    assert "Chiffre publié du réseau : 66,72 % en 2023" in texte


@pytest.mark.parametrize("pas", ["mois", "semaine"])
@pytest.mark.parametrize("organisme", [None, "011", "971"])
def test_les_six_services_ont_leur_serie_et_leur_axe(page: ModuleType, pas: str, organisme: str | None) -> None:
    contenus = vue.build_contenus(EtatServices(pas=pas, organisme=organisme))  # type: ignore[arg-type]
    assert [cle for cle, _, carte in contenus if carte is not None] == CLES
    longueur = {"mois": 24, "semaine": 52}[pas]
    for _, contenu, carte in contenus:
        assert carte is not None
        assert len(carte.valeurs) == longueur
        assert carte.reference == (0, longueur // 2)
        assert carte.jugement.verdict is not Verdict.SANS_VERDICT
        assert contenu.figure is not None
        assert contenu.mention.simulee
    axes = {tuple(contenu.figure.layout.yaxis.range) for _, contenu, _ in contenus if contenu.figure is not None}
    assert len(axes) == 6


def test_figure_verdict_et_mention_ont_la_meme_reference(page: ModuleType, lire_texte: Lire) -> None:
    for _, contenu, carte in vue.build_contenus(EtatServices(organisme="381", reference="2019")):
        assert carte is not None
        assert carte.reference == (0, 12)
        assert len(carte.valeurs) == 60  # the window goes back to the year of reference
        assert "2019" in contenu.phrase
        assert "Période de référence : 2019 (12 mois)" in lire_texte(contenu.mention.list_phrases())
        assert contenu.figure is not None
        fond = contenu.figure.layout.shapes[0]
        assert (str(fond.x0), str(fond.x1)) == ("2019-01-01", "2020-01-01")
        assert [ligne["reference"] for ligne in contenu.tableau.lignes] == ["oui"] * 12 + [""] * 48


def test_la_reference_change_le_verdict(page: ModuleType) -> None:
    """Against 2019 the délai of the C2S has fallen; against the last months it is what it was."""
    verdicts = {
        reference: [
            carte.centre[-1] for cle, _, carte in vue.build_contenus(EtatServices(reference=reference)) if carte
        ]
        for reference in ("debut", "2019", "2023")
    }
    assert len({tuple(v) for v in verdicts.values()}) == 3


def test_les_annees_offertes_suivent_le_pas(page: ModuleType) -> None:
    assert list_annees_reference(None, "mois") == (2018, 2019, 2020, 2021, 2022, 2023)  # the IJ are counted since 2018
    assert list_annees_reference("381", "semaine") == (2022, 2023)
    assert list_annees_reference("carsat-bretagne", "mois") == ()


def test_une_annee_absente_est_dite(page: ModuleType, lire_texte: Lire) -> None:
    texte = lire_texte(page.layout(pas="semaine", reference="2020"))
    assert "L'année 2020 n'a pas de série hebdomadaire complète pour servir de référence : 2022, 2023" in texte
    assert "26 premières semaines affichées" in texte
    assert "refusée pour « reference »" in lire_texte(page.layout(reference="hier"))
    assert "refusée pour « pas »" in lire_texte(page.layout(pas="jour"))


def test_un_organisme_sans_service_est_renvoye_vers_les_caisses(page: ModuleType, lire_texte: Lire) -> None:
    texte = lire_texte(page.layout(organisme="drsm-bretagne"))
    assert "ce service est celui des CPAM, CCSS, CGSS et CSS" in texte


def test_la_css_garde_l_indicateur_de_la_note(page: ModuleType, lire_texte: Lire) -> None:
    assert "statistique non précisée par la note" in lire_texte(page.layout(organisme="976"))


def test_choisir_organisme_pas_et_reference(page: ModuleType, lire_texte: Lire) -> None:
    contenu, chiffres, notes, options, reference, _, requete = _sortir(page, "011", "semaine", "2022", "recalculer")
    assert requete == "?organisme=011&pas=semaine&reference=2022"
    assert "1 organisme" in lire_texte(contenu)
    assert "semaines de 2022" in lire_texte(contenu)
    assert "Semaine du lundi au dimanche (ISO)" in lire_texte(notes)
    assert reference == "2022"
    assert [o["value"] for o in options] == ["debut", "2023", "2022"]  # type: ignore[attr-defined]
    assert len(chiffres) == 6  # type: ignore[arg-type]
    *_, requete = _sortir(page, None, "mois", "debut", "recalculer")
    assert requete == ""


def test_changer_de_pas_rend_une_reference_possible(page: ModuleType) -> None:
    *_, reference, _, requete = _sortir(page, None, "semaine", "2019", "recalculer")
    assert reference == "debut"
    assert requete == "?pas=semaine"


def test_une_rupture_declaree_se_recalcule_ou_se_prolonge(
    page: ModuleType, lire_texte: Lire, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert page._build_style_rupture(EtatServices()) == {"display": "none"}
    rupture = Evenement(
        code="essai",
        libelle="Nouvel outil",
        libelle_court="Outil",
        du="2023-01-01",  # type: ignore[arg-type]
        rupture=True,
        description="Essai",
        source=SourceDocument(document="003", lignes=(1,)),
    )
    monkeypatch.setattr(
        vue, "list_ruptures", lambda serie: [rupture] if serie.code == "loc_delai_instruction_c2s_d9" else []
    )
    construire = inspect.unwrap(vue.build_contenus)
    assert inspect.unwrap(vue.has_rupture)(EtatServices())
    cartes = {}
    for choix, mots in (
        ("recalculer", "la période de référence repart de cette date"),
        ("prolonger", "à votre demande"),
    ):
        contenus = {cle: (contenu, carte) for cle, contenu, carte in construire(EtatServices(rupture=choix))}  # type: ignore[arg-type]
        contenu, carte = contenus["c2s"]
        assert carte is not None
        assert mots in lire_texte(contenu.mention.list_phrases())
        cartes[choix] = carte
    assert cartes["recalculer"].references == ((0, 12), (12, 24))
    assert cartes["prolonger"].references == ((0, 12),)


def test_le_calendrier_n_a_pas_de_trou(page: ModuleType) -> None:
    for pas, jours in (("semaine", {7}), ("mois", {28, 29, 30, 31})):
        serie = load_serie(vue.SERVICES[4], None, pas, None)
        assert serie is not None
        ecarts = {(b - a).days for a, b in zip(serie.debuts, serie.debuts[1:], strict=False)}
        assert ecarts <= jours
        assert (serie.get_fin(0) - serie.debuts[0]).days + 1 in jours


def test_un_code_inconnu_est_dit(page: ModuleType, lire_texte: Lire) -> None:
    assert "aucun organisme ne porte le code" in lire_texte(page.layout(organisme="999"))
