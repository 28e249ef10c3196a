"""What the charts of the sheet of an organisme say: waterfall, points by domaine, lines, change since last year."""

from __future__ import annotations

from typing import Any, NamedTuple

import polars as pl

from components.chiffres import Chiffre
from components.contenu import Colonne, Contenu, Mention, Tableau, round_calcul
from components.figures.cascade import Etape, build_cascade_figure
from components.figures.ecarts import build_ecarts_figure
from components.figures.formats import INSECABLE, format_date, format_ecart, format_nombre, format_rang, format_valeur
from components.figures.gabarit import build_figure
from components.figures.points_domaine import build_points_domaine_figure
from components.organisme.fiche import PRECEDENTE, Fiche, Ligne, load_fiche
from components.provenance import format_donnees_du, format_source
from components.textes import organisme as textes
from components.textes.comparer import NOTE_CCSS
from data.calculs.resultats import Etat
from data.calculs.score import compute_decomposition
from data.catalogue import load_catalogue
from data.magasin import memorise
from data.modele import Sens, TypeOrganisme
from data.requetes.resultats import ANNEE

_PERTES_NOMMEES = 7
_HAUTEUR_VIDE = 10  # the least Plotly accepts; the graph of an empty bloc is hidden


class Contenus(NamedTuple):
    """The four charts of the sheet."""

    cascade: Contenu
    domaines: Contenu
    lignes: Contenu
    evolution: Contenu


@memorise
def load_contenus(code: str) -> Contenus:
    """The four charts of an organisme, by its code."""
    fiche = load_fiche(code)
    return Contenus(
        build_contenu_cascade(fiche),
        build_contenu_domaines(fiche),
        build_contenu_lignes(fiche),
        build_contenu_evolution(fiche),
    )


def build_chiffres(fiche: Fiche) -> list[Chiffre]:
    """The answer in four figures, each saying whether it is published."""
    primes = fiche.primes
    publie = primes["score"] is not None
    chiffres = [
        Chiffre(
            f"Score local {ANNEE}",
            format_valeur(primes["score"], "%", 2) if publie else "non publié",
            f"publié, {format_source(primes['source']).lower()}" if publie else "la note ne l'imprime pas",
        ),
        Chiffre(
            f"Rang parmi {textes.format_groupe_type(fiche)}" if fiche.position else "Rang",
            _format_rang(fiche) if fiche.position else "–",
            textes.format_intervalle_rang(fiche),
        ),
    ]
    perdants = sorted(fiche.lignes, key=lambda x: -x.score.points_perdus)
    if perdants and perdants[0].score.points_perdus > 0:
        pire = perdants[0]
        chiffres.append(
            Chiffre(
                "Ce qui coûte le plus",
                format_ecart(-pire.score.points_perdus, "points", 2),
                f"{pire.indicateur.titre_court} ({'donnée simulée' if pire.simulee else 'publié'})",
            )
        )
    else:
        chiffres.append(Chiffre("Ce qui coûte le plus", "rien", "tous les objectifs sont atteints"))
    chiffres.append(
        Chiffre(
            "Intéressement par ETP",
            format_valeur(primes["prime_totale"], "€", 2),
            f"{format_valeur(primes['prime_locale'], '€', 2)} de part locale, "
            f"{format_valeur(primes['prime_nationale'], '€', 2)} de part nationale (publié)",
        )
    )
    return chiffres


def _format_rang(fiche: Fiche) -> str:
    if fiche.position is None:
        return "–"
    return format_rang(fiche.position.rang) + (f"{INSECABLE}ex æquo" if fiche.position.ex_aequo else "")


def _build_mention(
    fiche: Fiche, statistique: str, *notes: str, unite: str = "points sur 100", effectif: str = ""
) -> Mention:
    """The mention of a chart of the sheet."""
    return Mention(
        statistique=statistique,
        unite=unite,
        sens=Sens.HAUT,
        periode=str(ANNEE),
        source=format_source(*fiche.documents),
        donnees_du=format_donnees_du(),
        effectif=effectif or textes.format_effectif(fiche),
        simulee=fiche.simulee,
        notes=(textes.NOTE_SIMULE if fiche.simulee else textes.NOTE_PUBLIE, *notes),
    )


