"""Scores: distributions of the local score by type, the printed classes, 2022 and 2023, domaines and indicateurs."""

from __future__ import annotations

from typing import Any, Literal

import dash
import dash_mantine_components as dmc
import polars as pl
from dash import Input, Output, callback, html
from pydantic import field_validator

from components.bloc import build_valeurs, list_sorties, render_bloc
from components.choix import render_bascule
from components.contenu import Colonne, Contenu, Tableau
from components.coquille import render_barre, render_entete_page
from components.etat import Etat, read_etat, register_requete, render_requete
from components.figures.distribution import build_deux_ans_figure, build_distribution_figure
from components.figures.formats import INSECABLE
from components.figures.gabarit import build_figure
from components.figures.repartition import build_repartition_figure, build_tranches_figure
from components.garde import page_sure, render_problemes
from components.textes import scores as textes
from components.textes.comparer import NOTE_CCSS, NOTE_QUARTILES, format_type_note
from components.vue_scores import ANNEES, build_contenu_evolution, build_mention
from data.calculs.position import compute_quartiles
from data.catalogue import load_catalogue
from data.magasin import memorise
from data.modele import Sens
from data.requetes.scores import list_domaines, list_repartition, list_scores, list_tranches

dash.register_page(__name__, path="/scores", title="Scores | Parangon", name="Scores", order=2)
register_requete("scores")

DISTRIBUTION, TRANCHES, EVOLUTION = "scores-distribution", "scores-tranches", "scores-evolution"
DOMAINES, INDICATEURS = "scores-domaines", "scores-indicateurs"
_HAUTEUR_VIDE = 10  # the least Plotly accepts; the graph of an empty bloc is hidden
_COMPTES = ("nb_100", "nb_inferieur_100", "nb_nul", "nb_neutralise")
_SANS_BORNES = [
    pl.lit(None, dtype=pl.Float64).alias(f"{borne}_{quand}")
    for borne in ("minimum", "maximum")
    for quand in ("avant", "apres")
]


class EtatScores(Etat):
    """State in the URL: the type detailed below, and what is shown of its indicateurs."""

    type: str = "CPAM"
    vue: Literal["repartition", "taux"] = "repartition"

    @field_validator("type")
    @classmethod
    def _check_type(cls, type_note: str) -> str:
        types = _list_types()
        if type_note not in types:
            raise ValueError(f"la note de 2023 ne connaît que les types {', '.join(types)}.")
        return type_note


def _list_types() -> list[str]:
    types: list[str] = list_scores()["type_note"].unique(maintain_order=True).to_list()
    return types


@memorise
def _build_contenu_distribution() -> Contenu:
    frame = list_scores().with_columns(
        pl.col("type_note").map_elements(format_type_note, return_dtype=pl.String).alias("libelle_type")
    )
    par_type = frame.group_by("libelle_type", maintain_order=True).agg("valeur")
    quartiles = {nom: compute_quartiles(valeurs) for nom, valeurs in par_type.iter_rows() if len(valeurs) > 1}
    return Contenu(
        titre="Score local 2023 de chaque organisme, par type",
        phrase=textes.build_phrase_distribution(frame, quartiles),
        figure=build_distribution_figure(frame, quartiles),
        mention=build_mention(
            frame,
            "taux de réussite local\u00a0; un point par organisme, boîte du premier au troisième quartile, trait "
            "épais\u00a0: médiane, trait fin\u00a0: du plus bas au plus haut",
            f"{frame.height} organismes",
            textes.NOTE_BAREMES,
            NOTE_CCSS,
            NOTE_QUARTILES,
        ),
        tableau=Tableau(
            (
                Colonne("organisme", "Organisme", epinglee=True),
                Colonne("type", "Type"),
                Colonne("valeur", "Taux de réussite local", "nombre", 2, "%"),
            ),
            [
                {"organisme": ligne["nom"], "type": ligne["type_organisme"], "valeur": ligne["valeur"]}
                for valeurs in frame.partition_by("type_note", maintain_order=True)
                for ligne in valeurs.sort("valeur", descending=True).to_dicts()
            ],
        ),
        fichier="parangon-scores-distribution-2023",
    )


