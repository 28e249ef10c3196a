"""Barème: start from the published one, edit it, see what it changes for every organisme, publish a proposal."""

from __future__ import annotations

from typing import Any

import dash
import dash_mantine_components as dmc
from dash import Input, Output, State, callback, clientside_callback, ctx, dcc, html, no_update
from pydantic import field_validator

from components.bareme import rendu, vue
from components.bareme.lecture import Essai, check_lignes, read_fichier
from components.bloc import build_valeurs, list_sorties, render_bloc
from components.chiffres import list_cartes, render_chiffres
from components.coquille import render_barre, render_entete_page, render_onglets
from components.etat import CodeProposition, Etat, read_etat, register_requete, render_requete
from components.figures.formats import format_debut
from components.garde import page_sure, render_problemes
from components.textes import bareme as textes
from components.textes.comparer import format_type_note
from data.propositions import (
    PropositionInconnueError,
    PropositionRefuseeError,
    PropositionsIndisponiblesError,
    add_proposition,
    load_proposition,
)

CHEMIN = "/interessement/bareme"
dash.register_page(__name__, path=CHEMIN, title="Barème | Parangon", name="Barème", order=4)
register_requete("bareme")

BLOCS = ("bareme-effet", "bareme-mouvements", "bareme-distribution")
_DEMI = {"bareme-effet": "px-demi", "bareme-mouvements": "px-demi", "bareme-distribution": ""}


class EtatBareme(Etat):
    """State in the URL: the type of organismes, and the proposal shown (none: the published barème)."""

    type: str = "CPAM"
    bareme: CodeProposition = None

    @field_validator("type")
    @classmethod
    def _check_type(cls, type_note: str) -> str:
        if type_note not in vue.list_types():
            raise ValueError(f"les types qui ont un barème sont {', '.join(vue.list_types())}.")
        return type_note


def _list_options(type_note: str) -> tuple[list[dict[str, str]], list[str]]:
    """Starting points of a type; only the published barème, with a message, when the store cannot be read."""
    try:
        return vue.list_options(type_note)
    except PropositionsIndisponiblesError as erreur:
        return [{"value": "", "label": "Barème publié"}], [str(erreur)]


def _render_controles(etat: EtatBareme, options: list[dict[str, str]]) -> html.Div:
    return render_barre(
        dmc.Select(
            id="bareme-type",
            label="Type d'organismes",
            data=[{"value": t, "label": format_type_note(t)} for t in vue.list_types()],
            value=etat.type,
            allowDeselect=False,
            w={"base": "100%", "sm": 200},
        ),
        dmc.Select(
            id="bareme-depart",
            label="Partir de",
            data=options,
            value=etat.bareme or "",
            allowDeselect=False,
            w={"base": "100%", "sm": 300},
        ),
        rendu.render_depot(),
        html.Div(
            [
                html.Span("Télécharger", className="px-actions-titre"),
                html.Button("YAML", id="bareme-yaml", className="px-lien", title="Télécharger le barème (YAML)"),
                html.Button("Excel", id="bareme-xlsx", className="px-lien", title="Télécharger le barème (Excel)"),
                html.Button("Revenir au départ", id="bareme-revenir", className="px-lien"),
            ],
            className="px-actions",
        ),
    )


def _list_valeurs(calculee: vue.Vue, type_note: str) -> list[Any]:
    """Everything that follows from the rows, in the order of ``_list_sorties``."""
    valeurs: list[Any] = [
        rendu.render_signalements(calculee.signalements, "À corriger avant de publier"),
        rendu.render_total(calculee.total),
        rendu.render_changements(vue.get_bareme_publie(type_note), calculee.bareme),
        list_cartes(list(calculee.chiffres)),
        calculee.bareme is None or calculee.bareme == vue.get_bareme_publie(type_note),
    ]
    for bloc, contenu in zip(BLOCS, calculee.contenus, strict=True):
        valeurs += build_valeurs(bloc, contenu)
    return valeurs


def _list_sorties() -> list[Output]:
    sorties = [
        Output("bareme-fautes", "children"),
        Output("bareme-total", "children"),
        Output("bareme-changements", "children"),
        Output("bareme-chiffres", "children"),
        Output("bareme-publier", "disabled"),
    ]
    return sorties + [sortie for bloc in BLOCS for sortie in list_sorties(bloc)]


