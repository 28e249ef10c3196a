from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from components.figures.entonnoir import build_entonnoir_figure, list_graduations
from components.theme import COULEURS
from data.calculs.entonnoir import build_entonnoir

TAILLES = [100.0, 200.0, 400.0, 800.0, 1600.0, 3200.0]


def build(cas: list[float], **options: Any) -> Any:
    frame = pl.DataFrame(
        {
            "code_organisme": [f"{rang:03}" for rang in range(len(cas))],
            "nom": [f"CPAM {rang}" for rang in range(len(cas))],
            "nom_court": [f"Ville{rang} (Siège)" for rang in range(len(cas))],
            "valeur": [100 * n / d for n, d in zip(cas, TAILLES, strict=True)],
            "rang": list(range(1, len(cas) + 1)),
        }
    )
    defauts: dict[str, Any] = {"unite": "%", "decimales": 1, "ajuste": False, "titre_taille": "dossiers"}
    return build_entonnoir_figure(build_entonnoir(cas, TAILLES), frame, **(defauts | options))


def test_limites_qui_se_resserrent_et_niveaux_nommes() -> None:
    figure = build([50, 100, 200, 400, 800, 1600], mien="002")
    limites = [trace for trace in figure.data if trace.mode == "lines"]
    assert [trace.name.replace("\u00a0", " ") for trace in limites] == ["limite à 95 %"] * 2 + ["limite à 99,8 %"] * 2
    bas, haut = (list(trace.y) for trace in limites[2:])
    assert haut[0] - bas[0] > haut[-1] - bas[-1]
    assert [trace.line.dash for trace in limites] == ["dash", "dash", "solid", "solid"]
    textes = [note.text.replace("\u00a0", " ") for note in figure.layout.annotations]
    assert {"95 %", "99,8 %", "groupe 50,0 %"} < set(textes)
    assert "<b>Ville2 50,0 %</b>" in textes


def test_hors_limites_en_losanges_nommes() -> None:
    figure = build([50, 100, 200, 400, 800, 2600], mien="000")
    (dehors,) = [trace for trace in figure.data if trace.marker.symbol == "diamond"]
    assert set(dehors.x) <= set(TAILLES)
    assert 3200.0 in set(dehors.x)
    assert "hors des limites" in dehors.customdata[0]
    assert any(note.text == "Ville5" for note in figure.layout.annotations)
    (mien,) = [trace for trace in figure.data if trace.name == "organisme choisi"]
    assert mien.marker.color == COULEURS["mien"]


def test_limites_ajustees_plus_larges() -> None:
    cas = [20.0, 150.0, 120.0, 600.0, 700.0, 2000.0]
    brutes, ajustees = (
        [trace for trace in build(cas, ajuste=ajuste).data if trace.mode == "lines"] for ajuste in (False, True)
    )
    for brute, ajustee in zip(brutes, ajustees, strict=True):
        signe = -1 if brute.y[0] < 50 else 1
        assert all(signe * (a - b) >= 0 for a, b in zip(ajustee.y, brute.y, strict=True))


def test_parcours_par_taille() -> None:
    figure = build([50, 100, 200, 400, 800, 2600], mien="003")
    points = sorted((int(i), x) for trace in figure.data if trace.ids for i, x in zip(trace.ids, trace.x, strict=True))
    assert [x for _, x in points] == TAILLES


@pytest.mark.parametrize(
    ("gauche", "droite", "attendu"),
    [
        (150, 900, [200, 500]),
        (90, 1900, [100, 200, 500, 1000]),
        (20_100, 760_000, [30_000, 100_000, 300_000]),
        (80, 12000, [100, 300, 1000, 3000, 10000]),
        (5, 1_200_000, [10, 100, 1000, 10_000, 100_000, 1_000_000]),
        (0.2, 0.9, [0.2, 0.5]),
        (2.1, 3.3, [3]),
    ],
)
def test_graduations(gauche: float, droite: float, attendu: list[float]) -> None:
    """A fifth of the axis at least between two labels: a phone would write them over one another."""
    assert list_graduations(gauche, droite) == pytest.approx(attendu)
