"""Tables: the same rows in HTML and in the grid, French cells, the row of mine."""

import dataclasses

from dash import html

from components.contenu import Colonne, Mention, Tableau
from components.tableau import Cellule, build_colonnes_grille, render_grille, render_table
from data.modele import Sens

TABLEAU = Tableau(
    (Colonne("nom", "Nom"), Colonne("taux", "Taux", "nombre", 1, "%")),
    [{"nom": "Ain", "taux": 89.51}, {"nom": "Loire", "taux": None}, {"nom": "Paris", "taux": "Neutralisé"}],
    legende="Légende",
    cle_surlignee="Loire",
)


def test_table_html() -> None:
    table = render_table(TABLEAU)
    legende, entete, corps = table.children
    assert legende.children == "Légende"
    assert [th.children for th in entete.children.children] == ["Nom", "Taux (%)"]
    lignes = [[c.children for c in tr.children] for tr in corps.children]
    assert lignes == [["Ain", "89,5"], ["Loire", "–"], ["Paris", "Neutralisé"]]
    assert [tr.className for tr in corps.children] == [None, "px-mienne", None]
    assert all(tr.children[0].scope == "row" for tr in corps.children)


def test_cellule_ecrite_comme_dash() -> None:
    assert Cellule("Ain", "px-num").to_plotly_json() == html.Td("Ain", className="px-num").to_plotly_json()
    tete = html.Th("Ain", scope="row", className=None)
    assert Cellule("Ain", None, "row").to_plotly_json() == tete.to_plotly_json()


def test_colonnes_de_la_grille() -> None:
    nom, taux = build_colonnes_grille(TABLEAU.colonnes)
    assert nom["field"] == "nom"
    assert taux["headerName"] == "Taux (%)"
    assert taux["filter"] == "agNumberColumnFilter"
    assert taux["valueFormatter"] == {"function": "nombreFr(params.value, 1)"}


def test_grille_surligne_la_mienne() -> None:
    legende, grille = render_grille("essai", TABLEAU).children
    assert legende.children == "Légende"
    assert grille.rowClassRules == {"px-mienne": 'params.data.nom === "Loire"'}
    assert grille.scrollTo == {"rowIndex": 1, "rowPosition": "middle"}
    assert grille.rowData == TABLEAU.lignes  # plain values, nothing added


def test_grille_sans_ligne_a_surligner() -> None:
    for cle in (None, "Cnam"):
        _, grille = render_grille("essai", dataclasses.replace(TABLEAU, cle_surlignee=cle)).children
        assert not hasattr(grille, "rowClassRules")
        assert not hasattr(grille, "scrollTo")


def test_grille_nom_a_guillemets() -> None:
    lignes = [{"nom": 'L\'"Île"', "taux": 1.0}]
    tableau = dataclasses.replace(TABLEAU, lignes=lignes, cle_surlignee=lignes[0]["nom"])
    regle = render_grille("essai", tableau).children[1].rowClassRules["px-mienne"]
    assert regle == 'params.data.nom === "L\'\\"Île\\""'


def test_mention_dit_tout() -> None:
    lecture, provenance, note = Mention(
        "moyenne", "jours", Sens.BAS, "2023", "Note", "22/11/2026", effectif="102 caisses", notes=("À savoir.",)
    ).list_phrases()
    for mot in ("Moyenne · ", "jours", "plus bas = mieux", "2023", "102 caisses"):
        assert mot in lecture
    assert "Note" in provenance
    assert "22/11/2026" in provenance
    assert note == "À savoir."


def test_un_texte_mene_a_une_page() -> None:
    tableau = Tableau(
        (Colonne("nom", "Nom", lien="adresse"),), [{"nom": "Ain", "adresse": "/organismes/011"}, {"nom": "Inconnu"}]
    )
    lie, seul = (tr.children[0].children for tr in render_table(tableau).children[2].children)
    assert (lie.children, lie.href) == ("Ain", "/organismes/011")
    assert seul == "Inconnu"
    (definition,) = build_colonnes_grille(tableau.colonnes)
    assert definition["cellRenderer"] == "LienParangon"
    assert definition["cellRendererParams"] == {"lien": "adresse"}
