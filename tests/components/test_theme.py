"""Contrast of the colour roles, computed as WCAG 2.2 defines it."""

import pytest

from components.theme import CATEGORIES, COULEURS, SEQUENTIELLE, build_css


def compute_luminance(couleur: str) -> float:
    canaux = [int(couleur[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    rouge, vert, bleu = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in canaux)
    return 0.2126 * rouge + 0.7152 * vert + 0.0722 * bleu


def compute_contraste(une: str, autre: str) -> float:
    haut, bas = sorted((compute_luminance(une), compute_luminance(autre)), reverse=True)
    return (haut + 0.05) / (bas + 0.05)


@pytest.mark.parametrize("role", ["texte", "texte-doux", "marque", "moins", "mieux", "comparable", "simulee"])
@pytest.mark.parametrize("fond", ["carte", "fond"])
def test_textes_lisibles(role: str, fond: str) -> None:
    assert compute_contraste(COULEURS[role], COULEURS[fond]) >= 4.5


@pytest.mark.parametrize("role", ["mien", "pairs", "trait-fort", "objectif", "socle"])
def test_marques_visibles(role: str) -> None:
    assert compute_contraste(COULEURS[role], COULEURS["carte"]) >= 3


@pytest.mark.parametrize("couleur", CATEGORIES)
def test_categories_visibles(couleur: str) -> None:
    assert compute_contraste(couleur, COULEURS["carte"]) >= 4.5


def test_cyan_et_givre_ne_sont_que_des_aplats() -> None:
    assert compute_contraste(COULEURS["cyan"], COULEURS["carte"]) < 3
    assert compute_contraste(COULEURS["givre"], COULEURS["carte"]) < 3
    assert COULEURS["cyan"] not in CATEGORIES
    assert COULEURS["givre"] not in CATEGORIES


def test_sequentielle_s_assombrit() -> None:
    luminances = [compute_luminance(c) for c in SEQUENTIELLE]
    assert luminances == sorted(luminances, reverse=True)


def test_css_porte_chaque_role() -> None:
    assert all(f"--px-{role}:" in build_css() for role in COULEURS)
