from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import choose

pytestmark = pytest.mark.e2e

BLOCS = ("distribution", "tranches", "evolution", "domaines", "indicateurs")


def test_cinq_graphiques_dessines(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.goto(f"{adresse}/scores")
    for bloc in BLOCS:
        expect(page_navigateur.locator(f"#bloc-scores-{bloc} .main-svg").first).to_be_visible()
    points = page_navigateur.locator("#bloc-scores-distribution .scatterlayer path.point")
    expect(points).to_have_count(165)


def test_detail_d_un_type(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.goto(f"{adresse}/scores")
    expect(page_navigateur.locator("#bloc-scores-indicateurs .main-svg").first).to_be_visible()
    choose(page_navigateur, "Type d'organisme", "DRSM")
    expect(page_navigateur.locator("#scores-domaines-titre")).to_have_text(
        "DRSM\u00a0: taux moyen par domaine, 2023 et 2022"
    )
    expect(page_navigateur).to_have_url(f"{adresse}/scores?type=DRSM")
    page_navigateur.get_by_text("Taux moyens", exact=True).click()
    expect(page_navigateur.locator("#scores-indicateurs-titre")).to_contain_text("taux moyen par indicateur")
    expect(page_navigateur).to_have_url(f"{adresse}/scores?type=DRSM&vue=taux")


def test_type_sans_repartition_puis_retour(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.goto(f"{adresse}/scores?type=CSS")
    bloc = page_navigateur.locator("#bloc-scores-indicateurs")
    expect(bloc.locator(".px-vide")).to_contain_text("Taux moyens")
    page_navigateur.get_by_text("Taux moyens", exact=True).click()
    expect(bloc.locator(".annotation-text").first).to_be_visible()
    expect(bloc.locator(".px-vide")).to_have_count(0)
