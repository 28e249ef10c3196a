"""What a chart *says*: title, sentence, figure, table twin and the mention printed under it.

Pure dataclasses shared by the screen (``components.bloc``) and the exports.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from components.figures.figure_legere import FigureLegere
from components.figures.formats import INSECABLE, format_date, format_debut, format_nombre
from data.modele import Sens

LIBELLES_SENS: dict[Sens, str] = {
    Sens.HAUT: "plus haut = mieux",
    Sens.BAS: "plus bas = mieux",
    Sens.NEUTRE: "sans jugement de sens",
}
MENTION_SIMULEE = "Données simulées"
MENTION_EN_PARTIE = "Données en partie simulées"
Simulation = bool | Literal["partie"]  # « partie »: some of the values shown are real


_DECIMALES = 6  # of the figures sent to the tables: far beyond what is printed, short of the last bits of a float


def round_calcul(valeur: float | None) -> float | None:
    """A computed figure as a file should carry it: 4.8, and not 4.800000000000001."""
    return None if valeur is None else round(valeur, _DECIMALES)


def format_simulation(simulee: Simulation) -> str:
    """The mark of what is shown: simulated, partly so, or nothing to say."""
    return MENTION_EN_PARTIE if simulee == "partie" else MENTION_SIMULEE if simulee else ""


@dataclass(frozen=True)
class Mention:
    """The words every chart carries, on screen and on every export.

    ``effectif`` says what is counted and how many (« 102 CPAM et CCSS »);
    ``donnees_du`` is the date of the publication the figures come from. ``sens`` is None when several indicateurs each
    have their own.
    """

    statistique: str
    unite: str
    sens: Sens | None
    periode: str
    source: str
    donnees_du: str
    effectif: str = ""
    simulee: Simulation = False
    notes: tuple[str, ...] = ()

    def list_phrases(self) -> list[str]:
        """Two lines: how to read the figures, then where they come from."""
        sens = "sens propre à chaque indicateur" if self.sens is None else LIBELLES_SENS[self.sens]
        lecture = [format_debut(self.statistique), f"unité{INSECABLE}: {self.unite}", sens, self.periode]
        if self.effectif:
            lecture.append(f"n{INSECABLE}= {self.effectif}")
        provenance = f"Source{INSECABLE}: {self.source}. Données publiées le {self.donnees_du}."
        return [" · ".join(lecture), provenance, *self.notes]


@dataclass(frozen=True)
class Colonne:
    """One column of a table: its key in the rows, its heading and how its values are written.

    ``format`` « nombre » expects numbers (or None, written as an en dash), « texte » strings,
    « date » ISO dates. ``decimales`` and ``unite`` apply to numbers; the unit goes in the heading.
    ``lien`` is the key of the internal address a text leads to, ``etat`` that of the state of the cell against its
    target (``data.calculs.atteinte.Atteinte``); ``groupe`` heads several columns.
    """

    champ: str
    titre: str
    format: Literal["texte", "nombre", "date"] = "texte"
    decimales: int = 1
    unite: str = ""
    epinglee: bool = False
    lien: str = ""
    etat: str = ""
    groupe: str = ""

    @property
    def entete(self) -> str:
        """Heading with its unit, as « Taux (%) »."""
        return f"{self.titre} ({self.unite})" if self.unite else self.titre


@dataclass(frozen=True)
class Tableau:
    """The table twin of a chart: rows in the order of the chart, as dicts of plain values."""

    colonnes: tuple[Colonne, ...]
    lignes: Sequence[dict[str, Any]]
    legende: str = ""
    cle_surlignee: str | None = None  # value of the first column whose row is « mine »

    def format_cellule(self, colonne: Colonne, ligne: dict[str, Any]) -> str:
        """One cell as French text."""
        valeur = ligne.get(colonne.champ)
        if colonne.format == "nombre":
            return valeur if isinstance(valeur, str) else format_nombre(valeur, colonne.decimales)
        if colonne.format == "date":
            return format_date(valeur)
        return "" if valeur is None else str(valeur)


@dataclass(frozen=True)
class Contenu:
    """Everything a bloc shows. ``vide`` replaces the figure by a sentence saying why and what to do."""

    titre: str
    phrase: str
    mention: Mention
    tableau: Tableau
    figure: FigureLegere | None = None
    vide: str | None = None
    fichier: str = "parangon"
