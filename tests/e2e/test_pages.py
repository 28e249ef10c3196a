"""What every page owes: it draws, it fits, it is accessible, it stays offline and silent, it says what is wrong.

Opening a page costs seconds of processor: each is opened once at desktop size for the checks that only look at it (the
fixture ``bureau``) and once on a phone.
"""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, Response, expect

from tests.e2e.conftest import Veille, open_page_veillee, serve_application

pytestmark = pytest.mark.e2e

# path -> (level-one heading, number of Plotly charts at least, link of the navigation it lights)
PAGES = {
    "/": ("État du réseau", 2, "/"),
    "/comparer": ("Comparer", 1, "/comparer"),
    "/comparer/profil?organisme=011": ("Profil", 1, "/comparer"),
    "/organismes": ("Organismes", 0, "/organismes"),
    "/organismes/011": ("CPAM de l'Ain", 3, "/organismes"),
    "/indicateurs": ("Indicateurs", 0, "/indicateurs"),
    "/indicateurs/loc_depistage_sein": ("Dépistage du cancer du sein", 5, "/indicateurs"),
    "/scores": ("Scores", 2, "/scores"),
    "/interessement": ("Intéressement", 1, "/interessement"),
    "/interessement/bareme": ("Barème", 0, "/interessement"),
    "/convergence": ("Convergence", 6, "/convergence"),
    "/convergence/services": ("Six services de base", 4, "/convergence"),
    "/delais-ij": ("Délais", 2, "/delais-ij"),
    "/donnees": ("Données", 1, "/donnees"),
    "/cartes": ("Cartes", 0, "/cartes"),
    "/methode": ("Méthode", 0, "/methode"),
}
# Every opened table twin has arrived, and every grid has drawn its headers and its cells: AG Grid first lays an empty
# frame (a header row without cells), then draws, then shows the cells once they have been seen.
TABLES_DESSINEES = """
    () => [...document.querySelectorAll('details[open] .px-table-cadre')].every(
        (cadre) => cadre.querySelector('table, .ag-root-wrapper') || !cadre.checkVisibility()
    ) && [...document.querySelectorAll('.ag-root-wrapper')].filter((grille) => grille.checkVisibility()).every(
        (grille) => [...grille.querySelectorAll('.ag-header-row')].filter((l) => l.checkVisibility()).every(
                (l) => l.querySelector('.ag-header-cell, .ag-header-group-cell')
            )
            && grille.querySelector('.ag-center-cols-container .ag-cell, .ag-overlay-no-rows-center')
            && !grille.querySelector('.ag-delay-render')
    )
"""
# The tables have come from the server: what is drawn on screen no longer moves what is below.
TABLES_ARRIVEES = """
    () => [...document.querySelectorAll('details[open] .px-table-cadre')].every(
        (cadre) => cadre.querySelector('table, .ag-root-wrapper, .px-chargement')
    )
"""
# A grid is built when the reader comes near.
GRILLE_DESSINEE = """
    (cadre) => !cadre.querySelector('.ag-root-wrapper, .px-chargement')
        || (cadre.querySelector('.ag-cell, .ag-overlay-no-rows-center') && !cadre.querySelector('.ag-delay-render'))
"""
# Every chart has been drawn and the frame after it painted.
PEINT = "() => new Promise((fini) => requestAnimationFrame(() => requestAnimationFrame(() => fini(true))))"
# As the browser does it on « back »: the address changes, the application answers without being loaded again.
ALLER = "(chemin) => { history.pushState({}, '', chemin); dispatchEvent(new PopStateEvent('popstate')); }"
TELEPHONE = {"width": 390, "height": 844}
GRAVES = {"serious", "critical"}
AVEC_GRAPHIQUES = [chemin for chemin, (_, graphiques, _) in PAGES.items() if graphiques]


@dataclass(frozen=True)
class Ouverte:
    """A page of the application, open, and what it should not have done since."""

    chemin: str
    page: Page
    veille: Veille


def open_page(page: Page, adresse: str, chemin: str) -> None:
    """Go to a page and wait until its charts (or its map) are painted."""
    page.goto(adresse + chemin)
    racine = chemin.split("?")[0]
    titre, graphiques, _ = PAGES.get(chemin) or PAGES[racine]
    expect(page.locator("main h1")).to_contain_text(titre)
    if graphiques:
        page.wait_for_function(f"document.querySelectorAll('.js-plotly-plot .main-svg').length >= {graphiques}")
    if racine == "/cartes":
        page.wait_for_selector("[data-carte-prete]", state="attached")


