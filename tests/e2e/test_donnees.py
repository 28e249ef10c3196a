"""A file sent from the page, its report, its publication seen at once, and the return to the one before."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.conftest import search, serve_application

pytestmark = pytest.mark.e2e

LONG = 180_000  # milliseconds: the ETL runs in a process of its own, on a busy machine
FICHIER = (
    "Organisme;Indicateur;Période;Résultat;Numérateur;Dénominateur\n"
    "CPAM de l'Ain;loc_aat_dematerialises;2024-03;85,2 %;;\n"
    "CPAM de l'Alier;loc_aat_dematerialises;2024-03;88,1 %;;\n"
    "CPAM de l'Aisne;loc_aat_dematerialises;2024-03;61.879;;\n"
)


@pytest.fixture
def copie(var: Path, rapport: dict[str, object], tmp_path: Path) -> Iterator[str]:
    """The application on a copy of the session's ``var``: publishing there disturbs no other test."""
    assert rapport["version"]
    dossier = tmp_path / "var"
    shutil.copytree(var, dossier, symlinks=True)
    with serve_application(dossier) as adresse:
        yield adresse


def drop(page: Page, nom: str, texte: str) -> None:
    """Drop a file on the zone."""
    transfert = page.evaluate_handle(
        "([nom, texte]) => { const t = new DataTransfer(); t.items.add(new File([texte], nom)); return t; }",
        [nom, texte],
    )
    page.dispatch_event("#donnees-zone", "drop", {"dataTransfer": transfert})


def test_deposer_publier_revenir(page_navigateur: Page, copie: str, tmp_path: Path) -> None:
    page = page_navigateur
    page.goto(f"{copie}/donnees?vue=depot")
    pied = page.locator("#pied-publication")
    expect(pied).to_contain_text("données publiées le")
    avant = pied.get_attribute("data-version")
    chemin = tmp_path / "resultats_mensuels_mars.csv"
    chemin.write_text(FICHIER, encoding="utf-8")
    bouton = page.get_by_role("button", name="Choisir un fichier")
    expect(bouton).to_be_visible()
    page.wait_for_load_state("networkidle")
    with page.expect_file_chooser() as choix:
        bouton.press("Enter")
    choix.value.set_files(chemin)

    rapport = page.locator("#donnees-rapport")
    expect(rapport).to_contain_text("publiable, avec des lignes à revoir", timeout=LONG)
    expect(page.locator("#donnees-periode")).to_be_hidden()  # the file says it
    for extrait in ("1 sur 3", "▲ Rejet", "organisme inconnu", "CPAM de l'Allier", "61.879", "mars 2024"):
        expect(rapport).to_contain_text(extrait)
    with page.expect_download() as telechargement:
        page.get_by_role("link", name="Télécharger le fichier avec la raison").click()
    annote = telechargement.value.path().read_text(encoding="utf-8-sig")
    assert telechargement.value.suggested_filename == "resultats_mensuels_mars_annote.csv"
    assert "CPAM de l'Alier;loc_aat_dematerialises;2024-03;88,1 %;;" in annote
    assert "organisme_inconnu" in annote
    graves = [v["id"] for v in Axe().run(page).response["violations"] if v["impact"] in {"serious", "critical"}]
    assert graves == []

    page.get_by_role("textbox", name="À quel titre").click()
    page.get_by_role("option", name="Gestionnaire de données").click()
    page.get_by_role("button", name="Publier ces données").click()
    expect(page.locator("#donnees-resultat")).to_contain_text("Données publiées le", timeout=LONG)
    apres = pied.get_attribute("data-version")
    assert apres not in {None, avant}
    expect(pied).to_contain_text(f"version {apres}")

    page.get_by_role("link", name="Voir les envois").click()
    page.get_by_role("link", name="resultats_mensuels_mars.csv").first.click()
    expect(page.locator(".px-rapport")).to_contain_text("61.879")
    page.get_by_role("textbox", name="Publication").click()
    page.get_by_role("option").first.click()
    page.locator("#donnees-retour-auteur").click()
    page.get_by_role("option", name="Siège").click()
    page.get_by_label("Pourquoi").fill("essai du retour")
    page.get_by_role("button", name="Revenir à cette publication").click()
    expect(pied).to_contain_text(f"version {avant}", timeout=LONG)
    expect(page.get_by_role("cell", name="essai du retour", exact=True)).to_be_visible()
    expect(page.locator("#bloc-donnees-chargements")).to_contain_text("○ gardé, non publié")


