"""From the list to a sheet, without reloading; a comment written, kept, and shown as text."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from data.chemins import get_commentaires

pytestmark = pytest.mark.e2e

# The columns share the whole width: no strip of nothing on the right.
GRILLE_PLEINE = """() => {
  const largeurs = [...document.querySelectorAll('.ag-header-cell')].map((cellule) => cellule.offsetWidth);
  return document.querySelector('.ag-root').offsetWidth - largeurs.reduce((somme, l) => somme + l, 0) < 20;
}"""
UNE_LIGNE = "document.querySelectorAll('.ag-center-cols-container .ag-row').length === 1"


def test_chercher_puis_suivre_au_clavier(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.goto(f"{adresse}/organismes")
    page_navigateur.wait_for_selector(".ag-cell a")
    page_navigateur.wait_for_function(GRILLE_PLEINE)
    page_navigateur.evaluate("window.temoin = 1")
    page_navigateur.get_by_label("Chercher").fill("grenoble")
    page_navigateur.wait_for_function(UNE_LIGNE)
    expect(page_navigateur).to_have_url(f"{adresse}/organismes?recherche=grenoble")
    page_navigateur.locator(".ag-cell[col-id=nom]").focus()
    page_navigateur.keyboard.press("Enter")
    expect(page_navigateur.locator("main h1")).to_have_text("CPAM de l'Isère")
    assert page_navigateur.title() == "CPAM de l'Isère | Parangon"
    page_navigateur.get_by_role("link", name="→").click()
    expect(page_navigateur.locator("main h1")).to_have_text("CPAM du Jura")
    assert page_navigateur.evaluate("window.temoin") == 1  # never reloaded


@pytest.mark.parametrize("largeur", [1024, 1301, 1366])
def test_la_fiche_tient_dans_la_largeur(page_navigateur: Page, adresse: str, largeur: int) -> None:
    page_navigateur.set_viewport_size({"width": largeur, "height": 768})
    page_navigateur.goto(f"{adresse}/organismes/011")
    expect(page_navigateur.locator(".px-lignes .px-lignes-ligne").first).to_be_visible()
    assert page_navigateur.evaluate("document.documentElement.scrollWidth") <= largeur
    deborde = "e => e.getBoundingClientRect().right > e.closest('.px-bloc').getBoundingClientRect().right"
    assert not page_navigateur.locator("table.px-lignes").evaluate(deborde)


def test_commenter_puis_retrouver(page_navigateur: Page, adresse: str, var: Path) -> None:
    (get_commentaires(var) / "061.jsonl").unlink(missing_ok=True)
    page_navigateur.goto(f"{adresse}/organismes/061")
    bouton = page_navigateur.get_by_role("button", name="Commenter Dépistage du cancer du sein")
    bouton.click()
    champ = page_navigateur.get_by_role("textbox", name="Commentaire sur")
    champ.fill("Relance en septembre.\n<b>Effet</b> attendu en 2024.")
    page_navigateur.get_by_role("button", name="Enregistrer").click()
    expect(page_navigateur.locator(".px-commentaire-refus")).to_contain_text("à quel titre")
    expect(champ).to_have_value("Relance en septembre.\n<b>Effet</b> attendu en 2024.")
    page_navigateur.get_by_role("textbox", name="À quel titre").click()
    page_navigateur.get_by_role("option", name="Contrôle de gestion").click()
    page_navigateur.get_by_role("button", name="Enregistrer").click()
    depose = page_navigateur.locator(".px-commentaire")
    expect(depose).to_contain_text("<b>Effet</b> attendu en 2024.")
    expect(depose).to_contain_text("Contrôle de gestion, ")
    graves = [
        v["id"] for v in Axe().run(page_navigateur).response["violations"] if v["impact"] in {"serious", "critical"}
    ]
    assert graves == []
    expect(bouton).to_have_attribute("aria-expanded", "true")
    page_navigateur.reload()
    expect(page_navigateur.locator(".px-commentaire")).to_contain_text("Relance en septembre.")


def test_code_inconnu_mene_plus_loin(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.goto(f"{adresse}/organismes/grenoble")
    expect(page_navigateur.locator("main h1")).to_have_text("Organisme inconnu")
    page_navigateur.get_by_role("link", name="CPAM de l'Isère").click()
    expect(page_navigateur.locator("main h1")).to_have_text("CPAM de l'Isère")
