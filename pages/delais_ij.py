"""Délais IJ: every published délai of indemnités journalières, its word, its definition, and the targets to come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, Literal

import dash
import dash_mantine_components as dmc
import polars as pl
from dash import Input, Output, callback, html

from components.bloc import build_valeurs, list_sorties, render_bloc
from components.chiffres import Chiffre, render_chiffres
from components.contenu import Colonne, Contenu, Mention, Tableau
from components.coquille import render_barre, render_entete_page
from components.etat import Etat, read_etat, register_requete, render_requete
from components.figures.delais_ij import build_barres_figure
from components.figures.formats import INSECABLE
from components.figures.series import build_serie_figure
from components.garde import page_sure, render_problemes
from components.provenance import format_donnees_du, format_source
from components.textes import delais_ij as textes
from data.catalogue import load_catalogue
from data.magasin import memorise
from data.modele import Contradiction, Evenement, Sens
from data.requetes import delais_ij as requetes

dash.register_page(__name__, path="/delais-ij", title="Délais IJ | Parangon", name="Délais IJ")

PAGE = "delais-ij"
CONTRADICTIONS = ("ij_premiere_2014_2016", "cog_ij_moins_de_20_jours")
THEMES: dict[str, tuple[str, tuple[str, ...]]] = {
    "tout": (
        "Tous les délais",
        ("premiere", "crise", "independants", "queue", "canal", "montant", "inventaire", "contradictions"),
    ),
    "premiere": ("Première IJ et cibles", ("premiere", "contradictions")),
    "crise": ("Crise de 2022", ("crise", "queue")),
    "independants": ("Travailleurs indépendants", ("independants",)),
    "tardives": ("IJ les plus tardives", ("queue", "montant")),
    "canal": ("Canal de l'attestation de salaire", ("canal",)),
    "liste": ("Liste de tous les délais publiés", ("inventaire",)),
}
Theme = Literal["tout", "premiere", "crise", "independants", "tardives", "canal", "liste"]
OuiNon = Literal["oui", "non"]
EN_DEMI = {"crise", "independants", "canal", "montant"}

COLONNES = (
    Colonne("objet", "Population ou objet"),
    Colonne("periode", "Période"),
    Colonne("delai", "Délai (jours)"),
    Colonne("mesure", "Mot du document, statistique"),
    Colonne("source", "Source"),
    Colonne("note", "Remarque"),
)


class EtatDelais(Etat):
    """State of the page: the theme shown, events and targets shown or not."""

    theme: Theme = "tout"
    evenements: OuiNon = "oui"
    cibles: OuiNon = "oui"


def _list_evenements(etat: EtatDelais, codes: Iterable[str]) -> tuple[list[Evenement], list[Evenement]]:
    """Events concerning these indicateurs: those to draw, and those that cut the lines even when hidden."""
    concernes = textes.list_evenements(load_catalogue().evenements, tuple(codes))
    return (concernes if etat.evenements == "oui" else []), concernes


def _filter(codes: Sequence[str]) -> pl.DataFrame:
    return requetes.list_delais().filter(pl.col("code_indicateur").is_in(list(codes)))


def _build_tableau(
    delais: pl.DataFrame, *, cibles: pl.DataFrame | None = None, evenements: Sequence[Evenement] = (), legende: str = ""
) -> Tableau:
    """Figures, then targets, then events: the order of the chart's layers, each in the order of time."""
    lignes = [textes.build_ligne_tableau(ligne, format_source) for ligne in delais.to_dicts()]
    if cibles is not None:
        lignes += [textes.build_ligne_cible(ligne, format_source) for ligne in cibles.to_dicts()]
    lignes += [textes.build_ligne_evenement(evenement, format_source) for evenement in evenements]
    return Tableau(COLONNES, lignes, legende=legende)


def _build_mention(
    delais: pl.DataFrame, statistique: str, periode: str, effectif: str, *notes: str, documents: Sequence[str] = ()
) -> Mention:
    return Mention(
        statistique=statistique,
        unite="jours",
        sens=Sens.BAS,
        periode=periode,
        source=format_source(*sorted({*delais["source"].unique(), *documents})),
        donnees_du=format_donnees_du(),
        effectif=effectif,
        notes=notes,
    )


