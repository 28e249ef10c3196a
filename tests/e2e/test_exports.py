"""The images of the blocs, in a real browser: a slide complete in itself, nothing cut, nothing overlapping."""

from __future__ import annotations

import base64
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.e2e

SVG = "{http://www.w3.org/2000/svg}"
LARGEUR, HAUTEUR_MIN, MARGE = 1280, 720, 40

# Page -> the bloc whose images are checked: the first of each page, then a tall one and one with a long foot.
BLOCS = {
    "/": "accueil-syntheses",
    "/comparer?organisme=381": "comparer-classement",
    "/scores": "scores-distribution",
    "/delais-ij": "delais-ij-premiere",
    "/comparer?organisme=381&groupe=region": "comparer-classement",
    "/scores?type=CTI": "scores-indicateurs",
}

# Boxes of the texts and of the figure, in pixels of the image.
MESURER = """() => {
  const image = document.querySelector('svg');
  const origine = image.getBoundingClientRect();
  const mesurer = (element) => {
    const boite = element.getBoundingClientRect();
    return {
      texte: element.textContent, gauche: boite.left - origine.left, droite: boite.right - origine.left,
      haut: boite.top - origine.top, bas: boite.bottom - origine.top,
    };
  };
  const lister = (role, choix) => [...image.querySelectorAll(`.parangon-${role} ${choix}`)]
    .filter((element) => element.getBoundingClientRect().width > 0).map(mesurer);
  return {
    titre: lister('titre', 'text'), phrase: lister('phrase', 'text'), pied: lister('pied', 'text'),
    figure: lister('figure', 'text'), simulee: lister('simulee', 'text'), cadre: lister('simulee', 'rect'),
  };
}"""

# Size of a PNG and share of pixels that are not white in its middle half (the chart) and in its top (the title).
LIRE_PNG = """async (base64) => {
  const image = new Image();
  image.src = 'data:image/png;base64,' + base64;
  await image.decode();
  const toile = document.createElement('canvas');
  [toile.width, toile.height] = [image.naturalWidth, image.naturalHeight];
  const dessin = toile.getContext('2d', { willReadFrequently: true });
  dessin.drawImage(image, 0, 0);
  const compter = (haut, hauteur) => {
    const points = dessin.getImageData(0, haut, toile.width, hauteur).data;
    let encres = 0;
    for (let i = 0; i < points.length; i += 4) encres += points[i] + points[i + 1] + points[i + 2] < 720;
    return encres / (points.length / 4);
  };
  const quart = Math.floor(toile.height / 4);
  return { taille: [toile.width, toile.height], figure: compter(quart, 2 * quart), titre: compter(80, 60) };
}"""

HABILLER = """async (contexte) => window.parangon.habiller_figure(
  { data: [{ type: 'bar', x: ['a', 'b'], y: [1, 2] }], layout: { height: 260 } }, contexte)"""


@dataclass(frozen=True)
class Image:
    """A downloaded SVG: its document and the boxes of what it shows, by part of the slide."""

    racine: ElementTree.Element
    boites: dict[str, list[dict[str, Any]]]

    @property
    def taille(self) -> tuple[int, int]:
        """Width and height, in pixels."""
        return int(self.racine.attrib["width"]), int(self.racine.attrib["height"])

    def get_texte(self, role: str) -> str:
        """The lines of a part, joined as they were before being cut."""
        return " ".join(boite["texte"] for boite in self.boites[role])


def read_image(page: Page, svg: str) -> Image:
    """Parse an SVG and measure it in the browser."""
    racine = ElementTree.fromstring(svg)  # noqa: S314 - our own output
    page.set_content(f"<body style='margin:0'>{svg}</body>")
    return Image(racine, page.evaluate(MESURER))


