"""The index of the indicateurs: which ones answer a search, and what is held about each."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any

from dash import dcc, html

from components.contenu import LIBELLES_SENS
from components.figures.formats import format_pluriel
from components.indicateur.navigation import format_groupe
from components.recherche import build_cle, find_codes
from data.catalogue import load_catalogue
from data.modele import Indicateur, Referentiel, Sens
from data.requetes.indicateur import list_presences

# The intéressement first: the indicateurs held for each organisme.
ORDRE = (
    Referentiel.INTERESSEMENT,
    Referentiel.COG_2023_2027,
    Referentiel.COG_2018_2022,
    Referentiel.COG_2014_2017,
    Referentiel.SUIVI,
    Referentiel.TERRITOIRE,
    Referentiel.CONTEXTE,
)


@lru_cache(maxsize=1)
def _list_cles() -> dict[str, str]:
    """What a search reads of each indicateur: titles, labels, domaine, processus, code."""
    return {
        i.code: build_cle(i.titre, i.titre_court, *i.libelles, i.domaine, i.processus or "", i.code)
        for i in load_catalogue().indicateurs
    }


def filter_indicateurs(
    recherche: str = "", referentiel: str = "", domaine: str = "", processus: str = ""
) -> list[Indicateur]:
    """Indicateurs that answer a search and match every filter given, by référentiel, part and domaine."""
    trouves = set(find_codes(recherche, _list_cles()))
    retenus = [
        i
        for i in load_catalogue().indicateurs
        if referentiel in {"", i.referentiel.value}
        and domaine in {"", i.domaine}
        and processus in {"", i.processus}
        and i.code in trouves
    ]
    return sorted(retenus, key=lambda i: (ORDRE.index(i.referentiel), str(i.portee or ""), i.domaine))


def list_domaines(referentiel: str) -> list[str]:
    """Domaines of a référentiel (all of them without one), in definition order."""
    return list(dict.fromkeys(i.domaine for i in filter_indicateurs(referentiel=referentiel)))


def list_processus(referentiel: str) -> list[str]:
    """Processus the documents name, for a référentiel, sorted."""
    return sorted({i.processus for i in filter_indicateurs(referentiel=referentiel) if i.processus})


def _format_presence(presence: dict[str, Any]) -> str:
    """What is held: results by organisme (simulated or not), national figures, targets only, or nothing but words."""
    if presence["organismes"]:
        nature = ", simulé" if presence["simulee"] else ""
        return f"{format_pluriel(presence['organismes'], 'organisme')}{nature}"
    if presence["nationales"]:
        return "France entière"
    return "cibles seules" if presence["cibles"] else "définition seule"


def _render_ligne(indicateur: Indicateur, presence: dict[str, Any]) -> html.Li:
    numero = f"n° {indicateur.numero} · " if indicateur.numero else ""
    details = [_format_presence(presence), indicateur.unite or "sans unité"]
    if indicateur.sens is not Sens.NEUTRE:
        details.append(LIBELLES_SENS[indicateur.sens])
    return html.Li(
        [
            dcc.Link(
                f"{numero}{indicateur.titre_court}", href=f"/indicateurs/{indicateur.code}", title=indicateur.titre
            ),
            html.Span(" · ".join(details), className="px-index-detail"),
        ]
    )


def render_index(indicateurs: Sequence[Indicateur]) -> list[Any]:
    """Sections by référentiel and part, lists by domaine; a message when nothing answers."""
    if not indicateurs:
        return [
            html.P("Aucun indicateur ne répond à cette recherche. Retirez un mot ou un filtre.", className="px-vide")
        ]
    presences = {ligne["code_indicateur"]: ligne for ligne in list_presences().to_dicts()}
    sections = []
    for groupe, lot in groupby(indicateurs, key=format_groupe):
        du_groupe = list(lot)
        elements: list[Any] = [html.H2(f"{groupe} · {format_pluriel(len(du_groupe), 'indicateur')}")]
        for domaine, du_domaine in groupby(du_groupe, key=lambda i: i.domaine):
            elements.append(html.H3(domaine, className="px-index-titre"))
            lignes = [_render_ligne(i, presences[i.code]) for i in du_domaine if i.code in presences]
            elements.append(html.Ul(lignes, className="px-index"))
        sections.append(html.Section(elements, className="px-bloc"))
    return sections
