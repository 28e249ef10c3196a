"""Type one printed cell, without guessing.

The documents print numbers in many ways (« 1 638 », « 96 ,2 % », « – 1,40 % », « 6.13 jours », « 90,6 %(8) »,
« 82 % (SA) 90 %(SM) ») and have some twenty wordings for « no value ». Each wording keeps its own
:class:`~data.modele.Statut`; a cell that can be read in two ways raises, with the reason. Pure: no file, no catalogue.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from data.modele import Statut


class Decimale(StrEnum):
    """What a point or a comma means in a file. ``AUTO`` accepts both where only one reading is possible."""

    AUTO = "auto"
    VIRGULE = ","
    POINT = "."


class ValeurIndecidableError(ValueError):
    """A cell that cannot be typed without guessing; ``motif`` (French) says why."""

    def __init__(self, texte: str, motif: str = "écriture non reconnue") -> None:
        super().__init__(texte)
        self.texte = texte
        self.motif = motif


@dataclass(frozen=True)
class ValeurTypee:
    """A typed value: at most one of ``valeur``, a range (``borne_basse``/``borne_haute``) or ``date``.

    ``unite`` is the unit printed in the cell, ``etiquette`` the label of one value among several
    (« SA » in « 82 % (SA) 90 %(SM) »), ``renvoi`` the footnote mark.
    """

    statut: Statut
    valeur: float | None = None
    borne_basse: float | None = None
    borne_haute: float | None = None
    date: dt.date | None = None
    approchee: bool = False
    unite: str | None = None
    etiquette: str | None = None
    renvoi: str | None = None


_ESPACES = re.compile(r"[\s\u00a0\u2000-\u200a\u202f\u205f\u3000]+")
_INVISIBLES = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad]")
_MOINS = "-\u2212\u2013\u2014\u2012\u2010\u2011"
_CLASSE_MOINS = re.escape(_MOINS)
_REMPLACEMENT = "\ufffd"

# Wordings of « no value », folded (no case, accent nor spare space) -> statut.
SANS_VALEUR: dict[str, Statut] = {
    "": Statut.NON_FOURNI,
    "na": Statut.NON_FOURNI,
    "nr": Statut.NON_FOURNI,
    "non fourni": Statut.NON_FOURNI,
    "non fournie": Statut.NON_FOURNI,
    "non transmis": Statut.NON_FOURNI,
    "manquant": Statut.NON_FOURNI,
    "/": Statut.NON_RENSEIGNE,
    "-": Statut.NON_RENSEIGNE,
    "...": Statut.NON_RENSEIGNE,
    "…": Statut.NON_RENSEIGNE,
    "non renseigne": Statut.NON_RENSEIGNE,
    "nd": Statut.NON_DISPONIBLE,
    "non disponible": Statut.NON_DISPONIBLE,
    "indisponible": Statut.NON_DISPONIBLE,
    "non defini": Statut.NON_DEFINI,
    "non definie": Statut.NON_DEFINI,
    "non determine": Statut.NON_DETERMINE,
    "non determinee": Statut.NON_DETERMINE,
    "a definir": Statut.A_DEFINIR,
    "en cours de fixation": Statut.EN_COURS_DE_FIXATION,
    "?": Statut.INCONNU,
    "inconnu": Statut.INCONNU,
    "inconnue": Statut.INCONNU,
    "donnee inconnue": Statut.INCONNU,
    "pas de standard": Statut.SANS_STANDARD,
    "a construire": Statut.A_CONSTRUIRE,
    "indicateur a construire": Statut.A_CONSTRUIRE,
    "neant": Statut.NEANT,
    "ns": Statut.NON_SIGNIFICATIF,
    "non significatif": Statut.NON_SIGNIFICATIF,
    "masque": Statut.MASQUE,
    "secret": Statut.MASQUE,
    "secret statistique": Statut.MASQUE,
    "neutralise": Statut.NEUTRALISE,
    "neutralisee": Statut.NEUTRALISE,
    "abandon": Statut.ABANDONNE,
    "abandonne": Statut.ABANDONNE,
    "abandonnee": Statut.ABANDONNE,
    "sans objet": Statut.SANS_OBJET,
    "so": Statut.SANS_OBJET,
    "non concerne": Statut.SANS_OBJET,
    "non applicable": Statut.SANS_OBJET,
    "n/a": Statut.SANS_OBJET,
}
_SANS_VALEUR_MOTIFS: tuple[tuple[re.Pattern[str], Statut], ...] = (
    (re.compile(r"abandon(?:ne)?e? ?\([a-z' -]+\)"), Statut.ABANDONNE),
    (re.compile(r"(?:donnee )?inconnue? en .+"), Statut.INCONNU),
    (re.compile(r"\(a construire\)"), Statut.A_CONSTRUIRE),
)

# Units a cell may carry -> (unit of the indicateurs, factor). A unit absent from this list makes the cell undecidable.
UNITES: dict[str, tuple[str, float]] = {
    "%": ("%", 1),
    "pour cent": ("%", 1),
    "point": ("points", 1),
    "points": ("points", 1),
    "pt": ("points", 1),
    "pts": ("points", 1),
    "j": ("jours", 1),
    "jour": ("jours", 1),
    "jours": ("jours", 1),
    "min": ("min", 1),
    "mn": ("min", 1),
    "minute": ("min", 1),
    "minutes": ("min", 1),
    "h": ("heures", 1),
    "heure": ("heures", 1),
    "heures": ("heures", 1),
    "€": ("€", 1),
    "euro": ("€", 1),
    "euros": ("€", 1),
    "k€": ("€", 1e3),
    "m€": ("€", 1e6),
    "md€": ("€", 1e9),
    "mds€": ("€", 1e9),
    "centime": ("centimes", 1),
    "centimes": ("centimes", 1),
    "millier": ("nombre", 1e3),
    "milliers": ("nombre", 1e3),
    "million": ("nombre", 1e6),
    "millions": ("nombre", 1e6),
    "milliard": ("nombre", 1e9),
    "milliards": ("nombre", 1e9),
    "etp": ("ETP", 1),
    "etpma": ("ETP", 1),
    "/agent": ("/agent", 1),
    "m²": ("m²", 1),
    "m2": ("m²", 1),
    "m²/agent": ("/agent", 1),
    "caisse": ("caisses", 1),
    "caisses": ("caisses", 1),
    "organismes": ("organismes", 1),
    "agents": ("agents", 1),
    "dossiers": ("nombre", 1),
}

_MOIS = {
    "janvier": 1, "fevrier": 2, "mars": 3, "avril": 4, "mai": 5, "juin": 6, "juillet": 7, "aout": 8,
    "septembre": 9, "octobre": 10, "novembre": 11, "decembre": 12,
}  # fmt: skip

_CHIFFRES = r"\d+(?: \d+)*(?:[.,]\d+)*(?: ?,\d+)?(?:, \d+(?= ?[^\d\s.,]))?"
_NOMBRE = rf"(?:[+{_CLASSE_MOINS}] ?)?{_CHIFFRES}"
_UNITE = r"[%€/a-zA-Zµ²³]+(?:(?: ?%)|/[a-z]+)?|pour cent"
_QUANTITE = re.compile(rf"(?P<nombre>{_NOMBRE}) ?(?P<unite>{_UNITE})?")
_PLAGE = re.compile(
    rf"(?P<entre>entre )?(?P<bas>{_CHIFFRES}) ?(?P<unite_bas>{_UNITE})?(?: ?[{_CLASSE_MOINS}] ?| à | et )"
    rf"(?P<haut>{_CHIFFRES}) ?(?P<unite_haut>{_UNITE})?"
)
_PLUS_BAS = ("<=", "≤", "<", "moins de", "au plus", "inférieur à", "jusqu'à")
_PLUS_HAUT = (">=", "≥", ">", "plus de", "au moins", "supérieur à")
_ENVIRON = ("~", "≈", "environ", "de l'ordre de", "autour de", "près de")
_QUALIFIEE = re.compile(
    rf"(?P<mot>{'|'.join(re.escape(m) for m in (*_PLUS_BAS, *_PLUS_HAUT, *_ENVIRON))}) ?"
    rf"(?P<reste>{_NOMBRE} ?(?:{_UNITE})?)",
    re.IGNORECASE,
)
_OU_PLUS = re.compile(rf"(?P<reste>{_CHIFFRES} ?(?:{_UNITE})?) ou (?P<mot>plus|moins)", re.IGNORECASE)
_RENVOI = re.compile(r"(?P<corps>.*[\w%€²])(?P<renvoi>(?:\(\d{1,2}\)|\*)+)", re.DOTALL)
_RENVOI_HTML = re.compile(r" ?<sup>(?P<renvoi>[^<]{1,8})</sup>", re.IGNORECASE)
_RENVOI_EXPOSANT = re.compile("(?<![mM])(?P<renvoi>[⁰¹²³⁴-⁹]+)$")
_ETIQUETEES = re.compile(rf"({_CHIFFRES}) ?(%|€)? ?\(([A-Za-zÀ-ÿ]{{1,12}})\)")
_DENOMBREES = re.compile(r"(\d+) ([A-Z]{2,8})(?= |$)")
_DATE_PROPRE = re.compile(
    rf"{_NOMBRE} ?(?:{_UNITE})? ?(?:\((?:19|20)\d\d\)|(?:fin|en|au|mi|début|depuis|dès) .*\d{{4}}.*)", re.IGNORECASE
)
_PERIODE = re.compile(
    rf"(?:19|20)\d\d ?[{_CLASSE_MOINS}/] ?(?:19|20)\d\d|(?:fin|mi|début) (?:19|20)\d\d|\d\d?/(?:19|20)\d\d",
    re.IGNORECASE,
)


def format_repli(texte: str) -> str:
    """Fold a wording for comparison: no case, accent nor repeated space; the apostrophe is the straight one."""
    sans_accent = unicodedata.normalize("NFKD", texte.replace("\u2019", "'"))
    return " ".join("".join(c for c in sans_accent if not unicodedata.combining(c)).casefold().split())


def format_net(texte: str) -> str:
    """Make every kind of space an ordinary one, the apostrophe straight, and drop invisible characters."""
    return _ESPACES.sub(" ", _INVISIBLES.sub("", texte).replace("\u2019", "'")).strip()


def parse_cellule(
    texte: str | None, decimale: Decimale = Decimale.AUTO, sans_valeur: Mapping[str, Statut] | None = None
) -> tuple[ValeurTypee, ...]:
    """Type one cell: one value, or several labelled ones.

    Args:
        texte: the cell as printed; None reads as blank.
        decimale: what the file declares about points and commas.
        sans_valeur: wordings of « no value » special to the source, folded by :func:`format_repli`.

    Raises:
        ValeurIndecidableError: the cell has no reading, or several.
    """
    brut = texte or ""
    if _REMPLACEMENT in brut:
        raise ValeurIndecidableError(brut, "caractère perdu (�) : le fichier a été mal converti")
    net, renvoi = _split_renvoi(format_net(brut))
    statut = find_statut(net, sans_valeur)
    if statut is not None:
        return (ValeurTypee(statut, renvoi=renvoi),)
    unique = _parse_unique(net, decimale)
    if unique is not None:
        return (unique if renvoi is None else _with_renvoi(unique, renvoi),)
    # Labelled values end with a parenthesis: look at the whole cell, before any footnote mark was removed.
    plusieurs = _parse_plusieurs(format_net(brut), decimale)
    if plusieurs:
        return plusieurs
    raise ValeurIndecidableError(brut, _explain(format_net(brut)))


def find_statut(texte: str, sans_valeur: Mapping[str, Statut] | None = None) -> Statut | None:
    """The statut of a wording of « no value », or None when the text is something else."""
    repli = format_repli(texte)
    if len(repli) == 1 and repli in _MOINS:
        repli = "-"
    if sans_valeur and repli in sans_valeur:
        return sans_valeur[repli]
    if re.fullmatch(r"(?:[a-z]\.){2,}", repli):  # « n.d. », « s.o. »
        repli = repli.replace(".", "")
    if repli in SANS_VALEUR:
        return SANS_VALEUR[repli]
    return next((statut for motif, statut in _SANS_VALEUR_MOTIFS if motif.fullmatch(repli)), None)


def parse_nombre(texte: str, decimale: Decimale = Decimale.AUTO) -> float:
    """Read one printed number, without unit.

    Thousands go by groups of exactly three digits, separated by spaces (or points, or commas when the reading is
    unique). « 61.879 » is sixty-one thousand or sixty-one: undecidable unless the file declares its decimal mark.

    Raises:
        ValeurIndecidableError: irregular groups, or two possible readings.
    """
    net = format_net(texte)
    negatif = bool(net) and net[0] in _MOINS
    corps = net.lstrip(f"+{_MOINS}").strip()
    corps = re.sub(r" ,(?=\d)", ",", re.sub(r"(?<=\d), (?=\d+$)", ",", corps))  # « 96 ,2 », « 41, 3M€ »
    if not re.fullmatch(r"\d[\d .,]*", corps) or corps[-1] in " .,":
        raise ValeurIndecidableError(texte)
    valeur = float(_normalize(texte, corps, decimale))
    return -valeur if negatif else valeur


def _normalize(texte: str, corps: str, decimale: Decimale) -> str:
    """Digits with a decimal point, from a number without sign."""
    if " " in corps:
        entier, virgule, fraction = re.fullmatch(r"([\d ]+)([.,]?)(.*)", corps).groups()  # type: ignore[union-attr]
        if not re.fullmatch(r"\d*", fraction):
            raise ValeurIndecidableError(texte, "espaces et séparateurs mélangés")
        if (decimale is Decimale.POINT and virgule == ",") or (decimale is Decimale.VIRGULE and virgule == "."):
            raise ValeurIndecidableError(texte, f"« {virgule} » n'est pas la marque décimale déclarée")
        if not re.fullmatch(r"\d{1,3}(?: \d{3})+", entier):
            raise ValeurIndecidableError(texte, "groupes de chiffres irréguliers : un nombre ou plusieurs ?")
        if re.fullmatch(r"\d{3}(?: \d{3}){3,}|\d+(?: \d{3}){4,}", entier):
            raise ValeurIndecidableError(texte, "suite de groupes trop longue : un nombre ou plusieurs ?")
        return f"{entier.replace(' ', '')}.{fraction or '0'}"
    points, virgules = corps.count("."), corps.count(",")
    if not points and not virgules:
        return corps
    if points and virgules:
        marque = "." if corps.rindex(".") > corps.rindex(",") else ","
        milliers = "," if marque == "." else "."
        if corps.count(marque) > 1 or decimale not in {Decimale.AUTO, Decimale(marque)}:
            raise ValeurIndecidableError(texte, "points et virgules mélangés")
        entier, _, fraction = corps.partition(marque)
        if not re.fullmatch(rf"\d{{1,3}}(?:{re.escape(milliers)}\d{{3}})+", entier):
            raise ValeurIndecidableError(texte, "groupes de chiffres irréguliers")
        return f"{entier.replace(milliers, '')}.{fraction}"
    marque = "." if points else ","
    en_milliers = re.fullmatch(rf"[1-9]\d{{0,2}}(?:{re.escape(marque)}\d{{3}})+", corps) is not None
    if points + virgules > 1:
        if not en_milliers or decimale == marque:
            raise ValeurIndecidableError(texte, "plusieurs marques décimales")
        if marque == "," and decimale is Decimale.AUTO:
            raise ValeurIndecidableError(texte, "milliers à l'anglaise ou liste de nombres ?")
        return corps.replace(marque, "")
    if decimale is Decimale.AUTO:
        if marque == "." and en_milliers:
            raise ValeurIndecidableError(
                texte, "le point peut être décimal ou de milliers : déclarez « decimale » dans la source"
            )
    elif decimale != marque and en_milliers:
        return corps.replace(marque, "")
    elif decimale is Decimale.POINT and marque == ",":
        raise ValeurIndecidableError(texte, "virgule décimale dans un fichier déclaré à point décimal")
    return corps.replace(",", ".")


def _split_renvoi(net: str) -> tuple[str, str | None]:
    """Take the footnote marks off the end: ``(8)`` glued, ``*``, an exponent, ``<sup>301</sup>``."""
    renvois: list[str] = []
    while trouve := (_RENVOI_HTML.search(net) or _RENVOI_EXPOSANT.search(net)):
        renvois.append(trouve["renvoi"])
        net = (net[: trouve.start()] + net[trouve.end() :]).strip()
    if colle := _RENVOI.fullmatch(net):
        renvois.append(colle["renvoi"])
        net = colle["corps"].strip()
    return net, " ".join(renvois) or None


def _with_renvoi(typee: ValeurTypee, renvoi: str) -> ValeurTypee:
    return ValeurTypee(
        typee.statut, typee.valeur, typee.borne_basse, typee.borne_haute, typee.date, typee.approchee, typee.unite,
        typee.etiquette, renvoi,
    )  # fmt: skip


def _find_unite(texte: str, ecriture: str | None) -> str | None:
    if not ecriture:
        return None
    unite = " ".join(ecriture.split())
    if unite in {"%%", "% %"}:  # printed twice in one document: « 58,7% % »
        unite = "%"
    if unite.casefold() not in UNITES:
        raise ValeurIndecidableError(texte, f"unité « {unite} » inconnue")
    return unite


def _parse_unique(net: str, decimale: Decimale) -> ValeurTypee | None:
    """A single value, or None when the cell has another shape. Raises on a shape with two readings."""
    if date := _parse_date(net):
        return ValeurTypee(Statut.PUBLIE, date=date)
    if format_repli(net) in {"oui", "non"}:
        return ValeurTypee(Statut.PUBLIE, valeur=float(format_repli(net) == "oui"), unite="oui_non")
    if _PERIODE.fullmatch(net):
        raise ValeurIndecidableError(net, "une période, pas une valeur")
    if quantite := _QUANTITE.fullmatch(net):
        unite = _find_unite(net, quantite["unite"])
        return ValeurTypee(Statut.PUBLIE, valeur=parse_nombre(quantite["nombre"], decimale), unite=unite)
    if qualifiee := _QUALIFIEE.fullmatch(net):
        return _build_qualifiee(net, qualifiee["mot"].lower(), qualifiee["reste"], decimale)
    if ou_plus := _OU_PLUS.fullmatch(net):
        mot = "au moins" if ou_plus["mot"].lower() == "plus" else "au plus"
        return _build_qualifiee(net, mot, ou_plus["reste"], decimale)
    if plage := _PLAGE.fullmatch(net):
        if " et " in net and not plage["entre"]:
            raise ValeurIndecidableError(net, "deux nombres reliés par « et » : une fourchette ou deux valeurs ?")
        unite = _find_unite(net, plage["unite_haut"]) or _find_unite(net, plage["unite_bas"])
        bas, haut = parse_nombre(plage["bas"], decimale), parse_nombre(plage["haut"], decimale)
        return ValeurTypee(Statut.PUBLIE, borne_basse=min(bas, haut), borne_haute=max(bas, haut), unite=unite)
    return None


def _build_qualifiee(net: str, mot: str, reste: str, decimale: Decimale) -> ValeurTypee:
    quantite = _QUANTITE.fullmatch(reste.strip())
    if quantite is None:
        raise ValeurIndecidableError(net)
    nombre, unite = parse_nombre(quantite["nombre"], decimale), _find_unite(net, quantite["unite"])
    if mot in _PLUS_HAUT:
        return ValeurTypee(Statut.PUBLIE, borne_basse=nombre, unite=unite)
    if mot in _PLUS_BAS:
        return ValeurTypee(Statut.PUBLIE, borne_haute=nombre, unite=unite)
    return ValeurTypee(Statut.PUBLIE, valeur=nombre, approchee=True, unite=unite)


def _parse_plusieurs(net: str, decimale: Decimale) -> tuple[ValeurTypee, ...]:
    """« 82 % (SA) 90 %(SM) » or « 10 CPAM 2 DRSM »: every value with its label, or nothing."""
    if "".join(_ETIQUETEES.sub("", net).split()) == "":
        return tuple(
            ValeurTypee(Statut.PUBLIE, valeur=parse_nombre(nombre, decimale), unite=unite or None, etiquette=etiquette)
            for nombre, unite, etiquette in _ETIQUETEES.findall(net)
        )
    if "".join(_DENOMBREES.sub("", net).split()) == "":
        return tuple(
            ValeurTypee(Statut.PUBLIE, valeur=float(nombre), etiquette=etiquette)
            for nombre, etiquette in _DENOMBREES.findall(net)
        )
    return ()


def _parse_date(net: str) -> dt.date | None:
    """A full date (day, month, year), or None. An impossible one (« 31/02/2023 ») raises."""
    try:
        if iso := re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})(?: 00:00(?::00)?)?", net):
            return dt.date(int(iso[1]), int(iso[2]), int(iso[3]))
        if francaise := re.fullmatch(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})", net):
            return dt.date(int(francaise[3]), int(francaise[2]), int(francaise[1]))
        if lettres := re.fullmatch(r"(\d{1,2})(?:er)? ([a-z]+) (\d{4})", format_repli(net)):
            mois = _MOIS.get(lettres[2])
            return dt.date(int(lettres[3]), mois, int(lettres[1])) if mois else None
    except ValueError:
        raise ValeurIndecidableError(net, "date impossible") from None
    return None


def _explain(net: str) -> str:
    """Why a cell has no reading, as precisely as can be said."""
    if net.startswith("#"):
        return "erreur de formule du tableur"
    if net.startswith("("):
        return "parenthèse en tête : un renvoi ou un nombre négatif comptable ?"
    if _DATE_PROPRE.fullmatch(net):
        return "la cellule porte sa propre date : mettez la valeur et la période chacune dans sa colonne"
    if len(re.findall(r"\d+", net)) > 1:
        return "plusieurs nombres dans la cellule"
    if re.search(r"\d", net):
        return "un nombre et des mots qui le précisent"
    return "ni un nombre ni une absence connue : au besoin, reliez ce mot à un statut dans « sans_valeur » de la source"
