from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from components.etat import read_etat
from components.pairs import (
    EtatPairs,
    build_groupe,
    build_voisinage,
    list_entrees,
    list_options,
    read_pairs,
    render_pairs,
)
from components.textes.comparer import RAISON_TYPES
from data.magasin import Lecture

SIX = ("021", "031", "051", "061", "131", "141")


@pytest.mark.parametrize(
    ("choix", "organisme", "effectif", "libelle"),
    [
        ("type", None, 102, "102 CPAM et CCSS"),
        ("type", "011", 102, "102 CPAM et CCSS"),
        ("type", "481", 102, "102 CPAM et CCSS"),  # a CCSS is compared with the CPAM
        ("type", "drsm-bretagne", 16, "16 DRSM"),
        ("tous", "011", 102, "102 CPAM et CCSS"),
        ("region", "011", 12, "12 CPAM et CCSS de la région Auvergne-Rhône-Alpes"),
        ("type_region", "011", 12, "12 CPAM et CCSS de la région Auvergne-Rhône-Alpes"),  # older addresses
        ("voisins", "011", 13, "13 CPAM et CCSS proches par la taille"),
    ],
)
def test_groupes(publication: Lecture, choix: str, organisme: str | None, effectif: int, libelle: str) -> None:
    groupe = build_groupe(organisme, choix)
    assert len(groupe.codes) == effectif
    assert groupe.format_effectif().replace("\u00a0", " ") == libelle
    assert groupe.vide is None
    assert organisme is None or organisme in groupe.codes
    assert organisme not in groupe.pairs


def test_types_non_classes_entre_eux_par_defaut(publication: Lecture) -> None:
    france = build_groupe("011", "tous")
    assert len(france.autres) == 63
    assert france.type_note == "CPAM"
    ensemble = build_groupe("011", "tous", tous_types=True)
    assert (len(ensemble.codes), ensemble.autres, ensemble.type_note) == (165, (), None)


def test_classe_de_taille_du_meme_type(publication: Lecture) -> None:
    groupe = build_groupe("011", "classe")
    assert 5 < len(groupe.codes) < 102
    assert groupe.type_note == "CPAM"
    assert groupe.format_effectif().replace("\u00a0", " ").endswith("de taille moyenne (350 à 550 ETP)")
    assert "ETP" in groupe.precision


def test_voisins_expliques_et_dates(publication: Lecture) -> None:
    groupe = build_groupe("011", "voisins", "territoire")
    distances = [distance for _, distance in groupe.distances]
    assert distances == sorted(distances)
    assert {code for code, _ in groupe.distances} == set(groupe.pairs)
    assert "densité 2017" in groupe.precision
    assert "jamais par les résultats" in groupe.precision
    assert "effectif en ETP 2023 (simulé)" in build_groupe("011", "voisins", "taille").precision
    assert "population" not in build_groupe("drsm-bretagne", "voisins", "taille").precision  # unknown for a DRSM


def test_distances_symetriques(publication: Lecture) -> None:
    proche = build_voisinage("011", "taille").voisins[0]
    retour = {v.code: v.distance for v in build_voisinage(proche.code, "taille", 200).voisins}
    assert retour["011"] == pytest.approx(proche.distance)


@pytest.mark.parametrize(
    ("choix", "organisme", "extrait"),
    [
        ("region", None, "Choisissez d'abord un organisme"),
        ("voisins", None, "Choisissez d'abord un organisme"),
        ("classe", None, "Choisissez d'abord un organisme"),
        ("region", "cnam", "à aucune région"),
        ("voisins", "cnam", "aucun voisin par la taille"),
    ],
)
def test_groupe_impossible_dit_pourquoi(publication: Lecture, choix: str, organisme: str | None, extrait: str) -> None:
    groupe = build_groupe(organisme, choix)
    assert groupe.codes == ()
    assert extrait in str(groupe.vide)


