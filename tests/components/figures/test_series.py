from __future__ import annotations

import datetime as dt
import json
from itertools import pairwise
from typing import Any

import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from components.figures.series import (
    Cible,
    Palier,
    Point,
    Serie,
    build_serie_figure,
    compute_rangs,
    format_couleur,
    list_troncons,
)
from data.modele import Evenement, SourceDocument

DEBUT, FIN = dt.date(2013, 1, 1), dt.date(2027, 12, 31)


def build_evenement(
    du: dt.date, au: dt.date | None = None, *, rupture: bool = True, indicateurs: tuple[str, ...] = ()
) -> Evenement:
    return Evenement(
        code="evenement",
        libelle="Un événement",
        libelle_court="Événement",
        du=du,
        au=au,
        rupture=rupture,
        indicateurs=list(indicateurs),
        description="Description",
        source=SourceDocument(document="003", lignes=[1]),
    )


def build_annee(annee: int, **valeurs: Any) -> Point:
    return Point(dt.date(annee, 1, 1), dt.date(annee, 12, 31), **valeurs)


def build(*series: Serie, evenements: tuple[Evenement, ...] = (), **autres: Any) -> go.Figure:
    return build_serie_figure(
        series, debut=DEBUT, fin=FIN, unite="jours", axe=(0, 100), evenements=evenements, **autres
    )


def list_marques(figure: go.Figure) -> list[go.Scatter]:
    return [t for t in figure.data if t.mode == "lines+markers+text"]


def list_segments(figure: go.Figure) -> list[tuple[dt.date, dt.date]]:
    """Every line drawn between two values."""
    return [(a, b) for trace in list_marques(figure) for a, b in pairwise(trace.x) if a is not None and b is not None]


def list_x(figure: go.Figure) -> list[dt.date]:
    return [x for trace in list_marques(figure) for x in trace.x if x is not None]


