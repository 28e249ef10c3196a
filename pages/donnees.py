"""Données: what is known and since when, files sent and their rejects, sources, controls; where a file is sent."""

from __future__ import annotations

from typing import Any, Literal

import dash
import dash_mantine_components as dmc
from dash import Input, Output, State, callback, dcc, html, no_update
from pydantic import field_validator

from components.bloc import render_bloc
from components.chiffres import list_cartes, render_chiffres
from components.coquille import render_barre, render_entete_page
from components.donnees.catalogue import (
    build_contenu_contradictions,
    build_contenu_controles,
    build_contenu_fichiers,
    build_contenu_origines,
    build_contenu_sources,
)
from components.donnees.chargements import (
    build_contenu_chargements,
    build_contenu_publications,
    build_contenu_qualite,
    build_contenu_rejets,
)
from components.donnees.chiffres import build_chiffres
from components.donnees.depot import find_depot, remove_depot
from components.donnees.envoi import (
    ATTENTE_CONTROLE,
    ATTENTE_PUBLICATION,
    check_depot,
    find_refus_periode,
    publish_depot,
    render_controle,
    render_publication,
    render_refus,
    render_zone,
)
from components.donnees.fraicheur import build_contenu_fraicheur, build_contenu_organisme, load_etats
from components.donnees.ij import build_contenu_ij
from components.donnees.rapport import render_rapport
from components.donnees.retour import render_retour, render_retours, rollback
from components.donnees.tendance import build_contenu_tendance
from components.etat import CodeOrganisme, Etat, read_etat, register_requete, render_requete
from components.garde import page_sure, render_problemes
from components.pairs import render_select_organisme
from components.publication import build_pied
from components.tableau import render_grille
from components.textes.comparer import format_type_note
from components.textes.donnees import CHAPEAU
from components.travaux import TravailImpossibleError
from data.chemins import get_var
from data.journal import IDENTIFIANT, RetourRefuseError, list_chargements, read_rapport
from data.requetes.comparaison import list_organismes
from data.requetes.donnees import list_types_note

dash.register_page(__name__, path="/donnees", title="Données | Parangon", name="Données", order=80)
register_requete("donnees")

VUES = {
    "fraicheur": "Fraîcheur",
    "depot": "Déposer un fichier",
    "chargements": "Envois et rejets",
    "sources": "Sources et fichiers",
    "controles": "Contrôles",
}
_HAUTEUR_GRILLE = 460


class EtatDonnees(Etat):
    """State in the URL: the view, the type and the organisme of the freshness, the load whose report is read."""

    vue: Literal["fraicheur", "depot", "chargements", "sources", "controles"] = "fraicheur"
    type: str = "CPAM"
    organisme: CodeOrganisme | None = None
    chargement: str | None = None

    @field_validator("type")
    @classmethod
    def _check_type(cls, type_note: str) -> str:
        types = list_types_note()
        if type_note not in types:
            raise ValueError(f"les types sont {', '.join(types)}.")
        return type_note

    @field_validator("chargement")
    @classmethod
    def _check_chargement(cls, identifiant: str | None) -> str | None:
        if identifiant is not None and not IDENTIFIANT.fullmatch(identifiant):
            raise ValueError("ce n'est pas un identifiant de chargement.")
        return identifiant


def _get_type(etat: EtatDonnees) -> str:
    """Type shown: that of the organisme when one is chosen."""
    if etat.organisme is None:
        return etat.type
    return str(list_organismes().filter(code_organisme=etat.organisme)["type_note"].item())


def _render_fraicheur(etat: EtatDonnees) -> list[Any]:
    type_note = _get_type(etat)
    blocs = [render_bloc("donnees-fraicheur", build_contenu_fraicheur(type_note, etat.organisme))]
    if etat.organisme is not None and etat.organisme in load_etats(type_note)["code_organisme"]:
        contenu = build_contenu_organisme(type_note, etat.organisme)
        corps = render_grille("donnees-organisme-grille", contenu.tableau, hauteur=_HAUTEUR_GRILLE)
        blocs.insert(0, render_bloc("donnees-fraicheur-organisme", contenu, corps=corps, jumeau=False))
        blocs.reverse()
    return [
        render_barre(
            dmc.Select(
                id="donnees-type",
                label="Type d'organisme",
                data=[{"value": t, "label": format_type_note(t)} for t in list_types_note()],
                value=type_note,
                allowDeselect=False,
                w={"base": "100%", "sm": 190},
            ),
            render_select_organisme("donnees-organisme", "Organisme à suivre", etat.organisme),
        ),
        *blocs,
    ]


