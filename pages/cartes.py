"""Cartes: one indicateur by région, département or caisse, and the sheet of a territory."""

from __future__ import annotations

from typing import Any, Literal

import dash
import dash_mantine_components as dmc
import polars as pl
from dash import Input, Output, State, callback, dcc, html, no_update
from pydantic import field_validator

from components.bloc import build_valeurs, list_sorties, render_bloc
from components.carte import build_fond, build_message, register_carte, render_boutons, render_carte, render_legende
from components.contenu import MENTION_SIMULEE
from components.coquille import render_barre, render_entete_page
from components.etat import Etat, read_etat, register_requete, render_requete
from components.figures.classes import format_lecture
from components.figures.formats import format_periode, format_valeur
from components.garde import page_sure, render_problemes
from components.textes.cartes import NIVEAUX, build_fiche
from components.vue_carte import (
    Vue,
    build_contenu,
    build_image,
    build_peinture,
    build_vue,
    format_titre_legende,
    list_codes_periodes,
)
from data.catalogue import load_catalogue
from data.requetes import territoires
from data.requetes.publication import get_publication

dash.register_page(__name__, path="/cartes", title="Cartes | Parangon", name="Cartes", order=4)

BLOC = "cartes-carte"
CARTE = "cartes-fond-carte"
_EXTREMES = 5


class EtatCartes(Etat):
    """State of the page. ``periode`` empty is the last one; ``territoire`` is a code of the level."""

    indicateur: str = territoires.INDICATEURS[0]
    niveau: Literal["region", "departement", "caisse"] = "caisse"
    periode: str = ""
    territoire: str = ""

    @field_validator("indicateur")
    @classmethod
    def _check_indicateur(cls, valeur: str) -> str:
        if valeur not in territoires.INDICATEURS:
            raise ValueError(f"aucun indicateur cartographié ne porte le code « {valeur} »")
        return valeur


def _render_legende(vue: Vue) -> Any:
    return render_legende(
        vue.classement,
        format_titre_legende(vue),
        format_lecture(vue.grandeur.sens),
        (vue.niveau.singulier, vue.niveau.pluriel),
        vue.simulee,
    )


