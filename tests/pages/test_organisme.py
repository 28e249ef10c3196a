from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from dash import no_update

from data.chemins import get_commentaires
from data.commentaires import add_commentaire

Lire = Callable[[object], str]
SEIN = "loc_depistage_sein"


@pytest.fixture
def page(application: object) -> ModuleType:
    assert application is not None
    return sys.modules["pages.organisme"]


@pytest.fixture
def sans_commentaire(var: Path) -> Path:
    """The store of the session, empty for organisme 031."""
    fichier = get_commentaires(var) / "031.jsonl"
    fichier.unlink(missing_ok=True)
    return fichier


def test_la_fiche_dit_tout(page: ModuleType, lire_texte: Lire) -> None:
    texte = lire_texte(page.layout("011"))
    for extrait in (
        "CPAM de l'Ain", "Bourg-en-Bresse", "88e", "89,51 %", "1 017,43 €", "Données simulées",
        "/comparer?organisme=011", "/interessement?organisme=011", "/organismes/021", "Comment ce rang est établi",
        "data:image/svg+xml", "Commenter Dépistage du cancer du sein",
    ):  # fmt: skip
        assert extrait in texte, extrait
    assert "/organismes/011" not in texte.replace("/indicateurs", "")  # first of its type: no previous one


def test_la_cnam_est_publiee(page: ModuleType, lire_texte: Lire) -> None:
    texte = lire_texte(page.layout("cnam"))
    assert "seul de son type" in texte
    assert "Données simulées" not in texte
    assert "taux seul imprimé" in texte
    assert "Parmi son type" not in texte  # no column without any figure


def test_code_inconnu_propose_les_plus_proches(page: ModuleType, lire_texte: Lire) -> None:
    texte = lire_texte(page.layout("grenoble"))
    assert "Organisme inconnu" in texte
    assert "Aucun organisme ne porte le code « grenoble »" in texte
    assert texte.count('"href": "/organismes/') == 3
    assert "/organismes/381" in texte


def test_parametre_inconnu_dit(page: ModuleType, lire_texte: Lire) -> None:
    assert "« x » n'existe pas" in lire_texte(page.layout("011", x="1"))


def test_titre_de_l_onglet(page: ModuleType) -> None:
    assert page._get_titre("011") == "CPAM de l'Ain | Parangon"
    assert page._get_titre("xyz") == "Organisme | Parangon"


def test_ouvrir_puis_fermer_la_saisie(page: ModuleType, lire_texte: Lire) -> None:
    ouvrir = inspect.unwrap(page.open_saisie)
    saisie, cache, deplie = ouvrir(1, None, [], {"indicateur": SEIN})
    assert "Commentaire sur « Dépistage du cancer du sein »" in lire_texte(saisie)
    assert (cache, deplie) == (False, "true")
    assert ouvrir(2, saisie, [], {"indicateur": SEIN}) == (None, True, "false")
    assert ouvrir(2, saisie, ["un commentaire"], {"indicateur": SEIN}) == (None, False, "false")


def test_commenter(page: ModuleType, sans_commentaire: Path, lire_texte: Lire) -> None:
    enregistrer, ici = inspect.unwrap(page.save_commentaire), {"indicateur": SEIN}
    liste, texte, message = enregistrer(1, None, "Relance faite.", ici, "031")
    assert liste is texte is no_update  # what was written stays
    assert "à quel titre" in lire_texte(message)
    assert not sans_commentaire.exists()
    liste, texte, message = enregistrer(1, "direction", "<b>Relance</b> faite.", ici, "031")
    assert (texte, message) == ("", "Commentaire enregistré.")
    assert "<b>Relance</b> faite." in lire_texte(liste)  # as text, never as HTML
    assert "Direction, " in lire_texte(liste)
    assert "<b>Relance</b> faite." in lire_texte(page.layout("031"))
    assert "<b>Relance</b> faite." not in lire_texte(page.layout("041"))
    assert enregistrer(None, None, None, ici, "031") == (no_update,) * 3


def test_commentaires_illisibles_dits(page: ModuleType, sans_commentaire: Path, lire_texte: Lire) -> None:
    add_commentaire("031", SEIN, "siege", "lisible")
    sans_commentaire.write_bytes(sans_commentaire.read_bytes() + b"{coup\n")
    texte = lire_texte(page.layout("031"))
    assert "lisible" in texte
    assert "1 commentaire illisible" in texte
    sans_commentaire.unlink()
    sans_commentaire.mkdir()
    try:
        assert "ne peuvent pas être lus" in lire_texte(page.layout("031"))
    finally:
        sans_commentaire.rmdir()
