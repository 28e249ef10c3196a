"""State of the page « Délais IJ », all of it in the URL, and the frames each theme shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, Final, Literal

import polars as pl
from pydantic import field_validator

from components.etat import Etat
from components.textes import series_ij
from components.textes.delais_caisse import CodeGroupe, CodePopulation, format_mois, format_plage
from data.catalogue import load_catalogue
from data.modele import Evenement
from data.requetes.delais_cube import StatistiqueIJ, list_caisses, list_mois

THEMES: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "tout": (
        "Tous les délais",
        (
            "premiere",
            "crise",
            "independants",
            "queue",
            "canal",
            "montant",
            "inventaire",
            "contradictions",
            "caisse",
            "repartition",
        ),
    ),
    "premiere": ("Première IJ et cibles", ("premiere", "contradictions")),
    "crise": ("Crise de 2022", ("crise", "queue")),
    "independants": ("Travailleurs indépendants", ("independants",)),
    "tardives": ("IJ les plus tardives", ("queue", "montant")),
    "canal": ("Canal de l'attestation de salaire", ("canal",)),
    "liste": ("Liste de tous les délais publiés", ("inventaire",)),
    "caisse": ("Délai par caisse et par mois", ("caisse", "repartition")),
}
Theme = Literal["tout", "premiere", "crise", "independants", "tardives", "canal", "liste", "caisse"]
Seuil = Literal["15", "30", "45", "60", "90", "120"]
OuiNon = Literal["oui", "non"]

DERNIERS: Final = "derniers"  # the latest twelve months, rather than one
NOMBRE_DERNIERS: Final = 12


class EtatDelais(Etat):
    """The theme shown, events and targets shown or not; the caisse, its group, the month and the threshold of days."""

    theme: Theme = "tout"
    evenements: OuiNon = "oui"
    cibles: OuiNon = "oui"
    organisme: str | None = None
    population: CodePopulation = "ts-maladie"
    statistique: StatistiqueIJ = "moyenne"
    groupe: CodeGroupe = "reseau"
    mois: str = DERNIERS
    seuil: Seuil = "60"

    @field_validator("organisme")
    @classmethod
    def _check_organisme(cls, code: str | None) -> str | None:
        if code is not None and code not in list_caisses()["code_organisme"]:
            raise ValueError(f"aucune caisse suivie ici ne porte le code «\u00a0{code}\u00a0».")
        return code

    @field_validator("mois")
    @classmethod
    def _check_mois(cls, mois: str) -> str:
        connus = list_mois()["mois"].to_list()
        if mois != DERNIERS and mois not in {f"{m:%Y-%m}" for m in connus}:
            raise ValueError(
                f"un mois de {connus[0]:%Y-%m} à {connus[-1]:%Y-%m} est attendu, ou «\u00a0{DERNIERS}\u00a0» pour les "
                f"{NOMBRE_DERNIERS} derniers."
            )
        return mois


def build_etat(*, evenements: bool, cibles: bool, organisme: str | None = None, **autres: Any) -> EtatDelais:
    """The state the controls show.

    Args:
        evenements: their switch. cibles: their switch.
        organisme: code, empty when none is chosen.
        autres: the other fields, as they are.
    """
    return EtatDelais(
        evenements="oui" if evenements else "non",
        cibles="oui" if cibles else "non",
        organisme=organisme or None,
        **autres,
    )


def list_derniers() -> list[dt.date]:
    """The latest twelve months that all the caisses have sent."""
    return list_mois().filter(pl.col("reseau"))["mois"].to_list()[-NOMBRE_DERNIERS:]


def list_mois_choisis(etat: EtatDelais) -> list[dt.date]:
    """The months of the période chosen, in the order of time."""
    if etat.mois == DERNIERS:
        return list_derniers()
    return [dt.date.fromisoformat(f"{etat.mois}-01")]


def list_options_mois() -> list[dict[str, str]]:
    """What can be chosen: the latest twelve months, then each month, the latest first."""
    derniers = list_derniers()
    libelle = f"{NOMBRE_DERNIERS} derniers mois ({format_plage(derniers)})"
    mois = list_mois()["mois"].to_list()[::-1]
    return [{"value": DERNIERS, "label": libelle}, *({"value": f"{m:%Y-%m}", "label": format_mois(m)} for m in mois)]


def list_evenements(codes: Iterable[str], *, montres: bool) -> tuple[list[Evenement], list[Evenement]]:
    """Events concerning these indicateurs: those to draw, and those that cut the lines even when hidden."""
    concernes = series_ij.list_evenements(load_catalogue().evenements, tuple(codes))
    return (concernes if montres else []), concernes
