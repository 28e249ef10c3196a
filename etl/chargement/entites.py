"""Resolve what a row is about: an organisme by code or any alias, a territoire by code or name, the network.

Nothing is guessed: an unknown spelling is refused with the three nearest ones; a code that lost its leading zero is
detected and said, never mended in silence.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import polars as pl
from rapidfuzz import fuzz, process

from data.catalogue import Catalogue, OrganismeInconnuError, format_cle
from data.modele import Maille, Organisme, TypeOrganisme

FRANCE = "france"
_RESEAU = {"france", "france entiere", "reseau", "ensemble du reseau", "national", "total france", "total", "ensemble"}
SUGGESTIONS = 3


@dataclass(frozen=True)
class Entite:
    """A resolved entity; ``precision`` says how when it was not direct (predecessor)."""

    maille: Maille
    code: str
    valide_du: dt.date | None = None
    valide_au: dt.date | None = None
    precision: str | None = None


class EntiteInconnueError(ValueError):
    """No entity answers; ``regle`` names the finding, the message (French) suggests the nearest."""

    def __init__(self, regle: str, motif: str) -> None:
        super().__init__(motif)
        self.regle = regle
        self.motif = motif


@dataclass(frozen=True)
class Annuaire:
    """All the names a file may use. ``territoires`` has niveau, code, nom (see ``etl.mart.geometries``)."""

    catalogue: Catalogue
    territoires: pl.DataFrame = field(
        default_factory=lambda: pl.DataFrame(schema={"niveau": str, "code": str, "nom": str})
    )

    @cached_property
    def _territoires(self) -> Mapping[str, Entite]:
        index: dict[str, Entite] = {}
        for region in self.catalogue.regions:
            for texte in (region.nom, *region.alias):
                index[format_cle(texte)] = Entite(Maille.REGION, region.code)
        for code, nom in self.territoires.filter(niveau="departement").select("code", "nom").iter_rows():
            index.setdefault(format_cle(nom), Entite(Maille.DEPARTEMENT, code))
        return index

    @cached_property
    def _predecesseurs(self) -> Mapping[str, Organisme]:
        return {format_cle(nom): o for o in self.catalogue.organismes for nom in o.predecesseurs}

    @cached_property
    def _noms(self) -> list[tuple[str, str]]:
        """(folded spelling, spelling to show) of every organisme, for suggestions."""
        return [(format_cle(t), o.nom) for o in self.catalogue.organismes for t in (o.nom, o.nom_court, *o.alias)]

    def find(self, texte: str, mailles: Iterable[Maille], type_organisme: str | None = None) -> Entite:
        """Resolve one name or code at one of the levels the source declares, organismes first.

        Raises:
            EntiteInconnueError: nothing matches at these levels.
        """
        permises = list(mailles)
        brut = texte.strip()
        if Maille.RESEAU in permises and format_cle(brut) in _RESEAU:
            return Entite(Maille.RESEAU, FRANCE)
        if Maille.ORGANISME in permises and (trouve := self._find_organisme(brut, type_organisme)) is not None:
            return trouve
        if Maille.TYPE_ORGANISME in permises and brut.upper() in set(TypeOrganisme):
            return Entite(Maille.TYPE_ORGANISME, brut.upper())
        for maille in (Maille.DEPARTEMENT, Maille.REGION):
            if maille in permises and (entite := self._find_territoire(brut, maille)) is not None:
                return entite
        if niveau := self.find_niveau(brut, exclus=permises):
            raise EntiteInconnueError(
                "maille_inattendue", f"« {brut} » est de niveau {niveau.value}, que la source ne déclare pas"
            )
        self._explain(brut, permises)
        raise EntiteInconnueError(
            "organisme_inconnu" if Maille.ORGANISME in permises else "territoire_inconnu",
            f"« {brut} » n'est ni un code ni un nom connu ; "
            f"les plus proches : {self.format_suggestions(brut, permises)}",
        )

    def find_niveau(self, texte: str, exclus: Iterable[Maille] = ()) -> Maille | None:
        """The level a text would resolve at, other than ``exclus``; None when it resolves at none."""
        sans = set(exclus)
        if Maille.RESEAU not in sans and format_cle(texte) in _RESEAU:
            return Maille.RESEAU
        for maille in (Maille.REGION, Maille.DEPARTEMENT):
            if maille not in sans and not texte.strip().isdigit() and self._find_territoire(texte, maille) is not None:
                return maille
        if Maille.TYPE_ORGANISME not in sans and texte.strip().upper() in set(TypeOrganisme):
            return Maille.TYPE_ORGANISME
        return None

    def _find_organisme(self, texte: str, type_organisme: str | None) -> Entite | None:
        types: list[TypeOrganisme | None] = [None]
        if type_organisme:
            try:
                types = [TypeOrganisme(type_organisme.strip().upper())]
            except ValueError:
                raise EntiteInconnueError(
                    "organisme_inconnu",
                    f"type d'organisme « {type_organisme} » inconnu ; les types : {', '.join(TypeOrganisme)}",
                ) from None
            if types == [TypeOrganisme.CPAM]:  # the note counts the two CCSS with the CPAM
                types.append(TypeOrganisme.CCSS)
        if _is_code_tronque(texte, self.catalogue):
            raise EntiteInconnueError(
                "zero_initial_perdu",
                f"« {texte} » : code de caisse « {texte.zfill(3)} » sans son zéro initial, ou numéro de département ?",
            )
        successeur = self._predecesseurs.get(format_cle(texte))
        if successeur is not None and types[0] in {None, successeur.type}:
            # A predecessor's result belongs to the time before its successor was born.
            avant = successeur.valide_du - dt.timedelta(days=1) if successeur.valide_du else None
            return Entite(
                Maille.ORGANISME, successeur.code, None, avant, f"« {texte} », prédécesseur de {successeur.nom}"
            )
        for type_ in types:
            try:
                organisme = self.catalogue.find_organisme(texte, type_)
            except OrganismeInconnuError:
                continue
            return Entite(Maille.ORGANISME, organisme.code, organisme.valide_du, organisme.valide_au)
        return None

    def _find_territoire(self, texte: str, maille: Maille) -> Entite | None:
        brut = texte.strip().upper()
        niveau = "departement" if maille is Maille.DEPARTEMENT else "region"
        codes = set(self.territoires.filter(niveau=niveau)["code"]) or (
            set(self.catalogue.region_par_code) if maille is Maille.REGION else set()
        )
        if brut in codes:
            return Entite(maille, brut)
        if re.fullmatch(r"0\d\d|0(?:2A|2B)", brut) and brut[1:] in codes and maille is Maille.DEPARTEMENT:
            return Entite(maille, brut[1:])  # départements padded to three characters (« 059 », « 02A »)
        if brut.isdigit() and len(brut) == 1 and brut.zfill(2) in codes:
            raise EntiteInconnueError(
                "zero_initial_perdu", f"« {texte} » : zéro initial perdu, le code du {niveau} est « {brut.zfill(2)} »"
            )
        if brut == "20" and maille is Maille.DEPARTEMENT:
            raise EntiteInconnueError("territoire_inconnu", "« 20 » : la Corse a deux départements, 2A et 2B")
        trouve = self._territoires.get(format_cle(texte))
        if trouve is not None and trouve.maille is not maille:  # one name for two levels (La Réunion)
            memes = self.territoires.filter(niveau=niveau).filter(
                pl.col("nom").map_elements(format_cle, return_dtype=pl.String) == format_cle(texte)
            )
            return Entite(maille, str(memes["code"][0])) if memes.height == 1 else None
        return trouve

    def _explain(self, texte: str, mailles: list[Maille]) -> None:
        """Raise a more precise error when the reason can be told."""
        if Maille.ORGANISME in mailles:
            homonymes = [
                o
                for o in self.catalogue.organismes
                if format_cle(texte) in {format_cle(t) for t in (o.nom, o.nom_court, *o.alias)}
            ]
            if len(homonymes) > 1:
                noms = ", ".join(o.nom for o in homonymes)
                raise EntiteInconnueError(
                    "organisme_inconnu",
                    f"« {texte} » désigne plusieurs organismes ({noms}) : donnez le type ou le code",
                )

    def format_suggestions(self, texte: str, mailles: Iterable[Maille]) -> str:
        """The three nearest known names, « A » ; « B » ; « C »."""
        if Maille.ORGANISME in set(mailles):
            choix = self._noms
        else:
            choix = [(format_cle(n), n) for n in self.territoires.filter(pl.col("niveau") != "caisse")["nom"]]
            choix += [(format_cle(r.nom), r.nom) for r in self.catalogue.regions]
        trouves = process.extract(format_cle(texte), [c for c, _ in choix], scorer=fuzz.WRatio, limit=12 * SUGGESTIONS)
        noms = list(dict.fromkeys(choix[i][1] for _, _, i in trouves))[:SUGGESTIONS]
        return " ; ".join(f"« {n} »" for n in noms) or "aucun"


def _is_code_tronque(texte: str, catalogue: Catalogue) -> bool:
    """« 11 » for the caisse 011: two digits that a spreadsheet left of a three-digit code."""
    return re.fullmatch(r"\d{1,2}", texte) is not None and texte.zfill(3) in catalogue.organisme_par_code
