"""Named controls of the facts of one file: bounds, duplicates, totals, weights, order of periods, glued footnotes.

Each is a pure function of the typed frame; all run, all findings are reported at once. Severities are those of
``anomalies.REGLES``, unless the source declares another.
"""

from __future__ import annotations

import datetime as dt

import polars as pl

from data.catalogue import Catalogue, IndicateurInconnuError
from data.modele import Maille, Statistique
from data.schemas import VALEUR
from data.source import SourceFichier, Total
from etl.chargement.anomalies import Anomalies, format_jour, format_nombre
from etl.chargement.entites import NIVEAUX, Annuaire, EntiteInconnueError
from etl.chargement.mise_en_long import get_code_indicateur
from etl.chargement.periodes import PeriodeIndecidableError, parse_periode

CLE = VALEUR.cle
_CONTENU = ("statut", "valeur", "borne_basse", "borne_haute", "valeur_date", "numerateur", "denominateur")
_OU = ("feuille", "rang", "colonne", pl.col("valeur_imprimee").alias("valeur"))
TOLERANCE_TAUX = 0.1  # points: a printed rate is rounded to one decimal


def check_bornes(faits: pl.DataFrame, anomalies: Anomalies) -> None:
    """Values outside the bounds declared by the indicateur (0-100 for a rate of success)."""
    chiffres = pl.concat_list("valeur", "borne_basse", "borne_haute").list.drop_nulls()
    hors = (chiffres.list.min() < pl.col("borne_min")) | (chiffres.list.max() > pl.col("borne_max"))
    suspectes = faits.filter(
        pl.any_horizontal(
            (pl.col(c) < pl.col("borne_min")) | (pl.col(c) > pl.col("borne_max"))
            for c in ("valeur", "borne_basse", "borne_haute")
        )
    ).filter(hors)
    anomalies.add_frame(
        "bornes",
        suspectes.select(
            *_OU,
            pl.format(
                "{} : hors des bornes de {} (de {} à {} {})",
                format_nombre(pl.coalesce("valeur", "borne_basse", "borne_haute")),
                "code_indicateur",
                format_nombre(pl.col("borne_min")).fill_null("-∞"),
                format_nombre(pl.col("borne_max")).fill_null("+∞"),
                pl.col("unite_indicateur").fill_null(""),
            ).alias("motif"),
        ),
    )


def drop_doublons(faits: pl.DataFrame, anomalies: Anomalies) -> pl.DataFrame:
    """Keep one row per fact; identical repetitions are said, different ones block."""
    # A file is often of one referentiel, one level, one segment: what never varies tells no fact from another.
    variables = [c for c in CLE if not faits[c].eq_missing(faits[c].first()).all()] if faits.height else []
    multiples = faits.filter(faits.select(variables or CLE).is_duplicated())
    if multiples.is_empty():
        return faits
    groupes = multiples.group_by(CLE, maintain_order=True).agg(
        pl.struct(_CONTENU).n_unique().alias("contenus"), pl.col("rang").first().alias("premier")
    )
    jointes = multiples.join(groupes, on=CLE, how="left", nulls_equal=True, maintain_order="left")
    for regle, condition, texte in (
        ("doublon_different", pl.col("contenus") > 1, "même fait que la ligne {}, avec une autre valeur"),
        ("doublon_identique", (pl.col("contenus") == 1), "répète la ligne {} à l'identique"),
    ):
        suivantes = jointes.filter(condition & ~pl.struct(CLE).is_first_distinct())
        anomalies.add_frame(regle, suivantes.select(*_OU, pl.format(texte, "premier").alias("motif")))
    return faits.unique(CLE, keep="first", maintain_order=True)