@memorise
def _build_contenu_tranches() -> Contenu:
    frame = list_tranches()
    types = frame["type_organisme"].unique(maintain_order=True).to_list()
    libelles = textes.LIBELLES_TRANCHE
    tranches = [(code, libelles[code]) for code in frame["tranche"].unique(maintain_order=True)]
    types = [t for t in _list_types_imprimes() if t in types]
    nombres = {(ligne["tranche"], ligne["type_organisme"]): ligne["nombre"] for ligne in frame.to_dicts()}
    return Contenu(
        titre="Nombre d'organismes par classe de performance locale, 2023",
        phrase=textes.build_phrase_tranches(frame),
        figure=build_tranches_figure(frame, types, tranches),
        mention=build_mention(
            frame,
            "nombre d'organismes\u00a0; plus la case est foncée, plus la part du type est grande",
            f"{sum(nombres[code, 'TOTAL'] for code, _ in tranches)} organismes",
            "Classes, colonnes et nombres tels qu'imprimés\u00a0; les CCSS sont à part ici, et seulement ici.",
            unite="organismes",
            sens=Sens.NEUTRE,
        ),
        tableau=Tableau(
            (
                Colonne("tranche", "Performance locale"),
                *(Colonne(t, t, "nombre", 0) for t in types),
            ),
            [{"tranche": mots} | {t: nombres[code, t] for t in types} for code, mots in tranches],
        ),
        fichier="parangon-scores-tranches-2023",
    )


def _list_types_imprimes() -> list[str]:
    """Columns of the printed table: CCSS after CPAM, the total last."""
    return ["CPAM", "CCSS", *(t for t in _list_types() if t != "CPAM"), "TOTAL"]


def _build_vide(titre: str, vide: str, fichier: str, tableau: Tableau | None = None) -> Contenu:
    """A bloc of the detail without chart; ``tableau`` holds what is printed all the same."""
    return Contenu(
        titre=titre,
        phrase="Pas de graphique pour ce choix.",
        figure=build_figure(hauteur=_HAUTEUR_VIDE),
        vide=vide,
        mention=build_mention(list_scores(), "aucune valeur", ""),
        tableau=tableau or Tableau((Colonne("indicateur", "Indicateur"),), []),
        fichier=fichier,
    )


def _get_effectif(type_note: str) -> str:
    return f"{list_scores().filter(type_note=type_note).height}{INSECABLE}{format_type_note(type_note)}"


@memorise
def _build_contenu_domaines(etat: EtatScores) -> Contenu:
    libelle = format_type_note(etat.type)
    titre, fichier = f"{libelle}\u00a0: taux moyen par domaine, 2023 et 2022", f"parangon-domaines-{etat.type.lower()}"
    domaines = list_domaines(etat.type)
    if domaines["taux_2023"].is_null().all():
        return _build_vide(
            titre,
            f"La note n'imprime pas de taux moyen par domaine pour le type {libelle}, mais des points gagnés\u00a0: "
            "ouvrez le tableau ou choisissez un autre type.",
            fichier,
            Tableau(
                (
                    Colonne("domaine", "Domaine"),
                    Colonne("poids", "Poids", "nombre", 0, "%"),
                    Colonne("contribution", "Points gagnés en 2023", "nombre", 2),
                    Colonne("note", "Remarque"),
                ),
                domaines.select("domaine", "poids", "contribution", "note").to_dicts(),
            ),
        )
    frame = domaines.with_columns(
        pl.col("domaine").replace(textes.LIGNE_SCORE, "Score").alias("libelle"),
        pl.struct("poids", "bonification")
        .map_elements(
            lambda d: (
                f"poids {textes.format_poids(d['poids'])}{', bonification comprise' if d['bonification'] else ''}"
            ),
            return_dtype=pl.String,
        )
        .alias("detail"),
        pl.col("taux_2022").alias("avant"),
        pl.col("taux_2023").alias("apres"),
        *_SANS_BORNES,
    )
    notes = [textes.NOTE_BONIFICATION] if frame["bonification"].any() else []
    return Contenu(
        titre=titre,
        phrase=textes.build_phrase_domaines(domaines, libelle),
        figure=build_deux_ans_figure(frame, annees=ANNEES),
        mention=build_mention(
            frame,
            "moyenne simple du taux de réussite des organismes du type, imprimée",
            _get_effectif(etat.type),
            *notes,
            textes.NOTE_2022,
            *textes.list_contradictions(load_catalogue().contradictions, f"{etat.type.lower()}_"),
            periode="2022 et 2023",
        ),
        tableau=Tableau(
            (
                Colonne("libelle", "Domaine"),
                Colonne("poids", "Poids", "nombre", 1, "%"),
                Colonne("apres", "Taux moyen 2023", "nombre", 1, "%"),
                Colonne("avant", "Taux moyen 2022", "nombre", 1, "%"),
                Colonne("mention", "Remarque"),
            ),
            [
                {
                    "libelle": ligne["libelle"],
                    "poids": ligne["poids"],
                    "apres": ligne["apres"],
                    "avant": ligne["avant"],
                    "mention": "; ".join(
                        t for t in ("bonification comprise" if ligne["bonification"] else "", ligne["note"]) if t
                    ),
                }
                for ligne in frame.to_dicts()
            ],
        ),
        fichier=fichier,
    )


