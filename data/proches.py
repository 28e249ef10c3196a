"""The known values nearest to what was written: suggestions, never a silent correction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rapidfuzz import fuzz, process

from data.catalogue import format_cle

SUGGESTIONS: Final = 3


def find_proches(recu: str, choix: Mapping[str, str]) -> list[str]:
    """The three keys of ``choix`` (key -> name) nearest to what was received, nearest first.

    Case, accents and punctuation aside, word by word: « Lile » is near « CPAM de Lille-Douai », whatever else the name
    says. The likeness of the whole text decides between equals.
    """
    textes = {cle: format_cle(f"{cle} {nom}") for cle, nom in choix.items()}
    trouves = process.extract(format_cle(recu), textes, scorer=_compute_proximite, limit=SUGGESTIONS)
    return [cle for _, _, cle in trouves]


def _compute_proximite(recu: str, texte: str, **_options: Any) -> float:
    """Mean, over the words received, of the likeness (0 to 100) of the nearest word; a tenth for the whole text."""
    mots = texte.split()
    par_mot = [max((fuzz.ratio(mot, autre) for autre in mots), default=0.0) for mot in recu.split()]
    return 0.9 * sum(par_mot) / max(len(par_mot), 1) + 0.1 * fuzz.ratio(recu, texte)
