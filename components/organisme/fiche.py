"""The sheet of one organisme: its score unfolded, its lines, its place among its peers. Built once per publication.

The score and the primes are published. The lines are simulated for every organisme but the Cnam, whose rates the note
prints; each one says which.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from components.figures.classes import ETATS_SANS_VALEUR
from components.figures.formats import format_valeur
from data.bareme import Bareme
from data.calculs.intervalles import compute_z, wilson
from data.calculs.position import Position, compute_position
from data.calculs.rangs import RangIncertain, list_rangs_incertains
from data.calculs.resultats import Etat
from data.calculs.score import ScoreIndicateur, ScoreOrganisme, compute_score
from data.calculs.score_vectorise import compute_scores
from data.catalogue import load_catalogue
from data.magasin import memorise
from data.modele import Indicateur, Organisme, Referentiel, Sens, Statistique, TypeOrganisme
from data.requetes.resultats import ANNEE, list_mois, list_primes, list_resultats
from data.requetes.scores import list_repartition

NIVEAU = 0.95
PRECEDENTE = ANNEE - 1


@dataclass(frozen=True)
class Evolution:
    """The rate (%) of one indicateur, last year and this year, and what the gap weighs in points of this year."""

    avant: float
    apres: float
    points: float


@dataclass(frozen=True)
class Ligne:
    """One indicateur of the sheet.

    ``composite`` is the title of the indicateur it is a part of. ``groupe`` holds the values of its type, its own
    included, without holes. ``mois`` pairs each month with a value or None, in order of time. ``evolution`` is None
    unless the indicateur is common to both years; ``sans_evolution`` then says why.
    """

    indicateur: Indicateur
    score: ScoreIndicateur
    composite: str | None
    numerateur: float | None
    denominateur: float | None
    simulee: bool
    source: str | None
    note: str | None
    groupe: tuple[float, ...]
    position: Position | None
    mois: tuple[tuple[dt.date, float | None], ...]
    evolution: Evolution | None
    sans_evolution: str | None

    @property
    def code(self) -> str:
        """Code of the indicateur."""
        return self.indicateur.code

    def format_valeur(self, valeur: float | None) -> str:
        """A value in the unit of the indicateur; whole targets are written without decimals."""
        return format_valeur(valeur, self.indicateur.unite, self.indicateur.decimales)


@dataclass(frozen=True)
class Fiche:
    """Everything the page of an organisme says.

    ``primes`` is its row of ``list_primes`` (published). ``score`` is recomputed from its lines; ``position`` and
    ``rang`` place the published score in its type: ``rang`` is None when no interval can be computed.
    ``mesures`` counts the indicateurs whose denominator gave an error, out of ``len(lignes)``.
    """

    organisme: Organisme
    type_note: str
    primes: dict[str, Any]
    bareme: Bareme
    score: ScoreOrganisme
    lignes: tuple[Ligne, ...]
    position: Position | None
    rang: RangIncertain | None
    mesures: int
    precedent: Organisme | None
    suivant: Organisme | None

    @property
    def simulee(self) -> bool:
        """Whether any line is simulated."""
        return any(ligne.simulee for ligne in self.lignes)

    @property
    def documents(self) -> list[str]:
        """Codes of the sources of the lines and of the published score."""
        return sorted({ligne.source for ligne in self.lignes if ligne.source} | {self.primes["source"]})

    @property
    def a_positions(self) -> bool:
        """Whether any line has a place among peers."""
        return any(ligne.position for ligne in self.lignes)

    @property
    def a_tendances(self) -> bool:
        """Whether any line has monthly results."""
        return any(ligne.mois for ligne in self.lignes)

    def get_ligne(self, code: str) -> Ligne | None:
        """The line of an indicateur, if the sheet has it."""
        return next((ligne for ligne in self.lignes if ligne.code == code), None)


def get_type_note(organisme: Organisme) -> str:
    """The type as the note groups it: the CCSS are printed with the CPAM."""
    return (TypeOrganisme.CPAM if organisme.type is TypeOrganisme.CCSS else organisme.type).value


def get_bareme(type_note: str) -> Bareme:
    """The barème of the part locale of a type."""
    return load_catalogue().get_bareme(Referentiel.INTERESSEMENT, ANNEE, TypeOrganisme(type_note))


def list_feuilles(type_note: str, annee: int = ANNEE) -> pl.DataFrame:
    """Results of a type on what its barème measures (see ``list_resultats``), composites left to their components."""
    codes = [code for code, _ in get_bareme(type_note).list_cibles()]
    return list_resultats(type_note, annee).filter(pl.col("code_indicateur").is_in(codes))


@memorise
def compute_erreurs(type_note: str) -> pl.DataFrame:
    """Standard error of the score of each organisme of a type, from the denominators of its rates.

    Only an indicateur that is a share (cases out of files) has one: its Wilson interval is carried through the barème,
    and the distance between both scores, divided by 2z, is its error, in points. Errors add up in squares. Délais,
    counts, plans and yes/no results count as exact: the interval of the rank is the least it can be.

    Columns: code_organisme, erreur (points), mesures (indicateurs with an error).
    """
    feuilles = list_feuilles(type_note)
    # A rate that may be negative (a margin) is no share of cases: its denominator is not a number of trials.
    taux = {i.code for i in load_catalogue().indicateurs if i.statistique is Statistique.TAUX and i.bornes.min == 0}
    parts = feuilles.filter(
        pl.col("code_indicateur").is_in(taux)
        & pl.col("valeur").is_not_null()
        & (pl.col("denominateur") > 0)
        & pl.col("numerateur").is_between(0, pl.col("denominateur"))
    )
    organismes = feuilles.select("code_organisme").unique(maintain_order=True)
    if parts.is_empty():
        return organismes.with_columns(pl.lit(0.0).alias("erreur"), pl.lit(0).alias("mesures"))
    bornes = [wilson(x, n, NIVEAU) for x, n in parts.select("numerateur", "denominateur").iter_rows()]
    extremes = []
    for place in (0, 1):
        bornees = parts.with_columns(pl.Series("borne", [100 * b[place] for b in bornes]))
        remplacees = feuilles.join(
            bornees.select("code_organisme", "code_indicateur", "borne"),
            on=["code_organisme", "code_indicateur"],
            how="left",
            maintain_order="left",
        ).with_columns(pl.coalesce("borne", "valeur").alias("valeur"))
        points = compute_scores(remplacees, get_bareme(type_note)).indicateurs
        extremes.append(points.select("code_organisme", "code_indicateur", pl.col("points").alias(f"points_{place}")))
    return (
        organismes.join(
            extremes[0]
            .join(extremes[1], on=["code_organisme", "code_indicateur"])
            .join(parts.select("code_organisme", "code_indicateur"), on=["code_organisme", "code_indicateur"])
            .with_columns(((pl.col("points_1") - pl.col("points_0")) / (2 * compute_z(NIVEAU))).alias("erreur"))
            .group_by("code_organisme")
            .agg(pl.col("erreur").pow(2).sum().sqrt(), pl.len().alias("mesures")),
            on="code_organisme",
            how="left",
            maintain_order="left",
        )
        .with_columns(pl.col("erreur").fill_null(0.0), pl.col("mesures").fill_null(0))
    )  # fmt: skip


@memorise
def list_rangs(type_note: str) -> dict[str, RangIncertain]:
    """Rank of the published score of each organisme in its type, with its interval; empty when none has an error."""
    scores = list_primes().filter((pl.col("type_note") == type_note) & pl.col("score").is_not_null())
    erreurs = scores.select("code_organisme", "score").join(
        compute_erreurs(type_note), on="code_organisme", how="left", maintain_order="left"
    )
    if not (erreurs["erreur"].fill_null(0) > 0).any():
        return {}
    rangs = list_rangs_incertains(erreurs["score"].to_list(), erreurs["erreur"].fill_null(0.0).to_list(), niveau=NIVEAU)
    return {
        code: rang for code, rang in zip(erreurs["code_organisme"].to_list(), rangs, strict=True) if rang is not None
    }


def _find_evolution(
    score: ScoreIndicateur, avant: dict[str, float | None], communs: dict[str, bool]
) -> tuple[Evolution | None, str | None]:
    """The change of a rate, or why there is none."""
    code = score.code_indicateur
    if not any(communs.values()):
        return None, f"la note n'imprime aucun taux {PRECEDENTE} pour ce type"
    if not communs.get(code, False):
        return None, f"la note n'imprime pas son taux {PRECEDENTE}\u00a0: nouveau ou redéfini en {ANNEE}"
    if score.etat is Etat.NEUTRALISE:
        # « sans objet » and « abandonné » leave the computation too, and are not « neutralisé ».
        return None, f"{ETATS_SANS_VALEUR.get(score.statut or '', ('', 'neutralisé'))[1]} en {ANNEE}"
    ancien = avant.get(code)
    if ancien is None:
        return None, f"sans résultat en {PRECEDENTE}"
    if score.taux is None:
        return None, f"sans résultat en {ANNEE}"
    return Evolution(ancien, score.taux, score.poids_effectif * (score.taux - ancien) / 100), None


def _get_position(groupe: Sequence[float], valeur: float | None, indicateur: Indicateur) -> Position | None:
    """Place of a value in its type; none without peers or when no direction is declared."""
    if valeur is None or len(groupe) < 2 or indicateur.sens is Sens.NEUTRE:
        return None
    return compute_position(groupe, valeur, indicateur.sens, indicateur.decimales)


@memorise
def load_fiche(code: str) -> Fiche:
    """The sheet of an organisme, by its code (of the catalogue)."""
    catalogue = load_catalogue()
    organisme = catalogue.get_organisme(code)
    type_note = get_type_note(organisme)
    primes = list_primes().filter(type_note=type_note)
    bareme = get_bareme(type_note)
    feuilles = list_feuilles(type_note)
    miens = feuilles.filter(code_organisme=code)
    score = compute_score(miens, bareme)
    faits = {ligne["code_indicateur"]: ligne for ligne in miens.iter_rows(named=True)}
    groupes = {
        cle: tuple(valeurs)
        for cle, valeurs in feuilles.filter(pl.col("valeur").is_not_null())
        .group_by("code_indicateur")
        .agg("valeur")
        .iter_rows()
    }
    mois = {
        cle: tuple(zip(dates, valeurs, strict=True))
        for cle, dates, valeurs in list_mois(code).group_by("code_indicateur").agg("mois", "valeur").iter_rows()
    }
    avant = {
        ligne["code_indicateur"]: None if ligne["taux"] is None else 100 * ligne["taux"]
        for ligne in list_feuilles(type_note, PRECEDENTE).filter(code_organisme=code).iter_rows(named=True)
    }
    communs = {
        ligne["code_indicateur"]: ligne["taux_moyen_precedent"] is not None
        for ligne in list_repartition(type_note).iter_rows(named=True)
    }
    lignes = []
    for detail in score.indicateurs:
        indicateur = catalogue.get_indicateur(detail.code_indicateur)
        fait = faits.get(indicateur.code, {})
        groupe = groupes.get(indicateur.code, ())
        evolution, raison = _find_evolution(detail, avant, communs)
        lignes.append(
            Ligne(
                indicateur=indicateur,
                score=detail,
                composite=catalogue.get_indicateur(detail.code_composite).titre_court
                if detail.code_composite
                else None,
                numerateur=fait.get("numerateur"),
                denominateur=fait.get("denominateur"),
                simulee=bool(fait.get("simulee", False)),
                source=fait.get("source"),
                note=fait.get("note"),
                groupe=groupe,
                position=_get_position(groupe, detail.valeur, indicateur),
                mois=mois.get(indicateur.code, ()),
                evolution=evolution,
                sans_evolution=raison,
            )
        )
    scores = primes.filter(pl.col("score").is_not_null())["score"].to_list()
    mien = primes.filter(code_organisme=code).row(0, named=True)
    codes = primes["code_organisme"].to_list()
    place = codes.index(code)
    erreurs = dict(compute_erreurs(type_note).select("code_organisme", "mesures").iter_rows())
    return Fiche(
        organisme=organisme,
        type_note=type_note,
        primes=mien,
        bareme=bareme,
        score=score,
        lignes=tuple(lignes),
        position=compute_position(scores, mien["score"], Sens.HAUT, 2)
        if mien["score"] is not None and len(scores) > 1
        else None,
        rang=list_rangs(type_note).get(code) if len(scores) > 1 else None,
        mesures=erreurs.get(code, 0),
        precedent=catalogue.get_organisme(codes[place - 1]) if place else None,
        suivant=catalogue.get_organisme(codes[place + 1]) if place + 1 < len(codes) else None,
    )