def _build_tableau_indicateurs(frame: pl.DataFrame) -> Tableau:
    return Tableau(
        (
            Colonne("libelle", "Indicateur"),
            Colonne("domaine", "Domaine"),
            Colonne("poids", "Poids", "nombre", 1, "%"),
            Colonne("taux_moyen", "Taux moyen 2023", "nombre", 1, "%"),
            Colonne("taux_moyen_precedent", "Taux moyen 2022", "nombre", 1, "%"),
            Colonne("nb_100", "À 100\u00a0%", "nombre", 0),
            Colonne("nb_inferieur_100", "En dessous de 100\u00a0%", "nombre", 0),
            Colonne("nb_nul", "Nul", "nombre", 0),
            Colonne("nb_neutralise", "Neutralisé", "nombre", 0),
            Colonne("note", "Remarque"),
        ),
        frame.select("libelle", "domaine", "poids", "taux_moyen", "taux_moyen_precedent", *_COMPTES, "note").to_dicts(),
        legende="Un tiret\u00a0: non imprimé. Un zéro\u00a0: zéro imprimé.",
    )


@memorise
def _build_contenu_indicateurs(etat: EtatScores) -> Contenu:
    libelle = format_type_note(etat.type)
    frame = list_repartition(etat.type)
    comptes = frame.filter(pl.any_horizontal(pl.col(_COMPTES).is_not_null()))
    taux = frame.filter(pl.col("taux_moyen").is_not_null())
    fichier = f"parangon-indicateurs-{etat.vue}-{etat.type.lower()}"
    if frame.is_empty():
        return _build_vide(
            f"{libelle}\u00a0: indicateurs, 2023",
            "Le tableau de répartition de la note ne détaille pas la Cnam, seule de son type. Choisissez un autre type."
            if etat.type == "CNAM"
            else f"La note ne détaille pas les indicateurs du type {libelle}. Choisissez un autre type.",
            fichier,
        )
    if etat.vue == "taux":
        titre = f"{libelle}\u00a0: taux moyen par indicateur, 2023 et 2022"
        if taux.is_empty():
            return _build_vide(
                titre,
                f"La note n'imprime pas de taux moyen par indicateur pour le type {libelle}. Choisissez "
                "«\u00a0Répartition\u00a0» ou un autre type.",
                fichier,
            )
        lignes = taux.with_columns(
            pl.col("titre_court").alias("libelle"),
            pl.col("poids")
            .map_elements(lambda p: f"poids {textes.format_poids(p)}", return_dtype=pl.String)
            .alias("detail"),
            pl.col("taux_moyen_precedent").alias("avant"),
            pl.col("taux_moyen").alias("apres"),
            *_SANS_BORNES,
        )
        return Contenu(
            titre=titre,
            phrase=textes.build_phrase_taux(taux),
            figure=build_deux_ans_figure(lignes, annees=ANNEES),
            mention=build_mention(
                taux,
                "moyenne simple du taux de réussite des organismes du type, imprimée\u00a0; dans l'ordre de la note",
                _get_effectif(etat.type),
                "Un tiret\u00a0: non imprimé.",
                *textes.list_remarques(taux),
                periode="2022 et 2023",
            ),
            tableau=_build_tableau_indicateurs(taux),
            fichier=fichier,
        )
    titre = f"{libelle}\u00a0: répartition des organismes par indicateur, 2023"
    if comptes.is_empty():
        return _build_vide(
            titre,
            f"La note n'imprime pas de répartition par indicateur pour le type {libelle}, qui n'a qu'un organisme. "
            "Choisissez «\u00a0Taux moyens\u00a0» ou un autre type.",
            fichier,
        )
    lignes = frame.with_columns(
        pl.concat_str(pl.when(pl.col("est_composante")).then(pl.lit("↳ ")).otherwise(pl.lit("")), "titre_court").alias(
            "titre"
        ),
        pl.when(pl.col("poids").is_not_null())
        .then(pl.col("poids").map_elements(lambda p: f"poids {textes.format_poids(p)}", return_dtype=pl.String))
        .otherwise(pl.lit(""))
        .alias("detail"),
    )
    return Contenu(
        titre=titre,
        phrase=textes.build_phrase_repartition(comptes),
        figure=build_repartition_figure(lignes),
        mention=build_mention(
            frame,
            "part des organismes à 100\u00a0%, en dessous, à zéro ou neutralisés\u00a0; dans l'ordre de la note",
            _get_effectif(etat.type),
            textes.NOTE_NON_IMPRIME,
            *textes.list_remarques(frame),
            unite="% des organismes",
        ),
        tableau=_build_tableau_indicateurs(frame),
        fichier=fichier,
    )


