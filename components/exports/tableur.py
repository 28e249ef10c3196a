"""Tables as files a French spreadsheet opens directly: CSV and XLSX. Pure."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence
from typing import Any, Final

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from components.contenu import Colonne, Simulation, Tableau, format_simulation
from components.theme import COULEURS

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


FEUILLE_DONNEES: Final = "Données"
FEUILLE_A_PROPOS: Final = "À propos"
# A text is never run as a formula, turned into a number nor into a link.
OPTIONS_CLASSEUR: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_LARGEURS: Final = (9, 60)  # narrowest and widest columns, in characters


def export_xlsx(tableau: Tableau, titre: str, phrase: str, mentions: Sequence[str], *, simulee: Simulation) -> bytes:
    """XLSX of what is shown: real numbers and dates at full precision, shown as on screen.

    Args:
        tableau: columns and rows, in the order of the chart.
        titre: title of the chart.
        phrase: what to see.
        mentions: reading and source lines.
        simulee: name the first sheet « Données simulées », or « en partie », and say so on the second and on paper.

    Returns:
        The file's bytes. First sheet: the table, heading frozen with the pinned columns, filters, own organisme in
        bold. Second sheet: title, sentence, mentions. A missing value is an empty cell, never a zero; a text is never
        run as a formula.
    """
    tampon = io.BytesIO()
    with xlsxwriter.Workbook(tampon, OPTIONS_CLASSEUR) as classeur:
        classeur.set_properties({"title": titre, "comments": " ".join(mentions), "author": "Parangon"})
        feuille = classeur.add_worksheet(format_simulation(simulee) or FEUILLE_DONNEES)
        entete = classeur.add_format(
            {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": COULEURS["marque-pale"]}
        )
        for rang_colonne, colonne in enumerate(tableau.colonnes):
            feuille.write_string(0, rang_colonne, colonne.entete, entete)
            feuille.set_column(rang_colonne, rang_colonne, _compute_largeur(tableau, colonne))
            formats = [
                classeur.add_format({"num_format": _get_format_nombre(colonne), "bold": gras}) for gras in (False, True)
            ]
            for rang, ligne in enumerate(tableau.lignes, start=1):
                mienne = tableau.cle_surlignee is not None and (
                    ligne.get(tableau.colonnes[0].champ) == tableau.cle_surlignee
                )
                _write_cellule(feuille, rang, rang_colonne, ligne.get(colonne.champ), colonne, formats[mienne])
        feuille.freeze_panes(1, _count_epinglees(tableau))
        if tableau.lignes:
            feuille.autofilter(0, 0, len(tableau.lignes), len(tableau.colonnes) - 1)
        set_impression(feuille, lignes_repetees=1, simulee=simulee)
        write_a_propos(classeur, [tableau.legende, phrase, *mentions], titre, simulee=simulee)
    return tampon.getvalue()


def _get_format_nombre(colonne: Colonne) -> str:
    """Number format of a column. In the file it is written the English way; a French Excel shows « 1 234,5 »."""
    if colonne.format == "nombre":
        return "#,##0" + ("." + "0" * colonne.decimales if colonne.decimales else "")
    return "dd/mm/yyyy" if colonne.format == "date" else "General"


def _count_epinglees(tableau: Tableau) -> int:
    """How many leading columns stay in view."""
    for rang, colonne in enumerate(tableau.colonnes):
        if not colonne.epinglee:
            return rang
    return 0


def _compute_largeur(tableau: Tableau, colonne: Colonne) -> int:
    """Width that shows the values; a long heading wraps instead."""
    textes = [tableau.format_cellule(colonne, ligne) for ligne in tableau.lignes if colonne.format != "date"]
    mots = [len(mot) + 1 for mot in colonne.entete.split()]
    return min(max([_LARGEURS[0], *mots, *(len(texte) + 2 for texte in textes)]), _LARGEURS[1])


def _write_cellule(
    feuille: Worksheet, rang: int, rang_colonne: int, valeur: Any, colonne: Colonne, style: Format
) -> None:
    """One cell with the type of its value; dates come as dates or as the ISO text the browser keeps."""
    if valeur is None:
        feuille.write_blank(rang, rang_colonne, None, style)
    elif isinstance(valeur, (int, float)) and not isinstance(valeur, bool):
        feuille.write_number(rang, rang_colonne, valeur, style)
    elif colonne.format == "date":
        feuille.write_datetime(rang, rang_colonne, _read_date(valeur), style)
    else:
        feuille.write_string(rang, rang_colonne, _format_champ(valeur), style)


def _read_date(valeur: dt.date | str) -> dt.date:
    return dt.date.fromisoformat(valeur[:10]) if isinstance(valeur, str) else valeur


def set_impression(feuille: Worksheet, *, lignes_repetees: int, simulee: Simulation) -> None:
    """Print on A4, landscape, as wide as the page, headings repeated, the mark and the page number at the foot."""
    feuille.set_landscape()
    feuille.set_paper(9)
    feuille.fit_to_pages(1, 0)
    feuille.repeat_rows(0, lignes_repetees - 1)
    feuille.set_footer((f"&L{format_simulation(simulee)}" if simulee else "") + "&RPage &P sur &N")


def write_a_propos(
    classeur: xlsxwriter.Workbook, textes: Sequence[str], titre: str, *, simulee: Simulation
) -> tuple[Worksheet, int]:
    """The second sheet: what the figures are and where they come from. Returns it with its first free row."""
    feuille = classeur.add_worksheet(FEUILLE_A_PROPOS)
    feuille.set_column(0, 0, 110)
    feuille.hide_gridlines(2)
    renvoi = classeur.add_format({"text_wrap": True, "valign": "top"})
    lignes = [(titre, classeur.add_format({"bold": True, "font_size": 14, "text_wrap": True}))]
    if simulee:
        marque = classeur.add_format(
            {"bold": True, "font_color": COULEURS["simulee"], "bg_color": COULEURS["simulee-pale"]}
        )
        lignes.append((format_simulation(simulee), marque))
    lignes += [(texte, renvoi) for texte in textes if texte]
    for rang, (texte, style) in enumerate(lignes):
        feuille.write_string(rang, 0, texte, style)
    return feuille, len(lignes)
