"""The steps of the formula against what the note prints (document 000)."""

from __future__ import annotations

import pytest

from components.interessement.contenus import build_contenu_formule, build_contenu_leviers, list_etapes
from components.interessement.dossier import load_dossier, load_national
from components.textes.interessement import format_ecart_seuil
from data.calculs import compute_leviers
from data.magasin import Lecture
from data.requetes.resultats import list_primes


def _simplifier(texte: str) -> str:
    return texte.replace("\u00a0", " ").replace("\u202f", " ")


def _list_resultats(code: str | None) -> dict[str, str]:
    return {
        _simplifier(e.mots): _simplifier(f"{e.resultat} [{e.source}]")
        for groupe in list_etapes(code)
        for e in groupe.etapes
    }


def test_reseau_comme_imprime(publication: Lecture) -> None:
    assert publication
    etapes = _list_resultats(None)
    # l. 9-36, 92, 166-168, 2115, 2064-2075
    assert etapes["Masse salariale hors charges"].startswith("3 297,10 M€ ")
    assert etapes["2,5 % de la masse salariale"].startswith("82,43 M€ ")
    assert etapes["45 % pour la part nationale"].startswith("37,09 M€ ")
    assert etapes["55 % pour la part locale"].startswith("45,34 M€ ")
    assert etapes["Maximum par ETP éligible"].startswith("496,78 € ")
    assert etapes["Taux national"].startswith("95,402 % ")
    assert etapes["Prime nationale par ETP"].startswith("473,94 € ")
    assert etapes["Part nationale distribuée"].startswith("35,39 M€ ")
    assert etapes["Part locale distribuée"].startswith("41,88 M€ ")
    assert etapes["Taux d'utilisation"].startswith("93,74 % ")


def test_organisme_avec_ses_chiffres(publication: Lecture) -> None:
    assert publication
    etapes = _list_resultats("011")  # l. 2180: 89,51 %, 543,49 €, 473,94 €, 1 017,43 €
    assert etapes["Score local"].startswith("89,51 % ")
    assert "imprimé 89,51 %" in etapes["Score local"]
    assert etapes["Prime locale par ETP"].startswith("543,48 € ")  # 607,17 × 89,51 %, on the rounded rate
    assert "imprimée 543,49 €" in etapes["Prime locale par ETP"]
    assert "imprimée 1 017,43 €" in etapes["Prime par ETP"]
    phrase = _simplifier(build_contenu_formule("011").phrase)
    assert "La note imprime 1 017,43 €" in phrase


def test_ccss_de_mende_ligne_a_ligne(publication: Lecture) -> None:
    assert publication
    etapes = _list_resultats("481")  # l. 2605-2658
    assert etapes["Maladie"].startswith("723,61 € ")
    assert etapes["Famille"].startswith("197,60 € ")
    assert etapes["Recouvrement"].startswith("86,47 € ")
    assert etapes["Prime pondérée par ETP"].startswith("1 007,68 € ")
    assert etapes["Montant notifié"].startswith("210 300 € ")
    mentions = _simplifier(" ".join(build_contenu_formule("481").mention.notes))
    assert "1 007,69 € = 464,83 + 542,86" in mentions  # the contradiction is said
    assert "CCSS de Mende" in " ".join(build_contenu_formule("051").mention.notes)


def test_les_165_primes_recalculees(publication: Lecture) -> None:
    assert publication
    primes = list_primes()
    assert primes.height == 165
    for ligne in primes.iter_rows(named=True):
        paye = load_dossier(ligne["code_organisme"]).depart
        assert paye is not None
        assert paye.taux_local == ligne["score"], ligne["nom"]  # the start is the printed score
        assert paye.prime_totale == pytest.approx(ligne["prime_totale"], abs=0.031), ligne["nom"]


def test_leviers_ordonnes_et_bornes(publication: Lecture) -> None:
    assert publication
    for code in ("011", "381", "481", "976", "cnam", None):
        contenu = build_contenu_leviers(code)
        points = [ligne["points"] for ligne in contenu.tableau.lignes]
        assert points == sorted(points, reverse=True)
        score = load_dossier(code).fiche.score if code else load_national().score
        for ligne in contenu.tableau.lignes:
            assert 0 < ligne["points"] <= score.points_perdus + 1e-9
            assert ligne["points_pairs"] is None or 0 <= ligne["points_pairs"] <= ligne["points"] + 1e-9
        assert "pas une promesse" in " ".join(contenu.mention.notes)
        assert contenu.mention.simulee is (code not in {"cnam", None})


def test_leviers_disent_l_organisme_et_la_simulation(publication: Lecture) -> None:
    # On a slide the title stands alone.
    assert publication
    ain, cnam = build_contenu_leviers("011"), build_contenu_leviers("cnam")
    assert ain.titre == "Où gagner des points\u00a0: CPAM de l'Ain, 2023"
    assert ain.mention.source == "Note intéressement 2023 ; Simulation Parangon"
    assert cnam.mention.source == "Note intéressement 2023"


def test_ce_que_la_note_ne_dit_pas_de_la_cnam(publication: Lecture) -> None:
    # Its dates are printed (l. 789-985), its results are not; for the big prescribers nothing is but the rate.
    assert publication
    lignes = {x.code: x for x in load_dossier("cnam").fiche.lignes}
    leviers = {
        x["code_indicateur"]: x
        for x in compute_leviers(load_dossier("cnam").fiche.score).iter_rows(named=True)
        if x["genre_seuil"] is None
    }
    dits = {
        lignes[code].indicateur.titre_court.replace("\u00a0", " "): format_ecart_seuil(
            levier, None, lignes[code].score
        ).split("; ")[1]
        for code, levier in leviers.items()
    }
    assert dits["Ouverture du site Data PS"] == "résultat non publié"
    assert dits["IJ : plus gros prescripteurs"] == "résultat et seuils non publiés"


def test_leviers_nationaux_sont_publies(publication: Lecture) -> None:
    assert publication
    contenu = build_contenu_leviers(None)
    # l. 191-243: the rates below 100 % of the 18 national indicateurs.
    assert len(contenu.tableau.lignes) == 6
    somme = sum(ligne["points"] for ligne in contenu.tableau.lignes)
    assert somme == pytest.approx(100 - 95.402, abs=0.001)
