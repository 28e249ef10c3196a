from __future__ import annotations

import datetime as dt

import pytest

from components.textes.delais_repartition import (
    NOTE_IJ,
    Groupe,
    build_jours,
    build_lignes,
    build_notes,
    build_phrase,
    format_quand,
    list_colonnes,
)
from data.calculs.delais import build_repartition

AN = [dt.date(2023, mois, 1) for mois in range(1, 13)]
BORNES = [5, 10, 60]


def build_groupe(nom: str, comptes: dict[int, int]) -> Groupe:
    repartition = build_repartition([comptes.get(jour, 0) for jour in range(max(comptes) + 1)])
    assert repartition is not None
    return Groupe(nom, "réseau", repartition)


MIENNE = build_groupe("CPAM de l'Ain", {3: 600, 9: 300, 61: 100})
RESEAU = build_groupe("réseau", {3: 6000, 9: 1500, 60: 1000, 100: 1500})


def write(mienne: Groupe | None, reference: Groupe | None, nom: str | None, seuil: int = 60) -> str:
    phrase = build_phrase(mienne, reference, seuil, "Salariés, maladie", AN, nom)
    return phrase.replace("\u00a0", " ").replace("\u202f", " ")


def test_combien_attendent_plus_que_le_seuil() -> None:
    assert write(MIENNE, RESEAU, "CPAM de l'Ain") == (
        "CPAM de l'Ain, salariés, maladie, non subrogées, en 2023 : 100 des 1 000 premières IJ ont attendu plus de "
        "60 jours (10,0 %), 5,0 points de moins que le réseau (15,0 %). La moitié est payée en 3 jours ou moins, neuf "
        "sur dix en 14,2 jours (réseau : 3 j et 100 j)."
    )


def test_un_ecart_que_le_hasard_explique_n_est_pas_un_verdict() -> None:
    petite = build_groupe("CPAM de l'Ain", {3: 18, 100: 2})
    assert "2 des 20 premières IJ ont attendu plus de 60 jours (10,0 %), sans écart net avec le réseau" in write(
        petite, RESEAU, "CPAM de l'Ain"
    )


def test_aucune_et_une_seule() -> None:
    aucune, une = build_groupe("A", {3: 2000}), build_groupe("A", {3: 1999, 80: 1})
    assert "aucune des 2 000 premières IJ n'a attendu plus de 60 jours, 15,0 points de moins" in write(
        aucune, RESEAU, "A"
    )
    assert "1 des 2 000 premières IJ a attendu plus de 60 jours (0,1 %)" in write(une, RESEAU, "A")


def test_l_ecart_est_celui_des_chiffres_ecrits() -> None:
    mienne = build_groupe("A", {3: 9205, 80: 795})  # 7,95 % is written 8,0 %
    reseau = build_groupe("réseau", {3: 89016, 80: 10984})  # 10,984 % is written 11,0 %
    assert "(8,0 %), 3,0 points de moins que le réseau (11,0 %)" in write(mienne, reseau, "A")


def test_sans_caisse_ou_sans_ij_le_reseau_parle_seul() -> None:
    assert write(None, RESEAU, None).startswith("Réseau, salariés, maladie, non subrogées, en 2023 : 1 500 des 10 000")
    assert write(None, RESEAU, None).endswith("Choisissez une caisse pour l'y comparer.")
    assert write(None, RESEAU, "CPAM de l'Ain").startswith(
        "CPAM de l'Ain : aucune première IJ de ce champ n'est connue en 2023. Réseau, salariés"
    )
    assert write(MIENNE, None, "CPAM de l'Ain").endswith("neuf sur dix en 14,2 jours.")


def test_le_tableau_a_les_barres_et_leur_cumul_zero_compris() -> None:
    mienne = build_groupe("CPAM de l'Ain", {3: 30, 61: 10})
    lignes = build_lignes(mienne, None, BORNES)
    assert [ligne["jours"] for ligne in lignes] == ["0 à 5", "6 à 10", "11 à 60", "plus de 60"]
    assert [ligne["mienne_nombre"] for ligne in lignes] == [30, 0, 0, 10]
    assert [ligne["mienne_cumul"] for ligne in lignes] == [75.0, 75.0, 75.0, 100.0]
    assert [colonne.champ for colonne in list_colonnes(mienne, None)] == list(lignes[0])
    jours = build_jours(mienne, BORNES)
    assert jours.parts == (75.0, 0.0, 0.0, 25.0)
    assert jours.infobulles[1].replace("\u00a0", " ") == "<b>CPAM de l'Ain</b>, 6 à 10 jours<br>aucune IJ · 0,0 %"


@pytest.mark.parametrize(
    ("mois", "attendu"),
    [
        (AN, "en 2023"),
        (AN[5:6], "en juin 2023"),
        ([dt.date(2022, 12, 1), *AN[:11]], "sur 12 mois (décembre 2022 à novembre 2023)"),
    ],
)
def test_la_periode_se_dit(mois: list[dt.date], attendu: str) -> None:
    assert format_quand(mois) == attendu


def test_les_mois_sans_ij_sont_nommes() -> None:
    notes = build_notes("CPAM de l'Ain", [*AN[:4], *AN[5:]], AN)
    assert notes == ["CPAM de l'Ain\u00a0: aucune IJ connue de ce champ en mai 2023.", NOTE_IJ]
    assert "de février 2023 à décembre 2023" in build_notes("CPAM de l'Ain", AN[:1], AN)[0]
    assert build_notes("CPAM de l'Ain", AN, AN) == build_notes(None, [], AN) == [NOTE_IJ]
