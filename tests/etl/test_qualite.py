"""What a publication says of its own quality: the same counts as the pages show."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import polars as pl

from components.donnees.fraicheur import load_etats
from components.figures.fraicheur import Etat
from data.chemins import get_var
from data.journal import list_historique
from data.magasin import Lecture
from data.qualite import Fraicheur, Qualite
from data.requetes.donnees import list_natures, list_types_note
from data.requetes.publication import list_controles
from data.schemas import TABLES
from etl.qualite import build_qualite


def read_qualite() -> Qualite:
    affichee = next(p for p in list_historique(get_var()) if p.etat == "affichee")
    assert affichee.qualite is not None
    return affichee.qualite


def test_la_publication_porte_les_chiffres_des_pages(publication: Lecture) -> None:
    qualite = read_qualite()
    natures = list_natures()
    assert (qualite.documents, qualite.transmises, qualite.simulees) == tuple(
        int(natures[c].sum()) for c in ("documents", "transmis", "simules")
    )
    assert sum(qualite.statuts.values()) == qualite.reelles
    controles = list_controles()
    assert qualite.controles == controles.height
    assert sum(qualite.echecs.values()) == controles.filter(~pl.col("reussi")).height > 0
    assert set(qualite.echecs) == {"avertissement"}
    assert qualite.part_rejetee is None  # no file was sent
    assert (
        qualite.derniere
        == publication.query(
            "SELECT max(periode_fin) FROM mart_valeur WHERE nature = 'publiee' AND (valeur IS NOT NULL "
            "OR borne_basse IS NOT NULL OR borne_haute IS NOT NULL OR valeur_date IS NOT NULL)"
        ).item()
    )


def test_la_fraicheur_est_celle_de_la_grille(publication: Lecture) -> None:
    etats = Counter(e for type_note in list_types_note() for e in load_etats(type_note)["etat"].to_list())
    assert read_qualite().fraicheur == Fraicheur(
        a_jour=etats[Etat.A_JOUR],
        anciens=etats[Etat.ANCIEN],
        sans_chiffre=etats[Etat.SANS_CHIFFRE],
        simules=etats[Etat.SIMULE],
        absents=etats[Etat.ABSENT],
    )


def test_envois_rejets_et_couples() -> None:
    """Two CPAM, one up to date, the other one month late; a DRSM that only says it has nothing."""
    vides = {t.nom: pl.DataFrame(schema=dict(t.colonnes)) for t in TABLES}

    def remplir(nom: str, lignes: list[dict[str, object]]) -> pl.DataFrame:
        return pl.concat([vides[nom], pl.DataFrame(lignes)], how="diagonal_relaxed")

    def dire(code: str, mois: int, valeur: float | None, nature: str = "publiee", statut: str = "publie") -> dict[str, object]:  # fmt: skip  # noqa: E501
        return {"code_entite": code, "maille": "organisme", "code_indicateur": "i", "nature": nature, "statut": statut,
                "valeur": valeur, "periode_fin": dt.date(2023, mois, 28), "chargement": "x"}  # fmt: skip

    tables = vides | {
        "mart_organisme": remplir(
            "mart_organisme",
            [{"code_organisme": c, "type_organisme": t} for c, t in (("a", "CPAM"), ("b", "CCSS"), ("c", "DRSM"))],
        ),
        "mart_valeur": remplir(
            "mart_valeur",
            [
                dire("a", 2, 1.0),
                dire("b", 1, 1.0),
                dire("b", 2, 3.0, nature="simulee"),
                dire("c", 2, None, statut="non_fourni"),
            ],
        ),
        "mart_chargement": remplir("mart_chargement", [{"lignes_lues": 8, "lignes_rejetees": 2}]),
        "mart_rejet": remplir(
            "mart_rejet",
            [{"chargement": "x", "gravite": "rejet"}] * 2
            + [{"chargement": "x", "gravite": "avertissement"}, {"chargement": None, "gravite": None}],
        ),
        "mart_controle": remplir(
            "mart_controle",
            [{"gravite": "erreur", "reussi": True}, {"gravite": "avertissement", "reussi": False}],
        ),
    }
    qualite = build_qualite(tables)
    assert (qualite.documents, qualite.transmises, qualite.simulees) == (0, 3, 1)
    assert qualite.statuts == {"non_fourni": 1, "publie": 2}
    assert qualite.constats == {"avertissement": 1, "rejet": 2}
    assert qualite.part_rejetee == 25
    assert (qualite.controles, qualite.echecs) == (2, {"avertissement": 1})
    assert qualite.fraicheur == Fraicheur(a_jour=1, anciens=1, sans_chiffre=1, simules=0, absents=0)
    assert qualite.derniere == dt.date(2023, 2, 28)
    assert Qualite.model_validate(qualite.model_dump(mode="json")) == qualite
