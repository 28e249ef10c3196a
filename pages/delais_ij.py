"""Délais IJ: every published délai of indemnités journalières, then the délai caisse by caisse and day by day."""

from __future__ import annotations

from typing import Any

import dash
from dash import Input, Output, State, callback, html

from components.bloc import build_valeurs, list_sorties, render_bloc
from components.chiffres import render_chiffres
from components.coquille import render_entete_page
from components.delais_ij.caisse import build_attente, build_caisse
from components.delais_ij.etat import EtatDelais, Theme, build_etat
from components.delais_ij.publies import PUBLIES, build_chiffres, build_publie
from components.delais_ij.rendu import (
    PAGE,
    build_style,
    render_cadre,
    render_contradictions,
    render_controles,
    render_controles_caisse,
    render_controles_repartition,
)
from components.delais_ij.repartition import build_contenu_repartition
from components.etat import read_etat, register_requete, render_requete
from components.garde import page_sure, render_problemes
from components.textes.chroniques_ij import CHRONIQUES

dash.register_page(__name__, path="/delais-ij", title="Délais IJ | Parangon", name="Délais IJ")
register_requete(PAGE)

CAISSE, REPARTITION = "caisse", "repartition"
DYNAMIQUES = tuple(CHRONIQUES)  # what events and targets change
CADRES = (*PUBLIES, "contradictions", CAISSE, REPARTITION)
_COCHES = ("evenements", "cibles")  # switches; the other controls have a value
_CHAPEAU = (
    "Combien de jours les assurés attendent-ils leurs indemnités journalières (IJ)\u00a0? Les délais que les documents "
    "publient, avec leurs mots, leurs fourchettes et leurs silences\u00a0; puis, caisse par caisse, le délai de chaque "
    "mois et sa répartition."
)


@page_sure
def layout(**parametres: str) -> Any:
    """The page for a state given by its URL (fields of ``EtatDelais``)."""
    etat, problemes = read_etat(EtatDelais, parametres)
    blocs: dict[str, Any] = {
        nom: render_bloc(f"{PAGE}-{nom}", build_publie(nom, etat), table_ouverte=nom == "inventaire") for nom in PUBLIES
    }
    blocs["contradictions"] = render_contradictions()
    blocs[CAISSE] = [
        render_controles_caisse(etat),
        render_bloc(f"{PAGE}-{CAISSE}", build_attente("Délai par caisse et par mois")),
    ]
    blocs[REPARTITION] = [
        render_controles_repartition(etat),
        render_bloc(f"{PAGE}-{REPARTITION}", build_attente("Répartition des délais")),
    ]
    return html.Div(
        [
            render_problemes(problemes),
            render_entete_page("Délais des indemnités journalières", _CHAPEAU),
            render_chiffres(build_chiffres(), f"{PAGE}-chiffres"),
            render_controles(etat),
            html.Div([render_cadre(nom, blocs[nom], etat.theme) for nom in CADRES], className="px-grille"),
            render_requete(PAGE, etat),
        ]
    )


def _list_entrees(*declencheurs: str) -> dict[str, Input | State]:
    """Every control by field of the state; those named start the callback."""
    return {
        champ: (Input if champ in declencheurs else State)(
            f"{PAGE}-{champ}", "checked" if champ in _COCHES else "value"
        )
        for champ in EtatDelais.model_fields
    }


@callback(
    *[sortie for nom in DYNAMIQUES for sortie in list_sorties(f"{PAGE}-{nom}")],
    *[Output(f"{PAGE}-cadre-{cadre}", "style") for cadre in CADRES],
    Output(f"{PAGE}-requete", "data"),
    inputs=_list_entrees("theme", "evenements", "cibles"),
    prevent_initial_call=True,
)
def update_delais(theme: Theme, evenements: bool, cibles: bool, **autres: Any) -> list[Any]:
    """Refresh the published charts, show the frames of the theme and mirror the state in the address."""
    etat = build_etat(theme=theme, evenements=evenements, cibles=cibles, **autres)
    valeurs = [v for nom in DYNAMIQUES for v in build_valeurs(f"{PAGE}-{nom}", build_publie(nom, etat))]
    return [*valeurs, *(build_style(cadre, theme) for cadre in CADRES), etat.format_requete()]


@callback(
    *list_sorties(f"{PAGE}-{CAISSE}"),
    Output(f"{PAGE}-requete", "data", allow_duplicate=True),
    inputs=_list_entrees("organisme", "population", "groupe", "statistique", "evenements"),
    prevent_initial_call="initial_duplicate",
)
def update_caisse(**controles: Any) -> list[Any]:
    """Fill the chart by month, once the page is there and at each choice, and mirror the state in the address."""
    etat = build_etat(**controles)
    return [*build_valeurs(f"{PAGE}-{CAISSE}", build_caisse(etat)), etat.format_requete()]


@callback(
    *list_sorties(f"{PAGE}-{REPARTITION}"),
    Output(f"{PAGE}-requete", "data", allow_duplicate=True),
    inputs=_list_entrees("organisme", "population", "groupe", "mois", "seuil"),
    prevent_initial_call="initial_duplicate",
)
def update_repartition(**controles: Any) -> list[Any]:
    """Fill the chart by day of délai, likewise."""
    etat = build_etat(**controles)
    return [*build_valeurs(f"{PAGE}-{REPARTITION}", build_contenu_repartition(etat)), etat.format_requete()]
