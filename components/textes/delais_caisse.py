"""Délai par caisse et par mois in words: populations offered, hover texts, table twin, the sentence. Simulated data."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final, Literal

import polars as pl

from components.contenu import Colonne
from components.figures.bande import Bande, Courbe
from components.figures.formats import INSECABLE, MOIS, format_nombre
from components.textes.delais_ij import DEROGATOIRES, REGLEMENT, TI_MALADIE, TI_MATERNITE
from data.requetes.delais_cube import FiltreIJ, StatistiqueIJ

CodePopulation = Literal[
    "ts-maladie", "ts-atmp", "ts-maternite", "ts-derogatoires", "ts", "ti-maladie", "ti-maternite", "ensemble"
]
POPULATIONS: Final[dict[CodePopulation, tuple[str, FiltreIJ]]] = {
    "ts-maladie": ("Salariés, maladie", FiltreIJ("TS", "maladie", "non")),
    "ts-atmp": ("Salariés, AT-MP", FiltreIJ("TS", "atmp", "non")),
    "ts-maternite": ("Salariés, maternité", FiltreIJ("TS", "maternite", "non")),
    "ts-derogatoires": ("Salariés, IJ dérogatoires", FiltreIJ("TS", "derogatoire", "non")),
    "ts": ("Salariés, tous risques", FiltreIJ("TS", "tous", "non")),
    "ti-maladie": ("Indépendants, maladie", FiltreIJ("TI", "maladie", "non")),
    "ti-maternite": ("Indépendants, maternité", FiltreIJ("TI", "maternite", "non")),
    "ensemble": ("Salariés et indépendants, tous risques", FiltreIJ("tous", "tous", "non")),
}
STATISTIQUES: Final[dict[StatistiqueIJ, str]] = {"moyenne": "Moyenne", "d9": "9e décile"}
BANDE: Final = "huit caisses sur dix"
SOURCE: Final = "simulation"

COLONNES: Final = (
    Colonne("mois", "Mois"),
    Colonne("caisse", "Caisse choisie", "nombre", unite="jours"),
    Colonne("reseau", "Réseau", "nombre", unite="jours"),
    Colonne("p10", "1er décile des caisses", "nombre", unite="jours"),
    Colonne("mediane", "Caisse médiane", "nombre", unite="jours"),
    Colonne("p90", "9e décile des caisses", "nombre", unite="jours"),
    Colonne("nombre", "IJ de la caisse", "nombre", decimales=0),
)


def list_indicateurs(filtre: FiltreIJ) -> tuple[str, ...]:
    """Codes whose events concern this population."""
    return (TI_MALADIE, TI_MATERNITE) if filtre.regime == "TI" else (REGLEMENT, DEROGATOIRES)


def format_mois(mois: dt.date) -> str:
    """``2022-06-01`` -> ``juin 2022``."""
    return f"{MOIS[mois.month - 1]} {mois.year}"


def format_statistique(statistique: StatistiqueIJ) -> str:
    """The statistic as written in a title: « délai moyen », « 9e décile du délai »."""
    return "délai moyen" if statistique == "moyenne" else "9e décile du délai"


def format_population(nom: str) -> str:
    """« Salariés, IJ dérogatoires » inside a sentence: « salariés, IJ dérogatoires »."""
    return f"{nom[0].lower()}{nom[1:]}"


def build_serie(caisses: pl.DataFrame, reseau: pl.DataFrame, statistique: StatistiqueIJ) -> pl.DataFrame:
    """Put the network beside the caisses, month by month without gaps.

    Args:
        caisses: rows of ``list_serie_caisse``. reseau: rows of ``list_serie_reseau``.
        statistique: the column of ``reseau`` to keep.

    Returns:
        mois, valeur, nombre, p10, mediane, p90, effectif, reseau; null where a month has no file.
    """
    tous = reseau.select(mois=pl.date_range(pl.col("mois").min(), pl.col("mois").max(), "1mo"))
    return tous.join(caisses, on="mois", how="left").join(
        reseau.select("mois", pl.col(statistique).alias("reseau")), on="mois", how="left"
    )


def build_courbes(serie: pl.DataFrame, nom: str | None) -> tuple[Bande, Courbe, Courbe | None]:
    """The band, the network and the chosen caisse, as the figure takes them."""
    lignes = serie.to_dicts()
    bande = Bande(BANDE, tuple(serie["p10"]), tuple(serie["p90"]))
    reseau = Courbe("réseau", tuple(serie["reseau"]), tuple(_format_infobulle_reseau(ligne) for ligne in lignes))
    if nom is None:
        return bande, reseau, None
    return bande, reseau, Courbe(nom, tuple(serie["valeur"]), tuple(_format_infobulle(ligne, nom) for ligne in lignes))


def _format_jours(valeur: float | None) -> str:
    return f"{format_nombre(valeur)}{INSECABLE}jours" if valeur is not None else "aucune IJ"


def _format_infobulle(ligne: dict[str, Any], nom: str) -> str:
    nombre = "" if ligne["nombre"] is None else f" · {format_nombre(ligne['nombre'], 0)}{INSECABLE}IJ"
    return f"<b>{nom}</b><br>{_format_jours(ligne['valeur'])} · {format_mois(ligne['mois'])}{nombre}"


def _format_infobulle_reseau(ligne: dict[str, Any]) -> str:
    return (
        f"<b>réseau</b> {_format_jours(ligne['reseau'])}<br>"
        f"{BANDE}{INSECABLE}: de {format_nombre(ligne['p10'])} à {_format_jours(ligne['p90'])}"
    )


def build_lignes(serie: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows of the table twin, in the order of time."""
    return [
        {"mois": format_mois(ligne["mois"]), "caisse": ligne["valeur"]}
        | {champ: ligne[champ] for champ in ("reseau", "p10", "mediane", "p90", "nombre")}
        for ligne in serie.to_dicts()
    ]


