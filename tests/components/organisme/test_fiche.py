"""The sheet of every organisme of the network."""

from __future__ import annotations

import math

import pytest

from components.organisme import contenus
from components.organisme.annuaire import build_contenu_annuaire, filter_annuaire, load_annuaire
from components.organisme.fiche import compute_erreurs, list_rangs, load_fiche
from components.textes import organisme as textes
from data.calculs.resultats import Etat
from data.catalogue import load_catalogue
from data.magasin import Lecture


def nettoyer(texte: str) -> str:
    return texte.replace("\u00a0", " ").replace("\u202f", " ")


def test_les_165_fiches(publication: Lecture) -> None:
    """Each one builds; its points add up, its waterfall leads to its published score, its lines are its barème."""
    for organisme in load_catalogue().organismes:
        fiche = load_fiche(organisme.code)
        score = fiche.score
        assert score.points == pytest.approx(fiche.primes["score"], abs=0.01), organisme.code
        assert math.fsum(d.points for d in score.domaines) == pytest.approx(score.points)
        assert len(fiche.lignes) == len(list(fiche.bareme.list_cibles()))
        cascade = contenus.build_contenu_cascade(fiche).tableau.lignes
        assert 100 + math.fsum(e["points"] for e in cascade) == pytest.approx(score.points)
        perdus = [e["points"] for e in cascade if e["nature"] == "points perdus"]
        assert perdus == sorted(perdus)  # the largest loss first
        assert len(contenus.build_contenu_lignes(fiche).tableau.lignes) == len(fiche.lignes)
        assert fiche.simulee is (organisme.code != "cnam")


def test_la_cascade_dessinee_est_complete(publication: Lecture) -> None:
    """Beyond the first losses, one step groups the others; what is drawn adds up to the score all the same."""
    fiche = load_fiche("cnam")
    contenu = contenus.build_contenu_cascade(fiche)
    assert contenu.figure is not None
    textes_figure = [nettoyer(a.text) for a in contenu.figure.layout.annotations]
    assert "<b>4 autres indicateurs</b> · détail dans le tableau" in textes_figure
    barres = [x for trace in contenu.figure.data if trace.type == "bar" for x in trace.x]
    assert 100 - math.fsum(barres) == pytest.approx(fiche.score.points)
    assert len(contenu.tableau.lignes) == 11


def test_rang_et_intervalle(publication: Lecture) -> None:
    fiche = load_fiche("011")
    assert fiche.position is not None
    assert (fiche.position.rang, fiche.position.effectif) == (88, 102)
    assert fiche.rang is not None
    assert fiche.rang.bas <= 88 <= fiche.rang.haut
    assert fiche.rang.bas < fiche.rang.haut
    assert "11 indicateurs sur 16" in nettoyer(textes.build_note_rang(fiche))
    assert len(list_rangs("CPAM")) == 102


def test_erreur_nulle_sans_denominateur(publication: Lecture) -> None:
    """The Cnam prints rates alone: no error, no interval, and it says so."""
    assert compute_erreurs("CNAM")["erreur"].to_list() == [0.0]
    assert list_rangs("CNAM") == {}
    cnam = load_fiche("cnam")
    assert cnam.rang is None
    assert textes.format_intervalle_rang(cnam) == "seul de son type\u00a0: pas de rang"


def test_une_marge_n_est_pas_une_part(publication: Lecture) -> None:
    """The gross margin of the UGECAM has a denominator (products) but no cases: it gives no error."""
    assert compute_erreurs("UGECAM")["mesures"].sum() == 0
    fiche = load_fiche("ugecam-brpl")
    assert fiche.position is not None
    assert nettoyer(textes.format_intervalle_rang(fiche)) == "sans intervalle : aucun dénominateur connu"


def test_une_petite_caisse_a_une_plus_grande_erreur(publication: Lecture) -> None:
    erreurs = dict(compute_erreurs("CPAM").select("code_organisme", "erreur").iter_rows())
    assert erreurs["481"] > erreurs["131"] > 0  # Lozère, Bouches-du-Rhône


