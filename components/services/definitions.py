"""The six « services de base » the network is steered by every week (document 003, note 77, l. 859)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from data.modele import Sens


@dataclass(frozen=True)
class Service:
    """One service: its name, how the report words it, its statistic and its direction.

    ``codes``: indicateurs that measure it, by preference; none for the IJ, read from the counts of files.
    ``types``: types of organisme whose results by organisme are followed, as the documents have it; empty when the
    documents only follow the network.
    """

    cle: str
    titre: str
    libelle: str
    statistique: str
    sens: Sens
    unite: str
    codes: tuple[str, ...] = ()
    types: tuple[str, ...] = ()


SERVICES: Final = (
    Service(
        "decroche",
        "Appels décrochés",
        "Taux de décrochés assurés",
        "taux d'appels décrochés",
        Sens.HAUT,
        "%",
        ("nat_decroche_assures",),
    ),
    Service(
        "courriels",
        "Courriels en 48 heures",
        "délai de réponse aux courriels en moins de 48 H",
        "taux de courriels traités dans les 48 heures",
        Sens.HAUT,
        "%",
        ("nat_courriels_48h",),
    ),
    Service(
        "fse",
        "Remboursement des FSE",
        "délais de remboursement des FSE assurés",
        "9e décile du délai",
        Sens.BAS,
        "jours",
        ("loc_delai_remboursement_fse_d9",),
        ("CGSS", "CSS"),
    ),
    Service(
        "ij",
        "Première IJ non subrogée",
        "délais moyens de règlement de la 1ere IJ AS et ATMP non subrogée",
        "délai moyen, maladie et AT-MP ensemble, salariés",
        Sens.BAS,
        "jours",
        (),
        ("CPAM", "CCSS", "CGSS", "CSS"),
    ),
    Service(
        "c2s",
        "Instruction de la C2S",
        "délai d'instruction de la C2S (9ème décile)",
        "9e décile du délai",
        Sens.BAS,
        "jours",
        ("loc_delai_instruction_c2s_d9",),
        ("CPAM", "CCSS", "CGSS"),
    ),
    Service(
        "lad",
        "Feuilles de soins papier (LAD)",
        "délai de traitement des FSP Lad (9ème décile)",
        "9e décile du délai",
        Sens.BAS,
        "jours",
        ("loc_delai_fsp_lad_d9", "loc_delai_reglement_fsp_lad"),
        ("CGSS", "CSS"),
    ),
)
