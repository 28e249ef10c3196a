"""The sheet of one indicateur: what it measures, in which unit, which way is better, what is not said."""

from __future__ import annotations

from typing import Any

from dash import html

from components.contenu import LIBELLES_SENS
from components.figures.formats import format_liste
from data.catalogue import Catalogue
from data.modele import Indicateur, Origine, Referentiel, SourceDocument, Statistique

LIBELLES_REFERENTIEL: dict[Referentiel, str] = {
    Referentiel.INTERESSEMENT: "Intéressement 2023",
    Referentiel.COG_2023_2027: "COG 2023-2027",
    Referentiel.COG_2018_2022: "COG 2018-2022",
    Referentiel.COG_2014_2017: "COG 2014-2017",
    Referentiel.SUIVI: "Suivi",
    Referentiel.TERRITOIRE: "Territoires",
    Referentiel.CONTEXTE: "Contexte des organismes",
}
LIBELLES_STATISTIQUE: dict[Statistique, str] = {
    Statistique.MOYENNE: "moyenne",
    Statistique.D9: "9e décile",
    Statistique.QUANTILE: "quantile",
    Statistique.TAUX: "taux",
    Statistique.NOMBRE: "nombre",
    Statistique.MONTANT: "montant",
    Statistique.MONTANT_MOYEN: "montant moyen",
    Statistique.DATE: "date",
    Statistique.OUI_NON: "oui ou non",
    Statistique.INDICE: "indice",
    Statistique.EVOLUTION: "évolution",
    Statistique.COMPOSITE: "composite",
    Statistique.RATIO: "ratio",
    Statistique.CATEGORIE: "catégorie",
    Statistique.NON_PRECISEE: "non précisée",
}
LIBELLES_ORIGINE: dict[Origine, str] = {
    Origine.ECRITE: "écrit dans le document",
    Origine.SEUILS: "déduit du socle et de l'objectif, ou de la suite des cibles",
    Origine.CELLULE: "porté par les valeurs imprimées",
    Origine.LIBELLE: "lu dans le libellé",
    Origine.NON_PRECISEE: "non précisé",
}


def format_source_document(catalogue: Catalogue, source: SourceDocument) -> str:
    """« Note intéressement 2023, lignes 191 et 193 »."""
    titre = catalogue.document_par_code[source.document].titre_court
    mot = "lignes" if len(source.lignes) > 1 else "ligne"
    return f"{titre}, {mot} {format_liste([str(n) for n in source.lignes])}"


def render_fiche(catalogue: Catalogue, indicateur: Indicateur) -> html.Div:
    """The whole definition as a description list; what the document does not say is said."""
    unite = indicateur.unite or "non précisée"
    sens = LIBELLES_SENS[indicateur.sens]
    rubriques: list[tuple[str, Any]] = [
        ("Référentiel", _format_referentiel(indicateur)),
        ("Domaine", indicateur.domaine),
        ("Processus", indicateur.processus or "non précisé par le document"),
        ("Statistique", LIBELLES_STATISTIQUE[indicateur.statistique]),
        ("Unité", f"{unite} ({LIBELLES_ORIGINE[indicateur.unite_origine]})"),
        ("Sens", f"{sens} ({LIBELLES_ORIGINE[indicateur.sens_origine]})"),
        ("Définition", indicateur.definition or "Le document ne définit pas cet indicateur."),
        ("Formule", indicateur.formule or "Le document n'imprime pas de formule."),
        ("Types d'organisme", ", ".join(indicateur.types_organisme) or "réseau entier"),
        ("Années", format_liste([str(p) for p in indicateur.periodes])),
        ("Source", format_source_document(catalogue, indicateur.source)),
    ]
    if indicateur.sens_justification:
        rubriques.insert(6, ("Pourquoi ce sens", indicateur.sens_justification))
    if indicateur.categories:
        classes = [html.Li(f"{numero}\u00a0: {nom}") for numero, nom in sorted(indicateur.categories.items())]
        rubriques.append(("Catégories", html.Ul(classes)))
    if indicateur.silences:
        rubriques.append(("Ce que le document ne dit pas", format_liste(list(indicateur.silences))))
    if indicateur.composantes:
        rubriques.append(
            ("Composantes", html.Ul([html.Li(catalogue.get_indicateur(c).titre) for c in indicateur.composantes]))
        )
    if indicateur.indicateurs_lies:
        lies = [catalogue.get_indicateur(c) for c in indicateur.indicateurs_lies]
        rubriques.append(
            (
                "Indicateurs liés",
                html.Ul(
                    [
                        html.Li(
                            [
                                html.A(lie.titre, href=f"/methode?indicateur={lie.code}#indicateurs"),
                                f" ({_format_referentiel(lie)})",
                            ]
                        )
                        for lie in lies
                    ]
                ),
            )
        )
    if indicateur.notes:
        rubriques.append(("À savoir", html.Ul([html.Li(note) for note in indicateur.notes])))
    elements: list[Any] = [html.H3(indicateur.titre)]
    liste: list[Any] = []
    for terme, description in rubriques:
        liste += [html.Dt(terme), html.Dd(description)]
    return html.Div([*elements, html.Dl(liste, className="px-definitions")], className="px-fiche")


def _format_referentiel(indicateur: Indicateur) -> str:
    libelle = LIBELLES_REFERENTIEL[indicateur.referentiel]
    if indicateur.portee:
        libelle += f", part {indicateur.portee.value}"
    return f"{libelle}, n° {indicateur.numero}" if indicateur.numero else libelle
