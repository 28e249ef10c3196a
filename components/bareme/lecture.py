"""A barème brought back from a file or typed in the grid: read safely, checked, every fault with its place in French.

An uploaded workbook is read for its values alone: a size limit before and after decompression, no macro, nothing
executed, no more rows than a barème may have.
"""

from __future__ import annotations

import base64
import binascii
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from components.bareme.lignes import CHAMPS, LECTURE_SEULE, Lecture, Ligne, compute_total, list_lignes, read_lignes
from components.exports.bareme import CLE_CODE, FEUILLE_BAREME, FEUILLE_IDENTITE
from components.figures.formats import INSECABLE
from data.bareme import Bareme
from data.catalogue import format_cle, load_catalogue
from data.controle_bareme import Controle, check_bareme, format_total
from data.fichier_bareme import TAILLE_MAX, Chemin, FichierIllisibleError, read_yaml

LIGNES_MAX: Final = 200  # four times the longest barème
_COLONNES_MAX: Final = 60
_DECOMPRESSE_MAX: Final = 8 * 1024 * 1024  # bytes
_EXTENSIONS: Final = (".yaml", ".yml", ".xlsx")


@dataclass(frozen=True)
class Signalement:
    """One fault as it is shown: where it can be seen, and what to do."""

    lieu: str
    message: str


@dataclass(frozen=True)
class Essai:
    """A barème to try, or the faults that prevent it. ``total``: sum of the weights, when they can be read."""

    bareme: Bareme | None
    signalements: tuple[Signalement, ...]
    total: float | None = None


def check_lignes(lignes: Sequence[Mapping[str, object]], base: Bareme, publie: Bareme) -> Essai:
    """Check what the grid holds; places are its row numbers and headings."""
    lecture = read_lignes(lignes, base)

    def find_lieu(rang: int, champ: str) -> str:
        titre = str(lignes[rang].get("titre") or lignes[rang].get("code") or "sans nom")
        colonne = f", colonne «{INSECABLE}{CHAMPS[champ]}{INSECABLE}»" if champ else ""
        return f"Ligne {rang + 1} ({titre}){colonne}"

    total = compute_total(lignes)
    return _build_essai(lecture, publie, total, find_lieu, "Barème entier")


def _build_essai(lecture: Lecture, publie: Bareme, total: float | None, find_lieu: Any, entier: str) -> Essai:
    controle: Controle = check_bareme(lecture.brut, load_catalogue(), publie)
    par_rang: list[tuple[int, Signalement]] = [
        (rang, Signalement(find_lieu(rang, champ), message)) for rang, champ, message in lecture.problemes
    ]
    for probleme in controle.problemes:
        place = lecture.find_place(probleme.chemin)
        if place is not None:
            par_rang.append((place[0], Signalement(find_lieu(*place), probleme.message)))
        elif probleme.chemin != ("domaines",):
            par_rang.append((-1, Signalement(entier, probleme.message)))
    # The sum is read off the rows: with a weight that is not a number, there is none to speak of.
    if total is not None and abs(total - 100) > 1e-6:
        par_rang.append((-1, Signalement(entier, format_total(total))))
    signalements = tuple(s for _, s in sorted(par_rang, key=lambda x: x[0]))
    return Essai(None if signalements else controle.bareme, signalements, total)


def read_fichier(nom: str, contenu: str, publie: Bareme) -> Essai:
    """Read an uploaded file.

    Args:
        nom: its name; the extension says how to read it.
        contenu: as ``dcc.Upload`` sends it, ``data:…;base64,…``.
        publie: the barème of the type being edited.

    Returns:
        The barème, or every fault with its line (YAML) or its sheet and cell (XLSX).
    """
    court = nom[-80:]
    try:
        extension = next((e for e in _EXTENSIONS if nom.lower().endswith(e)), None)
        if extension is None:
            raise FichierIllisibleError("déposez un fichier .yaml ou .xlsx (sans macro)")
        octets = _decode(contenu)
        return _read_xlsx(octets, publie) if extension == ".xlsx" else _read_yaml(octets, publie)
    except FichierIllisibleError as erreur:
        return Essai(None, (Signalement(f"Fichier «{INSECABLE}{court}{INSECABLE}»", str(erreur)),))


def _decode(contenu: str) -> bytes:
    if len(contenu) > 2 * TAILLE_MAX:
        raise FichierIllisibleError(f"le fichier est trop gros ({TAILLE_MAX // 1024} ko au plus)")
    try:
        octets = base64.b64decode(contenu.partition(",")[2], validate=True)
    except (binascii.Error, ValueError) as erreur:
        raise FichierIllisibleError("le fichier est arrivé incomplet\u00a0: déposez-le à nouveau") from erreur
    if not octets:
        raise FichierIllisibleError("le fichier est vide")
    if len(octets) > TAILLE_MAX:
        raise FichierIllisibleError(f"le fichier est trop gros ({TAILLE_MAX // 1024} ko au plus)")
    return octets


def _format_chemin(chemin: Chemin) -> str:
    return " › ".join(str(c + 1) if isinstance(c, int) else c for c in chemin)


def _read_yaml(octets: bytes, publie: Bareme) -> Essai:
    lu = read_yaml(octets)
    controle = check_bareme(lu.brut, load_catalogue(), publie)
    signalements = []
    for probleme in controle.problemes:
        place = f", {_format_chemin(probleme.chemin)}" if probleme.chemin else ""
        signalements.append(Signalement(f"Ligne {lu.find_ligne(probleme.chemin)}{place}", probleme.message))
    total = compute_total(list_lignes(controle.bareme)) if controle.bareme else None
    return Essai(controle.bareme, tuple(signalements), total)


