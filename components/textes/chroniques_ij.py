"""The four chronicles of published délais IJ: what each draws over time and says about it, as data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import polars as pl

from components.figures.formats import INSECABLE
from components.textes import delais_ij as textes
from components.textes.delais_ij import Trace

BuildPhrase = Callable[[pl.DataFrame, pl.DataFrame], str]


@dataclass(frozen=True)
class Chronique:
    """One chart over time of published figures.

    ``segment`` keeps one segment of the facts; ``avec_cibles`` draws the targets and lets their events in;
    ``build_phrase`` takes the facts and the targets.
    """

    titre: str
    traces: tuple[Trace, ...]
    debut: dt.date
    fin: dt.date
    axe: tuple[float, float]
    hauteur: int
    statistique: str
    periode: str
    effectif: str
    notes: tuple[str, ...]
    fichier: str
    build_phrase: BuildPhrase
    segment: str | None = None
    avec_cibles: bool = False

    @property
    def codes(self) -> tuple[str, ...]:
        """Indicateurs drawn, once each, the message first."""
        return tuple(dict.fromkeys(trace.code for trace in self.traces))


CHRONIQUES: Final[dict[str, Chronique]] = {
    "premiere": Chronique(
        titre="Délai moyen de la première IJ, pic du règlement en juin 2022 et cibles jusqu'en 2027",
        traces=textes.PREMIERE_IJ,
        debut=dt.date(2013, 7, 1),
        fin=dt.date(2027, 12, 31),
        axe=(0, 60),
        hauteur=400,
        statistique="délai moyen, tel que chaque document le définit",
        periode="2014 à juin 2022 ; cibles 2016 et 2023 à 2027",
        effectif="non publié (France entière)",
        notes=(
            f"Bande{INSECABLE}: fourchette publiée sans valeur annuelle. Marche{INSECABLE}: cible de l'année. "
            "Une courbe ne relie que des années voisines d'une même définition. "
            "Tirets : rupture de série. La cible 2016 (COG 2014-2017) est dans le tableau.",
        ),
        fichier="parangon-delais-ij-premiere",
        build_phrase=textes.build_phrase_premiere,
        segment="ensemble",
        avec_cibles=True,
    ),
    "crise": Chronique(
        titre="Crise de 2022 : traitement des IJ dérogatoires, règlement de toutes les IJ",
        traces=textes.CRISE,
        debut=dt.date(2022, 1, 1),
        fin=dt.date(2022, 7, 31),
        axe=(0, 75),
        hauteur=330,
        statistique="moyenne pour le règlement, non précisée pour le traitement",
        periode="février à juin 2022",
        effectif="non publié (France entière)",
        notes=("Traitement et règlement sont deux mesures du document : aucune ligne ne va de l'une à l'autre.",),
        fichier="parangon-delais-ij-crise-2022",
        build_phrase=lambda delais, _cibles: textes.build_phrase_crise(delais),
    ),
    "independants": Chronique(
        titre="Travailleurs indépendants : délais de traitement, 2017 à mai 2022",
        traces=textes.INDEPENDANTS,
        debut=dt.date(2017, 1, 1),
        fin=dt.date(2022, 12, 31),
        axe=(0, 75),
        hauteur=330,
        statistique="moyenne pour la maladie, non précisée pour la maternité et pour Paris",
        periode="2017 à mai 2022",
        effectif="non publié (France entière ; CPAM de Paris à part)",
        notes=(
            "2017 à 2019 : le document ne dit ni le risque ni la statistique. Aucune cible fixée par la COG. "
            "La série est coupée (tirets) au 1er janvier 2020, mise en service d'ARPEGE TI.",
        ),
        fichier="parangon-delais-ij-independants",
        build_phrase=lambda delais, _cibles: textes.build_phrase_independants(delais),
    ),
    "queue": Chronique(
        titre="IJ les plus tardives et les plus rapides : déciles du délai de paiement, 2021 à mai 2022",
        traces=textes.QUEUE,
        debut=dt.date(2021, 1, 1),
        fin=dt.date(2022, 6, 30),
        axe=(0, 110),
        hauteur=400,
        statistique="9e décile et trois premiers déciles du délai",
        periode="2021 à mai 2022",
        effectif="non publié (France entière ; 18 et 75 caisses non nommées)",
        notes=(
            f"Aucune valeur exacte n'est publiée{INSECABLE}: bande pleine pour une fourchette, bord épais et flèche "
            f"pour «{INSECABLE}plus de{INSECABLE}» ou «{INSECABLE}moins de{INSECABLE}». Le 7e décile est dit "
            f"«{INSECABLE}à peine supérieur{INSECABLE}» à la moyenne, sans chiffre.",
            "Le 9e décile d'un groupe de caisses n'est pas la moyenne de leurs 9es déciles.",
        ),
        fichier="parangon-delais-ij-deciles",
        build_phrase=lambda delais, _cibles: textes.build_phrase_queue(delais),
    ),
}
