"""Are the gaps shrinking: every indicateur of a type, then one of them year by year, then its two ends."""

from __future__ import annotations

import polars as pl

from components.chiffres import Chiffre
from components.contenu import Colonne, Contenu, Mention, Tableau
from components.convergence.suivi import Suivi, load_suivi
from components.figures.dispersion import (
    Bouts,
    Evolution,
    Mesure,
    build_annees_figure,
    build_bouts_figure,
    build_evolutions_figure,
    format_pourcentage,
)
from components.figures.formats import INSECABLE, format_nombre, format_valeur
from components.provenance import format_donnees_du, format_source
from components.textes import convergence as textes
from data.calculs.dispersion import EXTREMES, Dispersion, compute_dispersion
from data.calculs.evolution_ecarts import (
    GROUPE_MINIMUM,
    EvolutionEcart,
    Tendance,
    compare_ecarts,
    compute_stabilite,
    intervalle_cv,
)
from data.magasin import memorise
from data.modele import Sens
from data.requetes.convergence import list_constats, list_suivis


@memorise
def list_evolutions(type_note: str) -> list[tuple[Suivi, EvolutionEcart]]:
    """The change of P90 − P10 of every indicateur of a type, the strongest convergence first; without gap, last."""
    lignes = []
    for code in list_suivis().filter(type_note=type_note)["code_indicateur"]:
        suivi = load_suivi(type_note, code)
        avant, apres = (suivi.valeurs[annee] for annee in suivi.bornes)
        if len(avant.keys() & apres.keys()) >= GROUPE_MINIMUM:
            lignes.append((suivi, compare_ecarts(avant, apres)))
    return sorted(lignes, key=lambda ligne: (ligne[1].variation is None, ligne[1].variation or 0.0))


@memorise
def load_dispersions(type_note: str, code: str) -> dict[int, Dispersion]:
    """Every measure of spread of an indicateur, by year."""
    return {annee: compute_dispersion(list(v.values())) for annee, v in load_suivi(type_note, code).valeurs.items()}


def list_constats_igas() -> dict[str, tuple[str, str]]:
    """fait -> (value as printed, line) of the findings of the Igas; the gap of the two ends by year is apart."""
    return {
        fait: (valeur, ligne) for fait, valeur, ligne in list_constats().select("fait", "valeur", "ligne").iter_rows()
    }


def build_chiffres(type_note: str, code: str) -> list[Chiffre]:
    """The answer of the page: how many indicateurs converge, then the one being detailed."""
    evolutions = [e for _, e in list_evolutions(type_note)]
    comptes = {t: sum(e.tendance is t for e in evolutions) for t in Tendance}
    suivi = load_suivi(type_note, code)
    choisie = next((e for s, e in list_evolutions(type_note) if s.code == code), None)
    chiffres = [
        Chiffre(
            "◆ Écarts qui se resserrent",
            f"{comptes[Tendance.RESSERRE]} sur {len(evolutions)}",
            "indicateurs, changement plus net que le hasard",
        ),
        Chiffre(
            "▲ Écarts qui s'élargissent",
            f"{comptes[Tendance.ECARTE]} sur {len(evolutions)}",
            f"{comptes[Tendance.STABLE]} sans changement net",
        ),
    ]
    if choisie is not None and choisie.variation is not None:
        chiffres.append(
            Chiffre(
                f"{suivi.titre}{INSECABLE}: P90 − P10",
                format_pourcentage(100 * choisie.variation),
                f"{suivi.periode}, {textes.LIBELLES_TENDANCE[choisie.tendance]}",
            )
        )
    avant, apres = (load_dispersions(type_note, code)[annee].extremes for annee in suivi.bornes)
    if avant is not None and apres is not None and avant.ecart_relatif is not None and apres.ecart_relatif is not None:
        chiffres.append(
            Chiffre(
                "Dix plus basses contre dix plus hautes",
                format_pourcentage(100 * apres.ecart_relatif, 1),
                f"en {suivi.bornes[1]}, {format_pourcentage(100 * avant.ecart_relatif, 1)} en {suivi.bornes[0]}",
            )
        )
    return chiffres


