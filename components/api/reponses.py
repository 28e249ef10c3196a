"""What the API answers: the heading of a page of rows and one model per kind of row. They make the OpenAPI document."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from components.api.parametres import Niveau
from data.modele import Maille, Nature, Portee, Referentiel, Sens, Statut

Ligne = TypeVar("Ligne", bound=BaseModel)


def _champ(description: str) -> Any:
    return Field(description=description)


class Entete(BaseModel):
    """What comes before the rows."""

    version_donnees: str = _champ("Version de la publication lue.")
    total: int = _champ("Lignes qui répondent aux filtres, toutes pages réunies.")
    page: int = _champ("Numéro de cette page.")
    pages: int = _champ("Nombre de pages.")
    par_page: int = _champ("Lignes par page.")
    filtres: dict[str, list[str | int]] = _champ("Filtres appliqués, valeurs par défaut comprises.")
    lignes_simulees: int = _champ("Lignes simulées parmi celles qui répondent aux filtres.")
    mention: str | None = _champ("« Données simulées » dès qu'une ligne l'est.")
    conseil: str | None = _champ("Quand rien ne répond : où sont les résultats cherchés.")


class _Provenance(BaseModel):
    nature: Nature = _champ("« publiee » (lue dans un document) ou « simulee » (données simulées).")
    source: str = _champ("Code du document (voir /api/v1/sources).")
    source_ligne: str | None = _champ("Ligne(s) du document.")
    source_fichier: str = _champ("Fichier lu, ou module du simulateur.")
    source_rang: int = _champ("Rang de la ligne dans ce fichier (en-tête = 1).")
    note: str | None = _champ("Remarque sur ce chiffre.")


class LigneOrganisme(BaseModel):
    """An organisme."""

    organisme: str = _champ("Code.")
    type: str = _champ("Type d'organisme.")
    nom: str = _champ("Nom.")
    nom_court: str = _champ("Nom court.")
    codes_region: list[str] = _champ("Codes Insee des régions couvertes.")
    noms_region: list[str] = _champ("Noms de ces régions.")
    codes_departement: list[str] = _champ("Codes des départements couverts.")
    noms_departement: list[str] = _champ("Noms de ces départements.")
    est_infra_departementale: bool = _champ("Plusieurs caisses se partagent le département.")
    ordre: int = _champ("Rang d'affichage.")


class LigneIndicateur(BaseModel):
    """The definition of an indicateur, with how many facts it has."""

    indicateur: str = _champ("Code.")
    referentiel: Referentiel = _champ("Contrat ou famille de documents.")
    numero: int | None = _champ("Numéro dans la convention.")
    portee: Portee | None = _champ("Part de l'intéressement qu'il alimente.")
    titre: str = _champ("Titre.")
    titre_court: str = _champ("Titre court.")
    domaine: str = _champ("Domaine (axe).")
    processus: str | None = _champ("Processus.")
    unite: str | None = _champ("Unité ; vide quand aucun document ne la dit.")
    statistique: str = _champ("Ce que le chiffre résume.")
    sens: Sens = _champ("Sens favorable.")
    maille: Maille = _champ("Maille à laquelle il est suivi.")
    est_composante: bool = _champ("Composante d'un indicateur composite.")
    resultats: int = _champ("Nombre de résultats disponibles.")
    resultats_simules: int = _champ("Dont simulés.")
    periode_min: dt.date | None = _champ("Début de la première période.")
    periode_max: dt.date | None = _champ("Fin de la dernière période.")
    ordre: int = _champ("Rang d'affichage.")


class LigneResultat(_Provenance):
    """A fact."""

    referentiel: Referentiel = _champ("Contrat ou famille de documents.")
    indicateur: str = _champ("Code de l'indicateur.")
    libelle: str = _champ("Titre court de l'indicateur.")
    mesure: str = _champ("« resultat » (dans l'unité de l'indicateur) ou « taux_reussite » (en %).")
    maille: Maille = _champ("Ce que le résultat décrit.")
    entite: str = _champ("Code de l'organisme, du type, de la région, du département, du groupe, ou « france ».")
    organisme: str | None = _champ("Code de l'organisme, si le résultat en décrit un.")
    type: str | None = _champ("Type d'organisme.")
    nom: str | None = _champ("Nom de ce que le résultat décrit.")
    codes_region: list[str] | None = _champ("Codes Insee des régions.")
    periode_debut: dt.date = _champ("Premier jour de la période.")
    periode_fin: dt.date = _champ("Dernier jour de la période, compris.")
    annee: int | None = _champ("Année, si la période tient dans une seule.")
    granularite: str = _champ("Durée de la période.")
    segment: str = _champ("Population ou canal ; « ensemble » pour tous.")
    statistique: str = _champ("Ce que le chiffre résume (moyenne, d9, taux…).")
    unite: str | None = _champ("Unité de « valeur ».")
    valeur: float | None = _champ("Valeur, sans arrondi. Vide : « statut » dit pourquoi. Zéro est une valeur.")
    borne_basse: float | None = _champ("Borne basse, quand le document imprime un intervalle.")
    borne_haute: float | None = _champ("Borne haute.")
    valeur_date: dt.date | None = _champ("Valeur, quand c'est une date.")
    numerateur: float | None = _champ("Numérateur.")
    denominateur: float | None = _champ("Dénominateur.")
    statut: Statut = _champ("Pourquoi la valeur est là, ou n'y est pas.")
    valeur_imprimee: str | None = _champ("La valeur telle que le document l'imprime.")
    source_feuille: str | None = _champ("Feuille du classeur chargé.")
    source_colonne: str | None = _champ("Colonne du fichier chargé.")
    chargement: str | None = _champ("Chargement dont vient le fait (voir /api/v1/chargements).")
    alertes: str | None = _champ("Avertissements avec lesquels le fait a été publié.")


class LigneScore(_Provenance):
    """A rate of success of the intéressement."""

    niveau: Niveau = _champ("Ce que la ligne décrit.")
    annee: int = _champ("Année.")
    type: str = _champ("Type d'organisme ; « reseau » pour la part nationale.")
    organisme: str | None = _champ("Code de l'organisme (niveau organisme).")
    nom: str | None = _champ("Nom de l'organisme (niveau organisme).")
    codes_region: list[str] | None = _champ("Codes Insee des régions de l'organisme (niveau organisme).")
    part: str = _champ("Part de l'intéressement : locale, nationale, totale.")
    domaine: str | None = _champ("Domaine (niveaux domaine et indicateur).")
    indicateur: str | None = _champ("Code de l'indicateur (niveau indicateur).")
    libelle: str | None = _champ("Libellé imprimé de l'indicateur (niveau indicateur).")
    statistique: str = _champ("« taux », ou moyenne, minimum, maximum (niveau type).")
    poids: float | None = _champ("Poids, en points sur 100 (niveaux domaine et indicateur).")
    taux_reussite: float | None = _champ("Taux de réussite, en %. Vide : « statut » dit pourquoi.")
    taux_reussite_precedent: float | None = _champ("Taux de l'année précédente, en % (niveau indicateur).")
    contribution: float | None = _champ("Points apportés au score (niveau domaine).")
    nb_100: int | None = _champ("Organismes à 100 % (niveau indicateur).")
    nb_inferieur_100: int | None = _champ("Organismes entre 0 et 100 % (niveau indicateur).")
    nb_nul: int | None = _champ("Organismes à 0 % (niveau indicateur).")
    nb_neutralise: int | None = _champ("Organismes neutralisés (niveau indicateur).")
    statut: Statut = _champ("Pourquoi le taux est là, ou n'y est pas.")
    ordre: int = _champ("Rang d'affichage.")


class LigneSource(BaseModel):
    """A document the figures come from."""

    source: str = _champ("Code.")
    titre: str = _champ("Titre.")
    titre_court: str = _champ("Titre court.")
    producteur: str = _champ("Producteur.")
    date: str = _champ("Date, ou ce qu'on en sait.")
    nature: Nature = _champ("« publiee », ou « simulee » pour le simulateur.")
    description: str = _champ("Ce que le document contient.")
    resultats: int = _champ("Nombre de résultats qui en viennent.")
    indicateurs: int = _champ("Nombre d'indicateurs qu'il renseigne.")
    periode_min: dt.date | None = _champ("Début de la première période.")
    periode_max: dt.date | None = _champ("Fin de la dernière période.")


class LigneChargement(BaseModel):
    """A file loaded by a data steward, or shipped with the application."""

    origine: str = _champ("« charge » (chargé depuis) ou « livre » (livré avec l'application).")
    chargement: str | None = _champ("Identifiant du chargement.")
    fichier: str = _champ("Nom du fichier.")
    format: str | None = _champ("Format du fichier chargé.")
    source: str = _champ("Code du document, de la description de source, ou nom du paquet lu.")
    usage: str | None = _champ("Ce qu'un fichier livré apporte : faits, référence, géographie.")
    auteur: str | None = _champ("Qui a chargé, tel qu'il s'est déclaré.")
    charge_le: dt.datetime | None = _champ("Date et heure du chargement (UTC).")
    sha256: str = _champ("Empreinte SHA-256.")
    octets: int = _champ("Taille, en octets.")
    lignes_lues: int = _champ("Lignes lues.")
    lignes_gardees: int = _champ("Lignes gardées.")
    lignes_rejetees: int = _champ("Lignes rejetées.")
    faits: int | None = _champ("Faits publiés par le chargement.")
    rejets: int = _champ("Rejets (une ligne peut en avoir plusieurs).")
    avertissements: int = _champ("Avertissements.")
    corrections: int | None = _champ("Corrections appliquées.")
    remplaces: int | None = _champ("Faits remplacés depuis par un autre chargement ou par un document.")
    periode_min: dt.date | None = _champ("Début de la première période.")
    periode_max: dt.date | None = _champ("Fin de la dernière période.")
    regles: list[str] = _champ("Règles qui ont rejeté ou averti.")
    publication: str = _champ("Version de la publication.")
    publie_le: dt.datetime = _champ("Date et heure de publication (UTC).")
    ordre: int = _champ("Rang du chargement ; 0 pour un fichier livré.")


_ENTETES: Final = {
    "ETag": {"description": "Version des données et de la demande.", "schema": {"type": "string"}},
    "Link": {"description": "Pages first, prev, next, last (RFC 8288).", "schema": {"type": "string"}},
    "X-Total-Count": {"description": "Lignes, toutes pages réunies.", "schema": {"type": "integer"}},
}
_FICHIERS: Final[dict[str, Any]] = {
    "text/csv": {"schema": {"type": "string"}},
    "application/vnd.apache.parquet": {"schema": {"type": "string", "format": "binary"}},
}
_CONFIG: Final = ConfigDict(
    openapi_extra={"description": "Une page de lignes.", "headers": _ENTETES, "content": _FICHIERS}
)  # type: ignore[typeddict-unknown-key]


class Page(Entete, Generic[Ligne]):
    """A page of rows."""

    model_config = _CONFIG
    donnees: list[Ligne]

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """Name in the OpenAPI document: « PageOrganismes » for a page of « LigneOrganisme »."""
        return f"{cls.__name__}{params[0].__name__.removeprefix('Ligne')}s"