# --- Points


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"debut": dt.date(2020, 2, 1), "fin": dt.date(2020, 1, 1), "valeur": 1.0}, "période à l'envers"),
        ({"debut": DEBUT, "fin": FIN}, "une valeur ou une fourchette"),
        ({"debut": DEBUT, "fin": FIN, "valeur": 1.0, "borne_basse": 0.5}, "une valeur ou une fourchette"),
        ({"debut": DEBUT, "fin": FIN, "borne_basse": 2.0, "borne_haute": 1.0}, "fourchette à l'envers"),
    ],
)
def test_point_incoherent(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Point(**arguments)


def test_point_au_milieu_de_sa_periode() -> None:
    assert build_annee(2021, valeur=1.0).milieu == dt.date(2021, 7, 2)
    assert build_annee(2021, valeur=1.0).duree == 365


# --- Lines


def test_annees_voisines_reliees() -> None:
    serie = Serie("a", "A", (build_annee(2015, valeur=30.4), build_annee(2014, valeur=33.0)))
    assert [[p.valeur for p in t] for t in list_troncons(serie, ())] == [[33.0, 30.4]]
    assert list_segments(build(serie)) == [(dt.date(2014, 7, 2), dt.date(2015, 7, 2))]


def test_annee_manquante_est_un_trou() -> None:
    serie = Serie("a", "A", (build_annee(2014, valeur=33.0), build_annee(2016, valeur=28.9)))
    assert list_segments(build(serie)) == []
    assert len(list_x(build(serie))) == 2


def test_fourchette_entre_deux_valeurs_coupe() -> None:
    points = (
        build_annee(2014, valeur=33.0),
        build_annee(2015, borne_basse=30.0, borne_haute=31.0),
        build_annee(2016, valeur=1.0),
    )
    assert list_segments(build(Serie("a", "A", points))) == []


def test_annee_et_mois_jamais_relies() -> None:
    janvier = Point(dt.date(2022, 1, 1), dt.date(2022, 1, 31), valeur=15.0)
    assert list_segments(build(Serie("a", "A", (build_annee(2021, valeur=18.0), janvier)))) == []


def test_mois_voisins_relies() -> None:
    fevrier = Point(dt.date(2022, 2, 1), dt.date(2022, 2, 28), valeur=20.0)
    mars = Point(dt.date(2022, 3, 1), dt.date(2022, 3, 31), valeur=38.0)
    assert len(list_segments(build(Serie("a", "A", (fevrier, mars))))) == 1


@pytest.mark.parametrize(
    ("evenement", "relies"),
    [
        (build_evenement(dt.date(2020, 1, 1)), 0),
        (build_evenement(dt.date(2020, 1, 1), rupture=False), 1),
        (build_evenement(dt.date(2020, 1, 1), indicateurs=("autre",)), 1),
        (build_evenement(dt.date(2020, 1, 1), indicateurs=("delai_ti",)), 0),
        (build_evenement(dt.date(2019, 1, 1)), 1),
        (build_evenement(dt.date(2018, 1, 1), dt.date(2019, 9, 1)), 0),
        (build_evenement(dt.date(2020, 7, 2)), 1),  # 2020 is a leap year: its middle is the 1st of July
        (build_evenement(dt.date(2020, 7, 1)), 0),
    ],
)
def test_rupture(evenement: Evenement, relies: int) -> None:
    serie = Serie("delai_ti", "TI", (build_annee(2019, valeur=21.86), build_annee(2020, valeur=25.5)))
    assert len(list_segments(build(serie, evenements=(evenement,)))) == relies


def test_evenements_caches_coupent_encore() -> None:
    serie = Serie("delai_ti", "TI", (build_annee(2019, valeur=21.86), build_annee(2020, valeur=25.5)))
    figure = build(serie, ruptures=(build_evenement(dt.date(2020, 1, 1)),))
    assert list_segments(figure) == []
    assert not figure.layout.shapes


dates = st.dates(dt.date(2014, 1, 1), dt.date(2026, 12, 31))
valeurs = st.floats(0, 100, allow_nan=False)


@st.composite
def points(tirage: st.DrawFn) -> tuple[Point, ...]:
    annees = tirage(st.lists(st.integers(2014, 2026), unique=True, max_size=10))
    resultat = []
    for annee in annees:
        bas, haut = sorted((tirage(valeurs), tirage(valeurs)))
        resultat.append(
            tirage(
                st.sampled_from(
                    [
                        build_annee(annee, valeur=bas),
                        build_annee(annee, borne_basse=bas, borne_haute=haut),
                        build_annee(annee, borne_basse=bas),
                        build_annee(annee, borne_haute=haut),
                    ]
                )
            )
        )
    return tuple(resultat)


@st.composite
def evenements(tirage: st.DrawFn) -> Evenement:
    du = tirage(dates)
    au = tirage(st.none() | st.dates(du, dt.date(2027, 12, 31)))
    return build_evenement(du, au, rupture=tirage(st.booleans()))


@given(points(), st.lists(evenements(), max_size=4))
def test_aucun_segment_ne_franchit_une_rupture(tires: tuple[Point, ...], faits: list[Evenement]) -> None:
    figure = build(Serie("a", "A", tires), evenements=tuple(faits))
    for avant, apres in list_segments(figure):
        assert apres.year == avant.year + 1
        for fait in faits:
            if fait.rupture:
                assert not (avant < fait.du <= apres)
                assert not (avant < (fait.au or fait.du) <= apres)
                assert not (fait.du <= avant and apres <= (fait.au or fait.du))


@given(points())
def test_fourchettes_jamais_en_points(tires: tuple[Point, ...]) -> None:
    figure = build(Serie("a", "A", tires))
    dessinees = sorted(y for trace in list_marques(figure) for y in trace.y if y is not None)
    assert dessinees == sorted(p.valeur for p in tires if p.valeur is not None)
    aplats = [t for t in figure.data if t.fill == "toself"]
    assert len(aplats) == sum(p.valeur is None for p in tires)
    assert all(t.mode == "lines" for t in aplats)


# --- Ranges


def test_fourchette_fermee_couvre_sa_periode() -> None:
    point = Point(dt.date(2018, 1, 1), dt.date(2021, 12, 31), borne_basse=30.04, borne_haute=31.2)
    (bande,) = build(Serie("a", "A", (point,))).data
    assert (min(bande.x), max(bande.x)) == (dt.date(2018, 1, 1), dt.date(2022, 1, 1))
    assert (min(bande.y), max(bande.y)) == (30.04, 31.2)


@pytest.mark.parametrize(
    ("bornes", "bord", "vers_le_haut"), [({"borne_basse": 95.0}, 95.0, True), ({"borne_haute": 15.0}, 15.0, False)]
)
def test_fourchette_ouverte_a_un_bord_et_une_fleche(bornes: dict[str, float], bord: float, vers_le_haut: bool) -> None:
    figure = build(Serie("a", "A", (build_annee(2021, **bornes),)))
    aplat, ligne = figure.data
    assert set(ligne.y) == {bord}
    assert aplat.line.width == 0
    (fleche,) = figure.layout.annotations
    assert fleche.showarrow
    assert (fleche.ay > 0) is vers_le_haut
    assert (fleche.y > bord) is vers_le_haut


def test_fourchette_ouverte_reste_dans_l_axe() -> None:
    figure = build(Serie("a", "A", (build_annee(2021, borne_basse=97.0), build_annee(2022, borne_haute=3.0))))
    assert max(y for t in figure.data for y in t.y) == 100
    assert min(y for t in figure.data for y in t.y) == 0


# --- Targets and events


def test_cible_en_paliers_et_trou() -> None:
    paliers = tuple(
        Palier(dt.date(a, 1, 1), dt.date(a, 12, 31), v, str(v)) for a, v in ((2023, 28.0), (2024, 26.0), (2026, 22.0))
    )
    ligne, texte = build(cibles=(Cible("c", "Cible", paliers),)).data
    assert ligne.line.shape == "hv"
    assert list(ligne.y) == [28.0, 28.0, 26.0, 26.0, None, 22.0, 22.0]
    assert list(texte.text) == ["28.0", "26.0", "22.0"]


def test_evenement_hors_de_l_axe_n_est_pas_dessine() -> None:
    figure = build(evenements=(build_evenement(dt.date(2030, 1, 1)), build_evenement(dt.date(2000, 1, 1))))
    assert not figure.layout.shapes
    assert not figure.layout.annotations


def test_periode_ombree_est_rognee_a_l_axe() -> None:
    figure = build(evenements=(build_evenement(dt.date(2012, 1, 1), dt.date(2014, 1, 1)),))
    rectangle = next(s for s in figure.layout.shapes if s.type == "rect")
    assert (rectangle.x0, rectangle.x1) == (DEBUT, dt.date(2014, 1, 1))


@given(st.lists(dates, max_size=8))
def test_etiquettes_d_une_meme_rangee_ne_se_touchent_pas(jours: list[dt.date]) -> None:
    faits = [build_evenement(jour) for jour in sorted(jours)]
    rangs = compute_rangs(faits, DEBUT, FIN)
    assert all(0 <= rang < len(faits) for rang in rangs)
    proches = dt.timedelta(days=30)
    for (a, rang_a), (b, rang_b) in pairwise(zip(faits, rangs, strict=True)):
        if b.du - a.du < proches and (a.du - DEBUT) / (FIN - DEBUT) < 0.5:
            assert rang_a != rang_b


def test_axe_court_en_mois_francais() -> None:
    figure = build_serie_figure((), debut=dt.date(2021, 1, 1), fin=dt.date(2022, 6, 30), unite="jours", axe=(0, 10))
    assert list(figure.layout.xaxis.ticktext) == ["janv.<br>2021", "avr.", "juil.", "oct.", "janv.<br>2022", "avr."]


def test_couleur_avec_opacite() -> None:
    assert format_couleur("#0c419a", 0.2) == "rgba(12,65,154,0.2)"


def test_figure_complete(snapshot: SnapshotAssertion) -> None:
    figure = build(
        Serie(
            "cog",
            "Première IJ",
            (
                build_annee(2014, valeur=33.0, etiquette="33", infobulle="33 jours"),
                build_annee(2015, valeur=30.4, etiquette="30,4", infobulle="30,4 jours", place="bas-gauche"),
                Point(dt.date(2018, 1, 1), dt.date(2021, 12, 31), borne_basse=30.04, borne_haute=31.2, etiquette="x"),
            ),
        ),
        Serie("d9", "D9", (build_annee(2022, borne_basse=95.0, etiquette="plus de 95", place="gauche"),), motif="/"),
        cibles=(Cible("c", "Cible", (Palier(dt.date(2023, 1, 1), dt.date(2023, 12, 31), 28.0, "28"),), place="bas"),),
        evenements=(
            build_evenement(dt.date(2020, 3, 1), dt.date(2022, 2, 28), rupture=False),
            build_evenement(dt.date(2023, 1, 1)),
        ),
    )
    assert json.loads(figure.to_json()) == snapshot(extension_class=JSONSnapshotExtension)
