"""The group a caisse is compared to beside the network: its région, or the caisses of its size."""

from __future__ import annotations

from dataclasses import dataclass

from components.figures.formats import format_pluriel
from components.pairs import build_groupe
from components.textes.delais_caisse import (
    GROUPES,
    CodeGroupe,
    format_composition,
    format_sans_caisse,
    format_seule,
)
from data.magasin import memorise
from data.requetes.delais_cube import list_caisses


@dataclass(frozen=True)
class GroupeIJ:
    """Caisses added up file by file.

    ``codes`` are the members, the caisse included, empty when there is no group; ``court`` names it on a chart (« sa
    région (12 caisses) ») and ``mot`` does in one word; ``notes`` say who is in it, or why there is none.
    """

    codes: tuple[str, ...] = ()
    court: str = ""
    mot: str = ""
    notes: tuple[str, ...] = ()


@memorise
def load_groupe(organisme: str | None, choix: CodeGroupe) -> GroupeIJ:
    """The group of a caisse; without codes when the network is asked for, or when there is none."""
    if choix == "reseau":
        return GroupeIJ()
    if organisme is None:
        return GroupeIJ(notes=(format_sans_caisse(choix),))
    suivies = list_caisses()
    groupe = build_groupe(organisme, choix)
    codes = tuple(code for code in groupe.codes if code in set(suivies["code_organisme"]))
    if len(codes) < 2:
        return GroupeIJ(notes=(format_seule(suivies.filter(code_organisme=organisme)["nom"].item(), choix),))
    nom = GROUPES[choix]
    court = f"{nom[0].lower()}{nom[1:]} ({format_pluriel(len(codes), 'caisse')})"
    composition = format_composition(court, groupe.format_effectif(len(codes)), groupe.precision)
    return GroupeIJ(codes, court, nom.split(" ")[-1], (composition,))
