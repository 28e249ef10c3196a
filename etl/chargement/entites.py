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
from data.proches import find_proches
from data.schemas import COMMUNE

FRANCE = "france"
# Levels as a reader names them; organismes that are mapped are said « caisse » elsewhere.
NIVEAUX: Mapping[Maille, str] = {
    Maille.RESEAU: "France entière",
    Maille.TYPE_ORGANISME: "type d'organisme",
    Maille.ORGANISME: "organisme",
    Maille.GROUPE: "groupe de caisses",
    Maille.REGION: "région",
    Maille.DEPARTEMENT: "département",
    Maille.COMMUNE: "commune",
}
_RESEAU = {"france", "france entiere", "reseau", "ensemble du reseau", "national", "total france", "total", "ensemble"}
# Rows of a table that are no entity: a sum or a statistic of the others.
_SYNTHESES = re.compile(
    r"(?:sous )?tot(?:al|aux)\b.*|(?:moyenne|mediane|ecart type|minimum|maximum|cumul)\b.*|ensemble des \w+.*"
)
_CODE_COMMUNE = re.compile(r"\d{5}|2[AB]\d{3}")
_NOM_ET_DEPARTEMENT = re.compile(r"(.+?)\s*\((\d{1,3}|2[ABab])\)")
_TYPES_ANCIENS = {"COMD": "commune déléguée", "COMA": "commune associée"}
_PRESELECTION = 40  # communes looked at word by word, out of those a faster likeness finds near


@dataclass(frozen=True)
class Commune:
    """One code of commune (see ``mart_commune``)."""

    code: str
    type: str
    nom: str
    actuel: str
    departement: str
    region: str


@dataclass(frozen=True)
class Entite:
    """A resolved entity; ``precision`` says how when it was not direct, ``alerte`` names the warning that deserves."""

    maille: Maille
    code: str
    valide_du: dt.date | None = None
    valide_au: dt.date | None = None
    precision: str | None = None
    alerte: str | None = None


class EntiteInconnueError(ValueError):
    """No entity answers; ``regle`` names the finding, the message (French) suggests the nearest."""

    def __init__(self, regle: str, motif: str) -> None:
        super().__init__(motif)
        self.regle = regle
        self.motif = motif


