"""How files spread over days of délai, in words: the sentence, the threshold, the table twin, what is missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from components.contenu import Colonne
from components.figures.delais_ij_jours import Jours, format_jours
from components.figures.formats import INSECABLE, format_debut, format_nombre, format_pluriel
from components.textes.delais_caisse import format_mois, format_plage, format_plages, format_population
from data.calculs import wilson
from data.calculs.delais import Repartition

NOTE_IJ: Final = (
    "Une première IJ par arrêt : un assuré arrêté deux fois compte deux fois. Le mois est celui du paiement : une IJ "
    "qui n'est pas encore payée n'y est pas."
)


@dataclass(frozen=True)
class Groupe:
    """Files of one caisse, of a group or of the network, under the name they are spoken of with.

    ``mot`` is that name in one word (« région »).
    """

    nom: str
    mot: str
    repartition: Repartition

    @property
    def court(self) -> str:
        """The name without what it counts: « sa région »."""
        return self.nom.split(" (")[0]

    def compute_part(self, nombre: int) -> float:
        """Share of the files, in %."""
        return 100 * nombre / self.repartition.nombre


def format_quand(mois: Sequence[dt.date]) -> str:
    """« en juin 2022 », « en 2023 », « sur 12 mois (avril 2022 à mars 2023) »; from months in order."""
    if len(mois) == 1:
        return f"en {format_mois(mois[0])}"
    periode = format_plage(mois)
    return f"en {periode}" if periode.isdigit() else f"sur {len(mois)} mois ({periode})"


def format_classe(rang: int, bornes: Sequence[int]) -> str:
    """Days of a class: « 0 à 5 », « 6 à 10 », « plus de 120 »."""
    if rang == len(bornes):
        return f"plus de {bornes[-1]}"
    return f"{bornes[rang - 1] + 1 if rang else 0} à {bornes[rang]}"


def build_jours(groupe: Groupe, bornes: Sequence[int]) -> Jours:
    """A group as the figure takes it."""
    nombres = groupe.repartition.list_classes(bornes)
    parts = tuple(groupe.compute_part(nombre) for nombre in nombres)
    infobulles = tuple(
        f"<b>{groupe.nom}</b>, {format_classe(rang, bornes)} jours<br>{_format_ij(nombre)} · {_format_part(part)}"
        for rang, (nombre, part) in enumerate(zip(nombres, parts, strict=True))
    )
    return Jours(groupe.nom, groupe.mot, parts, infobulles, groupe.repartition.mediane, groupe.repartition.d9)


def _format_ij(nombre: int) -> str:
    return format_pluriel(nombre, "IJ", "IJ") if nombre else "aucune IJ"


def _format_part(part: float) -> str:
    return f"{format_nombre(part)}{INSECABLE}%"


def format_seuil(groupe: Groupe, seuil: int) -> str:
    """« plus de 60 j : 7,9 % », of the caisse."""
    part = groupe.compute_part(groupe.repartition.count_au_dela(seuil))
    return f"plus de {format_jours(seuil)}{INSECABLE}: {_format_part(part)}"


def list_colonnes(mienne: Groupe | None, reference: Groupe | None) -> tuple[Colonne, ...]:
    """Columns of the table twin: the classes, then files, share and running share of each group."""
    colonnes = [Colonne("jours", "Délai (jours)")]
    for cle, groupe in (("mienne", mienne), ("reference", reference)):
        if groupe is not None:
            nom = format_debut(groupe.mot)
            colonnes += [
                Colonne(f"{cle}_nombre", f"{nom}{INSECABLE}: IJ", "nombre", decimales=0),
                Colonne(f"{cle}_part", f"{nom}{INSECABLE}: part", "nombre", unite="% des IJ"),
                Colonne(f"{cle}_cumul", f"{nom}{INSECABLE}: payées à ce délai au plus", "nombre", unite="% des IJ"),
            ]
    return tuple(colonnes)


def build_lignes(mienne: Groupe | None, reference: Groupe | None, bornes: Sequence[int]) -> list[dict[str, Any]]:
    """Rows of the table twin, a class each; a class without file is zero, not empty."""
    lignes: list[dict[str, Any]] = [{"jours": format_classe(rang, bornes)} for rang in range(len(bornes) + 1)]
    for cle, groupe in (("mienne", mienne), ("reference", reference)):
        if groupe is None:
            continue
        cumul = 0
        for ligne, nombre in zip(lignes, groupe.repartition.list_classes(bornes), strict=True):
            cumul += nombre
            ligne |= {
                f"{cle}_nombre": nombre,
                f"{cle}_part": groupe.compute_part(nombre),
                f"{cle}_cumul": groupe.compute_part(cumul),
            }
    return lignes


def build_phrase(
    mienne: Groupe | None,
    reference: Groupe | None,
    seuil: int,
    population: str,
    mois: Sequence[dt.date],
    nom: str | None,
) -> str:
    """How many wait more than the threshold, how many days half and nine tenths wait, against the reference.

    Args:
        mienne: the caisse, None when none is chosen or when it has no file.
        reference: what it is compared to.
        seuil: days.
        population: words of ``delais_caisse.POPULATIONS``.
        mois: months added up, in order.
        nom: of the caisse chosen, if any.

    Raises:
        ValueError: neither has files.
    """
    sujet = mienne or reference
    if sujet is None:
        raise ValueError("aucune IJ : il n'y a rien à dire")
    repartition = sujet.repartition
    nombre, total = repartition.count_au_dela(seuil), format_pluriel(repartition.nombre, "première IJ", "premières IJ")
    attente = f"aucune des {total} n'a attendu plus de {seuil} jours"
    if nombre:
        verbe = "ont" if nombre > 1 else "a"
        attente = (
            f"{format_nombre(nombre, 0)} des {total} {verbe} attendu plus de {seuil} jours "
            f"({_format_part(sujet.compute_part(nombre))})"
        )
    centre = (
        f"La moitié est payée en {_format_jours(repartition.mediane)} ou moins, neuf sur dix en "
        f"{_format_jours(repartition.d9)}"
    )
    if mienne is not None and reference is not None:
        autre = reference.repartition
        attente += _compare(mienne, reference, seuil)
        centre += f" ({reference.court}{INSECABLE}: {format_jours(autre.mediane)} et {format_jours(autre.d9)})"
    champ = f"{format_population(population)}, non subrogées"
    phrase = f"{format_debut(sujet.nom)}, {champ}, {format_quand(mois)}{INSECABLE}: {attente}. {centre}."
    if nom is None:
        return f"{phrase} Choisissez une caisse pour l'y comparer."
    if mienne is None:
        return f"{nom}{INSECABLE}: aucune première IJ de ce champ n'est connue {format_quand(mois)}. {phrase}"
    return phrase


def _format_jours(jours: float) -> str:
    return f"{format_nombre(jours, 0 if jours == int(jours) else 1)}{INSECABLE}jour{'s' if jours >= 2 else ''}"


def _compare(mienne: Groupe, reference: Groupe, seuil: int) -> str:
    """« , 3,0 points de moins que le réseau (11,0 %) »; chance alone could make a smaller gap (Wilson, 95 %)."""
    nombre, total = mienne.repartition.count_au_dela(seuil), mienne.repartition.nombre
    part, autre = mienne.compute_part(nombre), reference.compute_part(reference.repartition.count_au_dela(seuil))
    nom = f"{'le réseau' if reference.court == 'réseau' else reference.court} ({_format_part(autre)})"
    bas, haut = (100 * borne for borne in wilson(nombre, total))
    if bas <= autre <= haut:
        return f", sans écart net avec {nom}"
    ecart = abs(round(part, 1) - round(autre, 1))  # of the figures printed: the reader can check it
    mot = "points" if ecart >= 2 else "point"
    return f", {format_nombre(ecart)} {mot} de {'plus' if part > autre else 'moins'} que {nom}"


def format_vide(population: str, mois: Sequence[dt.date]) -> str:
    """Nobody has a file."""
    return (
        f"Aucune première IJ de ce champ ({format_population(population)}) n'est connue {format_quand(mois)}. "
        "Choisissez une autre période ou un autre champ."
    )


def build_notes(nom: str | None, presents: Sequence[dt.date], mois: Sequence[dt.date]) -> list[str]:
    """What the reader must know: months of the caisse without file, then what is counted.

    Args:
        nom: of the caisse, if any.
        presents: its months with files.
        mois: months asked for.
    """
    absents = [m for m in mois if m not in set(presents)]
    if nom is None or not presents or not absents:
        return [NOTE_IJ]
    plages = format_plages(absents)
    return [
        f"{nom}{INSECABLE}: aucune IJ connue de ce champ {plages if plages[:3] == 'de ' else f'en {plages}'}.",
        NOTE_IJ,
    ]


def format_effectif(groupes: Sequence[Groupe]) -> str:
    """« 74 590 IJ de la caisse »: what is counted, group by group."""
    return ", ".join(f"{_format_ij(groupe.repartition.nombre)} ({groupe.court})" for groupe in groupes)
