"""The trend of an indicateur by organisme: its type and mine, by year or by month, with the targets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from textwrap import wrap
from typing import Any

import plotly.graph_objects as go
import polars as pl

from components.contenu import Colonne, Contenu, Tableau
from components.fiche_indicateur import LIBELLES_STATISTIQUE
from components.figures.formats import (
    INSECABLE,
    format_debut,
    format_nombre,
    format_periode,
    format_valeur,
)
from components.figures.gabarit import build_figure_vide
from components.figures.series import Cible, Palier, Point, Serie, build_serie_figure
from components.indicateur.blocs import build_mention, format_fichier
from components.indicateur.vue import Vue, read_vue
from components.provenance import format_source
from components.textes import indicateur as textes
from components.theme import COULEURS
from data.calculs.ensemble import Regle, compute_ensemble
from data.catalogue import load_catalogue
from data.modele import Evenement, Nature, Sens, Statistique
from data.requetes.indicateur import list_mensuels

_HAUTEUR = 330
_HAUTEUR_LEGENDE = 26
_LARGEUR_LEGENDE = 40  # characters of a legend that a phone shows on one line
_MARGE_AXE = 0.16  # of the spread of the values, above and below, for the labels
_TAILLE_MOIS = 4  # pixels of a monthly marker


def compute_axe(valeurs: Sequence[float], unite: str | None) -> tuple[float, float]:
    """Bounds of the value axis: the values with room for labels, never below zero when none is, nor above 100 %."""
    bas, haut = min(valeurs), max(valeurs)
    etendue = haut - bas or abs(haut) or 1.0
    axe = (bas - _MARGE_AXE * etendue, haut + _MARGE_AXE * etendue)
    plafond = 104.0 if unite == "%" and haut <= 100 else axe[1]
    return (max(axe[0], 0.0) if bas >= 0 else axe[0], min(axe[1], plafond))


def build_periode(debut: dt.date, pas: str) -> tuple[dt.date, dt.date]:
    """First and last day of the year or month that begins on a day."""
    suivant = dt.date(debut.year + 1, 1, 1) if pas == "annee" else (debut + dt.timedelta(days=32)).replace(day=1)
    return debut, suivant - dt.timedelta(days=1)


def list_evenements(code: str) -> tuple[Evenement, ...]:
    """Dated facts about an indicateur."""
    return tuple(e for e in load_catalogue().evenements if code in e.indicateurs)


def _load_lignes(vue: Vue, pas: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows of the type, then mine: debut (of the period), code_organisme, valeur, denominateur, nature, source."""
    if pas == "mois":
        mensuels = list_mensuels(vue.indicateur.code)
        lignes = mensuels.filter(pl.col("type_note") == vue.type_note).rename({"mois": "debut"})
    else:
        lignes = vue.du_type.with_columns(debut=pl.date(pl.col("annee"), 1, 1))
    lignes = lignes.select("debut", "code_organisme", "valeur", "denominateur", "nature", "source")
    mienne = lignes.filter(pl.col("code_organisme") == (vue.code_mien or ""), pl.col("valeur").is_not_null())
    return lignes, mienne


def _build_points(vue: Vue, lignes: list[dict[str, Any]], pas: str, nom: str, dessus: list[bool]) -> tuple[Point, ...]:
    """One point per period with a value: years are labelled (``dessus``: above), months are read on hover."""
    points = []
    for ligne, en_haut in zip(lignes, dessus, strict=True):
        debut, fin = build_periode(ligne["debut"], pas)
        points.append(
            Point(
                debut,
                fin,
                valeur=ligne["valeur"],
                etiquette=format_nombre(ligne["valeur"], vue.decimales) if pas == "annee" else "",
                infobulle=f"<b>{nom}</b><br>{format_periode(debut, fin)}{INSECABLE}: "
                f"{format_valeur(ligne['valeur'], vue.unite, vue.decimales)}",
                place="haut" if en_haut else "bas",
            )
        )
    return tuple(points)


