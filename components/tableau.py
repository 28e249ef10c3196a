"""Render a :class:`components.contenu.Tableau`: a plain HTML table, or a grid that sorts and filters."""

from __future__ import annotations

import json
from typing import Any

import dash_ag_grid as dag
from dash import dcc, html

from components.contenu import Colonne, Tableau

# What AG Grid says, in French (only the texts our options can show).
LOCALE_FR = {
    "noRowsToShow": "Aucune ligne",
    "loadingOoo": "Chargement…",
    "filterOoo": "Filtrer…",
    "contains": "contient",
    "notContains": "ne contient pas",
    "equals": "égal à",
    "notEqual": "différent de",
    "startsWith": "commence par",
    "endsWith": "finit par",
    "blank": "vide",
    "notBlank": "non vide",
    "lessThan": "inférieur à",
    "greaterThan": "supérieur à",
    "lessThanOrEqual": "inférieur ou égal à",
    "greaterThanOrEqual": "supérieur ou égal à",
    "inRange": "entre",
    "inRangeStart": "de",
    "inRangeEnd": "à",
    "andCondition": "et",
    "orCondition": "ou",
    "applyFilter": "Appliquer",
    "resetFilter": "Réinitialiser",
    "clearFilter": "Effacer",
    "ariaFilterInput": "Filtre",
    "ariaColumnFiltered": "Colonne filtrée",
    "ariaFilterMenuOpen": "Ouvrir le filtre",
    "ariaFilteringOperator": "Opérateur de filtre",
    "ariaFilterValue": "Valeur du filtre",
    "ariaFilterFromValue": "Valeur minimale du filtre",
    "ariaFilterToValue": "Valeur maximale du filtre",
    "ariaSortableColumn": "Entrée pour trier",
    "ariaLabelColumnFilter": "Filtre de la colonne",
    "ariaInputEditor": "Saisie",
    "ariaRowSelect": "Espace pour sélectionner la ligne",
}


class Cellule:
    """A cell of an HTML table, written as Dash writes ``html.Td``, or ``html.Th`` with a ``scope``.

    Not a component: Dash checks each property of a component against a list, and a table has hundreds of cells. Not a
    dataclass: orjson, which Dash serialises with, writes dataclasses field by field without asking them.
    """

    __slots__ = ("children", "classe", "scope", "titre")

    def __init__(
        self, children: Any, classe: str | None = None, scope: str | None = None, titre: str | None = None
    ) -> None:
        self.children = children
        self.classe = classe
        self.scope = scope
        self.titre = titre

    def to_plotly_json(self) -> dict[str, Any]:
        """The cell as the renderer reads it."""
        proprietes = {"children": self.children, "className": self.classe}
        if self.titre is not None:
            proprietes["data-titre"] = self.titre
        if self.scope is None:
            return {"props": proprietes, "type": "Td", "namespace": "dash_html_components"}
        return {"props": proprietes | {"scope": self.scope}, "type": "Th", "namespace": "dash_html_components"}


def render_table(tableau: Tableau, *, cartes: bool = False) -> html.Table:
    """A semantic HTML table: caption, column headers, the first column as row headers.

    Args:
        tableau: what it holds.
        cartes: on a phone, each row is a card whose cells carry their heading: for rows of sentences.
    """
    premier = tableau.colonnes[0].champ
    entetes = [html.Th(c.entete, scope="col", className=_get_classe(c)) for c in tableau.colonnes]
    lignes = []
    for ligne in tableau.lignes:
        cellules: list[Any] = []
        for rang, colonne in enumerate(tableau.colonnes):
            texte: Any = tableau.format_cellule(colonne, ligne)
            if colonne.lien and ligne.get(colonne.lien):
                texte = dcc.Link(texte, href=ligne[colonne.lien])
            portee, titre = ("row", None) if rang == 0 else (None, colonne.entete if cartes and texte != "" else None)
            cellules.append(Cellule(texte, _get_classe(colonne), portee, titre))
        mienne = tableau.cle_surlignee is not None and ligne.get(premier) == tableau.cle_surlignee
        lignes.append(html.Tr(cellules, className="px-mienne" if mienne else None))
    return html.Table(
        [html.Caption(tableau.legende), html.Thead(html.Tr(entetes)), html.Tbody(lignes)],
        className="px-table px-cartes" if cartes else "px-table",
    )


