"""How the page « Intéressement » is drawn: the steps of the formula, the simulator and its result."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from components.interessement.bilan import list_bande, list_bilan
from components.interessement.formule import Groupe
from components.interessement.scenarios import NOMBRE
from components.interessement.simulateur import Simulation, build_modele

EDITEUR, MODELE, ESSAI, REPONSE = (
    "interessement-editeur",
    "interessement-modele",
    "interessement-essai",
    "interessement-reponse",
)
BANDE, BILAN, REFUS = "interessement-bande", "interessement-bilan", "interessement-refus"


def render_formule(groupes: Sequence[Groupe]) -> html.Div:
    """The steps in columns, one per part, numbered throughout."""
    elements, numero = [], 1
    for groupe in groupes:
        etapes: list[Any] = []
        for etape in groupe.etapes:
            details = [html.Div(mots, className="px-detail") for mots in (etape.source, etape.remarque) if mots]
            etapes.append(
                html.Li(
                    [
                        html.Div([html.Span(etape.mots), html.Strong(etape.resultat)], className="px-etape-tete"),
                        html.Div(etape.calcul, className="px-etape-calcul"),
                        *details,
                    ]
                )
            )
        elements.append(
            html.Section(
                [html.H3(groupe.titre), html.Ol(etapes, start=str(numero))],
                className="px-formule-groupe px-formule-large" if groupe.large else "px-formule-groupe",
            )
        )
        numero += len(groupe.etapes)
    return html.Div(elements, className="px-formule")


def render_bande(simulation: Simulation) -> list[html.Div]:
    """The four figures of the active scenario, with what they change."""
    return [
        html.Div(
            [
                html.Span(titre, className="px-bande-titre"),
                html.Span(
                    [
                        html.Strong(valeur),
                        html.Span(ecart, className=f"px-bande-ecart px-bande-{_get_ton(ecart)}") if ecart else None,
                    ]
                ),
            ],
            className="px-bande-case",
        )
        for titre, valeur, ecart in list_bande(simulation)
    ]


def _get_ton(ecart: str) -> str:
    """« plus », « moins » or « egal », by the sign written."""
    return {"+": "plus", "−": "moins"}.get(ecart[:1], "egal")


def render_bilan(simulation: Simulation) -> html.Table:
    """Start and scenarios side by side; the heading of a scenario makes it the one being edited."""
    entetes: list[Any] = [html.Th("", scope="col"), html.Th("Départ", scope="col", className="px-num")]
    for rang in range(1, NOMBRE + 1):
        actif = rang == simulation.actif
        bouton = html.Button(
            [html.Span("Scénario ", className="px-scenario-mot"), str(rang)],
            className="px-scenario",
            type="button",
            **{
                "data-scenario": str(rang),
                "aria-pressed": "true" if actif else "false",
                "aria-label": f"Modifier le scénario {rang}",
            },
        )
        entetes.append(html.Th(bouton, scope="col", className="px-num"))
    lignes = []
    for mots, cellules in list_bilan(simulation):
        rendues: list[Any] = [html.Th(mots, scope="row")]
        for rang, (valeur, ecart) in enumerate(cellules):
            contenu: list[Any] = [html.Span(valeur)]
            if ecart:
                contenu.append(html.Span(ecart, className=f"px-bande-ecart px-bande-{_get_ton(ecart)}"))
            classe = "px-num px-actif" if rang == simulation.actif else "px-num"
            rendues.append(html.Td(contenu, className=classe))
        lignes.append(html.Tr(rendues))
    return html.Table(
        [
            html.Caption("Les scénarios côte à côte. Le titre d'un scénario le choisit pour le modifier."),
            html.Thead(html.Tr(entetes)),
            html.Tbody(lignes),
        ],
        className="px-table px-bilan",
    )


def render_refus(problemes: Sequence[str]) -> Any:
    """Why an entry was refused; nothing when none was."""
    if not problemes:
        return None
    return [
        html.Strong("Saisie refusée, l'état précédent est conservé. "),
        html.Span(" ".join(problemes)),
    ]


def render_simulateur(simulation: Simulation) -> html.Div:
    """The body of the simulator; its rows are drawn in the browser from the store of the model."""
    return html.Div(
        [
            html.Div(
                render_bande(simulation), id=BANDE, className="px-bande", role="status", **{"aria-live": "polite"}
            ),
            html.Div(id=REFUS, className="px-refus", role="alert"),
            html.Div(render_bilan(simulation), id=BILAN, className="px-table-cadre"),
            html.Div(id=EDITEUR, className="px-editeur"),
            dcc.Store(id=MODELE, data=build_modele(simulation)),
            dcc.Store(id=ESSAI),
            dcc.Store(id=REPONSE),
        ]
    )