def _list_series(vue: Vue, groupe: pl.DataFrame, mienne: pl.DataFrame, pas: str, nom: str) -> list[Serie]:
    """Mine first, in brand blue over the type in grey; the type alone in blue. Labels stay on opposite sides."""
    taille = 9 if pas == "annee" else _TAILLE_MOIS
    miennes = dict(mienne.select("debut", "valeur").iter_rows())
    du_groupe = dict(groupe.select("debut", "valeur").iter_rows())
    series = []
    if miennes and vue.organisme:
        dessus = [valeur >= du_groupe.get(debut, valeur) for debut, valeur in miennes.items()]
        mien = vue.organisme["nom_court"]
        points = _build_points(vue, mienne.to_dicts(), pas, mien, dessus)
        series.append(Serie(vue.indicateur.code, mien, points, taille=taille))
    dessus = [debut not in miennes or valeur > miennes[debut] for debut, valeur in du_groupe.items()]
    couleur, symbole = (COULEURS["pairs"], "square") if series else (COULEURS["mien"], "circle")
    points = _build_points(vue, groupe.to_dicts(), pas, nom, dessus)
    series.append(Serie(vue.indicateur.code, nom, points, couleur=couleur, symbole=symbole, taille=taille))
    return series


def add_legende(figure: go.Figure, series: Sequence[Serie]) -> go.Figure:
    """Name the series in a legend under the plot, each once; a series alone is named by the title."""
    if len(series) < 2:
        return figure
    restants = {serie.nom for serie in series}
    for trace in figure.data:
        trace.showlegend = trace.name in restants
        restants.discard(trace.name)
        trace.name = "<br>".join(wrap(trace.name, _LARGEUR_LEGENDE))
    return figure.update_layout(
        showlegend=True,
        legend={"y": -0.12, "yanchor": "top", "traceorder": "reversed"},
        height=figure.layout.height + _HAUTEUR_LEGENDE,
    )


def _build_cibles(vue: Vue) -> tuple[Cible, ...]:
    """Objectif (solid) and socle (dashed) as steps, each named with its last value at the end of its line."""
    cibles = []
    en_haut = vue.sens is not Sens.BAS
    for colonne, place, trait in (
        ("objectif", "fin" if en_haut else "bas", "solid"),
        ("socle", "bas" if en_haut else "fin", "dash"),
    ):
        paliers = []
        for annee in vue.annees:
            cible = vue.get_cible(annee)
            if cible and cible[colonne] is not None:
                seuil = format_valeur(cible[colonne], vue.unite, vue.decimales)
                paliers.append(
                    Palier(
                        dt.date(annee, 1, 1),
                        dt.date(annee, 12, 31),
                        cible[colonne],
                        infobulle=f"<b>{colonne.capitalize()} {annee}</b>{INSECABLE}: {seuil}",
                    )
                )
        if paliers:
            nom = f"{colonne} {format_valeur(paliers[-1].valeur, vue.unite, vue.decimales)}"
            cibles.append(Cible(colonne, nom, tuple(paliers), place=place, trait=trait))  # type: ignore[arg-type]
    return tuple(cibles)


