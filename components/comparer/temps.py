"""View « Dans le temps » of the page « Comparer »: my series over the band of the group, then peers side by side."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import polars as pl

from components.comparer.vue import Comparaison, build_mention
from components.contenu import Colonne, Contenu, Tableau
from components.figures.formats import format_periode
from components.figures.petits_multiples import Bande, Panneau, build_petits_multiples_figure
from components.figures.series import MOIS_COURTS
from components.pairs import build_voisinage
from components.textes import comparer as textes
from data.calculs.comparaison import compute_bandes
from data.catalogue import load_catalogue
from data.requetes.indicateur import list_annuels, list_mensuels

PANNEAUX_MAX = 12
_MOIS_MIN = 6
_EFFECTIF_MIN_BANDE = 5


@dataclass(frozen=True)
class Series:
    """Values of the group over time.

    frame: date, code_organisme, valeur (null when absent), nature. bandes: see ``compute_bandes``. mensuelles: months,
    else years. coupures: places in ``dates`` of the first date after a break, or after a change from simulated to
    published figures.
    """

    frame: pl.DataFrame
    bandes: pl.DataFrame
    dates: tuple[dt.date, ...]
    mensuelles: bool
    coupures: tuple[int, ...]

    def format_date(self, date: dt.date) -> str:
        """« déc. 2023 » or « 2023 »."""
        return f"{MOIS_COURTS[date.month - 1]} {date.year}" if self.mensuelles else str(date.year)


def _load_series(vue: Comparaison) -> Series | None:
    """Monthly series when there are some, else yearly; None under two dates."""
    code = vue.indicateur["code_indicateur"]
    mois = list_mensuels(code).select(pl.col("mois").alias("date"), "code_organisme", "valeur", "nature", "source")
    mensuelles = mois["date"].n_unique() >= _MOIS_MIN
    if not mensuelles:
        mois = list_annuels(code).select(
            pl.date(pl.col("annee"), 1, 1).alias("date"), "code_organisme", "valeur", "nature", "source"
        )
    frame = mois.filter(pl.col("code_organisme").is_in(vue.groupe.codes)).sort("date")
    dates = tuple(frame.filter(pl.col("valeur").is_not_null())["date"].unique().sort())
    if len(dates) < 2:
        return None
    frame = frame.filter(pl.col("date").is_in(dates))
    ruptures = [
        evenement.du
        for evenement in load_catalogue().evenements
        if evenement.rupture and (not evenement.indicateurs or code in evenement.indicateurs)
    ]
    natures = dict(frame.group_by("date").agg(pl.col("nature").drop_nulls().max()).iter_rows())
    coupures = tuple(
        rang
        for rang in range(1, len(dates))
        if natures[dates[rang]] != natures[dates[rang - 1]]
        or any(dates[rang - 1] < rupture <= dates[rang] for rupture in ruptures)
    )
    bandes = compute_bandes(frame, sans=vue.code if vue.hors else None)
    return Series(frame, bandes, dates, mensuelles, coupures)


def _build_bande(series: Series) -> Bande:
    return Bande(tuple(series.bandes["bas"]), tuple(series.bandes["milieu"]), tuple(series.bandes["haut"]))


def _build_panneau(vue: Comparaison, series: Series, code: str) -> Panneau:
    valeurs = dict(series.frame.filter(code_organisme=code).select("date", "valeur").iter_rows())
    ligne = vue.membres.filter(code_organisme=code).row(0, named=True)
    par_date = tuple(valeurs.get(date) for date in series.dates)
    return Panneau(
        titre=ligne["nom"] if vue.melange else ligne["nom_court"].split(" (")[0],
        valeurs=par_date,
        infobulles=tuple(
            f"<b>{ligne['nom']}</b><br>{series.format_date(d)}{textes.DEUX_POINTS}{vue.format_valeur(v)}"
            for d, v in zip(series.dates, par_date, strict=True)
        ),
        mien=code == vue.code,
    )


def _list_codes(vue: Comparaison, lentille: str) -> list[str]:
    """Mine first, then the nearest of the group, then the others by rank; as many as there are panels."""
    classes = vue.valeurs["code_organisme"].to_list()
    proches: list[str] = []
    if vue.code is not None:
        proches = [voisin.code for voisin in build_voisinage(vue.code, lentille).voisins]
    ordre = [c for c in (vue.code, *proches, *classes) if c is not None and c in set(classes)]
    return list(dict.fromkeys(ordre))[:PANNEAUX_MAX]


def build_contenus_temps(vue: Comparaison, lentille: str) -> tuple[Contenu, Contenu | None]:
    """My series over the band of the group; then one small panel per peer."""
    series = None if vue.vide else _load_series(vue)
    commun: dict[str, Any] = {"titre": f"{vue.titre}\u00a0: dans le temps", "fichier": f"parangon-temps-{vue.fichier}"}
    colonnes = (
        Colonne("periode", "Période"),
        *([Colonne("mienne", vue.organisme["nom"], "nombre", vue.decimales, vue.unite or "")] if vue.organisme else []),
        Colonne("bas", "Groupe, 10e centile", "nombre", vue.decimales, vue.unite or ""),
        Colonne("milieu", "Groupe, médiane", "nombre", vue.decimales, vue.unite or ""),
        Colonne("haut", "Groupe, 90e centile", "nombre", vue.decimales, vue.unite or ""),
        Colonne("effectif", "Organismes", "nombre", 0),
    )
    if series is None or vue.valeurs.height < _EFFECTIF_MIN_BANDE:
        vide = vue.vide or (
            "Une seule période a des valeurs par organisme\u00a0: il n'y a pas de série à tracer. Choisissez un autre "
            "indicateur."
            if series is None
            else f"Il faut au moins {_EFFECTIF_MIN_BANDE} organismes pour tracer la bande du groupe. Choisissez un "
            "groupe plus large."
        )
        return (
            Contenu(
                phrase="Pas de série pour ce choix.",
                vide=vide,
                mention=build_mention(vue),
                tableau=Tableau(colonnes, []),
                **commun,
            ),
            None,
        )
    codes = _list_codes(vue, lentille)
    bande = _build_bande(series)
    panneaux = [_build_panneau(vue, series, code) for code in codes]
    premier = panneaux[0] if panneaux[0].mien else None
    mentions = [
        build_mention(
            vue,
            textes.build_note_series(mensuelles=series.mensuelles, coupees=bool(series.coupures), mediane=mediane),
            *([textes.NOTE_HORS] if vue.hors else []),
            periode=_format_etendue(series),
            simulee="simulee" in series.frame["nature"],
            frame=series.frame,
        )
        for mediane in (True, False)
    ]
    bandes = {ligne["date"]: ligne for ligne in series.bandes.iter_rows(named=True)}
    principal = Contenu(
        phrase=textes.build_phrase_temps(
            vue, premier.valeurs if premier else (), bande, [series.format_date(d) for d in series.dates]
        ),
        figure=build_petits_multiples_figure(
            [premier or Panneau("Médiane du groupe", bande.milieu, ("",) * len(series.dates))],
            series.dates,
            bande,
            unite=vue.unite,
            coupures=series.coupures,
            colonnes=1,
            hauteur_panneau=340,
        ),
        mention=mentions[0],
        tableau=Tableau(
            colonnes,
            [
                {
                    "periode": series.format_date(date),
                    "mienne": premier.valeurs[rang] if premier else None,
                    **{cle: bandes[date][cle] for cle in ("bas", "milieu", "haut", "effectif")},
                }
                for rang, date in enumerate(series.dates)
            ],
        ),
        **commun,
    )
    multiples = Contenu(
        titre=f"{vue.titre}\u00a0: {len(panneaux)} organismes côte à côte",
        phrase=textes.build_phrase_multiples(vue, len(panneaux), lentille),
        figure=build_petits_multiples_figure(panneaux, series.dates, bande, unite=vue.unite, coupures=series.coupures),
        mention=mentions[1],
        tableau=Tableau(
            (
                Colonne("periode", "Période"),
                *(
                    Colonne(code, panneau.titre, "nombre", vue.decimales, vue.unite or "")
                    for code, panneau in zip(codes, panneaux, strict=True)
                ),
            ),
            [
                {"periode": series.format_date(date)}
                | {code: panneau.valeurs[rang] for code, panneau in zip(codes, panneaux, strict=True)}
                for rang, date in enumerate(series.dates)
            ],
        ),
        fichier=f"parangon-multiples-{vue.fichier}",
    )
    return principal, multiples


def _format_etendue(series: Series) -> str:
    debut, fin = series.dates[0], series.dates[-1]
    if series.mensuelles:
        suivant = (fin + dt.timedelta(days=31)).replace(day=1)
        return format_periode(debut, suivant - dt.timedelta(days=1))
    return f"{debut.year}-{fin.year}"
