"""View « Mes pairs » of the page « Comparer »: why one is my peer, and who is like me and does better."""

from __future__ import annotations

import polars as pl

from components.comparer.vue import Comparaison, build_mention
from components.contenu import Colonne, Contenu, Mention, Tableau
from components.figures.ecarts import build_ecarts_figure
from components.figures.formats import INSECABLE, format_nombre, format_valeur
from components.figures.traits import build_traits_figure
from components.pairs import build_voisinage, get_annee_contexte
from components.provenance import format_donnees_du
from components.textes import comparer as textes
from data.calculs.pairs import NOMBRE_VOISINS, Voisin, explain_pair, list_meilleurs_pairs
from data.catalogue import load_catalogue
from data.modele import Sens
from data.requetes.comparaison import list_organismes
from data.requetes.pairs import list_millesimes, load_contexte

_TOUS = 500  # more than there are organismes: every distance


def list_voisins(vue: Comparaison, lentille: str) -> list[Voisin]:
    """Peers of the group with their distance, nearest first; the nearest neighbours when the group is a whole type."""
    if vue.code is None:
        return []
    choisis = set(vue.groupe.pairs)
    voisins = [v for v in build_voisinage(vue.code, lentille, _TOUS).voisins if v.code in choisis]
    return voisins[:NOMBRE_VOISINS] if vue.groupe.choix in {"type", "tous"} else voisins


def _load_noms() -> dict[str, str]:
    return dict(list_organismes().select("code_organisme", "nom").iter_rows())


def build_contenu_pourquoi(vue: Comparaison, lentille: str, pair: str | None) -> Contenu:
    """Standardised gaps with one peer, nearest trait first, and the sentence that sums them up."""
    voisins = list_voisins(vue, lentille)
    noms = _load_noms()
    choisi = pair or (voisins[0].code if voisins else None)
    colonnes = (
        Colonne("trait", "Variable de contexte", epinglee=True),
        Colonne("mienne", vue.organisme["nom"] if vue.organisme else "Organisme"),
        Colonne("autre", noms.get(choisi or "", "Pair")),
        Colonne("ecart", "Écart, en écarts types", "nombre", 2),
    )
    vide = textes.build_vide_pourquoi(vue.code, choisi)
    contexte = load_contexte(get_annee_contexte())
    millesimes = {m["code_indicateur"]: m for m in list_millesimes(get_annee_contexte()).to_dicts()}
    explication = None
    if not vide and vue.code is not None and choisi is not None:
        explication = explain_pair(contexte, vue.code, choisi)
        if not explication.traits:
            vide = explication.phrase
    if vide or explication is None or choisi is None:
        return Contenu(
            titre="Pourquoi est-ce mon pair\u00a0?",
            phrase="Pas d'explication pour ce choix.",
            vide=vide,
            mention=_build_mention_contexte([], millesimes),
            tableau=Tableau(colonnes, []),
            fichier="parangon-pourquoi",
        )
    definitions = load_catalogue()
    lignes, resumes = [], []
    for trait in explication.traits:
        definition = definitions.get_indicateur(trait.variable.code)
        mienne, autre = (
            format_valeur(v, definition.unite, definition.decimales) for v in (trait.valeur, trait.valeur_pair)
        )
        resumes.append(f"{mienne.split(INSECABLE)[0]} → {autre}")  # the unit once: both must hold on a phone
        lignes.append({"trait": trait.variable.libelle, "mienne": mienne, "autre": autre, "ecart": trait.ecart})
    codes = [trait.variable.code for trait in explication.traits]
    return Contenu(
        titre=f"Pourquoi {textes.format_organisme(noms[choisi])} est mon pair",
        phrase=textes.build_phrase_pourquoi(noms[choisi], explication.phrase, voisins, choisi, lentille),
        figure=build_traits_figure(explication.traits, resumes),
        mention=_build_mention_contexte(codes, millesimes),
        tableau=Tableau(colonnes, lignes),
        fichier=f"parangon-pourquoi-{vue.code}-{choisi}",
    )