def test_liste_d_au_moins_cinq_pairs(publication: Lecture) -> None:
    assert "aucun n'est choisi" in str(build_groupe("011", "liste").vide)
    trop_peu = build_groupe("011", "liste", membres=("011", *SIX[:4]))  # the organisme itself is no peer
    assert "4 choisis. Ajoutez-en 1" in str(trop_peu.vide).replace("\u00a0", " ")
    liste = build_groupe("011", "liste", membres=SIX, nom="Mes six")
    assert set(liste.pairs) == set(SIX)
    assert liste.format_effectif().replace("\u00a0", " ") == "7 CPAM et CCSS de la liste « Mes six »"


def test_liste_de_plusieurs_types(publication: Lecture) -> None:
    membres = (*SIX[:5], "drsm-bretagne")
    assert build_groupe("011", "liste", membres=membres).autres == ("drsm-bretagne",)
    trop_peu = build_groupe("011", "liste", membres=(*SIX[:4], "drsm-bretagne"))
    assert RAISON_TYPES in str(trop_peu.vide)
    assert len(build_groupe("011", "liste", membres=(*SIX[:4], "drsm-bretagne"), tous_types=True).codes) == 6
    # Without organisme the type is that of the list.
    drsm = tuple(code for code in build_groupe("drsm-bretagne", "type").codes)[:6]
    assert build_groupe(None, "liste", membres=drsm).type_note == "DRSM"


def test_etat_aller_retour_par_les_controles(publication: Lecture) -> None:
    champs = read_pairs("011", "liste", list(SIX), " Mes six ", True)
    etat = EtatPairs(**champs)
    assert etat.format_requete() == "?organisme=011&groupe=liste&membres=021,031,051,061,131,141&nom=Mes+six&hors=oui"
    relu, problemes = read_etat(
        EtatPairs, {"organisme": "011", "groupe": "liste", "membres": ",".join(SIX), "nom": "Mes six", "hors": "oui"}
    )
    assert (relu, problemes) == (etat, [])
    assert read_pairs("011", "voisins-territoire", list(SIX), "x", False) == {
        "organisme": "011",
        "groupe": "voisins",
        "hors": "non",
        "lentille": "territoire",
    }
    assert len(read_pairs(None, "liste", [], "x" * 200, None)["nom"]) == 60


def test_etat_refuse_en_francais() -> None:
    etat, problemes = read_etat(
        EtatPairs, {"organisme": "999", "membres": "011,888", "nom": "x" * 61, "groupe": "amis", "lentille": "age"}
    )
    assert etat == EtatPairs()
    texte = " ".join(problemes)
    assert len(problemes) == 5
    for extrait in ("«\u00a0999\u00a0»", "«\u00a0888\u00a0»", "au plus 60 caractères", "valeurs possibles"):
        assert extrait in texte


def test_controles(publication: Lecture, lire_texte: Callable[[object], str]) -> None:
    entrees = [(entree.component_id, entree.component_property) for entree in list_entrees("essai")]
    assert entrees[0] == ("essai-organisme", "value")
    assert len(entrees) == 5
    texte = lire_texte(render_pairs("essai", EtatPairs(organisme="011", groupe="voisins", lentille="population")))
    assert all(identifiant in texte for identifiant, _ in entrees)
    assert '"voisins-population"' in texte
    options: list[dict[str, Any]] = list_options()
    assert sum(len(groupe["items"]) for groupe in options) == 165
    membres = next(c for c in render_pairs("essai", EtatPairs())[2].children if c.id == "essai-membres")
    assert membres.data == []  # sent once, copied in the browser when the list is chosen
    choisis = next(c for c in render_pairs("essai", EtatPairs(groupe="liste"))[2].children if c.id == "essai-membres")
    assert choisis.data == options


@pytest.mark.parametrize(("organisme", "adresse"), [("381", '"/organismes/381"'), (None, "")])
def test_la_fiche_de_l_organisme_choisi(
    publication: Lecture, lire_texte: Callable[[object], str], organisme: str | None, adresse: str
) -> None:
    texte = lire_texte(render_pairs("essai", EtatPairs(organisme=organisme)))
    assert ("Fiche de l'organisme" in texte) is bool(adresse)
    assert adresse in texte
