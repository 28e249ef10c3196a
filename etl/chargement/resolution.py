"""Give each printed row its entity, indicateur and period; refuse those that cannot have one, with the reason."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl

from data.catalogue import Catalogue, IndicateurInconnuError
from data.modele import Indicateur, Maille
from data.proches import find_proches
from data.source import SourceFichier
from etl.chargement.anomalies import Anomalies, format_jour
from etl.chargement.entites import FRANCE, NIVEAUX, Annuaire, EntiteInconnueError
from etl.chargement.mise_en_long import get_code_indicateur
from etl.chargement.periodes import PeriodeIndecidableError, build_periode, parse_periode

INCONNUES_SUGGEREES = 300  # unknown texts of a file that get suggestions: looking for them costs milliseconds each
_ENTITE = {
    "maille": pl.String,
    "code_entite": pl.String,
    "valide_du": pl.Date,
    "valide_au": pl.Date,
    "precision": pl.String,
    "alerte_entite": pl.String,
    "regle_entite": pl.String,
    "motif_entite": pl.String,
}
_INDICATEUR = {
    "code_indicateur": pl.String,
    "referentiel": pl.String,
    "unite_indicateur": pl.String,
    "statistique": pl.String,
    "borne_min": pl.Float64,
    "borne_max": pl.Float64,
    "motif_indicateur": pl.String,
}
_PERIODE = {
    "periode_debut_": pl.Date,
    "periode_fin_": pl.Date,
    "granularite": pl.String,
    "motif_periode": pl.String,
}


def resolve_entites(
    long: pl.DataFrame, source: SourceFichier, annuaire: Annuaire, anomalies: Anomalies
) -> pl.DataFrame:
    """Add maille, code_entite, valide_du, valide_au, precision; rows without entity leave with a finding."""
    cles = ["organisme", "type_organisme", *(c for c in ("departement", "nom") if c in long.columns)]
    lignes: list[dict[str, Any]] = []
    inconnues = 0
    for cle in long.select(cles).unique(maintain_order=True).to_dicts():
        texte = (cle["organisme"] or "").strip()
        type_organisme = cle["type_organisme"] or source.type_organisme
        ligne: dict[str, Any] = dict(cle)
        if cle["organisme"] is None and source.mailles == [Maille.RESEAU]:
            ligne |= {"maille": Maille.RESEAU.value, "code_entite": FRANCE}
        elif not texte:
            ligne |= {"regle_entite": "organisme_inconnu", "motif_entite": "organisme ou territoire non renseigné"}
        else:
            try:
                entite = annuaire.find(
                    texte,
                    source.mailles,
                    type_organisme,
                    cle.get("departement") or None,
                    cle.get("nom") or None,
                    suggerer=inconnues < INCONNUES_SUGGEREES,
                )
                ligne |= {
                    "maille": entite.maille.value,
                    "code_entite": entite.code,
                    "valide_du": entite.valide_du,
                    "valide_au": entite.valide_au,
                    "precision": entite.precision,
                    "alerte_entite": entite.alerte,
                }
            except EntiteInconnueError as erreur:
                inconnues += 1
                ligne |= {"regle_entite": erreur.regle, "motif_entite": erreur.motif}
        lignes.append(ligne)
    schema: dict[str, Any] = dict.fromkeys(cles, pl.String) | _ENTITE
    table = pl.DataFrame({c: [ligne.get(c) for ligne in lignes] for c in schema}, schema=schema)
    jointes = _join(long, table, cles)
    refusees = jointes.filter(pl.col("regle_entite").is_not_null())
    for (regle,), lot in refusees.group_by("regle_entite", maintain_order=True):
        colonne = pl.lit(source.colonnes.get("organisme"), pl.String).alias("colonne")
        anomalies.add_frame(
            str(regle),
            lot.unique(["feuille", "rang"], maintain_order=True).select(
                "feuille", "rang", colonne, pl.col("organisme").alias("valeur"), pl.col("motif_entite").alias("motif")
            ),
        )
    _check_niveaux(refusees, source, annuaire, anomalies)
    gardees = jointes.filter(pl.col("regle_entite").is_null())
    for (alerte,), lot in gardees.filter(pl.col("alerte_entite").is_not_null()).group_by("alerte_entite"):
        anomalies.add_frame(
            str(alerte),
            lot.unique(["feuille", "rang"], maintain_order=True).select(
                "feuille", "rang", valeur="organisme", motif="precision"
            ),
        )
    return gardees.drop("regle_entite", "motif_entite", "alerte_entite")


def _join(long: pl.DataFrame, table: pl.DataFrame, cles: list[str]) -> pl.DataFrame:
    """Bring what was resolved to each row, in order; a key the file does not hold (all null) is not compared."""
    utiles = [c for c in cles if long[c].null_count() < long.height] or cles[:1]
    inutiles = [c for c in cles if c not in utiles]
    return long.join(table.drop(inutiles), on=utiles, how="left", nulls_equal=True, maintain_order="left")


def _check_niveaux(refusees: pl.DataFrame, source: SourceFichier, annuaire: Annuaire, anomalies: Anomalies) -> None:
    """A column where several levels are mixed, and not declared: summing it would count the same thing twice."""
    niveaux: dict[str, list[str]] = {}
    melees = refusees.filter(pl.col("regle_entite") == "maille_inattendue")
    for texte in melees["organisme"].unique(maintain_order=True).to_list():
        niveau = annuaire.find_niveau(texte, exclus=source.mailles)
        if niveau is not None:
            niveaux.setdefault(NIVEAUX[niveau], []).append(texte)
    if niveaux:
        details = " ; ".join(f"{n} ({len(t)} : « {t[0]} »…)" for n, t in niveaux.items())
        declares = ", ".join(NIVEAUX[m] for m in source.mailles)
        premiere = melees.row(0, named=True)
        anomalies.add(
            "niveau_melange",
            f"la colonne mêle le niveau déclaré ({declares}) et d'autres : {details} ; "
            "une somme compterait les mêmes personnes plusieurs fois",
            feuille=premiere["feuille"],
            rang=premiere["rang"],
            colonne=source.colonnes.get("organisme"),
            valeur=premiere["organisme"],
        )


def resolve_indicateurs(
    long: pl.DataFrame, source: SourceFichier, catalogue: Catalogue, anomalies: Anomalies
) -> pl.DataFrame:
    """Add code_indicateur, referentiel, its unit, statistic and bounds; unknown labels leave with suggestions."""
    choix = {i.code: i.titre for i in catalogue.list_indicateurs(source.referentiel)}
    lignes: list[dict[str, Any]] = []
    for texte in long["indicateur"].unique().to_list():
        ligne: dict[str, Any] = {"indicateur": texte}
        try:
            indicateur = catalogue.get_indicateur(get_code_indicateur(texte or "", source, catalogue))
            ligne |= describe_indicateur(indicateur, source)
        except IndicateurInconnuError:
            noms = " ; ".join(f"« {choix[code]} » ({code})" for code in find_proches(texte or "", choix))
            ligne["motif_indicateur"] = (
                f"« {texte or ''} » n'est ni un code ni un libellé connu ; les plus proches : {noms}"
            )
        lignes.append(ligne)
    schema: dict[str, Any] = {"indicateur": pl.String} | _INDICATEUR
    table = pl.DataFrame({c: [ligne.get(c) for ligne in lignes] for c in schema}, schema=schema)
    jointes = _join(long, table, ["indicateur"])
    refusees = jointes.filter(pl.col("motif_indicateur").is_not_null()).select(
        "feuille",
        "rang",
        pl.coalesce(pl.lit(source.colonnes.get("indicateur"), pl.String), "colonne").alias("colonne"),
        valeur="indicateur",
        motif="motif_indicateur",
    )
    anomalies.add_frame("indicateur_inconnu", refusees.unique(maintain_order=True))
    return jointes.filter(pl.col("motif_indicateur").is_null()).drop("motif_indicateur")


def describe_indicateur(indicateur: Indicateur, source: SourceFichier) -> dict[str, Any]:
    """What a row carries of its indicateur: code, referentiel, unit, statistic, bounds of what the source measures."""
    mesure = source.mesure == "resultat"
    return {
        "code_indicateur": indicateur.code,
        "referentiel": indicateur.referentiel.value,
        "unite_indicateur": "%" if source.mesure == "taux_reussite" else indicateur.unite,
        "statistique": (source.statistique or indicateur.statistique).value,
        "borne_min": indicateur.bornes.min if mesure else 0.0,
        "borne_max": indicateur.bornes.max if mesure else 100.0,
    }


def resolve_periodes(
    long: pl.DataFrame, anomalies: Anomalies, *, aujourdhui: dt.date, colonne: str | None
) -> pl.DataFrame:
    """Replace the printed period by periode_debut, periode_fin (dates) and granularite; check validity and order."""
    cles = ["periode", "periode_debut", "periode_fin"]
    lignes: list[dict[str, Any]] = []
    for cle in long.select(cles).unique().to_dicts():
        ligne: dict[str, Any] = dict(cle)
        imprimee = cle["periode"] or f"{cle['periode_debut'] or ''} à {cle['periode_fin'] or ''}"
        try:
            periode = (
                build_periode(cle["periode_debut"] or "", cle["periode_fin"] or "")
                if cle["periode"] is None
                else parse_periode(cle["periode"])
            )
            ligne |= {
                "periode_debut_": periode.debut,
                "periode_fin_": periode.fin,
                "granularite": periode.granularite.value,
            }
        except PeriodeIndecidableError:
            ligne["motif_periode"] = (
                "période non renseignée"
                if imprimee.strip() in {"", "à"}
                else f"période « {imprimee.strip()} » impossible à dater sans deviner"
            )
        lignes.append(ligne)
    schema: dict[str, Any] = dict.fromkeys(cles, pl.String) | _PERIODE
    table = pl.DataFrame({c: [ligne.get(c) for ligne in lignes] for c in schema}, schema=schema)
    jointes = _join(long, table, cles)
    imprimee = pl.coalesce("periode", pl.concat_str("periode_debut", pl.lit(" à "), "periode_fin")).alias("valeur")
    ou: list[str | pl.Expr] = [
        "feuille",
        "rang",
        pl.coalesce(pl.lit(colonne, pl.String), "colonne").alias("colonne"),
        imprimee,
    ]
    anomalies.add_frame(
        "periode_indecidable",
        jointes.filter(pl.col("motif_periode").is_not_null()).select(*ou, pl.col("motif_periode").alias("motif")),
    )
    datees = jointes.filter(pl.col("motif_periode").is_null())
    debut, fin = pl.col("periode_debut_"), pl.col("periode_fin_")
    anomalies.add_frame(
        "periode_inversee",
        datees.filter(fin < debut).select(
            *ou,
            pl.format("la période finit le {} avant de commencer le {}", format_jour(fin), format_jour(debut)).alias(
                "motif"
            ),
        ),
    )
    anomalies.add_frame(
        "periode_future",
        datees.filter(fin > pl.lit(aujourdhui)).select(
            *ou, pl.format("la période finit le {}, après aujourd'hui", format_jour(fin)).alias("motif")
        ),
    )
    hors = ((pl.col("valide_du").is_not_null()) & (debut < pl.col("valide_du"))) | (
        pl.col("valide_au").is_not_null() & (fin > pl.col("valide_au"))
    )
    anomalies.add_frame(
        "hors_validite",
        datees.filter(hors).select(
            *ou,
            pl.format(
                "{} : la période du {} au {} n'est pas celle de cet organisme (valide du {} au {})",
                pl.coalesce("precision", "organisme"),
                format_jour(debut),
                format_jour(fin),
                format_jour(pl.col("valide_du")).fill_null("…"),
                format_jour(pl.col("valide_au")).fill_null("…"),
            ).alias("motif"),
        ),
    )
    valides = datees.select(~hors.fill_null(value=False)).to_series()
    resolues = (
        datees.drop("periode", "periode_debut", "periode_fin", "motif_periode", "valide_du", "valide_au")
        .drop("organisme", "type_organisme", "indicateur")  # resolved: a million texts less to carry
        .rename({"periode_debut_": "periode_debut", "periode_fin_": "periode_fin"})
    )
    return resolues if valides.all() else resolues.filter(valides)
