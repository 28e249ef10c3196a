from __future__ import annotations

import pytest

from components.textes import pairs as textes


@pytest.mark.parametrize(
    ("classe", "attendu"),
    [
        ("très petite", "très petite (moins de 230 ETP)"),
        ("petite", "petite (230 à 350 ETP)"),
        ("très grande", "très grande (900 ETP et plus)"),
    ],
)
def test_classe_avec_ses_bornes(classe: str, attendu: str) -> None:
    assert textes.format_classe(classe).replace("\u00a0", " ") == attendu
    with pytest.raises(ValueError, match="inconnue"):
        textes.format_classe("géante")


def test_effectif_en_mots() -> None:
    assert textes.format_effectif(2, None, "de ma liste") == "2\u00a0organismes de ma liste"
    assert textes.format_effectif(16, "DRSM", "") == "16\u00a0DRSM"


def test_regions() -> None:
    assert textes.format_regions(["Bretagne"]) == "de la région Bretagne"
    deux = ["Provence-Alpes-Côte d'Azur", "Corse"]
    assert textes.format_regions(deux) == "des régions Provence-Alpes-Côte d'Azur et Corse"


def test_precision_ne_dit_que_les_variables_connues() -> None:
    millesimes = {
        "ctx_etp": {"annee_max": 2023, "simulee": True},
        "ctx_population": {"annee_max": 2017, "simulee": False},
    }
    phrase = textes.build_precision_voisins("DRSM Bretagne", "taille", ["ctx_etp"], millesimes)
    assert "effectif en ETP 2023 (simulé)" in phrase
    assert "population" not in phrase
