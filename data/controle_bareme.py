"""Check a proposed barème: every fault at once, each with its place in the data and how to mend it (French)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from data.bareme import TOTAL, Bareme, Cible, Part, Poids
from data.catalogue import Catalogue, DefinitionInvalideError, resolve_bareme, resolve_cible
from data.fichier_bareme import Chemin
from data.messages import format_raison
from data.modele import Forme
from data.proches import find_proches

_TOLERANCE: Final = 1e-6  # on sums of weights, as in data.bareme
_POIDS: TypeAdapter[float] = TypeAdapter(Poids)
_PART: TypeAdapter[float] = TypeAdapter(Part)
# What a proposal may not change: it stands for the published barème of the same organismes.
_IDENTITE: Final = {
    "code": "le code",
    "referentiel": "le référentiel",
    "annee": "l'année",
    "portee": "la portée",
    "types_organisme": "les types d'organisme",
}


@dataclass(frozen=True)
class Probleme:
    """One fault: where (keys and positions from the root) and what to do about it."""

    chemin: Chemin
    message: str


@dataclass(frozen=True)
class Controle:
    """A barème ready to be computed with, or the faults that prevent it (never both)."""

    bareme: Bareme | None
    problemes: tuple[Probleme, ...]


def check_bareme(brut: object, catalogue: Catalogue, publie: Bareme) -> Controle:
    """Validate plain data as a proposal that stands for a published barème.

    Args:
        brut: what a file or the screen holds.
        catalogue: definitions the indicateurs and their directions are checked against.
        publie: the barème it would replace: same code, year, types of organismes.

    Returns:
        The barème with every direction resolved, or all its faults, in the order of the data.
    """
    if not isinstance(brut, Mapping):
        return Controle(None, (Probleme((), "un barème est attendu (clés et valeurs), avec ses domaines"),))
    problemes = list(_list_propres(brut, catalogue, publie))
    places = {p.chemin for p in problemes}
    bareme = None
    try:
        bareme = Bareme.model_validate(dict(brut))
    except ValidationError as erreur:
        for detail in erreur.errors():
            chemin = _clean_chemin(detail["loc"])
            # Sums and doubles are checked here too, whatever else is wrong: do not say them twice. A list of wrong
            # elements is « too short » for pydantic alone.
            redite = detail["type"] == "value_error" and (chemin in places or (not chemin and problemes))
            if not redite and not (detail["type"] == "too_short" and detail["input"]):
                problemes.append(Probleme(chemin, _format_faute(detail)))
    if problemes or bareme is None:
        uniques = dict.fromkeys(problemes)
        return Controle(None, tuple(sorted(uniques, key=lambda p: _rank_chemin(p.chemin))))
    try:
        return Controle(resolve_bareme(bareme, bareme.code, catalogue.indicateur_par_code), ())
    except DefinitionInvalideError as erreur:  # pragma: no cover - every leaf was resolved above
        return Controle(None, (Probleme((), str(erreur)),))


def _clean_chemin(chemin: Chemin) -> Chemin:
    """Without what pydantic adds for its own unions."""
    return tuple(c for c in chemin if isinstance(c, int) or not c.startswith("function-"))


def _rank_chemin(chemin: Chemin) -> tuple[tuple[int, int, str], ...]:
    """Order of the data: positions as numbers, keys of a same object by name."""
    return tuple((0, c, "") if isinstance(c, int) else (1, 0, c) for c in chemin)


def _format_faute(detail: Any) -> str:
    raison = format_raison(detail)
    recu = detail.get("input")
    if detail["type"] == "missing" or isinstance(recu, (Mapping, list, tuple)):
        return raison
    return f"{raison} (reçu\u00a0: «\u00a0{str(recu)[:40]}\u00a0»)"


def _read_nombre(lecteur: TypeAdapter[float], valeur: object) -> float | None:
    """A weight or a share; None when it is wrong (pydantic says how)."""
    try:
        return lecteur.validate_python(valeur)
    except ValidationError:
        return None


def _list_objets(brut: object, cle: str, chemin: Chemin) -> Iterator[tuple[Chemin, Mapping[str, Any]]]:
    """The objects of a list, with their place; whatever is not an object is left to pydantic."""
    if not isinstance(brut, Mapping) or not isinstance(brut.get(cle), (list, tuple)):
        return
    for rang, objet in enumerate(brut[cle]):
        if isinstance(objet, Mapping):
            yield (*chemin, cle, rang), objet


def _list_propres(brut: Mapping[str, Any], catalogue: Catalogue, publie: Bareme) -> Iterator[Probleme]:
    """Faults of meaning, looked for even where the form is wrong too."""
    yield from _list_identite(brut, publie)
    source = brut.get("source")
    document = source.get("document") if isinstance(source, Mapping) else None
    if isinstance(document, str) and document not in catalogue.document_par_code:
        yield Probleme(("source", "document"), f"document inconnu «\u00a0{document[:40]}\u00a0»")
    poids: list[float | None] = []
    noms: set[str] = set()
    codes: dict[str, Chemin] = {}
    for chemin, domaine in _list_objets(brut, "domaines", ()):
        poids.append(_read_nombre(_POIDS, domaine.get("poids")))
        nom = domaine.get("nom")
        if isinstance(nom, str):
            if nom.strip() in noms:
                yield Probleme((*chemin, "nom"), f"le domaine «\u00a0{nom[:60]}\u00a0» est déclaré deux fois")
            noms.add(nom.strip())
        internes: list[float | None] = []
        for place, indicateur in _list_objets(domaine, "indicateurs", chemin):
            internes.append(_read_nombre(_POIDS, indicateur.get("poids")))
            yield from _list_indicateur(place, indicateur, catalogue, codes)
        yield from _check_somme(chemin, internes, poids[-1])
    if poids and None not in poids:
        total = math.fsum(p for p in poids if p is not None)
        if abs(total - TOTAL) > _TOLERANCE:
            yield Probleme(("domaines",), format_total(total))


def format_total(total: float) -> str:
    """What is wrong with a sum of weights, and by how much."""
    ecart = abs(total - TOTAL)
    ordre = "retirez" if total > TOTAL else "ajoutez"
    points = "point" if ecart < 2 else "points"
    return (
        f"les poids font {_format(total)} points, et non {_format(TOTAL)}\u00a0: {ordre} {_format(ecart)}\u00a0{points}"
    )


def _format(nombre: float) -> str:
    return f"{nombre:.6f}".rstrip("0").rstrip(".").replace(".", ",")


def _list_identite(brut: Mapping[str, Any], publie: Bareme) -> Iterator[Probleme]:
    attendus = publie.model_dump(mode="json")
    for cle, mots in _IDENTITE.items():
        recu = brut.get(cle)
        plat = [str(x) for x in recu] if isinstance(recu, (list, tuple)) else recu
        if recu is not None and str(plat) != str(attendus[cle]):
            attendu = ", ".join(attendus[cle]) if isinstance(attendus[cle], list) else attendus[cle]
            yield Probleme((cle,), f"{mots} doit rester celui du barème publié («\u00a0{attendu}\u00a0»)")


def _check_somme(chemin: Chemin, internes: list[float | None], attendu: float | None) -> Iterator[Probleme]:
    if attendu is None or not internes or None in internes:
        return
    total = math.fsum(p for p in internes if p is not None)
    if abs(total - attendu) > _TOLERANCE:
        yield Probleme(
            chemin, f"les poids de ses indicateurs font {_format(total)}, et non {_format(attendu)} (poids du domaine)"
        )


def _list_indicateur(
    chemin: Chemin, indicateur: Mapping[str, Any], catalogue: Catalogue, codes: dict[str, Chemin]
) -> Iterator[Probleme]:
    composantes = list(_list_objets(indicateur, "composantes", chemin))
    if (indicateur.get("forme") == Forme.COMPOSITE) != bool(composantes):
        yield Probleme(chemin, "la forme «\u00a0composite\u00a0» et des composantes vont ensemble")
    parts = [_read_nombre(_PART, composante.get("part")) for _, composante in composantes]
    if parts and None not in parts and abs(math.fsum(p for p in parts if p is not None) - 1) > _TOLERANCE:
        somme = math.fsum(p for p in parts if p is not None)
        yield Probleme(chemin, f"les parts de ses composantes font {_format(somme)}, et non 1")
    for place, porteur in [(chemin, indicateur), *composantes]:
        yield from _list_porteur(place, porteur, catalogue, codes)


def _list_porteur(
    chemin: Chemin, porteur: Mapping[str, Any], catalogue: Catalogue, codes: dict[str, Chemin]
) -> Iterator[Probleme]:
    """Faults of one indicateur or component: code, then target."""
    code = porteur.get("code")
    if not isinstance(code, str):
        return
    if code in codes:
        yield Probleme((*chemin, "code"), f"l'indicateur «\u00a0{code[:80]}\u00a0» est déclaré deux fois")
        return
    codes[code] = chemin
    if code not in catalogue.indicateur_par_code:
        proches = find_proches(code[:80], {i.code: i.titre_court for i in catalogue.indicateurs})
        suite = f"\u00a0; proches\u00a0: {', '.join(proches)}" if proches else ""
        yield Probleme((*chemin, "code"), f"indicateur inconnu «\u00a0{code[:80]}\u00a0»{suite}")
        return
    try:
        cible = Cible.model_validate({c: v for c, v in porteur.items() if c in Cible.model_fields})
        resolve_cible(cible, code, "", catalogue.indicateur_par_code)
    except ValidationError:
        return  # said by pydantic, field by field
    except DefinitionInvalideError as erreur:
        yield Probleme(chemin, str(erreur).removeprefix(" : ").removeprefix(f"indicateur {code} : "))