@dataclass(frozen=True)
class Annuaire:
    """All the names a file may use.

    ``territoires`` has niveau, code, nom (see ``mart_territoire``), ``communes`` the columns of ``mart_commune``.
    """

    catalogue: Catalogue
    territoires: pl.DataFrame = field(
        default_factory=lambda: pl.DataFrame(schema={"niveau": str, "code": str, "nom": str})
    )
    communes: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=dict(COMMUNE.colonnes)))

    @cached_property
    def commune_par_code(self) -> Mapping[str, Commune]:
        """Every code of commune, former ones included."""
        colonnes = ("code_commune", "type", "nom", "code_actuel", "code_departement", "code_region")
        return {ligne[0]: Commune(*ligne) for ligne in self.communes.select(colonnes).iter_rows()}

    @cached_property
    def _communes_par_nom(self) -> Mapping[str, list[Commune]]:
        index: dict[str, list[Commune]] = {}
        for commune in self.commune_par_code.values():
            if commune.type == "COM":
                index.setdefault(format_nom_commune(commune.nom), []).append(commune)
        return index

    @cached_property
    def _communes_par_departement(self) -> Mapping[str, Mapping[str, str]]:
        """Names of the communes by code, in each département and (« ») in all of them."""
        index: dict[str, dict[str, str]] = {"": {}}
        for commune in self.commune_par_code.values():
            if commune.type == "COM":
                index[""][commune.code] = commune.nom
                index.setdefault(commune.departement, {})[commune.code] = commune.nom
        return index

    @cached_property
    def _codes(self) -> Mapping[Maille, frozenset[str]]:
        """Codes of the départements and of the régions."""
        par_niveau = {
            maille: frozenset(self.territoires.filter(niveau=maille.value)["code"])
            for maille in (Maille.DEPARTEMENT, Maille.REGION)
        }
        return par_niveau | {Maille.REGION: par_niveau[Maille.REGION] or frozenset(self.catalogue.region_par_code)}

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
    def _noms(self) -> Mapping[str, str]:
        """Every spelling of each organisme, by code, for suggestions."""
        return {o.code: " ".join((o.nom, o.nom_court, *o.alias)) for o in self.catalogue.organismes}

    def find(
        self,
        texte: str,
        mailles: Iterable[Maille],
        type_organisme: str | None = None,
        departement: str | None = None,
        nom: str | None = None,
        *,
        suggerer: bool = True,
    ) -> Entite:
        """Resolve one name or code at one of the levels the source declares, organismes first.

        Args:
            texte: what the file prints.
            mailles: levels of the source.
            type_organisme: of the row, when the file tells.
            departement: of the row, when the file tells: it tells apart communes of the same name.
            nom: of the row, beside its code: it helps to suggest.
            suggerer: look for the nearest names when nothing matches.

        Raises:
            EntiteInconnueError: nothing matches at these levels.
        """
        permises = list(mailles)
        brut = texte.strip()
        if Maille.COMMUNE in permises and (commune := self._find_code_commune(brut)) is not None:
            return commune
        if Maille.RESEAU in permises and format_cle(brut) in _RESEAU:
            return Entite(Maille.RESEAU, FRANCE)
        if Maille.ORGANISME in permises and (trouve := self._find_organisme(brut, type_organisme)) is not None:
            return trouve
        if Maille.TYPE_ORGANISME in permises and brut.upper() in set(TypeOrganisme):
            return Entite(Maille.TYPE_ORGANISME, brut.upper())
        for maille in (Maille.DEPARTEMENT, Maille.REGION):
            if maille in permises and (entite := self._find_territoire(brut, maille)) is not None:
                return entite
        # A commune and a territory above it may have one name: only a file of communes alone gives names of communes.
        if permises == [Maille.COMMUNE] and (commune := self._find_nom_commune(brut, departement)) is not None:
            return commune
        if niveau := self.find_niveau(brut, exclus=permises):
            raise EntiteInconnueError(
                "maille_inattendue", f"« {brut} » est de niveau {NIVEAUX[niveau]}, que la source ne déclare pas"
            )
        if _SYNTHESES.fullmatch(format_cle(brut)):
            raise EntiteInconnueError("maille_inattendue", f"« {brut} » est un total ou une moyenne, pas un organisme")
        self._explain(brut, permises)
        motif = f"« {brut} » n'est ni un code ni un nom connu"
        if suggerer:
            motif += f" ; les plus proches : {self.format_suggestions(brut, permises, departement, nom)}"
        raise EntiteInconnueError("organisme_inconnu" if Maille.ORGANISME in permises else "territoire_inconnu", motif)

    def find_niveau(self, texte: str, exclus: Iterable[Maille] = ()) -> Maille | None:
        """The level a text would resolve at, other than ``exclus``; None when it resolves at none."""
        sans = set(exclus)
        brut = texte.strip().upper()
        if Maille.RESEAU not in sans and format_cle(texte) in _RESEAU:
            return Maille.RESEAU
        if sans == {Maille.COMMUNE} and brut in self._codes[Maille.DEPARTEMENT]:
            return Maille.DEPARTEMENT  # « 11 » is nothing else in a column of codes of five characters
        for maille in (Maille.REGION, Maille.DEPARTEMENT):
            if maille not in sans and not brut.isdigit() and self._find_territoire(texte, maille) is not None:
                return maille
        if Maille.COMMUNE not in sans and brut in self.commune_par_code:
            return Maille.COMMUNE
        if Maille.TYPE_ORGANISME not in sans and brut in set(TypeOrganisme):
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
            if type_ is None and organisme.type is TypeOrganisme.DRSM and self._is_region(texte):
                return None  # « Grand Est » alone is the région; with its type, or as « DRSM Grand Est », the DRSM
            return Entite(Maille.ORGANISME, organisme.code, organisme.valide_du, organisme.valide_au)
        return None

    def _is_region(self, texte: str) -> bool:
        entite = self._territoires.get(format_cle(texte))
        return entite is not None and entite.maille is Maille.REGION

    def _find_territoire(self, texte: str, maille: Maille) -> Entite | None:
        brut = texte.strip().upper()
        niveau, codes = maille.value, self._codes[maille]
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

    def find_departement(self, texte: str) -> str:
        """The code of a département given by code or name.

        Raises:
            EntiteInconnueError: none answers, or its code lost its zero.
        """
        return self.find(texte, [Maille.DEPARTEMENT]).code

    def _find_code_commune(self, texte: str) -> Entite | None:
        """A commune by its code of five characters, that of an arrondissement or of a former commune included."""
        brut = texte.upper()
        commune = self.commune_par_code.get(brut)
        if commune is None:
            if re.fullmatch(r"\d{4}", brut) and brut.zfill(5) in self.commune_par_code:
                attendue = self.commune_par_code[brut.zfill(5)]
                raise EntiteInconnueError(
                    "zero_initial_perdu",
                    f"« {texte} » : zéro initial perdu, le code de {attendue.nom} est « {attendue.code} »",
                )
            if re.fullmatch(r"20\d{3}", brut):
                corses = [c for lettre in "AB" if (c := self.commune_par_code.get(f"2{lettre}{brut[2:]}")) is not None]
                noms = " ou ".join(f"« {c.code} » ({c.nom})" for c in corses) or "aucun"
                raise EntiteInconnueError(
                    "territoire_inconnu", f"« {texte} » : un code de Corse commence par 2A ou 2B ; le sien : {noms}"
                )
            return None
        if commune.type == "COM":
            return Entite(Maille.COMMUNE, commune.code)
        actuelle = self.commune_par_code[commune.actuel]
        if commune.type == "ARM":
            return Entite(Maille.COMMUNE, commune.code, precision=f"arrondissement de {actuelle.nom} ({actuelle.code})")
        return Entite(
            Maille.COMMUNE,
            actuelle.code,
            precision=f"code {commune.code} de {commune.nom}, {_TYPES_ANCIENS[commune.type]} de {actuelle.nom} "
            f"({actuelle.code})",
            alerte="commune_ancienne",
        )

    def _find_nom_commune(self, texte: str, departement: str | None) -> Entite | None:
        """A commune by its name, in its département when the file gives it, when one commune only answers."""
        if precise := _NOM_ET_DEPARTEMENT.fullmatch(texte):
            texte, departement = precise[1], precise[2]
        if _CODE_COMMUNE.fullmatch(texte.upper()):
            return None
        trouvees = self._communes_par_nom.get(format_nom_commune(texte), [])
        if departement:
            code = self.find_departement(departement)
            trouvees = [c for c in trouvees if c.departement == code]
        if len(trouvees) > 1:
            noms = ", ".join(f"{c.nom} ({c.code})" for c in trouvees[:5]) + (", …" if len(trouvees) > 5 else "")
            raise EntiteInconnueError(
                "territoire_inconnu", f"« {texte} » désigne {len(trouvees)} communes ({noms}) : donnez le code INSEE"
            )
        return Entite(Maille.COMMUNE, trouvees[0].code) if trouvees else None

    def format_suggestions(
        self, texte: str, mailles: Iterable[Maille], departement: str | None = None, nom: str | None = None
    ) -> str:
        """The three nearest known names, « A » ; « B » ; « C »."""
        permises = set(mailles)
        if Maille.ORGANISME in permises:
            noms = [self.catalogue.organisme_par_code[c].nom for c in find_proches(texte, self._noms)]
        elif permises == {Maille.COMMUNE}:
            noms = [f"{c.code} {c.nom}" for c in self._list_communes_proches(texte, departement, nom)]
        else:
            lignes = self.territoires.filter(pl.col("niveau") != "caisse").select("niveau", "code", "nom").iter_rows()
            choix = {f"{niveau} {code}": libelle for niveau, code, libelle in lignes}
            choix |= {f"region {r.code}": r.nom for r in self.catalogue.regions}
            noms = list(dict.fromkeys(choix[cle] for cle in find_proches(texte, choix)))
        return " ; ".join(f"« {n} »" for n in noms) or "aucun"

    def _list_communes_proches(self, texte: str, departement: str | None, nom: str | None) -> list[Commune]:
        """The three communes nearest to a name, or to a code, in the département they seem to be of."""
        brut = texte.upper()
        devine = brut[: 3 if brut.startswith("97") else 2] if _CODE_COMMUNE.fullmatch(brut) else ""
        choix = self._communes_par_departement.get(departement or devine) or self._communes_par_departement[""]
        cherche = nom or texte
        preselection = process.extract(cherche, choix, scorer=fuzz.WRatio, limit=_PRESELECTION)
        proches = find_proches(cherche, {code: libelle for libelle, _, code in preselection})
        return [self.commune_par_code[code] for code in proches]


def format_nom_commune(texte: str) -> str:
    """A name of commune folded for comparison: case, accents, hyphens, « St » and « Ste » aside."""
    mots = {"st": "saint", "ste": "sainte"}
    return " ".join(mots.get(mot, mot) for mot in format_cle(texte).split())


def _is_code_tronque(texte: str, catalogue: Catalogue) -> bool:
    """« 11 » for the caisse 011: two digits that a spreadsheet left of a three-digit code."""
    return re.fullmatch(r"\d{1,2}", texte) is not None and texte.zfill(3) in catalogue.organisme_par_code
