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
    TypeOrganisme,
)

DEFINITIONS = Path(__file__).parent / "definitions"

M = TypeVar("M", bound=BaseModel)

_Loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class DefinitionInvalideError(ValueError):
    """A definition file is wrong; the message (in French) says where and how to mend it."""


class OrganismeInconnuError(KeyError):
    """No organisme answers to this code or spelling."""


class IndicateurInconnuError(KeyError):
    """No indicateur answers to this code or label."""


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
        """Documents by code."""
        return {d.code: d for d in self.documents}

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

    def list_organismes(self, *types: TypeOrganisme) -> tuple[Organisme, ...]:
        """All organismes, or those of the given types, in definition order."""
        return tuple(o for o in self.organismes if not types or o.type in types)

    def list_indicateurs(self, referentiel: Referentiel | None = None) -> tuple[Indicateur, ...]:
        """All indicateurs, or those of one referentiel, in definition order."""
        return tuple(i for i in self.indicateurs if referentiel is None or i.referentiel is referentiel)


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


def _check_references(catalogue: Catalogue) -> None:
    _check_uniques("organismes", (o.code for o in catalogue.organismes))
    _check_uniques("indicateurs", (i.code for i in catalogue.indicateurs))
    _check_uniques("regions", (r.code for r in catalogue.regions))
    _check_uniques("documents", (d.code for d in catalogue.documents))
    _check_uniques("evenements", (e.code for e in catalogue.evenements))
    _check_uniques("contradictions", (c.code for c in catalogue.contradictions))
    _check_uniques("formules", (f.code for f in catalogue.formules))
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
    for evenement in catalogue.evenements:
        for code in evenement.indicateurs:
            if code not in connus:
                raise DefinitionInvalideError(f"événement {evenement.code} : indicateur inconnu « {code} »")
    citations = [(f"événement {e.code}", e.source) for e in catalogue.evenements]
    citations += [(f"contradiction {c.code}", s) for c in catalogue.contradictions for s in c.sources]
    citations += [(f"formule {f.code}", f.source) for f in catalogue.formules if f.source is not None]
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
    catalogue = Catalogue(
        organismes=tuple(organismes),
        indicateurs=tuple(_load_indicateurs(definitions / "indicateurs")),
        regions=tuple(_load_liste(definitions / "regions.yaml", Region)),
        documents=tuple(_load_liste(definitions / "documents.yaml", Document)),
        evenements=tuple(_load_liste(definitions / "evenements.yaml", Evenement)),
        contradictions=tuple(_load_liste(definitions / "contradictions.yaml", Contradiction)),
        formules=tuple(_load_liste(definitions / "formules.yaml", Formule)),
    )
    _check_references(catalogue)
    return catalogue


@lru_cache(maxsize=1)
def load_catalogue() -> Catalogue:
    """Return the catalogue of this checkout, read once per process."""
    return build_catalogue(DEFINITIONS)
