"""The journal as the interface reads it, and the returns it keeps."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from data import journal
from data.chemins import NOM_BASE, get_lien_courant, get_publications, get_retours

ID, REFUSE = "a" * 12 + "-" + "0" * 8, "b" * 12 + "-" + "1" * 8
V1, V2 = "20260101-080000-aaaaaaaa", "20260201-090000-bbbbbbbb"


def write_chargement(var: Path, identifiant: str, **champs: object) -> None:
    dossier = var / "chargements" / identifiant
    dossier.mkdir(parents=True)
    charge = {
        "id": identifiant, "etat": "accepte", "fichier": "r.csv", "sha256": "c" * 64, "octets": 10, "format": "csv",
        "source": "resultats_mensuels", "auteur": "Siège", "charge_le": "2026-02-01T08:00:00+00:00", "lignes_lues": 3,
        "lignes_gardees": 2, "lignes_rejetees": 1, "faits": 2, "erreurs": 0, "rejets": 1, "avertissements": 0,
        "corrections": [], "periode_min": "2024-01-01", "periode_max": None, "original": "original.csv",
        "annote": "rejets.csv", "definition": {},
    } | champs  # fmt: skip
    (dossier / "chargement.json").write_text(json.dumps(charge), encoding="utf-8")
    (dossier / "rapport.json").write_text(json.dumps({"fichier": charge["fichier"]}), encoding="utf-8")
    (dossier / "original.csv").write_text("x", encoding="utf-8")
    (dossier / "rejets.csv").write_text("x;raison", encoding="utf-8")


def write_publication(var: Path, version: str, chargements: list[str]) -> None:
    dossier = get_publications(var) / version
    dossier.mkdir(parents=True)
    (dossier / NOM_BASE).touch()
    manifeste = {"chargements": chargements, "rapport": {"valeurs": {"publiees": 5, "simulees": 7}}}
    (dossier / "manifeste.json").write_text(json.dumps(manifeste), encoding="utf-8")


@pytest.fixture
def atelier(tmp_path: Path) -> Path:
    write_chargement(tmp_path, ID)
    write_chargement(tmp_path, REFUSE, etat="refuse", charge_le="2026-02-02T08:00:00+00:00", annote=None)
    write_publication(tmp_path, V1, [])
    write_publication(tmp_path, V2, [ID])
    get_lien_courant(tmp_path).symlink_to(Path("publications") / V2)
    return tmp_path


def test_les_chargements(atelier: Path) -> None:
    frame = journal.list_chargements(atelier)
    assert frame.select("id", "etat", "publie", "annote").rows() == [
        (REFUSE, "refuse", False, False),
        (ID, "accepte", True, True),
    ]
    assert dict(frame.schema) == journal.CHARGEMENTS


def test_rien_n_est_encore_charge(tmp_path: Path) -> None:
    assert journal.list_chargements(tmp_path).is_empty()
    assert journal.list_publications(tmp_path).is_empty()
    assert journal.list_retours(tmp_path) == []


def test_les_publications(atelier: Path) -> None:
    (get_publications(atelier) / ".en-cours-x").mkdir()
    (get_publications(atelier) / "autre").mkdir()
    assert journal.list_publications(atelier).drop("publie_le").rows() == [
        (V2, True, 1, 5, 7),
        (V1, False, 0, 5, 7),
    ]


def test_les_fichiers_d_un_chargement(atelier: Path) -> None:
    original = journal.find_fichier(atelier, ID, "original")
    rejets = journal.find_fichier(atelier, ID, "rejets")
    assert original is not None
    assert rejets is not None
    assert (original[1], rejets[1]) == ("r.csv", "r_rejets.csv")
    assert journal.find_fichier(atelier, REFUSE, "rejets") is None
    assert journal.read_rapport(atelier, ID) == {"fichier": "r.csv"}


@pytest.mark.parametrize("identifiant", ["", "..", "../publications", f"{ID}/..", "A" * 12 + "-" + "0" * 8, "*"])
def test_un_identifiant_faux_ne_mene_nulle_part(atelier: Path, identifiant: str) -> None:
    assert journal.read_rapport(atelier, identifiant) is None
    assert journal.find_fichier(atelier, identifiant, "original") is None


def test_un_retour_se_garde(tmp_path: Path) -> None:
    premier = journal.build_retour(V2, V1, "Siège", "  doublon\ndans le fichier ")
    assert premier.raison == "doublon dans le fichier"
    journal.add_retour(tmp_path, premier)
    second = journal.build_retour(V1, V2, "Siège", "fichier corrigé")
    journal.add_retour(tmp_path, second)
    with get_retours(tmp_path).open("a", encoding="utf-8") as flux:
        flux.write('{"fait_le": "coup')
    assert journal.list_retours(tmp_path) == [second, premier]


@pytest.mark.parametrize(
    ("auteur", "raison", "extrait"),
    [(None, "raison valable", "à quel titre"), ("Siège", None, "pourquoi"), ("Siège", "x" * 301, "300 caractères")],
)
def test_un_retour_sans_raison_est_refuse(auteur: str | None, raison: str | None, extrait: str) -> None:
    with pytest.raises(journal.RetourRefuseError, match=extrait):
        journal.build_retour(V2, V1, auteur, raison)
