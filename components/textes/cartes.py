"""Sentences of the maps: titles, what to see, the sheet of a territory. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from components.figures.classes import count_decimales, format_valeur_carte
from components.figures.formats import (
    INSECABLE,
    format_ecart,
    format_liste,
    format_nombre,
    format_pluriel,
    format_rang,
    format_valeur,
)
from data.modele import Sens


@dataclass(frozen=True)
class Niveau:
    """How a level of territory is written."""

    code: str
    singulier: str
    pluriel: str
    feminin: bool


NIVEAUX: Final[dict[str, Niveau]] = {
    "region": Niveau("region", "région", "régions", feminin=True),
    "departement": Niveau("departement", "département", "départements", feminin=False),
    "caisse": Niveau("caisse", "caisse", "caisses", feminin=True),
}
TYPES_IMPRIMES: Final = {"CPAM": "CPAM et CCSS", "CGSS": "CGSS", "CSS": "CSS", "reseau": "tous organismes"}


@dataclass(frozen=True)
class Grandeur:
    """What the map shows: short title, unit, decimals, direction, period in words."""

    titre: str
    unite: str
    decimales: int
    sens: Sens
    periode: str

    def format_valeur(self, valeur: float | None) -> str:
        """A value with its unit."""
        return format_valeur(valeur, self.unite, self.decimales)


@dataclass(frozen=True)
class Fiche:
    """The sheet of a territory: headline, then (label, text) lines."""

    titre: str
    sous_titre: str
    valeur: str
    lignes: tuple[tuple[str, str], ...]
    simulee: bool


def build_titre(grandeur: Grandeur, niveau: Niveau) -> str:
    """« Population couverte par une CPTS, par département, 2023 »."""
    return f"{grandeur.titre}, par {niveau.singulier}, {grandeur.periode}"


def _format_extreme(valeurs: pl.DataFrame, grandeur: Grandeur, valeur: float, niveau: Niveau) -> str:
    noms = valeurs.filter(pl.col("valeur") == valeur)["nom"].to_list()
    qui = noms[0] if len(noms) == 1 else format_pluriel(len(noms), niveau.singulier, niveau.pluriel)
    return f"{grandeur.format_valeur(valeur)} ({qui})"


def build_phrase(valeurs: pl.DataFrame, france: float | None, grandeur: Grandeur, niveau: Niveau, repere: str) -> str:
    """What to see: extremes, the reference of the network and how many territories are above it.

    Args:
        valeurs: columns nom, valeur (see ``data.requetes.territoires.list_valeurs``).
        france: value of the network, None when unknown.
        grandeur: what is shown.
        niveau: level of the territories.
        repere: name of the reference (« France entière »).
    """
    presentes = valeurs["valeur"].drop_nulls()
    if presentes.is_empty():
        return f"Aucune valeur par {niveau.singulier} pour {grandeur.periode}."
    etendue = [float(v) for v in (presentes.to_numpy().min(), presentes.to_numpy().max())]
    bas, haut = (_format_extreme(valeurs, grandeur, v, niveau) for v in etendue)
    phrase = f"De {bas} à {haut}."
    if france is not None:
        au_dessus = int((presentes > france).sum())
        verbe = "est" if au_dessus < 2 else "sont"
        phrase += (
            f" {repere}{INSECABLE}: {grandeur.format_valeur(france)}, "
            f"{format_pluriel(au_dessus, niveau.singulier, niveau.pluriel)} sur {presentes.len()} {verbe} au-dessus."
        )
    manque = valeurs.height - presentes.len()
    if manque:
        phrase += f" {format_pluriel(manque, niveau.singulier, niveau.pluriel)} sans valeur."
    return phrase


def format_repere(est_moyenne: bool, nb_caisses: int) -> str:
    """Name of the reference of the network: the published or simulated figure, or a mean we compute."""
    return f"Moyenne simple des {nb_caisses} caisses" if est_moyenne else "France entière"


def format_statistique(est_moyenne: bool, est_part: bool, niveau: Niveau) -> str:
    """What one territory's number is: a mean of caisses, a share of its population, or its own rate."""
    if est_moyenne:
        return f"moyenne simple des caisses de chaque {niveau.singulier} (sans pondération)"
    return f"part de la population de chaque {niveau.singulier}" if est_part else f"taux de chaque {niveau.singulier}"


