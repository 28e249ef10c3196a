"""The six services of the network or of one organisme: each its series, its control chart, its words."""

from __future__ import annotations

from typing import Any

from components.chiffres import Chiffre
from components.contenu import Colonne, Contenu, Mention, Tableau
from components.figures.carte_controle import build_carte_controle_figure
from components.figures.formats import format_periode, format_valeur
from components.provenance import format_donnees_du, format_source
from components.services.definitions import SERVICES, Service
from components.services.etat import EtatServices
from components.services.serie import Serie, load_serie
from components.textes import services as textes
from data.calculs.series import LIBELLES_REGLES
from data.calculs.services import CarteService, build_carte_service
from data.catalogue import load_catalogue
from data.magasin import memorise
from data.modele import Evenement
from data.requetes.comparaison import list_organismes
from data.requetes.services import list_annuels_reseau, list_objectifs

_DECIMALES = 1
_RESEAU = "reseau"


def _get_objectif(service: Service, serie: Serie, organisme: dict[str, Any] | None) -> tuple[float | None, bool]:
    """The target of the last year, and whether it is that of the network while one organisme is shown.

    That of the type of the organisme, else of the network, else of the one type that has one.
    """
    annee = serie.get_fin(len(serie.debuts) - 1).year
    codes = tuple(dict.fromkeys([serie.code, *([service.cible] if service.cible else [])]))
    cibles = list_objectifs(codes).filter(annee=annee)
    voulus = [organisme["type_note"], _RESEAU] if organisme is not None else [_RESEAU, "CPAM"]
    for type_organisme in voulus:
        retenues = cibles.filter(type_organisme=type_organisme)
        if not retenues.is_empty():
            return float(retenues["objectif"][0]), organisme is not None and type_organisme == _RESEAU
    if organisme is None and cibles["objectif"].n_unique() == 1:
        return float(cibles["objectif"][0]), False
    return None, False


def list_ruptures(serie: Serie) -> list[Evenement]:
    """Declared breaks that fall within a series."""
    return [
        evenement
        for evenement in load_catalogue().evenements
        if evenement.rupture
        and serie.code in evenement.indicateurs
        and serie.debuts[0] < evenement.du <= serie.debuts[-1]
    ]


def _find_rang(serie: Serie, evenement: Evenement) -> int:
    """Place of the first period after a break."""
    return next(rang for rang, debut in enumerate(serie.debuts) if debut >= evenement.du)


def _build_carte(serie: Serie, service: Service, objectif: float | None, etat: EtatServices) -> CarteService | None:
    proportion = service.unite == "%"
    recalcule = etat.rupture == "recalculer"
    return build_carte_service(
        serie.valeurs,
        service.sens,
        points=serie.rythme.reference,
        reference=None if etat.annee is None else serie.find_annee(etat.annee),
        numerateurs=serie.numerateurs if proportion else None,
        denominateurs=serie.denominateurs if proportion else None,
        ruptures=[_find_rang(serie, e) for e in list_ruptures(serie)] if recalcule else (),
        objectif=objectif,
    )


def _get_organisme(code: str | None) -> dict[str, Any] | None:
    return None if code is None else list_organismes().filter(code_organisme=code).row(0, named=True)


@memorise
def build_contenus(etat: EtatServices) -> tuple[tuple[str, Contenu, CarteService | None], ...]:
    """The six services in the order of the report: key, content, control chart (None without series)."""
    return tuple((service.cle, *_build_contenu(service, etat)) for service in SERVICES)


@memorise
def has_rupture(etat: EtatServices) -> bool:
    """Whether a declared break falls within one of the series shown: what to do with it is then a choice."""
    series = (load_serie(service, etat.organisme, etat.pas, etat.annee) for service in SERVICES)
    return any(list_ruptures(serie) for serie in series if serie is not None)


