"""Compress static files once per process instead of at every request (plotly.js alone costs 150 ms of CPU)."""

from __future__ import annotations

from typing import Final

from flask import Flask, Request

_STATIQUES: Final = ("/_dash-component-suites/", "/assets/", "/bibliotheque/", "/geo/")


class CacheStatique:
    """The cache Flask-Compress asks for: keeps the compressed bytes of static files, nothing else."""

    def __init__(self) -> None:
        self._octets: dict[str, bytes] = {}

    def get(self, cle: str) -> bytes | None:
        """Compressed bytes of a key, or None."""
        return self._octets.get(cle)

    def set(self, cle: str, octets: bytes) -> None:
        """Keep the bytes of a static file; a page or a callback is never kept."""
        if not cle.endswith(";"):
            self._octets[cle] = octets


def get_cle(requete: Request) -> str:
    """Full path of a static file, empty for anything else (Flask-Compress prefixes « algorithm; »)."""
    return requete.full_path if requete.path.startswith(_STATIQUES) else ""


def configure_compression(serveur: Flask) -> None:
    """Settings of Flask-Compress: gzip (everywhere understood), static files compressed once."""
    serveur.config.update(
        COMPRESS_ALGORITHM=["gzip"],
        COMPRESS_CACHE_BACKEND=CacheStatique,
        COMPRESS_CACHE_KEY=get_cle,
    )
