"""The page of one indicateur: target, trend, who reaches it, distribution, ranking, moves, map, peers, definition."""

from __future__ import annotations

from typing import Any

import dash
import dash_mantine_components as dmc
from dash import Input, Output, State, callback, dcc, html, no_update

from components.bloc import build_valeurs, list_sorties
from components.carte import build_message, register_carte
from components.chiffres import list_cartes
from components.choix import render_bascule
from components.coquille import render_barre
from components.etat import read_etat, register_requete, render_requete
from components.garde import page_sure, render_inconnu, render_problemes
from components.indicateur import blocs
from components.indicateur.carte import (
    build_contenu_carte,
    build_image_carte,
    build_peinture_indicateur,
    build_vue_carte,
    get_niveau,
)
from components.indicateur.chiffres import list_chiffres
from components.indicateur.etat import EtatIndicateur, build_etat
from components.indicateur.evolution import build_contenu_evolution
from components.indicateur.navigation import render_navigation
from components.indicateur.rendu import (
    ATTEINTE,
    CARTE,
    CIBLES,
    EVOLUTION,
    EXTREMES,
    FOND,
    MOUVEMENTS,
    PAIRS,
    POINTS,
    get_disposition,
    render_definition,
    render_imprimees,
    render_legende_indicateur,
    render_liens,
    render_national,
    render_organismes,
    render_seul,
    render_tete,
)
from components.indicateur.vue import (
    Profil,
    Vue,
    drop_organisme,
    find_type,
    get_profil,
    list_annees,
    list_types,
    load_vue,
    read_vue,
    resolve_choix,
)
from components.pairs import build_option, render_select_organisme
from components.textes.comparer import format_type_note
from data.catalogue import load_catalogue
from data.requetes.comparaison import list_organismes
from data.requetes.indicateur import list_mensuels, list_presences

PREMIER = "loc_depistage_sein"  # shown when no code is given: the page is rendered once at start-up


def _get_titre(code: str | None = None, **_suite: str) -> str:
    """Title of the tab: the short title of the indicateur."""
    indicateur = load_catalogue().indicateur_par_code.get(code or "")
    return f"{indicateur.titre_court if indicateur else 'Indicateur'} | Parangon"


dash.register_page(__name__, path_template="/indicateurs/<code>", title=_get_titre, name="Indicateur")
register_requete("indicateur")


def _list_options_organisme(code: str) -> list[dict[str, Any]]:
    """Organismes of the types that have the indicateur, by type."""
    organismes = list_organismes()
    return [
        {
            "group": format_type_note(type_note),
            "items": [build_option(o) for o in organismes.filter(type_note=type_note).to_dicts()],
        }
        for type_note in list_types(code)
    ]


def _list_options_annee(vue: Vue) -> list[str]:
    return [str(annee) for annee in reversed(vue.annees)]


def _render_controles(vue: Vue, etat: EtatIndicateur) -> html.Div:
    code = vue.indicateur.code
    return render_barre(
        render_select_organisme(
            "indicateur-organisme",
            "Organisme à repérer",
            vue.code_mien,
            _list_options_organisme(code),
            w={"base": "100%", "sm": 340},
        ),
        dmc.Select(
            id="indicateur-type",
            label="Type",
            data=[{"value": t, "label": format_type_note(t)} for t in vue.types],
            value=vue.type_note,
            allowDeselect=False,
            w=160,
        ),
        dmc.Select(
            id="indicateur-annee",
            label="Année",
            data=_list_options_annee(vue),
            value=str(vue.annee),
            allowDeselect=False,
            w=100,
        ),
        render_bascule(
            "indicateur-pas",
            "Évolution",
            {"annee": "Par an", "mois": "Par mois"},
            etat.pas,
            cachee=list_mensuels(code).is_empty(),
        ),
        render_bascule(
            "indicateur-par",
            "Atteinte",
            {"type": "Par type", "region": "Par région"},
            etat.par,
            cachee=bool(vue.annuels["taux"].is_null().all()),
        ),
    )


