"""The headline figures of an indicateur: the value of its type, the target, who reaches it, mine."""

from __future__ import annotations

import polars as pl

from components.chiffres import Chiffre
from components.figures.formats import INSECABLE, format_ecart, format_nombre, format_valeur
from components.indicateur.vue import Vue
from components.textes import indicateur as textes
from components.textes.comparer import format_position
from data.calculs.atteinte import Atteinte, build_atteinte, count_atteintes
from data.calculs.ensemble import Regle
from data.calculs.position import compute_position
from data.modele import Nature

# A ratio of sums is the figure of the group itself and needs no word.
_MOTS_REGLE = {Regle.SOMME: "somme", Regle.MEDIANE: "médiane"}


def list_chiffres(vue: Vue) -> list[Chiffre]:
    """Cards of the first screen."""
    return [_build_groupe(vue), _build_cible(vue), _build_atteinte(vue), _build_dernier(vue)]


def _format(vue: Vue, valeur: float | None) -> str:
    return format_valeur(valeur, vue.unite, vue.decimales)


def _build_groupe(vue: Vue) -> Chiffre:
    """Value of the type; of the whole network under it when several types have the indicateur."""
    valeur, effectif = vue.get_ensemble(vue.du_type, vue.annee)
    titre = f"{effectif}{INSECABLE}{vue.nom_type}, {vue.annee}"
    if valeur is None:
        return _build_taux(vue)
    details = [_MOTS_REGLE[vue.regle]] if vue.regle in _MOTS_REGLE else []
    if len(vue.types) > 1:
        france, tous = vue.get_ensemble(vue.annuels, vue.annee)
        details.append(f"France entière, {tous} organismes{INSECABLE}: {_format(vue, france)}")
    else:
        details.append("France entière")
    detail = " · ".join(details)
    return Chiffre(titre, _format(vue, valeur), f"{detail}{_format_nature(vue)}")


def _build_taux(vue: Vue) -> Chiffre:
    """Where only the taux de réussite is known: its mean over the type, or that of the only organisme."""
    taux = vue.membres["taux"].drop_nulls()
    titre = f"Taux de réussite {vue.annee}"
    if taux.is_empty():
        return Chiffre(titre, format_nombre(None), f"aucune valeur pour {vue.nom_type}")
    detail = (
        vue.membres["nom"][0] if vue.membres.height == 1 else f"moyenne simple de {taux.len()}{INSECABLE}{vue.nom_type}"
    )
    return Chiffre(titre, format_valeur(float(taux.mean()), "%", 1), f"{detail}{_format_nature(vue)}")  # type: ignore[arg-type]


def _format_nature(vue: Vue) -> str:
    return " · simulé" if vue.simulee else ""


def _build_cible(vue: Vue) -> Chiffre:
    lignes = vue.cibles.filter(pl.col("type_organisme") == vue.type_note, pl.col("annee") == vue.annee).to_dicts()
    poids = lignes[0]["poids"] if lignes else None
    texte_poids = f"{format_nombre(poids, 0 if poids % 1 == 0 else 1)} points" if poids is not None else ""
    titre = f"Objectif {vue.annee}"
    if vue.cible is None and texte_poids:
        return Chiffre(f"Poids {vue.annee}", texte_poids, "sur 100 du score local · ni socle ni objectif publiés")
    if vue.cible is None and not vue.membres["taux"].is_null().all():
        return _build_taux(vue)
    if vue.cible is None:
        mediane = vue.quartiles.mediane if vue.quartiles else None
        return Chiffre("Médiane", _format(vue, mediane), "autant d'organismes au-dessus qu'au-dessous")
    simule = "simulé" if vue.cible["nature"] == Nature.SIMULEE else ""
    socle = f"socle {_format(vue, vue.socle)}" if vue.socle is not None else ""
    return Chiffre(
        titre,
        _format(vue, vue.objectif),
        " · ".join(t for t in (socle, f"poids {texte_poids}" if texte_poids else "", simule) if t),
    )


def _build_atteinte(vue: Vue) -> Chiffre:
    """How many reach the objectif; the spread where there is none."""
    if vue.membres["taux"].is_null().all():
        bornes = sorted(vue.valeurs["valeur"].to_list())
        if vue.quartiles is None or not bornes:
            return Chiffre("Étendue", format_nombre(None), "aucune valeur")
        moitie = f"moitié centrale de {_format(vue, vue.quartiles.q1)} à {_format(vue, vue.quartiles.q3)}"
        return Chiffre("Étendue", f"{format_nombre(bornes[0], vue.decimales)} à {_format(vue, bornes[-1])}", moitie)
    etats = vue.membres.with_columns(build_atteinte(pl.col("taux"), pl.col("statut")).alias("atteinte"))
    comptes = count_atteintes(etats).row(0, named=True)
    autres = {
        "entre les deux": comptes[Atteinte.ENTRE.value],
        "sous le socle": comptes[Atteinte.SOUS.value],
        "neutralisés": comptes[Atteinte.NEUTRALISE.value],
        "sans objet": comptes[Atteinte.SANS_OBJET.value],
        "sans valeur": comptes[Atteinte.NON_FOURNI.value],
    }
    detail = ", ".join(f"{nombre} {mot}" for mot, nombre in autres.items() if nombre)
    return Chiffre(
        "À l'objectif", f"{comptes[Atteinte.ATTEINT.value]} sur {comptes['effectif']}", detail or "tous l'atteignent"
    )


def _build_dernier(vue: Vue) -> Chiffre:
    """Mine when an organisme is chosen; else the middle of the group."""
    if vue.organisme is not None:
        if vue.mienne is None:
            lignes = vue.membres.filter(pl.col("code_organisme") == vue.code_mien).to_dicts()
            statut = lignes[0]["statut"].replace("_", " ") if lignes else "non fourni"
            return Chiffre(vue.organisme["nom"], "sans valeur", f"statut{INSECABLE}: {statut}")
        valeur = vue.mienne["valeur"]
        position = compute_position(vue.valeurs["valeur"].to_list(), valeur, vue.sens, vue.decimales)
        detail = format_position(position)
        if vue.objectif is not None:
            detail += f" · {textes.format_distance(valeur, vue.objectif, vue.sens, vue.unite, vue.decimales)}"
        return Chiffre(vue.organisme["nom"], _format(vue, valeur), detail)
    if vue.quartiles is None:
        return Chiffre("Médiane", format_nombre(None), "aucune valeur")
    precedente, _ = vue.get_ensemble(vue.du_type, vue.annee - 1)
    actuelle, _ = vue.get_ensemble(vue.du_type, vue.annee)
    if precedente is None or actuelle is None:
        return Chiffre("Médiane", _format(vue, vue.quartiles.mediane), "autant d'organismes au-dessus qu'au-dessous")
    return Chiffre(
        f"Depuis {vue.annee - 1}",
        format_ecart(actuelle - precedente, vue.unite, vue.decimales),
        f"{_format(vue, precedente)} en {vue.annee - 1}",
    )
