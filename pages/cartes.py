"""Cartes: one indicateur by région, département or caisse, and the sheet of a territory."""

from __future__ import annotations

from typing import Any

import dash
from dash import Input, Output, State, callback, dcc, html, no_update

from components.bloc import build_valeurs, list_sorties, render_bloc
from components.carte import build_fond, build_message, register_carte, render_boutons, render_carte, render_legende
from components.cartes.etat import EtatCartes, build_etat, resolve_vue
from components.cartes.fiche import render_fiche
from components.cartes.reglages import (
    build_aide,
    list_options_niveaux,
    list_options_periodes,
    list_options_territoires,
    render_reglages,
)
from components.coquille import render_entete_page
from components.etat import read_etat, register_requete, render_requete
from components.figures.classes import format_lecture
from components.garde import page_sure, render_problemes
from components.vue_carte import (
    Vue,
    build_image,
    build_peinture,
    build_vue,
    format_titre_legende,
    load_contenu,
    read_vue,
)
from data.requetes import territoires
from data.requetes.publication import get_publication

dash.register_page(__name__, path="/cartes", title="Cartes | Parangon", name="Cartes", order=4)

BLOC = "cartes-carte"
CARTE = "cartes-fond-carte"


def _render_legende(vue: Vue) -> Any:
    return render_legende(
        vue.classement,
        format_titre_legende(vue),
        format_lecture(vue.grandeur.sens),
        (vue.niveau.singulier, vue.niveau.pluriel),
        vue.simulee,
    )


def _build_selection(vue: Vue, code: str) -> dict[str, Any] | None:
    codes = vue.valeurs["code"].to_list()
    return {"niveau": vue.niveau.code, "id": codes.index(code)} if code in codes else None


@page_sure
def layout(**parametres: str) -> Any:
    """The page for a URL state."""
    etat, problemes = read_etat(EtatCartes, parametres)
    vue, territoire, autres = resolve_vue(etat)
    carte = render_carte(
        CARTE,
        build_fond(get_publication().empreinte_geo, territoires.get_emprise(), territoires.COUCHES),
        build_message(build_peinture(vue)),
        _render_legende(vue),
        _build_selection(vue, territoire),
    )
    return html.Div(
        [
            render_problemes(problemes + autres),
            render_entete_page(
                "Cartes", "Où en sont les territoires : région, département ou caisse, France entière et DROM."
            ),
            render_reglages(vue, territoire),
            html.Div(
                [
                    html.Div(
                        render_bloc(BLOC, load_contenu(vue.jeton), corps=carte, boutons=render_boutons(CARTE)),
                        className="px-deux-tiers",
                    ),
                    html.Section(
                        render_fiche(vue, territoire),
                        id="cartes-fiche",
                        className="px-bloc px-tiers px-territoire",
                        **{"aria-live": "polite", "aria-label": "Fiche du territoire"},
                    ),
                ],
                className="px-grille",
            ),
            dcc.Store(id="cartes-jeton", data=vue.jeton),
            render_requete("cartes", etat),
        ]
    )


@callback(
    Output(f"{CARTE}-valeurs", "data"),
    Output(f"{CARTE}-legende", "children"),
    Output("cartes-niveau", "data"),
    Output("cartes-niveau", "value"),
    Output("cartes-periode", "data"),
    Output("cartes-periode", "value"),
    Output("cartes-territoire", "data"),
    Output("cartes-territoire", "value"),
    Output("cartes-lissage", "checked"),
    Output("cartes-lissage-cadre", "hidden"),
    Output("cartes-aide", "children"),
    Output("cartes-jeton", "data"),
    Input("cartes-indicateur", "value"),
    Input("cartes-niveau", "value"),
    Input("cartes-periode", "value"),
    Input("cartes-lissage", "checked"),
    State("cartes-jeton", "data"),
    prevent_initial_call=True,
)
def compute_carte(indicateur: str, niveau: str, periode: str, lisser: bool | None, jeton: str) -> tuple[Any, ...]:
    """Recolour: the message of the map, the legend, the choices that follow. The texts come after, from the jeton."""
    vue = build_vue(indicateur, niveau, periode, lisser=bool(lisser))
    avant = read_vue(jeton)
    autre_indicateur = vue.code != avant.code
    autre_niveau = vue.niveau.code != avant.niveau.code
    return (
        build_message(build_peinture(vue)),
        _render_legende(vue),
        list_options_niveaux(vue.code) if autre_indicateur else no_update,
        vue.niveau.code if vue.niveau.code != niveau else no_update,
        list_options_periodes(vue.code, vue.niveau.code) if autre_indicateur or autre_niveau else no_update,
        vue.code_periode if vue.code_periode != periode else no_update,
        list_options_territoires(vue.niveau.code) if autre_niveau else no_update,
        None if autre_niveau else no_update,
        no_update if bool(lisser) == (vue.lissage is not None) else False,
        vue.obstacle is not None,
        build_aide(vue),
        vue.jeton,
    )


@callback(*list_sorties(BLOC, figure=False), Input("cartes-jeton", "data"), prevent_initial_call=True)
def compute_bloc(jeton: str) -> list[Any]:
    """The texts and the table of the bloc, once the map is being painted."""
    return build_valeurs(BLOC, load_contenu(jeton), figure=False)


@callback(
    Output("cartes-fiche", "children"),
    Output(f"{CARTE}-selection", "data"),
    Output("cartes-requete", "data"),
    Input("cartes-territoire", "value"),
    Input("cartes-jeton", "data"),
    prevent_initial_call=True,
)
def compute_fiche(territoire: str | None, jeton: str) -> tuple[Any, ...]:
    """The sheet of the chosen territory, its mark on the map and the address of the view."""
    vue = read_vue(jeton)
    code = territoire or ""
    return render_fiche(vue, code), _build_selection(vue, code), build_etat(vue, code).format_requete()


@callback(
    Output(f"{CARTE}-fichier", "data"),
    Input(f"{CARTE}-svg", "n_clicks"),
    State("cartes-jeton", "data"),
    prevent_initial_call=True,
)
def export_svg(_clics: int | None, jeton: str) -> Any:
    """The map as an SVG file."""
    contenu = load_contenu(jeton)
    return dcc.send_string(build_image(read_vue(jeton), contenu), f"{contenu.fichier}.svg", type="image/svg+xml")


@callback(
    Output(f"{CARTE}-image", "data"),
    Input(f"{CARTE}-png", "n_clicks"),
    State("cartes-jeton", "data"),
    prevent_initial_call=True,
)
def export_png(clics: int | None, jeton: str) -> dict[str, Any]:
    """The same image, which the browser turns into a PNG; the click makes each request a new one."""
    contenu = load_contenu(jeton)
    return {"svg": build_image(read_vue(jeton), contenu), "fichier": contenu.fichier, "clic": clics}


register_carte(CARTE, "cartes-territoire")
register_requete("cartes")
