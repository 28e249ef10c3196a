"""One indicateur, one type of organisme, one year: what every bloc of its page reads."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

import polars as pl

from components.figures.classes import count_decimales
from components.figures.formats import INSECABLE, format_liste
from components.textes.comparer import format_type_note
from data.calculs.ensemble import Regle, choose_regle, compute_ensemble
from data.calculs.position import Quartiles, compute_classement, compute_quartiles
from data.catalogue import load_catalogue
from data.magasin import memorise
from data.modele import Indicateur, Nature, Sens, TypeOrganisme
from data.requetes.comparaison import list_organismes
from data.requetes.indicateur import list_annuels, list_cibles

_DECIMALES_MAX = 2  # of a threshold: 8.46 is printed as it is


class Profil(StrEnum):
    """What can be said of an indicateur."""

    ORGANISMES = "organismes"  # several organismes of one type have a yearly result
    SEUL = "seul"  # one organisme has one, alone of its type
    NATIONAL = "national"  # no yearly result by organisme


@dataclass(frozen=True)
class Vue:
    """Everything held about an indicateur that has yearly results by organisme, for one type and one year.

    ``annuels`` has all types and years (see ``data.requetes.indicateur.list_annuels``); ``organisme`` is a row of
    ``list_organismes``, None when none is chosen.
    """

    indicateur: Indicateur
    type_note: str
    annee: int
    organisme: dict[str, Any] | None
    annuels: pl.DataFrame
    cibles: pl.DataFrame

    @property
    def sens(self) -> Sens:
        """Which way is better."""
        return self.indicateur.sens

    @property
    def unite(self) -> str | None:
        """Unit of the values."""
        return self.indicateur.unite

    @property
    def titre(self) -> str:
        """Short title of the indicateur."""
        return self.indicateur.titre_court

    @property
    def code_mien(self) -> str | None:
        """Code of the chosen organisme."""
        return self.organisme["code_organisme"] if self.organisme else None

    @property
    def jeton(self) -> str:
        """The choice in one word: code, type, year, organisme."""
        return f"{self.indicateur.code}|{self.type_note}|{self.annee}|{self.code_mien or ''}"

    @cached_property
    def nom_type(self) -> str:
        """« CPAM et CCSS » where CCSS have results too, else the type."""
        if self.type_note == TypeOrganisme.CPAM and TypeOrganisme.CCSS not in self.membres["type_organisme"]:
            return TypeOrganisme.CPAM.value
        return format_type_note(self.type_note)

    @property
    def nom_groupe(self) -> str:
        """« 102 CPAM et CCSS », organismes with a value only."""
        return f"{self.valeurs.height}{INSECABLE}{self.nom_type}"

    @cached_property
    def du_type(self) -> pl.DataFrame:
        """Rows of the type, all years."""
        return self.annuels.filter(pl.col("type_note") == self.type_note)

    @cached_property
    def membres(self) -> pl.DataFrame:
        """Rows of the type and year."""
        return self.du_type.filter(pl.col("annee") == self.annee)

    @cached_property
    def valeurs(self) -> pl.DataFrame:
        """Rows of the type and year with a value, ranked, best first (see ``compute_classement``)."""
        return compute_classement(self.membres.filter(pl.col("valeur").is_not_null()), self.sens, self.decimales)

    @cached_property
    def mienne(self) -> dict[str, Any] | None:
        """Ranked row of the chosen organisme, None without value."""
        lignes = self.valeurs.filter(pl.col("code_organisme") == (self.code_mien or "")).to_dicts()
        return lignes[0] if lignes else None

    @cached_property
    def quartiles(self) -> Quartiles | None:
        """Quartiles of the values, None without any."""
        return compute_quartiles(self.valeurs["valeur"].to_list()) if self.valeurs.height else None

    @cached_property
    def types(self) -> tuple[str, ...]:
        """Types with results, in definition order."""
        return tuple(self.annuels["type_note"].unique(maintain_order=True))

    @cached_property
    def annees(self) -> tuple[int, ...]:
        """Years with results for the type, oldest first."""
        return tuple(self.du_type["annee"].unique().sort())

    @cached_property
    def cible(self) -> dict[str, Any] | None:
        """Numeric target of the type and year (row of ``list_cibles``), None when there is none."""
        return self.get_cible(self.annee)

    def get_cible(self, annee: int) -> dict[str, Any] | None:
        """Numeric target of the type for a year."""
        lignes = self.cibles.filter(
            pl.col("type_organisme") == self.type_note, pl.col("annee") == annee, pl.col("objectif").is_not_null()
        ).to_dicts()
        return lignes[0] if lignes else None

    @property
    def socle(self) -> float | None:
        """Socle of the type and year, in the unit of the values."""
        return self.cible["socle"] if self.cible else None

    @property
    def objectif(self) -> float | None:
        """Objectif of the type and year, in the unit of the values."""
        return self.get_objectif(self.annee)

    def get_objectif(self, annee: int) -> float | None:
        """Objectif of the type for a year, in the unit of the values."""
        cible = self.get_cible(annee)
        return cible["objectif"] if cible else None

    @cached_property
    def decimales(self) -> int:
        """Decimals of the values: one at most when simulated, and at least those of the thresholds."""
        declarees = self.indicateur.decimales
        if self.simulee:
            declarees = min(declarees, 1)
        return max(declarees, *list_decimales(self.cibles))

    @property
    def simulee(self) -> bool:
        """Whether any result of the type and year is simulated."""
        return Nature.SIMULEE in self.membres["nature"]

    @cached_property
    def regle(self) -> Regle:
        """How a group of organismes makes one figure."""
        return choose_regle(self.annuels, self.indicateur.statistique, cumulable=self.indicateur.cumulable)

    @cached_property
    def regle_type(self) -> Regle:
        """The same, for a figure that must compare with a target per organisme."""
        return choose_regle(
            self.annuels, self.indicateur.statistique, cumulable=self.indicateur.cumulable, typique=True
        )

    def get_ensemble(self, frame: pl.DataFrame, annee: int) -> tuple[float | None, int]:
        """Figure of a group of organismes for a year, and how many have a value."""
        lignes = compute_ensemble(frame.filter(pl.col("annee") == annee), ["annee"], self.regle)
        return (None, 0) if lignes.is_empty() else (lignes["valeur"][0], lignes["effectif"][0])


def list_decimales(cibles: pl.DataFrame) -> list[int]:
    """Decimals the thresholds need to be written as they are; 0 at least."""
    seuils = [v for colonne in ("socle", "objectif") for v in cibles[colonne].drop_nulls()]
    return [0, *(min(count_decimales(v), _DECIMALES_MAX) for v in seuils)]


def get_profil(code: str) -> Profil:
    """What can be said of an indicateur."""
    annuels = list_annuels(code)
    if annuels.is_empty():
        return Profil.NATIONAL
    effectifs = annuels.group_by("type_note").agg(pl.col("code_organisme").n_unique())
    return Profil.SEUL if effectifs["code_organisme"].max() == 1 else Profil.ORGANISMES


def list_types(code: str) -> tuple[str, ...]:
    """Types with yearly results, in definition order."""
    return tuple(list_annuels(code)["type_note"].unique(maintain_order=True))


def find_type(code: str, organisme: str | None) -> str:
    """The type shown first: that of the chosen organisme, else the one with most organismes."""
    annuels = list_annuels(code)
    type_organisme = annuels.filter(pl.col("code_organisme") == (organisme or ""))["type_note"]
    if type_organisme.len():
        return str(type_organisme[0])
    par_type = annuels.group_by("type_note", maintain_order=True).agg(pl.col("code_organisme").n_unique())
    return str(par_type.sort("code_organisme", descending=True, maintain_order=True)["type_note"][0])


def list_annees(code: str, type_note: str) -> list[int]:
    """Years with results for a type, oldest first."""
    return list(list_annuels(code).filter(pl.col("type_note") == type_note)["annee"].unique().sort())


@memorise
def load_vue(code: str, type_note: str, annee: int, organisme: str | None) -> Vue:
    """Read the facts for a choice that :func:`resolve_choix` accepted."""
    return Vue(
        indicateur=load_catalogue().get_indicateur(code),
        type_note=type_note,
        annee=annee,
        organisme=list_organismes().filter(code_organisme=organisme).row(0, named=True) if organisme else None,
        annuels=list_annuels(code),
        cibles=list_cibles(code),
    )


def read_vue(jeton: str) -> Vue:
    """The view a jeton names (see :attr:`Vue.jeton`)."""
    code, type_note, annee, organisme = jeton.split("|")
    return load_vue(code, type_note, int(annee), organisme or None)


def drop_organisme(jeton: str) -> str:
    """The same choice without organisme: what does not mark one is built once for all."""
    return f"{jeton.rpartition('|')[0]}|"


def resolve_choix(code: str, type_note: str, annee: int, organisme: str | None) -> tuple[Vue, list[str]]:
    """The view for a choice of the URL, and a French message for each part of it that cannot be shown.

    Args:
        code: an indicateur whose :class:`Profil` is not national.
        type_note: empty for the default.
        annee: 0 for the last year.
        organisme: code of an existing organisme, None for none.
    """
    problemes = []
    types = list_types(code)
    if organisme and organisme not in list_annuels(code)["code_organisme"]:
        nom = load_catalogue().get_organisme(organisme).nom
        problemes.append(
            f"{nom} n'a pas cet indicateur\u00a0: il ne concerne que "
            f"{format_liste([format_type_note(t) for t in types])}."
        )
        organisme = None
    if type_note and type_note not in types:
        problemes.append(
            f"Aucun résultat pour le type «\u00a0{type_note}\u00a0»\u00a0: les types possibles sont "
            f"{format_liste(list(types))}."
        )
        type_note = ""
    choisi = type_note or find_type(code, organisme)
    if organisme and type_note and find_type(code, organisme) != type_note:
        nom = load_catalogue().get_organisme(organisme).nom
        problemes.append(f"{nom} n'est pas du type {format_type_note(type_note)}\u00a0: il n'est pas repéré.")
        organisme = None
    annees = list_annees(code, choisi)
    if annee and annee not in annees:
        problemes.append(f"Aucun résultat pour {annee}\u00a0: {annees[-1]} est affichée.")
        annee = 0
    return load_vue(code, choisi, annee or annees[-1], organisme), problemes