@page_sure
def layout(code: str = PREMIER, **parametres: str) -> Any:
    """The page of the indicateur of the path, for a state given by the URL."""
    indicateur = load_catalogue().indicateur_par_code.get(code)
    if indicateur is None:
        list_presences()  # without a publication, say that first
        indicateurs = load_catalogue().indicateurs
        mots, titres = ({i.code: getattr(i, champ) for i in indicateurs} for champ in ("titre_court", "titre"))
        return render_inconnu("indicateur", "/indicateurs", code, mots, titres)
    etat, problemes = read_etat(EtatIndicateur, parametres)
    profil = get_profil(code)
    organisme = etat.organisme
    if profil is Profil.NATIONAL:
        corps = render_national(code)
    else:
        vue, suite = resolve_choix(code, etat.type, etat.annee, etat.organisme)
        problemes += suite
        organisme = vue.code_mien
        corps = (
            render_seul(vue) if profil is Profil.SEUL else [_render_controles(vue, etat), *render_organismes(vue, etat)]
        )
    return html.Div(
        [
            render_problemes(problemes),
            render_tete(indicateur, organisme, par_organisme=profil is Profil.ORGANISMES),
            *corps,
            render_definition(indicateur),
            render_imprimees(code),
            render_requete("indicateur", etat),
        ]
    )


@callback(
    Output("indicateur-type", "value"),
    Output("indicateur-annee", "data"),
    Output("indicateur-annee", "value"),
    Output("indicateur-organisme", "value"),
    Output("indicateur-jeton", "data"),
    Input("indicateur-type", "value"),
    Input("indicateur-annee", "value"),
    Input("indicateur-organisme", "value"),
    State("indicateur-jeton", "data"),
    prevent_initial_call=True,
)
def choose_vue(type_note: str, annee: str, organisme: str | None, jeton: str) -> tuple[Any, ...]:
    """A new organisme brings its type; a new type drops an organisme of another; a year without result, the last."""
    avant = read_vue(jeton)
    code, choisi = avant.indicateur.code, organisme or None
    if choisi and choisi != avant.code_mien:
        type_note = find_type(code, choisi)
    elif choisi and find_type(code, choisi) != type_note:
        choisi = None
    annees = list_annees(code, type_note)
    vue = load_vue(code, type_note, int(annee) if int(annee) in annees else annees[-1], choisi)
    return vue.type_note, _list_options_annee(vue), str(vue.annee), vue.code_mien, vue.jeton


@callback(
    Output("indicateur-chiffres", "children"),
    Output("indicateur-voisins", "children"),
    Output("indicateur-liens", "children"),
    *list_sorties(CIBLES, figure=False),
    *list_sorties(POINTS),
    *list_sorties(EXTREMES),
    Input("indicateur-jeton", "data"),
    prevent_initial_call=True,
)
def build_reponse(jeton: str) -> tuple[Any, ...]:
    """The answer first: headline figures, where to go next, targets, distribution, ranking."""
    vue = read_vue(jeton)
    return (
        list_cartes(list_chiffres(vue)),
        render_navigation(vue.indicateur, vue.code_mien),
        render_liens(vue.indicateur, vue.code_mien, par_organisme=True),
        *build_valeurs(CIBLES, blocs.build_contenu_cibles(drop_organisme(jeton)), figure=False),
        *build_valeurs(POINTS, blocs.build_contenu_points(jeton)),
        *build_valeurs(EXTREMES, blocs.build_contenu_extremes(jeton)),
    )


@callback(
    *list_sorties(EVOLUTION),
    Input("indicateur-jeton", "data"),
    Input("indicateur-pas", "value"),
    prevent_initial_call=True,
)
def build_evolution(jeton: str, pas: str) -> list[Any]:
    """The trend, by year or by month."""
    return build_valeurs(EVOLUTION, build_contenu_evolution(jeton, pas))


