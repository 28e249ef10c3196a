"""A file of communes whose cells are categories: the category of each commune, and shares of the population.

The share of a category in a territory is the population of its communes in the category over the population of its
communes whose category is known. « Not available » is neither a category nor zero: it leaves both sums.
"""

from __future__ import annotations

import polars as pl

from data.catalogue import Catalogue, format_cle
from data.modele import Maille, Statut
from data.source import SourceFichier
from etl.chargement.agregats import build_lignes, format_codes, format_entier, get_territoire, name_niveau
from etl.chargement.anomalies import Anomalies
from etl.chargement.cellules import find_statut, format_repli
from etl.chargement.colonnes import TYPEES
from etl.chargement.lecture.feuille import Feuille
from etl.chargement.resolution import describe_indicateur
from etl.socle.contexte import ANNEE_POPULATION
from etl.socle.socle import ENSEMBLE

COUVERTURE_MIN = 0.95  # share of the population whose category must be known for a territory to have a share
_PERIODE = ["periode_debut", "periode_fin", "granularite"]


def type_categories(long: pl.DataFrame, source: SourceFichier, anomalies: Anomalies) -> pl.DataFrame:
    """Type the cells of a column of categories: valeur is the number of the category; unknown writings leave."""
    assert source.categories is not None  # noqa: S101 - the caller has checked it
    numeros = {format_cle(texte): numero for texte, numero in source.categories.valeurs.items()}
    sans_valeur = {format_repli(texte): statut for texte, statut in source.sans_valeur.items()}
    lignes: list[tuple[str | None, float | None, str | None]] = []
    for texte in long["valeur_imprimee"].unique().to_list():
        numero = numeros.get(format_cle(texte or ""))
        statut = Statut.PUBLIE if numero is not None else find_statut(texte or "", sans_valeur)
        lignes.append((texte, numero, statut.value if statut is not None else None))
    table = pl.DataFrame(
        lignes, schema={"valeur_imprimee": pl.String, "valeur": pl.Float64, "statut": pl.String}, orient="row"
    )
    typees = long.join(table, on="valeur_imprimee", how="left", nulls_equal=True, maintain_order="left")
    connues = ", ".join(f"« {texte} »" for texte in source.categories.valeurs)
    anomalies.add_frame(
        "categorie_inconnue",
        typees.filter(pl.col("statut").is_null()).select(
            "feuille",
            "rang",
            "colonne",
            pl.col("valeur_imprimee").alias("valeur"),
            pl.format("« {} » n'est pas une catégorie de la source ({})", "valeur_imprimee", pl.lit(connues)).alias(
                "motif"
            ),
        ),
    )
    vides = {
        nom: pl.lit(None, sorte)
        for nom, sorte in TYPEES.items()
        if nom not in {"valeur", "statut", "motif", "unite", "approchee"}
    }
    return typees.filter(pl.col("statut").is_not_null()).with_columns(
        **vides,
        approchee=pl.lit(value=False),
        numerateur=pl.lit(None, pl.Float64),
        denominateur=pl.lit(None, pl.Float64),
        segment=pl.col("segment").replace("", None).fill_null(ENSEMBLE),
    )


def aggregate_categories(
    typees: pl.DataFrame,
    source: SourceFichier,
    catalogue: Catalogue,
    communes: pl.DataFrame,
    feuilles: tuple[Feuille, ...],
    anomalies: Anomalies,
) -> pl.DataFrame:
    """The rows of the communes, and those of the shares of the population in the territories above.

    Args:
        typees: typed rows, one per commune and period.
        source: its ``categories.parts`` name the shares, its ``agregats`` the levels.
        catalogue: definitions of the shares.
        communes: columns of ``mart_commune``.
        feuilles: sheets of the file.
        anomalies: territories left without a share, and communes the file does not give, are said there.
    """
    if typees.is_empty() or source.categories is None:
        return typees
    lignes = typees.join(
        communes.select(
            pl.col("code_commune").alias("code_entite"), "code_departement", "code_region", "code_caisse", "approche",
            "population", "code_actuel",
        ),
        on="code_entite",
        how="left",
    )  # fmt: skip
    toutes = communes.filter(type="COM")
    _report_absentes(lignes, toutes, anomalies)
    morceaux = [typees]
    for maille in source.agregats:
        sommes = _sum_territoires(lignes, toutes, maille)
        _report_partielles(sommes, maille, anomalies)
        for numero, code in source.categories.parts.items():
            parts = _build_parts(sommes, numero, approche=maille is Maille.ORGANISME)
            indicateur = describe_indicateur(catalogue.get_indicateur(code), source)
            morceaux.append(build_lignes(parts, maille, source.colonnes.get("valeur"), feuilles, indicateur))
    return pl.concat(morceaux, how="diagonal")


