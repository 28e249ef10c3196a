from __future__ import annotations

import polars as pl
import pytest

from data.calculs.score_vectorise import compute_scores
from data.catalogue import load_catalogue
from data.magasin import Lecture
from data.modele import Referentiel, TypeOrganisme
from data.requetes.resultats import list_mois, list_primes, list_resultats, list_series

TYPES = ["CPAM", "DRSM", "CARSAT", "CGSS", "CSS", "UGECAM", "CTI", "CEIR", "CNAM"]


def test_primes_publiees_des_165(publication: Lecture) -> None:
    """First and last rows of the list of the note (document 000, l. 2180 and following)."""
    primes = list_primes()
    assert primes.height == 165
    assert primes.select("score", "prime_locale", "prime_nationale", "prime_totale").null_count().row(0) == (0,) * 4
    ain = primes.row(0, named=True)
    assert (ain["code_organisme"], ain["score"], ain["prime_locale"], ain["prime_totale"]) == (
        "011", 89.51, 543.49, 1017.43,
    )  # fmt: skip
    assert ain["noms_region"] == ["Auvergne-Rhône-Alpes"]
    somme = (primes["prime_locale"] + primes["prime_nationale"] - primes["prime_totale"]).abs()
    assert somme.max() == pytest.approx(0, abs=0.011)


@pytest.mark.parametrize("type_note", TYPES)
def test_les_resultats_redonnent_les_scores_publies(publication: Lecture, type_note: str) -> None:
    bareme = load_catalogue().get_bareme(Referentiel.INTERESSEMENT, 2023, TypeOrganisme(type_note))
    codes = [code for code, _ in bareme.list_cibles()]
    feuilles = list_resultats(type_note, 2023).filter(pl.col("code_indicateur").is_in(codes))
    assert feuilles.select("code_organisme", "code_indicateur").is_unique().all()
    scores = compute_scores(feuilles, bareme).organismes.select("code_organisme", "taux", "partiel")
    compares = scores.join(list_primes().select("code_organisme", "score"), on="code_organisme")
    assert not compares["partiel"].any()
    assert (compares["taux"] - compares["score"]).abs().max() <= 0.01  # type: ignore[operator]


def test_taux_donne_seulement_sans_cible(publication: Lecture) -> None:
    """The rate is handed over as it is where the engine cannot compute it: the Cnam prints rates alone."""
    cnam = list_resultats("CNAM", 2023)
    assert cnam.filter(pl.col("taux").is_not_null() & pl.col("taux_reussite").is_null()).is_empty()
    assert not cnam["simulee"].any()
    cpam = list_resultats("CPAM", 2023)
    assert cpam["taux_reussite"].null_count() == cpam.height
    assert cpam["simulee"].all()


def test_soixante_mois_dans_l_ordre(publication: Lecture) -> None:
    mois = list_mois("011").filter(code_indicateur="loc_depistage_sein")
    assert mois.height == 60
    assert mois["mois"].is_sorted()
    assert (mois["mois"][0].isoformat(), mois["mois"][-1].isoformat()) == ("2019-01-01", "2023-12-01")
    assert list_mois("cnam").is_empty()


@pytest.mark.parametrize(("type_note", "code"), [("CPAM", "381"), ("CPAM", "481"), ("CGSS", "974")])
def test_les_series_d_un_type_sont_celles_de_ses_organismes(publication: Lecture, type_note: str, code: str) -> None:
    series = dict(list_series(type_note).filter(code_organisme=code).select("code_indicateur", "valeurs").iter_rows())
    mois = list_mois(code).group_by("code_indicateur", maintain_order=True).agg("valeur")
    assert series == dict(mois.iter_rows())
    assert series
