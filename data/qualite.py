"""The figures of quality of a publication: counted when it is made, kept with it, drawn over time.

The ETL writes them in the manifest of each publication (``manifeste.json``, key ``rapport.qualite``); a publication
that is no longer kept leaves them in ``var/historique/<version>.json``. They are never computed again: what a
publication said of itself stays what it said, whatever the definitions have become.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Nombre = Annotated[int, Field(ge=0)]


class Fraicheur(BaseModel):
    """Pairs indicateur × organisme by what is held on them, as the grid of freshness shows them."""

    model_config = ConfigDict(frozen=True)

    a_jour: Nombre  # real figure of the last period known of the indicateur in the type
    anciens: Nombre  # real figure of an earlier period
    sans_chiffre: Nombre  # real statement without figure
    simules: Nombre
    absents: Nombre

    @property
    def total(self) -> int:
        """All the pairs."""
        return self.a_jour + self.anciens + self.sans_chiffre + self.simules + self.absents


class Qualite(BaseModel):
    """What a publication holds, and what was refused or went wrong. Keys added since are ignored when read."""

    model_config = ConfigDict(frozen=True)

    documents: Nombre  # real facts of the documents shipped
    transmises: Nombre  # real facts of the files sent
    simulees: Nombre
    statuts: dict[str, Nombre]  # real facts by statut
    lignes_lues: Nombre  # of the files sent that are published
    lignes_rejetees: Nombre
    constats: dict[str, Nombre]  # rows of mart_rejet of these files, by severity
    controles: Nombre
    echecs: dict[str, Nombre]  # controls not met, by severity
    fraicheur: Fraicheur
    derniere: dt.date | None  # last day of the last period that has a real figure

    @property
    def reelles(self) -> int:
        """Real facts."""
        return self.documents + self.transmises

    @property
    def part_rejetee(self) -> float | None:
        """Share of the rows refused, in %; None when no file was sent."""
        return 100 * self.lignes_rejetees / self.lignes_lues if self.lignes_lues else None

    @property
    def part_a_jour(self) -> float | None:
        """Share of the pairs up to date, in %; None without any pair."""
        return 100 * self.fraicheur.a_jour / self.fraicheur.total if self.fraicheur.total else None
