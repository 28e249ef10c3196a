"""State of the page « Comparer », all of it in the URL."""

from __future__ import annotations

from typing import Literal

from pydantic import field_validator

from components.etat import CodeOrganisme
from components.pairs import EtatPairs, OuiNon
from data.requetes.comparaison import list_indicateurs_compares
from data.requetes.pairs import list_variables

Vue = Literal["classement", "distribution", "entonnoir", "temps", "face-a-face", "nuage", "pairs"]


class EtatComparer(EtatPairs):
    """Who, against whom, on what, and how it is shown.

    ``types``: « ensemble » ranks every type together. ``pair``: the other organisme of « face-a-face » and « pairs ».
    ``limites``: of the funnel. ``abscisse``: of the scatter, an indicateur or a context variable.
    """

    indicateur: str = "taux_reussite_local"
    vue: Vue = "classement"
    types: Literal["separes", "ensemble"] = "separes"
    pair: CodeOrganisme | None = None
    limites: Literal["ajustees", "brutes"] = "ajustees"
    abscisse: str = "ctx_etp"
    logarithme: OuiNon = "oui"

    @field_validator("indicateur")
    @classmethod
    def _check_indicateur(cls, code: str) -> str:
        if code not in list_indicateurs_compares()["code_indicateur"]:
            raise ValueError(f"l'indicateur «\u00a0{code}\u00a0» n'a pas de valeur par organisme.")
        return code

    @field_validator("abscisse")
    @classmethod
    def _check_abscisse(cls, code: str) -> str:
        connus = {*list_indicateurs_compares()["code_indicateur"], *list_variables()["code_indicateur"]}
        if code not in connus:
            raise ValueError(f"«\u00a0{code}\u00a0» n'est ni un indicateur ni une variable de contexte connus.")
        return code
