"""Points won and lost: the published contributions come out, the neutralised one neither wins nor loses."""

import json

import polars as pl
import pytest
from syrupy.assertion import SnapshotAssertion

from components.figures.part_nationale import build_part_nationale_figure, compute_points
from data.magasin import Lecture
from data.requetes.reseau import list_part_nationale


def test_contributions_publiees(publication: Lecture) -> None:
    assert publication.version
    points = compute_points(list_part_nationale())
    gagnes = dict(points.group_by("domaine").agg(pl.col("gagnes").sum()).iter_rows())
    assert gagnes["Gestion du risque"] == pytest.approx(22.5, abs=0.05)
    assert gagnes["Performance économique et sociale"] == pytest.approx(22.8, abs=0.05)
    # 50,1 printed: the weight of the neutralised indicateur is shared out inside its domaine.
    assert gagnes["Qualité de service"] / 51 * 53 == pytest.approx(50.1, abs=0.05)
    assert points["poids"].sum() == pytest.approx(100)
    totaux = points.select(pl.sum_horizontal("gagnes", "perdus", "neutralises") - pl.col("poids")).to_series()
    assert totaux.abs().max() == pytest.approx(0, abs=1e-9)


def test_figure(snapshot: SnapshotAssertion) -> None:
    frame = pl.DataFrame(
        {
            "titre_court": ["Courriels", "Décroché", "Employeurs"],
            "domaine": ["Qualité de service"] * 3,
            "poids": [8.0, 3.0, 2.0],
            "taux": [100.0, 66.9, None],
            "statut": ["publie", "publie", "neutralise"],
        }
    )
    figure = json.loads(build_part_nationale_figure(frame).to_json())
    del figure["layout"]["template"]
    assert figure == snapshot
