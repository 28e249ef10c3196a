"""The measured things of a barème, flattened: indicateurs and components of composites. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from data.bareme import Bareme, Cible
from data.calculs.resultats import SEUILS
from data.calculs.taux import list_parametres
from data.calculs.taux_vectorise import COLONNES_TAUX


@dataclass(frozen=True)
class Feuille:
    """A measured thing of a barème, flattened."""

    code: str
    domaine: str
    composite: str | None
    indicateur: str
    poids: float
    part: float
    cible: Cible
    notes: tuple[str, ...]


def list_feuilles(bareme: Bareme) -> tuple[Feuille, ...]:
    """Indicateurs without components, and components of the others, in the order of the barème."""
    feuilles = []
    for domaine in bareme.domaines:
        for i in domaine.indicateurs:
            if not i.composantes:
                feuilles.append(Feuille(i.code, domaine.nom, None, i.code, i.poids, 1.0, i, i.notes))
            feuilles += [
                Feuille(c.code, domaine.nom, i.code, i.code, i.poids, c.part, c, i.notes) for c in i.composantes
            ]
    return tuple(feuilles)


@lru_cache(maxsize=64)
def build_feuilles(bareme: Bareme) -> pl.DataFrame:
    """The measured things of a barème as a frame: one row per indicateur or component, with its target and weights.

    Columns: ``code_indicateur``, ``domaine``, ``code_composite``, ``rang`` (order), ``rang_domaine``,
    ``rang_indicateur``, ``poids``, ``part``, ``poids_domaine``, ``excedent_max`` (null: no bonification), ``plafond``
    (0..1), and those of ``data.calculs.taux_vectorise.COLONNES_TAUX`` that a target declares.
    """
    lignes = []
    domaines = {d.nom: (rang, d) for rang, d in enumerate(bareme.domaines)}
    rangs = {i.code: rang for rang, i in enumerate(bareme.list_indicateurs())}
    for rang, f in enumerate(list_feuilles(bareme)):
        rang_domaine, domaine = domaines[f.domaine]
        regle = domaine.bonification
        eligible = regle is not None and (not regle.indicateurs or f.code in regle.indicateurs)
        lignes.append(
            {
                "code_indicateur": f.code,
                "domaine": f.domaine,
                "code_composite": f.composite,
                "rang": rang,
                "rang_domaine": rang_domaine,
                "rang_indicateur": rangs[f.indicateur],
                "poids": f.poids,
                "part": f.part,
                "poids_domaine": domaine.poids,
                "excedent_max": regle.excedent_max if regle is not None and eligible else None,
                "plafond": 1.0 if regle is None else regle.plafond / 100,
                "forme": f.cible.forme.value,
                "sens": None if f.cible.sens is None else f.cible.sens.value,
                **{nom: getattr(f.cible, nom) for nom in SEUILS},
                **(list_parametres(f.cible) | {"reference": f.cible.reference}),
                "paliers": [p.model_dump() for p in f.cible.paliers] or None,
            }
        )
    entiers = dict.fromkeys(("rang", "rang_domaine", "rang_indicateur"), pl.Int32())
    nombres = dict.fromkeys(("poids", "part", "poids_domaine", "excedent_max", "plafond"), pl.Float64())
    textes = dict.fromkeys(("code_indicateur", "domaine", "code_composite"), pl.String())
    cibles = {n: t for n, t in COLONNES_TAUX.items() if n in lignes[0]}
    return pl.DataFrame(lignes, schema={**textes, **entiers, **nombres, **cibles})
