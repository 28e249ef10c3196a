"""What a barème *is*: domaines, weights, shapes of targets, and the rules that turn a score into an intéressement.

A barème is data (``data/definitions/baremes/<referentiel>_<annee>.yaml``), frozen and validated once by
``data.catalogue``. Nothing here reads a file or computes a score.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from data.modele import CodeIndicateur, Forme, Portee, Referentiel, Sens, SourceDocument, Texte, TypeOrganisme

TOTAL = 100.0  # points of every barème
_TOLERANCE = 1e-6  # on sums of weights
_FRACTION = re.compile(r"[+-]?\d{1,9}(\.\d{1,17}|/\d{1,6})?")


class _Fige(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, allow_inf_nan=False)


class Ecart(StrEnum):
    """How thresholds are built on the organisme's own past result (see ``data.calculs.taux.compute_seuils``)."""

    SOCLE = "socle"
    POINTS = "points"
    POURCENT = "pourcent"


class RegleEgalite(StrEnum):
    """What socle = objectif means: an error, or a declared step."""

    ERREUR = "erreur"
    SEUIL = "seuil"


def _read_fraction(valeur: object) -> object:
    """A number, or a fraction written « 10/3 » where decimals would not be exact."""
    if isinstance(valeur, str):
        texte = valeur.replace(" ", "")
        try:
            # No exponent: « 1e999999999 » would fill the memory.
            if not _FRACTION.fullmatch(texte):
                raise ValueError(texte)
            return float(Fraction(texte))
        except (ValueError, ZeroDivisionError):
            raise ValueError("un nombre ou une fraction comme « 10/3 » est attendu") from None
    return valeur


Poids = Annotated[float, BeforeValidator(_read_fraction), Field(gt=0, le=TOTAL)]
Part = Annotated[float, BeforeValidator(_read_fraction), Field(gt=0, le=1)]


class Palier(_Fige):
    """One step: reaching ``seuil`` (unit of the indicateur) is worth ``taux`` (0..1)."""

    seuil: float
    taux: Annotated[float, Field(ge=0, le=1)]


class Cible(_Fige):
    """The shape of a target and its thresholds, in the unit of the indicateur.

    Every threshold may be null: « non publié ». It then comes with the results. ``hypothese`` says what the document
    does not print and Parangon assumes; it is shown wherever the rate is.
    """

    forme: Forme = Forme.LINEAIRE
    sens: Sens | None = None
    socle: float | None = None
    objectif: float | None = None
    date_socle: dt.date | None = None
    date_objectif: dt.date | None = None
    borne_basse: float | None = None
    borne_haute: float | None = None
    tolerance: Annotated[float, Field(ge=0)] | None = None
    decote_mensuelle: Annotated[float, Field(gt=0, le=1)] | None = None
    paliers: tuple[Palier, ...] = ()
    reference: float | None = None
    ecart: Ecart | None = None
    regle_egalite: RegleEgalite = RegleEgalite.ERREUR
    hypothese: Texte | None = None


class ComposanteBareme(Cible):
    """One part of a composite indicateur: ``part`` of its weight (0..1)."""

    code: CodeIndicateur
    part: Part


class IndicateurBareme(Cible):
    """One indicateur of a domaine and its weight, in points of 100.

    ``poids_imprime`` keeps the printed weight when it is a rounding (3,3 for 10/3). ``composantes`` makes it a
    composite: the weight is shared between them; ``parts_publiees`` is false when the document gives no shares and
    Parangon takes equal ones.
    """

    code: CodeIndicateur
    poids: Poids
    poids_imprime: float | None = None
    composantes: tuple[ComposanteBareme, ...] = ()
    parts_publiees: bool = True
    notes: tuple[Texte, ...] = ()

    @model_validator(mode="after")
    def _check_parts(self) -> Self:
        if (self.forme is Forme.COMPOSITE) != bool(self.composantes):
            raise ValueError(f"indicateur {self.code} : la forme « composite » et des composantes vont ensemble")
        total = math.fsum(c.part for c in self.composantes)
        if self.composantes and abs(total - 1) > _TOLERANCE:
            raise ValueError(f"indicateur {self.code} : les parts des composantes font {total:g}, et non 1")
        return self


