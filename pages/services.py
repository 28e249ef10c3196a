"""Six services de base: one small control chart each, never on one axis, with a verdict in words."""

from __future__ import annotations

from typing import Any

import dash
from dash import ALL, Input, Output, State, callback, html
from pydantic import field_validator

from components.bloc import render_bloc
from components.chiffres import list_cartes, render_chiffres
from components.coquille import render_barre, render_entete_page, render_onglets
from components.etat import Etat, read_etat, register_requete, render_requete
from components.garde import page_sure, render_problemes
from components.pairs import check_code, render_select_organisme
from components.services.vue import build_chiffres, build_contenus
from components.textes.services import NOTE_HEBDOMADAIRE, NOTE_SIGNAUX

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
    "Les six services que le réseau suit de plus près, chacun avec sa statistique et son sens\u00a0: qu'est-ce qui a "
    "vraiment "
    "changé, et qu'est-ce qui n'est que variation ordinaire\u00a0?"
)


class EtatServices(Etat):
    """State in the URL: one organisme, or the network."""

    organisme: str | None = None

    @field_validator("organisme")
    @classmethod
    def _check_organisme(cls, code: str | None) -> str | None:
        if code is not None:
            check_code(code)
        return code


def _render_contenu(etat: EtatServices, ouverts: frozenset[str] = frozenset()) -> html.Div:
    blocs = []
    for cle, contenu, _ in build_contenus(etat.organisme):
        bloc = f"services-{cle}"
        blocs.append(html.Div(render_bloc(bloc, contenu, table_ouverte=bloc in ouverts), className="px-tiers"))
    return html.Div(blocs, className="px-grille")


@page_sure
def layout(**parametres: str) -> Any:
    """The page for a state given by the URL."""
    etat, problemes = read_etat(EtatServices, parametres)
    return html.Div(
        [
            render_problemes(problemes),
            render_entete_page("Six services de base", _CHAPEAU),
            render_onglets("convergence", "/convergence/services"),
            render_barre(
                render_select_organisme(
                    "services-organisme", "Organisme", etat.organisme, placeholder="Le réseau (France entière)"
                )
            ),
            render_chiffres(build_chiffres(etat.organisme), "services-chiffres"),
            html.Div(_render_contenu(etat), id="services-contenu"),
            html.Div([html.P(NOTE_SIGNAUX), html.P(NOTE_HEBDOMADAIRE)], className="px-mention"),
            render_requete("services", etat),
        ]
    )


@callback(
    Output("services-contenu", "children"),
    Output("services-chiffres", "children"),
    Output("services-requete", "data"),
    Input("services-organisme", "value"),
    State({"role": "bloc-ouvrir", "bloc": ALL}, "n_clicks"),
    State({"role": "bloc-ouvrir", "bloc": ALL}, "id"),
    prevent_initial_call=True,
)
def build_sorties(organisme: str | None, ouvertures: list[int | None], blocs: list[dict[str, str]]) -> tuple[Any, ...]:
    """The six services of the organisme chosen, of the network without one."""
    etat = EtatServices(organisme=organisme or None)
    ouverts = frozenset(bloc["bloc"] for bloc, clics in zip(blocs, ouvertures, strict=True) if (clics or 0) % 2)
    return _render_contenu(etat, ouverts), list_cartes(build_chiffres(etat.organisme)), etat.format_requete()
