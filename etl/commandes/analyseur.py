"""The command line: commands and options (see ``docs/chargement.md``)."""

from __future__ import annotations

import argparse
from pathlib import Path

from etl.chargement.export import FORMATS
from etl.commandes.chargement import ATTENTE


def build_analyseur() -> argparse.ArgumentParser:
    """The commands and their options."""
    analyseur = argparse.ArgumentParser(prog="python -m etl", description="Charger et publier les données de Parangon.")
    commandes = analyseur.add_subparsers(dest="commande", required=True)

    def add(nom: str, aide: str) -> argparse.ArgumentParser:
        commande = commandes.add_parser(nom, help=aide)
        commande.add_argument("--json", action="store_true", help="réponse en JSON")
        return commande

    commande = add("run", "lire, contrôler et publier")
    commande.add_argument("--forcer", action="store_true", help="publier même si rien n'a changé")
    commande.add_argument("--attendre", type=float, default=0.0, metavar="S", help="attendre une autre publication")
    for nom, aide in (
        ("check", "contrôler des fichiers sans rien charger"),
        ("load", "charger et publier des fichiers"),
    ):
        commande = add(nom, aide)
        commande.add_argument("fichiers", nargs="+", type=Path, metavar="FICHIER")
        choix = commande.add_mutually_exclusive_group()
        choix.add_argument("--source", metavar="CODE", help="source qui décrit le fichier (definitions/sources)")
        choix.add_argument("--correspondance", type=Path, metavar="YAML", help="correspondance à utiliser")
        commande.add_argument(
            "--periode", help="période des résultats, quand le fichier ne la dit pas (2022, 2022-03…)"
        )
        commande.add_argument(
            "--accepter-proposition",
            action="store_true",
            help="utiliser la correspondance proposée si elle est complète",
        )
        if nom == "check":
            commande.add_argument("--annote", type=Path, metavar="DOSSIER", help="y écrire les fichiers annotés")
        else:
            commande.add_argument("--auteur", help="qui charge (défaut : le compte)")
            commande.add_argument("--attendre", type=float, default=ATTENTE, metavar="S", help="attendre un chargement")
    add("list", "lister les chargements et les publications")
    commande = add("show", "montrer un chargement et son rapport")
    commande.add_argument("chargement", metavar="CHARGEMENT")
    commande = add("rollback", "revenir à une publication précédente")
    commande.add_argument("publication", nargs="?", metavar="PUBLICATION")
    commande = add("export", "exporter les faits de la publication courante")
    commande.add_argument("sortie", type=Path, metavar="FICHIER")
    commande.add_argument("--format", choices=FORMATS, help="défaut : d'après l'extension")
    commande.add_argument("--chargement", help="seulement les faits d'un chargement")
    commande.add_argument("--nature", choices=("publiee", "simulee"), help="seulement les faits de cette nature")
    add("definitions", "valider toutes les définitions")
    return analyseur
