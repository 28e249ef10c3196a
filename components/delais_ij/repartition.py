"""How long the insured of a caisse wait: its files by day of délai over a month or a year, against its reference."""

from __future__ import annotations

import datetime as dt

import polars as pl

from components.contenu import Contenu, Mention, Simulation, Tableau
from components.delais_ij.caisse import get_nom
from components.delais_ij.etat import EtatDelais, list_mois_choisis
from components.delais_ij.groupe import GroupeIJ, load_groupe
from components.figures.delais_ij_jours import build_jours_figure, list_bornes
from components.figures.formats import INSECABLE
from components.provenance import format_donnees_du, format_source
from components.textes import delais_caisse as champs
from components.textes import delais_repartition as textes
from components.textes.delais_caisse import CodeGroupe, CodePopulation
from components.textes.delais_repartition import Groupe
from data.calculs.delais import build_repartition
from data.magasin import memorise
from data.modele import Sens
from data.requetes.delais_cube import (
    FiltreIJ,
    fetch_histogramme,
    list_origines,
    list_serie_caisse,
    list_serie_groupe,
    list_serie_reseau,
)

Mois = tuple[dt.date, ...]


def build_contenu_repartition(etat: EtatDelais) -> Contenu:
    """The chart a state asks for."""
    return _build_contenu(etat.organisme, etat.population, etat.groupe, tuple(list_mois_choisis(etat)), int(etat.seuil))


@memorise
def _build_contenu(
    organisme: str | None, population: CodePopulation, choix: CodeGroupe, mois: Mois, seuil: int
) -> Contenu:
    libelle, filtre = champs.POPULATIONS[population]
    nom, groupe = get_nom(organisme), load_groupe(organisme, choix)
    mienne = _load(nom, "caisse", (organisme,), filtre, mois) if nom and organisme else None
    reference = _load_reference(groupe, filtre, mois)
    traces = [g for g in (mienne, reference) if g is not None]
    serie = _load_mois(organisme, filtre, mois)
    simulation = _compute_simulation(serie, groupe, filtre)
    champ, quand = champs.format_population(libelle), textes.format_quand(mois).removeprefix("en ")
    titre = f"{champs.format_titre('Répartition des délais', simulation)}{INSECABLE}: {champ}, {quand}"
    fichiers = list_origines(organisme)["fichier"].unique(maintain_order=True) if organisme else ()
    mention = Mention(
        statistique="part des premières IJ par classe de délai",
        unite="% des IJ",
        sens=Sens.BAS,
        periode=quand,
        source=format_source(*champs.list_sources(simulation if traces else "partie")),  # no file: both were read
        donnees_du=format_donnees_du(),
        effectif=f"{textes.format_effectif(traces)} ; IJ non subrogées, {champ}" if traces else "",
        simulee=simulation,
        notes=(
            *champs.build_provenance(serie, nom, list(fichiers)),
            *textes.build_notes(nom, serie.drop_nulls("valeur")["mois"].to_list(), mois),
            *groupe.notes,
        ),
    )
    periode = "-".join(dict.fromkeys(f"{m:%Y-%m}" for m in (mois[0], mois[-1])))
    fichier = f"parangon-delais-ij-repartition-{organisme or 'reseau'}-{population}-{periode}"
    colonnes = textes.list_colonnes(mienne, reference)
    if not traces:
        vide = textes.format_vide(libelle, mois)
        return Contenu(titre, "", mention, Tableau(colonnes, []), vide=vide, fichier=fichier)
    bornes = list_bornes(*(trace.repartition.d9 for trace in traces))
    return Contenu(
        titre=titre,
        phrase=textes.build_phrase(mienne, reference, seuil, libelle, mois, nom),
        figure=build_jours_figure(
            bornes,
            mienne=textes.build_jours(mienne, bornes) if mienne else None,
            reference=textes.build_jours(reference, bornes) if reference else None,
            seuil=seuil,
            note_seuil=textes.format_seuil(traces[0], seuil),
        ),
        mention=mention,
        tableau=Tableau(colonnes, textes.build_lignes(mienne, reference, bornes)),
        fichier=fichier,
    )


def _load(nom: str, mot: str, organismes: tuple[str, ...] | None, filtre: FiltreIJ, mois: Mois) -> Groupe | None:
    repartition = build_repartition(fetch_histogramme(filtre, mois[0], mois[-1], organismes)["nombre"].to_list())
    return None if repartition is None else Groupe(nom, mot, repartition)


def _load_reference(groupe: GroupeIJ, filtre: FiltreIJ, mois: Mois) -> Groupe | None:
    """The group chosen, else the network; None in the months that some caisses alone have sent."""
    reseau = _load("réseau", "réseau", None, filtre, mois)
    if reseau is None or not groupe.codes:
        return reseau
    return _load(groupe.court, groupe.mot, groupe.codes, filtre, mois)


def _load_mois(organisme: str | None, filtre: FiltreIJ, mois: Mois) -> pl.DataFrame:
    """The months chosen, from ``delais_caisse.build_serie``: which have files, which are real."""
    serie = champs.build_serie(list_serie_caisse(organisme or "", filtre), list_serie_reseau(filtre), "moyenne")
    return serie.filter(pl.col("mois").is_between(mois[0], mois[-1]))


def _compute_simulation(serie: pl.DataFrame, groupe: GroupeIJ, filtre: FiltreIJ) -> Simulation:
    """Whether what is drawn (the caisse, its reference) is simulated, partly so, or all real."""
    if not groupe.codes:
        return champs.compute_simulation(serie)
    membres = list_serie_groupe(groupe.codes, filtre).join(serie, on="mois", how="semi")
    natures = {*serie["nature"].drop_nulls(), *membres["nature"]} | ({"publiee"} if membres["reelle"].any() else set())
    return "partie" if len(natures) > 1 else "simulee" in natures
