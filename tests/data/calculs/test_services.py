from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.calculs.series import Assurance, Regle, laney_p, xmr
from data.calculs.services import Carte, build_carte_service
from data.calculs.verdict import Verdict
from data.modele import Sens

STABLE = [20.0, 20.4, 19.7, 20.1, 20.3, 19.8, 20.2, 19.9, 20.0, 20.3, 19.8, 20.1, 20.2]


def test_une_serie_ordinaire_est_stable() -> None:
    carte = build_carte_service(STABLE, Sens.BAS, objectif=15)
    assert carte is not None
    assert (carte.bas[-1], carte.centre[-1], carte.haut[-1]) == xmr(STABLE)
    assert carte.carte is Carte.XMR
    assert carte.jugement.verdict is Verdict.COMPARABLE
    assert carte.assurance is Assurance.MANQUEE  # 15 days are never reached without a change
    assert not carte.provisoire


@pytest.mark.parametrize(
    ("saut", "sens", "verdict"),
    [
        (30.0, Sens.BAS, Verdict.MOINS_BIEN),
        (30.0, Sens.HAUT, Verdict.MIEUX),
        (10.0, Sens.BAS, Verdict.MIEUX),
        (30.0, Sens.NEUTRE, Verdict.PLUS_HAUT),
    ],
)
def test_le_verdict_suit_le_sens(saut: float, sens: Sens, verdict: Verdict) -> None:
    carte = build_carte_service([*STABLE, saut], sens)
    assert carte is not None
    assert carte.jugement.verdict is verdict
    assert carte.signaux[-1].regle is Regle.HORS_LIMITES


def test_un_taux_a_grands_denominateurs_prend_la_carte_de_laney() -> None:
    # Values wander by a point: a plain p chart at n = 100 000 would call almost all of them signals.
    parts = [0.66, 0.67, 0.665, 0.672, 0.661, 0.668, 0.67, 0.663, 0.669, 0.664, 0.671, 0.666]
    n = [100_000.0 + 1_000 * rang for rang in range(len(parts))]
    x = [p * d for p, d in zip(parts, n, strict=True)]
    carte = build_carte_service([100 * p for p in parts], Sens.HAUT, numerateurs=x, denominateurs=n)
    moyen, sigma, bas, haut = laney_p(x, n)
    assert carte is not None
    assert carte.carte is Carte.LANEY
    assert sigma > 1
    assert carte.centre[0] == pytest.approx(100 * moyen)
    assert carte.bas[3] == pytest.approx(100 * (bas[3] or 0))
    assert carte.haut[3] == pytest.approx(100 * (haut[3] or 0))
    assert carte.signaux == ()
    degrade = build_carte_service(
        [*(100 * p for p in parts), 55.0], Sens.HAUT, numerateurs=[*x, 55_000.0], denominateurs=[*n, 100_000.0]
    )
    assert degrade is not None
    assert degrade.jugement.verdict is Verdict.MOINS_BIEN


def test_un_denominateur_inconnu_ramene_a_xmr() -> None:
    carte = build_carte_service(
        [60.0, 61.0, 60.5], Sens.HAUT, numerateurs=[60.0, None, 60.5], denominateurs=[100.0] * 3
    )
    assert carte is not None
    assert carte.carte is Carte.XMR
    assert carte.provisoire


def test_un_trou_reste_un_trou_et_zero_une_valeur() -> None:
    carte = build_carte_service([1.0, 0.0, None, 1.0, 0.0], Sens.BAS)
    assert carte is not None
    assert carte.valeurs == (1.0, 0.0, None, 1.0, 0.0)
    assert carte.dernier == 4


def test_sans_deux_mois_de_suite_pas_de_limites() -> None:
    assert build_carte_service([], Sens.BAS) is None
    assert build_carte_service([None, None], Sens.BAS) is None
    assert build_carte_service([1.0, None, 2.0], Sens.BAS) is None


def test_une_rupture_coupe_les_limites() -> None:
    serie = [*STABLE, *(v + 30 for v in STABLE)]
    carte = build_carte_service(serie, Sens.BAS, ruptures=[len(STABLE)])
    assert carte is not None
    assert carte.signaux == ()  # without the break, every point would be one
    assert carte.centre[-1] == pytest.approx((carte.centre[0] or 0) + 30)
    entiere = build_carte_service(serie, Sens.BAS)
    assert entiere is not None
    assert len(entiere.signaux) > 10


@settings(max_examples=25, deadline=None)
@given(st.floats(0, 1000), st.integers(2, 30))
def test_une_serie_constante_ne_leve_aucun_signal(valeur: float, longueur: int) -> None:
    carte = build_carte_service([valeur] * longueur, Sens.BAS)
    assert carte is not None
    assert carte.signaux == ()
    assert carte.jugement.verdict is Verdict.COMPARABLE
