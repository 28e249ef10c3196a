"""The page « Barème » without a browser: starting points, edits, files, publication; the simulator that reads them."""

from __future__ import annotations

import base64
import inspect
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from dash import no_update

from components.bareme import vue
from data.chemins import get_baremes

Lire = Callable[[object], str]


@pytest.fixture
def page(application: object, var: Path) -> Iterator[ModuleType]:
    assert application is not None
    yield sys.modules["pages.bareme"]
    shutil.rmtree(get_baremes(var), ignore_errors=True)


def _edit(type_note: str = "CPAM", **poids: str) -> tuple[list[dict[str, str]], dict[str, Any]]:
    """Rows of the published barème with other weights, and what the browser keeps beside."""
    bareme, lignes = vue.list_depart(type_note, None)
    for ligne in lignes:
        ligne["poids"] = poids.get(ligne["code"].removeprefix("loc_"), ligne["poids"])
    return lignes, vue.build_base(bareme)


COMPTES_MOINS = {"accompagnements_mas": "12", "validation_comptes": "12"}


@pytest.fixture
def proposition(page: ModuleType) -> str:
    publier = inspect.unwrap(page.publish_proposition)
    message, options, identifiant, motif = publier(1, "siege", "Comité du 3", *_edit(**COMPTES_MOINS), "CPAM")
    assert "publiée" in message
    assert identifiant == options[1]["value"] == "2023-cpam-v1"
    assert motif == ""
    return str(identifiant)


def test_au_depart_le_bareme_publie(page: ModuleType, lire_texte: Lire) -> None:
    texte = lire_texte(page.layout())
    assert "Total des poids : 100 / 100 points" in texte
    assert "Rien n'a encore changé" in texte
    assert "Accompagnements MAS" in texte
    assert "38,0 → 28,0 jours" in texte
    assert "Données simulées" not in texte  # nothing is computed yet


@pytest.mark.parametrize("type_note", ["DRSM", "CARSAT", "CGSS", "UGECAM", "CSS", "CTI", "CEIR", "CNAM"])
def test_chaque_type_a_son_bareme(page: ModuleType, lire_texte: Lire, type_note: str) -> None:
    texte = lire_texte(page.layout(type=type_note))
    assert "100 / 100 points" in texte
    assert "None" not in texte.replace("NoneType", "")


def test_parametres_refuses_sans_casser(page: ModuleType, lire_texte: Lire) -> None:
    texte = lire_texte(page.layout(type="XXX", bareme="../../etc/passwd", foo="1"))
    assert "les types qui ont un barème sont CPAM" in texte
    assert "n'est pas une proposition de barème" in texte
    assert "Le paramètre « foo » n'existe pas" in texte
    assert "la proposition « 2023-cpam-v7 » n'existe pas" in lire_texte(page.layout(bareme="2023-cpam-v7"))


def test_une_saisie_montre_son_effet(page: ModuleType, lire_texte: Lire) -> None:
    lignes, base = _edit(**COMPTES_MOINS)
    valeurs = inspect.unwrap(page.update_effet)(base, None, lignes, "CPAM")
    fautes, total, changements, cartes, fige = valeurs[:5]
    assert (fautes, fige) == (None, False)
    assert total.replace("\xa0", " ") == "Total des poids : 100 / 100 points"
    assert "2 changements" in lire_texte(changements)
    apercu = vue.build_vue_grille("CPAM", lignes, vue.read_base(base, "CPAM"))
    frame = vue.compute_apercu("CPAM", apercu.bareme).organismes
    assert frame.height == 102
    gagnent = (frame["apres"] > frame["avant"]).sum()
    assert gagnent > 0
    assert f"▲ {gagnent}" in lire_texte(cartes)
    assert f"{gagnent} organismes gagnent" in lire_texte(valeurs)
    assert "Données simulées" in lire_texte(valeurs)
    assert "Note intéressement 2023 (barème publié) ; Simulation Parangon ; proposition de barème" in lire_texte(
        valeurs
    )
    assert "Les 63 autres organismes du réseau suivent d'autres barèmes" in lire_texte(valeurs)  # 165 in all


