"""What an organisme, an indicateur, a target and a value *are*.

Everything here is frozen and validated once, when ``data.catalogue`` loads the
definitions. Nothing here reads a file, a database or the screen.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Texte = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
CodeIndicateur = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{2,79}$")]
CodeOrganisme = Annotated[str, StringConstraints(pattern=r"^([0-9]{3}|[a-z][a-z0-9-]{2,39})$")]
CodeDepartement = Annotated[str, StringConstraints(pattern=r"^([0-9]{2}|2[AB]|97[1-6])$")]
CodeRegion = Annotated[str, StringConstraints(pattern=r"^[0-9]{2}$")]


class TypeOrganisme(StrEnum):
    """The types of bodies of the network, in the order of the 2023 note."""

    CPAM = "CPAM"
    CCSS = "CCSS"
    CGSS = "CGSS"
    CSS = "CSS"
    DRSM = "DRSM"
    CARSAT = "CARSAT"
    UGECAM = "UGECAM"
    CTI = "CTI"
    CEIR = "CEIR"
    CNAM = "CNAM"


class Referentiel(StrEnum):
    """The contract or document family an indicateur belongs to."""

    INTERESSEMENT = "interessement"
    COG_2023_2027 = "cog_2023_2027"
    COG_2018_2022 = "cog_2018_2022"
    COG_2014_2017 = "cog_2014_2017"
    SUIVI = "suivi"
    TERRITOIRE = "territoire"
    CONTEXTE = "contexte"


class Portee(StrEnum):
    """Whether an indicateur of the intéressement feeds the part nationale or locale."""

    NATIONALE = "nationale"
    LOCALE = "locale"


class Statistique(StrEnum):
    """What the number sums up: a mean is not a ninth decile."""

    MOYENNE = "moyenne"
    D9 = "d9"
    QUANTILE = "quantile"
    TAUX = "taux"
    NOMBRE = "nombre"
    MONTANT = "montant"
    MONTANT_MOYEN = "montant_moyen"
    DATE = "date"
    OUI_NON = "oui_non"
    INDICE = "indice"
    EVOLUTION = "evolution"
    COMPOSITE = "composite"
    RATIO = "ratio"
    CATEGORIE = "categorie"  # the number of a class: it is counted, never averaged
    NON_PRECISEE = "non_precisee"


class Sens(StrEnum):
    """Which way is better."""

    HAUT = "haut"
    BAS = "bas"
    NEUTRE = "neutre"


class Comparateur(StrEnum):
    """How a value is judged against others, or against its own past."""

    INTERVALLE = "intervalle"  # its confidence interval against the reference
    ENTONNOIR = "entonnoir"  # the limits of the funnel at its own size
    SPC = "spc"  # the natural limits of its own series
    AUCUN = "aucun"  # nothing allows to tell a difference from chance


# What each statistic allows: a rate has a denominator, a mean or a D9 has only its own past, a date has neither.
COMPARATEURS_PAR_DEFAUT: dict[str | None, Comparateur] = {
    Statistique.TAUX: Comparateur.ENTONNOIR,
    Statistique.RATIO: Comparateur.INTERVALLE,
    Statistique.NOMBRE: Comparateur.SPC,
    Statistique.MOYENNE: Comparateur.SPC,
    Statistique.MONTANT_MOYEN: Comparateur.SPC,
    Statistique.D9: Comparateur.SPC,
    Statistique.QUANTILE: Comparateur.SPC,
}


class Origine(StrEnum):
    """Where a unit or a direction comes from, so that nothing is inferred silently."""

    ECRITE = "ecrite"  # the document writes it
    SEUILS = "seuils"  # sign(objectif - socle), or the sequence of yearly targets
    CELLULE = "cellule"  # the printed value carries it (« 85,21 % »)
    LIBELLE = "libelle"  # read off the label, and said so on screen
    NON_PRECISEE = "non_precisee"  # nothing says it


class Statut(StrEnum):
    """Why a value is there, or is not. None of these is zero."""

    PUBLIE = "publie"
    PROVISOIRE = "provisoire"
    AJUSTE = "ajuste"
    NEUTRALISE = "neutralise"
    NON_FOURNI = "non_fourni"
    NON_SIGNIFICATIF = "non_significatif"
    MASQUE = "masque"
    SANS_OBJET = "sans_objet"
    ABANDONNE = "abandonne"
    # Other wordings of « no value » met in the documents: each is a state of its own.
    NON_RENSEIGNE = "non_renseigne"  # « / », « - »
    NON_DISPONIBLE = "non_disponible"  # « ND », « Non disponible »
    NON_DEFINI = "non_defini"
    NON_DETERMINE = "non_determine"
    A_DEFINIR = "a_definir"
    EN_COURS_DE_FIXATION = "en_cours_de_fixation"
    INCONNU = "inconnu"  # « ? », « donnée inconnue »
    SANS_STANDARD = "sans_standard"
    A_CONSTRUIRE = "a_construire"
    NEANT = "neant"


class Nature(StrEnum):
    """Published in a document, or produced by the labelled simulator."""

    PUBLIEE = "publiee"
    SIMULEE = "simulee"


class Maille(StrEnum):
    """What kind of entity a fact is about."""

    RESEAU = "reseau"  # France entière, code « france »
    TYPE_ORGANISME = "type_organisme"
    ORGANISME = "organisme"
    GROUPE = "groupe"  # a named group of caisses quoted by a document
    REGION = "region"
    DEPARTEMENT = "departement"
    COMMUNE = "commune"  # INSEE code, of an arrondissement in Paris, Lyon and Marseille where the source gives them


class Granularite(StrEnum):
    """How long the period of a fact is."""

    ANNEE = "annee"
    SEMESTRE = "semestre"
    TRIMESTRE = "trimestre"
    MOIS = "mois"
    SEMAINE = "semaine"  # ISO week, Monday to Sunday
    JOUR = "jour"
    PLAGE = "plage"  # any other span, e.g. « 2018-2021 »


class Forme(StrEnum):
    """The shape of a target."""

    LINEAIRE = "lineaire"
    NIVEAU = "niveau"
    INTERVALLE = "intervalle"
    DATE = "date"
    EVOLUTION = "evolution"
    RELATIF_PASSE = "relatif_passe"  # thresholds built on the organisme's own past result
    RELATIF_CIBLE = "relatif_cible"  # thresholds are shares of a reference target
    OUI_NON = "oui_non"
    PALIERS = "paliers"
    COMPOSITE = "composite"
    TEXTE = "texte"
    AUCUNE = "aucune"


class _Fige(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class SourceDocument(_Fige):
    """Where a statement can be read: a document of ``definitions/documents.yaml`` and its lines."""

    document: Texte
    lignes: Annotated[tuple[int, ...], Field(min_length=1)]


class Document(_Fige):
    """A published document the figures come from.

    ``code`` is its key in ``SourceDocument.document`` and in the ``document``
    column of the files of ``data/publie``.
    """

    code: Texte
    titre: Texte
    titre_court: Texte
    producteur: Texte
    date: Texte
    nature: Nature = Nature.PUBLIEE
    description: Texte


class Region(_Fige):
    """An administrative region (2016), INSEE code as text."""

    code: CodeRegion
    nom: Texte
    alias: list[Texte] = []


class Organisme(_Fige):
    """One body of the network. One model for all types (ADR 0002).

    ``code`` is the three-digit caisse number for the primary-level bodies and a
    readable key (``drsm-bretagne``) for the others. ``alias`` holds every other
    spelling met in a document; matching ignores case, accents and punctuation.
    """

    code: CodeOrganisme
    type: TypeOrganisme
    nom: Texte
    nom_court: Texte
    siege: Texte | None = None
    regions: Annotated[list[CodeRegion], Field(min_length=1)] | None = None
    departements: list[CodeDepartement] = []
    infra_departementale: bool = False
    alias: list[Texte] = []
    valide_du: dt.date | None = None
    valide_au: dt.date | None = None
    predecesseurs: list[Texte] = []
    notes: list[Texte] = []

    @model_validator(mode="after")
    def _check_coherence(self) -> Self:
        if self.valide_du and self.valide_au and self.valide_du > self.valide_au:
            raise ValueError(f"organisme {self.code} : valide_du est après valide_au")
        if self.infra_departementale and len(self.departements) != 1:
            raise ValueError(f"organisme {self.code} : une caisse infra-départementale a exactement un département")
        return self


class Bornes(_Fige):
    """Values outside are errors of loading, in the indicateur's unit."""

    min: float | None = None
    max: float | None = None


