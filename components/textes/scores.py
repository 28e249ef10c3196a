"""Sentences and words of the page « Scores », written from the data. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from components.figures.formats import (
    INSECABLE,
    format_debut,
    format_ecart,
    format_liste,
    format_nombre,
    format_pluriel,
    format_valeur,
)
from data.calculs.position import Quartiles
from data.modele import Contradiction

# The classes as the note words them.
LIBELLES_TRANCHE: dict[str, str] = {
    "[0,50[": "inférieure à 50\u00a0%",
    "[50,60[": "comprise entre 50\u00a0% et 60\u00a0%",
    "[60,70[": "comprise entre 60\u00a0% et 70\u00a0%",
    "[70,80[": "comprise entre 70\u00a0% et 80\u00a0%",
    "[80,90[": "comprise entre 80\u00a0% et 90\u00a0%",
    "[90,100[": "comprise entre 90\u00a0% et 100\u00a0%",
    "100": "égale à 100\u00a0%",
}
_TITRES_CITES = 3
_UNIQUES = {"CSS", "CNAM"}  # types of one organisme
LIGNE_SCORE = "SCORE INTERESSEMENT"
NOTE_BONIFICATION = (
    "Gestion du risque\u00a0: bonification comprise, «\u00a0dans la limite de 100\u00a0% d'atteinte de l'axe\u00a0», "
    "pour les organismes qui ont dépassé leurs objectifs et contribué au dépassement de l'objectif national (note, "
    "l. 415-419)."
)
NOTE_2022 = "2022\u00a0: la note n'imprime pas de score par organisme, seulement moyenne, minimum et maximum par type."
NOTE_BAREMES = "Chaque type a ses indicateurs, ses poids et ses cibles\u00a0: les types ne se comparent pas entre eux."
NOTE_NON_IMPRIME = "Case vide\u00a0: non imprimé. Un zéro est un zéro imprimé."


def build_phrase_distribution(frame: pl.DataFrame, quartiles: Mapping[str, Quartiles]) -> str:
    """What to see in the strips: extremes, highest and lowest median.

    Args:
        frame: rows of ``list_scores`` with libelle_type.
        quartiles: by libelle_type, types of several organismes only.
    """
    tri = frame.sort("valeur")
    bas = tri.row(0, named=True)
    maximum = tri["valeur"][-1]
    hauts = tri.filter(pl.col("valeur") == maximum)
    par_mediane = sorted(quartiles, key=lambda nom: quartiles[nom].mediane)
    faible, forte = par_mediane[0], par_mediane[-1]
    return (
        f"De {_format_taux(bas['valeur'], 2)} ({bas['nom']}) à {_format_taux(maximum, 2)} "
        f"({format_pluriel(hauts.height, 'organisme')}). Médiane la plus haute{INSECABLE}: {forte}, "
        f"{_format_taux(quartiles[forte].mediane, 2)}{INSECABLE}; la plus basse{INSECABLE}: {faible}, "
        f"{_format_taux(quartiles[faible].mediane, 2)}."
    )


def build_phrase_tranches(frame: pl.DataFrame) -> str:
    """What to see in the classes: the fullest one, those at 100 %, those below 80 %."""
    totaux: dict[str, int] = dict(frame.filter(type_organisme="TOTAL").select("tranche", "nombre").iter_rows())
    ensemble = sum(totaux.values())
    pleine = max(totaux, key=lambda tranche: totaux[tranche])
    a_cent = frame.filter((pl.col("tranche") == "100") & (pl.col("type_organisme") != "TOTAL") & (pl.col("nombre") > 0))
    detail = format_liste([f"{n}{INSECABLE}{t}" for t, n in a_cent.select("type_organisme", "nombre").iter_rows()])
    sous_80 = sum(totaux[t] for t in ("[0,50[", "[50,60[", "[60,70[", "[70,80["))
    return (
        f"{totaux[pleine]} organismes sur {ensemble} ont une performance locale {LIBELLES_TRANCHE[pleine]}"
        f"{INSECABLE}; {totaux['100']} atteignent 100{INSECABLE}%{f' ({detail})' if detail else ''} et {sous_80} "
        f"sont sous 80{INSECABLE}%."
    )


def build_phrase_evolution(frame: pl.DataFrame) -> str:
    """What to see in 2022-2023: how many types rise and fall, the strongest of each; scales differ between types.

    Args:
        frame: libelle, avant, apres (printed means, %), one row per type; those without both means are left out.
    """
    ecarts = frame.with_columns((pl.col("apres") - pl.col("avant")).round(1).alias("ecart")).drop_nulls("ecart")
    tri = ecarts.sort("ecart").select("libelle", "ecart").rows()
    hausses, baisses = [t for t in reversed(tri) if t[1] > 0], [t for t in tri if t[1] < 0]
    morceaux = [
        f"{verbe} {_format_mouvement(mouvement)}"
        for verbe, mouvement in (("monte", hausses), ("baisse", baisses))
        if mouvement
    ]
    stables = [libelle for libelle, ecart in ecarts.select("libelle", "ecart").iter_rows() if ecart == 0]
    if stables:
        morceaux.append(f"est stable pour {format_liste([_format_type(libelle) for libelle in stables])}")
    return (
        f"De 2022 à 2023, sur {format_pluriel(ecarts.height, 'type')}, le score moyen "
        f"{f'{INSECABLE}; il '.join(morceaux)}. Les barèmes diffèrent d'un type à l'autre."
    )


def _format_mouvement(mouvement: list[tuple[str, float]]) -> str:
    """« pour 6, le plus pour les DRSM (+9,4 points) »; a lone type is named at once."""
    libelle, ecart = mouvement[0]
    premier = f"pour {_format_type(libelle)} ({format_ecart(ecart, '%')})"
    return premier if len(mouvement) == 1 else f"pour {len(mouvement)}, le plus {premier}"


def _format_type(libelle: str) -> str:
    """« les DRSM », « la CNAM »: a type inside a sentence."""
    return f"{'la' if libelle in _UNIQUES else 'les'} {libelle}"


def build_phrase_domaines(frame: pl.DataFrame, libelle_type: str) -> str:
    """What to see in the domaines of a type: the score, the domaine that moved most each way.

    Args:
        frame: rows of ``list_domaines``, score line included.
        libelle_type: « CPAM et CCSS ».
    """
    score = frame.filter(domaine=LIGNE_SCORE).row(0, named=True)
    domaines = frame.filter(pl.col("domaine") != LIGNE_SCORE).with_columns(
        (pl.col("taux_2023") - pl.col("taux_2022")).round(1).alias("ecart")
    )
    mouvements = domaines.drop_nulls("ecart").sort("ecart")
    debut = (
        f"{libelle_type}{INSECABLE}: score moyen de {_format_taux(score['taux_2023'])} en 2023, "
        f"{_format_taux(score['taux_2022'])} en 2022."
    )
    morceaux = [
        f"{ligne['domaine']} ({format_ecart(ligne['ecart'], '%')})" for ligne in mouvements.to_dicts() if ligne["ecart"]
    ]
    return (
        f"{debut} Du plus fort recul à la plus forte hausse{INSECABLE}: {format_liste(morceaux)}."
        if morceaux
        else debut
    )


def build_phrase_repartition(frame: pl.DataFrame) -> str:
    """What to see in the breakdown: indicateurs everyone reaches, the least reached one.

    Args:
        frame: rows of ``list_repartition`` with counts: titre_court and the four counts.
    """
    comptes = frame.with_columns(
        pl.sum_horizontal("nb_100", "nb_inferieur_100", "nb_nul", "nb_neutralise").alias("effectif")
    ).filter(pl.col("effectif") > 0)
    parts = comptes.with_columns((pl.col("nb_100").fill_null(0) / pl.col("effectif")).alias("part")).sort("part")
    pleins = parts.filter(pl.col("part") == 1).height
    phrase = (
        f"{pleins} indicateurs sur {parts.height} sont à 100{INSECABLE}% partout"
        if pleins != 1
        else (f"1 indicateur sur {parts.height} est à 100{INSECABLE}% partout")
    )
    if pleins == parts.height:
        return f"{phrase}."
    moins = parts.row(0, named=True)
    return (
        f"{phrase}{INSECABLE}; le moins souvent atteint{INSECABLE}: «\u00a0{moins['titre_court']}\u00a0», "
        f"{moins['nb_100'] or 0} sur {moins['effectif']} à 100{INSECABLE}%."
    )


def build_phrase_taux(frame: pl.DataFrame) -> str:
    """What to see in the mean rates: the lowest one and its weight, the strongest fall since 2022.

    Args:
        frame: rows of ``list_repartition`` with a mean rate: titre_court, poids, taux_moyen, taux_moyen_precedent.
    """
    bas = frame.sort("taux_moyen").row(0, named=True)
    phrase = (
        f"Taux le plus bas{INSECABLE}: «\u00a0{bas['titre_court']}\u00a0», {_format_taux(bas['taux_moyen'])} "
        f"(poids {format_poids(bas['poids'])})"
    )
    ecarts = frame.with_columns((pl.col("taux_moyen") - pl.col("taux_moyen_precedent")).round(1).alias("ecart"))
    baisses = ecarts.filter(pl.col("ecart") < 0).sort("ecart")
    if baisses.is_empty():
        return f"{phrase}."
    recul = baisses.row(0, named=True)
    return (
        f"{phrase}{INSECABLE}; plus fort recul depuis 2022{INSECABLE}: «\u00a0{recul['titre_court']}\u00a0» "
        f"({format_ecart(recul['ecart'], '%')})."
    )


def format_poids(poids: float | None) -> str:
    """« 9 % », « 3,3 % », « non imprimé »."""
    if poids is None:
        return "non imprimé"
    return f"{format_nombre(poids, 0 if poids == int(poids) else 1)}{INSECABLE}%"


def list_contradictions(contradictions: Iterable[Contradiction], *prefixes: str) -> tuple[str, ...]:
    """The printed figures that disagree, as notes: subject, each printed value, what is shown.

    Args:
        contradictions: of the catalogue.
        prefixes: the beginnings of the codes to keep (« cgss_ »).
    """
    lien = f"{INSECABLE}; "
    return tuple(
        f"Chiffres imprimés qui ne s'accordent pas. {c.objet}{INSECABLE}: {lien.join(c.valeurs)}. {c.traitement}"
        for c in contradictions
        if c.code.startswith(prefixes)
    )


def list_remarques(frame: pl.DataFrame) -> tuple[str, ...]:
    """Remarks of the transcription, each once, with the indicateurs it is about when they are few.

    Args:
        frame: titre_court, note (null = none).
    """
    fragments = frame.drop_nulls("note").with_columns(pl.col("note").str.split(" ; ")).explode("note")
    remarques = fragments.group_by("note", maintain_order=True).agg("titre_court")
    return tuple(
        f"{format_liste(titres)}{INSECABLE}: {note}." if len(titres) <= _TITRES_CITES else f"{format_debut(note)}."
        for note, titres in remarques.iter_rows()
    )


def _format_taux(valeur: float | None, decimales: int = 1) -> str:
    return format_valeur(valeur, "%", decimales)
