"""What the page « Intéressement » says of the start: key figures, the formula, the levers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from components.chiffres import Chiffre
from components.contenu import Colonne, Contenu, Mention, Tableau, round_calcul
from components.figures.formats import INSECABLE, format_nombre, format_valeur
from components.figures.gabarit import build_figure
from components.figures.leviers import build_leviers_figure
from components.interessement.dossier import Dossier, load_dossier, load_national
from components.interessement.formule import Groupe, list_groupes
from components.organisme.fiche import Ligne
from components.provenance import format_donnees_du, format_source
from components.textes import interessement as textes
from components.textes.scores import list_contradictions
from data.calculs.leviers import compute_leviers
from data.calculs.position import compute_quartiles
from data.calculs.score import ScoreOrganisme
from data.calculs.simulation import compute_gain
from data.catalogue import load_catalogue
from data.magasin import memorise
from data.modele import Sens
from data.requetes.resultats import ANNEE

_NOTE = "000"
_BARRES = 10  # the others are in the table
_POINTS_MIN = 0.005  # below, a lever is written 0,00 and is left to the table
_PAIRS_MIN = 5  # members of a group, at least, for any statistic
_HAUTEUR_VIDE = 10  # the least Plotly accepts; the graph of an empty bloc is hidden
# Contradictions of the documents that bear on the computation of one organisme, by type (beginnings of codes); those
# on the means of a type are on the page « Scores ».
_CONTRADICTIONS = {
    "CGSS": ("cgss_service",),
    "CARSAT": ("carsat_",),
    "CEIR": ("ceir_",),
}


def build_mention(
    dossier: Dossier | None,
    statistique: str,
    *notes: str,
    unite: str,
    effectif: str = "",
    sens: Sens = Sens.HAUT,
) -> Mention:
    """The mention of a bloc of the page; simulated when the lines of the organisme are."""
    return Mention(
        statistique=statistique,
        unite=unite,
        sens=sens,
        periode=str(ANNEE),
        source=format_source(*(dossier.fiche.documents if dossier else [_NOTE])),
        donnees_du=format_donnees_du(),
        effectif=effectif,
        simulee=bool(dossier and dossier.fiche.simulee),
        notes=notes,
    )


def build_chiffres(code: str | None) -> list[Chiffre]:
    """The answer in four figures: of an organisme, or of the network."""
    national = load_national()
    e = national.enveloppe
    if code is None:
        g = national.grandeurs
        return [
            Chiffre("Enveloppe de la branche", format_valeur(e.masse / 1e6, "M€", 2), "2,5 % de la masse salariale"),
            Chiffre(
                "Maximum par ETP", format_valeur(e.montant_max, "€", 2), f"{format_nombre(e.etp, 0)} ETP éligibles"
            ),
            Chiffre("Taux national", format_valeur(national.taux, "%", 1), "le même pour tous les organismes"),
            Chiffre(
                "Distribué", format_valeur(g["taux_utilisation", ANNEE], "%", 2), "de l'enveloppe maximale (imprimé)"
            ),
        ]
    dossier = load_dossier(code)
    primes, perdus = dossier.fiche.primes, dossier.fiche.score.points_perdus
    chiffres = [
        Chiffre(
            f"Score local {ANNEE}",
            format_valeur(primes["score"], "%", 2) if primes["score"] is not None else "non publié",
            f"publié{INSECABLE}; part locale de {format_valeur(primes['prime_locale'], '€', 2)}",
        ),
        Chiffre(
            "Prime par ETP",
            format_valeur(primes["prime_totale"], "€", 2),
            f"publiée, sur un maximum de {format_valeur(e.montant_max, '€', 2)}",
        ),
        Chiffre(
            "Encore à gagner, au plus",
            f"{format_valeur(perdus * e.montant_max_local / 100, '€', 2)}",
            f"par ETP, pour {format_valeur(perdus, 'points', 2)} perdus",
        ),
    ]
    if dossier.depart and dossier.depart.montant is not None and dossier.etp is not None:
        nature = "ETP simulés" if dossier.etp_simules else "ETP publiés"
        chiffres.append(
            Chiffre(
                "Pour l'organisme entier",
                format_valeur(dossier.depart.montant / 1000, "k€", 0),
                f"{format_nombre(dossier.etp, 1)} {nature}",
            )
        )
    return chiffres


def list_etapes(code: str | None) -> Sequence[Groupe]:
    """The steps of the computation, of an organisme or of the network."""
    return list_groupes(load_national(), load_dossier(code) if code else None)


@memorise
def build_contenu_formule(code: str | None) -> Contenu:
    """The computation, step by step, as a table."""
    dossier = load_dossier(code) if code else None
    national = load_national()
    contradictions = ["part_locale_distribuee", "index_egalite"] if dossier is None else []
    if dossier is not None:
        contradictions += _CONTRADICTIONS.get(dossier.fiche.type_note, ())
        contradictions += ["ccss_mende_"] if dossier.branches is not None else []
    notes = [textes.NOTE_BRUT, textes.NOTE_ARRONDI if dossier else ""]
    if dossier is not None and dossier.etp_simules:
        notes.append(textes.NOTE_ETP_SIMULES)
    if dossier is not None and dossier.fiche.organisme.type.value in textes.NOTES_BRANCHES and dossier.branches is None:
        notes.append(textes.NOTES_BRANCHES[dossier.fiche.organisme.type.value])
    phrase = (
        textes.build_phrase_formule(dossier)
        if dossier
        else textes.build_phrase_reseau(national.enveloppe, national.grandeurs["taux_utilisation", ANNEE])
    )
    return Contenu(
        titre=(
            f"La formule, avec vos chiffres\u00a0: {dossier.fiche.organisme.nom}, {ANNEE}"
            if dossier
            else f"La formule, avec les chiffres du réseau, {ANNEE}"
        ),
        phrase=phrase,
        mention=build_mention(
            dossier,
            "calcul de l'intéressement, étape par étape",
            *(note for note in notes if note),
            *(list_contradictions(load_catalogue().contradictions, *contradictions) if contradictions else ()),
            unite="M€, %, € par ETP",
        ),
        tableau=Tableau(
            (
                Colonne("groupe", "Partie"),
                Colonne("mots", "Étape"),
                Colonne("calcul", "Calcul"),
                Colonne("resultat", "Résultat"),
                Colonne("source", "Source"),
                Colonne("remarque", "Remarque"),
            ),
            [
                {
                    "groupe": groupe.titre,
                    "mots": etape.mots,
                    "calcul": etape.calcul,
                    "resultat": etape.resultat,
                    "source": etape.source,
                    "remarque": etape.remarque,
                }
                for groupe in list_etapes(code)
                for etape in groupe.etapes
            ],
        ),
        fichier=f"parangon-interessement-formule-{code or 'reseau'}",
    )


def _find_niveau_pairs(ligne: Ligne) -> float | None:
    """Threshold of the best quarter of the type; None under five members or without direction."""
    if len(ligne.groupe) < _PAIRS_MIN or ligne.indicateur.sens is Sens.NEUTRE:
        return None
    quartiles = compute_quartiles(ligne.groupe)
    return quartiles.q1 if ligne.indicateur.sens is Sens.BAS else quartiles.q3


def _build_leviers(score: ScoreOrganisme, montant_max: float, lignes: Mapping[str, Ligne]) -> pl.DataFrame:
    """The levers of a score with their words.

    Args:
        score: of an organisme, or of the part nationale.
        montant_max: € per ETP for 100 points.
        lignes: of the organisme, by code; empty for the part nationale.

    Returns:
        titre, detail, points, euros, points_pairs, genre and the columns of the table, largest first.
    """
    catalogue = load_catalogue()
    unites = {i.code_indicateur: catalogue.get_indicateur(i.code_indicateur).unite for i in score.indicateurs}
    frame = compute_leviers(
        score,
        montant_max_par_etp=montant_max,
        denominateurs={code: x.denominateur for code, x in lignes.items() if x.denominateur},
        unites=unites,
    )
    domaines = {d.domaine: d for d in score.domaines}
    mesures = {i.code_indicateur: i for i in score.indicateurs}
    rangs = []
    for levier in frame.iter_rows(named=True):
        code, ligne = levier["code_indicateur"], lignes.get(levier["code_indicateur"])
        mesure = mesures[code]
        niveau = _find_niveau_pairs(ligne) if ligne else None
        gain = (
            None if ligne is None or niveau is None else compute_gain(ligne.score, domaines[levier["domaine"]], niveau)
        )
        rangs.append(
            {
                "titre": catalogue.get_indicateur(code).titre_court,
                "detail": textes.format_ecart_seuil(levier, unites[code], mesure),
                "points": levier["points_a_portee"],
                "euros": levier["euros_par_etp"],
                "points_pairs": gain,
                "genre": levier["genre_seuil"],
                "unite": unites[code] or "sur 100",
                "valeur": levier["valeur"],
                "taux": mesure.taux,
                "seuil": levier["prochain_seuil"],
                "ecart": levier["ecart"],
                "ecart_objectif": levier["ecart_objectif"],
                "dossiers": levier["dossiers"],
                "points_seuil": levier["points_prochain_seuil"],
                "par_unite": levier["points_par_unite"],
                "niveau": niveau,
                "domaine": levier["domaine"],
                "hypothese": levier["hypothese"].removeprefix(textes.NOTE_LEVIERS).strip(),
            }
        )
    schema = dict.fromkeys(("titre", "detail", "genre", "unite", "domaine", "hypothese"), pl.String)
    seuils = ("valeur", "taux", "seuil", "ecart", "ecart_objectif", "niveau")
    nombres = ("points", "euros", "points_pairs", "points_seuil", "par_unite", *seuils)
    return pl.DataFrame(rangs, schema=schema | dict.fromkeys(nombres, pl.Float64) | {"dossiers": pl.Int64})


@memorise
def build_contenu_leviers(code: str | None) -> Contenu:
    """What each indicateur could still bring, largest first; of the part nationale without organisme."""
    dossier, national = load_dossier(code) if code else None, load_national()
    if dossier is None:
        score, montant_max = national.score, national.enveloppe.montant_max_national
    else:
        score, montant_max = dossier.fiche.score, national.enveloppe.montant_max_local
    frame = _build_leviers(score, montant_max, {x.code: x for x in dossier.fiche.lignes} if dossier else {})
    montrees = frame.filter(pl.col("points") >= _POINTS_MIN).head(_BARRES)
    notes = [textes.NOTE_LEVIERS]
    if frame["points_pairs"].drop_nulls().len():
        notes.append(textes.NOTE_MEILLEUR_QUART)
    if frame["dossiers"].drop_nulls().len():
        notes.append(textes.NOTE_DOSSIERS)
    if frame.height > montrees.height:
        notes.append(textes.build_note_reste(frame.height - montrees.height))
    return Contenu(
        titre=(
            f"Où gagner des points\u00a0: {dossier.fiche.organisme.nom}, {ANNEE}"
            if dossier
            else f"Où le réseau peut gagner des points\u00a0: part nationale, {ANNEE}"
        ),
        phrase=textes.build_phrase_leviers(frame, score.points_perdus, montant_max),
        figure=build_figure(hauteur=_HAUTEUR_VIDE) if montrees.is_empty() else build_leviers_figure(montrees),
        vide="Tous les indicateurs mesurés sont à 100\u00a0%\u00a0: rien à regagner." if montrees.is_empty() else None,
        mention=build_mention(
            dossier,
            "points que l'indicateur rapporterait à 100 % de réussite, et leur valeur en € par ETP",
            *notes,
            unite="points de score (sur 100)",
            effectif=textes.format_groupe(dossier) if dossier else f"{len(score.indicateurs)} résultats nationaux",
            sens=Sens.NEUTRE,
        ),
        tableau=Tableau(
            (
                Colonne("titre", "Indicateur"),
                Colonne("points", "Points à portée", "nombre", 2),
                Colonne("euros", "Soit par ETP", "nombre", 2, "€"),
                Colonne("taux", "Taux de réussite", "nombre", 1, "%"),
                Colonne("valeur", "Résultat", "nombre", 2),
                Colonne("unite", "Unité"),
                Colonne("genre", "Prochain seuil"),
                Colonne("seuil", "Valeur du seuil", "nombre", 2),
                Colonne("ecart", "Écart au seuil", "nombre", 2),
                Colonne("dossiers", "Soit en dossiers ou personnes", "nombre", 0),
                Colonne("points_seuil", "Points à ce seuil", "nombre", 2),
                Colonne("ecart_objectif", "Écart à l'objectif", "nombre", 2),
                Colonne("par_unite", "Points par unité", "nombre", 3),
                Colonne("niveau", "Seuil du meilleur quart", "nombre", 2),
                Colonne("points_pairs", "Points à ce niveau", "nombre", 2),
                Colonne("domaine", "Domaine"),
                Colonne("hypothese", "Hypothèse du barème"),
            ),
            [
                {nom: round_calcul(x) if isinstance(x, float) else x for nom, x in ligne.items()}
                for ligne in frame.drop("detail").to_dicts()
            ],
            legende="Écarts dans l'unité de l'indicateur, toujours positifs. Un tiret\u00a0: non calculable.",
        ),
        fichier=f"parangon-leviers-{code or 'national'}",
    )
