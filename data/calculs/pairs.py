"""Peers: which organismes are alike, how much, and why, from context variables alone.

Never from results: peers chosen by performance would explain it away. Three lenses look at size, at the people covered
and at the territory. Related methods: CIPFA nearest neighbours (standardised Euclidean distance), ONS "Explore local
statistics" (three lenses).

Each variable is centred on its median and divided by the larger of its standard deviation and of its interquartile
range / 1.349 (equal for a normal law), on a logarithm when it spans orders of magnitude, so that units do not matter
and Paris does not crush the others.
Variables whose correlation reaches :data:`CORRELATION_COPIE` in absolute value form one family (single linkage); the
squared distance is the mean over families of the mean squared gap inside each. A copy of a variable joins its family
and changes nothing; whitening by the covariance (Mahalanobis) would also discount copies, but would blow up the noise
that tells two near copies apart, and its distance could not be read trait by trait.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from data.calculs.entrees import Nombres
from data.modele import Sens

CORRELATION_COPIE = 0.9
LIGNES_CORRELATION = 10
NOMBRE_VOISINS = 12  # BIG Benchmarking advises 12 to 20 peers, LG Inform uses 11
GROUPE_MINIMUM = 5  # members under which a group of one's own gives no statistic
TRAITS_PROCHES = 3
_IQR_NORMAL = 1.349
_COPIE_EXACTE = 1 - 1e-9

# ETP under which each class ends. Only the first bound is published (document 003, l. 3223: the nine least productive
# caisses have fewer than 230 ETP); the others are a convention of Parangon.
CLASSES_TAILLE: Final = (
    ("très petite", 230.0),
    ("petite", 350.0),
    ("moyenne", 550.0),
    ("grande", 900.0),
    ("très grande", float("inf")),
)


@dataclass(frozen=True)
class Variable:
    """A context variable: code of its indicateur, name in a sentence, and whether it is compared on a logarithm."""

    code: str
    libelle: str
    logarithme: bool = False


LENTILLES: Final[Mapping[str, tuple[Variable, ...]]] = {
    "taille": (
        Variable("ctx_population", "population", logarithme=True),
        Variable("ctx_etp", "effectif en ETP", logarithme=True),
        Variable("ctx_dossiers_ij", "nombre d'arrêts indemnisés", logarithme=True),
    ),
    "population": (
        Variable("ctx_part_65", "part des 65 ans et plus"),
        Variable("ctx_part_c2s", "part de bénéficiaires de la C2S"),
        Variable("ctx_dossiers_ij_1000", "arrêts indemnisés pour 1 000 habitants"),
    ),
    "territoire": (
        Variable("ctx_densite", "densité", logarithme=True),
        Variable("ctx_part_petites_communes", "part de population en petites communes"),
        Variable("ctx_caisses_departement", "nombre de caisses du département"),
    ),
}
VARIABLES: Final = tuple(variable for variables in LENTILLES.values() for variable in variables)


@dataclass(frozen=True)
class Voisin:
    """A neighbour: its rank (1 = nearest) and distance, in standard units."""

    rang: int
    code: str
    distance: float


@dataclass(frozen=True)
class Voisinage:
    """Neighbours of one organisme under one lens, for one year.

    familles: variables used, correlated ones together. sans_distance: candidates whose figures are too incomplete.
    """

    code: str
    lentille: str
    annee: int
    voisins: tuple[Voisin, ...]
    familles: tuple[tuple[str, ...], ...]
    sans_distance: tuple[str, ...]


@dataclass(frozen=True)
class Trait:
    """One context variable of a pair: both values, and the gap of the second in standard units (signed)."""

    variable: Variable
    valeur: float
    valeur_pair: float
    ecart: float


@dataclass(frozen=True)
class Explication:
    """Why two organismes are peers: nearest traits, widest difference, every gap (nearest first), a sentence."""

    proches: tuple[Trait, ...]
    difference: Trait | None
    traits: tuple[Trait, ...]
    phrase: str


@dataclass(frozen=True)
class MeilleurPair:
    """A peer that does better: ``ecart`` is how much better, above 0 whatever the direction."""

    code: str
    valeur: float
    ecart: float
    distance: float


def compute_distances(
    contexte: pl.DataFrame, variables: Sequence[Variable]
) -> tuple[Nombres, tuple[tuple[str, ...], ...]]:
    """Distance between every two rows.

    Args:
        contexte: a column per variable code, numbers or null; 0 is a value.
        variables: what is compared. A variable that is constant, or known for fewer than two rows, is left out.

    Returns:
        Symmetric matrix (rows in the order given, 0 on the diagonal, NaN where fewer than half of the families are
        known on both sides), and the families of variables used.

    Raises:
        ValueError: an unknown column, or a variable on a logarithm that is not above 0.
    """
    matrice, gardees = _standardise(contexte, variables)
    familles = _group_copies(matrice)
    lignes = contexte.height
    somme = np.zeros((lignes, lignes))
    connues = np.zeros((lignes, lignes))
    for famille in familles:
        carres = np.zeros((lignes, lignes))
        presents = np.zeros((lignes, lignes))
        for colonne in famille:
            ecarts = np.square(matrice[:, None, colonne] - matrice[None, :, colonne])
            presents += ~np.isnan(ecarts)
            carres += np.nan_to_num(ecarts)
        connue = presents > 0
        somme[connue] += carres[connue] / presents[connue]
        connues += connue
    suffisant = (connues * 2 >= len(familles)) & (connues > 0)
    distances = np.full((lignes, lignes), np.nan)
    distances[suffisant] = np.sqrt(somme[suffisant] / connues[suffisant])
    return distances, tuple(tuple(gardees[c].code for c in famille) for famille in familles)


def compute_voisinage(
    contexte: pl.DataFrame,
    code: str,
    lentille: str,
    *,
    annee: int,
    nombre: int = NOMBRE_VOISINS,
    tous_types: bool = False,
) -> Voisinage:
    """Nearest neighbours of an organisme, itself excluded.

    Args:
        contexte: code_organisme, type_note (type as compared: CCSS with CPAM) and a column per variable, one year.
        code: the organisme.
        lentille: « taille », « population » or « territoire ».
        annee: the year of ``contexte``, kept in the answer.
        nombre: how many neighbours at most.
        tous_types: also among other types; by default only its own, since missions and targets differ between types.

    Raises:
        ValueError: unknown lens or organisme, or a number of neighbours that is not positive.
    """
    if lentille not in LENTILLES:
        raise ValueError(f"lentille inconnue : {lentille!r} ; choix : {', '.join(LENTILLES)}")
    if nombre < 1:
        raise ValueError(f"le nombre de voisins doit être positif, pas {nombre}")
    candidats = _select_comparables(contexte, [code], tous_types=tous_types)
    distances, familles = compute_distances(candidats, LENTILLES[lentille])
    codes = candidats["code_organisme"].to_list()
    moi = codes.index(code)
    autres = [(float(distances[moi, i]), c) for i, c in enumerate(codes) if i != moi]
    tries = sorted((d, c) for d, c in autres if not np.isnan(d))[:nombre]
    return Voisinage(
        code=code,
        lentille=lentille,
        annee=annee,
        voisins=tuple(Voisin(rang, c, d) for rang, (d, c) in enumerate(tries, start=1)),
        familles=familles,
        sans_distance=tuple(sorted(c for d, c in autres if np.isnan(d))),
    )


def explain_pair(contexte: pl.DataFrame, code: str, pair: str) -> Explication:
    """Why (and how far) one organisme is the peer of another, over the variables of the three lenses.

    Args:
        contexte: see :func:`compute_voisinage`.
        code, pair: two organismes of it. Gaps are standardised within their types.

    Raises:
        ValueError: an organisme that is not in ``contexte``, or twice the same.
    """
    if code == pair:
        raise ValueError(f"{code} ne se compare pas à lui-même")
    candidats = _select_comparables(contexte, [code, pair])
    matrice, gardees = _standardise(candidats, VARIABLES)
    codes = candidats["code_organisme"].to_list()
    moi, autre = codes.index(code), codes.index(pair)
    ecarts = matrice[autre] - matrice[moi]
    traits = sorted(
        (
            Trait(
                variable,
                float(candidats[variable.code][moi]),
                float(candidats[variable.code][autre]),
                float(ecarts[colonne]),
            )
            for colonne, variable in enumerate(gardees)
            if not np.isnan(ecarts[colonne])
        ),
        key=lambda t: (abs(t.ecart), t.variable.code),
    )
    proches = tuple(traits[:TRAITS_PROCHES])
    difference = traits[-1] if len(traits) > len(proches) else None
    return Explication(proches, difference, tuple(traits), _write_phrase(proches, difference))


def list_meilleurs_pairs(
    voisins: Sequence[Voisin], valeurs: Mapping[str, float | None], code: str, sens: Sens
) -> list[MeilleurPair]:
    """« Qui me ressemble et fait mieux » : peers strictly better, widest gap first, then nearest.

    Args:
        voisins: see :func:`compute_voisinage`.
        valeurs: value by organisme (points, or the indicateur itself); None or absent: no value, never 0.
        code: the organisme.
        sens: which way is better; nobody does « mieux » when it is neutral.
    """
    mienne = valeurs.get(code)
    if mienne is None or sens is Sens.NEUTRE:
        return []
    signe = 1 if sens is Sens.HAUT else -1
    meilleurs = []
    for voisin in voisins:
        valeur = valeurs.get(voisin.code)
        if valeur is not None and signe * (valeur - mienne) > 0:
            meilleurs.append(MeilleurPair(voisin.code, valeur, signe * (valeur - mienne), voisin.distance))
    return sorted(meilleurs, key=lambda m: (-m.ecart, m.distance, m.code))


def compute_classe_taille(etp: float | None) -> str | None:
    """Size class of an organisme by its ETP, see :data:`CLASSES_TAILLE`; None when the ETP is unknown.

    Raises:
        ValueError: a negative or infinite number.
    """
    if etp is None:
        return None
    if not 0 <= etp < float("inf"):
        raise ValueError(f"un effectif en ETP est un nombre positif, pas {etp}")
    return next(nom for nom, borne in CLASSES_TAILLE if etp < borne)


def _select_comparables(contexte: pl.DataFrame, codes: Sequence[str], *, tous_types: bool = False) -> pl.DataFrame:
    """Rows of the types of some organismes, by code."""
    types = contexte.filter(pl.col("code_organisme").is_in(codes))
    inconnus = sorted(set(codes) - set(types["code_organisme"]))
    if inconnus:
        raise ValueError(f"organisme sans contexte : {', '.join(inconnus)}")
    if not tous_types:
        contexte = contexte.filter(pl.col("type_note").is_in(types["type_note"].unique().to_list()))
    return contexte.sort("code_organisme")


def _standardise(contexte: pl.DataFrame, variables: Sequence[Variable]) -> tuple[Nombres, list[Variable]]:
    """Centred and scaled columns of the variables that tell rows apart, and these variables."""
    manquantes = [v.code for v in variables if v.code not in contexte.columns]
    if manquantes:
        raise ValueError(f"variables de contexte absentes : {', '.join(manquantes)}")
    colonnes, gardees = [], []
    for variable in variables:
        x = contexte[variable.code].cast(pl.Float64).to_numpy().astype(np.float64)
        if variable.logarithme:
            if (x <= 0).any():
                raise ValueError(f"{variable.libelle} : une valeur nulle ou négative n'a pas de logarithme")
            x = np.log(x)
        presents = x[~np.isnan(x)]
        if len(presents) < 2 or np.ptp(presents) == 0:
            continue
        bas, milieu, haut = np.quantile(presents, [0.25, 0.5, 0.75])
        # Nearly all rows may share one value (one caisse in the département): their interquartile range is about 0.
        echelle = max((haut - bas) / _IQR_NORMAL, float(np.std(presents)))
        colonnes.append((x - milieu) / echelle)
        gardees.append(variable)
    return np.column_stack(colonnes) if colonnes else np.empty((contexte.height, 0)), gardees


def _group_copies(matrice: Nombres) -> list[tuple[int, ...]]:
    """Columns linked by a correlation of :data:`CORRELATION_COPIE` or more, in order."""
    nombre = matrice.shape[1]
    famille: NDArray[np.int_] = np.arange(nombre)
    for i in range(nombre):
        for j in range(i):
            communs = ~(np.isnan(matrice[:, i]) | np.isnan(matrice[:, j]))
            a, b = matrice[communs, i], matrice[communs, j]
            if len(a) < 3 or np.ptp(a) == 0 or np.ptp(b) == 0:
                continue
            # Among a handful of rows a high correlation is often chance: only an exact copy is one.
            seuil = CORRELATION_COPIE if len(a) >= LIGNES_CORRELATION else _COPIE_EXACTE
            if abs(np.corrcoef(a, b)[0, 1]) >= seuil:
                famille[famille == famille[i]] = famille[j]
    return [tuple(np.flatnonzero(famille == f).tolist()) for f in dict.fromkeys(famille.tolist())]


def _write_phrase(proches: Sequence[Trait], difference: Trait | None) -> str:
    if not proches:
        return "Aucun trait de contexte n'est connu des deux côtés."
    phrase = f"Traits les plus proches : {', '.join(t.variable.libelle for t in proches)}."
    if difference is None:
        return phrase
    sens = "plus élevée" if difference.ecart > 0 else "plus basse"
    ampleur = f"{abs(difference.ecart):.1f}".replace(".", ",")
    unite = "écart type" if abs(difference.ecart) < 2 else "écarts types"
    return (
        f"{phrase} Plus grande différence : {difference.variable.libelle} "
        f"(valeur {sens} chez le pair, de {ampleur}\u00a0{unite})."
    )
