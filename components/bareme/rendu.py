"""The pieces of the page « Barème » on screen: the grid, its faults, the list of changes, the form that publishes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import dash_ag_grid as dag
import dash_mantine_components as dmc
from dash import dcc, html

from components.bareme.lecture import Signalement
from components.bareme.lignes import CHAMPS, LIBELLES_FORME, LIBELLES_SENS, list_changements, list_lignes
from components.contenu import Colonne, Tableau
from components.figures.formats import (
    INSECABLE,
    format_date,
    format_horodatage,
    format_nombre,
    format_pluriel,
    format_valeur,
)
from components.tableau import LOCALE_FR, render_table
from components.textes import bareme as textes
from data.bareme import Bareme
from data.catalogue import load_catalogue
from data.commentaires import LIBELLES_ROLE
from data.magasin import memorise
from data.propositions import MOTIF_MAX, Proposition
from data.requetes.resultats import ANNEE, list_resultats

GRILLE: Final = "bareme-grille"
CHOIX: Final = {
    "forme": list(LIBELLES_FORME.values()),
    "sens": ["", *LIBELLES_SENS.values()],
    "ecart": ["", "le passé est le socle", "en unités", "en %"],
    "regle_egalite": ["", "seuil"],
}
_LARGEURS: Final = {"poids": 84, "part": 78, "forme": 130, "sens": 150, "domaine": 180, "code": 260, "hypothese": 320}
_LARGEUR: Final = 112
_FAUTES_MAX: Final = 40  # shown; the others are counted


@memorise
def list_en_vigueur(type_note: str) -> dict[str, str]:
    """Thresholds that come with the results of a type, as text: code -> « 70 → 83 % »."""
    seuils = list_resultats(type_note, ANNEE).unique("code_indicateur", keep="first", maintain_order=True)
    catalogue, textes_par_code = load_catalogue(), {}
    for ligne in seuils.iter_rows(named=True):
        indicateur = catalogue.get_indicateur(ligne["code_indicateur"])
        if ligne["objectif"] is not None and ligne["socle"] is not None:
            debut = format_nombre(ligne["socle"], indicateur.decimales)
            fin = format_valeur(ligne["objectif"], indicateur.unite, indicateur.decimales)
            textes_par_code[indicateur.code] = f"{debut} → {fin}"
        elif ligne["date_objectif"] is not None and ligne["date_socle"] is not None:
            textes_par_code[indicateur.code] = (
                f"{format_date(ligne['date_socle'])} → {format_date(ligne['date_objectif'])}"
            )
    return textes_par_code


def build_donnees_grille(bareme: Bareme, type_note: str) -> list[dict[str, str]]:
    """Rows of the grid: the texts of the barème, and the thresholds in force."""
    en_vigueur = list_en_vigueur(type_note)
    return [ligne | {"en_vigueur": en_vigueur.get(ligne["code"], "")} for ligne in list_lignes(bareme)]


def _build_colonnes() -> list[dict[str, Any]]:
    colonnes: list[dict[str, Any]] = [
        {"headerName": "N°", "valueGetter": {"function": "params.node.rowIndex + 1"}, "width": 56, "editable": False},
        {"field": "titre", "headerName": CHAMPS["titre"], "width": 270, "editable": False, "wrapText": True,
         "autoHeight": True},
    ]  # fmt: skip
    ordre = ["poids", "part", "forme", "sens", "socle", "objectif"]
    ordre += [c for c in CHAMPS if c not in {*ordre, "titre", "composite", "code", "domaine"}]
    for champ in ordre:
        colonne: dict[str, Any] = {
            "field": champ,
            "headerName": CHAMPS[champ],
            "width": _LARGEURS.get(champ, _LARGEUR),
            "editable": True,
            "cellClass": ["px-saisie"],
        }
        if champ in CHOIX:
            colonne |= {"cellEditor": "agSelectCellEditor", "cellEditorParams": {"values": CHOIX[champ]}}
        if champ in {"poids", "part", "socle", "objectif"}:
            colonne |= {"headerClass": "ag-right-aligned-header", "cellClass": ["px-saisie", "ag-right-aligned-cell"]}
        colonnes.append(colonne)
        if champ == "objectif":
            colonnes.append({"field": "en_vigueur", "headerName": "Seuils en vigueur", "width": 150, "editable": False})
    lecture = [("domaine", CHAMPS["domaine"]), ("composite", CHAMPS["composite"]), ("code", CHAMPS["code"])]
    return colonnes + [
        {"field": champ, "headerName": titre, "width": _LARGEURS.get(champ, 220), "editable": False}
        for champ, titre in lecture
    ]


def render_grille_bareme(lignes: Sequence[dict[str, str]]) -> dag.AgGrid:
    """The editable grid; its order is that of the barème."""
    return dag.AgGrid(
        id=GRILLE,
        columnDefs=_build_colonnes(),
        rowData=list(lignes),
        defaultColDef={
            "sortable": False,
            "resizable": True,
            "suppressMovable": True,
            "wrapHeaderText": True,
            "autoHeaderHeight": True,
        },
        dashGridOptions={
            "theme": {"function": "parangonTheme(agGrid)"},
            "localeText": LOCALE_FR,
            "animateRows": False,
            "ensureDomOrder": True,
            "stopEditingWhenCellsLoseFocus": True,
            "enterNavigatesVerticallyAfterEdit": True,
            "tabToNextCell": {"function": "sortirAuTabulateur(params)"},
        },
        style={"height": 430, "width": "100%"},
    )


def render_signalements(signalements: Sequence[Signalement], titre: str) -> html.Div | None:
    """Every fault with its place; none when there is none."""
    if not signalements:
        return None
    lignes: list[Any] = [
        html.Li([html.Strong(s.lieu), f"{INSECABLE}: {s.message}"]) for s in signalements[:_FAUTES_MAX]
    ]
    reste = len(signalements) - _FAUTES_MAX
    if reste > 0:
        lignes.append(html.Li(f"et {format_pluriel(reste, 'autre faute', 'autres fautes')}."))
    return html.Div([html.P(html.Strong(titre)), html.Ul(lignes)], className="px-avis", role="alert")


def render_changements(publie: Bareme, bareme: Bareme | None) -> Any:
    """What differs from the published barème, as a table."""
    if bareme is None:
        return None
    lignes = list_changements(publie, bareme)
    if not lignes:
        return html.P("Identique au barème publié.", className="px-legende")
    for ligne in lignes:
        ligne |= {c: ligne[c] or "–" for c in ("avant", "apres")}
    colonnes = (
        Colonne("indicateur", "Indicateur"),
        Colonne("champ", "Ce qui change"),
        Colonne("avant", "Barème publié"),
        Colonne("apres", "Proposition"),
    )
    legende = f"{format_pluriel(len(lignes), 'changement')} par rapport au barème publié"
    return html.Div(
        render_table(Tableau(colonnes, lignes, legende)),
        className="px-table-cadre",
        tabIndex=0,
        role="group",
        **{"aria-label": "Changements par rapport au barème publié"},
    )


def format_proposition(proposition: Proposition) -> str:
    """« Version 2, Siège, 22/11/2026 »."""
    auteur, date = LIBELLES_ROLE[proposition.auteur], format_date(proposition.depose_le.date())
    return f"Version {proposition.version}, {auteur}, {date}"


def render_identite(proposition: Proposition | None) -> Any:
    """Who proposed the version shown, when and why; nothing for the published barème."""
    if proposition is None:
        return None
    return html.P(
        [
            html.Strong(f"Proposition {proposition.identifiant}"),
            f" · {LIBELLES_ROLE[proposition.auteur]}, {format_horodatage(proposition.depose_le)}{INSECABLE}: "
            f"{proposition.motif} ",
            dcc.Link("Essayer sur un organisme", href=f"/interessement?bareme={proposition.identifiant}"),
        ],
        className="px-mention",
    )


def render_depot() -> dcc.Upload:
    """Where a file is dropped or chosen. Any file is taken: one that is no barème is refused in words, not ignored."""
    return dcc.Upload(
        html.Button("Déposer un fichier…", id="bareme-deposer", className="px-bouton", type="button"),
        id="bareme-fichier",
        multiple=False,
        className="px-bareme-depot",
        style={},
    )


def render_formulaire(*, fige: bool) -> html.Div:
    """The form that keeps the proposal as a new version; ``fige``: nothing to publish yet."""
    return html.Div(
        [
            dmc.Select(
                id="bareme-auteur",
                label="À quel titre",
                placeholder="Choisir",
                data=[{"value": role.value, "label": libelle} for role, libelle in LIBELLES_ROLE.items()],
                w={"base": "100%", "sm": 240},
            ),
            dmc.Textarea(
                id="bareme-motif",
                label="Motif",
                description=f"{format_nombre(MOTIF_MAX, 0)} caractères au plus. La version s'ajoute aux précédentes, "
                "ne s'efface pas et ne change aucun score publié.",
                descriptionProps={"c": "var(--px-texte-doux)"},
                autosize=True,
                minRows=2,
                maxRows=6,
            ),
            html.Div(
                [
                    dmc.Button("Publier la proposition", id="bareme-publier", size="sm", disabled=fige),
                    html.Div(id="bareme-message", role="status", className="px-commentaire-message"),
                ],
                className="px-commentaire-actions",
            ),
        ],
        className="px-commentaire-saisie",
    )


def render_total(total: float | None) -> str:
    """Sum of the weights, against 100."""
    return textes.format_total(total)