class Bonification(_Fige):
    """Results above the objectif that lift a whole domaine.

    The note on 2023 says only that « les résultats GDR ont fait l'objet d'une bonification (dans la limite de 100 %
    d'atteinte de l'axe) pour les organismes dont les résultats ont dépassé les objectifs locaux et contribué au
    dépassement de l'objectif national » (document 000, l. 415-419 and 543-547). The scale is not printed, so this is a
    declared assumption: each indicateur brings (taux non plafonné - 1), capped at ``excedent_max``, times its weight;
    the domaine stays within ``plafond`` (points of rate, 100). ``indicateurs`` restricts who brings an excess.
    """

    excedent_max: Annotated[float, Field(gt=0, le=10)]
    plafond: Annotated[float, Field(gt=0, le=100)] = 100.0
    indicateurs: tuple[CodeIndicateur, ...] = ()
    hypothese: Texte
    source: SourceDocument


class DomaineBareme(_Fige):
    """A domaine (axe): its weight, and its indicateurs whose weights make it up.

    ``parts_publiees`` is false when the document prints only the weight of the domaine: equal shares are then taken.
    """

    nom: Texte
    poids: Poids
    indicateurs: Annotated[tuple[IndicateurBareme, ...], Field(min_length=1)]
    bonification: Bonification | None = None
    parts_publiees: bool = True
    notes: tuple[Texte, ...] = ()

    @model_validator(mode="after")
    def _check_poids(self) -> Self:
        total = math.fsum(i.poids for i in self.indicateurs)
        if abs(total - self.poids) > _TOLERANCE:
            raise ValueError(
                f"domaine « {self.nom} » : les poids de ses indicateurs font {total:g}, et non {self.poids:g}"
            )
        if self.bonification is not None:
            codes = {i.code for i in self.indicateurs}
            for code in self.bonification.indicateurs:
                if code not in codes:
                    raise ValueError(f"domaine « {self.nom} » : bonification d'un indicateur étranger « {code} »")
        return self


class Bareme(_Fige):
    """The barème of a part (nationale or locale) for one or several types of organismes, worth 100 points."""

    code: CodeIndicateur
    referentiel: Referentiel
    annee: Annotated[int, Field(ge=2000, le=2100)]
    portee: Portee
    types_organisme: tuple[TypeOrganisme, ...] = ()
    titre: Texte
    domaines: Annotated[tuple[DomaineBareme, ...], Field(min_length=1)]
    source: SourceDocument
    notes: tuple[Texte, ...] = ()

    @model_validator(mode="after")
    def _check_coherence(self) -> Self:
        if (self.portee is Portee.LOCALE) != bool(self.types_organisme):
            raise ValueError(f"barème {self.code} : une part locale, et elle seule, nomme ses types d'organisme")
        total = math.fsum(d.poids for d in self.domaines)
        if abs(total - TOTAL) > _TOLERANCE:
            raise ValueError(f"barème {self.code} : les poids des domaines font {total:g}, et non {TOTAL:g}")
        noms = [d.nom for d in self.domaines]
        if len(set(noms)) != len(noms):
            raise ValueError(f"barème {self.code} : un domaine est déclaré deux fois")
        codes = list(self.list_codes())
        for code in codes:
            if codes.count(code) > 1:
                raise ValueError(f"barème {self.code} : l'indicateur « {code} » est déclaré deux fois")
        return self

    def list_indicateurs(self) -> tuple[IndicateurBareme, ...]:
        """Indicateurs in order, composites counting as one."""
        return tuple(i for d in self.domaines for i in d.indicateurs)

    def list_codes(self) -> Iterator[str]:
        """Every code a result may carry: indicateurs and components."""
        for indicateur in self.list_indicateurs():
            yield indicateur.code
            yield from (c.code for c in indicateur.composantes)

    def list_cibles(self) -> Iterator[tuple[str, Cible]]:
        """(code, target) of everything that is measured: indicateurs, or their components."""
        for indicateur in self.list_indicateurs():
            if indicateur.composantes:
                yield from ((c.code, c) for c in indicateur.composantes)
            else:
                yield indicateur.code, indicateur


