"""How a file that is loaded is read: the mapping of a source, and the corrections made to its figures.

One YAML per source in ``definitions/sources``; one list per file in ``definitions/corrections``. Frozen and validated
when ``data.catalogue`` loads the definitions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from data.modele import CodeIndicateur, CodeRegion, Maille, Referentiel, Statistique, Statut, Texte, TypeOrganisme

Disposition = Literal["longue", "periodes", "indicateurs", "comptage", "referentiel"]
Role = Literal[
    "organisme",
    "type_organisme",
    "indicateur",
    "periode",
    "periode_debut",
    "periode_fin",
    "annee",
    "mois",
    "valeur",
    "numerateur",
    "denominateur",
    "segment",
    "unite",
    "note",
    "nom",  # name of the commune, compared with that of its code
    "departement",  # code of its département, compared in the same way; tells apart communes of the same name
    "region",
    "identifiant",  # of what a row is about, when rows are counted
    "latitude",
    "longitude",
]
Precision = Literal["periode"]


class _Fige(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Total(_Fige):
    """A total and its parts, compared for each combination of the other keys.

    ``champ`` is what the names designate: indicateurs (codes or labels), segments or organismes.
    """

    champ: Literal["indicateur", "segment", "organisme"]
    total: Texte
    parties: Annotated[list[Texte], Field(min_length=2)]
    tolerance: Annotated[float, Field(ge=0)] = 0


class Poids(_Fige):
    """The weights of one entity and period add up to ``total``."""

    total: float = 100
    tolerance: Annotated[float, Field(ge=0)] = 0.15


class Controles(_Fige):
    """Declared controls of a source; ``gravites`` changes the severity of named rules."""

    totaux: list[Total] = []
    poids: Poids | None = None
    gravites: dict[str, Literal["erreur", "rejet", "avertissement"]] = {}


class ColonneLarge(_Fige):
    """What one column of a wide file holds, when its header does not say it by itself."""

    indicateur: Texte | None = None
    periode: Texte | None = None
    segment: Texte | None = None
    role: Literal["valeur", "numerateur", "denominateur"] = "valeur"


class Categories(_Fige):
    """What the cells of a column of categories say, and the shares of the population that follow from them."""

    valeurs: Annotated[dict[Texte, int], Field(min_length=2)]  # writing: number, named by the indicateur
    parts: dict[int, CodeIndicateur] = {}  # number: indicateur of the share of the population


class SourceFichier(_Fige):
    """The mapping of one source of files.

    ``colonnes`` gives the header of each role; ``constantes`` the value of a role the file does not hold;
    ``a_preciser`` the roles that each load must give (``precise``). In the wide layouts, every other column is a period
    (``periodes``) or an indicateur (``indicateurs``), read off its header or described in ``colonnes_larges``. In the
    layout ``comptage`` a row is a thing to count, and ``couverture`` names the régions the file covers entirely; in the
    layout ``referentiel`` it describes an organisme. ``agregats`` are the levels communes are added up to.
    """

    code: CodeIndicateur
    titre: Texte
    titre_court: Annotated[str, Field(max_length=40)]
    producteur: Texte
    description: Texte
    referentiel: Referentiel
    fichiers: list[Texte] = []
    feuilles: list[Texte] | None = None
    ligne_entete: Annotated[int, Field(ge=1)] | None = None
    ligne_unites: bool | None = None
    separateur: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    encodage: Literal["utf-8", "windows-1252"] | None = None
    decimale: Literal["auto", ",", "."] = "auto"
    disposition: Disposition = "longue"
    colonnes: dict[Role, Texte]
    constantes: dict[Role, Texte] = {}
    colonnes_larges: dict[Texte, ColonneLarge] = {}
    ignorees: list[Texte] = []
    mailles: Annotated[list[Maille], Field(min_length=1)] = [Maille.ORGANISME]
    type_organisme: TypeOrganisme | None = None
    mesure: Literal["resultat", "taux_reussite", "poids"] = "resultat"
    statistique: Statistique | None = None
    statut: Literal[Statut.PUBLIE, Statut.PROVISOIRE, Statut.AJUSTE] = Statut.PUBLIE
    indicateurs: dict[Texte, CodeIndicateur] = {}
    segments: dict[Texte, Texte] = {}
    sans_valeur: dict[Texte, Statut] = {}
    categories: Categories | None = None
    agregats: list[Maille] = []
    couverture: list[CodeRegion] = []
    a_preciser: list[Precision] = []
    controles: Controles = Controles()

    def list_a_preciser(self) -> list[Precision]:
        """What the load still has to give."""
        return [role for role in self.a_preciser if role not in self.constantes]

    def precise(self, precisions: Mapping[str, str]) -> SourceFichier:
        """The mapping with what a load gives: the roles of ``a_preciser`` become constants, any other is left out."""
        donnees = {role: precisions[role] for role in self.a_preciser if role in precisions}
        return self.model_copy(update={"constantes": self.constantes | donnees}) if donnees else self

    def precise_comme(self, definition: Mapping[str, Any]) -> SourceFichier:
        """The mapping with what an earlier load gave. ``definition``: the mapping it was read with, as JSON values."""
        return self.precise(definition.get("constantes", {}))

    @model_validator(mode="after")
    def _check_coherence(self) -> Self:
        decrits = set(self.colonnes) | set(self.constantes) | set(self.a_preciser)
        if double := set(self.colonnes) & set(self.constantes):
            raise ValueError(f"source {self.code} : {sorted(double)} à la fois dans colonnes et dans constantes")
        if not {"organisme"} & decrits and self.mailles != [Maille.RESEAU]:
            raise ValueError(f"source {self.code} : la colonne « organisme » n'est pas décrite")
        self._check_territoires()
        if self.disposition == "referentiel":
            return self
        if self.disposition == "longue" and not {"valeur", "numerateur"} & set(self.colonnes):
            raise ValueError(f"source {self.code} : la colonne « valeur » n'est pas décrite")
        date = {"periode", "periode_debut", "annee"} & decrits
        if self.disposition != "periodes" and not date:
            raise ValueError(f"source {self.code} : rien ne dit la période (periode, periode_debut ou annee)")
        if self.disposition != "indicateurs" and "indicateur" not in decrits:
            raise ValueError(f"source {self.code} : rien ne dit l'indicateur (colonne ou constante)")
        if ("periode_debut" in decrits) != ("periode_fin" in decrits):
            raise ValueError(f"source {self.code} : periode_debut et periode_fin vont ensemble")
        return self

    def _check_territoires(self) -> None:
        if double := set(self.colonnes) & set(self.a_preciser):
            raise ValueError(f"source {self.code} : {sorted(double)} à la fois dans colonnes et dans a_preciser")
        comptage = self.disposition == "comptage"
        if self.categories is not None and (self.disposition != "longue" or self.mailles != [Maille.COMMUNE]):
            raise ValueError(f"source {self.code} : des catégories se lisent par commune, en disposition « longue »")
        if comptage and (self.mailles != [Maille.COMMUNE] or not self.agregats):
            raise ValueError(f"source {self.code} : un comptage part des communes, et dit ses « agregats »")
        if self.agregats and not (comptage or self.categories is not None):
            raise ValueError(f"source {self.code} : « agregats » demande des catégories ou un comptage")
        if self.couverture and not comptage:
            raise ValueError(f"source {self.code} : « couverture » ne vaut que pour un comptage")
        admis = {Maille.DEPARTEMENT, Maille.REGION, Maille.RESEAU, Maille.ORGANISME}
        if refuses := sorted(set(self.agregats) - admis):
            raise ValueError(f"source {self.code} : niveaux d'agrégat inconnus {refuses}")


class Cible(_Fige):
    """The rows a correction is about; a key left out matches everything. Texts are compared as printed."""

    source: CodeIndicateur | None = None
    fichier: Texte | None = None  # glob on the name of the file
    organisme: Texte | None = None
    indicateur: Texte | None = None
    periode: Texte | None = None
    segment: Texte | None = None
    colonne: Texte | None = None

    @model_validator(mode="after")
    def _check_precise(self) -> Self:
        if not (self.organisme or self.indicateur or self.periode or self.colonne):
            raise ValueError("une correction vise au moins un organisme, un indicateur, une période ou une colonne")
        return self


class Correction(_Fige):
    """One correction of a loaded figure, as data: which rows, what to do, why, who, and what must still be printed.

    ``expect`` is the raw text the source printed when the correction was written: once the source prints something
    else, the load fails and asks for the correction to be removed.
    """

    code: CodeIndicateur
    cible: Cible
    action: Literal["remplacer", "ignorer"]
    champ: Literal["valeur", "organisme", "indicateur", "periode", "segment"] = "valeur"
    expect: str
    par: str | None = None
    raison: Texte
    auteur: Texte  # a role, never a name
    reference: Texte | None = None

    @model_validator(mode="after")
    def _check_action(self) -> Self:
        if (self.action == "remplacer") != (self.par is not None):
            raise ValueError(f"correction {self.code} : « remplacer » demande « par », « ignorer » n'en a pas")
        return self