def fetch_fichier(page: Page, bloc: str, format_image: str, dossier: Path) -> bytes:
    """Download the image of a bloc."""
    with page.expect_download() as telechargement:
        page.locator(f"#bloc-{bloc}").get_by_role("button", name=format_image, exact=True).click()
    assert telechargement.value.suggested_filename.endswith(f".{format_image.lower()}")
    chemin = dossier / format_image
    telechargement.value.save_as(chemin)
    return chemin.read_bytes()


def check_image(image: Image) -> None:
    """Margins, order of the parts from top to bottom, nothing outside."""
    largeur, hauteur = image.taille
    assert largeur == LARGEUR
    assert hauteur >= HAUTEUR_MIN
    for role in ("titre", "phrase", "pied"):
        for boite in image.boites[role]:
            assert boite["gauche"] >= MARGE - 1, boite
            assert boite["droite"] <= LARGEUR - MARGE + 1, boite
    assert 0 < len(image.boites["titre"]) <= 2
    assert image.boites["titre"][0]["haut"] >= MARGE - 4
    assert image.boites["pied"][-1]["bas"] <= hauteur - MARGE + 4
    assert image.boites["titre"][-1]["bas"] <= image.boites["phrase"][0]["haut"]
    for boite in image.boites["figure"]:
        assert boite["gauche"] >= MARGE - 1, boite
        assert boite["droite"] <= LARGEUR - MARGE + 1, boite
        assert boite["haut"] >= image.boites["phrase"][-1]["bas"] - 1, boite
        assert boite["bas"] <= image.boites["pied"][0]["haut"], boite


@pytest.mark.parametrize(("chemin", "bloc"), BLOCS.items())
def test_image_d_un_bloc(page_navigateur: Page, adresse: str, chemin: str, bloc: str, tmp_path: Path) -> None:
    page_navigateur.goto(adresse + chemin)
    section = page_navigateur.locator(f"#bloc-{bloc}")
    expect(section.locator(".main-svg").first).to_be_visible()
    titre = section.locator("h2").inner_text()
    phrase = section.locator(".px-phrase").inner_text()
    mentions = section.locator(".px-mention p").all_inner_texts()
    png = fetch_fichier(page_navigateur, bloc, "PNG", tmp_path)
    svg = fetch_fichier(page_navigateur, bloc, "SVG", tmp_path).decode()

    image = read_image(page_navigateur, svg)
    check_image(image)
    assert image.boites["figure"], "le graphique n'est pas dans l'image"
    assert image.get_texte("titre") == titre
    assert image.get_texte("phrase") == phrase
    assert image.get_texte("pied") == " ".join(mentions)
    assert "Source" in image.get_texte("pied")
    assert "Données publiées le" in image.get_texte("pied")
    assert image.racine.findtext(f"{SVG}title") == titre
    assert phrase in (image.racine.findtext(f"{SVG}desc") or "")
    assert "http" not in svg.replace("http://www.w3.org/", "")

    assert struct.unpack(">II", png[16:24]) == tuple(2 * cote for cote in image.taille)
    points = page_navigateur.evaluate(LIRE_PNG, base64.b64encode(png).decode())
    assert points["titre"] > 0.01
    assert points["figure"] > 0.002


def build_contexte(**changements: Any) -> dict[str, Any]:
    """What a bloc gives to its image."""
    mentions = ["moyenne · unité\u00a0: % · 2023", "Source\u00a0: note. Données publiées le 01/02/2026."]
    return {"titre": "Un titre", "phrase": "Une phrase.", "mentions": mentions, "simulee": False} | changements


