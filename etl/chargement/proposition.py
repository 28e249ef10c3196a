"""Propose a mapping for a file no source describes: each column is recognised by what it holds, with a confidence.

A proposal is text (YAML) for the steward to complete and keep in ``definitions/sources``; a complete one can be used at
once when the steward accepts it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
import yaml
from pydantic import ValidationError

from data.catalogue import Catalogue, IndicateurInconnuError, format_cle
from data.modele import Maille, Referentiel, TypeOrganisme
from data.source import SourceFichier
from etl.chargement.cellules import Decimale, ValeurIndecidableError, find_statut, format_repli, parse_cellule
from etl.chargement.entites import NIVEAUX, Annuaire, EntiteInconnueError
from etl.chargement.lecture.feuille import MOTIF, RANG, Feuille
from etl.chargement.periodes import is_periode

ECHANTILLON = 400
SEUIL = 0.6
A_COMPLETER = "À COMPLÉTER"
_NOMS_DE_ROLE = {
    "numerateur": ("numerateur", "num"),
    "denominateur": ("denominateur", "den", "effectif"),
    "segment": ("segment", "canal", "regime", "population"),
    "note": ("note", "notes", "commentaire", "remarque", "observation"),
    "unite": ("unite",),
    "type_organisme": ("type", "type organisme", "type d organisme"),
    "mois": ("mois",),
    "annee": ("annee", "exercice"),
}
# Where the contents do not decide, the header does: what it then holds wrongly is refused row by row.
_NOMS_DE_REPLI = {
    "indicateur": ("indicateur", "code indicateur", "libelle indicateur"),
    "periode": ("periode", "date"),
    "valeur": ("valeur", "resultat", "taux", "montant", "nombre"),
}


@dataclass(frozen=True)
class Proposition:
    """A guessed mapping. ``source`` is None while something essential is missing (see ``a_completer``)."""

    yaml: str
    confiance: float
    a_completer: tuple[str, ...]
    raisons: tuple[str, ...]
    source: SourceFichier | None = field(default=None)


def propose_source(nom: str, feuilles: tuple[Feuille, ...], catalogue: Catalogue, annuaire: Annuaire) -> Proposition:
    """Guess the mapping of the largest sheet of a file."""
    feuille = max(feuilles, key=lambda f: f.frame.height)
    colonnes = {c: _sample(feuille.frame, c) for c in feuille.colonnes if c != MOTIF}
    roles: dict[str, str] = {}
    constantes: dict[str, str] = {}
    parts: list[float] = []
    raisons: list[str] = []
    manque: list[str] = []
    a_preciser: list[str] = []

    def take(role: str, mesure: Callable[[list[str]], float], verbe: str) -> bool:
        notes = [(mesure(v), c) for c, v in colonnes.items() if c not in roles.values() and v]
        part, colonne = max(notes, default=(0.0, ""), key=lambda n: n[0])
        raison = f"{part:.0%} des textes {verbe}".replace("%", " %")
        if part < SEUIL:
            nommees = (c for _, c in notes if format_cle(c) in _NOMS_DE_REPLI[role])
            if (nommee := next(nommees, None)) is None:
                return False
            part, colonne, raison = SEUIL, nommee, "d'après son nom"
        roles[role] = colonne
        parts.append(part)
        raisons.append(f"{role} : « {colonne} », {raison}")
        return True

    for role, noms in _NOMS_DE_ROLE.items():
        # « Mois » full of « 2023-01 » is the whole period, not the month of a year.
        trouvee = next(
            (
                c
                for c, textes in colonnes.items()
                if format_cle(c) in noms
                and c not in roles.values()
                and not (role == "mois" and _share(textes, is_periode) >= SEUIL)
            ),
            None,
        )
        if trouvee is not None:
            roles[role] = trouvee
    maille, part_entite, colonne_entite = _find_entites(colonnes, roles, annuaire)
    if colonne_entite is not None:
        roles["organisme"] = colonne_entite
        parts.append(part_entite)
        raisons.append(
            f"organisme : « {colonne_entite} », {part_entite:.0%} reconnus ({NIVEAUX[maille]})".replace("%", " %")
        )
    else:
        manque.append("organisme : aucune colonne d'organismes ou de territoires reconnue")
    referentiel = _find_referentiel(colonnes, roles, catalogue)
    larges_periodes = [c for c in colonnes if c not in roles.values() and _is_periode_entete(c)]
    larges_indicateurs = [c for c in colonnes if c not in roles.values() and _find_indicateur(c, catalogue)]
    if len(larges_periodes) >= 2:
        disposition = "periodes"
        raisons.append(f"{len(larges_periodes)} colonnes portent une période en en-tête")
    elif larges_indicateurs:
        disposition = "indicateurs"
        referentiel = _find_indicateur(larges_indicateurs[0], catalogue) or referentiel
        raisons.append(f"{len(larges_indicateurs)} colonnes portent un indicateur en en-tête")
    else:
        disposition = "longue"
    if disposition != "indicateurs" and not take(
        "indicateur", lambda v: _share(v, lambda t: _find_indicateur(t, catalogue) is not None), "sont des indicateurs"
    ):
        manque.append("indicateur : aucune colonne reconnue ; mettez le code dans « constantes »")
        constantes["indicateur"] = A_COMPLETER
    if (
        disposition != "periodes"
        and "annee" not in roles
        and not take("periode", lambda v: _share(v, is_periode), "sont des périodes")
    ):
        a_preciser.append("periode")
        raisons.append("periode : aucune colonne reconnue ; à donner à chaque chargement")
    if "annee" in roles and "mois" not in roles:
        roles["periode"] = roles.pop("annee")
    avec_valeur = disposition != "longue" or take("valeur", _share_nombres, "sont des valeurs")
    if not avec_valeur and "numerateur" not in roles:
        manque.append("valeur : aucune colonne de nombres reconnue")
    if "mois" in roles and "annee" not in roles:
        roles.pop("mois")
    prises = set(roles.values()) | set(larges_periodes if disposition == "periodes" else larges_indicateurs)
    brut: dict[str, Any] = {
        "code": _build_code(nom),
        "titre": f"Fichier {nom}",
        "titre_court": nom[:40],
        "producteur": A_COMPLETER,
        "description": f"Proposition établie sur le fichier {nom}.",
        "referentiel": (referentiel or Referentiel.INTERESSEMENT).value,
        "fichiers": [re.sub(r"\d{2,}", "*", nom)],
        "decimale": _find_decimale(colonnes).value,
        "disposition": disposition,
        "colonnes": roles,
        "mailles": [maille.value],
    }
    mesure = _find_mesure(roles.get("valeur", ""))
    if mesure is not None:
        brut["mesure"] = mesure
        raisons.append(f"mesure : {mesure}, d'après le nom de la colonne « {roles['valeur']} »")
    if mesure == "poids":
        brut["controles"] = {"poids": {"total": 100, "tolerance": 0.15}}
    if len(feuilles) > 1 and feuille.nom:
        brut["feuilles"] = [feuille.nom]
    if constantes:
        brut["constantes"] = constantes
    if a_preciser:
        brut["a_preciser"] = a_preciser
    if restantes := [c for c in colonnes if c not in prises]:
        brut["ignorees"] = restantes
        raisons.append(f"colonnes non reconnues, à vérifier : {', '.join(restantes)}")
    source = None
    if not manque:
        try:
            source = SourceFichier.model_validate(brut)
        except ValidationError as erreur:
            manque.append(erreur.errors()[0]["msg"])
    texte = yaml.safe_dump(brut, allow_unicode=True, sort_keys=False, width=110)
    confiance = round(min(parts), 2) if parts and not manque else 0.0
    return Proposition(texte, confiance, tuple(manque), tuple(raisons), source)


def _find_mesure(entete: str) -> str | None:
    """What a column of values measures when its header says it is no result: weights, rates of success."""
    cle = format_cle(entete)
    if cle.split()[:1] in (["poids"], ["ponderation"]):
        return "poids"
    return "taux_reussite" if cle.startswith(("taux reussite", "taux de reussite")) else None


def _sample(frame: pl.DataFrame, colonne: str) -> list[str]:
    """Distinct filled texts of the first rows of a column."""
    assert colonne != RANG  # noqa: S101 - the rank is not a column of the file
    textes = frame[colonne].head(5 * ECHANTILLON).str.strip_chars().unique(maintain_order=True)
    return [t for t in textes.to_list() if t][:ECHANTILLON]


def _share(textes: list[str], test: Callable[[str], bool]) -> float:
    return sum(map(test, textes)) / len(textes) if textes else 0.0


def _find_entites(
    colonnes: dict[str, list[str]], roles: dict[str, str], annuaire: Annuaire
) -> tuple[Maille, float, str | None]:
    """The column and the level that resolve best; a code column wins over its label on a tie."""
    notes: list[tuple[float, int, Maille, str]] = []
    for ordre, maille in enumerate((Maille.ORGANISME, Maille.DEPARTEMENT, Maille.REGION, Maille.COMMUNE)):
        for colonne, textes in colonnes.items():
            if colonne in roles.values() or _share(textes, is_periode) == 1:
                continue
            part = _share(textes, lambda t, m=maille: _is_entite(t, m, annuaire))  # type: ignore[misc]
            # « Ain » is a caisse and a département: the header decides, else organismes come first.
            nomme = format_cle(maille.value) in format_cle(colonne) or (
                maille is Maille.ORGANISME and bool({"caisse", "organisme", "cpam"} & set(format_cle(colonne).split()))
            )
            if textes:
                notes.append((part + 0.2 * nomme * (part > 0), -ordre, maille, colonne))
    note, _, maille, colonne = max(notes, default=(0.0, 0, Maille.ORGANISME, ""), key=lambda n: n[:2])
    part = min(1.0, note)
    return (maille, part, colonne) if part >= SEUIL else (Maille.ORGANISME, 0.0, None)


def _is_entite(texte: str, maille: Maille, annuaire: Annuaire) -> bool:
    try:
        annuaire.find(texte, [maille], suggerer=False)
    except EntiteInconnueError as erreur:
        return erreur.regle == "zero_initial_perdu"
    return True


def _find_indicateur(texte: str, catalogue: Catalogue) -> Referentiel | None:
    for partie in texte.split(" / "):
        if partie in catalogue.indicateur_par_code:
            return catalogue.indicateur_par_code[partie].referentiel
        for referentiel in Referentiel:
            try:
                return catalogue.find_indicateur(partie, referentiel).referentiel
            except IndicateurInconnuError:
                continue
    return None


def _find_referentiel(
    colonnes: dict[str, list[str]], roles: dict[str, str], catalogue: Catalogue
) -> Referentiel | None:
    trouves = Counter(
        referentiel
        for colonne, textes in colonnes.items()
        if colonne not in roles.values()
        for texte in textes[:60]
        if (referentiel := _find_indicateur(texte, catalogue)) is not None
    )
    return trouves.most_common(1)[0][0] if trouves else None


def _is_periode_entete(entete: str) -> bool:
    return any(is_periode(partie) for partie in entete.split(" / "))


def _share_nombres(textes: list[str]) -> float:
    return _share(textes, lambda t: find_statut(t) is not None or _is_nombre(t))


def _is_nombre(texte: str) -> bool:
    if texte.upper() in set(TypeOrganisme):
        return False
    for decimale in Decimale:
        try:
            parse_cellule(texte, decimale)
        except ValeurIndecidableError:
            continue
        return True
    return False


def _find_decimale(colonnes: dict[str, list[str]]) -> Decimale:
    """« 85.21 » and no comma show that « 61.879 » is a decimal too; without such a proof nothing is declared."""
    textes = [t for valeurs in colonnes.values() for t in valeurs]
    points = any(re.fullmatch(r"[+-]?\d+\.(?:\d{1,2}|\d{4,})\s*%?", t) for t in textes)
    virgules = any(re.fullmatch(r"[+-]?[\d\s]*\d,\d+\s*%?", t) for t in textes)
    return Decimale.POINT if points and not virgules else Decimale.AUTO


def _build_code(nom: str) -> str:
    mots = re.sub(r"[^a-z0-9]+", "_", format_repli(Path(nom).stem)).strip("_")
    mots = re.sub(r"_?\d{2,}", "", mots) or "fichier"
    return (mots if mots[0].isalpha() else f"fichier_{mots}")[:60].ljust(3, "x")
