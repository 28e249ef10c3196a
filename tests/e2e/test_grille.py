"""The script of the grids comes with the first one, once; its absence is said."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, Request, expect

pytestmark = pytest.mark.e2e


def test_la_grille_vient_avec_la_premiere_table(page_navigateur: Page, adresse: str) -> None:
    demandes: list[str] = []

    def note(requete: Request) -> None:
        if "dash_ag_grid.v" in requete.url:
            demandes.append(requete.url)

    page_navigateur.on("request", note)
    page_navigateur.goto(f"{adresse}/comparer")
    page_navigateur.wait_for_selector("#bloc-comparer-classement .js-plotly-plot .main-svg")
    assert not demandes
    bloc = page_navigateur.locator("#bloc-comparer-classement")
    bloc.locator("summary").click()
    expect(bloc.locator(".ag-center-cols-container .ag-row").first).to_be_visible()
    assert len(demandes) == 1
    entete = bloc.locator(".ag-header-cell").first
    entete.click()
    expect(entete).to_have_attribute("aria-sort", "ascending")
    # A second grid finds the script there.
    page_navigateur.get_by_text("Distribution", exact=True).click()
    page_navigateur.wait_for_selector("#bloc-comparer-points .js-plotly-plot .main-svg")
    distribution = page_navigateur.locator("#bloc-comparer-points")
    distribution.locator("summary").click()
    expect(distribution.locator(".ag-center-cols-container .ag-row").first).to_be_visible()
    assert len(demandes) == 1


def test_une_grille_qui_ne_vient_pas_se_dit(contexte: BrowserContext, adresse: str) -> None:
    page = contexte.new_page()
    page.route("**/dash_ag_grid.v*", lambda route: route.abort())
    page.goto(f"{adresse}/comparer")
    page.wait_for_selector("#bloc-comparer-classement .js-plotly-plot .main-svg")
    bloc = page.locator("#bloc-comparer-classement")
    bloc.locator("summary").click()
    expect(bloc.get_by_role("alert")).to_contain_text("n’a pas pu être chargée")
