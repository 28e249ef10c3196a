from __future__ import annotations

import dataclasses
import json

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from components.figures.colonne_vertebrale import BORD, Rangee, build_colonne_vertebrale_figure
from components.theme import COULEURS
from data.calculs.profil import compute_reperes
from data.modele import Sens

DELAIS = compute_reperes([float(v) for v in range(20, 31)], Sens.BAS)
RANGEE = Rangee(
    domaine="Qualité de service",
    nom="1re IJ",
    neutre=False,
    valeur=27.0,
    socle=30.0,
    objectif=22.0,
    reperes=DELAIS,
    texte_valeur="27 jours",
    texte_mediane="méd. 25 jours",
    verdict="▼ moins bien",
    ton="moins",
    rang="8e sur 11",
    survol="1re IJ",
)
SANS_VALEUR = dataclasses.replace(RANGEE, nom="AAT", valeur=None, texte_valeur="neutralisé", verdict="– sans verdict")
SANS_PAIRS = dataclasses.replace(RANGEE, domaine="Gestion du risque", nom="MAS", reperes=None, neutre=True)


def test_la_figure(snapshot: SnapshotAssertion) -> None:
    figure = build_colonne_vertebrale_figure([RANGEE, SANS_VALEUR, SANS_PAIRS], nom="Ain")
    assert json.loads(figure.to_json()) == snapshot(extension_class=JSONSnapshotExtension)


def test_a_droite_est_mieux() -> None:
    figure = build_colonne_vertebrale_figure([RANGEE], nom="Ain")
    traces = {trace.name: trace for trace in figure.data}
    assert traces["Ain"].x[0] < 0  # 27 days, longer than the median
    assert traces["objectif"].x[0] > 0
    assert traces["socle"].x[0] < traces["Ain"].x[0]
    assert traces["Ain"].marker.color == COULEURS["mien"]
    assert traces["socle"].line.dash != "solid"
    assert traces["objectif"].line.dash == "solid"


def test_hors_echelle_au_bord() -> None:
    loin = dataclasses.replace(RANGEE, valeur=90.0, socle=120.0, objectif=0.0)
    figure = build_colonne_vertebrale_figure([loin], nom="Ain")
    mien = figure.data[-1]
    assert (mien.x[0], mien.marker.symbol[0]) == (-BORD, "triangle-left")
    bords = {trace.marker.symbol: trace.x[0] for trace in figure.data[:-1] if trace.mode == "markers"}
    assert bords == {"triangle-left-open": -BORD, "triangle-right": BORD}
    assert not [trace for trace in figure.data if trace.name in {"socle", "objectif"}]


@pytest.mark.parametrize(("rangee", "mots"), [(SANS_VALEUR, "neutralisé"), (SANS_PAIRS, "moins de 5 pairs")])
def test_ce_qui_manque_est_dit(rangee: Rangee, mots: str) -> None:
    figure = build_colonne_vertebrale_figure([RANGEE, rangee], nom="Ain")
    assert len(figure.data[-1].x) == 1  # one dot: nothing is drawn for what is not there
    assert any(mots in note.text for note in figure.layout.annotations)


def test_les_mots_des_deux_cotes() -> None:
    textes = " ".join(n.text for n in build_colonne_vertebrale_figure([RANGEE], nom="Ain").layout.annotations)
    for mot in ("27 jours", "méd. 25 jours", "▼ moins bien", "8e sur 11", "Qualité de service", "mieux ▶", "objectif"):
        assert mot in textes


def test_domaines_une_fois_chacun() -> None:
    figure = build_colonne_vertebrale_figure([RANGEE, SANS_VALEUR, SANS_PAIRS], nom="Ain")
    titres = [n.text for n in figure.layout.annotations if n.text.startswith("<b>")]
    assert titres.count("<b>Qualité de service</b>") == 1
    assert titres.count("<b>Gestion du risque</b>") == 1
