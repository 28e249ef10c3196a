"""Word-sized pictures for the lines of a table: a trend, a place in a group. Small standalone SVG, as data addresses.

A table of twenty lines with a Plotly graph each would weigh more than the page; these weigh less than a kilobyte.
The words are carried by the text of the cell and by the alternative text of the image.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from components.theme import COULEURS
from data.calculs.position import compute_quartiles
from data.modele import Sens

LARGEUR_COURBE, HAUTEUR_COURBE = 132, 30
LARGEUR_POSITION, HAUTEUR_POSITION = 116, 20
_MARGE = 4
_PORTEE_REPERE = 0.5  # a target further from the curve than this share of its spread is left out


def format_adresse(svg: str) -> str:
    """The data address of an SVG document, for the ``src`` of an image."""
    return f"data:image/svg+xml,{quote(svg)}"


def _build_svg(largeur: int, hauteur: int, corps: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{largeur}" height="{hauteur}" '
        f'viewBox="0 0 {largeur} {hauteur}">{corps}</svg>'
    )


def _format_point(x: float, y: float) -> str:
    return f"{x:.1f},{y:.1f}"


def build_courbe_mini(valeurs: Sequence[float | None], objectif: float | None = None) -> str:
    """A trend: the line of the values, cut at the holes, the last one as a dot; the objectif as a thin line.

    Args:
        valeurs: one per period, in order of time; None is a hole, never bridged.
        objectif: drawn when it is near the values, so that it never flattens the curve.

    Raises:
        ValueError: no value at all.
    """
    presentes = [v for v in valeurs if v is not None]
    if not presentes:
        raise ValueError("aucune valeur : pas de courbe")
    bas, haut = min(presentes), max(presentes)
    portee = _PORTEE_REPERE * ((haut - bas) or abs(haut) or 1.0)
    repere = objectif if objectif is not None and bas - portee <= objectif <= haut + portee else None
    if repere is not None:
        bas, haut = min(bas, repere), max(haut, repere)
    etendue = (haut - bas) or 1.0
    pas = (LARGEUR_COURBE - 2 * _MARGE) / max(len(valeurs) - 1, 1)

    def place(rang: int, valeur: float) -> tuple[float, float]:
        return _MARGE + rang * pas, HAUTEUR_COURBE - _MARGE - (valeur - bas) / etendue * (HAUTEUR_COURBE - 2 * _MARGE)

    troncons: list[list[str]] = [[]]
    dernier = (0.0, 0.0)
    for rang, valeur in enumerate(valeurs):
        if valeur is None:
            troncons.append([])
            continue
        dernier = place(rang, valeur)
        troncons[-1].append(_format_point(*dernier))
    corps = ""
    if repere is not None:
        y = place(0, repere)[1]
        corps += f'<path d="M0 {y:.1f}H{LARGEUR_COURBE}" stroke="{COULEURS["texte-doux"]}" stroke-width="1"/>'
    for troncon in troncons:
        if troncon:
            corps += (
                f'<polyline points="{" ".join(troncon)}" fill="none" stroke="{COULEURS["mien"]}" stroke-width="1.5" '
                'stroke-linejoin="round" stroke-linecap="round"/>'
            )
    corps += f'<circle cx="{dernier[0]:.1f}" cy="{dernier[1]:.1f}" r="2.8" fill="{COULEURS["mien"]}"/>'
    return _build_svg(LARGEUR_COURBE, HAUTEUR_COURBE, corps)


def build_position_mini(groupe: Sequence[float], mienne: float, sens: Sens) -> str:
    """Where one value stands in its group: a line from end to end, the middle half, the median, mine as a dot.

    The better side is at the right: a « bas » indicateur is mirrored. A group whose values are all equal is one point.

    Raises:
        ValueError: no value in the group.
    """
    quartiles = compute_quartiles(groupe)
    bas, haut = min(*groupe, mienne), max(*groupe, mienne)

    def place(valeur: float) -> float:
        part = 0.5 if haut == bas else (valeur - bas) / (haut - bas)
        if sens is Sens.BAS:
            part = 1 - part
        return _MARGE + part * (LARGEUR_POSITION - 2 * _MARGE)

    milieu = HAUTEUR_POSITION / 2
    gauche, droite = sorted((place(quartiles.q1), place(quartiles.q3)))
    corps = (
        f'<path d="M{_MARGE} {milieu}H{LARGEUR_POSITION - _MARGE}" stroke="{COULEURS["autres"]}" stroke-width="1.5"/>'
        f'<rect x="{gauche:.1f}" y="{milieu - 5}" width="{max(droite - gauche, 1):.1f}" height="10" '
        f'fill="{COULEURS["bande"]}" stroke="{COULEURS["autres"]}"/>'
        f'<path d="M{place(quartiles.mediane):.1f} {milieu - 6}v12" stroke="{COULEURS["pairs"]}" stroke-width="1.5"/>'
        f'<circle cx="{place(mienne):.1f}" cy="{milieu}" r="4.2" fill="{COULEURS["mien"]}" '
        f'stroke="{COULEURS["carte"]}"/>'
    )
    return _build_svg(LARGEUR_POSITION, HAUTEUR_POSITION, corps)
