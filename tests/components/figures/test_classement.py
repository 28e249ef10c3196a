from __future__ import annotations

import json

import polars as pl
import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from components.figures.classement import LIGNES_MAX, build_classement_figure, list_graduations
from components.theme import COULEURS
from data.calculs.position import compute_classement, compute_quartiles
from data.modele import Sens


def build_frame(nombre: int, sens: Sens = Sens.HAUT, types: tuple[str, ...] = ("CPAM",)) -> pl.DataFrame:
    frame = pl.DataFrame(
        [
            {
                "code_organisme": f"{rang:03}",
                "nom": f"CPAM de Ville{rang}",
                "nom_court": f"Ville{rang}",
                "type_note": types[rang % len(types)],
                "valeur": 99.0 - rang**1.5 / 20,
            }
            for rang in range(nombre)
        ]
    )
    return compute_classement(frame, sens)


def build(frame: pl.DataFrame, sens: Sens = Sens.HAUT, mien: str | None = None) -> object:
    return build_classement_figure(
        frame, compute_quartiles(frame["valeur"].to_list()), unite="%", decimales=2, sens=sens, mien=mien
    )


def test_courbe_du_meilleur_au_moins_bon(snapshot: SnapshotAssertion) -> None:
    figure = build(build_frame(LIGNES_MAX + 5), mien="020")
    autres, mien = figure.data  # type: ignore[attr-defined]
    assert list(autres.y) == sorted(autres.y, reverse=True)
    assert len(autres.y) == LIGNES_MAX + 4
    assert mien.marker.color == COULEURS["mien"]
    assert list(mien.x) == [21]
    textes = [a.text for a in figure.layout.annotations]  # type: ignore[attr-defined]
    assert any("médiane" in t for t in textes)
    assert any("moitié centrale" in t for t in textes)
    assert any("<b>CPAM de Ville20</b>" in t for t in textes)
    assert any(t.startswith("Ville0 99,00") for t in textes)
    assert json.loads(figure.to_json()) == snapshot(extension_class=JSONSnapshotExtension)  # type: ignore[attr-defined]


def test_sens_bas_monte() -> None:
    figure = build(build_frame(LIGNES_MAX + 5, Sens.BAS), Sens.BAS)
    autres, mien = figure.data  # type: ignore[attr-defined]
    assert list(autres.y) == sorted(autres.y)
    assert len(mien.y) == 0


def test_petit_groupe_en_lignes_nommees(snapshot: SnapshotAssertion) -> None:
    figure = build(build_frame(4), mien="001")
    axe = figure.layout.yaxis  # type: ignore[attr-defined]
    assert list(axe.ticktext) == ["1er · Ville0", "<b>2e · Ville1</b>", "3e · Ville2", "4e · Ville3"]
    assert axe.range[0] > axe.range[1]  # the best on top
    assert json.loads(figure.to_json()) == snapshot(extension_class=JSONSnapshotExtension)  # type: ignore[attr-defined]


def test_nom_long_entier_sur_deux_lignes() -> None:
    """The widest names of the reference list are never cut: two lines, widened as needed."""
    noms = ["UGECAM Auvergne-Limousin-Poitou-Charentes", "DRSM Provence-Alpes-Côte d'Azur-Corse", "CPAM de l'Ain"]
    frame = build_frame(3).with_columns(nom_court=pl.Series(noms))
    for nom, etiquette in zip(noms, build(frame).layout.yaxis.ticktext, strict=True):  # type: ignore[attr-defined]
        lignes = etiquette.split("<br>")
        assert len(lignes) <= 2
        entier = etiquette.replace("-<br>", "-").replace("<br>", " ")
        assert entier.endswith(f"· {nom}")


def test_types_meles_nom_complet() -> None:
    figure = build(build_frame(4, types=("CPAM", "DRSM")))
    assert figure.layout.yaxis.ticktext[0] == "1er · CPAM de Ville0"  # type: ignore[attr-defined]


