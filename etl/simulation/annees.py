"""Five years of each indicateur: 2023 fitted on what is published, the four years before, the sixty months."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from data.catalogue import Catalogue
from etl.simulation.calage import Calage, solve_calage
from etl.simulation.cibles import build_cible
from etl.simulation.fractions import Annuel, Cible, Mensuel, build_annuel, build_mensuels
from etl.simulation.groupes import Groupe
from etl.simulation.latents import compute_scores_normaux, draw_suite, simulate_chemins
from etl.simulation.parametres import ANNEES, MOIS, Base, Genre, Parametres, ParametresIndicateur
from etl.simulation.tableaux import Masque, Matrice, Vecteur
from etl.socle.interessement import ANNEE

# A rate « inférieur à 100 % » made of whole files: wider than the fitted one, still neither nil nor printed 100,0.
_BAS, _HAUT = 0.004, 0.9994
_ESSAIS = 8  # draws of a type before it is taken as it is: the controls judge it
_DERIVE_MOYENNE, _DERIVE_SCORE = 0.019, 0.004  # points that whole files may move a fitted mean, a score
_ORDRE_GENRES = (Genre.NOMBRE, Genre.TAUX, Genre.EVOLUTION, Genre.SOLDE, Genre.MOYENNE, Genre.D9, Genre.AVANCEMENT)
_GENRES_FINS = frozenset({Genre.MOYENNE, Genre.D9, Genre.AVANCEMENT})


@dataclass(frozen=True)
class Serie:
    """Five years of one leaf: targets, yearly figures and months, by year."""

    cibles: dict[int, Cible]
    annuels: dict[int, Annuel]
    mensuels: dict[int, Mensuel]


def fit_2023(
    catalogue: Catalogue, parametres: Parametres, groupe: Groupe, rng: np.random.Generator
) -> tuple[Calage, dict[str, Vecteur], dict[str, Annuel]]:
    """Rates, volumes and figures of 2023; drawn again while whole files move a mean or a score too far."""
    for _ in range(_ESSAIS):
        calage = solve_calage(groupe.marges, rng)
        volumes = {f.code: draw_volume(parametres.indicateurs[f.code], groupe.tailles, rng) for f in groupe.feuilles}
        annuels, report = build_annuels_2023(catalogue, parametres, groupe, calage, volumes, rng)
        derive = 0.0
        for j, feuille in enumerate(groupe.feuilles):
            hypotheses = parametres.indicateurs[feuille.code]
            cible = build_cible(catalogue.get_indicateur(feuille.code), hypotheses, groupe.type_note, ANNEE)
            obtenus = np.clip(cible.compute_chemin(annuels[feuille.code].valeur), 0, 1)
            derive = max(derive, 100 * abs(float(np.nanmean(obtenus) - np.nanmean(calage.taux[:, j]))))
        if derive <= _DERIVE_MOYENNE and float(np.abs(report).max()) <= _DERIVE_SCORE:
            break
    return calage, volumes, annuels


def draw_volume(hypotheses: ParametresIndicateur, tailles: Vecteur, rng: np.random.Generator) -> Vecteur:
    """Files expected in 2023 by each body; 0 for an « avancement »."""
    base = tailles / 1000 if hypotheses.base is Base.POPULATION else np.ones(len(tailles))
    dispersion = 0.12 if hypotheses.genre is not Genre.NOMBRE else 0.25
    return np.asarray(hypotheses.volume * base * rng.lognormal(0, dispersion, len(tailles)))


def build_annuels_2023(
    catalogue: Catalogue,
    parametres: Parametres,
    groupe: Groupe,
    calage: Calage,
    volumes: Mapping[str, Vecteur],
    rng: np.random.Generator,
) -> tuple[dict[str, Annuel], Vecteur]:
    """Figures of 2023 made of whole files whose score is still the published one, and what is left over (points).

    A rate made of whole files is not quite the fitted one. What a body gains or loses by it, in points of score, is
    handed over to its indicateurs of fine grain, computed last (to the next one, when it has none).
    """
    marges, n = groupe.marges, len(groupe.organismes)
    genres = [parametres.indicateurs[f.code].genre for f in groupe.feuilles]
    presents = ~np.isnan(calage.taux)
    dessous = presents & (calage.taux > 0) & (calage.taux < 1)
    # Past the objectif of a domaine that is bonified and not yet at 100 %, each file counts.
    compte = (marges.exces_max > 0) & (calage.taux == 1) & ~calage.plafonne[:, None]
    bonifies = {d.nom for d in groupe.bareme.domaines if d.bonification is not None}
    bonifie = np.array([f.domaine in bonifies for f in groupe.feuilles])
    actifs = (dessous & ~(bonifie & calage.plafonne[:, None])) | compte  # what changes the score
    fins = np.array([g in _GENRES_FINS for g in genres])
    sans_fin = ~(actifs & fins).any(axis=1)
    qualite = compute_scores_normaux(groupe.scores)
    report = np.zeros(n)
    annuels: dict[str, Annuel] = {}
    for j in sorted(range(len(groupe.feuilles)), key=lambda j: _ORDRE_GENRES.index(genres[j])):
        code, genre = groupe.feuilles[j].code, genres[j]
        cible = build_cible(catalogue.get_indicateur(code), parametres.indicateurs[code], groupe.type_note, ANNEE)
        taux, exces, poids = calage.taux[:, j], calage.exces[:, j], calage.poids[:, j]
        if genre is Genre.NOMBRE:
            naturel = cible.compute_chemin(volumes[code]) - 1
        else:
            naturel = rng.gamma(1.5, 0.12, n) * np.exp(0.3 * qualite)
        chemin = np.where(presents[:, j], taux, 0.5) + np.where(compte[:, j], exces, 0)
        chemin = np.where((taux == 1) & ~compte[:, j], 1 + np.maximum(naturel, exces), chemin)
        chemin = np.where(taux == 0, -rng.gamma(1.5, 0.1, n), chemin)
        absorbe = actifs[:, j] & (fins[j] | sans_fin)
        with np.errstate(divide="ignore", invalid="ignore"):
            chemin = np.where(absorbe, chemin - report / poids, chemin)
        plafond = 1 + marges.exces_max[j] if marges.exces_max[j] > 0 else np.inf
        bas = np.where(dessous[:, j], _BAS, np.where(taux == 1, 1.0, -np.inf))
        haut = np.where(dessous[:, j], _HAUT, np.where(taux == 0, 0.0, np.where(compte[:, j], plafond, np.inf)))
        annuel = build_annuel(genre, cible, np.clip(chemin, bas, haut), volumes[code], bas, haut)
        visee = np.where(dessous[:, j], taux, 1 + exces)
        report = np.where(actifs[:, j], report + poids * (cible.compute_chemin(annuel.valeur) - visee), report)
        absent = np.where(presents[:, j], 0.0, np.nan)
        annuels[code] = Annuel(annuel.valeur + absent, annuel.numerateur + absent, annuel.denominateur + absent)
    return annuels, report


def compute_moyennes(
    parametres: Parametres, hypotheses: ParametresIndicateur, moyenne: float, precedente: float | None
) -> dict[int, float]:
    """Mean rate aimed at for 2019-2022, in %: the printed one for 2022 when there is one."""

    def compute_attendu(annee: int) -> float:
        return parametres.moyennes[annee] + sum(parametres.chocs[c].annuel.get(annee, 0.0) for c in hypotheses.chocs)

    depart = moyenne + compute_attendu(ANNEE - 1) if precedente is None else precedente
    moyennes = {ANNEE - 1: depart if precedente is not None else float(np.clip(depart, 5, 99))}
    for annee in ANNEES[:-2]:
        attendu = depart + compute_attendu(annee) - parametres.moyennes[ANNEE - 1]
        moyennes[annee] = float(np.clip(attendu, 5, 99))
    return moyennes


def build_serie(
    parametres: Parametres,
    hypotheses: ParametresIndicateur,
    cibles: dict[int, Cible],
    annuel: Annuel,
    moyennes: Mapping[int, float],
    volumes: Vecteur,
    qualite: Vecteur,
    sans_objet: Masque,
    rng: np.random.Generator,
) -> Serie:
    """The four years before 2023, then the sixty months."""
    n = len(volumes)
    manque = np.isnan(annuel.valeur)
    chemin = np.where(manque, rng.normal(0.9, 0.2, n), cibles[ANNEE].compute_chemin(annuel.valeur))
    latents = draw_suite(compute_scores_normaux(chemin + 1e-3 * qualite), parametres.persistance, rng)
    compte_territoire = hypotheses.genre is Genre.NOMBRE and hypotheses.base is Base.POPULATION
    if compte_territoire:  # one target for all: year after year, it is the small bodies that miss it
        latents = {a: compute_scores_normaux(volumes * rng.lognormal(0, 0.1, n)) for a in ANNEES}
    annuels = {ANNEE: annuel}
    libre = np.full(n, np.inf)
    for annee in ANNEES[:-1]:
        chemins = simulate_chemins(latents[annee], ~sans_objet, moyennes[annee] / 100)
        dossiers = volumes * _compute_activite(parametres, hypotheses, annee).mean() * (1 - 0.01 * (ANNEE - annee))
        if compte_territoire:  # past the target, a count follows the size of the body
            naturels = cibles[annee].compute_chemin(dossiers * rng.lognormal(0, 0.08, n))
            chemins = np.where(chemins >= 1, np.maximum(naturels, 1), chemins)
        annuels[annee] = build_annuel(hypotheses.genre, cibles[annee], chemins, dossiers, -libre, libre)
    activite = np.concatenate([_compute_activite(parametres, hypotheses, a) for a in ANNEES])
    mensuels = build_mensuels(
        hypotheses.genre,
        cibles[ANNEE],
        [annuels[a] for a in ANNEES],
        activite * rng.lognormal(0, 0.04, (n, len(activite))),
        _compute_profil(parametres, hypotheses, cibles, n, rng),
        rng,
    )
    return Serie(cibles, annuels, dict(zip(ANNEES, mensuels, strict=True)))


def _compute_activite(parametres: Parametres, hypotheses: ParametresIndicateur, annee: int) -> Vecteur:
    """Relative activity of the twelve months of a year, 1 for an ordinary month."""
    saison = np.array(parametres.saisons[hypotheses.saison])
    activite = saison / saison.mean()
    for choc in hypotheses.chocs:
        activite *= [parametres.chocs[choc].activite.get(f"{annee}-{m + 1:02d}", 1.0) for m in range(MOIS)]
    return np.asarray(activite)


def _compute_profil(
    parametres: Parametres,
    hypotheses: ParametresIndicateur,
    cibles: Mapping[int, Cible],
    n: int,
    rng: np.random.Generator,
) -> Matrice:
    """What the shocks take away from each month of the years, in the figure's unit (n × 60); 0 in an ordinary month."""
    pertes = []
    for annee in ANNEES:
        perte = np.zeros(MOIS)
        for choc in hypotheses.chocs:
            perte += [parametres.chocs[choc].effet.get(f"{annee}-{m + 1:02d}", 0.0) for m in range(MOIS)]
        pertes.append(perte * (cibles[annee].objectif - cibles[annee].socle))
    return np.asarray(-np.concatenate(pertes) * rng.lognormal(0, 0.25, (n, 1)))