@memorise
def build_contenu_evolutions(type_note: str, code: str) -> Contenu:
    """Every indicateur of the type: has its P90 − P10 changed between its first and last year?"""
    lignes = list_evolutions(type_note)
    groupe = load_suivi(type_note, code).groupe
    dessinees = [(suivi, e) for suivi, e in lignes if e.tendance is not Tendance.SANS_ECART]
    figure = None
    if dessinees:
        choisi = next((rang for rang, (suivi, _) in enumerate(dessinees) if suivi.code == code), None)
        figure = build_evolutions_figure([_build_evolution(suivi, e) for suivi, e in dessinees], choisi=choisi)
    effectif = max(e.effectif for _, e in lignes)
    annees = sorted({annee for suivi, _ in lignes for annee in suivi.bornes})
    return Contenu(
        titre=f"Les écarts entre {groupe} se resserrent-ils{INSECABLE}?",
        phrase=textes.build_phrase_evolutions([(suivi.titre, e) for suivi, e in lignes], groupe),
        figure=figure,
        vide=None if dessinees else "Aucun indicateur de ce type n'a d'écart à suivre. Choisissez un autre type.",
        mention=Mention(
            statistique="évolution de P90 − P10 entre la première et la dernière année de chaque indicateur",
            unite="% de l'écart de départ",
            sens=Sens.NEUTRE,
            periode=f"{annees[0]}-{annees[-1]}",
            source=format_source(*sorted({source for suivi, _ in lignes for source in suivi.sources})),
            donnees_du=format_donnees_du(),
            effectif=f"{len(lignes)}{INSECABLE}indicateurs, {effectif}{INSECABLE}{groupe}",
            simulee=any(suivi.simulee for suivi, _ in lignes),
            notes=(textes.NOTE_INTERVALLE, textes.NOTE_PLAFOND_MESURE),
        ),
        tableau=Tableau(
            (
                Colonne("indicateur", "Indicateur"),
                Colonne("periode", "Période"),
                Colonne("avant", "P90 − P10 au départ", "nombre", 1),
                Colonne("apres", "P90 − P10 à l'arrivée", "nombre", 1),
                Colonne("unite", "Unité"),
                Colonne("variation", "Évolution", "nombre", 0, "%"),
                Colonne("bas", "Borne basse", "nombre", 0, "%"),
                Colonne("haut", "Borne haute", "nombre", 0, "%"),
                Colonne("tendance", "Lecture"),
                Colonne("effectif", "Organismes", "nombre", 0),
            ),
            [
                {
                    "indicateur": suivi.titre,
                    "periode": suivi.periode,
                    "avant": e.ecart_avant,
                    "apres": e.ecart_apres,
                    "unite": "points" if suivi.unite == "%" else suivi.unite or "–",
                    "variation": None if e.variation is None else 100 * e.variation,
                    "bas": None if e.bas is None else 100 * e.bas,
                    "haut": None if e.haut is None else 100 * e.haut,
                    "tendance": f"{textes.SYMBOLES_TENDANCE[e.tendance]} {textes.LIBELLES_TENDANCE[e.tendance]}",
                    "effectif": e.effectif,
                }
                for suivi, e in lignes
            ],
            legende="Un tiret dans « Évolution » : aucun écart au départ.",
            cle_surlignee=load_suivi(type_note, code).titre,
        ),
        fichier=f"parangon-convergence-{type_note.lower()}",
    )


