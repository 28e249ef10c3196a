from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from components.textes.delais_caisse import build_courbes, build_lignes, build_phrase, build_serie

MOIS = [dt.date(2022, 5, 1), dt.date(2022, 6, 1), dt.date(2022, 8, 1)]


def build_frames(valeurs: list[float | None]) -> tuple[pl.DataFrame, pl.DataFrame]:
    caisses = pl.DataFrame(
        {
            "mois": MOIS,
            "valeur": valeurs,
            "nombre": [10, 1200, 30],
            "p10": [20.0, 25.0, 22.0],
            "mediane": [30.0, 35.0, 32.0],
            "p90": [40.0, 45.0, 42.0],
            "effectif": [102, 102, 102],
            "nature": ["simulee"] * 3,
        },
        schema_overrides={"valeur": pl.Float64},
    )
    return caisses, pl.DataFrame({"mois": MOIS, "moyenne": [31.0, 36.0, 33.0], "d9": [61.0, 66.0, 63.0]})


def read_phrase(valeurs: list[float | None], nom: str | None = "CPAM de l'Ain") -> str:
    serie = build_serie(*build_frames(valeurs), "moyenne")
    return build_phrase(serie, nom, "Salariés, IJ dérogatoires", "moyenne").replace("\u00a0", " ")


def test_le_mois_sans_fichier_reste_vide() -> None:
    serie = build_serie(*build_frames([21.0, 50.0, 30.0]), "d9")
    assert serie["mois"].to_list() == [*MOIS[:2], dt.date(2022, 7, 1), MOIS[2]]
    assert serie["valeur"].to_list() == [21.0, 50.0, None, 30.0]
    assert serie["reseau"].to_list() == [61.0, 66.0, None, 63.0]


@pytest.mark.parametrize(
    ("dernier", "ecart", "place"),
    [
        (21.0, "12,0 de moins que le réseau", "plus court que neuf caisses sur dix"),
        (
            30.0,
            "3,0 de moins que le réseau",
            "parmi les huit caisses sur dix du milieu, plus court que la caisse médiane",
        ),
        (33.02, "autant que le réseau", "parmi les huit caisses sur dix du milieu, plus long que la caisse médiane"),
        (60.5, "27,5 de plus que le réseau", "plus long que neuf caisses sur dix"),
    ],
)
def test_phrase_situe_la_caisse(dernier: float, ecart: str, place: str) -> None:
    phrase = read_phrase([21.0, 80.0, dernier])
    assert phrase.startswith("CPAM de l'Ain, salariés, IJ dérogatoires, non subrogées : délai moyen de ")
    assert f"en août 2022, {ecart}, {place}. Le plus haut mois est juin 2022 (80,0 jours)." in phrase


def test_phrase_du_reseau_seul() -> None:
    phrase = read_phrase([None, None, None], nom=None)
    assert "délai moyen de 33,0 jours en août 2022 ; huit caisses sur dix sont entre 22,0 et 42,0 jours" in phrase
    assert "Le plus haut mois est juin 2022 (36,0 jours). Choisissez une caisse" in phrase


def test_caisse_sans_fichier() -> None:
    assert read_phrase([None, None, None]) == "CPAM de l'Ain : aucune IJ de ce champ sur la période."


def test_tableau_et_infobulles_dans_l_ordre_du_temps() -> None:
    serie = build_serie(*build_frames([21.0, 50.0, 30.0]), "moyenne")
    lignes = build_lignes(serie)
    assert [ligne["mois"] for ligne in lignes] == ["mai 2022", "juin 2022", "juillet 2022", "août 2022"]
    assert lignes[1] == {
        "mois": "juin 2022",
        "caisse": 50.0,
        "reseau": 36.0,
        "p10": 25.0,
        "mediane": 35.0,
        "p90": 45.0,
        "nombre": 1200,
    }
    _, reseau, mienne = build_courbes(serie, "CPAM de l'Ain")
    assert mienne is not None
    assert "50,0\u00a0jours · juin 2022 · 1\u202f200\u00a0IJ" in mienne.infobulles[1]
    assert "aucune IJ" in mienne.infobulles[2]
    assert "de 25,0 à 45,0\u00a0jours" in reseau.infobulles[1]
    assert build_courbes(serie, None)[2] is None
