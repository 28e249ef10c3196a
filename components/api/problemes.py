"""What the API answers when it cannot answer: « problem details » (RFC 9457), in French.

Every mistake of a request is said at once: which parameter, what was received, what is possible, what is nearest.
"""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus

import orjson
from flask import Response, request
from pydantic import BaseModel, ConfigDict, Field

TYPE_MIME = "application/problem+json"


class Erreur(BaseModel):
    """One parameter that cannot be used."""

    model_config = ConfigDict(title="Erreur")

    parametre: str = Field(description="Nom du paramètre de l'adresse.")
    recu: str = Field(description="Valeur reçue.")
    detail: str = Field(description="Ce qui ne va pas et ce qui est attendu.")
    valeurs_possibles: list[str] = Field(default=[], description="Toutes les valeurs admises, si la liste est courte.")
    suggestions: list[str] = Field(default=[], description="Les valeurs admises les plus proches de la valeur reçue.")


class Probleme(BaseModel):
    """Answer to a request that cannot be served (RFC 9457)."""

    model_config = ConfigDict(title="Probleme")

    type: str = Field(default="about:blank", description="Nature du problème (RFC 9457).")
    title: str = Field(description="Le problème en quelques mots.")
    status: int = Field(description="Code HTTP.")
    detail: str = Field(description="Ce qui s'est passé et comment y remédier.")
    instance: str = Field(description="Adresse demandée.")
    erreurs: list[Erreur] = Field(default=[], description="Les paramètres en cause, un par un.")


class ParametreInvalideError(ValueError):
    """Parameters of a request that cannot be used, all at once."""

    def __init__(self, erreurs: Sequence[Erreur]) -> None:
        self.erreurs = tuple(erreurs)
        super().__init__(format_detail(self.erreurs))


def format_detail(erreurs: Sequence[Erreur]) -> str:
    """All the mistakes in one text, « parametre : what »."""
    return " ".join(f"«\u00a0{erreur.parametre}\u00a0»\u00a0: {erreur.detail}" for erreur in erreurs)


def build_probleme(
    statut: HTTPStatus, titre: str, detail: str, erreurs: Sequence[Erreur] = (), **entetes: str
) -> Response:
    """The HTTP answer. ``entetes`` are headers, « Retry_After » for ``Retry-After``."""
    probleme = Probleme(
        title=titre, status=statut.value, detail=detail, instance=request.path, erreurs=list(erreurs)
    ).model_dump()
    if not erreurs:
        del probleme["erreurs"]
    reponse = Response(orjson.dumps(probleme), status=statut.value, content_type=TYPE_MIME)
    reponse.cache_control.no_store = True
    for nom, valeur in entetes.items():
        reponse.headers[nom.replace("_", "-")] = valeur
    return reponse


def build_parametres_invalides(erreurs: Sequence[Erreur]) -> Response:
    """400: the parameters cannot be used."""
    titre = "Paramètre invalide" if len(erreurs) == 1 else "Paramètres invalides"
    return build_probleme(HTTPStatus.BAD_REQUEST, titre, format_detail(erreurs), erreurs)
