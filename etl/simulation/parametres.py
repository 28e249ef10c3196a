"""Hypotheses of the simulated network, read from ``data/definitions/simulation/reseau.yaml`` and validated."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from data.catalogue import DEFINITIONS, DefinitionInvalideError
from data.modele import CodeIndicateur
from etl.socle.interessement import ANNEE

MOIS = 12
ANNEES = (2019, 2020, 2021, 2022, ANNEE)  # they lead to the year whose results are published by organisme


class Genre(StrEnum):
    """How a figure is made, month by month and over a year."""

    TAUX = "taux"  # 100 × numerator / denominator, the numerator being a part of the denominator
    EVOLUTION = "evolution"  # 100 × (this year's count / last year's count - 1)
    SOLDE = "solde"  # 100 × numerator / denominator, the numerator may be negative
    MOYENNE = "moyenne"  # days / files
    NOMBRE = "nombre"  # a count
    D9 = "d9"  # a ninth decile over a number of files
    AVANCEMENT = "avancement"  # 0 to 100, no file behind


class Base(StrEnum):
    """What the volume of files grows with."""

    POPULATION = "population"
    FIXE = "fixe"


class _Fige(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Choc(_Fige):
    """What a dated event does: ``effet`` and ``activite`` by month (« 2022-01 »), ``annuel`` in points of rate."""

    effet: dict[str, float]
    activite: dict[str, Annotated[float, Field(gt=0)]]
    annuel: dict[int, float]


class ParametresIndicateur(_Fige):
    """One indicateur: its genre, the volume of files behind it, its season, its shocks and its targets of 2023."""

    genre: Genre
    base: Base
    volume: Annotated[float, Field(ge=0)]
    maximum: Annotated[float, Field(gt=0)] | None = None
    saison: str
    chocs: tuple[str, ...] = ()
    recul: float
    cibles: Annotated[dict[str, tuple[float, float]], Field(min_length=1)]

    @model_validator(mode="after")
    def _check_coherence(self) -> Self:
        for type_note, (socle, objectif) in self.cibles.items():
            if socle == objectif:
                raise ValueError(f"{type_note} : socle et objectif sont égaux")
        if self.volume == 0 and self.genre is not Genre.AVANCEMENT:
            raise ValueError(f"un volume est attendu pour le genre « {self.genre} »")
        return self


class Parametres(_Fige):
    """Everything the simulator assumes."""

    saisons: dict[str, Annotated[list[float], Field(min_length=MOIS, max_length=MOIS)]]
    chocs: dict[str, Choc]
    moyennes: dict[int, float]
    persistance: Annotated[float, Field(gt=0, lt=1)]
    taille_absente: Annotated[int, Field(gt=0)]
    indicateurs: Mapping[CodeIndicateur, ParametresIndicateur]

    @model_validator(mode="after")
    def _check_noms(self) -> Self:
        for code, indicateur in self.indicateurs.items():
            if indicateur.saison not in self.saisons:
                raise ValueError(f"{code} : saison inconnue « {indicateur.saison} »")
            for choc in indicateur.chocs:
                if choc not in self.chocs:
                    raise ValueError(f"{code} : choc inconnu « {choc} »")
        return self


def load_parametres(chemin: Path = DEFINITIONS / "simulation" / "reseau.yaml") -> Parametres:
    """Read the hypotheses.

    Raises:
        DefinitionInvalideError: the file is malformed, or names an unknown season or shock.
    """
    try:
        return Parametres.model_validate(yaml.safe_load(chemin.read_text(encoding="utf-8")))
    except (yaml.YAMLError, ValidationError) as erreur:
        raise DefinitionInvalideError(f"{chemin.name} : hypothèses de simulation invalides ({erreur})") from erreur