def _build_contenu(service: Service, etat: EtatServices) -> tuple[Contenu, CarteService | None]:
    organisme = _get_organisme(etat.organisme)
    serie = load_serie(service, etat.organisme, etat.pas, etat.annee)
    objectif, national = (None, False) if serie is None else _get_objectif(service, serie, organisme)
    carte = None if serie is None else _build_carte(serie, service, objectif, etat)
    if serie is None or carte is None:
        return _build_contenu_vide(service, etat, organisme), None
    fins = [serie.get_fin(rang) for rang in range(len(serie.debuts))]
    granularite = serie.rythme.granularite
    periodes = [textes.format_moment(d, f, granularite) for d, f in zip(serie.debuts, fins, strict=True)]
    reference = carte.reference
    mots_reference = (
        None
        if reference is None
        else textes.format_reference(etat.annee, serie.debuts[reference[0]], fins[reference[1] - 1], granularite)
    )
    infobulles = [
        textes.build_infobulle(
            periode,
            v,
            bas,
            haut,
            service.unite,
            _DECIMALES,
            en_reference=any(d <= rang < f for d, f in carte.references),
        )
        for rang, (periode, v, bas, haut) in enumerate(zip(periodes, carte.valeurs, carte.bas, carte.haut, strict=True))
    ]
    signaux = {s.rang: LIBELLES_REGLES[s.regle] for s in carte.signaux}
    return (
        Contenu(
            titre=service.titre,
            phrase=textes.build_phrase_service(
                carte,
                textes.format_date_moment(serie.debuts[carte.dernier], fins[carte.dernier], granularite),
                mots_reference,
                granularite=granularite,
                unite=service.unite,
                decimales=_DECIMALES,
                objectif=objectif,
                national=national,
            ),
            figure=build_carte_controle_figure(
                serie.debuts,
                fins,
                carte,
                infobulles,
                sens=service.sens,
                unite=service.unite,
                decimales=_DECIMALES,
                objectif=objectif,
                libelle_objectif="objectif du réseau" if national else "objectif",
            ),
            mention=Mention(
                statistique=f"{serie.statistique}\u00a0; {textes.LIBELLES_CARTE[carte.carte]}",
                unite=service.unite,
                sens=service.sens,
                periode=f"{textes.LIBELLES_PAS[etat.pas].lower()}, {format_periode(serie.debuts[0], fins[-1])}",
                source=format_source(*serie.sources),
                donnees_du=format_donnees_du(),
                effectif=serie.effectif,
                simulee=serie.simulee,
                notes=(
                    textes.build_note_reference(carte, mots_reference, granularite),
                    *_list_notes_rupture(serie, etat),
                    *_list_notes_publiees(service, organisme),
                    f"Dans le rapport\u00a0: «\u00a0{service.libelle}\u00a0».",
                ),
            ),
            tableau=Tableau(
                (
                    Colonne("periode", textes.LIBELLES_PAS[etat.pas]),
                    Colonne("valeur", service.titre, "nombre", _DECIMALES, service.unite),
                    Colonne("bas", "Limite basse", "nombre", _DECIMALES),
                    Colonne("centre", "Moyenne de référence", "nombre", _DECIMALES),
                    Colonne("haut", "Limite haute", "nombre", _DECIMALES),
                    Colonne("reference", "Référence"),
                    Colonne("signal", "Signal"),
                ),
                [
                    {
                        "periode": nom,
                        "valeur": v,
                        "bas": b,
                        "centre": c,
                        "haut": h,
                        "reference": "oui" if any(d <= rang < f for d, f in carte.references) else "",
                        "signal": signaux.get(rang, ""),
                    }
                    for rang, (nom, v, b, c, h) in enumerate(
                        zip(periodes, carte.valeurs, carte.bas, carte.centre, carte.haut, strict=True)
                    )
                ],
            ),
            fichier=f"parangon-service-{service.cle}-{etat.organisme or 'reseau'}-{etat.pas}",
        ),
        carte,
    )


def _list_notes_rupture(serie: Serie, etat: EtatServices) -> list[str]:
    return [
        textes.build_note_rupture(evenement.libelle, evenement.du, recalcule=etat.rupture == "recalculer")
        for evenement in list_ruptures(serie)
    ]


def _list_notes_publiees(service: Service, organisme: dict[str, Any] | None) -> list[str]:
    """The last yearly figure a document publishes for the network, beside the simulated series."""
    if organisme is not None or service.cible is None:
        return []
    publies = list_annuels_reseau((service.cible,))
    if publies.is_empty():
        return []
    dernier = publies.row(-1, named=True)
    return [
        textes.build_note_publiee(dernier["annee"], dernier["valeur"], service.unite, format_source(dernier["source"]))
    ]


def _build_contenu_vide(service: Service, etat: EtatServices, organisme: dict[str, Any] | None) -> Contenu:
    """A service without series at this pace: said, with what to do."""
    return Contenu(
        titre=service.titre,
        phrase=f"– Pas de verdict\u00a0: {textes.LIBELLES_SANS_SERIE[etat.pas]}.",
        vide=textes.build_vide_service(etat.pas, organisme),
        mention=Mention(
            statistique=service.statistique,
            unite=service.unite,
            sens=service.sens,
            periode=textes.LIBELLES_SANS_SERIE[etat.pas],
            source=format_source("003"),
            donnees_du=format_donnees_du(),
            notes=(f"Dans le rapport\u00a0: «\u00a0{service.libelle}\u00a0».",),
        ),
        tableau=Tableau((Colonne("periode", textes.LIBELLES_PAS[etat.pas]),), []),
        fichier=f"parangon-service-{service.cle}",
    )


def build_chiffres(etat: EtatServices) -> list[Chiffre]:
    """One card per service: its verdict in words, its last value; what is missing is said."""
    chiffres = []
    for service, (_, contenu, carte) in zip(SERVICES, build_contenus(etat), strict=True):
        if carte is None:
            chiffres.append(Chiffre(contenu.titre, "–", textes.LIBELLES_SANS_SERIE[etat.pas]))
            continue
        chiffres.append(
            Chiffre(
                contenu.titre,
                format_valeur(carte.valeurs[carte.dernier], service.unite, _DECIMALES),
                textes.LIBELLES_EVOLUTION[carte.jugement.verdict],
            )
        )
    return chiffres
