"""Headline figures of the page of data."""

from __future__ import annotations

from components.chiffres import Chiffre
from components.figures.formats import INSECABLE, format_date, format_nombre, format_pluriel
from data.chemins import get_var
from data.journal import list_chargements
from data.requetes.publication import get_publication, list_controles


def build_chiffres() -> list[Chiffre]:
    """What is served, how much of it is real, what was sent, what the controls say."""
    publication = get_publication()
    total = publication.valeurs_publiees + publication.valeurs_simulees
    charges = list_chargements(get_var())
    publies = charges.filter("publie").height
    controles = list_controles()
    echecs = controles.filter(reussi=False).height
    return [
        Chiffre(
            "Données publiées le",
            format_date(publication.publie_le),
            f"à {publication.publie_le:%H}{INSECABLE}h{INSECABLE}{publication.publie_le:%M} UTC",
        ),
        Chiffre(
            "Valeurs réelles",
            format_nombre(publication.valeurs_publiees, 0),
            f"{format_nombre(100 * publication.valeurs_publiees / total)}{INSECABLE}% des valeurs\u00a0; "
            "les autres sont simulées",
        ),
        Chiffre(
            "Fichiers transmis",
            format_nombre(publies, 0),
            f"publiés, sur {format_pluriel(charges.height, 'envoi')}\u00a0; "
            f"dernier le {format_date(charges[0, 'charge_le'])}"
            if charges.height
            else "aucun envoi pour l'instant",
        ),
        Chiffre(
            "Contrôles réussis",
            f"{format_nombre(controles.height - echecs, 0)} sur {format_nombre(controles.height, 0)}",
            format_pluriel(echecs, "avertissement"),
        ),
    ]
