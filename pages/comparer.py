"""Comparer: one indicateur, one organisme, its peers. Seven views of the same group, one at a time."""

from __future__ import annotations

from typing import Any

import dash
import dash_mantine_components as dmc
from dash import ALL, Input, Output, State, callback, html

from components.chiffres import list_cartes, render_chiffres
from components.choix import render_choix
from components.comparer.classement import build_chiffres
from components.comparer.etat import EtatComparer
from components.comparer.vue import load_comparaison
from components.comparer.vues import (
    CHOIX_VUES,
    list_options_abscisse,
    list_options_indicateur,
    render_avis,
    render_vue,
)
from components.coquille import render_barre, render_entete_page, render_onglets
from components.etat import read_etat, register_requete, render_requete
from components.garde import page_sure, render_problemes
from components.pairs import list_entrees, read_pairs, register_pairs, render_pairs, render_select_organisme

dash.register_page(__name__, path="/comparer", title="Comparer | Parangon", name="Comparer", order=1)
register_requete("comparer")
register_pairs("comparer")

_CHAPEAU = "Où se situe un organisme parmi ses pairs, sur un indicateur\u00a0: avec quelle certitude, et depuis quand."


def _render_controles(etat: EtatComparer) -> html.Div:
    return render_barre(
        render_choix(
            "comparer-indicateur",
            "Indicateur",
            list_options_indicateur(),
            etat.indicateur,
            vide="Aucun indicateur ne répond à cette recherche",
            w={"base": "100%", "sm": 310},
        ),
        *render_pairs("comparer", etat),
    )


def _render_reglages(etat: EtatComparer) -> html.Div:
    """The controls of one view each: only those of the view shown are visible."""
    masques = _list_masques(etat)
    return html.Div(
        [
            html.Div(
                dmc.Switch(
                    id="comparer-limites",
                    label="Limites ajustées de la surdispersion",
                    checked=etat.limites == "ajustees",
                ),
                id="comparer-reglage-entonnoir",
                hidden=masques[0],
            ),
            html.Div(
                render_select_organisme("comparer-pair", "Autre organisme", etat.pair, w={"base": "100%", "sm": 380}),
                id="comparer-reglage-pair",
                hidden=masques[1],
            ),
            html.Div(
                [
                    render_choix(
                        "comparer-abscisse",
                        "En abscisse",
                        list_options_abscisse(),
                        etat.abscisse,
                        vide="Aucune variable ne répond à cette recherche",
                        w={"base": "100%", "sm": 380},
                    ),
                    dmc.Switch(
                        id="comparer-logarithme",
                        label="Échelle logarithmique pour les tailles",
                        checked=etat.logarithme == "oui",
                        mt=8,
                    ),
                ],
                id="comparer-reglage-nuage",
                hidden=masques[2],
            ),
            html.Div(
                dmc.Switch(
                    id="comparer-types", label="Classer tous les types ensemble", checked=etat.types == "ensemble"
                ),
                id="comparer-reglage-types",
                hidden=masques[3],
            ),
        ],
        className="px-reglages",
    )


def _list_masques(etat: EtatComparer) -> tuple[bool, bool, bool, bool]:
    """Which settings are hidden: funnel, other organisme, scatter, types."""
    vue = load_comparaison(etat)
    utiles = bool(vue.groupe.autres) or etat.types == "ensemble" or (vue.vide is not None and etat.groupe == "type")
    return etat.vue != "entonnoir", etat.vue not in {"face-a-face", "pairs"}, etat.vue != "nuage", not utiles


@page_sure
def layout(**parametres: str) -> Any:
    """The page for a state given by the URL."""
    etat, problemes = read_etat(EtatComparer, parametres)
    vue = load_comparaison(etat)
    return html.Div(
        [
            render_problemes(problemes),
            render_entete_page("Comparer", _CHAPEAU),
            render_onglets("comparer", "/comparer"),
            _render_controles(etat),
            render_chiffres(build_chiffres(vue), "comparer-chiffres"),
            dmc.ChipGroup(
                html.Div(
                    [dmc.Chip(libelle, value=valeur, size="sm") for valeur, libelle in CHOIX_VUES.items()],
                    className="px-vues",
                    role="group",
                    **{"aria-label": "Vues"},
                ),
                id="comparer-vue",
                value=etat.vue,
                multiple=False,
            ),
            _render_reglages(etat),
            html.Div(render_avis(vue), id="comparer-avis", role="status"),
            html.Div(render_vue(etat), id="comparer-contenu"),
            render_requete("comparer", etat),
        ]
    )


@callback(
    Output("comparer-contenu", "children"),
    Output("comparer-chiffres", "children"),
    Output("comparer-avis", "children"),
    Output("comparer-reglage-entonnoir", "hidden"),
    Output("comparer-reglage-pair", "hidden"),
    Output("comparer-reglage-nuage", "hidden"),
    Output("comparer-reglage-types", "hidden"),
    Output("comparer-requete", "data"),
    *list_entrees("comparer"),
    Input("comparer-indicateur", "value"),
    Input("comparer-vue", "value"),
    Input("comparer-types", "checked"),
    Input("comparer-pair", "value"),
    Input("comparer-limites", "checked"),
    Input("comparer-abscisse", "value"),
    Input("comparer-logarithme", "checked"),
    State({"role": "bloc-ouvrir", "bloc": ALL}, "n_clicks"),
    State({"role": "bloc-ouvrir", "bloc": ALL}, "id"),
    prevent_initial_call=True,
)
def build_sorties(
    organisme: str | None,
    choix: str,
    membres: list[str] | None,
    nom: str | None,
    hors: bool | None,
    indicateur: str,
    vue: str,
    types: bool | None,
    pair: str | None,
    limites: bool | None,
    abscisse: str,
    logarithme: bool | None,
    ouvertures: list[int | None],
    blocs: list[dict[str, str]],
) -> tuple[Any, ...]:
    """Everything under the controls, for the chosen state; tables the reader has opened stay open."""
    etat = EtatComparer.model_validate(
        read_pairs(organisme, choix, membres, nom, hors)
        | {
            "indicateur": indicateur,
            "vue": vue,
            "types": "ensemble" if types else "separes",
            "pair": pair or None,
            "limites": "ajustees" if limites else "brutes",
            "abscisse": abscisse,
            "logarithme": "oui" if logarithme else "non",
        }
    )
    comparaison = load_comparaison(etat)
    ouverts = frozenset(bloc["bloc"] for bloc, clics in zip(blocs, ouvertures, strict=True) if (clics or 0) % 2)
    return (
        render_vue(etat, ouverts),
        list_cartes(build_chiffres(comparaison)),
        render_avis(comparaison),
        *_list_masques(etat),
        etat.format_requete(),
    )
