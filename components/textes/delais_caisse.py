"""Délai par caisse et par mois in words: populations offered, hover texts, table twin, the sentence, what is real."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final, Literal

import polars as pl

from components.contenu import Colonne, Simulation, format_simulation
from components.figures.bande import Bande, Courbe
from components.figures.formats import INSECABLE, MOIS, format_liste, format_nombre, format_pluriel
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
SOURCE_REELLE: Final = "evenements_ij"
_NATURES: Final = {"publiee": "réel", "simulee": "simulé", None: ""}

COLONNES: Final = (
    Colonne("mois", "Mois"),
    Colonne("caisse", "Caisse choisie", "nombre", unite="jours"),
    Colonne("reseau", "Réseau", "nombre", unite="jours"),
    Colonne("p10", "1er décile des caisses", "nombre", unite="jours"),
    Colonne("mediane", "Caisse médiane", "nombre", unite="jours"),
    Colonne("p90", "9e décile des caisses", "nombre", unite="jours"),
    Colonne("nombre", "IJ de la caisse", "nombre", decimales=0),
    Colonne("nature", "Caisse choisie : réel ou simulé"),
    Colonne("reelles", "CPAM et CCSS réelles", "nombre", decimales=0),
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
        mois, valeur, nombre, p10, mediane, p90, effectif, reelles, nature, reseau, nature_reseau; null where a month
        has no file, or where some caisses alone have sent theirs (no band, no network).
    """
    connus = pl.concat([reseau.select("mois"), caisses.select("mois")])
    tous = connus.select(mois=pl.date_range(pl.col("mois").min(), pl.col("mois").max(), "1mo"))
    return tous.join(caisses, on="mois", how="left").join(
        reseau.select("mois", pl.col(statistique).alias("reseau"), pl.col("nature").alias("nature_reseau")),
        on="mois",
        how="left",
    )


def compute_simulation(serie: pl.DataFrame) -> Simulation:
    """Whether what a series shows (caisse, band, network) is simulated, partly so, or all real."""
    caisse = set(serie.drop_nulls("valeur")["nature"])
    groupe = serie.drop_nulls("effectif")
    reel = "publiee" in caisse or bool((groupe["reelles"] > 0).any())
    simule = (
        "simulee" in caisse
        or bool((groupe["reelles"] < groupe["effectif"]).any())
        or "simulee" in set(serie["nature_reseau"])
    )
    return "partie" if reel and simule else simule


def list_sources(simulation: Simulation) -> tuple[str, ...]:
    """Codes of what the figures come from, the files sent first."""
    if simulation == "partie":
        return (SOURCE_REELLE, SOURCE)
    return (SOURCE,) if simulation else (SOURCE_REELLE,)


def format_titre(simulation: Simulation) -> str:
    """« Délai par caisse et par mois (données en partie simulées) »."""
    marque = format_simulation(simulation).lower()
    return f"Délai par caisse et par mois ({marque})" if marque else "Délai par caisse et par mois"


def build_notes(serie: pl.DataFrame, nom: str | None, fichiers: Sequence[str]) -> tuple[str, ...]:
    """What is real and what is simulated in the window, then how the band and the network are made.

    Args:
        serie: rows of :func:`build_serie`.
        nom: the caisse chosen. fichiers: names of the files its real months come from.
    """
    lecture = (
        f"Bande grise{INSECABLE}: du 1er au 9e décile des caisses. Le réseau est calculé sur toutes les IJ, non sur la "
        "moyenne des caisses."
    )
    simulation = compute_simulation(serie)
    if simulation is True:
        return (
            "Fichiers simulés, calés sur les délais nationaux publiés (Igas 2022-027R) : ils ne disent rien d'une "
            f"caisse réelle. {lecture}",
        )
    notes = []
    if nom is not None:
        mois = serie.drop_nulls("valeur")
        reels = mois.filter(nature="publiee")["mois"].to_list()
        notes.append(_format_part_caisse(nom, reels, mois.height, fichiers))
    groupe = serie.drop_nulls("effectif")
    if not groupe.is_empty():
        notes.append(_format_part_groupe(groupe))
    partiels = serie.filter(pl.col("valeur").is_not_null(), pl.col("effectif").is_null())["mois"].to_list()
    if partiels:
        notes.append(
            f"{_format_plages(partiels).capitalize()}{INSECABLE}: toutes les caisses n'ont pas transmis leurs IJ, il "
            "n'y a ni réseau ni bande."
        )
    return (*notes, lecture)


def _format_part_caisse(nom: str, reels: Sequence[dt.date], total: int, fichiers: Sequence[str]) -> str:
    if not reels:
        return f"{nom}{INSECABLE}: aucun mois réel, tous sont simulés."
    suite = "aucun n'est simulé" if len(reels) == total else "les autres sont simulés"
    origine = f"{'fichier' if len(fichiers) == 1 else 'fichiers'} {format_liste(list(fichiers))}"
    return (
        f"{nom}{INSECABLE}: {format_pluriel(len(reels), 'mois réel', 'mois réels')} sur {total} "
        f"({_format_plages(reels)}), {origine}{INSECABLE}; {suite}."
    )


