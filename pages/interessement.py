"""Intéressement: the computation unfolded with one's own numbers, where points can be won, the simulator."""

from __future__ import annotations

from typing import Annotated, Any

import dash
from dash import Input, Output, State, callback, clientside_callback, dcc, html, no_update
from pydantic import Field

from components.bareme.scenario import build_scenario
from components.bloc import build_valeurs, list_sorties, render_bloc
from components.chiffres import render_chiffres
from components.coquille import render_barre, render_entete_page, render_onglets
from components.etat import CodeOrganisme, CodeProposition, Etat, read_etat, register_requete, render_requete
from components.garde import page_sure, render_problemes
from components.interessement import bilan, contenus, rendu
from components.interessement.dossier import Dossier, load_dossier
from components.interessement.scenarios import NOMBRE, read_adresse
from components.interessement.simulateur import ETP_MAX, Simulation, build_reponse, compute_simulation, read_essai
from components.pairs import render_select_organisme
from components.textes.interessement import CHAPEAU
from data.propositions import load_proposition

dash.register_page(__name__, path="/interessement", title="Intéressement | Parangon", name="Intéressement", order=4)
register_requete("interessement")

FORMULE, LEVIERS, SIMULATEUR = "interessement-formule", "interessement-leviers", "interessement-simulateur"


class EtatInteressement(Etat):
    """State in the URL: the organisme, up to three scenarios, the one being edited, its ETP when typed.

    ``bareme``: a proposed barème, tried as the first scenario of the organisme when that one is empty.
    """

    organisme: CodeOrganisme | None = None
    s1: str = ""
    s2: str = ""
    s3: str = ""
    actif: Annotated[int, Field(ge=1, le=NOMBRE)] = 1
    etp: Annotated[float, Field(gt=0, le=ETP_MAX, allow_inf_nan=False)] | None = None
    bareme: CodeProposition = None


def _load_simulation(dossier: Dossier, etat: EtatInteressement) -> tuple[Simulation, list[str]]:
    """The simulation of an address; a scenario that cannot be computed goes back to the start, with a message."""
    scenarios, messages = read_adresse(dossier, (etat.s1, etat.s2, etat.s3))
    for rang in range(NOMBRE):
        try:
            compute_simulation(dossier, [scenarios[rang]], 1)
        except ValueError as erreur:
            messages.append(
                f"Le scénario {rang + 1} du lien est refusé, il repart de la situation de départ : {erreur}."
            )
            scenarios[rang] = {}
    return compute_simulation(dossier, scenarios, etat.actif, etat.etp), messages


def _build_etat(simulation: Simulation) -> EtatInteressement:
    s1, s2, s3 = simulation.list_adresse()
    etp = simulation.etp if simulation.etp_saisis else None
    return EtatInteressement(organisme=simulation.dossier.code, s1=s1, s2=s2, s3=s3, actif=simulation.actif, etp=etp)


def _try_bareme(dossier: Dossier, etat: EtatInteressement) -> tuple[EtatInteressement, list[str]]:
    """The proposal of the address as the first scenario, unless the address already has one."""
    if not etat.bareme or etat.s1:
        return etat, []
    s1, messages = build_scenario(dossier, load_proposition(etat.bareme))
    return etat.model_copy(update={"s1": s1, "actif": 1}), messages


def _render_sommaire(code: str) -> html.Nav:
    """Links to the parts of the page, and to the sheet of the organisme."""
    parties = ((FORMULE, "La formule"), (LEVIERS, "Où gagner des points"), (SIMULATEUR, "Simulateur"))
    liens: list[Any] = [html.A(mots, href=f"#bloc-{bloc}") for bloc, mots in parties]
    liens.append(dcc.Link("Fiche de l'organisme", href=f"/organismes/{code}"))
    return html.Nav(liens, className="px-sommaire", **{"aria-label": "Dans cette page"})


