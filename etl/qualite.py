"""Count the quality of a publication that is about to be made (see :mod:`data.qualite`)."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from data.modele import Maille, Nature
from data.qualite import Fraicheur, Qualite

# A fact that says something: a figure, a range or a date. A « non fourni » does not.
_CHIFFRE = pl.any_horizontal(pl.col(c).is_not_null() for c in ("valeur", "borne_basse", "borne_haute", "valeur_date"))
_REELLE = pl.col("nature") == Nature.PUBLIEE.value


def build_qualite(tables: Mapping[str, pl.DataFrame]) -> Qualite:
    """The figures of quality of the tables of a publication, loads included."""
    valeurs, charges = tables["mart_valeur"], tables["mart_chargement"]
    controles, rejets = tables["mart_controle"], tables["mart_rejet"]
    reelles = valeurs.filter(_REELLE)
    transmises = reelles.filter(pl.col("chargement").is_not_null()).height
    return Qualite(
        documents=reelles.height - transmises,
        transmises=transmises,
        simulees=valeurs.height - reelles.height,
        statuts=_count(reelles, "statut"),
        lignes_lues=int(charges["lignes_lues"].sum()),
        lignes_rejetees=int(charges["lignes_rejetees"].sum()),
        constats=_count(rejets.filter(pl.col("chargement").is_not_null()), "gravite"),
        controles=controles.height,
        echecs=_count(controles.filter(~pl.col("reussi")), "gravite"),
        fraicheur=_count_fraicheur(valeurs, tables["mart_organisme"]),
        derniere=reelles.filter(_CHIFFRE)["periode_fin"].max(),  # type: ignore[arg-type]
    )


def _count(frame: pl.DataFrame, colonne: str) -> dict[str, int]:
    return dict(frame.drop_nulls(colonne).group_by(colonne).len().sort(colonne).iter_rows())


def _count_fraicheur(valeurs: pl.DataFrame, organismes: pl.DataFrame) -> Fraicheur:
    """States of the pairs, type by type: the organismes of a type × the indicateurs that have a fact of one of them."""
    types = organismes.select(
        pl.col("code_organisme").alias("code_entite"), type_note=pl.col("type_organisme").replace({"CCSS": "CPAM"})
    )
    fin = pl.col("periode_fin")
    couples = (
        valeurs.filter(pl.col("maille") == Maille.ORGANISME.value)
        .join(types, on="code_entite")
        .group_by("type_note", "code_indicateur", "code_entite")
        .agg(
            reelle=fin.filter(_REELLE & _CHIFFRE).max(),
            simulee=fin.filter(~_REELLE & _CHIFFRE).max(),
            sans_chiffre=fin.filter(_REELLE & ~_CHIFFRE).max(),
        )
        .with_columns(derniere=pl.col("reelle").max().over("type_note", "code_indicateur"))
    )
    attendus = (
        couples.select("type_note", "code_indicateur")
        .unique()
        .join(types.group_by("type_note").len(), on="type_note")["len"]
        .sum()
    )
    chiffree = pl.col("reelle").is_not_null()
    muette = ~chiffree & pl.col("sans_chiffre").is_not_null()
    simule = ~chiffree & ~muette & pl.col("simulee").is_not_null()
    comptes = couples.select(
        a_jour=(chiffree & (pl.col("reelle") == pl.col("derniere"))).sum(),
        anciens=(chiffree & (pl.col("reelle") != pl.col("derniere"))).sum(),
        sans_chiffre=muette.sum(),
        simules=simule.sum(),
    ).row(0, named=True)
    return Fraicheur(**comptes, absents=int(attendus) - sum(comptes.values()))
