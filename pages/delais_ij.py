"""Délais IJ: every published délai of indemnités journalières, its word, its definition, and the targets to come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, Literal

import dash
import dash_mantine_components as dmc
import polars as pl
from dash import Input, Output, State, callback, html
from pydantic import field_validator

from components.bloc import build_valeurs, list_sorties, render_bloc
from components.chiffres import Chiffre, render_chiffres
from components.choix import render_bascule
from components.contenu import Colonne, Contenu, Mention, Tableau
from components.coquille import render_barre, render_entete_page
from components.etat import Etat, read_etat, register_requete, render_requete
from components.figures.bande import build_bande_figure
from components.figures.delais_ij import build_barres_figure
from components.figures.formats import INSECABLE
from components.figures.gabarit import build_figure
from components.figures.series import build_serie_figure
from components.garde import page_sure, render_problemes
from components.pairs import build_option, render_select_organisme
from components.provenance import format_donnees_du, format_source
from components.textes import delais_caisse, phrases_ij, series_ij
from components.textes import delais_ij as textes
from components.textes.chroniques_ij import CHRONIQUES
from components.textes.delais_caisse import CodePopulation
from data.catalogue import load_catalogue
from data.magasin import memorise
from data.modele import Contradiction, Evenement, Sens
from data.requetes import delais_ij as requetes
from data.requetes.delais_cube import (
    StatistiqueIJ,
    list_caisses,
    list_origines,
    list_serie_caisse,
    list_serie_reseau,
)

dash.register_page(__name__, path="/delais-ij", title="Délais IJ | Parangon", name="Délais IJ")

PAGE = "delais-ij"
CONTRADICTIONS = ("ij_premiere_2014_2016", "cog_ij_moins_de_20_jours")
THEMES: dict[str, tuple[str, tuple[str, ...]]] = {
    "tout": (
        "Tous les délais",
        ("premiere", "crise", "independants", "queue", "canal", "montant", "inventaire", "contradictions", "caisse"),
    ),
    "premiere": ("Première IJ et cibles", ("premiere", "contradictions")),
    "crise": ("Crise de 2022", ("crise", "queue")),
    "independants": ("Travailleurs indépendants", ("independants",)),
    "tardives": ("IJ les plus tardives", ("queue", "montant")),
    "canal": ("Canal de l'attestation de salaire", ("canal",)),
    "liste": ("Liste de tous les délais publiés", ("inventaire",)),
    "caisse": ("Délai par caisse et par mois", ("caisse",)),
}
Theme = Literal["tout", "premiere", "crise", "independants", "tardives", "canal", "liste", "caisse"]
OuiNon = Literal["oui", "non"]
EN_DEMI = {"crise", "independants", "canal", "montant"}
CAISSE = "caisse"
HAUTEUR_ATTENTE = 400

COLONNES = (
    Colonne("objet", "Population ou objet"),
    Colonne("periode", "Période"),
    Colonne("delai", "Délai (jours)"),
    Colonne("mesure", "Mot du document, statistique"),
    Colonne("source", "Source"),
    Colonne("note", "Remarque"),
)


class EtatDelais(Etat):
    """State of the page: the theme shown, events and targets shown or not; the caisse of the simulated chart."""

    theme: Theme = "tout"
    evenements: OuiNon = "oui"
    cibles: OuiNon = "oui"
    organisme: str | None = None
    population: CodePopulation = "ts-maladie"
    statistique: StatistiqueIJ = "moyenne"

    @field_validator("organisme")
    @classmethod
    def _check_organisme(cls, code: str | None) -> str | None:
        if code is not None and code not in list_caisses()["code_organisme"]:
            raise ValueError(f"aucune caisse suivie ici ne porte le code «\u00a0{code}\u00a0».")
        return code


def _list_evenements(etat: EtatDelais, codes: Iterable[str]) -> tuple[list[Evenement], list[Evenement]]:
    """Events concerning these indicateurs: those to draw, and those that cut the lines even when hidden."""
    concernes = series_ij.list_evenements(load_catalogue().evenements, tuple(codes))
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
def _build_chronique(nom: str, etat: EtatDelais) -> Contenu:
    """One of the charts over time of published figures."""
    chronique = CHRONIQUES[nom]
    delais = _filter(chronique.codes)
    if chronique.segment is not None:
        delais = delais.filter(segment=chronique.segment)
    cibles = requetes.list_cibles() if chronique.avec_cibles else None
    affichees = None if cibles is None else cibles if etat.cibles == "oui" else cibles.clear()
    concernes = [*chronique.codes, *(() if cibles is None else cibles["code_indicateur"])]
    evenements, ruptures = _list_evenements(etat, concernes)
    return Contenu(
        titre=chronique.titre,
        phrase=chronique.build_phrase(delais, requetes.list_cibles()),
        figure=build_serie_figure(
            series_ij.build_series(delais, chronique.traces, format_source),
            debut=chronique.debut,
            fin=chronique.fin,
            unite="jours",
            axe=chronique.axe,
            cibles=() if affichees is None else series_ij.build_cibles(affichees, format_source),
            evenements=evenements,
            ruptures=ruptures,
            hauteur=chronique.hauteur,
        ),
        mention=_build_mention(
            delais,
            chronique.statistique,
            chronique.periode,
            chronique.effectif,
            *chronique.notes,
            documents=() if cibles is None else cibles["source"].to_list(),
        ),
        tableau=_build_tableau(delais, cibles=affichees, evenements=evenements),
        fichier=chronique.fichier,
    )


@memorise
def _build_canal(_etat: EtatDelais) -> Contenu:
    delais = _filter([textes.CANAL]).sort("valeur")
    ensemble = delais.filter(segment="ensemble").row(0, named=True)
    return Contenu(
        titre="Délai de paiement selon le canal de l'attestation de salaire, mars 2017",
        phrase=phrases_ij.build_phrase_canal(delais),
        figure=build_barres_figure(
            series_ij.build_barres(delais.filter(pl.col("segment") != "ensemble"), format_source),
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
        phrase=phrases_ij.build_phrase_montant(delais),
        figure=build_barres_figure(
            series_ij.build_barres(delais.filter(pl.col("segment").str.starts_with("décile")), format_source),
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
        phrase=phrases_ij.build_phrase_inventaire(delais, sans_date),
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


@memorise
def _build_caisse(etat: EtatDelais) -> Contenu:
    """The délai of one caisse, month by month, against the others and the network: real where it was sent."""
    population, filtre = delais_caisse.POPULATIONS[etat.population]
    reseau = list_serie_reseau(filtre)
    noms = dict(list_caisses().select("code_organisme", "nom").iter_rows())
    nom = noms.get(etat.organisme) if etat.organisme else None
    caisses = list_serie_caisse(etat.organisme or "", filtre, etat.statistique)
    serie = delais_caisse.build_serie(caisses, reseau, etat.statistique)
    simulation = delais_caisse.compute_simulation(serie)
    fichiers = list_origines(etat.organisme)["fichier"].unique(maintain_order=True) if etat.organisme else ()
    bande, courbe_reseau, mienne = delais_caisse.build_courbes(serie, nom)
    evenements, ruptures = _list_evenements(etat, delais_caisse.list_indicateurs(filtre))
    statistique = delais_caisse.format_statistique(etat.statistique)
    mois = serie["mois"].to_list()
    champ = delais_caisse.format_population(population)
    return Contenu(
        titre=f"{delais_caisse.format_titre(simulation)}{INSECABLE}: {statistique}, {champ}",
        phrase=delais_caisse.build_phrase(serie, nom, population, etat.statistique),
        figure=build_bande_figure(
            mois,
            bande=bande,
            reseau=courbe_reseau,
            mienne=mienne,
            unite="jours",
            evenements=evenements,
            ruptures=ruptures,
        ),
        mention=Mention(
            statistique=statistique,
            unite="jours",
            sens=Sens.BAS,
            periode=f"{delais_caisse.format_mois(mois[0])} à {delais_caisse.format_mois(mois[-1])}, par mois",
            source=format_source(*delais_caisse.list_sources(simulation)),
            donnees_du=format_donnees_du(),
            effectif=f"{max(serie['effectif'].drop_nulls(), default=0)} CPAM et CCSS ; IJ non subrogées, {champ}",
            simulee=simulation,
            notes=delais_caisse.build_notes(serie, nom, list(fichiers)),
        ),
        tableau=Tableau(delais_caisse.COLONNES, delais_caisse.build_lignes(serie)),
        fichier=f"parangon-delais-ij-{etat.organisme or 'reseau'}-{etat.population}-{etat.statistique}",
    )


def _build_attente() -> Contenu:
    """What holds the place of the simulated chart until the published ones are drawn."""
    return Contenu(
        titre="Délai par caisse et par mois",
        phrase="Chargement…",
        figure=build_figure(hauteur=HAUTEUR_ATTENTE),
        mention=Mention("", "jours", Sens.BAS, "", format_source(delais_caisse.SOURCE), format_donnees_du()),
        tableau=Tableau(delais_caisse.COLONNES, []),
    )


BLOCS: dict[str, Callable[[EtatDelais], Contenu]] = {
    **{nom: partial(_build_chronique, nom) for nom in CHRONIQUES},
    "canal": _build_canal,
    "montant": _build_montant,
    "inventaire": _build_inventaire,
}
DYNAMIQUES = tuple(CHRONIQUES)  # what events and targets change
CADRES = (*BLOCS, "contradictions", CAISSE)


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
    return [Chiffre(*carte) for carte in phrases_ij.build_cartes(requetes.list_delais(), requetes.list_cibles())]


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


def _render_controles_caisse(etat: EtatDelais) -> html.Div:
    """Controls of the simulated chart alone, above it."""
    return render_barre(
        render_select_organisme(
            f"{PAGE}-organisme",
            "Caisse",
            etat.organisme,
            [build_option(caisse, caisse["nom"]) for caisse in list_caisses().to_dicts()],
            vide="Aucune caisse ne répond à cette recherche",
            w={"base": "100%", "sm": 320},
        ),
        dmc.Select(
            id=f"{PAGE}-population",
            label="Régime et risque",
            data=[{"value": code, "label": nom} for code, (nom, _) in delais_caisse.POPULATIONS.items()],
            value=etat.population,
            allowDeselect=False,
            w={"base": "100%", "sm": 300},
        ),
        render_bascule(f"{PAGE}-statistique", "Statistique", delais_caisse.STATISTIQUES, etat.statistique),
    )


@page_sure
def layout(**parametres: str) -> Any:
    """The page for a state given by its URL (fields of ``EtatDelais``)."""
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
    simule = [_render_controles_caisse(etat), render_bloc(f"{PAGE}-{CAISSE}", _build_attente())]
    cadres.append(_render_cadre(CAISSE, simule, etat.theme))
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
    State(f"{PAGE}-organisme", "value"),
    State(f"{PAGE}-population", "value"),
    State(f"{PAGE}-statistique", "value"),
    prevent_initial_call=True,
)
def update_delais(
    theme: Theme,
    evenements: bool,
    cibles: bool,
    organisme: str | None = None,
    population: CodePopulation = "ts-maladie",
    statistique: StatistiqueIJ = "moyenne",
) -> list[Any]:
    """Refresh the charts, show the frames of the theme and mirror the state in the address."""
    etat = _build_etat(theme, evenements, cibles, organisme, population, statistique)
    valeurs = [v for nom in DYNAMIQUES for v in build_valeurs(f"{PAGE}-{nom}", BLOCS[nom](etat))]
    return [*valeurs, *(_build_style(cadre, theme) for cadre in CADRES), etat.format_requete()]


@callback(
    *list_sorties(f"{PAGE}-{CAISSE}"),
    Output(f"{PAGE}-requete", "data", allow_duplicate=True),
    Input(f"{PAGE}-organisme", "value"),
    Input(f"{PAGE}-population", "value"),
    Input(f"{PAGE}-statistique", "value"),
    Input(f"{PAGE}-evenements", "checked"),
    State(f"{PAGE}-theme", "value"),
    State(f"{PAGE}-cibles", "checked"),
    prevent_initial_call="initial_duplicate",
)
def update_caisse(
    organisme: str | None,
    population: CodePopulation,
    statistique: StatistiqueIJ,
    evenements: bool,
    theme: Theme,
    cibles: bool,
) -> list[Any]:
    """Fill the simulated chart, once the page is there and at each choice, and mirror the state in the address."""
    etat = _build_etat(theme, evenements, cibles, organisme, population, statistique)
    return [*build_valeurs(f"{PAGE}-{CAISSE}", _build_caisse(etat)), etat.format_requete()]


def _build_etat(
    theme: Theme,
    evenements: bool,
    cibles: bool,
    organisme: str | None,
    population: CodePopulation,
    statistique: StatistiqueIJ,
) -> EtatDelais:
    """The state the controls show."""
    return EtatDelais(
        theme=theme,
        evenements="oui" if evenements else "non",
        cibles="oui" if cibles else "non",
        organisme=organisme or None,
        population=population,
        statistique=statistique,
    )
