"""The store of proposed barèmes: one file per version, never overwritten, checked when read back."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from threading import Thread

import pytest

from data.bareme import Bareme, update_poids
from data.commentaires import Role
from data.modele import TypeOrganisme
from data.propositions import (
    PropositionInconnueError,
    PropositionRefuseeError,
    PropositionsIndisponiblesError,
    add_proposition,
    get_publie,
    list_propositions,
    load_proposition,
)
from tests.variantes import update_cible

CPAM = get_publie(TypeOrganisme.CPAM, 2023)
QUAND = dt.datetime(2026, 11, 22, 8, 30, tzinfo=dt.UTC)


@pytest.fixture
def bareme() -> Bareme:
    return update_poids(CPAM, {"loc_accompagnements_mas": 12, "loc_validation_comptes": 12})


def test_une_version_revient_identique(tmp_path: Path, bareme: Bareme) -> None:
    gardee = add_proposition(bareme, "siege", " Comité  du 3\n", var=tmp_path, maintenant=QUAND)
    assert gardee.identifiant == "2023-cpam-v1"
    lue = load_proposition("2023-cpam-v1", tmp_path)
    assert lue == gardee
    assert (lue.bareme, lue.auteur, lue.motif, lue.depose_le) == (bareme, Role.SIEGE, "Comité  du 3", QUAND)
    assert get_publie(TypeOrganisme.CPAM, 2023) == CPAM
    assert not [f for f in (tmp_path / "baremes").iterdir() if f.suffix == ".tmp"]


def test_les_versions_s_ajoutent(tmp_path: Path, bareme: Bareme) -> None:
    add_proposition(bareme, "siege", "un", var=tmp_path)
    premiere = (tmp_path / "baremes" / "2023-cpam-v1.yaml").read_bytes()
    add_proposition(update_cible(bareme, "loc_e_dat", objectif=90.0, socle=50.0), "direction", "deux", var=tmp_path)
    registre = list_propositions(TypeOrganisme.CPAM, 2023, tmp_path)
    assert [p.identifiant for p in registre.propositions] == ["2023-cpam-v2", "2023-cpam-v1"]
    assert (tmp_path / "baremes" / "2023-cpam-v1.yaml").read_bytes() == premiere
    assert list_propositions(TypeOrganisme.DRSM, 2023, tmp_path).propositions == ()


def test_deux_auteurs_a_la_fois_ont_deux_versions(tmp_path: Path, bareme: Bareme) -> None:
    fils = [
        Thread(target=add_proposition, args=(bareme, "siege", f"n {n}"), kwargs={"var": tmp_path}) for n in range(4)
    ]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    versions = [p.version for p in list_propositions(TypeOrganisme.CPAM, 2023, tmp_path).propositions]
    assert versions == [4, 3, 2, 1]


@pytest.mark.parametrize(
    ("auteur", "motif", "raison"),
    [
        (None, "x", "à quel titre"),
        ("pirate", "x", "à quel titre"),
        ("siege", " \n ", "vide"),
        ("siege", "x" * 501, "501"),
    ],
)
def test_un_depot_incomplet_est_refuse(
    tmp_path: Path, bareme: Bareme, auteur: str | None, motif: str, raison: str
) -> None:
    with pytest.raises(PropositionRefuseeError, match=raison):
        add_proposition(bareme, auteur, motif, var=tmp_path)
    assert not (tmp_path / "baremes").exists()


def test_le_bareme_publie_n_est_pas_une_proposition(tmp_path: Path) -> None:
    with pytest.raises(PropositionRefuseeError, match="rien à proposer"):
        add_proposition(CPAM, "siege", "pour voir", var=tmp_path)


@pytest.mark.parametrize(
    "identifiant", ["", "2023-cpam-v1", "2023-cpam-v0", "../../etc/passwd", "2023-ccpam-v1", "1999-cpam-v1", "x" * 500]
)
def test_un_identifiant_inconnu_se_dit(tmp_path: Path, identifiant: str) -> None:
    with pytest.raises(PropositionInconnueError):
        load_proposition(identifiant, tmp_path)


@pytest.mark.parametrize("remplacement", ["poids: -3", "poids: 13", "zzz: 1", "- ["])
def test_un_fichier_modifie_a_la_main_n_est_jamais_utilise(tmp_path: Path, bareme: Bareme, remplacement: str) -> None:
    add_proposition(bareme, "siege", "un", var=tmp_path)
    chemin = tmp_path / "baremes" / "2023-cpam-v1.yaml"
    chemin.write_text(chemin.read_text(encoding="utf-8").replace("poids: 12", remplacement, 1), encoding="utf-8")
    with pytest.raises(PropositionInconnueError, match="2023-cpam-v1"):
        load_proposition("2023-cpam-v1", tmp_path)
    assert list_propositions(TypeOrganisme.CPAM, 2023, tmp_path).illisibles == ("2023-cpam-v1",)


def test_un_dossier_interdit_se_dit(tmp_path: Path, bareme: Bareme) -> None:
    (tmp_path / "baremes").write_text("pas un dossier", encoding="utf-8")
    with pytest.raises(PropositionsIndisponiblesError, match="droits du dossier"):
        add_proposition(bareme, "siege", "un", var=tmp_path)