def build_contenu_evolution(jeton: str, pas: str) -> Contenu:
    """The series of the type, and mine over it.

    Args:
        jeton: see ``Vue.jeton``.
        pas: « annee » or « mois ».
    """
    vue = read_vue(jeton)
    lignes, mienne = _load_lignes(vue, pas)
    regle = vue.regle_type
    groupe = compute_ensemble(lignes, ["debut"], regle).filter(pl.col("valeur").is_not_null())
    titre = f"{vue.titre}\u00a0: évolution, {vue.nom_type}"
    if groupe.is_empty():
        return Contenu(
            titre=titre,
            phrase="",
            figure=build_figure_vide(),
            vide=textes.SANS_MOIS if pas == "mois" else textes.SANS_VALEUR,
            mention=build_mention(vue, LIBELLES_STATISTIQUE[vue.indicateur.statistique]),
            tableau=Tableau((Colonne("periode", "Période"),), []),
            fichier=format_fichier(vue, "evolution"),
        )
    # A month of a count cannot meet the target of a year.
    cibles = () if pas == "mois" and vue.indicateur.statistique is Statistique.NOMBRE else _build_cibles(vue)
    debut, fin = groupe["debut"][0], build_periode(groupe["debut"][-1], pas)[1]
    nom = vue.nom_type if regle is not Regle.MEDIANE else f"médiane des {vue.nom_type}"
    series = _list_series(vue, groupe, mienne, pas, nom)
    seuils = [palier.valeur for cible in cibles for palier in cible.paliers]
    sources = lignes["source"].drop_nulls().unique().sort().to_list()
    annuels = compute_ensemble(_load_lignes(vue, "annee")[0], ["debut"], regle).filter(pl.col("valeur").is_not_null())
    mes_annees = _load_lignes(vue, "annee")[1]
    figure = build_serie_figure(
        series,
        debut=debut,
        fin=fin,
        unite=vue.unite or "",
        axe=compute_axe([*groupe["valeur"], *mienne["valeur"], *seuils], vue.unite),
        cibles=cibles,
        evenements=list_evenements(vue.indicateur.code),
        hauteur=_HAUTEUR,
    )
    return Contenu(
        titre=titre,
        phrase=textes.build_phrase_evolution(
            format_debut(nom),
            [(jour.year, valeur) for jour, valeur in annuels.select("debut", "valeur").iter_rows()],
            sens=vue.sens,
            unite=vue.unite,
            decimales=vue.decimales,
            objectif=vue.get_objectif(annuels["debut"][-1].year),
            mien=(vue.organisme["nom"], mes_annees["valeur"][-1]) if vue.organisme and mes_annees.height else None,
        ),
        figure=add_legende(figure, series),
        mention=build_mention(
            vue,
            f"{LIBELLES_STATISTIQUE[vue.indicateur.statistique]}, {textes.REGLES[regle]}",
            textes.NOTE_REGLE[regle],
            *((textes.NOTE_CIBLES_SIMULEES,) if cibles and Nature.SIMULEE in vue.cibles["nature"] else ()),
            periode=format_periode(debut, fin),
            source=format_source(*sources),
            simulee=Nature.SIMULEE in lignes["nature"],
        ),
        tableau=_build_tableau(vue, groupe, mienne, pas, cibles, nom),
        fichier=format_fichier(vue, f"evolution-{pas}"),
    )


def _build_tableau(
    vue: Vue, groupe: pl.DataFrame, mienne: pl.DataFrame, pas: str, cibles: Sequence[Cible], nom: str
) -> Tableau:
    seuils = {cible.code: {p.debut.year: p.valeur for p in cible.paliers} for cible in cibles}
    miennes = dict(mienne.select("debut", "valeur").iter_rows())
    unite = vue.unite or ""
    colonnes = [
        Colonne("periode", "Période"),
        Colonne("groupe", format_debut(nom), "nombre", vue.decimales, unite),
        Colonne("effectif", "Organismes", "nombre", 0),
    ]
    if miennes and vue.organisme:
        colonnes.append(Colonne("mien", vue.organisme["nom"], "nombre", vue.decimales, unite))
    colonnes += [Colonne(code, code.capitalize(), "nombre", vue.decimales, unite) for code in seuils]
    return Tableau(
        tuple(colonnes),
        [
            {
                "periode": format_periode(*build_periode(ligne["debut"], pas)),
                "groupe": ligne["valeur"],
                "effectif": ligne["effectif"],
                "mien": miennes.get(ligne["debut"]),
            }
            | {code: paliers.get(ligne["debut"].year) for code, paliers in seuils.items()}
            for ligne in groupe.to_dicts()
        ],
    )
