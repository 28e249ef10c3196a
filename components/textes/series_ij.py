"""Délais IJ as the figure functions take them: series, targets, events and bars, with their words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from components.figures.delais_ij import Barre
from components.figures.formats import INSECABLE
from components.figures.series import Cible, Motif, Palier, Place, Point, Serie
from components.textes.delais_ij import (
    MOTS,
    NOMS_CIBLES,
    STATISTIQUES,
    FormatSource,
    Ligne,
    format_categorie,
    format_delai,
    format_entite,
    format_imprime,
    format_periode_imprimee,
    format_population,
    format_reference,
)
from components.theme import COULEURS
from data.modele import Evenement


@dataclass(frozen=True)
class Trace:
    """How one series is drawn: which facts, how they look, where each label goes (the last place repeats)."""

    code: str
    nom: str
    segment: str = "ensemble"
    entite: str | None = None
    couleur: str = COULEURS["mien"]
    symbole: str = "circle"
    places: tuple[Place, ...] = ("haut",)
    motif: Motif = ""
    nomme: int | None = 0  # rank of the point that carries the name


def _build_infobulle(ligne: Ligne, format_source: FormatSource) -> str:
    statistique = STATISTIQUES[ligne["statistique"]]
    return (
        f"<b>{format_population(ligne)}</b><br>"
        f"{format_delai(ligne)}{INSECABLE}jours · {format_periode_imprimee(ligne)} · {format_entite(ligne)}<br>"
        f"délai de {MOTS[ligne['code_indicateur']].mot} (mot du document) · statistique{INSECABLE}: {statistique}<br>"
        f"{format_reference(ligne['source'], ligne['source_ligne'], format_source)}"
    )


def _build_etiquette(ligne: Ligne, trace: Trace, rang: int) -> str:
    """The figure beside its mark; the point that carries the name has it on the outer side."""
    chiffre = format_delai(ligne)
    if rang != trace.nomme:
        return chiffre
    place = _get_place(trace, rang)
    if place == "gauche":
        return f"{trace.nom} {chiffre}{INSECABLE}"
    return f"{chiffre}<br>{trace.nom}" if place.startswith("bas") else f"{trace.nom}<br>{chiffre}"


def _get_place(trace: Trace, rang: int) -> Place:
    return trace.places[min(rang, len(trace.places) - 1)]


def build_series(delais: pl.DataFrame, traces: Sequence[Trace], format_source: FormatSource) -> list[Serie]:
    """Series of the figure functions, one per trace that has facts.

    Args:
        delais: rows of ``data.requetes.delais_ij.list_delais``.
        traces: what to draw, the message first.
        format_source: short title of a document, by code.
    """
    series = []
    for trace in traces:
        lignes = [
            ligne
            for ligne in delais.to_dicts()
            if (ligne["code_indicateur"], ligne["segment"]) == (trace.code, trace.segment)
            and ligne["code_entite"] == (trace.entite or "france")
        ]
        if not lignes:
            continue
        points = [
            Point(
                ligne["periode_debut"],
                ligne["periode_fin"],
                valeur=ligne["valeur"],
                borne_basse=ligne["borne_basse"],
                borne_haute=ligne["borne_haute"],
                etiquette=_build_etiquette(ligne, trace, rang),
                infobulle=_build_infobulle(ligne, format_source),
                place=_get_place(trace, rang),
            )
            for rang, ligne in enumerate(lignes)
        ]
        series.append(Serie(trace.code, trace.nom, tuple(points), trace.couleur, trace.symbole, motif=trace.motif))
    return series


def build_cibles(cibles: pl.DataFrame, format_source: FormatSource) -> list[Cible]:
    """Targets as steps, one per indicateur, a year each (rows of ``data.requetes.delais_ij.list_cibles``).

    The COG 2014-2017 gives one year only, on top of the curve: it stays in the table.
    """
    resultat = []
    for (code, numero), lignes in cibles.drop_nulls("numero").group_by(
        "code_indicateur", "numero", maintain_order=True
    ):
        nom = f"Cible {NOMS_CIBLES[numero]}"
        paliers = tuple(
            Palier(
                dt.date(ligne["annee"], 1, 1),
                dt.date(ligne["annee"], 12, 31),
                ligne["objectif"],
                format_imprime(ligne["texte"]),
                f"<b>{nom}</b><br>{format_imprime(ligne['texte'])}{INSECABLE}jours au plus en moyenne · "
                f"{ligne['annee']}<br>{format_reference(ligne['source'], ligne['source_ligne'], format_source)}",
            )
            for ligne in lignes.sort("annee").to_dicts()
        )
        resultat.append(Cible(str(code), nom, paliers, place="haut" if numero == 3 else "bas"))
    return resultat


def list_evenements(evenements: Sequence[Evenement], codes: Sequence[str]) -> list[Evenement]:
    """Events that concern at least one of these indicateurs; an event without indicateur concerns all."""
    return [e for e in evenements if not e.indicateurs or set(e.indicateurs) & set(codes)]


def build_barres(delais: pl.DataFrame, format_source: FormatSource) -> list[Barre]:
    """Bars of délais by channel or by amount class, in the order of the rows."""
    return [
        Barre(
            format_categorie(ligne),
            ligne["valeur"],
            format_delai(ligne),
            _build_infobulle(ligne, format_source),
        )
        for ligne in delais.to_dicts()
    ]
