"""The state of a page is its URL: read it, validate it, write back only what differs from the default.

A page declares a frozen :class:`Etat`; every field has a default. A parameter that
is unknown or invalid never breaks the page: it is ignored and a French message says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

from dash import Input, Output, clientside_callback, dcc
from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from data.catalogue import load_catalogue
from data.messages import format_raison
from data.propositions import PropositionInconnueError, PropositionsIndisponiblesError, load_proposition

E = TypeVar("E", bound="Etat")


def _check_organisme(code: str) -> str:
    if code not in load_catalogue().organisme_par_code:
        raise ValueError(f"aucun organisme ne porte le code «\u00a0{code}\u00a0».")
    return code


def _check_proposition(identifiant: str | None) -> str | None:
    if identifiant:
        try:
            load_proposition(identifiant)
        except (PropositionInconnueError, PropositionsIndisponiblesError) as erreur:
            raise ValueError(str(erreur)) from erreur
    return identifiant or None


# What several addresses carry, refused in French when nothing bears it.
CodeOrganisme = Annotated[str, AfterValidator(_check_organisme)]
CodeProposition = Annotated[str | None, AfterValidator(_check_proposition)]


class Etat(BaseModel):
    """Base of page states: immutable, every field optional in the URL."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    def format_requete(self) -> str:
        """The query string of this state: ``?organisme=011``; empty when everything is default."""
        differences = {
            nom: getattr(self, nom)
            for nom, champ in type(self).model_fields.items()
            if getattr(self, nom) != champ.get_default(call_default_factory=True)
        }
        plats = {
            nom: ",".join(map(str, valeur)) if isinstance(valeur, tuple) else str(valeur)
            for nom, valeur in differences.items()
            if valeur is not None
        }
        return f"?{urlencode(plats, safe=',')}" if plats else ""


def read_etat(modele: type[E], parametres: Mapping[str, Any]) -> tuple[E, list[str]]:
    """Validate URL parameters one by one against a page's state.

    Returns:
        The state (defaults where a parameter is wrong) and one French message per problem.
    """
    retenus: dict[str, Any] = {}
    problemes: list[str] = []
    for nom, valeur in parametres.items():
        if valeur is None:
            continue
        champ = modele.model_fields.get(nom)
        if champ is None:
            problemes.append(f"Le paramètre «\u00a0{nom}\u00a0» n'existe pas sur cette page\u00a0: il est ignoré.")
            continue
        candidat: Any = valeur
        if isinstance(champ.get_default(call_default_factory=True), tuple) and isinstance(valeur, str):
            candidat = tuple(v for v in valeur.split(",") if v)
        try:
            modele.model_validate({nom: candidat})
        except ValidationError as erreur:
            raison = format_raison(erreur.errors()[0]).rstrip(".")
            problemes.append(
                f"Valeur «\u00a0{valeur}\u00a0» refusée pour «\u00a0{nom}\u00a0»\u00a0: {raison}. La valeur par défaut "
                "est affichée."
            )
            continue
        retenus[nom] = candidat
    return modele.model_validate(retenus), problemes


def render_requete(page: str, etat: Etat) -> dcc.Store:
    """The store whose content is mirrored in the address bar (see :func:`register_requete`)."""
    return dcc.Store(id=f"{page}-requete", data=etat.format_requete())


def register_requete(page: str) -> None:
    """Mirror the page's store in the address bar without reloading anything."""
    clientside_callback(
        "function(requete) { return window.parangon.ecrire_requete(requete); }",
        Output(f"{page}-requete", "id"),
        Input(f"{page}-requete", "data"),
        prevent_initial_call=True,
    )
