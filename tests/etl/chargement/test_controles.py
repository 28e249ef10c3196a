"""Each named control finds what it watches, says where, and has the severity it announces."""

from __future__ import annotations

import dataclasses
import datetime as dt

import polars as pl
import pytest

from data.catalogue import Catalogue
from data.modele import Maille
from data.schemas import VALEUR
from etl.chargement.analyse import Contexte
from etl.chargement.anomalies import REGLES, Gravite
from tests.etl.chargement.conftest import INDICATEUR, Examiner, build_source, list_regles, write_long

ENTETE = "Caisse;Indicateur;Période;Résultat"


def test_un_fichier_juste_ne_declenche_rien(examiner: Examiner) -> None:
    examen = examiner(write_long("011;2023-01;85,2 %", "595;2023-01;0", "131;2023-01;NS"))
    assert examen.verdict == "publiable"
    assert examen.analyse is not None
    faits = examen.analyse.faits
    assert faits.select("code_entite", "valeur", "statut").rows() == [
        ("011", 85.2, "publie"),
        ("595", 0.0, "publie"),
        ("131", None, "non_significatif"),
    ]
    assert faits.select("source_fichier", "source_rang", "source_colonne").row(1) == ("essai.csv", 3, "Résultat")
    assert faits["valeur_imprimee"].to_list() == ["85,2 %", "0", "NS"]


@pytest.mark.parametrize(
    ("lignes", "regle", "gravite"),
    [
        (["011;2023-01;120 %"], "bornes", "erreur"),
        (["011;2023-01;-1"], "bornes", "erreur"),
        (["011;2023-01;85", "011;2023-01;86"], "doublon_different", "erreur"),
        (["011;2023-01;85", "CPAM Ain;janv. 2023;85,0 %"], "doublon_identique", "avertissement"),
        (["011;2099;85"], "periode_future", "avertissement"),
        (["011;2023-01;85,2", "011;2023-02;84,1", "011;2023-03;86,5312"], "renvoi_colle", "avertissement"),
        (["011;2023-01;85", "France;2023-01;82", "Bretagne;2023-01;80"], "niveau_melange", "erreur"),
        (["011;2023-01;85", "xyzzy;2023-01;85"], "organisme_inconnu", "rejet"),
        (["011;2023-01;85", "11;2023-02;85"], "zero_initial_perdu", "rejet"),
        (["011;2023-01;85", "011;fin 2023;85"], "periode_indecidable", "rejet"),
        (["011;2023-01;85", "595;2023-01;61.879"], "valeur_indecidable", "rejet"),
        (["011;2023-01;85", "595;2023-01;30/09/2016"], "valeur_indecidable", "rejet"),
        (["011;2023-01;85", "595;2023-01;12 jours"], "unite_contradictoire", "rejet"),
        (["011;2023-01;85", "595;2023-01;82 % (SA) 90 %(SM)"], "plusieurs_valeurs", "rejet"),
        (["011;2023-01;85", "carsat-aquitaine;2009;80"], "hors_validite", "rejet"),
    ],
)
def test_chaque_controle_trouve(examiner: Examiner, lignes: list[str], regle: str, gravite: str) -> None:
    examen = examiner(write_long(*lignes))
    assert regle in list_regles(examen, gravite)
    detail = next(d for d in examen.rapport["details"] if d["regle"] == regle)
    assert detail["motif"]
    assert detail["remede"] == REGLES[regle].remede
    assert examen.verdict == ("bloque" if gravite == "erreur" else "publiable_avec_alertes")


def test_tout_est_dit_en_une_fois(examiner: Examiner) -> None:
    examen = examiner(write_long("011;2023-01;120", "xyzzy;2023-01;85", "595;fin 2023;85", "131;2023-01;abc"))
    assert set(list_regles(examen)) == {
        "bornes",
        "organisme_inconnu",
        "periode_indecidable",
        "valeur_indecidable",
    }
    assert {(d["rang"], d["colonne"], d["valeur"]) for d in examen.rapport["details"]} == {
        (2, "Résultat", "120"),
        (3, "Caisse", "xyzzy"),
        (4, "Période", "fin 2023"),
        (5, "Résultat", "abc"),
    }


