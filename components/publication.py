"""The publication being served, as the footer says it."""

from __future__ import annotations

from components.figures.formats import format_horodatage
from data.magasin import BaseIndisponibleError
from data.requetes.publication import get_publication
from data.version import VERSION


def build_pied() -> tuple[str, str]:
    """Sentence of the footer (what is served, since when) and version served, empty when nothing can be read."""
    try:
        publication = get_publication()
    except BaseIndisponibleError as erreur:
        return str(erreur), ""
    phrase = (
        f"Parangon {VERSION} · données publiées le {format_horodatage(publication.publie_le)} "
        f"(version {publication.version})"
    )
    return phrase, publication.version
