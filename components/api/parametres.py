"""Parameters of the API: one model per list, validated before anything is read.

A repeated parameter (``type=CPAM&type=CGSS``) means « or »; different parameters mean « and ». An unknown parameter is
refused: a misspelt filter must never return everything.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError

from components.api.problemes import Erreur
from data.catalogue import OrganismeInconnuError, load_catalogue
from data.messages import format_raison
from data.modele import Granularite, Maille, Nature, Portee, Referentiel, Sens, Statut, TypeOrganisme
from data.proches import find_proches

MAX_JSON: Final = 1_000
MAX_FICHIER: Final = 50_000
_LISTE_COURTE: Final = 30


class FormatSortie(StrEnum):
    """How the rows are written."""

    JSON = "json"
    CSV = "csv"
    CSV_FR = "csv-fr"
    PARQUET = "parquet"


class Niveau(StrEnum):
    """Levels of ``scores``."""

    ORGANISME = "organisme"
    TYPE = "type"
    DOMAINE = "domaine"
    INDICATEUR = "indicateur"


def _refuse(quoi: str, recu: str, choix: Mapping[str, str]) -> PydanticCustomError:
    """The error of a value that is not among ``choix`` (value -> name): all of them if few, else the nearest."""
    court = len(choix) <= _LISTE_COURTE
    cites = sorted(choix) if court else find_proches(recu, choix)
    lisibles = ", ".join(f"«\u00a0{cle}\u00a0» ({choix[cle]})" for cle in cites)
    # Braces would be read as placeholders: the text travels in the context.
    return PydanticCustomError(
        "valeur_inconnue",
        "{texte}",
        {
            "texte": f"{quoi} inconnu. {'Valeurs possibles' if court else 'Les plus proches'}\u00a0: {lisibles}.",
            "suggestions": [] if court else cites,
            "valeurs_possibles": cites if court else [],
        },
    )


def _resolve_organisme(texte: str) -> str:
    """Code of an organisme given by its code or by any spelling the documents use."""
    catalogue = load_catalogue()
    try:
        return catalogue.find_organisme(texte).code
    except OrganismeInconnuError:
        choix = {o.code: o.nom for o in catalogue.organismes}
        raise _refuse("organisme", texte, choix) from None


def _check_indicateur(code: str) -> str:
    choix = {i.code: i.titre_court for i in load_catalogue().indicateurs}
    if code not in choix:
        raise _refuse("indicateur", code, choix)
    return code


def _check_region(code: str) -> str:
    choix = {r.code: r.nom for r in load_catalogue().regions}
    if code not in choix:
        raise _refuse("code de région", code, choix)
    return code


def _check_source(code: str) -> str:
    choix = {d.code: d.titre_court for d in load_catalogue().documents}
    if code not in choix:
        raise _refuse("code de source", code, choix)
    return code


TexteCourt = Annotated[str, Field(min_length=1, max_length=200)]
Annee = Annotated[int, Field(ge=2000, le=2100)]
CodeOrganisme = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_resolve_organisme)]
CodeIndicateur = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_check_indicateur)]
CodeRegion = Annotated[str, AfterValidator(_check_region)]
CodeSource = Annotated[str, AfterValidator(_check_source)]


def _filtre(description: str, exemple: Any = None) -> Any:
    """A repeatable filter, absent by default."""
    return Field(default=[], description=description, json_schema_extra={"example": exemple} if exemple else None)


_ORGANISME = _filtre("Code d'organisme (« 381 »), ou l'une de ses graphies (« CPAM de l'Isère »). Répétable.", ["381"])
_TYPE = _filtre("Type d'organisme. Répétable.", ["CPAM"])
_REGION = _filtre("Code Insee de région (« 84 »). Répétable.", ["84"])
_ANNEE = _filtre("Année. Répétable.", [2023])
_NATURE = _filtre("« publiee » (lue dans un document) ou « simulee » (données simulées). Répétable.")
_STATUT = _filtre("Pourquoi une valeur est là, ou n'y est pas. Répétable.")
_CHARGEMENT = _filtre("Identifiant de chargement (voir /api/v1/chargements). Répétable.")
_REFERENTIEL = _filtre(
    "Contrat ou famille de documents. Les taux de réussite et les primes répondent à « interessement ». Répétable.",
    ["interessement"],
)


class Parametres(BaseModel):
    """What every list accepts: how the rows are written and which page of them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: FormatSortie = Field(
        default=FormatSortie.JSON,
        description="json ; csv (RFC 4180, virgule, point décimal) ; csv-fr (point-virgule, virgule décimale, BOM) ; "
        "parquet.",
    )
    page: Annotated[int, Field(ge=1, le=1_000_000)] = Field(default=1, description="Numéro de page, à partir de 1.")
    par_page: Annotated[int, Field(ge=1, le=MAX_FICHIER)] | None = Field(
        default=None,
        description=f"Lignes par page, par défaut le maximum : {MAX_JSON} en JSON, {MAX_FICHIER} dans les autres "
        "formats.",
    )

    @model_validator(mode="after")
    def _check_par_page(self) -> Self:
        if self.format is FormatSortie.JSON and self.par_page is not None and self.par_page > MAX_JSON:
            raise PydanticCustomError(
                "par_page_json",
                "{texte}",
                {
                    "texte": f"au plus {MAX_JSON} en JSON\u00a0; demandez la page suivante, ou un fichier csv, csv-fr "
                    f"ou parquet (au plus {MAX_FICHIER}).",
                    "parametre": "par_page",
                    "recu": self.par_page,
                },
            )
        return self

    @property
    def limite(self) -> int:
        """Rows per page."""
        return self.par_page or (MAX_JSON if self.format is FormatSortie.JSON else MAX_FICHIER)

    def list_filtres(self) -> dict[str, list[Any]]:
        """The filters that filter, by name, as plain values."""
        communs = Parametres.model_fields
        valeurs = self.model_dump(mode="json", exclude=set(communs))
        listes = {nom: v if isinstance(v, list) else [v] for nom, v in valeurs.items()}
        return {nom: v for nom, v in listes.items() if v}


