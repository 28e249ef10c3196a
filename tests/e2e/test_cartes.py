"""The map in a real browser: it paints, recolours, answers clicks and the keyboard, exports, and does without WebGL."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import choose

pytestmark = pytest.mark.e2e

CPTS = "couverture_population_cpts"
SEGUR = "loc_campagne_segur"
CARTE = "#cartes-fond-carte"


def attendre(page: Page, jeton: str) -> None:
    page.wait_for_selector(f'{CARTE}[data-carte-prete="{jeton}"]', state="attached")


def list_teintes(page: Page) -> int:
    """Number of distinct blues in the middle of the map, as the screen shows it."""
    octets = page.locator(f"{CARTE} canvas").screenshot()
    return page.evaluate(
        """async (octets) => {
          const bitmap = await createImageBitmap(new Blob([new Uint8Array(octets)]));
          const toile = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
          toile.drawImage(bitmap, 0, 0);
          const points = toile.getImageData(0, 0, bitmap.width, bitmap.height).data;
          const racine = getComputedStyle(document.documentElement);
          const palette = [0, 1, 2, 3, 4, 5, 6].map((i) => racine.getPropertyValue("--px-seq-" + i).trim());
          const effectifs = new Map();
          for (let i = 0; i < points.length; i += 4) {
            const hexa = "#" + [0, 1, 2].map((j) => points[i + j].toString(16).padStart(2, "0")).join("");
            effectifs.set(hexa, (effectifs.get(hexa) || 0) + 1);
          }
          return palette.filter((couleur) => (effectifs.get(couleur) || 0) > 200).length;
        }""",
        list(octets),
    )


def test_peint_les_classes(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.goto(f"{adresse}/cartes")
    attendre(page_navigateur, "taux_reussite_local|caisse|2023")
    assert list_teintes(page_navigateur) == page_navigateur.locator(".px-legende-liste li").count() == 6
    expect(page_navigateur.locator(f"{CARTE} canvas")).to_have_attribute("aria-label", re.compile("Carte"))


def test_recolore_sans_redemander_la_geometrie(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.goto(f"{adresse}/cartes?indicateur={CPTS}&niveau=departement")
    attendre(page_navigateur, f"{CPTS}|departement|2023")
    page_navigateur.wait_for_load_state("networkidle")
    demandes: list[str] = []
    page_navigateur.on("request", lambda r: demandes.append(r.url))
    choose(page_navigateur, "Période", "mars 2022")
    attendre(page_navigateur, f"{CPTS}|departement|2022-03")
    expect(page_navigateur.locator("#cartes-carte-titre")).to_contain_text("mars 2022")
    expect(page_navigateur).to_have_url(re.compile("periode=2022-03"))
    assert [url for url in demandes if "/geo/" in url or "/bibliotheque/" in url] == []
    expect(page_navigateur.locator(".px-legende")).to_contain_text("Données simulées")
    assert page_navigateur.evaluate("window.parangon.carte.mesures.length") == 2


def test_changer_de_niveau_et_d_indicateur(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.goto(f"{adresse}/cartes")
    attendre(page_navigateur, "taux_reussite_local|caisse|2023")
    page_navigateur.get_by_text("Région", exact=True).click()
    attendre(page_navigateur, "taux_reussite_local|region|2023")
    expect(page_navigateur.locator("#bloc-cartes-carte .px-mention")).to_contain_text("Moyenne simple des caisses")
    choose(page_navigateur, "Indicateur", "Population en ZIP")
    attendre(page_navigateur, "part_population_zip|region|2023")
    expect(page_navigateur.locator(".px-legende-lecture")).to_contain_text("moins bien")
    expect(page_navigateur).to_have_url(re.compile("indicateur=part_population_zip&niveau=region"))


def test_chercher_un_autre_indicateur_puis_un_mois(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.goto(f"{adresse}/cartes")
    attendre(page_navigateur, "taux_reussite_local|caisse|2023")
    recherche = page_navigateur.get_by_role("textbox", name="Indicateur")
    recherche.click()
    recherche.fill("depistage sein")  # no accent needed
    page_navigateur.get_by_role("option", name="Dépistage du cancer du sein").click()
    attendre(page_navigateur, "loc_depistage_sein|caisse|2023")
    choose(page_navigateur, "Période", "juin 2022")
    attendre(page_navigateur, "loc_depistage_sein|caisse|2022-06")
    expect(page_navigateur.locator("#cartes-carte-titre")).to_have_text(
        "Dépistage du cancer du sein, par caisse, juin 2022"
    )
    expect(page_navigateur).to_have_url(re.compile("indicateur=loc_depistage_sein&periode=2022-06"))
    expect(page_navigateur.locator(".px-legende")).to_contain_text("sans objet")


def test_la_page_d_un_indicateur_ouvre_sa_carte(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.goto(f"{adresse}/indicateurs/loc_depistage_sein?organisme=011")
    page_navigateur.get_by_role("link", name="Carte entière").click()
    attendre(page_navigateur, "loc_depistage_sein|caisse|2023")
    expect(page_navigateur.locator("#cartes-fiche h2")).to_have_text("CPAM de l'Ain")


def test_lisser_puis_rouvrir_le_lien(page_navigateur: Page, contexte: BrowserContext, adresse: str) -> None:
    page_navigateur.goto(f"{adresse}/cartes?indicateur={SEGUR}&periode=2023-11")
    attendre(page_navigateur, f"{SEGUR}|caisse|2023-11")
    expect(page_navigateur.locator("#bloc-cartes-carte")).not_to_contain_text("liss")
    interrupteur = page_navigateur.get_by_role("switch", name="Lisser les petits effectifs")
    interrupteur.focus()
    page_navigateur.keyboard.press("Space")
    attendre(page_navigateur, f"{SEGUR}|caisse|2023-11|lissage")
    expect(page_navigateur.locator("#cartes-carte-titre")).to_contain_text("valeurs lissées (bayésien empirique)")
    expect(page_navigateur.locator(".px-legende-titre")).to_contain_text("valeurs lissées")
    # The sentence names the value that moves most: its sheet gives both figures.
    phrase = page_navigateur.locator("#bloc-cartes-carte .px-phrase").inner_text().replace("\u00a0", " ")
    trouve = re.search(r"la plus déplacée : (.+?), (\S+ %) avant lissage, (\S+ %) après", phrase)
    assert trouve is not None
    nom, brute, lissee = trouve.groups()
    assert brute != lissee
    choose(page_navigateur, "Territoire", nom)
    fiche = page_navigateur.locator("#cartes-fiche")
    expect(fiche.locator(".px-territoire-valeur")).to_have_text(lissee)
    expect(fiche.locator("dl")).to_contain_text(f"Valeur brute{brute}")
    expect(page_navigateur).to_have_url(re.compile(r"territoire=\w+&lissage=oui"))
    autre = contexte.new_page()
    autre.goto(page_navigateur.url)
    attendre(autre, f"{SEGUR}|caisse|2023-11|lissage")
    expect(autre.locator("#cartes-fiche .px-territoire-valeur")).to_have_text(lissee)
    expect(autre.get_by_role("switch", name="Lisser les petits effectifs")).to_be_checked()
    assert autre.locator(".px-legende").inner_text() == page_navigateur.locator(".px-legende").inner_text()
    autre.close()
    interrupteur.click()  # the raw value is one click away
    attendre(page_navigateur, f"{SEGUR}|caisse|2023-11")
    expect(fiche.locator(".px-territoire-valeur")).to_have_text(brute)
    expect(page_navigateur).not_to_have_url(re.compile("lissage"))


def test_ce_qui_ne_se_lisse_pas_n_offre_pas_le_lissage(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.goto(f"{adresse}/cartes?indicateur={SEGUR}&lissage=oui")
    attendre(page_navigateur, f"{SEGUR}|caisse|2023|lissage")
    page_navigateur.get_by_text("Région", exact=True).click()
    attendre(page_navigateur, f"{SEGUR}|region|2023")
    expect(page_navigateur.get_by_text("Lisser les petits effectifs")).to_be_hidden()
    expect(page_navigateur.locator("#cartes-aide")).to_contain_text("les régions sont trop grandes")
    expect(page_navigateur).not_to_have_url(re.compile("lissage"))
    choose(page_navigateur, "Indicateur", "Instruction C2S, 9e décile")
    attendre(page_navigateur, "loc_delai_instruction_c2s_d9|caisse|2023")
    expect(page_navigateur.get_by_text("Département", exact=True)).to_have_count(0)


def test_survol_clic_et_fiche(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.goto(f"{adresse}/cartes?niveau=region")
    attendre(page_navigateur, "taux_reussite_local|region|2023")
    toile = page_navigateur.locator(f"{CARTE} canvas")
    cadre = toile.bounding_box()
    assert cadre is not None
    # The middle of the mainland is in Centre-Val de Loire.
    centre = {"x": cadre["width"] * 0.54, "y": cadre["height"] * 0.46}
    toile.hover(position=centre)
    bulle = page_navigateur.locator(".px-carte-bulle")
    expect(bulle).to_contain_text("Centre-Val de Loire")
    expect(bulle).to_contain_text("moyenne simple de 6")
    toile.click(position=centre)
    fiche = page_navigateur.locator("#cartes-fiche")
    expect(fiche.locator("h2")).to_have_text("Centre-Val de Loire")
    expect(page_navigateur).to_have_url(re.compile("territoire=24"))
    expect(page_navigateur.get_by_role("textbox", name="Territoire")).to_have_value("Centre-Val de Loire")
    expect(fiche.locator("li").get_by_role("link")).to_have_count(12)
    expect(fiche.get_by_role("link", name="CPAM du Loiret", exact=True)).to_have_attribute("href", "/organismes/451")
    fiche.get_by_role("link", name="comparer CPAM du Loiret").click()
    expect(page_navigateur).to_have_url(re.compile(r"/comparer\?organisme=451"))


def test_territoire_au_clavier(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.goto(f"{adresse}/cartes?niveau=departement")
    attendre(page_navigateur, "taux_reussite_local|departement|2023")
    page_navigateur.get_by_role("textbox", name="Territoire").focus()
    page_navigateur.keyboard.type("mayotte")
    page_navigateur.keyboard.press("ArrowDown")
    page_navigateur.keyboard.press("Enter")
    expect(page_navigateur.locator("#cartes-fiche h2")).to_have_text("Mayotte")
    expect(page_navigateur.locator("#cartes-fiche .px-territoire-valeur")).to_have_text(re.compile("75,91"))


def test_zoom_et_retour_a_la_vue(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.goto(f"{adresse}/cartes?niveau=region")
    attendre(page_navigateur, "taux_reussite_local|region|2023")
    nom = page_navigateur.locator(".px-carte-nom", has_text="Guy")
    depart = nom.get_attribute("style")
    page_navigateur.get_by_role("button", name="Zoomer", exact=True).click()
    expect(nom).not_to_have_attribute("style", depart or "")
    page_navigateur.get_by_role("button", name="Revenir à la vue d'ensemble").click()
    expect(nom).to_have_attribute("style", depart or "")


def test_la_molette_fait_defiler_la_page(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.goto(f"{adresse}/cartes")
    attendre(page_navigateur, "taux_reussite_local|caisse|2023")
    page_navigateur.locator(f"{CARTE} canvas").hover()
    page_navigateur.mouse.wheel(0, 300)
    page_navigateur.wait_for_function("window.scrollY > 0")
    expect(page_navigateur.locator(".maplibregl-cooperative-gesture-screen")).to_contain_text("pour zoomer")


def test_telechargements(page_navigateur: Page, adresse: str, tmp_path: Path) -> None:
    page_navigateur.goto(f"{adresse}/cartes?indicateur={CPTS}&niveau=departement")
    attendre(page_navigateur, f"{CPTS}|departement|2023")
    fichiers = {}
    for nom in ("PNG", "SVG", "CSV"):
        with page_navigateur.expect_download() as telechargement:
            page_navigateur.locator("#bloc-cartes-carte").get_by_role("button", name=nom, exact=True).click()
        fichiers[nom] = tmp_path / nom
        telechargement.value.save_as(fichiers[nom])
        assert (
            telechargement.value.suggested_filename
            == f"parangon-carte-{CPTS}-departement-2023.{nom.lower()}".replace("_", "-")
        )
    png = fichiers["PNG"].read_bytes()
    assert png.startswith(b"\x89PNG")
    assert struct.unpack(">I", png[16:20])[0] == 2560
    svg = fichiers["SVG"].read_text(encoding="utf-8")
    assert "DONNÉES SIMULÉES" in svg
    assert "Source" in svg
    assert "données simulées" in fichiers["CSV"].read_text(encoding="utf-8-sig")


def test_sans_webgl_le_tableau_prend_le_relais(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page_navigateur.goto(f"{adresse}/cartes?niveau=region")
    expect(page_navigateur.locator(".px-carte-attente")).to_contain_text("WebGL indisponible")
    expect(page_navigateur.get_by_role("cell", name="96,18")).to_be_visible()


def test_revenir_sur_la_page_repeint(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.goto(f"{adresse}/cartes?niveau=region")
    attendre(page_navigateur, "taux_reussite_local|region|2023")
    page_navigateur.get_by_role("link", name="Méthode").first.click()
    expect(page_navigateur.locator("main h1")).to_contain_text("Méthode")
    page_navigateur.get_by_role("link", name="Cartes").first.click()
    attendre(page_navigateur, "taux_reussite_local|caisse|2023")
    assert page_navigateur.locator(f"{CARTE} canvas").count() == 1


@pytest.mark.parametrize(
    "chemin",
    [
        "/cartes",
        f"/cartes?indicateur={CPTS}&niveau=departement&territoire=59",
        f"/cartes?indicateur={SEGUR}&periode=2023-11&territoire=481&lissage=oui",
    ],
)
def test_accessibilite(page_navigateur: Page, adresse: str, chemin: str) -> None:
    page_navigateur.goto(adresse + chemin)
    page_navigateur.wait_for_selector(f"{CARTE}[data-carte-prete]", state="attached")
    page_navigateur.locator("#bloc-cartes-carte summary").click()
    page_navigateur.locator(".ag-row .ag-cell").first.scroll_into_view_if_needed()
    page_navigateur.wait_for_function("!document.querySelector('.ag-delay-render')")
    violations = Axe().run(page_navigateur).response["violations"]
    assert [v["id"] for v in violations if v["impact"] in {"serious", "critical"}] == []


def test_telephone(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.set_viewport_size({"width": 390, "height": 844})
    page_navigateur.goto(f"{adresse}/cartes?niveau=departement&territoire=75")
    attendre(page_navigateur, "taux_reussite_local|departement|2023")
    assert page_navigateur.evaluate("document.documentElement.scrollWidth") <= 390
    expect(page_navigateur.locator(".px-carte-nom", has_text="Guad.")).to_be_visible()
    expect(page_navigateur.locator("#cartes-fiche h2")).to_have_text("Paris")


def test_telephone_avec_soixante_mois(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.set_viewport_size({"width": 390, "height": 844})
    page_navigateur.goto(f"{adresse}/cartes?indicateur={SEGUR}&periode=2023-11&lissage=oui")
    attendre(page_navigateur, f"{SEGUR}|caisse|2023-11|lissage")
    page_navigateur.get_by_role("textbox", name="Période").click()
    expect(page_navigateur.get_by_role("option", name="décembre 2023")).to_be_visible()
    assert page_navigateur.evaluate("document.documentElement.scrollWidth") <= 390