@callback(
    *list_sorties(ATTEINTE),
    Input("indicateur-jeton", "data"),
    Input("indicateur-par", "value"),
    prevent_initial_call=True,
)
def build_atteinte(jeton: str, par: str) -> list[Any]:
    """Who reaches the objectif, by type or by région."""
    return build_valeurs(ATTEINTE, blocs.build_contenu_atteinte(drop_organisme(jeton), par))


@callback(
    Output("indicateur-pairs-cadre", "className"),
    Output("indicateur-pairs-cadre", "hidden"),
    *list_sorties(MOUVEMENTS),
    *list_sorties(PAIRS),
    Input("indicateur-jeton", "data"),
    prevent_initial_call=True,
)
def build_suite(jeton: str) -> list[Any]:
    """Who moved, and the peers of the same size."""
    _, _, classe, caches = get_disposition(read_vue(jeton))
    return [
        classe,
        caches,
        *build_valeurs(MOUVEMENTS, blocs.build_contenu_mouvements(jeton)),
        *build_valeurs(PAIRS, blocs.build_contenu_pairs(jeton)),
    ]


@callback(
    Output(f"{FOND}-valeurs", "data"),
    Output(f"{FOND}-legende", "children"),
    Output("indicateur-carte-cadre", "className"),
    Output("indicateur-carte-cadre", "hidden"),
    *list_sorties(CARTE, figure=False),
    Input("indicateur-jeton", "data"),
    prevent_initial_call=True,
)
def build_carte(jeton: str) -> list[Any]:
    """Recolour the map; it hides for a type without territory."""
    classe, cachee, _, _ = get_disposition(read_vue(jeton))
    groupe = drop_organisme(jeton)
    carte = build_vue_carte(groupe)
    if carte is None:
        return [no_update, no_update, classe, cachee, *[no_update] * len(list_sorties(CARTE, figure=False))]
    return [
        build_message(build_peinture_indicateur(carte, read_vue(groupe))),
        render_legende_indicateur(groupe),
        classe,
        cachee,
        *build_valeurs(CARTE, build_contenu_carte(groupe), figure=False),
    ]


@callback(
    Output("indicateur-requete", "data"),
    Input("indicateur-jeton", "data"),
    Input("indicateur-par", "value"),
    Input("indicateur-pas", "value"),
    prevent_initial_call=True,
)
def format_requete(jeton: str, par: str, pas: str) -> str:
    """The address of the view."""
    return build_etat(read_vue(jeton), par, pas).format_requete()


@callback(
    Output("indicateur-organisme", "value", allow_duplicate=True),
    Input("indicateur-territoire", "value"),
    State("indicateur-jeton", "data"),
    prevent_initial_call=True,
)
def choose_territoire(territoire: str, jeton: str) -> Any:
    """A caisse clicked on the map becomes the organisme to mark; a région does not name one."""
    vue = read_vue(jeton)
    connu = territoire in vue.annuels["code_organisme"] and get_niveau(vue.type_note) == "caisse"
    return territoire if connu else no_update


@callback(
    Output(f"{FOND}-fichier", "data"),
    Input(f"{FOND}-svg", "n_clicks"),
    State("indicateur-jeton", "data"),
    prevent_initial_call=True,
)
def export_svg(_clics: int | None, jeton: str) -> Any:
    """The map as an SVG file."""
    svg, fichier = build_image_carte(drop_organisme(jeton))
    return dcc.send_string(svg, f"{fichier}.svg", type="image/svg+xml")


@callback(
    Output(f"{FOND}-image", "data"),
    Input(f"{FOND}-png", "n_clicks"),
    State("indicateur-jeton", "data"),
    prevent_initial_call=True,
)
def export_png(clics: int | None, jeton: str) -> dict[str, Any]:
    """The same image, which the browser turns into a PNG; the click makes each request a new one."""
    svg, fichier = build_image_carte(drop_organisme(jeton))
    return {"svg": svg, "fichier": fichier, "clic": clics}


register_carte(FOND, "indicateur-territoire")
