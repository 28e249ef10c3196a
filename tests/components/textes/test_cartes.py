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
    format_aide,
    format_code_periode,
    format_composition,
    format_effet,
    format_moyennes_imprimees,
    format_note_lissage,
    format_rang_territoire,
    format_repere,
    format_statistique,
)
from data.calculs.ensemble import Regle
from data.calculs.territoires import Lissage, Obstacle
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
        "nb_membres": 2,
        "nb_valeurs": 2,
        "regle": None,
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
    statuts = ["publie", "publie", "publie", "non_fourni"]
    return pl.DataFrame({"nom": ["A", "B", "C", "D"], "valeur": [90.0, 80.0, 80.0, None], "statut": statuts})


def test_titre() -> None:
    assert build_titre(GRANDEUR, DEPARTEMENT) == "Taux de réussite local, par département, 2023"


def test_phrase_dit_les_extremes_le_repere_et_les_manques(valeurs: pl.DataFrame) -> None:
    phrase = build_phrase(valeurs, 85.0, GRANDEUR, CAISSE, "France entière")
    assert phrase == (
        "De 80,0\u00a0% (2\u00a0caisses) à 90,0\u00a0% (A). France entière\u00a0: 85,0\u00a0%, "
        "1\u00a0caisse sur 3 est au-dessus. 1\u00a0caisse sans valeur."
    )


def test_phrase_sans_ecart_et_raisons_des_absences() -> None:
    frame = pl.DataFrame(
        {
            "nom": ["A", "B", "C", "D", "E"],
            "valeur": [100.0, 99.999, None, None, None],
            "statut": ["publie", "publie", "sans_objet", "sans_objet", "non_fourni"],
        }
    )
    phrase = build_phrase(frame, 100.0, GRANDEUR, CAISSE, "France entière")
    assert phrase == (
        "Aucun écart\u00a0: 100,0\u00a0% pour 2\u00a0caisses. 3\u00a0caisses sans valeur (2\u00a0sans objet)."
    )
    seule = frame.filter(pl.col("statut") != "non_fourni")
    assert build_phrase(seule, 100.0, GRANDEUR, CAISSE, "F").endswith("2\u00a0caisses sans valeur (sans objet).")


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
    assert "Statut" not in lignes
    assert not fiche.lissee
    assert not fiche.simulee
    assert "Contour" not in lignes


def test_fiche_simulee_approchee_et_sans_population(valeurs: pl.DataFrame) -> None:
    ligne = _ligne(approche=True, nature="simulee", numerateur=600.0, denominateur=1000.0)
    fiche = build_fiche(ligne, valeurs, None, "France entière", GRANDEUR, CAISSE, habitants=True)
    lignes = dict(fiche.lignes)
    assert fiche.simulee
    assert lignes["Population concernée"] == "600 sur 1\u202f000 habitants"
    assert lignes["Contour"].startswith("approché")
    assert "France entière" not in lignes
    sans = build_fiche(_ligne(population=None, valeur=None, statut="neutralise"), valeurs, 85.0, "F", GRANDEUR, CAISSE)
    assert sans.valeur == "neutralisé"
    assert dict(sans.lignes)["Population"] == "non renseignée par la source"
    assert dict(sans.lignes)["F"] == "85,0\u00a0%"


def test_fiche_avec_comptes_provisoires_et_caisses_reunies(valeurs: pl.DataFrame) -> None:
    ligne = _ligne(statut="provisoire", numerateur=60.0, denominateur=100.0, regle="rapport", nb_valeurs=1)
    lignes = dict(build_fiche(ligne, valeurs, 85.0, "F", GRANDEUR, REGION).lignes)
    assert lignes["Statut"] == "provisoire"
    assert lignes["Numérateur et dénominateur"] == "60 sur 100"
    assert lignes["Population"] == "1\u202f000\u00a0habitants"
    assert lignes["Caisses"] == "1\u00a0caisse sur 2 réunie"
    seul = dict(build_fiche(_ligne(denominateur=100.0), valeurs, 85.0, "F", GRANDEUR, CAISSE).lignes)
    assert seul["Effectif (dénominateur)"] == "100"


def test_fiche_lissee_garde_la_valeur_brute(valeurs: pl.DataFrame) -> None:
    ligne = _ligne(valeur=91.0, valeur_brute=100.0, poids=0.4, numerateur=7.0, denominateur=7.0)
    fiche = build_fiche(ligne, valeurs, 85.0, "F", GRANDEUR, CAISSE)
    lignes = dict(fiche.lignes)
    assert fiche.lissee
    assert fiche.valeur == "91,0\u00a0%"
    assert lignes["Valeur brute"] == "100,0\u00a0%"
    assert lignes["Poids de ses propres données"] == "40\u00a0%, le reste vient de la moyenne"
    assert lignes["Rang des valeurs lissées"].startswith("1re sur 3")
    assert "Rang" not in lignes


