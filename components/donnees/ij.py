"""Where the real months of the délais IJ come from: caisse, months, file, load."""

from __future__ import annotations

from components.contenu import Colonne, Contenu, Mention, Tableau
from components.donnees.chargements import build_adresse
from components.figures.formats import format_horodatage, format_pluriel
from components.provenance import format_donnees_du, format_source
from components.textes.donnees import build_phrase_ij, format_etendue
from data.modele import Sens
from data.requetes.delais_cube import list_origines


def build_contenu_ij() -> Contenu | None:
    """The real months by caisse and load; None when every month is simulated."""
    frame = list_origines()
    if frame.is_empty():
        return None
    lignes = frame.to_dicts()
    caisses, fichiers = frame["code_organisme"].n_unique(), frame["chargement"].n_unique()
    return Contenu(
        titre="IJ individuelles : d'où viennent les mois réels",
        phrase=build_phrase_ij(caisses, fichiers, int(frame["nombre"].sum())),
        mention=Mention(
            statistique="une caisse et un envoi par ligne",
            unite="IJ comptées",
            sens=Sens.NEUTRE,
            periode=format_etendue(min(frame["du"]).isoformat(), max(frame["au"]).isoformat()),
            source=format_source("evenements_ij"),
            donnees_du=format_donnees_du(),
            effectif=format_pluriel(caisses, "caisse"),
            notes=(
                "Un mois transmis remplace toute la simulation de ce mois pour la caisse ; les autres restent simulés.",
            ),
        ),
        tableau=Tableau(
            (
                Colonne("caisse", "Caisse", epinglee=True),
                Colonne("periode", "Période"),
                Colonne("mois", "Mois réels", "nombre", 0),
                Colonne("nombre", "IJ comptées", "nombre", 0),
                Colonne("fichier", "Fichier", lien="lien"),
                Colonne("quand", "Envoyé le"),
            ),
            [
                {
                    "caisse": ligne["nom"],
                    "periode": format_etendue(ligne["du"].isoformat(), ligne["au"].isoformat()),
                    "mois": ligne["mois"],
                    "nombre": ligne["nombre"],
                    "fichier": ligne["fichier"],
                    "lien": build_adresse(ligne["chargement"]),
                    "quand": format_horodatage(ligne["charge_le"]),
                }
                for ligne in lignes
            ],
        ),
        fichier="parangon-ij-reelles",
    )
