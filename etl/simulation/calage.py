"""Fit the local rates of one type of organismes to everything the note prints about them.

Unknown: the rate (0..1) of each organisme on each indicateur. Known, for a type: the score of each organisme (rows),
the mean rate and the counts at 100 %, below, nil and neutralised of each indicateur (columns), sometimes the mean rate
of a domaine. Two steps, both solved by HiGHS through scipy:

1. **who** is at 100 %, nil or below: a mixed integer program. Scores are met exactly; counts and means are elastic, so
   that where the document contradicts itself the nearest solution comes out (one body miscounted costs as much as
   :data:`COUT_EFFECTIF` points of mean).
2. **how much** below: a linear program, nearest (sum plus largest of the absolute distances) to drawn plausible rates.

A neutralised cell leaves its domaine and its weight is shared out inside it, pro rata; so does one « sans objet ».
Where the domaine is bonifié, an indicateur past its objectif lifts the domaine by its excess × weight, within 100 %.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array, vstack

from etl.simulation.tableaux import Masque, Matrice, Vecteur

BAS, HAUT = 0.01, 0.999  # a fitted rate « inférieur à 100 % »: neither nil nor printed 100,0
COUT_EFFECTIF = 5.0  # points of mean
_COUT_LIGNE = 1e3
_TOLERANCE_MOYENNE = 0.03  # points: prints as the published decimal, once made of whole files too
_TOLERANCE_SCORE = 0.004  # points: prints as the published two decimals
_TIRAGES = 12  # draws of the neutralised bodies before the best one is kept


class CalageImpossibleError(RuntimeError):
    """The solver found no solution, even elastic: the published margins do not describe the declared weights."""


@dataclass(frozen=True)
class Comptes:
    """How many bodies of the type are at 100 %, below, nil, neutralised."""

    nb_100: int
    nb_inferieur: int
    nb_nul: int
    nb_neutralise: int


@dataclass(frozen=True)
class Marges:
    """What is published about a type: n bodies, k leaf indicateurs.

    poids: points of 100 (k). scores: % (n). moyennes: mean rate in %, NaN when not printed (k). moyennes_domaine: mean
    rate of a domaine in %. comptes: None when not printed. sans_objet: cells outside the scope (n × k).
    exces_max: largest usable excess over the objectif, in share of the way from socle to objectif; 0 where the domaine
    has no bonification or the objectif cannot be exceeded (k). preferences: who is rather at 100 % (n × k).
    """

    type_note: str
    codes: tuple[str, ...]
    domaines: tuple[str, ...]
    poids: Vecteur
    scores: Vecteur
    moyennes: Vecteur
    moyennes_domaine: Mapping[str, float]
    comptes: Sequence[Comptes | None]
    sans_objet: Masque
    exces_max: Vecteur
    preferences: Matrice


@dataclass(frozen=True)
class Calage:
    """Fitted rates.

    taux: 0..1, NaN where neutralised or without object. exces: excess over the objectif brought to a bonified domaine
    (0 elsewhere). neutralise: cells neutralised. poids: effective weights, neutralised ones shared out. plafonne: rows
    whose bonified domaine reaches 100 %, where a larger excess changes nothing.
    """

    taux: Matrice
    exces: Matrice
    neutralise: Masque
    poids: Matrice
    plafonne: Masque


def compute_poids_effectifs(poids: Vecteur, domaines: Sequence[str], hors: Masque) -> Matrice:
    """Weights once the cells of ``hors`` have left, shared pro rata inside their domaine (n × k).

    Raises:
        CalageImpossibleError: a body has a whole domaine neutralised.
    """
    effectifs = np.where(hors, 0.0, poids)
    for domaine in dict.fromkeys(domaines):
        colonnes = np.array([d == domaine for d in domaines])
        restes = effectifs[:, colonnes].sum(axis=1)
        if (restes <= 0).any():
            raise CalageImpossibleError(f"domaine « {domaine} » neutralisé en entier pour un organisme")
        effectifs[:, colonnes] *= (poids[colonnes].sum() / restes)[:, None]
    return effectifs


def draw_neutralises(marges: Marges, rng: np.random.Generator) -> Masque:
    """Draw, uniformly among the bodies in the scope, those neutralised on each indicateur."""
    neutralise = np.zeros_like(marges.sans_objet)
    for j, comptes in enumerate(marges.comptes):
        if comptes is not None and comptes.nb_neutralise:
            candidats = np.flatnonzero(~marges.sans_objet[:, j])
            neutralise[rng.choice(candidats, comptes.nb_neutralise, replace=False), j] = True
    return neutralise


def solve_calage(marges: Marges, rng: np.random.Generator) -> Calage:
    """Rates that meet the margins, the nearest where they contradict one another.

    Raises:
        CalageImpossibleError: no solution.
    """
    tirages = _TIRAGES if any(c is not None and c.nb_neutralise for c in marges.comptes) else 1
    meilleur: tuple[float, Masque, Matrice, Matrice, Masque] | None = None
    for _ in range(tirages):
        neutralise = draw_neutralises(marges, rng)
        poids = compute_poids_effectifs(marges.poids, marges.domaines, neutralise | marges.sans_objet)
        ecart, etats = _solve_etats(marges, neutralise | marges.sans_objet, poids, rng)
        if meilleur is None or ecart < meilleur[0] - 1e-6:
            meilleur = (ecart, neutralise, poids, etats, neutralise | marges.sans_objet)
        if ecart < 1e-6:
            break
    assert meilleur is not None  # noqa: S101 - at least one draw
    _, neutralise, poids, etats, hors = meilleur
    taux, exces = _solve_taux(marges, hors, poids, etats, rng)
    plafonne = np.zeros(len(marges.scores), dtype=bool)
    for _, colonnes in _list_bonifies(marges):
        atteint = (poids * (np.where(hors, 0, taux) + exces))[:, colonnes].sum(axis=1)
        plafonne |= atteint >= marges.poids[colonnes].sum() - 1e-6
    return Calage(np.where(hors, np.nan, taux), exces, neutralise, poids, plafonne)


def _list_bonifies(marges: Marges) -> list[tuple[str, Masque]]:
    """Domaines with a bonification, and the columns of each."""
    codes = np.array(marges.domaines)
    return [
        (domaine, codes == domaine)
        for domaine in dict.fromkeys(marges.domaines)
        if (marges.exces_max[codes == domaine] > 0).any()
    ]


class _Contraintes:
    """Sparse linear constraints, row by row: bas ≤ Σ coefficient × variable ≤ haut."""

    def __init__(self, variables: int) -> None:
        self.variables = variables
        self._lignes: list[NDArray[np.int64]] = []
        self._colonnes: list[NDArray[np.int64]] = []
        self._valeurs: list[Vecteur] = []
        self.bas: list[float] = []
        self.haut: list[float] = []

    def add(
        self, colonnes: Sequence[int] | NDArray[np.int64], valeurs: Sequence[float] | Vecteur, bas: float, haut: float
    ) -> None:
        indices = np.asarray(colonnes, dtype=np.int64)
        self._lignes.append(np.full(len(indices), len(self.bas), dtype=np.int64))
        self._colonnes.append(indices)
        self._valeurs.append(np.asarray(valeurs, dtype=np.float64))
        self.bas.append(bas)
        self.haut.append(haut)

    def build(self) -> csr_array:
        lignes, colonnes = np.concatenate(self._lignes), np.concatenate(self._colonnes)
        return csr_array((np.concatenate(self._valeurs), (lignes, colonnes)), shape=(len(self.bas), self.variables))


def _add_marges(contraintes: _Contraintes, marges: Marges, hors: Masque, poids: Matrice, ecarts: int) -> None:
    """Rows (scores), columns (means) and domaines, on variables taux (n × k), exces (n × k), then slacks at ``ecarts``.

    Slacks: two per row, two per column, two per printed domaine.
    """
    n, k = poids.shape
    taux = np.arange(n * k).reshape(n, k)
    exces = taux + n * k
    bonus = marges.exces_max > 0
    for o in range(n):
        contraintes.add(
            [*taux[o], *exces[o, bonus], ecarts + 2 * o, ecarts + 2 * o + 1],
            [*poids[o], *poids[o, bonus], 1, -1],
            marges.scores[o] - _TOLERANCE_SCORE,
            marges.scores[o] + _TOLERANCE_SCORE,
        )
        for _, colonnes in _list_bonifies(marges):
            total = float(marges.poids[colonnes].sum())
            contraintes.add(
                [*taux[o, colonnes], *exces[o, colonnes & bonus]],
                [*poids[o, colonnes], *poids[o, colonnes & bonus]],
                0,
                total,
            )
    suite = ecarts + 2 * n
    for j in range(k):
        if np.isfinite(marges.moyennes[j]):
            presents = np.flatnonzero(~hors[:, j])
            contraintes.add(
                [*taux[presents, j], suite + 2 * j, suite + 2 * j + 1],
                [*np.full(len(presents), 100 / len(presents)), 1, -1],
                marges.moyennes[j] - _TOLERANCE_MOYENNE,
                marges.moyennes[j] + _TOLERANCE_MOYENNE,
            )
    suite += 2 * k
    for rang, (domaine, moyenne) in enumerate(marges.moyennes_domaine.items()):
        colonnes = np.array(marges.domaines) == domaine
        total = float(marges.poids[colonnes].sum())
        contraintes.add(
            [*taux[:, colonnes].ravel(), suite + 2 * rang, suite + 2 * rang + 1],
            [*(100 * poids[:, colonnes] / total / n).ravel(), 1, -1],
            moyenne - _TOLERANCE_MOYENNE,
            moyenne + _TOLERANCE_MOYENNE,
        )


def _count_ecarts(marges: Marges) -> int:
    return 2 * (len(marges.scores) + len(marges.codes) + len(marges.moyennes_domaine))


def _build_couts_ecarts(marges: Marges) -> Vecteur:
    n = len(marges.scores)
    couts = np.ones(_count_ecarts(marges))
    couts[: 2 * n] = _COUT_LIGNE
    return couts


@contextmanager
def _mute_solveur() -> Iterator[None]:
    """Silence what HiGHS now and then writes to the standard output by itself: a report in JSON goes there too."""
    sys.stdout.flush()
    copie = os.dup(1)
    try:
        with Path(os.devnull).open("w", encoding="utf-8") as nulle_part:
            os.dup2(nulle_part.fileno(), 1)
            yield
    finally:
        os.dup2(copie, 1)
        os.close(copie)


def _solve_etats(marges: Marges, hors: Masque, poids: Matrice, rng: np.random.Generator) -> tuple[float, Matrice]:
    """State of each cell: 1 at 100 %, 0 below, -1 nil; with the total gap to the margins (points)."""
    n, k = poids.shape
    taille = n * k
    ecarts = 4 * taille
    comptes_a = ecarts + _count_ecarts(marges)
    variables = comptes_a + 4 * k
    pleins = np.arange(taille).reshape(n, k) + 2 * taille
    nuls = pleins + taille
    contraintes = _Contraintes(variables)
    _add_marges(contraintes, marges, hors, poids, ecarts)
    haut = np.ones(variables)
    haut[ecarts:] = np.inf
    haut[taille : 2 * taille] = np.tile(marges.exces_max, n)
    for depart in (0, taille, 2 * taille, 3 * taille):
        haut[depart : depart + taille][hors.ravel()] = 0
    for o, j in zip(*np.nonzero(~hors), strict=True):
        taux, exces, plein, nul = (depart + o * k + j for depart in (0, taille, 2 * taille, 3 * taille))
        contraintes.add([taux, plein], [1, HAUT - 1], -1, HAUT)
        contraintes.add([taux, plein], [1, -1], 0, 1)
        contraintes.add([taux, nul], [1, 1], 0, 1)
        contraintes.add([taux, nul], [1, BAS], BAS, 2)
        if marges.exces_max[j] > 0:
            contraintes.add([exces, plein], [1, -marges.exces_max[j]], -np.inf, 0)
    for j, comptes in enumerate(marges.comptes):
        presents = np.flatnonzero(~hors[:, j])
        if comptes is None and marges.moyennes[j] in (0.0, 100.0):
            comptes = Comptes(len(presents), 0, 0, 0) if marges.moyennes[j] else Comptes(0, 0, len(presents), 0)
        if comptes is not None:
            for etat, nombre, suite in ((pleins, comptes.nb_100, 0), (nuls, comptes.nb_nul, 2)):
                indices = [*etat[presents, j], comptes_a + 4 * j + suite, comptes_a + 4 * j + suite + 1]
                contraintes.add(indices, [*np.ones(len(presents)), 1, -1], nombre, nombre)
    couts = np.zeros(variables)
    couts[ecarts:comptes_a] = _build_couts_ecarts(marges)
    couts[comptes_a:] = COUT_EFFECTIF
    orientation = (marges.preferences + rng.gumbel(0, 0.7, (n, k))).ravel()
    couts[2 * taille : 3 * taille] = -1e-4 * orientation
    couts[3 * taille : 4 * taille] = 1e-4 * orientation
    entiers = np.zeros(variables)
    entiers[2 * taille : 4 * taille] = 1
    with _mute_solveur():
        solution = milp(
            couts,
            integrality=entiers,
            bounds=Bounds(np.zeros(variables), haut),
            constraints=LinearConstraint(contraintes.build(), contraintes.bas, contraintes.haut),
            options={"mip_rel_gap": 0.02, "time_limit": 60},
        )
    if solution.x is None:
        raise CalageImpossibleError(f"{marges.type_note} : {solution.message}")
    x = np.asarray(solution.x)
    etats = (np.round(x[2 * taille : 3 * taille]) - np.round(x[3 * taille : 4 * taille])).reshape(n, k)
    return float(couts[ecarts:] @ x[ecarts:]), etats


def _draw_plausibles(marges: Marges, hors: Masque, etats: Matrice, rng: np.random.Generator) -> Matrice:
    """Rates one would expect below 100 %: around what the mean leaves them, better for the bodies preferred."""
    n, k = etats.shape
    plausibles = np.empty((n, k))
    for j in range(k):
        dessous = ~hors[:, j] & (etats[:, j] == 0)
        presents = int((~hors[:, j]).sum())
        centre = 0.8
        if np.isfinite(marges.moyennes[j]) and dessous.any():
            centre = (marges.moyennes[j] / 100 * presents - float((etats[~hors[:, j], j] == 1).sum())) / dessous.sum()
        centre = float(np.clip(centre, 0.05, 0.97))
        logits = np.log(centre / (1 - centre)) + 0.5 * marges.preferences[:, j] + rng.normal(0, 0.45, n)
        plausibles[:, j] = 1 / (1 + np.exp(-logits))
    return np.clip(plausibles, 2 * BAS, 0.995)


def _solve_taux(
    marges: Marges, hors: Masque, poids: Matrice, etats: Matrice, rng: np.random.Generator
) -> tuple[Matrice, Matrice]:
    """Rates and excesses nearest to plausible ones, states being given."""
    n, k = poids.shape
    taille = n * k
    ecarts = 2 * taille
    distances = ecarts + _count_ecarts(marges)
    variables = distances + 2 * taille + 2
    contraintes = _Contraintes(variables)
    _add_marges(contraintes, marges, hors, poids, ecarts)
    dessous = (~hors & (etats == 0)).ravel()
    plein = (~hors & (etats == 1)).ravel()
    possibles = plein & np.tile(marges.exces_max > 0, n)
    bas, haut = np.zeros(variables), np.full(variables, np.inf)
    bas[:taille] = np.where(plein, 1.0, np.where(dessous, BAS, 0.0))
    haut[:taille] = np.where(plein, 1.0, np.where(dessous, HAUT, 0.0))
    haut[taille : 2 * taille] = np.where(possibles, np.tile(marges.exces_max, n), 0.0)
    exces_plausibles = np.tile(marges.exces_max, n) * rng.beta(1.5, 4, taille)
    cibles = np.concatenate([_draw_plausibles(marges, hors, etats, rng).ravel(), exces_plausibles])
    couts = np.zeros(variables)
    couts[ecarts:distances] = 1e3 * _build_couts_ecarts(marges)
    for i in np.flatnonzero(np.concatenate([dessous, possibles])):
        distance, pire = distances + int(i), variables - (2 if i < taille else 1)
        contraintes.add([int(i), distance], [1, -1], -np.inf, cibles[i])
        contraintes.add([int(i), distance], [1, 1], cibles[i], np.inf)
        contraintes.add([distance, pire], [1, -1], -np.inf, 0)
        couts[distance] = 1
        couts[pire] = 0.05 * taille
    matrice, basses, hautes = contraintes.build(), np.array(contraintes.bas), np.array(contraintes.haut)
    egales = basses == hautes
    superieures, inferieures = ~egales & np.isfinite(hautes), ~egales & np.isfinite(basses)
    solution = linprog(
        couts,
        A_ub=csr_array(vstack([matrice[superieures], -matrice[inferieures]])),
        b_ub=np.concatenate([hautes[superieures], -basses[inferieures]]),
        A_eq=matrice[egales],
        b_eq=hautes[egales],
        bounds=np.column_stack([bas, haut]),
        method="highs",
    )
    if solution.x is None:
        raise CalageImpossibleError(f"{marges.type_note} : {solution.message}")
    x = np.asarray(solution.x)
    # States are exact: 100 % is 1, not the solver's 0,999 999 999.
    taux = np.where(plein, 1.0, np.where(dessous, np.clip(x[:taille], BAS, HAUT), 0.0))
    return taux.reshape(n, k), np.where(possibles, np.maximum(x[taille : 2 * taille], 0.0), 0.0).reshape(n, k)
