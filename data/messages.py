"""Validation errors in French: what is wrong and what is expected."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_RAISONS: dict[str, str] = {
    "extra_forbidden": "clé inconnue, à retirer ou à corriger",
    "missing": "clé obligatoire absente",
    "string_type": "un texte est attendu",
    "string_too_short": "texte trop court (au moins {min_length} caractères)",
    "string_too_long": "texte trop long (au plus {max_length} caractères)",
    "string_pattern_mismatch": "forme inattendue (modèle {pattern})",
    "int_type": "un nombre entier est attendu",
    "int_parsing": "un nombre entier est attendu",
    "int_from_float": "un nombre entier est attendu",
    "float_type": "un nombre est attendu",
    "float_parsing": "un nombre est attendu",
    "bool_type": "oui ou non (true ou false) est attendu",
    "bool_parsing": "oui ou non (true ou false) est attendu",
    "list_type": "une liste est attendue",
    "dict_type": "un objet (clé : valeur) est attendu",
    "model_type": "un objet (clé : valeur) est attendu",
    "date_type": "une date AAAA-MM-JJ est attendue",
    "date_parsing": "une date AAAA-MM-JJ est attendue",
    "date_from_datetime_parsing": "une date AAAA-MM-JJ est attendue",
    "too_short": "au moins {min_length} élément(s) attendu(s)",
    "greater_than_equal": "doit être au moins {ge}",
    "greater_than": "doit être plus grand que {gt}",
    "less_than_equal": "doit être au plus {le}",
    "less_than": "doit être plus petit que {lt}",
    "finite_number": "un nombre fini est attendu",
    "tuple_type": "une liste est attendue",
}


def format_raison(erreur: ErrorDetails) -> str:
    """The reason of one pydantic error, in French; our own messages pass through unchanged."""
    contexte = {cle: f"{x:g}" if isinstance(x, float) else x for cle, x in erreur.get("ctx", {}).items()}
    if erreur["type"] in {"literal_error", "enum"}:
        choix = re.sub(r"'([^']*)'", "«\u00a0\\1\u00a0»", str(contexte["expected"]).replace(" or ", " ou "))
        return f"valeurs possibles\u00a0: {choix}"
    modele = _RAISONS.get(erreur["type"])
    if modele is not None:
        return modele.format(**contexte)
    return erreur["msg"].removeprefix("Value error, ")