def _list_notes_bareme(fiche: Fiche) -> list[str]:
    """What the barème assumes, domaine by domaine: bonification, weights not printed."""
    notes = [d.bonification.hypothese for d in fiche.bareme.domaines if d.bonification]
    if any(not d.parts_publiees for d in fiche.bareme.domaines):
        notes.append("Poids des indicateurs non publiés dans un domaine au moins\u00a0: parts égales.")
    if fiche.organisme.type is TypeOrganisme.CCSS:
        notes.append(NOTE_CCSS)
    return notes


def build_contenu_cascade(fiche: Fiche) -> Contenu:
    """From 100 to the score: the largest losses named, the others grouped, all of them in the table."""
    titre = f"{fiche.organisme.nom}\u00a0: de 100 au score, les points perdus en {ANNEE}"
    etapes = compute_decomposition(fiche.score)
    titres = {ligne.code: ligne.indicateur.titre_court for ligne in fiche.lignes}
    lignes: list[dict[str, Any]] = [
        {
            "etape": titres.get(e["code"], f"Bonification{INSECABLE}: {e['code']}"),
            "domaine": e["domaine"],
            "nature": {"perdu": "points perdus", "inconnu": "non fourni", "bonification": "points rendus"}[e["nature"]],
            "points": round_calcul(e["points"]),
            "total": round_calcul(e["apres"]),
        }
        for e in etapes.iter_rows(named=True)
    ]
    calcule = fiche.score.points
    return Contenu(
        titre=titre,
        phrase=textes.build_phrase_cascade(fiche),
        figure=build_cascade_figure(
            _list_etapes(etapes, titres), ("Maximum", 100.0), ("Score", calcule), unite="points", decimales=2
        )
        if lignes
        else build_figure(hauteur=_HAUTEUR_VIDE),
        vide=None if lignes else "Score de 100\u00a0%\u00a0: aucun point perdu à montrer.",
        mention=_build_mention(
            fiche,
            "points perdus = poids × (1 − taux de réussite)\u00a0; taux = (résultat − socle) / (objectif − socle), de "
            "0 à 100\u00a0%",
            *_list_notes_bareme(fiche),
        ),
        tableau=Tableau(
            (
                Colonne("etape", "Indicateur"),
                Colonne("domaine", "Domaine"),
                Colonne("nature", "Nature"),
                Colonne("points", "Points", "nombre", 2),
                Colonne("total", "Reste", "nombre", 2),
            ),
            lignes,
            legende=f"Départ\u00a0: 100 points. Arrivée\u00a0: {format_valeur(calcule, 'points', 2)}.",
        ),
        fichier=f"parangon-points-perdus-{fiche.organisme.code}",
    )


def _list_etapes(etapes: pl.DataFrame, titres: dict[str, str]) -> list[Etape]:
    """Steps to draw: beyond the first losses, the smaller ones are one step that says how many it holds."""
    perdus = etapes.filter(nature="perdu")
    groupees = perdus[_PERTES_NOMMEES:] if perdus.height > _PERTES_NOMMEES + 1 else perdus[:0]
    dessinees = []
    for rang, e in enumerate(etapes.iter_rows(named=True)):
        if rang < perdus.height - groupees.height:
            dessinees.append(Etape(titres[e["code"]], "", "perdu", e["points"], e["avant"], e["apres"]))
        elif e["nature"] == "perdu":
            if rang == perdus.height - 1:
                avant, apres = groupees["avant"][0], e["apres"]
                nom = f"{groupees.height} autres indicateurs"
                dessinees.append(Etape(nom, "détail dans le tableau", "perdu", apres - avant, avant, apres))
        elif e["nature"] == "inconnu":
            dessinees.append(Etape(titres[e["code"]], "non fourni", "inconnu", e["points"], e["avant"], e["apres"]))
        else:
            dessinees.append(Etape("Bonification", e["domaine"], "gagne", e["points"], e["avant"], e["apres"]))
    return dessinees


