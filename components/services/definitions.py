"""The six « services de base » the network is steered by every week (document 003, note 77, l. 859)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from data.modele import Granularite, Sens


@dataclass(frozen=True)
class Service:
    """One service: its name, how the report words it, its statistic and its direction.

    ``codes``: indicateurs that measure it, by preference; the months of the IJ (``comptage``) come from the counts of
    files per day of délai instead. ``cible``: indicateur whose targets are those of the service for the network.
    """

    cle: str
    titre: str
    libelle: str
    statistique: str
    sens: Sens
    unite: str
    codes: tuple[str, ...]
    comptage: bool = False
    cible: str | None = None


SERVICES: Final = (
    Service(
        "decroche",
        "Appels décrochés",
        "Taux de décrochés assurés",
        "taux d'appels décrochés",
        Sens.HAUT,
        "%",
        ("nat_decroche_assures", "suivi_decroche_assures"),
        cible="nat_decroche_assures",
    ),
    Service(
        "courriels",
        "Courriels en 48 heures",
        "délai de réponse aux courriels en moins de 48 H",
        "taux de courriels traités dans les 48 heures",
        Sens.HAUT,
        "%",
        ("nat_courriels_48h", "suivi_courriels_48h"),
        cible="nat_courriels_48h",
    ),
    Service(
        "fse",
        "Remboursement des FSE",
        "délais de remboursement des FSE assurés",
        "9e décile du délai",
        Sens.BAS,
        "jours",
        ("loc_delai_remboursement_fse_d9", "suivi_remboursement_fse_d9"),
    ),
    Service(
        "ij",
        "Première IJ non subrogée",
        "délais moyens de règlement de la 1ere IJ AS et ATMP non subrogée",
        "délai moyen, maladie et AT-MP ensemble, salariés",
        Sens.BAS,
        "jours",
        ("suivi_premiere_ij_non_subrogee",),
        comptage=True,
    ),
    Service(
        "c2s",
        "Instruction de la C2S",
        "délai d'instruction de la C2S (9ème décile)",
        "9e décile du délai",
        Sens.BAS,
        "jours",
        ("loc_delai_instruction_c2s_d9",),
    ),
    Service(
        "lad",
        "Feuilles de soins papier (LAD)",
        "délai de traitement des FSP Lad (9ème décile)",
        "9e décile du délai",
        Sens.BAS,
        "jours",
        ("loc_delai_fsp_lad_d9", "suivi_fsp_lad_d9", "loc_delai_reglement_fsp_lad"),
    ),
)


@dataclass(frozen=True)
class Rythme:
    """A pace: what is shown of a series, and how long its reference is by default, in periods."""

    granularite: Granularite
    fenetre: int
    reference: int


RYTHMES: Final = {
    "mois": Rythme(Granularite.MOIS, 24, 12),  # enough for limits, short enough to be about today
    "semaine": Rythme(Granularite.SEMAINE, 52, 26),
}
