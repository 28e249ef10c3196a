"""View « Entonnoir » of the page « Comparer »: each organisme against the limits of its own size."""

from __future__ import annotations

from typing import Any

import polars as pl

from components.comparer.vue import Comparaison, build_mention
from components.contenu import Colonne, Contenu, Tableau
from components.figures.entonnoir import build_entonnoir_figure
from components.textes import comparer as textes
from data.calculs.comparaison import build_entonnoir_groupe, select_parts
from data.calculs.entonnoir import compute_fausses_alertes
from data.requetes.comparaison import list_indicateurs_compares

_EFFECTIF_MIN = 5


def build_contenu_entonnoir(vue: Comparaison, *, ajuste: bool) -> Contenu:
    """The funnel, its outliers listed first; says why when there is no denominator."""
    parts = select_parts(vue.valeurs)
    colonnes = (
        Colonne("organisme", "Organisme", epinglee=True),
        Colonne("position", "Place dans l'entonnoir"),
        Colonne("valeur", vue.titre, "nombre", vue.decimales, vue.unite or ""),
        Colonne("taille", "Dénominateur", "nombre", 0),
        Colonne("bas", "Limite basse à 99,8 %", "nombre", vue.decimales, vue.unite or ""),
        Colonne("haut", "Limite haute à 99,8 %", "nombre", vue.decimales, vue.unite or ""),
        Colonne("z", "Écart réduit z", "nombre", 1),
    )
    commun: dict[str, Any] = {
        "titre": f"{vue.titre}, {vue.periode}\u00a0: entonnoir",
        "fichier": f"parangon-entonnoir-{vue.fichier}",
    }
    vide = vue.vide
    if not vide and not vue.proportions:
        vide = textes.VIDE_ENTONNOIR
    if not vide and (vue.identique or parts.height < _EFFECTIF_MIN):
        vide = (
            f"Il faut au moins {_EFFECTIF_MIN} organismes aux valeurs différentes, avec un dénominateur. Choisissez un "
            "groupe plus large."
        )
    if vide:
        return Contenu(
            phrase="Pas d'entonnoir pour ce choix.",
            vide=vide,
            mention=build_mention(vue),
            tableau=Tableau(colonnes, []),
            **commun,
        )
    entonnoir = build_entonnoir_groupe(parts, sans=vue.code if vue.hors else None)
    hors = entonnoir.list_hors_limites(ajuste=ajuste)
    dehors = {point.rang for point in hors}
    ordre = [p.rang for p in hors] + [p.rang for p in entonnoir.points if p.rang not in dehors]
    noms = parts["nom"].to_list()
    lignes = []
    for rang in ordre:
        point = entonnoir.points[rang]
        limites = (point.limites_ajustees if ajuste else point.limites)[1]
        lignes.append(
            {
                "organisme": noms[rang],
                "position": textes.format_depassement(
                    point.depassement_ajuste if ajuste else point.depassement, point.valeur > entonnoir.reference
                ),
                "valeur": 100 * point.valeur,
                "taille": point.taille,
                "bas": 100 * limites[0],
                "haut": 100 * limites[1],
                "z": point.z,
            }
        )
    indicateurs = list_indicateurs_compares().filter(~pl.col("identique")).height
    nom = vue.organisme["nom"] if vue.organisme and vue.code in parts["code_organisme"] else None
    return Contenu(
        phrase=textes.build_phrase_entonnoir(vue, entonnoir, parts, ajuste=ajuste),
        figure=build_entonnoir_figure(
            entonnoir,
            parts,
            unite=vue.unite,
            decimales=vue.decimales,
            ajuste=ajuste,
            titre_taille="dénominateur (échelle logarithmique)",
            mien=vue.code,
        ),
        mention=build_mention(
            vue,
            textes.build_note_entonnoir(entonnoir, ajuste=ajuste),
            textes.build_note_fausses_alertes(
                indicateurs,
                parts.height,
                compute_fausses_alertes(indicateurs, parts.height, 0.95),
                compute_fausses_alertes(indicateurs, parts.height, 0.998),
            ),
            *([textes.NOTE_HORS] if vue.hors else []),
        ),
        tableau=Tableau(
            colonnes,
            lignes,
            legende="Hors des limites à 99,8 % d'abord, le plus éloigné en tête."
            + (f" Sur fond bleu, en gras\u00a0: {nom}." if nom else ""),
            cle_surlignee=nom,
        ),
        **commun,
    )
