"""A barème as rows of text, one per indicateur or component: what the grid edits and what an Excel file holds.

Texts are written as a French reader types them (« 7,5 », « 10/3 », « 31/12/2023 », « plus haut = mieux ») and read
back exactly. What rows do not hold (title, source, bonification, notes) comes from the barème they started from.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from components.figures.formats import INSECABLE
from data.bareme import TOTAL, Bareme, ComposanteBareme, DomaineBareme, Ecart, IndicateurBareme, RegleEgalite
from data.catalogue import load_catalogue
from data.fichier_bareme import Chemin, build_donnees, format_part
from data.modele import Forme, Sens

# (field, heading), in order. The title is for the reader only; every other field is read back.
CHAMPS: Final[dict[str, str]] = {
    "domaine": "Domaine",
    "titre": "Indicateur",
    "code": "Code",
    "composite": "Composante de",
    "poids": "Poids",
    "part": "Part",
    "forme": "Forme",
    "sens": "Sens",
    "socle": "Socle",
    "objectif": "Objectif",
    "date_socle": "Date du socle",
    "date_objectif": "Date de l'objectif",
    "reference": "Référence",
    "ecart": "Écart à la référence",
    "borne_basse": "Borne basse",
    "borne_haute": "Borne haute",
    "tolerance": "Tolérance",
    "decote_mensuelle": "Décote mensuelle",
    "paliers": "Paliers",
    "regle_egalite": "Socle = objectif",
    "hypothese": "Hypothèse",
}
LECTURE_SEULE: Final = frozenset({"titre"})
LIBELLES_FORME: Final[dict[str, str]] = {
    Forme.LINEAIRE: "linéaire",
    Forme.NIVEAU: "seuil à atteindre",
    Forme.OUI_NON: "oui / non",
    Forme.DATE: "date",
    Forme.PALIERS: "paliers",
    Forme.INTERVALLE: "intervalle",
    Forme.EVOLUTION: "évolution",
    Forme.RELATIF_PASSE: "relatif au passé",
    Forme.RELATIF_CIBLE: "relatif à une cible",
    Forme.COMPOSITE: "composite",
    Forme.TEXTE: "texte",
    Forme.AUCUNE: "taux donné",
}
LIBELLES_SENS: Final[dict[str, str]] = {Sens.HAUT: "plus haut = mieux", Sens.BAS: "plus bas = mieux"}
_LIBELLES_ECART: Final[dict[str, str]] = {
    Ecart.SOCLE: "le passé est le socle",
    Ecart.POINTS: "en unités",
    Ecart.POURCENT: "en %",
}
_LIBELLES_EGALITE: Final[dict[str, str]] = {RegleEgalite.ERREUR: "", RegleEgalite.SEUIL: "seuil"}
_CHOIX: Final = {
    "forme": LIBELLES_FORME,
    "sens": LIBELLES_SENS,
    "ecart": _LIBELLES_ECART,
    "regle_egalite": _LIBELLES_EGALITE,
}
NOMBRES: Final = (
    "poids", "part", "socle", "objectif", "reference", "borne_basse", "borne_haute", "tolerance", "decote_mensuelle",
)  # fmt: skip
DATES: Final = ("date_socle", "date_objectif")
_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_ESPACES = re.compile(r"[\s\u00a0\u202f]")

Ligne = dict[str, str]


@dataclass(frozen=True)
class Lecture:
    """Plain data for ``check_bareme``, where each place comes from (row, field), what could not be read.

    ``retires``: codes whose weight was left empty: they leave the barème.
    """

    brut: dict[str, Any]
    places: Mapping[Chemin, tuple[int, str]]
    problemes: tuple[tuple[int, str, str], ...]
    retires: tuple[str, ...]

    def find_place(self, chemin: Chemin) -> tuple[int, str] | None:
        """Row and field of a place, or those of the nearest thing that holds it; None for the barème as a whole."""
        for fin in range(len(chemin), 0, -1):
            if chemin[:fin] in self.places:
                return self.places[chemin[:fin]]
        return None


def _format_nombre(valeur: float | None) -> str:
    if valeur is None:
        return ""
    part = format_part(valeur)
    return part if isinstance(part, str) else repr(part).replace(".", ",")


def _format_porteur(domaine: DomaineBareme, porteur: IndicateurBareme | ComposanteBareme, composite: str) -> Ligne:
    paliers = " ; ".join(f"{_format_nombre(p.seuil)} = {_format_nombre(100 * p.taux)} %" for p in porteur.paliers)
    textes: Ligne = {
        "domaine": domaine.nom,
        "titre": load_catalogue().get_indicateur(porteur.code).titre_court,
        "code": porteur.code,
        "composite": composite,
        "paliers": paliers,
        "hypothese": porteur.hypothese or "",
        "poids": _format_nombre(porteur.poids) if isinstance(porteur, IndicateurBareme) else "",
        "part": _format_nombre(porteur.part) if isinstance(porteur, ComposanteBareme) else "",
    }
    for champ in ("socle", "objectif", "reference", "borne_basse", "borne_haute", "tolerance", "decote_mensuelle"):
        textes[champ] = _format_nombre(getattr(porteur, champ))
    for champ in DATES:
        date: dt.date | None = getattr(porteur, champ)
        textes[champ] = "" if date is None else f"{date:%d/%m/%Y}"
    for champ, libelles in _CHOIX.items():
        valeur = getattr(porteur, champ)
        textes[champ] = "" if valeur is None else libelles.get(valeur, str(valeur))
    return {champ: textes[champ] for champ in CHAMPS}


def list_lignes(bareme: Bareme) -> list[Ligne]:
    """The rows of a barème, in order; the components of a composite follow it."""
    lignes = []
    for domaine in bareme.domaines:
        for indicateur in domaine.indicateurs:
            lignes.append(_format_porteur(domaine, indicateur, ""))
            lignes += [_format_porteur(domaine, c, indicateur.code) for c in indicateur.composantes]
    return lignes


def read_lignes(lignes: Sequence[Mapping[str, object]], base: Bareme) -> Lecture:
    """Read rows typed on screen or in a file.

    Args:
        lignes: fields of ``CHAMPS`` as text; a row whose weight is empty takes its indicateur (and its components) out.
        base: the barème the rows started from.

    Returns:
        Data to check, its places, and what cannot be placed: an unknown domaine, a component without its composite.
    """
    propres = [{champ: _clean(ligne.get(champ)) for champ in CHAMPS} for ligne in lignes]
    domaines = {d.nom: d for d in base.domaines}
    contenus: dict[str, list[dict[str, Any]]] = {}
    rangs: dict[str, list[tuple[int, list[int]]]] = {}
    ouverts: dict[str, tuple[dict[str, Any], list[int]]] = {}
    problemes: list[tuple[int, str, str]] = []
    retires: list[str] = []
    for rang, ligne in enumerate(propres):
        nom, code, parent = ligne["domaine"], ligne["code"], ligne["composite"]
        if nom not in domaines:
            connus = ", ".join(f"«{INSECABLE}{d}{INSECABLE}»" for d in domaines)
            problemes.append(
                (rang, "domaine", f"domaine inconnu «{INSECABLE}{nom[:60]}{INSECABLE}»\u00a0; attendus\u00a0: {connus}")
            )
            continue
        if parent:
            if parent in retires:
                retires.append(code)
            elif parent not in ouverts:
                problemes.append(
                    (
                        rang,
                        "composite",
                        f"aucune ligne au-dessus ne porte le composite «{INSECABLE}{parent[:80]}{INSECABLE}»",
                    )
                )
            else:
                porteur, places = ouverts[parent]
                porteur.setdefault("composantes", []).append(_read_porteur(ligne, "part", rang, problemes))
                places.append(rang)
            continue
        if not ligne["poids"]:
            retires.append(code)
            continue
        porteur = _read_porteur(ligne, "poids", rang, problemes)
        _keep_suite(porteur, base)
        place: list[int] = []
        ouverts.setdefault(code, (porteur, place))
        contenus.setdefault(nom, []).append(porteur)
        rangs.setdefault(nom, []).append((rang, place))
    brut = build_donnees(base)
    brut["domaines"] = []
    places_domaines: dict[Chemin, tuple[int, str]] = {}
    for nom, porteurs in contenus.items():
        numero = len(brut["domaines"])
        brut["domaines"].append(_build_domaine(domaines[nom], porteurs))
        premier = rangs[nom][0][0]
        places_domaines[("domaines", numero)] = (premier, "domaine")
        for place_i, (rang, enfants) in enumerate(rangs[nom]):
            chemin: Chemin = ("domaines", numero, "indicateurs", place_i)
            places_domaines |= {(*chemin, champ): (rang, champ) for champ in CHAMPS} | {chemin: (rang, "")}
            for place_c, enfant in enumerate(enfants):
                interne: Chemin = (*chemin, "composantes", place_c)
                places_domaines |= {(*interne, champ): (enfant, champ) for champ in CHAMPS} | {interne: (enfant, "")}
    return Lecture(brut, places_domaines, tuple(problemes), tuple(retires))


def _clean(valeur: object) -> str:
    """A cell as text: numbers, dates and yes/no of a workbook included."""
    if valeur is None:
        return ""
    if isinstance(valeur, dt.datetime):
        return f"{valeur:%d/%m/%Y}"
    if isinstance(valeur, dt.date):
        return f"{valeur:%d/%m/%Y}"
    if isinstance(valeur, float) and math.isfinite(valeur) and valeur == int(valeur) and abs(valeur) < 1e15:
        return str(int(valeur))
    if isinstance(valeur, float):
        # A workbook keeps fifteen digits: what was 10/3 is 10/3 again.
        fraction = format_part(Fraction(valeur).limit_denominator(60).__float__()) if math.isfinite(valeur) else valeur
        proche = isinstance(fraction, str) and math.isclose(valeur, _get_poids(fraction) or 0.0, rel_tol=1e-14)
        return str(fraction) if proche else repr(valeur)
    return str(valeur).strip()


def _read_porteur(ligne: Ligne, mesure: str, rang: int, problemes: list[tuple[int, str, str]]) -> dict[str, Any]:
    """Plain data of one indicateur or component; what is not a number stays as typed, for the checks to name."""
    porteur: dict[str, Any] = {"code": ligne["code"], mesure: _read_nombre(ligne[mesure])}
    autre = "part" if mesure == "poids" else "poids"
    if ligne[autre]:
        mots = "une composante a une part, pas un poids" if mesure == "part" else "seule une composante a une part"
        problemes.append((rang, autre, f"{mots}\u00a0: videz cette case"))
    for champ in NOMBRES[2:]:
        if ligne[champ]:
            porteur[champ] = _read_nombre(ligne[champ])
    for champ in DATES:
        if ligne[champ]:
            porteur[champ] = _read_date(ligne[champ])
    for champ, libelles in _CHOIX.items():
        if ligne[champ]:
            codes = {libelle.casefold(): code for code, libelle in libelles.items()}
            lu = codes.get(ligne[champ].casefold(), ligne[champ])
            if lu not in libelles:
                possibles = ", ".join(libelle for libelle in libelles.values() if libelle)
                recu = f"«{INSECABLE}{ligne[champ][:40]}{INSECABLE}»"
                problemes.append((rang, champ, f"valeurs possibles\u00a0: {possibles} (reçu\u00a0: {recu})"))
                continue
            porteur[champ] = str(lu)
    if ligne["hypothese"]:
        porteur["hypothese"] = ligne["hypothese"]
    if ligne["paliers"]:
        try:
            porteur["paliers"] = [_read_palier(p) for p in ligne["paliers"].split(";") if p.strip()]
        except ValueError:
            problemes.append(
                (rang, "paliers", f"écrivez «{INSECABLE}75 = 50 % ; 90 = 100 %{INSECABLE}» (seuil = taux)")
            )
    return porteur


def _read_nombre(texte: str) -> str | float:
    """A number typed in French as the checks read it; exact fractions stay text."""
    propre = _ESPACES.sub("", texte).replace("−", "-").replace(",", ".")
    if re.fullmatch(r"[+-]?\d{1,15}(\.\d{1,17})?(e[+-]?\d{1,3})?", propre, re.IGNORECASE):
        return float(propre)
    return propre if re.fullmatch(r"\d{1,9}/\d{1,6}", propre) else texte


def _read_date(texte: str) -> str:
    lue = _DATE.fullmatch(texte)
    return f"{lue[3]}-{int(lue[2]):02}-{int(lue[1]):02}" if lue else texte


def _read_palier(texte: str) -> dict[str, float]:
    seuil, taux = texte.split("=")
    return {"seuil": float(_read_nombre(seuil.strip())), "taux": float(_read_nombre(taux.replace("%", ""))) / 100}


def _keep_suite(porteur: dict[str, Any], base: Bareme) -> None:
    """What rows do not hold of an indicateur: printed weight (as long as it is the one printed), notes."""
    ancien = next((i for i in base.list_indicateurs() if i.code == porteur["code"]), None)
    if ancien is None:
        return
    if ancien.notes:
        porteur["notes"] = list(ancien.notes)
    if ancien.poids_imprime is not None and _get_poids(porteur["poids"]) == ancien.poids:
        porteur["poids_imprime"] = ancien.poids_imprime
    if not ancien.parts_publiees:
        porteur["parts_publiees"] = False


def _build_domaine(ancien: DomaineBareme, porteurs: list[dict[str, Any]]) -> dict[str, Any]:
    """A domaine with its rows; its weight is their sum."""
    donnees: dict[str, Any] = ancien.model_dump(mode="json", exclude_defaults=True)
    restants = {p["code"] for p in porteurs}
    regle = donnees.get("bonification")
    if regle and regle.get("indicateurs"):
        regle["indicateurs"] = [c for c in regle["indicateurs"] if c in restants]
        if not regle["indicateurs"]:
            del donnees["bonification"]
    lus = [_get_poids(p["poids"]) for p in porteurs]
    somme = math.fsum(p for p in lus if p is not None)
    return donnees | {"poids": round(somme, 9), "indicateurs": porteurs}


def _get_poids(valeur: object) -> float | None:
    """A weight just read, if it is a plausible number."""
    if isinstance(valeur, str):
        haut, _, bas = valeur.partition("/")
        return int(haut) / int(bas) if haut.isdigit() and bas.isdigit() and int(bas) else None
    return valeur if isinstance(valeur, float) and 0 < valeur <= TOTAL else None


def compute_total(lignes: Sequence[Mapping[str, object]]) -> float | None:
    """Sum of the weights typed; None while one of them is not a weight."""
    textes = [_clean(ligne.get("poids")) for ligne in lignes if not _clean(ligne.get("composite"))]
    poids = [_get_poids(_read_nombre(t)) for t in textes if t]
    return None if None in poids else math.fsum(p for p in poids if p is not None)


def list_changements(avant: Bareme, apres: Bareme) -> list[dict[str, str]]:
    """What differs between two barèmes, field by field: indicateur, champ, avant, apres (texts)."""
    anciennes = {ligne["code"]: ligne for ligne in list_lignes(avant)}
    nouvelles = {ligne["code"]: ligne for ligne in list_lignes(apres)}
    changements = []
    for code in dict.fromkeys([*anciennes, *nouvelles]):
        ancienne, nouvelle = anciennes.get(code), nouvelles.get(code)
        titre = (ancienne or nouvelle or {}).get("titre", code)
        if ancienne is None or nouvelle is None:
            mot = "ajouté" if ancienne is None else "retiré"
            poids = (nouvelle or ancienne or {}).get("poids", "") or (nouvelle or ancienne or {}).get("part", "")
            texte = {"avant": "" if ancienne is None else poids, "apres": "" if nouvelle is None else poids}
            changements.append({"indicateur": titre, "champ": mot, **texte})
            continue
        changements += [
            {"indicateur": titre, "champ": CHAMPS[champ], "avant": ancienne[champ], "apres": nouvelle[champ]}
            for champ in CHAMPS
            if champ not in {"titre", "code"} and ancienne[champ] != nouvelle[champ]
        ]
    for domaine in apres.domaines:
        vieux = next((d for d in avant.domaines if d.nom == domaine.nom), None)
        if vieux is not None and vieux.bonification != domaine.bonification:
            changements.append(
                {
                    "indicateur": domaine.nom,
                    "champ": "Bonification",
                    "avant": _format_bonification(vieux),
                    "apres": _format_bonification(domaine),
                }
            )
    return changements


def _format_bonification(domaine: DomaineBareme) -> str:
    regle = domaine.bonification
    if regle is None:
        return "aucune"
    texte = (
        f"excédent de {_format_nombre(100 * regle.excedent_max)} % au plus, plafond {_format_nombre(regle.plafond)} %"
    )
    return f"{texte}, {len(regle.indicateurs)} indicateurs" if regle.indicateurs else texte
