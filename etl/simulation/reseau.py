"""The whole network, simulated: targets, yearly and monthly results of every organisme on every local indicateur.

Nothing of it is published; every row carries ``nature = simulee``. What is published is met
(:mod:`etl.simulation.calage`): the 2023 score of each organisme, recomputed by the score engine from these facts and
targets; the counts and the mean rate of each indicateur; the mean, minimum and maximum of the scores of 2022 by type.
What contradicts itself is met at the nearest and listed (:mod:`etl.simulation.marges_reseau`).

The unit of work is the « chemin »: the share of the way from socle (0) to objectif (1), not capped. A latent quality of
each body drives it, and persists from one year to the next. Hypotheses: ``data/definitions/simulation/reseau.yaml``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtri

from data.bareme import Bareme, IndicateurBareme
from data.catalogue import Catalogue
from data.modele import (
    Forme,
    Indicateur,
    Maille,
    Nature,
    Organisme,
    Portee,
    Referentiel,
    Statistique,
    Statut,
    TypeOrganisme,
)
from data.schemas import CIBLE, DOMAINE, REPARTITION, VALEUR
from etl.simulation.calage import Calage, Comptes, Marges, solve_calage
from etl.simulation.fractions import Annuel, Cible, Mensuel, build_annuel, build_mensuels
from etl.simulation.parametres import MOIS, Base, Genre, Parametres, ParametresIndicateur
from etl.socle.interessement import MAXIMUM, MINIMUM, MOYENNE, TYPES_NOTE
from etl.socle.socle import ENSEMBLE, MESURE_RESULTAT, MESURE_TAUX, build_annee, build_mois

GRAINE = 20230621
SOURCE = "simulation"
FICHIER = "etl/simulation/reseau.py"
ANNEE = 2023
ANNEES = (2019, 2020, 2021, 2022, ANNEE)
SCORE = "taux_reussite_local"

NOTE_2023 = "simulé : calé sur le taux publié de l'organisme, la ventilation et la moyenne publiées de l'indicateur"
NOTE_2022 = "simulé : calé sur la moyenne 2022 publiée de l'indicateur"
NOTE_LIBRE = "simulé : aucun chiffre publié pour cette année, suite plausible des années publiées"
NOTE_SCORE_2022 = "simulé : calé sur la moyenne, le minimum et le maximum publiés du type"
NOTE_MOIS = "simulé : les numérateurs et dénominateurs des douze mois s'additionnent à ceux de l'année"
NOTE_COMPTE = "simulé : les douze mois s'additionnent au nombre de l'année"
NOTE_D9 = "simulé : mois plausibles autour de l'année, dont le 9e décile n'est pas la moyenne de ceux des mois"
NOTE_AVANCEMENT = "simulé : avancement cumulé depuis janvier, sur une échelle de 0 à 100 supposée"
NOTE_ECHELLE = " ; échelle de 0 à 100 supposée, l'indicateur n'a pas d'unité publiée"
NOTE_NEUTRALISE = "simulé : organisme tiré au sort parmi le nombre publié de neutralisés"
NOTE_SANS_OBJET = "« hors Guyane » dans la note : l'indicateur ne porte pas sur cet organisme"
NOTE_VIDE = "simulé : aucun dossier ce mois-ci"
NOTE_CIBLE = "simulé : la note n'imprime ni socle ni objectif des indicateurs locaux"
NOTE_COMPOSITE = "simulé : parts déclarées des composantes, sur une échelle de 0 à 100"

# 2019-2021 scores: points of mean against 2022, printed, and how much wider the spread of the type is.
# A rate « inférieur à 100 % » made of whole files: wider than the fitted one, still neither nil nor printed 100,0.
_BAS, _HAUT = 0.004, 0.9994
_ESSAIS = 8  # draws of a type before it is taken as it is: the controls judge it
_DERIVE_MOYENNE, _DERIVE_SCORE = 0.019, 0.004  # points that whole files may move a fitted mean, a score
_SCORES_ANTERIEURS = {2021: (-1.2, 1.1), 2020: (-2.8, 1.25), 2019: (-1.8, 1.15)}

Vecteur = NDArray[np.float64]
Matrice = NDArray[np.float64]
Masque = NDArray[np.bool_]


@dataclass(frozen=True)
class Reseau:
    """What the simulator makes: rows of ``mart_valeur`` and of ``mart_cible``."""

    valeurs: pl.DataFrame
    cibles: pl.DataFrame


@dataclass(frozen=True)
class Feuille:
    """What is measured: an indicateur, or a component of a composite."""

    code: str
    domaine: str
    poids: float  # points of 100
    parent: str | None
    part: float  # of the parent


@dataclass(frozen=True)
class Groupe:
    """The bodies of one type of the note, and what is measured of them."""

    type_note: str
    organismes: tuple[Organisme, ...]
    feuilles: tuple[Feuille, ...]
    bareme: Bareme
    tailles: Vecteur
    scores: Vecteur
    marges: Marges


@dataclass
class _Faits:
    """Accumulates blocks of facts: one block = one indicateur, one measure, one granularity."""

    blocs: list[pl.DataFrame] = field(default_factory=list)

    def add(
        self,
        indicateur: Indicateur,
        mesure: str,
        annee: int,
        organismes: tuple[Organisme, ...],
        valeur: Vecteur | Matrice,
        notes: str | list[str],
        *,
        numerateur: Vecteur | Matrice | None = None,
        denominateur: Vecteur | Matrice | None = None,
        statuts: list[str] | None = None,
    ) -> None:
        """Add a year (n values) or its twelve months (n × 12); NaN means no figure."""
        mensuel = valeur.ndim == 2
        periodes = [build_mois(annee, m + 1) for m in range(MOIS)] if mensuel else [build_annee(annee)]
        fois, n = len(periodes), len(organismes)
        bloc = pl.DataFrame(
            {
                "code_entite": np.repeat(np.array([o.code for o in organismes]), fois),
                "periode_debut": [p.debut for p in periodes] * n,
                "periode_fin": [p.fin for p in periodes] * n,
                "valeur": valeur.ravel(),
                "numerateur": np.full(n * fois, np.nan) if numerateur is None else numerateur.ravel(),
                "denominateur": np.full(n * fois, np.nan) if denominateur is None else denominateur.ravel(),
                "statut": np.repeat(np.array(statuts or [Statut.PUBLIE.value] * n), fois),
                "note": np.repeat(np.array([notes] * n if isinstance(notes, str) else notes), fois),
            }
        ).with_columns(
            referentiel=pl.lit(indicateur.referentiel.value),
            code_indicateur=pl.lit(indicateur.code),
            mesure=pl.lit(mesure),
            granularite=pl.lit(periodes[0].granularite.value),
            statistique=pl.lit(Statistique.TAUX.value if mesure == MESURE_TAUX else indicateur.statistique.value),
        )
        self.blocs.append(bloc)

    def build_frame(self) -> pl.DataFrame:
        """All the facts, in the columns of ``mart_valeur``."""
        vide = pl.col("valeur").is_null() & (pl.col("statut") == Statut.PUBLIE.value)
        constantes = {
            "maille": Maille.ORGANISME.value,
            "segment": ENSEMBLE,
            "source": SOURCE,
            "source_fichier": FICHIER,
            "nature": Nature.SIMULEE.value,
        }
        faits = pl.concat(self.blocs)
        absentes = set(VALEUR.colonnes) - set(faits.columns) - set(constantes) - {"source_rang"}
        return (
            faits.with_columns(pl.col("valeur", "numerateur", "denominateur").fill_nan(None))
            .with_columns(
                statut=pl.when(vide).then(pl.lit(Statut.SANS_OBJET.value)).otherwise("statut"),
                note=pl.when(vide).then(pl.lit(NOTE_VIDE)).otherwise("note"),
                **{c: pl.lit(v) for c, v in constantes.items()},
                **{c: pl.lit(None, VALEUR.colonnes[c]) for c in absentes},
            )
            .with_row_index("source_rang", offset=1)
            .select(pl.col(c).cast(t) for c, t in VALEUR.colonnes.items())
        )


def build_reseau(
    catalogue: Catalogue, parametres: Parametres, publies: Mapping[str, pl.DataFrame], territoires: pl.DataFrame
) -> Reseau:
    """Simulate the network.

    Args:
        catalogue: definitions and barèmes.
        parametres: hypotheses.
        publies: the published rows of mart_valeur, mart_repartition, mart_domaine and mart_cible.
        territoires: columns niveau, code, population (see ``mart_territoire``).

    Raises:
        CalageImpossibleError: the published margins of a type cannot be met at all.
    """
    rng = np.random.default_rng(GRAINE)
    tailles = compute_tailles(catalogue, territoires, parametres.taille_absente)
    faits = _Faits()
    for bareme in catalogue.baremes:
        if bareme.portee is not Portee.LOCALE or (bareme.referentiel, bareme.annee) != (
            Referentiel.INTERESSEMENT,
            ANNEE,
        ):
            continue
        type_note = bareme.types_organisme[0].value
        organismes = catalogue.list_organismes(*TYPES_NOTE[type_note])
        scores = _read_scores(publies[VALEUR.nom], organismes)
        latents = _draw_latents_scores(scores, parametres, rng)
        if type_note == TypeOrganisme.CNAM.value:
            _add_cnam(faits, catalogue, publies[VALEUR.nom], organismes, rng)
        else:
            groupe = build_groupe(catalogue, parametres, publies, bareme, organismes, scores, tailles)
            _add_groupe(faits, catalogue, parametres, publies[REPARTITION.nom], groupe, latents, rng)
        _add_scores(faits, catalogue, publies[VALEUR.nom], type_note, organismes, latents, rng)
    return Reseau(faits.build_frame(), build_cibles(catalogue, parametres))


def list_feuilles(bareme: Bareme) -> tuple[Feuille, ...]:
    """What a barème measures, components instead of composites."""

    def lister(domaine: str, indicateur: IndicateurBareme) -> list[Feuille]:
        if not indicateur.composantes:
            return [Feuille(indicateur.code, domaine, indicateur.poids, None, 1.0)]
        return [
            Feuille(c.code, domaine, indicateur.poids * c.part, indicateur.code, c.part) for c in indicateur.composantes
        ]

    return tuple(f for d in bareme.domaines for i in d.indicateurs for f in lister(d.nom, i))


def compute_tailles(catalogue: Catalogue, territoires: pl.DataFrame, taille_absente: int) -> dict[str, float]:
    """Inhabitants each organisme works for: its caisse, its départements, else its régions. Volumes of files follow it.

    A caisse without population in the source counts ``taille_absente``; a body without territory, a whole région.
    """
    caisses = {
        code: float(population or taille_absente)
        for code, population in territoires.filter(pl.col("niveau") == "caisse")
        .select("code", "population")
        .iter_rows()
    }
    par_departement: dict[str, float] = {}
    par_region: dict[str, float] = {}
    for code, population in caisses.items():
        caisse = catalogue.get_organisme(code)
        par_departement[caisse.departements[0]] = par_departement.get(caisse.departements[0], 0.0) + population
        for region in (caisse.regions or [])[:1]:
            par_region[region] = par_region.get(region, 0.0) + population
    ordinaire = float(np.median(list(par_region.values())))

    def compute_taille(organisme: Organisme) -> float:
        if organisme.code in caisses:
            return caisses[organisme.code]
        if organisme.departements:
            return sum(par_departement.get(d, 0.0) for d in organisme.departements)
        return sum(par_region.get(r, 0.0) for r in organisme.regions or []) or ordinaire

    return {o.code: compute_taille(o) for o in catalogue.organismes}


def build_groupe(
    catalogue: Catalogue,
    parametres: Parametres,
    publies: Mapping[str, pl.DataFrame],
    bareme: Bareme,
    organismes: tuple[Organisme, ...],
    scores: Vecteur,
    tailles: Mapping[str, float],
) -> Groupe:
    """Everything published and declared about a type, in the arrays the calibration works on."""
    type_note = bareme.types_organisme[0].value
    feuilles = list_feuilles(bareme)
    repartition = {
        ligne["code_indicateur"]: ligne
        for ligne in publies[REPARTITION.nom]
        .filter(pl.col("type_organisme") == type_note, pl.col("annee") == ANNEE)
        .iter_rows(named=True)
    }
    vecteur_tailles = np.array([tailles[o.code] for o in organismes])
    qualite = np.clip(_compute_scores_normaux(scores), -1.6, 1.6)
    preferences = np.repeat(0.45 * qualite[:, None], len(feuilles), axis=1)
    sans_objet = np.zeros((len(organismes), len(feuilles)), dtype=bool)
    for j, feuille in enumerate(feuilles):
        hypotheses = parametres.indicateurs[feuille.code]
        if hypotheses.genre is Genre.NOMBRE and hypotheses.base is Base.POPULATION:
            # One target for all: a small body is the one that misses it.
            preferences[:, j] += 2.5 * np.clip(_compute_scores_normaux(vecteur_tailles), -2, 2)
        ligne = repartition.get(feuille.code, {})
        if "hors Guyane" in f"{ligne.get('libelle')} {ligne.get('note')}":
            sans_objet[:, j] = ["973" in o.departements for o in organismes]
    marges = Marges(
        type_note=type_note,
        codes=tuple(f.code for f in feuilles),
        domaines=tuple(f.domaine for f in feuilles),
        poids=np.array([f.poids for f in feuilles]),
        scores=scores,
        moyennes=np.array([_get_moyenne(repartition.get(f.code)) for f in feuilles]),
        moyennes_domaine=_list_moyennes_domaine(publies[DOMAINE.nom], type_note, feuilles, repartition),
        comptes=[_get_comptes(repartition.get(f.code)) for f in feuilles],
        sans_objet=sans_objet,
        exces_max=_compute_exces_max(catalogue, parametres, bareme, feuilles),
        preferences=preferences,
    )
    return Groupe(type_note, organismes, feuilles, bareme, vecteur_tailles, scores, marges)


def _get_moyenne(ligne: Mapping[str, float | None] | None) -> float:
    moyenne = None if ligne is None else ligne["taux_moyen"]
    return float("nan") if moyenne is None else moyenne


def _get_comptes(ligne: Mapping[str, int | None] | None) -> Comptes | None:
    noms = ("nb_100", "nb_inferieur_100", "nb_nul", "nb_neutralise")
    if ligne is None or all(ligne[n] is None for n in noms):
        return None
    return Comptes(*(ligne[n] or 0 for n in noms))


def _list_moyennes_domaine(
    domaines: pl.DataFrame,
    type_note: str,
    feuilles: tuple[Feuille, ...],
    repartition: Mapping[str, Mapping[str, float | None]],
) -> dict[str, float]:
    """Printed means of the domaines none of whose indicateurs has a printed mean (CTI, CEIR)."""
    muets = {
        d
        for d in {f.domaine for f in feuilles}
        if all(np.isnan(_get_moyenne(repartition.get(f.code))) for f in feuilles if f.domaine == d)
    }
    lignes = domaines.filter(
        pl.col("type_organisme") == type_note,
        pl.col("annee") == ANNEE,
        pl.col("domaine").is_in(list(muets)),
        pl.col("taux_moyen").is_not_null(),
    )
    return dict(lignes.select("domaine", "taux_moyen").iter_rows())


def _compute_exces_max(
    catalogue: Catalogue, parametres: Parametres, bareme: Bareme, feuilles: tuple[Feuille, ...]
) -> Vecteur:
    """How far past its objectif each indicateur may lift its domaine, in share of the way (0: not at all)."""
    type_note = bareme.types_organisme[0].value
    bonifications = {d.nom: d.bonification for d in bareme.domaines if d.bonification is not None}
    exces = np.zeros(len(feuilles))
    for j, feuille in enumerate(feuilles):
        bonification = bonifications.get(feuille.domaine)
        if bonification is None or (bonification.indicateurs and feuille.code not in bonification.indicateurs):
            continue
        cible = build_cible(
            catalogue.get_indicateur(feuille.code), parametres.indicateurs[feuille.code], type_note, ANNEE
        )
        meilleur = cible.haut if cible.objectif > cible.socle else cible.bas
        chemin = float(cible.compute_chemin(np.array(meilleur)))
        exces[j] = max(0.0, min(bonification.excedent_max, chemin - 1))
    return exces


def build_cible(indicateur: Indicateur, hypotheses: ParametresIndicateur, type_note: str, annee: int) -> Cible:
    """Thresholds of a year, and the bounds of the figures."""
    socle, objectif = (seuil - hypotheses.recul * (ANNEE - annee) for seuil in hypotheses.cibles[type_note])
    bas = -np.inf if indicateur.bornes.min is None else indicateur.bornes.min
    haut = np.inf if indicateur.bornes.max is None else indicateur.bornes.max
    if hypotheses.genre in {Genre.TAUX, Genre.AVANCEMENT}:
        bas, haut = max(bas, 0.0), min(haut, 100.0)
    if hypotheses.maximum is not None:
        haut = hypotheses.maximum
    return Cible(round(socle, 4), round(objectif, 4), float(bas), float(haut))


def build_cibles(catalogue: Catalogue, parametres: Parametres) -> pl.DataFrame:
    """Simulated socle and objectif, one row per indicateur × type × year, in the columns of ``mart_cible``."""
    lignes = []
    for code, hypotheses in parametres.indicateurs.items():
        indicateur = catalogue.get_indicateur(code)
        for type_note in hypotheses.cibles:
            for annee in ANNEES:
                cible = build_cible(indicateur, hypotheses, type_note, annee)
                lignes.append(
                    {
                        "referentiel": indicateur.referentiel.value,
                        "code_indicateur": code,
                        "type_organisme": type_note,
                        "annee": annee,
                        "forme": Forme.LINEAIRE.value,
                        "operateur": ">=" if cible.objectif > cible.socle else "<=",
                        "socle": cible.socle,
                        "objectif": cible.objectif,
                    }
                )
    absentes = set(CIBLE.colonnes) - set(lignes[0])
    return (
        pl.DataFrame(lignes)
        .with_columns(pl.lit(None, CIBLE.colonnes[c]).alias(c) for c in absentes)
        .with_columns(
            source=pl.lit(SOURCE),
            source_fichier=pl.lit(FICHIER),
            nature=pl.lit(Nature.SIMULEE.value),
            note=pl.lit(NOTE_CIBLE),
            source_rang=pl.int_range(1, pl.len() + 1),
        )
        .select(pl.col(c).cast(t) for c, t in CIBLE.colonnes.items())
    )


def _read_scores(valeurs: pl.DataFrame, organismes: tuple[Organisme, ...]) -> Vecteur:
    """Published scores of 2023, in %."""
    publies = dict(
        valeurs.filter(
            pl.col("code_indicateur") == SCORE,
            pl.col("maille") == Maille.ORGANISME.value,
            pl.col("periode_debut").dt.year() == ANNEE,
        )
        .select("code_entite", "valeur")
        .iter_rows()
    )
    return np.array([publies[o.code] for o in organismes], dtype=np.float64)


def _compute_scores_normaux(valeurs: Vecteur) -> Vecteur:
    """Normal scores of the ranks (ties share theirs); 0 for a body alone."""
    rangs = pl.Series(valeurs).rank("average").to_numpy()
    return np.asarray(ndtri((rangs - 0.5) / len(valeurs)), dtype=np.float64)


def _draw_suite(depart: Vecteur, persistance: float, rng: np.random.Generator) -> dict[int, Vecteur]:
    """Latent quality of each year, backwards from 2023: a first-order autoregression."""
    latents = {ANNEE: depart}
    for annee in reversed(ANNEES[:-1]):
        bruit = rng.normal(0, 1, len(depart))
        latents[annee] = persistance * latents[annee + 1] + np.sqrt(1 - persistance**2) * bruit
    return latents


def _draw_latents_scores(scores: Vecteur, parametres: Parametres, rng: np.random.Generator) -> dict[int, Vecteur]:
    return _draw_suite(_compute_scores_normaux(scores), parametres.persistance, rng)


def simulate_scores(latents: Vecteur, moyenne: float, minimum: float, maximum: float) -> Vecteur:
    """Scores in the order of ``latents`` whose mean, minimum and maximum are given, to two decimals.

    The body alone in its type has the mean. Between the extremes a power of the rank is solved for the mean, within
    what the extremes allow.
    """
    n = len(latents)
    if n == 1:
        return np.array([moyenne])
    rangs = (pl.Series(latents).rank("ordinal").to_numpy() - 1) / (n - 1)
    cible = (moyenne - minimum) / (maximum - minimum)
    bas, haut = -6.0, 6.0
    for _ in range(80):
        milieu = (bas + haut) / 2
        bas, haut = (bas, milieu) if float(np.mean(rangs ** np.exp(milieu))) < cible else (milieu, haut)
    scores: Vecteur = np.round(minimum + (maximum - minimum) * rangs ** np.exp(bas), 2)
    return scores


def _add_scores(
    faits: _Faits,
    catalogue: Catalogue,
    valeurs: pl.DataFrame,
    type_note: str,
    organismes: tuple[Organisme, ...],
    latents: Mapping[int, Vecteur],
    rng: np.random.Generator,
) -> None:
    """Scores of 2019-2022; 2022 has the printed mean, minimum and maximum of the type."""
    imprimes = dict(
        valeurs.filter(
            pl.col("code_indicateur") == SCORE,
            pl.col("code_entite") == type_note,
            pl.col("segment") == ENSEMBLE,
            pl.col("periode_debut").dt.year() == ANNEE - 1,
        )
        .select("statistique", "valeur")
        .iter_rows()
    )
    moyenne = imprimes[MOYENNE]
    minimum, maximum = imprimes.get(MINIMUM, moyenne), imprimes.get(MAXIMUM, moyenne)
    indicateur = catalogue.get_indicateur(SCORE)
    for annee in ANNEES[:-1]:
        ecart, ampleur = _SCORES_ANTERIEURS.get(annee, (0.0, 1.0))
        cible = moyenne + ecart
        scores = simulate_scores(
            latents[annee] + rng.normal(0, 1e-6, len(organismes)),
            cible,
            max(0.0, cible - ampleur * (moyenne - minimum)),
            min(100.0, cible + ampleur * (maximum - moyenne)),
        )
        note = NOTE_LIBRE if annee in _SCORES_ANTERIEURS else NOTE_SCORE_2022
        faits.add(indicateur, MESURE_RESULTAT, annee, organismes, scores, note)


def _add_cnam(
    faits: _Faits,
    catalogue: Catalogue,
    valeurs: pl.DataFrame,
    organismes: tuple[Organisme, ...],
    rng: np.random.Generator,
) -> None:
    """Months of 2023 of the Cnam: its rates are published, its projects are those of the year."""
    publies = valeurs.filter(
        pl.col("maille") == Maille.ORGANISME.value,
        pl.col("code_entite") == organismes[0].code,
        pl.col("mesure") == MESURE_TAUX,
        pl.col("valeur").is_not_null(),
    )
    for code, taux in publies.select("code_indicateur", "valeur").iter_rows():
        annuel = Annuel(np.array([taux]), np.array([np.nan]), np.array([np.nan]))
        vide = np.zeros((1, MOIS))
        [mois] = build_mensuels(Genre.AVANCEMENT, Cible(0, 100, 0, 100), [annuel], vide, vide, rng)
        faits.add(catalogue.get_indicateur(code), MESURE_TAUX, ANNEE, organismes, mois.valeur, NOTE_AVANCEMENT)


@dataclass(frozen=True)
class _Serie:
    """Five years of one leaf: targets, yearly figures and months, by year."""

    cibles: dict[int, Cible]
    annuels: dict[int, Annuel]
    mensuels: dict[int, Mensuel]


def _add_groupe(
    faits: _Faits,
    catalogue: Catalogue,
    parametres: Parametres,
    repartition: pl.DataFrame,
    groupe: Groupe,
    latents_scores: Mapping[int, Vecteur],
    rng: np.random.Generator,
) -> None:
    calage, volumes, annuels = _fit_2023(catalogue, parametres, groupe, rng)
    precedentes = dict(
        repartition.filter(pl.col("type_organisme") == groupe.type_note)
        .select("code_indicateur", "taux_moyen_precedent")
        .iter_rows()
    )
    [suites] = rng.spawn(1)  # what is drawn of the other years does not move the fit of the next types
    series: dict[str, _Serie] = {}
    for j, feuille in enumerate(groupe.feuilles):
        indicateur = catalogue.get_indicateur(feuille.code)
        hypotheses = parametres.indicateurs[feuille.code]
        hors = groupe.marges.sans_objet[:, j]
        serie = _build_serie(
            parametres,
            hypotheses,
            {a: build_cible(indicateur, hypotheses, groupe.type_note, a) for a in ANNEES},
            annuels[feuille.code],
            _compute_moyennes(parametres, hypotheses, _get_taux_moyen(calage, j), precedentes.get(feuille.code)),
            volumes[feuille.code],
            latents_scores[ANNEE],
            hors,
            suites,
        )
        series[feuille.code] = serie
        for annee in ANNEES:
            neutralise = calage.neutralise[:, j] & (annee == ANNEE)
            note = NOTE_2023 if annee == ANNEE else NOTE_LIBRE
            if annee == ANNEE - 1 and precedentes.get(feuille.code) is not None:
                note = NOTE_2022
            _add_annee(faits, indicateur, hypotheses, groupe.organismes, serie, annee, hors, neutralise, note)
    _add_composites(faits, catalogue, groupe, series)


def _fit_2023(
    catalogue: Catalogue, parametres: Parametres, groupe: Groupe, rng: np.random.Generator
) -> tuple[Calage, dict[str, Vecteur], dict[str, Annuel]]:
    """Rates, volumes and figures of 2023; drawn again while whole files move a mean or a score too far."""
    for _ in range(_ESSAIS):
        calage = solve_calage(groupe.marges, rng)
        volumes = {f.code: _draw_volume(parametres.indicateurs[f.code], groupe.tailles, rng) for f in groupe.feuilles}
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


def _get_taux_moyen(calage: Calage, j: int) -> float:
    presents = calage.taux[:, j][~np.isnan(calage.taux[:, j])]
    return 100 * float(presents.mean())


def _draw_volume(hypotheses: ParametresIndicateur, tailles: Vecteur, rng: np.random.Generator) -> Vecteur:
    """Files expected in 2023 by each body; 0 for an « avancement »."""
    base = tailles / 1000 if hypotheses.base is Base.POPULATION else np.ones(len(tailles))
    dispersion = 0.12 if hypotheses.genre is not Genre.NOMBRE else 0.25
    return np.asarray(hypotheses.volume * base * rng.lognormal(0, dispersion, len(tailles)))


_ORDRE_GENRES = (Genre.NOMBRE, Genre.TAUX, Genre.EVOLUTION, Genre.SOLDE, Genre.MOYENNE, Genre.D9, Genre.AVANCEMENT)
_GENRES_FINS = frozenset({Genre.MOYENNE, Genre.D9, Genre.AVANCEMENT})


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
    qualite = _compute_scores_normaux(groupe.scores)
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


def _compute_moyennes(
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


def simulate_chemins(latents: Vecteur, presents: Masque, moyenne: float, pente: float = 0.3) -> Vecteur:
    """Shares of the way, increasing with ``latents``; once capped to 0..1, ``presents`` have the mean ``moyenne``."""
    if moyenne >= 1:
        return np.asarray(1.02 + pente * (latents - latents.min()))
    if moyenne <= 0:
        return np.asarray(pente * (latents - latents.max()) - 0.02)
    bas, haut = -8.0, 9.0
    for _ in range(80):
        milieu = (bas + haut) / 2
        bas, haut = (
            (milieu, haut)
            if float(np.clip(milieu + pente * latents[presents], 0, 1).mean()) < moyenne
            else (bas, milieu)
        )
    return np.asarray(haut + pente * latents)


def _build_serie(
    parametres: Parametres,
    hypotheses: ParametresIndicateur,
    cibles: dict[int, Cible],
    annuel: Annuel,
    moyennes: Mapping[int, float],
    volumes: Vecteur,
    qualite: Vecteur,
    sans_objet: Masque,
    rng: np.random.Generator,
) -> _Serie:
    """The four years before 2023, then the sixty months."""
    n = len(volumes)
    manque = np.isnan(annuel.valeur)
    chemin = np.where(manque, rng.normal(0.9, 0.2, n), cibles[ANNEE].compute_chemin(annuel.valeur))
    latents = _draw_suite(_compute_scores_normaux(chemin + 1e-3 * qualite), parametres.persistance, rng)
    compte_territoire = hypotheses.genre is Genre.NOMBRE and hypotheses.base is Base.POPULATION
    if compte_territoire:  # one target for all: year after year, it is the small bodies that miss it
        latents = {a: _compute_scores_normaux(volumes * rng.lognormal(0, 0.1, n)) for a in ANNEES}
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
    return _Serie(cibles, annuels, dict(zip(ANNEES, mensuels, strict=True)))


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


def _add_annee(
    faits: _Faits,
    indicateur: Indicateur,
    hypotheses: ParametresIndicateur,
    organismes: tuple[Organisme, ...],
    serie: _Serie,
    annee: int,
    sans_objet: Masque,
    neutralise: Masque,
    note: str,
) -> None:
    """The result, the rate and the twelve months of a year; a body out of the scope, or neutralised, has no figure."""
    annuel, mensuel, cible = serie.annuels[annee], serie.mensuels[annee], serie.cibles[annee]
    absent = np.where(sans_objet | neutralise, np.nan, 0.0)
    statuts = [
        (Statut.SANS_OBJET if s else Statut.NEUTRALISE if x else Statut.PUBLIE).value
        for s, x in zip(sans_objet, neutralise, strict=True)
    ]

    def list_notes(ordinaire: str) -> list[str]:
        return [
            NOTE_SANS_OBJET if s else NOTE_NEUTRALISE if x else ordinaire
            for s, x in zip(sans_objet, neutralise, strict=True)
        ]

    avancement = hypotheses.genre is Genre.AVANCEMENT
    taux = 100 * np.clip(cible.compute_chemin(annuel.valeur), 0, 1) + absent
    faits.add(
        indicateur,
        MESURE_RESULTAT,
        annee,
        organismes,
        annuel.valeur + absent,
        list_notes(note + NOTE_ECHELLE * avancement),
        numerateur=annuel.numerateur + absent,
        denominateur=annuel.denominateur + absent,
        statuts=statuts,
    )
    faits.add(indicateur, MESURE_TAUX, annee, organismes, taux, list_notes(note), statuts=statuts)
    notes = {Genre.AVANCEMENT: NOTE_AVANCEMENT, Genre.D9: NOTE_D9, Genre.NOMBRE: NOTE_COMPTE}
    faits.add(
        indicateur,
        MESURE_RESULTAT,
        annee,
        organismes,
        mensuel.valeur + absent[:, None],
        list_notes(notes.get(hypotheses.genre, NOTE_MOIS)),
        numerateur=mensuel.numerateur + absent[:, None],
        denominateur=mensuel.denominateur + absent[:, None],
        statuts=statuts,
    )


def _add_composites(faits: _Faits, catalogue: Catalogue, groupe: Groupe, series: Mapping[str, _Serie]) -> None:
    """Composites: the rates of their components, weighted by the declared shares, on a scale from 0 to 100."""
    for parent in dict.fromkeys(f.parent for f in groupe.feuilles if f.parent is not None):
        indicateur = catalogue.get_indicateur(parent)
        for annee in ANNEES:
            parts = [(f.part, series[f.code]) for f in groupe.feuilles if f.parent == parent]
            taux = np.sum(
                [p * np.clip(s.cibles[annee].compute_chemin(s.annuels[annee].valeur), 0, 1) for p, s in parts], axis=0
            )
            mois = np.sum(
                [p * np.clip(s.cibles[annee].compute_chemin(s.mensuels[annee].valeur), 0, 1) for p, s in parts], axis=0
            )
            for mesure, valeur in ((MESURE_RESULTAT, taux), (MESURE_TAUX, taux), (MESURE_RESULTAT, mois)):
                faits.add(indicateur, mesure, annee, groupe.organismes, 100 * valeur, NOTE_COMPOSITE)
