"""The lines of the sheet: one indicateur each, grouped by domaine, with its small pictures and its comments.

A real table: on a narrow screen each line becomes a card whose figures carry their heading (``data-titre``).
"""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from components.commentaires import build_id, render_commentaires
from components.figures.formats import INSECABLE, format_nombre, format_valeur
from components.figures.mini import build_courbe_mini, build_position_mini, format_adresse
from components.organisme.fiche import Fiche, Ligne
from components.textes import organisme as textes
from components.textes.reseau import format_seuil
from data.calculs.resultats import Etat
from data.calculs.score import ScoreDomaine
from data.commentaires import Journal
from data.modele import Statistique

_POSITION, _TENDANCE = "Parmi son type", "Tendance"
_COLONNES = (
    ("Indicateur", ""),
    ("Résultat", "px-num"),
    ("Socle", "px-num"),
    ("Objectif", "px-num"),
    ("Taux", "px-num"),
    ("Points", "px-num"),
    (_POSITION, ""),
    (_TENDANCE, ""),
    ("Statut", ""),
    ("Commentaires", ""),
)


def _list_colonnes(fiche: Fiche) -> list[tuple[str, str]]:
    """Headings and classes; a column no line of this organisme could fill is left out (the Cnam has no peer)."""
    vides = {_POSITION} if not fiche.a_positions else set()
    vides |= {_TENDANCE} if not fiche.a_tendances else set()
    return [colonne for colonne in _COLONNES if colonne[0] not in vides]


def render_lignes(fiche: Fiche, journal: Journal) -> html.Table:
    """The table of every indicateur of an organisme."""
    colonnes = _list_colonnes(fiche)
    entetes = [html.Th(titre, scope="col", className=classe or None) for titre, classe in colonnes]
    corps: list[Any] = []
    for domaine in fiche.score.domaines:
        lignes = [ligne for ligne in fiche.lignes if ligne.score.domaine == domaine.domaine]
        corps.append(
            html.Tbody(
                [
                    _render_domaine(domaine, len(colonnes)),
                    *(element for ligne in lignes for element in _render_ligne(ligne, fiche, journal)),
                ]
            )
        )
    return html.Table([html.Thead(html.Tr(entetes)), *corps], className="px-table px-lignes")


def _render_domaine(domaine: ScoreDomaine, largeur: int) -> html.Tr:
    points = f"{format_nombre(domaine.points, 2)} points sur {format_nombre(domaine.poids_effectif, 2)}"
    if domaine.points_bonification > 0:
        points += f", dont {format_nombre(domaine.points_bonification, 2)} de bonification"
    if domaine.neutralise:
        points = "entièrement neutralisé"
    return html.Tr(
        html.Th(
            [html.Span(domaine.domaine), html.Span(points, className="px-lignes-points")],
            colSpan=largeur,
            scope="rowgroup",
        ),
        className="px-lignes-domaine",
    )


def _render_ligne(ligne: Ligne, fiche: Fiche, journal: Journal) -> list[html.Tr]:
    """The line, then the row of its comments, hidden while there is none."""
    score, code = ligne.score, ligne.code
    commenter = html.Button(
        "Commenter",
        id=build_id("commenter", code),
        className="px-lien",
        **{"aria-expanded": "false", "aria-label": f"Commenter {ligne.indicateur.titre_court}"},
    )
    contenus: list[Any] = [
        _render_resultat(ligne),
        _format_cible(ligne, score.socle, score.date_socle),
        _format_cible(ligne, score.objectif, score.date_objectif),
        format_valeur(score.taux, "%", 1),
        _render_points(ligne),
        _render_position(ligne),
        _render_tendance(ligne),
        _render_statut(ligne),
        commenter,
    ]
    montrees = {titre for titre, _ in _list_colonnes(fiche)}
    cellules = [
        html.Td(contenu, className=classe or None, **{"data-titre": titre})
        for (titre, classe), contenu in zip(_COLONNES[1:], contenus, strict=True)
        if titre in montrees
    ]
    deja = journal.list_sur(code)
    return [
        html.Tr([html.Th(_render_nom(ligne, fiche), scope="row"), *cellules], className="px-lignes-ligne"),
        html.Tr(
            html.Td(
                [
                    html.Div(render_commentaires(deja), id=build_id("liste", code)),
                    html.Div(id=build_id("saisie", code)),
                ],
                colSpan=len(montrees),
            ),
            id=build_id("rang", code),
            hidden=not deja,
            className="px-lignes-commentaires",
        ),
    ]


