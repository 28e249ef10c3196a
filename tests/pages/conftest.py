"""What the callbacks of pages return, by output and not by position."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from components.bloc import list_sorties


def _format_sortie(sortie: Any) -> str:
    """« scores-domaines-figure.style » for the part of a bloc, « scores-requete.data » for any other output."""
    identifiant = sortie.component_id
    if isinstance(identifiant, dict):
        identifiant = f"{identifiant['bloc']}-{identifiant['role'].removeprefix('bloc-')}"
    return f"{identifiant}.{sortie.component_property}"


@pytest.fixture(scope="session")
def nommer_sorties() -> Callable[[Sequence[Any], Sequence[str], Sequence[str]], dict[str, Any]]:
    """Name the values of a callback: blocs first, then other outputs; fails unless there is one value each."""

    def nommer(valeurs: Sequence[Any], blocs: Sequence[str], suite: Sequence[str]) -> dict[str, Any]:
        noms = [_format_sortie(sortie) for bloc in blocs for sortie in list_sorties(bloc)]
        return dict(zip([*noms, *suite], valeurs, strict=True))

    return nommer
