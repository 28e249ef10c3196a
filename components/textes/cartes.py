"""Sentences of the maps: titles, what to see, the sheet of a territory. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from components.figures.classes import count_decimales, format_valeur_carte, get_etat_sans_valeur
from components.figures.formats import (
    INSECABLE,
    format_ecart,
    format_liste,
    format_nombre,
    format_pluriel,
    format_rang,
    format_valeur,
)
from data.calculs.ensemble import Regle
from data.calculs.territoires import TERRITOIRES_MINIMUM, Lissage, Obstacle
from data.modele import Sens, Statut


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
LISSEES: Final = "valeurs lissées (bayésien empirique)"
# Under it, in the unit of the values, smoothing changes nothing one could see.
_EFFET_VISIBLE: Final = 0.1
_PART_MINIMUM: Final = 0.005  # rounds to 1 %
_RESERVES: Final = {Statut.PROVISOIRE.value: "provisoire", Statut.AJUSTE.value: "ajusté"}
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
    lissee: bool = False


def build_titre(grandeur: Grandeur, niveau: Niveau, *, lissees: bool = False) -> str:
    """« Population couverte par une CPTS, par département, 2023 », then that the values are smoothed."""
    titre = f"{grandeur.titre}, par {niveau.singulier}, {grandeur.periode}"
    return f"{titre}, {LISSEES}" if lissees else titre


def _format_extreme(valeurs: pl.DataFrame, grandeur: Grandeur, valeur: float, niveau: Niveau) -> str:
    noms = valeurs.filter(pl.col("valeur") == valeur)["nom"].to_list()
    qui = noms[0] if len(noms) == 1 else format_pluriel(len(noms), niveau.singulier, niveau.pluriel)
    return f"{grandeur.format_valeur(valeur)} ({qui})"


def build_phrase(valeurs: pl.DataFrame, france: float | None, grandeur: Grandeur, niveau: Niveau, repere: str) -> str:
    """What to see: extremes, the reference of the network and how many territories are above it.

    Args:
        valeurs: columns nom, valeur, statut (see ``data.requetes.territoires.list_valeurs``).
        france: value of the network, None when unknown.
        grandeur: what is shown.
        niveau: level of the territories.
        repere: name of the reference (« France entière »).
    """
    presentes = valeurs["valeur"].drop_nulls()
    if presentes.is_empty():
        return f"Aucune valeur par {niveau.singulier} pour {grandeur.periode}."
    etendue = [float(v) for v in (presentes.to_numpy().min(), presentes.to_numpy().max())]
    textes = [grandeur.format_valeur(v) for v in etendue]
    if textes[0] == textes[1]:
        toutes = format_pluriel(presentes.len(), niveau.singulier, niveau.pluriel)
        phrase = f"Aucun écart{INSECABLE}: {textes[0]} pour {toutes}."
    else:
        bas, haut = (_format_extreme(valeurs, grandeur, v, niveau) for v in etendue)
        phrase = f"De {bas} à {haut}."
    if france is not None and textes[0] != textes[1]:
        au_dessus = int((presentes > france).sum())
        verbe = "est" if au_dessus < 2 else "sont"
        phrase += (
            f" {repere}{INSECABLE}: {grandeur.format_valeur(france)}, "
            f"{format_pluriel(au_dessus, niveau.singulier, niveau.pluriel)} sur {presentes.len()} {verbe} au-dessus."
        )
    manque = valeurs.height - presentes.len()
    if manque:
        phrase += f" {format_pluriel(manque, niveau.singulier, niveau.pluriel)} sans valeur{_format_absences(valeurs)}."
    return phrase


def _format_absences(valeurs: pl.DataFrame) -> str:
    """« (5 sans objet, 1 neutralisé) » for the reasons that are not mere absence; empty without any."""
    statuts = valeurs.filter(pl.col("valeur").is_null())["statut"].to_list()
    dits = [s for s in dict.fromkeys(statuts) if s != Statut.NON_FOURNI]
    textes = [f"{statuts.count(s)}{INSECABLE}{get_etat_sans_valeur(s)[1]}" for s in dits]
    if len(dits) == 1 == len(set(statuts)):
        textes = [get_etat_sans_valeur(dits[0])[1]]
    return f" ({', '.join(textes)})" if textes else ""


def format_repere(regle: Regle | None, effectif: int, pluriel: str) -> str:
    """Name of the reference of the network: the published or simulated figure (no rule), or what we compute.

    Args:
        regle: how it is made.
        effectif: territories it is made of.
        pluriel: what they are (« caisses »).
    """
    if regle is None:
        return "France entière"
    mots = {
        Regle.RAPPORT: "Ensemble",
        Regle.SOMME: "Moyenne",
        Regle.MOYENNE: "Moyenne simple",
        Regle.MEDIANE: "Médiane",
    }
    return f"{mots[regle]} des {effectif} {pluriel}"


def format_statistique(libelle: str, regle: Regle | None, niveau: Niveau, *, sommes: bool, part: bool) -> str:
    """What one territory's number is: its own fact, or how its caisses make it.

    Args:
        libelle: name of the statistic (« taux »).
        regle: how the value of a territory is made of its caisses, None for a fact.
        niveau: level of the territories.
        sommes: numerators and denominators are known, and not the denominators alone.
        part: the fact is a share of the inhabitants.
    """
    if regle is None:
        quoi = "part de la population" if part else libelle
        return f"{quoi} de chaque {niveau.singulier}"
    if regle is Regle.SOMME:
        return f"total des caisses de chaque {niveau.singulier}"
    if regle is Regle.RAPPORT:
        comment = "rapport des sommes des numérateurs et des dénominateurs" if sommes else "pondérée par l'effectif"
        return f"{libelle} de chaque {niveau.singulier}, ses caisses réunies ({comment})"
    return f"moyenne simple des caisses de chaque {niveau.singulier} (sans pondération)"


def format_composition(regle: Regle | None, valeurs: int, membres: int) -> str:
    """What makes the value of one territory: « 4 caisses réunies », « moyenne simple de 3 caisses sur 4 ».

    Empty for a fact, and for the value of a single caisse.
    """
    if regle is None or membres < 2 or not valeurs:
        return ""
    nombre = format_pluriel(valeurs, "caisse") + (f" sur {membres}" if valeurs < membres else "")
    if regle is Regle.RAPPORT:
        return f"{nombre} réunie{'s' if valeurs > 1 else ''}"
    return f"{'total' if regle is Regle.SOMME else 'moyenne simple'} de {nombre}"


def format_effet(lissage: Lissage, valeurs: pl.DataFrame, grandeur: Grandeur) -> str:
    """What smoothing did: nothing one could see, everything, or the value it moves most.

    Args:
        lissage: what it did in all.
        valeurs: columns nom, valeur, valeur_brute.
        grandeur: what is shown.
    """
    if lissage.ecart_max < _EFFET_VISIBLE:
        seuil = format_valeur(_EFFET_VISIBLE, "point" if grandeur.unite == "%" else grandeur.unite, 1)
        return f"Lissage sans effet visible{INSECABLE}: l'effet est inférieur à {seuil}."
    if lissage.poids_haut == 0:
        return (
            f"Lissage total{INSECABLE}: le hasard des petits effectifs suffit à expliquer tous les écarts, chaque "
            "valeur lissée est la moyenne."
        )
    ecart = pl.col("valeur") - pl.col("valeur_brute")
    plus = valeurs.filter(ecart.abs() == ecart.abs().max()).row(0, named=True)
    return (
        f"Valeurs lissées, la plus déplacée{INSECABLE}: {plus['nom']}, "
        f"{grandeur.format_valeur(plus['valeur_brute'])} avant lissage, {grandeur.format_valeur(plus['valeur'])} après."
    )


def format_note_lissage(lissage: Lissage, effectif: int, grandeur: Grandeur, niveau: Niveau) -> str:
    """Prior mean and spread, weights and source, for the mention.

    Args:
        lissage: what smoothing did.
        effectif: territories with a value.
        grandeur: what is shown.
        niveau: level of the territories.
    """
    ecart = format_ecart(lissage.ecart_type, grandeur.unite, 1).lstrip("+")
    source = "binomial, Martuzzi et Elliott, 1996" if lissage.proportion else "de Poisson, Marshall, 1991"
    bas, haut = _format_part(lissage.poids_bas), _format_part(lissage.poids_haut)
    poids = f"est partout de {bas}" if bas == haut else f"va de {bas} à {haut}"
    return (
        f"Lissage bayésien empirique ({source}){INSECABLE}: moyenne a priori {grandeur.format_valeur(lissage.moyenne)} "
        f"(rapport des sommes, {format_pluriel(effectif, niveau.singulier, niveau.pluriel)}), écart-type a priori "
        f"{ecart}. Le poids des données propres {poids}{INSECABLE}; le reste vient de la moyenne. Pour lire une carte, "
        "jamais pour noter."
    )


def _format_part(part: float) -> str:
    """A weight from 0 to 1 as a percentage: 0 % and 100 % are said of these only."""
    if 0 < part < _PART_MINIMUM:
        return f"moins de 1{INSECABLE}%"
    if 1 - _PART_MINIMUM < part < 1:
        return f"plus de 99{INSECABLE}%"
    return format_valeur(100 * part, "%", 0)


def format_obstacle(obstacle: Obstacle, niveau: Niveau) -> str:
    """Why smoothing is not offered."""
    raisons = {
        Obstacle.NIVEAU: f"les {niveau.pluriel} sont trop grandes pour que le hasard y compte",
        Obstacle.NATURE: "l'indicateur n'est pas une proportion d'événements soumise au hasard",
        Obstacle.EFFECTIFS: "il manque un numérateur ou un dénominateur",
        Obstacle.NOMBRE: f"moins de {TERRITOIRES_MINIMUM} {niveau.pluriel} ont une valeur",
    }
    return f"Lissage non proposé{INSECABLE}: {raisons[obstacle]}."


def format_aide(obstacle: Obstacle | None, niveau: Niveau, niveaux: Sequence[str]) -> str:
    """What the controls offer and why: smoothing, and the levels that are missing."""
    phrases = []
    if obstacle is None:
        phrases.append("Lisser tire chaque valeur vers la moyenne, d'autant plus que son effectif est petit.")
    else:
        phrases.append(format_obstacle(obstacle, niveau))
    if "region" not in niveaux:
        phrases.append("Par caisse seulement : le décile d'un territoire n'est pas la moyenne de ceux de ses caisses.")
    elif len(niveaux) < len(NIVEAUX):
        noms = format_liste([NIVEAUX[code].singulier for code in niveaux])
        phrases.append(f"Valeurs connues par {noms} seulement.")
    return " ".join(phrases)


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
    ligne: dict[str, Any],
    valeurs: pl.DataFrame,
    reference: float | None,
    repere: str,
    grandeur: Grandeur,
    niveau: Niveau,
    *,
    habitants: bool = False,
) -> Fiche:
    """The sheet of one territory.

    Args:
        ligne: its row of ``data.requetes.territoires.list_valeurs``; with valeur_brute and poids when smoothed.
        valeurs: all rows of the level.
        reference: value of the network, None when unknown.
        repere: name of that value.
        grandeur: what is shown.
        niveau: level of the territory.
        habitants: numerator and denominator count inhabitants.
    """
    valeur = ligne["valeur"]
    lissee = ligne.get("poids") is not None
    regle = None if ligne["regle"] is None else Regle(ligne["regle"])
    lignes = []
    if lissee:
        lignes.append(("Valeur brute", grandeur.format_valeur(ligne["valeur_brute"])))
        lignes.append(("Poids de ses propres données", f"{_format_part(ligne['poids'])}, le reste vient de la moyenne"))
    rang = format_rang_territoire(ligne, valeurs, grandeur.sens, niveau)
    lignes.append(("Rang des valeurs lissées" if lissee else "Rang", rang))
    if reference is not None:
        texte = grandeur.format_valeur(reference)
        if valeur is not None:
            texte += f" (écart{INSECABLE}: {format_ecart(valeur - reference, grandeur.unite, grandeur.decimales)})"
        lignes.append((repere, texte))
    if ligne["statut"] in _RESERVES:
        lignes.append(("Statut", _RESERVES[ligne["statut"]]))
    compte = _format_compte(ligne, habitants=habitants)
    if compte:
        lignes.append(compte)
    if not (compte and habitants):
        population = ligne["population"]
        texte = "non renseignée par la source" if population is None else format_pluriel(population, "habitant")
        lignes.append(("Population", texte))
    if niveau.code != "caisse":
        composition = format_composition(regle, ligne["nb_valeurs"], ligne["nb_membres"])
        lignes.append(("Caisses", composition or format_nombre(ligne["nb_caisses"], 0)))
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
        lissee=lissee,
    )


def _format_compte(ligne: dict[str, Any], *, habitants: bool) -> tuple[str, str] | None:
    """Numerator and denominator of a value, or its denominator alone; None without any."""
    haut, bas = ligne["numerateur"], ligne["denominateur"]
    if haut is not None and bas is not None and habitants:
        return "Population concernée", f"{format_nombre(haut, 0)} sur {format_nombre(bas, 0)} habitants"
    if haut is not None and bas is not None:
        return "Numérateur et dénominateur", f"{format_nombre(haut, 0)} sur {format_nombre(bas, 0)}"
    return None if bas is None else ("Effectif (dénominateur)", format_nombre(bas, 0))


def format_code_periode(debut: dt.date, fin: dt.date) -> str:
    """Code of a period in the URL: ``2023``, ``2022-03``, else ``2022-01-15_2022-02-14``."""
    if (debut.month, debut.day, fin.month, fin.day) == (1, 1, 12, 31) and debut.year == fin.year:
        return str(debut.year)
    if debut.day == 1 and (fin + dt.timedelta(days=1)) == (debut + dt.timedelta(days=32)).replace(day=1):
        return f"{debut:%Y-%m}"
    return f"{debut:%Y-%m-%d}_{fin:%Y-%m-%d}"