@page_sure
def layout(**parametres: str) -> Any:
    """The page for a state given by the URL."""
    etat, problemes = read_etat(EtatBareme, parametres)
    proposition = load_proposition(etat.bareme) if etat.bareme else None
    if proposition is not None and proposition.type_organisme.value != etat.type:
        etat = EtatBareme(type=proposition.type_organisme.value, bareme=etat.bareme)
    options, messages = _list_options(etat.type)
    bareme, lignes = vue.list_depart(etat.type, proposition)
    calculee = vue.build_vue(etat.type, Essai(bareme, (), 100.0))
    fautes, total, changements, _, fige, *_ = _list_valeurs(calculee, etat.type)
    formulaire = rendu.render_formulaire(fige=fige)
    return html.Div(
        [
            html.Div(render_problemes([*problemes, *messages]), id="bareme-problemes"),
            render_entete_page("Barème", textes.CHAPEAU),
            render_onglets("interessement", CHEMIN),
            _render_controles(etat, options),
            render_chiffres(list(calculee.chiffres), "bareme-chiffres"),
            html.Div(fautes, id="bareme-fautes"),
            html.Section(
                [
                    html.Div(
                        [
                            html.H2("Le barème, case par case", id="bareme-grille-titre"),
                            html.Strong(total, id="bareme-total", role="status"),
                        ],
                        className="px-bloc-tete",
                    ),
                    html.Div(rendu.render_identite(proposition), id="bareme-identite"),
                    html.P(textes.AIDE_GRILLE, className="px-legende"),
                    rendu.render_grille_bareme(lignes),
                    html.P(textes.AIDE_FICHIERS, className="px-legende"),
                    html.Div(changements, id="bareme-changements"),
                ],
                className="px-bloc",
                **{"aria-labelledby": "bareme-grille-titre"},
            ),
            html.Div(
                [
                    html.Div(render_bloc(bloc, contenu), className=_DEMI[bloc])
                    for bloc, contenu in zip(BLOCS, calculee.contenus, strict=True)
                ],
                className="px-grille px-bareme-effet",
            ),
            html.Section(
                [html.H2("Publier une proposition", id="bareme-publier-titre"), formulaire],
                className="px-bloc",
                **{"aria-labelledby": "bareme-publier-titre"},
            ),
            dcc.Store(id="bareme-base", data=vue.build_base(bareme)),
            dcc.Download(id="bareme-telechargement"),
            render_requete("bareme", etat),
        ]
    )


clientside_callback(
    "function(id) { return window.parangon.nommer_depot(id, 'Déposer un fichier de barème'); }",
    Output("bareme-deposer", "title"),
    Input("bareme-fichier", "id"),
)


@callback(
    Output(rendu.GRILLE, "rowData"),
    Output("bareme-base", "data"),
    Output("bareme-depart", "data"),
    Output("bareme-depart", "value"),
    Output("bareme-identite", "children"),
    Output("bareme-problemes", "children"),
    Output("bareme-requete", "data"),
    Input("bareme-type", "value"),
    Input("bareme-depart", "value"),
    Input("bareme-revenir", "n_clicks"),
    prevent_initial_call=True,
)
def update_depart(type_note: str, depart: str | None, _clics: int | None) -> tuple[Any, ...]:
    """Another type or another starting point; « Revenir » drops what was typed."""
    return build_depart(type_note, depart or "")


def build_depart(type_note: str, depart: str) -> tuple[Any, ...]:
    """Values of :func:`update_depart`; a starting point of another type gives the published barème."""
    options, messages = _list_options(type_note)
    proposition = None
    if depart in {o["value"] for o in options} - {""}:
        try:
            proposition = load_proposition(depart)
        except (PropositionInconnueError, PropositionsIndisponiblesError) as erreur:
            messages.append(f"{format_debut(str(erreur))}. Le barème publié est affiché.")
    bareme, lignes = vue.list_depart(type_note, proposition)
    identifiant = proposition.identifiant if proposition is not None else None
    return (
        lignes,
        vue.build_base(bareme),
        options,
        identifiant or "",
        rendu.render_identite(proposition),
        render_problemes(messages),
        EtatBareme(type=type_note, bareme=identifiant).format_requete(),
    )


