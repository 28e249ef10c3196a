"""Organismes: the 165 bodies of the network, to search and sort; each leads to its sheet."""

from __future__ import annotations

from typing import Any

import dash
import dash_mantine_components as dmc
from dash import Input, Output, callback, html
from pydantic import field_validator

from components.bloc import build_valeurs, list_sorties, render_bloc
from components.coquille import render_barre, render_entete_page
from components.etat import Etat, read_etat, register_requete, render_requete
from components.garde import page_sure, render_problemes
from components.organisme.annuaire import build_contenu_annuaire, filter_annuaire, list_regions
from components.tableau import render_grille
from data.modele import TypeOrganisme

dash.register_page(__name__, path="/organismes", title="Organismes | Parangon", name="Organismes", order=2)
register_requete("organismes")

LISTE, GRILLE = "organismes-liste", "organismes-grille"
_HAUTEUR_GRILLE = 640


class EtatOrganismes(Etat):
    """State in the URL: the words searched, a type, a région."""

    recherche: str = ""
    type: str = ""
    region: str = ""

    @field_validator("type")
    @classmethod
    def _check_type(cls, type_organisme: str) -> str:
        if type_organisme and type_organisme not in set(TypeOrganisme):
            raise ValueError(f"les types sont {', '.join(TypeOrganisme)}.")
        return type_organisme

    @field_validator("region")
    @classmethod
    def _check_region(cls, region: str) -> str:
        if region and region not in list_regions():
            raise ValueError(f"les régions sont {', '.join(list_regions())}.")
        return region


def _render_controles(etat: EtatOrganismes) -> html.Div:
    return render_barre(
        dmc.TextInput(
            id="organismes-recherche",
            label="Chercher",
            placeholder="Nom, ville, département, code",
            value=etat.recherche,
            debounce=250,
            w={"base": "100%", "sm": 320},
        ),
        dmc.Select(
            id="organismes-type",
            label="Type",
            data=[{"value": "", "label": "Tous les types"}, *({"value": t, "label": t} for t in TypeOrganisme)],
            value=etat.type,
            allowDeselect=False,
            w={"base": "100%", "sm": 180},
        ),
        dmc.Select(
            id="organismes-region",
            label="Région",
            data=[{"value": "", "label": "Toutes les régions"}, *({"value": r, "label": r} for r in list_regions())],
            value=etat.region,
            allowDeselect=False,
            searchable=True,
            w={"base": "100%", "sm": 260},
        ),
    )


@page_sure
def layout(**parametres: str) -> Any:
    """The page for a state given by the URL."""
    etat, problemes = read_etat(EtatOrganismes, parametres)
    contenu = build_contenu_annuaire(filter_annuaire(etat.recherche, etat.type, etat.region))
    return html.Div(
        [
            render_problemes(problemes),
            render_entete_page(
                "Organismes", "Chaque organisme du réseau, son score publié, son rang dans son type, sa prime."
            ),
            _render_controles(etat),
            render_bloc(
                LISTE, contenu, corps=render_grille(GRILLE, contenu.tableau, hauteur=_HAUTEUR_GRILLE), jumeau=False
            ),
            render_requete("organismes", etat),
        ]
    )


@callback(
    *list_sorties(LISTE, figure=False),
    Output(GRILLE, "rowData"),
    Output("organismes-requete", "data"),
    Input("organismes-recherche", "value"),
    Input("organismes-type", "value"),
    Input("organismes-region", "value"),
    prevent_initial_call=True,
)
def build_sorties(recherche: str | None, type_organisme: str | None, region: str | None) -> tuple[Any, ...]:
    """The rows answering the criteria, and their sentence."""
    etat = EtatOrganismes(recherche=recherche or "", type=type_organisme or "", region=region or "")
    contenu = build_contenu_annuaire(filter_annuaire(etat.recherche, etat.type, etat.region))
    return (
        *build_valeurs(LISTE, contenu, figure=False),
        list(contenu.tableau.lignes),
        etat.format_requete(),
    )
