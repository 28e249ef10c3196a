"""French formats: numbers, percentages, durations, dates, ranks. Pure, no locale needed.

Thousands are separated by a narrow no-break space (U+202F), units by a no-break
space (U+00A0), decimals by a comma; the minus sign is U+2212.
"""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

FINE: Final = "\u202f"
INSECABLE: Final = "\u00a0"
MOINS: Final = "\u2212"
ABSENT: Final = "–"
SEPARATEURS_PLOTLY: Final = "," + FINE

MOIS: Final = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
)  # fmt: skip


def format_nombre(valeur: float | None, decimales: int = 1) -> str:
    """``1234.5`` -> ``1 234,5``; None -> an en dash. Rounded half up on the decimal writing of the float."""
    if valeur is None:
        return ABSENT
    pas = Decimal(1).scaleb(-decimales)
    arrondi = Decimal(repr(float(valeur))).quantize(pas, rounding=ROUND_HALF_UP)
    entier, _, fraction = f"{abs(arrondi):.{decimales}f}".partition(".")
    groupes = f"{int(entier):,}".replace(",", FINE)
    signe = MOINS if arrondi < 0 else ""
    return f"{signe}{groupes},{fraction}" if fraction else f"{signe}{groupes}"


def format_valeur(valeur: float | None, unite: str | None, decimales: int = 1) -> str:
    """A number with its unit: ``95,4 %``, ``43,7 jours``, ``1 021,12 €``; None -> an en dash."""
    if valeur is None:
        return ABSENT
    texte = format_nombre(valeur, decimales)
    if unite is None or unite in {"nombre", ""}:
        return texte
    singulier = unite[:-1] if unite.endswith("s") and abs(valeur) < 2 and " " not in unite else unite
    return f"{texte}{INSECABLE}{singulier}"


def format_ecart(valeur: float | None, unite: str | None, decimales: int = 1) -> str:
    """A signed difference: ``+2,8 points`` (percentages differ in points), ``−3,1 jours``."""
    if valeur is None:
        return ABSENT
    unite_ecart = "points" if unite == "%" else unite
    texte = format_valeur(valeur, unite_ecart, decimales)
    arrondi = round(valeur, decimales)
    return f"+{texte}" if arrondi > 0 else texte


def format_date(valeur: dt.date | None) -> str:
    """``2023-09-28`` -> ``28/09/2023``; None -> an en dash."""
    return ABSENT if valeur is None else f"{valeur:%d/%m/%Y}"


def format_horodatage(valeur: dt.datetime) -> str:
    """``22/11/2026 à 03 h 45 UTC``."""
    return f"{valeur:%d/%m/%Y} à {valeur:%H}{INSECABLE}h{INSECABLE}{valeur:%M} UTC"


def format_rang(rang: int) -> str:
    """``1er``, ``2e``, ``43e``."""
    return f"{rang}er" if rang == 1 else f"{rang}e"


def format_periode(debut: dt.date, fin: dt.date) -> str:
    """The shortest French name of a span: ``2023``, ``juin 2022``, ``2018-2021``, ``du … au …``."""
    if debut == fin:
        return format_date(debut)
    annees_pleines = (debut.month, debut.day, fin.month, fin.day) == (1, 1, 12, 31)
    if annees_pleines:
        return str(debut.year) if debut.year == fin.year else f"{debut.year}-{fin.year}"
    fin_de_mois = (fin + dt.timedelta(days=1)).day == 1
    if debut.day == 1 and fin_de_mois:
        premier = f"{MOIS[debut.month - 1]} {debut.year}"
        if (debut.year, debut.month) == (fin.year, fin.month):
            return premier
        if (debut.month, fin.month) == (1, 6) and debut.year == fin.year:
            return f"1er semestre {debut.year}"
        return f"{premier} à {MOIS[fin.month - 1]} {fin.year}"
    return f"du {format_date(debut)} au {format_date(fin)}"


def format_liste(elements: list[str]) -> str:
    """``a, b et c``."""
    if len(elements) < 2:
        return "".join(elements)
    return f"{', '.join(elements[:-1])} et {elements[-1]}"


def format_debut(texte: str) -> str:
    """The words of a sentence from its start: first letter in capital, the others as they are."""
    return texte[:1].upper() + texte[1:]


def format_pluriel(nombre: int, singulier: str, pluriel: str | None = None) -> str:
    """``1 organisme``, ``165 organismes``; zero is singular in French."""
    mot = singulier if abs(nombre) < 2 else (pluriel or f"{singulier}s")
    return f"{format_nombre(nombre, 0)}{INSECABLE}{mot}"
