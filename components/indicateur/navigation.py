"""Where to go from an indicateur: the one before and after in its domaine and its processus, those linked to it."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from components.contenu import LIBELLES_SENS
from components.fiche_indicateur import LIBELLES_REFERENTIEL
from components.figures.formats import INSECABLE
from data.catalogue import load_catalogue
from data.modele import Indicateur
from data.requetes import territoires


def format_groupe(indicateur: Indicateur) -> str:
    """« Intéressement 2023, part locale »."""
    libelle = LIBELLES_REFERENTIEL[indicateur.referentiel]
    return f"{libelle}, part {indicateur.portee.value}" if indicateur.portee else libelle


def format_chapeau(indicateur: Indicateur) -> str:
    """What is measured, in which référentiel and unit, which way is better."""
    numero = f", n° {indicateur.numero}" if indicateur.numero else ""
    morceaux = [
        f"{format_groupe(indicateur)}{numero}",
        f"unité{INSECABLE}: {indicateur.unite or 'non précisée'}",
        LIBELLES_SENS[indicateur.sens],
    ]
    titre = "" if indicateur.titre == indicateur.titre_court else f"{indicateur.titre.rstrip('.')}. "
    return f"{titre}{' · '.join(morceaux)}."


def list_freres(indicateur: Indicateur, champ: str) -> list[Indicateur]:
    """Indicateurs of the same référentiel and part that share a domaine or a processus, in definition order.

    Args:
        indicateur: the one shown, part of the result.
        champ: « domaine » or « processus ».
    """
    valeur = getattr(indicateur, champ)
    return [
        autre
        for autre in load_catalogue().list_indicateurs(indicateur.referentiel)
        if valeur is not None and getattr(autre, champ) == valeur and autre.portee is indicateur.portee
    ]


def find_voisins(indicateur: Indicateur, champ: str) -> tuple[Indicateur | None, Indicateur | None, int, int]:
    """The indicateur before and the one after among :func:`list_freres`, then the place (from 1) and the number."""
    freres = list_freres(indicateur, champ)
    if not freres:
        return None, None, 0, 0
    place = next(rang for rang, autre in enumerate(freres) if autre.code == indicateur.code)
    avant = freres[place - 1] if place else None
    apres = freres[place + 1] if place + 1 < len(freres) else None
    return avant, apres, place + 1, len(freres)


def build_adresse(code: str, organisme: str | None) -> str:
    """Address of the page of an indicateur, the chosen organisme kept."""
    return f"/indicateurs/{code}" + (f"?organisme={organisme}" if organisme else "")


def _render_lien(indicateur: Indicateur | None, organisme: str | None, avant: bool) -> Any:
    if indicateur is None:
        return None
    texte = f"← {indicateur.titre_court}" if avant else f"{indicateur.titre_court} →"
    return dcc.Link(texte, href=build_adresse(indicateur.code, organisme), className="px-voisin")


def render_navigation(indicateur: Indicateur, organisme: str | None) -> list[html.Div]:
    """One line per family: its name with the place in it, the one before, the one after."""
    lignes = []
    for champ, nom in (("domaine", "Domaine"), ("processus", "Processus")):
        avant, apres, place, nombre = find_voisins(indicateur, champ)
        if nombre < 2:
            continue
        titre = html.Span(
            [html.Strong(nom), f" {place} sur {nombre} · {getattr(indicateur, champ)}"],
            className="px-voisins-titre",
            title=getattr(indicateur, champ),
        )
        liens = [_render_lien(avant, organisme, avant=True), _render_lien(apres, organisme, avant=False)]
        lignes.append(html.Div([titre, *(lien for lien in liens if lien is not None)], className="px-voisins"))
    return lignes


def _format_territoire(indicateur: Indicateur, organisme: str | None) -> str:
    """The organisme chosen as the territory of the map, when it is a caisse that the map shows."""
    if "caisse" not in territoires.list_niveaux(indicateur.code):
        return ""
    return f"&territoire={organisme}" if organisme in territoires.list_territoires("caisse")["code"] else ""


def list_liens(indicateur: Indicateur, organisme: str | None, *, par_organisme: bool) -> list[tuple[str, str]]:
    """Other pages about the same indicateur, then the indicateurs linked to it: (words, address)."""
    suite = f"&organisme={organisme}" if organisme else ""
    liens = []
    if par_organisme:
        liens.append(("Comparer un organisme à ses pairs", f"/comparer?indicateur={indicateur.code}{suite}"))
    if indicateur.code in territoires.list_indicateurs():
        liens.append(
            ("Carte entière", f"/cartes?indicateur={indicateur.code}{_format_territoire(indicateur, organisme)}")
        )
    if "_ij" in indicateur.code and indicateur.statistique.value in {"moyenne", "d9", "quantile"}:
        liens.append(("Délais des indemnités journalières", "/delais-ij"))
    for code in indicateur.indicateurs_lies:
        lie = load_catalogue().get_indicateur(code)
        referentiel = f" ({LIBELLES_REFERENTIEL[lie.referentiel]})"
        liens.append((f"{lie.titre_court.removesuffix(referentiel)}{referentiel}", build_adresse(code, organisme)))
    return liens
