"""Délai par caisse et par mois in words: populations offered, hover texts, table twin, the sentence, what is real."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final, Literal

import polars as pl

from components.contenu import Colonne, Simulation, format_simulation
from components.figures.bande import Bande, Courbe
from components.figures.formats import (
    INSECABLE,
    MOIS,
    format_debut,
    format_liste,
    format_nombre,
    format_periode,
    format_pluriel,
)
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
CodeGroupe = Literal["reseau", "region", "classe"]
GROUPES: Final[dict[CodeGroupe, str]] = {"reseau": "Réseau", "region": "Sa région", "classe": "Sa classe de taille"}
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


_CHAMPS: Final = ("reseau", "groupe", "p10", "mediane", "p90", "nombre", "reelles")


def list_colonnes(groupe: str | None) -> tuple[Colonne, ...]:
    """Columns of the table twin; that of the group, under its name, when there is one."""
    if groupe is None:
        return COLONNES
    rang = [colonne.champ for colonne in COLONNES].index("reseau") + 1
    return (*COLONNES[:rang], Colonne("groupe", format_debut(groupe), "nombre", unite="jours"), *COLONNES[rang:])


def list_indicateurs(filtre: FiltreIJ) -> tuple[str, ...]:
    """Codes whose events concern this population."""
    return (TI_MALADIE, TI_MATERNITE) if filtre.regime == "TI" else (REGLEMENT, DEROGATOIRES)


def format_sans_caisse(choix: CodeGroupe) -> str:
    """Why there is no group yet."""
    return f"«{INSECABLE}{GROUPES[choix]}{INSECABLE}» demande de choisir une caisse."


def format_seule(nom: str, choix: CodeGroupe) -> str:
    """Why a caisse has no group."""
    lieu = "dans sa région" if choix == "region" else "de cette taille"
    return f"{nom}{INSECABLE}: seule caisse de son type {lieu}, comparée au réseau seul."


def format_composition(court: str, effectif: str, precision: str) -> str:
    """Who is in a group and how it is added up: « Sa région (12 caisses) : les 12 CPAM et CCSS de la région… »."""
    suite = f" {precision}" if precision else ""
    return (
        f"{format_debut(court.split(' (')[0])}{INSECABLE}: {effectif}, dont la caisse choisie{INSECABLE}; toutes leurs "
        f"IJ sont mises ensemble.{suite}"
    )


def format_mois(mois: dt.date) -> str:
    """``2022-06-01`` -> ``juin 2022``."""
    return f"{MOIS[mois.month - 1]} {mois.year}"


def format_plage(mois: Sequence[dt.date]) -> str:
    """« 2023 », « avril 2022 à mars 2023 »; from first days of months, in order."""
    return format_periode(mois[0], (mois[-1] + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1))


def format_statistique(statistique: StatistiqueIJ) -> str:
    """The statistic as written in a title: « délai moyen », « 9e décile du délai »."""
    return "délai moyen" if statistique == "moyenne" else "9e décile du délai"


def format_population(nom: str) -> str:
    """« Salariés, IJ dérogatoires » inside a sentence: « salariés, IJ dérogatoires »."""
    return f"{nom[0].lower()}{nom[1:]}"


def build_serie(
    caisses: pl.DataFrame, reseau: pl.DataFrame, statistique: StatistiqueIJ, groupe: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Put the network, and the group if any, beside the caisses, month by month without gaps.

    Args:
        caisses: rows of ``list_serie_caisse``. reseau: rows of ``list_serie_reseau``.
        statistique: the column of ``reseau`` and ``groupe`` to keep.
        groupe: rows of ``list_serie_groupe``.

    Returns:
        mois, valeur, nombre, p10, mediane, p90, effectif, reelles, nature, reseau, nature_reseau; null where a month
        has no file, or where some caisses alone have sent theirs (no band, no network, no group). With a group: its
        column groupe too.
    """
    connus = pl.concat([reseau.select("mois"), caisses.select("mois")])
    tous = connus.select(mois=pl.date_range(pl.col("mois").min(), pl.col("mois").max(), "1mo"))
    serie = tous.join(caisses, on="mois", how="left").join(
        reseau.select("mois", pl.col(statistique).alias("reseau"), pl.col("nature").alias("nature_reseau")),
        on="mois",
        how="left",
    )
    if groupe is None:
        return serie
    # A month that some caisses alone have sent is not the group's, as it is not the network's.
    ensemble = groupe.join(reseau, on="mois", how="semi").select("mois", groupe=pl.col(statistique))
    return serie.join(ensemble, on="mois", how="left")


def compute_simulation(serie: pl.DataFrame) -> Simulation:
    """Whether what a series shows (caisse, band, network) is simulated, partly so, or all real.

    A group needs no look: its caisses are among those of the network.
    """
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


def format_titre(titre: str, simulation: Simulation) -> str:
    """« Délai par caisse et par mois (données en partie simulées) »."""
    marque = format_simulation(simulation).lower()
    return f"{titre} ({marque})" if marque else titre


