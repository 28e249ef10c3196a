"""Simulated files of indemnités journalières: counts per day of delay, calibrated on the published délais.

One row of the cube is a caisse × month of payment × régime × risque × subrogation × canal of the attestation de
salaire; it holds how many first payments were made after 0, 1, 2… days. Nothing of it is published at that grain:
every row carries ``nature = simulee``. The figures it must reproduce, and the list of what it cannot, are in
``etl.simulation.marges_ij``; where they come from is written there, document and lines.

Model. The délai of a row is a lognormal cut at ``JOURS_SIMULES`` days and rounded down to the day. Its scale is the
product of a national level (population × month × canal), of an effect of the caisse (drifting from month to month) and
of a small noise; its shape depends on the population only. The effects of a month are drawn once and handed out in the
order of the simulated results of the caisses (:mod:`etl.simulation.reseau`: mean délai of the première IJ, maladie or
AT/MP), so that a caisse that is slow on one page is slow on the other; their distribution does not depend on it. With a
shape near 1 the lognormal has at once the published mean, D3 below 15 days, D7 just above the mean and D9 twice the
mean (document 003, l. 2414-2422). National levels are solved month by month so that the mean of the counts is the
target; the effects of the caisses so that their ninth deciles of autumn 2021 fall where the document counts them.

Counts are whole files: each row is a systematic sample of its law (one uniform draw per row), which keeps the exact
number of files and a national mean within a few thousandths of a day of the target.

Assumptions without any published figure, kept simple: délais of subrogated IJ are 15 % shorter; those of AT/MP are
to those of maladie as the targets of 2023 (38 to 28 days, document 002 l. 9422-9426); maternité is 20 % shorter; the
CGSS are 35 % longer (their printed rates are lower, document 000 l. 582 and 1355); after June 2022 délais fall back to
the targets of 2023 and the last dérogatoires are paid in January 2023. Mayotte, whose population the source lacks, is
left out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtr

from data.calculs.delais import JOURS_MAX, build_listes
from data.catalogue import Catalogue
from data.modele import Granularite, Maille, Nature, TypeOrganisme
from data.schemas import DELAI_IJ
from etl.simulation.raccord import fit_annees
from etl.simulation.tableaux import Vecteur
from etl.socle.socle import ENSEMBLE, MESURE_RESULTAT

GRAINE: Final = 20220601
ANNEES: Final = range(2018, 2024)
MOIS: Final = tuple(dt.date(annee, mois, 1) for annee in ANNEES for mois in range(1, 13))
JOURS_SIMULES: Final = JOURS_MAX + 1  # days 0 to JOURS_MAX: the simulated tail is cut there

Entiers = NDArray[np.int64]

# Volumes: arrêts of 2019 and their yearly growth 2014-2019 (document 003 l. 2340-2344); 4,87 million of them are paid
# to the insured in 2019 (l. 493).
ARRETS_2019: Final = {"maladie": (7_180_000, 1.0227), "atmp": (1_090_000, 1.0164), "maternite": (630_000, 1.0)}
PART_NON_SUBROGEE: Final = 4_870_000 / 8_900_000
ARRETS_TI: Final = 200_000  # a year, « environ » (document 003 l. 2350)
PARTS_TI: Final = {"maladie": 0.88, "maternite": 0.12}
SAISON: Final = (1.18, 1.10, 1.05, 0.95, 0.93, 0.93, 0.90, 0.80, 0.98, 1.06, 1.06, 1.06)  # more stops in winter
# Dérogatoires paid to the insured, thousands a month from March 2020: 450 000 from January to May 2021, more than
# 1,8 million on the same months of 2022 (l. 2361). Subrogated and TI ones complete the 12 million arrêts of March 2020
# to February 2022 (l. 2361) with the same profile.
DEROGATOIRES_NON_SUBROGEES: Final = (
    (200, 300, 200, 60, 30, 40, 90, 130, 120, 70),
    (80, 85, 105, 110, 70, 40, 30, 35, 30, 30, 55, 140),
    (520, 560, 330, 230, 170, 0, 100, 80, 50, 40, 35, 30),  # June 2022: solved, see PART_DEROGATOIRES_JUIN_2022
    (20,),
)
ARRETS_COVID: Final = 12_000_000
PART_DEROGATOIRES_TI: Final = 0.025
# 43,71 days are the mix of 37,8 (others) and 64,5 (dérogatoires): the share follows (l. 2414).
PART_DEROGATOIRES_JUIN_2022: Final = (43.71 - 37.8) / (64.5 - 37.8)

# Canal of the attestation de salaire: mean délais of March 2017 (document 001 l. 6804-6864), paper 20 % of them in 2016
# (l. 6797); DSN from 45 % to 65 % of the rest along the COG (document 003 l. 2509).
DELAIS_CANAL: Final = {"dsn": 19.7, "net_entreprises": 22.6, "papier": 41.7}
PART_PAPIER: Final = (0.16, 0.06)  # January 2018, December 2023
PART_DSN: Final = (0.45, 0.65)  # of dematerialised ones, January 2018, December 2022

# National mean délais, days: maladie paid to employees. The yearly means of 2018-2021 lie between 30,04 and 31,2 and
# reach both (l. 2414); the shape inside a year is an assumption. Autumn 2021 is not given: it follows from the ninth
# deciles of the caisses. Peak of June 2022: 37,8 days without dérogatoires.
MALADIE_ANNUELLE: Final = {2018: 30.20, 2019: 30.04, 2020: 31.20, 2021: 30.70}
AUTOMNE_2021: Final = (dt.date(2021, 10, 1), dt.date(2021, 11, 1), dt.date(2021, 12, 1))
FORME_ANNUELLE: Final = (1.01, 1.01, 1.00, 0.99, 0.99, 0.98, 0.99, 1.01, 1.01, 1.00, 1.00, 1.01)
NON_DEROGATOIRES_JUIN_2022: Final = 37.8
MALADIE_2022_2023: Final = (  # as shares of the level of June 2022, then days in 2023
    (0.895, 0.920, 0.940, 0.955, 0.985, 1.0, 0.975, 0.955, 0.925, 0.895, 0.870, 0.860),
    (30.5, 30.0, 29.4, 28.6, 28.0, 27.6, 27.4, 27.6, 27.2, 26.8, 26.5, 26.6),
)
RAPPORTS: Final = {"maladie": 1.0, "atmp": 38 / 28, "maternite": 0.8}  # to maladie
RAPPORT_SUBROGEE: Final = 0.85
RAPPORT_CGSS: Final = 1.35
# Dérogatoires: 20 days in February 2022, 38 in March (l. 2361), 64,5 in June (l. 2414).
DELAIS_DEROGATOIRES: Final = (
    (24.0, 25.0, 25.0, 24.0, 23.0, 22.0, 23.0, 24.0, 24.0, 23.0),
    (23.0, 23.0, 22.0, 22.0, 21.0, 20.0, 20.0, 20.0, 20.0, 21.0, 21.0, 20.0),
    (19.0, 20.0, 38.0, 46.0, 57.0, 64.5, 62.0, 57.0, 52.0, 47.0, 43.0, 40.0),
    (38.0,),
)
# Travailleurs indépendants, yearly means (document 003 l. 1851-1853, tableau 11) and May 2022 (l. 2543); 60 days of
# maternité in 2020, 40 in 2021; the months of 2020 start high after ARPEGE TI, opened on 1 January (l. 1857).
TI_MALADIE: Final = {2018: 22.48, 2019: 21.86, 2020: 25.5, 2021: 18.0}
TI_MATERNITE: Final = {2018: 45.0, 2019: 45.0, 2020: 60.0, 2021: 40.0}
FORME_TI_2020: Final = (1.15, 1.25, 1.22, 1.15, 1.08, 1.0, 0.95, 0.92, 0.88, 0.84, 0.80, 0.77)
TI_MALADIE_2022_2023: Final = (
    (17.2, 16.8, 16.2, 15.6, 15.0, 14.9, 14.8, 14.9, 14.8, 14.7, 14.6, 14.7),
    (14.8, 14.7, 14.6, 14.5, 14.4, 14.3, 14.3, 14.4, 14.3, 14.2, 14.2, 14.3),
)
TI_MATERNITE_2022: Final = 36.0
PARIS, MARS_2022, TI_PARIS_MARS_2022 = "751", dt.date(2022, 3, 1), 11.3  # document 003 l. 2499

# Shapes (standard deviation of the logarithm).
FORMES: Final = {"maladie": 1.02, "atmp": 1.02, "maternite": 1.02, "derogatoire": 1.02}
FORME_TI: Final = 0.75

# Ninth deciles of autumn 2021 among the 102 CPAM and CCSS: above 56,58 days in the 18 best, above 68,15 in 75
# (document 003 l. 2418).
MEILLEURES, LENTES = 18, 75
D9_MEILLEURES, D9_MEDIANES, D9_LENTES = (57, 58), (60, 66), (70, 86)

# Whose order the effects of the caisses follow, by risque; the other risques follow maladie.
DELAIS_RESULTATS: Final = {"maladie": "loc_delai_premiere_ij_maladie", "atmp": "loc_delai_premiere_ij_atmp"}
_LISSAGE: Final = 2  # months on each side of a month whose results are averaged before ranking


@dataclass(frozen=True)
class Population:
    """A régime × risque × subrogation. IJ of travailleurs indépendants are paid to them: never subrogated."""

    regime: str
    risque: str
    subrogation: str


@dataclass(frozen=True)
class Lignes:
    """The rows of the cube while they are built: parallel arrays, one entry per row with files.

    ``caisse``, ``mois``, ``population`` and ``canal`` are ranks in the caisses, ``MOIS``, ``POPULATIONS`` and
    ``CANAUX``; ``nombre`` the files; ``sigma`` the shape.
    """

    caisse: Entiers
    mois: Entiers
    population: Entiers
    canal: Entiers
    nombre: Entiers
    sigma: Vecteur


POPULATIONS: Final = (
    *(
        Population("TS", risque, subrogation)
        for subrogation in ("non", "oui")
        for risque in ("maladie", "atmp", "maternite", "derogatoire")
    ),
    *(Population("TI", risque, "non") for risque in ("maladie", "maternite", "derogatoire")),
)
TS_NON_SUBROGEES: Final = range(4)  # ranks of the first four populations
CANAUX: Final = (*DELAIS_CANAL, "sans_objet")  # TI need no attestation of an employer (document 003 l. 2499)


def _build_chronique(par_annee: tuple[tuple[float, ...], ...], debut: dt.date) -> Vecteur:
    """Lay successive yearly tuples on the months of the cube, from ``debut`` on; zero before and after."""
    chronique = np.zeros(len(MOIS))
    valeurs = [v for annee in par_annee for v in annee]
    premier = MOIS.index(debut)
    chronique[premier : premier + len(valeurs)] = valeurs
    return chronique


def _select_annee(annee: int) -> slice:
    premier = MOIS.index(dt.date(annee, 1, 1))
    return slice(premier, premier + 12)


def compute_volumes() -> Vecteur:
    """National files by population and month (POPULATIONS × MOIS), before rounding."""
    annees = np.array([mois.year - 2019 for mois in MOIS])
    saison = np.tile(np.array(SAISON) / np.sum(SAISON), len(ANNEES))
    volumes = np.zeros((len(POPULATIONS), len(MOIS)))
    non_subrogees = 1000 * _build_chronique(DEROGATOIRES_NON_SUBROGEES, dt.date(2020, 3, 1))
    for rang, population in enumerate(POPULATIONS):
        if population.regime == "TI" and population.risque in PARTS_TI:
            volumes[rang] = ARRETS_TI * PARTS_TI[population.risque] * saison
        elif population.risque in ARRETS_2019:
            total, croissance = ARRETS_2019[population.risque]
            part = PART_NON_SUBROGEE if population.subrogation == "non" else 1 - PART_NON_SUBROGEE
            volumes[rang] = total * part * croissance**annees * saison
    juin = MOIS.index(dt.date(2022, 6, 1))
    autres = volumes[:3, juin].sum()
    non_subrogees[juin] = autres * PART_DEROGATOIRES_JUIN_2022 / (1 - PART_DEROGATOIRES_JUIN_2022)
    crise = slice(MOIS.index(dt.date(2020, 3, 1)), MOIS.index(dt.date(2022, 2, 1)) + 1)
    reste = (ARRETS_COVID - non_subrogees[crise].sum()) / non_subrogees[crise].sum()
    ti = PART_DEROGATOIRES_TI * ARRETS_COVID / non_subrogees[crise].sum()
    volumes[POPULATIONS.index(Population("TS", "derogatoire", "non"))] = non_subrogees
    volumes[POPULATIONS.index(Population("TS", "derogatoire", "oui"))] = (reste - ti) * non_subrogees
    volumes[POPULATIONS.index(Population("TI", "derogatoire", "non"))] = ti * non_subrogees
    return volumes


def compute_cibles(volumes: Vecteur) -> Vecteur:
    """National mean délai by population and month (days); 2021 is first drawn without its autumn, see ``simulate``."""
    forme = np.array(FORME_ANNUELLE)
    maladie = np.zeros(len(MOIS))
    poids = volumes[:3].sum(axis=0)
    annees = slice(_select_annee(min(MALADIE_ANNUELLE)).start, _select_annee(max(MALADIE_ANNUELLE)).stop)
    cibles_annuelles = np.array(list(MALADIE_ANNUELLE.values()))
    # No step from one December to the next January: see etl.simulation.raccord.
    provisoire = cibles_annuelles.mean() * np.tile(forme, len(cibles_annuelles))
    maladie[annees] = fit_annees(provisoire[None], volumes[:1, annees], cibles_annuelles[None])[0]
    melange = np.average([RAPPORTS[POPULATIONS[rang].risque] for rang in range(3)], weights=volumes[:3].sum(axis=1))
    maladie[_select_annee(2022)] = NON_DEROGATOIRES_JUIN_2022 / melange * np.array(MALADIE_2022_2023[0])
    maladie[_select_annee(2023)] = MALADIE_2022_2023[1]
    juin = MOIS.index(dt.date(2022, 6, 1))
    melange_juin = np.average([RAPPORTS[POPULATIONS[rang].risque] for rang in range(3)], weights=volumes[:3, juin])
    maladie[juin] = NON_DEROGATOIRES_JUIN_2022 / melange_juin
    derogatoires = _build_chronique(DELAIS_DEROGATOIRES, dt.date(2020, 3, 1))
    ti = {"maladie": np.zeros(len(MOIS)), "maternite": np.zeros(len(MOIS)), "derogatoire": derogatoires * 0.7}
    for risque, annuelles in (("maladie", TI_MALADIE), ("maternite", TI_MATERNITE)):
        for annee, cible in annuelles.items():
            mois = _select_annee(annee)
            forme_ti = np.array(FORME_TI_2020) if annee == 2020 else forme
            ti[risque][mois] = cible * forme_ti / np.average(forme_ti, weights=poids[mois])
    ti["maladie"][_select_annee(2022).start :] = [v for annee in TI_MALADIE_2022_2023 for v in annee]
    ti["maternite"][_select_annee(2022).start :] = TI_MATERNITE_2022
    cibles = np.zeros_like(volumes)
    for rang, population in enumerate(POPULATIONS):
        if population.regime == "TI":
            cibles[rang] = ti[population.risque]
            continue
        rapport = RAPPORT_SUBROGEE if population.subrogation == "oui" else 1.0
        base = derogatoires if population.risque == "derogatoire" else RAPPORTS[population.risque] * maladie
        cibles[rang] = rapport * base
    return cibles


def _compute_parts_canal(rng: np.random.Generator, caisses: int) -> Vecteur:
    """Share of each canal (caisse × month × 3), rows summing to 1."""
    temps = np.linspace(0, 1, len(MOIS))
    papier = PART_PAPIER[0] + (PART_PAPIER[1] - PART_PAPIER[0]) * temps
    dsn = PART_DSN[0] + (PART_DSN[1] - PART_DSN[0]) * np.minimum(1, np.arange(len(MOIS)) / 59)
    national = np.stack([(1 - papier) * dsn, (1 - papier) * (1 - dsn), papier], axis=-1)
    parts = national * np.exp(rng.normal(0, 0.12, (caisses, 1, 3)))
    return np.asarray(parts / parts.sum(axis=-1, keepdims=True))


def _build_lignes(rng: np.random.Generator, poids: Vecteur, volumes: Vecteur) -> Lignes:
    """Share the national volumes between caisses and canaux; whole numbers whose national sums are kept."""
    parts = _compute_parts_canal(rng, len(poids))
    caisse, mois, population, canal, nombre = [], [], [], [], []
    for rang, p in enumerate(POPULATIONS):
        attendus = volumes[rang][None, :, None] * poids[:, None, None]
        attendus = attendus * parts if p.regime == "TS" else attendus
        # Rounding the running totals over the caisses keeps the national total to the nearest file.
        entiers = np.diff(np.rint(np.cumsum(attendus, axis=0)), axis=0, prepend=0).astype(np.int64)
        c, m, k = np.nonzero(entiers)
        caisse.append(c)
        mois.append(m)
        canal.append(k if p.regime == "TS" else np.full(len(k), len(CANAUX) - 1))
        population.append(np.full(len(c), rang))
        nombre.append(entiers[c, m, k])
    rangs = np.concatenate(population)
    formes = np.array([FORME_TI if p.regime == "TI" else FORMES[p.risque] for p in POPULATIONS])
    return Lignes(
        np.concatenate(caisse),
        np.concatenate(mois),
        rangs,
        np.concatenate(canal),
        np.concatenate(nombre),
        formes[rangs],
    )


def compute_parts_cumulees(log_echelle: Vecteur, sigma: Vecteur, jours: Vecteur) -> Vecteur:
    """Share of the files paid within ``jours`` whole days, for each scale: P(floor(X) ≤ j | X < JOURS_SIMULES)."""
    hauts = ndtr((np.log(jours + 1) - log_echelle) / sigma)
    return np.asarray(hauts / ndtr((np.log(JOURS_SIMULES) - log_echelle) / sigma))


class Moyennes:
    """Mean délai (days) as a function of the logarithm of the scale, tabulated once per shape."""

    def __init__(self, formes: Vecteur) -> None:
        self._grille = np.linspace(0.0, 7.0, 701)
        jours = np.arange(JOURS_SIMULES - 1, dtype=np.float64)
        self._tables = {
            forme: (1 - compute_parts_cumulees(self._grille[:, None], np.array(forme), jours[None, :])).sum(axis=1)
            for forme in np.unique(formes)
        }
        self._choix = {forme: np.flatnonzero(formes == forme) for forme in self._tables}

    def compute(self, log_echelle: Vecteur) -> Vecteur:
        """Means of all rows."""
        moyennes = np.empty_like(log_echelle)
        for forme, choix in self._choix.items():
            moyennes[choix] = np.interp(log_echelle[choix], self._grille, self._tables[forme])
        return moyennes


def _solve_niveaux(
    lignes: Lignes, moyennes: Moyennes, effets: Vecteur, groupes: Entiers, cibles: Vecteur, tours: int = 30
) -> Vecteur:
    """Logarithm of the level of each group so that its weighted mean is its target (bisection, all groups at once).

    Args:
        effets: what each row adds to its level. groupes: group of each row. cibles: mean of each group, days.
    """
    bas, haut = np.full(len(cibles), -1.0), np.full(len(cibles), 6.4)
    poids = np.bincount(groupes, lignes.nombre, len(cibles))
    for _ in range(tours):
        milieu = (bas + haut) / 2
        obtenues = np.bincount(
            groupes, lignes.nombre * moyennes.compute(milieu[groupes] + effets), len(cibles)
        ) / np.maximum(poids, 1)
        bas, haut = np.where(obtenues < cibles, milieu, bas), np.where(obtenues < cibles, haut, milieu)
    return np.asarray((bas + haut) / 2)


def _build_d9_automne(rng: np.random.Generator, rangs: Entiers) -> Vecteur:
    """Ninth decile of autumn 2021 of each CPAM or CCSS (whole days), from its rank (low is best)."""
    cibles = np.concatenate(
        [
            rng.integers(D9_MEILLEURES[0], D9_MEILLEURES[1] + 1, MEILLEURES),
            np.linspace(*D9_MEDIANES, len(rangs) - MEILLEURES - LENTES),
            D9_LENTES[0] + (D9_LENTES[1] - D9_LENTES[0]) * rng.beta(1.0, 2.4, LENTES),
        ]
    )
    return np.asarray(np.sort(np.rint(cibles))[rangs])


def _solve_caisses(
    lignes: Lignes, log_echelle: Vecteur, dedans: NDArray[np.bool_], d9: Vecteur, tours: int = 40
) -> Vecteur:
    """Shift of each caisse so that the ninth decile of its rows ``dedans`` is in the middle of its target day."""
    rangs = lignes.caisse[dedans]
    echelle, sigma, nombre = log_echelle[dedans], lignes.sigma[dedans], lignes.nombre[dedans]
    garde = rangs < len(d9)
    rangs, echelle, sigma, nombre = rangs[garde], echelle[garde], sigma[garde], nombre[garde]
    total = np.bincount(rangs, nombre, len(d9))
    bas, haut = np.full(len(d9), -2.0), np.full(len(d9), 2.0)
    for _ in range(tours):
        milieu = (bas + haut) / 2
        parts = sum(
            compute_parts_cumulees(echelle + milieu[rangs], sigma, d9[rangs] + decalage) for decalage in (-1, 0)
        )
        avant = np.bincount(rangs, nombre * parts / 2, len(d9)) / total
        bas, haut = np.where(avant > 0.9, milieu, bas), np.where(avant > 0.9, haut, milieu)
    return np.asarray((bas + haut) / 2)


def _simulate_derives(rng: np.random.Generator, caisses: int) -> Vecteur:
    """Drift of each caisse from month to month (autoregressive), nil during autumn 2021, where it is anchored."""
    derives = np.zeros((caisses, len(MOIS)))
    for rang in range(1, len(MOIS)):
        derives[:, rang] = 0.9 * derives[:, rang - 1] + rng.normal(0, 0.04, caisses)
    ancre = MOIS.index(AUTOMNE_2021[1])
    distance = np.abs(np.arange(len(MOIS)) - ancre)
    derives -= derives[:, [ancre]] * 0.9**distance
    derives[:, ancre - 1 : ancre + 2] = 0
    return derives


def compute_rangs(valeurs: pl.DataFrame, caisses: list[str]) -> dict[str, Entiers]:
    """Rank of each caisse among ``caisses`` by its délai of each month, 0 for the shortest, by risque (caisses × MOIS).

    Results are averaged over five months, so that ranks do not follow the noise of small caisses; autumn 2021 has one
    rank for its three months. Before the first result, its rank; a caisse without result stands in the middle.

    Args:
        valeurs: rows of ``mart_valeur``, the monthly results of :data:`DELAIS_RESULTATS` among them.
    """
    mois = pl.DataFrame({"periode_debut": MOIS}).with_columns(rang=pl.int_range(len(MOIS)))
    resultats = valeurs.filter(
        pl.col("code_indicateur").is_in(list(DELAIS_RESULTATS.values())),
        pl.col("code_entite").is_in(caisses),
        maille=Maille.ORGANISME.value,
        mesure=MESURE_RESULTAT,
        segment=ENSEMBLE,
        granularite=Granularite.MOIS.value,
    ).join(mois, on="periode_debut")
    automne = [MOIS.index(m) for m in AUTOMNE_2021]
    rangs = {}
    for risque, code in DELAIS_RESULTATS.items():
        lignes = resultats.filter(pl.col("valeur").is_not_null(), code_indicateur=code)
        delais = np.full((len(caisses), len(MOIS)), np.nan)
        places = {caisse: place for place, caisse in enumerate(caisses)}
        delais[[places[c] for c in lignes["code_entite"]], lignes["rang"].to_list()] = lignes["valeur"]
        lisses = _smooth(delais)
        lisses[:, automne] = _smooth(delais[:, automne], len(automne))[:, [0]]
        rangs[risque] = np.argsort(np.argsort(lisses, axis=0, kind="stable"), axis=0, kind="stable")
    return rangs


def _smooth(delais: Vecteur, etendue: int = _LISSAGE) -> Vecteur:
    """Mean over the months around each one, as a gap to the caisses of the same months; 0 without any result.

    Months before the first result take its mean.
    """
    connus = ~np.isnan(delais)
    nombre = np.maximum(connus.sum(axis=0), 1)
    ecarts = np.where(connus, delais - np.where(connus, delais, 0).sum(axis=0) / nombre, 0.0)
    fenetre = np.abs(np.subtract.outer(np.arange(delais.shape[1]), np.arange(delais.shape[1]))) <= etendue
    poids = connus @ fenetre
    lisses = np.divide(ecarts @ fenetre, poids, out=np.full_like(ecarts, np.nan), where=poids > 0)
    for mois in range(delais.shape[1] - 2, -1, -1):
        lisses[:, mois] = np.where(np.isnan(lisses[:, mois]), lisses[:, mois + 1], lisses[:, mois])
    return np.asarray(np.nan_to_num(lisses))


def _order_derives(caisses: Vecteur, derives: Vecteur, rangs: Mapping[str, Entiers]) -> Vecteur:
    """Drifts (POPULATIONS × caisses × MOIS): the effects of a month, handed out in the order of ``rangs``.

    Effects are those of ``caisses`` plus their drift; a month keeps all of its own.
    """
    effets = np.sort(caisses[:, None] + derives, axis=0)
    ordonnes = {risque: np.take_along_axis(effets, rang, axis=0) - caisses[:, None] for risque, rang in rangs.items()}
    return np.stack([ordonnes.get(p.risque, ordonnes["maladie"]) for p in POPULATIONS])


def _draw_tirages(lignes: Lignes) -> Vecteur:
    """One draw in [0, 1[ per row, evenly spread inside each population × month (golden ratio): errors cancel."""
    ordre = np.lexsort((lignes.nombre, lignes.canal, lignes.mois, lignes.population))
    tirages = np.empty(len(ordre))
    tirages[ordre] = np.arange(len(ordre)) * ((np.sqrt(5) - 1) / 2) % 1
    return tirages


def _compute_listes(lignes: Lignes, log_echelle: Vecteur, tirages: Vecteur) -> tuple[pl.Series, Entiers]:
    """Counts per day of each row (lists cut after the last day with a file), and the sum of the days."""
    jours = np.arange(JOURS_SIMULES, dtype=np.float64)
    morceaux: list[pl.Series] = []
    sommes: list[Entiers] = []
    for debut in range(0, len(log_echelle), 4096):
        choix = slice(debut, debut + 4096)
        z = (np.log(jours + 1)[None, :] - log_echelle[choix, None]) / lignes.sigma[choix, None]
        parts = ndtr(z.astype(np.float32))
        parts /= parts[:, [-1]]
        # The last day closes the account: nombre + u, u below 1, is cut down to nombre.
        cumul = (parts * lignes.nombre[choix, None] + tirages[choix, None]).astype(np.int32)
        comptes = np.diff(cumul, axis=1, prepend=0)
        morceaux.append(build_listes(comptes))
        sommes.append(comptes @ np.arange(JOURS_SIMULES))
    return pl.concat(morceaux), np.concatenate(sommes)


def simulate(
    codes: list[str], cgss: NDArray[np.bool_], population: Vecteur, rangs: Mapping[str, Entiers]
) -> pl.DataFrame:
    """The whole cube.

    Args:
        codes: caisses, the CPAM and CCSS first. cgss: which ones are CGSS (all at the end).
        population: inhabitants of each, positive.
        rangs: order of the CPAM and CCSS in each month, by risque (see :func:`compute_rangs`).

    Returns:
        Rows of ``mart_delai_ij``, sorted by caisse, month, then population and canal.
    """
    rng = np.random.default_rng(GRAINE)
    poids = population * np.exp(rng.normal(0, 0.06, len(codes)))
    volumes = compute_volumes()
    cibles = compute_cibles(volumes)
    lignes = _build_lignes(rng, poids / poids.sum(), volumes)
    moyennes = Moyennes(lignes.sigma)
    d9 = _build_d9_automne(rng, rangs["maladie"][:, MOIS.index(AUTOMNE_2021[0])])
    caisses = np.where(cgss, np.log(RAPPORT_CGSS), 0.0)
    caisses[~cgss] = np.log(d9 / d9.mean())
    libres = _simulate_derives(rng, len(codes))
    derives = np.repeat(libres[None], len(POPULATIONS), axis=0)
    derives[:, ~cgss] = _order_derives(caisses[~cgss], libres[~cgss], rangs)
    bruit = rng.normal(0, 0.03, len(lignes.nombre))
    propres = derives[lignes.population, lignes.caisse, lignes.mois] + bruit
    automne = np.isin(lignes.mois, [MOIS.index(mois) for mois in AUTOMNE_2021])
    ts_non_subrogees = np.isin(lignes.population, list(TS_NON_SUBROGEES))
    # One level per population × month × canal, so that canaux keep the ratios of March 2017 inside any of them.
    groupes = (lignes.population * len(MOIS) + lignes.mois) * len(CANAUX) + lignes.canal
    for _ in range(3):
        effets = caisses[lignes.caisse] + propres
        niveaux = _solve_niveaux(lignes, moyennes, effets, groupes, _compute_cibles_canal(lignes, groupes, cibles))
        decalages = _solve_caisses(lignes, niveaux[groupes] + effets, automne & ts_non_subrogees, d9)
        caisses[~cgss] += decalages
        effets += np.append(decalages, np.zeros(int(cgss.sum())))[lignes.caisse]
        cibles = _fit_annee_2021(lignes, moyennes.compute(niveaux[groupes] + effets), cibles)
    niveaux = _solve_niveaux(lignes, moyennes, effets, groupes, _compute_cibles_canal(lignes, groupes, cibles))
    ajustes = _adjust_paris(codes, lignes, niveaux[groupes] + effets)
    listes, sommes = _compute_listes(lignes, ajustes, _draw_tirages(lignes))
    noms = {champ: np.array([getattr(p, champ) for p in POPULATIONS]) for champ in ("regime", "risque", "subrogation")}
    return (
        pl.DataFrame(
            {
                "code_organisme": pl.Series(np.array(codes)[lignes.caisse]),
                "mois": pl.Series([MOIS[m] for m in range(len(MOIS))], dtype=pl.Date).gather(lignes.mois),
                "regime": noms["regime"][lignes.population],
                "risque": noms["risque"][lignes.population],
                "subrogation": noms["subrogation"][lignes.population],
                "canal": np.array(CANAUX)[lignes.canal],
                "nombre": lignes.nombre,
                "somme_jours": sommes,
                "comptes": listes,
                "nature": Nature.SIMULEE.value,
            }
        )
        .sort("code_organisme", "mois", "regime", "risque", "subrogation", "canal")
        .cast(pl.Schema(DELAI_IJ.colonnes))
    )


def _compute_cibles_canal(lignes: Lignes, groupes: Entiers, cibles: Vecteur) -> Vecteur:
    """Mean of each population × month × canal: in the ratios of the canaux, and averaging to the target."""
    poids = np.bincount(groupes, lignes.nombre, cibles.size * len(CANAUX)).reshape(cibles.size, len(CANAUX))
    rapports = np.array([*DELAIS_CANAL.values(), 1.0])  # « sans objet » is alone in its populations
    moyenne = (poids * rapports).sum(axis=1) / np.maximum(poids.sum(axis=1), 1)
    return np.asarray(np.outer(cibles.ravel() / np.maximum(moyenne, 1e-9), rapports).ravel())


def _fit_annee_2021(lignes: Lignes, obtenues: Vecteur, cibles: Vecteur) -> Vecteur:
    """Targets of 2021: autumn as the ninth deciles of the caisses made it, the other months fitted to the year."""
    nouvelles = cibles.copy()
    forme = (len(POPULATIONS), len(MOIS))
    cellules = lignes.population * len(MOIS) + lignes.mois
    nombre = np.bincount(cellules, lignes.nombre, cibles.size).reshape(forme)
    jours = np.bincount(cellules, lignes.nombre * obtenues, cibles.size).reshape(forme)
    automne = [MOIS.index(mois) for mois in AUTOMNE_2021]
    annee = list(range(len(MOIS))[_select_annee(2021)])
    autres = [mois for mois in annee if mois not in automne]
    nouvelles[:, automne] = jours[:, automne] / np.maximum(nombre[:, automne], 1)
    for annuelles, modele, suivent in (
        (MALADIE_ANNUELLE, Population("TS", "maladie", "non"), [p for p in POPULATIONS if p.regime == "TS"]),
        (TI_MALADIE, Population("TI", "maladie", "non"), []),
        (TI_MATERNITE, Population("TI", "maternite", "non"), []),
    ):
        rang = POPULATIONS.index(modele)
        reste = annuelles[2021] * nombre[rang, annee].sum() - (nouvelles[rang] * nombre[rang])[automne].sum()
        facteur = reste / (nouvelles[rang] * nombre[rang])[autres].sum()
        rangs = [POPULATIONS.index(p) for p in suivent if p.risque != "derogatoire"] or [rang]
        nouvelles[np.ix_(rangs, autres)] *= facteur
    return nouvelles


def _adjust_paris(codes: list[str], lignes: Lignes, log_echelle: Vecteur) -> Vecteur:
    """Bring the travailleurs indépendants of the CPAM de Paris in March 2022 to their printed mean."""
    ti = np.array([p.regime == "TI" for p in POPULATIONS])[lignes.population]
    choix = np.flatnonzero(ti & (lignes.caisse == codes.index(PARIS)) & (lignes.mois == MOIS.index(MARS_2022)))
    sous_ensemble = Lignes(*(getattr(lignes, champ)[choix] for champ in Lignes.__dataclass_fields__))
    niveau = _solve_niveaux(
        sous_ensemble,
        Moyennes(sous_ensemble.sigma),
        log_echelle[choix],
        np.zeros(len(choix), dtype=np.int64),
        np.array([TI_PARIS_MARS_2022]),
    )
    ajustes = log_echelle.copy()
    ajustes[choix] += niveau[0]
    return ajustes


def simulate_cube(catalogue: Catalogue, territoires: pl.DataFrame, valeurs: pl.DataFrame) -> pl.DataFrame:
    """The cube of all the CPAM, CCSS and CGSS whose population is known.

    Args:
        catalogue: the organismes. territoires: columns niveau, code, population (see ``mart_territoire``).
        valeurs: rows of ``mart_valeur``, whose monthly délais give the order of the caisses.

    Returns:
        Rows of ``mart_delai_ij``; the same for the same arguments.
    """
    caisses = list_caisses_simulees(catalogue, territoires)
    cgss = np.array([catalogue.get_organisme(code).type is TypeOrganisme.CGSS for code in caisses])
    rangs = compute_rangs(valeurs, list_caisses_classees(catalogue, territoires))
    return simulate(list(caisses), cgss, np.array(list(caisses.values()), dtype=np.float64), rangs)


def list_caisses_classees(catalogue: Catalogue, territoires: pl.DataFrame) -> list[str]:
    """Simulated CPAM and CCSS, whose effects are ordered: the CGSS share one, printed apart."""
    caisses = list_caisses_simulees(catalogue, territoires)
    return [code for code in caisses if catalogue.get_organisme(code).type is not TypeOrganisme.CGSS]


def list_caisses_simulees(catalogue: Catalogue, territoires: pl.DataFrame) -> dict[str, int]:
    """Population of each simulated caisse, by code: the CPAM and CCSS, then the CGSS."""
    connues = territoires.filter(pl.col("niveau") == "caisse", pl.col("population").is_not_null())
    population = dict(connues.select("code", "population").iter_rows())
    organismes = catalogue.list_organismes(TypeOrganisme.CPAM, TypeOrganisme.CCSS)
    organismes += catalogue.list_organismes(TypeOrganisme.CGSS)
    return {o.code: population[o.code] for o in organismes if o.code in population}
