"""One indicateur of one type followed year by year: what every chart of the page starts from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from components.contenu import Mention
from components.fiche_indicateur import LIBELLES_STATISTIQUE
from components.provenance import format_donnees_du, format_source
from components.textes.comparer import format_type_note
from data.catalogue import load_catalogue
from data.magasin import memorise
from data.modele import Sens, Statistique
from data.requetes.comparaison import list_organismes
from data.requetes.convergence import PRODUCTIVITE, SCORE, list_annuels, list_suivis

# Decimals shown where those of the definition say too much or too little.
DECIMALES = {PRODUCTIVITE: 0, SCORE: 2}


@dataclass(frozen=True)
class Suivi:
    """Values of every organisme of a type, year by year.

    ``valeurs``: year -> {code: value}, in order of time, only years with enough organismes. ``noms``: short names by
    code. ``organisme``: code of the one to mark, None when none is chosen or it is of another type.
    """

    code: str
    titre: str
    type_note: str
    unite: str | None
    statistique: Statistique
    decimales: int
    sens: Sens
    valeurs: dict[int, dict[str, float]]
    noms: dict[str, str]
    organisme: str | None
    simulee: bool
    sources: tuple[str, ...]

    @property
    def annees(self) -> list[int]:
        """Years followed, oldest first."""
        return list(self.valeurs)

    @property
    def bornes(self) -> tuple[int, int]:
        """First and last year."""
        return self.annees[0], self.annees[-1]

    @property
    def periode(self) -> str:
        """« 2019-2023 »."""
        return f"{self.bornes[0]}-{self.bornes[1]}"

    @property
    def groupe(self) -> str:
        """« CPAM et CCSS »."""
        return format_type_note(self.type_note)

    @property
    def productivite(self) -> bool:
        """Whether the indicateur is the productivity, about which the Igas prints facts."""
        return self.code == PRODUCTIVITE

    @property
    def fichier(self) -> str:
        """End of the names of the files."""
        return f"{self.code.replace('_', '-')}-{self.type_note.lower()}"

    def format_effectif(self) -> str:
        """« 102 CPAM et CCSS »: organismes with a value in the last year."""
        return f"{len(self.valeurs[self.bornes[1]])}\u00a0{self.groupe}"

    def build_mention(self, statistique: str, *notes: str, effectif: str | None = None) -> Mention:
        """The words printed under a chart of this indicateur."""
        return Mention(
            statistique=f"{self.titre} ({LIBELLES_STATISTIQUE[self.statistique]})\u00a0; {statistique}",
            unite=self.unite or "sans unité",
            sens=self.sens,
            periode=self.periode,
            source=format_source(*self.sources),
            donnees_du=format_donnees_du(),
            effectif=effectif or self.format_effectif(),
            simulee=self.simulee,
            notes=notes,
        )


def load_suivi(type_note: str, indicateur: str, organisme: str | None = None) -> Suivi:
    """Follow an indicateur of ``list_suivis`` for a type."""
    return _load_suivi(type_note, indicateur, organisme)


@memorise
def _load_suivi(type_note: str, indicateur: str, organisme: str | None) -> Suivi:
    suivi: dict[str, Any] = list_suivis().row(
        by_predicate=(pl.col("type_note") == type_note) & (pl.col("code_indicateur") == indicateur), named=True
    )
    faits = list_annuels().filter(
        pl.col("type_note") == type_note,
        pl.col("code_indicateur") == indicateur,
        pl.col("annee").is_between(suivi["premiere"], suivi["derniere"]),
    )
    noms = dict(list_organismes().filter(type_note=type_note).select("code_organisme", "nom_court").iter_rows())
    definition = load_catalogue().indicateur_par_code[indicateur]
    return Suivi(
        code=indicateur,
        titre=suivi["titre_court"],
        type_note=type_note,
        unite=suivi["unite"] if suivi["unite"] != "nombre" else None,
        statistique=definition.statistique,
        decimales=DECIMALES.get(indicateur, definition.decimales),
        # The Igas ranks the caisses from the most to the least productive.
        sens=Sens.HAUT if indicateur == PRODUCTIVITE else definition.sens,
        valeurs={
            annee: dict(lignes.select("code_organisme", "valeur").iter_rows())
            for (annee,), lignes in faits.group_by("annee", maintain_order=True)
        },
        noms=noms,
        organisme=organisme if organisme in noms else None,
        simulee="simulee" in faits["nature"].to_list(),
        sources=tuple(faits["source"].unique().sort()),
    )
