"""The script of the grids comes with the first one, once; its absence is said."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, Request, expect

from tests.e2e.conftest import choose

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


def test_une_grille_lointaine_vient_sans_qu_on_approche(page_navigateur: Page, adresse: str) -> None:
    """Once the page is quiet; one that a theme hides waits for its theme."""
    demandes: list[str] = []
    page_navigateur.on("request", lambda r: demandes.append(r.url) if "dash_ag_grid.v" in r.url else None)
    page_navigateur.goto(f"{adresse}/delais-ij?theme=independants")
    page_navigateur.wait_for_selector("#bloc-delais-ij-independants .js-plotly-plot .main-svg")
    page_navigateur.evaluate("new Promise((fini) => setTimeout(() => requestIdleCallback(fini), 3000))")
    assert demandes == []
    choose(page_navigateur, "Thème", "Tous les délais")
    inventaire = page_navigateur.locator("#bloc-delais-ij-inventaire")
    expect(inventaire.locator(".ag-center-cols-container .ag-row").first).to_be_attached()
    page_navigateur.goto(f"{adresse}/delais-ij")
    expect(inventaire.locator(".ag-center-cols-container .ag-row").first).to_be_attached()


def test_une_grille_cachee_puis_montree_garde_ses_colonnes(page_navigateur: Page, adresse: str) -> None:
    """A theme is left, then come back to. AG Grid complains of a hidden grid after 600 ms, by timers of its own."""
    page_navigateur.goto(f"{adresse}/delais-ij?theme=liste")
    bloc = page_navigateur.locator("#bloc-delais-ij-inventaire")
    entetes = bloc.locator(".ag-header-cell")
    expect(entetes.first).to_be_visible()
    for theme, visible in (("Travailleurs indépendants", False), ("Liste de tous les délais publiés", True)):
        choose(page_navigateur, "Thème", theme)
        expect(bloc).to_be_visible(visible=visible)
        page_navigateur.evaluate("new Promise((fini) => setTimeout(fini, 1000))")
    cadre = bloc.locator(".ag-root-wrapper").bounding_box()
    cellules = [entete.bounding_box() for entete in entetes.all()]
    assert cadre is not None
    assert abs(sum(cellule["width"] for cellule in cellules if cellule) - cadre["width"]) < 30


def test_une_grille_qui_ne_vient_pas_se_dit(contexte: BrowserContext, adresse: str) -> None:
    page = contexte.new_page()
    page.route("**/dash_ag_grid.v*", lambda route: route.abort())
    page.goto(f"{adresse}/comparer")
    page.wait_for_selector("#bloc-comparer-classement .js-plotly-plot .main-svg")
    bloc = page.locator("#bloc-comparer-classement")
    bloc.locator("summary").click()
    expect(bloc.get_by_role("alert")).to_contain_text("n’a pas pu être chargée")
