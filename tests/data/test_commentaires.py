"""The store of comments: append-only, bounded, readable by several writers, never losing a line silently."""

from __future__ import annotations

import datetime as dt
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data import commentaires
from data.chemins import get_commentaires, get_publications
from data.commentaires import (
    LONGUEUR_MAX,
    CommentaireRefuseError,
    CommentairesIndisponiblesError,
    Journal,
    add_commentaire,
    clean_texte,
    load_journal,
)

SEIN, COL = "loc_depistage_sein", "loc_depistage_col"


def get_fichier(var: Path) -> Path:
    return get_commentaires(var) / "011.jsonl"


def test_un_commentaire_se_relit(tmp_path: Path) -> None:
    depose = add_commentaire("011", SEIN, "direction", "  Campagne relancée.\r\n\r\n\r\n\r\nVoir 2024. ", var=tmp_path)
    assert depose.texte == "Campagne relancée.\n\nVoir 2024."
    assert depose.depose_le.utcoffset() == dt.timedelta(0)
    add_commentaire("011", COL, "siege", "Vu.", var=tmp_path)
    journal = load_journal("011", tmp_path)
    assert journal.list_sur(SEIN) == (depose,)
    assert [c.texte for c in journal.commentaires] == [depose.texte, "Vu."]
    assert load_journal("021", tmp_path) == Journal()


def test_hors_des_publications(tmp_path: Path) -> None:
    """No publication, return to an older one or pruning touches them."""
    assert get_publications(tmp_path) not in get_commentaires(tmp_path).parents


def test_le_plus_ancien_d_abord(tmp_path: Path) -> None:
    tot, tard = dt.datetime(2023, 1, 1, tzinfo=dt.UTC), dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    add_commentaire("011", SEIN, "direction", "après", var=tmp_path, maintenant=tard)
    add_commentaire("011", SEIN, "direction", "avant", var=tmp_path, maintenant=tot)
    assert [c.texte for c in load_journal("011", tmp_path).commentaires] == ["avant", "après"]


@pytest.mark.parametrize(
    ("organisme", "indicateur", "role", "texte", "message"),
    [
        ("999", SEIN, "direction", "x", "Aucun organisme ne porte le code « 999 »"),
        ("../../etc/passwd", SEIN, "direction", "x", "Aucun organisme"),
        ("011", "inconnu", "direction", "x", "Aucun indicateur ne porte le code « inconnu »"),
        ("011", SEIN, None, "x", "à quel titre"),
        ("011", SEIN, "président", "x", "à quel titre"),
        ("011", SEIN, "direction", None, "vide"),
        ("011", SEIN, "direction", " \n\x00\u200b ", "vide"),
        ("011", SEIN, "direction", "a" * (LONGUEUR_MAX + 1), "1001 caractères"),
    ],
)
def test_ce_qui_est_refuse(
    tmp_path: Path, organisme: str, indicateur: str, role: str | None, texte: str | None, message: str
) -> None:
    with pytest.raises(CommentaireRefuseError) as refus:
        add_commentaire(organisme, indicateur, role, texte, var=tmp_path)
    assert message in str(refus.value).replace("\u00a0", " ")
    assert not get_commentaires(tmp_path).exists()


def test_nombre_borne(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commentaires, "NOMBRE_MAX", 2)
    for _ in range(2):
        add_commentaire("011", SEIN, "direction", "x", var=tmp_path)
    with pytest.raises(CommentaireRefuseError, match="déjà 2 commentaires"):
        add_commentaire("011", SEIN, "direction", "x", var=tmp_path)
    add_commentaire("011", COL, "direction", "x", var=tmp_path)  # counted by indicateur


def test_une_ligne_coupee_est_comptee_et_ne_mange_pas_la_suivante(tmp_path: Path) -> None:
    add_commentaire("011", SEIN, "direction", "entier", var=tmp_path)
    fichier = get_fichier(tmp_path)
    coupee = fichier.read_bytes()[:40]  # what a crash in the middle of a write leaves
    fichier.write_bytes(fichier.read_bytes() + coupee)
    assert load_journal("011", tmp_path).illisibles == 1
    add_commentaire("011", SEIN, "siege", "suivant", var=tmp_path)
    journal = load_journal("011", tmp_path)
    assert [c.texte for c in journal.commentaires] == ["entier", "suivant"]
    assert journal.illisibles == 1
    assert coupee in fichier.read_bytes()  # left where it is


def test_fichier_etrange(tmp_path: Path) -> None:
    fichier = get_fichier(tmp_path)
    fichier.parent.mkdir()
    fichier.write_bytes(b'\xff\xfe\n\n{"texte": 1}\n[]\n' + b"x" * 100_000 + b"\n")
    assert load_journal("011", tmp_path) == Journal((), 4)


def test_dossier_inutilisable(tmp_path: Path) -> None:
    get_commentaires(tmp_path).write_text("un fichier à la place du dossier")
    with pytest.raises(CommentairesIndisponiblesError, match="n'a pas pu être enregistré"):
        add_commentaire("011", SEIN, "direction", "x", var=tmp_path)
    with pytest.raises(CommentairesIndisponiblesError, match="ne peuvent pas être lus"):
        load_journal("011", tmp_path)


def test_plusieurs_a_la_fois(tmp_path: Path) -> None:
    def deposer(numero: int) -> None:
        for rang in range(5):
            add_commentaire("011", SEIN, "direction", f"{numero}-{rang} " + "é" * 400, var=tmp_path)

    fils = [threading.Thread(target=deposer, args=(n,)) for n in range(6)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    journal = load_journal("011", tmp_path)
    assert journal.illisibles == 0
    assert {c.texte.split()[0] for c in journal.commentaires} == {f"{n}-{r}" for n in range(6) for r in range(5)}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=300))
def test_tout_texte_se_relit_ou_est_refuse(tmp_path: Path, texte: str) -> None:
    propre = clean_texte(texte)
    assert isinstance(propre, str)
    assert clean_texte(propre) == propre  # cleaning once is enough
    get_fichier(tmp_path).unlink(missing_ok=True)
    if not propre:
        with pytest.raises(CommentaireRefuseError):
            add_commentaire("011", SEIN, "direction", texte, var=tmp_path)
        return
    add_commentaire("011", SEIN, "direction", texte, var=tmp_path)
    assert [c.texte for c in load_journal("011", tmp_path).commentaires] == [propre]
