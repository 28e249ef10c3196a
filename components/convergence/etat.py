"""State of the page « Convergence », all of it in the URL."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from components.etat import CodeOrganisme, Etat
from data.requetes.convergence import list_suivis

PLAFOND_MAX = 30  # %


class EtatConvergence(Etat):
    """The type followed, the indicateur detailed, the organisme marked, the cap of the simulated effort (%)."""

    type: str = "CPAM"
    indicateur: str | None = None
    organisme: CodeOrganisme | None = None
    plafond: Annotated[int, Field(ge=1, le=PLAFOND_MAX)] = 10

    @field_validator("type")
    @classmethod
    def _check_type(cls, type_note: str) -> str:
        types = list_suivis()["type_note"].unique(maintain_order=True).to_list()
        if type_note not in types:
            raise ValueError(f"seuls les types {', '.join(types)} ont assez d'organismes suivis plusieurs années.")
        return type_note

    @field_validator("indicateur")
    @classmethod
    def _check_indicateur(cls, code: str | None) -> str | None:
        if code is not None and code not in list_suivis()["code_indicateur"]:
            raise ValueError(f"l'indicateur «\u00a0{code}\u00a0» n'est pas suivi plusieurs années par organisme.")
        return code


def list_indicateurs(type_note: str) -> list[dict[str, str]]:
    """Options of the indicateurs a type can be followed on, in order."""
    suivis = list_suivis().filter(type_note=type_note)
    return [
        {"value": code, "label": f"{titre} · {premiere}-{derniere}"}
        for code, titre, premiere, derniere in suivis.select(
            "code_indicateur", "titre_court", "premiere", "derniere"
        ).iter_rows()
    ]


def get_indicateur(etat: EtatConvergence) -> str:
    """The indicateur detailed: the one asked for when the type holds it, else the first of the type."""
    codes = [option["value"] for option in list_indicateurs(etat.type)]
    return etat.indicateur if etat.indicateur in codes else codes[0]
