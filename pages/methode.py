"""Méthode: what every figure means, where it comes from, and where the documents contradict themselves."""

from __future__ import annotations

from typing import Any, Literal

import dash
import dash_mantine_components as dmc
from dash import Input, Output, callback, html
from pydantic import field_validator

from components.contenu import LIBELLES_SENS, Colonne, Tableau
from components.coquille import render_barre, render_entete_page
from components.etat import Etat, read_etat, register_requete, render_requete
from components.fiche_indicateur import (
    LIBELLES_REFERENTIEL,
    LIBELLES_STATISTIQUE,
    format_source_document,
    render_fiche,
)
from components.garde import page_sure, render_problemes
from components.tableau import render_grille, render_table
from data.catalogue import load_catalogue
from data.modele import Referentiel
from data.requetes import reference, reseau
from data.requetes.publication import list_controles, list_fichiers

dash.register_page(__name__, path="/methode", title="Méthode | Parangon", name="Méthode", order=90)
register_requete("methode")


class EtatMethode(Etat):
    """Referentiel listed and indicateur opened."""

    referentiel: Literal[
        "tous", "interessement", "cog_2023_2027", "cog_2018_2022", "cog_2014_2017", "suivi", "territoire", "contexte"
    ] = "tous"
    indicateur: str | None = None

    @field_validator("indicateur")
    @classmethod
    def _check_indicateur(cls, valeur: str | None) -> str | None:
        if valeur is not None and valeur not in load_catalogue().indicateur_par_code:
            raise ValueError(f"aucun indicateur ne porte le code « {valeur} ».")
        return valeur


SECTIONS: tuple[tuple[str, str], ...] = (
    ("formules", "Formules"),
    ("indicateurs", "Indicateurs"),
    ("regles", "Règles de l'intéressement"),
    ("contradictions", "Contradictions entre documents"),
    ("sources", "Sources et fichiers"),
    ("controles", "Contrôles et rejets"),
    ("glossaire", "Glossaire"),
)


def _render_section(code: str, *contenu: Any) -> html.Section:
    titre = dict(SECTIONS)[code]
    return html.Section([html.H2(titre, id=code), *contenu], className="px-bloc", **{"aria-labelledby": code})


def _render_tableau(tableau: Tableau) -> html.Div:
    return html.Div(render_table(tableau), className="px-table-cadre")


def _list_indicateurs(referentiel: str) -> Tableau:
    choix = None if referentiel == "tous" else Referentiel(referentiel)
    return Tableau(
        (
            Colonne("titre", "Indicateur"),
            Colonne("referentiel", "Référentiel"),
            Colonne("domaine", "Domaine"),
            Colonne("unite", "Unité"),
            Colonne("statistique", "Statistique"),
            Colonne("sens", "Sens"),
        ),
        [
            {
                "titre": i.titre,
                "referentiel": LIBELLES_REFERENTIEL[i.referentiel],
                "domaine": i.domaine,
                "unite": i.unite or "non précisée",
                "statistique": LIBELLES_STATISTIQUE[i.statistique],
                "sens": LIBELLES_SENS[i.sens],
            }
            for i in load_catalogue().list_indicateurs(choix)
        ],
    )


def _render_indicateur(code: str | None) -> Any:
    if code is None:
        return html.P("Choisissez un indicateur pour lire sa définition complète.", className="px-vide")
    catalogue = load_catalogue()
    return render_fiche(catalogue, catalogue.get_indicateur(code))


def _render_formules() -> html.Section:
    catalogue = load_catalogue()
    elements: list[Any] = []
    for formule in catalogue.formules:
        origine = (
            format_source_document(catalogue, formule.source) if formule.source is not None else str(formule.reference)
        )
        elements += [
            html.Dt(formule.titre),
            html.Dd(
                [
                    html.P(html.Code(formule.formule)),
                    html.P(formule.explication),
                    html.P(f"Source : {origine}", className="px-mention"),
                ]
            ),
        ]
    return _render_section("formules", html.Dl(elements, className="px-definitions px-formules"))


def _render_contradictions() -> html.Section:
    catalogue = load_catalogue()
    tableau = Tableau(
        (
            Colonne("objet", "Objet"),
            Colonne("valeurs", "Ce qui est imprimé"),
            Colonne("sources", "Où"),
            Colonne("traitement", "Ce que fait Parangon"),
        ),
        [
            {
                "objet": c.objet,
                "valeurs": " ; ".join(c.valeurs),
                "sources": " ; ".join(format_source_document(catalogue, s) for s in c.sources),
                "traitement": c.traitement,
            }
            for c in catalogue.contradictions
        ],
    )
    return _render_section(
        "contradictions",
        html.P("Les deux chiffres sont gardés et montrés : rien n'est corrigé en silence."),
        _render_tableau(tableau),
    )