def test_un_avertissement_marque_le_fait(examiner: Examiner) -> None:
    examen = examiner(write_long("011;2023-01;85,2", "011;2023-02;84,1", "011;2023-03;86,5312"))
    assert examen.analyse is not None
    assert examen.analyse.faits["alertes"].to_list() == [None, None, "renvoi_colle"]


def test_une_periode_a_l_envers_bloque(examiner: Examiner) -> None:
    source = build_source(
        colonnes={
            "organisme": "Caisse",
            "indicateur": "Indicateur",
            "periode_debut": "Du",
            "periode_fin": "Au",
            "valeur": "Résultat",
        }
    )
    examen = examiner(f"Caisse;Indicateur;Du;Au;Résultat\n011;{INDICATEUR};31/12/2023;01/01/2023;85\n", source)
    assert "periode_inversee" in list_regles(examen, "erreur")


def test_des_periodes_en_desordre_sont_dites(examiner: Examiner) -> None:
    source = build_source(
        disposition="periodes", colonnes={"organisme": "Caisse"}, constantes={"indicateur": INDICATEUR}
    )
    examen = examiner("Caisse;2021;2023;2022\n011;80;81;82\n", source)
    assert list_regles(examen) == ["periode_recule"]
    assert "« 2022 » revient en arrière après « 2023 »" in examen.rapport["details"][0]["motif"]
    assert list_regles(examiner("Caisse;2023;2022;2021\n011;80;81;82\n", source)) == []


def test_un_fichier_plus_ancien_que_le_precedent_est_dit(examiner: Examiner, contexte: Contexte) -> None:
    apres = dataclasses.replace(contexte, derniere={"essai": dt.date(2023, 12, 31)})
    examen = examiner(write_long("011;2023-01;85"), contexte=apres)
    assert list_regles(examen) == ["periode_recule"]


AAT = {"total": "ensemble", "parties": ["electronique", "papier"]}


@pytest.mark.parametrize(("total", "regles"), [("17 451 784", ["total_parties"]), ("17 751 484", [])])
def test_le_total_des_aat(examiner: Examiner, total: str, regles: list[str]) -> None:
    """001:6711: 17 451 784 printed, e-AAT 4 012 832 + paper 13 738 652 = 17 751 484: two digits swapped."""
    source = build_source(
        colonnes={"organisme": "Caisse", "segment": "Canal", "periode": "Année", "valeur": "AAT"},
        constantes={"indicateur": "loc_accompagnements_mas"},
        mailles=["reseau"],
        controles={"totaux": [AAT | {"champ": "segment"}]},
    )
    texte = "Caisse;Canal;Année;AAT\n" + "".join(
        f"France;{canal};2016;{nombre}\n"
        for canal, nombre in (("ensemble", total), ("electronique", "4 012 832"), ("papier", "13 738 652"))
    )
    examen = examiner(texte, source)
    assert list_regles(examen, "erreur") == regles
    if regles:
        assert "17451784" in examen.rapport["details"][0]["motif"]
        assert "17751484" in examen.rapport["details"][0]["motif"]
    tolere = source.model_copy(
        update={"controles": source.controles.model_copy(update={"gravites": {"total_parties": "avertissement"}})}
    )
    assert examiner(texte, tolere).publiable


def test_les_niveaux_declares_doivent_s_additionner(examiner: Examiner, contexte: Contexte) -> None:
    """France + regions in one column, declared: the sum of all régions must be France (51 775, not 3 × it)."""
    source = build_source(
        colonnes={"organisme": "Caisse", "periode": "Année", "valeur": "Nombre"},
        constantes={"indicateur": "loc_accompagnements_mas"},
        mailles=["reseau", "region"],
    )
    regions = [r.code for r in contexte.catalogue.regions]
    corps = "".join(f"{code};2023;10\n" for code in regions)
    juste = examiner(f"Caisse;Année;Nombre\nFrance;2023;{10 * len(regions)}\n{corps}", source)
    assert list_regles(juste) == []
    faux = examiner(f"Caisse;Année;Nombre\nFrance;2023;{10 * len(regions) + 1}\n{corps}", source)
    assert list_regles(faux, "erreur") == ["total_parties"]


