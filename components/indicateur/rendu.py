"""The page of one indicateur, once its choice is read: its head, its blocs, its map, its definition."""

from __future__ import annotations

from typing import Any

from dash import dcc, html, no_update

from components.bloc import render_bloc
from components.carte import build_fond, build_message, render_boutons, render_carte, render_legende
from components.chiffres import render_chiffres
from components.contenu import Contenu
from components.fiche_indicateur import render_fiche
from components.figures.classes import format_lecture
from components.indicateur import blocs
from components.indicateur.carte import (
    build_contenu_carte,
    build_peinture_indicateur,
    build_vue_carte,
    find_vue_cartographiable,
    get_niveau,
)
from components.indicateur.chiffres import list_chiffres
from components.indicateur.etat import EtatIndicateur
from components.indicateur.evolution import build_contenu_evolution
from components.indicateur.national import build_contenu_publiees, build_contenu_trajectoire, list_chiffres_nationaux
from components.indicateur.navigation import format_chapeau, list_liens, render_navigation
from components.indicateur.vue import Vue, drop_organisme
from components.textes.indicateur import format_sans_organisme
from components.vue_carte import format_titre_legende
from data.catalogue import load_catalogue
from data.modele import Indicateur
from data.requetes import territoires
from data.requetes.publication import get_publication

EVOLUTION, CIBLES, ATTEINTE = "indicateur-evolution", "indicateur-cibles", "indicateur-atteinte"
POINTS, EXTREMES, MOUVEMENTS = "indicateur-points", "indicateur-extremes", "indicateur-mouvements"
PAIRS, CARTE, FOND = "indicateur-pairs", "indicateur-carte", "indicateur-fond-carte"
TRAJECTOIRE, IMPRIMEES = "indicateur-trajectoire", "indicateur-imprimees"


def render_liens(indicateur: Indicateur, organisme: str | None, *, par_organisme: bool) -> list[Any]:
    """Links to the list, to the other pages about the indicateur and to those linked to it (see :func:`list_liens`)."""
    liens = [
        dcc.Link(mots, href=adresse) for mots, adresse in list_liens(indicateur, organisme, par_organisme=par_organisme)
    ]
    return [dcc.Link("Tous les indicateurs", href="/indicateurs"), *liens]


def render_tete(indicateur: Indicateur, organisme: str | None, *, par_organisme: bool) -> html.Header:
    """Title, what is measured, the neighbours, the other pages."""
    return html.Header(
        [
            html.H1(indicateur.titre_court),
            html.P(format_chapeau(indicateur), className="px-chapeau"),
            html.Nav(
                render_navigation(indicateur, organisme),
                id="indicateur-voisins",
                className="px-voisins-cadre",
                **{"aria-label": "Indicateurs voisins"},
            ),
            html.P(
                render_liens(indicateur, organisme, par_organisme=par_organisme),
                id="indicateur-liens",
                className="px-suites",
            ),
        ],
        className="px-entete-page",
    )


def render_definition(indicateur: Indicateur) -> html.Section:
    """The definition and the formula, as a bloc."""
    return html.Section(
        [html.H2("Définition et formule", id="definition"), render_fiche(load_catalogue(), indicateur)],
        className="px-bloc",
        **{"aria-labelledby": "definition"},
    )


def render_imprimees(code: str) -> html.Section | None:
    """The figures the documents print, None when there is none."""
    contenu = build_contenu_publiees(code)
    return render_bloc(IMPRIMEES, contenu) if contenu else None


def _render_carte(vue: Vue) -> html.Div | None:
    """The bloc of the map, hidden when the type has no territory; nothing when no type has one."""
    peinte = find_vue_cartographiable(vue)
    if peinte is None:
        return None
    jeton = drop_organisme(peinte.jeton)
    carte = build_vue_carte(jeton)
    if carte is None:
        return None
    corps = render_carte(
        FOND,
        build_fond(get_publication().empreinte_geo, territoires.get_emprise(), territoires.COUCHES),
        build_message(build_peinture_indicateur(carte, peinte)),
        render_legende_indicateur(jeton),
    )
    bloc = render_bloc(CARTE, build_contenu_carte(jeton), corps=corps, boutons=render_boutons(FOND))
    classe, cachee, _, _ = get_disposition(vue)
    return html.Div(
        [bloc, dcc.Input(id="indicateur-territoire", type="hidden", value="")],
        id="indicateur-carte-cadre",
        className=classe,
        hidden=cachee,
    )


