"""Convergence: are the gaps between organismes shrinking, who moved, and what closing them would release."""

from __future__ import annotations

from typing import Any

import dash
import dash_mantine_components as dmc
from dash import ALL, Input, Output, State, callback, html

from components.bloc import render_bloc
from components.chiffres import list_cartes, render_chiffres
from components.choix import render_choix
from components.convergence.ecarts import (
    build_chiffres,
    build_contenu_annees,
    build_contenu_bouts,
    build_contenu_evolutions,
)
from components.convergence.etat import PLAFOND_MAX, EtatConvergence, get_indicateur, list_indicateurs
from components.convergence.productivite import (
    build_contenu_comparaison,
    build_contenu_decomposition,
    build_contenu_resserrement,
)
from components.convergence.rangs import build_contenu_rangs
from components.coquille import render_barre, render_entete_page, render_onglets
from components.etat import read_etat, register_requete, render_requete
from components.garde import page_sure, render_problemes
from components.pairs import render_select_organisme
from components.textes.comparer import format_type_note
from components.textes.convergence import build_avis_organisme
from data.requetes.comparaison import list_organismes
from data.requetes.convergence import list_suivis

dash.register_page(__name__, path="/convergence", title="Convergence | Parangon", name="Convergence", order=6)
register_requete("convergence")

EVOLUTIONS, ANNEES, BOUTS = "convergence-evolutions", "convergence-annees", "convergence-bouts"
RANGS, DECOMPOSITION = "convergence-rangs", "convergence-decomposition"
RESSERREMENT, PUBLIE = "convergence-resserrement", "convergence-publie"
_CHAPEAU = (
    "Les organismes se rapprochent-ils\u00a0? Les écarts année par année, les changements de rang, et ce que "
    "libérerait leur "
    "resserrement."
)


def _render_controles(etat: EtatConvergence) -> html.Div:
    types = list_suivis()["type_note"].unique(maintain_order=True).to_list()
    return render_barre(
        dmc.Select(
            id="convergence-type",
            label="Type d'organisme",
            data=[{"value": t, "label": format_type_note(t)} for t in types],
            value=etat.type,
            allowDeselect=False,
            w={"base": "100%", "sm": 190},
        ),
        render_choix(
            "convergence-indicateur",
            "Indicateur détaillé",
            list_indicateurs(etat.type),
            get_indicateur(etat),
            vide="Aucun indicateur ne répond à cette recherche",
            w={"base": "100%", "sm": 360},
        ),
        render_select_organisme("convergence-organisme", "Organisme à suivre", etat.organisme),
    )


def _render_plafond(etat: EtatConvergence) -> html.Div:
    reperes = (1, 5, 10, 15, 20, 25, PLAFOND_MAX)
    return render_barre(
        html.Div(
            [
                dmc.Text("Plafond de l'effort (%)", id="convergence-plafond-titre", size="sm", fw=500),
                dmc.Slider(
                    id="convergence-plafond",
                    value=etat.plafond,
                    min=1,
                    max=PLAFOND_MAX,
                    step=1,
                    marks=[{"value": v, "label": str(v)} for v in reperes],
                    labelAlwaysOn=False,
                    thumbLabel="Plafond de l'effort, en pourcentage des ETPR",
                    updatemode="mouseup",
                    mb=22,
                ),
            ],
            style={"flex": "1 1 260px", "maxWidth": "520px"},
        )
    )


def _render_contenu(etat: EtatConvergence, ouverts: frozenset[str] = frozenset()) -> list[Any]:
    """The blocs that follow the type, the indicateur and the organisme."""
    code = get_indicateur(etat)
    blocs = (
        (EVOLUTIONS, build_contenu_evolutions(etat.type, code), None),
        (ANNEES, build_contenu_annees(etat.type, code), "px-demi"),
        (BOUTS, build_contenu_bouts(etat.type, code), "px-demi"),
        (RANGS, build_contenu_rangs(etat.type, code, etat.organisme), None),
    )
    rendus = [
        html.Div(render_bloc(bloc, contenu, table_ouverte=bloc in ouverts), className=classe)
        for bloc, contenu, classe in blocs
    ]
    return [html.Div(rendus, className="px-grille px-suite")]


def _render_simulation(etat: EtatConvergence, ouverts: frozenset[str] = frozenset()) -> list[Any]:
    """The blocs that follow the cap."""
    return [
        render_bloc(
            RESSERREMENT,
            build_contenu_resserrement(etat.plafond, etat.organisme),
            table_ouverte=RESSERREMENT in ouverts,
        ),
        render_bloc(PUBLIE, build_contenu_comparaison(etat.plafond), table_ouverte=True),
    ]


