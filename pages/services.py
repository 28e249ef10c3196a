"""Six services de base: one small control chart each, by month or by week, with a verdict in words."""

from __future__ import annotations

from typing import Any

import dash
import dash_mantine_components as dmc
from dash import ALL, Input, Output, State, callback, html

from components.bloc import render_bloc
from components.chiffres import list_cartes, render_chiffres
from components.choix import render_bascule
from components.coquille import render_barre, render_entete_page, render_onglets
from components.etat import read_etat, register_requete, render_requete
from components.garde import page_sure, render_problemes
from components.pairs import render_select_organisme
from components.services.etat import EtatServices, check_reference
from components.services.options import CHOIX_RUPTURE, list_references
from components.services.vue import build_chiffres, build_contenus, has_rupture
from components.textes.services import LIBELLES_PAS, NOTE_SEMAINES, NOTE_SIGNAUX

dash.register_page(
    __name__,
    path="/convergence/services",
    redirect_from=["/services"],
    title="Six services de base | Parangon",
    name="Six services de base",
    order=7,
)
register_requete("services")

_CHAPEAU = (
    "Les six services que le réseau suit chaque semaine, chacun avec sa statistique et son sens\u00a0: qu'est-ce qui a "
    "vraiment changé depuis la période de référence, et qu'est-ce qui n'est que variation ordinaire\u00a0?"
)


def _render_contenu(etat: EtatServices, ouverts: frozenset[str] = frozenset()) -> html.Div:
    blocs = []
    for cle, contenu, _ in build_contenus(etat):
        bloc = f"services-{cle}"
        blocs.append(html.Div(render_bloc(bloc, contenu, table_ouverte=bloc in ouverts), className="px-tiers"))
    return html.Div(blocs, className="px-grille")


def _render_controles(etat: EtatServices) -> html.Div:
    return render_barre(
        render_select_organisme(
            "services-organisme", "Organisme", etat.organisme, placeholder="Le réseau (France entière)"
        ),
        render_bascule("services-pas", "Pas de temps", LIBELLES_PAS, etat.pas),
        dmc.Select(
            id="services-reference",
            label="Période de référence des limites",
            data=list_references(etat),
            value=etat.reference,
            allowDeselect=False,
            w={"base": "100%", "sm": 300},
        ),
        html.Div(_render_rupture(etat), id="services-rupture-cadre", style=_build_style_rupture(etat)),
    )


def _render_rupture(etat: EtatServices) -> dmc.Select:
    return dmc.Select(
        id="services-rupture",
        label="Rupture de série déclarée",
        data=CHOIX_RUPTURE,
        value=etat.rupture,
        allowDeselect=False,
        w={"base": "100%", "sm": 300},
    )


def _build_style_rupture(etat: EtatServices) -> dict[str, str]:
    """The choice is hidden while no declared break falls within the series shown."""
    return {} if has_rupture(etat) else {"display": "none"}


def _render_notes(etat: EtatServices) -> list[html.P]:
    return [html.P(NOTE_SIGNAUX), *([html.P(NOTE_SEMAINES)] if etat.pas == "semaine" else [])]


@page_sure
def layout(**parametres: str) -> Any:
    """The page for a state given by the URL."""
    etat, problemes = read_etat(EtatServices, parametres)
    etat, probleme = check_reference(etat)
    return html.Div(
        [
            render_problemes([*problemes, *([probleme] if probleme else [])]),
            render_entete_page("Six services de base", _CHAPEAU),
            render_onglets("convergence", "/convergence/services"),
            _render_controles(etat),
            render_chiffres(build_chiffres(etat), "services-chiffres"),
            html.Div(_render_contenu(etat), id="services-contenu"),
            html.Div(_render_notes(etat), id="services-notes", className="px-mention", style={"marginTop": ".8rem"}),
            render_requete("services", etat),
        ]
    )


@callback(
    Output("services-contenu", "children"),
    Output("services-chiffres", "children"),
    Output("services-notes", "children"),
    Output("services-reference", "data"),
    Output("services-reference", "value"),
    Output("services-rupture-cadre", "style"),
    Output("services-requete", "data"),
    Input("services-organisme", "value"),
    Input("services-pas", "value"),
    Input("services-reference", "value"),
    Input("services-rupture", "value"),
    State({"role": "bloc-ouvrir", "bloc": ALL}, "n_clicks"),
    State({"role": "bloc-ouvrir", "bloc": ALL}, "id"),
    prevent_initial_call=True,
)
def build_sorties(
    organisme: str | None,
    pas: str,
    reference: str,
    rupture: str,
    ouvertures: list[int | None],
    blocs: list[dict[str, str]],
) -> tuple[Any, ...]:
    """The six services of the organisme chosen, of the network without one, at a pace and against a reference.

    A year of reference that the new organisme or pace does not have gives way to the first periods shown: the control
    says so.
    """
    etat = EtatServices.model_validate(
        {"organisme": organisme or None, "pas": pas, "reference": reference, "rupture": rupture}
    )
    etat, _ = check_reference(etat)
    ouverts = frozenset(bloc["bloc"] for bloc, clics in zip(blocs, ouvertures, strict=True) if (clics or 0) % 2)
    return (
        _render_contenu(etat, ouverts),
        list_cartes(build_chiffres(etat)),
        _render_notes(etat),
        list_references(etat),
        etat.reference,
        _build_style_rupture(etat),
        etat.format_requete(),
    )
