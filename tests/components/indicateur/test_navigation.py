from __future__ import annotations

import json

from plotly.utils import PlotlyJSONEncoder

from components.indicateur.navigation import (
    build_adresse,
    find_voisins,
    format_chapeau,
    list_freres,
    list_liens,
    render_navigation,
)
from data.catalogue import load_catalogue
from data.magasin import Lecture
from data.modele import Portee


def test_chaine_complete_dans_un_domaine() -> None:
    """From the first, following « next » walks through the whole domaine once, and « previous » comes back."""
    premier = load_catalogue().get_indicateur("cog_01_delai_instruction_c2s_d9")
    freres = list_freres(premier, "domaine")
    marche, courant = [], premier
    while courant is not None:
        marche.append(courant.code)
        avant, apres, place, nombre = find_voisins(courant, "domaine")
        assert (place, nombre) == (len(marche), len(freres))
        assert (avant.code if avant else None) == (marche[-2] if len(marche) > 1 else None)
        courant = apres
    assert marche == [i.code for i in freres]


def test_parts_nationale_et_locale_ne_se_melent_pas() -> None:
    indicateur = load_catalogue().get_indicateur("nat_dmp_alimentes")
    assert {i.portee for i in list_freres(indicateur, "domaine")} == {Portee.NATIONALE}


def test_sans_processus_pas_de_ligne() -> None:
    catalogue = load_catalogue()
    assert len(render_navigation(catalogue.get_indicateur("loc_depistage_sein"), None)) == 1
    assert len(render_navigation(catalogue.get_indicateur("cog_30_depistage_sein"), None)) == 2
    assert render_navigation(catalogue.get_indicateur("delai_ij_ti_maladie"), None) == []  # alone in both


def test_l_organisme_suit(publication: Lecture) -> None:
    assert build_adresse("x", None) == "/indicateurs/x"
    indicateur = load_catalogue().get_indicateur("loc_depistage_sein")
    texte = json.dumps(render_navigation(indicateur, "011"), cls=PlotlyJSONEncoder)
    assert texte.count("?organisme=011") == 2
    liens = dict(list_liens(indicateur, "011", par_organisme=True))
    assert liens["Comparer un organisme à ses pairs"] == "/comparer?indicateur=loc_depistage_sein&organisme=011"
    assert "/indicateurs/cog_30_depistage_sein?organisme=011" in liens.values()


def test_un_lien_ne_dit_son_referentiel_qu_une_fois(publication: Lecture) -> None:
    """A short title may already end with it."""
    liens = dict(
        list_liens(load_catalogue().get_indicateur("cog_02_delai_premiere_ij_maladie"), None, par_organisme=False)
    )
    assert "1re IJ non subrogée (COG 2018-2022)" in liens
    assert all(texte.count("(COG 2018-2022)") < 2 for texte in liens)


def test_carte_entiere_seulement_ou_elle_existe(publication: Lecture) -> None:
    catalogue = load_catalogue()
    avec = dict(list_liens(catalogue.get_indicateur("part_population_zip"), None, par_organisme=True))
    assert avec["Carte entière"] == "/cartes?indicateur=part_population_zip"
    sein = catalogue.get_indicateur("loc_depistage_sein")
    ouverte = dict(list_liens(sein, "011", par_organisme=True))["Carte entière"]
    assert ouverte == "/cartes?indicateur=loc_depistage_sein&territoire=011"
    drsm = dict(list_liens(sein, "drsm-bretagne", par_organisme=True))["Carte entière"]
    assert drsm == "/cartes?indicateur=loc_depistage_sein"
    national = catalogue.get_indicateur("cog_30_depistage_sein")
    assert "Carte entière" not in dict(list_liens(national, None, par_organisme=False))


def test_chapeau_dit_unite_et_sens() -> None:
    texte = format_chapeau(load_catalogue().get_indicateur("cog_30_depistage_sein")).replace("\u00a0", " ")
    assert texte.endswith("COG 2023-2027, n° 30 · unité : % · plus haut = mieux.")