def _check_archive(octets: bytes) -> None:
    """Refuse, before it is opened, a workbook that is not one, that carries macros or that swells."""
    try:
        with zipfile.ZipFile(io.BytesIO(octets)) as archive:
            membres = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as erreur:
        raise FichierIllisibleError("ce n'est pas un classeur Excel (.xlsx)") from erreur
    if any("vbaproject" in m.filename.lower() for m in membres):
        raise FichierIllisibleError("le classeur contient des macros\u00a0: enregistrez-le en .xlsx sans macro")
    if sum(m.file_size for m in membres) > _DECOMPRESSE_MAX:
        raise FichierIllisibleError("le classeur est trop gros une fois décompressé\u00a0: ce n'est pas un barème")


def _load_feuilles(octets: bytes) -> dict[str, list[tuple[object, ...]]]:
    """Values of both sheets, by name."""
    _check_archive(octets)
    try:
        classeur = load_workbook(io.BytesIO(octets), read_only=True, data_only=True, keep_links=False)
        try:
            feuilles = {}
            for nom in (FEUILLE_BAREME, FEUILLE_IDENTITE):
                if nom in classeur.sheetnames:
                    lignes = classeur[nom].iter_rows(max_row=LIGNES_MAX + 2, max_col=_COLONNES_MAX, values_only=True)
                    feuilles[nom] = [tuple(ligne) for ligne in lignes]
        finally:
            classeur.close()
    except Exception as erreur:  # openpyxl raises anything on a damaged workbook
        raise FichierIllisibleError("le classeur est abîmé\u00a0: ouvrez-le dans Excel et enregistrez-le") from erreur
    for nom in (FEUILLE_BAREME, FEUILLE_IDENTITE):
        if not feuilles.get(nom):
            raise FichierIllisibleError(
                f"la feuille «{INSECABLE}{nom}{INSECABLE}» est absente ou vide\u00a0: repartez du classeur téléchargé"
            )
    return feuilles


def _read_xlsx(octets: bytes, publie: Bareme) -> Essai:
    feuilles = _load_feuilles(octets)
    identite = {str(ligne[0]).strip(): ligne[1] for ligne in feuilles[FEUILLE_IDENTITE] if len(ligne) > 1 and ligne[0]}
    code = str(identite.get(CLE_CODE) or "").strip()
    if code != publie.code:
        raise FichierIllisibleError(
            f"feuille «{INSECABLE}{FEUILLE_IDENTITE}{INSECABLE}»\u00a0: ce classeur est le barème "
            f"«{INSECABLE}{code[:80]}{INSECABLE}», la page "
            f"montre «{INSECABLE}{publie.code}{INSECABLE}». Choisissez d'abord le bon type."
        )
    entetes, *corps = feuilles[FEUILLE_BAREME]
    colonnes, fautes = _read_entetes(entetes)
    if fautes:
        return Essai(None, tuple(fautes))
    lignes: list[Ligne] = []
    rangs: list[int] = []
    for rang, cellules in enumerate(corps, start=2):
        valeurs: Any = {champ: cellules[c] if c < len(cellules) else None for champ, c in colonnes.items()}
        if any(v not in (None, "") for v in valeurs.values()):
            lignes.append(valeurs)
            rangs.append(rang)
    if len(lignes) > LIGNES_MAX:
        raise FichierIllisibleError(f"plus de {LIGNES_MAX} lignes\u00a0: ce n'est pas un barème")

    def find_lieu(rang: int, champ: str) -> str:
        lettre = get_column_letter(colonnes[champ] + 1) if champ in colonnes else ""
        quoi = f"cellule {lettre}{rangs[rang]}" if lettre else f"ligne {rangs[rang]}"
        return f"Feuille «{INSECABLE}{FEUILLE_BAREME}{INSECABLE}», {quoi}"

    feuille = f"Feuille «{INSECABLE}{FEUILLE_BAREME}{INSECABLE}»"
    return _build_essai(read_lignes(lignes, publie), publie, compute_total(lignes), find_lieu, feuille)


def _read_entetes(entetes: tuple[object, ...]) -> tuple[dict[str, int], list[Signalement]]:
    """Column of each field; a heading that is unknown, doubled or missing is a fault."""
    connus = {format_cle(titre): champ for champ, titre in CHAMPS.items()}
    colonnes: dict[str, int] = {}
    fautes = []
    for c, entete in enumerate(entetes):
        if entete is None or not str(entete).strip():
            continue
        champ = connus.get(format_cle(str(entete)))
        lieu = f"Feuille «{INSECABLE}{FEUILLE_BAREME}{INSECABLE}», cellule {get_column_letter(c + 1)}1"
        if champ is None or champ in colonnes:
            raison = "colonne inconnue" if champ is None else "colonne en double"
            fautes.append(Signalement(lieu, f"{raison} «{INSECABLE}{str(entete)[:60]}{INSECABLE}»\u00a0: retirez-la"))
            continue
        colonnes[champ] = c
    manquantes = [t for champ, t in CHAMPS.items() if champ not in colonnes and champ not in LECTURE_SEULE]
    if manquantes:
        lieu = f"Feuille «{INSECABLE}{FEUILLE_BAREME}{INSECABLE}», ligne 1"
        fautes.append(Signalement(lieu, f"colonnes absentes\u00a0: {', '.join(manquantes)}"))
    return colonnes, fautes
