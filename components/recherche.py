"""Pages that list everything of a kind: a search by words and a few filters, one way for all of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import dash_mantine_components as dmc
from dash import html

from components.choix import build_effacer, render_choix
from components.coquille import render_barre
from data.catalogue import format_cle


@dataclass(frozen=True)
class Filtre:
    """One filter of a list: the end of its identifier, its label, its options, what is chosen, its width in pixels."""

    nom: str
    libelle: str
    options: Sequence[Any]
    valeur: str
    largeur: int


def build_cle(*textes: str) -> str:
    """What :func:`find_codes` reads of a row: its texts without case nor accent, a space before each word."""
    return f" {format_cle(' '.join(textes))}"


def find_codes(recherche: str, cles: Mapping[str, str]) -> list[str]:
    """Codes of the rows that answer a search: each word typed begins one of theirs.

    Args:
        recherche: as typed; empty, every row answers.
        cles: :func:`build_cle` of each row, by code.

    Returns:
        In the order given.
    """
    mots = [f" {mot}" for mot in format_cle(recherche).split()]
    return [code for code, cle in cles.items() if all(mot in cle for mot in mots)]


def check_filtre(valeur: str, choix: Collection[str], message: str) -> str:
    """A filter given by an address.

    Raises:
        ValueError: with ``message``; it is neither empty nor among the choices.
    """
    if valeur and valeur not in choix:
        raise ValueError(message)
    return valeur


def render_filtres(page: str, exemple: str, recherche: str, filtres: Sequence[Filtre]) -> html.Div:
    """The bar of a list: « {page}-recherche », then one select per filter, empty for all.

    Args:
        page: start of the identifiers.
        exemple: what can be typed.
        recherche: words already searched.
        filtres: in order.
    """
    return render_barre(
        dmc.TextInput(
            id=f"{page}-recherche",
            label="Rechercher",
            placeholder=exemple,
            value=recherche,
            debounce=250,
            w={"base": "100%", "sm": 290},
        ),
        *(
            render_choix(
                f"{page}-{filtre.nom}",
                filtre.libelle,
                filtre.options,
                filtre.valeur or None,
                vide="Rien ne répond à cette recherche",
                placeholder="Tous",
                clearable=True,
                clearButtonProps=build_effacer(f"Effacer le choix\u00a0: {filtre.libelle}"),
                w={"base": "100%", "sm": filtre.largeur},
            )
            for filtre in filtres
        ),
    )