def _get_classe(colonne: Colonne) -> str | None:
    return "px-num" if colonne.format == "nombre" else None


# Columns of figures keep their width; those of words share what is left. Not by « flex »: a grid that has not been told
# its width when it draws such columns keeps its cells hidden for ever.
_FIXE = {"width": 130, "minWidth": 130, "suppressSizeToFit": True}


# When the columns share the width, if the grid is on screen. Not by « sizeToFit » nor « responsiveSizeToFit », which
# ask it of hidden grids too: they complain in the console.
_LARGEUR_CHANGE = ("gridSizeChanged", "displayedColumnsChanged")


def build_colonnes_grille(colonnes: tuple[Colonne, ...]) -> list[dict[str, Any]]:
    """Column definitions of AG Grid: French number formats (clientside), numeric sort and filter."""
    definitions: list[dict[str, Any]] = []
    for colonne in colonnes:
        definition: dict[str, Any] = {
            "field": colonne.champ,
            "headerName": colonne.entete,
            "wrapHeaderText": True,
            "autoHeaderHeight": True,
        }
        if colonne.format == "nombre":
            definition |= {
                "type": "rightAligned",
                "filter": "agNumberColumnFilter",
                "valueFormatter": {"function": f"nombreFr(params.value, {colonne.decimales})"},
                **_FIXE,
            }
        elif colonne.format == "date":
            definition |= {"valueFormatter": {"function": "dateFr(params.value)"}, **_FIXE}
        else:
            definition |= {
                "filter": "agTextColumnFilter",
                "width": 150,
                "minWidth": 150,
                "wrapText": True,
                "autoHeight": True,
            }
        if colonne.lien:
            definition |= {
                "cellRenderer": "LienParangon",
                "cellRendererParams": {"lien": colonne.lien},
                "suppressKeyboardEvent": {"function": "suivreLien(params)"},
            }
        if colonne.epinglee:
            definition |= {"pinned": "left", "width": 220, "suppressSizeToFit": True}
        definitions.append(definition)
    return definitions


def _build_surlignage(tableau: Tableau) -> dict[str, Any]:
    """Properties that highlight the row of the key and bring it into view; none without such a row."""
    premier = tableau.colonnes[0].champ
    rangs = [rang for rang, ligne in enumerate(tableau.lignes) if ligne[premier] == tableau.cle_surlignee]
    if not rangs:
        return {}
    cle = json.dumps(tableau.cle_surlignee, ensure_ascii=False)
    return {
        "rowClassRules": {"px-mienne": f"params.data.{premier} === {cle}"},
        "scrollTo": {"rowIndex": rangs[0], "rowPosition": "middle"},
    }


def render_grille(identifiant: Any, tableau: Tableau, hauteur: int = 420) -> html.Div:
    """A grid with sorting, filtering and keyboard navigation, for long tables; its legend above."""
    grille = dag.AgGrid(
        id=identifiant,
        columnDefs=build_colonnes_grille(tableau.colonnes),
        rowData=list(tableau.lignes),
        defaultColDef={"sortable": True, "resizable": True},
        eventListeners={nom: ["partagerLargeur(params)"] for nom in _LARGEUR_CHANGE},
        dashGridOptions={
            "theme": {"function": "parangonTheme(agGrid)"},
            "localeText": LOCALE_FR,
            "animateRows": False,
            "suppressFieldDotNotation": True,
            "ensureDomOrder": True,
            "tabToNextCell": {"function": "sortirAuTabulateur(params)"},
        },
        style={"height": hauteur, "width": "100%"},
        **_build_surlignage(tableau),
    )
    return html.Div([html.P(tableau.legende, className="px-legende"), grille])