def _render_chargement(identifiant: str) -> html.Section:
    """The report of one load, as it was kept."""
    rapport = read_rapport(get_var(), identifiant)
    if rapport is None:
        return html.Section(
            [
                html.P(f"Aucun chargement ne porte l'identifiant «\u00a0{identifiant}\u00a0».", className="px-vide"),
                dcc.Link("Tous les envois", href="/donnees?vue=chargements"),
            ],
            className="px-bloc",
        )
    charge = list_chargements(get_var()).filter(id=identifiant).row(0, named=True)
    adresse = f"/donnees/chargements/{identifiant}"
    return html.Section(
        [
            html.Div(
                [
                    html.H2("Rapport de l'envoi", id="donnees-rapport-titre"),
                    dcc.Link("Tous les envois", href="/donnees?vue=chargements"),
                ],
                className="px-bloc-tete",
            ),
            render_rapport(rapport, f"{adresse}/rejets" if charge["annote"] else None, f"{adresse}/original"),
        ],
        className="px-bloc",
        **{"aria-labelledby": "donnees-rapport-titre"},
    )


def _render_chargements(etat: EtatDonnees) -> list[Any]:
    rejets, ij = build_contenu_rejets(), build_contenu_ij()
    grille = render_grille("donnees-rejets-grille", rejets.tableau, hauteur=_HAUTEUR_GRILLE)
    return [
        _render_chargement(etat.chargement) if etat.chargement else None,
        render_bloc("donnees-chargements", build_contenu_chargements(), table_ouverte=True),
        render_bloc("donnees-ij", ij, table_ouverte=True) if ij else None,
        render_bloc("donnees-qualite", build_contenu_qualite()),
        render_bloc("donnees-tendance", build_contenu_tendance()),
        render_bloc("donnees-rejets", rejets, corps=grille, jumeau=False),
        render_bloc("donnees-publications", build_contenu_publications(), table_ouverte=True),
        render_retour(),
        render_retours(),
    ]


def _render_sources() -> list[Any]:
    fichiers = build_contenu_fichiers()
    grille = render_grille("donnees-fichiers-grille", fichiers.tableau, hauteur=_HAUTEUR_GRILLE)
    return [
        render_bloc("donnees-origines", build_contenu_origines()),
        render_bloc("donnees-sources", build_contenu_sources(), table_ouverte=True),
        render_bloc("donnees-fichiers", fichiers, corps=grille, jumeau=False),
    ]


def _render_controles() -> list[Any]:
    controles, contradictions = build_contenu_controles(), build_contenu_contradictions()
    return [
        render_bloc(
            nom,
            contenu,
            corps=render_grille(f"{nom}-grille", contenu.tableau, hauteur=_HAUTEUR_GRILLE),
            jumeau=False,
        )
        for nom, contenu in (("donnees-controles", controles), ("donnees-contradictions", contradictions))
    ]


def _render_vue(etat: EtatDonnees) -> list[Any]:
    if etat.vue == "fraicheur":
        return _render_fraicheur(etat)
    if etat.vue == "depot":
        return [render_zone()]
    if etat.vue == "chargements":
        return _render_chargements(etat)
    return _render_sources() if etat.vue == "sources" else _render_controles()


@page_sure
def layout(**parametres: str) -> Any:
    """The page for a state given by the URL."""
    etat, problemes = read_etat(EtatDonnees, parametres)
    return html.Div(
        [
            render_problemes(problemes),
            render_entete_page("Données", CHAPEAU),
            render_chiffres(build_chiffres(), "donnees-chiffres"),
            dmc.ChipGroup(
                html.Div(
                    [dmc.Chip(libelle, value=valeur, size="sm") for valeur, libelle in VUES.items()],
                    className="px-vues",
                    role="group",
                    **{"aria-label": "Vues"},
                ),
                id="donnees-vue",
                value=etat.vue,
                multiple=False,
            ),
            html.Div(_render_vue(etat), id="donnees-contenu"),
            render_requete("donnees", etat),
        ]
    )


@callback(
    Output("donnees-contenu", "children"),
    Output("donnees-requete", "data"),
    Input("donnees-vue", "value"),
    prevent_initial_call=True,
)
def show_vue(vue: str) -> tuple[list[Any], str]:
    """The view chosen, from its default state."""
    etat = EtatDonnees.model_validate({"vue": vue})
    return _render_vue(etat), etat.format_requete()


@callback(
    Output("donnees-contenu", "children", allow_duplicate=True),
    Output("donnees-requete", "data", allow_duplicate=True),
    Input("donnees-type", "value"),
    Input("donnees-organisme", "value"),
    prevent_initial_call=True,
)
def show_fraicheur(type_note: str, organisme: str | None) -> tuple[list[Any], str]:
    """The freshness of a type, or of an organisme and its type: the last control touched decides."""
    garde = organisme if dash.ctx.triggered_id == "donnees-organisme" else None
    etat = EtatDonnees.model_validate({"type": type_note, "organisme": garde or None})
    return _render_vue(etat), etat.format_requete()


@callback(
    Output("donnees-rapport", "children"),
    Output("donnees-resultat", "children"),
    Input("donnees-depot", "data"),
    running=[(Output("donnees-attente", "children"), ATTENTE_CONTROLE, "")],
    prevent_initial_call=True,
)
def show_controle(depose: dict[str, Any] | None) -> tuple[Any, Any]:
    """Control the file just sent, and show its report."""
    if not depose:
        return no_update, no_update
    depot = find_depot(get_var(), str(depose["jeton"]))
    if depot is None:
        return render_refus("Ce fichier n'attend plus\u00a0: déposez-le de nouveau."), None
    try:
        reponse = check_depot(depot)
    except TravailImpossibleError as erreur:
        remove_depot(get_var(), depot.jeton)
        return render_refus(str(erreur)), None
    return render_controle(depot, reponse), None


