"""The bodies of one type of the note: what is measured of them, their size, the margins published about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from data.bareme import Bareme, IndicateurBareme
from data.catalogue import Catalogue
from data.modele import Organisme
from data.schemas import DOMAINE, REPARTITION
from etl.simulation.calage import Comptes, Marges
from etl.simulation.cibles import build_cible
from etl.simulation.latents import compute_scores_normaux
from etl.simulation.parametres import Base, Genre, Parametres
from etl.simulation.tableaux import Vecteur
from etl.socle.interessement import ANNEE


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
    qualite = np.clip(compute_scores_normaux(scores), -1.6, 1.6)
    preferences = np.repeat(0.45 * qualite[:, None], len(feuilles), axis=1)
    sans_objet = np.zeros((len(organismes), len(feuilles)), dtype=bool)
    for j, feuille in enumerate(feuilles):
        hypotheses = parametres.indicateurs[feuille.code]
        if hypotheses.genre is Genre.NOMBRE and hypotheses.base is Base.POPULATION:
            # One target for all: a small body is the one that misses it.
            preferences[:, j] += 2.5 * np.clip(compute_scores_normaux(vecteur_tailles), -2, 2)
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