@memorise
def _build_premiere(etat: EtatDelais) -> Contenu:
    traces = textes.PREMIERE_IJ
    delais = _filter([t.code for t in traces]).filter(segment="ensemble")
    cibles = requetes.list_cibles()
    affichees = cibles if etat.cibles == "oui" else cibles.clear()
    evenements, ruptures = _list_evenements(etat, [t.code for t in traces] + cibles["code_indicateur"].to_list())
    return Contenu(
        titre="Délai moyen de la première IJ, pic du règlement en juin 2022 et cibles jusqu'en 2027",
        phrase=textes.build_phrase_premiere(delais, cibles),
        figure=build_serie_figure(
            textes.build_series(delais, traces, format_source),
            debut=dt.date(2013, 7, 1),
            fin=dt.date(2027, 12, 31),
            unite="jours",
            axe=(0, 60),
            cibles=textes.build_cibles(affichees, format_source),
            evenements=evenements,
            ruptures=ruptures,
            hauteur=400,
        ),
        mention=_build_mention(
            delais,
            "délai moyen, tel que chaque document le définit",
            "2014 à juin 2022 ; cibles 2016 et 2023 à 2027",
            "non publié (France entière)",
            f"Bande{INSECABLE}: fourchette publiée sans valeur annuelle. Marche{INSECABLE}: cible de l'année. "
            "Une courbe ne relie que des années voisines d'une même définition. "
            "Tirets : rupture de série. La cible 2016 (COG 2014-2017) est dans le tableau.",
            documents=cibles["source"].to_list(),
        ),
        tableau=_build_tableau(delais, cibles=affichees, evenements=evenements),
        fichier="parangon-delais-ij-premiere",
    )


@memorise
def _build_crise(etat: EtatDelais) -> Contenu:
    delais = _filter([textes.REGLEMENT, textes.DEROGATOIRES])
    evenements, ruptures = _list_evenements(etat, delais["code_indicateur"])
    return Contenu(
        titre="Crise de 2022 : traitement des IJ dérogatoires, règlement de toutes les IJ",
        phrase=textes.build_phrase_crise(delais),
        figure=build_serie_figure(
            textes.build_series(delais, textes.CRISE, format_source),
            debut=dt.date(2022, 1, 1),
            fin=dt.date(2022, 7, 31),
            unite="jours",
            axe=(0, 75),
            evenements=evenements,
            ruptures=ruptures,
            hauteur=330,
        ),
        mention=_build_mention(
            delais,
            "moyenne pour le règlement, non précisée pour le traitement",
            "février à juin 2022",
            "non publié (France entière)",
            "Traitement et règlement sont deux mesures du document : aucune ligne ne va de l'une à l'autre.",
        ),
        tableau=_build_tableau(delais, evenements=evenements),
        fichier="parangon-delais-ij-crise-2022",
    )


@memorise
def _build_independants(etat: EtatDelais) -> Contenu:
    delais = _filter([t.code for t in textes.INDEPENDANTS])
    evenements, ruptures = _list_evenements(etat, delais["code_indicateur"])
    return Contenu(
        titre="Travailleurs indépendants : délais de traitement, 2017 à mai 2022",
        phrase=textes.build_phrase_independants(delais),
        figure=build_serie_figure(
            textes.build_series(delais, textes.INDEPENDANTS, format_source),
            debut=dt.date(2017, 1, 1),
            fin=dt.date(2022, 12, 31),
            unite="jours",
            axe=(0, 75),
            evenements=evenements,
            ruptures=ruptures,
            hauteur=330,
        ),
        mention=_build_mention(
            delais,
            "moyenne pour la maladie, non précisée pour la maternité et pour Paris",
            "2017 à mai 2022",
            "non publié (France entière ; CPAM de Paris à part)",
            "2017 à 2019 : le document ne dit ni le risque ni la statistique. Aucune cible fixée par la COG. "
            "La série est coupée (tirets) au 1er janvier 2020, mise en service d'ARPEGE TI.",
        ),
        tableau=_build_tableau(delais, evenements=evenements),
        fichier="parangon-delais-ij-independants",
    )