class Indicateur(_Fige):
    """The definition of one indicateur in one referentiel.

    ``libelles`` are the labels as printed, by which the rows of the published
    files are resolved. ``silences`` names what the document does not say; it is
    printed on the page « Méthode ». A unit or a direction always says where it
    comes from (``unite_origine``, ``sens_origine``). ``comparateur`` follows the
    statistic unless declared. ``categories`` names the values of a statistic that is one.
    ``cumulable`` is false for a count or an amount that does not add up over bodies, as a
    bonus per person.
    """

    code: CodeIndicateur
    referentiel: Referentiel
    numero: Annotated[int, Field(ge=1)] | None = None
    portee: Portee | None = None
    titre: Texte
    titre_court: Annotated[str, StringConstraints(max_length=60, min_length=3)]
    domaine: Texte
    processus: Texte | None = None
    unite: Texte | None
    unite_origine: Origine
    statistique: Statistique
    sens: Sens
    sens_origine: Origine
    sens_justification: Texte | None = None
    comparateur: Comparateur = Comparateur.AUCUN
    definition: Texte | None = None
    formule: Texte | None = None
    types_organisme: list[TypeOrganisme] = []
    maille: Maille
    periodes: Annotated[list[int], Field(min_length=1)]
    decimales: Annotated[int, Field(ge=0, le=3)] = 1
    cumulable: bool = True
    bornes: Bornes = Bornes()
    categories: dict[int, Texte] = {}
    source: SourceDocument
    libelles: Annotated[list[Texte], Field(min_length=1)]
    composantes: list[CodeIndicateur] = []
    indicateurs_lies: list[CodeIndicateur] = []
    silences: list[Texte] = []
    notes: list[Texte] = []

    @model_validator(mode="before")
    @classmethod
    def _complete_comparateur(cls, donnees: object) -> object:
        """A definition that declares no comparator gets the one its statistic allows."""
        if not isinstance(donnees, dict) or donnees.get("comparateur") is not None:
            return donnees
        return donnees | {"comparateur": COMPARATEURS_PAR_DEFAUT.get(donnees.get("statistique"), Comparateur.AUCUN)}

    @model_validator(mode="after")
    def _check_coherence(self) -> Self:
        if bool(self.categories) != (self.statistique is Statistique.CATEGORIE):
            raise ValueError(f"indicateur {self.code} : la statistique « categorie » et « categories » vont ensemble")
        if self.unite is None and self.unite_origine is not Origine.NON_PRECISEE:
            raise ValueError(f"indicateur {self.code} : sans unité, unite_origine doit être « non_precisee »")
        if self.unite is not None and self.unite_origine is Origine.NON_PRECISEE:
            raise ValueError(f"indicateur {self.code} : unité donnée, unite_origine doit dire d'où elle vient")
        if self.sens is Sens.NEUTRE and self.sens_origine is not Origine.NON_PRECISEE:
            raise ValueError(f"indicateur {self.code} : sens neutre, sens_origine doit être « non_precisee »")
        if self.sens is not Sens.NEUTRE and self.sens_origine is Origine.NON_PRECISEE:
            raise ValueError(f"indicateur {self.code} : sens déclaré, sens_origine doit dire d'où il vient")
        if self.sens_origine is Origine.LIBELLE and not self.sens_justification:
            raise ValueError(f"indicateur {self.code} : un sens lu dans le libellé demande sens_justification")
        if self.referentiel is Referentiel.COG_2023_2027 and self.numero is None:
            raise ValueError(f"indicateur {self.code} : un indicateur de la COG a un numéro")
        if self.referentiel is Referentiel.INTERESSEMENT and self.portee is None:
            raise ValueError(f"indicateur {self.code} : un indicateur de l'intéressement a une portée")
        return self


class Evenement(_Fige):
    """A dated fact drawn on time series.

    ``rupture`` cuts the series: a line never crosses it.
    """

    code: CodeIndicateur
    libelle: Texte
    libelle_court: Annotated[str, StringConstraints(max_length=32)]
    du: dt.date
    au: dt.date | None = None
    rupture: bool = False
    indicateurs: list[CodeIndicateur] = []
    description: Texte
    source: SourceDocument


class Contradiction(_Fige):
    """Two printed figures that cannot both be true: both are kept and shown."""

    code: CodeIndicateur
    objet: Texte
    valeurs: Annotated[list[Texte], Field(min_length=2)]
    sources: Annotated[list[SourceDocument], Field(min_length=1)]
    traitement: Texte


class Formule(_Fige):
    """A formula of the product, printed on the page « Méthode ».

    ``source`` is null for our own conventions; ``reference`` then says where the method comes from.
    """

    code: CodeIndicateur
    titre: Texte
    formule: Texte
    explication: Texte
    source: SourceDocument | None = None
    reference: Texte | None = None

    @model_validator(mode="after")
    def _check_origine(self) -> Self:
        if self.source is None and self.reference is None:
            raise ValueError(f"formule {self.code} : une source ou une référence est attendue")
        return self
