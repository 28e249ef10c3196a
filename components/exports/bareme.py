"""A barème as files to edit and bring back: YAML (everything) and XLSX (one row per indicateur). Pure."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Mapping, Sequence
from typing import Final

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from components.exports.tableur import OPTIONS_CLASSEUR, set_impression, write_a_propos
from components.theme import COULEURS
from data.bareme import Bareme
from data.fichier_bareme import build_donnees, format_yaml

FEUILLE_BAREME: Final = "Barème"
FEUILLE_IDENTITE: Final = "Identité"
CLE_CODE: Final = "Code du barème"
_LARGEURS: Final = {"titre": 42, "code": 34, "domaine": 30, "composite": 30, "hypothese": 50}
_LARGEUR: Final = 13
_NOMBRE = re.compile(r"[+-]?\d{1,15}(,\d{1,17})?")
_FRACTION = re.compile(r"(\d{1,9})/(\d{1,6})")
_DATE = re.compile(r"(\d{2})/(\d{2})/(\d{4})")


def export_bareme_yaml(bareme: Bareme, mentions: Sequence[str]) -> bytes:
    """YAML of a barème, complete: what is read back is equal. ``mentions`` are comments at the top."""
    return format_yaml(build_donnees(bareme), "\n".join(mentions)).encode()


def export_bareme_xlsx(
    bareme: Bareme,
    champs: Mapping[str, str],
    lignes: Sequence[Mapping[str, str]],
    choix: Mapping[str, Sequence[str]],
    mentions: Sequence[str],
) -> bytes:
    """XLSX of a barème, to edit in a spreadsheet and bring back.

    Args:
        bareme: what the rows come from.
        champs: field -> heading, in order.
        lignes: texts by field; numbers, fractions and dates become real ones.
        choix: texts a field may hold, offered as a list in its cells.
        mentions: how to fill it, on the last sheet.

    Returns:
        The file's bytes: « Barème » (one row per indicateur or component), « Identité » (what ties the file to the
        published barème), « À propos ».
    """
    tampon = io.BytesIO()
    with xlsxwriter.Workbook(tampon, OPTIONS_CLASSEUR) as classeur:
        classeur.set_properties({"title": bareme.titre, "author": "Parangon"})
        feuille = classeur.add_worksheet(FEUILLE_BAREME)
        entete = classeur.add_format(
            {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": COULEURS["marque-pale"]}
        )
        date = classeur.add_format({"num_format": "dd/mm/yyyy"})
        for colonne, (champ, titre) in enumerate(champs.items()):
            feuille.write_string(0, colonne, titre, entete)
            feuille.set_column(colonne, colonne, _LARGEURS.get(champ, _LARGEUR))
            for rang, ligne in enumerate(lignes, start=1):
                _write_texte(feuille, rang, colonne, ligne[champ], date)
            if champ in choix:
                source = [texte for texte in choix[champ] if texte]
                feuille.data_validation(1, colonne, len(lignes) + 50, colonne, {"validate": "list", "source": source})
        feuille.freeze_panes(1, 2)
        set_impression(feuille, lignes_repetees=1, simulee=False)
        identite = classeur.add_worksheet(FEUILLE_IDENTITE)
        identite.set_column(0, 0, 24)
        identite.set_column(1, 1, 60)
        for rang, (cle, valeur) in enumerate(((CLE_CODE, bareme.code), ("Titre", bareme.titre))):
            identite.write_string(rang, 0, cle, entete)
            identite.write_string(rang, 1, valeur)
        write_a_propos(classeur, mentions, bareme.titre, simulee=False)
    return tampon.getvalue()


def _write_texte(feuille: Worksheet, rang: int, colonne: int, texte: str, date: Format) -> None:
    """A number, a fraction or a date with its own type, anything else as text."""
    fraction, jour = _FRACTION.fullmatch(texte), _DATE.fullmatch(texte)
    if not texte:
        return
    if _NOMBRE.fullmatch(texte):
        feuille.write_number(rang, colonne, float(texte.replace(",", ".")))
    elif fraction and int(fraction[2]):
        feuille.write_number(rang, colonne, int(fraction[1]) / int(fraction[2]))
    elif jour:
        feuille.write_datetime(rang, colonne, dt.date(int(jour[3]), int(jour[2]), int(jour[1])), date)
    else:
        feuille.write_string(rang, colonne, texte)
