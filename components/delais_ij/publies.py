"""The blocs of published délais: over time, by canal, by amount, and the list of them all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import polars as pl

from components.chiffres import Chiffre
from components.contenu import Colonne, Contenu, Mention, Tableau
from components.delais_ij.etat import EtatDelais, list_evenements
from components.figures.delais_ij import build_barres_figure
from components.figures.formats import INSECABLE
from components.figures.series import build_serie_figure
from components.provenance import format_donnees_du, format_source
from components.textes import delais_ij as textes
from components.textes import phrases_ij, series_ij
from components.textes.chroniques_ij import CHRONIQUES
from data.magasin import memorise
from data.modele import Evenement, Sens
from data.requetes import delais_ij as requetes

COLONNES: Final = (
    Colonne("objet", "Population ou objet"),
    Colonne("periode", "Période"),
    Colonne("delai", "Délai (jours)"),
    Colonne("mesure", "Mot du document, statistique"),
    Colonne("source", "Source"),
    Colonne("note", "Remarque"),
)


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
def _build_chronique(nom: str, avec_evenements: bool, avec_cibles: bool) -> Contenu:
    """One of the charts over time of published figures."""
    chronique = CHRONIQUES[nom]
    delais = _filter(chronique.codes)
    if chronique.segment is not None:
        delais = delais.filter(segment=chronique.segment)
    cibles = requetes.list_cibles() if chronique.avec_cibles else None
    affichees = None if cibles is None else cibles if avec_cibles else cibles.clear()
    concernes = [*chronique.codes, *(() if cibles is None else cibles["code_indicateur"])]
    evenements, ruptures = list_evenements(concernes, montres=avec_evenements)
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
def _build_canal() -> Contenu:
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
def _build_montant() -> Contenu:
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
def _build_inventaire() -> Contenu:
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


def build_chiffres() -> list[Chiffre]:
    """The headline figures."""
    return [Chiffre(*carte) for carte in phrases_ij.build_cartes(requetes.list_delais(), requetes.list_cibles())]


def build_publie(nom: str, etat: EtatDelais) -> Contenu:
    """What a bloc of :data:`PUBLIES` shows."""
    if nom in CHRONIQUES:
        return _build_chronique(nom, etat.evenements == "oui", etat.cibles == "oui")
    return _AUTRES[nom]()


_AUTRES: Final[dict[str, Callable[[], Contenu]]] = {
    "canal": _build_canal,
    "montant": _build_montant,
    "inventaire": _build_inventaire,
}
PUBLIES: Final = (*CHRONIQUES, *_AUTRES)  # in the order of the page; CHRONIQUES are what events and targets change
