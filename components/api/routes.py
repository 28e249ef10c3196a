"""The routes of the read API: six lists, one way to answer."""

from __future__ import annotations

import hashlib
import logging
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlencode

import orjson
from flask import Response, request
from flask_openapi3 import APIBlueprint, Tag

from components.api.formats import export_csv_flux, export_json, export_parquet
from components.api.parametres import (
    FormatSortie,
    Parametres,
    ParametresChargements,
    ParametresIndicateurs,
    ParametresOrganismes,
    ParametresResultats,
    ParametresScores,
    ParametresSources,
)
from components.api.problemes import (
    TYPE_MIME,
    Erreur,
    ParametreInvalideError,
    build_parametres_invalides,
    build_probleme,
)
from components.api.reponses import (
    Entete,
    LigneChargement,
    LigneIndicateur,
    LigneOrganisme,
    LigneResultat,
    LigneScore,
    LigneSource,
    Page,
)
from components.contenu import MENTION_SIMULEE
from data.magasin import BaseIndisponibleError
from data.requetes.api import (
    Extrait,
    list_chargements_api,
    list_indicateurs_api,
    list_mailles_resultats,
    list_organismes_api,
    list_resultats_api,
    list_scores_api,
    list_sources_api,
)
from data.requetes.publication import get_publication
from data.version import VERSION

journal = logging.getLogger("parangon")

PREFIXE: Final = "/api/v1"
_CSV: Final = "text/csv; charset=utf-8"
_PARQUET: Final = "application/vnd.apache.parquet"


@dataclass(frozen=True)
class Liste:
    """One list of the API.

    ``nom`` is the end of its address; ``requete`` reads a page, given the filters, the limit and the offset;
    ``conseiller`` says where to look when nothing matches.
    """

    nom: str
    resume: str
    description: str
    parametres: type[Parametres]
    page: type[Entete]
    requete: Callable[[Mapping[str, list[Any]], int, int], Extrait]
    conseiller: Callable[[Parametres], str | None] | None = None


def _build_reponse_probleme(description: str) -> dict[str, Any]:
    """OpenAPI description of an answer that is a problem."""
    schema = {"$ref": "#/components/schemas/Probleme"}
    return {"description": description, "content": {TYPE_MIME: {"schema": schema}}}


api = APIBlueprint(
    "api",
    __name__,
    url_prefix=PREFIXE,
    abp_tags=[Tag(name="lecture", description="Lecture seule des données publiées.")],
    abp_responses={
        "304": {"description": "Rien n'a changé depuis l'ETag envoyé dans If-None-Match."},
        "400": _build_reponse_probleme("Paramètre invalide ; tous sont dits à la fois."),
        "405": _build_reponse_probleme("L'API ne fait que lire : GET et HEAD."),
        "503": _build_reponse_probleme("Aucune donnée n'est publiée."),
    },
)


def _compute_etag(version: str, parametres: Parametres) -> str:
    """Same data version, same application, same request: same bytes."""
    demande = orjson.dumps(parametres.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS)
    graine = b"\n".join([version.encode(), VERSION.encode(), request.path.encode(), demande])
    return hashlib.sha256(graine).hexdigest()[:32]


def _check_repetitions(parametres: Parametres) -> None:
    """A parameter that holds one value is given once.

    Raises:
        ParametreInvalideError: one is given several times.
    """
    erreurs = [
        Erreur(parametre=nom, recu=", ".join(recus), detail="donné plusieurs fois, une seule valeur est attendue.")
        for nom, recus in request.args.lists()
        if len(recus) > 1 and not isinstance(getattr(parametres, nom), list)
    ]
    if erreurs:
        raise ParametreInvalideError(erreurs)


def _format_liens(page: int, pages: int) -> str:
    """The Link header (RFC 8288), relative to the server."""
    cibles = {"first": 1, "prev": page - 1, "next": page + 1, "last": pages}
    arguments = [(nom, valeur) for nom, valeur in request.args.items(multi=True) if nom != "page"]
    return ", ".join(
        f'<{request.path}?{urlencode([*arguments, ("page", numero)])}>; rel="{relation}"'
        for relation, numero in cibles.items()
        if 1 <= numero <= pages
    )


def _build_entete(parametres: Parametres, extrait: Extrait, conseil: str | None) -> dict[str, Any]:
    return {
        "version_donnees": extrait.version,
        "total": extrait.total,
        "page": parametres.page,
        "pages": max(1, math.ceil(extrait.total / parametres.limite)),
        "par_page": parametres.limite,
        "filtres": parametres.list_filtres(),
        "lignes_simulees": extrait.simulees,
        "mention": MENTION_SIMULEE if extrait.simulees else None,
        "conseil": conseil,
    }


def _build_corps(parametres: Parametres, extrait: Extrait, entete: dict[str, Any]) -> Response:
    """The rows in the format asked for. A file with simulated rows says so in its name."""
    match parametres.format:
        case FormatSortie.JSON:
            return Response(export_json(entete, extrait.lignes), content_type="application/json")
        case FormatSortie.CSV | FormatSortie.CSV_FR:
            flux = export_csv_flux(extrait.lignes, francais=parametres.format is FormatSortie.CSV_FR)
            reponse = Response(flux, content_type=_CSV)
            extension = "csv"
        case FormatSortie.PARQUET:
            metadonnees = {nom: str(valeur) for nom, valeur in entete.items() if valeur is not None}
            reponse = Response(export_parquet(extrait.lignes, metadonnees), content_type=_PARQUET)
            extension = "parquet"
    liste = request.path.rsplit("/", 1)[-1]
    marque = "-donnees-simulees" if extrait.simulees else ""
    fichier = f"parangon-{liste}-{extrait.version}{marque}.{extension}"
    reponse.headers["Content-Disposition"] = f'attachment; filename="{fichier}"'
    return reponse


