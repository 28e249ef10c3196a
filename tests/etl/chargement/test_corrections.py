"""Corrections are data: they apply where they say, tell who and why, and fail once the source is mended."""

from __future__ import annotations

import dataclasses

import pytest
from pydantic import ValidationError

from data.source import Correction
from etl.chargement.analyse import Contexte
from tests.etl.chargement.conftest import Examiner, list_regles, write_long


def build_correction(**changements: object) -> Correction:
    description: dict[str, object] = {
        "code": "chiffres_intervertis",
        "cible": {"organisme": "CPAM de l'Ain", "periode": "2023-01"},
        "action": "remplacer",
        "expect": "58,2 %",
        "par": "85,2 %",
        "raison": "chiffres intervertis",
        "auteur": "Gestionnaire de données",
    }
    return Correction.model_validate(description | changements)


def correct(contexte: Contexte, **changements: object) -> Contexte:
    return dataclasses.replace(contexte, corrections=(build_correction(**changements),))


TEXTE = write_long("CPAM de l’Ain;2023-01;58,2 %", "CPAM de l'Ain;2023-02;58,2 %", "595;2023-01;58,2 %")


def test_une_correction_ne_touche_que_sa_cible(examiner: Examiner, contexte: Contexte) -> None:
    examen = examiner(TEXTE, contexte=correct(contexte))
    assert examen.analyse is not None
    assert examen.analyse.faits["valeur"].to_list() == [85.2, 58.2, 58.2]
    note = examen.analyse.faits["note"][0]
    assert "« 58,2 % » remplacé par « 85,2 % »" in note
    assert "Gestionnaire de données" in note
    assert [(c["code"], c["lignes"]) for c in examen.rapport["corrections"]] == [("chiffres_intervertis", 1)]


def test_la_source_corrigee_fait_echouer_la_correction(examiner: Examiner, contexte: Contexte) -> None:
    examen = examiner(TEXTE.replace("58,2", "85,2"), contexte=correct(contexte))
    assert list_regles(examen, "erreur") == ["correction_perimee"]
    assert examen.verdict == "bloque"


def test_une_correction_ecarte_une_ligne(examiner: Examiner, contexte: Contexte) -> None:
    examen = examiner(TEXTE, contexte=correct(contexte, action="ignorer", par=None))
    assert examen.analyse is not None
    assert examen.analyse.faits.height == 2
    assert list_regles(examen, "rejet") == ["correction_ignoree"]


def test_une_correction_rattache_un_organisme(examiner: Examiner, contexte: Contexte) -> None:
    corrige = correct(contexte, champ="organisme", cible={"organisme": "Lile"}, expect="Lile", par="Lille-Douai")
    examen = examiner(write_long("Lile;2023-01;85"), contexte=corrige)
    assert examen.analyse is not None
    assert examen.analyse.faits["code_entite"].to_list() == ["595"]


def test_une_correction_d_une_autre_source_ne_s_applique_pas(examiner: Examiner, contexte: Contexte) -> None:
    autre = {"organisme": "CPAM de l'Ain", "periode": "2023-01", "fichier": "autre*.csv"}
    examen = examiner(TEXTE, contexte=correct(contexte, cible=autre))
    assert examen.rapport["corrections"] == []


@pytest.mark.parametrize("changements", [{"par": None}, {"action": "ignorer"}, {"cible": {"source": "essai"}}])
def test_une_correction_mal_ecrite_est_refusee(changements: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        build_correction(**changements)
