"""Printed periods: each writing has one reading, and words without dates have none."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.modele import Granularite
from etl.chargement.periodes import PeriodeIndecidableError, build_periode, parse_periode

G = Granularite


@pytest.mark.parametrize(
    ("texte", "debut", "fin", "granularite"),
    [
        ("2023", "2023-01-01", "2023-12-31", G.ANNEE),
        ("Année 2023", "2023-01-01", "2023-12-31", G.ANNEE),
        ("2023-02", "2023-02-01", "2023-02-28", G.MOIS),
        ("202312", "2023-12-01", "2023-12-31", G.MOIS),
        ("05/2023", "2023-05-01", "2023-05-31", G.MOIS),
        ("2023/05", "2023-05-01", "2023-05-31", G.MOIS),
        ("2023.0", "2023-01-01", "2023-12-31", G.ANNEE),
        ("4T2022", "2022-10-01", "2022-12-31", G.TRIMESTRE),
        ("1 mars 2023", "2023-03-01", "2023-03-01", G.JOUR),
        ("janv. 2023", "2023-01-01", "2023-01-31", G.MOIS),
        ("Août 2023", "2023-08-01", "2023-08-31", G.MOIS),
        ("février\u00a02024", "2024-02-01", "2024-02-29", G.MOIS),
        ("T1 2023", "2023-01-01", "2023-03-31", G.TRIMESTRE),
        ("2023-T4", "2023-10-01", "2023-12-31", G.TRIMESTRE),
        ("2e trimestre 2023", "2023-04-01", "2023-06-30", G.TRIMESTRE),
        ("S2 2023", "2023-07-01", "2023-12-31", G.SEMESTRE),
        ("2023-S05", "2023-01-30", "2023-02-05", G.SEMAINE),
        ("2020-W53", "2020-12-28", "2021-01-03", G.SEMAINE),
        ("S05 2023", "2023-01-30", "2023-02-05", G.SEMAINE),
        ("Semaine 5 2023", "2023-01-30", "2023-02-05", G.SEMAINE),
        ("31/12/2023", "2023-12-31", "2023-12-31", G.JOUR),
        ("2023-12-31 00:00:00", "2023-12-31", "2023-12-31", G.JOUR),
        ("2018-2021", "2018-01-01", "2021-12-31", G.PLAGE),
        ("2018 à 2021", "2018-01-01", "2021-12-31", G.PLAGE),
    ],
)
def test_chaque_periode_a_sa_date(texte: str, debut: str, fin: str, granularite: Granularite) -> None:
    periode = parse_periode(texte)
    assert (periode.debut.isoformat(), periode.fin.isoformat(), periode.granularite) == (debut, fin, granularite)


@pytest.mark.parametrize(
    "texte",
    [
        "",
        "fin 2021",
        "mi 2019",
        "13/2023",
        "2023-13",
        "30/02/2023",
        "T5 2023",
        "2023-S53",
        "automne 2021",
        "1875",
        "20163",
    ],
)
def test_sans_date_sure_la_periode_est_refusee(texte: str) -> None:
    with pytest.raises(PeriodeIndecidableError):
        parse_periode(texte)


@given(st.dates(dt.date(1990, 1, 1), dt.date(2100, 12, 31)))
def test_un_jour_se_relit(jour: dt.date) -> None:
    for ecriture in (f"{jour:%Y-%m-%d}", f"{jour:%d/%m/%Y}"):
        assert parse_periode(ecriture).debut == jour
    assert parse_periode(f"{jour:%Y-%m}").debut == jour.replace(day=1)


def test_une_etendue_prend_le_nom_de_sa_longueur() -> None:
    assert build_periode("01/01/2023", "31/12/2023").granularite is G.ANNEE
    assert build_periode("01/04/2023", "30/06/2023").granularite is G.TRIMESTRE
    assert build_periode("02/01/2023", "08/01/2023").granularite is G.SEMAINE
    assert build_periode("03/01/2023", "09/01/2023").granularite is G.PLAGE  # seven days, not from a Monday
    assert build_periode("01/07/2023", "31/12/2023").granularite is G.SEMESTRE
    assert build_periode("01/02/2023", "28/02/2023").granularite is G.MOIS
    assert build_periode("03/02/2023", "28/02/2023").granularite is G.PLAGE