def test_images_habillees(page_navigateur: Page, adresse: str) -> None:
    """Slides dressed from nothing: marked where data is simulated, long texts cut, reserved signs kept."""
    page_navigateur.goto(adresse)  # where the drawing library and the product's functions are
    expect(page_navigateur.locator(".main-svg").first).to_be_visible()
    titres = ["Un titre", " ".join(["Un titre qui dit beaucoup"] * 7)]
    long = " ".join(["« a & b », si 3 < 4 et 12\u202f345\u00a0% > 2"] * 12)
    *marquees, publiee, longue = [
        page_navigateur.evaluate(HABILLER, contexte)
        for contexte in (
            *(build_contexte(titre=titre, simulee=True) for titre in titres),
            build_contexte(),
            build_contexte(phrase=long, mentions=[long, long]),
        )
    ]
    for titre, svg in zip(titres, marquees, strict=True):
        check_marque(read_image(page_navigateur, svg), titre)
    assert "SIMUL" not in publiee
    assert read_image(page_navigateur, publiee).taille == (LARGEUR, HAUTEUR_MIN)
    check_longue(read_image(page_navigateur, longue), long)


def check_marque(image: Image, titre: str) -> None:
    """The mark of simulated data: framed, beside the title and never over it."""
    check_image(image)
    (marque,), (cadre,) = image.boites["simulee"], image.boites["cadre"]
    assert marque["texte"] == "DONNÉES SIMULÉES"
    assert cadre["gauche"] < marque["gauche"] < marque["droite"] < cadre["droite"] <= LARGEUR - MARGE + 1
    assert cadre["haut"] < marque["haut"] < marque["bas"] < cadre["bas"]
    assert all(boite["droite"] < cadre["gauche"] for boite in image.boites["titre"])
    assert image.get_texte("titre") == titre


def check_longue(image: Image, long: str) -> None:
    """Long texts are cut at spaces that may be, and nothing of them is lost."""
    check_image(image)
    assert image.get_texte("phrase") == long
    assert image.get_texte("pied") == f"{long} {long}"
    coupes = {mot for role in ("phrase", "pied") for boite in image.boites[role] for mot in boite["texte"].split(" ")}
    assert "12\u202f345\u00a0%" in coupes  # no-break spaces hold


def test_rien_a_dessiner_pas_d_image(page_navigateur: Page, adresse: str) -> None:
    page_navigateur.goto(f"{adresse}/scores?type=CNAM")
    section = page_navigateur.locator("#bloc-scores-indicateurs")
    expect(section.locator(".px-vide")).to_be_visible()
    for nom, visible in {"PNG": False, "SVG": False, "CSV": True, "Excel": True}.items():
        expect(section.get_by_role("button", name=nom, exact=True, include_hidden=True)).to_be_visible(visible=visible)


@pytest.mark.parametrize(("chemin", "bloc", "simulee"), [
    ("/comparer?organisme=381", "comparer-classement", False),
    ("/comparer?organisme=381&indicateur=part_population_zip", "comparer-classement", True),
])  # fmt: skip
def test_tableau_dans_excel(
    page_navigateur: Page, adresse: str, chemin: str, bloc: str, simulee: bool, tmp_path: Path
) -> None:
    page_navigateur.goto(adresse + chemin)
    section = page_navigateur.locator(f"#bloc-{bloc}")
    expect(section.locator(".main-svg").first).to_be_visible()
    with page_navigateur.expect_download() as telechargement:
        section.get_by_role("button", name="Excel", exact=True).click()
    assert telechargement.value.suggested_filename.endswith(".xlsx")
    chemin_classeur = tmp_path / "tableau.xlsx"
    telechargement.value.save_as(chemin_classeur)
    classeur = load_workbook(chemin_classeur)
    assert classeur.sheetnames == ["Données simulées" if simulee else "Données", "À propos"]
    donnees, a_propos = classeur.worksheets
    assert donnees.max_row > 30
    assert any(isinstance(cellule.value, (int, float)) for cellule in donnees[2])
    textes = [ligne[0].value for ligne in a_propos.iter_rows()]
    assert textes[0] == section.locator("h2").inner_text()
    assert section.locator(".px-phrase").inner_text() in textes
    assert any("Données publiées le" in texte for texte in textes)
    assert ("Données simulées" in textes) == simulee