def _send(parametres: Parametres, liste: Liste) -> Response:
    """Answer one list: 304 when the caller already has this page of this data version, the page otherwise."""
    _check_repetitions(parametres)
    version = get_publication().version
    if request.if_none_match.contains_weak(_compute_etag(version, parametres)):
        reponse = Response(status=HTTPStatus.NOT_MODIFIED)
    else:
        extrait = liste.requete(parametres.list_filtres(), parametres.limite, (parametres.page - 1) * parametres.limite)
        version = extrait.version
        conseil = liste.conseiller(parametres) if liste.conseiller is not None and not extrait.total else None
        entete = _build_entete(parametres, extrait, conseil)
        reponse = _build_corps(parametres, extrait, entete)
        reponse.headers["X-Total-Count"] = str(extrait.total)
        reponse.headers["Link"] = _format_liens(parametres.page, entete["pages"])
    # Weak: compressed or not, the same rows.
    reponse.set_etag(_compute_etag(version, parametres), weak=True)
    reponse.cache_control.no_cache = True
    return reponse


def _format_conseil(parametres: Parametres) -> str | None:
    """Where the facts of an empty selection are: « aucun résultat annuel » is often a monthly indicateur."""
    filtres = {nom: v for nom, v in parametres.list_filtres().items() if nom not in {"maille", "granularite"}}
    ailleurs = list_mailles_resultats(filtres)
    if ailleurs.is_empty():
        return "Aucun résultat, quelles que soient la maille et la granularité\u00a0: élargissez les autres filtres."
    lieux = ", ".join(f"maille={m}&granularite={g} ({n})" for m, g, n in ailleurs.iter_rows())
    return f"Rien à cette maille et cette granularité. Il y a des résultats avec\u00a0: {lieux}."


def _add_route(liste: Liste) -> None:
    """Serve one list at its address."""

    def answer(query: Parametres) -> Response:
        return _send(query, liste)

    # The library reads the model of the parameters in the annotation, and names the operation after the function.
    answer.__name__ = f"get_{liste.nom}"
    answer.__annotations__["query"] = liste.parametres
    publier = api.get(
        f"/{liste.nom}", summary=liste.resume, description=liste.description, responses={"200": liste.page}
    )
    publier(answer)


for _liste in (
    Liste(
        nom="organismes",
        resume="Les organismes du réseau",
        description="Une ligne par organisme, dans l'ordre du réseau.",
        parametres=ParametresOrganismes,
        page=Page[LigneOrganisme],
        requete=list_organismes_api,
    ),
    Liste(
        nom="indicateurs",
        resume="Les indicateurs",
        description="Une ligne par indicateur, avec le nombre de résultats disponibles.",
        parametres=ParametresIndicateurs,
        page=Page[LigneIndicateur],
        requete=list_indicateurs_api,
    ),
    Liste(
        nom="resultats",
        resume="Les résultats",
        description="Une ligne par fait. Sans maille ni granularite, les résultats annuels des organismes.",
        parametres=ParametresResultats,
        page=Page[LigneResultat],
        requete=list_resultats_api,
        conseiller=_format_conseil,
    ),
    Liste(
        nom="scores",
        resume="Les taux de réussite de l'intéressement",
        description="Quatre niveaux : organisme, type, domaine, indicateur.",
        parametres=ParametresScores,
        page=Page[LigneScore],
        requete=list_scores_api,
    ),
    Liste(
        nom="sources",
        resume="Les documents dont viennent les chiffres",
        description="Une ligne par document ; « simulation » est le simulateur.",
        parametres=ParametresSources,
        page=Page[LigneSource],
        requete=list_sources_api,
    ),
    Liste(
        nom="chargements",
        resume="Les chargements",
        description="Une ligne par fichier chargé, puis par fichier livré avec l'application, avec ses rejets.",
        parametres=ParametresChargements,
        page=Page[LigneChargement],
        requete=list_chargements_api,
    ),
):
    _add_route(_liste)


@api.errorhandler(ParametreInvalideError)
def answer_parametre_invalide(erreur: ParametreInvalideError) -> Response:
    """400."""
    return build_parametres_invalides(erreur.erreurs)


@api.errorhandler(BaseIndisponibleError)
def answer_base_indisponible(erreur: BaseIndisponibleError) -> Response:
    """503: nothing is published, or it cannot be read."""
    return build_probleme(HTTPStatus.SERVICE_UNAVAILABLE, "Données indisponibles", str(erreur), Retry_After="60")


@api.errorhandler(Exception)
def answer_imprevu(erreur: Exception) -> Response:
    """500: said in French, kept in the log."""
    journal.exception("api", exc_info=erreur)
    return build_probleme(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "Erreur imprévue",
        "La demande n'a pas abouti. Réessayez ; si cela se répète, signalez-le avec l'heure et l'adresse.",
    )
