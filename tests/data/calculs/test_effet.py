"""Scores and ranks of a group under another barème."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.bareme import update_poids
from data.calculs.effet import apply_cibles, compute_effet, list_cibles_changees
from data.calculs.score import compute_score
from data.catalogue import load_catalogue
from data.modele import Referentiel, Sens, TypeOrganisme
from tests.variantes import update_cible

DRSM = load_catalogue().get_bareme(Referentiel.INTERESSEMENT, 2023, TypeOrganisme.DRSM)
CODES = [code for code, _ in DRSM.list_cibles()]
COMPTES, MATIS = "loc_validation_comptes", "loc_deploiement_matis"


def _build(valeurs: dict[str, list[float]]) -> pl.DataFrame:
    """Organismes with one value (0..100) per indicateur; thresholds 0 and 100, in the direction of each."""
    lignes = []
    for organisme, nombres in valeurs.items():
        for (code, cible), valeur in zip(DRSM.list_cibles(), nombres, strict=True):
            bas = cible.sens is Sens.BAS
            seuils = {"socle": 100.0 if bas else 0.0, "objectif": 0.0 if bas else 100.0}
            lignes.append({"code_organisme": organisme, "code_indicateur": code, "valeur": valeur} | seuils)
    return pl.DataFrame(lignes)


RESULTATS = _build({"a": [100.0] * len(CODES), "b": [50.0] * len(CODES), "c": [0.0] * len(CODES)})


def test_le_meme_bareme_ne_change_rien() -> None:
    effet = compute_effet(RESULTATS, DRSM, DRSM)
    assert effet.organismes["ecart"].to_list() == [0.0, 0.0, 0.0]
    assert effet.organismes["places"].to_list() == [0, 0, 0]
    assert (effet.non_recalcules, effet.sans_resultat) == ((), ())


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.lists(st.floats(0, 100), min_size=len(CODES), max_size=len(CODES)), min_size=1, max_size=6),
    st.floats(0.5, 30),
)
def test_les_deux_scores_sont_ceux_du_moteur(valeurs: list[list[float]], poids: float) -> None:
    resultats = _build({f"o{n}": v for n, v in enumerate(valeurs)})
    apres = update_poids(DRSM, {COMPTES: poids})
    organismes = compute_effet(resultats, DRSM, apres).organismes
    for ligne in organismes.iter_rows(named=True):
        miens = resultats.filter(code_organisme=ligne["code_organisme"]).drop("code_organisme")
        assert ligne["avant"] == pytest.approx(compute_score(miens, DRSM).taux, abs=0.005)
        assert ligne["apres"] == pytest.approx(compute_score(miens, apres).taux, abs=0.005)
    rangs = organismes["rang_apres"].to_list()
    scores = organismes["apres"].to_list()
    assert rangs == [1 + sum(autre > mien for autre in scores) for mien in scores]


def test_un_seuil_du_bareme_l_emporte_sur_celui_du_resultat() -> None:
    apres = update_cible(DRSM, COMPTES, socle=0.0, objectif=50.0)
    assert list(list_cibles_changees(DRSM, apres)) == [COMPTES]
    effet = compute_effet(RESULTATS, DRSM, apres)
    # « b » is at 50: from half of its 10 points to all of them. Both others do not move.
    assert effet.organismes["ecart"].to_list() == [0.0, 5.0, 0.0]
    # Its own socle stays where the barème declares only the objectif.
    seul = update_cible(DRSM, COMPTES, objectif=50.0)
    assert compute_effet(RESULTATS, DRSM, seul).organismes.equals(effet.organismes)


def test_un_taux_seul_ne_se_recalcule_pas_et_se_dit() -> None:
    taux = RESULTATS.with_columns(
        pl.when(code_indicateur=COMPTES).then(None).otherwise("valeur").alias("valeur"),
        pl.when(code_indicateur=COMPTES).then(0.25).alias("taux_reussite"),
    )
    apres = update_cible(DRSM, COMPTES, objectif=50.0)
    effet = compute_effet(taux, DRSM, apres)
    assert effet.non_recalcules == (COMPTES,)
    assert effet.organismes["ecart"].to_list() == [0.0, 0.0, 0.0]
    assert apply_cibles(taux, {}).equals(taux)


def test_un_indicateur_ajoute_sans_resultat_borne_le_score() -> None:
    brut = DRSM.model_dump()
    brut["domaines"][2]["indicateurs"] = [
        brut["domaines"][2]["indicateurs"][0] | {"poids": 6.0},
        {"code": "loc_e_dat", "poids": 4.0, "sens": "haut"},
    ]
    effet = compute_effet(RESULTATS, DRSM, type(DRSM).model_validate(brut))
    assert effet.sans_resultat == ("loc_e_dat",)
    ligne = effet.organismes.row(0, named=True)
    assert ligne["apres_max"] - ligne["apres_min"] == pytest.approx(4)
    assert ligne["apres_min"] < ligne["apres"] < ligne["apres_max"]
    assert ligne["manquants"] == 1


def test_une_cible_sans_sens_avec_les_seuils_des_resultats_est_refusee() -> None:
    with pytest.raises(ValueError, match=MATIS):
        compute_effet(RESULTATS, DRSM, update_cible(DRSM, MATIS, socle=100.0))