def _render_extremes(vue: Vue) -> list[Any]:
    """Without a chosen territory: how to choose one, and both ends of the ranking."""
    presentes = vue.valeurs.filter(pl.col("valeur").is_not_null()).sort("valeur", "nom", descending=[True, False])
    elements: list[Any] = [
        html.H2("Fiche du territoire"),
        html.P("Cliquez sur la carte, ou choisissez un territoire dans la liste, pour lire sa fiche."),
    ]
    nombre = min(_EXTREMES, presentes.height // 2)
    for titre, lignes in (
        ("Les plus hauts", presentes.head(nombre)),
        ("Les plus bas", presentes.tail(nombre).reverse()),
    ):
        elements.append(html.H3(titre))
        elements.append(
            html.Ul(
                [
                    html.Li([html.Span(ligne["nom"]), html.Span(vue.grandeur.format_valeur(ligne["valeur"]))])
                    for ligne in lignes.to_dicts()
                ]
            )
        )
    return elements


def _render_caisses(vue: Vue, code: str) -> list[Any]:
    """Links to the comparison of each caisse of the territory."""
    caisses = territoires.list_caisses(vue.code, vue.niveau.code, code, vue.periode).to_dicts()
    if vue.niveau.code == "caisse":
        return [html.P(dcc.Link("Comparer cette caisse à ses pairs", href=f"/comparer?organisme={code}"))]
    liens = [
        html.Li(
            [
                dcc.Link(caisse["nom"], href=f"/comparer?organisme={caisse['code']}"),
                html.Span(format_valeur(caisse["valeur"], vue.grandeur.unite, vue.grandeur.decimales)),
            ]
        )
        for caisse in caisses
    ]
    return [html.H3("Comparer ses caisses"), html.Ul(liens)]


def _render_fiche(vue: Vue, code: str) -> list[Any]:
    trouvees = vue.valeurs.filter(pl.col("code") == code).to_dicts()
    if not trouvees:
        return _render_extremes(vue)
    fiche = build_fiche(trouvees[0], vue.valeurs, vue.france.valeur, vue.repere, vue.grandeur, vue.niveau)
    elements: list[Any] = [
        html.H2(fiche.titre),
        html.P(fiche.sous_titre, className="px-territoire-sous"),
        html.P(fiche.valeur, className="px-territoire-valeur"),
        html.P(f"{vue.grandeur.titre}, {vue.grandeur.periode}", className="px-territoire-sous"),
        html.Dl([html.Div([html.Dt(libelle), html.Dd(texte)]) for libelle, texte in fiche.lignes]),
        *_render_caisses(vue, code),
    ]
    if fiche.simulee:
        elements.insert(4, html.P(html.Strong(MENTION_SIMULEE, className="px-simulee")))
    return elements


def _build_selection(vue: Vue, code: str) -> dict[str, Any] | None:
    codes = vue.valeurs["code"].to_list()
    return {"niveau": vue.niveau.code, "id": codes.index(code)} if code in codes else None


def _list_options_indicateurs() -> list[dict[str, Any]]:
    catalogue = load_catalogue()
    options = [{"value": c, "label": catalogue.get_indicateur(c).titre_court} for c in territoires.INDICATEURS]
    return [{"group": "Données publiées", "items": options[:1]}, {"group": "Données simulées", "items": options[1:]}]


def _list_options_periodes(indicateur: str) -> list[dict[str, str]]:
    return [{"value": c, "label": format_periode(p.debut, p.fin)} for c, p in list_codes_periodes(indicateur).items()]


def _list_options_territoires(vue: Vue) -> list[dict[str, str]]:
    prefixe = vue.niveau.code == "departement"
    return [
        {"value": code, "label": f"{code} · {nom}" if prefixe else nom}
        for code, nom in vue.valeurs.select("code", "nom").iter_rows()
    ]


def _render_reglages(vue: Vue, territoire: str) -> html.Div:
    return render_barre(
        dmc.Select(
            id="cartes-indicateur",
            label="Indicateur",
            data=_list_options_indicateurs(),
            value=vue.code,
            allowDeselect=False,
            w=290,
        ),
        html.Div(
            [
                html.Span("Niveau", className="px-reglage-titre", id="cartes-niveau-titre"),
                dmc.SegmentedControl(
                    id="cartes-niveau",
                    data=[{"value": n.code, "label": n.singulier.capitalize()} for n in NIVEAUX.values()],
                    value=vue.niveau.code,
                    attributes={"root": {"aria-labelledby": "cartes-niveau-titre"}},
                ),
            ],
            className="px-reglage",
        ),
        html.Div(
            [
                html.Span("Période", className="px-reglage-titre", id="cartes-periode-titre"),
                dmc.SegmentedControl(
                    id="cartes-periode",
                    data=_list_options_periodes(vue.code),
                    value=vue.code_periode,
                    attributes={"root": {"aria-labelledby": "cartes-periode-titre"}},
                ),
            ],
            className="px-reglage",
        ),
        dmc.Select(
            id="cartes-territoire",
            label="Territoire",
            placeholder="Choisir ou cliquer sur la carte",
            data=_list_options_territoires(vue),
            value=territoire or None,
            searchable=True,
            clearable=True,
            clearButtonProps={"aria-label": "Effacer le territoire"},
            nothingFoundMessage="Aucun territoire de ce nom",
            limit=150,
            w=290,
        ),
    )


@page_sure
def layout(**parametres: str) -> Any:
    """The page for a URL state."""
    etat, problemes = read_etat(EtatCartes, parametres)
    vue = build_vue(etat.indicateur, etat.niveau, etat.periode)
    if etat.periode and etat.periode != vue.code_periode:
        problemes.append(
            f"Aucune valeur pour la période « {etat.periode} » : la dernière, {vue.grandeur.periode}, est affichée."
        )
    territoire = etat.territoire
    if territoire and territoire not in vue.valeurs["code"].to_list():
        problemes.append(f"Aucun territoire de ce niveau ({vue.niveau.singulier}) ne porte le code « {territoire} ».")
        territoire = ""
    carte = render_carte(
        CARTE,
        build_fond(get_publication().empreinte_geo, territoires.get_emprise(), territoires.COUCHES),
        build_message(build_peinture(vue)),
        _render_legende(vue),
        _build_selection(vue, territoire),
    )
    return html.Div(
        [
            render_problemes(problemes),
            render_entete_page(
                "Cartes", "Où en sont les territoires : région, département ou caisse, France entière et DROM."
            ),
            _render_reglages(vue, territoire),
            html.Div(
                [
                    html.Div(
                        render_bloc(BLOC, build_contenu(vue), corps=carte, boutons=render_boutons(CARTE)),
                        className="px-deux-tiers",
                    ),
                    html.Section(
                        _render_fiche(vue, territoire),
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
    Output("cartes-periode", "data"),
    Output("cartes-periode", "value"),
    Output("cartes-territoire", "data"),
    Output("cartes-territoire", "value"),
    Output("cartes-jeton", "data"),
    Input("cartes-indicateur", "value"),
    Input("cartes-niveau", "value"),
    Input("cartes-periode", "value"),
    State("cartes-jeton", "data"),
    prevent_initial_call=True,
)
def compute_carte(indicateur: str, niveau: str, periode: str, jeton: str) -> tuple[Any, ...]:
    """Recolour: the message of the map, the legend, the choices that follow. The texts come after, from the jeton."""
    vue = build_vue(indicateur, niveau, periode)
    avant_indicateur, avant_niveau, _ = jeton.split("|")
    change_niveau = niveau != avant_niveau
    return (
        build_message(build_peinture(vue)),
        _render_legende(vue),
        _list_options_periodes(indicateur) if indicateur != avant_indicateur else no_update,
        vue.code_periode if vue.code_periode != periode else no_update,
        _list_options_territoires(vue) if change_niveau else no_update,
        None if change_niveau else no_update,
        vue.jeton,
    )


@callback(*list_sorties(BLOC, figure=False), Input("cartes-jeton", "data"), prevent_initial_call=True)
def compute_bloc(jeton: str) -> list[Any]:
    """The texts and the table of the bloc, once the map is being painted."""
    return build_valeurs(BLOC, build_contenu(build_vue(*jeton.split("|"))), figure=False)


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
    indicateur, niveau, periode = jeton.split("|")
    vue = build_vue(indicateur, niveau, periode)
    code = territoire or ""
    derniere = list(list_codes_periodes(indicateur))[-1]
    etat = EtatCartes.model_validate(
        {
            "indicateur": indicateur,
            "niveau": niveau,
            "periode": "" if periode == derniere else periode,
            "territoire": code,
        }
    )
    return _render_fiche(vue, code), _build_selection(vue, code), etat.format_requete()


def _build_image(jeton: str) -> tuple[str, str]:
    vue = build_vue(*jeton.split("|"))
    contenu = build_contenu(vue)
    return build_image(vue, contenu), contenu.fichier


@callback(
    Output(f"{CARTE}-fichier", "data"),
    Input(f"{CARTE}-svg", "n_clicks"),
    State("cartes-jeton", "data"),
    prevent_initial_call=True,
)
def export_svg(_clics: int | None, jeton: str) -> Any:
    """The map as an SVG file."""
    svg, fichier = _build_image(jeton)
    return dcc.send_string(svg, f"{fichier}.svg", type="image/svg+xml")


@callback(
    Output(f"{CARTE}-image", "data"),
    Input(f"{CARTE}-png", "n_clicks"),
    State("cartes-jeton", "data"),
    prevent_initial_call=True,
)
def export_png(clics: int | None, jeton: str) -> dict[str, Any]:
    """The same image, which the browser turns into a PNG; the click makes each request a new one."""
    svg, fichier = _build_image(jeton)
    return {"svg": svg, "fichier": fichier, "clic": clics}


register_carte(CARTE, "cartes-territoire")
register_requete("cartes")
