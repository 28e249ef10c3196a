from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import search

pytestmark = pytest.mark.e2e

PROFIL, TARTAN = "#bloc-profil-colonne", "#bloc-profil-tartan"
ATTEINT = "rgb(12, 65, 154)"


def show_tartan(page: Page) -> None:
    page.locator(TARTAN).scroll_into_view_if_needed()  # the grid is built when the reader comes near
    expect(page.locator(f"{TARTAN} .ag-floating-top .ag-row").first).to_be_attached()
    expect(page.locator(f"{TARTAN} .ag-center-cols-container .ag-cell").first).to_be_visible()


def test_choisir_un_organisme_dessine_son_profil(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.goto(f"{adresse}/comparer/profil")
    expect(page_navigateur.locator(f"{PROFIL} .px-vide")).to_contain_text("Choisissez un organisme")
    search(page_navigateur, page_navigateur.get_by_label("Organisme", exact=True).first, "isere", "CPAM de l'Isère")
    expect(page_navigateur.locator(f"{PROFIL} .main-svg").first).to_be_visible()
    expect(page_navigateur.locator(f"{PROFIL} h2")).to_contain_text("CPAM de l'Isère")
    expect(page_navigateur).to_have_url(f"{adresse}/comparer/profil?organisme=381")
    expect(page_navigateur.locator("#profil-chiffres")).to_contain_text("6e sur 102")


def test_le_tartan_se_trie_au_clavier_et_garde_le_mien_en_tete(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.goto(f"{adresse}/comparer/profil?organisme=011")
    show_tartan(page_navigateur)
    premiere = page_navigateur.locator(f"{TARTAN} .ag-pinned-left-cols-container .ag-row[row-index='0'] .ag-cell").first
    avant = premiere.inner_text()
    entete = page_navigateur.locator(f"{TARTAN} .ag-header-cell[col-id='v0']")
    entete.focus()
    page_navigateur.keyboard.press("Enter")
    expect(entete).to_have_attribute("aria-sort", "descending")
    page_navigateur.keyboard.press("Enter")
    expect(entete).to_have_attribute("aria-sort", "ascending")
    expect(premiere).not_to_have_text(avant)
    mienne = page_navigateur.locator(f"{TARTAN} .ag-pinned-left-floating-top, {TARTAN} .ag-floating-top")
    expect(mienne.first).to_contain_text("CPAM de l'Ain")


def test_couleur_symbole_et_mot(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.goto(f"{adresse}/comparer/profil?organisme=ugecam-alsace")
    show_tartan(page_navigateur)
    cellule = page_navigateur.locator(f"{TARTAN} .ag-cell.px-t-atteint").first
    expect(cellule).to_have_css("background-color", ATTEINT)
    expect(cellule).to_contain_text("●")
    expect(cellule.locator(".px-lecteur")).to_have_text(", objectif atteint")
    expect(page_navigateur.locator(f"{TARTAN} .ag-cell.px-t-neutralise").first).to_contain_text("neutralisé")


def test_filtrer_puis_rouvrir_le_lien(page_navigateur: Page, adresse: str, contexte: BrowserContext) -> None:
    page_navigateur.goto(f"{adresse}/comparer/profil?organisme=011")
    show_tartan(page_navigateur)
    region = page_navigateur.get_by_role("textbox", name="Région").or_(page_navigateur.get_by_label("Région")).first
    region.click()
    region.fill("Bretagne")
    page_navigateur.get_by_role("option", name="Bretagne").click()
    expect(page_navigateur.locator(f"{TARTAN} .px-phrase")).to_contain_text("5 organismes")
    page_navigateur.wait_for_function("window.location.search.includes('region=Bretagne')")
    autre = contexte.new_page()
    autre.goto(page_navigateur.url)
    expect(autre.locator(f"{TARTAN} .px-phrase")).to_contain_text("5 organismes")
    autre.close()


def test_excel_garde_les_couleurs(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.goto(f"{adresse}/comparer/profil?organisme=011&domaine=Gestion%20du%20risque")
    show_tartan(page_navigateur)
    with page_navigateur.expect_download() as telechargement:
        page_navigateur.locator(TARTAN).get_by_role("button", name="Excel").click()
    octets = telechargement.value.path().read_bytes()
    classeur = load_workbook(io.BytesIO(octets))
    assert classeur.sheetnames == ["Données simulées", "À propos"]
    feuille = classeur.worksheets[0]
    assert feuille["C1"].value == "Gestion du risque"
    assert isinstance(feuille["C3"].value, int | float)
    assert feuille["C3"].fill.fill_type == "solid"


def test_telephone(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.set_viewport_size({"width": 390, "height": 844})
    page_navigateur.goto(f"{adresse}/comparer/profil?organisme=011")
    expect(page_navigateur.locator(f"{PROFIL} .main-svg").first).to_be_visible()
    show_tartan(page_navigateur)
    assert page_navigateur.evaluate("document.documentElement.scrollWidth") <= 390
    # Nothing of the spine chart is cut: every text stands inside the chart.
    dehors = page_navigateur.evaluate(
        """() => {
            const cadre = document.querySelector('#bloc-profil-colonne .js-plotly-plot').getBoundingClientRect();
            return [...document.querySelectorAll('#bloc-profil-colonne .annotation-text')]
                .filter((t) => {
                    const r = t.getBoundingClientRect();
                    return r.right > cadre.right + 1 || r.left < cadre.left - 1;
                })
                .map((t) => t.textContent);
        }"""
    )
    assert dehors == []