@pytest.fixture(scope="module", params=PAGES)
def bureau(request: pytest.FixtureRequest, contexte: BrowserContext, adresse: str) -> Iterator[Ouverte]:
    """Each page in turn, opened once at desktop size. The tests below follow one another on it, in this order."""
    with open_page_veillee(contexte) as (page, veille):
        open_page(page, adresse, request.param)
        yield Ouverte(request.param, page, veille)


def test_la_page_dessine(bureau: Ouverte) -> None:
    assert bureau.page.title().endswith("| Parangon")
    lien = bureau.page.locator('.px-nav [aria-current="page"]')
    expect(lien).to_have_attribute("href", PAGES[bureau.chemin][2])
    expect(bureau.page.locator("#pied-publication")).to_contain_text("données publiées le")


@pytest.mark.parametrize("bureau", AVEC_GRAPHIQUES, indirect=True)
def test_telechargements(bureau: Ouverte, tmp_path: Path) -> None:
    page = bureau.page
    bloc = page.locator("section.px-bloc:has(.js-plotly-plot)").first
    titre = bloc.locator("h2").inner_text()
    for bouton, debut in (("PNG", b"\x89PNG"), ("SVG", b"<svg"), ("CSV", b"\xef\xbb\xbf")):
        with page.expect_download() as telechargement:
            bloc.get_by_role("button", name=bouton, exact=True).click()
        fichier = tmp_path / f"{bouton}.bin"
        telechargement.value.save_as(fichier)
        octets = fichier.read_bytes()
        assert octets.startswith(debut)
        assert telechargement.value.suggested_filename.endswith(f".{bouton.lower()}")
        if bouton == "SVG":
            texte = octets.decode().replace("\xa0", " ").replace("&nbsp;", " ")
            assert "Source" in texte
            assert "Données publiées le" in texte
        if bouton == "CSV":
            assert titre.split(" :")[0].split(",")[0] in octets.decode("utf-8-sig")


def test_accessibilite(bureau: Ouverte) -> None:
    """With every table twin open and drawn."""
    page = bureau.page
    page.evaluate("document.querySelectorAll('details:not([open]) > summary').forEach(s => s.click())")
    page.wait_for_load_state("networkidle")
    page.wait_for_function(TABLES_ARRIVEES)
    grilles = "details[open] .px-table-cadre:visible, .px-graphe:has(.ag-root-wrapper, .px-chargement):visible"
    for cadre in page.locator(grilles).all():
        cadre.scroll_into_view_if_needed()
        page.wait_for_function(GRILLE_DESSINEE, arg=cadre.element_handle())
    page.wait_for_function(TABLES_DESSINEES)
    resultat = Axe().run(page).response
    graves = [
        f"{v['id']} : {v['help']} ({len(v['nodes'])} fois, ex. {v['nodes'][0]['html'][:160]})"
        for v in resultat["violations"]
        if v["impact"] in GRAVES
    ]
    assert graves == []


def test_retrecir_la_fenetre(bureau: Ouverte) -> None:
    """The window made as narrow as a phone, tables open: everything follows."""
    bureau.page.set_viewport_size(TELEPHONE)
    bureau.page.wait_for_function(f"document.documentElement.scrollWidth <= {TELEPHONE['width']}")


def test_silence_et_hors_ligne(bureau: Ouverte) -> None:
    """Nothing in the console, nothing asked off the machine, all along the tests above."""
    bureau.page.wait_for_load_state("networkidle")
    bureau.veille.check()


@pytest.mark.parametrize("chemin", PAGES)
def test_rien_ne_deborde_sur_un_telephone(page_navigateur: Page, adresse: str, chemin: str) -> None:
    page_navigateur.set_viewport_size(TELEPHONE)
    open_page(page_navigateur, adresse, chemin)
    page_navigateur.wait_for_load_state("networkidle")
    page_navigateur.evaluate(PEINT)
    largeur = page_navigateur.evaluate("document.documentElement.scrollWidth")
    assert largeur <= TELEPHONE["width"], f"{chemin} déborde : {largeur} px"


