"""The four chronicles of published délais IJ: what each draws over time and says about it, as data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import polars as pl

from components.figures.formats import INSECABLE
from components.textes.delais_ij import (
    COG_2014,
    COG_2018,
    D1_D3,
    D9,
    DEROGATOIRES,
    MALADIE,
    REGLEMENT,
    TI_CAISSE,
    TI_MALADIE,
    TI_MATERNITE,
)
from components.textes.phrases_ij import (
    build_phrase_crise,
    build_phrase_independants,
    build_phrase_premiere,
    build_phrase_queue,
)
from components.textes.series_ij import Trace
from components.theme import CATEGORIES, COULEURS

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
    statistique: str
    periode: str
    notes: tuple[str, ...]
    fichier: str
    build_phrase: BuildPhrase
    hauteur: int = 330
    effectif: str = "non publié (France entière)"
    segment: str | None = None
    avec_cibles: bool = False

    @property
    def codes(self) -> tuple[str, ...]:
        """Indicateurs drawn, once each, the message first."""
        return tuple(dict.fromkeys(trace.code for trace in self.traces))


_ORANGE, _VERT, _VIOLET, _PETROLE = CATEGORIES[1], CATEGORIES[2], CATEGORIES[3], CATEGORIES[4]

_PREMIERE_IJ: Final = (
    Trace(COG_2014, "1re IJ non subrogée", places=("haut-droite", "bas-gauche", "droite")),
    Trace(
        MALADIE,
        "1re IJ maladie<br>(autre champ)",
        couleur=_PETROLE,
        symbole="diamond-open",
        places=("haut-droite", "bas"),
        nomme=1,
    ),
    Trace(COG_2018, "1re IJ non subrogée", places=("haut-droite",), motif="/", nomme=None),
    Trace(REGLEMENT, "règlement, toutes IJ", couleur=_ORANGE, symbole="square", places=("gauche",)),
)
_CRISE: Final = (
    Trace(
        REGLEMENT,
        "règlement, dérogatoires",
        segment="derogatoires",
        couleur=_ORANGE,
        symbole="triangle-up",
        places=("gauche",),
    ),
    Trace(REGLEMENT, "toutes IJ", couleur=_ORANGE, symbole="square", places=("gauche",)),
    Trace(
        REGLEMENT,
        "non dérogatoires",
        segment="non_derogatoires",
        couleur=_ORANGE,
        symbole="triangle-down",
        places=("bas-gauche",),
    ),
    Trace(
        DEROGATOIRES,
        "traitement, dérogatoires",
        segment="derogatoires",
        couleur=_VIOLET,
        symbole="diamond",
        places=("bas-droite", "gauche"),
    ),
)
_INDEPENDANTS: Final = (
    Trace(TI_MALADIE, "1re IJ maladie", places=("haut-droite", "bas", "haut", "haut", "bas", "haut")),
    Trace(TI_MATERNITE, "IJ maternité", couleur=_ORANGE, symbole="square", places=("haut-droite",)),
    Trace(
        TI_CAISSE,
        "CPAM de Paris",
        entite="751",
        couleur=COULEURS["pairs"],
        symbole="diamond-open",
        places=("bas",),
    ),
)
_QUEUE: Final = (
    Trace(D9, "9e décile, France", places=("haut-droite", "gauche")),
    Trace(D9, "75 caisses", entite="75_caisses", couleur=_ORANGE, places=("haut",), motif="/"),
    Trace(
        D9,
        "18 caisses les<br>plus performantes",
        entite="18_caisses_plus_performantes",
        couleur=_VERT,
        places=("bas-droite",),
        motif="\\",
    ),
    Trace(D1_D3, "trois premiers déciles, France", couleur=_PETROLE, places=("haut",)),
)

CHRONIQUES: Final[dict[str, Chronique]] = {
    "premiere": Chronique(
        titre="Délai moyen de la première IJ, pic du règlement en juin 2022 et cibles jusqu'en 2027",
        traces=_PREMIERE_IJ,
        debut=dt.date(2013, 7, 1),
        fin=dt.date(2027, 12, 31),
        axe=(0, 60),
        hauteur=400,
        statistique="délai moyen, tel que chaque document le définit",
        periode="2014 à juin 2022 ; cibles 2016 et 2023 à 2027",
        notes=(
            f"Bande{INSECABLE}: fourchette publiée sans valeur annuelle. Marche{INSECABLE}: cible de l'année. "
            "Une courbe ne relie que des années voisines d'une même définition. "
            "Tirets : rupture de série. La cible 2016 (COG 2014-2017) est dans le tableau.",
        ),
        fichier="parangon-delais-ij-premiere",
        build_phrase=build_phrase_premiere,
        segment="ensemble",
        avec_cibles=True,
    ),
    "crise": Chronique(
        titre="Crise de 2022 : traitement des IJ dérogatoires, règlement de toutes les IJ",
        traces=_CRISE,
        debut=dt.date(2022, 1, 1),
        fin=dt.date(2022, 7, 31),
        axe=(0, 75),
        statistique="moyenne pour le règlement, non précisée pour le traitement",
        periode="février à juin 2022",
        notes=("Traitement et règlement sont deux mesures du document : aucune ligne ne va de l'une à l'autre.",),
        fichier="parangon-delais-ij-crise-2022",
        build_phrase=lambda delais, _cibles: build_phrase_crise(delais),
    ),
    "independants": Chronique(
        titre="Travailleurs indépendants : délais de traitement, 2017 à mai 2022",
        traces=_INDEPENDANTS,
        debut=dt.date(2017, 1, 1),
        fin=dt.date(2022, 12, 31),
        axe=(0, 75),
        statistique="moyenne pour la maladie, non précisée pour la maternité et pour Paris",
        periode="2017 à mai 2022",
        effectif="non publié (France entière ; CPAM de Paris à part)",
        notes=(
            "2017 à 2019 : le document ne dit ni le risque ni la statistique. Aucune cible fixée par la COG. "
            "La série est coupée (tirets) au 1er janvier 2020, mise en service d'ARPEGE TI.",
        ),
        fichier="parangon-delais-ij-independants",
        build_phrase=lambda delais, _cibles: build_phrase_independants(delais),
    ),
    "queue": Chronique(
        titre="IJ les plus tardives et les plus rapides : déciles du délai de paiement, 2021 à mai 2022",
        traces=_QUEUE,
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
        build_phrase=lambda delais, _cibles: build_phrase_queue(delais),
    ),
}