def test_statistique_et_repere() -> None:
    assert "moyenne simple" in format_statistique("taux", Regle.MOYENNE, REGION, sommes=False, part=False)
    assert format_statistique("taux", None, CAISSE, sommes=True, part=True) == "part de la population de chaque caisse"
    assert format_statistique("9e décile", None, CAISSE, sommes=False, part=False) == "9e décile de chaque caisse"
    assert format_statistique("taux", Regle.RAPPORT, REGION, sommes=True, part=False) == (
        "taux de chaque région, ses caisses réunies (rapport des sommes des numérateurs et des dénominateurs)"
    )
    assert "pondérée par l'effectif" in format_statistique("moyenne", Regle.RAPPORT, REGION, sommes=False, part=False)
    assert format_statistique("nombre", Regle.SOMME, REGION, sommes=False, part=False) == (
        "total des caisses de chaque région"
    )
    assert format_repere(Regle.MOYENNE, 107, "caisses") == "Moyenne simple des 107 caisses"
    assert format_repere(Regle.RAPPORT, 102, "caisses") == "Ensemble des 102 caisses"
    assert format_repere(Regle.MEDIANE, 106, "caisses") == "Médiane des 106 caisses"
    assert format_repere(Regle.SOMME, 18, "régions") == "Moyenne des 18 régions"
    assert format_repere(None, 0, "caisses") == "France entière"


def test_composition() -> None:
    assert format_composition(Regle.MOYENNE, 3, 4) == "moyenne simple de 3\u00a0caisses sur 4"
    assert format_composition(Regle.RAPPORT, 4, 4) == "4\u00a0caisses réunies"
    assert format_composition(Regle.SOMME, 2, 2) == "total de 2\u00a0caisses"
    assert format_composition(Regle.RAPPORT, 1, 1) == format_composition(None, 1, 1) == ""
    assert format_composition(Regle.RAPPORT, 0, 3) == ""


LISSAGE = Lissage(83.2, 6.1, 0.35, 0.92, 8.8, proportion=True)


def test_effet_du_lissage() -> None:
    frame = pl.DataFrame({"nom": ["A", "B", "C"], "valeur": [90.0, 85.0, None], "valeur_brute": [91.0, 93.8, None]})
    assert format_effet(LISSAGE, frame, GRANDEUR) == (
        "Valeurs lissées, la plus déplacée\u00a0: B, 93,8\u00a0% avant lissage, 85,0\u00a0% après."
    )
    minime = replace(LISSAGE, ecart_max=0.09)
    assert "l'effet est inférieur à 0,1\u00a0point." in format_effet(minime, frame, GRANDEUR)
    jours = replace(GRANDEUR, unite="pour 1 000 habitants")
    assert "inférieur à 0,1\u00a0pour 1 000 habitants" in format_effet(minime, frame, jours)
    assert "chaque valeur lissée est la moyenne" in format_effet(replace(LISSAGE, poids_haut=0.0), frame, GRANDEUR)


def test_note_du_lissage_cite_moyenne_ecart_poids_et_source() -> None:
    note = format_note_lissage(LISSAGE, 102, GRANDEUR, CAISSE).replace("\u00a0", " ")
    assert "binomial, Martuzzi et Elliott, 1996" in note
    assert "moyenne a priori 83,2 % (rapport des sommes, 102 caisses), écart-type a priori 6,1 points" in note
    assert "va de 35 % à 92 %" in note
    poisson = format_note_lissage(
        replace(LISSAGE, proportion=False, poids_bas=0.999, poids_haut=0.9999), 3, GRANDEUR, CAISSE
    )
    assert "de Poisson, Marshall, 1991" in poisson
    assert "est partout de plus de 99\u00a0%" in poisson
    nul = format_note_lissage(replace(LISSAGE, poids_bas=0.001, poids_haut=1.0), 3, GRANDEUR, CAISSE)
    assert "va de moins de 1\u00a0% à 100\u00a0%" in nul


def test_aide_dit_ce_qui_est_offert_et_pourquoi() -> None:
    tous = ("region", "departement", "caisse")
    assert format_aide(None, CAISSE, tous).startswith("Lisser tire chaque valeur vers la moyenne")
    assert "les régions sont trop grandes" in format_aide(Obstacle.NIVEAU, REGION, tous)
    assert "moins de 10 caisses" in format_aide(Obstacle.NOMBRE, CAISSE, tous)
    assert "le décile d'un territoire n'est pas la moyenne" in format_aide(Obstacle.NATURE, CAISSE, ("caisse",))
    assert format_aide(None, DEPARTEMENT, ("region", "departement")).endswith(
        "Valeurs connues par région et département seulement."
    )


def test_titre_lisse() -> None:
    assert build_titre(GRANDEUR, CAISSE, lissees=True).endswith("2023, valeurs lissées (bayésien empirique)")


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
