"""From the index to an indicateur, mark an organisme, share the view, walk to the next one."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.e2e

SEIN = "/indicateurs/loc_depistage_sein"
DESSINE = "document.querySelectorAll('.js-plotly-plot .main-svg').length >= 5"


def open_indicateur(page: Page, adresse: str, chemin: str) -> None:
    page.goto(adresse + chemin)
    page.wait_for_function(DESSINE)


def choose_option(page: Page, etiquette: str, texte: str, option: str) -> None:
    champ = page.get_by_role("combobox", name=etiquette).or_(page.get_by_label(etiquette)).first
    champ.click()
    if texte:
        champ.fill(texte)
    page.get_by_role("option", name=option).first.click()


def test_de_l_index_a_la_page(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.goto(f"{adresse}/indicateurs")
    page_navigateur.evaluate("window.temoin = 1")
    page_navigateur.get_by_label("Rechercher").fill("cancer sein")
    expect(page_navigateur.locator("#indicateurs-compte")).to_have_text("2\u00a0indicateurs.")
    expect(page_navigateur).to_have_url(f"{adresse}/indicateurs?recherche=cancer+sein")
    page_navigateur.locator("#indicateurs-liste").get_by_role("link", name="Dépistage du cancer du sein").first.click()
    expect(page_navigateur.locator("main h1")).to_have_text("Dépistage du cancer du sein")
    page_navigateur.wait_for_function(DESSINE)
    assert page_navigateur.title() == "Dépistage du cancer du sein | Parangon"
    assert page_navigateur.evaluate("window.temoin") == 1


def test_reperer_un_organisme_et_partager_la_vue(page_navigateur: Page, adresse: str) -> None:
    open_indicateur(page_navigateur, adresse, SEIN)
    expect(page_navigateur.locator("#indicateur-pairs-cadre")).to_be_hidden()
    choose_option(page_navigateur, "Organisme à repérer", "bourg", "CPAM de l'Ain")
    expect(page_navigateur).to_have_url(f"{adresse}{SEIN}?organisme=011")
    cartes = page_navigateur.locator("#indicateur-chiffres")
    expect(cartes).to_contain_text("CPAM de l'Ain")
    expect(page_navigateur.locator("#bloc-indicateur-pairs")).to_be_visible()
    page_navigateur.get_by_text("Par région", exact=True).click()
    page_navigateur.get_by_text("Par mois", exact=True).click()
    expect(page_navigateur.locator("#indicateur-atteinte-titre")).to_contain_text("par région")
    expect(page_navigateur).to_have_url(f"{adresse}{SEIN}?organisme=011&par=region&pas=mois")
    avant = cartes.inner_text()
    page_navigateur.goto(page_navigateur.url)
    page_navigateur.wait_for_function(DESSINE)
    assert page_navigateur.locator("#indicateur-chiffres").inner_text() == avant
    expect(page_navigateur.locator("#indicateur-atteinte-titre")).to_contain_text("par région")


def test_suivant_garde_l_organisme(page_navigateur: Page, adresse: str) -> None:
    open_indicateur(page_navigateur, adresse, f"{SEIN}?organisme=011")
    page_navigateur.locator("#indicateur-voisins").get_by_role("link", name="→").click()
    expect(page_navigateur.locator("main h1")).not_to_have_text("Dépistage du cancer du sein")
    page_navigateur.wait_for_function("window.location.search === '?organisme=011'")
    expect(page_navigateur.locator("#indicateur-chiffres")).to_contain_text("CPAM de l'Ain")


def test_un_type_regional_repeint_la_carte(page_navigateur: Page, adresse: str) -> None:
    open_indicateur(page_navigateur, adresse, "/indicateurs/loc_aat_dematerialises?organisme=011")
    page_navigateur.locator("#indicateur-carte-cadre").scroll_into_view_if_needed()
    page_navigateur.wait_for_selector("[data-carte-prete]", state="attached")
    expect(page_navigateur.locator("#indicateur-fond-carte-legende")).to_contain_text("caisses")
    choose_option(page_navigateur, "Type", "", "DRSM")
    expect(page_navigateur.locator("#indicateur-fond-carte-legende")).to_contain_text("région")
    expect(page_navigateur).to_have_url(f"{adresse}/indicateurs/loc_aat_dematerialises?type=DRSM")
    expect(page_navigateur.locator("#indicateur-pairs-cadre")).to_be_hidden()


def test_type_sans_territoire_puis_retour(page_navigateur: Page, adresse: str) -> None:
    open_indicateur(page_navigateur, adresse, "/indicateurs/taux_reussite_local?type=CTI")
    cadre = page_navigateur.locator("#indicateur-carte-cadre")
    expect(cadre).to_be_hidden()
    choose_option(page_navigateur, "Type", "", "CPAM et CCSS")
    expect(cadre).to_be_visible()
    cadre.scroll_into_view_if_needed()
    page_navigateur.wait_for_selector("[data-carte-prete]", state="attached")
    page_navigateur.wait_for_function(
        "document.querySelector('#indicateur-fond-carte canvas')?.getBoundingClientRect().width > 300"
    )


@pytest.mark.parametrize(
    ("code", "texte"),
    [
        ("loc_cti_securite", "9\u00a0CTI"),
        ("cog_30_depistage_sein", "Objectif 2027"),
        ("loc_cnam_mes", "rien à comparer"),
    ],
)
def test_autres_profils_en_silence(page_navigateur: Page, adresse: str, code: str, texte: str) -> None:
    """No console error where some blocs are not drawn, and after a choice."""
    page_navigateur.goto(f"{adresse}/indicateurs/{code}")
    expect(page_navigateur.locator("main")).to_contain_text(texte)
    page_navigateur.wait_for_load_state("networkidle")
    if code == "loc_cti_securite":
        choose_option(page_navigateur, "Année", "", "2022")
        expect(page_navigateur).to_have_url(f"{adresse}/indicateurs/{code}?annee=2022")
        page_navigateur.wait_for_load_state("networkidle")
