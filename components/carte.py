"""The map: a MapLibre canvas, its legend, and the small messages that colour it.

Geometry travels once (content-addressed URLs, cached for ever); a change of indicateur or period sends one
message of ranks and values aligned on the ``id`` of the features. ``assets/carte.js`` does the drawing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from dash import Input, Output, State, clientside_callback, dcc, html

from components.contenu import Simulation, format_simulation
from components.figures.classes import COTE_MOTIF, MOTIFS, Classement
from components.figures.formats import format_pluriel
from components.routes import build_url_bibliotheque

# Names of insets too long for a narrow screen.
ABREGES: Final = {
    "971": "Guad.",
    "972": "Mart.",
    "973": "Guy.",
    "974": "Réun.",
    "976": "May.",
    "petite-couronne": "Paris, 92-94",
}


@dataclass(frozen=True)
class Peinture:
    """What colours the map, aligned on the ``id`` of the features of one layer.

    ``niveau`` names the layer; ``jeton`` changes with whatever is shown; ``notes`` adds a few words to the
    tooltip of some territories, by id.
    """

    niveau: str
    jeton: str
    classement: Classement
    valeurs: Sequence[float | None]
    statuts: Sequence[str]
    unite: str
    decimales: int
    notes: Mapping[int, str]


def build_url_geo(empreinte: str, couche: str) -> str:
    """URL of a web layer (``regions``, ``departements``, ``caisses``, ``cadres``)."""
    return f"/geo/{empreinte}/{couche}.json"


def build_motif_image(motif: str) -> str:
    """A pattern as a data URI, twice its size so that it stays sharp."""
    cote = 2 * COTE_MOTIF
    svg = (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{cote}' height='{cote}' "
        f"viewBox='0 0 {COTE_MOTIF} {COTE_MOTIF}'>{MOTIFS[motif]}</svg>"
    )
    return f"data:image/svg+xml,{quote(svg)}"


def build_fond(
    empreinte: str, emprise: tuple[float, float, float, float], couches: Mapping[str, str]
) -> dict[str, Any]:
    """What the browser needs once: library, bounds (degrees), insets, sources of each level, patterns.

    Args:
        empreinte: folder of the geometries.
        emprise: west, south, east, north.
        couches: name of the web layer by level.
    """
    return {
        "script": build_url_bibliotheque("maplibre-gl.js"),
        "style": build_url_bibliotheque("maplibre-gl.css"),
        "emprise": list(emprise),
        "cadres": build_url_geo(empreinte, "cadres"),
        "abreges": ABREGES,
        "motifs": {motif: build_motif_image(motif) for motif in MOTIFS},
        "contexte": "region",
        "couches": {
            niveau: {
                "source": {"type": "geojson", "data": build_url_geo(empreinte, couche), "tolerance": 0, "buffer": 16}
            }
            for niveau, couche in couches.items()
        },
    }


def build_message(peinture: Peinture) -> dict[str, Any]:
    """The compact message of a recolouring.

    ``styles`` lists the classes (``couleur``) then the absences (``motif``, ``libelle``); ``rangs`` gives the
    style of each territory; ``valeurs`` is None where there is no value.
    """
    classement = peinture.classement
    absences = {absence.statut: len(classement.classes) + i for i, absence in enumerate(classement.absences)}
    styles: list[dict[str, str]] = [{"couleur": classe.couleur} for classe in classement.classes]
    styles += [{"motif": absence.motif, "libelle": absence.libelle} for absence in classement.absences]
    return {
        "niveau": peinture.niveau,
        "jeton": peinture.jeton,
        "styles": styles,
        "rangs": [
            absences[statut] if rang is None else rang
            for rang, statut in zip(classement.rangs, peinture.statuts, strict=True)
        ],
        "valeurs": list(peinture.valeurs),
        "unite": peinture.unite,
        "decimales": peinture.decimales,
        "notes": {str(rang): note for rang, note in peinture.notes.items()},
    }


def render_legende(
    classement: Classement, titre: str, lecture: str, territoires: tuple[str, str], simulee: Simulation
) -> Any:
    """Legend in words: title, direction, then each class from high to low with its count, and the absences.

    Args:
        classement: classes of the map.
        titre: name and unit of what is shown.
        lecture: how to read the shades.
        territoires: what is counted, singular and plural.
        simulee: print « Données simulées », or « en partie ».
    """
    entrees = [({"backgroundColor": c.couleur}, c.libelle, c.effectif) for c in reversed(classement.classes)]
    entrees += [
        (
            {"backgroundImage": f'url("{build_motif_image(a.motif)}")', "backgroundSize": f"{COTE_MOTIF}px"},
            a.libelle,
            a.effectif,
        )
        for a in classement.absences
    ]
    elements: list[Any] = [
        html.P(titre, className="px-legende-titre"),
        html.P(lecture, className="px-legende-lecture"),
        html.Ul(
            [
                html.Li(
                    [
                        html.Span(style=style, className="px-legende-teinte"),
                        html.Span(libelle, className="px-legende-classe"),
                        html.Span(format_pluriel(effectif, *territoires), className="px-legende-effectif"),
                    ]
                )
                for style, libelle, effectif in entrees
            ],
            className="px-legende-liste",
        ),
    ]
    if simulee:
        elements.insert(0, html.P(html.Strong(format_simulation(simulee), className="px-simulee")))
    return elements


def render_carte(
    identifiant: str,
    fond: dict[str, Any],
    message: dict[str, Any],
    legende: Any,
    selection: dict[str, Any] | None = None,
) -> html.Div:
    """The canvas with its legend and its stores; pass it as ``corps`` to ``components.bloc.render_bloc``.

    Stores: ``<id>-fond`` (once), ``<id>-valeurs`` (:func:`build_message`), ``<id>-selection`` (level and feature id
    of the chosen territory), ``<id>-image`` (an SVG to be saved as PNG).
    """
    return html.Div(
        [
            html.Div(id=identifiant, className="px-carte"),
            html.Div(legende, id=f"{identifiant}-legende", className="px-legende"),
            dcc.Store(id=f"{identifiant}-fond", data=fond),
            dcc.Store(id=f"{identifiant}-valeurs", data=message),
            dcc.Store(id=f"{identifiant}-selection", data=selection),
            dcc.Store(id=f"{identifiant}-image"),
            dcc.Download(id=f"{identifiant}-fichier"),
        ],
        className="px-carte-corps",
    )


def render_boutons(identifiant: str) -> list[html.Button]:
    """Buttons of the image downloads of a map, ``<id>-png`` and ``<id>-svg``."""
    return [
        html.Button(
            nom, id=f"{identifiant}-{nom.lower()}", className="px-lien", title=f"Télécharger l'image {nom} de la carte"
        )
        for nom in ("PNG", "SVG")
    ]


def register_carte(identifiant: str, selecteur: str) -> None:
    """Wire the map of a page: paint, show the selection, save the PNG.

    Args:
        identifiant: the one given to :func:`render_carte`.
        selecteur: id of the component whose ``value`` becomes the code of the territory that is clicked.
    """
    clientside_callback(
        "function(valeurs, fond) "
        f"{{ return window.parangon.afficher_carte('{identifiant}', '{selecteur}', fond, valeurs); }}",
        Output(f"{identifiant}-valeurs", "id"),
        Input(f"{identifiant}-valeurs", "data"),
        State(f"{identifiant}-fond", "data"),
    )
    clientside_callback(
        f"function(selection) {{ return window.parangon.choisir_territoire('{identifiant}', selection); }}",
        Output(f"{identifiant}-selection", "id"),
        Input(f"{identifiant}-selection", "data"),
    )
    clientside_callback(
        "function(image) { return window.parangon.enregistrer_png(image); }",
        Output(f"{identifiant}-image", "id"),
        Input(f"{identifiant}-image", "data"),
        prevent_initial_call=True,
    )
