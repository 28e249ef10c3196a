"""The data contract of a loaded fact, checked on the whole frame before anything is stored (see ADR 0014)."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from data.modele import Granularite, Maille, Nature, Referentiel, Statistique, Statut
from etl.chargement.anomalies import Anomalies

_AVEC_VALEUR = [Statut.PUBLIE.value, Statut.PROVISOIRE.value, Statut.AJUSTE.value]


class Fait(dy.Schema):
    """One fact: a key, at most one form of value, a statut that agrees with it, a provenance to the cell."""

    referentiel = dy.String(nullable=False, check=lambda c: c.is_in([r.value for r in Referentiel]))
    code_indicateur = dy.String(nullable=False, regex=r"^[a-z][a-z0-9_]{2,79}$")
    mesure = dy.String(nullable=False, check=lambda c: c.is_in(["resultat", "taux_reussite", "poids"]))
    maille = dy.String(nullable=False, check=lambda c: c.is_in([m.value for m in Maille]))
    code_entite = dy.String(nullable=False, min_length=1)
    periode_debut = dy.Date(nullable=False)
    periode_fin = dy.Date(nullable=False)
    granularite = dy.String(nullable=False, check=lambda c: c.is_in([g.value for g in Granularite]))
    segment = dy.String(nullable=False, min_length=1)
    statistique = dy.String(nullable=False, check=lambda c: c.is_in([s.value for s in Statistique]))
    valeur = dy.Float64(nullable=True, allow_inf=False, allow_nan=False)
    borne_basse = dy.Float64(nullable=True, allow_inf=False, allow_nan=False)
    borne_haute = dy.Float64(nullable=True, allow_inf=False, allow_nan=False)
    valeur_date = dy.Date(nullable=True)
    numerateur = dy.Float64(nullable=True, min=0, allow_inf=False, allow_nan=False)
    denominateur = dy.Float64(nullable=True, min=0, allow_inf=False, allow_nan=False)
    statut = dy.String(nullable=False, check=lambda c: c.is_in([s.value for s in Statut]))
    valeur_imprimee = dy.String(nullable=True)
    source = dy.String(nullable=False)
    source_fichier = dy.String(nullable=False)
    source_rang = dy.Int64(nullable=False, min=1)
    source_feuille = dy.String(nullable=True)
    source_colonne = dy.String(nullable=True)
    nature = dy.String(nullable=False, check=lambda c: c == Nature.PUBLIEE.value)

    @dy.rule()
    def periode_ordonnee(cls) -> pl.Expr:  # noqa: N805 - dataframely passes the class
        """A period does not end before it starts."""
        return pl.col("periode_debut") <= pl.col("periode_fin")

    @dy.rule()
    def bornes_ordonnees(cls) -> pl.Expr:  # noqa: N805
        """A range goes up."""
        return (pl.col("borne_basse") <= pl.col("borne_haute")).fill_null(value=True)

    @dy.rule()
    def statut_dit_la_valeur(cls) -> pl.Expr:  # noqa: N805
        """A published fact has a value, a fact without value says why: never both, never neither."""
        chiffre = pl.any_horizontal(pl.col("valeur", "borne_basse", "borne_haute", "valeur_date").is_not_null())
        return pl.col("statut").is_in(_AVEC_VALEUR) == chiffre


_CLAUSES = {
    "nullability": "« {} » manque",
    "min": "« {} » est négatif",
    "min_length": "« {} » est vide",
    "check": "« {} » n'est pas une valeur admise",
    "regex": "« {} » n'a pas la forme d'un code",
    "inf": "« {} » est infini",
    "nan": "« {} » n'est pas un nombre",
}
_REGLES = {
    "periode_ordonnee": "la période finit avant de commencer",
    "bornes_ordonnees": "la borne basse dépasse la borne haute",
    "statut_dit_la_valeur": "le statut et la valeur se contredisent",
}


def _describe_regle(regle: str) -> str:
    """What a broken rule says, in French; those of a column are named « column|clause »."""
    colonne, _, clause = regle.partition("|")
    nom = {"numerateur": "numérateur", "denominateur": "dénominateur"}.get(colonne, colonne)
    return _REGLES.get(regle) or _CLAUSES.get(clause, regle).format(nom)


def check_contrat(faits: pl.DataFrame, anomalies: Anomalies) -> pl.DataFrame:
    """The facts that respect the contract; the others are findings of the rule « contrat »."""
    repere = "__fait__"
    colonnes = list(Fait.column_names())
    numerotes = faits.with_row_index(repere)
    masques = Fait.filter(numerotes.select(colonnes), cast=True)
    if masques.failure.invalid().is_empty():
        return faits
    details = masques.failure.details()
    regles = [c for c in details.columns if c not in colonnes]
    motifs = details.with_columns(
        motif=pl.concat_str(
            [pl.when(pl.col(r) == "invalid").then(pl.lit(f"{_describe_regle(r)} ; ")) for r in regles],
            ignore_nulls=True,
        ).str.strip_chars(" ;")
    ).select(*colonnes, "motif")
    anomalies.add_frame(
        "contrat",
        motifs.select(
            pl.col("source_feuille").alias("feuille"),
            pl.col("source_rang").alias("rang"),
            pl.col("source_colonne").alias("colonne"),
            pl.col("valeur_imprimee").alias("valeur"),
            "motif",
        ),
    )
    return faits.join(motifs.select(colonnes), on=colonnes, how="anti", nulls_equal=True)
