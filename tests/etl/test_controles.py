"""Every control passes on the real data, and fails when the data is spoilt the way it watches."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from data.magasin import Lecture
from data.schemas import TABLES
from etl.controles import ControleEchoueError, check_publiable, list_verdicts

Tables = dict[str, pl.DataFrame]


@pytest.fixture(scope="module")
def tables(var: Path, rapport: dict[str, object]) -> Tables:
    """The published tables, as the controls see them."""
    assert rapport["version"]
    publication = Lecture((var / "courante").resolve())
    return {t.nom: publication.query(f'SELECT * FROM "{t.nom}"').cast(dict(t.colonnes)) for t in TABLES}  # noqa: S608


def _set(tables: Tables, table: str, condition: pl.Expr, **valeurs: object) -> Tables:
    frame = tables[table]
    assert frame.filter(condition).height, "la condition ne touche aucune ligne"
    changees = frame.with_columns(
        pl.when(condition).then(pl.lit(v, dtype=frame.schema[c])).otherwise(pl.col(c)).alias(c)
        for c, v in valeurs.items()
    )
    return tables | {table: changees}


# What the documents contradict themselves on: published, and said.
CONTRADICTIONS = {
    ("moyennes", "synthèse CGSS"),
    ("simulation_ij", "délai tous canaux, mars 2017"),
    ("simulation_reseau", "effectifs CGSS : loc_service_social_sans_entretien_4_mois"),
    ("simulation_reseau", "domaine CPAM : Gestion du risque"),
    ("simulation_reseau", "domaine CGSS : Qualité de service"),
    ("simulation_reseau", "domaine CGSS : Gestion du risque"),
}


def test_tout_passe_sauf_les_contradictions_connues(tables: Tables) -> None:
    verdicts = list_verdicts(tables)
    echecs = verdicts.filter(~pl.col("reussi"))
    assert set(echecs.select("controle", "objet").iter_rows()) == CONTRADICTIONS
    assert set(echecs["gravite"]) == {"avertissement"}
    assert verdicts.height > 250
    check_publiable(verdicts)


CODE, ENTITE = pl.col("code_indicateur"), pl.col("code_entite")
SCORE_AIN = (CODE == "taux_reussite_local") & (ENTITE == "011")
PRIME_AIN = (CODE == "prime_locale") & (ENTITE == "011")
MINIMUM_DRSM = (ENTITE == "DRSM") & (pl.col("statistique") == "minimum")
SIMULES = pl.col("source_fichier") == "etl/simulation/reseau.py"
ANNEE_2023 = (pl.col("granularite") == "annee") & (pl.col("periode_debut").dt.year() == 2023)
COMPTES_AIN = SIMULES & ANNEE_2023 & (CODE == "loc_validation_comptes") & (ENTITE == "011")
AAT_JUIN = (CODE == "loc_aat_dematerialises") & (pl.col("periode_debut").cast(pl.String) == "2022-06-01")
DECROCHES = (pl.col("type_organisme") == "reseau") & (pl.col("socle") == 50.0)
DECROCHES_2023 = ANNEE_2023 & (pl.col("mesure") == "resultat")
SABOTAGES: list[tuple[str, Callable[[Tables], Tables]]] = [
    ("effectifs", lambda t: t | {"mart_organisme": t["mart_organisme"].filter(pl.col("code_organisme") != "011")}),
    ("scores_complets", lambda t: _set(t, "mart_valeur", SCORE_AIN, valeur=None)),
    ("moyennes", lambda t: _set(t, "mart_valeur", SCORE_AIN, valeur=79.0)),
    ("extremes", lambda t: _set(t, "mart_valeur", MINIMUM_DRSM, valeur=84.0)),
    ("moyenne_reseau", lambda t: _set(t, "mart_valeur", SCORE_AIN, valeur=79.0)),
    ("tranches", lambda t: _set(t, "mart_valeur", SCORE_AIN, valeur=90.01)),
    ("primes", lambda t: _set(t, "mart_valeur", PRIME_AIN, valeur=543.55)),
    ("poids", lambda t: _set(t, "mart_cible", DECROCHES, poids=9.0)),
    ("repartitions", lambda t: _set(t, "mart_repartition", pl.col("nb_100") == 95, nb_100=94)),
    ("part_nationale", lambda t: _set(t, "mart_cible", DECROCHES, socle=49.0)),
    ("simulation", lambda t: _set(t, "mart_valeur", pl.col("referentiel") == "territoire", nature="publiee")),
    ("contexte", lambda t: _set(t, "mart_valeur", (CODE == "ctx_etp") & (ENTITE == "011"), valeur=1.0)),
    ("contexte", lambda t: _set(t, "mart_valeur", (CODE == "ctx_bcp") & (ENTITE == "911"), valeur=2e6)),
    # The score of a caisse, a count of the type (a rate of 100 % instead of less), a month whose files do not add up.
    (
        "simulation_reseau",
        lambda t: _set(t, "mart_valeur", COMPTES_AIN & (pl.col("mesure") == "resultat"), valeur=50.0),
    ),
    (
        "simulation_reseau",
        lambda t: _set(t, "mart_valeur", COMPTES_AIN & (pl.col("mesure") != "resultat"), valeur=100.0),
    ),
    ("mois_simules", lambda t: _set(t, "mart_valeur", AAT_JUIN & SIMULES & (ENTITE == "011"), numerateur=1.0)),
    ("services", lambda t: _set(t, "mart_valeur", DECROCHES_2023 & (CODE == "nat_decroche_assures"), valeur=66.73)),
    ("bornes", lambda t: _set(t, "mart_valeur", SCORE_AIN, valeur=100.5)),
]


@pytest.mark.parametrize(("controle", "saboter"), SABOTAGES, ids=[nom for nom, _ in SABOTAGES])
def test_chaque_controle_peut_echouer(tables: Tables, controle: str, saboter: Callable[[Tables], Tables]) -> None:
    verdicts = list_verdicts(saboter(tables))
    assert controle in verdicts.filter(~pl.col("reussi"), pl.col("gravite") == "erreur")["controle"].to_list()
    with pytest.raises(ControleEchoueError, match=controle):
        check_publiable(verdicts)


def test_un_rejet_inconnu_bloque(tables: Tables) -> None:
    rejet = tables["mart_rejet"].head(1).with_columns(regle=pl.lit("organisme_inconnu"), rang=pl.lit(9999, pl.Int64))
    verdicts = list_verdicts(tables | {"mart_rejet": pl.concat([tables["mart_rejet"], rejet])})
    with pytest.raises(ControleEchoueError, match="organisme_inconnu"):
        check_publiable(verdicts)
