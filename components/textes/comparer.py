"""Sentences of the page « Comparer », written from the data. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

from components.figures.formats import (
    INSECABLE,
    format_debut,
    format_ecart,
    format_liste,
    format_nombre,
    format_pluriel,
    format_rang,
)
from data.calculs.correlation import Correlation
from data.calculs.entonnoir import Entonnoir
from data.calculs.pairs import Voisin
from data.calculs.position import Position, Quartiles
from data.calculs.verdict import LIBELLES_VERDICTS, Jugement, Verdict
from data.modele import Comparateur, Organisme, Sens

if TYPE_CHECKING:
    from components.comparer.vue import Comparaison
    from components.figures.petits_multiples import Bande
    from components.pairs import GroupePairs

NOTE_QUARTILES = (
    "Médiane et quartiles\u00a0: interpolation linéaire entre les deux valeurs voisines (définition 7 de Hyndman et "
    "Fan, celle de CENTILE.INCLURE). Une valeur égale à une borne compte dans le meilleur des deux quarts."
)
NOTE_RANGS = "À valeur égale, même rang."
RAISON_TYPES = (
    "Les types d'organismes ne sont pas classés entre eux\u00a0: missions, indicateurs, poids et cibles diffèrent."
)
NOTE_CCSS = "Les deux CCSS sont classées avec les CPAM, comme la note les imprime."
NOTE_RANGS_SIMULES = "À valeur égale, même rang. Valeurs simulées\u00a0: ce classement ne décrit aucun organisme réel."
NOTE_INTERVALLES = (
    "Intervalles à 95 % (Wilson pour une proportion, Byar ou exact pour un taux d'événements). L'intervalle de rang "
    "vient de 2 000 tirages et couvre au moins les organismes dont la valeur ne se distingue pas."
)
NOTE_INTERVALLES_SCORE = (
    "Intervalle le plus court possible à 95 %\u00a0: seuls les taux dont le dénominateur est connu y apportent leur "
    "incertitude (dénominateurs simulés)."
)
NOTE_SANS_INTERVALLE = (
    "Pas d'intervalle\u00a0: aucun dénominateur ne permet d'en calculer. Un petit écart de rang ne prouve rien."
)
DEUX_POINTS = f"{INSECABLE}: "
NOTE_FACE_A_FACE = (
    "Écart en points du score\u00a0: points du premier moins points du second, bonification à part. Ce qui est "
    "neutralisé ou non fourni d'un côté n'a pas d'écart."
)
NOTE_VOISINS = (
    "Distance\u00a0: moyenne des écarts standardisés entre variables de contexte, jamais les résultats\u00a0; des "
    "variables corrélées ne comptent qu'une fois."
)
NOTE_BOITE = "Boîte\u00a0: moitié centrale du groupe, médiane en trait épais\u00a0; gris pâle\u00a0: hors du groupe."
VIDE_ENTONNOIR = (
    "Pas d'entonnoir\u00a0: il faut une part de cas sur un dénominateur connu, et cet indicateur n'en a pas. "
    "Choisissez un taux, par exemple «\u00a0RDV réalisés au téléphone\u00a0»."
)
NOTE_HORS = "L'organisme choisi est laissé hors de la référence (médiane, quartiles, taux du groupe)."
AVERTISSEMENT_TYPES = (
    "Tous les types sont classés ensemble, à votre demande\u00a0: missions, indicateurs, poids et cibles diffèrent "
    "(les barèmes sont différents). Le rang n'a qu'une valeur indicative."
)
TITRES_COMPARATEUR: dict[Comparateur, str] = {
    Comparateur.INTERVALLE: "Comparé au groupe",
    Comparateur.ENTONNOIR: "Comparé au groupe",
    Comparateur.SPC: "Comparé à son propre passé",
    Comparateur.AUCUN: "Comparaison",
}
LIBELLES_LENTILLE: dict[str, str] = {
    "taille": "la taille",
    "population": "la population",
    "territoire": "le territoire",
}
# Verdict -> symbol, key of the colour. A neutral indicateur has no colour of judgement.
STYLES_VERDICT: dict[Verdict, tuple[str, str]] = {
    Verdict.MIEUX: ("▲", "mieux"),
    Verdict.COMPARABLE: ("●", "comparable"),
    Verdict.MOINS_BIEN: ("▼", "moins"),
    Verdict.PLUS_HAUT: ("△", "texte"),
    Verdict.PLUS_BAS: ("▽", "texte"),
    Verdict.SANS_VERDICT: ("–", "texte-doux"),
}


# Before a name that begins with this word; a name that begins with another has none.
_ARTICLES: dict[str, str] = {
    **dict.fromkeys(("CPAM", "CCSS", "CGSS", "CSS", "DRSM", "CARSAT", "Caisse"), "la "),
    **dict.fromkeys(("CTI", "CEIR"), "le "),
    "UGECAM": "l'",
}


def format_type_note(type_note: str) -> str:
    """« CPAM et CCSS » for the type the note prints as CPAM; every other type is itself."""
    return "CPAM et CCSS" if type_note == "CPAM" else type_note


def format_organisme(nom: str) -> str:
    """The name of an organisme inside a sentence: « la CPAM de l'Ain », « l'UGECAM Alsace », « le CTI Strasbourg »."""
    return f"{_ARTICLES.get(nom.split(' ')[0], '')}{nom}"


def format_option(organisme: dict[str, Any]) -> str:
    """Option of the search: name, département (number, and name unless the organisme's says it), caisse number.

    Bodies that cover several départements have their name only: it says the territory.
    """
    morceaux = [organisme["nom"]]
    if len(organisme["codes_departement"]) == 1:
        nom = organisme["noms_departement"][0]
        numero = organisme["codes_departement"][0]
        morceaux.append(numero if nom in organisme["nom"] else f"{numero} {nom}")
    if organisme["code_organisme"].isdigit() and organisme["code_organisme"] not in morceaux:
        morceaux.append(organisme["code_organisme"])
    return " · ".join(morceaux)


def format_recherche(organisme: Organisme) -> str:
    """Other words the search finds an organisme by: its seat and its other names, numbers left out.

    A number typed is a département or a caisse, as shown: « 31 » must not find the caisse 031 first.
    """
    return " ".join(nom for nom in (organisme.siege, *organisme.alias) if nom and not nom.isdigit())


def format_position(position: Position) -> str:
    """« 43e sur 102 », « 43e ex æquo sur 102 »."""
    return f"{_format_rang(position)} sur {position.effectif}"


def _format_rang(position: Position) -> str:
    return format_rang(position.rang) + (f"{INSECABLE}ex æquo" if position.ex_aequo else "")


def format_quart(quart: int, sens: Sens) -> str:
    """The quarter of the group in words, from the best one."""
    if sens is Sens.NEUTRE:
        return ("quart le plus élevé", "deuxième quart", "troisième quart", "quart le plus bas")[quart - 1]
    return ("meilleur quart", "deuxième quart", "troisième quart", "dernier quart")[quart - 1]


def format_verdict(jugement: Jugement) -> str:
    """« ▲ mieux », the symbol and the word together."""
    return f"{STYLES_VERDICT[jugement.verdict][0]} {LIBELLES_VERDICTS[jugement.verdict]}"


def format_intervalle(vue: Comparaison, ligne: Mapping[str, Any]) -> str:
    """« de 64,1 % à 66,0 % »; empty without interval."""
    if ligne["bas"] is None:
        return ""
    return f"de {vue.format_valeur(ligne['bas'])} à {vue.format_valeur(ligne['haut'])}"


def format_rangs(ligne: Mapping[str, Any]) -> str:
    """« de 30e à 55e »; « sûr » when both bounds are equal; empty without interval."""
    if ligne["rang_bas"] is None:
        return ""
    if ligne["rang_bas"] == ligne["rang_haut"]:
        return "sûr"
    return f"de {format_rang(ligne['rang_bas'])} à {format_rang(ligne['rang_haut'])}"


def build_avis_types(nombre: int, type_note: str | None) -> str:
    """Why some organismes of the perimeter are not ranked."""
    reste = format_pluriel(nombre, "organisme")
    verbe = "n'est pas classé" if nombre < 2 else "ne sont pas classés"
    return f"{reste} d'un autre type {verbe} avec les {format_type_note(type_note or 'CPAM')}. {RAISON_TYPES}"


def build_phrase_classement(vue: Comparaison, quartiles: Quartiles) -> str:
    """What to see in the ranking; without a chosen organisme, describes the group and invites to choose."""
    extremes = f"{_format_extreme(vue, 0)}{INSECABLE}; {_format_extreme(vue, -1)}."
    mediane = vue.format_valeur(quartiles.mediane)
    if vue.organisme is None:
        return f"{vue.nom_groupe}, médiane {mediane}. {extremes} Choisissez un organisme pour le situer dans ce groupe."
    mienne = vue.mienne
    if vue.position is None or mienne is None:
        return f"{vue.organisme['nom']} n'a pas de valeur ici. {vue.nom_groupe}, médiane {mediane}. {extremes}"
    return (
        f"{vue.organisme['nom']}{INSECABLE}: {vue.format_valeur(mienne['valeur'])}, {_format_rang(vue.position)} sur "
        f"{vue.nom_groupe}, {format_ecart_mediane(vue)} ({mediane}){INSECABLE}; "
        f"{format_quart(vue.position.quart, vue.sens)}. {_build_incertitude(mienne, vue.valeurs.height)}{extremes}"
    )


def _build_incertitude(mienne: Mapping[str, Any], effectif: int) -> str:
    """« Rang entre 30e et 55e : ne se distingue pas de 25 autres. » ; empty without interval."""
    if mienne["rang_bas"] is None:
        return ""
    if mienne["rang_bas"] == mienne["rang_haut"]:
        return "Rang sûr à 95 %. "
    autres = mienne["indistincts"]
    if autres == effectif - 1:
        suite = "ne se distingue pas des autres"
    else:
        suite = (
            f"ne se distingue pas de {autres} autre{'s' if autres > 1 else ''}" if autres else "se distingue de tous"
        )
    return f"Rang entre {format_rang(mienne['rang_bas'])} et {format_rang(mienne['rang_haut'])}{INSECABLE}: {suite}. "


def _format_extreme(vue: Comparaison, rang: int) -> str:
    """« Premier : Ain (99,65 %) »; several organismes sharing the value are counted, not named."""
    ligne = vue.valeurs.row(rang, named=True)
    ex_aequo = vue.valeurs.filter(pl.col("valeur") == ligne["valeur"]).height
    mot = "Premier" if rang == 0 else "dernier"
    valeur = vue.format_valeur(ligne["valeur"])
    if ex_aequo > 1:
        return f"{mot}s ex æquo{INSECABLE}: {format_pluriel(ex_aequo, 'organisme')} ({valeur})"
    return f"{mot}{INSECABLE}: {ligne['nom']} ({valeur})"


def format_ecart_mediane(vue: Comparaison) -> str:
    """« 4,80 points au-dessous de la médiane », « à la médiane »; empty without position."""
    if vue.position is None:
        return ""
    ecart = vue.position.ecart_mediane
    if round(ecart, vue.decimales) == 0:
        return "à la médiane"
    return f"{vue.format_etendue(ecart)} {'au-dessus' if ecart > 0 else 'au-dessous'} de la médiane"


def build_phrase_identique(vue: Comparaison) -> str:
    """The sentence that replaces a ranking when every organisme of the group has the same value."""
    return (
        f"Identique pour tous{INSECABLE}: {vue.format_valeur(vue.valeurs['valeur'][0])} pour chacun des "
        f"{format_pluriel(vue.valeurs.height, 'organisme')} du groupe. Il n'y a pas de rang à donner."
    )


def build_vide(
    groupe: GroupePairs, organisme: dict[str, Any] | None, indicateur: str, types_portes: Sequence[str], nombre: int
) -> str | None:
    """Why there is no comparison, and what to do; None when there is one.

    Args:
        groupe: the group, which has members.
        organisme: the chosen one.
        indicateur: short title.
        types_portes: types of the note that hold the indicateur.
        nombre: organismes of the group with a value.
    """
    if nombre == 0 and groupe.type_note is not None and groupe.type_note not in types_portes:
        porteurs = format_liste([format_type_note(t) for t in types_portes])
        return (
            f"«\u00a0{indicateur}\u00a0» n'existe que pour les {porteurs}. Choisissez un autre indicateur ou un autre "
            "organisme."
        )
    if organisme is not None and nombre <= 1:
        autres = (
            "demandez «\u00a0France entière\u00a0» et «\u00a0Classer tous les types ensemble\u00a0»"
            if groupe.choix in {"type", "tous"}
            else "choisissez «\u00a0Mon type d'organisme\u00a0» ou «\u00a0Ma liste\u00a0»"
        )
        return (
            f"Aucun autre organisme à comparer à {format_organisme(organisme['nom'])} dans ce groupe\u00a0: pas de "
            f"rang à donner. Pour le situer malgré tout, {autres}."
        )
    return None


def build_phrase_classes(vue: Comparaison, quartiles: Quartiles) -> str:
    """What to see in the histogram: where the middle half stands, how far the extremes are."""
    return (
        f"La moitié centrale des organismes tient en {vue.format_etendue(quartiles.q3 - quartiles.q1)}, de "
        f"{vue.format_valeur(quartiles.q1)} à {vue.format_valeur(quartiles.q3)}{INSECABLE}; "
        f"{vue.format_etendue(vue.valeurs['valeur'][0] - vue.valeurs['valeur'][-1])} séparent le premier du dernier."
    )


def build_phrase_points(vue: Comparaison, quartiles: Quartiles, objectif: float | None) -> str:
    """What to see in the swarm: where the box stands, how many reach the objectif, where mine is."""
    phrases = [
        f"La moitié centrale tient de {vue.format_valeur(quartiles.q1)} à {vue.format_valeur(quartiles.q3)}, autour "
        f"d'une médiane de {vue.format_valeur(quartiles.mediane)}."
    ]
    if objectif is not None and vue.sens is not Sens.NEUTRE:
        atteint = pl.col("valeur") >= objectif if vue.sens is Sens.HAUT else pl.col("valeur") <= objectif
        nombre = vue.valeurs.filter(atteint).height
        verbe = "atteint" if nombre < 2 else "atteignent"
        phrases.append(f"{nombre} sur {vue.valeurs.height} {verbe} l'objectif ({vue.format_valeur(objectif)}).")
    if vue.mienne is not None and vue.organisme is not None:
        phrases.append(
            f"{vue.organisme['nom']}{INSECABLE}: {vue.format_valeur(vue.mienne['valeur'])}, "
            f"{format_ecart_mediane(vue)}."
        )
    return " ".join(phrases)


def format_depassement(niveau: float | None, au_dessus: bool) -> str:
    """« au-dessus des limites à 99,8 % », « dans les limites »."""
    if niveau is None:
        return "dans les limites"
    cote = "au-dessus" if au_dessus else "au-dessous"
    return f"{cote} des limites à {'95' if niveau == 0.95 else '99,8'}{INSECABLE}%"


def build_phrase_entonnoir(vue: Comparaison, entonnoir: Entonnoir, parts: pl.DataFrame, *, ajuste: bool) -> str:
    """How many are outside, who the farthest are, where mine is."""
    hors = entonnoir.list_hors_limites(ajuste=ajuste)
    codes, noms = parts["code_organisme"].to_list(), parts["nom_court"].to_list()
    reference = f"taux du groupe {vue.format_valeur(100 * entonnoir.reference)}"
    if not hors:
        tete = f"Aucun des {len(codes)} organismes n'est hors des limites à 99,8{INSECABLE}% ({reference})."
    else:
        plus_loin = format_liste([noms[p.rang].split(" (")[0] for p in hors[:3]])
        verbe = "est" if len(hors) < 2 else "sont"
        tete = (
            f"{len(hors)} des {len(codes)} organismes {verbe} hors des limites à 99,8{INSECABLE}% ({reference})"
            f"{INSECABLE}; les plus éloignés{INSECABLE}: {plus_loin}."
        )
    if vue.code not in codes or vue.organisme is None:
        return tete
    point = entonnoir.points[codes.index(vue.code)]
    place = format_depassement(
        point.depassement_ajuste if ajuste else point.depassement, point.valeur > entonnoir.reference
    )
    return f"{vue.organisme['nom']}{INSECABLE}: {vue.format_valeur(100 * point.valeur)}, {place}. {tete}"


def build_note_entonnoir(entonnoir: Entonnoir, *, ajuste: bool) -> str:
    """What the limits are, and how much more the group varies than chance."""
    phi = format_nombre(entonnoir.phi, 1)
    tete = f"Limites à 95{INSECABLE}% (tirets) et 99,8{INSECABLE}% (trait plein), Spiegelhalter 2005. "
    mesure = (
        f"Surdispersion{INSECABLE}: φ = {phi} (1 = hasard seul), τ² = {format_nombre(entonnoir.tau2, 4)}, winsorisée."
    )
    if ajuste:
        return f"{tete}{mesure} Limites élargies d'autant."
    return f"{tete}{mesure} Limites brutes{INSECABLE}: elles ignorent cette surdispersion et signalent beaucoup."


def build_note_fausses_alertes(indicateurs: int, organismes: int, a_95: float, a_998: float) -> str:
    """How many signals chance alone would give."""
    return (
        f"Fausses alertes{INSECABLE}: sur {format_pluriel(indicateurs, 'indicateur')} × "
        f"{format_pluriel(organismes, 'organisme')}, environ {format_pluriel(round(a_95), 'signal', 'signaux')} par "
        f"hasard à 95{INSECABLE}%, {format_nombre(a_998, 0)} à 99,8{INSECABLE}%."
    )


def build_note_series(*, mensuelles: bool, coupees: bool, mediane: bool) -> str:
    """What the lines and the band are."""
    pas = "Valeurs mensuelles" if mensuelles else "Valeurs annuelles"
    milieu = f"{INSECABLE}; pointillé{DEUX_POINTS}médiane" if mediane else ""
    coupe = " Ligne coupée à chaque rupture de série, et entre valeurs simulées et publiées." if coupees else ""
    return f"{pas}. Bande{DEUX_POINTS}du 10e au 90e centile du groupe{milieu}.{coupe}"


def build_phrase_temps(vue: Comparaison, valeurs: Sequence[float | None], bande: Bande, dates: Sequence[str]) -> str:
    """Where mine ends, how far it moved, how often it is inside the band; else what the group did."""
    presentes = [(rang, v) for rang, v in enumerate(valeurs) if v is not None]
    if vue.organisme is None or not presentes:
        ecarts = [
            h - b if h is not None and b is not None else None for b, h in zip(bande.bas, bande.haut, strict=True)
        ]
        debut, fin = ecarts[0], ecarts[-1]
        suite = "Choisissez un organisme pour voir sa série."
        if debut is None or fin is None:
            return suite
        return (
            f"L'écart entre 10e et 90e centile passe de {vue.format_etendue(debut)} ({dates[0]}) à "
            f"{vue.format_etendue(fin)} ({dates[-1]}). {suite}"
        )
    (premier, depart), (dernier, arrivee) = presentes[0], presentes[-1]
    dedans = sum(
        bas <= v <= haut
        for rang, v in presentes
        if (bas := bande.bas[rang]) is not None and (haut := bande.haut[rang]) is not None
    )
    ecart = format_ecart(arrivee - depart, vue.unite, vue.decimales)
    return (
        f"{vue.organisme['nom']}{DEUX_POINTS}{vue.format_valeur(arrivee)} ({dates[dernier]}), {ecart} depuis "
        f"{dates[premier]}{INSECABLE}; dans la bande du groupe {dedans} fois sur {len(presentes)}."
    )


def build_phrase_multiples(vue: Comparaison, nombre: int, lentille: str) -> str:
    """Which organismes are drawn, and how to read them."""
    if vue.mienne is None or vue.organisme is None:
        return f"Les {nombre} premiers du groupe, mêmes axes, même bande. Choisissez un organisme pour le voir en tête."
    return (
        f"{vue.organisme['nom']} en tête, puis les plus proches du groupe par {LIBELLES_LENTILLE[lentille]}"
        f"{INSECABLE}; mêmes axes, même bande."
    )


def build_vide_face_a_face(moi: Mapping[str, Any] | None, pair: Mapping[str, Any] | None) -> str | None:
    """Why two organismes cannot be set side by side, and what to do; None when they can."""
    if moi is None:
        return "Choisissez un organisme, puis celui à lui opposer."
    if pair is None:
        return "Choisissez l'autre organisme ci-dessus."
    if moi["code_organisme"] == pair["code_organisme"]:
        return f"Un organisme ne se compare pas à lui-même{INSECABLE}: choisissez-en un autre."
    if moi["type_note"] != pair["type_note"]:
        noms = f"{format_debut(format_organisme(moi['nom']))} et {format_organisme(pair['nom'])}"
        return f"{noms} n'ont pas le même barème. {RAISON_TYPES} Choisissez un organisme de même type."
    return None


def build_phrase_face_a_face(moi: str, pair: str, lignes: Sequence[Mapping[str, Any]]) -> str:
    """The total gap, where the first loses most and where it wins most."""
    if not lignes:
        return "Rien n'est mesuré des deux côtés."
    total = sum(ligne["ecart"] for ligne in lignes)
    moi, pair = format_organisme(moi), format_organisme(pair)
    sens = "devance" if total > 0 else "est derrière"
    tete = (
        f"À égalité{INSECABLE}: {moi} et {pair}."
        if not round(total, 2)
        else f"{format_debut(moi)} {sens} {pair} de {format_ecart(abs(total), '%', 2).removeprefix('+')} au total."
    )
    pire, mieux = lignes[0], lignes[-1]
    suites = []
    if round(pire["ecart"], 2) < 0:
        suites.append(f"Plus gros retard{DEUX_POINTS}{pire['indicateur']} ({format_ecart(pire['ecart'], '%', 2)})")
    if round(mieux["ecart"], 2) > 0:
        suites.append(f"plus grosse avance{DEUX_POINTS}{mieux['indicateur']} ({format_ecart(mieux['ecart'], '%', 2)})")
    suite = f"{INSECABLE}; ".join(suites)
    return f"{tete} {format_debut(suite)}." if suite else tete


def build_phrase_nuage(titre: str, abscisse: str, correlation: Correlation | None, *, log: bool) -> str:
    """The strength of the link, its interval, and what it does not prove."""
    if correlation is None:
        return f"Une des deux variables ne varie pas dans ce groupe{INSECABLE}: pas de corrélation."
    r = format_nombre(correlation.r, 2)
    bornes = f"de {format_nombre(correlation.bas, 2)} à {format_nombre(correlation.haut, 2)}"
    echelle = f"{INSECABLE}; abscisse en logarithme" if log else ""
    if not correlation.demontree:
        return f"Pas de lien démontré entre {titre} et {abscisse} (r = {r}, intervalle {bornes}{echelle})."
    force = "fort" if abs(correlation.r) >= 0.7 else "moyen" if abs(correlation.r) >= 0.4 else "faible"
    mouvement = "augmente" if correlation.r > 0 else "diminue"
    part = format_nombre(100 * correlation.r**2, 0)
    return (
        f"Lien {force}{DEUX_POINTS}{titre} {mouvement} quand {abscisse} augmente (r = {r}, intervalle "
        f"{bornes}{echelle}). Il explique {part}{INSECABLE}% des écarts, sans en prouver la cause."
    )


def build_note_nuage(abscisse: str, periode: str, *, absents: int, log: bool) -> str:
    """What the horizontal axis and the interval are."""
    manque = f" {format_pluriel(absents, 'organisme')} sans abscisse, non tracé(s)." if absents else ""
    echelle = ", échelle logarithmique" if log else ""
    return (
        f"Abscisse{DEUX_POINTS}{abscisse}, {periode}{echelle}. Corrélation de Pearson, intervalle de Fisher à "
        f"95{INSECABLE}%{INSECABLE}; tirets{DEUX_POINTS}droite des moindres carrés.{manque}"
    )


def build_vide_pourquoi(code: str | None, pair: str | None) -> str | None:
    """Why no peer can be explained, and what to do; None when one can."""
    if code is None:
        return "Choisissez un organisme pour voir ses pairs."
    if pair is None:
        return "Aucun pair dans ce groupe dont la distance soit connue. Choisissez un autre groupe."
    if code == pair:
        return f"Un organisme n'est pas son propre pair{INSECABLE}: choisissez un autre organisme."
    return None


def build_phrase_pourquoi(nom: str, phrase: str, voisins: Sequence[Voisin], code: str, lentille: str) -> str:
    """How near the peer is, then its closest and most different traits."""
    place = next((rang for rang, voisin in enumerate(voisins, start=1) if voisin.code == code), None)
    if place is None:
        return phrase
    distance = format_nombre(voisins[place - 1].distance, 2)
    return (
        f"{nom}{DEUX_POINTS}{format_rang(place)} plus proche sur {len(voisins)} par {LIBELLES_LENTILLE[lentille]} "
        f"(distance {distance}). {phrase}"
    )


def build_vide_mieux(
    organisme: Mapping[str, Any] | None, sens: Sens, voisins: int, meilleurs: int, *, a_valeur: bool
) -> str | None:
    """Why nobody is named; None when someone is."""
    if organisme is None:
        return "Choisissez un organisme pour voir qui lui ressemble et fait mieux."
    if sens is Sens.NEUTRE:
        return f"Cet indicateur n'a pas de sens déclaré{INSECABLE}: personne ne fait «{INSECABLE}mieux{INSECABLE}»."
    if not a_valeur:
        return f"{organisme['nom']} n'a pas de valeur ici. Choisissez un autre indicateur."
    if not voisins:
        return "Aucun pair dans ce groupe dont la distance soit connue. Choisissez un autre groupe."
    if not meilleurs:
        return f"Aucun des {voisins} pairs ne fait mieux que {format_organisme(organisme['nom'])}."
    return None


def build_phrase_mieux(meilleurs: int, voisins: int, lentille: str, premier: str, ecart: str) -> str:
    """How many peers do better, and who does best; ``ecart`` is how much, without sign: fewer days may be better."""
    if not meilleurs:
        return "Personne à nommer pour ce choix."
    verbe = "fait" if meilleurs < 2 else "font"
    return (
        f"{meilleurs} des {voisins} pairs (ressemblance par {LIBELLES_LENTILLE[lentille]}) {verbe} mieux{INSECABLE}; "
        f"en tête, {format_organisme(premier)}, {ecart} de mieux."
    )
