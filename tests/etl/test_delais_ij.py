"""Délais IJ as facts: each published figure is there as printed, ranges as ranges, nothing dated by guess."""

import datetime as dt

import polars as pl
import pytest

from data.magasin import Lecture
from data.modele import Granularite
from etl.socle.delais_ij import PeriodeIndecidableError, load_periode


@pytest.mark.parametrize(
    ("texte", "debut", "fin", "granularite"),
    [
        ("2021", "2021-01-01", "2021-12-31", Granularite.ANNEE),
        ("2022-05", "2022-05-01", "2022-05-31", Granularite.MOIS),
        ("2022-12", "2022-12-01", "2022-12-31", Granularite.MOIS),
        ("2018-2021 (bornes)", "2018-01-01", "2021-12-31", Granularite.PLAGE),
        ("2021-03 à 2022-05", "2021-03-01", "2022-05-31", Granularite.PLAGE),
        ("début juin 2022 (pic)", "2022-06-01", "2022-06-30", Granularite.MOIS),
        ("automne 2021", "2021-09-22", "2021-12-21", Granularite.PLAGE),
    ],
)
def test_periode(texte: str, debut: str, fin: str, granularite: Granularite) -> None:
    periode, _ = load_periode(texte)
    assert (periode.debut, periode.fin) == (dt.date.fromisoformat(debut), dt.date.fromisoformat(fin))
    assert periode.granularite is granularite


@pytest.mark.parametrize("texte", ["NA", "NA (avant rapport)", "fin 2021", "2022 (3 premiers mois)"])
def test_periode_indecidable(texte: str) -> None:
    with pytest.raises(PeriodeIndecidableError):
        load_periode(texte)


def _list_faits(publication: Lecture, code: str) -> list[tuple[object, ...]]:
    return publication.query(
        """
        SELECT code_entite, segment, periode_debut::VARCHAR, valeur, borne_basse, borne_haute
        FROM mart_valeur WHERE code_indicateur = ? ORDER BY periode_debut, segment, code_entite
        """,
        [code],
    ).rows()


@pytest.mark.parametrize(
    ("code", "attendus"),
    [
        (
            "delai_premiere_ij_non_subrogee_cog_2014_2017",
            [(annee, v) for annee, v in (("2014-01-01", 33.0), ("2015-01-01", 30.4), ("2016-01-01", 28.9))],
        ),
        ("delai_premiere_ij_maladie", [("2015-01-01", 31.23), ("2016-01-01", 28.86)]),
        (
            "delai_ij_ti_maladie",
            [
                ("2017-01-01", 23.31),
                ("2018-01-01", 22.48),
                ("2019-01-01", 21.86),
                ("2020-01-01", 25.5),
                ("2021-01-01", 18.0),
                ("2022-05-01", 15.0),
            ],
        ),
        ("delai_ij_ti_maternite", [("2020-01-01", 60.0), ("2021-01-01", 40.0)]),
        ("delai_ij_ti_caisse", [("2022-03-01", 11.3)]),
    ],
)
def test_series_publiees(publication: Lecture, code: str, attendus: list[tuple[str, float]]) -> None:
    assert [(f[2], f[3]) for f in _list_faits(publication, code)] == attendus


def test_fourchettes(publication: Lecture) -> None:
    assert _list_faits(publication, "delai_premiere_ij_non_subrogee_cog_2018_2022") == [
        ("france", "ensemble", "2018-01-01", None, 30.04, 31.2)
    ]
    assert _list_faits(publication, "delai_paiement_ij_d9") == [
        ("france", "ensemble", "2021-01-01", None, 65.0, 75.0),
        ("18_caisses_plus_performantes", "ensemble", "2021-09-22", None, 56.58, None),
        ("75_caisses", "ensemble", "2021-09-22", None, 68.15, None),
        ("france", "ensemble", "2022-05-01", None, 95.0, None),
    ]
    assert _list_faits(publication, "delai_paiement_ij_d1_d3") == [
        ("france", "ensemble", "2021-03-01", None, None, 15.0)
    ]


def test_pic_de_juin_2022(publication: Lecture) -> None:
    faits = {f[1]: f[3] for f in _list_faits(publication, "delai_reglement_ij")}
    assert faits == {"ensemble": 43.71, "derogatoires": 64.5, "non_derogatoires": 37.8}


def test_canal_et_montant(publication: Lecture) -> None:
    canal = {f[1]: f[3] for f in _list_faits(publication, "delai_ij_canal")}
    assert canal == {"dsn": 19.7, "net_entreprises": 22.6, "papier": 41.7, "ensemble": 27.3}
    montant = {f[1]: f[3] for f in _list_faits(publication, "delai_ij_montant")}
    assert [montant[f"décile {n:02d}"] for n in range(1, 11)] == [49, 42, 35, 31, 28, 27, 27, 24, 26, 21]
    assert [montant[f"quartile {n:02d}"] for n in range(1, 5)] == [44, 30, 26, 24]


def test_le_tableau_des_independants_concorde(publication: Lecture) -> None:
    """The two published files that print the TI series agree, cell by cell."""
    tableau = publication.query("SELECT * FROM brut.igas_delais_ij_ti")
    for risque, code in (("maladie", "delai_ij_ti_maladie"), ("maternité", "delai_ij_ti_maternite")):
        ligne = tableau.filter(pl.col("risque") == risque).row(0, named=True)
        imprimes = [
            float(ligne[c]) for c in ("v2017", "v2018", "v2019", "v2020", "v2021", "v2022_05") if ligne[c] != "NA"
        ]
        assert imprimes == [f[3] for f in _list_faits(publication, code)]


def test_cibles_de_la_cog(publication: Lecture) -> None:
    cibles = publication.query(
        """
        SELECT i.numero, list(c.objectif ORDER BY c.annee) AS cibles
        FROM mart_cible c JOIN mart_indicateur i USING (code_indicateur)
        WHERE i.numero IN (1, 2, 3) AND c.referentiel = 'cog_2023_2027' GROUP BY i.numero ORDER BY i.numero
        """
    )
    assert cibles["cibles"].to_list() == [[23, 22, 20, 19, 18], [28, 26, 24, 22, 20], [38, 35, 32, 29, 25]]