def _sum_territoires(lignes: pl.DataFrame, toutes: pl.DataFrame, maille: Maille) -> pl.DataFrame:
    """Populations by territory: of each category, known, seen, and of the territory (``total``)."""
    population = pl.col("population").fill_null(0)
    connue = pl.col("valeur").is_not_null() & pl.col("population").is_not_null()
    numeros = sorted({int(v) for v in lignes["valeur"].drop_nulls().unique()})
    totaux = toutes.group_by(get_territoire(maille)).agg(total=population.sum(), communes=pl.len())
    return (
        lignes.group_by(get_territoire(maille), *_PERIODE)
        .agg(
            pl.col("feuille").first(),
            pl.col("approche").any(),
            *(population.filter(pl.col("valeur") == numero).sum().alias(f"population_{numero}") for numero in numeros),
            connue=population.filter(connue).sum(),
            vue=population.sum(),
            nombre_connues=connue.sum(),
            sans_categorie=pl.col("valeur").is_null().sum(),
            sans_population=(pl.col("valeur").is_not_null() & pl.col("population").is_null()).sum(),
            presentes=pl.col("code_actuel").n_unique(),
            absence=pl.col("statut").filter(pl.col("valeur").is_null()).mode().sort().first(),
        )
        .join(totaux, on="territoire", how="left")
        .with_columns(
            couverte=(pl.col("total") > 0) & (pl.col("connue") >= COUVERTURE_MIN * pl.col("total")),
            donnee=pl.when(pl.col("total") > 0)
            .then(pl.col("vue") >= COUVERTURE_MIN * pl.col("total"))
            .otherwise(pl.col("presentes") >= COUVERTURE_MIN * pl.col("communes")),
        )
        .sort("territoire", *_PERIODE)
    )


def _build_parts(sommes: pl.DataFrame, numero: int, *, approche: bool) -> pl.DataFrame:
    """The share of one category: a figure where enough is known, an absence that says why where the file says so."""
    population = pl.col(f"population_{numero}") if f"population_{numero}" in sommes.columns else pl.lit(0)
    couverte = pl.col("couverte")
    nombres = [
        pl.format("{} communes de catégorie connue", "nombre_connues"),
        pl.when(pl.col("sans_categorie") > 0).then(pl.format("{} sans catégorie", "sans_categorie")),
        pl.when(pl.col("sans_population") > 0).then(pl.format("{} sans population connue", "sans_population")),
        pl.when(~couverte & (pl.col("total") > 0)).then(
            pl.format("catégorie connue pour {} % de la population", _format_pourcent("connue", "total"))
        ),
        pl.when(couverte).then(pl.lit(f"populations municipales de {ANNEE_POPULATION}")),
        pl.when(pl.col("approche") & pl.lit(approche)).then(pl.lit("contour approché")),
    ]
    return sommes.filter(couverte | pl.col("donnee")).select(
        "territoire",
        "feuille",
        *_PERIODE,
        valeur=pl.when(couverte).then(100 * population / pl.col("connue")),
        numerateur=pl.when(couverte).then(population).cast(pl.Float64),
        denominateur=pl.when(couverte).then(pl.col("connue")).cast(pl.Float64),
        statut=pl.when(couverte)
        .then(pl.lit(Statut.PUBLIE.value))
        .otherwise(pl.col("absence").fill_null(Statut.NON_DISPONIBLE.value)),
        note=pl.concat_str(nombres, separator=", ", ignore_nulls=True),
        approchee=pl.lit(value=False),
    )


def _format_pourcent(partie: str, total: str) -> pl.Expr:
    """A share in %, with a decimal comma and no useless decimal."""
    texte = (100 * pl.col(partie) / pl.col(total)).round(1).cast(pl.String)
    return texte.str.strip_suffix(".0").str.replace(".", ",", literal=True)


def _report_absentes(lignes: pl.DataFrame, toutes: pl.DataFrame, anomalies: Anomalies) -> None:
    """Communes of the départements of the file that the file does not give."""
    absentes = toutes.filter(
        pl.col("code_departement").is_in(lignes["code_departement"].unique().implode()),
        ~pl.col("code_commune").is_in(lignes["code_actuel"].unique().implode()),
    )
    if not absentes.is_empty():
        anomalies.add(
            "communes_absentes",
            f"{absentes.height} commune(s) des départements du fichier n'y sont pas "
            f"({format_entier(int(absentes['population'].sum()))} habitants) : "
            + format_codes([f"{code} {nom}" for code, nom in absentes.select("code_commune", "nom").iter_rows()]),
        )


def _report_partielles(sommes: pl.DataFrame, maille: Maille, anomalies: Anomalies) -> None:
    """Territories the file touches without giving enough of their communes."""
    codes = sommes.filter(~pl.col("couverte"), ~pl.col("donnee"))["territoire"].unique(maintain_order=True).to_list()
    if codes:
        detail = "" if maille is Maille.RESEAU else f" : {format_codes(codes)}"
        anomalies.add(
            "couverture_partielle",
            f"aucune part pour {name_niveau(maille, len(codes))} : le fichier donne moins de "
            f"{100 * COUVERTURE_MIN:.0f} % de la population{detail}",
        )