def _format_part_groupe(groupe: pl.DataFrame) -> str:
    reelles, effectif = max(groupe["reelles"]), max(groupe["effectif"])
    if reelles == 0:
        return f"Réseau et bande{INSECABLE}: simulés, calés sur les délais nationaux publiés (Igas 2022-027R)."
    if (groupe["reelles"] == groupe["effectif"]).all():
        return f"Réseau et bande{INSECABLE}: toutes les CPAM et CCSS sont réelles."
    mois = groupe.filter(pl.col("reelles") > 0)["mois"].to_list()
    return (
        f"Réseau et bande{INSECABLE}: jusqu'à {format_pluriel(reelles, 'CPAM ou CCSS réelle', 'CPAM et CCSS réelles')} "
        f"sur {effectif} un même mois ({_format_plages(mois)}) ; le reste est simulé, calé sur les délais nationaux "
        "publiés (Igas 2022-027R)."
    )


def _format_plages(mois: Sequence[dt.date]) -> str:
    """« de janvier 2022 à mars 2022 et juin 2022 », from months in order."""
    plages: list[list[dt.date]] = []
    for premier in mois:
        if plages and (premier.year - plages[-1][-1].year) * 12 + premier.month - plages[-1][-1].month == 1:
            plages[-1].append(premier)
        else:
            plages.append([premier])
    return format_liste(
        [format_mois(p[0]) if len(p) == 1 else f"de {format_mois(p[0])} à {format_mois(p[-1])}" for p in plages]
    )


def build_courbes(serie: pl.DataFrame, nom: str | None) -> tuple[Bande, Courbe, Courbe | None]:
    """The band, the network and the chosen caisse, as the figure takes them."""
    lignes = serie.to_dicts()
    bande = Bande(BANDE, tuple(serie["p10"]), tuple(serie["p90"]))
    reseau = Courbe("réseau", tuple(serie["reseau"]), tuple(_format_infobulle_reseau(ligne) for ligne in lignes))
    if nom is None:
        return bande, reseau, None
    reels = tuple(nature == "publiee" for nature in serie["nature"])
    infobulles = tuple(_format_infobulle(ligne, nom) for ligne in lignes)
    mienne = Courbe(nom, tuple(serie["valeur"]), infobulles, reels if "simulee" in set(serie["nature"]) else ())
    return bande, reseau, mienne


def _format_jours(valeur: float | None) -> str:
    return f"{format_nombre(valeur)}{INSECABLE}jours" if valeur is not None else "aucune IJ"


def _format_infobulle(ligne: dict[str, Any], nom: str) -> str:
    nombre = "" if ligne["nombre"] is None else f" · {format_nombre(ligne['nombre'], 0)}{INSECABLE}IJ"
    nombre += f" · {_NATURES[ligne['nature']]}" if ligne["nature"] else ""
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
        | {champ: ligne[champ] for champ in ("reseau", "p10", "mediane", "p90", "nombre", "reelles")}
        | {"nature": _NATURES[ligne["nature"]]}
        for ligne in serie.to_dicts()
    ]


def build_phrase(serie: pl.DataFrame, nom: str | None, population: str, statistique: StatistiqueIJ) -> str:
    """What to see: where the caisse stands at the last month with a value, its highest month, against the network."""
    objet = f"{format_population(population)}, non subrogées"
    colonne = "reseau" if nom is None else "valeur"
    presentes = serie.drop_nulls(colonne)
    if presentes.is_empty():
        return f"{nom}{INSECABLE}: aucune IJ de ce champ sur la période."
    compares = presentes.drop_nulls("reseau")
    if compares.is_empty():
        return (
            f"{nom}, {objet}{INSECABLE}: {format_statistique(statistique)} de "
            f"{_format_jours(presentes[-1, 'valeur'])} en {format_mois(presentes[-1, 'mois'])}{INSECABLE}; les autres "
            "caisses n'ont pas transmis leurs IJ."
        )
    dernier, pic = compares.row(-1, named=True), presentes.sort(colonne, descending=True).row(0, named=True)
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
        f"{format_mois(dernier['mois'])}, {rapport}, {_format_place(dernier)}. {sommet}{_format_suite(presentes)}"
    )


def _format_suite(presentes: pl.DataFrame) -> str:
    """The last month of the caisse, when the network stops before."""
    derniere = presentes.row(-1, named=True)
    if derniere["reseau"] is not None:
        return ""
    return f" Son dernier mois est {format_mois(derniere['mois'])} ({_format_jours(derniere['valeur'])})."


def _format_place(ligne: dict[str, Any]) -> str:
    """Inside or outside the band of the caisses."""
    if ligne["valeur"] < ligne["p10"]:
        return "plus court que neuf caisses sur dix"
    if ligne["valeur"] > ligne["p90"]:
        return "plus long que neuf caisses sur dix"
    cote = "court" if ligne["valeur"] <= ligne["mediane"] else "long"
    return f"parmi les huit caisses sur dix du milieu, plus {cote} que la caisse médiane"
