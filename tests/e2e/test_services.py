"""Six services de base in a real browser: the pace and the reference are in the link, the figure follows them."""

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.e2e

PHRASE = "#bloc-services-c2s .px-phrase"


def test_le_pas_et_la_reference_sont_dans_le_lien(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.goto(f"{adresse}/convergence/services?organisme=381")
    expect(page_navigateur.locator(PHRASE)).to_contain_text("en décembre 2023")
    page_navigateur.locator("#services-pas").get_by_text("Semaine").click()
    expect(page_navigateur.locator(PHRASE)).to_contain_text("la semaine du 25/12/2023")
    page_navigateur.get_by_role("textbox", name="Période de référence des limites").click()
    page_navigateur.get_by_role("option", name="Année 2022").click()
    expect(page_navigateur.locator(PHRASE)).to_contain_text("semaines de 2022")
    expect(page_navigateur).to_have_url(f"{adresse}/convergence/services?organisme=381&pas=semaine&reference=2022")
    phrase = page_navigateur.locator(PHRASE).inner_text()
    page_navigateur.reload()
    expect(page_navigateur.locator(PHRASE)).to_have_text(phrase)


def test_une_reference_que_le_pas_n_a_pas_revient_au_debut(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.goto(f"{adresse}/convergence/services?reference=2019")
    champ = page_navigateur.get_by_role("textbox", name="Période de référence des limites")
    expect(champ).to_have_value("Année 2019")
    page_navigateur.locator("#services-pas").get_by_text("Semaine").click()
    expect(champ).to_have_value("26 premières semaines affichées")
    expect(page_navigateur).to_have_url(f"{adresse}/convergence/services?pas=semaine")


def test_la_reference_est_teintee_et_nommee(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.goto(f"{adresse}/convergence/services?pas=semaine")
    figure = page_navigateur.locator("#bloc-services-decroche .js-plotly-plot")
    expect(figure).to_contain_text("référence")
    expect(page_navigateur.locator("#bloc-services-decroche")).to_contain_text(
        re.compile(r"Période de référence\s*: du 02/01/2023 au 02/07/2023 \(26\s*semaines\)")
    )
