from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

pytestmark = pytest.mark.e2e

CLASSEMENT = "#bloc-comparer-classement"


def get_champ(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Organisme").or_(page.get_by_label("Organisme", exact=True)).first


def choose_organisme(page: Page, recherche: str) -> None:
    get_champ(page).click()
    get_champ(page).fill(recherche)
    page.get_by_role("option").first.click()


def test_chercher_un_organisme_sans_accent(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.goto(f"{adresse}/comparer")
    expect(page_navigateur.locator(f"{CLASSEMENT} .main-svg").first).to_be_visible()
    choose_organisme(page_navigateur, "isere")
    expect(page_navigateur.locator("#comparer-chiffres")).to_contain_text("6e sur 102")
    expect(page_navigateur).to_have_url(f"{adresse}/comparer?organisme=381")
    expect(page_navigateur.locator(f"{CLASSEMENT} .annotation-text", has_text="CPAM de l'Isère")).to_be_visible()


def test_chercher_par_departement(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.goto(f"{adresse}/comparer")
    expect(page_navigateur.locator(f"{CLASSEMENT} .main-svg").first).to_be_visible()
    choose_organisme(page_navigateur, "pyrenees atlantiques")
    expect(page_navigateur.locator("#comparer-chiffres")).to_contain_text("CPAM de Bayonne")


@pytest.mark.parametrize("largeur", [1440, 390])
@pytest.mark.parametrize("recherche", ["38", "isere", "Grenoble", "381"])
def test_entree_choisit_et_on_efface(page_navigateur: Page, adresse: str, recherche: str, largeur: int) -> None:
    page_navigateur.set_viewport_size({"width": largeur, "height": 844})
    page_navigateur.goto(f"{adresse}/comparer")
    expect(page_navigateur.locator(f"{CLASSEMENT} .main-svg").first).to_be_visible()
    champ = get_champ(page_navigateur)
    champ.click()
    champ.fill(recherche)
    expect(page_navigateur.get_by_role("option")).to_have_text(["CPAM de l'Isère · 38 · 381"])
    champ.press("Enter")
    expect(page_navigateur).to_have_url(f"{adresse}/comparer?organisme=381")
    expect(champ).to_have_value("CPAM de l'Isère · 38 · 381")
    champ.press("Tab")
    expect(page_navigateur.get_by_role("button", name="Effacer le choix")).to_be_focused()
    page_navigateur.keyboard.press("Enter")
    expect(champ).to_have_value("")
    expect(page_navigateur).to_have_url(f"{adresse}/comparer")


def test_numero_sans_zero_n_est_pas_un_autre_departement(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.goto(f"{adresse}/comparer")
    expect(page_navigateur.locator(f"{CLASSEMENT} .main-svg").first).to_be_visible()
    get_champ(page_navigateur).click()
    get_champ(page_navigateur).fill("31")
    expect(page_navigateur.get_by_role("option").first).to_have_text("CPAM de la Haute-Garonne · 31 · 311")
    get_champ(page_navigateur).fill("zzz")
    expect(page_navigateur.get_by_text("Aucun organisme ne répond à cette recherche")).to_be_visible()


def test_ligne_de_l_organisme_surlignee_dans_la_grille(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.goto(f"{adresse}/comparer?organisme=291")
    page_navigateur.locator(CLASSEMENT).get_by_text("Voir le tableau").click()
    mienne = page_navigateur.locator(f"{CLASSEMENT} .ag-row.px-mienne")
    nom = mienne.locator("[col-id=organisme]")
    expect(nom).to_have_text("CPAM du Finistère")
    expect(nom).to_be_in_viewport()  # scrolled to, far down the ranking
    assert int(mienne.first.evaluate("ligne => getComputedStyle(ligne).fontWeight")) >= 600
    choose_organisme(page_navigateur, "hauts de seine")
    expect(nom).to_have_text("CPAM des Hauts-de-Seine")
    page_navigateur.get_by_role("button", name="Effacer le choix").click()
    expect(mienne).to_have_count(0)


def test_changer_de_groupe_change_la_hauteur(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.goto(f"{adresse}/comparer?organisme=011")
    expect(page_navigateur.locator(f"{CLASSEMENT} .main-svg").first).to_be_visible()
    page_navigateur.get_by_text("Même région", exact=True).click()
    expect(page_navigateur.locator("#comparer-avis")).to_contain_text("barèmes sont différents")
    expect(page_navigateur).to_have_url(f"{adresse}/comparer?organisme=011&groupe=region")
    page_navigateur.wait_for_function(
        """bloc => {
            const graphe = document.querySelector(bloc + ' .js-plotly-plot');
            const dessin = graphe.querySelector('.main-svg').getBoundingClientRect();
            return dessin.height > 600 && Math.abs(graphe.getBoundingClientRect().height - dessin.height) < 2;
        }""",
        arg=CLASSEMENT,
    )


def test_seul_de_son_type_sans_graphique(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.goto(f"{adresse}/comparer?organisme=cnam")
    expect(page_navigateur.locator(f"{CLASSEMENT} .px-vide")).to_contain_text("Tous")
    expect(page_navigateur.locator("#comparer-classes-cadre")).to_be_hidden()
    page_navigateur.get_by_text("Tous", exact=True).click()
    expect(page_navigateur.locator("#comparer-chiffres")).to_contain_text("sur 165")
    expect(page_navigateur.locator(f"{CLASSEMENT} .annotation-text", has_text="Caisse nationale")).to_be_visible()


def test_telecharger_csv_et_image(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.goto(f"{adresse}/comparer?organisme=011")
    bloc = page_navigateur.locator(CLASSEMENT)
    expect(bloc.locator(".main-svg").first).to_be_visible()
    for bouton, fin in (("CSV", ".csv"), ("SVG", ".svg")):
        with page_navigateur.expect_download() as attente:
            bloc.get_by_role("button", name=bouton).click()
        assert attente.value.suggested_filename == f"parangon-classement-taux-reussite-local{fin}"


def test_sans_violation_grave_ni_debordement(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.goto(f"{adresse}/comparer?organisme=011")
    expect(page_navigateur.locator(f"{CLASSEMENT} .main-svg").first).to_be_visible()
    violations = Axe().run(page_navigateur).response["violations"]
    assert [v["id"] for v in violations if v["impact"] in {"serious", "critical"}] == []
    page_navigateur.set_viewport_size({"width": 390, "height": 844})
    page_navigateur.wait_for_function("document.documentElement.scrollWidth <= 390")