def check_effectifs(faits: pl.DataFrame, anomalies: Anomalies) -> None:
    """A printed rate agrees with its counts to 0,1 point, and a numerator does not exceed its denominator."""
    taux = faits.filter(
        pl.col("statistique") == Statistique.TAUX.value,
        pl.col("numerateur").is_not_null(),
        pl.col("denominateur") > 0,
    )
    if taux.is_empty():
        return
    calcule = 100 * pl.col("numerateur") / pl.col("denominateur")
    anomalies.add_frame(
        "taux_incoherent",
        taux.filter((pl.col("unite_indicateur") == "%") & ((calcule - pl.col("valeur")).abs() > TOLERANCE_TAUX)).select(
            *_OU,
            pl.format(
                "{} imprimé, {} par les effectifs", format_nombre(pl.col("valeur")), format_nombre(calcule.round(2))
            ).alias("motif"),
        ),
    )
    anomalies.add_frame(
        "numerateur_superieur",
        taux.filter(pl.col("numerateur") > pl.col("denominateur")).select(
            *_OU,
            pl.format(
                "numérateur {} au-dessus du dénominateur {}",
                format_nombre(pl.col("numerateur")),
                format_nombre(pl.col("denominateur")),
            ).alias("motif"),
        ),
    )


def check_renvois_colles(faits: pl.DataFrame, anomalies: Anomalies) -> None:
    """One cell with at least two decimals more than every other of its indicateur: a footnote mark may be glued."""
    # The mark makes three decimals at least: when no cell has so many, there is nothing to count.
    longues = faits.filter(pl.col("valeur_imprimee").str.contains(r"[.,]\d{3,}\s*%?$"))
    faits = faits.filter(pl.col("code_indicateur").is_in(longues["code_indicateur"].unique().implode()))
    if faits.is_empty():
        return
    decimales = pl.col("valeur_imprimee").str.extract(r"[.,](\d+)\s*%?$").str.len_chars().fill_null(0)
    comptees = faits.filter(pl.col("valeur").is_not_null(), pl.col("valeur_imprimee").is_not_null()).select(
        *_OU, "code_indicateur", decimales.cast(pl.Int64).alias("decimales")
    )
    maximum = (
        comptees.group_by("code_indicateur")
        .agg(
            pl.col("decimales").top_k(2).min().alias("seconde"),
            pl.col("decimales").max().alias("premiere"),
            pl.len().alias("nombre"),
        )
        .filter(pl.col("nombre") >= 3, pl.col("seconde") >= 1, pl.col("premiere") - pl.col("seconde") >= 2)
    )
    anomalies.add_frame(
        "renvoi_colle",
        comptees.join(maximum, on="code_indicateur")
        .filter(pl.col("decimales") == pl.col("premiere"))
        .select(
            "feuille",
            "rang",
            "colonne",
            "valeur",
            pl.format("{} décimales, {} au plus ailleurs : un renvoi collé ?", "decimales", "seconde").alias("motif"),
        ),
    )


def check_ordre_periodes(colonnes: list[tuple[str | None, str]], anomalies: Anomalies) -> None:
    """Periods in columns go one way: 2021, 2023, 2022 is a mistake in one header. ``colonnes``: (sheet, header)."""
    par_feuille: dict[str | None, list[tuple[str, dt.date]]] = {}
    for feuille, colonne in colonnes:
        for partie in colonne.split(" / "):
            try:
                debut = parse_periode(partie).debut
            except PeriodeIndecidableError:
                continue
            suite = par_feuille.setdefault(feuille, [])
            if not suite or suite[-1][1] != debut:
                suite.append((colonne, debut))
    for feuille, suite in par_feuille.items():
        dates = [d for _, d in suite]
        if len(dates) > 2 and dates not in (sorted(dates), sorted(dates, reverse=True)):
            montante = dates[0] < dates[-1]
            faute = next(i for i in range(1, len(dates)) if (dates[i] > dates[i - 1]) is not montante)
            anomalies.add(
                "periode_recule",
                f"la colonne « {suite[faute][0]} » revient en arrière après « {suite[faute - 1][0]} »",
                feuille=feuille,
                colonne=suite[faute][0],
            )


def check_recul(faits: pl.DataFrame, derniere: dt.date | None, anomalies: Anomalies) -> None:
    """A file whose last period is before the last one already loaded from the same source."""
    fin = faits["periode_fin"].max() if not faits.is_empty() else None
    if derniere is not None and isinstance(fin, dt.date) and fin < derniere:
        anomalies.add(
            "periode_recule",
            f"le fichier s'arrête au {fin:%d/%m/%Y}, la même source est déjà chargée jusqu'au {derniere:%d/%m/%Y}",
        )


