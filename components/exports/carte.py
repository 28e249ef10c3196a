"""A map as a standalone SVG: title, sentence, territories, legend, reading and source. Always light. Pure."""

from __future__ import annotations

import html
import math
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from components.contenu import Simulation, format_simulation
from components.figures.classes import COTE_MOTIF, MOTIFS, Classement
from components.theme import COULEURS, POLICE

LARGEUR: Final = 1280
_MARGE: Final = 28
_CARTE_LARGEUR: Final = 850
_CARTE_HAUTEUR: Final = 760
_LEGENDE_X: Final = _MARGE + _CARTE_LARGEUR + 24

Point = tuple[float, float]


@dataclass(frozen=True)
class Projection:
    """Web Mercator fitted in a box: degrees to pixels, north up."""

    echelle: float
    dx: float
    dy: float

    def compute_point(self, longitude: float, latitude: float) -> Point:
        """Pixels of a point given in degrees."""
        x, y = compute_mercator(longitude, latitude)
        return self.dx + x * self.echelle, self.dy - y * self.echelle


def compute_mercator(longitude: float, latitude: float) -> Point:
    """Web Mercator on a sphere of radius 1."""
    return math.radians(longitude), math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2))


def build_projection(points: Iterable[Point], x: float, y: float, largeur: float, hauteur: float) -> Projection:
    """Projection that fits points (degrees) in a box of pixels, centred.

    Raises:
        ValueError: no point.
    """
    projetes = [compute_mercator(*point) for point in points]
    if not projetes:
        raise ValueError("aucun point à projeter")
    ouest, est = min(p[0] for p in projetes), max(p[0] for p in projetes)
    sud, nord = min(p[1] for p in projetes), max(p[1] for p in projetes)
    echelle = min(largeur / (est - ouest), hauteur / (nord - sud))
    return Projection(
        echelle,
        x + (largeur - (est - ouest) * echelle) / 2 - ouest * echelle,
        y + (hauteur - (nord - sud) * echelle) / 2 + nord * echelle,
    )


def list_anneaux(geometrie: dict[str, Any]) -> list[list[Point]]:
    """All rings of a GeoJSON Polygon or MultiPolygon."""
    polygones = geometrie["coordinates"] if geometrie["type"] == "MultiPolygon" else [geometrie["coordinates"]]
    return [[(p[0], p[1]) for p in anneau] for polygone in polygones for anneau in polygone]


def format_chemin(geometrie: dict[str, Any], projection: Projection) -> str:
    """SVG path of a geometry, to a tenth of a pixel, repeated points dropped."""
    morceaux = []
    for anneau in list_anneaux(geometrie):
        points: list[str] = []
        for longitude, latitude in anneau[:-1]:
            x, y = projection.compute_point(longitude, latitude)
            point = f"{x:.1f},{y:.1f}"
            if not points or points[-1] != point:
                points.append(point)
        morceaux.append(f"M{' '.join(points)}Z")
    return "".join(morceaux)


def export_carte_svg(
    couche: dict[str, Any],
    cadres: dict[str, Any],
    classement: Classement,
    *,
    statuts: Sequence[str],
    textes: Sequence[str],
    titre: str,
    phrase: str,
    titre_legende: str,
    lecture: str,
    mentions: Sequence[str],
    simulee: Simulation,
) -> str:
    """Draw the map.

    Args:
        couche: GeoJSON of the territories; the ``id`` of a feature is its rank in ``classement.rangs``.
        cadres: GeoJSON of the frames of the insets, with ``libelle``, ``ancre`` (degrees) and ``loupe``.
        classement: classes and the class of each territory.
        statuts: status of each territory, for the pattern of those without value.
        textes: value of each territory in words, for the tooltip of its outline.
        titre: title of the chart.
        phrase: what to see.
        titre_legende: name and unit of what the colours say.
        lecture: how to read the shades, with the direction.
        mentions: reading and source lines, printed under the map.
        simulee: print « DONNÉES SIMULÉES », or « EN PARTIE », in the legend and above the source.

    Returns:
        A standalone SVG document, 1280 pixels wide; it asks for nothing outside.
    """
    loupes = any(entite["properties"].get("loupe") for entite in couche["features"])
    visibles = [c for c in cadres["features"] if loupes or not c["properties"].get("loupe")]
    lignes_titre = textwrap.wrap(titre, 76)
    lignes_phrase = textwrap.wrap(phrase, 150)
    lignes_pied = [ligne for mention in mentions for ligne in textwrap.wrap(mention, 195)]
    sous_titre = 38 + 28 * len(lignes_titre)
    haut = sous_titre - 2 + 21 * len(lignes_phrase)
    pied = haut + _CARTE_HAUTEUR + 34
    hauteur = pied + 17 * (len(lignes_pied) + bool(simulee)) + 8
    tout = [*couche["features"], *visibles]
    projection = build_projection(
        (point for entite in tout for anneau in list_anneaux(entite["geometry"]) for point in anneau),
        _MARGE, haut, _CARTE_LARGEUR, _CARTE_HAUTEUR,
    )  # fmt: skip
    corps = [
        f'<rect width="{LARGEUR}" height="{hauteur}" fill="{COULEURS["carte"]}"/>',
        *(_format_texte(ligne, _MARGE, 38 + 28 * i, taille=22, gras=True) for i, ligne in enumerate(lignes_titre)),
        *(_format_texte(ligne, _MARGE, sous_titre + 21 * i, taille=15) for i, ligne in enumerate(lignes_phrase)),
        _format_cadres(visibles, projection),
        _format_territoires(couche, classement, statuts, textes, projection),
        _format_legende(classement, titre_legende, lecture, haut + 20, simulee),
        *_format_pied(lignes_pied, pied, simulee),
    ]
    motifs = "".join(
        f'<pattern id="{nom}" width="{COTE_MOTIF}" height="{COTE_MOTIF}" patternUnits="userSpaceOnUse">'
        f"{dessin}</pattern>"
        for nom, dessin in MOTIFS.items()
    )
    police = html.escape(POLICE)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{LARGEUR}" height="{hauteur}" '
        f'viewBox="0 0 {LARGEUR} {hauteur}" font-family="{police}" role="img" aria-label="{html.escape(titre)}">'
        f"<defs>{motifs}</defs>{''.join(corps)}</svg>"
    )


