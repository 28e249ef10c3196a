"""Freshness by indicateur and organisme: the grid, and what is held on one organisme."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from components.contenu import Colonne, Contenu, Mention, Tableau
from components.figures.formats import INSECABLE, format_pluriel
from components.figures.fraicheur import STYLES, Etat, Ligne, build_fraicheur_figure, format_infobulle
from components.provenance import format_donnees_du
from components.textes.comparer import format_type_note
from components.textes.donnees import build_phrase_fraicheur, build_phrase_organisme, format_fin
from data.catalogue import load_catalogue
from data.magasin import memorise
from data.modele import Sens
from data.requetes.donnees import list_fraicheur

_NOMS_CITES = 5
_SOURCE = "documents publiés, fichiers transmis, simulation"
NOTE_RETARD = (
    "«\u00a0Dernière période connue\u00a0»\u00a0: la plus récente qu'un organisme de ce type a fournie pour cet "
    "indicateur\u00a0; les autres sont «\u00a0plus anciens\u00a0»."
)


def find_etat(ligne: Mapping[str, Any]) -> Etat:
    """State of a pair: a real figure first, then a real statement without figure, then a simulated one."""
    if ligne["reelle"] is not None:
        return Etat.A_JOUR if ligne["reelle"] == ligne["derniere"] else Etat.ANCIEN
    if ligne["sans_chiffre"] is not None:
        return Etat.SANS_CHIFFRE
    return Etat.SIMULE if ligne["simulee"] is not None else Etat.ABSENT


@memorise
def load_etats(type_note: str) -> pl.DataFrame:
    """``list_fraicheur`` with derniere (last real period known of the indicateur in the type) and etat."""
    frame = list_fraicheur(type_note).with_columns(derniere=pl.col("reelle").max().over("code_indicateur"))
    return frame.with_columns(pl.Series("etat", [int(find_etat(e)) for e in frame.to_dicts()], dtype=pl.Int64))


def _list_details(ligne: Mapping[str, Any]) -> list[str]:
    details = []
    if ligne["reelle"] is not None:
        origine = "fichier transmis" if ligne["transmise"] else "document"
        details.append(f"réel jusqu'à {format_fin(ligne['reelle'])} ({origine})")
        if ligne["reelle"] != ligne["derniere"]:
            details.append(f"connu ailleurs jusqu'à {format_fin(ligne['derniere'])}")
    if ligne["sans_chiffre"] is not None:
        details.append(f"sans chiffre jusqu'à {format_fin(ligne['sans_chiffre'])}")
    if ligne["simulee"] is not None:
        details.append(f"simulé jusqu'à {format_fin(ligne['simulee'])}")
    return details or ["aucune donnée"]


def _build_mention(type_note: str, effectif: str, simulee: bool) -> Mention:
    return Mention(
        statistique="dernière période connue",
        unite="mois de fin",
        sens=Sens.NEUTRE,
        periode="toutes périodes",
        source=_SOURCE,
        donnees_du=format_donnees_du(),
        effectif=effectif,
        simulee=simulee,
        notes=(NOTE_RETARD,),
    )


@memorise
def build_contenu_fraicheur(type_note: str, organisme: str | None) -> Contenu:
    """The grid of a type; the column of the organisme is framed when it is one of them."""
    etats = load_etats(type_note)
    parties = etats.partition_by("code_indicateur", maintain_order=True)
    premiers = parties[0]
    codes, noms = premiers["code_organisme"].to_list(), premiers["nom"].to_list()
    mien = codes.index(organisme) if organisme in codes else None
    lignes, rangees = [], []
    for partie in parties:
        cellules = partie.to_dicts()
        valeurs = tuple(Etat(c["etat"]) for c in cellules)
        infobulles = tuple(format_infobulle(c["titre_court"], c["nom"], _list_details(c)) for c in cellules)
        lignes.append(Ligne(cellules[0]["titre_court"], valeurs, infobulles))
        rangees.append(_build_rangee(cellules, valeurs))
    comptes = {etat: etats.filter(etat=int(etat)).height for etat in Etat}
    libelle = format_type_note(type_note)
    return Contenu(
        titre=f"Fraîcheur par indicateur, {libelle}",
        phrase=build_phrase_fraicheur(
            {
                "reels": comptes[Etat.A_JOUR],
                "anciens": comptes[Etat.ANCIEN],
                "sans_chiffre": comptes[Etat.SANS_CHIFFRE],
                "simules": comptes[Etat.SIMULE],
                "absents": comptes[Etat.ABSENT],
            },
            "organisme",
        ),
        figure=build_fraicheur_figure(lignes, noms, mien),
        mention=_build_mention(
            type_note,
            f"{format_pluriel(len(lignes), 'indicateur')}, {format_pluriel(len(codes), 'organisme')}",
            comptes[Etat.SIMULE] > 0,
        ),
        tableau=Tableau(
            (
                Colonne("titre", "Indicateur", epinglee=True, lien="lien"),
                Colonne("derniere", "Dernière période réelle"),
                Colonne("a_jour", "À jour", "nombre", 0),
                Colonne("ancien", "Plus anciens", "nombre", 0),
                Colonne("sans_chiffre", "Sans chiffre", "nombre", 0),
                Colonne("simule", "Simulés", "nombre", 0),
                Colonne("absent", "Rien", "nombre", 0),
                Colonne("retards", "En retard"),
            ),
            rangees,
        ),
        fichier=f"parangon-fraicheur-{type_note.lower()}",
    )


def _build_rangee(cellules: list[dict[str, Any]], valeurs: tuple[Etat, ...]) -> dict[str, Any]:
    retards = [c["nom"] for c, etat in zip(cellules, valeurs, strict=True) if etat is Etat.ANCIEN]
    cites = retards[:_NOMS_CITES]
    reste = len(retards) - len(cites)
    return {
        "titre": cellules[0]["titre"],
        "lien": f"/indicateurs/{cellules[0]['code_indicateur']}",
        "derniere": format_fin(cellules[0]["derniere"]),
        "a_jour": valeurs.count(Etat.A_JOUR),
        "ancien": len(retards),
        "sans_chiffre": valeurs.count(Etat.SANS_CHIFFRE),
        "simule": valeurs.count(Etat.SIMULE),
        "absent": valeurs.count(Etat.ABSENT),
        "retards": ", ".join(cites) + (f" et {format_pluriel(reste, 'autre')}" if reste else ""),
    }


@memorise
def build_contenu_organisme(type_note: str, organisme: str) -> Contenu:
    """What is held on one organisme, indicateur by indicateur: the states that need a look first."""
    frame = load_etats(type_note).filter(code_organisme=organisme)
    lignes = frame.to_dicts()
    nom = load_catalogue().get_organisme(organisme).nom
    comptes = frame["etat"]
    return Contenu(
        titre=f"{nom}{INSECABLE}: ce qui est connu",
        phrase=build_phrase_organisme(
            nom,
            int(comptes.is_in([int(Etat.A_JOUR), int(Etat.ANCIEN)]).sum()),
            int((comptes == int(Etat.SIMULE)).sum()),
            [e["titre_court"] for e in lignes if e["etat"] == Etat.ANCIEN],
        ),
        mention=_build_mention(
            type_note, format_pluriel(len(lignes), "indicateur"), bool((comptes == int(Etat.SIMULE)).any())
        ),
        tableau=Tableau(
            (
                Colonne("titre", "Indicateur", epinglee=True, lien="lien"),
                Colonne("etat", "État"),
                Colonne("reelle", "Dernière période réelle"),
                Colonne("derniere", "Connue ailleurs"),
                Colonne("origine", "Origine"),
                Colonne("simulee", "Dernière période simulée"),
            ),
            [
                {
                    "titre": e["titre"],
                    "lien": f"/indicateurs/{e['code_indicateur']}",
                    "etat": STYLES[Etat(e["etat"])][0],
                    "reelle": format_fin(e["reelle"]),
                    "derniere": format_fin(e["derniere"]),
                    "origine": ("fichier transmis" if e["transmise"] else "document") if e["reelle"] else "–",
                    "simulee": format_fin(e["simulee"]),
                }
                for e in lignes
            ],
        ),
        fichier=f"parangon-fraicheur-{organisme}",
    )
