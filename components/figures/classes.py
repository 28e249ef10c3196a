"""Classes of a choropleth: breaks that never split equal values, round numbers, counts, colours and patterns. Pure.

Values are cut at quantiles, then each break moves to the roundest number lying between its two neighbours:
the counts stay those of the quantiles and the legend stays readable. Equal values always share a class.
"""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import Final

from components.figures.formats import INSECABLE, format_nombre, format_pluriel, format_valeur
from components.theme import COULEURS, SEQUENTIELLE
from data.modele import Sens, Statut

# A territory without value has a pattern and a word, never a colour of the scale: (pattern, word).
ETATS_SANS_VALEUR: Final[dict[str, tuple[str, str]]] = {
    Statut.NON_FOURNI.value: ("hachures", "sans valeur"),
    Statut.NON_SIGNIFICATIF.value: ("hachures", "non significatif"),
    Statut.MASQUE.value: ("hachures", "masqué"),
    Statut.NEUTRALISE.value: ("points", "neutralisé"),
    Statut.SANS_OBJET.value: ("croix", "sans objet"),
    Statut.ABANDONNE.value: ("croix", "abandonné"),
    Statut.NON_RENSEIGNE.value: ("hachures", "non renseigné"),
    Statut.NON_DISPONIBLE.value: ("hachures", "non disponible"),
    Statut.NON_DEFINI.value: ("croix", "non défini"),
    Statut.NON_DETERMINE.value: ("croix", "non déterminé"),
    Statut.A_DEFINIR.value: ("croix", "à définir"),
    Statut.EN_COURS_DE_FIXATION.value: ("croix", "en cours de fixation"),
    Statut.INCONNU.value: ("hachures", "inconnu"),
    Statut.SANS_STANDARD.value: ("croix", "pas de standard"),
    Statut.A_CONSTRUIRE.value: ("croix", "à construire"),
    Statut.NEANT.value: ("croix", "néant"),
}
COTE_MOTIF: Final = 8
_TOLERANCE: Final = 0.2  # of a class, by which a break may move to be rounder
# Content of an 8 × 8 tile, drawn once for the legend, the map and the exported image.
_TRAIT = f"stroke='{COULEURS['trait-fort']}' stroke-width='1.4' fill='none'"
_FOND = f"<rect width='8' height='8' fill='{COULEURS['carte']}'/>"
MOTIFS: Final[dict[str, str]] = {
    "hachures": f"{_FOND}<path d='M-2,2 L2,-2 M0,8 L8,0 M6,10 L10,6' {_TRAIT}/>",
    "points": f"{_FOND}<circle cx='4' cy='4' r='1.6' fill='{COULEURS['trait-fort']}'/>",
    "croix": f"{_FOND}<path d='M2,2 L6,6 M6,2 L2,6' {_TRAIT}/>",
}


@dataclass(frozen=True)
class Classe:
    """One class of values: ``basse`` ≤ value < ``haute`` (the last class is closed on both sides)."""

    basse: float
    haute: float
    effectif: int
    couleur: str
    libelle: str


@dataclass(frozen=True)
class Absence:
    """Territories without value for one reason: its pattern, its word, how many."""

    statut: str
    motif: str
    libelle: str
    effectif: int


@dataclass(frozen=True)
class Classement:
    """The classes of one map and the class of each territory.

    ``rangs`` is aligned on the values given: rank of the class, or None without value.
    ``methode`` says in French how the breaks were chosen.
    """

    classes: tuple[Classe, ...]
    absences: tuple[Absence, ...]
    rangs: tuple[int | None, ...]
    methode: str

    def list_couleurs(self) -> list[str | None]:
        """Colour of each territory, None without value."""
        return [None if rang is None else self.classes[rang].couleur for rang in self.rangs]


def find_borne_ronde(avant: float, apres: float) -> float:
    """The roundest number in ]avant, apres]: multiple of 50, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1… whichever comes first.

    Raises:
        ValueError: ``avant`` is not below ``apres``.
    """
    if not avant < apres:
        raise ValueError(f"bornes non croissantes : {avant} puis {apres}")
    bas, haut = Decimal(repr(avant)), Decimal(repr(apres))
    for exposant in range(1, -12, -1):
        for pas in (Decimal(m).scaleb(exposant) for m in (5, 2, 1)):
            multiple = (bas / pas).to_integral_value(rounding=ROUND_CEILING) * pas
            candidat = multiple if multiple > bas else multiple + pas
            if candidat <= haut:
                return float(candidat)
    return apres


def compute_bornes(valeurs: Sequence[float], nombre: int) -> list[float]:
    """Inner breaks of at most ``nombre`` classes of near-equal counts; ties never split, no class empty.

    A break may leave its quantile by a fifth of a class to be rounder.

    Args:
        valeurs: values present, any order.
        nombre: wanted number of classes, at least 1.

    Returns:
        Strictly increasing breaks (at most ``nombre - 1``); a value equal to a break belongs to the class above it.
    """
    triees = sorted(valeurs)
    n = len(triees)
    bornes = {i: find_borne_ronde(triees[i - 1], triees[i]) for i in range(1, n) if triees[i - 1] < triees[i]}
    if len(bornes) < nombre:
        return [bornes[i] for i in sorted(bornes)]
    retenues: list[int] = []
    for k in range(1, nombre):
        quantile = k * n / nombre
        libres = [i for i in bornes if i not in retenues]
        proches = [i for i in libres if abs(i - quantile) <= n / nombre * _TOLERANCE]
        retenues.append(
            min(proches, key=lambda i: (count_decimales(bornes[i]), abs(i - quantile)))
            if proches
            else min(libres, key=lambda i: abs(i - quantile))
        )
    return [bornes[i] for i in sorted(retenues)]