def format_moyennes_imprimees(moyennes: pl.DataFrame, grandeur: Grandeur) -> str | None:
    """« Moyennes imprimées par la source : CPAM et CCSS 93,6 %, … », with the decimals printed; None without any.

    Args:
        moyennes: columns type_organisme, valeur.
        grandeur: what is shown.
    """
    if moyennes.is_empty():
        return None
    textes = [
        f"{TYPES_IMPRIMES[type_organisme]}{INSECABLE}"
        f"{format_valeur(valeur, grandeur.unite, max(0, count_decimales(valeur)))}"
        for type_organisme, valeur in moyennes.select("type_organisme", "valeur").iter_rows()
    ]
    return f"Moyennes imprimées par la source{INSECABLE}: {format_liste(textes)}."


def format_rang_territoire(ligne: dict[str, Any], valeurs: pl.DataFrame, sens: Sens, niveau: Niveau) -> str:
    """« 12e sur 107 caisses, du plus haut au plus bas », with ties said.

    Args:
        ligne: the territory (valeur, rang_haut, rang_bas).
        valeurs: all territories of the level.
        sens: direction: the first is the best; without direction, the highest.
        niveau: level of the territories.
    """
    if ligne["valeur"] is None:
        return "aucun, faute de valeur"
    rang = ligne["rang_bas" if sens is Sens.BAS else "rang_haut"]
    place = "1re" if rang == 1 and niveau.feminin else format_rang(rang)
    texte = f"{place} sur {format_pluriel(valeurs['valeur'].count(), niveau.singulier, niveau.pluriel)}"
    egaux = int((valeurs["valeur"] == ligne["valeur"]).sum()) - 1
    if egaux:
        texte += f", ex æquo avec {egaux} autre{'s' if egaux > 1 else ''}"
    ordre = {
        Sens.HAUT: "du plus haut (mieux) au plus bas",
        Sens.BAS: "du plus bas (mieux) au plus haut",
        Sens.NEUTRE: "du plus haut au plus bas, sans jugement",
    }
    return f"{texte}, {ordre[sens]}"


def build_fiche(
    ligne: dict[str, Any], valeurs: pl.DataFrame, france: float | None, repere: str, grandeur: Grandeur, niveau: Niveau
) -> Fiche:
    """The sheet of one territory.

    Args:
        ligne: its row of ``data.requetes.territoires.list_valeurs``.
        valeurs: all rows of the level.
        france: value of the network, None when unknown.
        repere: name of that value.
        grandeur: what is shown.
        niveau: level of the territory.
    """
    valeur = ligne["valeur"]
    lignes = [("Rang", format_rang_territoire(ligne, valeurs, grandeur.sens, niveau))]
    if france is not None:
        texte = grandeur.format_valeur(france)
        if valeur is not None:
            texte += f" (écart{INSECABLE}: {format_ecart(valeur - france, grandeur.unite, grandeur.decimales)})"
        lignes.append((repere, texte))
    if ligne["numerateur"] is not None:
        lignes.append(
            (
                "Population concernée",
                f"{format_nombre(ligne['numerateur'], 0)} sur {format_nombre(ligne['denominateur'], 0)} habitants",
            )
        )
    elif ligne["population"] is not None:
        lignes.append(("Population", format_pluriel(ligne["population"], "habitant")))
    else:
        lignes.append(("Population", "non renseignée par la source"))
    if niveau.code != "caisse":
        lignes.append(("Caisses", format_nombre(ligne["nb_caisses"], 0)))
    if ligne["approche"]:
        lignes.append(("Contour", "approché : aucune table publiée ne rattache les communes à cette caisse"))
    parent = ligne["nom_parent"]
    nom_niveau = niveau.singulier.capitalize()
    return Fiche(
        titre=ligne["nom"],
        sous_titre=f"{nom_niveau} · {parent}" if parent else nom_niveau,
        valeur=format_valeur_carte(valeur, ligne["statut"], grandeur.unite, grandeur.decimales),
        lignes=tuple(lignes),
        simulee=ligne["nature"] == "simulee",
    )


def format_code_periode(debut: dt.date, fin: dt.date) -> str:
    """Code of a period in the URL: ``2023``, ``2022-03``, else ``2022-01-15_2022-02-14``."""
    if (debut.month, debut.day, fin.month, fin.day) == (1, 1, 12, 31) and debut.year == fin.year:
        return str(debut.year)
    if debut.day == 1 and (fin + dt.timedelta(days=1)) == (debut + dt.timedelta(days=32)).replace(day=1):
        return f"{debut:%Y-%m}"
    return f"{debut:%Y-%m-%d}_{fin:%Y-%m-%d}"