def _build_evolution(suivi: Suivi, evolution: EvolutionEcart) -> Evolution:
    """The row of one indicateur that has a gap to start from."""
    variation, bas, haut = (100 * (part or 0.0) for part in (evolution.variation, evolution.bas, evolution.haut))
    unite = "points" if suivi.unite == "%" else suivi.unite
    return Evolution(
        suivi.titre,
        variation,
        bas,
        haut,
        evolution.tendance,
        f"<b>{suivi.titre}</b>, {suivi.periode}<br>P90 − P10{INSECABLE}: "
        f"{format_nombre(evolution.ecart_avant, suivi.decimales)} puis "
        f"{format_valeur(evolution.ecart_apres, unite, suivi.decimales)}<br>{format_pourcentage(variation)}, "
        f"intervalle de {format_pourcentage(bas)} à {format_pourcentage(haut)}<br>"
        f"{textes.LIBELLES_TENDANCE[evolution.tendance]}",
    )


@memorise
def build_contenu_annees(type_note: str, code: str) -> Contenu:
    """P90 − P10 and the coefficient of variation of one indicateur, year by year, with their intervals."""
    suivi = load_suivi(type_note, code)
    dispersions = load_dispersions(type_note, code)
    cvs = {annee: intervalle_cv(list(v.values())) for annee, v in suivi.valeurs.items()}
    unite = "points" if suivi.unite == "%" else suivi.unite
    ecarts = [
        Mesure(
            annee,
            d.ecart_p90_p10,
            d.ecart_bas,
            d.ecart_haut,
            f"<b>{annee}</b><br>P90 − P10{INSECABLE}: "
            f"{format_valeur(d.ecart_p90_p10, unite, suivi.decimales)}<br>intervalle de "
            f"{format_nombre(d.ecart_bas, suivi.decimales)} à {format_nombre(d.ecart_haut, suivi.decimales)}",
        )
        for annee, d in dispersions.items()
    ]
    coefficients = [
        Mesure(
            annee,
            100 * cv[0],
            100 * cv[1],
            100 * cv[2],
            f"<b>{annee}</b><br>CV{INSECABLE}: {format_nombre(100 * cv[0])}{INSECABLE}%<br>intervalle de "
            f"{format_nombre(100 * cv[1])} à {format_nombre(100 * cv[2])}",
        )
        for annee, cv in cvs.items()
        if cv is not None
    ]
    evolution = next((e for s, e in list_evolutions(type_note) if s.code == code), None)
    premier, dernier = (cvs[annee] for annee in suivi.bornes)
    return Contenu(
        titre=f"{suivi.titre}{INSECABLE}: la dispersion, année par année",
        phrase=(
            textes.build_phrase_annees(
                suivi.titre,
                suivi.bornes,
                evolution,
                (premier[0], dernier[0]) if premier is not None and dernier is not None else None,
                unite=suivi.unite,
                decimales=suivi.decimales,
            )
            if evolution is not None
            else f"{suivi.titre}{INSECABLE}: trop peu d'organismes communs aux deux dates pour comparer les écarts."
        ),
        figure=build_annees_figure(ecarts, coefficients, unite=unite, decimales=suivi.decimales),
        mention=suivi.build_mention(
            "P90 − P10 et coefficient de variation (écart-type de la population sur moyenne)",
            textes.NOTE_BOOTSTRAP,
            textes.NOTE_CV,
            *((textes.NOTE_PRODUCTIVITE,) if suivi.productivite else ()),
        ),
        tableau=Tableau(
            (
                Colonne("annee", "Année"),
                Colonne("ecart", "P90 − P10", "nombre", suivi.decimales, unite or ""),
                Colonne("bas", "Borne basse", "nombre", suivi.decimales),
                Colonne("haut", "Borne haute", "nombre", suivi.decimales),
                Colonne("cv", "Coefficient de variation", "nombre", 1, "%"),
                Colonne("p10", "P10", "nombre", suivi.decimales, suivi.unite or ""),
                Colonne("p90", "P90", "nombre", suivi.decimales, suivi.unite or ""),
                Colonne("moyenne", "Moyenne", "nombre", suivi.decimales, suivi.unite or ""),
                Colonne("effectif", "Organismes", "nombre", 0),
            ),
            [
                {
                    "annee": str(annee),
                    "ecart": d.ecart_p90_p10,
                    "bas": d.ecart_bas,
                    "haut": d.ecart_haut,
                    "cv": None if d.cv is None else 100 * d.cv,
                    "p10": d.p10,
                    "p90": d.p90,
                    "moyenne": d.moyenne,
                    "effectif": d.effectif,
                }
                for annee, d in dispersions.items()
            ],
        ),
        fichier=f"parangon-dispersion-{suivi.fichier}",
    )