class ParametresOrganismes(Parametres):
    """Filters of ``organismes``."""

    organisme: list[CodeOrganisme] = _ORGANISME
    type: list[TypeOrganisme] = _TYPE
    region: list[CodeRegion] = _REGION
    departement: list[Annotated[str, Field(pattern=r"^([0-9]{2}|2[AB]|97[1-6])$")]] = _filtre(
        "Code de département, avec son zéro (« 01 », « 2A », « 974 »). Répétable.", ["38"]
    )


class ParametresIndicateurs(Parametres):
    """Filters of ``indicateurs``."""

    indicateur: list[CodeIndicateur] = _filtre("Code d'indicateur. Répétable.", ["taux_reussite_local"])
    referentiel: list[Referentiel] = _REFERENTIEL
    portee: list[Portee] = _filtre("Part de l'intéressement que l'indicateur alimente. Répétable.")
    maille: list[Maille] = _filtre("Maille à laquelle l'indicateur est suivi. Répétable.")
    sens: list[Sens] = _filtre("Sens favorable. Répétable.")


class ParametresResultats(Parametres):
    """Filters of ``resultats``; without ``maille`` nor ``granularite``, the yearly results of organismes."""

    referentiel: list[Referentiel] = _REFERENTIEL
    indicateur: list[CodeIndicateur] = _filtre("Code d'indicateur. Répétable.", ["taux_reussite_local"])
    organisme: list[CodeOrganisme] = _ORGANISME
    type: list[TypeOrganisme] = _TYPE
    region: list[CodeRegion] = _REGION
    annee: list[Annee] = _filtre("Année que la période touche. Répétable.", [2023])
    granularite: list[Granularite | Literal["toutes"]] = Field(
        default=[Granularite.ANNEE],
        description="Durée de la période. « toutes » pour ne pas filtrer. Par défaut « annee ». Répétable.",
    )
    maille: list[Maille | Literal["toutes"]] = Field(
        default=[Maille.ORGANISME],
        description="Ce que le résultat décrit. « toutes » pour ne pas filtrer. Par défaut « organisme ». Répétable.",
    )
    mesure: list[Literal["resultat", "taux_reussite"]] = _filtre(
        "« resultat » (dans l'unité de l'indicateur) ou « taux_reussite » (en %). Répétable."
    )
    statistique: list[Annotated[str, Field(pattern=r"^[a-z0-9_]{2,30}$")]] = _filtre(
        "Ce que le chiffre résume (« moyenne », « d9 », « taux »…). Répétable."
    )
    segment: list[TexteCourt] = _filtre("Population ou canal (« ensemble » pour tous). Répétable.")
    nature: list[Nature] = _NATURE
    statut: list[Statut] = _STATUT
    chargement: list[TexteCourt] = _CHARGEMENT

    def list_filtres(self) -> dict[str, list[Any]]:
        """As for every list; « toutes » removes the filter."""
        return {nom: valeurs for nom, valeurs in super().list_filtres().items() if "toutes" not in valeurs}


