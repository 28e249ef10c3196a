from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import choose

pytestmark = pytest.mark.e2e


def test_theme_filtre_les_blocs_et_l_adresse(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.goto(f"{adresse}/delais-ij")
    premiere = page_navigateur.locator("#bloc-delais-ij-premiere")
    expect(premiere.locator(".main-svg").first).to_be_visible()
    choose(page_navigateur, "Thème", "Travailleurs indépendants")
    expect(premiere).to_be_hidden()
    expect(page_navigateur.locator("#bloc-delais-ij-independants")).to_be_visible()
    expect(page_navigateur).to_have_url(f"{adresse}/delais-ij?theme=independants")


def test_bloc_cache_au_depart_prend_sa_largeur(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.goto(f"{adresse}/delais-ij?theme=independants")
    expect(page_navigateur.locator("#bloc-delais-ij-independants .main-svg").first).to_be_visible()
    choose(page_navigateur, "Thème", "Tous les délais")
    graphe = page_navigateur.locator("#bloc-delais-ij-premiere .main-svg").first
    expect(graphe).to_be_visible()
    cadre = page_navigateur.locator("#bloc-delais-ij-premiere .px-graphe")
    page_navigateur.wait_for_function(
        "([g, c]) => Math.abs(g.getBoundingClientRect().width - c.getBoundingClientRect().width) < 2",
        arg=[graphe.element_handle(), cadre.element_handle()],
    )


def test_evenements_au_clavier(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.goto(f"{adresse}/delais-ij")
    etiquette = page_navigateur.locator("#bloc-delais-ij-premiere .annotation-text", has_text="Crise Covid-19")
    expect(etiquette).to_be_visible()
    page_navigateur.get_by_role("switch", name="Événements").focus()
    page_navigateur.keyboard.press("Space")
    expect(etiquette).to_have_count(0)
    expect(page_navigateur).to_have_url(f"{adresse}/delais-ij?evenements=non")


def test_combien_attendent_plus_de_90_jours(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.goto(f"{adresse}/delais-ij?theme=caisse&organisme=381")
    bloc = page_navigateur.locator("#bloc-delais-ij-repartition")
    phrase = bloc.locator(".px-phrase")
    expect(phrase).to_contain_text("premières IJ ont attendu plus de 60 jours")
    # The radio itself is hidden under its label, as in any segmented control.
    page_navigateur.get_by_role("radiogroup", name="Attente de plus de (jours)").get_by_text("90", exact=True).click()
    expect(phrase).to_contain_text("ont attendu plus de 90 jours")
    choose(page_navigateur, "Période", "juin 2022")
    expect(phrase).to_contain_text("en juin 2022")
    expect(page_navigateur).to_have_url(f"{adresse}/delais-ij?theme=caisse&organisme=381&mois=2022-06&seuil=90")
    expect(bloc.locator(".annotation-text", has_text="plus de 90 j")).to_be_visible()
    bloc.get_by_text("Voir le tableau").click()
    expect(bloc.get_by_role("rowheader", name="plus de 120", exact=True)).to_be_visible()
    expect(bloc.get_by_text("Données simulées", exact=True)).to_be_visible()
