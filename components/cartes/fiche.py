"""The sheet of a territory of the page « Cartes », or how to choose one."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

import polars as pl
from dash import dcc, html

from components.contenu import MENTION_SIMULEE
from components.textes.cartes import LISSEES, build_fiche
from components.vue_carte import Vue
from data.requetes import territoires
from data.requetes.comparaison import list_indicateurs_compares

_EXTREMES: Final = 5


def render_fiche(vue: Vue, code: str) -> list[Any]:
    """The sheet of a territory; without one, how to choose it and both ends of the ranking."""
    trouvees = vue.valeurs.filter(pl.col("code") == code).to_dicts()
    if not trouvees:
        return [*_render_extremes(vue), _render_synthese(vue)]
    fiche = build_fiche(
        trouvees[0], vue.valeurs, vue.reference, vue.repere, vue.grandeur, vue.niveau, habitants=vue.habitants
    )
    elements: list[Any] = [
        html.H2(fiche.titre),
        html.P(fiche.sous_titre, className="px-territoire-sous"),
        html.P(fiche.valeur, className="px-territoire-valeur"),
        html.P(
            f"{vue.grandeur.titre}, {vue.grandeur.periode}" + (f", {LISSEES}" if fiche.lissee else ""),
            className="px-territoire-sous",
        ),
    ]
    if fiche.simulee:
        elements.append(html.P(html.Strong(MENTION_SIMULEE, className="px-simulee")))
    return [
        *elements,
        html.Dl([html.Div([html.Dt(libelle), html.Dd(texte)]) for libelle, texte in fiche.lignes]),
        *_render_caisses(vue, code),
        _render_synthese(vue),
    ]


def _render_extremes(vue: Vue) -> list[Any]:
    presentes = vue.valeurs.filter(pl.col("valeur").is_not_null()).sort("valeur", "nom", descending=[True, False])
    elements: list[Any] = [
        html.H2("Fiche du territoire"),
        html.P("Cliquez sur la carte, ou choisissez un territoire dans la liste, pour lire sa fiche."),
    ]
    nombre = min(_EXTREMES, presentes.height // 2)
    if vue.classement.classes[1:] and nombre:
        for titre, lignes in (
            ("Les plus hauts", presentes.head(nombre)),
            ("Les plus bas", presentes.tail(nombre).reverse()),
        ):
            elements += [
                html.H3(titre),
                html.Ul(
                    [
                        html.Li([html.Span(ligne["nom"]), html.Span(vue.grandeur.format_valeur(ligne["valeur"]))])
                        for ligne in lignes.to_dicts()
                    ]
                ),
            ]
    return elements


def build_adresse_comparaison(vue: Vue, caisse: str) -> str:
    """Where a caisse is compared with its peers, on the indicateur shown when it can be."""
    parametres = {"organisme": caisse}
    if vue.code in list_indicateurs_compares()["code_indicateur"]:
        parametres["indicateur"] = vue.code
    return f"/comparer?{urlencode(parametres)}"


def _render_caisses(vue: Vue, code: str) -> list[Any]:
    """Links to the sheet and to the comparison of the caisse, or of each caisse of the territory."""
    if vue.niveau.code == "caisse":
        return [
            html.P(
                [
                    dcc.Link("Fiche de la caisse", href=f"/organismes/{code}"),
                    dcc.Link("La comparer à ses pairs", href=build_adresse_comparaison(vue, code)),
                ],
                className="px-suites",
            )
        ]
    lignes = territoires.list_caisses(vue.code, vue.niveau.code, code, vue.periode).to_dicts()
    if not lignes:
        return []
    return [
        html.H3("Ses caisses, valeurs brutes" if vue.lissage else "Ses caisses"),
        html.Ul(
            [
                html.Li(
                    [
                        html.Span(
                            [
                                dcc.Link(ligne["nom"], href=f"/organismes/{ligne['code']}"),
                                " ",
                                dcc.Link(
                                    ["comparer", html.Span(f" {ligne['nom']} à ses pairs", className="px-lecteur")],
                                    href=build_adresse_comparaison(vue, ligne["code"]),
                                    className="px-territoire-suite",
                                ),
                            ]
                        ),
                        html.Span(vue.grandeur.format_valeur(ligne["valeur"])),
                    ]
                )
                for ligne in lignes
            ]
        ),
    ]


def _render_synthese(vue: Vue) -> html.P:
    return html.P(dcc.Link("Synthèse de l'indicateur", href=f"/indicateurs/{vue.code}"), className="px-suites")
