"""The contract refuses a fact that contradicts itself, and lets the others through."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from etl.chargement.analyse import Contexte
from etl.chargement.anomalies import Anomalies
from etl.chargement.contrat import check_contrat
from tests.etl.chargement.conftest import Examiner, write_long


@pytest.mark.parametrize(
    ("colonne", "valeur", "motif"),
    [
        ("statut", "neutralise", "se contredisent"),
        ("valeur", None, "se contredisent"),
        ("valeur", float("nan"), "« valeur » n'est pas un nombre"),
        ("periode_fin", dt.date(2020, 1, 1), "finit avant"),
        ("maille", "planete", "« maille » n'est pas une valeur admise"),
        ("nature", "simulee", "nature"),
        ("segment", "", "« segment » est vide"),
        ("denominateur", -1.0, "« dénominateur » est négatif"),
    ],
)
def test_chaque_clause_peut_etre_violee(examiner: Examiner, colonne: str, valeur: object, motif: str) -> None:
    examen = examiner(write_long("011;2023-01;85", "595;2023-01;84"))
    assert examen.analyse is not None
    faits = examen.analyse.faits
    faux = faits.with_columns(
        pl.when(pl.col("code_entite") == "011")
        .then(pl.lit(valeur, dtype=faits.schema[colonne]))
        .otherwise(pl.col(colonne))
        .alias(colonne)
    )
    anomalies = Anomalies()
    assert check_contrat(faux, anomalies)["code_entite"].to_list() == ["595"]
    (trouvee,) = anomalies.build_frame().to_dicts()
    assert (trouvee["regle"], trouvee["gravite"], trouvee["rang"]) == ("contrat", "rejet", 2)
    assert motif in trouvee["motif"]


def test_des_faits_justes_passent(examiner: Examiner, contexte: Contexte) -> None:
    assert contexte.corrections == ()
    examen = examiner(write_long("011;2023-01;85", "595;2023-01;NS"))
    assert examen.analyse is not None
    anomalies = Anomalies()
    assert check_contrat(examen.analyse.faits, anomalies).equals(examen.analyse.faits)
    assert anomalies.build_frame().is_empty()
