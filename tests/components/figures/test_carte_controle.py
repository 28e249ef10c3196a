"""Control chart of a service: the reference is shaded where the limits come from, months and weeks are centred."""

from __future__ import annotations

import datetime as dt

import plotly.graph_objects as go
import pytest

from components.figures.carte_controle import build_carte_controle_figure
from components.theme import COULEURS
from data.calculs.services import CarteService, build_carte_service
from data.modele import Sens

STABLE = [20.0, 20.4, 19.7, 20.1, 20.3, 19.8, 20.2, 19.9, 20.0, 20.3, 19.8, 20.1]
LUNDIS = [dt.date(2023, 1, 2) + dt.timedelta(weeks=rang) for rang in range(14)]
DIMANCHES = [lundi + dt.timedelta(days=6) for lundi in LUNDIS]


def _build(valeurs: list[float | None], sens: Sens = Sens.BAS) -> CarteService:
    carte = build_carte_service(valeurs, sens, points=12)
    assert carte is not None
    return carte


def _draw(carte: CarteService, sens: Sens = Sens.BAS, objectif: float | None = None) -> go.Figure:
    n = len(carte.valeurs)
    return build_carte_controle_figure(
        LUNDIS[:n], DIMANCHES[:n], carte, ["mots"] * n, sens=sens, unite="jours", decimales=1, objectif=objectif
    )


def test_la_reference_est_teintee_et_nommee() -> None:
    figure = _draw(_build([*STABLE, 20.0, 30.0]))
    (fond,) = figure.layout.shapes
    assert (fond.x0, fond.x1) == (LUNDIS[0], LUNDIS[12])
    assert fond.layer == "below"
    assert "référence" in [a.text for a in figure.layout.annotations]


def test_sans_limites_rien_n_est_teinte() -> None:
    figure = _draw(_build([20.0, 21.0]))
    assert not figure.layout.shapes
    assert [a.text for a in figure.layout.annotations] == ["<b>21,0</b>"]


def test_une_semaine_est_dessinee_en_son_milieu() -> None:
    resultat = next(t for t in _draw(_build([*STABLE, 20.0])).data if t.name == "résultat")
    assert resultat.x[0] == LUNDIS[0] + dt.timedelta(days=3)


@pytest.mark.parametrize(("sens", "role"), [(Sens.BAS, "moins"), (Sens.HAUT, "mieux"), (Sens.NEUTRE, "comparable")])
def test_la_couleur_d_un_signal_suit_le_sens(sens: Sens, role: str) -> None:
    figure = _draw(_build([*STABLE, 30.0], sens), sens)
    (signal,) = [t for t in figure.data if t.name == "signal"]
    assert signal.marker.color == COULEURS[role]
    assert signal.marker.symbol == "triangle-up"


def test_l_axe_contient_les_limites_et_l_objectif() -> None:
    carte = _build([*STABLE, 20.0])
    figure = _draw(carte, objectif=10)
    bas, haut = figure.layout.yaxis.range
    assert bas < 10
    assert haut > (carte.haut[0] or 0)
    assert "objectif 10" in [a.text for a in figure.layout.annotations]