@callback(
    Output(rendu.GRILLE, "rowData", allow_duplicate=True),
    Output("bareme-base", "data", allow_duplicate=True),
    Output("bareme-fautes", "children", allow_duplicate=True),
    Output("bareme-fichier", "contents"),
    Input("bareme-fichier", "contents"),
    State("bareme-fichier", "filename"),
    State("bareme-type", "value"),
    prevent_initial_call=True,
)
def load_fichier(contenu: str | None, nom: str | None, type_note: str) -> tuple[Any, ...]:
    """An uploaded file takes the place of the rows; a wrong one leaves them, every fault named."""
    if not contenu:
        return (no_update,) * 4
    essai = read_fichier(nom or "", contenu, vue.get_bareme_publie(type_note))
    if essai.bareme is None:
        titre = f"«\u00a0{(nom or '')[-80:]}\u00a0» est refusé, le barème affiché reste tel qu'il était"
        return no_update, no_update, rendu.render_signalements(essai.signalements, titre), None
    lignes = rendu.build_donnees_grille(essai.bareme, type_note)
    return lignes, vue.build_base(essai.bareme), no_update, None


@callback(
    *_list_sorties(),
    Input("bareme-base", "data"),
    Input(rendu.GRILLE, "cellValueChanged"),
    State(rendu.GRILLE, "rowData"),
    State("bareme-type", "value"),
    prevent_initial_call=True,
)
def update_effet(base: dict[str, Any], _saisie: Any, lignes: list[dict[str, Any]], type_note: str) -> list[Any]:
    """Everything that follows from the rows, once they change."""
    return _list_valeurs(vue.build_vue_grille(type_note, lignes, vue.read_base(base, type_note)), type_note)


@callback(
    Output("bareme-telechargement", "data"),
    Output("bareme-fautes", "children", allow_duplicate=True),
    Input("bareme-yaml", "n_clicks"),
    Input("bareme-xlsx", "n_clicks"),
    State(rendu.GRILLE, "rowData"),
    State("bareme-base", "data"),
    State("bareme-type", "value"),
    prevent_initial_call=True,
)
def export_bareme(
    _yaml: int | None, _xlsx: int | None, lignes: list[dict[str, Any]], base: dict[str, Any], type_note: str
) -> tuple[Any, Any]:
    """The barème as edited, as the button pressed asks; a wrong one is not written."""
    return build_envoi("xlsx" if ctx.triggered_id == "bareme-xlsx" else "yaml", lignes, base, type_note)


def build_envoi(extension: str, lignes: list[dict[str, Any]], base: dict[str, Any], type_note: str) -> tuple[Any, Any]:
    """Values of :func:`export_bareme`."""
    essai = check_lignes(lignes, vue.read_base(base, type_note), vue.get_bareme_publie(type_note))
    if essai.bareme is None:
        return no_update, rendu.render_signalements(essai.signalements, "À corriger avant de télécharger")
    contenu, nom = vue.build_fichier(essai.bareme, extension)
    return dcc.send_bytes(contenu, nom), no_update


@callback(
    Output("bareme-message", "children"),
    Output("bareme-depart", "data", allow_duplicate=True),
    Output("bareme-depart", "value", allow_duplicate=True),
    Output("bareme-motif", "value"),
    Input("bareme-publier", "n_clicks"),
    State("bareme-auteur", "value"),
    State("bareme-motif", "value"),
    State(rendu.GRILLE, "rowData"),
    State("bareme-base", "data"),
    State("bareme-type", "value"),
    prevent_initial_call=True,
)
def publish_proposition(
    _clics: int | None,
    auteur: str | None,
    motif: str | None,
    lignes: list[dict[str, Any]],
    base: dict[str, Any],
    type_note: str,
) -> tuple[Any, ...]:
    """Keep what is edited as a new version, then show it."""
    calculee = vue.build_vue_grille(type_note, lignes, vue.read_base(base, type_note))
    if calculee.bareme is None:
        return "Corrigez d'abord ce qui est signalé au-dessus de la grille.", no_update, no_update, no_update
    try:
        proposition = add_proposition(calculee.bareme, auteur, motif)
    except (PropositionRefuseeError, PropositionsIndisponiblesError) as erreur:
        return str(erreur), no_update, no_update, no_update
    options, _ = _list_options(type_note)
    message = f"Proposition {proposition.identifiant} publiée. Son adresse est celle de cette page."
    return message, options, proposition.identifiant, ""
