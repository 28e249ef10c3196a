"""A mapping is proposed for a file nothing describes; what cannot be told is left to complete, never invented."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from data.catalogue import DefinitionInvalideError, load_source
from data.source import SourceFichier
from etl.chargement.analyse import Contexte
from etl.chargement.examen import examine
from etl.chargement.lecture.fichier import read_fichier_charge
from etl.chargement.proposition import Proposition, propose_source
from tests.etl.chargement.conftest import INDICATEUR


def propose(dossier: Path, contexte: Contexte, texte: str) -> Proposition:
    chemin = dossier / "tableau_2023.csv"
    chemin.write_text(texte, encoding="utf-8")
    lecture = read_fichier_charge(chemin)
    return propose_source(chemin.name, lecture.feuilles, contexte.catalogue, contexte.annuaire)


def test_un_tableau_long(tmp_path: Path, contexte: Contexte) -> None:
    proposition = propose(
        tmp_path,
        contexte,
        "Organisme local;Mesure;Date;Score;Num;Den\n"
        f"Ain;{INDICATEUR};2023-01;85.2;1;2\nParis;{INDICATEUR};2023-02;61.879;1;2\n",
    )
    assert proposition.source is not None
    assert proposition.source.colonnes == {
        "organisme": "Organisme local",
        "indicateur": "Mesure",
        "periode": "Date",
        "valeur": "Score",
        "numerateur": "Num",
        "denominateur": "Den",
    }
    assert proposition.source.decimale == "."  # 85.2 proves that 61.879 is a decimal
    assert proposition.source.fichiers == ["tableau_*.csv"]
    assert SourceFichier.model_validate(yaml.safe_load(proposition.yaml)) == proposition.source


def test_l_en_tete_decide_quand_le_contenu_hesite(tmp_path: Path, contexte: Contexte) -> None:
    """One wrong period in two, one unknown indicateur in two: their rows are refused, not the columns."""
    proposition = propose(
        tmp_path,
        contexte,
        "Organisme;Indicateur;Période;Valeur\n"
        f"CPAM de l'Ain;{INDICATEUR};2023-01;85,2\n"
        f"CPAM de l'Aisne;{INDICATEUR};fin 2023;80,1\n"
        "CPAM de l'Allier;rien_de_tel;2023-01;81,4\n",
    )
    assert proposition.source is not None
    assert proposition.source.colonnes["periode"] == "Période"
    assert proposition.source.colonnes["indicateur"] == "Indicateur"
    assert "periode : « Période », d'après son nom" in proposition.raisons
    examen = examine(tmp_path / "tableau_2023.csv", contexte, accepter_proposition=True)
    assert examen.rapport["faits"] == 1
    assert {(d["regle"], d["rang"]) for d in examen.rapport["details"]} >= {
        ("periode_indecidable", 3),
        ("indicateur_inconnu", 4),
    }


def test_un_tableau_large_par_periode(tmp_path: Path, contexte: Contexte) -> None:
    proposition = propose(
        tmp_path, contexte, f"Caisse;Indicateur;2022;2023\nAin;{INDICATEUR};84;85\nParis;{INDICATEUR};80;81\n"
    )
    assert proposition.source is not None
    assert proposition.source.disposition == "periodes"
    examen = examine(tmp_path / "tableau_2023.csv", contexte, accepter_proposition=True)
    assert examen.verdict == "publiable"
    assert examen.rapport["faits"] == 4


def test_un_tableau_large_par_indicateur_et_par_departement(tmp_path: Path, contexte: Contexte) -> None:
    proposition = propose(
        tmp_path, contexte, "Département;Année;part_population_zip;part_population_zac\n01;2021;12,5;30\n2A;2021;8;20\n"
    )
    assert proposition.source is not None
    assert proposition.source.disposition == "indicateurs"
    assert [m.value for m in proposition.source.mailles] == ["departement"]
    assert proposition.source.referentiel.value == "territoire"


def test_ce_qui_manque_est_a_completer(tmp_path: Path, contexte: Contexte) -> None:
    proposition = propose(tmp_path, contexte, "Caisse;Score\nAin;85\nParis;84\n")
    assert proposition.source is None
    assert proposition.confiance == 0
    assert {manque.split(" :")[0] for manque in proposition.a_completer} == {"indicateur"}
    assert "À COMPLÉTER" in proposition.yaml
    assert "a_preciser:\n- periode" in proposition.yaml


def test_une_periode_absente_se_donne_au_chargement(tmp_path: Path, contexte: Contexte) -> None:
    chemin = tmp_path / "scores.csv"
    chemin.write_text(f"Caisse;Indicateur;Résultat\nAin;{INDICATEUR};85\nParis;{INDICATEUR};84\n", encoding="utf-8")
    sans = examine(chemin, contexte, accepter_proposition=True)
    assert (sans.verdict, sans.rapport["source"]["a_preciser"]) == ("bloque", ["periode"])
    avec = examine(chemin, contexte, accepter_proposition=True, precisions={"periode": "T1 2023"})
    assert avec.verdict == "publiable"
    assert avec.rapport["source"]["precisions"] == {"periode": "T1 2023"}
    assert avec.rapport["periodes"] == {"premiere": "2023-01-01", "derniere": "2023-03-31"}


def test_les_sources_du_produit_se_relisent(contexte: Contexte, tmp_path: Path) -> None:
    assert {s.code for s in contexte.catalogue.sources} >= {
        "couverture_cpts",
        "resultats_mensuels",
        "resultats_par_indicateur",
        "resultats_par_periode",
    }
    for source in contexte.catalogue.sources:
        assert contexte.catalogue.document_par_code[source.code].titre_court == source.titre_court
    faux = tmp_path / "faux.yaml"
    faux.write_text("code: faux\ntitre: x\n", encoding="utf-8")
    with pytest.raises(DefinitionInvalideError, match="colonnes"):
        load_source(faux)


@pytest.mark.parametrize(
    "changement",
    [
        {"colonnes": {"organisme": "C", "valeur": "V", "periode": "P"}},  # no indicateur
        {"colonnes": {"organisme": "C", "valeur": "V", "indicateur": "I"}},  # no period
        {"colonnes": {"organisme": "C", "periode": "P", "indicateur": "I"}},  # no value
        {"colonnes": {"valeur": "V", "periode": "P", "indicateur": "I"}},  # no organisme
        {"constantes": {"organisme": "011"}},  # twice
    ],
)
def test_une_source_incoherente_est_refusee(contexte: Contexte, changement: dict[str, object]) -> None:
    modele = contexte.catalogue.source_par_code["resultats_mensuels"].model_dump()
    with pytest.raises(ValueError, match="source resultats_mensuels"):
        SourceFichier.model_validate(modele | changement)


def test_un_fichier_sans_source_gardee_a_un_titre(contexte: Contexte) -> None:
    assert contexte.catalogue.get_titre_source("tableau") == "Fichier chargé (tableau)"
    assert contexte.catalogue.get_titre_source("resultats_mensuels") == "Résultats transmis"


def test_un_mois_entier_est_la_periode(tmp_path: Path, contexte: Contexte) -> None:
    texte = f"Caisse;Mois;{INDICATEUR}\n011;2023-01;85\n595;2023-02;86\n"
    proposition = propose(tmp_path, contexte, texte)
    assert proposition.source is not None
    assert proposition.source.colonnes["periode"] == "Mois"
    assert proposition.source.a_preciser == []


def test_des_poids_se_proposent_et_se_controlent_comme_tels(tmp_path: Path, contexte: Contexte) -> None:
    """Organisme and Indicateur alone do not make a wide table, and weights are no results."""
    chemin = tmp_path / "poids.csv"
    chemin.write_text(f"Organisme;Indicateur;Année;Poids\n011;{INDICATEUR};2023;90\n", encoding="utf-8")
    examen = examine(chemin, contexte)
    assert examen.source is not None
    assert (examen.source.mesure, examen.rapport["source"]["origine"]) == ("poids", "proposition")
    (regle,) = [r for r in examen.rapport["par_regle"] if r["gravite"] == "erreur"]
    assert regle["regle"] == "poids_somme"
    assert "font 90, 100 attendus" in regle["exemple"]
