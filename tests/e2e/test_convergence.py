"""Convergence in a real browser: the cap of the simulation and the link that reproduces the view."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.e2e

PHRASE = "#bloc-convergence-resserrement .px-phrase"


def test_le_plafond_au_clavier_est_dans_le_lien(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.goto(f"{adresse}/convergence")
    expect(page_navigateur.locator(PHRASE)).to_contain_text("213 postes au plus seraient dégagés par 60 caisses")
    curseur = page_navigateur.get_by_role("slider")
    curseur.focus()
    curseur.press("ArrowLeft")
    expect(page_navigateur.locator(PHRASE)).to_contain_text("plafonné à 9")
    expect(page_navigateur).to_have_url(f"{adresse}/convergence?plafond=9")
    page_navigateur.reload()
    expect(page_navigateur.locator(PHRASE)).to_contain_text("plafonné à 9")


def test_changer_d_indicateur(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.goto(f"{adresse}/convergence")
    champ = page_navigateur.get_by_role("textbox", name="Indicateur détaillé")
    champ.click()
    page_navigateur.get_by_role("option", name="e-DAT").click()
    expect(page_navigateur.locator("#convergence-rangs-titre")).to_contain_text("e-DAT")
    expect(page_navigateur).to_have_url(f"{adresse}/convergence?indicateur=loc_e_dat")


def test_l_ancienne_adresse_courte_mene_aux_services(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.goto(f"{adresse}/services")
    expect(page_navigateur.locator("main h1")).to_have_text("Six services de base")
    page_navigateur.get_by_role("link", name="Convergence", exact=True).first.click()
    expect(page_navigateur.locator("main h1")).to_have_text("Convergence")