def count_decimales(valeur: float) -> int:
    """Decimals needed to write a number; negative for tens, hundreds…"""
    exposant = Decimal(repr(valeur)).normalize().as_tuple().exponent
    return -exposant if isinstance(exposant, int) else 0


def build_classement(
    valeurs: Sequence[float | None], statuts: Sequence[str], *, unite: str, decimales: int, territoires: str
) -> Classement:
    """Class the values of one indicateur at one level over one period, as they are displayed.

    Args:
        valeurs: one per territory, None without value.
        statuts: ``Statut`` of each territory; read where the value is missing.
        unite: unit written in the labels (« % »).
        decimales: decimals displayed; values equal once rounded to them share a class.
        territoires: what is counted, plural (« départements »), for the method.

    Returns:
        Five classes under 30 values, six above, fewer when there are fewer distinct values.
    """
    arrondies = [None if v is None else _round_affichage(v, decimales) for v in valeurs]
    presentes = [v for v in arrondies if v is not None]
    nombre = 5 if len(presentes) < 30 else 6
    bornes = compute_bornes(presentes, nombre) if presentes else []
    rangs = tuple(None if v is None else bisect.bisect_right(bornes, v) for v in arrondies)
    return Classement(
        classes=_build_classes(presentes, bornes, unite, decimales),
        absences=_build_absences(valeurs, statuts),
        rangs=rangs,
        methode=_format_methode(len(bornes) + 1, len(presentes), territoires),
    )


def _round_affichage(valeur: float, decimales: int) -> float:
    return float(Decimal(repr(valeur)).quantize(Decimal(1).scaleb(-decimales), rounding=ROUND_HALF_UP))


def list_nuances(nombre: int) -> list[str]:
    """``nombre`` colours of the sequential palette, evenly spread, light to dark (a single class takes the middle)."""
    if nombre == 1:
        return [SEQUENTIELLE[len(SEQUENTIELLE) // 2]]
    pas = (len(SEQUENTIELLE) - 1) / (nombre - 1)
    return [SEQUENTIELLE[round(rang * pas)] for rang in range(nombre)]


def _build_classes(presentes: list[float], bornes: list[float], unite: str, decimales: int) -> tuple[Classe, ...]:
    if not presentes:
        return ()
    limites = [min(presentes), *bornes, max(presentes)]
    # Breaks are written with what they need only: « 68,28 à moins de 90 % ».
    precision = max([0, *map(count_decimales, bornes)])
    textes = [
        format_nombre(limites[0], decimales),
        *(format_nombre(b, precision) for b in bornes),
        format_nombre(limites[-1], decimales),
    ]
    suffixe = f"{INSECABLE}{unite}" if unite else ""
    classes = []
    for rang, couleur in enumerate(list_nuances(len(limites) - 1)):
        basse, haute = limites[rang], limites[rang + 1]
        derniere = rang == len(bornes)
        effectif = sum(basse <= v and (v < haute or derniere) for v in presentes)
        lien = " à " if derniere else " à moins de "
        libelle = textes[rang] if basse == haute else f"{textes[rang]}{lien}{textes[rang + 1]}"
        classes.append(Classe(basse, haute, effectif, couleur, libelle + suffixe))
    return tuple(classes)


def _build_absences(valeurs: Sequence[float | None], statuts: Sequence[str]) -> tuple[Absence, ...]:
    absents = [statut for valeur, statut in zip(valeurs, statuts, strict=True) if valeur is None]
    return tuple(
        Absence(statut, *get_etat_sans_valeur(statut), absents.count(statut)) for statut in sorted(set(absents))
    )


def get_etat_sans_valeur(statut: str) -> tuple[str, str]:
    """Pattern and word of a territory without value; an unexpected status reads « sans valeur »."""
    return ETATS_SANS_VALEUR.get(statut, ETATS_SANS_VALEUR[Statut.NON_FOURNI.value])


def _format_methode(nombre: int, effectif: int, territoires: str) -> str:
    if not effectif:
        return "Aucune valeur à classer."
    if nombre == 1:
        return "Une seule classe : toutes les valeurs sont égales."
    return (
        f"{format_pluriel(nombre, 'classe')} d'effectifs voisins (quantiles des {format_nombre(effectif, 0)} "
        f"{territoires}), bornes arrondies sans séparer deux valeurs égales ; classes propres à cette période"
        f"{INSECABLE}: une même teinte n'a pas la même valeur d'une carte à l'autre."
    )


def format_lecture(sens: Sens) -> str:
    """How to read the shade, with the direction: « plus foncé = plus haut = mieux »."""
    suite = {Sens.HAUT: " = mieux", Sens.BAS: " = moins bien", Sens.NEUTRE: ", sans jugement"}[sens]
    return f"plus foncé = plus haut{suite}"


def format_valeur_carte(valeur: float | None, statut: str, unite: str, decimales: int) -> str:
    """Text of a value on the map: number and unit, or the word of its state."""
    return get_etat_sans_valeur(statut)[1] if valeur is None else format_valeur(valeur, unite, decimales)