def test_sans_graphique_pas_de_plotly(page_navigateur: Page, adresse: str) -> None:
    demandes: list[str] = []
    page_navigateur.on("request", lambda r: demandes.append(r.url))
    open_page(page_navigateur, adresse, "/methode")
    page_navigateur.wait_for_load_state("networkidle")
    assert [url for url in demandes if "plotly" in url] == []


def test_evitement_et_clavier(page_navigateur: Page, adresse: str) -> None:
    open_page(page_navigateur, adresse, "/methode")
    page_navigateur.keyboard.press("Tab")
    expect(page_navigateur.locator(".px-evitement")).to_be_focused()
    page_navigateur.keyboard.press("Enter")
    expect(page_navigateur.locator("#contenu")).to_be_focused()


def test_navigation_sans_recharger(page_navigateur: Page, adresse: str) -> None:
    open_page(page_navigateur, adresse, "/methode")
    page_navigateur.evaluate("window.temoin = 1")
    page_navigateur.get_by_role("link", name="Scores").first.click()
    expect(page_navigateur.locator("main h1")).to_contain_text("Scores")
    page_navigateur.wait_for_function("document.querySelectorAll('.js-plotly-plot .main-svg').length >= 2")
    assert page_navigateur.evaluate("window.temoin") == 1


def test_page_inconnue(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.goto(f"{adresse}/nulle-part")
    expect(page_navigateur.locator("main h1")).to_have_text("Cette page n'existe pas")
    page_navigateur.locator("main").get_by_role("link", name="Comparer").click()
    expect(page_navigateur.locator("main h1")).to_contain_text("Comparer")


@pytest.mark.parametrize(
    ("chemin", "extrait"),
    [
        ("/comparer?organisme=999", "999"),
        ("/comparer?couleur=rouge", "« couleur » n'existe pas"),
        ("/methode?indicateur=rien_de_tel", "rien_de_tel"),
        ("/cartes?indicateur=rien_de_tel", "rien_de_tel"),
        ("/?x=1", "« x » n'existe pas"),
    ],
)
def test_parametre_faux(page_navigateur: Page, adresse: str, chemin: str, extrait: str) -> None:
    page_navigateur.goto(adresse + chemin)
    expect(page_navigateur.locator(".px-avis")).to_contain_text(extrait)
    expect(page_navigateur.locator("main h1")).to_be_visible()


def test_indicateur_de_methode(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.goto(f"{adresse}/methode?indicateur=taux_reussite_local")
    fiche = page_navigateur.locator(".px-fiche")
    expect(fiche).to_contain_text("plus haut = mieux")
    choix = page_navigateur.get_by_label("Indicateur", exact=True).first
    choix.fill("carte Vitale")
    expect(page_navigateur.get_by_role("option").first).to_contain_text("carte Vitale")  # the list is the filtered one
    page_navigateur.keyboard.press("ArrowDown")
    page_navigateur.keyboard.press("Enter")
    expect(fiche).to_contain_text("carte Vitale")
    page_navigateur.wait_for_function("window.location.search.includes('indicateur=')")
    lien = page_navigateur.url
    page_navigateur.goto(lien)
    expect(page_navigateur.locator(".px-fiche")).to_contain_text("carte Vitale")


def test_sante(adresse: str) -> None:
    with urllib.request.urlopen(f"{adresse}/sante") as reponse:
        corps = json.load(reponse)
    assert corps["statut"] == "ok"
    assert corps["organismes"] == 165
    assert set(corps) == {"statut", "version", "version_donnees", "publie_le", "organismes"}


def is_contenu(reponse: Response) -> bool:
    """Whether an answer of the server is the layout of a page."""
    return "/_dash-update-component" in reponse.url and "_pages_content" in (reponse.request.post_data or "")


def test_sans_base_publiee(page_navigateur: Page, tmp_path: Path) -> None:
    with serve_application(tmp_path) as adresse:
        premiere, *suivantes = PAGES
        page_navigateur.goto(adresse + premiere)
        for chemin in (premiere, *suivantes):
            if chemin != premiere:
                with page_navigateur.expect_response(is_contenu):
                    page_navigateur.evaluate(ALLER, chemin)
            expect(page_navigateur.locator("main h1")).to_have_text("Les données ne sont pas disponibles")
            expect(page_navigateur.locator("main")).to_contain_text("make etl")
        with pytest.raises(urllib.error.HTTPError) as refus, urllib.request.urlopen(f"{adresse}/sante"):
            pass
        assert refus.value.code == 503
        refus.value.close()