def check_totaux(
    faits: pl.DataFrame, source: SourceFichier, catalogue: Catalogue, annuaire: Annuaire, anomalies: Anomalies
) -> None:
    """Declared totals equal the sum of their parts, for each combination of the other keys."""
    for total in source.controles.totaux:
        colonne = {"indicateur": "code_indicateur", "segment": "segment", "organisme": "code_entite"}[total.champ]
        noms = [_resolve_nom(nom, total, source, catalogue, annuaire) for nom in (total.total, *total.parties)]
        if any(nom is None for nom in noms):
            inconnus = [t for t, nom in zip((total.total, *total.parties), noms, strict=True) if nom is None]
            anomalies.add(
                "total_parties", f"le contrôle déclaré nomme un {total.champ} inconnu : {', '.join(inconnus)}"
            )
            continue
        _check_total(faits, colonne, str(noms[0]), [str(n) for n in noms[1:]], total, anomalies)


def _resolve_nom(nom: str, total: Total, source: SourceFichier, catalogue: Catalogue, annuaire: Annuaire) -> str | None:
    try:
        if total.champ == "indicateur":
            return get_code_indicateur(nom, source, catalogue)
        if total.champ == "organisme":
            return annuaire.find(nom, source.mailles, source.type_organisme).code
    except (IndicateurInconnuError, EntiteInconnueError):
        return None
    return source.segments.get(nom, nom)


def _check_total(
    faits: pl.DataFrame, colonne: str, total: str, parties: list[str], regle: Total, anomalies: Anomalies
) -> None:
    """Compare one total with its parts; a combination that lacks a part is left out (nothing to compare)."""
    # The code of the entity changes level with it, so does the unit of another indicateur: they are not keys here.
    autres = [c for c in CLE if c not in {colonne, "statistique", *(["maille"] if colonne == "code_entite" else [])}]
    sommes = (
        faits.filter(pl.col(colonne).is_in(parties), pl.col("valeur").is_not_null())
        .group_by(autres)
        .agg(pl.col("valeur").sum().alias("somme"), pl.col(colonne).n_unique().alias("presentes"))
        .filter(pl.col("presentes") == len(parties))
    )
    ecarts = (
        faits.filter(pl.col(colonne) == total, pl.col("valeur").is_not_null())
        .join(sommes, on=autres, how="inner", nulls_equal=True)
        .filter((pl.col("valeur") - pl.col("somme")).abs() > regle.tolerance + 1e-9 * pl.col("somme").abs())
    )
    anomalies.add_frame(
        "total_parties",
        ecarts.select(
            "feuille",
            "rang",
            "colonne",
            pl.format(
                "« {} » vaut {}, ses parties ({}) font {}",
                pl.lit(regle.total),
                format_nombre(pl.col("valeur")),
                pl.lit(" + ".join(regle.parties)),
                format_nombre(pl.col("somme")),
            ).alias("motif"),
            valeur="valeur_imprimee",
        ),
    )


def check_niveaux(faits: pl.DataFrame, catalogue: Catalogue, anomalies: Anomalies) -> None:
    """Counts given for France and for every région (or département) add up; partial levels are not compared."""
    additives = faits.filter(
        pl.col("statistique").is_in([Statistique.NOMBRE.value, Statistique.MONTANT.value]),
        pl.col("valeur").is_not_null(),
    )
    if additives.is_empty():
        return
    autres = [c for c in CLE if c not in {"maille", "code_entite"}]
    france = additives.filter(pl.col("maille") == Maille.RESEAU.value)
    for maille, nombre in ((Maille.REGION, len(catalogue.regions)), (Maille.DEPARTEMENT, 101)):
        sommes = (
            additives.filter(pl.col("maille") == maille.value)
            .group_by(autres)
            .agg(pl.col("valeur").sum().alias("somme"), pl.col("code_entite").n_unique().alias("presents"))
            .filter(pl.col("presents") == nombre)
        )
        ecarts = france.join(sommes, on=autres, how="inner", nulls_equal=True).filter(
            (pl.col("valeur") - pl.col("somme")).abs() > 1e-9 * pl.col("somme").abs()
        )
        anomalies.add_frame(
            "total_parties",
            ecarts.select(
                "feuille",
                "rang",
                "colonne",
                pl.format(
                    "la France vaut {}, la somme des {} {}s {}",
                    format_nombre(pl.col("valeur")),
                    pl.lit(str(nombre)),
                    pl.lit(NIVEAUX[maille]),
                    format_nombre(pl.col("somme")),
                ).alias("motif"),
                valeur="valeur_imprimee",
            ),
        )


