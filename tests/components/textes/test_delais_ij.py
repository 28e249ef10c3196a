from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest

from components.figures.formats import INSECABLE
from components.textes import delais_ij as textes
from components.textes.chroniques_ij import CHRONIQUES
from components.textes.phrases_ij import build_phrase_queue
from components.textes.series_ij import build_cibles, build_series, list_evenements
from data.catalogue import load_catalogue

COLONNES = (
    "code_indicateur", "maille", "code_entite", "entite", "periode_debut", "periode_fin", "segment", "statistique",
    "valeur", "borne_basse", "borne_haute", "valeur_imprimee", "source", "source_ligne", "note",
)  # fmt: skip


def build_ligne(code: str = textes.COG_2014, **autres: Any) -> dict[str, Any]:
    base = dict.fromkeys(COLONNES) | {
        "code_indicateur": code,
        "maille": "reseau",
        "code_entite": "france",
        "entite": "France",
        "periode_debut": dt.date(2014, 1, 1),
        "periode_fin": dt.date(2014, 12, 31),
        "segment": "ensemble",
        "statistique": "moyenne",
        "valeur": 30.4,
        "valeur_imprimee": "30.4",
        "source": "001",
        "source_ligne": "3433-3439",
    }
    return base | autres


def build_frame(*lignes: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(lignes, infer_schema_length=None)


def format_source(*documents: str) -> str:
    return " ; ".join(f"document {d}" for d in documents)


@pytest.mark.parametrize(
    ("valeurs", "attendu"),
    [
        ({}, "30,4"),
        ({"valeur": 18.0, "valeur_imprimee": "18"}, "18"),
        (
            {"valeur": None, "borne_basse": 30.04, "borne_haute": 31.2, "valeur_imprimee": "30.04-31.2"},
            "de 30,04 à 31,2",
        ),
        ({"valeur": None, "borne_basse": 95.0, "valeur_imprimee": ">95"}, "plus de 95"),
        ({"valeur": None, "borne_haute": 15.0, "valeur_imprimee": "<15"}, "moins de 15"),
    ],
)
def test_delai_tel_qu_imprime(valeurs: dict[str, Any], attendu: str) -> None:
    assert textes.format_delai(build_ligne(**valeurs)) == attendu


@pytest.mark.parametrize(
    ("note", "attendu"),
    [
        (None, "2014"),
        ("géré par le RSI", "2014"),
        ("imprimé « automne 2021 » : daté du 22/09 au 21/12/2021", "automne 2021"),
        ('imprimé "dérogoires" ; imprimé « début juin 2022 » : daté de juin 2022', "début juin 2022"),
        ("imprimé « début juin 2022 (pic) » : daté de juin 2022", "début juin 2022"),
    ],
)
def test_periode_du_document_avant_celle_gardee(note: str | None, attendu: str) -> None:
    assert textes.format_periode_imprimee(build_ligne(note=note)) == attendu


@pytest.mark.parametrize(
    ("ligne", "attendu"),
    [
        (build_ligne(textes.REGLEMENT), "toutes IJ"),
        (build_ligne(textes.REGLEMENT, segment="non_derogatoires"), "IJ non dérogatoires"),
        (build_ligne(textes.CANAL), f"IJ selon l'attestation de salaire{INSECABLE}: tous canaux"),
        (build_ligne(textes.CANAL, segment="dsn"), f"IJ selon l'attestation de salaire{INSECABLE}: DSN"),
        (
            build_ligne(textes.MONTANT, segment="décile 01"),
            f"IJ maladie non subrogées, selon le montant{INSECABLE}: 1er décile",
        ),
        (build_ligne(textes.MALADIE), "1re IJ maladie"),
    ],
)
def test_population(ligne: dict[str, Any], attendu: str) -> None:
    assert textes.format_population(ligne) == attendu


@pytest.mark.parametrize(
    ("segment", "note", "attendu"),
    [
        ("décile 01", "montant ≤ 16,57 €", f"1er · ≤ 16,57{INSECABLE}€"),
        ("décile 02", "montant > 16,57 € et ≤ 22,87 €", f"2e · 16,57 à 22,87{INSECABLE}€"),
        ("décile 10", "montant > 47,02 €", f"10e · > 47,02{INSECABLE}€"),
        ("papier", None, "Papier"),
    ],
)
def test_categorie(segment: str, note: str | None, attendu: str) -> None:
    assert textes.format_categorie(build_ligne(textes.MONTANT, segment=segment, note=note)) == attendu


def test_series_separent_segments_et_entites() -> None:
    delais = build_frame(
        build_ligne(textes.REGLEMENT, valeur=43.71, valeur_imprimee="43.71"),
        build_ligne(textes.REGLEMENT, segment="derogatoires", valeur=64.5, valeur_imprimee="64.5"),
        build_ligne(textes.D9, code_entite="75_caisses", maille="groupe", valeur=None, borne_basse=68.15,
                    valeur_imprimee=">68.15", statistique="d9"),
    )  # fmt: skip
    series = build_series(delais, (*CHRONIQUES["crise"].traces, *CHRONIQUES["queue"].traces), format_source)
    assert [(s.nom, [p.valeur for p in s.points]) for s in series] == [
        ("règlement, dérogatoires", [64.5]),
        ("toutes IJ", [43.71]),
        ("75 caisses", [None]),
    ]
    assert series[2].points[0].borne_basse == 68.15


def test_infobulle_dit_population_mot_statistique_et_source() -> None:
    (serie,) = build_series(build_frame(build_ligne()), CHRONIQUES["premiere"].traces, format_source)
    infobulle = serie.points[0].infobulle
    assert "1re IJ non subrogée, maladie et AT-MP" in infobulle
    assert "délai de règlement (mot du document)" in infobulle
    assert f"statistique{INSECABLE}: moyenne" in infobulle
    assert f"document 001, l.{INSECABLE}3433-3439" in infobulle


def test_cibles_en_paliers_sans_celle_de_2016() -> None:
    cibles = pl.DataFrame(
        {
            "code_indicateur": ["ancienne", "cog_02", "cog_02"],
            "numero": [None, 2, 2],
            "annee": [2016, 2024, 2023],
            "objectif": [30.0, 26.0, 28.0],
            "texte": ["30", "26", "28"],
            "source": ["001", "002", "002"],
            "source_ligne": ["3433", "9422", "9422"],
        }
    )
    (cible,) = build_cibles(cibles, format_source)
    assert cible.nom == "Cible maladie, n° 2"
    assert [(p.debut.year, p.valeur) for p in cible.paliers] == [(2023, 28.0), (2024, 26.0)]
    assert textes.build_ligne_cible(cibles.row(0, named=True), format_source)["note"] == "non tracée"


def test_evenements_choisis_par_indicateur() -> None:
    evenements = load_catalogue().evenements
    independants = {e.code for e in list_evenements(evenements, [textes.TI_MALADIE])}
    premiere = {e.code for e in list_evenements(evenements, [textes.COG_2018])}
    assert "arpege_ti" in independants
    assert "arpege_ti" not in premiere
    assert "crise_covid" in independants & premiere
    assert "compta_analytique_2015" not in independants | premiere


def test_fait_absent_dit_lequel() -> None:
    with pytest.raises(LookupError, match="aucun délai publié pour « ensemble »"):
        build_phrase_queue(build_frame(build_ligne()))


def test_sans_date_non_trace() -> None:
    ligne = textes.build_ligne_sans_date(
        {
            "indicateur": "delai_traitement_1ere_IJ",
            "population": "salariés",
            "territoire": "CPAM Loire-Atlantique",
            "periode": "NA (avant rapport)",
            "valeur": "28.63",
            "note": "date non précisée",
            "source": "003",
            "source_ligne": "2501",
        },
        format_source,
    )
    assert ligne["objet"] == "salariés – CPAM Loire-Atlantique"
    assert ligne["periode"] == "avant rapport (tel qu'imprimé)"
    assert ligne["delai"] == "28,63"
    assert ligne["note"].startswith("non tracé")
