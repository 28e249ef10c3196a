"""A heat table as a workbook: real numbers, the colour, symbol and words of each state. Pure."""

from __future__ import annotations

import io
from collections.abc import Sequence
from itertools import groupby
from typing import Any, Final

import xlsxwriter
from xlsxwriter.format import Format

from components.contenu import Colonne, Simulation, Tableau, format_simulation
from components.exports.tableur import FEUILLE_DONNEES, OPTIONS_CLASSEUR, set_impression, write_a_propos
from components.figures.atteinte import STYLES
from components.theme import COULEURS
from data.calculs.atteinte import LIBELLES_ATTEINTE, Atteinte

_LARGEUR_NOM: Final = 34
_LARGEUR_VALEUR: Final = 13
_LARGEUR_TEXTE: Final = 26


def export_tartan(tableau: Tableau, titre: str, phrase: str, mentions: Sequence[str], *, simulee: Simulation) -> bytes:
    """XLSX of a heat table.

    Args:
        tableau: columns with a ``etat`` are coloured by it; ``groupe`` heads them on the first row.
        titre: title of the table.
        phrase: what to see.
        mentions: reading and source lines.
        simulee: name the first sheet « Données simulées », or « en partie », and say so on the second and on paper.

    Returns:
        The file's bytes. First sheet: groups, headings, one row per organisme, own one in bold; a number stays a number
        (its symbol is in its format), a missing value is a word. Second sheet: title, sentence, mentions, then the
        legend in the same colours.
    """
    tampon = io.BytesIO()
    with xlsxwriter.Workbook(tampon, OPTIONS_CLASSEUR) as classeur:
        classeur.set_properties({"title": titre, "comments": " ".join(mentions), "author": "Parangon"})
        feuille = classeur.add_worksheet(format_simulation(simulee) or FEUILLE_DONNEES)
        _write_entetes(classeur, feuille, tableau.colonnes)
        styles = _Styles(classeur)
        for rang, ligne in enumerate(tableau.lignes, start=2):
            gras = tableau.cle_surlignee is not None and ligne.get(tableau.colonnes[0].champ) == tableau.cle_surlignee
            for place, colonne in enumerate(tableau.colonnes):
                _write_cellule(feuille, rang, place, ligne, colonne, styles, gras=gras)
        feuille.freeze_panes(2, 1)
        if tableau.lignes:
            feuille.autofilter(1, 0, 1 + len(tableau.lignes), len(tableau.colonnes) - 1)
        set_impression(feuille, lignes_repetees=2, simulee=simulee)
        propos, rang = write_a_propos(classeur, [tableau.legende, phrase, *mentions], titre, simulee=simulee)
        for decalage, etat in enumerate(Atteinte, start=1):
            propos.write_string(
                rang + decalage, 0, f"{STYLES[etat].symbole} {LIBELLES_ATTEINTE[etat]}", styles.get(etat, "General")
            )
    return tampon.getvalue()


class _Styles:
    """The formats of a workbook, made once each: state × number format × bold."""

    def __init__(self, classeur: xlsxwriter.Workbook) -> None:
        self._classeur = classeur
        self._faits: dict[tuple[Atteinte | None, str, bool], Format] = {}

    def get(self, etat: Atteinte | None, nombre: str, *, gras: bool = False) -> Format:
        """The format of a cell."""
        cle = (etat, nombre, gras)
        if cle not in self._faits:
            proprietes: dict[str, Any] = {"num_format": nombre, "bold": gras, "valign": "vcenter"}
            if etat is not None:
                style = STYLES[etat]
                proprietes |= {
                    "bg_color": style.couleur,
                    "font_color": style.encre,
                    "border": 1,
                    "border_color": COULEURS["trait"],
                    "align": "right",
                }
            self._faits[cle] = self._classeur.add_format(proprietes)
        return self._faits[cle]


def _write_entetes(
    classeur: xlsxwriter.Workbook, feuille: xlsxwriter.worksheet.Worksheet, colonnes: Sequence[Colonne]
) -> None:
    """The row of groups, merged over their columns, then the headings."""
    commun = {"bold": True, "text_wrap": True, "valign": "top", "bg_color": COULEURS["marque-pale"]}
    entete = classeur.add_format(commun | {"bottom": 1})
    groupe = classeur.add_format(commun | {"align": "center", "border": 1, "border_color": COULEURS["trait-fort"]})
    place = 0
    for nom, membres in groupby(colonnes, key=lambda colonne: colonne.groupe):
        largeur = len(list(membres))
        if nom and largeur > 1:
            feuille.merge_range(0, place, 0, place + largeur - 1, nom, groupe)
        else:
            for decalage in range(largeur):
                feuille.write_string(0, place + decalage, nom, groupe if nom else entete)
        place += largeur
    for place, colonne in enumerate(colonnes):
        feuille.write_string(1, place, colonne.entete, entete)
        largeur = _LARGEUR_NOM if place == 0 else _LARGEUR_VALEUR if colonne.format == "nombre" else _LARGEUR_TEXTE
        feuille.set_column(place, place, largeur)


def _write_cellule(
    feuille: xlsxwriter.worksheet.Worksheet,
    rang: int,
    place: int,
    ligne: dict[str, Any],
    colonne: Colonne,
    styles: _Styles,
    *,
    gras: bool,
) -> None:
    valeur, brut = ligne.get(colonne.champ), ligne.get(colonne.etat) if colonne.etat else None
    etat = Atteinte(brut) if brut else None
    if valeur is None:
        feuille.write_blank(rang, place, None, styles.get(etat, "General", gras=gras))
        return
    if isinstance(valeur, str):
        texte = f"{STYLES[etat].symbole} {valeur}" if etat is not None else valeur
        feuille.write_string(rang, place, texte, styles.get(etat, "General", gras=gras))
        return
    nombre = "#,##0" + ("." + "0" * colonne.decimales if colonne.decimales else "")
    if etat is not None:
        nombre = f'"{STYLES[etat].symbole} "{nombre}'
    feuille.write_number(rang, place, valeur, styles.get(etat, nombre, gras=gras))
