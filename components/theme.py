"""The one theme: every colour, size and font of Mantine, AG Grid, Plotly and MapLibre comes from here.

CSS receives it as custom properties (``build_css``), Mantine as a theme object, Plotly as a
template (``components.figures.gabarit``), the map through the same custom properties.
Contrast on white is at least 4.5:1 for text and 3:1 for lines and marks; Cnam's cyan and
frosted blue fail 3:1 and are therefore fills with a dark outline only.
"""

from __future__ import annotations

from typing import Any, Final

POLICE: Final = (
    'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", "DejaVu Sans", sans-serif'
)

# Colour roles -------------------------------------------------------------------
COULEURS: Final[dict[str, str]] = {
    "marque": "#0c419a",
    "marque-fonce": "#08306f",
    "marque-pale": "#e7eef9",
    "texte": "#18212d",
    "texte-doux": "#4f5b6b",
    "trait": "#d6dce4",
    "trait-fort": "#8792a2",
    "fond": "#f4f6f9",
    "carte": "#ffffff",
    "mien": "#0c419a",
    "pairs": "#6b7686",
    "autres": "#b9c2ce",
    "bande": "#e6eaf0",
    "objectif": "#18212d",
    "socle": "#18212d",
    "mieux": "#1f5fbf",
    "mieux-pale": "#dbe7f8",
    "moins": "#a84300",
    "moins-pale": "#fbe6d6",
    "comparable": "#5b6675",
    "simulee": "#7a4a00",
    "simulee-pale": "#fff3dc",
    "cyan": "#00a5df",  # fills only
    "givre": "#65aec1",  # fills only
    "sans-valeur": "#c9d0d9",
}

# Sequential, perceptually even, light to dark; readable in greyscale.
SEQUENTIELLE: Final = ("#e9f1fb", "#c3d9f0", "#93bbe2", "#5f97cf", "#2f6fb5", "#0c419a", "#072a66")
# Categories that must stay apart without colour alone (symbols and direct labels come with them).
CATEGORIES: Final = ("#0c419a", "#a84300", "#4d7c0f", "#6d4bb0", "#0f7285", "#8a5a00")


def build_css() -> str:
    """Custom properties for ``:root``, one per colour role and palette step."""
    lignes = [f"--px-{nom}:{valeur}" for nom, valeur in COULEURS.items()]
    lignes += [f"--px-seq-{rang}:{valeur}" for rang, valeur in enumerate(SEQUENTIELLE)]
    lignes.append(f"--px-police:{POLICE}")
    return ":root{" + ";".join(lignes) + "}"


def build_theme_mantine() -> dict[str, Any]:
    """Mantine theme: the brand blue as primary colour (ten shades), system fonts, small radii."""
    nuances = [
        "#eef4fc", "#dbe7f8", "#b5cdef", "#8cb1e5", "#6999dd", "#4f86d4", "#3a74c8", "#1f5fbf", "#0c419a", "#08306f",
    ]  # fmt: skip
    return {
        "primaryColor": "marque",
        "primaryShade": 8,
        "colors": {"marque": nuances},
        "fontFamily": POLICE,
        "headings": {"fontFamily": POLICE},
        "defaultRadius": "sm",
    }