def _render_sources() -> html.Section:
    documents = Tableau(
        (
            Colonne("titre", "Document"),
            Colonne("producteur", "Producteur"),
            Colonne("date", "Date"),
            Colonne("description", "Contenu"),
        ),
        [d.model_dump() for d in load_catalogue().documents],
    )
    fichiers = Tableau(
        (
            Colonne("fichier", "Fichier"),
            Colonne("usage", "Usage"),
            Colonne("lignes_lues", "Lignes lues", "nombre", 0),
            Colonne("lignes_gardees", "Gardées", "nombre", 0),
            Colonne("lignes_rejetees", "Rejetées", "nombre", 0),
            Colonne("sha256", "SHA-256"),
        ),
        list_fichiers().to_dicts(),
    )
    return _render_section(
        "sources",
        _render_tableau(documents),
        html.Details(
            [html.Summary("Voir les fichiers lus et leur empreinte"), _render_tableau(fichiers)], className="px-jumeau"
        ),
    )


def _render_regles() -> html.Section:
    tableau = Tableau(
        (
            Colonne("libelle", "Règle"),
            Colonne("texte", "Texte de la note"),
            Colonne("note", "À savoir"),
            Colonne("ligne", "Lignes"),
        ),
        reference.list_regles_interessement().to_dicts(),
    )
    return _render_section(
        "regles",
        html.Details(
            [html.Summary("Voir les règles, dans les mots de la note"), _render_tableau(tableau)], className="px-jumeau"
        ),
    )


def _render_controles() -> html.Section:
    controles = list_controles()
    echecs = controles.filter(reussi=False)
    rejets = Tableau(
        (
            Colonne("fichier", "Fichier"),
            Colonne("rang", "Ligne", "nombre", 0),
            Colonne("valeur", "Valeur imprimée"),
            Colonne("motif", "Motif"),
            Colonne("remede", "Que faire"),
        ),
        reseau.list_rejets().to_dicts(),
    )
    avertissements = [
        html.Li(f"{c['controle']}, {c['objet']} : attendu {c['attendu']}, obtenu {c['obtenu']}. {c['message']}")
        for c in echecs.to_dicts()
    ]
    return _render_section(
        "controles",
        html.P(f"{controles.height - echecs.height} contrôles réussis sur {controles.height} à la publication."),
        html.Ul(avertissements, className="px-liste") if avertissements else None,
        html.Details(
            [
                html.Summary("Voir les lignes publiées qui ne donnent pas de valeur, et pourquoi"),
                _render_tableau(rejets),
            ],
            className="px-jumeau",
        ),
    )


def _render_glossaire() -> html.Section:
    tableau = Tableau(
        (
            Colonne("sigle", "Sigle"),
            Colonne("developpement", "Développement"),
            Colonne("attention", "À savoir"),
            Colonne("ligne", "Ligne"),
        ),
        reference.list_glossaire().to_dicts(),
    )
    return _render_section(
        "glossaire",
        html.P("Glossaire de la COG 2023-2027, tel qu'imprimé. Filtrez avec le menu de chaque colonne."),
        render_grille("methode-glossaire", tableau),
    )


@page_sure
def layout(**parametres: str) -> Any:
    """The page for a URL state."""
    etat, problemes = read_etat(EtatMethode, parametres)
    catalogue = load_catalogue()
    choix = [{"value": "tous", "label": "Tous les référentiels"}] + [
        {"value": r.value, "label": LIBELLES_REFERENTIEL[r]} for r in Referentiel
    ]
    return html.Div(
        [
            render_problemes(problemes),
            render_entete_page(
                "Méthode",
                "Ce que chaque chiffre veut dire, d'où il vient, comment il est calculé, ce que les documents taisent.",
            ),
            html.Nav(
                [html.A(titre, href=f"#{code}") for code, titre in SECTIONS],
                className="px-sommaire",
                **{"aria-label": "Sommaire de la page"},
            ),
            _render_formules(),
            _render_section(
                "indicateurs",
                render_barre(
                    dmc.Select(
                        id="methode-referentiel",
                        label="Référentiel",
                        data=choix,
                        value=etat.referentiel,
                        allowDeselect=False,
                        w=240,
                    ),
                    dmc.Select(
                        id="methode-indicateur",
                        label="Indicateur",
                        placeholder="Tapez un mot du titre",
                        data=[{"value": i.code, "label": i.titre} for i in catalogue.indicateurs],
                        value=etat.indicateur,
                        searchable=True,
                        clearable=True,
                        nothingFoundMessage="Aucun indicateur ne correspond",
                        clearButtonProps={"aria-label": "Effacer le choix"},
                        limit=50,
                        className="px-large",
                    ),
                ),
                html.Div(_render_indicateur(etat.indicateur), id="methode-fiche"),
                html.Div(render_grille("methode-liste", _list_indicateurs(etat.referentiel)), id="methode-tableau"),
            ),
            _render_regles(),
            _render_contradictions(),
            _render_sources(),
            _render_controles(),
            _render_glossaire(),
            render_requete("methode", etat),
        ]
    )


@callback(
    Output("methode-fiche", "children"),
    Output("methode-liste", "rowData"),
    Output("methode-requete", "data"),
    Input("methode-referentiel", "value"),
    Input("methode-indicateur", "value"),
    prevent_initial_call=True,
)
def update_methode(referentiel: str, indicateur: str | None) -> tuple[Any, list[dict[str, Any]], str]:
    """Refresh the sheet, the list and the address."""
    etat, _ = read_etat(EtatMethode, {"referentiel": referentiel, "indicateur": indicateur})
    return _render_indicateur(etat.indicateur), list(_list_indicateurs(etat.referentiel).lignes), etat.format_requete()
