"""Load the definitions once, validated, and answer questions about them.

Every YAML file of ``data/definitions`` goes through the models of
``data.modele``: an unknown key, a duplicate code or a broken reference stops the
program with a French message naming the file.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from data.bareme import Bareme, Cible, FichierBaremes, RegleInteressement
from data.calculs.taux import check_cible
from data.messages import format_raison
from data.modele import (
    Contradiction,
    Document,
    Evenement,
    Formule,
    Indicateur,
    Organisme,
    Referentiel,
    Region,
    Sens,
    TypeOrganisme,
)
from data.source import Correction, SourceFichier

DEFINITIONS = Path(__file__).parent / "definitions"
# Files of definitions/sources that relate the labels of one file of data/publie; read by its own loader.
CORRESPONDANCES = frozenset({"igas_delais_ij.yaml"})

M = TypeVar("M", bound=BaseModel)

_Loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class DefinitionInvalideError(ValueError):
    """A definition file is wrong; the message (in French) says where and how to mend it."""


class OrganismeInconnuError(KeyError):
    """No organisme answers to this code or spelling."""


class IndicateurInconnuError(KeyError):
    """No indicateur answers to this code or label."""


class BaremeInconnuError(KeyError):
    """No barème for this referentiel, year and type of organisme."""


def format_cle(texte: str) -> str:
    """Fold a label for matching: no case, accent, punctuation or repeated space.

    ``St``/``Ste`` read as ``saint``/``sainte`` and ``s/`` as ``sur``, as the documents use them.
    """
    sans_accent = unicodedata.normalize("NFKD", texte.replace("œ", "oe").replace("Œ", "OE"))
    brut = "".join(c for c in sans_accent if not unicodedata.combining(c)).lower()
    brut = re.sub(r"\bs/", "sur ", brut)
    mots = re.sub(r"[^a-z0-9%]+", " ", brut).split()
    equivalents = {"st": "saint", "ste": "sainte"}
    return " ".join(equivalents.get(m, m) for m in mots)


@dataclass(frozen=True)
class Catalogue:
    """All definitions, indexed. Built by :func:`load_catalogue`."""

    organismes: tuple[Organisme, ...]
    indicateurs: tuple[Indicateur, ...]
    regions: tuple[Region, ...]
    documents: tuple[Document, ...]
    evenements: tuple[Evenement, ...]
    contradictions: tuple[Contradiction, ...] = ()
    formules: tuple[Formule, ...] = ()
    sources: tuple[SourceFichier, ...] = ()
    corrections: tuple[Correction, ...] = ()
    fichiers_baremes: tuple[FichierBaremes, ...] = ()

    @cached_property
    def baremes(self) -> tuple[Bareme, ...]:
        """Every barème, in definition order."""
        return tuple(b for fichier in self.fichiers_baremes for b in fichier.baremes)

    @cached_property
    def organisme_par_code(self) -> Mapping[str, Organisme]:
        """Organismes by stable code."""
        return {o.code: o for o in self.organismes}

    @cached_property
    def indicateur_par_code(self) -> Mapping[str, Indicateur]:
        """Indicateurs by code."""
        return {i.code: i for i in self.indicateurs}

    @cached_property
    def region_par_code(self) -> Mapping[str, Region]:
        """Régions by INSEE code."""
        return {r.code: r for r in self.regions}

    @cached_property
    def document_par_code(self) -> Mapping[str, Document]:
        """Documents by code, the sources of loaded files included (their facts cite them)."""
        return {d.code: d for d in (*self.documents, *map(_build_document, self.sources))}

    @cached_property
    def source_par_code(self) -> Mapping[str, SourceFichier]:
        """Sources of loaded files by code."""
        return {s.code: s for s in self.sources}

    @cached_property
    def _alias(self) -> Mapping[tuple[TypeOrganisme | None, str], str]:
        """(type or None, folded spelling) -> code. Without a type, only unambiguous spellings."""
        par_type: dict[tuple[TypeOrganisme | None, str], str] = {}
        sans_type: dict[str, set[str]] = {}
        for organisme in self.organismes:
            for texte in _list_graphies(organisme):
                cle = format_cle(texte)
                par_type[(organisme.type, cle)] = organisme.code
                sans_type.setdefault(cle, set()).add(organisme.code)
        return par_type | {(None, c): codes.copy().pop() for c, codes in sans_type.items() if len(codes) == 1}

    @cached_property
    def _libelles(self) -> Mapping[tuple[Referentiel, TypeOrganisme | None, str], str]:
        """(referentiel, type or None, folded label) -> code of indicateur."""
        index: dict[tuple[Referentiel, TypeOrganisme | None, str], str] = {}
        for indicateur in self.indicateurs:
            types: tuple[TypeOrganisme | None, ...] = (*indicateur.types_organisme, None)
            for libelle in (indicateur.titre, *indicateur.libelles):
                for type_organisme in types:
                    index.setdefault((indicateur.referentiel, type_organisme, format_cle(libelle)), indicateur.code)
        return index

    def get_titre_source(self, code: str) -> str:
        """Short title of a document or of a source of files; a file loaded without a kept source has its code."""
        document = self.document_par_code.get(code)
        return document.titre_court if document is not None else f"Fichier chargé ({code})"

    def get_organisme(self, code: str) -> Organisme:
        """Return the organisme of this stable code.

        Raises:
            OrganismeInconnuError: no organisme has this code.
        """
        try:
            return self.organisme_par_code[code]
        except KeyError:
            raise OrganismeInconnuError(code) from None

    def find_organisme(self, texte: str, type_organisme: TypeOrganisme | None = None) -> Organisme:
        """Resolve a code or any known spelling, within a type when the document gives it.

        Raises:
            OrganismeInconnuError: nothing matches, or several organismes do.
        """
        exact = self.organisme_par_code.get(texte)
        if exact is not None and type_organisme in {None, exact.type}:
            return exact
        code = self._alias.get((type_organisme, format_cle(texte)))
        if code is None:
            raise OrganismeInconnuError(texte)
        return self.organisme_par_code[code]

    def get_indicateur(self, code: str) -> Indicateur:
        """Return the definition of this code.

        Raises:
            IndicateurInconnuError: no indicateur has this code.
        """
        try:
            return self.indicateur_par_code[code]
        except KeyError:
            raise IndicateurInconnuError(code) from None

    def find_indicateur(
        self, libelle: str, referentiel: Referentiel, type_organisme: TypeOrganisme | None = None
    ) -> Indicateur:
        """Resolve a printed label inside a referentiel (and a type, when one label serves several).

        Raises:
            IndicateurInconnuError: the label is not among the ``libelles`` of a definition.
        """
        code = self._libelles.get((referentiel, type_organisme, format_cle(libelle)))
        if code is None:
            raise IndicateurInconnuError(libelle)
        return self.indicateur_par_code[code]

    def get_bareme(self, referentiel: Referentiel, annee: int, type_organisme: TypeOrganisme | None = None) -> Bareme:
        """The barème of a type of organisme (the CCSS share that of the CPAM), or of the part nationale (no type).

        Raises:
            BaremeInconnuError: none is defined.
        """
        for bareme in self.baremes:
            if (bareme.referentiel, bareme.annee) == (referentiel, annee) and (
                type_organisme in bareme.types_organisme or (type_organisme is None and not bareme.types_organisme)
            ):
                return bareme
        raise BaremeInconnuError(f"{referentiel} {annee} {type_organisme or 'part nationale'}")

    def get_regle_interessement(self, annee: int) -> RegleInteressement:
        """How a score becomes an amount, for one year.

        Raises:
            BaremeInconnuError: no rule is defined for this year.
        """
        for fichier in self.fichiers_baremes:
            if fichier.annee == annee and fichier.regle is not None:
                return fichier.regle
        raise BaremeInconnuError(f"règles de l'intéressement {annee}")

    def list_organismes(self, *types: TypeOrganisme) -> tuple[Organisme, ...]:
        """All organismes, or those of the given types, in definition order."""
        return tuple(o for o in self.organismes if not types or o.type in types)

    def list_indicateurs(self, referentiel: Referentiel | None = None) -> tuple[Indicateur, ...]:
        """All indicateurs, or those of one referentiel, in definition order."""
        return tuple(i for i in self.indicateurs if referentiel is None or i.referentiel is referentiel)


def _build_document(source: SourceFichier) -> Document:
    return Document(
        code=source.code,
        titre=source.titre,
        titre_court=source.titre_court,
        producteur=source.producteur,
        date="date de chaque fichier chargé",
        description=source.description,
    )


def _list_graphies(organisme: Organisme) -> Iterable[str]:
    yield organisme.nom
    yield organisme.nom_court
    yield from organisme.alias


def _read_yaml(chemin: Path) -> Any:
    try:
        return yaml.load(chemin.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - safe loader
    except yaml.YAMLError as erreur:
        raise DefinitionInvalideError(f"{chemin} : YAML illisible ({erreur})") from erreur


def _format_erreur(chemin: Path, erreur: ValidationError) -> str:
    lignes = [
        f"  - {'.'.join(str(p) for p in e['loc']) or '(objet)'} : {format_raison(e)} (reçu : {e.get('input')!r:.80})"
        for e in erreur.errors()
    ]
    return f"{chemin} : définition invalide\n" + "\n".join(lignes)


def _load_modele(chemin: Path, brut: object, modele: type[M]) -> M:
    try:
        return modele.model_validate(brut)
    except ValidationError as erreur:
        raise DefinitionInvalideError(_format_erreur(chemin, erreur)) from erreur


def _load_liste(chemin: Path, modele: type[M]) -> list[M]:
    brut = _read_yaml(chemin)
    if not isinstance(brut, list):
        raise DefinitionInvalideError(f"{chemin} : une liste est attendue, pas {type(brut).__name__}")
    return [_load_modele(chemin, element, modele) for element in brut]


def _check_uniques(nature: str, codes: Iterable[str]) -> None:
    vus: set[str] = set()
    for code in codes:
        if code in vus:
            raise DefinitionInvalideError(f"{nature} : le code « {code} » est défini deux fois")
        vus.add(code)


def load_source(chemin: Path) -> SourceFichier:
    """Read the mapping of one source of files.

    Raises:
        DefinitionInvalideError: see :func:`build_catalogue`.
    """
    return _load_modele(chemin, _read_yaml(chemin), SourceFichier)


def _load_sources(dossier: Path) -> list[SourceFichier]:
    sources = []
    for chemin in sorted(dossier.glob("*.yaml")):
        if chemin.name in CORRESPONDANCES:
            continue
        source = load_source(chemin)
        if chemin.stem != source.code:
            raise DefinitionInvalideError(f"{chemin} : le fichier doit porter le nom de son code « {source.code} »")
        sources.append(source)
    return sources


def _load_indicateurs(dossier: Path) -> list[Indicateur]:
    indicateurs = []
    for chemin in sorted(dossier.rglob("*.yaml")):
        indicateur = _load_modele(chemin, _read_yaml(chemin), Indicateur)
        if chemin.stem != indicateur.code:
            raise DefinitionInvalideError(f"{chemin} : le fichier doit porter le nom de son code « {indicateur.code} »")
        if chemin.parent.name != indicateur.referentiel.value:
            raise DefinitionInvalideError(
                f"{chemin} : doit être rangé dans le dossier « {indicateur.referentiel.value} »"
            )
        indicateurs.append(indicateur)
    return indicateurs


def resolve_cible(cible: Cible, code: str, origine: str, indicateurs: Mapping[str, Indicateur]) -> dict[str, object]:
    """The direction of a target (its own, else that of the definition), once the target is proven coherent.

    Raises:
        DefinitionInvalideError: see :func:`resolve_bareme`.
    """
    if code not in indicateurs:
        raise DefinitionInvalideError(f"{origine} : indicateur inconnu « {code} »")
    declare = indicateurs[code].sens
    if cible.sens not in {None, declare} and declare is not Sens.NEUTRE:
        raise DefinitionInvalideError(
            f"{origine} : indicateur {code} : sens « {cible.sens} » dans le barème, « {declare} » dans sa définition"
        )
    resolue = cible.model_copy(update={"sens": cible.sens or (None if declare is Sens.NEUTRE else declare)})
    try:
        check_cible(code, resolue)
    except ValueError as erreur:
        raise DefinitionInvalideError(f"{origine} : {erreur}") from erreur
    return {"sens": resolue.sens}


def resolve_bareme(bareme: Bareme, origine: str, indicateurs: Mapping[str, Indicateur]) -> Bareme:
    """Check a barème against the definitions and give every target its direction.

    Args:
        bareme: as declared.
        origine: file or source named in the errors.
        indicateurs: definitions by code.

    Raises:
        DefinitionInvalideError: an unknown indicateur, a direction that contradicts its definition or its thresholds, a
            target that cannot be computed (socle = objectif without a rule).
    """
    domaines = []
    for domaine in bareme.domaines:
        lus = []
        for indicateur in domaine.indicateurs:
            mise_a_jour = resolve_cible(indicateur, indicateur.code, origine, indicateurs)
            mise_a_jour["composantes"] = tuple(
                c.model_copy(update=resolve_cible(c, c.code, origine, indicateurs)) for c in indicateur.composantes
            )
            lus.append(indicateur.model_copy(update=mise_a_jour))
        domaines.append(domaine.model_copy(update={"indicateurs": tuple(lus)}))
    return bareme.model_copy(update={"domaines": tuple(domaines)})


def _load_baremes(dossier: Path, indicateurs: Mapping[str, Indicateur]) -> tuple[FichierBaremes, ...]:
    fichiers = []
    for chemin in sorted(dossier.glob("*.yaml")):
        fichier = _load_modele(chemin, _read_yaml(chemin), FichierBaremes)
        attendu = f"{fichier.referentiel.value}_{fichier.annee}"
        if chemin.stem != attendu:
            raise DefinitionInvalideError(f"{chemin} : le fichier doit porter le nom « {attendu}.yaml »")
        resolus = tuple(resolve_bareme(b, str(chemin), indicateurs) for b in fichier.baremes)
        fichiers.append(fichier.model_copy(update={"baremes": resolus}))
    return tuple(fichiers)


def _check_references(catalogue: Catalogue) -> None:
    _check_uniques("organismes", (o.code for o in catalogue.organismes))
    _check_uniques("indicateurs", (i.code for i in catalogue.indicateurs))
    _check_uniques("regions", (r.code for r in catalogue.regions))
    _check_uniques("documents", (d.code for d in catalogue.documents))
    _check_uniques("evenements", (e.code for e in catalogue.evenements))
    _check_uniques("contradictions", (c.code for c in catalogue.contradictions))
    _check_uniques("formules", (f.code for f in catalogue.formules))
    _check_uniques("barèmes", (b.code for b in catalogue.baremes))
    _check_uniques("sources", [*(d.code for d in catalogue.documents), *(s.code for s in catalogue.sources)])
    _check_uniques("corrections", (c.code for c in catalogue.corrections))
    vus: dict[tuple[TypeOrganisme, str], str] = {}
    for organisme in catalogue.organismes:
        for region in organisme.regions or []:
            if region not in catalogue.region_par_code:
                raise DefinitionInvalideError(f"organisme {organisme.code} : région {region} inconnue")
        for texte in _list_graphies(organisme):
            cle = (organisme.type, format_cle(texte))
            if vus.setdefault(cle, organisme.code) != organisme.code:
                raise DefinitionInvalideError(f"organisme {organisme.code} : « {texte} » désigne déjà {vus[cle]}")
    connus = catalogue.indicateur_par_code
    for indicateur in catalogue.indicateurs:
        for lien in (*indicateur.composantes, *indicateur.indicateurs_lies):
            if lien not in connus:
                raise DefinitionInvalideError(f"indicateur {indicateur.code} : lien inconnu « {lien} »")
        if indicateur.source.document not in catalogue.document_par_code:
            raise DefinitionInvalideError(
                f"indicateur {indicateur.code} : document « {indicateur.source.document} » inconnu"
            )
    for fichier in catalogue.sources:
        parts = fichier.categories.parts.values() if fichier.categories is not None else ()
        for code in (*fichier.indicateurs.values(), *parts):
            if code not in connus:
                raise DefinitionInvalideError(f"source {fichier.code} : indicateur inconnu « {code} »")
    for correction in catalogue.corrections:
        if correction.cible.source is not None and correction.cible.source not in catalogue.source_par_code:
            raise DefinitionInvalideError(
                f"correction {correction.code} : source inconnue « {correction.cible.source} »"
            )
    for evenement in catalogue.evenements:
        for code in evenement.indicateurs:
            if code not in connus:
                raise DefinitionInvalideError(f"événement {evenement.code} : indicateur inconnu « {code} »")
    citations = [(f"événement {e.code}", e.source) for e in catalogue.evenements]
    citations += [(f"contradiction {c.code}", s) for c in catalogue.contradictions for s in c.sources]
    citations += [(f"formule {f.code}", f.source) for f in catalogue.formules if f.source is not None]
    citations += [(f"barème {b.code}", b.source) for b in catalogue.baremes]
    for objet, source in citations:
        if source.document not in catalogue.document_par_code:
            raise DefinitionInvalideError(f"{objet} : document « {source.document} » inconnu")


def build_catalogue(definitions: Path) -> Catalogue:
    """Read and validate every definition of a folder.

    Raises:
        DefinitionInvalideError: a file is malformed, has an unknown key, a duplicate or a dangling reference.
    """
    organismes: list[Organisme] = []
    for type_organisme in TypeOrganisme:
        chemin = definitions / "organismes" / f"{type_organisme.value.lower()}.yaml"
        if not chemin.exists():
            raise DefinitionInvalideError(f"{chemin} : fichier manquant")
        for organisme in _load_liste(chemin, Organisme):
            if organisme.type is not type_organisme:
                raise DefinitionInvalideError(f"{chemin} : {organisme.code} n'est pas de type {type_organisme}")
            organismes.append(organisme)
    indicateurs = tuple(_load_indicateurs(definitions / "indicateurs"))
    catalogue = Catalogue(
        organismes=tuple(organismes),
        indicateurs=indicateurs,
        regions=tuple(_load_liste(definitions / "regions.yaml", Region)),
        documents=tuple(_load_liste(definitions / "documents.yaml", Document)),
        evenements=tuple(_load_liste(definitions / "evenements.yaml", Evenement)),
        contradictions=tuple(_load_liste(definitions / "contradictions.yaml", Contradiction)),
        formules=tuple(_load_liste(definitions / "formules.yaml", Formule)),
        sources=tuple(_load_sources(definitions / "sources")),
        corrections=tuple(
            correction
            for chemin in sorted((definitions / "corrections").glob("*.yaml"))
            for correction in _load_liste(chemin, Correction)
        ),
        fichiers_baremes=_load_baremes(definitions / "baremes", {i.code: i for i in indicateurs}),
    )
    _check_references(catalogue)
    return catalogue


@lru_cache(maxsize=1)
def load_catalogue() -> Catalogue:
    """Return the catalogue of this checkout, read once per process."""
    return build_catalogue(DEFINITIONS)
