"""What a builder of the socle returns: rows for the mart tables, and the rows it refused."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from data.modele import Granularite, Indicateur, Maille, Nature, Statut
from data.schemas import REJET, Table, build_frame
from etl.sources.publie import Ligne

MESURE_RESULTAT = "resultat"
MESURE_TAUX = "taux_reussite"
ENSEMBLE = "ensemble"
FRANCE = "france"


@dataclass(frozen=True)
class Periode:
    """A span with its granularity; both ends included."""

    debut: dt.date
    fin: dt.date
    granularite: Granularite


def build_annee(annee: int) -> Periode:
    """The calendar year."""
    return Periode(dt.date(annee, 1, 1), dt.date(annee, 12, 31), Granularite.ANNEE)


def build_mois(annee: int, mois: int) -> Periode:
    """The calendar month."""
    suivant = dt.date(annee + mois // 12, mois % 12 + 1, 1)
    return Periode(dt.date(annee, mois, 1), suivant - dt.timedelta(days=1), Granularite.MOIS)


def build_semaine(lundi: dt.date) -> Periode:
    """The ISO week that starts on a Monday."""
    return Periode(lundi, lundi + dt.timedelta(days=6), Granularite.SEMAINE)


def build_provenance(ligne: Ligne, note: str | None = None) -> dict[str, Any]:
    """The provenance columns of a row of ``data/publie``."""
    notes = " ; ".join(texte for texte in (ligne.get("note"), ligne.get("notes"), note) if texte)
    return {
        "source": ligne["document"],
        "source_ligne": ligne["ligne"] or None,
        "source_fichier": ligne.fichier,
        "source_rang": ligne.rang,
        "nature": Nature.PUBLIEE.value,
        "note": notes or None,
    }


@dataclass
class Socle:
    """Accumulates typed rows per mart table, and rejects; ``vues`` counts the rows consumed per file."""

    lignes: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    rejets: list[dict[str, Any]] = field(default_factory=list)
    gardees: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def add(self, table: Table, ligne: Ligne, valeurs: dict[str, Any], note: str | None = None) -> None:
        """Add one row of a mart table coming from one row of a file."""
        self.lignes[table.nom].append(valeurs | build_provenance(ligne, note))
        self.gardees[ligne.fichier].add(ligne.rang)

    def reject(
        self,
        ligne: Ligne,
        regle: str,
        motif: str,
        remede: str,
        *,
        colonne: str | None = None,
        valeur: str | None = None,
    ) -> None:
        """Refuse one row (or one of its cells), with the reason and how to mend it."""
        self.rejets.append(
            {
                "fichier": ligne.fichier,
                "rang": ligne.rang,
                "colonne": colonne,
                "valeur": valeur,
                "regle": regle,
                "motif": motif,
                "remede": remede,
            }
        )

    def build_frame(self, table: Table) -> pl.DataFrame:
        """Rows of one table as a frame of its schema."""
        if table is REJET:
            return build_frame(REJET, self.rejets)
        return build_frame(table, self.lignes[table.nom])


def build_valeur(
    *,
    indicateur: Indicateur,
    maille: Maille,
    code_entite: str,
    periode: Periode,
    statistique: str,
    valeur: float | None = None,
    mesure: str = MESURE_RESULTAT,
    segment: str = ENSEMBLE,
    borne_basse: float | None = None,
    borne_haute: float | None = None,
    valeur_date: dt.date | None = None,
    numerateur: float | None = None,
    denominateur: float | None = None,
    statut: Statut = Statut.PUBLIE,
    valeur_imprimee: str | None = None,
) -> dict[str, Any]:
    """One fact of ``mart_valeur``, without its provenance."""
    return {
        "referentiel": indicateur.referentiel.value,
        "code_indicateur": indicateur.code,
        "mesure": mesure,
        "maille": maille.value,
        "code_entite": code_entite,
        "periode_debut": periode.debut,
        "periode_fin": periode.fin,
        "granularite": periode.granularite.value,
        "segment": segment,
        "statistique": statistique,
        "valeur": valeur,
        "borne_basse": borne_basse,
        "borne_haute": borne_haute,
        "valeur_date": valeur_date,
        "numerateur": numerateur,
        "denominateur": denominateur,
        "statut": statut.value,
        "valeur_imprimee": valeur_imprimee,
    }
