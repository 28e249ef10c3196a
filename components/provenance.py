"""Where a figure comes from, in words: the document, and the date of the publication being served."""

from __future__ import annotations

from components.figures.formats import format_date
from data.catalogue import load_catalogue
from data.requetes.publication import get_publication


def format_source(*documents: str) -> str:
    """Short titles of documents by code (« Note intéressement 2023 »), joined."""
    catalogue = load_catalogue()
    return " ; ".join(map(catalogue.get_titre_source, documents))


def format_donnees_du() -> str:
    """Date of the publication being served, ``22/11/2026``."""
    return format_date(get_publication().publie_le)