def _render_decomposition(etat: EtatConvergence, ouverts: frozenset[str] = frozenset()) -> html.Section:
    return render_bloc(
        DECOMPOSITION, build_contenu_decomposition(etat.organisme), table_ouverte=DECOMPOSITION in ouverts
    )


def _build_avis(etat: EtatConvergence) -> str | None:
    if etat.organisme is None:
        return None
    ligne = list_organismes().filter(code_organisme=etat.organisme).row(0, named=True)
    return None if ligne["type_note"] == etat.type else build_avis_organisme(ligne["nom"], format_type_note(etat.type))


def _render_avis(etat: EtatConvergence) -> html.Div:
    avis = _build_avis(etat)
    return render_problemes([avis] if avis else [])


@page_sure
def layout(**parametres: str) -> Any:
    """The page for a state given by the URL."""
    etat, problemes = read_etat(EtatConvergence, parametres)
    if etat.indicateur is not None and get_indicateur(etat) != etat.indicateur:
        problemes.append(
            f"L'indicateur «\u00a0{etat.indicateur}\u00a0» n'est pas suivi pour le type "
            f"{format_type_note(etat.type)}\u00a0: le "
            "premier de ce type est affiché."
        )
        etat = etat.model_copy(update={"indicateur": None})
    return html.Div(
        [
            render_problemes(problemes),
            render_entete_page("Convergence", _CHAPEAU),
            render_onglets("convergence", "/convergence"),
            _render_controles(etat),
            html.Div(_render_avis(etat), id="convergence-avis", role="status"),
            render_chiffres(build_chiffres(etat.type, get_indicateur(etat)), "convergence-chiffres"),
            html.Div(_render_contenu(etat), id="convergence-contenu"),
            html.Header(html.H2("Productivité des CPAM"), className="px-entete-page"),
            html.Div(_render_decomposition(etat), id="convergence-productivite"),
            _render_plafond(etat),
            html.Div(_render_simulation(etat), id="convergence-simulation"),
            render_requete("convergence", etat),
        ]
    )


@callback(
    Output("convergence-contenu", "children"),
    Output("convergence-productivite", "children"),
    Output("convergence-simulation", "children"),
    Output("convergence-chiffres", "children"),
    Output("convergence-avis", "children"),
    Output("convergence-indicateur", "data"),
    Output("convergence-indicateur", "value"),
    Output("convergence-requete", "data"),
    Input("convergence-type", "value"),
    Input("convergence-indicateur", "value"),
    Input("convergence-organisme", "value"),
    Input("convergence-plafond", "value"),
    State({"role": "bloc-ouvrir", "bloc": ALL}, "n_clicks"),
    State({"role": "bloc-ouvrir", "bloc": ALL}, "id"),
    prevent_initial_call=True,
)
def build_sorties(
    type_note: str,
    indicateur: str | None,
    organisme: str | None,
    plafond: int,
    ouvertures: list[int | None],
    blocs: list[dict[str, str]],
) -> tuple[Any, ...]:
    """Everything under the controls; only the parts a control touches are sent again."""
    etat = EtatConvergence.model_validate(
        {"type": type_note, "indicateur": indicateur, "organisme": organisme or None, "plafond": plafond}
    )
    retenu = get_indicateur(etat)
    defaut = get_indicateur(EtatConvergence(type=type_note))
    etat = etat.model_copy(update={"indicateur": None if retenu == defaut else retenu})
    ouverts = frozenset(bloc["bloc"] for bloc, clics in zip(blocs, ouvertures, strict=True) if (clics or 0) % 2)
    touches = {declencheur["prop_id"].split(".")[0] for declencheur in dash.ctx.triggered}
    plafond_seul = touches == {"convergence-plafond"}
    suit_organisme = "convergence-organisme" in touches
    inchange = dash.no_update
    return (
        inchange if plafond_seul else _render_contenu(etat, ouverts),
        _render_decomposition(etat, ouverts) if suit_organisme else inchange,
        _render_simulation(etat, ouverts) if plafond_seul or suit_organisme else inchange,
        inchange if plafond_seul else list_cartes(build_chiffres(type_note, retenu)),
        inchange if plafond_seul else _render_avis(etat),
        list_indicateurs(type_note) if "convergence-type" in touches else inchange,
        inchange if retenu == indicateur else retenu,
        etat.format_requete(),
    )