@callback(
    Output("donnees-rapport", "children", allow_duplicate=True),
    Output("donnees-resultat", "children", allow_duplicate=True),
    Input("donnees-preciser", "n_clicks"),
    State("donnees-depot", "data"),
    State("donnees-periode", "value"),
    running=[
        (Output("donnees-attente", "children"), ATTENTE_CONTROLE, ""),
        (Output("donnees-preciser", "disabled"), True, False),
    ],
    prevent_initial_call=True,
)
def show_controle_precise(clics: int | None, depose: dict[str, Any] | None, periode: str | None) -> tuple[Any, Any]:
    """Control the file again, with the period it does not say; a refused period is said, and the report stays."""
    if not clics or not depose:
        return no_update, no_update
    depot = find_depot(get_var(), str(depose["jeton"]))
    if depot is None:
        return render_refus("Ce fichier n'attend plus\u00a0: déposez-le de nouveau."), None
    try:
        reponse = check_depot(depot, periode)
    except TravailImpossibleError as erreur:
        return no_update, render_refus(str(erreur))
    if (motif := find_refus_periode(reponse)) is not None:
        return no_update, render_refus(motif)
    return render_controle(depot, reponse), None


@callback(
    Output("donnees-rapport", "children", allow_duplicate=True),
    Output("donnees-resultat", "children", allow_duplicate=True),
    Output("donnees-chiffres", "children", allow_duplicate=True),
    Output("pied-publication", "children", allow_duplicate=True),
    Output("pied-publication", "data-version", allow_duplicate=True),
    Input("donnees-publier", "n_clicks"),
    State("donnees-depot", "data"),
    State("donnees-auteur", "value"),
    State("donnees-proposition", "data"),
    State("donnees-precisee", "data"),
    running=[
        (Output("donnees-attente", "children"), ATTENTE_PUBLICATION, ""),
        (Output("donnees-publier", "disabled"), True, False),
        (Output("donnees-annuler", "disabled"), True, False),
    ],
    prevent_initial_call=True,
)
def publish(
    clics: int | None, depose: dict[str, Any] | None, auteur: str | None, proposition: bool, periode: str | None = None
) -> tuple[Any, ...]:
    """Publish the file that was controlled; what is wrong is said, and the report stays."""
    inchange = (no_update, no_update, no_update, no_update, no_update)
    if not clics or not depose:
        return inchange
    depot = find_depot(get_var(), str(depose["jeton"]))
    if depot is None:
        return (no_update, render_refus("Ce fichier n'attend plus\u00a0: déposez-le de nouveau."), *inchange[2:])
    try:
        reponse = publish_depot(depot, auteur, proposition=proposition, periode=periode)
    except TravailImpossibleError as erreur:
        return (no_update, render_refus(str(erreur)), *inchange[2:])
    if reponse.code != 0:
        return (no_update, render_publication(reponse), *inchange[2:])
    phrase, version = build_pied()
    return None, render_publication(reponse), list_cartes(build_chiffres()), phrase, version


@callback(
    Output("donnees-rapport", "children", allow_duplicate=True),
    Output("donnees-resultat", "children", allow_duplicate=True),
    Output("donnees-depot", "data"),
    Input("donnees-annuler", "n_clicks"),
    State("donnees-depot", "data"),
    prevent_initial_call=True,
)
def cancel(clics: int | None, depose: dict[str, Any] | None) -> tuple[Any, ...]:
    """Forget the file."""
    if not clics:
        return no_update, no_update, no_update
    if depose:
        remove_depot(get_var(), str(depose["jeton"]))
    return None, None, None


@callback(
    Output("donnees-retour-message", "children"),
    Output("donnees-contenu", "children", allow_duplicate=True),
    Output("donnees-chiffres", "children", allow_duplicate=True),
    Output("pied-publication", "children", allow_duplicate=True),
    Output("pied-publication", "data-version", allow_duplicate=True),
    Input("donnees-retour-bouton", "n_clicks"),
    State("donnees-retour-version", "value"),
    State("donnees-retour-auteur", "value"),
    State("donnees-retour-raison", "value"),
    running=[(Output("donnees-retour-bouton", "disabled"), True, False)],
    prevent_initial_call=True,
)
def go_back(clics: int | None, version: str | None, auteur: str | None, raison: str | None) -> tuple[Any, ...]:
    """Serve a publication kept, and show the journal again."""
    if not clics:
        return (no_update,) * 5
    try:
        rollback(version, auteur, raison)
    except (TravailImpossibleError, RetourRefuseError) as erreur:
        return (render_refus(str(erreur)), *(no_update,) * 4)
    phrase, servie = build_pied()
    return (
        no_update,
        _render_vue(EtatDonnees(vue="chargements")),
        list_cartes(build_chiffres()),
        phrase,
        servie,
    )