@pytest.mark.parametrize(("second", "regles"), [("40", []), ("45", ["poids_somme"])])
def test_les_poids_font_cent(examiner: Examiner, second: str, regles: list[str]) -> None:
    source = build_source(
        colonnes={"organisme": "Caisse", "indicateur": "Indicateur", "periode": "Année", "valeur": "Poids"},
        mesure="poids",
        controles={"poids": {"total": 100}},
    )
    texte = f"Caisse;Indicateur;Année;Poids\n011;{INDICATEUR};2023;60\n011;loc_accompagnements_mas;2023;{second}\n"
    assert list_regles(examiner(texte, source), "erreur") == regles


def test_les_effectifs_et_le_taux_concordent(examiner: Examiner) -> None:
    source = build_source(
        colonnes={
            "organisme": "Caisse", "indicateur": "Indicateur", "periode": "Période", "valeur": "Résultat",
            "numerateur": "Num", "denominateur": "Den",
        }
    )  # fmt: skip
    entete = "Caisse;Indicateur;Période;Résultat;Num;Den\n"
    ligne = f"011;{INDICATEUR};2023-01;" + "{};{};{}\n"
    assert list_regles(examiner(entete + ligne.format("85,2", 852, 1000), source)) == []
    assert list_regles(examiner(entete + ligne.format("58,2", 852, 1000), source)) == ["taux_incoherent"]
    assert "numerateur_superieur" in list_regles(examiner(entete + ligne.format("100", 1001, 1000), source))
    assert "denominateur_nul" in list_regles(examiner(entete + ligne.format("85", 5, 0), source))


def test_un_taux_sans_valeur_vient_de_ses_effectifs(examiner: Examiner) -> None:
    source = build_source(
        colonnes={
            "organisme": "Caisse", "indicateur": "Indicateur", "periode": "Période",
            "numerateur": "Num", "denominateur": "Den",
        }
    )  # fmt: skip
    examen = examiner(
        f"Caisse;Indicateur;Période;Num;Den\n011;{INDICATEUR};2023-01;3;4\n595;{INDICATEUR};2023-01;0;0\n", source
    )
    assert examen.analyse is not None
    assert examen.analyse.faits.select("valeur", "statut").rows() == [(75.0, "publie"), (None, "sans_objet")]


def test_une_revision_est_dite_et_un_document_fait_foi(examiner: Examiner, contexte: Contexte) -> None:
    premier = examiner(write_long("011;2023-01;85", "595;2023-01;70"))
    assert premier.analyse is not None
    faits = premier.analyse.faits
    revu = dataclasses.replace(contexte, precedents=faits)
    assert list_regles(examiner(write_long("011;2023-01;86", "595;2023-01;70"), contexte=revu)) == ["revision"]
    document = dataclasses.replace(contexte, publies=faits.filter(pl.col("code_entite") == "011"))
    examen = examiner(write_long("011;2023-01;86", "595;2023-01;70"), contexte=document)
    assert list_regles(examen, "rejet") == ["deja_publie"]
    assert examen.analyse is not None
    assert examen.analyse.faits["code_entite"].to_list() == ["595"]


def test_les_unites_se_convertissent_ou_se_contredisent(examiner: Examiner) -> None:
    source = build_source(
        colonnes={"organisme": "Caisse", "periode": "Année", "valeur": "Montant"},
        constantes={"indicateur": "nat_prejudices_subis"},
        mailles=["reseau"],
    )
    for cellule, valeur in (("196,2 M€", 196_200_000.0), ("12 k€", 12_000.0), ("5 €", 5.0), ("7", 7.0)):
        examen = examiner(f"Caisse;Année;Montant\nFrance;2023;{cellule}\n", source)
        assert examen.analyse is not None
        assert examen.analyse.faits["valeur"].to_list() == [pytest.approx(valeur)]
    assert "unite_contradictoire" in list_regles(examiner("Caisse;Année;Montant\nFrance;2023;0,34 %\n", source))


