"""The délai of one caisse month by month, against the other caisses, its group and the network."""

from __future__ import annotations

from components.contenu import Contenu, Mention, Tableau
from components.delais_ij.etat import EtatDelais, list_evenements
from components.delais_ij.groupe import load_groupe
from components.figures.bande import build_bande_figure
from components.figures.formats import INSECABLE
from components.figures.gabarit import build_figure
from components.provenance import format_donnees_du, format_source
from components.textes import delais_caisse as textes
from components.textes.delais_caisse import CodeGroupe, CodePopulation
from data.magasin import memorise
from data.modele import Sens
from data.requetes.delais_cube import (
    StatistiqueIJ,
    list_caisses,
    list_origines,
    list_serie_caisse,
    list_serie_groupe,
    list_serie_reseau,
)

HAUTEUR_ATTENTE = 400


def get_nom(organisme: str | None) -> str | None:
    """Name of the caisse chosen, if any."""
    return list_caisses().filter(code_organisme=organisme)["nom"].item() if organisme else None


def build_caisse(etat: EtatDelais) -> Contenu:
    """The chart a state asks for: real where files were sent, simulated elsewhere."""
    return _build_caisse(etat.organisme, etat.population, etat.statistique, etat.groupe, etat.evenements == "oui")


@memorise
def _build_caisse(
    organisme: str | None, population: CodePopulation, statistique: StatistiqueIJ, choix: CodeGroupe, evenements: bool
) -> Contenu:
    libelle, filtre = textes.POPULATIONS[population]
    nom, groupe = get_nom(organisme), load_groupe(organisme, choix)
    serie = textes.build_serie(
        list_serie_caisse(organisme or "", filtre, statistique),
        list_serie_reseau(filtre),
        statistique,
        list_serie_groupe(groupe.codes, filtre) if groupe.codes else None,
    )
    simulation = textes.compute_simulation(serie)
    fichiers = list_origines(organisme)["fichier"].unique(maintain_order=True) if organisme else ()
    bande, courbe_reseau, mienne = textes.build_courbes(serie, nom)
    dessines, ruptures = list_evenements(textes.list_indicateurs(filtre), montres=evenements)
    mois, champ = serie["mois"].to_list(), textes.format_population(libelle)
    return Contenu(
        titre=f"{textes.format_titre('Délai par caisse et par mois', simulation)}{INSECABLE}: "
        f"{textes.format_statistique(statistique)}, {champ}",
        phrase=textes.build_phrase(serie, nom, libelle, statistique, groupe.court or None),
        figure=build_bande_figure(
            mois,
            bande=bande,
            reseau=courbe_reseau,
            mienne=mienne,
            groupe=textes.build_courbe_groupe(serie, groupe.court) if groupe.codes else None,
            unite="jours",
            evenements=dessines,
            ruptures=ruptures,
        ),
        mention=Mention(
            statistique=textes.format_statistique(statistique),
            unite="jours",
            sens=Sens.BAS,
            periode=f"{textes.format_mois(mois[0])} à {textes.format_mois(mois[-1])}, par mois",
            source=format_source(*textes.list_sources(simulation)),
            donnees_du=format_donnees_du(),
            effectif=f"{max(serie['effectif'].drop_nulls(), default=0)} CPAM et CCSS ; IJ non subrogées, {champ}",
            simulee=simulation,
            notes=(*textes.build_notes(serie, nom, list(fichiers)), *groupe.notes),
        ),
        tableau=Tableau(textes.list_colonnes(groupe.court or None), textes.build_lignes(serie)),
        fichier=f"parangon-delais-ij-{organisme or 'reseau'}-{population}-{statistique}",
    )


def build_attente(titre: str) -> Contenu:
    """What holds the place of a chart by caisse until the published ones are drawn."""
    return Contenu(
        titre=titre,
        phrase="Chargement…",
        figure=build_figure(hauteur=HAUTEUR_ATTENTE),
        mention=Mention("", "jours", Sens.BAS, "", format_source(textes.SOURCE), format_donnees_du()),
        tableau=Tableau(textes.COLONNES, []),
    )
