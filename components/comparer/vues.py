"""The views of the page « Comparer »: which there are, and the blocs of the one shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import polars as pl
from dash import html

from components.bloc import render_bloc
from components.comparer.classement import build_contenu_classement
from components.comparer.distribution import build_contenu_classes, build_contenu_points
from components.comparer.entonnoir import build_contenu_entonnoir
from components.comparer.etat import EtatComparer
from components.comparer.face_a_face import build_contenu_face_a_face
from components.comparer.nuage import build_contenu_nuage
from components.comparer.pairs import build_contenu_mieux, build_contenu_pourquoi, list_voisins
from components.comparer.temps import build_contenus_temps
from components.comparer.vue import Comparaison, load_comparaison
from components.contenu import Contenu
from components.textes import comparer as textes
from data.magasin import memorise
from data.requetes.comparaison import list_indicateurs_compares
from data.requetes.pairs import list_variables

CHOIX_VUES: Final[dict[str, str]] = {
    "classement": "Classement",
    "distribution": "Distribution",
    "entonnoir": "Entonnoir",
    "temps": "Dans le temps",
    "face-a-face": "Face à face",
    "nuage": "Nuage de points",
    "pairs": "Mes pairs",
}


@memorise
def _build_classement(etat: EtatComparer) -> tuple[tuple[str, Contenu, bool], ...]:
    vue = load_comparaison(etat)
    return (("comparer-classement", build_contenu_classement(vue), True),)


@memorise
def _build_distribution(etat: EtatComparer) -> tuple[tuple[str, Contenu, bool], ...]:
    vue = load_comparaison(etat)
    classes = build_contenu_classes(vue)
    points = ("comparer-points", build_contenu_points(vue), True)
    return (points,) if classes.vide else (points, ("comparer-classes", classes, False))


@memorise
def _build_entonnoir(etat: EtatComparer) -> tuple[tuple[str, Contenu, bool], ...]:
    vue = load_comparaison(etat)
    return (("comparer-entonnoir", build_contenu_entonnoir(vue, ajuste=etat.limites == "ajustees"), True),)


@memorise
def _build_temps(etat: EtatComparer) -> tuple[tuple[str, Contenu, bool], ...]:
    principal, multiples = build_contenus_temps(load_comparaison(etat), etat.lentille)
    blocs = (("comparer-temps", principal, False),)
    return blocs if multiples is None else (*blocs, ("comparer-multiples", multiples, False))


@memorise
def _build_face_a_face(etat: EtatComparer) -> tuple[tuple[str, Contenu, bool], ...]:
    pair = etat.pair
    if pair is None and etat.organisme is not None:
        voisins = list_voisins(load_comparaison(etat), etat.lentille)
        pair = voisins[0].code if voisins else None
    return (("comparer-face-a-face", build_contenu_face_a_face(etat.organisme, pair), False),)


@memorise
def _build_nuage(etat: EtatComparer) -> tuple[tuple[str, Contenu, bool], ...]:
    contenu = build_contenu_nuage(load_comparaison(etat), etat.abscisse, logarithme=etat.logarithme == "oui")
    return (("comparer-nuage", contenu, True),)


@memorise
def _build_pairs(etat: EtatComparer) -> tuple[tuple[str, Contenu, bool], ...]:
    vue = load_comparaison(etat)
    return (
        ("comparer-mieux", build_contenu_mieux(vue, etat.lentille), False),
        ("comparer-pourquoi", build_contenu_pourquoi(vue, etat.lentille, etat.pair), False),
    )


_CONSTRUCTEURS: Final[dict[str, Callable[[EtatComparer], tuple[tuple[str, Contenu, bool], ...]]]] = {
    "classement": _build_classement,
    "distribution": _build_distribution,
    "entonnoir": _build_entonnoir,
    "temps": _build_temps,
    "face-a-face": _build_face_a_face,
    "nuage": _build_nuage,
    "pairs": _build_pairs,
}


def render_vue(etat: EtatComparer, ouverts: frozenset[str] = frozenset()) -> list[Any]:
    """The blocs of the view shown; ``ouverts`` are those whose table the reader has opened."""
    return [
        render_bloc(bloc, contenu, table_ouverte=bloc in ouverts, parcours=parcours)
        for bloc, contenu, parcours in _CONSTRUCTEURS[etat.vue](etat)
    ]


def render_avis(vue: Comparaison) -> html.Div | None:
    """What must be known before reading the ranks: types set aside, or ranked together."""
    if vue.vide or vue.identique:
        return None
    if vue.melange:
        return html.Div(textes.AVERTISSEMENT_TYPES, className="px-avis")
    autres = vue.ensemble.filter(
        pl.col("code_organisme").is_in(vue.groupe.autres) & pl.col("valeur").is_not_null()
    ).height
    if autres:
        return html.Div(textes.build_avis_types(autres, vue.groupe.type_note), className="px-avis")
    return None


def list_options_indicateur() -> list[dict[str, str]]:
    """Indicateurs one can compare, for the select."""

    def format_option(ligne: Mapping[str, Any]) -> str:
        if ligne["simulee"]:
            return f"{ligne['titre_court']} (données simulées)"
        return f"{ligne['titre_court']} (identique pour tous)" if ligne["identique"] else str(ligne["titre_court"])

    return [
        {"value": ligne["code_indicateur"], "label": format_option(ligne)}
        for ligne in list_indicateurs_compares().to_dicts()
    ]


def list_options_abscisse() -> list[dict[str, Any]]:
    """Context variables, then indicateurs, for the horizontal axis of the scatter."""
    contexte = [
        {"value": v["code_indicateur"], "label": f"{v['titre_court']}{' (données simulées)' if v['simulee'] else ''}"}
        for v in list_variables().to_dicts()
    ]
    return [{"group": "Contexte", "items": contexte}, {"group": "Indicateurs", "items": list_options_indicateur()}]
