from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.conftest import BUREAU, search

pytestmark = pytest.mark.e2e

SEIN = "Résultat, Dépistage du cancer du sein"
GAIN = re.compile(r"\+[2-9],\d\d.points")


def open_simulateur(page: Page, adresse: str, suite: str = "") -> None:
    page.goto(f"{adresse}/interessement?organisme=011{suite}")
    expect(page.get_by_role("slider", name=SEIN)).to_be_visible()


def get_bande(page: Page) -> Locator:
    return page.locator("#interessement-bande")


def test_du_curseur_au_lien_puis_ailleurs(page_navigateur: Page, adresse: str, navigateur: Browser) -> None:
    open_simulateur(page_navigateur, adresse)
    expect(get_bande(page_navigateur)).to_contain_text("89,51")
    page_navigateur.get_by_role("slider", name=SEIN).focus()
    page_navigateur.keyboard.press("End")  # keyboard alone
    expect(get_bande(page_navigateur)).to_contain_text(GAIN)
    expect(get_bande(page_navigateur)).to_contain_text("places")
    expect(page_navigateur.locator("tr.px-sim-changee")).to_have_count(1)
    page_navigateur.wait_for_function("window.location.search.includes('s1=depistage_sein~v')")
    autre = navigateur.new_context(viewport=BUREAU, locale="fr-FR").new_page()
    autre.goto(page_navigateur.url)
    expect(autre.locator("#interessement-bande")).to_contain_text(GAIN)
    assert autre.locator("#interessement-bande").inner_text() == get_bande(page_navigateur).inner_text()
    autre.context.close()


@pytest.mark.parametrize("largeur", [390, 1024, 1440])
def test_les_chiffres_restent_sous_l_entete(page_navigateur: Page, adresse: str, largeur: int) -> None:
    page_navigateur.set_viewport_size({"width": largeur, "height": 768})
    open_simulateur(page_navigateur, adresse)
    page_navigateur.get_by_role("slider", name=SEIN).evaluate("e => e.scrollIntoView({block: 'center'})")
    page_navigateur.wait_for_function(
        """() => {
          const bas = document.querySelector('.px-entete-fond').getBoundingClientRect().bottom;
          const haut = document.getElementById('interessement-bande').getBoundingClientRect().top;
          return haut >= bas && haut < bas + 10;
        }"""
    )


def test_saisie_refusee_puis_revenir_au_depart(page_navigateur: Page, adresse: str) -> None:
    open_simulateur(page_navigateur, adresse)
    poids = page_navigateur.get_by_label("Poids, e-DAT (points)")
    for faux in ("abc", "1e308", "-3"):
        poids.fill(faux)
        poids.press("Enter")
        expect(page_navigateur.locator("#interessement-refus")).to_contain_text("l'état précédent est conservé")
        expect(poids).to_have_value("3,33")
    poids.fill("10")
    poids.press("Enter")
    expect(page_navigateur.locator("#interessement-refus")).to_be_empty()
    expect(get_bande(page_navigateur)).not_to_contain_text("+0,00")
    page_navigateur.get_by_role("button", name="Revenir au départ, e-DAT").click()
    expect(poids).to_have_value("3,33")
    expect(page_navigateur).to_have_url(f"{adresse}/interessement?organisme=011")


def test_trois_scenarios_et_l_export(page_navigateur: Page, adresse: str, tmp_path: Path) -> None:
    open_simulateur(page_navigateur, adresse, "&s1=e_dat~n1")
    page_navigateur.get_by_role("button", name="Copier dans le scénario 2").click()
    expect(page_navigateur.get_by_role("button", name="Modifier le scénario 2")).to_have_attribute(
        "aria-pressed", "true"
    )
    page_navigateur.get_by_role("checkbox", name="Neutraliser, Validation sans restriction des comptes").check()
    expect(page_navigateur.locator("#interessement-bilan")).to_contain_text("Prime totale par ETP")
    page_navigateur.wait_for_function("window.location.search.includes('validation_comptes~n1')")
    page_navigateur.get_by_role("button", name="Modifier le scénario 1").click()
    expect(
        page_navigateur.get_by_role("checkbox", name="Neutraliser, Validation sans restriction des comptes")
    ).not_to_be_checked()
    with page_navigateur.expect_download() as attente:
        page_navigateur.locator("#bloc-interessement-simulateur").get_by_role("button", name="CSV").click()
    fichier = tmp_path / "simulation.csv"
    attente.value.save_as(fichier)
    texte = fichier.read_text(encoding="utf-8-sig")
    assert "Scénario 2" in texte
    assert "neutralisé" in texte
    assert "données simulées" in texte


def test_lien_faux_et_changement_d_organisme(page_navigateur: Page, adresse: str) -> None:
    open_simulateur(page_navigateur, adresse, "&s1=rien_de_tel~v3")
    expect(page_navigateur.locator("#interessement-problemes")).to_contain_text("Le scénario 1 du lien est refusé")
    search(page_navigateur, page_navigateur.get_by_label("Organisme", exact=True).first, "isere", "CPAM de l'Isère")
    expect(page_navigateur.locator("#interessement-simulateur-titre")).to_contain_text("Isère")
    expect(page_navigateur.get_by_role("slider", name=SEIN)).to_be_visible()
    expect(page_navigateur).to_have_url(f"{adresse}/interessement?organisme=381")
    expect(page_navigateur.locator("#interessement-problemes")).to_be_empty()
