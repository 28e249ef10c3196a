from __future__ import annotations

import polars as pl

from components.figures.leviers import SEPARATEUR, build_leviers_figure

LEVIERS = pl.DataFrame(
    {
        "titre": ["Dépistage du cancer du sein", "e-DAT", "Validation des comptes"],
        "detail": [
            f"43,98 → 48 % (socle){SEPARATEUR}2 315 dossiers de plus",
            f"83 → 85 %{SEPARATEUR}184 dossiers",
            "taux de 99,9 %",
        ],
        "points": [2.0, 0.43, 0.01],
        "euros": [12.14, None, 0.06],
        "points_pairs": [1.6, 0.0, None],
    }
)


def test_une_barre_par_levier_et_un_trait_par_niveau_utile() -> None:
    figure = build_leviers_figure(LEVIERS)
    barres, traits = figure.data
    assert barres.base is None  # bars start at zero
    assert list(barres.x) == [2.0, 0.43, 0.01]
    assert list(barres.y) == sorted(barres.y)
    assert list(traits.x) == [1.6]  # neither 0 nor unknown
    assert figure.layout.xaxis.range[0] == 0
    assert figure.layout.showlegend


def test_points_et_euros_ecrits_au_bout() -> None:
    textes = [a.text for a in build_leviers_figure(LEVIERS).layout.annotations]
    assert "<b>+2,00</b><br>12,14\u00a0€" in textes
    assert "<b>+0,43</b>" in textes  # no amount, none written
    # A gap too long for a phone is cut between its parts, and only then.
    assert any(t.count("<br>") == 2 and "Dépistage" in t for t in textes)
    assert any(t.count("<br>") == 1 and "e-DAT" in t for t in textes)


def test_sans_pairs_ni_trait_ni_legende() -> None:
    figure = build_leviers_figure(LEVIERS.with_columns(pl.lit(None, dtype=pl.Float64).alias("points_pairs")))
    assert len(figure.data) == 1
    assert not figure.layout.showlegend
