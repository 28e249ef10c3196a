"""A deterministic result file of any size, as the organismes send them: for measuring the loading."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from data.catalogue import load_catalogue
from data.modele import Maille, Referentiel, Statistique, TypeOrganisme

GRAINE = 20240614


def write_resultats(chemin: Path, lignes: int) -> None:
    """Write ``lignes`` rows: caisse × indicateur × month, a rate with its counts, one cell in a hundred « NS »."""
    catalogue = load_catalogue()
    types = (TypeOrganisme.CPAM, TypeOrganisme.CCSS, TypeOrganisme.CGSS)
    caisses = [o.code for o in catalogue.list_organismes(*types)]
    indicateurs = [
        i.code
        for i in catalogue.list_indicateurs(Referentiel.INTERESSEMENT)
        if i.unite == "%" and i.maille is Maille.ORGANISME and i.statistique is Statistique.TAUX
    ]
    periodes = [f"{annee}-{mois:02d}" for annee in range(2005, 2024) for mois in range(1, 13)]
    if lignes > len(caisses) * len(indicateurs) * len(periodes):
        raise ValueError(f"au plus {len(caisses) * len(indicateurs) * len(periodes)} lignes distinctes")
    rng, rang = np.random.default_rng(GRAINE), np.arange(lignes)
    denominateur = rng.integers(100, 100_000, lignes)
    numerateur = (denominateur * rng.uniform(0.5, 1, lignes)).astype(int)
    absente = rang % 100 == 0
    pl.DataFrame(
        {
            "Organisme": np.array(caisses)[rang % len(caisses)],
            "Indicateur": np.array(indicateurs)[rang // len(caisses) % len(indicateurs)],
            "Période": np.array(periodes)[rang // (len(caisses) * len(indicateurs)) % len(periodes)],
            "taux": np.round(100 * numerateur / denominateur, 2),
            "Numérateur": numerateur,
            "Dénominateur": denominateur,
            "absente": absente,
        }
    ).select(
        "Organisme",
        "Indicateur",
        "Période",
        pl.when("absente")
        .then(pl.lit("NS"))
        .otherwise(pl.col("taux").cast(pl.String).str.replace(".", ",", literal=True) + " %")
        .alias("Résultat"),
        pl.when(~pl.col("absente")).then("Numérateur").alias("Numérateur"),
        "Dénominateur",
    ).write_csv(chemin, separator=";")
