"""What if: the score under other results, targets and weights, and the gain at another value."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.bareme import Bareme
from data.calculs import compute_score
from data.calculs.simulation import Modification, compute_gain, compute_rang_simule, simulate_score
from data.catalogue import load_catalogue
from data.modele import Referentiel, Sens, TypeOrganisme

BAREME: Bareme = load_catalogue().get_bareme(Referentiel.INTERESSEMENT, 2023, TypeOrganisme.CPAM)
CIBLES = {code: cible.sens for code, cible in BAREME.list_cibles()}


def _build(taux: float = 0.5, **autres: dict[str, Any]) -> list[dict[str, Any]]:
    """Every indicateur at the same rate, on thresholds from 0 to 100 (or 100 to 0 when lower is better)."""
    lignes = []
    for code, sens in CIBLES.items():
        bas = sens is Sens.BAS
        ligne = {"code_indicateur": code, "socle": 100.0 if bas else 0.0, "objectif": 0.0 if bas else 100.0}
        ligne |= {"valeur": 100 * (1 - taux if bas else taux), "statut": "publie", "inutile": "ignoré"}
        lignes.append(ligne | autres.get(code, {}))
    return lignes


def test_sans_changement_le_score_du_moteur() -> None:
    lignes = _build(0.4)
    assert simulate_score(lignes, BAREME, {}) == compute_score(pl.DataFrame(lignes), BAREME)
    assert simulate_score(lignes, BAREME, {}).taux == pytest.approx(40)


def test_un_resultat_change_vaut_son_poids() -> None:
    score = simulate_score(_build(0.4), BAREME, {"loc_validation_comptes": Modification(valeur=100.0)})
    assert score.taux == pytest.approx(40 + 15 * 0.6)


def test_un_resultat_remplace_l_ajuste_et_le_taux_impose() -> None:
    ajuste = {"loc_validation_comptes": {"valeur_ajustee": 90.0, "statut": "ajuste"}}
    score = simulate_score(_build(0.4, **ajuste), BAREME, {"loc_validation_comptes": Modification(valeur=0.0)})
    assert score.taux == pytest.approx(40 - 15 * 0.4)
    impose = {"loc_validation_comptes": {"taux_reussite": 1.0}}
    score = simulate_score(_build(0.4, **impose), BAREME, {"loc_validation_comptes": Modification(objectif=50.0)})
    assert score.taux == pytest.approx(40 + 15 * 0.4)  # 40 out of 50


def test_neutraliser_puis_retablir() -> None:
    lignes = _build(0.4, loc_validation_comptes={"valeur": 100.0})
    neutre = simulate_score(lignes, BAREME, {"loc_rdv_telephone": Modification(neutralise=True)})
    # Its 9 points go to the others of its domaine (53), at 40 % all the same.
    assert neutre.taux == pytest.approx(0.85 * 40 + 15)
    assert next(i for i in neutre.indicateurs if i.code_indicateur == "loc_rdv_telephone").poids_effectif == 0
    deja = _build(0.4, loc_validation_comptes={"statut": "neutralise", "valeur": None})
    retabli = simulate_score(deja, BAREME, {"loc_validation_comptes": Modification(neutralise=False, valeur=100.0)})
    assert retabli.taux == pytest.approx(0.85 * 40 + 15)
    sans_valeur = simulate_score(deja, BAREME, {"loc_validation_comptes": Modification(neutralise=False)})
    assert sans_valeur.partiel
    # A value alone does not bring it back.
    assert not simulate_score(deja, BAREME, {"loc_validation_comptes": Modification(valeur=100.0)}).partiel


def test_un_taux_quand_seul_le_taux_est_publie() -> None:
    lignes = [{"code_indicateur": code, "taux_reussite": 0.5} for code in CIBLES]
    score = simulate_score(lignes, BAREME, {"loc_validation_comptes": Modification(taux=80.0)})
    assert score.taux == pytest.approx(50 + 15 * 0.3)


def test_les_poids_restent_sur_cent() -> None:
    lignes = _build(0.4, loc_validation_comptes={"valeur": 100.0})
    score = simulate_score(lignes, BAREME, {"loc_validation_comptes": Modification(poids=30.0)})
    assert sum(d.poids_effectif for d in score.domaines) == pytest.approx(100)
    assert score.taux == pytest.approx((85 * 40 + 30 * 100) / 115)


def test_un_poids_nul_retire_l_indicateur() -> None:
    lignes = _build(0.4, loc_validation_comptes={"valeur": 100.0})
    score = simulate_score(lignes, BAREME, {"loc_validation_comptes": Modification(poids=0.0, valeur=3.0)})
    assert score.taux == pytest.approx(40)
    assert "loc_validation_comptes" not in {i.code_indicateur for i in score.indicateurs}


@pytest.mark.parametrize(
    ("scenario", "extrait"),
    [
        ({"loc_inconnu": Modification(valeur=1.0)}, "inconnu du barème"),
        ({"loc_rdv_telephone": Modification(socle=100.0, objectif=50.0)}, "contradiction"),
        ({"loc_rdv_telephone": Modification(poids=-1.0)}, "entre 0 et 100"),
        ({code: Modification(poids=0.0) for code in CIBLES}, "tous les poids sont nuls"),
        ({"loc_rdv_telephone": Modification(valeur=1e308)}, "impossible"),
    ],
)
def test_scenario_refuse(scenario: dict[str, Modification], extrait: str) -> None:
    with pytest.raises(ValueError, match=extrait):
        simulate_score(_build(), BAREME, scenario)


@settings(max_examples=25, deadline=None)
@given(
    code=st.sampled_from([c for c, s in CIBLES.items() if s is Sens.HAUT]),
    depart=st.floats(0, 1),
    valeurs=st.tuples(st.floats(0, 100), st.floats(0, 100)),
)
def test_un_meilleur_resultat_ne_fait_jamais_perdre(code: str, depart: float, valeurs: tuple[float, float]) -> None:
    moins, plus = (
        simulate_score(_build(depart), BAREME, {code: Modification(valeur=v)}).points for v in sorted(valeurs)
    )
    assert plus >= moins - 1e-9


def test_gain_au_niveau_d_un_autre() -> None:
    lignes = _build(0.4)
    score = simulate_score(lignes, BAREME, {})
    indicateur = next(i for i in score.indicateurs if i.code_indicateur == "loc_validation_comptes")
    domaine = next(d for d in score.domaines if d.domaine == indicateur.domaine)
    assert compute_gain(indicateur, domaine, 70.0) == pytest.approx(4.5)
    assert compute_gain(indicateur, domaine, 30.0) == 0
    assert compute_gain(indicateur, domaine, 500.0) == pytest.approx(domaine.points_perdus)
    apres = simulate_score(lignes, BAREME, {"loc_validation_comptes": Modification(valeur=70.0)})
    assert apres.points - score.points == pytest.approx(4.5)
    neutre = simulate_score(lignes, BAREME, {"loc_validation_comptes": Modification(neutralise=True)})
    hors = next(i for i in neutre.indicateurs if i.code_indicateur == "loc_validation_comptes")
    assert compute_gain(hors, domaine, 70.0) is None


def test_rang_parmi_les_autres_tels_quels() -> None:
    assert compute_rang_simule(90.0, [95.0, 90.0, 85.0]) == 2
    assert compute_rang_simule(89.996, [90.0]) == 1  # equal once printed
    assert compute_rang_simule(89.99, [90.0]) == 2
    assert compute_rang_simule(0.0, []) == 1
