"""Names and codes: every alias resolves, the unknown is refused with suggestions, a lost zero is said."""

from __future__ import annotations

import datetime as dt

import pytest

from data.modele import Maille
from etl.chargement.analyse import Contexte
from etl.chargement.entites import Annuaire, EntiteInconnueError

ORG, DEP, REG, FRA = Maille.ORGANISME, Maille.DEPARTEMENT, Maille.REGION, Maille.RESEAU


@pytest.fixture(scope="session")
def annuaire(contexte: Contexte) -> Annuaire:
    return contexte.annuaire


@pytest.mark.parametrize(
    ("texte", "maille", "code"),
    [
        ("011", ORG, "011"),
        ("CPAM de l’Ain", ORG, "011"),
        ("cpam AIN", ORG, "011"),
        ("Lille Douai", ORG, "595"),
        ("LILLE-DOUAI", ORG, "595"),
        ("drsm-bretagne", ORG, "drsm-bretagne"),
        ("Ain", DEP, "01"),
        ("01", DEP, "01"),
        ("2A", DEP, "2A"),
        ("2b", DEP, "2B"),
        ("02A", DEP, "2A"),
        ("059", DEP, "59"),
        ("974", DEP, "974"),
        ("La Réunion", DEP, "974"),
        ("La Réunion", REG, "04"),
        ("Bretagne", REG, "53"),
        ("53", REG, "53"),
        ("France entière", FRA, "france"),
    ],
)
def test_chaque_graphie_se_resout(annuaire: Annuaire, texte: str, maille: Maille, code: str) -> None:
    entite = annuaire.find(texte, [maille])
    assert (entite.maille, entite.code) == (maille, code)


def test_tous_les_organismes_et_alias_se_resolvent(annuaire: Annuaire) -> None:
    for organisme in annuaire.catalogue.organismes:
        for texte in (organisme.code, organisme.nom, organisme.nom_court, *organisme.alias):
            if texte.isdigit() and len(texte) < 3:
                continue  # the note's codes without their zero: see below
            assert annuaire.find(texte, [ORG], organisme.type.value).code == organisme.code


@pytest.mark.parametrize(
    ("texte", "maille", "regle", "extrait"),
    [
        ("11", ORG, "zero_initial_perdu", "« 011 »"),
        ("1", DEP, "zero_initial_perdu", "« 01 »"),
        ("20", DEP, "territoire_inconnu", "2A et 2B"),
        ("Lile Doué", ORG, "organisme_inconnu", "Lille-Douai"),
        ("Bretagnne", REG, "territoire_inconnu", "« Bretagne »"),
        ("Bretagne", DEP, "maille_inattendue", "région"),
        ("France", DEP, "maille_inattendue", "France entière"),
        ("Grand Est", ORG, "maille_inattendue", "région"),
        ("Total général", ORG, "maille_inattendue", "un total ou une moyenne"),
        ("Moyenne nationale", ORG, "maille_inattendue", "un total ou une moyenne"),
    ],
)
def test_l_inconnu_est_refuse_avec_une_raison(
    annuaire: Annuaire, texte: str, maille: Maille, regle: str, extrait: str
) -> None:
    with pytest.raises(EntiteInconnueError) as erreur:
        annuaire.find(texte, [maille])
    assert erreur.value.regle == regle
    assert extrait in erreur.value.motif


def test_trois_suggestions(annuaire: Annuaire) -> None:
    suggestions = annuaire.format_suggestions("Lile Doué", [ORG])
    assert suggestions.count("«") == 3
    assert suggestions.startswith("« CPAM de Lille-Douai »")


def test_un_predecesseur_appartient_a_son_temps(annuaire: Annuaire) -> None:
    """The CRAM became CARSAT on 1 July 2010 (001:5118): its results are the successor's, before that day."""
    entite = annuaire.find("CRAM Aquitaine", [ORG])
    assert entite.code == "carsat-aquitaine"
    assert entite.valide_au == dt.date(2010, 6, 30)
    assert "prédécesseur" in (entite.precision or "")
    assert annuaire.find("carsat-aquitaine", [ORG]).valide_du == dt.date(2010, 7, 1)


def test_une_region_seule_n_est_pas_une_drsm(annuaire: Annuaire) -> None:
    """« Grand Est » is the région; the type, or the whole name, makes it the DRSM."""
    assert annuaire.find("Grand Est", [ORG], "DRSM").code == "drsm-grand-est"
    assert annuaire.find("DRSM Grand Est", [ORG]).code == "drsm-grand-est"
    assert annuaire.find("Mayotte", [ORG]).code == "976"
