"""Tables as files a French spreadsheet opens directly."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

BOM = "\ufeff"


def _format_champ(valeur: Any) -> str:
    if valeur is None:
        return ""
    if isinstance(valeur, bool):
        return "oui" if valeur else "non"
    if isinstance(valeur, float):
        return repr(valeur).removesuffix(".0").replace(".", ",")
    return str(valeur)


def export_csv(
    colonnes: Sequence[tuple[str, str]], lignes: Sequence[dict[str, Any]], titre: str, mentions: Sequence[str]
) -> bytes:
    """CSV of what is shown: UTF-8 with BOM, « ; », decimal comma, full precision.

    Args:
        colonnes: (key in the rows, heading) in order.
        lignes: one dict per row, plain values; None is an empty cell.
        titre: title of the chart, first line of the file.
        mentions: reading and source lines, after the table, each preceded by « # ».

    Returns:
        The file's bytes. A text starting with =, +, - or @ is preceded by an apostrophe so that
        a spreadsheet never runs it as a formula.
    """
    tampon = io.StringIO()
    plume = csv.writer(tampon, delimiter=";", lineterminator="\r\n")
    plume.writerow([f"# {titre}"])
    plume.writerow([entete for _, entete in colonnes])
    for ligne in lignes:
        cellules = []
        for champ, _ in colonnes:
            valeur = ligne.get(champ)
            texte = _format_champ(valeur)
            if isinstance(valeur, str) and texte[:1] in "=+-@" and texte:
                texte = "'" + texte
            cellules.append(texte)
        plume.writerow(cellules)
    for mention in mentions:
        plume.writerow([f"# {mention}"])
    return (BOM + tampon.getvalue()).encode("utf-8")
