"""Délais IJ in words: how each figure is named, its period, its row in the tables.

The documents say règlement, paiement or traitement (and, without a figure, liquidation) and define neither where the
délai starts nor where it ends: the word printed beside each figure is kept and never replaced by another.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from components.figures.formats import INSECABLE, format_debut, format_periode
from data.modele import Evenement

Ligne = dict[str, Any]
FormatSource = Callable[[str], str]

COG_2014: Final = "delai_premiere_ij_non_subrogee_cog_2014_2017"
MALADIE: Final = "delai_premiere_ij_maladie"
COG_2018: Final = "delai_premiere_ij_non_subrogee_cog_2018_2022"
REGLEMENT: Final = "delai_reglement_ij"
DEROGATOIRES: Final = "delai_traitement_ij_derogatoires"
TI_MALADIE: Final = "delai_ij_ti_maladie"
TI_MATERNITE: Final = "delai_ij_ti_maternite"
TI_CAISSE: Final = "delai_ij_ti_caisse"
D9: Final = "delai_paiement_ij_d9"
D1_D3: Final = "delai_paiement_ij_d1_d3"
CANAL: Final = "delai_ij_canal"
MONTANT: Final = "delai_ij_montant"
ISERE: Final = "381"


@dataclass(frozen=True)
class Mot:
    """The word the document uses for the délai, and the population it speaks of."""

    mot: str
    population: str


MOTS: Final[dict[str, Mot]] = {
    COG_2014: Mot("règlement", "1re IJ non subrogée, maladie et AT-MP"),
    MALADIE: Mot("règlement", "1re IJ maladie"),
    COG_2018: Mot("paiement", "1re IJ non subrogée"),
    REGLEMENT: Mot("règlement", "IJ"),
    DEROGATOIRES: Mot("traitement", "IJ"),
    TI_MALADIE: Mot("traitement", "1re IJ des travailleurs indépendants"),
    TI_MATERNITE: Mot("traitement", "IJ maternité des travailleurs indépendants"),
    TI_CAISSE: Mot("paiement", "IJ des travailleurs indépendants"),
    D9: Mot("paiement", "IJ, 9e décile"),
    D1_D3: Mot("paiement", "IJ, trois premiers déciles"),
    CANAL: Mot("paiement", "IJ selon l'attestation de salaire"),
    MONTANT: Mot("paiement", "IJ maladie non subrogées, selon le montant"),
}
SEGMENTS: Final = {
    "derogatoires": "dérogatoires",
    "non_derogatoires": "non dérogatoires",
    "dsn": "DSN",
    "net_entreprises": "Net Entreprise",
    "papier": "papier",
}
ENTITES: Final = {
    "18_caisses_plus_performantes": "18 caisses les plus performantes (non nommées)",
    "75_caisses": "75 caisses (non nommées)",
}
NOMS_CIBLES: Final = {2: "maladie, n° 2", 3: "AT-MP, n° 3", None: "COG 2014-2017"}
STATISTIQUES: Final = {
    "moyenne": "moyenne",
    "d9": "9e décile",
    "quantile": "trois premiers déciles",
    "non_precisee": "non précisée",
}


def format_population(ligne: Ligne) -> str:
    """Whose délai it is: the population of the indicateur, then the segment."""
    code, segment = ligne["code_indicateur"], ligne["segment"]
    population = MOTS[code].population
    if segment == "ensemble":
        return {REGLEMENT: "toutes IJ", CANAL: f"{population}{INSECABLE}: tous canaux"}.get(code, population)
    if code == MONTANT:
        return f"{population}{INSECABLE}: {format_tranche(segment)}"
    return f"{population}{' ' if population == 'IJ' else f'{INSECABLE}: '}{SEGMENTS[segment]}"


def format_tranche(segment: str) -> str:
    """``décile 01`` -> ``1er décile``."""
    decoupage, _, rang = segment.partition(" ")
    return f"{int(rang)}{'er' if int(rang) == 1 else 'e'} {decoupage}"


def format_entite(ligne: Ligne) -> str:
    """Where: France, a named caisse, or a group the document does not name."""
    if ligne["maille"] == "organisme":
        return f"CPAM {ligne['entite']}"
    return ENTITES.get(ligne["code_entite"], "France")


def format_periode_imprimee(ligne: Ligne) -> str:
    """The period; when the document is looser than the dates kept, its own words (« automne 2021 »)."""
    imprimee = re.search(r"imprimé « ([^»(]+?)(?: \([^)]*\))? » : daté", ligne["note"] or "")
    return imprimee[1] if imprimee else format_periode(ligne["periode_debut"], ligne["periode_fin"])


def format_imprime(nombre: str) -> str:
    """A figure with the decimals the document prints: ``30.4`` -> ``30,4``."""
    return nombre.strip("<>~ ").replace(".", ",")


def format_delai(ligne: Ligne) -> str:
    """The figure as printed: ``43,71``, ``de 30,04 à 31,2``, ``plus de 95``, ``moins de 15``."""
    imprimee = ligne["valeur_imprimee"]
    if ligne["valeur"] is not None:
        return format_imprime(imprimee)
    if ligne["borne_haute"] is None:
        return f"plus de {format_imprime(imprimee)}"
    if ligne["borne_basse"] is None:
        return f"moins de {format_imprime(imprimee)}"
    bas, _, haut = imprimee.partition("-")
    return f"de {format_imprime(bas)} à {format_imprime(haut)}"


def format_categorie(ligne: Ligne) -> str:
    """Name of a bar: the channel, or the rank of the decile with its amounts (lower bound excluded)."""
    segment = ligne["segment"]
    if segment in SEGMENTS:
        return format_debut(SEGMENTS[segment])
    montant = re.sub(r"^montant ", "", ligne["note"] or "")
    montant = re.sub(r"^> (\S+) € et ≤ (\S+) €$", r"\1 à \2 €", montant)
    return f"{format_tranche(segment).split(' ')[0]} · {montant}".replace(" €", f"{INSECABLE}€")


def format_reference(document: str, lignes: str, format_source: FormatSource) -> str:
    """``Igas 2022-027R, tome 1, l. 2414, 895`` (the lines come joined by « + »)."""
    return f"{format_source(document)}, l.{INSECABLE}{lignes.replace('+', ', ')}"


def build_ligne_tableau(ligne: Ligne, format_source: FormatSource) -> Ligne:
    """One row of a table twin: objet, periode, delai (as printed), mesure (the document's word), source, note."""
    entite, population = format_entite(ligne), format_population(ligne)
    return {
        "objet": population if entite == "France" else f"{population} – {entite}",
        "periode": format_periode_imprimee(ligne),
        "delai": format_delai(ligne),
        "mesure": f"{MOTS[ligne['code_indicateur']].mot}, {STATISTIQUES[ligne['statistique']]}",
        "source": format_reference(ligne["source"], ligne["source_ligne"], format_source),
        "note": ligne["note"] or "",
    }


def build_ligne_cible(ligne: Ligne, format_source: FormatSource) -> Ligne:
    """One target as a row of the same table."""
    return {
        "objet": f"Première IJ : {NOMS_CIBLES[ligne['numero']]}",
        "periode": str(ligne["annee"]),
        "delai": format_imprime(ligne["texte"]),
        "mesure": "cible",
        "source": format_reference(ligne["source"], ligne["source_ligne"], format_source),
        "note": "" if ligne["numero"] else "non tracée",
    }


def build_ligne_evenement(evenement: Evenement, format_source: FormatSource) -> Ligne:
    """One event as a row of the same table."""
    return {
        "objet": evenement.libelle,
        "periode": format_periode(evenement.du, evenement.au or evenement.du),
        "delai": "",
        "mesure": "événement, rupture de série" if evenement.rupture else "événement",
        "source": format_reference(
            evenement.source.document, ", ".join(map(str, evenement.source.lignes)), format_source
        ),
        "note": evenement.description,
    }


def build_ligne_sans_date(ligne: Ligne, format_source: FormatSource) -> Ligne:
    """One figure the documents do not date, as printed."""
    periode = ligne["periode"].removeprefix("NA ").strip("()")
    territoire = "" if ligne["territoire"] == "France" else f" – {ligne['territoire']}"
    return {
        "objet": f"{ligne['population']}{territoire}",
        "periode": f"{periode} (tel qu'imprimé)",
        "delai": re.sub(r"(?<=\d)\.(?=\d)", ",", ligne["valeur"]),
        "mesure": ligne["indicateur"].replace("_", " "),
        "source": format_reference(ligne["source"], ligne["source_ligne"], format_source),
        "note": f"non tracé{INSECABLE}; {ligne['note']}" if ligne["note"] else "non tracé",
    }
