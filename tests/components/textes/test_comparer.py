from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from components.textes import comparer as textes
from components.textes.comparer import Comparaison
from data.calculs.position import compute_classement, compute_position, compute_quartiles
from data.catalogue import load_catalogue
from data.modele import Sens

AIN = {
    "code_organisme": "011",
    "nom": "CPAM de l'Ain",
    "type_note": "CPAM",
    "codes_departement": ["01"],
    "noms_departement": ["Ain"],
    "noms_region": ["Auvergne-Rhône-Alpes"],
}
CNAM = AIN | {"code_organisme": "cnam", "nom": "Cnam", "type_note": "CNAM", "noms_region": [], "codes_departement": []}


def build(valeurs: list[float], organisme: dict[str, Any] | None = None, types: str = "CPAM") -> Comparaison:
    codes = ["011", *(f"{900 + n}" for n in range(len(valeurs) - 1))]
    frame = pl.DataFrame(
        {
            "code_organisme": codes,
            "nom": ["CPAM de l'Ain", *(f"CPAM {c}" for c in codes[1:])],
            "type_note": [types.split()[n % len(types.split())] for n in range(len(valeurs))],
            "type_organisme": ["CPAM"] * len(valeurs),
            "nature": ["publiee"] * len(valeurs),
            "valeur": valeurs,
        }
    )
    classement = compute_classement(frame, Sens.HAUT)
    return Comparaison(
        groupe="type",
        indicateur={"unite": "%", "titre_court": "Taux de réussite local", "domaine": "Intéressement"},
        decimales=2,
        sens=Sens.HAUT,
        organisme=organisme,
        membres=classement,
        valeurs=classement,
        quartiles=compute_quartiles(valeurs),
        position=compute_position(valeurs, valeurs[0], Sens.HAUT) if organisme is AIN else None,
        vide=None,
    )


def build_phrase(comparaison: Comparaison) -> str:
    assert comparaison.quartiles is not None
    return textes.build_phrase_classement(comparaison, comparaison.quartiles).replace("\u00a0", " ")


def test_phrase_situe_l_organisme() -> None:
    assert build_phrase(build([90.0, 95.0, 80.0], AIN)) == (
        "CPAM de l'Ain : 90,00 %, 2e sur 3 CPAM et CCSS, à la médiane (90,00 %) ; deuxième quart. "
        "Premier : CPAM 900 (95,00 %) ; dernier : CPAM 901 (80,00 %)."
    )


def test_phrase_ecart_signe_et_ex_aequo() -> None:
    phrase = build_phrase(build([80.0, 80.0, 95.0, 96.5], AIN))
    assert "3e ex æquo sur 4 CPAM et CCSS, 7,50 points au-dessous de la médiane (87,50 %) ; troisième quart" in phrase
    assert "derniers ex æquo : 2 organismes (80,00 %)" in phrase


def test_phrase_sans_organisme_invite() -> None:
    assert build_phrase(build([90.0, 95.0])).endswith("Choisissez un organisme pour le situer dans ce groupe.")


def test_phrase_organisme_sans_valeur() -> None:
    assert build_phrase(build([90.0, 95.0], CNAM)).startswith("Cnam n'a pas de valeur ici.")


def test_phrase_identique() -> None:
    comparaison = build([95.4, 95.4])
    assert comparaison.identique
    assert "Identique pour tous : 95,40 %" in textes.build_phrase_identique(comparaison).replace("\u00a0", " ")
    assert not build([95.4, 95.5]).identique


def test_avertissement_seulement_entre_baremes() -> None:
    assert build([90.0, 95.0], types="CPAM DRSM").list_notes() == [textes.AVERTISSEMENT_TYPES]
    assert build([90.0, 95.0]).list_notes() == []


@pytest.mark.parametrize(
    ("groupe", "organisme", "types", "nombre", "attendu"),
    [
        ("type", AIN, ["CPAM"], 102, None),
        ("tous", None, ["CPAM"], 165, None),
        ("region", None, ["CPAM"], 0, "Choisissez d'abord un organisme"),
        ("region", CNAM, ["CPAM", "CNAM"], 0, "à aucune région"),
        ("type", CNAM, ["CPAM", "CNAM"], 1, "Choisissez le groupe « Tous »"),
        ("type", CNAM, ["CPAM", "CSS"], 0, "que pour les types CPAM et CCSS et CSS"),
        ("type", AIN, ["CPAM"], 1, "« Même région » ou « Tous »"),
        ("type_region", AIN, ["CPAM"], 1, "« Même type » ou « Même région »"),
    ],
)
def test_vide(
    groupe: str, organisme: dict[str, Any] | None, types: list[str], nombre: int, attendu: str | None
) -> None:
    vide = textes.build_vide(groupe, organisme, "Taux", types, nombre)
    assert (vide is None) == (attendu is None)
    assert attendu is None or attendu in str(vide).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("organisme", "attendu"),
    [
        (AIN, "CPAM de l'Ain · 01 · 011"),
        (
            AIN
            | {
                "nom": "CPAM de Bayonne",
                "code_organisme": "641",
                "codes_departement": ["64"],
                "noms_departement": ["Pyrénées-Atlantiques"],
            },
            "CPAM de Bayonne · 64 Pyrénées-Atlantiques · 641",
        ),
        (CNAM, "Cnam"),
        (
            AIN
            | {
                "nom": "CGSS de La Réunion",
                "code_organisme": "974",
                "codes_departement": ["974"],
                "noms_departement": ["La Réunion"],
            },
            "CGSS de La Réunion · 974",
        ),
    ],
)
def test_option(organisme: dict[str, Any], attendu: str) -> None:
    assert textes.format_option(organisme) == attendu


def test_recherche_par_ville_et_non_par_numero_sans_zero() -> None:
    recherche = textes.format_recherche(load_catalogue().organisme_par_code["031"]).split()
    assert "Moulins" in recherche
    assert "31" not in recherche


def test_groupe_regional_nomme() -> None:
    frame = pl.DataFrame({"type_note": ["CPAM", "DRSM"]})
    assert textes.format_groupe(frame, "region", AIN) == "2\u00a0organismes de la région Auvergne-Rhône-Alpes"
    deux = AIN | {"noms_region": ["Provence-Alpes-Côte d'Azur", "Corse"]}
    assert textes.format_groupe(frame, "region", deux).endswith("des régions Provence-Alpes-Côte d'Azur et Corse")
    assert textes.format_groupe(frame, "tous", AIN) == "2\u00a0organismes"