def _render_controles(etat: EtatScores) -> html.Div:
    return render_barre(
        dmc.Select(
            id="scores-type",
            label="Type d'organisme",
            data=[{"value": t, "label": format_type_note(t)} for t in _list_types()],
            value=etat.type,
            allowDeselect=False,
            w={"base": "100%", "sm": 240},
        ),
        render_bascule(
            "scores-vue",
            "Pour chaque indicateur",
            {"repartition": "Répartition", "taux": "Taux moyens"},
            etat.vue,
        ),
    )


@page_sure
def layout(**parametres: str) -> Any:
    """The page for a state given by the URL."""
    etat, problemes = read_etat(EtatScores, parametres)
    return html.Div(
        [
            render_problemes(problemes),
            render_entete_page(
                "Scores",
                "La performance locale de l'intéressement 2023\u00a0: tous les organismes, type par type, puis le "
                "détail d'un type.",
            ),
            render_bloc(DISTRIBUTION, _build_contenu_distribution()),
            render_bloc(TRANCHES, _build_contenu_tranches()),
            render_bloc(EVOLUTION, build_contenu_evolution()),
            render_entete_section("Détail d'un type"),
            _render_controles(etat),
            render_bloc(DOMAINES, _build_contenu_domaines(etat)),
            render_bloc(INDICATEURS, _build_contenu_indicateurs(etat)),
            render_requete("scores", etat),
        ]
    )


def render_entete_section(titre: str) -> html.Header:
    """Heading of the second part of the page."""
    return html.Header(html.H2(titre), className="px-entete-page")


@callback(
    *list_sorties(DOMAINES),
    *list_sorties(INDICATEURS),
    Output("scores-requete", "data"),
    Input("scores-type", "value"),
    Input("scores-vue", "value"),
    prevent_initial_call=True,
)
def build_sorties(type_note: str, vue: Literal["repartition", "taux"]) -> tuple[Any, ...]:
    """The detail of a type."""
    etat = EtatScores(type=type_note, vue=vue)
    domaines, indicateurs = _build_contenu_domaines(etat), _build_contenu_indicateurs(etat)
    return (
        *build_valeurs(DOMAINES, domaines),
        *build_valeurs(INDICATEURS, indicateurs),
        etat.format_requete(),
    )