@memorise
def _build_queue(etat: EtatDelais) -> Contenu:
    delais = _filter([textes.D9, textes.D1_D3])
    evenements, ruptures = _list_evenements(etat, delais["code_indicateur"])
    return Contenu(
        titre="IJ les plus tardives et les plus rapides : déciles du délai de paiement, 2021 à mai 2022",
        phrase=textes.build_phrase_queue(delais),
        figure=build_serie_figure(
            textes.build_series(delais, textes.QUEUE, format_source),
            debut=dt.date(2021, 1, 1),
            fin=dt.date(2022, 6, 30),
            unite="jours",
            axe=(0, 110),
            evenements=evenements,
            ruptures=ruptures,
            hauteur=400,
        ),
        mention=_build_mention(
            delais,
            "9e décile et trois premiers déciles du délai",
            "2021 à mai 2022",
            "non publié (France entière ; 18 et 75 caisses non nommées)",
            f"Aucune valeur exacte n'est publiée{INSECABLE}: bande pleine pour une fourchette, bord épais et flèche "
            f"pour «{INSECABLE}plus de{INSECABLE}» ou «{INSECABLE}moins de{INSECABLE}». Le 7e décile est dit "
            f"«{INSECABLE}à peine supérieur{INSECABLE}» à la moyenne, sans chiffre.",
            "Le 9e décile d'un groupe de caisses n'est pas la moyenne de leurs 9es déciles.",
        ),
        tableau=_build_tableau(delais, evenements=evenements),
        fichier="parangon-delais-ij-deciles",
    )


@memorise
def _build_canal(_etat: EtatDelais) -> Contenu:
    delais = _filter([textes.CANAL]).sort("valeur")
    ensemble = delais.filter(segment="ensemble").row(0, named=True)
    return Contenu(
        titre="Délai de paiement selon le canal de l'attestation de salaire, mars 2017",
        phrase=textes.build_phrase_canal(delais),
        figure=build_barres_figure(
            textes.build_barres(delais.filter(pl.col("segment") != "ensemble"), format_source),
            unite="jours",
            reference=ensemble["valeur"],
            nom_reference=f"tous canaux{INSECABLE}: {textes.format_delai(ensemble)}",
        ),
        mention=_build_mention(
            delais,
            "délai moyen de paiement",
            "mars 2017",
            "non publié (France entière)",
            "Le document imprime canaux et valeurs en deux listes : ils sont appariés dans l'ordre, la DSN étant dite "
            "plus rapide.",
        ),
        tableau=_build_tableau(delais),
        fichier="parangon-delais-ij-canal",
    )


@memorise
def _build_montant(_etat: EtatDelais) -> Contenu:
    delais = _filter([textes.MONTANT])
    return Contenu(
        titre="Délai de paiement selon le montant de l'IJ, CPAM de l'Isère seule, 1er semestre 2022",
        phrase=textes.build_phrase_montant(delais),
        figure=build_barres_figure(
            textes.build_barres(delais.filter(pl.col("segment").str.starts_with("décile")), format_source),
            unite="jours",
        ),
        mention=_build_mention(
            delais,
            "délai moyen de paiement par décile du montant de l'IJ",
            "1er semestre 2022",
            "1 caisse ; nombre d'IJ non publié",
            "IJ maladie non subrogées ; borne basse du montant exclue, borne haute comprise. Les quartiles, autre "
            "découpage des mêmes IJ, sont dans le tableau.",
        ),
        tableau=_build_tableau(delais),
        fichier="parangon-delais-ij-montant-isere",
    )


@memorise
def _build_inventaire(_etat: EtatDelais) -> Contenu:
    delais, sans_date = requetes.list_delais(), requetes.list_delais_sans_date()
    tableau = _build_tableau(delais)
    lignes = [*tableau.lignes, *(textes.build_ligne_sans_date(ligne, format_source) for ligne in sans_date.to_dicts())]
    return Contenu(
        titre="Tous les délais IJ publiés, avec le mot de chaque document",
        phrase=textes.build_phrase_inventaire(delais, sans_date),
        mention=_build_mention(
            delais,
            "celle de chaque ligne",
            "2014 à juin 2022",
            f"{len(lignes)} chiffres publiés",
            documents=sans_date["source"].to_list(),
        ),
        tableau=Tableau(COLONNES, lignes),
        fichier="parangon-delais-ij-inventaire",
    )


BLOCS = {
    "premiere": _build_premiere,
    "crise": _build_crise,
    "independants": _build_independants,
    "queue": _build_queue,
    "canal": _build_canal,
    "montant": _build_montant,
    "inventaire": _build_inventaire,
}
DYNAMIQUES = ("premiere", "crise", "independants", "queue")  # what events and targets change
CADRES = (*BLOCS, "contradictions")