def get_disposition(vue: Vue) -> tuple[str, bool, str, bool]:
    """Class of the map and whether it hides, then the same of the peers, which need an organisme."""
    sans_carte, sans_pairs = get_niveau(vue.type_note) is None, vue.organisme is None
    return (
        "" if sans_pairs else "px-deux-tiers",
        sans_carte,
        "px-deux-tiers" if sans_carte else "px-tiers",
        sans_pairs,
    )


def render_legende_indicateur(jeton: str) -> Any:
    """The legend of the map, nothing new for a type without territory."""
    carte = build_vue_carte(jeton)
    if carte is None:
        return no_update
    return render_legende(
        carte.classement,
        format_titre_legende(carte),
        format_lecture(carte.grandeur.sens),
        (carte.niveau.singulier, carte.niveau.pluriel),
        carte.simulee,
    )


def _render_colonne(*contenus: tuple[str, Contenu, bool]) -> html.Div:
    """Half of the width: blocs one under the other, whatever their heights; (identifier, contents, hidden)."""
    return html.Div(
        [html.Div(render_bloc(bloc, contenu), hidden=cache) for bloc, contenu, cache in contenus],
        className="px-demi px-pile",
    )


def render_organismes(vue: Vue, etat: EtatIndicateur) -> list[Any]:
    """The blocs of an indicateur held by several organismes."""
    jeton, groupe = vue.jeton, drop_organisme(vue.jeton)
    sans_cible, sans_taux = vue.cibles.is_empty(), bool(vue.annuels["taux"].is_null().all())
    carte = _render_carte(vue)
    _, _, classe, caches = get_disposition(vue)
    pairs = html.Div(
        render_bloc(PAIRS, blocs.build_contenu_pairs(jeton)),
        id="indicateur-pairs-cadre",
        className=classe,
        hidden=caches,
    )
    return [
        render_chiffres(list_chiffres(vue), "indicateur-chiffres"),
        html.Div(
            [
                html.Div(
                    render_bloc(EVOLUTION, build_contenu_evolution(jeton, etat.pas)),
                    className="" if sans_cible else "px-deux-tiers",
                ),
                html.Div(
                    render_bloc(CIBLES, blocs.build_contenu_cibles(groupe), table_ouverte=True),
                    className="px-tiers",
                    hidden=sans_cible,
                ),
                _render_colonne(
                    (ATTEINTE, blocs.build_contenu_atteinte(groupe, etat.par), sans_taux),
                    (MOUVEMENTS, blocs.build_contenu_mouvements(jeton), False),
                ),
                _render_colonne(
                    (POINTS, blocs.build_contenu_points(jeton), False),
                    (EXTREMES, blocs.build_contenu_extremes(jeton), False),
                ),
                carte,
                pairs,
            ],
            className="px-grille px-indicateur-grille",
        ),
        dcc.Store(id="indicateur-jeton", data=jeton),
    ]


def render_seul(vue: Vue) -> list[Any]:
    """The blocs of an indicateur that only one organisme holds: nothing to rank."""
    return [
        html.P(f"Porté par un seul organisme, {vue.membres['nom'][0]}\u00a0: rien à comparer.", className="px-legende"),
        render_chiffres(list_chiffres(vue)[:2], "indicateur-chiffres"),
        None
        if vue.annuels["valeur"].is_null().all()
        else render_bloc(EVOLUTION, build_contenu_evolution(vue.jeton, "annee")),
        render_bloc(CIBLES, blocs.build_contenu_cibles(vue.jeton), table_ouverte=True),
    ]


def render_national(code: str) -> list[Any]:
    """The blocs of an indicateur of the whole network."""
    cartes, trajectoire = list_chiffres_nationaux(code), build_contenu_trajectoire(code)
    return [
        html.P(format_sans_organisme(load_catalogue().get_indicateur(code).maille), className="px-legende"),
        render_chiffres(cartes, "indicateur-chiffres") if cartes else None,
        render_bloc(TRAJECTOIRE, trajectoire, table_ouverte=bool(trajectoire.vide and trajectoire.tableau.lignes)),
    ]
