"""State of the page « Six services de base » in its URL."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import StringConstraints

from components.etat import CodeOrganisme, Etat
from components.services.serie import list_annees_reference

DEBUT = "debut"  # the reference is the first periods shown


class EtatServices(Etat):
    """One organisme or the network; the pace; the reference of the limits; what a declared break does to them."""

    organisme: CodeOrganisme | None = None
    pas: Literal["mois", "semaine"] = "mois"
    reference: Annotated[str, StringConstraints(pattern=r"^(debut|(19|20)[0-9]{2})$")] = DEBUT
    rupture: Literal["recalculer", "prolonger"] = "recalculer"

    @property
    def annee(self) -> int | None:
        """Year of reference, None for the first periods shown."""
        return None if self.reference == DEBUT else int(self.reference)


def check_reference(etat: EtatServices) -> tuple[EtatServices, str | None]:
    """The state with a reference that exists for its organisme and pace, and a French message when it changed."""
    annees = list_annees_reference(etat.organisme, etat.pas)
    if etat.annee is None or etat.annee in annees:
        return etat, None
    rythme = "hebdomadaire" if etat.pas == "semaine" else "mensuelle"
    connues = f"\u00a0: {', '.join(map(str, annees))}" if annees else ""
    return (
        etat.model_copy(update={"reference": DEBUT}),
        f"L'année {etat.annee} n'a pas de série {rythme} complète pour servir de référence{connues}. Les premières "
        "périodes affichées la remplacent.",
    )
