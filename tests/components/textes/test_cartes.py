"""Sentences of the maps, on hand-made frames."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from components.textes.cartes import (
    NIVEAUX,
    Grandeur,
    build_fiche,
    build_phrase,
    build_titre,
    format_code_periode,
    format_moyennes_imprimees,
    format_rang_territoire,
    format_repere,
    format_statistique,
)
from data.modele import Sens

CAISSE, DEPARTEMENT, REGION = NIVEAUX["caisse"], NIVEAUX["departement"], NIVEAUX["region"]
GRANDEUR = Grandeur("Taux de réussite local", "%", 1, Sens.HAUT, "2023")


def _ligne(**autres: Any) -> dict[str, Any]:
    return {
        "code": "a",
        "nom": "A",
        "nom_parent": "P",
        "population": 1000,
        "approche": False,
        "nb_caisses": 2,
        "valeur": 90.0,
        "numerateur": None,
        "denominateur": None,
        "statut": "publie",
        "nature": "publiee",
        "rang_haut": 1,
        "rang_bas": 3,
    } | autres


@pytest.fixture
def valeurs() -> pl.DataFrame:
    return pl.DataFrame({"nom": ["A", "B", "C", "D"], "valeur": [90.0, 80.0, 80.0, None]})


def test_titre() -> None:
    assert build_titre(GRANDEUR, DEPARTEMENT) == "Taux de réussite local, par département, 2023"


def test_phrase_dit_les_extremes_le_repere_et_les_manques(valeurs: pl.DataFrame) -> None:
    phrase = build_phrase(valeurs, 85.0, GRANDEUR, CAISSE, "France entière")
    assert phrase == (
        "De 80,0\u00a0% (2\u00a0caisses) à 90,0\u00a0% (A). France entière\u00a0: 85,0\u00a0%, "
        "1\u00a0caisse sur 3 est au-dessus. 1\u00a0caisse sans valeur."
    )


def test_phrase_sans_repere_ni_valeur(valeurs: pl.DataFrame) -> None:
    assert "au-dessus" not in build_phrase(valeurs, None, GRANDEUR, CAISSE, "France entière")
    vide = valeurs.with_columns(valeur=pl.lit(None, pl.Float64))
    assert build_phrase(vide, 85.0, GRANDEUR, REGION, "x") == "Aucune valeur par région pour 2023."


def test_rang_selon_le_sens_et_les_ex_aequo(valeurs: pl.DataFrame) -> None:
    haut = format_rang_territoire(_ligne(), valeurs, Sens.HAUT, CAISSE)
    assert haut == "1re sur 3\u00a0caisses, du plus haut (mieux) au plus bas"
    bas = format_rang_territoire(_ligne(), valeurs, Sens.BAS, DEPARTEMENT)
    assert bas == "3e sur 3\u00a0départements, du plus bas (mieux) au plus haut"
    egal = format_rang_territoire(_ligne(valeur=80.0, rang_haut=2, rang_bas=1), valeurs, Sens.NEUTRE, DEPARTEMENT)
    assert egal == "2e sur 3\u00a0départements, ex æquo avec 1 autre, du plus haut au plus bas, sans jugement"
    assert format_rang_territoire(_ligne(valeur=None), valeurs, Sens.HAUT, CAISSE) == "aucun, faute de valeur"


def test_fiche_publiee(valeurs: pl.DataFrame) -> None:
    fiche = build_fiche(_ligne(), valeurs, 85.0, "Moyenne simple des 107 caisses", GRANDEUR, REGION)
    lignes = dict(fiche.lignes)
    assert fiche.valeur == "90,0\u00a0%"
    assert fiche.sous_titre == "Région · P"
    assert lignes["Moyenne simple des 107 caisses"] == "85,0\u00a0% (écart\u00a0: +5,0\u00a0points)"
    assert lignes["Population"] == "1\u202f000\u00a0habitants"
    assert lignes["Caisses"] == "2"
    assert not fiche.simulee
    assert "Contour" not in lignes


def test_fiche_simulee_approchee_et_sans_population(valeurs: pl.DataFrame) -> None:
    ligne = _ligne(approche=True, nature="simulee", numerateur=600.0, denominateur=1000.0)
    fiche = build_fiche(ligne, valeurs, None, "France entière", GRANDEUR, CAISSE)
    lignes = dict(fiche.lignes)
    assert fiche.simulee
    assert lignes["Population concernée"] == "600 sur 1\u202f000 habitants"
    assert lignes["Contour"].startswith("approché")
    assert "France entière" not in lignes
    sans = build_fiche(_ligne(population=None, valeur=None, statut="neutralise"), valeurs, 85.0, "F", GRANDEUR, CAISSE)
    assert sans.valeur == "neutralisé"
    assert dict(sans.lignes)["Population"] == "non renseignée par la source"
    assert dict(sans.lignes)["F"] == "85,0\u00a0%"


def test_statistique_et_repere() -> None:
    assert "moyenne simple" in format_statistique(True, False, REGION)
    assert format_statistique(False, True, CAISSE) == "part de la population de chaque caisse"
    assert format_statistique(False, False, CAISSE) == "taux de chaque caisse"
    assert format_repere(True, 107) == "Moyenne simple des 107 caisses"
    assert format_repere(False, 107) == "France entière"


def test_moyennes_imprimees() -> None:
    frame = pl.DataFrame({"type_organisme": ["CPAM", "CGSS"], "valeur": [93.6, 78.9]})
    deux_decimales = replace(GRANDEUR, decimales=2)
    texte = format_moyennes_imprimees(frame, deux_decimales)
    assert texte == "Moyennes imprimées par la source\u00a0: CPAM et CCSS\u00a093,6\u00a0% et CGSS\u00a078,9\u00a0%."
    assert format_moyennes_imprimees(frame.clear(), GRANDEUR) is None


@pytest.mark.parametrize(
    ("debut", "fin", "code"),
    [
        (dt.date(2023, 1, 1), dt.date(2023, 12, 31), "2023"),
        (dt.date(2022, 3, 1), dt.date(2022, 3, 31), "2022-03"),
        (dt.date(2022, 12, 1), dt.date(2022, 12, 31), "2022-12"),
        (dt.date(2022, 1, 15), dt.date(2022, 2, 14), "2022-01-15_2022-02-14"),
    ],
)
def test_code_de_periode(debut: dt.date, fin: dt.date, code: str) -> None:
    assert format_code_periode(debut, fin) == code
