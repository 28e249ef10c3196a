"""Indicateurs: all of them, by référentiel and domaine, to search; each leads to its page."""

from __future__ import annotations

from typing import Any

import dash
from dash import Input, Output, callback, html
from pydantic import field_validator

from components.coquille import render_entete_page
from components.etat import Etat, read_etat, register_requete, render_requete
from components.fiche_indicateur import LIBELLES_REFERENTIEL
from components.figures.formats import format_pluriel
from components.garde import page_sure, render_problemes
from components.indicateur.index import ORDRE, filter_indicateurs, list_domaines, list_processus, render_index
from components.recherche import Filtre, check_filtre, render_filtres
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
    def _check_referentiel(cls, referentiel: str) -> str:
        return check_filtre(referentiel, set(Referentiel), f"les référentiels sont {', '.join(Referentiel)}.")

    @field_validator("domaine")
    @classmethod
    def _check_domaine(cls, domaine: str) -> str:
        return check_filtre(domaine, list_domaines(""), "aucun domaine ne porte ce nom.")

    @field_validator("processus")
    @classmethod
    def _check_processus(cls, processus: str) -> str:
        return check_filtre(processus, list_processus(""), "aucun processus ne porte ce nom.")


def _filter(etat: EtatIndicateurs) -> list[Indicateur]:
    return filter_indicateurs(etat.recherche, etat.referentiel, etat.domaine, etat.processus)


def _format_compte(indicateurs: list[Indicateur]) -> str:
    return f"{format_pluriel(len(indicateurs), 'indicateur')}."


def _render_controles(etat: EtatIndicateurs) -> html.Div:
    referentiels = [{"value": r.value, "label": LIBELLES_REFERENTIEL[r]} for r in ORDRE]
    return render_filtres(
        "indicateurs",
        "Un mot : dépistage, délai, C2S…",
        etat.recherche,
        (
            Filtre("referentiel", "Référentiel", referentiels, etat.referentiel, 210),
            Filtre("domaine", "Domaine", list_domaines(etat.referentiel), etat.domaine, 300),
            Filtre("processus", "Processus", list_processus(etat.referentiel), etat.processus, 300),
        ),
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