def build_notes(serie: pl.DataFrame, nom: str | None, fichiers: Sequence[str]) -> tuple[str, ...]:
    """What is real and what is simulated in the window (:func:`build_provenance`), then how the chart is made."""
    lecture = (
        f"Bande grise{INSECABLE}: du 1er au 9e décile des caisses. Le réseau est calculé sur toutes les IJ, non sur la "
        "moyenne des caisses."
    )
    return (*build_provenance(serie, nom, fichiers), lecture)


def build_provenance(serie: pl.DataFrame, nom: str | None, fichiers: Sequence[str]) -> list[str]:
    """What is real and what is simulated among some months.

    Args:
        serie: rows of :func:`build_serie`.
        nom: the caisse chosen.
        fichiers: names of the files its real months come from.
    """
    if compute_simulation(serie) is True:
        return [
            "Fichiers simulés, calés sur les délais nationaux publiés (Igas 2022-027R) : ils ne disent rien d'une "
            "caisse réelle."
        ]
    notes = []
    mois = serie.drop_nulls("valeur")
    if nom is not None and not mois.is_empty():
        reels = mois.filter(nature="publiee")["mois"].to_list()
        notes.append(_format_part_caisse(nom, reels, mois.height, fichiers))
    groupe = serie.drop_nulls("effectif")
    if not groupe.is_empty():
        notes.append(_format_part_groupe(groupe))
    partiels = serie.filter(pl.col("valeur").is_not_null(), pl.col("effectif").is_null())["mois"].to_list()
    if partiels:
        notes.append(
            f"{format_plages(partiels).capitalize()}{INSECABLE}: toutes les caisses n'ont pas transmis leurs IJ, il "
            "n'y a pas de réseau à qui comparer."
        )
    return notes


def _format_part_caisse(nom: str, reels: Sequence[dt.date], total: int, fichiers: Sequence[str]) -> str:
    if not reels:
        return f"{nom}{INSECABLE}: aucun mois réel, tous sont simulés."
    suite = "aucun n'est simulé" if len(reels) == total else "les autres sont simulés"
    origine = f"{'fichier' if len(fichiers) == 1 else 'fichiers'} {format_liste(list(fichiers))}"
    return (
        f"{nom}{INSECABLE}: {format_pluriel(len(reels), 'mois réel', 'mois réels')} sur {total} "
        f"({format_plages(reels)}), {origine}{INSECABLE}; {suite}."
    )


def _format_part_groupe(groupe: pl.DataFrame) -> str:
    reelles, effectif = max(groupe["reelles"]), max(groupe["effectif"])
    if reelles == 0:
        return f"Réseau et autres caisses{INSECABLE}: simulés, calés sur les délais nationaux publiés (Igas 2022-027R)."
    if (groupe["reelles"] == groupe["effectif"]).all():
        return f"Réseau et autres caisses{INSECABLE}: toutes les CPAM et CCSS sont réelles."
    mois = groupe.filter(pl.col("reelles") > 0)["mois"].to_list()
    nombre = format_pluriel(reelles, "CPAM ou CCSS réelle", "CPAM et CCSS réelles")
    return (
        f"Réseau et autres caisses{INSECABLE}: jusqu'à {nombre} sur {effectif} un même mois "
        f"({format_plages(mois)}){INSECABLE}; le reste est simulé, calé sur les délais nationaux publiés "
        "(Igas 2022-027R)."
    )


def format_plages(mois: Sequence[dt.date]) -> str:
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


def build_courbe_groupe(serie: pl.DataFrame, nom: str) -> Courbe:
    """The group, as the figure takes it."""
    infobulles = (
        f"<b>{nom}</b> {_format_jours(valeur)} · {format_mois(mois)}"
        for mois, valeur in serie.select("mois", "groupe").iter_rows()
    )
    return Courbe(nom, tuple(serie["groupe"]), tuple(infobulles))


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
        | {champ: ligne[champ] for champ in _CHAMPS if champ in ligne}
        | {"nature": _NATURES[ligne["nature"]]}
        for ligne in serie.to_dicts()
    ]


def build_phrase(
    serie: pl.DataFrame, nom: str | None, population: str, statistique: StatistiqueIJ, groupe: str | None = None
) -> str:
    """What to see: where the caisse stands at the last month with a value, its highest month, against the network.

    Args:
        serie: rows of :func:`build_serie`.
        nom: the caisse chosen. population: words of :data:`POPULATIONS`. statistique: the one shown.
        groupe: name of the group, when the series has one.
    """
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
    rapport += _format_groupe(dernier, groupe)
    return (
        f"{nom}, {objet}{INSECABLE}: {format_statistique(statistique)} de {_format_jours(dernier['valeur'])} en "
        f"{format_mois(dernier['mois'])}, {rapport}, {_format_place(dernier)}. {sommet}{_format_suite(presentes)}"
    )


def _format_groupe(ligne: dict[str, Any], groupe: str | None) -> str:
    """« (35,1 dans sa région (12 caisses)) », nothing without group or without files of it."""
    if groupe is None or ligne["groupe"] is None:
        return ""
    return f" ({groupe.split(' (')[0]}{INSECABLE}: {format_nombre(ligne['groupe'])})"


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