def test_des_segments_declares_font_deux_faits(examiner: Examiner) -> None:
    source = build_source(segments={"SA": "service_administratif", "SM": "service_medical"})
    examen = examiner(write_long("011;2023-01;82 % (SA) 90 %(SM)"), source)
    assert examen.analyse is not None
    assert sorted(examen.analyse.faits.select("segment", "valeur").rows()) == [
        ("service_administratif", 82.0),
        ("service_medical", 90.0),
    ]


def test_un_predecesseur_est_rattache_et_dit(examiner: Examiner, catalogue: Catalogue) -> None:
    nom = catalogue.get_organisme("carsat-aquitaine").nom
    source = build_source(
        colonnes={"organisme": "Caisse", "periode": "Année", "valeur": "V"}, constantes={"indicateur": INDICATEUR}
    )
    examen = examiner("Caisse;Année;V\nCRAM Aquitaine;2009;50\nCRAM Aquitaine;2011;50\n", source)
    assert examen.analyse is not None
    assert examen.analyse.faits.select("code_entite", "note").rows() == [
        ("carsat-aquitaine", f"« CRAM Aquitaine », prédécesseur de {nom}")
    ]
    assert list_regles(examen, "rejet") == ["hors_validite"]


def test_une_colonne_que_rien_ne_decrit_est_dite(examiner: Examiner) -> None:
    texte = f"{ENTETE};Mystère\n011;{INDICATEUR};2023-01;85;42\n"
    assert list_regles(examiner(texte)) == ["colonne_inconnue"]
    assert list_regles(examiner(texte, build_source(ignorees=["Mystère"]))) == []


def test_une_colonne_absente_bloque(examiner: Examiner) -> None:
    examen = examiner("Caisse;Indicateur;Période\n011;x;2023\n")
    assert "colonne_absente" in list_regles(examen, "erreur")


def test_une_maille_se_declare(examiner: Examiner) -> None:
    source = build_source(mailles=["organisme", "reseau"])
    examen = examiner(write_long("011;2023-01;85", "France;2023-01;82"), source)
    assert examen.analyse is not None
    assert examen.analyse.faits["maille"].to_list() == [Maille.ORGANISME.value, Maille.RESEAU.value]
    assert examen.verdict == "publiable"


def test_chaque_regle_dit_comment_mender() -> None:
    for regle in REGLES.values():
        assert regle.remede.endswith(".")
        assert regle.gravite in set(Gravite)
    assert set(pl.DataFrame(schema=dict(VALEUR.colonnes)).columns) >= {"alertes", "chargement", "source_colonne"}


def test_un_en_tete_peut_porter_le_nom_d_une_de_nos_colonnes(examiner: Examiner) -> None:
    texte = f"Caisse;Indicateur;Période;Résultat;note;rang;statut\n011;{INDICATEUR};2023-01;85;a;b;c\n"
    examen = examiner(texte)
    assert list_regles(examen) == ["colonne_inconnue"]
    assert examen.analyse is not None
    assert examen.analyse.faits.select("valeur", "note", "source_rang", "statut").row(0) == (85.0, None, 2, "publie")


def test_un_constat_nomme_la_colonne_en_cause_en_francais(examiner: Examiner) -> None:
    """The column printed is the one of the raw value, and numbers have a decimal comma."""
    texte = f"Caisse;Indicateur;Période;Résultat\n011;inconnu_au_bataillon;2023;85\n011;{INDICATEUR};2023;100,5\n"
    details = {d["regle"]: d for d in examiner(texte).rapport["details"]}
    inconnu = details["indicateur_inconnu"]
    assert (inconnu["colonne"], inconnu["valeur"]) == ("Indicateur", "inconnu_au_bataillon")
    assert details["bornes"]["motif"] == f"100,5 : hors des bornes de {INDICATEUR} (de 0 à 100 %)"
