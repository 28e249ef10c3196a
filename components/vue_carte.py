"""What the page « Cartes » says for one indicateur, level and period: values, classes, texts, table, image."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from components.carte import Peinture
from components.contenu import Colonne, Contenu, Mention, Tableau
from components.exports.carte import export_carte_svg
from components.figures.classes import Classement, build_classement, format_lecture, format_valeur_carte
from components.figures.formats import format_periode, format_pluriel
from components.provenance import format_donnees_du, format_source
from components.textes.cartes import (
    NIVEAUX,
    Grandeur,
    Niveau,
    build_phrase,
    build_titre,
    format_code_periode,
    format_moyennes_imprimees,
    format_repere,
    format_statistique,
)
from data.catalogue import load_catalogue
from data.modele import Nature, Sens
from data.requetes import territoires


@dataclass(frozen=True)
class Vue:
    """Everything the page says for one indicateur, level and period."""

    code: str
    niveau: Niveau
    periode: territoires.Periode
    code_periode: str
    valeurs: pl.DataFrame
    france: territoires.France
    repere: str
    grandeur: Grandeur
    classement: Classement
    simulee: bool

    @property
    def est_moyenne(self) -> bool:
        """Whether each value is the mean of several caisses, and not a fact."""
        return self.niveau.code != "caisse" and bool(self.valeurs["est_moyenne"].any())

    @property
    def jeton(self) -> str:
        """What is painted, in one word."""
        return f"{self.code}|{self.niveau.code}|{self.code_periode}"


def list_codes_periodes(indicateur: str) -> dict[str, territoires.Periode]:
    """Periods of an indicateur by their code in the URL, oldest first."""
    return {format_code_periode(p.debut, p.fin): p for p in territoires.list_periodes(indicateur)}


def build_vue(code: str, code_niveau: str, code_periode: str) -> Vue:
    """Read and class the values; an unknown period gives the last one."""
    indicateur = load_catalogue().get_indicateur(code)
    periodes = list_codes_periodes(code)
    if code_periode not in periodes:
        code_periode = list(periodes)[-1]
    periode = periodes[code_periode]
    valeurs = territoires.list_valeurs(code, code_niveau, periode)
    france = territoires.get_france(code, periode)
    simulee = Nature.SIMULEE.value in valeurs["nature"].to_list()
    niveau = NIVEAUX[code_niveau]
    grandeur = Grandeur(
        titre=indicateur.titre_court,
        unite=indicateur.unite or "",
        decimales=min(indicateur.decimales, 1) if simulee else indicateur.decimales,
        sens=indicateur.sens,
        periode=format_periode(periode.debut, periode.fin),
    )
    return Vue(
        code=code,
        niveau=niveau,
        periode=periode,
        code_periode=code_periode,
        valeurs=valeurs,
        france=france,
        repere=format_repere(france.est_moyenne, int(valeurs["nb_valeurs"].sum())),
        grandeur=grandeur,
        classement=build_classement(
            valeurs["valeur"].to_list(),
            valeurs["statut"].to_list(),
            unite=grandeur.unite,
            decimales=grandeur.decimales,
            territoires=niveau.pluriel,
        ),
        simulee=simulee,
    )


def build_peinture(vue: Vue) -> Peinture:
    """What colours the map for this view."""
    notes = {
        rang: f"moyenne simple de {format_pluriel(nb, 'caisse')}"
        for rang, nb in enumerate(vue.valeurs["nb_valeurs"].to_list())
        if vue.est_moyenne and nb > 1
    }
    return Peinture(
        niveau=vue.niveau.code,
        jeton=vue.jeton,
        classement=vue.classement,
        valeurs=vue.valeurs["valeur"].to_list(),
        statuts=vue.valeurs["statut"].to_list(),
        unite=vue.grandeur.unite,
        decimales=vue.grandeur.decimales,
        notes=notes,
    )


def _build_tableau(vue: Vue) -> Tableau:
    parent = {"caisse": "Département", "departement": "Région"}.get(vue.niveau.code)
    decimales, unite = vue.grandeur.decimales, vue.grandeur.unite
    colonnes = [Colonne("nom", vue.niveau.singulier.capitalize())]
    if parent:
        colonnes.append(Colonne("nom_parent", parent))
    colonnes.append(Colonne("valeur", vue.grandeur.titre, "nombre", decimales, unite))
    if vue.valeurs["numerateur"].count():
        colonnes.append(Colonne("numerateur", "Population concernée", "nombre", 0))
    colonnes.append(Colonne("population", "Population", "nombre", 0))
    if vue.niveau.code != "caisse":
        colonnes.append(Colonne("nb_caisses", "Caisses", "nombre", 0))
    rang = "rang_bas" if vue.grandeur.sens is Sens.BAS else "rang_haut"
    lignes = vue.valeurs.sort(rang, "nom", nulls_last=True).select("statut", *(c.champ for c in colonnes)).to_dicts()
    return Tableau(
        tuple(colonnes),
        [
            ligne | {"valeur": format_valeur_carte(None, ligne["statut"], "", 0)} if ligne["valeur"] is None else ligne
            for ligne in lignes
        ],
        legende="De la valeur la plus favorable à la moins favorable."
        if vue.grandeur.sens is not Sens.NEUTRE
        else "De la valeur la plus haute à la plus basse.",
    )


def _list_notes(vue: Vue) -> tuple[str, ...]:
    notes = [vue.classement.methode]
    imprimees = format_moyennes_imprimees(territoires.list_moyennes_imprimees(vue.code, vue.periode), vue.grandeur)
    if imprimees:
        notes.append(imprimees)
    encarts = "DROM en encart" if vue.niveau.code == "region" else "DROM et Paris en encart"
    notes.append(f"Contours : {format_source('insee_ign')}. {encarts}, hors échelle.")
    if vue.valeurs["approche"].any():
        notes.append(
            "Contours approchés pour les dix caisses du Nord, du Pas-de-Calais, des Pyrénées-Atlantiques et de la "
            "Seine-Maritime : aucune table publiée ne leur rattache les communes."
        )
    return tuple(notes)


def build_contenu(vue: Vue) -> Contenu:
    """What the bloc of the map says: title, sentence, mention and table twin, best first."""
    sources = vue.valeurs["source"].drop_nulls().unique().sort().to_list()
    presentes = int(vue.valeurs["valeur"].count())
    vide = None
    if not presentes:
        vide = f"Aucune valeur par {vue.niveau.singulier} : choisissez une autre période ou un autre niveau."
    return Contenu(
        titre=build_titre(vue.grandeur, vue.niveau),
        phrase=build_phrase(vue.valeurs, vue.france.valeur, vue.grandeur, vue.niveau, vue.repere),
        mention=Mention(
            statistique=format_statistique(vue.est_moyenne, vue.valeurs["numerateur"].count() > 0, vue.niveau),
            unite=vue.grandeur.unite or "sans unité",
            sens=vue.grandeur.sens,
            periode=vue.grandeur.periode,
            source=format_source(*sources) if sources else "aucune",
            donnees_du=format_donnees_du(),
            effectif=format_pluriel(presentes, vue.niveau.singulier, vue.niveau.pluriel),
            simulee=vue.simulee,
            notes=_list_notes(vue),
        ),
        tableau=_build_tableau(vue),
        vide=vide,
        fichier=f"parangon-carte-{vue.code.replace('_', '-')}-{vue.niveau.code}-{vue.code_periode}",
    )


def format_titre_legende(vue: Vue) -> str:
    """Heading of the legend: name, period, unit."""
    unite = f" ({vue.grandeur.unite})" if vue.grandeur.unite else ""
    return f"{vue.grandeur.titre}, {vue.grandeur.periode}{unite}"


def build_image(vue: Vue, contenu: Contenu) -> str:
    """The map as a standalone SVG, with the texts of its bloc."""
    return export_carte_svg(
        territoires.read_couche(territoires.COUCHES[vue.niveau.code]),
        territoires.read_couche("cadres"),
        vue.classement,
        statuts=vue.valeurs["statut"].to_list(),
        textes=[
            format_valeur_carte(valeur, statut, vue.grandeur.unite, vue.grandeur.decimales)
            for valeur, statut in vue.valeurs.select("valeur", "statut").iter_rows()
        ],
        titre=contenu.titre,
        phrase=contenu.phrase,
        titre_legende=f"{format_titre_legende(vue)} ; {format_lecture(vue.grandeur.sens)}",
        mentions=contenu.mention.list_phrases(),
        simulee=vue.simulee,
    )
