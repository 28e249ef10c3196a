"""État du réseau: the answer in one screen, then where points are lost, what is missing, how fresh the data is."""

from __future__ import annotations

from typing import Any

import dash
from dash import dcc, html

from components.bloc import render_bloc
from components.chiffres import Chiffre, render_chiffres
from components.contenu import Colonne, Contenu, Mention, Tableau
from components.coquille import render_entete_page
from components.etat import Etat, read_etat
from components.figures.formats import (
    INSECABLE,
    format_date,
    format_ecart,
    format_horodatage,
    format_nombre,
    format_pluriel,
    format_valeur,
)
from components.figures.part_nationale import build_part_nationale_figure, compute_points
from components.garde import page_sure, render_problemes
from components.provenance import format_donnees_du, format_source
from components.tableau import render_table
from components.textes.reseau import build_phrase_part_nationale, format_seuil
from components.vue_scores import build_contenu_evolution
from data.catalogue import load_catalogue
from data.magasin import memorise
from data.modele import Sens
from data.requetes import reseau
from data.requetes.publication import get_publication, list_controles

dash.register_page(__name__, path="/", title="État du réseau | Parangon", name="État du réseau", order=0)

NOTE = "000"


def _build_chiffres() -> list[Chiffre]:
    moyennes, taux, grandeurs = reseau.get_moyennes_reseau(), reseau.list_taux_nationaux(), reseau.list_grandeurs()
    local, local_2022 = moyennes["taux_reussite_local 2023"], moyennes["taux_reussite_local 2022"]
    return [
        Chiffre(
            "Score local moyen 2023",
            format_valeur(local, "%"),
            f"{format_ecart(local - local_2022, '%')} par rapport à 2022 ({format_valeur(local_2022, '%')})",
        ),
        Chiffre(
            "Taux de réussite national 2023",
            format_valeur(taux[2023], "%"),
            f"{format_ecart(taux[2023] - taux[2022], '%')} par rapport à 2022 ({format_valeur(taux[2022], '%')})",
        ),
        Chiffre(
            "Part locale moyenne par ETP",
            format_valeur(moyennes["prime_locale 2023"], "€", 2),
            f"sur {format_valeur(grandeurs[('part_locale_max_par_etp', 2023)], '€', 2)} au plus",
        ),
        Chiffre(
            "Intéressement distribué",
            format_valeur(grandeurs[("masse_distribuee", 2023)], "M€", 2),
            f"{format_valeur(grandeurs[('taux_utilisation', 2023)], '%', 2)} de la masse maximale",
        ),
    ]


@memorise
def _build_contenu_part_nationale() -> Contenu:
    points = compute_points(reseau.list_part_nationale())
    lignes = [
        {
            "indicateur": p["titre"],
            "domaine": p["domaine"],
            "socle": format_seuil(p["socle"], p["date_socle"], p["unite"]),
            "objectif": format_seuil(p["objectif"], p["date_objectif"], p["unite"]),
            "resultat": "Neutralisé"
            if p["statut"] == "neutralise"
            else format_seuil(p["resultat"], p["date_resultat"], p["unite"]),
            "taux": "Neutralisé" if p["statut"] == "neutralise" else p["taux"],
            "poids": p["poids"],
            "perdus": None if p["statut"] == "neutralise" else p["perdus"],
        }
        for p in points.to_dicts()
    ]
    return Contenu(
        titre="Part nationale 2023 : points gagnés et perdus par indicateur",
        phrase=build_phrase_part_nationale(points, reseau.list_taux_nationaux()[2023]),
        figure=build_part_nationale_figure(points),
        mention=Mention(
            statistique="points = poids × taux ; taux = (résultat − socle) / (objectif − socle), de 0 à 100 %",
            unite="points sur 100",
            sens=Sens.HAUT,
            periode="2023",
            source=format_source(NOTE),
            donnees_du=format_donnees_du(),
            effectif="18 indicateurs, dont un composite à deux volets",
            notes=(
                "Le poids de l'indicateur neutralisé est réparti dans son domaine : "
                f"48,2 / 51 × 53 = 50,1 points pour la qualité de service, 95,4{INSECABLE}% au total.",
            ),
        ),
        tableau=Tableau(
            (
                Colonne("indicateur", "Indicateur"),
                Colonne("domaine", "Domaine"),
                Colonne("socle", "Socle", "nombre"),
                Colonne("objectif", "Objectif", "nombre"),
                Colonne("resultat", "Résultat", "nombre"),
                Colonne("taux", "Taux de réussite", "nombre", 1, "%"),
                Colonne("poids", "Poids", "nombre", 1, "%"),
                Colonne("perdus", "Points perdus", "nombre", 2),
            ),
            lignes,
        ),
        fichier="parangon-part-nationale-2023",
    )


