"""View « Distribution » of the page « Comparer »: every dot over the box of the group, and the histogram."""

from __future__ import annotations

from typing import Any

import polars as pl

from components.comparer.vue import Comparaison, build_mention
from components.contenu import Colonne, Contenu, Tableau
from components.figures.beeswarm import Rangee, build_beeswarm_figure
from components.figures.distribution import build_histogramme_figure
from components.figures.formats import INSECABLE, format_valeur
from components.figures.reperes import Cadre
from components.textes import comparer as textes
from data.calculs.position import compute_classes, compute_quartiles
from data.requetes.indicateur import list_cibles

_EFFECTIF_MIN_BOITE = 5
_EFFECTIF_MIN_CLASSES = 12


def _list_rangees(vue: Comparaison) -> list[Rangee]:
    """The group over its type, then, for « France entière », the other types apart."""
    rangs = dict(vue.valeurs.select("code_organisme", "rang").iter_rows())
    frame = vue.ensemble.filter(pl.col("valeur").is_not_null()).with_columns(
        pl.col("code_organisme").replace_strict(rangs, default=None, return_dtype=pl.Int64).alias("rang"),
        pl.col("code_organisme").is_in(list(rangs)).alias("membre"),
    )
    if vue.melange:
        return [Rangee(vue.nom_groupe, frame.filter("membre"), vue.quartiles)]
    types = vue.valeurs["type_note"].unique().to_list()
    rangees = [
        Rangee(
            vue.nom_groupe,
            frame.filter(pl.col("type_note").is_in(types)),
            vue.quartiles if vue.valeurs.height >= _EFFECTIF_MIN_BOITE else None,
        )
    ]
    if vue.groupe.choix != "tous":
        return rangees
    autres = frame.filter(~pl.col("type_note").is_in(types))
    for type_note in autres["type_note"].unique(maintain_order=True):
        lignes = autres.filter(type_note=type_note).with_columns(pl.lit(True).alias("membre"))
        valeurs = lignes["valeur"].to_list()
        rangees.append(
            Rangee(
                f"{len(valeurs)}{INSECABLE}{textes.format_type_note(type_note)}, non classés avec les précédents",
                lignes,
                compute_quartiles(valeurs) if len(valeurs) >= _EFFECTIF_MIN_BOITE else None,
            )
        )
    return rangees


def _list_seuils(vue: Comparaison) -> tuple[float | None, float | None]:
    """Socle and objectif of the type compared, the year compared; none when types are mixed."""
    if vue.melange or vue.groupe.type_note is None:
        return None, None
    cibles = list_cibles(vue.indicateur["code_indicateur"]).filter(
        type_organisme=vue.groupe.type_note, annee=vue.indicateur["periode_fin"].year
    )
    return (cibles["socle"][0], cibles["objectif"][0]) if cibles.height else (None, None)


def build_contenu_points(vue: Comparaison) -> Contenu:
    """All the dots: where the group is dense, how far mine is from its box and from the targets."""
    vide = vue.vide
    if not vide and vue.quartiles is None:
        vide = "Aucune valeur dans ce groupe. Choisissez un autre groupe."
    colonnes = (
        Colonne("organisme", "Organisme", epinglee=True),
        Colonne("valeur", vue.titre, "nombre", vue.decimales, vue.unite or ""),
        Colonne("groupe", "Dans le groupe"),
        Colonne("type", "Type"),
    )
    commun: dict[str, Any] = {
        "titre": f"{vue.titre}, {vue.periode}\u00a0: tous les points",
        "fichier": f"parangon-points-{vue.fichier}",
    }
    if vide or vue.quartiles is None:
        return Contenu(
            phrase="Pas de distribution pour ce choix.",
            vide=vide,
            mention=build_mention(vue),
            tableau=Tableau(colonnes, []),
            **commun,
        )
    rangees = _list_rangees(vue)
    socle, objectif = _list_seuils(vue)
    frame = pl.concat([rangee.frame.sort("valeur") for rangee in rangees])
    nom = vue.organisme["nom"] if vue.organisme and vue.mienne else None
    return Contenu(
        phrase=textes.build_phrase_points(vue, vue.quartiles, objectif),
        figure=build_beeswarm_figure(rangees, Cadre(vue.unite, vue.decimales, socle, objectif, vue.code)),
        mention=build_mention(vue, textes.NOTE_BOITE, textes.NOTE_QUARTILES),
        tableau=Tableau(
            colonnes,
            [
                {
                    "organisme": ligne["nom"],
                    "valeur": ligne["valeur"],
                    "groupe": "oui" if ligne["rang"] is not None else "non",
                    "type": ligne["type_organisme"],
                }
                for ligne in frame.iter_rows(named=True)
            ],
            legende=f"Sur fond bleu, en gras\u00a0: {nom}." if nom else "",
            cle_surlignee=nom,
        ),
        **commun,
    )


def build_contenu_classes(vue: Comparaison) -> Contenu:
    """The histogram of the group."""
    colonnes = (Colonne("classe", f"Classe ({vue.unite})"), Colonne("effectif", "Organismes", "nombre", 0))
    commun: dict[str, Any] = {
        "titre": f"{vue.titre}, {vue.periode}\u00a0: répartition du groupe",
        "fichier": f"parangon-classes-{vue.fichier}",
    }
    if vue.vide or vue.quartiles is None or vue.identique or vue.valeurs.height < _EFFECTIF_MIN_CLASSES:
        return Contenu(
            phrase="Pas de répartition pour ce choix.",
            vide=f"Il faut au moins {_EFFECTIF_MIN_CLASSES} organismes aux valeurs différentes. Choisissez un groupe "
            "plus large.",
            mention=build_mention(vue),
            tableau=Tableau(colonnes, []),
            **commun,
        )
    classes = compute_classes(vue.valeurs["valeur"].to_list())
    return Contenu(
        phrase=textes.build_phrase_classes(vue, vue.quartiles),
        figure=build_histogramme_figure(classes, unite=vue.unite, mienne=vue.mienne["valeur"] if vue.mienne else None),
        mention=build_mention(vue, textes.NOTE_QUARTILES),
        tableau=Tableau(
            colonnes,
            [
                {
                    "classe": f"de {format_valeur(c.borne_basse, None)} à "
                    f"{'' if c.fermee else 'moins de '}{format_valeur(c.borne_haute, None)}",
                    "effectif": c.effectif,
                }
                for c in classes
            ],
        ),
        **commun,
    )
