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
from dataclasses import dataclass

import numpy as np
import polars as pl

from data.catalogue import Catalogue
from data.modele import Indicateur, Maille, Organisme, Portee, Referentiel, Statut, TypeOrganisme
from data.schemas import REPARTITION, VALEUR
from etl.simulation.annees import Serie, build_serie, compute_moyennes, fit_2023
from etl.simulation.calage import Calage
from etl.simulation.cibles import build_cible, build_cibles
from etl.simulation.faits import (
    NOTE_2022,
    NOTE_2023,
    NOTE_AVANCEMENT,
    NOTE_COMPOSITE,
    NOTE_COMPTE,
    NOTE_D9,
    NOTE_ECHELLE,
    NOTE_LIBRE,
    NOTE_MOIS,
    NOTE_NEUTRALISE,
    NOTE_SANS_OBJET,
    Faits,
)
from etl.simulation.fractions import Annuel, Cible, build_mensuels
from etl.simulation.groupes import Groupe, build_groupe, compute_tailles
from etl.simulation.latents import compute_scores_normaux, draw_suite
from etl.simulation.parametres import ANNEES, MOIS, Genre, Parametres, ParametresIndicateur
from etl.simulation.scores import add_scores, read_scores
from etl.simulation.tableaux import Masque, Vecteur
from etl.socle.interessement import ANNEE, TYPES_NOTE
from etl.socle.socle import MESURE_RESULTAT, MESURE_TAUX

GRAINE = 20230621


@dataclass(frozen=True)
class Reseau:
    """What the simulator makes: rows of ``mart_valeur`` and of ``mart_cible``."""

    valeurs: pl.DataFrame
    cibles: pl.DataFrame


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
    faits = Faits()
    for bareme in catalogue.baremes:
        if bareme.portee is not Portee.LOCALE or (bareme.referentiel, bareme.annee) != (
            Referentiel.INTERESSEMENT,
            ANNEE,
        ):
            continue
        type_note = bareme.types_organisme[0].value
        organismes = catalogue.list_organismes(*TYPES_NOTE[type_note])
        scores = read_scores(publies[VALEUR.nom], organismes)
        latents = draw_suite(compute_scores_normaux(scores), parametres.persistance, rng)
        if type_note == TypeOrganisme.CNAM.value:
            _add_cnam(faits, catalogue, publies[VALEUR.nom], organismes, rng)
        else:
            groupe = build_groupe(catalogue, parametres, publies, bareme, organismes, scores, tailles)
            _add_groupe(faits, catalogue, parametres, publies[REPARTITION.nom], groupe, latents, rng)
        add_scores(faits, catalogue, publies[VALEUR.nom], type_note, organismes, latents, rng)
    return Reseau(faits.build_frame(), build_cibles(catalogue, parametres))


def _add_cnam(
    faits: Faits,
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


def _add_groupe(
    faits: Faits,
    catalogue: Catalogue,
    parametres: Parametres,
    repartition: pl.DataFrame,
    groupe: Groupe,
    latents_scores: Mapping[int, Vecteur],
    rng: np.random.Generator,
) -> None:
    calage, volumes, annuels = fit_2023(catalogue, parametres, groupe, rng)
    precedentes = dict(
        repartition.filter(pl.col("type_organisme") == groupe.type_note)
        .select("code_indicateur", "taux_moyen_precedent")
        .iter_rows()
    )
    [suites] = rng.spawn(1)  # what is drawn of the other years does not move the fit of the next types
    series: dict[str, Serie] = {}
    for j, feuille in enumerate(groupe.feuilles):
        indicateur = catalogue.get_indicateur(feuille.code)
        hypotheses = parametres.indicateurs[feuille.code]
        hors = groupe.marges.sans_objet[:, j]
        serie = build_serie(
            parametres,
            hypotheses,
            {a: build_cible(indicateur, hypotheses, groupe.type_note, a) for a in ANNEES},
            annuels[feuille.code],
            compute_moyennes(parametres, hypotheses, _get_taux_moyen(calage, j), precedentes.get(feuille.code)),
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


def _get_taux_moyen(calage: Calage, j: int) -> float:
    presents = calage.taux[:, j][~np.isnan(calage.taux[:, j])]
    return 100 * float(presents.mean())


def _add_annee(
    faits: Faits,
    indicateur: Indicateur,
    hypotheses: ParametresIndicateur,
    organismes: tuple[Organisme, ...],
    serie: Serie,
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


def _add_composites(faits: Faits, catalogue: Catalogue, groupe: Groupe, series: Mapping[str, Serie]) -> None:
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
