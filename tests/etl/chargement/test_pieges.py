"""One file per trap of the documents, from the bytes to the fact (or to the reject and its reason)."""

from __future__ import annotations

import pytest

from data.modele import Statut
from etl.chargement.cellules import ValeurTypee
from tests.etl.chargement.conftest import Examiner, build_source
from tests.etl.chargement.test_cellules import INDECIDABLES, NOMBRES, SANS_VALEUR

SANS_UNITE = "loc_attractivite_metiers"  # an indicateur whose unit no document gives: any unit is accepted as printed
DATE = "loc_cnam_appcv_deploiement"


def write_piege(cellule: str, indicateur: str = SANS_UNITE) -> str:
    texte = cellule.replace('"', '""')
    return f'Caisse;Indicateur;Période;Résultat\n011;{indicateur};2023;"{texte}"\n595;{indicateur};2023;"{texte}"\n'


@pytest.mark.parametrize(("cellule", "attendue"), [n for n in NOMBRES if n[1].unite != "oui_non"])
def test_une_valeur_arrive_telle_qu_imprimee(examiner: Examiner, cellule: str, attendue: ValeurTypee) -> None:
    examen = examiner(write_piege(cellule, DATE if attendue.date else SANS_UNITE))
    assert examen.analyse is not None
    faits = examen.analyse.faits
    assert (
        faits.select("valeur", "borne_basse", "borne_haute", "valeur_date").rows()
        == [(attendue.valeur, attendue.borne_basse, attendue.borne_haute, attendue.date)] * 2
    )
    assert faits["valeur_imprimee"].to_list() == [cellule] * 2
    assert faits["statut"].to_list() == ["publie"] * 2
    if attendue.renvoi:
        assert faits["note"][0] == f"renvoi {attendue.renvoi}"


@pytest.mark.parametrize(("cellule", "statut"), SANS_VALEUR)
def test_une_absence_est_un_fait_avec_son_statut(examiner: Examiner, cellule: str, statut: Statut) -> None:
    examen = examiner(write_piege(cellule))
    assert examen.analyse is not None
    assert examen.analyse.faits.select("statut", "valeur").rows() == [(statut.value, None)] * 2
    assert examen.rapport["statuts"] == {statut.value: 2}


@pytest.mark.parametrize(("cellule", "motif"), INDECIDABLES)
def test_l_indecidable_est_rejete_a_sa_place(examiner: Examiner, cellule: str, motif: str) -> None:
    examen = examiner(write_piege(cellule) + f"131;{SANS_UNITE};2023;1\n", build_source())
    assert examen.analyse is not None
    assert examen.analyse.faits["code_entite"].to_list() == ["131"]
    rejets = [(d["rang"], d["colonne"], d["valeur"], d["regle"]) for d in examen.rapport["details"]]
    assert rejets == [(rang, "Résultat", cellule, "valeur_indecidable") for rang in (2, 3)]
    assert motif in examen.rapport["details"][0]["motif"]