@memorise
def build_contenu_bouts(type_note: str, code: str) -> Contenu:
    """The ten lowest against the ten highest, year by year."""
    suivi = load_suivi(type_note, code)
    dispersions = load_dispersions(type_note, code)
    noms = {
        Sens.HAUT: ("les dix meilleurs résultats", "les dix moins bons"),
        Sens.BAS: ("les dix moins bons résultats", "les dix meilleurs"),
        Sens.NEUTRE: ("les dix plus hautes valeurs", "les dix plus basses"),
    }[suivi.sens]
    titre = f"{suivi.titre}{INSECABLE}: les dix premiers et les dix derniers"
    bouts = [
        Bouts(
            annee,
            e.moyenne_haute,
            e.moyenne_basse,
            "–" if e.ecart_relatif is None else format_pourcentage(100 * e.ecart_relatif, 1),
        )
        for annee, d in dispersions.items()
        if (e := d.extremes) is not None
    ]
    colonnes = (
        Colonne("annee", "Année"),
        Colonne("haut", "Moyenne des dix plus hautes", "nombre", suivi.decimales, suivi.unite or ""),
        Colonne("bas", "Moyenne des dix plus basses", "nombre", suivi.decimales, suivi.unite or ""),
        Colonne("relatif", "Écart relatif", "nombre", 1, "%"),
    )
    mention = suivi.build_mention(
        "moyenne des dix valeurs les plus hautes et des dix plus basses\u00a0; écart rapporté aux plus hautes",
        *((_build_reference(),) if suivi.productivite else ()),
    )
    fichier = f"parangon-dix-premiers-{suivi.fichier}"
    if len(bouts) < len(dispersions):
        return Contenu(
            titre=titre,
            phrase="Pas de comparaison des deux bouts pour ce type.",
            vide=f"Il faut au moins {2 * EXTREMES} organismes pour opposer dix premiers et dix derniers\u00a0: "
            f"{suivi.format_effectif()}. Choisissez le type CPAM.",
            mention=mention,
            tableau=Tableau(colonnes, []),
            fichier=fichier,
        )
    premier, dernier = suivi.bornes
    return Contenu(
        titre=titre,
        phrase=textes.build_phrase_bouts(
            suivi.titre,
            dispersions[premier],
            dispersions[dernier],
            suivi.bornes,
            compute_stabilite(suivi.valeurs[premier], suivi.valeurs[dernier], suivi.sens),
        ),
        figure=build_bouts_figure(bouts, noms, unite=suivi.unite, decimales=suivi.decimales),
        mention=mention,
        tableau=Tableau(
            colonnes,
            [
                {
                    "annee": str(annee),
                    "haut": e.moyenne_haute,
                    "bas": e.moyenne_basse,
                    "relatif": None if e.ecart_relatif is None else 100 * e.ecart_relatif,
                }
                for annee, d in dispersions.items()
                if (e := d.extremes) is not None
            ],
        ),
        fichier=fichier,
    )


def _build_reference() -> str:
    ecarts = list_constats().filter(pl.col("fait").str.starts_with("écart moyenne"))
    return textes.build_reference_bouts(list_constats_igas(), dict(ecarts.select("periode", "valeur").iter_rows()))
