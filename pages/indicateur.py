"""The page of one indicateur: target, trend, who reaches it, distribution, ranking, moves, map, peers, definition."""

from __future__ import annotations

from typing import Any, Literal

import dash
import dash_mantine_components as dmc
from dash import Input, Output, State, callback, dcc, html, no_update
from pydantic import field_validator

from components.bloc import build_valeurs, list_sorties, render_bloc
from components.carte import build_fond, build_message, register_carte, render_boutons, render_carte, render_legende
from components.chiffres import list_cartes, render_chiffres
from components.contenu import Contenu
from components.coquille import render_barre
from components.etat import Etat, read_etat, register_requete, render_requete
from components.fiche_indicateur import render_fiche
from components.figures.classes import format_lecture
from components.garde import page_sure, render_message, render_problemes
from components.indicateur import blocs
from components.indicateur.carte import (
    build_contenu_carte,
    build_image_carte,
    build_peinture_indicateur,
    build_vue_carte,
    find_vue_cartographiable,
    get_niveau,
)
from components.indicateur.chiffres import list_chiffres
from components.indicateur.evolution import build_contenu_evolution
from components.indicateur.national import build_contenu_publiees, build_contenu_trajectoire, list_chiffres_nationaux
from components.indicateur.navigation import format_chapeau, list_liens, render_navigation
from components.indicateur.vue import (
    Profil,
    Vue,
    drop_organisme,
    find_type,
    get_profil,
    list_annees,
    load_vue,
    read_vue,
    resolve_choix,
)
from components.textes.comparer import format_option, format_recherche, format_type_note
from components.vue_carte import format_titre_legende
from data.catalogue import load_catalogue
from data.modele import Indicateur
from data.proches import find_proches
from data.requetes import territoires
from data.requetes.comparaison import list_organismes
from data.requetes.indicateur import list_annuels, list_mensuels, list_presences
from data.requetes.publication import get_publication

PREMIER = "loc_depistage_sein"  # shown when no code is given: the page is rendered once at start-up


def _get_titre(code: str | None = None, **_suite: str) -> str:
    """Title of the tab: the short title of the indicateur."""
    indicateur = load_catalogue().indicateur_par_code.get(code or "")
    return f"{indicateur.titre_court if indicateur else 'Indicateur'} | Parangon"


dash.register_page(__name__, path_template="/indicateurs/<code>", title=_get_titre, name="Indicateur")
register_requete("indicateur")

EVOLUTION, CIBLES, ATTEINTE = "indicateur-evolution", "indicateur-cibles", "indicateur-atteinte"
POINTS, EXTREMES, MOUVEMENTS = "indicateur-points", "indicateur-extremes", "indicateur-mouvements"
PAIRS, CARTE, FOND = "indicateur-pairs", "indicateur-carte", "indicateur-fond-carte"
TRAJECTOIRE, IMPRIMEES = "indicateur-trajectoire", "indicateur-imprimees"


class EtatIndicateur(Etat):
    """State in the URL. ``type`` empty is that of the organisme, else the largest; ``annee`` 0 is the last one."""

    organisme: str | None = None
    type: str = ""
    annee: int = 0
    par: Literal["type", "region"] = "type"
    pas: Literal["annee", "mois"] = "annee"

    @field_validator("organisme")
    @classmethod
    def _check_organisme(cls, code: str | None) -> str | None:
        if code is not None and code not in load_catalogue().organisme_par_code:
            raise ValueError(f"aucun organisme ne porte le code «\u00a0{code}\u00a0».")
        return code


def _build_etat(vue: Vue, par: str, pas: str) -> EtatIndicateur:
    """The state of a view: only what differs from what the page would choose."""
    code, organisme = vue.indicateur.code, vue.code_mien
    return EtatIndicateur.model_validate(
        {
            "organisme": organisme,
            "type": "" if vue.type_note == find_type(code, organisme) else vue.type_note,
            "annee": 0 if vue.annee == vue.annees[-1] else vue.annee,
            "par": par,
            "pas": pas,
        }
    )