def check_poids(faits: pl.DataFrame, source: SourceFichier, anomalies: Anomalies) -> None:
    """Weights of one entity and period add up to the declared total."""
    if source.mesure != "poids" or source.controles.poids is None or faits.is_empty():
        return
    regle = source.controles.poids
    cles = ["maille", "code_entite", "periode_debut", "periode_fin", "segment"]
    sommes = faits.group_by(cles, maintain_order=True).agg(
        pl.col("valeur").sum().alias("somme"),
        *(pl.col(c).first() for c in ("feuille", "rang", "colonne")),
    )
    anomalies.add_frame(
        "poids_somme",
        sommes.filter((pl.col("somme") - regle.total).abs() > regle.tolerance).select(
            "feuille",
            "rang",
            "colonne",
            format_nombre(pl.col("somme")).alias("valeur"),
            pl.format(
                "les poids de « {} » ({}) font {}, {} attendus",
                "code_entite",
                format_jour(pl.col("periode_debut")),
                format_nombre(pl.col("somme")),
                pl.lit(f"{regle.total:g}".replace(".", ",")),
            ).alias("motif"),
        ),
    )


def check_revisions(faits: pl.DataFrame, precedents: pl.DataFrame | None, anomalies: Anomalies) -> None:
    """Facts that replace, with another value, those of published loads. ``precedents``: ``CLE``, valeur, statut."""
    if precedents is None or precedents.is_empty() or faits.is_empty():
        return
    anciens = precedents.select(*CLE, pl.col("valeur").alias("ancienne"), pl.col("statut").alias("ancien_statut"))
    changes = faits.join(anciens, on=CLE, how="inner", nulls_equal=True).filter(
        pl.col("valeur").ne_missing(pl.col("ancienne")) | (pl.col("statut") != pl.col("ancien_statut"))
    )
    anomalies.add_frame(
        "revision",
        changes.select(
            *_OU,
            pl.format(
                "remplace {} ({}) d'un chargement précédent",
                format_nombre(pl.col("ancienne")).fill_null("—"),
                "ancien_statut",
            ).alias("motif"),
        ),
    )


def drop_deja_publies(faits: pl.DataFrame, publies: pl.DataFrame | None, anomalies: Anomalies) -> pl.DataFrame:
    """Leave out the facts a shipped document already gives; a different value is said. ``publies``: ``CLE``, valeur."""
    if publies is None or publies.is_empty() or faits.is_empty():
        return faits
    for colonne in ("code_indicateur", "granularite", "periode_debut"):
        publies = publies.filter(pl.col(colonne).is_in(faits[colonne].unique().implode()))
    if publies.is_empty():
        return faits
    documents = publies.select(*CLE, pl.col("valeur").alias("imprimee"), pl.lit(value=True).alias("connu"))
    joints = faits.join(documents, on=CLE, how="left", nulls_equal=True, maintain_order="left")
    connus = joints.filter(pl.col("connu").fill_null(value=False))
    anomalies.add_frame(
        "deja_publie",
        connus.select(
            "feuille",
            "rang",
            "colonne",
            pl.coalesce("valeur_imprimee", format_nombre(pl.col("valeur").round(2))).alias("valeur"),
            pl.format(
                "un document publié donne déjà ce chiffre ({})",
                format_nombre(pl.col("imprimee")).fill_null("sans valeur"),
            ).alias("motif"),
        ),
    )
    return joints.filter(pl.col("connu").is_null()).drop("connu", "imprimee")