def _render_page(etat: EtatInteressement) -> tuple[list[Any], list[str], EtatInteressement]:
    """Everything under the controls, the messages about the address, the state that is really shown."""
    code = etat.organisme
    simulation, messages = None, list[str]()
    if code:
        essai, notes = _try_bareme(load_dossier(code), etat)
        simulation, messages = _load_simulation(load_dossier(code), essai)
        etat, messages = _build_etat(simulation), [*notes, *messages]
    elif etat.bareme:
        messages = [f"Choisissez un organisme pour lui essayer la proposition «\u00a0{etat.bareme}\u00a0»."]
    formule = contenus.build_contenu_formule(code)
    elements: list[Any] = [
        render_chiffres(contenus.build_chiffres(code), "interessement-chiffres"),
        render_bloc(FORMULE, formule, corps=rendu.render_formule(contenus.list_etapes(code)), jumeau=False),
        render_bloc(LEVIERS, contenus.build_contenu_leviers(code)),
    ]
    if simulation is not None:
        contenu = bilan.build_contenu_simulation(simulation)
        elements.append(render_bloc(SIMULATEUR, contenu, corps=rendu.render_simulateur(simulation), jumeau=False))
        elements.insert(1, _render_sommaire(simulation.dossier.code))
    return elements, messages, etat


@page_sure
def layout(**parametres: str) -> Any:
    """The page for a state given by the URL."""
    etat, problemes = read_etat(EtatInteressement, parametres)
    bareme = etat.bareme
    elements, messages, etat = _render_page(etat)
    return html.Div(
        [
            html.Div(render_problemes([*problemes, *messages]), id="interessement-problemes"),
            render_entete_page("Intéressement", CHAPEAU),
            render_onglets("interessement", "/interessement"),
            render_barre(
                render_select_organisme("interessement-organisme", "Organisme", etat.organisme),
            ),
            html.Div(elements, id="interessement-contenu"),
            dcc.Store(id="interessement-bareme", data=bareme),
            render_requete("interessement", etat),
        ]
    )


@callback(
    Output("interessement-contenu", "children"),
    Output("interessement-problemes", "children"),
    Output("interessement-requete", "data"),
    Input("interessement-organisme", "value"),
    State("interessement-bareme", "data"),
    prevent_initial_call=True,
)
def update_organisme(organisme: str | None, bareme: str | None = None) -> tuple[Any, ...]:
    """Another organisme: its own numbers, no scenario but the proposed barème of the address, if it has one."""
    etat, _ = read_etat(EtatInteressement, {"organisme": organisme or None, "bareme": bareme})
    elements, messages, etat = _render_page(etat)
    return elements, render_problemes(messages) if messages else None, etat.format_requete()


@callback(
    *list_sorties(SIMULATEUR, figure=False),
    Output(rendu.BANDE, "children"),
    Output(rendu.BILAN, "children"),
    Output(rendu.REFUS, "children"),
    Output(rendu.REPONSE, "data"),
    Output("interessement-requete", "data", allow_duplicate=True),
    Input(rendu.ESSAI, "data"),
    State("interessement-organisme", "value"),
    prevent_initial_call=True,
)
def update_simulation(essai: dict[str, Any] | None, organisme: str | None) -> tuple[Any, ...]:
    """A move of the simulator: checked, recomputed, shown against the start; refused, the previous state stays."""
    rien = (no_update,) * (len(list_sorties(SIMULATEUR, figure=False)) + 5)
    if not essai or not organisme or essai.get("organisme") != organisme:
        return rien
    dossier = load_dossier(organisme)
    simulation, problemes = read_essai(dossier, essai)
    if simulation is None:
        precedente, _ = read_essai(dossier, essai.get("accepte") or {"actif": 1})
        if precedente is None:
            precedente = compute_simulation(dossier, [], 1)
        simulation = precedente
    numero = int(essai.get("numero") or 0)
    contenu = bilan.build_contenu_simulation(simulation)
    return (
        *build_valeurs(SIMULATEUR, contenu, figure=False, jumeau=False),
        rendu.render_bande(simulation),
        rendu.render_bilan(simulation),
        rendu.render_refus(problemes),
        build_reponse(simulation, problemes, numero),
        _build_etat(simulation).format_requete(),
    )


clientside_callback(
    "function(modele) { return window.parangon.ouvrir_simulateur(modele); }",
    Output(rendu.EDITEUR, "data-organisme"),
    Input(rendu.MODELE, "data"),
)
clientside_callback(
    "function(reponse) { return window.parangon.repondre_simulateur(reponse); }",
    Output(rendu.EDITEUR, "data-numero"),
    Input(rendu.REPONSE, "data"),
    prevent_initial_call=True,
)
