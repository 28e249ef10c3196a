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
from data.calculs.intervalles import wilson
from data.calculs.tendances import POINTS_MANN_KENDALL, POINTS_RECENTS, compute_tendance_recente, mann_kendall
from data.catalogue import load_catalogue
from data.modele import Evenement, Nature, Sens, Statistique
from data.requetes.indicateur import list_mensuels

_HAUTEUR = 330
_HAUTEUR_LEGENDE = 26
_LARGEUR_LEGENDE = 40  # characters of a legend that a phone shows on one line
_MARGE_AXE = 0.16  # of the spread of the values, above and below, for the labels
_TAILLE_MOIS = 4  # pixels of a monthly marker
_PLACE_ETIQUETTE = 0.09  # of the axis, what the label of a point takes above or below it
Seuils = dict[int, list[float]]


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


def is_dessus(valeur: float, obstacles: Sequence[float], place: float, *, prefere: bool) -> bool:
    """Whether a label goes above its point: the side preferred, unless it is taken and the other is not.

    Args:
        valeur: of the point.
        obstacles: other values and targets of its date.
        place: what a label takes, in the unit of the values.
        prefere: above.
    """

    def is_libre(signe: int) -> bool:
        return not any(0 < signe * (obstacle - valeur) < place for obstacle in obstacles)

    signe = 1 if prefere else -1
    return prefere if is_libre(signe) or not is_libre(-signe) else not prefere


def _list_series(
    vue: Vue, groupe: pl.DataFrame, mienne: pl.DataFrame, pas: str, nom: str, seuils: Seuils, place: float
) -> list[Serie]:
    """Mine first, in brand blue over the type in grey; the type alone in blue. Labels stay apart, and off the targets.

    ``seuils``: targets by year; ``place``: what a label takes, in the unit of the values.
    """
    taille = 9 if pas == "annee" else _TAILLE_MOIS
    miennes = dict(mienne.select("debut", "valeur").iter_rows())
    du_groupe = dict(groupe.select("debut", "valeur").iter_rows())

    def list_dessus(valeurs: dict[dt.date, float], autres: dict[dt.date, float], *, egal: bool) -> list[bool]:
        return [
            is_dessus(
                valeur,
                [*seuils.get(debut.year, ()), *((autres[debut],) if debut in autres else ())],
                place,
                prefere=debut not in autres or valeur > autres[debut] or (egal and valeur == autres[debut]),
            )
            for debut, valeur in valeurs.items()
        ]

    series = []
    if miennes and vue.organisme:
        dessus = list_dessus(miennes, du_groupe, egal=True)
        mien = vue.organisme["nom_court"]
        points = _build_points(vue, mienne.to_dicts(), pas, mien, dessus)
        series.append(Serie(vue.indicateur.code, mien, points, taille=taille))
    dessus = list_dessus(du_groupe, miennes, egal=False)
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
    paliers = [palier for cible in cibles for palier in cible.paliers]
    axe = compute_axe([*groupe["valeur"], *mienne["valeur"], *(p.valeur for p in paliers)], vue.unite)
    seuils: Seuils = {p.debut.year: [q.valeur for q in paliers if q.debut == p.debut] for p in paliers}
    series = _list_series(vue, groupe, mienne, pas, nom, seuils, _PLACE_ETIQUETTE * (axe[1] - axe[0]))
    tendance, methode = _describe_tendance(vue, lignes, groupe, pas)
    sources = lignes["source"].drop_nulls().unique().sort().to_list()
    annuels = compute_ensemble(_load_lignes(vue, "annee")[0], ["debut"], regle).filter(pl.col("valeur").is_not_null())
    mes_annees = _load_lignes(vue, "annee")[1]
    figure = build_serie_figure(
        series,
        debut=debut,
        fin=fin,
        unite=vue.unite or "",
        axe=axe,
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
            tendance=tendance,
        ),
        figure=add_legende(figure, series),
        mention=build_mention(
            vue,
            f"{LIBELLES_STATISTIQUE[vue.indicateur.statistique]}, {textes.REGLES[regle]}",
            textes.NOTE_REGLE[regle],
            *((methode,) if methode else ()),
            *((textes.NOTE_CIBLES_SIMULEES,) if cibles and Nature.SIMULEE in vue.cibles["nature"] else ()),
            periode=format_periode(debut, fin),
            source=format_source(*sources),
            simulee=Nature.SIMULEE in lignes["nature"],
        ),
        tableau=_build_tableau(vue, groupe, mienne, pas, cibles, nom),
        fichier=format_fichier(vue, f"evolution-{pas}"),
    )


def _describe_tendance(vue: Vue, lignes: pl.DataFrame, groupe: pl.DataFrame, pas: str) -> tuple[str, str]:
    """The trend of the type in words, and how it was found; both empty when there is none to tell.

    Years of a rate whose files are known have a recent trend, months a long one. Neither crosses a break, nor goes from
    simulated values to real ones.
    """
    natures = lignes.filter(pl.col("valeur").is_not_null()).group_by("debut").agg(pl.col("nature").unique().sort())
    suite = groupe.join(natures, on="debut").sort("debut")
    coupes = [e.du for e in list_evenements(vue.indicateur.code) if e.rupture]
    debuts = suite["debut"].to_list()
    change = suite.select((pl.col("nature") != pl.col("nature").shift()).fill_null(value=False))["nature"].to_list()
    coupes += [jour for jour, autre in zip(debuts, change, strict=True) if autre]
    suite = suite.filter(pl.col("debut") >= max((c for c in coupes if c <= debuts[-1]), default=debuts[0]))
    if pas == "mois":
        if suite.height < POINTS_MANN_KENDALL:
            return "", ""
        mois = pl.DataFrame({"debut": pl.date_range(suite["debut"][0], suite["debut"][-1], "1mo", eager=True)})
        test = mann_kendall(mois.join(suite, on="debut", how="left", maintain_order="left")["valeur"].to_list())
        depuis = format_periode(*build_periode(suite["debut"][0], pas))
        return textes.format_tendance_longue(test, depuis, vue.unite, vue.decimales)
    suite = suite.tail(POINTS_RECENTS)
    annees = suite["debut"].dt.year().to_list()
    proportion = vue.regle_type is Regle.RAPPORT and vue.indicateur.statistique is Statistique.TAUX
    if not proportion or vue.unite != "%" or annees != list(range(annees[-1] - POINTS_RECENTS + 1, annees[-1] + 1)):
        return "", ""
    dossiers = lignes.filter(pl.col("valeur").is_not_null()).group_by("debut").agg(pl.col("denominateur").sum())
    suite = suite.join(dossiers, on="debut", maintain_order="left")
    if not suite["valeur"].is_between(0, 100).all():
        return "", ""
    parts = suite.select(pl.col("valeur") / 100 * pl.col("denominateur"), "denominateur").rows()
    bornes = [wilson(cas, dossiers) for cas, dossiers in parts]
    tendance = compute_tendance_recente(
        (suite["valeur"] / 100).to_list(), [bas for bas, _ in bornes], [haut for _, haut in bornes]
    )
    return textes.format_tendance_recente(tendance, annees[0])


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