def _build_style(cadre: str, theme: str) -> dict[str, str]:
    """A frame is shown when its theme is; its bloc fills it."""
    visible = cadre in THEMES[theme][1]
    return {"display": "grid" if visible else "none", "gridTemplateColumns": "minmax(0, 1fr)"}


def _render_cadre(cadre: str, contenu: Any, theme: str) -> html.Div:
    return html.Div(
        contenu,
        id=f"{PAGE}-cadre-{cadre}",
        className="px-demi" if cadre in EN_DEMI else None,
        style=_build_style(cadre, theme),
    )


def _build_chiffres() -> list[Chiffre]:
    return [Chiffre(*carte) for carte in textes.build_cartes(requetes.list_delais(), requetes.list_cibles())]


def _render_contradiction(contradiction: Contradiction) -> html.Div:
    return html.Div(
        [
            html.H3(contradiction.objet),
            html.Ul([html.Li(valeur) for valeur in contradiction.valeurs], className="px-liste"),
            html.P(
                f"{contradiction.traitement} "
                f"({format_source(*dict.fromkeys(s.document for s in contradiction.sources))})",
                className="px-mention",
            ),
        ]
    )


def _render_contradictions() -> html.Section:
    retenues = [c for c in load_catalogue().contradictions if c.code in CONTRADICTIONS]
    return html.Section(
        [
            html.H2("Chiffres qui ne s'accordent pas", id=f"{PAGE}-contradictions"),
            html.P("Les deux sont gardés ; rien n'est corrigé.", className="px-phrase"),
            *map(_render_contradiction, retenues),
        ],
        className="px-bloc",
        **{"aria-labelledby": f"{PAGE}-contradictions"},
    )


def _render_controles(etat: EtatDelais) -> html.Div:
    return render_barre(
        dmc.Select(
            id=f"{PAGE}-theme",
            label="Thème",
            data=[{"value": code, "label": libelle} for code, (libelle, _) in THEMES.items()],
            value=etat.theme,
            allowDeselect=False,
            w=300,
        ),
        dmc.Switch(id=f"{PAGE}-evenements", label="Événements", checked=etat.evenements == "oui", mb=7),
        dmc.Switch(id=f"{PAGE}-cibles", label="Cibles", checked=etat.cibles == "oui", mb=7),
    )


@page_sure
def layout(**parametres: str) -> Any:
    """The page for a state given by its URL: ``theme``, ``evenements``, ``cibles``."""
    etat, problemes = read_etat(EtatDelais, parametres)
    cadres = [
        _render_cadre(
            nom,
            render_bloc(f"{PAGE}-{nom}", build(etat), table_ouverte=nom == "inventaire"),
            etat.theme,
        )
        for nom, build in BLOCS.items()
    ]
    cadres.append(_render_cadre("contradictions", _render_contradictions(), etat.theme))
    return html.Div(
        [
            render_problemes(problemes),
            render_entete_page(
                "Délais des indemnités journalières",
                "Combien de jours les assurés attendent-ils leurs indemnités journalières (IJ) ? Tout ce que les "
                "documents publient, France entière, avec leurs mots, leurs fourchettes et leurs silences.",
            ),
            render_chiffres(_build_chiffres(), f"{PAGE}-chiffres"),
            _render_controles(etat),
            html.Div(cadres, className="px-grille"),
            render_requete(PAGE, etat),
        ]
    )


register_requete(PAGE)


@callback(
    *[sortie for nom in DYNAMIQUES for sortie in list_sorties(f"{PAGE}-{nom}")],
    *[Output(f"{PAGE}-cadre-{cadre}", "style") for cadre in CADRES],
    Output(f"{PAGE}-requete", "data"),
    Input(f"{PAGE}-theme", "value"),
    Input(f"{PAGE}-evenements", "checked"),
    Input(f"{PAGE}-cibles", "checked"),
    prevent_initial_call=True,
)
def update_delais(theme: Theme, evenements: bool, cibles: bool) -> list[Any]:
    """Refresh the charts, show the frames of the theme and mirror the state in the address."""
    etat = EtatDelais(theme=theme, evenements="oui" if evenements else "non", cibles="oui" if cibles else "non")
    valeurs = [v for nom in DYNAMIQUES for v in build_valeurs(f"{PAGE}-{nom}", BLOCS[nom](etat))]
    return [*valeurs, *(_build_style(cadre, theme) for cadre in CADRES), etat.format_requete()]
