"""The six services of the network or of one organisme: each its series, its control chart, its words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import polars as pl

from components.chiffres import Chiffre
from components.contenu import Colonne, Contenu, Mention, Tableau
from components.figures.carte_controle import build_carte_controle_figure
from components.figures.formats import INSECABLE, format_nombre, format_periode, format_valeur
from components.provenance import format_donnees_du, format_source
from components.services.definitions import SERVICES, Service
from components.textes import services as textes
from data.calculs.series import LIBELLES_REGLES
from data.calculs.services import CarteService, build_carte_service
from data.catalogue import load_catalogue
from data.magasin import memorise
from data.modele import Statistique
from data.requetes.comparaison import list_organismes
from data.requetes.services import (
    list_annuels_reseau,
    list_ij_caisse,
    list_ij_reseau,
    list_mensuels,
    list_objectifs,
)

MOIS = 24  # months shown: enough for limits, short enough to be about today
_DECIMALES = 1


@dataclass(frozen=True)
class Serie:
    """A monthly series ready for its chart: ``mois`` without gaps, None where there is no value.

    ``statistique`` and ``effectif`` are the words of the mention.
    """

    code: str
    mois: tuple[dt.date, ...]
    valeurs: tuple[float | None, ...]
    numerateurs: tuple[float | None, ...]
    denominateurs: tuple[float | None, ...]
    statistique: str
    effectif: str
    simulee: bool
    sources: tuple[str, ...]


def _build_serie(frame: pl.DataFrame, code: str, statistique: str, effectif: str) -> Serie | None:
    """The last :data:`MOIS` months of a frame (mois, valeur, numerateur, denominateur, nature, source)."""
    presents = frame.filter(pl.col("valeur").is_not_null())
    if presents.is_empty():
        return None
    dernier = presents["mois"].max()
    assert isinstance(dernier, dt.date)  # noqa: S101 - a column of dates
    calendrier = pl.DataFrame(
        {"mois": pl.date_range(dernier, dernier, "1mo", eager=True).dt.offset_by(f"-{MOIS - 1}mo")}
    ).select(pl.date_range(pl.col("mois").first(), dernier, "1mo"))
    fenetre = calendrier.join(frame, on="mois", how="left", maintain_order="left")
    premiers = fenetre["valeur"].is_not_null().arg_max() or 0
    fenetre = fenetre.slice(premiers)
    return Serie(
        code=code,
        mois=tuple(fenetre["mois"]),
        valeurs=tuple(fenetre["valeur"]),
        numerateurs=tuple(fenetre["numerateur"]),
        denominateurs=tuple(fenetre["denominateur"]),
        statistique=statistique,
        effectif=effectif,
        simulee="simulee" in presents["nature"].to_list(),
        sources=tuple(presents["source"].unique().sort()),
    )


def _load_ij(organisme: str | None, statistique: str) -> Serie | None:
    frame = (list_ij_reseau() if organisme is None else list_ij_caisse(organisme)).with_columns(
        source=pl.lit("simulation")
    )
    if frame.is_empty():
        return None
    dossiers = frame["denominateur"][-1]
    return _build_serie(frame, "ij", statistique, f"{format_nombre(dossiers, 0)}{INSECABLE}dossiers le dernier mois")


def _load_indicateur(code: str, organisme: str | None, statistique: str) -> Serie | None:
    """The series of one indicateur: that of the organisme, that of the network, else what its organismes make of it."""
    frame = list_mensuels((code,))
    if organisme is not None:
        return _build_serie(
            frame.filter(pl.col("maille") == "organisme", pl.col("code_entite") == organisme),
            code,
            statistique,
            f"1{INSECABLE}organisme",
        )
    reseau = frame.filter(maille="reseau")
    if reseau["valeur"].count():
        return _build_serie(reseau, code, statistique, "le réseau")
    organismes = frame.filter(pl.col("maille") == "organisme", pl.col("valeur").is_not_null())
    if organismes.is_empty():
        return None
    nombre = organismes["code_entite"].n_unique()
    taux = load_catalogue().indicateur_par_code[code].statistique is Statistique.TAUX
    complets = taux and not organismes.select(pl.any_horizontal("numerateur", "denominateur").is_null().any()).item()
    if complets:
        mots, valeur = (
            f"{statistique}, cas et dénominateurs additionnés",
            100 * pl.col("numerateur") / pl.col("denominateur"),
        )
    else:
        mots = f"médiane des organismes\u00a0: {statistique} (celui du réseau ne s'en déduit pas)"
        valeur = pl.col("mediane")
    groupes = (
        organismes.group_by("mois", maintain_order=True)
        .agg(
            mediane=pl.col("valeur").median(),
            numerateur=pl.col("numerateur").sum() if complets else pl.lit(None, pl.Float64),
            denominateur=pl.col("denominateur").sum() if complets else pl.lit(None, pl.Float64),
            nature=pl.col("nature").max(),
            source=pl.col("source").max(),
        )
        .with_columns(valeur=valeur)
    )
    return _build_serie(groupes, code, mots, f"{nombre}{INSECABLE}organismes")


@memorise
def _load_serie(service: Service, organisme: str | None) -> Serie | None:
    if not service.codes:
        return _load_ij(organisme, service.statistique)
    for code in service.codes:
        statistique = service.statistique
        if load_catalogue().indicateur_par_code[code].statistique is Statistique.NON_PRECISEE:
            statistique = "délai, statistique non précisée par la note"
        serie = _load_indicateur(code, organisme, statistique)
        if serie is not None:
            return serie
    return None


def _get_objectif(serie: Serie, organisme: dict[str, Any] | None) -> float | None:
    """The target of the last year: that of the type of the organisme, else of the network, else of the one type."""
    annee = serie.mois[-1].year
    cibles = list_objectifs((serie.code,)).filter(annee=annee)
    voulus = [organisme["type_note"]] if organisme is not None else ["reseau", "CPAM"]
    for type_organisme in voulus:
        retenues = cibles.filter(type_organisme=type_organisme)
        if not retenues.is_empty():
            return float(retenues["objectif"][0])
    if organisme is None and cibles["objectif"].n_unique() == 1:
        return float(cibles["objectif"][0])
    return None


def _list_ruptures(serie: Serie) -> list[int]:
    """Places of the first month after each break of the series."""
    return [
        next(rang for rang, mois in enumerate(serie.mois) if mois >= evenement.du)
        for evenement in load_catalogue().evenements
        if evenement.rupture and serie.code in evenement.indicateurs and serie.mois[0] < evenement.du <= serie.mois[-1]
    ]


def _build_carte(serie: Serie, service: Service, objectif: float | None) -> CarteService | None:
    proportion = service.unite == "%"
    return build_carte_service(
        serie.valeurs,
        service.sens,
        numerateurs=serie.numerateurs if proportion else None,
        denominateurs=serie.denominateurs if proportion else None,
        ruptures=_list_ruptures(serie),
        objectif=objectif,
    )


def _get_organisme(code: str | None) -> dict[str, Any] | None:
    return None if code is None else list_organismes().filter(code_organisme=code).row(0, named=True)


@memorise
def build_contenus(organisme: str | None) -> tuple[tuple[str, Contenu, CarteService | None], ...]:
    """The six services in the order of the report: key, content, control chart (None without series)."""
    return tuple((service.cle, *_build_contenu(service, organisme)) for service in SERVICES)


def _build_contenu(service: Service, code: str | None) -> tuple[Contenu, CarteService | None]:
    organisme = _get_organisme(code)
    serie = _load_serie(service, code)
    objectif = None if serie is None else _get_objectif(serie, organisme)
    carte = None if serie is None else _build_carte(serie, service, objectif)
    if serie is None or carte is None:
        return _build_contenu_vide(service, organisme), None
    mois = [format_periode(m, _get_fin(m)) for m in serie.mois]
    infobulles = [
        f"<b>{nom}</b><br>{format_valeur(v, service.unite, _DECIMALES)}<br>ordinaire{INSECABLE}: "
        f"{format_nombre(bas, _DECIMALES)} à {format_nombre(haut, _DECIMALES)}"
        for nom, v, bas, haut in zip(mois, carte.valeurs, carte.bas, carte.haut, strict=True)
    ]
    signaux = {s.rang: LIBELLES_REGLES[s.regle] for s in carte.signaux}
    return (
        Contenu(
            titre=service.titre,
            phrase=textes.build_phrase_service(
                carte,
                mois[carte.dernier],
                len(serie.mois),
                unite=service.unite,
                decimales=_DECIMALES,
                objectif=objectif,
            ),
            figure=build_carte_controle_figure(
                serie.mois,
                carte,
                infobulles,
                sens=service.sens,
                unite=service.unite,
                decimales=_DECIMALES,
                objectif=objectif,
            ),
            mention=Mention(
                statistique=f"{serie.statistique}\u00a0; {textes.LIBELLES_CARTE[carte.carte]}",
                unite=service.unite,
                sens=service.sens,
                periode=format_periode(serie.mois[0], _get_fin(serie.mois[-1])),
                source=format_source(*serie.sources),
                donnees_du=format_donnees_du(),
                effectif=serie.effectif,
                simulee=serie.simulee,
                notes=(f"Dans le rapport\u00a0: «\u00a0{service.libelle}\u00a0».",),
            ),
            tableau=Tableau(
                (
                    Colonne("mois", "Mois"),
                    Colonne("valeur", service.titre, "nombre", _DECIMALES, service.unite),
                    Colonne("bas", "Limite basse", "nombre", _DECIMALES),
                    Colonne("centre", "Moyenne", "nombre", _DECIMALES),
                    Colonne("haut", "Limite haute", "nombre", _DECIMALES),
                    Colonne("signal", "Signal"),
                ),
                [
                    {"mois": nom, "valeur": v, "bas": b, "centre": c, "haut": h, "signal": signaux.get(rang, "")}
                    for rang, (nom, v, b, c, h) in enumerate(
                        zip(mois, carte.valeurs, carte.bas, carte.centre, carte.haut, strict=True)
                    )
                ],
            ),
            fichier=f"parangon-service-{service.cle}-{code or 'reseau'}",
        ),
        carte,
    )


def _get_fin(mois: dt.date) -> dt.date:
    return (mois + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)


def _build_contenu_vide(service: Service, organisme: dict[str, Any] | None) -> Contenu:
    """A service without monthly series: said, with the published yearly figure of the network when there is one."""
    publies = list_annuels_reseau(service.codes) if service.codes else None
    phrase = "– Pas de verdict\u00a0: aucune série mensuelle."
    lignes: list[dict[str, Any]] = []
    if publies is not None and not publies.is_empty():
        dernier = publies.row(-1, named=True)
        phrase = textes.build_phrase_annuelle(
            service.titre, dernier["annee"], dernier["valeur"], dernier["socle"], dernier["objectif"], service.unite
        )
        lignes = [
            {"annee": str(p["annee"]), "valeur": p["valeur"], "socle": p["socle"], "objectif": p["objectif"]}
            for p in publies.iter_rows(named=True)
        ]
    types = service.types if organisme is None or organisme["type_organisme"] not in service.types else ()
    return Contenu(
        titre=service.titre,
        phrase=phrase,
        vide=textes.build_vide_service(types, "le réseau" if organisme is None else organisme["nom"]),
        mention=Mention(
            statistique=service.statistique,
            unite=service.unite,
            sens=service.sens,
            periode=f"{lignes[0]['annee']}" if len(lignes) == 1 else "aucune période mensuelle",
            source=format_source(*publies["source"].unique().sort())
            if lignes and publies is not None
            else format_source("003"),
            donnees_du=format_donnees_du(),
            notes=(f"Dans le rapport\u00a0: «\u00a0{service.libelle}\u00a0».",),
        ),
        tableau=Tableau(
            (
                Colonne("annee", "Année"),
                Colonne("valeur", service.titre, "nombre", 2, service.unite),
                Colonne("socle", "Socle", "nombre", 0),
                Colonne("objectif", "Objectif", "nombre", 0),
            ),
            lignes,
        ),
        fichier=f"parangon-service-{service.cle}",
    )


def build_chiffres(organisme: str | None) -> list[Chiffre]:
    """One card per service: its verdict in words, its last value; what is missing is said."""
    chiffres = []
    for service, (_, contenu, carte) in zip(SERVICES, build_contenus(organisme), strict=True):
        if carte is None:
            chiffres.append(Chiffre(contenu.titre, "–", "pas de série mensuelle"))
            continue
        chiffres.append(
            Chiffre(
                contenu.titre,
                format_valeur(carte.valeurs[carte.dernier], service.unite, _DECIMALES),
                textes.LIBELLES_EVOLUTION[carte.jugement.verdict],
            )
        )
    return chiffres
