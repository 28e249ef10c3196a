from __future__ import annotations

import pytest

from components.recherche import Filtre, build_cle, check_filtre, find_codes, render_filtres

CLES = {
    "sein": build_cle("Dépistage du cancer du sein", "loc_depistage_sein"),
    "ij": build_cle("1re IJ maladie, salariés et indépendants"),
}


@pytest.mark.parametrize(
    ("recherche", "attendus"),
    [
        ("", ["sein", "ij"]),
        ("  ", ["sein", "ij"]),
        ("DEPISTAGE sei", ["sein"]),
        ("dép", ["sein"]),  # the start of a word, not the middle of « indépendants »
        ("sein ij", []),
        ("1re", ["ij"]),
    ],
)
def test_chaque_mot_commence_un_mot(recherche: str, attendus: list[str]) -> None:
    assert find_codes(recherche, CLES) == attendus


def test_filtre_vide_ou_connu() -> None:
    assert check_filtre("", ["CPAM"], "les types sont CPAM.") == ""
    assert check_filtre("CPAM", ["CPAM"], "les types sont CPAM.") == "CPAM"
    with pytest.raises(ValueError, match="les types sont CPAM"):
        check_filtre("MAIRIE", ["CPAM"], "les types sont CPAM.")


def test_chaque_filtre_a_son_nom_et_s_efface() -> None:
    barre = render_filtres("liste", "un mot", "sein", [Filtre("type", "Type", ["CPAM"], "CPAM", 180)])
    texte, choix = barre.children
    assert (texte.id, texte.value) == ("liste-recherche", "sein")
    assert (choix.id, choix.value, choix.clearable) == ("liste-type", "CPAM", True)
    assert choix.clearButtonProps["aria-label"] == "Effacer le choix\u00a0: Type"