def build_contenu_domaines(fiche: Fiche) -> Contenu:
    """Points won out of the weight of each domaine."""
    frame = pl.DataFrame(
        [
            {
                "domaine": f"{d.domaine} (neutralisé)" if d.neutralise else d.domaine,
                "poids": round_calcul(d.poids_effectif),
                "points": round_calcul(d.points),
                "gagnes": round_calcul(d.points_avant_bonification),
                "bonification": round_calcul(d.points_bonification),
                "perdus": round_calcul(max(d.points_perdus, 0.0)),
                "inconnus": round_calcul(d.points_inconnus),
                "taux": round_calcul(d.taux),
            }
            for d in fiche.score.domaines
        ]
    )
    return Contenu(
        titre=f"{fiche.organisme.nom}\u00a0: points par domaine, {ANNEE}",
        phrase=textes.build_phrase_domaines(fiche),
        figure=build_points_domaine_figure(frame),
        mention=_build_mention(fiche, "points gagnés sur le poids du domaine", effectif=f"{frame.height} domaines"),
        tableau=Tableau(
            (
                Colonne("domaine", "Domaine"),
                Colonne("poids", "Poids", "nombre", 2),
                Colonne("gagnes", "Points gagnés par les résultats", "nombre", 2),
                *(
                    Colonne(champ, titre, "nombre", 2)
                    for champ, titre in (
                        ("bonification", "Bonification"),
                        ("perdus", "Points perdus"),
                        ("inconnus", "Points non fournis"),
                    )
                    if frame[champ].sum() > 0
                ),
                Colonne("taux", "Taux du domaine", "nombre", 2, "%"),
            ),
            frame.to_dicts(),
        ),
        fichier=f"parangon-domaines-{fiche.organisme.code}",
    )


def build_contenu_evolution(fiche: Fiche) -> Contenu:
    """Rates of both years on the indicateurs common to both, the largest gain first."""
    communes = sorted(
        (ligne for ligne in fiche.lignes if ligne.evolution), key=lambda x: -x.evolution.points if x.evolution else 0.0
    )
    vide = textes.build_vide_evolution(fiche)
    titre = f"{fiche.organisme.nom}\u00a0: gains et pertes depuis {PRECEDENTE}, indicateurs communs"
    colonnes = (
        Colonne("libelle", "Indicateur"),
        Colonne("avant", f"Taux {PRECEDENTE}", "nombre", 1, "%"),
        Colonne("apres", f"Taux {ANNEE}", "nombre", 1, "%"),
        Colonne("ecart", "Écart", "nombre", 1, "points"),
        Colonne("points", "Effet sur le score", "nombre", 2, "points"),
        Colonne("remarque", "Remarque"),
    )
    lignes: list[dict[str, Any]] = [
        {
            "libelle": ligne.indicateur.titre_court,
            "detail": f"{format_nombre(ligne.evolution.avant, 1)} → {format_valeur(ligne.evolution.apres, '%', 1)}",
            "avant": round_calcul(ligne.evolution.avant),
            "apres": round_calcul(ligne.evolution.apres),
            "ecart": round_calcul(ligne.evolution.apres - ligne.evolution.avant),
            "points": round_calcul(ligne.evolution.points),
            "remarque": "",
        }
        for ligne in communes
        if ligne.evolution
    ]
    frame = (
        pl.DataFrame(lignes).select(pl.col("libelle").alias("nom"), "detail", pl.col("points").alias("ecart"))
        if lignes
        else None
    )
    return Contenu(
        titre=titre,
        phrase=textes.build_phrase_evolution(communes) if lignes else "Rien à comparer pour ce type.",
        figure=build_figure(hauteur=_HAUTEUR_VIDE)
        if frame is None
        else build_ecarts_figure(frame, unite="points de score"),
        vide=vide,
        mention=_build_mention(
            fiche,
            "effet de l'écart de taux de réussite sur le score, du plus fort gain à la plus forte perte",
            textes.NOTE_CONSTANT,
            *([] if vide else textes.list_notes_non_communs(fiche.lignes)),
            effectif=f"{len(lignes)} indicateurs communs sur {len(fiche.lignes)}",
        ),
        tableau=Tableau(
            colonnes,
            [
                *lignes,
                *(
                    {"libelle": ligne.indicateur.titre_court, "remarque": f"non commun\u00a0: {ligne.sans_evolution}"}
                    for ligne in fiche.lignes
                    if ligne.sans_evolution
                ),
            ],
        ),
        fichier=f"parangon-evolution-{fiche.organisme.code}",
    )


