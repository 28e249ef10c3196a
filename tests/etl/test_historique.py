"""What is kept of the publications: their chain, their figures once they are gone, whatever happens meanwhile."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import polars as pl

from data.chemins import get_historique, get_publications
from data.journal import list_historique
from data.schemas import TABLES
from etl import publish as publication
from etl.publish import CONSERVEES, Manifeste, lock_publication, publish, rollback

TABLES_VIDES = {t.nom: pl.DataFrame(schema=dict(t.colonnes)) for t in TABLES}
QUALITE = {
    "documents": 5, "transmises": 2, "simulees": 7, "statuts": {"publie": 7}, "lignes_lues": 4, "lignes_rejetees": 1,
    "constats": {"rejet": 1}, "controles": 3, "echecs": {}, "derniere": "2023-12-31",
    "fraicheur": {"a_jour": 1, "anciens": 0, "sans_chiffre": 0, "simules": 3, "absents": 0},
}  # fmt: skip


def name_version(rang: int) -> str:
    return f"20260101-0000{rang:02d}-{rang:08x}"


def publish_essai(var: Path, rang: int, qualite: dict[str, object] | None = QUALITE) -> str:
    version = name_version(rang)
    rapport: dict[str, object] = {"valeurs": {}} if qualite is None else {"valeurs": {}, "qualite": qualite}
    with lock_publication(var, 10):
        publish(var, version, TABLES_VIDES, {}, Manifeste(version, "e" * 64, [f"c{rang}"], rapport))
    return version


def test_un_retour_se_lit_dans_la_suite_des_publications(tmp_path: Path) -> None:
    v1, v2, v3 = (publish_essai(tmp_path, rang) for rang in (1, 2, 3))
    with lock_publication(tmp_path):
        rollback(tmp_path, v1)
    assert [p.etat for p in list_historique(tmp_path)] == ["affichee", "ecartee", "ecartee"]
    v4 = publish_essai(tmp_path, 4)
    passees = list_historique(tmp_path)
    assert [(p.version, p.etat, p.precedente) for p in passees] == [
        (v1, "suivie", None),
        (v2, "ecartee", v1),
        (v3, "ecartee", v2),
        (v4, "affichee", v1),
    ]
    with lock_publication(tmp_path):
        rollback(tmp_path, v3)  # and back again: nothing was lost
    assert [p.etat for p in list_historique(tmp_path)] == ["suivie", "suivie", "affichee", "ecartee"]


def test_une_publication_retiree_laisse_ses_chiffres(tmp_path: Path) -> None:
    versions = [publish_essai(tmp_path, rang, None if rang == 1 else QUALITE) for rang in range(1, CONSERVEES + 4)]
    passees = list_historique(tmp_path)
    assert [p.version for p in passees] == versions
    assert [p.gardee for p in passees] == [False] * 3 + [True] * CONSERVEES
    assert [p.qualite is not None for p in passees] == [False] + [True] * (len(versions) - 1)
    assert {p.etat for p in passees[:-1]} == {"suivie"}
    assert [p.chargements for p in passees] == [1] * len(versions)
    assert len(list(get_publications(tmp_path).iterdir())) == CONSERVEES


def test_l_historique_est_borne(tmp_path: Path, monkeypatch: object) -> None:
    monkeypatch.setattr(publication, "HISTORIQUE", 2)  # type: ignore[attr-defined]
    for rang in range(1, CONSERVEES + 6):
        publish_essai(tmp_path, rang)
    assert sorted(f.stem for f in get_historique(tmp_path).iterdir()) == [name_version(4), name_version(5)]


def test_tuee_entre_l_archive_et_le_retrait(tmp_path: Path) -> None:
    """A publication archived and still there is counted once, as kept; the next run takes it away."""
    publish_essai(tmp_path, 1)
    publication._archive(tmp_path, get_publications(tmp_path) / name_version(1))
    (get_historique(tmp_path) / f".{name_version(2)}.json").write_text('{"version"', encoding="utf-8")
    assert [(p.version, p.gardee) for p in list_historique(tmp_path)] == [(name_version(1), True)]


def test_des_publications_d_avant(tmp_path: Path) -> None:
    """Manifests without chain nor figures: taken in the order of their names; unreadable figures are no figures."""
    for rang in (1, 2, 3):
        publish_essai(tmp_path, rang)
    for rang, contenu in ((1, None), (2, {"documents": -1})):
        chemin = get_publications(tmp_path) / name_version(rang) / "manifeste.json"
        manifeste = json.loads(chemin.read_text(encoding="utf-8"))
        del manifeste["precedente"]
        manifeste["rapport"] = {"qualite": contenu} if contenu else {}
        chemin.write_text(json.dumps(manifeste), encoding="utf-8")
    passees = list_historique(tmp_path)
    assert [(p.precedente, p.qualite is None) for p in passees] == [
        (None, True),
        (name_version(1), True),
        (name_version(2), False),
    ]


def test_lire_pendant_dix_publications(tmp_path: Path) -> None:
    """Readers see every publication made so far, or one less, never fewer and never an error."""
    publish_essai(tmp_path, 1)
    fin, vues, erreurs = threading.Event(), list[tuple[int, int]](), list[Exception]()
    faites = [1]

    def lire() -> None:
        while not fin.is_set():
            avant = faites[0]
            try:
                vues.append((avant, len(list_historique(tmp_path))))
            except Exception as erreur:
                erreurs.append(erreur)

    lecteurs = [threading.Thread(target=lire) for _ in range(2)]
    for lecteur in lecteurs:
        lecteur.start()
    for rang in range(2, 12):
        publish_essai(tmp_path, rang)
        faites[0] = rang
    fin.set()
    for lecteur in lecteurs:
        lecteur.join()
    assert not erreurs
    assert vues
    assert all(avant <= nombre <= avant + 2 for avant, nombre in vues)
