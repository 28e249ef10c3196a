"""A file that describes organismes and holds no result: compare each row with the organismes of the network."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from data.catalogue import Catalogue
from data.modele import Organisme, TypeOrganisme
from data.source import Role, SourceFichier
from etl.chargement.agregats import format_codes
from etl.chargement.anomalies import Anomalies
from etl.chargement.entites import Annuaire, EntiteInconnueError


@dataclass(frozen=True)
class Comparaison:
    """How a list agrees with the organismes of the network. ``absents``: codes of the same types it does not give."""

    lignes: int
    accords: int
    differences: int
    inconnus: int
    absents: tuple[str, ...]

    def describe(self) -> dict[str, Any]:
        """As JSON-ready values."""
        return asdict(self)


def compare_organismes(
    long: pl.DataFrame, source: SourceFichier, annuaire: Annuaire, anomalies: Anomalies
) -> Comparaison:
    """Compare code, type, département and région of each row; every difference is said with its row."""
    catalogue = annuaire.catalogue
    vus: list[Organisme] = []
    accords = differences = inconnus = 0
    for ligne in long.to_dicts():
        texte = (ligne["organisme"] or "").strip()
        ou = {"feuille": ligne["feuille"], "rang": ligne["rang"]}
        organisme = catalogue.organisme_par_code.get(texte)
        if organisme is None:
            inconnus += 1
            motif = _explain_inconnu(texte, annuaire, source)
            anomalies.add("referentiel_inconnu", motif, colonne=source.colonnes.get("organisme"), valeur=texte, **ou)
            continue
        vus.append(organisme)
        ecarts = list(_list_ecarts(ligne, organisme, source))
        accords += not ecarts
        differences += bool(ecarts)
        for role, lu, attendu in ecarts:
            anomalies.add(
                "referentiel_different",
                f"{organisme.nom} ({organisme.code}) : le fichier dit « {lu} », nous « {attendu} »",
                colonne=source.colonnes.get(role),
                valeur=lu,
                **ou,
            )
    absents = _list_absents(vus, catalogue)
    if absents:
        anomalies.add(
            "referentiel_absent",
            f"{len(absents)} organisme(s) des mêmes types ne sont pas dans le fichier : {format_codes(list(absents))}",
        )
    return Comparaison(long.height, accords, differences, inconnus, absents)


def _explain_inconnu(texte: str, annuaire: Annuaire, source: SourceFichier) -> str:
    try:
        trouve = annuaire.find(texte, source.mailles)
    except EntiteInconnueError as erreur:
        return erreur.motif
    return f"« {texte} » n'est pas un code ; c'est un nom de l'organisme {trouve.code}"


def _list_ecarts(ligne: dict[str, Any], organisme: Organisme, source: SourceFichier) -> list[tuple[Role, str, str]]:
    """(role, what the file says, what we say) of each disagreement; a blank cell says nothing."""
    attendus: dict[Role, set[str]] = {
        "type_organisme": {str(organisme.type)},
        "departement": set(organisme.departements),
        "region": set(organisme.regions or []),
    }
    ecarts: list[tuple[Role, str, str]] = []
    for role, notres in attendus.items():
        lu = (ligne.get(role) or "").strip()
        if role in source.colonnes and lu and lu.upper() not in notres:
            ecarts.append((role, lu, ", ".join(sorted(notres)) or "aucun"))
    return ecarts


def _list_absents(vus: list[Organisme], catalogue: Catalogue) -> tuple[str, ...]:
    types: set[TypeOrganisme] = {o.type for o in vus}
    codes = {o.code for o in vus}
    return tuple(o.code for o in catalogue.organismes if o.type in types and o.code not in codes)
