"""Choices offered by the controls of the page « Six services de base »."""

from __future__ import annotations

from typing import Final

from components.services.definitions import RYTHMES
from components.services.etat import DEBUT, EtatServices
from components.services.serie import list_annees_reference

CHOIX_RUPTURE: Final = [
    {"value": "recalculer", "label": "Recalculer les limites après"},
    {"value": "prolonger", "label": "Prolonger les limites d'avant"},
]


def list_references(etat: EtatServices) -> list[dict[str, str]]:
    """The first periods shown, then the years that have a whole series, latest first."""
    rythme = RYTHMES[etat.pas]
    mots = "semaines affichées" if etat.pas == "semaine" else "mois affichés"
    premiers = "premières" if etat.pas == "semaine" else "premiers"
    annees = reversed(list_annees_reference(etat.organisme, etat.pas))
    return [
        {"value": DEBUT, "label": f"{rythme.reference} {premiers} {mots}"},
        *({"value": str(annee), "label": f"Année {annee}"} for annee in annees),
    ]
