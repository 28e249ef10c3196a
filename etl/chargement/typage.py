"""Type the cells of the long frame: value, numerator, denominator, segment, unit. Refused cells leave with a reason."""

from __future__ import annotations

import polars as pl

from data.modele import Statistique, Statut
from data.source import SourceFichier
from etl.chargement.anomalies import Anomalies
from etl.chargement.cellules import UNITES, Decimale, format_repli
from etl.chargement.colonnes import type_colonne, type_effectifs
from etl.chargement.lecture.feuille import FUSION
from etl.socle.socle import ENSEMBLE

_OU = ("feuille", "rang", "colonne")


def type_faits(long: pl.DataFrame, source: SourceFichier, anomalies: Anomalies) -> pl.DataFrame:
    """Add statut, valeur, bornes, valeur_date, approchee, numerateur, denominateur, segment; convert units."""
    decimale = Decimale(source.decimale)
    sans_valeur = {format_repli(texte): statut for texte, statut in source.sans_valeur.items()}
    fusion = pl.col("valeur_imprimee") == FUSION
    typees = type_colonne(long, "valeur_imprimee", decimale, sans_valeur).with_columns(
        pl.when(fusion)
        .then(pl.lit("nombre dans une cellule fusionnée sur plusieurs lignes"))
        .otherwise(pl.col("motif"))
        .alias("motif")
    )
    typees = _refuse(typees, pl.col("motif").is_not_null(), "valeur_indecidable", pl.col("motif"), anomalies).drop(
        "motif"
    )
    for imprime, nom, colonne in (
        ("numerateur_imprime", "numerateur", source.colonnes.get("numerateur")),
        ("denominateur_imprime", "denominateur", source.colonnes.get("denominateur")),
    ):
        typees = _type_effectif(typees, imprime, nom, colonne, decimale, anomalies)
    typees = _compute_ratio(typees, source, anomalies)
    typees = _resolve_segments(typees, source, anomalies)
    typees = _convert_unites(typees, anomalies)
    return _check_nature(typees, anomalies)


def _refuse(frame: pl.DataFrame, condition: pl.Expr, regle: str, motif: pl.Expr, anomalies: Anomalies) -> pl.DataFrame:
    """Report the rows of a condition, and return the others."""
    refusees = frame.filter(condition.fill_null(value=False))
    if refusees.is_empty():
        return frame
    anomalies.add_frame(regle, refusees.select(*_OU, pl.col("valeur_imprimee").alias("valeur"), motif.alias("motif")))
    return frame.filter(~condition.fill_null(value=False))


def _type_effectif(
    frame: pl.DataFrame, imprime: str, nom: str, colonne: str | None, decimale: Decimale, anomalies: Anomalies
) -> pl.DataFrame:
    """Type the numerators or the denominators: a plain number, or nothing."""
    if frame[imprime].null_count() == frame.height:
        return frame.with_columns(pl.lit(None, pl.Float64).alias(nom))
    nombres, motifs = type_effectifs(frame[imprime], decimale)
    typees = frame.with_columns(nombres.alias(nom))
    refusees = motifs.is_not_null()
    if not refusees.any():
        return typees
    anomalies.add_frame(
        "valeur_indecidable",
        typees.with_columns(motifs.alias("motif"))
        .filter(refusees)
        .select(
            "feuille",
            "rang",
            pl.coalesce(pl.lit(colonne, pl.String), "colonne").alias("colonne"),
            pl.col(imprime).alias("valeur"),
            pl.format("{} : {}", pl.lit(nom), "motif").alias("motif"),
        ),
    )
    return typees.filter(~refusees)


def _compute_ratio(frame: pl.DataFrame, source: SourceFichier, anomalies: Anomalies) -> pl.DataFrame:
    """A rate given by its counts only is their ratio (× 100 for a unit in %); a null denominator gives none."""
    if frame["denominateur"].null_count() == frame.height:
        if "valeur" not in source.colonnes and source.disposition == "longue":
            return frame.with_columns(valeur=pl.col("numerateur"), statut=_statut_si(pl.col("numerateur")))
        return frame
    sans_valeur = pl.col("valeur_imprimee").is_null()
    nul = pl.col("denominateur") == 0
    frame = _refuse(
        frame,
        nul & (pl.col("numerateur").fill_null(0) != 0),
        "denominateur_nul",
        pl.lit("dénominateur nul, numérateur non nul"),
        anomalies,
    )
    echelle = pl.when(pl.col("unite_indicateur") == "%").then(100.0).otherwise(1.0)
    ratio = pl.when(pl.col("denominateur") != 0).then(echelle * pl.col("numerateur") / pl.col("denominateur"))
    statut = (
        pl.when(sans_valeur & (pl.col("denominateur") == 0))
        .then(pl.lit(Statut.SANS_OBJET.value))
        .when(sans_valeur)
        .then(_statut_si(ratio))
        .otherwise(pl.col("statut"))
    )
    return frame.with_columns(valeur=pl.when(sans_valeur).then(ratio).otherwise(pl.col("valeur")), statut=statut)


