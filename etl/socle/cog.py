"""Targets of the COG 2023-2027: one typed target per indicateur and year, with the cell as printed."""

from __future__ import annotations

import re

from data.catalogue import Catalogue
from data.modele import Forme, Referentiel
from data.schemas import CIBLE
from etl.socle.socle import Socle
from etl.socle.valeurs import load_nombre
from etl.sources.publie import Fichier

ANNEES = (2023, 2024, 2025, 2026, 2027)
RESEAU = "reseau"

_FORMES = {"niveau": Forme.NIVEAU, "evolution": Forme.EVOLUTION, "intervalle": Forme.INTERVALLE, "texte": Forme.TEXTE}


def load_cibles(socle: Socle, catalogue: Catalogue, typees: Fichier, imprimees: Fichier) -> None:
    """Load the 61 × 5 targets.

    ``typees`` gives the operator and the number, ``imprimees`` the cell as printed; both are keyed by n.
    A year without a target (« ND », blank) gives no row: a reject says so.
    """
    par_numero = {i.numero: i for i in catalogue.list_indicateurs(Referentiel.COG_2023_2027)}
    cellules = {ligne["n"]: ligne for ligne in imprimees.lignes}
    for ligne in typees.lignes:
        indicateur = par_numero.get(int(ligne["n"]))
        if indicateur is None:
            socle.reject(
                ligne,
                "indicateur_inconnu",
                f"L'indicateur n° {ligne['n']} de la COG n'a pas de définition.",
                "Ajoutez sa définition dans data/definitions/indicateurs/cog_2023_2027.",
                colonne="n",
                valeur=ligne["n"],
            )
            continue
        forme = _FORMES[ligne["type"].split("_")[0]]
        bornes = re.search(r"borne basse (\d+) borne haute (\d+)", ligne["reference"])
        for annee in ANNEES:
            valeur = load_nombre(ligne.get(f"v{annee}"))
            imprimee = cellules[ligne["n"]][f"c{annee}"]
            if valeur is None and forme not in {Forme.INTERVALLE, Forme.TEXTE}:
                socle.reject(
                    ligne,
                    "cible_absente",
                    f"Pas de cible {annee} : la COG imprime « {imprimee or 'rien'} ».",
                    "Rien à faire : l'absence est celle du document.",
                    colonne=f"v{annee}",
                    valeur=imprimee or None,
                )
                continue
            socle.add(
                CIBLE,
                ligne,
                {
                    "referentiel": indicateur.referentiel.value,
                    "code_indicateur": indicateur.code,
                    "type_organisme": RESEAU,
                    "annee": annee,
                    "forme": forme.value,
                    "operateur": ligne["op"],
                    "objectif": valeur,
                    "borne_basse": float(bornes[1]) if bornes else None,
                    "borne_haute": float(bornes[2]) if bornes else None,
                    "texte": imprimee,
                },
                note=ligne.get("remarque"),
            )
