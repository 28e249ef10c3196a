"""Controls shared by the bars of the pages: a select one searches by words, a switch between a few views."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import html


def build_effacer(mots: str = "Effacer le choix") -> dict[str, Any]:
    """Properties of the button that empties a select: it has a name and the keyboard reaches it."""
    return {"aria-label": mots, "aria-hidden": False, "tabIndex": 0}


def render_choix(
    identifiant: str, libelle: str, options: Sequence[Any], valeur: str | None, *, vide: str, **proprietes: Any
) -> dmc.Select:
    """A select searched by any word, whatever the accents (see ``assets/dashMantineFunctions.js``).

    Args:
        identifiant: of the control.
        libelle: above it.
        options: as ``dmc.Select`` takes them; « recherche » of an option is read by the search only.
        valeur: chosen.
        vide: said when nothing answers.
        proprietes: anything else ``dmc.Select`` takes; ``clearable`` brings a button that empties it.
    """
    defauts: dict[str, Any] = {"selectFirstOptionOnChange": True, "maxDropdownHeight": 340}
    defauts |= {"clearButtonProps": build_effacer()} if proprietes.get("clearable") else {"allowDeselect": False}
    return dmc.Select(
        id=identifiant,
        label=libelle,
        data=options,
        value=valeur,
        searchable=True,
        nothingFoundMessage=vide,
        filter={"function": "filtrerSansAccent"},
        **(defauts | proprietes),
    )


def render_bascule(
    identifiant: str, titre: str, choix: Mapping[Any, str], valeur: str, *, cachee: bool = False
) -> html.Div:
    """A switch between a few views, its title above.

    Args:
        identifiant: of the control.
        titre: what is chosen.
        choix: words by value, in order.
        valeur: chosen.
        cachee: hidden, when there is nothing to choose.
    """
    return html.Div(
        [
            dmc.Text(titre, id=f"{identifiant}-titre", size="sm", fw=500),
            dmc.SegmentedControl(
                id=identifiant,
                data=[{"value": v, "label": libelle} for v, libelle in choix.items()],
                value=valeur,
                size="xs",
                **{"aria-labelledby": f"{identifiant}-titre"},
            ),
        ],
        hidden=cachee,
    )