def _statut_si(valeur: pl.Expr) -> pl.Expr:
    return pl.when(valeur.is_null()).then(pl.lit(Statut.NON_FOURNI.value)).otherwise(pl.lit(Statut.PUBLIE.value))


def _resolve_segments(frame: pl.DataFrame, source: SourceFichier, anomalies: Anomalies) -> pl.DataFrame:
    """The segment of each value: the label inside the cell when it is declared, else the column, else « ensemble »."""
    declares = dict(source.segments)
    inconnue = pl.col("etiquette").is_not_null() & ~pl.col("etiquette").is_in(list(declares))
    frame = _refuse(
        frame,
        inconnue,
        "plusieurs_valeurs",
        pl.format("la cellule donne une valeur pour « {} », que la source ne relie à aucun segment", "etiquette"),
        anomalies,
    )
    segment = pl.coalesce("etiquette", pl.col("segment").str.strip_chars().replace("", None))
    return frame.with_columns(segment=segment.replace(declares).fill_null(ENSEMBLE)).drop("etiquette")


def _convert_unites(frame: pl.DataFrame, anomalies: Anomalies) -> pl.DataFrame:
    """Bring a printed unit to that of the indicateur (k€, M€ → €; millions → nombre), or refuse the contradiction."""
    imprimee = pl.coalesce("unite", pl.col("unite_imprimee").str.to_lowercase().str.strip_chars()).str.to_lowercase()
    paires = frame.select(imprimee.alias("imprimee"), pl.col("unite_indicateur").alias("voulue")).unique()
    lignes = []
    for ligne in paires.to_dicts():
        texte, voulue = ligne["imprimee"], ligne["voulue"]
        facteur: float | None = 1.0
        if texte and voulue is not None and texte not in {"nb", "nombre", "date", voulue.lower()}:
            canonique = UNITES.get(texte)
            attendue = UNITES.get(voulue.lower(), (voulue, 1.0))
            memes = canonique is not None and canonique[0] == attendue[0]
            oui_non = texte == "oui_non" and voulue == "oui_non"
            facteur = (canonique[1] / attendue[1]) if memes and canonique else (1.0 if oui_non else None)
        lignes.append(ligne | {"facteur": facteur})
    table = pl.DataFrame(lignes, schema={"imprimee": pl.String, "voulue": pl.String, "facteur": pl.Float64})
    joint = frame.with_columns(imprimee=imprimee).join(
        table, left_on=["imprimee", "unite_indicateur"], right_on=["imprimee", "voulue"], how="left", nulls_equal=True,
        maintain_order="left",
    )  # fmt: skip
    oui_non_permis = (pl.col("imprimee") == "oui_non") & (pl.col("statistique") == Statistique.OUI_NON.value)
    joint = joint.with_columns(facteur=pl.when(oui_non_permis).then(1.0).otherwise(pl.col("facteur")))
    interdit = (pl.col("imprimee") == "oui_non") & ~oui_non_permis
    gardees = _refuse(
        joint,
        pl.col("facteur").is_null() | interdit,
        "unite_contradictoire",
        pl.format(
            "la cellule est en « {} », l'indicateur en « {} »", "imprimee", pl.col("unite_indicateur").fill_null("?")
        ),
        anomalies,
    )
    return gardees.with_columns(
        *((pl.col(c) * pl.col("facteur")).alias(c) for c in ("valeur", "borne_basse", "borne_haute"))
    ).drop("facteur", "imprimee", "unite", "unite_imprimee")


def _check_nature(frame: pl.DataFrame, anomalies: Anomalies) -> pl.DataFrame:
    """A date where a number is expected, or the reverse, is undecidable."""
    date_voulue = pl.col("statistique") == Statistique.DATE.value
    chiffree = pl.any_horizontal(pl.col("valeur", "borne_basse", "borne_haute").is_not_null())
    frame = _refuse(
        frame,
        ~date_voulue & pl.col("valeur_date").is_not_null(),
        "valeur_indecidable",
        pl.lit("une date, alors que l'indicateur attend un nombre"),
        anomalies,
    )
    return _refuse(
        frame,
        date_voulue & chiffree,
        "valeur_indecidable",
        pl.lit("un nombre, alors que l'indicateur attend une date"),
        anomalies,
    )