def _format_texte(texte: str, x: float, y: float, *, taille: int, gras: bool = False, couleur: str = "texte") -> str:
    poids = ' font-weight="700"' if gras else ""
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" font-size="{taille}" fill="{COULEURS[couleur]}"{poids}>'
        f"{html.escape(texte, quote=False)}</text>"
    )


def _format_cadres(cadres: Sequence[dict[str, Any]], projection: Projection) -> str:
    elements = []
    for cadre in cadres:
        x, y = projection.compute_point(*cadre["properties"]["ancre"])
        elements.append(
            f'<path d="{format_chemin(cadre["geometry"], projection)}" fill="none" stroke="{COULEURS["trait-fort"]}" '
            f'stroke-width="0.8"/><text x="{x:.1f}" y="{y + 4:.1f}" font-size="12" text-anchor="middle" '
            f'fill="{COULEURS["texte-doux"]}">{html.escape(cadre["properties"]["libelle"], quote=False)}</text>'
        )
    return f"<g>{''.join(elements)}</g>"


def _format_territoires(
    couche: dict[str, Any],
    classement: Classement,
    statuts: Sequence[str],
    textes: Sequence[str],
    projection: Projection,
) -> str:
    motifs = {absence.statut: absence.motif for absence in classement.absences}
    couleurs = classement.list_couleurs()
    chemins = []
    for entite in couche["features"]:
        rang = entite["id"]
        remplissage = couleurs[rang] or f"url(#{motifs[statuts[rang]]})"
        bulle = html.escape(f"{entite['properties']['nom']} : {textes[rang]}", quote=False)
        chemins.append(
            f'<path d="{format_chemin(entite["geometry"], projection)}" fill="{remplissage}">'
            f"<title>{bulle}</title></path>"
        )
    return (
        f'<g fill-rule="evenodd" stroke="{COULEURS["trait-fort"]}" stroke-width="0.6" stroke-linejoin="round">'
        f"{''.join(chemins)}</g>"
    )


def _format_legende(classement: Classement, titre: str, lecture: str, y: float, simulee: Simulation) -> str:
    elements = []
    if simulee:
        elements.append(
            _format_texte(format_simulation(simulee).upper(), _LEGENDE_X, y, taille=18, gras=True, couleur="simulee")
        )
        y += 34
    for ligne in textwrap.wrap(titre, 42):
        elements.append(_format_texte(ligne, _LEGENDE_X, y, taille=14, gras=True))
        y += 19
    elements.append(_format_texte(lecture, _LEGENDE_X, y, taille=14, couleur="texte-doux"))
    y += 15
    entrees = [(classe.couleur, classe.libelle, classe.effectif) for classe in reversed(classement.classes)]
    entrees += [(f"url(#{a.motif})", a.libelle, a.effectif) for a in classement.absences]
    for remplissage, libelle, effectif in entrees:
        elements.append(
            f'<rect x="{_LEGENDE_X}" y="{y:.0f}" width="30" height="18" fill="{remplissage}" '
            f'stroke="{COULEURS["trait-fort"]}" stroke-width="0.8"/>'
        )
        elements.append(_format_texte(f"{libelle} · n = {effectif}", _LEGENDE_X + 42, y + 14, taille=14))
        y += 27
    return f"<g>{''.join(elements)}</g>"


def _format_pied(lignes: Sequence[str], y: float, simulee: Simulation) -> list[str]:
    elements = []
    if simulee:
        elements.append(
            _format_texte(format_simulation(simulee).upper(), _MARGE, y, taille=12, gras=True, couleur="simulee")
        )
        y += 17
    return elements + [
        _format_texte(ligne, _MARGE, y + 17 * i, taille=12, couleur="texte-doux") for i, ligne in enumerate(lignes)
    ]
