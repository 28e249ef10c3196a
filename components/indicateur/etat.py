"""State of the page of an indicateur in its URL."""

from __future__ import annotations

from typing import Literal

from components.etat import CodeOrganisme, Etat
from components.indicateur.vue import Vue, find_type


class EtatIndicateur(Etat):
    """State in the URL. ``type`` empty is that of the organisme, else the largest; ``annee`` 0 is the last one."""

    organisme: CodeOrganisme | None = None
    type: str = ""
    annee: int = 0
    par: Literal["type", "region"] = "type"
    pas: Literal["annee", "mois"] = "annee"


def build_etat(vue: Vue, par: str, pas: str) -> EtatIndicateur:
    """The state of a view: only what differs from what the page would choose."""
    code, organisme = vue.indicateur.code, vue.code_mien
    return EtatIndicateur.model_validate(
        {
            "organisme": organisme,
            "type": "" if vue.type_note == find_type(code, organisme) else vue.type_note,
            "annee": 0 if vue.annee == vue.annees[-1] else vue.annee,
            "par": par,
            "pas": pas,
        }
    )
