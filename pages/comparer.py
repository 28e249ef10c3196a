"""Comparer: one indicateur, one organisme, its peers. The ranking, the exact position, the table twin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dash
import dash_mantine_components as dmc
import polars as pl
from dash import Input, Output, callback, html
from pydantic import field_validator

from components.bloc import build_valeurs, list_sorties, render_bloc
from components.chiffres import Chiffre, list_cartes, render_chiffres
from components.contenu import Colonne, Contenu, Mention, Tableau
from components.coquille import render_barre, render_entete_page
from components.etat import Etat, read_etat, register_requete, render_requete
from components.fiche_indicateur import LIBELLES_STATISTIQUE
from components.figures.classement import build_classement_figure
from components.figures.distribution import build_histogramme_figure
from components.figures.formats import INSECABLE, format_ecart, format_periode, format_valeur
from components.figures.gabarit import build_figure
from components.garde import page_sure, render_problemes
from components.provenance import format_donnees_du, format_source
from components.textes import comparer as textes
from components.textes.comparer import Comparaison
from data.calculs.position import compute_classement, compute_classes, compute_position, compute_quartiles
from data.catalogue import load_catalogue
from data.modele import Sens, Statistique
from data.requetes.comparaison import Groupe, list_groupe, list_indicateurs_compares, list_organismes

dash.register_page(__name__, path="/comparer", title="Comparer | Parangon", name="Comparer", order=1)
register_requete("comparer")

CLASSEMENT, CLASSES = "comparer-classement", "comparer-classes"
_EFFECTIF_MIN_CLASSES = 12
_HAUTEUR_VIDE = 10  # the least Plotly accepts; the graph of an empty bloc is hidden


class EtatComparer(Etat):
    """State in the URL: who, against whom, on what."""

    organisme: str | None = None
    groupe: Groupe = "type"
    indicateur: str = "taux_reussite_local"

    @field_validator("organisme")
    @classmethod
    def _check_organisme(cls, code: str | None) -> str | None:
        if code is not None and code not in load_catalogue().organisme_par_code:
            raise ValueError(f"aucun organisme ne porte le code «\u00a0{code}\u00a0».")
        return code

    @field_validator("indicateur")
    @classmethod
    def _check_indicateur(cls, code: str) -> str:
        if code not in list_indicateurs_compares()["code_indicateur"]:
            raise ValueError(f"l'indicateur «\u00a0{code}\u00a0» n'a pas de valeur par organisme.")
        return code


def _load_vue(etat: EtatComparer) -> Comparaison:
    indicateur = list_indicateurs_compares().filter(code_indicateur=etat.indicateur).row(0, named=True)
    sens = Sens(indicateur["sens"])
    tous = list_organismes().filter(code_organisme=etat.organisme).to_dicts() if etat.organisme else []
    organisme = tous[0] if tous else None
    decimales = load_catalogue().get_indicateur(etat.indicateur).decimales
    membres = compute_classement(list_groupe(etat.indicateur, etat.groupe, etat.organisme), sens, decimales)
    valeurs = membres.filter(pl.col("valeur").is_not_null())
    mienne = valeurs.filter(pl.col("code_organisme") == (etat.organisme or ""))["valeur"].to_list()
    liste = valeurs["valeur"].to_list()
    portes = list_groupe(etat.indicateur, "tous", None)["type_note"].unique(maintain_order=True).to_list()
    return Comparaison(
        groupe=etat.groupe,
        indicateur=indicateur,
        decimales=decimales,
        sens=sens,
        organisme=organisme,
        membres=membres,
        valeurs=valeurs,
        quartiles=compute_quartiles(liste) if liste else None,
        position=compute_position(liste, mienne[0], sens, decimales) if mienne else None,
        vide=textes.build_vide(etat.groupe, organisme, indicateur["titre_court"], portes, valeurs.height),
    )


def _build_chiffres(vue: Comparaison) -> list[Chiffre]:
    if vue.vide or vue.quartiles is None or vue.identique:
        return []
    moitie = f"de {vue.format_valeur(vue.quartiles.q1)} à {vue.format_valeur(vue.quartiles.q3)}"
    mediane = vue.format_valeur(vue.quartiles.mediane)
    if vue.organisme is None or vue.position is None:
        bornes = sorted(vue.valeurs["valeur"].to_list())
        return [
            Chiffre("Organismes comparés", str(vue.valeurs.height), vue.nom_groupe),
            Chiffre("Médiane", mediane, "autant d'organismes au-dessus qu'au-dessous"),
            Chiffre("Moitié centrale", moitie, "du premier au troisième quartile"),
            Chiffre("Étendue", f"de {vue.format_valeur(bornes[0])} à {vue.format_valeur(bornes[-1])}"),
        ]
    valeur = vue.valeurs.filter(code_organisme=vue.code)["valeur"][0]
    return [
        Chiffre(vue.indicateur["titre_court"], vue.format_valeur(valeur), vue.organisme["nom"]),
        Chiffre("Position", textes.format_position(vue.position), vue.nom_groupe),
        Chiffre(
            "Écart à la médiane",
            format_ecart(vue.position.ecart_mediane, vue.unite, vue.decimales),
            f"médiane du groupe{INSECABLE}: {mediane}",
        ),
        Chiffre(
            "Quart du groupe",
            textes.format_quart(vue.position.quart, vue.sens).capitalize(),
            f"moitié centrale{INSECABLE}: {moitie}",
        ),
    ]


def _build_mention(vue: Comparaison, *notes: str) -> Mention:
    sources = [code for code in vue.valeurs["source"].unique().sort() if code]
    return Mention(
        statistique=LIBELLES_STATISTIQUE[Statistique(vue.indicateur["statistique"])],
        unite=vue.unite or "non précisée",
        sens=vue.sens,
        periode=format_periode(vue.indicateur["periode_debut"], vue.indicateur["periode_fin"]),
        source=format_source(*sources) if sources else "aucune valeur",
        donnees_du=format_donnees_du(),
        effectif=vue.nom_groupe if vue.valeurs.height else "",
        simulee=vue.simulee,
        notes=(*vue.list_notes(), *notes),
    )


def _build_tableau(vue: Comparaison) -> Tableau:
    lignes = [
        {
            "organisme": ligne["nom"],
            "rang": ligne["rang"],
            "type": ligne["type_organisme"],
            "region": ", ".join(ligne["noms_region"]),
            "departement": ", ".join(ligne["noms_departement"]),
            "valeur": ligne["valeur"],
            "ecart": ligne["ecart_mediane"],
        }
        for ligne in vue.membres.iter_rows(named=True)
    ]
    nom = vue.organisme["nom"] if vue.organisme and vue.code in vue.membres["code_organisme"] else None
    return Tableau(
        (
            Colonne("organisme", "Organisme", epinglee=True),
            Colonne("rang", "Rang", "nombre", 0),
            Colonne("valeur", vue.indicateur["titre_court"], "nombre", vue.decimales, vue.unite or ""),
            Colonne(
                "ecart",
                "Écart à la médiane",
                "nombre",
                vue.decimales,
                "points" if vue.unite == "%" else vue.unite or "",
            ),
            Colonne("type", "Type"),
            Colonne("region", "Région"),
            Colonne("departement", "Département"),
        ),
        lignes,
        legende=f"Sur fond bleu, en gras\u00a0: {nom}." if nom else "",
        cle_surlignee=nom,
    )


def _build_contenu_classement(vue: Comparaison) -> Contenu:
    titre = f"{vue.indicateur['titre_court']}, {_format_periode(vue)}\u00a0: classement"
    vide = vue.vide
    if vue.identique:
        phrase = textes.build_phrase_identique(vue)
        vide = vide or "Aucun classement\u00a0: toutes les valeurs sont égales. Choisissez un autre indicateur."
    elif vide or vue.quartiles is None:
        phrase = "Pas de classement pour ce choix."
        vide = vide or "Aucune valeur dans ce groupe. Choisissez un autre groupe."
    else:
        phrase = textes.build_phrase_classement(vue, vue.quartiles)
    figure = build_figure(hauteur=_HAUTEUR_VIDE)
    if vide is None and vue.quartiles is not None:
        figure = build_classement_figure(
            vue.valeurs, vue.quartiles, unite=vue.unite, decimales=vue.decimales, sens=vue.sens, mien=vue.code
        )
    return Contenu(
        titre=titre,
        phrase=phrase,
        figure=figure,
        vide=vide,
        mention=_build_mention(
            vue, textes.NOTE_RANGS_SIMULES if vue.simulee else textes.NOTE_RANGS, textes.NOTE_QUARTILES
        ),
        tableau=_build_tableau(vue),
        fichier=f"parangon-classement-{vue.indicateur['code_indicateur'].replace('_', '-')}",
    )


def _build_contenu_classes(vue: Comparaison) -> Contenu:
    titre = f"{vue.indicateur['titre_court']}, {_format_periode(vue)}\u00a0: répartition du groupe"
    commun = {"titre": titre, "fichier": f"parangon-classes-{vue.indicateur['code_indicateur'].replace('_', '-')}"}
    colonnes = (Colonne("classe", f"Classe ({vue.unite})"), Colonne("effectif", "Organismes", "nombre", 0))
    if vue.quartiles is None or vue.identique or vue.valeurs.height < _EFFECTIF_MIN_CLASSES:
        return Contenu(
            phrase="Pas de répartition pour ce choix.",
            figure=build_figure(hauteur=_HAUTEUR_VIDE),
            vide=f"Il faut au moins {_EFFECTIF_MIN_CLASSES} organismes aux valeurs différentes. Choisissez un groupe "
            "plus large.",
            mention=_build_mention(vue),
            tableau=Tableau(colonnes, []),
            **commun,
        )
    classes = compute_classes(vue.valeurs["valeur"].to_list())
    mienne = vue.valeurs.filter(code_organisme=vue.code)["valeur"].to_list() if vue.code else []
    return Contenu(
        phrase=textes.build_phrase_classes(vue, vue.quartiles),
        figure=build_histogramme_figure(classes, unite=vue.unite, mienne=mienne[0] if mienne else None),
        mention=_build_mention(vue, textes.NOTE_QUARTILES),
        tableau=Tableau(
            colonnes,
            [
                {
                    "classe": f"de {format_valeur(c.borne_basse, None)} à "
                    f"{'' if c.fermee else 'moins de '}{format_valeur(c.borne_haute, None)}",
                    "effectif": c.effectif,
                }
                for c in classes
            ],
        ),
        **commun,
    )


def _format_periode(vue: Comparaison) -> str:
    return format_periode(vue.indicateur["periode_debut"], vue.indicateur["periode_fin"])


def _render_avis(vue: Comparaison) -> html.Div | None:
    """The warning that the group mixes barèmes, where there is a chart to misread."""
    if not vue.incomparable or vue.vide or vue.identique:
        return None
    return html.Div(textes.AVERTISSEMENT_TYPES, className="px-avis")


def _list_options_organisme() -> list[dict[str, Any]]:
    """Organismes by type; « recherche » is read by the search only (see ``filtrerSansAccent``)."""
    organismes, definitions = list_organismes(), load_catalogue().organisme_par_code
    return [
        {
            "group": type_organisme,
            "items": [
                {
                    "value": o["code_organisme"],
                    "label": textes.format_option(o),
                    "recherche": textes.format_recherche(definitions[o["code_organisme"]]),
                }
                for o in organismes.filter(type_organisme=type_organisme).to_dicts()
            ],
        }
        for type_organisme in organismes["type_organisme"].unique(maintain_order=True)
    ]


def _list_options_indicateur() -> list[dict[str, str]]:
    def format_option(ligne: Mapping[str, Any]) -> str:
        if ligne["simulee"]:
            return f"{ligne['titre_court']} (données simulées)"
        return f"{ligne['titre_court']} (identique pour tous)" if ligne["identique"] else str(ligne["titre_court"])

    return [
        {"value": ligne["code_indicateur"], "label": format_option(ligne)}
        for ligne in list_indicateurs_compares().to_dicts()
    ]


def _render_controles(etat: EtatComparer) -> html.Div:
    return render_barre(
        dmc.Select(
            id="comparer-organisme",
            label="Organisme",
            placeholder="Nom, ville, département ou code",
            data=_list_options_organisme(),
            value=etat.organisme,
            searchable=True,
            clearable=True,
            clearButtonProps={"aria-label": "Effacer le choix", "aria-hidden": False, "tabIndex": 0},
            nothingFoundMessage="Aucun organisme ne répond à cette recherche",
            filter={"function": "filtrerSansAccent"},
            selectFirstOptionOnChange=True,
            maxDropdownHeight=320,
            w={"base": "100%", "sm": 380},
        ),
        html.Div(
            [
                dmc.Text("Groupe de comparaison", id="comparer-groupe-titre", size="sm", fw=500),
                dmc.SegmentedControl(
                    id="comparer-groupe",
                    data=[{"value": v, "label": libelle} for v, libelle in textes.CHOIX_GROUPE.items()],
                    value=etat.groupe,
                    size="xs",
                    **{"aria-labelledby": "comparer-groupe-titre"},
                ),
            ]
        ),
        dmc.Select(
            id="comparer-indicateur",
            label="Indicateur",
            data=_list_options_indicateur(),
            value=etat.indicateur,
            allowDeselect=False,
            w={"base": "100%", "sm": 300},
        ),
    )


@page_sure
def layout(**parametres: str) -> Any:
    """The page for a state given by the URL."""
    etat, problemes = read_etat(EtatComparer, parametres)
    vue = _load_vue(etat)
    classement, classes = _build_contenu_classement(vue), _build_contenu_classes(vue)
    return html.Div(
        [
            render_problemes(problemes),
            render_entete_page(
                "Comparer", "Où se situe un organisme parmi ses pairs, sur chaque valeur publiée par organisme."
            ),
            _render_controles(etat),
            html.Div(_render_avis(vue), id="comparer-avis", role="status"),
            render_chiffres(_build_chiffres(vue), "comparer-chiffres"),
            render_bloc(CLASSEMENT, classement),
            html.Div(render_bloc(CLASSES, classes), id="comparer-classes-cadre", hidden=bool(classes.vide)),
            render_requete("comparer", etat),
        ]
    )


@callback(
    *list_sorties(CLASSEMENT),
    *list_sorties(CLASSES),
    Output("comparer-classes-cadre", "hidden"),
    Output("comparer-chiffres", "children"),
    Output("comparer-avis", "children"),
    Output("comparer-requete", "data"),
    Input("comparer-organisme", "value"),
    Input("comparer-groupe", "value"),
    Input("comparer-indicateur", "value"),
    prevent_initial_call=True,
)
def build_sorties(organisme: str | None, groupe: Groupe, indicateur: str) -> tuple[Any, ...]:
    """Everything under the controls, for the chosen state."""
    etat = EtatComparer(organisme=organisme or None, groupe=groupe, indicateur=indicateur)
    vue = _load_vue(etat)
    classement, classes = _build_contenu_classement(vue), _build_contenu_classes(vue)
    return (
        *build_valeurs(CLASSEMENT, classement),
        *build_valeurs(CLASSES, classes),
        bool(classes.vide),
        list_cartes(_build_chiffres(vue)),
        _render_avis(vue),
        etat.format_requete(),
    )