def build_phrase(serie: pl.DataFrame, nom: str | None, population: str, statistique: StatistiqueIJ) -> str:
    """What to see: where the caisse stands at the last month with a value, its highest month, against the network."""
    objet = f"{format_population(population)}, non subrogées"
    colonne = "reseau" if nom is None else "valeur"
    presentes = serie.drop_nulls(colonne)
    if presentes.is_empty():
        return f"{nom}{INSECABLE}: aucune IJ de ce champ sur la période."
    dernier, pic = presentes.row(-1, named=True), presentes.sort(colonne, descending=True).row(0, named=True)
    sommet = f"Le plus haut mois est {format_mois(pic['mois'])} ({_format_jours(pic[colonne])})."
    if nom is None:
        return (
            f"Réseau, {objet}{INSECABLE}: {format_statistique(statistique)} de {_format_jours(dernier['reseau'])} en "
            f"{format_mois(dernier['mois'])}{INSECABLE}; {BANDE} sont entre {format_nombre(dernier['p10'])} "
            f"et {_format_jours(dernier['p90'])}. {sommet} Choisissez une caisse pour l'y situer."
        )
    ecart = dernier["valeur"] - dernier["reseau"]
    rapport = f"{format_nombre(abs(ecart))} de {'plus' if ecart > 0 else 'moins'} que le réseau"
    if round(abs(ecart), 1) == 0:
        rapport = "autant que le réseau"
    return (
        f"{nom}, {objet}{INSECABLE}: {format_statistique(statistique)} de {_format_jours(dernier['valeur'])} en "
        f"{format_mois(dernier['mois'])}, {rapport}, {_format_place(dernier)}. {sommet}"
    )


def _format_place(ligne: dict[str, Any]) -> str:
    """Inside or outside the band of the caisses."""
    if ligne["valeur"] < ligne["p10"]:
        return "plus court que neuf caisses sur dix"
    if ligne["valeur"] > ligne["p90"]:
        return "plus long que neuf caisses sur dix"
    cote = "court" if ligne["valeur"] <= ligne["mediane"] else "long"
    return f"parmi les huit caisses sur dix du milieu, plus {cote} que la caisse médiane"
