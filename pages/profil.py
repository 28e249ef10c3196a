"""Profil: one organisme over all its indicateurs against its peers, then every organisme on every indicateur."""

from __future__ import annotations

from typing import Any

import dash
import dash_mantine_components as dmc
from dash import Input, Output, callback, html

from components.bloc import build_valeurs, list_sorties, render_bloc
from components.chiffres import list_cartes, render_chiffres
from components.coquille import render_barre, render_entete_page, render_onglets
from components.etat import read_etat, register_requete, render_requete
from components.garde import page_sure, render_problemes
from components.pairs import list_entrees, read_pairs, register_pairs, render_pairs
from components.vue_profil import build_chiffres, build_contenu_profil, load_profil
from components.vue_tartan import (
    EtatProfil,
    build_colonnes_tartan,
    build_contenu_tartan,
    build_options,
    build_style,
    get_type,
    list_autres,
    list_domaines,
    list_processus,
    list_regions,
    render_legende,
    render_tartan,
)

dash.register_page(__name__, path="/comparer/profil", title="Profil | Parangon", name="Profil", order=1)
register_requete("profil")
register_pairs("profil")

PROFIL, TARTAN, GRILLE = "profil-colonne", "profil-tartan", "profil-grille"
_FILTRES = (
    ("domaine", "Domaine", "Tous les domaines", list_domaines),
    ("processus", "Processus", "Tous les processus", list_processus),
    ("region", "Région", "Toutes les régions", list_regions),
)


def _list_options(etat: EtatProfil, filtre: str) -> list[dict[str, str]]:
    """Choices of a filter for the type shown; the one asked for by the address stays even when it has no effect."""
    for nom, _, tous, list_valeurs in _FILTRES:
        if nom == filtre:
            valeurs = list_valeurs(get_type(etat))
            voulue = getattr(etat, nom)
            suite = [{"value": voulue, "label": f"{voulue} (sans effet ici)"}] if voulue not in {"", *valeurs} else []
            return [{"value": "", "label": tous}, *({"value": v, "label": v} for v in valeurs), *suite]
    raise ValueError(f"filtre inconnu : {filtre}")


def _render_filtres(etat: EtatProfil) -> html.Div:
    return html.Div(
        [
            dmc.Select(
                id=f"profil-{nom}",
                label=libelle,
                data=_list_options(etat, nom),
                value=getattr(etat, nom),
                allowDeselect=False,
                searchable=True,
                maxDropdownHeight=320,
                comboboxProps={"width": "max-content", "position": "bottom-start"},
                w={"base": "100%", "sm": 250},
            )
            for nom, libelle, _, _ in _FILTRES
        ],
        className="px-barre",
        role="group",
        **{"aria-label": "Filtres du tartan"},
    )


@page_sure
def layout(**parametres: str) -> Any:
    """The page for a state given by the URL."""
    etat, problemes = read_etat(EtatProfil, parametres)
    tartan = build_contenu_tartan(etat)
    return html.Div(
        [
            render_problemes(problemes),
            render_entete_page(
                "Profil",
                "Un organisme sur tous ses indicateurs, face aux pairs choisis\u00a0; puis tous, d'un coup d'œil.",
            ),
            render_onglets("comparer", "/comparer/profil"),
            render_barre(*render_pairs("profil", etat)),
            render_chiffres(build_chiffres(load_profil(etat)), "profil-chiffres"),
            render_bloc(PROFIL, build_contenu_profil(etat)),
            render_bloc(
                TARTAN,
                tartan,
                corps=html.Div(
                    [
                        _render_filtres(etat),
                        html.Div(
                            [render_legende(), render_tartan(GRILLE, tartan.tableau)],
                            id="profil-tartan-cadre",
                            hidden=bool(tartan.vide),
                        ),
                    ]
                ),
                jumeau=False,
            ),
            render_requete("profil", etat),
        ]
    )


@callback(
    *list_sorties(PROFIL),
    *list_sorties(TARTAN, figure=False),
    Output(GRILLE, "columnDefs"),
    Output(GRILLE, "rowData"),
    Output(GRILLE, "dashGridOptions"),
    Output(GRILLE, "style"),
    Output("profil-tartan-cadre", "hidden"),
    *(Output(f"profil-{nom}", "data") for nom, *_ in _FILTRES),
    Output("profil-chiffres", "children"),
    Output("profil-requete", "data"),
    *list_entrees("profil"),
    *(Input(f"profil-{nom}", "value") for nom, *_ in _FILTRES),
    prevent_initial_call=True,
)
def build_sorties(
    organisme: str | None,
    choix: str,
    membres: list[str] | None,
    nom: str | None,
    hors: bool | None,
    domaine: str | None,
    processus: str | None,
    region: str | None,
) -> tuple[Any, ...]:
    """Everything under the controls, for the chosen state."""
    etat = EtatProfil(
        **read_pairs(organisme, choix, membres, nom, hors),
        domaine=domaine or "",
        processus=processus or "",
        region=region or "",
    )
    tartan = build_contenu_tartan(etat)
    return (
        *build_valeurs(PROFIL, build_contenu_profil(etat)),
        *build_valeurs(TARTAN, tartan, figure=False, jumeau=False),
        build_colonnes_tartan(tartan.tableau),
        list_autres(tartan.tableau),
        build_options(tartan.tableau),
        build_style(tartan.tableau),
        bool(tartan.vide),
        *(_list_options(etat, filtre) for filtre, *_ in _FILTRES),
        list_cartes(build_chiffres(load_profil(etat))),
        etat.format_requete(),
    )