def _render_inconnu(code: str) -> html.Div:
    """An unknown code: the three nearest indicateurs, and the index."""
    list_presences()  # without a publication, say that first
    indicateurs = load_catalogue().indicateur_par_code
    proches = find_proches(code.replace("_", " "), {i.code: i.titre for i in indicateurs.values()})
    return render_message(
        "Indicateur inconnu",
        f"Aucun indicateur ne porte le code «\u00a0{code}\u00a0». Cherchiez-vous l'un de ceux-ci\u00a0?",
        *(dcc.Link(indicateurs[c].titre_court, href=f"/indicateurs/{c}") for c in proches),
        dcc.Link("Tous les indicateurs", href="/indicateurs"),
    )


def _render_liens(indicateur: Indicateur, organisme: str | None, *, par_organisme: bool) -> list[Any]:
    liens = [
        dcc.Link(mots, href=adresse) for mots, adresse in list_liens(indicateur, organisme, par_organisme=par_organisme)
    ]
    return [dcc.Link("Tous les indicateurs", href="/indicateurs"), *liens]


def _render_tete(indicateur: Indicateur, organisme: str | None, *, par_organisme: bool) -> html.Header:
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
                _render_liens(indicateur, organisme, par_organisme=par_organisme),
                id="indicateur-liens",
                className="px-suites",
            ),
        ],
        className="px-entete-page",
    )


def _render_definition(indicateur: Indicateur) -> html.Section:
    return html.Section(
        [html.H2("Définition et formule", id="definition"), render_fiche(load_catalogue(), indicateur)],
        className="px-bloc",
        **{"aria-labelledby": "definition"},
    )


def _render_imprimees(code: str) -> html.Section | None:
    contenu = build_contenu_publiees(code)
    return render_bloc(IMPRIMEES, contenu) if contenu else None


def _list_options_organisme(code: str) -> list[dict[str, Any]]:
    """Organismes of the types that have the indicateur, by type."""
    types = list_annuels(code)["type_note"].unique(maintain_order=True).to_list()
    definitions = load_catalogue().organisme_par_code
    return [
        {
            "group": format_type_note(type_note),
            "items": [
                {
                    "value": o["code_organisme"],
                    "label": format_option(o),
                    "recherche": format_recherche(definitions[o["code_organisme"]]),
                }
                for o in list_organismes().filter(type_note=type_note).to_dicts()
            ],
        }
        for type_note in types
    ]


def _list_options_annee(vue: Vue) -> list[str]:
    return [str(annee) for annee in reversed(vue.annees)]


def _render_bascule(quoi: str, titre: str, choix: dict[str, str], valeur: str, *, cachee: bool) -> html.Div:
    return html.Div(
        [
            dmc.Text(titre, id=f"indicateur-{quoi}-titre", size="sm", fw=500),
            dmc.SegmentedControl(
                id=f"indicateur-{quoi}",
                data=[{"value": v, "label": libelle} for v, libelle in choix.items()],
                value=valeur,
                size="xs",
                **{"aria-labelledby": f"indicateur-{quoi}-titre"},
            ),
        ],
        hidden=cachee,
    )


def _render_controles(vue: Vue, etat: EtatIndicateur) -> html.Div:
    code = vue.indicateur.code
    return render_barre(
        dmc.Select(
            id="indicateur-organisme",
            label="Organisme à repérer",
            placeholder="Nom, ville, département ou code",
            data=_list_options_organisme(code),
            value=vue.code_mien,
            searchable=True,
            clearable=True,
            clearButtonProps={"aria-label": "Effacer le choix", "aria-hidden": False, "tabIndex": 0},
            nothingFoundMessage="Aucun organisme ne répond à cette recherche",
            filter={"function": "filtrerSansAccent"},
            selectFirstOptionOnChange=True,
            maxDropdownHeight=320,
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
        _render_bascule(
            "pas",
            "Évolution",
            {"annee": "Par an", "mois": "Par mois"},
            etat.pas,
            cachee=list_mensuels(code).is_empty(),
        ),
        _render_bascule(
            "par",
            "Atteinte",
            {"type": "Par type", "region": "Par région"},
            etat.par,
            cachee=bool(vue.annuels["taux"].is_null().all()),
        ),
    )


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
        _render_legende(jeton),
    )
    bloc = render_bloc(CARTE, build_contenu_carte(jeton), corps=corps, boutons=render_boutons(FOND))
    classe, cachee, _, _ = _get_disposition(vue)
    return html.Div(
        [bloc, dcc.Input(id="indicateur-territoire", type="hidden", value="")],
        id="indicateur-carte-cadre",
        className=classe,
        hidden=cachee,
    )


