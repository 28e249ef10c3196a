from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.conftest import choose, search

pytestmark = pytest.mark.e2e


CLASSEMENT = "#bloc-comparer-classement"


def get_champ(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Organisme").or_(page.get_by_label("Organisme", exact=True)).first


def wait_dessin(page: Page) -> None:
    """The ranking is on screen: the first visit of a server is slow."""
    page.wait_for_selector(f"{CLASSEMENT} .js-plotly-plot .main-svg")


def test_chercher_un_organisme_sans_accent(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.goto(f"{adresse}/comparer")
    wait_dessin(page_navigateur)
    search(page_navigateur, get_champ(page_navigateur), "isere", "CPAM de l'Isère")
    expect(page_navigateur.locator("#comparer-chiffres")).to_contain_text("6e sur 102")
    expect(page_navigateur).to_have_url(f"{adresse}/comparer?organisme=381")
    expect(page_navigateur.locator(f"{CLASSEMENT} .annotation-text", has_text="CPAM de l'Isère")).to_be_visible()


def test_chercher_par_departement(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.goto(f"{adresse}/comparer")
    wait_dessin(page_navigateur)
    search(page_navigateur, get_champ(page_navigateur), "pyrenees atlantiques", "Pyrénées-Atlantiques")
    expect(page_navigateur.locator("#comparer-chiffres")).to_contain_text("CPAM de Bayonne")


@pytest.mark.parametrize("largeur", [1440, 390])
def test_entree_choisit_et_on_efface(page_navigateur: Page, adresse: str, largeur: int) -> None:
    page_navigateur.set_viewport_size({"width": largeur, "height": 844})
    page_navigateur.goto(f"{adresse}/comparer")
    wait_dessin(page_navigateur)
    champ = get_champ(page_navigateur)
    for recherche in ("38", "isere", "Grenoble", "381"):
        champ.click()
        champ.fill(recherche)
        expect(page_navigateur.get_by_role("option"), recherche).to_have_text(["CPAM de l'Isère · 38 · 381"])
        champ.press("Enter")
        expect(page_navigateur, recherche).to_have_url(f"{adresse}/comparer?organisme=381")
        expect(champ, recherche).to_have_value("CPAM de l'Isère · 38 · 381")
        champ.press("Tab")
        expect(page_navigateur.get_by_role("button", name="Effacer le choix"), recherche).to_be_focused()
        page_navigateur.keyboard.press("Enter")
        expect(champ, recherche).to_have_value("")
        expect(page_navigateur, recherche).to_have_url(f"{adresse}/comparer")


def test_numero_sans_zero_n_est_pas_un_autre_departement(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.goto(f"{adresse}/comparer")
    wait_dessin(page_navigateur)
    get_champ(page_navigateur).click()
    get_champ(page_navigateur).fill("31")
    expect(page_navigateur.get_by_role("option").first).to_have_text("CPAM de la Haute-Garonne · 31 · 311")
    get_champ(page_navigateur).fill("zzz")
    expect(page_navigateur.get_by_text("Aucun organisme ne répond à cette recherche")).to_be_visible()


def test_ligne_de_l_organisme_surlignee_dans_la_grille(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.goto(f"{adresse}/comparer?organisme=291")
    wait_dessin(page_navigateur)
    page_navigateur.locator(CLASSEMENT).get_by_text("Voir le tableau").click()
    mienne = page_navigateur.locator(f"{CLASSEMENT} .ag-row.px-mienne")
    nom = mienne.locator("[col-id=organisme]")
    expect(nom).to_have_text("CPAM du Finistère")
    expect(nom).to_be_in_viewport()  # scrolled to, far down the ranking
    assert int(mienne.first.evaluate("ligne => getComputedStyle(ligne).fontWeight")) >= 600
    search(page_navigateur, get_champ(page_navigateur), "hauts de seine", "Hauts-de-Seine")
    expect(nom).to_have_text("CPAM des Hauts-de-Seine")
    page_navigateur.get_by_role("button", name="Effacer le choix").click()
    expect(mienne).to_have_count(0)


def test_changer_de_groupe_change_la_hauteur(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.goto(f"{adresse}/comparer?organisme=011")
    wait_dessin(page_navigateur)
    choose(page_navigateur, "Comparé à", "Mes voisins par la taille")
    expect(page_navigateur).to_have_url(f"{adresse}/comparer?organisme=011&groupe=voisins")
    expect(page_navigateur.locator(f"{CLASSEMENT} .px-mention")).to_contain_text("jamais par les résultats")
    page_navigateur.wait_for_function(
        """bloc => {
            const graphe = document.querySelector(bloc + ' .js-plotly-plot');
            const dessin = graphe.querySelector('.main-svg').getBoundingClientRect();
            return dessin.height > 500 && Math.abs(graphe.getBoundingClientRect().height - dessin.height) < 2;
        }""",
        arg=CLASSEMENT,
    )


def test_seul_de_son_type_sans_graphique(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.goto(f"{adresse}/comparer?organisme=cnam&groupe=tous")
    page_navigateur.wait_for_selector(CLASSEMENT)
    expect(page_navigateur.locator(f"{CLASSEMENT} .px-vide")).to_contain_text("Classer tous les types ensemble")
    page_navigateur.locator("#comparer-types").click()
    expect(page_navigateur.locator("#comparer-chiffres")).to_contain_text("sur 165")
    expect(page_navigateur.locator("#comparer-avis")).to_contain_text("barèmes sont différents")
    expect(page_navigateur.locator(f"{CLASSEMENT} .annotation-text", has_text="Caisse nationale")).to_be_visible()


def read_dessin(page: Page, bloc: str) -> str:
    """What the chart of a bloc holds: values and labels, whatever the order Plotly wrote them in."""
    page.wait_for_function("bloc => document.querySelector(bloc + ' .js-plotly-plot .main-svg')", arg=bloc)
    dessin: str = page.evaluate(
        """bloc => {
            const graphe = document.querySelector(bloc + ' .js-plotly-plot');
            return JSON.stringify([
                graphe.data.map((t) => [t.name, Array.from(t.x), Array.from(t.y), t.customdata]),
                graphe.layout.annotations.map((a) => a.text), document.querySelector(bloc + ' h2').textContent,
                document.querySelector(bloc + ' .px-phrase').textContent,
            ]);
        }""",
        bloc,
    )
    return dessin


def test_mes_six_pairs_dans_un_lien(page_navigateur: Page, adresse: str, navigateur: Browser) -> None:
    """Choose six peers, copy the address, open it in a new browser: the same picture."""
    page_navigateur.goto(f"{adresse}/comparer?organisme=011&indicateur=loc_rdv_telephone")
    wait_dessin(page_navigateur)
    choose(page_navigateur, "Comparé à", "Ma liste")
    expect(page_navigateur.locator(f"{CLASSEMENT} .px-vide")).to_contain_text("au moins 5 pairs")
    membres = page_navigateur.locator("#comparer-membres")
    for nom in ("Aisne", "Allier", "Hautes-Alpes", "Alpes-Maritimes", "Calvados", "Isère"):
        search(page_navigateur, membres, nom, nom)
    page_navigateur.locator("#comparer-nom").fill("Mes six")
    expect(page_navigateur.locator(f"{CLASSEMENT} .px-phrase")).to_contain_text("7 CPAM et CCSS de la liste")
    page_navigateur.wait_for_function("window.location.search.includes('nom=Mes+six')")
    lien = page_navigateur.url
    assert "groupe=liste" in lien
    assert lien.split("membres=")[1].split("&")[0].count(",") == 5
    attendu = read_dessin(page_navigateur, CLASSEMENT)
    contexte = navigateur.new_context(viewport={"width": 1440, "height": 900}, locale="fr-FR")
    ailleurs = contexte.new_page()
    ailleurs.goto(lien)
    assert read_dessin(ailleurs, CLASSEMENT) == attendu
    expect(ailleurs.locator("#comparer-nom")).to_have_value("Mes six")
    contexte.close()


def test_parcours_au_clavier(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.goto(f"{adresse}/comparer?organisme=011&indicateur=loc_rdv_telephone")
    wait_dessin(page_navigateur)
    for vue in ("Classement", "Distribution", "Entonnoir", "Nuage de points"):
        check_parcours(page_navigateur, vue)


def check_parcours(page_navigateur: Page, vue: str) -> None:
    """Show a view and walk its chart with the arrows."""
    page_navigateur.get_by_text(vue, exact=True).click()
    cadre = page_navigateur.locator("#comparer-contenu .px-parcours")
    expect(cadre).to_have_count(1)
    # The view asked for, drawn: the reader only walks a chart that is there.
    identifiant = {"Nuage de points": "nuage", "Distribution": "points"}.get(vue, vue.lower())
    bloc = f"#bloc-comparer-{identifiant}"
    page_navigateur.wait_for_selector(f"{bloc} .js-plotly-plot .main-svg")
    voix = page_navigateur.locator(f"{bloc} .px-parcours-voix")
    expect(voix).to_contain_text("flèches")
    page_navigateur.locator(f"{bloc} .px-parcours").focus()
    page_navigateur.keyboard.press("ArrowRight")
    expect(voix).to_contain_text("CPAM de l'Ain")  # starts from mine
    page_navigateur.keyboard.press("ArrowRight")
    expect(voix).not_to_contain_text("CPAM de l'Ain")
    page_navigateur.keyboard.press("ArrowLeft")
    expect(voix).to_contain_text("CPAM de l'Ain")
    page_navigateur.keyboard.press("End")
    expect(voix).not_to_contain_text("CPAM de l'Ain")
    expect(page_navigateur.locator(f"{bloc} .hovertext").first).to_be_attached()
    if vue != "Nuage de points":
        expect(voix).to_contain_text("sur 102")
    if vue == "Classement":
        expect(voix).to_contain_text("102e sur 102")


@pytest.mark.parametrize("vue", ["distribution", "entonnoir", "temps", "face-a-face", "nuage", "pairs"])
def test_chaque_vue_accessible_et_sur_un_telephone(page_navigateur: Page, adresse: str, vue: str) -> None:
    page_navigateur.goto(f"{adresse}/comparer?organisme=011&indicateur=loc_rdv_telephone&vue={vue}")
    page_navigateur.wait_for_selector("#comparer-contenu .js-plotly-plot .main-svg")
    violations = Axe().run(page_navigateur).response["violations"]
    assert [v["id"] for v in violations if v["impact"] in {"serious", "critical"}] == []
    page_navigateur.set_viewport_size({"width": 390, "height": 844})
    page_navigateur.wait_for_function("document.documentElement.scrollWidth <= 390")


def test_telecharger_csv_et_image(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.goto(f"{adresse}/comparer?organisme=011")
    wait_dessin(page_navigateur)
    bloc = page_navigateur.locator(CLASSEMENT)
    for bouton, fin in (("CSV", ".csv"), ("SVG", ".svg")):
        with page_navigateur.expect_download() as attente:
            bloc.get_by_role("button", name=bouton).click()
        assert attente.value.suggested_filename == f"parangon-classement-taux-reussite-local{fin}"


def test_sans_violation_grave_ni_debordement(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.goto(f"{adresse}/comparer?organisme=011")
    wait_dessin(page_navigateur)
    violations = Axe().run(page_navigateur).response["violations"]
    assert [v["id"] for v in violations if v["impact"] in {"serious", "critical"}] == []
    page_navigateur.set_viewport_size({"width": 390, "height": 844})
    page_navigateur.wait_for_function("document.documentElement.scrollWidth <= 390")