def _build_mention_contexte(codes: list[str], millesimes: dict[str, dict[str, object]]) -> Mention:
    annees = sorted({str(millesimes[c]["annee_max"]) for c in codes if c in millesimes})
    return Mention(
        statistique="écart standardisé par variable de contexte",
        unite="écarts types du type d'organisme",
        sens=Sens.NEUTRE,
        periode=", ".join(annees) or "aucune",
        source="Insee, data.gouv.fr et simulation Parangon",
        donnees_du=format_donnees_du(),
        effectif=f"{len(codes)} variables",
        simulee=any(bool(millesimes[c]["simulee"]) for c in codes if c in millesimes),
        notes=(textes.NOTE_VOISINS,),
    )


def build_contenu_mieux(vue: Comparaison, lentille: str) -> Contenu:
    """« Qui me ressemble et fait mieux » : peers that do better, widest gap first; the table holds every peer."""
    voisins = list_voisins(vue, lentille)
    noms = _load_noms()
    valeurs = dict(vue.valeurs.select("code_organisme", "valeur").iter_rows())
    meilleurs = list_meilleurs_pairs(voisins, valeurs, vue.code or "", vue.sens)
    unite = "points" if vue.unite == "%" else vue.unite or ""
    colonnes = (
        Colonne("organisme", "Pair", epinglee=True),
        Colonne("valeur", vue.titre, "nombre", vue.decimales, vue.unite or ""),
        Colonne("ecart", "Fait mieux de", "nombre", vue.decimales, unite),
        Colonne("distance", "Distance", "nombre", 2),
        Colonne("rang", "Rang de ressemblance", "nombre", 0),
    )
    rangs = {voisin.code: place for place, voisin in enumerate(voisins, start=1)}
    distances = {voisin.code: voisin.distance for voisin in voisins}
    ecarts = {m.code: m.ecart for m in meilleurs}
    ordre = [*ecarts, *(v.code for v in voisins if v.code not in ecarts)]
    vide = vue.vide or textes.build_vide_mieux(
        vue.organisme, vue.sens, len(voisins), len(meilleurs), a_valeur=vue.mienne is not None
    )
    figure = None
    if not vide:
        figure = build_ecarts_figure(
            pl.DataFrame(
                {
                    "nom": [noms[m.code] for m in meilleurs],
                    "detail": [
                        f"{vue.format_valeur(m.valeur)}, distance {format_nombre(m.distance, 2)}" for m in meilleurs
                    ],
                    "ecart": [m.ecart for m in meilleurs],
                }
            ),
            unite=f"{'' if unite == 'nombre' else unite} de mieux".strip(),
            decimales=vue.decimales,
        )
    return Contenu(
        titre=f"Qui me ressemble et fait mieux\u00a0: {vue.titre}, {vue.periode}",
        phrase=textes.build_phrase_mieux(
            len(meilleurs),
            len(voisins),
            lentille,
            noms[meilleurs[0].code] if meilleurs else "",
            vue.format_etendue(meilleurs[0].ecart) if meilleurs else "",
        ),
        figure=figure,
        vide=vide,
        mention=build_mention(
            vue,
            textes.NOTE_VOISINS,
            effectif=f"{len(voisins)} pairs de {vue.organisme['nom']}" if vue.organisme else "",
        ),
        tableau=Tableau(
            colonnes,
            [
                {
                    "organisme": noms[code],
                    "valeur": valeurs.get(code),
                    "ecart": ecarts.get(code),
                    "distance": distances[code],
                    "rang": rangs[code],
                }
                for code in ordre
            ],
            legende="Un tiret sous «\u00a0Fait mieux de\u00a0»\u00a0: ne fait pas mieux, ou sans valeur.",
        ),
        fichier=f"parangon-mieux-{vue.fichier}",
    )