def test_une_faute_se_nomme_et_empeche_de_publier(page: ModuleType, lire_texte: Lire) -> None:
    lignes, base = _edit(accompagnements_mas="beaucoup")
    valeurs = inspect.unwrap(page.update_effet)(base, None, lignes, "CPAM")
    assert "Ligne 1 (Accompagnements MAS), colonne « Poids »" in lire_texte(valeurs[0])
    assert valeurs[4] is True
    assert "Corrigez d'abord ce qui est signalé" in lire_texte(valeurs)
    message, *rien = inspect.unwrap(page.publish_proposition)(1, "siege", "x", lignes, base, "CPAM")
    assert "Corrigez" in message
    assert rien == [no_update] * 3
    envoi, fautes = page.build_envoi("xlsx", lignes, base, "CPAM")
    assert envoi is no_update
    assert "avant de télécharger" in lire_texte(fautes)


@pytest.mark.parametrize(("auteur", "motif", "raison"), [(None, "x", "à quel titre"), ("siege", "", "motif est vide")])
def test_publier_demande_un_auteur_et_un_motif(page: ModuleType, auteur: str | None, motif: str, raison: str) -> None:
    message, *rien = inspect.unwrap(page.publish_proposition)(1, auteur, motif, *_edit(**COMPTES_MOINS), "CPAM")
    assert raison in message
    assert rien == [no_update] * 3


def test_une_proposition_s_affiche_et_se_partage(page: ModuleType, proposition: str, lire_texte: Lire) -> None:
    texte = lire_texte(page.layout(type="DRSM", bareme=proposition))
    assert "Comité du 3" in texte
    assert f"?bareme={proposition}" in texte  # the type is that of the proposal
    lignes, _, options, valeur, *_, requete = page.build_depart("CPAM", proposition)
    assert lignes[0]["poids"] == "12"
    assert (len(options), valeur, requete) == (2, proposition, f"?bareme={proposition}")
    assert page.build_depart("DRSM", proposition)[3] == ""


def test_un_fichier_remplace_la_grille_ou_la_laisse(page: ModuleType, lire_texte: Lire) -> None:
    charger = inspect.unwrap(page.load_fichier)
    lignes, base = _edit(**COMPTES_MOINS)
    envoi, _ = page.build_envoi("xlsx", lignes, base, "CPAM")
    contenu = f"data:x;base64,{envoi['content']}"
    assert envoi["filename"] == "interessement_2023_part_locale_cpam.xlsx"
    nouvelles, nouvelle_base, faute, _ = charger(contenu, envoi["filename"], "CPAM")
    assert (nouvelles[0]["poids"], faute) == ("12", no_update)
    assert (
        vue.read_base(nouvelle_base, "CPAM") == vue.build_vue_grille("CPAM", lignes, vue.read_base(base, "CPAM")).bareme
    )
    garde = charger(contenu, envoi["filename"], "DRSM")
    assert garde[:2] == (no_update, no_update)
    assert "Choisissez d'abord le bon type" in lire_texte(garde[2])
    faux = charger("data:x;base64," + base64.b64encode(b"\xff").decode(), "b.yaml", "CPAM")
    assert "reste tel qu'il était" in lire_texte(faux[2])


def test_l_interessement_essaie_la_proposition(page: ModuleType, proposition: str, lire_texte: Lire) -> None:
    interessement = sys.modules["pages.interessement"]
    texte = lire_texte(interessement.layout(organisme="011", bareme=proposition))
    assert "?organisme=011&s1=accompagnements_mas~p12,validation_comptes~p12" in texte
    assert "Choisissez un organisme pour lui essayer" in lire_texte(interessement.layout(bareme=proposition))
    ailleurs = lire_texte(interessement.layout(organisme="cnam", bareme=proposition))
    assert "ne concerne pas" in ailleurs
    _, _, requete = inspect.unwrap(interessement.update_organisme)("021", proposition)
    assert requete.startswith("?organisme=021&s1=accompagnements_mas~p12")