def _rebuild(modele: Bareme, domaines: list[DomaineBareme]) -> Bareme:
    """A barème with other domaines, validated again (``model_copy`` validates nothing)."""
    return Bareme.model_validate(modele.model_dump() | {"domaines": [d.model_dump() for d in domaines]})


def _check_connus(bareme: Bareme, codes: Iterable[str]) -> None:
    connus = {i.code for i in bareme.list_indicateurs()}
    for code in codes:
        if code not in connus:
            raise ValueError(f"indicateur inconnu du barème {bareme.code} : « {code} »")


def update_poids(bareme: Bareme, poids: Mapping[str, float]) -> Bareme:
    """The same barème with other weights, the whole rescaled so that it is still worth 100 points.

    Args:
        bareme: the one to start from.
        poids: {code_indicateur: new weight}, on the scale of the barème; 0 takes the indicateur out.

    Raises:
        ValueError: an unknown indicateur, a weight that is not a number, negative or absurd, nothing left.
    """
    _check_connus(bareme, poids)
    for code, valeur in poids.items():
        if isinstance(valeur, bool) or not isinstance(valeur, (int, float)) or not 0 <= valeur <= TOTAL:
            raise ValueError(f"indicateur {code} : un poids entre 0 et {TOTAL:g} est attendu, pas {valeur!r}")
    nouveaux = {i.code: float(poids.get(i.code, i.poids)) for i in bareme.list_indicateurs()}
    total = math.fsum(nouveaux.values())
    if total <= 0:
        raise ValueError(f"barème {bareme.code} : tous les poids sont nuls")
    domaines = []
    for domaine in bareme.domaines:
        gardes = [
            i.model_copy(update={"poids": nouveaux[i.code] * TOTAL / total})
            for i in domaine.indicateurs
            if nouveaux[i.code] > 0
        ]
        if gardes:
            somme = math.fsum(i.poids for i in gardes)
            regle = domaine.bonification
            if regle is not None and regle.indicateurs:
                restants = tuple(c for c in regle.indicateurs if nouveaux[c] > 0)
                regle = regle.model_copy(update={"indicateurs": restants}) if restants else None
            domaines.append(
                domaine.model_copy(update={"poids": somme, "indicateurs": tuple(gardes), "bonification": regle})
            )
    return _rebuild(bareme, domaines)


class RegleInteressement(_Fige):
    """How a score becomes an amount (protocole d'accord du 21 juin 2023; trigger: that of 21 June 2017).

    Shares in %. ``seuil``: at or below this rate (in %) nothing is paid. ``arrondi_notification``: the amount notified
    to a multi-branch body is rounded up to this number of euros (deduced from the only printed example).
    """

    masse_pct: Annotated[float, Field(gt=0, le=100)]
    part_nationale_pct: Annotated[float, Field(ge=0, le=100)]
    part_locale_pct: Annotated[float, Field(ge=0, le=100)]
    seuil: Annotated[float, Field(ge=0, lt=100)]
    arrondi_notification: Annotated[float, Field(gt=0)]
    source: SourceDocument
    notes: tuple[Texte, ...] = ()

    @model_validator(mode="after")
    def _check_parts(self) -> Self:
        if abs(self.part_nationale_pct + self.part_locale_pct - 100) > _TOLERANCE:
            raise ValueError("règles de l'intéressement : part nationale et part locale doivent faire 100 %")
        return self


class FichierBaremes(_Fige):
    """One file ``<referentiel>_<annee>.yaml``: every barème of a referentiel and a year, and its rules."""

    referentiel: Referentiel
    annee: int
    regle: RegleInteressement | None = None
    baremes: Annotated[tuple[Bareme, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _check_coherence(self) -> Self:
        vus: set[TypeOrganisme | None] = set()
        for bareme in self.baremes:
            if (bareme.referentiel, bareme.annee) != (self.referentiel, self.annee):
                raise ValueError(f"barème {bareme.code} : référentiel ou année autres que ceux du fichier")
            for type_organisme in bareme.types_organisme or (None,):
                if type_organisme in vus:
                    raise ValueError(f"deux barèmes pour {type_organisme or 'la part nationale'}")
                vus.add(type_organisme)
        return self