def build_contenu_lignes(fiche: Fiche) -> Contenu:
    """Every indicateur on one line; the table shown on screen is ``components.organisme.lignes``."""
    return Contenu(
        titre=f"{fiche.organisme.nom}\u00a0: chaque indicateur en {ANNEE}",
        phrase=textes.build_phrase_lignes(fiche),
        mention=_build_mention(
            fiche,
            "résultat, socle et objectif dans l'unité de l'indicateur\u00a0; taux de réussite\u00a0; points gagnés sur "
            "le poids",
            *textes.list_legendes(fiche),
            *textes.list_notes_unites(fiche.lignes),
            unite="celle de chaque indicateur",
        ),
        tableau=Tableau(
            (
                Colonne("indicateur", "Indicateur"),
                Colonne("domaine", "Domaine"),
                Colonne("unite", "Unité"),
                Colonne("valeur", "Résultat", "nombre", 2),
                Colonne("numerateur", "Numérateur", "nombre", 0),
                Colonne("denominateur", "Dénominateur", "nombre", 0),
                Colonne("socle", "Socle", "nombre", 2),
                Colonne("objectif", "Objectif", "nombre", 2),
                Colonne("taux", "Taux de réussite", "nombre", 1, "%"),
                Colonne("poids", "Poids", "nombre", 2),
                Colonne("gagnes", "Points gagnés", "nombre", 2),
                Colonne("perdus", "Points perdus", "nombre", 2),
                Colonne("place", "Position"),
                Colonne("statut", "Statut"),
                Colonne("nature", "Nature"),
            ),
            [_build_ligne(ligne) for ligne in fiche.lignes],
        ),
        fichier=f"parangon-indicateurs-{fiche.organisme.code}",
    )


def _build_ligne(ligne: Ligne) -> dict[str, Any]:
    score = ligne.score
    compte = score.etat is not Etat.NEUTRALISE
    return {
        "indicateur": ligne.indicateur.titre,
        "domaine": score.domaine,
        "unite": ligne.indicateur.unite or "non précisée",
        "valeur": format_date(score.valeur_date) if score.valeur_date else score.valeur,
        "numerateur": ligne.numerateur,
        "denominateur": ligne.denominateur,
        "socle": format_date(score.date_socle) if score.date_socle else score.socle,
        "objectif": format_date(score.date_objectif) if score.date_objectif else score.objectif,
        "taux": round_calcul(score.taux),
        "poids": round_calcul(score.poids_effectif),
        "gagnes": round_calcul(score.points) if compte else None,
        "perdus": round_calcul(score.points_perdus) if score.etat is Etat.MESURE else None,
        "place": textes.format_place(ligne),
        "statut": textes.format_statut(ligne)[1],
        "nature": "simulé" if ligne.simulee else "publié",
    }


def list_liens(fiche: Fiche) -> list[tuple[str, str]]:
    """Where to go on from here: (words, address)."""
    code = fiche.organisme.code
    return [
        ("Comparer à ses pairs", f"/comparer?organisme={code}"),
        ("Simuler son intéressement", f"/interessement?organisme={code}"),
    ]


def list_noms_territoire(fiche: Fiche) -> tuple[list[str], list[str]]:
    """Names of the régions and of the départements of the organisme."""
    catalogue = load_catalogue()
    regions = [catalogue.region_par_code[code].nom for code in fiche.organisme.regions or []]
    return regions, list(fiche.primes["noms_departement"])