@pytest.mark.parametrize("mien", [f"{rang:03}" for rang in range(LIGNES_MAX + 5)])
def test_etiquette_du_mien_ne_couvre_pas_la_derniere(mien: str) -> None:
    """In pixels, the label of mine keeps its distance from the last one's, wherever mine stands."""
    frame = build_frame(LIGNES_MAX + 5)
    figure = build(frame, mien=mien)
    annotations = figure.layout.annotations  # type: ignore[attr-defined]
    (la_mienne,) = [a for a in annotations if a.showarrow]
    bas, haut = figure.layout.yaxis.range  # type: ignore[attr-defined]
    pixels = 375 / (haut - bas)
    derniere = frame.row(-1, named=True)
    if derniere["code_organisme"] == mien:
        return
    ecart = abs((la_mienne.y - derniere["valeur"]) * pixels + 17 - la_mienne.ay)
    assert ecart >= 29.5


def test_ex_aequo_en_tete_comptes() -> None:
    frame = build_frame(LIGNES_MAX + 5)
    valeurs = [99.5] * 4 + frame["valeur"].to_list()[4:]
    frame = compute_classement(frame.drop("rang", "ecart_mediane").with_columns(valeur=pl.Series(valeurs)), Sens.HAUT)
    textes = [a.text for a in build(frame).layout.annotations]  # type: ignore[attr-defined]
    assert any(t.startswith("Ville0 et 3 ex æquo") for t in textes)
    assert "1er ex æquo sur 30" in build(frame).data[0].customdata[0]  # type: ignore[attr-defined]


def test_intervalles_des_valeurs_et_du_rang() -> None:
    frame = build_frame(LIGNES_MAX + 5).with_columns(
        bas=pl.col("valeur") - 1,
        haut=pl.col("valeur") + 2,
        rang_bas=(pl.col("rang") - 2).clip(1),
        rang_haut=pl.col("rang") + 3,
    )
    autres, mien = build(frame, mien="020").data  # type: ignore[attr-defined]
    assert list(mien.error_y.array) == pytest.approx([2])
    assert list(mien.error_y.arrayminus) == pytest.approx([1])
    assert (list(mien.error_x.arrayminus), list(mien.error_x.array)) == ([2], [3])  # the rank, across
    assert not autres.error_x.array  # only mine: a hundred would hide the dots
    assert "(entre 19e et 24e)" in mien.customdata[0]
    lignes = build(frame[:4], mien="001").data[1]  # type: ignore[attr-defined]
    assert list(lignes.error_x.array) == pytest.approx([2])  # in rows, the values are across


def test_valeur_sans_intervalle_sans_trait() -> None:
    frame = build_frame(4).with_columns(bas=pl.lit(None, pl.Float64), haut=pl.lit(None, pl.Float64))
    autres, _ = build(frame, mien="001").data  # type: ignore[attr-defined]
    assert not autres.error_x.array
    assert [int(i) for i in autres.ids] == [0, 2, 3]


@pytest.mark.parametrize(
    ("bornes", "valeurs", "unite", "attendues"),
    [
        ([-2108.0, 7967.0], [72.0, 7340.0], "nombre", [0, 2000, 4000, 6000]),  # room for labels, no negative count
        ([78.0, 112.0], [80.0, 100.0], "%", [80, 85, 90, 95, 100]),
        ([-12.0, 120.0], [-10.0, 110.0], "%", [0, 20, 40, 60, 80, 100, 120]),
        ([0.09, 0.31], [0.1, 0.3], "jours", [0.1, 0.15, 0.2, 0.25, 0.3]),
    ],
)
def test_graduations_ou_une_valeur_peut_etre(
    bornes: list[float], valeurs: list[float], unite: str, attendues: list[float]
) -> None:
    assert list_graduations(bornes, valeurs, unite) == attendues


@pytest.mark.parametrize(
    ("facteur", "unite", "bouts"),
    [
        (1.0, "%", ("0\u00a0%", "30\u00a0%")),
        (100.0, "nombre", ("0", "3\u202f000")),
        (0.01, "jours", ("0,0", "0,3")),
    ],
)
def test_graduations_ecrites_en_francais(facteur: float, unite: str, bouts: tuple[str, str]) -> None:
    frame = build_frame(LIGNES_MAX + 5)
    frame = frame.with_columns(valeur=facteur * (pl.lit(LIGNES_MAX + 5) - pl.col("rang")))
    quartiles = compute_quartiles(frame["valeur"].to_list())
    textes = build_classement_figure(frame, quartiles, unite=unite, decimales=1, sens=Sens.HAUT).layout.yaxis.ticktext
    assert (textes[0], textes[-1]) == bouts
