from __future__ import annotations

from components.choix import render_bascule, render_choix


def test_un_choix_se_vide_ou_reste() -> None:
    vidable = render_choix("x", "Caisse", [], None, vide="Rien", clearable=True)
    assert vidable.clearButtonProps["aria-label"] == "Effacer le choix"
    assert getattr(vidable, "allowDeselect", None) is None
    fixe = render_choix("x", "Indicateur", [], "a", vide="Rien", maxDropdownHeight=200)
    assert (fixe.allowDeselect, fixe.maxDropdownHeight) == (False, 200)
    assert getattr(fixe, "clearButtonProps", None) is None


def test_une_bascule_porte_son_titre() -> None:
    titre, bouton = render_bascule("page-pas", "Pas de temps", {"mois": "Par mois", "an": "Par an"}, "mois").children
    assert titre.id == getattr(bouton, "aria-labelledby") == "page-pas-titre"
    assert [o["label"] for o in bouton.data] == ["Par mois", "Par an"]
