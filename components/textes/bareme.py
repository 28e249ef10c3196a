"""What the page « Barème » says: sentences generated from the effect of a proposal."""

from __future__ import annotations

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

CHAPEAU = (
    "Partez du barème publié d'un type d'organismes, changez poids, seuils ou formes, lisez l'effet sur tous ses "
    "scores et ses rangs avant de publier une proposition."
)
AIDE_GRILLE = (
    "Double-clic ou Entrée pour modifier une case, flèches pour en changer, Tab pour sortir de la grille. Un poids "
    "vide retire l'indicateur\u00a0; une part est celle d'une composante. Un socle ou un objectif vide garde le seuil "
    "en vigueur, venu avec les résultats."
)
AIDE_FICHIERS = (
    "Pour ajouter un indicateur ou une forme particulière, téléchargez le fichier, complétez-le et déposez-le ici."
)
MENTIONS_FICHIER = (
    "Barème modifiable\u00a0: une ligne par indicateur ou composante. Les poids font 100 points.",
    "Un seuil vide garde celui qui vient avec les résultats. Une ligne retirée retire l'indicateur.",
    "Déposez le fichier sur la page « Intéressement, Barème » de Parangon\u00a0: chaque faute y a sa case.",
)
NOTE_RESULTATS = (
    "Mêmes résultats de l'année, deux barèmes\u00a0: seul le barème change. Les deux scores sont recalculés par le "
    "même moteur."
)
NOTE_SEUILS = "Un socle ou un objectif laissé vide est celui qui vient avec les résultats."
NOTE_RANG = "Rang 1 = meilleur score du type\u00a0; à score égal à 0,01 point, même rang."
VIDE = (
    "Rien n'a encore changé\u00a0: modifiez un poids, un socle ou un objectif dans la grille, déposez un fichier, ou "
    "choisissez une proposition."
)
VIDE_FAUTES = "Corrigez d'abord ce qui est signalé au-dessus de la grille\u00a0: l'effet se calcule ensuite."
VIDE_SANS_ECART = "Aucun score ne change avec cette proposition."


def build_note_autres(nombre: int) -> str:
    """What the preview does not draw: the organismes of the other types, which another barème scores."""
    return (
        f"Les {format_nombre(nombre, 0)} autres organismes du réseau suivent d'autres barèmes\u00a0: leur score ne "
        "bouge pas."
    )


def format_points(points: float) -> str:
    """« 1,5 point », « 2 points »."""
    return format_valeur(points, "points", 2)


def count_effet(frame: pl.DataFrame) -> tuple[int, int, int]:
    """How many organismes gain, lose, stay (scores to 0,01 point)."""
    ecarts = frame["ecart"].drop_nulls()
    return int((ecarts > 0).sum()), int((ecarts < 0).sum()), int((ecarts == 0).sum())


def build_phrase_effet(frame: pl.DataFrame, libelle: str) -> str:
    """Who gains and who loses, and by how much at most."""
    gagnent, perdent, inchanges = count_effet(frame)
    if not gagnent and not perdent:
        return VIDE_SANS_ECART
    morceaux = [
        f"{format_pluriel(n, mot, mots)}"
        for n, mot, mots in (
            (gagnent, "organisme gagne", "organismes gagnent"),
            (perdent, "perd", "perdent"),
            (inchanges, "ne change pas", "ne changent pas"),
        )
        if n
    ]
    lus = frame.filter(pl.col("ecart").is_not_null()).sort("ecart", "nom", descending=[True, False])
    extremes = []
    for ligne, mots in (
        (lus.row(0, named=True), "le plus gros gain"),
        (lus.row(-1, named=True), "la plus grosse perte"),
    ):
        if (ligne["ecart"] > 0) == (mots == "le plus gros gain") and ligne["ecart"] != 0:
            extremes.append(f"{mots}, {ligne['nom']} ({format_ecart(ligne['ecart'], 'points', 2)})")
    suite = f" {format_debut(format_liste(extremes))}." if extremes else ""
    return f"Parmi les {libelle}, {format_liste(morceaux)}.{suite}"


def build_phrase_rangs(frame: pl.DataFrame) -> str:
    """How far ranks move."""
    bouges = frame.filter(pl.col("places").fill_null(0) != 0)
    if bouges.is_empty():
        return "Aucun rang ne change."
    loin = bouges.sort(pl.col("places").abs(), "nom", descending=[True, False]).row(0, named=True)
    verbe = "gagne" if loin["places"] > 0 else "perd"
    changent = "change" if bouges.height == 1 else "changent"
    return (
        f"{format_pluriel(bouges.height, 'organisme')} sur {frame.height} {changent} de rang\u00a0; {loin['nom']} "
        f"{verbe} {format_pluriel(abs(loin['places']), 'place')}, le plus grand mouvement."
    )


def build_phrase_distribution(avant: tuple[float, float], apres: tuple[float, float]) -> str:
    """How the median and the spread (third minus first quartile) move. Each pair: (median, spread)."""
    ecart = round(apres[1] - avant[1], 2)
    resserre = "se resserrent" if ecart < 0 else "s'écartent"
    dispersion = (
        "l'écart entre quartiles reste le même"
        if ecart == 0
        else f"les scores {resserre}\u00a0: {format_nombre(avant[1], 2)} puis {format_points(apres[1])} entre quartiles"
    )
    medianes = [format_valeur(mediane, "%", 2) for mediane, _ in (avant, apres)]
    return f"La médiane passe de {medianes[0]} à {medianes[1]}\u00a0; {dispersion}."


def build_alertes(non_recalcules: list[str], sans_resultat: list[str], incomplets: int) -> list[str]:
    """What the preview cannot show, said plainly."""
    alertes = []
    if non_recalcules:
        alertes.append(
            f"Résultats connus par leur seul taux, nouvelle cible non appliquée\u00a0: {format_liste(non_recalcules)}."
        )
    if sans_resultat:
        alertes.append(f"Aucun résultat pour ce type\u00a0: {format_liste(sans_resultat)}. Les scores sont partiels.")
    if incomplets:
        alertes.append(
            f"{format_pluriel(incomplets, 'score partiel', 'scores partiels')} avec la proposition\u00a0: des "
            "résultats manquent, ils ne valent pas zéro (bornes dans le tableau)."
        )
    return alertes


def format_total(total: float | None) -> str:
    """« Total des poids : 100 / 100 points »."""
    if total is None:
        return f"Total des poids{INSECABLE}: illisible"
    texte = f"{total:.4f}".rstrip("0").rstrip(".").replace(".", ",")
    return f"Total des poids{INSECABLE}: {texte} / 100 points"
