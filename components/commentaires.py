"""Comments on screen: who, when, what; and the form that adds one. Never coloured as data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import html

from components.figures.formats import format_horodatage, format_nombre, format_pluriel
from data.commentaires import LIBELLES_ROLE, LONGUEUR_MAX, Commentaire, Journal


def build_id(role: str, indicateur: Any) -> dict[str, Any]:
    """Identifier of a piece of the comments of one indicateur (or ``MATCH``)."""
    return {"role": f"commentaire-{role}", "indicateur": indicateur}


def render_commentaires(commentaires: Sequence[Commentaire]) -> list[html.Div]:
    """The comments, oldest first, each with its role and its date; line breaks are kept."""
    return [
        html.Div(
            [
                html.P(f"{LIBELLES_ROLE[c.role]}, {format_horodatage(c.depose_le)}", className="px-commentaire-entete"),
                html.P(c.texte, className="px-commentaire-texte"),
            ],
            className="px-commentaire",
        )
        for c in commentaires
    ]


def render_illisibles(journal: Journal) -> html.Div | None:
    """The warning that some lines of the store cannot be read; none when all can."""
    if not journal.illisibles:
        return None
    nombre = format_pluriel(journal.illisibles, "commentaire illisible", "commentaires illisibles")
    return html.Div(
        f"{nombre} dans le fichier des commentaires de cet organisme\u00a0: conservé tel quel, non affiché. Faites-le "
        "vérifier.",
        className="px-avis",
        role="status",
    )


def render_saisie(indicateur: str, titre: str) -> html.Div:
    """The form of one indicateur."""
    return html.Div(
        [
            dmc.Select(
                id=build_id("titre", indicateur),
                label="À quel titre",
                placeholder="Choisir",
                data=[{"value": role.value, "label": libelle} for role, libelle in LIBELLES_ROLE.items()],
                w={"base": "100%", "sm": 240},
            ),
            dmc.Textarea(
                id=build_id("texte", indicateur),
                label=f"Commentaire sur «\u00a0{titre}\u00a0»",
                description=f"{format_nombre(LONGUEUR_MAX, 0)} caractères au plus. Visible de tous, sans nom. "
                "Il ne s'efface pas.",
                descriptionProps={"c": "var(--px-texte-doux)"},
                autosize=True,
                minRows=2,
                maxRows=8,
            ),
            html.Div(
                [
                    dmc.Button("Enregistrer", id=build_id("enregistrer", indicateur), size="xs"),
                    html.Div(id=build_id("message", indicateur), role="status", className="px-commentaire-message"),
                ],
                className="px-commentaire-actions",
            ),
        ],
        className="px-commentaire-saisie",
    )
