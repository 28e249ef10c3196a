"""Quality over the publications, as the page shows it."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from components.donnees import tendance
from data.chemins import NOM_BASE, get_historique, get_lien_courant, get_publications
from data.journal import Retour, add_retour
from data.magasin import Lecture

V1, V2, V3, V4 = (f"2026010{jour}-080000-{jour:08x}" for jour in range(1, 5))


def build_qualite(**champs: Any) -> dict[str, Any]:
    return {
        "documents": 1600, "transmises": 0, "simulees": 9000, "statuts": {"publie": 1590, "non_fourni": 10},
        "lignes_lues": 0, "lignes_rejetees": 0, "constats": {}, "controles": 600, "echecs": {"avertissement": 6},
        "fraicheur": {"a_jour": 20, "anciens": 0, "sans_chiffre": 10, "simules": 60, "absents": 10},
        "derniere": "2023-12-31",
    } | champs  # fmt: skip


def write_manifeste(chemin: Path, version: str, precedente: str | None, qualite: dict[str, Any] | None) -> None:
    chemin.parent.mkdir(parents=True, exist_ok=True)
    rapport = {} if qualite is None else {"qualite": qualite}
    manifeste = {"version": version, "precedente": precedente, "chargements": [], "rapport": rapport}
    chemin.write_text(json.dumps(manifeste), encoding="utf-8")


@pytest.fixture
def passe(tmp_path: Path, publication: Lecture, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Four publications: an old one without figures and no longer kept, one, one left by a return, the served one."""
    write_manifeste(get_historique(tmp_path) / f"{V1}.json", V1, None, None)
    envois = {"transmises": 40, "lignes_lues": 50, "lignes_rejetees": 10, "constats": {"rejet": 9, "avertissement": 2}}
    for version, precedente, qualite in (
        (V2, V1, build_qualite()),
        (V3, V2, build_qualite(**envois)),
        (V4, V2, build_qualite(documents=1700, echecs={})),
    ):
        dossier = get_publications(tmp_path) / version
        write_manifeste(dossier / "manifeste.json", version, precedente, qualite)
        (dossier / NOM_BASE).touch()
    get_lien_courant(tmp_path).symlink_to(Path("publications") / V4)
    add_retour(
        tmp_path,
        Retour(
            fait_le=dt.datetime(2026, 1, 3, 9, tzinfo=dt.UTC), depuis=V3, vers=V2, auteur="Siège", raison="doublons"
        ),
    )
    monkeypatch.setattr(tendance, "get_var", lambda: tmp_path)
    return tmp_path


def test_la_phrase_va_de_la_premiere_a_celle_affichee(passe: Path) -> None:
    phrase = tendance.build_contenu_tendance().phrase.replace("\xa0", " ").replace("\u202f", " ")
    assert "4 publications, dont 1 sans chiffres de qualité" in phrase
    assert "1 laissée par un retour" in phrase
    assert "valeurs réelles de 1 600 à 1 700" in phrase
    assert "contrôles en échec de 6 à 0" in phrase
    assert "couples à jour toujours 20,0 %" in phrase
    assert "rejetées" not in phrase  # neither of the two holds a file


def test_le_jumeau_dit_tout(passe: Path) -> None:
    tableau = tendance.build_contenu_tendance().tableau
    ancienne, premiere, laissee, affichee = tableau.lignes
    assert ancienne["statuts"] == "sans chiffres de qualité"
    assert "plus gardée" in ancienne["etat"]
    assert ancienne.get("documents") is None
    assert premiere["etat"] == "suivie par l'affichée"
    assert "laissée par un retour" in laissee["etat"]
    assert "Siège" in laissee["retour"]
    assert "doublons" in laissee["retour"]
    assert (laissee["lues"], laissee["rejetees"], laissee["part_rejetee"]) == (50, 10, 20.0)
    assert (laissee["rejets"], laissee["signalements"]) == (9, 2)
    assert laissee["statuts"].replace("\u202f", " ") == "publie 1 590, non fourni 10"
    assert affichee["quand"] == tableau.cle_surlignee
    assert (affichee["avertissements"], affichee["absents"]) == (0, 10)
    assert affichee["derniere"] == "décembre 2023"


def test_la_figure_a_un_panneau_par_mesure(passe: Path) -> None:
    contenu = tendance.build_contenu_tendance()
    assert contenu.figure is not None
    titres = [a.text for a in contenu.figure.layout.annotations]
    assert len(titres) == 4
    rejets = [t for t in contenu.figure.data if t.xaxis == "x2"]
    assert [y for t in rejets if t.name == "laissée par un retour" for y in t.y] == [20.0]
    assert any("aucun fichier transmis" in texte for t in rejets for texte in t.customdata or ())


def test_sans_chiffres_ni_publication(passe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vide = tmp_path / "vide"
    monkeypatch.setattr(tendance, "get_var", lambda: vide)
    assert "la prochaine en aura" in str(tendance.build_contenu_tendance().vide)
    write_manifeste(get_historique(vide) / f"{V1}.json", V1, None, None)
    contenu = tendance.build_contenu_tendance()
    assert contenu.figure is None
    assert len(contenu.tableau.lignes) == 1


def test_la_premiere_publication_chiffree(passe: Path) -> None:
    for version in (V2, V3):
        (get_publications(passe) / version / NOM_BASE).unlink()
    assert "la tendance viendra" in tendance.build_contenu_tendance().phrase


def test_sur_la_page(application: object, lire_texte: Callable[[object], str]) -> None:
    assert application is not None
    texte = lire_texte(sys.modules["pages.donnees"].layout(vue="chargements"))
    assert "Qualité au fil des publications" in texte
    assert "couple indicateur × organisme est à jour" in texte