def _render_manques() -> html.Section:
    neutralises, rejets = reseau.list_neutralises(), reseau.list_rejets()
    nationaux = reseau.list_part_nationale().filter(statut="neutralise")
    contradictions = load_catalogue().contradictions
    elements: list[Any] = [
        *[
            html.Li(
                f"{ligne['titre']} : neutralisé (part nationale). Son poids est réparti dans le domaine "
                f"« {ligne['domaine']} »."
            )
            for ligne in nationaux.to_dicts()
        ],
        *[
            html.Li(
                f"{ligne['titre_court']} ({ligne['type_organisme']}) : neutralisé pour "
                f"{format_pluriel(ligne['nb_neutralise'], 'organisme')}."
            )
            for ligne in neutralises.to_dicts()
        ],
        html.Li("Scores 2022 par organisme : non publiés, seules les moyennes et les bornes par type le sont."),
        html.Li("Socles et objectifs des indicateurs locaux : non publiés par la note."),
        html.Li(
            [
                f"{format_pluriel(rejets.height, 'cellule publiée', 'cellules publiées')} sans valeur exploitable et "
                f"{format_pluriel(len(contradictions), 'contradiction')} entre documents : ",
                dcc.Link("voir la méthode", href="/methode#contradictions"),
                ".",
            ]
        ),
    ]
    return html.Section(
        [html.H2("Ce qui manque ou est neutralisé", id="manques"), html.Ul(elements, className="px-liste")],
        className="px-bloc px-demi",
        **{"aria-labelledby": "manques"},
    )


def _render_fraicheur() -> html.Section:
    publication, controles = get_publication(), list_controles()
    catalogue = load_catalogue()
    lignes = [
        {
            "source": catalogue.get_titre_source(s["source"]),
            "nature": "simulée" if s["nature"] == "simulee" else "publiée",
            "valeurs": s["valeurs"],
            "periode": f"{format_date(s['premiere'])} – {format_date(s['derniere'])}",
        }
        for s in reseau.list_sources().to_dicts()
    ]
    tableau = Tableau(
        (
            Colonne("source", "Source"),
            Colonne("nature", "Nature"),
            Colonne("valeurs", "Valeurs", "nombre", 0),
            Colonne("periode", "Période couverte"),
        ),
        lignes,
    )
    return html.Section(
        [
            html.H2("Fraîcheur des données", id="fraicheur"),
            html.P(
                f"Publiées le {format_horodatage(publication.publie_le)} ; "
                f"{format_nombre(int(controles['reussi'].sum()), 0)} contrôles réussis sur {controles.height}."
            ),
            html.Div(render_table(tableau), className="px-table-cadre"),
        ],
        className="px-bloc px-demi",
        **{"aria-labelledby": "fraicheur"},
    )


@page_sure
def layout(**parametres: str) -> Any:
    """The page; it has no state of its own, unknown parameters are reported."""
    _, problemes = read_etat(Etat, parametres)
    return html.Div(
        [
            render_problemes(problemes),
            render_entete_page(
                "État du réseau",
                f"Où en sont les {get_publication().organismes} organismes de l'Assurance Maladie : scores de "
                "l'intéressement 2023, points perdus, données manquantes.",
            ),
            render_chiffres(_build_chiffres(), "accueil-chiffres"),
            render_bloc("accueil-syntheses", build_contenu_evolution()),
            render_bloc("accueil-part-nationale", _build_contenu_part_nationale(), table_ouverte=True),
            html.Div([_render_manques(), _render_fraicheur()], className="px-grille"),
        ]
    )
