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
        [60.0, 61.0, 60.5] * 2, Sens.HAUT, numerateurs=[60.0, None, 60.5] * 2, denominateurs=[100.0] * 6
    )
    assert carte is not None
    assert carte.carte is Carte.XMR
    assert carte.provisoire


def test_un_trou_reste_un_trou_et_zero_une_valeur() -> None:
    carte = build_carte_service([1.0, 0.0, None, 1.0, 0.0], Sens.BAS)
    assert carte is not None
    assert carte.valeurs == (1.0, 0.0, None, 1.0, 0.0)
    assert carte.dernier == 4


def test_sans_valeur_pas_de_carte() -> None:
    assert build_carte_service([], Sens.BAS) is None
    assert build_carte_service([None, None], Sens.BAS) is None


@pytest.mark.parametrize(
    ("valeurs", "motif"),
    [
        ([1.0, 2.0], "2 valeurs dans la période de référence, il en faut au moins 6"),
        ([1.0], "1 valeur dans la période de référence, il en faut au moins 6"),
        ([1.0, None] * 6, "aucune valeur de la période de référence n'en suit une autre"),
    ],
)
def test_une_reference_trop_courte_ne_donne_pas_de_limites(valeurs: list[float | None], motif: str) -> None:
    carte = build_carte_service(valeurs, Sens.BAS, objectif=1)
    assert carte is not None
    assert set(carte.bas) == set(carte.centre) == set(carte.haut) == {None}
    assert (carte.references, carte.reference, carte.signaux, carte.assurance) == ((), None, (), None)
    assert (carte.jugement.verdict, carte.jugement.motif) == (Verdict.SANS_VERDICT, motif)


def test_les_limites_sont_celles_de_la_reference() -> None:
    """NIST/SEMATECH e-Handbook, 6.3.2.2: limits 45,82 and 55,80 of the ten batches, whatever comes after them."""
    nist = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]
    carte = build_carte_service([*nist, 60.0, 61.0, 59.0], Sens.HAUT, points=10)
    assert carte is not None
    assert carte.reference == (0, 10)
    assert carte.points_reference == 10
    assert carte.bas[-1] == pytest.approx(45.8159, abs=1.5e-3)
    assert carte.haut[-1] == pytest.approx(55.8041, abs=1.5e-3)
    assert [s.rang for s in carte.signaux if s.regle is Regle.HORS_LIMITES] == [10, 11, 12]
    assert carte.provisoire  # ten values
    entiere = build_carte_service([*nist, 60.0, 61.0, 59.0], Sens.HAUT)
    assert entiere is not None
    assert (entiere.haut[-1] or 0) > 57  # what has changed would have widened its own limits


def test_une_reference_choisie_prend_la_place_du_debut() -> None:
    serie = [*(v + 30 for v in STABLE), *STABLE]
    place = (len(STABLE), 2 * len(STABLE))
    carte = build_carte_service(serie, Sens.BAS, points=12, reference=place)
    assert carte is not None
    assert carte.reference == place
    assert (carte.bas[0], carte.centre[0], carte.haut[0]) == xmr(STABLE)
    assert carte.jugement.verdict is Verdict.COMPARABLE
    ailleurs = build_carte_service(serie, Sens.BAS, points=12, reference=(0, 0))
    assert ailleurs is not None
    assert ailleurs.jugement.motif == "aucune valeur dans la période de référence"


def test_apres_une_rupture_la_reference_repart() -> None:
    serie = [*STABLE, *(v + 30 for v in STABLE)]
    carte = build_carte_service(serie, Sens.BAS, points=12, reference=(0, 12), ruptures=[len(STABLE)])
    assert carte is not None
    assert carte.references == ((0, 12), (13, 25))
    assert carte.reference == (13, 25)
    assert carte.signaux == ()
    prolongee = build_carte_service(serie, Sens.BAS, points=12, reference=(0, 12))
    assert prolongee is not None
    assert prolongee.jugement.verdict is Verdict.MOINS_BIEN


def test_la_carte_de_laney_garde_le_centre_de_la_reference() -> None:
    parts = [0.66, 0.67, 0.665, 0.672, 0.661, 0.668, 0.70, 0.71, 0.72]
    n = [100_000.0 + 5_000 * rang for rang in range(len(parts))]
    x = [p * d for p, d in zip(parts, n, strict=True)]
    carte = build_carte_service([100 * p for p in parts], Sens.HAUT, points=6, numerateurs=x, denominateurs=n)
    moyen, _, _, _ = laney_p(x[:6], n[:6])
    assert carte is not None
    assert carte.centre[-1] == pytest.approx(100 * moyen)
    assert (carte.haut[-1] or 0) < (carte.haut[0] or 0)  # more cases, closer limits
    assert carte.jugement.verdict is Verdict.MIEUX


def test_ce_qui_quitte_une_reference_constante_est_un_signal() -> None:
    n = [1000.0] * 8
    carte = build_carte_service(
        [100.0] * 7 + [99.0], Sens.HAUT, points=6, numerateurs=[1000.0] * 7 + [990.0], denominateurs=n
    )
    assert carte is not None
    assert [s.rang for s in carte.signaux] == [7]
    assert carte.jugement.verdict is Verdict.MOINS_BIEN


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
@given(st.floats(0, 1000), st.integers(6, 30), st.integers(6, 30))
def test_une_serie_constante_ne_leve_aucun_signal(valeur: float, longueur: int, points: int) -> None:
    carte = build_carte_service([valeur] * longueur, Sens.BAS, points=points)
    assert carte is not None
    assert carte.signaux == ()
    assert carte.jugement.verdict is Verdict.COMPARABLE


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 500), st.integers(1, 500), st.integers(6, 30))
def test_un_taux_constant_ne_leve_aucun_signal(numerateur: int, reste: int, longueur: int) -> None:
    n = float(numerateur + reste)
    carte = build_carte_service(
        [100 * numerateur / n] * longueur,
        Sens.HAUT,
        points=6,
        numerateurs=[float(numerateur)] * longueur,
        denominateurs=[n] * longueur,
    )
    assert carte is not None
    assert carte.carte is Carte.LANEY
    assert carte.signaux == ()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0, 100), min_size=12, max_size=30), st.lists(st.floats(0, 100), min_size=1, max_size=10))
def test_ce_qui_suit_ne_change_pas_les_limites(reference: list[float], suite: list[float]) -> None:
    seule = build_carte_service(reference, Sens.HAUT, points=12)
    longue = build_carte_service([*reference, *suite], Sens.HAUT, points=12)
    assert seule is not None
    assert longue is not None
    assert (seule.bas[0], seule.centre[0], seule.haut[0]) == (longue.bas[-1], longue.centre[-1], longue.haut[-1])
