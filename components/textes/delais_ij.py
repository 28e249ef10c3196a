"""Délais IJ in words: how each figure is named, its series for the figures, its row in the tables, the sentences.

The documents say règlement, paiement or traitement (and, without a figure, liquidation) and define neither where the
délai starts nor where it ends: the word printed beside each figure is kept and never replaced by another.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from components.figures.delais_ij import Barre
from components.figures.formats import INSECABLE, format_liste, format_nombre, format_periode, format_pluriel
from components.figures.series import Cible, Motif, Palier, Place, Point, Serie
from components.theme import CATEGORIES, COULEURS
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


@dataclass(frozen=True)
class Trace:
    """How one series is drawn: which facts, how they look, where each label goes (the last place repeats)."""

    code: str
    nom: str
    segment: str = "ensemble"
    entite: str | None = None
    couleur: str = COULEURS["mien"]
    symbole: str = "circle"
    places: tuple[Place, ...] = ("haut",)
    motif: Motif = ""
    nomme: int | None = 0  # rank of the point that carries the name


_ORANGE, _VERT, _VIOLET, _PETROLE = CATEGORIES[1], CATEGORIES[2], CATEGORIES[3], CATEGORIES[4]

PREMIERE_IJ: Final = (
    Trace(COG_2014, "1re IJ non subrogée", places=("haut-droite", "bas-gauche", "droite")),
    Trace(
        MALADIE,
        "1re IJ maladie<br>(autre champ)",
        couleur=_PETROLE,
        symbole="diamond-open",
        places=("haut-droite", "bas"),
        nomme=1,
    ),
    Trace(COG_2018, "1re IJ non subrogée", places=("haut-droite",), motif="/", nomme=None),
    Trace(REGLEMENT, "règlement, toutes IJ", couleur=_ORANGE, symbole="square", places=("gauche",)),
)
CRISE: Final = (
    Trace(
        REGLEMENT,
        "règlement, dérogatoires",
        segment="derogatoires",
        couleur=_ORANGE,
        symbole="triangle-up",
        places=("gauche",),
    ),
    Trace(REGLEMENT, "toutes IJ", couleur=_ORANGE, symbole="square", places=("gauche",)),
    Trace(
        REGLEMENT,
        "non dérogatoires",
        segment="non_derogatoires",
        couleur=_ORANGE,
        symbole="triangle-down",
        places=("bas-gauche",),
    ),
    Trace(
        DEROGATOIRES,
        "traitement, dérogatoires",
        segment="derogatoires",
        couleur=_VIOLET,
        symbole="diamond",
        places=("bas-droite", "gauche"),
    ),
)
INDEPENDANTS: Final = (
    Trace(TI_MALADIE, "1re IJ maladie", places=("haut-droite", "bas", "haut", "haut", "bas", "haut")),
    Trace(TI_MATERNITE, "IJ maternité", couleur=_ORANGE, symbole="square", places=("haut-droite",)),
    Trace(
        TI_CAISSE,
        "CPAM de Paris",
        entite="751",
        couleur=COULEURS["pairs"],
        symbole="diamond-open",
        places=("bas",),
    ),
)
QUEUE: Final = (
    Trace(D9, "9e décile, France", places=("haut-droite", "gauche")),
    Trace(D9, "75 caisses", entite="75_caisses", couleur=_ORANGE, places=("droite",), motif="/"),
    Trace(
        D9,
        "18 caisses les<br>plus performantes",
        entite="18_caisses_plus_performantes",
        couleur=_VERT,
        places=("bas-droite",),
        motif="\\",
    ),
    Trace(D1_D3, "trois premiers déciles, France", couleur=_PETROLE, places=("haut",)),
)


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


def _build_infobulle(ligne: Ligne, format_source: FormatSource) -> str:
    statistique = STATISTIQUES[ligne["statistique"]]
    return (
        f"<b>{format_population(ligne)}</b><br>"
        f"{format_delai(ligne)}{INSECABLE}jours · {format_periode_imprimee(ligne)} · {format_entite(ligne)}<br>"
        f"délai de {MOTS[ligne['code_indicateur']].mot} (mot du document) · statistique{INSECABLE}: {statistique}<br>"
        f"{format_reference(ligne['source'], ligne['source_ligne'], format_source)}"
    )


def _build_etiquette(ligne: Ligne, trace: Trace, rang: int) -> str:
    """The figure beside its mark; the point that carries the name has it on the outer side."""
    chiffre = format_delai(ligne)
    if rang != trace.nomme:
        return chiffre
    place = _get_place(trace, rang)
    if place == "gauche":
        return f"{trace.nom} {chiffre}{INSECABLE}"
    return f"{chiffre}<br>{trace.nom}" if place.startswith("bas") else f"{trace.nom}<br>{chiffre}"


def _get_place(trace: Trace, rang: int) -> Place:
    return trace.places[min(rang, len(trace.places) - 1)]


def build_series(delais: pl.DataFrame, traces: Sequence[Trace], format_source: FormatSource) -> list[Serie]:
    """Series of the figure functions, one per trace that has facts.

    Args:
        delais: rows of ``data.requetes.delais_ij.list_delais``.
        traces: what to draw, the message first.
        format_source: short title of a document, by code.
    """
    series = []
    for trace in traces:
        lignes = [
            ligne
            for ligne in delais.to_dicts()
            if (ligne["code_indicateur"], ligne["segment"]) == (trace.code, trace.segment)
            and ligne["code_entite"] == (trace.entite or "france")
        ]
        if not lignes:
            continue
        points = [
            Point(
                ligne["periode_debut"],
                ligne["periode_fin"],
                valeur=ligne["valeur"],
                borne_basse=ligne["borne_basse"],
                borne_haute=ligne["borne_haute"],
                etiquette=_build_etiquette(ligne, trace, rang),
                infobulle=_build_infobulle(ligne, format_source),
                place=_get_place(trace, rang),
            )
            for rang, ligne in enumerate(lignes)
        ]
        series.append(Serie(trace.code, trace.nom, tuple(points), trace.couleur, trace.symbole, motif=trace.motif))
    return series


def format_nom_cible(numero: int | None) -> str:
    """Short name of a target by its number in the COG 2023-2027; None is the COG 2014-2017."""
    return f"Cible {NOMS_CIBLES[numero]}"


def build_cibles(cibles: pl.DataFrame, format_source: FormatSource) -> list[Cible]:
    """Targets as steps, one per indicateur, a year each (rows of ``data.requetes.delais_ij.list_cibles``).

    The COG 2014-2017 gives one year only, on top of the curve: it stays in the table.
    """
    resultat = []
    for (code, numero), lignes in cibles.drop_nulls("numero").group_by(
        "code_indicateur", "numero", maintain_order=True
    ):
        nom = format_nom_cible(numero)
        paliers = tuple(
            Palier(
                dt.date(ligne["annee"], 1, 1),
                dt.date(ligne["annee"], 12, 31),
                ligne["objectif"],
                format_imprime(ligne["texte"]),
                f"<b>{nom}</b><br>{format_imprime(ligne['texte'])}{INSECABLE}jours au plus en moyenne · "
                f"{ligne['annee']}<br>{format_reference(ligne['source'], ligne['source_ligne'], format_source)}",
            )
            for ligne in lignes.sort("annee").to_dicts()
        )
        resultat.append(Cible(str(code), nom, paliers, place="haut" if numero == 3 else "bas"))
    return resultat


def list_evenements(evenements: Sequence[Evenement], codes: Sequence[str]) -> list[Evenement]:
    """Events that concern at least one of these indicateurs; an event without indicateur concerns all."""
    return [e for e in evenements if not e.indicateurs or set(e.indicateurs) & set(codes)]


def build_barres(delais: pl.DataFrame, format_source: FormatSource) -> list[Barre]:
    """Bars of délais by channel or by amount class, in the order of the rows."""
    return [
        Barre(
            format_categorie(ligne),
            ligne["valeur"],
            format_delai(ligne),
            _build_infobulle(ligne, format_source),
        )
        for ligne in delais.to_dicts()
    ]


def format_categorie(ligne: Ligne) -> str:
    """Name of a bar: the channel, or the rank of the decile with its amounts (lower bound excluded)."""
    segment = ligne["segment"]
    if segment in SEGMENTS:
        nom = SEGMENTS[segment]
        return nom[0].upper() + nom[1:]
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


def _get(delais: pl.DataFrame, code: str, segment: str = "ensemble", rang: int = 0, entite: str = "france") -> Ligne:
    """One fact by code, segment and rank in time.

    Raises:
        LookupError: there is no such fact.
    """
    lignes = delais.filter(code_indicateur=code, segment=segment, code_entite=entite)
    if lignes.is_empty():
        raise LookupError(f"{code} : aucun délai publié pour « {segment} », {entite}")
    return lignes.row(rang, named=True)


def _format_jours(ligne: Ligne) -> str:
    """``43,71 jours``, ``de 30,04 à 31,2 jours``."""
    return f"{format_delai(ligne)}{INSECABLE}jours"


def _est_dernier(delais: pl.DataFrame, ligne: Ligne) -> bool:
    """Whether no national figure is later than this one."""
    return bool((delais.filter(maille="reseau")["periode_fin"] <= ligne["periode_fin"]).all())


def build_cartes(delais: pl.DataFrame, cibles: pl.DataFrame) -> list[tuple[str, str, str]]:
    """Headline figures (title, value, context): the range of 2018-2021, the peak, the last targets, the TI."""
    plage, pic, derogatoires = (
        _get(delais, COG_2018),
        _get(delais, REGLEMENT),
        _get(delais, REGLEMENT, "derogatoires"),
    )
    dernieres = cibles.filter(pl.col("annee") == pl.col("annee").max()).to_dicts()
    ti, ti_debut = _get(delais, TI_MALADIE, rang=-1), _get(delais, TI_MALADIE)
    return [
        (
            f"Première IJ non subrogée, {format_periode_imprimee(plage)}",
            _format_jours(plage).removeprefix("de "),
            "délai moyen de paiement ; valeurs annuelles non publiées",
        ),
        (
            f"Règlement des IJ, {format_periode_imprimee(pic)}",
            _format_jours(pic),
            f"{format_delai(derogatoires)} pour les IJ dérogatoires"
            + (" ; dernier délai national publié" if _est_dernier(delais, pic) else ""),
        ),
        (
            f"Cibles {dernieres[0]['annee']}, première IJ",
            " et ".join(format_imprime(c["texte"]) for c in dernieres) + f"{INSECABLE}jours",
            format_liste([NOMS_CIBLES[c["numero"]] for c in dernieres]),
        ),
        (
            f"Travailleurs indépendants, {format_periode_imprimee(ti)}",
            _format_jours(ti),
            f"{format_delai(ti_debut)} en {format_periode_imprimee(ti_debut)} ; première IJ maladie",
        ),
    ]


def build_phrase_premiere(delais: pl.DataFrame, cibles: pl.DataFrame) -> str:
    """The story of the first IJ: printed ends of the first series, the range, the peak, the last targets."""
    debut, fin = _get(delais, COG_2014), _get(delais, COG_2014, rang=-1)
    plage, pic = _get(delais, COG_2018), _get(delais, REGLEMENT)
    dernieres = cibles.filter(pl.col("annee") == pl.col("annee").max()).to_dicts()
    visees = format_liste([f"{format_imprime(c['texte'])} ({NOMS_CIBLES[c['numero']]})" for c in dernieres])
    suite = "Ensuite, seules les cibles sont publiées" if _est_dernier(delais, pic) else "Cibles publiées"
    return (
        f"Première IJ non subrogée{INSECABLE}: {format_delai(debut)} puis {_format_jours(fin)} de "
        f"{debut['periode_debut'].year} à {fin['periode_debut'].year}, {_format_jours(plage)} sur "
        f"{format_periode_imprimee(plage)} sans valeur annuelle publiée. Le règlement des IJ culmine à "
        f"{_format_jours(pic)}, {format_periode_imprimee(pic)}. {suite}{INSECABLE}: {visees} en "
        f"{dernieres[0]['annee']}. Les définitions diffèrent{INSECABLE}: "
        "aucune courbe ne les relie."
    )


def build_phrase_crise(delais: pl.DataFrame) -> str:
    """How far the délais of dérogatoires and others were at the peak."""
    avant, apres = _get(delais, DEROGATOIRES, "derogatoires"), _get(delais, DEROGATOIRES, "derogatoires", -1)
    sans, avec = (_get(delais, REGLEMENT, s) for s in ("non_derogatoires", "derogatoires"))
    ecart = format_nombre(avec["valeur"] - sans["valeur"])
    pic = format_periode_imprimee(avec)
    return (
        f"Le traitement des IJ dérogatoires passe de {format_delai(avant)} à {_format_jours(apres)} entre "
        f"{format_periode_imprimee(avant)} et {format_periode_imprimee(apres)}. {pic[0].upper()}{pic[1:]}, leur "
        f"règlement prend {_format_jours(avec)}, soit {ecart} de plus que celui des autres IJ ({format_delai(sans)})."
    )


def build_phrase_independants(delais: pl.DataFrame) -> str:
    """Before and after ARPEGE TI, and how long maternité was."""
    maladie = delais.filter(code_indicateur=TI_MALADIE).to_dicts()
    avant = [ligne for ligne in maladie if ligne["periode_fin"].year < 2020]
    apres = [ligne for ligne in maladie if ligne["periode_fin"].year >= 2020]
    maternite = delais.filter(code_indicateur=TI_MATERNITE).to_dicts()
    return (
        f"De {format_delai(avant[0])} à {_format_jours(avant[-1])} de {format_periode_imprimee(avant[0])} à "
        f"{format_periode_imprimee(avant[-1])}{INSECABLE}; {format_delai(apres[0])} en "
        f"{format_periode_imprimee(apres[0])}, première année d'ARPEGE TI, puis {format_delai(apres[-1])} en "
        f"{format_periode_imprimee(apres[-1])}. La maternité reste plus longue{INSECABLE}: "
        f"{format_delai(maternite[0])} puis {_format_jours(maternite[-1])}."
    )


def build_phrase_queue(delais: pl.DataFrame) -> str:
    """How late the last tenth is paid while the first three stay short."""
    annee, mois, courts = _get(delais, D9), _get(delais, D9, rang=-1), _get(delais, D1_D3)
    bas, haut = (_get(delais, D9, entite=e) for e in ("18_caisses_plus_performantes", "75_caisses"))
    return (
        f"Le 9e décile passe {_format_jours(annee)} en {format_periode_imprimee(annee)} à {_format_jours(mois)} en "
        f"{format_periode_imprimee(mois)}, quand les trois premiers déciles restent à {_format_jours(courts)}. "
        f"Même dans les 18 caisses les plus performantes, une IJ sur dix attend {_format_jours(bas)} "
        f"({format_periode_imprimee(bas)}), et {format_delai(haut)} dans 75 caisses."
    )


def build_phrase_canal(delais: pl.DataFrame) -> str:
    """The quickest and the slowest channel, and their ratio."""
    canaux = delais.filter((pl.col("code_indicateur") == CANAL) & (pl.col("segment") != "ensemble")).sort("valeur")
    court, long = canaux.row(0, named=True), canaux.row(-1, named=True)
    return (
        f"Le paiement prend {_format_jours(long)} quand l'attestation de salaire arrive par le canal "
        f"«{INSECABLE}{SEGMENTS[long['segment']]}{INSECABLE}», {format_nombre(long['valeur'] / court['valeur'])} "
        f"fois plus que par le canal «{INSECABLE}{SEGMENTS[court['segment']]}{INSECABLE}» ({format_delai(court)})."
    )


def build_phrase_montant(delais: pl.DataFrame) -> str:
    """The smallest amounts wait longest; one caisse only."""
    premier, dernier = (_get(delais, MONTANT, f"décile {rang:02d}", entite=ISERE) for rang in (1, 10))
    return (
        f"Les IJ les plus faibles attendent le plus{INSECABLE}: {_format_jours(premier)} en moyenne dans le premier "
        f"décile de montant, {format_delai(dernier)} dans le dernier. Une seule caisse, la CPAM de l'Isère{INSECABLE}: "
        "rien ne dit que le réseau entier se comporte ainsi."
    )


def build_phrase_inventaire(delais: pl.DataFrame, sans_date: pl.DataFrame) -> str:
    """What the list holds: how many figures, in how many words, how many undated."""
    mots = [f"«{INSECABLE}{m}{INSECABLE}»" for m in sorted({MOTS[c].mot for c in delais["code_indicateur"].unique()})]
    return (
        f"{format_pluriel(delais.height, 'chiffre daté', 'chiffres datés')}, sous {len(mots)} mots que les documents "
        f"emploient sans dire où le délai commence ni où il finit{INSECABLE}: {format_liste(mots)}. "
        f"{format_pluriel(sans_date.height, 'autre', 'autres')} sans date ou sans chiffre exploitable, ou simple "
        f"objectif{INSECABLE}: listés tels qu'imprimés, jamais tracés."
    )