def test_indicateurs_communs_seulement(publication: Lecture) -> None:
    """The note prints no 2022 rate for six of the sixteen indicateurs of the CPAM (document 000, l. 459-499)."""
    fiche = load_fiche("011")
    communs = {ligne.code for ligne in fiche.lignes if ligne.evolution}
    assert len(communs) == 10
    assert "loc_delai_premiere_ij_maladie" not in communs
    contenu = contenus.build_contenu_evolution(fiche)
    effets = [ligne["points"] for ligne in contenu.tableau.lignes if "points" in ligne]
    assert effets == sorted(effets, reverse=True)
    assert sum("non commun" in ligne["remarque"] for ligne in contenu.tableau.lignes) == 6
    assert any("Laissés de côté" in note for note in contenu.mention.notes)
    vide = contenus.build_contenu_evolution(load_fiche("cnam"))
    # Document 000, l. 789-985: fifteen indicateurs, five of them composites; the same reason for each.
    assert {x["remarque"] for x in vide.tableau.lignes} == {
        "non commun\u00a0: la note n'imprime aucun taux 2022 pour ce type"
    }
    lignes = contenus.build_contenu_lignes(load_fiche("cnam"))
    assert nettoyer(lignes.mention.effectif) == "15 indicateurs, 24 mesures"
    assert nettoyer(lignes.phrase) == "13 mesures sur 24 à 100 % et 11 en partie."
    assert contenus.build_contenu_lignes(load_fiche("011")).mention.effectif == "16\u00a0indicateurs"
    assert vide.vide is not None
    assert "aucun taux 2022" in vide.vide


def test_hors_du_calcul(publication: Lecture) -> None:
    """« hors Guyane » in the note: two indicateurs of the CGSS leave its computation, and are neither 0 nor 100."""
    fiche = load_fiche("973")
    hors = [ligne for ligne in fiche.lignes if ligne.score.etat is Etat.NEUTRALISE]
    assert {ligne.code for ligne in hors} == {"loc_accompagnements_mas", "loc_campagne_segur"}
    assert {textes.format_statut(ligne)[1] for ligne in hors} == {"sans objet"}
    lignes = contenus.build_contenu_lignes(fiche).tableau.lignes
    assert [ligne["gagnes"] for ligne in lignes if ligne["statut"] == "sans objet"] == [None, None]
    assert "2 hors du calcul" in nettoyer(textes.build_phrase_lignes(fiche))
    assert {ligne.sans_evolution for ligne in hors} == {
        "sans objet en 2023",
        "la note n'imprime pas son taux 2022\u00a0: nouveau ou redéfini en 2023",
    }


def test_chiffres_disent_leur_nature(publication: Lecture) -> None:
    score, rang, pire, prime = contenus.build_chiffres(load_fiche("011"))
    assert nettoyer(score.valeur) == "89,51 %"
    assert score.detail.startswith("publié")
    assert (nettoyer(rang.titre), rang.valeur) == ("Rang parmi 102 CPAM et CCSS", "88e")
    assert "donnée simulée" in pire.detail
    assert nettoyer(prime.valeur) == "1 017,43 €"
    assert "publié" in prime.detail


def test_annuaire(publication: Lecture) -> None:
    assert load_annuaire().height == 165
    assert filter_annuaire("grenoble", "", "")["code_organisme"].to_list() == ["381"]
    assert filter_annuaire("ISERE cpam", "", "")["code_organisme"].to_list() == ["381"]
    assert filter_annuaire("", "CCSS", "")["type_organisme"].unique().to_list() == ["CCSS"]
    assert filter_annuaire("", "CPAM", "Bretagne").height == 4
    rien = build_contenu_annuaire(filter_annuaire("zzz", "", ""))
    assert rien.phrase == "Aucun organisme ne répond à ces critères."
    rangs = load_annuaire().filter(type_note="CPAM")["rang"]
    assert (rangs.min(), rangs.null_count()) == (1, 0)
    assert load_annuaire().filter(type_note="CNAM")["rang"].to_list() == [None]


def test_identite_complete() -> None:
    catalogue = load_catalogue()
    bayonne = dict(
        textes.list_identite(catalogue.get_organisme("641"), ["Nouvelle-Aquitaine"], ["Pyrénées-Atlantiques"])
    )
    assert bayonne["Département"] == "Pyrénées-Atlantiques (64), en partie"
    cnam = dict(textes.list_identite(catalogue.get_organisme("cnam"), [], []))
    assert cnam["Région"] == "aucune dans les documents"