def test_la_periode_qui_manque_se_donne_dans_la_page(page_navigateur: Page, adresse: str) -> None:
    page = page_navigateur
    page.goto(f"{adresse}/donnees?vue=depot")
    expect(page.locator("#donnees-zone")).to_be_visible()
    page.wait_for_load_state("networkidle")
    drop(page, "zonage_essai.csv", "code_commune,nom,zonage\n90001,Andelnans,1_ZIP\n")
    rapport = page.locator("#donnees-rapport")
    expect(rapport).to_contain_text("période absente du fichier", timeout=LONG)
    periode = page.get_by_label("Période des résultats")
    for texte, reponse in (("hier", "ne se date pas"), ("2022", "")):
        periode.fill(texte)
        page.get_by_role("button", name="Contrôler avec cette période").click()
        if reponse:
            expect(page.locator("#donnees-resultat")).to_contain_text(reponse, timeout=LONG)
    expect(rapport).to_contain_text("publiable, avec des lignes à revoir", timeout=LONG)
    expect(periode).to_have_value("2022")
    expect(page.get_by_role("button", name="Publier ces données")).to_be_visible()
    page.get_by_role("button", name="Abandonner ce fichier").click()
    expect(rapport).to_be_empty()


def test_un_fichier_refuse_avant_l_envoi(page_navigateur: Page, adresse: str) -> None:
    page = page_navigateur
    page.goto(f"{adresse}/donnees?vue=depot")
    message = page.locator("#donnees-depot-message")
    expect(page.locator("#donnees-zone")).to_be_visible()
    for nom, texte, extrait in (("page.html", "x", "n'est pas admis"), ("vide.csv", "", "est vide")):
        drop(page, nom, texte)
        expect(message).to_contain_text(extrait)
    assert page.url == f"{adresse}/donnees?vue=depot"


def test_l_avis_d_une_nouvelle_publication(page_navigateur: Page, adresse: str) -> None:
    page = page_navigateur
    page.goto(f"{adresse}/methode")
    avis, pied = page.locator("#avis-publication"), page.locator("#pied-publication")
    expect(pied).to_have_attribute(
        "data-version", page.evaluate("fetch('/sante').then(r => r.json()).then(s => s.version_donnees)")
    )
    page.evaluate("window.parangon.verifier_publication()")
    expect(avis).to_be_empty()
    page.evaluate("document.getElementById('pied-publication').dataset.version = 'ancienne'")
    page.evaluate("window.parangon.verifier_publication()")
    expect(avis).to_contain_text("De nouvelles données sont publiées")
    avis.get_by_role("button", name="recharger").click()
    expect(avis).to_be_empty()


def test_l_organisme_suivi_est_dans_l_adresse(page_navigateur: Page, adresse: str) -> None:
    page = page_navigateur
    page.goto(f"{adresse}/donnees")
    page.wait_for_selector(".js-plotly-plot .main-svg")
    search(page, page.get_by_role("textbox", name="Organisme à suivre"), "grenoble", "CPAM de l'Isère")
    expect(page.locator("#bloc-donnees-fraicheur-organisme")).to_contain_text("ce qui est connu")
    page.wait_for_function("window.location.search.includes('organisme=')")
    page.locator("label", has_text="Contrôles").click()
    expect(page.locator("#bloc-donnees-controles")).to_contain_text("contrôles réussis sur")
    expect(page).to_have_url(f"{adresse}/donnees?vue=controles")