def _get_disposition(vue: Vue) -> tuple[str, bool, str, bool]:
    """Class of the map and whether it hides, then the same of the peers, which need an organisme."""
    sans_carte, sans_pairs = get_niveau(vue.type_note) is None, vue.organisme is None
    return (
        "" if sans_pairs else "px-deux-tiers",
        sans_carte,
        "px-deux-tiers" if sans_carte else "px-tiers",
        sans_pairs,
    )


def _render_legende(jeton: str) -> Any:
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


def _render_organismes(vue: Vue, etat: EtatIndicateur) -> list[Any]:
    """The blocs of an indicateur held by several organismes."""
    jeton, groupe = vue.jeton, drop_organisme(vue.jeton)
    sans_cible, sans_taux = vue.cibles.is_empty(), bool(vue.annuels["taux"].is_null().all())
    carte = _render_carte(vue)
    _, _, classe, caches = _get_disposition(vue)
    pairs = html.Div(
        render_bloc(PAIRS, blocs.build_contenu_pairs(jeton)),
        id="indicateur-pairs-cadre",
        className=classe,
        hidden=caches,
    )
    return [
        _render_controles(vue, etat),
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


def _render_seul(vue: Vue) -> list[Any]:
    """The blocs of an indicateur that only one organisme holds: nothing to rank."""
    return [
        html.P(f"Porté par un seul organisme, {vue.membres['nom'][0]}\u00a0: rien à comparer.", className="px-legende"),
        render_chiffres(list_chiffres(vue)[:2], "indicateur-chiffres"),
        None
        if vue.annuels["valeur"].is_null().all()
        else render_bloc(EVOLUTION, build_contenu_evolution(vue.jeton, "annee")),
        render_bloc(CIBLES, blocs.build_contenu_cibles(vue.jeton), table_ouverte=True),
    ]


def _render_national(code: str) -> list[Any]:
    """The blocs of an indicateur of the whole network."""
    cartes, trajectoire = list_chiffres_nationaux(code), build_contenu_trajectoire(code)
    return [
        html.P("Indicateur national\u00a0: aucune valeur par organisme.", className="px-legende"),
        render_chiffres(cartes, "indicateur-chiffres") if cartes else None,
        render_bloc(TRAJECTOIRE, trajectoire, table_ouverte=bool(trajectoire.vide and trajectoire.tableau.lignes)),
    ]


@page_sure
def layout(code: str = PREMIER, **parametres: str) -> Any:
    """The page of the indicateur of the path, for a state given by the URL."""
    indicateur = load_catalogue().indicateur_par_code.get(code)
    if indicateur is None:
        return _render_inconnu(code)
    etat, problemes = read_etat(EtatIndicateur, parametres)
    profil = get_profil(code)
    organisme = etat.organisme
    if profil is Profil.NATIONAL:
        corps = _render_national(code)
    else:
        vue, suite = resolve_choix(code, etat.type, etat.annee, etat.organisme)
        problemes += suite
        organisme = vue.code_mien
        corps = _render_seul(vue) if profil is Profil.SEUL else _render_organismes(vue, etat)
    return html.Div(
        [
            render_problemes(problemes),
            _render_tete(indicateur, organisme, par_organisme=profil is Profil.ORGANISMES),
            *corps,
            _render_definition(indicateur),
            _render_imprimees(code),
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
        _render_liens(vue.indicateur, vue.code_mien, par_organisme=True),
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
    _, _, classe, caches = _get_disposition(read_vue(jeton))
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
    classe, cachee, _, _ = _get_disposition(read_vue(jeton))
    groupe = drop_organisme(jeton)
    carte = build_vue_carte(groupe)
    if carte is None:
        return [no_update, no_update, classe, cachee, *[no_update] * len(list_sorties(CARTE, figure=False))]
    return [
        build_message(build_peinture_indicateur(carte, read_vue(groupe))),
        _render_legende(groupe),
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
    return _build_etat(read_vue(jeton), par, pas).format_requete()


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