class ParametresScores(Parametres):
    """Filters of ``scores``; without ``niveau``, the scores of organismes."""

    niveau: Niveau = Field(
        default=Niveau.ORGANISME,
        description="organisme (taux de chacun) ; type (moyenne, minimum, maximum imprimés) ; domaine ; indicateur.",
    )
    annee: list[Annee] = _ANNEE
    type: list[TypeOrganisme | Literal["reseau"]] = _TYPE
    organisme: list[CodeOrganisme] = _ORGANISME
    region: list[CodeRegion] = _REGION
    part: list[Literal["locale", "nationale", "totale"]] = _filtre("Part de l'intéressement. Répétable.", ["locale"])
    nature: list[Nature] = _NATURE
    statut: list[Statut] = _STATUT


class ParametresSources(Parametres):
    """Filters of ``sources``."""

    source: list[CodeSource] = _filtre("Code de document (« 000 »). Répétable.", ["000"])
    nature: list[Nature] = _NATURE


class ParametresChargements(Parametres):
    """Filters of ``chargements``."""

    origine: list[Literal["charge", "livre"]] = _filtre("Chargé depuis, ou livré avec l'application. Répétable.")
    chargement: list[TexteCourt] = _CHARGEMENT
    fichier: list[TexteCourt] = _filtre("Nom de fichier. Répétable.")
    source: list[TexteCourt] = _filtre(
        "Code de document (« 000 »), de description de source, ou nom du paquet lu. Répétable.", ["000"]
    )
    usage: list[Literal["faits", "référence", "géographie"]] = _filtre("Ce que le fichier apporte. Répétable.")


def list_erreurs(erreur: ValidationError) -> list[Erreur]:
    """Every mistake of a request, in French, from the validation of one of the models above."""
    noms = next(list(m.model_fields) for m in Parametres.__subclasses__() if m.__name__ == erreur.title)
    erreurs = [_read_erreur(detail, noms) for detail in erreur.errors(include_url=False)]
    # A value of « X or toutes » fails once per branch: the same parameter and value, whose choices are put together.
    groupees: dict[tuple[str, str], Erreur] = {}
    for e in erreurs:
        premiere = groupees.setdefault((e.parametre, e.recu), e)
        if premiere is not e:
            possibles = [*premiere.valeurs_possibles, *e.valeurs_possibles]
            groupees[(e.parametre, e.recu)] = premiere.model_copy(
                update={"valeurs_possibles": possibles, "detail": _format_possibles(possibles)}
            )
    return list(groupees.values())


def _format_possibles(valeurs: list[str]) -> str:
    return f"valeurs possibles\u00a0: {', '.join(valeurs)}."


def _read_erreur(erreur: ErrorDetails, noms: list[str]) -> Erreur:
    contexte = erreur.get("ctx", {})
    parametre = str(contexte.get("parametre") or erreur["loc"][0])
    recu = str(contexte.get("recu") or erreur.get("input", ""))
    possibles, suggestions = contexte.get("valeurs_possibles", []), contexte.get("suggestions", [])
    if erreur["type"] == "extra_forbidden":
        suggestions = find_proches(parametre, {nom: nom for nom in noms})
        detail = f"paramètre inconnu. Paramètres possibles\u00a0: {', '.join(noms)}."
    elif erreur["type"] in {"literal_error", "enum"}:
        possibles = re.findall(r"'([^']*)'", str(contexte["expected"]))
        detail = _format_possibles(possibles)
    else:
        detail = f"{format_raison(erreur).removesuffix('.')}."
    return Erreur(parametre=parametre, recu=recu, detail=detail, valeurs_possibles=possibles, suggestions=suggestions)
