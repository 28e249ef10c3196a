"""View « Classement » of the page « Comparer »: the ranking of the group, with intervals of values and of ranks."""

from __future__ import annotations

from components.chiffres import Chiffre
from components.comparer.vue import SCORE, Comparaison, build_mention
from components.contenu import Colonne, Contenu, Tableau
from components.figures.classement import build_classement_figure
from components.figures.formats import INSECABLE, format_ecart
from components.textes import comparer as textes
from data.calculs.verdict import Verdict


def build_chiffres(vue: Comparaison) -> list[Chiffre]:
    """The answer in four figures: value, rank, gap, verdict; or the group described when nobody is chosen."""
    if vue.vide or vue.quartiles is None or vue.identique:
        return []
    moitie = f"de {vue.format_valeur(vue.quartiles.q1)} à {vue.format_valeur(vue.quartiles.q3)}"
    mediane = vue.format_valeur(vue.quartiles.mediane)
    mienne = vue.mienne
    if vue.organisme is None or vue.position is None or mienne is None:
        bornes = sorted(vue.valeurs["valeur"].to_list())
        return [
            Chiffre("Organismes comparés", str(vue.valeurs.height), vue.nom_groupe),
            Chiffre("Médiane", mediane, "autant d'organismes au-dessus qu'au-dessous"),
            Chiffre("Moitié centrale", moitie, "du premier au troisième quartile"),
            Chiffre("Étendue", f"de {vue.format_valeur(bornes[0])} à {vue.format_valeur(bornes[-1])}"),
        ]
    intervalle, rangs = textes.format_intervalle(vue, mienne), textes.format_rangs(mienne)
    hors = " (sans l'organisme)" if vue.hors else ""
    return [
        Chiffre(
            vue.titre,
            vue.format_valeur(mienne["valeur"]),
            f"{vue.organisme['nom']}{f', intervalle {intervalle}' if intervalle else ''}",
        ),
        Chiffre(
            "Position",
            textes.format_position(vue.position),
            f"{vue.nom_groupe}{f'{INSECABLE}; rang {rangs}' if rangs else ''}",
        ),
        Chiffre(
            "Écart à la médiane",
            format_ecart(vue.position.ecart_mediane, vue.unite, vue.decimales),
            f"médiane du groupe{hors}{INSECABLE}: {mediane}",
        ),
        _build_chiffre_verdict(vue, textes.format_quart(vue.position.quart, vue.sens), moitie),
    ]


def _build_chiffre_verdict(vue: Comparaison, quart: str, moitie: str) -> Chiffre:
    """The verdict of the declared comparator; the quarter of the group where there is none."""
    if vue.jugement is None or vue.jugement.verdict is Verdict.SANS_VERDICT:
        return Chiffre("Quart du groupe", quart.capitalize(), f"moitié centrale{INSECABLE}: {moitie}")
    titre = textes.TITRES_COMPARATEUR[vue.jugement.comparateur]
    return Chiffre(
        titre,
        textes.format_verdict(vue.jugement),
        f"{vue.jugement.motif}{INSECABLE}; {quart}",
        textes.STYLES_VERDICT[vue.jugement.verdict][1],
    )


def build_contenu_classement(vue: Comparaison) -> Contenu:
    """The ranking: every member with a value, its interval, its rank and the interval of its rank."""
    vide, phrase = vue.vide, "Pas de classement pour ce choix."
    if vue.identique and not vide:
        phrase = textes.build_phrase_identique(vue)
        vide = "Aucun classement\u00a0: toutes les valeurs sont égales. Choisissez un autre indicateur."
    elif not vide and vue.quartiles is None:
        vide = "Aucune valeur dans ce groupe. Choisissez un autre groupe."
    elif not vide and vue.quartiles is not None:
        phrase = textes.build_phrase_classement(vue, vue.quartiles)
    figure = None
    if vide is None and vue.quartiles is not None:
        figure = build_classement_figure(
            vue.valeurs, vue.quartiles, unite=vue.unite, decimales=vue.decimales, sens=vue.sens, mien=vue.code
        )
    return Contenu(
        titre=f"{vue.titre}, {vue.periode}\u00a0: classement",
        phrase=phrase,
        figure=figure,
        vide=vide,
        mention=build_mention(vue, *(() if vide else (*list_notes_rangs(vue), textes.NOTE_QUARTILES))),
        tableau=_build_tableau(vue),
        fichier=f"parangon-classement-{vue.fichier}",
    )


def list_notes_rangs(vue: Comparaison) -> list[str]:
    """What the ranks and intervals of a group are worth."""
    notes = [textes.NOTE_RANGS_SIMULES if vue.simulee else textes.NOTE_RANGS]
    if not vue.intervalles:
        notes.append(textes.NOTE_SANS_INTERVALLE)
    else:
        notes.append(textes.NOTE_INTERVALLES)
        if vue.indicateur["code_indicateur"] == SCORE:
            notes.append(textes.NOTE_INTERVALLES_SCORE)
    return [*notes, textes.NOTE_HORS] if vue.hors else notes


def _build_tableau(vue: Comparaison) -> Tableau:
    ecart = "points" if vue.unite == "%" else vue.unite or ""
    lignes = [
        {
            "organisme": ligne["nom"],
            "rang": ligne["rang"],
            "rangs": textes.format_rangs(ligne),
            "type": ligne["type_organisme"],
            "region": ", ".join(ligne["noms_region"]),
            "departement": ", ".join(ligne["noms_departement"]),
            "valeur": ligne["valeur"],
            "bas": ligne["bas"],
            "haut": ligne["haut"],
            "denominateur": ligne["denominateur"],
            "ecart": ligne["ecart_mediane"],
        }
        for ligne in vue.membres.iter_rows(named=True)
    ]
    nom = vue.organisme["nom"] if vue.organisme and vue.code in vue.membres["code_organisme"] else None
    colonnes = [
        Colonne("organisme", "Organisme", epinglee=True),
        Colonne("rang", "Rang", "nombre", 0),
        Colonne("valeur", vue.titre, "nombre", vue.decimales, vue.unite or ""),
        Colonne("ecart", "Écart à la médiane", "nombre", vue.decimales, ecart),
        Colonne("type", "Type"),
        Colonne("region", "Région"),
        Colonne("departement", "Département"),
    ]
    if vue.intervalles:
        colonnes[2:2] = [Colonne("rangs", "Intervalle du rang")]
        colonnes[4:4] = [
            Colonne("bas", "Borne basse à 95 %", "nombre", vue.decimales, vue.unite or ""),
            Colonne("haut", "Borne haute à 95 %", "nombre", vue.decimales, vue.unite or ""),
        ]
    if vue.valeurs["denominateur"].count():
        colonnes.append(Colonne("denominateur", "Dénominateur", "nombre", 0))
    return Tableau(
        tuple(colonnes),
        lignes,
        legende=f"Sur fond bleu, en gras\u00a0: {nom}." if nom else "",
        cle_surlignee=nom,
    )
