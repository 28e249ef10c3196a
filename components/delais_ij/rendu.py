"""The parts of the page « Délais IJ »: its controls, the frames of its blocs, the figures that disagree."""

from __future__ import annotations

from typing import Any, Final, get_args

import dash_mantine_components as dmc
from dash import html

from components.choix import render_bascule, render_choix
from components.coquille import render_barre
from components.delais_ij.etat import THEMES, EtatDelais, Seuil, list_options_mois
from components.pairs import build_option, render_select_organisme
from components.provenance import format_source
from components.textes import delais_caisse
from data.catalogue import load_catalogue
from data.modele import Contradiction
from data.requetes.delais_cube import list_caisses

PAGE: Final = "delais-ij"
CONTRADICTIONS: Final = ("ij_premiere_2014_2016", "cog_ij_moins_de_20_jours")
_EN_DEMI: Final = {"crise", "independants", "canal", "montant"}


def build_style(cadre: str, theme: str) -> dict[str, str]:
    """A frame is shown when its theme is; its bloc fills it."""
    visible = cadre in THEMES[theme][1]
    return {"display": "grid" if visible else "none", "gridTemplateColumns": "minmax(0, 1fr)"}


def render_cadre(cadre: str, contenu: Any, theme: str) -> html.Div:
    """The frame of a bloc, hidden by the themes it is not of."""
    return html.Div(
        contenu,
        id=f"{PAGE}-cadre-{cadre}",
        className="px-demi" if cadre in _EN_DEMI else None,
        style=build_style(cadre, theme),
    )


def _render_contradiction(contradiction: Contradiction) -> html.Div:
    return html.Div(
        [
            html.H3(contradiction.objet),
            html.Ul([html.Li(valeur) for valeur in contradiction.valeurs], className="px-liste"),
            html.P(
                f"{contradiction.traitement} "
                f"({format_source(*dict.fromkeys(s.document for s in contradiction.sources))})",
                className="px-mention",
            ),
        ]
    )


def render_contradictions() -> html.Section:
    """The figures that disagree, and what is done with them."""
    retenues = [c for c in load_catalogue().contradictions if c.code in CONTRADICTIONS]
    return html.Section(
        [
            html.H2("Chiffres qui ne s'accordent pas", id=f"{PAGE}-contradictions"),
            html.P("Les deux sont gardés ; rien n'est corrigé.", className="px-phrase"),
            *map(_render_contradiction, retenues),
        ],
        className="px-bloc",
        **{"aria-labelledby": f"{PAGE}-contradictions"},
    )


def render_controles(etat: EtatDelais) -> html.Div:
    """Controls of the page."""
    return render_barre(
        dmc.Select(
            id=f"{PAGE}-theme",
            label="Thème",
            data=[{"value": code, "label": libelle} for code, (libelle, _) in THEMES.items()],
            value=etat.theme,
            allowDeselect=False,
            w=300,
        ),
        dmc.Switch(id=f"{PAGE}-evenements", label="Événements", checked=etat.evenements == "oui", mb=7),
        dmc.Switch(id=f"{PAGE}-cibles", label="Cibles", checked=etat.cibles == "oui", mb=7),
    )


def render_controles_caisse(etat: EtatDelais) -> html.Div:
    """Controls of the two charts by caisse, above them."""
    return render_barre(
        render_select_organisme(
            f"{PAGE}-organisme",
            "Caisse",
            etat.organisme,
            [build_option(caisse, caisse["nom"]) for caisse in list_caisses().to_dicts()],
            vide="Aucune caisse ne répond à cette recherche",
            w={"base": "100%", "sm": 320},
        ),
        dmc.Select(
            id=f"{PAGE}-population",
            label="Régime et risque",
            data=[{"value": code, "label": nom} for code, (nom, _) in delais_caisse.POPULATIONS.items()],
            value=etat.population,
            allowDeselect=False,
            w={"base": "100%", "sm": 300},
        ),
        render_bascule(f"{PAGE}-groupe", "Comparer à", delais_caisse.GROUPES, etat.groupe),
        render_bascule(f"{PAGE}-statistique", "Statistique", delais_caisse.STATISTIQUES, etat.statistique),
    )


def render_controles_repartition(etat: EtatDelais) -> html.Div:
    """Controls of the chart by day of délai alone."""
    return render_barre(
        render_choix(
            f"{PAGE}-mois",
            "Période",
            list_options_mois(),
            etat.mois,
            vide="Aucun mois ne répond à cette recherche",
            w={"base": "100%", "sm": 380},
        ),
        render_bascule(f"{PAGE}-seuil", "Attente de plus de (jours)", {s: s for s in get_args(Seuil)}, etat.seuil),
    )
