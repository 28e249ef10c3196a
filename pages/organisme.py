"""The sheet of one organisme: score, rank, points lost, every indicateur on one line, change since last year."""

from __future__ import annotations

from typing import Any

import dash
from dash import MATCH, Input, Output, State, callback, dcc, html, no_update

from components.bloc import render_bloc
from components.chiffres import render_chiffres
from components.commentaires import build_id, render_commentaires, render_illisibles, render_saisie
from components.etat import Etat, read_etat
from components.garde import page_sure, render_inconnu, render_problemes
from components.organisme import contenus
from components.organisme.fiche import Fiche, load_fiche
from components.organisme.lignes import render_lignes
from components.textes.comparer import format_recherche
from components.textes.organisme import build_note_rang, list_identite
from data.catalogue import load_catalogue
from data.commentaires import (
    CommentaireRefuseError,
    CommentairesIndisponiblesError,
    Journal,
    add_commentaire,
    load_journal,
)


def _get_titre(code: str | None = None, **_suite: str) -> str:
    """Title of the tab: the name of the organisme."""
    organisme = load_catalogue().organisme_par_code.get(code or "")
    return f"{organisme.nom if organisme else 'Organisme'} | Parangon"


dash.register_page(__name__, path_template="/organismes/<code>", title=_get_titre, name="Fiche organisme")

CASCADE, DOMAINES = "organisme-cascade", "organisme-domaines"
LIGNES, EVOLUTION = "organisme-lignes", "organisme-evolution"


class EtatOrganisme(Etat):
    """The address says everything: no parameter."""


def _render_voisins(fiche: Fiche) -> html.Nav:
    """Where to go from here: to the tools, to the neighbours in the type, back to the list."""
    liens: list[Any] = [
        dcc.Link(mots, href=adresse, className="px-bouton") for mots, adresse in contenus.list_liens(fiche)
    ]
    suites: list[Any] = [dcc.Link("Tous les organismes", href="/organismes")]
    if fiche.precedent:
        suites.append(dcc.Link(f"← {fiche.precedent.nom}", href=f"/organismes/{fiche.precedent.code}"))
    if fiche.suivant:
        suites.append(dcc.Link(f"{fiche.suivant.nom} →", href=f"/organismes/{fiche.suivant.code}"))
    return html.Nav(
        [html.Div(liens, className="px-suites"), html.Div(suites, className="px-suites")],
        className="px-fiche-liens",
        **{"aria-label": "Autour de cet organisme"},
    )


def _render_tete(fiche: Fiche) -> html.Header:
    regions, departements = contenus.list_noms_territoire(fiche)
    termes: list[Any] = []
    for terme, mots in list_identite(fiche.organisme, regions, departements):
        termes.append(html.Div([html.Dt(terme), html.Dd(mots)]))
    return html.Header(
        [html.H1(fiche.organisme.nom), html.Dl(termes, className="px-identite"), _render_voisins(fiche)],
        className="px-entete-page",
    )


def _read_journal(code: str) -> tuple[Journal, html.Div | None]:
    """The comments, or an empty journal and the warning that they cannot be read."""
    try:
        journal = load_journal(code)
    except CommentairesIndisponiblesError as erreur:
        return Journal(), html.Div(str(erreur), className="px-avis", role="status")
    return journal, render_illisibles(journal)


@page_sure
def layout(code: str = "011", **parametres: str) -> Any:
    """The sheet of the organisme of the path; without one (when pages are warmed up), that of the first caisse."""
    if code not in load_catalogue().organisme_par_code:
        organismes = load_catalogue().organismes
        mots = {o.code: f"{o.nom} ({o.code})" for o in organismes}
        textes = {o.code: f"{o.nom} {o.nom_court} {format_recherche(o)}" for o in organismes}
        return render_inconnu("organisme", "/organismes", code, mots, textes)
    _, problemes = read_etat(EtatOrganisme, parametres)
    fiche = load_fiche(code)
    journal, avis = _read_journal(code)
    graphiques = contenus.load_contenus(code)
    return html.Div(
        [
            render_problemes(problemes),
            _render_tete(fiche),
            render_chiffres(contenus.build_chiffres(fiche), "organisme-chiffres"),
            html.Details(
                [html.Summary("Comment ce rang est établi"), html.P(build_note_rang(fiche))], className="px-fiche-note"
            ),
            html.Div(
                [
                    html.Div(render_bloc(CASCADE, graphiques.cascade), className="px-deux-tiers"),
                    html.Div(render_bloc(DOMAINES, graphiques.domaines), className="px-tiers"),
                ],
                className="px-grille px-fiche-points",
            ),
            avis,
            render_bloc(LIGNES, graphiques.lignes, corps=render_lignes(fiche, journal), jumeau=False),
            render_bloc(EVOLUTION, graphiques.evolution),
            dcc.Store(id="organisme-code", data=code),
        ]
    )


@callback(
    Output(build_id("saisie", MATCH), "children"),
    Output(build_id("rang", MATCH), "hidden"),
    Output(build_id("commenter", MATCH), "aria-expanded"),
    Input(build_id("commenter", MATCH), "n_clicks"),
    State(build_id("saisie", MATCH), "children"),
    State(build_id("liste", MATCH), "children"),
    State(build_id("commenter", MATCH), "id"),
    prevent_initial_call=True,
)
def open_saisie(
    _clics: int | None, ouverte: Any, commentaires: list[Any] | None, identifiant: dict[str, str]
) -> tuple[Any, bool, str]:
    """Open the form of an indicateur, or close it; its comments stay in sight."""
    if ouverte:
        return None, not commentaires, "false"
    code = identifiant["indicateur"]
    return render_saisie(code, load_catalogue().get_indicateur(code).titre_court), False, "true"


@callback(
    Output(build_id("liste", MATCH), "children"),
    Output(build_id("texte", MATCH), "value"),
    Output(build_id("message", MATCH), "children"),
    Input(build_id("enregistrer", MATCH), "n_clicks"),
    State(build_id("titre", MATCH), "value"),
    State(build_id("texte", MATCH), "value"),
    State(build_id("enregistrer", MATCH), "id"),
    State("organisme-code", "data"),
    prevent_initial_call=True,
)
def save_commentaire(
    clics: int | None, role: str | None, texte: str | None, identifiant: dict[str, str], organisme: str
) -> tuple[Any, Any, Any]:
    """Keep the comment and show it; what is wrong is said, and what was written stays."""
    if not clics:
        return no_update, no_update, no_update
    code = identifiant["indicateur"]
    try:
        add_commentaire(organisme, code, role, texte)
        journal = load_journal(organisme)
    except (CommentaireRefuseError, CommentairesIndisponiblesError) as erreur:
        return no_update, no_update, html.Span(str(erreur), className="px-commentaire-refus")
    return render_commentaires(journal.list_sur(code)), "", "Commentaire enregistré."
