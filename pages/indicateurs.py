"""Indicateurs: all of them, by référentiel and domaine, to search; each leads to its page."""

from __future__ import annotations

from typing import Any

import dash
import dash_mantine_components as dmc
from dash import Input, Output, callback, html
from pydantic import field_validator

from components.coquille import render_barre, render_entete_page
from components.etat import Etat, read_etat, register_requete, render_requete
from components.fiche_indicateur import LIBELLES_REFERENTIEL
from components.figures.formats import format_pluriel
from components.garde import page_sure, render_problemes
from components.indicateur.index import ORDRE, filter_indicateurs, list_domaines, list_processus, render_index
from data.modele import Indicateur, Referentiel

dash.register_page(__name__, path="/indicateurs", title="Indicateurs | Parangon", name="Indicateurs", order=3)
register_requete("indicateurs")


class EtatIndicateurs(Etat):
    """State in the URL: the words searched, a référentiel, a domaine, a processus."""

    recherche: str = ""
    referentiel: str = ""
    domaine: str = ""
    processus: str = ""

    @field_validator("referentiel")
    @classmethod
    def _check_referentiel(cls, valeur: str) -> str:
        if valeur and valeur not in set(Referentiel):
            raise ValueError(f"les référentiels sont {', '.join(Referentiel)}.")
        return valeur

    @field_validator("domaine")
    @classmethod
    def _check_domaine(cls, valeur: str) -> str:
        if valeur and valeur not in list_domaines(""):
            raise ValueError("aucun domaine ne porte ce nom.")
        return valeur

    @field_validator("processus")
    @classmethod
    def _check_processus(cls, valeur: str) -> str:
        if valeur and valeur not in list_processus(""):
            raise ValueError("aucun processus ne porte ce nom.")
        return valeur


def _filter(etat: EtatIndicateurs) -> list[Indicateur]:
    return filter_indicateurs(etat.recherche, etat.referentiel, etat.domaine, etat.processus)


def _format_compte(indicateurs: list[Indicateur]) -> str:
    return f"{format_pluriel(len(indicateurs), 'indicateur')}."


def _render_select(quoi: str, libelle: str, options: list[Any], valeur: str, largeur: int) -> dmc.Select:
    return dmc.Select(
        id=f"indicateurs-{quoi}",
        label=libelle,
        placeholder="Tous",
        data=options,
        value=valeur or None,
        clearable=True,
        clearButtonProps={"aria-label": f"Effacer le choix : {libelle}", "aria-hidden": False, "tabIndex": 0},
        searchable=True,
        nothingFoundMessage="Rien ne répond à cette recherche",
        filter={"function": "filtrerSansAccent"},
        w={"base": "100%", "sm": largeur},
    )


def _render_controles(etat: EtatIndicateurs) -> html.Div:
    return render_barre(
        dmc.TextInput(
            id="indicateurs-recherche",
            label="Rechercher",
            placeholder="Un mot : dépistage, délai, C2S…",
            value=etat.recherche,
            debounce=250,
            w={"base": "100%", "sm": 280},
        ),
        _render_select(
            "referentiel",
            "Référentiel",
            [{"value": r.value, "label": LIBELLES_REFERENTIEL[r]} for r in ORDRE],
            etat.referentiel,
            210,
        ),
        _render_select("domaine", "Domaine", list_domaines(etat.referentiel), etat.domaine, 300),
        _render_select("processus", "Processus", list_processus(etat.referentiel), etat.processus, 300),
    )


@page_sure
def layout(**parametres: str) -> Any:
    """The page for a state given by the URL."""
    etat, problemes = read_etat(EtatIndicateurs, parametres)
    indicateurs = _filter(etat)
    return html.Div(
        [
            render_problemes(problemes),
            render_entete_page(
                "Indicateurs", "Une page par indicateur : définition, cible, résultats, qui l'atteint et qui a bougé."
            ),
            _render_controles(etat),
            html.P(_format_compte(indicateurs), id="indicateurs-compte", className="px-legende", role="status"),
            html.Div(render_index(indicateurs), id="indicateurs-liste"),
            render_requete("indicateurs", etat),
        ]
    )


@callback(
    Output("indicateurs-liste", "children"),
    Output("indicateurs-compte", "children"),
    Output("indicateurs-domaine", "data"),
    Output("indicateurs-domaine", "value"),
    Output("indicateurs-processus", "data"),
    Output("indicateurs-processus", "value"),
    Output("indicateurs-requete", "data"),
    Input("indicateurs-recherche", "value"),
    Input("indicateurs-referentiel", "value"),
    Input("indicateurs-domaine", "value"),
    Input("indicateurs-processus", "value"),
    prevent_initial_call=True,
)
def build_liste(
    recherche: str | None, referentiel: str | None, domaine: str | None, processus: str | None
) -> tuple[Any, ...]:
    """The list for the choices; a domaine or a processus the référentiel does not have is dropped."""
    domaines, lot = list_domaines(referentiel or ""), list_processus(referentiel or "")
    etat = EtatIndicateurs(
        recherche=recherche or "",
        referentiel=referentiel or "",
        domaine=domaine if domaine in domaines else "",
        processus=processus if processus in lot else "",
    )
    indicateurs = _filter(etat)
    return (
        render_index(indicateurs),
        _format_compte(indicateurs),
        domaines,
        etat.domaine or None,
        lot,
        etat.processus or None,
        etat.format_requete(),
    )
