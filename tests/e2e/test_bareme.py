from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from data.chemins import get_baremes

pytestmark = pytest.mark.e2e


@pytest.fixture(autouse=True)
def sans_proposition(var: Path) -> Iterator[None]:
    """No proposal before nor after."""
    shutil.rmtree(get_baremes(var), ignore_errors=True)
    yield
    shutil.rmtree(get_baremes(var), ignore_errors=True)


def get_case(page: Page, rang: int, champ: str) -> Locator:
    return page.locator(f"#bareme-grille .ag-row[row-index='{rang}'] .ag-cell[col-id='{champ}']")


def type_case(page: Page, rang: int, champ: str, texte: str) -> None:
    """Edit a cell by keyboard alone: Enter, the text, Enter."""
    get_case(page, rang, champ).click()
    page.keyboard.press("Enter")
    editeur = get_case(page, rang, champ).locator("input")
    editeur.fill(texte)
    page.keyboard.press("Enter")
    expect(get_case(page, rang, champ)).to_have_text(texte)


def test_modifier_verifier_publier_puis_essayer(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.goto(f"{adresse}/interessement/bareme?type=DRSM")
    expect(page_navigateur.locator("#bareme-publier")).to_be_disabled()
    get_case(page_navigateur, 0, "poids").click()
    page_navigateur.keyboard.press("Tab")  # out of the grid, not through its three hundred cells
    page_navigateur.wait_for_function("!document.activeElement.closest('.ag-root-wrapper')")
    type_case(page_navigateur, 0, "poids", "14")
    expect(page_navigateur.locator("#bareme-fautes")).to_contain_text("retirez 4")
    type_case(page_navigateur, 1, "poids", "6")
    expect(page_navigateur.locator("#bareme-fautes")).to_be_empty()
    expect(page_navigateur.locator("#bareme-changements")).to_contain_text("2 changements")
    expect(page_navigateur.locator("#bareme-chiffres")).to_contain_text(re.compile(r"▲ [1-9]"))
    page_navigateur.wait_for_function("document.querySelectorAll('.js-plotly-plot .main-svg').length >= 3")
    page_navigateur.locator("#bareme-auteur").click()
    page_navigateur.get_by_role("option", name="Siège").click()
    page_navigateur.get_by_label("Motif").fill("Comité du 3")
    page_navigateur.get_by_role("button", name="Publier la proposition").click()
    expect(page_navigateur.locator("#bareme-message")).to_contain_text("2023-drsm-v1 publiée")
    expect(page_navigateur).to_have_url(re.compile(r"\?type=DRSM&bareme=2023-drsm-v1$"))
    page_navigateur.reload()
    expect(get_case(page_navigateur, 0, "poids")).to_have_text("14")
    page_navigateur.get_by_role("link", name="Essayer sur un organisme").click()
    expect(page_navigateur.locator("#interessement-problemes")).to_contain_text("2023-drsm-v1")


def test_telecharger_puis_deposer_le_classeur(page_navigateur: Page, adresse: str, tmp_path: Path) -> None:
    page_navigateur.goto(f"{adresse}/interessement/bareme?type=CGSS")
    type_case(page_navigateur, 0, "poids", "5")
    type_case(page_navigateur, 1, "poids", "3")
    expect(page_navigateur.locator("#bareme-changements")).to_contain_text("2 changements")
    with page_navigateur.expect_download() as telechargement:
        page_navigateur.locator("#bareme-xlsx").click()
    chemin = tmp_path / telechargement.value.suggested_filename
    telechargement.value.save_as(chemin)
    page_navigateur.locator("#bareme-revenir").click()
    expect(get_case(page_navigateur, 0, "poids")).to_have_text("4")
    page_navigateur.locator("#bareme-fichier input[type=file]").set_input_files(chemin)
    expect(get_case(page_navigateur, 0, "poids")).to_have_text("5")
    expect(page_navigateur.locator("#bareme-changements")).to_contain_text("2 changements")
    note = tmp_path / "note.txt"
    note.write_text("code: essai", encoding="utf-8")
    page_navigateur.locator("#bareme-fichier input[type=file]").set_input_files(note)
    expect(page_navigateur.locator("#bareme-fautes")).to_contain_text("déposez un fichier .yaml ou .xlsx")
    faux = tmp_path / "faux.yaml"
    faux.write_text("code: [", encoding="utf-8")
    page_navigateur.locator("#bareme-fichier input[type=file]").set_input_files(faux)
    expect(page_navigateur.locator("#bareme-fautes")).to_contain_text("faux.yaml")
    expect(get_case(page_navigateur, 0, "poids")).to_have_text("5")
