"""The controls of the page « Cartes »: what can be chosen, and why the rest cannot."""

from __future__ import annotations

from itertools import groupby
from typing import Any, Final

import dash_mantine_components as dmc
from dash import html

from components.choix import build_effacer, render_bascule, render_choix
from components.coquille import render_barre
from components.figures.formats import format_periode
from components.indicateur.navigation import format_groupe
from components.textes.cartes import NIVEAUX, format_aide
from components.vue_carte import Vue, list_codes_periodes
from data.catalogue import load_catalogue
from data.magasin import memorise
from data.modele import Indicateur, Referentiel
from data.requetes import territoires

# Scores and territories first, context last; any other référentiel in between.
_ORDRE: Final = (Referentiel.SUIVI, Referentiel.TERRITOIRE, Referentiel.INTERESSEMENT)


def _get_place(indicateur: Indicateur) -> int:
    if indicateur.referentiel is Referentiel.CONTEXTE:
        return len(Referentiel) + 1
    return _ORDRE.index(indicateur.referentiel) if indicateur.referentiel in _ORDRE else len(_ORDRE)


def _format_famille(indicateur: Indicateur) -> str:
    """« Intéressement 2023, part locale · Gestion du risque »."""
    groupe = format_groupe(indicateur)
    return groupe if indicateur.referentiel is Referentiel.CONTEXTE else f"{groupe} · {indicateur.domaine}"


@memorise
def list_options_indicateurs() -> list[dict[str, Any]]:
    """Indicateurs that can be mapped, by référentiel and domaine; their full title is searched too."""
    catalogue = load_catalogue()
    indicateurs = [catalogue.get_indicateur(code) for code in territoires.list_indicateurs()]
    ranges = sorted(indicateurs, key=lambda i: (_get_place(i), _format_famille(i), i.titre_court))
    return [
        {
            "group": famille,
            "items": [{"value": i.code, "label": i.titre_court, "recherche": i.titre} for i in lot],
        }
        for famille, lot in groupby(ranges, key=_format_famille)
    ]


@memorise
def list_options_periodes(code: str, code_niveau: str) -> list[dict[str, Any]]:
    """Periods of an indicateur at a level, the latest first: years, then the rest year by year."""
    annees: list[tuple[int, dict[str, str]]] = []
    autres: list[tuple[int, dict[str, str]]] = []
    for cle, periode in reversed(list_codes_periodes(code, code_niveau).items()):
        option = {"value": cle, "label": format_periode(periode.debut, periode.fin)}
        (annees if len(cle) == len("2023") else autres).append((periode.fin.year, option))
    groupes = [{"group": "Années", "items": [option for _, option in annees]}] if annees else []
    groupes += [
        {"group": f"En {annee}", "items": [option for _, option in lot]}
        for annee, lot in groupby(autres, key=lambda couple: couple[0])
    ]
    return groupes


@memorise
def list_options_territoires(code_niveau: str) -> list[dict[str, str]]:
    """Territories of a level; a département shows its number."""
    prefixe = code_niveau == "departement"
    return [
        {"value": code, "label": f"{code} · {nom}" if prefixe else nom, "recherche": code}
        for code, nom in territoires.list_territoires(code_niveau).select("code", "nom").iter_rows()
    ]


def list_niveaux(code: str) -> dict[str, str]:
    """Levels at which an indicateur can be mapped, and their names."""
    return {niveau: NIVEAUX[niveau].singulier.capitalize() for niveau in territoires.list_niveaux(code)}


def list_options_niveaux(code: str) -> list[dict[str, str]]:
    """The same, as the switch takes them."""
    return [{"value": niveau, "label": nom} for niveau, nom in list_niveaux(code).items()]


def build_aide(vue: Vue) -> str:
    """What the controls offer for a view and why."""
    return format_aide(vue.obstacle, vue.niveau, territoires.list_niveaux(vue.code))


def render_reglages(vue: Vue, territoire: str) -> html.Div:
    """The bar of controls, with a line that says what is offered."""
    return render_barre(
        render_choix(
            "cartes-indicateur",
            "Indicateur",
            list_options_indicateurs(),
            vue.code,
            vide="Aucun indicateur ne répond à cette recherche",
            w={"base": "100%", "sm": 290},
        ),
        render_bascule("cartes-niveau", "Niveau", list_niveaux(vue.code), vue.niveau.code),
        render_choix(
            "cartes-periode",
            "Période",
            list_options_periodes(vue.code, vue.niveau.code),
            vue.code_periode,
            vide="Aucune période de ce nom",
            w={"base": "100%", "sm": 170},
        ),
        render_choix(
            "cartes-territoire",
            "Territoire",
            list_options_territoires(vue.niveau.code),
            territoire or None,
            vide="Aucun territoire de ce nom",
            placeholder="Choisir ou cliquer sur la carte",
            clearable=True,
            clearButtonProps=build_effacer("Effacer le territoire"),
            w={"base": "100%", "sm": 260},
        ),
        html.Div(
            dmc.Switch(id="cartes-lissage", label="Lisser les petits effectifs", checked=vue.lissage is not None),
            id="cartes-lissage-cadre",
            hidden=vue.obstacle is not None,
        ),
        html.P(build_aide(vue), id="cartes-aide", className="px-barre-aide"),
    )
