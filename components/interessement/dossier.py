"""What the page « Intéressement » computes with, once per organisme and publication."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from components.organisme.fiche import Fiche, Ligne, list_feuilles, load_fiche
from data.bareme import RegleInteressement
from data.calculs.interessement import Enveloppe, Interessement, compute_enveloppe, compute_interessement
from data.calculs.score import ScoreOrganisme, compute_score
from data.catalogue import load_catalogue
from data.magasin import memorise
from data.modele import Referentiel
from data.requetes.interessement import list_branches_mende, list_etp_organismes
from data.requetes.reseau import list_grandeurs, list_part_nationale
from data.requetes.resultats import ANNEE, list_primes

CODE_MENDE: Final = "481"  # CCSS de la Lozère, the only multi-branch body whose computation is printed
MILLION: Final = 1_000_000
DECIMALES_TAUX: Final = 2  # of the local rates, as printed


@dataclass(frozen=True)
class National:
    """The part nationale and the envelope, the same for every organisme. ``score``: from the printed rates."""

    regle: RegleInteressement
    enveloppe: Enveloppe
    score: ScoreOrganisme
    grandeurs: Mapping[tuple[str, int], float]

    @property
    def taux(self) -> float:
        """Rate of the part nationale in %, not rounded."""
        return self.score.taux or 0.0


@dataclass(frozen=True)
class Dossier:
    """One organisme: its sheet, its results ready for a simulation, what it is paid, the scores of its type.

    ``resultats``: one row per measured indicateur. ``autres``: published scores of the other bodies of its type.
    ``depart``: what its recomputed score pays. ``etp``: its ETP, ``etp_simules`` says whether they are simulated.
    ``branches``: the printed multi-branch computation, for the one body that has it.
    """

    fiche: Fiche
    national: National
    resultats: tuple[dict[str, Any], ...]
    autres: tuple[float, ...]
    depart: Interessement | None
    etp: float | None
    etp_simules: bool
    branches: pl.DataFrame | None

    @property
    def code(self) -> str:
        """Code of the organisme."""
        return self.fiche.organisme.code

    def get_ligne(self, code: str) -> Ligne:
        """The line of a measured indicateur."""
        return next(ligne for ligne in self.fiche.lignes if ligne.code == code)


@memorise
def load_national() -> National:
    """The envelope of the year, and the national rate from the printed rates."""
    catalogue = load_catalogue()
    regle = catalogue.get_regle_interessement(ANNEE)
    grandeurs = list_grandeurs()
    resultats = list_part_nationale().select(
        "code_indicateur",
        pl.col("resultat").alias("valeur"),
        pl.col("date_resultat").alias("valeur_date"),
        pl.col("taux").alias("taux_reussite") / 100,
        "statut",
    )
    return National(
        regle=regle,
        enveloppe=compute_enveloppe(
            grandeurs["masse_salariale_hors_charges", ANNEE] * MILLION, grandeurs["etp_eligibles", ANNEE], regle
        ),
        score=compute_score(resultats, catalogue.get_bareme(Referentiel.INTERESSEMENT, ANNEE)),
        grandeurs=grandeurs,
    )


@memorise
def load_dossier(code: str) -> Dossier:
    """Everything the page says about an organisme, by its code (of the catalogue)."""
    fiche, national = load_fiche(code), load_national()
    primes = list_primes().filter((pl.col("type_note") == fiche.type_note) & pl.col("score").is_not_null())
    etp, etp_simules = list_etp_organismes(ANNEE).get(code, (None, False))
    return Dossier(
        fiche=fiche,
        national=national,
        resultats=tuple(list_feuilles(fiche.type_note).filter(code_organisme=code).to_dicts()),
        autres=tuple(primes.filter(pl.col("code_organisme") != code)["score"]),
        depart=compute_paye(fiche.score, national, etp),
        etp=etp,
        etp_simules=etp_simules,
        branches=list_branches_mende() if code == CODE_MENDE else None,
    )


def compute_paye(score: ScoreOrganisme, national: National, etp: float | None) -> Interessement | None:
    """What a score pays; None when nothing is measured.

    The local rate is first rounded to 0,01 point, as the note prints it: every multiplication on screen can be redone.
    """
    if score.taux is None:
        return None
    taux = round(score.taux, DECIMALES_TAUX)
    return compute_interessement(national.taux, taux, national.enveloppe, national.regle, etp=etp)