def _render_nom(ligne: Ligne, fiche: Fiche) -> list[Any]:
    elements: list[Any] = [
        dcc.Link(
            ligne.indicateur.titre_court,
            href=f"/indicateurs/{ligne.code}?organisme={fiche.organisme.code}",
            title=ligne.indicateur.titre,
        )
    ]
    if ligne.composite:
        elements.append(html.Div(f"part de «\u00a0{ligne.composite}\u00a0»", className="px-detail"))
    return elements


def _render_resultat(ligne: Ligne) -> list[Any]:
    score = ligne.score
    if score.etat is Etat.NEUTRALISE or (score.valeur is None and score.valeur_date is None):
        mots = "taux seul imprimé" if score.taux is not None else textes.format_statut(ligne)[1]
        return [html.Span(mots, className="px-detail")]
    elements: list[Any] = [html.Strong(format_seuil(score.valeur, score.valeur_date, ligne.indicateur.unite, 2))]
    if ligne.denominateur is not None:
        if ligne.numerateur is not None and ligne.indicateur.statistique is Statistique.TAUX:
            compte = f"{format_nombre(ligne.numerateur, 0)} sur {format_nombre(ligne.denominateur, 0)}"
        else:
            compte = f"n{INSECABLE}= {format_nombre(ligne.denominateur, 0)}"
        elements.append(html.Div(compte, className="px-detail"))
    return elements


def _format_cible(ligne: Ligne, seuil: float | None, date: Any) -> str:
    if seuil is None and date is None:
        return "non publié"
    return format_seuil(seuil, date, ligne.indicateur.unite, 2)


def _render_points(ligne: Ligne) -> list[Any]:
    """Points won out of the weight, and those lost."""
    score = ligne.score
    if score.etat is Etat.NEUTRALISE:
        return [html.Span("hors du calcul", className="px-detail")]
    elements: list[Any] = [
        html.Span([html.Strong(format_nombre(score.points, 2)), f" / {format_nombre(score.poids_effectif, 2)}"])
    ]
    if score.etat is Etat.MANQUANT:
        elements.append(html.Div("inconnus", className="px-detail"))
    elif round(score.points_perdus, 2) > 0:
        elements.append(html.Div(f"{format_nombre(-score.points_perdus, 2)} perdus", className="px-perdus"))
    return elements


def _render_position(ligne: Ligne) -> list[Any]:
    mots = textes.format_place(ligne)
    if ligne.position is None or ligne.score.valeur is None:
        return [html.Span(mots, className="px-detail")]
    dessin = build_position_mini(ligne.groupe, ligne.score.valeur, ligne.indicateur.sens)
    return [
        html.Img(src=format_adresse(dessin), alt="", className="px-mini"),
        html.Div(mots, className="px-detail"),
    ]


def _render_tendance(ligne: Ligne) -> Any:
    valeurs = [valeur for _, valeur in ligne.mois]
    if not any(v is not None for v in valeurs):
        return html.Span("pas de suivi mensuel", className="px-detail")
    mots = textes.format_tendance(ligne)
    dessin = build_courbe_mini(valeurs, ligne.score.objectif)
    return html.Img(src=format_adresse(dessin), alt=mots, title=mots, className="px-mini")


def _render_statut(ligne: Ligne) -> list[Any]:
    symbole, mots, ton = textes.format_statut(ligne)
    nature = "simulé" if ligne.simulee else "publié"
    return [
        html.Span(
            [html.Span(symbole, **{"aria-hidden": "true"}), f"{INSECABLE}{mots}"],
            className=f"px-verdict px-verdict-{ton}",
        ),
        html.Div(nature, className="px-nature-simulee" if ligne.simulee else "px-detail"),
    ]
