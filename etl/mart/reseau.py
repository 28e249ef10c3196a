"""The simulated network as tables, kept in ``var/reseau/<empreinte>``; what is published always wins over it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import polars as pl
import scipy

from data.catalogue import Catalogue
from data.schemas import CIBLE, DOMAINE, REPARTITION, VALEUR
from etl.mart.depot import compute_sha256, load_tables
from etl.simulation import (
    annees,
    calage,
    cibles,
    faits,
    fractions,
    groupes,
    latents,
    parametres,
    raccord,
    reseau,
    scores,
)
from etl.simulation.parametres import Parametres, load_parametres
from etl.simulation.reseau import build_reseau

MODULES = (annees, calage, cibles, faits, fractions, groupes, latents, parametres, raccord, reseau, scores)
CODE = tuple(Path(str(module.__file__)) for module in MODULES)
MARGES = (VALEUR, REPARTITION, DOMAINE)  # published tables the simulation is fitted to
TABLES_RESEAU = (VALEUR, CIBLE)
_SEUILS = ("socle", "objectif", "date_socle", "date_objectif")


def load_reseau(
    dossier: Path, catalogue: Catalogue, publies: Mapping[str, pl.DataFrame], territoires: pl.DataFrame
) -> dict[str, pl.DataFrame]:
    """Simulated rows of ``mart_valeur`` and ``mart_cible``, by name, simulated unless ``dossier`` already holds them.

    Args:
        dossier: parent of the folders, one per content (``var/reseau``).
        catalogue: definitions and barèmes.
        publies: published rows of the tables of :data:`MARGES`, by name.
        territoires: population of the caisses (see ``mart_territoire``).

    Raises:
        DefinitionInvalideError: the hypotheses are malformed.
        CalageImpossibleError: the published margins of a type cannot be met at all.
    """
    hypotheses = load_parametres()

    def construire() -> dict[str, pl.DataFrame]:
        simule = build_reseau(catalogue, hypotheses, publies, territoires)
        return {VALEUR.nom: simule.valeurs, CIBLE.nom: simule.cibles}

    empreinte = compute_empreinte(catalogue, hypotheses, publies, territoires)
    return load_tables(dossier, empreinte, [t.nom for t in TABLES_RESEAU], construire)


def compute_empreinte(
    catalogue: Catalogue, hypotheses: Parametres, publies: Mapping[str, pl.DataFrame], territoires: pl.DataFrame
) -> str:
    """Sixteen hexadecimal digits naming the content that :func:`load_reseau` would write."""
    contenu = {
        "code": [compute_sha256(chemin) for chemin in CODE],
        "versions": [np.__version__, scipy.__version__],
        "hypotheses": hypotheses.model_dump_json(),
        "catalogue": [
            objet.model_dump_json() for objet in (*catalogue.organismes, *catalogue.indicateurs, *catalogue.baremes)
        ],
        "publies": [publies[t.nom].write_json() for t in MARGES],
        "territoires": territoires.select("niveau", "code", "population").write_json(),
        "colonnes": {t.nom: [f"{c} {x}" for c, x in t.colonnes.items()] for t in TABLES_RESEAU},
    }
    return hashlib.sha256(json.dumps(contenu, sort_keys=True).encode()).hexdigest()[:16]


def add_reseau(tables: Mapping[str, pl.DataFrame], simule: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Append the simulated rows to ``mart_valeur`` and ``mart_cible``.

    A simulated fact whose key is already there is dropped, and so is a simulated target where one is published; a
    published weight without thresholds stays beside the simulated thresholds.
    """
    avec_seuils = tables[CIBLE.nom].filter(pl.any_horizontal(pl.col(c).is_not_null() for c in _SEUILS))
    cle_cible = [c for c in CIBLE.cle if c != "nature"]
    return {
        VALEUR.nom: pl.concat(
            [tables[VALEUR.nom], simule[VALEUR.nom].join(tables[VALEUR.nom], on=VALEUR.cle, how="anti")]
        ),
        CIBLE.nom: pl.concat([tables[CIBLE.nom], simule[CIBLE.nom].join(avec_seuils, on=cle_cible, how="anti")]),
    }
