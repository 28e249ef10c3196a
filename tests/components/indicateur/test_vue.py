from __future__ import annotations

import re

import pytest

from components.indicateur.blocs import build_contenu_atteinte, build_contenu_mouvements, build_contenu_pairs
from components.indicateur.carte import build_contenu_carte, build_vue_carte, find_vue_cartographiable, get_niveau
from components.indicateur.evolution import build_contenu_evolution, compute_axe, is_dessus
from components.indicateur.vue import drop_organisme, find_type, read_vue, resolve_choix
from data.magasin import Lecture

SEIN = "loc_depistage_sein"


def test_type_par_defaut_puis_celui_de_l_organisme(publication: Lecture) -> None:
    assert find_type("loc_aat_dematerialises", None) == "CPAM"
    assert find_type("loc_aat_dematerialises", "drsm-bretagne") == "DRSM"
    vue, problemes = resolve_choix("loc_aat_dematerialises", "", 0, "drsm-bretagne")
    assert problemes == []
    assert (vue.type_note, vue.annee) == ("DRSM", 2023)
    assert read_vue(vue.jeton).jeton == vue.jeton
    assert read_vue(drop_organisme(vue.jeton)).organisme is None


def test_valeurs_publiees_gardent_leurs_decimales(publication: Lecture) -> None:
    """Printed to two decimals; a simulated value never shows more than one."""
    assert resolve_choix("taux_reussite_local", "", 2023, None)[0].decimales == 2
    assert resolve_choix("taux_reussite_local", "", 2022, None)[0].decimales <= 1
    assert resolve_choix(SEIN, "", 2023, None)[0].decimales == 1


def test_atteinte_par_type_est_celle_de_la_note_en_2023_seulement(publication: Lecture) -> None:
    imprimee = build_contenu_atteinte(f"{SEIN}|CPAM|2023|", "type")
    assert imprimee.mention.simulee is False
    assert imprimee.mention.source == "Note intéressement 2023"
    ligne = imprimee.tableau.lignes[0]
    assert (ligne["atteint"], ligne["entre"], ligne["sous"], ligne["nature"]) == (22, 74, 6, "publié")
    assert build_contenu_atteinte(f"{SEIN}|CPAM|2022|", "type").mention.simulee is True
    regions = build_contenu_atteinte(f"{SEIN}|CPAM|2023|", "region")
    assert regions.mention.simulee is True
    parts = [ligne["atteint"] / ligne["effectif"] for ligne in regions.tableau.lignes]
    assert parts == sorted(parts, reverse=True)
    assert sum(ligne["effectif"] for ligne in regions.tableau.lignes) == 102


def test_evolution_et_mouvements_disent_les_deux_natures(publication: Lecture) -> None:
    """2023 is published, 2022 is not: both sources are named and the chart is marked."""
    contenu = build_contenu_mouvements("taux_reussite_local|CPAM|2023|")
    assert contenu.mention.simulee is True
    assert "Note intéressement 2023" in contenu.mention.source
    assert "Simulation" in contenu.mention.source


def test_un_mois_d_un_compte_ne_rencontre_pas_la_cible_de_l_annee(publication: Lecture) -> None:
    mois = build_contenu_evolution("loc_accompagnements_mas|CPAM|2023|", "mois")
    assert "objectif" not in {colonne.champ for colonne in mois.tableau.colonnes}
    annee = build_contenu_evolution("loc_accompagnements_mas|CPAM|2023|", "annee")
    assert "objectif" in {colonne.champ for colonne in annee.tableau.colonnes}
    assert len(mois.tableau.lignes) == 60


def test_la_tendance_d_un_taux_est_dite(publication: Lecture) -> None:
    """Five years of files: the recent trend; months: the long one; a median of scores has neither."""
    annee = build_contenu_evolution("loc_aat_dematerialises|CPAM|2023|", "annee")
    assert "Hausse nette depuis 2019." in annee.phrase
    assert any("χ²" in note for note in annee.mention.notes)
    mois = build_contenu_evolution("loc_aat_dematerialises|CPAM|2023|", "mois")
    assert re.search(r"Tendance\u00a0: \+[4-9],\d\u00a0points par an depuis janvier 2019", mois.phrase)
    score = build_contenu_evolution("taux_reussite_local|CPAM|2023|", "annee")
    assert "nette" not in score.phrase
    assert not any("endance" in note for note in score.mention.notes)


@pytest.mark.parametrize(
    ("valeur", "obstacles", "prefere", "dessus"),
    [
        (63.1, [65.0, 57.4], True, False),  # under the objectif: the label would be written on its line
        (63.1, [65.0, 60.0], True, True),  # taken on both sides: the side preferred
        (57.4, [65.0, 63.1], False, False),
        (63.1, [], True, True),
    ],
)
def test_une_etiquette_evite_la_cible(valeur: float, obstacles: list[float], prefere: bool, dessus: bool) -> None:
    assert is_dessus(valeur, obstacles, 5.0, prefere=prefere) is dessus


@pytest.mark.parametrize(("type_note", "niveau"), [("CPAM", "caisse"), ("DRSM", "region"), ("CTI", None)])
def test_niveau_de_la_carte(publication: Lecture, type_note: str, niveau: str | None) -> None:
    assert get_niveau(type_note) == niveau
    vue, _ = resolve_choix("taux_reussite_local", type_note, 0, None)
    carte = build_vue_carte(vue.jeton)
    assert (carte.niveau.code if carte else None) == niveau
    repli = find_vue_cartographiable(vue)
    assert repli is not None
    assert get_niveau(repli.type_note) is not None
    if carte is None:
        with pytest.raises(ValueError, match="CTI n'a pas de territoire"):
            build_contenu_carte(vue.jeton)


def test_caisse_non_concernee_est_sans_objet(publication: Lecture) -> None:
    carte = build_vue_carte(f"{SEIN}|CPAM|2023|")
    assert carte is not None
    assert carte.valeurs.filter(statut="sans_objet").height == 5  # CGSS and CSS do not have this indicateur
    assert not carte.habitants  # numerators count women screened, not inhabitants
    assert "Numérateur" in [colonne.titre for colonne in build_contenu_carte(f"{SEIN}|CPAM|2023|").tableau.colonnes]


def test_repere_de_la_carte_dit_la_mediane(publication: Lecture) -> None:
    """A bonus per person does not add up: the figure of the network is a median, and says so."""
    vue, _ = resolve_choix("prime_totale", "CPAM", 0, None)
    carte = build_vue_carte(vue.jeton)
    assert carte is not None
    assert carte.repere == "Médiane des 107 caisses"
    assert carte.reference is not None
    assert 888 < carte.reference < 1104


def test_pairs_de_meme_type_le_mien_compris(publication: Lecture) -> None:
    contenu = build_contenu_pairs(f"{SEIN}|CPAM|2023|011")
    assert len(contenu.tableau.lignes) == 13
    assert contenu.tableau.cle_surlignee in {ligne["organisme"] for ligne in contenu.tableau.lignes}
    assert "Choisissez un organisme" in str(build_contenu_pairs(f"{SEIN}|CPAM|2023|").vide)


def test_axe_ne_sort_pas_des_bornes() -> None:
    assert compute_axe([1.0, 50.0], "%")[0] == 0
    assert compute_axe([60.0, 100.0], "%")[1] <= 104
    assert compute_axe([-5.0, 3.0], "%")[0] < -5
    bas, haut = compute_axe([7.0, 7.0], None)
    assert bas < 7 < haut
