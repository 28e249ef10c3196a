"""Organismes: the 165 bodies of the network, to search and sort; each leads to its sheet."""

from __future__ import annotations

from typing import Any

import dash
from dash import Input, Output, callback, html
from pydantic import field_validator

from components.bloc import build_valeurs, list_sorties, render_bloc
from components.coquille import render_entete_page
from components.etat import Etat, read_etat, register_requete, render_requete
from components.garde import page_sure, render_problemes
from components.organisme.annuaire import build_contenu_annuaire, filter_annuaire, list_regions
from components.recherche import Filtre, check_filtre, render_filtres
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
        return check_filtre(type_organisme, set(TypeOrganisme), f"les types sont {', '.join(TypeOrganisme)}.")

    @field_validator("region")
    @classmethod
    def _check_region(cls, region: str) -> str:
        return check_filtre(region, list_regions(), f"les régions sont {', '.join(list_regions())}.")


def _render_controles(etat: EtatOrganismes) -> html.Div:
    return render_filtres(
        "organismes",
        "Nom, ville, département, code",
        etat.recherche,
        (
            Filtre("type", "Type", list(TypeOrganisme), etat.type, 180),
            Filtre("region", "Région", list_regions(), etat.region, 260),
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
